"""Discovery: which style channels, and which few of them together, change what a region shows.

*StyleSpace* (Wu, Lischinski, Shechtman, arXiv 2011.12799) finds single channels that act locally,
by segmenting many samples. Here the region is one face's brushed mask: channels are ranked by the
masked Jacobian, the best are really moved, and what they do inside is decomposed (each principal
part cut to its few strongest channels), so that sparse groups compete with single channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
import torch.nn.functional as F

from editor.engine.locality import channel_locality
from models.variations import variations

if TYPE_CHECKING:
    from torch import Tensor

    from models.directions import StyleStatistics
    from models.generator import Generator
    from models.replays import Replays

PROBES = 8  # per side of the mask; only a first ranking rests on them
CANDIDATES = 64  # channels that are really moved
PROBE_STEP = 2.0  # standard deviations by which they are
GROUPS = 12  # parts of what the candidates do
GROUP_CHANNELS = 5  # of each part
VISIBLE = 0.1  # root mean squared change inside, sRGB 0…1, that +100 aims at
FURTHEST = 6.0  # standard deviations that +100 moves a channel at most
ALIKE = 0.7  # |cosine| from which two changes count as one
RESOLUTION = 64  # at which candidates are moved


@dataclass(frozen=True, slots=True)
class Found:
    """One change that acts in the region.

    Attributes:
        delta: (channels,), what +100 adds to the code; mostly zeros.
        locality: share of its squared effect inside the region, 0…1.
        visibility: root mean squared change inside, sRGB 0…1.
        low, high: (3, r, r), the pictures at −100 and +100.
    """

    delta: Tensor
    locality: float
    visibility: float
    low: Tensor
    high: Tensor


def candidates(
    generator: Generator,
    statistics: StyleStatistics,
    s: Tensor,
    mask: Tensor,
    *,
    seed: int = 0,
    replays: Replays | None = None,
) -> Tensor:
    """The channels whose effect is most visible and most inside, by the masked Jacobian.

    Args:
        generator: frozen.
        statistics: whitening of S.
        s: (1, channels), the face.
        mask: (1, 1, r, r) in [0, 1].
        seed: of the estimate's probes.
        replays: of a GPU.

    Returns:
        Numbers of at most ``CANDIDATES`` channels, the best first.
    """
    near, far = channel_locality(
        generator, s, mask, seed=seed, probes=PROBES, singly=True, replays=replays
    )
    variance = statistics.s_sd.square()
    inside, outside = near[0] * variance, far[0] * variance
    rank = inside.sqrt() * inside / (inside + outside + 1e-12)
    return rank.topk(min(CANDIDATES, len(rank))).indices


@torch.no_grad()
def choose(
    generator: Generator,
    statistics: StyleStatistics,
    s: Tensor,
    mask: Tensor,
    channels: Tensor,
    *,
    count: int = 12,
) -> Tensor:
    """The best ``count`` changes by the candidates alone or a few together, no two alike.

    Returns:
        (≤ count, channels): what +100 adds to the code.
    """
    # What one standard deviation of each candidate does. Moved one way alone: both took a fifth of
    # discovery's time and found nothing better (ten regions of five photographs).
    sd, rows = statistics.s_sd, len(channels)
    side = min(RESOLUTION, generator.config.resolution)
    steps = torch.zeros(rows, len(sd), device=s.device)
    steps[torch.arange(rows), channels] = sd[channels] * PROBE_STEP
    dtype = generator.searched_in
    before = generator.synthesise(s, resolution=side, dtype=dtype)
    pictures = variations(generator, s, steps, resolution=side, dtype=dtype)
    effects = (pictures - before).flatten(1) / PROBE_STEP
    small = F.adaptive_avg_pool2d(mask, side).expand(1, 3, -1, -1).flatten()

    mixes = torch.cat([torch.eye(rows, device=s.device), _groups(effects, small)])
    acts = mixes @ effects
    inside, outside = ((acts.square() * m).sum(1) for m in (small, 1 - small))
    share = inside / (inside + outside + 1e-12)
    shown = F.normalize(acts * small.sqrt(), dim=1)
    picked: list[int] = []
    order = (inside.sqrt() * share.square()).argsort(descending=True)
    for i in cast("list[int]", order.tolist()):
        if all(abs(float(shown[i] @ shown[j])) < ALIKE for j in picked):
            picked.append(i)
            if len(picked) == count:
                break

    # +100 is as far as is clearly seen; pictures in [−1, 1] change twice as much as sRGB 0…1.
    seen = (inside[picked] / (small.sum() + 1e-8)).sqrt() / 2
    furthest = FURTHEST / mixes[picked].abs().max(1).values
    reach = torch.minimum(VISIBLE / (seen + 1e-9), furthest)
    deltas = torch.zeros(len(picked), len(sd), device=s.device)
    deltas[:, channels] = mixes[picked] * reach[:, None]
    return deltas * sd


def _groups(effects: Tensor, small: Tensor) -> Tensor:
    """(groups, candidates): the main parts of what the candidates do inside, few channels each."""
    shown = effects * small.sqrt()
    _, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(shown @ shown.T))
    parts = vectors.T.flip(0)[:GROUPS]
    weakest = parts.abs().topk(min(GROUP_CHANNELS, parts.shape[1]), 1).values[:, -1:]
    parts = torch.where(parts.abs() >= weakest, parts, 0.0)
    return F.normalize(parts, dim=1)


@torch.no_grad()
def pictured(generator: Generator, s: Tensor, mask: Tensor, deltas: Tensor) -> list[Found]:
    """Changes (n, channels) with their pictures and what those show, the best first.

    A change that shows more than ``choose`` foresaw is scaled back to ``VISIBLE``.
    """
    # in the variations' own precision: what rounding does to all of them is no change
    before = generator.synthesise(s, dtype=generator.searched_in).clamp(-1, 1)
    high, low = _both_ways(generator, s, deltas)
    _, visible = _seen(before, high, low, mask)
    loud = visible > VISIBLE
    if bool(loud.any()):
        deltas = torch.where(loud[:, None], deltas * (VISIBLE / visible)[:, None], deltas)
        high[loud], low[loud] = _both_ways(generator, s, deltas[loud])
    share, visible = _seen(before, high, low, mask)
    order = (share * visible.clamp(max=VISIBLE)).argsort(descending=True)
    return [
        Found(deltas[i], float(share[i]), float(visible[i]), low[i], high[i])
        for i in cast("list[int]", order.tolist())
    ]


def _both_ways(generator: Generator, s: Tensor, deltas: Tensor) -> tuple[Tensor, Tensor]:
    """The pictures (n, 3, r, r) at +100 and −100."""
    both = torch.cat([deltas, -deltas])
    pictures = variations(generator, s, both, dtype=generator.searched_in).clamp(-1, 1)
    return pictures[: len(deltas)], pictures[len(deltas) :]


def _seen(before: Tensor, high: Tensor, low: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Share of the squared change inside the mask, and its root mean square there: (n,) each."""
    change = ((high - before).square() + (low - before).square()).mean(1, keepdim=True) / 2
    inside = (change * mask).flatten(1).sum(1)
    return inside / (change.flatten(1).sum(1) + 1e-12), (inside / (mask.sum() + 1e-8)).sqrt() / 2
