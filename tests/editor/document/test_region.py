from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from editor.document import region
from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_mesh import OUTER_LIPS, mesh_through
from editor.document.face_regions import PRESETS, preset
from editor.document.region import RegionError, RegionMask, from_image, write_mask
from editor.document.stroke import BrushStroke
from resources.face_mesh import ibug_landmarks

W, H = 60, 40

masks = hnp.arrays(np.uint8, (H, W), elements=st.sampled_from([0, 0, 0, 90, 255])).map(
    RegionMask.from_full
)
coordinates = st.floats(-20, 80, width=32)
strokes = st.builds(
    BrushStroke,
    points=st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=6).map(np.array),
    radius=st.floats(0.5, 30),
    hardness=st.floats(0, 1),
    erase=st.booleans(),
)


def painted(*strokes: BrushStroke) -> RegionMask:
    mask = RegionMask.empty(W, H)
    for stroke in strokes:
        mask = mask.stamped(stroke)
    return mask


def adding(stroke: BrushStroke) -> BrushStroke:
    return BrushStroke(stroke.points, stroke.radius, stroke.hardness)


def test_masks_are_tight_read_only_and_equal_by_content():
    full = np.zeros((H, W), np.uint8)
    full[10:20, 30:35] = 200
    mask = RegionMask.from_full(full)
    assert mask.bounds == (30, 10, 5, 10)
    assert not mask.alpha.flags.writeable
    assert mask.area == pytest.approx(50 * 200 / 255)
    loose = RegionMask(W, H, 20, 5, full[5:30, 20:50])
    assert loose == mask
    assert hash(loose) == hash(mask)
    assert loose.digest == mask.digest
    moved = RegionMask(W, H, 31, 10, mask.alpha)
    assert moved != mask
    assert moved.digest != mask.digest
    np.testing.assert_array_equal(mask.full(), full)
    full[:] = 0
    assert mask.full().max() == 200


def test_an_empty_mask_has_no_pixels():
    empty = RegionMask.empty(W, H)
    assert empty.is_empty
    assert empty.alpha.shape == (0, 0)
    assert empty.area == 0
    assert RegionMask.from_full(np.zeros((H, W), np.uint8)) == empty
    assert empty.feathered(5) == empty


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (0, -1), (W - 2, 0), (0, H - 2)])
def test_a_patch_outside_the_photo_is_refused(x: int, y: int):
    with pytest.raises(ValueError, match="outside"):
        RegionMask(W, H, x, y, np.full((3, 3), 255, np.uint8))


def test_masks_of_different_photos_do_not_mix():
    with pytest.raises(ValueError, match="met one"):
        RegionMask.empty(3, 4).united(RegionMask.empty(4, 3))
    with pytest.raises(ValueError, match="met one"):
        RegionMask.empty(3, 4).subtracted(RegionMask.empty(4, 3))


def test_a_stroke_is_opaque_to_its_hardness_and_ends_at_its_radius():
    mask = RegionMask.empty(200, 100).stamped(
        BrushStroke(np.array([[50.0, 50.0], [150.0, 50.0]]), 20, 0.5)
    )
    column = mask.full()[:, 100].astype(int)
    distance = np.abs(np.arange(100) - 50)
    assert (column[distance <= 10] == 255).all()
    assert (column[distance >= 20] == 0).all()
    assert ((column[distance == 15] > 100) & (column[distance == 15] < 155)).all()
    assert (np.diff(column[50:71]) <= 0).all()
    assert mask.full()[50, 165] > 0
    assert mask.full()[50, 171] == 0


@pytest.mark.parametrize("radius", [1.0, 3.0, 10.0, 60.0])
def test_one_click_paints_a_round_dot(radius: float):
    mask = RegionMask.empty(200, 200).stamped(BrushStroke(np.array([[100, 100]]), radius, 1.0))
    assert mask.full()[100, 100] == 255
    np.testing.assert_array_equal(mask.full(), mask.full().T)
    assert np.pi * max(0, radius - 1) ** 2 - 4 < mask.area <= np.pi * radius**2


