"""The window: its docks, and the wires between the views and the session."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDockWidget,
    QGridLayout,
    QMainWindow,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from editor.document.landmarks import Symmetry
from widgets import dialogs
from widgets import settings as declared
from widgets.alignment import AlignmentMode
from widgets.batch_dialog import BatchDialog
from widgets.canvas import PhotoCanvas
from widgets.colours import Colours
from widgets.commands import Commands
from widgets.dock_sizes import DockSizes
from widgets.edit_panels import EditPanels
from widgets.empty_canvas import EmptyCanvas
from widgets.export_dialog import ExportDialog
from widgets.face_panel import FacePanel
from widgets.filmstrip import Filmstrip, FilmstripStates
from widgets.focus_ring import FocusRing
from widgets.help import Help
from widgets.history_panel import HistoryPanel
from widgets.in_sight import RegionInSight
from widgets.leaving import Leaving
from widgets.looking import Looking
from widgets.mask_tools import MaskTools
from widgets.memory import Memory
from widgets.proof import SoftProof
from widgets.pull_tool import PullMode
from widgets.quality import QualityView
from widgets.recent import RecentMenu
from widgets.reference_panel import dropped_paths
from widgets.refined import RefinedChoice
from widgets.region_panel import RegionPanel
from widgets.scrolled import Scrolled
from widgets.settings import OPEN_AT_FACE, REST, Settings, folder, remember_folder
from widgets.square_crop import SquareMode
from widgets.status import Banner, StatusStrip
from widgets.translation import marked, number, tr, translated, translated_error
from widgets.words import why_not

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent

    from editor.document.brushed_region import BrushedRegion
    from editor.document.errors import EngineError
    from editor.document.paint import PaintLayer
    from editor.document.photo import Photo
    from editor.engine.jobs import EngineInfo, Exported
    from editor.session.session import EditSession
    from widgets.brush import Brush

NAME = "Style Intervention"
_BOTTOM, _BELOW = Qt.AlignmentFlag.AlignBottom, Qt.DockWidgetArea.BottomDockWidgetArea


class MainWindow(QMainWindow):
    """Shows one session and hands it the user's gestures."""

    def __init__(
        self,
        session: EditSession,
        parent: QWidget | None = None,
        *,
        settings: Settings | None = None,
    ) -> None:
        """Show a session as the settings say; without any, as they are before the user decides."""
        super().__init__(parent)
        self.session = session
        self.settings = settings or Settings(None, self)
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self.canvas = PhotoCanvas()
        self.banner = Banner()
        self.status = StatusStrip()
        self.region_panel = RegionPanel()
        self.edits = EditPanels(session, self)
        self.history_panel = HistoryPanel(session)
        self.recent = RecentMenu(declared.stored(), self)
        self.help = Help(self)
        self.face_panel = FacePanel()
        self.alignment = AlignmentMode(session, self.canvas, self)
        self.square = SquareMode(session, self.canvas, self.alignment)
        self.pulling = PullMode(session, self.canvas, self.alignment, self.square)
        self.quality = QualityView(session, self.canvas, self.region_panel.light, self)
        self.proof = SoftProof(session, self.canvas, declared.stored(), self)
        self.batch = BatchDialog(self)
        self.looking = Looking(session, self.canvas, self)
        self.colours = Colours(self.canvas, self.settings)
        self.film = Filmstrip()
        self.film_states = FilmstripStates(session, self.film)
        self.leaving = Leaving(session, self)
        self._faces_framed = False
        self._opening = False  # the photo is to be shown at its face once that is found
        self._unavailable = ""
        # In a turn of its own, once for all that changes together.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh)
        self._arrange()
        self.commands = Commands(self)
        self.empty = EmptyCanvas(session, self.canvas, self.commands, self)
        self._connect()
        self.empty.refresh()
        self.region_panel.show_brush(self.canvas.brush)
        self.colours.needed.connect(self.colours_dock.raise_)
        self.setMinimumSize(0, 0)  # it was of docks that are tabs by now
        self.resize(QSize(1360, 860).boundedTo(self.screen().availableSize()))
        self._memory = Memory(self)
        self._memory.restore()
        FocusRing(self)
        self._refresh()

    # ------------------------------------------------------------ building

    def _arrange(self) -> None:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.alignment.bar)
        layout.addWidget(self.square.bar)
        layout.addWidget(self.pulling.bar)
        picture = QGridLayout()  # messages lie over the photo: it must not move when one comes
        picture.setSpacing(2)
        picture.addWidget(self.looking.beside, 0, 0)
        picture.addWidget(self.canvas, 0, 1)
        picture.addWidget(self.help.welcome, 0, 1, Qt.AlignmentFlag.AlignHCenter | _BOTTOM)
        picture.addWidget(self.banner, 0, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(picture, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(middle)
        right, left = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.LeftDockWidgetArea
        self.face_dock = self._dock(marked("Face"), self.face_panel, right)
        self.region_dock = self._dock(marked("Region"), Scrolled(self.region_panel), right)
        self.attribute_dock = self._dock(marked("Attributes"), self.edits.attributes, right)
        self.discovery_dock = self._dock(marked("Discover"), self.edits.discovery, right)
        self.preset_dock = self._dock(marked("Presets"), self.edits.presets, right)
        self.reference_dock = self._dock(marked("Reference"), self.edits.reference, right)
        self.navigator_dock = self._dock(marked("Navigator"), self.looking.navigator, left)
        self.colours_dock = self._dock(marked("Colours"), self.colours, left)
        self.history_dock = self._dock(marked("History"), self.history_panel, left)
        self.film_dock = self._dock(marked("Filmstrip"), self.film, _BELOW)
        self.film_dock.hide()
        self.setTabPosition(right | left, QTabWidget.TabPosition.North)
        self.tabifyDockWidget(self.navigator_dock, self.colours_dock)
        for dock in (self.discovery_dock, self.preset_dock, self.reference_dock):
            self.tabifyDockWidget(self.attribute_dock, dock)
        for dock in (
            self.attribute_dock, self.discovery_dock, self.preset_dock, self.reference_dock,
            self.navigator_dock, self.colours_dock,
        ):  # fmt: skip
            dock.setTitleBarWidget(QWidget())  # its tab says the same
        self.attribute_dock.raise_()
        self.navigator_dock.raise_()
        self.face_panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        DockSizes(self)

    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(tr(title), self)
        dock.setObjectName(title.lower())
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    @property
    def docks(self) -> tuple[QDockWidget, ...]:
        """All of them, in the order of the menu."""
        return (
            self.face_dock, self.region_dock, self.attribute_dock, self.discovery_dock,
            self.preset_dock, self.reference_dock, self.navigator_dock, self.colours_dock,
            self.history_dock, self.film_dock,
        )  # fmt: skip

    def _connect(self) -> None:
        session, canvas, region = self.session, self.canvas, self.region_panel
        MaskTools(session, canvas, region, self)
        RegionInSight(session, canvas, region, self.edits.attributes, self.region_dock)
        canvas.hint_changed.connect(self.status.show_hint)
        canvas.brush_changed.connect(self._on_brush)
        canvas.view_changed.connect(self._on_view)
        canvas.open_requested.connect(self.ask_open)
        self.recent.chosen.connect(self.open)
        self.film.chosen.connect(self.go_to)
        self.film.filled.connect(self.film_dock.show)
        self.film.failed.connect(self.banner.show_error)
        self.film_states.told.connect(self.banner.show_notice)
        region.brush_changed.connect(canvas.set_brush)
        region.feather_changed.connect(session.regions.set_feather)
        region.preset_chosen.connect(self._on_preset)
        region.clear_requested.connect(session.regions.clear_region)
        region.overlay_toggled.connect(self.commands.overlay.setChecked)
        region.mirror_toggled.connect(self.commands.mirror.setChecked)
        region.mirror_requested.connect(session.regions.mirror_region)
        region.pull_requested.connect(self.pulling.begin)
        region.tool_chosen.connect(self.pulling.leave)
        self.pulling.active_changed.connect(region.show_pulling)
        self.face_panel.face_chosen.connect(session.faces_desk.choose_face)
        self.face_panel.analyse_requested.connect(session.faces_desk.analyse_face)
        self.face_panel.align_requested.connect(self.alignment.align)
        self.alignment.put_aside.connect(self.banner.show_notice)
        self.face_panel.add_requested.connect(self.alignment.add)
        self.face_panel.pointed_at.connect(self._frame_faces)
        canvas.face_chosen.connect(session.faces_desk.choose_face)
        feather = region.feather_slider.slider
        for reached in (canvas.in_hand, feather.reached, self.edits.reached):
            reached.connect(self._rest_refining)
        self.status.cancel_requested.connect(session.cancel_shown)
        self.status.pause_requested.connect(session.faces_desk.pause_refining)
        self.proof.told.connect(self.status.show_proof)
        self.proof.failed.connect(self.banner.show_error)
        self.proof.tell()
        session.refining_changed.connect(self.status.show_refining)
        session.refining_changed.connect(self.face_panel.show_refining)
        session.refined.connect(self.status.show_refined)
        RefinedChoice(session, self.status, self.commands, canvas.curtain, self)
        session.engine_ready.connect(self._on_engine_ready)
        session.engine_unavailable.connect(self._on_engine_unavailable)
        session.photo_opened.connect(self._on_photo)
        session.faces_found.connect(self._on_faces)
        session.face_chosen.connect(self._on_face_chosen)
        session.face_chosen.connect(self._show_result, Qt.ConnectionType.QueuedConnection)
        session.portrait_changed.connect(self._refresh_soon)
        session.region_changed.connect(self._on_region)
        session.preview_changed.connect(canvas.show_preview)
        session.composite_changed.connect(canvas.show_composite)
        session.picture.kept_changed.connect(canvas.pictures.tell_kept)
        session.picture.behind_changed.connect(canvas.pictures.tell_behind)
        session.picture.behind_changed.connect(lambda: canvas.update())
        session.undo_changed.connect(self._on_undo)
        session.progress_changed.connect(self.status.show_progress)
        session.busy_changed.connect(self._refresh_soon)
        session.failed.connect(self.banner.show_error)
        session.photo_missing.connect(self._on_photo_missing)
        session.replacing.connect(self.leaving.once_safe)
        session.noticed.connect(self.banner.show_notice)
        session.hinted.connect(self.banner.show_hint)
        session.hints_over.connect(self.banner.drop_hints)
        session.saved.connect(self._on_saved)
        session.exported.connect(self._on_exported)
        session.modified_changed.connect(self.setWindowModified)
        session.mirrored_changed.connect(self._on_mirrored)
        session.together_changed.connect(self.commands.together.setChecked)
        session.reference_changed.connect(self._refresh_soon)
        session.paint_changed.connect(self._on_paint)
        session.regions.stroke_dropped.connect(self._on_stroke_dropped)
        session.paint_changed.connect(self._refresh_soon)
        for copied_changed in (session.copies.copied_changed, session.named.copied_changed):
            copied_changed.connect(self._refresh_soon)
        options = region.paint_options
        options.opacity_changed.connect(canvas.set_paint_opacity)
        options.match_requested.connect(self.match_paint)
        options.clear_requested.connect(session.regions.clear_paint)
        self.edits.editing.connect(self._look_at_the_photo)

    # ------------------------------------------------------------ verbs

    def open(self, path: Path) -> None:
        """Open a photo or a project, after unsaved edits are dealt with."""
        remember_folder(path)
        is_project = path.suffix.lower() == dialogs.PROJECT_SUFFIX
        submit = self.session.files.open_project if is_project else self.session.files.open_photo
        self.leaving.once_safe(partial(self._begin_open, submit, path))

    @Slot(object)
    def go_to(self, path: Path) -> None:
        """Turn to a photo of the strip; the one of the strip that is open is kept as it is."""
        photo = self.session.photo
        if photo is None or photo.path not in self.film.paths:
            self.open(path)
        else:
            self.leaving.once_kept(partial(self._begin_open, self.session.files.go_to, path))

    def open_all(self, paths: list[Path]) -> None:
        """Open one file, or list several photos or those of folders, and open the first."""
        if len(paths) == 1 and not paths[0].is_dir():
            self.open(paths[0])
        else:
            self.film.open(paths, lambda found: self.film_states.open_first(found, self.open))

    @Slot()
    def ask_open_several(self) -> None:
        """Choose photos for the filmstrip."""
        self.open_all(dialogs.ask_photos(self, folder()))

    @Slot()
    def ask_open_folder(self) -> None:
        """Choose a folder of photos for the filmstrip."""
        title = tr("Open a folder of photos")
        if (chosen := dialogs.ask_folder(self, title, folder())) is not None:
            self.open_all([chosen])

    def _begin_open(self, submit: Callable[[Path], None], path: Path) -> None:
        self.banner.clear()  # now: what the engine says while it opens is to be read
        self.empty.open(path)
        submit(path)

    @Slot()
    def ask_open(self) -> None:
        """Choose a photo or project and open it."""
        if (path := dialogs.ask_open(self, folder())) is not None:
            self.open(path)

    def save(self, *, then: Callable[[], object] | None = None) -> None:
        """Save the project where it was saved before, or ask; ``then`` goes on once it is there."""
        if (path := self.session.project_path) is None:
            self.save_as(embed=None, then=then)
        else:
            self._save_to(path, None, then, agreed=False)

    def save_as(self, *, embed: bool | None, then: Callable[[], object] | None = None) -> None:
        """Ask where to save the project."""
        if (photo := self.session.photo) is None:
            return
        beside = self.session.project_path or photo.path or Path(folder()) / "portrait"
        path = dialogs.ask_project(self, beside.with_suffix(dialogs.PROJECT_SUFFIX))
        if path is not None and self.is_still(photo):
            self._save_to(path, embed, then, agreed=True)  # the dialog has asked

    def is_still(self, photo: Photo) -> bool:
        """Whether that photo is open after a dialog; another may have been opened behind it."""
        if photo is not self.session.photo:
            told = tr("Another photo was opened meanwhile, so nothing was written.")
            self.banner.show_notice(told)
        return photo is self.session.photo

    def _save_to(
        self, path: Path, embed: bool | None, then: Callable[[], object] | None, *, agreed: bool
    ) -> None:
        mark = self.film_states.written("saved")

        def ended(is_there: bool) -> None:
            mark(is_there)
            if is_there and then is not None:
                then()

        self.session.files.save_project(path, embed, ended, agreed=agreed)

    @Slot()
    def ask_export(self) -> None:
        """Ask where and how to write the edited photo."""
        photo = self.session.photo
        if photo is None:
            return
        project, folder = self.session.project_path, self.session.library.folder
        inputs = [] if project is None else [project]
        presets = None if folder is None else folder / "export-presets"
        dialog = ExportDialog(photo, self, presets=presets, inputs=inputs)
        if dialog.exec() == QDialog.DialogCode.Accepted and self.is_still(photo):
            ended = self.film_states.written("exported")
            self.session.files.export(dialog.target, dialog.options, ended)
        dialog.deleteLater()

    @Slot()
    def escape(self) -> None:
        """Abandon the stroke, cancel what is under way, or take the message away."""
        if self.canvas.drawing:
            self.canvas.abandon_stroke()
        elif any(mode.active for mode in (self.alignment, self.square, self.pulling)):
            for mode in (self.alignment, self.square, self.pulling):
                mode.leave()
        elif not self.session.cancel():
            self.banner.clear()

    @Slot()
    def undo(self) -> None:
        """Take back the stroke or corner under way, or else the newest gesture."""
        if self.canvas.drawing:
            self.canvas.take_back()
        else:
            self.session.steps.undo()

    @Slot()
    def show_face(self) -> None:
        """Bring the face that is edited to the size of the canvas, with hair and neck."""
        session = self.session
        if session.active >= 0:
            x, y, width, height = session.faces[session.active].box
            self.canvas.show_box(x - 0.5 * width, y - 0.6 * height, 2 * width, 2 * height)

    @Slot()
    def match_paint(self) -> None:
        """Make the face follow the painted colours."""
        self.session.likeness.match_paint()
        self._look_at_the_photo(False)

    # ------------------------------------------------------------ what the session says

    @Slot(object)
    def _on_engine_ready(self, info: EngineInfo) -> None:
        self.edits.set_engine(info)
        self.status.device.setText(translated(info.device))
        versions = "\n".join(f"{name} {version}" for name, version in info.versions.items())
        told = tr("What computes the edits")
        self.status.device.setToolTip(f"{told}\n{info.generator}\n{versions}")
        self._refresh()

    @Slot(object)
    def _on_engine_unavailable(self, error: EngineError) -> None:
        self._unavailable = translated_error(error)
        self.status.device.setText(tr("No engine: view only"))
        self.banner.show_error(error)
        self._refresh()

    @Slot(object)
    def _on_photo(self, photo: Photo) -> None:
        self.looking.show_photo()
        self._opening = True
        self.recent.add(self.session.project_path or photo.path)
        self.edits.discovery.clear()
        self.commands.original.setChecked(False)
        depth = tr("16 bit") if photo.sixteen_bit else tr("8 bit")
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
        if number >= 0 and self._opening:
            self._opening = False
            # Once the user already looks somewhere, the view stays.
            if self.canvas.is_fitted and self.settings.flag(OPEN_AT_FACE):
                self.show_face()
        self._frame_faces(self._faces_framed)
        self._on_mirrored(self.session.mirrored)
        self._on_paint(self.session.paint)
        if number >= 0 and self.session.photo is not None:
            _, _, width, height = self.session.faces[number].box
            photo = self.session.photo
            self.region_panel.set_scale(max(photo.width, photo.height), max(width, height))
        self._refresh()

    @Slot()
    def _show_result(self) -> None:
        """A face that has edits is seen with them, not beneath the paint that they followed."""
        paint, history = self.session.paint, self.session.history
        if paint is not None and not paint.is_empty and history is not None and history.position:
            self.canvas.curtain.step_aside()

    @Slot(object)
    def _on_region(self, region: BrushedRegion) -> None:
        self.canvas.show_region(region, self.session.regions.waiting)
        self.region_panel.show_region(region)
        self._refresh_soon()

    @Slot(object)
    def _on_paint(self, paint: PaintLayer | None) -> None:
        self.canvas.show_paint(paint, self.session.regions.waiting)

    @Slot()
    def _on_stroke_dropped(self) -> None:
        self.canvas.keep_waiting(self.session.regions.waiting)

    @Slot(str, str)
    def _on_undo(self, undo: str, redo: str) -> None:
        self.commands.name_undo(undo, redo)
        self._refresh_soon()

    @Slot(bool)
    def _on_mirrored(self, mirrored: bool) -> None:
        self.commands.mirror.setChecked(mirrored)
        self.region_panel.show_mirrored(mirrored)
        faces, active = self.session.faces, self.session.active
        symmetry = Symmetry(faces[active].landmarks) if mirrored and active >= 0 else None
        self.canvas.show_mirror(symmetry)

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self.banner.show_notice(tr("Saved {name}.", name=path.name))
        self.recent.add(path)
        self._refresh()

    @Slot(object, object)
    def _on_photo_missing(self, project: Path, go_on: Callable[[Path], None]) -> None:
        photo = dialogs.ask_photo(
            self, tr("Where is the photo of {name}?", name=project.name), str(project.parent)
        )
        if photo is not None:
            go_on(photo)

    @Slot(object)
    def _on_exported(self, exported: Exported) -> None:
        text = tr("Exported to {path}.", path=exported.path)
        if exported.outside_identical:
            text += " " + tr("Every pixel outside the regions is unchanged.")
        self.banner.show_notice(" ".join((text, *map(translated, exported.notes))))

    @Slot()
    def _refresh_soon(self) -> None:
        self.commands.refresh()  # a key may come before the next turn
        self._soon.start()

    @Slot()
    def _refresh(self) -> None:
        """Bring titles and what is enabled in line with the session."""
        session = self.session
        photo, portrait = session.photo, session.portrait
        self.setWindowTitle(f"{self.document_name}[*] – {NAME}" if photo else f"{NAME}[*]")
        self.empty.refresh()
        self.commands.refresh()
        self.region_panel.setEnabled(photo is not None)
        self.region_panel.set_presets_available(session.active >= 0)
        self.edits.refresh(why_not(session, self._unavailable))
        looked = photo is not None and not session.finding_faces
        face = session.faces[session.active] if session.active >= 0 else None
        self.face_panel.show_doubt(face, has_photo=looked)
        self.face_panel.show_portrait(
            portrait,
            inverting=session.inverting,
            settling=session.refinements.is_refined,
            analysable=session.active >= 0 and bool(session.info),
        )

    # ------------------------------------------------------------ gestures

    @Slot(object)
    def _on_brush(self, brush: Brush) -> None:
        self.region_panel.show_brush(brush)
        self.commands.show_brush(brush)

    @Slot(float)
    def _on_view(self, zoom: float) -> None:
        self.status.zoom.setText(f"{number(100 * zoom, 0 if zoom >= 0.1 else 1)} %")

    def _on_preset(self, name: str, how: str) -> None:
        self.session.regions.apply_preset(name, add=how == "add", subtract=how == "subtract")

    @Slot(bool)
    def _look_at_the_photo(self, after_a_look: bool) -> None:
        """The photo changes: what is drawn over it steps aside, perhaps after a look."""
        self._frame_faces(False)
        self.canvas.curtain.step_aside(after_a_look=after_a_look)

    @Slot(bool)
    def _frame_faces(self, framed: bool) -> None:
        faces = self.session.faces
        self._faces_framed = framed and len(faces) > 1
        self.canvas.show_faces([f.box for f in faces], self.session.active, self._faces_framed)

    @Slot()
    def _rest_refining(self) -> None:
        if self.settings.flag(REST):
            self.session.faces_desk.rest_refining()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files and folders."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open them."""
        if paths := dropped_paths(event):
            event.acceptProposedAction()
            self.open_all(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what would be lost, then stop the engine."""
        if not self.leaving.may_close():
            event.ignore()
            return
        self.batch.end()
        self._memory.keep()
        self.hide()
        self.session.close()
        event.accept()

    # ------------------------------------------------------------ small things

    @property
    def document_name(self) -> str:
        """What the title and questions call it."""
        photo, project = self.session.photo, self.session.project_path
        if project is not None:
            return project.name
        return photo.path.name if photo and photo.path else tr("Portrait")
