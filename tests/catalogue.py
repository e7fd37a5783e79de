"""Brings the translations in line with the source: ``python -m tests.catalogue``.

Reads every text that the window can show (docs/adr/0014), writes them into
``resources/translations/*.ts``, where Qt Linguist edits them, and compiles those to ``.qm``. What
was translated stays; what nobody says any more goes. ``--check`` only tells whether all of it is as
it would be written; a test asks the same.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import PySide6

from editor.document.attributes import all_rows
from editor.document.face_regions import PRESETS, area_of
from widgets.colours import SWATCHES
from widgets.settings import SETTINGS, Choice
from widgets.shortcuts import GESTURES, RESERVED, SHORTCUTS
from widgets.translation import LANGUAGES, MESSAGES, NAMES, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "resources" / "translations"
PATTERNS = FOLDER / "patterns.json"
PLACE = re.compile(r"\{[^{}]*\}|%n")
"""Where a value stands in a text."""

_BELOW = ("editor/session", "editor/document", "editor/engine", "models", "foundation")
_NOT_BELOW = ("models/training", "models/device", "editor/document/credentials")
_PREDICATES = ("is ", "has ", "holds ")  # that end a sentence about a file
_MARKS = ("tr", "marked")
_SILENT = {  # calls whose texts nobody is told
    "debug", "info", "warning", "error", "exception", "log", "getLogger", "cast", "TypeVar",
    "ValueError", "TypeError", "RuntimeError", "KeyError", "IndexError", "AssertionError",
    "OSError", "ImportError", "NotImplementedError", "compile", "fullmatch", "namedtuple",
    "startswith", "endswith", "removeprefix", "removesuffix", "split", "partition", "encode",
    "Struct", "field", "getattr", "NewType",
}  # fmt: skip
_UNTOLD = re.compile(  # what reads like a text, and is a name that stays or goes elsewhere
    r"Raw profile type.*|PySide6-Essentials|Application Support|Roaming|Local|Library|Caches?|"
    r"Application|"
    r"Style Intervention|(CUDA|HIP|MPS|Insufficient|DefaultCPU).*|Adobe RGB.*|Display P3|"
    r"ProPhoto RGB|JPEG XL|ITU CIELAB|Tone curve.*|Primaries .*|Compatible with .*|"
    r"No copyright.*|Comment|Metadata|Pyramid|Rating|Python \{0\}|The photo( \{0\}\.)?|"
    r"Log\w+ light|GANSpace.*|InterFaceGAN.*|StyleGAN2.*|StyleSpace"
)
_FRAGMENTS = (
    "{0} done, {1} failed", "{0} done, {1} without a face", "one region", "left", "right",
    "{0} done, {1} failed, {2} without a face", "CPU, {0} thread", "CPU, {0} threads", "lighter",
    "darker", "redder", "warmer", "edit", "alignment", "Eye", "Jaw", "Ear",
)  # fmt: skip
"""Of texts from below, too short to be found by how they read."""
_LEAST = 4  # letters that a pattern must have of its own to be recognised


@dataclass(frozen=True, slots=True)
class Message:
    """A text to translate.

    Attributes:
        context: of ``widgets.translation``.
        source: English.
        numerus: has a form for each kind of number.
        translations: none yet, one, or one for each form.
    """

    context: str
    source: str
    numerus: bool = False
    translations: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What it is found by."""
        return self.context, self.source

    @property
    def finished(self) -> bool:
        """Whether it is translated."""
        return bool(self.translations) and all(self.translations)


# ------------------------------------------------------------ what there is to say


