"""Pictures of the real window for ``docs/manual``: every panel, dark and light, large and small.

    xvfb-run -a -s "-screen 0 2900x1900x24" python -m tests.benchmarks.screenshots OUT [--scale 2]

Opens the sample over the real engine on the CPU, makes two edits of its skin, and takes a picture
after each gesture of ``_scenes``; ``--scale 2`` as on a screen of twice the density, of which few
are taken.
Pictures are stored with 256 colours: they show an interface.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from widgets.main_window import MainWindow

_COLOURS = 256


def main() -> int:
    """Take them all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--scale", type=int, default=1)
    options = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)  # before Qt is there
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    import resources
    from editor.engine.engine import Engine
    from editor.session.engine_thread import EngineThread
    from editor.session.session import EditSession
    from widgets.main_window import MainWindow
    from widgets.theme import apply_theme

    application = QApplication(sys.argv[:1])
    apply_theme(application, "dark")
    thread = EngineThread(lambda: Engine.create("cpu"))
    session = EditSession(thread)
    window = MainWindow(session)
    options.out.mkdir(parents=True, exist_ok=True)

    def take(name: str, of: QWidget | None = None) -> None:
        QTest.qWait(400)
        _save(of or window, options.out / f"{name}.png")

    def wait(condition: Callable[[], object]) -> None:
        while not condition():
            QTest.qWait(50)

    window.resize(1360, 860)
    window.show()
    if options.scale == 1:
        take("empty")
    thread.start()
    window.open(resources.path("sample-portrait.jpg"))
    wait(lambda: session.portrait)
    session.faces_desk.pause_refining(True)
    for region, name, value in (("skin", "even_skin", 70), ("skin", "soften_shine", 60)):
        session.regions.apply_preset(region)
        QTest.qWait(500)
        session.sliders.commit_attribute(name, value)  # the photo's own skin: done at once
        wait(lambda: not session.busy)
    if options.scale == 2:
        apply_theme(application, "light")
        take("window-light-2x")
    else:
        _scenes(window, take, lambda theme: apply_theme(application, theme))
    session.files.set_saved()
    window.close()
    session.close()
    return 0


def _scenes(
    window: MainWindow, take: Callable[..., None], dress: Callable[[Literal["dark", "light"]], None]
) -> None:
    """The panels one after the other; the window is dark at first."""
    from widgets.manual import Manual

    commands, canvas = window.commands, window.canvas
    canvas.curtain.set_on(True)
    take("window-dark")
    commands.overlay.setChecked(False)
    commands.beside.setChecked(True)
    take("side-by-side")
    commands.beside.setChecked(False)
    window.history_panel.snapshots.take_one()
    window.canvas.setFocus()
    take("panels-left-dark", window.history_panel)
    commands.paint.setChecked(True)
    take("colours-dark", window.colours)
    take("region-dark", window.region_panel)
    take("attributes-dark", window.edits.attributes)
    dress("light")
    take("colours-light", window.colours)
    take("region-light", window.region_panel)
    take("attributes-light", window.edits.attributes)
    take("panels-left-light", window.history_panel)
    commands.brush.setChecked(True)
    window.navigator_dock.raise_()
    window.resize(1000, 700)
    window.show_face()
    take("window-light-small")
    dress("dark")
    manual = Manual(commands.keymap, window)
    manual.show()
    take("manual", manual)
    manual.close()


def _save(widget: QWidget, path: Path) -> None:
    """A widget as a small PNG."""
    from widgets.pixels import pixels_of

    pixels = pixels_of(widget.grab().toImage())
    Image.fromarray(pixels).quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size / 1024
    print(f"{path.name}: {np.asarray(pixels).shape[1]} x {pixels.shape[0]}, {size:.0f} KB")


if __name__ == "__main__":
    sys.exit(main())
