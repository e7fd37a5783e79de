"""What a user keeps from photo to photo, in files of their own."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document import style_sliders
from editor.document.errors import EngineFailure
from editor.document.presets import (
    AttributePreset,
    PresetError,
    PresetPart,
    read_favourites,
    read_preset,
    write_favourites,
)
from editor.session.library import Shelf
from tests.fake_engine import style_slider

if TYPE_CHECKING:
    from pathlib import Path


def preset(name: str) -> AttributePreset:
    return AttributePreset(name, (PresetPart("mouth", (("smile", 20.0),)),))


def shelf_in(folder: Path) -> Shelf:
    made = Shelf(folder)
    assert made.load() == []
    return made


# ------------------------------------------------------------------ favourites


def test_favourites_last_and_go_with_their_preset(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    for name in ("Calm", "Joy"):
        shelf.put(preset(name))
        shelf.mark(name, favourite=True)
    shelf.mark("nothing", favourite=True)
    written = [path.read_text() for path in (tmp_path / "presets").iterdir()]
    assert not any("favourite" in text for text in written), "what is given away does not say so"
    shelf = shelf_in(tmp_path)
    assert shelf.favourites == {"Calm", "Joy"}
    shelf.mark("Joy", favourite=False)
    shelf.drop("Calm")
    assert shelf.favourites == shelf_in(tmp_path).favourites == frozenset()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "[" * 5000,
        '{"format": "style-intervention favourite presets", "version": 1, "names": [5]}',
        '{"format": "style-intervention favourite presets", "version": 1, "names": "Joy"}',
        '{"format": "style-intervention favourite presets", "version": 2, "names": []}',
        '{"format": "style-intervention favourite presets", "version": 1, "names": ["%s"]}'
        % ("x" * 81),
        json.dumps({"format": "style-intervention preset", "version": 1, "names": []}),
    ],
)
def test_a_file_of_favourites_that_is_none_is_told_and_left_alone(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "favourite-presets.json"
    file.write_text(content)
    shelf = Shelf(tmp_path)
    (error,) = shelf.load()
    assert file.name in error.title
    assert "until you quit" in error.title
    shelf.put(preset("Joy"))
    shelf.mark("Joy", favourite=True)
    assert shelf.favourites == {"Joy"}
    assert file.read_text() == content


def test_favourites_that_cannot_be_written_stay_as_they_were(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    shelf.put(preset("Joy"))
    (tmp_path / "favourite-presets.json").mkdir()
    with pytest.raises(EngineFailure):
        shelf.mark("Joy", favourite=True)
    assert shelf.favourites == frozenset()


def test_names_of_favourites_come_back(tmp_path: Path) -> None:
    file = tmp_path / "favourites.json"
    assert read_favourites(file) == frozenset()
    write_favourites(["Größe", "a/b"], file)
    assert read_favourites(file) == {"Größe", "a/b"}


# ------------------------------------------------------------------ names and folders


def test_a_renamed_preset_keeps_its_file_and_its_star(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    shelf.put(preset("Joy"))
    shelf.mark("Joy", favourite=True)
    shelf.rename("Joy", " Portraits/Joy ")
    (file,) = (tmp_path / "presets").iterdir()
    assert file.name == "Joy.json", "files stay flat"
    assert read_preset(file) == preset("Portraits/Joy")
    again = shelf_in(tmp_path)
    assert list(again.presets) == ["Portraits/Joy"]
    assert again.favourites == shelf.favourites == {"Portraits/Joy"}
    again.put(preset("Joy"))
    assert list(shelf_in(tmp_path).presets) == ["Joy", "Portraits/Joy"]
    again.drop("Portraits/Joy")
    assert list(shelf_in(tmp_path).presets) == ["Joy"]


def test_a_name_that_is_taken_or_none_changes_nothing(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    shelf.put(preset("A/Joy"))
    shelf.put(preset("B/Joy"))
    with pytest.raises(EngineFailure, match="already"):
        shelf.rename("A/Joy", "B/Joy")
    with pytest.raises(PresetError, match="name"):
        shelf.rename("A/Joy", "B/" + "x" * 80)
    shelf.rename("gone", "C")
    shelf.rename("A/Joy", "A/Joy")
    assert sorted(shelf_in(tmp_path).presets) == sorted(shelf.presets) == ["A/Joy", "B/Joy"]


def test_a_rename_that_cannot_be_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_in(tmp_path)
    shelf.put(preset("Joy"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(os, "fsync", full)
        with pytest.raises(EngineFailure, match="full"):
            shelf.rename("Joy", "Quiet")
    assert list(shelf.presets) == list(shelf_in(tmp_path).presets) == ["Joy"]


# ------------------------------------------------------------------ two windows


def test_what_another_window_keeps_or_marks_meanwhile_stays(tmp_path: Path) -> None:
    here, there = shelf_in(tmp_path), shelf_in(tmp_path)
    under = np.full((4, 4, 3), 100, np.uint8)
    for shelf, id in ((here, "a"), (there, "b"), (here, "c"), (there, "d")):
        shelf.keep(style_slider(id, 1, under))
    here.forget("b")
    assert list(here.sliders) == list(shelf_in(tmp_path).sliders) == ["a", "c", "d"]
    for shelf, name in ((here, "Calm"), (there, "Joy")):
        shelf.put(preset(name))
        shelf.mark(name, favourite=True)
    assert shelf_in(tmp_path).favourites == {"Calm", "Joy"}
    here.mark("Calm", favourite=False)
    assert shelf_in(tmp_path).favourites == {"Joy"}


def test_more_sliders_than_are_read_again_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = shelf_in(tmp_path)
    under = np.full((4, 4, 3), 100, np.uint8)
    monkeypatch.setattr(style_sliders, "_MOST_SLIDERS", 2)
    for id in "ab":
        shelf.keep(style_slider(id, 1, under))
    with pytest.raises(EngineFailure, match="more sliders than can be kept"):
        shelf.keep(style_slider("c", 1, under))
    assert list(shelf.sliders) == list(shelf_in(tmp_path).sliders) == ["a", "b"]
    monkeypatch.setattr(style_sliders, "_MOST_PIXELS", 70)
    with pytest.raises(EngineFailure, match="more sliders than can be kept"):
        shelf.keep(style_slider("b", 1, np.full((9, 9, 3), 100, np.uint8)))
