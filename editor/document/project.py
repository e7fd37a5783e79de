"""Projects: an editing session as a .sip file, a zip of JSON, style codes and region images.

``project.json`` holds everything but the arrays, ``styles.safetensors`` the base codes, the deltas
and what each photograph changed of the generator's weights,
``regions/*.png`` the masks, ``paint/*.png`` the colours painted over faces, and ``photo/original``
the photograph's file when it was embedded. The same project always gives the same bytes. Opening
checks everything and executes nothing.

Edits that were made with a discovered slider are stored with the slider's id as their goal; the
slider itself and the reference photograph are not: the edit's delta is all that its result needs.
A reference shows somebody else and belongs to the session, which keeps it from photo to photo.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from editor.document.errors import AdvisedError
from editor.document.face import FaceCrop
from editor.document.files import atomic_write, write_failure
from editor.document.history import Edit, EditHistory, EditOrigin, Portrait
from editor.document.json_values import flag, items, number, parse, reason, record, text, whole
from editor.document.paint import PaintLayer
from editor.document.region import RegionMask
from editor.document.style import GeneratorOffset, StyleCode, StyleDelta, StyleLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

FORMAT = "style-intervention project"
VERSION = 3


def _from_version_1(project: dict[str, Any]) -> dict[str, Any]:
    """It knew one generator for all photos and no drafts, and at first no dials or likenesses."""
    dials = {"strictness": 1.0, "naturalness": 1.0, "residual": True, "likeness": ""}
    for portrait in map(record, items(project["portraits"])):
        portrait |= {"offset": None, "draft": portrait.get("draft", False)}
        for edit in map(record, items(portrait["edits"])):
            edit["origin"] = dials | record(edit["origin"]) | {"offset": ""}
            edit["landmarks"] = None
    return project


def _from_version_2(project: dict[str, Any]) -> dict[str, Any]:
    """It forgot what was painted."""
    for portrait in map(record, items(project["portraits"])):
        portrait["paint"] = None
    return project


_UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _from_version_1,
    2: _from_version_2,
}
"""Version → what turns its ``project.json`` into the next version's."""

_LARGEST = {"project.json": 64 << 20, "styles.safetensors": 512 << 20, "photo/original": 4 << 30}
_LARGEST_IMAGE = {"regions": 64 << 20, "paint": 1 << 30}  # bytes of a PNG, by its folder
_MOST_PIXELS = 300_000_000  # of an image, as of a photo
_FRESH = "Open a backup copy of the project, or start again from the photograph."


class ProjectError(AdvisedError):
    """A project cannot be opened or saved, or its photograph cannot be found."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a person works on: a photograph and the edited faces in it.

    Attributes:
        photo_path: where the photograph was last seen, absolute; None when it exists only inside
            the project.
        photo_sha256: of the photograph's file, in hex.
        width, height: of the photograph, upright.
        portraits: the faces that have been inverted.
        active: which of them is being edited; 0 without any.
        photo_near: the photograph's path relative to the project file, as last saved, or None.
        paint: number of a portrait → the colours painted over it; none where nothing is painted.
    """

    photo_path: Path | None
    photo_sha256: str
    width: int
    height: int
    portraits: tuple[Portrait, ...] = ()
    active: int = 0
    photo_near: str | None = None
    paint: Mapping[int, PaintLayer] = field(default_factory=dict[int, PaintLayer])

    def __post_init__(self) -> None:
        if not 0 <= self.active < max(1, len(self.portraits)):
            raise ValueError(f"portrait {self.active} of {len(self.portraits)}")


# ------------------------------------------------------------------ saving


def save_project(project: Project, path: Path, photo_bytes: bytes | None = None) -> None:
    """Write a project, atomically; ``photo_bytes`` embeds the photograph's file.

    Raises:
        ProjectError: the file cannot be written; an older one is untouched.
    """
    path = Path(path)
    tensors: dict[str, NDArray[Any]] = {}
    images: dict[str, bytes] = {}
    portraits = [
        _portrait_to_json(portrait, index, tensors, images)
        | {"paint": _paint_to_json(project.paint.get(index), images)}
        for index, portrait in enumerate(project.portraits)
    ]
    contents = {
        "format": FORMAT,
        "version": VERSION,
        "photo": {
            "path": None if project.photo_path is None else str(project.photo_path),
            "near": _near(project, path),
            "sha256": project.photo_sha256,
            "width": project.width,
            "height": project.height,
        },
        "active": project.active,
        "portraits": portraits,
    }
    plain = json.dumps(contents, indent=1, allow_nan=False)  # ASCII: paths may be no valid Unicode
    members = {"project.json": plain.encode(), "styles.safetensors": save_tensors(tensors)}
    members |= images
    if photo_bytes is not None:
        members["photo/original"] = photo_bytes
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            packed = name in ("project.json", "styles.safetensors")
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(info, data)
    try:
        atomic_write(path, buffer.getvalue())
    except OSError as error:
        raise ProjectError(*write_failure(error, path)) from error


