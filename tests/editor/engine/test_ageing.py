"""Age: light in the folds of a face's bare skin, and nothing of what lies before it or moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.document.region import RegionMask
from editor.engine.compositing.ageing import of_renders
from editor.engine.compositing.bare_skin import bare
from editor.engine.compositing.fold import edited_pixels, folded
from editor.engine.compositing.geometry import Level
from editor.engine.compositing.renders import RenderedEdit
from editor.engine.compositing.skin import AGE
from editor.engine.compositing.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

SIDE = 256
SKIN = np.array([0.62, 0.45, 0.36], np.float32)
FOLD = (112, 168), (98, 186)  # from a nose's wing to beside the mouth, x, y


def landmarks() -> NDArray[np.float64]:
    """(68, 2) of a face in the middle of the crop, seen from before."""
    at = np.zeros((68, 2))
    turn = np.linspace(0, np.pi, 17)
    at[:17] = np.stack([128 - 62 * np.cos(turn), 120 + 90 * np.sin(turn)], -1)
    at[17:22] = [(84 + 7 * n, 104) for n in range(5)]
    at[22:27] = [(144 + 7 * n, 104) for n in range(5)]
    at[27:31] = [(128, 120 + 12 * n) for n in range(4)]
    at[31:36] = [(116 + 6 * n, 164) for n in range(5)]
    for first, middle in ((36, 104), (42, 152)):
        around = np.linspace(np.pi, 3 * np.pi, 6, endpoint=False)
        at[first : first + 6] = np.stack([middle + 9 * np.cos(around), 120 + 4 * np.sin(around)], 1)
    around = np.linspace(np.pi, 3 * np.pi, 20, endpoint=False)
    at[48:] = np.stack([128 + 20 * np.cos(around), 188 + 6 * np.sin(around)], -1)
    return at


def skin() -> Float:
    return np.broadcast_to(SKIN, (SIDE, SIDE, 3)).copy()


def darker(picture: Float, mask: Float, by: float = 0.12) -> Float:
    return np.asarray(picture * (1 - by * mask[..., None]), np.float32)


def fold() -> Float:
    drawn = np.zeros((SIDE, SIDE), np.float32)
    cv2.line(drawn, *FOLD, color=1, thickness=3)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), 1), np.float32)


def light(after: Float, before: Float | None = None, *, older: bool = True) -> Float:
    still = Surface.still(SIDE)
    old = skin() if before is None else before
    return of_renders(old, after, still, None, landmarks(), older=older).maps[..., 0]


def middle(picture: Float) -> float:
    x, y = ((FOLD[0][n] + FOLD[1][n]) // 2 for n in (0, 1))
    return float(picture[y - 1 : y + 2, x - 1 : x + 2].mean())


def test_a_fold_gets_deeper_where_faces_fold_and_shallower_with_youth() -> None:
    folded = darker(skin(), fold())
    assert middle(light(folded)) < -0.1
    assert middle(light(skin(), folded, older=False)) > 0.04
    assert middle(light(folded, older=False)) < 0.01, "no darker fold makes a face younger"
    elsewhere = np.roll(fold(), -30, axis=1)  # on the cheek, the same line
    assert np.abs(light(darker(skin(), elsewhere))).max() < 0.1 * abs(middle(light(folded)))


def test_a_stain_and_a_spot_are_no_fold() -> None:
    """+100 had grey and brown patches on smooth skin."""
    wide, spot = np.zeros((SIDE, SIDE), np.float32), np.zeros((SIDE, SIDE), np.float32)
    cv2.circle(wide, (105, 177), 22, color=1, thickness=-1)
    cv2.circle(spot, (105, 177), 2, color=1, thickness=-1)
    deep = abs(middle(light(darker(skin(), fold()))))
    for mask, share in ((cv2.GaussianBlur(wide, (0, 0), 6), 0.15), (spot, 0.6)):
        assert np.abs(light(darker(skin(), np.asarray(mask, np.float32)))).max() < share * deep


def test_where_the_renders_differ_by_more_than_age_nothing_is_done() -> None:
    """Fingers at a cheek were torn: the generator drew them anew."""
    torn = darker(skin(), fold())
    cv2.circle(torn, (95, 178), 14, color=(0.05, 0.04, 0.04), thickness=-1)
    assert np.abs(light(torn)).max() < 0.1 * abs(middle(light(darker(skin(), fold()))))


def parts(**seen: Float) -> dict[str, Float]:
    names = "skin", "beside", "eyes", "brows", "lips", "others", "beard", "hair"
    return {name: seen.get(name, np.zeros((SIDE, SIDE), np.float32)) for name in names}


def test_a_hand_beside_a_face_is_skin_and_no_face() -> None:
    """The parser takes it for skin, and the inversion draws it: the outline alone tells."""
    everywhere = np.ones((SIDE, SIDE), np.float32)
    found = bare(parts(skin=everywhere), landmarks())
    assert found[150, 128] == pytest.approx(1)
    assert found[60, 128] == pytest.approx(1), "a forehead is above all points"
    assert found[200:, 200:].max() < 1e-3
    assert found[150, :60].max() < 1e-3


def test_hair_and_wisps_eyes_and_glasses_are_no_skin() -> None:
    everywhere, there = np.ones((SIDE, SIDE), np.float32), np.zeros((SIDE, SIDE), np.float32)
    there[140:160, 120:140] = 1
    for name, amount in (("hair", 1), ("hair", 0.4), ("eyes", 1), ("others", 1), ("lips", 1)):
        found = bare(parts(skin=everywhere, **{name: there * np.float32(amount)}), landmarks())
        assert found[142:158, 122:138].max() < 1e-3, name
        assert found[180, 128] > 0.99, name


def photo(picture: NDArray[np.floating]) -> Photo:
    return Photo((np.clip(picture, 0, 1) * 65535).astype(np.uint16))


def placed(before: Float, after: Float, factor: int = 2) -> RenderedEdit:
    to_photo = np.array([[factor, 0, factor / 2 - 0.5], [0, factor, factor / 2 - 0.5]])
    there = landmarks() * factor + factor / 2 - 0.5
    region = RegionMask.from_full(np.full((SIDE * factor,) * 2, 255, np.uint8))
    edit = RenderedEdit.of(FaceCrop(there, to_photo, SIDE), region, before, after)
    return replace(edit, plain=True)


def test_no_surface_moves_and_hues_stay() -> None:
    """A nose melted, outlines were drawn twice, and fingers were torn."""
    rng = np.random.default_rng(3)
    texture = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE, 1)), (0, 0), 2)
    before = np.asarray(skin() + 0.25 * texture[..., None], np.float32)
    after = darker(np.roll(before, 4, axis=1), fold())
    large = cv2.resize(before, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    taken = photo(np.asarray(large, np.float32))
    out = edited_pixels(taken, [placed(before, after)]) / 65535
    own, new = taken.pixels / 65535 + 0.055, out + 0.055
    ratio = new / own
    assert np.ptp(ratio, axis=-1).max() < 2e-3, "a factor of light"
    far = np.ones((2 * SIDE,) * 2, bool)
    far[60:420, 120:400] = False  # where faces fold
    assert np.abs(ratio - 1)[far].max() < 0.02


def aged(picture: NDArray[np.floating], years: float, trusted: Float | None = None) -> Float:
    edit = replace(placed(skin(), skin(), 4), still=True, plain=False, trusted=trusted)
    one = replace(edit, skin=((AGE, years),))
    return np.asarray(edited_pixels(photo(picture), [one]) / 65535, np.float32)


def large(noise: float = 0.0, sigma: float = 0.6) -> NDArray[np.float64]:
    rng = np.random.default_rng(5)
    grain = cv2.GaussianBlur(rng.standard_normal((4 * SIDE, 4 * SIDE)), (0, 0), sigma)
    grain *= noise / max(float(grain.std()), 1e-9)
    flat = np.broadcast_to(SKIN, (4 * SIDE, 4 * SIDE, 3))
    return np.asarray(flat + grain[..., None], np.float64)


def deviation(picture: NDArray[np.floating]) -> float:
    return float(np.asarray(picture)[560:700, 440:600].mean(-1).std())


def test_youth_leaves_grain_as_it_is_and_texture_weaker() -> None:
    """Skin became plastic beside lips and a neck that kept their grain."""
    grain, texture = large(0.01, 0.5), large(0.01, 3.5)
    assert deviation(aged(grain, -100)) > 0.85 * deviation(grain)
    assert 0.3 * deviation(texture) < deviation(aged(texture, -100)) < 0.75 * deviation(texture)
    assert deviation(aged(texture, 100)) > 1.1 * deviation(texture)


def test_a_wisp_of_hair_over_skin_stays() -> None:
    picture = large()
    picture = np.array(picture)
    picture[500:800, 498:501] = [0.2, 0.14, 0.1]
    for years in (-100, 100):
        found = aged(picture, years)
        lack = SKIN - found[600:700, 499].mean(0)
        assert lack == pytest.approx(SKIN - picture[650, 499], rel=0.12)


def test_older_skin_gets_no_patches_and_no_other_hue() -> None:
    y, x = np.mgrid[: 4 * SIDE, : 4 * SIDE]
    blotch = np.exp(-((x - 520) ** 2 + (y - 640) ** 2) / (2 * 20**2))
    picture = large() + blotch[..., None] * [0.03, -0.03, -0.03]
    assert np.abs(aged(picture, 100) - picture).max() < 0.004


def test_age_lies_on_what_was_seen_as_bare_skin_alone() -> None:
    texture, seen = large(0.012, 3.5), np.zeros((SIDE, SIDE), np.float32)
    seen[:, :128] = 1
    change = np.abs(aged(texture, -100, seen) - texture).mean(-1)
    assert change[400:700, 300:470].mean() > 0.002
    assert change[400:700, 560:800].max() < 1e-4


def test_tiles_leave_no_trace_and_the_screen_shows_what_the_export_has() -> None:
    taken = photo(large(0.012, 3.5))
    lit = placed(skin(), darker(skin(), fold()), 4)
    for years in (-100.0, 100.0):
        edits = [lit, replace(lit, skin=((AGE, years),))]
        whole, small = (edited_pixels(taken, edits, tile=tile) for tile in (2048, 128))
        np.testing.assert_array_equal(whole, small)
        half = folded(taken, edits, Level(1))
        assert half is not None
        shown = cv2.resize(whole, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        apart = np.abs(shown / 65535 - half.pixels / 65535)[250:420, 150:360]
        changed = np.abs(whole / 65535 - taken.pixels / 65535)[500:840, 300:720]
        assert apart.mean() < 0.3 * changed.mean()
