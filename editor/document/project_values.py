"""The plain values of a project's JSON, each checked where it is read.

All raise ValueError, TypeError or KeyError for what is damaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from editor.document.goals import Dials, Pull
from editor.document.history import EditOrigin
from editor.document.json_values import flag, items, number, record, text, whole
from editor.document.project_contents import ViewPlace
from editor.document.style import StyleLayout

if TYPE_CHECKING:
    Json = dict[str, Any]

_MOST_LAYERS, _WIDEST_LAYER = 512, 65_536


def layout(stated: Json) -> StyleLayout:
    """A generator's layers."""
    layers = [
        (text(name, 100), whole(width, 1, _WIDEST_LAYER))
        for name, width in items(stated["layers"], _MOST_LAYERS)
    ]
    names, widths = tuple(name for name, _ in layers), tuple(width for _, width in layers)
    return StyleLayout(names, widths, text(stated["generator"], 128))


def origin(entry: object) -> EditOrigin:
    """What a delta was asked for."""
    stated = record(entry)
    return EditOrigin(
        goals=tuple((text(a, 200), number(v, -1e4, 1e4)) for a, v in items(stated["goals"], 1_000)),
        seed=whole(stated["seed"]),
        steps=whole(stated["steps"], 0, 1_000_000),
        strictness=number(stated["strictness"], 0, 1e4),
        naturalness=number(stated["naturalness"], 0, 1e4),
        residual=flag(stated["residual"]),
        likeness=text(stated["likeness"], 1_000),
        offset=text(stated["offset"], 128),
        pulls=_pulls(stated.get("pulls", [])),  # not in files of older versions
    )


def _pulls(entry: object) -> tuple[tuple[int, float, float], ...]:
    found: list[tuple[int, float, float]] = []
    for one in items(entry, 68):
        point, x, y = items(one, 3)
        found.append((whole(point, 0, 67), number(x, -1e6, 1e6), number(y, -1e6, 1e6)))
    return Pull(tuple(found)).points


def dials(entry: object) -> Dials | None:
    """The objective's dials; None for the usual ones."""
    if entry is None:
        return None
    stated = record(entry)
    return Dials(
        strictness=number(stated["strictness"], 0.25, 8),
        naturalness=number(stated["naturalness"], 0.25, 8),
        residual=flag(stated["residual"]),
        steps=whole(stated["steps"], 5, 200),
        seed=whole(stated["seed"]),
    )


def view(entry: object) -> ViewPlace | None:
    """Where a window looked; None: at all of the photograph."""
    if entry is None:
        return None
    zoom, x, y = items(entry)
    return ViewPlace(number(zoom, 1e-6, 1e4), number(x, -1e7, 1e7), number(y, -1e7, 1e7))
