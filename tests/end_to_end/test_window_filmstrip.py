"""Several photos in the window: listed, switched between, and what became of each."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from editor.document.photo_export import ExportOptions
from editor.document.project import ProjectError, open_project
from editor.engine.jobs import OpenPhoto
from editor.session.autosave import Autosave
from editor.session.journal import recoverable
from tests.end_to_end.desktop import answering
from tests.end_to_end.test_batch import photos
from widgets import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop


def drop(desk: Desktop, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    desk.window.dropEvent(event)


def choose(desk: Desktop, path: Path) -> None:
    """Double-click its thumbnail."""
    film = desk.window.film
    item = film.item(film.paths.index(path))
    film.scrollToItem(item)
    film.itemActivated.emit(item)


def shows(desk: Desktop, path: Path) -> bool:
    photo, portrait = desk.session.photo, desk.session.portrait
    return photo is not None and photo.path == path and portrait is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three photos, the second damaged, and something that is none."""
    folder = photos(tmp_path / "in", 3, broken=(2,))
    (folder / "notes.txt").write_text("no photo")
    return folder


def test_a_folder_becomes_a_strip_with_thumbnails_and_its_first_photo_opens(
    make: Callable[..., Desktop], folder: Path
) -> None:
    desk = make()
    film, dock = desk.window.film, desk.window.film_dock
    assert dock.isHidden()
    drop(desk, folder)
    desk.until(lambda: len(film.paths) == 3)
    assert [path.name for path in film.paths] == ["photo-01.png", "photo-02.png", "photo-03.png"]
    assert not dock.isHidden()
    desk.until(lambda: shows(desk, film.paths[0]))
    desk.until(lambda: film.state_of(film.paths[1]) == "failed")
    desk.until(lambda: not film.item(2).icon().isNull())
    picture = film.item(2).icon().pixmap(96, 96).toImage().pixelColor(48, 48)
    stored = Image.open(film.paths[2]).resize((96, 72), Image.Resampling.BOX).getpixel((48, 36))
    assert isinstance(stored, tuple)
    assert abs(picture.red() - stored[0]) < 30
    assert film.item(0).font().bold()
    assert not film.item(2).font().bold()
    drop(desk, film.paths[2], film.paths[0])  # again: nothing is listed twice
    desk.until(lambda: shows(desk, film.paths[2]))
    assert len(film.paths) == 3


def test_going_along_the_strip_keeps_edits_and_undo_and_asks_nothing(
    make: Callable[..., Desktop], folder: Path
) -> None:
    desk = make()
    film = desk.window.film
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.session.regions.apply_preset("smile")
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    desk.brush((60, 60), (80, 60))
    desk.until(lambda: not desk.session.busy)
    labels, region = list(desk.labels), desk.session.region
    choose(desk, third)
    desk.until(lambda: shows(desk, third))
    assert desk.labels == []
    assert not desk.window.isWindowModified()
    assert desk.window.commands.undo.text() == "&Undo"
    assert film.state_of(first) == "edited"
    opened = len(desk.engine.begun(OpenPhoto))
    choose(desk, first)
    desk.until(lambda: shows(desk, first))
    assert len(desk.engine.begun(OpenPhoto)) == opened, "nothing is read again"
    assert desk.labels == labels
    assert desk.session.region is region
    assert desk.window.isWindowModified()
    assert desk.session.picture.is_current
    assert film.item(0).font().bold()
    desk.session.steps.undo()  # the stroke
    desk.session.steps.undo()
    assert desk.labels == []
    desk.session.steps.redo()
    assert desk.labels == labels


