"""An encoder against its generator: one step, and everything that a stopped run needs.

Half of a batch are the generator's samples, whose codes are known exactly; the other half are real
portraits, of which only the picture is known.
"""

from __future__ import annotations

import copy
import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from models.encoder import PASSES, Draft, Encoder
from models.perceptual import SEEN, feature_distance, seen
from models.training import checkpoints
from models.training.dataset import in_parts
from models.training.degradation import degraded, varied
from models.training.synthesis import mixed_latents

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from models.directions import StyleStatistics
    from models.generator import Generator
    from models.perceptual import EfficientNetLite
    from models.training.dataset import Portraits


@dataclass(frozen=True, slots=True)
class EncoderRecipe:
    """What decides the course of a training run; stored in every state.

    Attributes:
        batch: pictures per step; half of them samples.
        passes: refinements of every picture per step, each with its own loss.
        rate: AdamW's highest learning rate.
        trunk_share: the trunk's rate relative to it, since it starts from published weights.
        decay: weight decay.
        warm_up: steps over which the rates rise.
        ema: pictures after which the running average has forgotten half.
        pixels, absolute, features: weights of squared and absolute pixel differences and of feature
            distance, as in editor/inversion.py.
        code: of the squared distance to a sample's known code, in whitened W+ and S.
        prior_w: pull of real portraits' W+ towards the mean, in whitened units.
        prior_rows: pull of its rows towards each other, so that edits made for one w keep working.
        prior_s: pull of the residual in S towards nothing.
        scatter: how far samples are strewn off W at most, in whitened units of W+ and of S.
        seed: of everything drawn.
    """

    batch: int = 64
    passes: int = PASSES
    rate: float = 1e-3
    trunk_share: float = 0.4
    decay: float = 0.02
    warm_up: int = 200
    ema: int = 20_000
    pixels: float = 2.0
    absolute: float = 0.5
    features: float = 0.25
    code: float = 0.1
    prior_w: float = 4e-3
    prior_rows: float = 4e-3
    prior_s: float = 2e-3
    scatter: float = 0.3
    seed: int = 0


