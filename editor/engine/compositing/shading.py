"""Light on the photo's own skin, and on the hairs of its brows: drawn by no generator.

Of light on a face the renders say only how much large patches get; what is finer in them is their
own face: haze over a moustache, a red rim, a line beside a nose. Light is a factor of the photo's
own, so hue, pores, lashes and stubble stay; skin that lies in shade shines less, and is no greyer.
Brows take nothing of the renders: each pixel gets darker or lighter by how dark it is beside the
skin around, between nothing and what is usual of a brow's hairs there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.curves import smoothstep
from editor.engine.compositing.light import BLACK_HAIR, BROWN, DARK, luma, told_apart
from editor.engine.compositing.surface import as_measured, enlarged, ramp, remapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

WIDE, NEAR, BROWS = "light", "shade", "brows"
NAMES = WIDE, NEAR, BROWS

_GAMMA = np.float32(2.4)
# Shares of the crop's side.
_PATCH = {WIDE: 0.075, NEAR: 0.02}  # standard deviation: finer is the renders' own face
_FARTHER = 3  # times as far it is looked where no skin is near
_FEW = np.float32(0.05), np.float32(0.002)  # so much that counts, and the mean of all
_STRENGTH = {WIDE: 0.4, NEAR: 0.7}  # of that, at a slider's end: standard deviation; ``_DEEP``
_TIMES = {WIDE: (0.6, 2.2), NEAR: (0.6, 1.4)}  # as strong as the renders have it; at 2.5 in an edge
_DEEP = 0.9  # quantile
_MOST = 1.2  # natural logarithm of a factor of light
_BELOW, _BELOW_SOFT = (0.04, 0.055, 0.07), 0.012  # so far below an eye shadows end, and how softly
_SPARED = 0.016, 0.01  # so far around eyes it is theirs, and so softly that ends
_HAIRLINE = 0.0, 0.07  # so deep in hair light fades
_FRINGE = 0.01  # standard deviation: so softly skin becomes that
_RIM = 0.004  # standard deviation: so softly it ends at a face's outline
_HALF = 0.5
_BROAD = 0.02  # so far it goes on, at least
_FADE = 0.14  # so softly it ends on skin, or over half of a smaller region, or all of it
_DEEPER = 0.3  # of its own colour more has skin, by each unit of a logarithm less of light
_SHINE = np.array([0.9, 1.5], np.float32)  # of the skin's light: what shines not, and what does
_DULLER, _DULLEST = 1.0, 0.6  # of the way to the skin's colour, by each unit less, and at most
_DEEP_SHADE = np.array([0.1, 0.5], np.float32)  # of the skin's light: lies in it, and does not
_PALE = 0.5  # of less light does not fall on white
_AROUND = 0.02  # standard deviation: so widely the skin around a brow is looked at
_BROW = 0.008, 0.005  # so far around its label a brow's hairs are looked for, and how softly
_OVER = 0.004, 0.003  # so far around hair and glasses it is theirs
_FRINGED = 0.25, 0.55  # of what is around a brow is hair: a brow, and a fringe that hides one
_LIDS = 0.006, 0.004  # and around eyes their lashes'
_FINE = 0.003  # standard deviation: finer is grain
_STRAND = 0.008  # so thick are hairs, and lashes
_EDGE = 0.005, 0.003  # so far around where a brow was found it thins out
_THICK = 0.03  # so thick are brows, at most: half of it
_BESIDE = 0.025  # so far beside its label there may be a brow
_EYES = 0.014  # and so near an eye there is none
_MASS = 0.55  # of how dark brows are where they are labelled, what is one as well
_DEEP_HAIRS = 0.75  # quantile
_BODY = 0.008  # standard deviation: so widely it is looked how dark hairs are
_HAIR = 0.08, 0.9  # of how dark they are there: what is none, and what is all hair
_TOE = 0.12  # of that way: so softly it begins
_APART = 0.08, 0.2  # natural logarithm of light: hairs that are hardly told from skin, and that are
_GRAINS = 1.5  # so many standard deviations of grain are no hair
_TELLS = 0.3  # of how dark hairs are there: where grain is as strong, half is told by what is wider
_STRANDS = 0.6  # of that a strand gets for what it is darker than hairs there are
_WIDER = 0.006  # standard deviation: so widely hair is told where grain hides it
_FILL = 0.004, 0.012  # so deep in a brow that begins
_FILLED = 0.35  # of what hairs get, between them
_ROWS = 64  # of a photo, of which its grain is known
# Apart to the eye (``told_apart``) is a brow from what a slider's end makes of it: lighter, hairs
# dissolve in a film of their colour; darker, they become blocks.
_STRONG, _STRONG_LIGHTER = 5.2, 8.5
_DARKER, _LIGHTER = 0.9, 0.42  # of what sets hairs apart from skin, more and less, at most
_BROWNER = 2.0  # so much farther on its way to brown is hair than on its way to skin's light
_DARK_SKIN = 0.15, 0.4  # luma: hair takes that hue, and it is browner than that
_COLDER = 0.1  # than that brown, natural logarithm of red over blue: hair that gets it fully
_GREEN = np.float32(0.95)  # of the red in brown there is green, at most, or as much as blue
_HALVINGS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """More or less light by places of a crop.

    Attributes:
        maps: (r, r, 2), the natural logarithm of a factor of light, and how much of it is skin.
        tone: of the face's skin, (3,) sRGB.
    """

    maps: Float
    tone: Float

    @classmethod
    def plain(cls, light: Float) -> Shade:
        """Of a factor's natural logarithm (r, r) alone: every colour keeps its hue."""
        return cls(np.dstack([light, np.zeros_like(light)]), np.zeros(3, np.float32))

    def added(self, picture: Float, at_x: Float, at_y: Float) -> Float:
        """What is added to a picture (h, w, 3) that lies at these places of the crop."""
        maps = remapped(self.maps, at_x, at_y, cv2.INTER_LINEAR)
        return self.on(picture, maps) - picture

    def on(self, picture: Float, maps: Float) -> Float:
        """A picture (h, w, 3) in it, of these ``maps``: skin that lies in shade is no greyer.

        Where less light falls, skin shines less: what is lighter than the face's has more of that
        one's colour, and the rest more of its own. Shine alone, darkened, was a grey patch.
        """
        light, skin = maps[..., 0], maps[..., 1]
        if self.tone.any():  # in deep shade there is little to take: it was a black patch
            deep = 1 - ramp(luma(picture) + DARK, *(luma(self.tone + DARK) * _DEEP_SHADE))
            light = np.asarray(light + skin * deep * np.maximum(-light, 0), np.float32)
        lit = shone(picture, light)
        less = np.minimum(np.maximum(-light, 0), _MOST) * skin
        if not less.any():
            return lit
        tone = self.tone + DARK
        usual, shine = tone / luma(tone), ramp(luma(picture) + DARK, *(luma(tone) * _SHINE))
        purer, dull = _DEEPER * less, np.minimum(_DULLER * less, _DULLEST) * shine
        own = luma(lit) + DARK  # all that follows leaves as it is
        change = 1 + purer - dull
        for n in range(3):
            lit[..., n] = lit[..., n] * change + own * (dull * usual[n] - purer)
            lit[..., n] += DARK * (change - 1)
        return lit


