"""Three hints on the first photo: where to choose, what to move, how to compare.

Each goes when it is done as when it is read, and lies at the foot of the photo, beside what it is
about: a face stands above.
"""

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
_GAP = 14  # pixels to the edges of the photo


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said beside a panel of the window.

    Attributes:
        about: that panel.
        title: what to do.
        text: how.
    """

    about: QWidget
    title: str
    text: str


class Tour(QFrame):
    """One hint after the other, beside what it is about; Escape ends it.

    Signals:
        ended(): all were seen, or the user wants none.
    """

    ended = Signal()

    def __init__(self, window: QWidget, photo: QWidget) -> None:
        """Lie over ``photo``, a part of ``window``."""
        super().__init__(window)
        self._window, self._photo = window, photo
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

    def know(self, number: int) -> None:
        """The user did what that hint, 0 the first, tells: say it no longer."""
        if self.isVisible() and number == self.number:
            self._go_on()

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
        """At the foot of the photo, on the side of what it is about."""
        window, about = self._window, self._hints[self.number].about
        corner = self._photo.mapTo(window, QPoint())
        x, y = corner.x() + _GAP, corner.y() + self._photo.height() - self.height() - _GAP
        if about.mapTo(window, QPoint()).x() > corner.x():
            x = corner.x() + self._photo.width() - self.width() - _GAP
        most = window.width() - self.width(), window.height() - self.height()
        self.move(max(0, min(x, most[0])), max(0, min(y, most[1])))
