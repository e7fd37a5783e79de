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

Writes a float16 safetensors file, prints its SHA-256 for resources/models.toml, and writes the
dependency matrix as CSV.
"""

from __future__ import annotations

import argparse
import hashlib
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
from models.faces.analyser import FaceAnalyser
from models.measures import MEASURES, measure
from models.perceptual import load_efficientnet_lite, seen
from models.readout import MAPS, described
from models.training.readout import Readout, told
from models.training.regression import W_RIDGE, measured, ridge, solve, standardised
from models.training.sample_faces import default_generator, to_pixels

if TYPE_CHECKING:
    from models.generator import Generator

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


@torch.no_grad()
def dependency(
    generator: Generator,
    faces: torch.Tensor,
    step: torch.Tensor,
    regressions: dict[str, Regression],
    analyser: FaceAnalyser,
) -> dict[str, float]:
    """Mean change of every direct measure on ``faces`` (n, channels) by ``step``, in its own sd."""
    halves: list[list[dict[str, float]]] = []
    for side in (faces - step / 2, faces + step / 2):
        pictures = to_pixels(seen(generator.synthesise(side)))
        halves.append([measure(p, analyser.aligned_landmarks(p)) for p in pictures])
    return {
        name: float(np.nanmean([b[name] - a[name] for a, b in zip(*halves, strict=True)]))
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
    parser.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="A,B")
    parser.add_argument("--matrix", type=Path, default=Path("build/dependency.csv"))
    options = parser.parse_args(arguments)

    device = choose_device(options.device)
    generator, analyser = default_generator(), FaceAnalyser()
    codes, values = measured(options.samples)
    w = torch.from_numpy(codes).double()
    with torch.no_grad():
        s = generator.styles(generator.broadcast(w.float())).double()
        affine = generator.styles(generator.broadcast(torch.zeros(1, w.shape[1]))).double()
    w_mean, w_sd, s_mean, s_sd = w.mean(0), w.std(0), s.mean(0), s.std(0)
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
            moved = generator.styles(generator.broadcast(along[None].float())).double() - affine
        precise = shortest(torch.stack([found[n].in_s for n in together], 1))
        precise[precise.abs() < torch.quantile(precise.abs(), 1 - KEPT)] = 0
        return moved[0], precise / (found[together[0]].in_s @ precise)

    tensors = {"s_mean": s_mean, "s_sd": s_sd, "w_mean": w_mean, "w_sd": w_sd}
    facts: dict[str, dict[str, object]] = {}
    matrix = ["attribute,held," + ",".join(MEASURES)]
    for name in options.only or found:
        row = found[name]
        constant = tuple(n for n in holds().get(name, ()) if n in found)
        best: tuple[float, dict[str, float], tuple[str, ...]] | None = None
        for version in dict.fromkeys(((), constant)):
            step = steps((name, *version))[0].float().to(device)
            changes = dependency(renderer, faces, step, found, analyser)
            own = changes.get(name, 1.0)  # a semantic attribute has no direct measure
            lower = attribute_dependency(changes, own, name)
            matrix.append(
                f"{name},{' '.join(version)}," + ",".join(f"{changes[n]:.3f}" for n in MEASURES)
            )
            if best is None or lower < (best[0] * PREFERRED if version else best[0] / PREFERRED):
                best = lower, {n: c / max(abs(own), 0.05) for n, c in changes.items()}, version
        assert best is not None
        lowest, changes, version = best
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
    for name in ("s_mean", "s_sd", "w_mean", "w_sd"):
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
