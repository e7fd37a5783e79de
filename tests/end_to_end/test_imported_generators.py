"""A generator of the user's own from its file to an edited photo: on the command line, in projects.

The network is small and knows nothing, so what is tested is the way, not the picture.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import torch
from PIL import Image

import resources
from editor.command_line import commands as command_line
from editor.command_line import recipe
from editor.document import places
from editor.document.history import Inversion, Portrait
from editor.document.photo import open_photo
from editor.document.project import Project, open_project, save_project
from editor.engine import generators
from editor.engine.engine import Engine
from editor.engine.jobs import (
    Discover,
    Discovery,
    Failed,
    ImportGenerator,
    Invert,
    Notice,
    OpenedPhoto,
    OpenPhoto,
    OpenProject,
)
from models.faces.analyser import FaceAnalyser
from tests.end_to_end.real_engine import finish, no_faces
from tests.models.importing import formats

if TYPE_CHECKING:
    from editor.engine.jobs import GeneratorInfo

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where imported generators go, with nothing in it."""
    monkeypatch.setattr(recipe, "INVERSION_STEPS", 4)
    monkeypatch.setattr(places, "user_folder", lambda: tmp_path / "user")
    return tmp_path / "user" / "generators"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "afhqcat.pkl"
    path.write_bytes(formats.ada(formats.random_network(5, 64), 256))
    return path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    with Image.open(resources.path("sample-portrait.jpg")) as sample:
        sample.resize((300, 300)).save(path)
    return path


