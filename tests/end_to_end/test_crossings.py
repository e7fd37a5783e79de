"""Edits that bend, tone and dodge, each crossed with whatever may be pending beside it.

The rows of the table are ``EDITS``, its columns ``OTHERS``; each crossing is made in both orders,
and in the end the canvas, an export, and the project that is saved, opened and exported hold the
same pixels. Of the whole table (``-m slow``) a part runs by default. The engine is the real one on
a random generator (``late_engine``), which ends when it is let.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from editor.document.face import FaceDetail
from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Edit, EditOrigin, Portrait
from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.region import RegionMask
from editor.document.seen_parts import hair_seen, hair_to_the_rim
from editor.document.style import StyleDelta
from editor.engine.jobs import (
    Drag,
    Export,
    Finished,
    Intervene,
    Invert,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    Render,
    Resettle,
    SaveProject,
)
from resources.face_classes import CLASSES
from tests.editor.session_desk import Desk, labels_in, stroke
from tests.end_to_end.late_engine import LateEngine, detail_at, tiny_engine, write_photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from editor.document.history import Inversion
    from editor.engine.engine import Engine
    from editor.engine.jobs import Intervention, OpenedPhoto, Patch

__all__ = ["tiny_engine"]  # a fixture

FIRST = "Skin brightness +30"  # what is there before each crossing
SMOOTH = "Skin smoothness +40"

EDITS: dict[str, tuple[str, dict[str, float]]] = {
    "light on hair beyond the crop": ("hair", {"hair_brightness": 60}),
    "hair dyed beyond the crop": ("hair", {"hair_warmth": -50}),
    "lips to their border": ("lips", {"lip_redness": -60}),
    "a smile around glasses": ("face", {"smile": 60}),
    "brows off frames": ("brows", {"brow_height": 60}),
    "lids": ("eyes", {"eyes_open": 50}),
    "a mouth, then the eyes": ("face", {"smile": 60, "eyes_open": 50}),
    "hair that ended at the crop": ("", {"hair_brightness": -60}),
}
"""Region, and sliders of one edit; the region of the last is one of version 0.4."""
SINGLE = [name for name, (_, sliders) in EDITS.items() if len(sliders) == 1]


def table(
    edits: Iterable[str], others: Sequence[Callable[..., Any]], orders: dict[str, tuple[str, str]]
) -> pytest.MarkDecorator:
    """All of the table, of which each column runs by default with one edit, in one order."""
    edits, ((name, (yes, no)),) = list(edits), orders.items()
    rows: list[Any] = []
    for column, other in enumerate(others):
        for row, edit in enumerate(edits):
            for order, called in ((True, yes), (False, no)):
                usual = (row, order) == (3 * column % len(edits), column % 2 == 0)
                id = f"{edit}, {other.__name__}, {called}"
                marks = () if usual else pytest.mark.slow
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
        opened = cast("OpenedProject", _finished(engine, OpenProject(project)))
        path = self.folder / "again.png"
        _finished(engine, Export(opened.photo, opened.project.portraits, path, ExportOptions()))
        return open_photo(path).pixels


def _finished(engine: Engine, job: Any) -> object:
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
        desk.commit("skin_brightness", 30)
        made.choose()
        return made

    yield make
    for desk in desks:
        cast("LateEngine", desk.engine).late.clear()
        assert desk.session.close()


# ------------------------------------------------------------------ what they are crossed with


def a_save(it: Crossing, *, edit_first: bool) -> list[str]:
    path = it.folder / "a.sip"
    if edit_first:
        it.ask_and_wait()
        it.session.files.save_project(path)
    else:
        it.engine.late.add(SaveProject)
        it.session.files.save_project(path)
        it.ask()
    it.let_on()
    assert labels_in(path)[0] == ([FIRST, it.label] if edit_first else [FIRST])
    if edit_first:
        assert np.array_equal(it.opened(path), it.canvas)
    return [FIRST, it.label]


def an_export(it: Crossing, *, edit_first: bool) -> list[str]:
    path, before = it.folder / "a.png", it.canvas
    if edit_first:
        it.ask_and_wait()
        it.session.files.export(path, ExportOptions())
    else:
        it.engine.late.add(Export)
        it.session.files.export(path, ExportOptions())
        it.ask()
    it.let_on()
    exported = open_photo(path).pixels
    assert np.array_equal(exported, it.canvas if edit_first else before)
    return [FIRST, it.label]


def an_undo(it: Crossing, *, edit_first: bool) -> list[str]:
    if edit_first:
        it.ask_and_wait()
        it.session.steps.undo()
        it.let_on()
        return [FIRST]
    it.session.steps.undo()  # of the region
    it.session.steps.undo()
    it.session.steps.redo()
    it.session.steps.redo()
    it.engine.late.add(Render)
    it.ask()
    it.let_on()
    it.session.steps.undo()
    it.let_on()
    it.is_the_same_everywhere()
    return [FIRST]


def a_redo(it: Crossing, *, edit_first: bool) -> list[str]:
    it.ask()
    it.let_on()
    with_it = it.canvas
    it.session.steps.undo()
    it.engine.late |= {Render, Intervene}
    if edit_first:
        begun = len(it.engine.begun(Intervene))
        it.session.sliders.set_together(False)
        it.session.sliders.commit_attribute("smooth_skin", 40)
        it.desk.until(lambda: len(it.engine.begun(Intervene)) > begun)
        it.session.steps.redo()
        it.let_on()
        return [FIRST, SMOOTH]  # it was asked for before: nothing is left to redo
    it.session.steps.redo()
    it.let_on()
    assert np.array_equal(it.canvas, with_it)
    return [FIRST, it.label]


def a_stroke(it: Crossing, *, edit_first: bool) -> list[str]:
    document = it.session.studio.document
    assert document is not None
    if edit_first:
        it.ask_and_wait()
        usual = it.session.regions.soft()
        it.session.regions.paint_region(stroke(100, 180, erase=True))
    else:
        it.session.regions.paint_region(stroke(100, 180))
        it.ask()
        it.desk.until(lambda: it.session.regions.soft() is not None)
        usual = it.session.regions.soft()
    it.let_on()
    assert it.desk.history.applied[-1].region == usual
    return [FIRST, it.label]


def a_snapshot(it: Crossing, *, edit_first: bool) -> list[str]:
    before = it.canvas
    if edit_first:
        it.ask_and_wait()
        state = it.session.snapshots.take()
        it.let_on()
        it.is_the_same_everywhere()
    else:
        state = it.session.snapshots.take()
        it.ask_and_wait()
    it.session.snapshots.return_to(state)
    it.let_on()
    assert np.array_equal(it.canvas, before)
    return [FIRST]


def another_slider(it: Crossing, *, edit_first: bool) -> list[str]:
    def other() -> None:
        it.session.sliders.set_together(False)
        it.session.sliders.commit_attribute("smooth_skin", 40)

    if edit_first:
        it.ask_and_wait()
        other()
    else:
        it.engine.late.add(Intervene)
        other()
        it.session.sliders.set_together(len(it.sliders) > 1)
        it.ask()
    it.let_on()
    if edit_first:
        return [FIRST, it.label, SMOOTH]
    if len(it.sliders) > 1:  # of one region: it joins what is there
        return [FIRST, f"{SMOOTH}, {it.label}"]
    return [FIRST, SMOOTH, it.label]


def another_face(it: Crossing, *, edit_first: bool) -> list[str]:
    if edit_first:
        it.ask_and_wait()
        it.session.faces_desk.choose_face(1)
        it.engine.late.clear()
        it.desk.until(lambda: it.session.portrait and not it.session.inverting)
        it.let_on()
        assert not it.desk.labels
    else:
        it.session.faces_desk.choose_face(1)
        it.desk.until(lambda: it.session.portrait and not it.session.inverting)
        it.choose()
        it.ask_and_wait()
        it.session.faces_desk.choose_face(0)
        it.session.steps.jump(0)
        it.let_on()
        it.is_the_same_everywhere()
        it.session.faces_desk.choose_face(1)
        it.let_on()
        return [it.label]
    it.is_the_same_everywhere()
    it.session.faces_desk.choose_face(0)
    it.let_on()
    return [FIRST, it.label]


def a_weight(it: Crossing, *, edit_first: bool) -> list[str]:
    """Of what lies beneath; in the end half of the edit itself, over the photo by half."""
    beneath = it.desk.history.edits[0].id
    if edit_first:
        it.ask_and_wait()
        it.session.adjustments.weigh(beneath, 0.5)
    else:
        it.engine.late.add(Render)
        it.session.adjustments.weigh(beneath, 0.5)
        it.ask()
    it.let_on()
    it.is_the_same_everywhere()
    edit = it.desk.history.edits[-1].id
    it.session.adjustments.weigh(edit, 0.5)
    it.session.adjustments.fade(edit, 0.5)
    it.let_on()
    return ["Skin brightness +15", it.labelled(0.5)]


def a_switch(it: Crossing, *, edit_first: bool) -> list[str]:
    beneath = it.desk.history.edits[0].id
    if edit_first:
        it.ask_and_wait()
        it.session.adjustments.switch(beneath, False)
    else:
        it.engine.late.add(Render)
        it.session.adjustments.switch(beneath, False)
        it.ask()
    it.let_on()
    it.is_the_same_everywhere()
    edit = it.desk.history.edits[-1].id
    for on in (False, True):
        it.session.adjustments.switch(edit, on)
    it.let_on()
    return [it.label]


def another_region(it: Crossing, *, edit_first: bool) -> list[str]:
    """The edit beneath is found again for it."""
    beneath = it.desk.history.edits[0].id

    def move() -> None:
        it.session.regions.apply_preset("mouth")
        it.session.adjustments.move(beneath)

    if edit_first:
        it.ask_and_wait()
        move()
    else:
        it.engine.late.add(Intervene)
        move()
        it.choose_region()
        it.ask()
    it.let_on()
    return [FIRST, it.label]


def an_alignment(it: Crossing, *, edit_first: bool) -> list[str]:
    there = it.session.faces[0].landmarks + 5
    if edit_first:
        it.ask_and_wait()
        it.session.faces_desk.align_face(there)
    else:
        it.engine.late.add(Invert)
        it.session.faces_desk.align_face(there)
        it.ask()
    it.engine.late.clear()
    it.desk.until(lambda: np.array_equal(it.session.faces[0].landmarks, there))
    it.let_on()
    return [FIRST, it.label]


def a_paste(it: Crossing, *, edit_first: bool) -> list[str]:
    """On the other face, of what is there when it is asked for."""
    if edit_first:
        it.ask_and_wait()
    it.session.copies.copy()
    if not edit_first:
        it.ask()
    it.let_on()
    it.session.faces_desk.choose_face(1)
    it.desk.until(lambda: it.session.portrait and not it.session.inverting)
    it.engine.late.add(Intervene)
    it.session.copies.paste()
    it.session.faces_desk.choose_face(0)
    it.let_on()
    it.session.faces_desk.choose_face(1)
    return [FIRST, it.label] if edit_first else [FIRST]


def another_photo(it: Crossing, *, edit_first: bool) -> list[str]:
    other = it.folder / "other.png"
    other.write_bytes((it.folder / "portrait.png").read_bytes())
    it.session.replacing.connect(lambda go: go())
    if edit_first:
        it.ask_and_wait()
        it.session.files.open_photo(other)
    else:
        it.engine.late.add(OpenPhoto)
        it.session.files.open_photo(other)
        it.ask()
    it.engine.late.clear()
    it.desk.until(lambda: it.session.photo is not None and it.session.photo.path == other)
    it.desk.until(lambda: it.session.portrait)
    it.let_on()
    assert it.session.photo is not None
    assert np.array_equal(it.canvas, it.session.photo.pixels)
    return []


OTHERS = (
    a_save, an_export, an_undo, a_redo, a_stroke, a_snapshot, another_slider, another_face,
    a_weight, a_switch, another_region, an_alignment, a_paste, another_photo,
)  # fmt: skip


@table(EDITS, OTHERS, {"edit_first": ("edit first", "edit second")})
def test_an_edit_and(
    crossed: Callable[..., Crossing],
    edit: str,
    other: Callable[..., list[str]],
    edit_first: bool,
) -> None:
    it = crossed(edit)
    labels = other(it, edit_first=edit_first)
    assert it.desk.labels == labels
    it.is_the_same_everywhere()


@pytest.mark.parametrize(
    "edit", [pytest.param(edit, marks=() if "eyes" in edit else pytest.mark.slow) for edit in EDITS]
)
def test_an_edit_that_is_set_aside_between_its_steps_is_the_same(
    tiny_engine: Engine, tmp_path: Path, edit: str
) -> None:
    """For whatever goes first, for a cache that is emptied, and for networks that change."""
    opened = cast("OpenedPhoto", _finished(tiny_engine, OpenPhoto(write_photo(tmp_path / "a.png"))))
    photo, desk = opened.photo, tiny_engine.workspace
    crop = tiny_engine.crop_of(opened.faces[0])
    late = cast("Engine", LateEngine(tiny_engine))
    portrait = Portrait.of(crop, cast("Inversion", _finished(late, Invert(photo, crop, 1))))
    name, sliders = EDITS[edit]
    size, landmarks = (photo.width, photo.height), crop.landmarks
    region = (
        preset(name, landmarks, *size, portrait.detail) if name else older_hair(landmarks, *size)
    )
    region = region.feathered(4)
    goals = tuple(Goal(slider, value) for slider, value in sliders.items())
    job = Intervene(photo, (portrait,), 0, region, goals, Dials(steps=2))
    desk.clear()
    undisturbed = cast("Intervention", _finished(tiny_engine, job))
    beside = Goal("skin_brightness", -40)
    seen = portrait.with_history(portrait.history.push(undisturbed.edit))
    others = (
        Drag(photo, (portrait,), 0, region, (replace(goals[0], value=30),)),
        Render(photo, (seen,)),
        Intervene(photo, (seen,), 0, region, (beside,), Dials(steps=2)),
        Export(photo, (seen,), tmp_path / "b.png", ExportOptions()),
    )
    reports = tiny_engine.run(job)
    last: object = None
    for number, last in enumerate(reports):
        if isinstance(last, Finished):
            break
        _finished(tiny_engine, others[number % len(others)])
        if number == 2:
            desk.clear()
        if number == 0:
            desk.loaded = replace(desk.loaded, network=copy.deepcopy(desk.loaded.network))
    assert isinstance(last, Finished)
    found = cast("Intervention", last.result)
    assert found.edit.delta == undisturbed.edit.delta
    assert found.patch is not None
    assert undisturbed.patch is not None
    assert np.array_equal(found.patch.pixels, undisturbed.patch.pixels)


@pytest.mark.parametrize("name", ["smile", "brow_height", "hair_brightness", "beard_density"])
def test_a_face_of_another_photo_at_the_same_place_is_looked_at_for_itself(
    tiny_engine: Engine, tmp_path: Path, name: str
) -> None:
    """A square of two photographs of one size lies at the same place in both of them."""
    opened = cast("OpenedPhoto", _finished(tiny_engine, OpenPhoto(write_photo(tmp_path / "a.png"))))
    photo, crop = opened.photo, tiny_engine.crop_of(opened.faces[0])
    late = cast("Engine", LateEngine(tiny_engine))
    found = cast("Inversion", _finished(late, Invert(photo, crop, 1)))
    assert found.detail is not None
    seen = found.detail
    hair = seen.hair.copy()
    hair[:, : hair.shape[1] // 2] = 0
    labels = np.full((len(hair),) * 2, CLASSES.index("skin"), np.uint8)
    bare = FaceDetail(seen.mesh, seen.crop, hair, labels)
    whole = RegionMask.from_full(np.full((photo.height, photo.width), 255, np.uint8))
    delta = StyleDelta.from_dense(tiny_engine.workspace.layout, found.code.values * 0.01)
    edit = Edit("e", "x", delta, whole, EditOrigin(((name, 60.0),), 0, 2), 0.0)

    def regions(detail: FaceDetail) -> list[bytes]:
        portrait = replace(Portrait.of(crop, found), detail=detail)
        portrait = portrait.with_history(portrait.history.push(edit))
        return [one.region.digest for one in tiny_engine.workspace.rendered_edits((portrait,))]

    tiny_engine.workspace.clear()
    alone = regions(bare)
    tiny_engine.workspace.clear()
    assert regions(seen) != alone
    assert regions(bare) == alone


# ------------------------------------------------------------------ a refinement


def a_refinement() -> None:
    """Its outcome waits together with the edit's; or the edit is asked for as it is settled."""


