from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from editor.document.style import StyleDelta, StyleLayout
from editor.document.style_sliders import StyleSlider, StyleSliderError, read_sliders, write_sliders
from tests.fake_engine import style_slider

if TYPE_CHECKING:
    from pathlib import Path

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))
layers = st.lists(st.tuples(words, st.integers(1, 6)), min_size=1, max_size=4)


def layout_of(layers: list[tuple[str, int]], generator: str) -> StyleLayout:
    return StyleLayout(tuple(name for name, _ in layers), tuple(w for _, w in layers), generator)


@st.composite
def delta_of(draw: st.DrawFn) -> StyleDelta:
    layout = layout_of(draw(layers), draw(words))
    values = st.floats(-50, 50, width=32)
    return StyleDelta.from_dense(
        layout, draw(hnp.arrays(np.float32, layout.channels, elements=values))
    )


def id_of(slider: StyleSlider) -> str:
    return slider.id


share = st.floats(0, 1)
sliders = st.lists(
    st.builds(
        StyleSlider,
        id=words,
        label=words.filter(bool),
        delta=delta_of(),
        locality=share,
        visibility=share,
        low=pictures,
        high=pictures,
    ),
    max_size=3,
    unique_by=id_of,
)


@settings(max_examples=60, deadline=None)
@given(sliders)
def test_any_sliders_come_back(
    tmp_path_factory: pytest.TempPathFactory, kept: list[StyleSlider]
) -> None:
    path = tmp_path_factory.mktemp("s") / "sliders.json"
    write_sliders(kept, path)
    found = read_sliders(path)
    assert len(found) == len(kept)
    for a, b in zip(found, kept, strict=True):
        assert (a.id, a.label, a.delta, a.locality, a.visibility) == (
            b.id, b.label, b.delta, b.locality, b.visibility,
        )  # fmt: skip
        assert np.array_equal(a.low, b.low)
        assert np.array_equal(a.high, b.high)
        assert not a.low.flags.writeable


def test_no_file_is_no_slider(tmp_path: Path) -> None:
    assert read_sliders(tmp_path / "none.json") == ()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "sliders.json"
    picture = np.random.default_rng(0).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    write_sliders([style_slider("one", 1, picture), style_slider("two", 2, picture)], path)
    return path


def refused(path: Path) -> StyleSliderError:
    with pytest.raises(StyleSliderError) as caught:
        read_sliders(path)
    assert path.name in caught.value.title
    assert caught.value.advice.endswith(".")
    return caught.value


def png(rows: int, columns: int) -> str:
    return base64.b64encode(
        cv2.imencode(".png", np.zeros((rows, columns, 3), np.uint8))[1].tobytes()
    ).decode()


def spoilt_png() -> str:
    data = bytearray(base64.b64decode(png(4, 4)))
    data[40:] = b"\0" * (len(data) - 40)
    return base64.b64encode(bytes(data)).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"id": 5},
        {"id": "two"},
        {"label": ""},
        {"label": "x" * 81},
        {"channels": [6]},
        {"channels": [-1]},
        {"channels": [1, 1]},
        {"channels": [2**40]},
        {"values": []},
        {"values": ["1"]},
        {"values": [1e300]},
        {"layers": [["b4", 0]]},
        {"layers": [["b4"]]},
        {"generator": None},
        {"locality": None},
        {"low": "no base64!"},
        {"low": base64.b64encode(b"no png").decode()},
        {"low": png(1, 2000)},
        {"low": spoilt_png()},
    ],
)
def test_damaged_sliders_are_refused(saved: Path, change: dict[str, Any]) -> None:
    content = json.loads(saved.read_text())
    content["sliders"][0] |= change
    saved.write_text(json.dumps(content))
    assert refused(saved).damaged


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{}", b"null", b"[" * 5000])
def test_foreign_files_are_refused(saved: Path, data: bytes) -> None:
    saved.write_bytes(data)
    assert refused(saved).damaged


def test_missing_parts_are_named(saved: Path) -> None:
    for name in json.loads(saved.read_text())["sliders"][0]:
        content = json.loads(saved.read_text())
        del content["sliders"][0][name]
        damaged = saved.with_name("damaged.json")
        damaged.write_text(json.dumps(content))
        assert f"{name} is missing" in refused(damaged).title


def test_newer_and_unreadable_files_are_not_called_damaged(saved: Path, tmp_path: Path) -> None:
    content = json.loads(saved.read_text())
    saved.write_text(json.dumps(content | {"version": 2}))
    assert not refused(saved).damaged
    assert not refused(tmp_path).damaged


def test_a_failed_write_leaves_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StyleSliderError, match="full"):
        write_sliders([], saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
