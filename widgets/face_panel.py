"""Which face is edited, and how well the generator knows it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from widgets.pixels import rgb_image
from widgets.theme import styled
from widgets.translation import marked, tr
from widgets.words import preview_quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from editor.document.face import DetectedFace
    from editor.document.history import Portrait
    from editor.document.photo import Pyramid
    from editor.session.operations import Refining

_SIDE = 56  # of a thumbnail
_DOUBT = marked(
    "It is not certain that eyes, nose and mouth were found where they are. Look at the points."
)


class FacePanel(QWidget):
    """Thumbnails when there are several faces; the likeness of the active one.

    Signals:
        face_chosen(int): edit that face.
        analyse_requested(): find the active face's style code.
        align_requested(): drag the active face's points.
        add_requested(): add a face that was not found.
        pointed_at(bool): the pointer is over the thumbnails; faces are framed meanwhile.
    """

    face_chosen = Signal(int)
    analyse_requested = Signal()
    align_requested = Signal()
    add_requested = Signal()
    pointed_at = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.buttons: list[QToolButton] = []
        self._portrait: Portrait | None = None
        self._inverting = self._paused = False
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        self.quality = styled(QLabel(wordWrap=True), "quiet")
        self.analyse = QPushButton(tr("Prepare face"))
        self.analyse.setToolTip(tr("Let the program learn this face, so that it can be edited"))
        self.analyse.clicked.connect(self.analyse_requested)
        self.doubt = styled(QLabel(tr(_DOUBT), wordWrap=True), "quiet")
        self.align = QPushButton(tr("Drag the points"))
        self.align.setToolTip(tr("Move eyes, nose, mouth and jaw to where they are"))
        self.align.clicked.connect(self.align_requested)
        self.add = QPushButton(tr("Add a face by hand"))
        self.add.setToolTip(tr("Click both eyes and the mouth"))
        self.add.clicked.connect(self.add_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addLayout(self._row)
        layout.addWidget(self.quality)
        layout.addWidget(self.analyse)
        layout.addWidget(self.doubt)
        layout.addWidget(self.align)
        layout.addWidget(self.add)
        self.analyse.hide()
        self.show_doubt(None, has_photo=False)

    def show_faces(self, faces: Sequence[DetectedFace], pyramid: Pyramid) -> None:
        """Offer the faces, largest first; one alone needs no choice."""
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.buttons = []
        if len(faces) < 2:
            return
        for number, face in enumerate(faces):
            button = styled(QToolButton(), "face")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setIconSize(QSize(_SIDE, _SIDE))
            button.setIcon(QIcon(_thumbnail(face, pyramid)))
            button.setToolTip(tr("Edit face {number}", number=number + 1))
            button.setAccessibleName(tr("Face {number}", number=number + 1))
            button.clicked.connect(partial(self._on_clicked, number))
            self._row.addWidget(button)
            self.buttons.append(button)
        self._row.addStretch(1)

    def show_active(self, number: int) -> None:
        """Mark the face that is edited."""
        for place, button in enumerate(self.buttons):
            button.setChecked(place == number)

    def show_doubt(self, face: DetectedFace | None, *, has_photo: bool) -> None:
        """Say when a face's points are doubtful, or that there is none, and offer what helps."""
        doubtful = face is not None and face.is_doubtful
        self.doubt.setVisible(doubtful)
        self.align.setVisible(doubtful)
        self.add.setVisible(face is None and has_photo)

    def show_portrait(
        self, portrait: Portrait | None, *, inverting: bool, settling: bool, analysable: bool
    ) -> None:
        """Say how good the preview is, or offer to make it; ``settling``: edits are made again."""
        unfinished = portrait is None or portrait.is_draft
        self.analyse.setVisible(unfinished and analysable and not (inverting or settling))
        self.analyse.setText(tr("Prepare face") if portrait is None else tr("Improve preview"))
        self._portrait, self._inverting = portrait, inverting
        self._tell()

    @Slot(object)
    def show_refining(self, refining: Refining | None) -> None:
        """Say when the preview improves no further because the user paused it."""
        paused = refining is not None and refining.paused
        if paused != self._paused:  # it is told at every step
            self._paused = paused
            self._tell()

    def _tell(self) -> None:
        if self._portrait is None:
            self.quality.setText(tr("Preparing the face…") if self._inverting else "")
            self.quality.setToolTip("")
        else:
            self.quality.setText(
                preview_quality(self._portrait, improving=self._inverting, paused=self._paused)
            )
            self.quality.setToolTip(
                tr(
                    "How well the program can draw this face by itself. Only changes are laid over "
                    "your photo, so a weaker preview costs precision, not sharpness."
                )
            )
        self.quality.setVisible(bool(self.quality.text()))

    def event(self, event: QEvent) -> bool:
        """Keep room for texts as they wrap at this width: a dock does not ask for it."""
        done = super().event(event)
        layout = self.layout()
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and layout is not None:
            self.setMinimumHeight(max(0, layout.heightForWidth(self.width())))
        return done

    def enterEvent(self, event: QEnterEvent) -> None:
        """Frame the faces."""
        self.pointed_at.emit(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Unframe them."""
        self.pointed_at.emit(False)
        super().leaveEvent(event)

    def _on_clicked(self, number: int, checked: bool = True) -> None:
        del checked
        self.face_chosen.emit(number)


def _thumbnail(face: DetectedFace, pyramid: Pyramid) -> QPixmap:
    """A square around the face, from the level that is just large enough."""
    x, y, w, h = face.box
    side = 1.3 * max(w, h)
    levels = pyramid.levels
    number = min(len(levels) - 1, max(0, math.floor(math.log2(max(1.0, side / (2 * _SIDE))))))
    level = levels[number]
    scale = level.shape[1] / levels[0].shape[1]
    size = max(2.0, side * scale)
    matrix = np.array(
        [
            [2 * _SIDE / size, 0, _SIDE - (x + w / 2) * scale * 2 * _SIDE / size],
            [0, 2 * _SIDE / size, _SIDE - (y + h / 2) * scale * 2 * _SIDE / size],
        ]
    )
    pixels = cv2.warpAffine(level, matrix, (2 * _SIDE, 2 * _SIDE), borderMode=cv2.BORDER_REPLICATE)
    image = rgb_image(np.asarray(pixels, np.uint8))
    return QPixmap.fromImage(image).scaled(
        _SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
