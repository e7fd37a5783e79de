"""Ridge regressions of measures on W and on S, and the steps that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

W_RIDGE = 0.05  # times the number of samples
S_RIDGE = 0.5
HELD_OUT = 5  # every fifth sample


def solve(a: Tensor, b: Tensor) -> Tensor:
    """The x with a @ x = b."""
    return cast("Tensor", torch.linalg.solve(a, b))


def ridge(x: Tensor, y: Tensor, strength: float) -> Tensor:
    """Normals (features,) or (features, k) of the ridge regression of y (n,) or (n, k) on x.

    Both are centred; x is (n, features).
    """
    n, width = x.shape
    if width < n:
        gram = x.T @ x
        gram.diagonal().add_(strength * n)
        return solve(gram, x.T @ y)
    gram = x @ x.T
    gram.diagonal().add_(strength * n)
    return x.T @ solve(gram, y)


def standardised(values: Tensor) -> tuple[Tensor, float, float]:
    """A measure (n,) in standard deviations from its mean, and both of these.

    Outliers beyond the 0.2 % quantiles (a landmark gone astray) are drawn in.
    """
    low, high = torch.quantile(values, torch.tensor([0.002, 0.998]).to(values))
    kept = values.clamp(low, high)
    mean, sd = float(kept.mean()), float(kept.std())
    return (kept - mean) / sd, mean, sd


def shortest(normals: Tensor, metric: Tensor | None = None) -> Tensor:
    """The step x that moves the first score by 1 and the others by 0, shortest in ``metric``⁻¹.

    ``normals`` (features, k); ``metric`` (features, features), the data's covariance, or None for
    the identity. x = C N (Nᵀ C N)⁻¹ e₁.
    """
    carried = normals if metric is None else metric @ normals
    first = torch.zeros(normals.shape[1], 1).to(normals)
    first[0] = 1
    return (carried @ solve(normals.T @ carried, first))[:, 0]


def correlation(a: Tensor, b: Tensor) -> float:
    """Pearson's r."""
    return float(torch.corrcoef(torch.stack([a, b]))[0, 1])


@dataclass(frozen=True, slots=True)
class Regression:
    """One measure over the samples, and its predictors.

    Attributes:
        mean, sd: of the measure, in its own units.
        in_w: (w_dim,), on centred W. in_s: (channels,), on whitened S.
        correlation: of the predictor in S with the measure, held out; ``correlation_w`` in W.
    """

    mean: float
    sd: float
    in_w: Tensor
    in_s: Tensor
    correlation: float
    correlation_w: float


def regressed(
    values: Mapping[str, Tensor], w: Tensor, s: Tensor
) -> Iterator[dict[str, Regression]]:
    """Predict measures (n,) from centred W (n, w_dim) and whitened S (n, channels).

    NaN is left out; measures that the same samples show are regressed together.
    """
    together: dict[bytes, list[str]] = {}
    for name, measure in values.items():
        together.setdefault(measure.isnan().cpu().numpy().tobytes(), []).append(name)
    for names in together.values():
        shown = ~values[names[0]].isnan()
        held = (torch.arange(len(shown), device=shown.device) % HELD_OUT == 0)[shown]
        known = [standardised(values[name][shown]) for name in names]
        y = torch.stack([one[0] for one in known], 1)
        in_w = ridge(w[shown][~held], y[~held], W_RIDGE)
        in_s = ridge(s[shown][~held], y[~held], S_RIDGE)
        told_w, told_s = w[shown][held] @ in_w, s[shown][held] @ in_s
        yield {
            name: Regression(
                known[k][1], known[k][2], in_w[:, k], in_s[:, k],
                correlation(told_s[:, k], y[held, k]), correlation(told_w[:, k], y[held, k]),
            )
            for k, name in enumerate(names)
        }  # fmt: skip
