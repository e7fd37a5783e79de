"""The regions of a face that the user gave a name, and the one in hand, which may be one of them.

A region keeps its ``id`` through all strokes and changes; an edit is a region's own when that is
the region that it was brushed as (``Edit.brushed``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.brushed_region import BrushedRegion
from editor.document.carrying import CarriedRegion
from editor.document.history import LONGEST_NAME
from editor.document.region import RegionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.history import EditHistory

MOST_REGIONS = 100
"""Named regions of one face."""

MOST_PHOTOS = 16
"""Times the photo's pixels that the masks of one face's named regions may hold together; a project
cannot hold more than 48 times."""


_FEWER = "Delete one first."


class NoRoomError(RegionError):
    """There are as many named regions as there can be, or they are too large together."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionList:
    """The region in hand, and those with names, in the user's order.

    Attributes:
        hand: what is brushed, and what an edit gets. Where ``named`` holds one of its id, it is
            that very value.
        named: each with a name of its own; their ids are unique.
    """

    hand: BrushedRegion
    named: tuple[BrushedRegion, ...] = ()

    @classmethod
    def of(cls, hand: BrushedRegion, others: Iterable[BrushedRegion]) -> RegionList:
        """Out of a file: what has no name, or the id of another, is left out of the list."""
        named: dict[str, BrushedRegion] = {}
        for region in others:
            if region.name and len(named) < MOST_REGIONS:
                named.setdefault(region.id, region)
        if hand.name and named.get(hand.id) is not hand:
            hand = named.get(hand.id) or replace(hand, name="")
        return cls(hand, tuple(named.values()))

    @property
    def all(self) -> tuple[BrushedRegion, ...]:
        """What is worth keeping: those with names, and the one in hand unless it is empty."""
        if self.find(self.hand.id) is not None:
            return self.named
        if self.hand.mask.is_empty and not self.named:
            return ()
        return (*self.named, self.hand)

    @property
    def apart(self) -> frozenset[str]:
        """Ids of those with names that are not in hand."""
        return frozenset(one.id for one in self.named if one.id != self.hand.id)

    def find(self, id: str) -> BrushedRegion | None:
        """The named one of that id; None: there is none."""
        return next((one for one in self.named if one.id == id), None)

    def is_same(self, other: RegionList) -> bool:
        """Whether the very same regions are listed, in that order, and in hand."""
        return (self.hand is other.hand and len(self.named) == len(other.named)) and all(
            one is another for one, another in zip(self.named, other.named, strict=True)
        )

    def put(self, hand: BrushedRegion) -> RegionList:
        """With another region in hand; where the list holds it, as it was, it is that one now."""
        named = tuple(hand if one.id == hand.id else one for one in self.named)
        return RegionList(hand, named)

    def require_room(self, hand: BrushedRegion) -> None:
        """Refuse a brushed region with a name that has grown beyond what all may hold together.

        Raises:
            NoRoomError: they would be too large; one that becomes smaller never is.
        """
        old = self.find(hand.id)
        if old is not None and hand.mask.alpha.size > old.mask.alpha.size:
            _require_room(self.put(hand).named)

    def kept(self, name: str) -> RegionList:
        """The one in hand gets a name, and is listed; "" leaves it the one that it has.

        Raises:
            NoRoomError: there are too many.
        """
        if self.hand.name and not plain(name):
            return self
        name = _free(self.named, plain(name), self.hand.id)
        hand = replace(self.hand, name=name, usual="")
        if self.find(hand.id) is not None:
            return self.put(hand)
        return RegionList(hand, _with(self.named, hand, len(self.named)))

    def put_down(self) -> RegionList:
        """Nothing is in hand."""
        if self.hand.mask.is_empty and self.find(self.hand.id) is None:
            return self
        return RegionList(self.hand.emptied(), self.named)

    def chosen(self, id: str) -> RegionList:
        """A named one is in hand."""
        region = self.find(id)
        return self if region is None or region is self.hand else RegionList(region, self.named)

    def renamed(self, id: str, name: str) -> RegionList:
        """One is called otherwise; "" changes nothing."""
        region, name = self.find(id), plain(name)
        if region is None or not name or name == region.name:
            return self
        new = replace(region, name=_free(self.named, name, id))
        named = tuple(new if one is region else one for one in self.named)
        return RegionList(new if self.hand is region else self.hand, named)

    def moved(self, id: str, below: Iterable[str]) -> RegionList:
        """One stands right above the first of those ids that is listed, else at the end."""
        others = [one.id for one in self.named if one.id != id]
        place = next((others.index(one) for one in below if one in others), len(others))
        return self._placed(id, place)

    def stepped(self, id: str, rows: int) -> RegionList:
        """One stands so many rows farther down, or up."""
        ids = [one.id for one in self.named]
        return self._placed(id, max(0, ids.index(id) + rows)) if id in ids else self

    def _placed(self, id: str, place: int) -> RegionList:
        """One stands elsewhere in the list, counted without it."""
        region = self.find(id)
        if region is None:
            return self
        others = [one for one in self.named if one is not region]
        named = (*others[:place], region, *others[place:])
        if all(a is b for a, b in zip(named, self.named, strict=True)):
            return self
        return RegionList(self.hand, named)

    def doubled(self, id: str) -> RegionList:
        """A copy of one, below it, is in hand.

        Raises:
            NoRoomError: there are too many.
        """
        region = self.find(id)
        if region is None:
            return self
        place = [one.id for one in self.named].index(id) + 1
        copy = replace(region.anew(region.mask), name=_free(self.named, region.name))
        return RegionList(copy, _with(self.named, copy, place))

    def without(self, id: str) -> RegionList:
        """One is gone, also from the hand."""
        region = self.find(id)
        if region is None:
            return self
        named = tuple(one for one in self.named if one is not region)
        return RegionList(self.hand.emptied() if self.hand is region else self.hand, named)

    def joined(self, regions: Iterable[BrushedRegion]) -> RegionList:
        """With more regions below; the first of them is in hand.

        Raises:
            NoRoomError: there are too many.
        """
        named = self.named
        for region in regions:
            added = replace(region, name=_free(named, plain(region.name)), usual="")
            named = _with(named, added, len(named))
        first = len(self.named)
        return self if len(named) == first else RegionList(named[first], named)

    def with_names_of(self, regions: Iterable[BrushedRegion]) -> RegionList:
        """With those of other regions below whose names none has here; the same is in hand.

        Raises:
            NoRoomError: there are too many.
        """
        there = {one.name for one in self.named}
        added = self.joined(region for region in regions if region.name not in there)
        return self if added is self else RegionList(self.hand, added.named)


