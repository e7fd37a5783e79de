"""What is going on: progress with Cancel, the device, and a banner for errors and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from editor.session.log import shortened
from editor.session.operations import InTurn
from widgets.keymap import tipped
from widgets.theme import styled
from widgets.translation import tr, translated
from widgets.words import TimeLeft, preview_quality

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QResizeEvent

    from editor.document.errors import EngineError
    from editor.document.history import Portrait
    from editor.engine.jobs import Progress
    from editor.session.desks.refinements import Waiting
    from editor.session.operations import Refining

_NOTICE_MS = 9000
_WIDEST = (1 << 24) - 1  # Qt's QWIDGETSIZE_MAX: no limit
_DETAIL_HEIGHT = 150  # pixels of the unfolded details; they scroll
_APART, _CLOSE = 12, 5  # pixels between parts: where there is room, and where there is little
_SHORTEST_BAR, _BAR, _LONGEST_BAR = 24, 60, 200  # pixels
_LEAST_PROOF = 60  # pixels of the profile's name that say something; the tip has all of it
_LEAST_HINT = 160  # pixels of a hint that says something; of fewer it would be a letter and dots
_FINE = 100  # steps of the bar for each of several edits
_FEWEST = 8  # steps of a job: of fewer, one may take as long as all others together
_LONGEST_DETAIL = 6000  # characters; the end of a traceback says most


def _wanted(widget: QWidget) -> int:
    """How wide a part of the line would be; a bar may be short."""
    return _BAR if isinstance(widget, QProgressBar) else widget.sizeHint().width()


class Elided(QLabel):
    """One line that ends in an ellipsis where there is no room for all of it; its tip has all."""

    def event(self, event: QEvent) -> bool:
        """Say all of it to whoever points at what is cut."""
        cut = self.width() < self.sizeHint().width()
        if isinstance(event, QHelpEvent) and cut and event.type() == QEvent.Type.ToolTip:
            tip = self.toolTip()
            told = self.text() if tip in ("", self.text()) else f"{self.text()}\n{tip}"
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """A long text must not widen the window."""
        return QSize(min(40, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of it as there is room for."""
        del event
        painter = QPainter(self)
        fits = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self.style().drawItemText(
            painter,
            self.rect(),
            where,
            self.palette(),
            self.isEnabled(),
            fits,
            self.foregroundRole(),
        )


