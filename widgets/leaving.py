"""Before work would be lost: unsaved edits, and files that are still being written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from widgets import dialogs
from widgets.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.session.session import EditSession
    from widgets.main_window import MainWindow


class Leaving(QObject):
    """Asks once, and goes on by itself when the answer can be carried out."""

    def __init__(self, session: EditSession, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._errors = 0
        session.failed.connect(self._count)

    def once_safe(self, action: Callable[[], object]) -> None:
        """Do something that would lose unsaved edits, after asking.

        What is being written is waited for first: it may wait for edits itself.
        """
        if not self._points_settled():
            return
        files = self._session.files
        waiting = [writing.path.name for writing in files.writing if writing.operation is None]
        if waiting:
            self._window.banner.show_notice(
                tr(
                    "This goes on as soon as {waiting} is written.",
                    waiting=tr(" and ").join(waiting),
                )
            )
            files.when_written(lambda: self.once_safe(action))
            return
        if not files.unsaved:
            action()
            return
        answer = dialogs.ask_unsaved(self._window, self._window.document_name)
        if answer == "discard":
            action()
        elif answer == "save":
            self._window.save(then=lambda: self.once_safe(action))

    def once_kept(self, action: Callable[[], object]) -> None:
        """Do something that keeps unsaved edits for later; asks where there is no room for that."""
        document = self._session.studio.document
        if document is not None and not self._session.files.left.has_room(document):
            self.once_safe(action)
        elif self._points_settled():
            action()

    def may_close(self) -> bool:
        """Whether the window may close now; else it closes by itself once that is safe."""
        if not self._points_settled():
            return False
        if self._window.batch.run.running and not dialogs.ask_stop_batch(self._window):
            return False
        files = self._session.files
        if files.writing:
            names = [writing.path.name for writing in files.writing]
            answer = dialogs.ask_writing(self._window, names)
            if answer == "stay":
                return False
            if answer == "wait":
                files.when_written(self._window.close, only_if_there=True)
                return False
            files.cancel()
        names = [left.name for left in files.left.unsaved]
        if files.unsaved:
            names.insert(0, self._window.document_name)
        if not names:
            return True
        answer = dialogs.ask_unsaved(self._window, *names)
        if answer == "save":
            self._save_all(partial(self._close_unless, self._errors))
        elif answer == "discard":
            files.set_saved()  # or the next start would offer it
        return answer == "discard"

    def _save_all(self, then: Callable[[], object]) -> None:
        """Save what is open, then each photo that was left; ``then``: once all are there."""
        files, again = self._session.files, partial(self._save_all, then)
        if files.unsaved:
            self._window.save(then=again)
        elif files.left.unsaved:
            files.come_back(files.left.unsaved[-1], again)
        else:
            then()

    def _points_settled(self) -> bool:
        """Whether no moved points are in hand any more; asks what to do with them."""
        alignment = self._window.alignment
        if alignment.moved:
            answer = dialogs.ask_points(self._window)
            if answer == "apply":
                alignment.apply()
            elif answer == "discard":
                alignment.leave()
        return not alignment.moved

    def _close_unless(self, told: int) -> None:
        """Close, unless an error came meanwhile that the user has not read yet."""
        if self._errors == told:
            self._window.close()

    @Slot()
    def _count(self) -> None:
        self._errors += 1