def shone(picture: Float, light: Float) -> Float:
    """A picture (h, w, 3), sRGB in [0, 1], in more or less light: of the same hue, never burnt.

    Args:
        picture: as it is.
        light: (h, w), the natural logarithm of a factor of light.
    """
    gain = np.exp(light / _GAMMA)
    red, green, blue = (picture[..., n] for n in range(3))
    white = (np.clip(np.maximum(np.maximum(red, green), blue), 0, 1) + DARK) / (1 + DARK)
    white = white * white * white
    # less of it as well: what is burnt has no colour that could be seen in less light
    change = gain - 1
    lighter, darker = gain / (1 + change * white), 1 + change * (1 - _PALE * white)
    gain = np.where(light > 0, lighter, darker)[..., None]
    lit = picture * gain
    # near black light is no such factor: it would be clipped channel by channel, or a veil
    return np.asarray(np.where(lit < DARK, lit * gain, lit + DARK * (gain - 1)), np.float32)


def of_renders(
    before: Float,
    after: Float,
    parts: Float | None,
    covered: Float,
    name: str,
    asked: float,
    tone: Float,
) -> Shade:
    """Light as two renders have it on skin; over hairs, eyes and what hides skin it goes on.

    Args:
        before: the one render, (r, r, 3) sRGB in [0, 1].
        after: the other.
        parts: ``RenderedEdit.parts``.
        covered: by the region, (r, r) in 0…1.
        name: ``WIDE``, or ``NEAR`` of light that leaves eyes as they are.
        asked: ``RenderedEdit.asked``.
        tone: of the face's skin, (3,) sRGB.
    """
    side = len(before)
    small, then, where = (as_measured(p) for p in (before, after, covered))
    change = _GAMMA * np.log((luma(then) + DARK) / (luma(small) + DARK))
    weight = where + np.float32(1e-4)
    eyes, falls = np.zeros_like(weight), np.ones_like(weight)
    if parts is not None:
        parts = as_measured(parts)
        eyes = _grown(parts[..., 1], *_SPARED)
        hair = _depth(parts[..., 3] > _HALF)
        before_skin = np.maximum(parts[..., 4], parts[..., 5])  # hats and hands; glasses: dark ones
        falls = (1 - ramp(hair, *_HAIRLINE)) * (1 - _soft(before_skin, _RIM))
        # no step on skin that goes on beyond the region: a high forehead, and no rim of a cheek
        beyond = (parts[..., 0] > _HALF) & (where < _HALF)
        broad = _depth(beyond) > _BROAD
        away = np.maximum(_depth(~broad) - _BROAD, 0) if broad.any() else np.ones_like(weight)
        part = _HALF if name == WIDE else 1.0  # shadows are softest
        far = min(_FADE, part * float(_depth(where > _HALF).max()))
        falls *= smoothstep(away / max(far, 1e-3))
        inner = smoothstep(_depth(where > _HALF) / _HAIRLINE[1])  # nor within dark hair
        falls *= 1 - _soft(parts[..., 3], _FRINGE) * (1 - inner)
        weight = parts[..., 0] * (1 - eyes) * (where + np.float32(0.1))
    both = np.stack([np.clip(change, -_MOST, _MOST) * weight, weight], -1).astype(np.float32)
    sigma = _PATCH[name] * len(small)
    near, far = (cv2.GaussianBlur(both, (0, 0), k * sigma) for k in (1, _FARTHER))
    known = near + _FEW[0] * far + _FEW[1] * both.mean((0, 1)) + np.array([0, 1e-6], np.float32)
    light = np.asarray(known[..., 0] / known[..., 1], np.float32)
    light *= falls
    if name == NEAR:
        light = np.asarray(np.minimum(light, 0) if asked > 0 else np.maximum(light, 0))
        light *= 1 - eyes
        if parts is not None:
            under = _under(parts[..., 1])
            light *= under
            where = where * under
    weight = weight * where
    weight /= weight.sum() + np.float32(1e-6)
    # how much of it there is in these renders: a shadow is as strong as its deepest tenth
    found = float(np.sqrt((weight * (light - (weight * light).sum()) ** 2).sum()))
    if name == NEAR:
        found = (
            float(np.quantile(np.abs(light)[where > _HALF], _DEEP)) if where.max() > _HALF else 0
        )
    light *= np.float32(np.clip(abs(asked) * _STRENGTH[name] / max(found, 1e-3), *_TIMES[name]))
    skin = np.ones_like(light) if parts is None else _soft(parts[..., 0], _RIM)
    return Shade(enlarged(np.dstack([light, skin]).astype(np.float32), side), tone)


