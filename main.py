"""Style Intervention: edit faces locally.

``python main.py [PHOTO|PROJECT]`` opens the window; ``edit``, ``batch``, ``proof``, ``attributes``,
``faces``, ``generators`` and ``import`` work without one (``python main.py edit --help``).
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import runpy
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from editor.command_line.parsing import Parser
from editor.document.places import ORGANISATION, generators_folder, user_folder
from foundation.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.errors import EngineError
    from editor.session.engine_thread import EngineLike
    from editor.session.session import EditSession
    from widgets.main_window import MainWindow

COMMANDS = (
    "edit", "batch", "proof", "attributes", "faces", "discover", "boundary", "scorer",
    "generators", "import", "fit",
)  # fmt: skip
PROCESSES = ("models.faces.dlib_process", "models.scorer_process")
"""What runs in a process of its own, by its module's name."""


def main(arguments: list[str] | None = None) -> int:
    """Run the window or a command; returns the exit code."""
    # OpenMP's threads must sleep while they wait: spinning, they starve the window and each other
    # as soon as the cores are shared. Read once, when torch loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    arguments = sys.argv[1:] if arguments is None else arguments
    if getattr(sys, "frozen", False) and arguments[:1] == ["-m"] and arguments[1] in PROCESSES:
        # A program of one file is its own Python: what runs beside it is started through it.
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return 0
    if arguments and arguments[0] in COMMANDS:
        from editor.command_line.commands import main as command

        return command(arguments)
    if arguments and (refusal := _no_such_command(arguments)):
        print(refusal, file=sys.stderr)
        return 2
    options = parser().parse_args(arguments)
    # A rehearsal neither reads nor leaves anything of the user's.
    folder = None if options.run_and_quit else generators_folder()
    return open_window(options, partial(create_engine, folder))


def create_engine(
    folder: Path | None = None, collect: Callable[[], object] = gc.collect
) -> EngineLike:
    """The real engine; called in its thread, so that the window need not wait for torch.

    Args:
        folder: of the user's imported generators.
        collect: looks for cyclic garbage on the window's thread.
    """
    from editor.engine.engine import Engine

    return Engine.create("auto", folder, collect=collect)


def open_window(
    options: argparse.Namespace, engine_factory: Callable[[Callable[[], object]], EngineLike]
) -> int:
    """Show the window until it is closed; returns the exit code.

    Args:
        options: of ``parser()``.
        engine_factory: is given what looks for garbage; called in the engine's thread.
    """
    problem = _no_display()
    if problem:
        print(problem, file=sys.stderr)
        return 2
    from PySide6.QtWidgets import QApplication

    from editor.session.autosave import Autosave
    from editor.session.engine_thread import EngineThread
    from editor.session.garbage import GarbageCollection
    from editor.session.log import Faults, Log
    from editor.session.session import EditSession
    from widgets import translation
    from widgets.main_window import NAME, MainWindow
    from widgets.recovery import RecoveryOffer
    from widgets.settings import LANGUAGE, THEME, Settings, stored
    from widgets.theme import Dresser

    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName(NAME)
    application.setDesktopFileName("style-intervention")
    library: Path | None = None
    if not options.run_and_quit:  # a rehearsal neither reads nor leaves settings
        application.setOrganizationName(ORGANISATION)
        library = user_folder()
    settings = Settings(stored(), application)
    usual = "en" if options.run_and_quit else settings.choice(LANGUAGE)
    translation.begin(application, options.language or usual)
    dresser = Dresser(application, settings.choice(THEME))

    def dress(setting: object) -> None:
        if setting is THEME:
            dresser.choose(settings.choice(THEME))

    settings.changed.connect(dress)
    garbage = GarbageCollection(application)
    thread = EngineThread(partial(engine_factory, garbage.collect_all))
    garbage.wait_for(thread)
    log: Log | None = None
    if library is not None:
        try:
            log = Log(library / "log")
        except OSError as error:
            print(f"There is no log: {error}", file=sys.stderr)
    session = EditSession(thread, library=library)
    window = MainWindow(session, settings=settings)
    if log is not None:
        window.commands.offer_log(log.folder)
    faults = Faults(application)
    faults.happened.connect(window.banner.show_error)
    autosave: Autosave | None = None
    if library is not None:
        left = partial(getattr, session, "left_documents")
        autosave = Autosave(session.snapshot, library / "recovery", window, left)
        session.leaving.connect(autosave.leave)
        autosave.failed.connect(window.banner.show_error)
        session.changed.connect(autosave.touch)
        session.exported.connect(autosave.touch)
        RecoveryOffer(session, autosave, window)
    application.lastWindowClosed.connect(application.quit)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt would keep Ctrl+C waiting
    window.show()
    rehearsal = _rehearse(session, window, options) if options.run_and_quit else None
    thread.start()
    if options.file is not None:
        window.open(options.file.expanduser().absolute())
    code = application.exec()
    window.hide()
    ended = session.close()
    if autosave is not None:
        autosave.close()
    faults.close()
    garbage.close()
    if log is not None:
        log.close()
    if not ended:
        os._exit(code or 1)  # a step that would not end must not keep the program alive
    return rehearsal() if rehearsal else code


