"""The wires between the tools for regions and the desk that works them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from widgets.translation import beginning, tr
from widgets.view import Layer
from widgets.words import region_title

if TYPE_CHECKING:
    from editor.document.class_mattes import ShownMatte
    from editor.session.session import EditSession
    from widgets.canvas import PhotoCanvas
    from widgets.region_panel import RegionPanel

_TOLD = 3  # regions of the face that a name is made of


class MaskTools(QObject):
    """Strokes, clicks and buttons go to the session; how the region is shown, to the canvas."""

    def __init__(
        self, session: EditSession, canvas: PhotoCanvas, panel: RegionPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._masks = session, session.masks
        self._canvas = canvas
        self._options, self._list = panel.mask_options, panel.named
        masks, options = session.masks, panel.mask_options
        canvas.stroke_finished.connect(masks.paint)
        canvas.paint_finished.connect(masks.paint_colour)
        canvas.limit_wanted.connect(masks.find_limit)
        masks.limit_found.connect(self._on_limit)
        canvas.spot_drawn.connect(session.spots.heal)
        canvas.class_clicked.connect(masks.choose_class)
        canvas.colour_clicked.connect(self._on_colour)
        options.grow_requested.connect(masks.grow)
        options.smooth_requested.connect(masks.smooth)
        options.fill_requested.connect(masks.fill)
        options.invert_requested.connect(masks.invert)
        options.half_requested.connect(self._on_half)
        options.lightness_requested.connect(masks.keep_lightness)
        options.look_changed.connect(canvas.show_region_as)
        named, listed = session.named, panel.named
        listed.kept.connect(self._on_kept)
        listed.put_down.connect(named.put_down)
        listed.chosen.connect(named.choose)
        listed.renamed.connect(named.rename)
        listed.moved.connect(named.move)
        listed.stepped.connect(named.step)
        listed.shown.connect(named.show)
        listed.duplicated.connect(named.duplicate)
        listed.deleted.connect(named.delete)
        listed.copied.connect(self._on_copied)
        listed.pasted.connect(named.paste)
        named.changed.connect(listed.show_regions)
        for changed in (session.region_changed, named.copied_changed):
            changed.connect(self._allow)

    @Slot(object, object)
    def _on_limit(self, start: tuple[float, float], shown: ShownMatte) -> None:
        self._canvas.limit_stroke(start, Layer((shown.alpha,), shown.box), shown.beyond)

    @Slot(bool)
    def _on_half(self, left: bool) -> None:
        self._masks.keep_half(left=left)

    @Slot(float, float, bool)
    def _on_colour(self, x: float, y: float, remove: bool) -> None:
        self._masks.keep_colour(x, y, float(self._options.tolerance.value), remove)

    @Slot()
    def _on_kept(self) -> None:
        """It is called like the region of the face that it is, until the user types a name."""
        usual = self._session.usual
        parts = sorted(usual.match.parts) if usual.is_current else []
        title = ", ".join(map(region_title, parts[:_TOLD])) or tr("Region")
        self._session.named.keep(beginning(title))

    @Slot(list)
    def _on_copied(self, ids: list[str]) -> None:
        self._session.named.copy(*ids)

    @Slot()
    def _allow(self) -> None:
        region, named = self._session.region, self._session.named
        self._list.set_available(
            brushed=region is not None and not region.mask.is_empty,
            can_paste=named.copied is not None,
        )
