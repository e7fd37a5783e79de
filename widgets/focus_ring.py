"""A ring around whatever has the keys, when it did not get them by a click."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QWidget

from widgets.theme import colour

_NOBODY = cast("QWidget", None)  # as Qt has it; PySide's stubs do not


class FocusRing(QFocusFrame):
    """Lies over one window; it takes no clicks and moves nothing."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.hide()  # or it would be shown with the window, around nothing
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    @Slot(QWidget, QWidget)
    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        del old
        by_keys = (
            now is not None
            and now.window() is self._window
            and QApplication.mouseButtons() == Qt.MouseButton.NoButton
            and not (now.hasMouseTracking() and now.underMouse())  # the canvas takes them so
        )
        self.setWidget(now if now is not None and by_keys else _NOBODY)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring, inside the widget where there is no room around it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
