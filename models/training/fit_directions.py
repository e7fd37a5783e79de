"""Fit the attribute directions of a generator and the statistics of its style space.

    python -m models.training.sample_faces --count 5000 --out build/samples
    python -m models.training.semantic --samples build/samples --out build/samples.semantic.npz
    python -m models.training.fit_directions --samples build/samples

For each measure of models.measures, and each of build/samples.semantic.npz when that is there, over
the samples that show it:

- W is regressed on (ridge) and the step runs along the *data*, covariance × normal: the bare normal
  leaves the manifold and breaks the face. Through the linear affines that step is Δs_z;
- whitened S is regressed on (ridge); the strongest tenth of the normal's channels is Δs_n;
- both steps are the shortest (in their metric) that move the predicted score by one standard
  deviation and, when that is better, the scores that the attribute would drag along (``holds``) by
  none. Better is the one with the lower Attribute Dependency (*StyleSpace*, arXiv 2011.12799): the
  mean change of all other measures per change of its own, measured on rendered faces;
- a fifth of the samples is held out, and the correlation of the predictor in S with the measure
  there is printed and stored.

The same samples give the readout that tells attributes in pictures (``models/readout.py``).
``--only A,B`` fits these directions and the readout, and keeps all others of the file as it is.
``--statistics FILE`` keeps the mean and spread of w and S that another file of this generator has:
an encoder that was trained with those counts in their units.

Writes a float16 safetensors file, prints its SHA-256 for resources/models.toml, and writes the
dependency matrix as CSV.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import save

import resources
from models.checkpoints import catalogue, load_tensors
from models.device import choose_device
from models.directions import READOUT_SCALE
from models.faces.mesh import FaceMesh, aligned_frame
from models.measures import MEASURES
from models.perceptual import load_efficientnet_lite, seen
from models.readout import MAPS, described
from models.training.parallel import mapped, processes
from models.training.readout import Readout, told
from models.training.regression import (
    W_RIDGE,
    measured,
    measured_face,
    ridge,
    solve,
    standardised,
)
from models.training.sample_faces import default_generator, to_pixels
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.generator import Generator
    from models.measures import Picture, Points

HELD_OUT = 5  # every fifth sample
S_RIDGE = 0.5
KEPT = 0.1  # of the channels of the normal in S
PREFERRED = 1.25  # what is held keeps a region clean: it may cost that much more dependency
VERIFIED = 32  # faces on which both versions of a direction are compared
OFFERED_DRAG = 0.3  # sd per sd, from which on a card names what is dragged along


def holds() -> dict[str, tuple[str, ...]]:
    """What the direction of each attribute leaves as it is, by ``resources/attributes.toml``."""
    with resources.path("attributes.toml").open("rb") as file:
        tables = tomllib.load(file)
    rows = [*tables["attribute"], *tables["unoffered"]]
    return {row["name"]: tuple(row.get("holds", ())) for row in rows}


def shortest(normals: torch.Tensor, metric: torch.Tensor | None = None) -> torch.Tensor:
    """The step x that moves the first score by 1 and the others by 0, shortest in ``metric``⁻¹.

    ``normals`` (features, k); ``metric`` (features, features), the data's covariance, or None for
    the identity. x = C N (Nᵀ C N)⁻¹ e₁.
    """
    carried = normals if metric is None else metric @ normals
    first = torch.zeros(normals.shape[1], 1, dtype=normals.dtype)
    first[0] = 1
    return (carried @ solve(normals.T @ carried, first))[:, 0]


def correlation(a: torch.Tensor, b: torch.Tensor) -> float:
    """Pearson's r."""
    return float(torch.corrcoef(torch.stack([a, b]))[0, 1])


@dataclass(frozen=True, slots=True)
class Regression:
    """One measure over the samples, and its predictors.

    Attributes:
        mean, sd: of the measure, in its own units.
        in_w: (w_dim,), on centred W. in_s: (channels,), on whitened S.
        correlation: of the predictor in S with the measure, held out; ``correlation_w`` in W.
    """

    mean: float
    sd: float
    in_w: torch.Tensor
    in_s: torch.Tensor
    correlation: float
    correlation_w: float


