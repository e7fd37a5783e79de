"""What the canvas draws over the photo that is no pixel of it: hints, frames, brush, axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPen

from widgets.translation import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter

    from widgets.brush import Brush

_ACTIVE = QColor(250, 190, 70)


def draw_hint(painter: QPainter, rect: QRect, title: str, detail: str, *, light: bool) -> None:
    """What an empty canvas says, in a dashed frame with a head."""
    painter.save()
    middle = QPointF(rect.center())
    frame = QRectF(0, 0, min(520, rect.width() - 60), min(300, rect.height() - 60))
    frame.moveCenter(middle)
    pen = QPen(QColor(120, 120, 120) if light else QColor(92, 94, 100), 1.5, Qt.PenStyle.DashLine)
    pen.setDashPattern([6, 5])
    painter.setPen(pen)
    painter.drawRoundedRect(frame, 14, 14)
    # a head in an oval: what goes here
    icon = middle - QPointF(0, 62)
    painter.setPen(QPen(QColor(90, 90, 90) if light else QColor(128, 132, 140), 2.2))
    painter.drawEllipse(icon, 19, 24)
    painter.drawArc(QRectF(icon.x() - 44, icon.y() + 32, 88, 62), 20 * 16, 140 * 16)
    plain = painter.font()
    font = QFont(plain)
    font.setPointSizeF(font.pointSizeF() * 1.6)
    painter.setFont(font)
    painter.setPen(QColor(24, 24, 24) if light else QColor(232, 232, 234))
    wraps = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    line = QRectF(frame.left() + 12, middle.y() + 22, frame.width() - 24, 90)
    told = painter.boundingRect(line, wraps, title)
    painter.drawText(line, wraps, title)
    painter.setFont(plain)
    painter.setPen(QColor(60, 60, 60) if light else QColor(190, 192, 196))
    painter.drawText(line.translated(0, told.height() + 8), wraps, detail)
    painter.restore()


def draw_badge(painter: QPainter, text: str, corner: QPointF | None = None) -> None:
    """A word at a corner, by default the canvas'."""
    box = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(text) + 24, 26)
    box.moveTopLeft(QPointF(14, 14) if corner is None else corner)
    painter.save()
    if corner is not None:  # it belongs to the photo, which may be turned; letters never are
        box.moveCenter(painter.worldTransform().map(box.center()))
    painter.resetTransform()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(box, 13, 13)
    painter.setPen(QColor(240, 240, 240))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def draw_note(painter: QPainter, rect: QRect, text: str) -> None:
    """What is to be known of all that is shown, at the foot of the canvas."""
    painter.save()
    painter.resetTransform()
    draw_badge(painter, text, QPointF(14, rect.height() - 40))
    painter.restore()


def draw_face(painter: QPainter, box: QRectF, number: int, *, active: bool) -> None:
    """A face's frame with its number, counted from 1."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 120), 4))
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(QPen(_ACTIVE if active else QColor(235, 235, 235), 2))
    painter.drawRoundedRect(box, 6, 6)
    painter.save()
    on_widget = painter.worldTransform().mapRect(box)
    painter.resetTransform()
    painter.drawText(on_widget.adjusted(8, 5, 0, 0), str(number))
    painter.restore()


def draw_axis(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """The line that strokes are mirrored at."""
    painter.setPen(QPen(QColor(0, 0, 0, 130), 2.6))
    painter.drawLine(start, end)
    painter.setPen(QPen(_ACTIVE, 1.2, Qt.PenStyle.DashLine))
    painter.drawLine(start, end)


def draw_brush(
    painter: QPainter, centre: QPointF, radius: float, brush: Brush, *, erasing: bool, sizing: bool
) -> None:
    """The brush's outline at ``radius`` widget pixels; a paint brush shows its colour."""
    if brush.paint and not erasing:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*brush.colour))
        painter.drawEllipse(centre + QPointF(radius + 8, radius + 8) * 0.75, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor(0, 0, 0, 150), 2.6), (QColor(255, 255, 255, 235), 1.2)):
        pen = QPen(colour, width)
        if erasing:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawEllipse(centre, radius, radius)
    inner = radius * brush.hardness
    if 3 < inner < radius - 3:
        painter.setPen(QPen(QColor(255, 255, 255, 110), 1))
        painter.drawEllipse(centre, inner, inner)
    if sizing:
        text = tr(
            "{radius:.0f} px, hardness {hardness:.0f} %",
            radius=2 * brush.radius,
            hardness=100 * brush.hardness,
        )
        painter.setPen(QColor(0, 0, 0))
        painter.drawText(centre + QPointF(13, 5), text)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(centre + QPointF(12, 4), text)


def draw_string(painter: QPainter, brush: QPointF, pointer: QPointF) -> None:
    """The string on which the pointer pulls the brush."""
    for colour, width in ((QColor(0, 0, 0, 130), 2.4), (QColor(255, 255, 255, 190), 1.0)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(brush, pointer)


def draw_pipette(painter: QPainter, centre: QPointF, colour: QColor) -> None:
    """A ring in the colour under the pointer, which a click takes."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(0, 0, 0), 9), QPen(QColor(255, 255, 255), 7), QPen(colour, 5)):
        painter.setPen(pen)
        painter.drawEllipse(centre, 14, 14)
