"""Attributes as a frozen network sees them in pictures, and as w promises them.

Both are linear: a ridge regression of a generator's measured samples on features of their
pictures, and one on their w. Where the two differ, an attribute does not follow w along a line, and
the difference has a gradient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.fitting.readout import regressed_readout
from models.fitting.regression import W_RIDGE, ridge, standardised
from models.training import checkpoints
from models.training.dataset import in_parts
from models.training.regression import measured
from models.training.sample_faces import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

DOUBTED = 2.0  # sd, from which a difference counts by its size, no longer by its square
# A face wears spectacles or does not; what follows a line would half wear them. The others are not
# on offer.
LEFT_OUT = "glasses", "hairline", "hair_volume", "background_brightness"


def told(names: Iterable[str]) -> list[str]:
    """Which of these measures a readout tells, in its order."""
    return [name for name in names if name not in LEFT_OUT]


class Readout(nn.Module):
    """Attributes from pictures, by a linear map of a frozen network's maps; and from w.

    Attributes:
        middle: (d,), the samples' mean features.
        weights: (d, k), attributes in standard deviations per feature.
        w_mean: (w_dim,). normals: (w_dim, k), attributes per w, of a ridge regression.
    """

    middle: Tensor
    weights: Tensor
    w_mean: Tensor
    normals: Tensor

    def __init__(self, middle: Tensor, weights: Tensor, w_mean: Tensor, normals: Tensor) -> None:
        super().__init__()
        self.register_buffer("middle", middle)
        self.register_buffer("weights", weights)
        self.register_buffer("w_mean", w_mean)
        self.register_buffer("normals", normals)

    @classmethod
    def of(cls, features: Tensor, w: Tensor, attributes: Tensor, widths: Sequence[int]) -> Readout:
        """Fit both regressions.

        Args:
            features: (n, d), of the samples' pictures.
            w: (n, w_dim), theirs.
            attributes: (n, k), in any units; NaN where one is not shown.
            widths: of the parts of d. Each part counts alike.
        """
        w_mean = w.double().mean(0)
        off = w.double() - w_mean
        columns: list[Tensor] = []
        normals: list[Tensor] = []
        for column in attributes.double().t():
            shown = ~column.isnan()
            y, _, _ = standardised(column[shown])
            normals.append(ridge(off[shown], y, W_RIDGE))
            columns.append(off @ normals[-1])  # where it is not shown, nothing is missing
            columns[-1][shown] = y
        middle, weights, _ = regressed_readout(features, torch.stack(columns, 1), widths)
        return cls(middle, weights, w_mean.float(), torch.stack(normals, 1).float())

    @classmethod
    @torch.no_grad()
    def fitted(cls, samples: Path, described: Callable[[Tensor], Sequence[Tensor]]) -> Readout:
        """Fit to the files of ``sample_faces`` and, if it ran, ``semantic``.

        Args:
            samples: their common name.
            described: pictures (n, 3, r, r) in [−1, 1] → the parts of their features, each
                (n, d_i).
        """
        w, values = measured(samples)
        _, _, crops = load(samples)
        pictures = torch.stack([torch.from_numpy(crop) for crop in crops]).permute(0, 3, 1, 2)
        stored: list[Tensor] = []
        widths: list[int] = []
        for some in in_parts(pictures, 40):
            parts = described(some.float() / 127.5 - 1)
            widths = [part.shape[1] for part in parts]
            stored.append(torch.cat(list(parts), 1))
        columns = [values[name] for name in told(values)]
        return cls.of(torch.cat(stored), torch.from_numpy(w), torch.stack(columns, 1), widths)

    def seen(self, features: Tensor) -> Tensor:
        """Features (n, d) of pictures → attributes (n, k) in standard deviations."""
        return (features - self.middle) @ self.weights

    def promised(self, w: Tensor) -> Tensor:
        """W (n, w_dim) → attributes (n, k) in standard deviations."""
        return (w - self.w_mean) @ self.normals

    def forward(self, features: Tensor, w: Tensor) -> Tensor:
        """What pictures show besides what their w promises: features (n, d), w (n, w_dim) → (n,).

        Mean over the attributes of the squared difference in standard deviations; beyond
        ``DOUBTED`` of them it grows as Huber's loss does.
        """
        off = self.seen(features) - self.promised(w)
        return 2 * F.huber_loss(off, torch.zeros_like(off), reduction="none", delta=DOUBTED).mean(1)

    def write(self, path: Path) -> None:
        """Write it as safetensors."""
        checkpoints.write_tensors(path, self.state_dict(), {})

    @classmethod
    def read(cls, path: Path, prefix: str = "") -> Readout:
        """Read what :meth:`write` wrote, or the tensors of that prefix in another file."""
        kept, _ = checkpoints.read_tensors(path, prefix)
        return cls(kept["middle"], kept["weights"], kept["w_mean"], kept["normals"])
