"""Fit the attribute directions of a generator and the statistics of its style space.

    python -m models.training.sample_faces --count 5000 --out build/samples
    python -m models.training.fit_directions --samples build/samples

For each measure of models.measures, over the samples that show a face:

- W is regressed on (ridge) and the step runs along the *data*, covariance × normal: the bare normal
  leaves the manifold and breaks the face. Through the linear affines that step is Δs_z;
- whitened S is regressed on (ridge); the strongest tenth of the normal's channels is Δs_n;
- both steps are the shortest (in their metric) that move the predicted score by one standard
  deviation and the scores that the attribute would drag along (``HELD``) by none;
- a fifth of the samples is held out, and the correlation of the predictor in S with the measure
  there is printed and stored.

Writes a float16 safetensors file and prints its SHA-256 for resources/models.toml.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import save

from models.checkpoints import catalogue
from models.measures import MEASURES, measure
from models.training.sample_faces import default_generator, load

HELD_OUT = 5  # every fifth sample
W_RIDGE = 0.05  # times the number of samples
S_RIDGE = 0.5
KEPT = 0.1  # of the channels of the normal in S

# What each attribute would drag along inside its own region, and must not; the intervention sees to
# the rest of the picture.
HELD: dict[str, tuple[str, ...]] = {
    "mouth_open": ("smile",),
    "mouth_width": ("head_turn",),
    "lip_fullness": ("smile", "mouth_open"),
    "eyes_open": ("brow_height",),
    "eye_size": ("head_turn", "brow_height"),
    "brow_height": ("eyes_open",),
    "brow_frown": ("head_turn",),
    "nose_width": ("smile", "head_turn"),
    "nose_length": ("head_nod",),
    "jaw_width": ("smile", "head_turn"),
    "face_roundness": ("smile", "head_nod"),
    "chin_length": ("mouth_open", "head_nod"),
    "head_nod": ("nose_length",),
    "lip_redness": ("smile",),
    "lip_darkness": ("smile", "skin_brightness"),
    "skin_shine": ("skin_brightness",),
    "skin_smoothness": ("skin_brightness",),
    "under_eye_darkness": ("skin_brightness", "eyes_open"),
    "beard_density": ("smile",),
    "eye_brightness": ("eyes_open",),
    "brow_darkness": ("brow_height",),
    "hair_brightness": ("hairline",),
    "hair_warmth": ("hairline",),
}


def solve(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The x with a @ x = b."""
    return cast("torch.Tensor", torch.linalg.solve(a, b))


def shortest(normals: torch.Tensor, metric: torch.Tensor | None = None) -> torch.Tensor:
    """The step x that moves the first score by 1 and the others by 0, shortest in ``metric``⁻¹.

    ``normals`` (features, k); ``metric`` (features, features), the data's covariance, or None for
    the identity. x = C N (Nᵀ C N)⁻¹ e₁.
    """
    carried = normals if metric is None else metric @ normals
    first = torch.zeros(normals.shape[1], 1, dtype=normals.dtype)
    first[0] = 1
    return (carried @ solve(normals.T @ carried, first))[:, 0]


def ridge(x: torch.Tensor, y: torch.Tensor, strength: float) -> torch.Tensor:
    """Normal (features,) of the ridge regression of y (n,) on x (n, features), both centred."""
    n, width = x.shape
    if width < n:
        gram = x.T @ x + strength * n * torch.eye(width, dtype=x.dtype)
        return solve(gram, x.T @ y)
    gram = x @ x.T + strength * n * torch.eye(n, dtype=x.dtype)
    return x.T @ solve(gram, y)


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
    in_w: dict[str, torch.Tensor] = {}
    in_s: dict[str, torch.Tensor] = {}
    for name in MEASURES:
        y = torch.tensor([row[name] for row in table], dtype=torch.float64)
        low, high = torch.quantile(y, torch.tensor([0.002, 0.998], dtype=y.dtype))
        y = y.clamp(low, high)
        mean, sd = float(y.mean()), float(y.std())
        y = (y - mean) / sd
        in_w[name] = ridge(w_centred[~held], y[~held], W_RIDGE)
        in_s[name] = ridge(whitened[~held], y[~held], S_RIDGE)
        r_s = correlation(whitened[held] @ in_s[name], y[held])
        r_w = correlation(w_centred[held] @ in_w[name], y[held])
        facts[name] = {"mean": mean, "sd": sd, "correlation": r_s}
        print(f"{name:16} mean {mean:8.3f} sd {sd:7.3f}  held-out r: S {r_s:.3f}, W {r_w:.3f}")
    for name in MEASURES:
        together = (name, *HELD.get(name, ()))
        along = shortest(torch.stack([in_w[n] for n in together], 1), covariance)
        with torch.no_grad():
            step = generator.styles(generator.broadcast(along[None].float())).double() - affine
        precise = shortest(torch.stack([in_s[n] for n in together], 1))
        weak = precise.abs() < torch.quantile(precise.abs(), 1 - KEPT)
        precise[weak] = 0
        precise = precise / (in_s[name] @ precise)
        tensors[f"{name}.entangled"] = step[0]
        tensors[f"{name}.precise"] = precise * s_sd
        tensors[f"{name}.normal"] = in_s[name]

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
