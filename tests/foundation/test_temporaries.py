from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foundation.atomic_files import atomic_file, atomic_write
from foundation.temporaries import note_in, noted_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "journal").mkdir()
    notes = tmp_path / "journal" / "folders"
    note_in(notes)
    yield notes
    note_in(None)


def test_a_folder_is_noted_before_anything_is_written_there(notes: Path, tmp_path: Path) -> None:
    with atomic_file(tmp_path / "photo.jpg") as file:
        assert noted_in(notes) == (tmp_path,)
        file.write(b"new")


def test_each_folder_is_noted_once_whatever_its_name(notes: Path, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a b\n", "Ä", "z\udcff")]
    for folder in folders * 2:
        folder.mkdir(exist_ok=True)
        atomic_write(folder / "photo.jpg", b"new")
    assert noted_in(notes) == tuple(folders)


def test_the_folder_of_the_notes_needs_none(notes: Path) -> None:
    atomic_write(notes.parent / "project.sip", b"new")
    assert noted_in(notes) == ()


def test_a_note_that_was_cut_short_is_none(notes: Path, tmp_path: Path) -> None:
    atomic_write(tmp_path / "photo.jpg", b"new")
    notes.write_bytes(notes.read_bytes() + b"/home/an")
    assert noted_in(notes) == (tmp_path,)


def test_nothing_is_noted_by_default(notes: Path, tmp_path: Path) -> None:
    note_in(None)
    atomic_write(tmp_path / "photo.jpg", b"new")
    assert noted_in(notes) == ()


def test_a_file_is_written_where_it_cannot_be_noted(
    notes: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The notes' disk may be full, or somebody cleaned up there, while this one has room."""
    notes.parent.rmdir()
    atomic_write(tmp_path / "photo.jpg", b"new")
    assert (tmp_path / "photo.jpg").read_bytes() == b"new"
    assert "cannot be noted" in caplog.text
    notes.parent.mkdir()
    atomic_write(tmp_path / "photo.jpg", b"newer")
    assert noted_in(notes) == (tmp_path,), "as soon as it can be"
