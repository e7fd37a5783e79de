"""Every command of the window: menus, tool bar, shortcuts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl, Slot
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar

from widgets.brush import Tool
from widgets.compare import Split
from widgets.fitting import Fitting
from widgets.generators import GeneratorMenu
from widgets.held_key import HeldKey
from widgets.keymap import Keymap, chord, shown
from widgets.keys_dialog import KeysDialog
from widgets.mask_files import MaskFiles
from widgets.own_generators import OwnGenerators
from widgets.settings_dialog import SettingsDialog
from widgets.shortcuts import HELD
from widgets.theme import icon
from widgets.translation import inside, tr, translated

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
        self._actions: dict[str, QAction] = {}  # by name
        self._icons: dict[str, str] = {}
        self.keymap = Keymap(window.settings, window)
        self._held = HeldKey(Qt.Key.Key_unknown, window)
        session, canvas, edits = window.session, window.canvas, window.edits
        make = self._action
        # file
        self.open = make("open", tr("&Open…"), window.ask_open, picture="open")
        self.open_several = make("open_several", tr("Open se&veral…"), window.ask_open_several)
        self.open_folder = make("open_folder", tr("Open fol&der…"), window.ask_open_folder)
        self.save = make("save", tr("&Save project"), window.save, picture="save")
        self.save_as = make("save_as", tr("Save project &as…"), partial(window.save_as, embed=None))
        self.embed = make(
            "embed", tr("Save project with the &photo inside…"), partial(window.save_as, embed=True)
        )
        self.export = make("export", tr("&Export photo…"), window.ask_export, picture="export")
        self.batch = make("batch", tr("Edit &many photos…"), window.batch.bring_up)
        self.generators = own = GeneratorMenu(window)
        self.add_generator = make("add_generator", tr("&Add generator…"), own.ask_generator)
        self.own_generators = make(
            "own_generators", tr("Yo&ur generators…"), OwnGenerators(window).show_dialog,
            tip=tr("Those that you added: their licences, renamed, removed"),
        )  # fmt: skip
        self.sefa = make(
            "sefa", tr("Of this generator (&SeFa)"), own.find_sefa,
            tip=tr("The steps that change its styles most"),
        )  # fmt: skip
        self.ganspace = make(
            "ganspace", tr("Of its samples (&GANSpace)"), own.find_ganspace,
            tip=tr("The ways in which its samples differ most"),
        )  # fmt: skip
        self.published = make(
            "published", tr("&Published channels"), own.find_published,
            tip=tr("Channels of NVIDIA's FFHQ network that others have named"),
        )  # fmt: skip
        self.import_directions = make(
            "import_directions", tr("&Import…"), own.ask_directions,
            tip=tr("Directions of other tools"),
        )  # fmt: skip
        self.fitting = fitting = Fitting(window)
        self.boundary = make(
            "boundary", tr("From two &folders…"), fitting.ask_boundary,
            tip=tr("What tells pictures with something from pictures without it"),
        )  # fmt: skip
        self.scorer = make(
            "scorer", tr("Along a s&core…"), fitting.ask_scorer,
            tip=tr("What raises the score that a network or function of your own gives"),
        )  # fmt: skip
        self.fit_attributes = make(
            "fit_attributes", tr("Fit the &attributes…"), fitting.ask_attributes
        )
        self.quit = make("quit", tr("&Quit"), window.close)
        # edit
        self.undo = make("undo", tr("&Undo"), window.undo, picture="undo")
        self.redo = make("redo", tr("&Redo"), session.steps.redo, picture="redo")
        self.cancel = make("cancel", tr("&Cancel"), window.escape)
        self.search = make("search", tr("&Find attribute"), edits.search_attributes)
        self.together = make(
            "together", tr("Sliders &together"), session.sliders.set_together, checkable=True,
            tip=tr("Sliders moved in the same region make one edit"),
        )  # fmt: skip
        self.copy_edits = make(
            "copy_edits", tr("Cop&y edits"), session.copies.copy,
            tip=tr("Of this face, for other ones"),
        )  # fmt: skip
        self.paste_edits = make(
            "paste_edits", tr("Past&e edits"), edits.paste,
            tip=tr("What was copied, where this face has what its regions covered"),
        )  # fmt: skip
        self.save_preset = make("save_preset", tr("Save &preset…"), edits.save_preset)
        self.snapshot = make(
            "snapshot", tr("Take s&napshot"), window.history_panel.snapshots.take_one,
            tip=tr("Keep the edits as they are now under a name, to return to"),
        )  # fmt: skip
        self.fine = make("fine", tr("Ad&vanced"), edits.show_fine_control)
        # tools and region
        self.brush = make(
            "brush", tr("&Brush"), partial(self._take, "brush"), picture="brush", checkable=True
        )
        self.eraser = make(
            "eraser", tr("&Eraser"), partial(self._take, "eraser"), picture="eraser", checkable=True
        )
        self.paint = make(
            "paint", tr("&Paint"), partial(self._take, "paint"), picture="paint", checkable=True
        )
        names = {
            "lasso": tr("L&asso"),
            "polygon": tr("Pol&ygon"),
            "rectangle": tr("Bo&x"),
            "ellipse": tr("Elli&pse"),
            "class": tr("Pic&k what is there"),
            "colour": tr("Limit to a colo&ur"),
            "heal": tr("&Heal spots"),
        }
        self.shapes = {
            Tool(name): make(f"tool_{name}", text, partial(self._take, name), checkable=True)
            for name, text in names.items()
        }
        tools = QActionGroup(window)
        for action in (self.brush, self.eraser, self.paint, *self.shapes.values()):
            tools.addAction(action)
        self.brush.setChecked(True)
        self.swap = make("swap", tr("S&wap with its eraser"), self._swap)
        self.larger = make("larger", tr("&Larger brush"), partial(self._size, 1.2))
        self.smaller = make("smaller", tr("&Smaller brush"), partial(self._size, 1 / 1.2))
        self.harder = make("harder", tr("&Harder edge"), partial(self._harden, 0.1))
        self.softer = make("softer", tr("S&ofter edge"), partial(self._harden, -0.1))
        self.pen_size = make(
            "pen_size", tr("Pen pressure changes the si&ze"), self._press_to_size, checkable=True
        )
        self.pen_opacity = make(
            "pen_opacity", tr("Pen pressure changes the opacit&y"), self._press_to_opacity,
            checkable=True,
        )  # fmt: skip
        self.pen_size.setChecked(canvas.brush.pressure_to_size)
        self.follow = make(
            "follow", tr("Stop at e&dges"), self._follow, checkable=True,
            tip=tr("Strokes stop at edges of the picture and of what a face consists of"),
        )  # fmt: skip
        masks = session.masks
        self.invert = make("invert", tr("&Invert region"), masks.invert)
        self.fill = make("fill", tr("Fill &holes"), masks.fill)
        self.mirror = make(
            "mirror", tr("&Mirror strokes"), session.regions.set_mirrored,
            picture="mirror", checkable=True,
            tip=tr("Brush and paint on both sides of the face at once"),
        )  # fmt: skip
        mirror = session.regions.mirror_region
        self.mirror_region = make("mirror_region", tr("Mirror re&gion"), mirror)
        named = session.named
        self.name_region = make(
            "name_region", tr("Name regi&on"), window.region_panel.named.name,
            tip=tr("Keep the region under a name"),
        )  # fmt: skip
        self.new_region = make(
            "new_region", tr("Ne&w region"), named.put_down,
            tip=tr("Begin another region; those with names stay as they are"),
        )  # fmt: skip
        self.copy_regions = make(
            "copy_regions", tr("&Copy named regions"), lambda: named.copy(),
            tip=tr("For other faces, of this photo or another"),
        )  # fmt: skip
        self.paste_regions = make(
            "paste_regions", tr("Paste named &regions"), named.paste,
            tip=tr("What was copied, where this face has what the regions covered"),
        )  # fmt: skip
        self.named_regions = QMenu(tr("Name&d regions"), window)
        self.named_regions.addActions(
            (self.name_region, self.new_region, self.copy_regions, self.paste_regions)
        )
        files = MaskFiles(window)
        self.open_mask = make(
            "open_mask", tr("Ope&n mask…"), files.ask_open,
            tip=tr("An image in which white may change"),
        )  # fmt: skip
        self.save_mask = make("save_mask", tr("Sa&ve region as mask…"), files.ask_save)
        self.clear = make("clear", tr("&Clear region"), session.regions.clear_region)
        self.overlay = make(
            "overlay", tr("Show &region"), self._show_overlay, picture="overlay", checkable=True
        )
        self.overlay.setChecked(True)
        # the face
        self.align = make(
            "align", tr("Drag the &points"), window.alignment.align,
            tip=tr("Move eyes, nose, mouth and jaw to where they are"),
        )  # fmt: skip
        self.pull = make(
            "pull", tr("P&ull points"), window.pulling.begin,
            tip=tr("Drag a brow or a corner of the mouth: the region follows"),
        )  # fmt: skip
        self.add_face = make("add_face", tr("&Add a face by hand"), window.alignment.add)
        self.add_square = make(
            "add_square", tr("&Use the whole picture"), session.faces_desk.add_square,
            tip=tr("Edit the square in its middle: for generators of other things than faces"),
        )  # fmt: skip
        self.edit_square = make(
            "edit_square", tr("Edit a &square…"), window.square.begin,
            tip=tr("Drag a square over what to edit: for generators of other things than faces"),
        )  # fmt: skip
        self.apply_points = make("apply_points", tr("A&pply the points"), window.alignment.apply)
        self.apply_points.triggered.connect(window.square.apply)
        self.apply_points.setEnabled(False)
        for mode in (window.alignment, window.square):
            mode.active_changed.connect(self.apply_points.setEnabled)
        after = session.refinements
        self.refined = make(
            "refined", tr("Compare with im&proved"), after.compare, checkable=True,
            tip=tr("The draft's edits, and as they were made again on the improved preview"),
        )  # fmt: skip
        self.take_refined = make("take_refined", tr("&Take improved edits"), after.take)
        self.keep_draft = make("keep_draft", tr("&Keep draft's edits"), after.keep)
        # what the region is to look like
        self.discover = make(
            "discover", tr("&What can change here?"), edits.discover, picture="discover"
        )
        self.open_reference = make("open_reference", tr("Open &reference…"), edits.ask_reference)
        self.match_reference = make(
            "match_reference", tr("&Match reference in region"), edits.match_reference
        )
        self.copy_expression = make(
            "copy_expression", tr("Copy e&xpression"), edits.copy_expression,
            tip=tr("Smile and eyes as the reference has them; of the same person brows, too"),
        )  # fmt: skip
        self.neutral = make(
            "neutral_expression", tr("&Neutral expression"), edits.neutralise,
            tip=tr("Take a smile with closed lips, widened or narrowed eyes out of this face"),
        )  # fmt: skip
        self.remove_reference = make(
            "remove_reference", tr("Remo&ve reference"), session.likeness.clear_reference
        )
        options = window.region_panel.paint_options
        self.colour = make("colour", tr("Paint &colour…"), options.choose_colour)
        self.match_paint = make("match_paint", tr("Match &paint"), window.match_paint)
        self.clear_paint = make("clear_paint", tr("C&lear paint"), session.regions.clear_paint)
        # view
        self.fit = make("fit", tr("&Fit"), canvas.fit, picture="fit")
        self.face = make(
            "face", tr("F&ace"), window.show_face, tip=tr("The face, as large as fits")
        )
        self.split = make(
            "split",
            tr("&Before and after"),
            self._show_split,
            picture="split",
            checkable=True,
            tip=tr("Before and after, on both sides of a line to drag"),
        )
        self.split_across = make(
            "split_across", tr("Line ac&ross"), self._turn_split, checkable=True
        )
        self.actual = make(
            "actual", "&100 %", partial(canvas.set_zoom, 1.0, None), picture="actual"
        )
        self.double = make("double", "&200 %", partial(canvas.set_zoom, 2.0, None))
        self.zoom_in = make("zoom_in", tr("Zoom &in"), partial(canvas.zoom_by, 1.5, None))
        self.zoom_out = make("zoom_out", tr("Zoom &out"), partial(canvas.zoom_by, 1 / 1.5, None))
        self.original = make(
            "original",
            tr("&Original"),
            canvas.show_original,
            picture="original",
            checkable=True,
            tip=tr("The photo without edits"),
        )
        looking = window.looking
        self.beside = make(
            "beside", tr("Side b&y side"), looking.show_beside, checkable=True,
            tip=tr("The photo without edits beside the edited one, at the same place and zoom"),
        )  # fmt: skip
        self.loupe = make(
            "loupe", tr("&Loupe"), looking.show_loupe, checkable=True,
            tip=tr("The photo's own pixels under the pointer, at 100 %"),
        )  # fmt: skip
        self.difference = make(
            "difference", tr("&Difference"), self._show_difference, checkable=True,
            tip=tr("What the edits changed, four times as strong, on grey"),
        )  # fmt: skip
        self.clipping = make(
            "clipping", tr("Mark &clipping"), self._show_clipping, checkable=True,
            tip=tr("Mark what is pure white red, and what is pure black blue"),
        )  # fmt: skip
        looking.navigator.clipping_toggled.connect(self.clipping.setChecked)
        self.turn_left = make("turn_left", tr("Turn view l&eft"), looking.turn_left)
        self.turn_right = make("turn_right", tr("Turn view ri&ght"), looking.turn_right)
        self.turn_back = make("turn_back", tr("Uprigh&t view"), looking.turn_back)
        self.flip = make("flip", tr("Fli&p view"), looking.flip)
        self.quality = make(
            "quality", tr("Face previe&w map"), window.quality.set_tinted, checkable=True,
            tip=tr("Tint the face: clear where the program draws it well, red where poorly"),
        )  # fmt: skip
        self.proof = make(
            "proof", tr("&Soft proof"), window.proof.set_on, checkable=True,
            tip=tr("The photo as a printer or another screen would show it"),
        )  # fmt: skip
        window.proof.on_changed.connect(self.proof.setChecked)
        self.proof.setChecked(window.proof.is_on)
        self.settings = make("settings", tr("&Settings…"), self._show_settings)
        self.keys = make("keys", tr("&Keyboard and mouse…"), self._show_keys)
        self.manual = make("manual", tr("&Manual"), window.help.show_manual)
        self.tour = make("tour", tr("&First steps on the photo"), window.help.begin_tour)
        self.about = make("about", tr("&About"), window.help.show_about)
        self.log = make("log", tr("Folder of the &log"), self._show_log)
        self.log.setVisible(False)
        self._log_folder: Path | None = None
        self._make_menus()
        self._make_bar()
        self._held.changed.connect(self.original.setChecked)
        self.keymap.changed.connect(self._on_keys)
        for name in self._actions:
            self._give_keys(name)
        self.keymap.rename_tips(window)

    @property
    def about_a_photo(self) -> tuple[QAction, ...]:
        """What makes sense only while a photo is open."""
        return (
            self.save, self.save_as, self.embed, self.export, self.fit, self.face, self.actual,
            self.double, self.zoom_in, self.zoom_out, self.original, self.split, self.quality,
            self.beside, self.loupe, self.difference, self.clipping, self.turn_left,
            self.turn_right, self.turn_back, self.flip,
            self.clear, self.invert, self.fill, self.open_mask, self.new_region,
        )  # fmt: skip

    def refresh(self) -> None:
        """Allow the commands that make sense with the photo, face, region, edits and paint."""
        session = self._window.session
        for action in self.about_a_photo:
            action.setEnabled(session.photo is not None)
        of_any = (self.add_generator, self.own_generators, self.sefa, self.ganspace)
        for action in (*of_any, self.published, self.boundary, self.scorer, self.import_directions):
            action.setEnabled(session.info is not None)
        own = session.generators.in_use
        self.undo.setEnabled(self.undo.text() != tr("&Undo"))
        self.redo.setEnabled(self.redo.text() != tr("&Redo"))
        ready, history, paint = session.portrait is not None, session.history, session.paint
        painted = paint is not None and not paint.is_empty
        brushed = session.region is not None and not session.region.mask.is_empty
        has_photo = session.photo is not None and session.info is not None
        for action in (self.add_face, self.add_square, self.edit_square):
            action.setEnabled(has_photo)
        face, has_reference = session.active >= 0, session.reference is not None
        self._window.region_panel.paint_options.set_available(painted=painted, matchable=ready)
        for action, enabled in (
            (self.discover, ready and brushed),
            (self.match_reference, ready and brushed and has_reference),
            (self.remove_reference, has_reference),
            (self.copy_expression, ready and has_reference),
            (self.neutral, ready),
            (self.match_paint, ready and painted),
            (self.clear_paint, painted),
            (self.save_mask, brushed),
            (self.name_region, brushed),
            (self.copy_regions, face and bool(session.named.listed)),
            (self.paste_regions, face and session.named.copied is not None),
            (self.save_preset, history is not None and history.position > 0),
            (self.copy_edits, history is not None),
            (self.snapshot, history is not None),
            (self.paste_edits, ready and session.copies.copied is not None),
            (self.mirror, face),
            (self.align, face and has_photo),
            (self.pull, ready),
            (self.fit_attributes, own is not None and bool(own.source)),
            (self.mirror_region, face and brushed),
        ):
            action.setEnabled(enabled)

    def offer_log(self, folder: Path) -> None:
        """Let the Help menu show the log's folder."""
        self._log_folder = folder
        self.log.setVisible(True)

    def name_undo(self, undo: str, redo: str) -> None:
        """Say what undo and redo would do, and allow them; "" is nothing."""
        undo, redo = inside(translated(undo)), inside(translated(redo))
        self.undo.setText(tr("&Undo {what}", what=undo) if undo else tr("&Undo"))
        self.redo.setText(tr("&Redo {what}", what=redo) if redo else tr("&Redo"))

    def show_brush(self, brush: Brush) -> None:
        """Check the tool in hand."""
        tool = self.eraser if brush.erase else self.brush
        tool = self.shapes.get(brush.tool, tool)
        (self.paint if brush.paint else tool).setChecked(True)
        for action, on in (
            (self.follow, brush.follows),
            (self.pen_size, brush.pressure_to_size),
            (self.pen_opacity, brush.pressure_to_opacity),
        ):
            action.setChecked(on)

    def _action(
        self,
        name: str,
        text: str,
        slot: Callable[..., object],
        *,
        picture: str = "",
        checkable: bool = False,
        tip: str = "",
    ) -> QAction:
        action = QAction(text, self._window)
        self._actions[name] = action
        if picture:
            self._icons[name] = picture
            action.setIcon(icon(picture))
        action.setCheckable(checkable)
        (action.toggled if checkable else action.triggered).connect(slot)
        action.setProperty("plain", tip or text.replace("&", "").replace("…", "").strip())
        self._window.addAction(action)
        return action

    def _give_keys(self, name: str) -> None:
        """The keys that a command has now, and a tip that says so."""
        action, keys = self._actions[name], self.keymap.keys(name)
        plain = str(action.property("plain"))
        if name in HELD:
            held = chord(keys[0]) if keys else None
            self._held.set_key(held.key() if held is not None else Qt.Key.Key_unknown)
            action.setToolTip(
                tr("{plain} (hold {keys})", plain=plain, keys=shown(keys[0])) if keys else plain
            )
        else:
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setToolTip(f"{plain} ({shown(keys[0])})" if keys else plain)

    @Slot(str)
    def _on_keys(self, name: str) -> None:
        if name in self._actions:
            self._give_keys(name)
            self.keymap.rename_tips(self._window)

    def draw_icons(self) -> None:
        """Draw the icons in the theme that is worn now."""
        for name, picture in self._icons.items():
            self._actions[name].setIcon(icon(picture))

    def _make_menus(self) -> None:
        window = self._window
        menus: tuple[tuple[str, Sequence[QAction | None]], ...] = (
            (tr("&File"), (self.open, self.open_several, self.open_folder,
                           window.recent.menuAction(), None, self.save, self.save_as, self.embed,
                           None, self.export, self.batch, None, self.add_generator,
                           self.generators.choose.menuAction(), self.own_generators, None,
                           self.quit)),
            (tr("&Edit"), (self.undo, self.redo, None, self.cancel, None, self.discover,
                           self.search, self.together, self.fine, None, self.copy_edits,
                           self.paste_edits, self.save_preset, self.snapshot, None, self.settings)),
            (tr("&Region"), (self.brush, self.eraser, *self.shapes.values(), self.swap,
                             self.mirror, None, self.larger, self.smaller, self.harder,
                             self.softer, self.follow, self.pen_size, self.pen_opacity, None,
                             self.mirror_region, self.invert, self.fill, self.clear,
                             self.overlay, None, self.named_regions.menuAction(), None,
                             self.open_mask, self.save_mask)),
            (tr("F&ace"), (self.align, self.apply_points, self.pull, None, self.copy_expression,
                           self.neutral, None, self.add_face, self.add_square, self.edit_square,
                           None, self.refined, self.take_refined, self.keep_draft)),
            (tr("&Paint"), (self.paint, self.colour, self.match_paint, self.clear_paint, None,
                            self.open_reference, self.match_reference, self.remove_reference)),
            (tr("&Directions"), (self.sefa, self.ganspace, self.published, None,
                                 self.fit_attributes, self.boundary, self.scorer, None,
                                 self.import_directions)),
            (tr("&View"), (self.fit, self.face, self.actual, self.double, self.zoom_in,
                           self.zoom_out, self.loupe, None, self.original, self.split,
                           self.split_across, self.beside, self.difference, self.clipping,
                           self.quality, None, self.turn_left, self.turn_right, self.turn_back,
                           self.flip, None, self.proof, window.proof.choices.menuAction(), None,
                           *(dock.toggleViewAction() for dock in window.docks))),
            (tr("&Help"), (self.manual, self.tour, self.keys, None, self.log, self.about)),
        )  # fmt: skip
        for title, actions in menus:
            menu = window.menuBar().addMenu(title)
            for action in actions:
                if action is None:
                    menu.addSeparator()
                else:
                    menu.addAction(action)

    def _make_bar(self) -> None:
        bar = QToolBar(tr("Tools"), self._window)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(19, 19))
        for group in (
            (self.open, self.save, self.export),
            (self.undo, self.redo),
            (self.brush, self.eraser, self.paint, self.mirror, self.overlay),
            (self.discover,),
            (self.fit, self.actual, self.original, self.split),
        ):
            if bar.actions():
                bar.addSeparator()
            bar.addActions(list(group))
        self._window.addToolBar(bar)

    # ------------------------------------------------------------ before and after

    @Slot(bool)
    def _show_split(self, on: bool) -> None:
        self._canvas.show_split(Split(across=self.split_across.isChecked()) if on else None)

    @Slot(bool)
    def _turn_split(self, across: bool) -> None:
        if self.split.isChecked():
            self._canvas.show_split(Split(across=across))
        else:
            self.split.setChecked(True)

    @Slot(bool)
    def _show_difference(self, on: bool) -> None:
        if on:
            self.clipping.setChecked(False)
        self._window.looking.mark_difference(on)

    @Slot(bool)
    def _show_clipping(self, on: bool) -> None:
        self._window.looking.navigator.mark.setChecked(on)
        if on:
            self.difference.setChecked(False)
        self._window.looking.mark_clipping(on)

    # ------------------------------------------------------------ the brush

    def _take(self, tool: str, checked: bool = True) -> None:
        if checked:
            self._window.pulling.leave()
            now, paint = self._canvas.brush, tool == "paint"
            erase = now.erase if paint and now.paint else tool == "eraser"
            held = Tool.BRUSH if tool in ("brush", "eraser", "paint") else Tool(tool)
            if held is not Tool.BRUSH and held is now.tool:
                return  # its eraser may be in hand
            self._canvas.set_brush(now.as_tool(held, paint=paint, erase=erase))

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
    def _follow(self, on: bool) -> None:
        self._canvas.set_brush(replace(self._canvas.brush, follows=on))

    @Slot(bool)
    def _press_to_size(self, on: bool) -> None:
        self._canvas.set_brush(replace(self._canvas.brush, pressure_to_size=on))

    @Slot(bool)
    def _press_to_opacity(self, on: bool) -> None:
        self._canvas.set_brush(replace(self._canvas.brush, pressure_to_opacity=on))

    @Slot(bool)
    def _show_overlay(self, on: bool) -> None:
        self._canvas.curtain.set_on(on)
        self._window.region_panel.overlay_box.setChecked(on)

    @Slot()
    def _show_log(self) -> None:
        if self._log_folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder)))

    @Slot()
    def _show_keys(self) -> None:
        texts = {name: str(action.property("plain")) for name, action in self._actions.items()}
        dialog = KeysDialog(self.keymap, texts, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def _show_settings(self) -> None:
        dialog = SettingsDialog(self._window.settings, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
