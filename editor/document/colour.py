"""Colour spaces of photographs: conversion between an embedded ICC profile and sRGB.

Matrix profiles, which nearly every camera and editor writes, are evaluated analytically (ICC.1,
sections 8.3 and F.3); profiles with tables are sampled through LittleCMS in floats. Tables that
lead one way only, as a scanner's, are inverted here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import cv2
import imagecodecs
import numpy as np
from PIL import ImageCms

from editor.document.profiles import model_of, tags_of
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SRGB_PROFILE = ImageCms.ImageCmsProfile(
    ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownArgumentType] - a C type
)
"""LittleCMS's own sRGB."""

SRGB_ICC = SRGB_PROFILE.tobytes()
"""The same as bytes."""

# Linear sRGB → XYZ, D65 adapted to the D50 of ICC by Bradford (values of the ICC's own sRGB).
_SRGB_TO_XYZ = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169],
     [0.0139322, 0.0971045, 0.7141733]]
)  # fmt: skip
_CURVE = 4096  # samples of a tone curve and of its inverse
_GRID = 52  # samples per axis of a table
_INVERSE_GRID, _INVERSE_STEPS = 33, 12
_BAND = 256  # rows converted at once


class ProofError(AdvisedError):
    """A profile cannot be proofed."""


@dataclass(frozen=True, slots=True, eq=False)
class ColourSpace:
    """What the numbers of a photograph mean.

    Attributes:
        is_srgb: nothing needs converting.
        problem: why an embedded profile was set aside, or "".
        light: how a matrix profile's 16-bit values become light.
    """

    is_srgb: bool = True
    problem: str = ""
    light: _Light | None = None
    _to_srgb: Callable[[Floats], Floats] | None = None
    _from_srgb: Callable[[Floats], Floats] | None = None

    @staticmethod
    def of(icc: bytes | None) -> ColourSpace:
        """The space of an embedded profile; sRGB when there is none or it is unusable."""
        return _space(icc) if icc else ColourSpace()

    def to_srgb(self, values: Floats) -> Floats:
        """Values in [0, 1], shape (…, 3), from this space to sRGB, clipped to its gamut."""
        return values if self._to_srgb is None else _convert(self._to_srgb, values)

    def from_srgb(self, values: Floats) -> Floats:
        """Values in [0, 1], shape (…, 3), from sRGB to this space."""
        return values if self._from_srgb is None else _convert(self._from_srgb, values)


class _Light:
    """From 16-bit values to 8-bit sRGB by tables: LittleCMS would go through a coarse grid."""

    def __init__(self, curves: list[NDArray[np.float64]], matrix: NDArray[np.float64]) -> None:
        steps = np.linspace(0, 1, 65_536)
        self._tables = [
            np.interp(steps, np.linspace(0, 1, len(curve)), curve).astype(np.float32)
            for curve in curves
        ]
        self._matrix = (matrix * 65_535).astype(np.float32)
        self._encoded = np.rint(srgb_encoded(steps.astype(np.float32)) * 255).astype(np.uint8)

    def shown(self, band: NDArray[np.uint8 | np.uint16]) -> NDArray[np.uint8]:
        """(n, m, 3) for a screen."""
        light = np.empty(band.shape, np.float32)
        for channel, table in enumerate(self._tables):
            light[..., channel] = table[band[..., channel]]
        mixed = np.clip(cv2.transform(light, self._matrix) + np.float32(0.5), 0, 65_535)
        return self._encoded[mixed.astype(np.uint16)]


def srgb_uint8(pixels: NDArray[np.uint8 | np.uint16], icc: bytes | None) -> NDArray[np.uint8]:
    """Whole images (h, w, 3) as 8-bit sRGB for display and detection.

    Returns:
        ``pixels`` itself when it is 8-bit sRGB already.
    """
    space = ColourSpace.of(icc)
    if icc is None or space.is_srgb:
        return rounded_to_8_bits(pixels)
    out = np.empty(pixels.shape, np.uint8)
    for row in range(0, len(pixels), _BAND):
        band = pixels[row : row + _BAND]
        if pixels.dtype == np.uint16 and space.light is not None:
            out[row : row + _BAND] = space.light.shown(band)
            continue
        try:
            kind = ("rgb", "rgb")
            out[row : row + _BAND] = through_littlecms(band, icc, SRGB_ICC, kind, "u1")
        except imagecodecs.CmsError:  # stricter than need be; our own reading does
            values = band.astype(np.float32) / np.float32(np.iinfo(band.dtype).max)
            out[row : row + _BAND] = np.rint(space.to_srgb(values) * 255)
    return out


