"""Each photograph is searched for faces once in a test run: most tests look at the same few."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from models.faces.analyser import FaceAnalyser

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from models.faces.finder import FoundFace

_found: dict[bytes, list[FoundFace]] = {}


@pytest.fixture(autouse=True, scope="session")
def faces_once() -> Iterator[None]:
    """A search takes 1.4 s, and a tenth of all tests' time was spent in such."""
    detect = FaceAnalyser.detect

    def remembered(self: FaceAnalyser, picture: NDArray[np.uint8]) -> list[FoundFace]:
        key = hashlib.sha256(str(picture.shape).encode() + picture.tobytes()).digest()
        if key not in _found:
            _found[key] = detect(self, picture)
        return list(_found[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FaceAnalyser, "detect", remembered)
        yield
