"""The evaluator's measures of faces, photographs and codes, on things whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.faces.ibug import MIRRORED
from models.generator import Generator
from models.measures import Face
from models.training.disentanglement import (
    disentanglement,
    from_importance,
    lasso,
    standardised,
)
from models.training.face_measures import AGES, asymmetry, overlap, typology_angle
from models.training.reconstruction import decibels, reconstructed
from resources.face_mesh import ibug_landmarks, mean_mesh


def test_a_symmetric_face_has_no_asymmetry_however_it_lies() -> None:
    face = ibug_landmarks(mean_mesh())
    face = (face + (face * [-1, 1])[list(MIRRORED)]) / 2
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    assert asymmetry(face @ turn.T * 30 + 100) == pytest.approx(0, abs=1e-9)
    crooked = face.copy()
    crooked[48:60, 1] += np.linspace(0, 0.2, 12) * np.ptp(face[:, 0])
    assert asymmetry(crooked) > 0.02


def test_overlap_is_one_for_the_same_mix_and_none_for_another() -> None:
    years = np.array([5.0, 25, 35, 45, 75])
    assert overlap(np.repeat(years, 3), years, AGES) == pytest.approx(1)
    assert overlap(np.full(4, 25.0), years, AGES) == pytest.approx(0.2)
    assert overlap(np.full(4, 15.0), years, AGES) == 0


def test_darker_skin_has_a_smaller_typology_angle(monkeypatch: pytest.MonkeyPatch) -> None:
    def everywhere(face: Face) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return np.full(face.picture.shape[:2], 255, np.uint8)

    monkeypatch.setattr(Face, "skin", everywhere)
    points = np.random.default_rng(0).uniform(0, 32, (68, 2))
    light, tan, dark = (
        typology_angle(np.full((32, 32, 3), colour, np.uint8), points)
        for colour in ((240, 213, 190), (190, 140, 105), (85, 55, 40))
    )
    assert light > 41 > 28 > tan > dark
    assert dark < -30


def test_lasso_finds_the_few_that_matter() -> None:
    torch.manual_seed(0)
    x = standardised(torch.randn(400, 30, dtype=torch.float64))
    y = (2 * x[:, 3] - x[:, 17])[:, None]
    weights = lasso(x, y - y.mean(0), penalty=0.05)[:, 0]
    assert weights[3].item() == pytest.approx(1.95, abs=0.1)
    assert weights[17].item() == pytest.approx(-0.95, abs=0.1)
    others = np.delete(weights.numpy(), [3, 17])
    assert (others == 0).mean() > 0.7


def test_dci_of_known_importances() -> None:
    own = torch.eye(4)
    assert from_importance(own) == pytest.approx((1, 1))
    assert from_importance(torch.ones(4, 4)) == pytest.approx((0, 0), abs=1e-9)
    # two channels for one attribute each: disentangled, and not complete
    d, c = from_importance(torch.cat([own, own]))
    assert d == pytest.approx(1)
    assert c == pytest.approx(1 - np.log(2) / np.log(8))


def test_mixed_codes_are_less_disentangled() -> None:
    torch.manual_seed(1)
    attributes = torch.randn(600, 5, dtype=torch.float64)
    mixing = torch.randn(5, 5, dtype=torch.float64)
    apart = disentanglement(attributes, attributes)
    mixed = disentanglement(attributes @ mixing, attributes)
    assert apart.disentanglement > 0.95 > 0.6 > mixed.disentanglement
    assert apart.completeness > mixed.completeness + 0.3
    assert min(apart.informativeness, mixed.informativeness) > 0.9
    noise = disentanglement(torch.randn(600, 5, dtype=torch.float64), attributes)
    assert noise.informativeness < 0.3
    with pytest.raises(ValueError, match="more are needed"):
        disentanglement(attributes, torch.full((600, 5), torch.nan))


def test_inversion_comes_near_its_own_pictures_and_each_alone() -> None:
    generator = Generator.tiny()
    with torch.no_grad():
        target = generator(torch.randn(2, 32, generator=torch.Generator().manual_seed(4)), 0.7)
        target = target.clamp(-1, 1)
    start = decibels(reconstructed(generator, target, 1), target)
    near = reconstructed(generator, target, 60)
    assert (decibels(near, target) > start + 3).all()
    torch.testing.assert_close(
        reconstructed(generator, target[:1], 60), near[:1], atol=1e-2, rtol=0
    )
    assert decibels(target, target).min() >= 99