def soft_proof(
    pixels: NDArray[np.uint8 | np.uint16],
    icc: bytes | None,
    device: bytes,
    intent: str = "relative",
    *,
    paper: bool = False,
) -> NDArray[np.uint8]:
    """What a printer or another screen would show, as 8-bit sRGB.

    Args:
        pixels: (h, w, 3).
        icc: their profile; None for sRGB.
        device: the other's profile, of RGB, grey or CMYK.
        intent: of the way into it.
        paper: its white and black are shown as they are, not as white and black.

    Raises:
        ProofError: the profile cannot be used so.
    """
    model = {"RGB": "rgb", "GRAY": "gray", "CMYK": "cmyk"}.get(model_of(device))
    if model is None:
        raise ProofError(
            f"A profile for {model_of(device) or 'nothing'} cannot be proofed.",
            "Choose the profile of a printer or screen: RGB, grey or CMYK.",
        )
    out = np.empty(pixels.shape, np.uint8)
    way_back = "absolute" if paper else "relative"
    try:
        for row in range(0, len(pixels), _BAND):
            band = pixels[row : row + _BAND]
            ends = (icc or SRGB_ICC, device), (device, SRGB_ICC)
            ink = through_littlecms(band, *ends[0], ("rgb", model), "u2", intent)
            seen = through_littlecms(ink, *ends[1], (model, "rgb"), "u1", way_back)
            out[row : row + _BAND] = seen.reshape(band.shape)
    except (imagecodecs.CmsError, ValueError) as error:
        raise ProofError(
            f"The profile cannot be proofed ({error}).",
            "Choose one that leads both ways, as those of printers and screens do.",
        ) from error
    return out


def rounded_to_8_bits(pixels: NDArray[np.uint8 | np.uint16]) -> NDArray[np.uint8]:
    """16-bit values divided by 257 and rounded; 8-bit arrays come back as they are."""
    if pixels.dtype == np.uint8:
        return cast("NDArray[np.uint8]", pixels)
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=1 / 257), np.uint8).reshape(pixels.shape)


def sixteen_bits(pixels: NDArray[np.uint8 | np.uint16]) -> NDArray[np.uint16]:
    """8-bit values times 257; 16-bit arrays come back as they are."""
    if pixels.dtype == np.uint16:
        return cast("NDArray[np.uint16]", pixels)
    return np.asarray(pixels.astype(np.uint16) * np.uint16(257), np.uint16)


# ------------------------------------------------------------------ reading profiles


@lru_cache(maxsize=8)
def _space(icc: bytes) -> ColourSpace:
    if model_of(icc) != "RGB":
        return ColourSpace(problem="it does not describe RGB pixels")
    try:
        tags = tags_of(icc)
        light = None
        if found := _from_matrix(icc, tags):
            to_srgb, from_srgb, light = found
        else:
            to_srgb, from_srgb = _from_tables(icc, tags)
    except (ValueError, imagecodecs.CmsError):
        return ColourSpace(problem="it is damaged")
    probe = _lattice(16)
    seen = _convert(to_srgb, probe)
    if float(np.ptp(seen.reshape(-1, 3), axis=0).min()) < 0.1:
        return ColourSpace(problem="it shows hardly any colour")
    if float(np.abs(seen - probe).max()) < 1 / 255:
        return ColourSpace()
    return ColourSpace(False, "", light, to_srgb, from_srgb)


def _convert(function: Callable[[Floats], Floats], values: Floats) -> Floats:
    """Apply a conversion in blocks that stay in the processor's cache."""
    flat = np.ascontiguousarray(values, np.float32).reshape(-1, 3)
    out = np.empty_like(flat)
    for start in range(0, len(flat), 65_536):
        block = np.clip(flat[start : start + 65_536], 0, 1)
        out[start : start + 65_536] = function(block)
    return out.reshape(values.shape)


def _from_matrix(
    icc: bytes, tags: dict[bytes, bytes]
) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats], _Light] | None:
    """Conversions of a matrix profile: tone curves, then colorants; None if it is none (whole)."""
    if icc[20:24] != b"XYZ " or tags.keys() & {b"A2B0", b"D2B0"}:
        return None
    if any(channel + kind not in tags for channel in (b"r", b"g", b"b") for kind in _NEEDED):
        return None
    try:
        return _matrix_conversions(tags)
    except (ValueError, struct.error, np.linalg.LinAlgError):
        return None


