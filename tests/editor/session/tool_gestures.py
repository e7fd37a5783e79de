"""Gestures of tools that make edits where they are used, for the machine that drives a session."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis.stateful import rule

from editor.document.goals import Dials
from editor.document.stroke import BrushStroke
from tests.editor.session.region_gestures import RegionGestures


class ToolGestures(RegionGestures):
    """Spots that are healed, and points that are pulled.

    Attributes:
        seeds: of the dials with which each slider, or likeness, was asked for.
    """

    seeds: dict[str, set[int]]

    def _only_gained(self) -> None:
        """No edit is gone that its own slider did not amend."""
        raise NotImplementedError

    def _expect(self, name: str) -> None:
        """An edit of that slider was asked for."""
        raise NotImplementedError

    @rule(x=st.integers(10, 80), y=st.integers(10, 50), radius=st.integers(2, 9))
    def heal(self, x: int, y: int, radius: int) -> None:
        self.seeds.setdefault("heal_spot", set()).add(Dials().seed)
        self._expect("heal_spot")
        self.session.spots.heal(BrushStroke(np.array([[x, y]], np.float32), radius))

    @rule(point=st.integers(0, 67), x=st.integers(-3, 3), y=st.integers(1, 3))
    def pull(self, point: int, x: int, y: int) -> None:
        self._only_gained()
        self.seeds.setdefault("pull", set()).add(self.session.dials.seed)
        self.session.pulls.pull({point: (float(x), float(y))})
