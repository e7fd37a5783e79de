from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_mesh import mesh_through
from editor.document.face_regions import PRESETS, PresetGrid, older_preset, preset
from editor.document.history import Edit, EditOrigin
from editor.document.presets import (
    AttributePreset,
    PresetError,
    PresetPart,
    file_name,
    moved_name,
    preset_of,
    read_preset,
    region_name,
    split_name,
    write_preset,
)
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from editor.document.style import StyleDelta
from tests.fake_engine import LAYOUT, landmarks_at

if TYPE_CHECKING:
    from pathlib import Path

W, H = 400, 300
FACE = landmarks_at(200, 150, 160)
REGIONS = {"smile": "smile", "lip_redness": "lips"}

names = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30)
goals = st.dictionaries(names, st.floats(-100, 100), min_size=1, max_size=5)


def part_of(region: str, goals: dict[str, float]) -> PresetPart:
    return PresetPart(region, tuple(goals.items()))


parts = st.builds(part_of, st.sampled_from(PRESETS), goals)
several = st.lists(parts, min_size=1, max_size=4).map(tuple)
presets = st.builds(AttributePreset, names, several)


def edit(region: RegionMask, *goals: tuple[str, float]) -> Edit:
    delta = StyleDelta(LAYOUT, np.array([0]), np.array([1.0]))
    return Edit("id", "label", delta, region, EditOrigin(goals, 0, 1), 1.0)


def named(name: str, feather: float = 6) -> RegionMask:
    return preset(name, FACE, W, H).feathered(feather)


# ------------------------------------------------------------------ files


@settings(max_examples=60, deadline=None)
@given(presets)
def test_any_preset_comes_back(
    tmp_path_factory: pytest.TempPathFactory, made: AttributePreset
) -> None:
    path = tmp_path_factory.mktemp("p") / "a.json"
    write_preset(made, path)
    assert read_preset(path) == made
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]


GOOD: dict[str, Any] = {
    "format": "style-intervention preset",
    "version": 1,
    "name": "Look",
    "parts": [{"region": "lips", "goals": {"smile": 10}}],
}


def refused(path: Path, data: bytes) -> PresetError:
    path.write_bytes(data)
    with pytest.raises(PresetError) as caught:
        read_preset(path)
    assert path.name in caught.value.title
    assert caught.value.advice.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"[]", b"{}", b"null", b"[" * 5000, b'"' + b"x" * 300_000 + b'"']
)
def test_foreign_files_are_refused(tmp_path: Path, data: bytes) -> None:
    assert "not a preset" in refused(tmp_path / "a.json", data).title


SPOILT: list[dict[str, Any]] = [
    {"name": ""}, {"name": 5}, {"name": "x" * 81}, {"name": "a\nb"}, {"name": " a"},
    {"parts": []}, {"parts": {}}, {"parts": [1]}, {"parts": GOOD["parts"] * 101},
    {"parts": [{"region": "tail", "goals": {"smile": 1}}]},
    {"parts": [{"region": "lips", "goals": {}}]},
    {"parts": [{"region": "lips"}]},
    {"parts": [{"region": "lips", "goals": {"smile": 101}}]},
    {"parts": [{"region": "lips", "goals": {"smile": "1"}}]},
    {"parts": [{"region": "lips", "goals": {"": 1}}]},
    {"version": "1"},
]  # fmt: skip


@pytest.mark.parametrize("change", SPOILT)
def test_damaged_presets_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    data = json.dumps(GOOD | change).encode()
    assert "damaged" in refused(tmp_path / "a.json", data).title


def test_infinite_values_are_refused(tmp_path: Path) -> None:
    data = json.dumps(GOOD).replace("10", "1e999").encode()
    assert "damaged" in refused(tmp_path / "a.json", data).title
    data = json.dumps(GOOD).replace("10", "NaN").encode()
    assert "not a preset" in refused(tmp_path / "a.json", data).title


def test_a_name_says_in_which_folder_a_preset_stands() -> None:
    assert split_name("Soft smile") == ("", "Soft smile")
    assert split_name("Portraits/Soft smile") == ("Portraits", "Soft smile")
    assert split_name("Work / Portraits/ Soft") == ("Work/Portraits", "Soft")
    assert moved_name("Portraits/Soft", "Couples") == "Couples/Soft"
    assert moved_name("Portraits/Soft", "") == moved_name("Soft", "") == "Soft"


