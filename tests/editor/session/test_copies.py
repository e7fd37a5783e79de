"""Edits copied and pasted, crossed with edits under way, other faces and other photos."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from editor.document.carrying import CopiedEdits, carried
from editor.engine.jobs import Intervene
from tests.editor.session_desk import begin_edit, labels_in, let_on, said, stroke
from tests.fake_engine import style_slider

if TYPE_CHECKING:
    from pathlib import Path

    from tests.editor.session_desk import Desk


def other_photo(folder: Path) -> Path:
    path = folder / "other.png"
    Image.fromarray(np.full((600, 500, 3), 90, np.uint8)).save(path)
    return path


def newest(desk: Desk) -> Intervene:
    job = desk.engine.begun(Intervene)[-1]
    assert isinstance(job, Intervene)
    return job


def test_edits_go_onto_another_photo_where_its_face_has_their_regions(
    desk: Desk, tmp_path: Path
) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    session.regions.clear_region()
    session.regions.paint_region(stroke(150, 100))
    desk.commit("light_from_left", 30)
    brushed = desk.history.edits[1].region
    landmarks = session.faces[0].landmarks
    session.copies.copy()
    desk.idle()
    session.files.set_saved()
    session.files.open_photo(other_photo(tmp_path))
    desk.until(lambda: session.photo and session.photo.width == 500 and session.portrait)
    session.copies.paste()
    desk.idle()
    assert desk.labels == ["Smile +60", "Light from the left +30"]
    there = session.faces[0].landmarks
    assert desk.history.edits[1].region == carried(brushed, landmarks, there, 500, 600)
    assert desk.history.edits[0].region.width == 500
    session.steps.undo()
    assert desk.labels == ["Smile +60"], "each is a step of its own"
    session.steps.redo()
    desk.idle()
    session.copies.paste()
    desk.idle()
    assert len(desk.labels) == 2, "a second time changes nothing"


def test_from_one_face_of_a_photo_to_the_other(two: Desk) -> None:
    session = two.session
    session.regions.apply_preset("mouth")
    two.commit("smile", 60)
    session.copies.copy()
    session.faces_desk.choose_face(1)
    two.idle()
    assert two.labels == []
    session.copies.paste()
    two.idle()
    assert two.labels == ["Smile +60"]
    session.faces_desk.choose_face(0)
    assert two.labels == ["Smile +60"], "the first keeps its own"


def test_copying_waits_for_the_edit_under_way_and_takes_nothing_later(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.idle()
    begin_edit(desk, "smile", 40)
    copied: list[CopiedEdits] = []
    session.copies.copied_changed.connect(copied.append)
    session.copies.copy()
    session.sliders.commit_attribute("mouth_open", 50)
    assert not copied
    let_on(desk)
    ((_, _, goals),) = copied[0].parts
    assert goals == (("smile", 40),)
    assert desk.labels == ["Smile +40", "Mouth open +50"]


def test_a_save_asked_for_after_a_paste_holds_it(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    session.copies.copy()
    session.steps.undo()
    desk.idle()
    desk.engine.delayed.add(Intervene)
    session.copies.paste()
    session.files.save_project(tmp_path / "kept.sip")
    let_on(desk)
    assert labels_in(tmp_path / "kept.sip") == [["Smile +60"]]


def test_what_cannot_be_copied_is_told(desk: Desk) -> None:
    session = desk.session
    session.copies.copy()
    assert session.copies.copied is None
    assert "no edits" in said(desk)
    session.copies.paste()
    desk.idle()
    assert desk.engine.begun(Intervene) == []


def test_sliders_that_are_not_there_are_named_and_the_rest_is_pasted(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    slider = style_slider("found", 1, np.zeros((4, 4, 3), np.uint8))
    session.sliders.commit_slider(slider, 50)
    desk.idle()
    session.copies.copy()
    session.steps.undo()
    session.steps.undo()
    desk.idle()
    known = session.sliders._known  # pyright: ignore[reportPrivateUsage]
    session.copies.paste()
    desk.idle()
    assert {goal.attribute for goal in newest(desk).goals} == {"smile", "found"}
    session.steps.undo()
    desk.idle()
    known.met.clear()
    session.copies.paste()
    desk.idle()
    assert [goal.attribute for goal in newest(desk).goals] == ["smile"]
    assert "no slider found" in said(desk)


def test_pasted_edits_belong_to_a_region_of_the_name_that_theirs_had(
    desk: Desk, tmp_path: Path
) -> None:
    session = desk.session
    session.regions.paint_region(stroke(150, 100))
    desk.commit("light_from_left", 30)
    session.named.keep("Scar")  # named later than it was edited
    desk.idle()
    brushed = desk.history.edits[0].region
    landmarks = session.faces[0].landmarks
    session.copies.copy()
    desk.idle()
    session.files.set_saved()
    session.files.open_photo(other_photo(tmp_path))
    desk.until(lambda: session.photo and session.photo.width == 500 and session.portrait)
    session.copies.paste()
    desk.idle()
    (scar,) = session.named.listed
    assert (scar.name, scar.edits, scar.in_hand) == ("Scar", 1, False)
    there = session.faces[0].landmarks
    (edit,) = desk.history.edits
    assert edit.region == carried(brushed, landmarks, there, 500, 600)
    session.copies.paste()
    desk.idle()
    assert [one.name for one in session.named.listed] == ["Scar"], "it has one called so"
    assert desk.labels == ["Light from the left +30"]
    session.steps.undo()
    desk.idle()
    assert ([one.edits for one in session.named.listed], desk.labels) == ([0], [])
    session.steps.undo()
    desk.idle()
    assert session.named.listed == ()


def test_a_region_that_is_called_so_already_takes_the_pasted_edits(two: Desk) -> None:
    session = two.session
    session.regions.apply_preset("mouth")
    session.named.keep("Lips")
    two.commit("smile", 60)
    session.copies.copy()
    session.faces_desk.choose_face(1)
    two.idle()
    session.regions.apply_preset("lips")
    session.named.keep("Lips")
    two.idle()
    session.copies.paste()
    two.idle()
    assert [(one.name, one.edits) for one in session.named.listed] == [("Lips", 1)]
    assert two.labels == ["Smile +60"]
    assert session.portrait is not None
    session.faces_desk.choose_face(0)
    assert [(one.name, one.edits) for one in session.named.listed] == [("Lips", 1)]


def test_of_what_an_older_project_has_the_successor_is_pasted(desk: Desk) -> None:
    session = desk.session
    session.regions.apply_preset("skin")
    desk.commit("skin_tint", 60)
    session.copies.copy()
    session.steps.undo()
    desk.idle()
    copied = session.copies.copied
    assert copied is not None
    ((region, opacity, _),) = copied.parts
    older = ((region, opacity, (("skin_warmth", 40.0),)),)
    session.copies.copied = replace(copied, parts=older)
    session.copies.paste()
    desk.idle()
    assert desk.labels == ["Skin warmth +40"]
    assert [goal.attribute for goal in newest(desk).goals] == ["skin_tint"]
    assert "no slider" not in said(desk)


def test_a_paste_that_changes_nothing_says_so_and_undo_has_no_step_of_it(drafted: Desk) -> None:
    desk, session = drafted, drafted.session
    session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    session.copies.copy()
    session.faces_desk.pause_refining(False)
    desk.until(lambda: bool((w := session.refinements.waiting) and w.is_ready))
    session.refinements.take()
    desk.idle()
    session.copies.paste()
    desk.idle()
    assert "nothing was pasted" in said(desk)
    assert desk.ear.last("undo_changed")[0] == "Take improved edits"
    session.sliders.commit_attribute("smile", 10)
    desk.idle()
    desk.ear.heard["noticed"].clear()
    session.copies.paste()
    desk.idle()
    assert "nothing was pasted" not in said(desk)
    assert desk.labels == ["Smile +40"]
    session.steps.undo()
    assert desk.labels == ["Smile +10"]
    assert session.portrait is not None
    assert not session.portrait.is_draft, "taking the improved edits is a step of its own"
