"""Train a portrait generator: ``python -m models.training.train_generator train --help``.

On several GPUs start it with
``torchrun --nproc-per-node N -m models.training.train_generator train …``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
import torch.distributed as dist
from PIL import Image

from models.generator import Generator
from models.packing import packed
from models.perceptual import load_efficientnet_lite
from models.training import checkpoints, distances, synthesis
from models.training.adversarial import GeneratorTraining
from models.training.dataset import in_parts, read_portraits, really_that_large
from models.training.growing import grow
from models.training.matching import FeatureMatching
from models.training.readout import Readout
from models.training.recipe import Recipe
from models.training.windows import WINDOWS, window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from models.training.dataset import Part, Portraits


def start_from(
    training: GeneratorTraining, generators: Sequence[Path], critics: Mapping[str, Path | None]
) -> list[str]:
    """Begin with exported networks; optimisers start afresh.

    Args:
        training: to begin.
        generators: a generator of the same or a smaller size, and what replaces some of its
            tensors (see ``changes``).
        critics: files of the discriminators and judges by the names they have in a state.

    Returns:
        names of the discriminators and judges that had none and know nothing yet.
    """
    tensors: dict[str, Tensor] = {}
    for path in generators:
        more, metadata = checkpoints.read_tensors(path)
        tensors |= more
        training.images = int(float(metadata.get("training_images_seen_k", "0")) * 1000)
    grow(training.generator, tensors)
    training.average.load_state_dict(training.generator.state_dict())
    modules = training.modules()
    untaught: list[str] = []
    for name, path in critics.items():
        if name in modules and path is None:
            untaught.append(name)
        elif name in modules and path is not None:
            tensors, _ = checkpoints.read_tensors(path)
            modules[name].load_state_dict({k: v.float() for k, v in tensors.items()})
    return untaught


def export(training: GeneratorTraining, folder: Path) -> list[Path]:
    """Write the running average, discriminators and judges as float16 safetensors."""
    r = training.recipe
    about = {
        "architecture": "stylegan2",
        "layout": "stylegan2-ada-pytorch",
        "resolution": str(r.resolution),
        "channel_base": str(r.channel_base),
        "channel_max": str(r.channel_max),
        "channel_least": str(r.channel_least),
        "z_dim": str(r.z_dim),
        "w_dim": str(r.w_dim),
        "mapping_layers": str(r.mapping_layers),
        "mapping_lr_multiplier": "0.01",
        "conv_clamp": "none",
        "resample_filter": "1,3,3,1",
        "training_images_seen_k": f"{training.images / 1000:.3f}",
        "augment_probability": f"{training.augmentation.probability.item():.3f}",
    }
    files: list[Path] = []
    for name in ("average", "discriminator", "patch_discriminator", "judges"):
        module = training.modules().get(name)
        if module is not None:
            files.append(folder / f"{'generator' if name == 'average' else name}.safetensors")
            checkpoints.write_tensors(files[-1], checkpoints.halved(module.state_dict()), about)
    return files


@torch.no_grad()
def sample_sheet(
    generator: Generator, path: Path, truncation: float, rows: int = 5, columns: int = 8
) -> None:
    """Write a grid of a generator's pictures of always the same latents, as JPEG."""
    device = generator.mapping.w_avg.device
    fixed = torch.Generator().manual_seed(1)
    z = torch.randn(rows * columns, generator.config.z_dim, generator=fixed).to(device)
    ws = generator.broadcast(generator.mapping(z, truncation))
    x = torch.cat(
        [synthesis.images(generator, part, noise="const").cpu() for part in in_parts(ws, 8)]
    )
    _, c, h, w = x.shape
    x = x.view(rows, columns, c, h, w).permute(0, 3, 1, 4, 2).reshape(rows * h, columns * w, c)
    pixels = (x.clamp(-1, 1) * 127.5 + 127.5).round().byte().numpy()
    Image.fromarray(pixels).save(path, quality=92)


