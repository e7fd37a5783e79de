"""From the generator's crop to the photograph: every edit adds a change, it never replaces pixels.

    I_k = I_{k−1} + M_k ⊙ (R(G(s_k)) − R(G(s_{k−1}))),   I_0 = the photograph

R places the crop in the photo, M_k is edit k's own region. Where the two renders differ by
movement, plain addition would leave a ghost of the old contour, so the photo's own detail
(I_{k−1} − R(G(s_{k−1}))) is carried along the dense flow between them first, and dropped where
forward and backward flow disagree: new surface has no old detail. Pixels where every M_k is 0 are
never written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.colour import ColourSpace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.face_crop import FaceCrop
    from editor.photo import Photo, Pixels
    from editor.region import RegionMask

    Float = NDArray[np.float32]

_STILL = 0.35  # crop pixels: slower flow is noise, and resampling for it would cost sharpness
_AGREE = 1.0  # crop pixels: forward and backward flow within this mean the same surface


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One edit's two renders and where they go.

    Attributes:
        crop: the face's place in the photo.
        region: where pixels may change, in photo pixels.
        before, after: float32 sRGB (r, r, 3) in [0, 1], the generator's picture before and after
            the edit.
    """

    crop: FaceCrop
    region: RegionMask
    before: Float
    after: Float


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

    def cut(self, pixels: Pixels) -> Float:
        """This part of a photo (H, W, 3) as float32 in [0, 1], (rows, columns, 3)."""
        part = self._sampled(pixels[self.y : self.y + self.height, self.x : self.x + self.width])
        return part.astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)

    def mask(self, region: RegionMask) -> Float:
        """A region's alpha in [0, 1], (rows, columns)."""
        out = np.zeros((self.height, self.width), np.uint8)
        x0, y0 = max(region.x, self.x), max(region.y, self.y)
        x1 = min(region.x + region.alpha.shape[1], self.x + self.width)
        y1 = min(region.y + region.alpha.shape[0], self.y + self.height)
        if x1 > x0 and y1 > y0:
            part = region.alpha[y0 - region.y : y1 - region.y, x0 - region.x : x1 - region.x]
            out[y0 - self.y : y1 - self.y, x0 - self.x : x1 - self.x] = part
        return self._sampled(out).astype(np.float32) / np.float32(255)

    def _sampled(self, part: Pixels) -> Pixels:
        if (self.columns, self.rows) == (self.width, self.height):
            return part
        size = (self.columns, self.rows)
        return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), part.dtype)


def edited_box(changes: Sequence[Change]) -> tuple[int, int, int, int] | None:
    """The smallest rectangle (x, y, width, height) around every region; None if all are empty."""
    boxes = [change.region.bounds for change in changes if not change.region.is_empty]
    if not boxes:
        return None
    x, y = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return x, y, right - x, bottom - y


def composite(photo: Photo, changes: Sequence[Change], window: Window) -> tuple[Float, Float]:
    """The photo's window with every change applied, in order.

    Returns:
        sRGB picture in [0, 1], (rows, columns, 3), and what it adds to the photo in the photo's own
        colour space, of the same shape; exactly 0 where every region is 0.
    """
    space = ColourSpace.of(photo.icc)
    original = window.cut(photo.pixels)
    start = original if space.is_srgb else space.to_srgb(original)
    picture = start
    touched = np.zeros(start.shape[:2], bool)
    for change in changes:
        mask = window.mask(change.region)
        if mask.any():
            picture = _applied(picture, change, mask, window)
            touched |= mask > 0
    added = picture - start
    if not space.is_srgb:
        added = space.from_srgb(picture) - space.from_srgb(start)
    added[~touched] = 0
    return picture, added


def edited_pixels(photo: Photo, changes: Sequence[Change]) -> Pixels:
    """The whole photograph with every change applied, in its own depth and colour space.

    Only the rectangle around the regions is computed. Pixels where every region is 0 are the
    photo's own, bit for bit.
    """
    out = photo.pixels.copy()
    box = edited_box(changes)
    if box is None:
        return out
    window = Window.of(box)
    _, added = composite(photo, changes, window)
    part = out[window.y : window.y + window.height, window.x : window.x + window.width]
    top = float(np.iinfo(out.dtype).max)
    levels = np.clip(np.rint(part.astype(np.float32) + added * top), 0, top)
    part[...] = np.where(added != 0, levels, part).astype(out.dtype)
    return out


