"""Where a head's hair is: what is a person, outside the face, and coloured unlike its skin.

No network knows hair here. The person's mask (``person``) says where a person is at all; the mesh
says where the face is; mixtures of Gaussians (as in GrabCut, Rother et al. 2004) learn from this
very picture what its skin, its hair and its clothes look like; a guided filter (He et al. 2013)
brings the answer to the picture's own edges. Hair that cannot be told from skin, a shadow or a
scarf of its own colour is missed or kept; a head without hair gets none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from models.faces.face_classes import OVAL
from models.faces.mesh_shape import LEFT_EYE, RIGHT_EYE
from models.faces.person import load_person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Float = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Picture = NDArray[np.uint8]
    Component = tuple[float, NDArray[np.floating], NDArray[np.floating], float]

_FEATURES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)  # eyes, lips, brows: no skin
_BROWS = (105, 334)
_CHIN = 152
_SIDE = 256  # in which the colours are told apart; also the person's mask
_LEAST_ZONE = 0.02  # eye distances squared of a head above the brows; less says nothing
_LEAST_SHARE = 0.12  # of what lies around the forehead: less is no hair
_UNLIKE = 3.0  # log likelihood by which hair falls behind all but 2 % of the skin
_ALIEN = 8.0  # and by which a colour falls behind all but 1 % of the hair
_SPREAD = 4.0  # added to the colours' variances
_SAMPLE = 4000  # pixels that a mixture is fitted to


class HairMatte:
    """Tells hair from skin in aligned crops, with the person's mask."""

    def __init__(self, device: torch.device) -> None:
        """Load the person's mask.

        Raises:
            CheckpointError: its weights are missing or damaged.
        """
        self._device, self._network = device, load_person(device)

    def person(self, crop: Picture) -> Float:
        """How likely each pixel of a crop (s, s, 3) is a person: (256, 256) in 0…1."""
        small = cv2.resize(crop, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        with torch.inference_mode():
            seen = torch.from_numpy(np.asarray(small, np.uint8)).to(self._device)
            answer = self._network(seen.permute(2, 0, 1)[None].float() / 255)
        return answer[0, 0].float().cpu().numpy()

    def of(self, crop: Picture, mesh: Array, coverage: Float) -> NDArray[np.uint8]:
        """How much of each pixel is this head's hair.

        Args:
            crop: sRGB (s, s, 3), FFHQ-aligned, s at least 256.
            mesh: (478, 2 or 3), crop pixels.
            coverage: (s, s), how much of each pixel the photograph covers.

        Returns:
            (s, s), 255 is hair; all 0 where none is found.
        """
        side = len(crop)
        small = np.asarray(cv2.resize(crop, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
        seen = np.asarray(cv2.resize(coverage, (_SIDE, _SIDE)), np.float32) > 0.5
        points = (mesh[:, :2] + 0.5) * (_SIDE / side) - 0.5
        alpha = _hair(small, points, self.person(crop), seen)
        if not alpha.any():
            return np.zeros((side, side), np.uint8)
        large = np.asarray(cv2.resize(alpha, (side, side)), np.float32)
        grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
        fine = (_guided(grey, large, round(side / 85)) - 0.1) / 0.8
        return np.rint(np.clip(fine, 0, 1) * coverage * 255).astype(np.uint8)


def _hair(crop: Picture, points: Array, person: Float, seen: Mask) -> Float:
    """(256, 256) in 0…1, of a crop of that side."""
    right, left = (points[list(corners)].mean(0) for corners in (RIGHT_EYE, LEFT_EYE))
    middle, unit = (right + left) / 2, float(np.hypot(*(left - right)))
    if not unit > 1:
        return np.zeros((_SIDE, _SIDE), np.float32)
    axes = np.array([left - right, [right[1] - left[1], left[0] - right[0]]]) / unit**2
    at = (np.indices((_SIDE, _SIDE))[::-1].reshape(2, -1).T - middle) @ axes.T
    across, down = at.T.reshape(2, _SIDE, _SIDE)
    brow, chin = ((points[list(k)].mean(0) - middle) @ axes[1] for k in (_BROWS, (_CHIN,)))
    oval = _filled(points, OVAL)
    depth = np.asarray(cv2.distanceTransform(oval, cv2.DIST_L2, 5)) / unit
    beyond = np.asarray(cv2.distanceTransform(255 - oval, cv2.DIST_L2, 5)) / unit
    reach = max(1, round(0.12 * unit))
    features = np.max([_filled(points, contour) for contour in _FEATURES], 0)
    plain = cv2.dilate(features, np.ones((reach, reach), np.uint8)) == 0
    look = np.dstack([_appearance(crop), 10 * across]).astype(np.float32)

    skin = (depth > 0.1) & plain & (down > 0.05) & (down < 0.85) & seen
    forehead = (depth > 0.1) & plain & (down < -0.05) & seen
    around = (person > 0.8) & (beyond > 0.08) & (beyond < 0.75) & (down < brow) & seen
    if skin.sum() < 50 or around.sum() < _LEAST_ZONE * unit**2:
        return np.zeros((_SIDE, _SIDE), np.float32)
    first = _likelihood(look, _mixture(look[skin], 5))
    skin |= forehead & (first > np.quantile(first[skin], 0.02) - 4)  # but no fringe
    as_skin = _likelihood(look, _mixture(look[skin], 5))
    seed = around & (as_skin < np.quantile(first[skin], 0.02) - _UNLIKE)
    if seed.sum() < _LEAST_SHARE * around.sum():
        return np.zeros((_SIDE, _SIDE), np.float32)
    as_hair = _likelihood(look, _mixture(look[seed], 4))
    against = as_skin
    clothes = (person > 0.8) & (beyond > 0.25) & (down > chin + 0.25) & seen
    clothes &= as_hair < np.quantile(as_hair[seed], 0.05)
    if clothes.sum() > 50:
        as_clothes = _likelihood(look, _mixture(look[clothes], 3))
        against = np.logaddexp(against, as_clothes)
    behind = (person < 0.1) & seen
    if behind.sum() > 50:
        as_background = _likelihood(look, _mixture(look[behind], 4))
        against = np.where(person < 0.95, np.logaddexp(against, as_background), against)
    share = 1 / (1 + np.exp(-np.clip(as_hair - against, -30, 30)))
    zone = ((oval == 0) | (down < brow - 0.1)) & (down < chin + 0.6) & seen
    share *= zone & (as_hair > np.quantile(as_hair[seed], 0.01) - _ALIEN)
    solid = np.clip((person - 0.3) / 0.5, 0, 1)
    alpha = _joined(share.astype(np.float32), solid > 0.5, seed, 0.02 * unit**2)
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.7) * solid, np.float32)


def _joined(share: Float, person: Mask, seed: Mask, least: float) -> Float:
    """Only the parts that hold at least so many pixels of the seed."""
    sure = (np.asarray(cv2.GaussianBlur(share, (0, 0), 1)) > 0.5) & person
    count, labelled = cv2.connectedComponents(sure.astype(np.uint8))
    parts = np.asarray(labelled, np.int32)
    kept = np.bincount(parts[seed], minlength=count) > least
    kept[0] = False
    core = cv2.dilate(kept[parts].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(core, share, np.float32(0))


def _filled(points: Array, contour: tuple[int, ...]) -> NDArray[np.uint8]:
    """255 inside a contour of the mesh."""
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    cv2.fillPoly(mask, [np.round(points[list(contour)] * 16).astype(np.int32)], 255, shift=4)
    return mask


def _appearance(crop: Picture) -> Float:
    """Colour and how fine its pattern is, (h, w, 4), in about equally telling units."""
    scaled = crop.astype(np.float32) / np.float32(255)
    lab = cv2.bilateralFilter(np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)), 5, 8, 2)
    lightness = np.asarray(lab[..., 0], np.float32)
    fine = lightness - np.asarray(cv2.GaussianBlur(lightness, (0, 0), 1.5), np.float32)
    pattern = np.sqrt(np.asarray(cv2.GaussianBlur(fine * fine, (0, 0), 2), np.float32))
    weights = np.array([0.5, 1.3, 1.3, 2], np.float32)
    return np.dstack([lab, pattern]).astype(np.float32) * weights