def test_a_long_stroke_is_the_same_as_its_parts():
    rng = np.random.default_rng(1)
    points = np.rint(np.cumsum(rng.normal(6, 12, (60, 2)), 0)).astype(np.float32)
    whole = RegionMask.empty(700, 700).stamped(BrushStroke(points, 30, 0.3))
    parts = RegionMask.empty(700, 700)
    for pair in pairwise(points):
        parts = parts.stamped(BrushStroke(np.array(pair), 30, 0.3))
    np.testing.assert_allclose(whole.full().astype(int), parts.full(), atol=1)


@pytest.mark.parametrize(
    ("points", "radius", "hardness"),
    [(np.zeros((0, 2)), 5, 0.5), (np.zeros((2, 3)), 5, 0.5), (np.zeros((1, 2)), 0, 0.5),
     (np.zeros((1, 2)), 5, 2.0), (np.full((1, 2), np.nan), 5, 0.5)],
)  # fmt: skip
def test_senseless_strokes_are_refused(points: np.ndarray, radius: float, hardness: float):
    with pytest.raises(ValueError, match="stroke"):
        BrushStroke(points, radius, hardness)


@given(strokes, strokes, strokes)
def test_the_order_of_painting_does_not_matter(a: BrushStroke, b: BrushStroke, c: BrushStroke):
    a, b, c = adding(a), adding(b), adding(c)
    assert painted(a, b, c) == painted(c, a, b)


@given(masks, strokes)
def test_strokes_only_add_or_only_take(mask: RegionMask, stroke: BrushStroke):
    before, after = mask.full(), mask.stamped(stroke).full()
    if stroke.erase:
        assert (after <= before).all()
    else:
        assert (after >= before).all()
        assert mask.stamped(stroke).stamped(stroke) == mask.stamped(stroke)


@given(masks, masks)
def test_union_commutes_and_subtraction_is_bounded(a: RegionMask, b: RegionMask):
    assert a.united(b) == b.united(a)
    np.testing.assert_array_equal(a.united(b).full(), np.maximum(a.full(), b.full()))
    left = a.subtracted(b).full()
    assert (left <= a.full()).all()
    assert (left[b.full() == 255] == 0).all()
    np.testing.assert_array_equal(left[b.full() == 0], a.full()[b.full() == 0])
    assert a.subtracted(a).full().max(initial=0) <= 90


@given(masks, masks)
def test_within_and_without_make_up_the_whole(a: RegionMask, b: RegionMask):
    inside, outside = a.within(b).full().astype(int), a.subtracted(b).full().astype(int)
    assert np.abs(inside + outside - a.full()).max(initial=0) <= 1
    assert not inside[b.full() == 0].any()


@given(masks, st.floats(0, 40))
def test_feathering_stays_inside(mask: RegionMask, radius: float):
    assert (mask.feathered(radius).full() <= mask.full()).all()


def test_feathering_rises_to_full_inside():
    full = np.zeros((100, 100), np.uint8)
    full[10:90, 10:90] = 255
    soft = RegionMask.from_full(full).feathered(16).full()
    row = soft[50].astype(int)
    assert row[9] == 0
    assert 0 < row[12] < 60
    assert row[25] == 255
    assert (np.diff(row[10:50]) >= 0).all()
    np.testing.assert_array_equal(row[10:90], row[10:90][::-1])


def test_thin_parts_keep_a_full_core():
    full = np.zeros((100, 100), np.uint8)
    full[5:8, 5:60] = 255
    full[40:90, 40:90] = 255
    soft = RegionMask.from_full(full).feathered(12).full()
    assert soft[6, 30] == 255
    assert soft[5, 30] < 255
    assert soft[65, 65] == 255


def test_the_edge_of_the_photo_is_no_edge_of_the_region():
    full = np.zeros((50, 50), np.uint8)
    full[:, :25] = 255
    soft = RegionMask.from_full(full).feathered(8).full()
    assert (soft[:, 0] == 255).all()
    assert (soft[:, 24] < 30).all()
    whole = RegionMask.from_full(np.full((50, 50), 255, np.uint8))
    assert whole.feathered(8) == whole


