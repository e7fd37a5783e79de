"""Faces, inversions and numbers as reports in JSON have them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from editor.document.face import DetectedFace
    from editor.document.history import Inversion


def face_record(face: DetectedFace) -> dict[str, object]:
    """A face as JSON has it."""
    return {
        "box": [round(v, 1) for v in face.box],
        "confidence": round(face.confidence, 3),
        "doubtful": face.is_doubtful,
        "detector": face.detector,
        "landmarks": np.round(face.landmarks, 2).tolist(),
    }


def inversion_record(inversion: Inversion) -> dict[str, object]:
    """An inversion as JSON has it."""
    return {
        "seconds": round(inversion.seconds, 3),
        "steps": inversion.steps,
        "psnr": finite(inversion.psnr, 3),
        "identity_distance": finite(inversion.identity_distance),
    }


def finite(value: float, digits: int = 4) -> float | None:
    """A rounded number, None for what JSON cannot hold."""
    return round(float(value), digits) if math.isfinite(value) else None
