"""Fixtures of the tests that need a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from editor.session.desks.regions import AT_ONCE
from tests.editor.session_desk import Desk
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


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
