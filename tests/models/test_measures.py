"""Measures move the way their names say, on drawn faces."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from models.measures import MEASURES, Face, measure


def _points() -> np.ndarray:
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


def _picture() -> np.ndarray:
    picture = np.full((256, 256, 3), (60, 90, 140), np.uint8)
    cv2.ellipse(picture, (128, 90), (95, 95), 0, 0, 360, (60, 40, 30), -1)
    cv2.ellipse(picture, (128, 135), (75, 95), 0, 0, 360, (200, 160, 140), -1)
    cv2.fillPoly(picture, [_points()[48:60].astype(np.int32)], (170, 90, 90))
    return picture


def change(name: str, picture: np.ndarray | None = None, points: np.ndarray | None = None) -> float:
    before = measure(_picture(), _points())[name]
    after = measure(
        _picture() if picture is None else picture, _points() if points is None else points
    )[name]
    return after - before


def test_geometry_follows_the_landmarks() -> None:
    p = _points()
    p[[48, 54], 1] -= 8
    p[48, 0] -= 6
    assert change("smile", points=p) > 0.1
    p = _points()
    p[65:68, 1] += 10
    assert change("mouth_open", points=p) > 0.1
    p = _points()
    p[[37, 38, 43, 44], 1] -= 3
    assert change("eyes_open", points=p) > 0.02
    p = _points()
    p[17:27, 1] -= 6
    assert change("brow_height", points=p) > 0.05
    p = _points()
    p[27:36, 0] += 12
    assert change("head_turn", points=p) > 0.2


def test_colour_follows_the_zones() -> None:
    lips = Face(_picture(), _points()).lips() > 0
    redder = _picture()
    redder[lips] = (200, 60, 70)
    assert change("lip_redness", redder) > 5
    brighter = np.clip(_picture().astype(int) + 25, 0, 255).astype(np.uint8)
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
    ],
)
def test_shapes_follow_their_landmarks(
    name: str, indices: list[int], shift: tuple[int, int]
) -> None:
    p = _points()
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
    p, picture = _points(), _picture()
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
    rng, picture = np.random.default_rng(0), _picture()
    rough = np.clip(picture + rng.normal(0, 12, (256, 256, 1)), 0, 255).astype(np.uint8)
    assert change("skin_smoothness", rough) < -1
    cv2.circle(picture, (85, 150), 9, (250, 240, 235), -1)
    assert change("skin_shine", picture) > 2


COLOUR = re.compile("skin|hair_|lip_(red|dark)|under|beard|eye_bright|brow_dark|light")


@pytest.mark.parametrize("name", list(MEASURES))
def test_measures_do_not_depend_on_the_size_of_the_crop(name: str) -> None:
    large = np.asarray(
        cv2.resize(_picture(), (512, 512), interpolation=cv2.INTER_NEAREST), np.uint8
    )
    small, twice = (
        measure(i, p)[name] for i, p in ((_picture(), _points()), (large, _points() * 2))
    )
    floor = 0.6 if COLOUR.search(name) else 0.03  # CIELAB units, eye distances
    assert twice == pytest.approx(small, abs=max(floor, 0.06 * abs(small)))


def test_zones_lie_where_they_should() -> None:
    face = Face(_picture(), _points())
    for zone, inside, outside in (
        (face.lips(), (183, 128), (120, 97)),
        (face.skin(), (150, 80), (120, 97)),
        (face.hair(), (30, 128), (150, 128)),
    ):
        assert zone[inside]
        assert not zone[outside]
