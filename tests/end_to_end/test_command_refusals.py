"""What the commands refuse: when, in which words, with which status, and what is written then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

import main as window
from editor.command_line import commands as command_line
from editor.document.presets import AttributePreset, PresetPart, write_preset
from editor.engine.jobs import Intervene
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., int]


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[FakeEngine]:
    """Those that were started."""
    started: list[FakeEngine] = []

    def engine(device: str = "cpu", generator: str = "") -> FakeEngine:
        started.append(FakeEngine(steps=1))
        return started[-1]

    monkeypatch.setattr(command_line, "_engine", engine)
    return started


@pytest.fixture
def edit(photo: Path, engines: list[FakeEngine]) -> Command:
    """The edit command on the drawn face, whose lips are open and without teeth."""
    del engines

    def run(*arguments: object) -> int:
        words = ("edit", photo, "-o", photo.with_name("out.png"), *arguments)
        return command_line.main([str(word) for word in words])

    return run


def said(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return told.err


def test_a_single_wish_that_is_refused_writes_nothing_and_has_a_status_of_its_own(
    edit: Command, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = photo.with_name("report.json")
    assert edit("--set", "heal_blemishes=-30", "--report", report) == 4
    (line,) = said(capsys).splitlines()
    assert "Blemishes are healed here, and none are made." in line
    assert "Nothing was written." in line
    assert "main.py attributes" in line, "the next step"
    assert sorted(path.name for path in photo.parent.iterdir()) == [photo.name]


def test_of_several_wishes_the_others_are_made_and_the_refused_ones_told(
    edit: Command,
    engines: list[FakeEngine],
    photo: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = photo.with_name("report.json")
    wishes = ("--set", "heal_blemishes=-30", "--set", "smile=30")
    assert edit(*wishes, "--report", report) == 0
    (line,) = said(capsys).splitlines()
    assert line == "main.py: Blemishes are healed here, and none are made."
    found = json.loads(report.read_text())
    assert [row["attribute"] for row in found["edits"]] == ["smile"]
    assert found["left_out"] == ["Blemishes are healed here, and none are made."]
    assert len(engines[0].begun(Intervene)) == 1
    assert photo.with_name("out.png").is_file()
    assert edit("--set", "heal_blemishes=-30", "--set", "lighten_under_eyes=-5") == 4, "all of them"
    assert "only lightens shade" in said(capsys)


def test_a_preset_of_which_nothing_is_left_is_refused_likewise(
    edit: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    look = tmp_path / "look.json"
    write_preset(AttributePreset("Look", (PresetPart("skin", (("heal_blemishes", -9.0),)),)), look)
    assert edit("--preset", look) == 4
    assert "Nothing was written" in said(capsys)


def test_the_status_is_told_where_one_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["edit", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "4 nothing that was asked for can be done to this face" in told
    assert "the others are made" in told
    readme = (Path(window.__file__).parent / "README.md").read_text()
    assert "4 nothing that was asked for can be done" in " ".join(readme.split())


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("--drft",), "There is no option --drft. Did you mean --draft?"),
        (("--ouput", "a.png"), "There is no option --ouput."),
        (("--naturalnes=2",), None),  # the beginning of one
        (("--strictnes5=2",), "There is no option --strictnes5. Did you mean --strictness?"),
        (("-draft",), "There is no option -draft. Did you mean --draft?"),
        (("b.jpg",), "'b.jpg' is one too many"),
    ],
)
def test_an_unknown_option_names_the_nearest(
    edit: Command, words: tuple[str, ...], meant: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    status = edit("--set", "smile=5", *words)
    told = said(capsys)
    if meant is None:
        assert status == 0
        return
    assert status == 2
    (line,) = told.splitlines()
    assert meant in line
    assert "main.py edit --help" in line


def test_it_is_named_before_what_is_missing_because_of_it(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["edit", str(photo), "--set", "smile=5", "--otu", "a.png"]) == 2
    assert "Did you mean --out?" in said(capsys)
    with pytest.raises(SystemExit) as end:
        window.parser().parse_args(["--languge", "de"])
    assert end.value.code == 2
    assert "Did you mean --language?" in said(capsys)
    found = window.parser().parse_args(["--language", "de", str(photo)])
    assert found.file == photo


def _broken(folder: Path) -> dict[str, tuple[str, ...]]:
    """Files and options that cannot do, by what is said of them."""
    text, empty, cut = folder / "text.jpg", folder / "empty.jpg", folder / "cut.png"
    text.write_text("hello")
    empty.touch()
    Image.new("RGB", (90, 80), "grey").save(folder / "whole.png")
    cut.write_bytes((folder / "whole.png").read_bytes()[:60])
    Image.new("L", (9, 9)).save(folder / "small.png")
    (folder / "folder").mkdir()
    smile = ("--set", "smile=5")
    return {
        "no photo that this editor reads": ("--match", f"{text}", "--region", "lips"),
        "is empty": ("--expression", f"{empty}"),
        "damaged or cut short": (*smile, "--person", f"{cut}"),
        "The mask is 9 × 9": (*smile, "--region", f"{folder / 'small.png'}"),
        "reaches beyond": (*smile, "--square-at", "0,0,5000"),
        "Did you mean smile?": ("--set", "simle=5"),
        "none.npz does not exist": (*smile, "--directions", f"{folder / 'none.npz'}"),
        "64 bits": (*smile, "--seed", "9" * 30),
        "is too long": (*smile, "--report", f"{folder / ('x' * 300)}"),
        "There is no region": (*smile, "--region", "x" * 300),
        "nothing takes its place": ("--set", "glasses=5"),
        "folder is a folder": (*smile, "--report", f"{folder / 'folder'}"),
        "does not exist. Create it": (*smile, "--save-masks", f"{folder / 'none'}"),
        "is no folder": (*smile, "--save-masks", f"{text}"),
        "a whole number from 1": (*smile, "--face", "0"),
        "png is a folder": (*smile, "-o", f"{folder / 'folder'}.png"),
    }


def test_what_can_be_seen_at_once_is_refused_before_the_engine_starts(
    edit: Command,
    engines: list[FakeEngine],
    photo: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = _broken(tmp_path)
    (tmp_path / "folder.png").mkdir()
    for word, arguments in broken.items():
        assert edit(*arguments) == 2, word
        (line,) = said(capsys).splitlines()
        assert word in line
    smile = ("--set", "smile=5", "-o", str(photo.with_name("out.png")))
    for name in ("text.jpg", "empty.jpg", "cut.png", "none.jpg", "folder"):
        for command in (("edit", *smile), ("faces",), ("discover",)):
            assert command_line.main([command[0], str(tmp_path / name), *command[1:]]) == 2
            assert name in said(capsys)
    assert not engines
    assert not photo.with_name("out.png").exists()
    assert not any(path.is_file() for path in (tmp_path / "folder").iterdir())


def test_a_folder_that_is_write_protected_is_refused_before_the_engine_starts(
    edit: Command,
    engines: list[FakeEngine],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def access(path: object, mode: int) -> bool:
        del path, mode
        return False

    monkeypatch.setattr("os.access", access)  # who runs tests as root may write anywhere
    assert edit("--set", "smile=5") == 2
    assert "write-protected" in said(capsys)
    assert not engines


def test_sliders_that_go_one_way_say_so(
    engines: list[FakeEngine], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["attributes"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if "…" in line}
    assert "0…100" in lines["heal_blemishes"].split()
    assert "0…100" in lines["lighten_under_eyes"].split()
    assert "-100…100" in lines["smile"].split()
    assert command_line.main(["attributes", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["heal_blemishes"]["minimum"], rows["heal_blemishes"]["maximum"]) == (0, 100)
    assert (rows["smile"]["minimum"], rows["smile"]["maximum"]) == (-100, 100)
    assert len(engines) == 2


def test_commands_that_fit_and_add_look_at_their_files_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_engine(*_: object) -> None:
        raise AssertionError("it was started")

    monkeypatch.setattr("editor.engine.engine.Engine.create", no_engine)
    empty, out = tmp_path / "empty", tmp_path / "a.npz"
    empty.mkdir()
    for word, arguments in {
        "There are no pictures": ("boundary", empty, empty, "-o", out),
        "none cannot be read": ("boundary", tmp_path / "none", empty, "-o", out),
        "none.onnx does not exist": ("scorer", tmp_path / "none.onnx", "-o", out),
        "none.py does not exist": ("scorer", f"{tmp_path / 'none.py'}:score", "-o", out),
        "is no scorer": ("scorer", "nothing", "-o", out),
        "a whole number from 0": ("scorer", "a:b", "--output", "-1", "-o", out),
        "call it NAME.npz": ("scorer", "a:b", "-o", tmp_path / "a.txt"),
        "none.pkl does not exist": ("import", tmp_path / "none.pkl"),
        "empty is a folder": ("import", empty),
        "none.npz does not exist": ("attributes", "--directions", tmp_path / "none.npz"),
        "is a file. Name a folder": ("batch", empty, "-o", __file__, "--set", "smile=5"),
        "no photos in these": ("batch", empty, "-o", tmp_path / "out", "--set", "smile=5"),
    }.items():
        assert command_line.main([str(argument) for argument in arguments]) == 2, word
        (line,) = said(capsys).splitlines()
        assert word in line
    assert [path.name for path in tmp_path.iterdir()] == ["empty"], "nor is a folder made"
