"""Outcomes that were on their way already when an operation was cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from editor.document.face import FaceCrop
from editor.document.photo import Photo
from editor.engine.jobs import Cancelled, Drafted, Finished, Invert
from editor.session.operations import Operation, Operations
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from editor.document.history import Inversion
    from editor.engine.jobs import Job
    from editor.session.engine_thread import EngineThread


class Mailbox(QObject):
    """What an engine thread says is said by the test."""

    reported = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.cancelled: list[int] = []

    def submit(self, job: Job) -> int:
        del job
        return 1

    def cancel(self, ticket: int) -> None:
        self.cancelled.append(ticket)


@pytest.mark.parametrize("cancels", [True, False])
def test_a_draft_that_was_on_its_way_when_its_analysis_was_cancelled_is_not_taken(
    qapp: object, cancels: bool
) -> None:
    del qapp
    heard: list[str] = []
    crop = FaceCrop.from_landmarks(landmarks_at(40, 30, 20), 64)
    job = Invert(Photo(np.zeros((60, 80, 3), np.uint8)), crop, seed=0, generator="")
    mailbox = Mailbox()
    operations = Operations(cast("EngineThread", mailbox))
    operation = operations.submit(
        Operation(
            job,
            done=lambda _: heard.append("done"),
            cancelled=lambda: heard.append("cancelled"),
            drafted=lambda _: heard.append("drafted"),
        )
    )
    inversion = cast("Inversion", object())
    if cancels:
        operations.cancel(operation)
        assert mailbox.cancelled == [1]
    mailbox.reported.emit(1, Drafted(inversion))
    assert operation.is_drafted != cancels
    mailbox.reported.emit(1, Cancelled() if cancels else Finished(inversion))
    assert heard == (["cancelled"] if cancels else ["drafted", "done"])
    assert not operations.pending()
