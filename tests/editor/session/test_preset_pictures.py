"""Pictures of presets: of the edited face, beside the user's files, never in them."""

from __future__ import annotations

import os
import threading
import zlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from editor.document.errors import EngineFailure
from editor.document.files import Budget
from editor.document.photo import Pyramid, halves
from editor.document.presets import AttributePreset, PresetError, PresetPart, read_preset
from editor.engine.jobs import Patch, Render
from editor.session.library import Shelf
from editor.session.preset_pictures import LARGEST_SIDE, face_picture, read_picture, write_picture
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.editor.session_desk import Desk

RED = (200, 20, 30)


def pyramid_of(pixels: NDArray[np.uint8]) -> Pyramid:
    return Pyramid((pixels, *halves(pixels, 256)))


def plain(side: int = 200, colour: tuple[int, int, int] = RED) -> NDArray[np.uint8]:
    return np.full((side, side, 3), colour, np.uint8)


def preset(name: str) -> AttributePreset:
    return AttributePreset(name, (PresetPart("mouth", (("smile", 20.0),)),))


def budget() -> Budget:
    return Budget(0, 1 << 20, 10.0)


# ------------------------------------------------------------------ made


def test_a_picture_shows_the_face_with_its_edits() -> None:
    photo = np.zeros((1500, 2000, 3), np.uint8)
    photo[:, :1000] = (10, 200, 30)
    patch = Patch(900, 600, 400, 300, np.full((150, 200, 3), RED, np.uint8))
    picture = face_picture(pyramid_of(photo), patch, landmarks_at(1000, 750, 800))
    assert max(picture.shape) == LARGEST_SIDE
    height, width = picture.shape[:2]
    colours = {tuple(int(c) for c in picture[y, x]) for y in range(height) for x in range(width)}
    assert {RED, (10, 200, 30), (0, 0, 0)} <= colours
    red = (picture == RED).all(axis=-1)
    share = red.any(axis=0).sum() / width * picture_span(landmarks_at(1000, 750, 800))
    assert share == pytest.approx(400, abs=15), "the edit is as wide as it is in the photo"


def picture_span(landmarks: NDArray[np.float64]) -> float:
    return float((landmarks.max(axis=0) - landmarks.min(axis=0)).max()) * 1.7


