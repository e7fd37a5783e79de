"""An older entry is changed over the real engine: nothing is searched for, little is drawn anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from editor.document.face import DetectedFace, FaceCrop, FaceDetail
from editor.document.face_regions import feather_of, preset
from editor.document.history import Edit, EditHistory, EditOrigin, Portrait
from editor.document.region import RegionMask
from editor.document.style import StyleCode, StyleDelta
from editor.engine.compositing.lids import LIDS
from editor.engine.jobs import Patch, Render
from resources.face_classes import CLASSES
from tests.end_to_end.real_engine import finish, sample

if TYPE_CHECKING:
    import torch

    from editor.document.photo import Photo
    from editor.engine.compositing.renders import RenderedEdit
    from editor.engine.engine import Engine
    from models.generator import Generator


@pytest.fixture(scope="module")
def stack(engine: Engine) -> tuple[Photo, Portrait]:
    """Ten edits of the mean face over the sample, in three regions."""
    opened, workspace = sample(engine), engine.workspace
    photo, crop = opened.photo, engine.workspace.crop_of(opened.faces[0])
    statistics = workspace.directions.statistics
    mean, sd = (t.cpu().numpy().astype(np.float32) for t in (statistics.s_mean, statistics.s_sd))
    rng = np.random.default_rng(5)
    regions = [
        preset(name, crop.landmarks, photo.width, photo.height).feathered(8)
        for name in ("mouth", "eyes", "skin")
    ]
    history = EditHistory(StyleCode(workspace.layout, mean))
    for number in range(10):
        dense = (0.2 * sd * rng.normal(size=len(sd))).astype(np.float32)
        delta = StyleDelta.from_dense(workspace.layout, dense)
        origin = EditOrigin((("smile", 40.0),), number, 30)
        history = history.push(Edit(f"e{number}", "x", delta, regions[number % 3], origin, 0.0))
    return photo, Portrait(crop, history, 20.0, 0.3)


def shown(engine: Engine, photo: Photo, portrait: Portrait, history: EditHistory) -> Patch:
    return cast("Patch", finish(engine, Render(photo, (portrait.with_history(history),))))


@pytest.mark.slow
@pytest.mark.parametrize("what", ["weighed", "off", "deleted", "faded"])
def test_entry_3_of_10_changed_later_is_the_picture_of_a_stack_made_so_for_one_render_each(
    engine: Engine,
    stack: tuple[Photo, Portrait],
    what: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo, portrait = stack
    history = portrait.history
    third = history.edits[2]
    change: dict[str, Any] = {
        "weighed": {"weight": 0.6}, "off": {"enabled": False}, "faded": {"opacity": 0.3},
    }.get(what, {})  # fmt: skip
    later = history.without(third.id) if what == "deleted" else history
    if what != "deleted":
        later = history.changed(replace(third, **change))
    from_the_start = EditHistory(history.base)
    for edit in history.edits:
        if edit is not third or what in ("weighed", "faded"):
            one = replace(edit, **change) if edit is third else edit
            from_the_start = from_the_start.push(one)

    engine.close()  # what is remembered of other tests is forgotten
    before = shown(engine, photo, portrait, history)
    drawn: list[int] = []
    synthesise = type(engine.workspace.generator).synthesise

    def counted(self: Generator, *args: Any, **kwargs: Any) -> torch.Tensor:
        drawn.append(1)
        return synthesise(self, *args, **kwargs)

    monkeypatch.setattr(type(engine.workspace.generator), "synthesise", counted)
    patch = shown(engine, photo, portrait, later)
    above = 10 - 3
    assert len(drawn) == {"weighed": above + 1, "faded": 0}.get(what, above)
    assert not np.array_equal(patch.pixels, before.pixels)
    engine.close()
    again = shown(engine, photo, portrait, from_the_start)
    np.testing.assert_array_equal(again.pixels, patch.pixels)
    assert (again.x, again.y) == (patch.x, patch.y)


@pytest.mark.slow
def test_a_smile_with_opened_eyes_bends_but_about_the_eyes_where_it_is_drawn(
    engine: Engine, stack: tuple[Photo, Portrait]
) -> None:
    photo, portrait = stack
    edit, whole = (
        portrait.history.edits[0],
        RegionMask.from_full(np.full(photo.pixels.shape[:2], 200, np.uint8)),
    )

    def placed(*goals: tuple[str, float]) -> list[RenderedEdit]:
        origin = EditOrigin(goals, 0, 30)
        one = replace(edit, region=whole, origin=origin)
        history = EditHistory(portrait.history.base).push(one)
        return engine.workspace.rendered_edits([portrait.with_history(history)])

    smile, eyes, lips = ("smile", 40.0), ("eyes_open", 30.0), ("lip_redness", 30.0)
    bent, drawn = placed(smile, eyes)
    for one, again in zip((bent, drawn), placed(smile, eyes), strict=True):
        assert one.region is again.region, "every picture of a drag above asks for them"
    assert bent.bent is not None
    assert drawn.bent is None
    height, width = photo.pixels.shape[:2]
    usual = preset("eyes", portrait.crop.landmarks, width, height)
    outside = usual.full() == 0
    assert drawn.region.area > 0
    assert not drawn.region.full()[outside].any()
    parts = bent.region.full().astype(int) + drawn.region.full()
    assert np.abs(parts - whole.full()).max() <= 1
    assert [edit.bent is not None for edit in placed(smile)] == [True]
    assert [edit.bent is not None for edit in placed(smile, lips)] == [False]
    assert [edit.bent is not None for edit in placed(eyes)] == [False]
    brows = ("brow_height", 30.0)
    assert [edit.bent is not None for edit in placed(brows)] == [True]
    assert [edit.bent is not None for edit in placed(smile, brows)] == [True]
    assert [edit.bent is not None for edit in placed(smile, brows, eyes)] == [True, False]


@pytest.mark.slow
def test_a_bend_leaves_glasses_where_they_are_unless_the_head_moves(
    engine: Engine, stack: tuple[Photo, Portrait]
) -> None:
    _, portrait = stack
    edit = portrait.history.edits[0]
    labels = np.zeros((64, 64), np.uint8)
    labels[30:33, 15:50] = CLASSES.index("glasses")
    wide = FaceCrop.from_landmarks(portrait.crop.landmarks, 64)

    def points(*names: str) -> int:
        """Of the last of some edits."""
        history = EditHistory(portrait.history.base)
        for name in names:
            origin = EditOrigin(((name, 40.0),), 0, 30)
            history = history.push(replace(edit, id=name, origin=origin))
        hair = np.zeros_like(labels)
        detail = FaceDetail(np.zeros((478, 2)), wide, hair, labels=labels)
        seen = replace(portrait.with_history(history), detail=detail)
        placed = engine.workspace.rendered_edits([seen])[-1]
        assert placed.bent is not None
        return len(placed.bent[0])

    assert points("jaw_width") > points("head_turn") + 50
    assert points("face_roundness", "jaw_width") == points("jaw_width")
    # after a turn they stay where it took them
    assert points("head_turn", "jaw_width") > points("head_turn") + 50


@pytest.mark.slow
def test_what_is_drawn_leaves_out_hair_that_renders_do_not_show(
    engine: Engine, stack: tuple[Photo, Portrait]
) -> None:
    """Femininity in the region of long hair drew the rims of its renders out to streaks."""
    photo, portrait = stack
    landmarks = portrait.crop.landmarks
    landmarks = landmarks.mean(0) + 0.4 * (landmarks - landmarks.mean(0))
    crop = FaceCrop.from_landmarks(landmarks, portrait.crop.size)
    wide = FaceCrop.from_landmarks(landmarks, 300).widened(75)
    hair = np.full((wide.size, wide.size), 255, np.uint8)
    seen = replace(portrait, crop=crop, detail=FaceDetail(np.zeros((478, 2)), wide, hair))
    whole = RegionMask.from_full(np.full((photo.height, photo.width), 255, np.uint8))
    middle = crop.quad.mean(0)
    (x, y), (left, top) = (
        np.rint(at).astype(int) for at in (middle, middle + 0.9 * (wide.quad[0] - middle))
    )

    def alpha(name: str) -> tuple[int, int]:
        origin = EditOrigin(((name, 40.0),), 0, 30)
        one = replace(portrait.history.edits[0], origin=origin, region=whole)
        edited = seen.with_history(EditHistory(portrait.history.base).push(one))
        (placed,) = engine.workspace.rendered_edits([edited])
        full = placed.region.full()
        return int(full[top, left]), int(full[y, x])

    assert min(left, top) > 0
    assert alpha("femininity") == (0, 255)
    assert alpha("hair_brightness") == (255, 255)


@pytest.mark.slow
def test_light_on_hair_falls_on_hair_alone_however_large_the_region_is(
    engine: Engine, stack: tuple[Photo, Portrait]
) -> None:
    photo, portrait = stack
    wide = FaceCrop.from_landmarks(portrait.crop.landmarks, 64)
    hair, labels = (np.zeros((64, 64), np.uint8) for _ in range(2))
    hair[:12], labels[:12] = 255, CLASSES.index("hair")
    detail = FaceDetail(np.zeros((478, 2)), wide, hair, labels=labels)
    whole = np.full(photo.pixels.shape[:2], 255, np.uint8)

    def region(alpha: np.ndarray) -> RegionMask:
        origin = EditOrigin((("hair_brightness", 40.0),), 0, 30)
        one = replace(portrait.history.edits[0], region=RegionMask.from_full(alpha), origin=origin)
        history = EditHistory(portrait.history.base).push(one)
        (placed,) = engine.workspace.rendered_edits(
            [replace(portrait.with_history(history), detail=detail)]
        )
        assert placed.lights
        assert placed.trusted is not None
        assert placed.asked == 0.4
        return placed.region

    found = region(whole).full()
    assert found.any()
    assert not found[-len(found) // 3 :].any()
    deep = np.flatnonzero(found.any(1))[-1] + 1
    for larger in (1.3, 1.9):  # as a brush grows, it never takes what is no hair
        grown = np.zeros_like(whole)
        grown[: round(larger * deep)] = 255
        np.testing.assert_array_equal(region(grown).full(), np.minimum(grown, found))
    brushed = np.zeros_like(whole)
    brushed[-20:-10, 10:20] = 255  # where nobody saw hair, what is brushed counts as some
    np.testing.assert_array_equal(region(brushed).full(), brushed)


@pytest.mark.slow
def test_lids_move_over_eyeballs_and_eyes_that_are_nearly_closed_are_drawn(
    engine: Engine, stack: tuple[Photo, Portrait]
) -> None:
    _, portrait = stack
    edit = portrait.history.edits[0]

    def placed(gap: float, *goals: tuple[str, float]) -> list[RenderedEdit]:
        """Of a face that was looked at, its eyes open by so much of their width."""
        share = np.arange(9) / 8
        bow = np.sin(np.pi * share) * gap / 2
        ring = np.concatenate([np.stack([share, bow], -1), np.stack([share, -bow], -1)[-2:0:-1]])
        mesh = np.zeros((478, 2))
        for number, points in enumerate(LIDS):
            mesh[list(points)] = 30 * ring + [100 + 60 * number, 120]
        wide = FaceCrop.from_landmarks(portrait.crop.landmarks, 64)
        detail = FaceDetail(mesh, wide, np.zeros((64, 64), np.uint8))
        one = replace(edit, region=edit.region, origin=EditOrigin(goals, 0, 30))
        history = EditHistory(portrait.history.base).push(one)
        seen = replace(portrait.with_history(history), detail=detail)
        return engine.workspace.rendered_edits([seen])

    smile, eyes, gaze = ("smile", 40.0), ("eyes_open", 30.0), ("gaze", 30.0)
    (alone,) = placed(0.4, eyes)
    assert alone.bent is None
    assert alone.lids is not None
    before, after, *_ = alone.lids
    to_photo = portrait.crop.to_photo
    corner = before[0, 0] @ to_photo[:, :2].T + to_photo[:, 2]
    np.testing.assert_allclose(corner, [100, 120], atol=1e-6)
    found = engine.workspace._mesh_of  # pyright: ignore[reportPrivateUsage]
    meshes = [found(render)[:, :2] for render in (alone.before, alone.after)]
    way = (meshes[1] - meshes[0])[list(LIDS[0])]
    np.testing.assert_allclose((after - before)[0], 1.5 * way, atol=1e-6)
    bent, about = placed(0.4, smile, eyes)
    assert bent.lids is None
    assert about.lids is not None
    assert [one.lids for one in placed(0.15, eyes)] == [None], "nearly closed"
    (closing,) = placed(0.15, ("eyes_open", -30.0))
    assert closing.lids is not None, "nothing is uncovered"
    (looking,) = placed(0.4, gaze)
    assert looking.lids is not None
    np.testing.assert_array_equal(looking.lids[0], looking.lids[1], "lids stay")
    (both,) = placed(0.4, eyes, gaze)
    assert both.lids is not None
    assert np.abs(both.lids[1] - both.lids[0]).max() > 0
    assert (looking.gaze, looking.eye_light) == (both.gaze, 0.0)
    (lit,) = placed(0.4, ("eye_brightness", 30.0))
    assert lit.lids is not None
    assert lit.eye_light > 0
    drawn = placed(0.4, gaze, ("eye_size", 30.0))[-1]
    assert drawn.lids is None


@pytest.mark.slow
def test_of_a_wide_region_only_lips_teeth_and_beards_change_by_tone(
    engine: Engine, stack: tuple[Photo, Portrait]
) -> None:
    """A face's curve of tones would redden skin of the lips' tone and leave eyes as they are."""
    photo, portrait = stack
    landmarks, (height, width) = portrait.landmarks, photo.pixels.shape[:2]
    soft = DetectedFace.at(landmarks, "project").default_feather
    lips, face = (
        preset(name, landmarks, width, height).feathered(feather_of(name, soft))
        for name in ("lips", "face")
    )

    def placed(region: RegionMask, *goals: tuple[str, float]) -> list[RenderedEdit]:
        edit = replace(portrait.history.edits[0], region=region, origin=EditOrigin(goals, 0, 30))
        history = EditHistory(portrait.history.base).push(edit)
        return engine.workspace.rendered_edits([portrait.with_history(history)])

    red, bright = ("lip_redness", -60.0), ("eye_brightness", 40.0)
    (usual,) = placed(lips, red)
    (brushed,) = placed(lips.grown(soft).feathered(soft), red)
    assert usual.toned
    assert brushed.toned
    assert usual.region is lips
    for goals in ([red], [red, bright]):
        elsewhere, inside = placed(face, *goals)
        assert inside.toned
        assert not elsewhere.toned
        assert not elsewhere.keeps
        np.testing.assert_array_equal(inside.region.full(), face.within(lips).full())
        np.testing.assert_array_equal(elsewhere.region.full(), face.subtracted(lips).full())
    (hair,) = placed(face, ("hair_brightness", 40.0))
    assert hair.toned, "brushed hair may lie anywhere"
