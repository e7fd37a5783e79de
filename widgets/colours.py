"""Colours for painting: a wheel, swatches that suit faces, and what was used last."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from widgets.pixels import rgb_image
from widgets.theme import colour as themed
from widgets.theme import styled
from widgets.translation import tr, translated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.paint import Colour
    from widgets.canvas import PhotoCanvas
    from widgets.settings import Settings

_RING = 0.16  # of the wheel's radius: how wide the ring is
_COLUMNS, _USED = 8, 8
_KEPT = "colours"  # under which the settings keep those that were used

SWATCHES: tuple[tuple[str, Colour], ...] = (
    ("Light skin", (238, 205, 182)), ("Skin", (214, 164, 132)), ("Tanned skin", (176, 122, 88)),
    ("Dark skin", (104, 66, 46)), ("Blush", (222, 128, 120)), ("Rose lips", (196, 98, 100)),
    ("Red lips", (170, 32, 44)), ("Berry lips", (116, 30, 56)), ("Blond hair", (214, 178, 120)),
    ("Copper hair", (160, 84, 46)), ("Brown hair", (92, 60, 42)), ("Black hair", (30, 26, 26)),
    ("Blue eyes", (94, 132, 170)), ("Green eyes", (104, 126, 84)), ("Brown eyes", (96, 62, 38)),
    ("Teeth", (238, 232, 220)),
)  # fmt: skip
"""Names and colours, sRGB."""


class ColourWheel(QWidget):
    """Hue on the ring; in its middle how pure a colour is (across) and how light (upwards).

    The arrow keys turn the hue and change how light it is, Page up and down how pure.

    Signals:
        chosen(Colour): by the user.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Colour wheel"))
        self.setToolTip(tr("Ring: hue. Middle: purer to the right, lighter upwards"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)
        self._hue, self._purity, self._light = 0.0, 0.5, 0.5  # 0…360, 0…1, 0…1
        self._on_ring: bool | None = None  # what is dragged
        self._ring: NDArray[np.uint8] | None = None

    def sizeHint(self) -> QSize:
        """As wide as its dock."""
        return QSize(200, 190)

    @property
    def colour(self) -> Colour:
        """What is shown, sRGB."""
        made = QColor.fromHsvF(self._hue / 360, self._purity, self._light)
        return made.red(), made.green(), made.blue()

    def show_colour(self, colour: Colour) -> None:
        """Show a colour without emitting; a grey one keeps the hue that was there."""
        if colour == self.colour:
            return
        hue, purity, light, _ = cast("tuple[float, ...]", QColor(*colour).getHsvF())
        self._hue = 360 * hue if hue >= 0 else self._hue
        self._purity, self._light = purity, light
        self.update()

    # ------------------------------------------------------------ places

    @property
    def _radius(self) -> float:
        return min(self.width(), self.height()) / 2 - 4

    @property
    def _square(self) -> QRectF:
        """Where purity and lightness are chosen."""
        reach = (1 - _RING) * self._radius * 0.68
        middle = QRectF(self.rect()).center()
        return QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)

    def place_of(self, colour: Colour) -> tuple[QPointF, QPointF]:
        """Where on the ring, and where in the middle, a colour is chosen."""
        hue, purity, light, _ = cast("tuple[float, ...]", QColor(*colour).getHsvF())
        angle = 2 * math.pi * max(0.0, hue)
        reach = (1 - _RING / 2) * self._radius
        square = self._square
        on_ring = QRectF(self.rect()).center() + QPointF(
            reach * math.cos(angle), -reach * math.sin(angle)
        )
        x = square.left() + purity * square.width()
        return on_ring, QPointF(x, square.bottom() - light * square.height())

    # ------------------------------------------------------------ paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring, the middle in the chosen hue, and marks where the colour is."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = round(2 * self._radius)
        if self._ring is None or len(self._ring) != side:
            self._ring = _hues(side)
        middle = QRectF(self.rect()).center()
        path = QPainterPath()
        path.addEllipse(middle, self._radius, self._radius)
        hole = QPainterPath()
        hole.addEllipse(middle, (1 - _RING) * self._radius, (1 - _RING) * self._radius)
        painter.save()
        painter.setClipPath(path.subtracted(hole))
        painter.drawImage(middle - QPointF(side / 2, side / 2), rgb_image(self._ring))
        painter.restore()
        square = self._square
        shades = _shades(self._hue)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(square, rgb_image(shades))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(themed("accent"), 2))
            painter.drawEllipse(middle, self._radius + 2, self._radius + 2)
        for place in self.place_of(self.colour):
            for shade, width in ((QColor(0, 0, 0, 170), 3.4), (QColor(255, 255, 255), 1.6)):
                painter.setPen(QPen(shade, width))
                painter.drawEllipse(place, 5, 5)

    # ------------------------------------------------------------ hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the ring or of the middle."""
        if event.button() == Qt.MouseButton.LeftButton:
            away = event.position() - QRectF(self.rect()).center()
            distance = math.hypot(away.x(), away.y())
            self._on_ring = distance > (1 - _RING) * self._radius - 2
            self._choose(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._on_ring is not None:
            self._choose(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._on_ring = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A step of the hue, the lightness or the purity."""
        keys = Qt.Key
        steps = {
            keys.Key_Left: (-3.0, 0.0, 0.0), keys.Key_Right: (3.0, 0.0, 0.0),
            keys.Key_Up: (0.0, 0.0, 0.03), keys.Key_Down: (0.0, 0.0, -0.03),
            keys.Key_PageUp: (0.0, 0.05, 0.0), keys.Key_PageDown: (0.0, -0.05, 0.0),
        }  # fmt: skip
        step = steps.get(keys(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._take(self._hue + step[0], self._purity + step[1], self._light + step[2])

    def _choose(self, at: QPointF) -> None:
        if self._on_ring:
            away = at - QRectF(self.rect()).center()
            self._take(math.degrees(math.atan2(-away.y(), away.x())), self._purity, self._light)
        else:
            square = self._square
            purity = (at.x() - square.left()) / square.width()
            self._take(self._hue, purity, (square.bottom() - at.y()) / square.height())

    def _take(self, hue: float, purity: float, light: float) -> None:
        self._hue = hue % 360
        self._purity, self._light = min(1.0, max(0.0, purity)), min(1.0, max(0.0, light))
        self.update()
        self.chosen.emit(self.colour)


class Colours(QWidget):
    """The wheel, the swatches, and the colours that were painted with last.

    Signals:
        needed(): the paint brush was taken.
    """

    needed = Signal()

    def __init__(
        self, canvas: PhotoCanvas, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._canvas, self._settings = canvas, settings
        self._paints = canvas.brush.paint
        self.wheel = ColourWheel()
        self.swatches: list[QPushButton] = []
        self.used: list[Colour] = _stored(settings.read(_KEPT))
        self._grid = QGridLayout()
        self._grid.setSpacing(3)
        for place, (name, value) in enumerate(SWATCHES):
            button = self._swatch(translated(name), value)
            self._grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
            self.swatches.append(button)
        self._recent = QGridLayout()
        self._recent.setSpacing(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 8)
        layout.setSpacing(4)
        layout.addWidget(self.wheel, 1)
        layout.addWidget(styled(QLabel(tr("SWATCHES")), "heading"))
        layout.addLayout(self._grid)
        self._heading = styled(QLabel(tr("USED LAST")), "heading")
        layout.addWidget(self._heading)
        layout.addLayout(self._recent)
        self.wheel.chosen.connect(self._dip)
        canvas.brush_changed.connect(self._on_brush)
        canvas.paint_finished.connect(self._on_painted)
        self.wheel.show_colour(canvas.brush.colour)
        self._show_used()

    def _swatch(self, name: str, value: Colour) -> QPushButton:
        button = styled(QPushButton(), "swatch")
        button.setFixedSize(22, 20)
        button.setStyleSheet(f"background: {QColor(*value).name()};")
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._on_swatch, value))
        return button

    def _show_used(self) -> None:
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, value in enumerate(self.used):
            self._recent.addWidget(self._swatch(QColor(*value).name(), value), 0, place)
        self._recent.setColumnStretch(_USED, 1)
        self._heading.setVisible(bool(self.used))

    def _on_swatch(self, value: Colour, checked: bool = False) -> None:
        del checked
        self._dip(value)

    @Slot(object)
    def _dip(self, value: Colour) -> None:
        """Paint with it: the paint brush is taken as well."""
        self._canvas.set_brush(self._canvas.brush.dipped(value))

    @Slot(object)
    def _on_brush(self) -> None:
        brush = self._canvas.brush
        self.wheel.show_colour(brush.colour)
        if brush.paint and not self._paints:
            self.needed.emit()
        self._paints = brush.paint

    @Slot(object, object)
    def _on_painted(self, stroke: object, value: Colour) -> None:
        """A colour that was really painted with is worth keeping."""
        del stroke
        if self.used[:1] != [value]:
            self.used = [value, *(one for one in self.used if one != value)][:_USED]
            self._settings.write(_KEPT, json.dumps(self.used))
            self._show_used()


def _hues(side: int) -> NDArray[np.uint8]:
    """All hues around a middle, RGB (side, side, 3)."""
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    angle = np.degrees(np.arctan2(-rows, columns)) % 360
    full = np.ones_like(angle)
    hsv = np.stack([angle, full, full], -1).astype(np.float32)
    return np.asarray(np.rint(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255), np.uint8)


def _shades(hue: float) -> NDArray[np.uint8]:
    """Of one hue all purities across and all lightnesses upwards, RGB (64, 64, 3)."""
    purity, light = np.meshgrid(np.linspace(0, 1, 64), np.linspace(1, 0, 64))
    hsv = np.stack([np.full_like(purity, hue), purity, light], -1).astype(np.float32)
    return np.asarray(np.rint(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255), np.uint8)


def _stored(text: object) -> list[Colour]:
    """What was kept; nothing where there is something else."""
    try:
        rows = json.loads(str(text or "[]"))
    except ValueError:
        return []
    found: list[Colour] = []
    for row in cast("list[object]", rows) if isinstance(rows, list) else []:
        parts = cast("list[object]", row) if isinstance(row, list) else []
        numbers = [part for part in parts if isinstance(part, int) and 0 <= part <= 255]
        if len(numbers) == len(parts) == 3:
            found.append((numbers[0], numbers[1], numbers[2]))
    return found[:_USED]
