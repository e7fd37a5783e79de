"""Region and paint cover the picture: whether they are drawn, or out of the way for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_MS = 900


class Curtain(QObject):
    """What lies over the photo steps aside when there is a result to see, until it is touched.

    It does so, too, for as long as before and after are compared; then it is as it was again.

    Attributes:
        on: the region is drawn at all.
        aside: region and paint are out of the way until touched again.
        peeking: the region is drawn meanwhile, since the user is about to change it.
        comparing: before and after are looked at, and nothing was touched since.
    """

    def __init__(self, changed: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self.on, self.aside, self.peeking, self.comparing = True, False, False, False
        self._compared: frozenset[str] = frozenset()  # in which ways
        self._changed = changed
        self._look = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look.timeout.connect(self._go_aside)

    def touch(self) -> None:
        """Come back: region or paint were touched."""
        self.aside = self.comparing = False
        self._look.stop()

    def stay(self) -> None:
        """Do not go aside after a look."""
        self._look.stop()

    @property
    def shows_region(self) -> bool:
        """Whether the region is drawn."""
        return self.on and (self.peeking or self.is_open)

    @property
    def is_open(self) -> bool:
        """Whether what lies over the photo is drawn at all, paint and marks too."""
        return not (self.aside or self.comparing)

    def compare(self, way: str, on: bool) -> None:
        """Before and after are compared in that way, or no longer."""
        if on != (way in self._compared):
            self._compared ^= {way}
            self.comparing = on or (self.comparing and bool(self._compared))
            self._changed()

    def peek(self, peeking: bool) -> None:
        """Draw the region for now, or no longer."""
        if peeking != self.peeking:
            self.peeking = peeking
            self._changed()

    @Slot(bool)
    def set_on(self, on: bool) -> None:
        """Draw the region, or do not."""
        self.on = on
        self.touch()
        self._changed()

    def step_aside(self, *, after_a_look: bool = False) -> None:
        """Hide region and paint until they are touched again, at once or after a moment."""
        if after_a_look:
            self._look.start()
        elif not self._look.isActive():
            self._go_aside()

    @Slot()
    def _go_aside(self) -> None:
        if not self.aside:
            self.aside = True
            self._changed()
