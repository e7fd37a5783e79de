"""The real engine on a random generator, with faces that were drawn; it ends when it is let.

All that lays an edit over the photograph is the real thing. What is looked for in a photo is known
beforehand: two faces with hair beyond their crops, glasses, lips and a beard.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from editor.document.face import FaceCrop, FaceDetail
from editor.document.face_mesh import mesh_through
from editor.document.history import Inversion
from editor.document.style import StyleCode
from editor.engine import generators, intervention, workspace
from editor.engine.engine import Engine
from editor.engine.handlers import editing
from editor.engine.jobs import Drafted, Finished, Invert, Progress
from editor.engine.workspace import Workspace
from models import checkpoints, perceptual
from models.faces.analyser import FaceAnalyser
from resources.face_classes import CLASSES
from resources.face_mesh import mean_mesh
from tests.end_to_end.tiny_generator import write_tiny
from tests.fake_engine import two_faces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from editor.document.face import DetectedFace
    from editor.document.photo import Photo, Pyramid
    from editor.engine.jobs import EngineInfo, Intervene, Job, Report

WIDTH, HEIGHT = 360, 300
ATTRIBUTES = (
    "smile", "eyes_open", "brow_height", "head_turn", "lip_redness", "light_from_left",
    "beard_density", "hair_brightness", "hair_warmth", "apparent_age",
)  # fmt: skip
_SIDE, _EDGE = 128, 32


class LateEngine:
    """The real engine; its jobs come to their end once their type is not ``late`` any more.

    Attributes:
        jobs, released: as the fake engine's.
        late: types of jobs whose outcome is computed, and not told yet.
        drafts: whether inversions begin with a draft.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.jobs: list[Job] = []
        self.released: list[Job] = []
        self.late: set[type] = set()
        self.drafts = False

    @property
    def info(self) -> EngineInfo:
        return self.engine.info

    def begun(self, kind: type) -> list[Job]:
        """The jobs of one type that were begun."""
        return [job for job in self.jobs if isinstance(job, kind)]

    def run(self, job: Job) -> Iterator[Report]:
        self.jobs.append(job)
        try:
            for report in self._reports(job):
                while isinstance(report, Finished) and type(job) in self.late:
                    yield Progress("Taking long", 0, 0)
                    time.sleep(0.001)
                yield report
        finally:
            self.released.append(job)

    def _reports(self, job: Job) -> Iterator[Report]:
        if isinstance(job, Invert):
            if self.drafts:
                yield Drafted(self._inverted(job, is_draft=True))
            yield Finished(self._inverted(job, is_draft=False))
        else:
            yield from self.engine.run(job)

    def _inverted(self, job: Invert, *, is_draft: bool) -> Inversion:
        """The mean face; a draft lies beside it."""
        desk = self.engine.workspace
        mean, sd = (
            one.cpu().numpy().astype(np.float32)
            for one in (desk.directions.statistics.s_mean, desk.directions.statistics.s_sd)
        )
        beside = 0.3 * np.random.default_rng(8).normal(size=len(sd)) if is_draft else 0.0
        code = StyleCode(desk.layout, (mean + beside * sd).astype(np.float32))
        misfit = np.full((job.crop.size,) * 2, 0.2, np.float32)
        misfit.setflags(write=False)
        detail = desk.detail_of(job.photo, job.crop)
        return Inversion(code, 20.0, 0.3, 0.1, 2, misfit, is_draft, detail)

    def close(self) -> None:
        """The engine is another test's as well."""


def _searched(
    workspace: Workspace, job: Intervene, problem: Any
) -> Iterator[intervention.InterventionStep]:
    """The direct edit in two steps, in place of a search of seconds."""
    for step in (1, 2):
        delta = 0.3 * step * problem.wanted.entangled
        yield intervention.InterventionStep(step, delta, problem.generator.synthesise(problem.s))


