"""After a head turn paint, references and frames are where the face is then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import pytest

from editor.document.face import FaceCrop
from editor.document.face_parts import CLASSES as MEANT
from editor.document.face_parts import FaceClasses
from editor.document.face_regions import preset
from editor.document.goals import Reference
from editor.document.history import Edit, EditOrigin
from editor.document.paint import PaintLayer
from editor.document.photo_source import file_sha256
from editor.document.project import Project, save_project
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from editor.document.style import StyleDelta
from editor.engine import likeness
from editor.engine.compositing.renders import Render as Picture
from editor.engine.handlers import editing, files
from editor.engine.jobs import Finished, Notice, OpenedProject, OpenProject
from editor.engine.older_turns import carried_along
from resources.face_classes import CLASSES
from resources.face_mesh import ibug_landmarks, mean_mesh
from tests.end_to_end.crossings import Crossing, crossed, job_of
from tests.end_to_end.late_engine import tiny_engine, write_photo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.history import Portrait
    from editor.engine.changes import TargetPicture
    from editor.engine.engine import Engine
    from editor.engine.jobs import Intervene

__all__ = ["crossed", "tiny_engine"]  # fixtures


LIPS = MEANT.index("lips")


class Turned:
    """A face whose head an edit turns by ten degrees, and the engine that has it.

    Attributes:
        face: before it.
        edit: the turn; its ``shift`` is where the photo's points go.
        gone: how far eyes and mouth go, photo pixels.
    """

    def __init__(self, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.desk = engine, engine.workspace
        self.job = job_of(engine, "a smile around glasses", folder)
        self.face = replace(self.job.portraits[0], detail=None)
        before = np.array([32.0, 32.0, 0.0]) + 15 * mean_mesh()
        after = before @ np.asarray(cv2.Rodrigues(np.radians([0.0, 10, 0]))[0], np.float64).T
        after[:, :2] += (ibug_landmarks(before) - ibug_landmarks(after))[36:].mean(0)
        first = Picture.of(self.desk.reconstruction(self.face.history.base)).digest

        def mesh_of(_: object, one: Picture) -> np.ndarray:
            return before if one.digest == first else after

        monkeypatch.setattr(type(self.desk), "_mesh_of", mesh_of)
        delta = StyleDelta.from_dense(self.desk.layout, 0.01 * self.face.history.base.values)
        size = self.job.photo.height, self.job.photo.width
        self.whole = RegionMask.from_full(np.full(size, 255, np.uint8))
        goals = (("head_turn", 50.0),)
        ways = self.desk.turn(self.face, (self.whole, delta), goals)
        shift = np.asarray(ways @ self.face.crop.to_photo[:, :2].T, np.float32)
        there = ibug_landmarks(after) - ibug_landmarks(before)  # as version 0.4 had it
        self.old = np.asarray(there @ self.face.crop.to_photo[:, :2].T, np.float32)
        self.edit = Edit("t", "Turn", delta, self.whole, EditOrigin(goals, 0, 2), 0.0, shift)
        self.gone = shift[36:].mean(0)
        assert np.abs(self.gone).max() > 3

    @property
    def size(self) -> tuple[int, int]:
        return self.job.photo.width, self.job.photo.height

    @property
    def portrait(self) -> Portrait:
        return self.face.with_history(self.face.history.push(self.edit))

    def then(self, portrait: Portrait, slider: str, region: RegionMask | None = None) -> Portrait:
        """With one more edit, of which the renders are alike."""
        origin, delta = EditOrigin(((slider, 50.0),), 0, 2), self.edit.delta.scaled(0.0)
        edit = Edit(slider, "x", delta, region or self.whole, origin, 0.0)
        return portrait.with_history(portrait.history.push(edit))

    def asked(self, **what: Any) -> Intervene:
        return replace(self.job, portraits=(self.portrait,), region=self.whole, goals=(), **what)

    def problem(self, job: Intervene) -> Any:
        steps = editing._problem(self.desk, job)  # pyright: ignore[reportPrivateUsage]
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value


@pytest.fixture
def turned(tiny_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Turned:
    return Turned(tiny_engine, tmp_path, monkeypatch)


def test_paint_is_searched_for_where_the_face_is_then(turned: Turned) -> None:
    nose = turned.portrait.landmarks[30]
    size = turned.job.photo.width, turned.job.photo.height
    stroke = BrushStroke(nose[None].astype(np.float32), 9, 0.6)
    layer = PaintLayer.empty(*size).stamped(stroke, (10, 200, 30))
    wanted = cast("TargetPicture", turned.problem(turned.asked(likeness=layer)).wanted)
    coverage = wanted.coverage[0, 0].cpu().numpy()
    there = [np.average(axis, weights=coverage) for axis in np.indices(coverage.shape)][::-1]
    lies = turned.desk.lies(turned.portrait)
    np.testing.assert_allclose(there, lies.to_crop[:, :2] @ nose + lies.to_crop[:, 2], atol=0.3)


def test_a_reference_is_laid_on_the_face_where_it_is_then(
    turned: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[np.ndarray, ...]] = []
    usual = likeness.of_reference

    def of_reference(*given: Any) -> object:
        asked.append(given[:3])
        return usual(*given)

    monkeypatch.setattr(likeness, "of_reference", of_reference)
    crop, portrait = turned.face.crop, turned.portrait
    other = Reference(
        "a", np.full((crop.size, crop.size, 3), 90, np.uint8), crop.landmarks_in_crop()
    )
    turned.problem(turned.asked(likeness=other))
    ((render, seen, points),) = asked
    lies = turned.desk.lies(portrait)
    there = portrait.landmarks @ lies.to_crop[:, :2].T + lies.to_crop[:, 2]
    np.testing.assert_allclose(points, there, atol=1e-6)
    np.testing.assert_array_equal(render, turned.desk.reconstruction(portrait.history.current()))
    shown = turned.desk.patch(turned.job.photo, turned.desk.rendered_edits([portrait]), 400)
    assert shown is not None
    at = np.rint(portrait.landmarks[30]).astype(int) - [shown.x, shown.y]
    there = np.rint(lies.to_crop[:, :2] @ portrait.landmarks[30] + lies.to_crop[:, 2]).astype(int)
    near = shown.pixels[at[1] - 3 : at[1] + 4, at[0] - 3 : at[0] + 4].astype(float).mean((0, 1))
    assert np.abs(seen[there[1], there[0]] - near).max() < 25, "of the photo with its edits"


def test_a_painted_face_without_edits_is_the_photographs(turned: Turned) -> None:
    desk, crop = turned.desk, turned.face.crop
    edits = desk.rendered_edits([turned.portrait])
    plain = desk.aligned_crop(turned.job.photo, crop)
    np.testing.assert_array_equal(desk.aligned_crop(turned.job.photo, crop, ()), plain)
    assert not np.array_equal(desk.aligned_crop(turned.job.photo, crop, edits), plain)


def test_brows_keep_off_frames_where_these_are_then(turned: Turned) -> None:
    detail = turned.job.portraits[0].detail
    assert detail is not None
    assert detail.labels is not None
    portrait = replace(turned.portrait, detail=detail)
    rows, columns = np.nonzero(detail.labels == CLASSES.index("glasses"))
    square = FaceCrop.from_landmarks(detail.crop.landmarks, len(detail.labels)).to_photo
    frame = np.column_stack([columns, rows]) @ square[:, :2].T + square[:, 2]
    *_, last = turned.desk.rendered_edits([turned.then(portrait, "brow_height")])
    assert last.region.at(frame + turned.gone).max() < 0.02
    assert last.region.at(frame).max() > 0.9
    *_, alone = turned.desk.rendered_edits(
        [turned.then(replace(turned.face, detail=detail), "brow_height")]
    )
    assert alone.region.at(frame).max() < 0.02


def test_a_head_that_version_4_turned_takes_later_regions_along(turned: Turned) -> None:
    """Its points said that eyes stayed, so these lay where the eyes are no more."""
    size = turned.job.photo.width, turned.job.photo.height
    lips = preset("lips", turned.face.landmarks + turned.old, *size).feathered(2)
    first = turned.then(turned.face, "smile", lips)
    older = first.with_history(first.history.push(replace(turned.edit, shift=turned.old)))
    found, turns, count = carried_along(turned.desk, turned.then(older, "lip_redness", lips))
    assert (turns, count) == (True, 1)
    smile, turn, redness = found.history.edits
    assert smile is first.history.edits[0]
    assert turn.shift is not None
    assert turned.edit.shift is not None
    np.testing.assert_allclose(turn.shift, turned.edit.shift, atol=0.5)
    here, usual = redness.region.full() > 0, preset("lips", found.landmarks, *size).full() > 0
    assert (here & usual).sum() > 0.9 * (here | usual).sum()
    assert found.history.position == 3
    without = turned.then(first, "lip_redness", lips)
    assert carried_along(turned.desk, without)[1:] == (False, 0)


def test_it_is_told_when_such_a_project_is_opened(
    turned: Turned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, path = write_photo(tmp_path / "b.png"), tmp_path / "b.sip"
    size = turned.job.photo.width, turned.job.photo.height
    lips = preset("lips", turned.face.landmarks, *size).feathered(2)
    older = turned.face.history.push(replace(turned.edit, shift=turned.old))
    portrait = turned.then(turned.face.with_history(older), "lip_redness", lips)
    save_project(Project(photo, file_sha256(photo), *size, (portrait,)), path)

    def told() -> tuple[str, OpenedProject]:
        *reports, last = turned.engine.run(OpenProject(path))
        assert isinstance(last, Finished), last
        notices = [report.message for report in reports if isinstance(report, Notice)]
        return " ".join(notices), cast("OpenedProject", last.result)

    said, opened = told()
    assert "version 0.4" not in said
    assert opened.project.portraits[0].history.edits[1].region == lips
    monkeypatch.setattr(files, "KNOWN_SINCE", 6)
    said, opened = told()
    assert "Later edits were carried along: 1." in said
    assert opened.project.portraits[0].history.edits[1].region != lips


@pytest.mark.parametrize(
    ("region", "slider"), [("skin", "light_from_left"), ("beard", "beard_density")]
)
def test_what_follows_a_turn_is_the_same_everywhere(
    crossed: Callable[..., Crossing], region: str, slider: str
) -> None:
    """On the canvas, after undo and redo, saved and opened again, and exported."""
    it = crossed("a turned head")
    it.ask()
    it.desk.idle()
    turned = it.canvas
    it.session.regions.apply_preset(region)
    it.desk.idle()
    it.desk.commit(slider, 40)
    it.let_on()
    seen = it.canvas
    assert not np.array_equal(seen, turned)
    it.is_the_same_everywhere()
    it.session.steps.undo()
    it.let_on()
    assert np.array_equal(it.canvas, turned)
    it.session.steps.redo()
    it.let_on()
    assert np.array_equal(it.canvas, seen)


def test_a_click_means_what_lies_there_then(crossed: Callable[..., Crossing]) -> None:
    it = crossed("a turned head")
    it.ask()
    it.let_on()
    face = it.session.studio.face
    assert face is not None
    before, now = (FaceClasses(at, face.detail) for at in (face.detected.landmarks, face.landmarks))
    box = (*np.rint(face.landmarks[48:60].min(0) - 12).astype(int).tolist(), 60, 40)
    there = (now.labels(box, 1.0) == LIPS) & (before.labels(box, 1.0) != LIPS)
    y, x = np.argwhere(there)[len(np.argwhere(there)) // 2].tolist()
    it.session.masks.choose_class(box[0] + x, box[1] + y)
    it.desk.idle()
    photo, region = it.session.photo, it.session.region
    assert photo is not None
    assert region is not None
    assert region.mask == preset("lips", face.landmarks, photo.width, photo.height, face.detail)
    masks = it.session.masks
    document = it.session.studio.document
    assert document is not None
    classes = masks._classes_of(face, document)  # pyright: ignore[reportPrivateUsage]
    assert masks._classes_of(face, document) is classes  # pyright: ignore[reportPrivateUsage]
    edges = classes.matte("beard")
    seen = edges._picture.levels[0]  # pyright: ignore[reportPrivateUsage]
    assert np.array_equal(seen, it.canvas), "edges are looked for in the picture as it is then"
