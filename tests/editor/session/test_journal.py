from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from editor.document import project_limits
from editor.document.photo import Pyramid, open_photo
from editor.document.photo_source import PhotoSource, pixel_digest
from editor.document.project import (
    Project,
    TooLargeError,
    find_photo,
    open_project,
    save_project,
)
from editor.engine.jobs import Patch
from editor.session.journal import Journal, Snapshot, discard, recoverable, thumbnail
from foundation.temporaries import note_in
from tests.editor.document.project_examples import example, picture, plain, write_picture

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data" / "recovery"
    note_in(None)  # a journal that was left as by a kill notes no more


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    made = Journal(folder)
    yield made
    made.close(keep=False)


def of(project: Project, document: object = "one", **more: object) -> Snapshot:
    assert project.photo_path is not None
    photo = open_photo(project.photo_path)
    return replace(Snapshot(document, project, photo, PhotoSource.of(photo)), **more)


def out_of_a_project(snapshot: Snapshot) -> Snapshot:
    """Of a photo that lay inside a project; the path is that of another machine's."""
    assert snapshot.photo.path is not None
    data = snapshot.photo.path.read_bytes()
    photo = replace(snapshot.photo, path=None)
    source = replace(snapshot.source, path=Path("/nowhere/Anna.jpg"), embedded=data)
    return replace(snapshot, photo=photo, source=source)


def killed(journal: Journal) -> None:
    """What the system does for a process that is killed."""
    journal.lock.release()


def test_what_was_written_is_there_after_a_kill(folder: Path, tmp_path: Path) -> None:
    project = example(tmp_path)
    save_project(project, tmp_path / "saved.sip")
    code = f"""
import os, signal
from dataclasses import replace
from pathlib import Path
from editor.document.project import open_project
from editor.session.journal import Journal
from tests.editor.session.test_journal import of
project, _ = open_project(Path({str(tmp_path / "saved.sip")!r}))
project = replace(project, photo_path=Path({str(project.photo_path)!r}))
snapshot = of(project, project_path=Path("/home/a/one.sip"))
Journal(Path({str(folder)!r})).write(snapshot)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", code], check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = recoverable(folder)
    assert left.name == "photo.png"
    assert left.edits == 1  # of four and three edits, two are applied, and one of them is on
    assert left.project_path == Path("/home/a/one.sip")
    assert left.thumbnail is None
    opened, inside = open_project(left.open())
    assert inside is None
    assert find_photo(opened, left.open()).photo.path == project.photo_path
    assert plain(replace(opened, photo_path=project.photo_path, photo_pixels="")) == plain(project)
    discard(left)
    assert [path.name for path in folder.iterdir()] in ([], ["lock"])


def test_an_open_windows_journal_is_not_touched(journal: Journal, tmp_path: Path) -> None:
    journal.write(of(example(tmp_path)))
    before = sorted(path.name for path in journal.folder.iterdir())
    assert recoverable(journal.folder.parent) == ()
    assert sorted(path.name for path in journal.folder.iterdir()) == before


def test_only_one_window_is_offered_what_is_left(folder: Path, tmp_path: Path) -> None:
    journal = Journal(folder)
    journal.write(of(example(tmp_path)))
    killed(journal)
    (left,) = recoverable(folder)
    assert recoverable(folder) == ()
    left.release()
    (again,) = recoverable(folder)
    assert again.folder == left.folder
    discard(again)


def test_nothing_to_lose_leaves_nothing_to_recover(folder: Path, tmp_path: Path) -> None:
    journal = Journal(folder)
    journal.write(out_of_a_project(of(example(tmp_path))))
    journal.write(None)
    killed(journal)
    assert recoverable(folder) == ()
    assert not journal.folder.exists()


def test_a_clean_end_leaves_nothing_and_another_end_the_work(folder: Path, tmp_path: Path) -> None:
    Journal(folder).close(keep=False)
    assert not [path for path in folder.iterdir() if path.is_dir()]
    journal = Journal(folder)
    journal.write(of(example(tmp_path)))
    journal.close(keep=True)
    (left,) = recoverable(folder)
    discard(left)


def test_a_photo_out_of_a_project_is_copied_once_and_inside_when_it_is_opened(
    folder: Path, tmp_path: Path
) -> None:
    snapshot = out_of_a_project(of(example(tmp_path)))
    journal = Journal(folder)
    journal.write(snapshot)
    copied = (journal.folder / "photo").stat()
    journal.write(snapshot)
    assert (journal.folder / "photo").stat().st_ino == copied.st_ino
    assert open_project(journal.folder / "project.sip")[1] is None  # not written again and again
    killed(journal)
    (left,) = recoverable(folder)
    assert left.name == "Anna.jpg"
    for _ in range(2):
        opened, inside = open_project(left.open())
        assert inside == snapshot.source.embedded
        assert find_photo(opened, left.folder / "project.sip", inside).photo.sha256 == (
            snapshot.photo.sha256
        )
    discard(left)


@pytest.mark.parametrize("fate", ["gone", "written over", "metadata"])
def test_a_photo_that_changes_while_it_is_open_is_recovered_as_it_was(
    fate: str, folder: Path, tmp_path: Path
) -> None:
    snapshot = of(example(tmp_path))
    path = snapshot.photo.path
    assert path is not None
    journal = Journal(folder)
    journal.write(snapshot)
    assert not (journal.folder / "photo").exists()
    if fate == "gone":
        path.unlink()
    elif fate == "written over":
        write_picture(path, picture()[::-1])
    else:
        with Image.open(path) as image:
            image.save(path, dpi=(300, 300))
    os.utime(path, (2e9, 2e9)) if path.exists() else None
    journal.write(snapshot)
    assert (journal.folder / "photo").exists() == (fate != "metadata")
    killed(journal)
    (left,) = recoverable(folder)
    opened, inside = open_project(left.open())
    found = find_photo(opened, left.folder / "project.sip", inside).photo
    assert pixel_digest(found) == pixel_digest(snapshot.photo)
    discard(left)


def test_a_photo_on_a_server_is_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next start must not wait for a server, nor touch one unasked."""
    monkeypatch.setattr("editor.session.journal.is_plain", lambda path: False)  # pyright: ignore
    journal = Journal(folder)
    journal.write(of(example(tmp_path)))
    assert (journal.folder / "photo").is_file()
    journal.close(keep=False)


