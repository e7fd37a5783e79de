"""What a user can ask for: the names, words and calibration of the attributes.

The table is ``resources/attributes.toml``; directions and statistics come with the generator
(``models/weights``), and only attributes that have both are offered.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import resources

if TYPE_CHECKING:
    from collections.abc import Container, Iterable


WITHDRAWN = frozenset(
    {"skin_smoothness", "skin_brightness", "skin_warmth", "skin_redness", "femininity", "glasses"}
)
"""What no retoucher would deliver, and is not offered; edits that were made with it replay.

The generator's skin has patches, and another colour than ears and neck (``skin_table`` has the same
sliders, which work on the photo's own); of femininity half was rejected, of 21 glasses none was
whole (docs/attributes.md).
"""

SUCCESSORS = {
    "skin_smoothness": "smooth_skin",
    "skin_brightness": "skin_light",
    "skin_warmth": "skin_tint",
    "skin_redness": "skin_red",
}
"""What has taken a withdrawn attribute's place: presets and recipes that name it ask for that."""

WITHDRAWN_SINCE = "0.5"
"""The version that offers them no more."""

NEAREST = {"femininity": ("beard_density", "nose_width")}
"""What comes nearest to one that has no successor: what it went along with in samples, −0.54 and
−0.52 (docs/attributes.md)."""

_EYES = frozenset({"eyes", "brows"})
_EXPRESSION = _EYES | {"smile", "mouth"}
_BENT_LAST = "nose", "jaw", "face", "head"  # regions, in that order

BY_HAND = frozenset({"heal_spot"})
"""What a tool asks for where it is used: these have no slider, and belong to their photo."""


@dataclass(frozen=True, slots=True)
class AttributeInfo:
    """One attribute as users see it.

    Attributes:
        name: identifier, for example ``"lip_redness"``.
        label: for people: ``"Lip redness"``.
        group: heading in the panel: ``"Expression"``.
        measures: what the attribute's own measure is, in one sentence.
        region: default region preset, as large as the movement that the attribute causes.
        unit_sd: change of the measure, in standard deviations over the generator's samples, that a
            slider value of 100 asks for: the strongest change that still looks natural.
        moves: whether it moves things (geometry) or only changes colour.
        toned: whether its colour changes by a curve of tones: hair and beards, whose strands are
            others in every render, lips and teeth.
        keeps: what its colour keeps to: ``"white"``, lighter and less yellow; ``"beard"``, more or
            less light, its hairs no lighter than the skin around them; ``"skin"``, where there is
            less of it no further than the colour of the face's skin; ``"strands"``, more or less
            light on each of them; ``"dye"``, of another colour; ``"light"`` and ``"shade"``, more
            or less light on the photo's skin, by wide places or narrow ones; ``"brows"``, on their
            hairs; ``""``, nothing.
        plain: whether nothing moves and nothing is drawn: light in the folds of bare skin is all
            that is taken of the renders.
        bends: how many times as far as the generator's renders the photograph is bent, for what
            only moves what is there; 0 for what is drawn. More than 1 where a bend stays natural
            for longer than a render does.
        bends_closed: the same of more of it on a face whose lips are closed, where no teeth are
            stretched; 0 if that makes no difference.
        bends_less: the same of less of it; 0 if that makes no difference.
        lids: how many times as far as the renders' lids the photo's go, over eyeballs that stay; 0
            for what does not open or close eyes.
        looks: how far irises go at a value of 100, of an eye's width, beneath lids that stay; 0 for
            what moves none.
        lights: how much more light falls between the lids at 100, a factor's natural logarithm; 0
            for what else.
        folds: whether more of it folds the skin, which the generator's light shows.
        correlation: held-out correlation of the linear predictor in S with the measure.
        constraint: its place, from 1, among what edits of the other kind must leave as it was:
            those that move things these colours, those of colours these shapes; 0 for none.
        drags: measures that the *direct* edit drags along, in sd per sd; the intervention confines
            them to the region.
    """

    name: str
    label: str
    group: str
    measures: str
    region: str
    unit_sd: float
    moves: bool
    correlation: float = float("nan")
    drags: tuple[tuple[str, float], ...] = ()
    toned: bool = False
    keeps: str = ""
    plain: bool = False
    bends: float = 0.0
    bends_closed: float = 0.0
    bends_less: float = 0.0
    lids: float = 0.0
    looks: float = 0.0
    lights: float = 0.0
    folds: bool = False
    constraint: int = 0


