"""The attributes of any face generator: sampled, measured, fitted, tried and calibrated.

What ``models/training`` does for the generator that ships, in less time and without the classifiers
that only training has. It may be stopped at any step: what was drawn is kept in parts of
``PART`` samples, and of one attribute each, and only read when it is asked for again. What does not
hold on samples that were held out is left out, and said.
"""

from __future__ import annotations

import json
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from models.checkpoints import CheckpointError
from models.directions import READOUT_SCALE, Directions, StyleStatistics, directions_of
from models.fitting.kept import read_kept, write_kept
from models.fitting.readout import regressing_readout
from models.fitting.regression import HELD_OUT, regressed, standardised
from models.fitting.samples import TRUNCATION, Looked, looked_at, pictures_of
from models.fitting.steps import Drawn, StepFinder, changed, moved, preferred, versions
from models.measures import MEASURES, measure
from models.perceptual import SEEN
from models.readout import described_width
from models.unsupervised import SMALLEST_SPREAD

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from torch import Tensor

    from models.faces.mesh import FaceMesh
    from models.fitting.regression import Regression
    from models.generator import Generator as Network
    from models.measures import Picture
    from models.perceptual import EfficientNetLite

_log = logging.getLogger(__name__)

RECIPE = "1"  # another one, as soon as measures or anything here change
PART = 64  # samples kept together; as much is lost when the program is killed
FEWEST = 100  # samples with a face
FIRST = 24  # samples after which it is clear whether these are faces
LEAST_FACES = 0.5  # of the samples
LEAST_R = 0.5  # of prediction and measure, held out
LEAST_MOVED = 0.4  # sd that a direction must move its own measure by, in pictures, for each asked
MOST_CALIBRATED = 1.5  # times a step is made longer or shorter
_LEAST_SHOWN = 0.1  # of the samples with a face: teeth are seen in some only
_SEED = 1000  # of the first part
_LARGEST = 256 << 20  # bytes of a file


