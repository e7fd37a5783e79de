"""A project that is opened again: what is seen, what can be undone, and what counts as unsaved."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from editor.document.errors import EngineError, EngineFailure
from editor.document.history import EditHistory
from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.project import open_project, save_project
from editor.document.project_writing import PREVIEW
from editor.document.region import RegionMask
from editor.document.style import StyleCode
from editor.engine.jobs import Export, Render, SaveProject
from editor.session.undo import UndoList
from tests.editor.document.project_examples import LAYOUT, edit, rewritten, with_json
from tests.editor.session_desk import begin_edit, labels_in, let_on, stroke

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.engine.jobs import Patch
    from tests.editor.session_desk import Desk


def save(desk: Desk, path: Path) -> None:
    desk.idle()
    desk.session.files.save_project(path, agreed=True)
    desk.until(lambda: desk.session.project_path == path and not desk.session.files.writing)
    desk.idle()


def edited(desk: Desk, path: Path) -> None:
    """Two edits in a project."""
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    desk.commit("mouth_open", 30)
    save(desk, path)


def reopen(desk: Desk, path: Path, *, drawn: bool = True) -> list[bool]:
    """Open it; the signals of whether what is seen is only what the project kept."""
    told: list[bool] = []
    desk.session.picture.kept_changed.connect(told.append)
    if not drawn:
        desk.engine.delayed.add(Render)
    document = desk.session.studio.document
    desk.session.files.open_project(path)
    desk.until(lambda: desk.session.studio.document is not document and desk.session.portrait)
    if drawn:
        desk.until(lambda: desk.picture_is_current)
    return told


def recoloured(path: Path) -> None:
    """The preview in the file is another one than its edits make."""
    magenta = np.full((40, 40, 3), (255, 0, 255), np.uint8)
    coded = cv2.imencode(".jpg", magenta)[1].tobytes()
    path.write_bytes(rewritten(path.read_bytes(), lambda members: members.update({PREVIEW: coded})))


# ------------------------------------------------------------------ what is seen


def test_what_was_seen_when_it_was_saved_is_seen_at_once(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    before: Patch = desk.ear.last("composite_changed")
    told = reopen(desk, tmp_path / "a.sip", drawn=False)
    seen: Patch = desk.ear.last("composite_changed")
    assert not desk.picture_is_current
    assert told == [True]
    assert (seen.x, seen.y, seen.width, seen.height) == (
        before.x, before.y, before.width, before.height,
    )  # fmt: skip
    np.testing.assert_allclose(seen.pixels, before.pixels.astype(int), atol=24)
    let_on(desk)
    desk.until(lambda: desk.picture_is_current)
    assert told == [True, False]
    drawn: Patch = desk.ear.last("composite_changed")
    np.testing.assert_array_equal(drawn.pixels, before.pixels)


def test_an_export_meanwhile_never_takes_the_preview_for_the_edits(
    desk: Desk, tmp_path: Path
) -> None:
    edited(desk, tmp_path / "a.sip")
    desk.session.files.export(tmp_path / "before.png", ExportOptions())
    desk.until(lambda: not desk.session.files.writing)
    recoloured(tmp_path / "a.sip")
    told = reopen(desk, tmp_path / "a.sip", drawn=False)
    assert (desk.ear.last("composite_changed").pixels[5, 5] > (200, -1, 200)).all()
    desk.session.files.export(tmp_path / "after.png", ExportOptions())
    let_on(desk)
    assert desk.engine.begun(Export)
    before, after = (open_photo(tmp_path / f"{name}.png").pixels for name in ("before", "after"))
    np.testing.assert_array_equal(after, before)
    assert told == [True, False]


def test_a_save_meanwhile_keeps_what_was_kept(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    reopen(desk, tmp_path / "a.sip", drawn=False)
    desk.engine.delayed.add(SaveProject)
    desk.session.files.save_project(tmp_path / "b.sip")
    desk.engine.delayed.discard(SaveProject)
    let_on(desk)
    (first, _), (second, _) = (open_project(tmp_path / f"{name}.sip") for name in "ab")
    assert first.preview is not None
    assert second.preview is not None
    np.testing.assert_allclose(first.preview.pixels, second.preview.pixels.astype(int), atol=24)


def test_undo_meanwhile_ends_it(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    told = reopen(desk, tmp_path / "a.sip", drawn=False)
    desk.session.steps.undo()
    assert told == [True], "what is seen is still what was saved, until the other is drawn"
    desk.session.steps.undo()
    assert told == [True, False]
    assert desk.ear.last("composite_changed") is None
    let_on(desk)
    assert desk.ear.last("composite_changed") is None
    assert desk.labels == []
    save(desk, tmp_path / "b.sip")
    assert open_project(tmp_path / "b.sip")[0].preview is None, "of another state"


def test_an_edit_meanwhile_does_not_take_it_away_and_is_drawn(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    told = reopen(desk, tmp_path / "a.sip", drawn=False)
    kept = desk.ear.last("composite_changed")
    begin_edit(desk, "lip_redness", 50)
    desk.session.cancel()
    desk.until(lambda: not desk.session.edits.pending)
    assert desk.ear.last("composite_changed") is kept
    assert desk.ear.last("preview_changed") is None
    begin_edit(desk, "lip_redness", 30)
    let_on(desk)
    desk.until(lambda: desk.picture_is_current)
    assert desk.labels == ["Smile +40", "Mouth open +30", "Lip redness +30"]
    assert told == [True, False]
    assert desk.ear.last("composite_changed") is not kept


def test_another_photo_meanwhile_shows_nothing_of_it(
    desk: Desk, tmp_path: Path, photo: Path
) -> None:
    edited(desk, tmp_path / "a.sip")
    other = shutil.copy(photo, tmp_path / "other.png")
    reopen(desk, tmp_path / "a.sip")
    desk.forget_pictures()
    files = desk.session.files
    files.go_to(Path(other))
    desk.until(lambda: desk.session.project_path is None and desk.session.portrait)
    desk.idle()
    left = files.left.find(photo)
    assert left is not None
    desk.engine.delayed.add(Render)
    told: list[bool] = []
    desk.session.picture.kept_changed.connect(told.append)
    files.come_back(left, lambda: None)
    assert told == [True]
    assert desk.ear.last("composite_changed") is not None
    left = files.left.find(Path(other))
    assert left is not None
    files.come_back(left, lambda: None)
    assert desk.ear.last("composite_changed") is None
    assert not told[-1]
    let_on(desk)
    assert desk.ear.last("composite_changed") is None


def test_what_cannot_be_drawn_is_not_shown_as_if_it_were(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    error = EngineError("bug", "It cannot be drawn.", "Try again.")
    desk.engine.fail[Render] = EngineFailure(error)
    told = reopen(desk, tmp_path / "a.sip")
    desk.until(lambda: desk.ear.heard["failed"])
    desk.until(lambda: told == [True, False])
    assert desk.ear.last("composite_changed") is None


def test_a_project_without_a_preview_opens_as_ever(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    document = desk.session.studio.document
    assert document is not None
    bare = replace(desk.session.files.snapshot(document), preview=None)
    desk.session.files.set_saved()
    save_project(bare, tmp_path / "older.sip")
    told = reopen(desk, tmp_path / "older.sip", drawn=False)
    assert desk.ear.last("composite_changed") is None
    assert told == [False]
    let_on(desk)
    assert desk.ear.last("composite_changed") is not None


# ------------------------------------------------------------------ undo


def test_undo_steps_back_through_what_a_project_holds(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    reopen(desk, tmp_path / "a.sip")
    assert desk.ear.last("undo_changed") == ("Mouth open +30", "")
    desk.session.steps.undo()
    assert desk.labels == ["Smile +40"]
    assert desk.ear.last("undo_changed") == ("Smile +40", "Mouth open +30")
    assert desk.session.modified
    desk.session.steps.redo()
    assert desk.labels == ["Smile +40", "Mouth open +30"]
    assert not desk.session.modified
    for _ in range(2):
        desk.session.steps.undo()
    assert desk.labels == []
    assert desk.ear.last("undo_changed")[0] == ""
    assert [one.label for one in desk.history.edits] == ["Smile +40", "Mouth open +30"]


def test_what_was_undone_before_it_was_saved_can_be_redone(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    for _ in range(2):
        desk.session.steps.undo()
    save(desk, tmp_path / "a.sip")
    reopen(desk, tmp_path / "a.sip")
    assert desk.ear.last("undo_changed") == ("", "Smile +40")
    desk.session.steps.redo()
    desk.session.steps.redo()
    assert desk.labels == ["Smile +40", "Mouth open +30"]
    assert not desk.session.studio.document.undo.undone  # type: ignore[union-attr]


def test_gestures_after_that_are_undone_first_and_end_redo(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    reopen(desk, tmp_path / "a.sip")
    desk.session.steps.undo()
    desk.session.regions.paint_region(stroke(100, 100))
    desk.idle()
    assert desk.ear.last("undo_changed") == ("Brush stroke", "")
    desk.commit("lip_redness", 40)
    for name in ("Lip redness +40", "Brush stroke", "Smile +40"):
        assert desk.ear.last("undo_changed")[0] == name
        desk.session.steps.undo()
        desk.idle()
    assert desk.labels == []


def test_undo_takes_an_edit_under_way_before_those_of_the_file(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    reopen(desk, tmp_path / "a.sip")
    begin_edit(desk, "lip_redness", 40)
    desk.session.steps.undo()
    let_on(desk)
    assert desk.labels == ["Smile +40", "Mouth open +30"]


def test_a_save_that_waits_for_an_edit_holds_what_undo_did_not_take_back(
    desk: Desk, tmp_path: Path
) -> None:
    edited(desk, tmp_path / "a.sip")
    reopen(desk, tmp_path / "a.sip")
    begin_edit(desk, "lip_redness", 40)
    desk.session.files.save_project(tmp_path / "b.sip")
    desk.session.steps.undo()  # the edit
    desk.session.steps.undo()  # the newest of the file
    let_on(desk)
    assert labels_in(tmp_path / "b.sip") == [["Smile +40", "Mouth open +30"]]
    assert desk.labels == ["Smile +40"]
    assert desk.session.modified


def test_edits_of_several_faces_are_undone_in_the_order_in_which_they_were_made() -> None:
    base = StyleCode(LAYOUT, np.zeros(12, np.float32))

    def history(position: int, *times: float) -> EditHistory:
        made = (
            replace(edit(1, RegionMask.empty(64, 48)), id=str(t), label=str(t), created=t)
            for t in times
        )
        return EditHistory(base, tuple(made), position)

    steps = UndoList.of({0: history(3, 1.0, 4.0, 3.0), 2: history(1, 2.0, 5.0)})
    assert [(step.face, step.label) for step in steps.done] == [
        (0, "1.0"), (2, "2.0"), (0, "4.0"), (0, "3.0"),
    ]  # fmt: skip
    assert [step.label for step in steps.undone] == ["5.0"]
    serials = [step.serial for step in (*steps.done, *reversed(steps.undone))]
    assert serials == sorted(serials)
    assert max(serials) < 1, "what is asked for from now on is newer"
    many = UndoList.of({0: history(1000, *map(float, range(1000)))})
    assert [many.done[0].label, many.done[-1].label, len(many.done)] == ["800.0", "999.0", 200]


def test_a_photo_without_edits_has_nothing_to_undo(desk: Desk) -> None:
    assert desk.ear.last("undo_changed") == ("", "")


# ------------------------------------------------------------------ unsaved


def test_opening_drawing_and_looking_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    edited(desk, tmp_path / "a.sip")
    desk.session.named.keep("Mine")
    desk.session.regions.paint_colour(stroke(80, 90), (200, 30, 30))
    save(desk, tmp_path / "a.sip")
    heard = desk.ear.heard["modified_changed"]
    heard.clear()
    reopen(desk, tmp_path / "a.sip")
    for one in desk.history.edits:
        desk.session.adjustments.choose(one.id)
    desk.idle()
    assert heard == []
    assert not desk.session.modified


def test_an_edit_that_only_computes_is_no_change_yet_though_its_slider_made_a_region(
    desk: Desk,
) -> None:
    assert not desk.session.modified
    desk.session.sliders.preview_attribute("smile", 40)
    desk.until(lambda: not desk.session.region.mask.is_empty)  # type: ignore[union-attr]
    begin_edit(desk, "smile", 40)
    assert not desk.session.modified
    assert desk.session.files.unsaved, "closing asks nevertheless"
    desk.session.cancel()
    desk.until(lambda: not desk.session.edits.pending)
    assert not desk.session.modified
    assert not desk.session.files.unsaved
    let_on(desk)
    begin_edit(desk, "smile", 40)
    let_on(desk)
    assert desk.session.modified


@pytest.mark.parametrize("how", ["brushed", "chosen"])
def test_a_region_that_becomes_the_users_own_is_a_change(desk: Desk, how: str) -> None:
    desk.session.sliders.preview_attribute("smile", 40)
    desk.until(lambda: not desk.session.region.mask.is_empty)  # type: ignore[union-attr]
    desk.session.edits.let_go()
    desk.idle()
    assert not desk.session.modified
    if how == "brushed":
        desk.session.regions.paint_region(stroke(100, 100))
    else:
        desk.session.regions.apply_preset("smile")
    desk.idle()
    assert desk.session.modified


def test_a_region_that_a_slider_made_makes_way_for_the_next_ones_after_opening_too(
    desk: Desk, tmp_path: Path
) -> None:
    """The next slider's edit went into the region of the last one before it was saved."""
    desk.commit("smile", 40)
    save(desk, tmp_path / "a.sip")
    reopen(desk, tmp_path / "a.sip")
    region = desk.session.region
    assert region is not None
    assert region.usual == "smile"
    desk.commit("eyes_open", 30)
    assert desk.session.region != region
    first, second = desk.history.edits
    assert first.region != second.region


