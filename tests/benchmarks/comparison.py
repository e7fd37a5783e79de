"""One attribute by all methods on many faces at once, every edit at the same measured change."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from editor.document.face import DetectedFace
from editor.document.face_regions import preset
from editor.engine.intervention import AttributeChange, Loop, optimise
from editor.engine.objectives import attribute_terms
from editor.engine.readings import attribute_gauge, attribute_readouts
from models.checkpoints import catalogue, load_tensors
from models.device import describe
from models.directions import load_directions
from models.faces.analyser import FaceAnalyser
from models.faces.identity import identity_distance
from models.fitting.samples import to_pixels
from models.generator import Generator
from models.measures import MEASURES
from models.perceptual import load_efficientnet_lite
from models.training.sample_faces import samples
from tests.benchmarks.matching import Seeker, seek
from tests.benchmarks.measuring import column, room
from tests.benchmarks.methods import Components, Path, exemplar_channels
from tests.benchmarks.report import BLENDING, DIRECT, INTERVENTION, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.attributes import AttributeInfo
    from tests.benchmarks.measuring import Measurers, Seen

STEPS = 30
SMALLEST = 0.2  # sd; a smaller change of the intervention is no reference to match
BAND = 0.02  # the seam lies where the mask is between this and 1 − this
CANDIDATES = 10  # channels that are tried on the calibration faces
MAPPED = 10_000  # z for GANSpace
TRUNCATION = 0.7
SAMPLE_TRUNCATION = 0.8  # as models.training.sample_faces has it


class Model:
    """The embedded generator with all that belongs to it, on one device."""

    def __init__(self, device: torch.device) -> None:
        card = catalogue()[0]
        self.device = device
        self.generator = Generator.of(load_tensors(card.weights_path, card.sha256)[0]).to(device)
        self.features = load_efficientnet_lite().to(device)
        self.directions = load_directions(
            card.directions_path, card.directions_sha256, card.sha256, device
        )
        self.faces = FaceAnalyser()
        self.side = self.generator.config.resolution
        self.name = f"{card.name}, {describe(device)}, torch {torch.__version__}"
        self.chunk = 25 if device.type == "cuda" else 2

    @property
    def sd(self) -> Tensor:
        """Of S over the generator's samples."""
        return self.directions.statistics.s_sd

    def wait(self) -> None:
        """Until the device has done what it was asked."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    @torch.no_grad()
    def render(self, s: Tensor) -> Tensor:
        """(n, channels) → (n, 3, r, r)."""
        size = 4 * self.chunk
        return torch.cat([self.generator.synthesise(part) for part in torch.split(s, size)])


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """n faces as codes of the generator.

    Attributes:
        kinds: ``"sampled"``, ``"photographs"`` or ``"calibration"``; names: within their kind.
        s: (n, channels).
        pictures: (n, 3, r, r), their renders.
        seen: what was measured of these.
    """

    kinds: list[str]
    names: list[str]
    s: Tensor
    pictures: Tensor
    seen: list[Seen]

    @classmethod
    def of(
        cls, model: Model, measurers: Measurers, codes: Sequence[tuple[str, str, Tensor]]
    ) -> Faces:
        """From triples of kind, name and code (channels,)."""
        s = torch.stack([code for _, _, code in codes])
        pictures = model.render(s)
        seen = measurers.look(to_pixels(pictures), identity=True, semantic=True)
        return cls(
            [kind for kind, _, _ in codes], [name for _, name, _ in codes], s, pictures, seen
        )

    def masks(self, region: str) -> Tensor:
        """A preset of each face with its default feather, (n, 1, r, r)."""
        side = self.pictures.shape[-1]
        masks: list[NDArray[np.uint8]] = []
        for one in self.seen:
            feather = DetectedFace((0, 0, 1, 1), one.points, 1.0, "aligned").default_feather
            masks.append(preset(region, one.points, side, side).feathered(feather).full())
        return torch.from_numpy(np.stack(masks)[:, None]).to(self.s.device) / 255


def sampled(
    model: Model, measurers: Measurers, count: int, seed: int, kind: str
) -> Iterator[tuple[str, str, Tensor]]:
    """``count`` sampled faces in each of which dlib finds exactly one face: Faces.of takes them."""
    found, number = 0, 0
    drawn = samples(model.generator, 20 * count + 20, TRUNCATION, seed)
    while found < count:
        batch = [next(drawn) for _ in range(min(50, 10 + 2 * (count - found)))]
        good = measurers.one_face([picture for _, picture in batch])
        for (w, _), one in zip(batch, good, strict=True):
            if one and found < count:
                found += 1
                ws = model.generator.broadcast(w[None].to(model.device))
                yield kind, f"{number:03d}", model.generator.styles(ws)[0]
            number += 1


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Codes (n, channels) of samples, and what was measured of each."""

    s: Tensor
    seen: list[Seen]

    @classmethod
    def draw(cls, model: Model, measurers: Measurers, count: int, seed: int) -> Samples:
        """``count`` samples, faces or not: among thousands the few others do not count."""
        drawn = list(samples(model.generator, count, SAMPLE_TRUNCATION, seed, model.chunk * 2))
        seen = measurers.look([p for _, p in drawn], identity=False, semantic=True)
        w = torch.stack([w for w, _ in drawn]).to(model.device)
        return cls(model.generator.styles(model.generator.broadcast(w)), seen)


