"""Light on hair: each strand takes its share, what lies between strands none, to the last tip."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from editor.document.face import FaceCrop, FaceDetail
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.document.seen_parts import hair_seen
from editor.engine.compositing import blending
from editor.engine.compositing.fold import edited_pixels, folded
from editor.engine.compositing.geometry import Level
from editor.engine.compositing.light import told_apart
from editor.engine.compositing.renders import RenderedEdit, trusted_hair
from editor.engine.face_detail import SIDE as DETAIL_SIDE
from editor.engine.face_detail import detail_of, softly
from models.faces.parser import ParsedFace
from resources.face_classes import CLASSES

SIDE = 128
WIDE = 3 * SIDE
CROP = FaceCrop(np.zeros((68, 2)), np.array([[3.0, 0, 1.0], [0, 3.0, 1.0]]), SIDE)
SKIN = np.array([0.72, 0.55, 0.45], np.float32)
LIGHT = np.array([0.299, 0.587, 0.114], np.float32)


def head(hair: float = 0.1, *, strands: float = 0.3) -> np.ndarray:
    """Skin below, hair above whose strands, two pixels wide, differ by that share of it."""
    picture = np.broadcast_to(SKIN, (WIDE, WIDE, 3)).copy()
    columns = np.where(np.arange(WIDE) // 2 % 2, 1 + strands, 1 - strands) * hair
    picture[: WIDE // 2] = columns[None, :, None]
    return picture.astype(np.float32)


def region_of(*, down_to: int = WIDE // 2) -> RegionMask:
    alpha = np.zeros((WIDE, WIDE), np.uint8)
    alpha[:down_to] = 255
    return RegionMask.from_full(alpha)


def lit(
    picture: np.ndarray,
    region: RegionMask,
    light: float | tuple[float, float, float] = 0.08,
    keeps: str = "strands",
    crop: FaceCrop = CROP,
    trusted: np.ndarray | None = None,
    asked: float | None = None,
) -> np.ndarray:
    """After an edit whose renders are flat hair that becomes so much lighter."""
    before = np.full((SIDE, SIDE, 3), 0.15, np.float32)
    before[SIDE // 2 :] = SKIN
    after = before.copy()
    after[: SIDE // 2] += np.asarray(light, np.float32)
    edit = RenderedEdit.of(crop, region, before, after, still=True, toned=True)
    photo = Photo(np.rint(picture * 65535).astype(np.uint16))
    edit = replace(edit, keeps=keeps, trusted=trusted, asked=asked)
    return np.asarray(edited_pixels(photo, [edit]) / 65535, np.float32)


def test_black_strands_keep_their_contrast_and_become_brown() -> None:
    """Added light would lay a grey veil over them."""
    picture = head()
    after = lit(picture, region_of())[60:100, 150:250]
    own = picture[60:100, 150:250]
    factor = (after + 0.055) @ LIGHT / ((own + 0.055) @ LIGHT)
    assert factor.min() > 1.15
    assert np.ptp(factor) < 0.06 * factor.mean()
    assert (after[..., 0] > 1.1 * after[..., 2]).all()


def test_skin_between_the_hairs_of_a_hairline_keeps_its_colour_at_full_size() -> None:
    picture = head()
    near = slice(WIDE // 2 - 12, WIDE // 2)
    between = np.arange(WIDE) // 2 % 3 == 0
    picture[near, between] = SKIN
    change = lit(picture, region_of()) - picture
    rows = slice(WIDE // 2 - 9, WIDE // 2 - 3)
    hair, skin = (np.abs(change[rows, 100:300][:, k[100:300]]).max() for k in (~between, between))
    assert hair > 0.015
    assert skin < 0.008


def test_roots_at_skin_stay_darker_than_the_rest() -> None:
    """As light as the rest they dissolve into the forehead."""
    picture = head()
    factor = (lit(picture, region_of()) + 0.055).mean(-1) / (picture + 0.055).mean(-1)
    rows = factor[:, 150:250].mean(1)
    assert rows[WIDE // 2 - 4] - 1 < 0.65 * (rows[60] - 1)
    assert (np.diff(rows[60 : WIDE // 2 - 2]) < 0.002).all(), "it fades"


def test_shine_stays_believable_and_keeps_its_hue() -> None:
    picture = head(0.3)
    picture[80:90] = np.array([0.97, 0.9, 0.8], np.float32)
    after = lit(picture, region_of())
    assert after.max() < 0.99
    assert np.abs(after - picture)[82:88].max() < 0.02
    assert (after - picture)[40, 150:250].mean() > 0.03


@pytest.mark.parametrize("light", [0.08, -0.08])
def test_a_wall_that_the_matte_hardly_covers_is_no_hair(light: float) -> None:
    """Above a crown there was a grey smudge: far from hair the wall itself counted as such."""
    picture = head()
    picture[:100] = 0.82
    alpha = np.zeros((WIDE, WIDE), np.uint8)
    alpha[20:100] = 40
    alpha[100 : WIDE // 2] = 255
    change = lit(picture, RegionMask.from_full(alpha), light) - picture
    assert np.abs(change[20:90, 60:320]).max() < 0.006
    assert np.abs(change[140, 150:250]).mean() > 0.015


def test_black_without_strands_stays_in_its_shade() -> None:
    picture = head()
    picture[:150, :190] = 0.1
    factor = (lit(picture, region_of()) + 0.055).mean(-1) / (picture + 0.055).mean(-1)
    flat, seen = factor[60, 20:100].mean() - 1, factor[60, 290:370].mean() - 1
    assert flat < 0.35 * seen
    assert np.abs(np.diff(factor[60].reshape(-1, 4).mean(1))).max() < 0.03, "without an outline"


def test_black_hair_never_gets_as_light_as_dark_skin_beside_it() -> None:
    """A grey cap, else."""
    picture = head(0.14)
    picture[WIDE // 2 :] = 0.3 * SKIN
    skin = float(0.3 * SKIN @ LIGHT)
    after = lit(picture, region_of(), 0.3)[40:100, 150:250] @ LIGHT
    assert after.mean() < 0.95 * skin
    fair = lit(head(0.14), region_of(), 0.3)[40:100, 150:250] @ LIGHT
    assert fair.mean() > after.mean() + 0.01


def test_black_that_a_photo_is_graded_teal_becomes_brown_and_teal_light_on_it_stays_teal() -> None:
    teal = np.array([0.2, 1.0, 1.2], np.float32)
    picture, shining = head(0.08), head(0.08)
    picture[:100] *= teal
    shining[80:100] = 0.3 * teal
    brown = (lit(picture, region_of()) - picture)[40:90, 150:250].mean((0, 1))
    light = (lit(shining, region_of()) - shining)[86:94, 150:250].mean((0, 1))
    assert brown[0] > 1.5 * brown[2] > 0
    assert light[2] > 2 * light[0]


def test_hair_that_ends_in_the_dark_lights_nothing_beside_it() -> None:
    picture = head()
    picture[: WIDE // 2, :190] = 0.1  # a wall in shade
    alpha = np.zeros((WIDE, WIDE), np.uint8)
    alpha[: WIDE // 2, 180:] = 255
    change = lit(picture, RegionMask.from_full(alpha)) - picture
    assert np.abs(change[40:140, 180:190]).max() < 0.018
    assert change[60, 300:370].mean() > 0.02


def test_a_lock_that_the_generator_does_not_know_gets_its_light_as_well() -> None:
    picture = head()
    picture[60:130, 150:240] = np.array(
        [0.3, 0.02, 0.02], np.float32
    )  # red, where renders have none
    picture[60:130, 150:240:2] *= 0.5
    change = lit(picture, region_of()) - picture
    assert change[80:110, 180:210].mean() > 0.5 * change[80:110, 280:310].mean()


@pytest.mark.parametrize("light", [0.08, -0.06])
def test_light_goes_on_beyond_the_crop_and_outside_its_region_nothing_does(light: float) -> None:
    small = FaceCrop(np.zeros((68, 2)), np.array([[1.5, 0, 96.0], [0, 1.5, 96.0]]), SIDE)
    picture = head()
    region = region_of(down_to=WIDE // 2 - 40)
    after = lit(picture, region, light, crop=small)
    change = (after - picture)[..., :].mean(-1)
    inside, beyond = change[110:130, 150:230], change[20:60, 20:80]
    assert np.sign(inside.mean()) == np.sign(light)
    assert beyond.mean() == pytest.approx(inside.mean(), rel=0.1)
    before = np.rint(picture * 65535).astype(np.uint16)
    np.testing.assert_array_equal(
        np.rint(after * 65535).astype(np.uint16)[WIDE // 2 - 40 :], before[WIDE // 2 - 40 :]
    )


def test_half_of_the_opacity_is_half_of_the_light() -> None:
    """It was a quarter: a region of half alpha was taken for hair that is half skin."""
    picture = head()
    change, half = (
        lit(picture, region_of().faded(opacity)) - picture for opacity in (1.0, 128 / 255)
    )
    np.testing.assert_allclose(half, change * 128 / 255, atol=5e-4)


def test_dyed_hair_takes_the_renders_colour_and_several_of_its_goals_too() -> None:
    before = np.full((SIDE, SIDE, 3), 0.3, np.float32)
    after = before + np.array([0.08, 0.0, -0.08], np.float32)
    picture = head(0.35)
    edit = RenderedEdit.of(CROP, region_of(), before, after, still=True, toned=True)
    photo = Photo(np.rint(picture * 65535).astype(np.uint16))
    dyed = edited_pixels(photo, [replace(edit, keeps="dye")]) / 65535
    red, green, blue = (dyed - picture)[60:100, 150:250].mean((0, 1))
    assert red > 0.03
    assert abs(green) < 0.02
    assert blue < -0.03


def test_what_shows_behind_light_hair_that_thins_out_keeps_its_light() -> None:
    """Only what is lighter than hair was told from it: foreheads under blond hair went dark."""
    picture = head(0.85, strands=0.1)
    rim, strands = slice(WIDE // 2, WIDE // 2 + 24), np.arange(WIDE) // 2 % 3 == 0
    picture[rim] = np.where(strands[None, :, None], 0.8, 0.6 * SKIN)
    picture[WIDE // 2 + 24 :] = 0.6 * SKIN
    alpha = np.zeros((WIDE, WIDE), np.uint8)
    alpha[: WIDE // 2], alpha[rim] = 255, 100
    change = np.abs(lit(picture, RegionMask.from_full(alpha), -0.08) - picture).mean(-1)
    between, hair = (change[rim][4:20, 100:300][:, k[100:300]].mean() for k in (~strands, strands))
    assert between < 0.25 * hair
    assert change[40:100, 150:250].mean() > 2 * hair


def test_a_wall_that_the_matte_has_between_strands_stays_as_it_is() -> None:
    """The matte alone took it for hair: the parser did not, and it is as light as the wall."""
    picture, wall = head(), np.float32(0.8)
    picture[: WIDE // 2, :170] = wall
    strand = slice(120, 126)
    picture[: WIDE // 2, strand] = 0.1
    alpha = np.zeros((WIDE, WIDE), np.uint8)
    alpha[: WIDE // 2, 60:] = 255
    trusted = np.ones((SIDE, SIDE), np.float32)
    trusted[:, : 170 // 3] = 0
    change = np.abs(lit(picture, RegionMask.from_full(alpha), trusted=trusted) - picture).mean(-1)
    bare, hair = change[60:120, 80:115].max(), change[60:120, strand].mean()
    assert bare < 0.006
    assert hair > 0.01
    assert change[60:120, 220:370].mean() > 0.01


def test_hair_is_trusted_where_the_parser_saw_it_and_where_it_was_brushed() -> None:
    points = _landmarks(300, 350)
    crop = FaceCrop.from_landmarks(points, SIDE)
    labels = np.zeros((SIDE, SIDE), np.uint8)
    hair = np.zeros((SIDE, SIDE), np.uint8)
    labels[:40], hair[:60] = CLASSES.index("hair"), 255
    labels[50:60, :20] = CLASSES.index("left brow")
    portrait = SimpleNamespace(crop=crop, detail=FaceDetail(np.zeros((478, 2)), crop, hair, labels))
    trusted = trusted_hair(portrait)  # type: ignore[arg-type]
    assert trusted is not None
    assert trusted[2:38, 30:].min() > 0.99
    assert trusted[43:58, 30:].max() < 0.01, "the matte alone"
    assert trusted[52:58, 2:18].min() > 0.99, "a fringe over a brow"
    assert trusted[63:, 30:].min() > 0.99, "what is brushed"
    portrait.detail = replace(portrait.detail, labels=None)
    assert trusted_hair(portrait) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("hair", "most"), [(0.12, 1.04), (0.6, 1.0)])
def test_cold_hair_is_ash_or_silver_and_never_blue(hair: float, most: float) -> None:
    """Black and grey hair turned navy and slate blue."""
    before = np.full((SIDE, SIDE, 3), hair, np.float32)
    change = hair * np.array([-0.3, -0.1, 0.3])
    after = np.asarray(before + change, np.float32)

    def dyed(tint: tuple[float, float, float]) -> np.ndarray:
        """The hair's mean colour after it, of light."""
        photo = Photo(np.rint(np.clip(head(hair) * tint, 0, 1) * 65535).astype(np.uint16))
        edit = RenderedEdit.of(CROP, region_of(), before, after, still=True, toned=True)
        done = edited_pixels(photo, [replace(edit, keeps="dye")]) / 65535
        return np.asarray(done[60:100, 150:250].mean((0, 1)) + 0.055)

    grey, brown = dyed((1, 1, 1)), dyed((1.1, 0.95, 0.75))
    assert grey[2] < (most + 0.001) * grey[0]
    own = np.array([1.1, 0.95, 0.75]) * hair + 0.055
    assert own[2] / own[0] + 0.04 < brown[2] / brown[0] < most


