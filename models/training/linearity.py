"""How much of what pictures show follows linearly from w, as a loss: editing moves along lines.

Directions are found by regressing attributes on w and on the style code
(``fit_directions.py``), and followed as straight lines. What such a regression leaves of a
frozen network's features is what this asks the generator for less of. It could flatten its
pictures to that end: feature matching, which holds the spread of each feature, must stand
beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

RIDGE = 0.05  # times the mean variance of w
HALF_LIFE = 8192  # pictures, over which old ones fade from the regression


class Linearity(nn.Module):
    """A running ridge regression of features on w.

    Attributes:
        moments: (w_dim + 1, w_dim + 1 + d), running mean of the products of (w, 1) with
            (w, 1, features).
        weight: scalar, how many pictures that mean stands for.
        normals: (w_dim + 1, d), of the regression as of the last :meth:`solve`; the last row is
            the constant.
        shares: (d,), what each feature counts; 1 in all.
    """

    moments: Tensor
    weight: Tensor
    normals: Tensor
    shares: Tensor

    def __init__(self, w_dim: int, parts: Sequence[tuple[int, float]]) -> None:
        """Prepare; :meth:`learn` and :meth:`solve` must follow.

        Args:
            w_dim: length of w.
            parts: of the features, how wide each is, d in all, and how much it counts.
        """
        super().__init__()
        d, total = sum(width for width, _ in parts), sum(count for _, count in parts)
        shares = torch.cat([torch.full((width,), count / width / total) for width, count in parts])
        self.register_buffer("shares", shares, persistent=False)
        # double: w varies little in some directions, less than TF32 rounds off its products
        self.register_buffer("moments", torch.zeros(w_dim + 1, w_dim + 1 + d).double())
        self.register_buffer("weight", torch.zeros(()).double())
        self.register_buffer("normals", torch.zeros(w_dim + 1, d))

    def forward(self, w: Tensor, features: Tensor, counts: Tensor) -> Tensor:
        """Mean squared part of the features that w does not explain; scalar.

        Args:
            w: (n, w_dim).
            features: (n, d), of their pictures.
            counts: (n,), 1 for a picture of this w alone, 0 for one of mixed styles.
        """
        off = features - (w @ self.normals[:-1] + self.normals[-1])
        return (off.square() @ self.shares * counts).sum() / counts.sum().clamp(min=1)

    @torch.no_grad()
    def learn(self, w: Tensor, features: Tensor, counts: Tensor) -> None:
        """Take in what pictures show; as for :meth:`forward`."""
        known = torch.cat([w, torch.ones_like(w[:, :1])], 1).double()
        products = (known * counts[:, None]).t() @ torch.cat([known, features.double()], 1)
        total = counts.sum()
        self.weight.mul_(0.5 ** (total / HALF_LIFE)).add_(total)
        self.moments.lerp_(products / total.clamp(min=1), total / self.weight.clamp(min=1))

    @torch.no_grad()
    def solve(self) -> None:
        """Bring the regression up to what was learned."""
        k = len(self.moments)
        square, mixed = self.moments[:, :k].clone(), self.moments[:, k:]
        variance = square.diagonal()[:-1] - square[-1, :-1].square()
        square.diagonal()[:-1].add_(RIDGE * variance.mean())
        self.normals.copy_(cast("Tensor", torch.linalg.solve(square, mixed)))
