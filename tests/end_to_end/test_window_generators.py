"""Generators of the user's own in the window: added, chosen, and what they vary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from editor.document.project import open_project
from editor.engine.generator_jobs import GeneratorOffer
from editor.engine.jobs import FindDirections, ImportGenerator, InspectGenerator, OpenPhoto
from tests.models.importing import formats
from widgets import dialogs, generators
from widgets.generators import OfferDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.end_to_end.desktop import Desktop


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "afhqcat.pkl"
    path.write_bytes(formats.ada(formats.random_network(5, 8)))
    return path


def answering(answer: object) -> Callable[..., object]:
    """Stands in for a dialog."""

    def ask(*_: object) -> object:
        return answer

    return ask


def names(desk: Desktop) -> dict[str, bool]:
    """The generators in the menu, and whether each is checked."""
    return {
        action.text().split(",")[0]: action.isChecked()
        for action in desk.window.commands.generators.choose.actions()
    }


def add(desk: Desktop, path: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None) -> None:
    """File → Add generator…, with that answer to its questions."""
    desk.until(lambda: desk.session.info)
    monkeypatch.setattr(generators, "ask_generator", answering(path))
    monkeypatch.setattr(generators, "ask_to_add", answering(answer))
    desk.window.commands.add_generator.trigger()


def test_a_generator_is_added_after_its_licence_was_read(
    make: Callable[..., Desktop], checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    offers: list[GeneratorOffer] = []
    desk.session.generators.offered.connect(offers.append)
    add(desk, checkpoint, monkeypatch, None)
    desk.until(lambda: offers)
    desk.until(lambda: not desk.session.busy)
    assert names(desk) == {"fake": True}, "it was declined"
    assert not any(isinstance(job, ImportGenerator) for job in desk.engine.jobs)
    add(desk, checkpoint, monkeypatch, "cats")
    desk.until(lambda: "cats" in names(desk))
    assert names(desk) == {"fake": True, "cats": False}
    assert "Added the generator cats" in desk.window.banner.text.text()


def test_what_a_file_says_is_shown_as_plain_text(qtbot: QtBot, checkpoint: Path) -> None:
    offer = GeneratorOffer(
        checkpoint,
        "0" * 64,
        "fake",
        64,
        3_000_000,
        "Only <b>non-commercial</b>",
        "cats",
        ("Odd",),
    )
    dialog = OfferDialog(offer)
    qtbot.addWidget(dialog)
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert offer.licence in shown
    assert dialog.licence.textFormat() == generators.Qt.TextFormat.PlainText
    assert "64 × 64 pixels, 3.0 million" in dialog.facts.text()
    assert {"Odd", "cats", "afhqcat.pkl"} <= set(shown)


def test_a_hostile_file_gives_a_clear_message(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    path = tmp_path / "evil.pkl"
    path.write_bytes(b"cos\nsystem\n(S'touch executed'\ntR.")
    add(desk, path, monkeypatch, "evil")
    desk.until(lambda: "evil.pkl" in desk.window.banner.text.text())
    assert desk.window.banner.isVisible()
    assert "Traceback" not in desk.window.banner.text.text()
    assert names(desk) == {"fake": True}


def test_reading_a_generator_can_be_cancelled(
    make: Callable[..., Desktop], checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.engine.delayed.add(InspectGenerator)
    add(desk, checkpoint, monkeypatch, "cats")
    desk.until(lambda: desk.window.status.cancel.isVisible())
    desk.window.status.cancel.click()
    desk.until(lambda: not desk.session.busy)
    desk.engine.delayed.clear()
    desk.until(lambda: len(desk.engine.released) == len(desk.engine.jobs))
    assert not desk.engine.begun(ImportGenerator)
    assert names(desk) == {"fake": True}


def test_another_generator_opens_the_photo_anew_and_loses_nothing(
    make: Callable[..., Desktop],
    photo: Path,
    checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = make()
    desk.open(photo)
    add(desk, checkpoint, monkeypatch, "cats")
    desk.until(lambda: "cats" in names(desk))
    desk.brush((120, 150), (190, 150))
    desk.slide("lip_redness", 0, 20, 60)
    desk.until(lambda: desk.labels)
    desk.until(lambda: not desk.session.busy)

    labels = desk.labels
    asked: list[str] = []

    def answer(word: str) -> None:
        def ask(_: object, name: str) -> str:
            asked.append(name)
            return word

        monkeypatch.setattr(dialogs, "ask_unsaved", ask)

    def choose(name: str) -> None:
        actions = desk.window.commands.generators.choose.actions()
        next(a for a in actions if a.text().startswith(name)).trigger()

    answer("cancel")
    choose("cats")
    assert asked == ["portrait.png"]
    assert desk.labels, "nothing happened"
    assert names(desk) == {"fake": True, "cats": False}
    project = tmp_path / "work.sip"
    monkeypatch.setattr(dialogs, "ask_project", answering(project))
    answer("save")
    choose("cats")
    desk.until(lambda: names(desk)["cats"] and desk.session.portrait)
    assert desk.session.info is not None
    assert desk.session.info.generator == "cats"
    assert desk.labels == [], "edits of another generator cannot be applied"
    assert "The project keeps them" in desk.window.banner.text.text()
    kept, _ = open_project(project)
    assert [edit.label for edit in kept.portraits[0].history.edits] == labels
    desk.window.open(photo)  # the next photo goes on with it
    desk.until(lambda: not desk.session.busy)
    last = [job for job in desk.engine.jobs if isinstance(job, OpenPhoto)][-1]
    assert last.generator == desk.session.info.generator_sha256


def test_directions_are_offered_and_go_with_their_generator(
    make: Callable[..., Desktop],
    photo: Path,
    checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = make()
    desk.open(photo)
    panel = desk.window.edits.discovery
    desk.window.commands.sefa.trigger()
    desk.until(lambda: panel.cards)
    assert "SeFa" in panel.note.text()
    assert "inside" not in next(iter(panel.cards.values())).facts.text()
    desk.brush((120, 150), (190, 150))
    assert "SeFa" in panel.note.text(), "they do not depend on the region"
    name, card = next(iter(panel.cards.items()))
    card.row.committed.emit(40)
    desk.until(lambda: desk.labels)
    assert desk.session.history is not None
    assert desk.session.history.edits[0].origin.goals == ((name, 40.0),)
    path = tmp_path / "smile.npy"
    np.save(path, np.ones((1, 32), np.float32))
    monkeypatch.setattr(generators, "ask_directions", answering(path))
    desk.window.commands.import_directions.trigger()
    desk.until(lambda: len(panel.cards) == 1)
    assert "smile.npy" in panel.note.text()
    desk.window.commands.published.trigger()
    desk.until(lambda: "FFHQ" in desk.window.banner.text.text())
    assert len(panel.cards) == 1, "a refusal leaves what is there"
    assert [job.source for job in desk.engine.jobs if isinstance(job, FindDirections)] == [
        "sefa", path, "published",
    ]  # fmt: skip
    add(desk, checkpoint, monkeypatch, "cats")
    desk.until(lambda: "cats" in names(desk))
    desk.session.files.set_saved()
    cats = next(one for one in desk.session.generators.known if one.name == "cats")
    desk.session.generators.use(cats.sha256)
    desk.until(lambda: names(desk)["cats"])
    desk.until(lambda: not panel.cards or "another generator" in panel.note.text())
