"""Closing the window, and opening another photo, while something is under way."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from editor.document.photo_export import ExportOptions
from editor.document.presets import AttributePreset, PresetPart
from editor.document.project import open_project
from editor.engine.jobs import Export, Intervene, Invert, OpenPhoto
from widgets import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop


class Answers:
    """Answers questions, and notes what was asked."""

    def __init__(self, patch: pytest.MonkeyPatch, **answers: Any) -> None:
        self.asked: list[str] = []
        for question, answer in answers.items():
            patch.setattr(dialogs, question, self._answer(question, answer))

    def _answer(self, question: str, answer: Any) -> Callable[..., Any]:
        replies = iter(cast("list[str]", answer)) if isinstance(answer, list) else repeat(answer)

        def reply(*_: object) -> Any:
            self.asked.append(question)
            return next(replies)

        return reply


def edited(make: Callable[..., Desktop], photo: Path, tmp_path: Path, **options: Any) -> Desktop:
    """A window with a project that is saved."""
    desk = make(**options)
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    desk.session.sliders.commit_attribute("smile", 50)
    desk.until(lambda: desk.labels and not desk.session.busy)
    desk.session.files.save_project(tmp_path / "a.sip")
    desk.until(lambda: desk.session.project_path and not desk.session.modified)
    return desk


def hold(desk: Desktop) -> None:
    desk.engine.gate.clear()
    desk.engine.at_gate.clear()


def test_discard_closes_the_window_at_the_first_time(
    make: Callable[..., Desktop], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    desk.session.sliders.commit_attribute("smile", 50)
    desk.until(lambda: desk.labels)
    answers = Answers(monkeypatch, ask_unsaved="discard")
    assert desk.window.close()
    assert not desk.window.isVisible()
    assert answers.asked == ["ask_unsaved"]


def test_quitting_during_the_first_edit_asks(
    make: Callable[..., Desktop], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.open(photo)
    hold(desk)
    desk.session.sliders.commit_attribute("smile", 50)
    desk.until(desk.engine.at_gate.is_set)
    answers = Answers(monkeypatch, ask_unsaved="cancel")
    assert not desk.window.close()
    assert answers.asked == ["ask_unsaved"]
    desk.engine.gate.set()
    desk.until(lambda: desk.labels == ["Smile +50"])


def test_save_on_closing_waits_for_the_edit_and_closes_once_all_is_there(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = edited(make, photo, tmp_path)
    hold(desk)
    desk.session.sliders.commit_attribute("lip_redness", 40)
    desk.until(desk.engine.at_gate.is_set)
    Answers(monkeypatch, ask_unsaved="save")
    assert not desk.window.close()
    assert desk.window.isVisible()
    desk.engine.gate.set()
    desk.until(lambda: not desk.window.isVisible())
    project, _ = open_project(tmp_path / "a.sip")
    applied = project.portraits[0].history.applied
    assert [edit.label for edit in applied] == ["Smile +50", "Lip redness +40"]


def test_a_cancelled_save_arms_no_later_close(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = edited(make, photo, tmp_path)
    desk.session.sliders.commit_attribute("lip_redness", 40)
    desk.until(lambda: len(desk.labels) == 2)
    hold(desk)
    Answers(monkeypatch, ask_unsaved="save", ask_writing="stay")
    desk.window.close()  # saves, and would close
    desk.until(desk.engine.at_gate.is_set)
    desk.window.escape()  # cancels no file
    desk.session.files.cancel()  # the user's Cancel does
    desk.engine.gate.set()
    desk.until(lambda: not desk.session.files.writing)
    desk.qtbot.wait(50)
    desk.window.save()  # an ordinary Ctrl+S later
    desk.until(lambda: not desk.session.modified)
    desk.qtbot.wait(50)
    assert desk.window.isVisible()


def test_an_older_save_does_not_close_the_window_over_newer_edits(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = edited(make, photo, tmp_path)
    desk.session.sliders.commit_attribute("lip_redness", 40)
    desk.until(lambda: len(desk.labels) == 2 and not desk.session.busy)
    hold(desk)
    desk.window.save()
    desk.until(desk.engine.at_gate.is_set)
    desk.session.steps.undo()  # newer than the save that runs
    answers = Answers(monkeypatch, ask_writing="wait", ask_unsaved="save")
    assert not desk.window.close()
    desk.engine.gate.set()
    desk.until(lambda: not desk.window.isVisible())
    assert answers.asked == ["ask_writing", "ask_unsaved"]
    project, _ = open_project(tmp_path / "a.sip")
    assert project.portraits[0].history.position == 1


def test_closing_waits_for_exports(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = edited(make, photo, tmp_path)
    hold(desk)
    desk.session.files.export(tmp_path / "x.png", ExportOptions())
    desk.session.files.export(tmp_path / "y.png", ExportOptions())
    desk.until(desk.engine.at_gate.is_set)
    answers = Answers(monkeypatch, ask_writing=["stay", "wait"])
    assert not desk.window.close()
    desk.window.escape()
    assert not desk.window.close()
    desk.engine.gate.set()
    desk.until(lambda: not desk.window.isVisible())
    assert (tmp_path / "x.png").exists()
    assert (tmp_path / "y.png").exists()
    assert answers.asked == ["ask_writing", "ask_writing"]


def test_opening_another_photo_waits_for_an_export_that_waits_for_an_edit(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = edited(make, photo, tmp_path)
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    hold(desk)
    desk.session.sliders.commit_attribute("lip_redness", 40)
    desk.until(desk.engine.at_gate.is_set)
    desk.session.files.export(tmp_path / "x.png", ExportOptions())
    Answers(monkeypatch, ask_unsaved="discard")
    desk.window.open(other)
    desk.engine.gate.set()
    desk.until(lambda: desk.session.photo and desk.session.photo.path == other)
    assert (tmp_path / "x.png").exists()
    assert len(desk.labels) == 0


def test_a_project_that_held_its_photo_holds_it_when_it_is_saved_again(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = edited(make, photo, tmp_path)
    desk.session.files.save_project(tmp_path / "gift.sip", embed=True)
    desk.until(lambda: desk.session.project_path == tmp_path / "gift.sip")
    photo.unlink()  # another machine
    desk.window.open(tmp_path / "gift.sip")
    desk.until(lambda: len(desk.engine.begun(type(desk.engine.jobs[0]))) and desk.labels)
    desk.until(lambda: not desk.session.busy)
    desk.window.save()
    desk.until(lambda: not desk.session.files.writing)
    _, embedded = open_project(tmp_path / "gift.sip")
    assert embedded is not None


def test_a_photo_that_was_moved_is_asked_for(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = edited(make, photo, tmp_path)
    moved = tmp_path / "elsewhere" / "renamed.png"
    moved.parent.mkdir()
    photo.rename(moved)
    answers = Answers(monkeypatch, ask_photo=moved)
    desk.window.open(tmp_path / "a.sip")
    desk.until(lambda: desk.session.photo and desk.session.photo.path == moved)
    assert answers.asked == ["ask_photo"]
    desk.until(lambda: desk.labels == ["Smile +50"])


def test_escape_leaves_an_export_alone(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = edited(make, photo, tmp_path)
    hold(desk)
    desk.session.files.export(tmp_path / "x.png", ExportOptions())
    desk.until(desk.engine.at_gate.is_set)
    desk.window.escape()
    desk.engine.gate.set()
    desk.until((tmp_path / "x.png").exists)


@pytest.mark.parametrize("answer", ["save", "discard"])
def test_an_alignment_under_way_is_asked_about_and_saved(
    make: Callable[..., Desktop],
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    desk = edited(make, photo, tmp_path)
    before = (tmp_path / "a.sip").read_bytes()
    desk.engine.delayed.add(Invert)
    points = desk.session.faces[0].landmarks + 6
    desk.session.faces_desk.align_face(points)
    answers = Answers(monkeypatch, ask_unsaved=answer)
    assert desk.window.close() == (answer == "discard")
    assert answers.asked == ["ask_unsaved"]
    desk.engine.delayed.clear()
    desk.until(lambda: not desk.window.isVisible())
    if answer == "discard":
        assert (tmp_path / "a.sip").read_bytes() == before
    else:
        project, _ = open_project(tmp_path / "a.sip")
        assert np.array_equal(project.portraits[0].crop.landmarks, points)
        assert [e.label for e in project.portraits[0].history.applied] == ["Smile +50"]


def test_opening_another_photo_waits_for_a_file_and_says_so(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = edited(make, photo, tmp_path)
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    desk.engine.delayed.add(Intervene)
    desk.session.sliders.commit_attribute("lip_redness", 40)
    desk.window.save()
    desk.window.open(other)
    assert "a.sip is written" in desk.window.banner.text.text()
    desk.engine.delayed.clear()
    desk.until(lambda: desk.session.photo and desk.session.photo.path == other)
    project, _ = open_project(tmp_path / "a.sip")
    assert len(project.portraits[0].history.applied) == 2


def test_closing_right_after_opening(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    with desk.qtbot.captureExceptions() as exceptions:
        desk.window.open(photo)
        assert desk.window.close()
        desk.qtbot.wait(50)
    assert not exceptions
    assert desk.session.photo is None


def test_a_cancelled_opening_says_so_and_leaves_an_empty_window(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.engine.delayed.add(OpenPhoto)
    desk.window.open(photo)
    desk.until(lambda: desk.window.status.cancel.isVisible())
    desk.click(desk.window.status.cancel)
    desk.until(lambda: not desk.session.busy)
    assert f"{photo.name} was not opened" in desk.window.banner.text.text()
    assert desk.session.photo is None


def test_the_cancel_button_stops_one_file_and_names_it(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = edited(make, photo, tmp_path)
    desk.engine.delayed.add(Export)
    for name in ("x.png", "y.png"):
        desk.session.files.export(tmp_path / name, ExportOptions())
    desk.until(lambda: "Taking long" in desk.window.status.stage.text())
    desk.click(desk.window.status.cancel)
    desk.until(lambda: len(desk.session.files.writing) == 1)
    assert "x.png was not written" in desk.window.banner.text.text()
    desk.engine.delayed.clear()
    desk.until((tmp_path / "y.png").exists)
    assert not (tmp_path / "x.png").exists()


def with_three_pending(make: Callable[..., Desktop], photo: Path, tmp_path: Path) -> Desktop:
    """A window with a saved edit, and a preset of three regions of which one edit is made."""
    desk = edited(make, photo, tmp_path)
    parts = (
        PresetPart("brows", (("brow_height", 20.0),)),
        PresetPart("eyes", (("eyes_open", 30.0),)),
        PresetPart("lips", (("lip_redness", 40.0),)),
    )
    desk.session.sliders.apply_preset_values(AttributePreset("Evening", parts))
    desk.until(lambda: len(desk.labels) == 2)
    desk.engine.delayed.add(Intervene)
    desk.until(lambda: len(desk.session.edits.pending) == 2)
    return desk


def labels_of(path: Path) -> list[str]:
    return [edit.label for edit in open_project(path)[0].portraits[0].history.applied]


ALL = ["Smile +50", "Brow height +20", "Eyes open +30", "Lip redness +40"]


def test_closing_while_several_edits_are_pending_saves_all_of_them(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = with_three_pending(make, photo, tmp_path)
    answers = Answers(monkeypatch, ask_unsaved="save")
    assert not desk.window.close()
    assert desk.window.isVisible()
    desk.engine.delayed.clear()
    desk.until(lambda: not desk.window.isVisible())
    assert answers.asked == ["ask_unsaved"], "once"
    assert labels_of(tmp_path / "a.sip") == ALL


def test_closing_while_several_edits_are_pending_can_be_called_off(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = with_three_pending(make, photo, tmp_path)
    Answers(monkeypatch, ask_unsaved="cancel")
    assert not desk.window.close()
    desk.engine.delayed.clear()
    desk.until(lambda: desk.labels == ALL and not desk.session.busy)
    desk.qtbot.wait(50)
    assert desk.window.isVisible()
    assert labels_of(tmp_path / "a.sip") == ALL[:1]


def test_closing_while_several_edits_are_pending_without_saving_leaves_the_file(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = with_three_pending(make, photo, tmp_path)
    Answers(monkeypatch, ask_unsaved="discard")
    assert desk.window.close()
    assert not desk.window.isVisible()
    desk.engine.delayed.clear()
    desk.until(lambda: desk.engine.closed)
    assert labels_of(tmp_path / "a.sip") == ALL[:1]


def test_an_undo_after_save_on_closing_is_not_lost_with_the_window(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = with_three_pending(make, photo, tmp_path)
    answers = Answers(monkeypatch, ask_unsaved=["save", "save"], ask_writing="wait")
    assert not desk.window.close()
    desk.window.commands.undo.trigger()  # the last pending one
    desk.engine.delayed.clear()
    desk.until(lambda: not desk.window.isVisible())
    assert labels_of(tmp_path / "a.sip") == ALL[:3]
    assert answers.asked[0] == "ask_unsaved"
