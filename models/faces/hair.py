"""Hair and beard of a head as mattes of the photograph, of what the face parser says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.faces.face_classes import OVAL
from models.faces.matting import matted
from models.faces.mesh_shape import LEFT_EYE, RIGHT_EYE
from models.faces.parser import ParsedFace, features
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Float = NDArray[np.float32]
    Picture = NDArray[np.uint8]

_SURE, _RATHER = 0.9, 0.5
# Squares of the eyes' distance that are surely hair. Of 60 pictures with labels of their own,
# shaven skulls and hats come to 0.31 at most, hair to 0.64 at least but for two heads cropped to a
# millimetre or two (0.0 and 0.25), of which next to nothing is seen for sure.
_LEAST = 0.45
# Likewise what is rather a beard than not. A moustache alone has less, but covers the lip: of 66
# pictures to learn from, those with one come to 0.49 of it, those with neither to 0.0 (and 0.08
# squares). Of the 60 others all that have either are taken; one without comes to 0.27 squares of
# stubble and 0.11 of the lip.
_LEAST_BEARD = 0.3
_LEAST_MOUSTACHE = 0.4
# Likewise, of one island of several. Of 62 pictures 022 and 105 have moustaches in three specks of
# 0.02 at most, 01 a soul patch of 0.033.
_LEAST_ISLAND = 0.025
_SOME = 0.2  # a share of beard from which on it belongs to an island
_NOTHING = 1e-3
_STUBBLE = 0.3, 0.7  # shares of beard between which it becomes one, though of skin's colours
_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 358, 327, 326, 2, 97, 98, 129)
BORDER = 0.08  # of the square's side: where what is seen ends
_EDGE = 17  # pixels, and half of it to each side: what is soft there belongs to the same hair
_FRINGE = 0.6  # of a brow's upper edge: hair that lies there hangs over the brow
_UPWARDS = np.array([[0], [0], [0], [1], [1]], np.uint8)  # grows what is there by two pixels
_NECK = 0.05  # eye distances: parts that are joined by less are told apart
# Of 21 such parts in 62 pictures a scarf and a cuff are 60 and 88 of CIELAB away from the hair and
# sure in 0.15 of their pixels at most; parts of hair are 26 away at most, the surest of the rest.
_HARDLY, _ANOTHER = 0.3, 35.0
_NEAR = 0.35  # eye distances from the face: what begins beyond them is another head's


def hair_matte(parsed: ParsedFace, mesh: Array, seen: Picture, fine: Picture) -> Float:
    """How much of each pixel is this head's hair.

    Args:
        parsed: the parts of ``seen``.
        mesh: (478, 2 or 3), pixels of ``seen``.
        seen: sRGB (s, s, 3), FFHQ-aligned.
        fine: sRGB (t, t, 3), the same at the size of the answer.

    Returns:
        (t, t), in 0…1; all 0 where next to none is found. At the square's border hair may go on.
    """
    unit = _unit(mesh)
    share = _alike(_own(_with_fringe(parsed), mesh, unit), seen, unit)
    if not np.count_nonzero(share > _SURE) > _LEAST * unit**2:
        return np.zeros(fine.shape[:2], np.float32)
    return matted(share, seen, fine)


def beard_matte(parsed: ParsedFace, mesh: Array, seen: Picture, fine: Picture) -> Float | None:
    """How much of each pixel is beard or moustache; None where none is seen.

    Args and result as for ``hair_matte``, but it fades towards the square's border. Stubble has
    skin's colours, between which the picture shows no edge: what is surely a beard is one.
    """
    share = parsed.share("beard")
    if not _is_beard(share, mesh):
        return None
    matte = matted(share, seen, fine)
    low, high = _STUBBLE
    face = np.zeros(share.shape, np.float32)  # before all else a beard ends in strands
    cv2.fillPoly(face, [np.round(mesh[list(OVAL), :2]).astype(np.int32)], 1.0)
    sure = np.clip((share - low) / (high - low), 0, 1) * face
    sure = np.asarray(cv2.GaussianBlur(sure, (0, 0), 1), np.float32)
    size = (len(fine), len(fine))
    sure = np.asarray(cv2.resize(sure, size, interpolation=cv2.INTER_LINEAR), np.float32)
    return faded(np.maximum(matte, sure, out=matte))


def without_scraps(parsed: ParsedFace, mesh: Array) -> ParsedFace:
    """The parts of a face of which no scrap is a beard: such pixels are what they are likeliest.

    That is islands, and all of it where it is too little for a beard or a moustache.

    Args:
        parsed: as the parser saw them.
        mesh: (478, 2 or 3), pixels of that.
    """
    share = parsed.share("beard")
    there = np.asarray(share > _SOME, np.uint8)
    if _is_beard(share, mesh):
        count, labelled = cv2.connectedComponents(there)
        parts = np.asarray(labelled, np.int32)
        rather = np.bincount(parts[share > _RATHER], minlength=count)
        kept = rather >= _LEAST_ISLAND * _unit(mesh) ** 2
        there = np.asarray(~kept[parts] & (there > 0), np.uint8)
    scraps = there > 0
    if not scraps.any():
        return parsed
    shares = parsed.shares.copy()
    beard = CLASSES.index("beard")
    shares[:, scraps] /= np.maximum(1 - shares[beard, scraps], _NOTHING)
    shares[beard, scraps] = 0
    return ParsedFace(shares)


def _is_beard(share: Float, mesh: Array) -> bool:
    """Whether a share of beard is enough for one, or for a moustache."""
    rather = share > _RATHER
    if np.count_nonzero(rather) > _LEAST_BEARD * _unit(mesh) ** 2:
        return True
    lip = _above_lips(mesh, len(share))
    return bool(np.count_nonzero(rather & lip) > _LEAST_MOUSTACHE * np.count_nonzero(lip))


def _with_fringe(parsed: ParsedFace) -> Float:
    """The share of hair, and of brows that it hangs over: where a brow is, the mesh alone says."""
    hair = parsed.share("hair")
    for name in ("right brow", "left brow"):
        brow = parsed.share(name)
        there = np.asarray(brow > _RATHER, np.uint8)
        above = cv2.dilate(there, _UPWARDS) > there
        over = np.count_nonzero(above & (hair > _RATHER))
        if over > _FRINGE * np.count_nonzero(above):
            hair = np.maximum(hair, brow)
    return hair


def _above_lips(mesh: Array, side: int) -> NDArray[np.bool_]:
    """Between nose and lips, (side, side)."""
    hull = cv2.convexHull(np.round(mesh[list(_LIP), :2]).astype(np.int32))
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [hull], 1)
    return (mask > 0) & (features(mesh, side) == 0)


def _unit(mesh: Array) -> float:
    """The eyes' distance."""
    right, left = (mesh[list(corners), :2].mean(0) for corners in (RIGHT_EYE, LEFT_EYE))
    return float(np.hypot(*(left - right)))


