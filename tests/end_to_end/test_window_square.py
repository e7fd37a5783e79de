"""A dragged square as what is edited: over the canvas of a whole window, kept in projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from editor.document.photo_square import PhotoSquare
from tests.end_to_end.desktop import LEFT
from tests.fake_engine import no_face

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop

    Make = Callable[..., Desktop]


def pull(desk: Desktop, start: tuple[float, float], end: tuple[float, float]) -> None:
    canvas = desk.window.canvas
    desk.qtbot.mousePress(canvas, LEFT, pos=desk.at(*start))
    desk.qtbot.mouseMove(canvas, desk.at(*end))
    desk.qtbot.mouseRelease(canvas, LEFT, pos=desk.at(*end))


def drawn(desk: Desktop) -> PhotoSquare | None:
    assert desk.window.square.tool is not None
    return desk.window.square.tool.square


def opened(make: Make, photo: Path) -> Desktop:
    desk = make(faces=no_face)
    desk.window.open(photo)
    desk.until(lambda: desk.session.photo and not desk.session.studio.finding_faces)
    desk.until(lambda: not desk.session.busy)
    return desk


def near(square: PhotoSquare | None, x: int, y: int, side: int) -> bool:
    """A widget's pixel is some of the photo's."""
    assert square is not None
    return max(abs(square.x - x), abs(square.y - y), abs(square.side - side)) <= 2


def test_a_square_is_dragged_used_moved_and_kept(make: Make, photo: Path, tmp_path: Path) -> None:
    desk = opened(make, photo)
    commands, mode = desk.window.commands, desk.window.square
    assert "Edit a square" in desk.window.banner.text.text()
    commands.edit_square.trigger()
    assert mode.bar.isVisible()
    assert not mode.bar.apply.isEnabled()
    pull(desk, (40, 60), (140, 130))
    assert near(drawn(desk), 40, 60, 100)
    pull(desk, (90, 90), (110, 100))
    assert near(drawn(desk), 60, 70, 100), "inside: it was moved"
    pull(desk, (160, 170), (190, 190))
    assert near(drawn(desk), 60, 70, 130), "a corner sizes it"
    pull(desk, (10, 10), (100, 60))
    assert near(drawn(desk), 10, 10, 90), "elsewhere it is drawn anew"
    square = drawn(desk)
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty, "nothing was brushed"
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Return)
    desk.until(lambda: desk.session.portrait)
    assert not mode.active
    assert not mode.bar.isVisible()
    assert PhotoSquare.of(desk.session.faces[0]) == square

    desk.until(lambda: not desk.session.busy)
    before = desk.session.portrait
    commands.edit_square.trigger()
    assert drawn(desk) == square, "it begins where it is"
    pull(desk, (50, 50), (90, 70))
    moved = drawn(desk)
    desk.click(mode.bar.apply)
    desk.until(lambda: desk.session.portrait is not before and not desk.session.busy)
    assert [PhotoSquare.of(face) for face in desk.session.faces] == [moved]
    assert commands.undo.text() == "&Undo move square"

    project = tmp_path / "work.sip"
    desk.session.files.save_project(project)
    desk.until(lambda: project.exists() and not desk.session.files.unsaved)
    desk.window.open(project)
    desk.until(lambda: desk.session.portrait is not before and not desk.session.busy)
    assert [PhotoSquare.of(face) for face in desk.session.faces] == [moved]
    assert not desk.session.modified


def test_one_more_square_leaves_the_first(make: Make, photo: Path) -> None:
    desk = opened(make, photo)
    mode = desk.window.square
    desk.window.commands.edit_square.trigger()
    pull(desk, (10, 10), (110, 110))
    assert not mode.bar.another.isVisible(), "there is none to leave"
    desk.click(mode.bar.apply)
    desk.until(lambda: desk.session.portrait)
    desk.until(lambda: not desk.session.busy)
    desk.window.commands.edit_square.trigger()
    pull(desk, (200, 100), (300, 200))
    desk.click(mode.bar.another)
    desk.until(lambda: len(desk.session.faces) == 2)
    first, second = (PhotoSquare.of(face) for face in desk.session.faces)
    assert near(first, 10, 10, 100)
    assert near(second, 200, 100, 100)
    desk.until(lambda: not desk.session.busy)
    desk.window.undo()
    assert len(desk.session.faces) == 1


def test_a_square_can_be_given_up_and_only_one_mode_has_the_pointer(
    make: Make, photo: Path
) -> None:
    desk = make()
    desk.open(photo)
    window = desk.window
    window.commands.edit_square.trigger()
    pull(desk, (10, 10), (110, 110))
    window.commands.align.trigger()
    assert window.alignment.active
    assert not window.square.active
    assert window.commands.apply_points.isEnabled()
    window.commands.edit_square.trigger()
    assert not window.alignment.active
    assert drawn(desk) is None, "a face is no square"
    pull(desk, (10, 10), (12, 12))
    assert drawn(desk) is None, "too small"
    desk.qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.square.active
    assert len(desk.session.faces) == 1
    assert not window.commands.apply_points.isEnabled()
    desk.brush((120, 150), (190, 150))
    assert desk.session.region is not None
    assert not desk.session.region.mask.is_empty, "the brush is back"
