"""A GPU's edits are the CPU's: bent, drawn, in two turns, pulled, in half precision.

Nothing here needs Qt, so that it also runs where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import torch

from editor.document.face_regions import feather_of, preset
from editor.document.goals import Dials, Goal, Pull
from editor.document.history import Portrait
from editor.engine.compositing.fold import edited_pixels
from editor.engine.engine import Engine
from editor.engine.jobs import Discover, Intervene, Invert
from tests.end_to_end.real_engine import finish, sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from editor.document.goals import PaintLayer, Reference
    from editor.document.history import Inversion
    from editor.engine.jobs import Discovery, Intervention, OpenedPhoto

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]

EDITS = {
    "bent": ("smile", (Goal("smile", 60),)),
    "drawn": ("lips", (Goal("lip_redness", 60),)),
    "hair": ("hair", (Goal("hair_brightness", -60),)),
    "in two turns": ("face", (Goal("smile", 40), Goal("eyes_open", 30))),
}


class Opened:
    """The sample in an engine, its face inverted by the CPU."""

    def __init__(self, engine: Engine, photo: OpenedPhoto, portrait: Portrait) -> None:
        self.engine, self.opened, self.portrait = engine, photo, portrait

    def edit(
        self, where: str, goals: tuple[Goal, ...],
        likeness: Reference | PaintLayer | Pull | None = None,
    ) -> tuple[Intervention, NDArray[np.float64]]:  # fmt: skip
        """The edit and the whole photograph with it."""
        photo = self.opened.photo
        soft = feather_of(where, 8)
        region = preset(where, self.portrait.landmarks, photo.width, photo.height).feathered(soft)
        job = Intervene(photo, (self.portrait,), 0, region, goals, Dials(), likeness=likeness)
        done = cast("Intervention", finish(self.engine, job))
        after = self.portrait.with_history(self.portrait.history.push(done.edit))
        edits = self.engine.workspace.rendered_edits([after])
        return done, edited_pixels(photo, edits).astype(np.float64)


@pytest.fixture(scope="module")
def cpu() -> Iterator[Opened]:
    engine = Engine.create("cpu")
    photo = sample(engine)
    crop = engine.crop_of(photo.faces[0])
    inversion = cast("Inversion", finish(engine, Invert(photo.photo, crop, steps=40)))
    yield Opened(engine, photo, Portrait.of(crop, inversion))
    engine.close()


@pytest.fixture(scope="module")
def cuda(cpu: Opened) -> Iterator[Opened]:
    engine = Engine.create("cuda")
    yield Opened(engine, cpu.opened, cpu.portrait)
    engine.close()


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The 99.9th percentile of the difference, of 255."""
    return float(np.quantile(np.abs(one - other), 0.999))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_the_same_picture_on_both(cpu: Opened, cuda: Opened, name: str) -> None:
    (here, ours), (there, theirs) = (opened.edit(*EDITS[name]) for opened in (cpu, cuda))
    before = cpu.opened.photo.pixels.astype(np.float64)

    assert apart(ours, theirs) < 0.35 * apart(ours, before)
    for mine, its in zip(here.report.attained, there.report.attained, strict=True):
        assert mine == pytest.approx(its, abs=0.25)


@pytest.mark.parametrize("name", EDITS)
def test_a_gpu_repeats_its_edit(cuda: Opened, name: str) -> None:
    (_, first), (_, second) = (cuda.edit(*EDITS[name]) for _ in range(2))
    before = cuda.opened.photo.pixels.astype(np.float64)

    # A search adds up gradients in any order; thirty steps later hair was 6 of 35 levels apart.
    assert apart(first, second) < 0.25 * apart(first, before)


def test_a_pull_is_the_same_picture_on_both(cpu: Opened, cuda: Opened) -> None:
    points = cpu.portrait.landmarks
    eyes = float(np.hypot(*(points[36:42].mean(0) - points[42:48].mean(0))))
    pull = Pull(((54, 0.06 * eyes, -0.06 * eyes), (48, 0, 0)))
    (_, ours), (_, theirs) = (o.edit("smile", (), pull) for o in (cpu, cuda))
    before = cpu.opened.photo.pixels.astype(np.float64)

    assert apart(ours, theirs) < 0.35 * apart(ours, before)


def test_half_precision_searches_the_same_edit(cuda: Opened) -> None:
    whole, exact = cuda.edit(*EDITS["bent"])
    engine = Engine.create("cuda")
    engine.workspace.search_in_half()
    half, rough = Opened(engine, cuda.opened, cuda.portrait).edit(*EDITS["bent"])
    engine.close()
    before = cuda.opened.photo.pixels.astype(np.float64)

    assert apart(exact, rough) < 0.5 * apart(exact, before)
    assert half.report.attained[0] == pytest.approx(whole.report.attained[0], abs=0.3)


def test_discovery_names_much_the_same(cpu: Opened, cuda: Opened) -> None:
    photo = cpu.opened.photo
    region = preset("mouth", cpu.portrait.landmarks, photo.width, photo.height)
    found = [
        cast("Discovery", finish(o.engine, Discover(photo, (o.portrait,), 0, region)))
        for o in (cpu, cuda)
    ]
    ours, theirs = ({slider.label for slider in one.sliders} for one in found)

    assert len(ours & theirs) >= len(ours) // 2