@pytest.mark.parametrize("usual", ["", "no such region", "x" * 500, 7, None])
def test_a_region_of_no_known_preset_is_the_users_own(
    desk: Desk, tmp_path: Path, usual: object
) -> None:
    desk.commit("smile", 40)
    save(desk, tmp_path / "a.sip")

    def change(record: Any) -> None:
        (region,) = record["faces"][0]["regions"]
        assert region["usual"] == "smile"
        region["usual"] = usual

    (tmp_path / "b.sip").write_bytes(with_json((tmp_path / "a.sip").read_bytes(), change))
    project, _ = open_project(tmp_path / "b.sip")
    damaged = not isinstance(usual, str) or len(usual) > 80
    assert bool(project.missing) == damaged
    assert [region.usual for region in project.faces[0].regions] == ([] if damaged else [""])


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_the_marked_entry_and_the_region_in_hand_are_of_one_edit(
    desk: Desk, make_desk: Callable[..., Desk], tmp_path: Path, chosen: int
) -> None:
    session, path = desk.session, tmp_path / "a.sip"
    for region, name in (("mouth", "smile"), ("eyes", "eyes_open"), ("brows", "brow_height")):
        session.regions.apply_preset(region)
        desk.commit(name, 40)
    session.adjustments.choose(desk.history.edits[chosen].id)
    desk.idle()
    region = session.region
    save(desk, path)
    desk = make_desk()  # the window was closed meanwhile
    session = desk.session
    session.files.open_project(path)
    desk.until(lambda: session.portrait)
    desk.idle()
    assert session.region is not None
    assert region is not None
    assert session.region.mask == region.mask
    marked = session.adjustments.chosen or desk.history.reached[-1].id
    assert marked == desk.history.edits[chosen].id
    session.sliders.commit_attribute(("smile", "eyes_open", "brow_height")[chosen], 20)
    desk.idle()
    assert session.adjustments.chosen in ("", marked)
