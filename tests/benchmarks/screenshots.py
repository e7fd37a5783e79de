"""Pictures of the real window for ``docs/manual``: every panel, dark and light, large and small.

    xvfb-run -a -s "-screen 0 2900x1900x24" python -m tests.benchmarks.screenshots OUT

Opens the sample over the real engine on the CPU, once on a screen of the usual density and once of
twice that; makes two edits of its skin; keeps named regions, a snapshot, presets,
discovered sliders and a reference; and takes a picture of the window, of each panel and of each
dialog, dark and light. ``OUT`` gets every one as PNG, to be looked at, and beside them the sheets
that ``docs/manual`` keeps: all panels and dialogs of a theme and a density on one, in AVIF, since
the tree has little room; and three pictures of the README.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QDialog, QWidget

    from editor.session.session import EditSession
    from widgets.main_window import MainWindow
    from widgets.theme import Theme

THEMES: tuple[Theme, ...] = ("dark", "light")
SCALES = (1, 2)
LARGE, SMALL = (1360, 860), (1000, 700)
_QUALITY = {1: 20, 2: 13}  # of AVIF, by density: texts stay legible on both
_README_QUALITY = 55  # of WebP
_GAP = 12  # pixels between two pictures of a sheet
_GREY = (128, 128, 128)


def main() -> int:
    """Take them all, once for each density, and make the sheets."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--scale", type=int, help="take those of one density, and no sheets")
    options = parser.parse_args()
    if options.scale:
        return take_all(options.out / f"{options.scale}x")
    for scale in SCALES:
        command = [sys.executable, "-m", "tests.benchmarks.screenshots", str(options.out)]
        environment = {**os.environ, "QT_SCALE_FACTOR": str(scale)}  # before Qt is there
        subprocess.run([*command, "--scale", str(scale)], env=environment, check=True)
    total = 0
    for path in sheets(options.out):
        total += path.stat().st_size
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} KB")
    print(f"together {total / 1000:.0f} KB")
    return 0


