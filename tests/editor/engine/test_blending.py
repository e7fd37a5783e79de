"""How far an edit fades inside its region's edge, and where it need not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.blending import fade, on_grid
from editor.engine.compositing.fold import edited_pixels, folded
from editor.engine.compositing.geometry import Level, inside
from editor.engine.compositing.renders import RenderedEdit
from tests.benchmarks.landing_measures import seam

SIDE = 128
CROP = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 20], [0, 2.0, 30]]), SIDE)
FEATHER = 12.0
STILL = np.zeros((SIDE, SIDE, 2), np.float32)


def _photo(busy: float = 0.0) -> Photo:
    """A grey photo; ``busy``: how strong its own structure is."""
    noise = np.random.default_rng(3).standard_normal((320, 300, 1)).astype(np.float32)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), np.float32)[..., None] * 10
    picture = np.clip(0.5 + busy * noise, 0, 1).repeat(3, -1)
    return Photo(np.rint(picture * 65535).astype(np.uint16))


def _region(x: int = 70, y: int = 80, w: int = 160, h: int = 160) -> RegionMask:
    alpha = np.zeros((320, 300), np.uint8)
    alpha[y : y + h, x : x + w] = 255
    return RegionMask.from_full(alpha)


def _seen(photo: Photo, x: int = 20, y: int = 30) -> np.ndarray:
    part = photo.pixels[y : y + 2 * SIDE, x : x + 2 * SIDE] / np.float32(65535)
    return on_grid(np.asarray(part.reshape(SIDE, 2, SIDE, 2, 3).mean((1, 3)), np.float32))


def _lighter(by: float) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), by, np.float32)


def test_a_strong_change_fades_on_quiet_skin_and_not_on_a_busy_one() -> None:
    region = _region().feathered(FEATHER)
    quiet, busy = (
        fade(region, CROP, _seen(_photo(share)), _lighter(0.03), STILL) for share in (0.002, 0.3)
    )
    assert quiet.min() < 0.4
    assert busy.min() == 1
    assert quiet[60, 64] == pytest.approx(1)  # the middle
    assert quiet.max() <= 1
    assert not quiet.flags.writeable


def test_a_faint_change_does_not_fade() -> None:
    region = _region().feathered(FEATHER)
    assert fade(region, CROP, _seen(_photo(0.05)), _lighter(0.002), STILL).min() == 1


def test_only_the_stretch_where_the_change_is_strong_fades() -> None:
    change = _lighter(0)
    change[:, :40] = 0.1
    found = fade(_region().feathered(FEATHER), CROP, _seen(_photo(0.002)), change, STILL)
    assert found[64, 25:40].min() < 0.6  # the left edge lies at 25
    assert found[64, 70:].min() == 1


def test_texture_that_is_carried_is_not_drawn_out_where_that_ends() -> None:
    """Carried by 6 pixels and left where it is 6 pixels beside, it would be a bundle of streaks."""
    region = _region(w=150, h=150).feathered(FEATHER)
    alpha = np.zeros((SIDE, SIDE), np.float32)
    alpha[:] = CROP.mask_in_crop(region.alpha, region.x, region.y)
    way = np.float32(6) * np.clip((np.arange(SIDE, dtype=np.float32) - 50) / 20, 0, 1)
    flow = STILL.copy()
    flow[..., 0] = way
    found = fade(region, CROP, _seen(_photo(0.05)), _lighter(0), flow)
    plain, kept = (np.gradient(share * way, axis=1)[40:90, 80:] for share in (alpha, alpha * found))
    assert np.abs(plain).max() > 1
    assert np.abs(kept).max() < 0.55
    assert found[64, 64] == pytest.approx(1), "the middle"
    assert found[64, 25:45].min() > 0.99, "where nothing is carried"


def test_a_region_cut_hard_stays_hard() -> None:
    found = fade(_region(), CROP, _seen(_photo(0.002)), _lighter(0.1), STILL)
    assert found.min() > 0.95


def test_a_narrow_region_keeps_its_core() -> None:
    region = _region(h=24).feathered(FEATHER)
    found = fade(region, CROP, _seen(_photo(0.002)), _lighter(0.1), STILL)
    alpha = region.full()[90:94, 150] / 255  # its middle line: grid row 30
    assert (alpha.max() * found[30:33, 65]).max() > 0.9


def test_where_the_photo_ends_nothing_fades() -> None:
    photo = _photo(0.002)
    crop = FaceCrop(np.zeros((68, 2)), np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]]), SIDE)
    region = _region(x=0, y=60, w=150, h=180).feathered(FEATHER)
    found = fade(region, crop, _seen(photo, 0, 0), _lighter(0.1), STILL)
    assert found[75, :20].min() > 0.99
    assert found[75, 60:74].min() < 0.6  # its right edge


def test_an_empty_region_asks_for_nothing() -> None:
    empty = RegionMask.from_full(np.zeros((320, 300), np.uint8))
    assert fade(empty, CROP, _seen(_photo()), _lighter(0.1), STILL).min() == 1


def test_the_seam_of_an_edited_photo_hides_in_its_own_gradients() -> None:
    """The benchmark's own measure, against plain addition through the same soft edge."""
    photo, region = _photo(0.05), _region().feathered(FEATHER)
    before = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    out = edited_pixels(photo, [RenderedEdit.of(CROP, region, before, before + 0.033, still=True)])
    alpha = region.full()
    own, edited = (np.asarray(p / np.float32(257), np.float32) for p in (photo.pixels, out))
    share = np.asarray(alpha / np.float32(255), np.float32)[..., None]
    plain = np.asarray(own + share * np.float32(0.033 * 255), np.float32)
    assert seam(own, plain, alpha, FEATHER).worst > 1.3
    assert seam(own, edited, alpha, FEATHER).worst < 1
    middle = (slice(150, 170), slice(140, 160))
    added = (edited - own)[middle].mean()
    assert added == pytest.approx(0.033 * 255, abs=1.5)


def _region_of(photo: Photo, edit: RenderedEdit, number: int) -> np.ndarray:
    """What an edit makes of its region, at a level."""
    state = folded(photo, [edit], Level(number))
    assert state is not None
    box, _ = Level(number).mask(edit.region)
    return state.pixels[inside(box, state.box)].astype(np.float32)


def test_preview_and_export_fade_alike() -> None:
    photo, region = _photo(0.01), _region().feathered(FEATHER)
    before = np.full((SIDE, SIDE, 3), 0.5, np.float32)
    change = RenderedEdit.of(CROP, region, before, before + 0.08, still=True)
    fine, coarse = (_region_of(photo, change, number) for number in (0, 1))
    shrunk = cv2.resize(fine, (80, 80), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk - coarse).max() < 0.01 * 65535
