"""A synthesis network's picture and its gradient with few launches, where Triton is there.

In plain PyTorch a GPU reads and writes all features a dozen times a layer. Here everything between
two convolutions is one kernel, backwards too; an upsampling convolution's filter is part of the
kernel that follows. Backwards only activations are needed: a leaky ReLU can be undone. The
arithmetic is that of ``models.layers`` (arXiv 1912.04958, section 2 and appendix B). ``Plain`` is
the same in plain PyTorch, to which the tests hold the kernels.
"""

from __future__ import annotations

import logging
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch
import torch.nn.functional as F

from models.layers import LEAKY_GAIN, LEAKY_SLOPE, smooth, unfold_phases, upsample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from models.layers import SynthesisLayer

_log = logging.getLogger(__name__)

EPSILON = 1e-8
PHASES_FROM = 512  # pixels; for fewer, with more channels, cuDNN's transposed convolution is faster
CHANNELS_LAST = torch.channels_last


@lru_cache(maxsize=8)
def passes_on(device: torch.device) -> Passes | None:
    """What works there, or None: then ``models.layers`` draws.

    Triton is asked once for a kernel: it may be there and not work, without a C compiler for one.
    """
    if device.type != "cuda" or find_spec("triton") is None:
        return None
    try:
        from models.fused_launches import Kernels

        kernels = Kernels()
        kernels.shrink(torch.zeros(1, 3, 4, 4, device=device))
        torch.cuda.synchronize(device)
    except Exception as error:  # noqa: BLE001 - whatever it is, pictures can be drawn without
        _log.warning("no fused kernels on %s, pictures take longer: %s", device, error)
        return None
    return kernels


def two_by_two(weight: Tensor) -> Tensor:
    """A transposed convolution of stride 2 as one of stride 1, for padding 1.

    Shape (o, i, 3, 3) → (4o, i, 2, 2), on (n, i, h, w) → (n, 4o, h + 1, w + 1): the phases of the
    output (row, then column), all outputs of a phase together. Odd samples have one tap, even ones
    two.
    """
    o, i = weight.shape[:2]
    taps = F.pad(weight, (1, 0, 1, 0))  # none, 0, 1, 2: an even sample takes 2 and 0, an odd one 1
    order = torch.tensor([[3, 1], [0, 2]], device=weight.device)
    phases = taps[:, :, order][..., order]  # o, i, row's phase, its tap, column's phase, its tap
    return phases.permute(2, 4, 0, 1, 3, 5).reshape(4 * o, i, 2, 2)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What the passes read of a convolution's weights.

    Attributes:
        kernel: (outputs, inputs, 3, 3), ``two_by_two``'s, or (inputs, outputs, 3, 3) of a
            transposed convolution, in the features' type.
        stride: of the transposed convolution; 1 for the others.
        energy: (inputs, outputs), squared weights summed over the kernel; a plan holds its own.
        bias: (outputs,), times the leaky ReLU's gain.
        noise: (1, r, r), times that gain; None for none.
    """

    kernel: Tensor
    stride: int
    energy: Tensor
    bias: Tensor
    noise: Tensor | None

    @property
    def phases(self) -> bool:
        """Whether the kernel is ``two_by_two``'s."""
        return self.kernel.shape[-1] == 2

    def forth(self, x: Tensor) -> Tensor:
        """The convolution: (n, inputs, h, w) → as ``finish`` or ``finish_up`` take it."""
        if self.stride == 1:
            return F.conv2d(x, self.kernel, padding=1)
        return F.conv_transpose2d(x, self.kernel, stride=self.stride)

    def back(self, g: Tensor) -> Tensor:
        """From gradients of what it gave to those of what it was given."""
        if self.stride == 1:
            return F.conv_transpose2d(g, self.kernel, padding=1)
        return F.conv2d(g, self.kernel, stride=self.stride)


