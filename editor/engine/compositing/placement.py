"""One edit in the photo: its renders placed there, and the pixels that it changes, tile by tile.

    I_k = I_{k−1} + M_k ⊙ (R(G(s_k)) − R(G(s_{k−1}))),   I_0 = the photograph

R places the crop in the photo, M_k is edit k's own region. Where the two renders differ by
movement, plain addition would leave a ghost of the old contour, so the photo's own detail
(I_{k−1} − R(G(s_{k−1}))) is carried along the dense flow between them first, and dropped where
forward and backward flow disagree: new surface has no old detail. Pixels where M_k is 0 are never
written.

Every coordinate counts from the box of the edit's own region, so what an edit does to a picture
depends on nothing else: not on other regions, nor on what part of the photo is asked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing import ageing, blending, shading
from editor.engine.compositing.bending import folds
from editor.engine.compositing.dodging import Dodge
from editor.engine.compositing.eyeballs import Eyeball
from editor.engine.compositing.geometry import (
    TOP,
    Window,
    chain,
    inside,
    inverse,
    placed,
    positions,
    sampled,
    shift,
    unit,
)
from editor.engine.compositing.light import DARK
from editor.engine.compositing.lips import of_lips
from editor.engine.compositing.new_surface import NOVEL, NewSurface
from editor.engine.compositing.renders import State
from editor.engine.compositing.shading import Brows, Shade
from editor.engine.compositing.skin import cheeks
from editor.engine.compositing.spectacles import Rims, taken_off
from editor.engine.compositing.surface import (
    MEASURED,
    Surface,
    as_measured,
    enlarged,
    ramp,
    remapped,
)
from editor.engine.compositing.toning import (
    greyed,
    no_darker_than_own,
    no_lighter_than_skin,
    of_hair,
    paled,
    relit,
    toned,
    whitened,
)
from editor.engine.compositing.turning import light_left

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.engine.compositing.geometry import Box, Level
    from editor.engine.compositing.renders import FaceInPhoto, Kept, RenderedEdit

    Float = NDArray[np.float32]

_HAIRS = 0.3, 0.6  # darker by so much than the render, at least and surely
_BEYOND = np.float32(0.03)  # of the photo's detail and the render, both
_FLATTENED = np.float32(0.05)  # of the photo's texture, by a colour that runs against it
_GAIN = 0.67, 1.5
_STRANDS = np.float32(0.7)  # of the factor by which light multiplies, where colours change by tone


@dataclass(frozen=True, slots=True, eq=False)
class PlacedEdit:
    """An edit's renders, ready to be sampled in the box of its region.

    Attributes:
        box: of the region, in pixels of the level.
        mask: uint8 (height, width), the region's alpha there.
        to_crop: float64 (2, 3), box pixels to crop pixels.
        magnify: box pixels per crop pixel.
        before, after: crop-sized renders, no finer than ``surface.MEASURED`` pixels are.
        visible: crop-sized, where the face is seen, see ``explained``.
        surface: how it moves between them.
        fade: of the region's alpha, see ``blending.fade``.
        fresh: the render after as it looks on new surface; None if there is none.
        radius: of the guided filter, box pixels; 0 without.
        still: only colours change.
        bent: only places change, and with ``folds`` the light on them.
        folds: (r, r), the natural logarithm of a factor of light; None without.
        eyeballs: over which lids move; none without.
        rims: what does not bend, and the picture without it; None without.
        dodge: light on hair, of which the renders say only how much; None for the rest.
        shade: likewise light on skin, or on brows.
    """

    box: Box
    mask: NDArray[np.uint8]
    to_crop: NDArray[np.float64]
    magnify: float
    before: Float
    after: Float
    visible: Float
    surface: Surface
    fade: Float
    fresh: NewSurface | None
    radius: int
    still: bool
    toned: bool
    bent: bool
    folds: Float | None
    eyeballs: tuple[Eyeball, ...]
    rims: tuple[Rims, State] | None
    dodge: Dodge | None
    shade: Shade | Brows | None

    @classmethod
    def of(
        cls,
        canvas: State,
        edit: RenderedEdit,
        face: FaceInPhoto,
        level: Level,
        placed: tuple[Box, NDArray[np.uint8]],
        kept: Kept,
    ) -> PlacedEdit:
        """Place an edit.

        Args:
            canvas: the picture before it, around the region.
            edit: the edit.
            face: of the edit's crop.
            level: of the canvas.
            placed: ``level.mask`` of the region, not empty.
            kept: what was computed before.
        """
        box, mask = placed
        # crop pixel = to_crop · (photo pixel = to_photo · (level pixel = corner + box pixel))
        to_crop = chain(edit.place.to_crop, level.to_photo, shift(box[0], box[1]))
        magnify = 1 / math.hypot(to_crop[0, 0], to_crop[1, 0])
        surface = kept.surface(edit)
        moved = surface
        if edit.plain:  # nothing moves, and nothing is drawn: it would be hair on skin
            surface = Surface.still(edit.crop.size)
        first, last = edit.before.pixels, edit.after.pixels
        if edit.share != 1:
            last = np.asarray(first + np.float32(edit.share) * (last - first), np.float32)
        colourless = not edit.tinting and face.colourless
        if colourless:  # a photo without colours gets none
            first, last = greyed(first), greyed(last)
        before, after = first, last
        bent = edit.bent is not None or edit.lids is not None
        if magnify < 1 and not bent:  # finer than the output: filter before sampling
            sigma = 0.4 / magnify
            before = np.asarray(cv2.GaussianBlur(before, (0, 0), sigma), np.float32)
            after = np.asarray(cv2.GaussianBlur(after, (0, 0), sigma), np.float32)
        rims = None
        if bent and edit.rims is not None:
            near = furthest(surface, magnify)
            rims = _taken_off(canvas, box, near, edit.rims, to_crop)
        beneath = canvas if rims is None else rims[1]
        here = beneath.pixels[inside(box, beneath.box)]
        fresh = None
        if not edit.still and not bent and not edit.plain:
            fresh = NewSurface.of(here, before, after, surface, to_crop, magnify)
        # Where the photo's surface stays, its own detail does. Of two large renders the finest is
        # each one's own: their difference would lay both over the photo's, as stains on teeth.
        side = len(first)
        if not bent:
            before, after = (enlarged(as_measured(p), side) for p in (before, after))
        dodge = shade = None
        if edit.plain:
            marks, older = edit.place.landmarks_in_crop(), (edit.asked or 1) > 0
            shade = ageing.of_renders(before, after, moved, edit.trusted, marks, older=older)
            last = shade.on(first, shade.maps)  # it ends where skin does
        elif edit.shades:
            region = edit.region
            covered = edit.place.mask_in_crop(region.alpha, region.x, region.y)
            seen = _seen(here, to_crop, magnify, side)
            asked = edit.asked or 0.0
            if edit.keeps != shading.BROWS:
                tone, name = cheeks(face), edit.keeps
                shade = shading.of_renders(before, after, edit.parts, covered, name, asked, tone)
                last = first + shade.on(seen, shade.maps) - seen
            elif edit.parts is not None:
                shade = Brows.of(
                    seen, edit.parts, cheeks(face), asked,
                    grain=shading.grain_of(here), coloured=not colourless,
                )  # fmt: skip
                last = first  # it ends with the brows' hairs
        elif edit.still and edit.toned:
            region = edit.region
            covered = edit.place.mask_in_crop(region.alpha, region.x, region.y)
            seen = _seen(here, to_crop, magnify, side)  # with the edits that are beneath it
            change = toned(before, after - before, covered, surface.novelty, seen)
            if edit.lights:
                dyed = edit.keeps == "dye"
                asked = None if dyed and colourless else edit.asked  # a hue is no light
                dodge = Dodge.of(
                    canvas, box, mask, to_crop, change, seen, covered, cheeks(face),
                    edit.trusted, asked, dyed=dyed, coloured=not colourless,
                )  # fmt: skip
            elif edit.keeps == "white":
                change = whitened(seen, change, edit.asked or 0.0)
            elif edit.keeps == "beard":
                change = relit(seen, change, covered)
                marks = edit.place.landmarks_in_crop()
                change *= no_darker_than_own(seen, change, covered, marks)[..., None]
                lighter = np.asarray(change.sum(-1) > 0, np.float32)
                skin = cheeks(face)
                share = of_hair(seen, covered, skin)
                share *= no_lighter_than_skin(seen, change, covered, skin)
                change *= (1 - lighter * (1 - share))[..., None]
            lips, paler = covered, edit.keeps == "skin"
            if edit.lips is not None:
                lips = of_lips(seen, edit.lips, dark=paler)
            if paler:
                change = paled(seen, change, cheeks(face), lips * covered)
                before = seen  # what is added was reckoned from it
            if edit.lips is not None:
                change *= lips[..., None]
            after = before + change
        if colourless:
            after = greyed(after)
        drawn = edit.plain or not (bent or dodge or shade)
        coarse = magnify * max(1.0, side / MEASURED)
        light = None
        if edit.folding is not None:
            light = folds(first, last, surface, edit.folding)
        elif edit.turning is not None and edit.bent is not None:
            seen = _seen(here, to_crop, magnify, side)
            light = light_left(seen, surface.flow, edit.turning, edit.bent[1])
        return cls(
            box, mask, to_crop, magnify, before, after,
            visible=face.visible if drawn else np.ones_like(face.visible),
            surface=surface,
            # Light on hair ends where the hair does, which is an edge of the photo's: faded towards
            # that, hair kept a rim of its old colour, as wide as a stain.
            fade=np.ones_like(face.seen[..., 0]) if dodge else blending.fade(
                edit.region,
                edit.place,
                face.seen,
                np.zeros_like(first) if bent else last - first,
                surface.flow,
                kept.fades,
                quick=edit.quick,
                bent=bent,
            ),
            fresh=fresh,
            radius=round(1.5 * coarse) if coarse > 1.5 and not bent else 0,
            still=edit.still or edit.plain,
            toned=edit.toned,
            bent=bent,
            folds=light,
            eyeballs=tuple(
                found
                for eye in edit.eyes
                if (found := Eyeball.of(eye, here, to_crop)) is not None
            ),
            rims=rims,
            dodge=dodge,
            shade=shade,
        )  # fmt: skip

    @property
    def reach(self) -> int:
        """How far outside a tile it reads, box pixels."""
        return 2 * self.radius + furthest(self.surface, self.magnify)

    def tile(self, canvas: State, at: Box) -> NDArray[np.uint16]:
        """The changed pixels of one tile, uint16 (h, w, 3).

        ``at`` is in the box. The canvas reaches ``furthest`` beyond it, or to the photo's edge.
        """
        x, y, w, h = at
        edge = 2 * self.radius  # two passes of the guided filter
        x0, y0 = max(0, x - edge), max(0, y - edge)
        x1, y1 = min(self.box[2], x + w + edge), min(self.box[3], y + h + edge)
        # Positions are computed alike in every tile: results must not depend on where it begins.
        xs, ys = np.arange(x0, x1), np.arange(y0, y1)
        around = x0, y0, x1 - x0, y1 - y0
        at_x, at_y = positions(around, self.to_crop)
        seen = remapped(self.visible, at_x, at_y, cv2.INTER_LINEAR)
        ratio = np.float32(self.fade.shape[0] / self.visible.shape[0])
        half = np.float32(0.5)
        grid_x, grid_y = ((a + half) * ratio - half for a in (at_x, at_y))
        fade = remapped(self.fade, grid_x, grid_y, cv2.INTER_LINEAR)
        share = (seen * fade * (self.mask[y0:y1, x0:x1] / np.float32(255)))[..., None]
        of_box = self.box[0] + x0, self.box[1] + y0, x1 - x0, y1 - y0
        current = unit(canvas.pixels[inside(of_box, canvas.box)])
        beneath = canvas if self.rims is None else self.rims[1]
        carried, flow = current, np.zeros((), np.float32)
        if not self.still:
            flow = remapped(self.surface.flow, at_x, at_y, cv2.INTER_LINEAR)
            carried = self._carried(beneath, current, np.asarray(share * flow, np.float32), xs, ys)
        inner = (slice(y - y0, y - y0 + h), slice(x - x0, x - x0 + w))
        if self.bent:
            for eyeball in self.eyeballs:
                way = np.asarray(share[..., 0], np.float32)
                to_x, to_y = (np.asarray(way * flow[..., n], np.float32) for n in (0, 1))
                places = at_x + to_x, at_y + to_y
                free = unit(beneath.pixels[inside(of_box, beneath.box)])
                free = np.where(share > 0, free, current)
                eyeball.over(carried, free, way, places, around)
            if self.folds is not None:  # a factor of light is one of sRGB + 0.055, see below
                light = remapped(self.folds, at_x, at_y, cv2.INTER_LINEAR)[..., None]
                carried = (carried + DARK) * np.exp(share * light / np.float32(2.4)) - DARK
            if self.rims is not None:
                self.rims[0].over(carried, of_box)
            return np.rint(np.clip(carried, 0, 1) * TOP).astype(np.uint16)
        if self.dodge is not None:
            value = carried + share * self.dodge.added(carried, around)
            return np.rint(np.clip(value[inner], 0, 1) * TOP).astype(np.uint16)
        if self.shade is not None:
            value = carried + share * self.shade.added(carried, at_x, at_y)
            return np.rint(np.clip(value[inner], 0, 1) * TOP).astype(np.uint16)
        new = remapped(self.after, at_x, at_y)
        before = (at_x, at_y) if self.still else (at_x + flow[..., 0], at_y + flow[..., 1])
        old = remapped(self.before, *before)
        difference = new - old
        guided = _guided(difference, carried, self.radius, flatten=self.still)

        current = current[inner]
        at_x, at_y = at_x[inner], at_y[inner]
        # Edges that the render alone has are no edges of the photo's: they stay as they are.
        novelty = remapped(self.surface.novelty, at_x, at_y)
        alone = ramp(novelty, 0.5 * NOVEL[0], NOVEL[0])[..., None]
        # More or less light multiplies the photo's own detail. In linear light that is a factor;
        # light is ((sRGB + 0.055) / 1.055) ** 2.4, so it is one of sRGB + 0.055 just as well. Added
        # instead, a gain of 1.4 leaves 0.87 of the texture that light would show (added in linear
        # light, 0.73). Its tenth root: a part of the way, so that texture is neither made nor lost
        # by more than a photographer expects of a retouch.
        share, detail, old = share[inner], carried[inner], old[inner]
        # bounded: the two may have little in common
        power = _STRANDS if self.toned else np.float32(0.1)
        gain = np.clip((detail + DARK) / (old + DARK), *_GAIN) ** power
        if self.still:
            # The hairs of a beard, far darker than the render knows, light hardly shows on: all of
            # the factor there, or they turn grey.
            shade = (detail.mean(-1, keepdims=True) + DARK) / (old.mean(-1, keepdims=True) + DARK)
            gain *= np.clip(shade, 0.1, 1) ** (np.float32(0.9) * ramp(1 - shade, *_HAIRS))
        # Where old and new surface are hard to tell, the photo's detail may be another one's than
        # the render's: their sum could be brighter or darker than either.
        changed = detail + difference[inner]
        low, high = np.minimum(detail, new[inner]), np.maximum(detail, new[inner])
        bounded = np.clip(changed, low - _BEYOND, high + _BEYOND)
        added = (1 - alone) * gain * guided[inner] + alone * (bounded - detail)
        value = detail + share * added
        if self.fresh is not None:
            new_share = ramp(novelty, *NOVEL)
            left, top, across, down = cv2.boundingRect((new_share > 0).view(np.uint8))
            if across:
                part = (slice(top, top + down), slice(left, left + across))
                where = (x + left, y + top, across, down)
                fresh = self.fresh.tile(at_x[part], at_y[part], where)
                mixed = current[part] + share[part] * (fresh - current[part])
                value[part] += new_share[part][..., None] * (mixed - value[part])
        return np.rint(np.clip(value, 0, 1) * TOP).astype(np.uint16)

    def _carried(
        self,
        canvas: State,
        current: Float,
        way: Float,
        xs: NDArray[np.int64],
        ys: NDArray[np.int64],
    ) -> Float:
        """The photo's own surface where it moves to, (h, w, 3).

        ``way`` is a displacement in crop pixels, from each pixel at columns ``xs`` and rows ``ys``
        of the box to where its surface was before. A part of an edit moves surface by a part of the
        way: two pictures of one contour, laid over each other in the region's soft edge, would show
        it twice.
        """
        turn = np.asarray(np.linalg.inv(self.to_crop[:, :2]).T, np.float32)
        moved = np.asarray(way @ turn, np.float32)
        if not moved.any():
            return current
        # the photo's detail may come from outside the region's box
        source_x = xs.astype(np.float32) + moved[..., 0]
        source_y = ys.astype(np.float32)[:, None] + moved[..., 1]
        still = (np.abs(moved).max(-1) < 1e-3)[..., None]
        corner = self.box[0] - canvas.box[0], self.box[1] - canvas.box[1]
        return np.where(still, current, _cut_remapped(canvas.pixels, source_x, source_y, corner))


def _taken_off(
    canvas: State, box: Box, near: int, frames: Float, to_crop: NDArray[np.float64]
) -> tuple[Rims, State] | None:
    """What lies before a face in a box and ``near`` to it, and the picture beneath; None: none.

    The rims count from where the canvas does.
    """
    left, top, width, height = canvas.box
    x, y = max(left, box[0] - near), max(top, box[1] - near)
    right = min(left + width, box[0] + box[2] + near)
    bottom = min(top + height, box[1] + box[3] + near)
    part = x, y, right - x, bottom - y
    matrix = chain(to_crop, shift(x - box[0], y - box[1]))
    found = taken_off(canvas.pixels[inside(part, canvas.box)], frames, matrix)
    if found is None:
        return None
    rims, beneath = found
    at = x + rims.at[0], y + rims.at[1], *rims.at[2:]
    return replace(rims, at=at), State(part, beneath)


def _seen(
    here: NDArray[np.uint16], to_crop: NDArray[np.float64], magnify: float, side: int
) -> Float:
    """What an edit changes as the crop shows it, (r, r, 3); beyond its box, the box's edge."""
    height, width = here.shape[:2]
    near = Window.of((0, 0, width, height), math.ceil(2 * max(width, height) / magnify))
    matrix = chain(inverse(near.to_photo), inverse(to_crop))
    small = unit(np.asarray(sampled(here, near.columns, near.rows), np.uint16))
    return enlarged(as_measured(placed(small, matrix, (side, side), cv2.INTER_LINEAR)), side)


