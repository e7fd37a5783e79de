"""An engine without networks: scripted, quick and deterministic.

It refuses what the real one does, as ``tests/contract`` sees to. What it makes of a face is a tint.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from editor.document.attributes import AttributeInfo, by_hand, is_skin_work, skin_table
from editor.document.colour import rounded_to_8_bits
from editor.document.errors import EngineError, EngineFailure
from editor.document.face import DetectedFace, FaceCrop
from editor.document.formats.layers import Layer, layers_between
from editor.document.goals import Pull, Reference
from editor.document.history import Edit, EditOrigin, Inversion
from editor.document.photo import Photo, PhotoError, make_pyramid, open_photo
from editor.document.photo_export import save_photo
from editor.document.photo_source import PhotoNotFoundError, PhotoSource
from editor.document.project import (
    ProjectError,
    SavedProject,
    find_photo,
    open_project,
    save_project,
    save_with_photo,
)
from editor.document.style import StyleCode, StyleDelta, StyleLayout
from editor.document.style_sliders import StyleSlider
from editor.engine.compositing.fold import outside_identical
from editor.engine.compositing.geometry import Level
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.jobs import (
    TILE_SIDE,
    Decoded,
    Discover,
    Discovery,
    Drafted,
    Drag,
    EngineInfo,
    Export,
    Exported,
    Failed,
    FindDirections,
    Finished,
    GeneratorInfo,
    Intervene,
    Intervention,
    InterventionReport,
    Invert,
    Notice,
    OpenedPhoto,
    OpenedProject,
    OpenPhoto,
    OpenProject,
    Patch,
    Preview,
    Progress,
    Render,
    RenderTile,
    Resettle,
    SaveProject,
    Tile,
)
from tests import fake_generators, fake_likenesses
from tests.fake_tints import composite, patch_with, rgb8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from editor.engine.jobs import Job, Report

LAYOUT = StyleLayout(("b4.conv1", "b4.torgb"), (4, 2), "f" * 64)

ATTRIBUTES = (
    AttributeInfo("smile", "Smile", "Expression", "Width of the mouth.", "smile", 2.0, True),
    AttributeInfo("mouth_open", "Mouth open", "Expression", "Gap of the lips.", "jaw", 2.0, True),
    AttributeInfo("eyes_open", "Eyes open", "Expression", "Height of the eyes.", "eyes", 2.0, True),
    AttributeInfo("brow_height", "Brow height", "Expression", "Brows to eyes.", "brows", 2.0, True),
    AttributeInfo("head_turn", "Head turn", "Pose", "Nose between the cheeks.", "face", 2.0, True),
    AttributeInfo("lip_redness", "Lip redness", "Colour", "Redness of lips.", "lips", 2.0, False),
    AttributeInfo(
        "light_from_left", "Light from the left", "Colour", "Lightness.", "skin", 2.0, False
    ),
    AttributeInfo("hair_brightness", "Hair brightness", "Colour", "Lightness.", "hair", 2.0, False),
    *skin_table(),
)


def landmarks_at(x: float, y: float, size: float) -> NDArray[np.float64]:
    """A drawn face's 68 landmarks, centred at (x, y), ``size`` from temple to temple."""
    points: list[tuple[float, float]] = []
    for k in range(17):  # jaw
        angle = math.pi * k / 16
        points.append((-0.5 * math.cos(angle), -0.1 + 0.62 * math.sin(angle)))
    for side in (-1, 1):  # brows
        points += [(side * 0.24 + 0.06 * k, -0.25 - 0.03 * (2 - abs(k))) for k in range(-2, 3)]
    points += [(0, -0.12 + 0.08 * k) for k in range(4)]  # nose
    points += [(0.05 * k, 0.18 + 0.01 * (2 - abs(k))) for k in range(-2, 3)]
    eye = [(-0.09, 0), (-0.03, -0.035), (0.03, -0.035), (0.09, 0), (0.03, 0.03), (-0.03, 0.03)]
    for side in (-1, 1):
        points += [(side * 0.22 + ex, -0.12 + ey) for ex, ey in eye]
    for radius, count in ((1.0, 12), (0.7, 8)):  # lips
        for k in range(count):
            angle = math.pi + 2 * math.pi * k / count
            points.append((0.2 * radius * math.cos(angle), 0.32 + 0.06 * radius * math.sin(angle)))
    return np.array(points) * size + [x, y]


