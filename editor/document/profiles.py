"""ICC profiles: what they are made of, and those made for colours that a file declares otherwise.

A photograph's colours are always told by an ICC profile of RGB pixels, or by none for sRGB. Files
that declare them by other means (gAMA, cHRM and cICP of PNG, nclx of AVIF and HEIF, the EXIF of DCF
cameras, a profile of grey) get a profile of the same meaning here.

Sources: ICC.1:2022; ITU-T H.273 for the code points; SMPTE ST 2084 and ITU-R BT.2100 for PQ and
HLG; ITU-R BT.2408 for their reference white of 203 cd/m².
"""

from __future__ import annotations

import struct
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Curve = NDArray[np.float64]

D50 = (0.9642, 1.0, 0.8249)
"""The white of the profile connection space, XYZ."""

_D65 = (0.3127, 0.3290)
SRGB_PRIMARIES = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *_D65)
"""x and y of red, green, blue and white (IEC 61966-2-1)."""

_SAMPLES = 4096
_KNEE = 0.8  # of reference white, below which tone mapping changes nothing
_PEAK = 1000 / 203  # of reference white: what most is mastered for

_PRIMARIES = {
    1: SRGB_PRIMARIES,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
"""Code points of H.273 for colour primaries."""


def model_of(icc: bytes) -> str:
    """What the pixels of a profile are: ``"RGB"``, ``"GRAY"``, ``"CMYK"``, ``"Lab"`` and so on."""
    return icc[16:20].decode("ascii", "replace").strip()


def tags_of(icc: bytes) -> dict[bytes, bytes]:
    """The tags of a profile by their signatures.

    Raises:
        ValueError: it is no profile, or its directory is damaged.
    """
    if len(icc) < 132 or icc[36:40] != b"acsp":
        raise ValueError("no ICC profile")
    count = struct.unpack_from(">I", icc, 128)[0]
    if count > 200 or 132 + 12 * count > len(icc):
        raise ValueError("a damaged directory of tags")
    tags: dict[bytes, bytes] = {}
    for index in range(count):
        name, at, size = struct.unpack_from(">4sII", icc, 132 + 12 * index)
        tags[name] = icc[at : at + size]
    return tags


def rgb_profile(
    name: str, primaries: Sequence[float], curve: bytes | tuple[bytes, bytes, bytes]
) -> bytes:
    """A matrix profile of version 4.

    Args:
        name: for people.
        primaries: x and y of red, green, blue and white.
        curve: a ``curv`` or ``para`` tag, the same for the three channels, or one for each.

    Raises:
        ValueError: the primaries span no colours.
    """
    colorants, adaptation = _colorants(primaries)
    tags = {
        b"desc": _text(name),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(*D50),
        b"chad": b"sf32\0\0\0\0" + _fixed(*adaptation.ravel()),
    }
    curves = (curve,) * 3 if isinstance(curve, bytes) else curve
    for index, channel in enumerate((b"r", b"g", b"b")):
        tags[channel + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*colorants[:, index])
        tags[channel + b"TRC"] = curves[index]
    return assembled(tags, b"RGB ")


def assembled(tags: dict[bytes, bytes], model: bytes) -> bytes:
    """A profile of these tags, for pixels of a colour model of four letters."""
    directory, body = struct.pack(">I", len(tags)), b""
    start = 132 + 12 * len(tags)
    placed: dict[bytes, int] = {}
    for signature, data in tags.items():
        if data not in placed:
            placed[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        directory += signature + struct.pack(">II", placed[data], len(data))
    head = struct.pack(
        ">I4sI4s4s4s", start + len(body), bytes(4), 0x04300000, b"mntr", model, b"XYZ "
    )
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(*D50)
    return head.ljust(128, b"\0") + directory + body


def gamma_curve(exponent: float) -> bytes:
    """A tag for light = value ** exponent."""
    return b"para\0\0\0\0\0\0\0\0" + _fixed(exponent)


def sampled_curve(light: Curve) -> bytes:
    """A tag for light in [0, 1] at even steps of the value."""
    steps = np.rint(np.clip(light, 0, 1) * 65535).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", len(steps)) + steps.tobytes()


SRGB_CURVE = b"para\0\0\0\0\0\x03\0\0" + struct.pack(
    ">5i", *(round(v * 65536) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
)
"""The tag of IEC 61966-2-1."""


@cache
def adobe_rgb() -> bytes:
    """A profile of the colours of Adobe RGB (1998), which cameras name in EXIF only."""
    primaries = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, *_D65)
    return rgb_profile("Compatible with Adobe RGB (1998)", primaries, gamma_curve(563 / 256))


@cache
def display_p3() -> bytes:
    """A profile of the primaries of DCI-P3 under D65 with the curve of sRGB."""
    return rgb_profile("Compatible with Display P3", _PRIMARIES[12], SRGB_CURVE)


@cache
def prophoto() -> bytes:
    """A profile of the primaries of ROMM RGB with a plain gamma of 1.8: wide, for 16 bits."""
    primaries = (0.734699, 0.265301, 0.159597, 0.840403, 0.036598, 0.000105, 0.345704, 0.358540)
    return rgb_profile("Compatible with ProPhoto RGB, gamma 1.8", primaries, gamma_curve(1.8))


def from_gamma(gamma: float | None, primaries: Sequence[float] | None) -> bytes | None:
    """A profile for the exponent and chromaticities of a PNG; None where they say sRGB.

    Args:
        gamma: the encoding exponent (gAMA / 100,000), about 1/2.2 for pictures of today.
        primaries: x and y of white, red, green and blue, in the order of cHRM.

    Raises:
        ValueError: the values make no sense.
    """
    if gamma is not None and not 0.1 <= gamma <= 10:
        raise ValueError(f"a gamma of {gamma:g}")
    ordered = SRGB_PRIMARIES if primaries is None else (*primaries[2:], *primaries[:2])
    plain = np.allclose(ordered, SRGB_PRIMARIES, atol=2e-3)
    curve, shown = SRGB_CURVE, "sRGB curve"
    if gamma is not None and abs(gamma * 2.2 - 1) >= 0.05:  # nearer is sRGB for libpng, too
        curve, shown = gamma_curve(1 / gamma), f"gamma {1 / gamma:.4g}"
    if plain and curve is SRGB_CURVE:
        return None
    kind = "sRGB primaries" if plain else "primaries of the file"
    return rgb_profile(f"{shown}, {kind}", ordered, curve)


def from_colorimetry(
    primaries: Sequence[float] | None, tables: NDArray[np.uint16] | None
) -> bytes | None:
    """A profile for the colorimetry tags of a TIFF; None where they say sRGB.

    Args:
        primaries: x and y of red, green, blue and white; None for sRGB's.
        tables: (1 or 3, n), linear light at even steps of a channel's value; None for a gamma of
            2.2, TIFF's default, or sRGB's curve where the primaries are sRGB's.

    Raises:
        ValueError: the values make no sense.
    """
    primaries = primaries or SRGB_PRIMARIES
    plain = np.allclose(primaries, SRGB_PRIMARIES, atol=2e-3)
    kind = "sRGB primaries" if plain else "primaries of the file"
    if tables is None:
        return None if plain else rgb_profile(f"gamma 2.2, {kind}", primaries, gamma_curve(2.2))
    steps = np.linspace(0, 1, min(tables.shape[1], _SAMPLES))
    places = np.linspace(0, 1, tables.shape[1])
    light: list[Curve] = [
        np.asarray(np.interp(steps, places, table), np.float64)
        for table in tables.astype(np.float64) / 65535
    ]
    if any(one[-1] - one[0] < 0.5 or (np.diff(one) < 0).any() for one in light):
        raise ValueError("a transfer function that does not rise")
    srgb = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
    if plain and all(np.abs(one - srgb).max() < 0.5 / 255 for one in light):
        return None
    red, green, blue = (sampled_curve(one) for one in (light * 3)[:3])
    return rgb_profile(f"transfer function of the file, {kind}", primaries, (red, green, blue))


def from_code_points(primaries: int, transfer: int) -> bytes | None:
    """A profile for code points of H.273; None where they say sRGB or nothing.

    PQ and HLG are tone-mapped: light up to 0.8 of the reference white of 203 cd/m² is as it was,
    more is pressed together up to 1,000 cd/m². HLG's system gamma is taken channel by channel.

    Raises:
        ValueError: code points that are not known here.
    """
    primaries = 1 if primaries == 2 else primaries
    transfer = 13 if transfer == 2 else transfer
    if (primaries, transfer) == (1, 13):
        return None
    if primaries not in _PRIMARIES or transfer not in _TRANSFERS:
        raise ValueError(f"colour primaries {primaries} with transfer {transfer}")
    name, curve = _TRANSFERS[transfer]
    title = f"Primaries {primaries} and transfer {transfer} of H.273 ({name})"
    return rgb_profile(title, _PRIMARIES[primaries], curve)


def from_chromaticities(
    primaries: Sequence[float], *, transfer: int = 13, gamma: float = 0
) -> bytes | None:
    """A profile for primaries of any place; None where they and the transfer are those of sRGB.

    Args:
        primaries: x and y of red, green, blue and white.
        transfer: a code point of H.273.
        gamma: light = value ** gamma, instead of a transfer; 0 for none.

    Raises:
        ValueError: the values make no sense.
    """
    if gamma:
        if not 0.1 <= gamma <= 10:
            raise ValueError(f"a gamma of {gamma:g}")
        return rgb_profile(f"gamma {gamma:.4g}, primaries of the file", primaries,
                           gamma_curve(gamma))  # fmt: skip
    transfer = 13 if transfer == 2 else transfer
    if transfer not in _TRANSFERS:
        raise ValueError(f"a transfer of {transfer}")
    if transfer == 13 and np.allclose(primaries, SRGB_PRIMARIES, atol=1e-4):
        return None
    name, curve = _TRANSFERS[transfer]
    return rgb_profile(f"{name}, primaries of the file", primaries, curve)


def is_high_dynamic_range(transfer: int) -> bool:
    """Whether a code point of H.273 is PQ or HLG."""
    return transfer in (16, 18)


# ------------------------------------------------------------------ parts


def _text(words: str) -> bytes:
    body = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(body), 28) + body


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _colorants(primaries: Sequence[float]) -> tuple[Matrix, Matrix]:
    """RGB → XYZ under D50, and the adaptation (Bradford) that it took."""
    xy = np.asarray(primaries, np.float64).reshape(4, 2)
    if not np.isfinite(xy).all() or (xy[:, 1] <= 0).any() or (np.abs(xy) > 2).any():
        raise ValueError("chromaticities out of range")
    xyz = np.stack([xy[:, 0] / xy[:, 1], np.ones(4), (1 - xy.sum(1)) / xy[:, 1]])
    try:
        scale = np.linalg.solve(xyz[:, :3], xyz[:, 3])
    except np.linalg.LinAlgError as error:
        raise ValueError("chromaticities that span no colours") from error
    cone = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    gains = (cone @ np.array(D50)) / (cone @ xyz[:, 3])
    adaptation = np.linalg.inv(cone) @ np.diag(gains) @ cone
    colorants = adaptation @ (xyz[:, :3] * scale)
    if np.abs(colorants).max() > 4 or np.linalg.cond(colorants) > 1e4:
        raise ValueError("chromaticities that span hardly any colours")
    return colorants, adaptation


def _tone_mapped(light: Curve) -> Curve:
    """Light relative to reference white, pressed into [0, 1] above the knee."""
    over, most = (light - _KNEE) / (1 - _KNEE), (_PEAK - _KNEE) / (1 - _KNEE)
    over = np.clip(over, 0, most)
    pressed = _KNEE + (1 - _KNEE) * over * (1 + over / most**2) / (1 + over)
    return np.where(light <= _KNEE, light, pressed)


def _pq() -> Curve:
    root = np.linspace(0, 1, _SAMPLES) ** (4096 / (2523 * 128))
    c1, c2, c3 = 3424 / 4096, 2413 / 128, 2392 / 128
    nits = 10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (16384 / 2610)
    return _tone_mapped(nits / 203)


def _hlg() -> Curve:
    value = np.linspace(0, 1, _SAMPLES)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(value <= 0.5, value**2 / 3, (np.exp((value - c) / a) + b) / 12)
    return _tone_mapped(1000 / 203 * scene**1.2)


def _video() -> Curve:
    value = np.linspace(0, 1, _SAMPLES)
    return np.where(value < 0.081, value / 4.5, ((value + 0.099) / 1.099) ** (1 / 0.45))


_TRANSFERS = {
    4: ("gamma 2.2", gamma_curve(2.2)),
    5: ("gamma 2.8", gamma_curve(2.8)),
    8: ("linear", gamma_curve(1.0)),
    13: ("sRGB", SRGB_CURVE),
    16: ("PQ, tone-mapped", sampled_curve(_pq())),
    18: ("HLG, tone-mapped", sampled_curve(_hlg())),
    **dict.fromkeys((1, 6, 14, 15), ("BT.709", sampled_curve(_video()))),
}
"""Code points of H.273 for transfer characteristics, and the curve from values to light."""
