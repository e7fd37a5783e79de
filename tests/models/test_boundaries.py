"""A boundary is found where there is one, and says so where there is none."""

from __future__ import annotations

import pytest
import torch

from models.boundaries import fit_boundary


def _codes(count: int, seed: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    spread = torch.linspace(0.2, 2, 32)
    return torch.randn(count, 32, generator=random) * spread


def test_a_boundary_is_found_between_sets_that_differ() -> None:
    axis = torch.zeros(32)
    axis[3], axis[20] = 0.8, -0.6
    having, lacking = _codes(40, 0) + 2 * axis, _codes(60, 1) - 2 * axis
    found = fit_boundary(having, lacking)
    assert float(found.normal.square().sum()) == pytest.approx(1, abs=1e-5)
    # Along noisy axes less is to be trusted: the normal leans towards quiet ones.
    assert float(found.normal[3]) > 0.5
    assert float(found.normal[20]) < 0
    assert found.accuracy > 0.95
    assert found.gap > 2
    assert fit_boundary(lacking, having).normal @ found.normal < -0.999


def test_chance_is_called_chance() -> None:
    found = fit_boundary(_codes(40, 0), _codes(40, 1))
    assert 0.3 < found.accuracy < 0.7


def test_uneven_sets_weigh_alike() -> None:
    axis = torch.zeros(32)
    axis[3] = 0.4
    found = fit_boundary(_codes(300, 0) + axis, _codes(10, 1) - axis)
    assert float(found.normal @ axis) > 0
    # Calling everything "with" would be right in 97 of 100, and is worth 0.5.
    assert found.accuracy < 0.97


@pytest.mark.parametrize(("having", "lacking"), [(4, 20), (20, 0)])
def test_too_few_pictures(having: int, lacking: int) -> None:
    with pytest.raises(ValueError, match="too few; take at least 5"):
        fit_boundary(_codes(having, 0), _codes(lacking, 1))


def test_the_same_pictures_twice() -> None:
    codes = _codes(10, 0)
    with pytest.raises(ValueError, match="alike"):
        fit_boundary(codes, codes)