class NoFacesError(ValueError):
    """The generator draws no faces, or hardly any; the text says how many."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is drawn.

    Attributes:
        samples: of the generator.
        faces: on which each version of a direction is tried.
        batch: pictures at once; between two batches the fit can be stopped.
    """

    samples: int
    faces: int
    batch: int

    @classmethod
    def on(cls, device: torch.device, resolution: int, samples: int = 0) -> Effort:
        """What takes minutes there; ``samples`` 0: as many as usual.

        A batch of large pictures is smaller: at 1024 pixels each takes 130 MB of features.
        """
        usual, faces, batch = (5000, 32, 32) if device.type == "cuda" else (1000, 8, 4)
        return cls(samples or usual, faces, max(1, batch * SEEN**2 // max(resolution, SEEN) ** 2))


@dataclass(frozen=True, slots=True)
class Networks:
    """What looks at the samples.

    Attributes:
        mesh: finds the face's points.
        features: EfficientNet-Lite0.
        sees_face: whether a detector sees a face in a crop.
    """

    mesh: FaceMesh
    features: EfficientNetLite
    sees_face: Callable[[Picture], bool]


@dataclass(frozen=True, slots=True)
class FittedFile:
    """What is kept of a fit.

    Attributes:
        directions: of the attributes that hold.
        samples: that it was fitted to, those without a face included.
        recipe: by which.
        left_out: the other attributes' names, each with the reason.
    """

    directions: Directions
    samples: int
    recipe: str
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """So much is done."""

    done: int
    of: int


def read_fitted(path: Path, sha256: str, network: Network, device: torch.device) -> FittedFile:
    """Read what ``fitting`` wrote, and check that it fits the generator.

    Raises:
        FileNotFoundError: it is not there.
        CheckpointError: it is damaged, or another generator's.
    """
    tensors, facts = read_kept(path, _LARGEST)
    placed = {name: tensor.float().to(device) for name, tensor in tensors.items()}
    try:
        found = directions_of(placed, facts, path.name, sha256)
    except (AttributeError, ValueError) as error:  # facts that are no table
        raise _incomplete(path, error) from error
    channels, w_dim = network.num_styles, network.config.w_dim
    s, w = (channels,), (w_dim,)
    statistics = found.statistics
    shapes: list[tuple[Tensor, tuple[int, ...]]] = [
        (statistics.s_mean, s), (statistics.s_sd, s), (statistics.w_mean, w), (statistics.w_sd, w)
    ]  # fmt: skip
    for row in found.attributes.values():
        shapes += [(row.entangled, s), (row.precise, s), (row.normal, s)]
        numbers = row.mean, row.sd, row.correlation, *(change for _, change in row.drags)
        if not _finite(numbers):
            raise CheckpointError(f"{path.name} holds odd numbers.", "Fit the attributes again.")
    if found.readout is not None:
        side = min(SEEN, network.config.resolution)
        shape = described_width(side), len(found.readout.names)
        shapes.append((found.readout.weights, shape))
    if any(tuple(tensor.shape) != shape for tensor, shape in shapes):
        raise CheckpointError(
            f"{path.name} was fitted to a generator of another shape.", "Fit the attributes again."
        )
    try:
        left_out = tuple((str(name), str(why)) for name, why in json.loads(facts["left_out"]))
        samples = int(facts["samples"])
    except (KeyError, ValueError, TypeError) as error:
        raise _incomplete(path, error) from error
    return FittedFile(found, samples, facts.get("recipe", ""), left_out)


class AttributeFit:
    """One fit."""

    def __init__(
        self,
        network: Network,
        sha256: str,
        looking: Networks,
        effort: Effort,
        parts: Path,
        wanted: Sequence[str],
    ) -> None:
        """Prepare; ``run`` begins.

        Args:
            network: the generator, frozen.
            sha256: of its weights.
            looking: what looks at the samples, on the same device.
            effort: how much is drawn.
            parts: the folder where parts are kept.
            wanted: attributes, in the order to tell of them.
        """
        self._network, self._sha256, self._looking = network, sha256, looking
        self._effort, self._wanted = effort, tuple(wanted)
        self.folder = parts / f"{sha256}-{RECIPE}"
        self._device = network.mapping.w_avg.device
        self._done = 0
        measured = [name for name in wanted if name in MEASURES]
        tried = sum(len(versions(name, MEASURES)) for name in measured)
        self._of = effort.samples + 2 * effort.faces * tried + effort.samples // 10

    def run(self, out: Path) -> Generator[Step]:
        """Fit, and write the result there.

        Raises:
            NoFacesError: these are no faces.
            OSError: parts or the result cannot be written.
        """
        looked = yield from self._samples()
        kept = looked.has_face
        count, least = int(kept.sum()), max(FEWEST, round(LEAST_FACES * len(kept)))
        if count < least:
            raise NoFacesError(f"A face is found in {count} of {len(kept)} samples.")
        w = looked.w[kept].double().to(self._device)
        values = looked.values[kept].double().to(self._device)
        left_out: dict[str, str] = {}
        measured = self._measured(values, left_out)
        with torch.no_grad():
            s = self._network.styles(self._network.broadcast(w.float())).double()
        floor = SMALLEST_SPREAD * float(s.std(0).median())
        statistics = StyleStatistics(
            s.mean(0), s.std(0).clamp_min(max(floor, 1e-6)), w.mean(0), w.std(0).clamp_min(1e-6)
        )
        w_centred = w - statistics.w_mean
        train = torch.arange(len(w), device=w.device) % HELD_OUT != 0
        covariance = w_centred[train].T @ w_centred[train] / int(train.sum())
        found: dict[str, Regression] = {}
        for rows in regressed(measured, w_centred, (s - statistics.s_mean) / statistics.s_sd):
            found |= rows
            yield self._step(0)
        steps = StepFinder.of(self._network, found, covariance)
        offered: dict[str, Drawn] = {}
        for name in self._wanted:
            begun = self._done
            if name in found and not found[name].correlation >= LEAST_R:  # nor if it is NaN
                left_out[name] = (
                    f"Samples that were held out tell it with r = {found[name].correlation:.3f}; "
                    f"{LEAST_R} is the least."
                )
            elif name in found:
                shown = s[train & ~measured[name].isnan()]  # as many closed mouths show no teeth
                faces = shown[: self._effort.faces].float()
                best = yield from self._tried(name, found, steps, faces)
                if best.own >= LEAST_MOVED:
                    offered[name] = best
                else:
                    left_out[name] = (
                        f"The slider moves it by {best.own:.2f} of what is asked for; "
                        f"{LEAST_MOVED} is the least."
                    )
            if name in MEASURES:  # what is left out, or was drawn before, takes no time
                self._done = begun + 2 * self._effort.faces * len(versions(name, MEASURES))
        told = {name: measured[name] for name in offered}
        readout = yield from self._readout(looked, kept, told, found, w_centred)
        self._write(out, statistics, found, steps, offered, readout, left_out)

    # ------------------------------------------------------------------ samples

    def _samples(self) -> Generator[Step, None, Looked]:
        parts: list[Looked] = []
        for number in range(-(-self._effort.samples // PART)):
            part = self._kept_part(number)
            if part is None:
                part = yield from self._drawn_part(number)
            else:  # in no time: it says nothing of how long the rest takes
                self._done += len(part.w)
            parts.append(part)
        return Looked(
            torch.cat([part.w for part in parts]),
            torch.cat([part.has_face for part in parts]),
            torch.cat([part.values for part in parts]),
            torch.cat([part.features for part in parts]),
            parts[0].widths,
        )

    def _size(self, number: int) -> int:
        """Samples of a part."""
        return min(PART, self._effort.samples - number * PART)

    def _drawn_part(self, number: int) -> Generator[Step, None, Looked]:
        size, looking = self._size(number), self._looking
        random = torch.Generator().manual_seed(_SEED + number)  # on the CPU: alike everywhere
        z = torch.randn(PART, self._network.config.z_dim, generator=random)[:size]
        found: list[Looked] = []
        seen: list[bool] = []
        for some in torch.split(z, self._effort.batch):  # pyright: ignore[reportUnknownVariableType]
            with torch.no_grad():
                w = self._network.mapping(some.to(self._device), TRUNCATION)
            pictures = pictures_of(self._network, w)
            yield self._step(0)
            found.append(looked_at(w, pictures, looking.mesh, looking.features))
            if number == 0 and len(seen) < FIRST:
                faces = cast("list[bool]", found[-1].has_face.tolist())
                seen += [
                    face and looking.sees_face(picture)
                    for face, picture in zip(faces, pictures, strict=True)
                ]
                if len(seen) >= FIRST and sum(seen) < LEAST_FACES * len(seen):
                    raise NoFacesError(f"A face is found in {sum(seen)} of {len(seen)} samples.")
            yield self._step(len(w))
        part = Looked(
            torch.cat([one.w for one in found]),
            torch.cat([one.has_face for one in found]),
            torch.cat([one.values for one in found]),
            torch.cat([one.features for one in found]),
            found[0].widths,
        )
        tensors = {
            "w": part.w, "has_face": part.has_face, "values": part.values,
            "features": part.features,
        }  # fmt: skip
        write_kept(self._part(number), tensors, {"widths": json.dumps(part.widths)})
        return part

    def _part(self, number: int) -> Path:
        return self.folder / f"samples-{number:04}.safetensors"

    def _kept_part(self, number: int) -> Looked | None:
        """A part as it was drawn before, if it is as it was written."""
        size, path = self._size(number), self._part(number)
        try:
            tensors, facts = read_kept(path, _LARGEST)
            widths = tuple(int(width) for width in json.loads(facts["widths"]))
            part = Looked(
                tensors["w"], tensors["has_face"], tensors["values"], tensors["features"], widths
            )
            rows = len(part.w)
            shapes = (rows, self._network.config.w_dim), (rows, len(MEASURES)), (rows, sum(widths))
            known = part.w, part.values, part.features
            fits = all(t.shape == shape for t, shape in zip(known, shapes, strict=True))
            if not fits or part.has_face.shape != (rows,) or part.has_face.dtype != torch.bool:
                raise ValueError("other shapes")
        except FileNotFoundError:
            return None
        except (CheckpointError, KeyError, ValueError, TypeError):
            _log.warning("%s is drawn again", path, exc_info=True)
            return None
        if rows < size:  # of a fit to fewer samples
            return None
        return Looked(
            part.w[:size], part.has_face[:size], part.values[:size], part.features[:size], widths
        )

    def _measured(self, values: Tensor, left_out: dict[str, str]) -> dict[str, Tensor]:
        """What can be regressed; of what is wanted and cannot, ``left_out`` is told the reason."""
        found: dict[str, Tensor] = {}
        for name, column in zip(MEASURES, values.T, strict=True):
            shown = column[~column.isnan()]
            if len(shown) >= max(50, _LEAST_SHOWN * len(column)) and float(shown.std()) > 1e-9:
                found[name] = column
            elif name in self._wanted:
                left_out[name] = (
                    f"It is shown, and varies, in too few samples: {len(shown)} of {len(column)}."
                )
        for name in self._wanted:
            if name not in MEASURES:
                left_out[name] = "What tells it in pictures does not ship with the editor."
        return found

    # ------------------------------------------------------------------ directions

    def _tried(
        self, name: str, found: dict[str, Regression], steps: StepFinder, faces: Tensor
    ) -> Generator[Step, None, Drawn]:
        """The better version of a direction, drawn on ``faces``, or as it was drawn before."""
        tried = versions(name, found)
        path = self.folder / f"drawn-{len(faces)}-{self._effort.samples}-{name}.safetensors"
        names = [other for other in MEASURES if other in found]
        about = {"versions": json.dumps([tried, names])}
        try:
            tensors, facts = read_kept(path, _LARGEST)
            table = tensors["changes"]
            if facts != about or table.shape != (len(tried), len(names)):
                raise ValueError("of another fit")
        except FileNotFoundError:
            table = None
        except (CheckpointError, KeyError, ValueError):
            _log.warning("%s is drawn again", path, exc_info=True)
            table = None
        if table is None:
            drawn: list[list[float]] = []
            for version in tried:
                step = steps((name, *version))[0].float()
                before: list[dict[str, float]] = []
                after: list[dict[str, float]] = []
                for some in torch.split(faces, max(1, self._effort.batch // 2)):  # pyright: ignore[reportUnknownVariableType]
                    shown = moved(self._network, self._looking.mesh, some, step)
                    rows = [measure(*one) for one in shown]
                    before += rows[: len(some)]
                    after += rows[len(some) :]
                    yield self._step(len(shown))
                changes = changed([*before, *after], found)
                drawn.append([changes[other] for other in names])
            table = torch.tensor(drawn).nan_to_num(0.0)  # none of the faces shows it
            write_kept(path, {"changes": table}, about)
        rows = cast("list[list[float]]", table.tolist())
        rows_of = [dict(zip(names, row, strict=True)) for row in rows]
        return preferred(
            [Drawn.of(name, held, row) for held, row in zip(tried, rows_of, strict=True)]
        )

    def _readout(
        self,
        looked: Looked,
        kept: Tensor,
        told: dict[str, Tensor],
        found: dict[str, Regression],
        w_centred: Tensor,
    ) -> Generator[Step, None, tuple[list[str], Tensor]]:
        """Names and weights (d, k) of what pictures tell."""
        columns: list[Tensor] = []
        for name, values in told.items():
            shown = ~values.isnan()
            column = w_centred @ found[name].in_w  # where it is not shown, nothing is missing
            column[shown] = standardised(values[shown])[0]
            columns.append(column)
        if not columns:
            return [], torch.zeros(sum(looked.widths), 0)
        fit = regressing_readout(looked.features[kept], torch.stack(columns, 1), looked.widths)
        while True:
            try:
                next(fit)
            except StopIteration as end:
                _, weights, agreement = end.value
                break
            yield self._step(0)
        good = [k for k, r in enumerate(agreement.tolist()) if r >= LEAST_R]
        return [list(told)[k] for k in good], weights[:, good]

    # ------------------------------------------------------------------ result

    def _write(
        self,
        out: Path,
        statistics: StyleStatistics,
        found: dict[str, Regression],
        steps: StepFinder,
        offered: dict[str, Drawn],
        readout: tuple[list[str], Tensor],
        left_out: dict[str, str],
    ) -> None:
        tensors = {
            "s_mean": statistics.s_mean, "s_sd": statistics.s_sd, "w_mean": statistics.w_mean,
            "w_sd": statistics.w_sd,
        }  # fmt: skip
        rows: dict[str, dict[str, object]] = {}
        for name, best in offered.items():
            entangled, precise = steps((name, *best.held))
            longer = min(max(1 / best.own, 1 / MOST_CALIBRATED), MOST_CALIBRATED)
            tensors[f"{name}.entangled"] = entangled * longer
            tensors[f"{name}.precise"] = precise * statistics.s_sd
            tensors[f"{name}.normal"] = found[name].in_s
            rows[name] = {
                "mean": found[name].mean,
                "sd": found[name].sd,
                "correlation": found[name].correlation,
                "dependency": best.dependency,
                "moved": best.own,
                "drags": best.drags(name),
            }
        stored = {name: tensor.float() for name, tensor in tensors.items()}
        facts = {
            "generator": self._sha256,
            "recipe": RECIPE,
            "samples": str(self._effort.samples),
            "attributes": json.dumps(rows),
            "left_out": json.dumps([(n, left_out[n]) for n in self._wanted if n in left_out]),
        }
        names, weights = readout
        if names:
            stored["readout"] = (weights * READOUT_SCALE).half()
            facts["readout"] = json.dumps(names)
        write_kept(out, stored, facts)

    def _step(self, more: int) -> Step:
        self._done += more
        return Step(self._done, self._of)


def _finite(numbers: Sequence[object]) -> bool:
    """Whether these are numbers: a file may say anything."""
    return all(isinstance(n, int | float) and math.isfinite(n) for n in numbers)


def _incomplete(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(f"{path.name} is incomplete ({error}).", "Fit the attributes again.")
