"""Hands and eyes for a canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from widgets.pixels import pixels_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from widgets.canvas import PhotoCanvas

LEFT = Qt.MouseButton.LeftButton
WIDTH, HEIGHT = 400, 300
GREY = [120, 120, 120]


def grab(canvas: QWidget) -> NDArray[np.uint8]:
    canvas.repaint()
    return pixels_of(canvas.grab().toImage())


def at(canvas: PhotoCanvas, x: float, y: float) -> QPoint:
    return canvas.widget_point(x, y).toPoint()


def colour(canvas: PhotoCanvas, x: float, y: float) -> list[int]:
    point = at(canvas, x, y)
    return [int(part) for part in grab(canvas)[point.y(), point.x()]]


def press(qtbot: QtBot, canvas: PhotoCanvas, *points: tuple[float, float]) -> None:
    """Press at the first point and move over the others; the button stays down."""
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, *points[0]))
    for point in points[1:]:
        qtbot.mouseMove(canvas, at(canvas, *point))


def drag(qtbot: QtBot, canvas: PhotoCanvas, *points: tuple[float, float]) -> None:
    press(qtbot, canvas, *points)
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, *points[-1]))


def hover(canvas: PhotoCanvas, x: float, y: float) -> None:
    """Move without a button: what a lost release looks like."""
    place = QPointF(at(canvas, x, y))
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        canvas.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)
