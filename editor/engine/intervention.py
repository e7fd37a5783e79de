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
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from editor.engine.changes import AttributeChange, TargetPicture
from editor.engine.guarding import constrained, maps_of
from editor.engine.locality import channel_locality, first_guess, openness, strongest
from editor.engine.objectives import MAPS, Scene, Trial, masked_squares, total
from models.adam import Adam, Group
from models.perceptual import SEEN, seen
from models.replays import Replays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor

    from editor.engine.objectives import AttributeReadouts, Term
    from models.directions import StyleStatistics
    from models.generator import Generator
    from models.perceptual import EfficientNetLite

    Gauge = Callable[[Tensor, Tensor], Tensor]
    """Pictures (n, 3, r, r) of n faces before and now → how far each of k attributes has moved,
    (n, k), in standard deviations; NaN where nothing is known."""

COARSE_SHARE = 0.4  # of the steps, at half the resolution (of what is seen, if that is less)
SEEN_SHARE = 0.87  # until then at what is seen, where a generator draws more
LAMBDA_RATE = 0.06
RESIDUAL_RATE = 0.03  # sd, at an edit of the usual size; smaller edits take smaller steps
USUAL_SIZE = 0.2  # sd per channel, root mean square: a direct edit of +60
LIKENESS_RATE = 0.08
LIKENESS_NORM = 0.25  # sd per channel, a likeness's unit of sparsity
SETTLE_SHARE = 0.6  # of the steps, after which only the channels that matter go on
SETTLED_RATE = 0.4  # of the rates until then
READINGS = (0.5, 0.75)  # of the steps, when the attributes are measured
LEAST = 0.7  # of a goal, what is asked for in the end
MOST = 2.0  # the same, of a colour
MOST_MOVED = 1.6  # and of what moves
FAINT = 0.12  # of a colour's goal; where less is seen, more of the same has helped on no face
FAINT_MOVED = 0.25  # and of what moves: a moustache that hardly lets a mouth open is torn by more
PATIENCE = 8  # steps without a gain of 0.2 % end the search
NEARLY = 1.2  # what was found is drawn out or in by so much at most, to be as strong as asked


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
        picture: (n, 3, r, r), detached, before the last step's delta is drawn out or in; r is less
            than the generator's resolution in coarse steps.
    """

    step: int
    delta: Tensor
    picture: Tensor


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
    replays: Replays | None = None,
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
        replays: of a GPU; the same steps, launched at once. Other searches may use it meanwhile.

    Yields:
        one InterventionStep for each step; the last one's delta is the result, and with a loop as
        strong as was asked.
    """
    replays = replays or Replays.on(s.device)
    search = _Search(
        generator, features, statistics, s, mask, wanted, residual, seed, readouts, replays
    )
    full = generator.config.resolution
    sides = sides_of_steps(steps, full)
    settle = round(steps * SETTLE_SHARE)
    due = {round(steps * share) for share in READINGS} if loop else set[int]()
    given: _Given | None = None
    best, since = torch.empty(0), torch.empty(0)
    try:
        for step in range(steps):
            side = sides[step]
            fine = side >= min(SEEN, full)  # what measures and readouts were fitted to
            if given is None or given.side != side:
                given = search.given(mask, terms, side, looked_at=fine)
                best, since = s.new_full((len(s),), float("inf")), s.new_zeros(len(s))
            if step == settle:
                given = search.settle(given)
            delta, picture, losses = replays.run(_one_step, generator, features, given, search.free)
            ends = step == steps - 1
            if side == full:
                since = torch.where(losses < best * 0.998, 0.0, since + 1)
                best = torch.minimum(best, losses)
                ends = ends or (step > settle + PATIENCE and bool((since >= PATIENCE).all()))
            moved: Tensor | None = None
            if loop is not None and fine and (ends or step in due):
                moved = loop.gauge(given.scene.before, picture)
                if ends:
                    delta = delta * search.lacking(moved, loop)
            yield InterventionStep(step + 1, delta, picture)
            if ends:
                return
            if loop is not None and moved is not None and search.correct(moved, loop):
                given = None
    finally:
        replays.forget(search.free)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What stays as it is for some steps.

    Attributes:
        side: of the pictures.
        terms: the objective.
        scene: what it compares with.
        s, sd: the faces (n, channels) and the whitening of S (channels,).
        ends: Δs_z and Δs_n, (n, channels) each; None for a likeness.
        scale: (n, channels), a unit of the free residual.
        kept: (n, channels), 1, or 0 for channels that no longer move.
        rates: of Adam's groups.
    """

    side: int
    terms: tuple[Term, ...]
    scene: Scene
    s: Tensor
    sd: Tensor
    ends: tuple[Tensor, Tensor] | None
    scale: Tensor
    kept: Tensor
    rates: tuple[float | Tensor, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Free:
    """What a step changes.

    Attributes:
        mix: Λ, (n, channels); None for a likeness.
        residual: δ, (n, channels).
        adam: moves them.
    """

    mix: Tensor | None
    residual: Tensor
    adam: Adam


def _delta(given: _Given, free: _Free) -> Tensor:
    """Δs (n, channels) as the parameters stand."""
    delta = free.residual * given.scale
    if free.mix is not None and given.ends is not None:
        mix, (entangled, precise) = free.mix.clamp(0, 1), given.ends
        delta = delta + (1 - mix) * entangled + mix * precise
    return delta * given.kept


def _precision(generator: Generator, s: Tensor, side: int) -> torch.dtype:
    """Of the pictures that are compared: those beyond what networks see fill a GPU's memory."""
    return torch.bfloat16 if s.is_cuda and side > SEEN else generator.searched_in


