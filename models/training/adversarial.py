"""A generator against its discriminators: one step, and everything that a stopped run needs.

StyleGAN2 with non-saturating loss and lazy R1 (arXiv 1912.04958), adaptive discriminator
augmentation (2006.06676) and judges of frozen features (2111.01007).
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn

from models.generator import Generator, GeneratorConfig
from models.perceptual import load_efficientnet_lite
from models.training import checkpoints, synthesis
from models.training.augment import AdaptiveAugmentation
from models.training.dataset import in_parts
from models.training.discriminator import Discriminator, FeatureDiscriminators
from models.training.linearity import Linearity
from models.training.matching import FeatureMatching
from models.training.rebuilding import Rebuilding
from models.training.resampling import resized
from models.training.window_matching import WindowMatching
from models.training.windows import patches, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from torch import Tensor

    from models.training.dataset import Portraits
    from models.training.readout import Readout
    from models.training.recipe import Recipe


# Of the rate, for the strengths of the noise inputs. Single numbers of a few hundredths, they make
# the finest texture. At the full rate one can change its sign within twenty steps, which no
# discriminator sees, and on the way the running average passes through no texture at all.
NOISE_SHARE = 0.1

# How much each map's layout counts in what should be linear in w, where each of the parts that are
# matched counts 1: about half together. Those came to follow w better than portrait-256's while
# lengths of nose and chin and the gaze still followed it less (leg 5b).
LAYOUT_COUNTS = 4.0


def _average(tensors: Iterable[Tensor]) -> None:
    """Replace tensors by their mean over all processes."""
    if not dist.is_initialized():
        return
    kept = list(tensors)
    flat = torch.cat([t.reshape(-1) for t in kept])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    at = 0
    for tensor in kept:
        tensor.copy_(flat[at : at + tensor.numel()].view_as(tensor))
        at += tensor.numel()


class GeneratorTraining:
    """Everything that changes while a generator learns.

    Attributes:
        recipe: settings.
        images: real pictures shown so far.
        until: when to stop, in such pictures; the rates fall towards it.
        generator, average: the network in training and its running average, which is the result.
        discriminator, patch_discriminator, judges: what it is trained against.
        augmentation, patch_augmentation: of what the two discriminators see.
    """

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        compiled: bool,
        portraits: int = 0,
        readout: Readout | None = None,
    ) -> None:
        """Build everything untrained.

        Args:
            recipe: settings.
            device: of everything.
            compiled: whether to compile what takes time.
            portraits: counts those that may be rebuilt: of the full size, where some have it.
            readout: of :meth:`FeatureMatching.described` with its layout, for ``attribute_weight``.

        Raises:
            ValueError: the recipe wants what it lacks the parts for, or does not fit itself.
        """
        if not (recipe.whole_side <= recipe.resolution and recipe.patch <= recipe.resolution):
            raise ValueError("whole faces and patches are at most as large as the pictures")
        torch.manual_seed(recipe.seed)
        self.recipe, self.device, self.images, self.steps = recipe, device, 0, 0
        self.until = int(recipe.kimg * 1000)
        self.processes = dist.get_world_size() if dist.is_initialized() else 1
        self.dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        r = recipe
        config = GeneratorConfig(r.resolution, r.channels(), r.z_dim, r.w_dim, r.mapping_layers)
        self.generator = Generator(config).to(device)
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(requires_grad=False)
        self.discriminator = Discriminator(r.channels(r.whole_side)).to(device)
        self.augmentation = self._augmentation()
        self.patch_discriminator: Discriminator | None = None
        self.patch_augmentation = self._augmentation()
        if r.patch:
            self.patch_discriminator = Discriminator(r.channels(r.patch)).to(device)
        # the judges' own, of constant strength: they learn few pictures by heart much sooner
        self.judged = AdaptiveAugmentation(r.feature_augment, cutout=True).to(device)
        self.path_mean = torch.zeros([], device=device)
        self.judges: FeatureDiscriminators | None = None
        self.matching: FeatureMatching | None = None
        self.window_matching: WindowMatching | None = None
        if r.feature_weight or r.match_weight:
            features = load_efficientnet_lite(head=True).to(device, self.dtype)
            if r.feature_weight:
                self.judges = FeatureDiscriminators(features, r.whole_side).to(device)
            if r.match_weight:
                self.matching = FeatureMatching(
                    features, r.match_bank, with_layout=r.linear_weight + r.attribute_weight > 0
                ).to(device)
            if r.window_weight:
                if self.matching is None:
                    raise ValueError("window_weight needs match_weight")
                counts = {"hair": r.hair_window}
                self.window_matching = WindowMatching(features, r.match_bank, counts).to(device)
        self.linearity: Linearity | None = None
        if r.linear_weight:
            if self.matching is None:
                raise ValueError("linear_weight needs match_weight")
            parts = [(width, 1.0) for width in self.matching.widths]
            parts += [(width, LAYOUT_COUNTS) for width in self.matching.layout]
            self.linearity = Linearity(r.w_dim, parts).to(device)
        self.readout: Readout | None = None
        if r.attribute_weight:
            if self.matching is None or readout is None:
                raise ValueError("attribute_weight needs match_weight and a readout")
            self.readout = readout.to(device)
        self.rebuilding: Rebuilding | None = None
        if r.rebuild_weight:
            self.rebuilding = Rebuilding(portraits, self.generator.num_styles).to(device)
        self.optimisers = {
            "generator": self._adam(self._rates(), 1 / r.path_every if r.path_weight else 0),
            "discriminator": self._adam(
                {(r.rate, False): self.discriminator.parameters()}, 1 / r.r1_every
            ),
        }
        if self.patch_discriminator is not None:
            parameters = self.patch_discriminator.parameters()
            self.optimisers["patch discriminator"] = self._adam(
                {(r.rate, False): parameters}, 1 / r.r1_every
            )
        if self.judges is not None:
            self.optimisers["judges"] = self._adam(
                {(r.feature_rate, False): self.judges.trained()}, 0
            )
        if compiled:
            # each for pictures of one size: a graph for several is slower
            names = "fakes", "logits", "patch_logits", "judgements", "described"
            for name in (*names, "windows_described", "drawn"):
                setattr(self, f"_{name}", torch.compile(getattr(self, f"_{name}")))

    def _adam(
        self, rates: Mapping[tuple[float, bool], Iterable[nn.Parameter]], lazy: float
    ) -> torch.optim.Adam:
        keep = 1 / (1 + lazy)  # lazy regularisation makes extra steps: slow all of them down
        fused = self.device.type == "cuda"
        groups = [
            {"params": list(parameters), "full_rate": rate * keep, "inherited": inherited}
            for (rate, inherited), parameters in rates.items()
        ]
        return torch.optim.Adam(groups, betas=(0.0, 0.99**keep), eps=1e-8, fused=fused)

    def _augmentation(self) -> AdaptiveAugmentation:
        r = self.recipe
        return AdaptiveAugmentation(
            r.augment, r.augment_target, r.augment_kimg * 1000, r.cutout, r.augment_highest
        ).to(self.device)

    def _rates(self) -> dict[tuple[float, bool], list[nn.Parameter]]:
        """The generator's parameters by rate and whether inherited; freezes those that stay."""
        r = self.recipe
        rates: dict[tuple[float, bool], list[nn.Parameter]] = {}
        for name, parameter in self.generator.named_parameters():
            block = re.match(r"synthesis\.b(\d+)\.", name)
            side = int(block[1]) if block else 0
            if side < r.frozen_below:
                parameter.requires_grad = False
                continue
            inherited = r.whole_side < r.resolution and side <= r.whole_side
            rate = r.rate * (r.inherited_share if inherited else 1.0)
            rate *= NOISE_SHARE if name.endswith("noise_strength") else 1.0
            rates.setdefault((rate, inherited), []).append(parameter)
        return rates

    # One step ------------------------------------------------------------------------------

    def step(self, portraits: Portraits, fine: Portraits | None = None) -> dict[str, Tensor]:
        """Show one batch per process; returns losses as scalars still on the device.

        Args:
            portraits: all pictures, of the side at which whole faces are judged.
            fine: those that have the full size, for patches and what is rebuilt.
        """
        r = self.recipe
        full = fine or portraits
        fake = self._fakes(*self._latents()).detach()
        real, whole = portraits.batch(r.batch, self.device), self._whole(fake)
        losses, sign = self._teach("discriminator", real, whole)
        signs, augmentations = [sign], [self.augmentation]
        if r.patch:
            squares = [patches(x, r.patch) for x in (full.batch(r.batch, self.device), fake)]
            more, sign = self._teach("patch discriminator", *squares)
            losses |= more
            signs, augmentations = [*signs, sign], [*augmentations, self.patch_augmentation]
        if self.steps % r.r1_every == 0:
            again = portraits.batch(r.batch, self.device)
            losses["r1"] = self._regularise_discriminator("discriminator", again)
            if r.patch:
                again = patches(full.batch(r.batch, self.device), r.patch)
                losses["patch r1"] = self._regularise_discriminator("patch discriminator", again)
        if self.judges is not None:
            losses["judges"] = self._teach_judges(self.judges, real, whole)
        if self._learned() > 0:
            # fresh pictures: those above have just been learned by the discriminators
            losses |= self._teach_generator(*self._latents(), full)
            if r.path_weight and self.steps % r.path_every == 0:
                losses["path"] = self._regularise_generator()
        _average(signs)
        shown = r.batch * self.processes
        for augmentation, sign in zip(augmentations, signs, strict=True):
            augmentation.adapt(sign, shown)
        self.images += shown
        self.steps += 1
        self._follow(shown)
        return losses

    def _shown(self) -> int:
        """Pictures shown in this run with the coming step, all processes together."""
        return (self.steps + 1) * self.recipe.batch * self.processes

    def _learned(self) -> float:
        """Those of them that the generator learned from; not above 0 before it begins."""
        return self._shown() - self.recipe.teach_kimg * 1000

    def _whole(self, pictures: Tensor) -> Tensor:
        return resized(pictures, self.recipe.whole_side)

    def _critics(self) -> dict[str, tuple[Discriminator, AdaptiveAugmentation]]:
        critics = {"discriminator": (self.discriminator, self.augmentation)}
        if self.patch_discriminator is not None:
            critics["patch discriminator"] = (self.patch_discriminator, self.patch_augmentation)
        return critics

    def _teach(self, name: str, real: Tensor, fake: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """One step of a discriminator; its loss, and the mean sign of what it says of real ones."""
        network, _ = self._critics()[name]
        opinion = self._logits if name == "discriminator" else self._patch_logits
        network.requires_grad_(requires_grad=True)
        genuine, made = opinion(real), opinion(fake)
        loss = F.softplus(-genuine).mean() + F.softplus(made).mean()
        self._descend(name, loss)
        network.requires_grad_(requires_grad=False)
        return {name: loss.detach()}, genuine.detach().sign().mean()

    def _latents(self) -> tuple[Tensor, Tensor, Tensor]:
        n, rows = self.recipe.batch, self.generator.num_ws
        z, other = torch.randn(2, n, self.recipe.z_dim, device=self.device)
        crossover = torch.randint(1, rows, (n,), device=self.device)
        mixed = torch.rand(n, device=self.device) < self.recipe.mixing
        return z, other, torch.where(mixed, crossover, rows)

    @torch.no_grad()
    def _unmixed(self, z: Tensor, crossover: Tensor) -> tuple[Tensor, Tensor]:
        """w (n, w_dim) of latents, and (n,) 1 where a picture is of that w alone."""
        return self.generator.mapping(z), (crossover == self.generator.num_ws).float()

    def _fakes(self, z: Tensor, other: Tensor, crossover: Tensor) -> Tensor:
        return synthesis.images(
            self.generator, synthesis.mixed_latents(self.generator, z, other, crossover), self.dtype
        )

    def _logits(self, x: Tensor) -> Tensor:
        return self.discriminator(self.augmentation(synthesis.clipped(x)), self.dtype)

    def _patch_logits(self, x: Tensor) -> Tensor:
        network = cast("Discriminator", self.patch_discriminator)
        return network(self.patch_augmentation(synthesis.clipped(x)), self.dtype)

    def _judgements(self, x: Tensor) -> list[Tensor]:
        judges = cast("FeatureDiscriminators", self.judges)
        return judges(self.judged(synthesis.clipped(x)), self.dtype)

    def _described(self, x: Tensor) -> Tensor:
        matching = cast("FeatureMatching", self.matching)
        return matching.described(synthesis.clipped(x), self.dtype)

    def _features(self, x: Tensor) -> Tensor:
        return cast("FeatureMatching", self.matching).standardised(self._described(x))

    def _windows_described(self, x: Tensor) -> Tensor:
        matching = cast("WindowMatching", self.window_matching)
        return matching.described(synthesis.clipped(x), self.dtype)

    def _drawn(self, s: Tensor) -> Tensor:
        return synthesis.drawn(self.generator, s, self.dtype)

    @torch.no_grad()
    def begin(self, portraits: Portraits, fine: Portraits | None = None) -> None:
        """What matching and rebuilding have to know before the first step; quick without them."""
        if self.rebuilding is not None and not self.rebuilding.mean.any():
            self.rebuilding.begin(self.generator)
        if self.matching is None:
            return
        self.matching.learn(portraits.pixels, self.device, self.dtype, portraits.rows())
        if self.window_matching is not None:
            self.window_matching.learn(fine or portraits, self.device, self.dtype)
        if not self.matching.made.any():
            for _ in range(-(-len(self.matching.made) // self.recipe.batch)):
                fake = self._fakes(*self._latents())
                self.matching.remember(self._features(self._whole(fake)))
                if self.window_matching is not None:
                    self.window_matching.remember(self._windows_described(windows(fake)))
        if self.linearity is not None and not self.linearity.weight:
            for _ in range(8 * self.recipe.w_dim // self.recipe.batch):
                z, other, crossover = self._latents()
                features = self._features(self._whole(self._fakes(z, other, crossover)))
                w, counts = self._unmixed(z, crossover)
                self.linearity.learn(w, features, counts)
            self.linearity.solve()

    def _teach_judges(self, judges: FeatureDiscriminators, real: Tensor, fake: Tensor) -> Tensor:
        """One step of the feature judges by the hinge loss, summed over scales."""
        judges.refine()
        judges.judges.requires_grad_(requires_grad=True)
        pairs = zip(self._judgements(real), self._judgements(fake), strict=True)
        losses = torch.stack([F.relu(1 - g).mean() + F.relu(1 + m).mean() for g, m in pairs])
        taught = (losses.detach() > self.recipe.feature_floor).float()
        self._descend("judges", (losses * taught).sum())
        judges.judges.requires_grad_(requires_grad=False)
        return losses.detach().sum()

    def _teach_generator(
        self, z: Tensor, other: Tensor, crossover: Tensor, portraits: Portraits
    ) -> dict[str, Tensor]:
        """One generator step by everything that has an opinion of pictures."""
        r = self.recipe
        fake = self._fakes(z, other, crossover)
        picture = fake.detach().requires_grad_()  # the critics' graphs end here, each on its own
        whole = self._whole(picture)
        losses = {"generator": F.softplus(-self._logits(whole)).mean()}
        total = losses["generator"] + synthesis.excess(picture)
        if r.patch:
            losses["patches"] = F.softplus(-self._patch_logits(patches(picture, r.patch))).mean()
            total = total + losses["patches"]
        if self.judges is not None:
            trained = self.steps * r.batch * self.processes / 1000
            weight = r.feature_weight * min(1.0, trained / r.feature_ramp_kimg)
            score = torch.stack([logits.mean() for logits in self._judgements(whole)]).sum()
            total = total - score * weight
        (gradient,) = torch.autograd.grad(total, picture)
        if self.matching is not None:
            matched = self._match(self.matching, picture, (z, crossover), losses)
            (more,) = torch.autograd.grad(matched, picture)
            if r.match_bound:
                length, most = more.square().sum().sqrt(), gradient.square().sum().sqrt()
                more = more * (r.match_bound * most / length.clamp(min=1e-12)).clamp(max=1)
            gradient = gradient + more
        loss = (fake * gradient).sum()  # whose gradient is the critics'
        if self.rebuilding is not None:
            rows, real = portraits.unmirrored(r.rebuild_batch, self.device)
            code = self.rebuilding.codes[rows].requires_grad_()
            rebuilt, losses["rebuilt"] = self.rebuilding(code, real, self._drawn)
            self._descend("generator", loss + r.rebuild_weight * rebuilt)
            self.rebuilding.learn(rows, cast("Tensor", code.grad))
        else:
            self._descend("generator", loss)
        return {name: loss.detach() for name, loss in losses.items()}

    def _match(
        self,
        matching: FeatureMatching,
        picture: Tensor,
        latents: tuple[Tensor, Tensor],
        losses: dict[str, Tensor],
    ) -> Tensor:
        """Everything that features of the generator's pictures are asked for, weighted; scalar.

        Args:
            matching: of whole faces.
            picture: (n, 3, r, r).
            latents: z and crossover of the pictures.
            losses: each part is added to them.
        """
        r = self.recipe
        described = self._described(self._whole(picture))
        features = matching.standardised(described)
        losses["mismatch"] = matching(features)
        total = losses["mismatch"] * r.match_weight
        matching.remember(features.detach())
        if self.window_matching is not None:
            seen = self._windows_described(windows(picture))
            losses["windows"] = self.window_matching(seen)
            total = total + losses["windows"] * r.window_weight
            self.window_matching.remember(seen)
        if self.readout is None and self.linearity is None:
            return total
        w, counts = self._unmixed(*latents)
        if self.readout is not None:
            off = (self.readout(described, w) * counts).sum() / counts.sum().clamp(min=1)
            losses["off promise"] = off
            total = total + off * r.attribute_weight
        if self.linearity is not None:
            losses["unexplained"] = self.linearity(w, features, counts)
            total = total + losses["unexplained"] * r.linear_weight
            self.linearity.learn(w, features.detach(), counts)
            if self.steps % 8 == 0:
                self.linearity.solve()
        return total

    def _regularise_discriminator(self, name: str, real: Tensor) -> Tensor:
        network, augmentation = self._critics()[name]
        network.requires_grad_(requires_grad=True)
        real = augmentation(real).detach().requires_grad_()
        logits = network(real, self.dtype)
        (gradient,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
        penalty = gradient.square().sum([1, 2, 3]).mean()
        self._descend(name, penalty * (self.recipe.r1 / 2 * self.recipe.r1_every))
        network.requires_grad_(requires_grad=False)
        return penalty.detach()

    def _regularise_generator(self) -> Tensor:
        half = [part[: max(1, self.recipe.batch // 2)] for part in self._latents()]
        ws = synthesis.mixed_latents(self.generator, *half)
        lengths = synthesis.path_lengths(self.generator, ws, self.dtype)
        mean = lengths.mean().detach()
        _average([mean])
        # begins where the generator is: from nothing, the penalty would flatten it at first
        self.path_mean.copy_(
            torch.where(self.path_mean == 0, mean, self.path_mean.lerp(mean, 0.01))
        )
        penalty = (lengths - self.path_mean).square().mean()
        self._descend("generator", penalty * (self.recipe.path_weight * self.recipe.path_every))
        return penalty.detach()

    def _descend(self, name: str, loss: Tensor) -> None:
        optimiser = self.optimisers[name]
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        _average(
            p.grad
            for group in optimiser.param_groups
            for p in group["params"]
            if p.grad is not None
        )
        share, inherited = self.rate_share(name), self.inherited_share()
        for group in optimiser.param_groups:
            group["lr"] = group["full_rate"] * share * (inherited if group["inherited"] else 1)
        optimiser.step()

    def rate_share(self, name: str = "generator") -> float:
        """What part of the full rates holds now: rising at the start, falling towards the end.

        The generator's begins to rise when it begins to learn.
        """
        r = self.recipe
        shown = self._learned() if name == "generator" else self._shown()
        risen = shown / max(r.warm_kimg * 1000, 1e-9)
        left = (self.until - self.images) / max(r.decay_kimg * 1000, 1e-9)
        return min(1.0, risen, max(0.05, left))

    def inherited_share(self) -> float:
        """What part of the generator's rate holds for what it has inherited."""
        return min(1.0, self._learned() / max(self.recipe.inherited_kimg * 1000, 1e-9))

    @torch.no_grad()
    def _follow(self, shown: int) -> None:
        """Let the running average follow, faster while the training is young."""
        half_life = min(self.recipe.ema_kimg * 1000, self.images * 0.05)
        weight = 1 - 0.5 ** (shown / max(half_life, 1e-8))
        pairs = zip(self.average.parameters(), self.generator.parameters(), strict=True)
        for slow, fast in pairs:
            slow.lerp_(fast, weight)
        if self.steps % 16 == 1 and not self.recipe.frozen_below:
            # mean of w over fresh latents: for the truncation, on the average network itself
            w = self.average.mapping(torch.randn(256, self.recipe.z_dim, device=self.device)).mean(
                0
            )
            _average([w])
            rate = 0.02 if self.steps > 200 else 0.5
            self.average.mapping.w_avg.lerp_(w, rate)
            self.generator.mapping.w_avg.copy_(self.average.mapping.w_avg)

    @torch.no_grad()
    def certainties(
        self, shown: dict[str, Tensor], fine: dict[str, Tensor] | None = None
    ) -> dict[str, dict[str, float]]:
        """How surely discriminators and judges call real pictures real, unaugmented.

        What they are surer of among the pictures they learn from than among others, they have
        learned by heart.

        Args:
            shown: uint8 pictures (n, 3, r, r) by the name of their part.
            fine: of the full size, likewise; their middles are shown.

        Returns:
            by the network's name: mean sign of the logits in [−1, 1] for each part.
        """
        found: dict[str, dict[str, float]] = {}
        side, margin = self.recipe.patch, (self.recipe.resolution - self.recipe.patch) // 2
        for name, network in (
            ("discriminator", self.discriminator),
            ("patch discriminator", self.patch_discriminator),
            ("judges", self.judges),
        ):
            if network is None:
                continue
            found[name] = {}
            for part, pixels in (shown if name != "patch discriminator" else fine or {}).items():
                signs: list[Tensor] = []
                for some in in_parts(pixels, self.recipe.batch):
                    if name == "patch discriminator":
                        some = some[:, :, margin : margin + side, margin : margin + side]
                    logits = network(some.float() / 127.5 - 1, self.dtype)
                    signs += [x.sign().mean() for x in ([logits] if name != "judges" else logits)]
                found[name][part] = float(torch.stack(signs).mean())
        return found

    # Files ---------------------------------------------------------------------------------

    def modules(self) -> dict[str, nn.Module]:
        """Everything with parameters or buffers, by its name in a state file."""
        named: dict[str, nn.Module] = {
            "generator": self.generator,
            "average": self.average,
            "discriminator": self.discriminator,
            "augmentation": self.augmentation,
        }
        if self.patch_discriminator is not None:
            named["patch_discriminator"] = self.patch_discriminator
            named["patch_augmentation"] = self.patch_augmentation
        if self.judges is not None:
            named["judges"] = self.judges
        if self.matching is not None:
            named["matching"] = self.matching
        if self.window_matching is not None:
            named["window_matching"] = self.window_matching
        if self.linearity is not None:
            named["linearity"] = self.linearity
        if self.rebuilding is not None:
            named["rebuilding"] = self.rebuilding
        return named

    def save(self, path: Path) -> None:
        """Write the whole state, so that a run can go on as if it had not been stopped."""
        optimisers = {f"optimiser.{name}": kept for name, kept in self.optimisers.items()}
        tensors = checkpoints.state_tensors(self.modules(), optimisers, self.device)
        tensors["path_mean"] = self.path_mean
        written = {
            "recipe": json.dumps(asdict(self.recipe)),
            "images": str(self.images),
            "steps": str(self.steps),
        }
        checkpoints.write_tensors(path, tensors, written)

    def load(self, path: Path) -> None:
        """Take up a state written by :meth:`save`; judges, linearity and rebuilding may be new."""
        tensors, metadata = checkpoints.read_tensors(path)
        self.images, self.steps = int(metadata["images"]), int(metadata["steps"])
        for name, module in self.modules().items():
            if own := checkpoints.under(tensors, f"{name}."):
                module.load_state_dict(own)
        for name, optimiser in self.optimisers.items():
            checkpoints.take_up(optimiser, checkpoints.under(tensors, f"optimiser.{name}."))
        self.path_mean.copy_(tensors["path_mean"])
        if self.processes == 1:
            checkpoints.take_up_random(tensors, self.device)
