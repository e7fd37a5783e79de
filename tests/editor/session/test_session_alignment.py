"""Faces moved and added by hand: what becomes of inversion, edits, undo and the project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.errors import EngineError, EngineFailure
from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_mesh import mesh_through
from editor.document.face_regions import feather_of
from editor.document.landmarks import placed
from editor.engine.jobs import Invert, Render
from tests.editor.session_desk import stroke
from tests.fake_engine import no_face, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]


def shifted(desk: Desk, by: float = 6) -> NDArray[np.float64]:
    return desk.session.faces[desk.session.active].landmarks + by


def align(desk: Desk, points: NDArray[np.float64]) -> None:
    before = desk.session.portrait
    desk.session.faces_desk.align_face(points)
    desk.until(lambda: desk.session.portrait not in (None, before))
    desk.idle()


def test_a_moved_face_is_analysed_anew_and_keeps_its_edits(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    points = shifted(desk)
    align(desk, points)
    job = desk.engine.begun(Invert)[-1]
    assert isinstance(job, Invert)
    assert np.array_equal(job.crop.landmarks, points)
    assert desk.session.portrait is not None
    assert desk.session.portrait.crop == job.crop
    assert desk.labels == ["Smile +40"]
    face = desk.session.faces[0]
    assert (face.detector, face.is_doubtful) == ("hand", False)
    assert np.array_equal(face.landmarks, points)


def test_the_photo_is_drawn_anew_after_a_face_moved(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.idle()
    rendered = len(desk.engine.begun(Render))
    align(desk, shifted(desk))
    assert len(desk.engine.begun(Render)) > rendered  # the same edits, but elsewhere
    assert desk.ear.last("composite_changed") is not None


def test_moving_a_face_is_one_step_of_undo(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    old, face = desk.session.portrait, desk.session.faces[0]
    points = shifted(desk)
    align(desk, points)
    new = desk.session.portrait
    desk.commit("lip_redness", 30)
    desk.session.steps.undo()
    assert desk.labels == ["Smile +40"]
    assert desk.ear.last("undo_changed")[0] == "Align face"
    desk.session.steps.undo()
    desk.idle()
    assert desk.session.portrait is old
    assert desk.session.faces[0] is face
    desk.session.steps.undo()
    assert desk.labels == []
    inversions = len(desk.engine.begun(Invert))
    for _ in range(3):
        desk.session.steps.redo()
        desk.idle()
    assert desk.labels == ["Smile +40", "Lip redness +30"]
    assert desk.session.portrait is not None
    assert new is not None
    assert desk.session.portrait.crop == new.crop
    assert desk.history.base == new.history.base
    assert len(desk.engine.begun(Invert)) == inversions  # it was kept


def test_until_the_new_inversion_is_there_nothing_is_lost(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    old, face = desk.session.portrait, desk.session.faces[0]
    desk.engine.gate.clear()
    desk.session.faces_desk.align_face(shifted(desk))
    desk.until(lambda: desk.session.inverting)
    assert desk.session.portrait is old
    desk.session.cancel()
    desk.engine.gate.set()
    desk.idle()
    assert desk.session.portrait is old
    assert desk.session.faces[0] is face
    error = EngineError("no_face", "The face is too small.", "Choose another photo.")
    desk.engine.fail[Invert] = EngineFailure(error)
    desk.session.faces_desk.align_face(shifted(desk))
    desk.until(lambda: desk.ear.heard["failed"])
    assert desk.session.portrait is old
    assert desk.labels == ["Smile +40"]


def test_moving_while_the_first_analysis_runs_replaces_it(make_desk: Make, photo: Path) -> None:
    desk = make_desk()
    desk.begin(photo)
    assert desk.session.portrait is None
    points = shifted(desk)
    desk.session.faces_desk.align_face(points)
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.portrait)
    assert desk.session.portrait is not None
    assert np.array_equal(desk.session.portrait.crop.landmarks, points)


def test_a_missed_face_is_added_edited_and_taken_back(make_desk: Make, photo: Path) -> None:
    desk = make_desk(faces=no_face)
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo and not desk.session.studio.finding_faces)
    desk.session.regions.paint_region(stroke(150, 150))
    brushed = desk.session.region
    assert brushed is not None
    desk.session.faces_desk.add_face(placed((130, 100), (190, 100), (160, 160)))
    desk.until(lambda: desk.session.portrait)
    desk.idle()
    assert desk.session.active == 0
    assert desk.session.region is not None
    assert desk.session.region.mask == brushed.mask  # what was brushed is for this face
    desk.commit("smile", 40)
    for _ in range(2):
        desk.session.steps.undo()
    assert desk.session.faces == ()
    assert desk.session.active == -1
    assert desk.session.portrait is None
    desk.session.steps.undo()
    assert desk.session.region is not None
    assert desk.session.region.mask.is_empty
    for _ in range(2):
        desk.session.steps.redo()
    desk.until(lambda: desk.session.portrait)
    desk.session.steps.redo()
    assert desk.labels == ["Smile +40"]


def test_an_added_face_stands_beside_the_others(make_desk: Make, photo: Path) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 30)
    desk.session.faces_desk.add_face(placed((150, 40), (180, 40), (165, 70)))
    desk.until(lambda: desk.session.active == 2 and desk.session.portrait)
    assert desk.labels == []
    desk.session.steps.undo()
    assert len(desk.session.faces) == 2
    desk.session.faces_desk.choose_face(0)
    assert desk.labels == ["Smile +30"]


def test_a_project_remembers_where_faces_were_put(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    points = shifted(desk, 9)
    assert not desk.session.modified
    align(desk, points)
    assert desk.session.modified
    added = placed((150, 40), (180, 40), (165, 70))
    desk.session.faces_desk.add_face(added)
    desk.until(lambda: desk.session.active == 2 and desk.session.portrait)
    desk.idle()
    desk.session.files.save_project(tmp_path / "work.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    before = desk.session.portrait
    desk.session.files.open_project(tmp_path / "work.sip")
    desk.until(lambda: desk.session.portrait is not before)
    faces = desk.session.faces
    assert len(faces) == 3
    assert np.array_equal(faces[0].landmarks, points)
    assert np.array_equal(faces[2].landmarks, added)
    assert desk.session.active == 2
    assert not desk.session.modified


def test_a_head_without_hair_is_told_and_gets_no_region(desk: Desk) -> None:
    document = desk.session.studio.document
    assert document is not None
    face = document.faces[0]
    assert face.portrait is not None
    points = face.landmarks
    crop = FaceCrop.from_landmarks(points, 64)
    seen = FaceDetail(mesh_through(points), crop, np.zeros((64, 64), np.uint8))
    face.portrait = replace(face.portrait, detail=seen)
    desk.session.regions.apply_preset("hair")
    desk.idle()
    assert desk.ear.last("failed").title == "No hair was found on this head."
    assert document.region.mask.is_empty
    assert "No hair" in desk.session.sliders.limits["hair_warmth"].why
    desk.session.regions.apply_preset("skin")  # what a user covers may well be hair
    desk.idle()
    assert "hair_warmth" not in desk.session.sliders.limits


def test_hair_is_as_soft_as_it_was_seen_and_what_follows_as_usual(desk: Desk) -> None:
    document = desk.session.studio.document
    assert document is not None
    face = document.faces[0]
    assert face.portrait is not None
    usual = face.detected.default_feather
    crop = FaceCrop.from_landmarks(face.landmarks, 64)
    hair = np.zeros((64, 64), np.uint8)
    hair[:20] = 200
    seen = FaceDetail(mesh_through(face.landmarks), crop, hair)
    face.portrait = replace(face.portrait, detail=seen)
    desk.session.regions.apply_preset("hair")
    desk.idle()
    assert document.region.feather == 0
    desk.session.regions.apply_preset("skin")
    desk.idle()
    assert document.region.feather == usual
    for name, soft in (("lips", feather_of("lips", usual)), ("nose", usual)):
        desk.session.regions.apply_preset(name)
        desk.idle()
        assert document.region.feather == soft
    desk.session.regions.set_feather(3)
    desk.session.regions.apply_preset("hair")
    desk.idle()
    assert document.region.feather == 3, "as the user chose"


def test_the_whole_picture_is_a_crop_where_there_is_no_face(
    make_desk: Callable[..., Desk], photo: Path
) -> None:
    desk = make_desk(faces=no_face)
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo is not None)
    desk.idle()
    assert desk.session.portrait is None
    desk.session.faces_desk.add_square()
    desk.until(lambda: desk.session.portrait)
    desk.idle()
    assert desk.session.faces[0].detector == "square"
    assert desk.session.faces[0].box == (40, 0, 240, 240)
    assert desk.session.modified, "it would be lost without saving"
    desk.session.steps.undo()
    assert desk.session.faces == ()


def test_a_project_remembers_the_smallest_move_by_hand(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    # found by kills: what was moved by less than 0.2 % of the face lay where it was detected again
    desk = make_desk()
    desk.open(photo)
    desk.idle()
    points = shifted(desk, 0.05)
    align(desk, points)
    desk.session.files.save_project(tmp_path / "work.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    before = desk.session.portrait
    desk.session.files.open_project(tmp_path / "work.sip")
    desk.until(lambda: desk.session.portrait is not before)
    (face,) = desk.session.faces
    assert face.detector == "hand"
    assert np.array_equal(face.landmarks, points)
