"""Damaged and hostile photos of every format, opened in a child process with limits.

    python -m tests.hostile.fuzz_photos [--count 7000] [--seed 0] [--jobs 1]

Each photo is made from its number alone: a sound file of some format with bytes, fields, lengths or
whole parts changed, or one of those that are built to cost time or memory. A child opens it, makes
the pyramid, and saves every tenth that opens. The parent counts how each of them ended, and kills
a child that takes longer than the limit for one photo. Linux only.

Good ends are: opened, refused as damaged, refused by name. Bad ends, with exit status 1: any other
exception, a crash, more than 10 seconds, more memory than twice what the largest sound file takes.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import select
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import imagecodecs
import numpy as np

from editor.document.photo import PhotoError, decode_photo, make_pyramid, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from tests import photo_files as files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 10.0
MEGABYTES = 400
"""Over what the child takes at rest: twice the largest sound file here, 12 megapixels of TIFF."""
ADDRESSES = 8 << 30
GOOD = ("opened", "damaged", "named")


@cache
def sound() -> list[tuple[str, bytes]]:
    """A few files of each format."""
    picture = files.picture()
    rgb8, rgb16 = files.levels(picture, 8), files.levels(picture, 16)
    rgba = np.dstack([rgb16, files.levels(files.shape(), 16)])
    tiff = {"photometric": "rgb"}
    made = [
        ("jpeg", files.described_jpeg(rgb8, 6, icc_profile=files.SRGB)),
        ("jpeg", files.jpeg_of(rgb8, progressive=True)),
        ("jpeg", files.jpeg_of(files.ink(8), mode="CMYK")),
        ("jpeg", bytes(imagecodecs.jpeg8_encode(files.levels(picture, 12), 95, bitspersample=12))),
        ("png", files.described_png(rgb16, 6, files.iccp(files.SRGB))),
        ("png", files.described_png(rgb8, 1, files.png_colours("pq")[0], late=True)),
        ("png", files.described_png(rgba, 1, files.png_colours("primaries")[0])),
        ("png", files.pillow(rgb8, "PNG", icc_profile=files.SRGB)),
        ("tiff", files.described_tiff(rgb16, 6, compression="lzw", predictor=True, **tiff)),
        ("tiff", files.described_tiff(rgb8, 1, compression="deflate", iccprofile=files.SRGB,
                                      **tiff)),
        ("tiff", files.tiff_of(np.moveaxis(rgb16, -1, 0), planarconfig="separate", tile=(16, 16),
                               compression="zstd", **tiff)),
        ("tiff", files.tiff_of(rgba, extrasamples=["assocalpha"], bigtiff=True, **tiff)),
        ("tiff", files.tiff_of(files.lab(8), photometric="cielab", compression="packbits")),
        ("tiff", files.tiff_of(files.ink(16), photometric="separated", byteorder=">")),
        ("tiff", files.tiff_of(files.light().astype(np.float32), compression="deflate",
                               predictor=True, **tiff)),
        ("tiff", files.tiff_of(rgb8, compression="jpeg", **tiff)),
        ("webp", files.pillow(rgb8, "WEBP", lossless=True, exif=files.exif(6), xmp=files.XMP)),
        ("webp", files.pillow(rgb8, "WEBP", icc_profile=files.SRGB)),
        ("avif", files.pillow(rgb8, "AVIF", exif=files.exif(6), xmp=files.XMP)),
        ("avif", bytes(imagecodecs.avif_encode(files.levels(picture, 10), bitspersample=10))),
        ("jxl", bytes(imagecodecs.jpegxl_encode(rgb8, lossless=True, usecontainer=True))),
        ("jxl", bytes(imagecodecs.jpegxl_encode(rgb16, distance=1.0))),
        ("psd", files.psd_of(np.moveaxis(rgb8, -1, 0), 3, resources=files.RESOURCES, packed=True)),
        ("psd", files.psd_of(np.moveaxis(files.ink(16), -1, 0), 4)),
        ("raw", files.dng_of("Canon")),
        ("raw", files.dng_of("Apple", linear=True)),
    ]  # fmt: skip
    try:
        import pillow_heif
    except ImportError:
        return made
    heif: Any = pillow_heif.from_bytes("RGB", (files.W, files.H), rgb8.tobytes())
    heif.info["exif"], heif.info["xmp"] = files.exif(), files.XMP
    buffer = io.BytesIO()
    heif.save(buffer)
    return [*made, ("heif", buffer.getvalue())]


def damaged(seed: int) -> tuple[str, bytes]:
    """A sound file with something changed."""
    rng = np.random.default_rng(seed)
    kind, data = sound()[seed % len(sound())]
    broken = bytearray(data)
    head = min(len(broken), 2000)
    for _ in range(int(rng.integers(1, 8))):
        at = int(rng.integers(0, head if rng.random() < 0.7 else len(broken)))
        match int(rng.integers(0, 7)):
            case 0:
                broken[at] = int(rng.integers(256))
            case 1:
                broken[at] ^= 1 << int(rng.integers(8))
            case 2:  # an extreme number in a field
                form = str(rng.choice(["<I", ">I", "<H", ">H"]))
                most = 0xFFFFFFFF if form[1] == "I" else 0xFFFF
                value = int(rng.choice([0, 1, most, most >> 1, most >> 8, len(broken), 60_000]))
                if at + struct.calcsize(form) <= len(broken):
                    struct.pack_into(form, broken, at, value & most)
            case 3:
                del broken[at : at + int(rng.integers(1, 64))]
            case 4:
                broken[at:at] = rng.bytes(int(rng.integers(1, 64)))
            case 5:  # a part stands twice
                length = int(rng.integers(1, 400))
                broken[at:at] = broken[at : at + length]
            case _:
                length = int(rng.integers(1, 200))
                broken[at : at + length] = bytes(len(broken[at : at + length]))
        head = min(head, len(broken))
        if head < 20:
            break
    if rng.random() < 0.15:
        del broken[int(rng.integers(1, max(2, len(broken)))) :]
    if kind == "png" and rng.random() < 0.7:
        broken = bytearray(_with_sums(bytes(broken)))
    return kind, bytes(broken)


def _with_sums(png: bytes) -> bytes:
    """With right checksums, so that the damage is not found by them."""
    out, at = png[:8], 8
    while at + 12 <= len(png):
        size, tag = struct.unpack_from(">I4s", png, at)
        if at + 12 + size > len(png):
            break
        out += files.chunk(tag, png[at + 8 : at + 8 + size])
        at += 12 + size
    return out + png[at:]


def profiles(seed: int) -> tuple[str, bytes]:
    """A sound picture with a damaged profile; it must open."""
    rng = np.random.default_rng(seed)
    from editor.document import profiles as made

    whole = [files.SRGB, made.adobe_rgb(), made.prophoto()]
    icc = bytearray(whole[seed % len(whole)])
    for _ in range(int(rng.integers(1, 12))):
        icc[int(rng.integers(0, len(icc)))] = int(rng.integers(256))
    if rng.random() < 0.2:
        del icc[int(rng.integers(1, len(icc))) :]
    rgb = files.levels(files.picture(), 8 if seed % 2 else 16)
    ways: list[Callable[[], bytes]] = [
        lambda: files.png_of(rgb, files.iccp(bytes(icc))),
        lambda: files.tiff_of(rgb, photometric="rgb", iccprofile=bytes(icc)),
        lambda: files.jpeg_of(files.levels(files.picture(), 8), icc_profile=bytes(icc)),
    ]
    return "profile", ways[seed % 3]()


# ------------------------------------------------------------------ built to cost time or memory


def hostile() -> list[tuple[str, Callable[[Path], Path]]]:
    """Names, and what makes a path from a folder."""

    def file(data: Callable[[], bytes], name: str = "photo") -> Callable[[Path], Path]:
        def make(folder: Path) -> Path:
            path = folder / name
            path.write_bytes(data())
            return path

        return make

    def fifo(folder: Path) -> Path:
        os.mkfifo(folder / "pipe.jpg")
        return folder / "pipe.jpg"

    def sparse(head: bytes, size: int) -> Callable[[Path], Path]:
        def make(folder: Path) -> Path:
            path = folder / "sparse.jpg"
            with path.open("wb") as stream:
                stream.write(head)
                stream.truncate(size)
            return path

        return make

    rgb = files.levels(files.picture(), 8)
    tiff = files.tiff_of(rgb, photometric="rgb")
    return [
        ("pipe", fifo),
        ("/dev/zero", lambda _: Path("/dev/zero")),
        ("/dev/null", lambda _: Path("/dev/null")),
        ("folder", lambda folder: folder),
        ("name of 300 bytes", lambda folder: folder / ("x" * 300)),
        ("name with a zero", lambda folder: folder / "a\0b"),
        ("sparse terabyte", sparse(b"\xff\xd8\xff\xe0", 1 << 40)),
        ("sparse TIFF", sparse(tiff, 3 << 30)),
        ("sparse PNG", sparse(files.png_of(rgb)[:60], 200 << 20)),
        ("JPEG of 3,000 scans", file(lambda: many_scans(3000))),
        ("TIFF with 300 samples", file(lambda: files.tiff_of(
            np.zeros((640, 540, 300), np.uint16), photometric="minisblack", planarconfig="contig",
            compression="deflate"))),
        ("TIFF with tiles of 0", file(lambda: _changed(files.tiff_of(rgb, photometric="rgb",
                                                                     tile=(16, 16)), 322, 0))),
        ("TIFF with tiles of 60,000", file(lambda: _changed(files.tiff_of(
            rgb, photometric="rgb", tile=(16, 16)), 322, 60_000))),
        ("TIFF of 60,000 rows", file(lambda: _changed(tiff, 257, 60_000))),
        ("TIFF of 0 rows", file(lambda: _changed(tiff, 257, 0))),
        ("TIFF in a circle", file(lambda: circle(tiff))),
        ("TIFF deflate bomb", file(deflated_tiff)),
        ("PNG bomb", file(lambda: png_bomb(6_000, 6_000))),
        ("PNG of 4 gigapixels", file(lambda: png_bomb(65_000, 65_000))),
        ("PNG text bomb", file(lambda: files.png_of(rgb, files.chunk(
            b"zTXt", b"x\0\0" + zlib.compress(bytes(64 << 20), 1))))),
        ("PNG profile bomb", file(lambda: files.png_of(rgb, files.chunk(
            b"iCCP", b"x\0\0" + zlib.compress(bytes(64 << 20), 1))))),
        ("XMP of entities", file(lambda: files.with_segments(files.jpeg_of(rgb), files.segment(
            0xE1, b"http://ns.adobe.com/xap/1.0/\0" + LAUGHS)))),
        ("XMP without a bottom", file(lambda: files.png_of(rgb, files.chunk(
            b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<a>" * 500_000)))),
    ]  # fmt: skip


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9)
    ) + b"]><x>&j;</x>"
)  # fmt: skip


def many_scans(count: int) -> bytes:
    """A progressive JPEG that refines itself for hours."""
    y = np.zeros((4000, 4000), np.uint8)
    data = files.pillow(y, "JPEG", progressive=True, quality=50)
    end = data.rfind(b"\xff\xd9")
    at = data.rfind(b"\xff\xda")
    return data[:end] + data[at:end] * count + b"\xff\xd9"


def _changed(tiff: bytes, tag: int, value: int) -> bytes:
    """With another value of a tag of one number in the first directory."""
    out = bytearray(tiff)
    at = struct.unpack_from("<I", out, 4)[0]
    for entry in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", out, at)[0], 12):
        if struct.unpack_from("<H", out, entry)[0] == tag:
            struct.pack_into("<HII", out, entry + 2, 4, 1, value)
    return bytes(out)


def circle(tiff: bytes) -> bytes:
    """A directory whose next one is itself."""
    out = bytearray(tiff)
    at = struct.unpack_from("<I", out, 4)[0]
    count = struct.unpack_from("<H", out, at)[0]
    struct.pack_into("<I", out, at + 2 + 12 * count, at)
    return bytes(out)


def deflated_tiff() -> bytes:
    """A strip that says 3 KB and unpacks to 500 MB."""
    small = files.tiff_of(np.zeros((32, 32, 3), np.uint8), photometric="rgb", compression="deflate")
    packer = zlib.compressobj(1)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(500)) + packer.flush()
    data = _changed(small, 273, len(small))
    return _changed(data, 279, len(bomb)) + bomb


def png_bomb(width: int, height: int) -> bytes:
    """A black PNG of that size, packed a thousand to one."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(min(height, 20_000))) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + files.chunk(b"IHDR", header) + files.chunk(b"IDAT", body)
        + files.chunk(b"IEND", b"")
    )  # fmt: skip


