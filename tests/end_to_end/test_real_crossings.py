"""The edits of ``crossings`` one upon the other, over the engine that ships, as it finds faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Portrait
from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.project import Project
from editor.engine.jobs import Export, Intervene, Invert, OpenProject, Render, SaveProject
from tests.end_to_end.crossings import EDITS
from tests.end_to_end.real_engine import finish, sample

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.history import Inversion
    from editor.engine.engine import Engine
    from editor.engine.jobs import Intervention, OpenedProject, Patch


@pytest.mark.slow
def test_what_is_settled_is_rendered_exported_and_opened_to_the_bit(
    engine: Engine, tmp_path: Path
) -> None:
    opened = sample(engine)
    photo, crop = opened.photo, engine.crop_of(opened.faces[0])
    portrait = Portrait.of(crop, cast("Inversion", finish(engine, Invert(photo, crop, steps=2))))
    size, whole = (photo.width, photo.height), photo.pixels
    for name, sliders in EDITS.values():
        if not name:
            continue
        region = preset(name, crop.landmarks, *size, portrait.detail).feathered(4)
        goals = tuple(Goal(slider, value) for slider, value in sliders.items())
        job = Intervene(photo, (portrait,), 0, region, goals, Dials(steps=2))
        made = cast("Intervention", finish(engine, job))
        before, portrait = portrait, portrait.with_history(portrait.history.push(made.edit))
        engine.close()
        drawn = cast("Patch", finish(engine, Render(photo, (portrait,))))
        assert made.patch is not None
        assert np.array_equal(made.patch.pixels, drawn.pixels), sliders
        beneath = cast("Patch | None", finish(engine, Render(photo, (before,))))
        assert beneath is None or not np.array_equal(beneath.pixels, drawn.pixels), sliders
        whole = photo.pixels.copy()
        whole[drawn.y : drawn.y + drawn.height, drawn.x : drawn.x + drawn.width] = drawn.pixels
    project = Project(photo.path, photo.sha256, *size, (portrait,))
    finish(engine, SaveProject(project, tmp_path / "a.sip"))
    engine.close()
    again = cast("OpenedProject", finish(engine, OpenProject(tmp_path / "a.sip")))
    path = tmp_path / "a.png"
    finish(engine, Export(again.photo, again.project.portraits, path, ExportOptions()))
    assert np.array_equal(open_photo(path).pixels, whole)
