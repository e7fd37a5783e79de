"""What an intervention can be asked for: weighted terms, one small object each.

Every term is dimensionless: it is divided by what the wanted picture differs by, so that a weight
means the same for a small and a large region, a subtle and a strong edit (*Style Intervention*,
arXiv 2011.09699, calls these flexible objectives; the normalisation is ours). Terms work on n faces
at once and never mix them. To add one, write a class with a ``weight`` and a
``__call__(scene, trial)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch
import torch.nn.functional as F

from models.perceptual import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

MAPS = 3  # of EfficientNet-Lite0, as many as models.readout reads
CONSTRAINT_SLACK = 0.25  # standard deviations that a constrained attribute may move
_FLOOR = 1e-8
_COLOURS_OUTSIDE = 1.5  # times what of movement: their regions are small, lips' to the pixel
_BROAD = 4  # pixels of what is seen that one pixel of a broad comparison averages


def masked_squares(a: Sequence[Tensor], b: Sequence[Tensor], masks: Sequence[Tensor]) -> Tensor:
    """Σ mask · (a − b)² of each map of each face: (maps, n)."""
    return torch.stack(
        [((x - y).square() * m).flatten(1).sum(1) for x, y, m in zip(a, b, masks, strict=True)]
    )


def broad(picture: Tensor) -> Tensor:
    """(n, c, r, r) → (n, c, q, q), q a quarter of r or of what is seen: colours without texture."""
    return F.avg_pool2d(seen(picture), _BROAD)


@dataclass(frozen=True, slots=True)
class AttributeReadouts:
    """Linear readouts of attributes from feature maps (``models.readout``): they have a gradient.

    Attributes:
        goals: differences of maps → changes (n, k) of the attributes that are asked for.
        constrained: the same of m attributes that must stay, (n, m). All in standard deviations.
        amounts: (n, k), how far each is to move.
        directions: (3, m, channels), of the constrained, see ``intervention.stack``: along them the
            direct edit is corrected; None where it may be as it is.
    """

    goals: Callable[[Sequence[Tensor]], Tensor]
    constrained: Callable[[Sequence[Tensor]], Tensor]
    amounts: Tensor
    directions: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What stays fixed during an intervention on n faces, at one resolution r.

    Attributes:
        before: (n, 3, r, r), the picture to keep outside the region.
        wanted: (n, 3, r, r), what the region is to look like: the direct edit in W, or a likeness.
        mask: (n, 1, r, r) in [0, 1], 1 = may change.
        coverage: (n, 1, r, r) in [0, 1], where ``wanted`` says anything; the mask, or less.
        before_maps, wanted_maps: feature maps of the two pictures; empty to leave features out.
        map_masks: the mask at each map's size.
        outside_unit, inside_unit: (1 + maps, n), squared differences that count as 1 outside and
            inside, of the picture first and then of each map.
        delta_unit: (n,), the L1 norm of a whitened delta that counts as 1.
        precise: Δs_n in whitened S, (n, channels); zeros for a likeness.
        normals: (n, k, channels): normal · whitened Δs is the share of a goal that is reached.
        readouts: of the attributes, from the maps; None where there are none, as at low resolution.
    """

    before: Tensor
    wanted: Tensor
    mask: Tensor
    coverage: Tensor
    before_maps: list[Tensor]
    wanted_maps: list[Tensor]
    map_masks: list[Tensor]
    outside_unit: Tensor
    inside_unit: Tensor
    delta_unit: Tensor
    precise: Tensor
    normals: Tensor
    readouts: AttributeReadouts | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """The current candidates: pictures (n, 3, r, r), feature maps, whitened Δs (n, channels)."""

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
        """The term's value for each face, (n,); about 1 where its unit is reached."""
        ...


