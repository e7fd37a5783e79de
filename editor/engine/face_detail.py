"""What is seen of a face beyond its landmarks: its mesh, its parts, its head's hair and beard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.colour import srgb_uint8
from editor.document.face import FaceCrop, FaceDetail
from editor.document.region import RegionError, RegionMask
from editor.document.seen_parts import hair_seen
from models.faces.hair import BORDER, beard_matte, faded, hair_matte, rising, without_scraps
from models.faces.mesh import frame_of_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.document.photo import Photo
    from models.faces.analyser import FaceAnalyser
    from models.faces.parser import FaceParser

    Float = NDArray[np.float32]

SIDE = 512  # pixels of the crop in which a face's mesh and its parts are looked for
FINEST_SIDE = 2048  # of the one in which its hair ends, at most: larger ones have it softer
_BEYOND = 1.5  # crop sides: hair that reaches the crop's border is looked for in a square so wide
_NEAR, _NEAR_SIDE = 2.5, 384  # crop sides, pixels: faces are looked for whose hair may touch it
_ANOTHER = 0.5  # of a face's height: so far from its middle lies that of another
_BETWEEN = 0.15  # likewise: hair of two heads becomes the other's within so much
_WIDER = 1.01  # times the crop's side: what is known of hair goes beyond it
_RIM = 0.02  # of the crop's side: so large a square of hair is not cut off


def aligned_crop(photo: Photo, crop: FaceCrop, *, mirrored: bool = True) -> NDArray[np.uint8]:
    """The face as the generator would see it, sRGB uint8 (r, r, 3); see ``FaceCrop.sample``."""
    x, y, w, h = crop.bounds(photo.width, photo.height, margin=0.1)
    near = np.ascontiguousarray(photo.pixels[y : y + h, x : x + w])
    return crop.sample(srgb_uint8(near, photo.icc), (x, y), mirrored=mirrored)


def detail_of(
    photo: Photo, landmarks: NDArray[np.float64], faces: FaceAnalyser, parser: FaceParser
) -> FaceDetail:
    """Of the face at these landmarks, (68, 2)."""
    small = FaceCrop.from_landmarks(landmarks, SIDE)
    seen = aligned_crop(photo, small)
    mesh = faces.mesh.found([seen], [frame_of_landmarks(small.landmarks_in_crop())])[0].points
    parsed = without_scraps(parser.of(seen, mesh), mesh)
    side = min(FINEST_SIDE, max(SIDE, round(small.scale * SIDE)))
    fine = FaceCrop.from_landmarks(landmarks, side)
    large, covered = aligned_crop(photo, fine), fine.coverage(photo.width, photo.height)
    hair = hair_matte(parsed, mesh, seen, large)
    hair *= covered
    matte = beard_matte(parsed, mesh, seen, large)
    beard = None if matte is None else np.rint(matte * covered * 255).astype(np.uint8)
    points = mesh[:, :2] @ small.to_photo[:, :2].T + small.to_photo[:, 2]
    del large, covered, matte
    if _cut_off(hair):
        edge = round((_BEYOND - 1) / 2 * side)
        fine = fine.widened(edge)
        hair = _continued(hair, _hair_in(photo, fine, points, faces, parser), edge)
        if beard is not None:
            beard = np.pad(beard, edge)
    hair = np.rint(faded(hair) * 255).astype(np.uint8)
    return FaceDetail(points, fine, hair, parsed.labels, beard)


def _cut_off(hair: Float) -> bool:
    """Whether hair (s, s) in 0…1 of the photo lies where a square's border fades."""
    fading, rim = rising(len(hair), BORDER), max(1.0, _RIM * len(hair))
    return float(hair.sum() - fading @ hair @ fading) > rim * rim


