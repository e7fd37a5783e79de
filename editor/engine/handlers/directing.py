"""Directions for any picture of a generator: found in its weights, or read from other tools' files.

They become sliders of style space, as discovered ones are. A step in W or W+ changes S by the same
amount wherever it begins, since the affines are linear; one in Z does not, and is averaged over
samples.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from editor.document.errors import EngineError, EngineFailure
from editor.document.style_sliders import LONGEST_LABEL, StyleSlider
from editor.engine.direction_sliders import REACH, effect, mean_code, slider_of
from editor.engine.jobs import Discovery, Finished, Progress
from models import channel_signs
from models.checkpoints import CheckpointError
from models.importing.directions import Target, read_directions
from models.importing.style_channels import (
    published_steps,
    read_channel_list,
    read_clip_dictionary,
)
from models.unsupervised import ganspace, sefa

if TYPE_CHECKING:
    from collections.abc import Generator as SteppedGenerator
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from editor.engine.jobs import FindDirections, Report
    from editor.engine.workspace import Workspace
    from models.importing.directions import LatentDirection

SAMPLES = 512  # of z, over which a step in Z is averaged
PUBLISHED = "Published channels"
_CLIP = "fs3"  # how StyleCLIP's dictionaries are named


def find_directions(workspace: Workspace, job: FindDirections) -> Iterator[Report]:
    """Finished(Discovery).

    Raises:
        EngineFailure: a file holds none, is damaged, or belongs to another generator.
    """
    began = time.monotonic()
    yield Progress("Looking for directions", 0, job.count + 1)
    key = "published", workspace.layout.generator  # it takes a while to measure
    kept = workspace.discovered.get(key) if job.source == "published" else None
    if kept is not None:
        yield Finished(Discovery(kept, time.monotonic() - began, PUBLISHED, key[1]))
        return
    try:
        if job.source == "published":
            origin, found = PUBLISHED, (yield from _published(workspace))
        else:
            origin, found = _found(workspace, job)
    except CheckpointError as error:
        raise EngineFailure(EngineError("bad_request", error.title, error.advice)) from error
    mean = mean_code(workspace)
    sliders: list[StyleSlider] = []
    found = found if job.source == "published" else found[: job.count]
    for number, (label, step) in enumerate(found, start=1):
        yield Progress("Drawing what they do", number, len(found) + 1)
        sliders.append(slider_of(workspace, label, step, mean))
    if job.source == "published":
        workspace.discovered.keep(key, tuple(sliders))
    seconds = time.monotonic() - began
    yield Finished(Discovery(tuple(sliders), seconds, origin, workspace.layout.generator))


@torch.no_grad()
def _found(workspace: Workspace, job: FindDirections) -> tuple[str, list[tuple[str, Tensor]]]:
    """Whose they are, and of each its label and what one unit adds, (channels,).

    Raises:
        CheckpointError: a file holds none, is damaged, or belongs to another generator.
    """
    generator, source = workspace.generator, job.source
    if source == "sefa" or source == "ganspace":
        name = "SeFa" if source == "sefa" else "GANSpace"
        found = (sefa if source == "sefa" else ganspace)(generator, job.count)
        rows = generator.broadcast(found.rows * found.sd[:, None])
        steps = effect(generator, rows)
        return name, [(f"{name} {k}", step) for k, step in enumerate(steps, start=1)]
    source = Path(source)
    name, target, sd = source.name, *_fitted(workspace)
    if source.suffix.lower() in (".txt", ".csv"):
        directions = read_channel_list(source, target, sd)
    elif _CLIP in source.stem.lower():
        read_clip_dictionary(source, target)  # says first what is wrong with it
        raise CheckpointError(
            f"{name} is StyleCLIP's dictionary. It turns CLIP's embedding of a text into "
            "channels, and the editor has no CLIP.",
            "Choose a direction: .npy, .pt or .npz of InterFaceGAN, e4e, GANSpace or SeFa, "
            "or a .txt list of channels.",
        )
    else:
        directions = read_directions(source, target)
    return name, [_of_file(workspace, direction, name) for direction in directions]


def _fitted(workspace: Workspace) -> tuple[Target, NDArray[np.float32]]:
    """What directions must fit, and the spread of S."""
    target = Target.of(workspace.generator, workspace.loaded.card.descends_from)
    return target, workspace.directions.statistics.s_sd.cpu().numpy()


def _published(workspace: Workspace) -> SteppedGenerator[Report, None, list[tuple[str, Tensor]]]:
    """Channels that others have named, turned so that + does what their name says.

    Raises:
        CheckpointError: the generator is another one.
    """
    found: list[tuple[str, Tensor]] = []
    rows = published_steps(*_fitted(workspace))
    total, done = sum(len(row.channels) for row, _ in rows if row.measure), 0
    samples = channel_signs.samples(workspace.generator, workspace.directions.statistics)
    for row, steps in rows:
        signs: list[int] = []
        for step in torch.from_numpy(steps).to(workspace.device) if row.measure else ():
            yield Progress("Measuring what channels do", done, total)
            sign = channel_signs.sign(
                workspace.generator,
                samples,
                step * REACH,
                row.measure,
                workspace.faces.aligned_landmarks,
            )
            signs.append(-sign if row.lowers else sign)
            done += 1
        found += channel_signs.named(row, torch.from_numpy(steps).to(workspace.device), signs)
    return found


def _of_file(workspace: Workspace, direction: LatentDirection, file: str) -> tuple[str, Tensor]:
    """Label of another tool's direction, and what one unit of it adds, (channels,)."""
    generator = workspace.generator
    step = torch.from_numpy(direction.step.copy()).to(workspace.device)
    if direction.space == "Z":
        random = torch.Generator().manual_seed(0)  # on the CPU: the same on every device
        z = torch.randn(SAMPLES, len(step), generator=random).to(step.device)
        moved = (generator.mapping(z + step) - generator.mapping(z - step)).mean(0) / 2
        step = effect(generator, generator.broadcast(moved[None]))[0]
    elif direction.space != "S":
        step = effect(generator, step[None])[0]
    label = direction.name
    if label.startswith("component "):  # which is said of any file's
        label = f"{Path(file).stem} {int(label.removeprefix('component ')) + 1}"
    return " ".join(label.split())[:LONGEST_LABEL], step
