"""Sliders that say their name and number, and tell a drag from its end."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from widgets.keymap import tipped
from widgets.theme import colour
from widgets.translation import inside, tr

_KEYS_SETTLE_MS = 450  # keys and wheel have no release: a pause ends their drag
_LABEL_WIDTH = 108
_HANDLE_RADIUS = 6


class TrackSlider(QSlider):
    """A horizontal slider whose bar is filled from its neutral value; a click jumps there.

    Signals:
        reached(): the pointer or the keys came to it, or move it.
    """

    reached = Signal()

    def __init__(self, low: int, high: int, neutral: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(low, high)
        self.setValue(neutral)
        self.setFixedHeight(20)
        self.setPageStep(10)
        self._neutral = neutral
        self._ghost: int | None = None  # a value that holds elsewhere
        self._held_at = 0.0  # where on the handle it was taken, pixels from its middle

    def set_ghost(self, value: int | None) -> None:
        """Show a value that is in force somewhere else as an empty ring; None ends it."""
        if value != self._ghost:
            self._ghost = value
            self.update()

    def position_of(self, value: float) -> float:
        """X of a value inside the widget."""
        low, high = self.minimum(), self.maximum()
        return 8 + (self.width() - 16) * (value - low) / max(1, high - low)

    def value_at(self, x: float) -> int:
        """The value under a position."""
        share = (x - 8) / max(1, self.width() - 16)
        low, high = self.minimum(), self.maximum()
        return round(low + min(1.0, max(0.0, share)) * (high - low))

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer came to it."""
        self.reached.emit()
        super().enterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys came to it."""
        self.reached.emit()
        super().focusInEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle as it stands, or have it jump to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            away = event.position().x() - self.position_of(self.value())
            self._held_at = away if abs(away) <= _HANDLE_RADIUS / 2 else 0.0
            self.setSliderDown(True)
            self._move(event)
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self._move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to neutral."""
        del event
        self.setValue(self._neutral)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete goes back to neutral; the rest as usual."""
        if event.key() == Qt.Key.Key_Delete:
            self.setValue(self._neutral)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only the focused slider turns, so that scrolling a panel changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, filled part, neutral tick, handle."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        y = self.height() / 2
        painter.setBrush(colour("groove"))
        painter.drawRoundedRect(QRectF(7, y - 1.5, self.width() - 14, 3), 1.5, 1.5)
        start, end = self.position_of(self._neutral), self.position_of(self.value())
        if self.minimum() < self._neutral < self.maximum():
            painter.drawRect(QRectF(start - 0.75, y - 5, 1.5, 10))
        painter.setBrush(colour("accent" if self.isEnabled() else "off_handle"))
        painter.drawRoundedRect(QRectF(min(start, end), y - 1.5, abs(end - start), 3), 1.5, 1.5)
        if self._ghost is not None:
            painter.setPen(QPen(colour("face"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ghost = self.position_of(max(self.minimum(), min(self.maximum(), self._ghost)))
            painter.drawEllipse(QPointF(ghost, y), _HANDLE_RADIUS - 1, _HANDLE_RADIUS - 1)
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("handle" if self.isEnabled() else "off_handle"))
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2))
        painter.drawEllipse(QPointF(end, y), _HANDLE_RADIUS, _HANDLE_RADIUS)

    def _move(self, event: QMouseEvent) -> None:
        self.reached.emit()
        value = self.value_at(event.position().x() - self._held_at)
        if value != self.sliderPosition():
            self.setSliderPosition(value)


class NumberField(QSpinBox):
    """A number that keeps undo and redo for itself only while there is typing to take back."""

    def event(self, event: QEvent) -> bool:
        """Leave the window's own undo to the window, which would not hear of it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            typed = self.lineEdit()
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if (event.matches(undo) and not typed.isUndoAvailable()) or (
                event.matches(redo) and not typed.isRedoAvailable()
            ):
                event.ignore()
                return False
        return super().event(event)


