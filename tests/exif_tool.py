"""What ExifTool reads, by one process: Perl takes a quarter of a second to load it."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

EXIFTOOL = shutil.which("exiftool")
needs_exiftool = pytest.mark.skipif(
    EXIFTOOL is None, reason="ExifTool reads the export: apt-get install libimage-exiftool-perl"
)

_WORDS = ("-json", "-G", "-n", "-struct", "-charset", "iptc=UTF8")


@functools.cache
def _process() -> subprocess.Popen[str]:
    """It reads its words from a pipe, one a line, and ends with the tests."""
    process = subprocess.Popen(
        [str(EXIFTOOL), "-stay_open", "True", "-@", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    atexit.register(process.communicate, "-stay_open\nFalse\n")
    return process


def told(path: Path) -> dict[str, Any]:
    """The file's metadata by ``group:name``; ``AssertionError`` if ExifTool reads none."""
    process = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join((*_WORDS, str(path), "-echo3", "${status}", "-execute\n")))
    process.stdin.flush()
    lines = list[str]()
    while (line := process.stdout.readline()) != "{ready}\n":
        assert line, "ExifTool has ended"
        lines.append(line)
    assert lines[-1] == "0\n", f"ExifTool's status: {lines}"
    return json.loads("".join(lines[:-1]))[0]