@pytest.mark.parametrize("band", [1, 7])
def test_feathering_in_bands_equals_the_whole(band: int, monkeypatch: pytest.MonkeyPatch):
    full = np.zeros((80, 90), np.uint8)
    full[3:60, 5:40] = 255
    full[20:24, 30:85] = 120
    full[65:68, 50:80] = 255
    mask = RegionMask.from_full(full)
    monkeypatch.setattr(region, "_BAND", 1000)
    whole = mask.feathered(9)
    assert 0 < whole.alpha[whole.alpha > 0].min() < 60
    monkeypatch.setattr(region, "_BAND", band)
    assert mask.feathered(9) == whole


# ------------------------------------------------------------------ mask images


def test_mask_images_of_every_kind_give_the_same_region(tmp_path: Path):
    grey = np.linspace(0, 255, W * H).astype(np.uint8).reshape(H, W)
    expected = RegionMask.from_full(grey)
    rgb = np.repeat(grey[..., None], 3, 2)
    rgba = np.dstack([rgb, np.full_like(grey, 7)])
    for pixels in (grey, rgb, rgba, grey.astype(np.uint16) * 257, rgb.astype(np.uint16) * 257):
        assert from_image(pixels, W, H) == expected
        path = tmp_path / "mask.png"
        cv2.imwrite(str(path), pixels)
        assert from_image(path, W, H) == expected


def test_transparency_is_part_of_a_mask(tmp_path: Path):
    """A layer of a paint program: white strokes on nothing, whatever colour nothing has."""
    alpha = np.zeros((H, W), np.uint8)
    alpha[10:20, 10:30], alpha[20:25, 10:30] = 255, 100
    expected = RegionMask.from_full(alpha)
    for nothing in (0, 255):
        pixels = np.full((H, W, 4), nothing, np.uint8)
        pixels[alpha > 0] = 255
        pixels[..., 3] = alpha
        for layer in (pixels, pixels.astype(np.uint16) * 257):
            assert from_image(layer, W, H) == expected
            path = tmp_path / "mask.png"
            cv2.imwrite(str(path), layer)
            assert from_image(path, W, H) == expected
        grey = pixels.copy()
        grey[..., :3] = 128
        assert from_image(grey, W, H).full()[15, 15] == 128


@pytest.mark.parametrize("depth", [8, 16])
def test_a_mask_is_read_as_it_was_written(depth: Literal[8, 16], tmp_path: Path):
    soft = np.zeros((H, W), np.uint8)
    soft[4:30, 10:50] = np.linspace(1, 255, 40)
    mask = RegionMask.from_full(soft)
    write_mask(mask, tmp_path / "mask.png", depth)
    stored = np.asarray(cv2.imread(str(tmp_path / "mask.png"), cv2.IMREAD_UNCHANGED))
    assert stored.dtype == (np.uint8 if depth == 8 else np.uint16)
    np.testing.assert_array_equal(stored, soft if depth == 8 else soft.astype("u2") * 257)
    assert from_image(tmp_path / "mask.png", W, H) == mask
    with pytest.raises(RegionError, match="does not exist"):
        write_mask(mask, tmp_path / "no" / "mask.png")


def test_a_digest_is_made_once_and_tells_masks_apart(monkeypatch: pytest.MonkeyPatch):
    full = np.zeros((H, W), np.uint8)
    full[10:20, 10:30] = 255
    mask, twin = RegionMask.from_full(full), RegionMask.from_full(full)
    other = mask.stamped(BrushStroke(np.array([[15, 15]]), 3, erase=True))
    digests = {one.digest for one in (mask, twin, other)}
    assert len(digests) == 2
    assert mask == twin != other
    assert hash(mask) == hash(twin)

    def never(*_: object) -> None:
        raise AssertionError("looked at every pixel again")

    monkeypatch.setattr(region.hashlib, "sha256", never)
    monkeypatch.setattr(region.np, "array_equal", never)
    assert mask.digest == twin.digest
    assert mask == twin != other


