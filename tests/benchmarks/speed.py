"""How fast the editor computes, on a GPU and on the CPU, beside a plain reference in the same run.

    python -m tests.benchmarks.speed [--devices cuda cpu] [--sides 256 512 1024] [--repeats 3]
        [--steps 200] [--edit-steps 30] [--photo FILE] [--start]

256 is the generator that ships; 512 and 1024 have StyleGAN2's config-f and random weights. What is
called *plain* is StyleGAN2's formulae as they stand (``plain_generator``), or the search computed
step by step; *now* is what the editor does: on a GPU, replayed as CUDA graphs. The floor is
arithmetic over the rate of a convolution measured in this run; the ceiling, in bfloat16 on a GPU,
the slower of that and of all features read and written once over the rate of a copy. An
intervention has all its terms, readouts and measures at landmarks. ``--photo`` adds the engine's
own jobs with compositing, ``--start`` the seconds from a process's start to the first slider
(without a window). Medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Inversion, Portrait
from editor.engine import changes, discovery, generators, intervention, inversion, readings
from editor.engine.engine import Engine
from editor.engine.jobs import (
    Discover,
    Drafted,
    Drag,
    Finished,
    Intervene,
    Invert,
    OpenedPhoto,
    OpenPhoto,
    Preview,
)
from editor.engine.objectives import AttributeReadouts, attribute_terms
from editor.engine.tensors import to_picture
from models.device import describe
from models.directions import Direction, StyleStatistics
from models.faces.analyser import FaceAnalyser
from models.generator import Generator, GeneratorConfig
from models.perceptual import feature_distance, load_efficientnet_lite, seen
from models.replays import Replays
from tests.benchmarks.jobs import result
from tests.benchmarks.plain_generator import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from models.perceptual import EfficientNetLite
    from models.readout import AttributeReadout

HELD = 5  # attributes that an intervention guards


@dataclass(frozen=True, slots=True)
class Row:
    """One line: seconds of the plain way and of ours, or another number of ours alone."""

    what: str
    now: float
    plain: float | None = None
    unit: str = "s"

    def cells(self) -> str:
        ratio = "" if self.plain is None else f"{self.plain / self.now:.1f}"
        before = "" if self.plain is None else _written(self.plain, self.unit)
        return f"{self.what} | {before} | {_written(self.now, self.unit)} | {ratio}"


def _written(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"
    return f"{value:.1f} {unit}"


class Clock:
    """Takes the time of what runs on a device."""

    def __init__(self, device: torch.device, repeats: int) -> None:
        self.device, self._repeats = device, repeats

    def wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def seconds(self, part: Callable[[], object], *, at_least: float = 0.0) -> float:
        """Median seconds of a call, the first ones left out on a GPU."""
        for _ in range(2 if self.device.type == "cuda" else 1 if at_least else 0):
            part()
        taken: list[float] = []
        while len(taken) < self._repeats or sum(taken) < at_least:
            self.wait()
            began = time.perf_counter()
            part()
            self.wait()
            taken.append(time.perf_counter() - began)
        return statistics.median(taken)


def random_generator(side: int, device: torch.device) -> Generator:
    """Config-f of that side with random weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        widths = tuple(min(512, 32768 // (4 << k)) for k in range(side.bit_length() - 2))
        generator = Generator(GeneratorConfig(side, widths))
    return generator.eval().requires_grad_(requires_grad=False).to(device)


class Bench:
    """One generator on one device, and a face that is asked to smile."""

    def __init__(self, side: int, clock: Clock) -> None:
        self.clock, self.device, self.side = clock, clock.device, side
        self.features = load_efficientnet_lite().to(self.device)
        self.faces = FaceAnalyser(self.device)
        self.replays = Replays.on(self.device)
        shipped = generators.load(generators.default(), self.device)
        self.readout = cast("AttributeReadout", shipped.directions.readout)
        self.encoder = shipped.encoder
        ships = side == shipped.network.config.resolution
        self.generator = shipped.network if ships else random_generator(side, self.device)
        random = torch.Generator().manual_seed(3)
        config = self.generator.config
        with torch.no_grad():
            w = self.generator.mapping(
                torch.randn(64, config.z_dim, generator=random).to(self.device)
            )
            codes = self.generator.styles(self.generator.broadcast(w))
        if ships:
            self.statistics = shipped.directions.statistics
            self.directions = list(shipped.directions.attributes.values())[: HELD + 1]
            self.directions[0] = shipped.directions.attributes["smile"]
        else:
            self.encoder = None
            self.statistics = StyleStatistics(
                codes.mean(0), codes.std(0) + 1e-3, w.mean(0), w.std(0) + 1e-3
            )
            self.directions = [self._between(*codes[k : k + 2]) for k in range(HELD + 1)]
        self.s = codes[-1:]
        self.mask = torch.zeros(1, 1, side, side, device=self.device)
        self.mask[..., side * 5 // 8 : side * 7 // 8, side * 3 // 8 : side * 5 // 8] = 1

    def _between(self, a: Tensor, b: Tensor) -> Direction:
        step = (b - a) / 2
        normal = step / self.statistics.s_sd
        normal = normal / normal.square().sum()
        precise = torch.where(normal.abs() > normal.abs().quantile(0.9), step, 0.0)
        return Direction(step, precise, normal, 0.0, 1.0, 1.0)

    # ------------------------------------------------------------------ one picture

    def drawn(self) -> Iterator[Row]:
        """A picture, and one with its gradient."""

        @torch.no_grad()
        def picture() -> None:
            self.replays.run(_drawn, self.generator, None, self.s, ())

        def gradient(drawing: Callable[[Generator, Tensor], Tensor]) -> None:
            s = self.s.clone().requires_grad_()
            maps = self.features(seen(drawing(self.generator, s)), 3)
            torch.autograd.grad(sum(m.square().mean() for m in maps), s)  # type: ignore[arg-type]

        def replayed() -> None:
            self.replays.run(_gradient, self.generator, self.features, self.s, ())

        with torch.no_grad():
            reference = self.clock.seconds(lambda: plain(self.generator, self.s), at_least=0.5)
            now = self.clock.seconds(picture, at_least=0.5)
            with FlopCounterMode(display=False) as counted:
                plain(self.generator, self.s)
        yield Row("one picture", now, reference)
        yield Row(
            "a picture and its gradient, features included",
            self.clock.seconds(replayed, at_least=0.5),
            self.clock.seconds(lambda: gradient(plain), at_least=0.5),
        )
        floor = counted.get_total_flops() / convolution_rate(self.clock)
        yield Row("one picture, over the floor of its arithmetic", now / floor, unit="times")
        if self.device.type == "cuda":
            yield from self._in_half_precision(counted.get_total_flops())

        def shown() -> None:
            with torch.no_grad():
                to_picture(self.replays.run(_drawn, self.generator, None, (self.s * 1.0), ()))

        rate = 1 / self.clock.seconds(shown)
        yield Row("slider preview, drawn and fetched", rate, unit="a second")

    def _in_half_precision(self, operations: int) -> Iterator[Row]:
        """In bfloat16, over the device's ceiling: a picture, and one with its gradient."""
        half, replays = torch.bfloat16, Replays.on(self.device)
        rate, copied = convolution_rate(self.clock, half), copy_rate(self.clock)
        one = max(operations / rate, traffic(self.generator, half) / copied)
        both = max(2 * operations / rate, 3 * traffic(self.generator, half) / copied)
        for what, function, ceiling in (
            ("one picture in bfloat16", _drawn_in_half, one),
            ("a picture and its gradient in bfloat16, without features", _gradient_in_half, both),
        ):
            now = self.clock.seconds(
                lambda function=function: replays.run(function, self.generator, None, self.s, ()),
                at_least=0.5,
            )
            yield Row(what, now)
            yield Row(f"{what}, over the device's ceiling", now / ceiling, unit="times")

    # ------------------------------------------------------------------ searches

    def search(self, replays: Replays, steps: int) -> Iterator[intervention.InterventionStep]:
        """An intervention with all its terms."""
        change = changes.AttributeChange.of(self.directions[:1], [1.2])
        names = ("smile", *(n for n in self.readout.names if n != "smile"))[: HELD + 1]
        readouts = AttributeReadouts(
            self.readout.of(names[:1]),
            self.readout.of(names[1:]),
            change.amounts,
            changes.stack(self.directions[1:]),
        )
        gauge = readings.attribute_gauge(self.faces, [("smile", 1.0)])
        assert gauge is not None
        return intervention.optimise(
            self.generator,
            self.features,
            self.statistics,
            self.s,
            self.mask,
            change,
            terms=attribute_terms(moves=True),
            steps=steps,
            loop=intervention.Loop.of(gauge, moves=True),
            readouts=readouts,
            replays=replays,
        )

    def interventions(self, steps: int) -> Iterator[Row]:
        """Until it is settled, and until something is there to be shown."""

        def settled(replays: Replays) -> None:
            *_, last = self.search(replays, steps)
            to_picture(last.picture)

        def first(replays: Replays) -> None:
            search = self.search(replays, steps)
            to_picture(next(search).picture)
            cast("Any", search).close()

        called = Replays()
        what = f"intervention, {steps} steps"
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
            settled(self.replays)
            self.clock.wait()
            first_peak = torch.cuda.max_memory_allocated(self.device)
            torch.cuda.reset_peak_memory_stats(self.device)
            now = self.clock.seconds(lambda: settled(self.replays))
            peak = torch.cuda.max_memory_allocated(self.device)
            yield Row(what, now, self.clock.seconds(lambda: settled(called)))
            what = "peak of GPU memory, networks included"
            yield Row(f"{what}, of the first that captures graphs", first_peak / 1e9, unit="GB")
            yield Row(f"{what}, of further ones", peak / 1e9, unit="GB")
            kept = torch.cuda.memory_reserved(self.device)
            yield Row("GPU memory held with all graphs", kept / 1e9, unit="GB")
            yield from self._thrifty(steps)
        else:
            yield Row(what, self.clock.seconds(lambda: settled(called)))
        yield Row("its first step", self.clock.seconds(lambda: first(self.replays)))
        steps_now = self.clock.seconds(lambda: [None for _ in self.search(self.replays, steps)])
        begun = self.clock.seconds(lambda: first(self.replays))
        yield Row("a further step, measures included", (steps_now - begun) / max(1, steps - 1))

    def _thrifty(self, steps: int) -> Iterator[Row]:
        """What an engine does that is short of memory."""
        self.replays.clear()
        torch.cuda.empty_cache()
        self.generator.thrifty = True
        last: intervention.InterventionStep | None = None
        torch.cuda.reset_peak_memory_stats(self.device)
        began = time.perf_counter()
        for last in self.search(Replays(), steps):  # noqa: B007 - the last one counts
            pass
        assert last is not None
        to_picture(last.picture)
        yield Row("the same short of memory", time.perf_counter() - began)
        peak = torch.cuda.max_memory_allocated(self.device)
        yield Row("its peak of GPU memory", peak / 1e9, unit="GB")
        self.generator.thrifty = False

    def discoveries(self) -> Iterator[Row]:
        """What can change in the region: twelve sliders with their pictures."""

        def found() -> None:
            scene = self.generator, self.statistics, self.s, self.mask
            channels = discovery.candidates(*scene, replays=self.replays)
            deltas = discovery.choose(*scene, channels)
            discovery.pictured(self.generator, self.s, self.mask, deltas)

        yield Row("discovery, 12 sliders", self.clock.seconds(found))

    def inversions(self, steps: int) -> Iterator[Row]:
        """A draft, and all of it from there."""
        with torch.no_grad():
            target = self.generator.synthesise(self.s)

        def encode() -> inversion.Start | None:
            if self.encoder is None:
                return None
            draft = self.encoder.encode(self.generator, self.statistics, target)
            return inversion.Start(draft.offset, draft.residual)

        def invert(replays: Replays) -> None:
            for last in inversion.invert(
                self.generator, self.features, feature_distance, self.statistics, target,
                torch.ones_like(self.mask), start=encode(), steps=steps, replays=replays,
            ):  # fmt: skip
                if last.step == steps:
                    error = float((last.picture - target).square().mean())
                    errors.append(error)

        errors: list[float] = []
        if self.encoder is not None:
            yield Row("a draft", self.clock.seconds(encode))
        yield Row(f"inversion, {steps} steps", self.clock.seconds(lambda: invert(self.replays)))


def _drawn(generator: Generator, _: object, s: Tensor, __: tuple[()]) -> Tensor:
    return generator.synthesise(s)


def _gradient(
    generator: Generator, features: EfficientNetLite | None, s: Tensor, _: tuple[()]
) -> Tensor:
    assert features is not None
    s = s.detach().requires_grad_()
    maps = features(seen(generator.synthesise(s)), 3)
    total = torch.stack([m.square().mean() for m in maps]).sum()
    return torch.autograd.grad(total, s)[0]


@torch.no_grad()
def _drawn_in_half(generator: Generator, _: object, s: Tensor, __: tuple[()]) -> Tensor:
    return generator.synthesise(s, dtype=torch.bfloat16)


def _gradient_in_half(generator: Generator, _: object, s: Tensor, __: tuple[()]) -> Tensor:
    s = s.detach().requires_grad_()
    total = generator.synthesise(s, dtype=torch.bfloat16).square().mean()
    return torch.autograd.grad(total, s)[0]


def traffic(generator: Generator, dtype: torch.dtype) -> int:
    """Bytes of a picture's features and kernels, if each convolution read and wrote them once."""
    elements, inputs, side = 0, 0, 0
    for resolution, block in generator.blocks():
        outputs = block.torgb.weight.shape[1]
        if not block.first:
            elements += inputs * side**2 + outputs * resolution**2 + block.conv0.weight.numel()
        elements += 3 * outputs * resolution**2 + block.conv1.weight.numel()  # conv1 and toRGB
        elements += 3 * resolution**2
        inputs, side = outputs, resolution
    return elements * dtype.itemsize


def copy_rate(clock: Clock) -> float:
    """Bytes a second that a copy of a large tensor reads and writes."""
    a = torch.empty(1 << 26, dtype=torch.float32, device=clock.device)
    b = torch.empty_like(a)
    return 2 * a.nbytes / clock.seconds(lambda: b.copy_(a), at_least=0.3)


def convolution_rate(clock: Clock, dtype: torch.dtype = torch.float32) -> float:
    """Operations a second of a large 3 × 3 convolution, as the networks are run."""
    side, width = (256, 256) if clock.device.type == "cuda" else (64, 128)
    x = torch.randn(1, width, side, side, device=clock.device, dtype=dtype)
    x = x.to(memory_format=torch.channels_last)
    kernel = torch.randn(width, width, 3, 3, device=clock.device, dtype=dtype) / width
    kernel = kernel.to(memory_format=torch.channels_last)
    taken = clock.seconds(lambda: F.conv2d(x, kernel, padding=1), at_least=0.3)
    return 2 * 9 * width * width * side * side / taken


# ---------------------------------------------------------------------- the engine's own jobs


def jobs(device: str, photo: Path, clock: Clock, steps: int) -> Iterator[Row]:
    """What a user waits for on a photograph, compositing included."""
    engine = Engine.create(device)
    for _ in engine.warm_up():
        pass
    opened = cast("OpenedPhoto", result(engine, OpenPhoto(photo)))
    crop = engine.crop_of(opened.faces[0])
    inverted = cast("Inversion", result(engine, Invert(opened.photo, crop, steps=steps)))
    yield Row(f"job: inversion, {steps} steps", inverted.seconds)
    portrait = Portrait.of(crop, inverted)
    mouth = preset("smile", portrait.landmarks, opened.photo.width, opened.photo.height)
    mouth = mouth.feathered(8)
    values = iter(range(1, 100_000))

    def drag() -> None:
        value = 20 + next(values) % 400 / 10
        result(engine, Drag(opened.photo, (portrait,), 0, mouth, (Goal("smile", value),)))

    drag()
    yield Row("job: slider preview", 1 / clock.seconds(drag, at_least=2), unit="a second")
    shown: list[float] = []
    settled: list[float] = []
    for value in (60, 55, 50):
        job = Intervene(opened.photo, (portrait,), 0, mouth, (Goal("smile", value),), Dials())
        began, first = time.perf_counter(), None
        for report in engine.run(job):
            if isinstance(report, Preview) and first is None:
                first = time.perf_counter() - began
            if isinstance(report, Finished):
                settled.append(time.perf_counter() - began)
        shown.append(settled[-1] if first is None else first)
    yield Row("job: first preview of an edit", statistics.median(shown))
    yield Row("job: settled edit", statistics.median(settled))
    began = time.perf_counter()
    result(engine, Discover(opened.photo, (portrait,), 0, mouth, 12))
    yield Row("job: discovery with names", time.perf_counter() - began)
    engine.close()


def first_slider(photo: Path, device: str) -> None:
    """All that happens from a process's start until a slider has been drawn."""
    engine = Engine.create(device)
    opened = cast("OpenedPhoto", result(engine, OpenPhoto(photo)))
    crop = engine.crop_of(opened.faces[0])
    for report in engine.run(Invert(opened.photo, crop)):
        if isinstance(report, Drafted):
            portrait = Portrait.of(crop, report.inversion)
            where = opened.photo.width, opened.photo.height
            mouth = preset("smile", portrait.landmarks, *where).feathered(8)
            result(engine, Drag(opened.photo, (portrait,), 0, mouth, (Goal("smile", 40),)))
            return


def started(photo: Path, device: str) -> float:
    """Seconds of ``first_slider`` in a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, "-m", __spec__.name, "--photo", str(photo), "--first-slider", device]
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def main(arguments: list[str]) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", nargs="+", default=None)
    parser.add_argument("--sides", nargs="+", type=int, default=[256])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--edit-steps", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--start", action="store_true")
    parser.add_argument("--first-slider", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.first_slider:
        first_slider(options.photo, options.first_slider)
        return
    devices = options.devices or (["cuda"] if torch.cuda.is_available() else []) + ["cpu"]
    for name in devices:
        device = torch.device(name)
        clock = Clock(device, options.repeats)
        load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
        print(f"\n**{describe(device)}**, torch {torch.__version__}{load}\n")
        print("| | plain | now | times |\n|---|---|---|---|", flush=True)

        def told(rows: Iterator[Row], prefix: str = "") -> None:
            for row in rows:
                print(f"| {prefix}{row.cells()} |", flush=True)

        for side in options.sides:
            bench = Bench(side, clock)
            told(bench.drawn(), f"{side}: ")
            told(bench.interventions(options.edit_steps), f"{side}: ")
            told(bench.discoveries(), f"{side}: ")
            told(bench.inversions(options.steps), f"{side}: ")
            del bench
            if device.type == "cuda":
                torch.cuda.empty_cache()
        if options.photo:
            told(jobs(name, options.photo, clock, options.steps))
        if options.photo and options.start:
            row = Row("from a process's start to the first slider", started(options.photo, name))
            print(f"| {row.cells()} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
