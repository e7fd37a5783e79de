"""The whole window over a fake engine: what a user does, what becomes of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo_export import ExportOptions
from editor.engine.jobs import Intervene, Invert
from tests.fake_engine import ATTRIBUTES, no_face, two_faces
from tests.heartbeat import Heartbeat
from widgets import dialogs, translation
from widgets.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.desktop import Desktop


ROOT = Path(__file__).parents[2]
LEFT = Qt.MouseButton.LeftButton


def test_the_edit_loop_from_open_to_export(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    window = desk.window
    assert "portrait.png" in window.windowTitle()
    assert window.status.device.text() == "Fake device"
    assert list(window.edits.attributes.rows) == [info.name for info in ATTRIBUTES]
    desk.brush((120, 150), (190, 150))
    assert window.commands.undo.text() == "&Undo brush stroke"
    desk.slide("lip_redness", 0, 20, 60)
    desk.until(lambda: desk.labels)
    desk.until(lambda: window.history_panel.list.count() == 2)
    assert window.isWindowModified()
    desk.until(lambda: window.edits.attributes.rows["lip_redness"].value >= 58)
    assert not window.canvas.overlay_visible  # out of the way
    window.commands.undo.trigger()
    assert desk.labels == []
    desk.until(lambda: window.edits.attributes.rows["lip_redness"].value == 0)
    window.commands.redo.trigger()
    desk.session.files.export(tmp_path / "out.png", ExportOptions())
    desk.until(lambda: window.banner.isVisible() and "Exported" in window.banner.text.text())
    out = np.asarray(Image.open(tmp_path / "out.png").convert("RGB")).astype(int)
    assert out[150, 150, 0] > 130
    assert (out[:100] == 110).all()


def test_sliders_wait_for_the_analysis_and_the_brush_does_not(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.engine.delayed.add(Invert)
    desk.window.open(photo)
    desk.until(lambda: desk.session.inverting)
    assert not desk.window.edits.attributes.rows["smile"].slider.isEnabled()
    desk.brush((120, 150), (190, 150))
    assert desk.session.region is not None
    assert not desk.session.region.mask.is_empty
    desk.until(lambda: desk.window.status.cancel.isVisible())
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.portrait)
    assert desk.window.edits.attributes.rows["smile"].slider.isEnabled()
    assert "very good" in desk.window.face_panel.quality.text()
    desk.until(lambda: not desk.window.status.cancel.isVisible())


def test_a_cancelled_analysis_can_be_started_again(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.engine.delayed.add(Invert)
    desk.window.open(photo)
    desk.until(lambda: desk.session.inverting)
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    desk.until(lambda: desk.window.face_panel.analyse.isVisible())
    assert desk.session.portrait is None
    desk.engine.delayed.clear()
    desk.qtbot.mouseClick(desk.window.face_panel.analyse, LEFT)
    desk.until(lambda: desk.session.portrait)


def test_a_history_click_jumps(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    for name in ("smile", "lip_redness"):
        count = len(desk.labels)
        desk.slide(name, 0, 40)
        desk.until(lambda count=count: len(desk.labels) > count)
    panel = desk.window.history_panel.list
    desk.until(lambda: panel.count() == 3)
    place = panel.visualItemRect(panel.item(0)).center()
    desk.qtbot.mouseClick(panel.viewport(), LEFT, pos=place)
    assert desk.labels == []
    assert panel.count() == 3
    desk.until(lambda: panel.currentRow() == 0)


def test_two_faces_can_be_chosen_between(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make(faces=two_faces)
    desk.open(photo)
    buttons = desk.window.face_panel.buttons
    assert len(buttons) == 2
    assert buttons[0].isChecked()
    desk.qtbot.mouseClick(buttons[1], LEFT)
    assert desk.session.active == 1
    desk.until(lambda: desk.session.portrait)
    assert buttons[1].isChecked()


def test_keys_steer_brush_view_and_overlay(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, canvas = desk.window, desk.window.canvas

    def keys(*what: Any) -> None:
        desk.qtbot.keyClick(*what)

    canvas.setFocus()
    radius, hardness = canvas.brush.radius, canvas.brush.hardness
    keys(canvas, Qt.Key.Key_BracketRight)
    assert canvas.brush.radius == pytest.approx(1.2 * radius)
    keys(canvas, Qt.Key.Key_BracketLeft)
    keys(canvas, Qt.Key.Key_BraceRight)
    assert canvas.brush.hardness == pytest.approx(hardness + 0.1)
    keys(canvas, Qt.Key.Key_E)
    assert canvas.brush.erase
    assert window.region_panel.eraser_button.isChecked()
    keys(canvas, Qt.Key.Key_X)
    assert not canvas.brush.erase
    assert window.commands.brush.isChecked()
    keys(canvas, Qt.Key.Key_O)
    assert not window.commands.overlay.isChecked()
    assert not window.region_panel.overlay_box.isChecked()
    keys(canvas, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.zoom == 2
    keys(canvas, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.zoom == 1
    desk.brush((120, 150), (190, 150))
    keys(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty
    desk.qtbot.keyPress(canvas, Qt.Key.Key_Backslash)
    assert window.commands.original.isChecked()
    desk.qtbot.keyRelease(canvas, Qt.Key.Key_Backslash)
    assert not window.commands.original.isChecked()


def test_a_dropped_photo_opens(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, LEFT, keys)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(desk.window, QDropEvent(QPointF(50, 50), copy, data, LEFT, keys))
    desk.until(lambda: desk.session.portrait)


def test_errors_show_advice_and_leave_the_photo(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    (tmp_path / "notes.jpg").write_text("no photo")
    desk.window.open(tmp_path / "notes.jpg")
    desk.until(lambda: "notes.jpg" in desk.window.banner.text.text())
    assert "<b>" in desk.window.banner.text.text()
    assert desk.window.banner.isVisible()
    assert "portrait.png" in desk.window.windowTitle()
    error = EngineError("out_of_memory", "Out of memory.", "Close other programs.")
    desk.engine.fail[Intervene] = EngineFailure(error)
    desk.slide("smile", 0, 50)
    desk.until(lambda: "Close other programs." in desk.window.banner.text.text())
    desk.until(lambda: desk.window.edits.attributes.rows["smile"].value == 0)
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not desk.window.banner.isVisible()


def test_a_project_of_another_generator_shows_what_that_one_offers(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    window, rows = desk.window, desk.window.edits.attributes
    desk.session.regions.apply_preset("smile")
    desk.slide("smile", 0, 40)
    desk.until(lambda: desk.labels)
    value = rows.rows["smile"].value
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: not window.isWindowModified())
    desk.engine.of_projects = replace(
        desk.engine.info, generator="older", attributes=ATTRIBUTES[:3], generator_sha256="0" * 64
    )
    window.open(tmp_path / "a.sip")
    desk.until(lambda: window.banner.isVisible() and "older" in window.banner.text.text())
    desk.until(lambda: len(rows.rows) == 3)
    assert "older" in window.status.device.toolTip()
    assert "older" in window.banner.text.text(), "it can be read when the project is there"
    desk.session.regions.apply_preset("smile")
    desk.until(lambda: rows.rows["smile"].value == value)
    assert rows.rows["smile"].slider.isEnabled()
    desk.slide("eyes_open", 0, 50)
    desk.until(lambda: len(desk.labels) == 2)
    desk.session.files.set_saved()

    window.open(photo)
    desk.until(lambda: list(rows.rows) == [info.name for info in ATTRIBUTES])
    assert not window.banner.isVisible()
    assert "older" not in window.status.device.toolTip()
    desk.until(lambda: rows.rows["smile"].slider.isEnabled())


def test_without_a_face_the_panel_says_so(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make(faces=no_face)
    desk.window.open(photo)
    desk.until(lambda: desk.session.photo and not desk.session.studio.finding_faces)
    assert not desk.window.region_panel.preset_buttons["mouth"].isEnabled()
    assert not desk.window.edits.attributes.rows["smile"].slider.isEnabled()
    assert desk.window.banner.isVisible()


def test_closing_with_unsaved_edits_asks_and_can_save(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.open(photo)
    desk.slide("smile", 0, 50)
    desk.until(lambda: desk.labels)
    answers = ["cancel", "save"]

    def answer(parent: object, name: str) -> str:
        assert parent is desk.window
        assert name == "portrait.png"
        return answers.pop(0)

    def place(parent: object, suggestion: Path) -> Path:
        assert parent is desk.window
        assert suggestion.name == "portrait.sip"
        return tmp_path / "work.sip"

    monkeypatch.setattr(dialogs, "ask_unsaved", answer)
    monkeypatch.setattr(dialogs, "ask_project", place)
    desk.window.close()
    assert desk.window.isVisible()
    desk.window.close()
    desk.until(lambda: not desk.window.isVisible())
    assert (tmp_path / "work.sip").is_file()
    assert answers == []


def test_the_gui_thread_stays_free_during_an_edit(
    make: Callable[..., Desktop], photo: Path, record_property: Callable[[str, object], None]
) -> None:
    desk = make(steps=30, pause=0.005)
    desk.open(photo)
    heart = Heartbeat()
    heart.start()
    desk.slide("smile", *range(0, 80, 4))
    desk.brush((100, 100), (180, 110), (200, 160))
    desk.until(lambda: desk.labels and len(heart.gaps) > 10)
    heart.stop()
    record_property("longest_gap_ms", round(1000 * heart.longest, 1))
    assert len(heart.gaps) > 10  # it was measured; how long is a matter of the machine


def test_the_window_needs_no_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import main\n"
        "from tests.fake_engine import FakeEngine\n"
        "options = main.parser().parse_args(['--run-and-quit'])\n"
        "code = main.open_window(options, lambda collect: FakeEngine())\n"
        "assert 'editor.engine.engine' not in sys.modules\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line] == []


def test_run_and_quit_analyses_edits_and_takes_a_picture(photo: Path, tmp_path: Path) -> None:
    code = (
        "import sys, main\n"
        "from tests.fake_engine import FakeEngine\n"
        "options = main.parser().parse_args(sys.argv[1:])\n"
        "sys.exit(main.open_window(options, lambda collect: FakeEngine()))\n"
    )
    picture = tmp_path / "window.png"
    arguments = [str(photo), "--run-and-quit", "--screenshot", str(picture)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--edit-demo", "smile=60"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with Image.open(picture) as image:
        assert image.size[0] > 800


def test_no_display_is_one_clear_line() -> None:
    environment = {"PATH": "/usr/bin", "PYTHONPATH": str(ROOT)}
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have a display")
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "display" in done.stderr


@pytest.mark.parametrize("code", ["en", "de"])
def test_a_small_window_leaves_more_to_the_photo_than_to_the_panel(
    qapp: QApplication, make: Callable[..., Desktop], photo: Path, code: str
) -> None:
    sheet = qapp.styleSheet()
    apply_theme(qapp)
    translation.begin(qapp, code)
    try:
        desk = make()
        desk.open(photo)
        window = desk.window
        desk.session.regions.apply_preset("mouth")
        usual = window.attribute_dock.width()
        window.resize(1000, 700)
        desk.until(lambda: window.attribute_dock.width() <= 350)
        assert window.canvas.width() >= 390
        rows = window.edits.attributes.rows["smile"]
        desk.until(lambda: rows.more.mapTo(window, QPoint()).x() + 17 <= window.width())
        window.resize(1360, 860)
        desk.until(lambda: window.attribute_dock.width() == usual)
    finally:
        translation.end(qapp)
        qapp.setStyleSheet(sheet)
