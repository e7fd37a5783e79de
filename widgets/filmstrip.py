"""Several photos at once: a strip of thumbnails, their ratings, and what became of each."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem, QMenu, QWidget

from editor.document.files import read_failure
from editor.document.photo import SUFFIXES, PhotoError, make_pyramid, open_photo
from editor.document.ratings import BEST, Rated, rate, rating_of
from editor.session.background import Background
from editor.session.studio import engine_error
from widgets.pixels import rgb_image
from widgets.thumbnails import untinted
from widgets.translation import marked, tr, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from editor.document.errors import EngineError
    from editor.document.photo import Photo
    from editor.session.session import EditSession

State = Literal["", "edited", "saved", "exported", "failed"]

_STATES = (marked("edited"), marked("saved"), marked("exported"), marked("failed"))
_SIDE = 96  # pixels of a thumbnail's longer side
_PATH = Qt.ItemDataRole.UserRole
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


def _rates(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent) or event.modifiers() & ~_KEYPAD:
        return False
    return event.text() in tuple("012345")


class Filmstrip(QListWidget):
    """The photos that were opened together, in their order; a double click or Enter opens one.

    Thumbnails are made in the background, one after the other; a photo that cannot be read says so.

    The keys 0 to 5 and the menu rate what is selected: that is written at once, into the photo's
    XMP or a sidecar of it.

    Signals:
        chosen(Path): is to be opened.
        filled(): there are photos where there were none.
        rated(Rated): a rating is kept.
        failed(EngineError): a folder could not be read, or a rating not be kept.
    """

    chosen = Signal(object)
    filled = Signal()
    rated = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Filmstrip"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setSpacing(6)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_SIDE + 64)
        self._items: dict[Path, QListWidgetItem] = {}
        self._states: dict[Path, State] = {}
        self._ratings: dict[Path, int] = {}
        self._current: Path | None = None
        self._background = background = Background("filmstrip", self)
        self.destroyed.connect(partial(background.close, wait=False))
        self._writer = writer = Background("ratings", self)
        self.destroyed.connect(writer.close)  # what was asked for is written
        self.itemActivated.connect(self._on_activated)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them."""
        return tuple(self._items)

    @property
    def selected(self) -> tuple[Path, ...]:
        """Those that are selected, or else all."""
        chosen = {item.data(_PATH) for item in self.selectedItems()}
        return tuple(path for path in self._items if str(path) in chosen) or self.paths

    @property
    def current(self) -> Path | None:
        """The one that is open, here or not."""
        return self._current

    def rating_of(self, path: Path) -> int:
        """0…5; 0 also while that is not known yet."""
        return self._ratings.get(path, 0)

    def rate(self, rating: int) -> None:
        """Keep a rating, 0…5, of the photos that are selected."""
        chosen = {item.data(_PATH) for item in self.selectedItems()}
        for path in self._items:
            if str(path) in chosen:
                self._writer.submit(partial(rate, path, rating), self._on_rated)

    def state_of(self, path: Path) -> State:
        """What became of a photo; "" where nothing did, or it is not here."""
        return self._states.get(path, "")

    def open(self, places: Iterable[Path], then: Callable[[list[Path]], object]) -> None:
        """List photos, and those of folders; ``then`` gets them, at least one.

        Folders are read in the background; in them only what ends like a photo is listed.
        """

        def found(listed: Future[list[Path]]) -> None:
            error = listed.exception()
            if error is not None:
                self.failed.emit(engine_error(error))
                return
            paths = listed.result()
            self.add(paths)
            if paths:
                then(paths)

        self._background.submit(partial(_photos_in, tuple(places)), found)

    def add(self, paths: Iterable[Path]) -> None:
        """List photos, once each."""
        was_empty = not self._items
        for path in paths:
            if path in self._items:
                continue
            item = QListWidgetItem(path.name, self)
            item.setData(_PATH, str(path))
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            item.setSizeHint(QSize(_SIDE + 24, _SIDE + 44))
            self._items[path] = item
            self._states[path] = ""
            self._show(path)
            self._background.submit(partial(_thumbnail, path), partial(self._on_thumbnail, path))
        if was_empty and self._items:
            self.filled.emit()

    def mark(self, path: Path | None, state: State) -> None:
        """Say what became of a photo, if it is here."""
        if path in self._items:
            self._states[path] = state
            self._show(path)

    def show_current(self, path: Path | None) -> None:
        """That one is open."""
        before, self._current = self._current, path
        for one in (before, path):
            if one in self._items:
                self._show(one)
        if path in self._items:
            self.scrollToItem(self._items[path])

    def _show(self, path: Path) -> None:
        item, state = self._items[path], self._states[path]
        said = tr(state) if state in _STATES else ""
        told = " ".join(part for part in ("★" * self.rating_of(path), said) if part)
        item.setText(f"{path.name}\n{told}" if told else path.name)
        item.setToolTip(f"{path}\n{said}" if state else str(path))
        font = item.font()
        font.setBold(path == self._current)
        item.setFont(font)

    def _on_thumbnail(self, path: Path, future: Future[tuple[NDArray[np.uint8], int]]) -> None:
        error = future.exception()
        if error is None:
            pixels, rating = future.result()
            self._items[path].setIcon(untinted(rgb_image(pixels)))
            self._ratings.setdefault(path, rating)  # one that was given meanwhile is newer
            self._show(path)
        else:
            self.mark(path, "failed")
            self._items[path].setToolTip(f"{path}\n{translated(str(error))}")

    def _on_rated(self, future: Future[Rated]) -> None:
        error = future.exception()
        if error is not None:
            self.failed.emit(engine_error(error))
            return
        kept = future.result()
        self._ratings[kept.path] = kept.rating
        self._show(kept.path)
        self.rated.emit(kept)

    def event(self, event: QEvent) -> bool:
        """With the keys here a digit rates; elsewhere it may be a shortcut of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and _rates(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The digits rate."""
        if _rates(event):
            self.rate(int(event.text()))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ratings for what is selected, or for the photo under the pointer."""
        item = self.itemAt(event.pos())
        if item is not None and not item.isSelected():
            self.setCurrentItem(item)
        event.accept()
        if self.selectedItems():
            menu = self.menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the photos that are selected."""
        menu = QMenu(self)
        for rating in range(BEST + 1):
            text = "★" * rating or tr("No stars")
            menu.addAction(f"{text}\t{rating}", partial(self.rate, rating))
        return menu

    @Slot(QListWidgetItem)
    def _on_activated(self, item: QListWidgetItem) -> None:
        self.chosen.emit(Path(item.data(_PATH)))


