"""Projects that are old, damaged or hostile: read as far as they can be, or refused."""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from editor.document import project_limits, project_reading
from editor.document.history import EditHistory, EditOrigin
from editor.document.project import Project, ProjectError, find_photo, open_project, save_project
from tests.editor.document.project_examples import (
    H,
    W,
    example,
    members_in,
    plain,
    put,
    rewritten,
    with_json,
    zipped,
)
from tests.editor.document.project_examples import (
    portrait as a_portrait,
)

OLDER = Path(__file__).parent / "older_projects"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "a.sip"
    save_project(example(tmp_path), path, b"the photograph")
    return path


def refused(path: Path, data: bytes) -> ProjectError:
    path.write_bytes(data)
    with pytest.raises(ProjectError) as caught:
        open_project(path)
    assert caught.value.title.endswith(".")
    assert caught.value.advice.endswith(".")
    return caught.value


def missing_from(path: Path, data: bytes) -> tuple[Project, str]:
    """A damaged project, and what it says it misses."""
    path.write_bytes(data)
    project, _ = open_project(path)
    assert project.missing
    assert all(line.endswith(".") for line in project.missing)
    return project, " ".join(project.missing)


# ------------------------------------------------------------------ older versions


@pytest.mark.parametrize("version", [1, 2, 3])
def test_projects_of_older_versions_open_whole(version: int):
    path = OLDER / f"version-{version}.sip"
    project, inside = open_project(path)
    assert project.missing == ()
    assert project.version == version
    assert (inside is not None) == (version == 3)
    found = find_photo(project, path, inside)
    assert (found.photo.width, found.photo.height) == (project.width, project.height)
    assert found.notes == ()
    first, second = project.portraits
    assert [edit.label for edit in first.history.edits] == ["Smile +60", "Smile +59", "Smile +58"]
    assert first.history.position == 2
    assert first.history.edits[0].region is not first.history.edits[2].region
    assert first.history.edits[0].region == first.history.edits[1].region
    assert first.history.edits[1].origin.likeness == "paint"
    assert first.history.edits[1].origin.strictness == 2.0
    assert second.is_draft
    assert not first.is_draft
    assert (first.history.base.offset is None) == (version == 1)
    assert project.active == 1
    assert [face.portrait for face in project.faces] == [0, 1]
    assert list(project.paint) == ([1] if version == 3 else [])
    assert not any(face.regions for face in project.faces)
    assert project.reference is None
    assert project.dials is None
    assert project.view is None


def test_what_version_4_said_of_points_and_edits_becomes_what_can_be_changed():
    project, _ = open_project(OLDER / "version-4.sip")
    assert project.missing == ()
    history = project.portraits[0].history
    assert [edit.label for edit in history.edits] == ["Smile +60 “ä”"] * 3
    first, second, third = history.edits
    assert (first.weight, first.opacity, first.enabled, first.name) == (1, 1, True, "")
    assert first.brushed is None
    assert second.shift is None
    assert first.shift is not None
    assert third.shift is not None
    assert np.allclose(first.shift, [0.5, -0.25], atol=1e-5)
    assert np.allclose(third.shift, [1.0, 0], atol=1e-5), "from where the one before had left them"
    moved = project.portraits[0].landmarks - project.portraits[0].crop.landmarks
    assert np.allclose(moved, [0.5, -0.25], atol=1e-5)


