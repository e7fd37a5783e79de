"""Expressions on the command line: a photo's, or a neutral face's, as goals of one edit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from editor.command_line.running import run
from editor.document.expressions import expression_goals
from editor.document.face_regions import feather_of, preset
from editor.engine.expression_jobs import CompareExpressions
from editor.engine.jobs import OpenReference

if TYPE_CHECKING:
    import argparse

    from editor.command_line.running import Runs, Watch
    from editor.document.goals import Goal, Reference
    from editor.document.history import Portrait
    from editor.document.photo import Photo
    from editor.document.region import RegionMask
    from editor.engine.expression_jobs import ExpressionChange


USUAL = "usual regions"
"""As records call the region of an expression that was asked for without one."""


_THERE = "The face has that expression already, as far as it can be measured."


def add_to(parser: argparse.ArgumentParser) -> None:
    """Options that say which expression a face is to have."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--expression",
        type=Path,
        metavar="PHOTO",
        help="give the face this face's expression, as one edit after the others: in the --region, "
        "or where its sliders usually are; brows and gaze of the same person only",
    )
    either.add_argument(
        "--neutral-expression",
        dest="neutral",
        action="store_true",
        help="take the expression out of the face, likewise",
    )


def asked(
    engine: Runs, expression: Path | Literal["neutral"], watch: Watch
) -> Reference | Literal["neutral"]:
    """The face whose expression it is to be.

    Raises:
        EngineFailure: it cannot be read, or has no face.
    """
    if isinstance(expression, Path):
        return cast("Reference", run(engine, OpenReference(expression), watch=watch))
    return expression


@dataclass(frozen=True, slots=True)
class Surface:
    """A face that is to have an expression; ``feather`` is of its regions, photo pixels."""

    engine: Runs
    photo: Photo
    portrait: Portrait
    feather: float

    def lacking(
        self,
        expression: Reference | Literal["neutral"],
        at_hand: RegionMask | None,
        watch: Watch,
    ) -> tuple[tuple[Goal, ...], tuple[str, ...], RegionMask | None]:
        """What the face lacks of an expression, why it is no more, and the region for that.

        Args:
            expression: whose.
            at_hand: where it is asked for; None: in each slider's usual region.
            watch: of the comparison.

        Returns:
            Goals, reasons, region; neither goals nor a region where nothing is to be done.

        Raises:
            EngineFailure: the generator has no sliders of expressions.
        """
        portrait = self.portrait
        other = None if expression == "neutral" else expression
        job = CompareExpressions(self.photo, portrait.crop, other)
        change = cast("ExpressionChange", run(self.engine, job, watch=watch))
        rows = {row.name: row for row in self.engine.info.attributes}
        labels = {name: row.label for name, row in rows.items()}
        edits = portrait.history.applied
        found = expression_goals(
            change.values, labels, portrait.landmarks, edits, at_hand,
            neutral=other is None, detail=portrait.detail,
        )  # fmt: skip
        if not found.goals:
            return (), found.whys or (_THERE,), None
        where = at_hand or self._usual({rows[goal.attribute].region for goal in found.goals})
        return found.goals, found.whys, where

    def _usual(self, names: set[str]) -> RegionMask:
        first, *others = (self._preset(name) for name in sorted(names))
        for other in others:
            first = first.united(other)
        return first

    def _preset(self, name: str) -> RegionMask:
        photo, portrait = self.photo, self.portrait
        mask = preset(name, portrait.landmarks, photo.width, photo.height, portrait.detail)
        return mask.feathered(feather_of(name, self.feather))
