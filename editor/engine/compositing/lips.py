"""Where lips end in the photograph: what colours them ends there, and not at a contour's edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.light import LUMA, dotted
from editor.engine.compositing.surface import ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

LIPS = ("upper lip", "lower lip")
"""Names of ``resources.face_classes.CLASSES``."""

_NEAR = 0.016  # of a crop's side: so far from its label a lip's border is looked for
_ALIKE = 2e-4  # of white, squared: colours that differ by less are the same surface
_SURE = 0.4, 0.8  # of lips: less and more than that is none, and all
_WITHIN = 0.7, 1.2  # of that distance: so far within a label all is lip, in shade as well
_HALF = 0.5
_OPENING = 0.25, 0.5  # of the lips' own light: darker than that is what lies between them


def of_lips(seen: Float, labelled: Float, *, dark: bool = False) -> Float:
    """How much of each place is lip, (r, r) in 0…1.

    A label is as good as its network: a pixel or two of skin, or of a mouth that is open, are in
    it. So it is taken to the edges that the photograph has near it, by the guided filter with
    colours (He, Sun, Tang, *Guided Image Filtering*, 2010, section 3.3); where lips are of the
    skin's colour it stays, softened.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        labelled: where lips were seen in it, (r, r) in 0…1.
        dark: whether what is far darker than they are counts as well: red is not to get between
            them, but may be taken from there.
    """
    side = len(seen)
    radius = max(2, round(_NEAR * side))
    share = ramp(_guided(seen, labelled, radius), *_SURE)
    depth = cv2.distanceTransform(np.asarray(labelled > _HALF, np.uint8), cv2.DIST_L2, 5)
    share = np.maximum(share, ramp(np.asarray(depth, np.float32) / radius, *_WITHIN))
    near = cv2.dilate(labelled, np.ones((2 * radius + 1,) * 2, np.uint8))
    share *= near
    inside = labelled > 0.9
    if dark or not inside.any():
        return np.asarray(share, np.float32)
    light = seen @ LUMA
    opening = 1 - ramp(light / max(float(np.median(light[inside])), 1e-3), *_OPENING)
    return np.asarray(share * (1 - opening), np.float32)


def _guided(guide: Float, mask: Float, radius: int) -> Float:
    """The guided filter of a mask (r, r) by a picture (r, r, 3)."""

    def mean(picture: NDArray[np.floating]) -> Float:
        return np.asarray(cv2.blur(picture, (2 * radius + 1,) * 2), np.float32)

    guide_mean, mask_mean = mean(guide), mean(mask)
    covariance = mean(guide * mask[..., None]) - guide_mean * mask_mean[..., None]
    products = (guide[..., :, None] * guide[..., None, :]).reshape(*mask.shape, 9)
    spread = mean(products).reshape(*mask.shape, 3, 3)
    spread -= guide_mean[..., :, None] * guide_mean[..., None, :]
    spread += _ALIKE * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(spread, covariance[..., None])[..., 0]
    offset = mask_mean - dotted(slope, guide_mean)
    both = mean(np.concatenate([slope, offset[..., None]], -1))
    return np.asarray(dotted(both[..., :3], guide) + both[..., 3], np.float32)