def test_what_does_not_say_where_its_face_lay_was_made_where_it_lies_as_saved(tmp_path: Path):
    """Files of version 5 before 30 November 2026 hold neither that nor parts."""
    face, shift = a_portrait(4, 4), np.full((68, 2), 2.5, np.float32)
    turn = EditOrigin((("head_turn", 50.0),), 0, 2)
    beneath, *others = (replace(e, enabled=True, parts=(), upon=None) for e in face.history.edits)
    edits = replace(beneath, origin=turn, shift=shift, weight=0.5, opacity=0.5), *others
    off = EditOrigin((("head_nod", 50.0),), 0, 2)
    edits = (*edits[:2], replace(edits[2], origin=off, shift=shift, enabled=False), edits[3])
    save_project(
        Project(None, "", W, H, (face.with_history(EditHistory(face.history.base, edits, 4)),)),
        tmp_path / "a.sip",
    )

    def older(record: dict[str, Any]) -> None:
        for edit in record["portraits"][0]["edits"]:
            del edit["upon"], edit["parts"]

    path = tmp_path / "older.sip"
    path.write_bytes(with_json((tmp_path / "a.sip").read_bytes(), older))
    found, _ = open_project(path)
    assert not found.missing
    first, *rest = found.portraits[0].history.edits
    assert first.upon is None
    for edit in rest:
        assert edit.upon is not None
        np.testing.assert_array_equal(edit.upon, shift / 4)


def test_version_1_had_no_offset_in_its_origins():
    origin = open_project(OLDER / "version-1.sip")[0].portraits[0].history.edits[0].origin
    assert origin == EditOrigin(origin.goals, origin.seed, origin.steps)


def test_an_upgraded_project_is_saved_as_a_new_one(tmp_path: Path):
    project, _ = open_project(OLDER / "version-2.sip")
    save_project(project, tmp_path / "new.sip")
    again, _ = open_project(tmp_path / "new.sip")
    assert plain(again) == plain(project)
    assert (
        json.loads(members_in((tmp_path / "new.sip").read_bytes())["project.json"])["version"] == 5
    )


def test_a_newer_version_says_update(saved: Path):
    error = refused(saved, with_json(saved.read_bytes(), lambda record: record.update(version=6)))
    assert "newer version" in error.title
    assert "Update" in error.advice


# ------------------------------------------------------------------ no project at all


def test_missing_files_folders_and_foreign_files(tmp_path: Path):
    with pytest.raises(ProjectError, match="does not exist"):
        open_project(tmp_path / "none.sip")
    with pytest.raises(ProjectError, match="cannot be read"):
        open_project(tmp_path)
    with pytest.raises(ProjectError, match="too long"):
        open_project(tmp_path / ("n" * 300))
    assert "not a project" in refused(tmp_path / "a.sip", b"").title
    assert "not a project" in refused(tmp_path / "a.sip", b"some text").title
    other = zipped({"project.json": b'{"format": "something else"}'})
    assert "not a project" in refused(tmp_path / "a.sip", other).title
    assert "not a project" in refused(tmp_path / "a.sip", zipped({"a.txt": b""})).title


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "a.sip")
    for path in (tmp_path / "a.sip", Path("/dev/zero")):
        with pytest.raises(ProjectError, match="no ordinary file"):
            open_project(path)


@pytest.mark.parametrize("text", ["[]", "3", "{", "[" * 100_000, '{"format": NaN}', "\xff"])
def test_json_that_is_none_is_refused(saved: Path, text: str):
    data = rewritten(
        saved.read_bytes(), lambda members: members.update({"project.json": text.encode("latin-1")})
    )
    refused(saved, data)


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (["photo"], None), (["photo", "width"], 10**9), (["photo", "height"], "48"),
        (["photo", "path"], "a\0b"), (["photo", "near"], []), (["photo", "sha256"], None),
        (["version"], "1"), (["version"], 0), (["portraits"], {}), (["faces"], None),
    ],
)  # fmt: skip
def test_projects_without_a_frame_are_refused(saved: Path, way: list[str | int], value: object):
    data = saved.read_bytes()
    if way == ["photo", "path"]:
        data = with_json(data, lambda record: record["photo"].update(near=None))
    refused(saved, with_json(data, lambda record: put(record, way, value)))


# ------------------------------------------------------------------ damaged in part


