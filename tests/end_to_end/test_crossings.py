"""Edits that bend, tone and dodge, each crossed with whatever may be pending beside it.

The rows of the table are ``EDITS``, its columns ``OTHERS``; each crossing is made in both orders,
and in the end the canvas, an export, and the project that is saved, opened and exported hold the
same pixels. Of the whole table (``-m 'slow or search'``) a part runs by default. The engine is the
real one on a random generator (``late_engine``), which ends when it is let.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.engine.jobs import (
    Drag,
    Export,
    Intervene,
    Invert,
    OpenPhoto,
    Render,
    Resettle,
    SaveProject,
)
from tests.editor.session_desk import labels_in, stroke
from tests.end_to_end.crossings import (
    EDITS,
    FIRST,
    SINGLE,
    SMOOTH,
    Crossing,
    crossed,
    table,
)
from tests.end_to_end.late_engine import tiny_engine

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["crossed", "tiny_engine"]  # fixtures


# ------------------------------------------------------------------ what they are crossed with


def a_save(it: Crossing, *, edit_first: bool) -> list[str]:
    path = it.folder / "a.sip"
    it.cross(lambda: it.session.files.save_project(path), SaveProject, edit_first=edit_first)
    it.let_on()
    assert labels_in(path)[0] == ([FIRST, it.label] if edit_first else [FIRST])
    if edit_first:
        assert np.array_equal(it.opened(path), it.canvas)
    return [FIRST, it.label]


def an_export(it: Crossing, *, edit_first: bool) -> list[str]:
    path, before = it.folder / "a.png", it.canvas
    it.cross(lambda: it.session.files.export(path, ExportOptions()), Export, edit_first=edit_first)
    it.let_on()
    exported = open_photo(path).pixels
    assert np.array_equal(exported, it.canvas if edit_first else before)
    return [FIRST, it.label]


def an_undo(it: Crossing, *, edit_first: bool) -> list[str]:
    if edit_first:
        it.ask_and_wait()
        it.session.steps.undo()
        it.let_on()
        return [FIRST]
    it.session.steps.undo()  # of the region
    it.session.steps.undo()
    it.session.steps.redo()
    it.session.steps.redo()
    it.engine.late.add(Render)
    it.ask()
    it.let_on()
    it.session.steps.undo()
    it.let_on()
    it.is_the_same_everywhere()
    return [FIRST]


def a_redo(it: Crossing, *, edit_first: bool) -> list[str]:
    it.ask()
    it.let_on()
    with_it = it.canvas
    it.session.steps.undo()
    it.engine.late |= {Render, Intervene}
    if edit_first:
        begun = len(it.engine.begun(Intervene))
        it.session.sliders.set_together(False)
        it.session.sliders.commit_attribute("smooth_skin", 40)
        it.desk.until(lambda: len(it.engine.begun(Intervene)) > begun)
        it.session.steps.redo()
        it.let_on()
        return [FIRST, SMOOTH]  # it was asked for before: nothing is left to redo
    it.session.steps.redo()
    it.let_on()
    assert np.array_equal(it.canvas, with_it)
    return [FIRST, it.label]


def a_stroke(it: Crossing, *, edit_first: bool) -> list[str]:
    document = it.session.studio.document
    assert document is not None
    if edit_first:
        it.ask_and_wait()
        usual = it.session.regions.soft()
        it.session.regions.paint_region(stroke(100, 180, erase=True))
    else:
        it.session.regions.paint_region(stroke(100, 180))
        it.ask()
        it.desk.until(lambda: it.session.regions.soft() is not None)
        usual = it.session.regions.soft()
    it.let_on()
    assert it.desk.history.applied[-1].region == usual
    return [FIRST, it.label]


def a_snapshot(it: Crossing, *, edit_first: bool) -> list[str]:
    before = it.canvas
    if edit_first:
        it.ask_and_wait()
        state = it.session.snapshots.take()
        it.let_on()
        it.is_the_same_everywhere()
    else:
        state = it.session.snapshots.take()
        it.ask_and_wait()
    it.session.snapshots.return_to(state)
    it.let_on()
    assert np.array_equal(it.canvas, before)
    return [FIRST]


def another_slider(it: Crossing, *, edit_first: bool) -> list[str]:
    def other() -> None:
        it.session.sliders.set_together(False)
        it.session.sliders.commit_attribute("smooth_skin", 40)

    if edit_first:
        it.ask_and_wait()
        other()
    else:
        it.engine.late.add(Intervene)
        other()
        it.session.sliders.set_together(len(it.sliders) > 1)
        it.ask()
    it.let_on()
    if edit_first:
        return [FIRST, it.label, SMOOTH]
    if len(it.sliders) > 1:  # of one region: it joins what is there
        return [FIRST, f"{SMOOTH}, {it.label}"]
    return [FIRST, SMOOTH, it.label]


def another_face(it: Crossing, *, edit_first: bool) -> list[str]:
    if edit_first:
        it.ask_and_wait()
        it.session.faces_desk.choose_face(1)
        it.engine.late.clear()
        it.desk.until(lambda: it.session.portrait and not it.session.inverting)
        it.let_on()
        assert not it.desk.labels
    else:
        it.session.faces_desk.choose_face(1)
        it.desk.until(lambda: it.session.portrait and not it.session.inverting)
        it.choose()
        it.ask_and_wait()
        it.session.faces_desk.choose_face(0)
        it.session.steps.jump(0)
        it.let_on()
        it.is_the_same_everywhere()
        it.session.faces_desk.choose_face(1)
        it.let_on()
        return [it.label]
    it.is_the_same_everywhere()
    it.session.faces_desk.choose_face(0)
    it.let_on()
    return [FIRST, it.label]


def a_weight(it: Crossing, *, edit_first: bool) -> list[str]:
    """Of what lies beneath; in the end half of the edit itself, over the photo by half."""
    beneath = it.desk.history.edits[0].id
    it.cross(lambda: it.session.adjustments.weigh(beneath, 0.5), Render, edit_first=edit_first)
    it.let_on()
    it.is_the_same_everywhere()
    edit = it.desk.history.edits[-1].id
    it.session.adjustments.weigh(edit, 0.5)
    it.session.adjustments.fade(edit, 0.5)
    it.let_on()
    return ["Light from the left +15", it.labelled(0.5)]


def a_switch(it: Crossing, *, edit_first: bool) -> list[str]:
    beneath = it.desk.history.edits[0].id
    it.cross(lambda: it.session.adjustments.switch(beneath, False), Render, edit_first=edit_first)
    it.let_on()
    it.is_the_same_everywhere()
    edit = it.desk.history.edits[-1].id
    for on in (False, True):
        it.session.adjustments.switch(edit, on)
    it.let_on()
    return [it.label]


def another_region(it: Crossing, *, edit_first: bool) -> list[str]:
    """The edit beneath is found again for it."""
    beneath = it.desk.history.edits[0].id

    def move() -> None:
        it.session.regions.apply_preset("mouth")
        it.session.adjustments.move(beneath)

    if edit_first:
        it.ask_and_wait()
        move()
    else:
        it.engine.late.add(Intervene)
        move()
        it.choose_region()
        it.ask()
    it.let_on()
    return [FIRST, it.label]


def an_alignment(it: Crossing, *, edit_first: bool) -> list[str]:
    there = it.session.faces[0].landmarks + 5
    it.cross(lambda: it.session.faces_desk.align_face(there), Invert, edit_first=edit_first)
    it.engine.late.clear()
    it.desk.until(lambda: np.array_equal(it.session.faces[0].landmarks, there))
    it.let_on()
    return [FIRST, it.label]


def a_paste(it: Crossing, *, edit_first: bool) -> list[str]:
    """On the other face, of what is there when it is asked for."""
    if edit_first:
        it.ask_and_wait()
    it.session.copies.copy()
    if not edit_first:
        it.ask()
    it.let_on()
    it.session.faces_desk.choose_face(1)
    it.desk.until(lambda: it.session.portrait and not it.session.inverting)
    it.engine.late.add(Intervene)
    it.session.copies.paste()
    it.session.faces_desk.choose_face(0)
    it.let_on()
    it.session.faces_desk.choose_face(1)
    if edit_first and it.region == "skin":  # one edit for each region
        return [f"{FIRST}, {it.label}"]
    return [FIRST, it.label] if edit_first else [FIRST]


def another_photo(it: Crossing, *, edit_first: bool) -> list[str]:
    other = it.folder / "other.png"
    other.write_bytes((it.folder / "portrait.png").read_bytes())

    def go(replace: Callable[[], None]) -> None:
        replace()

    it.session.replacing.connect(go)
    it.cross(lambda: it.session.files.open_photo(other), OpenPhoto, edit_first=edit_first)
    it.engine.late.clear()
    it.desk.until(lambda: it.session.photo is not None and it.session.photo.path == other)
    it.desk.until(lambda: it.session.portrait)
    it.let_on()
    assert it.session.photo is not None
    assert np.array_equal(it.canvas, it.session.photo.pixels)
    return []


OTHERS = (
    a_save, an_export, an_undo, a_redo, a_stroke, a_snapshot, another_slider, another_face,
    a_weight, a_switch, another_region, an_alignment, a_paste, another_photo,
)  # fmt: skip


@table(EDITS, OTHERS, {"edit_first": ("edit first", "edit second")})
def test_an_edit_and(
    crossed: Callable[..., Crossing],
    edit: str,
    other: Callable[..., list[str]],
    edit_first: bool,
) -> None:
    it = crossed(edit)
    labels = other(it, edit_first=edit_first)
    assert it.desk.labels == labels
    it.is_the_same_everywhere()


# ------------------------------------------------------------------ a refinement


def a_refinement() -> None:
    """Its outcome waits together with the edit's; or the edit is asked for as it is settled."""


