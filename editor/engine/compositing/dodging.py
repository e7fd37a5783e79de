"""Light on hair, dodged and burnt: each strand takes its share, what lies between strands none.

A pixel of a hairline is a mixture of hair and of what is behind it. Other light on the hair changes
its part of the mixture alone, so how dark a pixel is between the two says how much. All of it is
found in the photograph around the region, at its own size, so it holds beyond the aligned crop as
well; of the renders only how much more or less light it is is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.geometry import (
    Window,
    chain,
    inside,
    inverse,
    placed,
    sampled,
    shift,
    unit,
)
from editor.engine.compositing.light import (
    BLACK_HAIR,
    BROWN,
    DARK,
    LUMA,
    dotted,
    luma,
    told_apart,
)
from editor.engine.compositing.surface import ramp, remapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.engine.compositing.geometry import Box
    from editor.engine.compositing.renders import State

    Float = NDArray[np.float32]

_GRID = 256  # pixels along a crop's side: as finely it is known what hair and skin are there
_MOST_GRID = 1024  # pixels along a region
_HAIR = 0.02  # of a crop's side: so widely a strand's hair is looked at
_BESIDE = 0.03  # likewise what it thins out to
_SEEN = 0.05  # uncovered around: as much counts as hair that ends in nothing lighter
_EVEN = 0.1  # of a crop's side: how widely the renders' light is
_COARSE = 64  # pixels of a side
_HARDLY = 0.3  # of the light that all of the hair gets: where renders show less, it is no hair
_MORE = 0.0, 0.2  # of the hair's light: so much more is behind that its excess is none of hair's
_TOLD = 0.2, 0.5  # of the hair's light: so much lighter is what is behind, if it is told apart
# Blue over red, sRGB + 0.055, of hair that is ash, and of hair that is silver. Of 54 photographs
# (mean of all hair of a tone) half have at most 0.90 and 0.88, nine in ten 1.04 to 1.09.
_ASH = np.float32(1.03), np.float32(0.96)
_LIGHT_HAIR = 0.2, 0.5  # luma of the one and of the other
_DENSE = 3  # of what is covered that power says what hair looks like: what thins out is a mixture
_FEW = np.float32(0.02)  # covered around: where less is, nothing is known of hair
_UNLIKE = np.float32(0.3)  # so much of what is covered, but no hair to the parser, is behind hair
_MOSTLY = 0.5  # covered, of what is asked how hair of its colours looks
_HALVINGS = 12  # of the interval in which a strength is looked for
_HAZE = 0.1, 0.7  # covered: so little is doubted, so much is not
_THICK = 0.5, 0.95  # covered: less may be strands of light hair, more is hair and its shades
_OFF = 0.1, 0.25  # of the way between two colours: as far beside it is a mixture, and another
_HALF = 0.4, 0.7  # of the way to hair: a mixture that is hardly hair, and one that is
_VEILED = 0.85, 0.98  # covered: strands before the sky, and a head of hair
_APART = np.float32(0.08)  # at least, for a share between the two
_STRAND = 0.01  # of a crop's side: finer than that are strands
_STRANDS = 0.04, 0.1  # of the hair's light: so much do they differ where none is seen, and all are
_EVENLY = 0.06  # of a crop's side: shade has no outline on hair
_ROOTS = 0.5  # of the light is not taken where hair ends in skin
_SKIN = 0.2  # natural logarithm of ratios of channels: as far apart may skin be from skin
_SHADE = 0.1, 0.25  # luma up to which nobody sees where hair ends, and from which on all do
_MOST, _MOST_DARKER = 0.4, 0.8  # of its own light: so much lighter or darker may hair become
_LIGHTER, _DARKER = 0.7, 0.4  # likewise where it is known how strong it is to look
_STRONG = 7.5  # apart to the eye (``told_apart``) is hair from what a slider's end makes of it
_TIMES = 4.0  # as strong as the renders have it, at most
_SAMPLES = 2000  # of hair
_GLOSS = np.float32(0.5)  # of the light that is a strand's own shine: it is taken by no pigment
_SHINE = np.float32(0.3)  # from there on the less light is added the less there is to white
_VIVID = 0.2, 0.5  # purity of light that falls on black hair: grey at most, and a colour
_MOSS = np.float32(1.5)  # of the green that is more than red: less would leave it olive
_GREYEST = np.float32(0.01)  # of red over blue: less is grey
_DYED = 0.3, 0.8  # of that, how far green lies beyond red or blue: as in hair, and in dyed hair
_WARM = 0.15, 0.4  # red over blue, of the most: hair that has no colour, and that has its own
_LIT = 0.12, 0.25  # luma of black hair on which none falls, and some does
_BELOW = np.float32(0.75)  # of the skin's luma: black hair becomes no lighter, or it is grey


@dataclass(frozen=True, slots=True, eq=False)
class Dodge:
    """How light falls on the hair of a region, on a grid over its box.

    Attributes:
        maps: float32 (n, m, 10), over the box and ``furthest`` around it: the hair's luma, how
            surely something lighter is behind it, how surely anything is; what share of its own
            red, green and blue light is added; and the line from the hair's colour, 0, to that of
            what is behind, 1: how far each channel leads along it, and what is to be taken off.
        corner: of the grid, pixels of the box, x and y.
        scale: grid pixels per pixel of the box, across and down.
        coloured: whether the photo has colours, and light on it may.
    """

    maps: Float
    corner: tuple[int, int]
    scale: tuple[float, float]
    coloured: bool

    @classmethod
    def of(
        cls,
        canvas: State,
        box: Box,
        mask: NDArray[np.uint8],
        to_crop: NDArray[np.float64],
        change: Float,
        seen: Float,
        covered: Float,
        skin: Float,
        trusted: Float | None = None,
        asked: float | None = None,
        *,
        dyed: bool,
        coloured: bool = True,
    ) -> Dodge:
        """Found.

        Args:
            canvas: the picture, at least ``furthest`` around the region, or to the photo's edge.
            box: of the region.
            mask: its alpha there.
            to_crop: (2, 3), box pixels to crop pixels.
            change: what the renders add, (r, r, 3).
            seen: the picture as the crop has it, (r, r, 3).
            covered: by the region, (r, r) in 0…1.
            skin: the face's, (3,) sRGB.
            trusted: ``RenderedEdit.trusted``.
            asked: ``RenderedEdit.asked``.
            dyed: whether light's colour changes as the renders have it, and not how much alone.
            coloured: as the attribute.
        """
        side = len(change)
        magnify = 1 / math.hypot(to_crop[0, 0], to_crop[1, 0])
        edge = furthest(side * magnify)
        left, top, right, bottom = (
            min(edge, room)
            for room in (
                box[0] - canvas.box[0],
                box[1] - canvas.box[1],
                canvas.box[0] + canvas.box[2] - box[0] - box[2],
                canvas.box[1] + canvas.box[3] - box[1] - box[3],
            )
        )
        width, height = left + box[2] + right, top + box[3] + bottom
        here = canvas.pixels[inside((box[0] - left, box[1] - top, width, height), canvas.box)]
        mask = np.pad(mask, ((top, bottom), (left, right)))
        finest = max(width, height) / (magnify * side) * _GRID
        near = Window.of((0, 0, width, height), max(1, min(_MOST_GRID, math.ceil(finest))))
        picture = unit(np.asarray(sampled(here, near.columns, near.rows), np.uint16))
        # An edit's opacity is in its mask: hair that gets half of its light is no half of hair.
        whole = np.float32(max(1, int(mask.max())))
        alpha = np.asarray(sampled(mask, near.columns, near.rows) / whole, np.float32)
        pixel = max(width, height) / max(near.columns, near.rows) / (magnify * side)
        own = luma(picture)
        matrix = chain(inverse(near.to_photo), shift(left, top), inverse(to_crop))
        size = near.columns, near.rows
        # Where the parser saw no hair, what is covered is strands, or what shows between them: it
        # says nothing of what hair looks like, but something of what is behind.
        seen_hair = np.ones_like(alpha)
        if trusted is not None:
            seen_hair = placed(trusted, inverse(matrix), size, cv2.INTER_LINEAR)
        sure = np.asarray(alpha * seen_hair)
        covering = np.asarray(alpha + _UNLIKE * (sure - alpha), np.float32)
        beyond, told = _behind(picture, covering, _BESIDE / pixel)
        behind, beside = luma(beyond), told.copy()
        colour = _hair(picture, own, sure**_DENSE, behind, told, _HAIR / pixel)
        colour = _unmixed(colour, beyond, _of_all(picture, sure**_DENSE), alpha, told)
        hair = luma(colour)
        told *= _apart(colour, beyond, sure)
        # Hair that ends in a shade as deep as its own has no edge at which light could end, and
        # black without strands is a veil once it is light. A hairline dissolves unless its roots
        # stay darker than the rest.
        even = beside * (1 - ramp(np.maximum(behind, hair), *_SHADE))
        black = 1 - ramp(hair, *_SHADE)
        flat = black * (1 - ramp(_texture(own, sure, hair, pixel), *_STRANDS))
        flat = _mean(flat, alpha, _EVENLY / pixel)
        roots = _ROOTS * beside * _alike(beyond, skin)
        # A haze of matte over what the parser saw no hair in, and no colour tells, is skin.
        haze = (1 - seen_hair) * (1 - told) * (1 - ramp(alpha, *_HAZE))
        taken = (1 - even) * (1 - flat) * (1 - roots) * (1 - haze)
        way = beyond - colour
        way /= np.maximum(dotted(way, way), 3 * _APART**2)[..., None]
        start = dotted(way, colour)
        lighter = told * ramp((behind - hair) / (hair + DARK), *_MORE)
        share = np.repeat(taken[..., None], 3, -1)
        maps = np.asarray(np.dstack([hair, lighter, told, share, way, start]), np.float32)
        light, known = _lightened(change, seen, covered, _EVEN * side, dyed=dyed)
        hairy = np.flatnonzero((sure > _MOSTLY) & (flat < _MOSTLY))
        if asked is None or not len(hairy):
            light = np.clip(light, -_MOST_DARKER, _MOST)
        else:
            some = hairy[:: max(1, len(hairy) // _SAMPLES)]
            own, around, here = (p.reshape(-1, p.shape[-1])[some] for p in (picture, colour, maps))
            light = _as_asked(own, around, here, light, asked, coloured=coloured)
        known = placed(known, inverse(matrix), size, cv2.INTER_LINEAR)
        share = _ashen(known[..., None] * light, colour)
        share = _natural(share, colour) * taken[..., None]
        # Black hair beside skin that is hardly lighter turns to a grey cap.
        most = np.maximum((_BELOW * float(luma(skin)) + DARK) / (hair + DARK) - 1, 0)
        most += _LIGHTER * ramp(hair, *BLACK_HAIR)
        maps[..., 3:6] = np.minimum(share, most[..., None])
        scale = near.columns / width, near.rows / height
        return cls(maps, (-left, -top), scale, coloured)

    def added(self, picture: Float, around: Box) -> Float:
        """What its light adds to a part of the box, (h, w, 3)."""
        x, y, width, height = around
        across, down = (
            (np.arange(start - first, start - first + count, dtype=np.float32) + np.float32(0.5))
            * np.float32(per)
            - np.float32(0.5)
            for start, first, count, per in zip(
                (x, y), self.corner, (width, height), self.scale, strict=True
            )
        )
        at_x, at_y = (np.ascontiguousarray(at) for at in np.meshgrid(across, down))
        # channel by channel: a third of the time that one takes over arrays (h, w, 3)
        split = cv2.split(remapped(self.maps, at_x, at_y, cv2.INTER_LINEAR))
        maps = [np.asarray(one, np.float32) for one in split]
        own = [np.asarray(channel, np.float32) for channel in cv2.split(picture)]
        return np.asarray(cv2.merge(_lit(own, maps, coloured=self.coloured)), np.float32)


def _lit(picture: Sequence[Float], maps: Sequence[Float], *, coloured: bool) -> list[Float]:
    """What light adds to each channel of a picture, where ``Dodge.maps`` are these."""
    hair, lighter, told = maps[:3]
    own = [channel + DARK for channel in picture]
    red, green, blue = (channel * n for channel, n in zip(own, LUMA, strict=True))
    light = red + green + blue
    # Where something is behind, the pixel's part of hair: how far it is on the way there.
    way = -maps[9]
    for channel, per in zip(own, maps[6:9], strict=True):
        way += (channel - DARK) * per
    part = 1 - told * np.clip(way, 0, 1)
    over = np.maximum(light - DARK - hair, 0)
    taken = part * (light - lighter * over)
    duller = part * (light - np.maximum(lighter, _GLOSS) * over)
    most = np.maximum(np.maximum(own[0], own[1]), own[2])
    room = _room(most)
    black = None
    if coloured:
        least = np.minimum(np.minimum(own[0], own[1]), own[2])
        vivid = ramp((most - least) / most, *_VIVID) * ramp(light - DARK, *_LIT)
        warm = ramp((own[0] - own[2]) / most, *_WARM)  # brown already: it keeps its own hue
        black = (1 - ramp(hair, *BLACK_HAIR)) * (1 - vivid) * (1 - warm)
    added: list[Float] = []
    for channel, share, brown in zip(own, maps[3:6], BROWN, strict=True):
        more, less = np.maximum(share, 0) * taken * room, np.minimum(share, 0) * duller
        less /= light  # of the channel's own
        if black is not None:
            tint = channel / light
            more = more * (tint + black * (brown - tint))
        # near black light is no power of sRGB: it would be clipped, channel by channel
        less = np.maximum(less * channel, less * (2 + less) * (channel - DARK))
        added.append(np.asarray(more + less, np.float32))
    return _no_greener(own, added) if coloured else added


def _no_greener(own: Sequence[Float], added: Sequence[Float]) -> list[Float]:
    """What light adds to a picture's channels, where none of it becomes green, or greener.

    What is told of the dark red hair around takes red from a bright strand, and would leave its
    green.
    """
    now = [a + b for a, b in zip(own, added, strict=True)]
    before, after = (p[1] - np.maximum(p[0], p[2]) for p in (own, now))
    over = np.maximum(after - np.maximum(before, 0), 0)
    again = over * LUMA[1]  # as light as it was to be
    return [added[0] + again, added[1] + again - over, added[2] + again]


def _room(most: Float) -> Float:
    """How much of more light is added to what has so much already (its most channel's), 0…1."""
    return np.clip((1 + DARK - most) / (1 - _SHINE), 0, 1)


def furthest(side: float) -> int:
    """How far around its region it is looked, pixels, where a crop's side has so many."""
    return math.ceil(3 * _BESIDE * side)


def _behind(picture: Float, alpha: Float, sigma: float) -> tuple[Float, Float]:
    """Colour of what is not covered around each place, and how much of that there is in 0…1."""
    free = 1 - alpha
    light = cv2.GaussianBlur(picture * free[..., None], (0, 0), sigma)
    weight = cv2.GaussianBlur(free, (0, 0), sigma)
    told = weight / (weight + np.float32(_SEEN))
    colour = light / np.maximum(weight, np.float32(1e-6))[..., None]
    return np.asarray(colour, np.float32), np.asarray(told, np.float32)


def _texture(own: Float, alpha: Float, hair: Float, pixel: float) -> Float:
    """How much strands differ around each place, as a share of the hair's light."""
    finer = own - _mean(own, alpha, _STRAND / pixel)
    spread = np.sqrt(_mean(finer * finer, alpha, _HAIR / pixel))
    return np.asarray(spread / (hair + DARK), np.float32)


def _mean(values: NDArray[np.floating], weight: NDArray[np.floating], sigma: float) -> Float:
    """The weighted mean around each place, (h, w); little counts where there is no weight."""
    weight = weight + np.float32(0.001)
    light, all_of = (cv2.GaussianBlur(p, (0, 0), sigma) for p in (values * weight, weight))
    return np.asarray(light / np.maximum(all_of, np.float32(1e-9)), np.float32)


def _alike(colours: Float, skin: Float) -> Float:
    """How much colours (h, w, 3) are skin's in 0…1, however light they are."""
    ratios, own = (np.log(p[..., ::2] + DARK) - np.log(p[..., 1:2] + DARK) for p in (colours, skin))
    apart = ratios - own
    return np.asarray(np.exp(-dotted(apart, apart) / _SKIN**2), np.float32)


def _hair(
    picture: Float, own: Float, alpha: Float, behind: Float, told: Float, sigma: float
) -> Float:
    """The hair's colour around each place, of what is as dark as it beside what is behind it.

    Far from all hair, where the region covers something else, it is that of all of it.
    """
    usual = _of_all(picture, alpha)
    rough = _settled(own, alpha, 2 * sigma, luma(usual))
    weight = alpha
    for _ in range(2):
        apart = ramp((behind - rough) / (rough + DARK), *_TOLD) * told
        share = np.clip((behind - own) / np.maximum(behind - rough, _APART), 0.02, 1)
        weight = np.asarray(alpha * (1 - apart * (1 - share)), np.float32)
        rough = _settled(own, weight, sigma, luma(usual))
    return np.dstack([_settled(picture[..., n], weight, sigma, usual[n]) for n in range(3)])


def _unmixed(colour: Float, beyond: Float, usual: Float, alpha: Float, told: Float) -> Float:
    """Hair's colours (h, w, 3) without what shows between few strands before the sky.

    Where all that is seen of hair is thin, its mean is a mixture: one that lies on the line between
    the usual hair (3,) and what is behind, nearer to that.
    """
    way = usual - beyond
    length = np.maximum(dotted(way, way), 3 * _APART**2)
    share = np.clip(dotted(colour - beyond, way) / length, 0, 1)
    beside = np.asarray(colour - beyond - share[..., None] * way, np.float32)
    off = np.sqrt(dotted(beside, beside) / length)
    mixed = (1 - ramp(off, *_OFF)) * (1 - ramp(share, *_HALF)) * (1 - ramp(alpha, *_VEILED)) * told
    mixed *= ramp(np.sqrt(length / 3), float(_APART), 2 * float(_APART))
    return np.asarray(colour + mixed[..., None] * (usual - colour), np.float32)


def _of_all(picture: Float, weight: Float) -> Float:
    """The mean colour, (3,)."""
    total = np.maximum(weight.sum(), np.float32(1e-6))
    return np.asarray(np.tensordot(weight, picture, 2) / total, np.float32)


def _settled(values: Float, weight: Float, sigma: float, usual: Float | np.float32) -> Float:
    """The weighted mean around each place, (h, w); ``usual`` where there is no weight."""
    light, all_of = (cv2.GaussianBlur(p, (0, 0), sigma) for p in (values * weight, weight))
    return np.asarray((light + _FEW * usual) / (all_of + _FEW), np.float32)


def _apart(hair: Float, behind: Float, alpha: Float) -> Float:
    """How surely hair is told from what is behind it by their colours, 0…1.

    Hair that is not darker has shade between its strands that may be of the colour behind it, so
    it is asked where the region thins out alone.
    """
    dark, light = luma(hair), luma(behind)
    least = np.minimum(dark, light) + DARK
    far = np.sqrt(((behind - hair) ** 2).mean(-1)) / least
    thin = 1 - ramp(alpha, *_THICK)
    return np.maximum(ramp((light - dark) / least, *_TOLD), ramp(far, *_TOLD) * thin)


def _ashen(share: Float, hair: Float) -> Float:
    """Light (h, w, 3) that makes hair of these colours (h, w, 3) ash or silver, never blue.

    What is colder than that already keeps its hue, and gets more or less light alone.
    """
    cold = ramp(luma(hair), *_LIGHT_HAIR)
    most = _ASH[0] + cold * (_ASH[1] - _ASH[0])
    room = np.log(most * (hair[..., 0] + DARK) / (hair[..., 2] + DARK))
    colder = np.log((1 + share[..., 2]) / (1 + share[..., 0]))
    kept = np.where(colder > 0, np.clip(room / np.maximum(colder, 1e-6), 0, 1), 1)[..., None]
    light = luma(share)[..., None]
    return np.asarray(light + kept * (share - light), np.float32)


def _never_moss(share: Float, hair: Float) -> Float:
    """Light (h, w, 3) that takes green along with blue of hair (h, w, 3) that would be green.

    On the way from a teal black to a warm brown lies moss, which no hair is.
    """
    own = hair + DARK
    red, green, _ = np.moveaxis(own * (1 + share), -1, 0)
    over = _MOSS * np.maximum(green - red, 0) / own[..., 1]
    taken = -np.minimum(over, np.maximum(share[..., 1] - share[..., 2], 0))
    again = -taken * LUMA[1] * own[..., 1] / luma(own)  # as light as it was to be
    return np.asarray(share + np.stack([again, again + taken, again], -1), np.float32)


def _straight_to_ash(share: Float, hair: Float) -> Float:
    """Light (h, w, 3) by which hair of these colours (h, w, 3) gets colder and nothing else.

    Green lies as far between its red and its blue as before. Left where it was, brown hair was
    violet, and a rim of yellow light cyan. Hair that is dyed pink, or green, stays so.
    """
    own = hair + DARK
    there = own * (1 + share)
    warm, warmer = (p[..., 0] - p[..., 2] for p in (own, there))
    between = (own[..., 1] - own[..., 2]) / np.maximum(warm, _GREYEST)
    usual = np.clip(between, 0, 1)
    goes = ramp(warm, 0, float(_GREYEST)) * (1 - ramp(np.abs(between - usual), *_DYED))
    goes *= warmer < warm
    given = goes * (there[..., 2] + usual * warmer - there[..., 1])
    as_light = luma(there) / (luma(there) + given * LUMA[1])  # as it was to be
    there[..., 1] += given
    return np.asarray(there * as_light[..., None] / own - 1, np.float32)


def _natural(share: Float, hair: Float) -> Float:
    """Light (h, w, 3) by which hair of these colours (h, w, 3) gets one that hair has."""
    return _straight_to_ash(_never_moss(share, hair), hair)


def _as_asked(
    picture: Float, colours: Float, maps: Float, light: Float, asked: float, *, coloured: bool
) -> Float:
    """Light (3,) on hair, as strong as hair is to look different by it.

    The same share of its own light is ten times as much to see on grey hair as on black.

    Args:
        picture: some of the hair, (n, 3).
        colours: of the hair around each, (n, 3).
        maps: of it, (n, 10), ``Dodge.maps``; shares are what each takes of the light.
        light: as a share of the hair's own, as the renders have it.
        asked: 0…1.
        coloured: as the attribute.
    """
    low, high = 0.0, _TIMES
    own, here, taken = list(picture.T), list(maps.T), maps[:, 3:6]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        share = np.broadcast_to(_bounded(middle * light), colours.shape)
        here[3:6] = (_natural(share, colours) * taken).T
        changed = picture + np.stack(_lit(own, here, coloured=coloured), -1)
        if told_apart(picture, changed).mean() < asked * _STRONG:
            low = middle
        else:
            high = middle
    return _bounded(high * light)


def _bounded(light: Float) -> Float:
    """As much as hair can carry."""
    return np.clip(light, -_DARKER, _LIGHTER)


def _lightened(
    change: Float, seen: Float, covered: Float, sigma: float, *, dyed: bool
) -> tuple[Float, Float]:
    """What share of its own light the hair of a crop gets, (3,), and where it does, (r, r) in 0…1.

    The same for all of it, but where the renders leave nearly all as it is: no hair is there.
    """
    light = seen + DARK
    if not dyed:
        change, light = (np.repeat((p @ LUMA)[..., None], 3, -1) for p in (change, light))
    weight = covered[..., None]
    total = np.tensordot(covered, light, 2) + np.float32(1e-6)
    share = np.tensordot(covered, change, 2) / total
    near = np.concatenate([change * weight, light * weight], -1)
    side = min(_COARSE, len(near))  # as wide as it is looked at, a coarse picture tells as much
    near = cv2.resize(near, (side, side), interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(near, (0, 0), sigma * side / len(change))
    near = cv2.resize(near, change.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    here = near[..., :3] / (near[..., 3:] + np.float32(0.02) * total / covered.size)
    like = (here @ share) / max(float(share @ share), 1e-9)
    return np.asarray(share, np.float32), ramp(like, 0, _HARDLY)
