"""What was seen of a face goes along where its head turns, and what is behind the head stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.face_parts import FaceClasses
from editor.document.gone_along import gone_along
from editor.document.presets import region_name
from resources.face_classes import CLASSES
from tests.editor.document.test_region import face_at, value_at
from tests.editor.document.test_seen_parts import region, seen

if TYPE_CHECKING:
    from editor.document.face import FaceDetail
    from editor.document.region import RegionMask

FAR = np.array([9.0, 0])


@pytest.fixture
def landmarks() -> np.ndarray:
    return face_at(400, 400)


def in_crop(detail: FaceDetail, place: np.ndarray) -> tuple[int, int]:
    x, y = np.rint(detail.crop.to_crop[:, :2] @ place + detail.crop.to_crop[:, 2]).astype(int)
    return int(x), int(y)


def middle(mask: RegionMask) -> np.ndarray:
    return np.array(
        [np.average(axis, weights=mask.full()) for axis in np.indices((800, 800))][::-1]
    )


def test_a_beard_goes_along_as_a_head_turns(landmarks: np.ndarray) -> None:
    chin = (landmarks[8] + landmarks[57]) / 2
    detail = seen(landmarks, "beard", chin, reach=4)
    x, y = in_crop(detail, chin)
    beard = np.zeros_like(detail.hair)
    beard[y - 4 : y + 5, x - 4 : x + 5] = 255
    detail = replace(detail, beard=beard)
    before, after = (region("beard", at, detail) for at in (landmarks, landmarks + FAR))
    np.testing.assert_allclose(middle(after) - middle(before), FAR, atol=0.2)
    assert abs(after.area - before.area) < 0.02 * before.area
    assert region_name(after, landmarks + FAR, detail) == "beard"
    skin = region("skin", landmarks + FAR, detail)
    edge = np.array([4.5 * detail.crop.scale, 0])
    assert value_at(skin, chin + FAR + edge - [3, 0]) < 60, "it is no skin where it is then"
    assert value_at(skin, chin - edge + [3, 0]) > 200, "and skin where it was"
    assert FaceClasses(landmarks + FAR, detail).at(*(chin + FAR + edge - [3, 0])) == "beard"


def test_frames_are_left_out_of_skin_where_they_are_then(landmarks: np.ndarray) -> None:
    cheek = landmarks[[2, 31]].mean(0)
    detail = seen(landmarks, "glasses", cheek, reach=1)
    skin = region("skin", landmarks + 3 * FAR, detail)
    assert value_at(skin, cheek + 3 * FAR) < 5
    assert value_at(skin, cheek) == 255


def test_what_is_behind_a_head_and_its_outline_stay(landmarks: np.ndarray) -> None:
    crop_side = seen(landmarks, "skin")
    assert crop_side.labels is not None
    labels = crop_side.labels.copy()
    labels[:, : in_crop(crop_side, landmarks[0])[0]] = CLASSES.index("background")
    hair = np.zeros_like(labels)
    hair[:20, 10:40] = 255
    detail = replace(crop_side, labels=labels, hair=hair)
    there = gone_along(detail, landmarks + FAR)
    assert there.labels is not None
    # labels are placed by the landmarks, which have gone
    way = FAR @ detail.crop.to_crop[:, :2].T
    moved = np.roll(there.labels, round(float(way[0])), 1)
    same = (moved == labels)[:, 8:-8]
    assert same.mean() > 0.985
    edge = (np.abs(there.hair.astype(int) - hair) > 64).mean()
    assert edge < 0.002, "hair outside of the face"


def test_nothing_goes_where_no_head_turns(landmarks: np.ndarray) -> None:
    detail = seen(landmarks, "beard", landmarks[8])
    smiling = landmarks.copy()
    smiling[[48, 54]] += [[-9, -5], [9, -5]]
    wide = landmarks.copy()
    wide[[37, 38, 43, 44], 1] -= 4
    for at in (landmarks, smiling, wide):
        assert gone_along(detail, at) is detail


def test_what_was_found_is_kept(landmarks: np.ndarray) -> None:
    detail = seen(landmarks, "beard", landmarks[8])
    first = gone_along(detail, landmarks + FAR)
    gone_along(detail, landmarks - FAR)
    assert gone_along(detail, landmarks + FAR) is first
