"""Fit the attribute directions of a generator and the statistics of its style space.

    python -m models.training.sample_faces --count 5000 --out build/samples
    python -m models.training.fit_directions --samples build/samples

For each measure of models.measures, over the samples that show a face:

- w is regressed on (ridge) and the step runs along the *data*, covariance × normal: the bare normal
  leaves the manifold and breaks the face. Through the linear affines that step is Δs_z;
- whitened S is regressed on (ridge); the strongest tenth of the normal's channels, scaled so that the
  predicted score moves by one standard deviation, is Δs_n;
- a fifth of the samples is held out, and the correlation of the predictor in S with the measure there
  is printed and stored.

Writes a float16 safetensors file and prints its SHA-256 for resources/models.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save

from models.checkpoints import catalogue
from models.measures import MEASURES, measure
from models.training.sample_faces import default_generator, load

HELD_OUT = 5  # every fifth sample
W_RIDGE = 0.05  # times the number of samples
S_RIDGE = 0.5
KEPT = 0.1  # of the channels of the normal in S


def ridge(x: torch.Tensor, y: torch.Tensor, strength: float) -> torch.Tensor:
    """Normal (features,) of the ridge regression of y (n,) on x (n, features), both centred."""
    n, width = x.shape
    if width < n:
        gram = x.T @ x + strength * n * torch.eye(width, dtype=x.dtype)
        return torch.linalg.solve(gram, x.T @ y)
    return x.T @ torch.linalg.solve(x @ x.T + strength * n * torch.eye(n, dtype=x.dtype), y)


def correlation(a: torch.Tensor, b: torch.Tensor) -> float:
    """Pearson's r."""
    return float(torch.corrcoef(torch.stack([a, b]))[0, 1])


def main(arguments: list[str]) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=Path("build/samples"))
    parser.add_argument("--out", type=Path, default=catalogue()[0].directions_path)
    options = parser.parse_args(arguments)

    generator = default_generator()
    codes, points, crops = load(options.samples)
    table = [measure(crop, p) for crop, p in zip(crops, points, strict=True)]
    w = torch.from_numpy(codes).double()
    with torch.no_grad():
        s = generator.styles(generator.broadcast(w.float())).double()
        affine = generator.styles(generator.broadcast(torch.zeros(1, w.shape[1]))).double()
    w_mean, w_sd, s_mean, s_sd = w.mean(0), w.std(0), s.mean(0), s.std(0)
    held = torch.arange(len(w)) % HELD_OUT == 0
    w_centred, whitened = w - w_mean, (s - s_mean) / s_sd
    covariance = w_centred[~held].T @ w_centred[~held] / int((~held).sum())

    tensors = {"s_mean": s_mean, "s_sd": s_sd, "w_mean": w_mean, "w_sd": w_sd}
    facts: dict[str, dict[str, float]] = {}
    for name in MEASURES:
        y = torch.tensor([row[name] for row in table], dtype=torch.float64)
        low, high = torch.quantile(y, torch.tensor([0.002, 0.998], dtype=y.dtype))
        mean, sd = float(y.clamp(low, high).mean()), float(y.clamp(low, high).std())
        y = (y.clamp(low, high) - mean) / sd
        in_w = ridge(w_centred[~held], y[~held], W_RIDGE)
        in_s = ridge(whitened[~held], y[~held], S_RIDGE)
        along = covariance @ in_w
        along = along / (in_w @ along)
        with torch.no_grad():
            step = generator.styles(generator.broadcast(along[None].float())).double() - affine
        strongest = in_s.abs() >= torch.quantile(in_s.abs(), 1 - KEPT)
        precise = torch.where(strongest, in_s, torch.zeros_like(in_s))
        precise = precise / (in_s @ precise)
        facts[name] = {
            "mean": mean,
            "sd": sd,
            "correlation": correlation(whitened[held] @ in_s, y[held]),
        }
        r_w = correlation(w_centred[held] @ in_w, y[held])
        print(
            f"{name:16} mean {mean:8.3f} sd {sd:7.3f}  held-out r: "
            f"S {facts[name]['correlation']:.3f}, W {r_w:.3f}"
        )
        tensors[f"{name}.entangled"] = step[0]
        tensors[f"{name}.precise"] = precise * s_sd
        tensors[f"{name}.normal"] = in_s

    metadata = {
        "generator": catalogue()[0].sha256,
        "samples": str(len(w)),
        "attributes": json.dumps(facts),
    }
    stored = {name: t.to(torch.float16).contiguous() for name, t in tensors.items()}
    for name in ("s_mean", "s_sd", "w_mean", "w_sd"):
        stored[name] = tensors[name].float().contiguous()
    data = save(stored, metadata)
    options.out.write_bytes(data)
    print(f"{options.out}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main(sys.argv[1:])
