"""One photograph at a time: inverted, edited and exported by the engine's own jobs, then measured.

This runs in the worker processes; torch loads here and not in the one that prints.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
import warnings
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import torch

from editor.document.attributes import table
from editor.document.colour import srgb_uint8
from editor.document.face import DetectedFace
from editor.document.face_regions import feather_of, preset
from editor.document.goals import Dials, Goal
from editor.document.history import Portrait
from editor.document.limits import within
from editor.document.photo import make_pyramid, open_photo
from editor.document.photo_export import ExportOptions
from editor.document.project import Project
from editor.document.region import RegionError
from editor.engine.compositing import blending
from editor.engine.engine import Engine
from editor.engine.jobs import (
    Drafted,
    Export,
    Failed,
    Finished,
    Intervene,
    Invert,
    OpenPhoto,
    OpenProject,
    SaveProject,
)
from editor.engine.tensors import to_uint8
from models.checkpoints import catalogue
from models.directions import load_directions
from models.faces.analyser import FaceAnalyser
from models.faces.identity import identity_distance
from models.measures import MEASURES, measure
from models.perceptual import feature_distance, load_efficientnet_lite
from tests.benchmarks import jury_scenes, landing_sheets
from tests.benchmarks import landing_measures as measures
from tests.benchmarks.jobs import result
from tests.benchmarks.landing_rows import FIGURES, Inverted, Landed, Plan
from tests.benchmarks.measuring import room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from editor.document.attributes import AttributeInfo
    from editor.document.face import FaceCrop
    from editor.document.history import Inversion
    from editor.document.photo import Photo, Pixels
    from editor.document.region import RegionMask
    from editor.engine.jobs import Exported, Intervention, OpenedPhoto, OpenedProject
    from models.device import DeviceChoice
    from models.directions import Directions
    from models.perceptual import EfficientNetLite

GHOSTS = {("smile", 1), ("smile", -1), ("mouth_open", 1)}


def begin(threads: int) -> None:
    """Each worker is one of many."""
    cv2.setNumThreads(1)
    torch.set_num_threads(threads)
    warnings.simplefilter("ignore", RuntimeWarning)  # means of empty zones of broken faces


@cache
def _engine(device: DeviceChoice) -> Engine:
    engine = Engine.create(device)
    list(engine.warm_up())  # as the window does while a photo is chosen: no face waits for kernels
    return engine


@cache
def _faces() -> FaceAnalyser:
    return FaceAnalyser()


@cache
def _directions() -> Directions:
    card = catalogue()[0]
    cpu = torch.device("cpu")
    return load_directions(card.directions_path, card.directions_sha256, card.sha256, cpu)


@cache
def _features() -> EfficientNetLite:
    return load_efficientnet_lite()


def land(path: Path, plan: Plan) -> tuple[Inverted, list[Landed]] | None:
    """Invert one photograph and land every edit of the plan; None without a face."""
    engine = _engine(plan.device)
    found = _inverted(engine, path, plan)
    if found is None:
        return None
    photo, portrait, inverted = found
    rows = {row.name: row for row in table()}
    landed: list[Landed] = []
    for name, value in plan.edits:
        try:
            region = region_of(portrait, rows[name], photo)
        except RegionError as error:  # the window refuses it as well
            print(f"{path.name}: {name} left out. {error}", file=sys.stderr, flush=True)
            continue
        _, whys = within((Goal(name, value),), portrait.landmarks, portrait.detail)
        if whys:  # likewise
            print(f"{path.name}: {name} {value:+.0f} left out. {whys[0]}", file=sys.stderr)
            continue
        landed.append(_landed(engine, plan, photo, portrait, rows[name], value, region))
    return inverted, landed


def face_of(path: Path, plan: Plan) -> tuple[Engine, Photo, Portrait]:
    """An engine, and a photograph with its largest face, inverted or as the plan keeps it.

    Raises:
        ValueError: there is no face.
    """
    engine = _engine(plan.device)
    found = _inverted(engine, path, plan)
    if found is None:
        raise ValueError(f"{path.name} has no face")
    return engine, found[0], found[1]


def pixels_of(engine: Engine, photo: Photo, portrait: Portrait) -> Pixels:
    """The photograph with a face's edits, as exported."""
    return _exported(engine, photo, portrait)[0]


