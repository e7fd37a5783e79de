"""The list of a face's named regions, as a value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document.brushed_region import BrushedRegion
from editor.document.carrying import carried
from editor.document.named_regions import (
    LONGEST_NAME,
    MOST_PHOTOS,
    MOST_REGIONS,
    CopiedRegions,
    NoRoomError,
    RegionList,
    plain,
)
from editor.document.region import RegionMask
from tests.fake_engine import landmarks_at

WIDTH, HEIGHT = 60, 40


def brushed(x: int, width: int = 8) -> BrushedRegion:
    alpha = np.full((10, width), 255, np.uint8)
    return BrushedRegion(RegionMask(WIDTH, HEIGHT, x, 5, alpha), 3.0)


def three() -> RegionList:
    """“A”, “B” and “C”, the last one in hand."""
    regions = RegionList(brushed(0))
    for x, name in ((0, "A"), (10, "B"), (20, "C")):
        regions = regions.put(brushed(x)).kept(name)
    return regions


def names(regions: RegionList) -> str:
    return " ".join(one.name for one in regions.named)


def test_each_name_is_there_once() -> None:
    regions = three()
    assert names(regions.put(brushed(30)).kept("A")) == "A B C A 2"
    assert names(regions.put(brushed(30)).kept("  ")) == "A B C Region"
    twins = regions.doubled(regions.named[0].id)
    assert names(twins.doubled(twins.hand.id)) == "A A 2 A 3 B C"
    a, b, _ = regions.named
    assert names(regions.renamed(b.id, "A")) == "A A 2 C"
    assert names(regions.renamed(a.id, "A")) == "A B C"
    assert regions.renamed(a.id, " \n") is regions, "a name stays"
    assert regions.kept("") is regions, "it has one"
    long = "x" * LONGEST_NAME
    twice = regions.renamed(a.id, long).renamed(b.id, long)
    assert [len(one.name) for one in twice.named[:2]] == [LONGEST_NAME] * 2
    assert twice.named[1].name.endswith(" 2")
    assert plain(" a\0b\n c ") == "a b c"


def test_a_stroke_changes_the_listed_region_and_no_other() -> None:
    regions = three()
    a, b, c = regions.named
    assert regions.hand is c
    stroked = regions.put(replace(c, mask=brushed(25).mask))
    assert stroked.named[:2] == (a, b)
    assert stroked.named[2] is stroked.hand
    scratch = regions.put(brushed(40))
    assert scratch.named == regions.named
    assert scratch.find(scratch.hand.id) is None
    assert scratch.apart == {a.id, b.id, c.id}
    assert regions.apart == {a.id, b.id}


def test_the_order_is_the_users() -> None:
    regions = three()
    a, b, c = (one.id for one in regions.named)
    assert names(regions.moved(c, (a, b))) == "C A B"
    assert names(regions.moved(a, (c,))) == "B A C"
    assert names(regions.moved(a, ())) == "B C A"
    assert names(regions.moved(c, ("gone", b))) == "A C B"
    assert regions.moved(b, (c,)) is regions
    assert regions.moved("none", (a,)) is regions
    assert names(regions.stepped(a, 1)) == "B A C"
    assert names(regions.stepped(c, -1)) == "A C B"
    assert names(regions.stepped(a, 99)) == "B C A"
    assert regions.stepped(a, -1) is regions
    assert regions.stepped(c, 1) is regions
    assert regions.stepped("none", 1) is regions
    copied = regions.doubled(a)
    assert names(copied) == "A A 2 B C"
    assert copied.hand is copied.named[1]
    assert copied.hand.id not in (a, b, c)
    assert copied.hand.mask is copied.named[0].mask


def test_what_is_deleted_leaves_the_hand() -> None:
    regions = three()
    _, b, c = regions.named
    assert regions.without(b.id).hand is c
    gone = regions.without(c.id)
    assert names(gone) == "A B"
    assert gone.hand.mask.is_empty
    assert gone.hand.id != c.id
    assert regions.put_down().named == regions.named
    assert regions.put_down().hand.mask.is_empty
    assert gone.put_down() is gone


def test_there_is_room_for_so_many() -> None:
    regions = RegionList(brushed(0))
    for number in range(MOST_REGIONS):
        regions = regions.put(brushed(number % 40)).kept(str(number))
    with pytest.raises(NoRoomError, match="named regions"):
        regions.put(brushed(0)).kept("one more")
    assert names(regions.kept("another name")).endswith("98 another name")


def test_masks_of_the_whole_photo_are_counted_once_each() -> None:
    whole = RegionMask.from_full(np.full((HEIGHT, WIDTH), 255, np.uint8))
    regions = RegionList(BrushedRegion(whole, 0.0)).kept("all")
    for _ in range(MOST_PHOTOS + 2):
        regions = regions.doubled(regions.named[0].id)  # shares its pixels
    own = [RegionMask.from_full(np.full((HEIGHT, WIDTH), 255, np.uint8)) for _ in range(16)]
    for number, mask in enumerate(own[:-1]):
        regions = regions.put(BrushedRegion(mask, 0.0)).kept(f"{number}")
    with pytest.raises(NoRoomError, match="too large"):
        regions.put(BrushedRegion(own[-1], 0.0)).kept("one more")


def test_a_strangers_list_is_put_in_order() -> None:
    a, b = replace(brushed(0), name="A"), brushed(10)
    twin = replace(brushed(20), id=a.id, name="B")
    regions = RegionList.of(twin, (a, b, twin))
    assert regions.named == (a,)
    assert regions.hand is a, "one id, one region"
    many = [replace(brushed(0), name=f"{n}") for n in range(MOST_REGIONS + 1)]
    regions = RegionList.of(many[-1], many)
    assert len(regions.named) == MOST_REGIONS
    assert not regions.hand.name, "it is not listed"


def test_regions_are_carried_by_the_landmarks_with_their_softness() -> None:
    here = landmarks_at(100, 75, 60)
    there = here * 2 - [40, 10]
    alpha = np.full((12, 9), 255, np.uint8)
    x, y = (int(v) for v in here[30])
    region = BrushedRegion(RegionMask(200, 150, x, y, alpha), 4.0, name="Nose tip")
    outside = BrushedRegion(RegionMask(200, 150, 0, 0, alpha), 4.0, name="Corner")
    copied = CopiedRegions((region, outside), here, None)
    (carried_region,), (told,) = copied.onto(there, None, 340, 300)
    assert carried_region.mask == carried(region.mask, here, there, 340, 300)
    assert carried_region.feather == pytest.approx(8.0)
    assert (carried_region.name, carried_region.id == region.id) == ("Nose tip", False)
    assert "Corner" in told
