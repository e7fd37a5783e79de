"""What a project keeps of the picture of its edits: for the eye, whatever a file says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from editor.document.project import open_project, save_project
from editor.document.project_contents import PREVIEW_SIDE, KeptPreview
from editor.document.project_writing import PREVIEW
from tests.editor.document.project_examples import (
    H,
    W,
    example,
    members_in,
    picture,
    plain,
    preview,
    put,
    rewritten,
    with_json,
)

if TYPE_CHECKING:
    from pathlib import Path


def saved(folder: Path, seen: KeptPreview | None) -> bytes:
    save_project(replace(example(folder), preview=seen), folder / "a.sip")
    return (folder / "a.sip").read_bytes()


def test_a_preview_comes_back_where_it_was_and_nearly_as_it_was(tmp_path: Path) -> None:
    seen = preview()
    saved(tmp_path, seen)
    opened, _ = open_project(tmp_path / "a.sip")
    found = opened.preview
    assert opened.missing == ()
    assert found is not None
    assert (found.x, found.y, found.width, found.height) == (10, 8, 30, 24)
    assert not found.pixels.flags.writeable
    np.testing.assert_allclose(found.pixels, seen.pixels.astype(int), atol=16)


def test_one_without_edits_and_one_of_before_open_as_ever(tmp_path: Path) -> None:
    data = saved(tmp_path, None)
    assert PREVIEW not in members_in(data)
    (tmp_path / "older.sip").write_bytes(with_json(data, lambda record: record.pop("preview")))
    for name in ("a.sip", "older.sip"):
        opened, _ = open_project(tmp_path / name)
        assert opened.preview is None
        assert opened.missing == ()


def test_a_large_one_is_written_as_large_as_a_canvas(tmp_path: Path) -> None:
    pixels = np.full((2 * PREVIEW_SIDE, 4 * PREVIEW_SIDE, 3), 90, np.uint8)
    saved(tmp_path, KeptPreview(0, 0, W, H, pixels))
    opened, _ = open_project(tmp_path / "a.sip")
    assert opened.preview is not None
    assert opened.preview.pixels.shape == (PREVIEW_SIDE // 2, PREVIEW_SIDE, 3)


def jpeg(pixels: np.ndarray, *options: int) -> bytes:
    return cv2.imencode(".jpg", pixels, list(options))[1].tobytes()


def progressive(passes: int) -> bytes:
    """A JPEG that is gone over again and again: of few bytes, and of hours."""
    data = jpeg(picture(), cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    at = data.rindex(b"\xff\xda")
    return data[:at] + passes * data[at:-2] + data[-2:]


@pytest.mark.parametrize(
    "image",
    [
        b"", b"\xff\xd8\xff\xd9", cv2.imencode(".png", picture())[1].tobytes(),
        jpeg(picture())[:-300], jpeg(picture()[..., 0]), progressive(1), progressive(4000),
        jpeg(np.zeros((8, PREVIEW_SIDE + 1, 3), np.uint8)),
    ],
    ids=["empty", "nothing", "png", "cut", "grey", "progressive", "passes", "large"],
)  # fmt: skip
def test_a_damaged_or_hostile_one_is_left_out_and_named(tmp_path: Path, image: bytes) -> None:
    data = saved(tmp_path, preview())
    path = tmp_path / "b.sip"
    path.write_bytes(rewritten(data, lambda members: members.update({PREVIEW: image})))
    opened, _ = open_project(path)
    assert opened.preview is None
    (line,) = opened.missing
    assert line.startswith("The preview could not be read: ")
    whole, _ = open_project(tmp_path / "a.sip")
    assert plain(replace(whole, preview=None)) == plain(opened)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", -1), ("x", W), ("width", W), ("width", 0), ("height", 10**9), ("y", 1.5),
        ("y", None), ("image", "photo/original"), ("image", "preview/../x"), ("image", 7),
    ],
)  # fmt: skip
def test_a_place_outside_the_photo_and_a_foreign_member_are_refused(
    tmp_path: Path, name: str, value: Any
) -> None:
    data = saved(tmp_path, preview())
    path = tmp_path / "b.sip"
    path.write_bytes(with_json(data, lambda record: put(record, ["preview", name], value)))
    opened, _ = open_project(path)
    assert opened.preview is None
    assert len(opened.missing) == 1
    assert json.loads(members_in(data)["project.json"])["preview"]["image"] == PREVIEW
