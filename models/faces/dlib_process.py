"""dlib's deep networks in a process of their own.

Both keep Python's lock while they compute: 0.1 s a descriptor, 4.8 s a search of 800 × 533 pixels
(two cores), in which a window of the same process could not move. dlib's HOG detector gives it back
and stays here.

The other process answers until the pipe is closed, so it ends with this one, however that ends. It
is a plain one (``python -m models.faces.dlib_process``): those of ``multiprocessing`` cannot be
started in Dask's workers, and run the caller's script anew. Each message is its length, in eight
bytes, and that many bytes: JSON, and after a question its picture. Nothing is unpickled.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import dlib
import numpy as np

from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

_START = 120.0  # seconds that a loaded machine may take to start Python and read the weights
_ANSWER = 600.0
_ROOT = Path(__file__).parents[2]
_LENGTH = struct.Struct(">Q")
_LONGEST_WORDS = 16 << 20  # bytes of a question or an answer
_LARGEST_PICTURE = 4 << 30  # bytes


class DlibProcessError(AdvisedError):
    """The other process ended, or could not do what it was asked for."""


class DlibProcess:
    """One process, started when first asked; threads are answered one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    @property
    def pid(self) -> int | None:
        """Of the process; None while none runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def descriptor(self, weights: str, picture: Picture, landmarks: Array) -> Array:
        """Of one face: (128,).

        Args:
            weights: path of dlib's recognition network.
            picture: sRGB (H, W, 3).
            landmarks: (68, 2), pixels.

        Raises:
            DlibProcessError: it could not be computed.
        """
        asked = {"network": "descriptor", "weights": weights, "landmarks": landmarks.tolist()}
        return np.array(self._ask(asked, picture), np.float64)

    def boxes(self, weights: str, picture: Picture) -> list[tuple[dlib.rectangle, float]]:
        """Where the CNN detector sees faces, each with its score.

        Args:
            weights: path of dlib's detector.
            picture: sRGB (H, W, 3).

        Raises:
            DlibProcessError: it could not be computed.
        """
        found = self._ask({"network": "boxes", "weights": weights}, picture)
        return [
            (dlib.rectangle(*(int(v) for v in edges)), score)
            for *edges, score in cast("list[list[float]]", found)
        ]

    def close(self) -> None:
        """End the process; the next question starts another."""
        with self._lock:
            self._end()

    def _ask(self, asked: Mapping[str, object], picture: Picture) -> object:
        with self._lock:
            try:
                try:
                    answer = self._answer(asked, picture)
                except (EOFError, ConnectionError):  # somebody killed it: another one may live
                    self._end()
                    answer = self._answer(asked, picture)
            except (OSError, EOFError) as error:  # TimeoutError is an OSError
                self._end()
                raise DlibProcessError(
                    f"dlib's face networks stopped ({error or 'the process ended'}).", "Try again."
                ) from error
        if "error" in answer:
            raise DlibProcessError(f"dlib refused: {answer['error']}.", "Install dlib anew.")
        return answer["found"]

    def _answer(self, asked: Mapping[str, object], picture: Picture) -> dict[str, object]:
        pipe, answers = self._connected(), self._answers
        words = json.dumps({**asked, "shape": picture.shape}).encode()

        def send() -> None:
            """Beside the wait: a pipe whose reader stands still takes no more, without end."""
            try:
                _send(pipe, words)
                _send(pipe, np.ascontiguousarray(picture).data.cast("B"))
            except (OSError, ValueError):  # the process was ended
                answers.put(None)

        threading.Thread(target=send, daemon=True).start()
        return json.loads(self._received(_ANSWER, "no answer"))

    def _connected(self) -> BinaryIO:
        if self._process is None:
            path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "models.faces.dlib_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
                bufsize=0,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # of Windows
            )
            atexit.unregister(self._leave)
            atexit.register(self._leave)
            self._answers = queue.SimpleQueue()
            pipe = cast("BinaryIO", self._process.stdout)
            threading.Thread(target=_listen, args=(pipe, self._answers), daemon=True).start()
            self._received(_START, "it did not start")  # “ready”
        return cast("BinaryIO", self._process.stdin)

    def _received(self, patience: float, otherwise: str) -> bytes:
        try:
            message = self._answers.get(timeout=patience)
        except queue.Empty as error:
            raise TimeoutError(f"{otherwise} within {patience:.0f} s") from error
        if message is None:
            raise EOFError
        return message

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            cast("BinaryIO", process.stdin).close()

    def _leave(self) -> None:
        """Python ends. No lock: whoever holds it may wait for an answer for minutes."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()
            cast("BinaryIO", process.stdin).close()


