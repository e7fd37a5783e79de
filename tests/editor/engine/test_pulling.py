"""Points that are pulled, with points that a picture's colours stand for."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch

from editor.document.goals import Pull
from editor.engine import pulling, readings
from editor.engine.objectives import FollowPoints, Scene, Trial
from editor.engine.pulling import Pulled
from models.generator import Generator
from resources.face_mesh import ibug_landmarks, mean_mesh


def points_of(pictures: torch.Tensor) -> torch.Tensor:
    """The mean face, whose points go where the places of a coarse picture get lighter."""
    mean = torch.from_numpy(ibug_landmarks(mean_mesh())).float() / 4 + 0.5
    coarse = torch.nn.functional.adaptive_avg_pool2d(pictures, 8).flatten(1)
    return mean + 0.1 * coarse[:, :136].view(-1, 68, 2)


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.tiny()


def pulled(generator: Generator, s: torch.Tensor, number: int, by: float) -> Pulled:
    before = points_of(generator.synthesise(s))[0]
    weights = torch.full((68,), 0.05)
    weights[number] = 1
    offsets = torch.tensor([[by, 0.0]])
    return Pulled(points_of, before, weights, torch.tensor([number]), offsets, by, 32)


def test_a_step_in_w_takes_the_point_along_and_little_else(generator: Generator) -> None:
    s = generator.styles(generator.broadcast(torch.zeros(1, generator.config.w_dim)))
    asked = pulled(generator, s, 30, 0.01)
    shares: list[float] = []
    delta = torch.zeros_like(s)
    for found in pulling.search(generator, pulling.basis(generator), s, asked):
        delta = found
        shares.append(float(asked.share(generator.synthesise(s + delta))))
    assert len(shares) == pulling.STEPS
    assert shares[-1] > 0.6
    now = points_of(generator.synthesise(s + delta))[0]
    others = cast("torch.Tensor", (now - asked.before).norm(dim=1))
    assert float(others.median()) < 0.7 * float(others[30])
    read = asked.gauge()(generator.synthesise(s), generator.synthesise(s + delta))
    assert read.shape == (1, 1)
    assert float(read) == pytest.approx(shares[-1])


def test_what_is_missed_counts_in_units_of_the_pull() -> None:
    places = torch.zeros(1, 68, 2)
    targets, weights = places.clone(), torch.full((68,), 0.1)
    targets[0, 54] = torch.tensor([0.03, 0.04])
    weights[[54, 8]] = 1  # one is pulled, one is pinned
    term = FollowPoints(lambda _: places, targets, weights, 0.05, 32)
    assert float(term.missed(places)) == pytest.approx(0.5)
    assert float(term.missed(targets)) == 0
    strayed = targets.clone()
    strayed[0, 20, 0] += 0.05
    assert float(term.missed(strayed)) == pytest.approx(0.05)


def test_points_are_looked_at_as_the_photograph_will_show_them() -> None:
    seen: list[torch.Tensor] = []

    def points(pictures: torch.Tensor) -> torch.Tensor:
        seen.append(pictures)
        return torch.zeros(1, 68, 2)

    term = FollowPoints(points, torch.ones(1, 68, 2), torch.ones(68), 1.0, 32)
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 16:, :] = 1
    nothing = torch.empty(0)
    before, now = torch.zeros(1, 3, 32, 32), torch.ones(1, 3, 32, 32)
    scene = Scene(
        before, before, mask, mask, [], [], [], nothing, nothing, nothing, nothing, nothing
    )
    trial = Trial(now, [], nothing)
    assert float(term(scene, trial)) == pytest.approx(2)
    assert float(seen[0][..., :16, :].abs().max()) == 0
    assert float(seen[0][..., 16:, :].min()) == 1
    small = replace(trial, picture=torch.ones(1, 3, 16, 16))
    assert float(term(scene, small)) == 0
    assert len(seen) == 1, "points lie anywhere in smaller pictures"


def test_closed_lips_stay_closed_where_only_their_corners_are_pulled() -> None:
    face = ibug_landmarks(mean_mesh()) * 100 + 300
    closed = face.copy()
    middle = (face[61:64] + face[67:64:-1]) / 2
    closed[61:64], closed[65:68] = middle, middle[::-1]
    corner, lip, brow = (Pull(((number, 3.0, 0.0),)) for number in (54, 57, 19))
    assert "mouth_open" in readings.held_by_pull(closed, corner)
    assert readings.held_by_pull(closed, lip) == ()
    assert readings.held_by_pull(closed, brow) == ()
    parted = closed.copy()
    parted[65:68] += np.array([0, 12])
    assert readings.held_by_pull(parted, corner) == ()
