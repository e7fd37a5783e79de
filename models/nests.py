"""Nests: tensors inside dataclasses, tuples, lists and dicts, beside values that are no tensors."""

from __future__ import annotations

import copy
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

T = TypeVar("T")


def tensors_in(nest: object) -> list[torch.Tensor]:
    """Its tensors in order, each once however often it occurs."""
    found: dict[int, torch.Tensor] = {}
    for value in _leaves(nest):
        if isinstance(value, torch.Tensor):
            found.setdefault(id(value), value)
    return list(found.values())


def form_of(nest: object) -> Hashable | None:
    """What two nests have in common if one's tensors can be copied into the other's.

    Kinds, shapes, which places hold the same tensor, and everything that is no tensor. None if
    there is a closure among that: what it holds is not seen, and no other nest will have it.
    """
    seen: dict[int, int] = {}
    parts: list[Hashable] = []
    for kind, value in _walked(nest):
        if isinstance(value, torch.Tensor):
            place = seen.setdefault(id(value), len(seen))
            parts.append((place, tuple(value.shape), value.dtype, value.requires_grad))
        elif not kind and getattr(value, "__closure__", None):
            return None
        else:
            parts.append(cast("Hashable", value))
    return tuple(parts)


def copied(nest: T) -> T:
    """The same with tensors of its own; leaves that require gradients do so again."""
    made: dict[int, torch.Tensor] = {}

    def own(tensor: torch.Tensor) -> torch.Tensor:
        if id(tensor) not in made:
            copy = tensor.detach().clone()
            made[id(tensor)] = copy.requires_grad_(tensor.requires_grad)
        return made[id(tensor)]

    return cast("T", _mapped(nest, own))


@torch.no_grad()
def copy_tensors(into: list[torch.Tensor], values: list[torch.Tensor]) -> None:
    """Give some tensors the values of others, of the same shapes."""
    if into:
        # At once; torch has no public name for it.
        torch._foreach_copy_(into, values)  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage]


def _mapped(nest: object, change: Callable[[torch.Tensor], torch.Tensor]) -> object:
    if isinstance(nest, torch.Tensor):
        return change(nest)
    if is_dataclass(nest) and not isinstance(nest, type):
        twin = copy.copy(nest)
        for field in fields(nest):
            object.__setattr__(twin, field.name, _mapped(getattr(nest, field.name), change))
        return twin
    if isinstance(nest, tuple | list):
        items = cast("tuple[object, ...]", nest)
        return type(items)(_mapped(item, change) for item in items)
    if isinstance(nest, dict):
        return {k: _mapped(value, change) for k, value in cast("dict[Any, object]", nest).items()}
    return nest


def _walked(nest: object) -> Iterator[tuple[bool, object]]:
    """(whether it is a kind, and no leaf; the kind or the leaf) in order."""
    if is_dataclass(nest) and not isinstance(nest, type):
        yield True, type(nest)
        for field in fields(nest):
            yield from _walked(getattr(nest, field.name))
    elif isinstance(nest, tuple | list):
        items = cast("tuple[object, ...]", nest)
        yield True, (type(items), len(items))
        for item in items:
            yield from _walked(item)
    elif isinstance(nest, dict):
        entries = cast("dict[Any, object]", nest)
        yield True, tuple(entries)
        for value in entries.values():
            yield from _walked(value)
    else:
        yield False, nest


def _leaves(nest: object) -> Iterator[object]:
    return (value for kind, value in _walked(nest) if not kind)