def _rehearse(
    session: EditSession, window: MainWindow, options: argparse.Namespace
) -> Callable[[], int]:
    """Wait until the photo is analysed and perhaps edited, take a picture, and quit."""
    from PySide6.QtCore import QObject, QTimer, Slot

    class Rehearsal(QObject):
        """Follows the session; ``code`` is how it went."""

        def __init__(self) -> None:
            super().__init__(window)
            self.code = 0
            self._demo = options.edit_demo
            self._done = QTimer(self, singleShot=True, interval=1500)
            self._done.timeout.connect(self._finish)
            session.portrait_changed.connect(self._on_portrait)
            session.history_changed.connect(self._on_history)
            session.failed.connect(self._on_failed)
            session.engine_unavailable.connect(self._on_failed)
            session.noticed.connect(self._on_noticed)
            session.faces_found.connect(self._on_faces)
            session.engine_ready.connect(self._on_ready)

        @Slot(object)
        def _on_ready(self, info: object) -> None:
            del info
            if options.file is None:
                self._done.start()

        @Slot(object)
        def _on_faces(self, faces: object) -> None:
            if not faces and not session.finding_faces:
                self.code = 3
                self._done.start()

        @Slot(object)
        def _on_portrait(self, portrait: object) -> None:
            if portrait is None:
                return
            if self._demo:
                name, _, value = self._demo.partition("=")
                self._demo = None
                session.sliders.preview_attribute(name, float(value))
                session.sliders.commit_attribute(name, float(value))
                if session.busy:
                    return
            self._done.start()

        @Slot(object)
        def _on_history(self, history: object) -> None:
            if history is not None and session.history and session.history.position:
                self._done.start()

        @Slot(object)
        def _on_failed(self, error: EngineError) -> None:
            print(error, file=sys.stderr)
            if error.detail:
                print(error.detail, file=sys.stderr)
            self.code = 1
            self._done.start()

        @Slot(str)
        def _on_noticed(self, text: str) -> None:
            print(text, file=sys.stderr)

        @Slot()
        def _finish(self) -> None:
            if options.edit_demo:
                window.commands.overlay.setChecked(False)  # the picture is to show the edit
            if options.screenshot is not None and not window.grab().save(str(options.screenshot)):
                print(f"{options.screenshot} could not be written.", file=sys.stderr)
                self.code = 1
            session.files.set_saved()
            window.close()

    rehearsal = Rehearsal()
    return lambda: rehearsal.code


def parser() -> argparse.ArgumentParser:
    """What the window understands."""
    arguments = Parser(
        prog="main.py",
        description="Edit faces locally: brush a region, move a slider, keep the rest.",
        epilog=f"Without a window: main.py {' | '.join(COMMANDS)} (each has --help).",
    )
    arguments.add_argument("--version", action="version", version=resources.version())
    arguments.add_argument("file", nargs="?", type=Path, help="photo or project to open")
    arguments.add_argument(
        "--language", choices=("en", "de"), help="of the window, for this once (see its settings)"
    )
    arguments.add_argument("--run-and-quit", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--screenshot", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--edit-demo", metavar="ATTRIBUTE=VALUE", help=argparse.SUPPRESS)
    return arguments


def _no_such_command(arguments: list[str]) -> str:
    """Why the first word can be neither a command nor a file to open, or ""."""
    word = arguments[0]
    if word.startswith("-") or Path(word).suffix or Path(word).exists():
        return ""
    meant = did_you_mean(word, COMMANDS)
    if not meant and len(arguments) == 1:
        return ""  # the window says that there is no such file
    return f"main.py: {word!r} is no command and no file.{meant} Commands: {', '.join(COMMANDS)}."


def _no_display() -> str:
    """Why no window can be shown, or ""; Qt itself would abort the program."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "There is no display to open the window on. Start it in a desktop session, or under "
        "xvfb-run, or use `python main.py edit --help`, which needs no window."
    )


if __name__ == "__main__":
    multiprocessing.freeze_support()  # a batch's workers, in a program of one file
    sys.exit(main())
