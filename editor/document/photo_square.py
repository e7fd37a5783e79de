"""A square of a photo as what is edited, for pictures of other things than faces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from editor.document.face import DetectedFace, FaceCrop
from editor.document.landmarks import placed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Point = tuple[float, float]

SMALLEST = 32
"""Photo pixels of a side: less is no picture to a generator."""
SQUARE = "square"
"""The ``detector`` of what is not a face but a square."""


@dataclass(frozen=True, slots=True)
class PhotoSquare:
    """An upright square in whole photo pixels.

    Attributes:
        x, y: its upper left corner; 0 is the photo's edge.
        side: its length.
    """

    x: int
    y: int
    side: int

    @classmethod
    def middle(cls, width: int, height: int) -> PhotoSquare:
        """The largest one in the middle of a photo."""
        side = min(width, height)
        return cls((width - side) // 2, (height - side) // 2, side)

    @classmethod
    def between(cls, anchor: Point, to: Point, width: int, height: int) -> PhotoSquare | None:
        """As it is dragged out of ``anchor``, as far as the photo goes; None: it is too small.

        The longer way of the drag counts, and the square lies where it went.
        """
        x, y = (
            min(max(round(v), 0), most) for v, most in zip(anchor, (width, height), strict=True)
        )
        across, down = to[0] - x, to[1] - y
        room = min(width - x if across >= 0 else x, height - y if down >= 0 else y)
        side = min(room, round(max(abs(across), abs(down))))
        if side < SMALLEST:
            return None
        return cls(x if across >= 0 else x - side, y if down >= 0 else y - side, side)

    @classmethod
    def of(cls, face: DetectedFace) -> PhotoSquare | None:
        """The one that is edited in a face's place; None: it is a face."""
        if face.detector != SQUARE:
            return None
        x, y, side, _ = face.box
        return cls(round(x), round(y), round(side))

    @property
    def face(self) -> DetectedFace:
        """What stands for it where faces are meant.

        Its landmarks are the mean face's, where alignment makes exactly this square of them.
        """
        points = _upright() * self.side + [self.x - 0.5, self.y - 0.5]
        points.setflags(write=False)
        return DetectedFace((self.x, self.y, self.side, self.side), points, 1.0, SQUARE)

    def moved(self, across: float, down: float, width: int, height: int) -> PhotoSquare:
        """Somewhere else in the photo, at its edge at the furthest."""
        x = min(max(round(self.x + across), 0), width - self.side)
        y = min(max(round(self.y + down), 0), height - self.side)
        return PhotoSquare(x, y, self.side)

    def lies_in(self, width: int, height: int) -> bool:
        """Whether all of it is photo."""
        inside = self.x >= 0 and self.y >= 0
        return inside and self.x + self.side <= width and self.y + self.side <= height


@cache
def _upright() -> NDArray[np.float64]:
    """Landmarks of which alignment makes the square from (0, 0) to (1, 1)."""
    points = placed((-32, -32), (32, -32), (0, 40))
    corner, right, *_ = FaceCrop.from_landmarks(points, 64).quad
    return (points - corner) / (right[0] - corner[0])