def detected(engine: Engine, photo: Photo) -> DetectedFace:
    """The largest face of a photograph."""
    return engine.workspace.find_faces(make_pyramid(photo))[0]


def crop_of(pixels: Pixels, photo: Photo, crop: FaceCrop) -> NDArray[np.uint8]:
    """The aligned crop of a photo's pixels or its export's, sRGB."""
    return _crop_pixels(pixels, photo, crop)


def descriptor_of(pixels: Pixels, photo: Photo, crop: FaceCrop) -> NDArray[np.float64]:
    """Who that is, by dlib, with landmarks that are looked for anew."""
    return _descriptor(pixels, photo, crop, _points(pixels, photo, crop))


def region_of(portrait: Portrait, attribute: AttributeInfo, photo: Photo) -> RegionMask:
    """The attribute's usual region, as the window makes it: of what was seen of this very face.

    Raises:
        RegionError: there is no hair on this head.
    """
    points, detail = portrait.crop.landmarks, portrait.detail
    region = preset(attribute.region, points, photo.width, photo.height, detail)
    usual = DetectedFace.at(points, "project").default_feather
    return region.feathered(feather_of(attribute.region, usual))


# ------------------------------------------------------------------ inversion


def _inverted(engine: Engine, path: Path, plan: Plan) -> tuple[Photo, Portrait, Inverted] | None:
    """The photo and its largest face, inverted or taken from ``plan.inversions``."""
    kept = plan.inversions / f"{path.stem}.sip" if plan.inversions else None
    if kept and kept.is_file():
        opened = cast("OpenedProject", result(engine, OpenProject(kept)))
        row = Inverted(**json.loads(kept.with_suffix(".json").read_text(encoding="utf-8")))
        if opened.photo.sha256 == open_photo(path).sha256:
            return opened.photo, opened.project.portraits[0], row
    fresh = cast("OpenedPhoto", result(engine, OpenPhoto(path)))
    if not fresh.faces:
        return None
    photo, crop = fresh.photo, engine.crop_of(fresh.faces[0])
    job = Invert(photo, crop, plan.steps) if plan.steps else Invert(photo, crop)
    draft: Inversion | None = None
    inversion: Inversion | None = None
    for report in engine.run(job):
        if isinstance(report, Drafted):
            draft = report.inversion
        elif isinstance(report, Failed):
            raise RuntimeError(f"{path.name}: {report.error}")
        elif isinstance(report, Finished):
            inversion = cast("Inversion", report.result)
    assert inversion is not None
    portrait = Portrait.of(crop, inversion)
    row = Inverted(
        photo=path.stem,
        width=photo.width,
        height=photo.height,
        draft_psnr=draft.psnr if draft else math.nan,
        draft_seconds=draft.seconds if draft else math.nan,
        psnr=inversion.psnr,
        features=_feature_distance(engine, photo, portrait),
        identity=inversion.identity_distance,
        seconds=inversion.seconds,
    )
    if kept:
        project = Project(path.resolve(), photo.sha256, photo.width, photo.height, (portrait,))
        result(engine, SaveProject(project, kept))
        kept.with_suffix(".json").write_text(json.dumps(asdict(row)), encoding="utf-8")
    return photo, portrait, row


@torch.no_grad()
def _feature_distance(engine: Engine, photo: Photo, portrait: Portrait) -> float:
    """Of EfficientNet-Lite0's maps, reconstruction and crop, where the photo covers the crop."""
    seen = _crop_pixels(photo.pixels, photo, portrait.crop) / np.float32(255)
    covered = portrait.crop.coverage(photo.width, photo.height)
    rebuilt = _renders(engine, portrait)[0]
    pair = np.stack([rebuilt, seen]).astype(np.float32) * 2 - 1
    maps = _features()(torch.from_numpy(pair).permute(0, 3, 1, 2).contiguous())
    where = torch.from_numpy(covered)[None, None]
    weight = [torch.nn.functional.adaptive_avg_pool2d(where, m.shape[-1]) for m in maps]
    mine, theirs = [m[:1] for m in maps], [m[1:] for m in maps]
    return float(feature_distance(mine, theirs, weight))


# ------------------------------------------------------------------ edits


