"""An hour in the window: sixty gestures and more, each with what must be true after it.

``test_sixty_gestures`` drives them over the fake engine and, marked slow, over the real one; on a
display with ``QT_QPA_PLATFORM=xcb xvfb-run -a python -m pytest -m slow …/test_sixty_gestures.py``.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDropEvent,
    QEnterEvent,
    QInputDevice,
    QNativeGestureEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from editor.document.photo_export import ExportOptions
from tests.editor.document.test_proof import press as press_profile
from tests.end_to_end.desktop import answering
from tests.turns import wait
from widgets import dialogs
from widgets.brush import Tool
from widgets.help import About
from widgets.keys_dialog import KeysDialog
from widgets.look import LookKind
from widgets.manual import Manual
from widgets.settings_dialog import SettingsDialog
from widgets.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from PySide6.QtWidgets import QDialog, QWidget

    from widgets.main_window import MainWindow

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)  # fmt: skip
CONTROL = Qt.KeyboardModifier.ControlModifier


class Hour:
    """The window, hands, and the gestures done so far.

    Attributes:
        done: names of the gestures, in their order.
    """

    def __init__(
        self, window: MainWindow, folder: Path, patience: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Wait up to ``patience`` seconds for what a gesture leads to."""
        self._monkeypatch = monkeypatch
        self.window, self.session, self.canvas = window, window.session, window.canvas
        self.folder, self._patience = folder, patience
        self.done: list[str] = []

    def check(self, name: str, holds: Callable[[], object]) -> None:
        """A gesture was done; wait until what it is for is true."""
        waited = 0.0
        while not holds():
            wait(20)
            waited += 0.02
            assert waited < self._patience, f"{name} ({len(self.done) + 1})"
        self.done.append(name)

    def answer(self, question: str, answer: object) -> None:
        """What the user says when one of ``dialogs`` asks."""
        self._monkeypatch.setattr(dialogs, question, answering(answer))

    def dialog(self, kind: type[QDialog], command: str) -> QDialog:
        """The window that a command opens."""
        getattr(self.window.commands, command).trigger()
        return self.window.findChildren(kind)[-1]

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, modifiers)

    def at(self, x: float, y: float) -> QPoint:
        """A place on the face: 0…1 across its box."""
        left, top, width, height = self.session.faces[self.session.active].box
        return self.canvas.widget_point(left + x * width, top + y * height).toPoint()

    def drag(
        self, *places: tuple[float, float], keys: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
    ) -> None:  # fmt: skip
        QTest.mousePress(self.canvas, button, keys, self.at(*places[0]))
        for place in places[1:]:
            QTest.mouseMove(self.canvas, self.at(*place))
            wait(4)
        QTest.mouseRelease(self.canvas, button, keys, self.at(*places[-1]))

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, LEFT, NONE, QPoint(8, widget.height() // 2))

    def pull(self, name: str, value: int) -> None:
        slider = self.window.edits.attributes.rows[name].slider
        start, end = (QPoint(round(slider.position_of(v)), 9) for v in (slider.value(), value))
        QTest.mousePress(slider, LEFT, NONE, start)
        QTest.mouseMove(slider, end)
        QTest.mouseRelease(slider, LEFT, NONE, end)

    @property
    def pixels(self) -> int:
        """How much of the region there is."""
        region = self.session.region
        return 0 if region is None else int((region.mask.alpha > 127).sum())

    @property
    def edits(self) -> int:
        history = self.session.history
        return len(history.applied) if history else 0

    def committed(self, attribute: str) -> float:
        """What all edits ask of that slider, without what is being dragged."""
        history = self.session.history
        applied = history.applied if history else ()
        return sum(dict(edit.goals).get(attribute, 0.0) for edit in applied)

    @property
    def idle(self) -> bool:
        return not self.session.busy


def regions(hour: Hour) -> None:
    """Brushes, shapes, presets, operations: 24 gestures."""
    window, session, canvas = hour.window, hour.session, hour.canvas
    panel, check, key = window.region_panel, hour.check, hour.key
    hour.drag((0.3, 0.4), (0.5, 0.5), (0.7, 0.4))
    check("brush", lambda: hour.pixels > 0 and not canvas.waiting_strokes)
    before = hour.pixels
    hour.drag((0.3, 0.4), (0.5, 0.5), keys=ALT)
    check("Alt erases", lambda: hour.pixels < before)
    QTest.mouseClick(canvas, LEFT, SHIFT, hour.at(0.7, 0.7))
    check("Shift+click draws a line", lambda: not canvas.waiting_strokes)
    radius = canvas.brush.radius
    key(Qt.Key.Key_BracketRight)
    check("larger brush", lambda: canvas.brush.radius > radius)
    hardness = canvas.brush.hardness
    key(Qt.Key.Key_BraceLeft)
    check("softer edge", lambda: canvas.brush.hardness < hardness)
    panel.opacity_slider.slider.setValue(60)
    check("opacity", lambda: canvas.brush.opacity == 0.6)
    panel.brush_options.flow.slider.setValue(50)
    check("flow", lambda: canvas.brush.flow == 0.5)
    panel.brush_options.smoothing.slider.setValue(30)
    check("smoothing", lambda: canvas.brush.smoothing == 0.3)
    key(Qt.Key.Key_A)
    check("stop at edges", lambda: canvas.brush.follows)
    key(Qt.Key.Key_A)
    key(Qt.Key.Key_E)
    check("eraser", lambda: canvas.brush.erase)
    before = hour.pixels
    hour.drag((0.5, 0.4), (0.7, 0.4))
    check("erase", lambda: hour.pixels < before)
    key(Qt.Key.Key_X)
    check("swap", lambda: not canvas.brush.erase)
    for tool, name, x in (
        (Tool.LASSO, Qt.Key.Key_S, 0.1),
        (Tool.RECTANGLE, Qt.Key.Key_R, 0.4),
        (Tool.ELLIPSE, Qt.Key.Key_U, 0.7),
    ):
        key(name)
        before = hour.pixels
        hour.drag((x, 0.75), (x + 0.2, 0.77), (x + 0.15, 0.95), (x + 0.1, 0.9))
        check(tool.value, lambda before=before: hour.pixels != before)
    key(Qt.Key.Key_B)
    key(Qt.Key.Key_Z, CONTROL)
    check("undo a shape", lambda: hour.pixels == before)
    key(Qt.Key.Key_G)
    for place in ((0.1, 0.1), (0.3, 0.1), (0.3, 0.25), (0.1, 0.25)):
        QTest.mouseClick(canvas, LEFT, NONE, hour.at(*place))
    key(Qt.Key.Key_Return)
    check("a polygon by clicks", lambda: hour.pixels > before and not canvas.waiting_strokes)
    key(Qt.Key.Key_W)
    session.regions.clear_region()
    QTest.mouseClick(canvas, LEFT, NONE, hour.at(0.5, 0.85))
    check("pick what is there", lambda: hour.idle and hour.pixels > 0)
    before = hour.pixels
    key(Qt.Key.Key_I)
    QTest.mouseClick(canvas, LEFT, NONE, hour.at(0.5, 0.85))
    check("limit to a colour", lambda: hour.idle and canvas.brush.tool is Tool.COLOUR)
    key(Qt.Key.Key_B)
    check("what Shift does is told", lambda: "Shift" in window.status.hint.text())
    session.regions.clear_region()
    for kind, x in ((QEvent.Type.TabletPress, 0.3), (QEvent.Type.TabletMove, 0.5),
                    (QEvent.Type.TabletRelease, 0.5)):  # fmt: skip
        _pen(hour, kind, x)
    check("a pen with pressure", lambda: hour.pixels > 0 and not canvas.waiting_strokes)
    key(Qt.Key.Key_M)
    check("mirror strokes", lambda: session.mirrored)
    key(Qt.Key.Key_M)
    hour.click(panel.preset_buttons["mouth"])
    check("a region by its button", lambda: hour.idle and hour.pixels > 0)
    before = hour.pixels
    hour.click(panel.mask_options.buttons["Grow"])
    check("grow", lambda: hour.pixels > before)
    window.commands.invert.trigger()
    check("invert", lambda: hour.pixels > before)
    window.commands.undo.trigger()
    check("undo that", lambda: hour.idle)
    panel.mask_options.kind.setCurrentIndex(1)
    check("another look", lambda: panel.mask_options.look.kind is list(LookKind)[1])
    panel.mask_options.kind.setCurrentIndex(0)
    key(Qt.Key.Key_O)
    check("hide the region", lambda: not canvas.curtain.on)
    key(Qt.Key.Key_O)
    hour.click(panel.preset_buttons["lips"])
    check("another region", lambda: hour.idle)
    check("its button is lit", lambda: panel.preset_buttons["lips"].isChecked())
    canvas.curtain.step_aside()
    place = QPointF(5, 5)
    QApplication.sendEvent(window.region_dock, QEnterEvent(place, place, place))
    check("shown while the pointer is over its panel", lambda: canvas.overlay_visible)
    QApplication.sendEvent(window.region_dock, QEvent(QEvent.Type.Leave))
    row = window.edits.attributes.rows["brow_height"]
    check("a slider says that its region is another", lambda: row.place_text)
    row.place.click()
    check("and takes it", lambda: panel.preset_buttons["brows"].isChecked())
    window.commands.undo.trigger()
    check("undo a region", lambda: panel.preset_buttons["lips"].isChecked())


def named_regions(hour: Hour) -> None:
    """Regions with names, a healed spot: 7 gestures; all is undone at the end."""
    window, session, canvas = hour.window, hour.session, hour.canvas
    panel, check = window.region_panel, hour.check
    rows = panel.named.list
    hour.click(panel.preset_buttons["mouth"])
    check("a region to be named", lambda: hour.idle and session.usual.is_current)
    panel.named.keep.click()
    editor = rows.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "Laugh")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    check("its name", lambda: [one.name for one in session.named.listed] == ["Laugh"])
    panel.named.new.click()
    check("another is begun", lambda: hour.pixels == 0)
    hour.click(panel.preset_buttons["lips"])
    check("of another place", lambda: hour.idle and session.usual.is_current)
    QTest.mouseClick(rows.viewport(), LEFT, NONE, rows.visualItemRect(rows.item(0)).center())
    check("the named one again", lambda: panel.preset_buttons["mouth"].isChecked())
    before = hour.edits
    hour.click(panel.tool_buttons[Tool.HEAL])
    canvas.set_brush(canvas.brush.resized(6))
    QTest.mouseClick(canvas, LEFT, NONE, hour.at(0.3, 0.6))
    check("a spot healed by a click", lambda: hour.edits == before + 1 and hour.idle)
    window.commands.undo.trigger()
    check("undo the spot", lambda: hour.edits == before and hour.idle)
    hour.key(Qt.Key.Key_B)
    hour.click(panel.preset_buttons["lips"])
    check("to the lips", lambda: hour.idle and panel.preset_buttons["lips"].isChecked())