@dataclass(frozen=True, slots=True, eq=False)
class Brows:
    """More or less light on a face's brows, by hair.

    Attributes:
        maps: (r, r, 7): the colour of the skin that would be there; how much of each place is brow;
            how much less light hairs there have than that skin, a natural logarithm (``DARK``); how
            much of the place is hair, as far as grain lets see; and how dense hairs stand there.
        grain: of the photo, standard deviation of the same logarithm.
        usual: how much less light hairs of both brows have than skin.
        fair: how much of a brow is all alike: hairs that no darkness tells from skin, 0…1.
        amount: of what sets them apart from skin hairs lose, 0…1, or get more of, below 0.
        coloured: whether the photo has colours.
    """

    maps: Float
    grain: float
    usual: float
    fair: float
    amount: float
    coloured: bool

    @classmethod
    def of(
        cls,
        seen: Float,
        parts: Float,
        skin: Float,
        asked: float,
        *,
        grain: float = 0.0,
        coloured: bool = True,
    ) -> Brows:
        """As strong to the eye on black brows as on blond ones, and the same on both.

        Args:
            seen: the photograph, (r, r, 3) sRGB in [0, 1].
            parts: ``RenderedEdit.parts``.
            skin: the face's, (3,) sRGB.
            asked: −1…1, darker where it is above 0.
            grain: ``grain_of`` the photo.
            coloured: as the attribute.
        """
        side = len(seen)
        small, parts = as_measured(seen), as_measured(parts)
        size = len(small)
        free = (1 - _grown(parts[..., 3], *_OVER)) * (1 - _grown(parts[..., 5], *_OVER))
        label = _found(small, parts, free)
        skins, hairy = (_soft(parts[..., n], _AROUND) for n in (0, 3))
        free *= 1 - ramp(hairy / (skins + hairy + np.float32(1e-3)), *_FRINGED)
        brow = _grown(label, *_BROW) * free
        closed = _closed(_soft(small, _FINE), _STRAND)
        weight = parts[..., 0] * (1 - _grown(label, 0, _FINE)) * (1 - _grown(parts[..., 1], *_LIDS))
        weight = (weight * free)[..., None]
        both = np.concatenate([closed * weight, weight], -1)
        near, far = (cv2.GaussianBlur(both, (0, 0), k * _AROUND * size) for k in (1, _FARTHER))
        known = near + _FEW[0] * far + _FEW[1] * np.append(skin, 1).astype(np.float32)
        around = np.asarray(known[..., :3] / known[..., 3:], np.float32)
        # beside a brow only what is as fine as hairs is one: folds and shade stay
        inner = _grown(label, *_EDGE)
        bare = luma(around) + DARK
        shade = np.minimum(1, (luma(closed) + DARK) / bare)
        around = (around + DARK) * (shade + inner * (1 - shade))[..., None] - DARK
        signed = _depths(small, around)
        depth = np.maximum(signed, 0)
        inside = label * free > _HALF
        if not inside.any():
            maps = np.zeros((side, side, 7), np.float32)
            return cls(maps, grain, 0.0, 0.0, 0.0, coloured)
        total = max(float(np.abs(signed[inside]).sum()), 1e-6)
        # the darker, the more it counts; and where it is lighter than skin, against it
        usual = max(float((signed[inside] * np.abs(signed[inside])).sum()) / total, 0)
        fair = 1 - float(ramp(np.array(usual), *_APART))
        both = np.stack([depth**2, depth], -1) * (label * free)[..., None]
        few = np.array([usual, 1], np.float32) * np.float32(1e-3)
        both = cv2.GaussianBlur(both, (0, 0), _BODY * size) + few
        deep = np.asarray(both[..., 0] / both[..., 1], np.float32)
        share = np.maximum(
            ramp(_soft(depth, _WIDER) / np.maximum(deep, _APART[0]), *_HAIR), np.float32(fair)
        )
        among = _soft(np.asarray(share * label * free, np.float32), _BODY)
        among *= ramp(_depth(label > _HALF), *_FILL)  # never beyond its own outline
        maps = np.dstack([around, brow, deep, share, among]).astype(np.float32)
        found = cls(maps, grain, usual, fair, 0.0, coloured)
        amount = found._as_asked(small[inside], maps[inside], asked)
        return cls(enlarged(maps, side), grain, usual, fair, amount, coloured)

    def added(self, picture: Float, at_x: Float, at_y: Float) -> Float:
        """What is added to a picture (h, w, 3) that lies at these places of the crop."""
        maps = remapped(self.maps, at_x, at_y, cv2.INTER_LINEAR)
        added = np.zeros_like(picture)
        brow = maps[..., 3] > 0
        rows, columns = (np.flatnonzero(brow.any(axis)) for axis in (1, 0))
        if len(rows):  # most of the region is skin
            part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
            added[part] = self._added(picture[part], maps[part], self.amount)
        return added

    def _share(self, picture: Float, maps: Float) -> Float:
        """How much of each pixel is a brow's hair, (…), 0…1."""
        deep = np.maximum(maps[..., 4], _APART[0])
        depth = _depths(picture, maps)
        low = np.minimum(_HAIR[0] * deep + _GRAINS * self.grain, _HALF * deep)
        # what is half skin keeps half of what sets it apart: a brow's shape
        way = np.clip((depth - low) / (_HAIR[1] * deep - low), 0, 1)
        share = (1 + _TOE) * way * way / (way + _TOE)
        rough = self.grain / (self.grain + _TELLS * deep)
        share += rough * (maps[..., 5] - share)
        share = np.maximum(share, np.float32(self.fair) * maps[..., 6])
        return np.asarray(maps[..., 3] * share, np.float32)

    def _added(self, picture: Float, maps: Float, amount: float) -> Float:
        share = self._share(picture, maps)
        deep = np.maximum(maps[..., 4], _APART[0])
        if amount < 0:
            filled = maps[..., 3] * maps[..., 6]
            share = share + _FILLED * filled * (1 - share)
            even = (deep + np.float32(self.usual)) / 2  # thin places take more than their own
            even = np.maximum(even, np.float32(self.fair * _APART[1]) * 2)
            light = np.asarray(_GAMMA * amount * share * even, np.float32)
            return np.asarray(shone(picture, light) - picture)
        # strands that are darker than the rest lose less: so they are still told apart
        over = maps[..., 3] * np.maximum(_depths(picture, maps) - _HAIR[1] * deep, 0)
        light = amount * (share * deep + _STRANDS * over)
        lit = (picture + DARK) * np.exp(light)[..., None]
        # Hair between skin and black is brown: less dark as it is, it was grey, and teal in cold
        # light; of the skin's hue alone, grey again on pale skin. Brown brows would glow yellow so.
        around = maps[..., :3] + DARK
        own, skin = (luma(p)[..., None] for p in (lit, around))
        tint = lit / own
        black = share[..., None] * (1 - ramp(luma(picture)[..., None], *BLACK_HAIR))
        black *= ramp(skin - DARK, *_DARK_SKIN)
        brown = np.asarray(BROWN ** (black / 3) * (around / skin) ** (1 - black / 3), np.float32)
        brown /= luma(brown)[..., None]
        warmer = np.log(brown[..., :1] * tint[..., 2:] / (tint[..., :1] * brown[..., 2:]))
        colder = ramp(warmer, 0, _COLDER) if self.coloured else np.float32(0)
        share = share[..., None]
        browner = colder * share * min(1.0, _BROWNER * amount)
        tint += (1 - colder) * share * amount * (around / skin - tint)  # as its light, to skin's
        tint += browner * (brown - tint)
        # from a cold black moss lies on the way
        most = np.maximum(_GREEN * tint[..., :1], tint[..., 2:])
        tint[..., 1:2] -= browner * np.maximum(tint[..., 1:2] - most, 0)
        tint /= luma(tint)[..., None]
        return np.asarray(own * tint - DARK - picture, np.float32)

    def _as_asked(self, picture: Float, maps: Float, asked: float) -> float:
        """How much it takes, of a brow's pixels (n, 3), until that is seen as asked for."""
        low, high = 0.0, _DARKER if asked > 0 else _LIGHTER
        sign, strong = (-1, _STRONG) if asked > 0 else (1, _STRONG_LIGHTER)
        share = self._share(picture, maps) + np.float32(1e-6)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            changed = picture + self._added(picture, maps, sign * middle)
            apart = float((told_apart(picture, changed) * share).sum() / share.sum())
            low, high = (middle, high) if apart < abs(asked) * strong else (low, middle)
        return sign * high