def _one_step(
    generator: Generator, features: EfficientNetLite | None, given: _Given, free: _Free
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of Adam; Δs, the pictures and the losses (n,) before it."""
    assert features is not None
    delta = _delta(given, free)
    dtype = _precision(generator, given.s, given.side)
    picture = generator.synthesise(given.s + delta, resolution=given.side, dtype=dtype)
    trial = Trial(picture, features(seen(picture), MAPS), delta / given.sd)
    losses = total(given.terms, given.scene, trial)
    free.adam.step(losses.sum(), given.rates)
    if free.mix is not None:
        with torch.no_grad():
            free.mix.clamp_(0, 1)
    return delta.detach(), picture.detach(), losses.detach()


class _Search:
    """The free parameters of n interventions, and what their steps are given.

    Attributes:
        wanted: what is asked for now.
        free: see ``Replays.release`` before it is changed or looked at.
    """

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
        replays: Replays,
    ) -> None:
        self._networks, self._s, self._readouts = (generator, features), s, readouts
        self._sd = sd = statistics.s_sd
        self._replays = replays
        self._maps: list[Tensor] | None = None
        self._before_maps: dict[int, list[Tensor]] = {}  # by side
        if isinstance(wanted, AttributeChange):
            wanted = self._constrained(wanted)
        self.wanted, self._goals = wanted, wanted
        self._inside, self._outside = channel_locality(
            generator, s, mask, seed=seed, replays=replays
        )
        self._kept = torch.ones_like(s)
        groups: list[Group] = []
        mix: Tensor | None = None
        if isinstance(wanted, AttributeChange):
            entangled, precise = wanted.entangled, wanted.precise
            # Λ = 1 takes Δs_n, which is 0 on most channels: closed channels start near 1.
            open_z = openness(entangled, self._inside, self._outside, 4.0)
            mix = (1 - 0.5 * open_z).clone().requires_grad_()
            mixed = (1 - mix.detach()) * entangled + mix.detach() * precise
            start = first_guess(entangled, precise, self._inside, self._outside)
            size = (entangled / sd).square().mean(1, keepdim=True).sqrt() / USUAL_SIZE
            self._scale = sd * size
            free = (start - mixed) / self._scale if residual else torch.zeros_like(mixed)
            groups.append(Group([mix], LAMBDA_RATE))
            of_residual = RESIDUAL_RATE
        else:
            # Nothing points the way: every channel may move, those that act inside the fastest.
            free = torch.zeros_like(s)
            gate = openness(sd.expand_as(s), self._inside, self._outside, 1.0)
            self._scale = sd * gate
            residual, of_residual = True, LIKENESS_RATE
        if residual:
            free = free.clone().requires_grad_()
            groups.append(Group([free], of_residual))
        self.free = _Free(mix, free, Adam(groups, (0.85, 0.98)))
        self._highest = [float(group.rate) for group in groups]
        self._rates = self._slowed(1.0)

    def _slowed(self, factor: float) -> tuple[float | Tensor, ...]:
        return tuple(self._replays.number(rate * factor, self._s.device) for rate in self._highest)

    def _constrained(self, wanted: AttributeChange) -> AttributeChange:
        if self._readouts is None or self._readouts.directions is None:
            return wanted
        if self._maps is None:
            self._maps = self._replays.run(maps_of, *self._networks, self._s, ())
        return constrained(
            *self._networks,
            self._sd,
            self._s,
            wanted,
            self._readouts.constrained,
            self._readouts.directions,
            self._replays,
            self._maps,
        )

    def given(self, mask: Tensor, terms: Sequence[Term], side: int, *, looked_at: bool) -> _Given:
        """What the steps at ``side`` pixels are given.

        Args:
            mask: (n, 1, r, r), of the regions.
            terms: the objective.
            side: of the pictures.
            looked_at: whether readouts and measures can be read there.
        """
        wanted, readouts = self.wanted, self._readouts
        asked = _Asked(self._sd, self._s, wanted, mask, side, self._before_maps.get(side))
        scene = self._replays.run(_scene, *self._networks, asked, ())
        self._before_maps[side] = scene.before_maps
        if looked_at and readouts is not None:
            readouts = replace(readouts, amounts=self.readout_targets(), directions=None)
            scene = replace(scene, readouts=readouts)
        ends = (wanted.entangled, wanted.precise) if isinstance(wanted, AttributeChange) else None
        return _Given(
            side=side,
            terms=tuple(terms),
            scene=scene,
            s=self._s,
            sd=self._sd,
            ends=ends,
            scale=self._scale,
            kept=self._kept,
            rates=self._rates,
        )

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
        self._replays.release(self.free)
        with torch.no_grad():
            self.free.residual.mul_(growth)
        return True

    def lacking(self, moved: Tensor, loop: Loop) -> Tensor:
        """What Δs is to be multiplied by, (n, 1), for the attributes to be where they were asked.

        So near to what was found, measures follow Δs evenly; several goals share what they lack.

        Args:
            moved: as for ``correct``.
            loop: the bounds; a face that was asked for the most already gets no more.
        """
        old, goals = self.wanted, self._goals
        if not isinstance(old, AttributeChange) or not isinstance(goals, AttributeChange):
            return moved.new_ones(len(moved), 1)
        reached = moved / goals.amounts
        room = (loop.most * goals.amounts / old.amounts).clamp(1.0, NEARLY)
        factor = torch.minimum((1 / reached).clamp_min(1 / NEARLY), room)
        return torch.where(reached > loop.faint, factor, 1.0).mean(1, keepdim=True)

    def readout_targets(self) -> Tensor:
        """(n, k): the goals, or less of those that were overshot.

        More is never asked for here: a face would be made to show at any price what it cannot.
        """
        wanted, goals = self.wanted, self._goals
        assert isinstance(wanted, AttributeChange)
        assert isinstance(goals, AttributeChange)
        return goals.amounts * (wanted.amounts / goals.amounts).clamp_max(1)

    def settle(self, given: _Given) -> _Given:
        """From now on only the channels that matter move, and more slowly.

        Many faint channels add up; the rest stands in for them while it can still move.
        """
        self._replays.release(self.free)
        delta = _delta(given, self.free).detach()
        self._kept = strongest(delta, self._inside, self._outside)
        self._rates = self._slowed(SETTLED_RATE)
        return replace(given, kept=self._kept, rates=self._rates)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """Of which a scene is made; ``before_maps`` are the faces', where they are known."""

    sd: Tensor
    s: Tensor
    wanted: AttributeChange | TargetPicture
    mask: Tensor
    side: int
    before_maps: list[Tensor] | None


@torch.no_grad()
def _scene(
    generator: Generator, features: EfficientNetLite | None, asked: _Asked, _: tuple[()]
) -> Scene:
    """Everything the terms compare with, at ``side`` pixels."""
    assert features is not None
    sd, s, wanted, mask, side = asked.sd, asked.s, asked.wanted, asked.mask, asked.side
    dtype = _precision(generator, s, side)
    small = F.adaptive_avg_pool2d(mask, side)
    if isinstance(wanted, AttributeChange):
        both = torch.cat([s, s + wanted.entangled])
        before, target = generator.synthesise(both, resolution=side, dtype=dtype).chunk(2)
        coverage, precise, normals = small, wanted.precise / sd, wanted.normals
        delta_unit = (wanted.entangled / sd).abs().sum(1)
    else:
        before = generator.synthesise(s, resolution=side, dtype=dtype)
        coverage = small * F.adaptive_avg_pool2d(wanted.coverage, side)
        target = torch.lerp(before, F.adaptive_avg_pool2d(wanted.picture, side), coverage)
        precise, normals = torch.zeros_like(s), sd.new_zeros(len(s), 0, len(sd))
        delta_unit = s.new_full((len(s),), LIKENESS_NORM * s.shape[1])
    before_maps = asked.before_maps or features(seen(before), MAPS)
    target_maps = features(seen(target), MAPS)
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