@table(EDITS, (a_refinement,), {"edit_first": ("edit first", "edit second")})
def test_an_edit_and_a_refinement(
    crossed: Callable[..., Crossing], edit: str, other: Callable[[], None], edit_first: bool
) -> None:
    del other
    it = crossed(edit, drafts=True)
    refinements = it.session.refinements
    if edit_first:
        it.ask_and_wait()  # the refinement's outcome waits as well
    else:
        it.engine.late.add(Resettle)
        it.engine.late.discard(Invert)
        it.desk.until(lambda: it.engine.begun(Resettle))
        it.ask_and_wait()
    it.let_on()
    it.desk.until(lambda: refinements.waiting is not None and refinements.waiting.is_ready)
    assert it.desk.labels == [FIRST, it.label]
    it.is_the_same_everywhere()
    drafted = it.canvas
    refinements.compare(True)
    it.desk.until(lambda: it.desk.ear.heard["preview_changed"][-1] is not None)
    compared = it.whole(it.desk.ear.last("preview_changed"))
    refinements.take()
    it.let_on()
    assert it.desk.labels == [FIRST, it.label]
    assert np.array_equal(it.canvas, compared), "taken otherwise than compared"
    assert not np.array_equal(it.canvas, drafted)
    it.is_the_same_everywhere()
    it.session.steps.undo()
    it.let_on()
    assert np.array_equal(it.canvas, drafted)
    it.is_the_same_everywhere()