class Program:
    """Pickles as a call of the shell."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.remove, ("anything",)


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path, status: int = 0) -> str:
    """What a command says."""
    assert command_line.main([str(argument) for argument in arguments]) == status
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.out + said.err


def test_from_nvidias_file_to_an_edited_photo(
    checkpoint: Path, photo: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "import", checkpoint, "--name", "Cats")
    assert "Added cats: StyleGAN2, 64 px" in said
    assert "non-commercial" in said
    assert sorted(p.name for p in folder.iterdir()) == ["cats.json", "cats.safetensors"]
    assert "imported from afhqcat.pkl" in told(capsys, "generators")
    rows = json.loads(told(capsys, "generators", "--json"))
    assert rows[0]["name"] == generators.default().name
    assert rows[-1]["name"] == "cats"
    loaded = generators.load(generators.named("cats", folder), torch.device("cpu"))
    assert loaded.network.config.clamp == 256
    assert loaded.encoder is None
    assert "--directions sefa" in told(capsys, "attributes", "--generator", "cats")
    assert "sefa-2" in told(capsys, "attributes", "--generator", "cats", "--directions", "sefa")
    out, report = tmp_path / "out.png", tmp_path / "report.json"
    said = told(
        capsys, "edit", photo, "--generator", "cats", "--directions", "sefa", "--set", "SeFa 2=60",
        "--set", "sefa-1=-30", "--region", "mouth", "--steps", "2", "-o", out, "--report", report,
    )  # fmt: skip
    assert "non-commercial" in said, "said again with the picture"
    record = json.loads(report.read_text())
    assert record["model"] == "cats"
    assert [(edit["attribute"], edit["value"]) for edit in record["edits"]] == [
        ("sefa-2", 60.0), ("sefa-1", -30.0),
    ]  # fmt: skip
    assert record["outside_identical"] is True
    assert not np.array_equal(open_photo(photo).pixels, open_photo(out).pixels)


def test_what_cannot_be_used_is_told_in_one_line(
    checkpoint: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    evil = tmp_path / "evil.pkl"
    evil.write_bytes(pickle.dumps({"G_ema": Program()}))
    said = told(capsys, "import", evil, status=2)
    assert "remove" in said
    assert "Nothing was run" in said
    third = tmp_path / "third.pt"
    third.write_bytes(formats.saved({"synthesis.input.freqs": torch.zeros(2)}))
    assert "StyleGAN3" in told(capsys, "import", third, status=2)
    assert "does not exist" in told(capsys, "import", tmp_path / "gone.pkl", status=2)
    assert not folder.exists(), "nothing is left of any"
    out = tmp_path / "out.png"
    edit = ("edit", photo, "--set", "smile=5", "-o", out)
    assert "no generator 'cats'" in told(capsys, *edit, "--generator", "cats", status=2)
    told(capsys, "import", checkpoint, "--name", "cats")
    assert "another generator named cats" in told(
        capsys, "import", other(tmp_path), "--name", "cats", status=2
    )
    assert "no fitted attributes" in told(capsys, *edit, "--generator", "cats", status=2)
    (folder / "broken.json").write_text("{}")
    assert "broken is damaged" in told(capsys, "generators")
    content = bytearray((folder / "cats.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "cats.safetensors").write_bytes(content)
    said = told(capsys, *edit, "--generator", "cats", status=2)
    assert "checksum" in said
    assert "Import it again from afhqcat.pkl" in said
    assert not out.exists()


def other(folder: Path) -> Path:
    path = folder / "other.pkl"
    path.write_bytes(formats.ada(formats.random_network(6, 64)))
    return path


def test_a_project_says_which_generator_it_needs(
    checkpoint: Path, photo: Path, folder: Path, tmp_path: Path
) -> None:
    engine = Engine.create("cpu", folder)
    made = cast("GeneratorInfo", finish(engine, ImportGenerator(checkpoint, "cats")))
    opened = cast("OpenedPhoto", finish(engine, OpenPhoto(photo, made.sha256)))
    assert opened.info is not None
    assert opened.info.attributes == ()
    crop = engine.crop_of(opened.faces[0])
    inversion = cast(
        "Inversion", finish(engine, Invert(opened.photo, crop, 4, generator=made.sha256))
    )
    portrait = Portrait.of(crop, inversion)
    path = tmp_path / "cats.sip"
    seen = opened.photo
    project = Project(
        seen.path, seen.sha256, seen.width, seen.height, (portrait,), generator=made.described
    )
    save_project(project, path)
    assert open_project(path)[0].generator == "cats, imported from afhqcat.pkl"
    finish(engine, OpenPhoto(photo))
    reports = list(engine.run(OpenProject(path)))
    assert any("cats" in r.message for r in reports if isinstance(r, Notice))
    assert engine.info.generator == "cats"
    engine.close()
    for file in folder.iterdir():
        file.unlink()
    (*_, last) = Engine.create("cpu", folder).run(OpenProject(path))
    assert isinstance(last, Failed)
    assert last.error.kind == "model_missing"
    assert "cats, imported from afhqcat.pkl" in last.error.title
    assert made.sha256[:16] in last.error.title
    assert "Add generator" in last.error.advice


@pytest.mark.slow
def test_a_picture_of_something_else_is_edited_as_a_square(
    checkpoint: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FaceAnalyser, "detect", no_faces)  # eight seconds of looking
    random = np.random.default_rng(0)
    pixels = np.kron(random.integers(0, 255, (6, 8, 3)), np.ones((20, 20, 1))).astype(np.uint8)
    photo, out = tmp_path / "tiles.png", tmp_path / "out.png"
    Image.fromarray(pixels).save(photo)
    told(capsys, "import", checkpoint, "--name", "cats")
    edit = (
        "edit", photo, "--generator", "cats", "--directions", "ganspace",
        "--set", "ganspace-1=80", "--steps", "2", "-o", out,
    )  # fmt: skip
    assert "No face" in told(capsys, *edit, status=3)
    told(capsys, *edit, "--square")
    changed = (open_photo(out).pixels != pixels).any(-1)
    assert changed[:, 20:140].mean() > 0.5
    assert not changed[:, :19].any(), "outside the square"
    assert not changed[:, 141:].any()


def test_a_generator_that_knows_no_faces_discovers_channels(
    checkpoint: Path, photo: Path, folder: Path
) -> None:
    from editor.document.face_regions import preset

    engine = Engine.create("cpu", folder)
    made = cast("GeneratorInfo", finish(engine, ImportGenerator(checkpoint)))
    opened = cast("OpenedPhoto", finish(engine, OpenPhoto(photo, made.sha256)))
    crop = engine.crop_of(opened.faces[0])
    inversion = cast(
        "Inversion", finish(engine, Invert(opened.photo, crop, 4, generator=made.sha256))
    )
    portrait = Portrait.of(crop, inversion)
    region = preset("mouth", crop.landmarks, 300, 300).feathered(3)
    found = cast("Discovery", finish(engine, Discover(opened.photo, (portrait,), 0, region)))
    assert found.sliders
    assert all(np.isfinite(slider.delta.values).all() for slider in found.sliders)
    engine.close()


def test_the_users_folder_is_qts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line and the window must find the same generators."""
    code = (
        "from PySide6.QtCore import QCoreApplication, QStandardPaths as P; "
        "from editor.document.places import ORGANISATION, PROGRAM, cache_folder, user_folder; "
        "from pathlib import Path; "
        "QCoreApplication.setOrganizationName(ORGANISATION); "
        "QCoreApplication.setApplicationName(PROGRAM); "
        "place = P.writableLocation(P.StandardLocation.AppDataLocation); "
        "cache = P.writableLocation(P.StandardLocation.CacheLocation); "
        "print(Path(place) == user_folder(), Path(cache) == cache_folder(), cache_folder())"
    )
    for home in ("", str(ROOT / "somewhere"), "not/absolute"):
        monkeypatch.setenv("XDG_DATA_HOME", home)
        monkeypatch.setenv("XDG_CACHE_HOME", home)
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith("True True"), done.stdout