def _listen(pipe: BinaryIO, answers: queue.SimpleQueue[bytes | None]) -> None:
    """Hand on what is answered, and None at its end; a pipe has no time limit of its own."""
    with pipe:
        try:
            while True:
                answers.put(_receive(pipe, _LONGEST_WORDS))
        except (EOFError, OSError, ValueError):
            answers.put(None)


def _send(pipe: BinaryIO, message: bytes | memoryview) -> None:
    for part in (_LENGTH.pack(len(message)), message):
        left = memoryview(part)
        while left:
            left = left[pipe.write(left) :]
    pipe.flush()


def _receive(pipe: BinaryIO, longest: int) -> bytes:
    """One message.

    Raises:
        EOFError: the pipe was closed.
        ValueError: it is longer than it may be.
    """
    length = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0]
    if length > longest:
        raise ValueError(f"a message of {length} bytes")
    return _exactly(pipe, length)


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = pipe.read(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the pipe is closed; what the other process runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program, which then hangs up
    try:
        _send(answers, b"ready")
        while True:
            asked = json.loads(_receive(questions, _LONGEST_WORDS))
            shape = tuple(int(side) for side in asked["shape"])
            data = _receive(questions, _LARGEST_PICTURE)
            try:
                if len(shape) != 3 or shape[2] != 3 or math.prod(shape) != len(data):
                    raise RuntimeError(f"a picture of {shape} in {len(data)} bytes")
                answer = {"found": _computed(asked, np.frombuffer(data, np.uint8).reshape(shape))}
            except RuntimeError as error:  # dlib's own, of files and shapes
                answer = {"error": str(error)}
            _send(answers, json.dumps(answer).encode())
    except (EOFError, OSError):
        return  # nobody asks any more


def _computed(asked: Mapping[str, object], picture: Picture) -> list[float] | list[list[float]]:
    weights = cast("str", asked["weights"])
    if asked["network"] == "boxes":
        found = _detector(weights)(picture, 0)
        return [[*_edges(one.rect), one.confidence] for one in found]
    landmarks = np.array(asked["landmarks"], np.float64)
    low, high = landmarks.min(0), landmarks.max(0)
    box = dlib.rectangle(*(int(v) for v in (*low, *high)))
    points = [dlib.point(round(x), round(y)) for x, y in landmarks]
    shape = dlib.full_object_detection(box, points)
    return list(_recogniser(weights).compute_face_descriptor(picture, shape))


def _edges(box: dlib.rectangle) -> tuple[int, int, int, int]:
    return box.left(), box.top(), box.right(), box.bottom()


@cache
def _recogniser(weights: str) -> dlib.face_recognition_model_v1:
    return dlib.face_recognition_model_v1(weights)


@cache
def _detector(weights: str) -> dlib.cnn_face_detection_model_v1:
    return dlib.cnn_face_detection_model_v1(weights)


DLIB = DlibProcess()
"""The process that the program shares: a second one would hold the weights twice."""


if __name__ == "__main__":
    # what a library prints must not come between the answers
    with os.fdopen(os.dup(1), "wb", buffering=0) as pipe:
        os.dup2(2, 1)
        serve(sys.stdin.buffer, cast("BinaryIO", pipe))
