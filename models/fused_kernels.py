"""Triton kernels: each pass between two convolutions of a synthesis network in one launch.

``models.fused`` says what each computes and holds the same in plain PyTorch; ``fused_launches``
calls them. Features lie channels last, a row of channels for each pixel; sums are taken in float32.
Triton comes with PyTorch's CUDA builds on Linux; this module is imported only where it is there.
"""

# Triton's own language: no types but of what is known when a kernel is compiled.
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingImports=false
# pyright: reportUntypedFunctionDecorator=false, reportPossiblyUnboundVariable=false

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def demodulate(
    s, energy, into, layers, stride_s, stride_layer, stride_n,
    GAIN: tl.constexpr, EPSILON: tl.constexpr, WIDEST: tl.constexpr,
    BI: tl.constexpr, BO: tl.constexpr,
):  # fmt: skip
    """into[layer, n, o] = gain / √(Σ s² energy + ε); ``layers`` as ``models.fused.Plan`` has it."""
    layer, n = tl.program_id(0), tl.program_id(2)
    o = tl.program_id(1) * BO + tl.arange(0, BO)
    start = tl.load(layers + 4 * layer)
    inputs = tl.load(layers + 4 * layer + 1)
    outputs = tl.load(layers + 4 * layer + 2)
    own = energy + tl.load(layers + 4 * layer + 3)
    total = tl.zeros([BO], tl.float32)
    for at in range(0, WIDEST, BI):
        i = at + tl.arange(0, BI)
        style = tl.load(s + n * stride_s + start + i, mask=i < inputs, other=0.0)
        inside = (i < inputs)[:, None] & (o < outputs)[None, :]
        e = tl.load(own + i[:, None] * outputs + o[None, :], mask=inside, other=0.0)
        total += tl.sum((style * style)[:, None] * e, 0)
    found = GAIN / tl.sqrt(total + EPSILON)
    tl.store(into + layer * stride_layer + n * stride_n + o, found, mask=o < outputs)


@triton.jit
def demodulate_grad(
    s, energy, factors, grads, into, layers, stride_s, stride_layer, stride_n, SCALE: tl.constexpr,
    WIDEST: tl.constexpr, BI: tl.constexpr, BO: tl.constexpr,
):  # fmt: skip
    """Adds to into[n, start + i] what the factors d give: −scale · s · Σ energy d³ grad."""
    layer, n = tl.program_id(0), tl.program_id(2)
    i = tl.program_id(1) * BI + tl.arange(0, BI)
    start = tl.load(layers + 4 * layer)
    inputs = tl.load(layers + 4 * layer + 1)
    outputs = tl.load(layers + 4 * layer + 2)
    own = energy + tl.load(layers + 4 * layer + 3)
    total = tl.zeros([BI], tl.float32)
    for at in range(0, WIDEST, BO):
        o = at + tl.arange(0, BO)
        d = tl.load(factors + layer * stride_layer + n * stride_n + o, mask=o < outputs, other=0.0)
        g = tl.load(grads + layer * stride_layer + n * stride_n + o, mask=o < outputs, other=0.0)
        inside = (i < inputs)[:, None] & (o < outputs)[None, :]
        e = tl.load(own + i[:, None] * outputs + o[None, :], mask=inside, other=0.0)
        total += tl.sum((d * d * d * g)[None, :] * e, 1)
    style = tl.load(s + n * stride_s + start + i, mask=i < inputs, other=0.0)
    at = into + n * stride_s + start + i
    known = tl.load(at, mask=i < inputs, other=0.0)
    tl.store(at, known - SCALE * style * total, mask=i < inputs)


@triton.jit
def _activated(x, d, bias, noise, bound, CLAMP: tl.constexpr):
    x = x * d + bias + noise
    x = tl.where(x > 0, x, 0.2 * x)
    if CLAMP:
        x = tl.minimum(tl.maximum(x, -bound), bound)
    return x


