"""Skin as retouchers work on it: tones and texture apart (*frequency separation*), on the photo.

    I_k = I_{k−1} + M_k ⊙ (L + T),   T = texture,
    L = evened tones, softened shine, healed spots, lifted shade

No generator is asked. L is made on a grid of some 768 pixels across the face's crop: nothing in it
is finer. T is what lies between pores and tones, made at the picture's full size: the photo less
its pores, less a guided filter of it (He, Sun, Tang, *Guided Image Filtering*, 2010; the fast form,
arXiv 1505.00996, whose coefficients come from the grid). That filter keeps edges, so lashes, lips
and wrinkles lose nothing; pores, finer than both, stay. All lengths are shares of the crop's side,
so a face comes out alike at every size. Where colours are not the cheeks' own, nothing is done;
but a spot that was clicked is healed whatever it is (``healing``), from one source at every level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.blemishes import blurred, spots
from editor.engine.compositing.complexion import Complexion
from editor.engine.compositing.geometry import TOP, Level, chain, inside, unit, widened
from editor.engine.compositing.healing import filling, source
from editor.engine.compositing.light import LUMA
from editor.engine.compositing.surface import ramp, remapped
from editor.engine.compositing.texture import aged as aged_texture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from editor.document.photo import Photo
    from editor.engine.compositing.geometry import Box
    from editor.engine.compositing.renders import FaceInPhoto, RenderedEdit, State

    Float = NDArray[np.float32]

SMOOTH, EVEN, SHINE, HEAL, LIFT, SPOT = (
    "smooth_skin", "even_skin", "soften_shine", "heal_blemishes", "lighten_under_eyes", "heal_spot",
)  # fmt: skip
NAMES = SMOOTH, EVEN, SHINE, HEAL, LIFT, SPOT
AGE = "age"  # what an edit of age does to the photo's own lines: no slider of its own

_GRID = 768  # pixels across the crop, at least, where the picture has them
# Shares of the crop's side.
_AROUND = 0.10  # what is read around a region
_PORES = 0.0009  # standard deviation below which texture is pores
_TEXTURE = 0.010  # radius of the guided filter
_FINEST = 0.0012  # standard deviation below which a healed spot keeps its own
_HEALED = 0.6  # strength of healing from which a blemish is gone
_FRECKLES_STAY = 0.8  # and until which freckles stay
_TONES = 0.012  # standard deviation above which it is tones
_LIFTED = 0.006  # standard deviation below which shade is creases
_WIDE = 0.05  # that of what a cheek is all over
_EDGE = 0.03**2  # variance of lightness that is an edge and no texture
_KEPT_PORES = 0.8
_CHEEKLIKE, _SKINLIKE = 0.055, 0.11  # apart in chroma: of a cheek's own colour, and any skin's
_TIGHT = 0.004  # softness of what was seen
_SMALL = 0.02  # what is smaller lies within skin
_WITHIN = 0.08, 0.25  # of what is around: so much skin makes nothing skin, and all of it
_LINES = 0.0015, 0.003, 0.006, 0.012  # standard deviations at which lines and folds are looked for
_DEEPEST = 0.12  # of white
_FAINT = 0.05  # of white: darker than that all is alike
_LIT = 0.7  # of white: the tone of skin that these depths are of
_SURELY = 0.012  # of white: a line's hollow from which it surely is one
_ROUND = 2.0  # times its curvature along: what is no more than that across is a spot
_YOUNGER, _OLDER = 1.5, 3.8  # of a line's depth
_LEFT = 0.85  # of what a line lacks to the skin around, at most
_DEEP = 0.04  # of light: lines as deep get half as much deeper
_COARSE = 0.004  # of the crop's side, standard deviation: so coarse texture gets with age
_GRAIN = 1.2  # photo pixels, standard deviation: finer is grain, which age leaves as it is
_WISP = 0.25, 0.45  # of the light around: a line as much darker begins to be a hair, and is
_EVENER, _LIGHTER, _DARKER = 0.5, 0.7, 0.4  # of what the sliders of these names do
_NOSE_EDGE, _NOSE_TIP = slice(31, 36), 30  # of the 68 points
# Shares of the nose's width at its lower edge.
_NOSTRIL = 0.5  # height of the band that the nostrils lie in
_NOSTRIL_SOFT = 0.04
_NOSTRIL_UP = 0.25  # of the way from that edge to the tip
_IN_NOSTRIL = 0.5  # from which a place counts as one
_BESIDE, _SOFT = 0.5, 0.1  # twice how far a nose's form shades beside it, and how softly
_BAG_BELOW, _BAG = 0.45, (1.3, 0.7)  # of an eye's width: how far below it bags lie, how large
_CHEEKS = (slice(0.54, 0.66), slice(0.27, 0.40)), (slice(0.54, 0.66), slice(0.60, 0.73))


@dataclass(frozen=True, slots=True, eq=False)
class PlacedSkin:
    """Skin work, ready to be done in the box of its region.

    Attributes:
        box: of the region, in pixels of the level.
        mask: uint8 (height, width), the region's alpha there.
        corner: the box's corner in the pixels around it, from which the grid counts.
        shrink: those pixels per pixel of the grid, across and down.
        tones: float32 (rows, columns, 3), L on the grid.
        slope, offset: float32 (rows, columns, 3), of the guided filter.
        skin: float32 (rows, columns), 1 on skin.
        smooth: −1…1, how much texture goes; below 0 it comes out.
        pores: their standard deviation, level pixels.
        aged: −1…1, how much older texture looks.
        coarse: standard deviation above which it is mottling, level pixels.
        spot: 0…1, how much of the region takes the texture of its source.
        source: x, y from the region to there, level pixels.
        complexion: of what is skin; None to leave it.
        whole: float32 (rows, columns), 1 on skin and on what is small within it: shine, pores.
    """

    box: Box
    mask: NDArray[np.uint8]
    corner: tuple[int, int]
    shrink: tuple[float, float]
    tones: Float
    slope: Float
    offset: Float
    skin: Float
    smooth: float
    pores: float
    aged: float = 0.0
    coarse: float = 0.0
    spot: float = 0.0
    source: tuple[int, int] = (0, 0)
    complexion: Complexion | None = None
    whole: Float | None = None

    @classmethod
    def of(
        cls,
        canvas: State,
        amounts: Mapping[str, float],
        face: FaceInPhoto,
        side: float,
        placed: tuple[Box, NDArray[np.uint8]],
        spot_from: tuple[float, float] | None = None,
        landmarks: NDArray[np.float64] | None = None,
        seen: tuple[Float, NDArray[np.float64]] | None = None,
        pixel: float = 1.0,
    ) -> PlacedSkin:
        """Look at the skin.

        Args:
            canvas: the picture before it; reaches ``furthest`` around the region, or to the edge.
            amounts: of the names, −100…100.
            face: as the photo shows it.
            side: of its crop, level pixels.
            placed: ``Level.mask`` of the region, not empty.
            spot_from: x, y from a clicked spot to its source, level pixels.
            landmarks: (68, 2), level pixels: nostrils are no blemishes; None: nobody knows where.
            seen: (r, r), 1 where the face's skin was seen, and (2, 3), level pixels to there; None
                where nobody looked.
            pixel: the photo's, level pixels.
        """
        box, mask = placed
        size = canvas.box[0] + canvas.box[2], canvas.box[1] + canvas.box[3]
        x, y, width, height = widened(box, math.ceil(_AROUND * side), size)
        x, y = max(x, canvas.box[0]), max(y, canvas.box[1])
        part = canvas.pixels[inside((x, y, width, height), canvas.box)]
        shrink = max(1, int(side // _GRID))
        columns, rows = -(-part.shape[1] // shrink), -(-part.shape[0] // shrink)
        small = unit(
            np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), np.uint16)
        )
        share = {
            name: float(np.clip(amounts.get(name, 0.0) / 100, -1, 1)) for name in (*NAMES, AGE)
        }
        corner = box[0] - x, box[1] - y
        pixels = part.shape[1] / columns, part.shape[0] / rows
        region = np.ones((rows, columns), np.bool_)
        nostrils = np.zeros((rows, columns), np.float32)
        marks = None if landmarks is None else (landmarks - [x, y]) / pixels
        if marks is not None and share[HEAL] > 0:
            nostrils = _nostrils(marks, nostrils.shape)
        if share[HEAL] > 0 or share[SPOT] > 0:
            full = _laid(mask, corner, part.shape[:2])
            region = np.asarray(cv2.resize(full, (columns, rows), interpolation=cv2.INTER_AREA)) > 0
        grid = _Grid(small, side / shrink, cheeks(face), region, nostrils, marks)
        slope, offset = grid.guided()
        complexion = Complexion.of(amounts, coloured=not face.colourless)
        known = None
        if seen is not None and (complexion is not None or share[AGE]):
            shift = [x + pixels[0] / 2 - 0.5, y + pixels[1] / 2 - 0.5]
            known = _laid_on(*seen, np.column_stack([np.diag(pixels), shift]), (columns, rows))
        if known is not None and share[AGE]:
            grid.skin = grid.surely(known[0])
        tones, way = grid.tones(share), (0, 0)
        if share[SPOT] > 0 and spot_from is not None:
            way = _within(spot_from, box, canvas.box)
            away = round(way[0] / pixels[0]), round(way[1] / pixels[1])
            tones += share[SPOT] * grid.filled(away)
        elif share[SPOT] > 0:
            tones += share[SPOT] * grid.edged()
        return cls(
            box, mask, corner, pixels,
            tones=tones,
            slope=slope,
            offset=offset,
            skin=grid.blurred(grid.skin, 0.004),
            smooth=share[SMOOTH],
            aged=share[AGE],
            coarse=max(_COARSE * side, 2 * _GRAIN * pixel),
            pores=max(_pores(side), _GRAIN * pixel) if share[AGE] else _pores(side),
            spot=max(0.0, share[SPOT]),
            source=way,
            complexion=complexion,
            whole=None if complexion is None else grid.whole(known),
        )  # fmt: skip

    @property
    def reach(self) -> int:
        """How far outside a tile it reads, box pixels."""
        return max(self._edge, *(abs(way) for way in self.source))

    @property
    def _edge(self) -> int:
        return _reach(max(self.pores, self.coarse) if self.aged > 0 else self.pores)

    def tile(self, canvas: State, at: Box) -> NDArray[np.uint16]:
        """The changed pixels of one tile, uint16 (h, w, 3); ``at`` is in the box."""
        x, y, w, h = at
        edge = self._edge
        level = self.box[0] + x, self.box[1] + y, w, h
        size = canvas.box[0] + canvas.box[2], canvas.box[1] + canvas.box[3]
        read = widened(level, edge, size)
        left, top = max(read[0], canvas.box[0]), max(read[1], canvas.box[1])
        read = left, top, read[0] + read[2] - left, read[1] + read[3] - top
        around = unit(canvas.pixels[inside(read, canvas.box)])
        softer = np.asarray(cv2.GaussianBlur(around, (0, 0), self.pores), np.float32)
        inner = inside(level, read)
        current, softer = around[inner], softer[inner]
        half = np.float32(0.5)
        at_x = (np.arange(x, x + w, dtype=np.float32) + self.corner[0] + half) / self.shrink[0]
        at_y = (np.arange(y, y + h, dtype=np.float32) + self.corner[1] + half) / self.shrink[1]
        grid_x, grid_y = (np.asarray(a, np.float32) - half for a in np.meshgrid(at_x, at_y))
        tones, slope, offset, skin = (
            remapped(one, grid_x, grid_y, cv2.INTER_LINEAR)
            for one in (self.tones, self.slope, self.offset, self.skin)
        )
        base = slope * (softer @ LUMA)[..., None] + offset
        texture, pores = softer - base, current - softer
        if self.aged:
            if self.aged > 0:  # what is coarser is mottling
                texture = softer - np.asarray(cv2.GaussianBlur(around, (0, 0), self.coarse))[inner]
            change = aged_texture(texture, self.aged)
        elif self.smooth > 0:
            change = -self.smooth * (0.85 * texture + (1 - _KEPT_PORES) * pores)
        else:
            # as light alone: a camera's coloured grain would come out as yellow and green specks
            change = -self.smooth * 0.6 * ((texture + pores) @ LUMA)[..., None]
        if self.source != (0, 0):
            there = level[0] + self.source[0], level[1] + self.source[1], w, h
            tones = tones + self.spot * (unit(canvas.pixels[inside(there, canvas.box)]) - current)
        if self.complexion is not None:
            assert self.whole is not None
            where = remapped(self.whole, grid_x, grid_y, cv2.INTER_LINEAR)[..., None]
            tones = tones + where * self.complexion.added(current)
        share = self.mask[y : y + h, x : x + w, None] / np.float32(255)
        value = current + share * (tones + skin[..., None] * change)
        return np.rint(np.clip(value, 0, 1) * TOP).astype(np.uint16)


def _laid_on(
    seen: Float, to_seen: NDArray[np.float64], matrix: NDArray[np.float64], size: tuple[int, int]
) -> tuple[Float, Float]:
    """What was seen of skin, and where somebody looked, on a grid.

    Args:
        seen: (r, r).
        to_seen: (2, 3), level pixels to there.
        matrix: (2, 3), the grid's pixels to the level's.
        size: columns and rows of the grid.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    here, known = (
        cv2.warpAffine(one, chain(to_seen, matrix), size, flags=flags)
        for one in (seen, np.ones_like(seen))
    )
    return np.asarray(here, np.float32), np.asarray(known, np.float32)