def _mixture(values: Float, count: int) -> list[Component]:
    """Weight, mean, whitening and log volume of clusters; the same for the same values."""
    step = max(1, len(values) // _SAMPLE)
    values = np.ascontiguousarray(values[::step])
    count = count if len(values) > 40 * count else 1
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.1)
    order = np.argsort(values[:, 0], kind="stable")  # begin with layers of lightness: no chance
    labels = np.empty((len(values), 1), np.int32)
    labels[order, 0] = np.arange(len(values)) * count // len(values)
    _, labels, _ = cv2.kmeans(values, count, labels, until, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    parts: list[Component] = []
    for number in range(count):
        own = values[np.asarray(labels)[:, 0] == number]
        if len(own) < 20 and count > 1:
            continue
        spread = np.cov(own.T) if len(own) > 1 else np.zeros((values.shape[1],) * 2)
        root = np.linalg.cholesky(np.linalg.inv(spread + _SPREAD * np.eye(values.shape[1])))
        volume = -float(np.log(np.diag(root)).sum())
        parts.append((len(own) / len(values), own.mean(0), root.astype(np.float32), volume))
    return parts


def _likelihood(look: Float, mixture: list[Component]) -> Array:
    """Log likelihood of each pixel, up to a constant."""
    sums = [
        np.log(weight) - 0.5 * (((look - mean) @ root) ** 2).sum(-1) - volume
        for weight, mean, root, volume in mixture
    ]
    return np.logaddexp.reduce(np.array(sums, np.float64))


def _guided(guide: Float, alpha: Float, radius: int) -> Float:
    """The guided filter with a grey guide."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Float) -> Float:
        return np.asarray(cv2.blur(values, window), np.float32)

    middle, level = mean(guide), mean(alpha)
    spread = mean(guide * guide) - middle * middle + np.float32(1e-3)
    slope = (mean(guide * alpha) - middle * level) / spread
    offset = np.asarray(level - slope * middle, np.float32)
    return mean(np.asarray(slope, np.float32)) * guide + mean(offset)
