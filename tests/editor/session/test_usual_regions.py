"""Which presets the region in hand is, also where an edit in it has moved the face since."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.face_regions import PresetGrid
from tests.editor.session_desk import said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.editor.session_desk import Desk


def turned(desk: Desk, far: float = 45.0) -> None:
    """The last edit moves the face, so far in photo pixels."""
    face = desk.session.studio.face
    assert face is not None
    shift = np.zeros((68, 2), np.float32)
    shift[:, 0] = far
    shift.setflags(write=False)
    entry = replace(desk.history.edits[-1], shift=shift)
    desk.session.studio.put_history(face, desk.history.changed(entry))


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_region_of_an_edit_that_moved_the_face_is_still_known(
    desk: Desk, by_hand: bool
) -> None:
    """After a head was turned, no preset was lit any more: the head had left its own region."""
    usual = desk.session.usual
    if by_hand:
        desk.session.regions.apply_preset("face")
    desk.commit("head_turn", 60)
    desk.until(lambda: usual.match.parts == frozenset({"face"}))
    turned(desk)
    heard: list[object] = []
    usual.match_changed.connect(heard.append)
    desk.until(lambda: usual.is_current and heard)
    assert usual.match.parts == frozenset({"face"})


def test_it_is_known_when_its_project_is_opened_again(desk: Desk, tmp_path: Path) -> None:
    desk.session.regions.apply_preset("face")
    desk.commit("head_turn", 60)
    turned(desk)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.session.project_path and not desk.session.files.writing)
    document = desk.session.studio.document
    desk.session.files.open_project(tmp_path / "a.sip")
    desk.until(lambda: desk.session.studio.document is not document)
    desk.until(lambda: desk.session.usual.is_current)
    assert desk.session.usual.match.parts == frozenset({"face"})


def test_a_region_that_is_chosen_anew_is_told_by_where_the_face_is_now(desk: Desk) -> None:
    desk.session.regions.apply_preset("face")
    desk.commit("head_turn", 60)
    turned(desk)
    before = desk.session.region
    desk.session.regions.apply_preset("mouth")
    desk.until(lambda: desk.session.region != before)
    desk.until(lambda: desk.session.usual.is_current)
    assert desk.session.usual.match.parts == frozenset({"mouth"})
    desk.session.steps.undo()
    desk.until(lambda: desk.session.usual.is_current and desk.session.usual.match.parts)
    assert desk.session.usual.match.parts == frozenset({"face"})


def test_a_region_is_called_as_its_button_is(desk: Desk) -> None:
    """The notice and undo said “smile” of what the panel calls the smile area."""
    desk.commit("smile", 40)
    assert "uses the region “smile area”" in said(desk)
    desk.session.steps.undo()
    assert desk.ear.last("undo_changed")[0] == "Region “smile area”"


def test_a_region_that_another_slider_made_is_not_called_none(desk: Desk) -> None:
    desk.commit("smile", 40)
    assert "No region was brushed, so smile uses the region “smile area”" in said(desk)
    desk.ear.heard["hinted"].clear()
    desk.commit("light_from_left", 30)
    assert "No region was brushed" not in said(desk)
    told = "Instead of the region “smile area”, light from the left uses the region “skin”. Brush"
    assert told in said(desk)


def test_the_region_of_an_edit_has_a_name_also_where_only_its_soft_form_is_known(
    desk: Desk,
) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    session.copies.copy()
    session.steps.jump(0)
    desk.idle()
    made = desk.history.edits[0]
    desk.until(lambda: session.usual.parts_of(made) == ("mouth",))
    session.copies.paste()
    desk.idle()
    (pasted,) = desk.history.edits
    assert pasted.brushed is None
    desk.until(lambda: session.usual.parts_of(pasted) == ("mouth",))


def test_regions_are_compared_beside_the_window_and_what_is_known_is_told_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first tip of the history held the window's thread up for 10 ms, a soft one for longer."""
    threads: list[threading.Thread] = []
    for name in ("__init__", "compare"):
        whole = getattr(PresetGrid, name)

        def noted(*arguments: object, whole: Callable[..., object] = whole) -> object:
            threads.append(threading.current_thread())
            return whole(*arguments)

        monkeypatch.setattr(PresetGrid, name, noted)
    session, told = desk.session, list[None]()
    session.usual.parts_found.connect(lambda: told.append(None))
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    (edit,) = desk.history.edits
    assert session.usual.parts_of(edit) is None, "not known yet"
    desk.until(lambda: told)
    assert session.usual.parts_of(edit) == ("mouth",)
    count = len(threads)
    assert session.usual.parts_of(edit) == ("mouth",)
    turned(desk)
    (moved,) = desk.history.edits
    assert session.usual.parts_of(moved) == ("mouth",), "nor while it is compared again"
    desk.idle()
    assert count
    assert threading.main_thread() not in threads