@cache
def _skin_rows() -> tuple[AttributeInfo, ...]:
    with resources.path("skin.toml").open("rb") as file:
        rows = tomllib.load(file)["attribute"]
    return tuple(AttributeInfo(**row, unit_sd=0.0, moves=False) for row in rows)


def skin_table() -> tuple[AttributeInfo, ...]:
    """Sliders that work on the photo's own skin, without a generator: ``resources/skin.toml``."""
    return tuple(row for row in _skin_rows() if row.name not in BY_HAND)


def by_hand() -> tuple[AttributeInfo, ...]:
    """What a tool does to the photo's own skin, see ``BY_HAND``."""
    return tuple(row for row in _skin_rows() if row.name in BY_HAND)


def is_skin_work(name: str) -> bool:
    """Whether the attribute works on the photo's own skin, by a slider or by hand."""
    return any(row.name == name for row in _skin_rows())


@cache
def table() -> tuple[AttributeInfo, ...]:
    """The attributes of ``resources/attributes.toml``, in the order to show."""
    with resources.path("attributes.toml").open("rb") as file:
        rows = tomllib.load(file)["attribute"]
    for row in rows:
        row.pop("holds", None)  # for those who fit directions
    return tuple(AttributeInfo(**row) for row in rows)


def _by_name() -> dict[str, AttributeInfo]:
    return {row.name: row for row in table()}


def all_rows() -> tuple[AttributeInfo, ...]:
    """What a generator is asked for, and what is done to the photo's own skin."""
    return *table(), *_skin_rows()


def moves(names: Iterable[str]) -> bool:
    """Whether any of these attributes may move things; a discovered style slider may."""
    return not {row.name for row in all_rows() if not row.moves}.issuperset(names)


def only_colours(names: Iterable[str]) -> bool:
    """Whether these attributes leave every surface where it is, so that its detail can stay."""
    still = {row.name for row in all_rows() if not row.moves}
    return still.issuperset(names)


def moves_head(names: Iterable[str]) -> bool:
    """Whether any of these attributes moves the whole head, and glasses with it."""
    return not {row.name for row in table() if row.region == "head"}.isdisjoint(names)


def toned(names: Iterable[str]) -> bool:
    """Whether any of these attributes changes by tone, see ``AttributeInfo.toned``."""
    return not {row.name for row in table() if row.toned}.isdisjoint(names)


def succeeded(
    goals: tuple[tuple[str, float], ...], known: Container[str]
) -> tuple[tuple[str, float], ...]:
    """Goals, names and values, with successors of what is not ``known`` and they do not ask for."""
    asked = {name for name, _ in goals}

    def now(name: str) -> str:
        later = SUCCESSORS.get(name, name)
        return later if name not in known and later in known and later not in asked else name

    return tuple((now(name), value) for name, value in goals)


def of_lips(names: Iterable[str]) -> bool:
    """Whether all of these attributes colour lips."""
    return {row.name for row in table() if row.toned and row.region == "lips"}.issuperset(names)


def tone_regions(names: Iterable[str]) -> tuple[str, ...]:
    """The presets in which these attributes change by tone; none where hair does, anywhere.

    Elsewhere in a wider region the curve of lips would redden skin of their tone, and leave lips
    as pale as that: there an edit is drawn.
    """
    asked = set(names)
    regions = {row.region for row in table() if row.toned and row.name in asked}
    return () if "hair" in regions else tuple(sorted(regions))


_OF_STRANDS = ("strands", "dye")
_OF_LIGHT = ("light", "shade", "brows")


def of_hair(names: Iterable[str]) -> bool:
    """Whether any of these attributes is hair's, whose region may go beyond the aligned crop."""
    return not {row.name for row in table() if row.region == "hair"}.isdisjoint(names)


