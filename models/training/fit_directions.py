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
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save

from models.checkpoints import catalogue, load_tensors
from models.device import choose_device
from models.directions import READOUT_SCALE
from models.faces.mesh import FaceMesh
from models.fitting.regression import HELD_OUT, regressed
from models.fitting.steps import Drawn, StepFinder, changed, moved, preferred, versions
from models.measures import MEASURES
from models.perceptual import load_efficientnet_lite
from models.readout import MAPS, described
from models.training.parallel import mapped, processes
from models.training.readout import Readout, told
from models.training.regression import measured, measured_face
from models.training.sample_faces import default_generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.measures import Picture, Points

VERIFIED = 32  # faces on which both versions of a direction are compared


def kept_statistics(path: str) -> dict[str, torch.Tensor]:
    """Mean and spread of w and S in a file of directions of the embedded generator, float64.

    Raises:
        ValueError: they are another generator's.
    """
    tensors, about = load_tensors(Path(path), None)
    if about.get("generator") != catalogue()[0].sha256:
        raise ValueError(f"{path} belongs to another generator than {catalogue()[0].name}")
    return {name: tensors[name].double() for name in ("s_mean", "s_sd", "w_mean", "w_sd")}


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
    statistics = options.statistics or {
        "s_mean": s.mean(0), "s_sd": s.std(0), "w_mean": w.mean(0), "w_sd": w.std(0)
    }  # fmt: skip
    s_mean, s_sd, w_mean = (statistics[name] for name in ("s_mean", "s_sd", "w_mean"))
    train = torch.arange(len(w)) % HELD_OUT != 0
    w_centred, whitened = w - w_mean, (s - s_mean) / s_sd
    covariance = w_centred[train].T @ w_centred[train] / int(train.sum())
    found = {n: row for rows in regressed(values, w_centred, whitened) for n, row in rows.items()}
    faces = s[1 : 1 + VERIFIED * HELD_OUT : HELD_OUT].float().to(device)
    renderer = default_generator().to(device)
    steps = StepFinder.of(generator, found, covariance)
    tensors = dict(statistics)
    facts: dict[str, dict[str, object]] = {}
    matrix = ["attribute,held," + ",".join(MEASURES)]
    names = options.only or list(values)
    tried = [(name, version) for name in names for version in versions(name, found)]

    def shown() -> Iterator[tuple[Picture, Points]]:
        for name, version in tried:
            step = steps((name, *version))[0].float().to(device)
            yield from moved(renderer, mesh, faces, step)

    drawn: dict[str, list[Drawn]] = {name: [] for name in names}
    with processes(options.processes) as pool:
        rows = mapped(pool, measured_face, shown(), options.processes)
        for name, version in tried:
            changes = changed(list(itertools.islice(rows, 2 * len(faces))), found)
            drawn[name].append(Drawn.of(name, version, changes))
            matrix.append(
                f"{name},{' '.join(version)}," + ",".join(f"{changes[n]:.3f}" for n in MEASURES)
            )
    for name in names:
        row, best = found[name], preferred(drawn[name])
        entangled, precise = steps((name, *best.held))
        tensors[f"{name}.entangled"] = entangled
        tensors[f"{name}.precise"] = precise * s_sd
        tensors[f"{name}.normal"] = row.in_s
        facts[name] = {
            "mean": row.mean,
            "sd": row.sd,
            "correlation": row.correlation,
            "dependency": best.dependency,
            "drags": best.drags(name),
        }
        print(
            f"{name:22} mean {row.mean:8.3f} sd {row.sd:7.3f}  held-out r: S {row.correlation:.3f},"
            f" W {row.correlation_w:.3f}  dependency {best.dependency:.3f}, "
            f"holding {' '.join(best.held)}",
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
