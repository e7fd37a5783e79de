"""A key that does something for as long as it is held down, anywhere in a window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QTextEdit, QWidget

_TYPING = (QLineEdit, QAbstractSpinBox, QTextEdit)
_GONE = (
    QEvent.Type.WindowDeactivate,
    QEvent.Type.ApplicationDeactivate,
    QEvent.Type.Hide,
    QEvent.Type.Close,
)


class HeldKey(QObject):
    """Follows one key; never leaves it held when the release went to another window.

    Signals:
        changed(bool): held down, or let go.
    """

    changed = Signal(bool)

    def __init__(self, key: Qt.Key, window: QWidget) -> None:
        """Listen for ``key`` while ``window`` is active and no text is being typed."""
        super().__init__(window)
        self._key, self._window = key, window
        self._held = False
        self._codes = (0, 0)  # the physical key: its character may change before the release
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    @property
    def held(self) -> bool:
        """Whether the key is down."""
        return self._held

    def set_key(self, key: Qt.Key) -> None:
        """Follow another one; ``Key_unknown`` follows none."""
        self.let_go()
        self._key = key

    def let_go(self) -> None:
        """Take the key for released."""
        if self._held:
            self._held = False
            self.changed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow the key's own events; let go when the window is left."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._press(event)
            if event.type() == QEvent.Type.KeyRelease:
                return self._release(event)
        elif event.type() in _GONE and watched in (self._window, QCoreApplication.instance()):
            self.let_go()
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        if (
            event.key() != self._key
            or self._key == Qt.Key.Key_unknown
            or not self._window.isActiveWindow()
        ):
            return False
        if isinstance(QApplication.focusWidget(), _TYPING):
            return False
        if not event.isAutoRepeat() and not self._held:
            self._codes = (event.nativeScanCode(), event.nativeVirtualKey())
            self._held = True
            self.changed.emit(True)
        return True

    def _release(self, event: QKeyEvent) -> bool:
        if not self._held or event.isAutoRepeat():
            return self._held and event.key() == self._key
        codes = (event.nativeScanCode(), event.nativeVirtualKey())
        same = any(
            code and code == pressed for code, pressed in zip(codes, self._codes, strict=True)
        )
        if event.key() != self._key and not same:
            return False
        self.let_go()
        return True
