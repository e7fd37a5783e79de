"""Where the user's own things lie: generators, presets, kept sliders, the log, the journal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ORGANISATION, PROGRAM = "style-intervention", "Style Intervention"


def user_folder() -> Path:
    """The program's folder among the user's, as Qt's ``AppDataLocation``; it may not be there yet.

    The command line needs it too, and loads no Qt.
    """
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        stated = Path(os.environ.get("XDG_DATA_HOME", ""))
        base = stated if stated.is_absolute() else Path.home() / ".local" / "share"
    return base / ORGANISATION / PROGRAM


def cache_folder() -> Path:
    """Where lies what can be made again; it may not be there yet."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        base = Path(local) if local else Path.home() / "AppData" / "Local"
        return base / ORGANISATION / PROGRAM / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / ORGANISATION / PROGRAM
    stated = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = stated if stated.is_absolute() else Path.home() / ".cache"
    return base / ORGANISATION / PROGRAM


def fits_folder() -> Path:
    """Where parts of what is being fitted to generators are kept."""
    return cache_folder() / "fits"


def generators_folder() -> Path:
    """Where imported generators lie."""
    return user_folder() / "generators"