def test_what_is_damaged_is_left_out_and_named(saved: Path):
    def damage(record: dict[str, Any]) -> None:
        record["portraits"][0]["edits"][0]["region"]["image"] = "regions/none.png"
        record["faces"][0]["regions"][0]["feather"] = -1
        record["reference"]["landmarks"] = []
        record["dials"]["steps"] = 10**6
        record["view"] = "all"

    sound, _ = open_project(saved)
    project, told = missing_from(saved, with_json(saved.read_bytes(), damage))
    assert [edit.id for edit in project.portraits[0].history.edits] == ["edit-1", "edit-2"]
    assert project.portraits[0].history.position == 1
    assert [region.name for region in project.faces[0].regions] == [""]
    assert project.reference is None
    assert project.dials is None
    assert project.view is None
    assert "edit “Smile +60" in told
    for word in ("region", "reference", "dials", "view"):
        assert word in told
    assert plain(project.portraits[1]) == plain(sound.portraits[1])
    assert plain(project.unowned) == plain(sound.unowned)


def test_a_face_that_is_damaged_leaves_its_brushwork_and_the_other_faces(saved: Path):
    def damage(record: dict[str, Any]) -> None:
        record["portraits"][0]["size"] = 60_000

    sound, _ = open_project(saved)
    project, told = missing_from(saved, with_json(saved.read_bytes(), damage))
    assert "Face 1 with its edits" in told
    assert plain(project.portraits) == plain(sound.portraits[1:])
    assert [face.portrait for face in project.faces] == [None, None, 0]
    assert plain(project.faces[0].regions) == plain(sound.faces[0].regions)
    assert project.active == sound.active


def test_edits_survive_a_damaged_place_of_their_face(saved: Path):
    project, told = missing_from(
        saved, with_json(saved.read_bytes(), lambda r: put(r, ["faces", 0, "box"], [1]))
    )
    assert "Face 1 could not be read" in told
    assert [face.portrait for face in project.faces] == [None, 1, 0]
    assert project.active == 0  # its number moved with it


def test_one_flipped_bit_in_the_styles_costs_one_edit(saved: Path):
    data = bytearray(saved.read_bytes())
    values = load(members_in(bytes(data))["styles.safetensors"])["1.2.values"].tobytes()
    data[data.index(values) + 1] ^= 0x10
    project, told = missing_from(saved, bytes(data))
    assert sum(len(face.history.edits) for face in project.portraits) == 6  # of 3 and 4
    assert "values are damaged" in told