def regress(values: torch.Tensor, w: torch.Tensor, s: torch.Tensor) -> Regression:
    """Predict a measure (n,) from centred W (n, w_dim) and whitened S (n, channels).

    NaN is left out.
    """
    shown = ~values.isnan()
    held = (torch.arange(len(values)) % HELD_OUT == 0)[shown]
    w, s = w[shown], s[shown]
    y, mean, sd = standardised(values[shown])
    in_w = ridge(w[~held], y[~held], W_RIDGE)
    in_s = ridge(s[~held], y[~held], S_RIDGE)
    found = correlation(s[held] @ in_s, y[held]), correlation(w[held] @ in_w, y[held])
    return Regression(mean, sd, in_w, in_s, *found)


def kept_statistics(path: str) -> dict[str, torch.Tensor]:
    """Mean and spread of w and S in a file of directions of the embedded generator, float64.

    Raises:
        ValueError: they are another generator's.
    """
    tensors, about = load_tensors(Path(path), None)
    if about.get("generator") != catalogue()[0].sha256:
        raise ValueError(f"{path} belongs to another generator than {catalogue()[0].name}")
    return {name: tensors[name].double() for name in ("s_mean", "s_sd", "w_mean", "w_sd")}


@torch.no_grad()
def moved(
    generator: Generator, mesh: FaceMesh, faces: torch.Tensor, step: torch.Tensor
) -> list[tuple[Picture, Points]]:
    """Crops and landmarks of ``faces`` (n, channels) half a ``step`` back, then half one on."""
    shown: list[tuple[Picture, Points]] = []
    for side in (faces - step / 2, faces + step / 2):
        pictures = list(to_pixels(seen(generator.synthesise(side))))
        found = mesh.found(pictures, [aligned_frame(len(p)) for p in pictures])
        shown += [(p, ibug_landmarks(f.points)) for p, f in zip(pictures, found, strict=True)]
    return shown


def changed(
    rows: Sequence[dict[str, float]], regressions: dict[str, Regression]
) -> dict[str, float]:
    """Mean change of every direct measure, in its own sd, over the rows of what ``moved`` shows."""
    before, after = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    return {
        name: float(np.nanmean([b[name] - a[name] for a, b in zip(before, after, strict=True)]))
        / regressions[name].sd
        for name in MEASURES
    }


def attribute_dependency(changes: dict[str, float], own: float, name: str) -> float:
    """Mean |change| of all other measures per change ``own`` of the attribute itself."""
    others = [abs(change) for other, change in changes.items() if other != name]
    return float(np.mean(others)) / max(abs(own), 0.05)


