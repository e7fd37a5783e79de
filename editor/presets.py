"""Presets: named sets of slider values, one JSON file each, so that they can be shared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PresetPart:
    """What a preset does in one region.

    Attributes:
        region: name of a region preset (see editor.region.PRESETS).
        goals: (attribute, slider value −100…100) pairs, at least one.
    """

    region: str
    goals: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class AttributePreset:
    """A named set of slider values; each part becomes one edit.

    Attributes:
        name: for people, and of the file.
        parts: in the order to apply them, at least one.
    """

    name: str
    parts: tuple[PresetPart, ...]
