"""The networks in use, on one device, and what is kept of their work: the handlers' desk."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from editor.document import attributes
from editor.document.byte_cache import ByteCache, Shelf
from editor.document.errors import EngineError, EngineFailure
from editor.document.face import DetectedFace, FaceCrop, FaceDetail
from editor.document.face_regions import around, feather_of, lips_are_closed, preset
from editor.document.gone_along import gone_along
from editor.document.photo import halves
from editor.document.region import RegionError, RegionMask
from editor.document.seen_parts import off_frames
from editor.document.style import LayoutMismatchError
from editor.engine import generators, pulling
from editor.engine.compositing.bending import going_exactly, how_far, without
from editor.engine.compositing.dragged_along import as_photographed, landmarks_bent, squinting
from editor.engine.compositing.fold import displayed, edited_box, face_seen, folded
from editor.engine.compositing.geometry import Level
from editor.engine.compositing.lids import lids_of, still_lids, within_lids
from editor.engine.compositing.lips import LIPS
from editor.engine.compositing.renders import (
    Kept,
    Render,
    RenderedEdit,
    bare_skin,
    left_at,
    parts_seen,
    rigid,
    serial_of,
    shown,
    skin_work,
    staying,
    trusted_hair,
)
from editor.engine.compositing.skin import AGE
from editor.engine.compositing.turning import as_asked, landmarks_gone, turns
from editor.engine.face_detail import aligned_crop, beyond, detail_of, softly
from editor.engine.hair_region import hair_in
from editor.engine.jobs import EngineInfo, Patch
from editor.engine.kept_bytes import locality_bytes, sliders_bytes, tensor_bytes, tuned_bytes
from editor.engine.previews import SMALLEST_SIDE
from editor.engine.stages import region_upon, stages
from editor.engine.tensors import (
    code_tensor,
    mask_tensor,
    offset_tensors,
    picture_tensor,
    to_picture,
)
from models.device import describe, halves_well, package_versions
from models.faces.analyser import FaceAnalyser
from models.faces.parser import FaceParser
from models.perceptual import SEEN, load_efficientnet_lite, seen
from models.replays import Replays
from models.tuning import tuned
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.history import Edit, Portrait
    from editor.document.photo import Photo, Pyramid
    from editor.document.style import StyleCode, StyleDelta, StyleLayout
    from editor.engine.compositing.lids import Lids
    from editor.engine.compositing.renders import Made
    from editor.engine.generators import LoadedGenerator
    from models.directions import Directions
    from models.encoder import Encoder
    from models.generator import Generator

    Gone = NDArray[np.float32]
    Points = NDArray[np.float64]
    Places = tuple[Points, Points]
    Named = Sequence[tuple[str, float]]
    Change = tuple[RegionMask, StyleDelta]  # where, and of what

_ALONG = 0.15  # eye distances around a pulled point that go along with it
CACHE_BYTES = 256 << 20  # of everything that is kept, on the device and beside it


class Workspace:
    """One generator at a time with the networks that every job needs.

    Attributes:
        loaded: the generator in use, with all that belongs to it.
        device: where the networks are.
        folder: where imported generators lie; None: there are none.
        features: EfficientNet-Lite0, frozen.
        faces: finds faces, their landmarks and descriptors.
        cache: the budget of all that is kept.
        deltas: of single goals that were searched: the goal's value, and Δs (1, channels).
        localities: ``channel_locality`` of a face as it is and a region.
        discovered: the sliders that were found there.
        folding: what compositing keeps.
        replays: graphs of what is computed again and again, on a GPU.
        thrifty: whether memory is saved at the cost of time, see ``save_memory``.
        halved: whether searches draw in half precision, because that is faster on this CPU
            (``halves_well``), or to save memory at the cost of digits (``search_in_half``).
        notice: something the user should know (a fallback to the CPU), or "".
    """

    def __init__(
        self, loaded: LoadedGenerator, device: torch.device, folder: Path | None = None
    ) -> None:
        self.loaded, self.device, self.folder = loaded, device, folder
        self.features = load_efficientnet_lite().to(device)
        self.faces = FaceAnalyser(device)
        self._parser = FaceParser(device)
        self.notice = ""
        self.replays = Replays.on(device)
        self.thrifty, self.halved = False, halves_well(device)
        self.generator.halved = self.halved
        self.cache = ByteCache(CACHE_BYTES)
        self.deltas: Shelf[tuple[float, Tensor]] = self.cache.shelf(lambda kept: kept[1].nbytes)
        self.localities = self.cache.shelf(locality_bytes)
        self.discovered = self.cache.shelf(sliders_bytes)
        self.folding = Kept.within(self.cache)
        self._renders: Shelf[Render] = self.cache.shelf(lambda kept: kept.pixels.nbytes)
        self._meshes: Shelf[Points] = self.cache.shelf(lambda kept: kept.nbytes)
        self._regions: Shelf[RegionMask] = self.cache.shelf(lambda kept: kept.alpha.nbytes)
        self._lacking = self.cache.shelf(tensor_bytes)
        self._components = self.cache.shelf(tensor_bytes)
        self._tuned = self.cache.shelf(tuned_bytes)

    @property
    def generator(self) -> Generator:
        """G, frozen."""
        return self.loaded.network

    @property
    def layout(self) -> StyleLayout:
        """Of its style space."""
        return self.loaded.layout

    @property
    def directions(self) -> Directions:
        """Of its attributes."""
        return self.loaded.directions

    @property
    def encoder(self) -> Encoder | None:
        """Makes drafts, if it has one."""
        return self.loaded.encoder

    @property
    def info(self) -> EngineInfo:
        """Device, generator, versions and the attributes on offer."""
        return EngineInfo(
            device=describe(self.device),
            generator=self.loaded.card.name,
            versions=package_versions(),
            attributes=self.loaded.attributes,
            crop_size=self.generator.config.resolution,
            generator_sha256=self.layout.generator,
            generators=generators.listed(self.folder),
            notice=self.notice or self.loaded.problem,
        )

    def use(self, sha256: str) -> None:
        """Work with the generator that has these weights.

        Raises:
            LayoutMismatchError: the catalogue does not know it.
            EngineFailure: its files are missing or damaged; the one in use stays.
        """
        if sha256 != self.layout.generator:
            loaded = generators.load(generators.find(sha256, self.folder), self.device)
            self.clear()
            self.loaded = loaded
            self.generator.thrifty, self.generator.halved = self.thrifty, self.halved

    def clear(self) -> None:
        """Forget what is kept."""
        self.cache.clear()
        self.replays.clear()

    def save_memory(self) -> None:
        """From now on nothing is kept for graphs, and searches keep no features: the same edits."""
        self.clear()
        self.replays = Replays()
        self.generator.thrifty = self.thrifty = True

    def search_in_half(self) -> None:
        """From now on searches draw in half precision; what is shown and exported does not."""
        self.save_memory()
        self.generator.halved = self.halved = True

    # ------------------------------------------------------------------ faces

    def find_faces(self, pyramid: Pyramid) -> tuple[DetectedFace, ...]:
        """Faces of a photo in photo pixels, largest first."""
        faces: list[DetectedFace] = []
        for found in self.faces.detect(pyramid.levels[0]):
            landmarks = found.landmarks
            landmarks.setflags(write=False)
            faces.append(DetectedFace(found.box, landmarks, found.confidence, found.detector))
        return tuple(faces)

    def crop_of(self, face: DetectedFace) -> FaceCrop:
        """The aligned crop that this generator sees of a face."""
        return FaceCrop.from_landmarks(face.landmarks, self.generator.config.resolution)

    def aligned_crop(
        self, photo: Photo, crop: FaceCrop, edits: Sequence[RenderedEdit] = ()
    ) -> NDArray[np.uint8]:
        """The face, with edits, as the generator would see it, sRGB uint8 (r, r, 3)."""
        return face_seen(photo, edits, crop, self.folding) if edits else aligned_crop(photo, crop)

    def detail_of(self, photo: Photo, crop: FaceCrop) -> FaceDetail:
        """What is seen of a face beyond its landmarks: its mesh, its parts, its head's hair."""
        return detail_of(photo, crop.landmarks, self.faces, self._parser)

    def crop_mask(self, crop: FaceCrop, region: RegionMask) -> Tensor:
        """A region as the crop sees it, (1, 1, r, r).

        Raises:
            EngineFailure: it does not touch the crop.
        """
        mask = None if region.is_empty else crop.mask_in_crop(region.alpha, region.x, region.y)
        if mask is None or float(mask.sum()) < 1:
            title = "The region does not touch the chosen face."
            advice = "Brush over the face, or choose a region preset."
            raise EngineFailure(EngineError("region", title, advice))
        return mask_tensor(mask, self.device)

    # ------------------------------------------------------------------ renders

    def generator_of(self, code: StyleCode) -> Generator:
        """The generator that makes the picture of a code: tuned, where the code has an offset.

        Raises:
            LayoutMismatchError: the code's offset belongs to another generator.
        """
        offset = code.offset
        if offset is None:
            return self.generator

        def tune() -> Generator:
            try:
                generator = tuned(self.generator, offset_tensors(offset))
            except ValueError as error:
                raise LayoutMismatchError(str(error)) from error
            generator.prepare()  # what it keeps is counted
            return generator

        return self._tuned.made(offset, tune)

    def code_tensor(self, code: StyleCode) -> Tensor:
        """A code on the device, (1, channels)."""
        return code_tensor(code, self.device)

    def reconstruction(self, code: StyleCode) -> NDArray[np.float32]:
        """What the generator makes of a code: float32 sRGB (r, r, 3) in [0, 1], read-only."""
        return self._render(code).pixels

    def _render(self, code: StyleCode, base: StyleCode | None = None) -> Render:
        """The picture of a code, or where it goes on from a ``base`` what is drawn fast of it."""
        self.layout.require(code.layout)
        if self.generator.config.resolution <= SEEN:
            base = None

        @torch.no_grad()
        def draw() -> Render:
            generator, s = self.generator_of(code), self.code_tensor(code)
            drawn = self._drawn(generator, s) if base is None else self._inner(generator, s, base)
            picture = to_picture(drawn)
            picture.setflags(write=False)
            return Render.of(picture)

        return self._renders.made((code, base), draw)

    def _inner(self, generator: Generator, s: Tensor, base: StyleCode) -> Tensor:
        """The inner picture of a larger generator, as large as networks see faces, enlarged.

        What that lacks of the whole one's averages is taken from ``base``, where an edit began: see
        ``editor.engine.inversion``. A third of a whole picture's time, and as soft as it is small.
        """

        def look() -> Tensor:
            whole = seen(picture_tensor(self.reconstruction(base), self.device))
            return whole - self._drawn(generator, self.code_tensor(base), SEEN)

        small = self._drawn(generator, s, SEEN) + self._lacking.made(base, look)
        return F.interpolate(small, size=generator.config.resolution, mode="bicubic")

    def _drawn(self, generator: Generator, s: Tensor, side: int | None = None) -> Tensor:
        return self.replays.run(_synthesised, generator, None, (s, side), ())

    def components(self) -> Tensor:
        """``pulling.basis`` of the generator in use."""
        sha256 = self.layout.generator
        return self._components.made(sha256, lambda: pulling.basis(self.generator))

    def rendered_edits(
        self,
        portraits: Sequence[Portrait],
        current: tuple[int, Sequence[Edit]] | None = None,
        *,
        preview: bool = False,
        ahead: tuple[StyleDelta, float] | None = None,
    ) -> list[RenderedEdit]:
        """Every portrait's edits in force, in order, and what is made on top of one's.

        Args:
            portraits: of the photo.
            current: whose, and what is made there: first what a job makes now, then what lies above
                it.
            preview: whether that may be drawn as ``_inner`` does and laid on quickly: it soon goes.
            ahead: of a preview that only bends or tones: what is drawn in the job's place, and what
                share of the way there it is.
        """
        edits: list[RenderedEdit] = []
        for number, portrait in enumerate(portraits):
            as_they_were, begun = len(portrait.history.applied), portrait.history.current()
            under_way = current[1] if current is not None and number == current[0] else ()
            turned, lies = False, portrait.crop
            for stage in stages(portrait, self._regions, under_way, quick=preview):
                edit, before = replace(stage.made, turned=turned), stage.before
                region, like = edit.region, edit.like
                begin, then = len(edits), lies
                turned |= turns(edit.goals) and bool(region.alpha.any())
                skin = tuple(goal for goal in edit.goals if attributes.is_skin_work(goal[0]))
                passing = preview and stage.place >= as_they_were
                base = begun if passing and (edit.drawn or like) else None
                to, share = stage.shown, stage.share
                if ahead is not None and passing and stage.place == as_they_were:
                    to, share = before.plus(ahead[0]), ahead[1]
                last = self._render(to, base)
                if edit.drawn or like or not skin:
                    pair = self._render(before, base), last
                    then = left_at(lies, edit, portrait, pair, self._mesh_of, share)
                    edits += self._placed(edit, portrait, pair, (lies, then), share, quick=passing)
                    if not like and (years := attributes.aged(edit.goals)):
                        edits.append(replace(edits[-1], skin=((AGE, years),)))
                if skin:
                    edits.append(skin_work(portrait, region, last, skin))
                edits[begin:], lies = [one.lying(lies) for one in edits[begin:]], then
        return edits

    def _placed(
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
        if edit.like or (attributes.of_hair(names) and not (still and keeps)):
            # hair's region goes beyond the crop; renders do not
            kind = "crop", was.crop, region.width, region.height
            region = region.within(self._regions.made(kind, lambda: softly(*kind[1:])))
        elif not attributes.of_hair(names):
            region = self._drawn_in(region, portrait)
        if portrait.detail is not None and attributes.moves_brows(goals):
            detail = gone_along(portrait.detail, was.crop.landmarks)
            key = region.digest, serial_of(detail), "off frames"  # these stay where brows go
            region = self._regions.made(key, lambda: off_frames(region, detail))
        drawn = RenderedEdit(
            crop, region, first, last, still,
            toned=toned, keeps=keeps, plain=bool(plain), tinting=bool(edit.like), quick=quick,
            asked=attributes.strength(goals, light=bool(shades or plain or keeps == "white")),
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
        skin = shown(was, ("skin",), 1 if turning else share) if folding or turning else None
        bends = replace(
            drawn,
            lids=None,
            bent=self._bent(edit, share * far, portrait, drawn),
            behind=staying(was, edit.region) if turning else None,
            folded=skin,
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
        hair = self._regions.made(kind, lambda: beyond(detail, *kind[2:]))
        if hair.is_empty:
            return region
        return self._regions.made((region.digest, *kind), lambda: region.subtracted(hair))

    def _on_hair(self, drawn: RenderedEdit, portrait: Portrait, now: Portrait) -> RenderedEdit:
        """Light on hair: in any region on its hair alone."""
        drawn, region = replace(drawn, trusted=trusted_hair(portrait)), drawn.region
        try:
            hair = self.usual(now, ("hair",), region.width, region.height)
        except RegionError:  # nobody saw any: what is brushed counts as such
            return drawn
        kind = region.digest, hair.digest, "hair"
        return replace(drawn, region=self._regions.made(kind, lambda: hair_in(region, hair)))

    def _by_tone(
        self, drawn: RenderedEdit, portrait: Portrait, names: tuple[str, ...]
    ) -> list[RenderedEdit]:
        """Of a far wider region only these presets change by tone; none: all of it does."""
        region, face, detail = drawn.region, portrait.crop.landmarks, portrait.detail
        if not drawn.toned or not names:
            return [drawn]
        seen = detail and serial_of(detail)
        kind = "tones", portrait.crop, seen, names, region.width, region.height
        near = self._regions.made(kind, lambda: around(*kind[3:], face, detail))
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
        rest = self._regions.made(both, lambda: region.subtracted(inside))
        return [replace(beside, region=rest), replace(drawn, region=self._within(region, inside))]

    def _within(self, region: RegionMask, held: RegionMask) -> RegionMask:
        return self._regions.made((region.digest, held.digest, True), lambda: region.within(held))

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
        return self._regions.made((portrait.crop, seen, names, width, height), look)

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
        renders = self._render(portrait.history.base), before, after
        meshes = squinting([self._mesh_of(render)[:, :2] for render in renders], goals)
        return lids_of(seen, meshes, far, opens=dict(goals).get("eyes_open", 0.0) > 0)

    def _bent(self, edit: Made, far: float, portrait: Portrait, drawn: RenderedEdit) -> Places:
        """Where the face's points lie in two renders, ``far`` times as far from each other.

        Pulled ones go all of their way; glasses stay, unless the head moves.
        """
        meshes = self._mesh_of(drawn.before), self._mesh_of(drawn.after)
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

    def gone(
        self, portrait: Portrait, change: Change, goals: Named, far: float, tracked: Points
    ) -> Points:
        """How far landmarks go in the bent photo, over ``far``; ``tracked``: in the renders."""
        if turns(goals):
            return self.turn(portrait, change, goals)
        meshes = self._meshes_of(portrait, change[1])
        return landmarks_bent(meshes, far, goals, portrait.crop.landmarks_in_crop(), tracked)

    def turn(self, portrait: Portrait, change: Change, goals: Named) -> Points:
        """How far landmarks go as a head turns, (68, 2), crop pixels, over how far it is bent."""
        behind = staying(replace(portrait, crop=self.lies(portrait)), change[0])
        return landmarks_gone(as_asked(self._meshes_of(portrait, change[1]), goals), behind)

    def _meshes_of(self, portrait: Portrait, delta: StyleDelta) -> tuple[Points, Points]:
        code = portrait.history.current()
        return self._mesh_of(self._render(code)), self._mesh_of(self._render(code.plus(delta)))

    def lies(self, portrait: Portrait) -> FaceCrop:
        """Where renders of a face lie in the photo with its edits: a turn leaves their place."""
        crop = portrait.crop
        for stage in stages(portrait, self._regions):
            if turns(stage.made.goals):
                renders = self._render(stage.before), self._render(stage.shown)
                crop = left_at(crop, stage.made, portrait, renders, self._mesh_of, stage.share)
        return crop

    def there(self, region: RegionMask, upon: Gone | None, portrait: Portrait) -> RegionMask:
        """A region that was made ``upon`` a face (``Edit.upon``), where that is now."""
        return region_upon(region, portrait, (upon, portrait.history.turned), self._regions)

    def _mesh_of(self, render: Render) -> Points:
        """(478, 3), the render's pixels, which are the crop's."""
        return self._meshes.made(
            render.digest,
            lambda: self.faces.aligned_mesh(np.rint(render.pixels * 255).astype(np.uint8)),
        )

    def patch(self, photo: Photo, edits: Sequence[RenderedEdit], longest: int) -> Patch | None:
        """The edited part of the photo for the screen; None without edits.

        Args:
            photo: the photograph.
            edits: of every portrait.
            longest: pixels that its long side is to come nearest to.
        """
        around = edited_box(edits, Level(0))
        if around is None:
            return None
        level = Level.near(max(around[2:]), longest)
        box, f = level.around(around), level.factor
        state = folded(photo, edits, level, self.folding)
        x, y = box[0] * f, box[1] * f
        width, height = min(box[2] * f, photo.width - x), min(box[3] * f, photo.height - y)
        seen = displayed(photo, state, level, box)
        return Patch(x, y, width, height, seen, halves(seen, SMALLEST_SIDE))


def _synthesised(
    generator: Generator, _: object, given: tuple[Tensor, int | None], __: tuple[()]
) -> Tensor:
    return generator.synthesise(given[0], resolution=given[1])


def bad_request(title: str, advice: str) -> EngineFailure:
    """What was asked for cannot be done."""
    return EngineFailure(EngineError("bad_request", title, advice))
