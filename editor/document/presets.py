"""Presets: named sets of slider values, one JSON file each, so that they can be shared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from editor.document.attributes import succeeded
from editor.document.face_regions import PRESETS, PresetGrid, older_preset, preset
from editor.document.files import read_failure, read_file, write_failure
from editor.document.json_values import items, number, parse, reason, record, text, whole
from editor.document.region import RegionError
from editor.document.region_overlap import covers
from foundation.atomic_files import atomic_write
from foundation.errors import AdvisedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.document.history import Edit
    from editor.document.region import RegionMask

FORMAT = "style-intervention preset"
VERSION = 2  # since some change more than 100; other files are of version 1
FAVOURITES_FORMAT = "style-intervention favourite presets"
LONGEST_NAME = 80
_LARGEST = 256 << 10  # bytes of a file
_MOST_NODES = 50_000  # of its JSON
_MOST_FAVOURITES = 10_000
_MOST_GOALS = 100  # of a part; and the same number of parts
_SAME_REGION = 0.9  # of the area that two regions cover together
_FARTHEST = 200.0  # that one edit takes a slider: from one end to the other
_LIKELY = 0.6  # the same on a coarse grid, which may miss much of the edge of an iris


class HasGoals(Protocol):
    """What changes sliders."""

    @property
    def goals(self) -> tuple[tuple[str, float], ...]:
        """(slider, change) pairs."""
        ...


class PresetError(AdvisedError):
    """A preset cannot be read or written."""


@dataclass(frozen=True, slots=True)
class PresetPart:
    """What a preset does in one region.

    Attributes:
        region: name of a region preset (see editor.document.region.PRESETS).
        goals: (attribute, what its edit changes of the slider) pairs, at least one, no attribute
            twice. It lies on top of what the parts before it do there: a slider at 75 in a wide
            region and at 30 in a region within is 75, then −45. On its own −100…100, the value.
        opacity: of the edit, in (0, 1].
    """

    region: str
    goals: tuple[tuple[str, float], ...]
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if self.region not in PRESETS:
            raise ValueError(f"there is no region “{self.region}”")
        names = [name for name, _ in self.goals]
        if not 1 <= len(names) <= _MOST_GOALS or len(set(names)) < len(names):
            raise ValueError(f"{len(names)} values for {len(set(names))} sliders")
        for name, value in self.goals:
            if not 1 <= len(name) <= LONGEST_NAME:
                raise ValueError(f"a slider's name of {len(name)} characters")
            if not -_FARTHEST <= value <= _FARTHEST:
                raise ValueError(f"a slider at {value}")
        if not 0 < self.opacity <= 1:
            raise ValueError(f"an opacity of {self.opacity}")


@dataclass(frozen=True, slots=True)
class AttributePreset:
    """A named set of slider values; each part becomes one edit.

    Attributes:
        name: for people, 1…80 printable characters without spaces at its ends.
        parts: in the order to apply them, at least one.
    """

    name: str
    parts: tuple[PresetPart, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= LONGEST_NAME or self.name != self.name.strip():
            raise ValueError(f"a name of {len(self.name)} characters")
        if not self.name.isprintable():
            raise ValueError("a name that cannot be printed")
        if not 1 <= len(self.parts) <= _MOST_GOALS:
            raise ValueError(f"{len(self.parts)} regions")

    @property
    def folder(self) -> str:
        """Where it stands in the list; "" is in no folder."""
        return split_name(self.name)[0]

    @property
    def title(self) -> str:
        """What it is called there."""
        return split_name(self.name)[1]

    def limited_to(self, known: Iterable[str]) -> tuple[AttributePreset | None, tuple[str, ...]]:
        """The preset with attributes in ``known`` only (None: there is none), and the others.

        Of what is offered no more its successor counts, where the preset does not ask for that.
        """
        known = frozenset(known)
        own = [succeeded(part.goals, known) for part in self.parts]
        parts = [
            PresetPart(part.region, kept, part.opacity)
            for part, goals in zip(self.parts, own, strict=True)
            if (kept := tuple(goal for goal in goals if goal[0] in known))
        ]
        left_out = {name: None for goals in own for name, _ in goals}
        unknown = tuple(name for name in left_out if name not in known)
        return (AttributePreset(self.name, tuple(parts)) if parts else None), unknown

    def at_strength(self, strength: float) -> tuple[AttributePreset, tuple[str, ...]]:
        """The preset with every value times ``strength``, and the attributes that it took too far.

        Those end at −100 or 100; upon an earlier part that moves the same one, at twice that.

        Args:
            strength: at least 0; 1 is the preset as it is.
        """
        parts: list[PresetPart] = []
        clamped: dict[str, None] = {}
        earlier: set[str] = set()
        for part in self.parts:
            goals: list[tuple[str, float]] = []
            for name, value in part.goals:
                scaled = value * strength
                most = _FARTHEST if name in earlier else max(100.0, abs(value))
                goals.append((name, max(-most, min(most, scaled))))
                if abs(scaled) > most:
                    clamped[name] = None
            earlier.update(name for name, _ in goals)
            parts.append(PresetPart(part.region, tuple(goals), part.opacity))
        return AttributePreset(self.name, tuple(parts)), tuple(clamped)


def within_change(value: float) -> float:
    """A change of a slider, no farther than from one end to the other."""
    return max(-_FARTHEST, min(_FARTHEST, value))


def version_of(parts: Iterable[HasGoals]) -> int:
    """Of a file of these: 1 where older programs understand them."""
    return VERSION if any(abs(value) > 100 for part in parts for _, value in part.goals) else 1


def require_version(stated: int, parts: Iterable[HasGoals]) -> None:
    """Refuse a file of a version that has no such changes.

    Raises:
        ValueError: it has.
    """
    if stated < version_of(parts):
        raise ValueError("a slider beyond 100")


def split_name(name: str) -> tuple[str, str]:
    """Folder and title of a preset's name, such as "Portraits/Soft smile".

    Folders are for the list alone: no file lies where a name says. A name of which a part is empty,
    “.” or “..” is a title as a whole, in no folder ("").
    """
    parts = [part.strip() for part in name.split("/")]
    if len(parts) < 2 or not {"", ".", ".."}.isdisjoint(parts):
        return "", name
    return "/".join(parts[:-1]), parts[-1]


def moved_name(name: str, folder: str) -> str:
    """A preset's name in another folder; "" is none."""
    title = split_name(name)[1]
    return f"{folder}/{title}" if folder else title


