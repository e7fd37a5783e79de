"""How well an edit lands in a photograph: seam, texture, ghost; each a pure function of arrays.

Pictures are float32 sRGB levels, 0…255, at the photograph's own resolution unless said otherwise.
None of them asks the compositing what it meant to do: they see the photo, the export, the region,
and (the ghost) the generator's two renders.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.surface import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.face import FaceCrop
    from editor.document.photo import Pixels
    from editor.document.region import RegionMask

    Float = NDArray[np.float32]
    Mask = NDArray[np.uint8]
    Points = NDArray[np.float64]

FLOOR = 0.15  # levels per pixel: a slope that nobody sees even on a photo without any noise
BENDS = 0.25  # pixel a pixel: a bend rises by a fifth at a region's border, and goes on a little
CUT = 0.125  # cycles per pixel: a quarter of Nyquist's frequency
ASTRAY = 16  # levels: a blot that is seen at once
CLOSED = 0.04  # eye distances: of the inner lips' landmarks, where lips touch
_COARSE = 2.0  # pixels, sigma: what is left is coarser than CUT
FINE = 2  # the ghost is measured on a grid of so many pixels per crop pixel
_GREY = np.array([0.299, 0.587, 0.114], np.float32)


# ------------------------------------------------------------------ what is compared


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The part of a photo around an edited region, before and after.

    Attributes:
        photo, export: float32 (h, w, 3), levels 0…255.
        alpha: uint8 (h, w), the region.
        to_crop: (2, 3), pixels of this part to pixels of the aligned crop.
        points: (68, 2), landmarks of the photo in pixels of this part.
    """

    photo: Float
    export: Float
    alpha: Mask
    to_crop: NDArray[np.float64]
    points: Points

    @classmethod
    def of(cls, photo: Pixels, export: Pixels, region: RegionMask, crop: FaceCrop) -> Scene:
        """Cut from whole pictures (H, W, 3) of one depth, sRGB, around a region."""
        x, y, w, h = region.bounds
        edge = math.ceil(0.15 * max(w, h)) + 8
        x0, y0 = max(0, x - edge), max(0, y - edge)
        x1, y1 = min(region.width, x + w + edge), min(region.height, y + h + edge)
        top = np.float32(255 / np.iinfo(photo.dtype).max)
        part = slice(y0, y1), slice(x0, x1)
        to_crop = crop.to_crop.copy()
        to_crop[:, 2] += to_crop[:, :2] @ [x0, y0]
        alpha = np.zeros((y1 - y0, x1 - x0), np.uint8)
        alpha[y - y0 : y - y0 + h, x - x0 : x - x0 + w] = region.alpha
        return cls(
            photo[part][..., :3] * top,
            export[part][..., :3] * top,
            alpha,
            to_crop,
            crop.landmarks - [x0, y0],
        )

    @property
    def unit(self) -> float:
        """The distance of the eyes, pixels."""
        return _eye_distance(self.points)

    def on_grid(self, picture: Float, side: int) -> Float:
        """A picture of this part as the crop sees it, at FINE pixels per crop pixel.

        Filtered before it is shrunk. ``side`` is the crop's; float32 (FINE · side, …).
        """
        matrix = _shift(0.5 * FINE - 0.5) @ np.diag([FINE, FINE, 1.0]) @ _square(self.to_crop)
        shrink = 1 / math.hypot(matrix[0, 0], matrix[1, 0])  # photo pixels per grid pixel
        if shrink > 1:
            sigma = 0.4 * shrink
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
        size = (FINE * side, FINE * side)
        flags = cv2.INTER_CUBIC if picture.ndim == 3 and shrink < 1 else cv2.INTER_LINEAR
        out = cv2.warpAffine(
            picture, matrix[:2], size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(out, np.float32)


def render_on_grid(render: Float) -> Float:
    """A render, sRGB (r, r, 3) in [0, 1], on the grid of ``Scene.on_grid``, levels 0…255."""
    size = (FINE * render.shape[1], FINE * render.shape[0])
    large = cv2.resize(np.clip(render, 0, 1), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.float32) * np.float32(255)


# ------------------------------------------------------------------ seam


@dataclass(frozen=True, slots=True)
class Seam:
    """How the region's edge shows, see ``seam``; 0 is none, above 1 it stands out.

    Attributes:
        typical: median over the pieces of the edge.
        worst: their 95th percentile.
        sigma: the scale, photo pixels, at which ``worst`` was found.
    """

    typical: float
    worst: float
    sigma: float


def seam(
    photo: Float, export: Float, alpha: Mask, feather: float, move: Float | None = None
) -> Seam:
    """Gradient that the edit adds across the region's edge, over the photo's own there.

    In the band where alpha rises from 0, the derivative along alpha's gradient is taken of both
    pictures at three scales (Gaussians of 1 pixel, a quarter and half of the feather). In each
    piece of the band, of about two feathers a side, the excess of its energy
    E² = max(0, ⟨(∂ export)²⟩ − ⟨(∂ photo)²⟩) is divided by N² = ⟨(∂ photo)²⟩ + FLOOR² (of a piece
    that happens to lie flat: of the quietest quarter of the edge). E / N is the figure, of which
    each scale gives median and 95th percentile over the pieces; the scale of the highest 95th
    percentile is told. Energy that is lost counts for nothing here, so that texture that moved or
    changed places is no seam. A step across the edge is, a ramp as well if it is steeper than the
    photo's own shading.

    Where the photo is bent, its own edges come to lie in pieces that had none. What is seen there
    is held against the photo's derivative at the place it came from as well: an edge that is bent
    is none of the region's, one that the bend's end tears is in neither.

    Args:
        photo, export: (h, w, 3).
        alpha: (h, w), with some photo around the region.
        feather: radius of its soft edge, pixels.
        move: (h, w, 2), the export at p shows the photo at p + move, pixels; None: nothing moves.

    Returns:
        Ratios from 0; NaN without an edge.
    """
    kernel = np.ones((3, 3), np.uint8)
    low, high = cv2.erode(alpha, kernel), cv2.dilate(alpha, kernel)
    band = (low < 250) & (high > 0)
    soft = np.asarray(cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 2.0), np.float32)
    across, down = _gradient(soft)
    steep = np.hypot(across, down)
    band &= steep > 0.02
    rows, columns = np.nonzero(band)
    if len(rows) < 50:
        return Seam(math.nan, math.nan, math.nan)
    normal = np.stack([across, down], -1)[rows, columns] / steep[rows, columns][:, None]
    cell = max(12, round(2 * feather))
    width = alpha.shape[1] // cell + 1
    piece = (rows // cell) * width + columns // cell
    count = np.bincount(piece)
    enough = count > 0.25 * np.median(count[count > 0])
    found: list[Seam] = []
    for sigma in (1.0, max(1.5, feather / 4), max(2.0, feather / 2)):
        old, new = (
            _gradient(np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32))
            for picture in (photo, export)
        )
        seen = [old, new]
        if move is not None:
            seen.append(_bent_gradient(old, move))
        energies: list[NDArray[np.float64]] = []
        for x, y in seen:
            slope = x[rows, columns] * normal[:, :1] + y[rows, columns] * normal[:, 1:]
            squares = np.square(slope, dtype=np.float64).mean(-1)
            energies.append(np.bincount(piece, squares)[enough] / count[enough])
        own, edited = energies[0], energies[1]
        if move is not None:
            own = np.maximum(own, energies[2])
        noise = np.maximum(own, np.quantile(own, 0.25)) + FLOOR**2
        ratio = np.sqrt(np.maximum(0, edited - own) / noise)
        found.append(Seam(float(np.median(ratio)), float(np.quantile(ratio, 0.95)), sigma))
    return max(found, key=lambda one: one.worst)


