"""What is folded: edits as pairs of renders, and what is kept of the work on them."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace
from itertools import starmap
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, ref

import cv2
import numpy as np

from editor.document import attributes
from editor.document.face import FaceCrop
from editor.document.gone_along import gone_along
from editor.engine.compositing import blending
from editor.engine.compositing.bare_skin import bare
from editor.engine.compositing.bending import bent, how_far
from editor.engine.compositing.geometry import Window, chain, inverse, placed, unit
from editor.engine.compositing.lids import Eye, lid_surface
from editor.engine.compositing.surface import Surface, explained
from editor.engine.compositing.turning import (
    ALIGNED,
    BEHIND,
    Surroundings,
    as_asked,
    beyond_render,
    landmarks_gone,
    turns,
)
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from editor.document.byte_cache import ByteCache, Shelf
    from editor.document.face import FaceDetail
    from editor.document.history import Edit, Portrait
    from editor.document.photo import Photo
    from editor.document.region import RegionMask
    from editor.engine.compositing.geometry import Box
    from editor.engine.compositing.lids import Lids

    Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Render:
    """The generator's picture of a style code.

    Attributes:
        pixels: float32 sRGB (r, r, 3) in [0, 1].
        digest: of the pixels: renders of one digest are the same picture.
    """

    pixels: Float
    digest: bytes

    @classmethod
    def of(cls, pixels: Float) -> Render:
        """With its digest."""
        return cls(pixels, hashlib.blake2b(pixels.tobytes(), digest_size=16).digest())


@dataclass(frozen=True, slots=True, eq=False)
class RenderedEdit:
    """One edit's two renders and where they go.

    Attributes:
        crop: the face's place in the photo.
        region: where pixels may change, in photo pixels.
        before, after: the generator's picture before and after the edit.
        still: only colours change, so all of the photo's detail stays where it is.
        toned: and they change by a curve of tones; where the renders differ by more than colour,
            the photo becomes neither lighter nor darker than both it and the render after.
        keeps: what a toned colour keeps to, ``AttributeInfo.keeps``.
        share: of the way from the render before to the one after that colours go.
        tinting: it was asked for colours (paint, a reference), also of a photo that has none.
        plain: only light in folds is taken of the renders, ``AttributeInfo.plain``, ``ageing``.
        bent: where points of the face lie in the two renders, (n, 2) crop pixels each: the photo
            is bent so that its own move likewise, and nothing else is taken from the renders; None
            for other edits.
        behind: what a head turns before, and with; None where all that is near goes along.
        folding: where bare skin is seen that folds as the renders show it, (r, r): how much of
            these folds' light is taken, and 0 elsewhere; None if none is.
        turning: with a head that turns, where bare skin is seen, (r, r) likewise: how much is
            taken of its light, which stays where it comes from; None if none is.
        lips: where lips were seen, (r, r) in 0…1, of a colour that ends at them; None: it ends
            where the region does.
        trusted: of light on hair, where the region is hair if it covers a place, (r, r) in 0…1,
            ``trusted_hair``; None: everywhere. Of age and work on skin likewise, where skin is.
        asked: likewise how strong it is to look, 0…1, ``attributes.hair_asked``; None: as strong as
            the renders have it. Of light on skin or brows −1…1, as the slider.
        parts: of light on skin or brows, how much of each place is skin, eye, brow, hair, none of a
            face and glasses, (r, r, 6) in 0…1, ``parts_seen``; None if nobody looked.
        lies: where the crop of a head lies that was turned before, ``turning.beyond_render``; None:
            where the photo has it.
        lids: of eyes that open or close, ``lids.Lids``: so the photo's lids move over its own
            eyeballs, and nothing else is taken from the renders; None for other edits.
        gaze: with these, how far irises go to the picture's right, of an eye's width.
        eye_light: likewise how much more light falls between lids, a factor's natural logarithm.
        rims: of what bends, where the photo shows spectacles, which do not, (r, r) in 0…1; None: it
            shows none, or they go along.
        skin: work on the photo's own skin instead, by name (``skin.NAMES``), −100…100; the renders
            are alike.
        quick: it is on the screen for a moment only: how surface moves and how the edge fades may
            be found less finely.
    """

    crop: FaceCrop
    region: RegionMask
    before: Render
    after: Render
    still: bool = False
    skin: tuple[tuple[str, float], ...] = ()
    toned: bool = False
    keeps: str = ""
    plain: bool = False
    tinting: bool = False
    quick: bool = False
    share: float = 1.0
    bent: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    behind: Surroundings | None = None
    folding: Float | None = None
    turning: Float | None = None
    lids: Lids | None = None
    gaze: float = 0.0
    eye_light: float = 0.0
    rims: Float | None = None
    lips: Float | None = None
    trusted: Float | None = None
    asked: float | None = None
    parts: Float | None = None
    lies: FaceCrop | None = None

    @classmethod
    def of(
        cls,
        crop: FaceCrop,
        region: RegionMask,
        before: Float,
        after: Float,
        *,
        still: bool = False,
        toned: bool = False,
    ) -> RenderedEdit:
        """From pictures (r, r, 3) in [0, 1]."""
        renders = Render.of(before), Render.of(after)
        return cls(crop, region, *renders, still, toned=toned)

    @property
    def place(self) -> FaceCrop:
        """Where the renders lie."""
        return self.lies or self.crop

    def lying(self, at: FaceCrop) -> RenderedEdit:
        """The same where a head's renders lie now; hair stays, as a head's outline does."""
        return self if at is self.crop or self.lights else replace(self, lies=self.lies or at)

    @property
    def lights(self) -> bool:
        """Whether all it does is light on hair, ``dodging``."""
        return self.still and self.toned and self.keeps in ("strands", "dye")

    @property
    def shades(self) -> bool:
        """Whether all it does is light on skin or brows, ``shading``."""
        return self.still and self.keeps in ("light", "shade", "brows")

    @property
    def bend(self) -> bytes:
        """Of ``bent``, ``behind`` and ``lids``: pulls of one pair of renders may differ."""
        places = [*(self.bent or ()), *(self.lids or ())]
        places += [] if self.behind is None else [self.behind]
        if not places:
            return b""
        return hashlib.blake2b(b"".join(p.tobytes() for p in places), digest_size=16).digest()

    @property
    def eyes(self) -> tuple[Eye, ...]:
        """Of ``lids``."""
        if self.lids is None:
            return ()
        each = starmap(Eye.of, zip(*self.lids, strict=True))
        return tuple(replace(eye, gaze=self.gaze, light=self.eye_light) for eye in each)

    @property
    def digest(self) -> bytes:
        """Of all that decides what the edit does to a picture."""
        digest = hashlib.blake2b(self.place.to_photo.tobytes(), digest_size=16)
        colour = f"{self.still} {self.toned} {self.keeps} {self.plain} {self.tinting}"
        colour += f" {self.asked} {self.gaze} {self.eye_light}"
        kind = f"{colour} {self.skin} {self.quick} {self.share} {self.bend.hex()}"
        place = f"{self.crop.size} {self.region.bounds} {kind}".encode()
        some = self.folding, self.turning, self.lips, self.trusted, self.parts, self.rims
        seen = [b"-" if p is None else p.tobytes() for p in some]
        renders = self.before.digest, self.after.digest
        for part in (place, _alpha_digest(self.region), *renders, *seen):
            digest.update(part)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Made:
    """What an edit is: where, its likeness, goals, pulls."""

    region: RegionMask
    like: str
    goals: tuple[tuple[str, float], ...]
    pulls: tuple[tuple[int, float, float], ...]
    weight: float = 1.0

    @classmethod
    def of(cls, edit: Edit) -> Made:
        """Of an entry of the history."""
        return cls(edit.extent, edit.origin.likeness, edit.goals, edit.origin.pulls, edit.weight)

    @property
    def drawn(self) -> list[tuple[str, float]]:
        """The goals without work on the photo's own skin."""
        return [goal for goal in self.goals if not attributes.is_skin_work(goal[0])]


