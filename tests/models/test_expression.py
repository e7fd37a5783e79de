"""What a face lacks of another expression."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.expression import COMPARED, RESTS, TURNED, Expression
from models.faces.blendshapes import load_blendshapes
from resources.face_mesh import ibug_landmarks, mean_mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

AT_REST = {
    "smile": 0.56, "mouth_open": 0.01, "eyes_open": 0.13, "gaze": 0.5, "brow_height": 0.33,
    "brow_frown": -0.75, "brow_tilt": 0.12,
}  # fmt: skip


def expression(smile: float = 0.05, turn: float = 0.0, **measures: float) -> Expression:
    """A face at rest but for what is given; ``smile`` is the blendshapes'."""
    seen = AT_REST | measures
    return Expression(seen, seen | {"smile": smile}, turn)


def test_a_face_at_rest_has_nothing_to_lose() -> None:
    assert set(expression().to_neutral().values()) == {0.0}
    own_brows = expression(brow_height=0.5, brow_tilt=-0.1)
    assert set(own_brows.to_neutral().values()) == {0.0}, "brows are the person's own"


def test_what_goes_beyond_rest_is_taken_out() -> None:
    lost = expression(smile=0.671, mouth_open=0.1152, eyes_open=0.091).to_neutral()
    assert lost["smile"] == pytest.approx(-0.5 * RESTS["smile"].unit)
    assert lost["mouth_open"] == pytest.approx(-0.1)
    assert lost["eyes_open"] == pytest.approx(0.02)


def test_another_persons_rest_is_not_copied() -> None:
    wide = expression(smile=0.15, mouth_open=0.014, eyes_open=0.15, brow_height=0.4, gaze=0.6)
    assert set(expression().to(wide, same_person=False).values()) == {0.0}
    laughing = expression(smile=0.8)
    change = expression(smile=0.3).to(laughing, same_person=False)
    assert change["smile"] == pytest.approx(0.5 * RESTS["smile"].unit)
    assert change.keys() == RESTS.keys()


def test_two_pictures_of_one_person_are_compared_as_they_are() -> None:
    before, now = expression(), expression(smile=0.9, brow_height=0.35, gaze=0.56)
    now = replace(now, measures=now.measures | {"smile": 0.61})
    change = before.to(now, same_person=True)
    assert change.keys() == set(COMPARED)
    assert change["smile"] == pytest.approx(0.05), "by geometry"
    assert change["brow_height"] == pytest.approx(0.02)
    turned = replace(now, turn=2 * TURNED)
    assert before.to(turned, same_person=True).keys() == RESTS.keys()
    blind = expression(gaze=math.nan)
    assert "gaze" not in before.to(blind, same_person=True)


def test_an_expression_is_read_off_a_crop() -> None:
    mesh = mean_mesh() * 90 + [128, 110, 0]
    picture = np.full((256, 256, 3), 120, np.uint8)
    network = load_blendshapes(torch.device("cpu"))
    read = Expression.of(picture, ibug_landmarks(mesh), mesh, network)
    assert read.measures.keys() == read.readings.keys() == set(COMPARED)
    assert 0 <= read.readings["smile"] <= 1
    assert read.readings["smile"] != read.measures["smile"]
    assert abs(read.turn) < 0.1


def test_a_nod_moves_no_brows() -> None:
    def seen(mesh: NDArray[np.float64]) -> Expression:
        black = np.zeros((256, 256, 3), np.uint8)
        places = 128 + 60 * mesh
        network = load_blendshapes(torch.device("cpu"))
        return Expression.of(black, ibug_landmarks(places), places, network)

    face, c, s = mean_mesh(), math.cos(0.1), math.sin(0.1)
    nodded = face @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
    raised = face.copy()
    raised[:, 1] -= 0.03 * np.exp(-np.square((face[:, 1] + 0.35) / 0.1))
    at_rest, nod, brows = seen(face), seen(nodded), seen(raised)
    seen_lower = nod.measures["brow_tilt"] - at_rest.measures["brow_tilt"]
    change = at_rest.to(nod, same_person=True)
    assert abs(change["brow_tilt"]) < 0.1 * abs(seen_lower)
    assert abs(change["brow_height"]) < 0.003
    lifted = at_rest.to(brows, same_person=True)["brow_height"]
    assert lifted == pytest.approx(
        brows.measures["brow_height"] - at_rest.measures["brow_height"], rel=0.25
    ), "and brows that are moved are seen to be"
