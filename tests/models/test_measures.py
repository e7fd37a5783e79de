"""Measures move the way their names say, on drawn faces."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from models.measures import MEASURES, SIDED, Face, measure


def face_points() -> np.ndarray:
    """A plausible frontal face in a 256 px crop, iBUG order."""
    p = np.zeros((68, 2))
    turn = np.linspace(np.pi, 0, 17)
    p[:17] = np.stack([128 + 75 * np.cos(turn), 125 + 100 * np.sin(turn)], 1)
    for start, cx in ((17, 92), (22, 164)):
        p[start : start + 5] = [(cx + dx, 98 - 4 * (1 - abs(dx) / 24)) for dx in range(-24, 25, 12)]
    p[27:31] = [(128, y) for y in (118, 130, 142, 154)]
    p[31:36] = [(128 + dx, 162) for dx in (-16, -8, 0, 8, 16)]
    for start, cx in ((36, 97), (42, 159)):
        p[start : start + 6] = [
            (cx - 14, 120), (cx - 5, 116), (cx + 5, 116), (cx + 14, 120), (cx + 5, 124),
            (cx - 5, 124),
        ]  # fmt: skip
    outer = np.linspace(np.pi, -np.pi, 13)[:-1]
    p[48:60] = np.stack([128 + 30 * np.cos(outer), 190 - 10 * np.sin(outer)], 1)
    inner = np.linspace(np.pi, -np.pi, 9)[:-1]
    p[60:68] = np.stack([128 + 22 * np.cos(inner), 190 - 2 * np.sin(inner)], 1)
    return p


def drawn_face() -> np.ndarray:
    picture = np.full((256, 256, 3), (60, 90, 140), np.uint8)
    cv2.ellipse(picture, (128, 90), (95, 95), 0, 0, 360, (60, 40, 30), -1)
    cv2.ellipse(picture, (128, 135), (75, 95), 0, 0, 360, (200, 160, 140), -1)
    cv2.fillPoly(picture, [face_points()[48:60].astype(np.int32)], (170, 90, 90))
    return picture


def change(name: str, picture: np.ndarray | None = None, points: np.ndarray | None = None) -> float:
    before = measure(drawn_face(), face_points())[name]
    after = measure(
        drawn_face() if picture is None else picture, face_points() if points is None else points
    )[name]
    return after - before


@pytest.mark.parametrize("name", sorted(SIDED))
def test_a_side_measures_as_the_whole_of_a_symmetrical_face(name: str) -> None:
    whole = measure(drawn_face(), face_points(), [name])[name]
    left, right = (measure(drawn_face(), face_points(), [name], s)[name] for s in ("left", "right"))
    assert (left + right) / 2 == pytest.approx(whole, rel=0.02, abs=0.01)


@pytest.mark.parametrize(
    ("name", "moved", "by"),
    [
        ("smile", (48, 60), (-6.0, -6.0)),
        ("mouth_width", (48, 60), (-6.0, 0.0)),
        ("eyes_open", (37, 38), (0.0, -4.0)),
        ("brow_height", range(17, 22), (0.0, -6.0)),
        ("brow_tilt", (20, 21), (0.0, -6.0)),
        ("brow_frown", (21,), (5.0, 3.0)),
        ("brow_arch", (19,), (0.0, -6.0)),
        ("eye_size", (36,), (-4.0, 0.0)),
        ("eye_slant", (36,), (0.0, -4.0)),
    ],
)
def test_what_one_side_does_counts_in_full_there(
    name: str, moved: range | tuple[int, ...], by: tuple[float, float]
) -> None:
    points = face_points()
    points[list(moved)] += by
    whole, left, right = (
        measure(drawn_face(), points, [name], side)[name]
        - measure(drawn_face(), face_points(), [name], side)[name]
        for side in (None, "left", "right")
    )
    assert left > 0
    assert left == pytest.approx(2 * whole, rel=0.35), "the eyes' distance and middle move a little"
    assert abs(right) < 0.35 * left


def test_colours_of_one_side_are_of_that_side() -> None:
    picture = drawn_face()
    picture[:, :128] = np.clip(picture[:, :128].astype(int) + 40, 0, 255).astype(np.uint8)
    for name in ("skin_brightness", "eye_brightness"):
        left, right = (measure(picture, face_points(), [name], s)[name] for s in ("left", "right"))
        assert left > right + 8
    picture = drawn_face()
    cv2.circle(picture, (99, 120), 3, (0, 0, 0), -1)  # one eye's dark lies to the right
    cv2.circle(picture, (152, 120), 3, (0, 0, 0), -1)
    left, right = (measure(picture, face_points(), ["gaze"], s)["gaze"] for s in ("left", "right"))
    assert left > 0.5 > right


def test_geometry_follows_the_landmarks() -> None:
    p = face_points()
    p[[48, 54], 1] -= 8
    p[48, 0] -= 6
    assert change("smile", points=p) > 0.1
    p = face_points()
    p[65:68, 1] += 10
    assert change("mouth_open", points=p) > 0.1
    p = face_points()
    p[[37, 38, 43, 44], 1] -= 3
    assert change("eyes_open", points=p) > 0.02
    p = face_points()
    p[17:27, 1] -= 6
    assert change("brow_height", points=p) > 0.05
    p = face_points()
    p[27:36, 0] += 12
    assert change("head_turn", points=p) > 0.2


def test_colour_follows_the_zones() -> None:
    lips = Face(drawn_face(), face_points()).lips() > 0
    redder = drawn_face()
    redder[lips] = (200, 60, 70)
    assert change("lip_redness", redder) > 5
    brighter = np.clip(drawn_face().astype(int) + 25, 0, 255).astype(np.uint8)
    assert change("skin_brightness", brighter) > 4
    assert change("hair_brightness", brighter) > 4


@pytest.mark.parametrize(
    ("name", "indices", "shift"),
    [
        ("mouth_width", [54], (8, 0)),
        ("lip_fullness", [57], (0, 5)),
        ("eye_size", [45, 39], (5, 0)),
        ("brow_frown", [21], (6, 0)),
        ("nose_width", [35], (6, 0)),
        ("nose_length", [33], (0, 6)),
        ("jaw_width", [11, 12], (8, 0)),
        ("face_roundness", [14], (8, 0)),
        ("chin_length", [8], (0, 8)),
        ("head_nod", [30], (0, 6)),
        ("brow_tilt", [17, 26], (0, 5)),
        ("brow_arch", [19, 24], (0, -5)),
        ("eye_slant", [36, 45], (0, -3)),
    ],
)
def test_shapes_follow_their_landmarks(
    name: str, indices: list[int], shift: tuple[int, int]
) -> None:
    p = face_points()
    p[indices] += shift
    assert change(name, points=p) > 0.02


@pytest.mark.parametrize(
    ("name", "zone", "colour"),
    [
        ("lip_darkness", "lips", (90, 40, 40)),
        ("skin_warmth", "skin", (200, 160, 90)),
        ("skin_redness", "skin", (220, 130, 130)),
        ("hair_warmth", "hair", (90, 45, 10)),
        ("eye_brightness", "eyes", (250, 250, 250)),
        ("brow_darkness", "brows", (40, 30, 30)),
        ("beard_density", "chin", (90, 70, 60)),
        ("under_eye_darkness", "bags", (120, 90, 100)),
        ("light_from_left", "left", (240, 200, 180)),
    ],
)
def test_colours_follow_what_is_painted(name: str, zone: str, colour: tuple[int, int, int]) -> None:
    p, picture = face_points(), drawn_face()
    if zone in ("lips", "skin", "hair"):
        picture[getattr(Face(picture, p), zone)() > 0] = colour
    else:
        left, top, right, bottom = {
            "eyes": (80, 114, 176, 126), "brows": (66, 90, 190, 102), "chin": (88, 205, 168, 236),
            "bags": (80, 127, 176, 138), "left": (40, 90, 127, 220),
        }[zone]  # fmt: skip
        picture[top:bottom, left:right] = colour
    assert change(name, picture) > 2


def test_skin_texture_and_shine() -> None:
    rng, picture = np.random.default_rng(0), drawn_face()
    rough = np.clip(picture + rng.normal(0, 12, (256, 256, 1)), 0, 255).astype(np.uint8)
    assert change("skin_smoothness", rough) < -1
    cv2.circle(picture, (85, 150), 9, (250, 240, 235), -1)
    assert change("skin_shine", picture) > 2


COLOUR = re.compile("skin|hair_|lip_(red|dark)|under|beard|eye_bright|brow_dark|light")


@pytest.mark.parametrize("name", list(MEASURES))
def test_measures_do_not_depend_on_the_size_of_the_crop(name: str) -> None:
    large = np.asarray(
        cv2.resize(drawn_face(), (512, 512), interpolation=cv2.INTER_NEAREST), np.uint8
    )
    small, twice = (
        measure(i, p)[name] for i, p in ((drawn_face(), face_points()), (large, face_points() * 2))
    )
    floor = 0.6 if COLOUR.search(name) else 0.03  # CIELAB units, eye distances
    assert twice == pytest.approx(small, abs=max(floor, 0.06 * abs(small)), nan_ok=True)


def test_gaze_follows_the_iris() -> None:
    p = face_points()
    places: list[float] = []
    for shift in (-5, 5):
        picture = drawn_face()
        for x in (97, 159):
            cv2.ellipse(picture, (x, 120), (13, 5), 0, 0, 360, (235, 235, 235), -1)
            cv2.circle(picture, (x + shift, 120), 4, (30, 20, 20), -1)
        places.append(measure(picture, p)["gaze"])
    assert places[0] < 0.4
    assert places[1] > 0.6


def test_what_is_not_seen_is_nan() -> None:
    assert np.isnan(measure(drawn_face(), face_points())["teeth_whiteness"])  # a closed mouth
    p = face_points()
    p[65:68, 1] += 14
    picture = drawn_face()
    cv2.fillPoly(picture, [p[60:68].astype(np.int32)], (200, 190, 150))
    yellow = measure(picture, p)["teeth_whiteness"]
    cv2.fillPoly(picture, [p[60:68].astype(np.int32)], (235, 235, 235))
    assert measure(picture, p)["teeth_whiteness"] > yellow + 10


def test_smoothness_hair_and_background() -> None:
    grain = np.random.default_rng(0).normal(0, 12, (256, 256, 1))
    rough = np.clip(drawn_face() + grain, 0, 255).astype(np.uint8)
    assert change("skin_smoothness", rough) < -2
    hairy = drawn_face()
    cv2.ellipse(hairy, (128, 110), (120, 130), 0, 0, 360, (60, 40, 30), 25)
    assert change("hair_volume", hairy) > 0.05
    bright = drawn_face()
    bright[:30] = 240
    assert change("background_brightness", bright) > 5
    glossy = drawn_face()
    cv2.line(glossy, (108, 186), (148, 186), (250, 240, 240), 2)
    assert change("lip_gloss", glossy) > 3
    flushed = drawn_face()
    for x in (78, 178):
        cv2.circle(flushed, (x, 160), 14, (225, 120, 120), -1)
    assert change("blush", flushed) > 1


def test_zones_lie_where_they_should() -> None:
    face = Face(drawn_face(), face_points())
    for zone, inside, outside in (
        (face.lips(), (183, 128), (120, 97)),
        (face.skin(), (150, 80), (120, 97)),
        (face.hair(), (30, 128), (150, 128)),
    ):
        assert zone[inside]
        assert not zone[outside]
