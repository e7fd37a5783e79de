"""The real engine: an inversion that is set aside for other jobs, and what is edited meanwhile."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Inversion, Portrait
from editor.document.project import Project
from editor.document.quality import region_misfit
from editor.engine.jobs import (
    Discover,
    Drafted,
    Drag,
    Finished,
    Intervene,
    Intervention,
    Invert,
    OpenedProject,
    OpenProject,
    Patch,
    Progress,
    Render,
    SaveProject,
)
from tests.end_to_end.real_engine import finish, sample

if TYPE_CHECKING:
    from pathlib import Path

    from editor.engine.engine import Engine

STEPS = 6


@pytest.fixture(scope="module")
def job(engine: Engine) -> Invert:
    photo = sample(engine)
    return Invert(photo.photo, engine.crop_of(photo.faces[0]), steps=STEPS)


@pytest.fixture(scope="module")
def undisturbed(engine: Engine, job: Invert) -> Inversion:
    return cast("Inversion", finish(engine, job))


@pytest.mark.slow
def test_other_jobs_between_two_steps_change_nothing_in_the_result(
    engine: Engine, job: Invert, undisturbed: Inversion
) -> None:
    photo, crop = job.photo, job.crop
    region = preset("mouth", crop.landmarks, photo.width, photo.height).feathered(8)
    goal, dials = (Goal("smile", 60),), Dials(steps=3)
    list(engine.warm_up())  # changes nothing either
    reports = engine.run(job)
    drafted = next(reports)
    assert isinstance(drafted, Drafted)
    portraits = (Portrait.of(crop, drafted.inversion),)
    intervene = Intervene(photo, portraits, 0, region, goal, dials)
    drag, discover = (
        Drag(photo, portraits, 0, region, goal),
        Discover(photo, portraits, 0, region, count=3),
    )
    done: list[object] = []
    for other in (drag, intervene, discover, drag):
        assert isinstance(next(reports), Progress)
        done.append(finish(engine, other))
    edit = cast("Intervention", done[1]).edit
    *_, last = reports
    assert isinstance(last, Finished)
    refined = cast("Inversion", last.result)
    assert refined.code == undisturbed.code
    assert not refined.is_draft
    # what was edited on the draft lies on the refined face
    moved = Portrait.of(crop, drafted.inversion)
    moved = moved.with_history(moved.history.push(edit)).refined(refined)
    assert moved.history.base == refined.code
    patch = finish(engine, Render(photo, (moved,)))
    assert isinstance(patch, Patch)
    x, y, w, h = patch.x, patch.y, patch.width, patch.height
    assert (patch.pixels != photo.pixels[y : y + h, x : x + w]).mean() > 0.02


@pytest.mark.slow
def test_when_the_engine_moves_meanwhile_the_inversion_begins_again_there(
    engine: Engine, job: Invert, undisturbed: Inversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = engine.run(job)
    assert isinstance(next(reports), Drafted)
    assert isinstance(next(reports), Progress)
    loaded = engine.workspace.loaded
    moved = replace(loaded, network=copy.deepcopy(loaded.network))
    monkeypatch.setattr(engine.workspace, "loaded", moved)
    again = list(reports)
    assert isinstance(again[0], Drafted)
    assert [r.step for r in again if isinstance(r, Progress)] == list(range(1, STEPS + 1))
    assert isinstance(again[-1], Finished)
    assert cast("Inversion", again[-1].result).psnr == pytest.approx(undisturbed.psnr, abs=0.1)


def test_the_map_of_the_inversion_is_there_again_when_a_project_is_opened(
    engine: Engine, job: Invert, undisturbed: Inversion, tmp_path: Path
) -> None:
    misfit = undisturbed.misfit
    assert misfit is not None
    size = engine.workspace.generator.config.resolution
    assert misfit.shape == (size, size)
    portrait = Portrait.of(job.crop, undisturbed)
    photo = job.photo
    project = Project(photo.path, photo.sha256, photo.width, photo.height, (portrait,))
    finish(engine, SaveProject(project, tmp_path / "a.sip"))
    opened = cast("OpenedProject", finish(engine, OpenProject(tmp_path / "a.sip")))
    again = opened.project.portraits[0].misfit
    assert again is not None
    np.testing.assert_array_equal(again, misfit)
    mouth = preset("mouth", job.crop.landmarks, photo.width, photo.height)
    assert region_misfit(misfit, job.crop, mouth) == pytest.approx(
        float(misfit[job.crop.mask_in_crop(mouth.alpha, mouth.x, mouth.y) > 0.5].mean()), abs=0.05
    )
