"""Faces, inversions and numbers as reports in JSON have them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from editor.command_line.recipe import PlannedEdit
    from editor.document.face import DetectedFace
    from editor.document.history import Inversion
    from editor.engine.jobs import InterventionReport


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


def edit_records(
    plan: PlannedEdit, report: InterventionReport, names: dict[str, str]
) -> list[dict[str, object]]:
    """One for each goal of an edit, or one for its likeness."""
    figures: dict[str, object] = {
        "region": plan.region,
        "steps": report.steps,
        "seconds": round(report.seconds, 3),
        "leak": finite(report.leak, 8),
        "leak_direct": finite(report.leak_direct, 8),
        "inside_error": finite(report.inside_error, 8),
        "delta_channels": report.delta_channels,
    }
    if plan.likeness is not None:
        return [{"match": plan.likeness.name, **figures}]
    return [
        {
            "attribute": names.get(goal.attribute, goal.attribute),
            "value": goal.value,
            **figures,
            "attained": finite(attained),
        }
        for goal, attained in zip(plan.goals, report.attained, strict=True)
    ]
