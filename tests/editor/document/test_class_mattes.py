"""Classes of a face at the photograph's own edges, and strokes that are kept within them."""

from __future__ import annotations

import numpy as np
import pytest

from editor.document.class_mattes import ClassMatte, KeptStroke
from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_mesh import mesh_through
from editor.document.face_parts import CLASSES, FaceClasses
from editor.document.landmarks import Symmetry
from editor.document.paint import PaintLayer
from editor.document.photo import Photo, Pyramid, make_pyramid
from editor.document.picture_limits import FollowingStroke
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from resources.face_classes import CLASSES as SEEN
from tests.fake_engine import landmarks_at

SIDE, MAP = 800, 512
LANDMARKS = landmarks_at(400, 400, 300)
SKIN, CLOTH = (190, 140, 120), (40, 60, 120)


def photo(edge: int = 600) -> Pyramid:
    """Skin, and cloth from a row on."""
    pixels = np.full((SIDE, SIDE, 3), SKIN, np.uint8)
    pixels[edge:] = CLOTH
    noise = np.random.default_rng(5).integers(-3, 4, pixels.shape)
    return make_pyramid(Photo((pixels.astype(int) + noise).clip(0, 255).astype(np.uint8)))


def detail(name: str, rows: slice, columns: slice = slice(None)) -> FaceDetail:
    """Skin all over, but for a class in a rectangle of the photo."""
    crop = FaceCrop.from_landmarks(LANDMARKS, MAP)
    labels = np.full((MAP, MAP), SEEN.index("skin"), np.uint8)
    grid = np.stack(np.meshgrid(np.arange(MAP), np.arange(MAP)), -1)
    at = np.rint(grid @ crop.to_photo[:, :2].T + crop.to_photo[:, 2]).astype(int)
    inside = np.zeros((SIDE, SIDE), bool)
    inside[rows, columns] = True
    there = ((at >= 0) & (at < SIDE)).all(-1)
    place = at.clip(0, SIDE - 1)
    labels[there & inside[place[..., 1], place[..., 0]]] = SEEN.index(name)
    hair = np.zeros((MAP, MAP), np.uint8)
    return FaceDetail(mesh_through(LANDMARKS), crop, hair, labels)


def matte(name: str, seen: FaceDetail | None, picture: Pyramid) -> ClassMatte:
    return ClassMatte(FaceClasses(LANDMARKS, seen), name, picture)


@pytest.mark.parametrize("name", ["neck", "ears", "beard", "clothes", "hat", "glasses"])
def test_every_class_that_was_seen_is_told_at_a_point(name: str) -> None:
    below = LANDMARKS[8] + np.array([0, 40])  # beneath the chin
    y = round(below[1])
    classes = FaceClasses(LANDMARKS, detail(name, slice(y - 30, y + 30), slice(300, 500)))
    assert classes.at(*below.tolist()) == name
    assert classes.at(*(below - [0, 40 + 20]).tolist()) == "skin", "the chin"


def test_a_bald_head_is_skin_and_nobody_knows_it_without_a_look() -> None:
    above = 400.0, 160.0
    assert FaceClasses(LANDMARKS, None).at(*above) == "background"
    assert FaceClasses(LANDMARKS, detail("neck", slice(750, 760))).at(*above) == "skin"


@pytest.mark.parametrize("wrong_by", [-4, 0, 4])
def test_a_class_ends_at_the_photographs_own_edge(wrong_by: int) -> None:
    """What the parser saw is wrong by some pixels: 0.03 eye distances."""
    edge = 600
    seen = detail("clothes", slice(edge + wrong_by, None))
    alpha = matte("clothes", seen, photo(edge)).region().full()[:635, 350:450].astype(int)
    assert alpha[: edge - 2].max() < 40
    assert alpha[edge + 2 :].min() > 235


def test_what_lies_deep_inside_stays_however_it_looks() -> None:
    picture = photo(560)
    spotted = picture.levels[0].copy()
    spotted[598:604, 390:410] = SKIN  # a button like skin
    alpha = matte("clothes", detail("clothes", slice(560, None)), make_pyramid(Photo(spotted)))
    assert alpha.region().full()[598:604, 390:410].min() > 230


def test_a_class_of_a_beard_is_the_matte_that_was_made_of_it() -> None:
    seen = detail("beard", slice(510, 560))
    beard = np.zeros((MAP, MAP), np.uint8)
    beard[390:430, 200:300] = 100
    seen = FaceDetail(seen.mesh, seen.crop, seen.hair, seen.labels, beard)
    assert matte("beard", seen, photo()).region().full().max() == 100


