"""Every command of the window: menus, tool bar, shortcuts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QUrl, Slot
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMessageBox, QToolBar

from widgets.theme import icon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from widgets.brush import Brush
    from widgets.main_window import MainWindow


class Commands:
    """The actions of one window, by name; those about the brush are carried out here."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._canvas = window.canvas
        keys = QKeySequence.StandardKey
        session, canvas, edits = window.session, window.canvas, window.edits
        make = self._action
        # file
        self.open = make("&Open…", window.ask_open, keys.Open, "open")
        self.save = make("&Save project", window.save, keys.Save, "save")
        self.save_as = make(
            "Save project &as…", partial(window.save_as, embed=None), "Ctrl+Shift+S"
        )
        self.embed = make(
            "Save project with the &photo inside…", partial(window.save_as, embed=True)
        )
        self.export = make(
            "&Export photo…", window.ask_export, ["Ctrl+E", "Ctrl+Shift+E"], "export"
        )
        self.quit = make("&Quit", window.close, "Ctrl+Q")
        # edit
        self.undo = make("&Undo", window.undo, keys.Undo, "undo")
        self.redo = make("&Redo", session.steps.redo, ["Ctrl+Shift+Z", "Ctrl+Y"], "redo")
        self.cancel = make("&Cancel", window.escape, "Esc")
        self.search = make("&Find attribute", edits.search_attributes, "Ctrl+F")
        self.together = make(
            "Sliders &together", session.sliders.set_together, "T", checkable=True,
            tip="Sliders moved in the same region make one edit",
        )  # fmt: skip
        self.save_preset = make("Save &preset…", edits.save_preset, "Ctrl+Shift+P")
        self.fine = make("F&ine control", edits.show_fine_control, "Ctrl+I")
        # tools and region
        self.brush = make("&Brush", partial(self._take, "brush"), "B", "brush", checkable=True)
        self.eraser = make("&Eraser", partial(self._take, "eraser"), "E", "eraser", checkable=True)
        self.paint = make("&Paint", partial(self._take, "paint"), "P", "paint", checkable=True)
        tools = QActionGroup(window)
        for action in (self.brush, self.eraser, self.paint):
            tools.addAction(action)
        self.brush.setChecked(True)
        self.swap = make("S&wap with its eraser", self._swap, "X")
        self.larger = make("&Larger brush", partial(self._size, 1.2), "]")
        self.smaller = make("&Smaller brush", partial(self._size, 1 / 1.2), "[")
        self.harder = make("&Harder edge", partial(self._harden, 0.1), ["}", "Shift+]"])
        self.softer = make("S&ofter edge", partial(self._harden, -0.1), ["{", "Shift+["])
        self.mirror = make(
            "&Mirror strokes", session.regions.set_mirrored, "M", "mirror", checkable=True,
            tip="Brush and paint on both sides of the face at once",
        )  # fmt: skip
        self.mirror_region = make("Mirror re&gion", session.regions.mirror_region, "Ctrl+M")
        self.clear = make("&Clear region", session.regions.clear_region, "Ctrl+Shift+A")
        self.overlay = make("Show &region", self._show_overlay, "O", "overlay", checkable=True)
        self.overlay.setChecked(True)
        # the face
        self.align = make(
            "Drag the &points", window.alignment.align, "L",
            tip="Move eyes, nose, mouth and jaw to where they are",
        )  # fmt: skip
        self.add_face = make("&Add a face by hand", window.alignment.add, "Ctrl+L")
        self.apply_points = make("A&pply the points", window.alignment.apply, ["Return", "Enter"])
        self.apply_points.setEnabled(False)
        window.alignment.active_changed.connect(self.apply_points.setEnabled)
        # what the region is to look like
        self.discover = make("&What can change here?", edits.discover, "Ctrl+D", "discover")
        self.open_reference = make("Open &reference…", edits.ask_reference, "Ctrl+R")
        self.match_reference = make(
            "&Match reference in region", edits.match_reference, "Ctrl+Shift+R"
        )
        self.remove_reference = make("Remo&ve reference", session.likeness.clear_reference)
        options = window.region_panel.paint_options
        self.colour = make("Paint &colour…", options.choose_colour, "C")
        self.match_paint = make("Match &paint", window.match_paint, "Ctrl+Shift+M")
        self.clear_paint = make("C&lear paint", session.regions.clear_paint)
        # view
        self.fit = make("&Fit", canvas.fit, "Ctrl+0", "fit")
        self.actual = make("&100 %", partial(canvas.set_zoom, 1.0, None), "Ctrl+1", "actual")
        self.double = make("&200 %", partial(canvas.set_zoom, 2.0, None), "Ctrl+2")
        self.zoom_in = make("Zoom &in", partial(canvas.zoom_by, 1.5, None), ["Ctrl++", "Ctrl+="])
        self.zoom_out = make("Zoom &out", partial(canvas.zoom_by, 1 / 1.5, None), "Ctrl+-")
        self.original = make(
            "&Original", canvas.show_original, picture="original", checkable=True,
            tip="The photo without edits (hold \\)",
        )  # fmt: skip
        self.quality = make(
            "Inversion &quality", window.quality.set_tinted, "Q", checkable=True,
            tip="Tint the face: clear where the generator rebuilds it well, red where poorly",
        )  # fmt: skip
        self.keys = make("&Keyboard and mouse", self._show_keys, "F1")
        self.log = make("Folder of the &log", self._show_log)
        self.log.setVisible(False)
        self._log_folder: Path | None = None
        self._make_menus()
        self._make_bar()

    @property
    def about_a_photo(self) -> tuple[QAction, ...]:
        """What makes sense only while a photo is open."""
        return (
            self.save, self.save_as, self.embed, self.export, self.fit, self.actual, self.double,
            self.zoom_in, self.zoom_out, self.original, self.quality, self.clear,
        )  # fmt: skip

    def offer_log(self, folder: Path) -> None:
        """Let the Help menu show the log's folder."""
        self._log_folder = folder
        self.log.setVisible(True)

    def name_undo(self, undo: str, redo: str) -> None:
        """Say what undo and redo would do, and allow them; "" is nothing."""
        for action, verb, label in ((self.undo, "&Undo", undo), (self.redo, "&Redo", redo)):
            action.setText(f"{verb} {label[:1].lower()}{label[1:]}" if label else verb)

    def show_brush(self, brush: Brush) -> None:
        """Check the tool in hand."""
        tool = self.eraser if brush.erase else self.brush
        (self.paint if brush.paint else tool).setChecked(True)

    def _action(
        self,
        text: str,
        slot: Callable[..., object],
        keys: QKeySequence.StandardKey | list[str] | str | None = None,
        picture: str = "",
        *,
        checkable: bool = False,
        tip: str = "",
    ) -> QAction:
        action = QAction(text, self._window)
        if isinstance(keys, list):
            action.setShortcuts([QKeySequence(key) for key in keys])
        elif isinstance(keys, str):
            action.setShortcut(QKeySequence(keys))
        elif keys is not None:
            action.setShortcuts(QKeySequence.keyBindings(keys))
        if picture:
            action.setIcon(icon(picture))
        action.setCheckable(checkable)
        (action.toggled if checkable else action.triggered).connect(slot)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        plain = tip or text.replace("&", "").replace("…", "")
        action.setToolTip(f"{plain} ({shown})" if shown else plain)
        self._window.addAction(action)
        return action

    def _make_menus(self) -> None:
        window = self._window
        menus: tuple[tuple[str, Sequence[QAction | None]], ...] = (
            ("&File", (self.open, None, self.save, self.save_as, self.embed, None, self.export,
                       None, self.quit)),
            ("&Edit", (self.undo, self.redo, None, self.cancel, None, self.search, self.together,
                       self.fine, None, self.save_preset)),
            ("&Region", (self.brush, self.eraser, self.swap, self.mirror, None, self.larger,
                         self.smaller, self.harder, self.softer, None, self.mirror_region,
                         self.clear, self.overlay)),
            ("F&ace", (self.align, self.apply_points, None, self.add_face)),
            ("&Match", (self.discover, None, self.open_reference, self.match_reference,
                        self.remove_reference, None, self.paint, self.colour, self.match_paint,
                        self.clear_paint)),
            ("&View", (self.fit, self.actual, self.double, self.zoom_in, self.zoom_out, None,
                       self.original, self.quality, None,
                       *(dock.toggleViewAction() for dock in window.docks))),
            ("&Help", (self.keys, self.log)),
        )  # fmt: skip
        for title, actions in menus:
            menu = window.menuBar().addMenu(title)
            for action in actions:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)

    def _make_bar(self) -> None:
        bar = QToolBar("Tools", self._window)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(19, 19))
        for group in (
            (self.open, self.save, self.export),
            (self.undo, self.redo),
            (self.brush, self.eraser, self.paint, self.mirror, self.overlay),
            (self.discover,),
            (self.fit, self.actual, self.original),
        ):
            bar.addActions(list(group))
            bar.addSeparator()
        self._window.addToolBar(bar)

    # ------------------------------------------------------------ the brush

    def _take(self, tool: str, checked: bool = True) -> None:
        if checked:
            paint, erase = tool == "paint", tool == "eraser"
            now = self._canvas.brush
            erase = now.erase if paint and now.paint else erase
            self._canvas.set_brush(replace(now, paint=paint, erase=erase))

    @Slot()
    def _swap(self) -> None:
        brush = self._canvas.brush
        self._canvas.set_brush(replace(brush, erase=not brush.erase))

    def _size(self, factor: float, checked: bool = False) -> None:
        del checked
        brush = self._canvas.brush
        self._canvas.set_brush(brush.resized(brush.radius * factor))

    def _harden(self, by: float, checked: bool = False) -> None:
        del checked
        brush = self._canvas.brush
        self._canvas.set_brush(brush.hardened(brush.hardness + by))

    @Slot(bool)
    def _show_overlay(self, on: bool) -> None:
        self._canvas.set_overlay_on(on)
        self._window.region_panel.overlay_box.setChecked(on)

    @Slot()
    def _show_log(self) -> None:
        if self._log_folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder)))

    @Slot()
    def _show_keys(self) -> None:
        QMessageBox.information(self._window, "Keyboard and mouse", _KEYS)


