"""What the tests of the widgets share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.photo import Photo, make_pyramid
from tests.widgets.hands import HEIGHT, WIDTH
from widgets.brush import Brush
from widgets.canvas import PhotoCanvas

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def canvas(qtbot: QtBot) -> PhotoCanvas:
    """A canvas of 500 × 400 with a grey photo of 400 × 300 and a gradient at its left edge."""
    widget = PhotoCanvas()
    qtbot.addWidget(widget)
    widget.resize(500, 400)
    pixels = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    pixels[:, :10] = (0, 0, 255)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.show_photo(make_pyramid(Photo(pixels)))
    widget.set_brush(Brush(radius=15, hardness=0.8))
    return widget