def messages() -> list[Message]:
    """All texts, each once, by context and in their order in the source."""
    found: dict[tuple[str, str], Message] = {}
    for message in (*_of_the_window(), *_of_the_settings(), *_names(), *_from_below()):
        found.setdefault(message.key, message)
    return list(found.values())


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax; to read it takes longer than all the rest."""
    return ast.parse(path.read_text("utf-8"))


def _of_the_window() -> Iterator[Message]:
    """The literals that are marked in the widgets."""
    for path in sorted((ROOT / "widgets").glob("*.py")):
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in _MARKS or not isinstance(node.args[0], ast.Constant):
                continue
            numerus = any(word.arg == "n" for word in node.keywords)
            yield Message(WINDOW, str(node.args[0].value), numerus)


def _of_the_settings() -> Iterator[Message]:
    """What the settings declare: their dialog shows it with ``tr``."""
    for setting in SETTINGS:
        options = [text for _, text in setting.options] if isinstance(setting, Choice) else []
        for text in (setting.group, setting.label, setting.help, *options):
            yield Message(WINDOW, text)


def _names() -> Iterator[Message]:
    """What stands in tables, and is looked up by its English text."""
    texts: list[str] = []
    for row in all_rows():
        texts += [row.label, row.group, row.measures]
    for preset in PRESETS:
        texts += [preset, area_of(preset)]
    for shortcut in SHORTCUTS:
        texts += [shortcut.group, shortcut.does]
    texts += RESERVED.values()
    for gesture, does in GESTURES:
        texts += [gesture, does]
    texts += [name for name, _ in SWATCHES]
    yield from (Message(NAMES, text) for text in texts)


def _from_below() -> Iterator[Message]:
    """Finished texts of the floors beneath, and the patterns that they are made by."""
    yield from (Message(MESSAGES, text) for text in _FRAGMENTS)
    for floor in _BELOW:
        for path in sorted((ROOT / floor).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(_NOT_BELOW):
                continue
            for text in _told_in(path):
                # Reasons why a checkpoint is refused go with it in English, as the system's do.
                if not name.startswith("models/") or (
                    not text.startswith("{file}") and text.endswith(".")
                ):
                    yield Message(MESSAGES, text)


def _told_in(path: Path) -> Iterator[str]:
    """What a module may say to people: its texts that read like a sentence or a label."""
    for text in _texts(tree(path)):
        if _is_told(text):
            yield f"{{file}} {text}." if text.startswith(_PREDICATES) else text


def _texts(node: ast.AST) -> Iterator[str]:
    """All texts under a node but docstrings, logs, types and what is compared."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
        return
    if isinstance(node, ast.JoinedStr):
        yield pattern_of(node)
    for child in ast.iter_child_nodes(node):
        if not _is_silent(child, node):
            yield from _texts(child)


def _is_silent(node: ast.AST, parent: ast.AST) -> bool:
    """Whether nobody is told what stands under a node."""
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name in _SILENT
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.Constant) and isinstance(parent, ast.Expr | ast.JoinedStr):
        return True  # a docstring, or a part of a text
    if isinstance(node, ast.JoinedStr) and isinstance(parent, ast.FormattedValue):
        return True  # how a value is written
    if isinstance(parent, ast.AnnAssign | ast.arg) and node is parent.annotation:
        return True
    if isinstance(parent, ast.FunctionDef) and node is parent.returns:
        return True
    return isinstance(parent, ast.Subscript) and node is parent.slice


def pattern_of(text: ast.JoinedStr) -> str:
    """An f-string with a number in braces for each value."""
    parts: list[str] = []
    for part in text.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{sum(one.startswith('{') for one in parts)}}}")
    return "".join(parts)


def _is_told(text: str) -> bool:
    """Whether a text reads like a sentence, the end of one, or a label."""
    bare = PLACE.sub("", text)
    if sum(map(str.isalpha, bare)) < _LEAST or "://" in text or "<" in text or "\\" in text:
        return False
    if text.startswith(_PREDICATES):
        return True
    if text.startswith("{"):
        return " " in bare
    return bool(
        re.match(r"“?[A-Z][a-z’']+( |$|[^\w\[|])|“?[A-Z]{2,}[ ,]|A [a-z]", text)
    ) and not _UNTOLD.fullmatch(text)