def _seen_change(picture: np.ndarray, after: np.ndarray) -> float:
    """Mean difference to the eye of hair far from skin."""
    before, now = (p[40:120, 120:280].reshape(-1, 3).astype(np.float32) for p in (picture, after))
    return float(told_apart(before, now).mean())


def test_a_hue_is_no_light_where_the_photo_has_no_colours() -> None:
    """Warmth +80 made hair of a black-and-white photo as light as brightness +80 does."""
    picture = np.repeat((head(0.3) @ LIGHT)[..., None], 3, -1).astype(np.float32)
    own = picture[40:100, 120:280].reshape(-1, 3)
    tints = ((0.07, 0.0, -0.06), "dye"), (0.02, "strands")
    warmer, lighter = (
        lit(picture, region_of(), tint, keeps, asked=0.8)[40:100, 120:280].reshape(-1, 3)
        for tint, keeps in tints
    )
    assert told_apart(own, warmer).mean() < 2.5
    assert told_apart(own, lighter).mean() > 5


@pytest.mark.parametrize("asked", [0.3, 0.6])
@pytest.mark.parametrize("light", [0.12, -0.12])
@pytest.mark.parametrize("keeps", ["strands", "dye"])
def test_a_slider_is_as_strong_to_the_eye_on_black_brown_and_grey_hair(
    asked: float, light: float, keeps: str
) -> None:
    """Grey hair changed by 17, black by 1.5: the same share of light is much more on light hair."""
    seen: list[float] = []
    for tone in (0.12, 0.25, 0.4, 0.6):
        picture = head(tone, strands=0.15) * np.array([1.1, 1.0, 0.9], np.float32)
        tint = (light, light, light) if keeps == "strands" else (light, light / 2, 0.0)
        after = lit(picture, region_of(), tint, keeps, asked=asked)
        seen.append(_seen_change(picture, after))
    if light < 0:  # of black hair there is not as much light to take
        assert 0.4 * max(seen) < seen[0] <= 1.02 * max(seen)
        del seen[0]
    assert min(seen) > 0.65 * max(seen)  # it was 0.4
    assert np.mean(seen) == pytest.approx(7.5 * asked, rel=0.2)