def test_a_mask_of_the_wrong_size_names_both_sizes():
    with pytest.raises(RegionError) as caught:
        from_image(np.zeros((10, 20), np.uint8), 60, 40)
    assert "20 × 10" in caught.value.title
    assert "60 × 40" in caught.value.title
    assert caught.value.advice


def test_a_mask_that_is_no_image_is_an_error_with_advice(tmp_path: Path):
    (tmp_path / "mask.png").write_text("no image")
    with pytest.raises(RegionError) as caught:
        from_image(tmp_path / "mask.png", 60, 40)
    assert caught.value.advice


def test_float_masks_are_refused_with_advice():
    with pytest.raises(RegionError, match="greyscale PNG"):
        from_image(np.zeros((40, 60), np.float32), 60, 40)  # pyright: ignore[reportArgumentType] - on purpose


# ------------------------------------------------------------------ presets

# A frontal face drawn by hand: eyes 100 px apart.
_FACE = np.array(
    [(-110, 10), (-108, 40), (-104, 70), (-98, 100), (-88, 128), (-70, 152), (-48, 172), (-24, 186),
     (0, 190), (24, 186), (48, 172), (70, 152), (88, 128), (98, 100), (104, 70), (108, 40),
     (110, 10), (-86, -34), (-70, -44), (-52, -46), (-34, -42), (-18, -36), (18, -36), (34, -42),
     (52, -46), (70, -44), (86, -34), (0, -8), (0, 14), (0, 36), (0, 56), (-20, 68), (-10, 72),
     (0, 75), (10, 72), (20, 68), (-68, 0), (-58, -8), (-44, -8), (-32, 0), (-44, 7), (-58, 7),
     (32, 0), (44, -8), (58, -8), (68, 0), (58, 7), (44, 7), (-38, 112), (-24, 104), (-9, 100),
     (0, 102), (9, 100), (24, 104), (38, 112), (24, 124), (10, 130), (0, 131), (-10, 130),
     (-24, 124), (-34, 112), (-10, 109), (0, 110), (10, 109), (34, 112), (10, 116), (0, 117),
     (-10, 116)],
    np.float64,
)  # fmt: skip


def face_at(x: float, y: float, degrees: float = 0, scale: float = 1) -> np.ndarray:
    turn = np.deg2rad(degrees)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return _FACE @ matrix.T + [x, y]


def value_at(mask: RegionMask, point: np.ndarray) -> int:
    x, y = np.rint(point).astype(int)
    return int(mask.full()[y, x])


EYES, MOUTH, LEFT_CHEEK, CHIN, BROWS = [37, 44], [62, 66], [-75, 80], [0, 182], [19, 24]


