"""Pictures of a code with a few of its channels changed: what lies before a change is drawn once.

StyleGAN2 draws layer by layer; a picture that differs from another from layer k on has all its
earlier features in common with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch

from models.layers import upsample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from models.generator import Generator

_PIXELS = 1 << 16  # of pictures that a CPU draws at once: larger batches outgrow its caches


@torch.no_grad()
def variations(
    generator: Generator,
    s: Tensor,
    changes: Tensor,
    *,
    resolution: int | None = None,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The pictures of a code with each of some changes added.

    Args:
        generator: frozen.
        s: (1, channels).
        changes: (n, channels), mostly zeros.
        resolution: of the pictures; the full size when None.
        dtype: of activations and kernels.

    Returns:
        float32 (n, 3, r, r), nominally in [−1, 1].
    """
    side = resolution or generator.config.resolution
    touched = torch.stack(
        [changes[:, at.start : at.stop].any(1) for at in generator.style_layers], 1
    )
    firsts, order = torch.where(
        touched.any(1), touched.to(torch.uint8).argmax(1), len(generator.style_layers)
    ).sort(stable=True)
    together = len(changes) if s.is_cuda else max(1, _PIXELS // side**2)
    pictures = changes.new_empty(len(changes), 3, side, side)
    parts = cast("tuple[Tensor, ...]", order.split(together))
    starts = cast("tuple[Tensor, ...]", firsts.split(together))
    for rows, begins in zip(parts, starts, strict=True):
        first = cast("list[int]", begins.tolist())
        pictures[rows] = _drawn(generator, torch.cat([s, s + changes[rows]]), first, side, dtype)
    return pictures


def _drawn(
    generator: Generator, codes: Tensor, firsts: Sequence[int], side: int, dtype: torch.dtype
) -> Tensor:
    """Pictures of all codes but the first, which the others are like before layers ``firsts``."""
    clamp, layer, joined, leads = generator.config.clamp, 0, 0, True
    x = image = codes.new_empty(0)

    def joining(map_: Tensor, count: int) -> Tensor:
        return torch.cat([map_, map_[:1].expand(count, -1, -1, -1)]) if count else map_

    def style() -> Tensor:
        """Of the next layer, once those that begin to differ there have joined."""
        nonlocal x, image, layer, joined, leads
        at = generator.style_layers[layer]
        new = sum(first <= layer for first in firsts) - joined
        joined, layer = joined + new, layer + 1
        x, image = joining(x, new), joining(image, new) if image.numel() else image
        if leads and joined == len(firsts):  # nobody is left to join: the first code has led
            leads = False
            x, image = x[1:], image[1:] if image.numel() else image
        return codes[0 if leads else 1 : 1 + joined, at.start : at.stop]

    for resolution, block in generator.blocks():
        if block.first:
            x = block.const[None].to(dtype)
        else:
            now = style()
            x = block.conv0(x, now, "const", clamp)
        now = style()
        x = block.conv1(x, now, "const", clamp)
        now = style()
        rgb = block.torgb(x, now, clamp)
        image = rgb if block.first else upsample(image) + rgb
        if resolution == side:
            break
    if not leads:
        return image
    return torch.cat([image[1:], image[:1].expand(len(firsts) - joined, -1, -1, -1)])
