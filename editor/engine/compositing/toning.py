"""Colours of hair, beards, lips and teeth: changed by tone, as all of it in the renders changes.

The photo's own strands, gaps and shine stay. What the renders do from place to place is their own
hair and their own lips, which are not the photo's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.engine.compositing.light import BLACK_HAIR, BROWN, DARK, LUMA, dotted
from editor.engine.compositing.new_surface import NOVEL
from editor.engine.compositing.surface import ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]

_RIM = 0.03  # of a crop's side: how far from its rim what happens to hair is believed
_FULLY = 0.9  # covered
_TONES = 65  # of which the curve of a hair's colour is known
_LIKE = 0.05  # standard deviation of tones that change alike
_OF_ALL = 0.01  # of all hair: so much of the mean of all is in each tone's
_STRAND = 0.008  # of a crop's side: finer tones are the photo's own
_AROUND = 0.1  # of a crop's side: how widely it is looked how strong a change is
_STRONGEST = 2.0
_HARDLY = 0.01  # covered: so much every place counts, that there is a tone beyond the region
_LIFTED = 0.4  # of its own light, at most: so much lighter may hair become
_ROOM = 0.05  # redder than skin by so little, natural logarithm, lips have little to lose
_BETWEEN = 0.1  # lighter than hair is skin, at least, if the two are told apart
_THIN = 0.7  # of the way from skin to hair: darker than that is hair alone
_LIKE_SKIN = 0.15, 0.4  # natural logarithm of ratios of channels: skin's hue, and another
_LIT = np.array([0.3, 0.6])  # of the face's light: hair, and skin in shade
_NEARBY = 0.04, 0.12  # of a crop's side: as widely as shade is, and as a beard
_FEW = np.float32(0.1), np.float32(0.002)  # so little is told by what is farther, and by the face
_YELLOW_TAKEN = 0.5  # of what sets teeth apart from white, at a slider's end
_COVERED = 0.5  # by the region: what is less may be beside it
_DARKEST = 0.02  # so much of hair is darker than what counts as its darkest
_BARE = 0.8  # of the way to skin, at most: bare lips are lips


def toned(before: Float, change: Float, covered: Float, novelty: Float, seen: Float) -> Float:
    """A change of colour as one curve of tones, as strong as the renders have it around.

    What the renders do from place to place is their own hair, which is not the photo's: flat
    patches of another tint, and, where hair ends in one render but not in the other, background
    that comes and goes as a light line beside darkened hair. So a colour's change depends on how
    light hair is, and only its strength on the place: that is looked at widely, and beside the
    region's rim as it is further in.

    Args:
        before: the render, (r, r, 3) in [0, 1].
        change: what is added to it, (r, r, 3).
        covered: by the region, (r, r) in 0…1.
        novelty: where the renders differ by more than colour, (r, r), see ``Surface``.
        seen: the photograph there, (r, r, 3).
    """
    side = len(change)
    reach = max(1.0, _RIM * side)
    inside = np.asarray(covered > _FULLY, np.uint8)
    depth = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5), np.float32)
    trust = ramp(depth, reach, 2 * reach) * (1 - ramp(novelty, *NOVEL))
    if trust.sum() < reach * reach:  # narrow everywhere
        trust = covered
    tone = _tone(before, covered, _STRAND * side)
    found = _curve(tone, change, trust)
    steps = np.linspace(0, 1, _TONES, dtype=np.float32)
    channels = [np.interp(tone, steps, found[:, n]).astype(np.float32) for n in range(3)]
    curve = np.stack(channels, -1)
    both = np.stack([dotted(change, curve), dotted(curve, curve)], -1) * trust[..., None]
    both = cv2.GaussianBlur(np.asarray(both, np.float32), (0, 0), _AROUND * side)
    strength = np.clip(both[..., 0] / np.maximum(both[..., 1], 1e-9), 0, _STRONGEST)
    found = strength[..., None] * curve
    # Light multiplies: hair in deep shade has no strands left to show, and would turn to grey haze.
    own = _tone(seen, covered, _STRAND * side)
    most = _LIFTED * (np.minimum(tone, own) + DARK)
    return np.asarray(
        found * np.minimum(1, most / np.maximum(found.max(-1), most))[..., None], np.float32
    )


def _tone(picture: Float, covered: Float, sigma: float) -> Float:
    """How light what a region covers is around each place, (r, r): of a hairline's hair alone.

    With the skin beside it a dark hairline counts as light hair, and becomes a grey veil.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
    return _of_covered(grey[..., None], covered, sigma)[..., 0]