@pytest.mark.parametrize("degrees", [0, 25, -70, 180])
def test_presets_hold_what_they_are_named_after(degrees: float):
    landmarks = face_at(400, 400, degrees)

    def at(name: str, place: list[float] | int) -> int:
        mask = preset(name, landmarks, 800, 800)
        point = np.array([place], np.float64) if isinstance(place, list) else _FACE[[place]]
        turn = np.deg2rad(degrees)
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return value_at(mask, (point @ matrix.T + 400)[0])

    assert at("mouth", 66) == at("lips", 66) == at("smile", 66) == 255
    assert at("mouth", [-75, 112]) == 255  # room beside the corners
    assert at("mouth", [-60, 60]) == 0  # no cheek
    assert at("mouth", 30) == at("mouth", 8) == 0
    assert at("lips", [-60, 112]) == at("lips", 8) == 0
    assert at("smile", [-60, 60]) == 255
    assert at("smile", [-51, 0]) == at("smile", 27) == 0
    assert at("eyes", [-51, 0]) == at("eyes", [51, 0]) == 255
    assert at("eyes", 27) == at("eyes", 30) == 0
    assert at("under-eyes", [-51, 28]) == at("under-eyes", [51, 28]) == 255
    assert at("under-eyes", [-51, 0]) == at("under-eyes", 27) == at("under-eyes", [-60, 60]) == 0
    assert at("brows", 19) == at("brows", [-50, -65]) == 255
    assert at("brows", [0, -40]) == 255  # a frown shows between them
    assert at("brows", [-51, 0]) == 0
    assert at("glasses", 27) == at("glasses", [-51, 0]) == at("glasses", [51, 0]) == 255
    assert at("glasses", 31) == at("glasses", [0, -80]) == 0
    assert at("beard", [0, 150]) == at("beard", [0, 88]) == 255  # chin and upper lip
    assert at("beard", 62) == at("beard", 57) == at("beard", [-60, 40]) == 0
    assert at("head", [0, -165]) == at("head", [-135, -20]) == at("head", 8) == 255
    assert at("head", [-240, 0]) == 0
    assert at("background", [-184, 0]) == at("background", [184, 0]) == 255
    assert at("background", [0, 0]) == at("background", [0, -165]) == at("background", 8) == 0
    assert at("nose", 30) == at("nose", 31) == at("nose", 35) == 255
    assert at("nose", 51) == 0
    assert at("skin", [-60, 60]) == at("skin", [0, -80]) == at("skin", [0, 150]) == 255
    assert at("skin", [-51, 0]) == at("skin", 19) == at("skin", 66) == 0
    assert at("jaw", [0, 150]) == at("jaw", [0, 198]) == 255
    assert at("jaw", 30) == at("jaw", [-51, 0]) == 0
    assert at("jaw", [-106, 90]) == 255  # a moving contour does not end at the mouth
    assert at("face", 30) == at("face", 8) == at("face", [0, -120]) == 255
    assert at("hair", [0, -165]) == at("hair", [-135, -20]) == 255
    assert at("hair", [0, -60]) == at("hair", 8) == 0


def test_presets_scale_with_the_face():
    small = preset("mouth", face_at(400, 400), 800, 800)
    large = preset("mouth", face_at(1600, 1600, scale=4), 3200, 3200)
    assert large.area == pytest.approx(16 * small.area, rel=0.02)


def test_presets_have_sharp_edges_at_any_size():
    mask = preset("face", face_at(1600, 1600, scale=6), 3200, 3200)
    partial = np.count_nonzero((mask.alpha > 0) & (mask.alpha < 255))
    assert partial < 3 * (mask.bounds[2] + mask.bounds[3]) * 2


def test_presets_of_faces_at_the_edge_are_cut_and_outside_are_empty():
    for name in PRESETS:
        preset(name, face_at(0, 50), 300, 300)
        assert preset(name, face_at(5000, 5000), 300, 300).is_empty


def test_an_unknown_preset_lists_the_names():
    with pytest.raises(RegionError) as caught:
        preset("elbow", _FACE, 10, 10)
    assert "elbow" in caught.value.title
    assert all(name in caught.value.advice for name in PRESETS)


def test_coinciding_landmarks_are_no_face():
    with pytest.raises(ValueError, match="coincide"):
        preset("mouth", np.ones((68, 2)), 10, 10)


def test_the_lips_leave_out_what_shows_between_them():
    landmarks = face_at(400, 400)
    opening = landmarks[60:68].mean(0)
    assert value_at(preset("lips", landmarks, 800, 800), opening) == 255, "a closed mouth"
    laughing = landmarks.copy()
    laughing[61:64, 1] -= 12
    laughing[65:68, 1] += 12
    assert value_at(preset("lips", laughing, 800, 800), opening) == 0
    assert value_at(preset("lips", laughing, 800, 800), landmarks[57]) == 255


# ------------------------------------------------------------------ what was seen of a face


def detail_of(landmarks: np.ndarray, hair: np.ndarray | None = None) -> FaceDetail:
    """The mean mesh through the landmarks; hair in crop pixels, none with None."""
    crop = FaceCrop.from_landmarks(landmarks, 128)
    seen = np.zeros((128, 128), np.uint8) if hair is None else hair
    return FaceDetail(mesh_through(landmarks), crop, seen)