def test_another_document_takes_nothing_over(journal: Journal, tmp_path: Path) -> None:
    journal.write(out_of_a_project(of(example(tmp_path))))
    journal.write(of(example(tmp_path), document="two"))
    names = {path.name for path in journal.folder.iterdir()}
    assert names == {"lock", "project.sip", "about.json"}


def test_a_write_that_fails_leaves_the_version_before(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = example(tmp_path)
    journal.write(of(project))
    before = (journal.folder / "project.sip").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueError, match="is full"):
        journal.write(of(replace(project, active=0)))
    monkeypatch.undo()
    assert (journal.folder / "project.sip").read_bytes() == before
    assert not list(journal.folder.glob(".*.tmp"))


def test_temporary_files_of_a_killed_window_go_at_the_next_start(
    folder: Path, tmp_path: Path
) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
from editor.session.journal import Journal
from foundation.atomic_files import atomic_file
journal = Journal(Path({str(folder)!r}))
places = Path({str(tmp_path)!r}) / "export.jpg", journal.folder / "project.sip"
writing = [atomic_file(place) for place in places]
for one in writing:
    one.__enter__().write(b"half")
print("half", flush=True)
sys.stdin.read()
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == b"half\n"
        for _ in range(2):
            assert len(list(tmp_path.rglob(".*.tmp"))) == 2
            assert recoverable(folder) == ()  # the window lives
        window.kill()
        window.wait()
    assert recoverable(folder) == ()
    assert not list(tmp_path.rglob(".*.tmp"))
    assert not [path for path in folder.iterdir() if path.is_dir()]


def test_the_newest_come_first_and_the_oldest_go_beyond_the_budget(
    folder: Path, tmp_path: Path
) -> None:
    project = example(tmp_path)
    for number in range(4):
        journal = Journal(folder)
        journal.write(of(project))
        (journal.folder / "photo").write_bytes(bytes(1 << 20))
        os.utime(journal.folder / "project.sip", (1e9 + number, 1e9 + number))
        killed(journal)
    left = recoverable(folder, most_bytes=5 << 19)
    assert [one.time for one in left] == [1e9 + 3, 1e9 + 2]
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 2
    for one in left:
        discard(one)


