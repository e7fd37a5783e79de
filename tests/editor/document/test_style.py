import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from editor.document.style import (
    GeneratorOffset,
    LayoutMismatchError,
    StyleCode,
    StyleDelta,
    StyleLayout,
)

LAYOUT = StyleLayout(("b4.conv", "b4.torgb"), (6, 4), "00" * 32)
OTHER = StyleLayout(LAYOUT.names, LAYOUT.widths, "11" * 32)

dense = hnp.arrays(np.float32, 10, elements=st.floats(-50, 50, width=32))


def code(values: np.ndarray, layout: StyleLayout = LAYOUT) -> StyleCode:
    return StyleCode(layout, values)


def delta(values: np.ndarray, layout: StyleLayout = LAYOUT) -> StyleDelta:
    return StyleDelta.from_dense(layout, values)


@given(dense)
def test_dense_and_sparse_are_the_same_displacement(values: np.ndarray):
    sparse = delta(values)
    np.testing.assert_array_equal(sparse.dense(), values)
    assert sparse.channels.size == np.count_nonzero(values)
    assert StyleDelta.from_dense(LAYOUT, sparse.dense()) == sparse


@given(dense, dense)
def test_plus_adds_and_leaves_the_code_alone(base: np.ndarray, step: np.ndarray):
    start = code(base)
    np.testing.assert_array_equal(start.plus(delta(step)).values, base + step)
    np.testing.assert_array_equal(start.values, base)


@given(dense, dense, st.floats(-4, 4, width=32))
def test_scaling_scales_the_displacement(base: np.ndarray, step: np.ndarray, factor: float):
    scaled = delta(step).scaled(factor)
    np.testing.assert_array_equal(scaled.dense(), step * np.float32(factor))
    np.testing.assert_array_equal(code(base).plus(scaled).values, base + step * np.float32(factor))


@given(dense)
def test_equality_and_hash_go_by_content(values: np.ndarray):
    assert code(values) == code(values.copy())
    assert hash(code(values)) == hash(code(values.copy()))
    assert delta(values) == delta(values.copy())
    assert hash(delta(values)) == hash(delta(values.copy()))
    assert code(values) != code(values, OTHER)
    assert delta(values) != delta(values, OTHER)
    assert code(values) != code(values + 1)


def test_codes_and_deltas_are_read_only_copies():
    values = np.ones(10, np.float32)
    point, step = code(values), delta(values)
    values[:] = 7
    assert (point.values == 1).all()
    for array in (point.values, step.values, step.channels):
        assert not array.flags.writeable


def test_style_spaces_do_not_mix():
    with pytest.raises(LayoutMismatchError, match="generator 1111"):
        code(np.zeros(10, np.float32)).plus(delta(np.ones(10, np.float32), OTHER))


@pytest.mark.parametrize("values", [np.zeros(9), np.zeros((10, 1)), np.full(10, np.nan)])
def test_codes_that_cannot_be_are_refused(values: np.ndarray):
    with pytest.raises(ValueError, match="code"):
        code(values)


@pytest.mark.parametrize(
    ("channels", "values"),
    [([0, 1], [1.0]), ([[0]], [[1.0]]), ([1, 0], [1.0, 1.0]), ([0, 0], [1.0, 1.0]),
     ([-1], [1.0]), ([10], [1.0]), ([0], [np.inf])],
)  # fmt: skip
def test_deltas_that_cannot_be_are_refused(channels: list[int], values: list[float]):
    with pytest.raises(ValueError, match=r"channels|finite"):
        StyleDelta(LAYOUT, np.array(channels, np.int32), np.array(values, np.float32))


def test_a_layout_counts_its_channels():
    assert LAYOUT.channels == 10


def test_a_displaced_code_keeps_its_offset_and_differs_from_one_without() -> None:
    offset = GeneratorOffset({"b": np.ones(2, np.float16), "a": np.zeros((1, 2), np.float16)})
    code = StyleCode(LAYOUT, np.zeros(LAYOUT.channels, np.float32), offset)
    delta = StyleDelta.from_dense(LAYOUT, np.ones(LAYOUT.channels, np.float32))
    assert code.plus(delta).offset == offset
    assert code != StyleCode(LAYOUT, code.values)
    same = GeneratorOffset({"a": np.zeros((1, 2), np.float16), "b": np.ones(2, np.float16)})
    assert same == offset
    other = GeneratorOffset({"a": np.zeros((2, 1), np.float16), "b": np.ones(2, np.float16)})
    assert other.fingerprint != offset.fingerprint, "shapes count"
    with pytest.raises(ValueError, match="finite"):
        GeneratorOffset({"a": np.array([np.inf], np.float16)})