def outside_identical(
    original: Pixels,
    edited: Pixels,
    regions: Sequence[RegionMask],
) -> bool:
    """Whether two pictures (H, W, 3) agree in every pixel where all regions are 0."""
    if original.shape != edited.shape or original.dtype != edited.dtype:
        return False
    differs = np.any(original != edited, axis=-1)
    for region in regions:
        rows, columns = region.alpha.shape
        part = differs[region.y : region.y + rows, region.x : region.x + columns]
        part &= region.alpha == 0
    return not differs.any()


def overlaid(photo: Photo, crop: FaceCrop, picture: Float, window: Window) -> Float:
    """A square render laid over the photo's window with a soft edge.

    Returns:
        sRGB in [0, 1], (rows, columns, 3).
    """
    space = ColourSpace.of(photo.icc)
    under = window.cut(photo.pixels)
    under = under if space.is_srgb else space.to_srgb(under)
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


def _applied(picture: Float, change: Change, mask: Float, window: Window) -> Float:
    """One change on an sRGB picture (rows, columns, 3) through ``mask`` (rows, columns)."""
    rows, columns = np.nonzero(mask)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    here = (slice(top, bottom), slice(left, right))
    # crop pixel = to_crop · (photo pixel = to_photo · (window pixel = (left, top) + box pixel))
    to_crop = _chain(change.crop.to_crop, window.to_photo, _shift(left, top))
    size = (int(right - left), int(bottom - top))
    magnify = 1 / math.hypot(to_crop[0, 0], to_crop[1, 0])  # box pixels per crop pixel

    flow, same = surface_flow(change.before, change.after)
    before, after = change.before, change.after
    if magnify < 1:  # the renders are finer than the output: filter before sampling them
        sigma = 0.4 / magnify
        before = np.asarray(cv2.GaussianBlur(before, (0, 0), sigma), np.float32)
        after = np.asarray(cv2.GaussianBlur(after, (0, 0), sigma), np.float32)
    new = _placed(after, to_crop, size, cv2.INTER_CUBIC)
    old = unmoved = _placed(before, to_crop, size, cv2.INTER_CUBIC)
    agreement = _placed(same, to_crop, size, cv2.INTER_LINEAR)[..., None]
    # Where each box pixel's surface was before: a displacement in crop pixels, turned to the box's.
    moved = _placed(flow, to_crop, size, cv2.INTER_LINEAR) @ np.linalg.inv(to_crop[:, :2]).T

    current = picture[here]
    if np.abs(moved).max() > 0:
        xs, ys = np.meshgrid(
            np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
        )
        source_x = (xs + moved[..., 0]).astype(np.float32)
        source_y = (ys + moved[..., 1]).astype(np.float32)
        old = _remapped(old, source_x, source_y)
        # the photo's detail may come from outside the region's box
        detail = _remapped(picture, source_x + np.float32(left), source_y + np.float32(top))
        still = (np.abs(moved).max(-1) < 1e-3)[..., None]
        carried = np.where(still, current, detail)
    else:
        carried = current
    difference = _guided(new - old, carried, magnify)
    # On new surface only the photo's overall tone and its grain belong; old contours do not.
    apart = current - unmoved
    tone = np.asarray(cv2.GaussianBlur(apart, (0, 0), max(1.0, 6 * magnify)), np.float32)
    fresh = new + tone + _grain(carried - _blurred(carried), size)
    value = agreement * (carried + difference) + (1 - agreement) * fresh
    out = picture.copy()
    alpha = mask[here][..., None]
    out[here] = np.clip(current + alpha * (value - current), 0, 1)
    return out


