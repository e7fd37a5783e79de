import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.document.history import Edit, EditHistory, EditOrigin
from editor.document.region import RegionMask
from editor.document.style import LayoutMismatchError, StyleCode, StyleDelta, StyleLayout

LAYOUT = StyleLayout(("b4.conv",), (16,), "00" * 32)
OTHER = StyleLayout(("b4.conv",), (16,), "11" * 32)


def edit(seed: int, layout: StyleLayout = LAYOUT) -> Edit:
    rng = np.random.default_rng(seed)
    # Magnitudes far apart: here subtracting an edit would not give the old code back.
    values = rng.normal(size=16) * 10.0 ** rng.integers(-6, 6, 16) * (rng.random(16) < 0.6)
    delta = StyleDelta.from_dense(layout, values.astype(np.float32))
    origin = EditOrigin((("smile", float(seed)),), seed, 40)
    return Edit(str(seed), f"Smile {seed}", delta, RegionMask.empty(4, 4), origin, 0.0)


def base(seed: int = 0) -> StyleCode:
    return StyleCode(LAYOUT, np.random.default_rng(seed).normal(size=16).astype(np.float32))


histories = st.lists(st.integers(0, 50), max_size=7).flatmap(
    lambda seeds: st.builds(
        EditHistory,
        st.integers(0, 5).map(base),
        st.just(tuple(edit(seed) for seed in seeds)),
        st.integers(0, len(seeds)),
    )
)


def bits(history: EditHistory) -> bytes:
    return history.current().values.tobytes()


@given(histories)
def test_undo_to_the_start_and_redo_to_the_end_are_bit_exact(history: EditHistory):
    history = history.at(len(history.edits))
    seen = [bits(history)]
    for _ in history.edits:
        history = history.undo()
        seen.append(bits(history))
    assert seen[-1] == history.base.values.tobytes()
    assert history.undo() == history
    for expected in reversed(seen[:-1]):
        history = history.redo()
        assert bits(history) == expected
    assert history.redo() == history


@given(histories, st.integers(1, 9))
def test_undo_n_then_redo_n_is_the_same_history(history: EditHistory, n: int):
    n = min(n, history.position)
    moved = history
    for _ in range(n):
        moved = moved.undo()
    for _ in range(n):
        moved = moved.redo()
    assert moved == history
    assert bits(moved) == bits(history)


@given(histories)
def test_codes_lists_every_state_on_the_way(history: EditHistory):
    codes = history.codes()
    assert len(codes) == history.position + 1
    for position, code in enumerate(codes):
        assert history.at(position).current() == code


@given(histories, st.integers(100, 120))
def test_pushing_applies_the_edit_and_drops_the_undone_ones(history: EditHistory, seed: int):
    new = edit(seed)
    pushed = history.push(new)
    assert pushed.edits == (*history.applied, new)
    assert pushed.position == len(pushed.edits)
    assert pushed.current() == history.current().plus(new.delta)
    assert bits(pushed.undo()) == bits(history)
    assert pushed.redo() == pushed


@given(histories, st.integers(100, 120))
def test_amending_replaces_the_last_applied_edit(history: EditHistory, seed: int):
    new = edit(seed)
    if not history.position:
        with pytest.raises(ValueError, match="no edit"):
            history.amend(new)
        return
    amended = history.amend(new)
    assert amended.position == history.position
    assert amended.edits == (*history.applied[:-1], new)
    assert bits(amended) == bits(history.undo().push(new))


@pytest.mark.parametrize("position", [-1, 2])
def test_positions_outside_are_refused(position: int):
    with pytest.raises(ValueError, match="position"):
        EditHistory(base(), (edit(1),), position)


def test_edits_of_another_generator_are_refused():
    with pytest.raises(LayoutMismatchError):
        EditHistory(base(), (edit(1, OTHER),), 1)
    with pytest.raises(LayoutMismatchError):
        EditHistory(base()).push(edit(1, OTHER))
