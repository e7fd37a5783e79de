"""Jobs that compute: inversion, dragging, interventions, discovery, references, pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import numpy as np
import pytest
from PIL import Image

from editor.document.face import FaceCrop
from editor.document.goals import Dials, Goal, Guess, Pull, Reference
from editor.document.history import Inversion, Portrait
from editor.document.paint import PaintLayer
from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.style import StyleCode, StyleDelta
from editor.engine import jobs
from editor.engine.expression_jobs import CompareExpressions, ExpressionChange
from editor.engine.jobs import (
    TILE_SIDE,
    Discover,
    Discovery,
    Drafted,
    Drag,
    Export,
    Exported,
    FindPerson,
    Finished,
    FoundPerson,
    Intervene,
    Intervention,
    Invert,
    OpenReference,
    Patch,
    Preview,
    Progress,
    Render,
    RenderTile,
    Resettle,
    Tile,
)
from editor.engine.schedules import SCHEDULES
from models.faces.identity import Identity
from tests.contract.engines import AnyEngine, last_result, refusal, reports, result

if TYPE_CHECKING:
    from tests.contract.conftest import Case

SMILE = Goal("smile", 60)


def check_patch(case: Case, patch: object) -> Patch:
    """It lies in the photo, and its pixels cannot be changed."""
    assert isinstance(patch, Patch)
    assert patch.x >= 0
    assert patch.y >= 0
    assert patch.x + patch.width <= case.photo.width
    assert patch.y + patch.height <= case.photo.height
    assert patch.pixels.dtype == np.uint8
    assert patch.pixels.shape[2:] == (3,)
    assert not patch.pixels.flags.writeable
    return patch


def test_an_inversion_counts_its_steps_and_says_how_faithful_it_is(
    engine: AnyEngine, case: Case
) -> None:
    job = Invert(case.photo, case.portrait.crop, steps=3)
    found = reports(engine, job)
    steps = [report.step for report in found if isinstance(report, Progress)]
    assert steps == list(range(1, len(steps) + 1))
    inversion = cast("Inversion", cast("Finished", found[-1]).result)
    assert inversion.code.layout.generator == engine.info.generator_sha256
    assert inversion.steps == steps[-1]
    assert not inversion.is_draft
    assert inversion.misfit is not None
    assert inversion.misfit.shape == (engine.info.crop_size,) * 2
    assert not inversion.misfit.flags.writeable
    for report in found:
        if isinstance(report, Drafted):
            assert report.inversion.is_draft
        if isinstance(report, Preview):
            check_patch(case, report.patch)
    assert result(engine, job, Inversion).code == inversion.code, "repeatable"


@pytest.mark.parametrize("to_photo", [[[0.05, 0, 90], [0, 0.05, 90]], [[2, 0, 5000], [0, 2, 5000]]])
def test_a_face_too_small_or_outside_is_refused(
    engine: AnyEngine, case: Case, to_photo: list[list[float]]
) -> None:
    crop = FaceCrop(case.portrait.crop.landmarks, np.array(to_photo), engine.info.crop_size)
    assert refusal(engine, Invert(case.photo, crop, steps=3)).kind == "no_face"


def test_an_intervention_answers_with_the_edit_and_how_it_looks(
    engine: AnyEngine, case: Case
) -> None:
    goals = SMILE, Goal("light_from_left", -20)
    found = reports(engine, case.job(*goals))
    done = cast("Intervention", cast("Finished", found[-1]).result)
    edit = done.edit
    assert edit.label == "Smile +60, Light from the left -20"
    assert edit.region == case.region()
    assert edit.origin.goals == (("smile", 60), ("light_from_left", -20))
    assert (edit.origin.seed, edit.origin.likeness) == (0, "")
    assert edit.delta.layout.generator == engine.info.generator_sha256
    assert len(done.report.attained) == len(done.report.attained_direct) == 2
    assert done.report.delta_channels == len(edit.delta.channels) > 0
    assert edit.shift is not None, "a smile moves things"
    assert not edit.shift.flags.writeable
    steps = [report.step for report in found if isinstance(report, Progress)]
    assert steps == list(range(1, done.report.steps + 1))
    for report in found:
        if isinstance(report, Preview):
            check_patch(case, report.patch)
    patch = check_patch(case, done.patch)
    portrait = case.portrait.with_history(case.portrait.history.push(edit))
    shown = check_patch(case, result(engine, Render(case.photo, (portrait,)), Patch))
    np.testing.assert_array_equal(shown.pixels, patch.pixels)
    again = result(engine, case.job(*goals), Intervention).edit
    assert again.delta == edit.delta
    assert again.id != edit.id


def test_an_edit_is_settled_again_as_it_would_be_made_and_shows_nothing(
    engine: AnyEngine, case: Case
) -> None:
    search = case.job(SMILE)
    made = result(engine, search, Intervention).edit
    found = reports(engine, Resettle(search))
    done = cast("Intervention", cast("Finished", found[-1]).result)
    assert done.patch is None
    assert not any(isinstance(report, Preview) for report in found)
    assert [r.step for r in found if isinstance(r, Progress)]
    assert (done.edit.delta, done.edit.origin) == (made.delta, made.origin)
    assert done.edit.region == made.region
    assert refusal(engine, Resettle(replace(search, region=case.nowhere()))).kind == "region"
    nobody = replace(search, goals=(Goal("charm", 10),))
    assert refusal(engine, Resettle(nobody)).kind == "bad_request"


def test_an_entry_found_anew_is_shown_as_it_will_lie_beneath_those_above_it(
    engine: AnyEngine, case: Case
) -> None:
    above = result(engine, case.job(Goal("light_from_left", 30)), Intervention).edit
    job = replace(case.job(SMILE), above=(above,), opacity=0.5)
    done = result(engine, job, Intervention)
    history = case.portrait.history.push(replace(done.edit, opacity=0.5)).push(above)
    render = Render(case.photo, (case.portrait.with_history(history),))
    shown = check_patch(case, result(engine, render, Patch))
    patch = check_patch(case, done.patch)
    np.testing.assert_array_equal(shown.pixels, patch.pixels)
    off = history.changed(replace(history.edits[0], enabled=False))
    render = Render(case.photo, (case.portrait.with_history(off),))
    alone = Render(case.photo, (case.portrait.with_history(case.portrait.history.push(above)),))
    np.testing.assert_array_equal(
        result(engine, render, Patch).pixels, result(engine, alone, Patch).pixels
    )


def test_a_colour_moves_no_landmarks(engine: AnyEngine, case: Case) -> None:
    done = result(engine, case.job(Goal("lip_redness", 50)), Intervention)
    assert done.edit.shift is None


@pytest.mark.parametrize("kind", [Intervene, Drag])
def test_what_cannot_be_edited_is_refused(
    engine: AnyEngine, case: Case, kind: type[Intervene | Drag]
) -> None:
    at = case.photo, (case.portrait,), 0
    assert refusal(engine, kind(*at, case.nowhere(), (SMILE,))).kind == "region"
    empty = type(case.region()).empty(case.photo.width, case.photo.height)
    assert refusal(engine, kind(*at, empty, (SMILE,))).kind == "region"
    wings = refusal(engine, kind(*at, case.region(), (Goal("wings", 5),)))
    assert wings.kind == "bad_request"
    assert "wings" in wings.title
    assert "smile" in wings.advice
    if kind is Intervene:
        for nothing in ((), (Goal("smile", 0),)):
            assert refusal(engine, kind(*at, case.region(), nothing)).kind == "bad_request"


@pytest.mark.parametrize("kind", [Intervene, Drag, Discover, Render, Export])
def test_a_face_of_another_generator_is_refused(
    engine: AnyEngine, case: Case, kind: type, tmp_path: Path
) -> None:
    base = case.portrait.history.base
    layout = replace(base.layout, generator="1" * 64)
    inversion = Inversion(StyleCode(layout, base.values), 20.0, 0.3, 1.0, 3)
    portraits = (Portrait.of(case.portrait.crop, inversion),)
    arguments = {
        Render: (),
        Export: (tmp_path / "out.png", ExportOptions()),
        Discover: (0, case.region()),
    }.get(kind, (0, case.region(), (SMILE,)))
    assert refusal(engine, kind(case.photo, portraits, *arguments)).kind == "model_missing"
    assert not (tmp_path / "out.png").exists()


def test_dragging_shows_more_of_more_and_nothing_of_nothing(
    engine: AnyEngine, case: Case, smiling: Portrait
) -> None:
    pixels = case.photo.pixels

    def changed(value: float) -> float:
        job = Drag(
            case.photo, (case.portrait,), 0, case.region(), (Goal("light_from_left", value),)
        )
        patch = check_patch(case, result(engine, job, Patch))
        part = pixels[patch.y : patch.y + patch.height, patch.x : patch.x + patch.width]
        return float(np.abs(part.astype(float) - patch.pixels).mean())

    assert 0 < changed(10) < changed(80)
    still = (Goal("smile", 0),)
    assert (
        result(engine, Drag(case.photo, (case.portrait,), 0, case.region(), still), object) is None
    )
    job = Drag(case.photo, (smiling,), 0, case.region(), still)
    shown, rendered = (result(engine, j, Patch) for j in (job, Render(case.photo, (smiling,))))
    assert (shown.x, shown.y) == (rendered.x, rendered.y)


@pytest.mark.parametrize("in_hand", [0, 40])
def test_a_drag_draws_what_is_under_way_as_well(
    engine: AnyEngine, case: Case, in_hand: int
) -> None:
    smile, red = (Goal("smile", 60),), (Goal("lip_redness", in_hand),)
    region = case.region()
    own = Drag(case.photo, (case.portrait,), 0, region, red)
    both = result(engine, replace(own, under_way=(Guess(region, smile),)), Patch)
    alone = result(engine, replace(own, goals=smile), Patch)
    check_patch(case, both)
    assert both.pixels.shape == alone.pixels.shape
    off = np.abs(both.pixels.astype(float) - alone.pixels).mean()
    assert off > 0.05 if in_hand else off < 0.05


def test_a_likeness_is_an_edit_that_says_of_what(
    engine: AnyEngine, case: Case, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(case.path.read_bytes())
    reference = result(engine, OpenReference(other), Reference)
    assert reference.name == "other.png"
    assert reference.picture.shape == (*(engine.info.crop_size,) * 2, 3)
    assert reference.landmarks.shape == (68, 2)
    assert not reference.picture.flags.writeable
    assert not reference.landmarks.flags.writeable
    region = case.region()
    pixels = np.zeros((*region.alpha.shape, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 170, region.alpha
    paint = PaintLayer(case.photo.width, case.photo.height, region.x, region.y, pixels)
    for likeness, name, label in (
        (reference, "reference other.png", "Match other.png"),
        (paint, "paint", "Match paint"),
    ):
        job = Intervene(case.photo, (case.portrait,), 0, region, (), Dials(steps=3), likeness)
        done = result(engine, job, Intervention)
        assert (done.edit.origin.likeness, done.edit.label) == (name, label)
        assert done.edit.origin.goals == done.report.attained == ()
        check_patch(case, done.patch)
        assert refusal(engine, replace(job, region=case.nowhere())).kind == "region"


def test_pulled_points_are_an_edit_that_keeps_them(engine: AnyEngine, case: Case) -> None:
    pull = Pull(((8, 0.0, 0.0), (54, 6.0, -4.0)))
    job = Intervene(case.photo, (case.portrait,), 0, case.region(), (), Dials(steps=3), pull)
    found = reports(engine, job)
    done = cast("Intervention", cast("Finished", found[-1]).result)
    assert (done.edit.origin.likeness, done.edit.label) == ("pull", "Pull points")
    assert done.edit.origin.pulls == pull.points
    assert done.edit.origin.goals == done.report.attained == ()
    assert done.edit.shift is not None
    assert done.edit.is_searched
    assert any(isinstance(report, Preview) for report in found)
    patch = check_patch(case, done.patch)
    portrait = case.portrait.with_history(case.portrait.history.push(done.edit))
    shown = check_patch(case, result(engine, Render(case.photo, (portrait,)), Patch))
    np.testing.assert_array_equal(shown.pixels, patch.pixels)
    pinned = replace(job, likeness=Pull(((54, 0.0, 0.0),)))
    assert refusal(engine, pinned).advice == "Drag a point of the face."
    assert refusal(engine, replace(job, region=case.nowhere())).kind == "region"


def test_a_spot_is_healed_without_a_search(engine: AnyEngine, case: Case) -> None:
    done = result(engine, case.job(Goal("heal_spot", 100)), Intervention)
    assert done.edit.label == "Heal spot +100"
    assert not done.edit.is_searched
    assert "heal_spot" not in {row.name for row in engine.info.attributes}, "it has no slider"
    check_patch(case, done.patch)


def test_a_reference_without_a_face_or_a_photo_is_refused(
    engine: AnyEngine, case: Case, tmp_path: Path
) -> None:
    del case
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    assert refusal(engine, OpenReference(text)).kind == "photo_unreadable"
    assert refusal(engine, OpenReference(tmp_path / "gone.png")).kind == "photo_unreadable"
    speck = tmp_path / "speck.png"
    Image.new("RGB", (3, 3)).save(speck)
    assert refusal(engine, OpenReference(speck)).kind == "no_face"


def test_expressions_are_compared_in_the_sliders_there_are(engine: AnyEngine, case: Case) -> None:
    reference = result(engine, OpenReference(case.path), Reference)
    known = {row.name for row in engine.info.attributes}
    for other in (reference, None):
        job = CompareExpressions(case.photo, case.portrait.crop, other)
        found = reports(engine, job)
        assert isinstance(found[0], Progress)
        change = result(engine, job, ExpressionChange)
        names = [name for name, _ in change.values]
        assert names
        assert len({*names}) == len(names)
        assert {*names} <= known
        assert all(np.isfinite(value) for _, value in change.values)


def test_a_person_is_found_among_the_faces_or_nobody_is(engine: AnyEngine, case: Case) -> None:
    if not Identity().is_known:
        pytest.skip("pip install face-recognition-models")
    person = result(engine, OpenReference(case.path), Reference)
    faces = case.opened.faces
    found = result(engine, FindPerson(case.photo, faces, person), FoundPerson)
    assert found.number == 0
    assert len(found.distances) == len(faces)
    assert found.distances[0] < 0.6
    black = replace(person, picture=np.zeros_like(person.picture))
    nobody = result(engine, FindPerson(case.photo, faces, black), FoundPerson)
    assert nobody.number is None
    assert nobody.distances[0] >= 0.6
    assert result(engine, FindPerson(case.photo, (), person), FoundPerson).number is None


def test_discovered_sliders_can_be_used(engine: AnyEngine, case: Case) -> None:
    job = Discover(case.photo, (case.portrait,), 0, case.region(), count=4)
    sliders = result(engine, job, Discovery).sliders
    assert 0 < len(sliders) <= 4
    assert len({slider.id for slider in sliders}) == len(sliders)
    assert [slider.id for slider in result(engine, job, Discovery).sliders] == [
        slider.id for slider in sliders
    ]
    slider = sliders[0]
    assert slider.low.shape == slider.high.shape
    assert not slider.low.flags.writeable
    goal = Goal(slider.id, 50, slider.delta)
    check_patch(
        case, result(engine, Drag(case.photo, (case.portrait,), 0, case.region(), (goal,)), Patch)
    )
    done = result(engine, case.job(goal), Intervention)
    assert done.edit.label == "Discovered +50"
    assert np.isnan(done.report.attained[0]), "it has no measure of its own"
    assert refusal(engine, replace(job, region=case.nowhere())).kind == "region"
    foreign = StyleDelta(
        replace(slider.delta.layout, generator="1" * 64), slider.delta.channels, slider.delta.values
    )
    job = case.job(Goal("strange", 50, foreign))
    assert refusal(engine, job).kind == "model_missing"


def test_a_picture_is_what_is_applied(engine: AnyEngine, case: Case, smiling: Portrait) -> None:
    for portraits in ((), (case.portrait,)):
        assert last_result(engine, Render(case.photo, portraits)) is None
    undone = smiling.with_history(smiling.history.undo())
    assert last_result(engine, Render(case.photo, (undone,))) is None
    first, again = (result(engine, Render(case.photo, (smiling,)), Patch) for _ in range(2))
    np.testing.assert_array_equal(first.pixels, check_patch(case, again).pixels)


def test_tiles_make_the_exported_photo(
    engine: AnyEngine, case: Case, smiling: Portrait, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    result(engine, Export(case.photo, (smiling,), out, ExportOptions()), Exported)
    tile = result(engine, RenderTile(case.photo, (smiling,), 0, 0, 0), Tile)
    np.testing.assert_array_equal(tile.pixels, open_photo(out).pixels[:TILE_SIDE, :TILE_SIDE])
    assert not tile.pixels.flags.writeable
    assert (tile.level, tile.column, tile.row) == (0, 0, 0)
    plain = result(engine, RenderTile(case.photo, (), 0, 0, 0), Tile)
    np.testing.assert_array_equal(plain.pixels, case.photo.pixels[:TILE_SIDE, :TILE_SIDE])
    smaller = result(engine, RenderTile(case.photo, (smiling,), 2, 0, 0), Tile)
    assert smaller.pixels.shape == (90, 90, 3)
    for wrong in ((0, 1, 0), (0, 0, 1), (-1, 0, 0), (0, -1, 0)):
        assert refusal(engine, RenderTile(case.photo, (smiling,), *wrong)).kind == "bad_request"


def test_every_type_of_job_is_in_this_contract() -> None:
    """And nothing else can be asked for."""
    from editor.engine.engine import HANDLERS

    types = set(get_args(jobs.Job))
    assert set(HANDLERS) == set(SCHEDULES) == types
    here = {kind.__name__ for kind in types}
    files = Path(__file__).parent.glob("test_*.py")
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert {name for name in here if f"{name}(" in text} == here


def test_work_on_the_photos_own_skin_asks_no_generator(engine: AnyEngine, case: Case) -> None:
    goals = Goal("smooth_skin", 80), Goal("even_skin", 40)
    found = reports(engine, case.job(*goals))
    done = cast("Intervention", cast("Finished", found[-1]).result)
    edit = done.edit
    assert edit.label == "Skin smoothness +80, Skin evenness +40"
    assert edit.origin.goals == (("smooth_skin", 80), ("even_skin", 40))
    assert (edit.origin.steps, done.report.steps, done.report.delta_channels) == (0, 0, 0)
    assert not len(edit.delta.channels)
    assert edit.shift is None
    assert np.isnan(done.report.attained).tolist() == [True, True]
    assert not any(isinstance(report, Progress) for report in found)
    patch = check_patch(case, done.patch)
    portrait = case.portrait.with_history(case.portrait.history.push(edit))
    shown = check_patch(case, result(engine, Render(case.photo, (portrait,)), Patch))
    np.testing.assert_array_equal(shown.pixels, patch.pixels)
    dragged = Drag(case.photo, (case.portrait,), 0, case.region(), goals)
    check_patch(case, result(engine, dragged, Patch))


def test_skin_work_and_a_generators_goal_make_one_edit(engine: AnyEngine, case: Case) -> None:
    done = result(engine, case.job(Goal("smooth_skin", 80), SMILE), Intervention)
    assert done.edit.origin.goals == (("smooth_skin", 80), ("smile", 60))
    assert len(done.edit.delta.channels) == done.report.delta_channels > 0
    assert np.isnan(done.report.attained).tolist()[0]
    alone = result(engine, case.job(SMILE), Intervention)
    assert alone.edit.delta == done.edit.delta
    assert done.patch is not None
    assert alone.patch is not None
    assert not np.array_equal(alone.patch.pixels, done.patch.pixels)
