import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from editor.document.colour import SRGB_PROFILE, ColourSpace, rounded_to_8_bits, srgb_uint8

SRGB = SRGB_PROFILE.tobytes()

# Colorants of Adobe RGB (1998) and of ProPhoto RGB, adapted to D50.
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
PROPHOTO = ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491))


def fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256)) + bytes(2)


def table(values: np.ndarray) -> bytes:
    data = np.rint(values * 65535).astype(">u2").tobytes()
    return b"curv" + bytes(4) + struct.pack(">I", len(values)) + data


def parametric(form: int, *values: float) -> bytes:
    return b"para" + bytes(4) + struct.pack(">HH", form, 0) + fixed(*values)


def lut8(clut: np.ndarray) -> bytes:
    """An lut8 tag from RGB: identity curves around clut, uint8 (n, n, n, 3)."""
    curve = bytes(range(256))
    head = b"mft1" + bytes(4) + struct.pack(">BBBB", 3, 3, len(clut), 0)
    return head + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + curve * 3 + clut.tobytes() + curve * 3


def profile(tags: dict[bytes, bytes], pcs: bytes = b"XYZ ", space: bytes = b"RGB ") -> bytes:
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 2) + b"x\0" + bytes(79),
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1.0, 0.8249),
        **tags,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 132 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"    ", 0x02400000, b"mntr", space, pcs)
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + body


def matrix_profile(
    colorants: tuple[tuple[float, ...], ...] = ADOBE, curve: bytes | None = None
) -> bytes:
    tags = {b + b"XYZ": b"XYZ " + bytes(4) + fixed(*c) for b, c in zip(RGB, colorants, strict=True)}
    return profile(tags | {b + b"TRC": curve or gamma(563 / 256) for b in RGB})


RGB = (b"r", b"g", b"b")


def table_profile() -> bytes:
    """A profile of tables alone: RGB → Lab through a coarse grid, and back."""
    steps = np.linspace(0, 255, 17)
    r, g, b = np.meshgrid(steps, steps, steps, indexing="ij")
    light = 0.3 * r + 0.6 * g + 0.1 * b
    to_lab = np.stack([light, 128 + (r - g) * 0.35, 128 + (g - b) * 0.3], -1)
    lightness, a, b_ = r, (g - 128) / 0.35, (b - 128) / 0.3  # the axes of B2A are L, a, b
    green = lightness - 0.3 * a + 0.1 * b_
    to_rgb = np.stack([green + a, green, green - b_], -1)
    tags = {
        b"A2B0": lut8(np.rint(to_lab).clip(0, 255).astype(np.uint8)),
        b"B2A0": lut8(np.rint(to_rgb).clip(0, 255).astype(np.uint8)),
    }
    return profile(tags, pcs=b"Lab ")


def through_lcms(
    icc: bytes,
    values: np.ndarray,
    back: bool = False,
    flags: ImageCms.Flags = ImageCms.Flags.BLACKPOINTCOMPENSATION,
) -> np.ndarray:
    """8-bit values (n, 3) through LittleCMS."""
    profiles = [ImageCms.ImageCmsProfile(io.BytesIO(icc)), SRGB_PROFILE]
    source, target = profiles[::-1] if back else profiles
    transform = ImageCms.buildTransform(
        source, target, "RGB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, flags
    )
    image = ImageCms.applyTransform(Image.fromarray(values[None]), transform)
    return np.asarray(image)[0]


VALUES = np.random.default_rng(3).integers(0, 256, (2000, 3), dtype=np.uint8)
RAMP = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1)

CURVES = {
    "gamma": gamma(1.8),
    "table": table(np.linspace(0, 1, 400) ** 2.0),
    "plain parametric": parametric(0, 2.2),
    "parametric 1": parametric(1, 2.0, 0.9, 0.1),
    "parametric 2": parametric(2, 2.0, 0.9, 0.06, 0.04),
    "parametric 3": parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    "parametric 4": parametric(4, 2.4, 0.945, 0.055, 0.083, 0.04, -0.00001, 0.0),
}


@pytest.mark.parametrize("curve", CURVES)
def test_matrix_profiles_agree_with_littlecms(curve: str):
    icc = matrix_profile(ADOBE, CURVES[curve])
    space = ColourSpace.of(icc)
    assert not space.is_srgb
    for values in (VALUES, RAMP):
        floats = values.astype(np.float32) / np.float32(255)
        for convert, back in ((space.to_srgb, False), (space.from_srgb, True)):
            expected = through_lcms(icc, values, back, ImageCms.Flags.NONE).astype(float)
            difference = np.abs(convert(floats) * 255 - expected)
            assert np.quantile(difference, 0.97) < 1.01
            # LittleCMS's own 8-bit path is coarse in deep shadows at the gamut's edge.
            assert difference[expected > 32].max() < 2


