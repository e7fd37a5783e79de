from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from editor.document import project_limits
from editor.document.project import ProjectError, open_project
from editor.session import autosave as autosave_module
from editor.session.autosave import Autosave
from editor.session.journal import Snapshot, recoverable
from tests.editor.document.project_examples import example
from tests.editor.session.test_journal import of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from editor.document.errors import EngineError
    from editor.document.project import Project
    from editor.session.journal import Recovery


class Window:
    """Something to lose, and its autosave."""

    def __init__(self, qtbot: QtBot, folder: Path, project: Project) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.project = project
        self.first = of(project)
        self.unsaved = False
        self.asked = 0
        self.written = 0
        self.errors: list[EngineError] = []
        self.autosave = Autosave(self.snapshot, folder)
        self.autosave.written.connect(self.count)
        self.autosave.failed.connect(self.errors.append)

    def count(self) -> None:
        self.written += 1

    def snapshot(self) -> Snapshot | None:
        self.asked += 1
        return replace(self.first, project=self.project) if self.unsaved else None

    def change(self, active: int) -> None:
        self.project = replace(self.project, active=active)
        self.unsaved = True
        self.autosave.touch()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.autosave.pending)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*/project.sip"))

    def kept(self) -> int:
        (path,) = self.files
        return open_project(path)[0].active


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[], Window]]:
    made: list[Window] = []

    def build() -> Window:
        made.append(Window(qtbot, tmp_path / "recovery", example(tmp_path)))
        return made[-1]

    yield build
    for window in made:
        window.autosave.close()


@pytest.fixture
def window(make: Callable[[], Window]) -> Window:
    return make()


def test_a_change_is_kept_without_being_asked(window: Window) -> None:
    window.change(1)
    assert window.autosave.pending
    window.settle()
    assert window.kept() == 1
    assert window.written == 1


def test_changes_that_go_on_do_not_put_the_write_off(window: Window, qtbot: QtBot) -> None:
    """Each touch within the delay; a timer that began anew with each would never fire."""
    window.change(1)

    def written() -> bool:
        window.autosave.touch()
        return bool(window.written)

    qtbot.waitUntil(written)  # it is asked every few milliseconds


def test_many_changes_make_one_write_of_the_newest_state(window: Window) -> None:
    for number in range(50):
        window.change(number % 2)
    window.settle()
    assert window.asked == window.written == 1
    assert window.kept() == 1


