"""Samples with their measures."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from models import measures
from models.measures import MEASURES, measure
from models.training.parallel import mapped, processes
from models.training.sample_faces import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.measures import Picture, Points

SEMANTIC = ("apparent_age", "femininity", "glasses")  # of models.training.semantic


def measured_face(face: tuple[Picture, Points]) -> dict[str, float]:
    """Every direct measure of a crop with its landmarks."""
    return measure(*face)


def measured(
    samples: Path, together: int = 1
) -> tuple[NDArray[np.float32], dict[str, torch.Tensor]]:
    """w (n, w_dim) and all measures (n,) of the samples that have a face.

    The direct measures are kept beside the samples for as long as models/measures.py is the same.

    Args:
        samples: common name of the files of ``sample_faces``.
        together: processes that measure.
    """
    code = hashlib.sha256(Path(measures.__file__).read_bytes()).hexdigest()
    codes, points, crops = load(samples)
    kept = samples.with_suffix(".measures.npz")
    values: dict[str, NDArray[np.float64]] = {}
    if kept.exists():
        with np.load(kept, allow_pickle=False) as file:
            if str(file["code"]) == code:
                values = {name: file[name] for name in MEASURES}
    if not values:
        with processes(together) as pool:
            faces = zip(crops, points, strict=True)
            table = list(mapped(pool, measured_face, faces, together))
        values = {name: np.array([row[name] for row in table]) for name in MEASURES}
        np.savez(kept, allow_pickle=False, code=np.array(code), **values)
    semantic = samples.with_suffix(".semantic.npz")
    if semantic.exists():
        with np.load(semantic, allow_pickle=False) as scores:
            values |= {name: scores[name] for name in SEMANTIC}
    return codes, {name: torch.from_numpy(v).double() for name, v in values.items()}