def _matrix_conversions(
    tags: dict[bytes, bytes],
) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats], _Light]:
    colorants = [struct.unpack_from(">3i", tags[c + b"XYZ"], 8) for c in (b"r", b"g", b"b")]
    matrix = np.linalg.inv(_SRGB_TO_XYZ) @ (np.array(colorants).T / 65536)
    if np.linalg.cond(matrix) > 1e4:
        raise ValueError("colorants that span hardly any colours")
    to_linear, from_linear = matrix, np.linalg.inv(matrix)
    curves = [_tone_curve(tags[c + b"TRC"]) for c in (b"r", b"g", b"b")]
    # The inverse is sampled over sRGB-encoded light, where it is nearly straight.
    steps = np.linspace(0, 1, _CURVE)
    light = srgb_decoded(steps.astype(np.float32)).astype(np.float64)
    inverses = [np.interp(light, curve, np.linspace(0, 1, len(curve))) for curve in curves]

    def to_srgb(values: Floats) -> Floats:
        return srgb_encoded(_mixed(_through(curves, values), to_linear))

    def from_srgb(values: Floats) -> Floats:
        return _through(inverses, srgb_encoded(_mixed(srgb_decoded(values), from_linear)))

    return to_srgb, from_srgb, _Light(curves, matrix)


_NEEDED = (b"XYZ", b"TRC")


def _tone_curve(tag: bytes) -> NDArray[np.float64]:
    """A curv or para tag as samples over [0, 1], rising."""
    x = np.linspace(0, 1, _CURVE)
    kind, count = struct.unpack_from(">4s4xI", tag)
    if kind == b"curv":
        table = np.array(struct.unpack_from(f">{count}H", tag, 12), np.float64)
        if count < 2:
            curve = x ** (table[0] / 256 if count else 1.0)
        else:
            curve = np.interp(x, np.linspace(0, 1, count), table / 65535)
    elif kind == b"para":
        form = struct.unpack_from(">H", tag, 8)[0]
        fixed = struct.unpack_from(f">{(1, 3, 4, 5, 7)[min(form, 4)]}i", tag, 12)
        g, a, b, c, d, e, f = _parametric(form, [value / 65536 for value in fixed])
        curve = np.where(x >= d, np.maximum(a * x + b, 0) ** g + e, c * x + f)
    else:
        raise ValueError("unknown tone curve")
    curve = np.clip(curve, 0, 1)
    if not np.isfinite(curve).all() or np.any(np.diff(curve) < 0) or curve[-1] - curve[0] < 0.5:
        raise ValueError("unusable tone curve")
    return curve


def _parametric(form: int, p: list[float]) -> list[float]:
    """Parameters g a b c d e f of the most general parametric curve (ICC.1 table 68)."""
    if form == 0:
        return [p[0], 1, 0, 0, -1, 0, 0]
    if form in (1, 2):
        offset = p[3] if form == 2 else 0.0
        return [*p[:3], 0, -p[2] / p[1] if p[1] else 0, offset, offset]
    return [*p, 0, 0] if form == 3 else p


def _through(curves: list[NDArray[np.float64]], values: Floats) -> Floats:
    """Each column of (n, 3) through its own evenly sampled curve, interpolated linearly."""
    out = np.empty_like(values)
    for channel, curve in enumerate(curves):
        samples = np.append(curve, curve[-1]).astype(np.float32)
        rises = np.diff(samples, append=samples[-1])
        at = values[:, channel] * np.float32(len(curve) - 1)
        index = at.astype(np.intp)
        at -= index
        at *= rises[index]
        at += samples[index]
        out[:, channel] = at
    return out


def _mixed(values: Floats, matrix: NDArray[np.floating]) -> Floats:
    """A matrix applied to (n, 3), clipped; numpy's matmul would wake threads for each block."""
    return np.clip(cv2.transform(values[None], matrix)[0], 0, 1).astype(np.float32, copy=False)


def srgb_encoded(light: Floats) -> Floats:
    """Linear light in [0, 1] → sRGB (IEC 61966-2-1)."""
    bent = cv2.pow(light, 1 / 2.4) * np.float32(1.055) - np.float32(0.055)
    return np.where(light <= 0.0031308, light * np.float32(12.92), bent)


def srgb_decoded(values: Floats) -> Floats:
    """sRGB in [0, 1] → linear light (IEC 61966-2-1)."""
    bent = cv2.pow((values + np.float32(0.055)) / np.float32(1.055), 2.4)
    return np.where(values <= 0.04045, values / np.float32(12.92), bent)


# ------------------------------------------------------------------ profiles with tables


