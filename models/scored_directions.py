"""A direction of W along which a score rises (after GANalyze, arXiv 1906.10112).

GANalyze learns its direction by gradients through the assessor. A scorer that the user brings may
have none, so here samples are scored, the score is regressed on W, and the step is the one that the
samples themselves take for a higher score: the covariance of W and the predicted score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

if TYPE_CHECKING:
    from torch import Tensor

FEWEST = 50  # samples
FOLDS = 5
PENALTIES = (0.01, 0.1, 1.0, 10.0)  # of standardised codes, in samples


@dataclass(frozen=True, slots=True, eq=False)
class ScoredDirection:
    """Where a score rises.

    Attributes:
        step: (w_dim,), for one standard deviation of the predicted score.
        correlation: of prediction and score on samples that were held out, −1…1.
    """

    step: Tensor
    correlation: float


def fit_scored(w: Tensor, scores: Tensor) -> ScoredDirection:
    """Regress scores on codes.

    Args:
        w: (n, w_dim), of samples.
        scores: (n,).

    Raises:
        ValueError: too few, or all scores are alike; the message says so.
    """
    if len(w) < FEWEST:
        raise ValueError(f"{len(w)} samples are too few; take at least {FEWEST}")
    codes, y = w.double().cpu(), scores.double().cpu()
    if float(y.std()) < 1e-9 * max(1.0, float(y.abs().max())):
        raise ValueError("every picture gets the same score")
    x = (codes - codes.mean(0)) / codes.std(0).clamp_min(1e-6)
    y = (y - y.mean()) / y.std()
    fold = torch.arange(len(x)) % FOLDS
    best, correlation = PENALTIES[0], -2.0
    for penalty in PENALTIES:
        predicted = torch.zeros_like(y)
        for held in range(FOLDS):
            there = fold != held
            predicted[~there] = x[~there] @ _ridge(x[there], y[there], penalty)
        found = _correlation(predicted, y)
        if found > correlation:
            best, correlation = penalty, found
    predicted = x @ _ridge(x, y, best)
    spread = predicted.std().clamp_min(1e-12)
    step = (codes - codes.mean(0)).T @ (predicted / spread) / (len(x) - 1)
    return ScoredDirection(step.to(w), correlation)


def _ridge(x: Tensor, y: Tensor, penalty: float) -> Tensor:
    """Coefficients (w_dim,) by the kernel of samples, which are fewer than numbers of a code."""
    kernel = x @ x.T / x.shape[1]
    damped = kernel + penalty * torch.eye(len(x), dtype=x.dtype)
    weights = cast("Tensor", torch.linalg.solve(damped, y - y.mean()))
    return x.T @ weights / x.shape[1]


def _correlation(a: Tensor, b: Tensor) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a @ b) / ((a @ a) * (b @ b)).sqrt().clamp_min(1e-12))
