"""What a file is that is no StyleGAN2 generator, by the names of its tensors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class OtherNetwork:
    """Something that the editor cannot use as its generator.

    Attributes:
        name: "a StyleGAN3 network".
        advice: what to do next.
    """

    name: str
    advice: str


_STYLEGAN2 = "Choose a StyleGAN2 generator, for example one of stylegan2-ada-pytorch."
_WHOLE = (
    "Choose the generator that it belongs to; its training's checkpoint often holds both, under "
    "the name G_ema, g_ema or decoder."
)

STYLEGAN1 = OtherNetwork("a StyleGAN1 network", _STYLEGAN2)
STYLEGAN3 = OtherNetwork(
    "a StyleGAN3 network", "Its style space works otherwise. Choose a StyleGAN2 generator."
)
LUCIDRAINS = OtherNetwork(
    "a network of lucidrains/stylegan2-pytorch, whose layers differ from StyleGAN2's",
    "Train or choose one in NVIDIA's or rosinality's format.",
)
CONDITIONAL = OtherNetwork(
    "a generator that is told a class for each picture",
    "Choose an unconditional StyleGAN2 generator.",
)
NOT_SKIP = OtherNetwork(
    "a StyleGAN2 generator without skip connections to the picture (residual or plain)",
    "Choose one of the usual architecture, as config-f is.",
)
REVISED_STYLEGAN1 = OtherNetwork(
    "an early configuration (A to D) of the StyleGAN2 paper, which has StyleGAN1's layers",
    "Choose config-e or config-f.",
)
DISCRIMINATOR = OtherNetwork("a discriminator without its generator", _WHOLE)
LATENTS = OtherNetwork(
    "a direction, a latent code or another plain array, not a network",
    "Open it under the generator's directions instead.",
)
UNKNOWN = OtherNetwork("no network that the editor knows", _STYLEGAN2)

# In this order: what stands first is more certain.
_SIGNS: tuple[tuple[str, OtherNetwork], ...] = (
    (
        r"(^|\.)lora_|lora_(unet|te)|\.lora_(down|up|A|B)\b",
        OtherNetwork("a LoRA of a diffusion or language model", _STYLEGAN2),
    ),
    (
        r"^model\.diffusion_model\.|^time_embedding\.|^(unet\.)?down_blocks\.|^conv_in\.",
        OtherNetwork("a diffusion model", _STYLEGAN2),
    ),
    (
        r"^(first_stage_model|vae)\.|(^|\.)quant_conv\.|^decoder\.(up_blocks|mid_block|up\.\d)"
        r"|^encoder\.(down_blocks|mid_block|down\.\d)",
        OtherNetwork("a variational autoencoder (VAE)", _STYLEGAN2),
    ),
    (r"(^|\.)synthesis\.(input\.(freqs|phases|transform)|L\d+_\d+_\d+\.)", STYLEGAN3),
    (r"^input\.(freqs|phases)|\.(magnitude_ema|up_filter|down_filter)$", STYLEGAN3),
    (
        r"(^|\.)backbone\.synthesis\.|^superresolution\.|^renderer\.",
        OtherNetwork("an EG3D network (faces in three dimensions)", _STYLEGAN2),
    ),
    (
        r"^stylegan_decoder\.|^condition_scale\.",
        OtherNetwork("a face restorer (GFPGAN)", _STYLEGAN2),
    ),
    (r"^(GE|SE)\.|^GAN\.(GE|SE)\.", LUCIDRAINS),
    (r"progression\.\d|ToRGB_lod|(^|\.)synthesis\.layer\d+\.(epilogue|apply_noise)", STYLEGAN1),
    (r"G_synthesis\.|G_mapping\.|(^|\.)synthesis\.blocks\.\d+x\d+\.epi", STYLEGAN1),
    (
        r"iwt\.|(^|\.)to_rgbs?\.?\d*\.iwt|\.dwt\.",
        OtherNetwork("a SWAGAN network (StyleGAN2 on wavelets)", _STYLEGAN2),
    ),
    (
        r"^(encoder\.)?(input_layer\.\d|body\.\d+\.(shortcut|res)_layer|styles\.\d+\.convs)"
        r"|^encoder\.",
        OtherNetwork("an encoder without its generator", _WHOLE),
    ),
    (r"\.relative_position|\.attn\.|(^|\.)attentions\.", OtherNetwork("a transformer", _STYLEGAN2)),
    (r"(^|\.)(visual\.|text_model\.|token_embedding)", OtherNetwork("a CLIP model", _STYLEGAN2)),
    (r"(^|\.)b\d+\.fromrgb\.|^final_(conv|linear)\.|\.mbstd\b", DISCRIMINATOR),
)


def recognise(names: Iterable[str]) -> OtherNetwork:
    """What tensors of these names belong to; ``UNKNOWN`` when that cannot be told."""
    listed = list(names)
    for pattern, other in _SIGNS:
        sign = re.compile(pattern)
        if any(sign.search(name) for name in listed):
            return other
    return UNKNOWN
