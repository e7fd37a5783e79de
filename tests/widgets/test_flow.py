"""Rows that wrap, panels that become narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from widgets.flow import Columns, Flow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def row_of(layout: Flow, qtbot: QtBot, *widths: int) -> tuple[QWidget, list[QPushButton]]:
    panel = QWidget()
    qtbot.addWidget(panel)
    panel.setLayout(layout)
    buttons = [QPushButton() for _ in widths]
    for button, width in zip(buttons, widths, strict=True):
        button.setFixedSize(width, 20)
    layout.add(*buttons)
    panel.show()
    return panel, buttons


def test_what_has_no_room_beside_the_others_goes_into_the_next_row(qtbot: QtBot) -> None:
    flow = Flow(across=2, down=5)
    panel, buttons = row_of(flow, qtbot, 60, 60, 90)
    assert flow.sizeHint().width() == 214
    assert flow.minimumSize().width() == 90
    for width, rows in ((214, 1), (213, 2), (122, 2), (121, 3)):
        assert flow.heightForWidth(width) == 20 * rows + 5 * (rows - 1)
    panel.resize(130, 200)
    flow.activate()
    assert [(button.x(), button.y()) for button in buttons] == [(0, 0), (62, 0), (0, 25)]


@pytest.mark.parametrize(("width", "columns"), [(329, 4), (328, 3), (246, 3), (245, 2), (60, 1)])
def test_as_many_columns_as_fit_and_the_last_one_takes_the_rest(
    qtbot: QtBot, width: int, columns: int
) -> None:
    grid = Columns(4, 3)
    panel, buttons = row_of(grid, qtbot, 80, 70, 60, 80, 50, 80)
    assert grid.columns(width) == columns
    for button in buttons:
        button.setMinimumWidth(0)
        button.setMaximumWidth(1000)
    panel.resize(332, 100)
    grid.activate()
    assert buttons[5].geometry().right() == 331
    assert buttons[4].y() == buttons[5].y() > buttons[3].y()