@triton.jit
def finish(
    c, d, bias, noise, style, rgb_weight, rgb_style, rgb_bias, y, xm, out,
    H, W, C, stride_d, stride_s, stride_noise, bound, gain,
    NOISE: tl.constexpr, KEEP: tl.constexpr, NEXT: tl.constexpr, CLAMP: tl.constexpr,
    BP: tl.constexpr, BC: tl.constexpr,
):  # fmt: skip
    """What follows a convolution of one size: activation, toRGB, the next modulation."""
    n = tl.program_id(1).to(tl.int64)
    pixel = tl.program_id(0) * BP + tl.arange(0, BP)
    inside = pixel < H * W
    features = n * H * W * C
    red = tl.zeros([BP], tl.float32)
    green = tl.zeros([BP], tl.float32)
    blue = tl.zeros([BP], tl.float32)
    if NOISE:
        strewn = tl.load(noise + n * stride_noise + pixel, mask=inside, other=0.0)[:, None]
    else:
        strewn = 0.0
    for first in range(0, C, BC):
        o = first + tl.arange(0, BC)
        there = o < C
        mask = inside[:, None] & there[None, :]
        at = features + pixel[:, None] * C + o[None, :]
        factor = tl.load(d + n * stride_d + o, mask=there, other=0.0)[None, :]
        added = tl.load(bias + o, mask=there, other=0.0)[None, :]
        x = tl.load(c + at, mask=mask, other=0.0).to(tl.float32)
        x = _activated(x, factor, added, strewn, bound, CLAMP)
        kept = x.to(c.dtype.element_ty)
        if KEEP:
            tl.store(y + at, kept, mask=mask)
        if NEXT:
            modulation = tl.load(style + n * stride_s + o, mask=there, other=0.0)[None, :]
            tl.store(xm + at, (kept.to(tl.float32) * modulation).to(c.dtype.element_ty), mask=mask)
        x = kept.to(tl.float32)
        tint = tl.load(rgb_style + n * stride_s + o, mask=there, other=0.0) * gain
        red += tl.sum(x * (tint * tl.load(rgb_weight + o, mask=there, other=0.0))[None, :], 1)
        green += tl.sum(x * (tint * tl.load(rgb_weight + C + o, mask=there, other=0.0))[None, :], 1)
        blue += tl.sum(
            x * (tint * tl.load(rgb_weight + 2 * C + o, mask=there, other=0.0))[None, :], 1
        )
    part = out + n * 3 * H * W + pixel
    tl.store(part, red + tl.load(rgb_bias), mask=inside)
    tl.store(part + H * W, green + tl.load(rgb_bias + 1), mask=inside)
    tl.store(part + 2 * H * W, blue + tl.load(rgb_bias + 2), mask=inside)


@triton.jit
def paint(part, image, out, H, W, bound, CLAMP: tl.constexpr, B: tl.constexpr):
    """The picture so far, enlarged, and toRGB's part on it; ``out`` may be ``part``."""
    plane = tl.program_id(1).to(tl.int64)
    pixel = tl.program_id(0) * B + tl.arange(0, B)
    inside = pixel < H * W
    row, column = pixel // W, pixel % W
    value = tl.load(part + plane * H * W + pixel, mask=inside, other=0.0)
    if CLAMP:
        value = tl.minimum(tl.maximum(value, -bound), bound)
    # Three quarters of the nearer, a quarter of the farther, zeros past the border.
    h, w = H // 2, W // 2
    i, j = row // 2, column // 2
    up, left = i - 1 + 2 * (row % 2), j - 1 + 2 * (column % 2)
    small = image + plane * h * w
    above = inside & (up >= 0) & (up < h)
    beside = (left >= 0) & (left < w)
    value += 0.5625 * tl.load(small + i * w + j, mask=inside, other=0.0)
    value += 0.1875 * tl.load(small + up * w + j, mask=above, other=0.0)
    value += 0.1875 * tl.load(small + i * w + left, mask=inside & beside, other=0.0)
    value += 0.0625 * tl.load(small + up * w + left, mask=above & beside, other=0.0)
    tl.store(out + plane * H * W + pixel, value, mask=inside)