@given(
    st.integers(1, 500), st.integers(1, 500), st.floats(-300, 800), st.floats(-300, 800),
    st.floats(0, 900), st.integers(-100, 500), st.integers(-100, 500), st.integers(1, 400),
)  # fmt: skip
@example(116, 1, 116.0, 0.0, 0.0, -27, 0, 143)  # where the patch ends between two of its pixels
def test_a_face_anywhere_gives_a_small_picture(
    width: int, height: int, x: float, y: float, size: float, left: int, top: int, side: int
) -> None:
    photo = np.zeros((height, width, 3), np.uint8)
    patch = Patch(left, top, side, side, plain(max(1, side // 2)))
    picture = face_picture(pyramid_of(photo), patch, landmarks_at(x, y, size))
    assert min(picture.shape[:2]) >= 1
    assert max(picture.shape[:2]) <= LARGEST_SIDE
    assert picture.dtype == np.uint8


def test_a_saved_preset_has_a_picture_beside_it_and_none_in_what_is_given_away(
    make_desk: Callable[..., Desk], photo: Path, tmp_path: Path
) -> None:
    desk = make_desk(library=tmp_path / "user")
    desk.open(photo)
    desk.session.regions.apply_preset("mouth")
    desk.commit("smile", 60)
    desk.idle()
    desk.session.sliders.save_preset("Work/Look")
    desk.until(lambda: desk.session.library.pictures)
    folder = tmp_path / "user" / "presets"
    assert sorted(path.name for path in folder.iterdir()) == ["Work_Look.json", "Work_Look.png"]
    kept = read_picture(folder / "Work_Look.png", budget())
    assert kept is not None
    assert np.array_equal(kept, desk.session.library.pictures["Work/Look"])
    given_away = tmp_path / "gift" / "look.json"
    given_away.parent.mkdir()
    desk.session.library.export_preset(desk.session.presets[0], given_away)
    desk.until(given_away.exists)
    assert [path.name for path in given_away.parent.iterdir()] == ["look.json"]
    assert given_away.read_bytes() == (folder / "Work_Look.json").read_bytes()
    assert len(given_away.read_bytes()) < 400
    again = make_desk(library=tmp_path / "user")
    again.until(lambda: again.session.library.pictures)
    again.session.library.drop_preset("Work/Look")
    again.until(lambda: not again.session.presets)
    assert not again.session.library.pictures
    assert list(folder.iterdir()) == []


def test_a_preset_gets_its_picture_once_its_edits_are_drawn(desk: Desk) -> None:
    desk.commit("smile", 60)
    desk.idle()
    document = desk.session.studio.document
    assert document is not None
    document.composites.clear()
    renders = len(desk.engine.begun(Render))
    desk.session.sliders.save_preset("Look")
    desk.until(lambda: desk.session.library.pictures)
    assert len(desk.engine.begun(Render)) == renders + 1
    assert [preset.name for preset in desk.session.presets] == ["Look"]


@pytest.mark.parametrize("how", ["undo", "delete"])
def test_a_preset_whose_edits_are_never_drawn_is_kept_without_a_picture(
    desk: Desk, how: str
) -> None:
    desk.commit("smile", 60)
    desk.idle()
    document = desk.session.studio.document
    assert document is not None
    document.composites.clear()
    desk.engine.gate.clear()
    desk.session.sliders.save_preset("Look")
    desk.until(lambda: desk.session.presets)
    if how == "undo":
        desk.session.steps.undo()
        desk.until(lambda: "no picture" in "".join(desk.ear.heard["noticed"]))
    else:
        desk.session.library.drop_preset("Look")
        desk.until(lambda: not desk.session.presets)
    desk.engine.gate.set()
    desk.idle()
    assert not desk.session.library.pictures


# ------------------------------------------------------------------ kept


def test_a_picture_goes_with_its_preset(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(preset("Joy"), plain())
    shelf.rename("Joy", "A/Joy")
    assert list(shelf.pictures) == ["A/Joy"]
    again = Shelf(tmp_path)
    assert again.load() == again.load_pictures() == []
    assert np.array_equal(again.pictures["A/Joy"], plain())
    again.put(preset("A/Joy"))  # made on another face, whose picture there is not
    assert not again.pictures
    assert [path.name for path in (tmp_path / "presets").iterdir()] == ["Joy.json"]
    again.add(read_preset(tmp_path / "presets" / "Joy.json"))
    assert not again.pictures


def test_what_lies_where_a_picture_would_is_not_written_over(tmp_path: Path) -> None:
    shelf, foreign = Shelf(tmp_path), tmp_path / "presets" / "Joy.png"
    foreign.parent.mkdir()
    foreign.write_bytes(b"the user's own")
    shelf.put(preset("Joy"), plain())
    assert foreign.read_bytes() == b"the user's own"
    assert (tmp_path / "presets" / "Joy (2).png").is_file()


def test_a_picture_that_cannot_be_removed_keeps_its_preset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(preset("Joy"), plain())
    (tmp_path / "presets" / "Joy.png").unlink()
    (tmp_path / "presets" / "Joy.png").mkdir()
    with pytest.raises(EngineFailure, match=r"Joy\.png"):
        shelf.drop("Joy")
    assert list(shelf.presets) == ["Joy"]
    assert (tmp_path / "presets" / "Joy.json").is_file()


# ------------------------------------------------------------------ hostile


def png(width: int, height: int, depth: int = 8, kind: int = 2) -> bytes:
    """A small PNG that says that it is of another size."""

    def block(tag: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(tag + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + tag + data + checksum

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    blocks = block(b"IHDR", size + bytes([depth, kind, 0, 0, 0]))
    blocks += block(b"IDAT", zlib.compress(bytes(100))) + block(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + blocks


def jpeg() -> bytes:
    return cv2.imencode(".jpg", plain())[1].tobytes()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"x", png(60_000, 60_000), png(257, 1), png(1, 257), png(0, 5), png(4, 4, depth=16),
        png(4, 4, kind=6), png(4, 4, kind=3), png(200, 200)[:-20], jpeg(), b"x" * (600 << 10),
    ],
)  # fmt: skip
def test_hostile_pictures_are_refused_and_the_preset_stays(tmp_path: Path, data: bytes) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(preset("Bad"), plain())
    shelf.put(preset("Good"), plain())
    (tmp_path / "presets" / "Bad.png").write_bytes(data)
    again = Shelf(tmp_path)
    assert again.load() == []
    (error,) = again.load_pictures()
    assert "Bad.png is no picture of a preset" in error.title
    assert list(again.presets) == ["Bad", "Good"]
    assert list(again.pictures) == ["Good"]


def test_all_pictures_together_have_a_budget(tmp_path: Path) -> None:
    write_picture(plain(), tmp_path / "a.png")
    with pytest.raises(PresetError, match="unpacks"):
        read_picture(tmp_path / "a.png", Budget(0, 200 * 200 - 1, 10.0))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_pictures_that_never_end_are_refused_at_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for name in ("Pipe", "Zero", "Folder"):
        shelf.put(preset(name))
    os.mkfifo(tmp_path / "presets" / "Pipe.png")
    (tmp_path / "presets" / "Zero.png").symlink_to("/dev/zero")
    (tmp_path / "presets" / "Folder.png").mkdir()
    errors: list[str] = []
    reading = threading.Thread(
        target=lambda: errors.extend(error.title for error in shelf.load_pictures()), daemon=True
    )
    reading.start()
    reading.join(20)
    assert not reading.is_alive()
    assert len(errors) == 3