@pytest.mark.parametrize("about", [b"", b"{", b"[]", b'{"name": 3}', b"\xff" * 99, b"[" * 70_000])
def test_a_damaged_description_does_not_hide_the_work(
    about: bytes, folder: Path, tmp_path: Path
) -> None:
    project = example(tmp_path)
    journal = Journal(folder)
    journal.write(of(project))
    (journal.folder / "about.json").write_bytes(about)
    killed(journal)
    (left,) = recoverable(folder)
    assert (left.name, left.edits, left.project_path) == ("Photo", 0, None)
    assert open_project(left.open())[0].width == project.width
    discard(left)


def test_the_description_is_for_this_photo(journal: Journal, tmp_path: Path) -> None:
    project = example(tmp_path)
    journal.write(of(project, project_path=tmp_path / "Ä.sip"))
    about = json.loads((journal.folder / "about.json").read_bytes())
    assert about == {
        "name": "photo.png",
        "project": str(tmp_path / "Ä.sip"),
        "mark": None,
        "edits": 1,
    }


def test_the_thumbnail_shows_the_edits_where_they_are(journal: Journal, tmp_path: Path) -> None:
    level = np.full((600, 800, 3), 40, np.uint8)
    red = np.full((10, 20, 3), (250, 10, 10), np.uint8)  # coarser than its rectangle
    pyramid, patch = Pyramid((level,)), Patch(400, 300, 200, 150, red)
    picture = thumbnail(pyramid, patch)
    assert picture.shape == (240, 320, 3)
    assert (picture[120:180, 160:240] == (250, 10, 10)).all()
    assert (picture[:120] == 40).all()
    assert (picture[:, :160] == 40).all()
    assert (thumbnail(pyramid, None) == 40).all()
    journal.write(of(example(tmp_path), pyramid=pyramid, patch=patch))
    stored = cv2.imread(str(journal.folder / "thumbnail.jpg"))
    assert stored is not None
    assert np.abs(stored[150, 200].astype(int) - (10, 10, 250)).max() < 20  # BGR


def test_a_patch_over_the_photos_corner_fits(tmp_path: Path) -> None:
    del tmp_path
    level = np.zeros((33, 1001, 3), np.uint8)
    picture = thumbnail(Pyramid((level,)), Patch(1000, 32, 1, 1, np.full((1, 1, 3), 9, np.uint8)))
    assert picture.shape == (11, 320, 3)


def test_a_window_that_hangs_while_it_starts_stops_nobody_for_good(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("editor.session.journal._PATIENCE", 0.05)
    folder.mkdir(parents=True)
    with FileLock(folder / "lock"), pytest.raises(OSError, match="lock"):
        Journal(folder)
    Journal(folder).close(keep=False)


def test_what_no_project_has_room_for_is_told_and_what_was_kept_before_stays(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = of(example(tmp_path))
    journal = Journal(folder)
    journal.write(snapshot)
    monkeypatch.setattr(project_limits, "UNQUESTIONED", 100)
    monkeypatch.setattr(project_limits, "PHOTOS", 0.1)
    with pytest.raises(TooLargeError, match="times as large as the photo"):
        journal.write(replace(snapshot, project=replace(snapshot.project, active=2)))
    monkeypatch.undo()
    killed(journal)
    (left,) = recoverable(folder)
    assert open_project(left.open())[0].active == snapshot.project.active
    discard(left)


def test_a_copied_photo_explains_large_masks(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond 64 megapixels of them the photo must be seen, and it lies in the journal."""
    snapshot = out_of_a_project(of(example(tmp_path)))
    monkeypatch.setattr(project_limits, "UNQUESTIONED", 100)
    journal = Journal(folder)
    journal.write(snapshot)
    killed(journal)
    (left,) = recoverable(folder)
    opened, inside = open_project(left.open())
    assert inside == snapshot.source.embedded
    assert not opened.missing
    discard(left)