def _bent_gradient(gradient: tuple[Float, Float], move: Float) -> tuple[Float, Float]:
    """A picture's derivatives across and down, (h, w, 3) each, where it was bent from.

    Steeper by as much as it is pressed together there, up to what bends keep to at a border.
    """
    pressed = np.linalg.norm(np.concatenate(_gradient(move), -1), axis=-1)
    steeper = (1 + np.minimum(pressed, BENDS))[..., None]
    ys, xs = np.mgrid[: move.shape[0], : move.shape[1]].astype(np.float32)
    at = xs + move[..., 0], ys + move[..., 1]
    across, down = (steeper * cv2.remap(p, *at, cv2.INTER_LINEAR) for p in gradient)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


# ------------------------------------------------------------------ texture


def texture(photo: Float, export: Float, weight: Float) -> float:
    """High-frequency energy inside the edited region, export over photo; 1 is unchanged.

    Energy of the luma above a quarter of the photo's Nyquist frequency (CUT cycles per pixel in any
    direction, cut in the cosine transform), summed with ``weight`` (h, w), 0…1: alpha without new
    surface. From 0; NaN without weight.
    """
    total = float(weight.sum(dtype=np.float64))
    if total < 50:
        return math.nan
    old, new = (
        float((np.square(_high_pass(picture @ _GREY)) * weight).sum(dtype=np.float64))
        for picture in (photo, export)
    )
    return (new / total + 1e-3) / (old / total + 1e-3)  # 1e-3: a thirtieth of a level


