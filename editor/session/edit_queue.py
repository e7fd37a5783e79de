"""What is asked of regions, from the first move of a slider to the finished edit.

A state machine without Qt and without an engine: gestures and outcomes go in, orders come out. A
wish that was committed ends in exactly one way: it is done, it failed, the user took it back, or a
newer one took it over. A drag never costs one: an edit whose own slider is moved again is set
aside, and goes on when the slider is let go where it stood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from editor.session.deferrals import Deferrals

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.region import RegionMask
    from editor.session.deferrals import Deferred
    from editor.session.open_document import Face
    from editor.session.wishes import Wish

Phase = Literal["rest", "dragging", "waiting", "computing"]


class Orders(Protocol):
    """What the queue has others do; none of them may wait."""

    def start(self, wish: Wish) -> None:
        """Compute this edit, and call ``ended`` when that is over, however it went."""
        ...

    def stop(self, wish: Wish) -> None:
        """Compute it no further; ``ended`` is not to be called."""
        ...

    def show(self, wish: Wish) -> None:
        """Preview this wish, and call ``shown`` when that is over, however it went."""
        ...

    def hide(self) -> None:
        """No preview is wanted any more."""
        ...


class EditQueue:
    """One edit at a time, the others behind it, and what is being dragged.

    Attributes:
        dragging: what the slider in hand asks for, not committed.
        interrupted: the edit that was set aside because its own slider is in hand.
        computing: the edit that is with the engine.
        waiting: those behind it, in the order they were asked for.
        showing: the preview that is with the engine.
    """

    def __init__(self, orders: Orders, deferrals: Deferrals | None = None) -> None:
        self._orders = orders
        self._deferrals = deferrals or Deferrals()
        self.dragging: Wish | None = None
        self.interrupted: Wish | None = None
        self.computing: Wish | None = None
        self.waiting: list[Wish] = []
        self.showing: Wish | None = None

    @property
    def pending(self) -> tuple[Wish, ...]:
        """What was committed and is not over, in the order it will be computed."""
        first = (self.computing, self.interrupted)
        return (*(wish for wish in first if wish is not None), *self.waiting)

    @property
    def phase(self) -> Phase:
        """What goes on."""
        if self.dragging is not None:
            return "dragging"
        if self.computing is not None:
            return "computing"
        return "waiting" if self.pending else "rest"

    # ------------------------------------------------------------ gestures

    def drag(self, wish: Wish) -> None:
        """A slider is in hand and stands there."""
        if self.interrupted is not None and wish.equals(self.interrupted):
            self.release(wish)  # back where it stands
            return
        if self.interrupted is not None and not wish.repeats(self.interrupted):
            self._resume()  # another slider was taken before that one was let go
        self.dragging = wish
        if self.computing is not None and wish.repeats(self.computing):
            self.interrupted, self.computing = self.computing, None
            self._orders.stop(self.interrupted)
        self._preview()

    def release(self, wish: Wish) -> None:
        """That slider was let go where it stood before: nothing is asked for."""
        if self.dragging is not None and self.dragging.moves_the_same(wish):
            self._drop_drag()
        if self.interrupted is not None and self.interrupted.moves_the_same(wish):
            self._resume()

    def commit(self, wish: Wish) -> Wish:
        """That is wanted; returns the wish with what it took over from others."""
        if self.dragging is not None and self.dragging.moves_the_same(wish):
            self.dragging = None
        same = next((other for other in self.pending if wish.equals(other)), None)
        if same is not None and not wish.together:
            if same is self.interrupted:
                self._resume()
            return same
        replaced = [other for other in self.pending if wish.replaces(other)]
        for other in reversed(replaced):
            wish = wish.taken_over(other)
        if self.interrupted is not None:
            if self.interrupted not in replaced:
                self.waiting.insert(0, self.interrupted)
            self.interrupted = None
        if self.computing in replaced:
            self._orders.stop(self.computing)
            self.computing = None
        self.waiting = [other for other in self.waiting if other not in replaced]
        self.waiting.append(wish)
        for other in replaced:
            self._deferrals.replaced(other, wish)
        self._go_on()
        return wish

    def take_back(self, wish: Wish) -> None:
        """The user does not want it any more."""
        if wish is self.computing:
            self.computing = None
            self._orders.stop(wish)
        elif wish is self.interrupted:
            self.interrupted = None
        elif wish in self.waiting:
            self.waiting.remove(wish)
        else:
            return
        self._deferrals.over(wish)
        self._go_on()

    def settled(self, wish: Wish) -> None:
        """What the slider in hand asked for is there without an edit that had to be computed."""
        if self.dragging is not None and self.dragging.moves_the_same(wish):
            self.dragging = self.showing = None

    def restart(self, face: Face) -> None:
        """What is computed for that face begins anew: its history is another one than it was."""
        wish = self.computing
        if wish is not None and wish.face is face and wish.region is not None:
            self._orders.stop(wish)
            self._orders.start(wish)

    def cancel(self) -> tuple[Wish, ...]:
        """Nothing is wanted any more, not even what is dragged; returns what was pending."""
        gone, stopped = self.pending, self.computing
        self._drop_drag()
        self.computing = self.interrupted = None
        self.waiting = []
        if stopped is not None:
            self._orders.stop(stopped)
        for wish in gone:
            self._deferrals.over(wish)
        return gone

    def forget(self, face: Face) -> None:
        """That face is no longer there."""
        if self.dragging is not None and self.dragging.face is face:
            self._drop_drag()
        for wish in reversed(self.pending):
            if wish.face is face:
                self.take_back(wish)

    def let_go(self) -> None:
        """Whatever is dragged is not wanted; an edit that was set aside for it goes on."""
        if self.dragging is not None:
            self._drop_drag()
        if self.interrupted is not None:
            self._resume()

    def when_done(self, action: Callable[[], None]) -> Deferred | None:
        """Do something once all that is pending now is over; at once (None) when nothing is."""
        return self._deferrals.when_over(self.pending, action)

    # ------------------------------------------------------------ outcomes

    def ended(self, wish: Wish) -> None:
        """An edit is over: done, failed, or stopped by the engine."""
        if wish is self.computing:
            self.computing = None
            self._deferrals.over(wish)
            self._go_on()

    def shown(self, wish: Wish, *, superseded: bool = False) -> None:
        """A preview is over; ``superseded``: an edit that began took its place."""
        if wish is self.showing:
            self.showing = None
            if superseded or self.dragging is not wish:
                self._preview()

    def made(self, wish: Wish, region: RegionMask) -> Wish:
        """The region of the edit that is computing was made of its source."""
        ready = wish.made(region)
        if wish is self.computing:
            self.computing = ready
            self._deferrals.replaced(wish, ready)
        return ready

    # ------------------------------------------------------------ inside

    def _drop_drag(self) -> None:
        self.dragging = self.showing = None
        self._orders.hide()

    def _resume(self) -> None:
        wish, self.interrupted = self.interrupted, None
        if wish is not None:
            self.waiting.insert(0, wish)
            self._go_on()

    def _go_on(self) -> None:
        """The engine may be free: the next edit, and the newest preview."""
        if self.computing is None and self.interrupted is None and self.waiting:
            self.computing = self.waiting.pop(0)
            self._orders.start(self.computing)
        self._preview()

    def _preview(self) -> None:
        """Ask for the newest preview, one at a time, so that each is seen before the next.

        An edit that computes gives way to it.
        """
        if self.dragging is not None and self.showing is None:
            self.showing = self.dragging
            self._orders.show(self.showing)
