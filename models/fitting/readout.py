"""Attributes regressed on a frozen network's maps (``models/readout.py`` says what for)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch

from models.fitting.regression import HELD_OUT, correlation, solve

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from torch import Tensor

READOUT_RIDGE = 0.03  # times the mean of the samples' squared norms
_AT_ONCE = 4096  # features: of thousands of samples all together would fill a small memory


def raised(spread: Tensor, widths: Sequence[int]) -> Tensor:
    """Deviations (d,) so that features that hardly ever change do not drown others of their part.

    Args:
        spread: standard deviations.
        widths: of the parts of d.
    """
    parts = torch.split(spread, list(widths), -1)
    return torch.cat([part + 0.1 * part.mean() + 1e-6 for part in parts])


def regressed_readout(
    features: Tensor, attributes: Tensor, widths: Sequence[int]
) -> tuple[Tensor, Tensor, Tensor]:
    """``regressing_readout``, without a break."""
    steps = regressing_readout(features, attributes, widths)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("tuple[Tensor, Tensor, Tensor]", end.value)


def regressing_readout(
    features: Tensor, attributes: Tensor, widths: Sequence[int]
) -> Generator[None, None, tuple[Tensor, Tensor, Tensor]]:
    """Fit attributes to features, on the device of the attributes, in steps.

    Args:
        features: (n, d), of the samples' pictures, in any precision.
        attributes: (n, k), standard deviations.
        widths: of the parts of d. Each part counts alike.

    Returns:
        The mean features (d,), weights (d, k), both float32 where the features are; and of each
        attribute the correlation (k,) on every fifth sample when these are held out.
    """
    device = attributes.device
    y = attributes.double()
    sums = [(part.mean(0), part.std(0)) for part in _columns(features, device)]
    middle = torch.cat([mean for mean, _ in sums])
    spread = torch.cat([sd for _, sd in sums])
    counts = torch.tensor(widths, device=device)
    scale = raised(spread, widths) * counts.sqrt().repeat_interleave(counts)

    def scaled() -> Iterator[Tensor]:
        at = 0
        for part in _columns(features, device):
            stop = at + part.shape[1]
            yield (part - middle[at:stop]) / scale[at:stop]
            at = stop

    gram = torch.zeros(len(features), len(features), dtype=torch.float64, device=device)
    for part in scaled():
        gram += part @ part.T
        yield
    damping = READOUT_RIDGE * gram.diagonal().mean()
    held = torch.arange(len(gram), device=device) % HELD_OUT == 0
    train = gram[~held][:, ~held].clone()
    train.diagonal().add_(damping)
    told = gram[held][:, ~held] @ solve(train, y[~held])
    agreement = torch.tensor([correlation(told[:, k], y[held, k]) for k in range(y.shape[1])])
    gram.diagonal().add_(damping)
    yield
    dual = solve(gram, y).float()
    yield
    weights = torch.cat([part.T @ dual for part in scaled()]) / scale[:, None]
    return middle.to(features.device), weights.to(features.device), agreement


def _columns(features: Tensor, device: torch.device) -> Iterator[Tensor]:
    """Some of the features after the others, float32 (n, …)."""
    for at in range(0, features.shape[1], _AT_ONCE):
        yield features[:, at : at + _AT_ONCE].to(device).float()
