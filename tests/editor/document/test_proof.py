"""Soft proofs: what the device of a profile would show."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageCms

from editor.command_line import commands as command_line
from editor.document import profiles
from editor.document.colour import SRGB_ICC, ProofError, soft_proof
from editor.document.photo import open_photo
from tests import photo_files as files
from tests.editor.document.test_colour import gamma, profile, table_profile

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.formats.content import Intent

RGB8 = files.levels(files.picture(), 8)


def grid(inputs: int, steps: int, to: NDArray[np.float64]) -> bytes:
    """A table of ICC (lut8) with ``inputs`` axes; ``to`` holds 8-bit values on the grid."""
    outputs = to.shape[-1]
    ramp = bytes(range(256))
    head = b"mft1\0\0\0\0" + bytes([inputs, outputs, steps, 0])
    head += struct.pack(">9i", *(65536 * v for v in (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    table = np.rint(to).clip(0, 255).astype(np.uint8).tobytes()
    return head + ramp * inputs + table + ramp * outputs


def press() -> bytes:
    """A printer of CMYK with dull inks on yellowish paper."""
    ink = np.linspace(0, 1, 5)
    c, m, y, k = np.meshgrid(ink, ink, ink, ink, indexing="ij")
    light = (1 - 0.85 * k) * (1 - 0.4 * c) * (1 - 0.45 * m) * (1 - 0.1 * y)
    lab = np.stack([242 * light, 128 - 30 * c + 35 * m, 132 - 40 * c + 40 * y], -1)
    axis = np.linspace(0, 255, 9)
    lightness, a, b = np.meshgrid(axis, axis, axis, indexing="ij")
    inks = np.stack([(128 - a) * 3, (a - 128) * 3, (b - 132) * 3, 255 - lightness * 255 / 242], -1)
    tags = {b"A2B0": grid(4, 5, lab), b"B2A0": grid(3, 9, inks)}
    icc = bytearray(profile(tags, pcs=b"Lab ", space=b"CMYK"))
    icc[12:16] = b"prtr"
    return bytes(icc)


def by_littlecms(device: bytes, mode: str, intent: int, back: int) -> NDArray[np.uint8]:
    """The same by Pillow: there with the intent, and back."""
    srgb, other = (ImageCms.ImageCmsProfile(io.BytesIO(icc)) for icc in (SRGB_ICC, device))
    image = Image.fromarray(RGB8)
    for ends, modes, how in (
        ((srgb, other), ("RGB", mode), intent),
        ((other, srgb), (mode, "RGB"), back),
    ):
        black = ImageCms.Flags.BLACKPOINTCOMPENSATION if how != 3 else ImageCms.Flags.NONE
        transform = ImageCms.buildTransform(*ends, *modes, ImageCms.Intent(how), black)
        made = ImageCms.applyTransform(image, transform)
        assert made is not None
        image = made
    return np.asarray(image)


@pytest.mark.parametrize(("intent", "number"), [("relative", 1), ("perceptual", 0)])
@pytest.mark.parametrize("paper", [False, True])
@pytest.mark.parametrize("kind", ["CMYK", "RGB", "tables"])
def test_a_proof_is_what_littlecms_makes_of_both_ways(
    kind: str, intent: Intent, number: int, paper: bool
) -> None:
    device = {"CMYK": press, "RGB": profiles.adobe_rgb, "tables": table_profile}[kind]()
    shown = soft_proof(RGB8, None, device, intent, paper=paper)
    wanted = by_littlecms(device, "CMYK" if kind == "CMYK" else "RGB", number, 3 if paper else 1)
    off = np.abs(shown.astype(int) - wanted)
    assert off.mean() < 1.5
    assert np.quantile(off, 0.99) <= 5


def test_dull_inks_and_paper_are_seen() -> None:
    vivid = np.full((4, 4, 3), (255, 0, 80), np.uint8)
    shown = soft_proof(vivid, None, press())
    assert np.ptp(shown[0, 0].astype(int)) < 200
    white = np.full((4, 4, 3), 255, np.uint8)
    assert soft_proof(white, None, press()).min() >= 250
    paper = soft_proof(white, None, press(), paper=True)[0, 0].astype(int)
    assert paper[2] < paper[0] < 250


def test_grey_devices_show_grey() -> None:
    grey = profile(
        {b"kTRC": gamma(1.8), b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)},
        space=b"GRAY",
    )
    shown = soft_proof(RGB8, None, grey)
    assert shown.shape == RGB8.shape
    assert np.ptp(shown.astype(int), axis=-1).max() <= 2


def test_profiles_that_lead_one_way_only_are_refused() -> None:
    one_way = profile({b"A2B0": grid(4, 5, np.zeros((5, 5, 5, 5, 3)))}, pcs=b"Lab ", space=b"CMYK")
    for device in (one_way, b"no profile", profile({}, space=b"6CLR")):
        with pytest.raises(ProofError) as caught:
            soft_proof(RGB8, None, device)
        assert caught.value.advice


def test_the_command_writes_a_proof_and_refuses_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, device, out = tmp_path / "a.png", tmp_path / "press.icc", tmp_path / "proof.png"
    Image.fromarray(RGB8).save(photo)
    device.write_bytes(press())

    def proof(*words: object) -> int:
        return command_line.main(["proof", *map(str, words)])

    assert proof(photo, "--profile", device, "-o", out) == 0
    np.testing.assert_array_equal(open_photo(out).pixels, soft_proof(RGB8, None, press()))
    assert proof(photo, "--profile", device, "--intent", "perceptual", "--paper", "-o", out) == 0
    for words, told in (
        ((photo, "--profile", photo, "-o", out), "no ICC profile"),
        ((photo, "--profile", tmp_path / "none.icc", "-o", out), "does not exist"),
        ((photo, "--profile", device, "-o", photo), "what is read"),
        ((photo, "--profile", device, "-o", tmp_path / "a.jpg"), ".png"),
        ((device, "--profile", device, "-o", out), "press.icc"),
    ):
        assert proof(*words) == 2
        assert told in capsys.readouterr().err
