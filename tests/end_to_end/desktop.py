"""A window over a fake engine, and hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from editor.session.desks.regions import AT_ONCE
from editor.session.engine_thread import EngineThread
from editor.session.session import EditSession
from widgets.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from tests.fake_engine import FakeEngine
    from widgets.sliders import TrackSlider

LEFT = Qt.MouseButton.LeftButton


def answering(value: object) -> Callable[..., object]:
    """A dialog's stand-in that always answers so."""

    def answer(*asked: object) -> object:
        del asked
        return value

    return answer


class Desktop:
    """A window, its engine, and hands."""

    def __init__(
        self,
        qtbot: QtBot,
        engine: FakeEngine,
        library: Path | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self.qtbot = qtbot
        self.engine = engine
        self.thread = EngineThread(lambda: engine)
        self.session = EditSession(self.thread, library=library, at_once=at_once)
        self.window = MainWindow(self.session)
        self.window.banner.set_stay(3600)  # a slow machine may look late
        qtbot.addWidget(self.window, before_close_func=self._let_go)
        self.window.resize(1360, 860)  # more than the offscreen plugin's screen has
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()  # shortcuts belong to the active window
        qtbot.waitUntil(self.window.isActiveWindow)
        self.thread.start()

    def _let_go(self, window: QWidget) -> None:
        """Nobody is there to answer questions at the end."""
        del window
        self.engine.gate.set()
        self.engine.delayed.clear()
        self.until(lambda: not self.session.files.writing)
        self.window.alignment.leave()
        self.session.files.set_saved()

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()))

    def until_still(self, look: Callable[[], object]) -> object:
        """What is seen once it stays the same, such as places in a layout that settles."""
        seen = [look()]

        def stays() -> bool:
            seen.append(look())
            return len(seen) > 5 and all(one == seen[-1] for one in seen[-6:])

        self.until(stays)  # the events have a turn between two looks
        return seen[-1]

    def open(self, path: Path) -> None:
        self.window.open(path)
        self.until(lambda: self.session.portrait)

    def at(self, x: float, y: float) -> QPoint:
        return self.window.canvas.widget_point(x, y).toPoint()

    def brush(self, *points: tuple[float, float]) -> None:
        canvas = self.window.canvas
        self.qtbot.mousePress(canvas, LEFT, pos=self.at(*points[0]))
        for point in points[1:]:
            self.qtbot.mouseMove(canvas, self.at(*point))
        self.qtbot.mouseRelease(canvas, LEFT, pos=self.at(*points[-1]))

    def slide(self, name: str, *values: float) -> None:
        self.pull(self.window.edits.attributes.rows[name].slider, *values)

    def pull(self, slider: TrackSlider, *values: float) -> None:
        places = [QPoint(round(slider.position_of(value)), 9) for value in values]
        self.qtbot.mousePress(slider, LEFT, pos=places[0])
        for place in places[1:]:
            self.qtbot.mouseMove(slider, place)
        self.qtbot.mouseRelease(slider, LEFT, pos=places[-1])

    def click(self, button: QWidget) -> None:
        # It is enabled in a turn of its own; a new card can be there before it is laid out.
        self.until(lambda: button.isEnabled() and not button.rect().isEmpty())
        self.qtbot.mouseClick(button, LEFT)

    @property
    def labels(self) -> list[str]:
        history = self.session.history
        return [edit.label for edit in history.applied] if history else []
