"""Sliders that this face carries only so far say so beside their names, before an edit is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from widgets.theme import set_property
from widgets.translation import translated

if TYPE_CHECKING:
    from editor.session.session import EditSession
    from widgets.attribute_panel import AttributePanel, AttributeRow

_MARK, _USUAL = "!", "i"


class LimitsInSight(QObject):
    """The wires between what a face can carry and its sliders' rows."""

    def __init__(self, session: EditSession, panel: AttributePanel) -> None:
        """Follow the active face of the session."""
        super().__init__(panel)
        self._session, self._panel = session, panel
        self._tips: dict[AttributeRow, tuple[str, str]] = {}  # of rows that tell of one
        # In a turn of its own, once for all that changes together.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        for signal in (
            session.face_chosen,
            session.portrait_changed,
            session.history_changed,
            session.engine_ready,
            session.region_changed,
            session.usual.match_changed,
        ):
            signal.connect(self._later)

    @Slot()
    def _later(self) -> None:
        self._soon.start()

    @Slot()
    def _show(self) -> None:
        found, rows = self._session.sliders.limits, self._panel.rows
        self._tips = {row: tips for row, tips in self._tips.items() if row in rows.values()}
        for name, row in rows.items():
            limit = found.get(name)
            if limit is None:
                self._tell(row, "", warn=False)
            else:
                self._tell(row, translated(limit.why), warn=not limit.usual)

    def _tell(self, row: AttributeRow, why: str, *, warn: bool) -> None:
        if not why and row not in self._tips:
            return
        tip, about = self._tips.setdefault(row, (row.toolTip(), row.more.toolTip()))
        row.more.setText(_MARK if warn else _USUAL)
        row.more.setToolTip(f"{why}\n{about}" if why else about)
        row.slider.setAccessibleDescription(why or tip)
        set_property(row.more, "limited", warn)
        if not why:
            del self._tips[row]
