"""Inversion by optimisation: an aligned photograph → its style code.

Two stages, as a first try showed to work best: W+ from the mean of W or from a draft (robust, keeps
the face on the model's manifold), then the whitened style code itself (faithful). Loss: pixels and
the relative distance of EfficientNet-Lite0 features, both weighted towards the face, and a pull
towards the statistics of the model's own samples so that edits keep working.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from models.directions import StyleStatistics
    from models.generator import Generator
    from models.perceptual import EfficientNetLite0

    Distance = Callable[[list[Tensor], list[Tensor], list[Tensor]], Tensor]

PIXEL_WEIGHT = 2.0
ABSOLUTE_WEIGHT = 0.5
FEATURE_WEIGHT = 0.25
W_PRIOR = 2e-3
S_PRIOR = 2e-4
S_RATE = 0.03
COARSE_SHARE = 0.5  # of the steps in W+ from the mean, at half the resolution


@dataclass(frozen=True, slots=True)
class Start:
    """Where the search begins: W+ = w_mean + offset · w_sd, S = styles(W+) + residual · s_sd.

    Attributes:
        offset: (1, num_ws, w_dim).
        residual: (1, channels), kept by the steps in W+.
    """

    offset: Tensor
    residual: Tensor


@dataclass(frozen=True, slots=True)
class _Course:
    """What the steps in W+ are: their share of all, and Adam's highest rate."""

    w_share: float
    w_rate: float


FROM_MEAN = _Course(0.5, 0.06)
FROM_DRAFT = _Course(0.25, 0.03)


@dataclass(frozen=True, slots=True)
class InversionStep:
    """One optimiser step.

    Attributes:
        step: counted from 1.
        s: (1, channels), the code whose picture this is.
        picture: (1, 3, r, r), detached; r is half the generator's resolution in the first steps.
    """

    step: int
    s: Tensor
    picture: Tensor


def falling(step: int, steps: int) -> float:
    """Learning-rate factor: a short rise, then half a cosine down to a tenth."""
    at = step / max(1, steps)
    return min(1.0, (step + 1) / 5) * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * at)))


class _Likeness:
    """How far a picture is from the target, at one resolution."""

    def __init__(
        self,
        features: EfficientNetLite0,
        distance: Distance,
        target: Tensor,
        weight: Tensor,
        side: int,
    ) -> None:
        self.side = side
        self._features, self._distance = features, distance
        self._target = F.adaptive_avg_pool2d(target, side)
        self._weight = F.adaptive_avg_pool2d(weight, side)
        self._area = self._weight.sum() * 3 + 1e-8
        with torch.no_grad():
            self._maps = features(self._target)
            self._weights = [F.adaptive_avg_pool2d(weight, m.shape[-1]) for m in self._maps]

    def __call__(self, picture: Tensor) -> Tensor:
        difference = picture - self._target
        pixels = (self._weight * difference.square()).sum() / self._area
        absolute = (self._weight * difference.abs()).sum() / self._area
        seen = self._distance(self._features(picture), self._maps, self._weights).sum()
        return PIXEL_WEIGHT * pixels + ABSOLUTE_WEIGHT * absolute + FEATURE_WEIGHT * seen


def invert(
    generator: Generator,
    features: EfficientNetLite0,
    distance: Distance,
    statistics: StyleStatistics,
    target: Tensor,
    weight: Tensor,
    *,
    start: Start | None = None,
    steps: int = 240,
) -> Iterator[InversionStep]:
    """Fit the generator to an aligned photograph.

    Args:
        generator: frozen, on the device of the tensors.
        features: frozen feature network.
        distance: models.perceptual.feature_distance.
        statistics: of the generator's samples.
        target: (1, 3, r, r) in [−1, 1].
        weight: (1, 1, r, r) ≥ 0, how much each pixel counts; 0 where the photo does not reach.
        start: a draft to begin with; the mean of W when None.
        steps: optimiser steps in all.

    Yields:
        one InversionStep for each step; the last one's code is the result.
    """
    full = generator.config.resolution
    course = FROM_DRAFT if start else FROM_MEAN
    w_steps = max(1, round(steps * course.w_share))
    coarse_steps = round(w_steps * COARSE_SHARE) if full > 64 and start is None else 0
    likeness = _Likeness(features, distance, target, weight, full // 2 if coarse_steps else full)
    if start is None:
        rows = torch.zeros(1, generator.num_ws, generator.config.w_dim, device=target.device)
        start = Start(rows, torch.zeros(1, generator.num_styles, device=target.device))

    def styles(offset: Tensor) -> Tensor:
        ws = statistics.w_mean + offset * statistics.w_sd
        return generator.styles(ws) + start.residual * statistics.s_sd

    offset = start.offset.detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([offset], lr=course.w_rate, betas=(0.9, 0.99))
    for step in range(w_steps):
        if step == coarse_steps and likeness.side != full:
            likeness = _Likeness(features, distance, target, weight, full)
        optimizer.param_groups[0]["lr"] = course.w_rate * falling(step, w_steps)
        s = styles(offset)
        picture = generator.synthesise(s, resolution=likeness.side)
        total = likeness(picture) + W_PRIOR * offset.square().mean()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        yield InversionStep(step + 1, s.detach(), picture.detach())

    s_start = styles(offset.detach())
    change = torch.zeros_like(s_start).requires_grad_()
    optimizer = torch.optim.Adam([change], lr=S_RATE, betas=(0.9, 0.99))
    for step in range(steps - w_steps):
        optimizer.param_groups[0]["lr"] = S_RATE * falling(step, steps - w_steps)
        s = s_start + change * statistics.s_sd
        picture = generator.synthesise(s)
        whitened = (s - statistics.s_mean) / statistics.s_sd
        total = likeness(picture) + S_PRIOR * whitened.square().mean()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        yield InversionStep(w_steps + step + 1, s.detach(), picture.detach())
