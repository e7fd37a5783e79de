"""The named attributes fitted to a generator of the user's own, in the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from editor.engine.generator_jobs import FitAttributes
from tests.end_to_end.desktop import answering
from tests.models.importing import formats
from widgets import generators
from widgets.fitting import AttributesDialog
from widgets.own_generators import OwnGeneratorsDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.end_to_end.desktop import Desktop


def add(desk: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> str:
    """File → Add generator…, of a file of that name; its SHA-256."""
    path = tmp_path / f"{name}.pkl"
    path.write_bytes(formats.ada(formats.random_network(len(name), 8)))
    desk.until(lambda: desk.session.info)
    monkeypatch.setattr(generators, "ask_generator", answering(path))
    monkeypatch.setattr(generators, "ask_to_add", answering(name))
    desk.window.commands.add_generator.trigger()
    desk.until(lambda: any(one.name == name for one in desk.session.generators.own))
    return next(one.sha256 for one in desk.session.generators.own if one.name == name)


def asked(desk: Desktop) -> AttributesDialog:
    found = [one for one in desk.window.findChildren(AttributesDialog) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def test_the_generator_in_use_gets_sliders_while_one_works(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make(pause=0.02)
    desk.open(photo)
    command, panel = desk.window.commands.fit_attributes, desk.window.edits.attributes
    assert not command.isEnabled(), "this one has its attributes"
    sha256 = add(desk, tmp_path, monkeypatch, "faces")
    desk.session.generators.use(sha256)
    desk.until(lambda: desk.session.generators.chosen == sha256 and desk.session.portrait)
    assert panel.rows == {}
    desk.until(command.isEnabled)
    notes = [label for label in panel.findChildren(QLabel) if "Fit the attributes" in label.text()]
    assert len(notes) == 1
    desk.until(command.isEnabled)
    command.trigger()
    dialog = asked(desk)
    dialog.samples.setValue(500)
    dialog.fit.click()
    desk.until(lambda: "Fitting the attributes" in desk.window.status.stage.text())
    desk.qtbot.keyClick(desk.window.canvas, Qt.Key.Key_Escape)
    desk.until(lambda: "smile" in panel.rows)
    (job,) = (job for job in desk.engine.jobs if isinstance(job, FitAttributes))
    assert (job.generator, job.samples) == (sha256, 500)
    assert desk.session.info is not None
    stale = replace(desk.session.info, attributes=())  # of a photo that was left before
    assert desk.session.studio.up_to_date(stale).attributes == desk.session.info.attributes
    assert "Fitted to faces" in desk.window.banner.text.text()
    assert "left out" in desk.window.banner.text.text()
    desk.window.commands.own_generators.trigger()
    (own,) = desk.window.findChildren(OwnGeneratorsDialog)
    assert "500 samples" in own.facts.text()
    assert "Left out: Gaze. Samples" in own.facts.text()
    own.close()
    desk.session.generators.use(desk.session.generators.known[0].sha256)
    desk.until(lambda: desk.session.generators.chosen != sha256)


def test_it_is_asked_for_beside_the_licence_stopped_and_gone_with_its_generator(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    sha256 = add(desk, tmp_path, monkeypatch, "faces")
    desk.window.commands.own_generators.trigger()
    (own,) = desk.window.findChildren(OwnGeneratorsDialog)
    desk.engine.delayed.add(FitAttributes)
    own.fit.click()
    asked(desk).fit.click()
    desk.until(lambda: desk.engine.begun(FitAttributes))
    desk.until(lambda: desk.window.status.cancel.isVisible())
    desk.window.status.cancel.click()
    desk.until(lambda: not desk.session.busy)
    assert not desk.session.generators.own[0].has_attributes
    desk.session.generators.fit_attributes(sha256)
    desk.session.generators.fit_attributes(sha256)
    desk.until(lambda: len(desk.engine.begun(FitAttributes)) >= 2)
    desk.session.generators.remove(sha256)
    desk.until(lambda: not desk.session.generators.own)
    desk.engine.delayed.clear()
    desk.until(lambda: not desk.session.busy)
    assert not desk.session.generators.own, "a fit that was under way does not bring it back"


def test_a_generator_without_faces_is_refused_in_words(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.session.generators.fit_attributes(add(desk, tmp_path, monkeypatch, "cats"))
    desk.until(lambda: "does not seem to draw faces" in desk.window.banner.text.text())