def spot_source(photo: Photo, edit: RenderedEdit, face: FaceInPhoto) -> tuple[int, int] | None:
    """Where the texture of a clicked spot comes from: x, y from there, photo pixels.

    Looked for in the photo before all edits, always as finely: the screen's level and the export's
    find the same source, also where two are nearly as good.

    Returns:
        None where no source fits into the photo.
    """
    side = edit.crop.size * edit.crop.scale
    level = Level(max(0, int(math.log2(side / _GRID))))
    box, mask = level.mask(edit.region)
    if not box[2]:
        return None
    around = widened(box, math.ceil(_AROUND * side / level.factor), level.size(photo))
    hole = _laid(mask, (box[0] - around[0], box[1] - around[1]), (around[3], around[2])) > 0
    pixels = unit(level.window(around).cut(photo))
    found = _Grid(pixels, side / level.factor, cheeks(face), hole).source()
    return None if found is None else (found[0] * level.factor, found[1] * level.factor)


def furthest(side: float) -> int:
    """How far outside a region skin work reads, level pixels; ``side`` is the crop's there."""
    return math.ceil(_AROUND * side) + _reach(_pores(side))


def _pores(side: float) -> float:
    return max(0.3, _PORES * side)


def _reach(pores: float) -> int:
    return math.ceil(4 * pores) + 2  # OpenCV's kernels of floats end there


