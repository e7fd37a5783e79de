"""Where a recipe's edits bring sliders, one upon the other, and as far as a face can carry that."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from editor.document.region import RegionError
from editor.document.region_overlap import covers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from editor.document.goals import Goal
    from editor.document.history import Edit
    from editor.document.region import RegionMask

    Goals = tuple[Goal, ...]

_NOTHING = 1e-6  # slider units


class Standing:
    """What was asked of one face so far, whether or not it could carry that."""

    def __init__(self) -> None:
        self._asked: list[tuple[RegionMask, dict[str, float]]] = []
        # nothing of these was left to do: their regions are made where a later edit needs them
        self._left_out: list[tuple[Callable[[], RegionMask], dict[str, float]]] = []

    def changes(
        self,
        goals: Goals,
        edits: Iterable[Edit],
        limited: Callable[[Goals], tuple[Goals, tuple[str, ...]]],
        region_of: Callable[[], RegionMask],
    ) -> tuple[Goals, tuple[str, ...], RegionMask | None]:
        """What an edit changes, so that sliders stand where they were asked for.

        Args:
            goals: changes on top of what was asked for before; none for a likeness.
            edits: in force on the face.
            limited: where sliders can stand, of where they are asked to, and why no further.
            region_of: makes the edit's region.

        Returns:
            The changes, why some go no further, and the region; None where nothing is left to do,
            which then is not made for a slider that no edit moved before.

        Raises:
            RegionError: as ``region_of``.
        """
        names = {goal.attribute for goal in goals}
        moved = {name for _, changes in (*self._asked, *self._left_out) for name in changes}
        kept, whys = limited(goals)
        if goals and not kept and moved.isdisjoint(names):
            self._left_out.append((region_of, {goal.attribute: goal.value for goal in goals}))
            return (), whys, None
        try:
            region = region_of()
        except RegionError:
            if goals and not kept:  # nothing was to be done there
                return (), whys, None
            raise
        self._recall(names)
        if not goals:
            return (), (), region
        asked = self._there(self._asked, region)
        made = self._there([(edit.region, dict(edit.goals)) for edit in edits], region)
        stand = tuple(
            replace(goal, value=goal.value + asked.get(goal.attribute, 0.0)) for goal in goals
        )
        kept, whys = limited(stand)
        self._asked.append((region, {goal.attribute: goal.value for goal in goals}))
        values = {goal.attribute: goal.value for goal in kept}
        found: list[Goal] = []
        for goal, wanted in zip(goals, stand, strict=True):
            name = goal.attribute
            less = asked.get(name, 0.0) - made.get(name, 0.0)
            value = goal.value + less + (values.get(name, 0.0) - wanted.value)
            if abs(value) > _NOTHING or not goal.value:
                found.append(replace(goal, value=value))
        return tuple(found), whys, region if found else None

    def _recall(self, names: set[str]) -> None:
        """Count what was left out of these sliders as asked for; where there is no region, not."""
        for left in [one for one in self._left_out if not names.isdisjoint(one[1])]:
            self._left_out.remove(left)
            region_of, changes = left
            with suppress(RegionError):  # no teeth between these lips: nothing was asked of them
                self._asked.insert(0, (region_of(), changes))

    @staticmethod
    def _there(
        done: Iterable[tuple[RegionMask, dict[str, float]]], region: RegionMask
    ) -> dict[str, float]:
        """What is in force in a region, added up."""
        sums: dict[str, float] = {}
        for mask, changes in done:
            if covers(mask, region):
                for name, value in changes.items():
                    sums[name] = sums.get(name, 0.0) + value
        return sums