def fitted_readout(samples: Path) -> Readout:
    """A readout of what feature matching describes, fitted to files of ``sample_faces``."""
    matching = FeatureMatching(load_efficientnet_lite(head=True), with_layout=True)
    widths = [*matching.widths, *matching.layout]
    return Readout.fitted(
        samples, lambda x: matching.described(x, torch.float32).split_with_sizes(widths, 1)
    )


class _Progress:
    """How near the running average has come, told with every save: Lite2, fewer samples."""

    def __init__(self, arguments: argparse.Namespace, recipe: Recipe, device: torch.device) -> None:
        self.samples: int = arguments.measure
        self.device, self.side = device, recipe.whole_side
        self.network = load_efficientnet_lite(2, head=True).to(device)

        def some(pixels: Tensor) -> Tensor:
            spread = pixels[:: max(1, len(pixels) // 256)]
            return spread[: min(256, len(spread) // 8 * 8)].to(device)

        def seen(pixels: Tensor) -> Tensor:
            pictures = (x.to(device).float() / 127.5 - 1 for x in in_parts(pixels, 32))
            return distances.described(self.network, pictures)

        self._shown: dict[str, Tensor] = {}
        self._shown_fine: dict[str, Tensor] = {}
        self.real: dict[str, Tensor] = {}
        self.cut_out: dict[str, Tensor] = {}
        parts: tuple[Part, Part] = ("training", "held-out")
        for part in parts:
            pixels = read_whole(arguments, recipe, part).pixels
            self._shown[part], self.real[part] = some(pixels), seen(pixels)
            fine = read_fine(arguments, recipe, part)
            if fine is not None:
                self._shown_fine[part] = some(fine.pixels)
            if fine is not None and part == "held-out":
                self.cut_out = {name: seen(window(fine.pixels, name)) for name in WINDOWS}

    def line(self, training: GeneratorTraining) -> str:
        """Kernel distances × 10³, precision and recall of the average as it would be stored."""
        whole, *parts = distances.seen_at(
            self.network,
            distances.samples(training.average, self.samples, self.device),
            self.side,
            lambda x: [window(x, name) for name in self.cut_out],
        )
        near = [1000 * distances.kernel_distance(whole, real) for real in self.real.values()]
        precision, recall = distances.precision_and_recall(self.real["training"], whole)
        cut_out = "".join(
            f" {name} {1000 * distances.kernel_distance(made, real):.2f}"
            for made, (name, real) in zip(parts, self.cut_out.items(), strict=True)
        )
        known = " ".join(
            f"{name} {seen['training']:.2f}/{seen['held-out']:.2f}"
            for name, seen in training.certainties(self._shown, self._shown_fine).items()
        )
        return (
            f"{self.samples} samples: KID training {near[0]:.2f} held-out {near[1]:.2f} "
            f"precision {precision:.3f} recall {recall:.3f}{cut_out}; "
            f"certainty of training/held-out: {known}"
        )


def _weighed(portraits: Portraits, arguments: argparse.Namespace) -> Portraits:
    weights: dict[str, float] = {}
    if arguments.weights:
        weights = json.loads(arguments.weights.read_text())
    weights |= dict(arguments.source_weights)
    return portraits.weighed(weights) if weights else portraits


def read_whole(arguments: argparse.Namespace, recipe: Recipe, part: Part) -> Portraits:
    """All pictures of the command line, at the side at which whole faces are judged."""
    left_out = arguments.leave_out.read_text().split() if arguments.leave_out else ()
    places = [*arguments.data, *arguments.fine]
    portraits = read_portraits(places, recipe.whole_side, part, arguments.drop_sources, left_out)
    return _weighed(portraits, arguments)


def read_fine(arguments: argparse.Namespace, recipe: Recipe, part: Part) -> Portraits | None:
    """Those that really have the full size; None where none were named."""
    if not arguments.fine:
        return None
    only = None
    if arguments.manifest:
        only = really_that_large(arguments.manifest, arguments.least_scale)
    portraits = read_portraits(
        arguments.fine, recipe.resolution, part, arguments.drop_sources, only=only
    )
    return _weighed(portraits, arguments)


def _device() -> torch.device:
    """This process's own GPU of those that it sees, where there are any.

    A process that sees only its own (``CUDA_VISIBLE_DEVICES=$LOCAL_RANK``) calls it ``cuda:0``, as
    a run on one GPU does, and so finds what that run has compiled.
    """
    if not torch.cuda.is_available():
        return torch.device("cpu")
    number = int(os.environ.get("LOCAL_RANK", "0"))
    return torch.device("cuda", number % torch.cuda.device_count())


def _agreed(images: float, device: torch.device) -> int:
    """The first process's number, in all of them."""
    number = torch.tensor(int(images), device=device)
    if dist.is_initialized():
        dist.broadcast(number, 0)
    return int(number.item())


def train(arguments: argparse.Namespace, recipe: Recipe) -> GeneratorTraining:
    """Run, or go on with, a training; writes ``state.safetensors``, exports, sheets and a log."""
    start = time.monotonic()
    if "WORLD_SIZE" in os.environ and not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    rank = dist.get_rank() if dist.is_initialized() else 0
    device = _device()
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    folder = Path(arguments.out)
    folder.mkdir(parents=True, exist_ok=True)
    if rank == 0:
        for unfinished in folder.glob(".*.safetensors.*"):  # of a run killed while it saved
            unfinished.unlink()
    if (recipe.patch or recipe.window_weight) and not arguments.fine:
        raise ValueError("--patch and --window-weight need --fine: pictures of the full size")
    portraits, fine = (read(arguments, recipe, "training") for read in (read_whole, read_fine))
    portraits = cast("Portraits", portraits)
    readout = Readout.read(arguments.readout) if arguments.readout else None
    training = GeneratorTraining(
        recipe, device, arguments.compile, len((fine or portraits).names), readout
    )
    state = folder / "state.safetensors"
    untaught: list[str] = []
    if state.exists() or list(folder.glob("state.safetensors.*of*")):
        training.load(checkpoints.available(state, state))
    elif arguments.generator:
        critics = {
            "discriminator": arguments.discriminator,
            "patch_discriminator": arguments.patch_discriminator,
            "judges": arguments.judges,
        }

        def begun(path: Path) -> Path:
            return checkpoints.available(path, folder / f"begun-{rank}-{path.name}")

        untaught = start_from(
            training,
            [begun(path) for path in arguments.generator],
            {name: path and begun(path) for name, path in critics.items()},
        )
    if device.type == "cuda":
        held = portraits.pixels.numel() + (fine.pixels.numel() if fine else 0)
        if held < torch.cuda.get_device_properties(device).total_memory // 4:
            portraits, fine = portraits.to(device), fine and fine.to(device)
    training.begin(portraits, fine)
    if training.processes > 1 or training.steps == 0:
        torch.manual_seed(recipe.seed * 1_000_003 + training.images * training.processes + rank)

    def report(line: str) -> None:
        if rank == 0:
            print(line, flush=True)
            with (folder / "log.txt").open("a") as log:
                log.write(f"{line}\n")

    def keep() -> None:
        if rank == 0:
            export(training, folder)  # first: it refuses weights that have diverged
            training.save(state)
            if arguments.history:
                kept = folder / f"generator-{training.images // 1000:05d}.safetensors"
                shutil.copyfile(folder / "generator.safetensors", kept)
            if progress is not None:
                report(f"# kimg {training.images / 1000:.1f}, {progress.line(training)}")
            for truncation in (0.7, 1.0):
                name = f"sheet-{truncation}-{training.images // 1000:05d}.jpg"
                sample_sheet(training.average, folder / name, truncation)

    report(f"# {json.dumps(asdict(recipe))}")
    at_full = f" ({len(fine.names)} at {recipe.resolution})" if fine else ""
    report(
        f"# {len(portraits.names)} portraits{at_full}, {training.processes} × {device}, "
        f"from {training.images} images"
    )
    if untaught:
        # they need tens of thousands of pictures before they tell anything: leg 512-1 forgot them
        report(f"# knowing nothing yet: {', '.join(untaught)}")
    progress = _Progress(arguments, recipe, device) if arguments.measure and rank == 0 else None
    if progress is not None:
        report(f"# at the start, {progress.line(training)}")
    logged, shown, first = time.monotonic(), training.images, training.steps
    while training.images < training.until:
        losses = training.step(portraits, fine)
        done = training.steps - first
        if done in (1, 10, 50) or done % arguments.log_every == 0:
            text = " ".join(f"{name} {value.item():.3f}" for name, value in losses.items())
            now = time.monotonic()
            speed = (training.images - shown) / (now - logged)
            logged, shown = now, training.images
            if arguments.minutes and done >= 50:
                left = max(0.0, arguments.minutes * 60 - (now - start)) * speed
                training.until = _agreed(min(recipe.kimg * 1000, training.images + left), device)
            report(
                f"kimg {training.images / 1000:.1f} of {training.until / 1000:.0f} {text} "
                f"certainty {training.augmentation.certainty.item():.2f} "
                f"p {training.augmentation.probability.item():.3f} "
                f"{speed:.0f} img/s {(now - start) / 60:.1f} min"
            )
        if training.steps % arguments.save_every == 0:
            keep()
            report(f"# kept at kimg {training.images / 1000:.1f}")
    keep()
    report(f"# done, {(time.monotonic() - start) / 60:.1f} min")
    return training


def _weight(words: str) -> tuple[str, float]:
    source, _, weight = words.partition("=")
    return source, float(weight)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("train", help="train, or go on where the folder's state is")
    run.add_argument(
        "--data", type=Path, nargs="*", default=[], help="folders or tars of aligned portraits"
    )
    run.add_argument(
        "--fine", type=Path, nargs="*", default=[], help="those whose pictures have the full size"
    )
    run.add_argument(
        "--manifest", type=Path, nargs="*", default=[], help="of --fine, for --least-scale"
    )
    run.add_argument(
        "--least-scale", type=float, default=0.9, help="photo pixels for each pixel at full size"
    )
    run.add_argument("--leave-out", type=Path, help="file of names to leave out of whole faces")
    run.add_argument("--weights", type=Path, help="JSON: what pictures or sources count, by name")
    run.add_argument(
        "--source-weights", type=_weight, nargs="*", default=[], metavar="SOURCE=WEIGHT"
    )
    run.add_argument(
        "--out", type=Path, required=True, help="folder for state, exports, sheets, log"
    )
    run.add_argument(
        "--generator", type=Path, nargs="+", help="exported generator to begin with, and changes"
    )
    run.add_argument("--discriminator", type=Path, help="its discriminator")
    run.add_argument("--patch-discriminator", type=Path, help="its discriminator of patches")
    run.add_argument("--judges", type=Path, help="its feature judges")
    run.add_argument("--readout", type=Path, help="for --attribute-weight; see below")
    run.add_argument("--drop-sources", type=lambda s: s.split(","), default=[], metavar="A,B")
    run.add_argument("--minutes", type=float, default=0, help="stop about then; 0 goes by --kimg")
    run.add_argument(
        "--compile", action=argparse.BooleanOptionalAction, default=torch.cuda.is_available()
    )
    run.add_argument("--save-every", type=int, default=2000, metavar="STEPS")
    run.add_argument(
        "--history", action="store_true", help="keep each save's generator under its number too"
    )
    run.add_argument(
        "--measure", type=int, default=0, metavar="SAMPLES", help="tell KID and recall at each save"
    )
    run.add_argument("--log-every", type=int, default=200, metavar="STEPS")
    for field in fields(Recipe):
        flag = f"--{field.name.replace('_', '-')}"
        if field.type == "bool":
            run.add_argument(flag, action=argparse.BooleanOptionalAction, default=field.default)
        else:
            kind = {"int": int, "float": float}[str(field.type)]
            run.add_argument(flag, type=kind, default=field.default)
    cut = commands.add_parser("split", help="cut a file into parts of 15 MB")
    cut.add_argument("file", type=Path)
    cut.add_argument("folder", type=Path)
    put = commands.add_parser("join", help="put parts together again")
    put.add_argument("parts", type=Path, nargs="+")
    put.add_argument("target", type=Path)
    pack = commands.add_parser("pack", help="write an encoder's or readout's matrices in 8 bits")
    pack.add_argument("file", type=Path)
    pack.add_argument("target", type=Path)
    half = commands.add_parser("export", help="write a state's running average as float16")
    half.add_argument("state", type=Path)
    half.add_argument("target", type=Path)
    less = commands.add_parser("changes", help="write where a generator differs from another")
    more = commands.add_parser("merge", help="write a generator with such changes")
    for command, what in ((less, "generator"), (more, "changes")):
        command.add_argument("base", type=Path)
        command.add_argument(what, type=Path)
        command.add_argument("target", type=Path)
    read = commands.add_parser("readout", help="fit what --attribute-weight needs to samples")
    read.add_argument("samples", type=Path, help="of sample_faces, and semantic")
    read.add_argument("target", type=Path)
    sheet = commands.add_parser("sheet", help="draw 100 samples, none chosen, as one JPEG")
    sheet.add_argument("generator", type=Path, help="exported generator")
    sheet.add_argument("target", type=Path)
    sheet.add_argument("--truncation", type=float, default=0.7)
    return parser


def main(words: Sequence[str] | None = None) -> None:
    """Entry point."""
    arguments = _arguments().parse_args(words)
    if arguments.command == "split":
        checkpoints.split(arguments.file, arguments.folder)
    elif arguments.command == "join":
        checkpoints.join(arguments.parts, arguments.target)
    elif arguments.command == "pack":
        tensors, metadata = checkpoints.read_tensors(arguments.file)
        checkpoints.write_tensors(arguments.target, packed(tensors), metadata)
    elif arguments.command == "export":
        tensors, metadata = checkpoints.read_tensors(arguments.state, "average.")
        about = {"training_images_seen_k": f"{int(metadata['images']) / 1000:.3f}"}
        checkpoints.write_tensors(arguments.target, checkpoints.halved(tensors), about)
    elif arguments.command == "changes":
        base, _ = checkpoints.read_tensors(arguments.base)
        tensors, metadata = checkpoints.read_tensors(arguments.generator)
        changed = {
            name: tensor
            for name, tensor in tensors.items()
            if name not in base or not torch.equal(base[name], tensor)
        }
        checkpoints.write_tensors(arguments.target, changed, metadata)
    elif arguments.command == "merge":
        base, _ = checkpoints.read_tensors(arguments.base)
        changed, metadata = checkpoints.read_tensors(arguments.changes)
        checkpoints.write_tensors(arguments.target, base | changed, metadata)
    elif arguments.command == "readout":
        fitted_readout(arguments.samples).write(arguments.target)
    elif arguments.command == "sheet":
        generator = Generator.of(checkpoints.read_tensors(arguments.generator)[0])
        sample_sheet(generator, arguments.target, arguments.truncation, 10, 10)
    else:
        chosen = {field.name: getattr(arguments, field.name) for field in fields(Recipe)}
        train(arguments, Recipe(**chosen))
        if dist.is_initialized():
            dist.destroy_process_group()


if __name__ == "__main__":
    main()
