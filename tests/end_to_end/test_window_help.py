"""The manual, About, the first hints, what an empty window offers, and snapshots by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QSpinBox,
    QTabBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from editor.document.attributes import WITHDRAWN, all_rows
from widgets import translation
from widgets.help import About
from widgets.keymap import shown
from widgets.manual import PAGES, Manual, controls, page
from widgets.settings import Settings
from widgets.shortcuts import SHORTCUTS
from widgets.tour import Tour
from widgets.translation import tr, translated
from widgets.welcome import Welcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop

_NO_NAME_OF_ITS_OWN = (
    "{label} value", "{label} reset", "About {label}", "Reset {title}",
    "{label}: the region is its own", "Fold or unfold {title}",
)  # fmt: skip
_OF_QT = re.compile("Scroll (Left|Right)|Nach (links|rechts) scrollen")


def without_name(name: str) -> bool:
    """Whether it is called by what it belongs to, or by Qt."""
    called = (tr(text, label="\0", title="\0") for text in _NO_NAME_OF_ITS_OWN)
    patterns = (re.escape(text).replace("\0", ".*") for text in called)
    return any(re.fullmatch(one, name) for one in (_OF_QT, *patterns))


def names_in(window: QWidget) -> set[str]:
    """What the controls and commands of a window are called, as people read it."""
    kinds = QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView
    names: set[str] = set()
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, kinds) or isinstance(widget.parentWidget(), QSpinBox | QTabBar):
            continue
        said = widget.accessibleName()
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        names.add(text if isinstance(widget, QAbstractButton) and text.strip("⟲i…◎●★☆ ") else said)
    for action in window.findChildren(QAction):
        if not isinstance(action.menu(), QMenu):
            names.add(action.text())
    plain = {re.sub(r"\(&?\w\)$|&|…|\t.*", "", name).strip() for name in names}
    return {name for name in plain if name and not without_name(name)}


@pytest.fixture
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """A language of the window."""
    yield translation.begin(qapp, request.param)
    translation.end(qapp)


@pytest.mark.parametrize("spoken", ["en", "de"], indirect=True)
def test_the_manual_covers_every_control(
    make: Callable[..., Desktop], photo: Path, spoken: str
) -> None:
    desk = make()
    desk.open(photo)
    explained = {name.rstrip("… ").casefold() for name in controls(spoken)}
    docks = {dock.windowTitle().casefold() for dock in desk.window.docks}
    folds = {
        translated(tr(fold)).casefold()
        for fold in ("Expression", "Pose", "Colour", "Skin", "Advanced", "Brush and pen",
                     "Refine the region")
    }  # fmt: skip
    labels = {translated(row.label).casefold() for row in all_rows() if row.name not in WITHDRAWN}
    named = {name.casefold().strip(" …") for name in names_in(desk.window)}
    words = [tr(word).replace("&", "").casefold() for word in ("&Undo", "&Redo")]
    undo = {name for name in named if name.split(" ")[0] in words or name in words}
    others = {photo.name, "fake, 64 px", "colour"}  # of files and generators, and what one has
    missing = sorted(named - others - docks - folds - undo - explained)
    assert not missing, "; ".join(missing)
    assert labels <= explained
    assert len(named) > 120, "the test looks at the window"


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_manual_names_only_commands_that_there_are(code: str) -> None:
    commands = {row.command for row in SHORTCUTS}
    for name in PAGES:
        text = page(name, code)
        named = set(re.findall(r"\{(\w+)\}", text))
        assert named <= commands, name
        assert text.startswith("# ")
        assert named == set(re.findall(r"\{(\w+)\}", page(name, "en"))), "in each language"


@pytest.mark.parametrize("spoken", ["de"], indirect=True)
def test_the_manual_speaks_the_language_of_the_window(
    make: Callable[..., Desktop], spoken: str
) -> None:
    del spoken
    window = make().window
    window.commands.manual.trigger()
    (manual,) = window.findChildren(Manual)
    titles = [manual.pages.item(row).text() for row in range(manual.pages.count())]
    assert titles[:2] == ["Erste Schritte", "Ansehen"]
    manual.search.setText("Lupe Pixel")
    assert manual.pages.currentItem().text() == "Ansehen"
    manual.close()


def test_the_manual_is_searched_and_knows_the_keys_of_now(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    desk.open(photo)
    window, qtbot = desk.window, desk.qtbot
    window.commands.keymap.bind("loupe", ("K",))
    qtbot.keyClick(window.canvas, Qt.Key.Key_F3)
    (manual,) = window.findChildren(Manual)
    assert "First steps" in manual.text.toPlainText()
    qtbot.keyClicks(manual.search, "loupe PIXELS")
    shown = [manual.pages.item(k).text() for k in range(8) if not manual.pages.item(k).isHidden()]
    assert shown == ["Looking"]
    assert "Loupe (K)" in manual.text.toPlainText()
    assert manual.text.textCursor().selectedText().casefold() == "loupe"
    qtbot.keyClicks(manual.search, "xyz")
    assert manual.nothing.isVisible()
    manual.close()


def test_about_says_on_what_terms(make: Callable[..., Desktop]) -> None:
    desk = make()
    desk.until(lambda: desk.session.info)
    desk.window.commands.about.trigger()
    (about,) = desk.window.findChildren(About)
    terms = about.terms.toPlainText()
    for part in ("FaceMesh", "PyTorch", "LGPL-3.0", "paid work"):
        assert part in terms
    about.close()


def test_three_hints(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    tour, window = desk.window.help.tour, desk.window
    assert not tour.isVisible(), "a rehearsal shows none"
    window.commands.tour.trigger()
    assert isinstance(tour, Tour)
    titles: list[str] = []
    while tour.isVisible():
        titles.append(re.sub("<.*?>", "", tour.title.text()))
        assert window.rect().contains(tour.geometry())
        desk.click(tour.next)
    assert titles == ["Choose where", "Move a slider", "Compare"]
    window.commands.tour.trigger()
    desk.qtbot.keyClick(tour.next, Qt.Key.Key_Escape)
    assert not tour.isVisible()


def stands_for_a_command(widget: QWidget) -> bool:
    """Whether it is a button that an action was given to."""
    if not isinstance(widget, QToolButton):
        return False
    action = cast("QAction | None", widget.defaultAction())  # Qt has none where none was set
    return action is not None


def test_a_tip_names_no_key_that_may_be_another_one(make: Callable[..., Desktop]) -> None:
    window = make().window
    written = {shown(key) for row in SHORTCUTS for key in row.keys} - {"Enter"}  # of lists
    for widget in window.findChildren(QWidget):
        if widget.property("tip") is None and not stands_for_a_command(widget):
            named = re.findall(r"\(([^()]+)\)", widget.toolTip())
            assert not written & set(named), widget.toolTip()
    window.commands.keymap.bind("take_refined", ("F8",))
    assert window.status.take.toolTip().endswith("(F8)")


@pytest.mark.parametrize("size", [(1360, 860), (1000, 700)])
def test_no_hint_lies_over_the_face(
    make: Callable[..., Desktop], photo: Path, size: tuple[int, int]
) -> None:
    desk = make()
    desk.window.resize(*size)
    desk.open(photo)
    window, tour = desk.window, desk.window.help.tour
    window.commands.face.trigger()
    x, y, width, height = desk.session.faces[0].box
    face = QRect(desk.at(x, y), desk.at(x + width, y + height))
    face.moveTopLeft(window.canvas.mapTo(window, face.topLeft()))
    window.commands.tour.trigger()
    for _ in range(3):
        assert tour.isVisible()
        assert not tour.geometry().intersects(face), tour.title.text()
        desk.click(tour.next)


def test_a_hint_goes_when_it_is_done(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, tour = desk.window, desk.window.help.tour
    window.commands.tour.trigger()
    window.commands.split.setChecked(True)
    assert tour.number == 0, "what comes later is not done yet"
    window.commands.split.setChecked(False)
    desk.click(window.region_panel.preset_buttons["mouth"])
    desk.until(lambda: tour.number == 1)
    desk.slide("smile", 0, 40)
    desk.until(lambda: tour.number == 2)
    window.commands.original.setChecked(True)
    assert not tour.isVisible()
    window.commands.tour.trigger()
    assert tour.number == 0


def test_hints_are_shown_once_and_never_again(
    make: Callable[..., Desktop], photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "keeps", True)
    desk = make()
    window = desk.window
    desk.open(photo)
    desk.until(window.help.tour.isVisible)
    desk.click(window.help.tour.skip)
    window.open(photo)
    desk.until(lambda: not desk.session.busy and desk.session.portrait)
    desk.qtbot.wait(20)
    assert not window.help.tour.isVisible()


def test_an_empty_window_offers_the_recent_files_and_a_sample(
    make: Callable[..., Desktop], photo: Path
) -> None:
    desk = make()
    window = desk.window
    welcome: Welcome = window.help.welcome
    assert welcome.isVisible()
    assert not welcome.files
    window.recent.add(photo)
    assert [button.text() for button in welcome.files] == [photo.name]
    desk.until(lambda: desk.session.info)
    desk.click(welcome.files[0])
    desk.until(lambda: desk.session.photo and not desk.session.studio.finding_faces)
    assert not welcome.isVisible()
    desk.until(lambda: desk.session.portrait)
    chosen: list[object] = []
    other = Welcome()
    desk.qtbot.addWidget(other)
    other.chosen.connect(chosen.append)
    other.sample.click()
    assert str(chosen[0]).endswith("sample-portrait.jpg")


def test_snapshots_by_hand(make: Callable[..., Desktop], photo: Path) -> None:
    desk = make()
    desk.open(photo)
    window, qtbot = desk.window, desk.qtbot
    snapshots = window.history_panel.snapshots
    assert not snapshots.list.isVisible()
    desk.brush((100, 120), (220, 120))
    desk.slide("smile", 0, 20, 60)
    desk.until(lambda: desk.labels)
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window.canvas, Qt.Key.Key_N, control)
    editor = snapshots.list.findChild(QLineEdit)
    assert editor is not None, "its name can be typed at once"
    editor.setText("Calm")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: [one.name for one in desk.session.snapshots.states] == ["Calm"])
    desk.session.steps.jump(0)
    assert not desk.labels
    place = snapshots.list.visualItemRect(snapshots.list.item(0)).center()
    qtbot.mouseClick(snapshots.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    qtbot.mouseDClick(snapshots.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    desk.until(lambda: desk.labels)
    menu = snapshots.menu_of(snapshots.list.item(0))
    assert [action.text() for action in menu.actions()] == ["Return to it", "Rename", "Delete"]
    menu.actions()[2].trigger()
    assert not desk.session.snapshots.states
    assert not snapshots.list.isVisible()


def test_the_bar_of_tools_has_no_line_without_a_neighbour(make: Callable[..., Desktop]) -> None:
    bar = make().window.findChild(QToolBar, "tools")
    assert isinstance(bar, QToolBar)
    lines = [action.isSeparator() for action in bar.actions()]
    assert lines.count(True) == 4
    assert not lines[0]
    assert not lines[-1]