class FilmstripStates(QObject):
    """Keeps a strip in line with what the session does to its photos.

    Signals:
        told(str): photos were passed over, since they cannot be read.
    """

    told = Signal(str)

    def __init__(self, session: EditSession, strip: Filmstrip) -> None:
        super().__init__(strip)
        self._session, self._strip = session, strip
        self._asked: Path | None = None
        self._others: list[Path] = []  # to be tried if that cannot be read
        self._passed: list[str] = []
        strip.chosen.connect(self._on_chosen)
        strip.rated.connect(session.files.take_rating)
        session.photo_opened.connect(self._on_photo)
        session.modified_changed.connect(self._on_modified)
        session.failed.connect(self._on_failed)

    def open_first(self, paths: list[Path], open_one: Callable[[Path], object]) -> None:
        """Open the first of these that can be read."""
        self._others, self._passed = paths[1:], []
        self._asked = paths[0]
        open_one(paths[0])

    def written(self, state: State) -> Callable[[bool], None]:
        """What a save or an export that begins now calls at its end: the open photo is marked."""
        path = self._path

        def ended(is_there: bool) -> None:
            if is_there:
                self._strip.mark(path, state)

        return ended

    @property
    def _path(self) -> Path | None:
        photo = self._session.photo
        return photo.path if photo is not None else None

    @Slot(object)
    def _on_chosen(self, path: Path) -> None:
        self._asked, self._others = path, []

    @Slot(object)
    def _on_photo(self, photo: Photo) -> None:
        self._asked, self._others = None, []
        if self._passed:
            names, self._passed = ", ".join(self._passed), []
            self.told.emit(tr("Passed over, since it cannot be read: {names}.", names=names))
        left = self._strip.current
        kept = left is not None and self._session.files.left.find(left) is not None
        if self._strip.state_of(left or Path()) == "edited" and not kept:
            self._strip.mark(left, "")  # its edits were let go
        self._strip.show_current(photo.path)
        if self._strip.state_of(photo.path or Path()) == "failed":
            self._strip.mark(photo.path, "")

    @Slot(bool)
    def _on_modified(self, modified: bool) -> None:
        if modified:
            self._strip.mark(self._path, "edited")

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        if error.kind == "photo_unreadable":
            self._strip.mark(self._asked, "failed")
            if self._others and self._asked is not None:
                self._passed.append(self._asked.name)
                others = self._others[1:]
                self._strip.chosen.emit(self._others[0])
                self._others = others


def _photos_in(places: tuple[Path, ...]) -> list[Path]:
    """Files as given, and those of folders by their suffixes and in their order.

    Raises:
        PhotoError: a folder cannot be read.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            try:
                inside = sorted(path for path in place.iterdir() if not path.name.startswith("."))
            except OSError as error:
                raise PhotoError(*read_failure(error, place)) from error
            found |= dict.fromkeys(path for path in inside if path.suffix.lower() in SUFFIXES)
        else:
            found[place] = None
    return list(found)


def _thumbnail(path: Path) -> tuple[NDArray[np.uint8], int]:
    """sRGB (h, w, 3), the longer side twice ``_SIDE`` for screens of two pixels to one; and rating.

    Raises:
        PhotoError: it cannot be read.
    """
    photo = open_photo(path)
    level = make_pyramid(photo).levels[-1]
    height, width = level.shape[:2]
    scale = 2 * _SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_AREA), np.uint8)
    return small, rating_of(photo.metadata)
