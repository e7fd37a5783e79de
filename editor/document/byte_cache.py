"""A cache that is counted in bytes: what was used longest ago goes when the budget is spent.

One ``ByteCache`` is one budget. Values are kept on *shelves*, one for each kind, which share the
budget: a kind that is asked for much takes the room of one that is not.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")


class ByteCache:
    """A budget of bytes and what is kept within it; not thread-safe: one thread owns it.

    Attributes:
        budget: bytes. The value kept last stays although it alone may exceed them.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._kept: OrderedDict[tuple[int, Hashable], tuple[object, int]] = OrderedDict()
        self._held = 0
        self._shelves = 0

    @property
    def held(self) -> int:
        """Bytes of all that is kept."""
        return self._held

    def __len__(self) -> int:
        return len(self._kept)

    def shelf(self, size: Callable[[V], int]) -> Shelf[V]:
        """A place for one kind of value.

        Args:
            size: bytes that keeping a value holds.
        """
        self._shelves += 1
        return Shelf(self, self._shelves, size)

    def clear(self) -> None:
        """Forget everything, on every shelf."""
        self._kept.clear()
        self._held = 0

    def find(self, key: tuple[int, Hashable]) -> object | None:
        """For shelves: the value under a shelf's number and key, now the last used."""
        entry = self._kept.get(key)
        if entry is None:
            return None
        self._kept.move_to_end(key)
        return entry[0]

    def holds(self, key: tuple[int, Hashable]) -> bool:
        """For shelves: whether something is kept under a shelf's number and key."""
        return key in self._kept

    def store(self, key: tuple[int, Hashable], value: object, size: int) -> None:
        """For shelves: keep a value of ``size`` bytes; older ones go beyond the budget."""
        self._drop(key)
        self._kept[key] = value, size
        self._held += size
        while self._held > self.budget and len(self._kept) > 1:
            _, (_, gone) = self._kept.popitem(last=False)
            self._held -= gone

    def _drop(self, key: tuple[int, Hashable]) -> None:
        _, size = self._kept.pop(key, (None, 0))
        self._held -= size

    def forget(self, shelf: int) -> None:
        """For shelves: all that one of them keeps."""
        for key in [key for key in self._kept if key[0] == shelf]:
            self._drop(key)


class Shelf(Generic[V]):
    """One kind of value in a ``ByteCache``, by keys of its own."""

    def __init__(self, cache: ByteCache, number: int, size: Callable[[V], int]) -> None:
        self._cache, self._number, self._size = cache, number, size

    def __contains__(self, key: Hashable) -> bool:
        return self._cache.holds((self._number, key))

    def get(self, key: Hashable) -> V | None:
        """What is kept under the key, now the last used; None if nothing is."""
        return cast("V | None", self._cache.find((self._number, key)))

    def keep(self, key: Hashable, value: V) -> V:
        """Put a value under the key, in the place of the one before; returns it."""
        self._cache.store((self._number, key), value, self._size(value))
        return value

    def made(self, key: Hashable, make: Callable[[], V]) -> V:
        """What is kept under the key, or what ``make`` returns, kept from then on."""
        found = self.get(key)
        return self.keep(key, make()) if found is None else found

    def clear(self) -> None:
        """Forget this kind of value."""
        self._cache.forget(self._number)
