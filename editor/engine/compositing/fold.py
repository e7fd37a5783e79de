"""One fold over the edits, for the canvas, the export and the command line.

    I_k = I_{k−1} + the change that edit k's two renders make   (``placement``),   I_0 = the photo

Between edits the picture is 16-bit sRGB, and each edit is computed tile by tile, with as much
around a tile as its filters reach: what is held beside the picture does not grow with the photo,
and the tiles leave no trace in the result.

The last states are kept, within the bytes of ``Kept``: where an edit is added, or the last one is
changed, one edit is folded and not all. A state belongs to a level of the photo and not to what was
asked for, so the same state serves whatever region comes next.
"""

from __future__ import annotations

import hashlib
import math
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.byte_cache import ByteCache
from editor.document.colour import ColourSpace, rounded_to_8_bits, sixteen_bits
from editor.document.face import FaceCrop
from editor.document.formats.content import EditedPart
from editor.engine.compositing import dodging, skin
from editor.engine.compositing.geometry import (
    TILE,
    Level,
    chain,
    inside,
    inverse,
    placed,
    tiles,
    union,
    unit,
    widened,
)
from editor.engine.compositing.placement import PlacedEdit, furthest
from editor.engine.compositing.renders import Kept, State, serial_of
from editor.engine.compositing.skin import PlacedSkin

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from editor.document.photo import Photo, Pixels
    from editor.document.region import RegionMask
    from editor.engine.compositing.geometry import Box, Window
    from editor.engine.compositing.renders import FaceInPhoto, Render, RenderedEdit

    Float = NDArray[np.float32]

_MOST_AT_ONCE = 8  # tiles
_SMALLEST_TILE = 256  # pixels a side: what a tile reads around itself costs more and more
_CALL_BYTES = 64 << 20  # kept within one call that brings no cache of its own


def edited_box(edits: Sequence[RenderedEdit], level: Level) -> Box | None:
    """The smallest box of the level around every region; None if all are empty."""
    boxes = [level.mask(edit.region)[0] for edit in edits if not edit.region.is_empty]
    boxes = [box for box in boxes if box[2]]
    return union(boxes) if boxes else None


def folded(
    photo: Photo,
    edits: Sequence[RenderedEdit],
    level: Level,
    kept: Kept | None = None,
    *,
    tile: int = TILE,
    keep_states: bool = True,
) -> State | None:
    """The photo with every edit applied, in order, around their regions: ``folding`` in one go."""
    steps = folding(photo, edits, level, kept, tile=tile, keep_states=keep_states)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def folding(
    photo: Photo,
    edits: Sequence[RenderedEdit],
    level: Level,
    kept: Kept | None = None,
    *,
    tile: int = TILE,
    keep_states: bool = True,
) -> Generator[int, None, State | None]:
    """Apply every edit to the photo, in order.

    Args:
        photo: I_0.
        edits: of every portrait, oldest first.
        level: how finely.
        kept: what was computed before.
        tile: side of the squares that are computed at once; they leave no trace.
        keep_states: whether the last state is kept for the next call, and the one beneath the last
            edit. Those that are there serve in any case.

    Yields:
        how many edits are applied, before each one that must be computed.

    Returns:
        The regions and what surrounds them; None if all are empty. The pixels may be kept: they are
        read-only.
    """
    kept = kept or Kept.within(ByteCache(_CALL_BYTES))
    keys = _keys(photo, edits, level, tile)
    state, start = None, 0
    for count in range(len(edits), 0, -1):
        state = kept.states.get(keys[count])
        if state is not None:
            start = count
            break
    # a face's first edit begins at its inversion, and the photo does not change
    inverted: dict[FaceCrop, Render] = {}
    for edit in edits:
        inverted.setdefault(edit.crop, edit.before)
    rest = [(edit, level.mask(edit.region)) for edit in edits[start:]]
    around = [
        widened(box, _furthest(edit, level, kept), level.size(photo))
        for edit, (box, _) in rest
        if box[2]
    ]
    if not around:
        return state
    beneath = len(edits) - (2 if _is_in_two_parts(edits) else 1)
    canvas = _grown(photo, state, union(around), level)
    for number, (edit, (box, mask)) in enumerate(rest, start):
        yield number
        if box[2]:
            face = kept.face(photo, edit.crop, inverted[edit.crop])
            if edit.skin:
                place = _placed_skin(photo, canvas, edit, face, level, (box, mask))
            else:
                place = PlacedEdit.of(canvas, edit, face, level, (box, mask), kept)
            _apply(canvas, place, tile)
        if keep_states and number == beneath - 1:
            canvas.pixels.setflags(write=False)
            kept.states.keep(keys[number + 1], canvas)
            canvas = State(canvas.box, canvas.pixels.copy())
    canvas.pixels.setflags(write=False)
    return kept.states.keep(keys[-1], canvas) if keep_states else canvas


