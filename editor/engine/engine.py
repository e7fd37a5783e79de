"""The engine: the only door to the networks. Runs jobs, yields reports, owns every tensor."""

from __future__ import annotations

import platform
import time
from collections import OrderedDict
from contextlib import closing
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np
import torch

from editor.document import attributes
from editor.document.colour import rounded_to_8_bits, srgb_uint8
from editor.document.errors import EngineError, EngineFailure
from editor.document.face import DetectedFace, FaceCrop
from editor.document.goals import Reference, likeness_name
from editor.document.history import Inversion
from editor.document.photo import PhotoError, decode_photo, make_pyramid, open_photo
from editor.document.photo_export import save_photo, stored_bands
from editor.document.project import ProjectError, locate_photo, open_project, save_project
from editor.document.quality import misfit_map
from editor.document.style import LayoutMismatchError, StyleCode, StyleDelta
from editor.engine import generators, inversion
from editor.engine.compositing import placement as compositing
from editor.engine.editing import Editing
from editor.engine.jobs import (
    Discover,
    Drafted,
    Drag,
    EngineInfo,
    Export,
    Exported,
    Failed,
    Finished,
    Intervene,
    Intervention,
    Invert,
    Notice,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    OpenReference,
    Patch,
    Preview,
    Progress,
    Render,
    SaveProject,
)
from editor.engine.tensors import (
    code_tensor,
    mask_tensor,
    picture_tensor,
    to_offset,
    to_picture,
    to_uint8,
)
from models.checkpoints import CheckpointError
from models.device import DeviceError, choose_device, describe
from models.encoder import Draft
from models.face import FaceAnalyser, identity_distance
from models.perceptual import feature_distance, load_efficientnet_lite

if TYPE_CHECKING:
    import collections.abc
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.history import Portrait
    from editor.document.photo import Photo, Pyramid
    from editor.engine.compositing.placement import Change
    from editor.engine.generators import LoadedGenerator
    from editor.engine.jobs import Job, Report
    from models.device import DeviceChoice

PREVIEW_SIDE = 640  # long side of a preview patch, pixels
FINAL_SIDE = 2400  # of a finished one
_PREVIEW_SECONDS = 0.1
_LOSSLESS = {".png", ".tif", ".tiff"}
_KEPT_RENDERS = 48