def main(arguments: list[str]) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=Path("build/samples"))
    parser.add_argument("--out", type=Path, default=catalogue()[0].directions_path)
    parser.add_argument("--device", default="auto", help="auto, cuda, cuda:N or cpu")
    parser.add_argument("--processes", type=int, default=1, help="that measure pictures")
    parser.add_argument(
        "--statistics", type=kept_statistics, metavar="FILE", help="to keep; see above"
    )
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="A,B")
    parser.add_argument("--matrix", type=Path, default=Path("build/dependency.csv"))
    options = parser.parse_args(arguments)

    device = choose_device(options.device)
    generator, mesh = default_generator(), FaceMesh.load(device)
    codes, values = measured(options.samples, options.processes)
    w = torch.from_numpy(codes).double()
    with torch.no_grad():
        s = generator.styles(generator.broadcast(w.float())).double()
        affine = generator.styles(generator.broadcast(torch.zeros(1, w.shape[1]))).double()
    statistics = options.statistics or {
        "s_mean": s.mean(0), "s_sd": s.std(0), "w_mean": w.mean(0), "w_sd": w.std(0)
    }  # fmt: skip
    s_mean, s_sd, w_mean = (statistics[name] for name in ("s_mean", "s_sd", "w_mean"))
    train = torch.arange(len(w)) % HELD_OUT != 0
    w_centred, whitened = w - w_mean, (s - s_mean) / s_sd
    covariance = w_centred[train].T @ w_centred[train] / int(train.sum())
    found = {name: regress(v, w_centred, whitened) for name, v in values.items()}
    faces = s[1 : 1 + VERIFIED * HELD_OUT : HELD_OUT].float().to(device)
    renderer = default_generator().to(device)

    def steps(together: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor]:
        """Δs_z and the sparse whitened Δs_n that move the first and hold the others."""
        along = shortest(torch.stack([found[n].in_w for n in together], 1), covariance)
        with torch.no_grad():
            carried = generator.styles(generator.broadcast(along[None].float())).double() - affine
        precise = shortest(torch.stack([found[n].in_s for n in together], 1))
        precise[precise.abs() < torch.quantile(precise.abs(), 1 - KEPT)] = 0
        return carried[0], precise / (found[together[0]].in_s @ precise)

    tensors = dict(statistics)
    facts: dict[str, dict[str, object]] = {}
    matrix = ["attribute,held," + ",".join(MEASURES)]
    names = options.only or list(found)
    versions = [
        (name, version)
        for name in names
        for version in dict.fromkeys(((), tuple(n for n in holds().get(name, ()) if n in found)))
    ]

    def shown() -> Iterator[tuple[Picture, Points]]:
        for name, version in versions:
            step = steps((name, *version))[0].float().to(device)
            yield from moved(renderer, mesh, faces, step)

    best: dict[str, tuple[float, dict[str, float], tuple[str, ...]]] = {}
    with processes(options.processes) as pool:
        rows = mapped(pool, measured_face, shown(), options.processes)
        for name, version in versions:
            changes = changed(list(itertools.islice(rows, 2 * len(faces))), found)
            own = changes.get(name, 1.0)  # a semantic attribute has no direct measure
            lower = attribute_dependency(changes, own, name)
            matrix.append(
                f"{name},{' '.join(version)}," + ",".join(f"{changes[n]:.3f}" for n in MEASURES)
            )
            allowed = PREFERRED if version else 1 / PREFERRED
            if name not in best or lower < best[name][0] * allowed:
                relative = {n: c / max(abs(own), 0.05) for n, c in changes.items()}
                best[name] = lower, relative, version
    for name in names:
        row = found[name]
        lowest, changes, version = best[name]
        drags = sorted(
            (
                (n, c)
                for n, c in changes.items()
                if n not in (name, "hairline") and abs(c) >= OFFERED_DRAG
            ),
            key=lambda pair: -abs(pair[1]),
        )
        entangled, precise = steps((name, *version))
        tensors[f"{name}.entangled"] = entangled
        tensors[f"{name}.precise"] = precise * s_sd
        tensors[f"{name}.normal"] = row.in_s
        facts[name] = {
            "mean": row.mean,
            "sd": row.sd,
            "correlation": row.correlation,
            "dependency": lowest,
            "drags": drags[:4],
        }
        print(
            f"{name:22} mean {row.mean:8.3f} sd {row.sd:7.3f}  held-out r: S {row.correlation:.3f},"
            f" W {row.correlation_w:.3f}  dependency {lowest:.3f}, holding {' '.join(version)}",
            flush=True,
        )
    options.matrix.parent.mkdir(parents=True, exist_ok=True)
    options.matrix.write_text("\n".join(matrix) + "\n")

    metadata = {
        "generator": catalogue()[0].sha256,
        "samples": str(len(w)),
        "attributes": json.dumps(facts),
    }
    stored = {name: t.to(torch.float16).contiguous() for name, t in tensors.items()}
    for name in statistics:
        stored[name] = tensors[name].float().contiguous()
    if options.only:
        kept, about = load_tensors(options.out, None)
        stored = {**stored, **{n: t for n, t in kept.items() if n.split(".")[0] not in facts}}
        metadata["attributes"] = json.dumps({**json.loads(about["attributes"]), **facts})
    network = load_efficientnet_lite()
    readout = Readout.fitted(options.samples, lambda x: described(network(x, MAPS)))
    stored["readout"] = (readout.weights * READOUT_SCALE).to(torch.float16)
    metadata["readout"] = json.dumps(told(values))
    data = save(stored, metadata)
    options.out.write_bytes(data)
    print(f"{options.out}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main(sys.argv[1:])
