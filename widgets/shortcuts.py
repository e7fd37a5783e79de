"""Every shortcut of the window: one table that menus, help and tests read.

A key that needs Shift or AltGr somewhere is named by the character that it gives (``{``, never
``Shift+[``): Qt finds the character on any layout, and both together would be ambiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What a command's keys are.

    Attributes:
        command: name of the attribute of ``widgets.commands.Commands``; ``tool_…`` are in its
            ``shapes``.
        keys: in Qt's portable notation, the first one is shown in menus; Ctrl is ⌘ on a Mac.
        does: for the help.
        group: heading in the help.
    """

    command: str
    keys: tuple[str, ...]
    does: str
    group: str


def _group(group: str, *rows: tuple[str, str, str]) -> tuple[Shortcut, ...]:
    """Rows of command, keys with spaces between them, and what they do."""
    return tuple(Shortcut(name, tuple(keys.split()), does, group) for name, keys, does in rows)


SHORTCUTS: tuple[Shortcut, ...] = (
    *_group(
        "File",
        ("open", "Ctrl+O", "open a photo or a project"),
        ("save", "Ctrl+S", "save the project"),
        ("save_as", "Ctrl+Shift+S", "save the project elsewhere"),
        ("export", "Ctrl+E Ctrl+Shift+E", "export the photo"),
        ("quit", "Ctrl+Q", "quit"),
    ),
    *_group(
        "Edit",
        ("undo", "Ctrl+Z", "undo strokes and edits, newest first; in mid-stroke, that stroke"),
        ("redo", "Ctrl+Shift+Z Ctrl+Y", "redo"),
        ("cancel", "Esc", "abandon the stroke, cancel what is under way"),
        ("search", "Ctrl+F", "find an attribute"),
        ("together", "T", "sliders together or one by one"),
        ("fine", "Ctrl+I", "Advanced: how an edit is searched for"),
        ("copy_edits", "Ctrl+Shift+C", "copy this face's edits"),
        ("paste_edits", "Ctrl+Shift+V", "paste them onto this face"),
        ("snapshot", "Ctrl+Shift+N", "keep the edits as they are now under a name"),
        ("save_preset", "Ctrl+Shift+P", "save the edits as a preset"),
    ),
    *_group(
        "Brush and region",
        ("brush", "B", "brush"),
        ("eraser", "E", "eraser"),
        ("tool_lasso", "S", "lasso"),
        ("tool_polygon", "G", "polygon"),
        ("tool_rectangle", "R", "box"),
        ("tool_ellipse", "U", "ellipse"),
        ("tool_class", "W", "pick lips, brows, hair … by a click"),
        ("tool_colour", "I", "limit the region to a colour by a click"),
        ("tool_heal", "Shift+J", "heal spots of the skin by a click"),
        ("swap", "X", "swap brush, or shape, and its eraser"),
        ("follow", "A", "strokes stop at edges"),
        ("mirror", "M", "strokes on both sides of the face"),
        ("larger", "]", "larger brush"),
        ("smaller", "[", "smaller brush"),
        ("harder", "}", "harder edge"),
        ("softer", "{", "softer edge"),
        ("mirror_region", "Ctrl+M", "add the region's mirror image"),
        ("invert", "Ctrl+Shift+I", "invert the region"),
        ("clear", "Ctrl+Shift+A", "clear the region"),
        ("overlay", "O", "show or hide the region"),
        ("name_region", "Ctrl+G", "keep the region under a name"),
        ("new_region", "Ctrl+N", "begin another region"),
    ),
    *_group(
        "Face",
        ("align", "L", "drag the face's points"),
        ("pull", "Shift+L", "pull points of the face"),
        ("add_face", "Ctrl+L", "add a face by hand"),
        ("apply_points", "Return Enter", "apply the points"),
        ("refined", "N", "a draft's edits and the improved ones in turn"),
        ("take_refined", "Ctrl+T", "take the improved edits"),
        ("keep_draft", "Ctrl+K", "keep the draft's edits"),
    ),
    *_group(
        "Paint and reference",
        ("paint", "P", "paint colours"),
        ("colour", "C", "choose the colour"),
        ("match_paint", "Ctrl+Shift+M", "make the face follow the paint"),
        ("discover", "Ctrl+D", "what can change here?"),
        ("open_reference", "Ctrl+R", "open a reference"),
        ("match_reference", "Ctrl+Shift+R", "match the reference in the region"),
    ),
    *_group(
        "View",
        ("fit", "Ctrl+0", "fit"),
        ("face", "F", "the face, as large as fits"),
        ("split", "Y", "before and after, on both sides of a line to drag"),
        ("split_across", "Shift+Y", "the line upright or across"),
        ("actual", "Ctrl+1", "100 %"),
        ("double", "Ctrl+2", "200 %"),
        ("zoom_in", "Ctrl++ Ctrl+=", "zoom in"),
        ("zoom_out", "Ctrl+-", "zoom out"),
        ("beside", "V", "before and after side by side, at the same place and zoom"),
        ("loupe", "Z", "a loupe at 100 % under the pointer"),
        ("difference", "D", "what the edits changed, four times as strong"),
        ("clipping", "J", "mark pure white and pure black"),
        ("turn_left", "4", "turn the view to the left"),
        ("turn_right", "6", "turn the view to the right"),
        ("turn_back", "5", "upright again"),
        ("flip", "H", "flip the view, as in a mirror"),
        ("quality", "Q", "where the program draws the face well or poorly"),
        ("original", "\\", "the photo without edits, for as long as it is held"),
    ),
    *_group(
        "Window",
        ("settings", "Ctrl+,", "settings"),
        ("manual", "F3", "the manual"),
        ("keys", "F1", "all keys, to look at and to change"),
    ),
)

