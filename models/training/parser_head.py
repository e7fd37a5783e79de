"""A shallow head on the generator's features that labels what the generator draws.

As in DatasetGAN (Zhang et al., arXiv 2104.06490): a generator knows where in its pictures hair or
lips are, since it drew them, so that a head learns from a dozen labelled samples. Several heads
vote; where they disagree, a sample is better left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from safetensors.torch import load, save
from torch import nn

from models.faces.face_classes import UNKNOWN
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from models.generator import Generator

_LOWEST, _HIGHEST = 8, 256  # sides of the blocks that are looked at
_WIDTH = 64
_HEADS = 3


class GeneratorFeatures:
    """Pictures, and what the generator's layers held while it drew them."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._maps: dict[int, Tensor] = {}
        self.channels: dict[int, int] = {}
        for side, block in generator.blocks():
            if _LOWEST <= side <= _HIGHEST:
                self.channels[side] = block.conv1.weight.shape[0]
                block.conv1.register_forward_hook(self._keeper(side))

    def _keeper(self, side: int) -> Callable[[nn.Module, object, Tensor], None]:
        def keep(module: nn.Module, inputs: object, output: Tensor) -> None:
            del module, inputs
            self._maps[side] = output.float()

        return keep

    @torch.no_grad()
    def of(self, w: Tensor) -> tuple[Tensor, dict[int, Tensor]]:
        """Pictures (n, 3, r, r) in about [−1, 1] of w (n, w_dim), and feature maps by side."""
        generator = self._generator
        pictures = generator.synthesise(generator.styles(generator.broadcast(w)))
        return pictures, dict(self._maps)


class _Head(nn.Module):
    """Features, coarse to fine, each seen through a 1 × 1 convolution → logits."""

    def __init__(self, channels: dict[int, int]) -> None:
        super().__init__()
        self.looks = nn.ModuleDict({str(r): nn.Conv2d(c, _WIDTH, 1) for r, c in channels.items()})
        self.mixes = nn.ModuleDict(
            {
                str(r): nn.Sequential(
                    nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1, groups=_WIDTH),
                    nn.Conv2d(_WIDTH, _WIDTH, 1),
                )
                for r in channels
            }
        )
        self.classes = nn.Conv2d(_WIDTH, len(CLASSES), 1)

    def forward(self, maps: dict[int, Tensor]) -> Tensor:
        y: Tensor | None = None
        for side, values in maps.items():
            seen = self.looks[str(side)](values)
            if y is not None:
                seen = seen + F.interpolate(y, (side, side), mode="bilinear", align_corners=False)
            y = seen + F.relu(self.mixes[str(side)](F.relu(seen)))
        assert y is not None
        return self.classes(y)


class LabelHead(nn.Module):
    """Heads that vote on labels of a generator's samples.

    The features are put on one scale first, channel by channel, as ``scaled_to`` measured.
    """

    def __init__(self, channels: dict[int, int]) -> None:
        super().__init__()
        self.channels = channels
        self.heads = nn.ModuleList(_Head(channels) for _ in range(_HEADS))
        for side, count in channels.items():
            self.register_buffer(f"mean{side}", torch.zeros(1, count, 1, 1))
            self.register_buffer(f"spread{side}", torch.ones(1, count, 1, 1))

    def scaled_to(self, samples: Sequence[dict[int, Tensor]]) -> None:
        """Measure the features' scale on some samples."""
        for side in self.channels:
            values = torch.cat([maps[side] for maps in samples])
            self.get_buffer(f"mean{side}").copy_(values.mean((0, 2, 3))[None, :, None, None])
            spread = values.std((0, 2, 3)).clamp(min=1e-3)
            self.get_buffer(f"spread{side}").copy_(spread[None, :, None, None])

    def scaled(self, maps: dict[int, Tensor]) -> dict[int, Tensor]:
        """The features on one scale, none far off it."""
        return {
            side: (
                (maps[side] - self.get_buffer(f"mean{side}")) / self.get_buffer(f"spread{side}")
            ).clamp(-5, 5)
            for side in self.channels
        }

    @torch.no_grad()
    def labels(self, maps: dict[int, Tensor], side: int) -> tuple[Tensor, Tensor]:
        """Labels uint8 (n, side, side), and how much the heads disagree about each picture, (n,).

        The disagreement is the mean Jensen–Shannon divergence, in nats.
        """
        scaled = self.scaled(maps)
        shares = torch.stack([head(scaled).float().softmax(1) for head in self.heads])
        mean = shares.mean(0)

        def entropy(p: Tensor) -> Tensor:
            return -(p * p.clamp(min=1e-6).log()).sum(-3)

        apart = entropy(mean) - entropy(shares).mean(0)
        large = F.interpolate(mean, (side, side), mode="bilinear", align_corners=False)
        return large.argmax(1).to(torch.uint8), apart.mean((1, 2))

    def exported(self) -> bytes:
        """All of it, for ``load_head``."""
        return save({n: t.cpu().contiguous() for n, t in self.state_dict().items()})


def load_head(content: bytes, channels: dict[int, int]) -> LabelHead:
    """A head as ``exported`` wrote it.

    Raises:
        ValueError: it belongs to another generator.
    """
    head = LabelHead(channels)
    try:
        head.load_state_dict(load(content))
    except RuntimeError as error:
        raise ValueError(f"the head belongs to another generator: {error}") from None
    return head.eval().requires_grad_(requires_grad=False)


def trained_head(
    features: GeneratorFeatures,
    w: Tensor,
    labels: Tensor,
    steps: int,
    told: Callable[[int, float], None],
    seed: int = 0,
) -> LabelHead:
    """Heads that learned labelled samples.

    Args:
        features: of the generator.
        w: (n, w_dim) of the samples.
        labels: uint8 (n, r, r).
        steps: of one sample each, for each head.
        told: is called with the step and the mean loss.
        seed: of the weights and of the order.
    """
    torch.manual_seed(seed)
    device = w.device
    head = LabelHead(features.channels).to(device)
    maps = [features.of(row[None])[1] for row in w]
    head.scaled_to(maps)
    scaled = [head.scaled(one) for one in maps]
    optimiser = torch.optim.AdamW(head.parameters(), 3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    known = labels != UNKNOWN
    safe = labels.long() * known
    recent: list[float] = []
    for step in range(steps):
        optimiser.zero_grad()
        losses: list[Tensor] = []
        for one in head.heads:
            number = int(torch.randint(len(w), ()))
            shown = {
                side: values if torch.rand(()) < 0.9 else torch.zeros_like(values)
                for side, values in scaled[number].items()
            }
            logits = F.interpolate(one(shown), labels.shape[1:], mode="bilinear")
            entropy = F.cross_entropy(logits, safe[number][None], reduction="none")
            losses.append((entropy * known[number]).sum() / known[number].sum())
        loss = torch.stack(losses).mean()
        loss.backward()
        optimiser.step()
        schedule.step()
        recent.append(float(loss.detach()))
        if (step + 1) % 50 == 0:
            told(step + 1, sum(recent[-50:]) / 50)
    return head.eval().requires_grad_(requires_grad=False)
