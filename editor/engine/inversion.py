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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from models.adam import Adam, Group
from models.perceptual import SEEN, seen
from models.replays import Replays
from models.tuning import Tuning, size_of_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor

    from models.directions import StyleStatistics
    from models.generator import Generator
    from models.perceptual import EfficientNetLite

    Distance = Callable[[list[Tensor], list[Tensor], list[Tensor]], Tensor]
    _Rates = tuple[float | Tensor, ...]  # of Adam's groups

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
    """One optimiser step; ``offset`` is up to date after the last one.

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


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    """The photograph at one resolution, and how far a picture is from it.

    Attributes:
        side: in pixels.
        distance: of feature maps.
        picture: (1, 3, side, side).
        weight: (1, 1, side, side), how much each pixel counts.
        maps, weights: of the feature network, and how much each of their cells counts.
    """

    side: int
    distance: Distance
    picture: Tensor
    weight: Tensor
    maps: list[Tensor]
    weights: list[Tensor]

    @classmethod
    @torch.no_grad()
    def of(
        cls,
        features: EfficientNetLite,
        distance: Distance,
        picture: Tensor,
        weight: Tensor,
        side: int,
    ) -> _Target:
        """From the photograph and the weight at any size."""
        small = F.adaptive_avg_pool2d(picture, side)
        maps = features(seen(small))
        weights = [F.adaptive_avg_pool2d(weight, m.shape[-1]) for m in maps]
        return cls(side, distance, small, F.adaptive_avg_pool2d(weight, side), maps, weights)

    def mismatch(self, features: EfficientNetLite, picture: Tensor) -> Tensor:
        """A scalar."""
        difference, area = picture - self.picture, self.weight.sum() * 3 + 1e-8
        pixels = (self.weight * difference.square()).sum() / area
        absolute = (self.weight * difference.abs()).sum() / area
        deep = self.distance(features(seen(picture)), self.maps, self.weights).sum()
        return PIXEL_WEIGHT * pixels + ABSOLUTE_WEIGHT * absolute + FEATURE_WEIGHT * deep


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
    replays: Replays | None = None,
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
        replays: of a GPU.

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
    replays = replays or Replays.on(target.device)
    fitted = _Target.of(features, distance, target, weight, coarse if coarse_steps else full)
    if start is None:
        rows = torch.zeros(1, generator.num_ws, generator.config.w_dim, device=target.device)
        start = Start(rows, torch.zeros(1, generator.num_styles, device=target.device))

    offset = start.offset.detach().clone().requires_grad_()
    residual = start.residual * statistics.s_sd
    s_start = _styles(generator, statistics, offset, residual).detach()
    in_w = _InW(fitted, statistics, residual, lacking(generator, s_start, fitted.side))
    descent = _Descent([([offset], course.w_rate)], w_steps, replays, target.device)
    free = _Free(offset, {}, descent.adam)
    try:
        for step in range(w_steps):
            if step == coarse_steps and fitted.side != full:
                fitted = _Target.of(features, distance, target, weight, full)
                in_w = replace(in_w, target=fitted)
            given = in_w, descent.rates(step)
            yield InversionStep(
                step + 1, *replays.run(_step_in_w, generator, features, given, free)
            )
        replays.release(free)
    finally:
        replays.forget(free)

    s_start = _styles(generator, statistics, offset, residual).detach()
    change = torch.zeros_like(s_start).requires_grad_()
    moved = [([change], S_RATE)]
    tuning: Tuning | None = None
    tensors: dict[str, Tensor] = {}
    if tune:
        tuning = replays.made(Tuning, generator)
        tensors = {name: tensor.requires_grad_() for name, tensor in tuning.no_change().items()}
        moved.append((list(tensors.values()), OFFSET_RATE))
    descent = _Descent(moved, steps - w_steps, replays, target.device)
    if not inner_steps and fitted.side != full:
        fitted = _Target.of(features, distance, target, weight, full)
    added = lacking(generator, s_start, fitted.side)
    in_s = _InS(fitted, statistics, s_start, added, tuning)
    free = _Free(change, tensors, descent.adam)
    found = {name: tensor.detach() for name, tensor in tensors.items()} if tune else None
    try:
        for step in range(steps - w_steps):
            if step == inner_steps and fitted.side != full:
                fitted = _Target.of(features, distance, target, weight, full)
                in_s = replace(in_s, target=fitted, added=None)
            given = in_s, descent.rates(step)
            s, picture = replays.run(_step_in_s, generator, features, given, free)
            yield InversionStep(w_steps + step + 1, s, picture, found)
        replays.release(free)
    finally:
        replays.forget(free)


@dataclass(frozen=True, slots=True, eq=False)
class _InW:
    """What steps in W+ are given.

    Attributes:
        target: to come near to.
        statistics: of the generator's samples.
        residual: (1, channels), added to the styles.
        added: (1, 3, r, r), to pictures; None for nothing.
    """

    target: _Target
    statistics: StyleStatistics
    residual: Tensor
    added: Tensor | None


@dataclass(frozen=True, slots=True, eq=False)
class _InS:
    """What steps in S are given.

    Attributes:
        target, statistics, added: see ``_InW``.
        start: (1, channels).
        tuning: of the generator, or None.
    """

    target: _Target
    statistics: StyleStatistics
    start: Tensor
    added: Tensor | None
    tuning: Tuning | None


@dataclass(frozen=True, slots=True, eq=False)
class _Free:
    """What a step changes: the whitened code, the generator's tuning, and what moves them."""

    code: Tensor
    tensors: dict[str, Tensor]
    adam: Adam


