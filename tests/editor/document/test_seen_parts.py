"""Regions of what a parser saw of a face: teeth by class, and nothing of what hides a face."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from editor.document.expressions import expression_goals
from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_mesh import mesh_through
from editor.document.face_parts import FaceClasses
from editor.document.face_regions import PresetGrid, feather_of, preset
from editor.document.limits import limits
from editor.document.presets import region_name
from editor.document.region import RegionError, RegionMask
from editor.document.seen_parts import off_frames
from resources.face_classes import CLASSES
from tests.editor.document.test_region import face_at, value_at

SIDE = 128


@pytest.fixture
def landmarks() -> np.ndarray:
    """With lips apart."""
    points = face_at(400, 400)
    points[61:64, 1] -= 12
    points[65:68, 1] += 12
    return points


def seen(landmarks: np.ndarray, name: str, *places: np.ndarray, reach: int = 2) -> FaceDetail:
    """Skin, but for squares of a class around places of the photo; no hair."""
    crop = FaceCrop.from_landmarks(landmarks, SIDE)
    labels = np.full((SIDE, SIDE), CLASSES.index("skin"), np.uint8)
    for place in places:
        x, y = (int(v) for v in np.rint(crop.to_crop[:, :2] @ place + crop.to_crop[:, 2]))
        labels[y - reach : y + reach + 1, x - reach : x + reach + 1] = CLASSES.index(name)
    return FaceDetail(mesh_through(landmarks), crop, np.zeros((SIDE, SIDE), np.uint8), labels)


def region(name: str, landmarks: np.ndarray, detail: FaceDetail | None) -> RegionMask:
    return preset(name, landmarks, 800, 800, detail)


def test_teeth_are_where_they_were_seen(landmarks: np.ndarray) -> None:
    opening, upper = landmarks[60:68].mean(0), landmarks[61:64].mean(0) + np.array([0, 3])
    detail = seen(landmarks, "teeth", upper, reach=1)
    mask = region("teeth", landmarks, detail)
    assert value_at(mask, upper) > 200
    assert value_at(mask, opening + np.array([0, 8])) < 30, "the tongue"
    assert region_name(mask, landmarks, detail) == "teeth"
    with pytest.raises(RegionError, match="No teeth"):
        region("teeth", landmarks, seen(landmarks, "teeth"))


@pytest.mark.parametrize("hidden", ["glasses", "hat", "background", "clothes"])
def test_what_hides_a_face_is_left_out_of_what_is_coloured(
    landmarks: np.ndarray, hidden: str
) -> None:
    cheek = landmarks[[2, 31]].mean(0)
    detail = seen(landmarks, hidden, cheek)
    assert value_at(region("skin", landmarks, None), cheek) == 255
    skin = region("skin", landmarks, detail)
    assert value_at(skin, cheek) == 0
    assert skin.area > 0.95 * region("skin", landmarks, None).area
    assert region_name(skin, landmarks, detail) == "skin"
    moved = region("face", landmarks, detail)
    assert value_at(moved, cheek) == 255, "what moves a face moves all of it"


def test_a_fringe_is_left_out_of_the_brows(landmarks: np.ndarray) -> None:
    brow = landmarks[19]
    crop = FaceCrop.from_landmarks(landmarks, SIDE)
    hair = np.zeros((SIDE, SIDE), np.uint8)
    x, y = (int(v) for v in np.rint(crop.to_crop[:, :2] @ brow + crop.to_crop[:, 2]))
    hair[: y + 3, x - 3 : x + 4] = 255
    detail = FaceDetail(mesh_through(landmarks), crop, hair)
    assert value_at(region("brows", landmarks, None), brow) == 255
    assert value_at(region("brows", landmarks, detail), brow) == 0


def test_hair_ends_as_softly_as_it_does_in_the_photo() -> None:
    assert feather_of("hair", 12.0) == 0
    assert feather_of("skin", 12.0) == 12


def test_a_head_without_hair_has_none_to_colour(landmarks: np.ndarray) -> None:
    bald = seen(landmarks, "skin")
    found = limits(landmarks, bald)
    assert (found["hair_warmth"].low, found["hair_warmth"].high) == (0, 0)
    assert "hair_brightness" in found
    assert "hair_brightness" not in limits(landmarks), "nobody looked"
    hairy = FaceDetail(bald.mesh, bald.crop, np.full((SIDE, SIDE), 255, np.uint8))
    assert "hair_brightness" not in limits(landmarks, hairy)


def test_labels_may_have_fewer_pixels_than_hair(landmarks: np.ndarray) -> None:
    small = seen(landmarks, "glasses", landmarks[[2, 31]].mean(0))
    large = FaceCrop.from_landmarks(landmarks, 512)
    detail = FaceDetail(small.mesh, large, np.zeros((512, 512), np.uint8), small.labels)
    assert region("skin", landmarks, detail) == region("skin", landmarks, small)
    skin = region("skin", landmarks, detail)
    assert "skin" in PresetGrid(landmarks, 800, 800, detail).like(skin, 0.9)


def test_a_click_on_what_hides_a_face_means_no_part_of_it(landmarks: np.ndarray) -> None:
    cheek = landmarks[[2, 31]].mean(0)
    assert FaceClasses(landmarks, None).at(*cheek) == "skin"
    classes = FaceClasses(landmarks, seen(landmarks, "glasses", cheek))
    assert classes.at(*cheek) == "glasses"
    assert classes.at(*(cheek + np.array([0, 30]))) == "skin"


def test_a_mouth_without_teeth_to_show_is_opened_no_further(landmarks: np.ndarray) -> None:
    upper = landmarks[61:64].mean(0) + np.array([0, 3])
    smiling, dark = (seen(landmarks, name, upper) for name in ("teeth", "mouth"))
    assert "mouth_open" not in limits(landmarks, smiling)
    limit = limits(landmarks, dark)["mouth_open"]
    assert (limit.low, limit.high) == (-100, 0)
    assert "No teeth" in limit.why
    asked = (("mouth_open", 60.0),)  # by another's expression
    there, none = (
        expression_goals(asked, {"mouth_open": "Mouth open"}, landmarks, detail=detail)
        for detail in (smiling, dark)
    )
    assert there.goals
    assert (none.goals, none.whys) == ((), (limit.why,))
    unlabelled = FaceDetail(dark.mesh, dark.crop, dark.hair)
    assert "mouth_open" not in limits(landmarks, unlabelled)
    closed = landmarks.copy()
    closed[61:64] = closed[[67, 66, 65]]
    assert "closed" in limits(closed, dark)["mouth_open"].why


def test_a_beard_is_thickened_where_there_is_one(landmarks: np.ndarray) -> None:
    chin = landmarks[8] - np.array([0, 10])
    bearded, shaven = (seen(landmarks, "beard", *places, reach=6) for places in ((chin,), ()))
    assert "beard_density" not in limits(landmarks, bearded)
    limit = limits(landmarks, shaven)["beard_density"]
    assert (limit.low, limit.high) == (0, 0)
    assert "No beard" in limit.why
    unlabelled = FaceDetail(shaven.mesh, shaven.crop, shaven.hair)
    assert "beard_density" not in limits(landmarks, unlabelled)


def test_a_beard_is_the_matte_of_it_without_the_lips(landmarks: np.ndarray) -> None:
    chin = landmarks[8] - np.array([0, 15])
    bare = seen(landmarks, "skin")
    x, y = (int(v) for v in np.rint(bare.crop.to_crop[:, :2] @ chin + bare.crop.to_crop[:, 2]))
    matte = np.zeros((SIDE, SIDE), np.uint8)
    matte[y - 40 : y + 12, x - 15 : x + 16] = 200
    detail = FaceDetail(bare.mesh, bare.crop, bare.hair, bare.labels, matte)
    mask = region("beard", landmarks, detail)
    assert value_at(mask, chin) == 200
    assert value_at(mask, chin + np.array([0, 25])) == 200, "below the jaw, too"
    assert value_at(mask, landmarks[[51, 62]].mean(0)) < 50, "a lip of four pixels"
    assert region_name(mask, landmarks, detail) == "beard"
    shape = region("beard", landmarks, bare)
    assert shape == region("beard", landmarks, None), (
        "where none was seen, it is where one would be"
    )
    assert region_name(shape, landmarks, bare) == "beard"
    with pytest.raises(ValueError, match="beard"):
        FaceDetail(bare.mesh, bare.crop, bare.hair, bare.labels, matte[1:])


def framed(landmarks: np.ndarray, thickness: int) -> FaceDetail:
    """Glasses with round rims."""
    bare = seen(landmarks, "skin")
    assert bare.labels is not None
    labels = bare.labels.copy()
    points = bare.crop.landmarks_in_crop()
    for eye in (points[36:42], points[42:48]):
        x, y = (int(v) for v in np.rint(eye.mean(0)))
        cv2.circle(labels, (x, y), 11, CLASSES.index("glasses"), thickness)
    return FaceDetail(bare.mesh, bare.crop, bare.hair, labels)


def test_frames_stay_where_brows_go_and_so_does_what_labels_miss_of_them(
    landmarks: np.ndarray,
) -> None:
    detail, whole = framed(landmarks, 3), region("face", landmarks, None)
    clear, bare = off_frames(whole, detail), seen(landmarks, "skin")
    eye = landmarks[36:42].mean(0)
    rim = 11 / float(np.hypot(*bare.crop.to_crop[0, :2]))  # of 1.5 labels to both sides
    label = rim / 11
    for beside in (0, 1, 2.2):
        assert value_at(clear, eye - np.array([0, rim + beside * label])) == 0
    assert value_at(clear, eye - np.array([0, rim + 8 * label])) == 255
    assert value_at(clear, eye) == 255, "what is seen through a lens may move"
    assert off_frames(whole, bare) == whole
    unlabelled = FaceDetail(bare.mesh, bare.crop, bare.hair)
    assert off_frames(whole, unlabelled) is whole


def test_glasses_are_their_frames_and_lenses(landmarks: np.ndarray) -> None:
    detail = framed(landmarks, 3)
    mask = region("glasses", landmarks, detail)
    left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
    assert value_at(mask, left) == 255, "a lens"
    assert value_at(mask, right) == 255
    assert value_at(mask, landmarks[30]) == 0, "the nose's tip"
    assert mask.area < region("glasses", landmarks, None).area
    assert region_name(mask, landmarks, detail) == "glasses"


def test_rims_that_are_seen_in_pieces_are_where_glasses_would_be(landmarks: np.ndarray) -> None:
    detail = seen(landmarks, "glasses", landmarks[36], landmarks[45], reach=1)
    assert region("glasses", landmarks, detail) == region("glasses", landmarks, None)


def test_teeth_go_along_as_a_head_turns(landmarks: np.ndarray) -> None:
    detail = seen(landmarks, "teeth", landmarks[61:64].mean(0) + np.array([0, 3]), reach=1)
    before, after = (region("teeth", points, detail) for points in (landmarks, landmarks + 9))
    assert (after.x - before.x, after.y - before.y) == (9, 9)
    assert np.array_equal(after.alpha, before.alpha)
    assert region_name(after, landmarks + 9, detail) == "teeth"
    opened = landmarks.copy()
    opened[[57, 66], 1] += 20
    assert region("teeth", opened, detail).digest == before.digest, "upper teeth stay"


def test_thin_rims_all_around_both_eyes_are_glasses(landmarks: np.ndarray) -> None:
    plain = seen(landmarks, "skin")
    assert plain.labels is not None
    labels = plain.labels.copy()
    points = plain.crop.landmarks_in_crop()
    eyes = points[36:42].mean(0), points[42:48].mean(0)
    across = round(0.36 * float(np.hypot(*(eyes[1] - eyes[0]))))
    number = CLASSES.index("glasses")
    for eye in eyes:
        x, y = np.rint(eye).astype(int).tolist()
        for start in range(0, 360, 60):  # seen in pieces
            cv2.ellipse(labels, (x, y), (across, across - 3), 0, start, start + 40, number)
    detail = FaceDetail(plain.mesh, plain.crop, plain.hair, labels)
    mask = region("glasses", landmarks, detail)
    assert mask != region("glasses", landmarks, None), "a capsule around both"
    down = np.array([0, 18])
    lens = landmarks[36:42].mean(0) + down
    assert value_at(mask, lens) == 255
    assert value_at(mask, lens + 2 * down) == 0
    assert value_at(mask, (landmarks[30] + landmarks[27]) / 2) == 0, "between the lenses"
    assert region_name(mask, landmarks, detail) == "glasses"
    one = np.where(np.arange(SIDE) < points[27, 0], labels, CLASSES.index("skin")).astype(np.uint8)
    alone = FaceDetail(plain.mesh, plain.crop, plain.hair, one)
    assert region("glasses", landmarks, alone) == region("glasses", landmarks, None)
