"""Which way a channel of style space does what it is said to do: measured on samples.

Lists of channels come without signs. A channel is moved up and down on a few samples of the
generator, a direct measure (``models.measures``) is taken of both, and the sign counts when the
samples agree.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.measures import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.directions import StyleStatistics
    from models.generator import Generator
    from models.importing.directions import PublishedChannels

    Picture = NDArray[np.uint8]
    Landmarks = Callable[[Picture], NDArray[np.float64]]

COUNT = 8
SIDE = 256  # pixels: landmarks are found in no more
TRUNCATION = 0.7
LEAST_AGREEMENT = 3.0
"""Standard errors that the mean difference must lie from 0: by chance once in about 50 channels."""


@torch.no_grad()
def samples(generator: Generator, statistics: StyleStatistics, seed: int = 0) -> Tensor:
    """Style codes of samples that look alike enough to be measured, (COUNT, channels)."""
    random = torch.Generator().manual_seed(seed)  # on the CPU: the same on every device
    z = torch.randn(COUNT, generator.config.z_dim, generator=random).to(statistics.w_mean.device)
    w = statistics.w_mean + TRUNCATION * (generator.mapping(z) - statistics.w_mean)
    return generator.styles(generator.broadcast(w))


@torch.no_grad()
def sign(generator: Generator, codes: Tensor, step: Tensor, name: str, landmarks: Landmarks) -> int:
    """The sign of ``step`` that raises a measure; 0 where samples do not agree.

    Args:
        generator: frozen.
        codes: (n, channels), of samples.
        step: (channels,), for +100 of a slider.
        name: of the measure, in ``models.measures.MEASURES``.
        landmarks: finds the face in an aligned crop, (68, 2) in crop pixels.
    """
    side = min(SIDE, generator.config.resolution)
    differences: list[float] = []
    for code in codes:
        pair = generator.synthesise(torch.stack([code - step, code + step]), resolution=side)
        low, high = (_measured(picture, name, landmarks) for picture in pair)
        if math.isfinite(low) and math.isfinite(high):
            differences.append(high - low)
    return agreed(differences)


def agreed(differences: Sequence[float]) -> int:
    """The sign of differences where it is beyond chance, else 0."""
    if len(differences) < COUNT // 2:
        return 0
    mean = float(np.mean(differences))
    error = float(np.std(differences, ddof=1)) / math.sqrt(len(differences))
    return 0 if abs(mean) <= LEAST_AGREEMENT * error else int(np.sign(mean))


def named(row: PublishedChannels, steps: Tensor, signs: Sequence[int]) -> list[tuple[str, Tensor]]:
    """Sliders of published channels: label, and what one unit adds, (channels,).

    Those whose sign is known make one, that does at + what its name says; without any, each
    channel is one by itself, and its label says that nobody knows which way.

    Args:
        row: the channels.
        steps: (its channels, channels), one standard deviation of each.
        signs: −1, 0 or 1 for each, none where nothing measures them.
    """
    if any(signs):
        turned = torch.tensor(signs, dtype=steps.dtype, device=steps.device)[:, None] * steps
        return [(row.name, turned.sum(0))]
    several = len(row.channels) > 1
    return [
        (f"{row.name} {channel} (+ or −)" if several else f"{row.name} (+ or −)", step)
        for channel, step in zip(row.channels, steps, strict=True)
    ]


def _measured(picture: Tensor, name: str, landmarks: Landmarks) -> float:
    scaled = (picture.clamp(-1, 1).permute(1, 2, 0) + 1) * 127.5
    crop = np.ascontiguousarray(scaled.round().byte().cpu().numpy())
    return measure(crop, landmarks(crop), (name,))[name]