def edits(hour: Hour) -> None:
    """Sliders, the stack, snapshots, copies: 14 gestures."""
    window, session, check = hour.window, hour.session, hour.check
    hour.pull("lip_redness", 50)
    check("a slider", lambda: hour.edits == 1 and hour.idle)
    hour.pull("lip_redness", 40)
    check("the same one again", lambda: hour.edits == 1 and hour.idle)
    session.regions.apply_preset("smile")
    hour.pull("smile", 40)
    check("another slider", lambda: hour.edits == 2 and hour.idle)
    assert session.history is not None
    first = session.history.edits[0]
    window.history_panel.snapshots.take_one()
    hour.canvas.setFocus()
    check("a snapshot", lambda: len(session.snapshots.states) == 1)
    session.adjustments.choose(first.id)
    check("an older entry", lambda: session.adjustments.chosen == first.id)
    check(
        "with its region",  # where the lips were: the smile has moved them
        lambda: (
            (brushed := first.brushed) is not None
            and session.region is not None
            and session.region.mask == brushed.mask
        ),
    )
    check(
        "and its slider",
        lambda: abs(window.edits.attributes.rows["lip_redness"].slider.value() - 40) <= 1,
    )
    window.history_panel.strength.slider.setValue(50)
    check("its strength", lambda: session.history and session.history.edits[0].weight == 0.5)
    window.history_panel.opacity.slider.setValue(80)
    check("its opacity", lambda: session.history and session.history.edits[0].opacity == 0.8)
    session.adjustments.switch(first.id, False)
    check("switch it off", lambda: hour.edits == 1)
    session.adjustments.switch(first.id, True)
    check("and on", lambda: hour.edits == 2)
    hour.drag((0.4, 0.6), (0.6, 0.6))
    check("paint on its mask", lambda: not hour.canvas.waiting_strokes)
    menu = window.history_panel.list.menu_of(1)
    texts = [action.text() for action in menu.actions()]
    next(a for a in menu.actions() if "brushed region" in a.text()).trigger()
    check(
        "give it the brushed region",
        lambda: (
            hour.idle
            and session.history
            and (brushed := session.history.edits[0].brushed) is not None
            and session.region is not None
            and brushed.mask == session.region.mask
        ),
    )
    assert {"Delete", "Rename…"} <= set(texts)
    menu.deleteLater()
    session.adjustments.rename(first.id, "Lips")
    check("rename it", lambda: session.history and session.history.edits[0].title == "Lips")
    session.adjustments.delete(first.id)
    check("delete it", lambda: session.history and len(session.history.edits) == 1)
    session.snapshots.return_to(session.snapshots.states[0].id)
    check("back to the snapshot", lambda: hour.edits == 2 and hour.idle)
    window.commands.undo.trigger()
    check("undo", lambda: hour.edits == 1)
    window.commands.redo.trigger()
    check("redo", lambda: hour.edits == 2)
    rows = window.history_panel.list
    rows.jump_requested.emit(1)
    check("go back to an entry", lambda: hour.edits == 1)
    check(
        "later entries stay, dimmed",
        lambda: rows.count() == 3 and rows.item(2).foreground() != rows.item(1).foreground(),
    )
    window.commands.undo.trigger()
    slider = window.edits.attributes.rows["smile"].slider
    check(
        "undo that too",
        lambda: hour.edits == 2 and hour.idle and abs(slider.value() - 40) <= 1,
    )
    stood = slider.value()
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    check(
        "a slider by keys",  # their edit begins when they have rested
        lambda: hour.idle and round(hour.committed("smile")) == stood + 1,
    )
    window.commands.undo.trigger()
    check("undo a slider", lambda: hour.idle and slider.value() == stood)
    hour.canvas.setFocus()
    window.commands.copy_edits.trigger()
    check("copy edits", lambda: session.copies.copied is not None)