def _of_covered(picture: Float, covered: Float, sigma: float) -> Float:
    """The mean around each place of what a region covers there, (r, r, …)."""
    weight = (covered + np.float32(_HARDLY))[..., None]
    both = cv2.GaussianBlur(np.concatenate([picture * weight, weight], -1), (0, 0), sigma)
    return np.asarray(both[..., :-1] / both[..., -1:], np.float32)


def _curve(tone: Float, change: Float, weight: Float) -> Float:
    """(_TONES, 3): the mean change by tone, smooth; where hardly any hair is, as it is of all."""
    places = np.clip(np.rint(tone * (_TONES - 1)), 0, _TONES - 1).astype(np.int64).ravel()

    def summed(values: NDArray[np.floating]) -> NDArray[np.float64]:
        flat = np.asarray(values * weight, np.float64).ravel()
        return np.asarray(np.bincount(places, flat, _TONES), np.float64)

    sums = np.stack([*(summed(change[..., n]) for n in range(3)), summed(np.ones_like(tone))], -1)
    total = sums.sum(0)
    near = cv2.GaussianBlur(sums, (1, 0), sigmaX=0.1, sigmaY=_LIKE * _TONES)
    near += _OF_ALL * total
    return np.asarray(near[:, :3] / np.maximum(near[:, 3:], 1e-9), np.float32)


def greyed(picture: Float) -> Float:
    """A picture (r, r, 3) without colours."""
    return np.repeat((picture @ LUMA)[..., None], 3, axis=-1)


def relit(seen: Float, change: Float, covered: Float) -> Float:
    """A change as more or less light: hues stay, but black hair that becomes lighter is brown.

    In neutral light it would be grey hair under a veil.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        change: what is to be added to it, (r, r, 3).
        covered: by the region, (r, r) in 0…1.

    Returns:
        (r, r, 3), what to add.
    """
    own, more = seen + DARK, (change @ LUMA)[..., None]
    light = (own @ LUMA)[..., None]
    darker = own * (np.maximum(light + np.minimum(more, 0), DARK) / light) - own
    black = 1 - ramp(_tone(seen, covered, _STRAND * len(seen)), *BLACK_HAIR)[..., None]
    lighter = change + black * (more * BROWN - change)
    return np.asarray(np.where(more < 0, np.minimum(darker, 0), lighter), np.float32)


def whitened(seen: Float, change: Float, asked: float) -> Float:
    """A change of teeth that takes some of their yellow away, too, never beyond white.

    Renders make teeth lighter in their own hue: yellow teeth became light yellow ones. Teeth in
    bluish light keep it.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        change: what is to be added to it, (r, r, 3).
        asked: how much whiter, 0…1; less than 0 as 0.

    Returns:
        (r, r, 3), what to add.
    """
    there = seen + change
    warm = np.asarray(there[..., 0] > there[..., 2], np.float32)[..., None]
    share = np.float32(_YELLOW_TAKEN * max(0.0, asked))
    return np.asarray(change + share * warm * ((there @ LUMA)[..., None] - there), np.float32)


def of_hair(seen: Float, covered: Float, skin: Float) -> Float:
    """How much of what a region covers is dark hair rather than the skin behind it, (r, r) in 0…1.

    A hairline is both: lighter with its skin, it would dissolve.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        covered: by the region, (r, r) in 0…1.
        skin: the face's, (3,) sRGB.
    """
    hair = _tone(seen, covered, _AROUND * len(seen))
    light = _skin_nearby(seen, covered, skin)
    between = np.maximum(light - hair, _BETWEEN)  # lighter hair than that is told by nothing
    share = np.clip((light - _tone(seen, covered, 1.0)) / (_THIN * between), 0, 1)
    return np.asarray(1 - ramp(light - hair, _BETWEEN, 2 * _BETWEEN) * (1 - share), np.float32)


def no_lighter_than_skin(seen: Float, change: Float, covered: Float, skin: Float) -> Float:
    """How much of a change makes hair no lighter than the skin around it, (r, r) in 0…1.

    Stubble in a jaw's shade became a pale patch on it.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        change: what is to be added to it, (r, r, 3).
        covered: by the region, (r, r) in 0…1.
        skin: the face's, (3,) sRGB.
    """
    room = _skin_nearby(seen, covered, skin) - _tone(seen, covered, _STRAND * len(seen))
    more = np.maximum(change @ LUMA, np.float32(1e-4))
    return np.asarray(np.where(change @ LUMA > 0, np.clip(room / more, 0, 1), 1), np.float32)


