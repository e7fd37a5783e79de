"""A slice of the fuzzer of documents, and what lies in the folder of presets."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from editor.document.presets import AttributePreset, PresetPart, write_preset
from editor.session.library import Shelf
from tests.hostile.documents import Samples, bombs, damaged, special_files
from tests.hostile.fuzz_documents import outcome_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")

KNOWN = {"opened", "opened in part", "photo missing", "refused"}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return Samples.made(tmp_path_factory.mktemp("samples"), largest=False)


def test_a_slice_of_damaged_files_ends_as_it_should(samples: Samples):
    outcomes: dict[str, str] = {}
    for number in range(120):
        kind, damage, data = damaged(number, 3, samples)
        path = samples.folder / f"case.{kind}"
        path.write_bytes(data)
        outcomes[f"{number} {damage}"] = outcome_of(path)
    assert {what: how for what, how in outcomes.items() if how not in KNOWN} == {}
    assert set(outcomes.values()) >= {"opened", "opened in part", "refused"}


@pytest.mark.slow
def test_every_bomb_with_a_name_ends_as_it_should(samples: Samples):
    outcomes: dict[str, str] = {}
    for what, data in bombs(samples).items():
        path = samples.folder / "case.sip"
        path.write_bytes(data)
        outcomes[what] = outcome_of(path)
    assert {what: how for what, how in outcomes.items() if how not in KNOWN} == {}
    sound = {what for what, how in outcomes.items() if how == "opened"}
    assert sound == {"a photo that is no photo"}  # the one beside is


def test_files_that_never_end_are_refused_at_once(tmp_path: Path):
    outcomes = {path.name[:20]: outcome_of(path) for path in special_files(tmp_path)}
    assert set(outcomes.values()) == {"refused"}


def test_a_folder_of_presets_full_of_traps_is_read_to_its_end(tmp_path: Path):
    """Opening waited for ever, and closing with it."""
    presets = tmp_path / "presets"
    presets.mkdir()
    write_preset(
        AttributePreset("Look", (PresetPart("lips", (("smile", 10.0),)),)), presets / "look.json"
    )
    os.mkfifo(presets / "pipe.json")
    (presets / "zero.json").symlink_to("/dev/zero")
    (presets / "folder.json").mkdir()
    with (presets / "sparse.json").open("wb") as file:
        file.truncate(1 << 40)
    os.mkfifo(tmp_path / "style-sliders.json")
    shelf, errors = Shelf(tmp_path), list[str]()
    reading = threading.Thread(target=lambda: errors.extend(map(str, shelf.load())), daemon=True)
    reading.start()
    reading.join(20)
    assert not reading.is_alive()
    assert list(shelf.presets) == ["Look"]
    assert len(errors) == 5
    for name in ("pipe", "zero", "folder", "sparse", "style-sliders"):
        assert any(name in error for error in errors)