@pytest.mark.parametrize(
    "name", ["/", "//", "/etc/passwd", "../../etc/passwd", "A/../B", "A/", "a//b", "./a", "A/ /b"]
)
def test_names_like_paths_are_titles_and_stay_files_of_the_folder(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(GOOD | {"name": name}))
    made = read_preset(path)
    assert (made.folder, made.title) == ("", name), "older versions wrote such names: they are read"
    assert (tmp_path / file_name(name)).parent == tmp_path


@pytest.mark.parametrize(
    "name", ["A\u202eB/C", "A/\u2066B", "A/B\u2028", "A\x1b[2J/B", "A/\u200bB"]
)
def test_names_that_would_be_shown_as_others_are_refused(tmp_path: Path, name: str) -> None:
    assert (
        "damaged" in refused(tmp_path / "a.json", json.dumps(GOOD | {"name": name}).encode()).title
    )


def test_newer_and_missing_files(tmp_path: Path) -> None:
    newer = refused(tmp_path / "a.json", json.dumps(GOOD | {"version": 3}).encode())
    assert "Update" in newer.advice
    with pytest.raises(PresetError, match="does not exist"):
        read_preset(tmp_path / "none.json")
    with pytest.raises(PresetError, match="cannot be read"):
        read_preset(tmp_path)


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    old = AttributePreset("Old", (PresetPart("lips", (("smile", 1.0),)),))
    write_preset(old, path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PresetError, match="full"):
        write_preset(AttributePreset("New", old.parts), path)
    assert read_preset(path) == old
    assert list(tmp_path.iterdir()) == [path]


def test_file_names_are_safe_on_every_system() -> None:
    assert file_name("Evening – warm") == "Evening _ warm.json"
    assert file_name("../../etc: *?") == "______etc_ __.json"
    assert file_name("Größe (2)") == "Größe (2).json"
    assert file_name("...") == "___.json"


# ------------------------------------------------------------------ from edits


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("feather", [0, 12])
def test_a_named_region_is_recognised_however_soft(name: str, feather: float) -> None:
    assert region_name(named(name, feather), FACE) == name


def test_a_brushed_region_has_no_name() -> None:
    stroke = BrushStroke(np.array([[150.0, 120.0], [250.0, 190.0]]), 20)
    assert region_name(RegionMask.empty(W, H).stamped(stroke), FACE) is None
    assert region_name(RegionMask.empty(W, H), FACE) is None


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("width", [24, 70, 300])
def test_a_named_region_is_recognised_on_small_and_large_faces(name: str, width: int) -> None:
    size = 3 * width
    face = landmarks_at(size / 2, size / 2, width)
    region = preset(name, face, size, size)
    assert region_name(region.feathered(width / 40), face) == name


@pytest.mark.parametrize("density", [60, 255])
def test_hair_is_recognised_however_thin(density: int) -> None:
    crop = FaceCrop.from_landmarks(FACE, 256)
    hair = np.zeros((256, 256), np.uint8)
    hair[10:90, 60:200] = density
    detail = FaceDetail(mesh_through(FACE), crop, hair)
    for name in ("hair", "skin"):
        region = preset(name, FACE, W, H, detail)
        assert region_name(region, FACE, detail) == name


@pytest.mark.parametrize("to_the_rim", [True, False])
def test_hair_that_ended_at_the_crop_is_hair_still(to_the_rim: bool) -> None:
    """Version 0.4 looked no further; where it goes on, its regions were shown as brushed ones."""
    side, edge = 256, 64
    wide = FaceCrop.from_landmarks(FACE, side).widened(edge)
    hair = np.zeros((wide.size, wide.size), np.uint8)
    hair[20:150, 30:-30] = 255
    detail = FaceDetail(mesh_through(FACE), wide, hair)
    if to_the_rim:
        rising = np.clip((np.arange(side) + 0.5) / (0.08 * side), 0, 1)
        fading = rising * rising * (3 - 2 * rising)
        fading *= fading[::-1]
        inside = hair[edge:-edge, edge:-edge] * fading * fading[:, None]
        crop = FaceCrop.from_landmarks(FACE, side)
        before = FaceDetail(detail.mesh, crop, np.rint(inside).astype(np.uint8))
        region = preset("hair", FACE, W, H, before)
    else:
        region = preset("hair", FACE, W, H, detail)
    assert region_name(region, FACE, detail) == "hair"
    match = PresetGrid(FACE, W, H, detail).compare(region)
    assert match.parts == {"hair"}
    brushed = region.subtracted(preset("face", FACE, W, H, detail).grown(30))
    assert "hair" not in PresetGrid(FACE, W, H, detail).compare(brushed).parts