def _is_in_two_parts(edits: Sequence[RenderedEdit]) -> bool:
    """Whether the last two are one: renders bend the photo here and are drawn there, or age it."""
    if len(edits) < 2 or edits[-2].skin:
        return False
    one, other = ((edit.before.digest, edit.after.digest) for edit in edits[-2:])
    return one == other


def _placed_skin(
    photo: Photo,
    canvas: State,
    edit: RenderedEdit,
    face: FaceInPhoto,
    level: Level,
    mask: tuple[Box, NDArray[np.uint8]],
) -> PlacedSkin:
    amounts, f = dict(edit.skin), level.factor
    found = skin.spot_source(photo, edit, face) if amounts.get(skin.SPOT, 0) > 0 else None
    spot_from = None if found is None else (found[0] / f, found[1] / f)
    side = edit.crop.size * edit.crop.scale / f
    seen = None
    if edit.trusted is not None:
        seen = edit.trusted, chain(edit.place.to_crop, level.to_photo)
    marks = edit.place.landmarks / f
    return PlacedSkin.of(canvas, amounts, face, side, mask, spot_from, marks, seen, 1 / f)


def _keys(
    photo: Photo, edits: Sequence[RenderedEdit], level: Level, tile: int
) -> list[tuple[object, ...]]:
    """What each prefix of the edits is kept under, the empty one first."""
    digest = hashlib.blake2b(digest_size=16)
    keys: list[tuple[object, ...]] = []
    for count in range(len(edits) + 1):
        if count:
            digest.update(edits[count - 1].digest)
        keys.append((serial_of(photo), level.number, tile, digest.digest()))
    return keys


def _furthest(edit: RenderedEdit, level: Level, kept: Kept) -> int:
    """How far around its region an edit reads, pixels of the level."""
    magnify = edit.crop.scale / level.factor
    if edit.skin:
        return skin.furthest(edit.crop.size * magnify)
    around = furthest(kept.surface(edit), magnify)
    return max(around, dodging.furthest(edit.crop.size * magnify)) if edit.lights else around


