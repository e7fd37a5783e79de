"""Kernel distance to the training pictures as a loss: a critic that needs no training.

The witness function of the maximum mean discrepancy (Gretton et al., JMLR 13, 2012) with the cubic
kernel of the kernel distance (Bińkowski et al., arXiv 1801.01401), in what a frozen network sees.
Unlike judges it neither wins nor learns pictures by heart: where the two sets agree, its gradient
vanishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.fitting.readout import raised
from models.perceptual import HEAD, STEM
from models.training.dataset import in_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.perceptual import EfficientNetLite


# How much the means, and the deviations, of each map count (stem first), and the head's
# means. The deeper, the fainter a part's gradient on the generator, and the nearer to what kernel
# distance in another network's features asks for: cosine with Lite2's 0.37 for the head and 0.36
# for the last map's means, within 0.11 of 0 for those before (leg 4e's end, 80 samples).
_MAP_WEIGHTS = 1, 1, 1, 1, 8
_HEAD_WEIGHT = 16
_LAYOUT = slice(2, 5)  # of the maps (stem first): those at strides 8, 16 and 32
_GRID = 8


class FeatureMatching(nn.Module):
    """Means and deviations of feature maps, and the head's means, each compared as a set.

    Attributes:
        made: (bank, d), what the generator drew last, oldest overwritten first; zeros until
            :meth:`remember` has gone round once.
        at: scalar, where the next one goes.
        widths: of the parts of d: means and deviations of each map, the head's means.
        layout: of what :meth:`described` adds to d on request, which is not compared: the
            deeper maps' means over an 8 × 8 grid. Where things are, the others do not tell.
    """

    made: Tensor
    at: Tensor
    real: Tensor
    middle: Tensor
    spread: Tensor

    def __init__(
        self,
        features: EfficientNetLite,
        bank: int = 1024,
        *,
        with_layout: bool = False,
        deepest: float = 1.0,
    ) -> None:
        """Prepare; :meth:`learn` must follow.

        Args:
            features: frozen, with its head; no part of the state dict.
            bank: generated pictures that stand for all of them.
            with_layout: whether descriptions have the layout after the d features.
            deepest: of the weight that the last map and the head have here, 1 and the same as
                before them at least. What pictures show, rather than how it is drawn, is there.
        """
        super().__init__()
        self._features = [features]
        maps = STEM, *features.channels
        self.widths = [*(width for c in maps for width in (c, c)), HEAD]
        each = [*(w for weight in _MAP_WEIGHTS for w in (weight, weight)), _HEAD_WEIGHT]
        self._weights = [max(1.0, deepest * weight) for weight in each]
        self.layout = [c * _GRID**2 for c in maps[_LAYOUT]] if with_layout else []
        d = sum(self.widths)
        self.register_buffer("made", torch.zeros(bank, d))
        self.register_buffer("at", torch.zeros((), dtype=torch.long))
        for name in ("real", "middle", "spread"):
            self.register_buffer(name, torch.zeros(1, d), persistent=False)

    def described(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """Pictures (n, 3, r, r) in [−1, 1] → what is seen of each, float32 (n, d + layout)."""
        return self.of_maps(self.maps(x, dtype))

    def maps(self, x: Tensor, dtype: torch.dtype) -> list[Tensor]:
        """The network's maps of pictures (n, 3, r, r) in [−1, 1], stem first."""
        (network,) = self._features
        first = network.stem(x.to(dtype, memory_format=torch.channels_last))
        return [first, *network.beyond(first)]

    def of_maps(self, maps: Sequence[Tensor]) -> Tensor:
        """What :meth:`maps` gives of pictures → what :meth:`described` gives for them."""
        (network,) = self._features
        parts: list[Tensor] = []
        for m in maps:
            flat = m.float().flatten(2)
            parts += [flat.mean(2), flat.var(2, correction=0).add(1e-6).sqrt()]
        parts.append(network.top(maps[-1]).float())
        if self.layout:
            parts += [F.adaptive_avg_pool2d(m.float(), _GRID).flatten(1) for m in maps[_LAYOUT]]
        return torch.cat(parts, 1)

    @torch.no_grad()
    def learn(
        self,
        pixels: Tensor,
        device: torch.device,
        dtype: torch.dtype,
        rows: Tensor | None = None,
    ) -> None:
        """Describe the training pictures, uint8 (n, 3, h, w), and their mirror images.

        Args:
            pixels: the pictures.
            device: to describe them on.
            dtype: of convolutions.
            rows: which to take, some more than once; all when None.
        """
        seen: list[Tensor] = []
        for some in in_parts(pixels, 64):
            x = some.to(device).float() / 127.5 - 1
            seen.append(torch.stack([self.described(x, dtype), self.described(x.flip(3), dtype)]))
        both = torch.cat(seen, 1)
        real = (both if rows is None else both[:, rows.to(both.device)]).flatten(0, 1)
        self.spread = raised(real.std(0), [*self.widths, *self.layout])
        self.middle = real.mean(0)
        self.real = self._compared(self.standardised(real))

    def standardised(self, described: Tensor) -> Tensor:
        """Descriptions from the training pictures' means, in units of their spread."""
        return (described - self.middle) / self.spread

    @torch.no_grad()
    def remember(self, features: Tensor) -> None:
        """Put generated pictures' standardised descriptions in the place of the oldest."""
        places = (self.at + torch.arange(len(features), device=self.at.device)) % len(self.made)
        # a new tensor: this step's gradient still needs the old one
        self.made = self.made.index_copy(0, places, self._compared(features))
        self.at.copy_((self.at + len(features)) % len(self.made))

    def forward(self, features: Tensor) -> Tensor:
        """How much likelier pictures, described and standardised, look made than real.

        The weighted mean of their parts.
        """
        x = self._compared(features)
        sets = zip(*(_parts(each, self.widths) for each in (x, self.made, self.real)), strict=True)
        witness = [_likeness(part, made) - _likeness(part, real) for part, made, real in sets]
        weighted = [w * each for w, each in zip(self._weights, witness, strict=True)]
        return torch.stack(weighted).sum() / sum(self._weights)

    def _compared(self, features: Tensor) -> Tensor:
        return features[:, : sum(self.widths)]


def _parts(described: Tensor, widths: list[int]) -> list[Tensor]:
    return list(torch.split(described, widths, -1))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType, reportUnknownVariableType] - torch's stubs


def _likeness(x: Tensor, others: Tensor) -> Tensor:
    """Mean of the cubic kernel (x·y/d + 1)³ between each row of (n, d) and all of (m, d)."""
    return ((x @ others.t()) / x.shape[1] + 1).pow(3).mean()
