"""“What can change here?”: what the generator can do in the region, to try and to keep."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from widgets.keymap import tipped
from widgets.pixels import rgb_image
from widgets.sliders import NamedSlider
from widgets.theme import styled
from widgets.translation import beginning, marked, tr, translated
from widgets.words import visibility

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.style_sliders import StyleSlider
    from editor.engine.jobs import Discovery

_THUMBNAIL = QSize(92, 76)
_KEPT = marked("Kept ✓")


class SliderCard(QFrame):
    """One discovered slider: both its ends as pictures, how local and visible it is, a name.

    Signals:
        keep_requested(): keep it under a name.
    """

    keep_requested = Signal()

    def __init__(
        self, slider: StyleSlider, parent: QWidget | None = None, *, everywhere: bool = False
    ) -> None:
        """Of one slider; one that acts ``everywhere`` was found for no region."""
        super().__init__(parent)
        self.setObjectName("tile")
        self.low, self.high = _thumbnail(slider.low, "-100"), _thumbnail(slider.high, "+100")
        self.facts = styled(QLabel(_facts(slider, everywhere), wordWrap=True), "quiet")
        self.facts.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.facts.setToolTip(
            tr("How strong the change is at +100, over the whole picture")
            if everywhere
            else tr(
                "How much of the change falls inside your region, and how strong it is there at "
                "+100"
            )
        )
        self.keep = styled(QPushButton(tr("Keep…")), "small")
        self.keep.setToolTip(tr("Give it a name and keep it among the attributes, for every photo"))
        self.keep.setAccessibleName(tr("Keep {label}", label=translated(slider.label)))
        self.keep.clicked.connect(self.keep_requested)
        self.row = NamedSlider(
            translated(slider.label),
            -100,
            100,
            0,
            signed=True,
            tip=tr("Try {label}. Double-click resets.", label=translated(slider.label)),
        )
        middle = QVBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.facts)
        middle.addWidget(self.keep, alignment=Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.low)
        top.addLayout(middle, 1)
        top.addWidget(self.high)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.row)

    def show_stale(self, stale: bool) -> None:
        """Grey what no longer fits the face and the region; the slider itself still works."""
        for widget in (self.low, self.high, self.facts):
            widget.setEnabled(not stale)

    def show_kept(self, label: str | None) -> None:
        """Say under which name it was kept; None: it was not."""
        self.keep.setText(tr("Keep…") if label is None else tr(_KEPT))
        if label is not None:
            self.keep.setToolTip(tr("Kept as “{label}”. Click to rename it.", label=label))


class DiscoveryPanel(QWidget):
    """The dozen changes that fit the region best.

    Signals:
        asked(): look for what can change.
        slider_dragged(StyleSlider, float), slider_committed(StyleSlider, float): moved, let go.
        keep_requested(StyleSlider): keep it under a name.
        reached(): the pointer or the keys came to a slider, or move it.
    """

    asked = Signal()
    slider_dragged = Signal(object, float)
    slider_committed = Signal(object, float)
    keep_requested = Signal(object)
    reached = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.cards: dict[str, SliderCard] = {}
        self._kept: dict[str, str] = {}
        self._values: dict[str, float] = {}
        self.ask = QPushButton(tr("What can change here?"))
        tipped(
            self.ask,
            tr("Look for the changes that the generator can make inside your region ({discover})"),
        )
        self.ask.clicked.connect(self.asked)
        self.note = styled(QLabel(wordWrap=True), "quiet")
        self._why = ""
        self._stale = False
        self._ready = False
        self._origin = ""
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        page = styled(QWidget(), "panel")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(12, 4, 8, 12)
        outer.addLayout(self._list)
        outer.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        top = QVBoxLayout()
        top.setContentsMargins(12, 10, 12, 6)
        top.setSpacing(6)
        top.addWidget(self.ask)
        top.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(area, 1)
        self._say()

    def sizeHint(self) -> QSize:
        """Wide enough for a card; as high as there is room."""
        return QSize(372, 400)

    @Slot(object)
    def show_discovery(self, discovery: Discovery | None) -> None:
        """Offer what was found; None: what is shown no longer fits."""
        if discovery is None:
            self._stale = bool(self.cards)
            for card in self.cards.values():
                card.show_stale(True)
        else:
            self._fill(discovery)
        self._say()

    def clear(self) -> None:
        """Nothing was asked yet: another photo is open."""
        self._stale = False
        self._empty()
        self._say()

    def set_available(self, ready: bool, *, brushed: bool, why: str) -> None:
        """Let the sliders move for an analysed face, and be asked for with a region, or say why."""
        self.ask.setEnabled(ready and brushed)
        for card in self.cards.values():
            card.row.setEnabled(ready)
        self._ready, self._why = ready, why
        self._say()

    def set_values(self, values: Mapping[str, float]) -> None:
        """Show where the sliders stand; absent ones at 0."""
        self._values = dict(values)
        for name, card in self.cards.items():
            card.row.set_value(round(values.get(name, 0.0)))

    def show_kept(self, sliders: Sequence[StyleSlider]) -> None:
        """Mark those that the user kept."""
        self._kept = {slider.id: slider.label for slider in sliders}
        for name, card in self.cards.items():
            card.show_kept(self._kept.get(name))

    def _fill(self, discovery: Discovery) -> None:
        self._empty()
        self._stale = False
        self._origin = discovery.origin
        for slider in discovery.sliders:
            card = SliderCard(slider, everywhere=bool(discovery.origin))
            card.row.slider.reached.connect(self.reached)
            card.row.dragged.connect(partial(self._on_dragged, slider))
            card.row.committed.connect(partial(self._on_committed, slider))
            card.keep_requested.connect(partial(self.keep_requested.emit, slider))
            card.show_kept(self._kept.get(slider.id))
            self.cards[slider.id] = card
            self._list.addWidget(card)
        self.set_values(self._values)

    def _empty(self) -> None:
        for card in self.cards.values():
            self._list.removeWidget(card)
            card.deleteLater()
        self.cards = {}

    def _say(self) -> None:
        if self._why and not (self._ready and self._origin and self.cards):
            text = self._why
        elif self._stale and self._origin:
            text = tr(
                "The directions of {origin} belong to another generator.", origin=self._origin
            )
        elif self._stale:
            text = tr("The region, the face or its edits changed since. The sliders still work.")
        elif self.cards and self._origin:
            text = tr(
                "Directions of {origin}, for any picture. Brush a region and move one: "
                "it acts there only. Keep what you like under a name of your own.",
                origin=self._origin,
            )
        elif self.cards:
            text = tr("The most local first. Move one to try it; keep what you like.")
        else:
            text = tr(
                "Brush a region, then ask: you get up to a dozen sliders for what can change "
                "inside it and nowhere else."
            )
        self.ask.setText(tr("Ask again") if self.cards else tr("What can change here?"))
        self.ask.setDefault(self._stale)
        self.note.setText(text)

    def _on_dragged(self, slider: StyleSlider, value: int) -> None:
        self.slider_dragged.emit(slider, float(value))

    def _on_committed(self, slider: StyleSlider, value: int) -> None:
        self.slider_committed.emit(slider, float(value))


def _facts(slider: StyleSlider, everywhere: bool) -> str:
    seen = beginning(visibility(slider.visibility))
    if everywhere:
        return seen
    return f"{tr('{share:.0f} % inside', share=100 * slider.locality)}<br>{seen}"


def _thumbnail(pixels: NDArray[np.uint8], end: str) -> QLabel:
    label = QLabel()
    image = QPixmap.fromImage(rgb_image(pixels))
    label.setPixmap(
        image.scaled(
            _THUMBNAIL,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    )
    label.setFixedSize(_THUMBNAIL)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setToolTip(tr("The region at {end}", end=end))
    label.setAccessibleName(tr("The region at {end}", end=end))
    return label
