"""Which region an edit will change is always in sight: lit presets, marked sliders, the overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from editor.session.session import EditSession
    from widgets.attribute_panel import AttributePanel
    from widgets.canvas import PhotoCanvas
    from widgets.region_panel import RegionPanel

_COMES = (QEvent.Type.Enter,)
_GOES = (QEvent.Type.Leave, QEvent.Type.Hide)


class RegionInSight(QObject):
    """The wires between what is known of the region and who shows it."""

    def __init__(
        self,
        session: EditSession,
        canvas: PhotoCanvas,
        panel: RegionPanel,
        attributes: AttributePanel,
        dock: QWidget,
    ) -> None:
        """While the pointer is over ``dock``, the region is drawn."""
        super().__init__(dock)
        self._session, self._canvas = session, canvas
        self._panel, self._attributes = panel, attributes
        # In a turn of its own, once for all that changes together: it marks every slider.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        session.usual.match_changed.connect(self._later)
        session.attribute_values_changed.connect(self._later)
        attributes.entry_requested.connect(session.adjustments.choose)
        dock.installEventFilter(self)

    @Slot()
    def _later(self) -> None:
        self._soon.start()

    @Slot()
    def _show(self) -> None:
        session = self._session
        match, region = session.usual.match, session.region
        self._panel.light_presets(match.parts)
        # A region that a slider made makes way by itself.
        makes_way = region is None or bool(region.usual)
        apart = frozenset[str]() if makes_way else match.apart
        self._attributes.set_places(apart, session.sliders.elsewhere)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the region to who is about to change it."""
        if event.type() in _COMES:
            self._canvas.curtain.peek(True)
        elif event.type() in _GOES:
            self._canvas.curtain.peek(False)
        return super().eventFilter(watched, event)
