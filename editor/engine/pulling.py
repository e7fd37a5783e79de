"""Points that are pulled: a step in W that takes them where they are to go, and leaves the rest.

DragGAN (Pan et al., arXiv 2305.10973) moves feature patches of a whole generated picture. Here the
face's own points are known: FaceMesh, which finds them, is differentiable, so they are moved
themselves. The step is looked for along principal components of W, in units of their spread: of
all that move the points, the least unusual one. As a direct edit it changes all of the face; the
intervention then confines it to the region, like any attribute's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from editor.engine.objectives import FollowPoints
from models.adam import Adam, Group
from models.perceptual import SEEN, seen
from models.unsupervised import ganspace
from resources.face_mesh import ibug_shares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from editor.document.face import FaceCrop
    from editor.document.goals import Pull
    from editor.engine.intervention import Gauge
    from models.faces.mesh import FaceMesh
    from models.generator import Generator

    Points = Callable[[Tensor], Tensor]

STEPS = 16
_COMPONENTS = 96  # of W
_SAMPLES = 2_000  # of z, that the components are found from
_RATE = 0.12  # sd
_UNUSUAL = 0.02  # what a step of one sd along each component costs, in squared misses
_HELD = 0.12  # what a point counts that is far from all pulled ones
_ALONG = 0.3  # eye distances within which points go along with a pulled one
_LEAST_UNIT = 0.01  # sides: shorter pulls are as exact as this


@dataclass(frozen=True, slots=True, eq=False)
class Pulled:
    """What is asked of the points of a face's render.

    Attributes:
        points: pictures (n, 3, r, r) in [−1, 1] → points (n, 68, 2), in sides of the picture.
        before: (68, 2), where they are.
        weights: (68,), how much it counts where each is to be: 1 where it is pulled or pinned.
        numbers: (k,), those that are pulled or pinned.
        offsets: (k, 2), how far they are to go.
        unit: a distance that counts as 1.
        finest: side of pictures in which points are looked at.
    """

    points: Points
    before: Tensor
    weights: Tensor
    numbers: Tensor
    offsets: Tensor
    unit: float
    finest: int

    @classmethod
    @torch.no_grad()
    def of(
        cls, mesh: FaceMesh, pull: Pull, crop: FaceCrop, generator: Generator, s: Tensor
    ) -> Pulled:
        """Of a pull on a face.

        Args:
            mesh: finds the points.
            pull: in photo pixels.
            crop: where the face is.
            generator: frozen.
            s: (1, channels), the face before it.
        """
        shares = torch.from_numpy(ibug_shares().copy()).to(s)

        def points(pictures: Tensor) -> Tensor:
            return shares @ mesh.followed((seen(pictures) * 0.5 + 0.5).clamp(0, 1))

        by = np.array([(x, y) for _, x, y in pull.points]) @ crop.to_crop[:, :2].T / crop.size
        offsets = torch.from_numpy(by).to(s)
        numbers = torch.tensor([number for number, _, _ in pull.points], device=s.device)
        far = float(offsets.square().sum(1).max().sqrt())
        resolution = generator.config.resolution
        before = points(generator.synthesise(s))[0]
        weights = _weights(before, numbers[offsets.any(1)])
        weights[numbers] = 1
        unit = max(far, _LEAST_UNIT)
        return cls(points, before, weights, numbers, offsets, unit, min(SEEN, resolution))

    @property
    def term(self) -> FollowPoints:
        """The objective's part."""
        targets = self.before.clone()
        targets[self.numbers] += self.offsets
        return FollowPoints(self.points, targets[None], self.weights, self.unit, self.finest)

    def share(self, pictures: Tensor) -> Tensor:
        """How much of the way the points have gone in pictures (n, 3, r, r): (n,); 1 is all."""
        moved = self.points(pictures)[:, self.numbers] - self.before[self.numbers]
        return (moved * self.offsets).sum((1, 2)) / self.offsets.square().sum()

    def gauge(self) -> Gauge:
        """``share`` as an intervention's loop reads it: (n, 1)."""

        @torch.no_grad()
        def read(before: Tensor, now: Tensor) -> Tensor:
            del before
            return self.share(now)[:, None]

        return read


@torch.no_grad()
def basis(generator: Generator) -> Tensor:
    """(components, channels): what a step of one sd along each component of W does in S."""
    found = ganspace(generator, min(_COMPONENTS, generator.config.w_dim), _SAMPLES)
    steps = found.sd[:, None] * found.rows
    nothing = torch.zeros_like(steps[:1])
    return generator.styles(generator.broadcast(steps)) - generator.styles(
        generator.broadcast(nothing)
    )


def search(generator: Generator, along: Tensor, s: Tensor, pulled: Pulled) -> Iterator[Tensor]:
    """The least unusual step in W that takes the points along.

    Args:
        generator: frozen.
        along: ``basis``.
        s: (1, channels), the face before it.
        pulled: what is asked for.

    Yields:
        Δs (1, channels) after each of ``STEPS`` steps.
    """
    step = torch.zeros(1, len(along), device=s.device).requires_grad_()
    adam = Adam([Group([step], _RATE)], (0.8, 0.95))
    term = pulled.term
    for _ in range(STEPS):
        missed = term.missed(pulled.points(generator.synthesise(s + step @ along)))
        adam.step(missed.sum() + _UNUSUAL * step.square().sum())
        yield (step @ along).detach()


def _weights(points: Tensor, pulled: Tensor) -> Tensor:
    """(68,): next to pulled points the others are free to go along, far from them they stay."""
    apart = points[36:42].mean(0) - points[42:48].mean(0)
    between = cast("Tensor", torch.linalg.vector_norm(apart))
    away = torch.cdist(points, points[pulled]).amin(1) / (_ALONG * between)
    return _HELD * (1 - torch.exp(-away.square()))
