"""Values out of JSON that anybody may have written: each is checked before it is used."""

from __future__ import annotations

import json
import math
from typing import Any, cast


def parse(data: bytes | str) -> Any:
    """JSON without NaN and infinities.

    Raises:
        ValueError, RecursionError: it is no such JSON.
    """
    return json.loads(data, parse_constant=_no_constant)


def record(value: object) -> dict[str, Any]:
    """An object.

    Raises:
        TypeError: it is something else; so do the functions below.
    """
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return cast("dict[str, Any]", value)


def items(value: object) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return cast("list[Any]", value)


def text(value: object) -> str:
    """A text without NUL."""
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("a text was expected")
    return value


def whole(value: object, least: int = 0) -> int:
    """A whole number of at most 63 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 1 << 63:
        raise TypeError("a whole number was expected")
    return value


def number(value: object) -> float:
    """A finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise TypeError("a number was expected")
    return float(value)


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError("true or false was expected")
    return value


def reason(error: Exception) -> str:
    """What is wrong with damaged content, in a few words."""
    if isinstance(error, KeyError):
        return f"{error.args[0] if error.args else 'something'} is missing"
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