def lights_hair(goals: Iterable[tuple[str, float]]) -> bool:
    """Whether all that an edit with these goals does is light on hair (``RenderedEdit.lights``)."""
    asked = [goal for goal in goals if goal[1]]
    names = [name for name, _ in asked]
    return only_colours(names) and toned(names) and keeps(asked) in _OF_STRANDS


def keeps(goals: Iterable[tuple[str, float]]) -> str:
    """What the colour of an edit keeps to, see ``AttributeInfo.keeps``.

    Several goals of hair dye it; of several others, ``""``.
    """
    rows = _by_name()
    asked = [goal for goal in goals if goal[1]]
    if asked and all(name in rows and rows[name].keeps in _OF_STRANDS for name, _ in asked):
        return rows[asked[0][0]].keeps if len(asked) == 1 else "dye"
    if len(asked) != 1 or asked[0][0] not in rows:
        return ""
    ((name, value),) = asked
    kept = rows[name].keeps
    return "" if kept == "skin" and value > 0 else kept


def hair_asked(goals: Iterable[tuple[str, float]]) -> float:
    """How much these change hair's light and colour together, 0…1; 1 is one slider at its end."""
    rows = _by_name()
    asked = (value for name, value in goals if name in rows and rows[name].keeps in _OF_STRANDS)
    return min(1.0, math.hypot(*asked) / 100)


def shades(goals: Iterable[tuple[str, float]]) -> bool:
    """Whether all that these do is light on skin or brows (``RenderedEdit.shades``)."""
    return keeps(goals) in _OF_LIGHT


def light_asked(goals: Iterable[tuple[str, float]]) -> float:
    """How far the slider stands by which these change the light of skin or brows, −1…1."""
    asked = [value for _, value in goals if value]
    return max(-1.0, min(1.0, sum(asked) / 100))


def plain(names: Iterable[str]) -> bool:
    """Whether all of these attributes leave hues as they are, see ``AttributeInfo.plain``."""
    return {row.name for row in table() if row.plain}.issuperset(names)


def aged(goals: Iterable[tuple[str, float]]) -> float:
    """By how much the photo's own lines get older, −100…100; 0 where more than skin changes."""
    asked = {name: value for name, value in goals if value and not is_skin_work(name)}
    return asked.get("apparent_age", 0.0) if plain(asked) else 0.0


def bends(goals: Iterable[tuple[str, float]], *, closed: bool = False) -> float:
    """How far these goals bend the photograph: the least of them; 0 where any is drawn.

    Brows go as far as what bends beside them: they would hold back a smile.

    Args:
        goals: names and values of one edit.
        closed: whether the face's lips are.
    """
    rows = _by_name()

    def far(name: str, value: float) -> float:
        row = rows.get(name)
        if row is None:
            return 0.0
        other = row.bends_less if value < 0 else row.bends_closed if closed else 0.0
        return other or row.bends

    asked = [goal for goal in goals if goal[1]]
    beside = [goal for goal in asked if not moves_brows([goal])]
    return min((far(name, value) for name, value in beside or asked), default=0.0)


def moves_brows(goals: Iterable[tuple[str, float]]) -> bool:
    """Whether any of these goals bends brows."""
    names = {row.name for row in table() if row.bends and row.region == "brows"}
    return any(value and name in names for name, value in goals)


def drawn_at_eyes(goals: Iterable[tuple[str, float]]) -> tuple[str, ...]:
    """The regions about the eyes in which an edit is drawn that bends everywhere else.

    Brows are drawn with eyes that are: their regions overlap.

    Args:
        goals: names and values of one edit.

    Returns:
        Names of presets; none where all of the edit bends, or some is drawn elsewhere.
    """
    rows = _by_name()
    asked = [rows.get(name) for name, value in goals if value]
    drawn = [row for row in asked if row is None or not row.bends]
    if any(row is not None and row.region == "eyes" for row in drawn):
        drawn += [row for row in asked if row is not None and row.bends and row.region == "brows"]
    regions = {"" if row is None else row.region for row in drawn}
    return tuple(sorted(regions)) if len(drawn) < len(asked) and regions <= _EYES else ()


