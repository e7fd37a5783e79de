"""Sliders fitted to what the user brings: two folders of pictures, or a scorer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from editor.document.errors import EngineError, EngineFailure
from editor.document.photo import SUFFIXES, PhotoError, make_pyramid, open_photo
from editor.document.photo_square import PhotoSquare
from editor.document.style_sliders import LONGEST_LABEL
from editor.engine import inversion
from editor.engine.direction_sliders import effect, mean_code, slider_of
from editor.engine.jobs import Discovery, Finished, FittedDirection, Notice, Progress
from editor.engine.tensors import mask_tensor, picture_tensor
from models import boundaries, scored_directions, scorers
from models.checkpoints import CheckpointError
from models.perceptual import feature_distance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.document.face import FaceCrop
    from editor.document.photo import Photo
    from editor.engine.fitting_jobs import FitBoundary, FitScorer
    from editor.engine.jobs import Report
    from editor.engine.workspace import Workspace
    from models.generator import Generator as Network

STEPS = 60  # of an inversion in W, where there is no encoder
BATCH = 8  # samples scored at once
SIDE = 256  # pixels of those
TRIED = 16  # samples on which the found step is tried
_LEAST = 0.2  # of a correlation: below, the slider hardly follows the score
_NAMED = 5  # pictures that are named when they are left out


def fit_boundary(workspace: Workspace, job: FitBoundary) -> Iterator[Report]:
    """Finished(FittedDirection).

    Raises:
        EngineFailure: too few pictures show a face, or nothing tells the two sets apart.
    """
    began = time.monotonic()
    labelled = [(path, True) for path in _pictures_in(job.having)]
    labelled += [(path, False) for path in _pictures_in(job.lacking)]
    codes: dict[bool, list[Tensor]] = {True: [], False: []}
    left_out: list[str] = []
    to_w = _ToW(workspace)
    for number, (path, has) in enumerate(labelled):
        yield Progress("Looking at the pictures", number, len(labelled) + 1)
        found = _crop_in(workspace, path, square=job.square)
        if found is None:
            left_out.append(path.name)
            continue
        encoded = _encoded(workspace, *found)
        code = next(encoded)
        for better in encoded:
            yield Progress("Looking at the pictures", number, len(labelled) + 1)
            code = better
        codes[has].append(to_w(code))
    if left_out:
        yield Notice(_left_out(left_out, square=job.square))
    empty = torch.zeros(0, workspace.generator.config.w_dim)
    try:
        boundary = boundaries.fit_boundary(
            *(torch.stack(codes[has]) if codes[has] else empty for has in (True, False))
        )
    except ValueError as error:
        advice = "Add pictures with faces, and try again."
        raise _refused(
            f"No boundary can be fitted: {error}.",
            "Add pictures, and try again." if job.square else advice,
        ) from error
    pictures = sum(len(found) for found in codes.values())
    told = f"{job.name} ({100 * boundary.accuracy:.0f} % of {pictures} pictures told apart)"
    step = (boundary.normal * boundary.gap).to(workspace.device)
    yield _finished(workspace, job.name, told, step, (boundary.accuracy, pictures), began)


def fit_scorer(workspace: Workspace, job: FitScorer) -> Iterator[Report]:
    """Finished(FittedDirection).

    Raises:
        EngineFailure: the scorer cannot be used, or nothing follows from its scores.
    """
    began = time.monotonic()
    source = scorers.ScorerSource(job.source, job.scaling, job.output)
    name = job.name or source.name
    random = torch.Generator().manual_seed(0)  # on the CPU: the same on every device
    codes: list[Tensor] = []
    scores: list[NDArray[np.float64]] = []
    total = job.samples + 2 * TRIED
    try:
        yield Progress("Starting the scorer", 0, total)
        with scorers.opened(source) as scorer:
            while len(codes) * BATCH < job.samples:
                yield Progress("Scoring samples", len(codes) * BATCH, total)
                codes.append(_sampled(workspace, random))
                scores.append(scorer.score(_drawn(workspace, codes[-1])))
            found = scored_directions.fit_scored(
                torch.cat(codes), torch.from_numpy(np.concatenate(scores))
            )
            gains: list[NDArray[np.float64]] = []
            for number in range(0, TRIED, BATCH):
                yield Progress("Trying the slider", job.samples + 2 * number, total)
                w = _sampled(workspace, random)
                low, high = (
                    scorer.score(_drawn(workspace, w + sign * found.step)) for sign in (-1, 1)
                )
                gains.append((high - low) / 2)
    except (CheckpointError, scorers.ScorerError) as error:
        raise _refused(error.title, error.advice) from error
    except ValueError as error:
        raise _refused(
            f"{name} leads to no slider: {error}.", "Choose another output, or more samples."
        ) from error
    gain = float(np.mean(gains) / np.std(np.concatenate(scores)))
    if found.correlation < _LEAST or gain <= 0:
        yield Notice(
            f"What this generator varies hardly follows {name}: the correlation on samples that "
            f"were held out is {found.correlation:.2f}."
        )
    told = f"{name} (r = {found.correlation:.2f}; one unit moves the score by {gain:+.2f} sd)"
    pictures = len(codes) * BATCH
    yield _finished(workspace, name, told, found.step, (found.correlation, pictures), began)


# ------------------------------------------------------------------ pictures


def _pictures_in(folder: Path) -> list[Path]:
    """Files of a folder that may be pictures, by name.

    Raises:
        EngineFailure: it cannot be read, or holds none.
    """
    try:
        found = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
    except OSError as error:
        raise _refused(
            f"The folder {folder.name} cannot be read ({error.strerror}).", "Choose another one."
        ) from error
    if not found:
        raise _refused(f"There are no pictures in {folder.name}.", "Choose a folder of photos.")
    return found


def _crop_in(workspace: Workspace, path: Path, *, square: bool) -> tuple[Photo, FaceCrop] | None:
    """A picture and what of it the generator is to see; None: it has no face, or is none."""
    try:
        photo = open_photo(path)
    except PhotoError:  # told with those that have no face
        return None
    if square:
        return photo, workspace.crop_of(PhotoSquare.middle(photo.width, photo.height).face)
    faces = workspace.find_faces(make_pyramid(photo))
    return (photo, workspace.crop_of(faces[0])) if faces else None


def _encoded(workspace: Workspace, photo: Photo, crop: FaceCrop) -> Iterator[Tensor]:
    """Better and better style codes of a crop, (1, channels)."""
    aligned = workspace.aligned_crop(photo, crop)
    target = picture_tensor((aligned / 255).astype(np.float32), workspace.device)
    generator, statistics = workspace.generator, workspace.directions.statistics
    if workspace.encoder is not None:
        with torch.no_grad():
            draft = workspace.encoder.encode(generator, statistics, target)
            code = draft.styles(generator, statistics)
        yield code
        return
    weight = mask_tensor(crop.coverage(photo.width, photo.height), workspace.device)
    networks = generator, workspace.features, feature_distance, statistics
    steps = round(STEPS / inversion.FROM_MEAN.w_share)  # the first STEPS of these are in W
    for step in inversion.invert(*networks, target, weight, steps=steps, tune=False):
        yield step.s
        if step.step == STEPS:
            return


class _ToW:
    """The one w whose styles lie nearest to a style code, in standard deviations of S."""

    @torch.no_grad()
    def __init__(self, workspace: Workspace) -> None:
        generator, width = workspace.generator, workspace.generator.config.w_dim
        self._sd = workspace.directions.statistics.s_sd.double()
        device = workspace.device
        rows = torch.cat([torch.zeros(1, width), torch.eye(width)]).to(device)
        styles = generator.styles(generator.broadcast(rows)).double()
        self._offset = styles[0]
        self._matrix = ((styles[1:] - styles[0]) / self._sd).T  # (channels, w_dim)
        square = self._matrix.T @ self._matrix
        self._square = square + 1e-6 * square.diagonal().mean() * torch.eye(width).to(square)

    @torch.no_grad()
    def __call__(self, s: Tensor) -> Tensor:
        """Of (1, channels): float32 (w_dim,), on the CPU."""
        whitened = (s[0].double() - self._offset) / self._sd
        found = cast("Tensor", torch.linalg.solve(self._square, self._matrix.T @ whitened))
        return found.float().cpu()


def _left_out(names: list[str], *, square: bool) -> str:
    listed = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    if square:
        return f"{len(names)} pictures were left out, since they cannot be read: {listed}."
    return f"{len(names)} pictures were left out, since they show no face: {listed}."


# ------------------------------------------------------------------ samples


@torch.no_grad()
def _sampled(workspace: Workspace, random: torch.Generator) -> Tensor:
    """W of samples, (BATCH, w_dim)."""
    network: Network = workspace.generator
    z = torch.randn(BATCH, network.config.z_dim, generator=random)
    return network.mapping(z.to(workspace.device))


@torch.no_grad()
def _drawn(workspace: Workspace, w: Tensor) -> NDArray[np.uint8]:
    """Pictures of W codes, sRGB uint8 (n, s, s, 3)."""
    network = workspace.generator
    side = min(SIDE, network.config.resolution)
    pictures = network.synthesise(network.styles(network.broadcast(w)), resolution=side)
    scaled = (pictures.clamp(-1, 1).permute(0, 2, 3, 1) + 1) * 127.5
    return np.ascontiguousarray(scaled.round().byte().cpu().numpy())


# ------------------------------------------------------------------ results


@torch.no_grad()
def _finished(
    workspace: Workspace,
    name: str,
    told: str,
    step: Tensor,
    figures: tuple[float, int],
    began: float,
) -> Finished:
    """One unit of the slider is ``step``, (w_dim,)."""
    network = workspace.generator
    (unit,) = effect(network, network.broadcast(step[None]))
    slider = slider_of(workspace, name[:LONGEST_LABEL], unit, mean_code(workspace))
    generator, seconds = workspace.layout.generator, time.monotonic() - began
    length = float(step.square().sum().sqrt())
    mean = network.mapping.w_avg  # what a file of directions is checked by
    return Finished(
        FittedDirection(
            Discovery((slider,), seconds, told, generator),
            (step / length).float().cpu().numpy(),
            length,
            mean.float().cpu().numpy(),
            *figures,
        )
    )


def _refused(title: str, advice: str) -> EngineFailure:
    return EngineFailure(EngineError("bad_request", title, advice))
