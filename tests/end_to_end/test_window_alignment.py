"""Dragging landmarks on the canvas of a whole window, over the fake engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt

from editor.document.landmarks import handle
from editor.document.photo_export import ExportOptions
from editor.engine.jobs import Invert
from tests.end_to_end.desktop import LEFT
from tests.fake_engine import no_face, one_face, two_faces
from widgets import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from editor.document.face import DetectedFace
    from editor.document.photo import Photo
    from tests.end_to_end.desktop import Desktop
    from widgets.landmark_tool import LandmarkTool

    Make = Callable[..., Desktop]


def pull(desk: Desktop, start: tuple[float, float], by: tuple[float, float]) -> None:
    canvas, end = desk.window.canvas, (start[0] + by[0], start[1] + by[1])
    desk.qtbot.mousePress(canvas, LEFT, pos=desk.at(*start))
    desk.qtbot.mouseMove(canvas, desk.at(*end))
    desk.qtbot.mouseRelease(canvas, LEFT, pos=desk.at(*end))


def tool_of(desk: Desktop) -> LandmarkTool:
    tool = desk.window.alignment.tool
    assert tool is not None
    return tool


def points_of(desk: Desktop) -> NDArray[np.float64]:
    landmarks = tool_of(desk).landmarks
    assert landmarks is not None
    return np.array(landmarks)


def doubtful(photo: Photo) -> tuple[DetectedFace, ...]:
    return (replace(one_face(photo)[0], confidence=0.2),)


def test_a_handle_moves_its_part_at_every_zoom_and_apply_aligns(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    desk.window.commands.align.trigger()
    tool = tool_of(desk)
    start = points_of(desk)
    desk.window.canvas.set_zoom(2.0)
    quad = tool.quad
    pull(desk, handle(points_of(desk), "right eye"), (10, 6))
    assert np.allclose(points_of(desk)[36:42] - start[36:42], (10, 6), atol=0.51)
    assert np.array_equal(points_of(desk)[42:], start[42:])
    assert quad is not None
    assert tool.quad is not None
    assert np.abs(tool.quad - quad).max() > 2  # the frame follows at once
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty  # nothing was brushed
    points = points_of(desk)
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Return)
    desk.until(lambda: len(desk.engine.begun(Invert)) == 2 and not desk.session.inverting)
    assert np.array_equal(desk.session.faces[0].landmarks, points)
    assert not desk.window.alignment.active
    assert not desk.window.alignment.bar.isVisible()


def test_single_points_can_be_dragged_when_they_are_large_enough(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    desk.window.commands.align.trigger()
    start = points_of(desk)
    x, y = start[54].tolist()
    desk.window.canvas.set_zoom(0.5)
    pull(desk, (x, y), (4, 0))  # the mouth's handle is the only thing there
    moved = np.flatnonzero((points_of(desk) != start).any(1))
    assert moved.tolist() == list(range(48, 68))
    start = points_of(desk)
    x, y = start[54].tolist()
    desk.window.canvas.set_zoom(4.0)
    desk.window.canvas.centre_on(x, y)
    pull(desk, (x, y), (5, 0))
    assert np.flatnonzero((points_of(desk) != start).any(1)).tolist() == [54]


def test_escape_leaves_everything_as_it_was(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    before = desk.session.portrait
    desk.window.commands.align.trigger()
    pull(desk, handle(points_of(desk), "mouth"), (12, 0))
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not desk.window.alignment.active
    assert desk.session.portrait is before
    desk.brush((150, 100), (170, 100))
    assert desk.session.region is not None
    assert not desk.session.region.mask.is_empty  # the brush is back
    desk.window.commands.align.trigger()
    desk.window.alignment.apply()  # nothing was moved
    assert desk.session.portrait is before
    assert len(desk.engine.begun(Invert)) == 1


def test_a_face_is_added_with_three_clicks(make: Make, photo: Path) -> None:
    desk = make(faces=no_face)
    desk.window.open(photo)
    desk.until(lambda: desk.session.photo and not desk.session.studio.finding_faces)
    assert desk.window.face_panel.add.isVisible()
    desk.click(desk.window.face_panel.add)
    bar = desk.window.alignment.bar
    assert "one eye" in bar.text.text()
    assert not bar.apply.isEnabled()
    for x, y in ((130, 90), (190, 92), (250, 94)):  # the last one lies on a line with the eyes
        desk.qtbot.mouseClick(desk.window.canvas, LEFT, pos=desk.at(x, y))
    assert "mouth" in bar.text.text()
    desk.qtbot.mouseClick(desk.window.canvas, LEFT, pos=desk.at(160, 150))
    assert bar.apply.isEnabled()
    desk.click(bar.apply)
    desk.until(lambda: desk.session.portrait)
    eyes = [desk.session.faces[0].landmarks[part].mean(0) for part in (np.s_[36:42], np.s_[42:48])]
    assert np.allclose(eyes, [(130, 90), (190, 92)], atol=1.5)
    assert not desk.window.face_panel.add.isVisible()


def test_three_clicks_place_a_found_face_anew(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    desk.window.commands.align.trigger()
    desk.click(desk.window.alignment.bar.three)
    for x, y in ((100, 90), (150, 90), (125, 140)):
        desk.qtbot.mouseClick(desk.window.canvas, LEFT, pos=desk.at(x, y))
    assert np.allclose(points_of(desk)[48:55:6].mean(0), (125, 140), atol=1.5)
    desk.click(desk.window.alignment.bar.apply)
    desk.until(lambda: len(desk.engine.begun(Invert)) == 2)
    desk.until(lambda: len(desk.session.faces) == 1 and desk.session.faces[0].detector == "hand")


def test_a_doubtful_face_says_so_and_offers_its_points(make: Make, photo: Path) -> None:
    desk = make(faces=doubtful)
    desk.open(photo)
    panel = desk.window.face_panel
    assert panel.doubt.isVisible()
    assert "points" in desk.window.banner.text.text()
    for text in (panel.quality, panel.doubt):  # none is cut
        desk.until(lambda text=text: text.height() >= text.heightForWidth(text.width()))
    desk.click(panel.align)
    pull(desk, handle(points_of(desk), "nose"), (3, 0))
    desk.click(desk.window.alignment.bar.apply)
    desk.until(lambda: desk.session.faces[0].detector == "hand")
    assert not panel.doubt.isVisible()


def test_all_that_opening_a_project_has_to_say_can_be_read(
    make: Make, photo: Path, tmp_path: Path
) -> None:
    desk = make(faces=doubtful)
    desk.open(photo)
    desk.session.files.save_project(tmp_path / "a.sip")
    banner = desk.window.banner
    desk.until(lambda: "Saved" in banner.text.text())
    desk.engine.of_projects = replace(desk.engine.info, generator="older")
    desk.window.open(tmp_path / "a.sip")
    desk.until(lambda: all(word in banner.text.text() for word in ("older", "points")))
    assert "Saved" not in banner.text.text(), "of the document before"
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not banner.isVisible()


def test_a_sure_face_is_not_doubted(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    assert not desk.window.face_panel.doubt.isVisible()
    assert not desk.window.face_panel.add.isVisible()


def test_points_lie_over_the_unedited_photo_and_end_with_it(make: Make, photo: Path) -> None:
    desk = make()
    desk.open(photo)
    canvas = desk.window.canvas
    before = canvas.grab().toImage()
    size = canvas.size()
    desk.slide("light_from_left", 0, 100)
    desk.until(lambda: desk.labels)
    assert canvas.size() == size  # the photo lies where it lay
    nose = desk.at(*desk.session.faces[0].landmarks[30].tolist()) + QPoint(12, -12)
    desk.until(lambda: canvas.grab().toImage().pixelColor(nose) != before.pixelColor(nose))
    desk.window.commands.align.trigger()
    assert canvas.grab().toImage().pixelColor(nose) == before.pixelColor(nose)  # the photo itself
    spot = desk.at(*handle(points_of(desk), "left eye"))
    ring = canvas.grab().toImage().pixelColor(spot + QPoint(8, 0))
    assert ring != before.pixelColor(spot + QPoint(8, 0))
    assert ring.red() > ring.blue() + 40  # yellow
    desk.session.files.set_saved()
    old = desk.session.portrait
    desk.window.open(photo)
    desk.until(lambda: desk.session.portrait is not old and desk.session.portrait)
    assert not desk.window.alignment.active


@pytest.mark.parametrize("leaves", ["closes", "opens another"])
@pytest.mark.parametrize("answer", ["apply", "discard", "cancel"])
def test_moved_points_are_asked_about(
    make: Make, photo: Path, monkeypatch: pytest.MonkeyPatch, leaves: str, answer: str
) -> None:
    desk = make()
    desk.open(photo)
    found = desk.session.faces[0].landmarks
    desk.window.commands.align.trigger()
    pull(desk, handle(points_of(desk), "right eye"), (10, 6))
    points = points_of(desk)
    asked: list[str] = []

    def points_asked(parent: QWidget) -> str:
        del parent
        asked.append("points")
        return answer

    def unsaved_asked(parent: QWidget, name: str) -> str:
        del parent, name
        asked.append("unsaved")
        return "cancel"

    monkeypatch.setattr(dialogs, "ask_points", points_asked)
    monkeypatch.setattr(dialogs, "ask_unsaved", unsaved_asked)
    if leaves == "closes":
        assert desk.window.close() == (answer == "discard")
    else:
        old = desk.session.photo
        desk.window.open(photo)
        if answer == "discard":
            desk.until(lambda: desk.session.photo is not old and desk.session.portrait)
    assert asked == (["points", "unsaved"] if answer == "apply" else ["points"])
    if answer == "apply":
        desk.until(lambda: not desk.session.inverting)
        assert np.array_equal(desk.session.faces[0].landmarks, points)
    else:
        assert np.array_equal(desk.session.faces[0].landmarks, found)
        assert desk.window.alignment.active == (answer == "cancel")
        assert answer == "discard" or np.array_equal(points_of(desk), points)


def test_points_in_hand_are_not_asked_about_before_they_were_moved(
    make: Make, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.open(photo)

    def asked(parent: QWidget) -> str:
        pytest.fail(f"asked over {parent}")

    monkeypatch.setattr(dialogs, "ask_points", asked)
    desk.window.commands.align.trigger()
    assert desk.window.close()


def test_moved_points_wait_while_another_face_is_chosen(make: Make, photo: Path) -> None:
    desk = make(faces=two_faces)
    desk.open(photo)
    desk.window.commands.align.trigger()
    pull(desk, handle(points_of(desk), "right eye"), (10, 6))
    points = points_of(desk)
    desk.window.commands.align.trigger()  # again: nothing is thrown away
    assert np.array_equal(points_of(desk), points)
    desk.session.faces_desk.choose_face(1)
    assert not desk.window.alignment.active
    assert "wait until you align" in desk.window.banner.text.text()
    desk.session.faces_desk.choose_face(0)
    desk.window.commands.align.trigger()
    assert np.array_equal(points_of(desk), points)
    desk.window.alignment.leave()  # Esc throws them away
    desk.window.commands.align.trigger()
    assert not np.array_equal(points_of(desk), points)


def test_a_click_on_another_face_chooses_it(make: Make, photo: Path) -> None:
    desk = make(faces=two_faces)
    desk.open(photo)
    x, y, w, h = desk.session.faces[1].box
    middle = desk.at(x + w / 2, y + h / 2)
    desk.qtbot.mouseClick(desk.window.canvas, LEFT, pos=middle)  # the faces are framed
    assert desk.session.active == 1
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty
    desk.until(lambda: desk.session.portrait)
    desk.brush((x + 5, y + h / 2), (x + w - 5, y + h / 2))
    assert not desk.session.region.mask.is_empty  # on the active face the brush brushes
    x, y, w, h = desk.session.faces[0].box
    ctrl = Qt.KeyboardModifier.ControlModifier
    middle = desk.at(x + w / 2, y + h / 2)
    desk.qtbot.mouseClick(desk.window.canvas, LEFT, ctrl, pos=middle)
    assert desk.session.active == 0


def test_points_in_hand_stay_when_another_face_lands_where_it_was_moved_to(
    make: Make, photo: Path
) -> None:
    desk = make(faces=two_faces)
    desk.open(photo)
    session = desk.session
    desk.engine.delayed.add(Invert)
    points = session.faces[0].landmarks + 5
    session.faces_desk.align_face(points)
    session.faces_desk.choose_face(1)
    desk.window.alignment.align()
    tool = desk.window.alignment.tool
    desk.engine.delayed.clear()
    desk.until(lambda: np.array_equal(session.faces[0].landmarks, points))
    desk.until(lambda: session.portrait)
    assert session.active == 1
    assert desk.window.alignment.tool is tool
    session.faces_desk.choose_face(0)
    assert not desk.window.alignment.active


def test_two_faces_are_edited_exported_and_kept_in_one_project(
    make: Make, photo: Path, tmp_path: Path
) -> None:
    desk = make(faces=two_faces)
    desk.open(photo)
    desk.slide("smile", 0, 60)
    desk.until(lambda: desk.labels)
    first = desk.labels
    x, y, w, h = desk.session.faces[1].box
    ctrl, middle = Qt.KeyboardModifier.ControlModifier, desk.at(x + w / 2, y + h / 2)
    desk.qtbot.mouseClick(desk.window.canvas, LEFT, ctrl, pos=middle)
    desk.until(lambda: desk.session.portrait)
    assert desk.labels == []
    desk.slide("lip_redness", 0, 80)
    desk.until(lambda: desk.labels)
    assert desk.labels != first
    desk.session.files.export(tmp_path / "both.png", ExportOptions())
    desk.until(lambda: (tmp_path / "both.png").is_file() and not desk.session.busy)
    with Image.open(tmp_path / "both.png") as image:
        changed = (np.asarray(image)[..., :3] != 110).any(-1)
    for face in desk.session.faces:
        (left, top), (right, bottom) = (f(face.landmarks[48:60], 0) for f in (np.min, np.max))
        assert changed[int(top) : int(bottom), int(left) : int(right)].any(), "lips"
    desk.session.files.save_project(tmp_path / "both.sip")
    desk.until(lambda: desk.session.project_path)
    old, second = desk.session.portrait, desk.labels
    desk.window.open(tmp_path / "both.sip")
    desk.until(lambda: desk.session.portrait is not old)
    assert desk.session.active == 1
    assert desk.labels == second
    desk.session.faces_desk.choose_face(0)
    assert desk.labels == first
    assert len(desk.engine.begun(Invert)) == 2
