"""Hair is a matte of what the parser says, on this head alone, at the picture's own edges."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

import resources
from models.faces.analyser import FaceAnalyser
from models.faces.face_classes import OVAL
from models.faces.hair import beard_matte, faded, hair_matte, without_scraps
from models.faces.matting import matted
from models.faces.parser import FaceParser, ParsedFace
from resources.face_classes import CLASSES

SIDE = 512


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    bgr = cv2.imread(str(resources.path("sample-portrait.jpg")))
    assert bgr is not None
    small = cv2.resize(bgr[..., ::-1], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small)


@pytest.fixture(scope="module")
def mesh(sample: np.ndarray) -> np.ndarray:
    return FaceAnalyser().aligned_mesh(sample)


@pytest.fixture(scope="module")
def parsed(sample: np.ndarray, mesh: np.ndarray) -> ParsedFace:
    return FaceParser(torch.device("cpu")).of(sample, mesh)


def face_of(mesh: np.ndarray) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.round(mesh[list(OVAL), :2]).astype(np.int32)], 1)
    return mask > 0


def with_hair(share: np.ndarray, name: str = "hair") -> ParsedFace:
    shares = np.zeros((len(CLASSES), *share.shape), np.float32)
    shares[0], shares[CLASSES.index(name)] = 1 - share, share
    return ParsedFace(shares)


def test_the_parser_that_ships_knows_the_samples_face(parsed: ParsedFace, mesh: np.ndarray) -> None:
    np.testing.assert_allclose(parsed.shares.sum(0), 1, atol=1e-3)
    lower = face_of(mesh) & (np.arange(SIDE)[:, None] > mesh[[33, 263], 1].mean())
    assert set(np.unique(parsed.labels[lower])) >= {
        CLASSES.index(name) for name in ("skin", "nose", "upper lip", "lower lip")
    }
    within = {"nose": [4], "upper lip": [0, 13], "lower lip": [14, 17], "iris": [468]}
    for name, points in within.items():
        x, y = (round(float(v)) for v in mesh[points, :2].mean(0))
        assert CLASSES[parsed.labels[y, x]] == name


def test_hair_lies_above_the_face_and_not_on_the_cheeks(
    parsed: ParsedFace, sample: np.ndarray, mesh: np.ndarray
) -> None:
    found = hair_matte(parsed, mesh, sample, sample)
    lower = np.arange(SIDE)[:, None] > mesh[[33, 263], 1].mean()
    assert found.mean() > 0.03
    assert found[face_of(mesh) & lower].mean() < 0.02
    above = found[round(mesh[10, 1]) - 60 : round(mesh[10, 1]) - 20, round(mesh[10, 0])]
    assert above.mean() > 0.6


def test_what_is_hardly_sure_to_be_hair_is_none(sample: np.ndarray, mesh: np.ndarray) -> None:
    share = np.zeros((SIDE, SIDE), np.float32)
    share[: round(mesh[10, 1])] = 0.8  # a shaven skull
    assert not hair_matte(with_hair(share), mesh, sample, sample).any()
    share[: round(mesh[10, 1])] = 1
    assert hair_matte(with_hair(share), mesh, sample, sample).any()


def test_another_heads_hair_is_left_alone(sample: np.ndarray, mesh: np.ndarray) -> None:
    share = np.zeros((SIDE, SIDE), np.float32)
    share[: round(mesh[10, 1]), 100:412] = 1
    share[-60:, -30:] = 1
    found = hair_matte(with_hair(share), mesh, sample, sample)
    assert found[45:60, 200:300].min() > 0.9
    assert not found[-60:, -30:].any()


def test_hair_that_goes_on_past_the_square_has_no_step_there(
    sample: np.ndarray, mesh: np.ndarray
) -> None:
    share = np.zeros((SIDE, SIDE), np.float32)
    share[: round(mesh[10, 1]), 100:412] = 1
    middle = faded(hair_matte(with_hair(share), mesh, sample, sample))[:60, 256]
    assert middle[0] < 0.01
    assert np.diff(middle[:45]).min() > -0.01
    assert np.abs(np.diff(middle)).max() < 0.06
    assert middle[45] > 0.95


def test_a_fringe_over_a_brow_is_hair_down_to_its_tips(
    sample: np.ndarray, mesh: np.ndarray
) -> None:
    """Where brows are the mesh says, hidden or not: a fringe kept dark tips."""
    top, low = mesh[[105, 52], 1]
    inside = np.round(mesh[[46, 53, 52, 65, 55, 107, 66, 105, 63, 70], :2]).astype(np.int32)
    brow = cv2.fillPoly(np.zeros((SIDE, SIDE), np.float32), [inside], 1.0)
    x, y = (round(float(v)) for v in mesh[[52, 105], :2].mean(0))
    for down_to, tips in ((top - 25, False), (low, True)):
        hair = np.broadcast_to((np.arange(SIDE) < down_to)[:, None], (SIDE, SIDE)) * (1 - brow)
        shares = with_hair(hair.astype(np.float32)).shares.copy()
        shares[CLASSES.index("right brow")], shares[0] = brow, 1 - brow - hair
        found = hair_matte(
            ParsedFace(shares), mesh, np.full_like(sample, 90), np.full_like(sample, 90)
        )
        assert (found[y, x] > 0.5) == tips


def test_a_moustache_alone_is_a_beard_as_well(sample: np.ndarray, mesh: np.ndarray) -> None:
    share = np.zeros((SIDE, SIDE), np.float32)
    corners = np.round(mesh[[98, 2, 327, 270, 267, 0, 37, 40], :2]).astype(np.int32)
    cv2.fillPoly(share, [corners], 1.0)
    unit = np.hypot(*(mesh[[33, 133], :2].mean(0) - mesh[[362, 263], :2].mean(0)))
    assert share.sum() < 0.25 * unit**2, "as much on the chin is stubble"
    matte = beard_matte(with_hair(share, "beard"), mesh, sample, sample)
    assert matte is not None
    x, y = (round(float(v)) for v in mesh[[2, 0], :2].mean(0))
    assert matte[y, x] > 0.5
    down = round(float(mesh[152, 1]) - y) - 20
    assert beard_matte(with_hair(np.roll(share, down, 0), "beard"), mesh, sample, sample) is None


def test_a_beard_is_a_matte_and_a_patch_of_stubble_is_none(
    parsed: ParsedFace, sample: np.ndarray, mesh: np.ndarray
) -> None:
    assert beard_matte(parsed, mesh, sample, sample) is None
    x, y = (round(float(v)) for v in mesh[152, :2])  # the chin
    share = np.zeros((SIDE, SIDE), np.float32)
    share[y - 10 : y + 10, x - 20 : x + 20] = 1
    assert beard_matte(with_hair(share, "beard"), mesh, sample, sample) is None
    share[y - 40 : y + 40, x - 60 : x + 60] = 1
    large = np.repeat(np.repeat(sample, 2, 0), 2, 1)
    found = beard_matte(with_hair(share, "beard"), mesh, sample, large)
    assert found is not None
    assert found.shape == (1024, 1024)
    assert found[2 * y, 2 * x] > 0.95
    assert found[: round(2 * mesh[4, 1])].max() < 0.05, "above the tip of the nose"


def test_a_matte_ends_at_the_large_pictures_edge() -> None:
    fine = np.full((1024, 1024, 3), 200, np.uint8)
    fine[:, :500] = 30  # the edge lies 12 pixels off where the network's is
    seen = cv2.resize(fine, (256, 256), interpolation=cv2.INTER_AREA)
    share = np.zeros((256, 256), np.float32)
    share[:, :128] = 1
    soft = cv2.GaussianBlur(share, (0, 0), 3)
    found = matted(np.asarray(soft, np.float32), np.asarray(seen, np.uint8), fine)
    assert found[:, :496].min() > 0.95
    assert found[:, 504:].max() < 0.1


def test_stubble_in_colours_of_skin_is_a_beard_where_it_is_sure(
    sample: np.ndarray, mesh: np.ndarray
) -> None:
    """No edge shows between the two: a moustache became a patch, a chin a sliver."""
    share = np.zeros((SIDE, SIDE), np.float32)
    corners = np.round(mesh[[98, 2, 327, 270, 267, 0, 37, 40], :2]).astype(np.int32)
    cv2.fillPoly(share, [corners], 1.0)
    plain = np.full_like(sample, 140)
    matte = beard_matte(with_hair(share, "beard"), mesh, plain, plain)
    assert matte is not None
    assert (matte > 0.5).sum() > 0.9 * share.sum()
    assert matte[share == 0].sum() < 0.3 * share.sum()


def test_scraps_are_no_beard(sample: np.ndarray, mesh: np.ndarray) -> None:
    x, y = (round(float(v)) for v in mesh[152, :2])
    share = np.zeros((SIDE, SIDE), np.float32)
    share[y - 10 : y + 10, x - 20 : x + 20] = 0.8
    alone = without_scraps(with_hair(share, "beard"), mesh)
    assert not (alone.labels == CLASSES.index("beard")).any(), "on a face without a beard"
    share[y - 40 : y + 40, x - 60 : x + 60] = 1
    share[y - 120 : y - 112, x - 20 : x - 8] = 0.9
    parsed = with_hair(share, "beard")
    found = without_scraps(parsed, mesh)
    assert found.labels[y, x] == CLASSES.index("beard")
    assert found.labels[y - 116, x - 14] == 0, "what it is besides"
    np.testing.assert_allclose(found.shares.sum(0), 1, atol=1e-4)
    without = with_hair(np.where(np.arange(SIDE)[:, None] > y - 100, share, 0), "beard")
    assert without_scraps(without, mesh) is without


def test_a_scarf_that_is_hardly_hair_is_none(sample: np.ndarray, mesh: np.ndarray) -> None:
    """Joined to the hair by a strip beside an ear, and of another colour."""
    brow, chin = (round(float(mesh[number, 1])) for number in (10, 152))
    side = round(float(mesh[454, 0])) + 8
    seen = np.full_like(sample, 120)
    seen[:brow], seen[chin - 40 :, side - 4 :] = (40, 30, 25), (20, 140, 220)
    share = np.zeros((SIDE, SIDE), np.float32)
    share[:brow] = 1
    share[: chin - 40, side : side + 5] = 0.7
    share[chin - 40 : chin + 60, side : side + 70] = 0.7
    found = hair_matte(with_hair(share), mesh, seen, seen)
    assert found[brow - 30, 256] > 0.95
    assert found[chin, side + 30] < 0.02
    sure = np.where(np.arange(SIDE)[:, None] < chin - 40, share, np.minimum(2 * share, 1))
    assert hair_matte(with_hair(sure), mesh, seen, seen)[chin, side + 30] > 0.9, "dyed tips"
    seen[chin - 40 :, side - 4 :] = (60, 45, 40)
    assert hair_matte(with_hair(share), mesh, seen, seen)[chin, side + 30] > 0.5, "hair's colour"
