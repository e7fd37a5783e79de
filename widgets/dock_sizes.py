"""How much of the window the panels take: less where the window is small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent

if TYPE_CHECKING:
    from widgets.main_window import MainWindow

_SMALL = 1180  # pixels of a window's width below which the photo needs the room more
_NARROW, _USUAL, _LEFT = 350, 440, 240  # pixels of the docks at the right, and at the left


class DockSizes(QObject):
    """Lays the docks out at first, and makes them narrow when the window becomes small.

    After that they are the user's: they change again only when the window passes that width.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._is_small = window, False
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        window.resizeDocks([window.attribute_dock, window.history_dock], [_USUAL, _LEFT], across)
        window.resizeDocks([window.navigator_dock, window.history_dock], [250, 400], down)
        rights = [window.face_dock, window.region_dock, window.attribute_dock]
        window.resizeDocks(rights, [80, 430, 330], down)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window."""
        if watched is self._window and isinstance(event, QResizeEvent):
            is_small = event.size().width() < _SMALL
            if is_small != self._is_small:
                self._is_small = is_small
                self._window.resizeDocks(
                    [self._window.attribute_dock],
                    [_NARROW if is_small else _USUAL],
                    Qt.Orientation.Horizontal,
                )
        return super().eventFilter(watched, event)
