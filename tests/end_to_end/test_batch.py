"""Batches: every photo once, whatever happens on the way; and the same result with any workers."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from editor.command_line import batch
from editor.command_line import commands as command_line
from editor.command_line.ledger import FOLDER, photos_in
from editor.command_line.running import RefusedError
from editor.document.export_presets import named
from tests import batch_robot
from tests.benchmarks import throughput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
SMILE = ("--set", "smile=60", "--steps", "3")


def photos(folder: Path, count: int, *, broken: tuple[int, ...] = ()) -> Path:
    """Small photographs, each another; some of them damaged."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(5)
    for number in range(1, count + 1):
        path = folder / f"photo-{number:02}.png"
        pixels = rng.integers(60, 200, (6, 8, 3)).astype(np.uint8)
        Image.fromarray(pixels).resize((160, 120), Image.Resampling.BICUBIC).save(path)
        if number in broken:
            path.write_bytes(path.read_bytes()[:200])
    return folder


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command in this process, over fake engines in others."""
    monkeypatch.setattr(batch, "CREATE", partial(batch_robot.fake, tmp_path))

    def run(*arguments: object) -> int:
        words = [str(word) for word in ("batch", *arguments)]
        return command_line.main([*words, *(() if "--devices" in words else ("--devices", "cpu"))])

    return run


def robot(kind: str, log: Path, *arguments: object) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    words = [sys.executable, "-m", "tests.batch_robot", kind, log, "batch", *arguments]
    return subprocess.Popen(
        [str(word) for word in words], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def rows(out: Path) -> dict[str, dict[str, Any]]:
    """Of the summary, by the photos' names."""
    found = json.loads((out / "summary.json").read_text())["photos"]
    return {Path(row["photo"]).name: row for row in found}


def exports(folder: Path) -> list[str]:
    log = folder / "exports.log"
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []


