"""Soft proof on the canvas: with edits, other photos, damaged profiles, and from run to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QSettings

from editor.document.colour import soft_proof
from editor.document.photo import open_photo
from editor.document.photo_export import ExportOptions
from editor.document.proof import Proof, ProofSettings
from tests.editor.document.test_proof import press
from tests.end_to_end.desktop import answering
from widgets import dialogs, settings
from widgets.pixels import pixels_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop

VIVID = (20, 200, 230)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "press.icc"
    path.write_bytes(press())
    return path


@pytest.fixture
def vivid(tmp_path: Path) -> Path:
    path = tmp_path / "vivid.png"
    Image.fromarray(np.full((240, 320, 3), VIVID, np.uint8)).save(path)
    return path


def proofed(*colours: tuple[int, ...], paper: bool = False) -> list[tuple[int, ...]]:
    """Colours as the press would print them."""
    row = np.array([colours], np.uint8)
    return [tuple(one) for one in soft_proof(row, None, press(), paper=paper)[0].tolist()]


def on_screen(desk: Desktop, x: float, y: float) -> tuple[int, ...]:
    """What the canvas draws at a photo point."""
    canvas = desk.window.canvas
    shown = pixels_of(canvas.grab().toImage())
    at = canvas.widget_point(x, y) * canvas.devicePixelRatio()
    return tuple(shown[int(at.y()), int(at.x())].tolist())


def test_the_photo_is_shown_through_the_profile_and_as_it_is_again(
    make: Callable[..., Desktop], vivid: Path, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.open(vivid)
    window = desk.window
    monkeypatch.setattr(dialogs, "ask_profile", answering(profile))
    window.commands.proof.trigger()
    desk.until(lambda: window.status.proof.text() == "Proof: press, relative")
    assert on_screen(desk, 20, 20) == proofed(VIVID)[0] != VIVID
    # what is picked with the pipette stays the photo's own colour
    assert window.canvas.colour_at(QPointF(window.canvas.widget_point(20, 20))) == VIVID
    window.proof.paper.trigger()
    desk.until(lambda: on_screen(desk, 20, 20) == proofed(VIVID, paper=True)[0])
    assert window.status.proof.text() == "Proof: press, relative, paper white"
    window.commands.proof.trigger()
    assert on_screen(desk, 20, 20) == VIVID
    assert window.status.proof.isHidden()


def test_edits_are_proofed_and_exports_are_not(
    make: Callable[..., Desktop], vivid: Path, profile: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(vivid)
    window = desk.window
    window.proof.use(ProofSettings(profile))  # at once: what follows crosses its work
    desk.brush((100, 120), (220, 120))
    desk.slide("lip_redness", 0, 20, 60)
    desk.until(lambda: desk.labels and not window.canvas.overlay_visible)
    at = window.canvas.widget_point(190, 120)
    desk.until(lambda: window.canvas.colour_at(at) != VIVID)
    edited = window.canvas.colour_at(at)
    desk.until(lambda: on_screen(desk, 190, 120) == proofed(edited)[0])
    out = tmp_path / "out.png"
    written: list[object] = []
    desk.session.exported.connect(written.append)
    desk.session.files.export(out, ExportOptions())
    desk.until(lambda: written)
    exported = open_photo(out).pixels
    assert tuple(exported[20, 20].tolist()) == VIVID
    desk.session.steps.undo()
    desk.until(lambda: on_screen(desk, 190, 120) == proofed(VIVID)[0])


def test_another_photo_is_proofed_too_and_never_shown_with_the_one_before(
    make: Callable[..., Desktop], vivid: Path, photo: Path, profile: Path
) -> None:
    desk = make()
    desk.open(vivid)
    desk.window.proof.use(ProofSettings(profile))
    desk.window.open(photo)  # while the first is being converted
    grey = (110, 110, 110)
    desk.until(lambda: on_screen(desk, 20, 20) == proofed(grey)[0])
    assert desk.window.canvas.colour_at(desk.window.canvas.widget_point(20, 20)) == grey


@pytest.mark.parametrize("kind", ["gone", "no profile", "one way"])
def test_a_profile_that_cannot_be_used_is_told_and_the_photo_stays(
    kind: str, make: Callable[..., Desktop], vivid: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bad.icc"
    if kind == "no profile":
        path.write_bytes(b"nothing" * 100)
    elif kind == "one way":
        path.write_bytes(press().replace(b"B2A0", b"zzzz"))
    desk = make()
    desk.open(vivid)
    desk.window.proof.use(ProofSettings(path))
    desk.until(lambda: not desk.window.proof.is_on)
    assert (
        "profile" in desk.window.banner.text.text() or "bad.icc" in desk.window.banner.text.text()
    )
    assert not desk.window.commands.proof.isChecked()
    assert desk.window.status.proof.isHidden()
    assert on_screen(desk, 20, 20) == VIVID


def test_no_profile_chosen_leaves_it_off(
    make: Callable[..., Desktop], vivid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    desk.open(vivid)
    monkeypatch.setattr(dialogs, "ask_profile", answering(None))
    desk.window.commands.proof.trigger()
    assert not desk.window.commands.proof.isChecked()
    assert not desk.window.proof.is_on


def test_the_next_run_begins_as_the_last_one_ended(
    make: Callable[..., Desktop],
    vivid: Path,
    profile: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    monkeypatch.setattr(settings, "stored", lambda: stored)
    first = make()
    first.window.proof.use(ProofSettings(profile, "perceptual", paper=True))
    stored.sync()
    second = make()
    window = second.window
    assert window.commands.proof.isChecked()
    assert window.proof.intents["perceptual"].isChecked()
    assert window.proof.paper.isChecked()
    assert window.status.proof.text() == "Proof: press, perceptual, paper white"
    second.open(vivid)
    there = Proof.of(ProofSettings(profile, "perceptual", paper=True))
    expected = there.shown(np.array([[VIVID]], np.uint8))[0, 0].tolist()
    second.until(lambda: on_screen(second, 20, 20) == tuple(expected))