@triton.jit
def _tap(p, m, k, o, there, h, w, step_row, step, odd_row, odd):
    """Sample (m, k) of a transposed convolution's (2h + 1, 2w + 1); zeros past the border."""
    inside = ((m >= 0) & (m <= 2 * h) & (k >= 0) & (k <= 2 * w))[:, None] & there[None, :]
    at = (m // 2) * step_row + (m % 2) * odd_row + (k // 2) * step + (k % 2) * odd
    return tl.load(p + at[:, None] + o[None, :], mask=inside, other=0.0).to(tl.float32)


@triton.jit
def _smoothed_row(p, m, j, o, there, h, w, step_row, step, odd_row, odd):
    """Row m of the transposed convolution's output, smoothed along it: samples 2j and 2j + 1."""
    rows = m + tl.zeros_like(j)
    a = _tap(p, rows, 2 * j - 1, o, there, h, w, step_row, step, odd_row, odd)
    b = _tap(p, rows, 2 * j, o, there, h, w, step_row, step, odd_row, odd)
    c = _tap(p, rows, 2 * j + 1, o, there, h, w, step_row, step, odd_row, odd)
    d = _tap(p, rows, 2 * j + 2, o, there, h, w, step_row, step, odd_row, odd)
    e = _tap(p, rows, 2 * j + 3, o, there, h, w, step_row, step, odd_row, odd)
    return 0.25 * (a + d) + 0.75 * (b + c), 0.25 * (b + e) + 0.75 * (c + d)


@triton.jit
def _finished(
    x, row, column, mask, n, factor, added, modulation, noise, y, xm, o, h, w, C, stride_noise,
    bound, NOISE: tl.constexpr, KEEP: tl.constexpr, CLAMP: tl.constexpr,
):  # fmt: skip
    pixel = row * 2 * w + column
    strewn = 0.0
    if NOISE:
        known = column < 2 * w
        strewn = tl.load(noise + n * stride_noise + pixel, mask=known, other=0.0)[:, None]
    kept = _activated(x, factor, added, strewn, bound, CLAMP).to(y.dtype.element_ty)
    at = n * 4 * h * w * C + pixel[:, None] * C + o[None, :]
    if KEEP:
        tl.store(y + at, kept, mask=mask)
    tl.store(xm + at, (kept.to(tl.float32) * modulation).to(y.dtype.element_ty), mask=mask)


@triton.jit
def finish_up(
    p, d, bias, noise, style, y, xm, h, w, C, size, step_row, step, odd_row, odd,
    stride_d, stride_s, stride_noise, bound, columns,
    ROWS: tl.constexpr, NOISE: tl.constexpr, KEEP: tl.constexpr, CLAMP: tl.constexpr,
    BJ: tl.constexpr, BC: tl.constexpr,
):  # fmt: skip
    """What follows the phases of an upsampling convolution: its filter, activation, modulation."""
    n = tl.program_id(2).to(tl.int64)
    j = (tl.program_id(1) % columns) * BJ + tl.arange(0, BJ)
    o = (tl.program_id(1) // columns) * BC + tl.arange(0, BC)
    there = o < C
    own = p + n * size
    factor = tl.load(d + n * stride_d + o, mask=there, other=0.0)[None, :]
    added = tl.load(bias + o, mask=there, other=0.0)[None, :]
    modulation = tl.load(style + n * stride_s + o, mask=there, other=0.0)[None, :]
    begin = tl.program_id(0) * ROWS
    a0, a1 = _smoothed_row(own, 2 * begin - 1, j, o, there, h, w, step_row, step, odd_row, odd)
    b0, b1 = _smoothed_row(own, 2 * begin, j, o, there, h, w, step_row, step, odd_row, odd)
    c0, c1 = _smoothed_row(own, 2 * begin + 1, j, o, there, h, w, step_row, step, odd_row, odd)
    for i in range(begin, begin + ROWS):
        d0, d1 = _smoothed_row(own, 2 * i + 2, j, o, there, h, w, step_row, step, odd_row, odd)
        e0, e1 = _smoothed_row(own, 2 * i + 3, j, o, there, h, w, step_row, step, odd_row, odd)
        along = i + tl.zeros_like(j)
        mask = ((j < w) & (along < h))[:, None] & there[None, :]
        upper0, upper1 = 0.25 * (a0 + d0) + 0.75 * (b0 + c0), 0.25 * (a1 + d1) + 0.75 * (b1 + c1)
        lower0, lower1 = 0.25 * (b0 + e0) + 0.75 * (c0 + d0), 0.25 * (b1 + e1) + 0.75 * (c1 + d1)
        _finished(
            upper0, 2 * i, 2 * j, mask, n, factor, added, modulation, noise, y, xm, o, h, w,
            C, stride_noise, bound, NOISE, KEEP, CLAMP,
        )  # fmt: skip
        _finished(
            upper1, 2 * i, 2 * j + 1, mask, n, factor, added, modulation, noise, y, xm, o, h, w,
            C, stride_noise, bound, NOISE, KEEP, CLAMP,
        )  # fmt: skip
        _finished(
            lower0, 2 * i + 1, 2 * j, mask, n, factor, added, modulation, noise, y, xm, o, h, w,
            C, stride_noise, bound, NOISE, KEEP, CLAMP,
        )  # fmt: skip
        _finished(
            lower1, 2 * i + 1, 2 * j + 1, mask, n, factor, added, modulation, noise, y, xm, o, h, w,
            C, stride_noise, bound, NOISE, KEEP, CLAMP,
        )  # fmt: skip
        a0, a1 = c0, c1
        b0, b1 = d0, d1
        c0, c1 = e0, e1


@triton.jit
def finish_grad(
    y, gxm, style, rgb_weight, rgb_style, grgb, d, bias, noise, gc, partial,
    H, W, C, stride_d, stride_s, stride_noise, bound, gain,
    STEPS: tl.constexpr, NOISE: tl.constexpr, NEXT: tl.constexpr, RGB: tl.constexpr,
    CLAMP: tl.constexpr, BP: tl.constexpr, BC: tl.constexpr,
):  # fmt: skip
    """Backwards through ``finish`` or ``finish_up``'s end; each program's sums apart."""
    n = tl.program_id(2).to(tl.int64)
    o = tl.program_id(1) * BC + tl.arange(0, BC)
    there = o < C
    features = n * H * W * C
    factor = tl.load(d + n * stride_d + o, mask=there, other=1.0)
    added = tl.load(bias + o, mask=there, other=0.0)[None, :]
    if NEXT:
        modulation = tl.load(style + n * stride_s + o, mask=there, other=0.0)[None, :]
    if RGB:
        shown = tl.load(rgb_style + n * stride_s + o, mask=there, other=0.0) * gain
        red = (shown * tl.load(rgb_weight + o, mask=there, other=0.0))[None, :]
        green = (shown * tl.load(rgb_weight + C + o, mask=there, other=0.0))[None, :]
        blue = (shown * tl.load(rgb_weight + 2 * C + o, mask=there, other=0.0))[None, :]
    of_style = tl.zeros([BP, BC], tl.float32)
    of_red = tl.zeros([BP, BC], tl.float32)
    of_green = tl.zeros([BP, BC], tl.float32)
    of_blue = tl.zeros([BP, BC], tl.float32)
    of_factor = tl.zeros([BP, BC], tl.float32)
    for step in range(STEPS):
        pixel = (tl.program_id(0) * STEPS + step) * BP + tl.arange(0, BP)
        inside = pixel < H * W
        mask = inside[:, None] & there[None, :]
        at = features + pixel[:, None] * C + o[None, :]
        value = tl.load(y + at, mask=mask, other=0.0).to(tl.float32)
        g = tl.zeros([BP, BC], tl.float32)
        if NEXT:
            after = tl.load(gxm + at, mask=mask, other=0.0).to(tl.float32)
            of_style += value * after
            g += after * modulation
        if RGB:
            place = grgb + n * 3 * H * W + pixel
            g0 = tl.load(place, mask=inside, other=0.0)[:, None]
            g1 = tl.load(place + H * W, mask=inside, other=0.0)[:, None]
            g2 = tl.load(place + 2 * H * W, mask=inside, other=0.0)[:, None]
            of_red += value * g0
            of_green += value * g1
            of_blue += value * g2
            g += g0 * red + g1 * green + g2 * blue
        positive = value > 0
        g = tl.where(positive, g, 0.2 * g)
        if CLAMP:
            g = tl.where((value >= bound) | (value <= -bound), 0.0, g)
        before = tl.where(positive, value, 5.0 * value) - added
        if NOISE:
            before -= tl.load(noise + n * stride_noise + pixel, mask=inside, other=0.0)[:, None]
        of_factor += tl.where(mask, g * before, 0.0)
        tl.store(gc + at, (g * factor[None, :]).to(y.dtype.element_ty), mask=mask)
    at = partial + ((n * tl.num_programs(0) + tl.program_id(0)) * 5) * C + o
    tl.store(at + C, tl.sum(of_factor, 0) / factor, mask=there)
    if NEXT:
        tl.store(at, tl.sum(of_style, 0), mask=there)
    if RGB:
        tl.store(at + 2 * C, tl.sum(of_red, 0), mask=there)
        tl.store(at + 3 * C, tl.sum(of_green, 0), mask=there)
        tl.store(at + 4 * C, tl.sum(of_blue, 0), mask=there)


@triton.jit
def gather(
    partial, of_style, of_rgb, of_factor, rgb_weight, C, programs, stride_s, stride_d, gain,
    NEXT: tl.constexpr, RGB: tl.constexpr, BP: tl.constexpr, BC: tl.constexpr,
):  # fmt: skip
    """Sums what ``finish_grad``'s programs found, and takes toRGB's to its style."""
    n = tl.program_id(1).to(tl.int64)
    o = tl.program_id(0) * BC + tl.arange(0, BC)
    there = o < C
    style = tl.zeros([BC], tl.float32)
    factor = tl.zeros([BC], tl.float32)
    shown = tl.zeros([BC], tl.float32)
    if RGB:
        red = tl.load(rgb_weight + o, mask=there, other=0.0)[None, :] * gain
        green = tl.load(rgb_weight + C + o, mask=there, other=0.0)[None, :] * gain
        blue = tl.load(rgb_weight + 2 * C + o, mask=there, other=0.0)[None, :] * gain
    for first in range(0, programs, BP):
        k = first + tl.arange(0, BP)
        mask = (k < programs)[:, None] & there[None, :]
        at = partial + (n * programs + k)[:, None] * (5 * C) + o[None, :]
        factor += tl.sum(tl.load(at + C, mask=mask, other=0.0), 0)
        if NEXT:
            style += tl.sum(tl.load(at, mask=mask, other=0.0), 0)
        if RGB:
            shown += tl.sum(red * tl.load(at + 2 * C, mask=mask, other=0.0), 0)
            shown += tl.sum(green * tl.load(at + 3 * C, mask=mask, other=0.0), 0)
            shown += tl.sum(blue * tl.load(at + 4 * C, mask=mask, other=0.0), 0)
    tl.store(of_factor + n * stride_d + o, factor, mask=there)
    if NEXT:
        tl.store(of_style + n * stride_s + o, style, mask=there)
    if RGB:
        tl.store(of_rgb + n * stride_s + o, shown, mask=there)


@triton.jit
def _gathered_row(g, row, j, o, there, h, w, C):
    """A row of gradients, taken back through the filter along it: samples 2j and 2j + 1."""
    along = row + tl.zeros_like(j)
    known = (along >= 0) & (along < 2 * h)
    at = (row * 2 * w + 2 * j)[:, None] * C + o[None, :]
    before = (known & (j >= 1) & (j <= w))[:, None] & there[None, :]
    here = (known & (j < w))[:, None] & there[None, :]
    behind = (known & (j < w - 1))[:, None] & there[None, :]
    a = tl.load(g + at - 2 * C, mask=before, other=0.0).to(tl.float32)
    b = tl.load(g + at - C, mask=before, other=0.0).to(tl.float32)
    c = tl.load(g + at, mask=here, other=0.0).to(tl.float32)
    d = tl.load(g + at + C, mask=here, other=0.0).to(tl.float32)
    e = tl.load(g + at + 2 * C, mask=behind, other=0.0).to(tl.float32)
    return 0.25 * (a + d) + 0.75 * (b + c), 0.25 * (b + e) + 0.75 * (c + d)


@triton.jit
def spread(
    g, p, h, w, C, size, step_row, step, odd_row, odd, columns,
    PHASES: tl.constexpr, ROWS: tl.constexpr, BJ: tl.constexpr, BC: tl.constexpr,
):  # fmt: skip
    """Backwards through ``finish_up``'s filter, to the phases (h + 1, w + 1, 4 C)."""
    n = tl.program_id(2).to(tl.int64)
    j = (tl.program_id(1) % columns) * BJ + tl.arange(0, BJ)
    o = (tl.program_id(1) // columns) * BC + tl.arange(0, BC)
    there = o < C
    own = g + n * 4 * h * w * C
    into = p + n * size
    begin = tl.program_id(0) * ROWS
    a0, a1 = _gathered_row(own, 2 * begin - 2, j, o, there, h, w, C)
    b0, b1 = _gathered_row(own, 2 * begin - 1, j, o, there, h, w, C)
    c0, c1 = _gathered_row(own, 2 * begin, j, o, there, h, w, C)
    for i in range(begin, begin + ROWS):
        d0, d1 = _gathered_row(own, 2 * i + 1, j, o, there, h, w, C)
        e0, e1 = _gathered_row(own, 2 * i + 2, j, o, there, h, w, C)
        along = i + tl.zeros_like(j)
        even = ((j <= w) & (along <= h))[:, None] & there[None, :]
        beside, below, both = even, even, even
        if not PHASES:  # no samples are there past the last even one
            beside = ((j < w) & (along <= h))[:, None] & there[None, :]
            below = ((j <= w) & (along < h))[:, None] & there[None, :]
            both = ((j < w) & (along < h))[:, None] & there[None, :]
        at = into + (i * step_row + j * step)[:, None] + o[None, :]
        kind = p.dtype.element_ty
        tl.store(at, (0.25 * (a0 + d0) + 0.75 * (b0 + c0)).to(kind), mask=even)
        tl.store(at + odd, (0.25 * (a1 + d1) + 0.75 * (b1 + c1)).to(kind), mask=beside)
        tl.store(at + odd_row, (0.25 * (b0 + e0) + 0.75 * (c0 + d0)).to(kind), mask=below)
        tl.store(at + odd_row + odd, (0.25 * (b1 + e1) + 0.75 * (c1 + d1)).to(kind), mask=both)
        a0, a1 = c0, c1
        b0, b1 = d0, d1
        c0, c1 = e0, e1


@triton.jit
def shrink(g, into, h, w, B: tl.constexpr):
    """Backwards through the picture's enlarging: (planes, 2h, 2w) → (planes, h, w)."""
    plane = tl.program_id(1).to(tl.int64)
    pixel = tl.program_id(0) * B + tl.arange(0, B)
    inside = pixel < h * w
    i, j = pixel // w, pixel % w
    total = tl.zeros([B], tl.float32)
    for a in tl.static_range(4):
        row = 2 * i - 1 + a
        for b in tl.static_range(4):
            column = 2 * j - 1 + b
            known = inside & (row >= 0) & (row < 2 * h) & (column >= 0) & (column < 2 * w)
            value = tl.load(g + plane * 4 * h * w + row * 2 * w + column, mask=known, other=0.0)
            weight = (0.75 if (a == 1 or a == 2) else 0.25) * (0.75 if (b == 1 or b == 2) else 0.25)
            total += weight * value
    tl.store(into + plane * h * w + pixel, total, mask=inside)
