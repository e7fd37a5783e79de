"""Translations: the catalogue is that of the source, German is complete, and texts are found."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale, QTranslator

import main
from foundation.errors import AdvisedError
from tests import catalogue
from tests.catalogue import FOLDER, PLACE, ROOT
from widgets import translation
from widgets.shortcuts import SHORTCUTS
from widgets.translation import MESSAGES, marked, tr, translated, translated_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

_SHOWN = {  # calls that put a text on the screen, and which of their arguments it is
    **dict.fromkeys((
        "setText", "setToolTip", "setWindowTitle", "setAccessibleName", "setAccessibleDescription",
        "setPlaceholderText", "setHeaderLabels", "QLabel", "QPushButton", "QCheckBox", "QMenu",
        "QAction", "QToolBar", "QDockWidget", "addAction", "addRow", "addItem", "NamedSlider",
        "FoldSection", "setInformativeText", "addButton", "show_notice", "setSuffix", "set_hint",
        "setSpecialValueText",
    ), 0),
    "tipped": 1, "draw_badge": 1, "question": 2, "_ask": 2, "ask_name": 1, "ask_photo": 1,
    "ask_folder": 1,
}  # fmt: skip
_WORDS = ("tip", "placeholderText", "suffix", "title", "label")  # arguments by name that are shown


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    assert translation.begin(qapp, "de") == "de"
    yield
    translation.end(qapp)


def test_the_catalogue_says_what_the_source_says() -> None:
    for file, text in catalogue.up_to_date().items():
        assert file.read_text("utf-8") == text, f"{file.name}: run python -m tests.catalogue"


def test_german_is_complete_with_all_places() -> None:
    messages = catalogue.read(FOLDER / "de.ts")
    assert len(messages) > 1_300
    for message in messages:
        assert message.finished, message.source
        wanted = set(PLACE.findall(message.source))
        for number, text in enumerate(message.translations):
            found = set(PLACE.findall(text))
            one = message.numerus and number == 0  # may say "it" for the one
            assert found == wanted or (one and found == wanted - {"%n"}), message.source
            assert text[:1].isspace() == message.source[:1].isspace(), message.source
            assert text[-1:].isspace() == message.source[-1:].isspace(), message.source
            assert text.endswith("…") == message.source.endswith("…"), message.source
            if re.search(r"&\w", message.source):
                assert len(re.findall(r"&\w", text)) == 1, f"{message.source}: no key in the menu"


def test_what_qt_loads_is_what_was_translated(qapp: QApplication) -> None:
    translator = QTranslator(qapp)
    assert translator.load(str(FOLDER / "de.qm"))
    for message in catalogue.read(FOLDER / "de.ts"):
        numbers = (1, 2) if message.numerus else (-1,)
        for number, text in zip(numbers, message.translations, strict=True):
            found = translator.translate(message.context, message.source, None, number)
            assert found == text, "run python -m tests.catalogue"


def test_every_text_on_the_screen_is_marked() -> None:
    """A literal that goes straight to the screen, or a text that is put together before ``tr``."""
    looked = 0
    for path in sorted((ROOT / "widgets").glob("*.py")):
        for node in ast.walk(catalogue.tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            where = f"{path.name}:{node.lineno}"
            if called in ("tr", "marked"):
                first = node.args[0]
                assert not isinstance(first, ast.JoinedStr | ast.BinOp), (
                    f"{where}: values in braces"
                )
                looked += 1
            elif called in _SHOWN:
                named = [word.value for word in node.keywords if word.arg in _WORDS]
                given = node.args[_SHOWN[called] : _SHOWN[called] + 1]
                for text in filter(None, map(_literal, [*given, *named])):
                    assert not re.search(r"[A-Za-z]{2}", text) or text in (" px", "i"), (
                        f"{where}: “{text}” is not marked"
                    )
    assert looked > 600


def _literal(node: ast.expr) -> str:
    """What a text says without its values and its tags; "" for no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(p.value) for p in node.values if isinstance(p, ast.Constant))
    else:
        return ""
    return re.sub(r"<[^>]*>?", "", text)


