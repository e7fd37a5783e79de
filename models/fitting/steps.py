"""The steps of attributes, and what they drag along, as ``models/training/README.md`` explains.

W is regressed on and the step runs along the *data*, covariance × normal: the bare normal leaves
the manifold and breaks the face. Both steps are the shortest that move the predicted score by one
standard deviation and, where that is better, what the attribute would drag along (``holds``) by
none. Better is the one with the lower Attribute Dependency (*StyleSpace*, arXiv 2011.12799): the
mean change of all other measures per change of its own, measured on rendered faces.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

import resources
from models.faces.mesh import aligned_frame
from models.fitting.regression import shortest
from models.fitting.samples import to_pixels
from models.measures import MEASURES
from models.perceptual import seen
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from torch import Tensor

    from models.faces.mesh import FaceMesh
    from models.fitting.regression import Regression
    from models.generator import Generator
    from models.measures import Picture, Points

KEPT = 0.1  # of the channels of the normal in S
PREFERRED = 1.25  # what is held keeps a region clean: it may cost that much more dependency
OFFERED_DRAG = 0.3  # sd per sd, from which on a card names what is dragged along
_NAMED_DRAGS = 4
_LEAST_OWN = 0.05  # sd, of an attribute's own change that others' are compared with


def holds() -> dict[str, tuple[str, ...]]:
    """What the direction of each attribute leaves as it is, by ``resources/attributes.toml``."""
    with resources.path("attributes.toml").open("rb") as file:
        tables = tomllib.load(file)
    rows = [*tables["attribute"], *tables["unoffered"]]
    return {row["name"]: tuple(row.get("holds", ())) for row in rows}


def versions(name: str, known: Collection[str]) -> list[tuple[str, ...]]:
    """What an attribute's direction may hold: nothing, and what it should, as far as known."""
    return list(dict.fromkeys(((), tuple(n for n in holds().get(name, ()) if n in known))))


@dataclass(frozen=True, slots=True, eq=False)
class StepFinder:
    """Makes steps of regressions.

    Attributes:
        generator: whose samples they are of.
        found: the regressions, float64.
        covariance: (w_dim, w_dim) of centred W.
        offset: (1, channels), float64: the style code of w = 0.
    """

    generator: Generator
    found: Mapping[str, Regression]
    covariance: Tensor
    offset: Tensor

    @classmethod
    @torch.no_grad()
    def of(
        cls, generator: Generator, found: Mapping[str, Regression], covariance: Tensor
    ) -> StepFinder:
        """For a generator that lies where the covariance does."""
        zero = torch.zeros(1, len(covariance), device=covariance.device)
        offset = generator.styles(generator.broadcast(zero)).double()
        return cls(generator, found, covariance, offset)

    @torch.no_grad()
    def __call__(self, together: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Δs_z and the sparse whitened Δs_n that move the first and hold the others, (channels,).

        Both are float64.
        """
        found, generator = self.found, self.generator
        along = shortest(torch.stack([found[n].in_w for n in together], 1), self.covariance)
        carried = generator.styles(generator.broadcast(along[None].float())).double()
        precise = shortest(torch.stack([found[n].in_s for n in together], 1))
        precise[precise.abs() < torch.quantile(precise.abs(), 1 - KEPT)] = 0
        return (carried - self.offset)[0], precise / (found[together[0]].in_s @ precise)


@torch.no_grad()
def moved(
    generator: Generator, mesh: FaceMesh, faces: Tensor, step: Tensor
) -> list[tuple[Picture, Points]]:
    """Crops and landmarks of ``faces`` (n, channels) half a ``step`` back, then half one on."""
    shown: list[tuple[Picture, Points]] = []
    for side in (faces - step / 2, faces + step / 2):
        pictures = list(to_pixels(seen(generator.synthesise(side))))
        found = mesh.found(pictures, [aligned_frame(len(p)) for p in pictures])
        shown += [(p, ibug_landmarks(f.points)) for p, f in zip(pictures, found, strict=True)]
    return shown


def changed(
    rows: Sequence[dict[str, float]], regressions: Mapping[str, Regression]
) -> dict[str, float]:
    """Mean change of every direct measure, in its own sd, over the rows of what ``moved`` shows.

    NaN where none of the faces shows it.
    """
    before, after = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    found: dict[str, float] = {}
    for name in MEASURES:
        if name in regressions:
            changes = np.array([b[name] - a[name] for a, b in zip(before, after, strict=True)])
            shown = changes[np.isfinite(changes)]
            found[name] = float(shown.mean()) / regressions[name].sd if len(shown) else np.nan
    return found


def attribute_dependency(changes: Mapping[str, float], own: float, name: str) -> float:
    """Mean |change| of all other measures per change ``own`` of the attribute itself."""
    others = [abs(change) for other, change in changes.items() if other != name]
    return float(np.nanmean(others)) / max(abs(own), _LEAST_OWN)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a version of a direction does in pictures.

    Attributes:
        held: what it holds.
        own: change of the attribute's own measure, sd per predicted sd; 1 where it has none.
        dependency: Attribute Dependency.
        changes: of all measures, sd per sd of its own.
    """

    held: tuple[str, ...]
    own: float
    dependency: float
    changes: dict[str, float]

    @classmethod
    def of(cls, name: str, held: tuple[str, ...], changes: Mapping[str, float]) -> Drawn:
        """Of what ``changed`` found."""
        own = changes.get(name, 1.0)  # a semantic attribute has no direct measure
        relative = {n: change / max(abs(own), _LEAST_OWN) for n, change in changes.items()}
        return cls(held, own, attribute_dependency(changes, own, name), relative)

    def drags(self, name: str) -> list[tuple[str, float]]:
        """What a card names beside the attribute: the measures that change most with it."""
        found = [
            (other, change)
            for other, change in self.changes.items()
            if other not in (name, "hairline") and abs(change) >= OFFERED_DRAG
        ]
        return sorted(found, key=lambda pair: -abs(pair[1]))[:_NAMED_DRAGS]


def preferred(drawn: Sequence[Drawn]) -> Drawn:
    """The version to take: of the lowest dependency, those that hold something being favoured."""
    best = drawn[0]
    for one in drawn[1:]:
        if one.dependency < best.dependency * (PREFERRED if one.held else 1 / PREFERRED):
            best = one
    return best
