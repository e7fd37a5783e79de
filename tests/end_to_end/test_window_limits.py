"""A slider that this face cannot carry says so beside its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from editor.document.limits import Limit, limits
from editor.session.desks import sliders
from tests.editor.session.test_limited_sliders import closed_lips
from widgets.limits import LimitsInSight

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.end_to_end.desktop import Desktop


def test_closed_lips_mark_the_slider_that_would_open_them(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make(faces=closed_lips)
    desk.open(photo)
    rows = desk.window.edits.attributes.rows
    desk.until(lambda: rows["mouth_open"].more.text() == "!")
    assert "stay closed" in rows["mouth_open"].more.toolTip()
    assert "stay closed" in rows["mouth_open"].slider.accessibleDescription()
    assert rows["smile"].more.text() == "i"


def test_no_slider_is_marked_where_the_lips_are_parted(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.open(photo)
    rows = desk.window.edits.attributes.rows
    (limits,) = desk.window.findChildren(LimitsInSight)
    desk.until(lambda: not limits._soon.isActive())  # pyright: ignore[reportPrivateUsage]
    assert {row.more.text() for row in rows.values()} == {"i"}


def test_what_holds_of_every_face_is_told_and_warns_of_nothing(
    make: Callable[..., Desktop], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teeth = limits(np.zeros((68, 2)) + np.arange(68)[:, None])["teeth_whiteness"]
    assert teeth.usual

    def of_teeth(*_: object) -> dict[str, Limit]:
        return {"smile": teeth}

    monkeypatch.setattr(sliders, "limits", of_teeth)
    desk = make()
    desk.open(photo)
    row = desk.window.edits.attributes.rows["smile"]
    desk.until(lambda: teeth.why in row.more.toolTip())
    assert row.more.text() == "i"
