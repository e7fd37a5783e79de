"""The measures of landing tell clean pictures from spoilt ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.region import RegionMask
from tests.benchmarks import landing_measures as measures
from tests.benchmarks.landing_measures import Scene, ghost, seam, texture, texture_shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

SIDE, FEATHER = 240, 12.0


def blurred(picture: Float, sigma: float) -> Float:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def skin(seed: int = 0) -> Float:
    """Shaded, with grain and pores: (SIDE, SIDE, 3)."""
    rng = np.random.default_rng(seed)
    grain = blurred(rng.standard_normal((SIDE, SIDE), np.float32), 0.8) * 12
    pores = blurred(rng.standard_normal((SIDE, SIDE), np.float32), 4.0) * 60
    shading = np.linspace(-30, 30, SIDE, dtype=np.float32)
    return np.asarray((140 + grain + pores + shading)[..., None].repeat(3, -1), np.float32)


def round_region(feather: float = FEATHER) -> NDArray[np.uint8]:
    hard = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(hard, (SIDE // 2, SIDE // 2), 70, (255,), -1)
    return RegionMask.from_full(hard).feathered(feather).full() if feather else hard


def laid(photo: Float, new: Float, alpha: NDArray[np.uint8]) -> Float:
    share = (alpha / np.float32(255))[..., None]
    return np.asarray(photo + share * (new - photo), np.float32)


# ------------------------------------------------------------------ seam


def test_no_edit_has_no_seam() -> None:
    found = seam(skin(), skin(), round_region(), FEATHER)
    assert (found.typical, found.worst) == (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_texture_that_moved_is_no_seam(seed: int) -> None:
    photo = skin(seed)
    moved = np.roll(photo, (3, 2), (0, 1))
    assert seam(photo, laid(photo, moved, round_region()), round_region(), FEATHER).worst < 1


@pytest.mark.parametrize("seed", range(3))
def test_another_tone_with_a_soft_edge_is_a_seam(seed: int) -> None:
    photo, alpha = skin(seed), round_region()
    darker, faint = (seam(photo, laid(photo, photo - k, alpha), alpha, FEATHER) for k in (45, 2))
    assert darker.worst > 1.5
    assert darker.sigma > 1  # not in the grain
    assert faint.worst < 1


def test_a_hard_edge_is_a_seam_at_the_finest_scale() -> None:
    photo, alpha = skin(), round_region(0)
    found = seam(photo, laid(photo, photo - 45, alpha), alpha, FEATHER)
    assert found.worst > 1.5
    assert found.typical > 1


def test_a_seam_along_a_part_of_the_edge_shows_in_the_worst_alone() -> None:
    photo, alpha = skin(), round_region()
    new = photo.copy()
    new[: SIDE // 3] -= 60
    new = blurred(new, 3.0) - blurred(photo, 3.0) + photo
    found = seam(photo, laid(photo, new, alpha), alpha, FEATHER)
    assert found.worst > 1.5
    assert found.typical < 0.5


def test_the_photos_own_edges_hide_a_seam() -> None:
    photo, alpha = skin(), round_region()
    rng = np.random.default_rng(9)
    rough = photo + (rng.random((SIDE // 8, SIDE // 8, 1)) * 200).repeat(8, 0).repeat(8, 1)
    rough = np.asarray(rough, np.float32)
    on_skin, on_checks = (
        seam(p, laid(p, p - 45, alpha), alpha, FEATHER).worst for p in (photo, rough)
    )
    assert on_checks < 0.6 * on_skin


def bent_wall(*, torn: bool) -> tuple[Float, Float, Float]:
    """A wall's dark edge beside a flat face, bent towards the region's border, and by how much.

    ``torn``: all of the bend ends within a pixel, where the region does.
    """
    photo = blurred(skin(), 6.0)
    photo[:, 172:] = 40
    photo = blurred(photo, 1.0)
    alpha = round_region(0 if torn else FEATHER)
    soft = blurred(np.asarray(alpha / np.float32(255), np.float32), 4.0)
    share = np.asarray(alpha > 0, np.float32) * (1 if torn else soft)
    move = np.stack([-6 * share, 0 * share], -1).astype(np.float32)
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    bent = cv2.remap(photo, xs + move[..., 0], ys, cv2.INTER_LINEAR)
    return photo, np.asarray(bent, np.float32), move


def test_an_edge_of_the_photos_that_is_bent_is_no_seam() -> None:
    """Of 60 edits of jaw width 52 had one by the figure, and were accepted by eye."""
    photo, bent, move = bent_wall(torn=False)
    alpha = round_region()
    assert seam(photo, bent, alpha, FEATHER).worst > 2, "as it was"
    assert seam(photo, bent, alpha, FEATHER, move).worst < 1


def test_a_step_where_a_bend_ends_is_a_seam_and_so_is_a_tone_beside_it() -> None:
    photo, bent, move = bent_wall(torn=True)
    assert seam(photo, bent, round_region(0), FEATHER, move).worst > 2
    photo, bent, move = bent_wall(torn=False)
    alpha = round_region()
    darker = laid(bent, bent - 45, alpha)
    assert seam(photo, darker, alpha, FEATHER, move).worst > 1.5


def test_a_region_without_an_edge_has_no_figure() -> None:
    whole = np.full((SIDE, SIDE), 255, np.uint8)
    assert math.isnan(seam(skin(), skin(), whole, FEATHER).worst)


# ------------------------------------------------------------------ texture


def test_texture_that_moved_keeps_its_energy() -> None:
    photo = skin()
    weight = np.asarray(round_region() / np.float32(255), np.float32)
    assert texture(photo, photo, weight) == pytest.approx(1)
    assert texture(photo, photo + 30, weight) == pytest.approx(1, abs=1e-3)
    assert texture(photo, np.roll(photo, (5, 9), (0, 1)), weight) == pytest.approx(1, abs=0.1)


def test_blurred_and_noisy_texture_is_told() -> None:
    photo, alpha = skin(), round_region()
    weight = np.asarray(alpha / np.float32(255), np.float32)
    assert texture(photo, laid(photo, blurred(photo, 1.2), alpha), weight) < 0.7
    noise = np.random.default_rng(5).standard_normal((SIDE, SIDE, 1), np.float32) * 4
    assert texture(photo, laid(photo, photo + noise, alpha), weight) > 1.3


def test_texture_of_shared_surface_is_held_against_where_it_was() -> None:
    """Soft surface came over a sharp one: texture is gone there, but the soft one lost nothing."""
    photo = skin()
    photo[:, : SIDE // 2] = blurred(photo, 3)[:, : SIDE // 2]
    shift = SIDE // 4
    export = np.roll(photo, shift, 1)
    weight = np.zeros((SIDE, SIDE), np.float32)
    weight[20:-20, SIDE // 2 + 10 : SIDE // 2 + shift - 10] = 1
    move = np.zeros((SIDE, SIDE, 2), np.float32)
    move[..., 0] = -shift
    assert texture(photo, export, weight) < 0.5
    assert texture_shared(photo, export, weight, move) == pytest.approx(1, abs=0.1)
    assert texture_shared(photo, blurred(export, 2), weight, move) < 0.5
    assert math.isnan(texture_shared(photo, export, 0 * weight, move))


def strands(light: float) -> Float:
    """Hair of that sRGB in [0, 1], and brighter skin below it: (SIDE, SIDE, 3), levels."""
    rng = np.random.default_rng(3)
    line = rng.standard_normal((1, SIDE), np.float32)
    seen = 1 + 0.15 * line + 0.15 * blurred(line, 3)
    hair = np.repeat((light + 0.055) * seen, SIDE, 0) - np.float32(0.055)
    hair[SIDE // 2 :] = 0.6 + blurred(rng.standard_normal((SIDE // 2, SIDE), np.float32), 1) / 50
    at = np.arange(SIDE)
    hair[SIDE // 2 - 20 : SIDE // 2, at // 3 % 2 == 0] = 0.6  # a hairline
    return np.asarray(255 * hair[..., None].repeat(3, -1), np.float32)


@pytest.mark.parametrize("times", [0.6, 1.6])
def test_contrast_that_light_gives_to_hair_or_takes_is_no_texture_made_or_lost(
    times: float,
) -> None:
    """A lighter hair has more absolute contrast by physics, and less where it ends in skin."""
    dark = strands(0.25)
    weight = np.zeros((SIDE, SIDE), np.float32)
    weight[20 : SIDE // 2, 20:-20] = 1
    export = dark.copy()
    hair = dark < 0.55 * 255
    export[hair] = ((dark + 14) * times - 14)[hair]
    still = np.zeros((SIDE, SIDE, 2), np.float32)

    def found(export: Float) -> float:
        lit = measures.light(dark, export, 8)
        return texture_shared(dark, export, weight, still, lit)

    plain = texture_shared(dark, export, weight, still)
    assert not 0.85 < plain < 1.15
    assert found(export) == pytest.approx(1, abs=0.15)
    assert found(dark) == pytest.approx(1, abs=0.01)
    assert found(blurred(export, 1.2)) < 0.6
    noise = np.random.default_rng(5).standard_normal((SIDE, SIDE, 1), np.float32) * 12
    assert found(export + noise) > 1.15


@pytest.mark.parametrize("times", [0.7, 1.5])
def test_texture_that_a_bend_stretches_or_presses_is_held_against_what_bending_shows(
    times: float,
) -> None:
    photo = skin()
    weight = np.zeros((SIDE, SIDE), np.float32)
    weight[40:-40, 40:-40] = 1
    ys, xs = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    move = np.float32(1 / times - 1) * (np.stack([xs, ys], -1) - SIDE // 2)
    at = xs + move[..., 0], ys + move[..., 1]
    export = np.asarray(cv2.remap(photo, *at, cv2.INTER_CUBIC), np.float32)
    still = np.zeros_like(move)
    assert not 0.85 < texture_shared(photo, export, weight, move) < 1.15
    there = measures.bent(photo, move)
    assert texture_shared(there, export, weight, still) == pytest.approx(1, abs=0.15)
    assert texture_shared(there, blurred(export, 1.2), weight, still) < 0.7


def test_only_what_has_weight_counts() -> None:
    photo = skin()
    weight = np.zeros((SIDE, SIDE), np.float32)
    assert math.isnan(texture(photo, photo, weight))
    weight[:, :80] = 1
    spoilt = photo.copy()
    spoilt[:, 100:] = 0
    assert texture(photo, spoilt, weight) == pytest.approx(1, abs=0.05)


def test_shading_and_coarse_lines_are_no_texture() -> None:
    photo, weight = skin(), np.ones((SIDE, SIDE), np.float32)
    x = 2 * np.pi * np.arange(SIDE, dtype=np.float32)[None, :, None]
    assert texture(photo, photo + 20 * np.sin(0.09 * x), weight) == pytest.approx(1, abs=0.1)
    assert texture(photo, photo + 20 * np.sin(0.16 * x), weight) > 3


def test_a_smear_is_a_bare_place_and_a_line_that_moved_is_none() -> None:
    photo, weight = skin(), np.ones((SIDE, SIDE), np.float32)
    assert measures.bare(photo, photo, weight, 6.0) == 0
    moved = np.roll(photo, (7, 4), (0, 1))
    assert measures.bare(photo, moved, weight, 6.0) < 0.01
    smeared = photo.copy()
    smeared[60:140, 60:140] = blurred(photo, 3.0)[60:140, 60:140]
    share = 80 * 80 / SIDE**2
    assert measures.bare(photo, smeared, weight, 6.0) == pytest.approx(share, rel=0.4)
    assert texture(photo, smeared, weight) > 0.85  # which passes it over
    lined, away = photo.copy(), photo.copy()
    lined[100:103] -= 80
    away[110:113] -= 80
    assert measures.bare(lined, away, weight, 6.0) < 0.01
    assert math.isnan(measures.bare(photo, photo, 0 * weight, 6.0))


def test_a_blot_is_astray_and_an_edit_in_part_is_not() -> None:
    photo, weight = skin(), np.ones((SIDE, SIDE), np.float32)
    plain = photo + np.array([30, -20, 10], np.float32)
    for share in (0.0, 0.4, 1.0):
        part = np.asarray(photo + share * (plain - photo), np.float32)
        assert measures.astray(photo, part, plain, weight, 6.0) == 0
    moved = np.roll(plain, (3, 2), (0, 1))[8:, 8:]
    inner = photo[8:, 8:], moved, plain[8:, 8:], weight[8:, 8:]
    assert measures.astray(*inner, 6.0) < 0.02
    blotted = plain.copy()
    blotted[60:120, 60:120] += 40
    share = measures.astray(photo, blotted, plain, weight, 6.0)
    assert share == pytest.approx(60 * 60 / SIDE**2, rel=0.3)
    assert math.isnan(measures.astray(photo, photo, plain, 0 * weight, 6.0))


# ------------------------------------------------------------------ ghost

GRID, LIPS = 160, 80


def mouth(line: float, *, teeth: bool = False, row: int = LIPS) -> Float:
    """Lips with a dark line of some contrast at a row; or with teeth around it, (GRID, GRID, 3)."""
    picture = np.full((GRID, GRID, 3), (170, 100, 95), np.float32)
    if teeth:
        picture[row - 12 : row + 12, 30:130] = 215
    picture[row - 2 : row + 2, 30:130] -= line
    return blurred(picture, 1.0)


def zone() -> NDArray[np.uint8]:
    where = np.zeros((GRID, GRID), np.uint8)
    where[LIPS - 20 : LIPS + 20, 25:135] = 255
    return where


def test_a_line_of_the_old_lips_on_new_teeth_is_a_ghost() -> None:
    photo, before, after = mouth(70), blurred(mouth(45), 2.0), mouth(0, teeth=True)
    clean = ghost(photo, after, before, after, zone())
    assert abs(clean.share) < 0.02
    stained = np.asarray(after + 0.3 * (photo - mouth(0)), np.float32)
    faint = ghost(photo, stained, before, after, zone())
    assert faint.share == pytest.approx(0.3, abs=0.1)
    assert faint.contrast > 3
    plain = ghost(photo, photo + after - before, before, after, zone())
    assert plain.share > 0.3
    assert plain.area == pytest.approx(clean.area)


def test_grain_on_new_teeth_is_no_ghost() -> None:
    photo, before, after = mouth(70), mouth(45), mouth(0, teeth=True)
    grain = np.random.default_rng(3).standard_normal((GRID, GRID, 1), np.float32)
    assert (
        abs(ghost(photo, np.asarray(after + 8 * grain, np.float32), before, after, zone()).share)
        < 0.05
    )


def test_a_line_that_moved_with_the_lips_is_no_ghost_and_one_that_stayed_behind_is() -> None:
    up = 10
    photo, before, after = mouth(70), mouth(45), mouth(45, row=LIPS - up)
    carried = mouth(70, row=LIPS - up)
    assert abs(ghost(photo, carried, before, after, zone()).share) < 0.1
    assert ghost(photo, photo + after - before, before, after, zone()).share > 0.25


def test_a_mouth_that_did_not_change_says_nothing() -> None:
    photo, before = mouth(70), mouth(45)
    assert math.isnan(ghost(photo, photo, before, before, zone()).share)
    skin_warmer = before + np.array([4, 0, -4], np.float32)
    assert math.isnan(ghost(photo, photo, before, skin_warmer, zone()).share)


def test_the_mouth_is_looked_at_where_it_opened_or_closed() -> None:
    closed, opened = landmarks(), landmarks()
    opened[[61, 62, 63], 1] -= 12
    opened[[65, 66, 67], 1] += 12
    middle = round(float(closed[60, 1]))
    assert measures.mouth_zone(closed, opened, 512)[middle, 256] == 255  # the line on new teeth
    assert measures.mouth_zone(opened, closed, 512)[middle, 256] == 255  # old teeth on new lips
    touching = closed.copy()
    touching[65:68, 1] += 1  # a gap of 5: thicker than what is passed over as a slit
    lifted = touching.copy()
    lifted[60:68, 1] -= 9
    assert not measures.mouth_zone(touching, lifted, 512).any()
    wider = opened.copy()
    wider[[65, 66, 67], 1] += 10
    stayed = measures.mouth_zone(opened, wider, 512)
    assert stayed[middle, 256] == 0  # teeth both times
    assert stayed[round(float(opened[66, 1])) + 5, 256] == 255


# ------------------------------------------------------------------ scenes


def landmarks() -> NDArray[np.float64]:
    """A face with its mouth and eyes in place, 512 a side; the rest does not matter."""
    points = np.full((68, 2), 256.0)
    for first, x in ((36, 190), (42, 322)):
        turns = np.linspace(0, 2 * np.pi, 7)[:6] + np.pi
        points[first : first + 6] = np.stack([x + 24 * np.cos(turns), 230 + 10 * np.sin(turns)], -1)
    x = np.array([-60, -40, -20, 0, 20, 40, 60, 40, 20, 0, -20, -40])
    y = np.array([0, -18, -25, -22, -25, -18, 0, 22, 28, 30, 28, 22])
    points[48:60] = np.stack([256 + x, 370 + y], -1)
    x = np.array([-52, -20, 0, 20, 52, 20, 0, -20])
    y = np.array([0, -2, -2, -2, 0, 2, 2, 2])
    points[60:68] = np.stack([256 + x, 370 + y], -1)
    return points


@pytest.mark.parametrize("scale", [0.8, 3.3])
def test_photo_and_render_meet_on_the_grid(scale: float) -> None:
    side = 64
    rng = np.random.default_rng(1)
    render = blurred(rng.random((side, side, 3), np.float32), 2.5)
    turn = np.deg2rad(12)
    m = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    to_photo = np.column_stack([m, [60.0, 20.0]])
    size = (330, 300)
    photo = np.asarray(cv2.warpAffine(render, to_photo, size, flags=cv2.INTER_CUBIC), np.float32)
    pixels = np.clip(np.rint(photo * 255), 0, 255).astype(np.uint8)
    crop = FaceCrop(landmarks(), to_photo, side)
    alpha = np.zeros(pixels.shape[:2], np.uint8)
    x, y = (to_photo[:, :2] @ [32, 32] + to_photo[:, 2]).astype(int)
    reach = round(8 * scale)
    alpha[y - reach : y + reach, x - reach : x + reach] = 255
    scene = Scene.of(pixels, pixels, RegionMask.from_full(alpha), crop)
    seen = scene.on_grid(scene.photo, side)
    where = scene.on_grid(scene.alpha.astype(np.float32), side) > 252
    assert where.sum() > 200
    error = np.abs(seen - measures.render_on_grid(render))[where].mean()
    spread = measures.render_on_grid(render)[where].std()
    assert error < 0.1 * spread
    added = measures.added(scene, render, render + np.float32(0.1))
    assert (added - scene.photo)[scene.alpha == 255].mean() == pytest.approx(25.5, abs=0.2)
    assert np.array_equal(added[scene.alpha == 0], scene.photo[scene.alpha == 0])


def test_openings_are_left_out_of_texture() -> None:
    points = landmarks()
    crop = FaceCrop(points, np.array([[2.0, 0, 0], [0, 2.0, 0]]), 256)
    pixels = np.zeros((512, 512, 3), np.uint8)
    region = RegionMask.from_full(np.full((512, 512), 255, np.uint8))
    scene = Scene.of(pixels, pixels, region, crop)
    opened = points.copy()
    opened[[65, 66, 67], 1] += 20
    weight = measures.lasting(scene, [scene.points])
    assert weight[230, 190] == 0  # the eye
    assert weight[370, 256] == 0
    assert weight[385, 256] == 1
    assert measures.lasting(scene, [scene.points, opened])[385, 256] == 0
    assert weight.mean() > 0.9
