"""Style Intervention: the change of a style code that makes an attribute happen in a region only.

*Style Intervention* (Liu, Li, Sun, Tan, arXiv 2011.09699): the edit mixes, channel by channel, the
displacement Δs_z that a step in W causes (realistic, entangled) with the sparse normal Δs_n of a
linear classifier in S (precise), ``Δs = (1 − Λ) ⊙ Δs_z + Λ ⊙ Δs_n``, and the intervention
coefficient Λ ∈ [0, 1] is optimised for one picture and one region with the generator frozen. Ours
beyond the paper: a start from each channel's own locality, a free residual δ (the mix alone cannot
close a channel of Δs_n), terms normalised by the direct edit, coarse to fine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from editor.objectives import DEFAULT, Scene, Trial, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from editor.objectives import Term
    from models.directions import Direction, StyleStatistics
    from models.generator import Generator
    from models.perceptual import EfficientNetLite0

PROBES = 4  # random pictures per side of the mask; relative error of a channel's share about 0.3
COARSE_SHARE = 0.4  # of the steps, at half the resolution
LAMBDA_RATE = 0.06
RESIDUAL_RATE = 0.03
SETTLE_SHARE = 0.6  # of the steps, after which only the channels that matter go on
WEAK = 1e-3  # of the squared effect: what the dropped channels did together
PATIENCE = 8  # steps without a gain of 0.2 % end the search


@dataclass(frozen=True, slots=True)
class InterventionStep:
    """One optimiser step.

    Attributes:
        step: counted from 1.
        delta: Δs, (1, channels), detached.
        picture: (1, 3, r, r), detached; r is half the generator's resolution in the first steps.
    """

    step: int
    delta: Tensor
    picture: Tensor


def displacement(
    directions: Sequence[Direction], amounts: Sequence[float]
) -> tuple[Tensor, Tensor, Tensor]:
    """Δs_z, Δs_n (1, channels) and the predictor (channels,) of several attributes moved at once.

    ``amounts`` are in standard deviations of each attribute's measure.
    """
    entangled = torch.stack([d.entangled * a for d, a in zip(directions, amounts, strict=True)])
    precise = torch.stack([d.precise * a for d, a in zip(directions, amounts, strict=True)])
    normal = torch.stack([d.normal * a for d, a in zip(directions, amounts, strict=True)])
    return entangled.sum(0)[None], precise.sum(0)[None], normal.sum(0)


def channel_locality(
    generator: Generator, s: Tensor, mask: Tensor, *, seed: int = 0, resolution: int = 64
) -> tuple[Tensor, Tensor]:
    """How strongly each style channel acts inside and outside a mask at this face.

    The squared norm of a masked Jacobian column, E[(vᵀ M J_c)²] over random pictures v
    (Hutchinson's estimator); all probes share one backward pass.

    Args:
        generator: frozen.
        s: (1, channels), the face.
        mask: (1, 1, r, r) in [0, 1].
        seed: of the probes.
        resolution: at which the Jacobian is taken.

    Returns:
        inside, outside: (channels,), squared change of the picture per squared unit of the channel.
    """
    small = F.adaptive_avg_pool2d(mask, resolution)
    random = torch.Generator(device="cpu").manual_seed(seed)
    s = s.detach().expand(2 * PROBES, -1).clone().requires_grad_()
    picture = generator.synthesise(s, resolution=resolution)
    noise = torch.randn(picture.shape, generator=random).to(picture.device)
    sides = torch.cat([small.expand(PROBES, -1, -1, -1), 1 - small.expand(PROBES, -1, -1, -1)])
    (gradient,) = torch.autograd.grad((picture * noise * sides).sum(), s)
    return gradient[:PROBES].square().mean(0), gradient[PROBES:].square().mean(0)


def openness(change: Tensor, inside: Tensor, outside: Tensor, strictness: float) -> Tensor:
    """How far each channel of ``change`` (1, channels) may move, in [0, 1], same shape.

    The minimiser, channel by channel, of the lost effect inside plus ``strictness`` times the
    effect outside, both relative to the whole change's (a Wiener filter over channels).
    """
    squared = change.square()
    gain = inside / ((squared * inside).sum() + 1e-12)
    cost = outside / ((squared * outside).sum() + 1e-12)
    return gain / (gain + strictness * cost + 1e-20)


def first_guess(entangled: Tensor, precise: Tensor, inside: Tensor, outside: Tensor) -> Tensor:
    """Δs (1, channels) before any optimisation: the mix, each channel opened by its locality."""
    open_z = openness(entangled, inside, outside, 4.0)
    open_n = openness(entangled + precise, inside, outside, 4.0)
    return 0.5 * open_z * entangled + 0.5 * open_n * precise


def strongest(delta: Tensor, inside: Tensor, outside: Tensor) -> Tensor:
    """Which channels of Δs (1, channels) matter: 1, or 0 for the weakest, ``WEAK`` of its effect.

    A channel's effect is its squared displacement times what ``channel_locality`` says of it.
    """
    effect = delta[0].square() * (inside + outside)
    order = effect.argsort()
    weak = effect[order].cumsum(0) <= WEAK * effect.sum()
    kept = torch.ones_like(delta)
    kept[:, order[weak]] = 0
    return kept


def optimise(
    generator: Generator,
    features: EfficientNetLite0,
    statistics: StyleStatistics,
    s: Tensor,
    entangled: Tensor,
    precise: Tensor,
    normal: Tensor,
    mask: Tensor,
    *,
    terms: Sequence[Term] = DEFAULT,
    steps: int = 40,
    seed: int = 0,
) -> Iterator[InterventionStep]:
    """Search Λ and δ for one face, one region and one objective.

    Args:
        generator: frozen, as are ``features``.
        features: EfficientNet-Lite0.
        statistics: whitening of S.
        s: (1, channels), the face before the edit.
        entangled: Δs_z (1, channels).
        precise: Δs_n (1, channels).
        normal: predictor of the change in whitened S (channels,).
        mask: (1, 1, r, r) in [0, 1] at the generator's resolution, 1 = may change.
        terms: the objective.
        steps: at most; a plateau ends the search earlier.
        seed: of the probes of the start value.

    Yields:
        one InterventionStep for each step; the last one's delta is the result.
    """
    sd = statistics.s_sd
    inside, outside = channel_locality(generator, s, mask, seed=seed)
    # Λ = 0 takes Δs_z, Λ = 1 takes Δs_n, which is 0 on most channels: closed channels start near 1.
    open_z = openness(entangled, inside, outside, 4.0)
    coefficient = (1 - 0.5 * open_z).clone().requires_grad_()
    start = first_guess(entangled, precise, inside, outside)
    mixed = (1 - coefficient.detach()) * entangled + coefficient.detach() * precise
    residual = ((start - mixed) / sd).clone().requires_grad_()
    optimizer = torch.optim.Adam(
        [{"params": [coefficient], "lr": LAMBDA_RATE}, {"params": [residual], "lr": RESIDUAL_RATE}],
        betas=(0.85, 0.98),
    )
    full = generator.config.resolution
    coarse_steps = round(steps * COARSE_SHARE) if full > 64 else 0
    scene: Scene | None = None
    best, since, settle = float("inf"), 0, round(steps * SETTLE_SHARE)
    kept = torch.ones_like(s)
    for step in range(steps):
        side = full // 2 if step < coarse_steps else full
        if scene is None or scene.mask.shape[-1] != side:
            scene = _scene(generator, features, sd, s, entangled, precise, normal, mask, side)
            best, since = float("inf"), 0
        rate = 1.0 if step < steps * 0.6 else 0.4
        for group, base in zip(optimizer.param_groups, (LAMBDA_RATE, RESIDUAL_RATE), strict=True):
            group["lr"] = base * rate
        mix = coefficient.clamp(0, 1)
        delta = ((1 - mix) * entangled + mix * precise + residual * sd) * kept
        if step == settle:
            # Many faint channels add up; the rest stands in for them while it can still move.
            kept = strongest(delta.detach(), inside, outside)
            delta = delta * kept
        picture = generator.synthesise(s + delta, resolution=side)
        trial = Trial(picture, features(picture, 3), delta / sd)
        loss = total(terms, scene, trial)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            coefficient.clamp_(0, 1)
        yield InterventionStep(step + 1, delta.detach(), picture.detach())
        if side == full:
            value = loss.item()
            since = 0 if value < best * 0.998 else since + 1
            best = min(best, value)
            if since >= PATIENCE and step > settle + PATIENCE:
                return


def _scene(
    generator: Generator,
    features: EfficientNetLite0,
    sd: Tensor,
    s: Tensor,
    entangled: Tensor,
    precise: Tensor,
    normal: Tensor,
    mask: Tensor,
    side: int,
) -> Scene:
    """Everything the terms compare with, at ``side`` pixels."""
    with torch.no_grad():
        pictures = generator.synthesise(torch.cat([s, s + entangled]), resolution=side)
        maps = features(pictures, 3)
        small = F.adaptive_avg_pool2d(mask, side)
        return Scene(
            before=pictures[:1],
            direct=pictures[1:],
            mask=small,
            before_maps=[m[:1] for m in maps],
            direct_maps=[m[1:] for m in maps],
            map_masks=[F.adaptive_avg_pool2d(mask, m.shape[-1]) for m in maps],
            precise=precise / sd,
            entangled=entangled / sd,
            normal=normal,
        )
