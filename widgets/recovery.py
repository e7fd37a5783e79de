"""What earlier sessions left unsaved: offered with photo, time and thumbnail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.theme import styled
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from editor.session.autosave import Autosave
    from editor.session.journal import Recovery
    from editor.session.session import EditSession

_PICTURE = QSize(144, 108)


class RecoveryOffer(QObject):
    """Looks for unsaved work once, offers it, and restores what is chosen."""

    def __init__(self, session: EditSession, autosave: Autosave, window: QWidget) -> None:
        """Look now.

        Args:
            session: opens what is restored.
            autosave: finds, prepares and throws away.
            window: the dialog belongs to it.
        """
        super().__init__(window)
        self._autosave = autosave
        self._window = window
        autosave.found.connect(self._offer)
        autosave.prepared.connect(session.files.restore)
        session.restored.connect(autosave.restored)
        autosave.look()

    @Slot(object)
    def _offer(self, recoveries: tuple[Recovery, ...]) -> None:
        if recoveries:
            dialog = RecoveryDialog(recoveries, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.restore_requested.connect(self._autosave.prepare)
            dialog.discard_requested.connect(self._autosave.discard)
            dialog.open()


class RecoveryDialog(QDialog):
    """A list of what is left, the newest first, and what to do with the chosen one.

    Return restores, Delete discards after a question, Esc leaves all of it to the next start.

    Signals:
        restore_requested(Recovery): the dialog closes; the others are left to the next start.
        discard_requested(Recovery): the dialog stays while there are others.
    """

    restore_requested = Signal(object)
    discard_requested = Signal(object)

    def __init__(self, recoveries: Sequence[Recovery], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Recover unsaved work"))
        self._left = list(recoveries)
        many = len(self._left) > 1
        label = QLabel(
            tr("The program ended before this work was saved.")
            + (" " + tr("Choose what to go on with.") if many else ""),
            wordWrap=True,
        )
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Unsaved work"))
        self.list.setAccessibleDescription(tr("Return restores, Delete discards"))
        self.list.setIconSize(_PICTURE)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        label.setBuddy(self.list)
        for recovery in self._left:
            self.list.addItem(_item(recovery))
        self.list.setCurrentRow(0)
        self.list.itemDoubleClicked.connect(self._restore)
        hint = styled(QLabel(wordWrap=True), "quiet")
        hint.setText(tr("Your photos and saved projects are as they were. Later keeps this offer."))
        self.restore = QPushButton(tr("&Restore"))
        self.restore.setDefault(True)
        self.restore.setToolTip(tr("Open it; nothing is saved until you save it (Return)"))
        self.discard = QPushButton(tr("&Discard…"))
        self.discard.setAutoDefault(False)
        self.discard.setToolTip(tr("Throw it away (Delete)"))
        self.later = QPushButton(tr("&Later"))
        self.later.setAutoDefault(False)
        self.later.setToolTip(tr("Offer it again at the next start (Esc)"))
        self.restore.clicked.connect(self._restore)
        self.discard.clicked.connect(self._discard)
        self.later.clicked.connect(self.reject)
        buttons, role = QDialogButtonBox(), QDialogButtonBox.ButtonRole
        buttons.addButton(self.restore, role.AcceptRole)
        buttons.addButton(self.discard, role.DestructiveRole)
        buttons.addButton(self.later, role.RejectRole)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self._discard)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for widget in (label, self.list, hint, buttons):
            layout.addWidget(widget)
        rows = min(3, len(self._left))
        self.resize(520, 170 + rows * (_PICTURE.height() + 12))
        self.list.setFocus()

    def done(self, result: int) -> None:
        """Close; what was neither restored nor discarded is left to the next start."""
        for recovery in self._left:
            recovery.release()
        self._left.clear()
        super().done(result)

    @Slot()
    def _restore(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self.restore_requested.emit(self._left.pop(row))
            self.accept()

    @Slot()
    def _discard(self) -> None:
        row = self.list.currentRow()
        if row >= 0 and ask_discard(self, self._left[row].name):
            self.list.takeItem(row)
            self.discard_requested.emit(self._left.pop(row))
            if not self._left:
                self.accept()


def ask_discard(parent: QWidget, name: str) -> bool:
    """Whether unsaved work may be thrown away."""
    buttons = QMessageBox.StandardButton
    answer = QMessageBox.question(
        parent,
        tr("Discard the work?"),
        tr(
            "The unsaved work on {name} would be gone for good. The photo itself is not touched.",
            name=name,
        ),
        buttons.Discard | buttons.Cancel,
        buttons.Cancel,
    )
    return answer == buttons.Discard


def _item(recovery: Recovery) -> QListWidgetItem:
    edits = tr("%n edits", n=recovery.edits, one="%n edit") if recovery.edits else tr("no edits")
    lines = [recovery.name, moment(recovery.time), edits]
    if recovery.project_path is not None:
        lines.insert(1, tr("Project {name}", name=recovery.project_path.name))
    item = QListWidgetItem("\n".join(lines))
    item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(lines))
    picture = _framed(QPixmap(str(recovery.thumbnail)) if recovery.thumbnail else QPixmap())
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # not tinted: it shows what is chosen
    item.setIcon(icon)
    return item


def _framed(picture: QPixmap) -> QPixmap:
    """The picture in the middle of a tile, so that all names begin at one place."""
    tile = QPixmap(_PICTURE)
    tile.fill(Qt.GlobalColor.transparent)
    if not picture.isNull():
        aspect = Qt.AspectRatioMode.KeepAspectRatio
        small = picture.scaled(_PICTURE, aspect, Qt.TransformationMode.SmoothTransformation)
        painter = QPainter(tile)
        left = (tile.width() - small.width()) // 2
        painter.drawPixmap(left, (tile.height() - small.height()) // 2, small)
        painter.end()
    return tile


def moment(time: float) -> str:
    """A time for people: ``Today, 14:05``; seconds since the epoch."""
    when, now = QDateTime.fromSecsSinceEpoch(int(time)), QDateTime.currentDateTime()
    short = QLocale.FormatType.ShortFormat
    clock = QLocale().toString(when.time(), short)
    days = when.date().daysTo(now.date())
    if days in (0, 1):
        return f"{tr('Yesterday') if days else tr('Today')}, {clock}"
    return f"{QLocale().toString(when.date(), short)}, {clock}"