def test_the_mesh_goes_through_the_landmarks_from_wherever_it_was_seen() -> None:
    landmarks = face_at(400, 400, 20)
    mesh = mesh_through(landmarks)
    np.testing.assert_allclose(ibug_landmarks(mesh), landmarks, atol=1e-6)
    np.testing.assert_allclose(mesh_through(landmarks, mesh), mesh, atol=1e-6)
    dragged = landmarks.copy()
    dragged[48:68] += [0, 15]
    moved = mesh_through(dragged, mesh) - mesh
    np.testing.assert_allclose(ibug_landmarks(mesh + moved), dragged, atol=1e-6)
    assert np.linalg.norm(moved[10]) < 3, "the forehead stays"
    assert moved[list(OUTER_LIPS), 1].min() > 9, "the lips go along"


def test_hair_is_what_was_seen_and_no_head_is_given_any() -> None:
    landmarks = face_at(400, 400)
    with pytest.raises(RegionError, match="No hair") as caught:
        preset("hair", landmarks, 800, 800, detail_of(landmarks))
    assert caught.value.advice
    hair = np.zeros((128, 128), np.uint8)
    hair[20:40, 30:90] = 255
    hair[40:44, 30:90] = 100
    detail = detail_of(landmarks, hair)
    mask = preset("hair", landmarks, 800, 800, detail)
    to_photo = detail.crop.to_photo
    places = np.array([[60, 30], [60, 42], [60, 60], [100, 30]]) @ to_photo[:, :2].T
    assert [value_at(mask, p) for p in places + to_photo[:, 2]] == [255, 100, 0, 0]
    assert mask.area == pytest.approx((hair / 255).sum() * detail.crop.scale**2, rel=0.02)


def test_teeth_are_a_region_only_where_they_show() -> None:
    closed = face_at(400, 400)
    closed[[67, 66, 65]] = closed[[61, 62, 63]] + [0, 2]
    with pytest.raises(RegionError, match="No teeth show"):
        preset("teeth", closed, 800, 800, detail_of(closed))
    parted = closed.copy()
    parted[65:68] += [0, 20]
    assert not preset("teeth", parted, 800, 800, detail_of(parted)).is_empty


def test_skin_leaves_out_the_hair_that_was_seen() -> None:
    landmarks = face_at(400, 400)
    forehead = np.array([400, 400 - 80])
    assert value_at(preset("skin", landmarks, 800, 800), forehead) == 255
    detail = detail_of(landmarks, np.full((128, 128), 255, np.uint8))
    assert value_at(preset("skin", landmarks, 800, 800, detail), forehead) == 0


def test_a_beard_is_no_skin() -> None:
    """Smoothed, lightened or made younger as skin, it became felt."""
    landmarks = face_at(400, 400)
    chin = landmarks[[8, 57]].mean(0)
    detail = detail_of(landmarks)
    assert value_at(preset("skin", landmarks, 800, 800, detail), chin) == 255
    bearded = replace(detail, beard=np.full((128, 128), 255, np.uint8))
    assert value_at(preset("skin", landmarks, 800, 800, bearded), chin) == 0
    half = replace(detail, beard=np.full((128, 128), 100, np.uint8))
    assert value_at(preset("skin", landmarks, 800, 800, half), chin) == pytest.approx(155, abs=2)


def test_irises_lie_between_the_lids() -> None:
    landmarks = face_at(400, 400)
    irises, eyes = (preset(name, landmarks, 800, 800) for name in ("irises", "eyes"))
    assert 0 < irises.area < 0.2 * eyes.area
    assert irises.subtracted(eyes).is_empty
    closed = landmarks.copy()
    for lid in ([37, 38], [40, 41], [43, 44], [46, 47]):
        closed[lid, 1] = 400
    assert preset("irises", closed, 800, 800).area < 0.5 * irises.area
