"""Discovery, references, paint and several goals on the real networks, few steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PIL import Image

from editor.document import attributes
from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal, Pull, Reference
from editor.document.history import EditHistory, Inversion, Portrait
from editor.document.paint import PaintLayer
from editor.document.region import RegionMask
from editor.engine import readings
from editor.engine.jobs import (
    Discover,
    Discovery,
    Drag,
    Failed,
    Finished,
    Intervene,
    Intervention,
    Invert,
    OpenReference,
    Patch,
    Progress,
    Render,
)
from tests.end_to_end.real_engine import finish, sample

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.photo import Photo
    from editor.engine.engine import Engine
    from models.faces.analyser import FaceAnalyser
    from models.measures import Side


@pytest.fixture(scope="module")
def face(engine: Engine) -> tuple[Photo, Portrait]:
    opened = sample(engine)
    crop = engine.crop_of(opened.faces[0])
    code = cast("Inversion", finish(engine, Invert(opened.photo, crop, steps=8))).code
    return opened.photo, Portrait(crop, EditHistory(code), 20.0, 0.4)


def region(face: tuple[Photo, Portrait], name: str) -> RegionMask:
    photo, portrait = face
    return preset(name, portrait.crop.landmarks, photo.width, photo.height).feathered(4)


def intervene(
    engine: Engine, face: tuple[Photo, Portrait], where: str, *goals: Goal, **options: object
) -> Intervention:
    photo, portrait = face
    options.setdefault("dials", Dials(steps=6))
    inside = region(face, where)
    job = Intervene(photo, (portrait,), 0, inside, goals, **options)  # type: ignore[arg-type]
    return cast("Intervention", finish(engine, job))


@pytest.mark.slow
def test_discovery_offers_distinct_sliders_that_work(
    engine: Engine, face: tuple[Photo, Portrait]
) -> None:
    photo, portrait = face
    job = Discover(photo, (portrait,), 0, region(face, "eyes"), count=5)
    reports = list(engine.run(job))
    told = [r for r in reports if isinstance(r, Progress)]
    assert [r.step for r in told] == list(range(told[0].steps))
    found = cast("Discovery", cast("Finished", reports[-1]).result).sliders
    assert len(found) == 5
    assert len({slider.id for slider in found}) == 5
    for slider in found:
        assert 0 < slider.locality <= 1
        assert slider.low.shape == slider.high.shape
        assert not np.array_equal(slider.low, slider.high)
    again = cast("Discovery", finish(engine, job))
    assert again.sliders == found, "asked again for the same face and region: kept"
    goal = Goal(found[0].id, 60, found[0].delta)
    done = intervene(engine, face, "eyes", goal, dials=Dials(steps=6))
    assert done.edit.label == "Discovered +60"
    assert done.report.leak < 0.5 * done.report.leak_direct
    assert np.isnan(done.report.attained[0])
    shown = finish(engine, Drag(photo, (portrait,), 0, region(face, "eyes"), (goal,)))
    assert isinstance(shown, Patch)


@pytest.mark.slow
def test_two_goals_are_reached_in_one_intervention(
    engine: Engine, face: tuple[Photo, Portrait]
) -> None:
    done = intervene(engine, face, "smile", Goal("smile", -70), Goal("light_from_left", 70))
    assert done.edit.origin.goals == (("smile", -70), ("light_from_left", 70))
    assert done.edit.label == "Smile -70, Light from the left +70"
    assert done.report.attained[0] < -0.2
    assert done.report.attained[1] > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("beside", ["lip_redness", "nose_width", "smile"])
def test_a_turn_beside_another_slider_is_both_one_after_the_other(
    engine: Engine, face: tuple[Photo, Portrait], beside: str
) -> None:
    """Beside a colour it was drawn, and a nose beside it made a smile."""
    photo, portrait = face
    job = Intervene(photo, (portrait,), 0, region(face, "head"), (), Dials(steps=6))
    turn, other = Goal("head_turn", 50), Goal(beside, 50)
    joined = cast("Intervention", finish(engine, replace(job, goals=(turn, other))))
    there = portrait
    for goal in (other, turn):
        alone = cast(
            "Intervention", finish(engine, replace(job, portraits=(there,), goals=(goal,)))
        )
        there = there.with_history(there.history.push(alone.edit))
    once = portrait.with_history(portrait.history.push(joined.edit))
    np.testing.assert_allclose(once.landmarks, there.landmarks, atol=0.2)
    shown = [cast("Patch", finish(engine, Render(photo, (one,)))) for one in (once, there)]
    assert np.abs(shown[0].pixels.astype(float) - shown[1].pixels).mean() < 0.3


@pytest.mark.slow
def test_a_mouth_and_eyes_are_searched_for_in_turn_and_make_one_edit(
    engine: Engine, face: tuple[Photo, Portrait]
) -> None:
    photo, portrait = face
    inside = region(face, "smile").united(region(face, "eyes"))
    goals = Goal("smile", -50), Goal("eyes_open", 50)
    job = Intervene(photo, (portrait,), 0, inside, goals, Dials(steps=8))
    reports = list(engine.run(job))
    told = [r.step for r in reports if isinstance(r, Progress)]
    assert told == sorted(told)
    assert {r.steps for r in reports if isinstance(r, Progress)} == {16}
    done = cast("Intervention", cast("Finished", reports[-1]).result)
    assert done.edit.origin.goals == (("smile", -50), ("eyes_open", 50))
    assert done.edit.region == inside
    assert done.report.steps == done.edit.origin.steps == 16
    smile, eyes = done.report.attained
    assert smile < -0.3
    assert eyes > 0.3
    mouth, (x, y, w, h) = region(face, "mouth"), region(face, "eyes").bounds
    faint = np.zeros((photo.height, photo.width), np.uint8)
    faint[y + h // 2, x + w // 4] = 20
    for inside in (mouth, mouth.united(RegionMask.from_full(faint))):
        away = Intervene(photo, (portrait,), 0, inside, goals, Dials(steps=4))
        found = engine.run(away)
        assert not any(isinstance(report, Failed) for report in found), "no eyes in the region"
    alone = intervene(engine, face, "eyes", Goal("smile", 0), Goal("eyes_open", 40))
    assert alone.report.attained[1] > 0


@pytest.mark.slow
def test_eyes_that_bend_are_searched_for_with_the_lids(
    engine: Engine, face: tuple[Photo, Portrait]
) -> None:
    """Found before lids that close, their size is lost to these: −0.11 of 0.9 on photo05."""
    size, lids = Goal("eye_size", 60), Goal("eyes_open", -40)

    def steps(*goals: Goal) -> set[int]:
        inside = region(face, "smile").united(region(face, "eyes"))
        job = Intervene(face[0], (face[1],), 0, inside, goals, Dials(steps=2))
        return {r.steps for r in engine.run(job) if isinstance(r, Progress)}

    assert steps(size, lids) == {2}
    assert steps(Goal("smile", 40), size, lids) == {4}


@pytest.mark.slow
def test_a_second_turn_is_measured_on_the_side_that_its_region_lies_on(
    engine: Engine, face: tuple[Photo, Portrait], monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes = region(face, "eyes")
    half = eyes.full()
    half[:, int(face[1].crop.landmarks[27, 0]) :] = 0
    inside = region(face, "mouth").united(RegionMask.from_full(half))
    gauges: list[tuple[list[str], object]] = []
    made = readings.attribute_gauge

    def listed(faces: FaceAnalyser, units: list[tuple[str, float]], side: Side | None) -> object:
        gauges.append(([name for name, _ in units], side))
        return made(faces, units, side)

    monkeypatch.setattr(readings, "attribute_gauge", listed)
    goals = Goal("smile", -50), Goal("eyes_open", 50)
    finish(engine, Intervene(face[0], (face[1],), 0, inside, goals, Dials(steps=2)))
    assert {side for names, side in gauges if names == ["eyes_open"]} == {"left"}


@pytest.mark.slow
def test_points_go_as_far_as_the_photo_is_bent(
    engine: Engine, face: tuple[Photo, Portrait], monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes, nose = Goal("eyes_open", 30), Goal("nose_width", 60)

    def shift(*goals: Goal) -> NDArray[np.float32]:
        inside = intervene(engine, face, "face", *goals, dials=Dials(steps=2)).edit.shift
        assert inside is not None
        return inside

    far = attributes.bends([("nose_width", 60)])
    beside = shift(eyes)  # the one after the other
    bent = shift(nose, eyes) - beside
    once = [replace(row, bends=min(row.bends, 1.0)) for row in attributes.table()]
    monkeypatch.setattr(attributes, "table", lambda: once)
    drawn = shift(nose, eyes) - beside
    assert np.abs(drawn[31:36]).max() > 0
    np.testing.assert_allclose(bent, far * drawn, rtol=1e-3, atol=1e-4)
    assert np.abs(drawn[:17]).max() < 1e-4, "a nose goes alone"


@pytest.mark.slow
def test_points_of_a_turn_go_as_the_photo_is_bent(
    engine: Engine, face: tuple[Photo, Portrait]
) -> None:
    """As the renders have it the eyes stay, and both cheeks go the other way."""
    shift = intervene(engine, face, "head", Goal("head_turn", 60), dials=Dials(steps=2)).edit.shift
    assert shift is not None
    nose, eyes, cheeks = shift[30, 0], shift[36:48, 0].mean(), np.abs(shift[[1, 15], 0]).max()
    assert nose > eyes > 0
    assert cheeks < eyes / 2


@pytest.mark.slow
def test_painted_lips_take_the_colour(engine: Engine, face: tuple[Photo, Portrait]) -> None:
    photo, _ = face
    lips = region(face, "lips")
    pixels = np.zeros((*lips.alpha.shape, 4), np.uint8)
    pixels[...] = (170, 20, 110, 0)
    pixels[..., 3] = lips.alpha
    layer = PaintLayer(photo.width, photo.height, lips.x, lips.y, pixels)
    done = intervene(engine, face, "lips", likeness=layer, dials=Dials(steps=10))
    assert done.edit.label == "Match paint"
    assert done.edit.origin.likeness == "paint"
    assert done.patch is not None
    height, width = lips.alpha.shape
    inside = (slice(lips.y, lips.y + height), slice(lips.x, lips.x + width))
    core = lips.alpha > 200
    before = photo.pixels[inside][core].mean(0)
    x, y = lips.x - done.patch.x, lips.y - done.patch.y
    after = done.patch.pixels[y : y + height, x : x + width][core].mean(0)
    assert after[2] - after[1] > before[2] - before[1] + 3, "bluer against green, as painted"


@pytest.mark.slow
def test_a_reference_is_read_and_matched(
    engine: Engine, face: tuple[Photo, Portrait], tmp_path: Path
) -> None:
    photo, _ = face
    brown = photo.pixels.copy()
    lips = region(face, "lips")
    inside = brown[lips.y : lips.y + lips.alpha.shape[0], lips.x : lips.x + lips.alpha.shape[1]]
    weight = (lips.alpha / 255)[..., None]
    inside[...] = inside * (1 - 0.8 * weight) + 0.8 * weight * np.array([90, 30, 30])
    Image.fromarray(brown).save(tmp_path / "dark lips.png")
    reference = cast("Reference", finish(engine, OpenReference(tmp_path / "dark lips.png")))
    assert reference.name == "dark lips.png"
    side = engine.workspace.generator.config.resolution
    assert reference.picture.shape == (side, side, 3)
    assert not reference.picture.flags.writeable
    done = intervene(engine, face, "lips", likeness=reference, dials=Dials(steps=10))
    assert done.edit.label == "Match dark lips.png"
    assert done.report.inside_error > 0
    code = face[1].history.base
    change = engine.workspace.reconstruction(
        code.plus(done.edit.delta)
    ) - engine.workspace.reconstruction(code)
    mouth = face[1].crop.landmarks_in_crop()[48:60].mean(0).astype(int)
    assert change[mouth[1] - 6 : mouth[1] + 6, mouth[0] - 10 : mouth[0] + 10].mean() < -0.02


def test_a_reference_without_a_face_says_what_to_do(engine: Engine, tmp_path: Path) -> None:
    Image.new("RGB", (48, 32), (90, 90, 90)).save(tmp_path / "wall.png")
    *_, last = engine.run(OpenReference(tmp_path / "wall.png"))
    assert isinstance(last, Failed)
    assert last.error.kind == "no_face"
    assert "Choose a photo" in last.error.advice


@pytest.mark.slow
def test_a_pulled_corner_of_the_mouth_goes_there_and_the_eyes_stay(
    engine: Engine, face: tuple[Photo, Portrait]
) -> None:
    _, portrait = face
    landmarks = portrait.crop.landmarks
    between = float(np.linalg.norm(landmarks[36:42].mean(0) - landmarks[42:48].mean(0)))
    way = 0.08 * between
    pull = Pull(((54, way, -0.5 * way), (8, 0.0, 0.0)))
    done = intervene(engine, face, "smile", likeness=pull, dials=Dials(steps=20))
    assert done.edit.origin.pulls == pull.points
    shift = done.edit.shift
    assert shift is not None
    asked = np.array([way, -0.5 * way])
    assert float(shift[54] @ asked) > 0.5 * float(asked @ asked)
    assert np.linalg.norm(shift[36:48], axis=1).max() < 0.02 * between
    assert done.report.leak < done.report.leak_direct