def pressed(layer: SynthesisLayer, dtype: torch.dtype) -> Pressed:
    """Of a convolution as it is now."""
    weight, stride = layer.weight, 1
    kernel: Tensor = weight
    if layer.up and layer.resolution >= PHASES_FROM:
        kernel = two_by_two(weight)
    elif layer.up:
        kernel, stride = weight.transpose(0, 1), 2
    noise = layer.noise_const * layer.noise_strength * LEAKY_GAIN if layer.uses_noise else None
    return Pressed(
        kernel.to(dtype).contiguous(memory_format=CHANNELS_LAST),
        stride,
        weight.square().sum([2, 3]).t().contiguous(),
        layer.bias * LEAKY_GAIN,
        noise[None] if noise is not None else None,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A toRGB: weight (3, inputs), bias (3,)."""

    weight: Tensor
    bias: Tensor


class Plan:
    """A synthesis network's weights as the passes read them, in one type.

    Attributes:
        convolutions: conv1 of the first block, then conv0 and conv1 of each.
        shown: toRGB of each block.
        const: (1, C, 4, 4) what the first block begins with.
        starts, shown_starts: where their styles begin in a style code.
        energy: of all convolutions, one after another, flat.
        layers: (convolutions, 4) int32 on the device: start in a style code, inputs, outputs, start
            in ``energy``.
        widest: the most channels of any.
        clamp: bound on activations, or None.
    """

    def __init__(
        self,
        convolutions: Sequence[Pressed],
        shown: Sequence[Shown],
        const: Tensor,
        starts: Sequence[int],
        shown_starts: Sequence[int],
        clamp: float | None,
    ) -> None:
        self.convolutions, self.shown, self.const = tuple(convolutions), tuple(shown), const
        self.starts, self.shown_starts, self.clamp = tuple(starts), tuple(shown_starts), clamp
        shapes = [c.energy.shape for c in self.convolutions]
        self.widest = max(max(shape) for shape in shapes)
        self.energy = torch.cat([c.energy.reshape(-1) for c in self.convolutions])
        at = [0]
        for i, o in shapes:
            at.append(at[-1] + i * o)
        rows = [(start, *s, a) for start, s, a in zip(self.starts, shapes, at, strict=False)]
        self.layers = torch.tensor(rows, dtype=torch.int32, device=const.device)

    @property
    def energies(self) -> list[Tensor]:
        """Of each convolution, (inputs, outputs)."""
        sizes = [c.energy.numel() for c in self.convolutions]
        parts = torch.split(self.energy, sizes)
        return [p.view_as(c.energy) for p, c in zip(parts, self.convolutions, strict=True)]

    def parts(self) -> list[Tensor]:
        """All that drawing reads and another set of weights would change."""
        own = [self.const, self.energy]
        for c in self.convolutions:
            own += [c.kernel, c.bias] + ([] if c.noise is None else [c.noise])
        for s in self.shown:
            own += [s.weight, s.bias]
        return own

    def drawing_with(self, parts: Iterator[Tensor]) -> Plan:
        """The same of these tensors, the next ones in the order of ``parts``."""
        other = copy(self)
        other.const, other.energy = next(parts), next(parts)
        other.convolutions = tuple(
            replace(c, kernel=next(parts), bias=next(parts),
                    noise=None if c.noise is None else next(parts))
            for c in self.convolutions
        )  # fmt: skip
        other.shown = tuple(Shown(next(parts), next(parts)) for _ in self.shown)
        return other


class Passes(Protocol):
    """What is done between convolutions. n pictures, C channels, h × w pixels, channels last."""

    def demodulation(self, plan: Plan, s: Tensor) -> Tensor:
        """√2 / √(Σ s² energy + ε) of every convolution, (layers, n, widest), float32."""
        ...

    def demodulation_grad(
        self, plan: Plan, s: Tensor, factors: Tensor, grads: Tensor, into: Tensor
    ) -> None:
        """Add what the gradients of ``demodulation``'s factors are to those of s."""
        ...

    def finish(self, given: Finish, features: Tensor, *, keep: bool) -> Finished:
        """From a convolution of stride 1 to activations, modulated ones and the picture."""
        ...

    def finish_up(self, given: Finish, wide: Tensor, *, keep: bool) -> Finished:
        """From a convolution to twice the size to its activations, and modulated ones.

        Args:
            given: without toRGB.
            wide: (n, C, 2h + 1, 2w + 1) a transposed convolution's output, or ``two_by_two``'s.
            keep: whether activations are wanted.
        """
        ...

    def finish_grad(self, given: Finish, y: Tensor, after: Tensor | None, picture: Tensor | None,
                    into: Gradients) -> Tensor:  # fmt: skip
        """Back to the convolution's output (before ``finish_up``'s filter, to after it).

        Args:
            given: what ``finish`` was given.
            y: activations.
            after: gradient of the modulated ones.
            picture: (n, 3, h, w) gradient of toRGB's part of the picture.
            into: where the gradients of styles and of the factors go.
        """
        ...

    def spread(self, after: Tensor, *, phases: bool) -> Tensor:
        """Back through ``finish_up``'s filter: (n, C, 2h, 2w) → what ``finish_up`` was given."""
        ...

    def shrink(self, picture: Tensor) -> Tensor:
        """Back through the picture's enlarging: (n, 3, 2h, 2w) → (n, 3, h, w)."""
        ...


@dataclass(frozen=True, slots=True)
class Finish:
    """What a pass after a convolution is given.

    Attributes:
        factor: (n, C) demodulation times the leaky ReLU's gain.
        bias: (C,).
        noise: (1 or n, h, w) or None.
        style: (n, C) of the next convolution, or None behind the last.
        shown: toRGB, with its style (n, C), or None after ``finish_up``.
        shown_style: see there.
        image: (n, 3, h/2, w/2) the last block's picture, or None.
        clamp: bound on activations, or None.
    """

    factor: Tensor
    bias: Tensor
    noise: Tensor | None
    style: Tensor | None
    shown: Shown | None = None
    shown_style: Tensor | None = None
    image: Tensor | None = None
    clamp: float | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """What a pass makes.

    Attributes:
        y: activations, or None where they are not kept.
        modulated: times the next convolution's style; None behind the last.
        picture: so far.
        own: (n, 3, h, w) toRGB's part before its clamp; None where there is no clamp.
    """

    y: Tensor | None
    modulated: Tensor | None
    picture: Tensor | None = None
    own: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Gradients:
    """Views to be written: of the next convolution's style, toRGB's, the factors; each (n, C)."""

    style: Tensor | None
    shown: Tensor | None
    factor: Tensor


class Plain:
    """The passes in plain PyTorch, on any device."""

    def demodulation(self, plan: Plan, s: Tensor) -> Tensor:
        """See ``Passes``."""
        found = s.new_zeros(len(plan.starts), s.shape[0], plan.widest)
        for k, (start, energy) in enumerate(zip(plan.starts, plan.energies, strict=True)):
            style = s[:, start : start + energy.shape[0]]
            found[k, :, : energy.shape[1]] = (
                style.square() @ energy + EPSILON
            ).rsqrt() * LEAKY_GAIN
        return found

    def demodulation_grad(
        self, plan: Plan, s: Tensor, factors: Tensor, grads: Tensor, into: Tensor
    ) -> None:
        """See ``Passes``."""
        for k, (start, energy) in enumerate(zip(plan.starts, plan.energies, strict=True)):
            own = slice(start, start + energy.shape[0])
            d, g = (t[k, :, : energy.shape[1]] for t in (factors, grads))
            into[:, own] -= s[:, own] * ((d**3 * g) @ energy.t()) / LEAKY_GAIN**2

    def finish(self, given: Finish, features: Tensor, *, keep: bool) -> Finished:
        """See ``Passes``."""
        y = self._activated(given, features)
        shown, style = cast("Shown", given.shown), cast("Tensor", given.shown_style)
        weight = shown.weight * (style * shown.weight.shape[1] ** -0.5)[:, None]
        own = torch.einsum("nkc,nchw->nkhw", weight, y.float()) + shown.bias[None, :, None, None]
        part = own if given.clamp is None else own.clamp(-given.clamp, given.clamp)
        picture = part if given.image is None else upsample(given.image) + part
        kept = None if given.clamp is None else own
        return Finished(y if keep else None, self._modulated(given, y), picture, kept)

    def finish_up(self, given: Finish, wide: Tensor, *, keep: bool) -> Finished:
        """See ``Passes``."""
        phases = wide.shape[1] != given.bias.shape[0]
        fine = unfold_phases(wide)[:, :, :-1, :-1] if phases else wide
        y = self._activated(given, smooth(fine.float(), gain=2.0, padding=1).to(wide.dtype))
        return Finished(y if keep else None, self._modulated(given, y))

    def finish_grad(
        self,
        given: Finish,
        y: Tensor,
        after: Tensor | None,
        picture: Tensor | None,
        into: Gradients,
    ) -> Tensor:
        """See ``Passes``."""
        value = y.float()
        g = torch.zeros_like(value)
        if after is not None:
            g += after.float() * cast("Tensor", given.style)[:, :, None, None]
            cast("Tensor", into.style).copy_((value * after.float()).sum([2, 3]))
        if picture is not None:
            shown, style = cast("Shown", given.shown), cast("Tensor", given.shown_style)
            gain = shown.weight.shape[1] ** -0.5
            g += torch.einsum("nkhw,kc,nc->nchw", picture, shown.weight, style * gain)
            of_weight = torch.einsum("nkhw,nchw->nkc", picture, value)
            cast("Tensor", into.shown).copy_((of_weight * shown.weight).sum(1) * gain)
        g = torch.where(value > 0, g, LEAKY_SLOPE * g)
        if given.clamp is not None:
            g = torch.where(value.abs() >= given.clamp, 0.0, g)
        before = torch.where(value > 0, value, value / LEAKY_SLOPE) - _offset(given)
        into.factor.copy_((g * before).sum([2, 3]) / given.factor)
        return _last(g * given.factor[:, :, None, None], y.dtype)

    def spread(self, after: Tensor, *, phases: bool) -> Tensor:
        """See ``Passes``."""
        wide = smooth(after.float(), gain=2.0, padding=2)  # the filter is symmetric
        if not phases:
            return _last(wide, after.dtype)
        n, c, h, w = after.shape
        fine = F.pad(wide, (0, 1, 0, 1)).view(n, c, h // 2 + 1, 2, w // 2 + 1, 2)
        fine = fine.permute(0, 3, 5, 1, 2, 4)
        return _last(fine.reshape(n, 4 * c, h // 2 + 1, w // 2 + 1), after.dtype)

    def shrink(self, picture: Tensor) -> Tensor:
        """See ``Passes``."""
        return smooth(picture, gain=2.0, padding=1)[:, :, ::2, ::2].contiguous()

    def _activated(self, given: Finish, features: Tensor) -> Tensor:
        x = features.float() * given.factor[:, :, None, None] + _offset(given)
        x = F.leaky_relu(x, LEAKY_SLOPE)
        x = x if given.clamp is None else x.clamp(-given.clamp, given.clamp)
        return _last(x, features.dtype)

    def _modulated(self, given: Finish, y: Tensor) -> Tensor | None:
        if given.style is None:
            return None
        return _last(y.float() * given.style[:, :, None, None], y.dtype)


def _offset(given: Finish) -> Tensor:
    bias = given.bias[None, :, None, None]
    return bias if given.noise is None else bias + given.noise[:, None]


def _last(x: Tensor, dtype: torch.dtype) -> Tensor:
    return x.to(dtype).contiguous(memory_format=CHANNELS_LAST)


def draw(
    plan: Plan,
    passes: Passes,
    s: Tensor,
    *,
    blocks: int,
    noises: Sequence[Tensor | None] | None = None,
) -> Tensor:
    """Style codes (n, channels) → pictures (n, 3, r, r), float32, differentiable in s.

    Args:
        plan: of the generator.
        passes: what does the work.
        s: style codes, float32.
        blocks: how many; the picture is that of the last.
        noises: of each convolution, (1 or n, r, r) times the leaky ReLU's gain; the plan's if None.
    """
    if noises is None:
        noises = [c.noise for c in plan.convolutions]
    keep = torch.is_grad_enabled() and s.requires_grad
    return cast("Tensor", _Drawn.apply(s.contiguous(), plan, passes, blocks, list(noises), keep))


class _Drawn(torch.autograd.Function):
    """The whole network as one step of a gradient's way back."""

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any,
        s: Tensor,
        plan: Plan,
        passes: Passes,
        blocks: int,
        noises: list[Tensor | None],
        keep: bool,
    ) -> Tensor:
        factors = passes.demodulation(plan, s)
        last = 2 * blocks - 2
        given = [_given(plan, s, factors, noises, k, last) for k in range(last + 1)]
        style = s[:, plan.starts[0] :][:, : plan.const.shape[1]]
        x = _last(plan.const * style[:, :, None, None], plan.const.dtype)
        picture: Tensor | None = None
        ys: list[Tensor] = []
        owns: list[Tensor] = []
        for k, now in enumerate(given):
            convolution = plan.convolutions[k]
            features = convolution.forth(x)
            if k % 2:
                done = passes.finish_up(now, features, keep=keep)
            else:
                done = passes.finish(replace(now, image=picture), features, keep=keep)
                picture = done.picture
                if keep and done.own is not None:
                    owns.append(done.own)
            if keep:
                ys.append(cast("Tensor", done.y))
            if done.modulated is not None:
                x = done.modulated
        if keep:
            ctx.save_for_backward(s, factors, *ys, *owns)
            ctx.plan, ctx.passes, ctx.given = plan, passes, given
        return cast("Tensor", picture)

    @staticmethod
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, gradient: Tensor
    ) -> tuple[Tensor | None, ...]:
        plan, passes = cast("Plan", ctx.plan), cast("Passes", ctx.passes)
        given = cast("list[Finish]", ctx.given)
        s, factors, *kept = cast("list[Tensor]", ctx.saved_tensors)
        ys, owns = kept[: len(given)], kept[len(given) :]
        of_s, of_factors = torch.zeros_like(s), torch.zeros_like(factors)
        picture = gradient.float().contiguous()
        after: Tensor | None = None
        for k in reversed(range(len(given))):
            y, convolution = ys[k], plan.convolutions[k]
            channels = y.shape[1]
            following = None
            if after is not None:
                following = of_s[:, plan.starts[k + 1] :][:, :channels]
            shown = None if k % 2 else of_s[:, plan.shown_starts[k // 2] :][:, :channels]
            into = Gradients(following, shown, of_factors[k, :, :channels])
            painted = None if k % 2 else picture
            if painted is not None and owns:
                painted = painted * (owns[k // 2].abs() <= cast("float", plan.clamp))
            g = passes.finish_grad(given[k], y, after, painted, into)
            if k % 2:
                g = passes.spread(g, phases=convolution.phases)
            elif k:
                picture = passes.shrink(picture)
            after = convolution.back(g)
        channels = plan.const.shape[1]
        of_const = (cast("Tensor", after).float() * plan.const.float()).sum([2, 3])
        of_s[:, plan.starts[0] :][:, :channels].copy_(of_const)
        passes.demodulation_grad(plan, s, factors, of_factors, of_s)
        return of_s, None, None, None, None, None


def _given(
    plan: Plan, s: Tensor, factors: Tensor, noises: list[Tensor | None], k: int, last: int
) -> Finish:
    """What the pass after convolution ``k`` is given, of the picture so far but nothing."""
    c = plan.convolutions[k]
    channels = c.energy.shape[1]
    style = None if k == last else s[:, plan.starts[k + 1] :][:, :channels]
    shown = shown_style = None
    if not k % 2:
        shown = plan.shown[k // 2]
        shown_style = s[:, plan.shown_starts[k // 2] :][:, :channels]
    factor = factors[k, :, :channels]
    return Finish(factor, c.bias, noises[k], style, shown, shown_style, None, plan.clamp)