class NamedSlider(QWidget):
    """A label, a slider, a number and a reset button, in one line.

    Signals:
        dragged(int): on the way; more will follow.
        committed(int): the way ended here.
    """

    dragged = Signal(int)
    committed = Signal(int)

    def __init__(
        self,
        label: str,
        low: int,
        high: int,
        neutral: int,
        *,
        suffix: str = "",
        tip: str = "",
        signed: bool = False,
        resets: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._neutral = neutral
        self._resets = resets
        self._signed = signed
        self._committed = neutral
        self.label = QLabel(label)
        self.slider = TrackSlider(low, high, neutral)
        self.number = NumberField()
        self.number.setRange(low, high)
        self.number.setValue(neutral)
        self.number.setSuffix(suffix)
        self.number.setKeyboardTracking(False)
        self.number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(56)
        self.reset = QToolButton()
        self.reset.setText("⟲")
        self.reset.setAutoRaise(True)
        self.reset.setFixedWidth(20)
        self.reset.setToolTip(tr("Reset {label}", label=inside(label)))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.setVisible(False)
        self.reset.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._name = label
        self.set_label_width(_LABEL_WIDTH)
        self.slider.setMinimumWidth(80)
        self.label.setBuddy(self.slider)
        self.slider.setAccessibleName(label)
        self.number.setAccessibleName(tr("{label} value", label=label))
        self.reset.setAccessibleName(tr("{label} reset", label=label))
        for widget in (self, self.label, self.slider):
            tipped(widget, tip)
        self.slider.setAccessibleDescription(self.toolTip())

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.label, self.slider, self.number, self.reset):
            layout.addWidget(widget)

        self._settle = QTimer(self, singleShot=True, interval=_KEYS_SETTLE_MS)
        self._settle.timeout.connect(self._commit)
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.sliderPressed.connect(self._on_press)
        self.slider.sliderReleased.connect(self._on_release)
        self.number.valueChanged.connect(self._on_number)
        self.number.editingFinished.connect(self._on_editing_finished)
        # a number in hand would take the letters of shortcuts for digits that are none
        self.number.lineEdit().returnPressed.connect(self.slider.setFocus)
        self.reset.clicked.connect(self._on_reset)

    @property
    def value(self) -> int:
        """What is shown."""
        return self.slider.value()

    @property
    def in_hand(self) -> bool:
        """Whether the user is moving it."""
        return self.slider.isSliderDown() or self._settle.isActive()

    def set_label_width(self, width: int) -> None:
        """Give the name that much room, pixels; what does not fit is in its tool tip."""
        elide = Qt.TextElideMode.ElideRight
        self.label.setText(self.label.fontMetrics().elidedText(self._name, elide, width - 6))
        self.label.setFixedWidth(width)

    def set_value(self, value: int) -> None:
        """Show a value without emitting; ignored while the user moves it."""
        if not self.in_hand:
            self._committed = value
            self._show(value)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on the name resets."""
        del event
        if self._resets:
            self._on_reset()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keys that were just pressed count."""
        if self._settle.isActive():
            self._commit()
        super().hideEvent(event)

    def _show(self, value: int) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(value)
            self.number.setPrefix("+" if self._signed and value > 0 else "")
            self.number.setValue(value)
        self.slider.update()
        self.reset.setVisible(self._resets and value != self._neutral)

    @Slot()
    def _on_press(self) -> None:
        self._settle.stop()

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        self._show(value)
        self.dragged.emit(value)
        if not self.slider.isSliderDown():
            self._settle.start()

    @Slot(int)
    def _on_number(self, value: int) -> None:
        self._show(value)
        self.dragged.emit(value)
        self._settle.start()

    @Slot()
    def _on_release(self) -> None:
        self._commit()

    @Slot()
    def _on_editing_finished(self) -> None:
        if self._settle.isActive():
            self._commit()

    @Slot()
    def _on_reset(self) -> None:
        self._show(self._neutral)
        self._commit()

    @Slot()
    def _commit(self) -> None:
        self._settle.stop()
        if self.slider.value() != self._committed:
            self._committed = self.slider.value()
            self.committed.emit(self._committed)
        else:
            self.dragged.emit(self._committed)
