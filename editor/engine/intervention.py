"""Style Intervention: the change of a style code that makes an attribute happen in a region only.

*Style Intervention* (Liu, Li, Sun, Tan, arXiv 2011.09699): the edit mixes, channel by channel, the
displacement Δs_z that a step in W causes (realistic, entangled) with the sparse normal Δs_n of a
linear classifier in S (precise), ``Δs = (1 − Λ) ⊙ Δs_z + Λ ⊙ Δs_n``, and the intervention
coefficient Λ ∈ [0, 1] is optimised for one picture and one region with the generator frozen. Ours
beyond the paper: a start from each channel's own locality, a free residual δ (the mix alone cannot
close a channel of Δs_n), terms normalised by the direct edit, coarse to fine, and a closed loop:
the attribute itself is measured on the way, and where it comes out weaker or stronger on this face
than its direction promises, more or less of it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F

from editor.engine.objectives import CONSTRAINT_SLACK, Scene, Trial, masked_squares, total
from models.adam import Adam, Group
from models.perceptual import SEEN, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor

    from editor.engine.objectives import AttributeReadouts, Term
    from models.directions import Direction, StyleStatistics
    from models.generator import Generator
    from models.perceptual import EfficientNetLite

    Gauge = Callable[[Tensor, Tensor], Tensor]
    """Pictures (n, 3, r, r) of n faces before and now → how far each of k attributes has moved,
    (n, k), in standard deviations; NaN where nothing is known."""

MAPS = 3  # of EfficientNet-Lite0, as many as models.readout reads
PROBES = 4  # random pictures per side of the mask; relative error of a channel's share about 0.3
COARSE_SHARE = 0.4  # of the steps, at half the resolution (of what is seen, if that is less)
SEEN_SHARE = 0.87  # until then at what is seen, where a generator draws more
LAMBDA_RATE = 0.06
RESIDUAL_RATE = 0.03  # sd, at an edit of the usual size; smaller edits take smaller steps
USUAL_SIZE = 0.2  # sd per channel, root mean square: a direct edit of +60
LIKENESS_RATE = 0.08
LIKENESS_NORM = 0.25  # sd per channel, a likeness's unit of sparsity
SETTLE_SHARE = 0.6  # of the steps, after which only the channels that matter go on
WEAK = 1e-3  # of the squared effect: what the dropped channels did together
READINGS = (0.5, 0.75)  # of the steps, when the attributes are measured
LEAST = 0.7  # of a goal, what is asked for in the end
MOST = 2.0  # the same, of a colour
MOST_MOVED = 1.6  # and of what moves
FAINT = 0.12  # of a colour's goal; where less is seen, more of the same has helped on no face
FAINT_MOVED = 0.25  # and of what moves: a moustache that hardly lets a mouth open is torn by more
CONSTRAINT_PASSES = 3  # renders at most, until what is constrained stays
CONSTRAINT_SHARE = (
    0.8  # of what has moved, taken back each time: directions are averages over faces
)
CONSTRAINT_DAMPING = 0.05  # of the least squares: measures that move together are not separable
PATIENCE = 8  # steps without a gain of 0.2 % end the search


@dataclass(frozen=True, slots=True)
class Loop:
    """How an intervention measures itself on the way and corrects what it asks for.

    Attributes:
        gauge: measures the attributes that are wanted.
        most: how many times a goal may be asked for in all.
        faint: the share of a goal below which a reading says nothing.
    """

    gauge: Gauge
    most: float = MOST
    faint: float = FAINT

    @classmethod
    def of(cls, gauge: Gauge, *, moves: bool) -> Loop:
        """The bounds for colours, or for what moves."""
        return cls(gauge, MOST_MOVED, FAINT_MOVED) if moves else cls(gauge)


@dataclass(frozen=True, slots=True)
class InterventionStep:
    """One optimiser step.

    Attributes:
        step: counted from 1.
        delta: Δs, (n, channels), detached.
        picture: (n, 3, r, r), detached; r is less than the generator's resolution in coarse steps.
    """

    step: int
    delta: Tensor
    picture: Tensor


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """What a region is to look like: the direct edit of k attributes at once.

    Attributes:
        directions: (3, k, channels), of each attribute the entangled step, the precise step and
            the normal.
        amounts: (n, k), how far each attribute is to move at each face, in standard deviations,
            none of them 0.
        correction: (n, channels), what is added to Δs_z so that other attributes stay, see
            ``constrained``; None for nothing.
    """

    directions: Tensor
    amounts: Tensor
    correction: Tensor | None = None

    @classmethod
    def of(
        cls, directions: Sequence[Direction], amounts: Sequence[float], faces: int = 1
    ) -> AttributeChange:
        """Several attributes moved by ``amounts``, the same at each of n faces."""
        stacked = stack(directions)
        return cls(stacked, stacked.new_tensor(list(amounts)).expand(faces, -1))

    @property
    def entangled(self) -> Tensor:
        """Δs_z (n, channels)."""
        step = self.amounts @ self.directions[0]
        return step if self.correction is None else step + self.correction

    @property
    def precise(self) -> Tensor:
        """Δs_n (n, channels)."""
        return self.amounts @ self.directions[1]

    @property
    def normals(self) -> Tensor:
        """(n, k, channels): normal · whitened Δs is the share of a goal that is reached."""
        return self.directions[2] / self.amounts[..., None]


def stack(directions: Sequence[Direction]) -> Tensor:
    """(3, k, channels), of each direction the entangled step, the precise step and the normal."""
    return torch.stack([torch.stack([d.entangled, d.precise, d.normal]) for d in directions], 1)


@dataclass(frozen=True, slots=True)
class TargetPicture:
    """What a region is to look like: a picture.

    Attributes:
        picture: (n, 3, r, r) in [−1, 1].
        coverage: (n, 1, r, r) in [0, 1], where it says anything.
    """

    picture: Tensor
    coverage: Tensor


def channel_locality(
    generator: Generator,
    s: Tensor,
    mask: Tensor,
    *,
    seed: int = 0,
    resolution: int = 64,
    probes: int = PROBES,
) -> tuple[Tensor, Tensor]:
    """How strongly each style channel acts inside and outside a mask at each of n faces.

    The squared norm of a masked Jacobian column, E[(vᵀ M J_c)²] over random pictures v
    (Hutchinson's estimator); all probes share one backward pass.

    Args:
        generator: frozen.
        s: (n, channels), the faces.
        mask: (n, 1, r, r) in [0, 1].
        seed: of the probes, the same for every face.
        resolution: at which the Jacobian is taken.
        probes: random pictures per side of the mask.

    Returns:
        inside, outside: (n, channels), squared change of the picture per squared unit of the
        channel.
    """
    n, small = len(s), F.adaptive_avg_pool2d(mask, resolution)
    random = torch.Generator(device="cpu").manual_seed(seed)
    s = s.detach().repeat_interleave(2 * probes, 0).requires_grad_()
    picture = generator.synthesise(s, resolution=resolution)
    noise = torch.randn(2 * probes, *picture.shape[1:], generator=random).to(picture.device)
    sides = torch.stack([small, 1 - small], 1).repeat_interleave(probes, 1)
    (gradient,) = torch.autograd.grad(
        (picture * noise.repeat(n, 1, 1, 1) * sides.flatten(0, 1)).sum(), s
    )
    squares = gradient.square().view(n, 2, probes, -1).mean(2)
    return squares[:, 0], squares[:, 1]


def openness(change: Tensor, inside: Tensor, outside: Tensor, strictness: float) -> Tensor:
    """How far each channel of ``change`` (n, channels) may move, in [0, 1], same shape.

    The minimiser, channel by channel, of the lost effect inside plus ``strictness`` times the
    effect outside, both relative to the whole change's (a Wiener filter over channels).
    """
    squared = change.square()
    gain = inside / ((squared * inside).sum(1, keepdim=True) + 1e-12)
    cost = outside / ((squared * outside).sum(1, keepdim=True) + 1e-12)
    return gain / (gain + strictness * cost + 1e-20)


def first_guess(entangled: Tensor, precise: Tensor, inside: Tensor, outside: Tensor) -> Tensor:
    """Δs (n, channels) before any optimisation: the mix, each channel opened by its locality."""
    open_z = openness(entangled, inside, outside, 4.0)
    open_n = openness(entangled + precise, inside, outside, 4.0)
    return 0.5 * open_z * entangled + 0.5 * open_n * precise


def strongest(delta: Tensor, inside: Tensor, outside: Tensor) -> Tensor:
    """Which channels of Δs (n, channels) matter: 1, or 0 for the weakest, ``WEAK`` of its effect.

    A channel's effect is its squared displacement times what ``channel_locality`` says of it.
    """
    effect = delta.square() * (inside + outside)
    ranked, order = effect.sort(1)
    weak = ranked.cumsum(1) <= WEAK * effect.sum(1, keepdim=True)
    return torch.ones_like(delta).scatter(1, order, (~weak).to(delta.dtype))


def corrected(strength: Tensor, reached: Tensor, most: float, faint: float) -> Tensor:
    """How much of each goal to ask for once the attributes have been measured, (n, k).

    Args:
        strength: (n, k), how much was asked for so far; 1 is the goal.
        reached: (n, k), what that led to; NaN where nothing is known.
        most: the bound of what is asked for.
        faint: below it, or the wrong way, ``reached`` is no evidence (a landmark may have slipped):
            the goal itself is asked for.
    """
    reliable = reached > faint
    # A part of what is missing comes by itself in the steps that are left.
    growth = torch.where(reached < 1, reached.clamp_min(faint).rsqrt(), 1 / reached)
    return torch.where(reliable, (strength * growth).clamp(LEAST, most), 1.0)


@torch.no_grad()
def constrained(
    generator: Generator,
    features: EfficientNetLite,
    sd: Tensor,
    s: Tensor,
    wanted: AttributeChange,
    readout: Callable[[Sequence[Tensor]], Tensor],
    directions: Tensor,
) -> AttributeChange:
    """A direct edit that moves what is constrained by no more than ``CONSTRAINT_SLACK``.

    Directions hold other attributes still over faces on average; on one face a smile may still
    thin the moustache and pale the lips. So the direct edit is rendered and looked at, and what it
    has dragged along is taken back along the dragged attributes' own directions, in amounts that
    by the predictors leave each other and the goals where they are (damped least squares).

    Args:
        generator: frozen, as are ``features``.
        features: EfficientNet-Lite0.
        sd: (channels,), whitening of S.
        s: (n, channels), the faces before the edit.
        wanted: the direct edit; what it already holds is where the search begins.
        readout: differences of feature maps → changes (n, m) of what is to stay, sd.
        directions: (3, m, channels), of the same.
    """
    both = torch.cat([directions, wanted.directions], 1)
    steps, normals = both[0], both[2]
    effects = normals @ (steps / sd).T  # of each step on each attribute
    damping = CONSTRAINT_DAMPING * torch.eye(len(effects), device=sd.device)
    solve = cast("Tensor", torch.linalg.solve(effects.T @ effects + damping, effects.T))
    before = features(seen(generator.synthesise(s)), MAPS)
    correction = best = torch.zeros_like(s) if wanted.correction is None else wanted.correction
    wanted = replace(wanted, correction=None)
    least = s.new_full((len(s), 1), float("inf"))
    for _ in range(CONSTRAINT_PASSES + 1):
        now = features(seen(generator.synthesise(s + wanted.entangled + correction)), MAPS)
        drift = readout([b - a for a, b in zip(before, now, strict=True)])
        excess = drift - drift.clamp(-CONSTRAINT_SLACK, CONSTRAINT_SLACK)
        total = excess.square().sum(1, keepdim=True)
        best, least = torch.where(total < least, correction, best), torch.minimum(total, least)
        if not least.any():
            break
        goals = excess.new_zeros(len(s), wanted.amounts.shape[1])
        correction = correction - CONSTRAINT_SHARE * torch.cat([excess, goals], 1) @ solve.T @ steps
    return replace(wanted, correction=best)


def sides_of_steps(steps: int, full: int) -> list[int]:
    """At which of its inner sizes a generator of ``full`` pixels is searched in each step."""
    if full <= 64:
        return [full] * steps
    seen_side = min(SEEN, full)
    ends = (round(steps * COARSE_SHARE), round(steps * SEEN_SHARE))
    return [
        seen_side // 2 if step < ends[0] else seen_side if step < ends[1] else full
        for step in range(steps)
    ]


def optimise(
    generator: Generator,
    features: EfficientNetLite,
    statistics: StyleStatistics,
    s: Tensor,
    mask: Tensor,
    wanted: AttributeChange | TargetPicture,
    *,
    terms: Sequence[Term],
    residual: bool = True,
    steps: int = 30,
    seed: int = 0,
    loop: Loop | None = None,
    readouts: AttributeReadouts | None = None,
) -> Iterator[InterventionStep]:
    """Search Λ and δ for n faces, each with its own region; the faces do not influence each other.

    Args:
        generator: frozen, as are ``features``.
        features: EfficientNet-Lite0.
        statistics: whitening of S.
        s: (n, channels), the faces before the edit.
        mask: (n, 1, r, r) in [0, 1] at the generator's resolution, 1 = may change.
        wanted: what the regions are to look like.
        terms: the objective.
        residual: whether δ may leave the mix of Δs_z and Δs_n (a likeness is all δ).
        steps: at most; a plateau of every face ends the search earlier.
        seed: of the probes of the start value.
        loop: measures the attributes of ``wanted``, which is then corrected on the way.
        readouts: sees the attributes of ``wanted``, and what else must stay inside the region.

    Yields:
        one InterventionStep for each step; the last one's delta is the result.
    """
    search = _Search(generator, features, statistics, s, mask, wanted, residual, seed, readouts)
    full = generator.config.resolution
    sides = sides_of_steps(steps, full)
    settle = round(steps * SETTLE_SHARE)
    readings = {round(steps * share) for share in READINGS} if loop else set[int]()
    scene: Scene | None = None
    best, since = torch.empty(0), torch.empty(0)
    for step in range(steps):
        side = sides[step]
        fine = side >= min(SEEN, full)  # what measures and readouts were fitted to
        if scene is None or scene.mask.shape[-1] != side:
            scene = _scene(generator, features, statistics.s_sd, s, search.wanted, mask, side)
            if fine and readouts is not None:
                scene = replace(scene, readouts=replace(readouts, amounts=search.readout_targets()))
            best, since = s.new_full((len(s),), float("inf")), s.new_zeros(len(s))
        search.slow_down(1.0 if step < settle else 0.4)
        delta = search.delta()
        if step == settle:
            # Many faint channels add up; the rest stands in for them while it can still move.
            search.drop_faint(delta.detach())
            delta = search.delta()
        picture = generator.synthesise(s + delta, resolution=side)
        trial = Trial(picture, features(seen(picture), MAPS), delta / statistics.s_sd)
        losses = total(terms, scene, trial)
        search.step(losses.sum())
        yield InterventionStep(step + 1, delta.detach(), picture.detach())
        if side == full:
            since = torch.where(losses.detach() < best * 0.998, 0.0, since + 1)
            best = torch.minimum(best, losses.detach())
            if step > settle + PATIENCE and bool((since >= PATIENCE).all()):
                return
        due = loop if step in readings and fine else None
        if due and search.correct(due.gauge(scene.before, picture.detach()), due):
            scene = None


class _Search:
    """The free parameters of n interventions, and how they make up Δs."""

    def __init__(
        self,
        generator: Generator,
        features: EfficientNetLite,
        statistics: StyleStatistics,
        s: Tensor,
        mask: Tensor,
        wanted: AttributeChange | TargetPicture,
        residual: bool,
        seed: int,
        readouts: AttributeReadouts | None,
    ) -> None:
        self._networks, self._s, self._readouts = (generator, features), s, readouts
        self._sd = sd = statistics.s_sd
        if isinstance(wanted, AttributeChange):
            wanted = self._constrained(wanted)
        self.wanted, self._goals = wanted, wanted
        self._inside, self._outside = channel_locality(generator, s, mask, seed=seed)
        self._kept: Tensor | None = None
        groups: list[Group] = []
        if isinstance(wanted, AttributeChange):
            entangled, precise = wanted.entangled, wanted.precise
            # Λ = 1 takes Δs_n, which is 0 on most channels: closed channels start near 1.
            open_z = openness(entangled, self._inside, self._outside, 4.0)
            self._mix = (1 - 0.5 * open_z).clone().requires_grad_()
            mixed = (1 - self._mix.detach()) * entangled + self._mix.detach() * precise
            start = first_guess(entangled, precise, self._inside, self._outside)
            size = (entangled / sd).square().mean(1, keepdim=True).sqrt() / USUAL_SIZE
            self._scale = sd * size
            self._free = (start - mixed) / self._scale if residual else torch.zeros_like(mixed)
            groups.append(Group([self._mix], LAMBDA_RATE))
        else:
            # Nothing points the way: every channel may move, those that act inside the fastest.
            self._free = torch.zeros_like(s)
            gate = openness(sd.expand_as(s), self._inside, self._outside, 1.0)
            self._scale = sd * gate
            residual = True
        rate = RESIDUAL_RATE if isinstance(wanted, AttributeChange) else LIKENESS_RATE
        if residual:
            self._free = self._free.clone().requires_grad_()
            groups.append(Group([self._free], rate))
        self._adam = Adam(groups, (0.85, 0.98))
        self._rates = [float(group.rate) for group in groups]

    def _constrained(self, wanted: AttributeChange) -> AttributeChange:
        if self._readouts is None or self._readouts.directions is None:
            return wanted
        correction = self._readouts.directions
        return constrained(
            *self._networks, self._sd, self._s, wanted, self._readouts.constrained, correction
        )

    def delta(self) -> Tensor:
        """Δs (n, channels) as the parameters stand."""
        delta = self._free * self._scale
        if isinstance(self.wanted, AttributeChange):
            mix = self._mix.clamp(0, 1)
            delta = delta + (1 - mix) * self.wanted.entangled + mix * self.wanted.precise
        return delta if self._kept is None else delta * self._kept

    def correct(self, moved: Tensor, loop: Loop) -> bool:
        """Ask for more of what has moved too little, for less of what has moved too far.

        Δs grows or shrinks as the direct edit does, so that what was found of it stays.

        Args:
            moved: (n, k), how far each attribute has moved, in standard deviations.
            loop: the bounds.

        Returns:
            whether anything was corrected.
        """
        old, goals = self.wanted, self._goals
        if not isinstance(old, AttributeChange) or not isinstance(goals, AttributeChange):
            return False
        reached = moved / goals.amounts
        strength = corrected(old.amounts / goals.amounts, reached, loop.most, loop.faint)
        asked = goals.amounts * strength
        if torch.equal(asked, old.amounts):
            return False
        new = self.wanted = self._constrained(replace(old, amounts=asked))
        before, after = old.entangled / self._sd, new.entangled / self._sd
        growth = (before * after).sum(1, keepdim=True) / before.square().sum(1, keepdim=True)
        with torch.no_grad():
            self._free.mul_(growth)
        return True

    def readout_targets(self) -> Tensor:
        """(n, k): the goals, or less of those that were overshot.

        More is never asked for here: a face would be made to show at any price what it cannot.
        """
        wanted, goals = self.wanted, self._goals
        assert isinstance(wanted, AttributeChange)
        assert isinstance(goals, AttributeChange)
        return goals.amounts * (wanted.amounts / goals.amounts).clamp_max(1)

    def drop_faint(self, delta: Tensor) -> None:
        """From now on only the channels that matter move."""
        self._kept = strongest(delta, self._inside, self._outside)

    def slow_down(self, factor: float) -> None:
        """Set the learning rates to ``factor`` times their start."""
        for group, rate in zip(self._adam.groups, self._rates, strict=True):
            group.rate = rate * factor

    def step(self, loss: Tensor) -> None:
        """One step of Adam; Λ stays in [0, 1]."""
        self._adam.step(loss)
        if isinstance(self.wanted, AttributeChange):
            with torch.no_grad():
                self._mix.clamp_(0, 1)


@torch.no_grad()
def _scene(
    generator: Generator,
    features: EfficientNetLite,
    sd: Tensor,
    s: Tensor,
    wanted: AttributeChange | TargetPicture,
    mask: Tensor,
    side: int,
) -> Scene:
    """Everything the terms compare with, at ``side`` pixels."""
    small = F.adaptive_avg_pool2d(mask, side)
    if isinstance(wanted, AttributeChange):
        before, target = generator.synthesise(
            torch.cat([s, s + wanted.entangled]), resolution=side
        ).chunk(2)
        coverage, precise, normals = small, wanted.precise / sd, wanted.normals
        delta_unit = (wanted.entangled / sd).abs().sum(1)
    else:
        before = generator.synthesise(s, resolution=side)
        coverage = small * F.adaptive_avg_pool2d(wanted.coverage, side)
        target = torch.lerp(before, F.adaptive_avg_pool2d(wanted.picture, side), coverage)
        precise, normals = torch.zeros_like(s), sd.new_zeros(len(s), 0, len(sd))
        delta_unit = s.new_full((len(s),), LIKENESS_NORM * s.shape[1])
    before_maps, target_maps = features(seen(before), MAPS), features(seen(target), MAPS)
    masks = [F.adaptive_avg_pool2d(mask, m.shape[-1]) for m in before_maps]
    stages = [before, *before_maps], [target, *target_maps]
    inside_unit = masked_squares(*stages, [small, *masks])
    if isinstance(wanted, AttributeChange):
        outside_unit = masked_squares(*stages, [1 - small, *(1 - m for m in masks)])
    else:
        outside_unit = inside_unit  # a likeness changes nothing outside that could be the measure
    return Scene(
        before=before,
        wanted=target,
        mask=small,
        coverage=coverage,
        before_maps=before_maps,
        wanted_maps=target_maps,
        map_masks=masks,
        outside_unit=outside_unit,
        inside_unit=inside_unit,
        delta_unit=delta_unit,
        precise=precise,
        normals=normals,
    )
