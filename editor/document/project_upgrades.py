"""``project.json`` of older versions, turned into what this version reads.

Nothing is checked here: what is damaged comes through as it is, and is found where it is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from editor.document.history import turned_by
from editor.document.json_values import items, record
from editor.document.project_writing import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from editor.document.history import Edit

    Json = dict[str, Any]


def upgraded(project: Json, version: int) -> Json:
    """The contents of a project of that version, as this one writes them."""
    for older in range(version, VERSION):
        project = _UPGRADES[older](project)
    return project


def _from_version_1(project: Json) -> Json:
    """It knew one generator for all photos and no drafts, and at first no dials or likenesses."""
    dials = {"strictness": 1.0, "naturalness": 1.0, "residual": True, "likeness": ""}
    for portrait in _records(project["portraits"]):
        portrait |= {"offset": None, "draft": portrait.get("draft", False)}
        for edit in _records(portrait.get("edits", [])):
            origin = edit.get("origin")
            if isinstance(origin, dict):
                edit["origin"] = dials | cast("Json", origin) | {"offset": ""}
            edit["landmarks"] = None
    return project


def _from_version_2(project: Json) -> Json:
    """It forgot what was painted."""
    for portrait in _records(project["portraits"]):
        portrait["paint"] = None
    return project


def _from_version_3(project: Json) -> Json:
    """It knew only faces that had been inverted, and forgot regions, reference, dials and view."""
    faces: list[Json] = []
    for count, portrait in enumerate(items(project["portraits"])):
        known = cast("Json", portrait) if isinstance(portrait, dict) else {}
        faces.append(
            {
                "box": None,
                "landmarks": known.get("landmarks"),
                "confidence": 1.0,
                "detector": "project",
                "portrait": count,
                "regions": [],
                "region": 0,
                "paint": known.pop("paint", None),
            }
        )
    photo = {"pixels": "", "size": 0} | record(project["photo"])
    nothing: Json = {"regions": [], "region": 0, "paint": None}
    later: Json = {"reference": None, "dials": None, "together": False, "sliders": [], "view": None}
    return project | later | {"photo": photo, "faces": faces, "unowned": nothing}


def _from_version_4(project: Json) -> Json:
    """It had a list of edits, of which none could be changed; each held the face's points."""
    for portrait in _records(project["portraits"]):
        points = portrait.get("landmarks")
        for edit in _records(portrait.get("edits", [])):
            moved = edit.pop("landmarks", None)
            edit |= {"weight": 1.0, "opacity": 1.0, "enabled": True, "name": "", "brushed": None}
            edit["shift"] = None if moved is None else _apart(points, moved)
            points = points if moved is None else moved
    return project


def _apart(before: object, after: object) -> object:
    """By how much points moved; text, which is no shift, where they are none."""
    try:
        with np.errstate(all="ignore"):  # what is no number is refused where it is read
            return (np.array(after, np.float64) - np.array(before, np.float64)).tolist()
    except (ValueError, TypeError, OverflowError):
        return "damaged"


_UPGRADES: dict[int, Callable[[Json], Json]] = {
    1: _from_version_1,
    2: _from_version_2,
    3: _from_version_3,
    4: _from_version_4,
}
"""Version → what turns its ``project.json`` into the next version's."""


def _records(value: object) -> Iterator[Json]:
    """The objects of a list; what else is there is found when the list is read."""
    for entry in items(value):
        if isinstance(entry, dict):
            yield cast("Json", entry)


def laid_as_saved(entry: object, edit: Edit, beneath: Sequence[Edit]) -> Edit:
    """Files of older versions do not say where a region's face lay: where it does as saved."""
    if isinstance(entry, dict) and "upon" not in entry:
        return replace(edit, upon=turned_by(one for one in beneath if one.enabled))
    return edit
