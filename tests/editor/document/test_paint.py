from __future__ import annotations

import numpy as np
import pytest

from editor.document.paint import PaintLayer
from editor.document.stroke import BrushStroke

RED, BLUE = (200, 10, 20), (0, 40, 240)


def stroke(
    x: float, y: float, *, radius: float = 8, hardness: float = 1.0, erase: bool = False
) -> BrushStroke:
    return BrushStroke(np.array([[x, y], [x + 20, y]], np.float32), radius, hardness, erase)


def full(layer: PaintLayer) -> np.ndarray:
    out = np.zeros((layer.height, layer.width, 4), np.uint8)
    rows, columns = layer.pixels.shape[:2]
    out[layer.y : layer.y + rows, layer.x : layer.x + columns] = layer.pixels
    return out


def test_nothing_is_painted_at_first() -> None:
    empty = PaintLayer.empty(100, 60)
    assert empty.is_empty
    assert empty.area.is_empty
    assert empty.stamped(stroke(50, 30, erase=True), RED).is_empty
    assert empty.stamped(stroke(-500, 30), RED).is_empty


def test_a_stroke_is_kept_for_its_box_with_its_colour_and_opacity() -> None:
    layer = PaintLayer.empty(100, 60).stamped(stroke(30, 30, hardness=0.3), RED)
    opacity = np.zeros((60, 100), np.uint8)
    (x, y, w, h), stamp = stroke(30, 30, hardness=0.3).coverage(100, 60)
    opacity[y : y + h, x : x + w] = stamp
    assert layer.pixels.shape[0] < 60
    assert layer.pixels.shape[1] < 100
    assert not layer.pixels.flags.writeable
    assert np.array_equal(full(layer)[..., 3], opacity)
    assert np.array_equal(full(layer)[opacity > 0][:, :3], [RED] * int((opacity > 0).sum()))
    assert np.array_equal(layer.area.full(), opacity)


def test_a_second_stroke_goes_over_the_first() -> None:
    soft = stroke(40, 30, radius=12, hardness=0.0)
    once = PaintLayer.empty(100, 60).stamped(soft, RED)
    twice = once.stamped(stroke(10, 30), BLUE)
    pixels = full(twice)
    assert tuple(pixels[30, 25]) == (*BLUE, 255)
    assert tuple(pixels[30, 45, :3]) == RED
    assert np.array_equal(full(once)[:, 60:], pixels[:, 60:])
    assert twice.digest != once.digest


def test_over_is_porter_duff_on_straight_alpha() -> None:
    base = PaintLayer.empty(100, 60).stamped(stroke(30, 30, hardness=0.0), RED)
    both = full(base.stamped(stroke(34, 32, hardness=0.0), BLUE)).astype(float)
    under = full(base).astype(float)
    over = full(PaintLayer.empty(100, 60).stamped(stroke(34, 32, hardness=0.0), BLUE)).astype(float)
    a, b = over[..., 3:] / 255, under[..., 3:] / 255
    alpha = a + b * (1 - a)
    premultiplied = a * over[..., :3] + b * (1 - a) * under[..., :3]
    # compared premultiplied, where rounding of a faint pixel's colour does not count
    assert np.abs(both[..., 3:] - alpha * 255).max() <= 0.51
    assert np.abs(both[..., :3] * alpha - premultiplied).max() <= 0.51


def test_the_eraser_takes_alpha_away_and_the_box_shrinks() -> None:
    layer = PaintLayer.empty(200, 60).stamped(stroke(20, 30), RED).stamped(stroke(120, 30), BLUE)
    left = layer.stamped(stroke(120, 30, radius=14, erase=True), RED)
    assert left.x + left.pixels.shape[1] < 60
    assert tuple(full(left)[30, 30]) == (*RED, 255)
    soft = layer.stamped(stroke(20, 30, hardness=0.0, erase=True), RED)
    assert np.array_equal(full(soft)[..., :3][full(soft)[..., 3] > 0][0], RED)
    assert full(soft)[..., 3].sum(dtype=int) < full(layer)[..., 3].sum(dtype=int)
    gone = left.stamped(stroke(20, 30, radius=20, erase=True), RED)
    assert gone.is_empty
    assert gone.pixels.size == 0


@pytest.mark.parametrize("x", [-12.0, 95.0])
def test_strokes_over_the_edge_stay_inside_the_photo(x: float) -> None:
    layer = PaintLayer.empty(100, 60).stamped(stroke(x, 2), RED)
    assert layer.x >= 0
    assert layer.y >= 0
    assert layer.x + layer.pixels.shape[1] <= 100
    assert not layer.is_empty


def test_a_half_opaque_stroke_mixes_with_what_is_there() -> None:
    base = PaintLayer.empty(100, 60).stamped(stroke(30, 30), RED)
    line = np.array([[30, 30], [50, 30]], np.float32)
    both = full(base.stamped(BrushStroke(line, 8, 1.0, opacity=0.5), BLUE))
    assert np.abs(both[30, 40, :3].astype(int) - (np.array(RED) + BLUE) / 2).max() <= 1
    assert both[30, 40, 3] == 255
