"""Two fingers on a touch screen: they move, zoom and turn the photo together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPinchGesture

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGestureEvent

    from widgets.canvas import PhotoCanvas

_TURNS = 12.0  # degrees from which two fingers mean to turn, and not only to zoom
_WHOLE = 5.0  # degrees within which a turn rests at a quarter


class TwoFingers:
    """What a pinch has done so far."""

    def __init__(self, canvas: PhotoCanvas) -> None:
        """Let a canvas take touches."""
        self._canvas = canvas
        self._turned = 0.0
        self._turns = False
        canvas.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        canvas.grabGesture(Qt.GestureType.PinchGesture)

    def take(self, event: QGestureEvent) -> bool:
        """Follow the fingers; whether the event was theirs."""
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        canvas = self._canvas
        if pinch.state() == Qt.GestureState.GestureStarted:
            self._turned, self._turns = 0.0, False
            canvas.abandon_stroke()  # its first finger seemed to draw
        at = canvas.mapFromGlobal(pinch.centerPoint())
        moved = pinch.centerPoint() - pinch.lastCenterPoint()
        if pinch.state() != Qt.GestureState.GestureStarted:
            canvas.pan(moved)
        if pinch.scaleFactor() > 0:
            canvas.zoom_by(pinch.scaleFactor(), at)
        step = pinch.rotationAngle() - pinch.lastRotationAngle()
        self._turned += step
        if self._turns:
            canvas.turn_to(canvas.port.turn.by(step))
        elif abs(self._turned) > _TURNS:
            self._turns = True
            canvas.turn_to(canvas.port.turn.by(self._turned))
        if pinch.state() == Qt.GestureState.GestureFinished:
            degrees = canvas.port.turn.degrees
            whole = 90 * round(degrees / 90)
            if abs(degrees - whole) <= _WHOLE:
                canvas.turn_to(canvas.port.turn.by(whole - degrees))
        return True
