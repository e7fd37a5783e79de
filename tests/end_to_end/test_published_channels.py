"""Published channels over the real engine: turned so that + does what their name says."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from editor.engine.handlers import directing
from editor.engine.jobs import FindDirections, Progress
from models.importing.directions import PublishedChannels
from tests.end_to_end.real_engine import finish

if TYPE_CHECKING:
    from editor.engine.engine import Engine
    from editor.engine.jobs import Discovery


@pytest.mark.slow
def test_signs_are_measured(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded generator's own channels of a smile stand in for the published ones."""
    directions = engine.workspace.directions
    precise = (directions.attributes["smile"].precise).cpu().numpy()
    sd = directions.statistics.s_sd.cpu().numpy()
    strongest = np.argsort(-np.abs(precise / sd))[:6]
    steps = np.zeros((6, len(sd)), np.float32)
    steps[np.arange(6), strongest] = -sd[strongest] * np.sign(precise[strongest])  # a frown, each
    names = tuple(f"0_{k}" for k in range(6))
    together = steps.sum(0, keepdims=True)
    rows = (
        (PublishedChannels("smile", ("0_0",), "smile"), together),
        (PublishedChannels("frown", ("0_0",), "smile", lowers=True), together),
        (PublishedChannels("odd", names[:2]), steps[:2]),
    )

    def published(*_: object) -> object:
        return rows

    monkeypatch.setattr(directing, "published_steps", published)
    job = FindDirections(engine.info.generator_sha256, "published", 1)
    told = [report.stage for report in engine.run(job) if isinstance(report, Progress)]
    assert "Measuring what channels do" in told
    found = cast("Discovery", finish(engine, job))
    assert [slider.label for slider in found.sliders] == [
        "smile", "frown", "odd 0_0 (+ or −)", "odd 0_1 (+ or −)",
    ]  # fmt: skip
    smile, frown = (slider.delta.dense() for slider in found.sliders[:2])
    assert (np.sign(smile[strongest]) == np.sign(precise[strongest])).all()
    np.testing.assert_array_equal(frown, -smile)
