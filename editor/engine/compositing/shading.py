"""Light on the photo's own skin, and on the hairs of its brows: drawn by no generator.

Of light on a face the renders say only how much large patches get; what is finer in them is their
own face: haze over a moustache, a red rim, a line beside a nose. Light is a factor of the photo's
own, so hue, pores, lashes and stubble stay. Brows take nothing of the renders: each pixel gets
darker or lighter by how dark it is between a brow's hairs and the skin around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.light import BLACK_HAIR, BROWN, DARK, luma, told_apart
from editor.engine.compositing.surface import as_measured, enlarged, ramp, remapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]

WIDE, NEAR, BROWS = "light", "shade", "brows"
NAMES = WIDE, NEAR, BROWS

_GAMMA = np.float32(2.4)
# Shares of the crop's side.
_PATCH = {WIDE: 0.05, NEAR: 0.02}  # standard deviation: finer is the renders' own face
_FARTHER = 3  # times as far it is looked where no skin is near
_FEW = np.float32(0.05), np.float32(0.002)  # so much that counts, and the mean of all
_STRENGTH = {WIDE: 0.5, NEAR: 0.6}  # of that, at a slider's end: standard deviation; ``_DEEP``
_TIMES = {WIDE: (0.6, 2.2), NEAR: (0.6, 2.5)}  # as strong as the renders have it
_DEEP = 0.9  # quantile
_MOST = 1.2  # natural logarithm of a factor of light
_SPARED = 0.016, 0.01  # so far around eyes it is theirs, and so softly that ends
_HAIRLINE = 0.0, 0.07  # so deep in hair light fades
_FRINGE = 0.01  # standard deviation: so softly skin becomes that
_RIM = 0.004  # standard deviation: so softly it ends at a face's outline
_HALF = 0.5
_BROAD = 0.02  # so far it goes on, at least
_FADE = 0.14  # so softly it ends on skin, or over half of a smaller region
_BURNT = 3  # power of what is to white: with more light the lightest gets less of it
_AROUND = 0.03  # standard deviation: so widely the skin around a brow is looked at
_BROW = 0.012, 0.008  # so far around its label a brow's hairs are looked for, and how softly
_HAIRS = 0.25  # of a brow is as dark as its hairs are, or darker
_HAIR = 0.0, 0.95  # of the way from skin to hairs: what is none, and what is all hair
_APART = 0.12, 0.25  # darker than skin, as a share: hairs that are hardly told, and that are
# Apart to the eye (``told_apart``) is a brow from what a slider's end makes of it: lighter, hairs
# dissolve in a film of their colour; darker, they become blocks.
_STRONG, _STRONG_LIGHTER = 8.0, 5.5
_DARKER, _LIGHTER = 0.5, 0.3  # of hairs' own light less, and of the way to skin, at most
_BROWNER = 5.0  # so much farther on its way to brown is hair than on its way to skin's light
_COLDER = 0.1  # than that brown, natural logarithm of red over blue: hair that gets it fully
_GREEN = np.float32(0.95)  # of the red in brown there is green, at most
_HALVINGS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """More or less light by places of a crop.

    Attributes:
        light: (r, r), the natural logarithm of a factor of light.
    """

    light: Float

    def added(self, picture: Float, at_x: Float, at_y: Float) -> Float:
        """What is added to a picture (h, w, 3) that lies at these places of the crop."""
        return shone(picture, remapped(self.light, at_x, at_y, cv2.INTER_LINEAR)) - picture


def shone(picture: Float, light: Float) -> Float:
    """A picture (h, w, 3), sRGB in [0, 1], in more or less light: of the same hue, never burnt.

    Args:
        picture: as it is.
        light: (h, w), the natural logarithm of a factor of light.
    """
    own = picture + DARK
    gain = np.exp(light / _GAMMA)
    more = np.maximum(gain - 1, 0)
    white = np.clip(own.max(-1) / (1 + DARK), 0, 1)
    gain = (gain / (1 + more * white**_BURNT))[..., None]
    lit = own * gain - DARK
    # near black light is no power of sRGB: it would be clipped, channel by channel
    return np.asarray(np.where(gain < 1, np.maximum(lit, picture * gain**2), lit), np.float32)


def of_renders(
    before: Float, after: Float, parts: Float | None, covered: Float, name: str, asked: float
) -> Shade:
    """Light as two renders have it on skin; over hairs, eyes and what hides skin it goes on.

    Args:
        before: the one render, (r, r, 3) sRGB in [0, 1].
        after: the other.
        parts: ``RenderedEdit.parts``.
        covered: by the region, (r, r) in 0…1.
        name: ``WIDE``, or ``NEAR`` of light that leaves eyes as they are.
        asked: ``RenderedEdit.asked``.
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
        falls = (1 - ramp(hair, *_HAIRLINE)) * (1 - _soft(parts[..., 4], _RIM))
        # no step on skin that goes on beyond the region: a high forehead, and no rim of a cheek
        beyond = (parts[..., 0] > _HALF) & (where < _HALF)
        broad = _depth(beyond) > _BROAD
        away = np.maximum(_depth(~broad) - _BROAD, 0) if broad.any() else np.ones_like(weight)
        far = min(_FADE, _HALF * float(_depth(where > _HALF).max()))
        falls *= _smoothly(away / max(far, 1e-3))
        inner = _smoothly(_depth(where > _HALF) / _HAIRLINE[1])  # nor within dark hair
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
    weight = weight * where
    weight /= weight.sum() + np.float32(1e-6)
    # how much of it there is in these renders: a shadow is as strong as its deepest tenth
    found = float(np.sqrt((weight * (light - (weight * light).sum()) ** 2).sum()))
    if name == NEAR:
        found = (
            float(np.quantile(np.abs(light)[where > _HALF], _DEEP)) if where.max() > _HALF else 0
        )
    light *= np.float32(np.clip(abs(asked) * _STRENGTH[name] / max(found, 1e-3), *_TIMES[name]))
    return Shade(enlarged(np.asarray(light, np.float32), side))


