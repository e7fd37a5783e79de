"""An edit that goes because others do as much is no loss; one that goes otherwise is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.document.history import EditHistory
from tests.editor.session.test_session_machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from editor.document.history import Edit
    from editor.session.wishes import Step

BOTH = {"brow_height", "eyes_open"}


class CalmMachine(Machine):
    """Each gesture waits until the one before has landed: nothing crosses."""

    def ask(self, names: set[str], region: str) -> None:
        self.apply_preset(names=names, region=region)
        self._until(lambda: self.quiet)

    def look(self) -> None:
        """As between any two gestures."""
        self._only_gained()

    def lose(self) -> None:
        """The oldest entry goes by no gesture at all."""
        face, history = self.session.studio.face, self.session.history
        assert face is not None and history is not None  # noqa: PT018
        self.session.studio.put_history(face, history.without(history.edits[0].id))

    def stop(self) -> None:
        """End it as it is."""
        self.engine.free = True
        self.session.close()
        self.autosave.close()

    @property
    def labels(self) -> list[str]:
        return (
            [edit.label for edit in self.document.history.applied] if self.document.history else []
        )


@pytest.fixture
def machine(qtbot: QtBot) -> Iterator[CalmMachine]:
    del qtbot
    machine = CalmMachine()
    machine.begin(at_once=-1, drafts=False, both=False)
    yield machine
    machine.stop()


def test_a_preset_asked_for_again_where_others_do_as_much_takes_its_edit_away_and_undo_brings_it(
    machine: CalmMachine,
) -> None:
    machine.ask(BOTH, "mouth")
    machine.ask({"eyes_open"}, "skin")  # covers more than half of the mouth: counts there
    machine.ask({"brow_height"}, "skin")
    before = ["Brow height +20, Eyes open +20", "Eyes open +20", "Brow height +20"]
    assert machine.labels == before
    machine.look()
    machine.ask(BOTH, "mouth")  # they stand at 40 there, and at 20 without the first
    assert machine.labels == before[1:]
    machine.look()
    machine.session.steps.undo()
    assert machine.labels == before
    machine.look()
    machine.lose()
    with pytest.raises(AssertionError, match=r"Brow height \+20, Eyes open \+20 is gone"):
        machine.look()  # going once is no excuse for ever


def test_an_edit_that_goes_by_no_gesture_is_a_loss(machine: CalmMachine) -> None:
    machine.ask(BOTH, "mouth")
    machine.ask({"smile"}, "mouth")
    machine.look()
    machine.lose()
    with pytest.raises(AssertionError, match=r"Brow height \+20, Eyes open \+20 is gone"):
        machine.look()


def test_an_edit_that_goes_as_another_lands_is_a_loss(
    machine: CalmMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alone(history: EditHistory, step: Step, edit: Edit) -> EditHistory:
        del step
        return EditHistory(history.base).push(edit)

    machine.ask(BOTH, "mouth")
    machine.look()
    monkeypatch.setattr("editor.session.desks.edits.landed", alone)
    machine.ask({"smile"}, "eyes")
    with pytest.raises(AssertionError, match=r"Brow height \+20, Eyes open \+20 is gone"):
        machine.look()
