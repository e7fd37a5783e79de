"""Another face, to make a region look like it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.keymap import tipped
from widgets.pixels import rgb_image
from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from editor.document.goals import Reference

_SIDE = 124


class ReferencePanel(QWidget):
    """The reference's aligned face, and what can be done with it. Takes a dropped photo.

    Signals:
        open_requested(): choose a photo.
        dropped(Path): this one.
        match_requested(): make the region look like it.
        expression_requested(): give the face its expression.
        remove_requested(): follow no reference.
    """

    open_requested = Signal()
    dropped = Signal(object)
    match_requested = Signal()
    expression_requested = Signal()
    remove_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAcceptDrops(True)
        self._has_reference = self._available = self._expressive = False
        self.picture = styled(QLabel(wordWrap=True), "well")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFixedSize(_SIDE, _SIDE)
        self.name = QLabel(wordWrap=True)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.note = styled(QLabel(wordWrap=True), "quiet")
        self.open = QPushButton(tr("Open reference…"))
        tipped(self.open, tr("Choose a photo with the face to follow ({open_reference})"))
        self.match = QPushButton(tr("Match in region"))
        self.match.setToolTip(
            tr("Make your region look like the same region of this face: lips, brows, make-up")
        )
        self.expression = QPushButton(tr("Copy expression"))
        self.expression.setToolTip(
            tr(
                "Smile and eyes as this face has them, of the same person brows and gaze too: one "
                "edit, in your region or without one where they are. Closed lips stay closed"
            )
        )
        self.remove = styled(QPushButton(tr("Remove")), "small")
        self.remove.setToolTip(tr("Follow no reference; edits already made stay"))
        beside = QVBoxLayout()
        beside.addWidget(self.name)
        beside.addWidget(self.note)
        beside.addStretch(1)
        beside.addWidget(self.remove, alignment=Qt.AlignmentFlag.AlignLeft)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.picture, alignment=Qt.AlignmentFlag.AlignTop)
        top.addLayout(beside, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open)
        buttons.addWidget(self.match)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(buttons)
        layout.addWidget(self.expression)
        layout.addStretch(1)
        self.open.clicked.connect(self.open_requested)
        self.match.clicked.connect(self.match_requested)
        self.expression.clicked.connect(self.expression_requested)
        self.remove.clicked.connect(self.remove_requested)
        self.show_reference(None)
        self.set_available(False, "")

    def sizeHint(self) -> QSize:
        """As the panels beside it."""
        return QSize(372, 260)

    @Slot(object)
    def show_reference(self, reference: Reference | None) -> None:
        """Show the aligned face and its name, or that there is none."""
        self._has_reference = reference is not None
        self.remove.setVisible(self._has_reference)
        self._allow()
        self.name.setText(reference.name if reference else "")
        if reference is None:
            self.picture.setPixmap(QPixmap())
            self.picture.setText(tr("Drop a photo of\na face here"))
            return
        self.picture.setPixmap(
            QPixmap.fromImage(rgb_image(reference.picture)).scaled(
                _SIDE - 8,
                _SIDE - 8,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )

    def set_available(self, available: bool, why: str, *, expression: bool = False) -> None:
        """Let the region be matched, or say why it cannot be; let the expression be copied."""
        self._available, self._expressive = available, expression
        self._allow()
        self.note.setText(
            why or tr("Only your region follows it; pose and light of the rest stay yours.")
        )

    def _allow(self) -> None:
        self.match.setEnabled(self._available and self._has_reference)
        self.expression.setEnabled(self._expressive and self._has_reference)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the empty well opens a photo."""
        inside = self.picture.geometry().contains(event.position().toPoint())
        if inside and not self._has_reference and event.button() == Qt.MouseButton.LeftButton:
            self.open_requested.emit()
        else:
            super().mousePressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one local file."""
        if dropped_file(event) is not None:
            self._light(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went elsewhere."""
        self._light(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it as the reference."""
        self._light(False)
        path = dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _light(self, lit: bool) -> None:
        self.picture.setProperty("lit", lit)
        self.picture.style().unpolish(self.picture)
        self.picture.style().polish(self.picture)


def dropped_file(event: QDropEvent) -> Path | None:
    """The file, when exactly one local file is dropped."""
    paths = dropped_paths(event)
    return paths[0] if len(paths) == 1 else None


def dropped_paths(event: QDropEvent) -> list[Path]:
    """Local files and folders that are dropped."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
