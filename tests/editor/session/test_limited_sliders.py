"""Sliders of a face that can carry them only so far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.attributes import table
from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_mesh import mesh_through
from editor.document.presets import AttributePreset, PresetPart
from resources.face_classes import CLASSES
from tests import fake_engine
from tests.editor.session_desk import Desk, said, stroke
from tests.fake_engine import one_face, two_faces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.face import DetectedFace
    from editor.document.photo import Photo


def closed_lips(photo: Photo) -> tuple[DetectedFace, ...]:
    """One face, its inner lips at one height."""
    (face,) = one_face(photo)
    points = np.array(face.landmarks)
    points[60:68, 1] = points[60:68, 1].mean()
    return (replace(face, landmarks=points),)


@pytest.fixture
def shut(make_desk: Callable[..., Desk], photo: Path) -> Desk:
    desk = make_desk(faces=closed_lips)
    desk.open(photo)
    desk.idle()
    return desk


def test_a_limited_slider_goes_back_to_its_limit_and_says_why(shut: Desk) -> None:
    shut.session.regions.apply_preset("mouth")
    assert shut.session.sliders.limits["mouth_open"].high == 0
    shut.session.sliders.commit_attribute("mouth_open", 60)
    shut.idle()
    assert shut.labels == []
    assert shut.value("mouth_open") == 0
    assert "Lips that are closed stay closed" in said(shut)
    shut.commit("mouth_open", -40)
    assert shut.labels == ["Mouth open -40"]


def test_a_slider_that_is_refused_makes_no_region(shut: Desk) -> None:
    """It said that it uses its region, and then that it does nothing."""
    shut.session.sliders.preview_attribute("mouth_open", 60)
    shut.session.sliders.commit_attribute("mouth_open", 60)
    shut.idle()
    assert shut.labels == []
    assert shut.value("mouth_open") == 0
    soft = shut.session.regions.soft()
    assert soft is None or soft.is_empty
    assert "uses the region" not in said(shut)
    assert "Lips that are closed stay closed" in said(shut)


def test_lips_that_are_parted_are_not_limited(desk: Desk) -> None:
    desk.session.regions.apply_preset("mouth")
    assert all(limit.usual for limit in desk.session.sliders.limits.values())
    desk.commit("mouth_open", 60)
    assert desk.labels == ["Mouth open +60"]


def merry(desk: Desk, *parts: PresetPart) -> None:
    """A preset of these parts is applied, and made."""
    desk.session.sliders.apply_preset_values(AttributePreset("merry", parts))
    desk.until(lambda: desk.labels)
    desk.idle()


def test_a_preset_leaves_out_what_the_face_cannot_carry(shut: Desk) -> None:
    parts = PresetPart("mouth", (("mouth_open", 50.0),)), PresetPart("mouth", (("smile", 30.0),))
    merry(shut, *parts)
    assert shut.labels == ["Smile +30"]
    assert "Lips that are closed stay closed" in said(shut)


def test_pasted_edits_leave_out_what_the_face_cannot_carry(
    make_desk: Callable[..., Desk], photo: Path, desk: Desk
) -> None:
    desk.session.regions.apply_preset("mouth")
    desk.commit("mouth_open", 50)
    desk.commit("smile", 30)
    desk.session.copies.copy()
    shut = make_desk(faces=closed_lips)
    shut.open(photo)
    shut.idle()
    shut.session.copies.copied = desk.session.copies.copied
    shut.session.copies.paste()
    shut.until(lambda: shut.labels)
    shut.idle()
    assert shut.labels == ["Smile +30"]


def bare(desk: Desk, number: int = 0) -> None:
    """Neither hair nor a beard is seen of that face."""
    document = desk.session.studio.document
    assert document is not None
    face = document.faces[number]
    assert face.portrait is not None
    crop = FaceCrop.from_landmarks(face.landmarks, 64)
    skin = np.full((64, 64), CLASSES.index("skin"), np.uint8)
    seen = FaceDetail(mesh_through(face.landmarks), crop, np.zeros((64, 64), np.uint8), skin)
    face.portrait = replace(face.portrait, detail=seen)


def test_a_preset_changes_no_hair_that_is_not_there(desk: Desk) -> None:
    bare(desk)
    parts = (
        PresetPart("face", (("hair_brightness", 50.0),)),
        PresetPart("mouth", (("smile", 30.0),)),
    )
    merry(desk, *parts)
    assert desk.labels == ["Smile +30"]
    assert "No hair was found" in said(desk)


@pytest.mark.parametrize("brushed", [False, True])
def test_a_pasted_beard_is_not_thickened_where_none_is_unless_its_region_was_brushed(
    make_desk: Callable[..., Desk], photo: Path, monkeypatch: pytest.MonkeyPatch, brushed: bool
) -> None:
    beard = next(row for row in table() if row.name == "beard_density")
    monkeypatch.setattr(fake_engine, "ATTRIBUTES", (*fake_engine.ATTRIBUTES, beard))
    desk = make_desk(faces=two_faces)
    desk.open(photo)
    desk.idle()
    session = desk.session
    session.regions.apply_preset("beard")
    if brushed:
        x, y = session.faces[0].landmarks[30]
        session.regions.paint_region(stroke(x, y, radius=30))
    desk.commit("beard_density", 40)
    session.copies.copy()
    session.faces_desk.choose_face(1)
    desk.until(lambda: session.portrait is not None)
    bare(desk, 1)
    session.copies.paste()
    desk.idle()
    assert desk.labels == (["Beard +40"] if brushed else [])
    assert ("No beard was found" in said(desk)) is not brushed


def test_a_region_that_another_slider_made_leaves_a_limit_and_a_brushed_one_does_not(
    desk: Desk,
) -> None:
    bare(desk)
    desk.session.sliders.commit_attribute("smile", 30)  # over its usual region
    desk.until(lambda: desk.labels)
    desk.idle()
    assert desk.session.sliders.limits["beard_density"].high == 0
    desk.session.regions.clear_region()
    desk.session.regions.paint_region(stroke(150, 150, radius=25))
    assert "beard_density" not in desk.session.sliders.limits


def test_a_region_that_a_button_made_leaves_a_limit(desk: Desk) -> None:
    """Eyes were drawn on dark glasses, and the mark was gone, once *Eyes* was clicked."""
    bare(desk)
    for name, add in (("mouth", False), ("eyes", True)):
        desk.session.regions.apply_preset(name, add=add)
        desk.until(lambda: desk.session.usual.is_current)
        assert desk.session.sliders.limits["beard_density"].high == 0
