"""Converts Google's TensorFlow Lite files of faces to safetensors for ``models.faces``.

    python -m models.training.convert_faces FOLDER [--out models/weights]

FOLDER holds ``face_landmarks_detector.tflite`` and ``face_blendshapes.tflite``, the members of that
name of the archive ``face_landmarker.task`` (float16, version 1), and
``selfie_segmentation.tflite`` of the wheel mediapipe 0.10.21. Each is checked by its SHA-256 first.
The weights are stored there as float16 and stay what they are; only their axes are put in
PyTorch's order. Left out are what the program does not use: the mesh's third answer, and the zeros
that its depthwise convolutions add.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save

from models.checkpoints import WEIGHTS
from models.faces import blendshapes, mesh_network, person
from models.training.tflite import operators

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from models.training.tflite import Operator, Values

    Constants = list[Values]

_AXES = {
    "conv": (0, 3, 1, 2),  # outputs, rows, columns, inputs
    "depthwise_conv": (3, 0, 1, 2),  # 1, rows, columns, channels
    "custom": (3, 0, 1, 2),  # a transposed convolution: outputs, rows, columns, inputs
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """One file.

    Attributes:
        source: its name.
        sha256: of it.
        network: what its weights become.
        target: name of the safetensors file.
        constants: those that the network has, in the order of its ``state_dict``.
    """

    source: str
    sha256: str
    network: Callable[[], nn.Module]
    target: str
    constants: Callable[[list[Operator]], Constants]


def _turned(operator: Operator) -> Constants:
    """The constants of an operator in PyTorch's order of axes; numbers alone are code there."""
    axes = _AXES.get(operator.kind)
    return [
        constant.transpose(axes) if axes and constant.ndim == 4 else constant
        for constant in operator.constants
        if constant.ndim
    ]


def _all(steps: list[Operator]) -> Constants:
    return [constant for step in steps for constant in _turned(step)]


def _of_mesh(steps: list[Operator]) -> Constants:
    """Without the first of the three answers, and the depthwise convolutions' zeros."""
    answers = [step for step in steps if step.kind == "conv"][-3:]
    found: Constants = []
    for step in steps:
        if step is answers[0]:
            continue
        constants = _turned(step)
        if step.kind == "depthwise_conv":
            if constants[1].any():
                raise ValueError("a depthwise convolution adds something")
            del constants[1]
        found += constants
    return found


def _of_blendshapes(steps: list[Operator]) -> Constants:
    """The token that becomes the answer first: a module's own parameters precede its parts'."""
    (answer,) = (c for step in steps if step.kind == "concatenation" for c in step.constants)
    return [answer, *_all([step for step in steps if step.kind != "concatenation"])]


CONVERSIONS = (
    Conversion(
        "face_landmarks_detector.tflite",
        "c7d54204ce0448474c7f3fa9af494787c0965cbdd6f20fc72867e43046bd43d5",
        mesh_network.FaceMeshNetwork,
        mesh_network.FILE,
        _of_mesh,
    ),
    Conversion(
        "face_blendshapes.tflite",
        "4f36dded049db18d76048567439b2a7f58f1daabc00d78bfe8f3ad396a2d2082",
        blendshapes.BlendshapeNetwork,
        blendshapes.FILE,
        _of_blendshapes,
    ),
    Conversion(
        "selfie_segmentation.tflite",
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
        person.PersonNetwork,
        person.FILE,
        _all,
    ),
)


def converted(conversion: Conversion, content: bytes) -> bytes:
    """The safetensors file of a TensorFlow Lite file.

    Raises:
        ValueError: it is another file, or the network does not have its shape.
    """
    if hashlib.sha256(content).hexdigest() != conversion.sha256:
        raise ValueError(f"{conversion.source} is another file than the one known by that name")
    constants = conversion.constants(list(operators(content)))
    wanted = conversion.network().state_dict()
    tensors: dict[str, Values] = {}
    for (name, tensor), constant in zip(wanted.items(), constants, strict=True):
        shape = tuple(tensor.shape)
        if [n for n in shape if n > 1] != [n for n in constant.shape if n > 1]:
            raise ValueError(f"{name} has the shape {shape}, the file has {constant.shape}")
        tensors[name] = np.ascontiguousarray(constant.reshape(shape))
    # One entry: safetensors writes several in an order of chance, and the same file must come out.
    origin = f"{conversion.source}, SHA-256 {conversion.sha256}, Google LLC, Apache-2.0"
    return save(tensors, {"origin": origin})


def main() -> None:
    """Convert all three and print the digests that ``models.faces`` must know."""
    parser = argparse.ArgumentParser(description=__doc__, prog="models.training.convert_faces")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    for conversion in CONVERSIONS:
        result = converted(conversion, (options.folder / conversion.source).read_bytes())
        (options.out / conversion.target).write_bytes(result)
        print(conversion.target, len(result), hashlib.sha256(result).hexdigest())


if __name__ == "__main__":
    main()
