"""Writes what Google's own files answer, for the tests of ``models.faces``.

    python -m models.training.face_reference FOLDER --out tests/data/faces-reference.npz

FOLDER as for ``convert_faces``. Needs the package ai-edge-litert, which nothing else does. The
pictures are the bundled sample portrait at 64 px, each pixel made four wide and four high, and
noise; both are stored, so that no decoder can change them.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

import resources
from models.faces.blendshapes import READ

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL, _TIMES = 64, 4
_EVERY = 8  # pixels of the person's mask that are kept


def pictures(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 64, 64, 3) → (n, 256, 256, 3) in 0…1."""
    return small.repeat(_TIMES, 1).repeat(_TIMES, 2).astype(np.float32) / np.float32(255)


def main() -> None:
    """Run the three files and write the archive."""
    interpreters: Any = importlib.import_module("ai_edge_litert.interpreter")
    parser = argparse.ArgumentParser(description=__doc__, prog="models.training.face_reference")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()

    def answers(name: str, rows: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        path = str(options.folder / f"{name}.tflite")
        interpreter: Any = interpreters.Interpreter(path)
        interpreter.allocate_tensors()
        found: dict[str, list[NDArray[np.float32]]] = {}
        for row in rows:
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], row[None])
            interpreter.invoke()
            for output in interpreter.get_output_details():
                value = interpreter.get_tensor(output["index"])
                found.setdefault(output["name"], []).append(value)
        return {key: np.array(values) for key, values in found.items()}

    bgr = cv2.imread(str(resources.path("sample-portrait.jpg")))
    assert bgr is not None
    sample = cv2.resize(bgr[..., ::-1], (_SMALL, _SMALL), interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(0).integers(0, 256, sample.shape, np.uint8)
    small = np.array([sample, noise], np.uint8)
    mesh = answers("face_landmarks_detector", pictures(small))
    points = mesh["Identity"].reshape(len(small), -1, 3)
    (coefficients,) = answers("face_blendshapes", points[:, READ, :2]).values()
    (mask,) = answers("selfie_segmentation", pictures(small)).values()
    np.savez_compressed(
        options.out,
        small=small,
        points=points,
        scores=mesh["Identity_1"].ravel(),
        coefficients=coefficients.reshape(len(small), -1),
        mask=mask.reshape(len(small), 256, 256)[:, ::_EVERY, ::_EVERY],
    )


if __name__ == "__main__":
    main()
