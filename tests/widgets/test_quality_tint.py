from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from editor.document.face import FaceCrop
from tests.fake_engine import landmarks_at
from widgets.pixels import pixels_of
from widgets.quality import QualityTint
from widgets.view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 64


def tinted(misfit: NDArray[np.float32], view: View, photo: tuple[int, int]) -> NDArray[np.uint8]:
    """What the tint makes of a grey canvas of 300 × 200 widget pixels, ratio 1."""
    crop = FaceCrop.from_landmarks(landmarks_at(150, 100, 80), SIDE)
    image = QImage(300, 200, QImage.Format.Format_RGB888)
    image.fill(0xFF808080)
    painter = QPainter(image)
    QualityTint(misfit, crop).draw(painter, view, photo, 1.0)
    painter.end()
    return pixels_of(image)


@pytest.mark.parametrize("view", [View(), View(1.5, 30, 20)])
def test_the_tint_lies_where_the_crop_lies(qtbot: object, view: View) -> None:
    misfit = np.zeros((SIDE, SIDE), np.float32)
    misfit[20:28, 40:48] = 1
    crop = FaceCrop.from_landmarks(landmarks_at(150, 100, 80), SIDE)
    x, y = crop.to_photo @ [43.5, 23.5, 1] + 0.5
    u, v = view.to_device(x, y)
    pixels = tinted(misfit, view, (300, 200)).astype(int)
    red = pixels[..., 0] - pixels[..., 1] > 40
    rows, columns = np.nonzero(red)
    assert columns.mean() + 0.5 == pytest.approx(u, abs=0.7)
    assert rows.mean() + 0.5 == pytest.approx(v, abs=0.7)
    side = 8 * crop.scale * view.zoom
    assert red.sum() == pytest.approx(side**2, rel=0.15)


def test_no_tint_beyond_the_photo(qtbot: object) -> None:
    pixels = tinted(np.ones((SIDE, SIDE), np.float32), View(1, -20, 0), (120, 90))
    changed = (pixels != 128).any(-1)
    assert changed[:90, 20:140].any()
    changed[:90, 20:140] = False
    assert not changed.any()
