"""Projects turned into the members of their file."""

from __future__ import annotations

import hashlib
import json
import math
import threading
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from safetensors.numpy import save as save_tensors

from editor.document.byte_cache import ByteCache
from editor.document.project_contents import PREVIEW_SIDE
from editor.document.style_sliders import slider_to_json

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.brushed_region import BrushedRegion
    from editor.document.goals import Dials, Reference
    from editor.document.history import Edit, EditOrigin, NamedState, Portrait
    from editor.document.paint import PaintLayer
    from editor.document.project_contents import KeptPreview, Project, ProjectFace
    from editor.document.region import RegionMask
    from editor.document.style import StyleDelta

FORMAT = "style-intervention project"
VERSION = 5

CONTENTS, STYLES, PHOTO = "project.json", "styles.safetensors", "photo/original"
PREVIEW = "preview/edits.jpg"
"""Names of members; the others are ``regions/*.png``, ``paint/*.png`` and ``reference/*.png``."""

_PREVIEW_QUALITY = 88  # of JPEG: some 150 kB a face


def _size(image: bytes) -> int:
    return len(image)


_mutex = threading.Lock()
_PNGS = ByteCache(64 << 20).shelf(_size)


class _Members:
    """Arrays and images that the JSON refers to by name; equal ones are stored once."""

    def __init__(self) -> None:
        self.tensors: dict[str, NDArray[Any]] = {}
        self.images: dict[str, bytes] = {}

    def image(self, folder: str, digest: str, pixels: NDArray[np.uint8]) -> str:
        name = f"{folder}/{digest}.png"
        if name not in self.images:
            self.images[name] = _encoded(name, pixels)
        return name


def members_of(
    project: Project, path: str | None, near: str | None, photo: bytes | None
) -> dict[str, bytes]:
    """The members of a project's file, the photograph last: what breaks off is lost first.

    Args:
        project: what to write.
        path: where the photograph lies, absolute, or None.
        near: the same relative to the project's folder, or None.
        photo: the photograph's file, to put it inside.
    """
    kept = _Members()
    states = {face.portrait: face.snapshots for face in project.faces}
    contents = {
        "format": FORMAT,
        "version": VERSION,
        "photo": {
            "path": path,
            "near": near,
            "sha256": project.photo_sha256,
            "pixels": project.photo_pixels,
            "size": project.photo_size,
            "width": project.width,
            "height": project.height,
        },
        "active": project.active,
        "faces": [_face(face, kept) for face in project.faces],
        "unowned": _face(project.unowned, kept),
        "portraits": [
            _portrait(portrait, index, kept)
            | {"snapshots": _states(portrait, states.get(index, ()), index, kept)}
            for index, portrait in enumerate(project.portraits)
        ],
        "reference": _reference(project.reference, kept),
        "dials": _dials(project.dials),
        "together": project.together,
        "generator": project.generator,
        "sliders": [slider_to_json(slider) for slider in project.sliders],
        "view": None
        if project.view is None
        else [float(v) for v in (project.view.zoom, project.view.x, project.view.y)],
        "preview": _preview(project.preview, kept),
    }
    plain = json.dumps(contents, indent=1, allow_nan=False)  # ASCII: paths may be no valid Unicode
    members = {CONTENTS: plain.encode(), STYLES: save_tensors(kept.tensors), **kept.images}
    if photo is not None:
        members[PHOTO] = photo
    return members


def _face(face: ProjectFace, kept: _Members) -> dict[str, Any]:
    work = {
        "regions": [_brushed(region, kept) for region in face.regions],
        "region": face.region,
        "paint": _paint(face.paint, kept),
    }
    detected = face.detected
    if detected is None:
        return work
    return {
        "box": [float(v) for v in detected.box],
        "landmarks": detected.landmarks.tolist(),
        "confidence": float(detected.confidence),
        "detector": detected.detector,
        "portrait": face.portrait,
        **work,
    }


def _brushed(region: BrushedRegion, kept: _Members) -> dict[str, Any]:
    return {
        "id": region.id,
        "name": region.name,
        "feather": float(region.feather),
        "mask": _mask(region.mask, kept),
        **({"usual": region.usual} if region.usual else {}),
    }


def _mask(mask: RegionMask, kept: _Members) -> dict[str, Any]:
    name = None if mask.is_empty else kept.image("regions", mask.digest, mask.alpha)
    return {"image": name, "x": mask.x, "y": mask.y}


def _paint(layer: PaintLayer | None, kept: _Members) -> dict[str, Any] | None:
    if layer is None or layer.is_empty:
        return None
    bgra = np.asarray(cv2.cvtColor(layer.pixels, cv2.COLOR_RGBA2BGRA), np.uint8)
    return {"image": kept.image("paint", layer.digest, bgra), "x": layer.x, "y": layer.y}


def _portrait(portrait: Portrait, index: int, kept: _Members) -> dict[str, Any]:
    history, crop = portrait.history, portrait.crop
    layout, offset = history.base.layout, history.base.offset
    kept.tensors[f"{index}.base"] = history.base.values
    if offset is not None:
        for name, array in offset.tensors.items():
            kept.tensors[f"{index}.offset.{name}"] = array
    return {
        "generator": layout.generator,
        "layers": [list(layer) for layer in zip(layout.names, layout.widths, strict=True)],
        "landmarks": crop.landmarks.tolist(),
        "to_photo": crop.to_photo.tolist(),
        "size": crop.size,
        "psnr": _nullable(portrait.psnr),
        "identity_distance": _nullable(portrait.identity_distance),
        "draft": portrait.is_draft,
        "base": digest(history.base.values),
        "offset": None if offset is None else offset.fingerprint,
        "position": history.position,
        "edits": [
            _edit(edit, f"{index}.{place}", kept) for place, edit in enumerate(history.edits)
        ],
    }


