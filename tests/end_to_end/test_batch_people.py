"""Batches that take one person's face, and edits with brushed regions, at the command line too."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from editor.command_line import commands as command_line
from editor.document.edit_sets import write_edit_set
from tests.editor.document.test_edit_sets import example
from tests.end_to_end.desktop import answering
from tests.end_to_end.test_batch import SMILE, photos, rows, shell
from tests.end_to_end.test_window_batch import begun, desk, wait
from widgets import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop

__all__ = ["desk", "shell"]  # fixtures


def person(path: Path, colour: tuple[int, int, int]) -> Path:
    """One of the fake engine's people, who are told apart by their colours."""
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (160, 120), colour).save(path)
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    person(folder / "a-red.png", (200, 20, 20))
    person(folder / "b-blue.png", (20, 20, 200))
    person(folder / "c-red.png", (190, 30, 25))
    return folder


def test_only_photos_of_that_person_are_edited(
    shell: Callable[..., int], people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = person(tmp_path / "red.png", (195, 25, 20))
    out = tmp_path / "out"
    assert shell(people, "-o", out, *SMILE, "--person", wanted) == 1
    found = rows(out)
    states = {name: row["state"] for name, row in found.items()}
    assert states == {"a-red.png": "done", "b-blue.png": "no face", "c-red.png": "done"}
    assert found["b-blue.png"]["error"] == "The person of red.png was not found in b-blue.png."
    assert shell(people, "-o", out, *SMILE, "--person", person(wanted, (20, 20, 200))) == 2
    assert "other edits" in capsys.readouterr().err, "another person is another batch"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--faces", "all"), "--person chooses the face"),
        (("--square",), "--person chooses the face"),
    ],
)
def test_a_person_and_other_faces_exclude_each_other(
    more: tuple[str, ...], words: str, shell: Callable[..., int], people: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    wanted = person(tmp_path / "red.png", (195, 25, 20))
    assert shell(people, "-o", tmp_path / "out", *SMILE, "--person", wanted, *more) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["missing", "faceless"])
def test_a_photo_that_shows_no_person_is_refused(
    kind: str, shell: Callable[..., int], people: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    wanted = tmp_path / "one.png"
    if kind == "faceless":
        Image.new("RGB", (20, 20)).save(wanted)
    assert shell(people, "-o", tmp_path / "out", *SMILE, "--person", wanted) == 2
    told = capsys.readouterr().err
    assert ("No face" if kind == "faceless" else "does not exist") in told


def test_the_photo_of_the_person_is_never_overwritten(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = people / "a-red.png"
    words = ["edit", people / "c-red.png", "-o", wanted, *SMILE, "--person", wanted]
    assert command_line.main([str(word) for word in words]) == 2
    assert "the photo of the person" in capsys.readouterr().err


def test_several_brushed_regions_from_a_file(shell: Callable[..., int], tmp_path: Path) -> None:
    made = example()
    path = tmp_path / "edits.json"
    write_edit_set(made, path)
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    assert shell(folder, "-o", out, "--edits", path, "--steps", "3") == 0
    for row in rows(out).values():
        edits = [(edit["region"], edit["attribute"]) for edit in row["edits"]]
        assert edits == [
            ("copied region", "skin_light"),  # in the place of the generator's skin brightness
            ("copied region", "eyes_open"),
            ("copied region", "brow_height"),
            ("smile", "smile"),
        ]
        assert row["outside_identical"] is True
    assert shell(folder, "-o", out, "--edits", path, "--steps", "3") == 0, "the same batch"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_of_any_alphabet_and_of_none(
    shell: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = photos(tmp_path / "in", 3), tmp_path / "выход"
    names = ("портрет 花嫁\u2028 😀.png", os.fsdecode(b"caf\xe9.png"), "a\x85b {x}.png")
    for old, name in zip(sorted(folder.iterdir()), names, strict=True):
        old.rename(folder / name)
    listed = b"\r\n".join(os.fsencode(folder / name) for name in names)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(listed)))
    words = ("--photos-from", "-", "-o", out, *SMILE, "--name", "{stem}-修整")
    assert shell(*words) == 0
    written = {path.name for path in out.glob("*.png")}
    assert written == {f"{name.removesuffix('.png')}-修整.png" for name in names}
    assert rows(out).keys() == set(names)


def test_files_that_hold_no_edits_are_refused(
    shell: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "edits.json"
    path.write_text("{}")
    assert shell(photos(tmp_path / "in", 1), "-o", tmp_path / "out", "--edits", path) == 2
    assert "holds no copied edits" in capsys.readouterr().err


def test_the_windows_batch_carries_several_brushed_regions(desk: Desktop, tmp_path: Path) -> None:
    for spot, name in (((70, 60), "light_from_left"), ((90, 70), "lip_redness")):
        desk.session.regions.clear_region()
        desk.brush(spot, (spot[0] + 6, spot[1]))
        before = len(desk.labels)
        desk.slide(name, 0, 20, 50)
        desk.until(lambda: len(desk.labels) == before + 1)  # noqa: B023 - waited for here
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    dialog = begun(desk, [folder], out, tmp_path)
    wait(desk, lambda: not dialog.run.running)
    assert dialog.told.text() == "2 done; the folder has a summary."
    for row in json.loads((out / "summary.json").read_text())["photos"]:
        edits = [(edit["region"], edit["attribute"]) for edit in row["edits"]]
        assert edits == [
            ("smile", "smile"),
            ("copied region", "light_from_left"),
            ("copied region", "lip_redness"),
        ]
        before_pixels = np.asarray(Image.open(row["photo"])).astype(int)
        after = np.asarray(Image.open(row["output"]).convert("RGB")).astype(int)
        changed = (before_pixels != after).any(-1)
        assert changed.any()
        assert changed.mean() < 0.4, "brushed regions stay small"


def test_a_certain_person_is_chosen_in_the_dialog(
    desk: Desktop, people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = desk.window.batch
    row = dialog.faces.findData("person")
    monkeypatch.setattr(dialogs, "ask_photo", answering(None))
    dialog.faces.setCurrentIndex(row)
    dialog.faces.activated.emit(row)
    assert dialog.faces.currentData() == "largest", "nobody was shown"
    wanted = person(tmp_path / "red.png", (195, 25, 20))
    monkeypatch.setattr(dialogs, "ask_photo", answering(wanted))
    dialog.faces.setCurrentIndex(row)
    dialog.faces.activated.emit(row)
    assert dialog.faces.currentText() == "The person of red.png"
    begun(desk, [people], tmp_path / "out", tmp_path)
    wait(desk, lambda: not dialog.run.running)
    assert dialog.told.text() == "2 done, 1 without a face; the folder has a summary."


def test_every_photo_gets_the_expression_and_another_one_is_another_batch(
    shell: Callable[..., int], people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted, out = person(tmp_path / "model.png", (195, 25, 20)), tmp_path / "out"
    assert shell(people, "-o", out, "--expression", wanted, "--steps", "3") == 0
    asked = [[edit["attribute"] for edit in row["edits"]] for row in rows(out).values()]
    assert asked == [["smile", "brow_height"]] * 3
    assert shell(people, "-o", out, "--expression", wanted, "--steps", "3") == 0, "resumed"
    assert shell(people, "-o", out, "--neutral-expression", "--steps", "3") == 2
    assert "another" in capsys.readouterr().err