def no_darker_than_own(seen: Float, change: Float, covered: Float, landmarks: Points) -> Float:
    """How much of a change leaves hair no darker than its owner's darkest, (r, r) in 0…1.

    A black beard became a band at black, where no strand shows: what is nearly as dark as the
    darkest is hardly darkened, and all tones stay apart.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        change: what is to be added to it, (r, r, 3).
        covered: by the region, (r, r) in 0…1.
        landmarks: (68, 2), crop pixels: brows are the darkest of who is hardly bearded.
    """
    side = len(seen)
    tone = _tone(seen, covered, _STRAND * side)
    brows = np.zeros((side, side), np.uint8)
    for brow in (landmarks[17:22], landmarks[22:27]):
        cv2.fillConvexPoly(brows, cv2.convexHull(np.rint(brow).astype(np.int32)), 1)
    luma = seen @ LUMA
    own = [luma[covered > _COVERED], luma[brows > 0]]
    darkest = min((float(np.quantile(some, _DARKEST)) for some in own if some.size), default=0.0)
    room = np.maximum(tone - np.float32(darkest), np.float32(1e-4))
    less = np.maximum(-(change @ LUMA), np.float32(1e-4))
    share = room * (1 - np.exp(-less / room)) / less
    return np.asarray(np.where(change @ LUMA < 0, share, 1), np.float32)


def _skin_nearby(seen: Float, covered: Float, skin: Float) -> Float:
    """How light bare skin is around each place, (r, r): where none is, as the face's.

    A jaw lies in shade: held against the cheeks its skin was hair, and became lighter than them.
    """
    apart = np.hypot(*(_ratios(seen + DARK) - _ratios(skin + DARK)).transpose(2, 0, 1))
    luma = seen @ LUMA
    light = float(skin @ LUMA)
    bare = (1 - covered) * (1 - ramp(apart, *_LIKE_SKIN)) * ramp(luma, *(light * _LIT))
    both = np.stack([luma * bare, bare], -1).astype(np.float32)
    near, far = (cv2.GaussianBlur(both, (0, 0), sigma * len(seen)) for sigma in _NEARBY)
    known = near + _FEW[0] * far + _FEW[1] * np.array([light, 1], np.float32)
    return np.asarray(known[..., 0] / known[..., 1], np.float32)


def paled(seen: Float, change: Float, skin: Float, lips: Float) -> Float:
    """A change to less red that ends at the skin's colour: lips become bare, never grey.

    Hue and purity go along the line from their own to the skin's, as ratios of the channels, which
    light does not change; lightness goes where the change has it. All go the same share of their
    way: by the curve of tones alone red spots stayed, and what was dark became blue.

    Args:
        seen: the photograph, (r, r, 3) sRGB in [0, 1].
        change: what is to be added to it, (r, r, 3).
        skin: the face's, (3,) sRGB.
        lips: how much of each place is one, (r, r) in 0…1.

    Returns:
        (r, r, 3), what to add.
    """
    own, wanted = seen + DARK, np.maximum(seen + change + DARK, DARK)
    ratios, asked, bare = (_ratios(colour) for colour in (own, wanted, skin + DARK))
    far = np.maximum(np.hypot(*(ratios - bare).transpose(2, 0, 1)), _ROOM)
    share = np.clip((ratios[..., 0] - asked[..., 0]) / far, 0, _BARE)
    redder = ramp(ratios[..., 0] - bare[0], 0, _ROOM)
    weight = lips * redder + np.float32(1e-6)
    share = redder * np.float32((share * weight).sum() / weight.sum())
    ratios += share[..., None] * (bare - ratios)
    colour = np.exp(np.stack([ratios[..., 0], np.zeros_like(share), ratios[..., 1]], -1))
    colour *= (wanted @ LUMA / (colour @ LUMA))[..., None]
    return np.asarray(colour - own, np.float32)


def _ratios(colour: Float) -> Float:
    """Natural logarithms of red and blue over green, (…, 2)."""
    logarithms = np.log(colour)
    return np.asarray(logarithms[..., ::2] - logarithms[..., 1:2], np.float32)
