"""How well the generator explains the photo: a light for the region, a tint over the face."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QTransform

from editor.document.quality import FAIR, WEAK, light_of, masked_misfit, region_misfit
from widgets.pixels import argb_image
from widgets.translation import marked, tr

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QLabel

    from editor.document.face import FaceCrop
    from editor.document.history import Portrait
    from editor.document.quality import Light
    from editor.session.session import EditSession
    from widgets.canvas import PhotoCanvas
    from widgets.view import View

_PAUSE = 0.03  # seconds between two looks at a stroke that is being drawn

_COLOURS: dict[Light, str] = {"good": "#5fb878", "fair": "#e0b040", "weak": "#e5645c"}
_WORDS: dict[Light, str] = {"good": marked("good"), "fair": marked("fair"), "weak": marked("weak")}
_MEANINGS: dict[Light, str] = {
    "good": marked("The generator rebuilds this region well: edits look like this person."),
    "fair": marked("The generator rebuilds this region only roughly: expect softer results."),
    "weak": marked(
        "The generator rebuilds this region poorly: edits here may not look like this person. "
        "Brush elsewhere, or lower the strength."
    ),
}

# misfit, red, green, blue, opacity: what is well rebuilt stays clear
_TINT = (
    (0.0, 95, 184, 120, 0.10),
    (FAIR * 0.8, 95, 184, 120, 0.22),
    ((FAIR + WEAK) / 2, 235, 185, 60, 0.42),
    (WEAK * 1.3, 225, 60, 55, 0.55),
    (1.0, 170, 25, 60, 0.65),
)


class QualityTint:
    """The misfit of one face as colours, where its crop lies in the photo."""

    def __init__(self, misfit: NDArray[np.float32], crop: FaceCrop) -> None:
        stops = np.array(_TINT)
        red, green, blue, opacity = (
            np.interp(misfit, stops[:, 0], stops[:, k]) for k in range(1, 5)
        )
        parts = [255 * opacity, red * opacity, green * opacity, blue * opacity]
        alpha, r, g, b = (np.rint(part).astype(np.uint32) for part in parts)
        self._argb = np.asarray(alpha << 24 | r << 16 | g << 8 | b, np.uint32)
        self._to_photo = crop.to_photo

    def draw(self, painter: QPainter, view: View, photo: tuple[int, int], ratio: float) -> None:
        """Draw it in widget coordinates, inside a photo of (width, height)."""
        zoom = view.zoom / ratio
        matrix = self._to_photo
        # images count from the corner of their first pixel, crop and photo from its centre
        shift = matrix[:, 2] + 0.5 - matrix[:, :2].sum(1) / 2 - [view.x, view.y]
        (a, b), (c, d) = (zoom * matrix[:, :2]).tolist()
        dx, dy = (zoom * shift).tolist()
        area = QRectF(-view.x * zoom, -view.y * zoom, photo[0] * zoom, photo[1] * zoom)
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(QTransform(a, c, b, d, dx, dy), combine=True)
        painter.drawImage(0, 0, argb_image(self._argb))
        painter.restore()


class QualityView(QObject):
    """Keeps the light beside the region and the tint over the face in line with the session."""

    def __init__(
        self, session: EditSession, canvas: PhotoCanvas, light: QLabel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._canvas, self._light = session, canvas, light
        self._tinted = False
        self._looked = 0.0
        session.portrait_changed.connect(self._on_portrait)
        session.region_changed.connect(self._on_region)
        canvas.stroke_moved.connect(self._on_stroke)

    @Slot(bool)
    def set_tinted(self, tinted: bool) -> None:
        """Tint the face by how badly each place is rebuilt, or do not."""
        self._tinted = tinted
        self._on_portrait(self._session.portrait)

    @Slot(object)
    def _on_portrait(self, portrait: Portrait | None) -> None:
        tint = None
        if self._tinted and portrait is not None and portrait.misfit is not None:
            tint = QualityTint(portrait.misfit, portrait.crop)
        self._canvas.show_quality(tint)
        self._on_region()

    @Slot()
    def _on_region(self) -> None:
        self._looked = 0.0
        portrait, region = self._session.portrait, self._session.region
        if portrait is None or portrait.misfit is None or region is None:
            self._show(None)
        else:
            self._show(region_misfit(portrait.misfit, portrait.crop, region.mask))

    @Slot()
    def _on_stroke(self) -> None:
        """A stroke goes on; what it will leave is on the screen."""
        portrait, now = self._session.portrait, time.monotonic()
        if portrait is None or portrait.misfit is None or now < self._looked + _PAUSE:
            return
        self._looked = now
        alpha, view = self._canvas.region_on_screen()
        to_screen = portrait.crop.to_photo * view.zoom
        to_screen[:, 2] += (0.5 - np.array([view.x, view.y])) * view.zoom - 0.5
        self._show(masked_misfit(portrait.misfit, alpha, to_screen))

    def _show(self, misfit: float | None) -> None:
        if misfit is None:
            self._light.clear()
            self._light.setToolTip("")
            return
        light = light_of(misfit)
        self._light.setText(f'<span style="color:{_COLOURS[light]}">●</span> {tr(_WORDS[light])}')
        self._light.setToolTip(tr(_MEANINGS[light]))
