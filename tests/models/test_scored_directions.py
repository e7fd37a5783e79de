"""A direction of W along which a score rises."""

from __future__ import annotations

import pytest
import torch

from models.scored_directions import FEWEST, fit_scored


def codes(count: int = 300, width: int = 24) -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    mixed = torch.randn(width, width, generator=random)
    return torch.randn(count, width, generator=random) @ mixed + 3


def test_the_step_raises_what_is_scored_by_one_sd() -> None:
    w = codes()
    normal = torch.randn(w.shape[1], generator=torch.Generator().manual_seed(1))
    scores = w @ normal
    found = fit_scored(w, scores)
    assert found.correlation > 0.95
    assert float(found.step @ normal / scores.std()) == pytest.approx(1, abs=0.1)
    turned = fit_scored(w, -scores)
    assert float(turned.step @ normal) < 0


def test_it_follows_how_samples_differ() -> None:
    """Of two numbers that go together, both are moved: the step stays where samples are."""
    random = torch.Generator().manual_seed(0)
    first = torch.randn(400, 1, generator=random)
    w = torch.cat([first, first + 0.1 * torch.randn(400, 1, generator=random)], 1)
    step = fit_scored(w, w[:, 0]).step
    assert float(step[1] / step[0]) == pytest.approx(1, abs=0.1)


def test_noise_has_no_correlation() -> None:
    w = codes()
    found = fit_scored(w, torch.randn(len(w), generator=torch.Generator().manual_seed(5)))
    assert abs(found.correlation) < 0.25


def test_what_leads_nowhere_is_said() -> None:
    w = codes()
    with pytest.raises(ValueError, match="too few"):
        fit_scored(w[: FEWEST - 1], w[: FEWEST - 1, 0])
    with pytest.raises(ValueError, match="same score"):
        fit_scored(w, torch.full((len(w),), 7.0))