def surface_flow(before: Float, after: Float) -> tuple[Float, Float]:
    """How surface moves between two renders of one face.

    Returns:
        flow (r, r, 2): the surface at p of ``after`` was at p + flow of ``before``, crop pixels;
        exactly 0 where movement explains the difference no better than standing still.
        same (r, r): in [0, 1], how surely p shows a surface that was visible before.
    """
    old, new = _lightness(before), _lightness(after)
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    forward = np.asarray(dis.calc(new, old, np.zeros((*new.shape, 2), np.float32)), np.float32)
    backward = np.asarray(dis.calc(old, new, np.zeros((*new.shape, 2), np.float32)), np.float32)
    forward = np.asarray(cv2.GaussianBlur(forward, (0, 0), 1.5), np.float32)
    side = new.shape[0]
    xs, ys = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    to_x, to_y = xs + forward[..., 0], ys + forward[..., 1]
    back = _remapped(backward, to_x, to_y)
    loop = np.linalg.norm(forward + back, axis=-1)

    def mismatch(source: NDArray[np.uint8]) -> Float:
        error = np.abs(source.astype(np.float32) - new.astype(np.float32))
        return np.asarray(cv2.GaussianBlur(error, (0, 0), 3), np.float32)

    warped = np.asarray(cv2.remap(old, to_x, to_y, cv2.INTER_LINEAR), np.uint8)
    still, moving = mismatch(old), mismatch(warped)
    speed = np.linalg.norm(forward, axis=-1)
    moves = _ramp(speed, _STILL, 2 * _STILL) * _ramp(still - 1.15 * moving, 0.3, 2.0)
    moves = np.asarray(cv2.GaussianBlur(moves, (0, 0), 2), np.float32)
    moves = _ramp(moves, 0.02, 0.5)
    flow = forward * moves[..., None]
    # New surface: the flow found no partner that looks alike, and the looks really changed.
    lost = _ramp(loop, _AGREE, 2.5 * _AGREE) * moves + _ramp(np.minimum(moving, still), 10.0, 30.0)
    same = 1 - np.clip(lost, 0, 1)
    return flow.astype(np.float32), np.asarray(cv2.GaussianBlur(same, (0, 0), 1.0), np.float32)


def _lightness(render: Float) -> NDArray[np.uint8]:
    """Lightness with its local mean and contrast evened out, so that flow ignores colour edits."""
    grey = np.asarray(cv2.cvtColor(np.clip(render, 0, 1), cv2.COLOR_RGB2GRAY), np.float32)
    mean = cv2.GaussianBlur(grey, (0, 0), 12)
    spread = np.sqrt(cv2.GaussianBlur((grey - mean) ** 2, (0, 0), 12)) + 0.04
    even = np.clip((grey - mean) / spread * 45 + 128, 0, 255)
    return even.astype(np.uint8)


def _guided(change: Float, photo: Float, magnify: float) -> Float:
    """Upsampled change refined so that its edges follow the photo's.

    The guided filter with a grey guide (He, Sun, Tang, *Guided Image Filtering*, 2010). Nothing
    is refined unless the photo is finer than the render.
    """
    if magnify <= 1.5:
        return change
    radius = 2 * round(1.5 * magnify) + 1
    guide = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.float32)

    def mean(x: NDArray[np.floating]) -> Float:
        return np.asarray(cv2.blur(x, (radius, radius)), np.float32)

    guide_mean, change_mean = mean(guide), mean(change)
    variance = mean(guide * guide) - guide_mean**2
    covariance = mean(change * guide[..., None]) - change_mean * guide_mean[..., None]
    slope = covariance / (variance + 4e-3)[..., None]
    offset = change_mean - slope * guide_mean[..., None]
    return mean(slope) * guide[..., None] + mean(offset)


def _grain(fine: Float, size: tuple[int, int]) -> Float:
    """Seeded noise as strong as the photo's own: ``fine`` is the photo less a blur of it."""
    grey = fine.mean(-1)
    sigma = 1.4826 * float(np.median(np.abs(grey - np.median(grey))))
    noise = np.random.default_rng(0).standard_normal((size[1], size[0], 1))
    return (noise * sigma).astype(np.float32)


def _blurred(picture: Float) -> Float:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.float32)


def _ramp(x: NDArray[np.floating], low: float, high: float) -> Float:
    """0 up to ``low``, 1 from ``high``, linear between."""
    return np.clip((x - low) / (high - low), 0, 1).astype(np.float32)


def _remapped(picture: Float, x: Float, y: Float) -> Float:
    out = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.float32)


def _placed(
    picture: Float, to_crop: NDArray[np.float64], size: tuple[int, int], mode: int
) -> Float:
    """Sample a crop-sized picture at box pixels; ``to_crop`` (2, 3) maps box pixels to it."""
    out = cv2.warpAffine(
        picture,
        to_crop,
        size,
        flags=mode | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
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
