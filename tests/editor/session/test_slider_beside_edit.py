"""A slider in hand is seen at once, whatever else is being made."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from editor.engine.jobs import Drag, Finished, Intervene, Preview
from tests.editor.session_desk import begin_edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from editor.engine.jobs import Job, Report
    from tests.editor.session_desk import Desk


def test_a_second_slider_is_seen_at_once_while_an_edit_computes_and_takes_nothing_away(
    desk: Desk,
) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    begin_edit(desk, "smile", 40)
    shown = desk.ear.heard["preview_changed"]
    shown.clear()
    session.sliders.preview_attribute("lip_redness", 60)
    desk.until(lambda: [patch for patch in shown if patch is not None])
    assert len(desk.engine.released) < len(desk.engine.jobs), "the edit is not over"
    assert desk.labels == []
    job = desk.engine.begun(Drag)[-1]
    assert isinstance(job, Drag)
    (guess,) = job.under_way
    assert [goal.attribute for goal in guess.goals] == ["smile"]
    both = shown[-1].pixels.astype(int)
    session.sliders.commit_attribute("lip_redness", 60)
    desk.engine.delayed.clear()
    desk.until(lambda: len(desk.labels) == 2)
    desk.idle()
    made = desk.ear.last("composite_changed").pixels.astype(int)
    assert np.abs(made - both).max() <= 1, "what was seen is what is made"
    assert len(desk.engine.begun(Intervene)) == 2, "neither began anew"


class StepsOn:
    """Lets edits show their last step again and again, and end once they are let."""

    def __init__(self, desk: Desk, patch: pytest.MonkeyPatch) -> None:
        self.end, self.told = threading.Event(), 0
        self._run = desk.engine.run
        patch.setattr(desk.engine, "run", self.run)

    def run(self, job: Job) -> Iterator[Report]:
        last: Report | None = None
        for report in self._run(job):
            last = report if isinstance(report, Preview) else last
            is_over = isinstance(job, Intervene) and isinstance(report, Finished)
            while is_over and last is not None and not self.end.is_set():
                self.told += 1
                yield last
                time.sleep(0.001)
            yield report


def test_steps_of_an_edit_do_not_hide_the_slider_that_was_moved_after_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    edit = StepsOn(desk, monkeypatch)
    shown = desk.ear.heard["preview_changed"]
    session.sliders.commit_attribute("smile", 40)
    desk.until(lambda: shown and shown[-1] is not None)
    desk.engine.delayed.add(Intervene)  # the next edit shows nothing yet
    session.sliders.preview_attribute("lip_redness", 60)
    pending = session.studio.operations.pending
    desk.until(lambda: desk.engine.begun(Drag) and not pending(Drag))  # steps come meanwhile
    seen = shown[-1]
    assert seen is not None
    session.sliders.commit_attribute("lip_redness", 60)
    told = edit.told
    desk.until(lambda: edit.told > told + 3)
    assert not desk.labels, "the smile still computes"
    edit.end.set()
    desk.until(lambda: desk.labels)
    assert all(patch is seen or patch is None for patch in shown[shown.index(seen) :])
    desk.engine.delayed.clear()
    desk.until(lambda: len(desk.labels) == 2)
