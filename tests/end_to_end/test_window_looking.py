"""Looking at the photo: at its face, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from tests.fake_engine import face_at
from widgets.settings import OPEN_AT_FACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.face import DetectedFace
    from editor.document.photo import Photo
    from tests.end_to_end.desktop import Desktop


def small_face(photo: Photo) -> tuple[DetectedFace, ...]:
    return (face_at(0.7 * photo.width, 0.3 * photo.height, 0.1 * photo.height),)


@pytest.fixture
def group(tmp_path: Path) -> Path:
    path = tmp_path / "group.png"
    Image.fromarray(np.full((1600, 2400, 3), 110, np.uint8)).save(path)
    return path


def test_it_opens_at_the_face_and_two_keys_go_back_and_forth(
    make: Callable[..., Desktop], group: Path
) -> None:
    desk = make(faces=small_face)
    desk.open(group)
    canvas = desk.window.canvas
    middle = canvas.widget_point(0.7 * 2400, 0.3 * 1600)
    near = canvas.view
    assert not canvas.is_fitted
    assert abs(middle.x() - canvas.width() / 2) < 3
    assert abs(middle.y() - canvas.height() / 2) < 0.1 * canvas.height()
    desk.qtbot.keyClick(canvas, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert canvas.is_fitted
    assert canvas.view.zoom < near.zoom
    desk.qtbot.keyClick(canvas, Qt.Key.Key_F)
    assert canvas.view == near


def test_it_does_not_jump_to_the_face_when_the_user_looks_elsewhere(
    make: Callable[..., Desktop], group: Path
) -> None:
    desk = make(faces=small_face)
    canvas = desk.window.canvas

    def look_elsewhere(photo: Photo) -> None:
        del photo
        canvas.set_zoom(1.7)

    desk.session.photo_opened.connect(look_elsewhere)
    desk.open(group)
    assert canvas.view.zoom == 1.7


def test_before_and_after_by_keys(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, qtbot = desk.window, desk.qtbot
    canvas, commands = window.canvas, window.commands
    desk.brush((100, 120), (220, 120))
    desk.slide("lip_redness", 0, 20, 60)
    desk.until(lambda: desk.labels and not canvas.overlay_visible)
    plain, changed = canvas.widget_point(130, 120), canvas.widget_point(190, 120)
    desk.until(lambda: canvas.colour_at(plain)[0] > 120)
    qtbot.keyClick(canvas, Qt.Key.Key_Y)
    assert commands.split.isChecked()
    canvas.repaint()
    assert canvas.colour_at(plain) == (110, 110, 110)
    assert canvas.colour_at(changed)[0] > 120
    qtbot.keyClick(canvas, Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    canvas.repaint()
    assert canvas.colour_at(plain) == canvas.colour_at(changed)  # on the same side of it now
    qtbot.keyClick(canvas, Qt.Key.Key_Y)
    canvas.repaint()
    assert not commands.split.isChecked()
    assert canvas.colour_at(plain)[0] > 120
    # Shift+Y alone shows it too
    qtbot.keyClick(canvas, Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    assert commands.split.isChecked()


def test_ways_to_look_have_keys(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, qtbot = desk.window, desk.qtbot
    canvas, commands, looking = window.canvas, window.commands, window.looking
    width = canvas.width()
    qtbot.keyClick(canvas, Qt.Key.Key_V)
    desk.until(looking.beside.isVisible)
    desk.until(lambda: canvas.width() < 0.6 * width)
    assert looking.beside.port.view.zoom == canvas.view.zoom
    shown = looking.beside.size()
    assert looking.beside.port.size == (shown.width(), shown.height()), "all of it is painted"
    qtbot.keyClick(canvas, Qt.Key.Key_V)
    assert not looking.beside.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_Z)
    assert canvas.loupe.on
    qtbot.keyClick(canvas, Qt.Key.Key_J)
    assert looking.navigator.mark.isChecked()
    qtbot.keyClick(canvas, Qt.Key.Key_D)
    assert commands.difference.isChecked()
    assert not commands.clipping.isChecked()
    assert not looking.navigator.mark.isChecked()
    desk.click(looking.navigator.mark)
    assert commands.clipping.isChecked()
    assert not commands.difference.isChecked()
    qtbot.keyClick(canvas, Qt.Key.Key_6)
    qtbot.keyClick(canvas, Qt.Key.Key_H)
    qtbot.keyClick(canvas, Qt.Key.Key_4)
    assert canvas.port.turn.flipped
    assert canvas.port.turn.degrees in (330, 345)
    qtbot.keyClick(canvas, Qt.Key.Key_5)
    assert canvas.port.turn.is_upright


def test_a_project_is_looked_at_where_it_was_left(
    make: Callable[..., Desktop], photo: Path, group: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    canvas, project = desk.window.canvas, tmp_path / "work.sip"
    desk.brush((100, 120), (220, 120))
    canvas.look(3.0, 130, 110)
    desk.session.files.save_project(project, None)
    desk.until(lambda: not desk.session.modified and not desk.session.files.writing)
    canvas.look(5.0, 60, 60)
    assert not desk.session.modified, "looking elsewhere is no change"
    desk.open(group)
    desk.until(lambda: canvas.port.photo == (2400, 1600))
    desk.window.open(project)
    desk.until(lambda: desk.session.project_path == project)
    desk.until(lambda: desk.session.portrait)
    assert canvas.view.zoom == 3.0
    assert canvas.port.middle == pytest.approx((130, 110), abs=1)
    region = desk.session.region
    assert region is not None
    assert not region.mask.is_empty
    # one that was looked at as a whole is so again
    canvas.fit()
    desk.session.files.save_project(project, None)
    desk.until(lambda: not desk.session.files.writing)
    desk.open(group)
    desk.until(lambda: canvas.port.photo == (2400, 1600))
    desk.window.settings.put(OPEN_AT_FACE, False)
    desk.window.open(project)
    desk.until(lambda: desk.session.project_path == project)
    assert canvas.is_fitted


def test_a_message_does_not_move_the_photo(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    canvas, banner = desk.window.canvas, desk.window.banner

    def seen() -> object:
        return canvas.mapTo(desk.window, canvas.pos()), canvas.size(), canvas.view

    before = desk.until_still(seen)
    banner.show_notice("Something good to know.")
    desk.until(banner.isVisible)
    assert desk.until_still(seen) == before
    top = canvas.mapTo(desk.window, canvas.pos()).y()
    assert banner.mapTo(desk.window, banner.pos()).y() == top
    assert desk.window.childAt(banner.mapTo(desk.window, banner.rect().center())) is not canvas


def test_what_was_opened_and_saved_is_offered_again(
    make: Callable[..., Desktop], photo: Path, group: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    project = tmp_path / "work.sip"
    desk.brush((100, 120), (220, 120))
    desk.session.files.save_project(project, None)
    desk.until(lambda: project in desk.window.recent.paths)
    desk.open(group)
    desk.until(lambda: desk.window.recent.paths[:1] == [group])
    assert desk.window.recent.paths == [group, project, photo]
    desk.window.recent.actions()[1].trigger()
    desk.until(lambda: desk.session.project_path == project)
    assert desk.window.recent.paths == [project, group, photo]
