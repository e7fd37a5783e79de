"""No slider is without effect: each that a face carries changes what is seen of the sample.

Teeth whiteness changed next to nothing for a day, because what was made for beards held for it as
well; every test of its parts passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from editor.document.goals import Goal
from editor.document.history import Portrait
from editor.document.limits import within
from editor.document.region import RegionError
from editor.engine.jobs import Drag, Invert
from tests.end_to_end.real_engine import finish, sample

if TYPE_CHECKING:
    from editor.engine.engine import Engine
    from editor.engine.jobs import Inversion, Patch

SEEN = 4  # of 255, somewhere: so much is changed at a slider's end, at least


@pytest.mark.slow
def test_every_slider_that_a_face_carries_changes_its_picture(engine: Engine) -> None:
    opened = sample(engine)
    photo, crop = opened.photo, engine.crop_of(opened.faces[0])
    face = Portrait.of(crop, cast("Inversion", finish(engine, Invert(photo, crop, 2))))
    size = photo.width, photo.height

    def shown(name: str, value: float) -> Patch:
        region = engine.workspace.laying.usual(face, (rows[name].region,), *size)
        return cast("Patch", finish(engine, Drag(photo, (face,), 0, region, (Goal(name, value),))))

    rows = {row.name: row for row in engine.info.attributes}
    dead, carried = list[str](), list[str]()
    for name in rows:
        for value in (100.0, -100.0):
            if within((Goal(name, value),), face.landmarks, face.detail)[1]:
                continue
            try:
                little, much = shown(name, value / 100), shown(name, value)
            except RegionError:
                continue
            carried.append(f"{name} {value:+.0f}")
            if np.abs(much.pixels.astype(int) - little.pixels).max() < SEEN:
                dead.append(carried[-1])
    assert not dead
    assert len(carried) > 40
