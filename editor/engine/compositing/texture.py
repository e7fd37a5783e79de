"""Skin's texture with age: coarser, or softer; grain, wisps of hair and hues stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from editor.engine.compositing.light import luma

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

_SOFTER, _COARSER = 0.5, 0.85  # of the texture's
_STRANDS = 0.035  # of white: texture as strong is a wisp of hair or a line, and half as weak


def aged(texture: Float, years: float) -> Float:
    """What is added to texture (h, w, 3) that gets coarser, or softer below 0; never to strands."""
    light = luma(texture)
    weak = 1 / (1 + np.square(light / np.float32(_STRANDS)))
    if years > 0:  # light alone: a camera's coloured grain would come out
        return np.asarray((years * _COARSER * weak * light)[..., None], np.float32)
    return np.asarray(years * _SOFTER * weak[..., None] * texture, np.float32)
