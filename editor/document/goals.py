"""What an edit asks for: goals, or a likeness, and how strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from editor.document.paint import PaintLayer
    from editor.document.region import RegionMask
    from editor.document.style import StyleDelta


@dataclass(frozen=True, slots=True)
class Goal:
    """What an edit asks for: ``attribute`` changed by ``value``, −100…100 (100: see its card).

    Attributes:
        attribute: name of an attribute, or the id of a discovered ``StyleSlider``.
        value: slider units.
        direction: what +100 adds to the code, for a discovered slider; None for an attribute.
    """

    attribute: str
    value: float
    direction: StyleDelta | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """An edit that is asked for and not there yet: shown as a slider in hand is."""

    region: RegionMask
    goals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class Dials:
    """The objective's dials, for those who want them.

    Attributes:
        strictness: 0.25…8 times the usual weight of what must stay outside the region: higher
            leaks less and attains less.
        naturalness: 0.25…8 times the usual pull towards few, small channels: higher stays closer
            to faces that the generator knows and attains less.
        residual: whether channels may leave the mix of Δs_z and Δs_n: reaches more; off is the
            paper's own method.
        steps: of the optimizer, 5…200: more is finer and slower.
        seed: of its random probes; the same seed repeats an edit.
    """

    strictness: float = 1.0
    naturalness: float = 1.0
    residual: bool = True
    steps: int = 30
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Another face, to make a region look like it.

    Attributes:
        name: for people: the file's name.
        picture: its aligned crop, sRGB uint8 (r, r, 3), read-only.
        landmarks: (68, 2), iBUG order, crop pixels, read-only.
    """

    name: str
    picture: NDArray[np.uint8]
    landmarks: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pull:
    """Points of a face that are to go somewhere, and points that are to stay.

    Attributes:
        points: number of a landmark (iBUG order), and how far it goes, x and y in photo pixels;
            0, 0 pins it. No number is there twice.
    """

    points: tuple[tuple[int, float, float], ...]

    def __post_init__(self) -> None:
        numbers = [number for number, _, _ in self.points]
        if len({*numbers}) != len(numbers) or not {*numbers} <= {*range(68)}:
            raise ValueError(f"points {numbers}, not different ones of 68")

    @property
    def moves(self) -> bool:
        """Whether any of them is to go anywhere."""
        return any(x or y for _, x, y in self.points)


def likeness_name(likeness: Reference | PaintLayer | Pull | None) -> str:
    """As ``EditOrigin.likeness`` calls it: ``"reference NAME"``, ``"paint"``, ``"pull"``, or ""."""
    if likeness is None:
        return ""
    if isinstance(likeness, Pull):
        return "pull"
    return f"reference {likeness.name}" if isinstance(likeness, Reference) else "paint"
