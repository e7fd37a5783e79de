"""Keys of US, German and French keyboards, as an X server sends them, in the real window.

Needs Xvfb, xdotool, setxkbmap and what Qt's xcb plugin loads; skipped without.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[2]
TOOLS = ("Xvfb", "xdotool", "setxkbmap")

pytestmark = [
    pytest.mark.skipif(
        any(shutil.which(tool) is None for tool in TOOLS), reason=f"needs {', '.join(TOOLS)}"
    ),
    pytest.mark.slow,
]

# what is pressed, and what the canvas' brush, view or tool must be like afterwards
PRESSES = {
    "bracketright": "larger",
    "bracketleft": "smaller",
    "braceright": "harder",
    "braceleft": "softer",
    "ctrl+plus": "zoomed in",
    "ctrl+minus": "zoomed out",
    "e": "eraser",
    "b": "brush",
}

CHILD = """
import subprocess, sys
from pathlib import Path
import numpy as np
from PIL import Image
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from tests.fake_engine import FakeEngine
from widgets.main_window import MainWindow

application = QApplication([])
photo = Path(sys.argv[1])
Image.fromarray(np.full((240, 320, 3), 110, np.uint8)).save(photo)
thread = EngineThread(FakeEngine)
session = EditSession(thread)
window = MainWindow(session)
window.show()
thread.start()
window.open(photo)
while session.portrait is None:
    QTest.qWait(10)
window.activateWindow()
window.canvas.setFocus()
QTest.qWait(200)

def state():
    brush = window.canvas.brush
    return brush.radius, brush.hardness, window.canvas.view.zoom, brush.erase

for press in sys.argv[2:]:
    before = state()
    key = subprocess.Popen(["xdotool", "key", press])
    while key.poll() is None:
        QTest.qWait(10)
    QTest.qWait(200)
    after = state()
    said = []
    for (name_up, name_down), old, new in zip(
        (("larger", "smaller"), ("harder", "softer"), ("zoomed in", "zoomed out")), before, after
    ):
        if new != old:
            said.append(name_up if new > old else name_down)
    if before[3] != after[3]:
        said.append("eraser" if after[3] else "brush")
    print(press, "=", ", ".join(said) or "nothing", flush=True)
session.files.set_saved()
window.close()
"""


@contextmanager
def display() -> Generator[str, None, None]:
    """A screen of its own."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        if not number:
            pytest.skip("Xvfb does not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(60)


@pytest.mark.parametrize("layout", ["us", "de", "fr"])
def test_every_key_does_its_one_thing(layout: str, tmp_path: Path) -> None:
    with display() as screen:
        environment = os.environ | {"DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
        subprocess.run(["setxkbmap", layout], env=environment, check=True)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, tmp_path / "photo.png", *PRESSES],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    if "could not load the Qt platform plugin" in done.stderr.lower():
        pytest.skip("Qt's xcb plugin lacks libraries here")
    assert done.returncode == 0, done.stderr
    assert "Ambiguous" not in done.stderr
    assert done.stdout.splitlines() == [f"{press} = {does}" for press, does in PRESSES.items()]
