"""The photographer's words for what the engine counts: here, so that they agree everywhere."""

from __future__ import annotations

import math
import re
import time
import unicodedata
from typing import TYPE_CHECKING

from editor.document.face_regions import area_of
from widgets.translation import marked, tr, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from editor.document.history import Edit, Portrait
    from editor.session.session import EditSession

_VISIBLE, _STRONG, _VERY_STRONG = 25, 50, 80  # from these values of a slider on
_SEEN = (
    (0.007, marked("hardly visible")),
    (0.02, marked("visible")),
    (0.05, marked("strong")),
)  # sRGB 0…1, root mean sq.
_VERY_GOOD, _GOOD = 0.4, 0.6  # identity distances below which a preview is so
_REST = 3.0  # seconds: between two reports, more was rest and not work
_WORDS = re.compile(r"[^\W_]+")
_ENOUGH, _LONG_ENOUGH = 0.04, 0.5  # share, and seconds of work, that tell how long the rest takes


def folded(text: str) -> str:
    """For searches: without case, accents and dots, ß as ss."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def distance(wanted: Iterable[str], texts: Sequence[str]) -> int:
    """How far a text lies from what is searched for: the smaller, the better it fits.

    Args:
        wanted: words, folded.
        texts: what is known of one thing, folded; what says most of it first.
    """

    def of(word: str) -> int:
        for place, text in enumerate(texts):
            if word in text:
                words = _WORDS.findall(text)
                begun = any(one.startswith(word) for one in words)
                return 3 * place + (0 if word in words else 1 if begun else 2)
        return 3 * len(texts)

    return max(map(of, wanted), default=0)


def region_title(preset: str) -> str:
    """What a preset of the region is called: never as a slider is."""
    return translated(area_of(preset))


def edit_title(edit: Edit) -> str:
    """What an edit is called: by the user, or else by what it does."""
    return edit.name or translated(edit.label)


def strength(value: float) -> str:
    """How much a slider's value is seen; +100 asks for 1.5 standard deviations among faces."""
    amount = abs(value)
    if amount >= _VERY_STRONG:
        return tr("very strong")
    if amount >= _STRONG:
        return tr("strong")
    return tr("visible") if amount >= _VISIBLE else tr("hardly visible")


def strengths() -> str:
    """What the values of a slider mean, for its card."""
    return tr(
        "from ±{visible} visible, from ±{strong} strong, from ±{very_strong} very strong",
        visible=_VISIBLE,
        strong=_STRONG,
        very_strong=_VERY_STRONG,
    )


def visibility(change: float) -> str:
    """How much a change is seen.

    Args:
        change: root mean squared, sRGB 0…1.
    """
    return next((tr(word) for below, word in _SEEN if change < below), tr("very strong"))


def preview_quality(portrait: Portrait, *, improving: bool, paused: bool = False) -> str:
    """How well the generator draws this face by now; ``paused``: it improves no further for now."""
    if portrait.is_draft:
        if not improving:
            return tr("Face preview: a first draft")
        return tr("Face preview, paused") if paused else tr("Face preview, improving")
    distance = portrait.identity_distance
    if math.isnan(distance):
        return tr("Face preview: ready")
    if distance < _VERY_GOOD:
        return tr("Face preview: very good")
    if distance < _GOOD:
        return tr("Face preview: good")
    return tr("Face preview: weak. Keep edits small.")


def why_not(session: EditSession, unavailable: str) -> str:
    """What keeps the face from being edited, and what to do about it; "" for nothing.

    Args:
        session: what is open.
        unavailable: why there is no engine; "" where there is one.
    """
    if unavailable:
        return unavailable
    if session.photo is None:
        return tr("Open a portrait to edit it.")
    if session.finding_faces:
        return tr("Faces are being looked for. You can brush the region meanwhile.")
    if session.active < 0:
        return tr("No face was found in this photo. Add it by hand: Face → Add a face.")
    if session.portrait is not None:
        return ""
    if session.inverting:
        return tr("The face is being prepared. You can brush the region meanwhile.")
    return tr("Choose Prepare face to edit this face.")


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
        return tr("about {seconds} s left", seconds=max(1, round(seconds)))
    if seconds < 57.5:
        return tr("about {seconds} s left", seconds=5 * round(seconds / 5))
    return tr("about {seconds} min left", seconds=max(1, round(seconds / 60)))
