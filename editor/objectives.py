"""What an intervention can be asked for: weighted terms, one small object each.

Every term is dimensionless: it is divided by what the direct edit in W does, so that a weight means
the same for a small and a large region, a subtle and a strong edit (*Style Intervention*, arXiv
2011.09699, calls these flexible objectives; the normalisation is ours). To add a term, write a
class with a ``weight`` and a ``__call__(scene, trial)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch.nn.functional as F

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_FLOOR = 1e-8


@dataclass(frozen=True, slots=True)
class Scene:
    """What stays fixed during an intervention, at one resolution r.

    Attributes:
        before: (1, 3, r, r), the picture to keep outside the region.
        direct: (1, 3, r, r), the picture of the direct edit in W, the target inside.
        mask: (1, 1, r, r) in [0, 1], 1 = may change.
        before_maps, direct_maps: feature maps of the two pictures; empty to leave features out.
        map_masks: the mask at each map's size.
        precise: Δs_n in whitened S, (1, channels).
        entangled: Δs_z in whitened S, (1, channels).
        normal: predictor on whitened displacements, (channels,).
    """

    before: Tensor
    direct: Tensor
    mask: Tensor
    before_maps: list[Tensor]
    direct_maps: list[Tensor]
    map_masks: list[Tensor]
    precise: Tensor
    entangled: Tensor
    normal: Tensor


@dataclass(frozen=True, slots=True)
class Trial:
    """The current candidate: picture (1, 3, r, r), its feature maps, whitened Δs (1, channels)."""

    picture: Tensor
    maps: list[Tensor]
    delta: Tensor


class Term(Protocol):
    """One term of an objective."""

    @property
    def weight(self) -> float:
        """How much it counts."""
        ...

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """The term's value, a scalar; about 1 where the direct edit stands."""
        ...


def _ratio(
    maps: Sequence[Tensor],
    reference: Sequence[Tensor],
    masks: Sequence[Tensor],
    unit: Sequence[Tensor],
) -> Tensor:
    """Mean over maps of the masked squared difference to ``reference``, relative to ``unit``'s."""
    total = maps[0].new_zeros(())
    for a, b, mask, u in zip(maps, reference, masks, unit, strict=True):
        whole = ((u - b).square() * mask).sum().detach() + _FLOOR
        total = total + ((a - b).square() * mask).sum() / whole
    return total / len(maps)


@dataclass(frozen=True, slots=True)
class PreserveOutside:
    """Keep what lies outside the region: squared change, over the direct edit's.

    Trades against attaining the attribute: higher is stricter.
    """

    weight: float = 1.5

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Pixels, and a quarter of the features."""
        pixels = _ratio([trial.picture], [scene.before], [1 - scene.mask], [scene.direct])
        if not trial.maps:
            return pixels
        masks = [1 - m for m in scene.map_masks]
        return pixels + 0.25 * _ratio(trial.maps, scene.before_maps, masks, scene.direct_maps)


@dataclass(frozen=True, slots=True)
class AttainInside:
    """Look like the direct edit inside the region, over its own change there."""

    weight: float = 1.0

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Pixels and features, half each."""
        pixels = _ratio([trial.picture], [scene.direct], [scene.mask], [scene.before])
        if not trial.maps:
            return pixels
        features = _ratio(trial.maps, scene.direct_maps, scene.map_masks, scene.before_maps)
        return 0.5 * pixels + 0.5 * features


@dataclass(frozen=True, slots=True)
class AttributeAlignment:
    """Point along Δs_n in whitened S and reach its score; higher: stronger, less local."""

    weight: float = 0.3

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """A quarter of 1 − cosine, and the squared shortfall of the score."""
        cosine = F.cosine_similarity(trial.delta, scene.precise).mean()
        wanted = scene.precise @ scene.normal
        short = F.relu(1 - (trial.delta @ scene.normal) / wanted).square().mean()
        return 0.25 * (1 - cosine) + short


@dataclass(frozen=True, slots=True)
class Sparsity:
    """Few, small channels: L1 of the whitened delta over the direct edit's; local and natural."""

    weight: float = 0.05

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Σ|Δs| over Σ|Δs_z|, both whitened."""
        return trial.delta.abs().sum() / (scene.entangled.abs().sum() + _FLOOR)


DEFAULT: tuple[Term, ...] = (PreserveOutside(), AttainInside(), AttributeAlignment(), Sparsity())


def total(terms: Sequence[Term], scene: Scene, trial: Trial) -> Tensor:
    """Σ weight · term."""
    value = trial.picture.new_zeros(())
    for term in terms:
        value = value + term.weight * term(scene, trial)
    return value
