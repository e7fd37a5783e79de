"""Rows of buttons that wrap where there is no room for all of them beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QWidget, QWidgetItem

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayoutItem


class Flow(QLayout):
    """From left to right, each as wide as it would be, in as many rows as that takes."""

    def __init__(self, *, across: int = 0, down: int = 0) -> None:
        """With so many pixels between two in a row, and between two rows."""
        super().__init__()
        self._across, self._down = across, down
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def add(self, *widgets: QWidget) -> None:
        """Put these at the end."""
        for widget in widgets:
            self.addChildWidget(widget)
            self.addItem(QWidgetItem(widget))

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's."""
        self._items.append(item)

    def count(self) -> int:
        """Qt's."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Qt's; None where there is none."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Qt's."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The fewer fit beside each other, the more rows there are."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of all rows."""
        places = self._places(width)
        return max((place.bottom() + 1 for place in places), default=0)

    def setGeometry(self, rect: QRect) -> None:
        """Put each in its place."""
        super().setGeometry(rect)
        for item, place in zip(self._items, self._places(rect.width()), strict=True):
            item.setGeometry(place.translated(rect.topLeft()))

    def sizeHint(self) -> QSize:
        """All in one row."""
        hints = [item.sizeHint() for item in self._items]
        between = self._across * max(0, len(hints) - 1)
        highest = max((hint.height() for hint in hints), default=0)
        return QSize(sum(hint.width() for hint in hints) + between, highest)

    def minimumSize(self) -> QSize:
        """The widest alone."""
        least = QSize(0, 0)
        for item in self._items:
            least = least.expandedTo(item.minimumSize())
        return least

    def _places(self, width: int) -> list[QRect]:
        places: list[QRect] = []
        x = y = row = 0
        for item in self._items:
            hint = item.sizeHint()
            if x and x + hint.width() > width:
                x, y, row = 0, y + row + self._down, 0
            places.append(QRect(QPoint(x, y), hint))
            x, row = x + hint.width() + self._across, max(row, hint.height())
        return places


class Columns(Flow):
    """In columns of one width, as many as fit, which take all the room there is.

    The last one takes all that is left of its row.
    """

    def __init__(self, most: int, spacing: int) -> None:
        """At most so many columns, with so many pixels between them and between rows."""
        super().__init__(across=spacing, down=spacing)
        self._most = most

    def sizeHint(self) -> QSize:
        """As many columns as there may be."""
        width = self._most * self._widest + (self._most - 1) * self._across
        return QSize(width, self.heightForWidth(width))

    def columns(self, width: int) -> int:
        """How many fit into that width."""
        return max(1, min(self._most, (width + self._across) // (self._widest + self._across)))

    @property
    def _widest(self) -> int:
        return max((item.sizeHint().width() for item in self._items[:-1]), default=1)

    def _places(self, width: int) -> list[QRect]:
        columns, hints = self.columns(width), [item.sizeHint() for item in self._items]
        step = (width + self._across) / columns
        height = max((hint.height() for hint in hints), default=0)
        places: list[QRect] = []
        for number in range(len(hints)):
            row, column = divmod(number, columns)
            left, right = round(column * step), round((column + 1) * step) - self._across
            if number == len(hints) - 1:
                if column and width - left < hints[-1].width():
                    row, left = row + 1, 0
                right = width
            places.append(QRect(left, row * (height + self._down), right - left, height))
        return places
