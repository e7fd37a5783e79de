"""Several edits that are made one after the other: what is told of them, and what Cancel ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from editor.engine.jobs import Intervene, Resettle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop


def copy_three(desk: Desktop) -> None:
    """Make an edit in each of three regions, copy them, and take them back."""
    session = desk.session
    for region, name in (("mouth", "smile"), ("eyes", "eyes_open"), ("brows", "brow_height")):
        session.regions.clear_region()
        session.regions.apply_preset(region)
        desk.until(lambda: not session.busy)
        session.sliders.commit_attribute(name, 40)
        desk.until(lambda: not session.busy)
    session.copies.copy()
    desk.until(lambda: session.copies.copied)
    session.steps.jump(0)
    desk.until(lambda: not desk.labels and not session.busy)


@pytest.fixture
def desk(make: Callable[..., Desktop], photo: Path) -> Desktop:
    made = make(steps=20)
    made.open(photo)
    copy_three(made)
    return made


def test_the_line_says_which_of_how_many_pasted_edits_is_made(desk: Desktop) -> None:
    status, told, shares = desk.window.status, list[str](), list[float]()
    cancels: list[str] = []
    gone: list[bool] = []
    assert status.width() >= 660, "what the line is tested with"

    def note() -> None:
        if len(desk.session.edits.pending) > 1:
            gone.append(status.stage.isHidden())
        if not status.stage.isHidden() and status.stage.text() not in told:
            told.append(status.stage.text())
            cancels.append(status.cancel.text())
        if not status.stage.isHidden():
            shares.append(status.bar.value() / max(1, status.bar.maximum()))

    desk.session.progress_changed.connect(note)
    desk.session.copies.paste()
    desk.until(lambda: len(desk.labels) == 3 and not desk.session.busy)
    turns = [text.removeprefix("Edit ").partition(" · ")[0] for text in told]
    assert list(dict.fromkeys(turns)) == ["1 of 3", "2 of 3", "3 of 3"]
    assert list(dict.fromkeys(cancels)) == ["Cancel 3 edits", "Cancel 2 edits", "Cancel"]
    assert shares == sorted(shares), "one bar for all of them"
    assert not any(gone), "nor is it away between two"
    desk.until(lambda: not status.stage.isVisible())
    desk.session.sliders.commit_attribute("smile", -20)
    desk.until(lambda: desk.session.busy)
    desk.until(lambda: not desk.session.busy)
    assert " of " not in status.stage.text(), "a single edit is not counted"


def test_cancel_ends_all_that_it_names_and_leaves_what_is_made(desk: Desktop) -> None:
    session, status = desk.session, desk.window.status
    session.copies.paste()
    desk.until(lambda: len(desk.labels) == 1)
    desk.engine.delayed.add(Intervene)
    desk.until(lambda: status.cancel.text() == "Cancel 2 edits")
    desk.click(status.cancel)
    desk.engine.delayed.clear()
    desk.until(lambda: not session.busy and not status.stage.isVisible())
    begun = len(desk.engine.begun(Intervene))
    desk.qtbot.wait(50)
    assert len(desk.engine.begun(Intervene)) == begun
    assert len(desk.labels) == 1
    told = desk.window.banner.text.text()
    assert "2 edits were cancelled; those that were made before stay." in told
    assert "nothing changed" not in told


def test_the_line_counts_edits_that_are_settled_again(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make(drafts=True)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.until(lambda: not desk.session.busy)
    copy_three(desk)
    desk.session.copies.paste()
    desk.until(lambda: len(desk.labels) == 3 and not desk.session.busy)
    told: list[str] = []
    status = desk.window.status

    def note(refining: object) -> None:
        del refining
        told.append(status.refining.text())

    desk.session.refining_changed.connect(note)
    desk.engine.delayed.add(Resettle)
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: "1 of 3" in status.refining.text())
    desk.engine.delayed.clear()
    desk.until(status.take.isVisible)
    counted = [text.split(" · ")[1] for text in told if " of " in text]
    assert list(dict.fromkeys(counted)) == ["1 of 3", "2 of 3", "3 of 3"]


def test_the_menu_says_what_undo_gives_up_while_pasted_edits_are_made(desk: Desktop) -> None:
    session, undo = desk.session, desk.window.commands.undo
    before = undo.text()
    desk.engine.delayed.add(Intervene)
    session.copies.paste()
    desk.until(lambda: desk.engine.begun(Intervene))
    assert undo.text() == "&Undo edit under way", f"and not {before}"
    for _ in range(3):
        undo.trigger()
    assert undo.text() == before
    desk.engine.delayed.clear()
    desk.until(lambda: not session.busy)
    assert desk.labels == []


def test_undo_of_one_of_several_says_which_and_that_the_others_go_on(desk: Desktop) -> None:
    session, status, banner = desk.session, desk.window.status, desk.window.banner
    desk.engine.delayed.add(Intervene)
    session.copies.paste()
    desk.until(lambda: status.cancel.text() == "Cancel 3 edits")
    banner.clear()
    desk.window.commands.undo.trigger()
    assert "Brow height +40 was cancelled; the other edits go on." in banner.text.text()
    assert "nothing changed" not in banner.text.text()
    desk.until(lambda: status.cancel.text() == "Cancel 2 edits")
    desk.window.commands.undo.trigger()
    desk.until(lambda: status.cancel.text() == "Cancel")
    assert " of " not in status.stage.text(), "the one that is left is not counted"
    banner.clear()
    desk.window.commands.undo.trigger()
    assert "The edit was cancelled; nothing changed." in banner.text.text()
    desk.engine.delayed.clear()
    desk.until(lambda: not session.busy)
    assert desk.labels == []


def test_undo_of_the_last_of_several_says_that_those_before_stay(desk: Desktop) -> None:
    session, banner = desk.session, desk.window.banner
    session.copies.paste()
    desk.until(lambda: len(desk.labels) == 1)
    desk.engine.delayed.add(Intervene)
    desk.until(lambda: len(session.edits.pending) == 2)
    desk.window.commands.undo.trigger()
    banner.clear()
    desk.window.commands.undo.trigger()
    told = banner.text.text()
    assert "was cancelled; the edits that were made before stay." in told
    assert len(desk.labels) == 1
    session.copies.paste()
    desk.until(lambda: desk.engine.begun(Intervene)[4:])
    banner.clear()
    session.steps.jump(0)
    assert "2 edits were cancelled." in banner.text.text()
    assert "nothing changed" not in banner.text.text(), "it goes to another state"
    desk.engine.delayed.clear()
    desk.until(lambda: not session.busy)
    assert desk.labels == []
