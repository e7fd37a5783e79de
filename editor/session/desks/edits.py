"""Edits with the engine: carries out what the queue orders."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from editor.engine.jobs import Discover, Drag, Intervene, Intervention, Patch
from editor.session.edit_queue import EditQueue
from editor.session.operations import Operation
from editor.session.undo import without_last
from editor.session.wishes import landed, slider_values, step_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.errors import EngineError
    from editor.document.history import EditHistory
    from editor.document.region import RegionMask
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.edit_queue import Deferred
    from editor.session.known_sliders import KnownSliders
    from editor.session.open_document import Face
    from editor.session.studio import Studio
    from editor.session.wishes import Step, Wish


class Edits(QObject):
    """What is asked of regions, until it stands in the history of its face.

    An edit belongs to the face that it was asked for: it goes on while the user turns to another.

    Signals:
        changed(): other edits are pending than before, or their values.
    """

    changed = Signal()

    def __init__(
        self, studio: Studio, regions: Regions, picture: Picture, known: KnownSliders
    ) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._picture = picture
        self._known = known
        self.queue = EditQueue(self, studio.deferrals)

    # ------------------------------------------------------------ gestures

    @property
    def pending(self) -> tuple[Wish, ...]:
        """What was asked for and is not in a history yet."""
        return self.queue.pending

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
        """Make that edit, after those that are pending."""
        self.queue.commit(wish)
        self.changed.emit()

    def take_back(self, wish: Wish) -> None:
        """Make that edit no more."""
        self.queue.take_back(wish)
        self._rest()

    def cancel(self) -> bool:
        """Make none of the pending edits; whether there were any, or something in hand."""
        held = self.queue.dragging is not None
        gone = self.queue.cancel()
        self._rest()
        return held or bool(gone)

    def forget(self, face: Face) -> None:
        """That face is no longer there."""
        self.queue.forget(face)
        self._rest()

    def let_go(self) -> None:
        """What is in hand is not wanted, as when another face is chosen."""
        self.queue.let_go()
        self.changed.emit()

    def when_done(self, action: Callable[[], None]) -> Deferred | None:
        """Do something once the edits that are pending now are over; at once without any."""
        return self.queue.when_done(action)

    def standing(self, face: Face, region: RegionMask) -> dict[str, float]:
        """Where the sliders stand in a region, with the edits that are pending there."""
        history = face.portrait.history if face.portrait else None
        values = slider_values(history.applied, region) if history else {}
        document = self._studio.document
        brushed = document.region_of(face) if document else None
        for wish in self.queue.pending:
            here = wish.region == region if wish.region is not None else wish.source == brushed
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
            studio.noticed.emit(f"{names} was left out: there is nothing of its region here.")
            self._end(wish)
            return
        step = step_for(history, wish, region, known)
        if step is None:
            self._end(wish)
            return
        if not (step.goals or wish.likeness):
            names = ", ".join(self._known.label(goal.attribute) for goal in wish.goals)
            self._put(f"Reset {names}", wish, history, without_last(history))
            self._end(wish)
            return
        portraits, active = document.portraits(face, step.start)
        job = Intervene(
            document.photo, portraits, active, region, step.goals, wish.dials, wish.likeness
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
            )
        )

    def _finish(self, wish: Wish, step: Step, others: object, result: Intervention) -> None:
        document, face, edit = self._studio.document, wish.face, result.edit
        if document is None or face not in document.faces or face.portrait is None:
            self._end(wish)
            return
        if not self._known.names.issuperset(name for name, _ in edit.origin.goals):
            label = ", ".join(  # the engine knows discovered sliders by their ids only
                f"{self._known.label(name)} {value:+.0f}" for name, value in edit.origin.goals
            )
            edit = replace(edit, label=label)
        history = face.portrait.history
        # else refined, or another face edited meanwhile: what was rendered is not what there is
        untouched = document.composite_key() == others and history.base == step.start.base
        after = landed(history, step, edit)
        patch = result.patch if untouched else None
        self._put(edit.label, wish, history, after, patch)
        self._end(wish)

    def _put(
        self,
        label: str,
        wish: Wish,
        before: EditHistory,
        after: EditHistory,
        patch: Patch | None = None,
    ) -> None:
        studio = self._studio
        document = studio.document
        if document is None:
            return
        studio.put_history(wish.face, after)
        studio.record(label, document.number_of(wish.face), before, after, wish.serial)
        if patch is not None:
            document.composites.keep(document.composite_key(), patch)

    def _end(self, wish: Wish) -> None:
        if self.queue.dragging is None:
            self._picture.preview(None)
        self.queue.ended(wish)
        self._rest()

    def _rest(self) -> None:
        self._picture.show()
        self.changed.emit()

    def _not_made(self, wish: Wish, error: EngineError) -> None:
        self._studio.failed.emit(error)
        self._end(wish)

    def _show_step(self, wish: Wish, patch: Patch | None) -> None:
        if wish.face is self._studio.face:
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
        known = self._known.directions()
        step = None if region.is_empty else step_for(history, wish, region, known)
        portraits, active = document.portraits(face, step.start if step else history)
        job = Drag(document.photo, portraits, active, region, step.goals if step else ())

        def done(patch: Patch | None) -> None:
            if self.queue.dragging is not None:
                self._picture.preview(patch)
            self.queue.shown(wish)

        self._studio.operations.submit(
            Operation(
                job,
                done=done,
                failed=partial(self._not_shown, wish),
                cancelled=lambda: self.queue.shown(wish),
                subject=wish,
            )
        )

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
