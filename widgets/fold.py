"""A heading that folds what stands under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from widgets.theme import styled
from widgets.translation import inside, tr

if TYPE_CHECKING:
    from collections.abc import Sequence


class FoldSection(QWidget):
    """A group with a heading; a click on the heading (or Space) folds it.

    Signals:
        folded_changed(bool): by the user.
        reset_requested(): bring all of the group back to where it was.
    """

    folded_changed = Signal(bool)
    reset_requested = Signal()

    def __init__(self, title: str, *, folded: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.header = styled(QToolButton(), "fold")
        self.header.setCheckable(True)
        self.header.setChecked(not folded)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.setToolTip(tr("Fold or unfold {title}", title=inside(title)))
        self.header.setAccessibleName(title)
        self.header.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset = QToolButton()
        self.reset.setText("⟲")
        self.reset.setToolTip(tr("Reset all of {title}", title=inside(title)))
        self.reset.setAccessibleName(tr("Reset {title}", title=title))
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.hide()
        self.reset.clicked.connect(self.reset_requested)
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self.header)
        line.addWidget(self.reset)
        self.body = QWidget()
        self._rows = QVBoxLayout(self.body)
        self._rows.setContentsMargins(0, 2, 0, 6)
        self._rows.setSpacing(5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self.body)
        self._forced = False
        self.header.toggled.connect(self._on_toggled)
        self.show_changed(0)
        self._arrange()

    @property
    def folded(self) -> bool:
        """Whether the user folded it."""
        return not self.header.isChecked()

    def set_folded(self, folded: bool) -> None:
        """Fold or unfold it."""
        self.header.setChecked(not folded)

    def force_open(self, forced: bool) -> None:
        """Show the body for now, folded or not: something in it was searched for."""
        self._forced = forced
        self._arrange()

    def show_changed(self, count: int) -> None:
        """Say how many rows are not at their usual value."""
        self.header.setText(f"{self.title.upper()}  ·  {count}" if count else self.title.upper())
        self.reset.setVisible(count > 0)

    def add(self, widget: QWidget) -> None:
        """Put a row under the others."""
        self._rows.addWidget(widget)

    def set_order(self, widgets: Sequence[QWidget]) -> None:
        """Put its rows, all of them, under one another in that order."""
        for place, widget in enumerate(widgets):
            if self._rows.indexOf(widget) != place:
                self._rows.insertWidget(place, widget)

    def _arrange(self) -> None:
        shown = self._forced or not self.folded
        self.body.setVisible(shown)
        self.header.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)

    @Slot(bool)
    def _on_toggled(self, unfolded: bool) -> None:
        self._arrange()
        self.folded_changed.emit(not unfolded)