HELD: frozenset[str] = frozenset({"original"})
"""Commands that last as long as their key is down."""

RESERVED: dict[str, str] = {
    "Space": "moves the photo while it is held",
    "Backspace": "takes the last corner of a polygon back",
    "Tab": "goes from control to control",
    "Backtab": "goes from control to control",
    "Shift+Tab": "goes from control to control",
    "Shift+Backtab": "goes from control to control",
    "Del": "takes an edit out of the history, and resets a slider",
    "Left": "moves what has the keys",
    "Right": "moves what has the keys",
    "Up": "moves what has the keys",
    "Down": "moves what has the keys",
    "Home": "moves what has the keys",
    "End": "moves what has the keys",
    "PgUp": "moves what has the keys",
    "PgDown": "moves what has the keys",
    "Menu": "opens the menu of what has the keys",
    "Shift+F10": "opens the menu of what has the keys",
    "F10": "goes to the menus",
    "Alt+F4": "closes the window",
}
"""Keys that no command can have, and what they do."""

GESTURES: tuple[tuple[str, str], ...] = (
    ("Alt+drag", "the eraser while brushing, the brush while erasing; a shape is taken away"),
    ("Shift", "while a shape is dragged: square, circle, sides every 45°"),
    ("Enter", "closes a polygon, Backspace takes its last corner back"),
    ("Alt+click", "with the paint brush: take the colour from the photo"),
    ("Shift+click", "a straight line from the end of the last stroke"),
    ("Shift+drag", "size and hardness of the brush; also Alt+drag with the right button"),
    ("Ctrl+click", "edit the face under the pointer"),
    ("Space+drag", "move the photo; also the middle button"),
    ("Two fingers", "on a touch screen or pad: move, zoom and turn the photo"),
    ("Wheel", "zoom to the pointer"),
    ("Menu key", "on a slider: what it measures, its usual region"),
)
"""What mouse and held keys do, for the help."""


def keys_of(command: str) -> tuple[str, ...]:
    """A command's keys; none for a command without."""
    return next((row.keys for row in SHORTCUTS if row.command == command), ())


def clashes(shortcuts: Iterable[Shortcut]) -> list[str]:
    """The keys that more than one command has, or one command twice."""
    keys = [key for row in shortcuts for key in row.keys]
    return sorted({key for key in keys if keys.count(key) > 1})