def _hair_in(
    photo: Photo,
    fine: FaceCrop,
    mesh: NDArray[np.float64],
    faces: FaceAnalyser,
    parser: FaceParser,
) -> Float:
    """The hair of the head with that mesh in a square that is wider than its crop.

    Past the photo's edge what is there goes on: its mirror image would be another crown, and the
    gap between the two hair.
    """
    small = fine.resized(SIDE)
    seen, back = aligned_crop(photo, small, mirrored=False), small.to_crop
    points = mesh @ back[:, :2].T + back[:, 2]
    coarse = fine.resized(min(fine.size, FINEST_SIDE))  # a large matte costs much memory
    large = aligned_crop(photo, coarse, mirrored=False)
    found = hair_matte(parser.of(seen, points), points, seen, large)
    found *= coarse.coverage(photo.width, photo.height)
    others = _others(photo, fine, mesh, faces)
    if others:
        there = [other @ back[:, :2].T + back[:, 2] for other in others]
        size = (coarse.size, coarse.size)
        found *= cv2.resize(_nearest(points, there), size, interpolation=cv2.INTER_LINEAR)
    if len(found) == fine.size:
        return found
    size = (fine.size, fine.size)
    return np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _others(
    photo: Photo, fine: FaceCrop, mesh: NDArray[np.float64], faces: FaceAnalyser
) -> list[NDArray[np.float64]]:
    """Meshes (478, 2) of the faces whose hair may touch that of the one in the middle, in photo."""
    near = fine.widened(round((_NEAR / _BEYOND - 1) / 2 * fine.size)).resized(_NEAR_SIDE)
    to_photo, (middle, size) = near.to_photo, _middle(mesh)
    found = [
        face.points[:, :2] @ to_photo[:, :2].T + to_photo[:, 2]
        for face in faces.detect(aligned_crop(photo, near))
    ]
    end = np.array([photo.width, photo.height]) - 0.5
    others: list[NDArray[np.float64]] = []
    for one in found:
        at = _middle(one)[0]  # beyond the photo's edges its mirror image is seen
        if ((at >= -0.5) & (at < end)).all() and np.linalg.norm(at - middle) > _ANOTHER * size:
            others.append(one)
    return others


def _nearest(mesh: NDArray[np.float64], others: Sequence[NDArray[np.float64]]) -> Float:
    """1 where that face is nearer than the others, each in its own size, 0 where not, (s, s)."""
    ys, xs = np.ogrid[:SIDE, :SIDE]
    away: list[Float] = []
    for points in (mesh, *others):
        (x, y), size = _middle(points)
        away.append(np.asarray(np.hypot(xs - x, ys - y) / size, np.float32))
    nearer = np.min(away[1:], axis=0) - away[0]
    return np.asarray(np.clip(nearer / _BETWEEN + 0.5, 0, 1), np.float32)


def _middle(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Of a face's points (n, 2 or more), and its height."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    return (low + high) / 2, float((high - low).max())


def _continued(hair: Float, around: Float, edge: int) -> Float:
    """Hair (s, s) with what is around it, (s + 2 edge, s + 2 edge): one becomes the other."""
    side = len(hair)
    share = rising(side, BORDER)
    inside = around[edge : edge + side, edge : edge + side]
    inside += share * share[:, None] * (hair - inside)
    return around


def softly(crop: FaceCrop, width: int, height: int) -> RegionMask:
    """The crop in a photo of that size, less and less towards its border."""
    fading = rising(SIDE, BORDER)
    alpha = np.rint(fading * fading[:, None] * 255).astype(np.uint8)
    x, y, across, down = crop.bounds(width, height)
    if not across or not down:
        return RegionMask.empty(width, height)
    matrix = crop.resized(SIDE).to_photo - np.array([[0, 0, x], [0, 0, y]])
    placed = np.asarray(cv2.warpAffine(alpha, matrix, (across, down)), np.uint8)
    placed.setflags(write=False)
    return RegionMask(width, height, x, y, placed)


def beyond(detail: FaceDetail, crop: FaceCrop, width: int, height: int) -> RegionMask:
    """Where hair is that goes on beyond renders of a crop, in a photo of that size; or empty."""
    as_wide = detail.crop.size * detail.crop.scale < _WIDER * crop.size * crop.scale
    if as_wide or not detail.hair.any():
        return RegionMask.empty(width, height)
    try:
        hair = hair_seen(detail, width, height)
    except RegionError:  # next to none
        return RegionMask.empty(width, height)
    return hair.grown(1).subtracted(softly(crop, width, height))
