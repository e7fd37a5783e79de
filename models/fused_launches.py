"""``models.fused.Passes`` by the kernels of ``models.fused_kernels``: in which pieces they work.

How large pieces are was measured on an H200, at the shapes of StyleGAN2's config-f (1024 pixels).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch

from models import fused_kernels
from models.fused import EPSILON, Finished
from models.layers import LEAKY_GAIN

if TYPE_CHECKING:
    from torch import Tensor

    from models.fused import Finish, Gradients, Plan, Shown

_KERNELS = cast("Any", fused_kernels)  # Triton's have no types
PROGRAMS = 528  # four for each multiprocessor of an H200


def _pieces(count: int, size: int) -> int:
    return -(-count // size)


def _power_of_2(count: int) -> int:
    """The next that is not smaller."""
    return 1 << max(0, count - 1).bit_length()


def _power(count: int) -> int:
    return max(16, _power_of_2(count))


def _few(channels: int, most: int = 64) -> int:
    """Channels that a program takes at a time."""
    return min(most, _power(channels))


def _rows_each(rows: int, beside: int, most: int) -> int:
    """How many rows a program takes so that there are enough programs."""
    few = _power_of_2(max(1, rows * beside // PROGRAMS))
    return min(most, few)


class Kernels:
    """``models.fused.Passes`` on tensors of one CUDA device."""

    def demodulation(self, plan: Plan, s: Tensor) -> Tensor:
        """See ``Passes``."""
        n, count = s.shape[0], len(plan.starts)
        found = s.new_empty(count, n, plan.widest)
        grid = count, _pieces(plan.widest, 16), n
        _KERNELS.demodulate[grid](
            s, plan.energy, found, plan.layers, s.stride(0), found.stride(0), found.stride(1),
            GAIN=LEAKY_GAIN, EPSILON=EPSILON, WIDEST=plan.widest, BI=256, BO=16,
        )  # fmt: skip
        return found

    def demodulation_grad(
        self, plan: Plan, s: Tensor, factors: Tensor, grads: Tensor, into: Tensor
    ) -> None:
        """See ``Passes``."""
        grid = len(plan.starts), _pieces(plan.widest, 16), s.shape[0]
        _KERNELS.demodulate_grad[grid](
            s, plan.energy, factors, grads, into, plan.layers, s.stride(0), factors.stride(0),
            factors.stride(1), SCALE=1 / LEAKY_GAIN**2, WIDEST=plan.widest, BI=16, BO=256,
        )  # fmt: skip

    def finish(self, given: Finish, features: Tensor, *, keep: bool) -> Finished:
        """See ``Passes``."""
        n, c, h, w = features.shape
        shown, shown_style = cast("Shown", given.shown), cast("Tensor", given.shown_style)
        y = torch.empty_like(features) if keep else None
        modulated = None if given.style is None else torch.empty_like(features)
        own = torch.empty((n, 3, h, w), device=features.device)
        few = _few(c, 512)
        many = max(1, 2048 // few)
        _KERNELS.finish[_pieces(h * w, many), n](
            features, given.factor, given.bias, _or(given.noise, own),
            _or(given.style, shown_style), shown.weight, shown_style, shown.bias,
            _or(y, features), _or(modulated, features), own,
            h, w, c, given.factor.stride(0), shown_style.stride(0), _step(given.noise),
            given.clamp or 0.0, c**-0.5,
            NOISE=given.noise is not None, KEEP=keep, NEXT=modulated is not None,
            CLAMP=given.clamp is not None, BP=many, BC=few,
        )  # fmt: skip
        picture = own if given.clamp is None else torch.empty_like(own)
        if given.image is not None:
            _KERNELS.paint[_pieces(h * w, 512), n * 3](
                own, given.image, picture, h, w, given.clamp or 0.0,
                CLAMP=given.clamp is not None, B=512,
            )  # fmt: skip
        elif given.clamp is not None:
            picture.copy_(own.clamp(-given.clamp, given.clamp))
        return Finished(y, modulated, picture, None if given.clamp is None else own)

    def finish_up(self, given: Finish, wide: Tensor, *, keep: bool) -> Finished:
        """See ``Passes``."""
        style = cast("Tensor", given.style)
        n, c = wide.shape[0], style.shape[1]
        h, w = (wide.shape[2] - 1, wide.shape[3] - 1)
        if wide.shape[1] == c:
            h, w = h // 2, w // 2
        modulated = _rows(wide, (n, c, 2 * h, 2 * w))
        y = torch.empty_like(modulated) if keep else None
        few = _few(c)
        many = min(512 // few, _power(w))
        columns = _pieces(w, many)
        rows = _rows_each(h, columns * _pieces(c, few) * n, 16)
        _KERNELS.finish_up[_pieces(h, rows), columns * _pieces(c, few), n](
            wide, given.factor, given.bias, _or(given.noise, style), style, _or(y, modulated),
            modulated, h, w, c, *_steps(wide, c), given.factor.stride(0), style.stride(0),
            _step(given.noise), given.clamp or 0.0, columns,
            ROWS=rows, NOISE=given.noise is not None, KEEP=keep, CLAMP=given.clamp is not None,
            BJ=many, BC=few,
        )  # fmt: skip
        return Finished(y, modulated)

    def finish_grad(
        self,
        given: Finish,
        y: Tensor,
        after: Tensor | None,
        picture: Tensor | None,
        into: Gradients,
    ) -> Tensor:
        """See ``Passes``."""
        n, c, h, w = y.shape
        few = _few(c, 32)
        many = (2048 if picture is not None and c > 32 else 1024) // few
        blocks = _pieces(h * w, many)
        steps = _power_of_2(max(1, blocks * _pieces(c, few) // PROGRAMS))
        programs = _pieces(blocks, steps)
        before = torch.empty_like(y)
        partial = torch.empty((n, programs, 5, c), device=y.device)
        style, shown = given.style, given.shown
        some = style if style is not None else cast("Tensor", given.shown_style)
        weight = given.bias if shown is None else shown.weight
        gain = c**-0.5
        after = None if after is None else after.contiguous(memory_format=torch.channels_last)
        _KERNELS.finish_grad[programs, _pieces(c, few), n](
            y, _or(after, y), some, weight, _or(given.shown_style, some), _or(picture, weight),
            given.factor, given.bias, _or(given.noise, weight), before, partial,
            h, w, c, given.factor.stride(0), some.stride(0), _step(given.noise),
            given.clamp or 0.0, gain,
            STEPS=steps, NOISE=given.noise is not None, NEXT=after is not None,
            RGB=picture is not None, CLAMP=given.clamp is not None, BP=many, BC=few,
        )  # fmt: skip
        _KERNELS.gather[_pieces(c, 16), n](
            partial, _or(into.style, into.factor), _or(into.shown, into.factor), into.factor,
            weight, c, programs, some.stride(0), into.factor.stride(0), gain,
            NEXT=after is not None, RGB=picture is not None, BP=256, BC=16, num_warps=8,
        )  # fmt: skip
        return before

    def spread(self, after: Tensor, *, phases: bool) -> Tensor:
        """See ``Passes``."""
        n, c, h2, w2 = after.shape
        h, w = h2 // 2, w2 // 2
        wide = _rows(after, (n, 4 * c, h + 1, w + 1) if phases else (n, c, h2 + 1, w2 + 1))
        few = _few(c)
        many = min(512 // few, _power(w + 1))
        columns = _pieces(w + 1, many)
        rows = _rows_each(h + 1, columns * _pieces(c, few) * n, 8)
        _KERNELS.spread[_pieces(h + 1, rows), columns * _pieces(c, few), n](
            after,
            wide,
            h,
            w,
            c,
            *_steps(wide, c),
            columns,
            PHASES=phases,
            ROWS=rows,
            BJ=many,
            BC=few,
        )
        return wide

    def shrink(self, picture: Tensor) -> Tensor:
        """See ``Passes``."""
        n, k, h2, w2 = picture.shape
        small = picture.new_empty(n, k, h2 // 2, w2 // 2)
        grid = _pieces(h2 * w2 // 4, 256), n * k
        _KERNELS.shrink[grid](picture, small, h2 // 2, w2 // 2, B=256)
        return small


def _or(tensor: Tensor | None, other: Tensor) -> Tensor:
    """What a kernel is given where it will not look."""
    return other if tensor is None else tensor


def _step(noise: Tensor | None) -> int:
    """From one picture's noise to the next's."""
    return 0 if noise is None or noise.shape[0] == 1 else noise.stride(0)


def _rows(like: Tensor, shape: tuple[int, int, int, int]) -> Tensor:
    return torch.empty(
        shape, dtype=like.dtype, device=like.device, memory_format=torch.channels_last
    )


def _steps(wide: Tensor, channels: int) -> tuple[int, int, int, int, int]:
    """Of a transposed convolution's output or its phases, in elements.

    From one picture to the next, from a pair of rows, of columns, from an even row to the odd one
    below it, from an even column to the next.
    """
    size, c, w = wide[0].numel(), wide.shape[1], wide.shape[3]
    if c == channels:
        return size, 2 * w * c, 2 * c, w * c, c
    return size, w * c, c, c // 2, channels