def _laid(
    mask: NDArray[np.uint8], corner: tuple[int, int], shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """A mask in a larger picture, its corner at x, y."""
    full = np.zeros(shape, np.uint8)
    full[corner[1] : corner[1] + mask.shape[0], corner[0] : corner[0] + mask.shape[1]] = mask
    return full


def _nostrils(landmarks: NDArray[np.float64], shape: tuple[int, ...]) -> Float:
    """1 on the nostrils, soft at their edge: along the lower edge of the nose, and above it.

    Args:
        landmarks: (68, 2), pixels of the grid.
        shape: of the grid, rows and columns.
    """
    edge = landmarks[_NOSE_EDGE]
    width = float(np.linalg.norm(edge[-1] - edge[0]))
    # the points lie below the openings, which look down
    towards_tip = _NOSTRIL_UP * (landmarks[_NOSE_TIP] - edge[len(edge) // 2])
    line = np.rint(edge + towards_tip).astype(np.int32)
    drawn = np.zeros(shape, np.uint8)
    thick = max(1, round(_NOSTRIL * width))
    cv2.polylines(drawn, [line], isClosed=False, color=1, thickness=thick)
    return blurred(np.asarray(drawn, np.float32), max(0.3, _NOSTRIL_SOFT * width))


def _bags_and_nose(
    landmarks: NDArray[np.float64] | None, shape: tuple[int, ...]
) -> tuple[Float, Float]:
    """1 below the eyes, and 1 on the nose with what its form shades, soft; 0 where nobody knows."""
    bags, nose = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    if landmarks is None:
        return bags, nose
    wide = float(np.linalg.norm(landmarks[_NOSE_EDGE][-1] - landmarks[_NOSE_EDGE][0]))
    for first in (36, 42):
        eye = landmarks[first : first + 6]
        width = float(np.linalg.norm(eye[3] - eye[0]))
        middle = eye.mean(0) + _BAG_BELOW * (landmarks[8] - landmarks[27]) * (
            width / max(1e-6, float(np.linalg.norm(landmarks[8] - landmarks[27])))
        )
        tilt = float(np.degrees(np.arctan2(*(eye[3] - eye[0])[::-1])))
        size = _BAG[0] * width, _BAG[1] * width
        box = tuple(map(float, middle)), tuple(map(float, size)), tilt
        cv2.ellipse(bags, box, color=1, thickness=-1)
    hull = cv2.convexHull(np.rint(landmarks[27:36]).astype(np.int32))
    cv2.fillConvexPoly(nose, hull, color=1)
    cv2.polylines(nose, [hull], isClosed=True, color=1, thickness=max(1, round(_BESIDE * wide)))
    soft = max(0.3, _SOFT * wide)
    return blurred(bags, soft), blurred(nose, soft)


def _within(way: tuple[float, float], box: Box, canvas: Box) -> tuple[int, int]:
    """The whole pixels nearest to a way that takes a box to a place inside the canvas."""
    x, y = (
        min(max(round(way[n]), canvas[n] - box[n]), canvas[n] + canvas[n + 2] - box[n] - box[n + 2])
        for n in (0, 1)
    )
    return x, y


def cheeks(face: FaceInPhoto) -> Float:
    """The cheeks' colour, (3,) sRGB: the median, so that hair or a hand over one does not count."""
    seen, side = face.seen, face.seen.shape[0]
    parts = [
        seen[
            round(rows.start * side) : round(rows.stop * side),
            round(columns.start * side) : round(columns.stop * side),
        ].reshape(-1, 3)
        for rows, columns in _CHEEKS
    ]
    return np.asarray(np.median(np.concatenate(parts), axis=0), np.float32)


class _Grid:
    """The picture around a region, as coarse as tones are."""

    def __init__(
        self,
        pixels: Float,
        side: float,
        cheeks: Float,
        region: NDArray[np.bool_],
        nostrils: Float | None = None,
        marks: NDArray[np.float64] | None = None,
    ) -> None:
        self.pixels, self._side, self._region = pixels, side, region
        self._nostrils = np.zeros(region.shape, np.float32) if nostrils is None else nostrils
        self.lightness = np.asarray(pixels @ LUMA, np.float32)
        self.skin = self._likeness(cheeks)
        self._cheeks = cheeks
        self._bags, self._nose = _bags_and_nose(marks, region.shape)

    def _likeness(self, cheeks: Float, apart: float = _CHEEKLIKE) -> Float:
        """1 where colours are the cheeks', in any light that falls on them, 0 where not."""
        seen = self.blurred(self.pixels, 0.002)
        chroma = _chroma(seen) - _chroma(cheeks[None, None])
        light = seen @ LUMA - cheeks @ LUMA
        # shine is far brighter than the cheeks' middle; what is far darker is hair or a nostril
        beyond = np.maximum(0, np.maximum(-light - 0.2, light - 0.4)) / 0.15
        off = np.square(chroma / apart).sum(-1) + np.square(beyond)
        return np.exp(-np.square(off) / 4).astype(np.float32)

    def blurred(self, picture: Float, share: float) -> Float:
        """With a Gaussian of that share of the crop's side."""
        return blurred(picture, max(0.3, share * self._side))

    def _on_skin(self, picture: Float, share: float, weight: Float) -> Float:
        """The same, of what has weight alone (normalised convolution)."""
        picture = picture if picture.ndim == 3 else picture[..., None]
        total = self.blurred(weight, share)[..., None] + 1e-4
        weighted = picture * (weight[..., None] + np.float32(1e-4))
        mean = self.blurred(np.asarray(weighted, np.float32), share)
        return np.asarray(mean.reshape(picture.shape) / total, np.float32)

    def surely(self, seen: Float) -> Float:
        """What was seen as skin, of any skin's colour: hair and shadows of lashes are darker."""
        likely = np.maximum(self.skin, self._likeness(self._cheeks, _SKINLIKE))
        return np.asarray(likely * seen, np.float32)

    def whole(self, known: tuple[Float, Float] | None) -> Float:
        """Skin, and what is small within it or lies in its light: shine, spots, shade.

        In the face's crop it is what was seen as such; beyond it colours tell, more strictly: walls
        are grey, as dark skin nearly is.

        Args:
            known: what was seen of skin, and where somebody looked; None: nowhere.
        """
        near = ramp(self.blurred(self._likeness(self._cheeks, _SKINLIKE), _SMALL), *_WITHIN)
        if known is None:
            return near
        seen, looked = known
        far = ramp(self.blurred(self.skin, _SMALL), *_WITHIN)
        return np.asarray(far + looked * (near * self.blurred(seen, _TIGHT) - far), np.float32)

    def guided(self) -> tuple[Float, Float]:
        """Slope and offset of the guided filter, (rows, columns, 3) each."""
        radius = max(1, round(_TEXTURE * self._side))

        def mean(x: NDArray[np.floating]) -> Float:
            return np.asarray(cv2.blur(x, (2 * radius + 1, 2 * radius + 1)), np.float32)

        guide, picture = self.lightness, self.pixels
        guide_mean, picture_mean = mean(guide), mean(picture)
        variance = mean(guide * guide) - guide_mean**2
        covariance = mean(picture * guide[..., None]) - picture_mean * guide_mean[..., None]
        slope = covariance / (np.maximum(variance, 0) + _EDGE)[..., None]
        offset = picture_mean - slope * guide_mean[..., None]
        return mean(slope), mean(offset)

    def tones(self, share: Mapping[str, float]) -> Float:
        """What is added to the picture: spots healed, tones evened, shine softened."""
        added = np.zeros_like(self.pixels)
        if share[HEAL] > 0:
            added += self._healed(share[HEAL])
        if share[EVEN]:
            added += share[EVEN] * self._evened()
        if share[AGE] < 0:
            added -= share[AGE] * _EVENER * self._evened()
            added -= share[AGE] * _LIGHTER * self._lifted() * self._bags[..., None]
        if share[SHINE]:
            added += share[SHINE] * self._softened()
        if share[LIFT] > 0:
            added += share[LIFT] * self._lifted()
        if share[AGE]:
            added += share[AGE] * self._lined(older=share[AGE] > 0)
        if share[AGE] > 0:
            bags = (self._lifted() @ LUMA) * self._bags
            added -= share[AGE] * _DARKER * self._as_light(np.asarray(bags, np.float32))
        return added

    def _lined(self, *, older: bool) -> Float:
        """What lines and folds get darker with age, or lighter; spots and edges do not.

        A line is hollow across and not along it (the Hessian's eigenvalues; Frangi et al.,
        *Multiscale Vessel Enhancement Filtering*, 1998): freckles and moles are hollow both ways.
        """
        shade = np.zeros_like(self.lightness)
        for share in _LINES:
            sigma = max(0.7, share * self._side)
            seen = self._on_skin(self.lightness, share, self.skin)[..., 0]
            xx, yy, xy = (
                cv2.Sobel(seen, cv2.CV_32F, *order, ksize=3) * np.float32(sigma**2 / scale)
                for order, scale in (((2, 0), 4), ((0, 2), 4), ((1, 1), 4))
            )
            middle, apart = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
            # a nose's wing is no line either: half of its edge was left, as a dark notch
            across, along = (middle + apart) * (1 - self._nose), np.abs(middle - apart)
            hollow = np.clip((across - _ROUND * along) / np.float32(_SURELY), 0, 1)
            if older:  # what is hardly one on smooth skin would be a stain
                hollow = hollow**2
            around = self._on_skin(self.lightness, 4 * share, self.skin)[..., 0]
            depth = np.minimum(0, seen - around) * self.blurred(
                np.asarray(hollow, np.float32), share
            )
            shade = np.minimum(shade, depth)
        around = self._on_skin(self.lightness, _LINES[-1], self.skin)[..., 0]
        wisps = ramp(1 - self.lightness / np.maximum(around, _FAINT), *_WISP)
        near = np.ones((3, 3), np.uint8)
        shade = shade * (
            1 - self.blurred(np.asarray(cv2.dilate(wisps, near), np.float32), _LINES[0])
        )
        shade = np.maximum(shade, -_DEEPEST) * self.skin / np.float32(_LIT)
        if older:
            shade = shade * _OLDER / (1 - shade / np.float32(_DEEP))
            return self._as_light(np.asarray(shade, np.float32))
        # what gets lighter becomes the skin around it, and no lighter than that: it would be orange
        lack = self._on_skin(self.pixels, _TONES, self.skin) - self.blurred(self.pixels, _LINES[0])
        room = np.maximum(lack @ LUMA, np.float32(1e-3))
        share = np.clip(-shade * _YOUNGER / room, 0, _LEFT)
        return np.asarray(-lack * np.where(lack @ LUMA > 0, share, 0)[..., None], np.float32)

    def _as_light(self, shade: Float) -> Float:
        """More or less light (rows, columns), of the hue of the skin that it falls on."""
        tone = self._on_skin(self.pixels, _TONES, self.skin)  # light is a factor of it
        return np.asarray(shade[..., None] * tone, np.float32)

    def _evened(self) -> Float:
        """Blotches: what tones differ from those around, colour more than light."""
        picture, skin = self.pixels, self.skin
        band = self._on_skin(picture, _TONES, skin) - self._on_skin(picture, _WIDE, skin)
        light = (band @ LUMA)[..., None]
        colour = band - light
        return np.asarray(-(0.9 * colour + 0.3 * light) * skin[..., None], np.float32)

    def _softened(self) -> Float:
        """Shine is white light on top of the skin's own: that much of it is taken off."""
        seen = self.blurred(self.lightness, 0.003)
        around = self._on_skin(self.lightness, _WIDE, self.skin)[..., 0]
        shine = np.maximum(0, seen - around - 0.03)
        # a highlight is whiter than skin: it counts where skin is around it
        where = np.clip(2.5 * self.blurred(self.skin, 0.015), 0, 1)
        return np.asarray(-0.75 * (shine * where)[..., None], np.float32).repeat(3, axis=-1)

    def _lifted(self) -> Float:
        """Shade takes tone and colour of the lighter skin beside it; creases are finer and stay."""
        mean = self._on_skin(self.lightness, _WIDE, self.skin)[..., 0]
        lit = self.skin * np.clip((self.lightness - mean) / 0.04 + 0.5, 0, 1).astype(np.float32)
        shade = self._on_skin(self.pixels, _WIDE, lit) - self.blurred(self.pixels, _LIFTED)
        darker = np.clip((shade @ LUMA) / 0.03, 0, 1)
        where = self.blurred(np.asarray(darker * self.skin, np.float32), _LIFTED)
        return np.asarray(0.75 * np.clip(shade, -0.12, 0.12) * where[..., None], np.float32)

    def _healed(self, strength: float) -> Float:
        """Spots take the light and colour of the skin around them; freckles at the last."""
        looked_at = self._region & (self._nostrils < _IN_NOSTRIL)
        found = spots(self.pixels, self.skin, self._side, looked_at)
        last = max(0.0, strength - _FRECKLES_STAY) / (1 - _FRECKLES_STAY)
        share = np.maximum(min(1.0, strength / _HEALED) * found.blemishes, last * found.freckles)
        clear = (1 - found.blemishes) * (1 - found.freckles)
        sound = np.asarray(self.skin * clear**2 + 1e-4, np.float32)
        around = self._on_skin(self.pixels, _TONES, sound)
        lack = around - self.blurred(self.pixels, _FINEST)
        return np.asarray((share * (1 - self._nostrils))[..., None] * lack, np.float32)

    def source(self) -> tuple[int, int] | None:
        """Where the region's texture is to come from, x, y from there; None for nowhere."""
        found = spots(self.pixels, self.skin, self._side, ~self._region)
        sound = self.skin * (1 - np.maximum(found.blemishes, found.freckles))
        return source(self.pixels, self._region, sound, self._light)

    def filled(self, offset: tuple[int, int]) -> Float:
        """What is added to the source's pixels at an offset, so that they fit into the region."""
        return filling(self.pixels, self._region, offset, self._light)

    def edged(self) -> Float:
        """A region without a source takes its edge's tones and keeps the finest of its own."""
        around = self._on_skin(self.pixels, _WIDE, (~self._region).astype(np.float32))
        return np.asarray(around - self.blurred(self.pixels, _FINEST), np.float32)

    @property
    def _light(self) -> float:
        """Standard deviation of what is light and not texture where a spot is healed, pixels."""
        return max(0.5, 0.002 * self._side)


def _chroma(picture: Float) -> Float:
    """(h, w, 2): red and blue against lightness, relative to it, so that shade does not count."""
    light = (picture @ LUMA)[..., None] + np.float32(0.1)
    return np.asarray((picture[..., ::2] - light) / light * 0.5, np.float32)