_alpha_digests: dict[int, tuple[ref[NDArray[np.uint8]], bytes]] = {}


def _alpha_digest(region: RegionMask) -> bytes:
    """Computed once for each array: a large mask takes tens of milliseconds, at every preview."""
    key = id(region.alpha)
    found = _alpha_digests.get(key)
    if found is None or found[0]() is not region.alpha:
        digest = hashlib.blake2b(region.alpha.tobytes(), digest_size=16).digest()
        found = ref(region.alpha, lambda _: _alpha_digests.pop(key, None)), digest
        _alpha_digests[key] = found
    return found[1]


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A part of a level of the photo with some edits applied.

    Attributes:
        box: the part, in pixels of the level.
        pixels: uint16 sRGB (h, w, 3), read-only.
    """

    box: Box
    pixels: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class FaceInPhoto:
    """A face of the photo before any edit.

    Attributes:
        seen: float32 (n, n, 3), the photo on the grid of ``blending``.
        visible: float32 (r, r), where the face is seen, see ``explained``.
        colourless: whether the photo is black and white there, but for a few specks.
    """

    seen: Float
    visible: Float
    colourless: bool


PARTS = (
    ("skin", "nose"),
    ("right eye", "left eye", "iris"),
    ("right brow", "left brow"),
    ("hair",),
    ("background", "hat", "clothes"),
    ("glasses",),
)
SKIN = (
    "skin", "nose", "right brow", "left brow", "upper lip", "lower lip", "beard", "ears", "neck",
)  # fmt: skip
"""What light on skin falls on as well."""
_AGES = {
    "skin": ("skin", "nose"),
    "beside": ("ears", "neck"),
    "eyes": ("right eye", "left eye", "iris"),
    "brows": ("right brow", "left brow"),
    "lips": ("upper lip", "lower lip", "mouth", "teeth"),
    "others": ("background", "hat", "clothes", "glasses"),
    "beard": ("beard",),
}
_HAIRY = ("hair", "beard", "right brow", "left brow")  # a fringe and sideburns go on over these
_RIM_OF_PHOTO = 0.06  # of a side, twice: so near its edge spectacles bend as the face does
_SOME = 8  # of 255 of the matte
_COLOURLESS = 0.012  # sRGB: three of 255, which JPEG adds to greys
_serials: WeakKeyDictionary[Photo | FaceDetail, int] = WeakKeyDictionary()
_next_serial = itertools.count()
_bare: WeakKeyDictionary[FaceDetail, tuple[FaceCrop, Float]] = WeakKeyDictionary()


def serial_of(one: Photo | FaceDetail) -> int:
    """A number that no other photo or face has or had: a key that does not keep it alive."""
    if one not in _serials:
        _serials[one] = next(_next_serial)
    return _serials[one]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What the fold keeps between calls, within one budget of bytes.

    Attributes:
        surfaces: between two renders.
        fades: of a region's edge.
        faces: as the photo shows them.
        states: prefixes of the edits, applied.
    """

    surfaces: Shelf[Surface]
    fades: Shelf[Float]
    faces: Shelf[FaceInPhoto]
    states: Shelf[State] = field(repr=False)

    @classmethod
    def within(cls, cache: ByteCache) -> Kept:
        """Shelves of their own in a cache."""
        return cls(
            surfaces=cache.shelf(lambda kept: kept.flow.nbytes + kept.novelty.nbytes),
            fades=cache.shelf(lambda kept: kept.nbytes),
            faces=cache.shelf(lambda kept: kept.seen.nbytes + kept.visible.nbytes),
            states=cache.shelf(lambda kept: kept.pixels.nbytes),
        )

    def surface(self, edit: RenderedEdit) -> Surface:
        """How surface moves in an edit."""
        still = Surface.still(edit.crop.size)
        if edit.still and not edit.toned:
            return still
        before, after = edit.before, edit.after
        side = edit.crop.size
        if edit.lids is not None:
            return self.surfaces.made((edit.bend, side), lambda: lid_surface(edit.eyes, side))
        if edit.bent is not None:
            places = edit.bent
            key = edit.bend, side
            return self.surfaces.made(key, lambda: bent(*places, side, edit.behind))
        found = self.surfaces.made(
            (before.digest, after.digest, edit.quick),
            lambda: Surface.between(before.pixels, after.pixels, quick=edit.quick),
        )
        return Surface(still.flow, found.novelty) if edit.still else found

    def face(self, photo: Photo, crop: FaceCrop, inverted: Render) -> FaceInPhoto:
        """A face as the photo shows it, and its inversion's render explains it."""

        def look() -> FaceInPhoto:
            seen = aligned(photo, crop)
            small = blending.on_grid(seen)
            colourless = bool(np.quantile(np.ptp(small, axis=-1), 0.999) < _COLOURLESS)
            return FaceInPhoto(small, explained(seen, inverted.pixels), colourless)

        return self.faces.made((serial_of(photo), crop, inverted.digest), look)