def test_every_photo_is_done_and_the_bad_ones_are_told(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = photos(tmp_path / "in", 5, broken=(2,)), tmp_path / "out"
    Image.new("RGB", (20, 20)).save(folder / "faceless.png")
    (folder / "notes.txt").write_text("no photo")
    assert shell(folder, "-o", out, *SMILE) == 1
    told = capsys.readouterr()
    assert "photo-02.png" in told.err
    assert "4 done, 1 failed, 1 without a face" in told.err
    found = rows(out)
    assert len(found) == 6
    states = Counter(row["state"] for row in found.values())
    assert states == {"done": 4, "failed": 1, "no face": 1}
    assert "damaged" in found["photo-02.png"]["error"]
    done = found["photo-01.png"]
    assert [edit["attribute"] for edit in done["edits"]] == ["smile"]
    assert done["outside_identical"] is True
    for name, row in found.items():
        if row["state"] == "done":
            before = np.asarray(Image.open(folder / name))
            after = np.asarray(Image.open(row["output"]).convert("RGB"))
            assert (before != after).any()
    with (out / "summary.csv").open(newline="") as table:
        read = list(csv.DictReader(table))
    assert [row["state"] for row in read].count("done") == 4
    assert read[0].keys() >= {"photo", "output", "error", "edits", "seconds"}
    # with nothing left it computes nothing
    before_again = exports(tmp_path)
    assert shell(folder, "-o", out, *SMILE) == 1
    assert exports(tmp_path) == before_again


def test_a_photo_that_can_carry_nothing_is_not_written_and_one_that_can_carry_some_is(
    shell: Callable[..., int], tmp_path: Path
) -> None:
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    darker = ("--set", "heal_blemishes=-20")
    assert shell(folder, "-o", out, *darker) == 1
    assert {row["state"] for row in rows(out).values()} == {"failed"}
    assert all("none are made" in row["error"] for row in rows(out).values())
    assert not [path for path in out.iterdir() if path.suffix == ".png"]
    other = tmp_path / "other"
    assert shell(folder, "-o", other, *darker, *SMILE) == 0
    for row in rows(other).values():
        assert [edit["attribute"] for edit in row["edits"]] == ["smile"]
        assert row["notes"] == ["Blemishes are healed here, and none are made."]


def test_what_cannot_be_done_to_any_photo_is_refused_before_a_worker_starts(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = photos(tmp_path / "in", 1, broken=(1,)), tmp_path / "out"
    assert shell(folder, "-o", out, "--set", "simle=20") == 2
    assert "Did you mean smile?" in capsys.readouterr().err
    assert shell(folder, "-o", out, *SMILE, "--person", folder / "photo-01.png") == 2
    assert "photo-01.png" in capsys.readouterr().err
    assert not out.exists()


def test_a_photo_that_ends_its_worker_does_not_stop_the_others(
    shell: Callable[..., int], tmp_path: Path
) -> None:
    folder, out = photos(tmp_path / "in", 3), tmp_path / "out"
    shutil.copy(folder / "photo-01.png", folder / "crash.png")
    assert shell(folder, "-o", out, *SMILE, "--jobs", 2) == 1
    found = rows(out)
    assert found["crash.png"]["state"] == "failed"
    assert "ended twice" in found["crash.png"]["error"]
    assert sorted(exports(tmp_path)) == [f"photo-0{n}-edited.png" for n in (1, 2, 3)]


@pytest.mark.search  # processes are killed, or found over a network: by hand
def test_killed_twice_it_goes_on_and_computes_nothing_twice(tmp_path: Path) -> None:
    """30 photos, two of them damaged; only the parent is killed: its workers end by themselves."""
    folder, out = photos(tmp_path / "in", 30, broken=(7, 22)), tmp_path / "out"
    arguments = (folder, "-o", out, *SMILE, "--jobs", 2, "--devices", "cpu")
    for wanted in (6, 15):
        process = robot("fake", tmp_path, *arguments)
        end = time.monotonic() + 120
        while len(exports(tmp_path)) < wanted and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.01)
        assert process.poll() is None, "it was over before it could be killed"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        time.sleep(1.0)  # more than three of its photos take
        there = len(exports(tmp_path))
        time.sleep(0.5)
        assert len(exports(tmp_path)) == there, "a worker lives on"
    process = robot("fake", tmp_path, *arguments)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 1, told
    assert "28 done, 2 failed" in told
    counted = Counter(exports(tmp_path))
    assert set(counted.values()) == {1}
    assert len(counted) >= 26, "a kill can fall between a file and its line"
    made = {path.name for path in out.glob("*-edited.png")}
    assert len(made) == 28
    failed = [name for name, row in rows(out).items() if row["state"] == "failed"]
    assert failed == ["photo-07.png", "photo-22.png"]
    left = [path.name for path in out.iterdir() if path.name not in made]
    assert sorted(left) == [FOLDER, "summary.csv", "summary.json"]
    for name in made:
        Image.open(out / name).load()


def test_an_export_whose_record_was_lost_is_not_made_again(
    shell: Callable[..., int], tmp_path: Path
) -> None:
    """Killed between the export and its record; one that was deleted is made again."""
    folder, out = photos(tmp_path / "in", 3), tmp_path / "out"
    assert shell(folder, "-o", out, *SMILE) == 0
    (out / FOLDER / "records" / "000002.json").unlink()
    (out / "photo-03-edited.png").unlink()
    assert shell(folder, "-o", out, *SMILE) == 0
    assert Counter(exports(tmp_path)) == {
        "photo-01-edited.png": 1, "photo-02-edited.png": 1, "photo-03-edited.png": 2,
    }  # fmt: skip


def test_new_and_changed_photos_are_done_at_the_next_run(
    shell: Callable[..., int], tmp_path: Path
) -> None:
    folder, out = photos(tmp_path / "in", 2, broken=(1,)), tmp_path / "out"
    assert shell(folder, "-o", out, *SMILE) == 1
    photos(folder, 3)
    assert shell(folder, "-o", out, *SMILE) == 0
    assert len(exports(tmp_path)) >= 3
    assert Counter(row["state"] for row in rows(out).values()) == {"done": 3}


def test_what_failed_is_tried_again_when_asked(shell: Callable[..., int], tmp_path: Path) -> None:
    folder, out = photos(tmp_path / "in", 1), tmp_path / "out"
    (out / "photo-01-edited.png").mkdir(parents=True)  # in the way, later not
    assert shell(folder, "-o", out, *SMILE, "--conflict", "replace") == 1
    (out / "photo-01-edited.png").rmdir()
    assert shell(folder, "-o", out, *SMILE, "--conflict", "replace") == 1
    assert shell(folder, "-o", out, *SMILE, "--conflict", "replace", "--retry") == 0


def test_one_folder_holds_one_batch(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = photos(tmp_path / "in", 1), tmp_path / "out"
    assert shell(folder, "-o", out, *SMILE) == 0
    capsys.readouterr()
    assert shell(folder, "-o", out, "--set", "smile=20") == 2
    assert "other edits" in capsys.readouterr().err
    assert shell(folder, "-o", out, *SMILE, "--quality", 80) == 2
    (out / FOLDER / "list.json").write_text("[]")
    assert shell(folder, "-o", out, *SMILE) == 2
    assert "begin anew" in capsys.readouterr().err


def test_files_that_are_there_are_kept_unless_told_otherwise(
    shell: Callable[..., int], tmp_path: Path
) -> None:
    folder = photos(tmp_path / "in", 1)
    for conflict, name in (("number", "photo-01-edited-2.png"), ("replace", "photo-01-edited.png")):
        out = tmp_path / conflict
        out.mkdir()
        (out / "photo-01-edited.png").write_bytes(b"another")
        assert shell(folder, "-o", out, *SMILE, "--conflict", conflict) == 0
        assert Path(rows(out)["photo-01.png"]["output"]).name == name
        kept = (out / "photo-01-edited.png").read_bytes() == b"another"
        assert kept == (conflict == "number")


def test_no_photo_is_ever_overwritten(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = photos(tmp_path / "in", 2)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    same = (folder, "-o", folder, *SMILE, "--name", "{stem}", "--conflict", "replace")
    assert shell(*same) == 2
    assert "would replace the photo" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in before} == before
    # beside the photos, results are not taken for photos at the next run
    beside = (folder, "-o", folder, *SMILE, "--name", "{stem}-new")
    assert shell(*beside) == 0
    assert shell(*beside) == 0
    assert len(exports(tmp_path)) == 2
    assert {path: path.read_bytes() for path in before} == before


def test_wrong_use_is_refused_before_anything_is_computed(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = photos(tmp_path / "in", 1), tmp_path / "out"
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments, word in (
        ((folder, "-o", out), "Nothing to do"),
        ((folder, "-o", out, "--set", "wings=3"), "no attribute named 'wings'"),
        ((folder, "-o", out, *SMILE, "--region", "mask.png"), "no region"),
        ((folder, "-o", out, *SMILE, "--name", "{stem.__class__}"), "is none of"),
        ((folder, "-o", out, *SMILE, "--name", "a/{stem}"), "is no file's name"),
        ((tmp_path / "gone", "-o", out, *SMILE), "does not exist"),
        ((empty, "-o", tmp_path / "out2", *SMILE), "no photos"),
        ((folder, "-o", out, *SMILE, "--devices", "tpu"), "cuda:0"),
        ((folder, "-o", out, *SMILE, "--quality", "0"), "from 1 to 100"),
        ((folder, "-o", folder / "photo-01.png", *SMILE), "photo-01.png"),
    ):
        assert shell(*arguments) == 2, arguments
        assert word in capsys.readouterr().err, arguments
    assert not exports(tmp_path)


def test_lines_of_json_tell_each_photo_as_it_is_done(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out, listed = photos(tmp_path / "in", 3, broken=(2,)), tmp_path / "out", tmp_path / "l"
    listed.write_text(f"{folder / 'photo-01.png'}\n\n{folder / 'photo-02.png'}\n")
    words = ("--photos-from", listed, folder / "photo-03.png", "-o", out, *SMILE, "--json-lines")
    assert shell(*words) == 1
    begin, *told, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert begin == {"event": "begin", "photos": 3, "left": 3}
    assert {Path(row["photo"]).name: row["state"] for row in told} == {
        "photo-01.png": "done", "photo-02.png": "failed", "photo-03.png": "done",
    }  # fmt: skip
    assert [row["left"] for row in told] == [2, 1, 0]
    assert told[0]["seconds_left"] > 0 == told[2]["seconds_left"]
    assert "damaged" in next(row["error"] for row in told if row["state"] == "failed")
    assert end["event"] == "end"
    assert (end["done"], end["failed"]) == (2, 1)


def test_lists_of_photos_that_cannot_be_read_are_refused(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for arguments, word in (
        (("-o", tmp_path / "out", *SMILE), "--photos-from"),
        (("--photos-from", tmp_path / "none", "-o", tmp_path / "out", *SMILE), "does not exist"),
        (("--photos-from", binary, "-o", tmp_path / "out", *SMILE), "UTF-8"),
    ):
        assert shell(*arguments) == 2
        assert word in capsys.readouterr().err


def test_faces_names_and_formats(shell: Callable[..., int], tmp_path: Path) -> None:
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    name = ("--name", "{folder}-{number:03}", "--format", "jpg", "--quality", "70")
    assert shell(folder, "-o", out, *SMILE, *name, "--faces", "all", "--size", "100") == 0
    written = sorted(path.name for path in out.glob("*.jpg"))
    assert written == ["in-001.jpg", "in-002.jpg"]
    with Image.open(out / "in-001.jpg") as image:
        assert image.size == (100, 75)


def test_templates_of_names() -> None:
    photo = Path("shoot/a{b.jpg")
    assert named("{stem}-edited", photo, 3) == "a{b-edited"
    assert named("{{{number:04}", photo, 3) == "{0003"
    for template in ("{stem:9}", "{stem!r}", "{number.real}", "{0}", "", "..", "{number:0>9}"):
        with pytest.raises(ValueError, match=r"none of|no file|write"):
            named(template, photo, 3)


def test_photos_are_listed_in_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png", ".c.png", "d.txt", "sub/e.tif", ".batch/f.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    names = [path.name for path in photos_in([tmp_path], deep=False)]
    assert names == ["a.png", "b.JPG"]
    assert [p.name for p in photos_in([tmp_path], deep=True)] == ["a.png", "b.JPG", "e.tif"]
    assert photos_in([tmp_path / "a.png", tmp_path], deep=False)[0].name == "a.png"
    with pytest.raises(RefusedError):
        photos_in([tmp_path / "none"], deep=False)


# ------------------------------------------------------------------ several workers


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a Dask scheduler with two workers on this machine."""
    pytest.importorskip("distributed")
    with throughput.cluster(2) as address:
        yield address


@pytest.mark.search  # processes are killed, or found over a network: by hand
def test_two_workers_of_a_cluster_give_what_one_here_gives_bit_for_bit(
    cluster: str, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with Image.open(ROOT / "resources" / "sample-portrait.jpg") as sample:
        for number in range(4):
            sample.resize((200 + 10 * number, 200 + 10 * number)).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes((folder / "0.png").read_bytes()[:500])
    here, there = tmp_path / "here", tmp_path / "there"
    for out, where in ((here, ("--devices", "cpu")), (there, ("--cluster", cluster))):
        process = robot("tiny", tmp_path, folder, "-o", out, *SMILE, *where)
        _, told = process.communicate(timeout=600)
        assert process.returncode == 1, told
        sys.stderr.write(told)
        assert "4 done, 1 failed" in told
    workers = {row["worker"] for row in rows(there).values()}
    assert len(workers) == 2
    for number in range(4):
        name = f"{number}-edited.png"
        assert (here / name).read_bytes() == (there / name).read_bytes()
