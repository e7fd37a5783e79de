"""Files that ship with the program; path() finds them."""

import tomllib
from pathlib import Path

_FOLDER = Path(__file__).parent


def path(name: str) -> Path:
    """The file ``name`` in this folder.

    Raises:
        FileNotFoundError: no such file ships with the program.
    """
    found = _FOLDER / name
    if not found.is_file():
        raise FileNotFoundError(found)
    return found


def version() -> str:
    """Name and number of the program, as ``pyproject.toml`` has it."""
    with (_FOLDER.parent / "pyproject.toml").open("rb") as file:
        return f"Style Intervention {tomllib.load(file)['project']['version']}"


def terms() -> str:
    """What others made that ships or is installed, and on what terms: Markdown."""
    return (_FOLDER.parent / "THIRD-PARTY.md").read_text("utf-8")
