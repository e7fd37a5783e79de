"""While a slider is dragged, a larger generator's inner picture is drawn, not the whole one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from editor.document.face_regions import preset
from editor.document.goals import Goal
from editor.document.history import Portrait
from editor.engine import generators, workspace
from editor.engine.engine import Engine
from editor.engine.jobs import Drag, Invert
from editor.engine.laying import Laying
from models import checkpoints, perceptual
from tests.end_to_end.real_engine import finish, sample
from tests.end_to_end.tiny_generator import write_tiny

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from editor.engine.compositing.renders import Render, RenderedEdit
    from editor.engine.jobs import Inversion, OpenedPhoto, Patch
    from models.generator import Generator

MESH = np.random.default_rng(3).uniform(16, 48, (478, 3))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Its generator draws 64 pixels, and networks see 32."""
    folder = tmp_path_factory.mktemp("weights")
    card = write_tiny(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "WEIGHTS", folder)
        patch.setattr(generators, "catalogue", lambda: (card,))
        for module in (perceptual, workspace):
            patch.setattr(module, "SEEN", 32)
        engine = Engine.create("cpu")
        yield engine
        engine.close()


@pytest.fixture(scope="module")
def opened(engine: Engine) -> OpenedPhoto:
    return sample(engine)


@pytest.fixture(scope="module")
def portrait(engine: Engine, opened: OpenedPhoto) -> Portrait:
    crop = engine.crop_of(opened.faces[0])
    return Portrait.of(crop, cast("Inversion", finish(engine, Invert(opened.photo, crop, 2))))


@pytest.fixture
def drawn(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sides of the single pictures drawn, not of the probes that tell where channels act."""
    synthesise, sides = type(engine.workspace.generator).synthesise, list[int]()

    def counted(self: Generator, s: Tensor, **kwargs: Any) -> Tensor:
        picture = synthesise(self, s, **kwargs)
        if len(s) == 1:
            sides.append(picture.shape[-1])
        return picture

    monkeypatch.setattr(type(engine.workspace.generator), "synthesise", counted)
    return sides


def test_a_drag_draws_the_inner_picture_and_the_whole_one_once(
    engine: Engine, opened: OpenedPhoto, portrait: Portrait, drawn: list[int]
) -> None:
    photo = opened.photo
    region = preset("face", portrait.landmarks, photo.width, photo.height)
    engine.workspace.clear()
    shown: list[Patch] = []
    for value in (20, 60, 100):
        drawn.clear()
        job = Drag(photo, (portrait,), 0, region, (Goal("light_from_left", value),))
        shown.append(cast("Patch", finish(engine, job)))
        if value > 20:
            assert drawn == [32]
    changed = [np.abs(p.pixels.astype(int) - shown[0].pixels).mean() for p in shown[1:]]
    assert 0 < changed[0] < changed[1]


def test_a_slider_that_bends_is_drawn_every_so_often_and_lies_between(
    engine: Engine,
    opened: OpenedPhoto,
    portrait: Portrait,
    drawn: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo, desk = opened.photo, engine.workspace
    region = preset("face", portrait.landmarks, photo.width, photo.height)
    asked: list[tuple[float, float]] = []

    def mesh(render: Render) -> np.ndarray:
        """As if a face moved by what its picture changes: tiny ones have no face."""
        return MESH + 40 * float(render.pixels.mean())

    laid = Laying.laid

    def noted(self: Any, *args: Any, **options: Any) -> list[RenderedEdit]:
        edits = laid(self, *args, **options)
        before, after = edits[0].bent or (MESH, MESH)
        asked.append((float((after - before).mean()), args[4]))
        return edits

    monkeypatch.setattr(desk, "_mesh_of", mesh)
    monkeypatch.setattr(desk, "laying", replace(desk.laying, mesh_of=mesh))
    monkeypatch.setattr(Laying, "laid", noted)
    desk.clear()
    counts: list[int] = []
    for value in (30, 40, 50, 55, -40, -30):
        drawn.clear()
        finish(engine, Drag(photo, (portrait,), 0, region, (Goal("smile", value),)))
        counts.append(len(drawn))
    assert counts[1:3] == [0, 0], "between 25 and 50 once"
    assert counts[3] == counts[4] == 1
    assert counts[5] == 0
    ways, shares = zip(*asked, strict=True)
    assert shares == pytest.approx((0.6, 0.8, 1, 55 / 75, 0.8, 0.6))
    np.testing.assert_allclose(np.array(ways[:2]) / ways[2], [0.6, 0.8], rtol=1e-4)
    assert ways[4] * ways[0] < 0


def test_a_slider_that_tones_is_drawn_every_so_often(
    engine: Engine,
    opened: OpenedPhoto,
    portrait: Portrait,
    drawn: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo, desk = opened.photo, engine.workspace
    region = preset("lips", portrait.landmarks, photo.width, photo.height)
    laid, shares = Laying.laid, list[float]()

    def noted(self: Any, *args: Any, **options: Any) -> list[RenderedEdit]:
        edits = laid(self, *args, **options)
        shares.extend(edit.share for edit in edits)
        return edits

    monkeypatch.setattr(Laying, "laid", noted)
    desk.clear()
    counts: list[int] = []
    for value in (30, 40, 50, 55):
        drawn.clear()
        goal = Goal("lip_redness", value)
        finish(engine, Drag(photo, (portrait,), 0, region, (goal,)))
        counts.append(len(drawn))
    assert counts[1:] == [0, 0, 1]
    assert shares == pytest.approx((0.6, 0.8, 1, 55 / 75))


def test_what_is_drawn_fast_begins_where_the_whole_picture_is(
    engine: Engine, portrait: Portrait
) -> None:
    desk, code = engine.workspace, portrait.history.current()
    whole = desk.reconstruction(code)
    fast = desk._render(code, code).pixels  # pyright: ignore[reportPrivateUsage]
    assert fast.shape == whole.shape
    averages = [p.reshape(8, 8, 8, 8, 3).mean((1, 3)) for p in (whole, fast)]
    np.testing.assert_allclose(*averages, atol=0.02)