def take_all(folder: Path) -> int:
    """One window, from its start to its last dialog; what it keeps goes to a folder of its own."""
    from PySide6.QtWidgets import QApplication

    import resources
    from editor.engine.engine import Engine
    from editor.session.engine_thread import EngineThread
    from editor.session.session import EditSession
    from tests.turns import wait
    from widgets.main_window import MainWindow
    from widgets.theme import apply_theme

    application = QApplication(sys.argv[:1])
    thread = EngineThread(lambda: Engine.create("cpu"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        session = EditSession(thread, library=Path(place))
        window = MainWindow(session)
        window.resize(*LARGE)
        window.show()

        def take(name: str, of: QWidget | None = None) -> None:
            wait(300)
            (of or window).grab().save(str(folder / f"{name}.png"))

        for theme in THEMES:
            apply_theme(application, theme)
            take(f"empty-{theme}")
        thread.start()
        sample = Path(place) / "portrait.jpg"
        shutil.copy(resources.path("sample-portrait.jpg"), sample)
        window.open(sample)
        work(window, session, sample)
        for theme in THEMES:
            apply_theme(application, theme)
            for name, of in scenes(window):
                take(f"{name}-{theme}", of)
        session.files.set_saved()
        window.close()
        session.close()
    return 0


def until(condition: Callable[[], object]) -> None:
    """Let the window live until that is true."""
    from tests.turns import wait

    while not condition():
        wait(50)


def work(window: MainWindow, session: EditSession, sample: Path) -> None:
    """What there is to see in the panels."""
    until(lambda: session.portrait)
    session.faces_desk.pause_refining(True)
    session.regions.apply_preset("skin")
    until(lambda: not session.regions.pending)
    session.named.keep("Skin")
    for name, value in (("even_skin", 70), ("soften_shine", 60)):
        session.sliders.commit_attribute(name, value)  # the photo's own skin: done at once
        until(lambda: session.history and not session.busy)
    for name in ("Portraits/Calm skin", "Portraits/Less shine", "Evening"):
        session.sliders.save_preset(name)
    until(lambda: len(session.library.pictures) == 3)
    session.library.mark_preset("Evening", favourite=True)
    session.snapshots.take("Before the mouth")
    session.likeness.open_reference(sample)
    until(lambda: session.reference)
    for name in ("eyes", "mouth"):
        session.named.put_down()
        session.regions.apply_preset(name)
        until(lambda: not session.regions.pending)
        session.named.keep(name.capitalize())
    session.discoveries.discover()
    until(lambda: window.edits.discovery.cards and not session.busy)
    window.film.add([sample, *_copies(sample, 3)])
    window.film.rate(4)


def _copies(sample: Path, count: int) -> list[Path]:
    paths = [sample.with_stem(f"portrait-{number}") for number in range(2, count + 2)]
    for path in paths:
        shutil.copy(sample, path)
    return paths


def scenes(window: MainWindow) -> Iterator[tuple[str, QWidget | None]]:
    """What to take a picture of, one after the other; None is the window."""
    from widgets.brush import Tool

    commands, canvas = window.commands, window.canvas
    window.resize(*LARGE)
    window.film_dock.hide()
    window.attribute_dock.raise_()
    window.show_face()
    canvas.curtain.set_on(True)
    yield "window", None
    commands.overlay.setChecked(False)
    commands.beside.setChecked(True)
    yield "side-by-side", None
    commands.beside.setChecked(False)
    commands.overlay.setChecked(True)
    canvas.curtain.step_aside()
    yield "face", window.face_panel
    window.region_panel.brush_options.set_folded(False)
    window.region_panel.mask_options.set_folded(False)
    yield "region", window.region_panel
    window.region_panel.brush_options.set_folded(True)
    window.region_panel.mask_options.set_folded(True)
    commands.paint.setChecked(True)
    yield "paint", window.region_panel
    window.colours_dock.raise_()
    yield "colours", window.colours
    canvas.set_brush(canvas.brush.as_tool(Tool.HEAL, paint=False, erase=False))
    yield "heal", window.region_panel
    canvas.set_brush(canvas.brush.as_tool(Tool.BRUSH, paint=False, erase=False))
    yield from _pulls(window)
    window.navigator_dock.raise_()
    yield "navigator", window.looking.navigator
    for dock in (
        window.attribute_dock, window.discovery_dock, window.preset_dock, window.reference_dock,
    ):  # fmt: skip
        dock.raise_()
        yield dock.objectName(), dock.widget()
    yield "history", window.history_panel
    window.film_dock.show()
    yield "filmstrip", window.film
    window.film_dock.hide()
    window.attribute_dock.raise_()
    for name, dialog in _dialogs(window):
        dialog.show()
        yield name, dialog
        dialog.close()
    window.resize(*SMALL)
    window.show_face()
    commands.tour.trigger()
    yield "small", None
    window.help.tour.end()


def _pulls(window: MainWindow) -> Iterator[tuple[str, QWidget | None]]:
    """A corner of the mouth in the pointer's hand; it is not let go, so nothing is pulled."""
    from PySide6.QtCore import QPointF

    window.commands.pull.trigger()
    tool = window.pulling.tool
    if tool is not None:
        at = window.canvas.port.widget_point(*tool.spot(54))
        tool.press(at)
        tool.move(at + QPointF(14, -12))
        yield "pull", None
        window.pulling.leave()


def _dialogs(window: MainWindow) -> Iterator[tuple[str, QDialog]]:
    import resources
    from widgets.export_dialog import ExportDialog
    from widgets.help import About
    from widgets.keys_dialog import KeysDialog
    from widgets.manual import Manual
    from widgets.settings_dialog import SettingsDialog

    session, keymap = window.session, window.commands.keymap
    yield "settings", SettingsDialog(window.settings, window)
    yield "keys", KeysDialog(keymap, {}, window)
    yield "manual", Manual(keymap, window)
    yield "about", About(resources.version(), session.info, window)
    if session.photo is not None:
        yield "export", ExportDialog(session.photo, window)
    window.batch.add_paths(window.film.paths)
    yield "many-photos", window.batch


# ------------------------------------------------------------ sheets


def sheets(out: Path) -> Iterator[Path]:
    """Write what ``docs/manual`` keeps; the paths, one after the other."""
    for scale in SCALES:
        for theme in THEMES:
            taken = {path.stem: path for path in (out / f"{scale}x").glob(f"*-{theme}.png")}
            pictures = [Image.open(taken[name]).convert("RGB") for name in sorted(taken)]
            path = out / f"panels-{theme}-{scale}x.avif"
            packed(pictures, 2300 * scale).save(path, quality=_QUALITY[scale], speed=2)
            yield path
    for name in ("window", "side-by-side", "pull"):
        path = out / f"{name}.webp"
        picture = Image.open(out / "1x" / f"{name}-dark.png").convert("RGB")
        picture.save(path, quality=_README_QUALITY, method=6)
        yield path


def packed(pictures: list[Image.Image], width: int) -> Image.Image:
    """All on one sheet of that width, in rows, the highest first."""
    pictures = sorted(pictures, key=lambda picture: -picture.height)
    places: list[tuple[int, int]] = []
    x = y = _GAP
    row = 0
    for picture in pictures:
        if x + picture.width + _GAP > width and x > _GAP:
            x, y, row = _GAP, y + row + _GAP, 0
        places.append((x, y))
        x, row = x + picture.width + _GAP, max(row, picture.height)
    sheet = Image.new("RGB", (width, y + row + _GAP), _GREY)
    for picture, place in zip(pictures, places, strict=True):
        sheet.paste(picture, place)
    return sheet


if __name__ == "__main__":
    sys.exit(main())
