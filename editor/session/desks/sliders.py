"""Sliders: attributes, discovered directions, and the user's presets of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from editor.document.attributes import WITHDRAWN, succeeded
from editor.document.face_regions import PRESETS, area_of
from editor.document.goals import Dials, Goal
from editor.document.limits import limits, within
from editor.document.presets import preset_of
from editor.session.preset_pictures import face_picture
from editor.session.wishes import BroughtRegion, PresetRegion, Wish, in_force_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.limits import Limit
    from editor.document.presets import AttributePreset, PresetPart
    from editor.document.region import RegionMask
    from editor.document.style_sliders import StyleSlider
    from editor.engine.jobs import Patch
    from editor.session.desks.edits import Edits
    from editor.session.desks.picture import Picture
    from editor.session.desks.regions import Regions
    from editor.session.desks.usual_regions import UsualRegions
    from editor.session.known_sliders import KnownSliders
    from editor.session.library import UserLibrary
    from editor.session.open_document import Face
    from editor.session.studio import Studio
    from editor.session.wishes import Elsewhere

NO_REGION = "Brush a region first: an edit changes only what you brushed."
_SAME = 1e-6  # slider units


@dataclass(frozen=True, slots=True, eq=False)
class _Gesture:
    """A slider that was moved, and what held at that moment; strokes before it come first.

    Attributes:
        face: the active one.
        goal: where the slider shall stand.
        dials, together: as they were set.
        region_serial: of the region's change, if the edit has to make one; before ``serial``.
        serial: of the edit.
        why: it stands no further than there; "" where it does.
    """

    face: Face | None
    goal: Goal
    dials: Dials
    together: bool
    region_serial: int
    serial: int
    why: str = ""


class Sliders(QObject):
    """Turns what sliders say into wishes for the active face and its region.

    Signals:
        values_changed(dict[str, float]): where the sliders stand in this region.
        dials_changed(Dials): of the edits to come.
        together_changed(bool): whether sliders of one region make one edit.
    """

    values_changed = Signal(object)
    dials_changed = Signal(object)
    together_changed = Signal(bool)

    def __init__(
        self,
        studio: Studio,
        regions: Regions,
        usual: UsualRegions,
        picture: Picture,
        edits: Edits,
        known: KnownSliders,
        library: UserLibrary,
    ) -> None:
        super().__init__(studio)
        self._studio = studio
        self._regions = regions
        self._usual = usual
        self._picture = picture
        self._edits = edits
        self._known = known
        self._library = library
        self._together = False
        self._newest: _Gesture | None = None  # to preview, once strokes are in
        self._asked: list[_Gesture] = []  # what is to be committed then
        regions.softened.connect(self.tell_values)
        regions.region_changed.connect(self.tell_values)
        edits.changed.connect(self.tell_values)
        studio.history_changed.connect(self.tell_values)

    # ------------------------------------------------------------ state

    @property
    def values(self) -> dict[str, float]:
        """Where the sliders stand for the active face and region; absent ones at 0."""
        values, face = self._standing(), self._studio.face
        values.update(
            (asked.goal.attribute, asked.goal.value) for asked in self._asked if asked.face is face
        )
        dragging = self._edits.dragging
        if dragging is not None and dragging.face is face:
            values.update((goal.attribute, goal.value) for goal in dragging.goals)
        return values

    @property
    def elsewhere(self) -> dict[str, Elsewhere]:
        """What edits do by sliders that do not count it here: they lie in other regions.

        By slider, the newest of those that do it.
        """
        history, soft = self._studio.history, self._soft
        return {} if history is None else in_force_elsewhere(history.applied, soft)

    @property
    def limits(self) -> dict[str, Limit]:
        """How far sliders go on the active face, by name; those that are not limited are left out.

        What stands already stands: only further it does not go. What a painted region holds is the
        user's to say: hair that nobody found, too. One that a button made is not painted.
        """
        face, document = self._studio.face, self._studio.document
        if face is None or document is None:
            return {}
        region = document.region_of(face)
        button = self._usual.is_current and bool(self._usual.match.parts)
        painted = not region.mask.is_empty and not region.usual and not button
        return limits(face.landmarks, None if painted else face.detail)

    @property
    def together(self) -> bool:
        """Whether moving another slider in the same region joins that region's last edit."""
        return self._together

    def set_together(self, together: bool) -> None:
        """Make one edit of all sliders in a region, or one of each."""
        if together != self._together:
            self._together = together
            self.together_changed.emit(together)
            self._studio.changed.emit()

    def set_dials(self, dials: Dials) -> None:
        """The objective's dials for the edits to come."""
        if dials != self._studio.dials:
            self._studio.dials = dials
            self.dials_changed.emit(dials)
            self._studio.changed.emit()

    # ------------------------------------------------------------ gestures

    def preview_attribute(self, name: str, value: float) -> None:
        """Show at once what a slider value would do; nothing is recorded.

        Where the slider stands already, that ends its drag.
        """
        self._preview(Goal(name, value))

    def commit_attribute(self, name: str, value: float) -> None:
        """Optimise the edit that brings the slider to ``value``: one entry of the history."""
        self._commit(Goal(name, value))

    def reset_attribute(self, name: str) -> None:
        """Bring a slider back to 0."""
        self.commit_attribute(name, 0.0)

    def drag_slider(self, slider: StyleSlider, value: float) -> None:
        """Show at once what a discovered slider would do; nothing is recorded."""
        self._known.met[slider.id] = slider
        self._preview(Goal(slider.id, value, slider.delta))

    def commit_slider(self, slider: StyleSlider, value: float) -> None:
        """Optimise the edit that brings a discovered slider to ``value``."""
        self._known.met[slider.id] = slider
        self._commit(Goal(slider.id, value, slider.delta))

    # ------------------------------------------------------------ presets

    def save_preset(self, name: str) -> None:
        """Keep the active face's edits under a name, with a picture; an older preset is replaced.

        Edits that are under way are waited for.
        """
        face = self._studio.face
        if face is not None:
            self.as_preset(name, partial(self._keep, name, face))

    def _keep(self, name: str, face: Face, make: Callable[[], AttributePreset]) -> None:
        """Keep a preset at once, and its picture as soon as that is drawn."""
        document, library = self._studio.document, self._library
        library.put_preset(make)
        if document is None or face not in document.faces:
            return

        def drawn(patch: Patch | None) -> None:
            picture = partial(face_picture, document.pyramid, patch, face.landmarks)
            library.put_picture(name, picture)

        def passed() -> None:
            self._studio.noticed.emit(
                "The preset has no picture: its edits were not drawn yet. Save it again for one."
            )

        self._picture.once_drawn(drawn, passed)

    def as_preset(self, name: str, then: Callable[[Callable[[], AttributePreset]], object]) -> None:
        """Hand out what makes a preset of the active face's edits.

        Args:
            name: of the preset.
            then: called once the edits under way are done, with what takes some tenths of a second
                and may raise PresetError.
        """
        face = self._studio.face
        if face is not None and can_edit(self._studio, face):
            self._regions.then(
                lambda: self._edits.when_done(lambda: self._as_preset(name, face, then))
            )

    def _as_preset(
        self, name: str, face: Face, then: Callable[[Callable[[], AttributePreset]], object]
    ) -> None:
        if face.portrait is None:
            return
        edits, landmarks = face.portrait.history.applied, face.detected.landmarks
        detail = face.portrait.detail
        regions = {row.name: row.region for row in self._known.attributes}
        seen = [edit for edit in edits if edit.opacity]
        left_out = {
            name: None
            for edit in seen
            for name, value in succeeded(edit.goals, regions)
            if value and name not in regions
        }
        gone = [self._known.label(name) for name in left_out if name in WITHDRAWN]
        if gone:
            self._studio.noticed.emit(
                f"No longer offered, and not in the preset: {', '.join(gone)}."
            )
        if not WITHDRAWN.issuperset(left_out) or any(edit.origin.likeness for edit in seen):
            self._studio.noticed.emit(
                "Discovered sliders and matches belong to this photo; they are not in the preset."
            )
        then(lambda: preset_of(name, edits, regions, landmarks, detail))

    def apply_preset_values(self, preset: AttributePreset, strength: float = 1.0) -> None:
        """Bring the preset's sliders to its values on the active face, one edit for each region.

        Where regions lie in one another, each part changes them on top of those before it.

        Args:
            preset: attributes that the engine does not know are told and left out.
            strength: that its values are multiplied by, at least 0; what would go beyond ±100 ends
                there, and is told.
        """
        studio = self._studio
        document, face = studio.document, studio.face
        if document is None or face is None or not can_edit(studio, face):
            return
        usable, unknown = preset.limited_to(row.name for row in self._known.attributes)
        gone = [self._known.label(name) for name in unknown if name in WITHDRAWN]
        if gone:
            studio.noticed.emit(
                f"No longer offered: {', '.join(gone)}. The preset “{preset.name}” is applied "
                "without."
            )
        missing = [name for name in unknown if name not in WITHDRAWN]
        if missing:
            studio.noticed.emit(
                f"There is no attribute named {' or '.join(missing)} here; the preset "
                f"“{preset.name}” is applied without."
            )
        parts: tuple[PresetPart, ...] = ()
        if usable:
            scaled, clamped = usable.at_strength(strength)
            parts = scaled.parts
            if clamped:
                labels = {row.name: row.label for row in self._known.attributes}
                studio.noticed.emit(
                    f"At this strength {', '.join(labels[name] for name in clamped)} would go "
                    "beyond 100; that is as far as it goes."
                )
        asked = [(part, studio.next_serial()) for part in parts]
        dials = studio.dials
        carried = partial(within, landmarks=face.landmarks, detail=face.detail)

        def apply() -> None:
            there: list[BroughtRegion] = []
            wishes: list[Wish] = []
            for part, serial in asked:
                source = PresetRegion(
                    part.region,
                    face.landmarks,
                    document.photo.width,
                    document.photo.height,
                    document.region_of(face).feather,
                    face.detail,
                )
                goals = tuple(Goal(attribute, value) for attribute, value in part.goals)
                region = BroughtRegion(source, goals, part.opacity, carried, there)
                there.append(region)
                opacity = None if part.opacity == 1 else part.opacity
                wishes.append(Wish(face, goals, region, serial, dials=dials, opacity=opacity))
            for wish in wishes:  # all parts know each other by now
                self._edits.commit(wish)

        self._regions.then(apply)

    # ------------------------------------------------------------ inside

    def _gesture(self, goal: Goal) -> _Gesture:
        studio = self._studio
        serials = studio.next_serial(), studio.next_serial()
        limit, value = self.limits.get(goal.attribute), max(-100.0, min(100.0, goal.value))
        why = ""
        if limit is not None:
            value = limit.clamped(value, self._standing().get(goal.attribute, 0.0))
            why = limit.why if abs(value) < abs(goal.value) else ""
        goal = replace(goal, value=value)
        return _Gesture(studio.face, goal, studio.dials, self._together, *serials, why)

    def _preview(self, goal: Goal) -> None:
        before, self._newest = self._newest, self._gesture(goal)
        if before is None:
            self._regions.then(self._preview_newest)
        else:  # it takes that one's turn among the strokes
            self._newest = replace(self._newest, region_serial=before.region_serial)

    def _preview_newest(self) -> None:
        newest, self._newest = self._newest, None
        if newest is None or newest.face is not self._studio.face:
            return  # another face was chosen since
        goal = newest.goal

        def again() -> None:
            if self._newest is None:  # else a slider stands elsewhere by now, and has its turn
                self._newest = newest  # as it was asked for: strokes may have been since
                self._preview_newest()

        if not self._has_region(newest, again):
            return
        wish = self._wish(newest)
        if wish is None:
            return
        stands = self._standing().get(goal.attribute, 0.0)
        if self._regions.soft() is not None and abs(goal.value - stands) < _SAME:
            self._edits.release(wish)
        else:
            self._edits.drag(wish)

    def _commit(self, goal: Goal) -> None:
        asked = self._gesture(goal)
        if asked.why and not asked.goal.value:  # else it is told once the region is there
            self._studio.hinted.emit(asked.why)
        self._asked.append(asked)

        def commit() -> None:
            self._asked.remove(asked)
            self._commit_asked(asked)

        self._regions.then(commit)

    def _commit_asked(self, asked: _Gesture) -> None:
        newest, slider = self._newest, asked.goal.attribute
        if newest and newest.serial < asked.serial and newest.goal.attribute == slider:
            self._newest = None
        if not self._has_region(asked, lambda: self._commit_asked(asked)):
            return
        wish = self._wish(asked)
        if wish is None:
            self.tell_values()  # the slider goes back
        else:
            if asked.why and asked.goal.value:
                self._studio.hinted.emit(asked.why)
            self._edits.commit(wish)

    def _has_region(self, asked: _Gesture, again: Callable[[], None]) -> bool:
        """Whether the user chose a region; else the usual one is made, and then ``again``.

        What was made so for another slider makes way.
        """
        document, face, goal = self._studio.document, asked.face, asked.goal
        if document is None or face is None or not can_edit(self._studio, face):
            self.tell_values()
            return False
        region, row = document.region_of(face), self._known.row(goal.attribute)
        usual = row.region if row is not None and row.region in PRESETS else ""
        if not region.mask.is_empty and (not region.usual or usual in ("", region.usual)):
            return True
        if row is None or not usual:
            self._studio.hinted.emit(NO_REGION)
            self.tell_values()
            return False
        if not goal.value and goal.attribute in self.limits:  # it is refused: nothing is to be made
            self.tell_values()
            return False
        self._regions.apply_preset(usual, face=face, serial=asked.region_serial, automatic=True)
        if region.mask.is_empty:
            told = (
                f"No region was brushed, so {row.label.lower()} uses the region "
                f"“{area_of(row.region)}”. Brush to change it."
            )
        else:
            told = (
                f"Instead of the region “{area_of(region.usual)}”, {row.label.lower()} uses the "
                f"region “{area_of(row.region)}”. Brush to change it."
            )

        def go_on() -> None:
            made = document.region_of(face)
            if not made.mask.is_empty and made.usual in ("", usual):
                self._studio.hinted.emit(told)  # of the region that is there by now
                again()
            else:
                self.tell_values()  # there is no such region here: the slider goes back

        self._regions.then(go_on)
        return False

    def _wish(self, asked: _Gesture) -> Wish | None:
        document, face = self._studio.document, asked.face
        if document is None or face is None or face not in document.faces or face.portrait is None:
            return None
        regions = document.regions_of(face)
        return Wish(
            face,
            (asked.goal,),
            regions.hand,
            asked.serial,
            together=asked.together,
            dials=asked.dials,
            region=self._regions.soft() if face is document.face else None,
            chosen=self._edits.chosen,
            apart=regions.apart,
        )

    def _standing(self) -> dict[str, float]:
        face, soft = self._studio.face, self._soft
        if face is None or soft is None or soft.is_empty:
            return {}
        return self._edits.standing(face, soft)

    @property
    def _soft(self) -> RegionMask | None:
        return self._regions.soft()

    @Slot()
    def tell_values(self) -> None:
        """Say where the sliders stand."""
        self.values_changed.emit(self.values)


def can_edit(studio: Studio, face: Face) -> bool:
    """Whether a face is analysed; else the user is told."""
    if face.portrait is None:
        studio.noticed.emit("Wait until the face is prepared, or choose Prepare face.")
    return face.portrait is not None
