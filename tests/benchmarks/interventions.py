"""Style intervention against the direct edit in W, on sampled faces.

    python -m tests.benchmarks.interventions [--faces 20] [--device auto] [--steps 30]

Each row: one attribute and value in one region, over the same faces. attained is the change of the
attribute's own measure in standard deviations, signed towards the asked direction; leak is the mean
squared change outside the region before compositing, in [−1, 1]² units; identity is the distance of
dlib's descriptors before and after (same person below 0.6). ± is the standard error over faces.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from editor.engine import Engine
from editor.face_crop import DetectedFace, FaceCrop
from editor.history import EditHistory, Portrait
from editor.jobs import Dials, Failed, Finished, Goal, Intervene, Intervention
from editor.photo import Photo
from editor.region import preset
from editor.style import StyleCode, StyleLayout
from models.checkpoints import catalogue
from models.face import FaceAnalyser, identity_distance
from models.training.sample_faces import default_generator, to_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CASES = (
    ("smile", -60, "mouth"),
    ("smile", 60, "mouth"),
    ("mouth_open", 60, "mouth"),
    ("lip_redness", 60, "lips"),
    ("skin_brightness", 60, "skin"),
    ("hair_brightness", 60, "hair"),
    ("eyes_open", 60, "eyes"),
)
TRUNCATION = 0.7


def sampled_portraits(count: int, seed: int) -> Iterator[tuple[Photo, Portrait]]:
    """``count`` faces of the embedded generator as photos of their own, with exact codes."""
    generator, faces, random = default_generator(), FaceAnalyser(), torch.Generator()
    random.manual_seed(seed)
    layout = StyleLayout(
        tuple(layer.name for layer in generator.style_layers),
        tuple(layer.stop - layer.start for layer in generator.style_layers),
        catalogue()[0].sha256,
    )
    side, found = generator.config.resolution, 0
    while found < count:
        z = torch.randn(1, generator.config.z_dim, generator=random)
        with torch.no_grad():
            s = generator.styles(generator.broadcast(generator.mapping(z, TRUNCATION)))
            pixels = to_pixels(generator.synthesise(s))[0]
        if not faces.has_face(pixels):
            continue
        found += 1
        crop = FaceCrop(faces.aligned_landmarks(pixels), np.eye(2, 3), side)
        history = EditHistory(StyleCode(layout, s[0].numpy()))
        yield Photo(pixels), Portrait(crop, history, float("inf"), 0.0)


def run(engine: Engine, job: Intervene) -> Intervention:
    """The job's result."""
    for report in engine.run(job):
        if isinstance(report, Failed):
            raise RuntimeError(str(report.error))
        if isinstance(report, Finished):
            return cast("Intervention", report.result)
    raise RuntimeError("no result")


def mean(values: Sequence[float], digits: int) -> str:
    """Mean ± standard error."""
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return f"{np.mean(values):.{digits}f} ± {error:.{digits}f}"


def main(arguments: list[str]) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    options = parser.parse_args(arguments)
    engine, faces = Engine.create(options.device), FaceAnalyser()
    portraits = list(sampled_portraits(options.faces, options.seed))
    print(f"{len(portraits)} faces, truncation {TRUNCATION}, {engine.info.device}\n")
    print(
        "| edit | region | attained | direct's | ratio | leak | direct's | leak ratio "
        "| identity | steps | seconds | channels |\n" + "|---" * 12 + "|"
    )
    for name, value, where in CASES:
        rows: list[dict[str, float]] = []
        for photo, portrait in portraits:
            region = preset(where, portrait.crop.landmarks, photo.width, photo.height)
            face = DetectedFace((0, 0, 1, 1), portrait.crop.landmarks, 1.0, "aligned")
            region = region.feathered(face.default_feather)
            job = Intervene(
                photo, (portrait,), 0, region, (Goal(name, value),), Dials(steps=options.steps)
            )
            done = run(engine, job)
            code = portrait.history.current()
            pictures = [
                np.rint(engine.reconstruction(c) * 255).astype(np.uint8)
                for c in (code, code.plus(done.edit.delta))
            ]
            descriptors = [faces.descriptor(p, faces.aligned_landmarks(p)) for p in pictures]
            sign = np.sign(value)
            rows.append(
                {
                    "attained": sign * done.report.attained[0],
                    "direct": sign * done.report.attained_direct[0],
                    "leak": done.report.leak,
                    "leak_direct": done.report.leak_direct,
                    "identity": identity_distance(*descriptors),
                    "steps": done.report.steps,
                    "seconds": done.report.seconds,
                    "channels": done.report.delta_channels,
                }
            )
        column = {key: [row[key] for row in rows] for key in rows[0]}
        print(
            f"| {name} {value:+d} | {where} | {mean(column['attained'], 2)} "
            f"| {mean(column['direct'], 2)} "
            f"| {np.mean(column['attained']) / np.mean(column['direct']):.2f} "
            f"| {mean(column['leak'], 5)} | {mean(column['leak_direct'], 5)} "
            f"| 1/{np.mean(column['leak_direct']) / np.mean(column['leak']):.0f} "
            f"| {mean(column['identity'], 3)} | {np.mean(column['steps']):.0f} "
            f"| {mean(column['seconds'], 2)} | {np.mean(column['channels']):.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
