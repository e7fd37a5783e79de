"""Sliders fitted to two folders or a score, in the window, over the fake engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.engine.fitting_jobs import FitBoundary, FitScorer
from tests.end_to_end.desktop import answering
from widgets import dialogs
from widgets.fitting import BoundaryDialog, ScorerDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.end_to_end.desktop import Desktop


def test_two_folders_become_a_slider(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.open(photo)
    desk.window.commands.boundary.trigger()
    (dialog,) = desk.window.findChildren(BoundaryDialog)
    assert not dialog.fit.isEnabled(), "there is nothing to fit yet"
    monkeypatch.setattr(dialogs, "ask_folder", answering(tmp_path))
    for button in dialog.findChildren(type(dialog.fit)):
        if button.text() == "Choose…":
            button.click()
    assert dialog.having.text() == dialog.lacking.text() == str(tmp_path)
    assert not dialog.fit.isEnabled(), "it has no name"
    dialog.name.setText(" fringe ")
    dialog.square.setChecked(True)
    dialog.fit.click()
    panel = desk.window.edits.discovery
    desk.until(lambda: panel.cards)
    assert "fringe (90 %)" in panel.note.text()
    (job,) = (job for job in desk.engine.jobs if isinstance(job, FitBoundary))
    assert desk.session.info is not None
    assert job == FitBoundary(
        desk.session.info.generator_sha256, tmp_path, tmp_path, "fringe", square=True
    )
    desk.brush((120, 150), (190, 150))
    next(iter(panel.cards.values())).row.committed.emit(40)
    desk.until(lambda: desk.labels)


def test_a_score_becomes_a_slider_and_python_is_warned_of(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.open(photo)
    desk.window.commands.scorer.trigger()
    (dialog,) = desk.window.findChildren(ScorerDialog)
    assert not dialog.fit.isEnabled()
    assert not dialog.warning.isVisible()
    dialog.source.setText("mine.py:beauty")
    assert dialog.warning.isVisible()
    assert not dialog.scaling.isVisible(), "a function takes the picture as it is"
    dialog.source.setText("beauty.ONNX")
    assert not dialog.warning.isVisible()
    assert dialog.scaling.isVisible()
    dialog.scaling.setCurrentIndex(2)
    dialog.output.setValue(1)
    dialog.samples.setValue(100)
    dialog.fit.click()
    desk.until(lambda: desk.window.edits.discovery.cards)
    (job,) = (job for job in desk.engine.jobs if isinstance(job, FitScorer))
    assert (job.source, job.name, job.scaling) == ("beauty.ONNX", "", "symmetric")
    assert (job.output, job.samples) == (1, 100)


def test_fitting_goes_on_behind_and_can_be_cancelled(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    desk.until(lambda: not desk.session.busy)
    info = desk.session.info
    assert info is not None
    panel = desk.window.edits.discovery
    job = FitBoundary(info.generator_sha256, tmp_path, tmp_path, "fringe")
    desk.engine.delayed.add(FitBoundary)
    desk.session.discoveries.fit(job)
    desk.until(lambda: desk.engine.begun(FitBoundary))
    desk.brush((120, 150), (190, 150))
    desk.slide("lip_redness", 0, 20, 60)
    desk.until(lambda: desk.labels)
    assert not panel.cards, "an edit goes first"
    desk.until(lambda: desk.window.status.cancel.isVisible())
    desk.window.status.cancel.click()
    desk.until(lambda: not desk.session.busy)
    desk.engine.delayed.clear()
    desk.until(lambda: len(desk.engine.released) == len(desk.engine.jobs))
    assert not panel.cards


def test_a_refusal_is_told(make: Callable[..., Desktop], photo: Path, tmp_path: Path) -> None:
    desk = make()
    desk.open(photo)
    info = desk.session.info
    assert info is not None
    gone = tmp_path / "gone"
    desk.session.discoveries.fit(FitBoundary(info.generator_sha256, gone, gone, "fringe"))
    desk.until(lambda: "no pictures in gone" in desk.window.banner.text.text())