def face_at(x: float, y: float, size: float) -> DetectedFace:
    """A detected face there."""
    box = (x - size / 2, y - size / 2, size, size)
    landmarks = landmarks_at(x, y, size)
    landmarks.setflags(write=False)
    return DetectedFace(box, landmarks, 1.0, "hog")


def one_face(photo: Photo) -> tuple[DetectedFace, ...]:
    """A face in the middle of any photo that is large enough for one."""
    if min(photo.width, photo.height) < 40:
        return ()
    return (face_at(photo.width / 2, photo.height / 2, 0.45 * min(photo.width, photo.height)),)


def no_face(photo: Photo) -> tuple[DetectedFace, ...]:
    """Nobody."""
    del photo
    return ()


def two_faces(photo: Photo) -> tuple[DetectedFace, ...]:
    """A larger face on the left, a smaller one on the right."""
    w, h = photo.width, photo.height
    return face_at(0.3 * w, 0.5 * h, 0.35 * w), face_at(0.75 * w, 0.5 * h, 0.25 * w)


def style_slider(
    id: str, channel: int, under: NDArray[np.uint8], locality: float = 0.9
) -> StyleSlider:
    """A found slider that moves one channel; its thumbnails darken and lighten ``under``."""
    low, high = (np.clip(under.astype(int) + by, 0, 255).astype(np.uint8) for by in (-40, 40))
    low.setflags(write=False)
    high.setflags(write=False)
    delta = StyleDelta(LAYOUT, np.array([channel]), np.array([1.5]))
    return StyleSlider(id, id, delta, locality, 0.1, low, high)