def light(photo: Float, export: Float, reach: float) -> Float:
    """How many times as much contrast light alone gives the photo's texture in an export, (h, w).

    Darker hair has less contrast and lighter hair more, and where hair ends in skin it is the other
    way round. Light does that to coarse and fine contrasts alike, so it is seen in those coarser
    than texture: the slope of the export's on the photo's around each place. What happened to the
    fine ones beyond that is texture made or lost.

    Args:
        photo, export: (h, w, 3), of an edit in which nothing moves.
        reach: about a twentieth of the eye distance, pixels.
    """
    old, new = (
        np.asarray(cv2.GaussianBlur(grey, (0, 0), _COARSE) - cv2.GaussianBlur(grey, (0, 0), reach))
        for grey in (photo @ _GREY, export @ _GREY)
    )
    both, own = (
        np.asarray(cv2.GaussianBlur(old * one, (0, 0), reach), np.float32) for one in (new, old)
    )
    return np.asarray(np.clip((both + 0.25) / (own + 0.25), 0.2, 5), np.float32)  # half a level


def texture_shared(
    photo: Float, export: Float, weight: Float, move: Float, lit: Float | float = 1.0
) -> float:
    """``texture`` of the surface that both pictures show, held against the same surface.

    The photo's energy is taken where the surface was. What came over other surface (soft brows over
    sharp lids) or vanished (the edges of teeth) counts for nothing; what carrying and the change
    take away from the photo's own detail does. To be read beside ``texture``: it trusts the
    renders' flow (``moved``).

    Args:
        photo, export: (h, w, 3).
        weight: (h, w), 0…1, 0 on new surface.
        move: (h, w, 2), the export's surface at p was at p + move of the photo, pixels.
        lit: (h, w), ``light`` of an edit in which nothing moves: contrast that it gives or takes is
            neither.
    """
    total = float(weight.sum(dtype=np.float64))
    if total < 50:
        return math.nan
    old, new = (np.square(_high_pass(picture @ _GREY)) for picture in (photo, export))
    ys, xs = np.mgrid[: old.shape[0], : old.shape[1]].astype(np.float32)
    at = xs + move[..., 0], ys + move[..., 1]
    old = np.asarray(cv2.remap(old, *at, cv2.INTER_LINEAR), np.float32) * lit * lit
    before, after = (float((e * weight).sum(dtype=np.float64)) / total for e in (old, new))
    return (after + 1e-3) / (before + 1e-3)


def bent(photo: Float, move: Float) -> Float:
    """A picture (h, w, 3) that is bent as well as pixels bear (Lanczos), ``move`` as above.

    What an export is held against that does no more than bend: stretched texture is coarser.
    """
    ys, xs = np.mgrid[: move.shape[0], : move.shape[1]].astype(np.float32)
    at = xs + move[..., 0], ys + move[..., 1]
    return np.asarray(cv2.remap(photo, *at, cv2.INTER_LANCZOS4), np.float32)