def renamed(preset: AttributePreset, name: str) -> AttributePreset:
    """The preset under another name.

    Raises:
        PresetError: the name cannot be used.
    """
    return _named(name, preset.parts)


def preset_of(
    name: str,
    edits: Iterable[Edit],
    default_regions: Mapping[str, str],
    landmarks: NDArray[np.float64],
    detail: FaceDetail | None = None,
) -> AttributePreset:
    """The goals of edits, added up by region and opacity.

    A region that is no named one becomes each attribute's default region. Where several become the
    same, what holds in the widest of them does: twice 30 on two cheeks is 30. A withdrawn attribute
    is its successor. Goals that are not in ``default_regions`` then (discovered sliders), and
    likenesses, cannot be named and are left out, as are edits that cannot be seen.

    Args:
        name: of the preset.
        edits: of one face, oldest first.
        default_regions: attribute → region preset.
        landmarks: (68, 2), of that face, photo pixels.
        detail: what was seen of it.

    Raises:
        PresetError: the name cannot be used, or no attribute was moved.
    """
    named: dict[tuple[RegionMask, bytes], str | None] = {}
    moved: dict[tuple[str, str], list[tuple[Edit, float]]] = {}
    for edit in edits:
        goals = succeeded(edit.goals, default_regions) if edit.opacity else ()
        points = landmarks if edit.upon is None else landmarks + edit.upon
        key = edit.region, points.tobytes()
        for attribute, change in goals:
            if attribute in default_regions:
                if key not in named:
                    named[key] = region_name(edit.region, points, detail)
                region = named[key] or default_regions[attribute]
                moved.setdefault((region, attribute), []).append((edit, change))
    values: dict[tuple[str, float], dict[str, float]] = {}
    for (region, attribute), done in moved.items():
        widest = max((edit.region for edit, _ in done), key=lambda mask: int(mask.alpha.sum()))
        for edit, change in done:
            if covers(edit.region, widest):
                sums = values.setdefault((region, edit.opacity), {})
                sums[attribute] = sums.get(attribute, 0.0) + change
    parts = [
        PresetPart(region, goals, opacity)
        for (region, opacity), sums in values.items()
        if (goals := tuple((a, within_change(v)) for a, v in sums.items() if v))
    ]
    if not parts:
        raise PresetError("There is nothing to keep yet.", "Move an attribute first.")
    return _named(name, tuple(parts))


def _named(name: str, parts: tuple[PresetPart, ...]) -> AttributePreset:
    try:
        return AttributePreset(name.strip(), parts)
    except ValueError as error:
        raise PresetError(
            f"“{name.strip()[:LONGEST_NAME]}” is no name for a preset ({error}).",
            f"Choose a name of 1 to {LONGEST_NAME} letters.",
        ) from error


def region_name(
    mask: RegionMask, landmarks: NDArray[np.float64], detail: FaceDetail | None = None
) -> str | None:
    """The region preset that covers the same pixels of a face, however soft; None: there is none.

    Nine tenths of the area that both cover together must be covered by both. Only presets that look
    like it on a coarse grid are drawn: a large photo's would take a second, all of them.
    """
    best, share = None, _SAME_REGION
    points = np.asarray(landmarks, np.float64)
    grid = _grid(points.tobytes(), mask.width, mask.height, detail)
    for name in grid.like(mask, _LIKELY):
        for made in (preset, older_preset):
            try:
                other = made(name, landmarks, mask.width, mask.height, detail)
            except RegionError:  # this head has no hair
                continue
            overlap = 0.0 if other is None else _overlap(mask, other)
            if overlap >= share:
                best, share = name, overlap
    return best