def _near(project: Project, path: Path) -> str | None:
    if project.photo_path is None:
        return None
    try:
        near = os.path.relpath(project.photo_path, path.resolve().parent)
    except ValueError:  # another drive on Windows
        return None
    return Path(near).as_posix()


def _portrait_to_json(
    portrait: Portrait, index: int, tensors: dict[str, NDArray[Any]], images: dict[str, bytes]
) -> dict[str, Any]:
    history, crop = portrait.history, portrait.crop
    layout = history.base.layout
    tensors[f"{index}.base"] = history.base.values
    offset = history.base.offset
    if offset is not None:
        tensors |= {f"{index}.offset.{name}": array for name, array in offset.tensors.items()}
    edits: list[dict[str, Any]] = []
    for place, edit in enumerate(history.edits):
        tensors[f"{index}.{place}.channels"] = edit.delta.channels
        tensors[f"{index}.{place}.values"] = edit.delta.values
        name = f"regions/{edit.region.digest}.png"  # edits of one region share its image
        if not edit.region.is_empty:
            images[name] = _png(edit.region.alpha)
        edits.append(
            {
                "id": edit.id,
                "label": edit.label,
                "created": float(edit.created),
                "landmarks": None if edit.landmarks is None else edit.landmarks.tolist(),
                "origin": {
                    "goals": [[attribute, float(value)] for attribute, value in edit.origin.goals],
                    "seed": edit.origin.seed,
                    "steps": edit.origin.steps,
                    "strictness": float(edit.origin.strictness),
                    "naturalness": float(edit.origin.naturalness),
                    "residual": edit.origin.residual,
                    "likeness": edit.origin.likeness,
                    "offset": edit.origin.offset,
                },
                "region": {
                    "image": None if edit.region.is_empty else name,
                    "x": edit.region.x,
                    "y": edit.region.y,
                },
            }
        )
    return {
        "generator": layout.generator,
        "layers": [list(layer) for layer in zip(layout.names, layout.widths, strict=True)],
        "landmarks": crop.landmarks.tolist(),
        "to_photo": crop.to_photo.tolist(),
        "size": crop.size,
        "psnr": _nullable(portrait.psnr),
        "identity_distance": _nullable(portrait.identity_distance),
        "draft": portrait.is_draft,
        "offset": None if offset is None else offset.fingerprint,
        "position": history.position,
        "edits": edits,
    }


def _paint_to_json(layer: PaintLayer | None, images: dict[str, bytes]) -> dict[str, Any] | None:
    if layer is None or layer.is_empty:
        return None
    name = f"paint/{layer.digest}.png"
    images[name] = _png(np.asarray(cv2.cvtColor(layer.pixels, cv2.COLOR_RGBA2BGRA), np.uint8))
    return {"image": name, "x": layer.x, "y": layer.y}