def measurable(model: Model, rows: Sequence[AttributeInfo], seen: Seen) -> list[AttributeInfo]:
    """The offered attributes that have directions and a measure that is installed."""
    known = model.directions.attributes
    return [row for row in rows if row.name in known and row.name in seen.measures]


def seam(before: Tensor, edited: Tensor, mask: Tensor) -> Tensor:
    """How visible the mask's edge is once ``edited`` is laid over ``before`` through it: (n,).

    C = M E + (1 − M) B has ∇C = M ∇E + (1 − M) ∇B + (E − B) ∇M, and the last part is what
    blending adds: its root mean square over the band where the mask is neither 0 nor 1, in
    [−1, 1] units per pixel.

    Args:
        before, edited: (n, 3, r, r).
        mask: (n, 1, r, r) in [0, 1].
    """
    down, across = torch.gradient(mask, dim=(2, 3))
    band = (mask > BAND) & (mask < 1 - BAND)
    squares = (edited - before).square().mean(1, keepdim=True) * (down.square() + across.square())
    return ((squares * band).sum((1, 2, 3)) / (band.sum((1, 2, 3)) + 1e-8)).sqrt()


def mean_square(a: Tensor, b: Tensor, where: Tensor) -> Tensor:
    """Mean squared difference of pictures (n, 3, r, r) weighted by (n, 1, r, r): (n,)."""
    return ((a - b).square() * where).sum((1, 2, 3)) / (3 * where.sum((1, 2, 3)) + 1e-8)


def intervened(
    model: Model, attribute: AttributeInfo, s: Tensor, mask: Tensor, amounts: Tensor
) -> Tensor:
    """Δs (n, channels) of the style intervention on n faces, as the engine makes it.

    Args:
        model: the generator.
        attribute: what to change.
        s: (n, channels).
        mask: (n, 1, r, r).
        amounts: (n,), how far, in standard deviations.
    """
    direction = model.directions.attributes[attribute.name]
    wanted = AttributeChange.of([direction], [1.0])
    wanted = replace(wanted, amounts=amounts[:, None])
    gauge = attribute_gauge(model.faces, [(attribute.name, direction.sd)])
    delta = torch.zeros_like(s)
    for step in optimise(
        model.generator,
        model.features,
        model.directions.statistics,
        s,
        mask,
        wanted,
        terms=attribute_terms(moves=attribute.moves),
        steps=STEPS,
        loop=gauge and Loop.of(gauge, moves=attribute.moves),
        readouts=attribute_readouts(
            model.directions, [attribute.name], wanted, moves=attribute.moves
        ),
    ):
        delta = step.delta
    return delta


