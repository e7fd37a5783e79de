"""One engine after the other: the fake one, and the real one on a tiny generator of random weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest
from PIL import Image

import resources
from editor.document.history import Portrait
from editor.engine.jobs import Finished, Invert, OpenPhoto
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from editor.document.errors import EngineError
    from editor.document.face import DetectedFace, FaceCrop
    from editor.document.history import Inversion
    from editor.document.photo import Photo
    from editor.engine.jobs import EngineInfo, Job, OpenedPhoto, Report
    from tests.contract.engines import AnyEngine


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyEngine]:
    """The engine as it ships, but for what its catalogue lists."""
    from editor.engine import generators
    from editor.engine.engine import Engine
    from models import checkpoints
    from tests.end_to_end.tiny_generator import write_tiny

    folder = tmp_path_factory.mktemp("weights")
    card = write_tiny(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "WEIGHTS", folder)
        patch.setattr(generators, "catalogue", lambda: (card,))
        engine = Engine.create("cpu")
        yield engine
        engine.close()


@pytest.fixture(params=["fake", "real"])
def engine(request: pytest.FixtureRequest) -> AnyEngine:
    if request.param == "fake":
        return FakeEngine()
    return cast("AnyEngine", request.getfixturevalue("real"))


@pytest.fixture
def photo_path(tmp_path: Path) -> Path:
    """A portrait small enough to be quick, in a folder of its own."""
    path = tmp_path / "photos" / "portrait.png"
    path.parent.mkdir()
    with Image.open(resources.path("sample-portrait.jpg")) as sample:
        sample.resize((360, 360)).save(path)
    return path
