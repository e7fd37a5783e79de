"""What is crossed with what may be pending beside it, over the real engine, and how it must end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Portrait
from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.seen_parts import hair_seen, hair_to_the_rim
from editor.engine.jobs import (
    Export,
    Finished,
    Intervene,
    Invert,
    OpenedProject,
    OpenPhoto,
    OpenProject,
)
from tests.editor.session_desk import Desk
from tests.end_to_end.late_engine import LateEngine, detail_at, write_photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from editor.document.history import Inversion
    from editor.document.region import RegionMask
    from editor.engine.engine import Engine
    from editor.engine.jobs import OpenedPhoto, Patch


FIRST = "Light from the left +30"  # what is there before each crossing
SMOOTH = "Skin smoothness +40"

EDITS: dict[str, tuple[str, dict[str, float]]] = {
    "light on hair beyond the crop": ("hair", {"hair_brightness": 60}),
    "hair dyed beyond the crop": ("hair", {"hair_warmth": -50}),
    "lips to their border": ("lips", {"lip_redness": -60}),
    "a smile around glasses": ("face", {"smile": 60}),
    "brows off frames": ("brows", {"brow_height": 60}),
    "lids": ("eyes", {"eyes_open": 50}),
    "a mouth, then the eyes": ("face", {"smile": 60, "eyes_open": 50}),
    "a turned head": ("head", {"head_turn": 50}),
    "a turned head with red lips": ("head", {"head_turn": 50, "lip_redness": 60}),
    "an older face": ("skin", {"apparent_age": 60}),
    "hair that ended at the crop": ("", {"hair_brightness": -60}),
}
"""Region, and sliders of one edit; the region of the last is one of version 0.4."""
SINGLE = [name for name, (_, sliders) in EDITS.items() if len(sliders) == 1]


def table(
    edits: Iterable[str],
    others: Sequence[Callable[..., Any]],
    orders: dict[str, tuple[str, str]],
    *,
    every: int = 1,
) -> pytest.MarkDecorator:
    """All of the table.

    Of ``every`` so many columns one runs by default, with one edit, in one order; of 0 none. Of the
    rest one in eight is ``slow``, and runs in CI; all others are a ``search``, by hand.
    """
    edits, ((name, (yes, no)),) = list(edits), orders.items()
    rows: list[Any] = []
    for column, other in enumerate(others):
        for row, edit in enumerate(edits):
            for order, called in ((True, yes), (False, no)):
                chosen = every > 0 and column % every == 0
                usual = (row, order) == (3 * column % len(edits), column // max(1, every) % 2 == 0)
                id = f"{edit}, {other.__name__}, {called}"
                beside = pytest.mark.search if len(rows) % 8 else pytest.mark.slow
                marks = () if chosen and usual else beside
                rows.append(pytest.param(edit, other, order, id=id, marks=marks))
    return pytest.mark.parametrize(("edit", "other", name), rows)


def older_hair(landmarks: np.ndarray, width: int, height: int) -> RegionMask:
    """The hair of a face as version 0.4 saw it."""
    older = hair_to_the_rim(detail_at(landmarks))
    assert older is not None
    return hair_seen(older, width, height)


class Crossing:
    """A desk over the real engine, with one edit in force and one that is to be crossed."""

    def __init__(self, desk: Desk, edit: str, folder: Path) -> None:
        self.desk, self.session, self.folder = desk, desk.session, folder
        self.engine = cast("LateEngine", desk.engine)
        self.region, self.sliders = EDITS[edit]
        self.before: list[str] = []

    @property
    def label(self) -> str:
        return self.labelled(1)

    def labelled(self, weight: float) -> str:
        rows = {row.name: row.label for row in self.engine.info.attributes}
        asked = self.sliders.items()
        return ", ".join(f"{rows[name]} {weight * value:+.0f}" for name, value in asked)

    @property
    def slider(self) -> str:
        return next(iter(self.sliders))

    @property
    def value(self) -> float:
        return self.sliders[self.slider]

    def choose(self) -> None:
        """The region of the edit, and whether its sliders go together."""
        self.choose_region()
        self.desk.until(lambda: not self.session.busy)
        self.session.sliders.set_together(len(self.sliders) > 1)

    def choose_region(self) -> None:
        if self.region:
            self.session.regions.apply_preset(self.region)
            return
        photo, face = self.session.photo, self.session.studio.face
        assert photo is not None
        assert face is not None
        self.session.regions.set_region(older_hair(face.landmarks, photo.width, photo.height))

    def ask(self) -> None:
        for name, value in self.sliders.items():
            self.session.sliders.commit_attribute(name, value)

    def ask_and_wait(self) -> None:
        """Until its outcome is computed, and not told."""
        self.engine.late.add(Intervene)
        self.ask()
        self.desk.until(self._is_computed)

    def cross(self, other: Callable[[], object], held: type, *, edit_first: bool) -> None:
        """The edit and something else, whose job is held back if that comes first."""
        if edit_first:
            self.ask_and_wait()
            other()
        else:
            self.engine.late.add(held)
            other()
            self.ask()

    def _is_computed(self) -> bool:
        """Whether the whole edit is with the engine; sliders that go together come one by one."""
        jobs = cast("list[Intervene]", self.engine.begun(Intervene))
        return {goal.attribute for goal in jobs[-1].goals} == self.sliders.keys()

    def let_on(self) -> None:
        self.engine.late.clear()
        self.desk.idle()
        self.desk.until(lambda: not self.session.files.writing)
        self.desk.until(lambda: self.desk.picture_is_current)

    def whole(self, patch: Patch | None) -> np.ndarray:
        assert self.session.photo is not None
        pixels = self.session.photo.pixels.copy()
        if patch is not None:
            y, x = patch.y, patch.x
            pixels[y : y + patch.height, x : x + patch.width] = patch.pixels
        return pixels

    @property
    def canvas(self) -> np.ndarray:
        """What is seen, previews that lie over it included."""
        heard = self.desk.ear.heard
        covering = heard["preview_changed"][-1:] or [None]
        assert covering[0] is None, "a slider's picture stays"
        return self.canvas_beneath

    @property
    def canvas_beneath(self) -> np.ndarray:
        """Without previews."""
        return self.whole((self.desk.ear.heard["composite_changed"][-1:] or [None])[0])

    def is_the_same_everywhere(self) -> None:
        """On the canvas, in an export, and in a project that is saved and opened again."""
        seen = self.canvas
        export, project = self.folder / "there.png", self.folder / "there.sip"
        self.session.files.export(export, ExportOptions())
        self.session.files.save_project(project)
        self.desk.until(lambda: not self.session.files.writing)
        assert np.array_equal(open_photo(export).pixels, seen), "exported otherwise than shown"
        assert np.array_equal(self.canvas, seen), "an export changed the canvas"
        assert np.array_equal(self.opened(project), seen), "opened otherwise than saved"

    def opened(self, project: Path) -> np.ndarray:
        """What a project exports that is opened by an engine which remembers nothing."""
        engine = self.engine.engine
        engine.close()
        opened = cast("OpenedProject", finished(engine, OpenProject(project)))
        path = self.folder / "again.png"
        finished(engine, Export(opened.photo, opened.project.portraits, path, ExportOptions()))
        return open_photo(path).pixels


def finished(engine: Engine, job: Any) -> object:
    *_, last = engine.run(job)
    assert isinstance(last, Finished), last
    return last.result


@pytest.fixture
def crossed(qtbot: QtBot, tiny_engine: Engine, tmp_path: Path) -> Iterator[Callable[..., Crossing]]:
    desks: list[Desk] = []

    def make(edit: str, *, drafts: bool = False) -> Crossing:
        engine = LateEngine(tiny_engine)
        engine.drafts = drafts
        desk = Desk(qtbot, cast("Any", engine))
        desks.append(desk)
        made = Crossing(desk, edit, tmp_path)
        if drafts:
            engine.late.add(Invert)
        desk.open(write_photo(tmp_path / "portrait.png"))
        if not drafts:
            desk.idle()
        made.session.regions.apply_preset("skin")
        desk.commit("light_from_left", 30)
        made.choose()
        return made

    yield make
    for desk in desks:
        cast("LateEngine", desk.engine).late.clear()
        assert desk.session.close()


def job_of(engine: Engine, edit: str, folder: Path) -> Intervene:
    """One edit of a face that was just prepared."""
    opened = cast("OpenedPhoto", finished(engine, OpenPhoto(write_photo(folder / "a.png"))))
    photo, crop = opened.photo, engine.crop_of(opened.faces[0])
    late = cast("Engine", LateEngine(engine))
    portrait = Portrait.of(crop, cast("Inversion", finished(late, Invert(photo, crop, 1))))
    name, sliders = EDITS[edit]
    size, landmarks = (photo.width, photo.height), crop.landmarks
    usual = preset(name, landmarks, *size, portrait.detail) if name else None
    region = (usual or older_hair(landmarks, *size)).feathered(4)
    goals = tuple(Goal(slider, value) for slider, value in sliders.items())
    return Intervene(photo, (portrait,), 0, region, goals, Dials(steps=2))
