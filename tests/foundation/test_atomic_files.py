"""Files are replaced in one step or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from foundation.atomic_files import IrregularFileError, atomic_file, atomic_write, clean_leftovers

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.endswith(".tmp")]


def test_a_file_is_replaced_in_one_step(tmp_path: Path):
    path = tmp_path / "a.bin"
    atomic_write(path, b"old")
    with atomic_file(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
        assert len(leftovers(tmp_path)) == 1
    assert path.read_bytes() == b"new"
    assert leftovers(tmp_path) == []


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "a.bin"
    atomic_write(path, b"old")

    def fail() -> None:
        with atomic_file(path) as file:
            file.write(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_is_never_more_open_than_the_one_that_it_replaces(tmp_path: Path, mode: int):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    path.chmod(mode)
    with atomic_file(path) as file:
        file.write(b"secret")
        assert stat.S_IMODE(leftovers(tmp_path)[0].stat().st_mode) == mode
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
def test_a_new_file_has_the_permissions_that_the_user_gives_new_files(tmp_path: Path):
    (tmp_path / "plain").write_bytes(b"")
    atomic_write(tmp_path / "a.bin", b"x")
    assert (tmp_path / "a.bin").stat().st_mode == (tmp_path / "plain").stat().st_mode


@posix
def test_a_symbolic_link_keeps_pointing_where_it_points(tmp_path: Path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.bin", tmp_path / "link.bin"
    target.write_bytes(b"old")
    link.symlink_to(target)
    atomic_write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@posix
def test_another_name_of_a_file_keeps_the_old_content_whole(tmp_path: Path):
    path, backup = tmp_path / "a.bin", tmp_path / "backup.bin"
    path.write_bytes(b"old")
    backup.hardlink_to(path)
    atomic_write(path, b"new")
    assert (path.read_bytes(), backup.read_bytes()) == (b"new", b"old")


@posix
def test_pipes_devices_and_folders_are_never_replaced(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(IrregularFileError):
        atomic_write(pipe, b"x")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(IrregularFileError):
        atomic_write(Path("/dev/null"), b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        atomic_write(tmp_path / "folder", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "pipe"]


def test_a_write_protected_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def refuse(*_: object) -> bool:
        return False

    monkeypatch.setattr(os, "access", refuse)  # root may write everything
    with pytest.raises(PermissionError, match="write-protected"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"


@posix
def test_the_folder_is_synced_after_the_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.bin"
    synced: list[tuple[bool, bool]] = []
    sync = os.fsync

    def seen(descriptor: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), path.exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", seen)
    atomic_write(path, b"x")
    assert synced == [(False, False), (True, True)]


KILLED = """
    import os, sys
    from pathlib import Path
    from foundation.atomic_files import atomic_file
    with atomic_file(Path(sys.argv[1])) as file:
        file.write(b"half")
        file.flush()
        os._exit(9)
"""


def killed_while_writing(path: Path) -> None:
    code = textwrap.dedent(KILLED)
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9


def test_what_a_killed_writer_left_is_cleaned(tmp_path: Path):
    killed_while_writing(tmp_path / "a.bin")
    (tmp_path / ".0123456789abcdef.tmp").write_bytes(b"of another program")
    assert len(leftovers(tmp_path)) == 2
    assert clean_leftovers(tmp_path) == 1
    assert [path.name for path in leftovers(tmp_path)] == [".0123456789abcdef.tmp"]


def test_the_next_save_cleans_what_a_killed_one_left(tmp_path: Path):
    killed_while_writing(tmp_path / "a.bin")
    atomic_write(tmp_path / "b.bin", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["b.bin"]


def test_a_file_that_is_being_written_is_no_leftover(tmp_path: Path):
    path = tmp_path / "a.bin"
    with atomic_file(path) as file:
        file.write(b"x")
        assert clean_leftovers(tmp_path) == 0
        atomic_write(tmp_path / "b.bin", b"y")  # another save in the same folder
    assert path.read_bytes() == b"x"


def test_a_folder_that_is_none_has_no_leftovers(tmp_path: Path):
    assert clean_leftovers(tmp_path / "none") == 0
