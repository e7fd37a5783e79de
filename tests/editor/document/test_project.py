import contextlib
import errno
import hashlib
import io
import json
import math
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor.document import project as project_module
from editor.document.face import FaceCrop
from editor.document.history import Edit, EditHistory, EditOrigin, Portrait
from editor.document.paint import PaintLayer
from editor.document.project import (
    Project,
    ProjectError,
    locate_photo,
    open_project,
    save_project,
)
from editor.document.region import BrushStroke, RegionMask
from editor.document.style import GeneratorOffset, StyleCode, StyleDelta, StyleLayout

W, H = 64, 48
LAYOUT = StyleLayout(("b4.conv", "b4.torgb"), (7, 5), "ab" * 32)
RNG = np.random.default_rng(11)


def region(x: int = 5, y: int = 6) -> RegionMask:
    return RegionMask(W, H, x, y, RNG.integers(1, 256, (9, 8), dtype=np.uint8))


def edit(number: int, where: RegionMask) -> Edit:
    delta = StyleDelta.from_dense(LAYOUT, np.where(np.arange(12) % 3, 0, number + 0.1).astype("f4"))
    origin = EditOrigin((("smile", 60.0), ("lip_redness", -12.5)), seed=number, steps=40)
    return Edit(f"edit-{number}", "Smile +60 “ä”", delta, where, origin, 1.7e9 + number / 7)


def portrait(edits: int = 3, position: int = 2) -> Portrait:
    where = region()
    masks = [where, where, RegionMask.empty(W, H), region(20, 30)]
    tensors = {"b16.conv0.left": RNG.normal(size=(3, 2)), "b16.conv0.bias": np.ones(3)}
    offset = GeneratorOffset({name: array.astype(np.float16) for name, array in tensors.items()})
    history = EditHistory(
        StyleCode(LAYOUT, RNG.normal(size=12).astype(np.float32), offset),
        tuple(edit(number, masks[number]) for number in range(edits)),
        position,
    )
    crop = FaceCrop(RNG.normal(30, 9, (68, 2)), np.array([[0.5, 0.1, 3], [-0.1, 0.5, 4]]), 16)
    return Portrait(crop, history, psnr=23.456, identity_distance=math.nan)


def painted() -> PaintLayer:
    """Two overlapping strokes, the second one half erased: all degrees of opacity."""
    layer = PaintLayer.empty(W, H)
    for x, colour in ((20, (200, 30, 40)), (28, (10, 250, 90))):
        layer = layer.stamped(BrushStroke(np.array([[x, 20]]), 9, 0.3), colour)
    return layer.stamped(BrushStroke(np.array([[34, 20]]), 6, 0.0, True), (0, 0, 0))


def example(folder: Path) -> Project:
    photo = folder / "photo.jpg"
    photo.write_bytes(b"the photograph")
    digest = hashlib.sha256(b"the photograph").hexdigest()
    faces = (portrait(), portrait(4, 0))
    return Project(photo, digest, W, H, faces, active=1, paint={1: painted()})


