"""The manual in a window: the pages of ``resources/manual``, to search, with the keys of now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
)

import resources
from widgets.theme import styled
from widgets.translation import language, tr
from widgets.words import folded

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from widgets.keymap import Keymap

PAGES = (
    "1-first-steps", "2-looking", "3-regions", "4-sliders", "5-history", "6-paint-and-reference",
    "7-files", "8-window",
)  # fmt: skip
"""Names of the pages, in their order."""

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def page(name: str, code: str) -> str:
    """A page as it ships: Markdown, in which braces name commands, whose keys belong there.

    Args:
        name: one of ``PAGES``.
        code: of a language; one that has no manual yet reads the English one.
    """
    try:
        file = resources.path(f"manual/{code}/{name}.md")
    except FileNotFoundError:
        file = resources.path(f"manual/{name}.md")
    return file.read_text("utf-8")


def controls(code: str) -> frozenset[str]:
    """What a manual explains: the names of controls, which it writes in bold."""
    texts = (page(each, code) for each in PAGES)
    return frozenset(" ".join(name.split()) for text in texts for name in _BOLD.findall(text))


def _plain(key: str) -> str:
    """A key as Markdown: without a meaning of its own there."""
    return re.sub(r"([\\`*_\[\]{}#])", r"\\\1", key)


class Manual(QDialog):
    """Pages on the left, which a search thins out; the text on the right."""

    def __init__(self, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Manual"))
        self._texts = {name: keymap.fill(page(name, language()), _plain) for name in PAGES}
        self.search = QLineEdit(placeholderText=tr("Search the manual"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search the manual"))
        self.pages = QListWidget()
        self.pages.setAccessibleName(tr("Pages"))
        self.pages.setMaximumWidth(210)
        self.pages.ensurePolished()  # the rows are as high as the theme makes them, from the first
        self.nothing = styled(QLabel(tr("Nothing has these words."), wordWrap=True), "quiet")
        self.nothing.hide()
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("The page"))
        self.text.document().setDocumentMargin(18)
        for name, text in self._texts.items():
            title = text.partition("\n")[0].removeprefix("# ")
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.pages.addItem(item)
        left = QVBoxLayout()
        for widget in (self.search, self.pages, self.nothing):
            left.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.addLayout(left)
        layout.addWidget(self.text, 1)
        self.pages.currentItemChanged.connect(self._show)
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._find_next)
        self.pages.setCurrentRow(0)
        self.resize(860, 640)
        self.search.setFocus()

    @Slot()
    def _show(self) -> None:
        name = self.pages.currentItem().data(Qt.ItemDataRole.UserRole)
        self.text.setMarkdown(self._texts[str(name)])

    @Slot(str)
    def _find(self, wanted: str) -> None:
        """List the pages that have all the words, and go to the first of them."""
        words = folded(wanted).split()
        fits: list[QListWidgetItem] = []
        for row in range(self.pages.count()):
            item = self.pages.item(row)
            text = folded(self._texts[str(item.data(Qt.ItemDataRole.UserRole))])
            has = all(word in text for word in words)
            item.setHidden(not has)
            if has:
                fits.append(item)
        self.nothing.setVisible(not fits)
        if fits and self.pages.currentItem() not in fits:
            self.pages.setCurrentItem(fits[0])
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        if words and fits:
            self.text.find(words[0])

    @Slot()
    def _find_next(self) -> None:
        """The next place on the page; after the last one, the first again."""
        words = self.search.text().split()
        if words and not self.text.find(words[0], QTextDocument.FindFlag(0)):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(words[0])
