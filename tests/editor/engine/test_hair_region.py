from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from editor.document.region import RegionMask
from editor.engine.hair_region import COUNTS_AS_HAIR, HARDLY_ANY, hair_in, told_of

SIDE = 100


def rows(count: int, alpha: int = 255, begin: int = 0) -> RegionMask:
    """The rows of a photo from one on, so strong."""
    full = np.zeros((SIDE, SIDE), np.uint8)
    full[begin : begin + count] = alpha
    return RegionMask.from_full(full)


def soft_hair() -> RegionMask:
    full = np.zeros((SIDE, SIDE), np.uint8)
    full[:20], full[20:30] = 255, 100
    return RegionMask.from_full(full)


@pytest.mark.parametrize("count", [31, 40, 50, 59, 61, 90])
def test_of_a_brush_that_holds_all_hair_and_more_the_hair_alone_is_lit(count: int) -> None:
    """Up to twice the hair's area all of the brush was lit, then the hair: that jumped."""
    hair = soft_hair()
    np.testing.assert_array_equal(hair_in(rows(count), hair).full(), hair.full())
    assert told_of(rows(count), hair) == ""


def test_a_part_of_the_hair_is_what_is_brushed_of_it() -> None:
    hair = soft_hair()
    found = hair_in(rows(25), hair).full()
    np.testing.assert_array_equal(found, np.minimum(rows(25).full(), hair.full()))


@pytest.mark.parametrize("opacity", [1.0, 0.5, 0.1])
def test_hairs_own_region_stays_what_it_is_at_any_opacity(opacity: float) -> None:
    hair = soft_hair()
    faded = hair.faded(opacity)
    np.testing.assert_array_equal(hair_in(faded, hair).full(), faded.full())
    brush = rows(50).faded(opacity)
    np.testing.assert_allclose(hair_in(brush, hair).full(), faded.full(), atol=1)


def test_what_is_brushed_where_no_hair_was_seen_counts_as_hair_and_says_so() -> None:
    hair, beside = soft_hair(), rows(20, begin=60)
    assert hair_in(beside, hair) == beside
    assert told_of(beside, hair) == COUNTS_AS_HAIR
    touching = rows(40, begin=29)  # a row of thin hair in it: a fortieth
    assert hair_in(touching, hair) == touching


def test_next_to_no_hair_in_a_region_is_told() -> None:
    hair, most = soft_hair(), rows(40, begin=26)
    assert told_of(most, hair) == HARDLY_ANY
    found = hair_in(most, hair).full()
    np.testing.assert_array_equal(found, np.minimum(most.full(), hair.full()))


def test_the_whole_photo_is_no_region_without_hair_where_the_head_is_small() -> None:
    small = replace(rows(1), alpha=np.full((1, 50), 255, np.uint8))
    assert told_of(rows(SIDE), small) == ""
    np.testing.assert_array_equal(hair_in(rows(SIDE), small).full(), small.full())
