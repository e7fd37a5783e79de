"""Pixels of other colour models as RGB: CMYK, CIELAB, grey with a profile, light in floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import imagecodecs
import numpy as np

from editor.document.colour import SRGB_ICC, srgb_decoded, srgb_encoded, through_littlecms
from editor.document.formats.decoded import BAND
from editor.document.profiles import (
    SRGB_PRIMARIES,
    model_of,
    prophoto,
    rgb_profile,
    sampled_curve,
    tags_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.formats.decoded import Pixels

# XYZ under D50 → linear ROMM RGB (ISO 22028-2).
_TO_ROMM = np.array(
    [[1.3459433, -0.2556075, -0.0511118], [-0.5445989, 1.5081673, 0.0205351],
     [0.0, 0.0, 1.2118128]]
)  # fmt: skip


def from_cmyk(samples: Pixels, icc: bytes | None) -> tuple[Pixels, str]:
    """Ink (h, w, 4), 0 for none, as sRGB of the same depth; and a note."""
    name = "u1" if samples.dtype == np.uint8 else "u2"
    out = np.empty((*samples.shape[:2], 3), samples.dtype)
    usable = icc is not None and model_of(icc) == "CMYK"
    if usable and icc is not None:
        try:
            for row in range(0, len(samples), BAND):
                band = samples[row : row + BAND]
                out[row : row + BAND] = through_littlecms(
                    band, icc, SRGB_ICC, ("cmyk", "rgb"), name
                )
        except (imagecodecs.CmsError, ValueError):
            usable = False
    if usable:
        return out, "CMYK photo converted to sRGB by its own profile."
    top = np.iinfo(samples.dtype).max
    for row in range(0, len(samples), BAND):
        light = np.float32(1) - samples[row : row + BAND].astype(np.float32) / top
        out[row : row + BAND] = np.rint(light[..., :3] * light[..., 3:] * top)
    return out, "CMYK photo without a usable profile converted to sRGB; colours may be off."


def from_lab(
    lightness: NDArray[np.float32], a: NDArray[np.float32], b: NDArray[np.float32]
) -> NDArray[np.uint16]:
    """CIELAB under D50 as 16-bit ROMM RGB with a gamma of 1.8, the profile ``prophoto``.

    Args:
        lightness: (n, m), 0…100.
        a: (n, m), green to red.
        b: (n, m), blue to yellow.
    """
    y = (lightness + 16) / 116
    bent = np.stack([y + a / 500, y, y - b / 200], -1)
    linear = np.where(bent > 6 / 29, bent**3, 3 * (6 / 29) ** 2 * (bent - 4 / 29))
    xyz = (linear * np.array((0.9642, 1.0, 0.8249), np.float32)).astype(np.float32)
    light = np.clip(cv2.transform(xyz, _TO_ROMM.astype(np.float32)), 0, 1)
    return np.rint(cv2.pow(light, 1 / 1.8) * 65535).astype(np.uint16)


LAB_PROFILE = prophoto
"""The profile of what ``from_lab`` gives."""


def grey_as_rgb(icc: bytes) -> bytes | None:
    """A profile of RGB pixels that shows equal channels as a profile of grey shows one.

    Returns:
        None where the grey is sRGB's own.

    Raises:
        ValueError: it is no profile, or LittleCMS cannot use it.
    """
    tags_of(icc)
    ramp = np.linspace(0, 1, 4096, dtype=np.float32)[None, :, None]
    try:
        seen = through_littlecms(ramp, icc, SRGB_ICC, ("gray", "rgb"), "f4")
    except imagecodecs.CmsError as error:
        raise ValueError("LittleCMS cannot use it") from error
    values = np.nan_to_num(np.asarray(seen, np.float32).reshape(-1, 3)[:, 1])
    values = np.maximum.accumulate(np.clip(values, 0, 1))
    if values[-1] - values[0] < 0.5:
        raise ValueError("it shows hardly any grey")
    if float(np.abs(values - ramp.ravel()).max()) < 0.5 / 255:
        return None
    curve = sampled_curve(srgb_decoded(values).astype(np.float64))
    return rgb_profile("Tone curve of the photo's grey profile", SRGB_PRIMARIES, curve)


def from_light(samples: NDArray[np.floating], profiled: bool) -> tuple[NDArray[np.uint16], str]:
    """Floats as 16 bits, and a note on how they were mapped.

    Without a profile floats are taken for linear light with 1 for white, as renderers and HDR
    programs write them, and get the curve of sRGB. Where more than a twentieth lies above 1 the
    picture is scaled so that nearly all of it fits.

    Args:
        samples: (h, w, n), any scale.
        profiled: a profile tells what the values mean; they only change their type.
    """
    sound = np.nan_to_num(samples[:: max(1, len(samples) // 512)].astype(np.float64), posinf=1e30)
    above, scale = float((sound > 1).mean()), 1.0
    if above > 0.05:
        scale = float(np.quantile(sound, 0.999))
    out = np.empty(samples.shape, np.uint16)
    for row in range(0, len(samples), BAND):
        band = np.nan_to_num(samples[row : row + BAND].astype(np.float32), posinf=3e38) / scale
        light = np.clip(band, 0, 1).astype(np.float32)
        # OpenCV drops a last axis of one channel
        colours = light if profiled else srgb_encoded(light.reshape(len(light), -1))
        out[row : row + BAND] = np.rint(colours * 65535).reshape(light.shape)
    note = "Floating-point pixels mapped to 16 bits"
    note += "" if profiled else ", taken for linear light and encoded as sRGB"
    if scale != 1:
        return out, f"{note}; values were divided by {scale:.4g} to fit."
    return out, note + (f"; {above:.2%} of the values above 1 are white now." if above else ".")
