"""The user's own generators in the window: their licences, renamed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.engine.generator_jobs import RemoveGenerator
from tests.end_to_end.desktop import answering
from tests.models.importing import formats
from widgets import generators, own_generators
from widgets.own_generators import OwnGeneratorsDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.end_to_end.desktop import Desktop


def with_cats(desk: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """File → Add generator…, as "cats"; its SHA-256."""
    path = tmp_path / "afhqcat.pkl"
    path.write_bytes(formats.ada(formats.random_network(5, 8)))
    desk.until(lambda: desk.session.info)
    monkeypatch.setattr(generators, "ask_generator", answering(path))
    monkeypatch.setattr(generators, "ask_to_add", answering("cats"))
    desk.window.commands.add_generator.trigger()
    desk.until(lambda: desk.session.generators.own)
    return desk.session.generators.own[0].sha256


def shown(desk: Desktop) -> OwnGeneratorsDialog:
    desk.window.commands.own_generators.trigger()
    (dialog,) = desk.window.findChildren(OwnGeneratorsDialog)
    return dialog


def test_they_are_listed_with_their_licence_and_renamed(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    sha256 = with_cats(desk, tmp_path, monkeypatch)
    dialog = shown(desk)
    assert [dialog.list.item(k).text() for k in range(dialog.list.count())] == ["cats, 64 px"]
    assert "afhqcat.pkl" in dialog.facts.text()
    assert "non-commercial" in dialog.facts.text()
    monkeypatch.setattr(own_generators, "ask_name", answering("lions"))
    dialog.rename.click()
    desk.until(lambda: dialog.list.item(0).text() == "lions, 64 px")
    assert dialog.chosen is not None
    assert dialog.chosen.sha256 == sha256, "it stays marked"
    assert "called lions now" in desk.window.banner.text.text()
    choices = desk.window.commands.generators.choose
    desk.until(lambda: any(a.text() == "lions, 64 px" for a in choices.actions()))
    monkeypatch.setattr(own_generators, "ask_name", answering("fake"))
    dialog.rename.click()
    desk.until(lambda: "already" in desk.window.banner.text.text())
    assert dialog.list.item(0).text() == "lions, 64 px"


def test_one_is_removed_after_a_question(
    make: Callable[..., Desktop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    sha256 = with_cats(desk, tmp_path, monkeypatch)
    desk.session.generators.use(sha256)
    dialog = shown(desk)
    monkeypatch.setattr(own_generators, "ask_remove", answering(False))
    dialog.remove.click()
    assert not any(isinstance(job, RemoveGenerator) for job in desk.engine.jobs)
    monkeypatch.setattr(own_generators, "ask_remove", answering(True))
    dialog.remove.click()
    desk.until(lambda: dialog.list.count() == 0)
    assert not dialog.remove.isEnabled()
    assert "added none" in dialog.facts.text()
    assert "afhqcat.pkl is added" in desk.window.banner.text.text()
    assert desk.session.generators.chosen == desk.session.generators.known[0].sha256


def test_the_one_that_the_photo_works_with_stays(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    sha256 = with_cats(desk, tmp_path, monkeypatch)
    desk.session.generators.use(sha256)
    desk.open(photo)
    dialog = shown(desk)
    assert not dialog.remove.isEnabled()
    assert "works with it" in dialog.why.text()
    assert dialog.rename.isEnabled()
    desk.session.generators.remove(sha256)
    desk.until(lambda: "works with it" in desk.window.banner.text.text())
    assert desk.session.generators.own
