"""A panel that scrolls where there is no room for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_WIDTH_STEP = 20  # pixels
_LEAST = 240  # pixels of height that are always shown


class Scrolled(QScrollArea):
    """As high as its panel where there is room, and never higher."""

    def __init__(self, panel: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel = panel
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(panel)
        panel.installEventFilter(self)

    def sizeHint(self) -> QSize:
        """All of the panel."""
        return QSize(self._width, self._height)

    def minimumSizeHint(self) -> QSize:
        """Its width, and some of its height."""
        return QSize(self._width, min(_LEAST, self._panel.minimumSizeHint().height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the panel where it becomes higher or lower."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What wraps at this width is higher."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    @property
    def _height(self) -> int:
        """All of the panel, as wide as it is."""
        height = self._panel.heightForWidth(self.viewport().width())
        return height if height >= 0 else self._panel.sizeHint().height()

    @property
    def _width(self) -> int:
        """In whole steps: a number that grows by a digit must not move the photo beside it."""
        bar = self.verticalScrollBar().sizeHint().width()
        return _WIDTH_STEP * -(-(self._panel.minimumSizeHint().width() + bar) // _WIDTH_STEP)
