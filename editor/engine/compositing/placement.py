"""From the generator's crop to the photograph: every edit adds a change, it never replaces pixels.

    I_k = I_{k−1} + M_k ⊙ (R(G(s_k)) − R(G(s_{k−1}))),   I_0 = the photograph

R places the crop in the photo, M_k is edit k's own region. Where the two renders differ by
movement, plain addition would leave a ghost of the old contour, so the photo's own detail
(I_{k−1} − R(G(s_{k−1}))) is carried along the dense flow between them first, and dropped where
forward and backward flow disagree: new surface has no old detail. Pixels where every M_k is 0 are
never written.

Between edits the picture is 16-bit sRGB, and each edit is computed tile by tile, with as much
around a tile as its filters reach: what is held beside the picture does not grow with the photo,
and the tiles leave no trace in the result.
"""

from __future__ import annotations

import hashlib
import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import cv2
import numpy as np

from editor.document.colour import ColourSpace, rounded_to_8_bits
from editor.engine.compositing import blending
from editor.engine.compositing.surface import Grain, Surface, explained, narrowed, ramp, remapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from editor.document.face import FaceCrop
    from editor.document.photo import Photo, Pixels
    from editor.document.region import RegionMask

    Float = NDArray[np.float32]
    Box = tuple[int, int, int, int]  # x, y, width, height

_NEW = 0.55, 0.85  # novelty: surface begins to be taken as new, and is
_HAIRS = 0.3, 0.6  # darker by so much than the render, at least and surely
_DARK = np.float32(0.055)
_BEYOND = np.float32(0.03)  # of the photo's detail and the render, both
_FLATTENED = np.float32(0.05)  # of the photo's texture, by a colour that runs against it
_GAIN = 0.67, 1.5
_TILE = 768  # pixels a side: computed at once
_TOP = np.float32(65535)


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One edit's two renders and where they go.

    Attributes:
        crop: the face's place in the photo.
        region: where pixels may change, in photo pixels.
        before, after: float32 sRGB (r, r, 3) in [0, 1], the generator's picture before and after
            the edit.
        still: only colours change, so all of the photo's detail stays where it is.
    """

    crop: FaceCrop
    region: RegionMask
    before: Float
    after: Float
    still: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the photo, sampled at ``scale`` output pixels per photo pixel.

    Attributes:
        x, y, width, height: in photo pixels.
        columns, rows: size of the sampled picture.
    """

    x: int
    y: int
    width: int
    height: int
    columns: int
    rows: int

    @classmethod
    def of(cls, box: tuple[int, int, int, int], longest: int | None = None) -> Window:
        """The box (x, y, width, height), its long side sampled with at most ``longest`` pixels."""
        x, y, width, height = box
        scale = 1.0 if longest is None else min(1.0, longest / max(width, height))
        return cls(x, y, width, height, max(1, round(width * scale)), max(1, round(height * scale)))

    @property
    def to_photo(self) -> NDArray[np.float64]:
        """(2, 3): output pixels to photo pixels, centres on integers."""
        fx, fy = self.width / self.columns, self.height / self.rows
        return np.array(
            [[fx, 0, self.x + 0.5 * fx - 0.5], [0, fy, self.y + 0.5 * fy - 0.5]], np.float64
        )

    def cut(self, photo: Photo) -> NDArray[np.uint16]:
        """This part of a photo as 16-bit sRGB, (rows, columns, 3), writable."""
        rows, columns = slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)
        part = self._sampled(photo.pixels[rows, columns])
        out = part.astype(np.uint16)
        if part.dtype == np.uint8:
            out *= 257
        space = ColourSpace.of(photo.icc)
        if not space.is_srgb:
            for _, y, _, height in _tiles(out.shape[1], out.shape[0], _TILE, whole_rows=True):
                band = out[y : y + height]
                band[...] = np.rint(space.to_srgb(_unit(band)) * _TOP)
        return out

    def mask(self, region: RegionMask) -> NDArray[np.uint8]:
        """A region's alpha, (rows, columns)."""
        if region.bounds == (self.x, self.y, self.width, self.height):
            return np.asarray(self._sampled(region.alpha), np.uint8)
        out = np.zeros((self.height, self.width), np.uint8)
        x0, y0 = max(region.x, self.x), max(region.y, self.y)
        x1 = min(region.x + region.alpha.shape[1], self.x + self.width)
        y1 = min(region.y + region.alpha.shape[0], self.y + self.height)
        if x1 > x0 and y1 > y0:
            part = region.alpha[y0 - region.y : y1 - region.y, x0 - region.x : x1 - region.x]
            out[y0 - self.y : y1 - self.y, x0 - self.x : x1 - self.x] = part
        return np.asarray(self._sampled(out), np.uint8)

    def _sampled(self, part: Pixels) -> Pixels:
        if (self.columns, self.rows) == (self.width, self.height):
            return part
        size = (self.columns, self.rows)
        return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), part.dtype)