def _nullable(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _png(pixels: NDArray[np.uint8]) -> bytes:
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise ValueError("OpenCV cannot encode the image")
    return encoded.tobytes()


# ------------------------------------------------------------------ opening


def open_project(path: Path) -> tuple[Project, bytes | None]:
    """Read a project, and the photograph's file if it was embedded.

    Raises:
        ProjectError: it cannot be read, is no project, is damaged, or is too new.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ProjectError(f"{path.name} does not exist.", "Check its folder and name.") from error
    except OSError as error:
        raise ProjectError(
            f"{path.name} cannot be read ({error.strerror or 'unknown reason'}).",
            "Check that it is a file and that you may read it.",
        ) from error
    try:
        return _read(data, path.name)
    except ProjectError:
        raise
    except MemoryError as error:
        raise ProjectError(
            f"{path.name} does not fit into memory.", "Close other programs and open it again."
        ) from error
    except _DAMAGE as error:
        raise ProjectError(f"{path.name} is damaged ({reason(error)}).", _FRESH) from error


# What zipfile, json, safetensors, OpenCV and our own types raise on damaged content.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, IndexError, OverflowError,
    RecursionError, EOFError, OSError, RuntimeError, NotImplementedError, struct.error,
    SafetensorError, cv2.error,
)  # fmt: skip


def _read(data: bytes, name: str) -> tuple[Project, bytes | None]:
    if not data.startswith(b"PK"):
        raise ProjectError(f"{name} is not a project of this editor.", "Choose a .sip file.")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        contents = parse(_member(archive, "project.json"))
        if not isinstance(contents, dict) or contents.get("format") != FORMAT:
            raise ProjectError(f"{name} is not a project of this editor.", "Choose a .sip file.")
        contents = _upgraded(cast("dict[str, Any]", contents), name)
        tensors = load_tensors(_member(archive, "styles.safetensors"))
        photo = contents["photo"]
        width, height = whole(photo["width"], 1), whole(photo["height"], 1)
        if width * height > _MOST_PIXELS:
            raise ValueError(f"a photo of {width} × {height}")
        entries = list(enumerate(items(contents["portraits"])))
        portraits = tuple(
            _portrait(entry, str(index), tensors, archive, (width, height))
            for index, entry in entries
        )
        paint = {
            index: _paint(entry["paint"], archive, (width, height))
            for index, entry in entries
            if entry["paint"] is not None
        }
        stored = photo["path"]
        project = Project(
            photo_path=None if stored is None else Path(text(stored)),
            photo_sha256=text(photo["sha256"]),
            width=width,
            height=height,
            portraits=portraits,
            active=whole(contents["active"]),
            photo_near=None if photo["near"] is None else text(photo["near"]),
            paint=paint,
        )
        original = None
        if "photo/original" in archive.namelist():
            original = _member(archive, "photo/original")
            if hashlib.sha256(original).hexdigest() != project.photo_sha256:
                raise ValueError("the embedded photograph is not the one that was edited")
    return project, original


def _upgraded(contents: dict[str, Any], name: str) -> dict[str, Any]:
    version = whole(contents["version"], 1)
    if version > VERSION:
        raise ProjectError(f"{name} was made by a newer version.", "Update the editor.")
    for older in range(version, VERSION):
        contents = _UPGRADES[older](contents)
    return contents


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """One member by its exact name; others are never looked at, nothing is unpacked to disk."""
    if name not in archive.namelist():
        raise KeyError(name)
    info = archive.getinfo(name)
    largest = _LARGEST.get(name) or _LARGEST_IMAGE[name.partition("/")[0]]
    if info.file_size > largest:
        raise ValueError(f"{name} is too large")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{name} is packed in a foreign way")
    with archive.open(info) as file:
        data = file.read(largest + 1)  # the size that the archive states need not be true
    if len(data) != info.file_size:
        raise ValueError(f"{name} is cut short")
    return data


def _portrait(
    entry: dict[str, Any],
    key: str,
    tensors: dict[str, NDArray[Any]],
    archive: zipfile.ZipFile,
    photo_size: tuple[int, int],
) -> Portrait:
    layers = [(text(name), whole(width, 1)) for name, width in items(entry["layers"])]
    layout = StyleLayout(
        tuple(name for name, _ in layers),
        tuple(width for _, width in layers),
        text(entry["generator"]),
    )
    edits: list[Edit] = []
    for index, item in enumerate(items(entry["edits"])):
        delta = StyleDelta(
            layout,
            _tensor(tensors, f"{key}.{index}.channels", np.int32),
            _tensor(tensors, f"{key}.{index}.values", np.float32),
        )
        origin = _origin(item["origin"])
        region = _region(item["region"], archive, photo_size)
        label, created = text(item["label"]), number(item["created"])
        moved = None if item["landmarks"] is None else _points(item["landmarks"], 68)
        edits.append(Edit(text(item["id"]), label, delta, region, origin, created, moved))
    offset = _offset(entry["offset"], f"{key}.offset.", tensors)
    base = StyleCode(layout, _tensor(tensors, f"{key}.base", np.float32), offset)
    to_photo = np.array([[number(v) for v in items(row)] for row in items(entry["to_photo"])])
    crop = FaceCrop(_points(entry["landmarks"], 68), to_photo, whole(entry["size"], 1))
    psnr, distance = (
        math.nan if entry[name] is None else number(entry[name])
        for name in ("psnr", "identity_distance")
    )
    history = EditHistory(base, tuple(edits), whole(entry["position"]))
    return Portrait(crop, history, psnr, distance, is_draft=flag(entry["draft"]))


def _points(rows: object, count: int) -> NDArray[np.float64]:
    """Points (count, 2), read-only."""
    points = np.array([[number(v) for v in items(row)] for row in items(rows)], np.float64)
    if points.shape != (count, 2):
        raise ValueError(f"{count} points were expected")
    points.setflags(write=False)
    return points


def _origin(entry: dict[str, Any]) -> EditOrigin:
    """What a delta was asked for."""
    return EditOrigin(
        goals=tuple((text(a), number(v)) for a, v in items(entry["goals"])),
        seed=whole(entry["seed"]),
        steps=whole(entry["steps"]),
        strictness=number(entry["strictness"]),
        naturalness=number(entry["naturalness"]),
        residual=flag(entry["residual"]),
        likeness=text(entry["likeness"]),
        offset=text(entry["offset"]),
    )


def _offset(
    fingerprint: object, prefix: str, tensors: dict[str, NDArray[Any]]
) -> GeneratorOffset | None:
    if fingerprint is None:
        return None
    names = [name for name in tensors if name.startswith(prefix)]
    offset = GeneratorOffset(
        {name.removeprefix(prefix): _tensor(tensors, name, np.float16) for name in names}
    )
    if offset.fingerprint != text(fingerprint):
        raise ValueError("the change of the generator is not the one that was saved")
    return offset


def _region(
    entry: dict[str, Any], archive: zipfile.ZipFile, photo_size: tuple[int, int]
) -> RegionMask:
    width, height = photo_size
    if entry["image"] is None:
        return RegionMask.empty(width, height)
    alpha = _pixels(entry["image"], archive, photo_size)
    if alpha.ndim != 2:
        raise ValueError("a region is no greyscale PNG")
    return RegionMask(width, height, whole(entry["x"]), whole(entry["y"]), alpha)


def _paint(
    entry: dict[str, Any], archive: zipfile.ZipFile, photo_size: tuple[int, int]
) -> PaintLayer:
    width, height = photo_size
    bgra = _pixels(entry["image"], archive, photo_size)
    if bgra.ndim != 3 or bgra.shape[2] != 4:
        raise ValueError("paint is no PNG with opacity")
    x, y = whole(entry["x"]), whole(entry["y"])
    if x + bgra.shape[1] > width or y + bgra.shape[0] > height:
        raise ValueError("the paint reaches outside the photo")
    if not bgra[..., 3].any():
        return PaintLayer.empty(width, height)
    pixels = np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA), np.uint8)
    pixels.setflags(write=False)
    return PaintLayer(width, height, x, y, pixels)


def _pixels(
    name: object, archive: zipfile.ZipFile, photo_size: tuple[int, int]
) -> NDArray[np.uint8]:
    """A PNG's pixels as OpenCV decodes them, (h, w) or (h, w, channels)."""
    data = _member(archive, text(name))
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 33:
        raise ValueError("an image is no PNG")
    across, down = struct.unpack_from(">II", data, 16)
    if across > photo_size[0] or down > photo_size[1]:
        raise ValueError("an image is larger than the photo")
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint8:  # pyright: ignore[reportUnnecessaryComparison] - the stub is wrong
        raise ValueError("an image is no PNG of 8 bits")
    return cast("NDArray[np.uint8]", pixels)


def _tensor(tensors: dict[str, NDArray[Any]], name: str, dtype: type[Any]) -> NDArray[Any]:
    array = tensors[name]
    if array.dtype != dtype:
        raise TypeError(f"{name} is {array.dtype}")
    array.setflags(write=False)
    return array


# ------------------------------------------------------------------ the photograph


def locate_photo(project: Project, project_path: Path) -> Path:
    """The photograph's file: where it was last seen, or the same way from the project file.

    Raises:
        ProjectError: it is at neither place, or what is there is another file.
    """
    folder = Path(project_path).resolve().parent
    places = [] if project.photo_path is None else [project.photo_path]
    if project.photo_near is not None:
        places.append(folder / project.photo_near)
    if project.photo_path is not None:  # whatever system it was saved on
        places.append(folder / PureWindowsPath(project.photo_path).name)
    changed: Path | None = None
    for place in places:
        try:
            if not place.is_file():
                continue
            digest = hashlib.sha256(place.read_bytes()).hexdigest()
        except (OSError, ValueError):
            continue
        if digest == project.photo_sha256:
            return place
        changed = place
    if changed is not None:
        raise ProjectError(
            f"The photograph {changed} has changed since the project was saved.",
            "Put the original file back, or start a new project from the changed one.",
        )
    name = "of this project" if project.photo_path is None else str(project.photo_path)
    raise ProjectError(
        f"The photograph {name} was not found.",
        f"Copy it back there, or into {folder}, and open the project again.",
    )
