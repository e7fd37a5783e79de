"""Three hints on the first photo: where to choose, what to move, how to compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence


_WIDTH = 290
_GAP = 14  # pixels beside what a hint is about


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said beside a widget of the window."""

    about: QWidget
    title: str
    text: str


class Tour(QFrame):
    """One hint after the other, beside what it is about; Escape ends it.

    Signals:
        ended(): all were seen, or the user wants none.
    """

    ended = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("card")
        self.setFixedWidth(_WIDTH)
        self._hints: tuple[Hint, ...] = ()
        self.number = 0
        self.title = QLabel()
        self.text = QLabel(wordWrap=True)
        self._count = styled(QLabel(), "quiet")
        self.skip = styled(QPushButton(tr("No more hints")), "small")
        self.next = styled(QPushButton(tr("Next")), "small")
        self.next.setDefault(True)
        line = QHBoxLayout()
        line.addWidget(self._count)
        line.addStretch(1)
        line.addWidget(self.skip)
        line.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 14, 12)
        for widget in (self.title, self.text):
            layout.addWidget(widget)
        layout.addLayout(line)
        self.skip.clicked.connect(self.end)
        self.next.clicked.connect(self._go_on)
        window.installEventFilter(self)
        self.hide()

    def begin(self, hints: Sequence[Hint]) -> None:
        """Show the first of these."""
        self._hints, self.number = tuple(hints), 0
        self._say()
        self.show()
        self.raise_()
        self.next.setFocus()

    @Slot()
    def end(self) -> None:
        """Say no more."""
        if self.isVisible():
            self.hide()
            self.ended.emit()

    def event(self, event: QEvent) -> bool:
        """Escape is its own, and not the window's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends it."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It stays beside its widget when the window has another size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _go_on(self) -> None:
        if self.number + 1 < len(self._hints):
            self.number += 1
            self._say()
        else:
            self.end()

    def _say(self) -> None:
        hint = self._hints[self.number]
        self.title.setText(f"<b>{hint.title}</b>")
        self.text.setText(hint.text)
        self._count.setText(
            tr("{number} of {hints}", number=self.number + 1, hints=len(self._hints))
        )
        self.next.setText(tr("Done") if self.number + 1 == len(self._hints) else tr("Next"))
        self.adjustSize()
        self._place()

    def _place(self) -> None:
        """Left of what it is about if there is room, else right of it or in its middle."""
        window, about = self._window, self._hints[self.number].about
        corner = about.mapTo(window, QPoint())
        x = corner.x() - self.width() - _GAP
        if x < 0:
            x = corner.x() + about.width() + _GAP
        if x + self.width() > window.width():
            x = corner.x() + (about.width() - self.width()) // 2
        y = corner.y() + min(60, max(0, (about.height() - self.height()) // 2))
        most = window.width() - self.width(), window.height() - self.height()
        self.move(max(0, min(x, most[0])), max(0, min(y, most[1])))