def faded(matte: Float) -> Float:
    """Fading towards the square's border, in place."""
    fading = rising(len(matte), BORDER)
    matte *= fading
    matte *= fading[:, None]
    return matte


def rising(side: int, border: float) -> Float:
    """From 0 at both ends of so many pixels to 1, (side,), within that part of them."""
    away = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
    t = np.minimum(away / (border * side), 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _alike(share: Float, seen: Picture, unit: float) -> Float:
    """Without parts of another colour that are hardly sure to be hair: a scarf beside it."""
    reach = max(1, round(_NECK * unit))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    there = cv2.morphologyEx((share > _RATHER).astype(np.uint8), cv2.MORPH_OPEN, disc)
    count, labelled = cv2.connectedComponents(there)
    if count < 3:
        return share
    parts = np.asarray(labelled, np.int32)
    srgb = seen.astype(np.float32) / np.float32(255)
    colours = np.asarray(cv2.cvtColor(srgb, cv2.COLOR_RGB2LAB), np.float32)
    main = 1 + int(np.bincount(parts.ravel())[1:].argmax())
    usual = np.median(colours[parts == main], 0)
    others = np.zeros(share.shape, np.uint8)
    for number in range(1, count):
        part = parts == number
        away = float(np.linalg.norm(np.median(colours[part], 0) - usual))
        if number != main and away > _ANOTHER and (share[part] > _SURE).mean() < _HARDLY:
            others[part] = 1
    if not others.any():
        return share
    around = cv2.dilate(cv2.dilate(others, disc), np.ones((_EDGE, _EDGE), np.uint8))
    return np.where(around * (there <= others), np.float32(0), share)


def _own(share: Float, mesh: Array, unit: float) -> Float:
    """Only the parts that come near the face."""
    near = np.zeros(share.shape, np.uint8)
    cv2.fillPoly(near, [np.round(mesh[list(OVAL), :2] * 16).astype(np.int32)], 1, shift=4)
    reach = 2 * max(1, round(_NEAR * unit)) + 1
    near = cv2.dilate(near, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, labelled = cv2.connectedComponents((share > 0.5).astype(np.uint8))
    parts = np.asarray(labelled, np.int32)
    kept = np.bincount(parts[near > 0], minlength=count) > 0
    kept[0] = False
    around = cv2.dilate(kept[parts].astype(np.uint8), np.ones((_EDGE, _EDGE), np.uint8))
    return np.where(around > 0, share, np.float32(0))
