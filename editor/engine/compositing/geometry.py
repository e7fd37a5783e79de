"""Where pixels lie: parts and reductions of a photograph, tiles, and affine maps between them.

Coordinates put the centre of pixel (column i, row j) at (i, j).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.colour import ColourSpace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from editor.document.photo import Photo, Pixels
    from editor.document.region import RegionMask

    Float = NDArray[np.float32]

Box = tuple[int, int, int, int]
"""x, y, width, height."""

TILE = 768  # pixels a side: computed at once
TOP = np.float32(65535)


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the photo, sampled at ``scale`` output pixels per photo pixel.

    Attributes:
        x, y, width, height: in photo pixels; what reaches beyond its right and lower edge repeats
            the pixels there.
        columns, rows: size of the sampled picture.
    """

    x: int
    y: int
    width: int
    height: int
    columns: int
    rows: int

    @classmethod
    def of(cls, box: Box, longest: int | None = None) -> Window:
        """The box, its long side sampled with at most ``longest`` pixels."""
        x, y, width, height = box
        scale = 1.0 if longest is None else min(1.0, longest / max(width, height))
        return cls(x, y, width, height, max(1, round(width * scale)), max(1, round(height * scale)))

    @property
    def to_photo(self) -> NDArray[np.float64]:
        """(2, 3): output pixels to photo pixels."""
        fx, fy = self.width / self.columns, self.height / self.rows
        return np.array(
            [[fx, 0, self.x + 0.5 * fx - 0.5], [0, fy, self.y + 0.5 * fy - 0.5]], np.float64
        )

    def cut(self, photo: Photo) -> NDArray[np.uint16]:
        """This part of a photo as 16-bit sRGB, (rows, columns, 3), writable."""
        rows, columns = slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)
        part = repeated(photo.pixels[rows, columns], self.width, self.height)
        part = sampled(part, self.columns, self.rows)
        out = part.astype(np.uint16)
        if part.dtype == np.uint8:
            out *= 257
        space = ColourSpace.of(photo.icc)
        if not space.is_srgb:
            for _, y, _, height in tiles(out.shape[1], out.shape[0], TILE, whole_rows=True):
                band = out[y : y + height]
                band[...] = np.rint(space.to_srgb(unit(band)) * TOP)
        return out


