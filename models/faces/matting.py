"""Brings what a network says of small pixels to the edges of a large picture.

The guided filter (He, Sun & Tang, arXiv 1505.00996, the fast one): nearby, a share is taken to be a
linear function of the picture's colours; that function is fitted where the network looked and
applied to the picture at its own size, so that strands show which the network never saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]
    Picture = NDArray[np.uint8]

_SIDE = 256  # of what is fitted to, at most
_PASSES = 3  # each is fitted to what the last one said, and comes closer to the picture's edge
_REACH = 1 / 40  # of the side: how far the network's edge may be from the picture's
_EVENNESS = np.float32(4e-4)  # variance of colours, in 0…1, that says nothing yet
_SURE = np.float32(0.9)
_FEET = np.float32(0.1)  # of an edge: the filter never quite arrives at 0 and 1


def matted(share: Float, seen: Picture, fine: Picture) -> Float:
    """A share of each small pixel as a matte of a large picture.

    Args:
        share: (s, s), in 0…1.
        seen: sRGB (s, s, 3), of which it was said.
        fine: sRGB (t, t, 3), the same at another size.

    Returns:
        (t, t), in 0…1. What lies deep inside or far outside stays 1 or 0, however it looks.
    """
    if len(share) > _SIDE:
        small = cv2.resize(share, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        share = np.asarray(small, np.float32)
    if len(seen) != len(share):
        seen = np.asarray(cv2.resize(seen, share.shape, interpolation=cv2.INTER_AREA), np.uint8)
    reach = max(2, round(_REACH * len(share)))
    colours = seen.astype(np.float32) / np.float32(255)
    closer = share
    for _ in range(_PASSES - 1):
        slopes, offset = _fit(colours, closer, reach)
        closer = _stretched((slopes * colours).sum(-1) + offset)
    slopes, offset = _fit(colours, closer, reach)
    size = (len(fine), len(fine))
    slopes, matte = _enlarged(slopes, size), _enlarged(offset, size)
    for channel in range(3):  # one after the other: large pictures need few copies of themselves
        matte += slopes[..., channel] * (fine[..., channel] * np.float32(1 / 255))
    matte = _stretched(matte)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inside = _softened(cv2.erode(np.asarray(share > _SURE, np.float32), disc), reach)
    around = _softened(cv2.dilate(np.asarray(share > 1 - _SURE, np.float32), disc), reach)
    matte += (1 - matte) * _enlarged(inside, size)
    matte *= _enlarged(around, size)
    return matte


def _stretched(matte: Float) -> Float:
    return np.clip((matte - _FEET) / (1 - 2 * _FEET), 0, 1, out=matte)


def _softened(mask: object, reach: int) -> Float:
    blurred = cv2.GaussianBlur(np.asarray(mask, np.float32), (0, 0), reach / 3)
    return np.asarray(blurred, np.float32)


def _enlarged(values: Float, size: tuple[int, int]) -> Float:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _fit(guide: Float, share: Float, reach: int) -> tuple[Float, Float]:
    """Slopes (s, s, 3) and offset (s, s) of the linear functions around each pixel, averaged."""
    window = (2 * reach + 1, 2 * reach + 1)

    def mean(values: Float) -> Float:
        return np.asarray(cv2.blur(values, window), np.float32)

    middle, level = mean(guide), mean(share)
    spread = np.empty((*share.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            common = mean(guide[..., i] * guide[..., j]) - middle[..., i] * middle[..., j]
            spread[..., i, j] = spread[..., j, i] = common
        spread[..., i, i] += _EVENNESS
    along = mean(guide * share[..., None]) - middle * level[..., None]
    slopes = np.linalg.solve(spread, along[..., None])[..., 0].astype(np.float32)
    offset = level - (slopes * middle).sum(-1)
    return mean(slopes), mean(np.asarray(offset, np.float32))