@dataclass(frozen=True, slots=True, eq=False)
class Brows:
    """More or less light on a face's brows, by hair.

    Attributes:
        maps: (r, r, 4), the colour of the skin around, and how much of each place is brow.
        hairs: how dark hairs are, as a share of the light of that skin.
        fair: how much of a brow is all alike: hairs that no darkness tells from skin, 0…1.
        amount: of its light that hair loses, −``_DARKER``…0, or of its way to skin.
        coloured: whether the photo has colours.
    """

    maps: Float
    hairs: float
    fair: float
    amount: float
    coloured: bool

    @classmethod
    def of(
        cls, seen: Float, parts: Float, skin: Float, asked: float, *, coloured: bool = True
    ) -> Brows:
        """As strong to the eye on black brows as on blond ones, and the same on both.

        Args:
            seen: the photograph, (r, r, 3) sRGB in [0, 1].
            parts: ``RenderedEdit.parts``.
            skin: the face's, (3,) sRGB.
            asked: −1…1, darker where it is above 0.
            coloured: as the attribute.
        """
        side = len(seen)
        small, parts = as_measured(seen), as_measured(parts)
        size = len(small)
        brow = _grown(parts[..., 2], *_BROW)
        weight = (parts[..., 0] * (1 - brow) * (1 - _grown(parts[..., 1], *_SPARED)))[..., None]
        both = np.concatenate([small * weight, weight], -1)
        near, far = (cv2.GaussianBlur(both, (0, 0), k * _AROUND * size) for k in (1, _FARTHER))
        known = near + _FEW[0] * far + _FEW[1] * np.append(skin, 1).astype(np.float32)
        around = np.asarray(known[..., :3] / known[..., 3:], np.float32)
        inside = parts[..., 2] > _HALF
        hairs, fair = 1.0, 1.0
        if inside.any():
            dark = (luma(small[inside]) + DARK) / (luma(around[inside]) + DARK)
            hairs = float(np.quantile(dark, _HAIRS))
            fair = 1 - float(ramp(np.array(1 - hairs), *_APART))
        brow = brow * (1 - parts[..., 3]) * (1 - parts[..., 5])
        maps = np.dstack([around, brow]).astype(np.float32)
        found = cls(maps, hairs, fair, 0.0, coloured)
        amount = found._as_asked(small[inside], maps[inside], asked) if inside.any() else 0.0
        return cls(enlarged(maps, side), hairs, fair, amount, coloured)

    def added(self, picture: Float, at_x: Float, at_y: Float) -> Float:
        """What is added to a picture (h, w, 3) that lies at these places of the crop."""
        return self._added(picture, remapped(self.maps, at_x, at_y, cv2.INTER_LINEAR), self.amount)

    def _share(self, picture: Float, maps: Float) -> Float:
        """How much of each pixel is a brow's hair, (…), 0…1."""
        light = (luma(picture) + DARK) / (luma(maps[..., :3]) + DARK)
        way = (1 - light) / max(1 - self.hairs, _APART[0])
        return maps[..., 3] * np.maximum(ramp(way, *_HAIR), np.float32(self.fair))

    def _added(self, picture: Float, maps: Float, amount: float) -> Float:
        share = self._share(picture, maps)[..., None]
        if amount < 0:
            return np.asarray(shone(picture, _GAMMA * np.log1p(amount * share[..., 0])) - picture)
        # Hair between skin and black is brown: less dark as it is, it was grey, and teal in cold
        # light; of the skin's hue alone, grey again on pale skin. Brown brows would glow yellow so.
        own, around = picture + DARK, maps[..., :3] + DARK
        light, skin = (luma(p)[..., None] for p in (own, around))
        tint, black = own / light, 1 - ramp(light - DARK, *BLACK_HAIR)
        brown = np.asarray(BROWN ** (black / 2) * (around / skin) ** (1 - black / 2), np.float32)
        brown /= luma(brown)[..., None]
        warmer = np.log(brown[..., :1] * tint[..., 2:] / (tint[..., :1] * brown[..., 2:]))
        colder = ramp(warmer, 0, _COLDER) if self.coloured else np.float32(0)
        tint += colder * share * min(1.0, _BROWNER * amount) * (brown - tint)
        # from a cold black moss lies on the way
        tint[..., 1:2] -= colder * share * np.maximum(tint[..., 1:2] - _GREEN * tint[..., :1], 0)
        tint /= luma(tint)[..., None]
        lighter = light + amount * share * np.maximum(skin - light, 0)
        return np.asarray(lighter * tint - own, np.float32)

    def _as_asked(self, picture: Float, maps: Float, asked: float) -> float:
        """How much light it takes, of a brow's pixels (n, 3), until that is seen as asked for."""
        low, high = 0.0, _DARKER if asked > 0 else _LIGHTER
        sign, strong = (-1, _STRONG) if asked > 0 else (1, _STRONG_LIGHTER)
        share = self._share(picture, maps) + np.float32(1e-6)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            changed = picture + self._added(picture, maps, sign * middle)
            apart = float((told_apart(picture, changed) * share).sum() / share.sum())
            low, high = (middle, high) if apart < abs(asked) * strong else (low, middle)
        return sign * high


def _grown(mask: Float, by: float, soft: float) -> Float:
    """A mask (r, r) in 0…1, grown by a share of the side, with a soft edge outside that."""
    return 1 - ramp(_depth(mask < _HALF), by, by + 2 * soft)


def _depth(inside: NDArray[np.bool_]) -> Float:
    """How deep each place of a mask (r, r) lies in it, as a share of the side; 0 outside."""
    if inside.all():
        return np.ones(inside.shape, np.float32)
    far = cv2.distanceTransform(inside.view(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(far / np.float32(len(inside)), np.float32)


def _smoothly(share: Float) -> Float:
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _soft(mask: Float, by: float) -> Float:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), by * len(mask)), np.float32)
