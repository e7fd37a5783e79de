"""What the theme does to single controls, pixel by pixel."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QCheckBox, QListView, QListWidget, QToolButton

from widgets.keymap import Keymap
from widgets.manual import Manual
from widgets.pixels import rgb_image
from widgets.settings import Settings
from widgets.theme import THEMES, Dresser, apply_theme, colour, styled
from widgets.thumbnails import untinted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QColor, QImage
    from pytestqt.qtbot import QtBot


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[QApplication]:
    palette, sheet, style = qapp.palette(), qapp.styleSheet(), qapp.style().objectName()
    yield qapp
    for dresser in qapp.findChildren(Dresser):
        shiboken6.delete(dresser)
    apply_theme(qapp)
    qapp.setStyle(style)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


def furthest(image: QImage, ground: QColor, width: int) -> int:
    """How far the lightness of the first columns goes from the ground's, 0…255."""
    return max(
        abs(image.pixelColor(x, y).lightness() - ground.lightness())
        for x in range(width)
        for y in range(image.height())
    )


@pytest.mark.parametrize("theme", THEMES)
def test_an_empty_box_is_seen(qtbot: QtBot, themed: QApplication, theme: str) -> None:
    Dresser(themed, theme)
    boxes = [QCheckBox("on"), QCheckBox("off")]
    boxes[0].setChecked(True)
    for box in boxes:
        qtbot.addWidget(box)
        box.show()
    ticked, empty = (box.grab().toImage() for box in boxes)
    assert furthest(empty, colour("window"), 14) >= 60
    assert empty.height() == ticked.height(), "nothing moves when it is ticked"


def test_a_switch_that_waits_looks_like_it(qtbot: QtBot, themed: QApplication) -> None:
    Dresser(themed, "dark")
    switches = [styled(QToolButton(), "toggle") for _ in range(2)]
    for switch in switches:
        switch.setText("Mark")
        qtbot.addWidget(switch)
        switch.show()
    switches[1].setEnabled(False)
    ready, waits = (switch.grab().toImage() for switch in switches)
    brightest = [
        max(
            one.pixelColor(x, y).lightness()
            for x in range(one.width())
            for y in range(one.height())
        )
        for one in (ready, waits)
    ]
    assert brightest[1] < brightest[0] - 60


def test_pages_of_the_manual_lie_beneath_each_other(qtbot: QtBot, themed: QApplication) -> None:
    Dresser(themed, "dark")
    manual = Manual(Keymap(Settings(None)))
    qtbot.addWidget(manual)
    with qtbot.waitExposed(manual):
        manual.show()
    rows = [manual.pages.visualItemRect(manual.pages.item(n)) for n in range(3)]
    padding = 2 * 5
    for above, below in pairwise(rows):
        assert above.height() >= manual.pages.fontMetrics().height() + padding
        assert above.bottom() < below.top()


def test_a_picture_in_a_chosen_row_keeps_its_colours(qtbot: QtBot, themed: QApplication) -> None:
    Dresser(themed, "dark")
    panel = QListWidget()
    panel.setViewMode(QListView.ViewMode.ListMode)
    qtbot.addWidget(panel)
    panel.setIconSize(QSize(34, 34))
    skin = np.full((68, 68, 3), (200, 140, 110), np.uint8)
    panel.addItem("Skin smoothness +40")
    panel.item(0).setIcon(untinted(rgb_image(skin)))
    panel.setCurrentRow(0)
    with qtbot.waitExposed(panel):
        panel.show()
    row = panel.visualItemRect(panel.item(0))
    at = panel.viewport().grab().toImage().pixelColor(row.left() + 20, row.center().y())
    assert (at.red(), at.green(), at.blue()) == pytest.approx((200, 140, 110), abs=2)