def _states(
    portrait: Portrait, states: tuple[NamedState, ...], index: int, kept: _Members
) -> list[dict[str, Any]]:
    """Named states; an edit that the history holds as well is told by its place there."""
    at = {id(edit): place for place, edit in enumerate(portrait.history.edits)}
    return [
        {
            "id": state.id,
            "name": state.name,
            "position": state.position,
            "base": state.base,
            "edits": [
                at[id(edit)]
                if id(edit) in at
                else _edit(edit, f"{index}.state.{number}.{place}", kept)
                for place, edit in enumerate(state.edits)
            ],
        }
        for number, state in enumerate(states)
    ]


def _edit(edit: Edit, key: str, kept: _Members) -> dict[str, Any]:
    for name, moved in (("shift", edit.shift), ("upon", edit.upon)):
        if moved is not None:
            kept.tensors[f"{key}.{name}"] = moved
    return {
        "id": edit.id,
        "label": edit.label,
        "created": float(edit.created),
        "shift": None if edit.shift is None else digest(edit.shift),
        "delta": _delta(edit.delta, key, kept),
        "origin": _origin(edit.origin),
        "region": _mask(edit.region, kept),
        "weight": float(edit.weight),
        "opacity": float(edit.opacity),
        "enabled": edit.enabled,
        "name": edit.name,
        "brushed": None if edit.brushed is None else _brushed(edit.brushed, kept),
        "parts": [
            {"names": list(part.names), "delta": _delta(part.delta, f"{key}.part.{place}", kept)}
            for place, part in enumerate(edit.parts)
        ],
        "upon": None if edit.upon is None else digest(edit.upon),
    }


def _delta(delta: StyleDelta, key: str, kept: _Members) -> str:
    """Keeps it; its digest."""
    which = np.zeros(delta.layout.channels, bool)
    which[delta.channels] = True
    stored = np.packbits(which), _short(delta.values)
    kept.tensors[f"{key}.channels"], kept.tensors[f"{key}.values"] = stored
    return digest(*stored)


def _short(values: NDArray[np.float32]) -> NDArray[np.floating]:
    """In half the bytes, if they are the same then, as those are that the engine found."""
    with np.errstate(over="ignore"):
        half = values.astype(np.float16)
    return half if np.array_equal(half.astype(np.float32), values) else values


def _origin(origin: EditOrigin) -> dict[str, Any]:
    return {
        "goals": [[attribute, float(value)] for attribute, value in origin.goals],
        "seed": origin.seed,
        "steps": origin.steps,
        "strictness": float(origin.strictness),
        "naturalness": float(origin.naturalness),
        "residual": origin.residual,
        "likeness": origin.likeness,
        "offset": origin.offset,
        "pulls": [[number, float(x), float(y)] for number, x, y in origin.pulls],
    }


def _reference(reference: Reference | None, kept: _Members) -> dict[str, Any] | None:
    if reference is None:
        return None
    bgr = np.asarray(cv2.cvtColor(reference.picture, cv2.COLOR_RGB2BGR), np.uint8)
    return {
        "name": reference.name,
        "image": kept.image("reference", digest(bgr), bgr),
        "landmarks": reference.landmarks.tolist(),
    }


def _preview(preview: KeptPreview | None, kept: _Members) -> dict[str, Any] | None:
    if preview is None:
        return None
    bgr = cv2.cvtColor(preview.pixels, cv2.COLOR_RGB2BGR)
    share = PREVIEW_SIDE / max(bgr.shape)
    if share < 1:
        size = (max(1, round(side * share)) for side in bgr.shape[1::-1])
        bgr = cv2.resize(bgr, tuple(size), interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _PREVIEW_QUALITY])
    if not done:
        raise ValueError("OpenCV cannot encode the preview")
    kept.images[PREVIEW] = encoded.tobytes()
    return {"image": PREVIEW} | {
        name: int(getattr(preview, name)) for name in ("x", "y", "width", "height")
    }


def _dials(dials: Dials | None) -> dict[str, Any] | None:
    if dials is None:
        return None
    return {
        "strictness": float(dials.strictness),
        "naturalness": float(dials.naturalness),
        "residual": dials.residual,
        "steps": dials.steps,
        "seed": dials.seed,
    }


def digest(*arrays: NDArray[Any]) -> str:
    """16 hex digits of SHA-256 over shapes and values: tells whether stored arrays are sound."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.str} {array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()[:16]


def photo_place(photo_path: Path | None, near: str | None) -> str | None:
    """The absolute path to store: none beside a relative one, for it names people and folders."""
    return None if photo_path is None or near is not None else str(photo_path.absolute())


def _nullable(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _encoded(name: str, pixels: NDArray[np.uint8]) -> bytes:
    """A PNG; one that is named after its content is encoded once, however often it is saved."""
    with _mutex:  # windows are saved by one thread and kept from crashes by another
        known = _PNGS.get(name)
    if known is not None:
        return known
    made = _png(pixels)
    with _mutex:
        return _PNGS.keep(name, made)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise ValueError("OpenCV cannot encode the image")
    return encoded.tobytes()
