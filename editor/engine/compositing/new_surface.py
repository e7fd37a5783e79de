"""What a photo shows where an edit uncovers surface: teeth between lips, skin under a beard."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.geometry import TOP, Window, chain, inverse, placed
from editor.engine.compositing.surface import MEASURED, Grain, narrowed, remapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.engine.compositing.geometry import Box
    from editor.engine.compositing.surface import Surface

    Float = NDArray[np.float32]

NOVEL = 0.55, 0.85  # novelty: surface begins to be taken as new, and is


@dataclass(frozen=True, slots=True, eq=False)
class NewSurface:
    """What the photo shows where surface appears: nothing of the old contours.

    Attributes:
        picture: the render after, enlarged ``finer`` times with narrow edges, float32; the part of
            it around new surface.
        x, y: crop pixel that the part begins at.
        finer: its pixels per crop pixel.
        grain: of the box.
    """

    picture: Float
    x: int
    y: int
    finer: int
    grain: Grain

    @classmethod
    def of(
        cls,
        here: NDArray[np.uint16],
        before: Float,
        after: Float,
        surface: Surface,
        to_crop: NDArray[np.float64],
        magnify: float,
    ) -> NewSurface | None:
        """None where no surface appears in the box ``here``."""
        side = before.shape[0]
        to_box = inverse(to_crop)
        ys, xs = np.mgrid[:side, :side]
        at = np.stack([xs, ys], -1) @ to_box[:, :2].T + to_box[:, 2]
        inside = np.all((at >= 0) & (at <= np.array(here.shape[1::-1]) - 1), -1)
        shown = (surface.novelty > NOVEL[0]) & inside
        x, y, w, h = (int(n) for n in cv2.boundingRect(shown.astype(np.uint8)))
        if not w:
            return None
        edge = 8
        x, y, right, bottom = max(0, x - edge), max(0, y - edge), x + w + edge, y + h + edge
        finer = int(np.clip(round(magnify), 1, 4))
        picture = (after + _tone(here, before, to_box, magnify, inside))[y:bottom, x:right]
        return cls(
            narrowed(picture, finer) if finer > 1 else picture, x, y, finer, Grain.of(here, magnify)
        )

    def tile(self, at_x: Float, at_y: Float, at: Box) -> Float:
        """The picture at crop positions (h, w), with the grain of the box's part ``at``."""
        x, y = (
            (a - np.float32(o - 0.5)) * np.float32(self.finer) - np.float32(0.5)
            for a, o in ((at_x, self.x), (at_y, self.y))
        )
        return remapped(self.picture, x, y) + self.grain.sample(*at)


def _tone(
    here: NDArray[np.uint16],
    before: Float,
    to_box: NDArray[np.float64],
    magnify: float,
    inside: NDArray[np.bool_],
) -> Float:
    """What the photo's light adds to the render: smooth, and blind to what the render lacks."""
    side = before.shape[0]
    fine = max(1, int(magnify))
    small = Window.of((0, 0, here.shape[1], here.shape[0]), math.ceil(max(here.shape[:2]) / fine))
    seen = cv2.resize(here, (small.columns, small.rows), interpolation=cv2.INTER_AREA) / TOP
    from_small = inverse(small.to_photo)
    light = np.asarray(seen, np.float32)
    apart = placed(light, chain(from_small, to_box), (side, side), cv2.INTER_LINEAR) - before
    trust = (inside * (np.exp(-((apart / 0.12) ** 2).sum(-1)) + 1e-3) + 1e-6)[..., None]
    near = 10 * max(1.0, side / MEASURED)
    both = cv2.GaussianBlur(np.concatenate([apart * trust, trust], -1), (0, 0), near)
    tone = both[..., :3] / both[..., 3:]
    return np.asarray(tone, np.float32)
