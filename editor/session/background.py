"""Short work beside the window: what takes longer than a frame but needs no engine."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.region import RegionMask
    from editor.session.undo import BrushedRegion

_T = TypeVar("_T")


class Background(QObject):
    """One thread that does one piece of work after another, in order."""

    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "background")
        self._closed = False
        # Always by way of the event loop: nobody is called back from inside ``submit``.
        self._ended.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    def submit(self, work: Callable[[], _T], then: Callable[[Future[_T]], None]) -> Future[_T]:
        """Do ``work`` there, then call ``then`` here with the ended future, unless cancelled."""
        future = self._pool.submit(work)

        def announce(ended: Future[_T]) -> None:
            if not ended.cancelled():
                self._ended.emit(then, ended)

        future.add_done_callback(announce)
        return future

    def close(self) -> None:
        """Wait for what was submitted, so that nothing is lost; nobody is called back any more."""
        self._closed = True
        self._pool.shutdown()

    @Slot(object, object)
    def _hand_over(self, then: Callable[[Future[Any]], None], future: Future[Any]) -> None:
        if not self._closed:
            then(future)


class SoftRegion(QObject):
    """The feathered region of the moment, made ahead of its use.

    Signals:
        ready(): the newest region is feathered.
    """

    ready = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._of: BrushedRegion | None = None
        self._mask: Future[RegionMask] | None = None

    def follow(self, region: BrushedRegion | None) -> None:
        """Feather this region from now on; nobody asks for the one before it any more."""
        if self._mask is not None:
            self._mask.cancel()
        self._of = region
        self._mask = region and self._background.submit(region.feathered, self._announce)

    def mask(self, region: BrushedRegion | None, *, wait: bool) -> RegionMask | None:
        """The feathered mask; None when another region is followed, or it is not ready."""
        if region is None or self._of is not region or self._mask is None:
            return None
        return self._mask.result() if wait or self._mask.done() else None

    def _announce(self, mask: Future[RegionMask]) -> None:
        if mask is self._mask:
            self.ready.emit()
