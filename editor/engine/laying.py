"""How one edit lies over the photo: drawn, bent, by tone, or in two ways at two places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from editor.document import attributes
from editor.document.face import DetectedFace, FaceCrop
from editor.document.face_regions import around, feather_of, lips_are_closed, preset
from editor.document.gone_along import gone_along
from editor.document.region import RegionError, RegionMask
from editor.document.seen_parts import off_frames
from editor.engine.compositing.bending import going_exactly, how_far, without
from editor.engine.compositing.dragged_along import as_photographed, squinting
from editor.engine.compositing.lids import lids_of, still_lids, within_lids
from editor.engine.compositing.lips import LIPS
from editor.engine.compositing.renders import (
    Render,
    RenderedEdit,
    bare_skin,
    parts_seen,
    rigid,
    serial_of,
    shown,
    staying,
    trusted_hair,
)
from editor.engine.compositing.turning import as_asked, turns
from editor.engine.face_detail import beyond, softly
from editor.engine.hair_region import hair_in
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from editor.document.byte_cache import Shelf
    from editor.document.history import Portrait
    from editor.document.style import StyleCode
    from editor.engine.compositing.lids import Lids
    from editor.engine.compositing.renders import Made

    Points = NDArray[np.float64]
    Named = Sequence[tuple[str, float]]

_ALONG = 0.15  # eye distances around a pulled point that go along with it


@dataclass(frozen=True, slots=True)
class Laying:
    """Makes of an edit's renders what is folded, by what its goals are.

    Attributes:
        regions: that were made before.
        render: the picture of a code.
        mesh_of: the face mesh in a render, (478, 3), its pixels.
    """

    regions: Shelf[RegionMask]
    render: Callable[[StyleCode], Render]
    mesh_of: Callable[[Render], Points]

    def laid(
        self,
        edit: Made,
        portrait: Portrait,
        pair: tuple[Render, Render],
        at: tuple[FaceCrop, FaceCrop],
        share: float,
        *,
        quick: bool,
    ) -> list[RenderedEdit]:
        """What is folded of one edit: it is drawn, or it bends, or it bends but about the eyes.

        ``share``: of the way to the last render that it goes; ``at``: where crops lie then.
        """
        crop, (first, last) = portrait.crop, pair
        was, now = (replace(portrait, crop=one) for one in at)
        goals, names = edit.drawn, [name for name, _ in edit.drawn]
        still, region = not edit.like and attributes.only_colours(names), edit.region
        toned, keeps = still and attributes.toned(names), attributes.keeps(goals)
        shades, plain = still and attributes.shades(goals), attributes.aged(goals) and not edit.like
        lit = shades or plain or keeps == "white"  # what goes as the slider stands, either way
        if edit.like or (attributes.of_hair(names) and not (still and keeps)):
            # hair's region goes beyond the crop; renders do not
            kind = "crop", was.crop, region.width, region.height
            region = region.within(self.regions.made(kind, lambda: softly(*kind[1:])))
        elif not attributes.of_hair(names):
            region = self._drawn_in(region, portrait)
        if portrait.detail is not None and attributes.moves_brows(goals):
            detail = gone_along(portrait.detail, was.crop.landmarks)
            key = region.digest, serial_of(detail), "off frames"  # these stay where brows go
            region = self.regions.made(key, lambda: off_frames(region, detail))
        drawn = RenderedEdit(
            crop, region, first, last, still,
            toned=toned, keeps=keeps, plain=bool(plain), tinting=bool(edit.like), quick=quick,
            asked=(attributes.light_asked if lit else attributes.hair_asked)(goals),
            share=share if toned or shades else 1.0, parts=parts_seen(portrait) if shades else None,
            trusted=bare_skin(portrait) if plain else None,
            lips=shown(portrait, LIPS) if toned and attributes.of_lips(names) else None,
            rims=None if still else rigid(was, goals),
        )  # fmt: skip
        if drawn.lights:
            return [self._on_hair(drawn, portrait, now)]
        if edit.like and not edit.pulls:
            return [drawn]
        regions = () if edit.pulls else attributes.drawn_at_eyes(goals)
        drawn = self._at_eyes(drawn, portrait, edit)
        far = how_far(goals, crop.landmarks)
        if not (edit.pulls or far):
            return self._by_tone(drawn, now, attributes.tone_regions(names))
        folding = bool(far) and lips_are_closed(crop.landmarks) and attributes.folds(goals)
        turning = turns(goals) and not edit.pulls
        bends = replace(
            drawn,
            lids=None,
            bent=self._bent(edit, share * far, portrait, drawn),
            behind=staying(was, edit.region) if turning else None,
            folding=shown(was, ("skin",), share) if folding and not turning else None,
            turning=shown(was, ("skin",)) if turning else None,
            rims=None if attributes.moves_brows(goals) else drawn.rims,  # off frames
        )
        if not regions:
            return [bends]
        eyes = self.usual(now, regions, edit.region.width, edit.region.height)
        if turns(goals):  # eyes go along, and are drawn where they are then
            return [bends, replace(drawn, region=self._within(drawn.region, eyes), lies=at[1])]
        return self._parted(bends, drawn, eyes)

    def _drawn_in(self, region: RegionMask, portrait: Portrait) -> RegionMask:
        """A region without the hair that renders do not show: their rims would be drawn out."""
        crop, detail = portrait.crop, portrait.detail
        if detail is None:
            return region
        kind = serial_of(detail), "beyond", crop, region.width, region.height
        hair = self.regions.made(kind, lambda: beyond(detail, *kind[2:]))
        if hair.is_empty:
            return region
        return self.regions.made((region.digest, *kind), lambda: region.subtracted(hair))

    def _on_hair(self, drawn: RenderedEdit, portrait: Portrait, now: Portrait) -> RenderedEdit:
        """Light on hair: in any region on its hair alone."""
        drawn, region = replace(drawn, trusted=trusted_hair(portrait)), drawn.region
        try:
            hair = self.usual(now, ("hair",), region.width, region.height)
        except RegionError:  # nobody saw any: what is brushed counts as such
            return drawn
        kind = region.digest, hair.digest, "hair"
        return replace(drawn, region=self.regions.made(kind, lambda: hair_in(region, hair)))

    def _by_tone(
        self, drawn: RenderedEdit, portrait: Portrait, names: tuple[str, ...]
    ) -> list[RenderedEdit]:
        """Of a far wider region only these presets change by tone; none: all of it does."""
        region, face, detail = drawn.region, portrait.crop.landmarks, portrait.detail
        if not drawn.toned or not names:
            return [drawn]
        seen = detail and serial_of(detail)
        kind = "tones", portrait.crop, seen, names, region.width, region.height
        near = self.regions.made(kind, lambda: around(*kind[3:], face, detail))
        if not region.subtracted(near).alpha.any():
            return [drawn]
        plain = replace(drawn, toned=False, keeps="")
        try:
            usual = self.usual(portrait, names, region.width, region.height)
        except RegionError:  # no teeth
            return [plain]
        return self._parted(plain, drawn, usual)

    def _parted(
        self, beside: RenderedEdit, drawn: RenderedEdit, inside: RegionMask
    ) -> list[RenderedEdit]:
        """One edit in two ways: a drag above asks again and again, so the regions are kept."""
        region = drawn.region
        both = region.digest, inside.digest, False
        rest = self.regions.made(both, lambda: region.subtracted(inside))
        return [replace(beside, region=rest), replace(drawn, region=self._within(region, inside))]

    def _within(self, region: RegionMask, held: RegionMask) -> RegionMask:
        return self.regions.made((region.digest, held.digest, True), lambda: region.within(held))

    def usual(
        self, portrait: Portrait, names: tuple[str, ...], width: int, height: int
    ) -> RegionMask:
        """Some presets of a face together, as soft as regions usually are.

        Args:
            portrait: the face.
            names: of presets that every face has.
            width: of the photo.
            height: of the photo.
        """
        landmarks, detail = portrait.crop.landmarks, portrait.detail

        def look() -> RegionMask:
            found = [preset(name, landmarks, width, height, detail) for name in names]
            together = reduce(RegionMask.united, found)
            soft = DetectedFace.at(landmarks, "project").default_feather
            return together.feathered(min(feather_of(name, soft) for name in names))

        seen = detail and serial_of(detail)  # another photo's face may lie at the same place
        return self.regions.made((portrait.crop, seen, names, width, height), look)

    def _at_eyes(self, drawn: RenderedEdit, portrait: Portrait, edit: Made) -> RenderedEdit:
        """The same, where lids, irises or light between lids are all that changes about eyes."""
        goals, asked = edit.drawn, (attributes.moves_lids, attributes.gaze, attributes.eye_light)
        _, gaze, light = each = [of(goals) for of in asked]
        lids = self._lids(portrait, goals, drawn.before, drawn.after) if any(each) else None
        if lids is None:
            return drawn
        far, lit = edit.weight * within_lids(lids, gaze), edit.weight * light
        return replace(drawn, still=False, lids=lids, gaze=far, eye_light=lit)

    def _lids(self, portrait: Portrait, goals: Named, before: Render, after: Render) -> Lids | None:
        """Where the photo's lids and irises lie, and where its lids go; None if they cannot."""
        if portrait.detail is None:
            return None
        to_crop, far = portrait.crop.to_crop, attributes.moves_lids(goals)
        seen = portrait.detail.mesh @ to_crop[:, :2].T + to_crop[:, 2]
        if not far:
            return still_lids(seen)
        renders = self.render(portrait.history.base), before, after
        meshes = squinting([self.mesh_of(render)[:, :2] for render in renders], goals)
        return lids_of(seen, meshes, far, opens=dict(goals).get("eyes_open", 0.0) > 0)

    def _bent(
        self, edit: Made, far: float, portrait: Portrait, drawn: RenderedEdit
    ) -> tuple[Points, Points]:
        """Where the face's points lie in two renders, ``far`` times as far from each other.

        Pulled ones go all of their way; glasses stay, unless the head moves.
        """
        meshes = self.mesh_of(drawn.before), self.mesh_of(drawn.after)
        meshes = meshes if edit.pulls else as_asked(meshes, edit.goals)
        flat = meshes[0][:, :2], meshes[1][:, :2]
        if not edit.pulls:
            there = as_photographed(flat, far, edit.goals, portrait.crop.landmarks_in_crop())
            return (flat[0], there) if drawn.rims is None else without(flat[0], there, drawn.rims)
        numbers = [number for number, _, _ in edit.pulls]
        here, there = (ibug_landmarks(mesh) for mesh in meshes)
        ways = np.array([(x, y) for _, x, y in edit.pulls]) @ portrait.crop.to_crop[:, :2].T
        eyes = float(np.hypot(*(here[36:42].mean(0) - here[42:48].mean(0))))
        ways, places = edit.weight * ways, (here[numbers], there[numbers])
        return going_exactly(flat, places, ways, _ALONG * eyes)
