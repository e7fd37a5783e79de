"""How many bytes what the workspace keeps takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from models.layers import SynthesisLayer

if TYPE_CHECKING:
    from torch import Tensor

    from editor.document.style_sliders import StyleSlider
    from models.generator import Generator


def locality_bytes(kept: tuple[Tensor, Tensor]) -> int:
    """Of ``channel_locality``."""
    return kept[0].nbytes + kept[1].nbytes


def sliders_bytes(kept: tuple[StyleSlider, ...]) -> int:
    """Of discovered sliders: their pictures."""
    return sum(slider.low.nbytes + slider.high.nbytes for slider in kept)


def tensor_bytes(kept: Tensor) -> int:
    """Of one tensor."""
    return kept.nbytes


def tuned_bytes(generator: Generator) -> int:
    """Of what it does not share: weights that are no parameters any more, and kernels it keeps."""
    held = generator.kept_bytes
    for module in generator.modules():
        own = (value for value in vars(module).values() if isinstance(value, torch.Tensor))
        held += sum(part.nbytes for part in own)
        if isinstance(module, SynthesisLayer):
            held += module.kept_bytes
    return held
