"""A key that does something for as long as it is held down, anywhere in a window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QTextEdit, QWidget
from shiboken6 import isValid

_TYPING = (QLineEdit, QAbstractSpinBox, QTextEdit)
_GONE = (QEvent.Type.WindowDeactivate, QEvent.Type.Hide, QEvent.Type.Close)


class HeldKey(QObject):
    """Follows one key; never leaves it held when the release went to another window.

    It listens at the window and at the widget that has the keys. A filter of the whole application
    would run Python for every event of every widget, and wait for its lock each time.

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
        self._listens: QWidget | None = None  # what has the keys
        window.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)
            application.applicationStateChanged.connect(self.let_go)
        self._follow(None, QApplication.focusWidget())

    @property
    def held(self) -> bool:
        """Whether the key is down."""
        return self._held

    def set_key(self, key: Qt.Key) -> None:
        """Follow another one; ``Key_unknown`` follows none."""
        self.let_go()
        self._key = key

    @Slot()
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
        elif event.type() in _GONE and watched is self._window:
            self.let_go()
        return super().eventFilter(watched, event)

    @Slot(QWidget, QWidget)
    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        del old  # it may be gone
        if self._listens is not None and isValid(self._listens):
            self._listens.removeEventFilter(self)
        self._listens = now if now is not self._window else None
        if self._listens is not None:
            self._listens.installEventFilter(self)

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
