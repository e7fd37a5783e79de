"""Scorers that the user brings: an ONNX network or a Python function, asked in another process."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from foundation.errors import AdvisedError
from models.importing.onnx_files import check_onnx
from models.scorer_process import BATCH

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

    from numpy.typing import NDArray

Scaling = Literal["unit", "symmetric", "imagenet", "bytes"]

START = 60.0  # seconds to start Python and read the network
ANSWER = 120.0  # for one batch of pictures
_ROOT = Path(__file__).parents[1]


class ScorerError(AdvisedError):
    """A scorer cannot be used, or gave no score."""


@dataclass(frozen=True, slots=True)
class ScorerSource:
    """Which scorer, and how it is to be asked.

    Attributes:
        source: path of an ``.onnx`` file, or ``module:function`` or ``file.py:function`` of Python,
            which gives a number for one picture, sRGB uint8 (s, s, 3).
        scaling: what an ONNX network takes: 0…1, −1…1, ImageNet's mean and spread, or 0…255.
        output: which number of its first output is the score, from 0.
    """

    source: str
    scaling: Scaling = "imagenet"
    output: int = 0

    @property
    def is_onnx(self) -> bool:
        """Whether it is a file of numbers, that runs nothing of its own."""
        return self.source.lower().endswith(".onnx")

    @property
    def name(self) -> str:
        """For people."""
        return Path(self.source).stem if self.is_onnx else self.source.rpartition(":")[2]


class Scorer:
    """One scorer in its own process; not thread-safe. Get one from ``opened``."""

    def __init__(self, source: ScorerSource, process: subprocess.Popen[bytes]) -> None:
        self._source, self._process = source, process

    def score(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Of each picture, sRGB uint8 (n, s, s, 3), a finite number: (n,).

        Raises:
            ScorerError: it failed, took too long, or gave something else.
        """
        pipe = cast("BinaryIO", self._process.stdin)
        try:
            pipe.write(BATCH.pack(len(pictures), pictures.shape[1]))
            pipe.write(np.ascontiguousarray(pictures).tobytes())
            pipe.flush()
        except OSError:
            raise self._failed("its process ended") from None
        scores = self._answer(ANSWER).get("scores")
        if not isinstance(scores, list) or len(cast("list[object]", scores)) != len(pictures):
            raise self._failed("it gave no score for each picture")
        found = np.array(scores, np.float64)
        if not np.isfinite(found).all():
            raise self._failed("it gave a score that is no number")
        return found

    def start(self) -> None:
        """Wait until it has read its network or module."""
        self._answer(START)

    def _answer(self, patience: float) -> dict[str, object]:
        watchdog = threading.Timer(patience, self._process.kill)
        watchdog.start()
        try:
            line = cast("BinaryIO", self._process.stdout).readline()
        finally:
            late = not watchdog.is_alive()
            watchdog.cancel()
        if not line:
            reason = f"it did not answer within {patience:.0f} s" if late else "its process ended"
            raise self._failed(reason)
        answer = cast("dict[str, object]", json.loads(line))
        if "error" in answer:
            raise self._failed(str(answer["error"]))
        return answer

    def _failed(self, reason: str) -> ScorerError:
        return ScorerError(
            f"The scorer {self._source.name} failed: {reason}.",
            "Try it on a picture outside the editor first, and look at what input it takes.",
        )


@contextmanager
def opened(source: ScorerSource) -> Generator[Scorer]:
    """Start a scorer; its process ends with the block.

    Raises:
        ScorerError: it cannot be used.
        CheckpointError: the ONNX file is none, or does more than compute.
    """
    asked = _asked(source)
    process = subprocess.Popen(
        [sys.executable, "-m", "models.scorer_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(
            filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))
        )},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # of Windows
    )  # fmt: skip
    try:
        pipe = cast("BinaryIO", process.stdin)
        pipe.write(json.dumps(asked).encode() + b"\n")
        pipe.flush()
        scorer = Scorer(source, process)
        scorer.start()
        yield scorer
    finally:
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            try:
                cast("BinaryIO", end).close()
            except OSError:  # what was not read any more
                continue


def _asked(source: ScorerSource) -> dict[str, object]:
    """What the process is told.

    Raises:
        ScorerError, CheckpointError: it cannot be used.
    """
    if not math.isfinite(source.output) or source.output < 0:
        raise ScorerError(f"There is no output {source.output}.", "Count outputs from 0.")
    if source.is_onnx:
        check_onnx(Path(source.source))
        if importlib.util.find_spec("onnxruntime") is None:
            raise ScorerError(
                "ONNX networks need a package that is not installed.",
                "Install it: pip install -e '.[scorers]', then try again.",
            )
        return {
            "kind": "onnx",
            "source": str(Path(source.source).resolve()),
            "scaling": source.scaling,
            "output": source.output,
        }
    module, _, function = source.source.rpartition(":")
    if not module or not function.isidentifier():
        raise ScorerError(
            f"{source.source!r} is no scorer.",
            "Choose an .onnx file, or write module:function or file.py:function.",
        )
    return {"kind": "python", "source": source.source, "folder": str(Path.cwd())}
