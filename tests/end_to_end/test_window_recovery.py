"""A window that was killed, and the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDesktopServices

from editor.document.project import open_project
from editor.session.autosave import Autosave
from widgets import dialogs
from widgets.recovery import RecoveryDialog, RecoveryOffer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QUrl

    from tests.end_to_end.desktop import Desktop


class Kept:
    """A window with its autosave, as main.py puts them together."""

    def __init__(self, desktop: Desktop, folder: Path) -> None:
        self.desktop, self.window, self.session = desktop, desktop.window, desktop.session
        self.autosave = Autosave(self.session.snapshot, folder, self.window)
        self.session.changed.connect(self.autosave.touch)
        RecoveryOffer(self.session, self.autosave, self.window)

    def settle(self) -> None:
        self.desktop.until(lambda: not (self.autosave.pending or self.session.busy))

    def kill(self) -> None:
        """What is left of it is what a kill leaves."""
        self.settle()
        journal = self.autosave._journal  # pyright: ignore[reportPrivateUsage]
        assert journal is not None
        journal.lock.release()
        self.autosave._closed = True  # pyright: ignore[reportPrivateUsage]

    def dialog(self) -> RecoveryDialog:
        self.desktop.until(lambda: self.window.findChildren(RecoveryDialog))
        (dialog,) = self.window.findChildren(RecoveryDialog)
        self.desktop.until(dialog.isVisible)
        return dialog


@pytest.fixture
def start(make: Callable[..., Desktop], tmp_path: Path) -> Callable[[], Kept]:
    return lambda: Kept(make(), tmp_path / "recovery")


def edited(kept: Kept, photo: Path) -> None:
    kept.desktop.open(photo)
    kept.desktop.brush((150, 110), (170, 120))
    kept.desktop.slide("smile", 0, 60)
    kept.desktop.until(lambda: kept.desktop.labels)


def test_the_next_window_restores_what_was_there(
    start: Callable[[], Kept], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start()
    edited(first, photo)
    history, (label,) = first.session.history, first.desktop.labels
    first.kill()
    second = start()
    dialog = second.dialog()
    assert photo.name in dialog.list.item(0).text()
    assert "1 edit" in dialog.list.item(0).text()
    second.desktop.qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    second.desktop.until(lambda: second.desktop.labels == [label])
    assert second.session.history == history
    assert second.session.modified, "it is still not saved"
    assert second.session.project_path is None
    assert second.session.photo is not None
    assert second.session.photo.path == photo
    second.settle()
    assert len(list((photo.parent / "recovery").glob("*/project.sip"))) == 1, "taken over"
    second.autosave.close()
    third = start()
    monkeypatch.setattr(dialogs, "ask_unsaved", lambda *_: "discard")  # pyright: ignore
    third.desktop.qtbot.keyClick(third.dialog().list, Qt.Key.Key_Return)
    third.desktop.until(lambda: third.desktop.labels == [label])
    third.window.closeEvent(QCloseEvent())
    third.autosave.close()
    assert not list((photo.parent / "recovery").glob("*/*")), "discarded for good"


def test_restored_work_belongs_to_its_project(
    start: Callable[[], Kept], photo: Path, tmp_path: Path
) -> None:
    project = tmp_path / "one.sip"
    first = start()
    edited(first, photo)
    first.session.files.save_project(project)
    first.desktop.until(lambda: project.exists() and not first.session.modified)
    first.desktop.slide("mouth_open", 0, 40)
    first.desktop.until(lambda: len(first.desktop.labels) == 2)
    labels = first.desktop.labels
    first.kill()
    assert len(open_project(project)[0].portraits[0].history.edits) == 1, "not saved unasked"
    second = start()
    second.desktop.qtbot.keyClick(second.dialog().list, Qt.Key.Key_Return)
    second.desktop.until(lambda: second.desktop.labels == labels)
    assert second.session.project_path == project
    second.window.save()
    second.desktop.until(lambda: not second.session.modified)
    second.settle()
    assert len(open_project(project)[0].portraits[0].history.edits) == 2
    second.autosave.close()
    assert not list((tmp_path / "recovery").glob("*/*"))


def test_later_keeps_it_and_nothing_is_opened(start: Callable[[], Kept], photo: Path) -> None:
    first = start()
    edited(first, photo)
    first.kill()
    second = start()
    second.desktop.qtbot.keyClick(second.dialog().list, Qt.Key.Key_Escape)
    assert second.session.photo is None
    second.autosave.close()
    third = start()
    assert third.dialog().list.count() == 1
    third.dialog().close()
    third.autosave.close()


def test_work_of_a_window_that_runs_is_not_offered(start: Callable[[], Kept], photo: Path) -> None:
    first = start()
    edited(first, photo)
    first.settle()
    (kept,) = (photo.parent / "recovery").glob("*/project.sip")
    second = start()
    found: list[object] = []
    second.autosave.found.connect(found.append)
    second.desktop.until(lambda: found)
    assert found == [()]
    assert not second.window.findChildren(RecoveryDialog)
    second.autosave.close()
    assert kept.exists()
    first.kill()
    third = start()
    assert third.dialog().list.count() == 1
    third.dialog().close()
    third.autosave.close()


def test_saved_work_is_not_offered(start: Callable[[], Kept], photo: Path, tmp_path: Path) -> None:
    first = start()
    edited(first, photo)
    first.session.files.save_project(tmp_path / "one.sip")
    first.desktop.until(lambda: not first.session.modified)
    first.kill()
    second = start()
    found: list[tuple[object, ...]] = []
    second.autosave.found.connect(found.append)
    second.desktop.until(lambda: found)
    assert found == [()]
    assert not second.window.findChildren(RecoveryDialog)
    second.autosave.close()


def test_help_shows_the_folder_of_the_log(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = make().window.commands
    assert not commands.log.isVisible(), "there is none"
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    commands.offer_log(tmp_path)
    assert commands.log.isVisible()
    commands.log.trigger()
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]
