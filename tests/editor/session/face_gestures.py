"""Gestures that choose faces and move them, for the machine that drives a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
from hypothesis.stateful import rule

from editor.document.face import FaceCrop
from editor.engine.jobs import Invert
from tests.editor.session.tool_gestures import ToolGestures

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from tests.editor.session.stepped_engine import SteppedEngine

    Points = npt.NDArray[np.float64]


class FaceGestures(ToolGestures):
    """Which face is active, and where each lies.

    Attributes:
        asked_places: of each face, those not taken back.
        held_places: from which of them on a file has one.
    """

    engine: SteppedEngine
    asked_places: dict[int, list[Points]]
    held_places: dict[Path, dict[int, int]]

    @rule(number=st.integers(0, 1))
    def choose_face(self, number: int) -> None:
        self.session.faces_desk.choose_face(number)

    @rule(by=st.integers(-3, 3))
    def align(self, by: int) -> None:
        number = self.session.active
        place = self.session.faces[number].landmarks + by
        if Invert not in self.engine.fail:
            self._expect_place(number, place)
        self.session.faces_desk.align_face(place)

    @rule(by=st.integers(1, 3))
    def align_both(self, by: int) -> None:
        for number in (1, 0):
            self.session.faces_desk.choose_face(number)
            self.align(by)

    def _expect_place(self, number: int, place: Points) -> None:
        """It is to lie there, unless it was moved off the photo: the engine refuses that.

        Step by step a face gets there. What it was to be moved to before made way already.
        """
        photo = self.document.photo
        crop = FaceCrop.from_landmarks(place, self.engine.info.crop_size)
        if crop.coverage(photo.width, photo.height).any():
            self.asked_places.setdefault(number, []).append(place)
        else:
            for places in (self.asked_places, *self.held_places.values()):
                places.pop(number, None)