# ------------------------------------------------------------------ a slider in hand


def let_go(it: Crossing) -> list[str]:
    it.session.edits.let_go()
    return [FIRST]


def put_back(it: Crossing) -> list[str]:
    it.session.sliders.preview_attribute(it.slider, 0)
    return [FIRST]


def committed(it: Crossing) -> list[str]:
    it.ask()
    return [FIRST, it.label]


def committed_while_it_was_saved(it: Crossing) -> list[str]:
    path = it.folder / "a.sip"
    it.engine.late.add(SaveProject)
    it.session.files.save_project(path)
    it.ask()
    it.let_on()
    assert labels_in(path)[0] == [FIRST]
    return [FIRST, it.label]


def exported(it: Crossing) -> list[str]:
    path, before = it.folder / "a.png", it.canvas_beneath
    it.session.files.export(path, ExportOptions())
    it.engine.late.clear()
    it.desk.until(lambda: not it.session.files.writing)
    assert np.array_equal(open_photo(path).pixels, before)
    it.ask()
    return [FIRST, it.label]


def undone(it: Crossing) -> list[str]:
    for _ in range(2):  # the region, the edit
        it.session.steps.undo()
    it.session.edits.let_go()
    return []


def returned(it: Crossing) -> list[str]:
    state = it.session.snapshots.take()
    it.session.adjustments.fade(it.desk.history.edits[0].id, 0.5)
    it.session.sliders.preview_attribute(it.slider, 35)
    it.session.snapshots.return_to(state)
    it.session.edits.let_go()
    return [FIRST]