def detail_at(landmarks: NDArray[np.float64]) -> FaceDetail:
    """What there is to see of a face that was drawn at these landmarks, (68, 2)."""
    crop = FaceCrop.from_landmarks(landmarks, _SIDE)
    points = crop.landmarks_in_crop()
    labels = np.full((_SIDE, _SIDE), CLASSES.index("skin"), np.uint8)
    eyes = points[36:42].mean(0), points[42:48].mean(0)
    for name, outline in (
        ("beard", points[3:14]),
        ("upper lip", np.concatenate([points[48:55], points[64:59:-1]])),
        ("lower lip", np.concatenate([points[54:60], points[67:63:-1]])),
    ):
        cv2.fillPoly(labels, [np.rint(outline).astype(np.int32)], CLASSES.index(name))
    beard = np.where(labels == CLASSES.index("beard"), np.uint8(230), np.uint8(0))
    for x, y in eyes:
        cv2.circle(labels, (round(x), round(y)), 14, CLASSES.index("glasses"), 2)
    wide = crop.widened(_EDGE)
    top = round(float(points[17:27, 1].min())) - 6 + _EDGE
    hair = np.zeros((wide.size, wide.size), np.uint8)
    hair[:top] = 255
    hair[:, : _EDGE + 12] = hair[:, -_EDGE - 12 :] = 255
    hair = np.asarray(cv2.GaussianBlur(hair, (0, 0), 2), np.uint8)
    inside = hair[_EDGE:-_EDGE, _EDGE:-_EDGE]
    labels[inside > 128] = CLASSES.index("hair")
    return FaceDetail(mesh_through(landmarks), wide, hair, labels, np.pad(beard, _EDGE))


def write_photo(path: Path) -> Path:
    """Two faces of stripes, lighter than their hair, as strands."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    strands = 12 * np.sin(1.3 * columns + 0.2 * rows)
    picture = np.stack([55 + strands, 42 + strands, 34 + strands], -1)
    for face in two_faces(_Size):  # pyright: ignore[reportArgumentType] its size is asked alone
        x, y, w, h = face.box
        away = np.hypot((columns - x - w / 2) / (0.5 * w), (rows - y - h / 2) / (0.62 * h))
        skin = np.clip(6 * (1 - away), 0, 1)[..., None]
        picture += skin * (np.array([196, 150, 128]) + 6 * np.sin(rows / 3)[..., None] - picture)
        points = np.rint(face.landmarks).astype(np.int32)
        cv2.fillPoly(picture, [points[48:60]], (170, 85, 85))
        for brow, eye in ((points[17:22], points[36:42]), (points[22:27], points[42:48])):
            cv2.polylines(picture, [brow], isClosed=False, color=(70, 50, 40), thickness=3)
            cv2.fillPoly(picture, [eye], (225, 222, 220))
            x, y = np.rint(eye.mean(0)).astype(int).tolist()
            cv2.circle(picture, (x, y), 2, (60, 40, 30), -1)
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(path)
    return path


class _Size:
    width, height = WIDTH, HEIGHT


_FIELD = np.random.default_rng(3).uniform(-1, 1, (8, 2))


def _mesh_in(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """As if a face moved by what its picture changes: random generators have none."""
    side = len(picture)
    crop = FaceCrop.from_landmarks(two_faces(_Size)[0].landmarks, side)  # pyright: ignore[reportArgumentType]
    mesh = mesh_through(crop.landmarks_in_crop())
    coarse = (picture / 255).reshape(2, side // 2, 2, side // 2, 3).mean((1, 3)).ravel()[:8]
    pull = side / 20 * coarse @ _FIELD
    wave = np.sin(mesh[:, ::-1] / side * np.pi) + np.sin(mesh / side * 12 * np.pi)
    flat = mesh + pull * wave
    mean, angle = mean_mesh(), 0.2 * coarse @ _FIELD[:, 0]
    deep = mean[:, 2] * np.ptp(mesh[:, 0]) / np.ptp(mean[:, 0])
    across, down = flat.T
    return np.column_stack([across + angle * deep, down, deep - angle * (across - side / 2)])


@pytest.fixture(scope="module")
def tiny_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Knows where faces are, and what there is to see of them."""
    folder = tmp_path_factory.mktemp("weights")
    card = write_tiny(folder, ATTRIBUTES)

    def find_faces(self: Workspace, pyramid: Pyramid) -> tuple[DetectedFace, ...]:
        del self, pyramid
        return two_faces(_Size)  # pyright: ignore[reportArgumentType]

    def look(self: Workspace, photo: Photo, crop: FaceCrop) -> FaceDetail:
        del self, photo
        return detail_at(crop.landmarks)

    def mesh(self: FaceAnalyser, crop: NDArray[np.uint8]) -> NDArray[np.float64]:
        del self
        return _mesh_in(crop)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "WEIGHTS", folder)
        patch.setattr(generators, "catalogue", lambda: (card,))
        for module in (perceptual, workspace):
            patch.setattr(module, "SEEN", 32)
        patch.setattr(Workspace, "find_faces", find_faces)
        patch.setattr(Workspace, "detail_of", look)
        patch.setattr(FaceAnalyser, "aligned_mesh", mesh)
        patch.setattr(editing, "_search", _searched)
        engine, threads = Engine.create("cpu"), torch.get_num_threads()
        Engine.use_threads(1)  # so small a generator waits for the others
        yield engine
        Engine.use_threads(threads)
        engine.close()
