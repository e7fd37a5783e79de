"""Light, warmth and redness of skin: each pixel by its own colour."""

from __future__ import annotations

import numpy as np
import pytest

from editor.engine.compositing.complexion import LIGHT, NAMES, REDNESS, WARMTH, Complexion

SKIN = np.array((0.78, 0.60, 0.52), np.float32)
DARK_SKIN = np.array((0.36, 0.24, 0.19), np.float32)
RED_SPOT = np.array((0.78, 0.50, 0.47), np.float32)
WHITE = np.array((0.97, 0.965, 0.96), np.float32)
NOSTRIL = np.array((0.05, 0.03, 0.03), np.float32)
LUMA = np.array((0.299, 0.587, 0.114), np.float32)


def changed(colour: np.ndarray, **amounts: float) -> np.ndarray:
    found = Complexion.of(amounts)
    assert found is not None
    return colour + found.added(colour[None, None])[0, 0]


def test_nothing_asked_for_is_nothing() -> None:
    assert Complexion.of({}) is None
    assert Complexion.of({"smooth_skin": 50.0, LIGHT: 0.0}) is None


@pytest.mark.parametrize("colour", [SKIN, DARK_SKIN], ids=["light", "dark"])
def test_light_changes_light_and_hardly_hue(colour: np.ndarray) -> None:
    lighter, darker = changed(colour, skin_light=60), changed(colour, skin_light=-60)
    assert lighter @ LUMA > 1.06 * (colour @ LUMA)
    assert darker @ LUMA < 0.94 * (colour @ LUMA)
    for other in (lighter, darker):
        assert other[0] > other[1] > other[2]
        assert 0.8 < (other[0] / other[1]) / (colour[0] / colour[1]) < 1.25


@pytest.mark.parametrize("name", [WARMTH, REDNESS])
@pytest.mark.parametrize("value", [-100, -60, 60, 100])
@pytest.mark.parametrize("colour", [SKIN, DARK_SKIN, RED_SPOT, WHITE])
def test_hue_leaves_light_and_never_turns_green_or_lilac(
    name: str, value: int, colour: np.ndarray
) -> None:
    other = changed(colour, **{name: value})
    assert abs(float(other @ LUMA - colour @ LUMA)) < 0.03
    assert other[0] >= other[1] - 0.002, "never green"
    assert other[2] <= other[1] + 0.018, "never lilac"


def test_signs_are_what_the_labels_say() -> None:
    assert changed(SKIN, skin_tint=60)[2] < SKIN[2] - 0.015, "warmer has less blue"
    assert changed(SKIN, skin_tint=-60)[2] > SKIN[2] + 0.01
    assert changed(SKIN, skin_red=60)[0] > SKIN[0] + 0.005
    assert changed(SKIN, skin_red=-60)[0] < SKIN[0] - 0.01


def test_what_is_reddest_loses_most_red() -> None:
    def redness(colour: np.ndarray) -> float:
        return float(np.log(colour[0] / colour[1]))

    lost = [redness(c) - redness(changed(c, skin_red=-60)) for c in (WHITE, SKIN, RED_SPOT)]
    assert lost[0] < lost[1] < lost[2]


def test_white_does_not_burn_out_and_nostrils_stay_dark() -> None:
    assert float(changed(WHITE, skin_light=100).max()) <= 1
    assert float(np.abs(changed(WHITE, skin_light=100) - WHITE).max()) < 0.03
    assert float(np.abs(changed(NOSTRIL, skin_light=100) - NOSTRIL).max()) < 0.03


def test_all_three_go_together() -> None:
    both = changed(SKIN, skin_light=50, skin_tint=40, skin_red=-40)
    assert both @ LUMA > SKIN @ LUMA
    assert set(NAMES) == {LIGHT, WARMTH, REDNESS}
