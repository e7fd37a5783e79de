"""One engine after the other: the fake one, and the real one on a tiny random generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PIL import Image

import resources
from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Inversion, Portrait
from editor.document.project import Project
from editor.document.region import RegionMask
from editor.engine.jobs import Intervene, Intervention, Invert, OpenedPhoto, OpenPhoto
from tests.contract.engines import AnyEngine, result
from tests.faces_once import faces_once
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from editor.document.photo import Photo


__all__ = ["faces_once"]  # a fixture


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
        engine = Engine.create("cpu", folder / "generators")
        yield engine
        engine.close()


@pytest.fixture(scope="module", params=["fake", "real"])
def engine(request: pytest.FixtureRequest) -> AnyEngine:
    if request.param == "fake":
        return FakeEngine()
    return cast("AnyEngine", request.getfixturevalue("real"))


@dataclass(frozen=True)
class Case:
    """A photograph that an engine has opened, its face inverted, and edits of it."""

    engine: AnyEngine
    path: Path
    opened: OpenedPhoto
    portrait: Portrait

    @property
    def photo(self) -> Photo:
        return self.opened.photo

    def region(self, name: str = "mouth") -> RegionMask:
        points = self.portrait.landmarks
        return preset(name, points, self.photo.width, self.photo.height).feathered(3)

    def nowhere(self) -> RegionMask:
        """A region that does not touch the face."""
        alpha = np.zeros((self.photo.height, self.photo.width), np.uint8)
        alpha[:2, :2] = 255
        return RegionMask.from_full(alpha)

    def job(
        self, *goals: Goal, portrait: Portrait | None = None, where: str = "mouth"
    ) -> Intervene:
        portraits = (portrait or self.portrait,)
        return Intervene(self.photo, portraits, 0, self.region(where), goals, Dials(steps=3))

    def edited(self, *goals: Goal, portrait: Portrait | None = None) -> Portrait:
        """With one more edit."""
        portrait = portrait or self.portrait
        done = result(self.engine, self.job(*goals, portrait=portrait), Intervention)
        return portrait.with_history(portrait.history.push(done.edit))

    def project(self, *portraits: Portrait) -> Project:
        photo = self.photo
        return Project(photo.path, photo.sha256, photo.width, photo.height, portraits)


@pytest.fixture(scope="module")
def case(engine: AnyEngine, tmp_path_factory: pytest.TempPathFactory) -> Case:
    path = tmp_path_factory.mktemp("photos") / "portrait.png"
    with Image.open(resources.path("sample-portrait.jpg")) as sample:
        sample.resize((360, 360)).save(path)
    opened = result(engine, OpenPhoto(path), OpenedPhoto)
    crop = engine.crop_of(opened.faces[0])
    inversion = result(engine, Invert(opened.photo, crop, steps=3), Inversion)
    return Case(engine, path, opened, Portrait.of(crop, inversion))


@pytest.fixture(scope="module")
def smiling(case: Case) -> Portrait:
    return case.edited(Goal("smile", 60))