def found_at_eyes(goals: Iterable[tuple[str, float]]) -> tuple[str, ...]:
    """The regions about the eyes of which goals are searched for after those of a mouth.

    Args:
        goals: names and values of one edit.

    Returns:
        Names of presets; none where nothing else bends, or something else is drawn.
    """
    goals = [goal for goal in goals if goal[1]]
    beside = [goal for goal in goals if not moves_brows([goal])]
    apart = beside and len(beside) < len(goals) and bends(goals)
    return drawn_at_eyes(goals) or (("brows",) if apart else ())


def moves_lids(goals: Iterable[tuple[str, float]]) -> float:
    """How far lids open or close, ``AttributeInfo.lids``; 0 where else is drawn or changes eyes.

    Args:
        goals: names and values of one edit.
    """
    return min((row.lids for row, _ in _of_eyeballs(goals) if row.lids), default=0.0)


def gaze(goals: Iterable[tuple[str, float]]) -> float:
    """How far irises go to the picture's right, of an eye's width; 0 likewise.

    Args:
        goals: names and values of one edit.
    """
    return sum(row.looks * value / 100 for row, value in _of_eyeballs(goals))


def eye_light(goals: Iterable[tuple[str, float]]) -> float:
    """How much more light falls between the lids, ``AttributeInfo.lights``; 0 beside all else.

    Args:
        goals: names and values of one edit.
    """
    rows = _by_name()
    asked = [(rows.get(name), value) for name, value in goals if value]
    each = [row.lights * value / 100 if row else 0.0 for row, value in asked]
    return sum(each) if all(each) else 0.0


def _of_eyeballs(goals: Iterable[tuple[str, float]]) -> list[tuple[AttributeInfo, float]]:
    """What moves lids over eyeballs, or these; nothing where else is drawn or changes eyes."""
    rows = _by_name()
    found: list[tuple[AttributeInfo, float]] = []
    for name, value in goals:
        row = rows.get(name)
        if not value or (row is not None and row.bends and row.region not in _EYES):
            continue
        if row is None or not (row.lids or row.looks):
            return []
        found.append((row, value))
    return found


def folds(goals: Iterable[tuple[str, float]]) -> bool:
    """Whether any of these goals is more of what folds the skin, see ``AttributeInfo.folds``."""
    folding = {row.name for row in table() if row.folds}
    return any(value > 0 for name, value in goals if name in folding)


def parts(goals: Iterable[tuple[str, float]]) -> tuple[tuple[str, ...], ...]:
    """What of one edit is made one after the other, by name, as if each had been asked for alone.

    What is drawn, toned or bent in different ways spoils one another in one picture of the
    generator: beside a colour a turn was drawn, beside a turn a nose made a smile. First is what is
    found in the photo as it is: skin and colours. A mouth, eyes and brows stay one expression. The
    head turns last.

    Args:
        goals: names and values; what stays at 0 is in none.
    """
    rows = _by_name()

    def kind(name: str) -> tuple[int, str]:
        row = rows.get(name)
        if row is None:
            return (0, "") if is_skin_work(name) else (3, "")
        if not row.moves:
            if row.toned:
                return 2, row.region
            return 1, name if row.keeps or row.lights else ""
        if row.region in _EXPRESSION:
            return 4, ""
        if not row.bends:
            return 3, name
        return 5 + _BENT_LAST.index(row.region), ""

    found: dict[tuple[int, str], list[str]] = {}
    for name, value in goals:
        if value:
            found.setdefault(kind(name), []).append(name)
    return tuple(tuple(found[each]) for each in sorted(found))


def constraints(*, moves: bool) -> tuple[str, ...]:
    """What an edit must leave as it was: colours if it moves things, shapes if it does not."""
    rows = [row for row in table() if row.constraint and row.moves is not moves]
    return tuple(row.name for row in sorted(rows, key=lambda row: row.constraint))
