"""Ratings in the filmstrip, and folders whose first photos cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.ratings import rate, rating_of
from tests.end_to_end.desktop import answering
from tests.end_to_end.test_batch import photos
from tests.end_to_end.test_window_filmstrip import choose, drop, shows
from widgets import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop


def unwritable(path: Path, mode: int) -> bool:
    del path, mode
    return False


def stored(path: Path) -> int:
    return rating_of(open_photo(path).metadata)


def press(desk: Desktop, stars: int, *rows: int) -> None:
    film = desk.window.film
    film.clearSelection()
    for row in rows:
        film.item(row).setSelected(True)
    QTest.keyClick(film, Qt.Key(Qt.Key.Key_0.value + stars))


def test_digits_rate_what_is_selected_and_the_files_keep_it(
    make: Callable[..., Desktop], tmp_path: Path
) -> None:
    desk = make()
    film = desk.window.film
    first, second, third = sorted(photos(tmp_path / "in", 3).glob("*.png"))
    rate(third, 2)
    drop(desk, first, second, third)
    desk.until(lambda: shows(desk, first))
    desk.until(lambda: film.rating_of(third) == 2)
    press(desk, 4, 0, 1)
    desk.until(lambda: (film.rating_of(first), film.rating_of(second)) == (4, 4))
    assert [stored(path) for path in (first, second, third)] == [4, 4, 2]
    assert "★★★★" in film.item(0).text()
    press(desk, 0, 2)
    desk.until(lambda: film.rating_of(third) == 0)
    assert stored(third) == 0
    assert "★" not in film.item(2).text()
    assert [action.text().split("\t")[1] for action in film.menu().actions()] == list("012345")
    press(desk, 5)  # nothing is selected
    film.menu().actions()[3].trigger()
    assert [stored(path) for path in (first, second, third)] == [4, 4, 0]


def test_an_open_photo_with_edits_goes_on_and_says_its_rating_in_exports_and_projects(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    film, session = desk.window.film, desk.session
    first, second = sorted(photos(tmp_path / "in", 2).glob("*.png"))
    drop(desk, first, second)
    desk.until(lambda: shows(desk, first))
    session.regions.apply_preset("smile")
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    before = open_photo(first).pixels
    press(desk, 3, 0)
    desk.until(lambda: film.rating_of(first) == 3)
    assert film.state_of(first) == "edited"
    np.testing.assert_array_equal(open_photo(first).pixels, before)
    out, project = tmp_path / "out.tif", tmp_path / "one.sip"
    session.files.export(out, ExportOptions())
    desk.until(out.exists)
    assert stored(out) == 3
    session.files.save_project(project)
    desk.until(lambda: session.project_path == project)
    heard: list[str] = []
    session.noticed.connect(heard.append)
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("discard"))
    choose(desk, second)
    desk.until(lambda: shows(desk, second))
    desk.window.open(project)
    desk.until(lambda: shows(desk, first) and desk.labels)
    assert not [text for text in heard if "metadata" in text or "changed" in text]


def test_a_photo_that_cannot_be_written_says_so_and_keeps_its_stars(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    film = desk.window.film
    first, second = sorted(photos(tmp_path / "in", 2).glob("*.png"))
    drop(desk, first, second)
    desk.until(lambda: shows(desk, first))
    monkeypatch.setattr("os.access", unwritable)  # root may write everything
    press(desk, 3, 1)
    desk.until(lambda: "write-protected" in desk.window.banner.text.text())
    assert film.rating_of(second) == 0
    assert stored(second) == 0


@pytest.mark.parametrize("broken", [1, 2, 3])
def test_a_folder_opens_at_its_first_sound_photo(
    broken: int, make: Callable[..., Desktop], tmp_path: Path
) -> None:
    desk = make()
    film = desk.window.film
    folder = photos(tmp_path / "in", 3, broken=tuple(range(1, broken + 1)))
    bad = film.paths
    drop(desk, folder)
    desk.until(lambda: len(film.paths) == 3)
    bad, sound = film.paths[:broken], film.paths[broken:]
    desk.until(lambda: all(film.state_of(path) == "failed" for path in bad))
    if not sound:
        desk.until(lambda: bad[-1].name in desk.window.banner.text.text())
        assert desk.session.photo is None
        return
    desk.until(lambda: shows(desk, sound[0]))
    for path in bad:
        assert path.name in desk.window.banner.text.text()
    Image.fromarray(np.full((120, 160, 3), 90, np.uint8)).save(bad[0])
    choose(desk, bad[0])
    desk.until(lambda: shows(desk, bad[0]))
    if len(sound) == 1:
        return  # it was seen, and is kept with its undo: coming back reads nothing
    sound[-1].write_bytes(b"damaged meanwhile")
    choose(desk, sound[-1])
    desk.until(lambda: film.state_of(sound[-1]) == "failed")
    assert shows(desk, bad[0]), "what the user chose is not passed over"


def test_ratings_that_were_asked_for_are_written_when_the_window_goes(
    make: Callable[..., Desktop], tmp_path: Path
) -> None:
    desk = make()
    paths = sorted(photos(tmp_path / "in", 4).glob("*.png"))
    drop(desk, *paths)
    desk.until(lambda: shows(desk, paths[0]))
    desk.window.film.selectAll()
    QTest.keyClick(desk.window.film, Qt.Key.Key_2)
    desk.window.film.deleteLater()
    desk.until(lambda: all(stored(path) == 2 for path in paths))
