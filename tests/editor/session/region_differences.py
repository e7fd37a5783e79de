"""In which words two states of regions differ, for the machine that drives a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from editor.document.brushed_region import BrushedRegion
from editor.document.named_regions import RegionList
from editor.document.paint import PaintLayer

if TYPE_CHECKING:
    from editor.session.open_document import Document, Face
    from editor.session.undo import State

    Told = tuple[str, str, bytes]
    Regions = list[tuple[Told | None, list[Told]]]  # as ``regions_now`` tells them


def differences(before: Regions, after: Regions) -> list[str]:
    """One line for each region, in hand or listed, that is another one or covers other pixels."""
    lines: list[str] = []
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        lines += _of_one(f"face {number}, in hand", old[0], new[0])
        listed, now = ({one[0]: one for one in told} for _, told in (old, new))
        for id in dict.fromkeys((*listed, *now)):
            lines += _of_one(f"face {number}, listed", listed.get(id), now.get(id))
        if list(listed) != list(now) and listed.keys() == now.keys():
            lines.append(f"face {number}: the list has another order")
    return lines


def _of_one(where: str, old: Told | None, new: Told | None) -> list[str]:
    if old == new:
        return []
    if old is None or new is None or old[:2] != new[:2]:
        return [f"{where}: {_named(old)} → {_named(new)}"]
    there, here = (np.frombuffer(one[2], np.uint8) for one in (old, new))
    changed = int((there != here).sum())
    return [f"{where}: {_named(old)} → {_named(new)}, {changed} pixels differ"]


def _named(told: Told | None) -> str:
    if told is None:
        return "nothing"
    id, name, pixels = told
    covered = int(np.count_nonzero(np.frombuffer(pixels, np.uint8)))
    return f"“{name}” {id[:4] or 'without name'} of {covered} pixels"


def undo_steps(document: Document) -> list[str]:
    """The steps of undo, the oldest first, each with what it leads from and to; then the undone."""
    done = [(step, "") for step in document.undo.done]
    undone = [(step, " (undone)") for step in reversed(document.undo.undone)]
    return [
        f"{step.serial}, face {step.face}: {step.label}{how}: "
        f"{_state(step.before)} → {_state(step.after)}"
        for step, how in (*done, *undone)
    ]


def broken_steps(document: Document) -> list[str]:
    """Steps of regions and paint that do not begin where the one before them ended.

    Undo puts back what was there before a step, whatever is there: it loses what no step holds.
    """
    owners: list[tuple[int, Face | None]] = [(-1, None), *enumerate(document.faces)]
    return [line for number, face in owners for line in _broken_of(document, number, face)]


def _broken_of(document: Document, number: int, face: Face | None) -> list[str]:
    lines: list[str] = []
    here = document.regions_of(face), document.paint_of(face)
    undo = document.undo
    ways = (
        (here, [(step, step.after, step.before) for step in reversed(undo.done)]),
        (here, [(step, step.before, step.after) for step in reversed(undo.undone)]),
    )
    for (regions, paint), steps in ways:
        for step, there, other in steps:
            if step.face != number:
                continue
            if isinstance(other, PaintLayer):
                fits, paint = there is paint, other
            elif isinstance(other, BrushedRegion):
                fits, regions = _fits(there, regions.hand), regions.put(other)
            elif isinstance(other, RegionList):
                fits = isinstance(there, RegionList) and _fits_list(there, regions)
                regions = other
            else:
                continue
            if not fits:
                lines.append(f"{step.serial}, face {number}: {step.label}: {_state(there)}")
    return lines


def _fits(state: State, region: BrushedRegion) -> bool:
    return state == region and isinstance(state, BrushedRegion) and state.name == region.name


def _fits_list(state: RegionList, regions: RegionList) -> bool:
    return (
        _fits(state.hand, regions.hand)
        and len(state.named) == len(regions.named)
        and all(map(_fits, state.named, regions.named))
    )


def _state(state: State) -> str:
    if isinstance(state, BrushedRegion):
        return f"“{state.name}” {state.id[:4]} of {state.mask.area:.1f} pixels"
    if isinstance(state, RegionList):
        named = ", ".join(f"{one.id[:4]} {one.mask.area:.1f}" for one in state.named)
        return f"{_state(state.hand)} in hand, listed [{named}]"
    return type(state).__name__
