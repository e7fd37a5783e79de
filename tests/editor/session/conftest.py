"""Fixtures of the tests that need a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from editor.session.desks.regions import AT_ONCE
from tests.editor.session_desk import Desk
from tests.fake_engine import FakeEngine, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    Make = Callable[..., Desk]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    rows, columns = np.mgrid[0:240, 0:320]
    pixels = np.stack([columns % 256, rows, (rows + columns) % 256], -1).astype(np.uint8)
    path = tmp_path / "portrait.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def make_desk(qtbot: QtBot) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(library: Path | None = None, at_once: int = AT_ONCE, **options: Any) -> Desk:
        desks.append(Desk(qtbot, FakeEngine(**options), library, at_once))
        return desks[-1]

    yield make
    for desk in desks:
        desk.engine.gate.set()
        assert desk.session.close()
        assert {id(job) for job in desk.engine.released} == {id(job) for job in desk.engine.jobs}


@pytest.fixture
def desk(make_desk: Callable[..., Desk], photo: Path) -> Desk:
    """A session with the photo open and its face analysed."""
    made = make_desk()
    made.open(photo)
    made.idle()
    return made


@pytest.fixture
def two(make_desk: Make, photo: Path) -> Desk:
    """Two analysed faces; the first is active."""
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    desk.session.faces_desk.choose_face(1)
    desk.until(lambda: desk.session.portrait)
    desk.session.faces_desk.choose_face(0)
    desk.idle()
    return desk


@pytest.fixture
def slow(make_desk: Make, photo: Path) -> Desk:
    """Every stroke goes to the background."""
    desk = make_desk(at_once=-1)
    desk.open(photo)
    desk.idle()
    return desk


@pytest.fixture
def drafted(make_desk: Make, photo: Path) -> Desk:
    """A session with a draft, its refinement paused."""
    desk = make_desk(drafts=True)
    desk.session.faces_desk.pause_refining(True)
    desk.open(photo)
    desk.until(lambda: not desk.session.busy)
    return desk


@pytest.fixture
def two_on_a_draft(drafted: Desk) -> Desk:
    """A session with two edits that were made on a draft, its refinement paused."""
    made = drafted
    made.session.regions.apply_preset("mouth")
    made.commit("smile", 40)
    made.commit("lip_redness", 60)
    made.until(lambda: not (made.session.busy or made.thread.owed))
    return made
