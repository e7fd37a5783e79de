"""The cache that is counted in bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from editor.document.byte_cache import ByteCache, Shelf


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = ByteCache(10)
    shelf = cache.shelf(len)
    for key in "abc":
        shelf.keep(key, key.encode() * 3)
    assert shelf.get("a") == b"aaa"
    shelf.keep("d", b"dddd")
    assert [shelf.get(key) for key in "abcd"] == [b"aaa", None, b"ccc", b"dddd"]
    assert (cache.held, len(cache)) == (10, 3)


def test_the_newest_value_stays_even_if_it_is_too_large() -> None:
    cache = ByteCache(4)
    shelf = cache.shelf(len)
    shelf.keep("small", b"ab")
    shelf.keep("large", b"x" * 9)
    assert (shelf.get("small"), shelf.get("large")) == (None, b"x" * 9)
    shelf.keep("small", b"ab")
    assert (cache.held, shelf.get("large")) == (2, None)


def test_shelves_share_the_budget_and_not_the_keys() -> None:
    cache = ByteCache(6)
    words: Shelf[str] = cache.shelf(len)
    numbers: Shelf[int] = cache.shelf(lambda _: 2)
    words.keep(1, "abc")
    numbers.keep(1, 5)
    assert (words.get(1), numbers.get(1)) == ("abc", 5)
    numbers.keep(2, 6)
    assert (words.get(1), numbers.get(1), numbers.get(2)) == (None, 5, 6)
    words.keep(3, "ab")
    numbers.clear()
    assert (cache.held, numbers.get(2), words.get(3)) == (2, None, "ab")
    cache.clear()
    assert (cache.held, len(cache)) == (0, 0)


def test_nothing_is_a_value_that_can_be_kept() -> None:
    shelf: Shelf[None] = ByteCache(1).shelf(lambda _: 1)
    assert "key" not in shelf
    shelf.keep("key", None)
    assert "key" in shelf
    shelf.keep("other", None)
    assert "key" not in shelf


def test_a_value_is_made_once_while_it_is_kept() -> None:
    shelf = ByteCache(100).shelf(len)
    made: list[str] = []

    def make() -> str:
        made.append("x")
        return "value"

    assert shelf.made("key", make) == shelf.made("key", make) == "value"
    assert len(made) == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.booleans())))
def test_the_bytes_held_are_those_of_what_is_kept(steps: list[tuple[int, int, bool]]) -> None:
    cache = ByteCache(60)
    shelf = cache.shelf(len)
    newest = 0
    for key, size, look in steps:
        if look:
            shelf.get(key)
        else:
            shelf.keep(key, bytes(size))
            newest = size
        kept = [value for k in range(6) if (value := shelf.get(k)) is not None]
        assert cache.held == sum(map(len, kept))
        assert cache.held <= max(60, newest)
        assert len(cache) == len(kept)