def test_one_flipped_bit_in_an_image_costs_what_it_shows(saved: Path):
    data = bytearray(saved.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = next(i for i in archive.infolist() if i.filename.startswith("paint/"))
    data[info.header_offset + 30 + len(info.filename) + 60] ^= 0xFF
    project, told = missing_from(saved, bytes(data))
    assert "checksum" in told
    assert all(face.paint is None for face in project.faces)
    assert len(project.portraits) == 2


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_file_that_breaks_off_gives_what_it_still_holds(tmp_path: Path, share: float):
    save_project(example(tmp_path), tmp_path / "a.sip", bytes(20_000))
    data = (tmp_path / "a.sip").read_bytes()
    project, told = missing_from(tmp_path / "b.sip", data[: round(len(data) * share)])
    assert "breaks off" in told
    assert len(project.portraits) == 2
    assert len(project.faces) == 3


def test_a_file_of_which_nothing_is_left_is_refused(saved: Path):
    data = saved.read_bytes()
    refused(saved, data[:300])

    def spoil(record: dict[str, Any]) -> None:
        for portrait in record["portraits"]:
            portrait["to_photo"] = []
        for face in record["faces"]:
            face |= {"regions": [], "paint": None}

    assert "damaged" in refused(saved, with_json(data, spoil)).title


def wrong_values() -> list[tuple[list[str | int], object]]:
    face: list[str | int] = ["portraits", 0]
    first = [*face, "edits", 0]
    paint: list[str | int] = ["faces", 0, "paint"]
    place: list[str | int] = ["faces", 1]
    line = [[9.0, 9.0]] * 68
    return [
        (["portraits", 1], 3), (["active"], 3), (["active"], True), (["active"], -2),
        ([*face, "layers"], [["b4.conv", 7]]), ([*face, "layers"], [["b4.conv"]]),
        ([*face, "layers"], [["b4.conv", 1 << 40]]),
        ([*face, "generator"], 7), ([*face, "size"], 0), ([*face, "size"], 1.5),
        ([*face, "size"], 60_000), ([*face, "size"], 7),
        ([*face, "landmarks"], [[1, 2]]), ([*face, "landmarks"], "many"),
        ([*face, "landmarks"], line), ([*face, "landmarks", 0], [1e6, 0]),
        ([*face, "landmarks", 0], [1e308, 0]),
        ([*face, "to_photo"], [[1, 2, 3], [1, 2]]), ([*face, "to_photo"], [[0, 0, 3], [0, 0, 3]]),
        ([*face, "to_photo"], [[1, 1, 3], [1, 1, 3]]),
        ([*face, "to_photo"], [[1e308, 0, 0], [0, 1e308, 0]]),
        ([*face, "to_photo"], [[2, 0, 1e7], [0, 2, 1e7]]), ([*face, "psnr"], "good"),
        ([*face, "position"], 9), ([*face, "position"], -1), ([*face, "edits"], None),
        ([*face, "offset"], "00" * 32), ([*face, "base"], "00" * 8),
        ([*first, "label"], None), ([*first, "id"], 5), ([*first, "id"], "edit-1"),
        ([*first, "created"], "today"), ([*first, "created"], 10**400), ([*first, "created"], 1e12),
        ([*first, "delta"], "00" * 8), ([*first, "shift"], line), ([*first, "shift"], "00" * 8),
        ([*first, "weight"], -0.5), ([*first, "weight"], 2.5), ([*first, "weight"], "1"),
        ([*first, "opacity"], 1.5), ([*first, "opacity"], True), ([*first, "enabled"], 1),
        ([*first, "name"], "n" * 81), ([*first, "name"], None), ([*first, "brushed"], {}),
        ([*first, "brushed", "feather"], -1), ([*first, "brushed", "mask", "x"], W),
        ([*first, "origin"], []), ([*first, "origin", "goals"], [["smile"]]),
        ([*first, "origin", "goals"], [["smile", 1e300]]), ([*first, "origin", "seed"], 0.5),
        ([*first, "origin", "strictness"], "high"), ([*first, "origin", "residual"], 1),
        ([*first, "origin", "likeness"], 5),
        ([*first, "region", "x"], W), ([*first, "region", "y"], -1),
        ([*first, "region", "image"], "project.json"), ([*first, "region", "image"], "../x.png"),
        (paint, []), (paint, {"image": None, "x": 0, "y": 0}),
        ([*paint, "x"], W), ([*paint, "y"], -1), ([*paint, "image"], "photo/original"),
        ([*place, "landmarks"], line), ([*place, "confidence"], 2), ([*place, "portrait"], True),
        ([*place, "box"], [0, 0, 1]), ([*place, "detector"], None), ([*place, "regions"], {}),
        (["faces", 2, "portrait"], 0), (["unowned", "regions", 0, "id"], ""),
        (["unowned", "regions", 0, "name"], "n" * 81), (["unowned", "region"], "0"),
        (["reference", "image"], "regions/none.png"), (["dials", "seed"], -1),
        (["together"], 1), (["sliders", 0, "channels"], [99, 100]),
        (["sliders", 0, "values"], [1e30, 0]), (["view"], [0, 1, 1]), (["view"], [1, 1]),
    ]  # fmt: skip


@pytest.mark.parametrize(("way", "value"), wrong_values())
def test_wrong_values_are_left_out(saved: Path, way: list[str | int], value: object):
    sound = saved.read_bytes()
    missing_from(saved, with_json(sound, lambda record: put(record, way, value)))


@pytest.mark.parametrize("name", ["styles.safetensors", "regions/", "paint/", "reference/"])
def test_missing_members_are_named(saved: Path, name: str):
    def drop(members: dict[str, bytes]) -> None:
        for key in [key for key in members if key.startswith(name)]:
            del members[key]

    _, told = missing_from(saved, rewritten(saved.read_bytes(), drop))
    assert "is missing" in told


def test_codes_of_no_style_are_left_out(saved: Path):
    def exaggerate(members: dict[str, bytes]) -> None:
        tensors = load(members["styles.safetensors"])
        tensors["0.base"] = np.full_like(tensors["0.base"], 3e38)
        members["styles.safetensors"] = save(tensors)

    project, told = missing_from(saved, rewritten(saved.read_bytes(), exaggerate))
    assert len(project.portraits) == 1
    assert "no style has" in told


@pytest.mark.parametrize("shape", [(9, 8), (9, 8, 3), (H + 1, 2, 4)])
def test_paint_that_is_none_is_left_out(saved: Path, shape: tuple[int, ...]):
    def repaint(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("paint/"))
        members[name] = cv2.imencode(".png", np.full(shape, 7, np.uint8))[1].tobytes()

    _, told = missing_from(saved, rewritten(saved.read_bytes(), repaint))
    assert "painted colours" in told


def test_an_image_of_a_region_is_no_paint(saved: Path):
    def exchange(record: dict[str, Any]) -> None:
        record["faces"][0]["paint"] = record["faces"][0]["regions"][0]["mask"]

    project, told = missing_from(saved, with_json(saved.read_bytes(), exchange))
    assert project.faces[0].paint is None
    assert "another kind" in told


def test_paint_without_any_opacity_is_no_paint(saved: Path):
    def erase(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("paint/"))
        members[name] = cv2.imencode(".png", np.zeros((4, 5, 4), np.uint8))[1].tobytes()

    saved.write_bytes(rewritten(saved.read_bytes(), erase))
    project, _ = open_project(saved)
    assert project.paint == {}
    assert project.missing == ()


def test_other_members_are_ignored(saved: Path):
    before = open_project(saved)
    bad = rewritten(saved.read_bytes(), lambda members: members.update({"../../evil.py": b"x"}))
    saved.write_bytes(bad)
    assert plain(open_project(saved)[0]) == plain(before[0])
    assert not (saved.parent.parent.parent / "evil.py").exists()


# ------------------------------------------------------------------ hostile


def test_a_region_named_by_many_edits_is_decoded_once(saved: Path, monkeypatch: pytest.MonkeyPatch):
    decoded: list[int] = []
    decode = cv2.imdecode

    def counted(*given: Any) -> Any:
        decoded.append(1)
        return decode(*given)

    monkeypatch.setattr(cv2, "imdecode", counted)
    project, _ = open_project(saved)
    masks = [edit.region for edit in project.portraits[0].history.edits[:2]]
    assert masks[0].alpha is masks[1].alpha
    images = [n for n in members_in(saved.read_bytes()) if n.endswith(".png")]
    assert len(decoded) == len(images) + 2  # and the slider's two thumbnails


def test_a_region_that_is_not_cut_tight_is_held_once(saved: Path):
    alpha = np.zeros((40, 50), np.uint8)
    alpha[10:30, 10:40] = 255
    image = cv2.imencode(".png", alpha)[1].tobytes()

    def share(record: dict[str, Any]) -> None:
        for place, edit in enumerate(record["portraits"][0]["edits"]):
            edit["region"] = {"image": "regions/x.png", "x": place, "y": 0}

    data = with_json(saved.read_bytes(), share)
    saved.write_bytes(rewritten(data, lambda m: m.update({"regions/x.png": image})))
    edits = open_project(saved)[0].portraits[0].history.edits
    assert [edit.region.x for edit in edits] == [10, 11, 12]
    assert all(edit.region.alpha is edits[0].region.alpha for edit in edits)


def test_images_beyond_the_budget_refuse_the_project(saved: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(project_limits, "UNQUESTIONED", 100)
    monkeypatch.setattr(project_limits, "PHOTOS", 0)
    monkeypatch.setattr(cv2, "imdecode", None)
    assert "images are larger" in refused(saved, saved.read_bytes()).title


@pytest.mark.parametrize("name", ["photo/original", "regions/", "reference/"])
def test_what_must_be_stored_is_not_taken_packed(saved: Path, name: str):
    data = saved.read_bytes()
    name = next(n for n in members_in(data) if n.startswith(name))
    packed = rewritten(data, lambda members: members.update({name: bytes(3 << 20)}), name)
    project, told = missing_from(saved, packed)
    assert "foreign way" in told
    assert len(project.faces) == 3


def test_contents_that_unpack_out_of_all_proportion_are_refused(saved: Path):
    commas = b'{"format": [' + b"[]," * (5 << 20) + b"[]]}"
    data = rewritten(saved.read_bytes(), lambda members: members.update({"project.json": commas}))
    assert len(data) < 200_000
    assert "more than any sound file" in refused(saved, data).title


def test_contents_of_too_many_values_are_refused_before_they_are_read(
    saved: Path, monkeypatch: pytest.MonkeyPatch
):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was parsed")

    spaced = b"[" + b",".join(b"[%d]" % k for k in range(600_000)) + b"]"
    data = rewritten(saved.read_bytes(), lambda members: members.update({"project.json": spaced}))
    monkeypatch.setattr(json, "loads", never)
    assert "more values than any sound file" in refused(saved, data).title


def test_sizes_that_an_archive_states_are_not_believed(saved: Path):
    data = bytearray(saved.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"photo/original"))
    struct.pack_into("<II", data, at + 20, 0x7000_0000, 0x7000_0000)  # packed and unpacked
    project, told = missing_from(saved, bytes(data))
    assert "photo inside" in told
    assert len(project.portraits) == 2


def test_an_archive_of_endless_members_is_refused(saved: Path):
    data = bytearray(saved.read_bytes())
    struct.pack_into("<I", data, len(data) - 10, 100 << 20)  # bytes of the directory
    assert "more members" in refused(saved, bytes(data)).title


def test_a_header_of_styles_that_is_all_of_them_is_left_out(saved: Path):
    long = struct.pack("<Q", 50 << 20) + b"{}" + bytes(100)
    _, told = missing_from(
        saved, rewritten(saved.read_bytes(), lambda m: m.update({"styles.safetensors": long}))
    )
    assert "no sound header" in told


def test_faces_beyond_number_are_refused(saved: Path):
    most = project_reading._MOST_FACES  # pyright: ignore[reportPrivateUsage]
    data = with_json(saved.read_bytes(), lambda r: r.update(portraits=[{}] * (most + 1)))
    refused(saved, data)


# ------------------------------------------------------------------ anything at all

_SAMPLE: list[bytes] = []


def sample(folders: pytest.TempPathFactory) -> bytes:
    if not _SAMPLE:
        folder = folders.mktemp("sample")
        save_project(example(folder), folder / "a.sip", b"the photograph")
        _SAMPLE.append((folder / "a.sip").read_bytes())
    return _SAMPLE[0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_other_exception_escapes(tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject):
    data = bytearray(sample(tmp_path_factory))
    for _ in range(draw.draw(st.integers(0, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    cut = draw.draw(st.one_of(st.just(len(data)), st.integers(0, len(data))))
    path = tmp_path_factory.getbasetemp() / "broken.sip"
    path.write_bytes(bytes(data[:cut]))
    with contextlib.suppress(ProjectError):
        open_project(path)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_other_exception_escapes_behind_the_checksums(
    tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject
):
    def flip(members: dict[str, bytes]) -> None:
        name = draw.draw(st.sampled_from(sorted(members)))
        body = bytearray(members[name])
        for _ in range(draw.draw(st.integers(1, 3))):
            body[draw.draw(st.integers(0, len(body) - 1))] = draw.draw(st.integers(0, 255))
        members[name] = bytes(body[: draw.draw(st.integers(0, len(body)))])

    path = tmp_path_factory.getbasetemp() / "broken.sip"
    path.write_bytes(rewritten(sample(tmp_path_factory), flip))
    with contextlib.suppress(ProjectError):
        open_project(path)
