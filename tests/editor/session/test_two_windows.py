"""Two windows on one project, and on one library: neither loses what the other has kept."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from editor.engine.jobs import SaveProject
from editor.session.journal import Journal, discard, recoverable
from foundation.temporaries import note_in
from tests.editor.session_desk import Desk, begin_edit, labels_in, let_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Desk]


def save(desk: Desk, path: Path, *, agreed: bool = False) -> list[bool]:
    ended: list[bool] = []
    desk.session.files.save_project(path, None, ended.append, agreed=agreed)
    return ended


def open_in(desk: Desk, path: Path) -> None:
    desk.session.files.open_project(path)
    desk.until(lambda: desk.session.portrait and desk.session.project_path == path)
    desk.idle()


def two_windows(make_desk: Make, photo: Path, path: Path) -> tuple[Desk, Desk]:
    """Both have the same project open, and an edit that is not saved."""
    here, there = make_desk(), make_desk()
    here.open(photo)
    here.session.regions.apply_preset("mouth")
    here.commit("smile", 40)
    ended = save(here, path)
    here.until(lambda: ended == [True])
    there.engine._serial = 100  # pyright: ignore[reportPrivateUsage] - real ids never meet
    open_in(there, path)
    there.session.regions.apply_preset("mouth")
    there.commit("lip_redness", 30)
    here.commit("mouth_open", 20)
    return here, there


def test_a_save_does_not_replace_what_another_window_saved(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.sip"
    here, there = two_windows(make_desk, photo, path)
    ended = save(there, path)
    there.until(lambda: bool(ended))
    assert ended == [True], there.ear.heard["failed"]
    refused = save(here, path)
    here.until(lambda: bool(refused))
    assert refused == [False]
    error = here.ear.last("failed")
    assert "changed by another window" in error.title
    assert "another name" in error.advice
    assert here.session.modified, "it is to be saved yet"
    assert labels_in(path) == [["Smile +40", "Lip redness +30"]]
    agreed = save(here, path, agreed=True)
    here.until(lambda: agreed == [True])
    assert labels_in(path) == [["Smile +40", "Mouth open +20"]]
    again = save(here, path)
    here.until(lambda: again == [True])
    assert not here.session.modified


def test_it_is_looked_at_when_it_is_written_not_when_it_was_asked_for(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.sip"
    here, there = two_windows(make_desk, photo, path)
    begin_edit(here, "eyes_open")
    refused = save(here, path)  # waits for the edit
    ended = save(there, path)
    there.until(lambda: bool(ended))
    assert ended == [True], there.ear.heard["failed"]
    let_on(here)
    assert refused == [False]
    assert labels_in(path) == [["Smile +40", "Lip redness +30"]]


def test_saves_of_one_window_one_after_the_other_are_its_own(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.sip"
    desk = make_desk()
    desk.open(photo)
    ended = [save(desk, path) for _ in range(3)]
    desk.until(lambda: ended == [[True]] * 3)
    desk.engine.gate.clear()
    first = save(desk, path)
    desk.until(lambda: desk.engine.at_gate.is_set())
    second = save(desk, path)
    desk.engine.gate.set()
    desk.until(lambda: (first, second) == ([True], [True]))
    assert len(desk.engine.begun(SaveProject)) == 5


def test_a_project_that_is_gone_is_written_anew(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.sip"
    desk = make_desk()
    desk.open(photo)
    ended = save(desk, path)
    desk.until(lambda: ended == [True])
    path.unlink()
    ended = save(desk, path)
    desk.until(lambda: ended == [True])
    assert path.exists()


def test_recovered_work_does_not_replace_what_was_saved_after_the_kill(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.sip"
    here, there = two_windows(make_desk, photo, path)
    journal = Journal(tmp_path / "recovery")
    journal.write(here.session.snapshot())
    note_in(None)
    journal.lock.release()  # as the system does for a window that is killed
    ended = save(there, path)
    there.until(lambda: bool(ended))
    assert ended == [True]
    later = time.time() + 60  # else it may be the killed window's own last save
    os.utime(path, (later, later))
    (left,) = recoverable(tmp_path / "recovery")
    again = make_desk()
    again.session.files.restore(left, left.open())
    again.until(lambda: again.session.portrait and again.session.project_path == path)
    again.idle()
    refused = save(again, path)
    again.until(lambda: bool(refused))
    assert refused == [False]
    assert "changed by another window" in again.ear.last("failed").title
    assert labels_in(path) == [["Smile +40", "Lip redness +30"]]
    discard(left)
