"""The networks in use, on one device, and what is kept of their work: the handlers' desk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from editor.document import attributes
from editor.document.byte_cache import ByteCache, Shelf
from editor.document.errors import EngineError, EngineFailure
from editor.document.face import DetectedFace, FaceCrop, FaceDetail
from editor.document.photo import halves
from editor.document.style import LayoutMismatchError
from editor.engine import generators, pulling
from editor.engine.compositing.dragged_along import landmarks_bent
from editor.engine.compositing.fold import displayed, edited_box, face_seen, folded
from editor.engine.compositing.geometry import Level
from editor.engine.compositing.renders import (
    Kept,
    Render,
    RenderedEdit,
    left_at,
    skin_work,
    staying,
)
from editor.engine.compositing.skin import AGE
from editor.engine.compositing.turning import as_asked, landmarks_gone, turns
from editor.engine.face_detail import aligned_crop, detail_of
from editor.engine.jobs import EngineInfo, Patch
from editor.engine.kept_bytes import locality_bytes, sliders_bytes, tensor_bytes, tuned_bytes
from editor.engine.laying import Laying
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

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.history import Edit, Portrait
    from editor.document.photo import Photo, Pyramid
    from editor.document.region import RegionMask
    from editor.document.style import StyleCode, StyleDelta, StyleLayout
    from editor.engine.generators import LoadedGenerator
    from models.directions import Directions
    from models.encoder import Encoder
    from models.generator import Generator

    Gone = NDArray[np.float32]
    Points = NDArray[np.float64]
    Named = Sequence[tuple[str, float]]
    Change = tuple[RegionMask, StyleDelta]  # where, and of what

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
        laying: how edits lie over the photo.
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
        self.laying = Laying(self._regions, self._render, self._mesh_of)

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
            lies = portrait.crop
            for stage in stages(portrait, self._regions, under_way, quick=preview):
                edit, before = stage.made, stage.before
                region, like = edit.region, edit.like
                begin, then = len(edits), lies
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
                    edits += self.laying.laid(
                        edit, portrait, pair, (lies, then), share, quick=passing
                    )
                    if not like and (years := attributes.aged(edit.goals)):
                        edits.append(replace(edits[-1], skin=((AGE, years),)))
                if skin:
                    edits.append(skin_work(portrait, region, last, skin))
                edits[begin:], lies = [one.lying(lies) for one in edits[begin:]], then
        return edits

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
