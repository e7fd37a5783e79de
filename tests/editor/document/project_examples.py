"""Projects to test with, and ways to damage their files."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from editor.document.brushed_region import BrushedRegion
from editor.document.face import DetectedFace, FaceCrop
from editor.document.goals import Dials, Reference
from editor.document.history import Edit, EditHistory, EditOrigin, EditPart, NamedState, Portrait
from editor.document.paint import PaintLayer
from editor.document.photo_source import file_sha256
from editor.document.project import Project, ProjectFace, ViewPlace
from editor.document.project_contents import KeptPreview
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from editor.document.style import GeneratorOffset, StyleCode, StyleDelta, StyleLayout
from editor.document.style_sliders import StyleSlider
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

W, H = 64, 48
LAYOUT = StyleLayout(("b4.conv", "b4.torgb"), (7, 5), "ab" * 32)
RNG = np.random.default_rng(11)


def region(x: int = 5, y: int = 6) -> RegionMask:
    return RegionMask(W, H, x, y, RNG.integers(1, 256, (9, 8), dtype=np.uint8))


def edit(number: int, where: RegionMask) -> Edit:
    delta = StyleDelta.from_dense(LAYOUT, np.where(np.arange(12) % 3, 0, number + 0.1).astype("f4"))
    origin = EditOrigin((("smile", 60.0), ("lip_redness", -12.5)), seed=number, steps=40)
    made = Edit(f"edit-{number}", "Smile +60 “ä”", delta, where, origin, 1.7e9 + number / 7)
    if number % 3:
        return made
    shift, upon = (np.full((68, 2), by + number, np.float32) for by in (0.1, 0.3))
    for moved in (shift, upon):
        moved.setflags(write=False)
    parts = (EditPart(("smile",), delta.scaled(0.5)), EditPart((), delta.scaled(0)))
    brushed = BrushedRegion(where, 1.5, f"r-of-{number}", "Its own")
    return replace(
        made, shift=shift, weight=0.7, opacity=0.25, enabled=False, name="Mine", brushed=brushed,
        parts=parts, upon=upon,
    )  # fmt: skip


def points(x: float = 32, y: float = 24, size: float = 30) -> NDArray[np.float64]:
    found = landmarks_at(x, y, size)
    found.setflags(write=False)
    return found


def portrait(edits: int = 3, position: int = 2) -> Portrait:
    where = region()
    masks = [where, where, RegionMask.empty(W, H), region(20, 30)]
    tensors = {"b16.conv0.left": RNG.normal(size=(3, 2)), "b16.conv0.bias": np.ones(3)}
    offset = GeneratorOffset({name: array.astype(np.float16) for name, array in tensors.items()})
    history = EditHistory(
        StyleCode(LAYOUT, RNG.normal(size=12).astype(np.float32), offset),
        tuple(edit(number, masks[number]) for number in range(edits)),
        position,
    )
    crop = FaceCrop.from_landmarks(points() + RNG.normal(0, 0.3, (68, 2)), 16)
    return Portrait(crop, history, psnr=23.456, identity_distance=math.nan)


def painted() -> PaintLayer:
    """Two overlapping strokes, the second one half erased: all degrees of opacity."""
    layer = PaintLayer.empty(W, H)
    for x, colour in ((20, (200, 30, 40)), (28, (10, 250, 90))):
        layer = layer.stamped(BrushStroke(np.array([[x, 20]]), 9, 0.3), colour)
    return layer.stamped(BrushStroke(np.array([[34, 20]]), 6, 0.0, True), (0, 0, 0))


def slider(key: str = "b32.conv1 #17") -> StyleSlider:
    delta = StyleDelta(LAYOUT, np.array([2, 5]), np.array([0.5, -1.25]))
    low, high = (np.full((4, 5, 3), grey, np.uint8) for grey in (20, 200))
    return StyleSlider(key, "Louder", delta, 0.75, 0.1, low, high)


def picture(width: int = W, height: int = H) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns % 256, rows % 256, (rows + columns) % 256], -1).astype(np.uint8)


def write_picture(path: Path, pixels: NDArray[np.uint8 | np.uint16] | None = None) -> Path:
    """A PNG of (h, w, 3) BGR pixels."""
    coded = cv2.imencode(".png", picture() if pixels is None else pixels)[1]
    path.write_bytes(coded.tobytes())
    return path


def preview(x: int = 10, y: int = 8, width: int = 30, height: int = 24) -> KeptPreview:
    """What was seen of that part of the photo: smooth, so that a JPEG keeps it nearly."""
    pixels = np.ascontiguousarray(picture(2 * width, 2 * height)) // 2 + 60
    pixels.setflags(write=False)
    return KeptPreview(x, y, width, height, pixels)


def example(folder: Path) -> Project:
    """A project with something of everything, and its photograph in the folder."""
    photo = write_picture(folder / "photo.png")
    first = DetectedFace((16.5, 9.0, 30.0, 31.25), points(), 0.75, "hog")
    by_hand = DetectedFace.at(points(40, 20, 12), "hand")
    beside = BrushedRegion(region(30, 20), 2.5, "r-1", "Left cheek")
    faces = (
        ProjectFace(first, 0, (beside, BrushedRegion(region(), 0.0, "r-2", "")), 1, painted()),
        ProjectFace(by_hand, None, (BrushedRegion(region(1, 1), 4.0, "r-3", ""),), 0),
        ProjectFace(DetectedFace.at(points(), "project"), 1),
    )
    shown, hidden = portrait(), portrait(4, 0)
    kept = replace(shown.history.edits[1], weight=0.5)
    states = (
        NamedState("s-1", "Calm", shown.history.edits[:2], 2, "0123456789abcdef"),
        NamedState("s-2", "Snapshot 2", (shown.history.edits[0], kept), 1),
    )
    faces = (replace(faces[0], snapshots=states), *faces[1:])
    reference = Reference("somebody else.jpg", picture(16, 16), points(8, 8, 10))
    reference.picture.setflags(write=False)
    return Project(
        photo_path=photo,
        photo_sha256=file_sha256(photo),
        width=W,
        height=H,
        portraits=(shown, hidden),
        active=1,
        faces=faces,
        unowned=ProjectFace(
            regions=(BrushedRegion(region(0, 0), 8.0, "r-0", "Sky"),), paint=painted()
        ),
        photo_size=photo.stat().st_size,
        reference=reference,
        dials=Dials(2.0, 0.5, False, 60, 7),
        together=True,
        generator="cats, imported from afhqcat.pkl",
        sliders=(slider(),),
        view=ViewPlace(0.75, 31.5, 20.25),
    )


def plain(value: object) -> object:
    """A value of documents as texts, tuples and bytes, which compare as a person would compare."""
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        return array.dtype.str, array.shape, array.tobytes()
    if isinstance(value, float):
        return repr(value)
    if is_dataclass(value):
        names = [each.name for each in fields(value) if not each.name.startswith("_")]
        kept = (
            name for name in names if name not in ("misfit", "missing", "photo_near", "version")
        )
        return type(value).__name__, tuple((name, plain(getattr(value, name))) for name in kept)
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, tuple):
        return tuple(plain(each) for each in cast("tuple[object, ...]", value))
    return value


def members_in(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: Mapping[str, bytes], *deflated: str) -> bytes:
    """An archive; project.json and what is named are packed, all else is stored."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in members.items():
            packed = name in ("project.json", *deflated)
            kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), body, kind)
    return buffer.getvalue()


def rewritten(data: bytes, change: Callable[[dict[str, bytes]], object], *deflated: str) -> bytes:
    members = members_in(data)
    change(members)
    return zipped(members, *deflated)


def with_json(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    def edit_members(members: dict[str, bytes]) -> None:
        record = json.loads(members["project.json"])
        change(record)
        members["project.json"] = json.dumps(record).encode()

    return rewritten(data, edit_members)


def put(record: Any, way: list[str | int], value: object) -> None:
    """Set what lies at the end of a way through objects and lists."""
    for step in way[:-1]:
        record = record[step]
    record[way[-1]] = value
