"""What the tests of the whole window share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from tests.end_to_end.desktop import Desktop
from tests.end_to_end.real_engine import engine
from tests.faces_once import faces_once
from tests.fake_engine import FakeEngine
from widgets import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


__all__ = ["engine", "faces_once"]  # fixtures


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.full((240, 320, 3), 110, np.uint8)
    path = tmp_path / "portrait.png"
    Image.fromarray(pixels).save(path)
    return path


def unexpected(parent: object, name: str) -> str:
    """Answers no question."""
    del parent
    return pytest.fail(f"a question about {name}")


@pytest.fixture
def make(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Desktop]]:
    made: list[Desktop] = []
    monkeypatch.setattr(dialogs, "ask_unsaved", unexpected)

    def build(library: Path | None = None, **options: Any) -> Desktop:
        made.append(Desktop(qtbot, FakeEngine(**options), library))
        return made[-1]

    yield build
    for desktop in made:  # qtbot has closed the windows
        assert not desktop.thread.isRunning()
        assert desktop.engine.closed
