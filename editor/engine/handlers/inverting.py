"""Inversion: a face's style code, first a draft, then refined step by step."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from editor.document.errors import EngineError, EngineFailure
from editor.document.history import Inversion
from editor.document.photo import halves
from editor.document.quality import misfit_map
from editor.document.style import StyleCode
from editor.engine import inversion
from editor.engine.compositing.fold import overlaid
from editor.engine.compositing.geometry import Window
from editor.engine.jobs import Drafted, Finished, Patch, Preview, Progress
from editor.engine.previews import PREVIEW_SIDE, SMALLEST_SIDE, Pace
from editor.engine.tensors import mask_tensor, picture_tensor, to_offset, to_picture, to_uint8
from models.encoder import Draft
from models.faces.identity import identity_distance
from models.perceptual import feature_distance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from editor.engine.jobs import Invert, Report
    from editor.engine.workspace import Workspace

_SMALLEST = 24  # photo pixels along a crop's side


def invert(workspace: Workspace, job: Invert) -> Iterator[Report]:
    """Drafted where there is an encoder, then Finished(Inversion).

    Raises:
        EngineFailure: the face is too small, or outside the photo.
    """
    began = time.monotonic()
    crop = job.crop
    coverage = crop.coverage(job.photo.width, job.photo.height)
    if crop.scale * crop.size < _SMALLEST or not coverage.any():
        raise EngineFailure(
            EngineError(
                "no_face",
                "The face is too small or lies outside the photo.",
                "Use a photo in which the face is at least 40 pixels wide.",
            )
        )
    aligned = workspace.aligned_crop(job.photo, crop)
    target = picture_tensor((aligned / 255).astype(np.float32), workspace.device)
    weight = mask_tensor(coverage * crop.face_weight(), workspace.device)
    pace, seconds, result = Pace(), 0.0, None
    detail = workspace.detail_of(job.photo, crop)
    draft = _draft(workspace, target, weight)
    if draft is not None:
        drafted = _inverted(workspace, job, aligned, draft[1], None, steps=0)
        seconds = time.monotonic() - began
        yield Drafted(replace(drafted, seconds=seconds, is_draft=True, detail=detail))
        began = time.monotonic()
    for result in inversion.invert(
        workspace.generator,
        workspace.features,
        feature_distance,
        workspace.directions.statistics,
        target,
        weight,
        start=None if draft is None else draft[0],
        steps=job.steps,
        replays=workspace.replays,
    ):
        preview = None
        if draft is None and pace.due():  # from the draft on, the photo itself is edited
            at = time.monotonic()
            preview = Preview(_overlay(job, to_picture(result.picture)))
            pace.spent(at)
        seconds += time.monotonic() - began
        yield Progress("Preparing the face", result.step, job.steps)
        if preview is not None:
            yield preview
        began = time.monotonic()  # other jobs may have gone first meanwhile
    assert result is not None
    inverted = _inverted(workspace, job, aligned, result.s, result.offset, steps=result.step)
    seconds += time.monotonic() - began
    yield Finished(replace(inverted, seconds=seconds, detail=detail))


def warm_up(workspace: Workspace) -> Iterator[None]:
    """A draft and two steps for a grey picture: imports, kernels, memory; can be given up."""
    side = workspace.generator.config.resolution
    grey = np.full((side, side, 3), 128, np.uint8)
    _identity_kept(workspace, grey, workspace.faces.aligned_landmarks(grey), grey)
    yield
    target = picture_tensor((grey / 255).astype(np.float32), workspace.device)
    weight, statistics = torch.ones_like(target[:, :1]), workspace.directions.statistics
    nets = workspace.generator, workspace.features, feature_distance, statistics
    _draft(workspace, target, weight)
    for _ in inversion.invert(*nets, target, weight, steps=2, replays=workspace.replays):
        yield


@torch.no_grad()
def _draft(
    workspace: Workspace, target: Tensor, weight: Tensor
) -> tuple[inversion.Start, Tensor] | None:
    """The encoder's code, unless there is none or the mean face is nearer."""
    if workspace.encoder is None:
        return None
    generator, statistics = workspace.generator, workspace.directions.statistics
    draft = workspace.encoder.encode(generator, statistics, target)
    codes = [d.styles(generator, statistics) for d in (draft, Draft.mean(generator, 1))]
    pictures = generator.synthesise(torch.cat(codes))
    error, mean_error = ((pictures - target).square() * weight).flatten(1).sum(1)
    if not bool(error < mean_error):
        return None
    return inversion.Start(draft.offset, draft.residual), codes[0]


def _inverted(
    workspace: Workspace,
    job: Invert,
    aligned: NDArray[np.uint8],
    s: Tensor,
    offset: Mapping[str, Tensor] | None,
    steps: int,
) -> Inversion:
    """A code (1, channels) of the crop with its offset, and how faithful it is."""
    kept = None if offset is None else to_offset(offset)
    code = StyleCode(workspace.layout, s[0].cpu().numpy(), kept)
    picture = workspace.reconstruction(code)
    coverage = job.crop.coverage(job.photo.width, job.photo.height)
    error = float((((picture - aligned / 255.0) ** 2).mean(-1) * coverage).sum())
    psnr = -10 * np.log10(max(error / max(float(coverage.sum()), 1e-6), 1e-10))
    distance = _identity_kept(workspace, aligned, job.crop.landmarks_in_crop(), to_uint8(picture))
    misfit = misfit_map(aligned, picture, coverage)
    return Inversion(code, float(psnr), distance, 0.0, steps, misfit)


def _identity_kept(
    workspace: Workspace,
    aligned: NDArray[np.uint8],
    landmarks: NDArray[np.float64],
    rebuilt: NDArray[np.uint8],
) -> float:
    """Distance of the descriptors of a crop and its reconstruction; NaN where none is installed."""
    identity = workspace.faces.identity
    if not identity.is_known:
        return math.nan
    return identity_distance(
        identity.descriptor(aligned, landmarks),
        identity.descriptor(rebuilt, workspace.faces.aligned_landmarks(rebuilt)),
    )


def _overlay(job: Invert, picture: NDArray[np.float32]) -> Patch:
    """The reconstruction laid softly over the photo."""
    window = Window.of(job.crop.bounds(job.photo.width, job.photo.height), PREVIEW_SIDE)
    pixels = to_uint8(overlaid(job.photo, job.crop, picture, window))
    pixels.setflags(write=False)
    smaller = halves(pixels, SMALLEST_SIDE)
    return Patch(window.x, window.y, window.width, window.height, pixels, smaller)
