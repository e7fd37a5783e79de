"""What the user can set, declared once, and what the window remembers from one run to the next.

``SETTINGS`` is all that the settings dialog shows; it is made from there. Whatever a stored file
says, ``Settings.get`` answers with a value that its declaration allows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from editor.document.goals import Dials
from widgets.brush import Brush, Tool
from widgets.look import LookKind, RegionLook
from widgets.translation import LANGUAGES

if TYPE_CHECKING:
    from editor.document.paint import Colour

_Remembered = TypeVar("_Remembered", Brush, Dials, RegionLook)


@dataclass(frozen=True, slots=True)
class Flag:
    """On or off.

    Attributes:
        key: under which it is stored.
        label, help: for people.
        group: heading in the dialog.
        default: as it is before the user decides.
    """

    key: str
    label: str
    help: str
    group: str
    default: bool

    def allowed(self, value: object) -> bool:
        """The value itself, or the default where it makes no sense."""
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False}.get(str(value).lower(), self.default)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number ``low``…``high`` with a unit after it; otherwise as ``Flag``."""

    key: str
    label: str
    help: str
    group: str
    default: int
    low: int
    high: int
    unit: str = ""

    def allowed(self, value: object) -> int:
        """The value within its range, or the default where it is no number."""
        try:
            number = int(str(value))
        except ValueError:
            return self.default
        return max(self.low, min(self.high, number))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of ``options``, pairs of what is stored and what people read; otherwise as ``Flag``."""

    key: str
    label: str
    help: str
    group: str
    default: str
    options: tuple[tuple[str, str], ...]

    def allowed(self, value: object) -> str:
        """The value if it is one of the options, or the default."""
        return str(value) if str(value) in dict(self.options) else self.default


Setting = Flag | Number | Choice

_LOOKS, _PHOTO, _WORK = "Appearance", "The photo", "From one time to the next"

THEME = Choice(
    "theme", "Theme",
    "Colours of menus and panels. As the system: light or dark, and it follows when that changes.",
    _LOOKS, "system",
    (("system", "As the system"), ("dark", "Dark"), ("grey", "Grey"), ("light", "Light")),
)  # fmt: skip
LANGUAGE = Choice(
    "language", "Language", "Of the window, from the next start on.", _LOOKS, "system",
    (("system", "As the system"), *LANGUAGES.items()),
)  # fmt: skip
SURROUND = Choice(
    "surround", "Around the photo",
    "Always a neutral grey, so that it does not tint how colours are judged. Middle grey shows "
    "lightness as a print on a wall would; white as on paper.",
    _LOOKS, "theme",
    (("theme", "As the theme"), ("0", "Black"), ("34", "Dark grey"), ("119", "Middle grey"),
     ("200", "Light grey"), ("255", "White")),
)  # fmt: skip
NOTICES = Number(
    "notices", "Messages stay for", "After that they go away by themselves; errors stay.",
    _LOOKS, 9, 2, 60, " s",
)  # fmt: skip
OPEN_AT_FACE = Flag(
    "open_at_face", "Open at the face",
    "Show the face as large as fits when a photo is opened; off: all of the photo.",
    _PHOTO, True,
)  # fmt: skip
REST = Flag(
    "rest", "Improve the preview only while the pointer rests",
    "Gestures go first. Off: the preview is improved all the time, which is done sooner and may "
    "make strokes less smooth on few cores.",
    _PHOTO, True,
)  # fmt: skip
RECENT = Number(
    "recent_count", "Recent files", "How many are listed in the File menu; 0 lists none.",
    _WORK, 12, 0, 30,
)  # fmt: skip
KEEP_BRUSH = Flag(
    "keep_brush", "Remember the brush",
    "Its size, hardness, opacity, flow and pen, the paint's colour, and how the region is shown.",
    _WORK, True,
)  # fmt: skip
KEEP_DIALS = Flag(
    "keep_dials", "Remember Advanced",
    "The sliders under Advanced, and whether sliders go together. A project brings its own.",
    _WORK, True,
)  # fmt: skip
KEEP_LAYOUT = Flag(
    "keep_layout", "Remember the window",
    "Its size and place, and where its panels are.", _WORK, True,
)  # fmt: skip

SETTINGS: tuple[Setting, ...] = (
    THEME, LANGUAGE, SURROUND, NOTICES, OPEN_AT_FACE, REST, RECENT, KEEP_BRUSH, KEEP_DIALS,
    KEEP_LAYOUT,
)  # fmt: skip
"""All of them, in the order of the dialog."""


def stored() -> QSettings | None:
    """The user's settings; None in rehearsals and tests, which must neither read nor leave any."""
    return QSettings() if QApplication.organizationName() else None


def folder() -> str:
    """Where the user last opened something, or ""."""
    settings = stored()
    return str(settings.value("folder", "")) if settings else ""


def remember_folder(path: Path) -> None:
    """The user opened this file."""
    settings = stored()
    if settings:
        settings.setValue("folder", str(path.parent))


def export_folder() -> Path | None:
    """Where the user last exported to, of their own choice; None: beside the photo, or gone."""
    settings = stored()
    chosen = Path(str(settings.value("export_folder", ""))) if settings else Path()
    return chosen if chosen.is_absolute() and chosen.is_dir() else None


