"""The window in German: nothing in it is English, and nothing is cut that English has room for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTextEdit,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from editor.document.attributes import all_rows
from tests import catalogue
from tests.catalogue import FOLDER, PLACE
from widgets import translation
from widgets.export_dialog import ExportDialog
from widgets.keys_dialog import KeysDialog
from widgets.settings_dialog import SettingsDialog
from widgets.theme import apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop

_NAMES = re.compile(  # names and units, which are no language's
    r"(portrait.png – )?Style Intervention|portrait(-edited)?(\.png|\.sip)?|/.*|[\d\s.,:×%+−–±°-]*|"
    r"[\d.,]* ?(px|%|s|Bit|MB)|fake(, 64 px)?|Fake device|none|it is a fake|CPU|sRGB|Display P3|"
    r"Adobe RGB \(1998\)|ProPhoto RGB|JPE?G|PNG|TIFF?|Web[pP]|WEBP|AVIF|JXL|JPEG XL|LZW|Zstandard|"
    r"English|Deutsch|(Strg|Umschalt)\+.*|Return|Enter|Alt|Umschalt|Esc|F\d+|Tab|\S"
)
_OF_QT = (  # its own texts
    "Lösen", "Löst das Dock-Widget und verankert es wieder", "Schließt das Dock-Widget",
    "Nach links scrollen", "Nach rechts scrollen", "Geben Sie ein Tastenkürzel ein",
)  # fmt: skip
_KEYS = re.compile(r" \([^()]{1,24}\)$")  # behind a tool tip


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    sheet = qapp.styleSheet()
    apply_theme(qapp)
    assert translation.begin(qapp, "de") == "de"
    yield
    translation.end(qapp)
    qapp.setStyleSheet(sheet)


class German:
    """Knows what the catalogue says in German."""

    def __init__(self) -> None:
        self._exact = set(map(bare, _OF_QT))
        self._patterns: list[re.Pattern[str]] = []
        for message in catalogue.read(FOLDER / "de.ts"):
            for text in message.translations:
                self._exact |= set(map(bare, lines_of(text)))
                for line in lines_of(text):
                    parts = [re.escape(bare(part)) for part in PLACE.split(line)]
                    if len(parts) > 1 and sum(map(str.isalpha, "".join(parts))) > 3:
                        self._patterns.append(re.compile(r"\s*.*\s*".join(parts)))

    def knows(self, text: str) -> bool:
        """Whether all of a text is German, or no language."""
        return all(map(self._knows, lines_of(text)))

    def _knows(self, line: str) -> bool:
        line = line.strip()
        if not line or _NAMES.fullmatch(line) or bare(line) in self._exact:
            return True
        if _KEYS.search(line) and self._knows(_KEYS.sub("", line)):
            return True
        for between in ("  ·  ", " · ", ". ", ": ", "; ", ", ", " (", " "):
            parts = line.split(between)
            if len(parts) > 1 and all(map(self._knows, parts)):
                return True
        return any(pattern.fullmatch(bare(line)) for pattern in self._patterns)


def lines_of(text: str) -> list[str]:
    """Its lines, and what stands between its tags."""
    return re.split(r"<[^>]+>|\n", text)


def bare(text: str) -> str:
    """Without capitals, menu keys and what ends it."""
    return re.sub(r"&(?=\w)", "", text).casefold().strip(" .…●⟲)")


def texts_of(thing: QWidget | QAction) -> Iterator[str]:
    """All that a widget or an action tells, to the eye or to a screen reader."""
    yield thing.toolTip()
    if isinstance(thing, QAction):
        yield thing.text().partition("\t")[0]
        return
    yield thing.windowTitle().replace("[*]", "")
    yield thing.accessibleName()
    yield thing.accessibleDescription()
    if isinstance(thing, QAbstractButton | QLabel):
        yield thing.text()
    if isinstance(thing, QLineEdit):
        yield thing.placeholderText()
    if isinstance(thing, QMenu):
        yield thing.title()
    if isinstance(thing, QComboBox):
        yield from (thing.itemText(n) for n in range(thing.count()))
    elif isinstance(thing, QAbstractItemView):
        columns = thing.columnCount() if isinstance(thing, QTreeWidget) else 1
        yield from _items(thing.model(), QModelIndex(), columns)


def _items(model: QAbstractItemModel, parent: QModelIndex, columns: int) -> Iterator[str]:
    for row in range(model.rowCount(parent)):
        for column in range(columns):
            index = model.index(row, column, parent)
            yield str(model.data(index) or "")
            yield str(model.data(index, Qt.ItemDataRole.ToolTipRole) or "")
        yield from _items(model, model.index(row, 0, parent), columns)


def english_in(window: QWidget) -> tuple[set[str], int]:
    """What is told by a window and all in it and is not German; and how many texts there are."""
    german = German()
    things = [window, *window.findChildren(QWidget), *window.findChildren(QAction)]
    told = {
        text for thing in things if not isinstance(thing, QTextEdit) for text in texts_of(thing)
    }
    return {text for text in told if not german.knows(text)}, len(told)


@pytest.fixture
def desk(german: None, make: Callable[..., Desktop], photo: Path, tmp_path: Path) -> Desktop:
    """A German window with an edit, one that was undone, a snapshot, and own words nowhere."""
    del german
    desk = make(tmp_path / "library")
    desk.open(photo)
    desk.brush((120, 100), (180, 130))
    desk.slide("smile", 40)
    desk.until(lambda: desk.session.history and desk.session.history.position == 1)
    desk.window.history_panel.snapshots.take_one()
    desk.slide("head_turn", -30)
    desk.until(lambda: desk.session.history and desk.session.history.position == 2)
    desk.window.undo()
    desk.until(lambda: desk.session.history and desk.session.history.position == 1)
    desk.window.edits.attributes.set_attributes(all_rows())  # the real ones' texts
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return desk


def test_the_window_says_nothing_in_english(desk: Desktop) -> None:
    english, count = english_in(desk.window)
    assert not english, "\n".join(sorted(english))
    assert count > 450, "the test looks at the window"


def test_its_dialogs_say_nothing_in_english(desk: Desktop) -> None:
    window, photo = desk.window, desk.session.photo
    assert photo is not None
    for dialog in (
        SettingsDialog(window.settings, window),
        KeysDialog(window.commands.keymap, {}, window),
        ExportDialog(photo, window),
        window.batch,
    ):
        english, count = english_in(dialog)
        assert not english, "\n".join(sorted(english))
        assert count > 20


def test_menus_open_by_a_key_each(desk: Desktop) -> None:
    bar = desk.window.menuBar()
    menus = [bar, *(action.menu() for action in bar.actions())]
    assert len(menus) > 7
    for menu in menus:
        assert isinstance(menu, QWidget)
        keys = [found[1].casefold() for action in menu.actions()
                if (found := re.search(r"&(\w)", action.text()))]  # fmt: skip
        assert len(keys) == len(set(keys)), [action.text() for action in menu.actions()]


def _cut(window: QWidget) -> set[int]:
    """Buttons and labels in sight that have less width than their text needs, by their number."""
    return {
        number
        for number, widget in enumerate(window.findChildren(QWidget))
        if isinstance(widget, QAbstractButton | QLabel)
        and widget.isVisible()
        and not (isinstance(widget, QLabel) and widget.wordWrap())
        and (widget.text() or isinstance(widget, QToolButton))
        and widget.minimumSizeHint().width() > widget.width()
    }


def test_german_fits_where_english_fits(
    qapp: QApplication, make: Callable[..., Desktop], photo: Path
) -> None:
    sheet = qapp.styleSheet()
    apply_theme(qapp)
    cut: dict[str, dict[str, str]] = {}
    try:
        for code in ("en", "de"):
            translation.begin(qapp, code)
            desk = make()
            desk.open(photo)
            window = desk.window
            assert not window.commands.undo.isEnabled(), "by its text"
            assert not window.commands.redo.isEnabled()
            window.resize(1000, 700)
            qapp.processEvents()
            assert window.width() <= 1000, f"{code}: {window.minimumSizeHint()}"
            cut[code] = {}
            for dock in window.docks:
                dock.raise_()
                qapp.processEvents()
                widgets = window.findChildren(QWidget)
                cut[code] |= {
                    f"{number}": str(widgets[number].property("text")) for number in _cut(window)
                }
    finally:
        translation.end(qapp)
        qapp.setStyleSheet(sheet)
    assert set(cut["de"]) <= set(cut["en"]), [cut["de"][n] for n in cut["de"].keys() - cut["en"]]


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where settings lie elsewhere")
@pytest.mark.parametrize(
    ("setting", "arguments", "said"),
    [("de", (), "Datei"), ("de", ("--language", "en"), "File"), ("xx", (), "File")],
)  # fmt: skip
def test_the_window_starts_in_the_language_of_its_settings(
    tmp_path: Path, setting: str, arguments: tuple[str, ...], said: str
) -> None:
    """As ``main`` begins it: the file of settings, or what the command line says."""
    kept = tmp_path / "style-intervention" / "Style Intervention.conf"
    kept.parent.mkdir()
    kept.write_text(f"[General]\nlanguage={setting}\n" if setting else "")
    code = (
        "import sys, main\n"
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from tests.fake_engine import FakeEngine\n"
        "from widgets.main_window import MainWindow\n"
        "app = QApplication([])\n"
        "def look():\n"
        "    window = next(w for w in app.topLevelWidgets() if isinstance(w, MainWindow))\n"
        "    print(window.menuBar().actions()[0].text())\n"
        "    window.close()\n"
        "QTimer.singleShot(0, look)\n"
        "options = main.parser().parse_args(sys.argv[1:])\n"
        "sys.exit(main.open_window(options, lambda collect: FakeEngine()))\n"
    )
    places = {name: str(tmp_path) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    environment = os.environ | places | {"LC_ALL": "C", "LANGUAGE": ""}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment, cwd=catalogue.ROOT, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.replace("&", "").strip() == said