def test_light_on_hair_ends_where_hair_does_and_fades_towards_no_seam(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Faded as if the matte's edge were a brush's, hair kept a rim of its old colour, a stain."""

    def faded(*_: object, **__: object) -> np.ndarray:
        return np.zeros((SIDE, SIDE), np.float32)

    monkeypatch.setattr(blending, "fade", faded)
    picture = head(0.5)
    assert (lit(picture, region_of(), -0.08) - picture)[40:100, 120:280].mean() < -0.05


def test_few_strands_before_the_sky_are_no_hair_as_light_as_the_sky() -> None:
    """Above a crown the sky between flying hairs was taken for white hair, and became grey."""
    picture, sky = head(0.2), np.float32(0.95)
    picture[:100] = sky
    flying = np.arange(WIDE) // 2 % 10 == 0
    picture[60:100, flying] = 0.8  # out of focus: a fifth of hair
    alpha = np.zeros((WIDE, WIDE), np.uint8)
    alpha[60:100], alpha[100 : WIDE // 2] = 200, 255
    change = np.abs(lit(picture, RegionMask.from_full(alpha), -0.08) - picture).mean(-1)
    assert change[66:94, 60:320][:, ~flying[60:320]].max() < 0.03
    assert change[120:160, 150:250].mean() > 0.04


def test_a_haze_of_matte_on_skin_that_no_colour_tells_from_hair_is_doubted() -> None:
    picture = head(0.45, strands=0.1) * np.array([1.2, 1.0, 0.85], np.float32)
    picture[WIDE // 2 :] = np.array([0.54, 0.45, 0.38], np.float32)
    alpha = np.zeros((WIDE, WIDE), np.uint8)
    alpha[: WIDE // 2], alpha[WIDE // 2 : WIDE // 2 + 20] = 255, 90
    trusted = np.ones((SIDE, SIDE), np.float32)
    trusted[SIDE // 2 :] = 0
    region = RegionMask.from_full(alpha)
    haze, without = (
        np.abs(lit(picture, region, -0.08, trusted=known) - picture).mean(-1)
        for known in (trusted, None)
    )
    rim = slice(WIDE // 2 + 4, WIDE // 2 + 16)
    assert haze[rim, 120:280].mean() < 0.6 * without[rim, 120:280].mean()
    assert haze[60:100, 120:280].mean() == pytest.approx(without[60:100, 120:280].mean(), rel=0.02)


def test_hair_that_gets_darker_keeps_its_shine_and_its_deepest_shade_is_not_clipped() -> None:
    """All of it taken alike, grey hair was a flat wash and black hair a hole."""
    picture = head(0.5, strands=0.1)
    shine = np.arange(WIDE) // 2 % 8 == 0
    picture[: WIDE // 2, shine] = 0.8
    taken = (picture - lit(picture, region_of(), -0.06))[40:100].mean((0, 2))[120:280]
    bright = shine[120:280]
    assert taken[bright].mean() < 1.35 * taken[~bright].mean()  # it was 1.6
    dark = head(0.04, strands=0.6) * np.array([1.2, 1.0, 0.8], np.float32)
    after = lit(dark, region_of(), -0.08)[40:100, 120:280]
    assert after.min() > 0
    assert (after[..., 0] > after[..., 2]).all()


def test_black_that_is_brown_already_keeps_its_hue() -> None:
    """Dark brown curls got light of one brown for all black hair, and were a shade green."""
    picture = head(0.12) * np.array([1.5, 0.7, 0.5], np.float32)
    change = (lit(picture, region_of()) - picture)[40:100, 120:280].mean((0, 1))
    own = (picture + 0.055)[40:100, 120:280].mean((0, 1))
    assert change[1] / change[0] == pytest.approx(own[1] / own[0], rel=0.02)


def test_hair_that_gets_warmer_is_never_moss() -> None:
    """Teal and olive blacks became green: red and green rose alike."""
    olive = head(0.2) * np.array([0.85, 1.0, 0.9], np.float32)
    after = lit(olive, region_of(), (0.05, 0.04, -0.02), "dye", asked=0.6)[40:100, 120:280]
    red, green, blue = after.mean((0, 1))
    assert red >= green > blue


@pytest.mark.parametrize(
    ("own", "brown"),
    [((1.0, 0.82, 0.78), True), ((1.0, 0.98, 0.6), True), ((1.0, 0.4, 0.8), False)],
)
def test_hair_that_gets_colder_goes_straight_to_ash(
    own: tuple[float, float, float], brown: bool
) -> None:
    """Brown became violet, and a rim of yellow light cyan."""
    start = head(0.3) * np.array(own, np.float32)
    after = lit(start, region_of(), (-0.05, -0.03, 0.02), "dye", asked=0.9)[40:100, 120:280]
    red, green, blue = after.mean((0, 1))
    assert red - blue < 0.8 * (start[40:100, 120:280, 0] - start[40:100, 120:280, 2]).mean()
    lacks = (red + blue) / 2 - green
    if brown:
        assert min(red, blue) - 0.002 < green < max(red, blue) + 0.002
    else:
        assert lacks > 0.1, "dyed"


def test_bright_strands_of_dark_reddish_hair_do_not_become_green() -> None:
    """What was told of the dark red around them took their red, and left their green."""
    picture = head(0.12) * np.array([1.3, 0.8, 1.0], np.float32)
    shine = np.arange(WIDE) // 2 % 8 == 0
    picture[: WIDE // 2, shine] = np.array([0.8, 0.74, 0.66], np.float32)
    after = lit(picture, region_of(), (-0.06, -0.02, 0.03), "dye", asked=0.9)
    before, strands = (p[40:100, 120:280][:, shine[120:280]] for p in (picture, after))
    assert strands[..., 0].mean() < before[..., 0].mean() - 0.02, "colder"
    assert (strands[..., 1] - strands[..., [0, 2]].max(-1)).max() < 1e-3  # it was 0.066


def test_a_black_and_white_photo_stays_so_and_tiles_leave_no_trace() -> None:
    picture = np.repeat(head().mean(-1, keepdims=True), 3, -1)
    after = lit(picture, region_of())
    assert np.ptp(after, axis=-1).max() < 2e-5
    before = np.full((SIDE, SIDE, 3), 0.15, np.float32)
    edit = RenderedEdit.of(CROP, region_of(), before, before + np.float32(0.08), still=True)
    edit = replace(edit, toned=True, keeps="strands")
    photo = Photo(np.rint(head() * 65535).astype(np.uint16))
    whole, parts = (folded(photo, [edit], Level(0), tile=tile) for tile in (768, 53))
    assert whole is not None
    assert parts is not None
    np.testing.assert_array_equal(whole.pixels, parts.pixels)


class _Mesh:
    """Finds the same points in every square."""

    def __init__(self, points: np.ndarray) -> None:
        self._points = points

    def found(self, squares: list[np.ndarray], frames: list[np.ndarray]) -> list[SimpleNamespace]:
        return [SimpleNamespace(points=self._points) for _ in zip(squares, frames, strict=True)]


class _Faces:
    """One face in the middle of each picture, and others to its right."""

    def __init__(self, mesh: np.ndarray, others: int = 0) -> None:
        self.mesh, self._points, self._others = _Mesh(mesh), mesh, others

    def detect(self, picture: np.ndarray) -> list[SimpleNamespace]:
        side = len(picture)
        own = side / 2 + (self._points - 250) / 50 * 0.04 * side
        right = np.array([0.3 * side, 0, 0])
        return [SimpleNamespace(points=own + n * right) for n in range(self._others + 1)]


class _Parser:
    """Says that the upper half of each square is hair, below so much of its side."""

    def __init__(self, above: float = 0.0) -> None:
        self._above = above

    def of(self, seen: np.ndarray, mesh: np.ndarray) -> ParsedFace:
        shares = np.zeros((len(CLASSES), len(seen), len(seen)), np.float32)
        rows = np.arange(len(seen))[:, None]
        hair = (rows < mesh[:, 1].mean()) & (rows >= self._above * len(seen))
        if self._above:
            hair = hair & (abs(rows.T - len(seen) / 2) < (0.5 - self._above) * len(seen))
        shares[CLASSES.index("hair")] = np.broadcast_to(hair, shares.shape[1:])
        shares[CLASSES.index("skin")] = 1 - shares[CLASSES.index("hair")]
        return ParsedFace(shares)


def _landmarks(side: float, middle: float) -> np.ndarray:
    points = middle + np.random.default_rng(5).uniform(-0.2, 0.2, (68, 2)) * side
    points[36:42] = middle - 0.1 * side
    points[42:48] = middle + 0.1 * side, middle - 0.1 * side
    points[48] = middle - 0.07 * side, middle + 0.12 * side
    points[54] = middle + 0.07 * side, middle + 0.12 * side
    return points


@pytest.mark.parametrize("edge", [0, 8, 300])
def test_hair_is_found_beyond_the_crop_where_it_reaches_the_rim(edge: int) -> None:
    """Before, tips beyond the crop kept their old colour: a step.

    And so did crowns, where a photo ends with the crop or hardly beyond it.
    """
    landmarks = _landmarks(300, 350)
    crop = FaceCrop.from_landmarks(landmarks, DETAIL_SIDE)
    mesh = np.random.default_rng(3).uniform(200, 300, (478, 3))
    faces = _Faces(mesh)
    left, top = np.floor(crop.quad.min(0)).astype(int)
    origin = (left, top) if not edge else (left - edge, top - edge)
    moved = landmarks - origin
    side = round(crop.scale * DETAIL_SIDE) + 2 * edge
    pixels = np.full((side, side, 3), 120, np.uint8)
    detail = detail_of(Photo(pixels), moved, faces, _Parser())  # type: ignore[arg-type]
    wide = np.hypot(*detail.crop.to_photo[:, 0]) * detail.crop.size
    beyond = wide / (crop.scale * DETAIL_SIDE)
    assert beyond == pytest.approx(1.5, rel=0.01)
    hair, rim = detail.hair, round(0.2 * len(detail.hair))
    if edge < 100:
        region = hair_seen(detail, *pixels.shape[1::-1]).full()
        assert region[1:20, side // 4 : -side // 4].min() > 250
        return
    assert hair[rim - 20 : rim + 40, rim:-rim].min() > 250, "no step at the crop's rim"
    assert hair[0].max() < 5, "and none at its own"


def test_a_crown_close_below_the_crops_rim_is_hair_to_its_end() -> None:
    """It faded out within the crop: darkened grey hair kept a light crown."""
    faces = _Faces(np.random.default_rng(3).uniform(200, 300, (478, 3)))
    picture = np.full((1400, 1400, 3), 120, np.uint8)
    landmarks = _landmarks(300, 700)
    crop = FaceCrop.from_landmarks(landmarks, DETAIL_SIDE)
    above = 0.05
    top = crop.to_photo @ [DETAIL_SIDE / 2, above * DETAIL_SIDE, 1]
    picture[: round(float(top[1]))] = 200  # the wall
    detail = detail_of(Photo(picture), landmarks, faces, _Parser(above))  # type: ignore[arg-type]
    hair = hair_seen(detail, 1400, 1400).full()
    first, last = (
        np.rint(crop.to_photo @ [DETAIL_SIDE / 2, share * DETAIL_SIDE, 1]).astype(int)
        for share in (0.06, 0.2)
    )
    assert hair[first[1] : last[1], first[0]].min() > 240
    assert detail.hair[0].max() < 5


def test_beyond_the_crop_a_neighbours_hair_that_touches_is_the_neighbours() -> None:
    """It had become the first head's, as far as the wider square went."""
    mesh = np.random.default_rng(3).uniform(200, 300, (478, 3))

    hairs: list[np.ndarray] = []
    for others in (0, 1):
        faces = _Faces(mesh, others)
        photo = Photo(np.full((1400, 1400, 3), 120, np.uint8))
        detail = detail_of(photo, _landmarks(300, 700), faces, _Parser())  # type: ignore[arg-type]
        hairs.append(detail.hair)
    alone, beside = hairs
    row, column = len(alone) // 4, round(0.9 * len(alone))
    assert alone[row, column] > 250
    assert beside[row, column] == 0
    np.testing.assert_array_equal(beside[:, : len(alone) // 2], alone[:, : len(alone) // 2])


def test_what_is_drawn_in_hairs_region_ends_softly_with_the_crop() -> None:
    found = softly(CROP, WIDE, WIDE)
    alpha = found.full()
    assert alpha[WIDE // 2, WIDE // 2] == 255
    assert alpha[1, WIDE // 2] < 8
    away = replace(CROP, to_photo=np.array([[3.0, 0, 5000], [0, 3.0, 1]]))
    assert softly(away, WIDE, WIDE).is_empty


def test_past_the_photos_edge_no_mirror_image_is_looked_at() -> None:
    """A crown's own mirror image above it made hair of the sky between them."""
    landmarks = _landmarks(300, 350)
    crop = FaceCrop.from_landmarks(landmarks, DETAIL_SIDE)
    left, top = np.floor(crop.quad.min(0)).astype(int)
    side = round(crop.scale * DETAIL_SIDE)
    pixels = np.full((side, side, 3), 120, np.uint8)
    pixels[:4] = 220  # sky above a crown
    pixels[4:40] = 30
    looked: list[np.ndarray] = []

    class Noted(_Parser):
        def of(self, seen: np.ndarray, mesh: np.ndarray) -> ParsedFace:
            looked.append(seen)
            return super().of(seen, mesh)

    faces = _Faces(np.random.default_rng(3).uniform(200, 300, (478, 3)))
    detail_of(Photo(pixels), landmarks - (left, top), faces, Noted())  # type: ignore[arg-type]
    _, wide = looked
    above = wide[: round(0.14 * len(wide)), len(wide) // 2]
    assert above.min() > 200, "the sky goes on"