def remember_export(path: Path, photo: Path | None) -> None:
    """The user exported a photo to this file; beside the photo is no choice of a folder."""
    settings = stored()
    if settings:
        beside = photo is not None and path.parent == photo.parent
        settings.setValue("export_folder", "" if beside else str(path.parent.absolute()))


class Settings(QObject):
    """The values of ``SETTINGS``, and what is remembered beside them.

    Signals:
        changed(Setting): it has another value.
    """

    changed = Signal(object)

    def __init__(self, store: QSettings | None, parent: QObject | None = None) -> None:
        """Read from there and write there; None keeps nothing beyond this run."""
        super().__init__(parent)
        self._store = store
        self._held: dict[str, object] = {}  # without a store

    @property
    def keeps(self) -> bool:
        """Whether they outlast this run: not in rehearsals and tests."""
        return self._store is not None

    def flag(self, setting: Flag) -> bool:
        """Whether it is on."""
        return setting.allowed(self.read(setting.key))

    def number(self, setting: Number) -> int:
        """Its value."""
        return setting.allowed(self.read(setting.key))

    def choice(self, setting: Choice) -> str:
        """Which option, as it is stored."""
        return setting.allowed(self.read(setting.key))

    def get(self, setting: Setting) -> bool | int | str:
        """Whatever it is."""
        return setting.allowed(self.read(setting.key))

    def put(self, setting: Setting, value: bool | int | str) -> None:
        """Give it another value; one that is not allowed is brought into its range."""
        before, after = self.get(setting), setting.allowed(value)
        if before != after:
            self.write(setting.key, after)
            self.changed.emit(setting)

    def reset(self) -> None:
        """All as they are before the user decides."""
        for setting in SETTINGS:
            self.put(setting, setting.default)

    # ------------------------------------------------------------ what is remembered

    def read(self, key: str) -> object:
        """What is stored under a key; None for nothing."""
        return self._held.get(key) if self._store is None else self._store.value(key)

    def write(self, key: str, value: object) -> None:
        """Store something under a key."""
        if self._store is None:
            self._held[key] = value
        else:
            self._store.setValue(key, value)

    def remember(self, key: str, thing: Brush | Dials | RegionLook) -> None:
        """Store the parts of a brush, dials or look."""
        parts = {each.name: getattr(thing, each.name) for each in fields(thing)}
        plain = {
            name: part.value if isinstance(part, Tool | LookKind) else part
            for name, part in parts.items()
        }
        self.write(key, json.dumps(plain))

    def brush(self) -> Brush:
        """The one that was last in hand: always a brush, never its eraser."""
        kept, usual = self._parts("brush"), Brush()
        brush = replace(
            usual,
            colour=_colour(kept.get("colour"), usual.colour),
            opacity=_within(kept.get("opacity"), 0.01, 1.0, usual.opacity),
            flow=_within(kept.get("flow"), 0.01, 1.0, usual.flow),
            smoothing=_within(kept.get("smoothing"), 0.0, 1.0, usual.smoothing),
            follows=_whether(kept.get("follows"), usual.follows),
            within=_whether(kept.get("within"), usual.within),
            pressure_to_size=_whether(kept.get("pressure_to_size"), usual.pressure_to_size),
            pressure_to_opacity=_whether(
                kept.get("pressure_to_opacity"), usual.pressure_to_opacity
            ),
        )
        radius = _within(kept.get("radius"), 0.5, 2000.0, usual.radius)
        hardness = _within(kept.get("hardness"), 0.0, 1.0, usual.hardness)
        return brush.resized(radius).hardened(hardness)

    def dials(self) -> Dials:
        """The dials as they were last set."""
        kept, usual = self._parts("dials"), Dials()
        return Dials(
            strictness=_within(kept.get("strictness"), 0.25, 8.0, usual.strictness),
            naturalness=_within(kept.get("naturalness"), 0.25, 8.0, usual.naturalness),
            residual=_whether(kept.get("residual"), usual.residual),
            steps=round(_within(kept.get("steps"), 5, 200, usual.steps)),
            seed=round(_within(kept.get("seed"), 0, 2**31 - 1, usual.seed)),
        )

    def look(self) -> RegionLook:
        """How the region was last shown."""
        kept, usual = self._parts("look"), RegionLook()
        kinds = {kind.value: kind for kind in LookKind}
        kind = kinds.get(str(kept.get("kind")), usual.kind)
        return RegionLook(kind, _colour(kept.get("colour"), usual.colour))

    def _parts(self, key: str) -> dict[str, object]:
        """What ``remember`` stored; nothing where the store holds something else."""
        try:
            parts = json.loads(str(self.read(key) or "{}"))
        except ValueError:
            return {}
        return cast("dict[str, object]", parts) if isinstance(parts, dict) else {}


def _within(value: object, low: float, high: float, usual: float) -> float:
    """A number in its range; the usual one where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return usual
    return min(high, max(low, float(value)))


def _whether(value: object, usual: bool) -> bool:
    return value if isinstance(value, bool) else usual


def _colour(value: object, usual: Colour) -> Colour:
    """Three numbers 0…255; the usual ones where they are not."""
    parts = cast("list[object]", value) if isinstance(value, list) else []
    numbers = [part for part in parts if isinstance(part, int) and 0 <= part <= 255]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == len(parts) == 3 else usual
