"""A StyleGAN2 generator that can be run from Z, from W and from style space S.

Tensors carry the names of the stylegan2-ada-pytorch layout, so converted checkpoints of any
resolution and width load as they are; the configuration is read off their shapes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from models import fused
from models.layers import (
    LEAKY_GAIN,
    FullyConnected,
    SynthesisLayer,
    ToRGB,
    replace_parameter,
    upsample,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torch import Tensor

    from models.layers import Noise

WIDEST = 4096  # latent space of a network that makes sense
_PLANNED = torch.float32, torch.bfloat16  # what pictures are drawn in


@dataclass(frozen=True, slots=True)
class GeneratorConfig:
    """The shape of a generator.

    Attributes:
        resolution: side of the picture, a power of two from 8 to 1024.
        channels: feature channels of each block, from 4 × 4 up.
        z_dim, w_dim: widths of the latent spaces.
        mapping_layers: fully connected layers of the mapping network.
        noise: whether the convolutions add noise.
        clamp: bound on activations, or None (NVIDIA's later networks use 256).
    """

    resolution: int
    channels: tuple[int, ...]
    z_dim: int = 512
    w_dim: int = 512
    mapping_layers: int = 8
    noise: bool = True
    clamp: float | None = None

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor], clamp: float | None = None) -> GeneratorConfig:
        """Derive the configuration from a state dict's names and shapes.

        Raises:
            ValueError: the tensors are no unconditional StyleGAN2 generator with skip architecture.
        """
        try:
            sides = sorted(
                int(m[1])
                for k in tensors
                if (m := re.fullmatch(r"synthesis\.b(\d+)\.conv1\.weight", k))
            )
            if sides != [4 << i for i in range(len(sides))] or not 2 <= len(sides) <= 9:
                raise ValueError(f"blocks at {sides} are no StyleGAN2 synthesis network")
            if "mapping.embed.weight" in tensors:
                raise ValueError("class-conditional generators are not supported")
            kernels = [tensors[f"synthesis.b{r}.conv1.weight"].shape for r in sides]
            first, affine = (
                tensors[name].shape
                for name in ("mapping.fc0.weight", "synthesis.b4.conv1.affine.weight")
            )
            layers = sum(bool(re.fullmatch(r"mapping\.fc\d+\.weight", k)) for k in tensors)
            # What is built by these sizes must not be larger than the tensors that are there.
            if any(len(k) != 4 or tuple(k) != (k[0] or 1, k[0] or 1, 3, 3) for k in kernels):
                raise ValueError("conv1.weight has the shape of another network")
            widest = max(*first, *affine, layers)
            if len(first) != 2 or len(affine) != 2 or not 0 < widest <= WIDEST:
                raise ValueError("the mapping network has the shape of another network")
            return cls(
                resolution=sides[-1],
                channels=tuple(k[0] for k in kernels),
                z_dim=first[1],
                w_dim=affine[1],
                mapping_layers=layers,
                noise="synthesis.b4.conv1.noise_const" in tensors,
                clamp=clamp,
            )
        except KeyError as missing:
            raise ValueError(f"tensor {missing} is missing") from None


class MappingNetwork(nn.Module):
    """Z → W; keeps the mean ``w_avg`` of W for truncation."""

    w_avg: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.layers = config.mapping_layers
        for i in range(self.layers):
            inputs = config.w_dim if i else config.z_dim
            layer = FullyConnected(inputs, config.w_dim, lr_multiplier=0.01, leaky=True)
            setattr(self, f"fc{i}", layer)
        self.register_buffer("w_avg", torch.zeros(config.w_dim))

    def forward(self, z: Tensor, truncation: float = 1.0) -> Tensor:
        """z (n, z_dim) → w (n, w_dim); ``truncation`` ψ pulls towards the mean w."""
        w = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for i in range(self.layers):
            w = cast("FullyConnected", getattr(self, f"fc{i}"))(w)
        return w if truncation == 1 else self.w_avg.lerp(w, truncation)


class SynthesisBlock(nn.Module):
    """One resolution: two convolutions (one at 4 × 4) and their toRGB."""

    def __init__(self, inputs: int, outputs: int, config: GeneratorConfig, resolution: int) -> None:
        super().__init__()
        self.first = not inputs
        w_dim, noise = config.w_dim, config.noise
        if self.first:
            self.const = nn.Parameter(torch.randn(outputs, resolution, resolution))
        else:
            self.conv0 = SynthesisLayer(inputs, outputs, w_dim, resolution, up=True, noise=noise)
        self.conv1 = SynthesisLayer(outputs, outputs, w_dim, resolution, up=False, noise=noise)
        self.torgb = ToRGB(outputs, w_dim)

    def weights(self) -> list[Tensor]:
        """All that its pictures depend on, but styles."""
        own = [self.const] if self.first else [self.conv0.weight, self.conv0.bias]
        return [*own, self.conv1.weight, self.conv1.bias, self.torgb.weight, self.torgb.bias]

    def drawn(
        self, x: Tensor, image: Tensor, styles: Sequence[Tensor], noise: Noise, clamp: float | None
    ) -> tuple[Tensor, Tensor]:
        """The features and the picture after this block, from those before it.

        Args:
            x: features of the last block; the first one's constant, for each face.
            image: the last block's picture; the first block has none.
            styles: of its layers, in their order.
            noise: as ``Generator.synthesise`` takes it.
            clamp: bound on activations.
        """
        if not self.first:
            x = self.conv0(x, styles[0], noise, clamp)
        x = self.conv1(x, styles[-2], noise, clamp)
        rgb = self.torgb(x, styles[-1], clamp)
        return x, rgb if self.first else upsample(image) + rgb


@dataclass(frozen=True, slots=True)
class StyleLayer:
    """One affine of the synthesis network: where its style vector sits in S.

    Attributes:
        name: ``"b8.conv0"``.
        resolution: of the block.
        ws_index: which of the ``num_ws`` latent rows drives it.
        start, stop: its channels in a style code.
    """

    name: str
    resolution: int
    ws_index: int
    start: int
    stop: int


class Generator(nn.Module):
    """mapping, styles and synthesis: z → w → s → picture.

    Attributes:
        config: its shape.
        style_layers: the affines in synthesis order.
        thrifty: whether features are computed again for a gradient, block by block, and not kept:
            less than half of the memory, a third more time, the same numbers (gradient
            checkpointing; Chen et al., arXiv 1604.06174). ``models.fused`` keeps few anyway.
        halved: whether searches draw in bfloat16 (``searched_in``), and so all that has a gradient:
            half of the memory again, and gradients that are nearly the same. What is shown or
            exported stays in float32.
        num_ws: rows of a W+ code.
        num_styles: channels of S.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.thrifty = self.halved = False
        self._plans: dict[torch.dtype, fused.Plan] = {}
        self._stands_in = False  # for others, see ``draw_with``
        self.mapping = MappingNetwork(config)
        self.synthesis = nn.Module()
        layers: list[StyleLayer] = []
        at = 0
        for k, channels in enumerate(config.channels):
            resolution, inputs = 4 << k, config.channels[k - 1] if k else 0
            block = SynthesisBlock(inputs, channels, config, resolution)
            self.synthesis.add_module(f"b{resolution}", block)
            for name, index in (("conv0", 2 * k - 1), ("conv1", 2 * k), ("torgb", 2 * k + 1)):
                if name == "conv0" and not k:
                    continue
                width = inputs if name == "conv0" else channels
                layers.append(
                    StyleLayer(f"b{resolution}.{name}", resolution, index, at, at + width)
                )
                at += width
        self.style_layers = tuple(layers)
        self.num_ws = 2 * len(config.channels)
        self.num_styles = at

    def __getstate__(self) -> dict[str, Any]:
        """Copies make plans of their own weights, which may come to differ."""
        return self.__dict__ | {"_plans": {}}

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor], clamp: float | None = None) -> Generator:
        """Build from a state dict, float32, frozen, in evaluation mode.

        ``resample_filter`` buffers may be present; they must be [1, 3, 3, 1].

        Raises:
            ValueError: names, shapes or the resampling filter do not fit a StyleGAN2 generator.
        """
        generator = cls(GeneratorConfig.of(tensors, clamp))
        kept: dict[str, Tensor] = {}
        row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        for name, tensor in tensors.items():
            if name.endswith("resample_filter"):
                taps = torch.outer(row, row).to(tensor.device)
                if tensor.shape != (4, 4) or not torch.allclose(tensor.float(), taps, atol=1e-4):
                    raise ValueError(f"{name} is not the filter [1, 3, 3, 1]")
            else:
                kept[name] = tensor.float()
        try:
            generator.load_state_dict(kept)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        return generator.eval().requires_grad_(requires_grad=False)

    @classmethod
    def tiny(cls, seed: int = 0, resolution: int = 32, width: int = 16) -> Generator:
        """A small random generator for tests; same seed, same weights."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            count = resolution.bit_length() - 2
            config = GeneratorConfig(resolution, (width,) * count, 32, 32, mapping_layers=2)
            generator = cls(config)
            for name, tensor in generator.named_parameters():
                if name.endswith("noise_strength"):
                    tensor.data.fill_(0.05)
        return generator.eval().requires_grad_(requires_grad=False)

    def blocks(self) -> Iterator[tuple[int, SynthesisBlock]]:
        """(resolution, block) from 4 × 4 up."""
        for name, block in self.synthesis.named_children():
            yield int(name[1:]), cast("SynthesisBlock", block)

    @property
    def searched_in(self) -> torch.dtype:
        """Of pictures that a search compares with one another."""
        return torch.bfloat16 if self.halved else torch.float32

    def prepare(self) -> None:
        """Make what frozen weights alone decide, as the first pictures would."""
        for dtype in {torch.float32, self.searched_in}:
            if fused.passes_on(self.mapping.w_avg.device) is not None:
                self._plan(dtype)
                continue
            for _, block in self.blocks():
                if not block.first:
                    block.conv0.prepared(dtype)
                block.conv1.prepared(dtype)

    @property
    def kept_bytes(self) -> int:
        """Of plans (``models.fused``) that it keeps."""
        return sum(part.nbytes for plan in self._plans.values() for part in plan.parts())

    def drawn_with(self) -> list[Tensor]:
        """What ``synthesise`` reads of the weights, in an order of its own."""
        if fused.passes_on(self.mapping.w_avg.device) is not None:
            return [part for dtype in _PLANNED for part in self._plan(dtype).parts()]
        parts: list[Tensor] = []
        for _, block in self.blocks():
            if block.first:
                parts.append(block.const)
            else:
                parts += block.conv0.prepared(torch.float32)
            parts += block.conv1.prepared(torch.float32)
            parts += block.torgb.weight, block.torgb.bias
        return parts

    def draw_with(self, parts: Sequence[Tensor]) -> None:
        """Read these from now on, see ``drawn_with``; the weights themselves count no longer."""
        left = iter(parts)
        if fused.passes_on(self.mapping.w_avg.device) is not None:
            self._plans = {dtype: self._plan(dtype).drawing_with(left) for dtype in _PLANNED}
            self._stands_in = True
            return
        for _, block in self.blocks():
            if block.first:
                replace_parameter(block, "const", next(left))
            else:
                block.conv0.draw_with(next(left), next(left), next(left))
            block.conv1.draw_with(next(left), next(left), next(left))
            replace_parameter(block.torgb, "weight", next(left))
            replace_parameter(block.torgb, "bias", next(left))

    def _plan(self, dtype: torch.dtype) -> fused.Plan:
        """Kept for frozen weights, which must not change after the first picture."""
        known = self._plans.get(dtype)
        if known is not None and known.const.device == self.mapping.w_avg.device:
            return known
        convolutions: list[fused.Pressed] = []
        shown: list[fused.Shown] = []
        const = torch.empty(0)
        for _, block in self.blocks():
            if block.first:
                const = block.const[None].to(dtype).contiguous(memory_format=torch.channels_last)
            else:
                convolutions.append(fused.pressed(block.conv0, dtype))
            convolutions.append(fused.pressed(block.conv1, dtype))
            shown.append(fused.Shown(block.torgb.weight[:, :, 0, 0].contiguous(), block.torgb.bias))
        starts = [layer.start for layer in self.style_layers if not layer.name.endswith("torgb")]
        painted = [layer.start for layer in self.style_layers if layer.name.endswith("torgb")]
        plan = fused.Plan(convolutions, shown, const, starts, painted, self.config.clamp)
        self._plans[dtype] = plan
        return plan

    def _frozen(self) -> bool:
        return self._stands_in or not any(
            weight.requires_grad for _, block in self.blocks() for weight in block.weights()
        )

    def _noises(self, noise: Noise, count: int) -> list[Tensor | None] | None:
        """As ``models.fused.draw`` takes it, for so many pictures."""
        if noise == "const":
            return None
        noises: list[Tensor | None] = []
        for side, block in self.blocks():
            for layer in (block.conv1,) if block.first else (block.conv0, block.conv1):
                if noise == "none" or not layer.uses_noise:
                    noises.append(None)
                    continue
                drawn = torch.randn(count, side, side, device=layer.bias.device)
                noises.append(drawn * (layer.noise_strength * LEAKY_GAIN))
        return noises

    def broadcast(self, w: Tensor) -> Tensor:
        """w (n, w_dim) → ws (n, num_ws, w_dim), one row for every layer."""
        return w[:, None].expand(-1, self.num_ws, -1)

    def styles(self, ws: Tensor) -> Tensor:
        """W+ → S: ws (n, num_ws, w_dim) → (n, num_styles).

        toRGB styles are the affine's raw output; the 1/√inputs of their layer is applied later.
        """
        parts: list[Tensor] = []
        k = 0
        for _, block in self.blocks():
            layers = (
                (block.conv1, block.torgb)
                if block.first
                else (block.conv0, block.conv1, block.torgb)
            )
            for layer in layers:
                parts.append(layer.affine(ws[:, self.style_layers[k].ws_index]))
                k += 1
        return torch.cat(parts, 1)

    def synthesise(
        self,
        s: Tensor,
        *,
        resolution: int | None = None,
        noise: Noise = "const",
        dtype: torch.dtype = torch.float32,
    ) -> Tensor:
        """S → picture: s (n, num_styles) → float32 (n, 3, r, r), nominally in [−1, 1].

        What frozen weights alone decide is made at the first picture and kept: they must not change
        after it.

        Args:
            s: style codes.
            resolution: stop at this block, for coarse-to-fine work; the full size when None.
            noise: ``"const"`` is deterministic.
            dtype: of activations and kernels.
        """
        if self.halved and torch.is_grad_enabled():
            dtype = torch.bfloat16
        passes = fused.passes_on(s.device)
        if passes is not None and dtype in _PLANNED and self._frozen():
            sides = [side for side, _ in self.blocks()]
            blocks = sides.index(resolution) + 1 if resolution in sides else len(sides)
            noises = self._noises(noise, s.shape[0])
            return fused.draw(self._plan(dtype), passes, s, blocks=blocks, noises=noises)
        styles = iter([s[:, layer.start : layer.stop] for layer in self.style_layers])
        clamp = self.config.clamp
        x = image = torch.empty(0)
        for side, block in self.blocks():
            if block.first:
                x = block.const[None].to(dtype).expand(s.shape[0], -1, -1, -1)
            own = [next(styles) for _ in range(2 if block.first else 3)]
            if self.thrifty and torch.is_grad_enabled():
                from torch.utils import checkpoint  # few need what that imports

                x, image = cast(
                    "tuple[Tensor, Tensor]",
                    checkpoint.checkpoint(
                        block.drawn,
                        x,
                        image,
                        own,
                        noise,
                        clamp,
                        use_reentrant=False,
                        preserve_rng_state=noise == "random",
                    ),
                )
            else:
                x, image = block.drawn(x, image, own, noise, clamp)
            if side == resolution:
                break
        return image.contiguous()

    def forward(self, z: Tensor, truncation: float = 1.0, noise: Noise = "const") -> Tensor:
        """z (n, z_dim) → pictures (n, 3, r, r), nominally in [−1, 1]."""
        return self.synthesise(
            self.styles(self.broadcast(self.mapping(z, truncation))), noise=noise
        )
