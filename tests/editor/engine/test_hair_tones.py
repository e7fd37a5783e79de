"""Hair's colour changes by a curve of tones, without what the renders' own hair does in places."""

from __future__ import annotations

import numpy as np
import pytest

from editor.engine.compositing.placement import toned as toned_by

SIDE = 128
STEP = np.array([0.12, 0.11, 0.08], np.float32)


def toned(
    before: np.ndarray, change: np.ndarray, covered: np.ndarray, seen: float = 1.0
) -> np.ndarray:
    """Where nothing is new, of a photograph that is so light there."""
    flat = np.full((SIDE, SIDE, 3), seen, np.float32)
    return toned_by(before, change, covered, np.zeros((SIDE, SIDE), np.float32), flat)


def hair(lightness: float = 0.2) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), lightness, np.float32)


def everywhere() -> np.ndarray:
    return np.ones((SIDE, SIDE), np.float32)


def test_a_rim_changes_as_what_lies_further_in() -> None:
    covered = np.zeros((SIDE, SIDE), np.float32)
    covered[20:, 20:100] = 1
    change = np.full((SIDE, SIDE, 3), -0.2, np.float32)
    change[:, 96:104] = 0.3  # background that came where hair had been
    found = toned(hair(0.4), change, covered)
    assert np.abs(found[40:100, 96:100] + 0.2).max() < 0.03
    np.testing.assert_allclose(found[30:50, 40:80], -0.2, atol=0.01)


def test_a_patch_of_another_tint_is_not_the_photos() -> None:
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    change[50:66, 50:66] = [0.05, -0.1, 0.3]
    found = toned(hair(), change, everywhere())
    assert np.abs(found - STEP).max() < 0.04
    assert np.abs(change - STEP).max() > 0.15, "else this test shows nothing"


def test_dark_and_light_strands_change_as_the_renders_have_it() -> None:
    before = hair()
    before[:, 64:] = 0.6
    change = np.where(before > 0.4, np.float32(0.02), np.float32(0.1))
    found = toned(before, change, everywhere())
    assert found[64, 20].mean() == pytest.approx(0.1, abs=0.02)
    assert found[64, 108].mean() == pytest.approx(0.02, abs=0.02)


def test_skin_that_was_brushed_along_stays_as_the_renders_leave_it() -> None:
    """As light as the hair is: only the place tells them apart."""
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    change[:, 64:] = 0
    found = toned(hair(), change, everywhere())
    assert np.abs(found[:, 100:]).max() < 0.01
    assert found[64, 20] == pytest.approx(STEP, abs=0.02)


def test_a_lock_narrower_than_any_rim_changes_too() -> None:
    covered = np.zeros((SIDE, SIDE), np.float32)
    covered[60:64] = 1
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    np.testing.assert_allclose(toned(hair(), change, covered)[61, 64], STEP, atol=0.01)


def test_no_change_is_none() -> None:
    assert not toned(hair(), np.zeros((SIDE, SIDE, 3), np.float32), everywhere()).any()
    nowhere = np.zeros((SIDE, SIDE), np.float32)
    assert np.isfinite(toned(hair(), hair(), nowhere)).all()


def test_hair_in_deep_shade_does_not_turn_to_haze() -> None:
    """Light multiplies what is there: where the photo is darker than the render, there is less."""
    change = np.broadcast_to(STEP, (SIDE, SIDE, 3)).copy()
    dark = toned(hair(), change, everywhere(), seen=0.03)
    assert dark.max() < 0.05
    np.testing.assert_allclose(dark[64, 64] / dark[64, 64].max(), STEP / STEP.max(), atol=0.01)
    darker = toned(hair(), -change, everywhere(), seen=0.03)
    np.testing.assert_allclose(darker[64, 64], -STEP, atol=0.01)
