"""A generator with random weights that knows no faces, from its file to an edited picture.

Over the real engine at 64 pixels, on the command line and in the window. What the pictures show is
noise; what is tested is the way, and that only the square changes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from editor.command_line import commands as command_line
from editor.command_line import recipe
from editor.document import places
from editor.document.photo import open_photo
from editor.engine.jobs import Invert
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from models.faces.analyser import FaceAnalyser
from tests.end_to_end.desktop import LEFT, answering
from tests.end_to_end.real_engine import no_faces
from tests.models.importing import formats
from widgets import dialogs, generators
from widgets.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtCore import QPoint
    from pytestqt.qtbot import QtBot

    from editor.engine.jobs import EngineInfo, Job, Report

STEPS = 4


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where imported generators go, with nothing in it; nobody looks for faces in tiles."""
    monkeypatch.setattr(FaceAnalyser, "detect", no_faces)
    monkeypatch.setattr(recipe, "INVERSION_STEPS", STEPS)
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")
    return tmp_path / "user" / "generators"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "afhqcat.pkl"
    path.write_bytes(formats.ada(formats.random_network(5, 64), 256))
    return path


@pytest.fixture
def pixels() -> np.ndarray:
    random = np.random.default_rng(0)
    return np.kron(random.integers(0, 255, (6, 8, 3)), np.ones((20, 20, 1))).astype(np.uint8)


@pytest.fixture
def photo(pixels: np.ndarray, tmp_path: Path) -> Path:
    path = tmp_path / "tiles.png"
    Image.fromarray(pixels).save(path)
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> str:
    """What a command says."""
    assert command_line.main([str(argument) for argument in arguments]) == status
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.out + said.err


@pytest.mark.slow
def test_on_the_command_line(
    checkpoint: Path,
    photo: Path,
    pixels: np.ndarray,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told(capsys, "import", checkpoint, "--name", "cats")
    brushed, pictures = tmp_path / "brushed.png", tmp_path / "pictures"
    mask = np.zeros((120, 160), np.uint8)
    mask[40:70, 60:95] = 255
    Image.fromarray(mask).save(brushed)
    pictures.mkdir()
    here = ("--generator", "cats", "--square-at", "50,20,64", "--region", brushed)
    rows = json.loads(told(capsys, "discover", photo, *here, "--json", "--pictures", pictures))
    assert rows[0]["name"] == "discovered-1"
    assert all(0 <= row["locality"] <= 1 and row["channels"] > 0 for row in rows)
    assert len(list(pictures.iterdir())) == len(rows)
    low, high = np.split(np.asarray(Image.open(pictures / "discovered-1.png")), 2, axis=1)
    assert not np.array_equal(low, high)
    out, report = tmp_path / "out.png", tmp_path / "report.json"
    edit = ("edit", photo, *here, "--steps", "2", "-o", out)
    told(capsys, *edit, "--set", "discovered-1=90", "--report", report)
    changed = (open_photo(out).pixels != pixels).any(-1)
    assert changed[40:70, 60:95].mean() > 0.2
    assert not changed[mask == 0].any(), "outside what was brushed"
    (record,) = json.loads(report.read_text())["edits"]
    assert (record["attribute"], record["value"]) == ("discovered-1", 90.0)
    last = f"discovered-{len(rows) + 1}=10"
    assert f"{len(rows)} things can change" in told(capsys, *edit, "--set", last, status=2)
    away = ("--generator", "cats", "--square-at", "100,20,64", "--set", "discovered-1=90")
    assert "reaches beyond the photo" in told(capsys, "edit", photo, *away, "-o", out, status=2)
    for wrong in ("1,2", "1,2,3", "a,b,c", "-1,0,64"):
        assert "--square-at" in told(
            capsys, "edit", photo, f"--square-at={wrong}", "--set", "a=1", "-o", out, status=2
        )


class BriefEngine:
    """The real engine with the user's generators, content with few steps of inversion."""

    def __init__(self, folder: Path) -> None:
        from editor.engine.engine import Engine

        self._engine = Engine.create("cpu", folder)

    @property
    def info(self) -> EngineInfo:
        """As the real one's."""
        return self._engine.info

    def run(self, job: Job) -> Iterator[Report]:
        """Likewise, but for inversions."""
        short = replace(job, steps=STEPS) if isinstance(job, Invert) else job
        yield from self._engine.run(short)

    def close(self) -> None:
        """Let go of it."""
        self._engine.close()


@pytest.mark.slow
def test_in_the_window(
    qtbot: QtBot,
    checkpoint: Path,
    photo: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thread = EngineThread(lambda: BriefEngine(folder))
    session = EditSession(thread)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda _: session.files.set_saved())
    window.resize(1360, 860)
    with qtbot.waitExposed(window):
        window.show()
    thread.start()

    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=240_000)

    def at(x: float, y: float) -> QPoint:
        return window.canvas.widget_point(x, y).toPoint()

    def pull(*points: tuple[float, float]) -> None:
        qtbot.mousePress(window.canvas, LEFT, pos=at(*points[0]))
        for point in points[1:]:
            qtbot.mouseMove(window.canvas, at(*point))
        qtbot.mouseRelease(window.canvas, LEFT, pos=at(*points[-1]))

    monkeypatch.setattr(generators, "ask_generator", answering(checkpoint))
    monkeypatch.setattr(generators, "ask_to_add", answering("cats"))
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("discard"))
    until(lambda: session.info)
    window.commands.add_generator.trigger()
    choices = window.commands.generators.choose
    until(lambda: any(action.text().startswith("cats") for action in choices.actions()))
    next(action for action in choices.actions() if action.text().startswith("cats")).trigger()
    window.open(photo)
    until(lambda: session.photo is not None and not session.busy)
    assert session.info is not None
    assert session.info.generator == "cats"
    window.commands.ganspace.trigger()
    panel = window.edits.discovery
    until(lambda: panel.cards)  # samples, and what they vary

    window.commands.edit_square.trigger()
    pull((50, 20), (114, 84))
    window.square.bar.apply.click()
    until(lambda: session.portrait is not None and not session.busy)
    assert session.faces[0].detector == "square"
    pull((70, 40), (90, 60), (80, 65))
    until(lambda: session.region is not None and not session.region.mask.is_empty)
    window.commands.discover.trigger()
    until(lambda: session.discoveries.discovery and not session.discoveries.discovery.origin)
    until(lambda: panel.cards)
    name, card = next(iter(panel.cards.items()))
    card.row.committed.emit(80)
    until(lambda: session.history is not None and session.history.edits and not session.busy)
    assert session.history is not None
    (edit,) = session.history.edits
    assert edit.origin.goals == ((name, 80.0),)
    assert edit.delta.channels.size > 0