def edited_box(changes: Sequence[Change]) -> Box | None:
    """The smallest rectangle (x, y, width, height) around every region; None if all are empty."""
    boxes = [change.region.bounds for change in changes if not change.region.is_empty]
    if not boxes:
        return None
    x, y = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return x, y, right - x, bottom - y


def composite(
    photo: Photo, changes: Sequence[Change], window: Window, tile: int = _TILE
) -> NDArray[np.uint16]:
    """The photo's window with every change applied, in order.

    Args:
        photo: I_0.
        changes: of every portrait, oldest first.
        window: the part of the photo, and how finely.
        tile: side of the squares that are computed at once; they leave no trace.

    Returns:
        sRGB picture, uint16 (rows, columns, 3); what ``window.cut`` gives where every region is 0.
    """
    canvas = window.cut(photo)
    faces: dict[FaceCrop, _Face] = {}
    for change in changes:
        # a face's first change begins at its inversion, and the photo does not change
        if change.crop not in faces:
            faces[change.crop] = _face(photo, change.crop, change.before)
        mask = window.mask(change.region)
        if mask.any():
            _apply(canvas, change, faces[change.crop], mask, window, tile)
    return canvas


def edited_pixels(photo: Photo, changes: Sequence[Change], tile: int = _TILE) -> Pixels:
    """The whole photograph with every change applied, in its own depth and colour space.

    Only the rectangle around the regions is computed. Pixels where every region is 0 are the
    photo's own, bit for bit.
    """
    box = edited_box(changes)
    if box is None:
        return photo.pixels.copy()
    canvas = composite(photo, changes, Window.of(box), tile)
    out = photo.pixels.copy()
    space, top = ColourSpace.of(photo.icc), np.float32(np.iinfo(out.dtype).max)
    for _, y, width, height in _tiles(box[2], box[3], tile, whole_rows=True):
        picture = canvas[y : y + height]
        part = out[box[1] + y : box[1] + y + height, box[0] : box[0] + width]
        if space.is_srgb:  # both conversions to 16 bits and back are exact
            part[...] = rounded_to_8_bits(picture) if out.dtype == np.uint8 else picture
            continue
        start = Window.of((box[0], box[1] + y, width, height)).cut(photo)
        added = space.from_srgb(_unit(picture)) - space.from_srgb(_unit(start))
        levels = np.clip(np.rint(part + added * top), 0, top)
        part[...] = np.where(np.any(picture != start, -1, keepdims=True), levels, part)
    return out


def outside_identical(
    original: Pixels,
    bands: Iterable[tuple[int, Pixels]],
    regions: Sequence[RegionMask],
) -> bool:
    """Whether a picture (H, W, 3) and a changed one agree wherever all regions are 0.

    Args:
        original: the picture.
        bands: the changed one from the top down: first row, and rows (n, W, 3).
        regions: where they may differ.
    """
    row = 0
    for top, band in bands:
        rows = original[top : top + len(band)]
        if top != row or rows.shape != band.shape or rows.dtype != band.dtype:
            return False
        row += len(band)
        differs = np.any(rows != band, axis=-1)
        for region in regions:
            first, last = max(region.y, top), min(region.y + region.bounds[3], row)
            if first < last:
                columns = slice(region.x, region.x + region.bounds[2])
                alpha = region.alpha[first - region.y : last - region.y]
                differs[first - top : last - top, columns] &= alpha == 0
        if differs.any():
            return False
    return row == len(original)