def _styles(
    generator: Generator, statistics: StyleStatistics, offset: Tensor, residual: Tensor
) -> Tensor:
    """A W+ code, whitened, and a residual → S."""
    return generator.styles(statistics.w_mean + offset * statistics.w_sd) + residual


def _step_in_w(
    generator: Generator,
    features: EfficientNetLite | None,
    given: tuple[_InW, _Rates],
    free: _Free,
) -> tuple[Tensor, Tensor]:
    """One step of Adam; the style code and the picture before it."""
    assert features is not None
    known, rates = given
    s = _styles(generator, known.statistics, free.code, known.residual)
    drawn = generator.synthesise(s, resolution=known.target.side)
    picture = _plus(drawn, known.added)
    loss = known.target.mismatch(features, picture) + W_PRIOR * free.code.square().mean()
    free.adam.step(loss, rates)
    return s.detach(), picture.detach()


def _step_in_s(
    generator: Generator,
    features: EfficientNetLite | None,
    given: tuple[_InS, _Rates],
    free: _Free,
) -> tuple[Tensor, Tensor]:
    """One step of Adam; the style code and the picture before it."""
    assert features is not None
    known, rates = given
    statistics = known.statistics
    s = known.start + free.code * statistics.s_sd
    drawing = generator if known.tuning is None else known.tuning.apply(free.tensors)
    drawn = drawing.synthesise(s, resolution=known.target.side)
    picture = _plus(drawn, known.added)
    whitened = (s - statistics.s_mean) / statistics.s_sd
    loss = known.target.mismatch(features, picture) + S_PRIOR * whitened.square().mean()
    if known.tuning is not None:
        loss = loss + OFFSET_PRIOR * size_of_change(free.tensors)
    free.adam.step(loss, rates)
    return s.detach(), picture.detach()


def _plus(picture: Tensor, added: Tensor | None) -> Tensor:
    return picture if added is None else picture + added


class _Descent:
    """Adam with falling rates; free tensors come in groups, each with its highest rate."""

    def __init__(
        self,
        free: list[tuple[list[Tensor], float]],
        steps: int,
        replays: Replays,
        device: torch.device,
    ) -> None:
        self.adam = Adam([Group(tensors, high) for tensors, high in free], (0.9, 0.99))
        self._highest = [high for _, high in free]
        self._steps, self._replays, self._device = steps, replays, device

    def rates(self, step: int) -> _Rates:
        """Of a step, counted from 0."""
        factor = falling(step, self._steps)
        return tuple(self._replays.number(high * factor, self._device) for high in self._highest)
