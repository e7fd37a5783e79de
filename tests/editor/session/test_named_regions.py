"""Named regions, crossed with strokes, edits, faces, files and undo."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from editor.document.named_regions import MOST_PHOTOS
from editor.document.project import open_project
from tests.editor.session_desk import begin_edit, let_on, said, stroke

if TYPE_CHECKING:
    from pathlib import Path

    from editor.document.region import RegionMask
    from tests.editor.session_desk import Desk


def names(desk: Desk) -> list[str]:
    return [one.name for one in desk.session.named.listed]


def id_of(desk: Desk, name: str) -> str:
    return next(one.id for one in desk.session.named.listed if one.name == name)


def in_hand(desk: Desk) -> str:
    return next((one.name for one in desk.session.named.listed if one.in_hand), "")


def mask(desk: Desk) -> RegionMask:
    region = desk.session.region
    assert region is not None
    return region.mask


def keep_preset(desk: Desk, preset: str, name: str) -> None:
    desk.session.regions.apply_preset(preset)
    desk.session.named.keep(name)
    desk.idle()


def test_each_region_keeps_its_mask_and_its_edits(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    mouth = mask(desk)
    desk.commit("smile", 60)
    keep_preset(desk, "eyes", "Eyes")
    eyes = mask(desk)
    assert mouth != eyes, "a preset begins another region"
    desk.commit("eyes_open", 30)
    session.named.choose(id_of(desk, "Mouth"))
    desk.idle()
    assert mask(desk) is mouth
    assert (desk.value("smile"), desk.value("eyes_open")) == (60, 0)
    session.regions.paint_region(stroke(10, 10))
    desk.idle()
    brushed = mask(desk)
    assert brushed.area > mouth.area
    session.named.choose(id_of(desk, "Eyes"))
    assert mask(desk) is eyes
    assert (desk.value("smile"), desk.value("eyes_open")) == (0, 30)
    session.named.choose(id_of(desk, "Mouth"))
    assert mask(desk) is brushed
    edits = [(one.name, one.edits) for one in session.named.listed]
    assert edits == [("Mouth", 1), ("Eyes", 1)]


def test_what_takes_a_regions_place_leaves_a_named_one_as_it_is(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    mouth = mask(desk)
    path = tmp_path / "mask.png"
    Image.fromarray(np.full((mouth.height, mouth.width), 255, np.uint8)).save(path)
    x, y = session.faces[0].landmarks[36:42].mean(0)
    for replace in (
        session.regions.clear_region,
        lambda: session.regions.apply_preset("skin"),
        lambda: session.masks.choose_class(float(x), float(y)),
        lambda: session.masks.open(path),
        session.named.put_down,
    ):
        session.named.choose(id_of(desk, "Mouth"))
        replace()
        desk.idle()
        assert in_hand(desk) == ""
        assert mask(desk) != mouth
        session.steps.undo()
        assert (in_hand(desk), mask(desk)) == ("Mouth", mouth)
    session.regions.apply_preset("eyes", add=True)
    desk.idle()
    assert in_hand(desk) == "Mouth", "what is added is brushed on it"


def test_every_gesture_is_one_step(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    keep_preset(desk, "eyes", "Eyes")
    mouth = id_of(desk, "Mouth")
    seen = [(names(desk), in_hand(desk))]
    for gesture in (
        lambda: session.named.rename(mouth, "Lips"),
        lambda: session.named.move(mouth, ()),
        lambda: session.named.choose(mouth),
        lambda: session.named.duplicate(mouth),
        lambda: session.named.delete(mouth),
        lambda: session.regions.paint_region(stroke(20, 20)),
        session.named.put_down,
    ):
        gesture()
        desk.idle()
        seen.append((names(desk), in_hand(desk)))
    assert seen[-4:] == [
        (["Eyes", "Lips", "Lips 2"], "Lips 2"),
        (["Eyes", "Lips 2"], "Lips 2"),
        (["Eyes", "Lips 2"], "Lips 2"),
        (["Eyes", "Lips 2"], ""),
    ]
    for state in reversed(seen[:-1]):
        session.steps.undo()
        assert (names(desk), in_hand(desk)) == state
    for state in seen[1:]:
        session.steps.redo()
        assert (names(desk), in_hand(desk)) == state
    assert desk.ear.last("undo_changed")[0] == "New region"


def test_hiding_a_region_leaves_its_edits_out_and_no_others(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    desk.commit("smile", 60)
    desk.commit("lip_redness", 20)
    keep_preset(desk, "eyes", "Eyes")
    desk.commit("eyes_open", 30)
    mouth = id_of(desk, "Mouth")
    session.named.show(mouth, False)
    desk.idle()
    assert desk.labels == ["Eyes open +30"]
    (hidden, _) = session.named.listed
    assert (hidden.edits, hidden.shown) == (2, 0)
    assert desk.ear.last("undo_changed")[0] == "Hide “Mouth”"
    session.steps.undo()
    assert len(desk.labels) == 3, "one step"
    session.steps.redo()
    session.named.show(mouth, True)
    assert len(desk.labels) == 3
    session.named.show("gone", False)
    assert len(desk.labels) == 3


def test_a_region_hidden_while_another_computes_lets_that_land(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    desk.commit("smile", 60)
    keep_preset(desk, "eyes", "Eyes")
    begin_edit(desk, "eyes_open", 30)
    session.named.show(id_of(desk, "Mouth"), False)
    session.named.choose(id_of(desk, "Mouth"))
    session.named.delete(id_of(desk, "Eyes"))
    let_on(desk)
    assert desk.labels == ["Eyes open +30"], "its edits stay, also those under way"
    assert names(desk) == ["Mouth"]
    session.steps.undo()
    assert names(desk) == ["Mouth", "Eyes"]
    assert [one.edits for one in session.named.listed] == [1, 1]


def test_two_regions_of_one_place_have_edits_of_their_own(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    desk.commit("smile", 60)
    session.named.duplicate(id_of(desk, "Mouth"))
    desk.idle()
    assert desk.value("smile") == 60, "it is in force there"
    desk.commit("smile", 80)
    assert desk.labels == ["Smile +60", "Smile +20"]
    assert [one.edits for one in session.named.listed] == [1, 1]
    session.named.choose(id_of(desk, "Mouth"))
    desk.commit("smile", 60)
    assert desk.labels == ["Smile +40", "Smile +20"]


def test_two_edits_of_one_place_wait_side_by_side(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    begin_edit(desk, "smile", 60)
    session.named.duplicate(id_of(desk, "Mouth"))
    session.sliders.commit_attribute("smile", 80)
    let_on(desk)
    assert desk.labels == ["Smile +60", "Smile +20"]
    assert [one.edits for one in session.named.listed] == [1, 1]


def test_an_entry_brings_its_named_region_back_as_it_is_now(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    desk.commit("smile", 60)
    session.regions.paint_region(stroke(10, 10))
    brushed = mask(desk)
    keep_preset(desk, "eyes", "Eyes")
    session.adjustments.choose(desk.history.edits[0].id)
    assert (in_hand(desk), mask(desk)) == ("Mouth", brushed)
    session.named.delete(id_of(desk, "Mouth"))
    session.adjustments.choose(desk.history.edits[0].id)
    assert in_hand(desk) == ""
    assert mask(desk) == desk.history.edits[0].brushed.mask  # type: ignore[union-attr]
    assert names(desk) == ["Eyes"]


def test_a_project_keeps_them_and_comes_back_to_the_one_in_hand(desk: Desk, tmp_path: Path) -> None:
    session, path = desk.session, tmp_path / "work.sip"
    keep_preset(desk, "mouth", "Mouth")
    desk.commit("smile", 60)
    keep_preset(desk, "eyes", "Eyes")
    session.named.choose(id_of(desk, "Mouth"))
    mouth = mask(desk)

    def save_and_open() -> None:
        session.files.save_project(path, None)
        desk.until(lambda: not session.modified and not session.files.writing)
        document = session.studio.document
        session.files.open_project(path)
        desk.until(lambda: session.studio.document is not document and session.portrait)
        desk.idle()
        assert not session.modified

    save_and_open()
    assert (names(desk), in_hand(desk)) == (["Mouth", "Eyes"], "Mouth")
    assert mask(desk) == mouth
    assert [one.edits for one in session.named.listed] == [1, 0]
    session.named.rename(id_of(desk, "Eyes"), "Both eyes")
    assert session.modified, "a name is to be saved"
    session.named.put_down()
    save_and_open()
    assert (names(desk), in_hand(desk)) == (["Mouth", "Both eyes"], "")
    assert mask(desk).is_empty
    session.regions.apply_preset("skin")
    save_and_open()
    assert (names(desk), in_hand(desk)) == (["Mouth", "Both eyes"], "")
    assert not mask(desk).is_empty
    project, _ = open_project(path)
    assert [one.name for one in project.faces[0].regions] == ["Mouth", "Both eyes", ""]
    session.named.step(id_of(desk, "Mouth"), 1)
    assert session.modified, "the order too"
    session.steps.undo()
    assert not session.modified


def test_they_belong_to_their_face_and_can_be_copied(two: Desk) -> None:
    desk, session = two, two.session
    keep_preset(desk, "mouth", "Mouth")
    session.regions.paint_region(stroke(10, 10))
    keep_preset(desk, "eyes", "Eyes")
    session.named.copy(id_of(desk, "Eyes"), id_of(desk, "Mouth"))
    session.faces_desk.choose_face(1)
    desk.until(lambda: session.portrait)
    assert names(desk) == []
    session.named.paste()
    desk.idle()
    assert names(desk) == ["Mouth", "Eyes"], "in their order"
    assert in_hand(desk) == "Mouth"
    assert mask(desk).height == session.photo.height if session.photo else False
    session.faces_desk.choose_face(0)
    assert in_hand(desk) == "Eyes"
    session.faces_desk.choose_face(1)
    session.named.paste()
    desk.idle()
    assert names(desk) == ["Mouth", "Eyes", "Mouth 2", "Eyes 2"]
    session.steps.undo()
    assert names(desk) == ["Mouth", "Eyes"], "one step"


def test_copied_regions_lie_where_another_photos_face_has_them(desk: Desk, tmp_path: Path) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    session.named.copy()
    other = tmp_path / "other.png"
    Image.fromarray(np.full((600, 500, 3), 90, np.uint8)).save(other)
    desk.idle()
    session.files.set_saved()
    session.files.open_photo(other)
    desk.until(lambda: session.photo and session.photo.width == 500 and session.portrait)
    assert names(desk) == []
    session.named.paste()
    desk.idle()
    pasted = mask(desk)
    assert (pasted.width, pasted.height) == (500, 600)
    session.regions.apply_preset("mouth")
    desk.idle()
    assert mask(desk) == pasted


def test_a_list_gesture_waits_for_the_strokes_before_it(slow: Desk) -> None:
    desk, session = slow, slow.session
    session.regions.paint_region(stroke(40, 40))
    session.named.keep("First")
    session.named.put_down()
    session.regions.paint_region(stroke(90, 90))
    session.named.keep("Second")
    desk.until(lambda: not session.regions.pending)
    assert (names(desk), in_hand(desk)) == (["First", "Second"], "Second")
    boxes = [region.mask.bounds for region in session.studio.face.named]  # type: ignore[union-attr]
    assert boxes[0][1] < 60 < boxes[1][1]


def test_nothing_brushed_has_no_name(desk: Desk) -> None:
    desk.session.named.keep("Nothing")
    assert names(desk) == []
    assert "Brush a region first" in said(desk)


def test_regions_that_are_brushed_larger_stay_within_what_a_project_holds(
    desk: Desk, tmp_path: Path
) -> None:
    session = desk.session
    whole = "The named regions are too large together."
    for number in range(MOST_PHOTOS + 2):
        session.regions.clear_region()
        session.regions.paint_region(stroke(20 + 10 * number, 60))
        session.named.keep(f"{number}")
    desk.idle()
    assert not desk.ear.heard["failed"], "they are small"
    for one in session.named.listed:
        session.named.choose(one.id)
        desk.idle()
        before = mask(desk)
        refused = len(desk.ear.heard["failed"])
        session.masks.invert()
        desk.idle()
        if len(desk.ear.heard["failed"]) > refused:
            assert mask(desk) is before
    told = [error.title for error in desk.ear.heard["failed"]]
    assert told == [whole] * 3, "15 of the whole photo, and those that stayed small"
    session.regions.paint_region(stroke(20, 60, erase=True))
    desk.idle()
    assert len(desk.ear.heard["failed"]) == 3, "what becomes smaller is never refused"
    path = tmp_path / "all.sip"
    session.files.save_project(path)
    desk.idle()
    assert len(open_project(path)[0].faces[0].regions) == MOST_PHOTOS + 2


def test_steps_and_moves_count_from_where_a_region_stands_by_then(slow: Desk) -> None:
    desk, named = slow, slow.session.named
    for number, name in enumerate("ABC"):
        desk.session.regions.clear_region()
        desk.session.regions.paint_region(stroke(40 + 50 * number, 60))
        named.keep(name)
    desk.idle()
    desk.until(lambda: names(desk) == ["A", "B", "C"])
    a, b, c = (id_of(desk, name) for name in "ABC")
    desk.session.regions.paint_region(stroke(150, 150))  # is still worked in
    named.step(a, 1)
    named.step(a, 1)
    desk.until(lambda: names(desk) == ["B", "C", "A"])
    desk.session.regions.paint_region(stroke(150, 160))
    named.delete(b)
    named.move(a, (b, c))  # where it was dropped in the list of before
    desk.until(lambda: names(desk) == ["A", "C"])


def test_a_paste_that_brings_nothing_makes_no_step_of_undo(desk: Desk, tmp_path: Path) -> None:
    """What is worked on beside the window gets a list of its own: it is no other list for that."""
    session = desk.session
    keep_preset(desk, "mouth", "Mouth")
    session.named.copy()
    desk.idle()
    document = session.studio.document
    assert document is not None
    copied = session.named.copied
    assert copied is not None
    outside = dataclasses.replace(
        copied, landmarks=copied.landmarks + 1e5
    )  # nothing lies in this photo
    session.named.copied = outside
    before = [step.label for step in document.undo.done]
    session.named.paste()
    desk.idle()
    assert names(desk) == ["Mouth"]
    assert [step.label for step in document.undo.done] == before


def test_choosing_an_edit_takes_another_region_in_hand_by_a_step_where_both_cover_the_same(
    desk: Desk,
) -> None:
    """Or after undo and redo strokes would go on in the other region."""
    session = desk.session
    keep_preset(desk, "mouth", "Mine")
    desk.commit("smile", 60)
    session.named.duplicate(id_of(desk, "Mine"))
    desk.idle()
    mouth = mask(desk)
    assert in_hand(desk) == "Mine 2"
    session.adjustments.choose(desk.history.edits[0].id)
    assert in_hand(desk) == "Mine", "the edit's own"
    session.steps.undo()
    assert in_hand(desk) == "Mine 2"
    session.steps.undo()
    assert (names(desk), in_hand(desk)) == (["Mine"], "Mine")
    for _ in range(2):
        session.steps.redo()
    session.regions.paint_region(stroke(10, 10))
    desk.idle()
    assert in_hand(desk) == "Mine"
    session.named.choose(id_of(desk, "Mine 2"))
    assert mask(desk) is mouth, "nothing was brushed on that"


def test_choosing_an_edit_of_the_region_in_hand_is_no_step(desk: Desk) -> None:
    session = desk.session
    keep_preset(desk, "mouth", "Mine")
    desk.commit("smile", 60)
    desk.idle()
    document = session.studio.document
    assert document is not None
    before = [step.label for step in document.undo.done]
    session.adjustments.choose(desk.history.edits[0].id)
    assert in_hand(desk) == "Mine"
    assert [step.label for step in document.undo.done] == before