def _landed(
    engine: Engine,
    plan: Plan,
    photo: Photo,
    portrait: Portrait,
    attribute: AttributeInfo,
    value: float,
    region: RegionMask,
) -> Landed:
    crop = portrait.crop
    feather = DetectedFace.at(crop.landmarks, "project").default_feather
    goal = Goal(attribute.name, value)
    began = time.monotonic()
    intervene = Intervene(photo, (portrait,), 0, region, (goal,), Dials())
    intervention = cast("Intervention", result(engine, intervene))
    edited = portrait.with_history(portrait.history.push(intervention.edit))
    identical, figures = True, dict.fromkeys(FIGURES, math.nan)
    pixels = None
    if plan.export:
        pixels, identical = _exported(engine, photo, edited)
    seconds = time.monotonic() - began
    name = photo.path.stem if photo.path else ""
    if pixels is not None:
        scene = measures.Scene.of(photo.pixels, pixels, region, crop)
        renders = _renders(engine, edited)
        bend = _bend(engine, photo, edited, scene)
        figures = measured(photo, pixels, scene, crop, feather, attribute, value, renders, bend)
        if plan.tiles:
            path = plan.tiles / f"{name}_{attribute.name}{value:+.0f}.jpg"
            landing_sheets.tile(scene).save(path, quality=92)
        if plan.crops:
            jury_scenes.keep(scene, plan.crops / f"{name}_{attribute.name}{value:+.0f}")
    return Landed(
        photo=name,
        attribute=attribute.name,
        value=value,
        region=attribute.region,
        attained=intervention.report.attained[0] * math.copysign(1, value),
        outside_identical=identical,
        seconds=seconds,
        room=_room(engine, portrait, attribute.name, value),
        **figures,
    )


def _bend(
    engine: Engine, photo: Photo, portrait: Portrait, scene: measures.Scene
) -> NDArray[np.float32] | None:
    """How the last edit bends the photo, all of it: what is drawn beside a bend is judged alone."""
    made = engine.workspace.rendered_edits([portrait])
    edit, kept = made[-1], engine.workspace.folding
    if edit.bent is None and edit.lids is None:
        return None
    flow = kept.surface(edit).flow
    seen = kept.face(photo, edit.crop, made[0].before).seen
    still = np.zeros((*flow.shape[:2], 3), np.float32)
    fade = blending.fade(edit.region, edit.crop, seen, still, flow, kept.fades, bent=True)
    return measures.carried(scene, flow, fade)


def _room(engine: Engine, portrait: Portrait, name: str, value: float) -> float:
    """How far the attribute can go that way, sd; of the render, as the change is measured there."""
    if name not in MEASURES:
        return math.inf
    picture = to_uint8(engine.workspace.reconstruction(portrait.history.current()))
    before = measure(picture, _faces().aligned_landmarks(picture), [name])
    return room(name, value, before, _directions().attributes[name].sd)