class _Pace:
    """Lets a preview through at most every 100 ms, and never for more than a third of the time."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        return time.monotonic() >= self._next

    def spent(self, began: float) -> None:
        """A preview took from ``began`` until now."""
        now = time.monotonic()
        self._next = now + max(_PREVIEW_SECONDS, 2 * (now - began))


class Engine:
    """One generator of the catalogue at a time, the other networks, and caches, on one device.

    A job that belongs to another generator than the one in use brings its own with it. Build with
    ``create``; not thread-safe: one thread owns it.

    Attributes:
        generator: the one in use, frozen, on the engine's device.
        layout: of its style space.
    """

    def __init__(self, loaded: LoadedGenerator, device: torch.device) -> None:
        self._device = device
        self._features = load_efficientnet_lite().to(device)
        self._faces = FaceAnalyser()
        self._notice = ""
        self._take(loaded)

    @classmethod
    def create(cls, device: DeviceChoice = "auto") -> Engine:
        """The default generator on a device.

        Raises:
            EngineFailure: weights are missing or damaged, or the device is not there.
        """
        try:
            chosen = choose_device(device)
            return cls(generators.load(generators.default(), chosen), chosen)
        except CheckpointError as error:
            raise EngineFailure(EngineError("model_damaged", error.title, error.advice)) from error
        except DeviceError as error:
            advice = "Use --device cpu, or install a CUDA build of PyTorch and a driver."
            raise EngineFailure(EngineError("bad_request", str(error), advice)) from error

    def _take(self, loaded: LoadedGenerator) -> None:
        """Work with this generator from here on."""
        self._loaded = loaded
        self.generator, self.layout = loaded.network, loaded.layout
        self._directions, self._encoder = loaded.directions, loaded.encoder
        self._renders: OrderedDict[StyleCode, NDArray[np.float32]] = OrderedDict()
        self._editing = Editing(
            self.generator, self.layout, self._directions, self._features, self._faces, self._device
        )

    @property
    def info(self) -> EngineInfo:
        """Device, generator, versions and the attributes on offer."""
        return EngineInfo(
            device=describe(self._device),
            generator=self._loaded.card.name,
            versions=_versions(),
            attributes=self._loaded.attributes,
            crop_size=self.generator.config.resolution,
            generator_sha256=self.layout.generator,
            notice=self._notice,
        )

    def warm_up(self) -> None:
        """Do once for nothing what the first face would wait for: imports, kernels, memory."""
        side = self.generator.config.resolution
        grey = np.full((side, side, 3), 128, np.uint8)
        self._faces.descriptor(grey, self._faces.aligned_landmarks(grey))
        target = picture_tensor((grey / 255).astype(np.float32), self._device)
        weight, statistics = torch.ones_like(target[:, :1]), self._directions.statistics
        nets = self.generator, self._features, feature_distance, statistics
        try:
            self._draft(target, weight)
            for _ in inversion.invert(*nets, target, weight, steps=2):
                pass
        except torch.cuda.OutOfMemoryError:
            pass  # jobs know what to do about it

    def close(self) -> None:
        """Forget caches and give device memory back."""
        self._renders.clear()
        self._editing.forget()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    # ------------------------------------------------------------------ running jobs

    def run(self, job: Job) -> collections.abc.Generator[Report]:
        """Reports of one job; the last is Finished or Failed. Close the iterator to cancel."""
        try:
            with closing(self._run(job)) as reports:
                for report in reports:
                    generator = self.generator
                    yield report
                    if self.generator is not generator:
                        break  # while this job was set aside, another one replaced it
                else:
                    return
            del generator, reports  # what they hold on the device
            yield from self.run(job)
        except torch.cuda.OutOfMemoryError as error:
            yield from self._retry_on_cpu(job, str(error))
        except EngineFailure as failure:
            yield Failed(failure.error)
        except (PhotoError, ProjectError) as error:
            kind = "project_unreadable" if isinstance(error, ProjectError) else "photo_unreadable"
            if isinstance(job, SaveProject | Export):
                kind = "not_writable"
            yield Failed(EngineError(kind, error.title, error.advice))
        except LayoutMismatchError as error:
            yield Failed(
                EngineError(
                    "model_missing",
                    "This project was made with another generator.",
                    "Open it with the version of the editor that made it.",
                    str(error),
                )
            )
        except MemoryError as error:
            yield Failed(
                EngineError(
                    "out_of_memory",
                    "There is not enough memory for this photo.",
                    "Close other programs, or work on a smaller copy.",
                    str(error),
                )
            )

    def _run(self, job: Job) -> collections.abc.Generator[Report]:
        self._use(generators.needed_by(job) or self.layout.generator)
        match job:
            case OpenPhoto():
                yield from self._open_photo(job.path)
            case OpenProject():
                yield from self._open_project(job)
            case SaveProject():
                photo_bytes = _photo_bytes(job) if job.embed_photo else None
                save_project(job.project, job.path, photo_bytes)
                yield Finished(job.path)
            case Invert():
                yield from self._invert(job)
            case Drag():
                yield Finished(self._drag(job))
            case Intervene():
                yield from self._intervene(job)
            case Discover():
                yield from self._editing.discover(job)
            case OpenReference():
                yield from self._open_reference(job.path)
            case Render():
                changes = self._changes(job.portraits)
                yield Finished(self._patch(job.photo, changes, FINAL_SIDE))
            case Export():
                yield from self._export(job)

    def _retry_on_cpu(self, job: Job, detail: str) -> Iterator[Report]:
        """The device ran out of memory: move everything to the CPU and do the job there."""
        self.close()
        try:
            fallback = Engine.create("cpu")  # the job brings its generator
        except EngineFailure as failure:
            yield Failed(failure.error)
            return
        self.__dict__.update(fallback.__dict__)
        torch.cuda.empty_cache()
        self._notice = "The GPU ran out of memory; working on the CPU from here on."
        yield Notice(
            self._notice + " Close other programs that use the GPU and restart to go back."
        )
        yield from self.run(job)

    def _use(self, sha256: str) -> None:
        """Work with the generator that has these weights.

        Raises:
            LayoutMismatchError: the catalogue does not know it.
            EngineFailure: its files are missing or damaged; the one in use stays.
        """
        if sha256 != self.layout.generator:
            loaded = generators.load(generators.find(sha256), self._device)
            self.close()
            self._take(loaded)

    # ------------------------------------------------------------------ documents

    def _open_photo(self, path: Path) -> Iterator[Report]:
        yield Progress("Reading the photo", 0, 3)
        photo = open_photo(path)
        yield Progress("Preparing the display", 1, 3)
        pyramid = make_pyramid(photo)
        yield Progress("Looking for faces", 2, 3)
        faces = self.find_faces(pyramid)
        self._use(generators.default().sha256)
        yield Finished(OpenedPhoto(photo, pyramid, faces, self.info))

    def _open_project(self, job: OpenProject) -> Iterator[Report]:
        yield Progress("Reading the project", 0, 4)
        project, embedded = open_project(job.path)
        layouts = [portrait.history.base.layout for portrait in project.portraits]
        card = generators.find(layouts[0].generator) if layouts else generators.default()
        yield Progress("Reading the photo", 1, 4)
        if embedded is None:
            photo = open_photo(locate_photo(project, job.path))
        else:
            photo = decode_photo(embedded, project.photo_path)
        yield Progress("Preparing the display", 2, 4)
        pyramid = make_pyramid(photo)
        yield Progress("Looking for faces", 3, 4)
        faces = self.find_faces(pyramid)
        self._use(card.sha256)
        portraits = tuple(self._with_misfit(portrait, photo) for portrait in project.portraits)
        project = replace(project, portraits=portraits)
        if card != generators.default():
            yield Notice(
                f"This project goes on with {card.name}, the generator of its edits. To work with "
                f"{generators.default().name}, open the photo itself."
            )
        yield Finished(OpenedProject(project, photo, pyramid, faces, self.info))

    def _open_reference(self, path: Path) -> Iterator[Report]:
        yield Progress("Reading the reference", 0, 2)
        photo = open_photo(path)
        yield Progress("Looking for its face", 1, 2)
        faces = self.find_faces(make_pyramid(photo))
        if not faces:
            raise EngineFailure(
                EngineError(
                    "no_face",
                    "No face was found in the reference.",
                    "Choose a photo in which the face is larger, sharper or turned to the camera.",
                )
            )
        crop = self.crop_of(faces[0])
        picture, landmarks = self._aligned_crop(photo, crop), crop.landmarks_in_crop()
        picture.setflags(write=False)
        landmarks.setflags(write=False)
        yield Finished(Reference(path.name, picture, landmarks))

    def find_faces(self, pyramid: Pyramid) -> tuple[DetectedFace, ...]:
        """Faces of a photo in photo pixels, largest first."""
        faces: list[DetectedFace] = []
        for found in self._faces.detect(pyramid.levels[0]):
            found.landmarks.setflags(write=False)
            faces.append(DetectedFace(found.box, found.landmarks, found.confidence, found.detector))
        return tuple(faces)

    def crop_of(self, face: DetectedFace) -> FaceCrop:
        """The aligned crop that this generator sees of a face."""
        return FaceCrop.from_landmarks(face.landmarks, self.generator.config.resolution)

    # ------------------------------------------------------------------ inversion

    def _invert(self, job: Invert) -> Iterator[Report]:
        began = time.monotonic()
        crop = job.crop
        if (
            crop.scale * crop.size < 24
            or not crop.coverage(job.photo.width, job.photo.height).any()
        ):
            raise EngineFailure(
                EngineError(
                    "no_face",
                    "The face is too small or lies outside the photo.",
                    "Use a photo in which the face is at least 40 pixels wide.",
                )
            )
        aligned = self._aligned_crop(job.photo, crop)
        coverage = crop.coverage(job.photo.width, job.photo.height)
        target = picture_tensor((aligned / 255).astype(np.float32), self._device)
        weight = mask_tensor(coverage * crop.face_weight(), self._device)
        pace, seconds, result = _Pace(), 0.0, None
        draft = self._draft(target, weight)
        if draft is not None:
            drafted = self._inverted(job, aligned, draft[1], None, steps=0)
            seconds = time.monotonic() - began
            yield Drafted(replace(drafted, seconds=seconds, is_draft=True))
            began = time.monotonic()
        for result in inversion.invert(
            self.generator,
            self._features,
            feature_distance,
            self._directions.statistics,
            target,
            weight,
            start=None if draft is None else draft[0],
            steps=job.steps,
        ):
            preview = None
            if draft is None and pace.due():  # from the draft on, the photo itself is edited
                preview = self._inversion_preview(job, result.picture, pace)
            seconds += time.monotonic() - began
            yield Progress("Inverting the face", result.step, job.steps)
            if preview is not None:
                yield preview
            began = time.monotonic()  # other jobs may have gone first meanwhile
        assert result is not None
        inverted = self._inverted(job, aligned, result.s, result.offset, steps=result.step)
        yield Finished(replace(inverted, seconds=seconds + time.monotonic() - began))

    def _inverted(
        self,
        job: Invert,
        aligned: NDArray[np.uint8],
        s: Tensor,
        offset: Mapping[str, Tensor] | None,
        steps: int,
    ) -> Inversion:
        """A code (1, channels) of the crop with its offset, and how faithful it is."""
        kept = None if offset is None else to_offset(offset)
        code = StyleCode(self.layout, s[0].cpu().numpy(), kept)
        picture = self._render(code)
        coverage = job.crop.coverage(job.photo.width, job.photo.height)
        error = float((((picture - aligned / 255.0) ** 2).mean(-1) * coverage).sum())
        psnr = -10 * np.log10(max(error / max(float(coverage.sum()), 1e-6), 1e-10))
        rebuilt = to_uint8(picture)
        distance = identity_distance(
            self._faces.descriptor(aligned, job.crop.landmarks_in_crop()),
            self._faces.descriptor(rebuilt, self._faces.aligned_landmarks(rebuilt)),
        )
        misfit = misfit_map(aligned, picture, coverage)
        return Inversion(code, float(psnr), distance, 0.0, steps, misfit)

    def _with_misfit(self, portrait: Portrait, photo: Photo) -> Portrait:
        """As opened from a project, which does not hold the map."""
        crop, picture = portrait.crop, self._render(portrait.history.base)
        coverage = crop.coverage(photo.width, photo.height)
        seen = self._aligned_crop(photo, crop)
        return replace(portrait, misfit=misfit_map(seen, picture, coverage))

    @torch.no_grad()
    def _draft(self, target: Tensor, weight: Tensor) -> tuple[inversion.Start, Tensor] | None:
        """The encoder's code, unless there is none or the mean face is nearer."""
        if self._encoder is None:
            return None
        generator, statistics = self.generator, self._directions.statistics
        draft = self._encoder.encode(generator, statistics, target)
        codes = [d.styles(generator, statistics) for d in (draft, Draft.mean(generator, 1))]
        pictures = generator.synthesise(torch.cat(codes))
        error, mean_error = ((pictures - target).square() * weight).flatten(1).sum(1)
        if not bool(error < mean_error):
            return None
        return inversion.Start(draft.offset, draft.residual), codes[0]

    def _inversion_preview(self, job: Invert, picture: Tensor, pace: _Pace) -> Preview:
        at = time.monotonic()
        patch = self._reconstruction_patch(job.photo, job.crop, to_picture(picture))
        pace.spent(at)
        return Preview(patch)

    def _reconstruction_patch(
        self, photo: Photo, crop: FaceCrop, picture: NDArray[np.float32]
    ) -> Patch:
        """The reconstruction laid softly over the photo."""
        box = crop.bounds(photo.width, photo.height)
        window = compositing.Window.of(box, PREVIEW_SIDE)
        return _patch_of(window, compositing.overlaid(photo, crop, picture, window))

    def reconstruction(self, code: StyleCode) -> NDArray[np.float32]:
        """What the generator makes of a code: float32 sRGB (r, r, 3) in [0, 1]."""
        return self._render(code)

    # ------------------------------------------------------------------ editing

    def _drag(self, job: Drag) -> Patch | None:
        if not any(goal.value for goal in job.goals):
            changes = self._changes(job.portraits)
        else:
            delta = self._editing.dragged(job)
            changes = self._changes(job.portraits, (job, delta))
        return self._patch(job.photo, changes, PREVIEW_SIDE)

    def _intervene(self, job: Intervene) -> Iterator[Report]:
        began, portrait = time.monotonic(), job.portraits[job.active]
        wish = self._editing.wish(
            job,
            base=lambda: self._render(portrait.history.base),
            seen=lambda: self._aligned_crop(job.photo, portrait.crop),
        )
        pace, result = _Pace(), None
        for result in self._editing.search(job, wish):
            yield Progress("Intervening", result.step, job.dials.steps)
            if pace.due():
                at = time.monotonic()
                now = StyleDelta.from_dense(self.layout, result.delta[0].cpu().numpy())
                changes = self._changes(job.portraits, (job, now))
                yield Preview(self._patch(job.photo, changes, PREVIEW_SIDE))
                pace.spent(at)
        assert result is not None
        seconds = time.monotonic() - began
        edit, report = self._editing.concluded(job, wish, result, seconds)
        changes = self._changes(job.portraits, (job, edit.delta))
        yield Finished(Intervention(edit, report, self._patch(job.photo, changes, FINAL_SIDE)))

    # ------------------------------------------------------------------ rendering

    def _changes(
        self,
        portraits: Sequence[Portrait],
        current: tuple[Drag | Intervene, StyleDelta] | None = None,
    ) -> list[Change]:
        """Every portrait's applied edits, in order; on top of its face's, what a job makes now."""
        changes: list[Change] = []
        for k, portrait in enumerate(portraits):
            codes = list(portrait.history.codes())
            edits = [
                (edit.region, edit.origin.likeness, [name for name, _ in edit.origin.goals])
                for edit in portrait.history.applied
            ]
            if current is not None and k == current[0].active:
                job, delta = current
                codes.append(codes[-1].plus(delta))
                likeness = job.likeness if isinstance(job, Intervene) else None
                names = [goal.attribute for goal in job.goals]
                edits.append((job.region, likeness_name(likeness), names))
            for before, after, (region, like, names) in zip(codes, codes[1:], edits, strict=False):
                still = not like and attributes.only_colours(names)
                renders = self._render(before), self._render(after)
                changes.append(compositing.Change(portrait.crop, region, *renders, still))
        return changes

    def _patch(self, photo: Photo, changes: Sequence[Change], longest: int) -> Patch | None:
        box = compositing.edited_box(changes)
        if box is None:
            return None
        window = compositing.Window.of(box, longest)
        pixels = rounded_to_8_bits(compositing.composite(photo, changes, window))
        pixels.setflags(write=False)
        return Patch(window.x, window.y, window.width, window.height, pixels)

    @torch.no_grad()
    def _render(self, code: StyleCode) -> NDArray[np.float32]:
        """G(s) as float32 sRGB (r, r, 3) in [0, 1]; recent ones are kept."""
        self.layout.require(code.layout)
        if code not in self._renders:
            generator = self._editing.generator_of(code)
            picture = to_picture(generator.synthesise(code_tensor(code, self._device)))
            picture.setflags(write=False)
            self._renders[code] = picture
        self._renders.move_to_end(code)
        while len(self._renders) > _KEPT_RENDERS:
            self._renders.popitem(last=False)
        return self._renders[code]

    def _export(self, job: Export) -> Iterator[Report]:
        yield Progress("Rendering", 0, 4)
        changes = self._changes(job.portraits)
        yield Progress("Compositing", 1, 4)
        pixels = compositing.edited_pixels(job.photo, changes)
        yield Progress("Writing the file", 2, 4)
        notes = save_photo(job.photo, pixels, job.path, job.options)
        del pixels  # as large as the photo
        yield Progress("Checking the file", 3, 4)
        identical = None
        if job.path.suffix.lower() in _LOSSLESS:
            identical = compositing.outside_identical(
                job.photo.pixels, stored_bands(job.path), [c.region for c in changes]
            )
        if any(portrait.is_draft and portrait.history.applied for portrait in job.portraits):
            notes = (*notes, "The face was still a draft. Export again once it is refined.")
        yield Finished(Exported(job.path, identical, notes))

    # ------------------------------------------------------------------ tensors and arrays

    def _aligned_crop(self, photo: Photo, crop: FaceCrop) -> NDArray[np.uint8]:
        """The face as the generator would see it, sRGB uint8 (r, r, 3)."""
        x, y, w, h = crop.bounds(photo.width, photo.height, margin=0.1)
        near = np.ascontiguousarray(photo.pixels[y : y + h, x : x + w])
        return crop.sample(srgb_uint8(near, photo.icc), (x, y))


def _patch_of(window: compositing.Window, picture: NDArray[np.float32]) -> Patch:
    pixels = to_uint8(picture)
    pixels.setflags(write=False)
    return Patch(window.x, window.y, window.width, window.height, pixels)


def _photo_bytes(job: SaveProject) -> bytes:
    """The original file, to embed it."""
    path = job.project.photo_path
    try:
        if path is None:
            raise FileNotFoundError("the photo has no file")
        return path.read_bytes()
    except OSError as error:
        raise EngineFailure(
            EngineError(
                "photo_unreadable",
                f"The photo cannot be embedded ({error}).",
                "Save the project without embedding, or put the photo back.",
            )
        ) from error


def _versions() -> dict[str, str]:
    names = ("torch", "PySide6-Essentials", "numpy", "opencv-python-headless", "dlib-bin", "pillow")
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