def same(a: Project, b: Project) -> bool:
    """Equality in which NaN equals NaN, and layers of equal pixels are equal."""

    def plain(project: Project) -> Project:
        return replace(
            project,
            paint={},
            portraits=tuple(
                replace(face, psnr=repr(face.psnr), identity_distance=repr(face.identity_distance))
                for face in project.portraits
            ),
        )

    layers, others = (
        {number: layer.digest for number, layer in project.paint.items()} for project in (a, b)
    )
    return plain(a) == plain(b) and layers == others


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def with_json(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    def edit_members(members: dict[str, bytes]) -> None:
        record = json.loads(members["project.json"])
        change(record)
        members["project.json"] = json.dumps(record).encode()

    return rewritten(data, edit_members)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "a.sip"
    save_project(example(tmp_path), path)
    return path


def refused(path: Path, data: bytes) -> ProjectError:
    path.write_bytes(data)
    with pytest.raises(ProjectError) as caught:
        open_project(path)
    assert caught.value.title.endswith(".")
    assert caught.value.advice.endswith(".")
    return caught.value


# ------------------------------------------------------------------ round trips


@pytest.mark.parametrize("embedded", [None, b"the photograph"])
def test_everything_comes_back(tmp_path: Path, embedded: bytes | None):
    project = example(tmp_path)
    save_project(project, tmp_path / "a.sip", embedded)
    opened, original = open_project(tmp_path / "a.sip")
    assert original == embedded
    assert same(replace(opened, photo_near=None), project)
    assert opened.photo_near == "photo.jpg"
    for before, after in zip(project.portraits, opened.portraits, strict=True):
        assert before.history.current() == after.history.current()


def test_saving_again_gives_the_same_bytes(tmp_path: Path):
    save_project(example(tmp_path), tmp_path / "a.sip", b"the photograph")
    opened, original = open_project(tmp_path / "a.sip")
    save_project(opened, tmp_path / "b.sip", original)
    assert (tmp_path / "b.sip").read_bytes() == (tmp_path / "a.sip").read_bytes()


def test_a_project_without_faces_or_photo_path_round_trips(tmp_path: Path):
    project = Project(None, "00" * 32, W, H)
    save_project(project, tmp_path / "a.sip")
    assert open_project(tmp_path / "a.sip") == (project, None)


def test_empty_deltas_round_trip(tmp_path: Path):
    face = portrait(0, 0)
    nothing = StyleDelta(LAYOUT, np.zeros(0, np.int32), np.zeros(0, np.float32))
    face = face.with_history(face.history.push(replace(edit(0, region()), delta=nothing)))
    save_project(Project(None, "", W, H, (face,)), tmp_path / "a.sip")
    opened, _ = open_project(tmp_path / "a.sip")
    assert opened.portraits[0].history == face.history


words = st.text(st.characters(exclude_characters="\0"))  # with lone surrogates
finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=40, deadline=None)
@given(words, words, finite, finite, st.integers(0, 2**62), st.integers(0, 3))
def test_any_words_and_numbers_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    label: str, goal: str, value: float, created: float, seed: int, position: int,
):  # fmt: skip
    folder = tmp_path_factory.mktemp("p")
    face = portrait(4, position)
    origin = EditOrigin(((goal, value),), seed, 1)
    last = replace(face.history.edits[3], label=label, origin=origin, created=created)
    history = EditHistory(face.history.base, (*face.history.edits[:3], last), position)
    face = replace(face, history=history, identity_distance=1.0)
    project = Project(None, label, W, H, (face,))
    save_project(project, folder / "a.sip")
    opened, _ = open_project(folder / "a.sip")
    assert opened == project
    save_project(opened, folder / "b.sip")
    assert (folder / "a.sip").read_bytes() == (folder / "b.sip").read_bytes()


# ------------------------------------------------------------------ bad files


def test_missing_files_folders_and_foreign_files(tmp_path: Path):
    with pytest.raises(ProjectError, match="does not exist"):
        open_project(tmp_path / "none.sip")
    with pytest.raises(ProjectError, match="cannot be read"):
        open_project(tmp_path)
    assert "not a project" in refused(tmp_path / "a.sip", b"").title
    assert "not a project" in refused(tmp_path / "a.sip", b"some text").title
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("project.json", '{"format": "something else"}')
    assert "not a project" in refused(tmp_path / "a.sip", other.getvalue()).title


def test_a_newer_version_says_update(saved: Path):
    data = with_json(saved.read_bytes(), lambda record: record.update(version=4))
    error = refused(saved, data)
    assert "newer version" in error.title
    assert "Update" in error.advice


def test_older_versions_are_upgraded_step_by_step(saved: Path, monkeypatch: pytest.MonkeyPatch):
    data = saved.read_bytes()
    saved.write_bytes(with_json(data, lambda record: record.update(active="second", version=1)))

    def second_to_number(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, "active": 1}

    def unchanged(record: dict[str, Any]) -> dict[str, Any]:
        assert record["active"] == 1
        return record

    monkeypatch.setattr(project_module, "VERSION", 3)
    monkeypatch.setattr(project_module, "_UPGRADES", {1: second_to_number, 2: unchanged})
    assert open_project(saved)[0].active == 1


