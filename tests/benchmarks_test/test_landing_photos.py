"""Edits of the landing benchmark lie where the window would put them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from editor.document.attributes import table
from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_regions import preset
from editor.document.history import EditHistory, Portrait
from editor.document.photo import Photo
from editor.document.region import RegionError
from editor.document.style import StyleCode
from tests.benchmarks import landing_photos
from tests.benchmarks.landing_photos import region_of
from tests.benchmarks.landing_rows import Plan
from tests.fake_engine import LAYOUT, landmarks_at


def test_hair_is_what_was_seen_of_it_and_no_crescent() -> None:
    photo = Photo(np.full((300, 300, 3), 120, np.uint8))
    crop = FaceCrop.from_landmarks(landmarks_at(150, 160, 120), 64)
    seen = np.zeros((64, 64), np.uint8)
    seen[4:12, 20:44] = 255
    mesh = np.zeros((478, 2))
    detail = FaceDetail(mesh, crop, seen)
    code = StyleCode(LAYOUT, np.zeros(6, np.float32))
    portrait = Portrait(crop, EditHistory(code), 25.0, 0.3, detail=detail)
    (hair,) = [row for row in table() if row.name == "hair_brightness"]
    region = region_of(portrait, hair, photo)
    assert not region.is_empty
    crescent = preset("hair", crop.landmarks, photo.width, photo.height)
    assert region.bounds != crescent.bounds
    bald = replace(portrait, detail=replace(detail, hair=np.zeros((64, 64), np.uint8)))
    with pytest.raises(RegionError, match="hair"):
        region_of(bald, hair, photo)


def test_what_the_window_would_not_do_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    points = np.array(landmarks_at(150, 160, 120))
    points[60:68, 1] = points[60:68, 1].mean()
    code = StyleCode(LAYOUT, np.zeros(6, np.float32))
    closed = Portrait(FaceCrop.from_landmarks(points, 64), EditHistory(code), 25.0, 0.3)
    photo = Photo(np.full((300, 300, 3), 120, np.uint8))
    asked: list[tuple[str, float]] = []

    def note(*given: object) -> tuple[str, float]:
        _, _, _, _, attribute, value, _ = given
        asked.append((getattr(attribute, "name", ""), float(str(value))))
        return asked[-1]

    def no_engine(device: str) -> str:
        return device

    def inverted(*_: object) -> tuple[Photo, Portrait, str]:
        return photo, closed, "inverted"

    monkeypatch.setattr(landing_photos, "_engine", no_engine)
    monkeypatch.setattr(landing_photos, "_inverted", inverted)
    monkeypatch.setattr(landing_photos, "_landed", note)
    edits = ("mouth_open", 60.0), ("mouth_open", -60.0), ("smile", 60.0)
    plan = Plan("cpu", edits, 200, None, False, None)
    assert landing_photos.land(Path("some.jpg"), plan) == ("inverted", asked)
    assert asked == [("mouth_open", -60.0), ("smile", 60.0)]
    assert "Lips that are closed stay closed" in capsys.readouterr().err
