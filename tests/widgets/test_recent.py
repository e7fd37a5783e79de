"""Files that were open lately."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from widgets.recent import RecentMenu

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def texts(menu: RecentMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def test_the_newest_is_first_and_none_is_there_twice(qtbot: QtBot, tmp_path: Path) -> None:
    stored = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    menu = RecentMenu(stored)
    qtbot.addWidget(menu)
    assert not menu.isEnabled()
    for name in ("a.jpg", "b & c.tif", "a.jpg", "d.sip"):
        menu.add(tmp_path / name)
    menu.add(None)
    assert texts(menu) == ["d.sip", "a.jpg", "b && c.tif", "&Forget these"]
    stored.sync()
    again = RecentMenu(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(again)
    assert again.paths == menu.paths
    chosen: list[Path] = []
    again.chosen.connect(chosen.append)
    again.actions()[2].trigger()
    assert chosen == [tmp_path / "b & c.tif"]
    again.forget()
    assert not again.isEnabled()
    stored.sync()
    assert RecentMenu(stored).paths == []


def test_files_of_one_name_are_told_apart_and_twelve_are_kept(qtbot: QtBot) -> None:
    menu = RecentMenu(None)
    qtbot.addWidget(menu)
    for number in range(15):
        menu.add(Path("shoot") / f"{number}.jpg")
    menu.add(Path("other") / "9.jpg")
    assert len(texts(menu)) == 12 + 1  # and the one that forgets them
    assert texts(menu)[0] == "9.jpg  (other)"
    assert "9.jpg  (shoot)" in texts(menu)
    assert "10.jpg" in texts(menu)