class EncoderTraining:
    """Everything that changes while an encoder learns.

    Attributes:
        recipe: settings.
        encoder, average: the network in training and its running average, which is the result.
        steps, pictures: done and shown so far.
        side: of the pictures that it learns from.
        seconds: that the run has taken so far, over all its sittings; kept by the caller.
    """

    def __init__(
        self,
        recipe: EncoderRecipe,
        generator: Generator,
        statistics: StyleStatistics,
        encoder: Encoder,
        features: EfficientNetLite,
        dtype: torch.dtype | None = None,
    ) -> None:
        """Prepare; all of it on one device.

        Args:
            recipe: settings.
            generator: frozen.
            statistics: of its samples.
            encoder: to be trained.
            features: frozen; cast to the precision of training.
            dtype: of convolutions; bfloat16 on CUDA and float32 elsewhere when None.
        """
        torch.manual_seed(recipe.seed)
        self.recipe, self.generator, self.statistics = recipe, generator, statistics
        self.device = statistics.w_mean.device
        cuda = self.device.type == "cuda"
        self.dtype = dtype or (torch.bfloat16 if cuda else torch.float32)
        self.encoder = encoder.train().requires_grad_(requires_grad=True)
        _lay_out(self.encoder)
        self.average = copy.deepcopy(self.encoder).eval().requires_grad_(requires_grad=False)
        self.steps, self.pictures, self.seconds = 0, 0, 0.0
        self._features = features.to(dtype=self.dtype)
        _lay_out(self._features)
        trunk = list(encoder.trunk.parameters())
        others = [p for name, p in encoder.named_parameters() if not name.startswith("trunk.")]
        groups = [
            {"params": trunk, "full_rate": recipe.rate * recipe.trunk_share},
            {"params": others, "full_rate": recipe.rate},
        ]
        self.optimiser = torch.optim.AdamW(
            groups, recipe.rate, betas=(0.9, 0.99), weight_decay=recipe.decay, fused=cuda
        )
        self.side = min(SEEN, generator.config.resolution)
        self._weight = _face_weight(self.side, self.device)
        with torch.no_grad():
            self._mean_face = self._render(Draft.mean(generator, 1).styles(generator, statistics))

    # One step ------------------------------------------------------------------------------

    def step(self, portraits: Portraits, progress: float) -> dict[str, Tensor]:
        """Show one batch; ``progress`` in [0, 1] decides the rate.

        Returns:
            means over the batch as scalars still on the device: ``loss``, ``code`` (samples) and
            ``mse`` of the last pass, over the real portraits.
        """
        r = self.recipe
        half = r.batch // 2
        with torch.no_grad():
            known = self._samples(half)
            known_styles = known.styles(self.generator, self.statistics)
            made = self._render(known_styles).clamp(-1, 1)
            wanted = torch.cat([made, varied(portraits.batch(r.batch - half, self.device))])
            seen = _laid_out(degraded(wanted))
            maps = self._maps(wanted)
        weights = [F.adaptive_avg_pool2d(self._weight, m.shape[-1]) for m in maps]
        draft, render = Draft.mean(self.generator, r.batch), self._mean_face
        losses: dict[str, Tensor] = {}
        total = torch.zeros([], device=self.device)
        self.optimiser.zero_grad(set_to_none=True)
        for _ in range(r.passes):
            with torch.autocast(self.device.type, self.dtype, enabled=self._mixed):
                change = self.encoder(seen, _laid_out(render.expand_as(seen).clamp(-1, 1)))
            draft = draft.moved(change)
            s = draft.styles(self.generator, self.statistics)
            picture = self._render(s)
            difference = picture - wanted
            area = self._weight.sum() * 3 * r.batch
            likeness = (
                r.pixels * (self._weight * difference.square()).sum() / area
                + r.absolute * (self._weight * difference.abs()).sum() / area
                + r.features * feature_distance(self._maps(picture), maps, weights).mean()
            )
            distance = (draft.offset[:half] - known.offset).square().mean() + (
                (s[:half] - known_styles) / self.statistics.s_sd
            ).square().mean()
            loss = likeness + r.code * distance / 2 + self._prior(draft, half)
            loss.backward()
            total = total + loss.detach() / r.passes
            losses["code"] = distance.detach() / 2
            losses["mse"] = difference[half:].detach().square().mean()
            draft, render = draft.detach(), picture.detach()
        self._descend(progress)
        return {"loss": total, **losses}

    def _render(self, s: Tensor) -> Tensor:
        return seen(self.generator.synthesise(s, dtype=self.dtype))

    @property
    def _mixed(self) -> bool:
        return self.dtype != torch.float32

    def _maps(self, x: Tensor) -> list[Tensor]:
        maps: list[Tensor] = self._features(_laid_out(x.to(self.dtype)))
        return maps

    def _samples(self, count: int) -> Draft:
        """Codes of faces between the mean and the wildest, half with two faces' styles mixed."""
        generator, statistics = self.generator, self.statistics
        z, other = torch.randn(2, count, generator.config.z_dim, device=self.device)
        rows = generator.num_ws
        crossover = torch.randint(1, 2 * rows, (count,), device=self.device)
        offset = mixed_latents(generator, z, other, crossover) - statistics.w_mean
        offset = offset / statistics.w_sd
        draw = torch.rand(2, count, 1, 1, device=self.device)
        strewn = self.recipe.scatter * draw[1]
        offset = offset * (0.5 + 0.5 * draw[0]) + torch.randn_like(offset) * strewn
        residual = torch.randn(count, generator.num_styles, device=self.device) * strewn[:, 0]
        return Draft(offset, residual)

    def _prior(self, draft: Draft, half: int) -> Tensor:
        r, offset = self.recipe, draft.offset[half:]
        apart = offset - offset.mean(1, keepdim=True)
        return (
            r.prior_w * offset.square().mean()
            + r.prior_rows * apart.square().mean()
            + r.prior_s * draft.residual[half:].square().mean()
        )

    def _descend(self, progress: float) -> None:
        r = self.recipe
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        factor = min(1.0, (self.steps + 1) / max(1, r.warm_up))
        factor *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        for group in self.optimiser.param_groups:
            group["lr"] = group["full_rate"] * factor
        self.optimiser.step()
        self.steps += 1
        self.pictures += r.batch
        # the average follows faster while the training is young
        half_life = min(r.ema, max(1.0, self.pictures * 0.1))
        weight = 1 - 0.5 ** (r.batch / half_life)
        pairs = zip(self.average.parameters(), self.encoder.parameters(), strict=True)
        with torch.no_grad():
            for slow, fast in pairs:
                slow.lerp_(fast, weight)

    # Measure -------------------------------------------------------------------------------

    @torch.no_grad()
    @torch.backends.cudnn.flags(benchmark=False)  # to search for them took 46 s
    def measure(self, pixels: Tensor, passes: int | None = None, part: int = 32) -> list[float]:
        """Mean PSNR in dB of the average's reconstructions after each pass, in full precision.

        Args:
            pixels: uint8 (n, 3, side, side), unseen.
            passes: how many; the recipe's when None.
            part: pictures at a time.
        """
        found: list[list[Tensor]] = []
        for x in in_parts(pixels, part):
            target = x.to(self.device).float() / 127.5 - 1
            draft = Draft.mean(self.generator, len(x))
            row: list[Tensor] = []
            render = self._mean_face.expand_as(target)
            for _ in range(passes or self.recipe.passes):
                draft = draft.moved(self.average(target, render.clamp(-1, 1)))
                s = draft.styles(self.generator, self.statistics)
                render = seen(self.generator.synthesise(s))
                error = ((render.clamp(-1, 1) - target) / 2).square().mean([1, 2, 3])
                row.append(-10 * error.clamp(min=1e-10).log10())
            found.append(row)
        return [torch.cat(column).mean().item() for column in zip(*found, strict=True)]

    # Files ---------------------------------------------------------------------------------

    def _modules(self) -> dict[str, nn.Module]:
        return {"encoder": self.encoder, "average": self.average}

    def save(self, path: Path) -> None:
        """Write the whole state, so that a run can go on as if it had not been stopped."""
        tensors = checkpoints.state_tensors(
            self._modules(), {"optimiser": self.optimiser}, self.device
        )
        written = {
            "recipe": json.dumps(asdict(self.recipe)),
            "steps": str(self.steps),
            "pictures": str(self.pictures),
            "seconds": str(self.seconds),
        }
        checkpoints.write_tensors(path, tensors, written)

    def load(self, path: Path) -> None:
        """Take up a state written by :meth:`save`.

        Raises:
            RuntimeError: it belongs to an encoder of another shape.
        """
        tensors, metadata = checkpoints.read_tensors(path)
        self.steps, self.pictures = int(metadata["steps"]), int(metadata["pictures"])
        self.seconds = float(metadata["seconds"])
        for name, module in self._modules().items():
            module.load_state_dict(checkpoints.under(tensors, f"{name}."))
        checkpoints.take_up(self.optimiser, checkpoints.under(tensors, "optimiser."))
        checkpoints.take_up_random(tensors, self.device)


def _laid_out(x: Tensor) -> Tensor:
    """Channels last, as low-precision convolutions on GPUs like it."""
    return x.contiguous(memory_format=torch.channels_last)


def _lay_out(network: nn.Module) -> None:
    for kernel in network.parameters():
        if kernel.dim() == 4:
            kernel.data = _laid_out(kernel.data)


def _face_weight(side: int, device: torch.device) -> Tensor:
    """How much each pixel of an aligned crop counts: the face twice, softly. (1, 1, side, side)."""
    at = (torch.arange(side, device=device) + 0.5) / side
    across, down = (at - 0.5) / 0.36, (at - 0.56) / 0.42
    radius = (across.square() + down.square()[:, None]).sqrt()
    return (0.5 + 0.5 * torch.sigmoid((1 - radius) * 8))[None, None]
