"""The attributes and the user's own sliders, in groups that fold, with a search."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets.attribute_card import AttributeCard, card_text
from widgets.dials_panel import DialsPanel
from widgets.fold import FoldSection
from widgets.keymap import tipped
from widgets.sliders import NamedSlider
from widgets.theme import set_property, styled
from widgets.translation import beginning, marked, tr, translated
from widgets.words import distance, folded, region_title, strength, strengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from editor.document.attributes import AttributeInfo
    from editor.document.style_sliders import StyleSlider
    from editor.session.wishes import Elsewhere

_WIDTH, _LEAST_WIDTH = 372, 330
_LABEL_WIDTH, _NUMBER_WIDTH = 132, 48  # “Under-eye shadows”, in bold
_SHORTEST = 46  # of a slider, where the panel is narrow
_BRINGS = marked("brings it here.")
OWN = marked("My sliders")
FINE = marked("Advanced")


class AttributeRow(NamedSlider):
    """A slider of −100…100 with a button for more; a changed one is marked.

    A second button is there while the region that is brushed is not this slider's.

    Signals:
        more_requested(): show the card or the menu.
        looked_at(): the pointer or the keys came to it.
    """

    more_requested = Signal()
    looked_at = Signal()

    def __init__(self, label: str, tip: str, more_tip: str, parent: QWidget | None = None) -> None:
        self.more = QToolButton()
        super().__init__(label, -100, 100, 0, tip=tip, signed=True, parent=parent)
        self.set_label_width(_LABEL_WIDTH)
        self.number.setFixedWidth(_NUMBER_WIDTH)
        self.slider.setMinimumWidth(_SHORTEST)
        self.more.setObjectName("info")
        self.more.setText("i")
        self.more.setFixedSize(17, 17)
        self.more.setToolTip(more_tip)
        self.more.setAccessibleName(tr("About {label}", label=label))
        self.more.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the menu key does the same
        self.more.clicked.connect(self.more_requested)
        self.place = styled(QToolButton(), "place")
        self.place.setFixedSize(17, 17)
        self.place.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.place_text = ""
        self._place_shown: tuple[str, str, str, int | None] = ("", "", "", None)
        room = QWidget()  # without a layout: what comes and goes in it lays out no panel anew
        room.setFixedSize(self.place.size())
        self.place.setParent(room)
        self.place.hide()
        self.place.setAccessibleName(tr("{label}: the region is its own", label=label))
        layout = self.layout()
        if layout is not None:
            layout.addWidget(room)
            layout.addWidget(self.more)
        self.slider.reached.connect(self.looked_at)
        self.dragged.connect(self.looked_at)

    def show_place(self, mark: str, text: str, does: str, ghost: int | None) -> None:
        """Say what the region at hand means for this slider.

        Args:
            mark: of the button; "" for no button.
            text: what is the matter.
            does: what the button does.
            ghost: value that is in force in another region; None for none.
        """
        if (mark, text, does, ghost) == self._place_shown:
            return  # asked at every step of a slider
        self._place_shown = mark, text, does, ghost
        self.place_text = text
        self.place.setText(mark)
        self.place.setVisible(bool(mark))
        self.place.setToolTip(tr("{text}\nClick: {does}.", text=text, does=does) if mark else "")
        what = does or tr("the region is its own")
        self.place.setAccessibleName(f"{self.slider.accessibleName()}: {what}")
        self.place.setAccessibleDescription(text)
        self.slider.set_ghost(ghost)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is over it."""
        self.looked_at.emit()
        super().enterEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button and the menu key ask for more as well."""
        event.accept()
        self.more_requested.emit()

    def _show(self, value: int) -> None:
        super()._show(value)
        self.number.setToolTip(f"{beginning(strength(value))} ({strengths()})" if value else "")
        changed = value != 0
        if self.label.property("changed") != changed:
            set_property(self.label, "changed", changed)


class AttributePanel(QWidget):
    """One slider an attribute, −100…100, and one for each discovered slider that was kept.

    Signals:
        dragged(str name, float value): the slider is being moved.
        committed(str name, float value): it was let go, typed, or reset.
        slider_dragged(StyleSlider, float value), slider_committed(StyleSlider, float value): the
            same for the user's own sliders.
        region_requested(str preset): make it the region.
        entry_requested(str id): look at an edit of another region.
        together_toggled(bool): whether sliders of one region make one edit.
        rename_requested(StyleSlider), forget_requested(StyleSlider): of an own slider.
        reached(): the pointer or the keys came to a slider, or move it.
    """

    dragged = Signal(str, float)
    committed = Signal(str, float)
    slider_dragged = Signal(object, float)
    slider_committed = Signal(object, float)
    region_requested = Signal(str)
    entry_requested = Signal(str)
    together_toggled = Signal(bool)
    rename_requested = Signal(object)
    forget_requested = Signal(object)
    reached = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setMinimumWidth(_LEAST_WIDTH)
        self.rows: dict[str, AttributeRow] = {}
        self.own_rows: dict[str, AttributeRow] = {}
        self.sections: dict[str, FoldSection] = {}
        self.dials = DialsPanel()
        self._values: dict[str, float] = {}
        self._elsewhere: Mapping[str, Elsewhere] = {}
        self._apart: frozenset[str] = frozenset()
        self._looked_at: AttributeRow | None = None
        self._ranked: list[AttributeRow] = []  # as they stand under one another
        self._available = False
        self._folded = {FINE}
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search attributes"))
        self.search.setAccessibleName(tr("Search attributes"))
        tipped(
            self.search, tr("Show only what has these letters ({search}); Enter goes to the first")
        )
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.together = styled(QToolButton(), "toggle")
        self.together.setText(tr("Together"))
        self.together.setCheckable(True)
        self.together.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tipped(
            self.together,
            tr(
                "Sliders moved in the same region join one edit, in which each kind is searched "
                "for after the other ({together}).\n"
                "Off: each slider is an edit of its own, on top of those before."
            ),
        )
        self.together.toggled.connect(self.together_toggled)
        self._note = styled(QLabel(wordWrap=True), "quiet")
        self._note.hide()
        self.nothing = styled(QLabel(wordWrap=True), "quiet")
        self.nothing.hide()
        self.place_note = styled(QLabel(wordWrap=True), "quiet")
        self.place_note.setContentsMargins(12, 4, 8, 4)
        self.place_note.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # Always there: rows must not move when the pointer comes to one.
        self.place_note.setFixedHeight(2 * self.place_note.fontMetrics().lineSpacing() + 9)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = styled(QWidget(), "panel")
        self._list = QVBoxLayout(self._page)
        self._list.setContentsMargins(12, 2, 8, 12)
        self._list.setSpacing(2)
        self._area.setWidget(self._page)
        self.fine = FoldSection(tr(FINE), folded=True)
        self.fine.header.setToolTip(
            tr("How an edit is searched for; as it is, it suits most photos")
        )
        self.fine.add(self.dials)
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 4)
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.together)
        notes = QVBoxLayout()
        notes.setContentsMargins(12, 0, 12, 0)
        notes.addWidget(self._note)
        notes.addWidget(self.nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(notes)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.place_note)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._focus_first)
        self.fine.folded_changed.connect(partial(self._on_folded, FINE))
        self._list.addWidget(self.fine)
        self._list.addStretch(1)

    def sizeHint(self) -> QSize:
        """Wide enough for its rows; as high as there is room."""
        return QSize(_WIDTH, 400)

    @property
    def folded(self) -> frozenset[str]:
        """Titles of the groups that the user folded."""
        return frozenset(self._folded)

    def set_folded(self, titles: Iterable[str]) -> None:
        """Fold these groups and no others."""
        self._folded = set(titles)
        for title, section in (*self.sections.items(), (FINE, self.fine)):
            section.set_folded(title in self._folded)

    def set_attributes(self, attributes: Sequence[AttributeInfo]) -> None:
        """Offer these, in this order; a group's attributes stand together."""
        for title in [*self.sections]:
            if title != OWN:
                self._remove(title)
        self.rows = {}
        for info in attributes:
            self._section(info.group).add(self._attribute_row(info))
        self._show_state()

    def set_own_sliders(self, sliders: Sequence[StyleSlider]) -> None:
        """Offer the discovered sliders that the user kept."""
        self._remove(OWN)
        self.own_rows = {}
        for slider in sliders:
            self._section(OWN).add(self._own_row(slider))
        self._show_state()

    def set_values(self, values: Mapping[str, float]) -> None:
        """Show where the sliders stand; absent ones at 0. One in the user's hand stays."""
        self._values = dict(values)
        for name, row in self._all_rows():
            value = round(values.get(name, 0.0))
            if row.value != value:
                row.set_value(value)
        self._count_changed()

    def set_places(self, apart: frozenset[str], elsewhere: Mapping[str, Elsewhere]) -> None:
        """Mark the sliders that are not at home in the region at hand.

        Args:
            apart: presets that have little in common with it.
            elsewhere: by slider, an edit of another region, which its value does not count.
        """
        self._apart, self._elsewhere = apart, elsewhere
        for name, row in self._all_rows():
            self._show_place(name, row)
        self._show_note()

    def set_available(self, available: bool, why: str = "") -> None:
        """Let the sliders move, or say why they cannot."""
        self._available = available
        for _, row in self._all_rows():
            row.setEnabled(available)
        self._note.setText(why)
        self._note.setVisible(bool(why))

    @Slot(bool)
    def show_together(self, together: bool) -> None:
        """Show whether sliders of one region make one edit."""
        self.together.setChecked(together)

    @Slot()
    def focus_search(self) -> None:
        """Let the user type what to search for."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @Slot()
    def show_fine_control(self) -> None:
        """Unfold the dials and bring them into sight."""
        self.fine.set_folded(False)
        self.search.clear()
        self.dials.strictness.slider.setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, self, self._scroll_to_fine)  # once it is laid out

    @Slot()
    def _scroll_to_fine(self) -> None:
        self._area.verticalScrollBar().setValue(self.fine.y())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape in the search field empties it, and goes on to the window only when it is."""
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.search.text()
        ):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------ building

    def _show_state(self) -> None:
        """New rows take part in all that was set before."""
        self.set_values(self._values)
        self.set_available(self._available, self._note.text())
        self.set_places(self._apart, self._elsewhere)
        self._filter()

    def _show_place(self, name: str, row: AttributeRow) -> None:
        edit, region = self._elsewhere.get(name), str(row.property("region") or "")
        label = row.slider.accessibleName()
        if edit is not None:
            part = (
                tr("{share:.0f} % of this region", share=100 * edit.share)
                if edit.share >= 0.005
                else ""
            )
            text = tr(
                "“{title}” is in force in {part}, and not counted here.",
                title=translated(edit.title),
                part=part or tr("another region"),
            )
            row.show_place("●", text, tr("bring its region and its slider back"), round(edit.value))
        elif region in self._apart:
            title = region_title(region)
            text = tr(
                "{label} usually changes the {title}; the region is another one.",
                label=label,
                title=title,
            )
            row.show_place("◎", text, tr("make the {title} the region", title=title), None)
        else:
            row.show_place("", "", "", None)

    def _look_at(self, row: AttributeRow) -> None:
        self._looked_at = row
        self._show_note()

    def _show_note(self) -> None:
        row = self._looked_at
        hidden = row is None or row.isHidden()  # a search has taken it away
        text = "" if row is None or hidden else row.place_text
        self.place_note.setText(f"{text} {row.place.text()} {tr(_BRINGS)}" if row and text else "")

    def _on_place(self, name: str, row: AttributeRow) -> None:
        edit = self._elsewhere.get(name)
        if edit is not None:
            self.entry_requested.emit(edit.id)
        else:
            self.region_requested.emit(str(row.property("region")))

    def _remove(self, title: str) -> None:
        if self._looked_at is not None and self._looked_at.property("group") == title:
            self._looked_at = None
        section = self.sections.pop(title, None)
        if section is not None:
            self._list.removeWidget(section)
            section.deleteLater()

    def _section(self, title: str) -> FoldSection:
        if title not in self.sections:
            section = FoldSection(
                tr(OWN) if title == OWN else translated(title), folded=title in self._folded
            )
            section.folded_changed.connect(partial(self._on_folded, title))
            section.reset_requested.connect(partial(self._reset, title))
            last = self.fine if title == OWN else self.sections.get(OWN, self.fine)
            self.sections[title] = section
            self._list.insertWidget(self._list.indexOf(last), section)
        return self.sections[title]

    def _attribute_row(self, info: AttributeInfo) -> AttributeRow:
        label = translated(info.label)
        tip = f"{card_text(info)}<p><i>{tr('Double-click resets.')}</i></p>"
        row = AttributeRow(label, tip, tr("What it measures, and its usual region (menu key)"))
        row.setProperty("group", info.group)
        row.setProperty("names", folded(f"{label} {info.name} {translated(info.group)}"))
        region = region_title(info.region)
        row.setProperty("words", folded(f"{translated(info.measures)} {info.region} {region}"))
        texts = label, f"{info.name} {region}", translated(info.group), translated(info.measures)
        row.setProperty("texts", list(map(folded, texts)))
        row.setProperty("region", info.region)
        row.dragged.connect(partial(self._on_dragged, info.name))
        row.committed.connect(partial(self._on_committed, info.name))
        row.more_requested.connect(partial(self._show_card, info))
        self._watch(info.name, row)
        self.rows[info.name] = row
        return row

    def _own_row(self, slider: StyleSlider) -> AttributeRow:
        tip = tr(
            "Found by “What can change here?”: {locality:.0f} % of it was inside.",
            locality=100 * slider.locality,
        )
        row = AttributeRow(slider.label, tip, tr("Rename or forget this slider (menu key)"))
        row.more.setText("…")
        row.setProperty("group", OWN)
        row.setProperty("names", folded(f"{slider.label} {tr(OWN)}"))
        row.setProperty("words", "")
        row.setProperty("texts", [folded(slider.label), folded(tr(OWN))])
        row.dragged.connect(partial(self._on_own_dragged, slider))
        row.committed.connect(partial(self._on_own_committed, slider))
        row.more_requested.connect(partial(self._show_own_menu, slider))
        self._watch(slider.id, row)
        self.own_rows[slider.id] = row
        return row

    def _watch(self, name: str, row: AttributeRow) -> None:
        row.looked_at.connect(partial(self._look_at, row))
        row.looked_at.connect(self.reached)
        row.place.clicked.connect(partial(self._on_place, name, row))

    def _all_rows(self) -> list[tuple[str, AttributeRow]]:
        return [*self.rows.items(), *self.own_rows.items()]

    # ------------------------------------------------------------ what the user does

    @Slot()
    def _filter(self) -> None:
        """Show the rows whose names have all the words, or else those whose descriptions have.

        What fits best comes first: a slider that is called so, then one of the region that is, then
        the others of the group.
        """
        wanted = folded(self.search.text()).split()
        rows = [row for _, row in self._all_rows()]
        fits: list[AttributeRow] = []
        for what in ("names", "words"):
            fits = fits or [
                row for row in rows if all(word in str(row.property(what)) for word in wanted)
            ]
        for row in rows:
            row.setVisible(row in fits)
        self._order(wanted)
        found = {str(row.property("group")) for row in fits}
        for title, section in self.sections.items():
            section.setVisible(title in found)
            section.force_open(bool(wanted))
        self.fine.setVisible(not wanted)
        searched = self.search.text()
        self.nothing.setText(
            tr("Nothing has “{searched}” in its name or description.", searched=searched)
        )
        self.nothing.setVisible(bool(wanted) and not found)
        self._area.verticalScrollBar().setValue(0)
        self._show_note()

    def _order(self, wanted: Sequence[str]) -> None:
        """Put groups, and rows in them, in the order in which they fit; without words as usual."""

        def far(row: AttributeRow) -> int:
            return distance(wanted, row.property("texts"))

        self._ranked = sorted((row for _, row in self._all_rows()), key=far)
        rows: dict[str, list[AttributeRow]] = {}
        for row in self._ranked:
            rows.setdefault(str(row.property("group")), []).append(row)
        usual = sorted(self.sections, key=lambda title: title == OWN)
        for place, title in enumerate(rows if wanted else usual):
            section = self.sections[title]
            section.set_order(rows.get(title, []))
            if self._list.indexOf(section) != place:
                self._list.insertWidget(place, section)

    @Slot()
    def _focus_first(self) -> None:
        for row in self._ranked:
            if row.isVisibleTo(self) and row.isEnabled():
                row.slider.setFocus(Qt.FocusReason.TabFocusReason)
                self._area.ensureWidgetVisible(row)
                return

    def _count_changed(self) -> None:
        counts = dict.fromkeys(self.sections, 0)
        for _, row in self._all_rows():
            counts[str(row.property("group"))] += row.value != 0
        for title, section in self.sections.items():
            section.show_changed(counts[title])

    def _on_folded(self, title: str, folded: bool) -> None:
        (self._folded.add if folded else self._folded.discard)(title)

    def _reset(self, title: str) -> None:
        for _, row in self._all_rows():
            if row.property("group") == title and row.value:
                row.reset.click()

    def _show_card(self, info: AttributeInfo) -> None:
        card = AttributeCard(info, self)
        card.region_requested.connect(partial(self.region_requested.emit, info.region))
        card.show_beside(self.rows[info.name].more)

    def _show_own_menu(self, slider: StyleSlider) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Rename…"), partial(self.rename_requested.emit, slider))
        menu.addAction(tr("Forget this slider"), partial(self.forget_requested.emit, slider))
        button = self.own_rows[slider.id].more
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_dragged(self, name: str, value: int) -> None:
        self.dragged.emit(name, float(value))

    def _on_committed(self, name: str, value: int) -> None:
        self._count_changed()
        self.committed.emit(name, float(value))

    def _on_own_dragged(self, slider: StyleSlider, value: int) -> None:
        self.slider_dragged.emit(slider, float(value))

    def _on_own_committed(self, slider: StyleSlider, value: int) -> None:
        self._count_changed()
        self.slider_committed.emit(slider, float(value))
