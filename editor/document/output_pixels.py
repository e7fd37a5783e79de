"""Pixels on their way into a file: another size, sharper, in another profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import imagecodecs
import numpy as np

from editor.document.colour import SRGB_ICC, ColourSpace, through_littlecms
from editor.document.formats.decoded import BAND
from editor.document.profiles import adobe_rgb, display_p3, prophoto

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from editor.document.formats.content import Intent, ProfileChoice
    from editor.document.formats.decoded import Pixels

_Array = TypeVar("_Array", bound="NDArray[np.number]")

PROFILES: dict[ProfileChoice, str] = {
    "photo": "the photo's own",
    "srgb": "sRGB",
    "display-p3": "Display P3",
    "adobe-rgb": "Adobe RGB (1998)",
    "prophoto": "ProPhoto RGB",
}
"""What an export can be written in, by the names of options."""

_MADE: dict[ProfileChoice, Callable[[], bytes]] = {
    "display-p3": display_p3, "adobe-rgb": adobe_rgb, "prophoto": prophoto,
}  # fmt: skip
_REACH = 0.7  # pixels of the blur that sharpening takes away: about one pixel's own
_MARGIN = 4  # rows that it reads around a band


def profile_of(choice: ProfileChoice) -> bytes | None:
    """The profile that an export in these colours carries; None for sRGB, which needs none."""
    made = _MADE.get(choice)
    return made() if made else None


def converted(pixels: Pixels, icc: bytes | None, target: bytes | None, intent: Intent) -> Pixels:
    """Pixels (h, w, 3) of one profile in another; None means sRGB.

    Profiles that lead one way only, from their device, are left by way of sRGB.
    """
    space = ColourSpace.of(icc)
    if target == icc or (target is None and space.is_srgb):
        return pixels
    out, top = np.empty_like(pixels), np.float32(np.iinfo(pixels.dtype).max)
    own = target is None and intent == "relative"
    for row in range(0, len(pixels), BAND):
        band = pixels[row : row + BAND].astype(np.float32) / top
        if own:
            levels = space.to_srgb(band)
        else:
            try:
                models = ("rgb", "rgb")
                ends = icc or SRGB_ICC, target or SRGB_ICC
                found = through_littlecms(band, *ends, models, "f4", intent)
                levels = np.asarray(found, np.float32)
            except imagecodecs.CmsError:
                levels = ColourSpace.of(target).from_srgb(space.to_srgb(band))
        out[row : row + BAND] = np.rint(np.clip(np.nan_to_num(levels), 0, 1) * top)
    return out


def size_of(width: int, height: int, longest: int) -> tuple[int, int]:
    """Width and height with a longer side of at most ``longest``; 0: as they are."""
    if not 0 < longest < max(width, height):
        return width, height
    scale = longest / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def resized(pixels: Pixels, alpha: Pixels | None, longest: int) -> tuple[Pixels, Pixels | None]:
    """Pixels and alpha at most that long, each pixel the mean of those that it covers."""
    height, width = pixels.shape[:2]
    size = size_of(width, height, longest)
    if size == (width, height):
        return pixels, alpha
    if alpha is None:
        return _smaller(pixels, size), None
    # what is transparent must not colour what is not
    top = float(np.iinfo(pixels.dtype).max)
    shares = np.empty((height, width), np.float32)
    weighted = np.empty(pixels.shape, np.float32)
    for row in range(0, height, BAND):
        band = slice(row, row + BAND)
        shares[band] = alpha[band] / top
        weighted[band] = pixels[band] * shares[band][..., None]
    small = _smaller(shares, size)
    colours = _smaller(weighted, size) / np.maximum(small, 1e-6)[..., None]
    plain = _smaller(pixels, size)
    seen = small[..., None] > 1e-6
    mixed = np.where(seen, np.clip(np.rint(colours), 0, top), plain).astype(pixels.dtype)
    return mixed, np.rint(small * top).astype(pixels.dtype)


def _smaller(array: _Array, size: tuple[int, int]) -> _Array:
    small = cv2.resize(cast("Pixels", array), size, interpolation=cv2.INTER_AREA)
    return cast("_Array", np.asarray(small, array.dtype))


def sharpened(pixels: Pixels, amount: int) -> Pixels:
    """Pixels (h, w, 3) with more contrast at their finest edges, in lightness only.

    Args:
        pixels: at the size in which they are written.
        amount: 0…100.
    """
    if not amount:
        return pixels
    out, top = np.empty_like(pixels), np.iinfo(pixels.dtype).max
    height = len(pixels)
    for row in range(0, height, BAND):
        first, last = max(0, row - _MARGIN), min(height, row + BAND + _MARGIN)
        band = pixels[first:last].astype(np.float32)
        grey = cv2.cvtColor(band, cv2.COLOR_RGB2GRAY)
        soft = cv2.GaussianBlur(grey, (0, 0), _REACH, borderType=cv2.BORDER_REFLECT)
        band += ((grey - soft) * np.float32(2 * amount / 100))[..., None]
        here = band[row - first : row - first + min(BAND, height - row)]
        out[row : row + BAND] = np.clip(np.rint(here), 0, top)
    return out
