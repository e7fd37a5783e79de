"""What a search reads of the pictures: goals, and what must stay."""

from __future__ import annotations

import numpy as np
import torch

from editor.document import attributes
from editor.engine.intervention import AttributeChange
from editor.engine.objectives import CONSTRAINT_SLACK
from editor.engine.readings import attribute_readouts, held
from models.checkpoints import catalogue
from models.directions import Directions, load_directions
from models.readout import GRID


def known() -> Directions:
    card = catalogue()[0]
    cpu = torch.device("cpu")
    return load_directions(card.directions_path, card.directions_sha256, card.sha256, cpu)


def test_closed_lips_are_held_closed_unless_they_are_asked_to_open() -> None:
    closed = np.zeros((68, 2))
    closed[42:48] = 100, 0
    parted = closed.copy()
    parted[65:68] = 0, 16
    assert held(closed, ["smile"]) == held(closed, ["eyes_open", "mouth_width"]) == ("mouth_open",)
    assert held(closed, ["smile", "mouth_open"]) == held(closed, ["eyes_open"]) == ()
    assert held(closed, ["lip_redness"]) == held(parted, ["smile"]) == ()


def test_what_is_held_may_fall_and_must_not_grow() -> None:
    directions = known()
    wanted = AttributeChange.of([directions.attributes["smile"]], [0.9])
    colours = attributes.constraints(moves=True)
    free = attribute_readouts(directions, ["smile"], wanted, moves=True)
    held = attribute_readouts(directions, ["smile"], wanted, moves=True, held=["mouth_open"])
    assert free is not None
    assert held is not None
    assert held.directions is not None
    assert held.directions.shape[1] == len(colours) + 1
    assert directions.readout is not None
    widths = len(directions.readout.weights) // GRID**2
    unchanged = [torch.zeros(1, widths, GRID, GRID)]
    assert free.constrained(unchanged).tolist() == [[0.0] * len(colours)]
    drift = held.constrained(unchanged)[0]
    assert drift[:-1].tolist() == [0.0] * len(colours)
    assert drift[-1] == CONSTRAINT_SLACK
