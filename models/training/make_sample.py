"""Make the bundled sample portrait: one face of the embedded generator, enlarged, with film grain.

    python -m models.training.make_sample

No such person exists and no photograph is involved, so the picture is free to ship.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.fitting.samples import to_pixels
from models.training.sample_faces import default_generator

SEED, TRUNCATION, SIDE = 115, 0.7, 896


def main() -> None:
    """Write resources/sample-portrait.jpg."""
    generator = default_generator()
    z = torch.randn(1, generator.config.z_dim, generator=torch.Generator().manual_seed(SEED))
    with torch.no_grad():
        face = Image.fromarray(to_pixels(generator(z, TRUNCATION))[0])
    large = np.asarray(face.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float32)
    grain = np.random.default_rng(SEED).normal(0, 2.5, (SIDE, SIDE, 1))
    pixels = np.clip(np.rint(large + grain), 0, 255).astype(np.uint8)
    out = Path(__file__).parents[2] / "resources" / "sample-portrait.jpg"
    Image.fromarray(pixels).save(out, quality=92, subsampling=0)


if __name__ == "__main__":
    main()
