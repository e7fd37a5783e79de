"""Heads that were turned by version 0.4: what was done to them later is carried to where they are.

Until then a turn left the eyes where they were and moved the outline (``compositing/turning``); the
points that a project holds, and the regions of all later edits, are where that had put the face.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.carrying import moved_region
from editor.engine.compositing.bending import how_far
from editor.engine.compositing.turning import turns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.history import Edit, Portrait
    from editor.engine.workspace import Workspace

KNOWN_SINCE = 5
"""The version of projects from which on heads have gone where points say."""

_LEAST = 0.5  # of a photo pixel: less is nowhere else


def carried_along(workspace: Workspace, portrait: Portrait) -> tuple[Portrait, bool, int]:
    """A face of an older project with its points, and later regions, where they are now.

    Args:
        workspace: of the generator that its edits were made with.
        portrait: as its project has it, and what was seen of it.

    Returns:
        the face, whether an edit turns its head, and how many regions were carried.
    """
    then, turned, count = portrait.history, False, 0
    edits: list[Edit] = []
    for place, edit in enumerate(then.edits):
        was = portrait.with_history(then.at(place)).landmarks
        beneath = portrait.with_history(replace(then, edits=tuple(edits), position=place))
        here, now = edit, beneath.landmarks
        if turned and float(np.abs(now - was).max()) >= _LEAST:
            here = replace(edit, region=moved_region(edit.region, was, now, portrait.detail))
            count += here.region.digest != edit.region.digest
        far = how_far(edit.origin.goals, portrait.crop.landmarks)
        if turns(edit.origin.goals) and far and not edit.origin.likeness:
            turned = True
            here = replace(here, shift=_gone(workspace, beneath, here, far))
        upon = beneath.history.turned
        edits.append(here if upon is here.upon is None else replace(here, upon=upon))
    return portrait.with_history(replace(then, edits=tuple(edits))), turned, count


def _gone(workspace: Workspace, beneath: Portrait, edit: Edit, far: float) -> NDArray[np.float32]:
    """By how much a turn moves the face's points, (68, 2) in photo pixels, at weight 1."""
    ways = workspace.turn(beneath, (edit.region, edit.delta), edit.origin.goals)
    share = edit.region.at(beneath.landmarks)[:, None]
    shift = (far * share * (ways @ beneath.crop.to_photo[:, :2].T)).astype(np.float32)
    shift.setflags(write=False)
    return shift
