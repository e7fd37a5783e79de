"""Spots, pulls, hiding and named regions, while something else is under way: both end as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.project import open_project
from editor.engine.jobs import Export, SaveProject
from tests.editor.session_desk import begin_edit, stroke
from tests.fake_engine import two_faces
from tests.fake_tints import composite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.project import Project
    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]
    Told = tuple[list[tuple[str, bytes, bool]], list[tuple[str, str, str]], int]


def id_of(desk: Desk, name: str) -> str:
    return next(one.id for one in desk.session.named.listed if one.name == name)


def heal(desk: Desk) -> None:
    desk.session.spots.heal(stroke(120, 100, radius=5))


def pull(desk: Desk) -> None:
    desk.session.pulls.pull({54: (6.0, -4.0)})


def switch_off(desk: Desk) -> None:
    desk.session.adjustments.switch(desk.history.edits[0].id, False)


def take_out(desk: Desk) -> None:
    desk.session.adjustments.delete(desk.history.edits[0].id)


def hide(desk: Desk) -> None:
    desk.session.named.show(id_of(desk, "Mouth"), False)


def rename(desk: Desk) -> None:
    desk.session.named.rename(id_of(desk, "Mouth"), "Lips")


def move(desk: Desk) -> None:
    desk.session.named.step(id_of(desk, "Mouth"), 1)


def delete(desk: Desk) -> None:
    desk.session.named.delete(id_of(desk, "Mouth"))


def brush(desk: Desk) -> None:
    desk.session.regions.paint_region(stroke(60, 60))


GESTURES = (heal, pull, switch_off, take_out, hide, rename, move, delete, brush)
WITH_FILES = [*((one, SaveProject) for one in GESTURES), (heal, Export), (hide, Export)]


def told(desk: Desk) -> Told:
    """What a project keeps of the active face, for comparing."""
    document = desk.session.studio.document
    assert document is not None
    return told_of(document.project(), document.active)


def told_of(project: Project, number: int) -> Told:
    face = project.faces[number]
    assert face.portrait is not None
    history = project.portraits[face.portrait].history
    edits = [(one.id, one.look, one.enabled) for one in history.reached]
    regions = [(one.id, one.name, one.mask.digest) for one in face.regions]
    return edits, regions, face.region


def at_work(desk: Desk) -> Desk:
    """Two named regions, an edit in one of them, which is in hand."""
    session = desk.session
    session.regions.apply_preset("mouth")
    session.named.keep("Mouth")
    desk.commit("smile", 40)
    session.regions.apply_preset("eyes")
    session.named.keep("Eyes")
    desk.until(lambda: not session.regions.pending)
    session.named.choose(id_of(desk, "Mouth"))
    desk.until(lambda: not (session.busy or desk.thread.owed))
    return desk


@pytest.fixture
def desk(make_desk: Make, photo: Path) -> Desk:
    """Strokes and changes of regions are worked in beside the window."""
    made = make_desk(at_once=-1, faces=two_faces)
    made.open(photo)
    made.idle()
    made.session.faces_desk.choose_face(1)
    made.until(lambda: made.session.portrait)
    made.session.faces_desk.choose_face(0)
    made.idle()
    return at_work(made)


def rests(desk: Desk) -> None:
    """Let all come to its end."""
    session = desk.session
    desk.until(lambda: not (session.busy or desk.thread.owed or session.regions.pending))
    desk.until(lambda: not session.edits.pending)


def whole(desk: Desk) -> NDArray[np.uint8 | np.uint16]:
    """The photo with its edits."""
    document = desk.session.studio.document
    assert document is not None
    pixels = document.photo.pixels.copy()
    made = composite(document.photo, document.portraits()[0], [])
    if made is not None:
        pixels[made.y : made.y + made.height, made.x : made.x + made.width] = made.pixels
    return pixels


@pytest.mark.parametrize(("gesture", "kind"), WITH_FILES)
def test_while_a_file_is_written(
    desk: Desk, tmp_path: Path, gesture: Callable[[Desk], None], kind: type
) -> None:
    before, pixels = told(desk), whole(desk)
    path = tmp_path / ("a.png" if kind is Export else "a.sip")
    desk.engine.at_gate.clear()
    desk.engine.gate.clear()
    ended: list[bool] = []
    if kind is Export:
        desk.session.files.export(path, ExportOptions(), ended.append)
    else:
        desk.session.files.save_project(path, ended=ended.append)
    desk.until(desk.engine.at_gate.is_set)
    assert desk.engine.begun(kind)
    gesture(desk)
    desk.engine.gate.set()
    desk.until(lambda: ended and not desk.session.files.writing)
    rests(desk)
    assert ended == [True]
    assert told(desk) != before, "what was asked for is there"
    assert desk.session.modified
    if kind is Export:
        assert np.array_equal(open_photo(path).pixels, pixels)
    else:
        assert told_of(open_project(path)[0], 0) == before
    assert not desk.ear.heard["failed"]


@pytest.mark.parametrize(("gesture", "kind"), WITH_FILES)
def test_while_a_file_waits_for_an_edit(
    desk: Desk, tmp_path: Path, gesture: Callable[[Desk], None], kind: type
) -> None:
    path = tmp_path / ("a.png" if kind is Export else "a.sip")
    begin_edit(desk, "lip_redness", 30)
    ended: list[bool] = []
    if kind is Export:
        desk.session.files.export(path, ExportOptions(), ended.append)
    else:
        desk.session.files.save_project(path, ended=ended.append)
    before = told(desk)
    gesture(desk)
    desk.until(lambda: not desk.session.regions.pending)
    desk.engine.delayed.clear()
    desk.until(lambda: ended and not desk.session.files.writing)
    rests(desk)
    assert ended == [True]
    if kind is SaveProject:
        edits, *regions = told_of(open_project(path)[0], 0)
        assert len(edits) == 2
        assert edits[0] == before[0][0], "it is what was there"
        assert tuple(regions) == before[1:]
    assert told(desk) != before
    assert "Lip redness +30" in desk.labels
    assert not desk.ear.heard["failed"]


@pytest.mark.parametrize("gesture", GESTURES)
def test_while_another_face_is_chosen(desk: Desk, gesture: Callable[[Desk], None]) -> None:
    document = desk.session.studio.document
    assert document is not None
    before, other = told(desk), told_of(document.project(), 1)
    desk.session.regions.paint_region(stroke(70, 90))  # is still worked in
    gesture(desk)
    desk.session.faces_desk.choose_face(1)
    rests(desk)
    assert told_of(document.project(), 0) != before
    assert told_of(document.project(), 1) == other
    assert desk.session.active == 1
    assert not desk.ear.heard["failed"]


@pytest.mark.parametrize("gesture", GESTURES)
def test_while_another_photo_is_opened(
    desk: Desk, photo: Path, gesture: Callable[[Desk], None]
) -> None:
    session, old = desk.session, desk.session.studio.document

    def go_on(show: Callable[[], None]) -> None:
        show()

    session.replacing.connect(go_on)
    desk.engine.at_gate.clear()
    desk.engine.gate.clear()
    session.files.open_photo(photo)
    desk.until(desk.engine.at_gate.is_set)
    session.regions.paint_region(stroke(70, 90))
    gesture(desk)
    desk.engine.gate.set()
    desk.until(lambda: session.studio.document is not old and session.portrait)
    rests(desk)
    edits, regions, _ = told(desk)
    assert not edits
    assert not regions
    assert not session.modified
    assert not desk.ear.heard["failed"]


@pytest.mark.parametrize("gesture", GESTURES)
def test_while_the_session_ends(desk: Desk, gesture: Callable[[Desk], None]) -> None:
    desk.session.regions.paint_region(stroke(70, 90))
    gesture(desk)
    assert desk.session.files.unsaved, "whoever closes the window is asked"


@pytest.fixture
def matched(slow: Desk) -> Desk:
    """A match of the paint, which is gone, and another region, which is not feathered by then."""
    desk, session = slow, slow.session
    session.regions.paint_colour(stroke(150, 120), (200, 40, 60))
    session.likeness.match_paint()
    desk.until(lambda: desk.labels)
    session.regions.clear_paint()
    session.regions.apply_preset("eyes")
    desk.idle()
    session.regions.set_feather(3)
    return desk


def test_a_save_waits_for_an_edit_that_is_laid_over_another_region(
    matched: Desk, tmp_path: Path
) -> None:
    session, path = matched.session, tmp_path / "a.sip"
    session.adjustments.move(matched.history.edits[0].id)
    session.files.save_project(path)
    matched.until(path.exists)
    matched.idle()
    assert session.region is not None
    soft = session.region.feathered()
    assert matched.history.edits[0].region == soft
    project, _ = open_project(path)
    assert project.portraits[0].history.edits[0].region == soft
    assert not session.modified


def test_undo_takes_back_an_edit_that_is_being_laid_over_another_region(matched: Desk) -> None:
    session = matched.session
    before = matched.history.edits[0].region
    session.adjustments.move(matched.history.edits[0].id)
    session.steps.undo()
    matched.idle()
    assert matched.history.edits[0].region == before
    assert session.region is not None
    assert session.region.feather == 3, "nothing else was undone"