_KEYS = """<table cellspacing="6">
<tr><td><b>B / E / X</b></td><td>brush, eraser, swap; hold Alt for the other one</td></tr>
<tr><td><b>P, C</b></td><td>paint colours, choose one; Alt+click takes it from the photo</td></tr>
<tr><td><b>M, Ctrl+M</b></td><td>mirror strokes; mirror the region</td></tr>
<tr><td><b>[ ]</b> and <b>{ }</b></td><td>size and hardness; Shift+drag changes both</td></tr>
<tr><td><b>O</b></td><td>show or hide the region</td></tr>
<tr><td><b>L, Ctrl+L</b></td><td>drag the face's points, add a face; Return applies</td></tr>
<tr><td><b>Ctrl+click</b></td><td>edit the face under the pointer</td></tr>
<tr><td><b>Ctrl+F, T</b></td><td>find an attribute; sliders together or one by one</td></tr>
<tr><td><b>Ctrl+D</b></td><td>what can change here?</td></tr>
<tr><td><b>Menu key</b></td><td>on a slider: what it measures, its usual region</td></tr>
<tr><td><b>Space+drag</b></td><td>move the photo (also the middle button)</td></tr>
<tr><td><b>Wheel</b></td><td>zoom to the pointer</td></tr>
<tr><td><b>Ctrl+0 / 1 / 2</b></td><td>fit, 100 %, 200 %</td></tr>
<tr><td><b>hold \\</b></td><td>the original</td></tr>
<tr><td><b>Q</b></td><td>where the generator rebuilds the face well or poorly</td></tr>
<tr><td><b>Esc</b></td><td>abandon the stroke, cancel what is under way</td></tr>
<tr><td><b>Ctrl+Z</b></td><td>undo strokes and edits, newest first</td></tr>
</table>"""
