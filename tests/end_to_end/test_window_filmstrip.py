"""Several photos in the window: listed, switched between, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from editor.document.photo_export import ExportOptions
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


def test_switching_asks_about_unsaved_work_and_cancelling_stays(
    make: Callable[..., Desktop], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    film = desk.window.film
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.session.regions.apply_preset("smile")
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    assert film.state_of(first) == "edited"
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("cancel"))
    choose(desk, third)
    assert shows(desk, first)
    assert film.item(0).font().bold()
    project = tmp_path / "first.sip"
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("save"))
    monkeypatch.setattr(dialogs, "ask_project", answering(project))
    desk.slide("mouth_open", 0, 20, 40)  # under way when the other photo is asked for
    choose(desk, third)
    desk.until(lambda: shows(desk, third))
    assert project.exists()
    assert film.state_of(first) == "saved"
    assert film.state_of(third) == ""
    desk.window.open(project)
    desk.until(lambda: shows(desk, first))
    assert len(desk.labels) == 2, "the edit that was under way is in it"


def test_what_is_let_go_is_not_called_edited(
    make: Callable[..., Desktop], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    film = desk.window.film
    first, _, third = sorted(folder.glob("*.png"))
    drop(desk, first, third)
    desk.until(lambda: shows(desk, first))
    desk.brush((60, 60), (80, 60))
    desk.until(lambda: film.state_of(first) == "edited")
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("discard"))
    choose(desk, third)
    desk.until(lambda: shows(desk, third))
    assert film.state_of(first) == ""


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
