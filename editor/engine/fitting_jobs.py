"""Jobs that fit a slider to what the user brings; ``jobs`` has the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class FitBoundary:
    """A slider from two sets of pictures, with and without something → Finished(FittedDirection).

    Attributes:
        generator: SHA-256 of the weights.
        having, lacking: folders of the pictures; what has no face is left out, and told.
        name: what the slider is called.
        square: take the middle square of each picture instead of its largest face.
    """

    generator: str
    having: Path
    lacking: Path
    name: str
    square: bool = False


@dataclass(frozen=True, slots=True)
class FitScorer:
    """A slider along which the user's own scorer gives more → Finished(FittedDirection).

    Attributes:
        generator: SHA-256 of the weights.
        source: an ``.onnx`` file, or ``module:function`` or ``file.py:function`` of Python, which
            is run as it is.
        name: what the slider is called; "": as the scorer.
        scaling: what an ONNX network takes: 0…1, −1…1, ImageNet's mean and spread, or 0…255.
        output: which number of its output is the score, from 0.
        samples: of the generator, that are scored.
    """

    generator: str
    source: str
    name: str = ""
    scaling: Literal["unit", "symmetric", "imagenet", "bytes"] = "imagenet"
    output: int = 0
    samples: int = 400