@pytest.mark.usefixtures("german")
def test_texts_from_below_are_recognised_with_their_values() -> None:
    messages = catalogue.read(FOLDER / "de.ts")
    patterns = [m for m in messages if m.context == MESSAGES and PLACE.search(m.source)]
    assert len(patterns) > 100
    for message in patterns:
        said, told = message.source, message.translations[0]
        for number, place in enumerate(PLACE.findall(message.source)):
            said, told = said.replace(place, f"‹{number}›"), told.replace(place, f"‹{number}›")
        assert translated(said) == told


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Smile +40", "Lächeln +40"),
        ("Smile +40, Gaze -12", "Lächeln +40, Blick -12"),
        ("Mouth corner, left: redder", "Mundwinkel, links: röter"),
        ("Delete Smile +40", "Lächeln +40 löschen"),
        ("Region “mouth”", "Bereich „Mund“"),
        ("a.png is damaged (cut short).", "a.png ist beschädigt (cut short)."),
        ("a.png is a folder. Choose another file name.",
         "a.png ist ein Ordner. Wählen Sie einen anderen Dateinamen."),
        ("2 done, 1 failed; the folder has a summary.",
         "2 fertig, 1 misslungen; im Ordner liegt eine Zusammenfassung."),
        ("No region was brushed, so skin smoothness uses the region “skin”. Brush to change it.",
         "Es war kein Bereich gepinselt, deshalb nimmt Hautglätte den Bereich „Haut“. Pinseln Sie, "
         "um ihn zu ändern."),
        # a region is called as its button is, and never as the slider
        ("No region was brushed, so smile uses the region “smile area”. Brush to change it.",
         "Es war kein Bereich gepinselt, deshalb nimmt Lächeln den Bereich „Lächelzone“. "
         "Pinseln Sie, um ihn zu ändern."),
        ("Region “smile area”", "Bereich „Lächelzone“"),
        ("Anna, eyes closed", "Anna, eyes closed"),
        ("", ""),
    ],
)  # fmt: skip
def test_texts_from_below_in_german(said: str, told: str) -> None:
    assert translated(said) == told


@pytest.mark.usefixtures("german")
def test_an_error_is_told_in_german() -> None:
    error = AdvisedError("There is no region “x”.", "Choose one of mouth.")
    assert translated_error(error) == "Es gibt keinen Bereich „x“. Wählen Sie einen von Mund."


def test_english_needs_no_catalogue(qapp: QApplication) -> None:
    translation.end(qapp)
    assert tr("%n edits", n=1, one="%n edit") == "1 edit"
    assert tr("%n edits", n=3, one="%n edit") == "3 edits"
    assert tr(marked("Saved {name}."), name="{x}") == "Saved {x}."
    assert translated("There is no region “mouth”.") == "There is no region “mouth”."
    assert translation.inside("Face shape") == "face shape"


@pytest.mark.usefixtures("german")
def test_numbers_and_names_in_german() -> None:
    assert tr("%n edits", n=1, one="%n edit") == "1 Bearbeitung"
    assert tr("%n edits", n=3, one="%n edit") == "3 Bearbeitungen"
    assert translation.number(2.5, 1) == "2,5"
    assert translation.number(1600, 0) == "1600"
    assert translation.inside("Gesichtsform") == "Gesichtsform"


def test_german_ends(qapp: QApplication) -> None:
    before = QLocale().name()
    translation.begin(qapp, "de")
    translation.begin(qapp, "en")
    assert tr("Cancel") == "Cancel"
    assert translated("Smile +40") == "Smile +40"
    translation.end(qapp)
    assert QLocale().name() == before


@pytest.mark.parametrize(
    ("system", "said"), [("de_AT.UTF-8", "de Abbrechen 1,5 de_AT"), ("xx_XX", "en Cancel 1.5 C")]
)
def test_the_language_is_the_systems(system: str, said: str) -> None:
    """What the system speaks is asked when Qt starts."""
    asked = (
        "from PySide6.QtCore import QCoreApplication, QLocale\n"
        "from widgets.translation import begin, number, tr\n"
        "app = QCoreApplication([])\n"
        "print(begin(app, 'system'), tr('Cancel'), number(1.5, 1), QLocale().name())"
    )
    kept = {name: value for name, value in os.environ.items() if name != "LANGUAGE"}
    environment = kept | {"LC_ALL": system, "LANG": system}
    told = subprocess.run(
        [sys.executable, "-c", asked], env=environment, cwd=ROOT, check=True, capture_output=True
    )
    assert told.stdout.decode().strip() == said


def test_the_command_line_offers_the_languages_that_there_are() -> None:
    action = next(a for a in main.parser()._actions if a.dest == "language")
    assert action.choices is not None
    assert set(action.choices) == set(translation.LANGUAGES)


def test_no_two_commands_are_told_alike() -> None:
    german = {m.source: m.translations for m in catalogue.read(FOLDER / "de.ts")}
    told = [german[row.does] for row in SHORTCUTS]
    assert len(told) == len(set(told))