# ------------------------------------------------------------ what is said in another language


def catalogue(code: str, said: Iterable[Message]) -> list[Message]:
    """What is to be said in a language, with the translations that there are."""
    file = FOLDER / f"{code}.ts"
    there = {message.key: message.translations for message in read(file)} if file.is_file() else {}
    return [replace(message, translations=there.get(message.key, ())) for message in said]


def read(file: Path) -> list[Message]:
    """The messages of a .ts file, as Linguist keeps it."""
    found: list[Message] = []
    for context in ET.parse(file).getroot().iter("context"):
        name = context.findtext("name", "")
        for one in context.iter("message"):
            translation = one.find("translation")
            forms = [] if translation is None else translation.findall("numerusform")
            texts = [form.text or "" for form in forms]
            if not forms and translation is not None:
                texts = [translation.text or ""]
            if translation is not None and translation.get("type") == "unfinished":
                texts = []
            found.append(
                Message(
                    name,
                    one.findtext("source", ""),
                    one.get("numerus") == "yes",
                    tuple(texts),
                )
            )
    return found


def written(code: str, found: Iterable[Message]) -> str:
    """A .ts file: the same text for the same messages, whoever writes it."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{code}" sourcelanguage="en">',
    ]
    name = ""
    for message in found:
        if message.context != name:
            lines += ["</context>"] * bool(name) + [
                "<context>",
                f"<name>{message.context}</name>",
            ]
            name = message.context
        lines.append('<message numerus="yes">' if message.numerus else "<message>")
        lines.append(f"<source>{escape(message.source)}</source>")
        texts = message.translations or (("", "") if message.numerus else ("",))
        inside = "".join(map(escape, texts))
        if message.numerus:
            inside = "".join(f"<numerusform>{escape(text)}</numerusform>" for text in texts)
        state = "" if message.finished else ' type="unfinished"'
        lines += [f"<translation{state}>{inside}</translation>", "</message>"]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def patterns(found: Iterable[Message]) -> str:
    """The texts from below that hold values, as JSON; those with most text of their own first."""
    texts = {m.source for m in found if m.context == MESSAGES and PLACE.search(m.source)}
    ordered = sorted(texts, key=lambda text: (-len(PLACE.sub("", text)), text))
    return json.dumps(ordered, indent=0, ensure_ascii=False) + "\n"


def compile_file(source: Path, target: Path) -> None:
    """Make of a .ts what Qt loads; what is unfinished is shown in English.

    Raises:
        subprocess.CalledProcessError: Qt's lrelease refuses it.
    """
    tool = Path(PySide6.__file__).parent / (
        "lrelease.exe" if sys.platform == "win32" else "lrelease"
    )
    subprocess.run(
        [str(tool), "-silent", "-compress", str(source), "-qm", str(target)],
        check=True,
    )


def up_to_date() -> dict[Path, str]:
    """What the files of ``FOLDER`` should hold, the compiled ones aside."""
    said = messages()
    files = {PATTERNS: patterns(said)}
    for code in LANGUAGES:
        if code != "en":
            files[FOLDER / f"{code}.ts"] = written(code, catalogue(code, said))
    return files


def main(arguments: list[str] | None = None) -> int:
    """Write, or check; the exit code says whether something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    only_check = parser.parse_args(arguments).check
    files = up_to_date()
    stale = [f for f, text in files.items() if not f.is_file() or f.read_text("utf-8") != text]
    for file in stale:
        sys.stdout.write(f"{file.relative_to(ROOT)} is not up to date.\n")
        if not only_check:
            file.write_text(files[file], "utf-8", newline="\n")
    if only_check:
        return int(bool(stale))
    for code in LANGUAGES:
        source = FOLDER / f"{code}.ts"
        if source.is_file():
            compile_file(source, source.with_suffix(".qm"))
            left = sum(not message.finished for message in read(source))
            sys.stdout.write(f"{source.name}: {left} left to translate.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