def test_an_edit_under_way_is_waited_for_before_the_next_photo_comes(
    make: Callable[..., Desktop], folder: Path
) -> None:
    desk = make()
    first, second, third = sorted(folder.glob("*.png"))
    Image.fromarray(np.full((120, 160, 3), 90, np.uint8)).save(second)
    drop(desk, folder)
    desk.until(lambda: shows(desk, first))
    desk.session.regions.apply_preset("smile")
    desk.engine.gate.clear()
    desk.slide("smile", 0, 20, 60)
    choose(desk, second)
    choose(desk, third)  # the last one counts
    assert shows(desk, first)
    assert "as soon as the edit" in desk.window.banner.text.text()
    desk.engine.gate.set()
    desk.until(lambda: shows(desk, third))
    choose(desk, first)
    desk.until(lambda: shows(desk, first))
    assert len(desk.labels) == 1


def test_an_edit_asked_for_while_the_next_photo_is_read_is_not_lost(
    make: Callable[..., Desktop], folder: Path
) -> None:
    desk = make()
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.session.regions.apply_preset("smile")
    desk.engine.delayed.add(OpenPhoto)
    choose(desk, third)
    desk.until(lambda: len(desk.engine.begun(OpenPhoto)) == 2)
    desk.slide("smile", 0, 20, 60)
    desk.engine.delayed.clear()
    desk.until(lambda: shows(desk, third))
    choose(desk, first)
    desk.until(lambda: shows(desk, first))
    assert len(desk.labels) == 1


def edit_both(desk: Desktop, *paths: Path) -> None:
    drop(desk, *paths)
    desk.until(lambda: shows(desk, paths[0]))
    for path in paths:
        choose(desk, path)
        desk.until(lambda path=path: shows(desk, path))
        desk.session.regions.apply_preset("smile")
        desk.session.sliders.commit_attribute("smile", 50)
        desk.until(lambda: desk.labels and not desk.session.busy)


def suggested(parent: object, path: Path) -> Path:
    """Takes the name that is offered."""
    del parent
    return path


def test_closing_asks_once_for_all_and_saves_all(
    make: Callable[..., Desktop], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    first, _, third = sorted(folder.glob("*.png"))
    edit_both(desk, first, third)
    asked: list[tuple[object, ...]] = []

    def answer(parent: object, *names: str) -> str:
        asked.append(names)
        return "save"

    monkeypatch.setattr(dialogs, "ask_unsaved", answer)
    monkeypatch.setattr(dialogs, "ask_project", suggested)
    desk.window.close()
    desk.until(lambda: not desk.window.isVisible())
    assert asked == [("photo-03.png", "photo-01.png")]
    for path in (first, third):
        project, _ = open_project(path.with_suffix(".sip"))
        assert [len(one.history.edits) for one in project.portraits] == [1]


def test_save_all_stops_where_no_name_is_given_and_loses_nothing(
    make: Callable[..., Desktop], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    first, _, third = sorted(folder.glob("*.png"))
    edit_both(desk, first, third)
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("save"))
    monkeypatch.setattr(dialogs, "ask_project", answering(None))
    assert not desk.window.close()
    assert desk.window.isVisible()
    assert len(desk.labels) == 1
    assert len(desk.session.files.left.unsaved) == 1


def test_discard_at_closing_lets_all_go(
    make: Callable[..., Desktop], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    first, _, third = sorted(folder.glob("*.png"))
    edit_both(desk, first, third)
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("discard"))
    assert desk.window.close()
    assert not desk.session.files.left.unsaved


def test_where_there_is_no_room_for_another_photo_the_strip_asks(
    make: Callable[..., Desktop], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    film = desk.window.film
    monkeypatch.setattr(desk.session.files.left, "_most", 10_000)
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.brush((60, 60), (80, 60))
    desk.until(lambda: film.state_of(first) == "edited")
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("cancel"))
    choose(desk, third)
    assert shows(desk, first)
    project = tmp_path / "first.sip"
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("save"))
    monkeypatch.setattr(dialogs, "ask_project", answering(project))
    choose(desk, third)
    desk.until(lambda: shows(desk, third))
    assert project.exists()
    assert film.state_of(first) == "saved"


