"""What is known about an attribute, in words: as a tool tip and as a card that stays."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from editor.document.attributes import is_skin_work
from widgets.theme import styled

if TYPE_CHECKING:
    from editor.document.attributes import AttributeInfo


_MOST_DRAGS = 3


def card_text(info: AttributeInfo) -> str:
    """The card as rich text."""
    facts = [("Usual region", info.region)]
    if is_skin_work(info.name):
        facts.append(("Done on", "the photo itself, at once; no generator is asked"))
    else:
        facts.append(
            ("At +100", f"{info.unit_sd:g} standard deviations of this measure over sampled faces")
        )
    if not math.isnan(info.correlation):
        facts.append(
            ("Reliability", f"correlation {info.correlation:.2f} with the measure on unseen faces")
        )
    if info.drags:
        strongest = sorted(info.drags, key=lambda drag: -abs(drag[1]))[:_MOST_DRAGS]
        drags = ", ".join(f"{name.replace('_', ' ')} {share:+.2f}" for name, share in strongest)
        facts.append(("Drags along", f"{drags} (where your region lets it)"))
    rows = "".join(
        f"<tr><td style='padding-right:10px'><i>{name}</i></td><td>{html.escape(text)}</td></tr>"
        for name, text in facts
    )
    return (
        f"<b>{html.escape(info.label)}</b><p>{html.escape(info.measures)}</p><table>{rows}</table>"
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
        self.use_region = QPushButton("Use its region")
        self.use_region.setToolTip(f"Make the {info.region} the region")
        self.use_region.clicked.connect(self._on_use_region)
        close = styled(QPushButton("Close"), "small")
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
