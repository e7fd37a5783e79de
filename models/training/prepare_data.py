"""Make a training set of a folder of photographs: aligned, filtered, with where each came from.

    python -m models.training.prepare_data PHOTOS --out portraits.tar

Photographs lie in one folder for each source (``PHOTOS/weddings-2024/…``), or right in PHOTOS
(source ``own``). ``PHOTOS/sources.csv`` may say on what terms: columns ``source``, ``licence`` and
``from``. Kept are pictures with exactly one surely found face that is large and sharp enough, lies
inside the photograph and is no near-duplicate of another.

The tar holds the crops, ``manifest.jsonl`` (one line per crop: source, licence, original file, its
SHA-256, the crop's corners in the photograph, measures) and ``rejected.jsonl`` (which, and why).
Crops are named ``<source>_<start of the photograph's SHA-256>.webp``: whether one is held out from
training hangs on its name, so it stays on its side when photographs come or go.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import math
import re
import tarfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from models.faces.analyser import FaceAnalyser
from models.faces.finder import DOUBTFUL
from models.faces.identity import identity_distance
from models.training.checkpoints import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a photograph must be to be kept.

    Attributes:
        size: side of the crops in pixels.
        least_scale: photo pixels for each crop pixel.
        least_sharpness: see :func:`sharpness`; of the crops portrait-256 learned from, 99 in 100
            are above 0.19, and blurred by 1.5 pixels 95 in 100 below 0.13.
        least_confidence: of the landmarks, 0…1.
        most_outside: share of the crop that may lie outside the photograph.
        hash_bits: perceptual hashes that differ in so many of 64 bits or fewer are one picture.
        descriptor_distance: faces nearer than that (dlib) are one moment taken twice.
        per_person: crops of one person at most; 0 is any number.
    """

    size: int = 256
    least_scale: float = 0.9
    least_sharpness: float = 0.12
    least_confidence: float = DOUBTFUL
    most_outside: float = 0.2
    hash_bits: int = 5
    descriptor_distance: float = 0.15
    per_person: int = 0


SAME_PERSON = 0.45
"""Descriptor distance below which two faces are taken for one person; dlib's own bound is 0.6."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """An aligned crop and what the manifest says about it."""

    crop: Picture
    descriptor: Array
    hash: int
    about: dict[str, object]


@dataclass(slots=True)
class Nearness:
    """What has been kept so far, to tell near-duplicates by."""

    limits: Limits
    _hashes: list[int] = field(default_factory=list[int])
    _descriptors: list[Array] = field(default_factory=list["NDArray[np.float64]"])

    def refusal(self, portrait: Portrait) -> str | None:
        """Why a portrait is one too many; one that is not is remembered."""
        limits = self.limits
        if any((portrait.hash ^ h).bit_count() <= limits.hash_bits for h in self._hashes):
            return "near-duplicate: the crop looks the same as another"
        apart = [identity_distance(portrait.descriptor, d) for d in self._descriptors]
        if any(d < limits.descriptor_distance for d in apart):
            return "near-duplicate: the same face at the same moment"
        if limits.per_person and sum(d < SAME_PERSON for d in apart) >= limits.per_person:
            return f"there are {limits.per_person} of that person already"
        self._hashes.append(portrait.hash)
        self._descriptors.append(portrait.descriptor)
        return None


def alignment(landmarks: Array, size: int) -> Array:
    """The FFHQ alignment of 68 landmarks: (2, 3), from crop pixels' centres to photo pixels'.

    The same as ``editor.document.face.FaceCrop`` (a test holds them together).
    """
    left, right = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
    eyes, between = (left + right) / 2, right - left
    to_mouth = (landmarks[48] + landmarks[54]) / 2 - eyes
    across = between + np.array([to_mouth[1], -to_mouth[0]])
    half = max(2.0 * math.hypot(*between), 1.8 * math.hypot(*to_mouth))
    across *= half / max(math.hypot(*across), 1e-9)
    down = np.array([-across[1], across[0]])
    corner = eyes + 0.1 * to_mouth - across - down
    steps = np.column_stack([across, down]) * (2 / size)
    return np.column_stack([steps, corner + steps.sum(1) / 2])


def corners(to_photo: Array, size: int) -> Array:
    """(4, 2): outer corners of the crop in photo pixels, from upper left, clockwise."""
    edge = size - 0.5
    square = np.array([[-0.5, -0.5], [edge, -0.5], [edge, edge], [-0.5, edge]])
    return square @ to_photo[:, :2].T + to_photo[:, 2]


def outside(quad: Array, width: int, height: int) -> float:
    """Share of a crop's area that lies outside a photograph of that size."""
    photo = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    shared, _ = cv2.intersectConvexConvex(quad.astype(np.float32), photo.astype(np.float32))
    whole = cv2.contourArea(quad.astype(np.float32))
    return 1 - shared / max(whole, 1e-9)


