"""The wires between the tools for regions and the desk that works them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from editor.session.session import EditSession
    from widgets.canvas import PhotoCanvas
    from widgets.region_panel import RegionPanel


class MaskTools(QObject):
    """Strokes, clicks and buttons go to the session; how the region is shown, to the canvas."""

    def __init__(
        self, session: EditSession, canvas: PhotoCanvas, panel: RegionPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._masks, self._options = session.masks, panel.mask_options
        masks, options = session.masks, panel.mask_options
        canvas.stroke_finished.connect(masks.paint)
        canvas.class_clicked.connect(masks.choose_class)
        canvas.colour_clicked.connect(self._on_colour)
        options.grow_requested.connect(masks.grow)
        options.smooth_requested.connect(masks.smooth)
        options.fill_requested.connect(masks.fill)
        options.invert_requested.connect(masks.invert)
        options.half_requested.connect(self._on_half)
        options.lightness_requested.connect(masks.keep_lightness)
        options.look_changed.connect(canvas.show_region_as)

    @Slot(bool)
    def _on_half(self, left: bool) -> None:
        self._masks.keep_half(left=left)

    @Slot(float, float, bool)
    def _on_colour(self, x: float, y: float, remove: bool) -> None:
        self._masks.keep_colour(x, y, float(self._options.tolerance.value), remove)
