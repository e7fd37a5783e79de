"""The photographer's words for what the engine counts: here, so that they agree everywhere."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.history import Portrait
    from editor.session.session import EditSession

_AREAS = frozenset({"smile", "beard", "glasses"})  # regions that a slider is called like
_VISIBLE, _STRONG, _VERY_STRONG = 25, 50, 80  # from these values of a slider on
_SEEN = ((0.007, "hardly visible"), (0.02, "visible"), (0.05, "strong"))  # sRGB 0…1, root mean sq.
_VERY_GOOD, _GOOD = 0.4, 0.6  # identity distances below which a preview is so
_REST = 3.0  # seconds: between two reports, more was rest and not work
_ENOUGH, _LONG_ENOUGH = 0.04, 0.5  # share, and seconds of work, that tell how long the rest takes


def region_title(preset: str) -> str:
    """What a preset of the region is called: never as a slider is."""
    return f"{preset} area" if preset in _AREAS else preset


def strength(value: float) -> str:
    """How much a slider's value is seen; +100 asks for 1.5 standard deviations among faces."""
    amount = abs(value)
    if amount >= _VERY_STRONG:
        return "very strong"
    if amount >= _STRONG:
        return "strong"
    return "visible" if amount >= _VISIBLE else "hardly visible"


STRENGTHS = f"from ±{_VISIBLE} visible, from ±{_STRONG} strong, from ±{_VERY_STRONG} very strong"
"""What the values of a slider mean, for its card."""


def visibility(change: float) -> str:
    """How much a change is seen.

    Args:
        change: root mean squared, sRGB 0…1.
    """
    return next((word for below, word in _SEEN if change < below), "very strong")


def preview_quality(portrait: Portrait, *, improving: bool) -> str:
    """How well the generator draws this face by now."""
    if portrait.is_draft:
        return "Preview quality, improving" if improving else "Preview quality: a first draft"
    distance = portrait.identity_distance
    if math.isnan(distance):
        return "Preview quality: ready"
    if distance < _VERY_GOOD:
        return "Preview quality: very good"
    if distance < _GOOD:
        return "Preview quality: good"
    return "Preview quality: weak. Keep edits small."


def why_not(session: EditSession, unavailable: str) -> str:
    """What keeps the face from being edited, and what to do about it; "" for nothing.

    Args:
        session: what is open.
        unavailable: why there is no engine; "" where there is one.
    """
    if unavailable:
        return unavailable
    if session.photo is None:
        return "Open a portrait to edit it."
    if session.active < 0:
        return "No face was found in this photo. Add it by hand: Face → Add a face."
    if session.portrait is not None:
        return ""
    if session.inverting:
        return "The face is being prepared. You can brush the region meanwhile."
    return "Choose Prepare face to edit this face."


class TimeLeft:
    """Tells from what is done how long the rest will take; times of rest do not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._what = self._said = ""
        self._first = self._share = self._worked = self._last = 0.0

    def of(self, what: str, share: float) -> str:
        """``"about 8 s left"``, or "" while that is not known.

        Args:
            what: is waited for; another one begins anew.
            share: 0…1 of it that is done.
        """
        now = self._clock()
        if what != self._what or share < self._share:
            self._what, self._said, self._first, self._worked = what, "", share, 0.0
        elif share > self._share:
            self._worked += min(now - self._last, _REST)
            made = share - self._first
            if made >= _ENOUGH and self._worked >= _LONG_ENOUGH:
                self._said = _in_words(self._worked * (1 - share) / made)
        else:
            return self._said
        self._share, self._last = share, now
        return self._said


def _in_words(seconds: float) -> str:
    if seconds < 10:
        return f"about {max(1, round(seconds))} s left"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} s left"
    return f"about {max(1, round(seconds / 60))} min left"
