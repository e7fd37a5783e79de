from __future__ import annotations

import logging
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QTimer, Slot, qWarning

from editor.document.errors import EngineError, EngineFailure
from editor.document.project import ProjectError
from editor.session.log import Faults, Log, described, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    made = Log(tmp_path / "log")
    yield made
    made.close()


def written(log: Log, name: str = "style-intervention.log") -> str:
    return (log.folder / name).read_text("utf-8")


def nothing(*_: object) -> None:
    pass


class Listener:
    """Catches faults; what pytest-qt caught before is not to hear of them."""

    def __init__(self) -> None:
        self._hook = sys.excepthook
        self._threads = threading.excepthook
        sys.excepthook = threading.excepthook = nothing
        self.faults = Faults()
        self.heard: list[EngineError] = []
        self.faults.happened.connect(self.heard.append)

    def close(self) -> None:
        self.faults.close()
        sys.excepthook, threading.excepthook = self._hook, self._threads


@pytest.fixture
def listener(qtbot: QtBot) -> Iterator[Listener]:
    del qtbot
    made = Listener()
    yield made
    made.close()


class Clumsy(QObject):
    @Slot()
    def stumble(self) -> None:
        raise RuntimeError("a slot stumbled over /home/anna/Anna.jpg")


def test_an_error_in_a_slot_is_told_and_logged(listener: Listener, log: Log, qtbot: QtBot) -> None:
    clumsy = Clumsy()
    QTimer.singleShot(0, clumsy.stumble)
    qtbot.waitUntil(lambda: bool(listener.heard))
    (error,) = listener.heard
    assert error.kind == "bug"
    assert "a slot stumbled" in error.detail
    assert "PySide6" in error.detail  # versions, for a report
    assert "save the project" in error.advice
    assert "a slot stumbled" in written(log)


def test_an_error_in_a_thread_is_told_in_the_window_s_thread(
    listener: Listener, log: Log, qtbot: QtBot
) -> None:
    told_in: list[threading.Thread] = []

    class Window(QObject):
        @Slot(object)
        def note(self, error: EngineError) -> None:
            del error
            told_in.append(threading.current_thread())

    window = Window()
    listener.faults.happened.connect(window.note)

    def work() -> None:
        raise KeyError("in the background")

    threading.Thread(target=work).start()
    qtbot.waitUntil(lambda: bool(told_in))
    assert told_in == [threading.main_thread()]
    assert "in the background" in written(log)


def test_the_same_error_in_every_frame_is_told_once_in_two_seconds(
    listener: Listener, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    try:
        raise ValueError("each frame")
    except ValueError as caught:
        error = caught
    for _ in range(12):
        sys.excepthook(type(error), error, error.__traceback__)
        now[0] += 0.1
    assert len(listener.heard) == 1
    assert written(log).count("ValueError: each frame") == 1
    assert "the same again, 10 times" in written(log)
    now[0] += 2.0
    sys.excepthook(type(error), error, error.__traceback__)
    assert len(listener.heard) == 2  # never silent for good


def test_ctrl_c_is_no_fault(listener: Listener) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not listener.heard


def test_messages_of_qt_are_logged(
    listener: Listener, log: Log, qtlog: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    del qtlog
    monkeypatch.setattr(listener.faults, "_messages", nothing)
    qWarning("QPainter::begin: no device")
    assert "WARNING MainThread qt: QPainter::begin: no device" in written(log)


def test_hooks_are_put_back(qtbot: QtBot) -> None:
    del qtbot
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    faults = Faults()
    assert sys.excepthook != before[0]
    faults.close()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_errors_with_advice_keep_it() -> None:
    error = EngineError("no_face", "No face.", "Try another.")
    assert described(EngineFailure(error), "trace") is error
    told = described(ProjectError("It is damaged.", "Open a copy."), "trace")
    assert (told.title, told.advice, told.detail) == ("It is damaged.", "Open a copy.", "trace")


def test_the_file_rotates_and_is_bounded(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log.handler, "maxBytes", 2000)
    for number in range(200):
        logging.getLogger("editor").info("line %d: %s", number, "x" * 50)
    files = sorted(log.folder.glob("style-intervention.log*"))
    assert len(files) == 4
    assert sum(file.stat().st_size for file in files) <= 4 * 2100
    assert "line 199" in written(log)


def test_two_windows_write_to_two_files(log: Log, tmp_path: Path) -> None:
    other = Log(tmp_path / "log")
    other.close()
    assert (log.folder / "style-intervention-2.log").is_file()
    assert "Python" in written(log)


def test_a_crash_inside_a_library_leaves_its_place(tmp_path: Path) -> None:
    code = (
        "import ctypes\nfrom pathlib import Path\nfrom editor.session.log import Log\n"
        f"Log(Path({str(tmp_path)!r}))\nctypes.string_at(0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert ended.returncode != 0
    assert "string_at" in (tmp_path / "style-intervention.crash").read_text()


def test_no_crash_leaves_no_file_of_one(tmp_path: Path) -> None:
    Log(tmp_path).close()
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == [
        "style-intervention.log"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No such file: '/home/anna/My Photos/Anna and Bob.jpg'", "No such file: '…/….jpg'"),
        ("cannot read /home/anna/My Photos/Anna.JPEG (5)", "cannot read …/….JPEG (5)"),
        (r"open C:\Users\Anna B\Pictures\a.png: denied", "open …/….png: denied"),
        (r"FileNotFoundError: 'D:\\Anna\\x y\\notes'", "FileNotFoundError: '…/…'"),
        (r"\\server\anna\p.tif is gone", "…/….tif is gone"),
        ("in ~/Documents/anna.sip, twice", "in …/….sip, twice"),
        ("The folder /home/anna does not exist.", "The folder …/… does not exist."),
        ("opened file:///home/anna/a.png", "opened …/….png"),
        ("3 m/s, 1/2, https://example.org/a", "3 m/s, 1/2, https://example.org/a"),
        ("nothing here", "nothing here"),
    ],
)
def test_what_is_copied_names_no_folders_and_no_people(text: str, expected: str) -> None:
    assert shortened(text) == expected


def test_a_traceback_stays_useful() -> None:
    with pytest.raises(OSError, match="Anna") as caught:
        (Path("/nobody/Anna Smith") / "x.jpg").read_bytes()
    text = shortened("".join(traceback.format_exception(caught.value)))
    assert 'File "tests/editor/session/test_log.py", line' in text
    assert 'File "python/pathlib.py", line' in text
    assert "Anna" not in text.replace('(Path("/nobody/Anna Smith")', "")
