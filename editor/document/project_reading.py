"""Projects read from files that may be old, damaged or hostile.

Every value is checked where it is read: finite, in range, consistent with the photograph. What is
damaged is left out and named in ``Project.missing``; what asks for more memory or time than a sound
file, and what is no project at all, is refused.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, TypeVar, cast

import cv2
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors

from editor.document import project_limits, project_values, stored_images
from editor.document.brushed_region import BrushedRegion
from editor.document.face import DetectedFace, FaceCrop
from editor.document.face_regions import PRESETS
from editor.document.files import BudgetError
from editor.document.goals import Reference
from editor.document.history import (
    LONGEST_LABEL,
    LONGEST_NAME,
    MOST_STATES,
    MOST_WEIGHT,
    Edit,
    EditHistory,
    EditPart,
    NamedState,
    Portrait,
)
from editor.document.json_values import flag, items, number, parse, reason, record, text, whole
from editor.document.named_regions import MOST_REGIONS, plain
from editor.document.paint import PaintLayer
from editor.document.project_contents import (
    PREVIEW_SIDE,
    KeptPreview,
    Project,
    ProjectError,
    ProjectFace,
)
from editor.document.project_upgrades import laid_as_saved, upgraded
from editor.document.project_writing import CONTENTS, FORMAT, STYLES, VERSION, digest
from editor.document.region import RegionMask
from editor.document.style import GeneratorOffset, StyleCode, StyleDelta, StyleLayout
from editor.document.style_sliders import slider_from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.archive import Archive
    from editor.document.files import Budget
    from editor.document.style_sliders import StyleSlider

    T = TypeVar("T")
    Json = dict[str, Any]
    PhotoPlace = Callable[[object, object], tuple[Path | None, str | None]]
    Confirm = Callable[[Path | None, str | None, int, int], None]

MOST_PIXELS = 300_000_000
"""Of an image, as of a photo."""

_IMAGES: dict[str, tuple[int, int | None]] = {  # colour type, conversion
    "regions": (stored_images.GREY, None),
    "paint": (stored_images.COLOUR_WITH_OPACITY, cv2.COLOR_BGRA2RGBA),
    "reference": (stored_images.COLOUR, cv2.COLOR_BGR2RGB),
}
_CONTENTS_RATIO, _STYLES_RATIO = 200, 20  # how well they may be packed
_MOST_FACES, _MOST_EDITS = 500, 10_000
_MOST_OFFSETS, _MOST_PARTS = 2_048, 100
_CROP_SIDES = 8, 2_048
_LARGEST_CODE = 1e4  # styles are of the order of 1
_FARTHEST = 20.0  # landmarks from the photo, in its longer sides
_WIDEST_FACE = 60.0  # landmarks from one another, in distances between eyes and mouth
_LARGEST_CROP = 64.0  # longer sides of the photo
_MISSING_NAMED = 12

# What our own types, NumPy, OpenCV and safetensors raise on damaged content.
DAMAGE = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError,
    RuntimeError, ZeroDivisionError, struct.error, SafetensorError, cv2.error,
)  # fmt: skip


# ------------------------------------------------------------------ reading


def read_contents(
    archive: Archive, budget: Budget, name: str, place: PhotoPlace, confirm: Confirm
) -> Project:
    """What the members of a project's file hold, the photograph apart.

    Args:
        archive: the file.
        budget: what reading may cost.
        name: of the file, for errors.
        place: makes of the photograph's stored absolute and relative path what may be used.
        confirm: asked before images of many pixels are decoded: whether the photograph really has
            the size that the project states, given its path, relative path and size.

    Raises:
        ProjectError: it is no project, or too new.
        BudgetError: its images are larger than the photograph explains.
        ValueError, KeyError, TypeError: it is damaged beyond use (all of ``DAMAGE``).
    """
    foreign = ProjectError(f"{name} is not a project of this editor.", "Choose a .sip file.")
    if CONTENTS not in archive.names:
        raise KeyError(CONTENTS) if STYLES in archive.names else foreign
    contents = parse(archive.read(CONTENTS, project_limits.LARGEST_CONTENTS, _CONTENTS_RATIO))
    if not isinstance(contents, dict) or cast("Any", contents).get("format") != FORMAT:
        raise foreign
    contents = cast("Json", contents)
    version = whole(contents["version"], 1)
    if version > VERSION:
        raise ProjectError(f"{name} was made by a newer version.", "Update the editor.")
    contents = upgraded(contents, version)
    reader = _Reader(archive, budget, record(contents["photo"]), version, place)
    reader.require_sane_images(confirm)
    return reader.project(contents)


class _Reader:
    """Reads one project; what it must leave out it names in ``missing``."""

    def __init__(
        self, archive: Archive, budget: Budget, photo: Json, version: int, place: PhotoPlace
    ) -> None:
        self._archive, self._budget, self._version = archive, budget, version
        self.width = whole(photo["width"], 1, MOST_PIXELS)
        self.height = whole(photo["height"], 1, MOST_PIXELS)
        if self.width * self.height > MOST_PIXELS:
            raise ValueError(f"a photo of {self.width} × {self.height}")
        self._photo = photo
        self._place, self._near = place(photo["path"], photo["near"])
        self.missing: list[str] = []
        self._images: dict[str, NDArray[np.uint8]] = {}
        self._cut: dict[str, RegionMask] = {}
        self._layouts: dict[StyleLayout, StyleLayout] = {}
        self._states: dict[int, tuple[NamedState, ...]] = {}  # by the portrait's stored number
        self._tensors = self._styles()

    def require_sane_images(self, confirm: Confirm) -> None:
        """Refuse images of more pixels than a session over this photograph makes, undecoded."""
        total = 0
        for name in self._archive.names:
            try:
                total += project_limits.pixels_of(name, self._archive.beginning(name, 24))
            except ValueError:  # named when it is needed
                continue
        if total > project_limits.UNQUESTIONED:
            if total > project_limits.most_pixels(self.width, self.height):
                raise BudgetError("its images are larger than any sound file's")
            confirm(self._place, self._near, self.width, self.height)

    def project(self, contents: Json) -> Project:
        stored = items(contents["portraits"], _MOST_FACES)
        read = [
            self._try(f"face {index + 1} with its edits", self._portrait, entry, str(index))
            for index, entry in enumerate(stored)
        ]
        numbers = {index: n for n, index in enumerate(i for i, p in enumerate(read) if p)}
        portraits = tuple(portrait for portrait in read if portrait)
        faces, kept = self._faces(items(contents["faces"], _MOST_FACES), portraits, numbers)
        unowned = self._try("what was brushed without a face", self._work, contents["unowned"])
        active = self._try("the chosen face", _active, contents["active"], kept, len(faces))
        if stored and not portraits and all(face.is_untouched for face in faces):
            raise ValueError(self.missing[0])
        return Project(
            photo_path=self._place,
            photo_sha256=text(self._photo["sha256"], 128),
            width=self.width,
            height=self.height,
            portraits=portraits,
            active=(0 if faces else -1) if active is None else active,
            photo_near=self._near,
            faces=faces,
            unowned=unowned or ProjectFace(),
            photo_pixels=text(self._photo["pixels"], 128),
            photo_size=whole(self._photo["size"]),
            reference=self._try("the reference", self._reference, contents["reference"]),
            dials=self._try("the dials", project_values.dials, contents["dials"]),
            together=bool(self._try("a setting", flag, contents["together"])),
            sliders=self._sliders(contents["sliders"]),
            view=self._try("the view", project_values.view, contents["view"]),
            generator=self._try("a setting", text, contents.get("generator", ""), 200) or "",
            preview=self._try("the preview", self._preview, contents.get("preview")),
            missing=self._told(),
            version=self._version,
        )

    def _try(self, what: str, read: Callable[..., T], *values: object) -> T | None:
        """What ``read`` makes of values; None, and a line in ``missing``, when they are damaged."""
        try:
            return read(*values)
        except BudgetError:
            raise
        except DAMAGE as error:
            self.missing.append(f"{what[0].upper()}{what[1:]} could not be read: {reason(error)}.")
            return None

    def _told(self) -> tuple[str, ...]:
        told = [*self.missing]
        if not self._archive.is_whole:
            told.insert(0, "The file breaks off; what lay behind is missing.")
        if len(told) > _MISSING_NAMED:
            told[_MISSING_NAMED:] = [f"And {len(told) - _MISSING_NAMED} more."]
        return tuple(told)

    # ------------------------------------------------------------ arrays and images

    def _styles(self) -> dict[str, NDArray[Any]]:
        """All codes and deltas; none when they are damaged beyond use.

        From version 4 on each has a digest of its own, so one flipped bit costs one edit.
        """
        try:
            largest = project_limits.LARGEST_STYLES
            data, sound = self._archive.read_unsound(STYLES, largest, _STYLES_RATIO)
            if not sound and self._version < 4:
                raise ValueError(f"the checksum of {STYLES} is wrong")
            if len(data) < 8 or struct.unpack_from("<Q", data)[0] > project_limits.LARGEST_HEADER:
                raise ValueError(f"{STYLES} has no sound header")
            return load_tensors(data)
        except BudgetError:
            raise
        except DAMAGE as error:
            self.missing.append(f"The edits could not be read: {reason(error)}.")
            return {}

    def _tensor(self, name: str, dtype: type[Any], largest: float) -> NDArray[Any]:
        array = self._tensors[name]
        if array.dtype != dtype:
            raise TypeError(f"{name} is {array.dtype}")
        if not (np.isfinite(array).all() and (np.abs(array) <= largest).all()):
            raise ValueError(f"{name} holds values that no style has")
        array.setflags(write=False)
        return array

    def _verify(self, stated: Json, key: str, *arrays: NDArray[Any]) -> None:
        if self._version >= 4 and digest(*arrays) != text(stated[key]):
            raise ValueError("its values are damaged")

    def _pixels(self, name: str, folder: str) -> NDArray[np.uint8]:
        """A PNG's pixels as masks, RGBA or RGB, (h, w) or (h, w, channels), read-only.

        Each image is decoded once, however many edits name it.
        """
        if not name.startswith(f"{folder}/"):
            raise ValueError("an image is of another kind")
        if name in self._images:
            return self._images[name]
        data = self._archive.read(name, project_limits.LARGEST_IMAGE[folder])
        header = stored_images.header_of(data)
        kind, conversion = _IMAGES[folder]
        channels = project_limits.CHANNELS[folder]
        if header.kind != kind or header.depth != 8:
            raise ValueError("an image has other channels than it should")
        if folder != "reference" and (header.width > self.width or header.height > self.height):
            raise ValueError("an image is larger than the photo")
        self._budget.spend(pixels=header.width * header.height * channels)
        pixels = stored_images.decoded(data, header)
        if conversion is not None:
            pixels = np.asarray(cv2.cvtColor(pixels, conversion), np.uint8)
        pixels.setflags(write=False)
        self._images[name] = pixels
        return pixels

    # ------------------------------------------------------------ faces

    def _faces(
        self, entries: list[Any], portraits: Sequence[Portrait], numbers: dict[int, int]
    ) -> tuple[tuple[ProjectFace, ...], dict[int, int]]:
        """The faces, and stored number → number of those that could be read."""
        faces: list[ProjectFace] = []
        kept: dict[int, int] = {}
        owned: set[int] = set()
        for index, entry in enumerate(entries):
            face = self._try(f"face {index + 1}", self._face, entry, numbers, owned)
            if face is not None:
                kept[index] = len(faces)
                faces.append(face)
                if face.portrait is not None:
                    owned.add(face.portrait)
        for place, portrait in enumerate(portraits):
            if place not in owned:  # its face is damaged, and it says itself where it lies
                where = DetectedFace.at(portrait.crop.landmarks, "project")
                faces.append(ProjectFace(where, place))
        return tuple(faces), kept

    def _face(self, entry: object, numbers: dict[int, int], owned: set[int]) -> ProjectFace:
        stated = record(entry)
        points = self._landmarks(stated["landmarks"])
        box = stated["box"]
        detected = DetectedFace.at(points, text(stated["detector"], 40))
        if box is not None:
            x, y, width, height = (number(v, -1e7, 1e7) for v in items(box))
            confidence = number(stated["confidence"], 0, 1)
            detected = DetectedFace((x, y, width, height), points, confidence, detected.detector)
        portrait = stated["portrait"]
        if portrait is not None:
            portrait = numbers.get(whole(portrait))
            if portrait in owned:
                raise ValueError("its edits belong to another face")
        work = self._work(stated)
        states = () if portrait is None else self._states.get(whole(stated["portrait"]), ())
        return ProjectFace(detected, portrait, work.regions, work.region, work.paint, states)

    def _work(self, entry: object) -> ProjectFace:
        """What is brushed and painted."""
        stated = record(entry)
        current, place, ids = whole(stated["region"]), 0, set[str]()
        regions: list[BrushedRegion] = []
        for index, item in enumerate(items(stated["regions"], MOST_REGIONS + 1)):
            region = self._try("a brushed region", self._listed, item, ids)
            if region is not None:
                place = len(regions) if index == current else place
                regions.append(region)
        paint = None
        if stated["paint"] is not None:
            paint = self._try("the painted colours of a face", self._paint, stated["paint"])
        if paint is not None and paint.is_empty:
            paint = None
        return ProjectFace(regions=tuple(regions), region=place, paint=paint)

    def _listed(self, entry: object, ids: set[str]) -> BrushedRegion:
        """One of several, each with an id of its own."""
        region = self._brushed(entry)
        if region.id in ids:
            raise ValueError("two regions have one id")
        ids.add(region.id)
        return region

    def _brushed(self, entry: object) -> BrushedRegion:
        stated = record(entry)
        key, name = text(stated["id"], 80), plain(text(stated["name"], LONGEST_NAME))
        if not key:
            raise ValueError("a region without an id")
        usual = text(stated.get("usual", ""), 80)  # optional: what is new or unknown is brushed
        usual = usual if usual in PRESETS and not name else ""
        feather = number(stated["feather"], 0, 1e4)
        return BrushedRegion(self._mask(stated["mask"]), feather, key, name, usual)

    def _mask(self, entry: object) -> RegionMask:
        stated = record(entry)
        if stated["image"] is None:
            return RegionMask.empty(self.width, self.height)
        image = text(stated["image"], 200)
        pixels = self._pixels(image, "regions")
        # Cut tight once: masks of one image share its pixels.
        tight = self._cut.get(image)
        if tight is None:
            tight = self._cut[image] = RegionMask(self.width, self.height, 0, 0, pixels)
        x = whole(stated["x"], 0, self.width) + tight.x
        y = whole(stated["y"], 0, self.height) + tight.y
        return RegionMask(self.width, self.height, x, y, tight.alpha)

    def _paint(self, entry: object) -> PaintLayer:
        stated = record(entry)
        pixels = self._pixels(text(stated["image"], 200), "paint")
        x, y = whole(stated["x"]), whole(stated["y"])
        if x + pixels.shape[1] > self.width or y + pixels.shape[0] > self.height:
            raise ValueError("the paint reaches outside the photo")
        if not pixels[..., 3].any():
            return PaintLayer.empty(self.width, self.height)
        return PaintLayer(self.width, self.height, x, y, pixels)

    def _landmarks(self, rows: object) -> NDArray[np.float64]:
        """Points of a face on the photo, (68, 2)."""
        reach = _FARTHEST * max(self.width, self.height)
        return _face_points(rows, reach)

    def _delta(self, stated: Json, key: str, layout: StyleLayout) -> StyleDelta:
        """Channels as bits and values in half precision, where that is exact; once as numbers."""
        is_new, values = self._version >= 5, self._tensors[f"{key}.values"]
        kind = np.float16 if is_new and values.dtype == np.float16 else np.float32
        values = self._tensor(f"{key}.values", kind, _LARGEST_CODE)
        kind, largest = (np.uint8, 255) if is_new else (np.int32, 1 << 30)
        channels = self._tensor(f"{key}.channels", kind, largest)
        self._verify(stated, "delta", channels, values)
        if is_new:
            if channels.shape != ((layout.channels + 7) // 8,):
                raise ValueError("a delta of another generator")
            bits = np.unpackbits(channels, count=layout.channels)
            channels = np.flatnonzero(bits).astype(np.int32)
        return StyleDelta(layout, channels, values)

    def _shift(self, stated: Json, key: str, name: str) -> NDArray[np.float32]:
        """By how much points of a face move, (68, 2), photo pixels; as rows in older versions."""
        reach = float(max(self.width, self.height))
        if self._version >= 5:
            shift = self._tensor(f"{key}.{name}", np.float32, reach)
            self._verify(stated, name, shift)
        else:
            rows = items(stated["shift"], 68)
            shift = np.array([[number(v, -reach, reach) for v in items(r)] for r in rows], "f4")
            shift.setflags(write=False)
        if shift.shape != (68, 2):
            raise ValueError("68 movements were expected")
        return shift

    # ------------------------------------------------------------ portraits

    def _portrait(self, entry: object, key: str) -> Portrait:
        stated = record(entry)
        layout = project_values.layout(stated)
        layout = self._layouts.setdefault(layout, layout)
        crop = self._crop(stated)
        values = self._tensor(f"{key}.base", np.float32, _LARGEST_CODE)
        self._verify(stated, "base", values)
        base = StyleCode(layout, values, self._offset(stated["offset"], f"{key}.offset."))
        psnr, distance = (
            math.nan if stated[name] is None else number(stated[name], -1e4, 1e4)
            for name in ("psnr", "identity_distance")
        )
        draft = flag(stated["draft"])
        position = whole(stated["position"])
        entries = items(stated["edits"], _MOST_EDITS)
        if position > len(entries):
            raise ValueError(f"position {position} of {len(entries)} edits")
        edits: list[Edit] = []
        known: dict[int, Edit] = {}  # by their stored places
        ids: set[str] = set()
        applied = 0
        for index, item in enumerate(entries):
            edit = self._try(_name_of(item), self._edit, item, f"{key}.{index}", layout, ids)
            if edit is not None:
                edits.append(laid_as_saved(item, edit, edits))
                known[index] = edit
                ids.add(edit.id)
                applied += index < position
        if "snapshots" in stated:  # not in files of older versions
            numbered = enumerate(items(stated["snapshots"], MOST_STATES))
            read = [
                self._try("a snapshot", self._state, one, f"{key}.state.{n}", layout, known)
                for n, one in numbered
            ]
            self._states[int(key)] = tuple(state for state in read if state is not None)
        history = EditHistory(base, tuple(edits), applied)
        return Portrait(crop, history, psnr, distance, is_draft=draft)

    def _state(
        self, entry: object, key: str, layout: StyleLayout, known: dict[int, Edit]
    ) -> NamedState:
        """A named state, whole or not at all."""
        stated = record(entry)
        edits: list[Edit] = []
        for place, one in enumerate(items(stated["edits"], _MOST_EDITS)):
            ids = {edit.id for edit in edits}
            if not isinstance(one, int):
                edit = self._edit(one, f"{key}.{place}", layout, ids)
                edits.append(laid_as_saved(one, edit, edits))
            elif (edit := known[whole(one)]).id not in ids:
                edits.append(edit)
        name, id = text(stated["name"], LONGEST_NAME), text(stated["id"], LONGEST_NAME)
        if not name or not id:
            raise ValueError("it has no name")
        position = whole(stated["position"], 0, len(edits))
        base = text(stated.get("base", ""), LONGEST_NAME)  # not in files of older versions
        return NamedState(id, name, tuple(edits), position, base)

    def _edit(self, entry: object, key: str, layout: StyleLayout, ids: set[str]) -> Edit:
        stated = record(entry)
        if (name := text(stated["id"], 200)) in ids:
            raise ValueError("another edit has its id")
        delta = self._delta(stated, key, layout)
        shift, brushed, upon = stated["shift"], stated["brushed"], stated.get("upon")
        parts = enumerate(items(stated.get("parts", []), _MOST_PARTS))  # not in older files
        return Edit(
            id=name,
            label=text(stated["label"], LONGEST_LABEL),
            delta=delta,
            region=self._mask(stated["region"]),
            origin=project_values.origin(stated["origin"]),
            created=number(stated["created"], -1e11, 1e11),
            shift=None if shift is None else self._shift(stated, key, "shift"),
            weight=number(stated["weight"], 0, MOST_WEIGHT),
            opacity=number(stated["opacity"], 0, 1),
            enabled=flag(stated["enabled"]),
            name=text(stated["name"], 80),
            brushed=None if brushed is None else self._brushed(brushed),
            parts=tuple(self._part(part, f"{key}.part.{place}", layout) for place, part in parts),
            upon=None if upon is None else self._shift(stated, key, "upon"),
        )

    def _part(self, entry: object, key: str, layout: StyleLayout) -> EditPart:
        stated = record(entry)
        names = tuple(text(name, 200) for name in items(stated["names"], 1_000))
        return EditPart(names, self._delta(stated, key, layout))

    def _crop(self, stated: Json) -> FaceCrop:
        size = whole(stated["size"], *_CROP_SIDES)
        points = self._landmarks(stated["landmarks"])
        rows = [[number(v, -1e9, 1e9) for v in items(row)] for row in items(stated["to_photo"])]
        if [len(row) for row in rows] != [3, 3]:
            raise ValueError("a transform of 2 × 3 was expected")
        to_photo = np.array(rows, np.float64)
        across, down = to_photo[:, 0], to_photo[:, 1]
        scale = math.hypot(*across)
        longer = max(self.width, self.height)
        if not 1e-4 <= scale * size / longer <= _LARGEST_CROP:
            raise ValueError("the face's crop is too small or too large for the photo")
        if float(np.abs(down - [-across[1], across[0]]).max()) > 1e-4 * scale:
            raise ValueError("the face's crop is no turned square")
        crop = FaceCrop(points, to_photo, size)
        if 0 in crop.bounds(self.width, self.height)[2:]:
            raise ValueError("the face's crop lies outside the photo")
        return crop

    def _offset(self, fingerprint: object, prefix: str) -> GeneratorOffset | None:
        if fingerprint is None:
            return None
        names = [name for name in self._tensors if name.startswith(prefix)]
        if len(names) > _MOST_OFFSETS:
            raise ValueError("a change of the generator with too many parts")
        offset = GeneratorOffset(
            {n.removeprefix(prefix): self._tensor(n, np.float16, _LARGEST_CODE) for n in names}
        )
        if offset.fingerprint != text(fingerprint):
            raise ValueError("the change of the generator is not the one that was saved")
        return offset

    # ------------------------------------------------------------ the rest

    def _reference(self, entry: object) -> Reference | None:
        if entry is None:
            return None
        stated = record(entry)
        picture = self._pixels(text(stated["image"], 200), "reference")
        least, most = _CROP_SIDES
        if picture.shape[0] != picture.shape[1] or not least <= len(picture) <= most:
            raise ValueError("its picture is no square of a face's size")
        points = _face_points(stated["landmarks"], _FARTHEST * len(picture))
        return Reference(text(stated["name"], 1_000), picture, points)

    def _preview(self, entry: object) -> KeptPreview | None:
        if entry is None:
            return None
        stated = record(entry)
        x, y = whole(stated["x"], 0, self.width - 1), whole(stated["y"], 0, self.height - 1)
        width = whole(stated["width"], 1, self.width - x)
        height = whole(stated["height"], 1, self.height - y)
        name = text(stated["image"], 200)
        if not name.startswith("preview/"):
            raise ValueError("an image is of another kind")
        data = self._archive.read(name, project_limits.LARGEST_IMAGE["preview"])
        self._budget.spend(pixels=3 * PREVIEW_SIDE**2)
        pixels = stored_images.decoded_jpeg(data, PREVIEW_SIDE)
        return KeptPreview(x, y, width, height, pixels)

    def _sliders(self, entry: object) -> tuple[StyleSlider, ...]:
        entries = self._try("the discovered sliders", items, entry, _MOST_EDITS) or []
        read = [self._try("a discovered slider", self._slider, item) for item in entries]
        sliders = {slider.id: slider for slider in read if slider is not None}
        return tuple(sliders.values())

    def _slider(self, entry: object) -> StyleSlider:
        return slider_from_json(record(entry), self._budget)


def _name_of(entry: object) -> str:
    """What to call an edit that cannot be read."""
    label = cast("Json", entry).get("label") if isinstance(entry, dict) else None
    return f"the edit “{label[:60]}”" if isinstance(label, str) else "an edit"


def _active(entry: object, kept: dict[int, int], count: int) -> int:
    active = whole(entry, -1)
    if active == -1 or not count:
        return -1 if not count else active
    return kept[active]


def _face_points(rows: object, reach: float) -> NDArray[np.float64]:
    """Landmarks of a face, (68, 2), read-only, none farther from the origin than ``reach``.

    They must be a face as far as everything that is computed from them needs it: eyes and mouth
    apart, and no point so far from them that shapes on a grid of the face's own size explode.
    """
    points = np.array([[number(v, -reach, reach) for v in items(r)] for r in items(rows, 68)])
    if points.shape != (68, 2):
        raise ValueError("68 points were expected")
    FaceCrop.from_landmarks(points, 256)  # raises where they coincide
    left, right, mouth = points[36:42].mean(0), points[42:48].mean(0), points[48:68].mean(0)
    middle = (left + right) / 2
    unit = max(math.hypot(*(right - left)), math.hypot(*(mouth - middle)))
    if not unit > 1e-3 or float(np.abs(points - middle).max()) > _WIDEST_FACE * unit:
        raise ValueError("the points are no face")
    points.setflags(write=False)
    return points