def looking(hour: Hour) -> None:
    """All ways to look: 14 gestures."""
    window, canvas, check, key = hour.window, hour.canvas, hour.check, hour.key
    key(Qt.Key.Key_0, CONTROL)
    check("fit", lambda: canvas.is_fitted)
    key(Qt.Key.Key_1, CONTROL)
    check("100 %", lambda: canvas.view.zoom == 1.0)
    canvas.zoom_by(1.5, QPointF(100, 100))
    check("zoom to the pointer", lambda: canvas.view.zoom == 1.5)
    middle = canvas.port.middle
    hour.drag((0.5, 0.5), (0.4, 0.6), button=MIDDLE)
    check("pan", lambda: canvas.port.middle != middle)
    key(Qt.Key.Key_F)
    check("the face", lambda: not canvas.is_fitted)
    QTest.keyPress(canvas, Qt.Key.Key_Backslash)
    check("the original, held", lambda: window.commands.original.isChecked())
    QTest.keyRelease(canvas, Qt.Key.Key_Backslash)
    for name, pressed in (
        ("split", Qt.Key.Key_Y), ("beside", Qt.Key.Key_V), ("difference", Qt.Key.Key_D),
        ("clipping", Qt.Key.Key_J), ("loupe", Qt.Key.Key_Z), ("quality", Qt.Key.Key_Q),
    ):  # fmt: skip
        action = getattr(window.commands, name)
        key(pressed)
        check(name, lambda action=action: action.isChecked())
        key(pressed)
        assert not action.isChecked(), name
    key(Qt.Key.Key_Y)
    key(Qt.Key.Key_Y, SHIFT)
    check("the line lies across", lambda: (now := canvas.pictures.photo.split) and now.across)
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    QTest.mousePress(canvas, LEFT, NONE, middle)
    QTest.mouseMove(canvas, middle + QPoint(0, 90))
    QTest.mouseRelease(canvas, LEFT, NONE, middle + QPoint(0, 90))
    shown = canvas.pictures.photo
    check("the line is dragged", lambda: shown.split and shown.split.place > 0.55)
    key(Qt.Key.Key_Y, SHIFT)
    key(Qt.Key.Key_Y)
    zoom = canvas.view.zoom
    place = QPointF(middle)
    wheel = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    check("the wheel", lambda: canvas.view.zoom > zoom)
    turn = QNativeGestureEvent(
        Qt.NativeGestureType.RotateNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
        place, place, place, 30.0, QPointF(),
    )  # fmt: skip
    QApplication.sendEvent(canvas, turn)
    check("two fingers", lambda: canvas.port.turn.degrees == 30)
    key(Qt.Key.Key_5)
    small, seen = window.looking.navigator.photo, canvas.port.middle
    QTest.mouseClick(small, LEFT, NONE, QPoint(small.width() // 2 - 12, small.height() // 2))
    check("the navigator", lambda: canvas.port.middle != seen)
    profile = hour.folder / "press.icc"
    profile.write_bytes(press_profile())
    hour.answer("ask_profile", profile)
    window.commands.proof.setChecked(True)
    check("soft proof", lambda: window.proof.is_on)
    window.commands.proof.setChecked(False)
    key(Qt.Key.Key_6)
    key(Qt.Key.Key_H)
    check("turn and flip", lambda: canvas.port.turn.flipped and canvas.port.turn.degrees)
    key(Qt.Key.Key_5)
    check("upright", lambda: canvas.port.turn.is_upright)


def points(hour: Hour) -> None:
    """The points of the face: 6 gestures."""
    window, check = hour.window, hour.check
    hour.key(Qt.Key.Key_L)
    check("the points", lambda: window.alignment.active)
    tool = window.alignment.tool
    assert tool is not None
    assert tool.landmarks is not None
    x, y = tool.landmarks[48:68].mean(axis=0)
    at = hour.canvas.widget_point(x, y).toPoint()
    QTest.mousePress(hour.canvas, LEFT, NONE, at)
    QTest.mouseMove(hour.canvas, at + QPoint(6, 2))
    QTest.mouseRelease(hour.canvas, LEFT, NONE, at + QPoint(6, 2))
    check("drag one", lambda: window.alignment.moved)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    hour.answer("ask_points", "discard")
    window.alignment.leave()
    check("and leave it", lambda: not window.alignment.active)
    window.commands.pull.trigger()
    pulls = window.pulling.tool
    assert pulls is not None
    before, corner = hour.edits, 54
    at = hour.canvas.port.widget_point(*pulls.spot(corner)).toPoint()
    QTest.mousePress(hour.canvas, LEFT, NONE, at)
    QTest.mouseMove(hour.canvas, at + QPoint(5, -4))
    QTest.mouseMove(hour.canvas, at + QPoint(9, -7))
    QTest.mouseRelease(hour.canvas, LEFT, NONE, at + QPoint(9, -7))
    check("a point is pulled", lambda: hour.idle and hour.edits == before + 1)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    check("Escape leaves the pull", lambda: not window.pulling.active)
    window.commands.undo.trigger()
    check("undo the pull", lambda: hour.idle and hour.edits == before)


def the_window(hour: Hour) -> None:
    """Settings, keys, themes, help: 12 gestures."""
    window, check, commands = hour.window, hour.check, hour.window.commands
    dialog = hour.dialog(SettingsDialog, "settings")
    check("the settings", dialog.isVisible)
    dialog.close()
    keys = hour.dialog(KeysDialog, "keys")
    check("the keys", keys.isVisible)
    keys.close()
    commands.keymap.bind("eraser", ("Shift+K",))
    hour.key(Qt.Key.Key_K, SHIFT)
    check("another key", lambda: hour.canvas.brush.erase)
    commands.keymap.reset_all()
    hour.key(Qt.Key.Key_B)
    manual = hour.dialog(Manual, "manual")
    assert isinstance(manual, Manual)
    manual.search.setText("loupe")
    check("the manual, searched", lambda: manual.pages.currentItem().text() == "Looking")
    manual.close()
    about = hour.dialog(About, "about")
    check("About", about.isVisible)
    about.close()
    commands.tour.trigger()
    check("the hints", window.help.tour.isVisible)
    QTest.keyClick(window.help.tour.next, Qt.Key.Key_Escape)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    sheet = application.styleSheet()
    for theme in ("light", "grey", "dark"):
        apply_theme(application, theme)
        check(f"{theme} theme", lambda: application.styleSheet() != sheet)
    application.setStyleSheet(sheet)
    hour.canvas.setFocus()
    QTest.keyClick(hour.canvas, Qt.Key.Key_Tab)
    check("Tab", lambda: application.focusWidget() is not hour.canvas)
    hour.canvas.setFocus()
    view = hour.canvas.view
    window.banner.show_notice("Something good to know.")
    check("a message does not move the photo", lambda: hour.canvas.view == view)
    window.banner.clear()
    window.resize(1000, 700)
    check("a small window", lambda: window.width() <= 1000 and window.height() <= 700)
    window.resize(1360, 860)


def the_rest(hour: Hour) -> None:
    """Paint, discovery, files: 8 gestures."""
    window, session, check = hour.window, hour.session, hour.check
    hour.key(Qt.Key.Key_P)
    check("paint", lambda: hour.canvas.brush.paint)
    hour.click(window.colours.swatches[6])
    check("a swatch", lambda: hour.canvas.brush.colour == (170, 32, 44))
    wheel = window.colours.wheel
    QTest.mouseClick(wheel, LEFT, NONE, QPoint(wheel.width() // 2 + 9, wheel.height() // 2 + 9))
    check("the wheel of colours", lambda: hour.canvas.brush.colour != (170, 32, 44))
    colour = hour.canvas.brush.colour
    QTest.mouseClick(hour.canvas, LEFT, ALT, hour.at(0.5, 0.5))
    check("Alt+click takes a colour", lambda: hour.canvas.brush.colour != colour)
    hour.drag((0.4, 0.8), (0.6, 0.8))
    check("a painted stroke", lambda: session.paint and not session.paint.is_empty)
    window.commands.clear_paint.trigger()
    check("clear the paint", lambda: session.paint is None or session.paint.is_empty)
    hour.key(Qt.Key.Key_B)
    window.commands.together.setChecked(True)
    check("sliders together", lambda: session.together)
    window.commands.discover.trigger()
    check("what can change here", lambda: window.edits.discovery.cards and hour.idle)
    project, out = hour.folder / "hour.sip", hour.folder / "hour.png"
    session.files.save_project(project, None)
    check("save", lambda: project.exists() and not session.modified)
    session.files.export(out, ExportOptions())
    check("export", lambda: out.exists() and not session.files.writing)


def presets_and_photos(hour: Hour) -> None:
    """Presets, several photos, leaving: 14 gestures; the photo is saved, and closed at the end."""
    window, session, check = hour.window, hour.session, hour.check
    panel, library = window.edits.presets, session.library
    hour.answer("ask_name", "Portraits/Look")
    window.commands.save_preset.trigger()
    check("a preset in a folder", lambda: [one.name for one in session.presets])
    check("with a picture", lambda: "Portraits/Look" in library.pictures)
    panel.list.choose("Portraits/Look")
    panel.favourite.click()
    check("a favourite", lambda: library.favourites)
    edits, smile = hour.edits, session.attribute_values.get("smile", 0.0)
    panel.strength.slider.setValue(150)
    panel.apply.click()
    check("a preset at its strength", lambda: hour.idle and hour.edits >= edits)
    window.commands.undo.trigger()
    check("undo it", lambda: hour.idle and session.attribute_values.get("smile", 0.0) == smile)
    kept = hour.folder / "kept.sip"
    session.files.save_project(kept, None)
    check("save again", lambda: kept.exists() and not session.modified)
    check("recent files", lambda: kept in window.recent.paths)
    photo = session.photo.path if session.photo else None
    assert photo is not None
    others = [hour.folder / f"other-{number}{photo.suffix}" for number in (1, 2)]
    for other in others:
        shutil.copy(photo, other)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other)) for other in others])
    place, copy = QPointF(10, 10), Qt.DropAction.CopyAction
    window.dropEvent(QDropEvent(place, copy, data, LEFT, NONE))
    check("several photos at once", lambda: len(window.film.paths) == 2)
    check(
        "the first of them opens",
        lambda: session.photo and session.photo.path == others[0] and session.portrait,
    )
    session.faces_desk.pause_refining(True)
    window.film.clearSelection()
    window.film.item(1).setSelected(True)
    QTest.keyClick(window.film, Qt.Key.Key_3)
    check("a rating", lambda: window.film.rating_of(others[1]) == 3)
    window.commands.paste_edits.trigger()
    check("paste the edits", lambda: hour.idle and hour.edits >= 1)
    hour.answer("ask_unsaved", "cancel")
    window.close()
    check("closing asks", window.isVisible)
    hour.answer("ask_unsaved", "discard")
    window.close()
    check("Discard closes", lambda: not window.isVisible())


def _pen(hour: Hour, kind: QEvent.Type, x: float) -> None:
    device = QPointingDevice(
        "pen", 7, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 1, "",
        QPointingDeviceUniqueId(),
    )  # fmt: skip
    place = QPointF(hour.at(x, 0.5))
    up = kind == QEvent.Type.TabletRelease
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else LEFT
    event = QTabletEvent(
        kind, device, place, hour.canvas.mapToGlobal(place), 0.0 if up else 0.7, 0, 0, 0, 0, 0,
        NONE, button, Qt.MouseButton.NoButton if up else LEFT,
    )  # fmt: skip
    QApplication.sendEvent(hour.canvas, event)