@dataclass(frozen=True, slots=True, eq=False)
class CopiedRegions:
    """Regions of one face, for others.

    Attributes:
        regions: in their order, at least one.
        landmarks: (68, 2), of the face that they were brushed on, photo pixels.
        detail: what was seen of it.
    """

    regions: tuple[BrushedRegion, ...]
    landmarks: NDArray[np.float64]
    detail: FaceDetail | None

    def onto(
        self, landmarks: NDArray[np.float64], detail: FaceDetail | None, width: int, height: int
    ) -> tuple[tuple[BrushedRegion, ...], tuple[str, ...]]:
        """The regions where another face has what they cover, and why others are left out.

        Takes some tenths of a second on a large photo.

        Args:
            landmarks: (68, 2), of the other face, photo pixels.
            detail: what was seen of that.
            width: of its photo.
            height: likewise.
        """
        scale = float(np.ptp(landmarks[:, 0]) / np.ptp(self.landmarks[:, 0]))
        carried: list[BrushedRegion] = []
        left_out: list[str] = []
        for region in self.regions:
            source = CarriedRegion(
                region.mask, self.landmarks, self.detail, landmarks, detail, width, height, 0.0
            )
            try:
                mask = source.feathered()
            except RegionError as error:
                left_out.append(f"{error.title} {error.advice}")
                continue
            if mask.is_empty:
                left_out.append(f"“{region.name}” lies outside this photo; it was left out.")
            else:
                carried.append(BrushedRegion(mask, region.feather * scale, name=region.name))
        return tuple(carried), tuple(left_out)


def switched(history: EditHistory, id: str, *, on: bool) -> EditHistory:
    """With all reached edits of a region on, or off."""
    for edit in history.reached:
        if edit.brushed is not None and edit.brushed.id == id and edit.enabled != on:
            history = history.changed(replace(edit, enabled=on))
    return history


def plain(name: str) -> str:
    """A name without line breaks, and not too long."""
    return " ".join(name.replace("\0", " ").split())[:LONGEST_NAME].rstrip()


def _with(
    named: tuple[BrushedRegion, ...], region: BrushedRegion, place: int
) -> tuple[BrushedRegion, ...]:
    named = (*named[:place], region, *named[place:])
    if len(named) > MOST_REGIONS:
        raise NoRoomError(f"There are {MOST_REGIONS} named regions.", _FEWER)
    _require_room(named)
    return named


def _require_room(named: tuple[BrushedRegion, ...]) -> None:
    sizes = {id(one.mask.alpha): one.mask.alpha.size for one in named}
    if sum(sizes.values()) > MOST_PHOTOS * named[0].mask.width * named[0].mask.height:
        raise NoRoomError("The named regions are too large together.", _FEWER)


def _free(named: tuple[BrushedRegion, ...], name: str, of: str = "") -> str:
    """The name, with another number where another region has it; "" is "Region"."""
    taken = {one.name for one in named if one.id != of}
    name = name or "Region"
    if name not in taken:
        return name
    stem, _, number = name.rpartition(" ")
    if not (stem and number.isdecimal()):
        stem = name
    return next(n for i in range(2, len(taken) + 3) if (n := _numbered(stem, i)) not in taken)


def _numbered(stem: str, number: int) -> str:
    end = f" {number}"
    return stem[: LONGEST_NAME - len(end)] + end