@table(EDITS, (a_refinement,), {"edit_first": ("edit first", "edit second")})
def test_an_edit_and_a_refinement(
    crossed: Callable[..., Crossing], edit: str, other: Callable[[], None], edit_first: bool
) -> None:
    del other
    it = crossed(edit, drafts=True)
    refinements = it.session.refinements
    if edit_first:
        it.ask_and_wait()  # the refinement's outcome waits as well
    else:
        it.engine.late.add(Resettle)
        it.engine.late.discard(Invert)
        it.desk.until(lambda: it.engine.begun(Resettle))
        it.ask_and_wait()
    it.let_on()
    it.desk.until(lambda: refinements.waiting is not None and refinements.waiting.is_ready)
    assert it.desk.labels == [FIRST, it.label]
    it.is_the_same_everywhere()
    drafted = it.canvas
    refinements.compare(True)
    it.desk.until(lambda: it.desk.ear.heard["preview_changed"][-1] is not None)
    compared = it.whole(it.desk.ear.last("preview_changed"))
    refinements.take()
    it.let_on()
    assert it.desk.labels == [FIRST, it.label]
    assert np.array_equal(it.canvas, compared), "taken otherwise than compared"
    assert not np.array_equal(it.canvas, drafted)
    it.is_the_same_everywhere()
    it.session.steps.undo()
    it.let_on()
    assert np.array_equal(it.canvas, drafted)
    it.is_the_same_everywhere()


