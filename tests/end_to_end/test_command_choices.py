"""The edit command's choices, over the fake engine."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import main as window
from editor.command_line import commands as command_line
from editor.document.errors import EngineError, EngineFailure
from editor.document.export_presets import ExportPreset, write_export_preset
from editor.document.face_regions import feather_of, preset
from editor.document.goals import Dials, Reference
from editor.document.photo_export import ExportOptions
from editor.document.presets import AttributePreset, PresetPart, write_preset
from editor.engine.jobs import Export, Intervene, OpenReference
from tests.fake_engine import ATTRIBUTES, FakeEngine, no_face


class Shell:
    """Commands over one fake engine."""

    def __init__(self, photo: Path) -> None:
        self.engine = FakeEngine(steps=1)
        self.photo = photo
        self.out = photo.with_name("out.png")

    def edit(self, *arguments: object) -> int:
        words = ("edit", self.photo, "-o", self.out, *arguments)
        return command_line.main([str(word) for word in words])

    @property
    def jobs(self) -> list[Intervene]:
        return [job for job in self.engine.begun(Intervene) if isinstance(job, Intervene)]


@pytest.fixture
def shell(photo: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell(photo)

    def engine(device: str = "cpu", generator: str = "") -> FakeEngine:
        return made.engine

    monkeypatch.setattr(command_line, "_engine", engine)
    return made


@pytest.fixture
def look(tmp_path: Path) -> Path:
    path = tmp_path / "look.json"
    parts = (
        PresetPart("mouth", (("smile", 40.0), ("wings", 5.0), ("lip_redness", 20.0))),
        PresetPart("skin", (("light_from_left", -30.0),)),
        PresetPart("eyes", (("fangs", 1.0),)),
    )
    write_preset(AttributePreset("Look", parts), path)
    return path


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_a_preset_is_one_edit_for_each_region(
    shell: Shell, look: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    assert shell.edit("--preset", look, "--set", "mouth_open=10", "--report", report) == 0
    assert "wings, fangs" in told(capsys)
    goals = [[(g.attribute, g.value) for g in job.goals] for job in shell.jobs]
    assert goals == [
        [("smile", 40), ("lip_redness", 20)],
        [("light_from_left", -30)],
        [("mouth_open", 10)],
    ]
    assert [job.portraits[0].history.position for job in shell.jobs] == [0, 1, 2]
    rows = json.loads(report.read_text())["edits"]
    assert [(row["attribute"], row["region"]) for row in rows] == [
        ("smile", "mouth"), ("lip_redness", "mouth"), ("light_from_left", "skin"),
        ("mouth_open", "jaw"),
    ]  # fmt: skip
    assert all(row["attained"] == 1 for row in rows)
    before, after = (np.asarray(Image.open(p).convert("RGB")) for p in (shell.photo, shell.out))
    assert (before != after).any()


def test_a_region_given_counts_for_the_preset_too(shell: Shell, look: Path) -> None:
    assert shell.edit("--preset", look, "--region", "face") == 0
    assert shell.jobs[0].region == shell.jobs[1].region


def test_a_region_is_matched_to_a_reference(shell: Shell, tmp_path: Path) -> None:
    Image.new("RGB", (90, 80), (180, 60, 90)).save(tmp_path / "model.png")
    report = tmp_path / "report.json"
    arguments = ("--match", tmp_path / "model.png", "--region", "lips", "--report", report)
    assert shell.edit(*arguments) == 0
    (job,) = shell.jobs
    assert isinstance(job.likeness, Reference)
    assert job.likeness.name == "model.png"
    assert job.goals == ()
    (face,) = shell.engine.find_faces(job.photo)
    lips = preset("lips", face.landmarks, job.photo.width, job.photo.height)
    assert job.region == lips.feathered(feather_of("lips", face.default_feather))
    (row,) = json.loads(report.read_text())["edits"]
    assert (row["match"], row["region"]) == ("model.png", "lips")
    assert shell.out.is_file()


def test_an_expression_is_one_edit_where_it_is(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other, report = tmp_path / "model.png", tmp_path / "report.json"
    Image.new("RGB", (90, 80), (180, 60, 90)).save(other)
    assert shell.edit("--set", "smile=15", "--expression", other, "--report", report) == 0
    goals = [[(g.attribute, g.value) for g in job.goals] for job in shell.jobs]
    assert goals == [[("smile", 15)], [("smile", 25), ("brow_height", -100)]]
    assert "Brow height: as far as it goes" in told(capsys)
    (face,) = shell.engine.find_faces(shell.jobs[1].photo)
    size = shell.jobs[1].photo.width, shell.jobs[1].photo.height
    parts = [preset(name, face.landmarks, *size) for name in ("brows", "smile")]
    brows, smile = (part.feathered(face.default_feather) for part in parts)
    assert shell.jobs[1].region == brows.united(smile)
    rows = json.loads(report.read_text())["edits"]
    assert [row["attribute"] for row in rows] == ["smile", "smile", "brow_height"]
    assert [row["region"] for row in rows] == ["smile", *["usual regions"] * 2]
    assert shell.edit("--expression", other, "--region", "brows") == 0
    assert [goal.attribute for goal in shell.jobs[-1].goals] == ["brow_height"]
    assert shell.edit("--neutral-expression") == 0
    said = told(capsys)
    assert "does not close" in said
    assert "already" not in said
    goals = [(goal.attribute, goal.value) for goal in shell.jobs[-1].goals]
    assert goals == [("smile", -30)], "the drawn lips are open: the brows stay with them"


def test_an_expression_that_cannot_be_had_is_refused(
    shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.edit("--expression", tmp_path / "none.png") == 2
    assert "none.png" in told(capsys)
    assert shell.edit("--neutral-expression", "--square") == 2
    assert "square has no expression" in told(capsys)
    assert shell.edit("--neutral-expression", "--expression", shell.photo) == 2
    assert not shell.jobs


def test_the_dials_reach_every_edit(shell: Shell, look: Path) -> None:
    dials = ("--strictness", 4, "--naturalness", 0.5, "--no-residual", "--steps", 7, "--seed", 3)
    assert shell.edit("--preset", look, *dials) == 0
    assert {job.dials for job in shell.jobs} == {Dials(4, 0.5, False, 7, 3)}
    assert shell.edit("--set", "smile=10") == 0
    assert shell.jobs[-1].dials == Dials()


def test_wrong_choices_are_refused_with_the_next_step(
    shell: Shell, look: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.json"
    assert shell.edit() == 2
    said = told(capsys)
    for option in ("set", "preset", "edits", "expression", "neutral-expression", "match"):
        assert f"--{option}" in said, "every way is named"
    assert shell.edit("--match", shell.photo) == 2
    assert "--region" in told(capsys)
    assert shell.edit("--preset", missing) == 2
    assert "does not exist" in told(capsys)
    look.write_text("{}")
    assert shell.edit("--preset", look) == 2
    assert "not a preset" in told(capsys)
    assert shell.edit("--set", "smile=1", "--strictness", "9") == 2
    said = told(capsys)
    assert "0.25 to 8" in said
    assert len(said.splitlines()) == 1, "not all that could be written"
    assert shell.edit("--set", "Smile=50") == 2
    assert "Did you mean smile?" in told(capsys)
    write_preset(AttributePreset("Odd", (PresetPart("eyes", (("fangs", 1.0),)),)), look)
    assert shell.edit("--preset", look) == 2
    assert "fangs" in told(capsys)
    assert shell.edit("--match", missing, "--region", "lips") == 2
    assert "none.json" in told(capsys)
    shell.engine.find_faces = no_face
    assert shell.edit("--match", shell.photo, "--region", "lips") == 3
    assert "No face" in told(capsys)
    assert not shell.jobs
    assert not shell.out.exists()
    assert len(shell.engine.begun(OpenReference)) == 1, "the missing one is not asked for"


def test_attributes_are_listed_with_their_whole_card(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["attributes", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == [info.name for info in ATTRIBUTES]
    wanted = {"name", "label", "group", "measures", "region", "unit_sd", "moves", "correlation"}
    assert wanted <= rows[0].keys()


@pytest.mark.parametrize(("arguments", "draft"), [((), False), (("--draft",), True)])
def test_edits_lie_on_the_final_inversion_unless_the_draft_is_asked_for(
    shell: Shell, arguments: tuple[str, ...], draft: bool
) -> None:
    shell.engine.drafts = True
    assert shell.edit("--set", "smile=40", *arguments) == 0
    (job,) = shell.jobs
    assert job.portraits[0].is_draft == draft


def test_nothing_that_is_read_is_written_over(
    shell: Shell, look: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor what is written: it is refused before anything is computed."""
    other, mask = tmp_path / "other.png", tmp_path / "mask.png"
    for copy in (other, mask):
        copy.write_bytes(shell.photo.read_bytes())
    linked, hard = tmp_path / "linked.png", tmp_path / "hard.png"
    linked.symlink_to(shell.photo)
    hard.hardlink_to(shell.photo)
    before = {path: path.read_bytes() for path in (shell.photo, look, other, mask)}
    smile = ("--set", "smile=10")
    dotted = tmp_path / "." / "x" / ".." / shell.out.name
    for written, arguments in (
        ("report", (*smile, "--report", shell.photo)),
        ("report", (*smile, "--report", linked)),
        ("report", (*smile, "--report", hard)),
        ("report", (*smile, "--report", shell.out)),
        ("report", (*smile, "--report", dotted)),
        ("report", ("--preset", look, "--report", look)),
        ("report", (*smile, "--region", mask, "--report", mask)),
        ("output", (*smile, "-o", shell.photo)),
        ("output", (*smile, "-o", hard)),
        ("output", (*smile, "-o", linked)),
        ("output", ("--match", other, "--region", "mouth", "-o", other)),
        ("output", ("--preset", look, "-o", look)),
        ("output", (*smile, "--region", mask, "-o", mask)),
    ):
        assert shell.edit(*arguments) == 2, arguments
        assert f"The {written} is the " in told(capsys)
    assert shell.edit(*smile, "--report", tmp_path / "no" / "report.json") == 2
    assert "does not exist" in told(capsys)
    assert not shell.engine.jobs
    assert {path: path.read_bytes() for path in before} == before
    assert not shell.out.exists()