def _guided(change: Float, photo: Float, radius: int, *, flatten: bool) -> Float:
    """Upsampled change refined so that its edges follow the photo's.

    The guided filter with a grey guide (He, Sun, Tang, *Guided Image Filtering*, 2010). Nothing
    is refined at radius 0: the photo is no finer than the render. A change that runs against the
    photo's lightness takes the photo's texture away with its edges, which a colour has to where it
    ends at an outline; but where things move (``flatten`` is False), the outline moved as well.
    Texture finer than the render is hardly ever the render's to flatten.
    """
    if not radius:
        return change
    guide = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.float32)

    def mean(x: NDArray[np.floating]) -> Float:
        return np.asarray(cv2.blur(x, (2 * radius + 1, 2 * radius + 1)), np.float32)

    guide_mean, change_mean = mean(guide), mean(change)
    variance = mean(guide * guide) - guide_mean**2
    covariance = mean(change * guide[..., None]) - change_mean * guide_mean[..., None]
    slope = covariance / (variance + 4e-3)[..., None]
    if not flatten:
        slope = np.maximum(slope, 0)
    offset = change_mean - slope * guide_mean[..., None]
    slope, finer = mean(slope), guide - guide_mean
    refined = slope * guide_mean[..., None] + np.maximum(slope, -_FLATTENED) * finer[..., None]
    return np.asarray(refined + mean(offset), np.float32)


def furthest(surface: Surface, magnify: float) -> int:
    """How far away the photo's detail may come from, box pixels."""
    fastest = float(np.abs(surface.flow).max()) * math.sqrt(2) * magnify
    return math.ceil(fastest) + 5


def _cut_remapped(canvas: NDArray[np.uint16], x: Float, y: Float, corner: tuple[int, int]) -> Float:
    """The canvas in [0, 1] at float positions; only the part they lie in is converted.

    Positions count from ``corner`` of the canvas: whole numbers are added where they are exact.
    """
    low: list[int] = []
    high: list[int] = []
    for at, length, start in zip((x, y), canvas.shape[1::-1], corner, strict=True):
        first = min(max(0, start + math.floor(float(at.min())) - 3), length - 1)
        low.append(first)
        high.append(max(first + 1, min(length, start + math.ceil(float(at.max())) + 4)))
    part = unit(canvas[low[1] : high[1], low[0] : high[0]])
    x, y = (at + np.float32(a - b) for at, a, b in zip((x, y), corner, low, strict=True))
    return remapped(part, x, y)