def test_naming_a_region_draws_only_what_it_looks_like(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def noted(name: str, *args: Any) -> RegionMask:
        drawn.append(name)
        return preset(name, *args)

    monkeypatch.setattr("editor.document.presets.preset", noted)
    assert region_name(named("mouth"), FACE) == "mouth"
    assert "mouth" in drawn
    assert len(drawn) <= 2
    drawn.clear()
    stroke = BrushStroke(np.array([[150.0, 120.0], [250.0, 190.0]]), 20)
    assert region_name(RegionMask.empty(W, H).stamped(stroke), FACE) is None
    assert not drawn


def test_goals_are_added_up_by_region_and_limited() -> None:
    brushed = RegionMask.empty(W, H).stamped(BrushStroke(np.array([[150.0, 120.0]]), 20))
    made = preset_of(
        " Look ",
        [
            edit(named("mouth"), ("smile", 40.0), ("lip_redness", 30.0)),
            edit(brushed, ("smile", 10.0), ("found-slider", 50.0)),
            edit(named("mouth"), ("smile", 90.0), ("lip_redness", -30.0)),
            edit(named("lips")),
        ],
        REGIONS,
        FACE,
    )
    assert made == AttributePreset(
        "Look", (PresetPart("mouth", (("smile", 130.0),)), PresetPart("smile", (("smile", 10.0),)))
    )


def test_nothing_to_keep_and_names_that_are_none() -> None:
    with pytest.raises(PresetError, match="nothing to keep"):
        preset_of("Look", [edit(named("mouth"), ("found-slider", 5.0))], REGIONS, FACE)
    for name in ("", "  ", "x" * 81, "a\tb"):
        with pytest.raises(PresetError, match="name") as caught:
            preset_of(name, [edit(named("mouth"), ("smile", 5.0))], REGIONS, FACE)
        assert "Choose a name" in caught.value.advice


@given(presets, st.floats(0, 1.5))
def test_strength_scales_every_value_and_names_what_it_took_too_far(
    made: AttributePreset, strength: float
) -> None:
    scaled, clamped = made.at_strength(strength)
    assert made.at_strength(1.0) == (made, ())
    assert scaled.name == made.name
    earlier: set[str] = set()
    wanted: set[str] = set()
    for part, before in zip(scaled.parts, made.parts, strict=True):
        assert (part.region, part.opacity) == (before.region, before.opacity)
        for (name, value), (same, was) in zip(part.goals, before.goals, strict=True):
            assert name == same
            most = 200 if name in earlier else 100
            if abs(was * strength) <= most:
                assert value == was * strength
            else:
                assert abs(value) == most
                assert value * was > 0
                wanted.add(name)
        earlier |= {name for name, _ in before.goals}
    assert set(clamped) == wanted


def test_limited_to_what_is_known() -> None:
    made = AttributePreset(
        "Look",
        (
            PresetPart("lips", (("wings", 1.0), ("smile", 2.0))),
            PresetPart("eyes", (("wings", 3.0), ("fangs", 4.0))),
        ),
    )
    usable, unknown = made.limited_to(["smile"])
    assert usable == AttributePreset("Look", (PresetPart("lips", (("smile", 2.0),)),))
    assert unknown == ("wings", "fangs")
    assert made.limited_to([]) == (None, ("wings", "smile", "fangs"))


def test_a_nose_without_room_beside_it_is_known_still() -> None:
    older, now = older_preset("nose", FACE, W, H), named("nose", 0)
    assert older is not None
    assert older.area < 0.8 * now.area
    assert region_name(older, FACE) == region_name(now, FACE) == "nose"


def test_what_is_offered_no_more_is_asked_of_its_successor() -> None:
    warm = AttributePreset("warm", (PresetPart("skin", (("skin_warmth", 40), ("smile", 20))),))
    usable, unknown = warm.limited_to(["skin_tint", "smile"])
    assert usable is not None
    assert usable.parts[0].goals == (("skin_tint", 40), ("smile", 20))
    assert not unknown
    both = AttributePreset("both", (PresetPart("skin", (("skin_warmth", 40), ("skin_tint", 20))),))
    usable, unknown = both.limited_to(["skin_tint"])
    assert usable is not None
    assert usable.parts[0].goals == (("skin_tint", 20),)
    assert unknown == ("skin_warmth",)
    usable, unknown = warm.limited_to(["skin_warmth"])
    assert usable is not None
    assert usable.parts[0].goals == (("skin_warmth", 40),), "what is still there is not replaced"