def _depths(picture: Float, maps: Float) -> Float:
    """How much less light falls back than from skin, (…): a natural logarithm, see ``Brows``."""
    return np.asarray(np.log((luma(maps[..., :3]) + DARK) / (luma(picture) + DARK)), np.float32)


def grain_of(pixels: NDArray[np.uint16]) -> float:
    """A photo's grain in a part of it, (h, w, 3): the deviation of light's natural logarithm.

    Second differences know no slopes; and their median no hairs.
    """
    rows = pixels[:: max(1, len(pixels) // _ROWS)]
    light = np.log(luma(np.asarray(rows, np.float32) / np.float32(65535)) + DARK)
    if light.shape[1] < 3:
        return 0.0
    steps = np.abs(light[:, 2:] - 2 * light[:, 1:-1] + light[:, :-2])
    return float(np.median(steps)) / (0.6745 * 6**0.5)


def _found(seen: Float, parts: Float, free: Float) -> Float:
    """Where brows are, (r, r), 0 or 1: what the labels have, and how a band as dark goes on beside.

    Labels of brows are polygons between points of a face: they cut corners, and lie beside hairs.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        parts: ``RenderedEdit.parts``.
        free: of what hides brows, (r, r) in 0…1.
    """
    label = parts[..., 2] > _HALF
    light = _soft(luma(seen) + DARK, _FINE)
    dark = np.log(_closed(light, _THICK) / light)
    if not label.any():
        return np.zeros_like(light)
    near = (_depth(~label) < _BESIDE) & (_depth(parts[..., 1] < _HALF) > _EYES) & (free > _HALF)
    near &= dark > max(_MASS * float(np.quantile(dark[label], _DEEP_HAIRS)), _APART[0])
    thin = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    near = cv2.morphologyEx(near.astype(np.uint8), cv2.MORPH_OPEN, thin)
    _, each = cv2.connectedComponents(near)
    there = np.isin(each, np.setdiff1d(each[label], 0)) | label
    return np.asarray(there, np.float32)


def _closed(picture: Float, by: float) -> Float:
    """A picture (r, r, …) without what is dark and twice as thin as that share of its side."""
    wide = 2 * round(by * len(picture)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide))
    return np.asarray(cv2.morphologyEx(picture, cv2.MORPH_CLOSE, kernel), np.float32)


def _under(eyes: Float) -> Float:
    """How much of each place is below an eye, (r, r) in 0…1; eyes (r, r) in 0…1."""
    below = np.zeros_like(eyes)
    for reach in _BELOW:
        far = round(reach * len(eyes))
        column = np.ones((far + 1, 1), np.uint8)  # a crop is aligned: below is down
        below += cv2.dilate(eyes, column, anchor=(0, far), borderValue=0) > _HALF
    return _soft(np.asarray(below / len(_BELOW), np.float32), _BELOW_SOFT)


def _grown(mask: Float, by: float, soft: float) -> Float:
    """A mask (r, r) in 0…1, grown by a share of the side, with a soft edge outside that."""
    return 1 - ramp(_depth(mask < _HALF), by, by + 2 * soft)


def _depth(inside: NDArray[np.bool_]) -> Float:
    """How deep each place of a mask (r, r) lies in it, as a share of the side; 0 outside."""
    if inside.all():
        return np.ones(inside.shape, np.float32)
    far = cv2.distanceTransform(inside.view(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(far / np.float32(len(inside)), np.float32)


def _soft(mask: Float, by: float) -> Float:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), by * len(mask)), np.float32)
