"""What is said of values and choices agrees, wherever it is said."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import resources
import widgets
from editor import command_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPOGRAPHIC = re.compile(r"−\d")


def said(path: Path) -> Iterator[str]:
    """Texts of a module, without its docstrings; of another file, all of it."""
    if path.suffix != ".py":
        yield path.read_text()
        return
    tree = ast.parse(path.read_text())
    quiet = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
            yield node.value


def test_a_value_below_zero_has_one_sign_everywhere() -> None:
    """The one of number boxes, labels of edits and ``--set``."""
    folders = [Path(str(module.__file__)).parent for module in (widgets, command_line)]
    files = [file for folder in folders for file in folder.glob("*.py")]
    files += Path(str(resources.__file__)).parent.rglob("manual/**/*.md")
    wrong = [file.name for file in files if any(map(_TYPOGRAPHIC.search, said(file)))]
    assert wrong == []