@lru_cache(maxsize=4)  # what is copied and pasted has several regions of few faces
def _grid(landmarks: bytes, width: int, height: int, detail: FaceDetail | None) -> PresetGrid:
    return PresetGrid(np.frombuffer(landmarks).reshape(-1, 2), width, height, detail)


def _overlap(a: RegionMask, b: RegionMask) -> float:
    """Intersection over union of the pixels that two masks touch."""
    left, top = max(a.x, b.x), max(a.y, b.y)
    right = min(a.x + a.alpha.shape[1], b.x + b.alpha.shape[1])
    bottom = min(a.y + a.alpha.shape[0], b.y + b.alpha.shape[0])
    if left >= right or top >= bottom:
        return 0.0
    one, two = (m.alpha[top - m.y : bottom - m.y, left - m.x : right - m.x] > 0 for m in (a, b))
    both = int((one & two).sum())
    return both / (int((a.alpha > 0).sum()) + int((b.alpha > 0).sum()) - both)


# ------------------------------------------------------------------ files


def write_preset(preset: AttributePreset, path: Path) -> None:
    """Write one file, atomically.

    Raises:
        PresetError: it cannot be written; an older one is untouched.
    """
    parts = [
        {"region": part.region, "goals": {name: float(value) for name, value in part.goals}}
        | ({} if part.opacity == 1 else {"opacity": part.opacity})
        for part in preset.parts
    ]
    content = {
        "format": FORMAT,
        "version": version_of(preset.parts),
        "name": preset.name,
        "parts": parts,
    }
    try:
        atomic_write(path, (json.dumps(content, indent=2, allow_nan=False) + "\n").encode())
    except OSError as error:
        raise PresetError(*write_failure(error, path)) from error


def content_of(
    path: Path, kind: str, foreign: PresetError, largest: int, most_nodes: int
) -> dict[str, Any]:
    """What a file of presets says, none of it checked but its ``format``.

    Args:
        path: a JSON file.
        kind: the ``format`` that it must have.
        foreign: raised where it is something else.
        largest: bytes at most.
        most_nodes: values at most.

    Raises:
        PresetError: it cannot be read, or is of another format.
    """
    try:
        content: dict[str, Any] = record(parse(read_file(path, largest), most_nodes))
    except OSError as error:
        raise PresetError(*read_failure(error, path)) from error
    except (ValueError, TypeError) as error:
        raise foreign from error
    if content.get("format") != kind:
        raise foreign
    return content


def read_preset(path: Path) -> AttributePreset:
    """Read one file.

    Raises:
        PresetError: it cannot be read, is no preset, is damaged, or is too new.
    """
    foreign = PresetError(
        f"{path.name} is not a preset of this editor.",
        "Choose a .json file that was saved as a preset.",
    )
    content = content_of(path, FORMAT, foreign, _LARGEST, _MOST_NODES)
    try:
        if whole(content["version"], 1) > VERSION:
            raise PresetError(f"{path.name} was made by a newer version.", "Update the editor.")
        parts = tuple(
            PresetPart(
                text(part["region"]),
                tuple((name, number(value)) for name, value in record(part["goals"]).items()),
                number(part.get("opacity", 1.0)),
            )
            for part in map(record, items(content["parts"]))
        )
        require_version(content["version"], parts)
        return AttributePreset(text(content["name"]), parts)
    except PresetError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise PresetError(
            f"{path.name} is damaged ({reason(error)}).",
            "Save the preset again from a photo that has its edits, or delete the file.",
        ) from error


def write_favourites(names: Iterable[str], path: Path) -> None:
    """Write which presets are favourites, atomically.

    Raises:
        PresetError: it cannot be written; an older file is untouched.
    """
    content = {"format": FAVOURITES_FORMAT, "version": 1, "names": sorted(names)}
    try:
        atomic_write(path, (json.dumps(content, indent=2) + "\n").encode())
    except OSError as error:
        raise PresetError(*write_failure(error, path)) from error


def read_favourites(path: Path) -> frozenset[str]:
    """The names of presets that are favourites, some of which may be gone; none without a file.

    Raises:
        PresetError: it cannot be read, is damaged, or is too new.
    """
    try:
        content = record(parse(read_file(path, 4 * _LARGEST), _MOST_NODES))
        if content["format"] != FAVOURITES_FORMAT:
            raise ValueError("another kind of file")
        if whole(content["version"], 1) > 1:
            raise PresetError(f"{path.name} was made by a newer version.", "Update the editor.")
        names = items(content["names"], _MOST_FAVOURITES)
        return frozenset(text(name, LONGEST_NAME) for name in names)
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise PresetError(*read_failure(error, path)) from error
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise PresetError(
            f"Your favourite presets cannot be read: {path.name} is damaged ({reason(error)}).",
            "Delete the file and mark your favourites again, or put a backup copy in its place.",
        ) from error


def file_name(name: str) -> str:
    """What a preset's file is called: its name without what some system forbids in names."""
    plain = "".join(c if c.isalnum() or c in " -_()" else "_" for c in name).strip()
    return f"{plain[:LONGEST_NAME] or '_'}.json"
