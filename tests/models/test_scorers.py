"""Scorers of the user's own: asked in a process of their own, which may fail in any way."""

from __future__ import annotations

import importlib.util
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import scorers
from models.checkpoints import CheckpointError
from models.importing.onnx_files import check_onnx
from models.scorers import ScorerError, ScorerSource, opened
from tests.models import onnx_writer as onnx

if TYPE_CHECKING:
    from pathlib import Path

PICTURES = np.stack([np.full((16, 16, 3), level, np.uint8) for level in (0, 51, 255)])


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_an_onnx_network_scores_pictures(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    path = written(tmp_path / "bright.onnx", onnx.brightness(2))
    for scaling, wanted in (
        ("unit", [0, 0.4, 2]),
        ("symmetric", [-2, -1.2, 2]),
        ("bytes", [0, 102, 510]),
    ):
        source = ScorerSource(str(path), scaling)  # pyright: ignore[reportArgumentType]
        with opened(source) as scorer:
            np.testing.assert_allclose(scorer.score(PICTURES), wanted, atol=1e-4)
            assert len(scorer.score(PICTURES[:1])) == 1
    with opened(ScorerSource(str(path), output=3)) as scorer:
        with pytest.raises(ScorerError, match="no number 3"):
            scorer.score(PICTURES)
        with pytest.raises(ScorerError, match="no number 3"):
            scorer.score(PICTURES)  # it lives on


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(p): return float('nan')", "no number"),
        ("def f(p): raise RuntimeError('too  dark')", "RuntimeError: too dark"),
        ("def f(p): return 'bright'", "ValueError"),
        ("import os\ndef f(p): os._exit(3)", "its process ended"),
        ("x = 1", "AttributeError"),
        ("raise SystemError('no')", "SystemError: no"),
    ],
)
def test_what_a_python_scorer_does_wrong_is_told(code: str, reason: str, tmp_path: Path) -> None:
    path = written(tmp_path / "mine.py", code)
    with (
        pytest.raises(ScorerError, match=reason) as told,
        opened(ScorerSource(f"{path}:f")) as scorer,
    ):
        scorer.score(PICTURES)
    assert "The scorer f failed" in told.value.title
    assert told.value.advice


def test_a_python_function_scores_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys\nprint('words')\ndef f(p):\n    print('more')\n    return p.mean()"
    path = written(tmp_path / "mine.py", code)
    monkeypatch.chdir(tmp_path)
    for source in (f"{path}:f", "mine:f"):
        with opened(ScorerSource(source)) as scorer:
            assert scorer.score(PICTURES).tolist() == [0, 51, 255]
    assert ScorerSource("mine:f").name == "f"


def test_one_that_never_answers_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorers, "ANSWER", 0.5)
    path = written(tmp_path / "mine.py", "import time\ndef f(p): time.sleep(600)")
    with (
        pytest.raises(ScorerError, match="did not answer within"),
        opened(ScorerSource(f"{path}:f")) as scorer,
    ):
        scorer.score(PICTURES)


def test_what_is_no_scorer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in ("mine", "mine:", ":f", "mine:f(1)", "os:system('x')"):
        with pytest.raises(ScorerError, match="is no scorer"), opened(ScorerSource(source)):
            pass
    path = written(tmp_path / "bright.onnx", onnx.brightness())

    def nothing(name: str) -> None:
        del name

    monkeypatch.setattr(importlib.util, "find_spec", nothing)
    with pytest.raises(ScorerError, match="not installed") as told, opened(ScorerSource(str(path))):
        pass
    assert ".[scorers]" in told.value.advice


EXTERNAL = onnx.number(14, 1) + onnx.part(
    13, onnx.part(1, "location") + onnx.part(2, "/etc/passwd")
)
RELU = onnx.node("Relu", ["x"], ["y"])
INNER = onnx.part(1, onnx.node("Loop", ["x"], ["y"]))


def nested(depth: int) -> bytes:
    graph = onnx.part(1, RELU)
    for _ in range(depth):
        graph = onnx.part(1, onnx.node("If", ["x"], ["y"], onnx.part(6, graph)))
    return onnx.part(7, graph)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no ONNX"),
        (b"hello, this is text", "no ONNX"),
        (onnx.part(7, b""), "no ONNX"),
        (onnx.brightness()[:40], "cut off|no ONNX"),
        (onnx.model([RELU], [onnx.tensor("w", (2,), [1, 2], EXTERNAL)]), "other files"),
        (onnx.model([onnx.node("Constant", [], ["y"], onnx.part(5, EXTERNAL))]), "other files"),
        (onnx.model([onnx.node("Evil", ["x"], ["y"], domain="my.ops")]), "another library"),
        (onnx.model([onnx.node("Loop", ["x"], ["y"])]), "never end"),
        (onnx.model([onnx.node("If", ["x"], ["y"], onnx.part(6, INNER))]), "never end"),
        (onnx.model([RELU], extra=onnx.part(25, onnx.part(7, onnx.node("Scan", [], [])))), "never"),
        (onnx.model([RELU], extra=onnx.part(20, b"")), "training"),
        (nested(40), "without end"),
        (onnx.varint(7 << 3 | 2) + onnx.varint(1 << 62), "cut off"),
        (b"\xff" * 100, "no ONNX"),
        (onnx.model([RELU] * 60_000), "more than"),
    ],
    ids=map(str, range(15)),
)
def test_hostile_onnx_files_are_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    path = written(tmp_path / "evil.onnx", content)
    with pytest.raises(CheckpointError, match=reason) as told:
        check_onnx(path)
    assert "evil.onnx" in told.value.title
    assert told.value.advice


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"gone.onnx cannot be read"):
        check_onnx(tmp_path / "gone.onnx")
    path = tmp_path / "huge.onnx"
    with path.open("wb") as file:
        file.truncate(600 << 20)  # sparse
    with pytest.raises(CheckpointError, match="larger than"):
        check_onnx(path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(0, 255), st.integers(0, 400))
def test_damaged_files_are_refused_or_pass_but_never_raise_otherwise(
    tmp_path: Path, at: int, byte: int, cut: int
) -> None:
    content = bytearray(onnx.brightness())
    content[at % len(content)] = byte
    path = written(tmp_path / "damaged.onnx", bytes(content[: len(content) - cut % 40]))
    with suppress(CheckpointError):
        check_onnx(path)


@pytest.mark.skipif(os.name != "posix", reason="only there can memory be limited")
def test_a_network_that_wants_all_memory_takes_only_its_process_along(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    sides = onnx.shape_tensor("s", (1 << 20, 1 << 16))
    grow = onnx.node("Expand", ["x", "s"], ["e"])
    content = onnx.model(
        [
            onnx.node("ReduceMean", ["x"], ["m"], onnx.ints("axes", [0, 1])),
            onnx.node("ReduceMean", ["m"], ["v"], onnx.ints("axes", [0, 1])),
            onnx.node("Expand", ["v", "s"], ["e"]),
            onnx.node("ReduceMean", ["e"], ["y"]),
        ],
        [sides],
    )
    del grow
    path = written(tmp_path / "bomb.onnx", content)
    with pytest.raises(ScorerError), opened(ScorerSource(str(path))) as scorer:
        scorer.score(PICTURES)
