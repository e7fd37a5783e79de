"""The stack of edits of the active face, and how much of the chosen one is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from editor.document.history import MOST_WEIGHT
from widgets.history_list import HistoryList
from widgets.sliders import NamedSlider
from widgets.snapshot_list import SnapshotList
from widgets.theme import styled
from widgets.thumbnails import Thumbnails
from widgets.translation import tr
from widgets.words import edit_title, region_title

if TYPE_CHECKING:
    from editor.document.history import Edit, EditHistory
    from editor.session.session import EditSession

_LABEL_WIDTH = 70


class HistoryPanel(QWidget):
    """The list, and beneath it strength, opacity and region of the edit that is looked at."""

    def __init__(self, session: EditSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: EditHistory | None = None  # in the list
        self.setObjectName("panel")
        self.setMinimumWidth(228)
        self.list = HistoryList()
        self.thumbnails = Thumbnails(self)
        self.list.take_thumbnails(self.thumbnails)
        self.snapshots = SnapshotList(session.snapshots)
        self.snapshots.take.setEnabled(False)
        self.title = styled(QLabel(), "quiet")
        self.strength = NamedSlider(
            tr("Strength"),
            0,
            round(100 * MOST_WEIGHT),
            100,
            suffix=" %",
            tip=tr(
                "How much of this edit is in force, at once: what was found for it is scaled.\n"
                "Its own slider does the same, and searches again where that would not be honest."
            ),
        )
        self.opacity = NamedSlider(
            tr("Opacity"),
            0,
            100,
            100,
            suffix=" %",
            tip=tr(
                "How much of this edit is laid over the photo; edits above it stay as they are."
            ),
        )
        for slider in (self.strength, self.opacity):
            slider.set_label_width(_LABEL_WIDTH)
            slider.number.setFixedWidth(50)
            slider.slider.setMinimumWidth(60)
        self.region = styled(QPushButton(tr("Give it the brushed region")), "small")
        self.region.setToolTip(
            tr(
                "Another region is brushed than this edit was made in. Within its own, it is cut "
                "at\nonce; elsewhere it is searched for again, with all other edits kept."
            )
        )
        self.strip = styled(QFrame(), "panel")
        strip = QVBoxLayout(self.strip)
        strip.setContentsMargins(10, 6, 8, 8)
        strip.setSpacing(2)
        for widget in (self.title, self.strength, self.opacity, self.region):
            strip.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.snapshots)  # above: its button stays where it is while its list grows
        layout.addWidget(self.list, 1)
        layout.addWidget(self.strip)
        # It takes the width that there is: the first edit must not widen the dock.
        self.strip.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.strip.hide()
        self.region.hide()
        self._connect()

    def _connect(self) -> None:
        session, stack, adjustments = self._session, self.list, self._session.adjustments
        stack.region_of = self._region_of
        stack.jump_requested.connect(session.steps.jump)
        stack.chosen.connect(adjustments.choose)
        stack.switched.connect(adjustments.switch)
        stack.renamed.connect(adjustments.rename)
        stack.delete_requested.connect(adjustments.delete)
        stack.region_requested.connect(adjustments.move)
        stack.opacity_requested.connect(self._on_opacity_requested)
        self.strength.dragged.connect(self._on_strength_dragged)
        self.strength.committed.connect(self._on_strength)
        self.opacity.dragged.connect(self._on_opacity_dragged)
        self.opacity.committed.connect(self._on_opacity)
        self.region.clicked.connect(self._on_region)
        # In turns of their own, once for all that changes together: an edit's end tells many.
        self._list_soon = QTimer(self, singleShot=True, interval=0)
        self._list_soon.timeout.connect(self._show)
        self._strip_soon = QTimer(self, singleShot=True, interval=0)
        self._strip_soon.timeout.connect(self._refresh)
        session.history_changed.connect(self._later)
        session.chosen_changed.connect(self._on_chosen)
        session.usual.parts_found.connect(stack.show_tip_again)
        session.attribute_values_changed.connect(self._later)  # also when the region is another

    def _region_of(self, edit: Edit) -> str | None:
        """The name that the user gave the region of an edit, or those of the presets it is of.

        None while that is not known yet.
        """
        if edit.brushed is not None and edit.brushed.name:
            return edit.brushed.name
        parts = self._session.usual.parts_of(edit)
        return None if parts is None else ", ".join(map(region_title, parts))

    @property
    def entry(self) -> Edit | None:
        """The edit that is looked at: the chosen one, or else the newest that is reached."""
        history = self._session.history
        if history is None:
            return None
        chosen = history.find(self._session.adjustments.chosen)
        return chosen or next(reversed(history.reached), None)

    @Slot()
    def _later(self) -> None:
        if self._session.history is not self._shown:
            self._list_soon.start()
        self._strip_soon.start()

    @Slot()
    def _show(self) -> None:
        self._shown = history = self._session.history
        self.thumbnails.ask(self._session.pyramid, history)
        self.list.show_history(history)
        self.snapshots.take.setEnabled(history is not None)
        self._on_chosen(self._session.adjustments.chosen)

    @Slot(str)
    def _on_chosen(self, id: str) -> None:
        self.list.show_chosen(id)
        self._strip_soon.start()

    @Slot()
    def _refresh(self) -> None:
        entry = self.entry
        self.strip.setVisible(entry is not None)
        if entry is None:
            return
        elide = Qt.TextElideMode.ElideRight
        width = max(80, self.strip.width() - 24)
        title = edit_title(entry)
        self.title.setText(self.title.fontMetrics().elidedText(title, elide, width))
        self.title.setToolTip(title)
        self.strength.set_value(round(100 * entry.weight))
        self.opacity.set_value(round(100 * entry.opacity))
        soft = self._session.regions.soft()
        self.region.setVisible(soft is not None and not soft.is_empty and soft != entry.region)

    # ------------------------------------------------------------ what the user does

    @Slot(str)
    def _on_opacity_requested(self, id: str) -> None:
        self._session.adjustments.choose(id)
        self.opacity.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _on_strength_dragged(self, value: int) -> None:
        if (entry := self.entry) is not None:
            self._session.adjustments.preview(entry.id, weight=value / 100)

    @Slot(int)
    def _on_opacity_dragged(self, value: int) -> None:
        if (entry := self.entry) is not None:
            self._session.adjustments.preview(entry.id, opacity=value / 100)

    @Slot(int)
    def _on_strength(self, value: int) -> None:
        if (entry := self.entry) is not None:
            self._session.adjustments.weigh(entry.id, value / 100)

    @Slot(int)
    def _on_opacity(self, value: int) -> None:
        if (entry := self.entry) is not None:
            self._session.adjustments.fade(entry.id, value / 100)

    @Slot()
    def _on_region(self) -> None:
        if (entry := self.entry) is not None:
            self._session.adjustments.move(entry.id)
