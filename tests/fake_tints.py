"""What the fake engine makes of a face: a tint for every goal, inside its region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from editor.document.attributes import is_skin_work
from editor.document.photo import halves
from editor.engine.jobs import Drag, Patch
from editor.engine.previews import SMALLEST_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.history import Edit, Portrait
    from editor.document.photo import Photo
    from editor.document.region import RegionMask
    from editor.engine.jobs import Intervene

# what each slider does to red, green and blue at 100
_TINTS = {
    "smile": (60, 20, -40),
    "mouth_open": (-60, -60, -60),
    "lip_redness": (90, -50, -40),
    "light_from_left": (45, 45, 40),
    "hair_brightness": (70, 60, 40),
}


MADE_ON_DRAFT = 1
"""The channel that tells which edits were found on a draft: they show half as much."""


_GROUND = "ground"  # a goal that only tells faces apart


def ground_of(portrait: Portrait) -> tuple[str, float]:
    """A little of each edit's tint tells on which inversion, and where, it lies."""
    values, place = portrait.history.base.values, portrait.crop.landmarks
    return _GROUND, float(round(10 * float(values.sum()) + 3 * float(place.sum()))) % 7


def tint_of(edit: Edit, portrait: Portrait) -> tuple[RegionMask, list[tuple[str, float]]]:
    """Where an edit shows, and what it does there."""
    goals = list(edit.goals) or [(edit.origin.likeness, 100.0 * edit.weight)]
    if len(edit.delta.channels) and MADE_ON_DRAFT in edit.delta.channels:
        goals = [(name, 0.5 * value) for name, value in goals]
    return edit.extent, [*goals, ground_of(portrait)]


def patch_with(job: Drag | Intervene, made: list[tuple[str, float]]) -> Patch | None:
    """The photo with what a job makes, beneath the edits above it."""
    searched = any(not is_skin_work(name) for name, _ in made)
    if searched and job.portraits[job.active].is_draft:
        made = [(name, 0.5 * value) for name, value in made]
    portrait = job.portraits[job.active]
    ground = ground_of(portrait)
    own = [(job.region.faded(job.opacity), [*made, ground])] if made else []
    for guess in job.under_way if isinstance(job, Drag) else ():
        goals = [(goal.attribute, goal.value) for goal in guess.goals]
        own.append((guess.region, [*goals, ground]))
    above = [tint_of(edit, portrait) for edit in job.above]
    return composite(job.photo, job.portraits, [*own, *above])


def composite(
    photo: Photo,
    portraits: tuple[Portrait, ...],
    extra: list[tuple[RegionMask, list[tuple[str, float]]]],
) -> Patch | None:
    """The photo with a tint for every goal of every applied edit, inside its region."""
    edits = [tint_of(edit, one) for one in portraits for edit in one.history.applied]
    parts = [(region, goals) for region, goals in edits + extra if not region.is_empty]
    if not parts:
        return None
    boxes = [region.bounds for region, _ in parts]
    x, y = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    pixels = rgb8(photo)[y:bottom, x:right].astype(np.float32)
    for region, goals in parts:
        rx, ry, rw, rh = region.bounds
        alpha = region.alpha[..., None].astype(np.float32) / 255
        for name, value in goals:
            tint = np.array(_TINTS.get(name, (-30, 30, 60)), np.float32) * (value / 100)
            if name == _GROUND:
                tint = np.full(3, value, np.float32)
            pixels[ry - y : ry - y + rh, rx - x : rx - x + rw] += alpha * tint
    out = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    out.setflags(write=False)
    return Patch(x, y, right - x, bottom - y, out, halves(out, SMALLEST_SIDE))


def rgb8(photo: Photo) -> NDArray[np.uint8]:
    """The photo in 8 bits."""
    pixels = photo.pixels
    return np.asarray(pixels if pixels.dtype == np.uint8 else pixels >> 8, np.uint8)
