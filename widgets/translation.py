"""The window's texts in the user's language (docs/adr/0014).

``tr`` shows a text of the window's own, ``marked`` marks one that ``tr`` shows later, and
``translated`` shows a finished English text from below the widgets: an error, a label, the name of
an attribute. English is what the source says and needs no catalogue. Other languages lie in
``resources/translations``; ``python -m tests.catalogue`` brings them in line with the source.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import resources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.document.errors import EngineError
    from foundation.errors import AdvisedError

WINDOW, NAMES, MESSAGES = "Window", "Names", "Messages"
"""Contexts: texts of ``tr``; names in tables; texts from below, with their places in braces."""
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Those that there are, by their codes, as they call themselves."""

_PLACE = re.compile(r"\{[^{}]*\}")
_BETWEEN = re.compile(r"( [+−-]\d+(?:, )?|, |: )")  # names that stand together
_END = re.compile(r"(?<=[.!?]) ")


def tr(text: str, /, *, n: int = -1, one: str = "", **values: object) -> str:
    """A text of the window in the user's language.

    Args:
        text: English; a literal, or one that was ``marked``. Braces name values.
        n: stands for ``%n``; other languages have a form for each kind of number.
        one: the English text for one of them.
        values: for the braces; without any, braces stay.
    """
    found = QCoreApplication.translate(WINDOW, text, None, n)
    if n == 1 and one and not _Catalogue.patterns:
        found = one.replace("%n", "1")
    return found.format(**values) if values else found


def marked(text: str) -> str:
    """The text itself; it is in the catalogue, for ``tr`` to show it."""
    return text


def translated(text: str) -> str:
    """A text from below the widgets in the user's language; as it is where nobody translated it."""
    if not _Catalogue.patterns or not text:
        return text
    return _known(text) or text


def translated_error(error: EngineError | AdvisedError) -> str:
    """What happened and what to do next, in the user's language."""
    return f"{translated(error.title)} {translated(error.advice)}"


def language() -> str:
    """The code of the language that is spoken now."""
    return _Catalogue.language


def inside(name: str) -> str:
    """A name as it stands in the middle of a sentence: German nouns keep their capital."""
    return name if _Catalogue.language == "de" else f"{name[:1].lower()}{name[1:]}"


def beginning(text: str) -> str:
    """A text as it stands at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def number(value: float, decimals: int) -> str:
    """A number as the user writes it, without marks between thousands."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "f", decimals)


def begin(application: QCoreApplication, choice: str) -> str:
    """Speak a language from now on; windows that are there keep theirs.

    Args:
        application: gets the translations, Qt's own too.
        choice: a code of ``LANGUAGES``, or "system".

    Returns:
        the code of the language; English where the system's is not there.
    """
    end(application)
    system = QLocale.system()
    wanted = [choice] if choice != "system" else _codes(system)
    code = next((one for one in wanted if one in LANGUAGES), "en")
    if choice != "system" or code != "en":  # else dates and numbers are as the system has them
        QLocale.setDefault(system if code in _codes(system)[:1] else QLocale(code))
    if code == "en":
        return code
    qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for file in (qt / f"qtbase_{code}.qm", resources.path(f"translations/{code}.qm")):
        translator = QTranslator(application)
        if translator.load(str(file)):
            application.installTranslator(translator)
            _Catalogue.translators.append(translator)
    _Catalogue.language = code
    _Catalogue.patterns = tuple(_patterns())
    return code


def end(application: QCoreApplication) -> None:
    """Speak English again."""
    for translator in _Catalogue.translators:
        application.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(QLocale.system())
    _Catalogue.translators = []
    _Catalogue.language, _Catalogue.patterns = "en", ()


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A text with places for values.

    Attributes:
        text: as in the catalogue.
        fixed: what stands before, between and after the places; one more than places.
    """

    text: str
    fixed: tuple[str, ...]

    def values(self, text: str) -> tuple[str, ...] | None:
        """What stands at the places of a finished text; None for one of another pattern."""
        first, *between, last = self.fixed
        if len(text) < len(first) + len(last):
            return None
        if not (text.startswith(first) and text.endswith(last)):
            return None
        found: list[str] = []
        at, stop = len(first), len(text) - len(last)
        for part in between:
            place = text.find(part, at, stop)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(part)
        return (*found, text[at:stop])

    def filled(self, told: str, values: list[str]) -> str:
        """A translation with values at its places, which may stand in another order there."""
        at = dict(zip(_PLACE.findall(self.text), values, strict=True))
        return _PLACE.sub(lambda found: at.get(found[0], found[0]), told)


class _Catalogue:
    """The language in use: the process has one, as Qt has."""

    language = "en"
    patterns: tuple[_Pattern, ...] = ()  # none in English
    translators: list[QTranslator] = []  # noqa: RUF012 - replaced, never changed in place


def _codes(system: QLocale) -> list[str]:
    """Languages of the user, the favourite first."""
    return list(dict.fromkeys(name.partition("-")[0] for name in system.uiLanguages()))


def _patterns() -> Iterator[_Pattern]:
    """Those with most of their text fixed first: they say most about what they fit."""
    texts: list[str] = json.loads(resources.path("translations/patterns.json").read_text("utf-8"))
    for text in texts:
        yield _Pattern(text, tuple(_PLACE.split(text)))


def _known(text: str) -> str | None:
    """The translation of a text: of one or of several sentences."""
    return _of_one(text) or _sentences(text)


def _of_one(text: str) -> str | None:
    """The translation of a text, of its parts, or of the pattern that it was made by."""
    return _looked_up(text) or _in_parts(text) or _from_pattern(text)


def _looked_up(text: str) -> str | None:
    """The translation of exactly that text."""
    own = _Catalogue.translators[-1]
    return own.translate(NAMES, text) or own.translate(MESSAGES, text) or None


def _in_parts(text: str) -> str | None:
    """Of names with values: ``Smile +40, Mouth corner, left -12``; None unless all are known."""
    parts = _BETWEEN.split(text)
    told = [part if _BETWEEN.fullmatch(part) else _looked_up(part) for part in parts if part]
    return None if len(told) == 1 or None in told else "".join(filter(None, told))


def _from_pattern(text: str) -> str | None:
    """The translation of the pattern that a text was made by, with what stands at its places."""
    for pattern in _Catalogue.patterns:
        values = pattern.values(text)
        if values is not None:
            told = QCoreApplication.translate(MESSAGES, pattern.text)
            return pattern.filled(told, [_value(value) for value in values])
    return None


def _value(text: str) -> str:
    """What stands in a text: often a name, in small letters as English has it there."""
    return _known(text) or _known(beginning(text)) or text


def _sentences(text: str) -> str | None:
    """Of what happened and what to do next, where both came as one text."""
    for end in _END.finditer(text):
        first = _of_one(text[: end.start()])
        rest = _known(text[end.end() :]) if first else None
        if rest:
            return f"{first} {rest}"
    return None
