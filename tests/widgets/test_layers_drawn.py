"""What the canvas draws of photo, edits and preview: nothing twice, and every pixel as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.photo import Photo, make_pyramid
from editor.engine.jobs import Patch
from widgets.overlay import RegionOverlay
from widgets.picture import Picture
from widgets.pixels import pixels_of
from widgets.view import Layer, View, around, common
from widgets.viewport import Viewport

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from widgets.view import Box

WIDTH, HEIGHT = 90, 70


def noise(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(
    "hole", [(20, 10, 40, 30), (-5, -5, 15, 15), (0, 0, 90, 70), (30, -9, 50, 99), (95, 0, 99, 9)]
)
def test_what_is_around_a_hole_and_the_hole_are_the_box_and_share_nothing(hole: Box) -> None:
    drawn = np.zeros((HEIGHT, WIDTH), int)
    for left, top, right, bottom in around((0, 0, WIDTH, HEIGHT), hole):
        drawn[top:bottom, left:right] += 1
    left, top, right, bottom = common((0, 0, WIDTH, HEIGHT), hole)
    drawn[top : max(top, bottom), left : max(left, right)] += 1
    assert (drawn == 1).all()


@pytest.mark.parametrize("preview", [(10, 5, 60, 50), (30, 20, 50, 45), (2, 2, 9, 9)])
def test_edits_hide_what_is_beneath_them_and_nothing_else(
    preview: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, edited, shown = noise(HEIGHT, WIDTH, 0), noise(45, 50, 1), noise(70, 90, 2)
    left, top, right, bottom = preview
    shown = shown[top:bottom, left:right]
    expected = photo.copy()
    expected[5:50, 10:60] = edited
    expected[top:bottom, left:right] = shown

    asked = np.zeros((HEIGHT, WIDTH), int)
    draw = Layer.draw

    def counted(layer: Layer, target: NDArray[np.uint8], view: View, box: Box) -> None:
        u0, v0, u1, v1 = box
        asked[v0 : max(v0, v1), u0 : max(u0, u1)] += 1
        draw(layer, target, view, box)

    monkeypatch.setattr(Layer, "draw", counted)
    picture, port = Picture(), Viewport()
    port.photo = picture.show_photo(make_pyramid(Photo(photo)))
    port.resize(WIDTH, HEIGHT, 1.0)
    port.view = View()
    picture.show_composite(Patch(10, 5, 50, 45, edited))
    picture.show_preview(Patch(left, top, right - left, bottom - top, shown))
    assert np.array_equal(pixels_of(picture.draw(port)), expected)
    assert (asked == 1).all()


@pytest.mark.parametrize("erases", [False, True])
def test_a_stroke_that_has_touched_nothing_yet_changes_nothing(erases: bool) -> None:
    """Killed windows found it: an eraser was pressed off the photo, the quality was looked at."""
    overlay = RegionOverlay()
    overlay.begin(None, View(), WIDTH, HEIGHT)
    overlay.begin_stroke(None, erases=erases)
    assert not overlay.alpha.any()
    overlay.settle_stroke()
    assert overlay.alpha.shape == (HEIGHT, WIDTH)