# ------------------------------------------------------------------ child and parent


@dataclass(frozen=True)
class End:
    """How a photo ended."""

    number: int
    kind: str
    outcome: str
    seconds: float = 0.0
    megabytes: float = 0.0
    detail: str = ""


def attempt(number: int, count: int, folder: Path) -> End:
    """Open one photo; hostile ones come after the ``count`` damaged ones."""
    path: Path | None = None
    if number >= count:
        kind, make = hostile()[number - count]
        path, data = make(folder), b""
    else:
        kind, data = (profiles if number % 5 == 4 else damaged)(number)
    before, began, detail = _peak(), time.monotonic(), ""
    try:
        photo = open_photo(path) if path is not None else decode_photo(data, Path(f"x.{kind}"))
        make_pyramid(photo)
        if number % 10 == 0:
            suffix = (".png", ".tif", ".jpg", ".webp", ".avif", ".jxl")[number // 10 % 6]
            save_photo(photo, photo.pixels, folder / f"out{suffix}", ExportOptions())
        outcome = "opened"
    except PhotoError as error:
        outcome = "damaged" if "damaged" in error.title else "named"
        if kind == "profile":  # the picture is sound
            outcome, detail = "sound photo refused", error.title
    except BaseException:  # noqa: BLE001 - counting these is what it is for
        outcome, detail = "exception", traceback.format_exc(limit=-3)
    return End(number, kind, outcome, time.monotonic() - began, _peak() - before, detail)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def child(first: int, last: int, count: int) -> None:
    """Open photos and print a line on each."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    out = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # decoders print warnings
    sound()
    for number in range(first, last):
        print(json.dumps({"begun": number}), file=out, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            end = attempt(number, count, Path(folder))
        print(json.dumps(end.__dict__), file=out, flush=True)


def ends(first: int, last: int, count: int) -> Iterator[End]:
    """How the photos of a range end, in children that are replaced when they die."""
    while first < last:
        command = [sys.executable, "-m", "tests.hostile.fuzz_photos", "--child",
                   str(first), str(last), "--count", str(count)]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        stream = cast("io.TextIOWrapper", process.stdout)
        begun = -1
        while True:
            limit = SECONDS * 12 if begun < 0 else SECONDS * 2
            ready, _, _ = select.select([stream], [], [], limit)
            line = stream.readline() if ready else ""
            if not line:
                process.kill()
                process.wait()
                if begun >= 0:
                    outcome = "crash" if ready else "hang"
                    yield End(begun, "", outcome, detail=f"exit {process.returncode}")
                    first = begun + 1
                elif process.returncode:
                    raise RuntimeError("the child does not start")
                else:
                    first = last
                break
            entry = json.loads(line)
            if "begun" in entry:
                begun = entry["begun"]
                continue
            first, begun = begun + 1, -1
            yield judged(End(**entry))


def judged(end: End) -> End:
    """A good end that took too much is a bad one."""
    if end.outcome in GOOD and end.seconds > SECONDS:
        return End(end.number, end.kind, "slow", end.seconds, end.megabytes)
    if end.outcome in GOOD and end.megabytes > MEGABYTES:
        return End(end.number, end.kind, "memory", end.seconds, end.megabytes)
    return end


def main() -> None:
    """Print counts by outcome, and every bad end with its number."""
    parser = argparse.ArgumentParser(description="Damaged and hostile photos.")
    parser.add_argument("--count", type=int, default=7000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--child", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        first, last = options.child
        child(first, last, options.count)
        return
    last = options.count + len(hostile())
    table: dict[str, Counter[str]] = {}
    slowest, largest, bad = 0.0, 0.0, 0
    for end in ends(options.first, last, options.count):
        table.setdefault(end.kind, Counter())[end.outcome] += 1
        slowest, largest = max(slowest, end.seconds), max(largest, end.megabytes)
        if end.outcome not in GOOD:
            bad += 1
            print(f"{end.number} {end.kind}: {end.outcome} {end.seconds:.1f} s "
                  f"{end.megabytes:.0f} MB {end.detail}", flush=True)  # fmt: skip
    total: Counter[str] = Counter()
    for kind, counts in table.items():
        total += counts
        print(f"{kind:24} " + ", ".join(f"{v} {k}" for k, v in counts.most_common()))
    print(f"{total.total()} photos: " + ", ".join(f"{v} {k}" for k, v in total.most_common()))
    print(f"slowest {slowest:.1f} s, largest growth {largest:.0f} MB, {bad} bad ends")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
