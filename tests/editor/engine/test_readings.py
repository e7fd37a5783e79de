"""What a search reads of the pictures: goals, and what must stay."""

from __future__ import annotations

import numpy as np
import torch

from editor.document import attributes
from editor.engine.intervention import AttributeChange
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
    together = ("mouth_open", "head_nod", "nose_length")
    assert held(closed, ["smile"]) == held(closed, ["eyes_open", "mouth_width"]) == together
    assert held(closed, ["smile", "mouth_open"]) == held(closed, ["eyes_open"]) == ()
    assert held(closed, ["lip_redness"]) == held(parted, ["smile"]) == ()


def test_what_is_held_is_constrained_beside_the_usual() -> None:
    directions = known()
    assert directions.readout is not None
    wanted = AttributeChange.of([directions.attributes["smile"]], [0.9])
    readouts = attribute_readouts(directions, ["smile"], wanted, moves=True, held=["mouth_open"])
    assert readouts is not None
    assert readouts.directions is not None
    names = [*attributes.constraints(moves=True), "mouth_open"]
    assert readouts.directions.shape[1] == len(names)
    torch.testing.assert_close(
        readouts.directions[0, -1], directions.attributes["mouth_open"].entangled
    )
    channels = len(directions.readout.weights) // GRID**2
    maps = [torch.ones(1, channels, GRID, GRID)]
    torch.testing.assert_close(
        readouts.constrained(maps), directions.readout.of(names)(maps), msg="and read"
    )
