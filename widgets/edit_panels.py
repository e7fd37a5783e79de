"""The panels that change a face: attributes, discovery, presets, reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QWidget

from editor.document.presets import file_name
from widgets import dialogs, settings
from widgets.attribute_panel import AttributePanel
from widgets.discovery_panel import DiscoveryPanel
from widgets.limits import LimitsInSight
from widgets.preset_panel import PresetPanel
from widgets.reference_panel import ReferencePanel
from widgets.translation import marked, tr, translated

if TYPE_CHECKING:
    from editor.document.presets import AttributePreset
    from editor.document.style_sliders import StyleSlider
    from editor.engine.jobs import EngineInfo
    from editor.session.session import EditSession


_NOTHING = marked(
    "This generator has no fitted attributes. If it draws faces, fit them (Directions → Fit the "
    "attributes…). Or look for its directions, or brush a region and ask what can change there; "
    "what you keep is listed here."
)
_PRESET_NAME = marked("Name of the preset; “Folder/Name” puts it in a folder")


class EditPanels(QObject):
    """Four panels and the gestures that need more than one signal.

    Signals:
        editing(bool): the photo is about to change; whether the region was empty before.
        reached(): the pointer or the keys came to a slider of the face, or move it.
    """

    editing = Signal(bool)
    reached = Signal()

    def __init__(self, session: EditSession, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.attributes = AttributePanel()
        self.discovery = DiscoveryPanel()
        self.presets = PresetPanel()
        self.reference = ReferencePanel()
        # In a turn of its own, once for all that changes together: an edit's end tells many.
        self._values_soon = QTimer(self, singleShot=True, interval=0)
        self._values_soon.timeout.connect(self._show_values)
        self._connect_sliders()
        LimitsInSight(session, self.attributes)
        self._connect_presets()
        self._connect_reference()

    def _connect_sliders(self) -> None:
        session, attributes, discovery = self._session, self.attributes, self.discovery
        attributes.dragged.connect(self._on_dragged)
        attributes.committed.connect(session.sliders.commit_attribute)
        attributes.region_requested.connect(session.regions.apply_preset)
        attributes.together_toggled.connect(session.sliders.set_together)
        attributes.dials.dials_changed.connect(session.sliders.set_dials)
        attributes.rename_requested.connect(self._keep_slider)
        attributes.forget_requested.connect(self._forget_slider)
        discovery.asked.connect(session.discoveries.discover)
        discovery.keep_requested.connect(self._keep_slider)
        for panel in (attributes, discovery):
            panel.reached.connect(self.reached)
            panel.slider_dragged.connect(self._on_slider_dragged)
            panel.slider_committed.connect(session.sliders.commit_slider)
        session.together_changed.connect(attributes.show_together)
        session.dials_changed.connect(attributes.dials.show_dials)
        session.discovery_changed.connect(discovery.show_discovery)
        session.style_sliders_changed.connect(self._show_own_sliders)
        session.attribute_values_changed.connect(self._show_values_soon)
        attributes.dials.show_dials(session.dials)
        attributes.show_together(session.together)
        self._show_own_sliders(session.style_sliders)

    def _connect_presets(self) -> None:
        session, presets = self._session, self.presets
        presets.save_requested.connect(self.save_preset)
        presets.apply_requested.connect(self._apply_preset)
        presets.delete_requested.connect(self._delete_preset)
        presets.import_requested.connect(self._import_preset)
        presets.export_requested.connect(self._export_preset)
        presets.rename_requested.connect(self._rename_preset)
        presets.moved.connect(self._call_preset)
        presets.favourite_requested.connect(self._mark_preset)
        session.library.favourites_changed.connect(presets.show_favourites)
        session.presets_changed.connect(presets.show_presets)
        # Else sliders are away on the next photo, and nobody remembers why.
        session.photo_opened.connect(self.attributes.search.clear)
        session.library.pictures_changed.connect(presets.show_pictures)
        presets.show_favourites(session.library.favourites)
        presets.show_pictures(session.library.pictures)
        presets.show_presets(session.presets)

    def _connect_reference(self) -> None:
        session, reference = self._session, self.reference
        reference.open_requested.connect(self.ask_reference)
        reference.dropped.connect(session.likeness.open_reference)
        reference.match_requested.connect(self.match_reference)
        reference.expression_requested.connect(self.copy_expression)
        reference.remove_requested.connect(session.likeness.clear_reference)
        session.reference_changed.connect(self._on_reference)
        reference.show_reference(session.reference)

    # ------------------------------------------------------------ state

    def set_engine(self, info: EngineInfo) -> None:
        """Offer what the engine can do."""
        self.attributes.set_attributes(info.attributes)
        self.presets.set_labels({row.name: translated(row.label) for row in info.attributes})
        self._show_own_sliders(self._session.style_sliders)

    def refresh(self, why: str) -> None:
        """Allow what can be done now; ``why`` says what keeps the face from being edited."""
        session = self._session
        ready, history = session.portrait is not None, session.history
        brushed = session.region is not None and not session.region.mask.is_empty
        edited = history is not None and history.position > 0
        need_region = why or ("" if brushed else tr("Brush a region first, or choose one above."))
        info = session.info
        nothing = info is not None and not info.attributes and not session.style_sliders
        self.attributes.set_available(ready, why or (tr(_NOTHING) if nothing else ""))
        self.discovery.set_available(ready, brushed=brushed, why=need_region)
        self.reference.set_available(ready and brushed, need_region, expression=ready)
        self.presets.set_available(
            applicable=ready,
            savable=edited,
            why=why or ("" if edited else tr("Edit this face, then save the edits as a preset.")),
        )

    @Slot()
    def _show_values(self) -> None:
        values = self._session.attribute_values
        self.attributes.set_values(values)
        self.discovery.set_values(values)

    @Slot()
    def _show_values_soon(self) -> None:
        self._values_soon.start()

    @Slot(object)
    def _show_own_sliders(self, sliders: tuple[StyleSlider, ...]) -> None:
        self.attributes.set_own_sliders(sliders)
        self.discovery.show_kept(sliders)

    @Slot(object)
    def _on_reference(self, reference: object) -> None:
        self.reference.show_reference(self._session.reference)
        if reference is not None:
            bring_up(self.reference)

    # ------------------------------------------------------------ gestures

    @Slot()
    def search_attributes(self) -> None:
        """Show the attributes and let the user type what to search for."""
        bring_up(self.attributes)
        self.attributes.focus_search()

    @Slot()
    def show_fine_control(self) -> None:
        """Show the objective's dials."""
        bring_up(self.attributes)
        self.attributes.show_fine_control()

    @Slot()
    def discover(self) -> None:
        """Ask what can change in the region, and show the answer."""
        bring_up(self.discovery)
        self._session.discoveries.discover()

    @Slot()
    def ask_reference(self) -> None:
        """Choose a photo with the face to follow."""
        bring_up(self.reference)
        path = dialogs.ask_photo(self._window, tr("Open a reference"), settings.folder())
        if path is not None:
            self._session.likeness.open_reference(path)

    @Slot()
    def save_preset(self) -> None:
        """Ask for a name and keep the face's edits under it."""
        bring_up(self.presets)
        names = [preset.name for preset in self._session.presets]
        name = dialogs.ask_name(self._window, tr("Save preset"), tr(_PRESET_NAME), "")
        if name and (name not in names or dialogs.ask_replace(self._window, name)):
            self.presets.list.follow(name)
            self._session.sliders.save_preset(name)

    @Slot()
    def match_reference(self) -> None:
        """Make the region look like the reference."""
        self._session.likeness.match_reference()
        self.editing.emit(False)

    @Slot()
    def copy_expression(self) -> None:
        """Give the face the reference's expression."""
        self._session.expressions.copy()
        self.editing.emit(False)

    @Slot()
    def neutralise(self) -> None:
        """Take the expression out of the face."""
        self._session.expressions.neutralise()
        self.editing.emit(False)

    @Slot(object, float)
    def _apply_preset(self, preset: AttributePreset, strength: float) -> None:
        self._session.sliders.apply_preset_values(preset, strength)
        self.editing.emit(False)

    @Slot()
    def paste(self) -> None:
        """Make the copied edits on this face."""
        self._session.copies.paste()
        self.editing.emit(False)

    @Slot(object)
    def _delete_preset(self, preset: AttributePreset) -> None:
        if dialogs.ask_delete(self._window, preset.name):
            self._session.library.drop_preset(preset.name)

    @Slot(object)
    def _rename_preset(self, preset: AttributePreset) -> None:
        title = tr("Rename the preset")
        name = dialogs.ask_name(self._window, title, tr(_PRESET_NAME), preset.name)
        if name:
            self._call_preset(preset.name, name)

    @Slot(str, str)
    def _call_preset(self, name: str, wanted: str) -> None:
        self.presets.list.follow(wanted)
        self._session.library.rename_preset(name, wanted)

    @Slot(object, bool)
    def _mark_preset(self, preset: AttributePreset, favourite: bool) -> None:
        self._session.library.mark_preset(preset.name, favourite=favourite)

    @Slot()
    def _import_preset(self) -> None:
        path = dialogs.ask_preset_to_import(self._window, settings.folder())
        if path is not None:
            self._session.library.import_preset(path)

    @Slot(object)
    def _export_preset(self, preset: AttributePreset) -> None:
        place = Path(settings.folder()) / file_name(preset.title)
        path = dialogs.ask_preset_file(self._window, place)
        if path is not None:
            self._session.library.export_preset(preset, path)

    @Slot(object)
    def _keep_slider(self, slider: StyleSlider) -> None:
        kept = {own.id: own.label for own in self._session.style_sliders}
        now = kept.get(slider.id, "")
        name = dialogs.ask_name(self._window, tr("Keep this slider"), tr("Name of the slider"), now)
        if name:
            self._session.library.keep_slider(slider, name)

    @Slot(object)
    def _forget_slider(self, slider: StyleSlider) -> None:
        self._session.library.forget_slider(slider.id)

    @Slot(str, float)
    def _on_dragged(self, name: str, value: float) -> None:
        region = self._session.region
        was_empty = region is None or region.mask.is_empty
        self._session.sliders.preview_attribute(name, value)
        self.editing.emit(was_empty)

    @Slot(object, float)
    def _on_slider_dragged(self, slider: StyleSlider, value: float) -> None:
        self._session.sliders.drag_slider(slider, value)
        self.editing.emit(False)


def bring_up(panel: QWidget) -> None:
    """Show the dock of a panel, in front of its tabs."""
    dock = panel.parentWidget()
    if isinstance(dock, QDockWidget):
        dock.show()
        dock.raise_()
