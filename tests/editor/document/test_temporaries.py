from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from editor.document.files import atomic_file, atomic_write
from editor.document.temporaries import note_in, remove_noted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "notes"
    folder.mkdir()
    note_in(folder)
    yield folder
    note_in(None)


def test_a_temporary_file_is_noted_while_it_exists_and_no_longer(
    notes: Path, tmp_path: Path
) -> None:
    target = tmp_path / "photo.jpg"
    with atomic_file(target) as file:
        assert len(list(notes.iterdir())) == 1
        file.write(b"new")
    assert target.read_bytes() == b"new"
    with pytest.raises(ZeroDivisionError), atomic_file(target):
        raise ZeroDivisionError
    assert not list(notes.iterdir())


def test_what_a_killed_process_noted_is_removed_and_nothing_else(
    notes: Path, tmp_path: Path
) -> None:
    target = tmp_path / "photo.jpg"
    atomic_write(target, b"old")
    writing = atomic_file(target)
    writing.__enter__().write(b"half of it")  # and then the process is killed
    (left,) = tmp_path.glob(".*.tmp")
    assert remove_noted(notes) == (left,)
    assert [path.name for path in tmp_path.iterdir()] in (
        ["photo.jpg", "notes"],
        ["notes", "photo.jpg"],
    )
    assert target.read_bytes() == b"old"
    assert not list(notes.iterdir())


@pytest.mark.parametrize("kind", ["another file", "a link", "a folder", "a relative path", "cut"])
def test_a_note_that_names_something_else_removes_nothing(
    kind: str, notes: Path, tmp_path: Path
) -> None:
    name = f".{'ab' * 8}.tmp"
    victim = tmp_path / ("letter.txt" if kind == "another file" else name)
    if kind == "a folder":
        victim.mkdir()
    elif kind == "a link":
        (tmp_path / "letter.txt").write_bytes(b"mine")
        victim.symlink_to(tmp_path / "letter.txt")
    else:
        victim.write_bytes(b"mine")
    noted = {"a relative path": os.fsencode(name), "cut": os.fsencode(victim)[:-9]}
    (notes / f"{name}.note").write_bytes(noted.get(kind, os.fsencode(victim)))
    assert remove_noted(notes) == ()
    assert victim.exists()
    assert not list(notes.iterdir())  # a note of nothing is of no use


def test_a_file_cannot_be_begun_where_it_cannot_be_noted(notes: Path, tmp_path: Path) -> None:
    notes.rmdir()
    with pytest.raises(FileNotFoundError):
        atomic_write(tmp_path / "photo.jpg", b"new")
    assert not list(tmp_path.iterdir())
