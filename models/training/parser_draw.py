"""Faces with labels, drawn by the generator, for the face parser.

    python -m models.training.parser_draw samples GENERATOR --out DIR --count 16 --seed 7
    python -m models.training.parser_draw head GENERATOR LABELS.json --latents DIR --out HEAD
    python -m models.training.parser_draw draw GENERATOR HEAD --out DIR --count 20000 --device cuda

``samples`` draws pictures to be labelled by hand (``parser_label``) with their codes beside them;
``head`` trains ``parser_head`` on them; ``draw`` makes ``DIR/drawn-00000.tar`` and so on, each
with the same number of faces and under 15 MB, and goes on after the last whole part. A part holds
for each face ``NUMBER.jpg``, ``NUMBER.labels.png``, ``NUMBER.person.jpg`` and ``NUMBER.mesh.npy``;
everything is a function of the seed. Faces that the mesh does not find, and the tenth of each part
about which the heads disagree most, are left out.
"""

from __future__ import annotations

import argparse
import io
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from PIL import Image
from safetensors.torch import load, save

from foundation.atomic_files import atomic_write
from models.checkpoints import load_tensors
from models.faces.mesh import FaceMesh, aligned_frame
from models.faces.parser import person_of
from models.faces.person import load_person
from models.fitting.samples import to_pixels
from models.generator import Generator
from models.training.dataset import in_parts
from models.training.parser_data import Example
from models.training.parser_head import GeneratorFeatures, load_head, trained_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from torch import Tensor

    from models.faces.mesh import FoundMesh
    from models.training.parser_head import LabelHead

_PART = 220  # faces of a part, about 12 MB
_LARGEST = 15_000_000
_SUREST = 0.9  # of a part's faces are kept
_LEAST_SCORE = 0.9
_THREADS = 8  # that write files
_TRUNCATIONS = (0.6, 1.0)


def _codes(generator: Generator, count: int, seed: int) -> Tensor:
    """w (count, w_dim) of all sorts of truncation, the same for the same seed."""
    random = torch.Generator().manual_seed(seed)
    z = torch.randn(count, generator.config.z_dim, generator=random)
    share = torch.empty(count, 1).uniform_(*_TRUNCATIONS, generator=random)
    average = generator.mapping.w_avg
    w = generator.mapping(z.to(average.device))
    return average + share.to(average.device) * (w - average)


