"""What engine and document say in the window's words, in those of the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.document.errors import EngineError
    from editor.engine.jobs import Exported

OWN_WORDS = {
    "The preview was still a draft. Export again once it is improved.": (
        "the edits were made on the quick draft of the face; without --draft it is improved first"
    ),
    "Brush over the face, or choose a region preset.": "Name another --region or --face.",
    "Where there is some, brush over it: the region is yours to brush.": (
        "Where there is some, name a mask of it: --region MASK.png."
    ),
    "where there is some, brush over it first.": (
        "where there is some, name a mask of it: --region MASK.png."
    ),
    "where they can be seen, brush over them first.": (
        "where they can be seen, name a mask of them: --region MASK.png."
    ),
    "Where there are some, brush over the mouth first.": (
        "Where there are some, name a mask of the mouth: --region MASK.png."
    ),
    "Open the mouth first; or, where teeth do show, brush over them.": (
        "Where teeth do show, name a mask of them: --region MASK.png."
    ),
    "Choose another one (menu File).": "Choose another one with --generator.",
    "Look for its directions instead (menu Directions).": (
        "Use its directions instead: edit … --directions sefa or ganspace."
    ),
    "Add that generator (File → Add generator…), then open it again.": (
        "Add that generator with main.py import, then try again."
    ),
    "Add it with File → Add generator… or main.py import, then open the project again.": (
        "Add it with main.py import, then try again."
    ),
}
"""What the engine says, and what is said instead where there are no menus and no brush."""


def own_words(text: str) -> str:
    """A note or an advice without the window's menus and gestures."""
    for said, own in OWN_WORDS.items():
        text = text.replace(said, own)
    return text


def own_error(error: EngineError) -> EngineError:
    """The same error, with an advice that can be followed on the command line."""
    return replace(error, advice=own_words(error.advice))


def own_notes(exported: Exported) -> Exported:
    """The same file, with notes that speak of options."""
    return replace(exported, notes=tuple(map(own_words, exported.notes)))
