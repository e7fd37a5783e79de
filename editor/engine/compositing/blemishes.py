"""Which spots of a skin are blemishes, and which are freckles.

Spots are found as blobs of optical density, −log of light, at a few sizes: round places that are
denser than the skin around them. What made them shows in their colour (Tsumura, Haneishi, Miyake,
*Independent-component analysis of skin color image*, 1999): melanin swallows red light as well,
blood hardly any. A spot of blood is a blemish, and so is a brown one that stands alone; brown ones
that stand among many of their kind are freckles, which belong to a face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

# Shares of the crop's side.
_SIZES = 0.0025, 0.0037, 0.0055, 0.008, 0.0115  # standard deviations of a spot
_BROAD = 0.006  # brown ones are no broader: a nostril is, or the corner of an eye
_NEAR = 0.09  # within which freckles have their kind
_RING = 2.6  # standard deviations of a spot's surroundings, in its own
_COVERED, _FLUSHED = 2.6, 4.0  # radius of what is healed, likewise: of brown spots, of red ones
_LEAST = 0.028  # density above the surroundings, of green light
_AGAINST = 4.0  # times the texture's own, at least
_ON_SKIN = 0.55  # of its surroundings, at least
_ROUND = 0.35  # curvature along over curvature across; wrinkles and hairs have less
_BLOOD = 0.30  # of its density in green light a spot of blood has less than this in red light
_SHADE = 1.1  # and a brown one less than this: no pigment takes more red than green, shade does
_ALONE = 1.5  # a spot's depth over the spread of its surroundings: 2.8 on even skin, 1 on an edge
_ALIKE = 0.5  # of a spot's depth: fainter ones are not its kind
_KIND = 5  # others of its kind near a brown spot: they are freckles
_MANY = 24  # the same of the whole region


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Where they are, each float32 (rows, columns), 1 on them and soft at their edges.

    Attributes:
        blemishes: redder or darker than their surroundings, and local.
        freckles: brown, many and alike.
    """

    blemishes: Float
    freckles: Float


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Spots of all sizes: row, column, standard deviation (pixels), and densities (n, 3).

    ``spread`` is the standard deviation of green density in the surroundings, (n,).
    """

    at: NDArray[np.intp]
    sigma: Float
    density: Float
    spread: Float

    def within(self, where: NDArray[np.bool_]) -> _Found:
        """Those whose middle lies there."""
        kept = where[tuple(self.at.T)]
        return _Found(self.at[kept], self.sigma[kept], self.density[kept], self.spread[kept])


def spots(pixels: Float, skin: Float, side: float, where: NDArray[np.bool_]) -> Spots:
    """Look for them.

    Args:
        pixels: float32 sRGB (rows, columns, 3).
        skin: (rows, columns), 1 on skin.
        side: of the face's crop, in these pixels.
        where: (rows, columns), what is looked at: eyes, nostrils and beards beside it do not count.
    """
    found = _found(pixels, skin * where, side).within(where)
    green = np.maximum(found.density[:, 1], 1e-6)
    kept = found.density[:, 0] / green
    red = kept < _BLOOD
    # where light of two colours meets, one side is redder, or browner: that is no spot
    stands_out = found.density[:, 1] > _ALONE * found.spread
    brown = ~red & (kept < _SHADE) & (found.sigma <= _BROAD * side)
    places, depths = found.at.astype(np.float32), found.density[:, 1]
    freckled = np.zeros(len(places), bool)
    for number in np.flatnonzero(brown):
        alike = brown & (depths > _ALIKE * depths[number])
        near = np.square(places[alike] - places[number]).sum(1) < (_NEAR * side) ** 2
        freckled[number] = near.sum() > _KIND or alike.sum() > _MANY  # itself is one of them
    shape = pixels.shape[:2]
    alone = _drawn(found, brown & ~freckled & stands_out, shape, _COVERED)
    healed = np.maximum(alone, _drawn(found, red & stands_out, shape, _FLUSHED))
    return Spots(healed, _drawn(found, freckled, shape, _COVERED))


def _found(pixels: Float, skin: Float, side: float) -> _Found:
    density = -np.log(np.maximum(pixels, 0) + np.float32(0.02))
    sizes = [max(0.8, share * side) for share in _SIZES]
    depths: list[Float] = []
    rounds: list[NDArray[np.bool_]] = []
    colours: list[Float] = []
    spreads: list[Float] = []
    for sigma in sizes:
        centre = blurred(density, sigma)
        around = blurred(density * skin[..., None], _RING * sigma)
        weight = blurred(skin, _RING * sigma)
        excess = centre - around / (weight[..., None] + np.float32(1e-3))
        texture = np.median(np.abs(excess[..., 1][skin > 0.5])) if (skin > 0.5).any() else 0.0
        depth = np.where(weight > _ON_SKIN, excess[..., 1], 0)
        depth[depth < max(_LEAST, _AGAINST * float(texture))] = 0
        depths.append(np.asarray(depth, np.float32))
        rounds.append(_is_round(centre[..., 1]))
        colours.append(np.asarray(excess, np.float32))
        spreads.append(_spread(centre[..., 1], skin, weight, _RING * sigma))
    stack = np.stack(depths)
    best = stack.max(0)
    kernel = np.ones((3, 3), np.uint8)
    peak = (best > 0) & (best >= np.asarray(cv2.dilate(best, kernel), np.float32))
    which = stack.argmax(0)
    peak &= np.take_along_axis(np.stack(rounds), which[None], 0)[0]
    at = np.argwhere(peak)
    size = which[peak]
    picked = np.stack(colours)[size, at[:, 0], at[:, 1]] if len(at) else np.empty((0, 3))
    spread = np.stack(spreads)[size, at[:, 0], at[:, 1]]
    sigma = np.asarray(sizes, np.float32)[size]
    return _Found(at, sigma, np.asarray(picked, np.float32), spread)


def _spread(density: Float, skin: Float, weight: Float, sigma: float) -> Float:
    """The standard deviation around each pixel of what is skin; weight is the blurred skin."""
    away = density - np.median(density)  # near 0: squares are subtracted
    total = weight + np.float32(1e-3)
    mean, square = (blurred(part * skin, sigma) / total for part in (away, np.square(away)))
    return np.asarray(np.sqrt(np.maximum(0, square - mean**2)), np.float32)


def _is_round(density: Float) -> NDArray[np.bool_]:
    """Where a blurred density bulges alike in all directions."""
    down, across = np.gradient(density)
    down_down, down_across = np.gradient(down)
    across_across = np.gradient(across)[1]
    mean, half = (down_down + across_across) / 2, (down_down - across_across) / 2
    spread = np.sqrt(half**2 + down_across**2)
    least, most = -(mean + spread), -(mean - spread)
    return np.asarray((most > 0) & (least > _ROUND * most), np.bool_)


def _drawn(
    found: _Found, chosen: NDArray[np.bool_], shape: tuple[int, ...], radius: float
) -> Float:
    """Soft discs over the chosen ones, their radius in the spots' standard deviations."""
    drawn = np.zeros(shape, np.float32)
    for sigma in np.unique(found.sigma[chosen]):
        marks = np.zeros(shape, np.uint8)
        marks[tuple(found.at[chosen & (found.sigma == sigma)].T)] = 1
        across = 2 * round(radius * float(sigma)) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
        wide = np.asarray(cv2.dilate(marks, disc), np.float32)
        drawn = np.maximum(drawn, blurred(wide, 0.6 * float(sigma)))
    return drawn


def blurred(picture: Float, sigma: float) -> Float:
    """With a Gaussian of that many pixels; wide ones on a coarser grid."""
    rows, columns = picture.shape[:2]
    step, coarser = int(sigma // 3), picture
    if step > 1:
        size = max(1, columns // step), max(1, rows // step)
        coarser = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
        sigma /= step
    soft = cv2.GaussianBlur(coarser, (0, 0), sigma)
    if step > 1:
        soft = cv2.resize(soft, (columns, rows), interpolation=cv2.INTER_CUBIC)
    return np.asarray(soft, np.float32)
