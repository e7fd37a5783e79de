"""A direct edit that leaves alone what it is not asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import torch

from editor.engine.objectives import CONSTRAINT_SLACK, MAPS
from models.perceptual import seen
from models.replays import Replays

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from editor.engine.changes import AttributeChange
    from models.generator import Generator
    from models.perceptual import EfficientNetLite

CONSTRAINT_PASSES = 3  # renders at most, until what is constrained stays
CONSTRAINT_SHARE = (
    0.8  # of what has moved, taken back each time: directions are averages over faces
)
CONSTRAINT_DAMPING = 0.05  # of the least squares: measures that move together are not separable


@torch.no_grad()
def constrained(
    generator: Generator,
    features: EfficientNetLite,
    sd: Tensor,
    s: Tensor,
    wanted: AttributeChange,
    readout: Callable[[Sequence[Tensor]], Tensor],
    directions: Tensor,
    replays: Replays | None = None,
    before: list[Tensor] | None = None,
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
        replays: of a GPU.
        before: ``maps_of`` the faces, where they are known.
    """
    run = (replays or Replays()).run
    if before is None:
        before = run(maps_of, generator, features, s, ())
    both = torch.cat([directions, wanted.directions], 1)
    steps, normals = both[0], both[2]
    effects = normals @ (steps / sd).T  # of each step on each attribute
    damping = CONSTRAINT_DAMPING * torch.eye(len(effects), device=sd.device)
    solve = cast("Tensor", torch.linalg.solve(effects.T @ effects + damping, effects.T))
    begun = torch.zeros_like(s) if wanted.correction is None else wanted.correction
    direct = replace(wanted, correction=None).entangled
    given = _Dragged(before, s, direct, begun, solve.T, steps, readout)
    return replace(wanted, correction=run(_taken_back, generator, features, given, ()))


@torch.no_grad()
def maps_of(
    generator: Generator, features: EfficientNetLite | None, s: Tensor, _: tuple[()]
) -> list[Tensor]:
    """The feature maps of the pictures that a search draws of codes (n, channels)."""
    assert features is not None
    return features(seen(generator.synthesise(s, dtype=generator.searched_in)), MAPS)


@dataclass(frozen=True, slots=True, eq=False)
class _Dragged:
    """What ``_taken_back`` needs to know.

    Attributes:
        before: feature maps of the faces.
        s, direct, begun: (n, channels): the faces, the direct edit, its correction so far.
        back: (m + k, m + k), changes of attributes → amounts of ``steps`` that cause them.
        steps: (m + k, channels).
        readout: of the m.
    """

    before: list[Tensor]
    s: Tensor
    direct: Tensor
    begun: Tensor
    back: Tensor
    steps: Tensor
    readout: Callable[[Sequence[Tensor]], Tensor]


@torch.no_grad()
def _taken_back(
    generator: Generator, features: EfficientNetLite | None, given: _Dragged, __: tuple[()]
) -> Tensor:
    """The correction (n, channels) that leaves the least of what is dragged along."""
    s, correction = given.s, given.begun
    best, least = correction, s.new_full((len(s), 1), float("inf"))
    for _ in range(CONSTRAINT_PASSES + 1):
        now = maps_of(generator, features, s + given.direct + correction, ())
        drift = given.readout([b - a for a, b in zip(given.before, now, strict=True)])
        excess = drift - drift.clamp(-CONSTRAINT_SLACK, CONSTRAINT_SLACK)
        total = excess.square().sum(1, keepdim=True)
        best, least = torch.where(total < least, correction, best), torch.minimum(total, least)
        if not least.is_cuda and not least.any():  # to look would hold a GPU up
            break
        rest = len(given.steps) - excess.shape[1]
        excess = torch.cat([excess, excess.new_zeros(len(s), rest)], 1)
        correction = correction - CONSTRAINT_SHARE * excess @ given.back @ given.steps
    return best
