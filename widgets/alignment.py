"""Aligning a face by hand: a bar above the photo, points over it; nothing else is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from widgets.keymap import tipped
from widgets.landmark_tool import LandmarkTool
from widgets.translation import marked, tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from editor.session.session import EditSession
    from widgets.canvas import PhotoCanvas

_ASKED = (
    marked("Click the middle of one eye"),
    marked("Click the middle of the other eye"),
    marked("Click the mouth"),
)
_DRAG = marked(
    "Drag the rings to move eyes, brows, nose, mouth and jaw; zoom in to drag single points. The "
    "frame is what the generator will see."
)


class AlignmentBar(QFrame):
    """What to do next, and Apply, Three clicks, Cancel.

    Signals:
        applied(), anew(), left(): its buttons.
    """

    applied = Signal()
    anew = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("kind", "notice")
        self.text = QLabel(wordWrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.three = QPushButton(tr("Three clicks"))
        self.three.setToolTip(tr("Place the points anew by clicking both eyes and the mouth"))
        self.apply = QPushButton(tr("Apply"))
        tipped(self.apply, tr("Align the face so and prepare it anew ({apply_points})"))
        self.cancel = QPushButton(tr("Cancel"))
        tipped(self.cancel, tr("Leave the face as it was ({cancel})"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addWidget(self.text)
        for button, signal in (
            (self.three, self.anew),
            (self.apply, self.applied),
            (self.cancel, self.left),
        ):
            button.setObjectName("small")
            button.clicked.connect(signal)
            layout.addWidget(button)
        self.hide()


class AlignmentMode(QObject):
    """Goes into the mode and out of it, and hands the result to the session.

    Signals:
        begins(): points will be dragged; what else has the pointer is to let go of it.
        active_changed(bool): whether points can be dragged now.
        put_aside(text): points that were moved wait, in the user's words.
    """

    begins = Signal()
    active_changed = Signal(bool)
    put_aside = Signal(str)

    def __init__(
        self, session: EditSession, canvas: PhotoCanvas, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._canvas = session, canvas
        self._tool: LandmarkTool | None = None
        self._adds = False
        self._face = -1  # whose points they are
        # Of faces that were left with moved points: where they were found, and moved to.
        self._aside: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        self.bar = AlignmentBar()
        self.bar.applied.connect(self.apply)
        self.bar.anew.connect(self._place_anew)
        self.bar.left.connect(self.leave)
        session.face_chosen.connect(self._on_face)
        session.photo_opened.connect(self._on_photo)

    @property
    def active(self) -> bool:
        """Whether points can be dragged now."""
        return self._tool is not None

    @property
    def tool(self) -> LandmarkTool | None:
        """The points that can be dragged."""
        return self._tool

    @property
    def moved(self) -> bool:
        """Whether points lie elsewhere than the face's, and nobody applied them."""
        if self._tool is None:
            return False
        if self._adds or self._tool.landmarks is None:
            return self._tool.landmarks is not None or bool(self._tool.clicks)
        return not bool((self._tool.landmarks == self._found()).all())

    @Slot()
    def align(self) -> None:
        """Drag the points of the active face, from where they were left if they were put aside."""
        if self._session.active < 0 or (self._face == self._session.active and self.moved):
            return
        found = self._landmarks()
        before, moved = self._aside.pop(self._session.active, (found, found))
        start = moved if bool((before == found).all()) else found
        self._begin(LandmarkTool(self._canvas, start), adds=False)

    @Slot()
    def add(self) -> None:
        """Add a face that was not found."""
        if self._session.photo is not None:
            self._begin(LandmarkTool(self._canvas, None), adds=True)

    @Slot()
    def apply(self) -> None:
        """Align the face as the points say; points that were not moved change nothing."""
        tool = self._tool
        if tool is None or tool.landmarks is None or tool.quad is None:
            return
        adds, landmarks = self._adds, tool.landmarks
        unmoved = not adds and bool((landmarks == self._landmarks()).all())
        self.leave()
        if adds:
            self._session.faces_desk.add_face(landmarks)
        elif not unmoved:
            self._session.faces_desk.align_face(landmarks)

    @Slot()
    def leave(self) -> None:
        """Leave everything as it was."""
        if self._tool is not None:
            self._tool.deleteLater()
            self._tool = None
            self._canvas.set_tool(None)
            self.bar.hide()
            self.active_changed.emit(False)

    @Slot(int)
    def _on_face(self, number: int) -> None:
        """Points belong to one face; that one may be told anew, as when another was moved."""
        if number == self._face:
            return
        tool, face = self._tool, self._face
        if self.moved and not self._adds and tool is not None and tool.landmarks is not None:
            self._aside[face] = (self._found(), tool.landmarks)
            self.put_aside.emit(
                tr("The points that you moved wait until you align that face again.")
            )
        self.leave()

    @Slot()
    def _on_photo(self) -> None:
        self._aside.clear()
        self.leave()

    def _found(self) -> NDArray[np.float64]:
        """Where the points of the face in hand are without the hand."""
        return self._session.faces[self._face].landmarks

    def _landmarks(self) -> NDArray[np.float64]:
        return self._session.faces[self._session.active].landmarks

    def _begin(self, tool: LandmarkTool, *, adds: bool) -> None:
        self.leave()
        self.begins.emit()
        self._tool, self._adds, self._face = tool, adds, self._session.active
        tool.changed.connect(self._refresh)
        self._canvas.set_tool(tool)
        self.bar.show()
        self._refresh()
        self.active_changed.emit(True)

    @Slot()
    def _place_anew(self) -> None:
        if self._tool is not None:
            self._tool.place_anew()

    @Slot()
    def _refresh(self) -> None:
        tool = self._tool
        if tool is None:
            return
        asks = tool.landmarks is None
        self.bar.text.setText(f"{tr(_ASKED[len(tool.clicks)])}." if asks else tr(_DRAG))
        self.bar.apply.setEnabled(tool.quad is not None)
        self.bar.three.setEnabled(not asks or bool(tool.clicks))
