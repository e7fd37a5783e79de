"""Spectacles are rigid: what lies behind them is bent, and their rims are laid over it again.

Held by points of a spline, rims bowed with the lids and the cheeks that were bent beside them. Now
the picture is taken apart: without its rims, as smoothly as their surroundings go on, it is bent,
and the photo's own rims come over it where they were.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.geometry import TOP, chain, inside, inverse, placed, shift, unit
from editor.engine.compositing.surface import Grain, ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.engine.compositing.geometry import Box

    Float = NDArray[np.float32]

_SEEN = np.float32(0.3)  # of a crop pixel: as thin a rim is one
_CRUMB = 1.2e-4  # of the crop: less of it is a lash
_EDGE = 0.012  # of the crop's side: so far beside what is labelled rims may reach
_ALIKE = 0.02, 0.08  # of white: what differs from its surroundings by less is none of a rim
_KNOWN = np.float32(1e-6)
_GRAINED, _GRAIN = 2.0, np.float32(0.6)  # pixels: coarser is none of the grain beside a rim


@dataclass(frozen=True, slots=True, eq=False)
class Rims:
    """What lies before a face and does not bend, in a part of a box of the photo.

    Attributes:
        at: the part.
        share: float32 (h, w), how much of each pixel it covers.
        own: float32 (h, w, 3), the photo there, sRGB in [0, 1].
    """

    at: Box
    share: Float
    own: Float

    def over(self, bent: Float, at: Box) -> None:
        """Laid over a part ``at`` of the box, (h, w, 3), which is changed in place."""
        left, top = max(at[0], self.at[0]), max(at[1], self.at[1])
        right = min(at[0] + at[2], self.at[0] + self.at[2])
        bottom = min(at[1] + at[3], self.at[1] + self.at[3])
        if right <= left or bottom <= top:
            return
        both = left, top, right - left, bottom - top
        here, own = inside(both, at), inside(both, self.at)
        bent[here] += self.share[own][..., None] * (self.own[own] - bent[here])


def taken_off(
    picture: NDArray[np.uint16], frames: Float, to_crop: NDArray[np.float64]
) -> tuple[Rims, NDArray[np.uint16]] | None:
    """A picture without its rims, and these; None where it shows none.

    Args:
        picture: a box of the photo, (h, w, 3).
        frames: (r, r), the share of each pixel of the crop that shows them.
        to_crop: (2, 3), box pixels to the crop's.

    Returns:
        The rims, and a copy of the picture in which their surroundings go on.
    """
    seen = _without_crumbs(frames)
    rows, columns = np.nonzero(seen)
    if not len(rows):
        return None
    magnify = 1 / math.hypot(to_crop[0, 0], to_crop[1, 0])
    wide = max(1, math.ceil(_EDGE * len(frames) * magnify))
    corners = np.array([(x, y) for x in (columns.min(), columns.max() + 1.0)
                        for y in (rows.min(), rows.max() + 1.0)])  # fmt: skip
    back = inverse(to_crop)
    corners = corners @ back[:, :2].T + back[:, 2]
    height, width = picture.shape[:2]
    around = 4 * wide
    left, top = (max(0, math.floor(n) - around) for n in corners.min(0))
    right, bottom = (math.ceil(n) + around for n in corners.max(0))
    right, bottom = min(width, right), min(height, bottom)
    if right - left < 2 or bottom - top < 2:
        return None
    at = left, top, right - left, bottom - top
    own = unit(picture[inside(at, (0, 0, width, height))])
    alone = np.where(seen, frames, np.float32(0))
    label = placed(alone, chain(to_crop, shift(left, top)), at[2:], cv2.INTER_LINEAR)
    core = np.asarray(label > _SEEN, np.uint8)
    if not core.any():
        return None
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, 2 * [2 * wide + 1])
    band = np.asarray(cv2.dilate(core, shape), np.uint8)
    bare = _gone_on(own, band, wide)
    away = np.asarray(cv2.distanceTransform(1 - core, cv2.DIST_L2, 5), np.float32)
    near = 1 - ramp(away, wide / 2, wide + 1)
    apart = np.abs(own - bare).max(-1)
    share = np.asarray(ramp(apart, *_ALIKE) * near, np.float32)
    inner = cv2.GaussianBlur(
        cv2.erode(core, np.ones((3, 3), np.uint8)).astype(np.float32), (0, 0), 1
    )
    share = np.maximum(share, np.minimum(1, inner))
    share = np.asarray(cv2.GaussianBlur(share, (0, 0), 0.6), np.float32)
    beneath = picture.copy()
    soft = cv2.GaussianBlur(band.astype(np.float32), (0, 0), 0.8)[..., None]
    grained = bare + _GRAIN * Grain.of(picture, _GRAINED).sample(*at)
    free = np.clip(own + soft * (grained - own), 0, 1)
    beneath[inside(at, (0, 0, width, height))] = np.rint(free * TOP).astype(np.uint16)
    return Rims(at, share, own), beneath


def _without_crumbs(frames: Float) -> NDArray[np.bool_]:
    seen = np.asarray(frames > _SEEN, np.uint8)
    number = np.asarray(cv2.connectedComponents(seen, connectivity=8)[1], np.int64)
    large = np.bincount(number.ravel()) >= _CRUMB * seen.size
    return np.asarray((seen > 0) & large[number], np.bool_)


def _gone_on(picture: Float, band: NDArray[np.uint8], wide: int) -> Float:
    """A picture (h, w, 3) in whose band each place looks as what is nearest beside it does.

    On either side its own: what lies beneath a rim is an eye as often as the skin above it.
    """
    known = 1 - np.asarray(band, np.float32)
    weight = cv2.GaussianBlur(known, (0, 0), wide / 3)[..., None] + _KNOWN
    mean = cv2.GaussianBlur(picture * known[..., None], (0, 0), wide / 3) / weight
    kind = cv2.DIST_LABEL_PIXEL
    found = cv2.distanceTransformWithLabels(band, cv2.DIST_L2, 5, labelType=kind)
    number = np.asarray(found[1], np.int64)
    places = np.zeros(int(number.max()) + 1, np.int64)
    places[number[band == 0]] = np.flatnonzero(band == 0)
    nearest = np.asarray(mean, np.float32).reshape(-1, 3)[places[number]]
    smooth = cv2.GaussianBlur(nearest, (0, 0), wide / 2)
    return np.asarray(np.where(band[..., None] > 0, smooth, picture), np.float32)