def _exported(engine: Engine, photo: Photo, portrait: Portrait) -> tuple[Pixels, bool]:
    """The exported file's pixels, and whether its outside is the photo's."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "edited.png"
        job = Export(photo, (portrait,), target, ExportOptions(png_compression=0))
        exported = cast("Exported", result(engine, job))
        return open_photo(target).pixels, bool(exported.outside_identical)


def measured(
    photo: Photo,
    pixels: Pixels,
    scene: measures.Scene,
    crop: FaceCrop,
    feather: float,
    attribute: AttributeInfo,
    value: float,
    renders: Sequence[NDArray[np.float32]],
    bend: NDArray[np.float32] | None = None,
) -> dict[str, float]:
    """All figures of one exported edit, by name as ``Landed`` has them.

    Args:
        photo: the original.
        pixels: (H, W, 3), the export.
        scene: of both.
        crop: the face.
        feather: of the region, photo pixels.
        attribute: what was changed, by how much in ``value``.
        renders: (r, r, 3) in [0, 1], of the face before and after.
        bend: (h, w, 2), how the scene's photo is bent; None where it is drawn.
    """
    points = _points(pixels, photo, crop)
    weight = np.asarray(scene.alpha / np.float32(255), np.float32)
    if attribute.moves:
        shift = scene.points[0] - crop.landmarks[0]
        weight = measures.lasting(scene, [scene.points, points + shift])
    move = np.zeros((*weight.shape, 2), np.float32)
    shown, same = scene.photo, weight
    if bend is not None:  # the renders' own flow says nothing of it
        shown = measures.bent(scene.photo, bend)
    elif attribute.moves:
        move, seen = measures.moved(scene, renders[0], renders[-1])
        same = weight * seen
    reach = scene.unit / 20
    hairs = attribute.region == "hair" or attribute.keeps == "brows"
    lit = measures.light(scene.photo, scene.export, reach) if hairs else 1.0
    plain = measures.added(scene, renders[0], renders[-1])
    edge = measures.seam(scene.photo, scene.export, scene.alpha, feather, bend)
    ghosts = [measures.Ghost(math.nan, math.nan, 0.0)] * 2
    drawn = not attribute.bends  # else no colour of the renders is in the picture
    if drawn and (attribute.name, math.copysign(1, value)) in GHOSTS:
        ghosts = _ghosts(scene, plain, renders)
    return {
        "identity": identity_distance(
            _original(photo, crop), _descriptor(pixels, photo, crop, points)
        ),
        "seam": edge.typical,
        "seam_worst": edge.worst,
        "seam_sigma": edge.sigma,
        "texture": measures.texture(scene.photo, scene.export, weight),
        "texture_shared": measures.texture_shared(shown, scene.export, same, move, lit),
        "bare": measures.bare(scene.photo, scene.export, weight, reach),
        "astray": (
            measures.astray(scene.photo, scene.export, plain, weight, reach) if drawn else math.nan
        ),
        "ghost": ghosts[0].share,
        "ghost_levels": ghosts[0].contrast,
        "ghost_added": ghosts[1].share,
    }


def _ghosts(
    scene: measures.Scene, plain: NDArray[np.float32], renders: Sequence[NDArray[np.float32]]
) -> list[measures.Ghost]:
    """Of the export, and of plain addition."""
    before, after = (measures.render_on_grid(render) for render in (renders[0], renders[-1]))
    crop_side, side = renders[0].shape[0], before.shape[0]
    old, new = (
        (_faces().aligned_landmarks(to_uint8(render)) + 0.5) * measures.FINE - 0.5
        for render in (renders[0], renders[-1])
    )
    zone = measures.mouth_zone(old, new, side)
    photo = scene.on_grid(scene.photo, crop_side)
    return [
        measures.ghost(photo, scene.on_grid(picture, crop_side), before, after, zone)
        for picture in (scene.export, plain)
    ]


# ------------------------------------------------------------------ pictures


def _renders(engine: Engine, portrait: Portrait) -> list[NDArray[np.float32]]:
    """What the generator makes of each state of a portrait, (r, r, 3) in [0, 1]."""
    return [engine.workspace.reconstruction(code) for code in portrait.history.codes()]


def _crop_pixels(pixels: Pixels, photo: Photo, crop: FaceCrop) -> NDArray[np.uint8]:
    """The aligned crop of a photo's pixels, sRGB."""
    x, y, w, h = crop.bounds(photo.width, photo.height, margin=0.1)
    near = np.ascontiguousarray(pixels[y : y + h, x : x + w])
    return crop.sample(srgb_uint8(near, photo.icc), (x, y))


def _points(pixels: Pixels, photo: Photo, crop: FaceCrop) -> NDArray[np.float64]:
    """Landmarks found anew in the aligned crop, (68, 2), photo pixels."""
    found = _faces().aligned_landmarks(_crop_pixels(pixels, photo, crop))
    return found @ crop.to_photo[:, :2].T + crop.to_photo[:, 2]


@lru_cache(maxsize=1)
def _original(photo: Photo, crop: FaceCrop) -> NDArray[np.float64]:
    return _descriptor(photo.pixels, photo, crop, _points(photo.pixels, photo, crop))


def _descriptor(
    pixels: Pixels, photo: Photo, crop: FaceCrop, points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """dlib's descriptor of the photograph's own pixels, not of the crop."""
    x, y, w, h = crop.bounds(photo.width, photo.height, margin=0.1)
    near = srgb_uint8(np.ascontiguousarray(pixels[y : y + h, x : x + w]), photo.icc)
    return _faces().identity.descriptor(np.ascontiguousarray(near), points - [x, y])