class Comparison:
    """All methods on the same faces; ``run`` takes one attribute after the other.

    Args:
        model: the generator.
        measurers: the pool.
        faces: those to evaluate; those of the kind ``"calibration"`` choose the single channel.
        drawn: samples that show which channels exemplars have in common; None for the style
            intervention alone, without the methods that it is compared with.
        offered: the attributes that Attribute Dependency looks at.
        seed: of GANSpace's z.
    """

    def __init__(
        self,
        model: Model,
        measurers: Measurers,
        faces: Faces,
        drawn: Samples | None,
        offered: Sequence[AttributeInfo],
        seed: int,
    ) -> None:
        self._model, self._measurers, self._faces, self._drawn = model, measurers, faces, drawn
        self._offered = offered
        self._components = Components(model.generator, model.sd, MAPPED, seed) if drawn else None
        model.render(faces.s[:1])  # the first call loads kernels

    def run(self, attribute: AttributeInfo, value: float) -> list[Row]:
        """Rows of one attribute, asked for ``value``."""
        return _Attempt(self, attribute, value).rows()

    @property
    def model(self) -> Model:
        """The generator."""
        return self._model

    @property
    def faces(self) -> Faces:
        """All faces."""
        return self._faces

    @property
    def rivals(self) -> bool:
        """Whether there is anything to compare with."""
        return self._drawn is not None

    def look(self, pictures: Tensor, attribute: AttributeInfo, of: Sequence[int]) -> list[Seen]:
        """Measure renders of the faces ``of`` for one attribute's sake.

        As the editor does it: ``editor.engine.tracking.landmarks_after``.
        """
        before = to_pixels(self._faces.pictures[list(of)])
        points = [self._faces.seen[i].points for i in of]
        return self._measurers.look(
            to_pixels(pictures),
            identity=False,
            semantic=attribute.name not in MEASURES,
            earlier=list(zip(before, points, strict=True)),
            moves=attribute.moves,
        )

    def look_closely(self, pictures: Tensor) -> list[Seen]:
        """Measure everything of renders."""
        return self._measurers.look(to_pixels(pictures), identity=True, semantic=True)

    def paths(self, attribute: AttributeInfo, sign: float) -> list[Path]:
        """All directions but the single channel's, towards the side asked for."""
        direction = self._model.directions.attributes[attribute.name]
        wanted, normal = sign * direction.entangled, sign * direction.normal
        assert self._components is not None
        return [
            Path(DIRECT, wanted, 1.0, 10.0),
            *self._components.nearest(wanted, normal),
            Path("sparse S", sign * direction.precise, 1.0, 10.0),
            Path(BLENDING, wanted, 1.0, 10.0),
        ]

    def channels(self, attribute: AttributeInfo, sign: float) -> list[Path]:
        """The single channels to try, best by rank first; a unit step is one sd."""
        direction, sd = self._model.directions.attributes[attribute.name], self._model.sd
        assert self._drawn is not None
        y = (column(self._drawn.seen, attribute.name) - direction.mean) * sign / direction.sd
        s = self._drawn.s
        order, signs = exemplar_channels(s, torch.from_numpy(np.nan_to_num(y)).to(s))
        paths: list[Path] = []
        for c, way in ((int(order[k]), float(signs[k])) for k in range(CANDIDATES)):
            delta = torch.zeros_like(sd)
            delta[c] = sd[c] * way
            layer = next(x for x in self._model.generator.style_layers if x.start <= c < x.stop)
            note = f"{layer.name} #{c - layer.start}"
            predicted = float(sign * direction.normal[c] * way)
            paths.append(Path("single channel", delta, predicted, 60.0, note))
        return paths

    def dependency(self, before: Seen, after: Seen, name: str, attained: float) -> float:
        """Attribute Dependency: mean |change| of the other attributes in sd, over the attained."""
        known = self._model.directions.attributes
        moved = [
            abs(after.measures[row.name] - before.measures[row.name]) / known[row.name].sd
            for row in self._offered
            if row.name != name
        ]
        return float(np.nanmean(moved)) / max(abs(attained), 1e-6) if moved else float("nan")


