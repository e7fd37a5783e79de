"""Projects are written whole, checked, and come back as they were."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor.document.brushed_region import BrushedRegion
from editor.document.face import DetectedFace, FaceCrop
from editor.document.history import Edit, EditHistory, EditOrigin, Portrait
from editor.document.paint import PaintLayer
from editor.document.project import (
    Project,
    ProjectError,
    ProjectFace,
    ViewPlace,
    faces_of,
    open_project,
    save_project,
)
from editor.document.region import RegionMask
from editor.document.style import StyleCode, StyleDelta, StyleLayout
from tests.editor.document.project_examples import (
    LAYOUT,
    H,
    W,
    edit,
    example,
    members_in,
    plain,
    points,
    portrait,
    region,
    slider,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("embedded", [None, b"the photograph"])
def test_everything_comes_back(tmp_path: Path, embedded: bytes | None):
    project = example(tmp_path)
    save_project(project, tmp_path / "a.sip", embedded)
    opened, original = open_project(tmp_path / "a.sip")
    assert original == embedded
    assert opened.missing == ()
    assert plain(opened) == plain(project)
    assert opened.photo_near == "photo.png"
    for before, after in zip(project.portraits, opened.portraits, strict=True):
        assert before.history.current() == after.history.current()


def test_saving_again_gives_the_same_bytes(tmp_path: Path):
    save_project(example(tmp_path), tmp_path / "a.sip", b"the photograph")
    opened, original = open_project(tmp_path / "a.sip")
    save_project(opened, tmp_path / "b.sip", original)
    assert (tmp_path / "b.sip").read_bytes() == (tmp_path / "a.sip").read_bytes()


def test_a_project_without_faces_or_photo_path_round_trips(tmp_path: Path):
    project = Project(None, "00" * 32, W, H, active=-1)
    save_project(project, tmp_path / "a.sip")
    assert open_project(tmp_path / "a.sip") == (project, None)


def test_a_region_without_a_face_and_regions_of_equal_pixels_keep_their_identity(tmp_path: Path):
    where = region()
    twice = (BrushedRegion(where, 3.0, "a", "Cheek"), BrushedRegion(where, 0.0, "b", "Jaw"))
    face = ProjectFace(DetectedFace.at(points(), "hand"), None, twice, 1)
    kept = BrushedRegion(RegionMask.empty(W, H), 12.5, "c", "Behind her")
    project = Project(None, "", W, H, faces=(face,), unowned=ProjectFace(regions=(kept,)))
    save_project(project, tmp_path / "a.sip")
    opened, _ = open_project(tmp_path / "a.sip")
    assert plain(opened.faces[0].regions) == plain(twice)  # equality of regions ignores ids
    assert opened.faces[0].region == 1
    assert plain(opened.unowned.regions) == plain((kept,))
    assert len([n for n in members_in((tmp_path / "a.sip").read_bytes()) if "regions/" in n]) == 1


def test_faces_follow_from_portraits_where_none_are_given():
    project = Project(None, "", W, H, (portrait(), portrait()))
    assert [face.portrait for face in project.faces] == [0, 1]
    assert project.faces[0].detected is not None
    assert project.faces[0].detected.detector == "project"


def test_faces_that_share_or_forget_a_portrait_are_refused():
    face = faces_of((portrait(),))
    with pytest.raises(ValueError, match="own the portraits"):
        Project(None, "", W, H, (portrait(), portrait()), faces=face)
    with pytest.raises(ValueError, match="own the portraits"):
        Project(None, "", W, H, (portrait(),), faces=(*face, *face))


def test_empty_deltas_round_trip(tmp_path: Path):
    face = portrait(0, 0)
    nothing = StyleDelta(LAYOUT, np.zeros(0, np.int32), np.zeros(0, np.float32))
    face = face.with_history(face.history.push(replace(edit(0, region()), delta=nothing)))
    save_project(Project(None, "", W, H, (face,)), tmp_path / "a.sip")
    opened, _ = open_project(tmp_path / "a.sip")
    assert opened.portraits[0].history == face.history


words = st.text(st.characters(exclude_characters="\0"), max_size=60)  # with lone surrogates
value = st.floats(-1e4, 1e4)


@settings(max_examples=25, deadline=None)
@given(words, words, value, st.floats(-1e11, 1e11), st.integers(0, 2**62), st.integers(0, 3))
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
    project = Project(None, label, W, H, (face,), view=ViewPlace(1.0, value, -value))
    save_project(project, folder / "a.sip")
    opened, _ = open_project(folder / "a.sip")
    assert plain(opened) == plain(project)
    save_project(opened, folder / "b.sip")
    assert (folder / "a.sip").read_bytes() == (folder / "b.sip").read_bytes()


def test_dials_likeness_and_ids_of_found_sliders_come_back(tmp_path: Path):
    goals = (("b32.conv1 #17 {“ä”}", -40.0), ("smile", 10.0))
    origin = EditOrigin(goals, 3, 55, 4.0, 0.25, False, "reference a.jpg", "ab12")
    face = portrait(1, 1)
    history = EditHistory(face.history.base, (replace(face.history.edits[0], origin=origin),), 1)
    project = Project(None, "", W, H, (face.with_history(history),), sliders=(slider(),))
    save_project(project, tmp_path / "a.sip")
    opened, _ = open_project(tmp_path / "a.sip")
    assert opened.portraits[0].history.edits[0].origin == origin
    assert plain(opened.sliders) == plain((slider(),))


def test_blank_paint_is_not_stored(tmp_path: Path):
    faces = faces_of((portrait(),), {0: PaintLayer.empty(W, H)})
    save_project(Project(None, "", W, H, (portrait(),), faces=faces), tmp_path / "a.sip")
    assert open_project(tmp_path / "a.sip")[0].paint == {}


def test_a_path_beside_the_project_names_nobody(tmp_path: Path):
    home = tmp_path / "home of anna"
    home.mkdir()
    save_project(example(home), home / "a.sip")
    assert b"anna" not in members_in((home / "a.sip").read_bytes())["project.json"]


# ------------------------------------------------------------------ failed saves


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "full"), (errno.EACCES, "protected")])
def test_a_failed_save_keeps_the_old_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
):
    saved = tmp_path / "a.sip"
    save_project(example(tmp_path), saved)
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


def test_what_would_not_open_again_never_replaces_the_old_project(tmp_path: Path):
    saved = tmp_path / "a.sip"
    save_project(example(tmp_path), saved)
    before = saved.read_bytes()
    broken = replace(portrait(), psnr=1e300)
    with pytest.raises(ProjectError, match="could not be read again") as caught:
        save_project(Project(None, "", W, H, (broken,)), saved)
    assert "undo" in caught.value.advice
    assert saved.read_bytes() == before


def test_saving_into_a_missing_folder_says_so(tmp_path: Path):
    with pytest.raises(ProjectError, match="does not exist"):
        save_project(Project(None, "", W, H), tmp_path / "none" / "a.sip")


def test_a_senseless_active_face_is_refused():
    with pytest.raises(ValueError, match="face 1 of 0"):
        Project(None, "", W, H, active=1)


def test_a_thousand_edits_take_less_than_ten_megabytes_and_come_back_to_the_bit(tmp_path: Path):
    layout = StyleLayout(("all",), (4_864,), "ab" * 32)
    rng = np.random.default_rng(3)
    soft = [
        RegionMask(W, H, x, 2, rng.integers(1, 255, (20, 20), np.uint8)).feathered(3)
        for x in range(20)
    ]
    shift = rng.normal(size=(68, 2)).astype(np.float32)
    shift.setflags(write=False)
    edits: list[Edit] = []
    for number in range(1_000):
        dense = rng.normal(0, 0.3, 4_864) * (rng.random(4_864) < 0.7)  # as many as a search leaves
        found = dense.astype(np.float16).astype(np.float32)
        mask = soft[number % 20]
        edits.append(
            replace(
                edit(number, mask),
                delta=StyleDelta.from_dense(layout, found),
                parts=(),
                upon=None,
                shift=shift,
                weight=number % 9 / 8,
                brushed=BrushedRegion(mask, 3.0, f"r-{number}"),
            )
        )
    base = StyleCode(layout, rng.normal(size=4_864).astype(np.float32))
    crop = FaceCrop.from_landmarks(points(), 16)
    portrait = Portrait(crop, EditHistory(base, tuple(edits), 1_000), 20.0, 0.2)
    project = Project(tmp_path / "photo.png", "00" * 32, W, H, (portrait,))
    path = tmp_path / "a.sip"
    save_project(project, path)
    assert path.stat().st_size < 10_000_000
    again = open_project(path)[0].portraits[0].history
    assert again == portrait.history
    assert [code.values.tobytes() for code in again.codes()] == [
        code.values.tobytes() for code in portrait.history.codes()
    ]