@pytest.mark.parametrize("name", ["project.json", "styles.safetensors", "region", "paint"])
def test_missing_members_are_named(saved: Path, name: str):
    def drop(members: dict[str, bytes]) -> None:
        members.pop(next(key for key in members if key.startswith(name)))

    assert "missing" in refused(saved, rewritten(saved.read_bytes(), drop)).title


def test_damaged_members_are_found_by_their_checksum(saved: Path):
    data = bytearray(saved.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        at = archive.getinfo("styles.safetensors").header_offset + 60
    data[at] ^= 0xFF
    assert "damaged" in refused(saved, bytes(data)).title


def test_an_embedded_photo_must_be_the_edited_one(tmp_path: Path):
    save_project(example(tmp_path), tmp_path / "a.sip", b"another photograph")
    assert "photograph" in refused(tmp_path / "a.sip", (tmp_path / "a.sip").read_bytes()).title


def test_oversized_members_are_refused_unread(saved: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(project_module, "_LARGEST", {"project.json": 100})
    assert "too large" in refused(saved, saved.read_bytes()).title


def test_other_members_are_ignored(saved: Path):
    before = open_project(saved)
    bad = rewritten(saved.read_bytes(), lambda members: members.update({"../../evil.py": b"x"}))
    saved.write_bytes(bad)
    assert same(open_project(saved)[0], before[0])
    assert not (saved.parent.parent.parent / "evil.py").exists()


def path_changes() -> list[tuple[list[str | int], object]]:
    face: list[str | int] = ["portraits", 0]
    first = [*face, "edits", 0]
    paint: list[str | int] = ["portraits", 1, "paint"]
    return [
        (["photo"], None), (["photo", "width"], 10), (["photo", "width"], 10**9),
        (["photo", "height"], "48"), (["photo", "path"], 3), (["photo", "path"], "a\0b"),
        (["photo", "near"], []), (["photo", "sha256"], None), (["active"], 2), (["active"], True),
        (["version"], "1"), (["version"], 0), (["portraits"], {}), (["portraits"], [3]),
        ([*face, "layers"], [["b4.conv", 7]]), ([*face, "layers"], [["b4.conv"]]),
        ([*face, "generator"], 7), ([*face, "size"], 0), ([*face, "size"], 1.5),
        ([*face, "landmarks"], [[1, 2]]), ([*face, "landmarks"], "many"),
        ([*face, "to_photo"], [[1, 2, 3], [1, 2]]), ([*face, "psnr"], "good"),
        ([*face, "position"], 9), ([*face, "position"], -1), ([*face, "edits"], None),
        ([*first, "label"], None), ([*first, "id"], 5), ([*first, "created"], "today"),
        ([*first, "created"], 10**400), ([*first, "origin"], []),
        ([*first, "origin", "goals"], [["smile"]]), ([*first, "origin", "seed"], 0.5),
        ([*first, "region", "x"], W), ([*first, "region", "y"], -1),
        ([*first, "region", "image"], "project.json"), ([*first, "region", "image"], "../x.png"),
        ([*face, "paint"], []), ([*face, "paint"], {"image": None, "x": 0, "y": 0}),
        ([*paint, "x"], W), ([*paint, "y"], -1), ([*paint, "image"], "photo/original"),
    ]  # fmt: skip


@pytest.mark.parametrize(("way", "value"), path_changes())
def test_wrong_values_are_refused(saved: Path, way: list[str | int], value: object):
    def change(record: dict[str, Any]) -> None:
        at: Any = record
        for step in way[:-1]:
            at = at[step]
        at[way[-1]] = value

    refused(saved, with_json(saved.read_bytes(), change))


@pytest.mark.parametrize("text", ["[]", "3", "{", "[" * 100_000, '{"format": NaN}', "\xff"])
def test_json_that_is_none_is_refused(saved: Path, text: str):
    data = rewritten(
        saved.read_bytes(), lambda members: members.update({"project.json": text.encode("latin-1")})
    )
    refused(saved, data)


_SAMPLE: list[bytes] = []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_other_exception_escapes(tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject):
    if not _SAMPLE:
        folder = tmp_path_factory.mktemp("sample")
        save_project(example(folder), folder / "a.sip")
        _SAMPLE.append((folder / "a.sip").read_bytes())
    data = bytearray(_SAMPLE[0])
    for _ in range(draw.draw(st.integers(0, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.one_of(st.just(len(data)), st.integers(0, len(data))))
    path = tmp_path_factory.getbasetemp() / "broken.sip"
    path.write_bytes(bytes(data[:cut]))
    with contextlib.suppress(ProjectError):
        open_project(path)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_other_exception_escapes_behind_the_checksums(
    tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject
):
    if not _SAMPLE:
        folder = tmp_path_factory.mktemp("sample")
        save_project(example(folder), folder / "a.sip")
        _SAMPLE.append((folder / "a.sip").read_bytes())

    def flip(members: dict[str, bytes]) -> None:
        name = draw.draw(st.sampled_from(sorted(members)))
        body = bytearray(members[name])
        for _ in range(draw.draw(st.integers(1, 3))):
            body[draw.draw(st.integers(0, len(body) - 1))] = draw.draw(st.integers(0, 255))
        members[name] = bytes(body[: draw.draw(st.integers(0, len(body)))])

    path = tmp_path_factory.getbasetemp() / "broken.sip"
    path.write_bytes(rewritten(_SAMPLE[0], flip))
    with contextlib.suppress(ProjectError):
        open_project(path)


# ------------------------------------------------------------------ failed saves


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "full"), (errno.EACCES, "protected")])
def test_a_failed_save_keeps_the_old_project(
    saved: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
):
    before = saved.read_bytes()
    files = sorted(saved.parent.iterdir())

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ProjectError) as caught:
        save_project(Project(None, "", W, H), saved)
    assert words in caught.value.title
    assert saved.read_bytes() == before
    assert sorted(saved.parent.iterdir()) == files


