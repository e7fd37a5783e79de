"""How jobs wait: in which lane, what supersedes them, and what cancels them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from editor.engine.expression_jobs import CompareExpressions
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.generator_jobs import FitAttributes, RemoveGenerator, RenameGenerator
from editor.engine.jobs import (
    Discover,
    Drag,
    Export,
    FindDirections,
    FindPerson,
    ImportGenerator,
    InspectGenerator,
    Intervene,
    Invert,
    OpenPhoto,
    OpenProject,
    OpenReference,
    Render,
    RenderTile,
    Resettle,
    SaveProject,
)


class Lane(Enum):
    """Where a job waits for the engine, the first lane first.

    FILES run in the order they came. Of INTERACTIVE ones a newer job may take the place of an older
    one (``Schedule.superseded_by``). ANALYSIS lies beneath both, the newest first: it runs while
    nothing else is asked for, and is set aside at its next report when something is.
    """

    FILES = auto()
    INTERACTIVE = auto()
    ANALYSIS = auto()


class CancelGroup(Enum):
    """What ends together when the user cancels: one group never takes another along."""

    EDITS = auto()
    FILES = auto()
    ANALYSIS = auto()
    PICTURES = auto()


@dataclass(frozen=True, slots=True)
class Schedule:
    """How jobs of one type wait.

    Attributes:
        lane: where.
        group: what cancels them.
        beginning: what progress calls them before their first report; "": nobody waits for them.
        superseded_by: types of newer jobs that take the place of one that waits, and stop one that
            runs at its next report.
        gives_way_to: types of short jobs for which one that runs is set aside at its next report,
            and goes on after them.
        patient: it takes minutes, and goes after all others of its lane, also newer ones.
        writes: it leaves a file; once it is there, stopping the job comes too late.
    """

    lane: Lane
    group: CancelGroup
    beginning: str = ""
    superseded_by: tuple[type, ...] = ()
    gives_way_to: tuple[type, ...] = ()
    patient: bool = False
    writes: bool = False


SCHEDULES: dict[type, Schedule] = {
    OpenPhoto: Schedule(Lane.FILES, CancelGroup.FILES, "Opening the photo"),
    OpenProject: Schedule(Lane.FILES, CancelGroup.FILES, "Opening the project"),
    SaveProject: Schedule(Lane.FILES, CancelGroup.FILES, "Saving the project", writes=True),
    Export: Schedule(Lane.FILES, CancelGroup.FILES, "Exporting", writes=True),
    OpenReference: Schedule(Lane.FILES, CancelGroup.ANALYSIS, "Opening the reference"),
    CompareExpressions: Schedule(Lane.FILES, CancelGroup.EDITS, "Comparing expressions"),
    FindPerson: Schedule(Lane.FILES, CancelGroup.ANALYSIS, "Looking for the person"),
    InspectGenerator: Schedule(Lane.FILES, CancelGroup.ANALYSIS, "Reading the generator"),
    ImportGenerator: Schedule(
        Lane.FILES, CancelGroup.ANALYSIS, "Adding the generator", writes=True
    ),
    RenameGenerator: Schedule(Lane.FILES, CancelGroup.FILES, "Renaming the generator", writes=True),
    RemoveGenerator: Schedule(Lane.FILES, CancelGroup.FILES, "Removing the generator", writes=True),
    Discover: Schedule(Lane.FILES, CancelGroup.ANALYSIS, "Looking for what can change"),
    FindDirections: Schedule(Lane.FILES, CancelGroup.ANALYSIS, "Looking for directions"),
    FitBoundary: Schedule(Lane.ANALYSIS, CancelGroup.ANALYSIS, "Looking at the pictures"),
    FitAttributes: Schedule(
        Lane.ANALYSIS, CancelGroup.ANALYSIS, "Fitting the attributes", patient=True
    ),
    FitScorer: Schedule(Lane.ANALYSIS, CancelGroup.ANALYSIS, "Scoring samples"),
    Invert: Schedule(Lane.ANALYSIS, CancelGroup.ANALYSIS, "Preparing the face"),
    Resettle: Schedule(Lane.ANALYSIS, CancelGroup.ANALYSIS),
    Intervene: Schedule(
        Lane.INTERACTIVE, CancelGroup.EDITS, "Making the edit", gives_way_to=(Drag,)
    ),
    Drag: Schedule(Lane.INTERACTIVE, CancelGroup.EDITS, superseded_by=(Drag, Intervene)),
    Render: Schedule(
        Lane.INTERACTIVE, CancelGroup.PICTURES, superseded_by=(Render, Drag, Intervene)
    ),
    RenderTile: Schedule(Lane.INTERACTIVE, CancelGroup.PICTURES, superseded_by=(Drag, Intervene)),
}
"""Every type of job, and how it waits: the only place that says so."""