@pytest.mark.parametrize("name", ["out.bmp", "out", "folder/out.png"])
def test_an_output_that_cannot_be_written_is_refused_before_anything_is_computed(
    shell: Shell, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.out = shell.photo.parent / name
    assert shell.edit("--set", "smile=40") == 2
    assert shell.engine.begun(object) == []
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_photo_too_large_for_the_format_is_refused_before_it_is_inverted(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from editor.document import photo_export

    monkeypatch.setattr(photo_export._WEBP, "largest", 100)  # pyright: ignore[reportPrivateUsage]
    shell.out = shell.photo.with_name("out.webp")
    assert shell.edit("--set", "smile=40") == 2
    assert shell.jobs == []


def test_the_options_of_the_export_dialog_reach_the_file(shell: Shell, tmp_path: Path) -> None:
    preset = tmp_path / "web.json"
    web = ExportOptions(quality=60, longest=100, ai_mark=False)
    write_export_preset(ExportPreset("Web", ".jpg", options=web), preset)
    shell.out = tmp_path / "out.jpg"
    smile = ("--set", "smile=30")
    chosen = ("--export-preset", preset, "--quality", 80, "--chroma", "4:2:0", "--sharpen", 20)
    more = ("--profile", "display-p3", "--intent", "perceptual", "--leave-out", "place")
    assert shell.edit(*smile, *chosen, *more) == 0
    (job,) = (job for job in shell.engine.begun(Export) if isinstance(job, Export))
    assert job.options == ExportOptions(
        quality=80, chroma="4:2:0", sharpen=20, longest=100, ai_mark=False,
        profile="display-p3", intent="perceptual", leave_out=frozenset({"place"}),
    )  # fmt: skip
    with Image.open(shell.out) as written:
        assert written.size == (100, 75)
        assert written.info["icc_profile"]
    read = ("--export-preset", preset)
    assert shell.edit(*smile, *read, "--report", preset) == 2, "it is read"
    assert shell.edit(*smile, "--export-preset", shell.photo) == 2
    assert shell.edit(*smile, "--sharpen", "101") == 2
    assert shell.edit(*smile, "--layers") == 2, "of TIFF only"
    assert len(shell.engine.begun(Export)) == 1


@pytest.mark.parametrize("depth", [8, 16])
def test_masks_are_written_and_read_again(shell: Shell, tmp_path: Path, depth: int) -> None:
    smile = ("--set", "smile=30", "--set", "lip_redness=20")
    masks = tmp_path / "masks"
    assert shell.edit(*smile, "--save-masks", masks) == 2
    masks.mkdir()
    assert shell.edit(*smile, "--save-masks", masks, "--mask-depth", depth) == 0
    assert sorted(path.name for path in masks.iterdir()) == ["out-mask-1.png", "out-mask-2.png"]
    regions = [job.region for job in shell.jobs]
    assert shell.edit("--set", "smile=30", "--region", masks / "out-mask-1.png") == 0
    assert shell.jobs[-1].region == regions[0]
    assert regions[0] != regions[1]


def test_a_file_that_is_there_is_replaced_numbered_or_kept(
    shell: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.out.write_bytes(b"another")
    smile = ("--set", "smile=30")
    assert shell.edit(*smile, "--conflict", "number") == 0
    assert shell.out.with_name("out-2.png").exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert shell.edit(*smile, "--conflict", "ask") == 2, "nobody can be asked"
    assert "--conflict" in told(capsys)
    assert shell.out.read_bytes() == b"another"
    for answer, status in (("n", 2), ("y", 0)):
        terminal = io.StringIO(f"{answer}\n")
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", terminal)
        assert shell.edit(*smile, "--conflict", "ask") == status
        assert (shell.out.read_bytes() == b"another") == (answer == "n")


def test_verbose_tells_each_step_and_the_details_of_errors(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.edit("--set", "smile=30") == 0
    assert not told(capsys)
    assert shell.edit("--set", "smile=30", "-v") == 0
    assert "Analysing the face\nMaking the edit\nExporting" in told(capsys)
    error = EngineError("bug", "It broke.", "Try again.", "Traceback: deep inside")
    shell.engine.fail[Intervene] = EngineFailure(error)
    for words, deep in (((), False), (("--verbose",), True)):
        with contextlib.suppress(EngineFailure):
            shell.edit("--set", "smile=30", *words)
        assert ("deep inside" in told(capsys)) == deep


def test_ctrl_c_has_the_exit_status_of_shells(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shell.engine, "run", interrupted)
    assert shell.edit("--set", "smile=30") == 130
    assert not shell.out.exists()


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        window.parser().parse_args(["--version"])
    assert end.value.code == 0
    root = Path(window.__file__).parent
    stated = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert capsys.readouterr().out == f"Style Intervention {stated}\n"
