"""The window: docks, menus, shortcuts; it connects the views to the session."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QSize, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QMainWindow,
    QMessageBox,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from widgets import dialogs
from widgets.attribute_panel import AttributePanel
from widgets.brush import Brush
from widgets.canvas import PhotoCanvas
from widgets.face_panel import FacePanel
from widgets.history_panel import HistoryPanel
from widgets.region_panel import RegionPanel
from widgets.status import Banner, StatusStrip
from widgets.theme import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.jobs import EngineError, EngineInfo, Exported
    from editor.photo import Photo
    from editor.session import EditSession
    from editor.undo import BrushedRegion

NAME = "Style Intervention"


class MainWindow(QMainWindow):
    """Shows one session and hands it the user's gestures."""

    def __init__(self, session: EditSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self.resize(1360, 860)
        self.canvas = PhotoCanvas()
        self.banner = Banner()
        self.status = StatusStrip()
        self.region_panel = RegionPanel()
        self.attribute_panel = AttributePanel()
        self.history_panel = HistoryPanel()
        self.face_panel = FacePanel()
        self._after_saving: Callable[[], object] | None = None
        self._faces_framed = False
        self._unavailable = ""
        self._engine_asked_for = False
        self._arrange()
        self._make_actions()
        self._connect()
        self._restore_layout()
        self._refresh()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    # ------------------------------------------------------------ building

    def _arrange(self) -> None:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(middle)
        right, left = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.LeftDockWidgetArea
        self.face_dock = self._dock("Face", self.face_panel, right)
        self.region_dock = self._dock("Region", self.region_panel, right)
        self.attribute_dock = self._dock("Attributes", self.attribute_panel, right)
        self.history_dock = self._dock("History", self.history_panel, left)
        for panel in (self.face_panel, self.region_panel):
            panel.setMaximumHeight(panel.sizeHint().height() + 120)
        self.resizeDocks(
            [self.attribute_dock, self.history_dock], [340, 190], Qt.Orientation.Horizontal
        )
        self.resizeDocks(
            [self.face_dock, self.region_dock, self.attribute_dock],
            [80, 250, 500],
            Qt.Orientation.Vertical,
        )

    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title.lower())
        dock.setWidget(panel)
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.addDockWidget(area, dock)
        return dock

    def _action(
        self,
        text: str,
        slot: Callable[..., object],
        keys: QKeySequence.StandardKey | list[str] | str | None = None,
        picture: str = "",
        *,
        checkable: bool = False,
    ) -> QAction:
        action = QAction(text, self)
        if isinstance(keys, list):
            action.setShortcuts([QKeySequence(key) for key in keys])
        elif isinstance(keys, str):
            action.setShortcut(QKeySequence(keys))
        elif keys is not None:
            action.setShortcuts(QKeySequence.keyBindings(keys))
        if picture:
            action.setIcon(icon(picture))
        action.setCheckable(checkable)
        if checkable:
            action.toggled.connect(slot)
        else:
            action.triggered.connect(slot)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        plain = text.replace("&", "").replace("…", "")
        action.setToolTip(f"{plain} ({shown})" if shown else plain)
        self.addAction(action)
        return action

    def _make_actions(self) -> None:
        keys = QKeySequence.StandardKey
        canvas = self.canvas
        self.open_action = self._action("&Open…", self.ask_open, keys.Open, "open")
        self.save_action = self._action("&Save project", self.save, keys.Save, "save")
        self.save_as_action = self._action(
            "Save project &as…", partial(self.save_as, embed=False), "Ctrl+Shift+S"
        )
        self.embed_action = self._action(
            "Save project with the &photo inside…", partial(self.save_as, embed=True)
        )
        self.export_action = self._action(
            "&Export photo…", self.ask_export, ["Ctrl+E", "Ctrl+Shift+E"], "export"
        )
        self.quit_action = self._action("&Quit", self.close, "Ctrl+Q")
        self.undo_action = self._action("&Undo", self.session.undo, keys.Undo, "undo")
        self.redo_action = self._action(
            "&Redo", self.session.redo, ["Ctrl+Shift+Z", "Ctrl+Y"], "redo"
        )
        self.cancel_action = self._action("&Cancel", self._escape, "Esc")
        self.brush_action = self._action(
            "&Brush", partial(self._take, erase=False), "B", "brush", checkable=True
        )
        self.eraser_action = self._action(
            "&Eraser", partial(self._take, erase=True), "E", "eraser", checkable=True
        )
        tools = QActionGroup(self)
        tools.addAction(self.brush_action)
        tools.addAction(self.eraser_action)
        self.brush_action.setChecked(True)
        self.swap_action = self._action("S&wap brush and eraser", self._swap, "X")
        self.larger_action = self._action("&Larger brush", partial(self._size, 1.2), "]")
        self.smaller_action = self._action("&Smaller brush", partial(self._size, 1 / 1.2), "[")
        self.harder_action = self._action(
            "&Harder edge", partial(self._harden, 0.1), ["}", "Shift+]"]
        )
        self.softer_action = self._action(
            "S&ofter edge", partial(self._harden, -0.1), ["{", "Shift+["]
        )
        self.clear_action = self._action("&Clear region", self.session.clear_region, "Ctrl+Shift+A")
        self.fit_action = self._action("&Fit", canvas.fit, "Ctrl+0", "fit")
        self.actual_action = self._action(
            "&100 %", partial(canvas.set_zoom, 1.0, None), "Ctrl+1", "actual"
        )
        self.double_action = self._action("&200 %", partial(canvas.set_zoom, 2.0, None), "Ctrl+2")
        self.in_action = self._action(
            "Zoom &in", partial(canvas.zoom_by, 1.5, None), ["Ctrl++", "Ctrl+="]
        )
        self.out_action = self._action(
            "Zoom &out", partial(canvas.zoom_by, 1 / 1.5, None), "Ctrl+-"
        )
        self.overlay_action = self._action(
            "Show &region", self._show_overlay, "O", "overlay", checkable=True
        )
        self.overlay_action.setChecked(True)
        self.original_action = self._action(
            "&Original", canvas.show_original, picture="original", checkable=True
        )
        self.original_action.setToolTip("The photo without edits (hold \\)")
        self.keys_action = self._action("&Keyboard and mouse", self._show_keys, "F1")
        for title, actions in (
            (
                "&File",
                (self.open_action, None, self.save_action, self.save_as_action, self.embed_action,
                 None, self.export_action, None, self.quit_action),
            ),
            ("&Edit", (self.undo_action, self.redo_action, None, self.cancel_action)),
            (
                "&Region",
                (self.brush_action, self.eraser_action, self.swap_action, None,
                 self.larger_action, self.smaller_action, self.harder_action, self.softer_action,
                 None, self.clear_action, self.overlay_action),
            ),
            (
                "&View",
                (self.fit_action, self.actual_action, self.double_action, self.in_action,
                 self.out_action, None, self.original_action, None,
                 *(dock.toggleViewAction() for dock in self._docks)),
            ),
            ("&Help", (self.keys_action,)),
        ):  # fmt: skip
            menu = self.menuBar().addMenu(title)
            for action in actions:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)
        bar = QToolBar("Tools", self)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(19, 19))
        for group in (
            (self.open_action, self.save_action, self.export_action),
            (self.undo_action, self.redo_action),
            (self.brush_action, self.eraser_action, self.overlay_action),
            (self.fit_action, self.actual_action, self.original_action),
        ):
            bar.addActions(list(group))
            bar.addSeparator()
        self.addToolBar(bar)

    @property
    def _docks(self) -> tuple[QDockWidget, ...]:
        return (self.face_dock, self.region_dock, self.attribute_dock, self.history_dock)

    def _connect(self) -> None:
        session, canvas, region = self.session, self.canvas, self.region_panel
        canvas.stroke_finished.connect(session.paint_region)
        canvas.brush_changed.connect(self._on_brush)
        canvas.view_changed.connect(self._on_view)
        canvas.open_requested.connect(self.ask_open)
        region.brush_changed.connect(canvas.set_brush)
        region.feather_changed.connect(session.set_feather)
        region.preset_chosen.connect(self._on_preset)
        region.clear_requested.connect(session.clear_region)
        region.overlay_toggled.connect(self.overlay_action.setChecked)
        self.attribute_panel.dragged.connect(self._on_dragged)
        self.attribute_panel.committed.connect(session.commit_attribute)
        self.history_panel.jump_requested.connect(session.jump)
        self.face_panel.face_chosen.connect(session.choose_face)
        self.face_panel.analyse_requested.connect(session.analyse_face)
        self.face_panel.pointed_at.connect(self._frame_faces)
        self.status.cancel_requested.connect(session.cancel)
        session.engine_ready.connect(self._on_engine_ready)
        session.engine_unavailable.connect(self._on_engine_unavailable)
        session.photo_opened.connect(self._on_photo)
        session.faces_found.connect(self._on_faces)
        session.face_chosen.connect(self._on_face_chosen)
        session.portrait_changed.connect(self._refresh)
        session.region_changed.connect(self._on_region)
        session.preview_changed.connect(canvas.show_preview)
        session.composite_changed.connect(canvas.show_composite)
        session.history_changed.connect(self.history_panel.show_history)
        session.undo_changed.connect(self._on_undo)
        session.attribute_values_changed.connect(self.attribute_panel.set_values)
        session.progress_changed.connect(self.status.show_progress)
        session.busy_changed.connect(self._refresh)
        session.failed.connect(self._on_failed)
        session.noticed.connect(self.banner.show_notice)
        session.saved.connect(self._on_saved)
        session.exported.connect(self._on_exported)
        session.modified_changed.connect(self.setWindowModified)

    # ------------------------------------------------------------ verbs

    def open(self, path: Path) -> None:
        """Open a photo or a project, after unsaved edits are dealt with."""
        if path.suffix.lower() == dialogs.PROJECT_SUFFIX:
            self._once_saved(partial(self.session.open_project, path))
        else:
            self._once_saved(partial(self.session.open_photo, path))
        if self.session.photo is None and self.session.info is None and not self._unavailable:
            self.canvas.set_hint(path.name, "Opens as soon as the engine has started…")

    @Slot()
    def ask_open(self) -> None:
        """Choose a photo or project and open it."""
        path = dialogs.ask_open(self, self._folder())
        if path is not None:
            self._remember_folder(path)
            self.open(path)

    @Slot()
    def save(self) -> None:
        """Save the project where it was saved before, or ask."""
        if self.session.project_path is not None:
            self.session.save_project(self.session.project_path, embed=self._must_embed)
        else:
            self.save_as(embed=False)

    def save_as(self, *, embed: bool) -> None:
        """Ask where to save the project."""
        photo = self.session.photo
        if photo is None:
            return
        beside = self.session.project_path or photo.path or Path(self._folder()) / "portrait"
        path = dialogs.ask_project(self, beside.with_suffix(dialogs.PROJECT_SUFFIX))
        if path is None:
            self._after_saving = None
        else:
            self.session.save_project(path, embed=embed or self._must_embed)

    @Slot()
    def ask_export(self) -> None:
        """Ask where and how to write the edited photo."""
        photo = self.session.photo
        if photo is None:
            return
        dialog = dialogs.ExportDialog(photo, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.session.export(dialog.chosen_path, dialog.options)
        dialog.deleteLater()

    @property
    def _must_embed(self) -> bool:
        photo = self.session.photo
        return photo is not None and photo.path is None

    def _once_saved(self, action: Callable[[], object]) -> None:
        """Do something that would lose unsaved edits, after asking."""
        if not self.session.modified:
            action()
            return
        answer = dialogs.ask_unsaved(self, self._document_name())
        if answer == "discard":
            action()
        elif answer == "save":
            self._after_saving = action
            self.save()

    def _take(self, checked: bool = True, *, erase: bool) -> None:
        if checked:
            brush = self.canvas.brush
            self.canvas.set_brush(Brush(brush.radius, brush.hardness, erase))

    @Slot()
    def _swap(self) -> None:
        brush = self.canvas.brush
        self.canvas.set_brush(Brush(brush.radius, brush.hardness, not brush.erase))

    def _size(self, factor: float, checked: bool = False) -> None:
        del checked
        brush = self.canvas.brush
        self.canvas.set_brush(brush.resized(brush.radius * factor))

    def _harden(self, by: float, checked: bool = False) -> None:
        del checked
        brush = self.canvas.brush
        self.canvas.set_brush(brush.hardened(brush.hardness + by))

    @Slot(bool)
    def _show_overlay(self, on: bool) -> None:
        self.canvas.set_overlay_on(on)
        self.region_panel.overlay_box.setChecked(on)

    @Slot()
    def _escape(self) -> None:
        if self.canvas.stroking:
            self.canvas.abandon_stroke()
        elif self.session.busy:
            self.session.cancel()
        else:
            self.banner.clear()

    @Slot()
    def _show_keys(self) -> None:
        QMessageBox.information(self, "Keyboard and mouse", _KEYS)

    # ------------------------------------------------------------ what the session says

    @Slot(object)
    def _on_engine_ready(self, info: EngineInfo) -> None:
        self.attribute_panel.set_attributes(info.attributes)
        self.status.device.setText(info.device)
        versions = "\n".join(f"{name} {version}" for name, version in info.versions.items())
        self.status.device.setToolTip(f"What computes the edits\n{info.generator}\n{versions}")
        self._refresh()

    @Slot(object)
    def _on_engine_unavailable(self, error: EngineError) -> None:
        self._unavailable = f"{error.title} {error.advice}"
        self.status.device.setText("No engine: view only")
        self.banner.show_error(error)
        self._refresh()

    @Slot(object)
    def _on_photo(self, photo: Photo) -> None:
        self.canvas.show_photo(self.session.pyramid)
        self.banner.clear()
        self.original_action.setChecked(False)
        depth = "16 bit" if photo.sixteen_bit else "8 bit"
        self.status.photo.setText(f"{photo.width} × {photo.height} · {depth}")
        self.region_panel.set_scale(max(photo.width, photo.height), max(photo.width, photo.height))
        self._refresh()

    @Slot(object)
    def _on_faces(self, faces: object) -> None:
        del faces
        if self.session.pyramid is not None:
            self.face_panel.show_faces(self.session.faces, self.session.pyramid)
            self._frame_faces(len(self.session.faces) > 1)

    @Slot(int)
    def _on_face_chosen(self, number: int) -> None:
        self.face_panel.show_active(number)
        self._frame_faces(self._faces_framed)
        if number >= 0 and self.session.photo is not None:
            _, _, width, height = self.session.faces[number].box
            photo = self.session.photo
            self.region_panel.set_scale(max(photo.width, photo.height), max(width, height))
        self._refresh()

    @Slot(object)
    def _on_region(self, region: BrushedRegion) -> None:
        self.canvas.show_region(region)
        self.region_panel.show_region(region)

    @Slot(str, str)
    def _on_undo(self, undo: str, redo: str) -> None:
        for action, verb, label in (
            (self.undo_action, "&Undo", undo),
            (self.redo_action, "&Redo", redo),
        ):
            action.setText(f"{verb} {label[:1].lower()}{label[1:]}" if label else verb)
        self._refresh()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self._after_saving = None
        self.banner.show_error(error)
        if self.session.photo is None:
            self._set_default_hint()

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self.banner.show_notice(f"Saved {path.name}.")
        self._refresh()
        if self._after_saving is not None:
            action, self._after_saving = self._after_saving, None
            action()

    @Slot(object)
    def _on_exported(self, exported: Exported) -> None:
        text = f"Exported to {exported.path}."
        if exported.outside_identical:
            text += " Every pixel outside the regions is unchanged."
        self.banner.show_notice(" ".join((text, *exported.notes)))

    @Slot()
    def _refresh(self) -> None:
        """Bring titles and what is enabled in line with the session."""
        session = self.session
        photo, portrait, inverting = session.photo, session.portrait, session.inverting
        self.setWindowTitle(f"{self._document_name()}[*] – {NAME}" if photo else f"{NAME}[*]")
        for action in (
            self.save_action, self.save_as_action, self.embed_action, self.export_action,
            self.fit_action, self.actual_action, self.double_action, self.in_action,
            self.out_action, self.original_action, self.clear_action,
        ):  # fmt: skip
            action.setEnabled(photo is not None)
        plain = (self.undo_action.text(), self.redo_action.text())
        self.undo_action.setEnabled(plain[0] != "&Undo" or session.busy)
        self.redo_action.setEnabled(plain[1] != "&Redo")
        self.cancel_action.setEnabled(True)
        self.region_panel.setEnabled(photo is not None)
        self.region_panel.set_presets_available(session.active >= 0)
        why = ""
        if self._unavailable:
            why = self._unavailable
        elif photo is None:
            why = "Open a portrait to edit it."
        elif session.active < 0:
            why = "No face was found in this photo."
        elif inverting:
            why = "The face is being analysed. You can brush the region meanwhile."
        elif portrait is None:
            why = "Choose Analyse face to edit this face."
        self.attribute_panel.set_available(portrait is not None, why)
        self.face_panel.show_portrait(
            portrait, inverting=inverting, analysable=session.active >= 0 and bool(session.info)
        )

    # ------------------------------------------------------------ gestures

    @Slot(object)
    def _on_brush(self, brush: Brush) -> None:
        self.region_panel.show_brush(brush)
        (self.eraser_action if brush.erase else self.brush_action).setChecked(True)

    @Slot(float)
    def _on_view(self, zoom: float) -> None:
        self.status.zoom.setText(f"{100 * zoom:.0f} %" if zoom >= 0.1 else f"{100 * zoom:.1f} %")

    def _on_preset(self, name: str, how: str) -> None:
        self.session.apply_preset(name, add=how == "add", subtract=how == "subtract")

    def _on_dragged(self, name: str, value: float) -> None:
        region = self.session.region
        was_empty = region is None or region.mask.is_empty
        self.session.preview_attribute(name, value)
        self._frame_faces(False)
        self.canvas.step_overlay_aside(after_a_look=was_empty)

    @Slot(bool)
    def _frame_faces(self, framed: bool) -> None:
        faces = self.session.faces
        self._faces_framed = framed and len(faces) > 1
        self.canvas.show_faces([f.box for f in faces], self.session.active, self._faces_framed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hold the backslash anywhere to see the original."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
            and event.key() == Qt.Key.Key_Backslash
            and self.isActiveWindow()
        ):
            if not event.isAutoRepeat():
                self.original_action.setChecked(event.type() == QEvent.Type.KeyPress)
            return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one local file."""
        if self._dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        path = self._dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.open(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved edits, then stop the engine."""
        if self.session.modified:
            event.ignore()
            self._once_saved(self._close_for_good)
            return
        self._save_layout()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.hide()
        self.session.close()
        event.accept()

    def _close_for_good(self) -> None:
        self.session.set_saved()
        self.close()

    # ------------------------------------------------------------ small things

    @staticmethod
    def _dropped(event: QDropEvent) -> Path | None:
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        return Path(urls[0].toLocalFile()) if len(urls) == 1 else None

    def _document_name(self) -> str:
        photo, project = self.session.photo, self.session.project_path
        if project is not None:
            return project.name
        return photo.path.name if photo and photo.path else "Portrait"

    def _set_default_hint(self) -> None:
        keys = self.open_action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.canvas.set_hint(
            "Open a portrait or drop one here", f"JPEG, PNG, TIFF, WebP or a project  ·  {keys}"
        )

    def _settings(self) -> QSettings | None:
        return QSettings() if QApplication.organizationName() else None

    def _folder(self) -> str:
        settings = self._settings()
        return str(settings.value("folder", "")) if settings else ""

    def _remember_folder(self, path: Path) -> None:
        settings = self._settings()
        if settings:
            settings.setValue("folder", str(path.parent))

    def _restore_layout(self) -> None:
        self._set_default_hint()
        self.canvas.set_brush(self.canvas.brush)
        self.region_panel.show_brush(self.canvas.brush)
        settings = self._settings()
        if settings:
            geometry, state = settings.value("geometry"), settings.value("docks")
            if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
                self.restoreGeometry(geometry)
                self.restoreState(state)

    def _save_layout(self) -> None:
        settings = self._settings()
        if settings:
            settings.setValue("geometry", self.saveGeometry())
            settings.setValue("docks", self.saveState())


_KEYS = """<table cellspacing="6">
<tr><td><b>B / E / X</b></td><td>brush, eraser, swap; hold Alt for the other one</td></tr>
<tr><td><b>[ ]</b> and <b>{ }</b></td><td>size and hardness; Shift+drag changes both</td></tr>
<tr><td><b>O</b></td><td>show or hide the region</td></tr>
<tr><td><b>Space+drag</b></td><td>move the photo (also the middle button)</td></tr>
<tr><td><b>Wheel</b></td><td>zoom to the pointer</td></tr>
<tr><td><b>Ctrl+0 / 1 / 2</b></td><td>fit, 100 %, 200 %</td></tr>
<tr><td><b>hold \\</b></td><td>the original</td></tr>
<tr><td><b>Esc</b></td><td>abandon the stroke, cancel what is under way</td></tr>
<tr><td><b>Ctrl+Z</b></td><td>undo strokes and edits, newest first</td></tr>
</table>"""
