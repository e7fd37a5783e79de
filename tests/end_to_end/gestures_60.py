"""Sixty gestures of an hour in the window, each with what must be true after it.

``test_sixty_gestures`` drives them offscreen over the fake engine, and, marked slow, over the real
one on whatever display there is: ``xvfb-run -a python -m pytest -m slow
tests/end_to_end/test_sixty_gestures.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from editor.document.photo_export import ExportOptions
from widgets.brush import Tool
from widgets.look import LookKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

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

    def __init__(self, window: MainWindow, folder: Path, patience: float) -> None:
        """Wait up to ``patience`` seconds for what a gesture leads to."""
        self.window, self.session, self.canvas = window, window.session, window.canvas
        self.folder, self._patience = folder, patience
        self.done: list[str] = []

    def check(self, name: str, holds: Callable[[], object]) -> None:
        """A gesture was done; wait until what it is for is true."""
        waited = 0.0
        while not holds():
            QTest.qWait(20)
            waited += 0.02
            assert waited < self._patience, f"{name} ({len(self.done) + 1})"
        self.done.append(name)

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
            QTest.qWait(4)
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
    window.history_panel.strength.slider.setValue(50)
    check("its strength", lambda: session.history and session.history.edits[0].weight == 0.5)
    window.history_panel.opacity.slider.setValue(80)
    check("its opacity", lambda: session.history and session.history.edits[0].opacity == 0.8)
    session.adjustments.switch(first.id, False)
    check("switch it off", lambda: hour.edits == 1)
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
    key(Qt.Key.Key_6)
    key(Qt.Key.Key_H)
    check("turn and flip", lambda: canvas.port.turn.flipped and canvas.port.turn.degrees)
    key(Qt.Key.Key_5)
    check("upright", lambda: canvas.port.turn.is_upright)


def the_rest(hour: Hour) -> None:
    """Paint, discovery, files: 8 gestures."""
    window, session, check = hour.window, hour.session, hour.check
    hour.key(Qt.Key.Key_P)
    check("paint", lambda: hour.canvas.brush.paint)
    hour.click(window.colours.swatches[6])
    check("a swatch", lambda: hour.canvas.brush.colour == (170, 32, 44))
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
