"""Values out of JSON that anybody may have written: each is checked before it is used."""

from __future__ import annotations

import json
import math
import re
import sys
from typing import Any, cast

import numpy as np

MOST_NODES = 1_000_000
"""Values of a document, keys included: Python needs up to a hundred bytes for each."""
DEEPEST = 32

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def parse(data: bytes | str, most_nodes: int = MOST_NODES) -> Any:
    """JSON without NaN and infinities, of bounded size and depth, which is seen before it is read.

    Raises:
        ValueError: it is no such JSON.
    """
    coded = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    bare = np.frombuffer(_STRING.sub(b"0", coded), np.uint8)
    opens, closes, between = (
        np.isin(bare, np.frombuffer(marks, np.uint8)) for marks in (b"[{", b"]}", b",:")
    )
    if int(opens.sum()) + int(between.sum()) > most_nodes:
        raise ValueError("it holds more values than any sound file")
    steps = np.where(opens, 1, -1)[opens | closes]
    if steps.size and int(np.cumsum(steps).max()) > DEEPEST:
        raise ValueError("it is nested too deeply")
    try:
        # UTF-8 only: in wider encodings the count above would miss what is in strings.
        return json.loads(coded.decode("utf-8-sig", "surrogatepass"), parse_constant=_no_constant)
    except RecursionError as error:  # what the count above cannot see is no JSON either
        raise ValueError("it is nested too deeply") from error


def record(value: object) -> dict[str, Any]:
    """An object.

    Raises:
        TypeError: it is something else; so do the functions below.
    """
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return cast("dict[str, Any]", value)


def items(value: object, most: int = MOST_NODES) -> list[Any]:
    """A list of at most ``most`` values."""
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    values = cast("list[Any]", value)
    if len(values) > most:
        raise TypeError(f"a list of at most {most} was expected")
    return values


def text(value: object, longest: int = 10_000) -> str:
    """A text without NUL, of at most ``longest`` characters."""
    if not isinstance(value, str) or "\0" in value or len(value) > longest:
        raise TypeError("a text was expected")
    return value


def whole(value: object, least: int = 0, most: int = (1 << 63) - 1) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise TypeError("a whole number was expected")
    return value


def number(value: object, least: float = -math.inf, most: float = math.inf) -> float:
    """A finite number, as a float."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError("a number was expected")
    # Python compares whole numbers of any size, and to NaN everything is false.
    if not least <= value <= most or abs(value) > sys.float_info.max:
        raise TypeError("a number is out of range")
    return float(value)


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError("true or false was expected")
    return value


def reason(error: Exception) -> str:
    """What is wrong with damaged content, in a few words."""
    if isinstance(error, KeyError):
        return f"{str(error.args[0])[:100] if error.args else 'something'} is missing"
    return str(error).splitlines()[0][:120] if str(error).strip() else type(error).__name__


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
