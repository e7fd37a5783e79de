"""How well the generator explains a photograph, place by place: a map, and a light for a region.

The misfit at a place is the share of the picture there that the reconstruction misses:
``E / (E + V + c²)``, where E is the mean squared colour difference around the place, V the
photograph's own variance of lightness there, and c a difference that the eye hardly sees. Both
pictures are blurred first and what a blur leaves of grain is taken off, so grain and pores, which
no reconstruction has, do not count; the mean of two window sizes sees a missing earring as well as
a wrongly shaded cheek. It is 0 where nothing is missing, and near 1 where what the photograph
shows is not there: a scarf, a hand, a piercing.

The thresholds of the light were set on the region presets of 15 portraits that the generator never
saw (docs/history/measurements.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.face import FaceCrop
    from editor.document.region import RegionMask

    Float = NDArray[np.float32]

Light = Literal["good", "fair", "weak"]

FAIR, WEAK = 0.20, 0.35  # misfits from which a region counts as such

_GRAIN = 1.2  # pixels of a crop of 256, and so below
_GRAIN_LEFT = 0.066  # of white noise: variance that this blur keeps to variance that it takes
_WINDOWS = (3.0, 8.0)
_HARDLY_SEEN = 0.06  # of the range of lightness


def misfit_map(seen: NDArray[np.uint8], rebuilt: Float, coverage: Float) -> Float:
    """What the reconstruction leaves unexplained.

    Args:
        seen: (r, r, 3) sRGB, the aligned crop of the photograph.
        rebuilt: (r, r, 3) sRGB in [0, 1], what the generator makes of its code.
        coverage: (r, r) in [0, 1], how much of each pixel lies in the photograph.

    Returns:
        float32 (r, r) in [0, 1], read-only; 1 where there is no photograph.
    """
    unit = len(seen) / 256

    def blurred(picture: Float, sigma: float) -> Float:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma * unit), np.float32)

    photo, render = (
        np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB) / np.float32(100), np.float32)
        for picture in (seen.astype(np.float32) / np.float32(255), np.clip(rebuilt, 0, 1))
    )
    difference = photo - render
    coarse = blurred(difference, _GRAIN)
    missing = (np.square(coarse) - _GRAIN_LEFT * np.square(difference - coarse)).sum(-1)
    light = blurred(photo[..., 0], _GRAIN)
    out = np.zeros_like(missing)
    for window in _WINDOWS:
        error = np.maximum(blurred(missing, window), 0)
        variance = blurred(np.square(light), window) - np.square(blurred(light, window))
        out += error / (error + np.maximum(variance, 0) + _HARDLY_SEEN**2)
    out = np.asarray(1 + coverage * (out / len(_WINDOWS) - 1), np.float32)
    out.setflags(write=False)
    return out


def region_misfit(misfit: Float, crop: FaceCrop, region: RegionMask) -> float | None:
    """Mean misfit of a region, weighted by its mask; None when it does not touch the crop."""
    if region.is_empty:
        return None
    to_patch = crop.to_photo - np.array([[0, 0, region.x], [0, 0, region.y]])
    return masked_misfit(misfit, region.alpha, to_patch)


def masked_misfit(
    misfit: Float, alpha: NDArray[np.uint8], to_alpha: NDArray[np.float64]
) -> float | None:
    """Mean misfit under a mask; None when that does not touch the crop.

    Quick whatever the mask's size: it is looked at once for each pixel of the crop.

    Args:
        misfit: (r, r).
        alpha: (h, w), a mask in any pixels.
        to_alpha: (2, 3), maps crop pixels to those of the mask, centres at whole numbers.
    """
    size = (misfit.shape[1], misfit.shape[0])
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    under = cv2.warpAffine(alpha, to_alpha, size, flags=flags, borderMode=cv2.BORDER_CONSTANT)
    weight = np.asarray(under, np.float32)
    total = float(weight.sum())
    return float((weight * misfit).sum()) / total if total else None


def light_of(misfit: float) -> Light:
    """The state that a region's misfit stands for."""
    if misfit >= WEAK:
        return "weak"
    return "fair" if misfit >= FAIR else "good"
