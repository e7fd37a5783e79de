"""The hands in a window that ``tests.kills`` kills: restores, then edits, saves and exports.

It says what happens, line by line, on the standard output.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.document.face_regions import PRESETS
from editor.document.photo_export import ExportOptions
from editor.document.project import save_project
from editor.document.stroke import BrushStroke
from editor.session.autosave import Autosave
from tests.fake_engine import FakeEngine, two_faces
from tests.kills import fingerprint, say
from widgets.main_window import MainWindow
from widgets.recovery import RecoveryDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.session.engine_thread import EngineLike

ACTIONS = {
    "stroke": 6, "paint": 4, "slider": 6, "undo": 3, "redo": 2, "feather": 2, "preset": 2,
    "save": 2, "export": 2, "face": 2, "points": 1, "dials": 2, "clear": 1, "wait": 4, "open": 1,
}  # fmt: skip


def start_robot(
    engine: str, folder: Path, seed: int
) -> Callable[[Callable[[], object]], EngineLike]:
    """Put the robot beside the window that is about to be made; returns what makes the engine."""
    application = QApplication(sys.argv[:1])
    Robot(folder, random.Random(seed), application)

    def fake(collect: Callable[[], object]) -> EngineLike:
        del collect
        made = FakeEngine(steps=3, faces=two_faces, pause=0.01)
        made._serial = seed * 100_000  # pyright: ignore[reportPrivateUsage] - ids like no others
        return cast("EngineLike", made)

    if engine == "fake":
        return fake
    import main

    return partial(main.create_engine, None)


class Robot(QObject):
    """Waits for the window, restores, and does one thing after another."""

    go = Signal()

    def __init__(self, folder: Path, chance: random.Random, application: QApplication) -> None:
        super().__init__(application)
        application.installEventFilter(self)
        self._application = application
        self._folder = folder
        self._chance = chance
        self._last: tuple[str, bool] | None = None
        self._printed: object = None
        self._known: tuple[object, str] = (None, "")
        self._restored = ""
        self.go.connect(self._act)

    # ---------------------------------------------------------------- the start

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take hold of the window when it is shown, before anything is found or opened."""
        if event.type() == QEvent.Type.Show and isinstance(watched, MainWindow):
            self._application.removeEventFilter(self)
            self._take(watched)
        return False

    def _take(self, window: MainWindow) -> None:
        self.window = window
        self.session = session = window.session
        (self.autosave,) = window.findChildren(Autosave)
        for timer in self.autosave.findChildren(QTimer):
            timer.timeout.connect(lambda: say("autosave", time=time.monotonic()))
        self.autosave.written.connect(lambda: say("written", time=time.monotonic()))
        for changed in (
            session.changed, session.dials_changed, session.together_changed, session.face_chosen,
        ):  # fmt: skip
            changed.connect(self._note)
        session.failed.connect(self._on_failed)
        self.autosave.failed.connect(self._on_failed)
        self.autosave.found.connect(self._on_found, Qt.ConnectionType.QueuedConnection)
        session.restored.connect(self._on_restored)

    @Slot(object)
    def _on_found(self, recoveries: tuple[object, ...]) -> None:
        if len(recoveries) > 1:
            say("fault", text=f"{len(recoveries)} journals are offered")
        if not recoveries:
            self._open()
            return
        (dialog,) = (w for w in self.window.findChildren(RecoveryDialog) if w.isVisible())
        say("restoring")
        QTest.keyClick(dialog.list, Qt.Key.Key_Return)

    @Slot(object)
    def _on_restored(self, recovery: object) -> None:
        del recovery
        self._restored = self._print()
        document = self.session.studio.document
        assert document is not None
        save_project(self.session.files.snapshot(document), self._folder.parent / "restored.sip")
        self._when_quiet()

    def _open(self) -> None:
        choices = [self._folder / "one.jpg", self._folder / "two.jpg", *self._folder.glob("*.sip")]
        self.window.open(self._chance.choice(sorted(choices)))
        QTimer.singleShot(20, self._when_quiet)

    @Slot()
    def _when_quiet(self) -> None:
        """The journal holds what is open, and the one that was restored is gone: say so."""
        opened = self.session.photo is not None and self.session.portrait is not None
        if not opened or self.autosave.pending or self.session.busy:
            QTimer.singleShot(20, self._when_quiet)
            return
        self._note()
        journal = self.autosave.folder.name if self.autosave.folder else ""
        say("ready", restored=self._restored, journal=journal)
        threading.Thread(target=self._await_go, daemon=True).start()

    def _await_go(self) -> None:
        sys.stdin.readline()
        self.go.emit()

    # ---------------------------------------------------------------- what happens

    def _print(self) -> str:
        document = self.session.studio.document
        if document is None:
            return ""
        return fingerprint(self.session.files.snapshot(document))

    @Slot()
    def _note(self) -> None:
        now = time.monotonic()
        state = (self._print(), self.session.modified)
        if state != self._last:
            self._last = state
            say("state", time=now, print=state[0], unsaved=state[1])

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        if "does not touch the chosen face" not in str(error):  # its hand was beside it
            say("fault", text=f"told: {error}")

    # ---------------------------------------------------------------- hands

    @Slot()
    def _act(self) -> None:
        name = self._chance.choices(list(ACTIONS), list(ACTIONS.values()))[0]
        getattr(self, f"_do_{name}")()
        QTimer.singleShot(self._chance.choice((10, 30, 60, 120)), self._act)

    def _stroke(self) -> BrushStroke:
        photo = self.session.photo
        assert photo is not None
        start = (
            self._chance.uniform(0.2, 0.8) * photo.width,
            self._chance.uniform(0.2, 0.8) * photo.height,
        )
        steps = np.cumsum([[self._chance.uniform(-20, 20) for _ in "xy"] for _ in range(6)], 0)
        points = (np.array(start) + steps).astype(np.float32)
        return BrushStroke(points, self._chance.uniform(8, 40), 0.5, self._chance.random() < 0.2)

    def _do_stroke(self) -> None:
        """By the canvas: pressed, moved and let go."""
        canvas, photo = self.window.canvas, self.session.photo
        assert photo is not None
        self.window.canvas.set_brush(
            replace(canvas.brush, paint=False, erase=self._chance.random() < 0.2)
        )
        places = [
            canvas.widget_point(
                self._chance.uniform(0.3, 0.7) * photo.width,
                self._chance.uniform(0.3, 0.7) * photo.height,
            ).toPoint()
            for _ in range(3)
        ]
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(canvas, left, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(canvas, place)
        QTest.mouseRelease(canvas, left, pos=places[-1])

    def _do_paint(self) -> None:
        colour = (self._chance.randrange(256), self._chance.randrange(256), 90)
        self.session.regions.paint_colour(self._stroke(), colour)

    def _do_slider(self) -> None:
        name = self._chance.choice(("smile", "mouth_open", "lip_redness", "light_from_left"))
        self.session.sliders.commit_attribute(name, self._chance.uniform(-90, 90))

    def _do_undo(self) -> None:
        self.session.steps.undo()

    def _do_redo(self) -> None:
        self.session.steps.redo()

    def _do_feather(self) -> None:
        self.session.regions.set_feather(self._chance.uniform(0, 20))

    def _do_preset(self) -> None:
        name = self._chance.choice(PRESETS)
        self.session.regions.apply_preset(name, add=self._chance.random() < 0.5)

    def _do_clear(self) -> None:
        self.session.regions.clear_region()

    def _do_face(self) -> None:
        self.session.faces_desk.choose_face(self._chance.randrange(2))

    def _do_points(self) -> None:
        faces = self.session.faces
        if self.session.active >= 0:
            move = self._chance.uniform(-2, 2)
            self.session.faces_desk.align_face(faces[self.session.active].landmarks + move)

    def _do_dials(self) -> None:
        dials = replace(self.session.dials, strictness=self._chance.uniform(0.5, 1.5))
        self.session.sliders.set_dials(dials)

    def _do_save(self) -> None:
        other = self._folder / f"project-{self._chance.randrange(4)}.sip"
        self.session.files.save_project(self.session.project_path or other)
        say("save")

    def _do_export(self) -> None:
        suffix = self._chance.choice((".jpg", ".png", ".tif"))
        path = self._folder / f"export-{self._chance.randrange(3)}{suffix}"
        self.session.files.export(path, ExportOptions())
        say("export")

    def _do_wait(self) -> None:
        """Long enough for an autosave."""

    def _do_open(self) -> None:
        """Another photo, once all is saved: nothing asks."""
        if not self.session.files.unsaved and not self.session.busy:
            self.window.open(self._folder / self._chance.choice(("one.jpg", "two.jpg")))
