"""The photo's pixels on the canvas, with its edits; and the frames around its faces."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QRectF

from widgets import marks
from widgets.pixels import rgb_image
from widgets.theme import SURROUNDS
from widgets.translation import tr
from widgets.view import Layer, View, around, common, scroll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QImage, QPainter

    from editor.document.paint import Colour
    from editor.document.photo import Pyramid
    from editor.engine.jobs import Patch
    from widgets.compare import Split
    from widgets.view import Box
    from widgets.viewport import Viewport


_LIGHT, _DARK = (255, 60, 60), (60, 90, 255)  # in which clipped pixels are marked
_GAIN = 4  # how much a difference is enlarged


class Marks(Enum):
    """What the canvas tells about pixels."""

    NONE = "none"
    CLIPPING = "clipping"
    DIFFERENCE = "difference"


def clipped(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where RGB pixels (h, w, 3) are 255, and where they are 0, in any channel: bool (h, w)."""
    return (pixels == 255).any(2), (pixels == 0).any(2)


class Picture:
    """The photo, the edits over it, and what an edit may become: as device pixels.

    Attributes:
        original: the edits are not drawn.
        split: on one side of it they are not.
        marks: what is shown of the pixels instead of them, or on top: ``Marks``.
        surround: 0…255, the neutral grey around the photo: colours beside it are judged truly.
        stale: the pixels must be drawn again, not only elsewhere.
    """

    def __init__(self) -> None:
        self._photo: Layer | None = None
        self._composite: Layer | None = None
        self._preview: Layer | None = None
        self._pixels = self._laid = np.zeros((1, 1, 3), np.uint8)
        self._drawn: View | None = None
        self.original = False
        self.split: Split | None = None
        self.marks = Marks.NONE
        self.surround = SURROUNDS["dark"]
        self.stale = True

    @property
    def is_empty(self) -> bool:
        """Whether there is no photo."""
        return self._photo is None

    def show_photo(self, pyramid: Pyramid | None) -> tuple[int, int] | None:
        """Another photo, without edits; returns its width and height."""
        self._composite = self._preview = self._photo = None
        self.stale = True
        if pyramid is None:
            return None
        height, width = pyramid.levels[0].shape[:2]
        self._photo = Layer(pyramid.levels, (0, 0, width, height))
        return width, height

    def show_composite(self, patch: Patch | None) -> None:
        """The edited pixels; None: there are no edits."""
        self._composite, self.stale = _layer(patch), True

    @property
    def is_previewed(self) -> bool:
        """Whether a preview lies over the edits."""
        return self._preview is not None

    def show_preview(self, patch: Patch | None) -> None:
        """Pixels over the composite for now; None ends it."""
        self._preview, self.stale = _layer(patch), True

    def draw(self, port: Viewport) -> QImage:
        """What the widget shows, turned as the view is; valid until it is drawn again."""
        if port.is_oblique and self.split is None and self.marks is Marks.NONE:
            return rgb_image(self._draw_turned(port), port.ratio)
        self._draw_sheet(port)
        self._laid, _ = port.laid(self._pixels, (0, 0, *port.size))
        return rgb_image(self._laid, port.ratio)

    def _draw_sheet(self, port: Viewport) -> None:
        width, height = port.size
        if self._pixels.shape[:2] != (height, width):
            self._pixels = np.empty((height, width, 3), np.uint8)
            self.stale = True
        if self._photo is not None:
            for box in self._stale_boxes(port.view):
                edited = common(box, self.split.edited(width, height)) if self.split else box
                self._draw(self._pixels, port.view, box, edited)
            self.stale, self._drawn = False, port.view

    def _draw_turned(self, port: Viewport) -> NDArray[np.uint8]:
        """The widget's pixels at once: by way of the sheet, each would be made twice."""
        self.stale = True  # the sheet does not know of it
        width, height = port.widget
        pixels = np.full((height, width, 3), self.surround, np.uint8)
        edits = () if self.original else (self._composite, self._preview)
        for layer in (self._photo, *edits):
            if layer is not None:
                layer.draw_turned(pixels, port.turned)
        self._laid = pixels
        return pixels

    def look(self, pixels: NDArray[np.uint8], view: View) -> None:
        """Draw what another view shows of the photo and its edits into RGB pixels (h, w, 3)."""
        box = 0, 0, pixels.shape[1], pixels.shape[0]
        self._draw(pixels, view, box, box)

    def _draw(self, pixels: NDArray[np.uint8], view: View, box: Box, edited: Box) -> None:
        """Draw a box; edits only inside ``edited``, and nothing that they would cover."""
        edits = () if self.original else (self._preview, self._composite)
        beneath = [box]
        for layer in (one for one in edits if one is not None):
            hole = common(edited, layer.box(view))
            for part in beneath:
                layer.draw(pixels, view, common(part, hole))
            beneath = [rest for part in beneath for rest in around(part, hole)]
        for part in beneath:
            self._draw_photo(pixels, view, part)
        if self.marks is Marks.CLIPPING:
            self._mark_clipping(pixels, view, box)
        elif self.marks is Marks.DIFFERENCE:
            self._mark_difference(pixels, view, box)

    def _draw_photo(self, pixels: NDArray[np.uint8], view: View, box: Box) -> None:
        left, top, right, bottom = box
        pixels[top:bottom, left:right] = self.surround
        if self._photo is not None:
            self._photo.draw(pixels, view, box)

    def _mark_clipping(self, pixels: NDArray[np.uint8], view: View, box: Box) -> None:
        """What is as light or as dark as it can be in any channel, in a colour."""
        if self._photo is None:
            return
        left, top, right, bottom = common(box, self._photo.box(view))
        part = pixels[top : max(top, bottom), left : max(left, right)]
        light, dark = clipped(part)
        part[light], part[dark] = _LIGHT, _DARK

    def _mark_difference(self, pixels: NDArray[np.uint8], view: View, box: Box) -> None:
        """Grey where nothing was edited, lighter and darker by what was, four times as much."""
        before = np.empty_like(pixels)
        self._draw_photo(before, view, box)
        left, top, right, bottom = box
        part = pixels[top:bottom, left:right]
        part[...] = cv2.addWeighted(part, _GAIN, before[top:bottom, left:right], -_GAIN, 128)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The photo and what lies over it, from below; () without one. For any thread."""
        every = self._photo, self._composite, self._preview
        return tuple(layer for layer in every if layer is not None) if self._photo else ()

    def _stale_boxes(self, view: View) -> list[Box]:
        """What is to be drawn, once the pixels lie where the view has them."""
        height, width = self._pixels.shape[:2]
        anew = self.stale or self._drawn is None or self.split  # the line stays where it is
        moved = None if anew or self._drawn is None else self._drawn.shift_to(view)
        return [(0, 0, width, height)] if moved is None else scroll(self._pixels, *moved)

    def colour_at(self, position: QPointF, port: Viewport) -> Colour:
        """The colour at a sheet position; what is stale is drawn first."""
        self._draw_sheet(port)
        height, width = self._pixels.shape[:2]
        x = min(width - 1, max(0, int(position.x() * port.ratio)))
        y = min(height - 1, max(0, int(position.y() * port.ratio)))
        red, green, blue = self._pixels[y, x].tolist()
        return red, green, blue


def glance(layers: Sequence[Layer], side: int) -> NDArray[np.uint8]:
    """All of a photo with its edits (``Picture.layers``), RGB (h, w, 3) of at most ``side``."""
    _, _, width, height = layers[0].rectangle
    zoom = min(1.0, side / max(width, height))
    pixels = np.empty((max(1, round(height * zoom)), max(1, round(width * zoom)), 3), np.uint8)
    for layer in layers:
        layer.draw(pixels, View(zoom))
    return pixels


class Pictures:
    """The photo, and perhaps a proof of it that is drawn instead.

    Attributes:
        photo: with its edits; colours are picked from it.
        proof: other pixels of the same photo and edits; None without one.
        kept: the edits are only what a project kept of them, until they are drawn.
        behind: something was changed since that these do not show.
        marks: what is told about the pixels of whichever is drawn.
    """

    def __init__(self) -> None:
        self.photo = Picture()
        self.proof: Picture | None = None
        self.kept = self.behind = False
        self.marks = Marks.NONE

    @property
    def drawn(self) -> Picture:
        """The one on the screen."""
        return self.proof or self.photo

    def tell_kept(self, kept: bool) -> None:
        """Whether that is so of the edits that were shown last."""
        self.kept = kept

    def tell_behind(self, behind: bool) -> None:
        """Whether something was changed since that is not drawn."""
        self.behind = behind

    @property
    def note(self) -> str:
        """What is to be told of edits that are only what a project kept; "" where they are not."""
        if not self.kept or self.photo.is_previewed:
            return ""
        if self.behind:
            return tr("As saved – what was changed since is not drawn yet")
        return tr("As saved – the edits are being drawn")

    def mark(self, marks: Marks) -> None:
        """Tell that of both from now on."""
        self.marks = marks
        for picture in self.both:
            picture.marks, picture.stale = marks, True

    @property
    def both(self) -> tuple[Picture, ...]:
        """All that there are."""
        return (self.photo,) if self.proof is None else (self.photo, self.proof)


class FaceFrames:
    """Boxes around the faces, while one is chosen.

    Attributes:
        shown: whether they are drawn.
    """

    def __init__(self) -> None:
        self._boxes: tuple[tuple[float, float, float, float], ...] = ()
        self._active = -1
        self.shown = False

    def show(
        self, boxes: Sequence[tuple[float, float, float, float]], active: int, *, shown: bool
    ) -> None:
        """Boxes are x, y, width, height in photo pixels."""
        self._boxes, self._active, self.shown = tuple(boxes), active, shown

    def other_at(self, x: float, y: float) -> int | None:
        """The face that a click would choose: one that is not active, the smallest there."""
        under = [
            (w * h, number)
            for number, (left, top, w, h) in enumerate(self._boxes)
            if left <= x <= left + w and top <= y <= top + h
        ]
        if not under or any(number == self._active for _, number in under):
            return None
        return min(under)[1]

    def draw(self, painter: QPainter, port: Viewport) -> None:
        """Draw them if they are shown."""
        for number, (x, y, w, h) in enumerate(self._boxes if self.shown else ()):
            box = QRectF(port.widget_point(x, y), port.widget_point(x + w, y + h))
            marks.draw_face(painter, box, number + 1, active=number == self._active)


def _layer(patch: Patch | None) -> Layer | None:
    if patch is None:
        return None
    return Layer((patch.pixels, *patch.smaller), (patch.x, patch.y, patch.width, patch.height))
