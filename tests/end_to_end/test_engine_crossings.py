"""Jobs between the steps of another, and what is kept of one beneath the next: the same pixels."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import pytest

from editor.document.face import FaceDetail
from editor.document.goals import Dials, Goal
from editor.document.history import Edit, EditOrigin, Portrait
from editor.document.photo_export import ExportOptions
from editor.document.region import RegionMask
from editor.document.style import StyleDelta
from editor.engine.compositing.renders import Render as Picture
from editor.engine.compositing.turning import as_asked
from editor.engine.jobs import (
    Drag,
    Export,
    Finished,
    Intervene,
    Invert,
    OpenPhoto,
    Render,
)
from resources.face_classes import CLASSES
from resources.face_mesh import ibug_landmarks, mean_mesh
from tests.end_to_end.crossings import (
    EDITS,
    SINGLE,
    finished,
    job_of,
)
from tests.end_to_end.late_engine import LateEngine, tiny_engine, write_photo

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.history import Inversion
    from editor.engine.engine import Engine
    from editor.engine.jobs import Intervention, OpenedPhoto, Patch

__all__ = ["tiny_engine"]  # a fixture


@pytest.mark.parametrize(
    "edit", [pytest.param(edit, marks=() if "eyes" in edit else pytest.mark.slow) for edit in EDITS]
)
def test_an_edit_that_is_set_aside_between_its_steps_is_the_same(
    tiny_engine: Engine, tmp_path: Path, edit: str
) -> None:
    """For whatever goes first, for a cache that is emptied, and for networks that change."""
    job, desk = job_of(tiny_engine, edit, tmp_path), tiny_engine.workspace
    photo, (portrait,), region, goals = job.photo, job.portraits, job.region, job.goals
    desk.clear()
    undisturbed = cast("Intervention", finished(tiny_engine, job))
    beside = Goal("light_from_left", -40)
    seen = portrait.with_history(portrait.history.push(undisturbed.edit))
    others = (
        Drag(photo, (portrait,), 0, region, (replace(goals[0], value=30),)),
        Render(photo, (seen,)),
        Intervene(photo, (seen,), 0, region, (beside,), Dials(steps=2)),
        Export(photo, (seen,), tmp_path / "b.png", ExportOptions()),
    )
    reports = tiny_engine.run(job)
    last: object = None
    for number, last in enumerate(reports):
        if isinstance(last, Finished):
            break
        finished(tiny_engine, others[number % len(others)])
        if number == 2:
            desk.clear()
        if number == 0:
            desk.loaded = replace(desk.loaded, network=copy.deepcopy(desk.loaded.network))
    assert isinstance(last, Finished)
    found = cast("Intervention", last.result)
    assert found.edit.delta == undisturbed.edit.delta
    assert found.patch is not None
    assert undisturbed.patch is not None
    assert np.array_equal(found.patch.pixels, undisturbed.patch.pixels)


@pytest.mark.parametrize(
    "edit",
    [pytest.param(edit, marks=() if "dyed" in edit else pytest.mark.slow) for edit in SINGLE],
)
def test_a_slider_in_hand_is_drawn_as_if_it_had_come_there_at_once(
    tiny_engine: Engine, tmp_path: Path, edit: str
) -> None:
    """What is drawn every 25 units, and kept, is not shown for what lies between."""
    job = job_of(tiny_engine, edit, tmp_path)

    def drawn(value: float) -> np.ndarray:
        goal = replace(job.goals[0], value=value)
        drag = Drag(job.photo, job.portraits, 0, job.region, (goal,))
        return cast("Patch", finished(tiny_engine, drag)).pixels

    way = [20.0, 30.0, 45.0, 50.0, 30.0, -30.0, -45.0, 20.0]
    tiny_engine.close()
    along = [drawn(value) for value in way]
    for value, seen in zip(way, along, strict=True):
        tiny_engine.close()
        assert np.array_equal(drawn(value), seen), value
    assert np.array_equal(along[1], along[4])
    assert not np.array_equal(along[1], along[5]), "there is something to see"


@pytest.mark.parametrize("name", ["smile", "brow_height", "hair_brightness", "beard_density"])
def test_a_face_of_another_photo_at_the_same_place_is_looked_at_for_itself(
    tiny_engine: Engine, tmp_path: Path, name: str
) -> None:
    """A square of two photographs of one size lies at the same place in both of them."""
    opened = cast("OpenedPhoto", finished(tiny_engine, OpenPhoto(write_photo(tmp_path / "a.png"))))
    photo, crop = opened.photo, tiny_engine.crop_of(opened.faces[0])
    late = cast("Engine", LateEngine(tiny_engine))
    found = cast("Inversion", finished(late, Invert(photo, crop, 1)))
    assert found.detail is not None
    seen = found.detail
    hair = seen.hair.copy()
    hair[:, : hair.shape[1] // 2] = 0
    labels = np.full((len(hair),) * 2, CLASSES.index("skin"), np.uint8)
    bare = FaceDetail(seen.mesh, seen.crop, hair, labels)
    whole = RegionMask.from_full(np.full((photo.height, photo.width), 255, np.uint8))
    delta = StyleDelta.from_dense(tiny_engine.workspace.layout, found.code.values * 0.01)
    edit = Edit("e", "x", delta, whole, EditOrigin(((name, 60.0),), 0, 2), 0.0)

    def regions(detail: FaceDetail) -> list[str]:
        portrait = replace(Portrait.of(crop, found), detail=detail)
        portrait = portrait.with_history(portrait.history.push(edit))
        return [one.region.digest for one in tiny_engine.workspace.rendered_edits((portrait,))]

    tiny_engine.workspace.clear()
    alone = regions(bare)
    tiny_engine.workspace.clear()
    assert regions(seen) != alone
    assert regions(bare) == alone


@pytest.mark.parametrize(("weight", "opacity"), [(1, 1), (0, 1), (1, 0), (0.5, 0.5)])
def test_a_turn_of_which_nothing_is_left_lets_no_glasses_go(
    tiny_engine: Engine, tmp_path: Path, weight: float, opacity: float
) -> None:
    """After a turn their rims are not where they were seen; without one they are held there."""
    job = job_of(tiny_engine, "a smile around glasses", tmp_path)
    delta = StyleDelta.from_dense(
        tiny_engine.workspace.layout, 0.01 * job.portraits[0].history.base.values
    )

    def made(name: str, **beside: Any) -> Edit:
        origin = EditOrigin(((name, 40.0),), 0, 2)
        return Edit(name, "x", delta, job.region, origin, 0.0, **beside)

    def points(*edits: Edit) -> int:
        history = job.portraits[0].history
        for edit in edits:
            history = history.push(edit)
        portrait = job.portraits[0].with_history(history)
        bent = tiny_engine.workspace.rendered_edits([portrait])[-1].bent
        assert bent is not None
        return len(bent[0])

    alone, turned = points(made("smile")), made("head_turn", weight=weight, opacity=opacity)
    assert (points(turned, made("smile")) == alone) is (not (weight and opacity))


def test_what_is_done_after_a_turn_is_done_where_the_face_is_then(
    tiny_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In renders eyes and mouth stay as a head turns, on the photo they do not."""
    desk = tiny_engine.workspace
    job = job_of(tiny_engine, "a smile around glasses", tmp_path)
    face = replace(job.portraits[0], detail=None)
    before = np.array([32.0, 32.0, 0.0]) + 15 * mean_mesh()
    after = before @ np.asarray(cv2.Rodrigues(np.radians([0.0, 10, 0]))[0], np.float64).T
    after[:, :2] += (ibug_landmarks(before) - ibug_landmarks(after))[36:].mean(0)
    first = Picture.of(desk.reconstruction(face.history.base)).digest

    def mesh_of(_: object, one: Picture) -> np.ndarray:
        return before if one.digest == first else after

    monkeypatch.setattr(type(desk), "_mesh_of", mesh_of)
    delta = StyleDelta.from_dense(desk.layout, 0.01 * face.history.base.values)
    whole = RegionMask.from_full(np.full((job.photo.height, job.photo.width), 255, np.uint8))

    def edits(*made: dict[str, float], opacity: float = 1.0) -> tuple[list[np.ndarray], Portrait]:
        history = face.history
        for number, goals in enumerate(made):
            origin = EditOrigin(tuple(goals.items()), 0, 2)
            at = opacity if "head_turn" in goals else 1.0
            step = delta.scaled(float(not number))
            history = history.push(Edit(f"{number}", "x", step, whole, origin, 0.0, opacity=at))
        portrait = face.with_history(history)
        return [one.place.to_photo for one in desk.rendered_edits([portrait])], portrait

    there = as_asked((before, after), [("head_turn", 50.0)])[1]
    gone = (ibug_landmarks(there) - ibug_landmarks(before))[36:].mean(0)
    assert abs(gone[0]) > 1
    still, turn = face.crop.to_photo, {"head_turn": 50.0}
    for goals in ({"lip_redness": 60.0}, {"smile": 40.0}, {"smooth_skin": 50.0}):
        (first_at, *_, then), portrait = edits(turn, goals)
        np.testing.assert_array_equal(first_at, still)
        np.testing.assert_allclose(then[:, 2] - still[:, 2], still[:, :2] @ gone, atol=1e-6)
        np.testing.assert_array_equal(desk.lies(portrait).to_photo, then)
    np.testing.assert_array_equal(edits(turn, {"lip_redness": 60.0}, opacity=0)[0][-1], still)
    np.testing.assert_array_equal(edits(turn, {"hair_brightness": 60.0})[0][-1], still)
    (bent, drawn), _ = edits(turn | {"gaze": 50.0})
    np.testing.assert_array_equal(bent, still)
    assert not np.array_equal(drawn, still), "eyes are drawn where they have gone"


def test_a_turning_head_draws_nothing_in_from_beyond_the_photo(
    tiny_engine: Engine, tmp_path: Path
) -> None:
    """Of a face that the photo cuts off the last column was drawn out to streaks."""
    desk, job = tiny_engine.workspace, job_of(tiny_engine, "a turned head", tmp_path)
    photo, face = job.photo, job.portraits[0]
    crop = face.crop.moved(np.array([photo.width, photo.height]) - face.crop.landmarks[30])
    delta = StyleDelta.from_dense(desk.layout, 0.01 * face.history.base.values)
    edit = Edit("e", "x", delta, job.region, EditOrigin((("head_turn", 50.0),), 0, 2), 0.0)
    for detail in (face.detail, None):
        cut = replace(face, crop=crop, detail=detail)
        (made,) = desk.rendered_edits([cut.with_history(face.history.push(edit))])
        around, seen = made.behind, crop.coverage(photo.width, photo.height)
        assert around is not None
        assert 0.1 < (seen == 0).mean() < 0.9
        assert (around.behind[seen == 0] == 1).all()
