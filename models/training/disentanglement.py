"""How separately a latent space holds attributes: held-out correlation, and DCI.

Disentanglement and completeness are Eastwood and Williams' (ICLR 2018): each attribute is predicted
from the codes by a lasso, and the absolute weights say which channel matters for which attribute.
Disentanglement is high when a channel serves one attribute, completeness when an attribute needs
few channels, informativeness when the prediction is right on codes it has not seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor

HELD_OUT = 5
"""Every fifth code is kept from the fit."""

PENALTY = 0.03
"""The lasso's, for codes and attributes of unit variance."""


@dataclass(frozen=True, slots=True)
class Disentanglement:
    """Each from 0 to 1; informativeness is the mean held-out correlation."""

    disentanglement: float
    completeness: float
    informativeness: float


def standardised(x: Tensor) -> Tensor:
    """Columns of mean 0 and variance 1; constant ones are 0."""
    return (x - x.mean(0)) / x.std(0).clamp(min=1e-9)


def lasso(x: Tensor, y: Tensor, penalty: float = PENALTY, rounds: int = 300) -> Tensor:
    """Weights (d, k) of |x·b − y|² / 2n + penalty · |b|₁ by FISTA; x (n, d), y (n, k) centred."""
    n = len(x)
    v: Tensor = torch.ones(x.shape[1], dtype=x.dtype, device=x.device)
    for _ in range(50):  # power iteration; a little more than it says, since it comes from below
        v = x.t() @ (x @ F.normalize(v, dim=0))
    step = n / (1.05 * float(v.square().sum().sqrt()))
    b = ahead = x.new_zeros(x.shape[1], y.shape[1])
    t = 1.0
    for _ in range(rounds):
        new = ahead - step * (x.t() @ (x @ ahead - y)) / n
        new = new.sign() * (new.abs() - step * penalty).clamp(min=0)
        faster = (1 + math.sqrt(1 + 4 * t * t)) / 2
        ahead = new + (t - 1) / faster * (new - b)
        b, t = new, faster
    return b


def from_importance(importance: Tensor) -> tuple[float, float]:
    """Disentanglement and completeness of |weights| (channels, attributes)."""
    weights = importance[importance.sum(1) > 0][:, importance.sum(0) > 0].double()
    if not weights.numel() or min(importance.shape) < 2:
        return 0.0, 0.0

    def concentration(shares: Tensor, most: int) -> Tensor:
        entropy = -(shares * shares.clamp(min=1e-30).log()).sum(1)
        return 1 - entropy / math.log(most)

    total = weights.sum()
    by_channel = weights / weights.sum(1, keepdim=True)
    by_attribute = (weights / weights.sum(0)).t()
    channels, attributes = importance.shape
    each = concentration(by_channel, attributes)
    return (
        float((each * weights.sum(1)).sum() / total),
        float(concentration(by_attribute, channels).mean()),
    )


def disentanglement(codes: Tensor, attributes: Tensor) -> Disentanglement:
    """DCI of codes (n, d) for attributes (n, k); rows with a NaN are left out.

    Raises:
        ValueError: fewer than 20 rows are left.
    """
    shown = ~attributes.isnan().any(1)
    if int(shown.sum()) < 20:
        raise ValueError(f"{int(shown.sum())} samples show every attribute; more are needed")
    x, y = standardised(codes[shown].float()), standardised(attributes[shown].float())
    held = torch.arange(len(x), device=x.device) % HELD_OUT == 0
    weights = lasso(x[~held], y[~held])
    guess, truth = standardised(x[held] @ weights), standardised(y[held])
    found = (guess * truth).mean(0).mean()
    return Disentanglement(*from_importance(weights.abs()), float(found))
