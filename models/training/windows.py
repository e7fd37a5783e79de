"""Parts of aligned portraits where a viewer looks first, cut out at full size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

# top and left in thirty-seconds of the side; all are a quarter of it high and half of it wide
WINDOWS: dict[str, tuple[int, int]] = {"eyes": (11, 8), "mouth": (19, 8), "hair": (0, 8)}
"""Where eyes, mouth and hair lie after FFHQ's alignment."""


def window(x: Tensor, name: str) -> Tensor:
    """One of ``WINDOWS`` of pictures (n, 3, r, r): (n, 3, r / 4, r / 2)."""
    unit = x.shape[3] // 32
    top, left = (unit * k for k in WINDOWS[name])
    return x[:, :, top : top + 8 * unit, left : left + 16 * unit]


def windows(x: Tensor) -> Tensor:
    """All ``WINDOWS`` of pictures (n, 3, r, r), one after the other: (windows · n, 3, r/4, r/2)."""
    return torch.cat([window(x, name) for name in WINDOWS])


def patches(x: Tensor, side: int, groups: int = 8) -> Tensor:
    """Squares at random places of pictures (n, 3, r, r), in whole pixels: (n, 3, side, side).

    Places are drawn for a group of pictures at a time, and a little beyond the border, so that what
    lies along it is not seen too seldom. They come from the CPU's random numbers.
    """
    room = x.shape[3] - side
    over = min(room, side) // 4
    parts: list[Tensor] = []
    for part in x.chunk(groups):
        place = torch.randint(-over, room + over + 1, (2,)).clamp(0, room)
        top, left = int(place[0]), int(place[1])
        parts.append(part[:, :, top : top + side, left : left + side])
    return torch.cat(parts)
