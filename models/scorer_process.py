"""A scorer of the user's in a process of its own: ``python -m models.scorer_process``.

It reads one line of JSON that says which scorer, then batches of pictures, and answers each with
one line of JSON. A network that takes too much memory, or breaks, takes only this process along.
Only numbers cross the pipe; nothing is unpickled.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from numpy.typing import NDArray

    Pictures = NDArray[np.uint8]
    Score = Callable[[Pictures], list[float]]

BATCH = struct.Struct(">II")  # pictures, and pixels of a side
MEMORY = 6 << 30  # bytes of address space, where the system can limit it
SIDE = 224  # pixels of networks that take any size
IMAGENET = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]], np.float32)


def main(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the pipe is closed."""

    def tell(answer: dict[str, object]) -> None:
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()

    try:
        asked = json.loads(questions.readline())
        score = _onnx(asked) if asked["kind"] == "onnx" else _python(asked)
    except Exception as error:  # noqa: BLE001 - whatever the user's scorer raises is told
        tell({"error": _said(error)})
        return
    tell({"ready": True})
    while len(head := questions.read(BATCH.size)) == BATCH.size:
        count, side = BATCH.unpack(head)
        content = questions.read(count * side * side * 3)
        pictures = np.frombuffer(content, np.uint8).reshape(count, side, side, 3)
        try:
            tell({"scores": score(pictures)})
        except Exception as error:  # noqa: BLE001 - likewise
            tell({"error": _said(error)})


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:400]


def _python(asked: dict[str, str]) -> Score:
    """``module:function`` or ``file.py:function``, of one picture (s, s, 3) sRGB uint8."""
    where, _, name = asked["source"].rpartition(":")
    if where.endswith(".py"):
        spec = importlib.util.spec_from_file_location("scorer_of_the_user", Path(where).resolve())
        if spec is None or spec.loader is None:
            raise ImportError(f"{where} is no module")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        sys.path.insert(0, asked["folder"])
        module = importlib.import_module(where)
    function = getattr(module, name)

    def score(pictures: Pictures) -> list[float]:
        return [float(function(picture.copy())) for picture in pictures]

    return score


def _onnx(asked: dict[str, Any]) -> Score:
    import onnxruntime  # pyright: ignore[reportMissingImports] - an optional extra

    _limit_memory()
    runtime = cast("Any", onnxruntime)
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    session = runtime.InferenceSession(asked["source"], options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    shape = list(given.shape)
    if len(shape) != 4 or 3 not in (shape[1], shape[3]):
        raise ValueError(f"its input has the shape {shape}, not a picture's with three colours")
    colours_first = shape[1] == 3
    height, width = shape[2:] if colours_first else shape[1:3]
    size = tuple(side if isinstance(side, int) and 0 < side <= 1024 else SIDE
                 for side in (width, height))  # fmt: skip
    kinds = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
    kind = kinds[given.type]
    output, index = session.get_outputs()[0].name, int(asked["output"])

    def one(picture: Pictures) -> float:
        seen = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        scaled = _scaled(np.asarray(seen, np.float32), asked["scaling"])
        batch = (scaled.transpose(2, 0, 1) if colours_first else scaled)[None].astype(kind)
        (found,) = session.run([output], {given.name: np.ascontiguousarray(batch)})
        numbers = np.asarray(found, np.float64).reshape(-1)
        if index >= len(numbers):
            raise ValueError(f"its output has {len(numbers)} numbers, there is no number {index}")
        return float(numbers[index])

    return lambda pictures: [one(picture) for picture in pictures]


def _scaled(picture: NDArray[np.float32], scaling: str) -> NDArray[np.float32]:
    """From 0…255 to what the network was trained on."""
    if scaling == "bytes":
        return picture
    unit = np.asarray(picture / 255, np.float32)
    if scaling == "symmetric":
        return np.asarray(unit * 2 - 1, np.float32)
    if scaling == "imagenet":
        unit = np.asarray((unit - IMAGENET[0]) / IMAGENET[1], np.float32)
    return unit


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # of Windows, where the time limit has to do
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a scorer prints is no answer
    main(sys.stdin.buffer, pipe)