@dataclass(frozen=True, slots=True)
class PreserveOutside:
    """Keep what lies outside the region: squared change, over the direct edit's.

    Trades against attaining the attribute: higher is stricter. At 3 the leak of eyes that open and
    of brows' height, frown and tilt is 0.6 to 0.7 of what it is at 1.5, attained at most 0.02 sd
    less (eight sampled faces; docs/quality.md).
    """

    weight: float = 3.0

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Pixels, and a quarter of the features."""
        moved = masked_squares(
            [trial.picture, *trial.maps],
            [scene.before, *scene.before_maps],
            [1 - scene.mask, *(1 - m for m in scene.map_masks)],
        )
        parts = moved / (scene.outside_unit + _FLOOR)
        return parts[0] if len(parts) == 1 else parts[0] + 0.25 * parts[1:].mean(0)


@dataclass(frozen=True, slots=True)
class AttainInside:
    """Look like the wanted picture inside the region, over its own change there."""

    weight: float = 1.0

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Pixels and features, half each."""
        missing = masked_squares(
            [trial.picture, *trial.maps],
            [scene.wanted, *scene.wanted_maps],
            [scene.mask, *scene.map_masks],
        )
        parts = missing / (scene.inside_unit + _FLOOR)
        return parts[0] if len(parts) == 1 else 0.5 * parts[0] + 0.5 * parts[1:].mean(0)


@dataclass(frozen=True, slots=True)
class AttributeAlignment:
    """Point along Δs_n in whitened S and reach every goal; higher: stronger, less local."""

    weight: float = 0.3

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """A quarter of 1 − cosine, and the mean squared shortfall of the goals."""
        cosine = F.cosine_similarity(trial.delta, scene.precise)
        reached = (scene.normals @ trial.delta[..., None])[..., 0]
        return 0.25 * (1 - cosine) + F.relu(1 - reached).square().mean(1)


@dataclass(frozen=True, slots=True)
class ReachReadouts:
    """Show every goal in the picture itself, on this face, and leave what is constrained as it was.

    Looked at is what the photograph will show: maps of the picture inside the region, of the one
    before outside. Unmasked, the search finds pixels outside that fool the readout.

    Attributes:
        weight: how much it counts.
        hold: how much the constrained attributes do, within it.
    """

    weight: float = 0.5
    hold: float = 0.5

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Mean squared miss of the goals' shares, and squared drift of the constrained."""
        readouts = scene.readouts
        if readouts is None:
            return trial.picture.new_zeros(len(trial.picture))
        inside = zip(trial.maps, scene.before_maps, scene.map_masks, strict=True)
        change = [(now - before) * mask for now, before, mask in inside]
        missed = readouts.goals(change) / readouts.amounts - 1
        drift = F.relu(readouts.constrained(change).abs() - CONSTRAINT_SLACK)
        return missed.square().mean(1) + self.hold * drift.square().sum(1)


@dataclass(frozen=True, slots=True)
class FollowPoints:
    """Have points of the face where they are to be, as the landmark network sees the picture.

    Looked at is what the photograph will show: the picture inside the region, the one before
    outside it.

    Attributes:
        points: pictures (n, 3, r, r) in [−1, 1] → points (n, 68, 2), in sides of the picture.
        targets: (n, 68, 2), where they are to be.
        weights: (68,), how much each counts; those that are pulled 1.
        unit: a distance that counts as 1, in sides.
        finest: side of the pictures in which points are looked at; in smaller ones they lie
            anywhere.
        weight: how much it counts.
    """

    points: Callable[[Tensor], Tensor]
    targets: Tensor
    weights: Tensor
    unit: float
    finest: int
    weight: float = 1.0

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Weighted squared distances, over what is pulled; 0 in smaller pictures."""
        if trial.picture.shape[-1] < self.finest:
            return trial.picture.new_zeros(len(trial.picture))
        shown = torch.lerp(scene.before, trial.picture, scene.mask)
        return self.missed(self.points(shown))

    def missed(self, points: Tensor) -> Tensor:
        """(n,): how far points (n, 68, 2) are off; 1 where all that is pulled stays."""
        away = (points - self.targets).square().sum(2) * self.weights
        return away.sum(1) / (self.weights >= 1).sum() / self.unit**2


@dataclass(frozen=True, slots=True)
class MatchColours:
    """Have the wanted colours where there are any, texture aside (reference and paint)."""

    weight: float = 1.0

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Squared difference of 4 × 4 means, over the wanted picture's own."""
        coverage = [broad(scene.coverage)]
        unit = masked_squares([broad(scene.before)], [broad(scene.wanted)], coverage)
        missing = masked_squares([broad(trial.picture)], [broad(scene.wanted)], coverage)
        return (missing / (unit + _FLOOR))[0]


