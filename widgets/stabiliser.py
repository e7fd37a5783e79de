"""A brush on a string: the pointer pulls it, and small tremors do not reach it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from widgets.brush import Brush

_LONGEST = 80.0  # widget pixels of string at full smoothing


class Stabiliser:
    """Where the brush is while the pointer moves, in widget pixels.

    Attributes:
        brush: where it is; None between strokes.
    """

    def __init__(self) -> None:
        self.brush: QPointF | None = None
        self._length = 0.0

    def begin(self, position: QPointF, brush: Brush) -> None:
        """A stroke begins there, with the brush's smoothing."""
        self.brush, self._length = position, _LONGEST * brush.smoothing

    def pulled(self, position: QPointF) -> QPointF | None:
        """Where the brush goes when the pointer goes there; None when it stays."""
        if self.brush is None:
            return None
        way = position - self.brush
        distance = math.hypot(way.x(), way.y())
        if distance <= self._length:
            return None
        if self._length:
            position = self.brush + way * ((distance - self._length) / distance)
        self.brush = position
        return position

    def end(self) -> None:
        """The stroke ended; where the pointer was by then is left to whoever draws."""
        self.brush = None
