"""What is told of an edit of hair before it is made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from editor.document import attributes
from editor.document.region import RegionError
from editor.engine.hair_region import told_of
from editor.engine.jobs import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.engine.jobs import Intervene
    from editor.engine.workspace import Workspace


def notices(workspace: Workspace, job: Intervene) -> Iterator[Notice]:
    """Says so where an edit that is light on hair has next to no hair in its region."""
    goals = [(goal.attribute, goal.value) for goal in job.goals]
    if job.likeness is not None or not attributes.lights_hair(goals):
        return
    portrait, region = job.portraits[job.active], job.region
    if portrait.detail is None:
        return
    now = replace(portrait, crop=workspace.lies(portrait))
    try:
        hair = workspace.laying.usual(now, ("hair",), region.width, region.height)
    except RegionError:  # its slider said so
        return
    told = told_of(region, hair)
    if told:
        yield Notice(told)
