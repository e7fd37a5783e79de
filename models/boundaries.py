"""A direction of W that tells two sets of faces apart (InterFaceGAN, arXiv 2005.09635).

The published method trains a linear SVM on thousands of scored samples. A user has two folders of
some dozen pictures, so here it is logistic regression with a penalty, and how well it tells apart
faces that it has not seen is part of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor

FEWEST = 5  # codes on each side
FOLDS = 5
PENALTY = 0.02  # per squared coefficient of standardised codes, against the mean loss
NEWTON_STEPS = 25


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """What separates the faces with from those without.

    Attributes:
        normal: (w_dim,), of length 1, towards "with".
        gap: how far the two sets' means lie apart along it; one unit of a slider.
        accuracy: share of held-out faces on the right side, both sets counting alike; chance is
            0.5.
    """

    normal: Tensor
    gap: float
    accuracy: float


def fit_boundary(having: Tensor, lacking: Tensor) -> Boundary:
    """Fit a boundary to two sets of codes.

    Args:
        having: (n, w_dim), W of faces with the attribute; of W+ codes, the mean of their rows.
        lacking: (m, w_dim), W of faces without it.

    Raises:
        ValueError: too few codes, or both sets are the same; the message says what to do.
    """
    for codes, words in ((having, "with"), (lacking, "without")):
        if len(codes) < FEWEST:
            raise ValueError(
                f"{len(codes)} pictures {words} it are too few; take at least {FEWEST}"
            )
    w = torch.cat([having, lacking]).double().cpu()
    y = torch.cat([torch.ones(len(having)), torch.zeros(len(lacking))]).double()
    # Every fifth of each set is held out in turn.
    fold = torch.cat([torch.arange(len(having)), torch.arange(len(lacking))]) % FOLDS
    right = torch.zeros_like(y)
    for held in range(FOLDS):
        normal, offset = _separate(w[fold != held], y[fold != held])
        right[fold == held] = (
            (w[fold == held] @ normal + offset > 0) == (y[fold == held] > 0.5)
        ).double()
    normal, _ = _separate(w, y)
    length = float(normal.square().sum().sqrt())
    if length < 1e-9:
        raise ValueError("both sets of pictures are alike; nothing tells them apart")
    normal = normal / length
    gap = float((w[y > 0.5].mean(0) - w[y < 0.5].mean(0)) @ normal)
    accuracy = float((right[y > 0.5].mean() + right[y < 0.5].mean()) / 2)
    return Boundary(normal.to(having), gap, accuracy)


def _separate(w: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Normal and offset in W by penalised logistic regression, both sets weighing alike."""
    mean, sd = w.mean(0), w.std(0).clamp_min(1e-6)
    x = F.pad((w - mean) / sd, (0, 1), value=1.0)
    weight = torch.where(y > 0.5, 0.5 / y.sum(), 0.5 / (1 - y).sum())
    penalty = torch.full((x.shape[1],), PENALTY, dtype=x.dtype)
    penalty[-1] = 1e-6
    v = torch.zeros(x.shape[1], dtype=x.dtype)
    for _ in range(NEWTON_STEPS):
        p = torch.sigmoid(x @ v)
        gradient = x.T @ (weight * (p - y)) + penalty * v
        curvature = x.T @ (x * (weight * p * (1 - p))[:, None]) + torch.diag(penalty)
        step = cast("Tensor", torch.linalg.solve(curvature, gradient))
        v = v - step
        if float(step.abs().max()) < 1e-9:
            break
    normal = v[:-1] / sd
    return normal, v[-1] - mean @ normal