def test_what_is_let_go_is_not_called_edited(
    make: Callable[..., Desktop], folder: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    film = desk.window.film
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.brush((60, 60), (80, 60))
    desk.until(lambda: film.state_of(first) == "edited")
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("discard"))
    desk.window.open(photo)  # none of the strip
    desk.until(lambda: shows(desk, photo))
    assert film.state_of(first) == ""


def journalled(desk: Desktop, journals: Path) -> Autosave:
    """As ``main`` wires it."""
    session = desk.session
    autosave = Autosave(session.snapshot, journals, desk.window, lambda: session.left_documents)
    session.changed.connect(autosave.touch)
    session.leaving.connect(autosave.leave)
    return autosave


def test_a_kill_takes_no_photo_of_the_strip_along(
    make: Callable[..., Desktop], folder: Path, tmp_path: Path
) -> None:
    desk = make()
    session, journals = desk.session, tmp_path / "recovery"
    autosave = journalled(desk, journals)

    def kept() -> list[str]:
        names: list[str] = []
        for path in journals.glob("*/project.sip"):
            with suppress(ProjectError):  # it may go meanwhile
                photo = open_project(path)[0].photo_path
                assert photo is not None
                names.append(photo.name)
        return sorted(names)

    first, _, third = sorted(folder.glob("*.png"))
    edit_both(desk, first, third)
    desk.until(lambda: kept() == ["photo-01.png", "photo-03.png"])
    choose(desk, first)
    desk.until(lambda: shows(desk, first))
    desk.until(lambda: not autosave.pending)
    assert kept() == ["photo-01.png", "photo-03.png"], "one journal each, never two"
    session.files.save_project(tmp_path / "first.sip")
    desk.until(lambda: not session.modified)
    desk.until(lambda: kept() == ["photo-03.png"])
    session.files.set_saved()  # all is let go
    autosave.close()
    assert kept() == []


def test_what_was_left_is_offered_after_a_kill(
    make: Callable[..., Desktop], folder: Path, tmp_path: Path
) -> None:
    desk = make()
    journals = tmp_path / "recovery"
    autosave = journalled(desk, journals)
    first, _, third = sorted(folder.glob("*.png"))
    edit_both(desk, first, third)
    autosave.close()  # as when the system ends the program: nobody was asked
    left = recoverable(journals)
    assert sorted(one.name for one in left) == ["photo-01.png", "photo-03.png"]
    for one in left:
        one.release()


def test_an_export_marks_the_photo_that_it_was_of_even_after_a_switch(
    make: Callable[..., Desktop], folder: Path, tmp_path: Path
) -> None:
    desk = make()
    film = desk.window.film
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.engine.gate.clear()
    ended = desk.window.film_states.written("exported")
    desk.session.files.export(tmp_path / "out.png", ExportOptions(), ended)
    choose(desk, third)
    desk.engine.gate.set()
    desk.until(lambda: shows(desk, third))
    desk.until(lambda: film.state_of(first) == "exported")
    assert film.state_of(third) == ""


def test_a_damaged_photo_is_marked_and_the_open_one_stays(
    make: Callable[..., Desktop], folder: Path
) -> None:
    desk = make()
    film = desk.window.film
    first, second, _ = sorted(folder.glob("*.png"))
    drop(desk, folder)
    desk.until(lambda: shows(desk, first))
    desk.until(lambda: film.state_of(second) == "failed")
    choose(desk, second)
    desk.until(lambda: "photo-02.png" in desk.window.banner.text.text())
    assert shows(desk, first)
    Image.fromarray(np.full((120, 160, 3), 90, np.uint8)).save(second)  # put right meanwhile
    choose(desk, second)
    desk.until(lambda: shows(desk, second))
    assert film.state_of(second) == ""


def test_the_chosen_photos_are_offered_to_a_batch(
    make: Callable[..., Desktop], folder: Path
) -> None:
    desk = make()
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.window.film.item(1).setSelected(True)
    desk.window.commands.batch.trigger()
    assert desk.window.batch.paths == (third,)
    desk.window.batch.hide()