class _Attempt:
    """One attribute on all faces."""

    def __init__(self, comparison: Comparison, attribute: AttributeInfo, value: float) -> None:
        self._on, self._attribute, self._value = comparison, attribute, value
        self._model, self._faces = comparison.model, comparison.faces
        self._sign = 1.0 if value > 0 else -1.0
        self._masks = self._faces.masks(attribute.region)
        self._before = column(self._faces.seen, attribute.name)
        self._sd = self._model.directions.attributes[attribute.name].sd

    def _changes(self, pictures: Tensor, of: Sequence[int]) -> NDArray[np.float64]:
        """How far renders of the faces ``of`` moved towards the side asked for, in sd."""
        seen = self._on.look(pictures, self._attribute, of)
        moved = column(seen, self._attribute.name) - self._before[list(of)]
        return self._sign * moved / self._sd

    def _intervene(self) -> tuple[Tensor, float]:
        """Δs of every face, and seconds for each."""
        model, n = self._model, len(self._faces.names)
        amount = self._value / 100 * self._attribute.unit_sd
        model.wait()
        began = time.perf_counter()
        deltas: list[Tensor] = []
        for start in range(0, n, model.chunk):
            part = slice(start, start + model.chunk)
            s, mask = self._faces.s[part], self._masks[part]
            amounts = s.new_full((len(s),), amount)
            deltas.append(intervened(model, self._attribute, s, mask, amounts))
        model.wait()
        return torch.cat(deltas), (time.perf_counter() - began) / n

    def _pictures(self, path: Path, of: Sequence[int], steps: Sequence[float]) -> Tensor:
        """Renders of the faces ``of``, each with its own step along a path."""
        at = list(of)
        s = self._faces.s[at] + torch.tensor(list(steps)).to(path.delta)[:, None] * path.delta
        return self._model.render(s)

    def _seen_as(self, path: Path, pictures: Tensor, of: Sequence[int]) -> Tensor:
        """What a method shows: the render, or for mask blending the pasted picture."""
        if path.method != BLENDING:
            return pictures
        at = list(of)
        return torch.lerp(self._faces.pictures[at], pictures, self._masks[at])

    def _match(
        self, paths: Sequence[Path], of: Sequence[int], targets: NDArray[np.float64]
    ) -> dict[tuple[int, int], Seeker]:
        """Seekers by number of path and face, after all have ended."""
        pairs = [(p, i) for p in range(len(paths)) for i in of]
        seekers = [Seeker(float(targets[i]), paths[p].predicted, paths[p].limit) for p, i in pairs]

        def measured(going: list[int], steps: list[float]) -> NDArray[np.float64]:
            pictures: list[Tensor] = []
            for p in range(len(paths)):
                mine = [k for k, g in enumerate(going) if pairs[g][0] == p]
                if mine:
                    faces = [pairs[going[k]][1] for k in mine]
                    shown = self._pictures(paths[p], faces, [steps[k] for k in mine])
                    pictures.append(self._seen_as(paths[p], shown, faces))
            # Pairs are in the order of their paths, and so are those still going.
            return self._changes(torch.cat(pictures), [pairs[g][1] for g in going])

        seek(seekers, measured)
        return dict(zip(pairs, seekers, strict=True))

    def _channel(self, targets: NDArray[np.float64]) -> Path:
        """Of the best channels the one that matches on most calibration faces, then leaks least."""
        paths = self._on.channels(self._attribute, self._sign)
        kinds = self._faces.kinds
        of = [i for i, k in enumerate(kinds) if k == "calibration" and targets[i] >= SMALLEST]
        if not of:
            return paths[0]
        found = self._match(paths, of, targets)
        scores: list[tuple[int, float]] = []
        for p, path in enumerate(paths):
            good = [i for i in of if found[p, i].matched]
            leak = float("inf")
            if good:
                edited = self._pictures(path, good, [found[p, i].best for i in good])
                outside = 1 - self._masks[good]
                leak = float(mean_square(edited, self._faces.pictures[good], outside).mean())
            scores.append((-len(good), leak))
        return paths[scores.index(min(scores))]

    def rows(self) -> list[Row]:
        """The whole comparison."""
        faces = self._faces
        deltas, seconds = self._intervene()
        edited = self._model.render(faces.s + deltas)
        everyone = range(len(faces.names))
        targets = self._changes(edited, everyone)
        evaluated = [i for i in everyone if faces.kinds[i] != "calibration"]
        fit = [i for i in evaluated if targets[i] >= SMALLEST]
        paths: list[Path] = []
        if self._on.rivals:
            paths = [*self._on.paths(self._attribute, self._sign), self._channel(targets)]
        found = self._match(paths, fit, targets)

        references = edited.clone()  # the direct edit at matched change, where there is a target
        if fit and paths:
            references[fit] = self._pictures(paths[0], fit, [found[0, i].best for i in fit])
        rows = self._figures(
            Path(INTERVENTION, deltas[0], 1.0, 1.0),
            edited[evaluated],
            references[evaluated],
            evaluated,
            targets,
            {i: (bool(targets[i] >= SMALLEST), 1, 1.0) for i in evaluated},
            seconds,
        )
        for p, path in enumerate(paths):
            if not fit:
                break
            self._model.wait()
            began = time.perf_counter()
            pictures = self._pictures(path, fit, [found[p, i].best for i in fit])
            self._seen_as(path, pictures, fit)
            self._model.wait()
            taken = (time.perf_counter() - began) / len(fit)
            facts = {i: (found[p, i].matched, found[p, i].renders, found[p, i].best) for i in fit}
            rows += self._figures(path, pictures, references[fit], fit, targets, facts, taken)
        return rows

    def _figures(
        self,
        path: Path,
        edited: Tensor,
        references: Tensor,
        of: Sequence[int],
        targets: NDArray[np.float64],
        facts: dict[int, tuple[bool, int, float]],
        seconds: float,
    ) -> list[Row]:
        """One method's rows for the faces ``of``; facts are used, renders and step."""
        faces, name, at = self._faces, self._attribute.name, list(of)
        before, mask = faces.pictures[at], self._masks[at]
        shown = self._seen_as(path, edited, of)
        after = self._on.look_closely(shown)
        # Pasting changes nothing outside: its soft edge belongs to the mask.
        pasted = path.method == BLENDING
        leak = mean_square(edited, before, 1 - mask) * (0.0 if pasted else 1.0)
        inside = mean_square(shown, references, mask)
        edge = seam(before, edited, mask)
        changes = self._changes(shown, of)  # by landmarks that follow the face from before
        rows: list[Row] = []
        for k, i in enumerate(at):
            seen, used, attained = faces.seen[i], facts[i], float(changes[k])
            rows.append(
                Row(
                    faces=faces.kinds[i],
                    face=faces.names[i],
                    attribute=name,
                    region=self._attribute.region,
                    value=self._value,
                    method=path.method,
                    note=path.note,
                    used=used[0],
                    renders=used[1],
                    step=used[2],
                    target=float(targets[i]),
                    attained=attained,
                    leak=float(leak[k]),
                    inside=float(inside[k]),
                    seam=float(edge[k]),
                    identity=identity_distance(seen.descriptor, after[k].descriptor),
                    dependency=self._on.dependency(seen, after[k], name, attained),
                    seconds=seconds,
                    room=room(name, self._value, seen.measures, self._sd),
                )
            )
        return rows
