"""What is known about an attribute, in words: as a tool tip and as a card that stays."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from editor.document.attributes import all_rows, is_skin_work
from widgets.theme import styled
from widgets.translation import inside, tr, translated
from widgets.words import region_title, strengths

if TYPE_CHECKING:
    from editor.document.attributes import AttributeInfo


_MOST_DRAGS = 3
_SURE, _MOSTLY = 0.8, 0.6  # correlations with the measure on faces that were never seen


def card_text(info: AttributeInfo) -> str:
    """The card as rich text."""
    facts = [(tr("Usual region"), region_title(info.region))]
    if is_skin_work(info.name):
        facts.append((tr("Done on"), tr("the photo itself, at once; no generator is asked")))
    else:
        facts.append((tr("Its values"), strengths()))
    if not math.isnan(info.correlation):
        facts.append((tr("Reliability"), _reliability(info.correlation)))
    if info.drags:
        strongest = sorted(info.drags, key=lambda drag: -abs(drag[1]))[:_MOST_DRAGS]
        drags = ", ".join(
            tr("more {label}", label=_name(name))
            if share > 0
            else tr("less {label}", label=_name(name))
            for name, share in strongest
        )
        facts.append((tr("Drags along"), tr("{drags} (where your region lets it)", drags=drags)))
    rows = "".join(
        f"<tr><td style='padding-right:10px'><i>{name}</i></td><td>{html.escape(text)}</td></tr>"
        for name, text in facts
    )
    return (
        f"<b>{html.escape(translated(info.label))}</b>"
        f"<p>{html.escape(translated(info.measures))}</p><table>{rows}</table>"
    )


def _name(attribute: str) -> str:
    """An attribute's label inside a sentence; what is not offered any more has none."""
    labels = {row.name: row.label for row in all_rows()}
    return inside(translated(labels.get(attribute, attribute.replace("_", " "))))


def _reliability(correlation: float) -> str:
    """How surely the slider does what it says, by how well it was told on faces never seen."""
    if correlation >= _SURE:
        return tr("does what it says on nearly every face")
    return (
        tr("does what it says on most faces")
        if correlation >= _MOSTLY
        else tr("look at what it does")
    )


class AttributeCard(QFrame):
    """The card beside its slider; a click elsewhere or Escape closes it.

    Signals:
        region_requested(): make the attribute's usual region the region.
    """

    region_requested = Signal()

    def __init__(self, info: AttributeInfo, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(330)
        self.text = QLabel(card_text(info), wordWrap=True)
        self.use_region = QPushButton(tr("Use its region"))
        self.use_region.setToolTip(
            tr("Make the {title} the region", title=region_title(info.region))
        )
        self.use_region.clicked.connect(self._on_use_region)
        close = styled(QPushButton(tr("Close")), "small")
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.use_region)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.use_region.setFocus()

    def show_beside(self, widget: QWidget) -> None:
        """Open under a widget, inside the screen."""
        self.adjustSize()
        place = widget.mapToGlobal(widget.rect().bottomRight())
        room = widget.screen().availableGeometry()
        x = max(room.left(), min(place.x() - self.width(), room.right() - self.width()))
        y = max(room.top(), min(place.y() + 4, room.bottom() - self.height()))
        self.move(x, y)
        self.show()

    @Slot()
    def _on_use_region(self) -> None:
        self.region_requested.emit()
        self.close()