@dataclass(frozen=True, slots=True)
class MatchFeatures:
    """Have the wanted picture's feature maps inside the region: shapes and texture (reference)."""

    weight: float = 1.0

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Squared difference over the wanted picture's own, mean over the maps."""
        missing = masked_squares(trial.maps, scene.wanted_maps, scene.map_masks)
        return (missing / (scene.inside_unit[1:] + _FLOOR)).mean(0)


@dataclass(frozen=True, slots=True)
class Seamless:
    """Change little where the mask's edge is steep: (E − B) ∇M is what compositing adds there."""

    weight: float = 0.3

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Squared change weighted by the mask's squared gradient, over the wanted picture's."""
        down, across = torch.gradient(scene.mask, dim=(2, 3))
        edge = [down.square() + across.square()]
        unit = masked_squares([scene.wanted], [scene.before], edge)
        return (masked_squares([trial.picture], [scene.before], edge) / (unit + _FLOOR))[0]


@dataclass(frozen=True, slots=True)
class Sparsity:
    """Few, small channels: L1 of the whitened delta over the direct edit's; local and natural."""

    weight: float = 0.05

    def __call__(self, scene: Scene, trial: Trial) -> Tensor:
        """Σ|Δs| over its unit, whitened."""
        return trial.delta.abs().sum(1) / (scene.delta_unit + _FLOOR)


def attribute_terms(
    *, moves: bool, strictness: float = 1.0, naturalness: float = 1.0
) -> tuple[Term, ...]:
    """The objective of an attribute edit.

    Where something moves, the region is to look like the direct edit. Where only colours change,
    looking like it in every pixel would drag its wrinkles, beards and fringes along: broad colours
    and the goals' own scores are enough.

    Args:
        moves: whether any of the attributes moves things.
        strictness: factor of what keeps the outside.
        naturalness: factor of what keeps the channels few and small.
    """
    kept = strictness * (1.0 if moves else _COLOURS_OUTSIDE)
    outside = PreserveOutside(PreserveOutside().weight * kept), Seamless()
    sparsity = Sparsity(Sparsity().weight * naturalness)
    if moves:
        return (*outside, AttainInside(), AttributeAlignment(), ReachReadouts(), sparsity)
    return (
        *outside,
        AttainInside(0.2),
        MatchColours(0.5),
        AttributeAlignment(1.0),
        ReachReadouts(),
        sparsity,
    )


def reference_terms(strictness: float = 1.0, naturalness: float = 1.0) -> tuple[Term, ...]:
    """The objective of looking like a reference's region: colours, then shapes."""
    return (
        PreserveOutside(strictness),
        MatchColours(1.0),
        MatchFeatures(1.0),
        Sparsity(0.3 * naturalness),
    )


def paint_terms(strictness: float = 1.0, naturalness: float = 1.0) -> tuple[Term, ...]:
    """The objective of following painted colours: nothing is said of texture."""
    return (PreserveOutside(strictness), MatchColours(1.5), Sparsity(0.3 * naturalness))


def total(terms: Sequence[Term], scene: Scene, trial: Trial) -> Tensor:
    """Σ weight · term for each face, (n,)."""
    value = trial.picture.new_zeros(len(trial.picture))
    for term in terms:
        value = value + term.weight * term(scene, trial)
    return value
