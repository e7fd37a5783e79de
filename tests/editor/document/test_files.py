"""Only regular files are read, within a budget; what went wrong is told."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from editor.document.files import (
    Budget,
    BudgetError,
    open_regular,
    read_failure,
    read_file,
    write_failure,
)
from editor.document.photo import Photo, PhotoError
from editor.document.photo_export import ExportOptions, save_photo
from foundation.atomic_files import IrregularFileError, atomic_write

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


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
    assert list(tmp_path.iterdir()) == [path]


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
