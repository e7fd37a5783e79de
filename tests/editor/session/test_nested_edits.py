"""Edits are on another photo what they were, whichever way they go there, also when nested."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from editor.command_line import recipe
from editor.command_line.running import RefusedError, UnchangedError
from editor.document.edit_sets import read_edit_set, write_edit_set
from editor.document.face_regions import feather_of, preset
from editor.document.goals import Goal
from editor.document.history import EditHistory, EditOrigin
from editor.document.limits import Limit
from editor.document.presets import AttributePreset, PresetPart, read_preset, write_preset
from editor.engine.jobs import OpenedPhoto, OpenPhoto
from editor.session.wishes import slider_values
from tests.contract.engines import result
from tests.editor.session_desk import said, stroke
from tests.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.edit_sets import EditSet
    from editor.document.history import Edit
    from tests.editor.session_desk import Desk

    Stack = tuple[tuple[str, tuple[tuple[str, float], ...], float, bool], ...]

SMILE = (("smile", 75.0),)
STACKS: dict[str, Stack] = {
    "nested": (("face", SMILE, 1, True), ("lips", (("smile", -45.0),), 1, True)),
    "the small one first": (("lips", (("smile", 30.0),), 1, True), ("face", SMILE, 1, True)),
    "across zero": (("face", SMILE, 1, True), ("lips", (("smile", -135.0),), 1, True)),
    "three deep": (
        ("face", (("smile", 60.0), ("light_from_left", 20.0)), 1, True),
        ("mouth", (("smile", -20.0), ("mouth_open", 10.0)), 1, True),
        ("lips", (("smile", 35.0), ("light_from_left", -50.0)), 1, True),
    ),
    "overlapping": (("jaw", SMILE, 1, True), ("smile", (("smile", -30.0),), 1, True)),
    "equal, less opaque": (("mouth", SMILE, 1, True), ("mouth", (("smile", 20.0),), 0.4, True)),
    "nested, faded": (("face", SMILE, 0.5, True), ("lips", (("smile", -45.0),), 0.3, True)),
    "the outer one is off": (("face", SMILE, 1, False), ("lips", (("smile", -45.0),), 1, True)),
    "the inner one is off": (("face", SMILE, 1, True), ("lips", (("smile", -45.0),), 1, False)),
    "the outer one is hidden": (("face", SMILE, 0, True), ("lips", (("smile", -45.0),), 1, True)),
    "apart": (("eyes", (("eyes_open", 40.0),), 1, True), ("mouth", SMILE, 1, True)),
}


@pytest.fixture(params=list(STACKS))
def stack(request: pytest.FixtureRequest) -> Stack:
    return STACKS[request.param]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.png"
    Image.fromarray(np.full((600, 500, 3), 90, np.uint8)).save(path)
    return path


def put(desk: Desk, stack: Stack) -> None:
    """The face of the photo that is open has these edits, as if they had been made."""
    document = desk.session.studio.document
    assert document is not None
    face = document.faces[0]
    assert face.portrait is not None
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 10)
    (model,) = desk.history.edits
    size = document.photo.width, document.photo.height
    history = EditHistory(desk.history.base)
    for number, (name, goals, opacity, enabled) in enumerate(stack):
        mask = preset(name, face.detected.landmarks, *size, face.detail)
        edit = replace(
            model,
            id=f"e{number}",
            label=name,
            origin=EditOrigin(goals, 0, 1),
            region=mask.feathered(feather_of(name, 3)),
            opacity=opacity,
            enabled=enabled,
            brushed=None,
        )
        history = history.push(edit)
    desk.session.studio.put_history(face, history)
    desk.idle()


def shown(edits: tuple[Edit, ...]) -> list[tuple[dict[str, float], float, dict[str, float]]]:
    """Of each edit that is seen: what it changes, how opaque it is, where sliders stand there."""
    seen = tuple(edit for edit in edits if edit.enabled and edit.opacity)
    return [
        (
            {name: round(value, 6) for name, value in edit.goals},
            edit.opacity,
            {name: round(value, 6) for name, value in slider_values(seen, edit.region).items()},
        )
        for edit in seen
    ]


def opened(desk: Desk, path: Path) -> None:
    desk.session.files.set_saved()
    desk.session.files.open_photo(path)
    desk.until(
        lambda: desk.session.photo and desk.session.photo.path == path and desk.session.portrait
    )
    desk.idle()


def by_command(path: Path, wanted: recipe.Recipe) -> tuple[Edit, ...]:
    engine = FakeEngine()
    plan = recipe.planned(engine, wanted)
    found = result(engine, OpenPhoto(path), OpenedPhoto)
    (face,) = recipe.edited(engine, plan, found)
    return face.portrait.history.applied


def set_of(desk: Desk) -> EditSet:
    made: list[Callable[[], EditSet]] = []
    desk.session.copies.as_set(made.append)
    desk.idle()
    return made[0]()


def preset_made(desk: Desk) -> AttributePreset:
    made: list[Callable[[], AttributePreset]] = []
    desk.session.sliders.as_preset("Look", made.append)
    desk.idle()
    return made[0]()


def test_pasted(desk: Desk, stack: Stack, other: Path) -> None:
    put(desk, stack)
    wanted = shown(desk.history.applied)
    desk.session.copies.copy()
    opened(desk, other)
    desk.session.copies.paste()
    desk.idle()
    assert shown(desk.history.applied) == wanted
    before = desk.history
    desk.session.copies.paste()
    desk.idle()
    assert desk.history == before, "a second time changes nothing"


def test_pasted_onto_a_face_that_has_edits_the_sliders_stand_where_they_stood(
    desk: Desk, other: Path
) -> None:
    put(desk, STACKS["nested"])
    desk.session.copies.copy()
    opened(desk, other)
    desk.session.regions.apply_preset("face")
    desk.commit("smile", 20)
    desk.session.copies.paste()
    desk.idle()
    face, lips = desk.history.applied
    assert slider_values((face, lips), face.region) == {"smile": 75}
    assert slider_values((face, lips), lips.region) == {"smile": 30}


def test_copied_into_a_file_and_done_by_the_command_line(
    desk: Desk, stack: Stack, other: Path, tmp_path: Path
) -> None:
    put(desk, stack)
    wanted = shown(desk.history.applied)
    path = tmp_path / "edits.json"
    write_edit_set(set_of(desk), path)
    done = by_command(other, recipe.Recipe(edits=read_edit_set(path)))
    assert shown(done) == wanted


def test_a_preset_in_the_window(desk: Desk, stack: Stack, other: Path, tmp_path: Path) -> None:
    put(desk, stack)
    wanted = shown(desk.history.applied)
    path = tmp_path / "look.json"
    write_preset(preset_made(desk), path)
    opened(desk, other)
    desk.session.sliders.apply_preset_values(read_preset(path))
    desk.idle()
    assert shown(desk.history.applied) == wanted
    before = desk.history
    desk.session.sliders.apply_preset_values(read_preset(path))
    desk.idle()
    assert desk.history == before, "a second time changes nothing"


def test_a_preset_on_the_command_line(
    desk: Desk, stack: Stack, other: Path, tmp_path: Path
) -> None:
    put(desk, stack)
    wanted = shown(desk.history.applied)
    path = tmp_path / "look.json"
    write_preset(preset_made(desk), path)
    done = by_command(other, recipe.Recipe(preset=read_preset(path)))
    assert shown(done) == wanted


@pytest.mark.parametrize(("name", "version"), [("nested", 1), ("across zero", 2)])
def test_only_files_of_what_goes_beyond_100_are_refused_by_older_programs(
    name: str, version: int, desk: Desk, tmp_path: Path
) -> None:
    put(desk, STACKS[name])
    write_preset(preset_made(desk), tmp_path / "look.json")
    write_edit_set(set_of(desk), tmp_path / "edits.json")
    for path in (tmp_path / "look.json", tmp_path / "edits.json"):
        assert f'"version": {version}' in path.read_text()


def test_the_same_on_two_cheeks_is_not_twice_as_much_in_a_preset(desk: Desk) -> None:
    session = desk.session
    for x in (125, 175):
        session.regions.clear_region()
        session.regions.paint_region(stroke(x, 130, radius=8))
        desk.commit("skin_tint", 30)
    assert len(desk.labels) == 2
    (part,) = preset_made(desk).parts
    assert part.goals == (("skin_tint", 30),)


@pytest.mark.parametrize(("high", "expected"), [(40, [40, -10]), (0, [])])
def test_a_limit_of_the_face_holds_for_where_sliders_stand(
    desk: Desk, other: Path, monkeypatch: pytest.MonkeyPatch, high: float, expected: list[float]
) -> None:
    put(desk, STACKS["nested"])
    path = other.parent / "edits.json"
    write_edit_set(set_of(desk), path)
    desk.session.copies.copy()
    opened(desk, other)

    def limited(*_: object) -> dict[str, Limit]:
        return {"smile": Limit("No further.", high=high)}

    monkeypatch.setattr("editor.document.limits.limits", limited)
    desk.session.copies.paste()
    desk.idle()
    assert [dict(edit.goals) for edit in desk.history.applied] == [{"smile": n} for n in expected]
    assert "No further." in said(desk)
    asked = recipe.Recipe(edits=read_edit_set(path))
    if not expected:
        with pytest.raises(UnchangedError, match=r"No further\..*Nothing was written"):
            by_command(other, asked)
        return
    done = by_command(other, asked)
    assert [dict(edit.goals) for edit in done] == [{"smile": n} for n in expected]


def test_a_preset_of_what_is_offered_no_more_holds_its_successor(desk: Desk) -> None:
    put(desk, (("skin", (("skin_warmth", 40.0),), 1, True),))
    (part,) = preset_made(desk).parts
    assert part.goals == (("skin_tint", 40),)
    assert "not in the preset" not in said(desk)


def test_a_preset_says_which_of_its_sliders_are_offered_no_more(desk: Desk) -> None:
    put(desk, (("face", (("femininity", 40.0), ("smile", 10.0)), 1, True),))
    (part,) = preset_made(desk).parts
    assert part.goals == (("smile", 10),)
    assert "No longer offered, and not in the preset: Femininity." in said(desk)
    assert "Discovered" not in said(desk)
    older = AttributePreset("Older", (PresetPart("face", (("femininity", 40.0),)),))
    desk.session.sliders.apply_preset_values(older)
    assert "No longer offered: Femininity. The preset “Older” is applied without." in said(desk)


@pytest.mark.parametrize("name", ["femininity", "glasses"])
def test_the_command_line_says_what_is_offered_no_more(name: str, other: Path) -> None:
    with pytest.raises(
        RefusedError, match=r"no longer offered.*since 0.5.*nothing takes its place"
    ):
        by_command(other, recipe.Recipe((Goal(name, 30),)))


def test_the_command_line_takes_the_successor_with_a_word(
    other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (edit,) = by_command(other, recipe.Recipe((Goal("skin_brightness", 30),)))
    assert edit.goals == (("skin_light", 30),)
    assert "skin_brightness is no longer offered (since 0.5): skin_light" in capsys.readouterr().err
    older = AttributePreset("Older", (PresetPart("face", (("femininity", 40.0), ("smile", 9.0))),))
    by_command(other, recipe.Recipe(preset=older))
    assert "femininity (no longer offered, since 0.5)" in capsys.readouterr().err


def test_a_discovered_slider_that_is_set_twice_on_the_command_line_moves_twice(other: Path) -> None:
    goals = Goal("discovered-1", 50), Goal("discovered-1", 20)
    done = by_command(other, recipe.Recipe(goals, region="mouth"))
    assert [value for edit in done for _, value in edit.goals] == [50, 20]
