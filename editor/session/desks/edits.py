"""Edits with the engine: carries out what the queue orders."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.document.goals import Guess
from editor.document.history import LONGEST_LABEL
from editor.document.history_changes import with_change
from editor.document.region_overlap import covers
from editor.engine.jobs import Discover, Drag, Intervene, Intervention, Patch, Progress
from editor.engine.schedules import SCHEDULES
from editor.session.edit_queue import EditQueue
from editor.session.operations import InTurn, Operation, Turn
from editor.session.wishes import BroughtRegion, landed, replaced, slider_values, step_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.errors import EngineError
    from editor.document.history import Edit, EditHistory
    from editor.document.region import RegionMask
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.edit_queue import Deferred
    from editor.session.known_sliders import KnownSliders
    from editor.session.open_document import Document, Face
    from editor.session.studio import Studio
    from editor.session.wishes import Step, Wish

CANCELLED = "The edit was cancelled; nothing changed."


class Edits(QObject):
    """What is asked of regions, until it stands in the history of its face.

    An edit belongs to the face that it was asked for: it goes on while the user turns to another.

    Signals:
        changed(): other edits are pending than before, or their values.
        landed(Wish, EditHistory, EditHistory): a wish is fulfilled, which led from one history of
            its face to another.
        stood(Wish): nothing was to be done for a wish, its sliders stand there already.

    Attributes:
        queue: what is asked for, in order.
        chosen: id of the entry that the user looks at; "" for none. Its sliders change that one.
    """

    changed = Signal()
    landed = Signal(object, object, object)
    stood = Signal(object)

    def __init__(
        self, studio: Studio, regions: Regions, picture: Picture, known: KnownSliders
    ) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._picture = picture
        self._known = known
        self.queue = EditQueue(self, studio.deferrals)
        self.chosen = ""
        self._announced: dict[Wish, Callable[[], None]] = {}  # and what stops looking for it
        self._seen: Wish | None = None  # whose preview covers the picture
        self._ending: Wish | None = None  # what the engine has done, and is being put in its place
        self._over = 0  # edits that came to their end since none was pending
        studio.operations.between = self._between

    # ------------------------------------------------------------ gestures

    @property
    def pending(self) -> tuple[Wish, ...]:
        """What was asked for and is not in a history yet."""
        return (*self.queue.pending, *self._announced)

    @property
    def dragging(self) -> Wish | None:
        """What the slider in hand asks for."""
        return self.queue.dragging

    def drag(self, wish: Wish) -> None:
        """Show what a slider in hand would do."""
        self._drop_discoveries()
        self.queue.drag(wish)

    def release(self, wish: Wish) -> None:
        """The slider was let go where it stood."""
        self.queue.release(wish)
        self.changed.emit()

    def commit(self, wish: Wish) -> None:
        """Make that edit, after those that are pending; at once where nothing is to be found.

        One for a face of a photo that was closed while this waited behind strokes is dropped.
        """
        document = self._studio.document
        if document is not None and wish.face in document.faces and not self._scale(wish):
            self.queue.commit(wish)
            self.changed.emit()

    def announce(self, wish: Wish, stop: Callable[[], None]) -> None:
        """An edit is asked for whose goals are still looked for: files wait for it as for others.

        Args:
            wish: without goals, until ``settle`` says them.
            stop: called once if nobody wants it any more.
        """
        self._announced[wish] = stop
        self.changed.emit()

    def settle(self, wish: Wish, found: Wish | None) -> None:
        """What was announced is that edit, or none; nothing where it was taken back meanwhile."""
        if self._announced.pop(wish, None) is None:
            return
        if found is not None:
            self._studio.deferrals.replaced(wish, self.queue.commit(found))
        self._studio.deferrals.over(wish)
        self.changed.emit()

    def _stop(self, *wishes: Wish) -> None:
        for wish in wishes:
            self._announced.pop(wish)()
            self._studio.deferrals.over(wish)

    def _scale(self, wish: Wish) -> bool:
        """Whether a wish could be fulfilled without a search, and without one that is pending."""
        history = wish.face.portrait.history if wish.face.portrait else None
        crossing = any(
            other.face is wish.face
            and (other.together or wish.together or other.names & wish.names)
            for other in self.queue.pending
        )
        if history is None or wish.region is None or wish.region.is_empty or crossing:
            return False
        step = step_for(history, wish, wish.region, self._known.directions())
        if step is None or (step.goals and step.scaled is None) or wish.likeness is not None:
            return False
        label, after = self._without_search(history, step, wish)
        self.queue.settled(wish)
        if after == history:
            self.changed.emit()  # the slider goes back
        else:
            self.adjust(wish.face, label, after, wish.serial)
            self.landed.emit(wish, history, after)
            self._tell_replaced(label, step, wish)
        return True

    def adjust(self, face: Face, label: str, after: EditHistory, serial: int) -> None:
        """Make that the history of a face at once: a step of undo.

        What is computed for the face begins anew, on top of that.
        """
        document = self._studio.document
        if document is None or face not in document.faces or face.portrait is None:
            return
        before = face.portrait.history
        if after == before:
            return
        self._drop_discoveries()
        self._studio.put_history(face, after)
        self._studio.record(label, document.number_of(face), before, after, serial)
        self.restack(face)

    def restack(self, face: Face) -> None:
        """The stack of a face is another one than what is computed for it began with.

        The change of its history has told where the sliders stand.
        """
        operations = self._studio.operations
        operations.withdraw(*operations.pending(Drag))
        self.queue.restart(face)
        self._picture.settle()

    def take_back(self, wish: Wish) -> str:
        """Make that edit no more.

        Returns:
            what to tell of that.
        """
        over, what = self._over, self._title(wish)
        if wish in self._announced:
            self._stop(wish)
        self.queue.take_back(wish)
        going = bool(self.pending)
        self._rest()
        if going:
            return f"{what} was cancelled; the other edits go on."
        if over:
            return f"{what} was cancelled; the edits that were made before stay."
        return CANCELLED

    def take_back_all_of(self, face: Face) -> str:
        """Make none of a face's edits that are pending: it is to look otherwise.

        Returns:
            what to tell of that; "": there were none.
        """
        gone = [wish for wish in self.pending if wish.face is face]
        for wish in reversed(gone):
            self.take_back(wish)
        if not gone:
            return ""
        # what the face becomes instead is told by the picture: it is not that nothing changed
        return "The edit was cancelled." if len(gone) == 1 else f"{len(gone)} edits were cancelled."

    @property
    def turn(self) -> Turn:
        """Which edit is made, of those that are made one after the other without a rest."""
        return Turn(self._over + 1, max(1, self._over + len(self.pending)))

    def cancel(self) -> str:
        """Make none of the pending edits.

        Returns:
            what to tell of that; "": there were none, and nothing in hand.
        """
        held = self.queue.dragging is not None
        gone, over = len(self.pending), self._over
        self._stop(*self._announced)
        self.queue.cancel()
        self._rest()
        if gone + over < 2:
            return CANCELLED if held or gone else ""
        if not over:
            return f"{gone} edits were cancelled; nothing changed."
        if gone == 1:
            return "One edit was cancelled; those that were made before stay."
        return f"{gone} edits were cancelled; those that were made before stay."

    def forget(self, face: Face) -> None:
        """That face is no longer there."""
        self._stop(*(wish for wish in self._announced if wish.face is face))
        self.queue.forget(face)
        self._rest()

    def let_go(self) -> None:
        """What is in hand is not wanted, as when another face is chosen."""
        self.queue.let_go()
        self.changed.emit()

    def when_done(self, action: Callable[[], None]) -> Deferred | None:
        """Do something once the edits that are pending now are over; at once without any."""
        return self._studio.deferrals.when_over(self.pending, action)

    def standing(self, face: Face, region: RegionMask) -> dict[str, float]:
        """Where the sliders stand in a region, with the edits that are pending there."""
        history = face.portrait.history if face.portrait else None
        values = slider_values(history.applied, region) if history else {}
        document = self._studio.document
        brushed = document.region_of(face) if document else None
        for wish in self.queue.pending:
            here = wish.source == brushed
            if wish.region is not None:
                here = covers(wish.region, region)
            if wish.face is face and here:
                values.update((goal.attribute, goal.value) for goal in wish.goals)
        return values

    # ------------------------------------------------------------ the queue's orders

    def start(self, wish: Wish) -> None:
        """Compute it, once its region is made."""
        if wish.region is not None:
            self._compute(wish, wish.region)
            return

        def made(region: RegionMask) -> None:
            if self.queue.computing is wish:
                ready = self.queue.made(wish, region)
                for why in wish.source.whys if isinstance(wish.source, BroughtRegion) else ():
                    self._studio.noticed.emit(why)
                self._compute(ready, region)

        self._regions.soften(wish.source, made, partial(self._not_made, wish))

    def stop(self, wish: Wish) -> None:
        """Compute it no further."""
        operations = self._studio.operations
        operations.withdraw(*(o for o in operations.pending(Intervene) if o.subject is wish))
        self._picture.preview(None)

    def show(self, wish: Wish) -> None:
        """Preview it."""
        if wish.region is not None:
            self._preview(wish, wish.region)
        else:
            fail = partial(self._not_shown, wish)
            self._regions.soften(wish.source, partial(self._preview, wish), fail)

    def hide(self) -> None:
        """No preview is wanted any more."""
        self._seen = None
        operations = self._studio.operations
        operations.withdraw(*operations.pending(Drag))
        self._picture.preview(None)
        self._picture.show()

    # ------------------------------------------------------------ computing

    def _compute(self, wish: Wish, region: RegionMask) -> None:
        studio, face = self._studio, wish.face
        document = studio.document
        if document is None or face not in document.faces or face.portrait is None:
            self._end(wish)
            return
        history = face.portrait.history
        known = self._known.directions()
        if region.is_empty:
            names = (
                ", ".join(self._known.label(goal.attribute) for goal in wish.goals) or "The match"
            )
            studio.hinted.emit(f"{names} was left out: there is nothing of its region here.")
            self._end(wish)
            return
        step = step_for(history, wish, region, known)
        if step is None:
            self.stood.emit(wish)
            self._end(wish)
            return
        if step.scaled is not None or not (step.goals or wish.likeness):
            label, after = self._without_search(history, step, wish)
            self._put(label, wish, lambda then: with_change(then, history, after), step)
            self._end(wish)
            return
        portraits, active = document.portraits(face, step.start)
        job = Intervene(
            document.photo,
            portraits,
            active,
            region,
            step.goals,
            wish.dials,
            wish.likeness,
            step.above,
            step.shown_at,
            wish.upon,
        )
        self._drop_discoveries()
        studio.operations.submit(
            Operation(
                job,
                done=partial(self._finish, wish, step, document.composite_key()),
                failed=lambda _: self._end(wish),
                cancelled=lambda: self._end(wish),
                previewed=partial(self._show_step, wish),
                subject=wish,
                turn=lambda: self.turn,
            )
        )
        self._picture.show()  # what a project kept does not show that

    def _finish(self, wish: Wish, step: Step, others: object, result: Intervention) -> None:
        document, face, edit = self._studio.document, wish.face, result.edit
        self._ending = wish
        if document is None or face not in document.faces or face.portrait is None:
            self._end(wish)
            return
        if not self._known.names.issuperset(name for name, _ in edit.origin.goals):
            # the engine knows discovered sliders by their ids only
            edit = replace(edit, label=self._label(edit.origin.goals))
        if wish.brushed is not None:
            edit = replace(edit, brushed=wish.brushed)
        # else refined, or another face edited meanwhile: what was rendered is not what there is
        base = face.portrait.history.base
        untouched = document.composite_key() == others and base == step.start.base
        off = step.amended is not None and not step.amended.enabled  # rendered as if it were on
        patch = result.patch if untouched and not off else None
        self._put(edit.label, wish, lambda then: landed(then, step, edit), step, patch)
        self._end(wish)

    def _without_search(
        self, history: EditHistory, step: Step, wish: Wish
    ) -> tuple[str, EditHistory]:
        """What a step without a search leads to, and what to call it."""
        assert step.amended is not None
        if step.scaled is None:
            names = ", ".join(self._known.label(goal.attribute) for goal in wish.goals)
            return f"Reset {names}", history.without(step.amended.id)
        scaled = step.scaled
        if wish.brushed is not None:
            scaled = replace(scaled, brushed=wish.brushed)
        scaled = self.relabelled(scaled)
        return scaled.label, history.changed(scaled)

    def relabelled(self, edit: Edit) -> Edit:
        """The entry with the label that says how much of it is in force; likenesses keep theirs."""
        if not edit.goals:
            return edit
        return replace(edit, label=self._label(edit.goals))

    def _title(self, wish: Wish) -> str:
        """What the entry of a wish would be called, roughly."""
        if wish.goals:
            return self._label(tuple((goal.attribute, goal.value) for goal in wish.goals))
        return "The match" if wish.likeness else "The edit"

    def _label(self, goals: tuple[tuple[str, float], ...]) -> str:
        label = ", ".join(f"{self._known.label(name)} {value:+.0f}" for name, value in goals)
        return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"

    def _put(
        self,
        label: str,
        wish: Wish,
        change: Callable[[EditHistory], EditHistory],
        step: Step,
        patch: Patch | None = None,
    ) -> None:
        """A wish is fulfilled; what was changed of the stack since it was asked for lies on top."""
        studio, face = self._studio, wish.face
        document = studio.document
        if document is None or face.portrait is None:
            return

        def mend(history: EditHistory) -> EditHistory:
            entry = None if step.amended is None else history.find(step.amended.id)
            return history if entry is None else history.changed(self.relabelled(entry))

        now, number = face.portrait.history, document.number_of(face)
        before, after, new = document.undo.slip_in(number, wish.serial, now, change, mend)
        studio.put_history(face, new)
        studio.record(label, number, before, after, wish.serial)
        self.landed.emit(wish, before, after)
        self._tell_replaced(label, step, wish)
        if patch is not None and new is after:
            document.composites.keep(document.composite_key(), patch)

    def _tell_replaced(self, label: str, step: Step, wish: Wish) -> None:
        old = None if wish.region is None else replaced(step, wish, wish.region)
        if old is not None:
            self._studio.hinted.emit(
                f"{label} replaces “{old.title}”, which was made in another region; undo brings "
                "that back."
            )

    def _end(self, wish: Wish) -> None:
        if self.queue.dragging is None:
            self._picture.preview(None)
        self._ending = None
        self._over += 1
        self.queue.ended(wish)
        self._rest()

    def _between(self) -> Progress | None:
        """What is waited for while the region of one of several edits is made."""
        turn, computing = self.turn, self.queue.computing
        if turn.count == 1 or computing is None:
            return None
        if computing is self._ending:  # the next one is begun in a moment
            if turn.number == turn.count:
                return None
            turn = Turn(turn.number + 1, turn.count)
        return InTurn(SCHEDULES[Intervene].beginning, 0, 0, turn=turn)

    def _rest(self) -> None:
        if self.pending or self._over:  # one of several is told of as such only as long as it is
            self._studio.operations.tell()
        if not self.pending:
            self._over = 0
        self._picture.show()
        self.changed.emit()

    def _not_made(self, wish: Wish, error: EngineError) -> None:
        self._studio.failed.emit(error)
        self._end(wish)

    def _show_step(self, wish: Wish, patch: Patch | None) -> None:
        """Unless that would take a change away again which the user has seen and asked for."""
        seen = self._seen
        waits = seen is not None and any(one.moves_the_same(seen) for one in self.queue.waiting)
        if wish.face is self._studio.face and not (seen and (self.queue.dragging or waits)):
            self._seen = None
            self._picture.preview(patch)

    # ------------------------------------------------------------ previews

    def _preview(self, wish: Wish, region: RegionMask) -> None:
        document, face = self._studio.document, wish.face
        if self.queue.showing is not wish:
            return
        if document is None or face not in document.faces or face.portrait is None:
            self.queue.shown(wish)
            return
        history = face.portrait.history
        job = self._drag(document, face, history, wish, region)

        def done(patch: Patch | None) -> None:
            if self.queue.dragging is not None:
                self._seen = wish
                self._picture.preview(patch)
            self.queue.shown(wish)

        self._studio.operations.submit(
            Operation(
                job,
                done=done,
                failed=partial(self._not_shown, wish),
                cancelled=lambda: self.queue.shown(wish, superseded=True),
                subject=wish,
            )
        )

    def _drag(
        self,
        document: Document,
        face: Face,
        history: EditHistory,
        wish: Wish,
        region: RegionMask,
    ) -> Drag:
        """What shows a wish: the very result, where that needs no search."""
        step, under_way = None, self._under_way(face, history, wish)
        if wish.change is not None:
            history = wish.change(history)
        elif not region.is_empty:
            step = step_for(history, wish, region, self._known.directions())
        if step is not None and step.scaled is None and step.goals:
            portraits, active = document.portraits(face, step.start)
            return Drag(
                document.photo,
                portraits,
                active,
                region,
                step.goals,
                step.above,
                step.shown_at,
                under_way,
                wish.upon,
            )
        if step is not None and step.amended is not None:
            _, history = self._without_search(history, step, wish)
        portraits, active = document.portraits(face, history)
        return Drag(document.photo, portraits, active, region, (), under_way=under_way)

    def _under_way(self, face: Face, history: EditHistory, shown: Wish) -> tuple[Guess, ...]:
        """What is asked for beside that: a slider in hand must not take it off the screen."""
        guesses: list[Guess] = []
        for wish in self.queue.pending:
            beside = wish.face is face and not (shown.replaces(wish) or wish.moved or wish.likeness)
            if wish.region is None or wish.region.is_empty or not beside:
                continue
            step = step_for(history, wish, wish.region, self._known.directions())
            if step is not None and step.amended is None and step.goals:
                guesses.append(Guess(wish.region, step.goals))
        return tuple(guesses)

    def _not_shown(self, wish: Wish, error: EngineError) -> None:
        del error  # told
        if self.queue.showing is wish:
            self.queue.let_go()

    def _drop_discoveries(self) -> None:
        """A slider is not to wait for a search."""
        operations = self._studio.operations
        searches = operations.pending(Discover)
        operations.withdraw(*searches)
        if searches:
            self._studio.noticed.emit("The search for what can change has made way for your edit.")