def draw_samples(generator: Generator, out: Path, count: int, seed: int) -> None:
    """Pictures ``sample_SEED_NUMBER.png`` and ``latents.safetensors`` with their codes."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "latents.safetensors"
    latents = load(path.read_bytes()) if path.is_file() else {}
    with torch.inference_mode():
        for number, w in enumerate(_codes(generator, count, seed)):
            picture = generator.synthesise(generator.styles(generator.broadcast(w[None])))
            name = f"sample_{seed}_{number:03}"
            Image.fromarray(to_pixels(picture)[0]).save(out / f"{name}.png")
            latents[name] = w.cpu()
    atomic_write(path, save({name: w.clone() for name, w in latents.items()}))


class Drawing:
    """Draws labelled faces."""

    def __init__(self, generator: Generator, head: LabelHead, device: torch.device) -> None:
        self._generator, self._head, self._device = generator, head, device
        self._features = GeneratorFeatures(generator)
        self._mesh, self._person = FaceMesh.load(device), load_person(device)

    def faces(self, count: int, seed: int, batch: int = 16) -> list[tuple[Example, float]]:
        """Faces that were found, and how much the heads disagree about each."""
        found: list[tuple[Example, float]] = []
        for w in in_parts(_codes(self._generator, count, seed), batch):
            drawn, maps = self._features.of(w)
            labels, apart = self._head.labels(maps, drawn.shape[-1])
            pictures = to_pixels(drawn)
            doubts: list[float] = apart.cpu().numpy().tolist()
            frames = [aligned_frame(pictures.shape[1])] * len(pictures)
            meshes: list[FoundMesh] = self._mesh.found(list(pictures), frames)
            for picture, label, mesh, doubt in zip(
                pictures, labels.cpu().numpy(), meshes, doubts, strict=True
            ):
                if mesh.score < _LEAST_SCORE:
                    continue
                person = person_of(self._person, picture, self._device)
                found.append((Example(picture, label, mesh.points[:, :2], person), doubt))
        return found


def example_files(example: Example) -> dict[str, bytes]:
    """What a part holds of one face, by suffix."""
    bgr = cv2.cvtColor(example.picture, cv2.COLOR_RGB2BGR)
    mesh = io.BytesIO()
    np.save(mesh, example.mesh.astype(np.float32))
    person = np.rint(example.person * 255).astype(np.uint8)
    return {
        ".jpg": cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 93])[1].tobytes(),
        ".labels.png": cv2.imencode(".png", example.labels)[1].tobytes(),
        ".person.jpg": cv2.imencode(".jpg", person)[1].tobytes(),
        ".mesh.npy": mesh.getvalue(),
    }


def part(examples: Sequence[Example]) -> bytes:
    """A tar of them.

    Raises:
        ValueError: it would have more than 15 MB.
    """
    stream = io.BytesIO()
    with (
        ThreadPoolExecutor(_THREADS) as pool,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for number, files in enumerate(pool.map(example_files, examples)):
            for suffix, content in files.items():
                entry = tarfile.TarInfo(f"{number:05}{suffix}")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    content = stream.getvalue()
    if len(content) > _LARGEST:
        raise ValueError(f"a part of {len(content)} bytes; put fewer faces into one")
    return content


def read_drawn(path: Path) -> list[Example]:
    """The faces of a part.

    Raises:
        ValueError: it is no such file.
    """
    return list(read_named(path).values())


def read_named(path: Path) -> dict[str, Example]:
    """The faces of a part by the names of their entries.

    Raises:
        ValueError: it is no such file.
    """
    files: dict[str, bytes] = {}
    with tarfile.open(path) as archive:
        for entry in archive:
            stream = archive.extractfile(entry)
            if stream is not None:
                files[entry.name] = stream.read()

    def image(name: str, flag: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        if name not in files:
            raise ValueError(f"{path.name} has no {name}")
        return np.asarray(cv2.imdecode(np.frombuffer(files[name], np.uint8), flag), np.uint8)

    examples: dict[str, Example] = {}
    for stem in sorted(name.removesuffix(".jpg") for name in files if name.count(".") == 1):
        mesh = np.load(io.BytesIO(files[f"{stem}.mesh.npy"]), allow_pickle=False)
        person = image(f"{stem}.person.jpg", cv2.IMREAD_GRAYSCALE).astype(np.float32)
        examples[stem] = Example(
            image(f"{stem}.jpg", cv2.IMREAD_COLOR_RGB),
            image(f"{stem}.labels.png", cv2.IMREAD_GRAYSCALE),
            mesh.astype(np.float64),
            person / np.float32(255),
        )
    return examples


def draw_parts(drawing: Drawing, out: Path, count: int, seed: int, size: int) -> None:
    """Draw the parts that are missing, writing one while the next is drawn.

    Args:
        drawing: that draws.
        out: the folder of the parts.
        count: of faces in all, before any are left out.
        seed: of the faces.
        size: faces of a part.
    """
    out.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as beside:
        written: Future[None] | None = None
        for number in range((count + size - 1) // size):
            path = out / f"drawn-{number:05}.tar"
            if path.is_file():
                continue
            began = time.monotonic()
            faces = drawing.faces(size, seed + 1000 * (number + 1))
            faces.sort(key=lambda face: face[1])
            kept = [face for face, _ in faces[: round(_SUREST * len(faces))]]
            if written is not None:
                written.result()
            written = beside.submit(_write, path, kept)
            seconds = time.monotonic() - began
            doubt = float(np.mean([doubt for _, doubt in faces])) if faces else 0.0
            print(f"{path.name}: {len(kept)} faces, {seconds:.1f} s, doubt {doubt:.4f}", flush=True)
        if written is not None:
            written.result()


def _write(path: Path, examples: Sequence[Example]) -> None:
    atomic_write(path, part(examples))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="models.training.parser_draw",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("samples", "head", "draw"))
    parser.add_argument("generator", type=Path)
    parser.add_argument("file", type=Path, nargs="?", help="labels for head, the head for draw")
    parser.add_argument("--latents", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--part", type=int, default=_PART)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_intermixed_args()
    device = torch.device(options.device)
    generator = Generator.of(load_tensors(options.generator, None)[0]).to(device)
    if options.what == "samples":
        draw_samples(generator, options.out, options.count, options.seed)
        return
    if options.file is None:
        parser.error("a file of labels, or the head, is missing")
    features = GeneratorFeatures(generator)
    if options.what == "head":
        w, labels = labelled_samples(options.file, options.latents)

        def told(step: int, loss: float) -> None:
            print(f"step {step}: {loss:.4f}", flush=True)

        head = trained_head(
            features, w.to(device), labels.to(device), options.steps, told, options.seed
        )
        atomic_write(options.out, head.exported())
        return
    head = load_head(options.file.read_bytes(), features.channels).to(device)
    draw_parts(
        Drawing(generator, head, device), options.out, options.count, options.seed, options.part
    )


def labelled_samples(labels: Path, folder: Path) -> tuple[Tensor, Tensor]:
    """Codes (n, w_dim) and label maps uint8 (n, r, r) of the samples in a file of labels.

    Raises:
        ValueError: none of them has a code in the folder's ``latents.safetensors``.
    """
    from models.training.parser_label import read_labels

    latents = load((folder / "latents.safetensors").read_bytes())
    rows = [row for row in read_labels(labels) if Path(row.name).stem in latents]
    if not rows:
        raise ValueError(f"none of {labels.name} is a sample of {folder}")
    w = torch.stack([latents[Path(row.name).stem].float() for row in rows])
    return w, torch.from_numpy(np.stack([row.labels for row in rows]))


if __name__ == "__main__":
    main()