def test_the_window_does_not_wait_for_a_write(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, names = threading.Event(), list[str]()
    write = autosave_module.Journal.write

    def slow(journal: autosave_module.Journal, snapshot: Snapshot | None) -> None:
        names.append(threading.current_thread().name)
        assert gate.wait(60)
        write(journal, snapshot)

    monkeypatch.setattr(autosave_module.Journal, "write", slow)
    window.change(0)
    qtbot.waitUntil(lambda: bool(names))
    window.change(1)  # while the one before is written
    assert window.written == 0
    gate.set()
    window.settle()
    assert window.kept() == 1
    assert window.written == len(names) == 2
    assert not any("Main" in name for name in names)


def test_what_changed_during_a_write_waits_from_its_own_moment(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the whole delay again behind a slow write, more than two seconds were lost."""
    now = [100.0]
    monkeypatch.setattr(autosave_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    gate = threading.Event()
    write = autosave_module.Journal.write

    def slow(journal: autosave_module.Journal, snapshot: Snapshot | None) -> None:
        assert gate.wait(60)
        write(journal, snapshot)

    monkeypatch.setattr(autosave_module.Journal, "write", slow)
    window.change(1)
    qtbot.waitUntil(lambda: window.asked == 1)
    window.change(0)
    now[0] += 0.5
    gate.set()
    timer = window.autosave._timer  # pyright: ignore[reportPrivateUsage]
    qtbot.waitUntil(timer.isActive)
    assert timer.interval() == 300
    window.settle()
    assert window.kept() == 0


def test_saved_work_is_not_offered(window: Window) -> None:
    window.change(1)
    window.settle()
    window.unsaved = False
    window.autosave.touch()
    window.settle()
    assert not window.files


def test_a_close_keeps_what_was_not_saved_and_nothing_else(make: Callable[[], Window]) -> None:
    first = make()
    first.change(1)
    first.autosave.close()  # at once, as when the session of the desktop ends
    (left,) = recoverable(first.folder)
    second = make()
    second.project, second.unsaved = open_project(left.open())[0], True
    second.autosave.restored(left)
    second.settle()
    assert not left.folder.exists()
    assert second.kept() == 1
    second.unsaved = False  # saved, or deliberately discarded
    second.autosave.close()
    assert not second.files
    assert [path.name for path in second.folder.iterdir()] in ([], ["lock"])
    first.unsaved = False


def test_a_restored_journal_stays_until_its_work_is_written_anew(
    make: Callable[[], Window], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make()
    first.change(1)
    first.autosave.close()
    first.unsaved = False
    (left,) = recoverable(first.folder)
    second = make()
    second.unsaved = True
    write = autosave_module.Journal.write

    def full(*_: object) -> None:
        raise ProjectError("The disk is full.", "Free some space.")

    monkeypatch.setattr(autosave_module.Journal, "write", full)
    monkeypatch.setattr(autosave_module, "_RETRY_MS", 50)
    second.autosave.restored(left)
    qtbot.waitUntil(lambda: second.asked > 2)
    assert (left.folder / "project.sip").is_file()
    assert len(second.errors) == 1  # told once, tried again and again
    assert "The disk is full." in second.errors[0].title
    assert "Save the project" in second.errors[0].advice
    monkeypatch.setattr(autosave_module.Journal, "write", write)
    second.settle()
    assert not left.folder.exists()


def test_a_folder_that_cannot_be_written_is_told_at_the_first_change(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "recovery").write_bytes(b"a file in the way")
    window = Window(qtbot, tmp_path / "recovery", example(tmp_path))
    assert not window.errors
    window.change(1)
    qtbot.waitUntil(lambda: bool(window.errors))
    (tmp_path / "recovery").unlink()
    window.autosave.close()
    assert window.kept() == 1  # by the time of the close it could be


def test_an_error_of_the_program_is_not_swallowed(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        monkeypatch.setattr(autosave_module.Journal, "write", broken)
        window.change(1)
        qtbot.waitUntil(lambda: bool(caught))
    monkeypatch.undo()
    assert caught[0][0] is ZeroDivisionError


def test_what_is_left_is_found_prepared_and_thrown_away_in_the_background(
    make: Callable[[], Window], qtbot: QtBot
) -> None:
    first = make()
    first.change(1)
    first.autosave.close()
    first.unsaved = False
    second = make()
    found: list[tuple[Recovery, ...]] = []
    second.autosave.found.connect(found.append)
    second.autosave.look()
    qtbot.waitUntil(lambda: len(found) == 1)
    ((left,),) = found
    with qtbot.waitSignal(second.autosave.prepared) as prepared:
        second.autosave.prepare(left)
    assert prepared.args == [left, left.folder / "project.sip"]
    second.autosave.discard(left)
    qtbot.waitUntil(lambda: not left.folder.exists())
    second.autosave.look()
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found[1] == ()


def test_what_cannot_be_prepared_is_told_and_stays(
    make: Callable[[], Window], qtbot: QtBot
) -> None:
    first = make()
    first.change(1)
    first.autosave.close()
    first.unsaved = False
    second = make()
    (left,) = recoverable(first.folder)
    (left.folder / "photo").write_bytes(b"a photo")
    (left.folder / "project.sip").write_bytes(b"damaged")
    with qtbot.waitSignal(second.autosave.failed):
        second.autosave.prepare(left)
    assert "cannot be recovered" in second.errors[0].title
    assert (left.folder / "project.sip").exists()
    left.release()


def test_a_close_on_a_full_disk_keeps_the_version_before(
    window: Window, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    window.change(1)
    window.settle()
    window.change(0)

    def full(*_: object) -> None:
        raise ProjectError("The disk is full.", "Free some space.")

    monkeypatch.setattr(autosave_module.Journal, "write", full)
    window.autosave.close()
    assert "The disk is full." in caplog.text
    assert window.kept() == 1
    (left,) = recoverable(window.folder)  # its lock is let go
    left.release()


def test_what_no_project_has_room_for_is_not_to_be_saved_meanwhile(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_limits, "UNQUESTIONED", 100)
    monkeypatch.setattr(project_limits, "PHOTOS", 0.1)
    window.change(1)
    window.qtbot.waitUntil(lambda: bool(window.errors))
    (error,) = window.errors
    assert "times as large as the photo" in error.title
    assert error.advice.startswith("Delete named regions")
    assert "meanwhile" not in error.advice


def test_a_journal_that_somebody_removed_is_begun_anew(window: Window) -> None:
    window.change(1)
    window.settle()
    shutil.rmtree(window.folder)
    window.change(2)
    window.settle()
    assert window.kept() == 2
    assert not window.errors