class FakeEngine:
    """Answers every job as the real engine would, in ``steps`` steps.

    Attributes:
        jobs: every job that was begun, in order.
        released: jobs whose generator was left, finished or closed.
        fail: raise this when a job of that type is run.
        gate: while cleared, jobs wait at each step (up to a minute, then they fail).
        at_gate: set once a job waits there.
        closed: whether close() was called.
        of_projects: what projects are opened with, if it is another generator than photos have.
        delayed: types of jobs that report and report, and do not come to their end meanwhile.
    """

    def __init__(
        self,
        steps: int = 3,
        faces: Callable[[Photo], tuple[DetectedFace, ...]] = one_face,
        pause: float = 0.0,
        *,
        drafts: bool = False,
    ) -> None:
        self.info = EngineInfo(
            "Fake device",
            "fake",
            {"fake": "1"},
            ATTRIBUTES,
            crop_size=64,
            generator_sha256=LAYOUT.generator,
            generators=(GeneratorInfo("fake", LAYOUT.generator, 64, "none: it is a fake"),),
        )
        self.steps = steps
        self.pause = pause
        self.drafts = drafts
        self.find_faces = faces
        self.jobs: list[Job] = []
        self.released: list[Job] = []
        self.fail: dict[type, Exception] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.at_gate = threading.Event()
        self.closed = False
        self.of_projects: EngineInfo | None = None
        self.delayed: set[type] = set()
        self.thread_name = threading.current_thread().name
        self._serial = 0

    def close(self) -> None:
        self.closed = True

    def crop_of(self, face: DetectedFace) -> FaceCrop:
        """The aligned crop of a face."""
        return FaceCrop.from_landmarks(face.landmarks, self.info.crop_size)

    def begun(self, kind: type) -> list[Job]:
        """The jobs of one type that were begun."""
        return [job for job in self.jobs if isinstance(job, kind)]

    def run(self, job: Job) -> Iterator[Report]:
        self.jobs.append(job)
        try:
            if type(job) in self.fail:
                raise self.fail[type(job)]
            refusal = self._refusal(job)
            if refusal is not None:
                yield Failed(refusal)
                return
            while type(job) in self.delayed:
                yield Progress("Taking long", 0, 0)
                time.sleep(0.001)
            yield from self._run(job)
        except EngineFailure as failure:
            if type(job) in self.fail:
                raise
            yield Failed(failure.error)
        finally:
            self.released.append(job)

    def _refusal(self, job: Job) -> EngineError | None:
        """Why the real engine would not do that."""
        if isinstance(job, Resettle):
            return self._refusal(job.search)
        if isinstance(job, Invert):
            coverage = job.crop.coverage(job.photo.width, job.photo.height)
            if job.crop.scale * job.crop.size < 24 or not coverage.any():
                return EngineError("no_face", "The face is too small.", "Use another photo.")
            return None
        if not isinstance(job, Drag | Intervene | Discover | Render | RenderTile | Export):
            return None
        layouts = [portrait.history.base.layout for portrait in job.portraits]
        if isinstance(job, Drag | Intervene):
            layouts += [goal.direction.layout for goal in job.goals if goal.direction]
        if any(layout != LAYOUT for layout in layouts):
            title = "This project was made with another generator."
            return EngineError("model_missing", title, "Open it with the version that made it.")
        if isinstance(job, Render | RenderTile | Export):
            return None
        if isinstance(job, Drag | Intervene) and (refusal := _refused_goals(job)) is not None:
            return refusal
        if isinstance(job, Drag) and not any(goal.value for goal in job.goals):
            return None
        region, crop = job.region, job.portraits[job.active].crop
        if region.is_empty or crop.mask_in_crop(region.alpha, region.x, region.y).sum() < 1:
            title = "The region does not touch the chosen face."
            return EngineError("region", title, "Brush over the face.")
        return None

    def step(self) -> None:
        """Wait as a test wants it."""
        if not self.gate.is_set():
            self.at_gate.set()
            if not self.gate.wait(60):
                raise TimeoutError("the gate stayed closed")
        if self.pause:
            time.sleep(self.pause)

    def _run(self, job: Job) -> Iterator[Report]:
        self.step()
        if isinstance(job, OpenPhoto):
            yield Progress("Opening the photo", 0, 2)
            chosen = job.generator or self.info.generators[0].sha256
            using = next((one for one in self.info.generators if one.sha256 == chosen), None)
            if using is None:
                title = "This photo asks for a generator that is not here."
                yield Failed(EngineError("model_missing", title, "Add it, then open it again."))
                return
            try:
                photo = open_photo(job.path)
            except PhotoError as error:
                yield Failed(EngineError("photo_unreadable", error.title, error.advice))
                return
            pyramid = make_pyramid(photo)
            info = replace(self.info, generator=using.name, generator_sha256=using.sha256)
            if using.source and not using.has_attributes:
                info = replace(info, attributes=())
            yield Decoded(photo, pyramid, info)
            yield Progress("Looking for faces", 1, 2)
            self.step()
            yield Finished(OpenedPhoto(photo, pyramid, self.find_faces(photo), info))
        elif isinstance(job, OpenProject):
            yield from self._open_project(job)
        elif isinstance(job, SaveProject):
            yield from self._save_project(job)
        elif isinstance(job, Invert):
            code = StyleCode(LAYOUT, np.arange(6, dtype=np.float32))
            rising = np.linspace(0, 0.6, job.crop.size)  # from left to right
            misfit = np.tile(rising, (job.crop.size, 1)).astype(np.float32)
            better = (misfit / 2).astype(np.float32)
            misfit.flags.writeable = better.flags.writeable = False
            if self.drafts:
                drawn = np.full(6, 0.5, np.float32)
                drawn[5] += job.crop.landmarks[0, 0] / 1e4  # of each place another one
                rough = StyleCode(LAYOUT, drawn)
                yield Drafted(Inversion(rough, 19.5, 0.55, 0.1, 0, misfit, is_draft=True))
                self.step()
            for step in range(self.steps):
                yield Progress("Analysing the face", step + 1, self.steps)
                if not self.drafts:
                    yield Preview(self._reconstruction(job, (step + 1) / self.steps))
                self.step()
            yield Finished(Inversion(code, 27.5, 0.31, 0.1, self.steps, better))
        elif isinstance(job, Drag):
            yield Progress("Previewing", 0, 1)
            self.step()
            moved = [(goal.attribute, goal.value) for goal in job.goals if goal.value]
            yield Finished(patch_with(job, moved))
        elif isinstance(job, Intervene):
            yield from self._intervene(job)
        elif isinstance(job, Resettle):
            yield from self._resettled(job)
        elif isinstance(job, Discover):
            yield from self._discover(job)
        elif isinstance(job, FindDirections | FitBoundary | FitScorer):
            yield from fake_generators.sliders(self, job)
        elif isinstance(job, fake_generators.CHANGES):
            yield from fake_generators.changed(self, job)
        elif isinstance(job, fake_likenesses.JOBS):
            yield from fake_likenesses.answered(self, job)
        elif isinstance(job, Render):
            yield Progress("Rendering", 0, 1)
            self.step()
            yield Finished(composite(job.photo, job.portraits, []))
        elif isinstance(job, RenderTile):
            yield from self._render_tile(job)
        else:
            yield Progress("Exporting", 0, 1)
            self.step()
            yield Finished(self._export(job))

    def _intervene(self, job: Intervene) -> Iterator[Report]:
        goals = tuple((goal.attribute, goal.value) for goal in job.goals)
        likeness = ""
        if isinstance(job.likeness, Reference):
            likeness = f"reference {job.likeness.name}"
        elif job.likeness is not None:
            likeness = "pull" if isinstance(job.likeness, Pull) else "paint"
        shown = ((likeness, 100.0),) if likeness else goals
        searched = [value for name, value in shown if not is_skin_work(name)]
        steps = self.steps if searched else 0
        for step in range(steps):
            yield Progress("Making the edit", step + 1, steps)
            share = (step + 1) / steps
            yield Preview(patch_with(job, [(name, value * share) for name, value in shown]))
            self.step()
        self._serial += 1
        rows = {row.name: row for row in (*ATTRIBUTES, *by_hand())}
        text = ", ".join(
            f"{rows[name].label if name in rows else 'Discovered'} {value:+.0f}"
            for name, value in goals
        )
        pulls = job.likeness.points if isinstance(job.likeness, Pull) else ()
        if likeness:
            text = "Pull points" if pulls else f"Match {likeness.removeprefix('reference ')}"
        dense = np.zeros(LAYOUT.channels, np.float32)
        dense[0] = sum(searched) / 100
        if searched and portrait_is_draft(job):
            dense[1] = 0.5  # what suits a draft suits no other face
        delta = StyleDelta.from_dense(LAYOUT, dense)
        dials = job.dials
        moves = isinstance(job.likeness, Reference | Pull) or any(
            name not in rows or rows[name].moves for name, _ in goals
        )
        shift = np.zeros((68, 2), np.float32) if moves else None
        if shift is not None:
            for number, x, y in pulls:
                shift[number] = x, y
            shift.setflags(write=False)
        edit = Edit(
            f"edit-{self._serial}",
            text,
            delta,
            job.region,
            EditOrigin(
                goals,
                dials.seed,
                steps,
                dials.strictness,
                dials.naturalness,
                dials.residual,
                likeness,
                pulls=pulls,
            ),
            1.0,
            shift,
        )
        known = {name for name in rows if not is_skin_work(name)}
        attained = tuple(1.0 if name in known else math.nan for name, _ in goals)
        numbers = 0.1, 0.001, 0.02, 0.01
        report = InterventionReport(steps, *numbers, attained, attained, len(delta.channels))
        yield Finished(Intervention(edit, report, patch_with(job, list(shown))))

    def _resettled(self, job: Resettle) -> Iterator[Report]:
        for report in self._intervene(job.search):
            if isinstance(report, Finished):
                found = report.result
                assert isinstance(found, Intervention)
                yield Finished(replace(found, patch=None))
            elif not isinstance(report, Preview):
                yield report

    def _discover(self, job: Discover) -> Iterator[Report]:
        for step in range(self.steps):
            yield Progress("Looking for what can change", step + 1, self.steps)
            self.step()
        x, y, w, h = job.region.bounds
        under = rgb8(job.photo)[y : y + h, x : x + w][:64, :64]
        sliders = tuple(
            style_slider(f"b4.conv1#{k}", k % LAYOUT.channels, under, 1 - k / (job.count + 1))
            for k in range(job.count)
        )
        yield Finished(Discovery(sliders, 0.1))

    def _reconstruction(self, job: Invert, share: float) -> Patch:
        x, y, w, h = job.crop.bounds(job.photo.width, job.photo.height)
        pixels = rgb8(job.photo)[y : y + h, x : x + w]
        coarse = max(2, round(24 * (1 - share)))
        rough = pixels[::coarse, ::coarse].copy()
        rough.setflags(write=False)
        return Patch(x, y, w, h, rough)

    def _export(self, job: Export) -> Exported:
        pixels = self._edited(job)
        if job.photo.pixels.dtype == np.uint16:  # 16 bits, but for the tint
            pixels = np.where(
                pixels == rgb8(job.photo), job.photo.pixels, pixels.astype("u2") * 257
            )
        identical = None
        drawn = [p for p in job.portraits if any(e.is_searched for e in p.history.applied)]
        try:
            layers = self._layers(job) if job.options.layers else ()
            options = replace(job.options, ai_mark=job.options.ai_mark and bool(drawn))
            notes = save_photo(job.photo, pixels, job.path, options, layers)
            if job.path.suffix.lower() in (".png", ".tif", ".tiff"):
                regions = [e.region for p in job.portraits for e in p.history.applied]
                written = open_photo(job.path).pixels
                identical = outside_identical(job.photo.pixels, [(0, written)], regions)
        except PhotoError as error:
            raise EngineFailure(EngineError("not_writable", error.title, error.advice)) from error
        if any(portrait.is_draft for portrait in drawn):
            notes = (*notes, "The face was still a draft.")
        return Exported(job.path, identical, notes)

    def _layers(self, job: Export) -> tuple[Layer, ...]:
        """From each state of the faces' histories to the next, one face after the other."""
        states: list[tuple[str, NDArray[np.uint8], NDArray[np.uint8]]] = []
        for number, portrait in enumerate(job.portraits):
            history = portrait.history
            for position in range(1, history.position + 1):
                here = portrait.with_history(history.at(position))
                pixels = self._edited(replace(job, portraits=(*job.portraits[:number], here)))
                edit = history.edits[position - 1]
                states.append((edit.title, pixels, edit.extent.full()))
        return layers_between(rgb8(job.photo), states)

    def _render_tile(self, job: RenderTile) -> Iterator[Report]:
        yield Progress("Rendering", 0, 1)
        self.step()
        level = Level(job.level)
        columns, rows = level.size(job.photo) if job.level >= 0 else (0, 0)
        x, y = job.column * TILE_SIDE, job.row * TILE_SIDE
        if not (0 <= x < columns and 0 <= y < rows):
            yield Failed(EngineError("bad_request", "There is no such tile.", "Ask for another."))
            return
        whole = level.window((0, 0, columns, rows)).cut(Photo(self._edited(job)))
        pixels = rounded_to_8_bits(whole[y : y + TILE_SIDE, x : x + TILE_SIDE])
        pixels.setflags(write=False)
        yield Finished(Tile(job.level, job.column, job.row, pixels))

    def _edited(self, job: Export | RenderTile) -> NDArray[np.uint8]:
        """The whole photo with its edits."""
        pixels = rgb8(job.photo).copy()
        patch = composite(job.photo, job.portraits, [])
        if patch:
            box = pixels[patch.y : patch.y + patch.height, patch.x : patch.x + patch.width]
            box[...] = patch.pixels
        return pixels

    def _open_project(self, job: OpenProject) -> Iterator[Report]:
        yield Progress("Opening the project", 0, 1)
        try:
            project, embedded = open_project(job.path)
            found = find_photo(project, job.path, embedded, job.photo)
        except PhotoNotFoundError as error:
            yield Failed(EngineError("photo_missing", error.title, error.advice))
            return
        except ProjectError as error:
            yield Failed(EngineError("project_unreadable", error.title, error.advice))
            return
        except PhotoError as error:
            yield Failed(EngineError("photo_unreadable", error.title, error.advice))
            return
        photo, source = found.photo, found.source
        for note in (*project.missing, *found.notes):
            yield Notice(note)
        faces = self.find_faces(photo)
        info = self.of_projects or self.info
        if self.of_projects:
            yield Notice(f"This project goes on with {info.generator}.")
        misfit = np.zeros((info.crop_size, info.crop_size), np.float32)
        misfit.setflags(write=False)
        portraits = tuple(replace(portrait, misfit=misfit) for portrait in project.portraits)
        project = replace(project, portraits=portraits)
        pyramid, inside = make_pyramid(photo), source.embedded is not None
        yield Finished(OpenedProject(project, photo, pyramid, faces, info, inside, source))

    def _save_project(self, job: SaveProject) -> Iterator[Report]:
        yield Progress("Saving", 0, 1)
        self.step()
        project, photo = job.project, job.photo
        try:
            if photo is not None:
                source = job.source or PhotoSource.of(photo)
                saved = save_with_photo(project, job.path, photo, source, embed=job.embed_photo)
            else:
                saved = self._save_without_photo(job)
        except ProjectError as error:
            yield Failed(EngineError("not_writable", error.title, error.advice))
            return
        except OSError as error:
            title = f"The photo cannot be embedded ({error})."
            yield Failed(EngineError("photo_unreadable", title, "Save without embedding."))
            return
        for note in saved.notes:
            yield Notice(note)
        yield Finished(saved)

    def _save_without_photo(self, job: SaveProject) -> SavedProject:
        path, photo_bytes = job.project.photo_path, None
        if job.embed_photo:
            if path is None:
                raise FileNotFoundError("the photo has no file")
            photo_bytes = path.read_bytes()
        save_project(job.project, job.path, photo_bytes)
        source = PhotoSource(path, job.project.photo_sha256, embedded=photo_bytes)
        return SavedProject(job.path, source, job.embed_photo)


def portrait_is_draft(job: Intervene) -> bool:
    """Whether an edit is made on a draft."""
    return job.portraits[job.active].is_draft


def _refused_goals(job: Drag | Intervene) -> EngineError | None:
    """What the real engine says of goals that it cannot reach."""
    names = [row.name for row in (*ATTRIBUTES, *by_hand())]
    for goal in job.goals:
        if goal.direction is None and goal.attribute not in names:
            title = f"There is no attribute named {goal.attribute!r}."
            return EngineError("bad_request", title, f"Choose one of: {', '.join(names)}.")
    nothing = not any(goal.value for goal in job.goals)
    if isinstance(job, Intervene) and job.likeness is None and nothing:
        return EngineError("bad_request", "Nothing to do.", "Move a slider away from 0.")
    if isinstance(job, Intervene) and isinstance(job.likeness, Pull) and not job.likeness.moves:
        return EngineError("bad_request", "Nothing to do.", "Drag a point of the face.")
    return None
