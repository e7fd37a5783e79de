"""Masks out of the window and in again, crossed with strokes, edits and other photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from PIL import Image

from editor.engine.jobs import Intervene
from tests.end_to_end.desktop import Desktop, answering
from tests.fake_engine import FakeEngine
from widgets import dialogs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot


@pytest.fixture
def desk(qtbot: QtBot, photo: Path) -> Desktop:
    """Every change goes to the background."""
    desk = Desktop(qtbot, FakeEngine(), at_once=-1)
    desk.open(photo)
    return desk


@pytest.fixture
def saving(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the next mask goes, with 16 bits."""
    return answer(monkeypatch, tmp_path / "mask.png", 16)


def answer(monkeypatch: pytest.MonkeyPatch, path: Path, depth: Literal[8, 16]) -> Path:
    monkeypatch.setattr(dialogs, "ask_mask_file", answering((path, depth)))
    monkeypatch.setattr(dialogs, "ask_photo", answering(path))
    return path


def soft(desk: Desktop) -> NDArray[np.uint8]:
    region = desk.session.region
    assert region is not None
    return region.feathered().full()


def settled(desk: Desktop) -> bool:
    return not desk.session.regions.pending and not desk.session.files.writing


@pytest.mark.parametrize("depth", [8, 16])
def test_a_region_goes_out_and_comes_in_as_edits_get_it(
    depth: Literal[8, 16],
    desk: Desktop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = answer(monkeypatch, tmp_path / "mask.png", depth)
    commands = desk.window.commands
    assert not commands.save_mask.isEnabled()
    desk.brush((100, 120), (220, 120))
    desk.session.regions.set_feather(6)
    desk.until(lambda: settled(desk))
    brushed, wanted = desk.session.region, soft(desk)
    assert brushed is not None
    assert len(np.unique(wanted)) > 20  # it is soft
    commands.save_mask.trigger()
    desk.until(lambda: settled(desk))
    with Image.open(path) as image:
        assert image.mode == ("L" if depth == 8 else "I;16")
        written = np.asarray(image)
    np.testing.assert_array_equal(written, wanted.astype(int) * (1 if depth == 8 else 257))
    commands.clear.trigger()
    commands.open_mask.trigger()
    desk.until(lambda: settled(desk))
    np.testing.assert_array_equal(soft(desk), wanted)
    desk.slide("lip_redness", 0, 20, 60)
    desk.until(lambda: desk.labels)
    job = [job for job in desk.engine.jobs if isinstance(job, Intervene)][-1]
    np.testing.assert_array_equal(job.region.full(), wanted)
    for _ in range(3):  # the edit, the mask, the clearing
        desk.session.steps.undo()
        desk.until(lambda: settled(desk))
    assert desk.session.region == brushed  # its softness, too


def test_what_is_written_holds_strokes_before_and_none_after(desk: Desktop, saving: Path) -> None:
    desk.brush((100, 120), (220, 120))
    desk.until(lambda: settled(desk))
    desk.brush((100, 150), (220, 150))
    assert desk.session.regions.pending
    desk.window.commands.save_mask.trigger()
    desk.brush((100, 60), (220, 60))
    desk.until(lambda: settled(desk))
    with Image.open(saving) as image:
        written = np.asarray(image)
    assert written[150, 160] > 0
    assert written[60, 160] == 0
    assert soft(desk)[60, 160] > 0


def test_another_photo_waits_for_a_mask(
    desk: Desktop, saving: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.png"
    Image.fromarray(np.full((200, 300, 3), 80, np.uint8)).save(other)
    monkeypatch.setattr(dialogs, "ask_unsaved", answering("discard"))
    desk.brush((100, 120), (220, 120))
    desk.until(lambda: settled(desk))
    desk.brush((100, 150), (220, 150))
    desk.window.commands.save_mask.trigger()
    desk.window.open(other)
    desk.until(lambda: desk.session.photo and desk.session.photo.path == other)
    with Image.open(saving) as image:
        assert image.size == (320, 240)
        assert np.asarray(image)[150, 160] > 0
    desk.until(lambda: settled(desk))


@pytest.mark.parametrize("wrong", ["size", "damaged", "gone"])
def test_a_mask_that_does_not_fit_is_told_and_changes_nothing(
    wrong: str, desk: Desktop, saving: Path
) -> None:
    if wrong == "size":
        Image.fromarray(np.full((10, 10), 255, np.uint8)).save(saving)
    elif wrong == "damaged":
        saving.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    desk.brush((100, 120), (220, 120))
    desk.until(lambda: settled(desk))
    before = desk.session.region
    told: list[object] = []
    desk.session.failed.connect(told.append)
    desk.window.commands.open_mask.trigger()
    desk.until(lambda: told)
    assert desk.session.region is before
    assert desk.window.commands.undo.text() == "&Undo brush stroke"


def test_a_mask_never_replaces_the_photo_and_a_lost_folder_is_told(
    desk: Desktop, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.brush((100, 120), (220, 120))
    desk.until(lambda: settled(desk))
    before = photo.read_bytes()
    told: list[object] = []
    desk.session.failed.connect(told.append)
    for path in (photo, tmp_path / "none" / "mask.png"):
        ended: list[bool] = []
        answer(monkeypatch, path, 8)
        desk.session.files.save_mask(path, 8, ended.append)
        desk.until(lambda ended=ended: ended)
        assert ended == [False]
    assert len(told) == 2
    assert photo.read_bytes() == before