class StatusStrip(QWidget):
    """A line at the bottom: stage, bar, Cancel; refinement, zoom and device at the right.

    Signals:
        cancel_requested(): stop what is under way.
        pause_requested(bool): refine no further for now, or go on.
        compare_requested(bool): show the refined face, or the draft's edits again.
        take_requested(), keep_requested(): the refined face or the draft, for good.
    """

    cancel_requested = Signal()
    pause_requested = Signal(bool)
    compare_requested = Signal(bool)
    take_requested = Signal()
    keep_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.stage = Elided()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setMinimumWidth(_SHORTEST_BAR)
        self.bar.setMaximumWidth(_LONGEST_BAR)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel = QPushButton()
        self.cancel.setObjectName("small")
        self._cancels = 0
        self._say_cancel(1)
        self.cancel.clicked.connect(self.cancel_requested)
        self.hint = styled(Elided(), "quiet")
        self.hint.setAccessibleName(tr("What the tool does"))
        # it takes the room that all others leave
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.refining = styled(Elided(), "quiet")
        self.pause = styled(QPushButton(tr("Pause")), "small")
        self.pause.clicked.connect(self._on_pause)
        self._paused = False
        self._time_left, self._refined_in = TimeLeft(), TimeLeft()
        self._waiting: Waiting | None = None
        self.compare = styled(QPushButton(tr("Compare")), "small")
        self.compare.setCheckable(True)
        tipped(
            self.compare,
            tr("The improved preview, and the draft's edits again, in turn ({refined})"),
        )
        self.compare.clicked.connect(self.compare_requested)
        self.take = styled(QPushButton(tr("Take improved")), "small")
        tipped(
            self.take,
            tr("The improved preview with your edits made on it again ({take_refined})"),
        )
        self.take.clicked.connect(self.take_requested)
        self.keep = styled(QPushButton(tr("Keep draft")), "small")
        tipped(
            self.keep,
            tr("Keep your edits as they are, on the draft, and make nothing again ({keep_draft})"),
        )
        self.keep.clicked.connect(self.keep_requested)
        self._news = QTimer(self, singleShot=True, interval=_NOTICE_MS)
        self._news.timeout.connect(self.refining.hide)
        self.photo = styled(Elided(), "quiet")
        self.proof = styled(Elided(), "quiet")
        self.proof.hide()
        self.zoom = styled(QLabel(), "quiet")
        self.device = styled(Elided(tr("Starting the engine…")), "quiet")
        self.device.setToolTip(tr("What computes the edits"))
        # Laid out apart: a layout of this widget's own would have the whole window laid out again
        # whenever a part is shown or a text changes (8 ms at each slider let go).
        self._line = QWidget(self)
        layout = QHBoxLayout(self._line)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(_APART)
        for widget in (self.stage, self.bar, self.cancel):
            layout.addWidget(widget)
        layout.addWidget(self.hint, 1)
        layout.addStretch(0)  # takes the room where there is no hint
        choice = self.compare, self.take, self.keep
        for widget in (
            self.refining, self.pause, *choice, self.photo, self.proof, self.zoom, self.device,
        ):  # fmt: skip
            layout.addWidget(widget)
        self._choice = choice
        for button in (self.cancel, self.pause, *choice):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(34)
        self._line.installEventFilter(self)
        self.show_hint("")
        self.show_progress(None)
        self.show_refining(None)
        self.show_waiting(None)

    @Slot(str)
    def show_hint(self, hint: str) -> None:
        """Show what the tool in hand does, and with which keys."""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.hint.setToolTip(hint)

    @Slot(object)
    def show_progress(self, progress: Progress | None) -> None:
        """Show a step of a job, or that nothing is under way."""
        for widget in (self.stage, self.bar, self.cancel):
            widget.setVisible(progress is not None)
        if progress is None:
            return
        self.cancel.setVisible(progress.stoppable)
        if isinstance(progress, InTurn):
            self._show_in_turn(progress)
            return
        self._say_cancel(1)
        self._move_bar(progress.step, progress.steps)
        left = ""
        if progress.steps >= _FEWEST:
            left = self._time_left.of(progress.stage, progress.step / progress.steps)
        self.stage.setText(" · ".join(filter(None, (translated(progress.stage), left))))

    def _show_in_turn(self, progress: InTurn) -> None:
        """Show which of several edits is made, and how long all of them will take."""
        number, count = progress.turn.number, progress.turn.count
        done = progress.step / progress.steps if progress.steps >= _FEWEST else 0.0
        share = (number - 1 + done) / count
        self._move_bar(round(_FINE * share * count), _FINE * count)
        left = self._time_left.of(f"{count} edits", share)
        told = tr("Edit {number} of {count}", number=number, count=count)
        self.stage.setText(tr("{what} · {left} for all", what=told, left=left) if left else told)
        self._say_cancel(count - number + 1)

    def _move_bar(self, value: int, most: int) -> None:
        # A bar paints itself, and all else that waits to be painted, within setValue (4 ms a step).
        self.bar.setUpdatesEnabled(False)
        self.bar.setRange(0, most)
        self.bar.setValue(value)
        self.bar.setUpdatesEnabled(True)

    def _say_cancel(self, left: int) -> None:
        """What the button ends: one job, or so many edits, of which others may be made already."""
        if left == self._cancels:
            return
        self._cancels = left
        if left == 1:
            self.cancel.setText(tr("Cancel"))
            tip = tr("Stop this and return to the last finished state ({cancel})")
        else:
            self.cancel.setText(tr("Cancel {count} edits", count=left))
            tip = tr("Make none of these edits; those that are made already stay ({cancel})")
        tipped(self.cancel, tip)

    @Slot(object)
    def show_refining(self, refining: Refining | None) -> None:
        """Show how far the inversion behind the edits is, or that there is none."""
        self.pause.setVisible(refining is not None)
        if refining is None:
            if self._waiting is not None:
                self.show_waiting(self._waiting)
            else:
                self.refining.setVisible(self._news.isActive())
            return
        self._news.stop()
        self._paused = refining.paused
        what = tr("Edits") if refining.settles else tr("Face preview")
        left = self._refined_in.of(what, refining.share)
        going = tr("being improved") if refining.settles else tr("improving")
        state = tr("paused") if refining.paused else going
        parts = [f"{what}, {state}", left if left and not refining.paused else ""]
        if refining.turn.count > 1:
            number, count = refining.turn.number, refining.turn.count
            parts.insert(1, tr("{number} of {count}", number=number, count=count))
        self.refining.setText(" · ".join(filter(None, parts)))
        self.refining.setToolTip(
            tr(
                "What you see was made on the draft, and stays. Each edit is searched for again on "
                "the improved preview, whenever you do nothing; then you choose."
            )
            if refining.settles
            else tr(
                "Edit meanwhile: your edits stay. The program learns to draw this face better, "
                "and waits whenever you do something."
            )
        )
        self.refining.show()
        self.pause.setText(tr("Resume") if refining.paused else tr("Pause"))
        self.pause.setToolTip(
            tr("Go on from where it stopped")
            if refining.paused
            else tr("Leave the processor alone")
        )

    @Slot(object)
    def show_waiting(self, waiting: Waiting | None) -> None:
        """Offer the refined face once all edits are settled on it; None: there is no choice."""
        before, self._waiting = self._waiting, waiting
        ready = waiting is not None and waiting.is_ready
        self.compare.setVisible(ready)
        self.take.setVisible(ready)
        self.keep.setVisible(waiting is not None)
        self.compare.setChecked(waiting is not None and waiting.is_shown)
        if waiting is not None and ready:
            self._news.stop()
            edits = waiting.edits
            if waiting.is_drawn:
                shown = tr("You see it improved")
            elif waiting.is_shown:
                shown = tr("It is being drawn, improved…")
            else:
                shown = tr("Improved, your edits too")  # what is the photo's own needs nothing
            self.refining.setText(shown)
            self.refining.setToolTip(
                tr(
                    "The preview is better now, and the %n of your edits that are drawn with it "
                    "were made on it again. You see them as they were made on the draft until you "
                    "choose.",
                    n=edits,
                    one="The preview is better now, and the one of your edits that is drawn with "
                    "it was made on it again. You see it as it was made on the draft until you "
                    "choose.",
                )
            )
            self.refining.show()
        elif waiting is None and before is not None and not self._news.isActive():
            self.refining.setVisible(self.pause.isVisibleTo(self))

    @Slot(object)
    def show_refined(self, portrait: Portrait) -> None:
        """Say that a draft has made way, for a while."""
        kept = tr("; your edits lie on top") if portrait.history.edits else ""
        quality = preview_quality(portrait, improving=False)
        self.refining.setText(f"{quality.removesuffix('.')}{kept}")
        self.refining.setToolTip("")
        self.refining.show()
        self._news.start()

    def show_proof(self, text: str, details: str = "") -> None:
        """Say through which profile the photo is shown; "": through none."""
        self.proof.setText(text)
        self.proof.setToolTip(details)
        self.proof.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The line is as large as this."""
        self._line.setGeometry(self.rect())
        self._make_room()
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A text or a part of the line is another one."""
        if watched is self._line and event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        """Where there is no room for all: what is the same all day goes first.

        Then parts come closer together; the bar gets short, and the profile's name, which goes at
        last. While something is done that somebody waits for, what improves behind goes next, and
        then the choice: both wait for it. What is left is whole, as long as it can be.
        """
        layout = self._line.layout()
        if layout is None:
            return
        behind = self.refining, self.pause
        same = self.photo, self.device, self.zoom
        every = self.stage, self.bar, self.cancel, *self._choice, self.proof, *same, *behind
        shown = [one for one in every if not one.isHidden()]
        gaps = len(shown) - self.hint.isHidden()  # also beside what is no pixel wide
        room = self._line.width() - 2 * layout.contentsMargins().left()
        room -= sum(map(_wanted, shown)) + gaps * _APART
        awaited = not self.stage.isHidden()

        def without(*widgets: QWidget, goes: bool) -> int:
            for widget in widgets:
                widget.setMaximumWidth(0 if goes else _WIDEST)
            return sum(_wanted(one) for one in widgets if not one.isHidden()) if goes else 0

        for widget in same:
            room += without(widget, goes=room < 0)
        between = _APART if room >= 0 else _CLOSE
        room += gaps * (_APART - between)
        bar = max(_SHORTEST_BAR, min(_BAR, _BAR + room))
        room += 0 if self.bar.isHidden() else _BAR - bar
        proof = _WIDEST
        if room < 0 and not self.proof.isHidden():
            whole = _wanted(self.proof)
            proof = whole + room if whole + room >= _LEAST_PROOF else 0
            room += whole - proof
        room += without(*behind, goes=room < 0 and awaited)
        room += without(*self._choice, goes=room < 0 and awaited)
        self.proof.setMaximumWidth(proof)
        beginning = 0 if self.hint.isHidden() else min(_LEAST_HINT, self.hint.sizeHint().width())
        hinted = room >= beginning
        self.hint.setMaximumWidth(_WIDEST if hinted else 0)
        spare = max(0, room - (beginning if hinted else 0))
        self.bar.setMaximumWidth(min(_LONGEST_BAR, bar + spare))
        if layout.spacing() != between:
            layout.setSpacing(between)
            layout.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is left to take away."""
        self._news.stop()
        super().hideEvent(event)

    @Slot()
    def _on_pause(self) -> None:
        self.pause_requested.emit(not self._paused)


class Banner(QFrame):
    """Errors with their advice, and notices, above the photo; never in the way of work.

    All of them are shown, errors first, each in a paragraph of its own. An error stays until it is
    dismissed; notices go by themselves, one after the other; what is about a region goes once that
    is another one. Technical details are folded away, and
    can be copied for a report without the names of folders and photos.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.text = QLabel(wordWrap=True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.dismiss = QToolButton()
        self.dismiss.setText("✕")
        self.dismiss.setAutoRaise(True)
        self.dismiss.setToolTip(tr("Dismiss"))
        self.dismiss.setAccessibleName(tr("Dismiss message"))
        self.dismiss.clicked.connect(self.clear)
        self.details = styled(QToolButton(), "details")
        self.details.setText(tr("Details"))
        self.details.setCheckable(True)
        self.details.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.details.setAccessibleName(tr("Details of the error"))
        self.details.toggled.connect(self._refresh)
        self.copy = styled(QPushButton(tr("Copy")), "small")
        self.copy.setToolTip(tr("Copy what happened, for a report; names of folders are left out"))
        self.copy.clicked.connect(self._copy)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setAccessibleName(tr("Details of the error"))
        self.detail.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.detail.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.detail.setFixedHeight(_DETAIL_HEIGHT)
        top = Qt.AlignmentFlag.AlignTop
        line = QHBoxLayout()
        line.addWidget(self.text, alignment=top)
        for widget in (self.details, self.copy, self.dismiss):
            line.addWidget(widget, alignment=top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addLayout(line)
        layout.addWidget(self.detail)
        self._errors: dict[str, str] = {}  # shown text → detail
        self._notices: list[str] = []  # shown texts, the oldest first
        self._hints: set[str] = set()  # of both, what goes with the region that it is about
        self._timer = QTimer(self, singleShot=True, interval=_NOTICE_MS)
        self._timer.timeout.connect(self._drop_oldest)
        self.hide()

    @Slot(object)
    def show_error(self, error: EngineError) -> None:
        """Show what happened and what to do next."""
        text = f"<b>{_plain(translated(error.title))}</b> {_plain(translated(error.advice))}"
        self._errors[text] = f"{error}\n{error.detail[-_LONGEST_DETAIL:]}" if error.detail else ""
        if error.kind == "region":
            self._hints.add(text)
        self._refresh()

    @Slot(str)
    def show_notice(self, text: str) -> None:
        """Show something good to know for a while."""
        text = _plain(translated(text))
        if text not in self._notices:
            self._notices.append(text)
        if text == self._notices[0] or not self._timer.isActive():
            self._timer.start()
        self._refresh()

    @Slot(str)
    def show_hint(self, text: str) -> None:
        """Show something good to know for a while, at most until ``drop_hints``."""
        self.show_notice(text)
        self._hints.add(_plain(translated(text)))

    @Slot()
    def drop_hints(self) -> None:
        """Take away what was about the region as it was, or about what was asked of it."""
        if not self._hints:
            return
        hints, self._hints = self._hints, set()
        first = self._notices[:1]
        self._errors = {text: told for text, told in self._errors.items() if text not in hints}
        self._notices = [text for text in self._notices if text not in hints]
        if not self._notices:
            self._timer.stop()
        elif self._notices[:1] != first:
            self._timer.start()
        self._refresh()

    def set_stay(self, seconds: int) -> None:
        """Show notices for so long."""
        self._timer.setInterval(1000 * seconds)

    @Slot()
    def clear(self) -> None:
        """Take all messages away."""
        self._timer.stop()
        self._errors.clear()
        self._notices.clear()
        self._hints.clear()
        self.details.setChecked(False)
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is left to take away."""
        self._timer.stop()
        super().hideEvent(event)

    @Slot()
    def _drop_oldest(self) -> None:
        self._hints.discard(self._notices.pop(0))
        if self._notices:
            self._timer.start()
        self._refresh()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(shortened(self.detail.toPlainText()))
        self.copy.setText(tr("Copied"))

    @Slot()
    def _refresh(self) -> None:
        messages = [*self._errors, *self._notices]
        self.text.setText("".join(f'<p style="margin: 3px 0">{text}</p>' for text in messages))
        told = "\n\n".join(filter(None, self._errors.values()))
        if told != self.detail.toPlainText():
            self.detail.setPlainText(told)
            self.copy.setText(tr("Copy"))
        unfolded = self.details.isChecked()
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self.details.setArrowType(arrow)
        self.details.setVisible(bool(told))
        self.copy.setVisible(bool(told))
        self.detail.setVisible(bool(told) and unfolded)
        self.setProperty("kind", "error" if self._errors else "notice")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setVisible(bool(messages))


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
