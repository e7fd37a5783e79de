"""What changes beside hair because its outline is another one in every render stays away."""

from __future__ import annotations

import numpy as np

from editor.engine.compositing.placement import from_within

SIDE = 128


def test_a_rim_changes_as_what_lies_further_in() -> None:
    covered = np.zeros((SIDE, SIDE), np.float32)
    covered[20:, 20:100] = 1
    change = np.full((SIDE, SIDE, 3), -0.2, np.float32)
    change[:, 96:104] = 0.3  # background that came where hair had been
    change[60:70, 55:65] = -0.4  # what is well inside is the edit
    steadied = from_within(change, covered)
    assert np.abs(steadied[40:100, 96:100] + 0.2).max() < 0.06
    np.testing.assert_allclose(steadied[62:68, 57:63], -0.4, atol=1e-6)
    np.testing.assert_allclose(steadied[30:50, 40:80], -0.2, atol=1e-5)


def test_what_is_narrow_everywhere_changes_as_it_did() -> None:
    covered = np.zeros((SIDE, SIDE), np.float32)
    covered[60:64] = 1
    change = np.random.default_rng(0).normal(0, 0.1, (SIDE, SIDE, 3)).astype(np.float32)
    np.testing.assert_allclose(from_within(change, covered), change, atol=1e-6)