def _apply(canvas: State, place: PlacedEdit | PlacedSkin, tile: int) -> None:
    """One edit on the canvas, in place; as many tiles at once as OpenCV may use threads.

    The more there are, the smaller they are: what they hold together does not grow with them.
    """
    box, part = place.box, canvas.pixels[inside(place.box, canvas.box)]
    workers = min(_MOST_AT_ONCE, max(1, cv2.getNumThreads()))
    if workers > 1:
        area = min(box[2] * box[3] // (2 * workers), 2 * tile**2 // workers)
        tile = min(tile, max(_SMALLEST_TILE, math.isqrt(area)))
    # A tile is written once no tile that is not yet computed reads there: some bands below it.
    late = math.ceil(place.reach / tile)
    waiting: deque[tuple[int, NDArray[np.uint16], Future[NDArray[np.uint16]]]] = deque()

    def write(band: int) -> None:
        """All that lies above a band."""
        while waiting and waiting[0][0] < band:
            for below, _, computed in waiting:
                if below > waiting[0][0] + late:
                    break
                computed.result()
            _, target, computed = waiting.popleft()
            target[...] = computed.result()

    with ThreadPoolExecutor(workers, "tile") as pool:
        for x, y, width, height in tiles(box[2], box[3], tile):
            here = slice(y, y + height), slice(x, x + width)
            write(y // tile - late)
            if place.mask[here].any():
                computed = pool.submit(place.tile, canvas, (x, y, width, height))
                waiting.append((y // tile, part[here], computed))
        write(box[3])


def _grown(photo: Photo, state: State | None, around: Box, level: Level) -> State:
    """A writable copy of a state that covers ``around`` as well."""
    if state is None:
        return State(around, level.window(around).cut(photo))
    box = union([state.box, around])
    if box == state.box:
        return State(box, state.pixels.copy())
    pixels = level.window(box).cut(photo)
    pixels[inside(state.box, box)] = state.pixels
    return State(box, pixels)


def displayed(photo: Photo, state: State | None, level: Level, box: Box) -> NDArray[np.uint8]:
    """A box of the level as the screen shows it: 8-bit sRGB (h, w, 3), read-only.

    Args:
        photo: what lies outside the state.
        state: ``folded`` at this level.
        level: of the box.
        box: inside the level.
    """
    if state is not None and _contains(state.box, box):
        levels = np.ascontiguousarray(state.pixels[inside(box, state.box)])
    else:
        levels = level.window(box).cut(photo)
        if state is not None:
            x, y = max(box[0], state.box[0]), max(box[1], state.box[1])
            right = min(box[0] + box[2], state.box[0] + state.box[2])
            bottom = min(box[1] + box[3], state.box[1] + state.box[3])
            if right > x and bottom > y:
                both = x, y, right - x, bottom - y
                levels[inside(both, box)] = state.pixels[inside(both, state.box)]
    pixels = rounded_to_8_bits(levels)
    pixels.setflags(write=False)
    return pixels


def _contains(box: Box, other: Box) -> bool:
    return union([box, other]) == box


def edited_part(
    photo: Photo,
    edits: Sequence[RenderedEdit],
    kept: Kept | None = None,
    *,
    tile: int = TILE,
    deep: bool = False,
) -> EditedPart | None:
    """What the edits have changed, in the photo's own depth and colour space; None for nothing.

    Only the surroundings of the regions are computed. Pixels where every region is 0 are the
    photo's own, bit for bit. ``deep``: in 16 bits, whatever the photo has; rounded to its own
    they are what the screen shows.
    """
    state = folded(photo, edits, Level(0), kept, tile=tile, keep_states=False)
    if state is None:
        return None
    box, space = state.box, ColourSpace.of(photo.icc)
    if space.is_srgb:  # both conversions to 16 bits and back are exact
        whole = state.pixels if deep or photo.sixteen_bit else rounded_to_8_bits(state.pixels)
        return EditedPart(box[0], box[1], whole)
    out = photo.pixels[box[1] : box[1] + box[3], box[0] : box[0] + box[2]].copy()
    out = sixteen_bits(out) if deep else out
    top = np.float32(np.iinfo(out.dtype).max)
    for _, y, width, height in tiles(box[2], box[3], tile, whole_rows=True):
        picture, part = state.pixels[y : y + height], out[y : y + height]
        start = Level(0).window((box[0], box[1] + y, width, height)).cut(photo)
        added = space.from_srgb(unit(picture)) - space.from_srgb(unit(start))
        levels = np.clip(np.rint(part + added * top), 0, top)
        part[...] = np.where(np.any(picture != start, -1, keepdims=True), levels, part)
    return EditedPart(box[0], box[1], out)


def edited_pixels(
    photo: Photo, edits: Sequence[RenderedEdit], kept: Kept | None = None, *, tile: int = TILE
) -> Pixels:
    """The whole photograph with every edit applied: ``edited_part`` over a copy of it."""
    part = edited_part(photo, edits, kept, tile=tile)
    return photo.pixels.copy() if part is None else part.over(photo.pixels)


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


def face_seen(
    photo: Photo, edits: Sequence[RenderedEdit], crop: FaceCrop, kept: Kept | None = None
) -> NDArray[np.uint8]:
    """A crop as the photo with its edits shows it, sRGB uint8 (r, r, 3)."""
    level = Level(max(0, math.floor(math.log2(crop.scale))))
    state = folded(photo, edits, level, kept, keep_states=False)
    box = level.around(crop.bounds(photo.width, photo.height, margin=0.1))
    pixels = displayed(photo, state, level, box)
    to_level = chain(inverse(level.to_photo), crop.to_photo)
    return FaceCrop(crop.landmarks, to_level, crop.size).sample(pixels, box[:2])


def overlaid(photo: Photo, crop: FaceCrop, picture: Float, window: Window) -> Float:
    """A square render laid over the photo's window with a soft edge.

    Returns:
        sRGB in [0, 1], (rows, columns, 3).
    """
    under = unit(window.cut(photo))
    size = (window.columns, window.rows)
    to_crop = chain(crop.to_crop, window.to_photo)
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
    laid = placed(picture, to_crop, size, cv2.INTER_CUBIC)
    return np.asarray(under + alpha * (laid - under), np.float32)
