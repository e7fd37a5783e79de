"""Peak memory and seconds of opening, inverting, editing, exporting and checking a large photo.

    python -m tests.benchmarks.large_photos MEGAPIXELS [--sixteen] [--tiff] [--steps N]

The sample portrait with noise, enlarged to a square JPEG (16-bit PNG with ``--sixteen``, 16-bit
TIFF, to TIFF, with ``--tiff``), its inversion, and two edits, of the smile and of the
lips, on the CPU; N steps each, of an edit 30 at most.
Each row tells the seconds of a step and the process's highest resident memory in it, over what was
resident before the photo was opened and over the decoded photo itself. Linux only.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import numpy as np

import resources
from editor.document.face import DetectedFace
from editor.document.face_regions import preset
from editor.document.goals import Dials, Goal
from editor.document.history import Portrait
from editor.document.photo import Photo, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from editor.engine.engine import Engine
from editor.engine.jobs import Export, Intervene, Invert, OpenPhoto
from tests.benchmarks.jobs import result

if TYPE_CHECKING:
    from collections.abc import Callable

    from editor.document.history import Inversion
    from editor.document.photo import Pixels
    from editor.engine.jobs import Intervention, OpenedPhoto

T = TypeVar("T")


def _resident(name: str) -> float:
    """VmRSS or VmHWM of this process, megabytes."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1000 if found else float("nan")


def _enlarged(side: int, dtype: type[np.uint8 | np.uint16], path: Path) -> None:
    """The sample with pixel noise, (side, side), as a file; made band by band."""
    sample = open_photo(Path(resources.path("sample-portrait.jpg"))).pixels
    large = np.asarray(cv2.resize(sample, (side, side), interpolation=cv2.INTER_CUBIC))
    pixels: Pixels = np.empty(large.shape, dtype)
    rng, top = np.random.default_rng(0), np.iinfo(dtype).max
    for y in range(0, side, 256):
        band = large[y : y + 256] / 255
        band += rng.standard_normal(band.shape, np.float32) * 0.008
        pixels[y : y + 256] = np.rint(np.clip(band, 0, 1) * top)
    save_photo(Photo(pixels), pixels, path, ExportOptions())


def _edited(engine: Engine, photo: Photo, portrait: Portrait, steps: int) -> Portrait:
    """With a smile and redder lips, in their default regions."""
    for attribute, where in (("smile", "smile"), ("lip_redness", "lips")):
        region = preset(where, portrait.landmarks, photo.width, photo.height)
        feather = DetectedFace.at(portrait.crop.landmarks, "project").default_feather
        job = Intervene(
            photo,
            (portrait,),
            0,
            region.feathered(feather),
            (Goal(attribute, 60),),
            Dials(steps=steps),
        )
        done = cast("Intervention", result(engine, job))
        portrait = portrait.with_history(portrait.history.push(done.edit))
    return portrait


def main() -> None:
    """Print the table of one size."""
    parser = argparse.ArgumentParser(description="Memory and time of large photographs.")
    parser.add_argument("megapixels", type=float)
    parser.add_argument("--sixteen", action="store_true", help="a 16-bit PNG")
    parser.add_argument("--tiff", action="store_true", help="a 16-bit TIFF, exported as TIFF")
    parser.add_argument("--steps", type=int, default=200, help="of inversion and edits")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.sixteen |= options.tiff
    if options.make:  # in a process of its own: its memory must not hide the editor's
        side = round((options.megapixels * 1e6) ** 0.5)
        _enlarged(side, np.uint16 if options.sixteen else np.uint8, options.make)
        return
    with tempfile.TemporaryDirectory() as folder:
        suffix = ".tif" if options.tiff else ".png" if options.sixteen else ".jpg"
        source = Path(folder) / f"photo{suffix}"
        out = Path(folder) / ("out.tif" if options.tiff else "out.png")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.benchmarks.large_photos",
                *sys.argv[1:],
                "--make",
                source,
            ],
            check=True,
        )
        engine = Engine.create("cpu")
        small = Path(resources.path("sample-portrait.jpg"))
        result(engine, OpenPhoto(small))  # detectors and such are loaded
        list(engine.warm_up())
        before = _resident("VmRSS")
        decoded = options.megapixels * (6 if options.sixteen else 3)
        print(f"{options.megapixels:g} megapixels, decoded {decoded:.0f} MB; peak over that, s")

        def step(name: str, work: Callable[[], T]) -> T:
            Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
            began = time.monotonic()
            done = work()
            seconds, peak = time.monotonic() - began, _resident("VmHWM") - before - decoded
            print(f"{name:20} {peak:6.0f} MB {seconds:7.1f} s", flush=True)
            return done

        opened = cast("OpenedPhoto", step("open", lambda: result(engine, OpenPhoto(source))))
        photo, crop = opened.photo, engine.crop_of(opened.faces[0])
        invert = Invert(photo, crop, options.steps)
        inversion = step("invert", lambda: result(engine, invert))
        inverted = Portrait.of(crop, cast("Inversion", inversion))
        portrait = step(
            "two edits", lambda: _edited(engine, photo, inverted, min(30, options.steps))
        )
        for edit in portrait.history.edits:
            print(f"  {edit.label}: {edit.region.bounds}")
        job = Export(photo, (portrait,), out, ExportOptions())
        exported = step("export and check", lambda: result(engine, job))
        print(exported)


if __name__ == "__main__":
    main()