def cut_out(photo: Picture, to_photo: Array, size: int) -> Picture:
    """The aligned crop (size, size, 3), filtered before it shrinks, mirrored past the edge."""
    times = max(1, math.ceil(math.hypot(to_photo[0, 0], to_photo[1, 0])))
    fine = np.array(to_photo)
    fine[:, :2] /= times
    fine[:, 2] += to_photo[:, :2].sum(1) * (0.5 / times - 0.5)
    crop = cv2.warpAffine(
        photo,
        fine,
        (size * times, size * times),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.asarray(cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def sharpness(crop: Picture) -> float:
    """How much of a face's contrast is fine: deviation of the Laplacian over that of the luma."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = len(grey)
    face = grey[int(0.3 * side) : int(0.85 * side), int(0.22 * side) : int(0.78 * side)]
    return float(cv2.Laplacian(face, cv2.CV_32F, ksize=1).std() / (face.std() + 1))


def perceptual_hash(crop: Picture) -> int:
    """64 bits: whether each of 8 × 8 places is brighter than its left neighbour."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA).astype(np.int16)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _opened(content: bytes) -> Picture:
    """Upright sRGB pixels; photographs in other colour spaces are converted."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    profile = cast("bytes | None", picture.info.get("icc_profile"))
    if profile and picture.mode == "RGB":
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - Pillow's C part is untyped
        picture = ImageCms.profileToProfile(picture, own, srgb)  # pyright: ignore[reportUnknownArgumentType]
    if picture is None:  # only where a picture is converted in place
        raise OSError("the picture cannot be converted")
    return np.asarray(picture.convert("RGB"))


@cache
def _analyser() -> FaceAnalyser:
    return FaceAnalyser()


def examine(path: Path, limits: Limits) -> Portrait | str:
    """The portrait in a photograph, or why it is not kept."""
    content = path.read_bytes()
    try:
        photo = _opened(content)
    except (OSError, UnidentifiedImageError, ImageCms.PyCMSError) as error:
        return f"cannot be read: {error}"
    found = _analyser().detect(photo)
    if len(found) != 1:
        return f"{len(found) or 'no'} faces were found, one is wanted"
    (face,) = found
    if face.confidence < limits.least_confidence:
        return f"the face is uncertain ({face.confidence:.2f})"
    to_photo = alignment(face.landmarks, limits.size)
    scale = math.hypot(to_photo[0, 0], to_photo[1, 0])
    if scale < limits.least_scale:
        return f"the face is small ({scale * limits.size:.0f} pixels for {limits.size})"
    quad = corners(to_photo, limits.size)
    beyond = outside(quad, photo.shape[1], photo.shape[0])
    if beyond > limits.most_outside:
        return f"the face is at the edge ({100 * beyond:.0f} % of the crop is outside)"
    crop = cut_out(photo, to_photo, limits.size)
    sharp = sharpness(crop)
    if sharp < limits.least_sharpness:
        return f"the face is blurred ({sharp:.3f})"
    about: dict[str, object] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "photo_size": [photo.shape[1], photo.shape[0]],
        "quad": [[round(float(v), 2) for v in corner] for corner in quad],
        "confidence": round(face.confidence, 3),
        "scale": round(scale, 3),
        "sharpness": round(sharp, 3),
    }
    points = (face.landmarks - to_photo[:, 2]) @ np.linalg.inv(to_photo[:, :2]).T
    return Portrait(
        crop, _analyser().identity.descriptor(crop, points), perceptual_hash(crop), about
    )


def source_of(path: Path, folder: Path) -> str:
    """The name of the folder inside ``folder`` that a photograph lies in, fit for a file name."""
    inside = path.relative_to(folder).parts
    return re.sub(r"[^a-z0-9-]+", "-", inside[0].lower()).strip("-") if inside[1:] else "own"


def _terms(folder: Path) -> dict[str, dict[str, str]]:
    table = folder / "sources.csv"
    if not table.exists():
        return {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        return {row["source"]: row for row in csv.DictReader(file)}


def _results(
    paths: Sequence[Path], limits: Limits, processes: int
) -> Iterator[tuple[Path, Portrait | str]]:
    if processes == 1:
        yield from zip(paths, map(partial(examine, limits=limits), paths), strict=True)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from zip(paths, pool.map(examine, paths, repeat(limits)), strict=True)


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _lines(rows: Iterable[dict[str, object]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def prepare(folder: Path, out: Path, limits: Limits, processes: int = 1) -> tuple[int, int]:
    """Write the tar; returns how many photographs were kept and how many were not.

    Raises:
        ValueError: there are no photographs, or none was kept; no file is written.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not paths:
        raise ValueError(f"{folder} holds no photographs ({', '.join(sorted(SUFFIXES))})")
    terms, near = _terms(folder), Nearness(limits)
    kept: list[dict[str, object]] = []
    rejected: list[dict[str, object]] = []
    with replacing(out) as temporary, tarfile.open(temporary, "w") as archive:
        for done, (path, result) in enumerate(_results(paths, limits, processes), 1):
            original = path.relative_to(folder).as_posix()
            why = result if isinstance(result, str) else near.refusal(result)
            if isinstance(result, str) or why is not None:
                rejected.append({"original": original, "why": why})
            else:
                source = source_of(path, folder)
                name = f"{source}_{str(result.about['sha256'])[:12]}.webp"
                row = terms.get(source, {})
                origin: dict[str, object] = {
                    "name": name,
                    "source": source,
                    "licence": row.get("licence") or "not stated",
                    "from": row.get("from") or "",
                    "original": original,
                }
                kept.append(origin | result.about)
                file = io.BytesIO()
                Image.fromarray(result.crop).save(file, "webp", quality=95, method=6)
                _put(archive, name, file.getvalue())
            if done % 100 == 0:
                print(f"{done} of {len(paths)} photographs, {len(kept)} kept", flush=True)
        if not kept:
            reasons = "; ".join(f"{row['original']}: {row['why']}" for row in rejected[:3])
            raise ValueError(f"none of {len(paths)} photographs was kept ({reasons})")
        _put(archive, "manifest.jsonl", _lines(kept))
        _put(archive, "rejected.jsonl", _lines(rejected))
    return len(kept), len(rejected)


def main(words: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="tar to write")
    parser.add_argument("--processes", type=int, default=1, help="photographs at a time")
    given = Limits()
    names = tuple(Limits.__dataclass_fields__)
    for name in names:
        value: float = getattr(given, name)
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    chosen = parser.parse_args(words)
    limits = Limits(**{name: getattr(chosen, name) for name in names})
    kept, rejected = prepare(chosen.folder, chosen.out, limits, chosen.processes)
    print(f"{kept} portraits in {chosen.out}; {rejected} photographs left out (rejected.jsonl)")


if __name__ == "__main__":
    main()