def overlaid(photo: Photo, crop: FaceCrop, picture: Float, window: Window) -> Float:
    """A square render laid over the photo's window with a soft edge.

    Returns:
        sRGB in [0, 1], (rows, columns, 3).
    """
    under = _unit(window.cut(photo))
    size = (window.columns, window.rows)
    to_crop = _chain(crop.to_crop, window.to_photo)
    if picture.shape[0] != crop.size:
        side = (crop.size, crop.size)
        picture = np.asarray(cv2.resize(picture, side, interpolation=cv2.INTER_CUBIC), np.float32)
    edge = np.zeros(picture.shape[:2], np.float32)
    rim = crop.size // 16
    edge[rim:-rim, rim:-rim] = 1
    edge = np.asarray(cv2.GaussianBlur(edge, (0, 0), rim / 2.5), np.float32)
    alpha = np.asarray(
        cv2.warpAffine(edge, to_crop, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP),
        np.float32,
    )[..., None]
    placed = _placed(picture, to_crop, size, cv2.INTER_CUBIC)
    return np.asarray(under + alpha * (placed - under), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """A face of the photo before any edit.

    Attributes:
        seen: float32 (n, n, 3), the photo on the grid of ``blending``.
        known: float32 (r, r), where the face is seen, see ``explained``.
    """

    seen: Float
    known: Float


_faces: WeakKeyDictionary[Photo, dict[tuple[FaceCrop, bytes], _Face]] = WeakKeyDictionary()
"""What ``_face`` found; as long as a photo lives, it has few inversions."""


def _face(photo: Photo, crop: FaceCrop, base: Float) -> _Face:
    """Found once, although every preview asks for it."""
    kept = _faces.setdefault(photo, {})
    key = crop, hashlib.blake2b(base.tobytes(), digest_size=16).digest()
    if key not in kept:
        seen = _aligned(photo, crop)
        kept[key] = _Face(blending.on_grid(seen), explained(seen, base))
    return kept[key]


def _aligned(photo: Photo, crop: FaceCrop) -> Float:
    """The photo as the generator would see it, float32 sRGB (r, r, 3)."""
    size = (crop.size, crop.size)
    box = crop.bounds(photo.width, photo.height, margin=0.05)
    if not box[2] * box[3]:
        return np.zeros((*size, 3), np.float32)
    near = Window.of(box, 2 * crop.size)
    matrix = _chain(np.asarray(cv2.invertAffineTransform(near.to_photo), np.float64), crop.to_photo)
    seen = _unit(near.cut(photo))
    return _placed(seen, matrix, size, cv2.INTER_LINEAR, border=cv2.BORDER_REFLECT_101)


def _tiles(width: int, height: int, side: int, *, whole_rows: bool = False) -> Iterator[Box]:
    """A picture cut into squares, or into bands of as many pixels, from the top left."""
    across, down = (width, max(1, side * side // width)) if whole_rows else (side, side)
    for y in range(0, height, down):
        for x in range(0, width, across):
            yield x, y, min(across, width - x), min(down, height - y)


@dataclass(frozen=True, slots=True, eq=False)
class _Fresh:
    """What the photo shows where surface appears: nothing of the old contours.

    Attributes:
        picture: the render after, enlarged ``finer`` times with narrow edges, float32; the part of
            it around new surface.
        x, y: crop pixel that the part begins at.
        finer: its pixels per crop pixel.
        grain: of the box.
    """

    picture: Float
    x: int
    y: int
    finer: int
    grain: Grain

    @classmethod
    def of(
        cls,
        here: NDArray[np.uint16],
        before: Float,
        after: Float,
        surface: Surface,
        to_crop: NDArray[np.float64],
        magnify: float,
    ) -> _Fresh | None:
        """None where no surface appears in the box ``here``."""
        side = before.shape[0]
        to_box = np.asarray(cv2.invertAffineTransform(to_crop), np.float64)
        ys, xs = np.mgrid[:side, :side]
        at = np.stack([xs, ys], -1) @ to_box[:, :2].T + to_box[:, 2]
        inside = np.all((at >= 0) & (at <= np.array(here.shape[1::-1]) - 1), -1)
        shown = (surface.novelty > _NEW[0]) & inside
        x, y, w, h = (int(n) for n in cv2.boundingRect(shown.astype(np.uint8)))
        if not w:
            return None
        edge = 8
        x, y, right, bottom = max(0, x - edge), max(0, y - edge), x + w + edge, y + h + edge
        finer = int(np.clip(round(magnify), 1, 4))
        picture = (after + _tone(here, before, to_box, magnify, inside))[y:bottom, x:right]
        return cls(
            narrowed(picture, finer) if finer > 1 else picture, x, y, finer, Grain.of(here, magnify)
        )

    def tile(self, at_x: Float, at_y: Float, at: Box) -> Float:
        """The picture at crop positions (h, w), with the grain of the box's part ``at``."""
        x, y = (
            (a - np.float32(o - 0.5)) * np.float32(self.finer) - np.float32(0.5)
            for a, o in ((at_x, self.x), (at_y, self.y))
        )
        return remapped(self.picture, x, y) + self.grain.sample(*at)


def _tone(
    here: NDArray[np.uint16],
    before: Float,
    to_box: NDArray[np.float64],
    magnify: float,
    inside: NDArray[np.bool_],
) -> Float:
    """What the photo's light adds to the render: smooth, and blind to what the render lacks."""
    side = before.shape[0]
    fine = max(1, int(magnify))
    small = Window.of((0, 0, here.shape[1], here.shape[0]), math.ceil(max(here.shape[:2]) / fine))
    seen = cv2.resize(here, (small.columns, small.rows), interpolation=cv2.INTER_AREA) / _TOP
    from_small = np.asarray(cv2.invertAffineTransform(small.to_photo), np.float64)
    placed = np.asarray(seen, np.float32)
    apart = _placed(placed, _chain(from_small, to_box), (side, side), cv2.INTER_LINEAR) - before
    trust = (inside * (np.exp(-((apart / 0.12) ** 2).sum(-1)) + 1e-3) + 1e-6)[..., None]
    both = cv2.GaussianBlur(np.concatenate([apart * trust, trust], -1), (0, 0), 10)
    tone = both[..., :3] / both[..., 3:]
    return np.asarray(tone, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Placement:
    """A change's renders, ready to be sampled in the box of its region.

    Attributes:
        left, top, width, height: the box in the window.
        to_crop: float64 (2, 3), box pixels to crop pixels.
        magnify: box pixels per crop pixel.
        before, after: crop-sized renders.
        known: crop-sized, where the face is seen, see ``explained``.
        surface: how it moves between them.
        fade: of the region's alpha, see ``blending.fade``.
        fresh: the render after as it looks on new surface; None if there is none.
        radius: of the guided filter, box pixels; 0 without.
        still: only colours change.
    """

    left: int
    top: int
    width: int
    height: int
    to_crop: NDArray[np.float64]
    magnify: float
    before: Float
    after: Float
    known: Float
    surface: Surface
    fade: Float
    fresh: _Fresh | None
    radius: int
    still: bool

    @classmethod
    def of(
        cls, canvas: NDArray[np.uint16], change: Change, face: _Face, box: Box, window: Window
    ) -> _Placement:
        left, top, width, height = box
        # crop pixel = to_crop · (photo pixel = to_photo · (window pixel = (left, top) + box pixel))
        to_crop = _chain(change.crop.to_crop, window.to_photo, _shift(left, top))
        magnify = 1 / math.hypot(to_crop[0, 0], to_crop[1, 0])
        if change.still:
            surface = Surface.still(change.crop.size)
        else:
            surface = Surface.between(change.before, change.after)
        before, after = change.before, change.after
        if magnify < 1:  # the renders are finer than the output: filter before sampling them
            sigma = 0.4 / magnify
            before = np.asarray(cv2.GaussianBlur(before, (0, 0), sigma), np.float32)
            after = np.asarray(cv2.GaussianBlur(after, (0, 0), sigma), np.float32)
        here = canvas[top : top + height, left : left + width]
        return cls(
            *box, to_crop, magnify, before, after, face.known, surface,
            fade=blending.fade(change.region, change.crop, face.seen, change.after - change.before),
            fresh=_Fresh.of(here, before, after, surface, to_crop, magnify),
            radius=round(1.5 * magnify) if magnify > 1.5 else 0,
            still=change.still,
        )  # fmt: skip

    @property
    def reach(self) -> int:
        """How far outside a tile it reads, box pixels."""
        fastest = float(np.abs(self.surface.flow).max()) * math.sqrt(2) * self.magnify
        return 2 * self.radius + math.ceil(fastest) + 3

    def tile(self, canvas: NDArray[np.uint16], mask: NDArray[np.uint8], at: Box) -> Pixels:
        """The changed pixels of one tile, uint16 (h, w, 3).

        ``at`` is in the box, ``mask`` the box's alpha (height, width).
        """
        x, y, w, h = at
        edge = 2 * self.radius  # two passes of the guided filter
        x0, y0 = max(0, x - edge), max(0, y - edge)
        x1, y1 = min(self.width, x + w + edge), min(self.height, y + h + edge)
        # Positions are computed alike in every tile: results must not depend on where it begins.
        xs, ys = np.arange(x0, x1), np.arange(y0, y1)
        m = self.to_crop
        at_x = (m[0, 0] * xs + (m[0, 1] * ys + m[0, 2])[:, None]).astype(np.float32)
        at_y = (m[1, 0] * xs + (m[1, 1] * ys + m[1, 2])[:, None]).astype(np.float32)
        new = remapped(self.after, at_x, at_y)
        flow = remapped(self.surface.flow, at_x, at_y, cv2.INTER_LINEAR)
        seen = remapped(self.known, at_x, at_y, cv2.INTER_LINEAR)
        ratio = np.float32(self.fade.shape[0] / self.known.shape[0])
        half = np.float32(0.5)
        grid_x, grid_y = ((a + half) * ratio - half for a in (at_x, at_y))
        fade = remapped(self.fade, grid_x, grid_y, cv2.INTER_LINEAR)
        share = (seen * fade * (mask[y0:y1, x0:x1] / np.float32(255)))[..., None]
        # Where each pixel's surface was before: a displacement in crop pixels, turned to the box's.
        # A part of an edit moves surface by a part of the way: two pictures of one contour, laid
        # over each other in the region's soft edge, would show it twice.
        turn = np.asarray(np.linalg.inv(m[:, :2]).T, np.float32)
        moved = np.asarray((share * flow) @ turn, np.float32)
        old = remapped(self.before, at_x + flow[..., 0], at_y + flow[..., 1])
        current = _unit(canvas[self.top + y0 : self.top + y1, self.left + x0 : self.left + x1])
        carried = current
        if moved.any():
            # the photo's detail may come from outside the region's box
            source_x = (xs + self.left).astype(np.float32) + moved[..., 0]
            source_y = (ys + self.top).astype(np.float32)[:, None] + moved[..., 1]
            still = (np.abs(moved).max(-1) < 1e-3)[..., None]
            detail = _cut_remapped(canvas, source_x, source_y)
            carried = np.where(still, current, detail)
        difference = new - old
        guided = _guided(difference, carried, self.radius, flatten=self.still)

        inner = (slice(y - y0, y - y0 + h), slice(x - x0, x - x0 + w))
        current = current[inner]
        at_x, at_y = at_x[inner], at_y[inner]
        # Edges that the render alone has are no edges of the photo's: they stay as they are.
        novelty = remapped(self.surface.novelty, at_x, at_y)
        alone = ramp(novelty, 0.5 * _NEW[0], _NEW[0])[..., None]
        # More or less light multiplies the photo's own detail. In linear light that is a factor;
        # light is ((sRGB + 0.055) / 1.055) ** 2.4, so it is one of sRGB + 0.055 just as well. Added
        # instead, a gain of 1.4 leaves 0.87 of the texture that light would show (added in linear
        # light, 0.73). Its tenth root: a part of the way, so that texture is neither made nor lost
        # by more than a photographer expects of a retouch.
        share, detail, old = share[inner], carried[inner], old[inner]
        # bounded: the two may have little in common
        gain = np.clip((detail + _DARK) / (old + _DARK), *_GAIN) ** np.float32(0.1)
        if self.still:
            # The hairs of a beard, far darker than the render knows, light hardly shows on: all of
            # the factor there, or they turn grey.
            shade = (detail.mean(-1, keepdims=True) + _DARK) / (old.mean(-1, keepdims=True) + _DARK)
            gain *= np.clip(shade, 0.1, 1) ** (np.float32(0.9) * ramp(1 - shade, *_HAIRS))
        # Where old and new surface are hard to tell, the photo's detail may be another one's than
        # the render's: their sum could be brighter or darker than either.
        changed = detail + difference[inner]
        low, high = np.minimum(detail, new[inner]), np.maximum(detail, new[inner])
        bounded = np.clip(changed, low - _BEYOND, high + _BEYOND)
        added = (1 - alone) * gain * guided[inner] + alone * (bounded - detail)
        value = detail + share * added
        if self.fresh is not None:
            new_share = ramp(novelty, *_NEW)
            left, top, across, down = cv2.boundingRect((new_share > 0).view(np.uint8))
            if across:
                part = (slice(top, top + down), slice(left, left + across))
                where = (x + left, y + top, across, down)
                fresh = self.fresh.tile(at_x[part], at_y[part], where)
                mixed = current[part] + share[part] * (fresh - current[part])
                value[part] += new_share[part][..., None] * (mixed - value[part])
        return np.rint(np.clip(value, 0, 1) * _TOP).astype(np.uint16)


def _apply(
    canvas: NDArray[np.uint16],
    change: Change,
    face: _Face,
    mask: NDArray[np.uint8],
    window: Window,
    tile: int,
) -> None:
    """One change on an sRGB picture (rows, columns, 3), in place, through ``mask``."""
    x, y, width, height = (int(n) for n in cv2.boundingRect(mask))
    place = _Placement.of(canvas, change, face, (x, y, width, height), window)
    # A tile is written once no later tile reads there: some bands of tiles below it.
    part = mask[y : y + height, x : x + width]
    late = math.ceil(place.reach / tile)
    waiting: deque[tuple[int, NDArray[np.uint16], Pixels]] = deque()
    for at in _tiles(width, height, tile):
        here = (
            slice(y + at[1], y + at[1] + at[3]),
            slice(x + at[0], x + at[0] + at[2]),
        )
        while waiting and waiting[0][0] < at[1] // tile - late:
            _, target, pixels = waiting.popleft()
            target[...] = pixels
        if mask[here].any():
            waiting.append((at[1] // tile, canvas[here], place.tile(canvas, part, at)))
    for _, target, pixels in waiting:
        target[...] = pixels


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


def _unit(levels: NDArray[np.uint16]) -> Float:
    """16-bit levels in [0, 1]."""
    return np.asarray(levels / _TOP, np.float32)


def _cut_remapped(canvas: NDArray[np.uint16], x: Float, y: Float) -> Float:
    """The canvas in [0, 1] at float positions; only the part they lie in is converted."""
    low: list[int] = []
    high: list[int] = []
    for at, length in ((x, canvas.shape[1]), (y, canvas.shape[0])):
        first = min(max(0, math.floor(float(at.min())) - 3), length - 1)
        low.append(first)
        high.append(max(first + 1, min(length, math.ceil(float(at.max())) + 4)))
    part = _unit(canvas[low[1] : high[1], low[0] : high[0]])
    return remapped(part, x - np.float32(low[0]), y - np.float32(low[1]))


def _placed(
    picture: Float,
    to_crop: NDArray[np.float64],
    size: tuple[int, int],
    mode: int,
    border: int = cv2.BORDER_REPLICATE,
) -> Float:
    """Sample a crop-sized picture at box pixels; ``to_crop`` (2, 3) maps box pixels to it."""
    out = cv2.warpAffine(
        picture,
        to_crop,
        size,
        flags=mode | cv2.WARP_INVERSE_MAP,
        borderMode=border,
    )
    return np.asarray(out, np.float32)


def _shift(x: float, y: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


def _chain(*maps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The product of affine maps (2, 3), the last applied first."""
    full = np.eye(3)
    for matrix in maps:
        full = full @ np.vstack([matrix, [0, 0, 1]])
    return full[:2]
