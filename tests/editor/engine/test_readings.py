"""What a search reads of the pictures: goals, and what must stay."""

from __future__ import annotations

import numpy as np
import torch

from editor.document import attributes
from editor.engine.intervention import AttributeChange
from editor.engine.readings import attribute_distances, attribute_readouts, held, side_of
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


def test_a_region_lies_on_one_side_or_on_both() -> None:
    points = np.zeros((68, 2))
    points[36:42], points[42:48] = (40, 50), (60, 60)  # a tilted head
    left = np.zeros((100, 100), np.float32)
    right = left.copy()
    left[40:60, 30:45] = right[50:70, 55:70] = 1
    assert side_of(left, points) == "left"
    assert side_of(right, points) == "right"
    assert side_of(left + right, points) is None
    soft = (left + right / 20).astype(np.float32)
    assert side_of(soft, points) == "left", "its soft edge may cross the middle"
    assert side_of(np.zeros_like(left), points) is None


def test_one_eye_that_opens_is_all_that_a_region_of_it_was_asked_for() -> None:
    before = np.zeros((68, 2))
    before[36:42] = [(40, 50), (45, 48), (50, 48), (55, 50), (50, 52), (45, 52)]
    before[42:48] = before[36:42] + np.array([60, 0])
    after = before.copy()
    after[[37, 38], 1] -= 3  # the picture's left one
    picture = np.zeros((128, 128, 3), np.uint8)
    pair, units = ([picture] * 2, [before, after]), [("eyes_open", 0.05)]
    ((both,),) = attribute_distances(*pair, units)
    ((left,),) = attribute_distances(*pair, units, "left")
    ((right,),) = attribute_distances(*pair, units, "right")
    np.testing.assert_allclose([left, right, both], [1.0, 0.0, 0.5], atol=1e-3)


def test_a_readout_of_the_whole_face_sees_half_of_one_side() -> None:
    directions = known()
    assert directions.readout is not None
    names = ["gaze", "mouth_open"]
    wanted = AttributeChange.of([directions.attributes[name] for name in names], [0.9, 0.9])
    channels = len(directions.readout.weights) // GRID**2
    maps = [torch.ones(1, channels, GRID, GRID)]
    both, left = (
        attribute_readouts(directions, names, wanted, moves=True, side=side)
        for side in (None, "left")
    )
    assert both is not None
    assert left is not None
    twice = both.goals(maps) * torch.tensor([2.0, 1.0])  # a mouth's opening is of no side
    torch.testing.assert_close(left.goals(maps), twice)
