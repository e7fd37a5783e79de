"""What is seen of a photo from the moment it is asked for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from editor.engine.jobs import Invert, OpenPhoto, Render
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from tests.fake_engine import FakeEngine, no_face, two_faces
from widgets.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from editor.document.face import DetectedFace
    from editor.document.photo import Photo
    from tests.end_to_end.desktop import Desktop


class Looking:
    """Looks for faces as long as it is not let on."""

    def __init__(self, find: Callable[[Photo], tuple[DetectedFace, ...]]) -> None:
        self._find, self.let_on = find, threading.Event()

    def __call__(self, photo: Photo) -> tuple[DetectedFace, ...]:
        assert self.let_on.wait(60)
        return self._find(photo)


def hint(window: MainWindow) -> str:
    return window.canvas._hint[1]  # pyright: ignore[reportPrivateUsage]


def test_the_hint_says_what_is_waited_for(qtbot: QtBot, photo: Path) -> None:
    engine, starts = FakeEngine(), threading.Event()

    def start() -> FakeEngine:
        starts.wait(60)
        return engine

    thread = EngineThread(start)
    session = EditSession(thread)
    window = MainWindow(session)
    qtbot.addWidget(window)
    thread.start()
    window.open(photo)
    assert hint(window) == "Opens as soon as the engine has started…"
    engine.delayed.add(OpenPhoto)
    starts.set()
    qtbot.waitUntil(lambda: session.info is not None)
    assert hint(window) == "Opening…"
    engine.delayed.clear()
    qtbot.waitUntil(lambda: session.portrait is not None)
    session.close()


def test_a_photo_is_on_the_canvas_before_its_faces_are_found(
    make: Callable[..., Desktop], photo: Path
) -> None:
    looking = Looking(two_faces)
    desk = make(faces=looking)
    window, session = desk.window, desk.session
    window.open(photo)
    desk.until(lambda: not window.canvas.pictures.photo.is_empty)
    assert session.finding_faces
    assert session.faces == ()
    desk.until(lambda: "ooking for faces" in window.status.stage.text())
    said = [label.text() for label in window.edits.attributes.findChildren(QLabel)]
    assert any("Faces are being looked for" in text for text in said)
    assert not window.face_panel.add.isVisible()
    assert "No face" not in window.banner.text.text()
    looking.let_on.set()
    desk.until(lambda: session.portrait)
    assert len(session.faces) == 2
    assert session.active == 0
    assert not session.modified
    assert not window.canvas.is_fitted, "the face is shown"


def brushed_early(make: Callable[..., Desktop], photo: Path) -> tuple[Desktop, Looking]:
    """A window in which one has brushed while faces are looked for."""
    looking = Looking(two_faces)
    desk = make(faces=looking)
    desk.window.open(photo)
    desk.until(lambda: desk.session.finding_faces)
    desk.brush((60, 60), (90, 60))
    desk.until(lambda: desk.session.modified)
    return desk, looking


def test_what_is_brushed_while_faces_are_looked_for_belongs_to_the_first(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk, looking = brushed_early(make, photo)
    looking.let_on.set()
    desk.until(lambda: desk.session.portrait)
    region = desk.session.region
    assert region is not None
    assert not region.mask.is_empty
    assert region.feather > 0
    assert desk.session.modified
    desk.session.steps.undo()
    region = desk.session.region
    assert region is not None
    assert region.mask.is_empty
    assert region.feather > 0
    assert not desk.session.modified


def test_a_region_loses_its_name_by_undo_once_there_is_a_face_and_is_as_soft_as_others(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk, looking = brushed_early(make, photo)
    desk.session.named.keep("Mine")
    desk.until(lambda: desk.session.named.listed)
    looking.let_on.set()
    desk.until(lambda: desk.session.portrait)
    desk.session.steps.undo()
    region = desk.session.region
    assert region is not None
    assert (region.name, region.mask.is_empty) == ("", False)
    assert region.feather > 0


def test_no_face_is_told_once_it_is_known(make: Callable[..., Desktop], photo: Path) -> None:
    looking = Looking(no_face)
    desk = make(faces=looking)
    desk.window.open(photo)
    desk.until(lambda: desk.session.finding_faces)
    looking.let_on.set()
    desk.until(lambda: "No face was found" in desk.window.banner.text.text())
    desk.until(lambda: desk.window.face_panel.add.isVisible())


def test_a_photo_that_cannot_be_read_takes_no_faces_from_the_one_before(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    looking = Looking(two_faces)
    desk = make(faces=looking)
    desk.window.open(photo)
    desk.until(lambda: desk.session.finding_faces)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    desk.window.open(broken)
    looking.let_on.set()
    desk.until(lambda: "broken.png" in desk.window.banner.text.text())
    desk.until(lambda: desk.session.portrait)
    assert len(desk.session.faces) == 2


@pytest.mark.parametrize("again", [False, True])
def test_looking_for_faces_can_be_cancelled_and_the_photo_stays(
    make: Callable[..., Desktop], photo: Path, *, again: bool
) -> None:
    looking = Looking(two_faces)
    desk = make(faces=looking)
    desk.window.open(photo)
    desk.until(lambda: desk.session.finding_faces)
    desk.window.status.cancel.click()
    looking.let_on.set()
    desk.until(lambda: "looked for no further" in desk.window.banner.text.text())
    assert desk.session.photo is not None
    assert desk.session.faces == ()
    if again:
        desk.open(photo)
        assert len(desk.session.faces) == 2


def test_a_reopened_project_shows_what_was_saved_marked_and_can_be_undone(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    window, session = desk.window, desk.session
    desk.brush((120, 150), (190, 150))
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels and not session.busy)
    session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: session.project_path and not session.files.writing)
    desk.engine.delayed.add(Render)
    document = session.studio.document
    window.open(tmp_path / "a.sip")
    desk.until(lambda: session.studio.document is not document and session.portrait)
    assert window.canvas.pictures.kept
    assert window.canvas.colour_at(window.canvas.widget_point(150, 150)) != (110, 110, 110)
    assert window.commands.undo.isEnabled()
    assert "smile +60" in window.commands.undo.text().lower()
    assert not window.isWindowModified()
    assert window.canvas.pictures.note == "As saved – the edits are being drawn"
    assert session.history is not None
    session.adjustments.fade(session.history.edits[0].id, 0.5)
    assert window.canvas.pictures.note == "As saved – what was changed since is not drawn yet"
    session.steps.undo()
    assert window.canvas.pictures.note == "As saved – the edits are being drawn"
    desk.engine.delayed.clear()
    desk.until(lambda: session.picture.is_current)
    assert not window.canvas.pictures.kept
    assert not window.isWindowModified()


def test_undo_is_lit_only_where_it_takes_something_back(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    window, session, undo = desk.window, desk.session, desk.window.commands.undo
    assert not undo.isEnabled(), "the engine starts"
    desk.engine.delayed |= {OpenPhoto, Invert}
    window.open(photo)
    desk.until(lambda: session.busy)
    desk.qtbot.wait(20)
    assert not undo.isEnabled(), "a file is opened: Esc ends that"
    desk.engine.delayed.discard(OpenPhoto)
    desk.until(lambda: session.inverting)
    desk.qtbot.wait(20)
    assert not undo.isEnabled(), "the face is prepared"
    desk.engine.delayed.clear()
    desk.until(lambda: session.portrait and not session.busy)
    face = session.faces[0]
    desk.engine.delayed.add(Invert)
    session.faces_desk.align_face(face.landmarks + 3)
    desk.until(undo.isEnabled)
    assert undo.text() == "&Undo align face"
    undo.trigger()
    desk.until(lambda: not undo.isEnabled())
    assert not session.faces_desk.moves
    desk.engine.delayed.clear()