@table(
    ["a mouth, then the eyes"],
    OTHERS,
    {"edit_first": ("edit first", "edit second")},
    every=0,
)
def test_an_edit_while_those_of_a_draft_are_settled_and(
    crossed: Callable[..., Crossing],
    edit: str,
    other: Callable[..., list[str]],
    edit_first: bool,
) -> None:
    it = crossed(edit, drafts=True)
    it.engine.late = {Resettle}
    it.desk.until(lambda: it.engine.begun(Resettle))
    labels = other(it, edit_first=edit_first)
    it.desk.idle()
    assert it.desk.labels == labels
    it.is_the_same_everywhere()


# ------------------------------------------------------------------ a slider in hand


def let_go(it: Crossing) -> list[str]:
    it.session.edits.let_go()
    return [FIRST]


def put_back(it: Crossing) -> list[str]:
    it.session.sliders.preview_attribute(it.slider, 0)
    return [FIRST]


def committed(it: Crossing) -> list[str]:
    it.ask()
    return [FIRST, it.label]


def committed_while_it_was_saved(it: Crossing) -> list[str]:
    path = it.folder / "a.sip"
    it.engine.late.add(SaveProject)
    it.session.files.save_project(path)
    it.ask()
    it.let_on()
    assert labels_in(path)[0] == [FIRST]
    return [FIRST, it.label]


def exported(it: Crossing) -> list[str]:
    path, before = it.folder / "a.png", it.canvas_beneath
    it.session.files.export(path, ExportOptions())
    it.engine.late.clear()
    it.desk.until(lambda: not it.session.files.writing)
    assert np.array_equal(open_photo(path).pixels, before)
    it.ask()
    return [FIRST, it.label]


def undone(it: Crossing) -> list[str]:
    for _ in range(2):  # the region, the edit
        it.session.steps.undo()
    it.session.edits.let_go()
    return []


def returned(it: Crossing) -> list[str]:
    state = it.session.snapshots.take()
    it.session.adjustments.fade(it.desk.history.edits[0].id, 0.5)
    it.session.sliders.preview_attribute(it.slider, 35)
    it.session.snapshots.return_to(state)
    it.session.edits.let_go()
    return [FIRST]


def another_faces(it: Crossing) -> list[str]:
    it.session.faces_desk.choose_face(1)
    it.desk.until(lambda: it.session.portrait and not it.session.inverting)
    it.session.faces_desk.choose_face(0)
    return [FIRST]


def another_in_hand(it: Crossing) -> list[str]:
    it.session.sliders.set_together(False)
    it.session.sliders.preview_attribute("smooth_skin", 30)
    it.session.sliders.commit_attribute("smooth_skin", 40)
    return [FIRST, SMOOTH]


ENDS = (
    let_go, put_back, committed, committed_while_it_was_saved, exported, undone, returned,
    another_faces, another_in_hand,
)  # fmt: skip


@table(SINGLE, ENDS, {"late": ("not drawn yet", "drawn")}, every=2)
def test_a_slider_in_hand_and(
    crossed: Callable[..., Crossing], edit: str, other: Callable[[Crossing], list[str]], late: bool
) -> None:
    it = crossed(edit)
    heard = it.desk.ear.heard["preview_changed"]
    if late:
        it.engine.late.add(Drag)
    drags = len(it.engine.begun(Drag))
    it.session.sliders.preview_attribute(it.slider, 30 if it.value > 0 else -30)
    it.desk.until(lambda: len(it.engine.begun(Drag)) > drags)
    if not late:
        it.desk.until(lambda: heard and heard[-1] is not None)
    labels = other(it)
    it.let_on()
    assert it.desk.labels == labels
    it.is_the_same_everywhere()
