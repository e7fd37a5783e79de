"""Hostile checkpoints are refused in words, and nothing else happens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models.checkpoints import CheckpointError
from models.importing.checkpoint import import_checkpoint
from tests.hostile.cases import hostile_files
from tests.hostile.fuzz_checkpoints import fuzz
from tests.hostile.watch import watched
from tests.models.importing import formats

if TYPE_CHECKING:
    from pathlib import Path

FILES = hostile_files()
REASONS = {
    "runs a command": r"asks to run (posix|nt)\.system.*Nothing was run",
    "runs a command beside a generator": r"asks to run (posix|nt)\.system",
    "runs a command inside a generator": r"asks to run (posix|nt)\.system",
    "runs a command in a module's state": r"asks to run (posix|nt)\.system",
    "evaluates": r"asks to run builtins\.eval",
    "overlapping strides": "overlap",
    "a tensor past its end": "past its numbers",
    "a module in itself": "without end",
    "a tensor of one number, a million times": "overlap",
    "a tensor before its start": "past its numbers",
    "a tensor with backward strides": "impossible shape",
    "a tensor of 8 EB": "impossible shape|overlap",
    "a tensor without numbers": "impossible shape",
    "runs a command in a nested stream": "nested stream that is no tensor's numbers",
    "runs a command after the head of a nested stream": "of the type",
    "a storage larger than its stream": "ends too early",
    "a storage of negative length": "without numbers",
    "an array of 4 TB": "does not match its numbers",
    "an array of objects": "Python objects",
    "an array of structures": "of the type",
    "a parameter of a parameter": "something else where an array",
    "modules without end": "without end|more parts",
    "a billion lists": "more parts",
    "a bomb in npz": "a direction",
    "a bomb as a pickle": "wrong size",
    "a bomb packed with bzip2": "packed in a way",
    "a million members": "too long|damaged archive",
    "two members of one name": "two members",
    "a key that is a path": "lacks its member",
    "safetensors that repeats itself": "promises more",
    "names with control characters": "network",
    "a path upwards": "outside of itself",
    "TorchScript": "TorchScript",
}


@pytest.fixture(scope="module", autouse=True)
def warmed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a first import loads is no part of what a file does."""
    folder = tmp_path_factory.mktemp("warm")
    for name, write in (("a.pkl", formats.ada), ("a.pt", formats.rosinality)):
        (folder / name).write_bytes(write(formats.random_network(0, 8)))
        import_checkpoint(folder / name, folder / "out")
    (folder / "b.pkl").write_bytes(b"\x80\x02X\x01\x00\x00\x00\xff.")
    with pytest.raises(CheckpointError):
        import_checkpoint(folder / "b.pkl", folder / "out")


@pytest.mark.parametrize("attempt", FILES)
def test_nothing_happens(attempt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "network.pkl"
    path.write_bytes(FILES[attempt])
    with watched() as seen, pytest.raises(CheckpointError) as caught:
        import_checkpoint(path, tmp_path / "generators")
    assert not seen
    assert [p.name for p in tmp_path.iterdir()] == ["network.pkl"]
    assert caught.value.title.isprintable()
    assert len(caught.value.title) < 300
    if attempt in REASONS:
        assert caught.match(REASONS[attempt])


def _deep() -> object:
    value: object = ()
    for _ in range(300):  # as deep as Python pickles; by hand a file may be deeper
        value = (value,)
    return value


@pytest.mark.parametrize("value", [[], {}, {"a": []}, _deep(), "x", -1, float("nan"), 1e300, b"x"])
@pytest.mark.parametrize("name", ["architecture", "activation", "conv_clamp", "bias_gain"])
def test_attributes_of_other_kinds(name: str, value: object, tmp_path: Path) -> None:
    tensors = formats.random_network(0, 8)
    path = tmp_path / "network.pkl"
    theirs = {"activation": "nonlinearity", "bias_gain": "mapping_lrmul"}.get(name, name)
    choice: dict[str, Any] = {name: value}
    argument: dict[str, Any] = {theirs: value}
    for content in (formats.ada(tensors, 1.0, **choice), formats.tensorflow(tensors, **argument)):
        path.write_bytes(content)
        with pytest.raises(CheckpointError):
            import_checkpoint(path, tmp_path / "out")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "pipe.pkl")
    with pytest.raises(CheckpointError, match="is no file"):
        import_checkpoint(tmp_path / "pipe.pkl", tmp_path)


def test_damaged_files_by_the_hundred(tmp_path: Path) -> None:
    """A slice of ``python -m tests.hostile.fuzz_checkpoints``."""
    counts, _ = fuzz(300, 11, tmp_path)
    assert sum(counts.values()) == 300
    assert not [found for found in counts if found[0].startswith("fault")]
    assert {what for what, _ in counts} == {"refused", "read"}


def test_damaged_scorers_by_the_hundred(tmp_path: Path) -> None:
    """A slice of the same with ``--only scorers``."""
    counts, _ = fuzz(500, 11, tmp_path, "scorers")
    assert not [found for found in counts if found[0].startswith("fault")]
    assert {what for what, _ in counts} == {"refused", "read"}


def test_the_watch_sees_what_it_is_for(tmp_path: Path) -> None:
    import pickle

    path = tmp_path / "executed"
    with watched() as seen:
        pickle.loads(b"cbuiltins\neval\n(V1\ntR.")
    assert any("find_class" in event for event in seen)
    assert not path.exists()
