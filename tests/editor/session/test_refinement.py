"""A face is edited on its draft while its inversion goes on behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document.errors import EngineError, EngineFailure
from editor.engine.jobs import Intervene, Invert, Render, Resettle
from tests.fake_engine import two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.editor.session_desk import Desk

    Make = Callable[..., Desk]


def hold(desk: Desk) -> None:
    desk.engine.gate.clear()
    desk.engine.at_gate.clear()


def go_on(desk: Desk) -> None:
    desk.engine.gate.set()


def is_draft(desk: Desk) -> bool:
    return desk.session.portrait is not None and desk.session.portrait.is_draft


def refined(desk: Desk) -> bool:
    return desk.session.portrait is not None and not desk.session.portrait.is_draft


def waits_for_the_user(desk: Desk) -> bool:
    waiting = desk.session.refinements.waiting
    return waiting is not None and waiting.is_ready


def test_a_draft_can_be_edited_while_it_is_refined(drafted: Desk) -> None:
    desk = drafted
    assert is_draft(desk)
    assert desk.ear.last("refining_changed").paused
    assert desk.ear.last("progress_changed") is None, "nobody waits for the refinement"
    desk.session.regions.apply_preset("mouth")
    desk.session.sliders.preview_attribute("smile", 20)
    desk.until(lambda: desk.ear.last("preview_changed") is not None)
    desk.commit("smile", 40)
    assert desk.labels == ["Smile +40"]
    assert is_draft(desk)
    assert not desk.engine.released.count(desk.engine.begun(Invert)[0]), "it is kept"


def test_the_refined_base_takes_the_drafts_place_beneath_work_on_the_skin(drafted: Desk) -> None:
    desk = drafted
    desk.session.regions.apply_preset("skin")
    desk.commit("smooth_skin", 40)
    before, rough = desk.history, desk.history.base
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: refined(desk))
    assert desk.ear.last("refined").psnr == 27.5
    assert desk.ear.last("refining_changed") is None
    assert desk.history.base != rough
    assert desk.history == before.rebased(desk.history.base)
    assert desk.ear.heard["waiting_changed"] == [], "nothing was found on the draft"
    assert not desk.engine.begun(Resettle)
    desk.until(lambda: len(desk.engine.begun(Render)) == 1)
    assert len(desk.engine.begun(Invert)) == 1


def test_an_edit_asked_for_in_the_last_step_stays_on_its_draft_and_is_settled_again(
    make_desk: Make, photo: Path
) -> None:
    desk = make_desk(drafts=True, steps=0)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    rough = desk.history.base
    hold(desk)
    desk.session.faces_desk.pause_refining(False)
    assert desk.engine.at_gate.wait(30)
    desk.session.sliders.commit_attribute("smile", 50)
    go_on(desk)
    desk.until(lambda: desk.history.position == 1)
    (job,) = desk.engine.begun(Intervene)
    assert isinstance(job, Intervene)
    assert job.portraits[0].history.base == rough
    desk.until(lambda: waits_for_the_user(desk))
    assert is_draft(desk)
    assert desk.history.base == rough
    assert not desk.engine.begun(Render), "the edit's own picture is the document's"
    desk.session.refinements.take()
    assert refined(desk)
    assert desk.labels == ["Smile +50"]


def test_cancelling_an_edit_leaves_the_refinement_alone(drafted: Desk) -> None:
    desk = drafted
    hold(desk)
    desk.session.sliders.commit_attribute("smile", 50)
    assert desk.engine.at_gate.wait(30)
    desk.session.cancel()
    go_on(desk)
    desk.until(lambda: not desk.session.busy)
    assert desk.labels == []
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: refined(desk))


def test_a_project_keeps_the_draft_and_its_refinement_begins_again(
    drafted: Desk, tmp_path: Path
) -> None:
    desk = drafted
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 40)
    rough = desk.history
    desk.session.files.save_project(tmp_path / "work.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    desk.session.files.open_project(tmp_path / "work.sip")
    desk.until(lambda: len(desk.engine.begun(Invert)) == 2)
    assert desk.history == rough
    assert is_draft(desk)
    assert not desk.session.busy
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: waits_for_the_user(desk))
    assert not desk.session.modified, "it was not asked for"
    desk.session.refinements.take()
    assert desk.labels == ["Smile +40"]
    assert desk.history.base != rough.base
    assert desk.session.modified
    desk.session.files.save_project(tmp_path / "work.sip")
    desk.until(lambda: len(desk.ear.heard["saved"]) == 2)
    desk.session.files.open_project(tmp_path / "work.sip")
    desk.until(lambda: desk.session.project_path and not desk.session.busy)
    assert refined(desk)
    assert len(desk.engine.begun(Invert)) == 2, "what is refined stays so"


def test_every_draft_of_a_project_is_refined_the_active_one_first(
    make_desk: Make, photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(drafts=True, faces=two_faces)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    for number in (1, 0):
        desk.session.faces_desk.choose_face(number)
        desk.until(lambda: is_draft(desk) and not desk.session.busy)
        desk.session.regions.apply_preset("mouth")
        desk.commit("smile", 30 + 10 * number)
    desk.session.files.save_project(tmp_path / "two.sip")
    desk.until(lambda: desk.ear.heard["saved"])
    desk.session.files.open_project(tmp_path / "two.sip")
    desk.until(lambda: desk.session.project_path and desk.ear.last("refining_changed"))
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: len(desk.engine.begun(Resettle)) == 2)
    desk.until(lambda: desk.ear.last("refining_changed") is None)
    ended = [job for job in desk.engine.released if isinstance(job, Invert)]
    assert len(ended) == 4, "two of them with the document before"
    assert desk.session.portrait is not None
    assert ended[2].crop == desk.session.portrait.crop
    assert waits_for_the_user(desk)
    desk.session.refinements.take()
    assert desk.labels == ["Smile +30"]
    desk.session.faces_desk.choose_face(1)
    assert is_draft(desk)
    assert waits_for_the_user(desk), "nobody had to choose it"
    desk.session.refinements.take()
    assert desk.labels == ["Smile +40"]


def test_another_photo_ends_the_refinement(drafted: Desk, photo: Path) -> None:
    desk = drafted
    first = desk.session.photo
    desk.session.files.open_photo(photo)
    desk.until(lambda: desk.session.photo is not first and is_draft(desk))
    old, _ = desk.engine.begun(Invert)
    desk.until(lambda: old in desk.engine.released)


def test_a_photo_that_cannot_be_opened_costs_the_refinement_nothing(
    drafted: Desk, tmp_path: Path
) -> None:
    desk = drafted
    desk.session.files.open_photo(tmp_path / "missing.jpg")
    desk.until(lambda: desk.ear.heard["failed"])
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: refined(desk))
    assert len(desk.engine.begun(Invert)) == 1


def test_a_refinement_that_fails_leaves_the_draft_and_can_be_asked_for_again(
    drafted: Desk,
) -> None:
    desk = drafted
    error = EngineError("out_of_memory", "Out of memory.", "Close other programs.")

    def fail() -> None:
        raise EngineFailure(error)

    step, desk.engine.step = desk.engine.step, fail  # pyright: ignore[reportPrivateUsage]
    desk.session.faces_desk.pause_refining(False)
    desk.until(lambda: desk.ear.heard["failed"])
    desk.engine.step = step  # pyright: ignore[reportPrivateUsage]
    assert is_draft(desk)
    assert desk.ear.last("refining_changed") is None
    desk.session.faces_desk.analyse_face()
    desk.until(lambda: refined(desk))


def test_each_face_is_refined_and_the_chosen_one_goes_first(make_desk: Make, photo: Path) -> None:
    desk = make_desk(drafts=True, faces=two_faces)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.session.faces_desk.choose_face(1)
    desk.until(lambda: is_draft(desk))
    desk.session.faces_desk.choose_face(0)
    assert is_draft(desk)
    hold(desk)
    desk.session.faces_desk.pause_refining(False)
    go_on(desk)
    desk.until(lambda: refined(desk))
    first, second = desk.engine.begun(Invert)
    assert first in desk.engine.released
    desk.session.faces_desk.choose_face(1)
    desk.until(lambda: refined(desk))
    assert second in desk.engine.released
    order = [job for job in desk.engine.released if isinstance(job, Invert)]
    assert order == [first, second]


def test_without_an_encoder_the_first_portrait_is_the_final_one(
    make_desk: Make, photo: Path
) -> None:
    desk = make_desk()
    desk.open(photo)
    assert refined(desk)
    assert desk.ear.heard["refining_changed"] == []
    assert desk.ear.heard["refined"] == []