def aligned(photo: Photo, crop: FaceCrop) -> Float:
    """The photo as the generator would see it, float32 sRGB (r, r, 3)."""
    size = (crop.size, crop.size)
    box = crop.bounds(photo.width, photo.height, margin=0.05)
    if not box[2] * box[3]:
        return np.zeros((*size, 3), np.float32)
    near = Window.of(box, 2 * crop.size)
    matrix = chain(inverse(near.to_photo), crop.to_photo)
    seen = unit(near.cut(photo))
    return placed(seen, matrix, size, cv2.INTER_LINEAR, border=cv2.BORDER_REFLECT_101)


def shown(portrait: Portrait, names: tuple[str, ...], share: float = 1.0) -> Float | None:
    """Where the photo shows some classes: ``share``, (r, r) in the crop; None if nobody looked."""
    detail = portrait.detail
    if detail is None or detail.labels is None:
        return None
    seen = FaceCrop.from_landmarks(detail.crop.landmarks, len(detail.labels))
    numbers = [CLASSES.index(name) for name in names]
    here = np.asarray(np.isin(detail.labels, numbers), np.float32) * np.float32(share)
    size = (portrait.crop.size,) * 2
    matrix = chain(seen.to_crop, portrait.crop.to_photo)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(here, matrix, size, flags=flags), np.float32)