def test_saving_into_a_missing_folder_says_so(tmp_path: Path):
    with pytest.raises(ProjectError, match="does not exist"):
        save_project(Project(None, "", W, H), tmp_path / "none" / "a.sip")


def test_a_senseless_active_portrait_is_refused():
    with pytest.raises(ValueError, match="portrait 1 of 0"):
        Project(None, "", W, H, active=1)


# ------------------------------------------------------------------ finding the photograph


def test_the_photo_is_found_where_it_was(saved: Path):
    project, _ = open_project(saved)
    assert locate_photo(project, saved) == saved.parent / "photo.jpg"


def test_the_photo_is_found_after_its_folder_moved(tmp_path: Path):
    old = tmp_path / "old"
    (old / "photos").mkdir(parents=True)
    project = example(old / "photos")
    save_project(project, old / "a.sip")
    old.rename(tmp_path / "new")
    opened, _ = open_project(tmp_path / "new" / "a.sip")
    found = locate_photo(opened, tmp_path / "new" / "a.sip")
    assert found.samefile(tmp_path / "new" / "photos" / "photo.jpg")


def test_the_photo_is_found_beside_the_project(tmp_path: Path):
    project = replace(example(tmp_path), photo_path=Path(r"C:\Users\a\photo.jpg"))
    assert locate_photo(project, tmp_path / "a.sip").samefile(tmp_path / "photo.jpg")


def test_a_missing_photo_is_named(saved: Path):
    project, _ = open_project(saved)
    (saved.parent / "photo.jpg").unlink()
    with pytest.raises(ProjectError) as caught:
        locate_photo(project, saved)
    assert "photo.jpg" in caught.value.title
    assert "Copy" in caught.value.advice