def another_faces(it: Crossing) -> list[str]:
    it.session.faces_desk.choose_face(1)
    it.desk.until(lambda: it.session.portrait and not it.session.inverting)
    it.session.faces_desk.choose_face(0)
    return [FIRST]


def another_in_hand(it: Crossing) -> list[str]:
    it.session.sliders.set_together(False)
    it.session.sliders.preview_attribute("smooth_skin", 30)
    it.session.sliders.commit_attribute("smooth_skin", 40)
    return [FIRST, SMOOTH]


ENDS = (
    let_go, put_back, committed, committed_while_it_was_saved, exported, undone, returned,
    another_faces, another_in_hand,
)  # fmt: skip


@table(SINGLE, ENDS, {"late": ("not drawn yet", "drawn")})
def test_a_slider_in_hand_and(
    crossed: Callable[..., Crossing], edit: str, other: Callable[[Crossing], list[str]], late: bool
) -> None:
    it = crossed(edit)
    heard = it.desk.ear.heard["preview_changed"]
    if late:
        it.engine.late.add(Drag)
    drags = len(it.engine.begun(Drag))
    it.session.sliders.preview_attribute(it.slider, 30 if it.value > 0 else -30)
    it.desk.until(lambda: len(it.engine.begun(Drag)) > drags)
    if not late:
        it.desk.until(lambda: heard and heard[-1] is not None)
    labels = other(it)
    it.let_on()
    assert it.desk.labels == labels
    it.is_the_same_everywhere()