def staying(portrait: Portrait, region: RegionMask) -> Surroundings:
    """What stays as a head turns: what is behind it, and the photo's edge; and what is stiff.

    What would come in from beyond the edge is not in the photo: it was streaks.
    """
    beyond = 1 - portrait.crop.coverage(region.width, region.height)
    seen = shown(portrait, BEHIND)
    behind = beyond if seen is None else np.maximum(seen, beyond)
    frames = shown(portrait, ("glasses",))
    if frames is not None:  # what is about them goes along, and would come in from there
        near = cv2.GaussianBlur(beyond, (0, 0), _RIM_OF_PHOTO * len(beyond)) > _SOME / 255
        frames = None if (frames[near] > 0).any() else frames
    return Surroundings(behind, frames)


def rigid(portrait: Portrait, goals: Sequence[tuple[str, float]]) -> Float | None:
    """Where spectacles lie that stay where they are, ``shown``; None where the head is to move.

    Args:
        portrait: with its crop where a head that was turned before lies now.
        goals: names and values.
    """
    if turns(goals) or portrait.detail is None:
        return None
    detail = gone_along(portrait.detail, portrait.crop.landmarks)
    return shown(replace(portrait, detail=detail), ("glasses",))


def left_at(
    lies: FaceCrop,
    edit: Made,
    portrait: Portrait,
    renders: tuple[Render, Render],
    mesh_of: Callable[[Render], NDArray[np.float64]],
    share: float = 1.0,
) -> FaceCrop:
    """Where a face's renders lie after an edit, and its points: a head that turns leaves its place.

    Args:
        lies: where they lay before it.
        edit: the edit; only one that turns the head changes anything.
        portrait: the face.
        renders: before and after.
        mesh_of: finds the (478, 3) points of a render.
        share: of the way to the render after that it goes.
    """
    goals = edit.drawn
    far = how_far(goals, portrait.crop.landmarks)
    if edit.like or edit.pulls or not far or not turns(goals):
        return lies
    meshes = mesh_of(renders[0]), mesh_of(renders[1])
    behind = staying(replace(portrait, crop=lies), edit.region)
    to_photo, held = share * portrait.crop.to_photo[:, :2], edit.region.at(lies.landmarks)
    gone = beyond_render(meshes, goals, far, behind)
    there = lies.moved(held[ALIGNED].mean() * (to_photo @ gone))
    each = far * landmarks_gone(as_asked(meshes, goals), behind) @ to_photo.T
    return replace(there, landmarks=lies.landmarks + held[:, None] * each)


def skin_work(
    portrait: Portrait, region: RegionMask, last: Render, skin: tuple[tuple[str, float], ...]
) -> RenderedEdit:
    """Work on the photo's own skin, ``RenderedEdit.skin``, on top of a render."""
    return RenderedEdit(
        portrait.crop, region, last, last, still=True, skin=skin, trusted=shown(portrait, SKIN)
    )


def parts_seen(portrait: Portrait) -> Float | None:
    """How much of each place of a crop is each of ``PARTS``, (r, r, 6); None if nobody looked."""
    found = [shown(portrait, names) for names in PARTS]
    seen = [one for one in found if one is not None]
    return np.dstack(seen) if len(seen) == len(found) else None


def bare_skin(portrait: Portrait) -> Float | None:
    """Where a face's skin gets older or younger, ``bare_skin.bare``; None if nobody looked."""
    crop, detail = portrait.crop, portrait.detail
    if detail is not None and detail in _bare and _bare[detail][0] is crop:
        return _bare[detail][1]  # a slider in hand asks again and again
    found = {name: shown(portrait, classes) for name, classes in _AGES.items()}
    seen = {name: one for name, one in found.items() if one is not None}
    if detail is None or len(seen) < len(found):
        return None
    matrix = chain(detail.crop.to_crop, crop.to_photo)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    matte = cv2.warpAffine(detail.hair, matrix, (crop.size,) * 2, flags=flags)
    hair = np.asarray(matte, np.float32) / np.float32(255)
    skin = bare({**seen, "hair": np.maximum(hair, seen["beard"])}, crop.landmarks_in_crop())
    skin.setflags(write=False)
    _bare[detail] = crop, skin
    return skin


def trusted_hair(portrait: Portrait) -> Float | None:
    """Where what is taken for hair is hair, (r, r) in the crop, 0…1; None if nobody looked.

    That is everywhere but where the matte of hair alone has some: it ends with the photograph's
    own strands, but has what shows between them as well. What is brushed beyond it counts.
    """
    detail, labelled = portrait.detail, shown(portrait, _HAIRY)
    if detail is None or labelled is None:
        return None
    size = (portrait.crop.size,) * 2
    matrix = chain(detail.crop.to_crop, portrait.crop.to_photo)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    matte = np.asarray(cv2.warpAffine(detail.hair, matrix, size, flags=flags))
    return np.where(matte > _SOME, labelled, np.float32(1))