@dataclass(frozen=True, slots=True)
class Level:
    """The photo reduced to means of squares, 2 ** ``number`` pixels a side, from its upper left.

    The last column and row of squares may reach beyond the photo, whose edge is repeated there. A
    pixel of a level depends on nothing but its own square, so parts of a level join without trace.
    """

    number: int

    @classmethod
    def near(cls, length: int, longest: int) -> Level:
        """The level at which ``length`` photo pixels are nearest to ``longest``, by their ratio."""
        return cls(max(0, round(float(np.log2(length / longest)))))

    @property
    def factor(self) -> int:
        """Photo pixels along a side of one of its pixels."""
        return 1 << self.number

    def size(self, photo: Photo) -> tuple[int, int]:
        """Columns and rows of the whole photo."""
        return -(-photo.width // self.factor), -(-photo.height // self.factor)

    def around(self, box: Box) -> Box:
        """The pixels of this level that a box of the photo touches."""
        x, y = box[0] // self.factor, box[1] // self.factor
        right, bottom = -(-(box[0] + box[2]) // self.factor), -(-(box[1] + box[3]) // self.factor)
        return x, y, right - x, bottom - y

    def window(self, box: Box) -> Window:
        """The photo under a box of this level."""
        x, y, width, height = box
        f = self.factor
        return Window(x * f, y * f, width * f, height * f, width, height)

    @property
    def to_photo(self) -> NDArray[np.float64]:
        """(2, 3): pixels of this level to photo pixels."""
        f = self.factor
        return np.array([[f, 0, 0.5 * f - 0.5], [0, f, 0.5 * f - 0.5]], np.float64)

    def mask(self, region: RegionMask) -> tuple[Box, NDArray[np.uint8]]:
        """A region's alpha at this level, and the tight box around it, (0, 0, 0, 0) when empty."""
        if region.is_empty or self.number == 0:
            return region.bounds, region.alpha
        f = self.factor
        x, y, width, height = self.around(region.bounds)
        left, top = region.x - x * f, region.y - y * f
        across, down = width * f - left, height * f - top
        # where the photo ends, the region does not
        ends_right = region.x + region.bounds[2] == region.width
        ends_below = region.y + region.bounds[3] == region.height
        alpha = region.alpha
        alpha = repeated(alpha, across if ends_right else 0, down if ends_below else 0)
        full = np.zeros((height * f, width * f), np.uint8)
        full[top : top + alpha.shape[0], left : left + alpha.shape[1]] = alpha
        small = np.asarray(sampled(full, width, height), np.uint8)
        dx, dy, width, height = (int(n) for n in cv2.boundingRect(small))
        if not width:
            return (0, 0, 0, 0), np.zeros((0, 0), np.uint8)
        return (x + dx, y + dy, width, height), small[dy : dy + height, dx : dx + width]


def union(boxes: list[Box]) -> Box:
    """The smallest box around all of these."""
    x, y = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return x, y, right - x, bottom - y


def widened(box: Box, by: int, size: tuple[int, int]) -> Box:
    """A box with a margin, cut at the edges of a picture of that size."""
    x, y = max(0, box[0] - by), max(0, box[1] - by)
    right, bottom = min(size[0], box[0] + box[2] + by), min(size[1], box[1] + box[3] + by)
    return x, y, right - x, bottom - y


def inside(box: Box, around: Box) -> tuple[slice, slice]:
    """Rows and columns of a box within the pixels of another one around it."""
    x, y = box[0] - around[0], box[1] - around[1]
    return slice(y, y + box[3]), slice(x, x + box[2])


def tiles(width: int, height: int, side: int, *, whole_rows: bool = False) -> Iterator[Box]:
    """A picture cut into squares, or into bands of as many pixels, from the top left."""
    across, down = (width, max(1, side * side // width)) if whole_rows else (side, side)
    for y in range(0, height, down):
        for x in range(0, width, across):
            yield x, y, min(across, width - x), min(down, height - y)


def positions(at: Box, to_crop: NDArray[np.float64]) -> tuple[Float, Float]:
    """Crop positions of a box's pixels, x and y, (h, w) each.

    Each is computed alike wherever the box begins, so that tiles leave no trace.

    Args:
        at: the pixels.
        to_crop: float64 (2, 3), these pixels to crop pixels.
    """
    xs, ys = np.arange(at[0], at[0] + at[2]), np.arange(at[1], at[1] + at[3])
    x, y = (row[0] * xs + (row[1] * ys + row[2])[:, None] for row in to_crop)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def sampled(part: Pixels, columns: int, rows: int) -> Pixels:
    """A picture as means of its pixels, at another size."""
    if part.shape[:2] == (rows, columns):
        return part
    return np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), part.dtype)


def repeated(part: Pixels, width: int, height: int) -> Pixels:
    """A picture at least that large: its last column and row go on."""
    across, down = max(0, width - part.shape[1]), max(0, height - part.shape[0])
    if not across and not down:
        return part
    out = cv2.copyMakeBorder(part, 0, down, 0, across, cv2.BORDER_REPLICATE)
    return np.asarray(out, part.dtype)


def unit(levels: NDArray[np.uint16]) -> Float:
    """16-bit levels in [0, 1]."""
    return np.asarray(levels / TOP, np.float32)


def placed(
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


def shift(x: float, y: float) -> NDArray[np.float64]:
    """(2, 3): a translation."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


def chain(*maps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The product of affine maps (2, 3), the last applied first."""
    full = np.eye(3)
    for matrix in maps:
        full = full @ np.vstack([matrix, [0, 0, 1]])
    return full[:2]


def inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of an affine map (2, 3)."""
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)