def test_pieces_of_a_matte_are_parts_of_the_whole() -> None:
    one = matte("lips", None, photo())
    whole = one.region().full()
    x, y = (round(v) for v in LANDMARKS[48:60].mean(0))
    box = x - 31, y - 17, 60, 40
    part = one.alpha(box)
    cut = whole[box[1] : box[1] + box[3], box[0] : box[0] + box[2]]
    assert np.abs(part.astype(int) - cut).max() <= 1
    shown = one.shown()
    assert (shown.box, shown.beyond) == (one.shown().box, 0)
    assert matte("background", None, photo()).shown().beyond == 255


def test_background_goes_on_beyond_what_was_looked_at() -> None:
    wide = make_pyramid(Photo(np.full((900, 3000, 3), 120, np.uint8)))
    alpha = matte("background", None, wide).region().full()
    assert alpha[450, 2990] == 255
    assert alpha[round(LANDMARKS[30, 1]), round(LANDMARKS[30, 0])] == 0


def kept(start: tuple[float, float], *, follows: bool = False, erase: bool = False) -> KeptStroke:
    stroke = BrushStroke(np.array([start]), 90, 0.9, erase, follows=follows, within=True)
    picture = photo()
    classes = FaceClasses(LANDMARKS, None)
    meant = FollowingStroke(stroke, picture, classes.labels) if follows else stroke
    return KeptStroke(meant, lambda: ClassMatte(classes, classes.at(*stroke.start), picture))


@pytest.mark.parametrize("follows", [False, True])
def test_no_stroke_on_lips_bleeds_onto_skin(follows: bool) -> None:
    x, y = (float(v) for v in LANDMARKS[[51, 62]].mean(0))
    plain = RegionMask.empty(SIDE, SIDE).stamped(BrushStroke(np.array([[x, y]]), 90, 0.9))
    mask = RegionMask.empty(SIDE, SIDE).stamped(kept((x, y), follows=follows))
    lips = FaceClasses(LANDMARKS, None).labels((0, 0, SIDE, SIDE), 1.0) == CLASSES.index("lips")
    unsure = 8  # pixels, 0.06 eye distances
    near = np.asarray(RegionMask.from_full(lips.astype(np.uint8) * 255).full())
    rows, columns = np.nonzero(near)
    full = mask.full()
    assert full[round(y), round(x)] > (70 if follows else 180)  # five pixels of lip
    assert full[: rows.min() - unsure].max() == 0
    assert full[rows.max() + unsure :].max() == 0
    assert full[:, : columns.min() - unsure].max() == 0
    assert mask.area < 0.45 * plain.area


def test_paint_and_eraser_are_kept_within_as_well() -> None:
    x, y = (float(v) for v in LANDMARKS[[51, 62]].mean(0))
    below = round(LANDMARKS[8, 1]) - 25  # the chin
    paint = PaintLayer.empty(SIDE, SIDE).stamped(kept((x, y)), (200, 0, 0))
    alpha = paint.area.full()
    assert alpha[round(y), round(x)] > 180
    assert alpha[below, round(x)] == 0
    everything = RegionMask.from_full(np.full((SIDE, SIDE), 255, np.uint8))
    left = everything.stamped(kept((x, y), erase=True)).full()
    assert left[round(y), round(x)] < 75
    assert left[below, round(x)] == 255


def test_the_mirror_image_of_a_stroke_is_kept_within_the_same_class() -> None:
    classes = FaceClasses(LANDMARKS, None)
    brows = classes.labels((0, 0, SIDE, SIDE), 1.0) == CLASSES.index("brows")
    y, x = np.argwhere(brows & (np.arange(SIDE) < 400)).mean(0).tolist()
    assert classes.at(x, y) == "brows"
    brow = kept((x, y))
    other = brow.mirrored(Symmetry(LANDMARKS))
    mask = RegionMask.empty(SIDE, SIDE).stamped(other)
    alpha = mask.full()
    assert alpha[brows & (np.arange(SIDE) > 400)].mean() > 150
    assert alpha[round(y) + 60, 400:].max() == 0, "the cheek"
    assert alpha[:, :380].max() == 0


def test_a_stroke_that_stops_at_edges_stops_at_what_was_seen_as_well() -> None:
    even = make_pyramid(Photo(np.full((SIDE, SIDE, 3), 128, np.uint8)))
    classes = FaceClasses(LANDMARKS, detail("clothes", slice(590, None)))
    drawn = BrushStroke(np.array([[380, 560], [420, 560]]), 60, 0.9, follows=True)
    plain = RegionMask.empty(SIDE, SIDE).stamped(FollowingStroke(drawn, even)).full()
    alpha = RegionMask.empty(SIDE, SIDE).stamped(FollowingStroke(drawn, even, classes.labels))
    assert plain[605, 400] > 240
    assert alpha.full()[605, 400] < 30
    assert alpha.full()[570, 400] > 240