@pytest.mark.parametrize("colorants", [ADOBE, PROPHOTO])
def test_known_values_of_matrix_profiles(colorants: tuple[tuple[float, ...], ...]):
    space = ColourSpace.of(matrix_profile(colorants))
    ends = np.array([[0, 0, 0], [1, 1, 1]], np.float32)
    np.testing.assert_allclose(space.to_srgb(ends), ends, atol=2e-3)
    np.testing.assert_allclose(space.to_srgb(np.array([[0, 1, 0]], np.float32))[0, 1], 1, atol=1e-5)


def test_adobe_green_of_the_literature():
    # sRGB green (0, 255, 0) is (144, 255, 60) in Adobe RGB (1998).
    green = ColourSpace.of(matrix_profile()).from_srgb(np.array([0, 1, 0], np.float32))
    np.testing.assert_allclose(green * 255, [144, 255, 60], atol=1)


@pytest.mark.parametrize("icc", [matrix_profile(), matrix_profile(PROPHOTO, gamma(1.8))])
def test_there_and_back_is_exact_inside_the_gamut(icc: bytes):
    space = ColourSpace.of(icc)
    values = np.random.default_rng(5).random((50, 70, 3), np.float32)
    np.testing.assert_allclose(space.to_srgb(space.from_srgb(values)), values, atol=1e-4)


def test_16_bit_gradients_stay_smooth():
    ramp = np.repeat(np.linspace(0, 1, 65536, dtype=np.float32)[:, None], 3, 1)
    for icc in (matrix_profile(), matrix_profile(ADOBE, CURVES["table"])):
        for convert in (ColourSpace.of(icc).to_srgb, ColourSpace.of(icc).from_srgb):
            steps = np.diff(convert(ramp)[3000:, 1])
            assert steps.min() > 0
            assert steps.max() < 4 * np.median(steps)


def test_profiles_of_tables_go_through_littlecms():
    icc = table_profile()
    space = ColourSpace.of(icc)
    assert space.problem == ""
    assert not space.is_srgb
    calm = (64 + VALUES // 3).astype(np.uint8)
    floats = calm.astype(np.float32) / np.float32(255)
    for convert, back in ((space.to_srgb, False), (space.from_srgb, True)):
        difference = np.abs(convert(floats) * 255 - through_lcms(icc, calm, back))
        assert difference.mean() < 0.7
        assert np.quantile(difference, 0.99) < 3
    grey = np.tile(np.linspace(0.2, 0.8, 20_000, dtype=np.float32)[:, None], 3)
    steps = np.diff(space.to_srgb(grey)[:, 1])
    assert steps.min() > 0
    assert steps.max() < 3 * steps.mean()


def test_no_profile_and_srgb_profiles_change_nothing():
    values = np.random.default_rng(5).random((4, 5, 3), np.float32)
    rewritten = matrix_profile(
        ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)),
        CURVES["parametric 3"],
    )
    for icc in (None, b"", SRGB, rewritten):
        space = ColourSpace.of(icc)
        assert space.is_srgb
        assert space.problem == ""
        assert space.to_srgb(values) is values
        assert space.from_srgb(values) is values


@pytest.mark.parametrize(
    "icc",
    [b"nonsense", SRGB[:200], profile({}), profile({}, space=b"CMYK"), matrix_profile()[:300],
     matrix_profile(((0, 0, 0),) * 3)],
)  # fmt: skip
def test_broken_profiles_count_as_srgb_with_a_reason(icc: bytes):
    space = ColourSpace.of(icc)
    assert space.is_srgb
    assert space.problem
    pixels = np.zeros((2, 2, 3), np.uint8)
    assert srgb_uint8(pixels, icc) is pixels


def test_whole_images_become_8_bit_srgb():
    icc = matrix_profile()
    eight = VALUES.reshape(40, 50, 3)
    expected = through_lcms(icc, VALUES).reshape(40, 50, 3)
    shown = srgb_uint8(eight, icc).astype(int)
    assert np.abs(shown - expected).max() <= 1  # two builds of LittleCMS
    assert (shown != expected).mean() < 0.02
    deep = srgb_uint8(eight.astype(np.uint16) * 257, icc)
    assert np.abs(deep.astype(int) - expected).max() <= 1  # LittleCMS's 8-bit path is coarser
    exact = ColourSpace.of(icc).to_srgb(eight.astype(np.float32) / np.float32(255)) * 255
    assert np.abs(deep - exact).max() < 0.55
    assert srgb_uint8(eight, None) is eight
    assert srgb_uint8(eight, SRGB) is eight


def test_16_bits_are_rounded_to_8_not_cut():
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    np.testing.assert_array_equal(rounded_to_8_bits(values), np.rint(values / 257))


def test_shapes_survive():
    space = ColourSpace.of(matrix_profile())
    for shape in ((3,), (5, 3), (2, 3, 3), (0, 3)):
        assert space.to_srgb(np.zeros(shape, np.float32)).shape == shape
    assert ColourSpace.of(matrix_profile()) is space  # read once
