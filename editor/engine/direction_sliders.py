"""Directions of a generator as sliders for any picture, with pictures of what they do."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import torch

from editor.document.style import StyleDelta
from editor.document.style_sliders import StyleSlider
from editor.engine.tensors import to_picture, to_uint8

if TYPE_CHECKING:
    from torch import Tensor

    from editor.engine.workspace import Workspace
    from models.generator import Generator

REACH = 3.0  # units that +100 moves: published sliders go from −3 to 3
THUMBNAIL = 128  # pixels


@torch.no_grad()
def mean_code(workspace: Workspace) -> Tensor:
    """The style code of the mean of W, (1, channels)."""
    generator, mean = workspace.generator, workspace.directions.statistics.w_mean
    return generator.styles(generator.broadcast(mean[None]))


def effect(generator: Generator, rows: Tensor) -> Tensor:
    """What steps in W+, (n, num_ws, w_dim), change in S: (n, channels)."""
    return generator.styles(rows) - generator.styles(torch.zeros_like(rows[:1]))


@torch.no_grad()
def slider_of(workspace: Workspace, label: str, unit: Tensor, mean: Tensor) -> StyleSlider:
    """A slider that moves ``REACH`` units at +100, with pictures of both ends.

    Args:
        workspace: the generator.
        label: for people.
        unit: (channels,), what one unit adds.
        mean: (1, channels), the code whose pictures show it.
    """
    step = unit * REACH
    codes = torch.cat([mean - step, mean + step])
    side = min(THUMBNAIL, workspace.generator.config.resolution)
    ends = workspace.generator.synthesise(codes, resolution=side).clamp(-1, 1)
    low, high = ends
    # half of what lies between the ends is what one of them changes; sRGB 0…1 is half of [−1, 1]
    visibility = float((high - low).square().mean().sqrt()) / 4
    pictures = [to_uint8(to_picture(picture[None])) for picture in (low, high)]
    for picture in pictures:
        picture.setflags(write=False)
    delta = StyleDelta.from_dense(workspace.layout, step.cpu().numpy())
    digest = hashlib.sha256(delta.channels.tobytes() + delta.values.tobytes()).hexdigest()
    return StyleSlider("style:" + digest[:16], label, delta, 1.0, visibility, *pictures)
