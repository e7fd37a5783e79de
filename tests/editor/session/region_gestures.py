"""Gestures on regions, named ones among them, for the machine that drives a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
import numpy as np
from hypothesis.stateful import RuleBasedStateMachine, rule

from editor.document.stroke import BrushStroke
from tests.editor.session.region_differences import broken_steps, differences, undo_steps

if TYPE_CHECKING:
    from editor.document.brushed_region import BrushedRegion
    from editor.document.project import Project
    from editor.session.open_document import Document
    from editor.session.session import EditSession
    from tests.editor.session.region_differences import Regions, Told

PRESETS = ("mouth", "eyes", "skin")
PLACE = st.integers(0, 4)


class RegionGestures(RuleBasedStateMachine):
    """What is brushed, painted, and given a name."""

    session: EditSession
    document: Document

    @rule(x=st.integers(0, 80), y=st.integers(0, 50), erase=st.booleans())
    def stroke(self, x: int, y: int, erase: bool) -> None:
        points = np.array([[x, y], [x + 9, y + 4]], np.float32)
        self.session.regions.paint_region(BrushStroke(points, 6, 0.5, erase))

    @rule(x=st.integers(0, 80), y=st.integers(0, 50))
    def paint(self, x: int, y: int) -> None:
        stroke = BrushStroke(np.array([[x, y]], np.float32), 5)
        self.session.regions.paint_colour(stroke, (200, 40, 60))

    @rule(name=st.sampled_from(PRESETS), add=st.booleans())
    def preset(self, name: str, add: bool) -> None:
        self.session.regions.apply_preset(name, add=add)

    @rule(pixels=st.integers(0, 5))
    def feather(self, pixels: int) -> None:
        self.session.regions.set_feather(pixels)

    # ------------------------------------------------------------ those with names

    def _some_region(self, place: int) -> str:
        """Id of a named region of the active face, or of none."""
        listed = self.session.named.listed
        return listed[place % len(listed)].id if listed else "none"

    @rule(name=st.sampled_from(("", "Mine", "Yours")))
    def name_region(self, name: str) -> None:
        self.session.named.keep(name)

    @rule()
    def put_region_down(self) -> None:
        self.session.named.put_down()

    @rule(place=PLACE)
    def choose_region(self, place: int) -> None:
        self.session.named.choose(self._some_region(place))

    @rule(place=PLACE, name=st.sampled_from(("", "Mine", "Yours")))
    def rename_region(self, place: int, name: str) -> None:
        self.session.named.rename(self._some_region(place), name)

    @rule(place=PLACE, to=PLACE)
    def move_region(self, place: int, to: int) -> None:
        below = [one.id for one in self.session.named.listed][to:]
        self.session.named.move(self._some_region(place), below)

    @rule(place=PLACE, rows=st.sampled_from((-1, 1)))
    def step_region(self, place: int, rows: int) -> None:
        self.session.named.step(self._some_region(place), rows)

    @rule(place=PLACE, what=st.sampled_from(("duplicate", "delete")))
    def duplicate_or_delete_region(self, place: int, what: str) -> None:
        id = self._some_region(place)
        named = self.session.named
        (named.duplicate if what == "duplicate" else named.delete)(id)

    @rule(what=st.sampled_from(("copy", "paste")))
    def carry_regions(self, what: str) -> None:
        named = self.session.named
        if what == "copy":
            named.copy()
        elif len(named.listed) < 8:  # or each paste would double what the next one brings
            named.paste()

    def _regions_are_in_order(self) -> None:
        """The one in hand is the listed one of its id, each has its own name, undo leads back."""
        for face in (None, *self.document.faces):
            regions = self.document.regions_of(face)
            assert len({one.id for one in regions.named}) == len(regions.named)
            names = {one.name for one in regions.named}
            assert len(names) == len(regions.named)
            assert "" not in names
            listed = regions.find(regions.hand.id)
            assert (listed is regions.hand) == bool(regions.hand.name)
        broken = broken_steps(self.document)
        if broken:
            raise AssertionError("\n".join((*broken, "steps:", *undo_steps(self.document))))

    def _are_the_same(self, before: Regions, steps: list[str]) -> None:
        """The regions are what they were before this step was undone."""
        now = regions_now(self.document)
        if now == before:
            return
        newest = self.document.undo.newest
        told = (
            f"after {newest.label if newest else 'no step'} was done again, regions are not the "
            "same as before",
            *differences(before, now),
            f"pending: {self.session.edits.pending}, {self.session.faces_desk.moves}",
            "steps of undo:",
            *steps,
            "and as they are now:",
            *undo_steps(self.document),
        )
        raise AssertionError("\n".join(told))


def regions_now(document: Document, *, own: bool = False) -> list[tuple[Told | None, list[Told]]]:
    """What is in hand, None for nothing, and the named regions, face by face.

    ``own``: without what sliders made for themselves, which nobody saves.
    """
    lists = [document.regions_of(face) for face in document.faces]
    return [
        (_told(regions.hand, own=own), [told for one in regions.named if (told := _told(one))])
        for regions in lists
    ]


def regions_in(project: Project, *, own: bool = False) -> list[tuple[Told | None, list[Told]]]:
    """Likewise, of a project."""
    return [
        (
            _told(face.regions[face.region], own=own) if face.regions else None,
            [told for one in face.regions if one.name and (told := _told(one))],
        )
        for face in project.faces
    ]


def _told(region: BrushedRegion, *, own: bool = False) -> Told | None:
    if (region.mask.is_empty or (own and region.usual)) and not region.name:
        return None
    return region.name and region.id, region.name, region.mask.full().tobytes()