def through_littlecms(
    values: NDArray[np.generic],
    source: bytes,
    target: bytes,
    models: tuple[str, str],
    dtype: str,
    intent: str = "relative",
) -> NDArray[np.generic]:
    """Pixels (n, m, channels) through LittleCMS, with black point compensation.

    Args:
        values: uint8, uint16 or float32 in [0, 1].
        source: the profile that they are in.
        target: the profile to convert into.
        models: of source and target: ``"rgb"``, ``"gray"``, ``"cmyk"``.
        dtype: of the result, ``"u1"``, ``"u2"`` or ``"f4"``.
        intent: ``"relative"``, ``"perceptual"``, ``"saturation"``, or ``"absolute"``, which shows
            the white of paper, and has no black point compensation.

    Raises:
        CmsError: LittleCMS cannot use a profile in this direction.
    """
    return imagecodecs.cms_transform(
        np.ascontiguousarray(values),
        source,
        target,
        colorspace=models[0],
        outcolorspace=models[1],
        outdtype=dtype,
        intent=_INTENTS[intent],
        flags=0 if intent == "absolute" else imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION,
    )


_INTENTS = {
    "relative": imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
    "perceptual": imagecodecs.CMS.INTENT.PERCEPTUAL,
    "saturation": imagecodecs.CMS.INTENT.SATURATION,
    "absolute": imagecodecs.CMS.INTENT.ABSOLUTE_COLORIMETRIC,
}


def _from_tables(
    icc: bytes, tags: dict[bytes, bytes]
) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """Conversions sampled through LittleCMS.

    Raises:
        CmsError: LittleCMS cannot use the profile.
    """
    forth = _sampled(icc, SRGB_ICC)
    if tags.keys() & {b"B2A0", b"B2A1", b"B2D0", b"B2D1"} or b"rTRC" in tags:
        back = _sampled(SRGB_ICC, icc)
    else:
        back = _inverted(forth)

    def to_srgb(values: Floats) -> Floats:
        return _trilinear(forth, values)

    def from_srgb(values: Floats) -> Floats:
        return _trilinear(back, values)

    return to_srgb, from_srgb


def _lattice(n: int) -> Floats:
    """Every colour on an even grid, (n, n, n, 3)."""
    steps = np.linspace(0, 1, n, dtype=np.float32)
    return np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1)


def _sampled(source: bytes, target: bytes) -> Floats:
    """A transform on an even grid, (n, n, n, 3)."""
    cube = _lattice(_GRID).reshape(_GRID, -1, 3)
    out = through_littlecms(cube, source, target, ("rgb", "rgb"), "f4")
    grid = np.nan_to_num(np.asarray(out, np.float32)).reshape(_GRID, _GRID, _GRID, 3)
    return np.clip(grid, 0, 1)


def _inverted(grid: Floats) -> Floats:
    """The grid of the opposite direction, by damped Gauss-Newton steps (Levenberg-Marquardt).

    Colours that the grid does not reach get the nearest that it does.
    """
    wanted = _lattice(_INVERSE_GRID).reshape(-1, 3)
    found, step = wanted.copy(), np.float32(0.5 / (_GRID - 1))
    for _ in range(_INVERSE_STEPS):
        error = wanted - _trilinear(grid, found)
        slopes = np.empty((len(found), 3, 3), np.float32)
        for axis in range(3):
            low, high = found.copy(), found.copy()
            low[:, axis] = np.maximum(low[:, axis] - step, 0)
            high[:, axis] = np.minimum(high[:, axis] + step, 1)
            rise = _trilinear(grid, high) - _trilinear(grid, low)
            slopes[:, :, axis] = rise / (high - low)[:, axis, None]
        squares = slopes.transpose(0, 2, 1) @ slopes + 1e-4 * np.eye(3, dtype=np.float32)
        towards = (slopes.transpose(0, 2, 1) @ error[..., None])[..., 0]
        moved = found + np.linalg.solve(squares, towards[..., None])[..., 0]
        found = np.clip(moved, 0, 1).astype(np.float32)
    return found.reshape(_INVERSE_GRID, _INVERSE_GRID, _INVERSE_GRID, 3)


def _trilinear(grid: Floats, values: Floats) -> Floats:
    n = len(grid)
    table = grid.reshape(-1, 3)
    at = values.reshape(-1, 3) * np.float32(n - 1)
    index = np.minimum(at.astype(np.int32), n - 2)
    part = at - index
    corner = (index[:, 0] * n + index[:, 1]) * n + index[:, 2]
    out = np.zeros_like(at)
    for r in (0, 1):
        for g in (0, 1):
            for b in (0, 1):
                weight = np.ones(len(at), np.float32)
                for axis, high in enumerate((r, g, b)):
                    weight *= part[:, axis] if high else 1 - part[:, axis]
                out += weight[:, None] * table[corner + (r * n + g) * n + b]
    return out.reshape(values.shape)