def test_a_changed_photo_is_not_taken(saved: Path):
    project, _ = open_project(saved)
    (saved.parent / "photo.jpg").write_bytes(b"retouched")
    with pytest.raises(ProjectError, match="changed"):
        locate_photo(project, saved)


# ------------------------------------------------------------------ how an edit was made


def test_dials_likeness_and_ids_of_found_sliders_come_back(tmp_path: Path):
    origin = EditOrigin(
        (("b32.conv1 #17 {“ä”}", -40.0), ("smile", 10.0)),
        3,
        55,
        4.0,
        0.25,
        False,
        "reference a.jpg",
        "ab12",
    )
    face = portrait(1, 1)
    history = EditHistory(face.history.base, (replace(face.history.edits[0], origin=origin),), 1)
    save_project(Project(None, "", W, H, (face.with_history(history),)), tmp_path / "a.sip")
    opened, _ = open_project(tmp_path / "a.sip")
    assert opened.portraits[0].history.edits[0].origin == origin


def test_projects_of_version_1_open_with_the_usual_dials_and_no_offset(saved: Path):
    def forget(record: dict[str, Any]) -> None:
        record["version"] = 1
        for portrait in record["portraits"]:
            del portrait["offset"], portrait["draft"], portrait["paint"]
            for item in portrait["edits"]:
                for name in ("strictness", "naturalness", "residual", "likeness", "offset"):
                    del item["origin"][name]

    saved.write_bytes(with_json(saved.read_bytes(), forget))
    face = open_project(saved)[0].portraits[0]
    origin = face.history.edits[0].origin
    assert origin == EditOrigin(origin.goals, origin.seed, origin.steps)
    assert face.history.base.offset is None
    assert not face.is_draft


def test_projects_of_version_2_open_with_nothing_painted(saved: Path):
    def forget(record: dict[str, Any]) -> None:
        record["version"] = 2
        for portrait in record["portraits"]:
            del portrait["paint"]

    before = open_project(saved)[0]
    saved.write_bytes(with_json(saved.read_bytes(), forget))
    assert same(open_project(saved)[0], replace(before, paint={}))


@pytest.mark.parametrize("shape", [(9, 8), (9, 8, 3), (H + 1, 2, 4)])
def test_paint_that_is_none_is_refused(saved: Path, shape: tuple[int, ...]):
    def repaint(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("paint/"))
        members[name] = cv2.imencode(".png", np.full(shape, 7, np.uint8))[1].tobytes()

    assert "damaged" in refused(saved, rewritten(saved.read_bytes(), repaint)).title


def test_paint_without_any_opacity_is_no_paint(saved: Path):
    def erase(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("paint/"))
        members[name] = cv2.imencode(".png", np.zeros((4, 5, 4), np.uint8))[1].tobytes()

    saved.write_bytes(rewritten(saved.read_bytes(), erase))
    assert open_project(saved)[0].paint[1].is_empty


def test_blank_paint_is_not_stored(tmp_path: Path):
    blank = Project(None, "", W, H, (portrait(),), paint={0: PaintLayer.empty(W, H)})
    save_project(blank, tmp_path / "a.sip")
    assert open_project(tmp_path / "a.sip")[0].paint == {}


def test_an_offset_that_is_not_the_saved_one_is_refused(saved: Path):
    def other(record: dict[str, Any]) -> None:
        record["portraits"][0]["offset"] = "00" * 32

    error = refused(saved, with_json(saved.read_bytes(), other))
    assert "generator is not the one" in error.title


@pytest.mark.parametrize(
    ("name", "value"),
    [("strictness", "high"), ("naturalness", None), ("residual", 1), ("likeness", 5)],
)
def test_damaged_dials_are_refused(saved: Path, name: str, value: object):
    def spoil(record: dict[str, Any]) -> None:
        record["portraits"][0]["edits"][0]["origin"][name] = value

    assert "damaged" in refused(saved, with_json(saved.read_bytes(), spoil)).title
