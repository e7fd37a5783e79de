"""Colour spaces of photographs: conversion between an embedded ICC profile and sRGB.

LittleCMS (through Pillow) converts 8-bit pixels only. Photographs of 16 bits and edits need floats,
so matrix profiles, which nearly every camera and editor writes, are evaluated analytically (ICC.1,
sections 8.3 and F.3); profiles with tables are sampled through LittleCMS into a smooth grid.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from PIL import Image, ImageCms

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SRGB_PROFILE = ImageCms.ImageCmsProfile(
    ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownArgumentType] - a C type
)
"""LittleCMS's own sRGB."""

# Linear sRGB → XYZ, D65 adapted to the D50 of ICC by Bradford (values of the ICC's own sRGB).
_SRGB_TO_XYZ = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169],
     [0.0139322, 0.0971045, 0.7141733]]
)  # fmt: skip
_CURVE = 4096  # samples of a tone curve and of its inverse
_GRID = 52  # samples per axis of a table; 255 is a multiple of one less, so samples are exact


@dataclass(frozen=True, slots=True, eq=False)
class ColourSpace:
    """What the numbers of a photograph mean.

    Attributes:
        is_srgb: nothing needs converting.
        problem: why an embedded profile was set aside, or "".
    """

    is_srgb: bool = True
    problem: str = ""
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


def srgb_uint8(pixels: NDArray[np.uint8 | np.uint16], icc: bytes | None) -> NDArray[np.uint8]:
    """Whole images (h, w, 3) as 8-bit sRGB for display and detection.

    Returns:
        ``pixels`` itself when it is 8-bit sRGB already.
    """
    eight = rounded_to_8_bits(pixels)
    if icc is None or ColourSpace.of(icc).is_srgb:
        return eight
    transform = _transform(icc, to_srgb=True)
    return np.asarray(ImageCms.applyTransform(Image.fromarray(eight), transform))


def rounded_to_8_bits(pixels: NDArray[np.uint8 | np.uint16]) -> NDArray[np.uint8]:
    """16-bit values divided by 257 and rounded; 8-bit arrays come back as they are."""
    if pixels.dtype == np.uint8:
        return cast("NDArray[np.uint8]", pixels)
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=1 / 257), np.uint8).reshape(pixels.shape)


# ------------------------------------------------------------------ reading profiles


@lru_cache(maxsize=8)
def _space(icc: bytes) -> ColourSpace:
    if icc[16:20] != b"RGB ":
        return ColourSpace(problem="it does not describe RGB pixels")
    try:
        to_srgb, from_srgb = _from_matrix(icc)
    except (ValueError, struct.error, np.linalg.LinAlgError):
        try:
            to_srgb, from_srgb = _from_tables(icc)
        except (ImageCms.PyCMSError, OSError, ValueError):
            return ColourSpace(problem="it is damaged")
    steps = np.linspace(0, 1, 16, dtype=np.float32)
    probe = np.stack(np.meshgrid(steps, steps, steps), -1)
    if float(np.abs(_convert(to_srgb, probe) - probe).max()) < 1 / 255:
        return ColourSpace()
    return ColourSpace(False, "", to_srgb, from_srgb)


def _convert(function: Callable[[Floats], Floats], values: Floats) -> Floats:
    """Apply a conversion in blocks that stay in the processor's cache."""
    flat = np.ascontiguousarray(values, np.float32).reshape(-1, 3)
    out = np.empty_like(flat)
    for start in range(0, len(flat), 65_536):
        block = np.clip(flat[start : start + 65_536], 0, 1)
        out[start : start + 65_536] = function(block)
    return out.reshape(values.shape)


def _from_matrix(icc: bytes) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """Conversions of a matrix profile: tone curves, then colorants.

    Raises:
        ValueError, struct.error, LinAlgError: it is no (whole) matrix profile.
    """
    count = struct.unpack_from(">I", icc, 128)[0]
    if count > 200 or icc[20:24] != b"XYZ ":
        raise ValueError("no matrix profile")
    tags: dict[bytes, bytes] = {}
    for index in range(count):
        name, at, size = struct.unpack_from(">4sII", icc, 132 + 12 * index)
        tags[name] = icc[at : at + size]
    if b"A2B0" in tags or any(c + t not in tags for c in (b"r", b"g", b"b") for t in _NEEDED):
        raise ValueError("no matrix profile")
    colorants = [struct.unpack_from(">3i", tags[c + b"XYZ"], 8) for c in (b"r", b"g", b"b")]
    matrix = np.linalg.inv(_SRGB_TO_XYZ) @ (np.array(colorants).T / 65536)
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

    return to_srgb, from_srgb


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


def _transform(icc: bytes, *, to_srgb: bool) -> ImageCms.ImageCmsTransform:
    own = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    source, target = (own, SRGB_PROFILE) if to_srgb else (SRGB_PROFILE, own)
    return ImageCms.buildTransform(
        source,
        target,
        "RGB",
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _from_tables(icc: bytes) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """Conversions sampled through LittleCMS.

    Raises:
        PyCMSError, OSError: LittleCMS cannot use the profile.
    """
    grids = [_sampled(_transform(icc, to_srgb=direction)) for direction in (True, False)]

    def to_srgb(values: Floats) -> Floats:
        return _trilinear(grids[0], values)

    def from_srgb(values: Floats) -> Floats:
        return _trilinear(grids[1], values)

    return to_srgb, from_srgb


def _sampled(transform: ImageCms.ImageCmsTransform) -> Floats:
    """A transform on an even grid, (n, n, n, 3), smoother than its 8 bits.

    Each sample may lie anywhere within the half step that rounding hid; smoothing within those
    bounds takes the staircase away.
    """
    levels = np.arange(0, 256, 255 // (_GRID - 1), dtype=np.uint8)
    n = len(levels)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(n, n * n, 3)
    image = ImageCms.applyTransform(Image.fromarray(cube), transform)
    exact = np.asarray(image).reshape(n, n, n, 3).astype(np.float32) / 255
    grid = exact
    for _ in range(8):
        for axis in range(3):
            ends = [(0, 0)] * 4
            ends[axis] = (1, 1)
            wide = np.pad(grid, ends, mode="reflect", reflect_type="odd")
            low, high = (wide.take(range(start, start + n), axis=axis) for start in (0, 2))
            grid = (low + 2 * grid + high) / 4
        grid = np.clip(grid, exact - 0.5 / 255, exact + 0.5 / 255)
    return np.clip(grid, 0, 1).astype(np.float32)


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