def moved(scene: Scene, before: Float, after: Float) -> tuple[Float, Float]:
    """How the surface moved between two renders (r, r, 3), and where it is the same.

    The compositing's own flow, so no more than it knows; in the region's soft edge a part of it.

    Returns:
        (h, w, 2) as ``texture_shared`` has it; (h, w), 1 or 0 where surface is new or may be.
    """
    surface = Surface.between(before, after)
    size = (scene.alpha.shape[1], scene.alpha.shape[0])
    flow, novelty = (
        cv2.warpAffine(part, scene.to_crop, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        for part in (surface.flow, surface.novelty)
    )
    turn = np.linalg.inv(scene.to_crop[:, :2]).T
    share = (scene.alpha / np.float32(255))[..., None]
    return (
        np.asarray((share * flow) @ turn, np.float32),
        np.asarray(novelty < 0.275, np.float32),
    )


def carried(scene: Scene, flow: Float, fade: Float) -> Float:
    """How a bend moves a scene's pixels, (h, w, 2) as ``seam`` has it.

    Args:
        scene: of the edit.
        flow: (r, r, 2), ``Surface.flow`` of the bend, crop pixels.
        fade: (n, n), ``blending.fade`` of its region.
    """
    size, side = (scene.alpha.shape[1], scene.alpha.shape[0]), len(flow)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    ratio = len(fade) / side
    to_grid = np.diag([ratio, ratio]) @ scene.to_crop
    to_grid[:, 2] += 0.5 * ratio - 0.5
    there = cv2.warpAffine(flow, scene.to_crop, size, flags=flags)
    share = cv2.warpAffine(fade, to_grid, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    turn = np.linalg.inv(scene.to_crop[:, :2]).T
    way = (share * (scene.alpha / np.float32(255)))[..., None] * there
    return np.asarray(way @ turn, np.float32)


def bare(photo: Float, export: Float, weight: Float, reach: float) -> float:
    """Share of the edited region that lost its texture: a smear that an overall figure passes over.

    Where the export's energy above CUT, averaged with a Gaussian of ``reach`` pixels, is below a
    quarter of the photo's (half of its contrast): the photo's taken where it is least within one
    reach, so that a line that moved away leaves no bare place. Places where the photo itself has
    less than half a level of texture cannot lose any.

    Args:
        photo, export: (h, w, 3).
        weight: (h, w), 0…1, as for ``texture``.
        reach: about a twentieth of the eye distance.

    Returns:
        0 (none) to 1; NaN without weight.
    """
    total = float(weight.sum(dtype=np.float64))
    if total < 50:
        return math.nan
    old, new = (
        np.asarray(cv2.GaussianBlur(np.square(_high_pass(picture @ _GREY)), (0, 0), reach))
        for picture in (photo, export)
    )
    side = 2 * round(reach) + 1
    old = np.asarray(cv2.erode(old, np.ones((side, side), np.uint8)))
    lost = (new < 0.25 * old) & (old > 0.25)
    return float((lost * weight).sum(dtype=np.float64)) / total


def astray(photo: Float, export: Float, plain: Float, weight: Float, reach: float) -> float:
    """Share of the edited region with colours that neither photo nor edit accounts for: blots.

    Seen without detail, through a Gaussian of ``reach`` pixels, an export should lie between the
    photo and the photo plus the renders' difference, wherever that part of the edit was applied.
    Counted is what lies more than ``ASTRAY`` levels off the line between these two colours in any
    channel. Strong light or beards that are carried along with the surface count too: a few per
    cent are no proof, but a place to look at.

    Args:
        photo, export, plain: (h, w, 3), ``plain`` as ``added`` makes it.
        weight: (h, w), 0…1, as for ``texture``.
        reach: about a twentieth of the eye distance.

    Returns:
        0 (none) to 1; NaN without weight.
    """
    total = float(weight.sum(dtype=np.float64))
    if total < 50:
        return math.nan
    old, new, whole = (
        np.asarray(cv2.GaussianBlur(picture, (0, 0), reach), np.float32)
        for picture in (photo, export, plain)
    )
    change = whole - old
    along = ((new - old) * change).sum(-1) / (np.square(change).sum(-1) + 1e-3)
    off = np.abs(new - old - np.clip(along, 0, 1)[..., None] * change).max(-1)
    return float(((off > ASTRAY) * weight).sum(dtype=np.float64)) / total


def _high_pass(grey: Float) -> Float:
    """Above CUT, softened over a fifth of it to either side so that edges do not ring far."""
    h, w = grey.shape
    rows, columns = (2 * cv2.getOptimalDFTSize((n + 1) // 2) for n in (h, w))
    mirrored = np.pad(grey, ((0, rows - h), (0, columns - w)), mode="symmetric")
    waves = np.asarray(cv2.dct(mirrored), np.float32)  # mirrors at the picture's ends
    frequency = np.hypot(
        np.arange(rows, dtype=np.float32)[:, None] / (2 * rows),
        np.arange(columns, dtype=np.float32)[None] / (2 * columns),
    )
    waves *= np.clip((frequency / CUT - 0.8) / 0.4, 0, 1)
    return np.asarray(cv2.idct(waves)[:h, :w], np.float32)


def filled(shape: tuple[int, int], polygons: list[Points], grow: float = 0.0) -> Mask:
    """255 inside any of the polygons, (h, w), each widened by ``grow`` pixels."""
    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        corners = np.round(polygon * 16).astype(np.int32)
        cv2.fillPoly(mask, [corners], (255,), cv2.LINE_8, 4)
        if grow >= 1:
            cv2.polylines(mask, [corners], True, (255,), 2 * round(grow), cv2.LINE_8, 4)
    return mask


def _eye_distance(points: Points) -> float:
    return float(np.hypot(*(points[36:42].mean(0) - points[42:48].mean(0))))


def openings(points: Points) -> list[Points]:
    """Mouth and eyes between lips and lids: where edits make new surface. Landmarks (68, 2)."""
    return [points[60:68], points[36:42], points[42:48]]


def lasting(scene: Scene, seen: list[Points]) -> Float:
    """Weight for ``texture``: alpha, 0 where any of the given landmarks sees an opening.

    What shows between lips and lids appears and vanishes: teeth, gums, the eye's white. These are
    the only places left out, widened by a thirtieth of the eye distance; whether the compositing
    held other places for new surface is not asked.

    Args:
        scene: of an edit that moves things.
        seen: landmarks (68, 2) in pixels of the scene: of the photo, of the export.
    """
    weight = scene.alpha / np.float32(255)
    shape = (scene.alpha.shape[0], scene.alpha.shape[1])
    for points in seen:
        weight[filled(shape, openings(points), scene.unit / 30) > 0] = 0
    return np.asarray(weight, np.float32)


# ------------------------------------------------------------------ ghost


@dataclass(frozen=True, slots=True)
class Ghost:
    """How much of the old mouth's lines remains where the new render has none, see ``ghost``.

    Attributes:
        share: of the old lines' contrast, about 0 (none) to 1 (all of it); below 0 where the
            export happens to run against them. NaN where too little of the mouth changed to say.
        contrast: the same as a root mean square in levels.
        area: of the places that were looked at, in crop pixels.
    """

    share: float
    contrast: float
    area: float


def ghost(photo: Float, export: Float, before: Float, after: Float, zone: Mask) -> Ghost:
    """Lines of the old mouth that remain in the export though the new render has none there.

    All pictures are band-passed luma (differences of Gaussians of 0.7 and 3 crop pixels: lip
    lines, not grain, not shading). Inside ``zone``, each pixel is weighed by how surely the edit
    replaced what was there: 1 − k, where k is the local regression of the new render's band on the
    old one's, or a change of the render's smooth colour (12 levels: not at all, 30: surely),
    whichever is more. The share is the regression of (export − new render) on the photo with these
    weights: what is seen at the old lines and not explained by the new render.

    Plain addition of the renders' difference (``added``) leaves at the old lines what the
    inversion missed of them, so its share is the yardstick. A photo that shows teeth already has
    edges of its own beside the old lips, sharper than any render's, which may stay: there a high
    share says where to look, not that there is a ghost.

    Args:
        photo, export: (n, n, 3) on the grid of ``Scene.on_grid``.
        before, after: (n, n, 3), renders on the same grid, levels.
        zone: (n, n), not 0 where the old mouth was.
    """
    bands = [_band(picture @ _GREY) for picture in (photo, export, before, after)]
    old, new, render_old, render_new = bands
    floor = np.float32(4.0)  # levels²: below that there is no line to lose
    kept = (_around(render_old * render_new) + floor) / (_around(render_old**2) + floor)
    colour = _around(np.abs(_around(after - before)).max(-1))
    gone = np.maximum(1 - kept, (colour - 12) / 18)
    weight = np.clip(gone, 0, 1) * (zone > 0)
    area = float(weight.sum(dtype=np.float64)) / FINE**2
    energy = float((weight * old**2).sum(dtype=np.float64))
    if area < 8 or energy / FINE**2 < 9 * area:
        return Ghost(math.nan, math.nan, area)
    share = float((weight * (new - render_new) * old).sum(dtype=np.float64)) / energy
    return Ghost(share, share * math.sqrt(energy / FINE**2 / area), area)


def mouth_zone(old: Points, new: Points, side: int) -> Mask:
    """Where ``ghost`` looks for the old mouth's lines: where lips became an opening, or it lips.

    That is the difference of the two inner contours of the lips, without slits as thin as closed
    lips, a little widened, inside the old outer contour. Teeth that are seen both times may keep
    their edges, and lips that stay closed (a gap below ``CLOSED``) the line between them, wherever
    it moved.

    Args:
        old, new: landmarks (68, 2) of the photo and of the render after the edit, grid.
        side: of the grid.

    Returns:
        uint8 (side, side), 255 inside; empty where the mouth opened and closed by nothing.
    """
    unit = _eye_distance(old)
    shape = (side, side)
    if max(_gap(old), _gap(new)) < CLOSED * unit:
        return np.zeros(shape, np.uint8)
    changed = filled(shape, [old[60:68]]) ^ filled(shape, [new[60:68]])
    thin, wider = (
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * n + 1, 2 * n + 1))
        for n in (max(1, round(unit / 80)), max(1, round(unit / 40)))
    )
    zone = np.asarray(cv2.morphologyEx(changed, cv2.MORPH_OPEN, thin), np.uint8)
    zone = np.asarray(cv2.dilate(zone, wider), np.uint8)
    return zone & filled(shape, [old[48:60]], unit / 30)


def _gap(points: Points) -> float:
    """Between the inner lips, mean of three places, as ``models.measures.mouth_open`` has it."""
    return float(np.hypot(*(points[61:64] - points[[67, 66, 65]]).T).mean())


def added(scene: Scene, before: Float, after: Float) -> Float:
    """The yardstick of ``ghost``: photo + alpha · (after − before), nothing carried, (h, w, 3).

    Renders are sRGB (r, r, 3) in [0, 1].
    """
    h, w = scene.alpha.shape
    difference = cv2.warpAffine(
        after - before,
        scene.to_crop,
        (w, h),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    share = (scene.alpha / np.float32(255))[..., None]
    out = scene.photo + share * np.asarray(difference, np.float32) * 255
    return np.clip(out, 0, 255).astype(np.float32)


def _band(grey: Float) -> Float:
    return np.asarray(
        cv2.GaussianBlur(grey, (0, 0), 0.7 * FINE) - cv2.GaussianBlur(grey, (0, 0), 3.0 * FINE),
        np.float32,
    )


def _around(picture: Float) -> Float:
    """Mean of a neighbourhood of two crop pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.0 * FINE), np.float32)


# ------------------------------------------------------------------ arithmetic


def _gradient(picture: Float) -> tuple[Float, Float]:
    """Differences across and down, per pixel."""
    kernel = np.array([[-0.5, 0.0, 0.5]], np.float32)
    return (
        np.asarray(cv2.filter2D(picture, cv2.CV_32F, kernel), np.float32),
        np.asarray(cv2.filter2D(picture, cv2.CV_32F, kernel.T), np.float32),
    )


def _shift(by: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0.0, by], [0.0, 1.0, by], [0.0, 0.0, 1.0]])


def _square(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([affine, [[0.0, 0.0, 1.0]]]).astype(np.float64)
