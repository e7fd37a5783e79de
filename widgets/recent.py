"""The photos and projects that were open lately, as a menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu

from widgets.translation import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QWidget

_MOST = 12  # unless the user says otherwise
_LONGEST = 30  # that are kept
_KEY = "recent"


class RecentMenu(QMenu):
    """Newest first. Whether a file still exists is asked when it is opened: a disk may be away.

    Signals:
        chosen(Path): to be opened.
        listed(list[Path]): the list is another one.
    """

    chosen = Signal(object)
    listed = Signal(object)

    def __init__(self, stored: QSettings | None, parent: QWidget | None = None) -> None:
        """List what ``stored`` remembers; None remembers nothing beyond this run."""
        super().__init__(tr("Open &recent"), parent)
        self._stored = stored
        self._most = _MOST
        kept = stored.value(_KEY) if stored else None
        names = [kept] if isinstance(kept, str) else cast("list[object]", kept or [])
        self.paths = [Path(name) for name in names if isinstance(name, str)]
        self._fill()

    def add(self, path: Path | None) -> None:
        """A file was opened or saved."""
        if path is not None:
            self.paths = [path, *(other for other in self.paths if other != path)][:_LONGEST]
            self._keep()

    def set_most(self, count: int) -> None:
        """List so many."""
        self._most = count
        self._fill()

    @Slot()
    def forget(self) -> None:
        """Empty the list."""
        self.paths = []
        self._keep()

    def _keep(self) -> None:
        if self._stored is not None:
            self._stored.setValue(_KEY, [str(path) for path in self.paths])
        self._fill()

    def _fill(self) -> None:
        self.clear()
        listed = self.paths[: self._most]
        names = [path.name for path in listed]
        for path in listed:
            alone = names.count(path.name) == 1
            text = path.name if alone else f"{path.name}  ({path.parent.name})"
            action = self.addAction(text.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._choose, path))
        self.addSeparator()
        self.addAction(tr("&Forget these")).triggered.connect(self.forget)
        self.setToolTipsVisible(True)
        self.setEnabled(bool(listed))
        self.listed.emit(listed)

    def _choose(self, path: Path, checked: bool = False) -> None:
        del checked
        self.chosen.emit(path)
