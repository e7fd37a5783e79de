"""Sample faces of a generator with their latent codes and landmarks, for fitting directions.

    python -m models.training.sample_faces --count 5000 --out build/samples

Writes OUT.npz (w, landmarks, has_face) and OUT.jpgs (the crops, JPEG streams one after another).
Everything is a function of the seed, so the files need not be kept. Five thousand samples of 512
pixels take an hour on two cores; a GPU draws them at once, and ``--processes`` looks at them.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.checkpoints import catalogue, load_tensors
from models.device import choose_device
from models.fitting.samples import TRUNCATION, drawn
from models.generator import Generator
from models.training.parallel import mapped, processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from numpy.typing import NDArray

    from models.faces.analyser import FaceAnalyser


def default_generator() -> Generator:
    """The embedded generator on the CPU."""
    card = catalogue()[0]
    return Generator.of(load_tensors(card.weights_path, card.sha256)[0])


def samples(
    generator: Generator, count: int, truncation: float, seed: int, batch: int = 10
) -> Iterator[tuple[torch.Tensor, NDArray[np.uint8]]]:
    """``count`` pairs of w (w_dim,) and picture uint8 (r, r, 3), the same for the same seed."""
    for w, pictures in drawn(generator, count, truncation, seed, batch):
        yield from zip(w.cpu(), pictures, strict=True)


def load(out: Path) -> tuple[NDArray[np.float32], NDArray[np.float64], Iterator[NDArray[np.uint8]]]:
    """w (n, w_dim), landmarks (n, 68, 2) and crops of the samples that have a face."""
    with np.load(out.with_suffix(".npz"), allow_pickle=False) as file:
        w, points, has_face, ends = (file[k] for k in ("w", "landmarks", "has_face", "ends"))

    def crops() -> Iterator[NDArray[np.uint8]]:
        stream = np.fromfile(out.with_suffix(".jpgs"), np.uint8)
        for start, end, good in zip((0, *ends[:-1]), ends, has_face, strict=True):
            if good:
                crop = cv2.imdecode(stream[start:end], cv2.IMREAD_COLOR_RGB)
                yield np.asarray(crop, np.uint8)

    return w[has_face], points[has_face].astype(np.float64), crops()


@cache
def _analyser() -> FaceAnalyser:
    from models.faces.analyser import FaceAnalyser  # dlib, which training alone can do without

    return FaceAnalyser()


def _looked_at(picture: NDArray[np.uint8]) -> tuple[NDArray[np.float64], bool, bytes]:
    """Landmarks (68, 2) of a crop, whether dlib sees a face, and the crop as JPEG."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    stream = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 96])[1].tobytes()
    faces = _analyser()
    return faces.aligned_landmarks(picture), faces.has_face(picture), stream


def main(arguments: list[str]) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--truncation", type=float, default=TRUNCATION)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/samples"))
    parser.add_argument("--device", default="cpu", help="that draws: auto, cuda, cuda:N or cpu")
    parser.add_argument("--processes", type=int, default=1, help="that look at what is drawn")
    options = parser.parse_args(arguments)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    generator = default_generator().to(choose_device(options.device))
    began = time.monotonic()
    codes: list[NDArray[np.float32]] = []

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for w, picture in samples(generator, options.count, options.truncation, options.seed):
            codes.append(w.numpy())
            yield picture

    rows: list[tuple[NDArray[np.float64], bool, bytes]] = []
    with processes(options.processes) as pool:
        for row in mapped(pool, _looked_at, pictures(), options.processes):
            rows.append(row)
            if len(rows) % 500 == 0:
                print(f"{len(rows)} faces, {time.monotonic() - began:.0f} s", flush=True)
    np.savez(
        options.out.with_suffix(".npz"),
        w=np.stack(codes),
        landmarks=np.stack([row[0] for row in rows]).astype(np.float32),
        has_face=np.array([row[1] for row in rows]),
        ends=np.cumsum([len(row[2]) for row in rows]),
    )
    options.out.with_suffix(".jpgs").write_bytes(b"".join(row[2] for row in rows))
    print(f"{sum(row[1] for row in rows)} of {len(rows)} samples have a face")


if __name__ == "__main__":
    main(sys.argv[1:])
