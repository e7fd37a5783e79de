"""Inversion by optimisation: an aligned photograph → its style code, and a generator that fits it.

First W+, from a draft or the mean of W (robust, keeps the face on the model's manifold); then the
whitened style code itself together with a small low-rank change of the generator's weights
(``models.tuning``: faithful). Loss: pixels and the relative distance of EfficientNet-Lite0 maps,
both weighted towards the face, and a pull towards the statistics of the model's own samples and
towards the generator as it was, so that edits keep working. docs/adr/0007 tells what was measured.

Generators of more than 256 pixels are fitted by their inner picture of that size for most of the
steps. That picture is not the whole one made small, so what it lacks at the start of a stage is
added to it throughout (the additive correction of multigrid's full approximation scheme).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from models.adam import Adam, Group
from models.captured import Captured, rate
from models.perceptual import SEEN, seen
from models.tuning import Tuning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor

    from models.directions import StyleStatistics
    from models.generator import Generator
    from models.perceptual import EfficientNetLite

    Distance = Callable[[list[Tensor], list[Tensor], list[Tensor]], Tensor]

PIXEL_WEIGHT = 2.0
ABSOLUTE_WEIGHT = 0.5
FEATURE_WEIGHT = 0.25
W_PRIOR = 2e-3
S_PRIOR = 2e-4
S_RATE = 0.03
OFFSET_PRIOR = 1e-2
OFFSET_RATE = 0.01
COARSE_SHARE = 0.5  # of the steps in W+ from the mean, at half the resolution
INNER_SHARE = 0.75  # of the steps in S by the inner picture, of a generator that draws more


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


FROM_MEAN = _Course(0.4, 0.06)
FROM_DRAFT = _Course(0.2, 0.03)


@dataclass(frozen=True, slots=True)
class InversionStep:
    """One optimiser step; its tensors are good until the next one.

    Attributes:
        step: counted from 1.
        s: (1, channels), the code whose picture this is.
        picture: (1, 3, r, r), detached; r is less than the generator's resolution in coarse steps.
        offset: tensors of ``models.tuning`` for the generator of this picture; none in W+.
    """

    step: int
    s: Tensor
    picture: Tensor
    offset: Mapping[str, Tensor] | None = None


def falling(step: int, steps: int) -> float:
    """Learning-rate factor: a short rise, then half a cosine down to a tenth."""
    at = step / max(1, steps)
    return min(1.0, (step + 1) / 5) * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * at)))


class _Mismatch:
    """How far a picture is from the target, at one resolution."""

    def __init__(
        self,
        features: EfficientNetLite,
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
            self._maps = features(seen(self._target))
            self._weights = [F.adaptive_avg_pool2d(weight, m.shape[-1]) for m in self._maps]

    def __call__(self, picture: Tensor) -> Tensor:
        difference = picture - self._target
        pixels = (self._weight * difference.square()).sum() / self._area
        absolute = (self._weight * difference.abs()).sum() / self._area
        maps = self._features(seen(picture))
        features = self._distance(maps, self._maps, self._weights).sum()
        return PIXEL_WEIGHT * pixels + ABSOLUTE_WEIGHT * absolute + FEATURE_WEIGHT * features


@torch.no_grad()
def lacking(generator: Generator, s: Tensor, side: int) -> Tensor | None:
    """What the inner picture of ``side`` pixels lacks of the whole one's averages, (1, 3, r, r).

    None where nothing is to be added: the picture is the whole one, or half of one that is seen
    whole, whose steps lead to a place from which the finer ones begin.
    """
    if side < SEEN or side == generator.config.resolution:
        return None
    whole = F.adaptive_avg_pool2d(generator.synthesise(s), side)
    return whole - generator.synthesise(s, resolution=side)


def invert(
    generator: Generator,
    features: EfficientNetLite,
    distance: Distance,
    statistics: StyleStatistics,
    target: Tensor,
    weight: Tensor,
    *,
    start: Start | None = None,
    steps: int = 200,
    tune: bool = True,
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
        tune: whether the generator is tuned to the photo.

    Yields:
        one InversionStep for each step; the last one's code and offset are the result.
    """
    full = generator.config.resolution
    course = FROM_DRAFT if start else FROM_MEAN
    w_steps = max(1, round(steps * course.w_share))
    coarse = min(full // 2, SEEN)
    if full > SEEN:
        coarse_steps, inner_steps = w_steps, int((steps - w_steps) * INNER_SHARE)
    else:
        coarse_steps = round(w_steps * COARSE_SHARE) if full > 64 and start is None else 0
        inner_steps = 0
    mismatch = _Mismatch(features, distance, target, weight, coarse if coarse_steps else full)
    if start is None:
        rows = torch.zeros(1, generator.num_ws, generator.config.w_dim, device=target.device)
        start = Start(rows, torch.zeros(1, generator.num_styles, device=target.device))

    def styles(offset: Tensor) -> Tensor:
        ws = statistics.w_mean + offset * statistics.w_sd
        return generator.styles(ws) + start.residual * statistics.s_sd

    offset = start.offset.detach().clone().requires_grad_()
    added = lacking(generator, styles(offset.detach()), mismatch.side)
    descent = _Descent([([offset], course.w_rate)], w_steps)

    def in_w() -> tuple[Tensor, Tensor]:
        s = styles(offset)
        picture = _plus(generator.synthesise(s, resolution=mismatch.side), added)
        descent.step(mismatch(picture) + W_PRIOR * offset.square().mean())
        return s.detach(), picture.detach()

    run = Captured(in_w, target.device)
    for step in range(w_steps):
        if step == coarse_steps and mismatch.side != full:
            mismatch = _Mismatch(features, distance, target, weight, full)
            run = Captured(in_w, target.device)
        descent.slow_down(step)
        yield InversionStep(step + 1, *run())

    s_start = styles(offset.detach())
    change = torch.zeros_like(s_start).requires_grad_()
    tuning = Tuning(generator) if tune else None
    free = [([change], S_RATE)]
    if tuning:
        free.append(([tensor.requires_grad_() for tensor in tuning.tensors.values()], OFFSET_RATE))
    descent = _Descent(free, steps - w_steps)
    if not inner_steps and mismatch.side != full:
        mismatch = _Mismatch(features, distance, target, weight, full)
    added = lacking(generator, s_start, mismatch.side)

    def in_s() -> tuple[Tensor, Tensor]:
        s = s_start + change * statistics.s_sd
        drawn = (tuning.apply() if tuning else generator).synthesise(s, resolution=mismatch.side)
        picture = _plus(drawn, added)
        whitened = (s - statistics.s_mean) / statistics.s_sd
        loss = mismatch(picture) + S_PRIOR * whitened.square().mean()
        if tuning:
            loss = loss + OFFSET_PRIOR * tuning.size()
        descent.step(loss)
        return s.detach(), picture.detach()

    run = Captured(in_s, target.device)
    found = {name: tensor.detach() for name, tensor in tuning.tensors.items()} if tuning else None
    for step in range(steps - w_steps):
        if step == inner_steps and mismatch.side != full:
            mismatch, added = _Mismatch(features, distance, target, weight, full), None
            run = Captured(in_s, target.device)
        descent.slow_down(step)
        yield InversionStep(w_steps + step + 1, *run(), found)


def _plus(picture: Tensor, added: Tensor | None) -> Tensor:
    return picture if added is None else picture + added


class _Descent:
    """Adam with falling rates; free tensors come in groups, each with its highest rate."""

    def __init__(self, free: list[tuple[list[Tensor], float]], steps: int) -> None:
        device = free[0][0][0].device
        groups = [Group(tensors, rate(high, device)) for tensors, high in free]
        self._adam = Adam(groups, (0.9, 0.99))
        self._highest = [high for _, high in free]
        self._steps = steps

    def slow_down(self, step: int) -> None:
        """Set the rates of this step."""
        for group, high in zip(self._adam.groups, self._highest, strict=True):
            value = high * falling(step, self._steps)
            if isinstance(group.rate, torch.Tensor):
                group.rate.fill_(value)
            else:
                group.rate = value

    def step(self, loss: Tensor) -> None:
        """One step down."""
        self._adam.step(loss)
