"""A batch from the window: the command's own process, over fake engines in its workers."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.end_to_end.desktop import answering
from tests.end_to_end.test_batch import ROOT, exports, photos
from widgets import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop
    from widgets.batch_dialog import BatchDialog


@pytest.fixture
def desk(make: Callable[..., Desktop], photo: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    """A face with an edit of its mouth."""
    monkeypatch.chdir(ROOT)
    desk = make()
    desk.open(photo)
    desk.session.regions.apply_preset("smile")
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    return desk


def begun(desk: Desktop, places: list[Path], out: Path, log: Path) -> BatchDialog:
    """The dialog, and its batch under way; the fake engines write to ``log``."""
    dialog = desk.window.batch
    robot = sys.executable, "-m", "tests.batch_robot", "fake", str(log)
    dialog.run._command = robot  # pyright: ignore[reportPrivateUsage] - instead of main.py
    desk.window.commands.batch.trigger()
    assert dialog.isVisible()
    assert not dialog.start.isEnabled()
    dialog.add_paths(places)
    dialog.folder.setText(str(out))
    desk.click(dialog.start)
    return dialog


def wait(desk: Desktop, condition: Callable[[], object]) -> None:
    desk.qtbot.waitUntil(lambda: bool(condition()), timeout=120_000)


def done_at_last(folder: Path) -> int:
    """How many photos were done, once none is done any more: workers end by themselves."""
    before, now = -1, len(exports(folder))
    while now != before:
        time.sleep(2)  # more than ten of the fake engine's photos take
        before, now = now, len(exports(folder))
    return now


def test_the_faces_edits_go_onto_all_photos_and_the_bad_one_is_told(
    desk: Desktop, tmp_path: Path
) -> None:
    folder, out = photos(tmp_path / "in", 3, broken=(2,)), tmp_path / "out"
    dialog = begun(desk, sorted(folder.iterdir()), out, tmp_path)
    seen: list[str] = []

    def see(progress: object) -> None:
        del progress
        seen.append(dialog.told.text())

    dialog.run.progressed.connect(see)
    assert dialog.cancel.isEnabled()
    desk.slide("mouth_open", 0, 20, 40)  # the window goes on
    desk.until(lambda: len(desk.labels) == 2)
    wait(desk, lambda: not dialog.run.running)
    assert dialog.told.text() == "2 done, 1 failed; the folder has a summary."
    shown = [dialog.photos.item(row).text() for row in range(3)]
    assert shown == ["photo-01.png · done", "photo-02.png · failed", "photo-03.png · done"]
    assert "damaged" in dialog.photos.item(1).toolTip()
    assert any("left" in text for text in seen)
    rows = json.loads((out / "summary.json").read_text())["photos"]
    edits = [edit["attribute"] for row in rows if row["state"] == "done" for edit in row["edits"]]
    assert edits == ["smile", "smile"], "what was asked for when it began"
    for row in rows:
        if row["state"] == "done":
            before = np.asarray(Image.open(row["photo"]))
            after = np.asarray(Image.open(row["output"]).convert("RGB"))
            assert (before != after).any()


@pytest.mark.slow
def test_cancelled_it_goes_on_with_what_is_left(desk: Desktop, tmp_path: Path) -> None:
    folder, out = photos(tmp_path / "in", 24), tmp_path / "out"
    dialog = begun(desk, [folder], out, tmp_path)
    wait(desk, lambda: len(exports(tmp_path)) >= 2)
    desk.click(dialog.cancel)
    wait(desk, lambda: not dialog.run.running)
    assert dialog.told.text().startswith("Stopped")
    done = done_at_last(tmp_path)
    assert 2 <= done < 24
    desk.click(dialog.start)
    wait(desk, lambda: not dialog.run.running)
    assert dialog.told.text() == "24 done; the folder has a summary."
    assert len(set(exports(tmp_path))) == 24
    assert len(exports(tmp_path)) - done >= 24 - done - 1


def test_what_cannot_be_done_is_told_and_nothing_is_left_running(
    desk: Desktop, tmp_path: Path
) -> None:
    dialog = begun(desk, [tmp_path / "none.png"], tmp_path / "out", tmp_path)
    wait(desk, lambda: not dialog.run.running)
    assert "none.png does not exist" in dialog.told.text()
    assert "none.png does not exist" in desk.window.banner.text.text()
    dialog.run._command = (str(tmp_path / "no-program"),)  # pyright: ignore[reportPrivateUsage]
    desk.click(dialog.start)
    wait(desk, lambda: not dialog.run.running)
    assert "could not be begun" in dialog.told.text()


def test_closing_asks_while_a_batch_is_under_way(
    desk: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = photos(tmp_path / "in", 100)  # longer than it can take to close the window
    dialog = begun(desk, [folder], tmp_path / "out", tmp_path)
    wait(desk, lambda: exports(tmp_path))
    asked: list[bool] = []

    def stay(parent: object) -> bool:
        del parent
        asked.append(True)
        return len(asked) > 1

    monkeypatch.setattr(dialogs, "ask_stop_batch", stay)
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("discard"))
    dialog.close()
    assert dialog.run.running, "it goes on without its dialog"
    assert not desk.window.close()
    assert dialog.run.running
    assert desk.window.close()
    assert asked == [True, True]
    assert not dialog.run.running
    assert done_at_last(tmp_path) < 100
