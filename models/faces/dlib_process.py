"""dlib's deep networks in a process of their own.

Both keep Python's lock while they compute: 0.1 s a descriptor, 4.8 s a search of 800 × 533 pixels
(two cores), in which a window of the same process could not move. dlib's HOG detector gives it back
and stays here.

The other process answers until the pipe is closed, so it ends with this one, however that ends.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import threading
from functools import cache
from typing import TYPE_CHECKING, cast

import dlib
import numpy as np

from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

_START = 120.0  # seconds that a loaded machine may take to start Python and read the weights
_ANSWER = 600.0


class DlibProcessError(AdvisedError):
    """The other process ended, or could not do what it was asked for."""


class DlibProcess:
    """One process, started when first asked; threads are answered one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    @property
    def pid(self) -> int | None:
        """Of the process; None while none runs."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

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
        pipe = self._connected()
        pipe.send_bytes(json.dumps({**asked, "shape": picture.shape}).encode())
        pipe.send_bytes(np.ascontiguousarray(picture).tobytes())
        if not pipe.poll(_ANSWER):
            raise TimeoutError(f"no answer within {_ANSWER:.0f} s")
        return json.loads(pipe.recv_bytes())

    def _connected(self) -> Connection:
        if self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=serve, args=(theirs,), daemon=True, name="dlib")
            self._process.start()
            theirs.close()  # theirs alone: its end is then the end of the pipe
            if not self._pipe.poll(_START):
                raise TimeoutError(f"it did not start within {_START:.0f} s")
            self._pipe.recv_bytes()  # “ready”
        return self._pipe

    def _end(self) -> None:
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()


def serve(pipe: Connection) -> None:
    """Answer until the pipe is closed; what the other process runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program, which then hangs up
    try:
        pipe.send_bytes(b"ready")
        while True:
            asked = json.loads(pipe.recv_bytes())
            picture = np.frombuffer(pipe.recv_bytes(), np.uint8).reshape(asked["shape"])
            try:
                answer = {"found": _computed(asked, picture)}
            except RuntimeError as error:  # dlib's own, of files and shapes
                answer = {"error": str(error)}
            pipe.send_bytes(json.dumps(answer).encode())
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
