"""The edit queue, with any number of operations under way at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from editor.document.goals import Goal
from editor.session.edit_queue import EditQueue
from editor.session.wishes import Wish

if TYPE_CHECKING:
    from editor.document.region import RegionMask


class _Face:
    portrait = None


FACES: Any = (_Face(), _Face())
REGIONS = (object(), object())
SLIDERS = ("smile", "gaze", "age")


class Bench:
    """Notes the orders; the test decides when they are carried out."""

    def __init__(self) -> None:
        self.computing: list[Wish] = []
        self.showing: list[Wish] = []

    def start(self, wish: Wish) -> None:
        assert not self.computing, "one edit at a time"
        self.computing.append(wish)

    def stop(self, wish: Wish) -> None:
        self.computing.remove(wish)

    def show(self, wish: Wish) -> None:
        assert not self.showing, "one preview at a time"
        self.showing.append(wish)

    def hide(self) -> None:
        self.showing.clear()


def wish(
    serial: int, slider: str = "smile", value: float = 50, region: int = 0, face: int = 0,
    *, together: bool = False,
) -> Wish:  # fmt: skip
    return Wish(
        FACES[face],
        (Goal(slider, value),),
        cast("Any", REGIONS[region]),
        serial,
        together=together,
    )


def queue() -> tuple[EditQueue, Bench]:
    bench = Bench()
    return EditQueue(bench), bench


def end(edits: EditQueue, bench: Bench) -> None:
    edits.ended(bench.computing.pop())


def test_a_slider_let_go_where_it_stood_costs_its_edit_nothing() -> None:
    edits, bench = queue()
    edit = edits.commit(wish(1))
    edits.drag(wish(2, value=51))  # the handle trembles
    assert edits.interrupted is edit
    assert not bench.computing
    edits.release(wish(3, value=50))
    assert bench.computing == [edit]
    assert edits.phase == "computing"


def test_another_slider_taken_first_brings_the_interrupted_edit_back() -> None:
    edits, bench = queue()
    edit = edits.commit(wish(1))
    edits.drag(wish(2, value=60))
    edits.drag(wish(3, "gaze"))
    assert bench.computing == [edit]
    edits.shown(bench.showing.pop(), superseded=True)  # by the edit, which begins again
    assert [w.names for w in bench.showing] == [{"gaze"}], "it gives way"
    edits.shown(bench.showing.pop())
    end(edits, bench)
    assert [w.names for w in bench.showing] == [{"gaze"}], "on top of what was made"


def test_the_same_wish_again_does_not_start_anew() -> None:
    edits, bench = queue()
    edit = edits.commit(wish(1))
    assert edits.commit(wish(2)) is edit
    assert bench.computing == [edit]
    assert edits.pending == (edit,)


def test_what_waits_for_edits_waits_for_those_that_took_them_over() -> None:
    edits, bench = queue()
    done: list[str] = []
    edits.commit(wish(1))
    edits.when_done(lambda: done.append("export"))
    edits.commit(wish(2, value=70))
    edits.commit(wish(3, "gaze"))
    assert not done
    end(edits, bench)
    assert done == ["export"], "not for what was asked for later"
    end(edits, bench)
    assert done == ["export"]


def test_cancelling_edits_lets_what_waits_for_them_go_on() -> None:
    edits, bench = queue()
    done: list[str] = []
    edits.commit(wish(1))
    edits.commit(wish(2, "gaze"))
    edits.when_done(lambda: done.append("save"))
    assert len(edits.cancel()) == 2
    assert done == ["save"]
    assert not bench.computing
    assert edits.phase == "rest"


class Machine(RuleBasedStateMachine):
    """Gestures and outcomes in any order; every committed wish ends in exactly one way."""

    def __init__(self) -> None:
        super().__init__()
        self.edits, self.bench = queue()
        self.serial = 0
        self.committed: dict[int, Wish] = {}  # by serial, not over yet
        self.asked: list[set[int]] = []  # what each deferred action still waits for
        self.acted: list[int] = []

    def _next(self) -> int:
        self.serial += 1
        return self.serial

    def _heirs(self, now: Wish) -> None:
        """Those that are no longer pending were taken over by it."""
        left = {w.serial for w in self.edits.pending}
        gone = set(self.committed) - left
        for serial in gone:
            del self.committed[serial]
        for waits in self.asked:
            if waits & gone:
                waits -= gone
                waits.add(now.serial)

    def _over(self, *serials: int) -> None:
        for serial in serials:
            del self.committed[serial]
            for waits in self.asked:
                waits.discard(serial)

    @rule(slider=st.sampled_from(SLIDERS), value=st.integers(-2, 2), region=st.integers(0, 1),
          face=st.integers(0, 1))  # fmt: skip
    def drag(self, slider: str, value: int, region: int, face: int) -> None:
        self.edits.drag(wish(self._next(), slider, value, region, face))

    @rule(slider=st.sampled_from(SLIDERS), region=st.integers(0, 1), face=st.integers(0, 1))
    def release(self, slider: str, region: int, face: int) -> None:
        self.edits.release(wish(self._next(), slider, 0, region, face))

    @rule(slider=st.sampled_from(SLIDERS), value=st.integers(-2, 2), region=st.integers(0, 1),
          face=st.integers(0, 1), together=st.booleans())  # fmt: skip
    def commit(self, slider: str, value: int, region: int, face: int, together: bool) -> None:
        asked = wish(self._next(), slider, value, region, face, together=together)
        made = self.edits.commit(asked)
        assert any(goal == asked.goals[0] for goal in made.goals), "it holds what was asked"
        self.committed[made.serial] = made
        self._heirs(made)

    @rule()
    def end(self) -> None:
        if self.bench.computing:
            done = self.bench.computing.pop()
            self._over(done.serial)
            self.edits.ended(done)

    @rule()
    def make_region(self) -> None:
        if self.bench.computing:
            old = self.bench.computing.pop()
            ready = self.edits.made(old, cast("RegionMask", object()))
            self.bench.computing.append(ready)
            self.committed[ready.serial] = ready

    @rule()
    def end_preview(self) -> None:
        if self.bench.showing:
            self.edits.shown(self.bench.showing.pop())

    @rule()
    def late_outcomes_of_others_count_for_nothing(self) -> None:
        before = self.edits.pending
        self.edits.ended(wish(self._next()))
        self.edits.shown(wish(self._next()))
        assert self.edits.pending == before

    @rule()
    def undo(self) -> None:
        newest = max(self.edits.pending, key=lambda wish: wish.serial, default=None)
        if newest is not None:
            self._over(newest.serial)
            self.edits.take_back(newest)

    @precondition(lambda self: self.serial % 5 == 0)
    @rule()
    def cancel(self) -> None:
        self._over(*tuple(self.committed))
        self.edits.cancel()
        assert self.edits.phase == "rest"

    @precondition(lambda self: self.serial % 5 == 0)
    @rule(face=st.integers(0, 1))
    def lose_a_face(self, face: int) -> None:
        gone = [s for s, w in self.committed.items() if w.face is FACES[face]]
        self._over(*gone)
        self.edits.forget(FACES[face])

    @rule()
    def let_go(self) -> None:
        self.edits.let_go()

    @rule()
    def export(self) -> None:
        number = len(self.asked)
        self.asked.append(set(self.committed))
        self.edits.when_done(lambda: self.acted.append(number))

    @invariant()
    def nothing_is_lost(self) -> None:
        assert {w.serial for w in self.edits.pending} == set(self.committed)
        assert len(self.edits.pending) == len(self.committed)

    @invariant()
    def the_engine_works_whenever_something_waits(self) -> None:
        if self.edits.pending and self.edits.interrupted is None:
            assert self.bench.computing
        assert len(self.bench.computing) == (self.edits.computing is not None)

    @invariant()
    def an_interrupted_edit_is_in_hand(self) -> None:
        if self.edits.interrupted is not None:
            assert self.edits.dragging is not None

    @invariant()
    def what_waits_acts_once_and_in_time(self) -> None:
        ready = [number for number, waits in enumerate(self.asked) if not waits]
        assert sorted(self.acted) == ready


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
