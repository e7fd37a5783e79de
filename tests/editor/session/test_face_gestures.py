"""What the machine expects of a face that is moved off the photo, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.editor.session.test_session_machine import Machine

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from editor.document.errors import EngineError


class CalmMachine(Machine):
    """Each gesture waits until the one before has landed: nothing crosses."""

    def move(self, by: int) -> None:
        self.align(by)
        self._until(lambda: self.quiet)


def test_a_face_that_is_moved_off_the_photo_stays_where_it_was_and_that_is_told(
    qtbot: QtBot,
) -> None:
    del qtbot
    machine = CalmMachine()
    machine.begin(at_once=-1, drafts=False, both=True)
    told: list[EngineError] = []
    machine.session.failed.connect(told.append)
    machine.choose_face(1)
    before = machine.session.faces[1].landmarks
    for _ in range(40):
        before = machine.session.faces[1].landmarks
        machine.move(3)
        if told:
            break
        assert np.array_equal(machine.session.faces[1].landmarks, before + 3)
    assert len(told) == 1
    assert np.array_equal(machine.session.faces[1].landmarks, before)
    machine.move(-3)  # back it goes
    assert np.array_equal(machine.session.faces[1].landmarks, before - 3)
    machine.move(3)
    machine.move(3)
    assert len(told) == 2
    machine.teardown()
