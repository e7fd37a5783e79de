"""Files are replaced in one step or not at all; only regular ones are read."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from editor.document.files import (
    Budget,
    BudgetError,
    IrregularFileError,
    atomic_file,
    atomic_write,
    clean_leftovers,
    open_regular,
    read_failure,
    read_file,
    write_failure,
)
from editor.document.photo import Photo, PhotoError
from editor.document.photo_export import ExportOptions, save_photo

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.endswith(".tmp")]


# ------------------------------------------------------------------ writing


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
    with pytest.raises(PermissionError) as caught:
        atomic_write(path, b"new")
    assert "protected" in write_failure(caught.value, path)[0]
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
    from editor.document.files import atomic_file
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


def test_names_that_are_too_long_give_an_error(tmp_path: Path):
    path = tmp_path / ("n" * 300 + ".png")
    with pytest.raises(OSError, match="too long") as caught:
        atomic_write(path, b"x")
    title, advice = write_failure(caught.value, path)
    assert "too long" in title
    assert len(title) < 200
    assert advice == "Choose a shorter name."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "full"), (errno.EDQUOT, "full"), (errno.EFBIG, "larger than the disk"),
        (errno.EROFS, "write-protected"), (errno.EACCES, "write-protected"),
        (errno.EIO, "cannot be written"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_told(tmp_path: Path, number: int, words: str):
    title, advice = write_failure(OSError(number, os.strerror(number)), tmp_path / "a.png")
    assert words in title
    assert advice.endswith(".")


@posix
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_a_full_disk_is_called_so_whatever_the_format(tmp_path: Path, suffix: str):
    """The limit of a process on the size of files stands for the disk."""
    import resource

    rng = np.random.default_rng(3)
    photo = Photo(rng.integers(0, 40, (500, 500, 3), np.uint8))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(PhotoError) as caught:
            save_photo(photo, photo.pixels, path, ExportOptions())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "larger than the disk" in caught.value.title
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


# ------------------------------------------------------------------ reading


@posix
def test_nothing_but_regular_files_is_read(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(IrregularFileError) as caught:
            open_regular(path)
        assert "no ordinary file" in read_failure(caught.value, path)[0]
    with pytest.raises(IsADirectoryError) as caught:
        open_regular(tmp_path)
    assert "is a folder" in read_failure(caught.value, tmp_path)[0]
    with pytest.raises(FileNotFoundError) as caught:
        open_regular(tmp_path / "none")
    assert "does not exist" in read_failure(caught.value, tmp_path / "none")[0]
    with pytest.raises(OSError, match="null"):
        open_regular(tmp_path / "a\0b")


def test_a_file_larger_than_it_may_be_is_not_read(tmp_path: Path):
    path = tmp_path / "a.bin"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse: a terabyte of nothing
    with pytest.raises(BudgetError, match="larger than"):
        read_file(path, 1 << 20)
    path.write_bytes(b"abc")
    assert read_file(path, 3) == b"abc"
    with pytest.raises(BudgetError):
        read_file(path, 2)


def test_a_budget_is_spent_once(monkeypatch: pytest.MonkeyPatch):
    budget = Budget(bytes=10, pixels=5, seconds=60)
    budget.spend(bytes=10, pixels=5)
    with pytest.raises(BudgetError):
        budget.spend(bytes=1)
    with pytest.raises(BudgetError):
        Budget(1, 1, 60).spend(pixels=2)
    late = Budget(1, 1, 60)
    monkeypatch.setattr("time.monotonic", lambda: 1e12)
    with pytest.raises(BudgetError, match="too long"):
        late.spend()
