"""Files that ship with the program; path() finds them."""

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
