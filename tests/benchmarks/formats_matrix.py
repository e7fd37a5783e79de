"""Every kind of photo file: opened, exported without an edit, and read by another program.

    python -m tests.benchmarks.formats_matrix [--write]

Each cell is a file of one format, depth, colour model, profile, orientation and alpha, written by
other writers than the editor's. Its export is read by OpenCV (PNG), ImageMagick (TIFF), libjpeg
through Pillow, libwebp, avifdec and djxl, and its metadata by ExifTool. A cell is green when the
pixels are the stored ones (or within the bound that is stated) and the metadata is what it was.
``--write`` renews docs/formats.md.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import shutil
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import imagecodecs
import numpy as np
from PIL import Image

from editor.document import profiles
from editor.document.colour import srgb_uint8
from editor.document.photo import PhotoError, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from tests import photo_files as files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Array = NDArray[Any]

ROOT = Path(__file__).parents[2]
TOOLS = ("exiftool", "convert-im6.q16", "avifdec", "djxl")

# Mean difference from the stored values, of 255, that an export at quality 95 may have.
LOSSY = {".jpg": 1.5, ".webp": 2.5, ".avif": 2.0}
# Mean difference of the look from the picture's, of 255, where a colour model is converted.
CONVERTED = 1.0


@dataclass
class Cell:
    """A file and what its export must be.

    Attributes:
        key: format, depth, colour model, profile, orientation, alpha.
        name: of the file.
        data: its bytes.
        stored: what its pixels are, upright, (h, w, 3); None where they are converted.
        suffix: of the export.
        tags: names of ExifTool that the source has and the export must have, unchanged.
        refusal: words of the error with which it is refused; "" if it must open.
    """

    key: tuple[str, str, str, str, str, str]
    name: str
    data: bytes
    stored: Array | None
    suffix: str
    tags: tuple[str, ...] = ()
    refusal: str = ""
    alpha: Array | None = None
    problems: list[str] = field(default_factory=list[str])
    difference: float = 0.0
    grey: bool = False


EXIF_TAGS = ("EXIF:Artist", "EXIF:Copyright", "EXIF:DateTimeOriginal", "EXIF:GPSLatitude",
             "EXIF:ExposureTime", "EXIF:Make")  # fmt: skip
XMP_TAGS = ("XMP:Rating", "XMP:Subject", "XMP:Creator", "XMP:City")
IPTC_TAGS = ("IPTC:Keywords", "IPTC:By-line", "IPTC:City")
ICC_TAGS = ("ICC_Profile:ProfileDescription",)


def cells() -> Iterator[Cell]:
    """All of them."""
    yield from _png()
    yield from _tiff()
    yield from _tiff_packings()
    yield from _jpeg()
    yield from _webp()
    yield from _avif_and_heif()
    yield from _jpeg_xl()
    yield from _photoshop()
    yield from _raw()
    yield from _refused()


def _model(model: str, bits: int) -> Array:
    if model in ("CMYK", "Lab"):
        return files.ink(bits) if model == "CMYK" else files.lab(bits)
    values = files.luma() if model == "grey" else files.picture()
    return files.levels(values, bits)


def _wide(array: Array) -> Array:
    return np.repeat(array[..., None], 3, 2) if array.ndim == 2 else array


def _with_alpha(array: Array, bits: int) -> Array:
    return np.dstack([array, files.levels(files.shape(), bits)])


def grey_profile() -> bytes:
    """A profile of grey with a gamma of 1.8."""
    curve = profiles.gamma_curve(1.8)
    icc = profiles.rgb_profile("Grey gamma 1.8", profiles.SRGB_PRIMARIES, curve)
    tags = {k: v for k, v in profiles.tags_of(icc).items() if k[:1] not in (b"r", b"g", b"b")}
    return profiles.assembled(tags | {b"kTRC": curve}, b"GRAY")


def _profile(name: str, model: str) -> bytes | None:
    if name == "none":
        return None
    return grey_profile() if model == "grey" else profiles.adobe_rgb()


def _png() -> Iterator[Cell]:
    for bits, model, orientation, alpha in itertools.product(
        (8, 16), ("RGB", "grey"), (1, 6), (False, True)
    ):
        for profile in ("none", "ICC", "gamma", "primaries", "p3", "pq", "hlg"):
            if model == "grey" and profile in ("primaries", "p3", "pq", "hlg"):
                continue
            pixels = _model(model, bits)
            colours = b""
            tags = EXIF_TAGS + XMP_TAGS + IPTC_TAGS + ("PNG:Title", "PNG:Author")
            if profile == "ICC":
                colours = files.iccp(_profile(profile, model) or b"")
                tags += ICC_TAGS
            elif profile != "none":
                colours = files.png_colours(profile)[0]
                tags += ("PNG:Gamma",) if profile == "gamma" else ()
                tags += ("PNG:TransferCharacteristics",) if profile in ("p3", "pq", "hlg") else ()
            stored = _with_alpha(pixels, bits) if alpha else pixels
            data = files.described_png(
                files.turned_back(stored, orientation), orientation, colours, late=bits == 16
            )
            yield _cell("PNG", bits, model, profile, orientation, alpha, data, pixels, ".png", tags)


def _cell(
    kind: str,
    bits: int | str,
    model: str,
    profile: str,
    orientation: int | str,
    alpha: bool,
    data: bytes,
    pixels: Array | None,
    suffix: str,
    tags: tuple[str, ...] = (),
    refusal: str = "",
) -> Cell:
    key = (kind, str(bits), model, profile, str(orientation), "alpha" if alpha else "")
    own = "." + kind.split()[0].lower()
    cell = Cell(key, "-".join(part for part in key if part).replace(" ", "_") + own, data,
                None if pixels is None else _wide(pixels), suffix, tags, refusal)  # fmt: skip
    if alpha:
        depth = 16 if pixels is None or pixels.itemsize == 2 else 8
        cell.alpha = files.levels(files.shape(), depth)
    cell.grey = model == "grey"
    return cell


def _tiff() -> Iterator[Cell]:
    models = ("RGB", "grey", "CMYK", "Lab")
    for bits, model, profile, orientation, alpha in itertools.product(
        (8, 16), models, ("none", "ICC"), (1, 8), (False, True)
    ):
        if profile == "ICC" and model in ("CMYK", "Lab"):
            continue
        converted = model in ("CMYK", "Lab")
        pixels = _model(model, bits)
        stored = _with_alpha(pixels, bits) if alpha else pixels
        photometric = {"RGB": "rgb", "grey": "minisblack", "CMYK": "separated", "Lab": "cielab"}
        data = files.described_tiff(
            files.turned_back(stored, orientation),
            orientation,
            photometric=photometric[model],
            planarconfig="contig" if stored.ndim == 3 else None,
            extrasamples=["unassalpha"] if alpha else None,
            compression="lzw" if bits == 16 else "deflate",
            iccprofile=_profile(profile, model),
        )
        tags = ("EXIF:Artist", *XMP_TAGS, *IPTC_TAGS, *(ICC_TAGS if profile == "ICC" else ()))
        kept = None if converted else pixels
        cell = _cell("TIFF", bits, model, profile, orientation, alpha, data, kept, ".tif", tags)
        if alpha:
            deep = 16 if model == "Lab" else bits
            made = files.levels(files.shape(), bits)
            cell.alpha = made.astype(np.uint16) * 257 if deep != bits else made
        yield cell


def _tiff_packings() -> Iterator[Cell]:
    rgb = {bits: files.levels(files.picture(), bits) for bits in (8, 16)}
    planes = np.moveaxis(rgb[16], -1, 0)
    ways: list[tuple[str, Array, dict[str, Any]]] = [
        ("tiles", rgb[16], {"tile": (16, 16)}),
        ("big-endian", rgb[16], {"byteorder": ">"}),
        ("BigTIFF", rgb[16], {"bigtiff": True}),
        ("planes", planes, {"planarconfig": "separate", "compression": "lzw", "predictor": True}),
        ("planes in tiles", planes, {"planarconfig": "separate", "tile": (16, 16)}),
    ]
    ways += [
        (f"{name} {bits}", rgb[bits], {"compression": name, "predictor": True})
        for name in ("lzw", "deflate", "zstd")
        for bits in (8, 16)
    ]
    for name in ("packbits", "lzma", "lerc", "jpegxl", "png"):
        ways.append((name, rgb[8], {"compression": name}))
    for name, array, options in ways:
        given = {"photometric": "rgb", "planarconfig": "contig"} | options
        data = files.tiff_of(array, **given)
        stored = rgb[16] if array.dtype == np.uint16 else rgb[8]
        bits = 8 * array.itemsize
        yield _cell(f"TIFF {name}", bits, "RGB", "none", 1, False, data, stored, ".tif")
    light = files.light()
    for name, dtype in (("half", np.float16), ("float", np.float32), ("double", np.float64)):
        data = files.tiff_of(light.astype(dtype), photometric="rgb")
        yield _cell("TIFF", name, "RGB", "none", 1, False, data, None, ".tif")
        data = files.tiff_of(
            files.picture().astype(dtype), photometric="rgb", iccprofile=files.SRGB
        )
        yield _cell("TIFF", name, "RGB", "ICC", 1, False, data, None, ".tif", ICC_TAGS)
    for bits in (10, 12, 14):
        data = files.tiff_of(files.levels(files.picture(), bits), photometric="rgb",
                             bitspersample=bits)  # fmt: skip
        yield _cell("TIFF", bits, "RGB", "none", 1, False, data, None, ".tif")
    data = files.tiff_of(files.levels(files.picture(), 32), photometric="rgb")
    yield _cell("TIFF", 32, "RGB", "none", 1, False, data, None, ".tif")
    data = files.tiff_of(255 - files.levels(files.luma(), 8), photometric="miniswhite")
    yield _cell("TIFF white is zero", 8, "grey", "none", 1, False, data,
                files.levels(files.luma(), 8), ".tif")  # fmt: skip


def _jpeg() -> Iterator[Cell]:
    for model, profile, orientation in itertools.product(
        ("RGB", "grey"), ("none", "ICC"), range(1, 9)
    ):
        pixels = _model(model, 8)
        icc = _profile(profile, model)
        data = files.described_jpeg(
            files.turned_back(pixels, orientation),
            orientation,
            **({"icc_profile": icc} if icc else {}),
        )
        tags = EXIF_TAGS + XMP_TAGS + IPTC_TAGS + ("File:Comment",)
        tags += ICC_TAGS if icc else ()
        yield _cell("JPEG", 8, model, profile, orientation, False, data, pixels, ".jpg", tags)
    data = files.jpeg_of(files.ink(8), mode="CMYK")
    yield _cell("JPEG", 8, "CMYK", "none", 1, False, data, None, ".tif")
    data = bytes(imagecodecs.jpeg8_encode(files.levels(files.picture(), 12), 98, bitspersample=12))
    yield _cell("JPEG", 12, "RGB", "none", 1, False, data, None, ".tif")
    data = files.with_segments(
        files.jpeg_of(files.levels(files.picture(), 8)),
        files.segment(0xE1, files.exif(adobe_rgb=True)),
    )
    pixels = files.levels(files.picture(), 8)
    yield _cell("JPEG", 8, "RGB", "DCF Adobe RGB", 1, False, data, pixels, ".jpg", EXIF_TAGS)


def _webp() -> Iterator[Cell]:
    for profile, orientation, alpha in itertools.product(("none", "ICC"), (1, 6), (False, True)):
        pixels = files.levels(files.picture(), 8)
        stored = _with_alpha(pixels, 8) if alpha else pixels
        icc = _profile(profile, "RGB")
        data = files.pillow(
            files.turned_back(stored, orientation), "WEBP", lossless=True, exact=True,
            exif=files.exif(orientation), xmp=files.XMP, **({"icc_profile": icc} if icc else {}),
        )  # fmt: skip
        tags = EXIF_TAGS + XMP_TAGS + (ICC_TAGS if icc else ())
        yield _cell("WebP", 8, "RGB", profile, orientation, alpha, data, pixels, ".webp", tags)


def _avif_and_heif() -> Iterator[Cell]:
    for profile, orientation, alpha in itertools.product(("none", "ICC"), (1, 6), (False, True)):
        pixels = files.levels(files.picture(), 8)
        stored = _with_alpha(pixels, 8) if alpha else pixels
        icc = _profile(profile, "RGB")
        data = files.pillow(
            files.turned_back(stored, orientation), "AVIF", quality=100, subsampling="4:4:4",
            exif=files.exif(orientation), xmp=files.XMP, **({"icc_profile": icc} if icc else {}),
        )  # fmt: skip
        tags = EXIF_TAGS + XMP_TAGS + (ICC_TAGS if icc else ())
        yield _cell("AVIF", 8, "RGB", profile, orientation, alpha, data, pixels, ".avif", tags)
    for bits in (10, 12):
        array = files.levels(files.picture(), bits)
        data = bytes(imagecodecs.avif_encode(array, level=100, bitspersample=bits))
        yield _cell("AVIF", bits, "RGB", "none", 1, False, data, None, ".tif")
    try:
        import pillow_heif
    except ImportError:
        return
    for mode, bits in (("RGB", 8), ("RGB;16", 10)):
        array = files.levels(files.picture(), 8 if bits == 8 else 16)
        picture: Any = pillow_heif.from_bytes(mode, (files.W, files.H), array.tobytes())
        picture.info["exif"], picture.info["xmp"] = files.exif(), files.XMP
        buffer = io.BytesIO()
        picture.save(buffer, quality=100, chroma=444)
        tags = EXIF_TAGS + XMP_TAGS
        yield _cell("HEIF", bits, "RGB", "none", 1, False, buffer.getvalue(), None, ".tif", tags)


def _jpeg_xl() -> Iterator[Cell]:
    for model, alpha in itertools.product(("RGB", "grey"), (False, True)):
        pixels = _model(model, 8)
        stored = _with_alpha(pixels, 8) if alpha else pixels
        data = bytes(imagecodecs.jpegxl_encode(stored, lossless=True, usecontainer=True))
        yield _cell("JXL", 8, model, "none", 1, alpha, data, pixels, ".jxl")
    light = files.light()
    data = bytes(imagecodecs.jpegxl_encode(files.levels(light, 16), lossless=True))
    yield _cell("JXL", 16, "RGB", "linear", 1, False, data, None, ".jxl")


def _photoshop() -> Iterator[Cell]:
    for bits, model, alpha, packed in itertools.product(
        (8, 16), ("RGB", "grey", "CMYK"), (False, True), (False, True)
    ):
        if alpha and model != "RGB":
            continue
        pixels = files.ink(bits) if model == "CMYK" else _model(model, bits)
        stored = pixels
        if model == "CMYK":
            stored = np.iinfo(pixels.dtype).max - pixels
        if alpha:  # Photoshop lays the colours over white
            part = files.shape()[..., None]
            stored = _with_alpha(files.levels(files.picture() * part + 1 - part, bits), bits)
        planes = np.moveaxis(stored if stored.ndim == 3 else stored[..., None], -1, 0)
        mode = {"RGB": 3, "grey": 1, "CMYK": 4}[model]
        data = files.psd_of(planes, mode, resources=files.RESOURCES, packed=packed, alpha=alpha)
        kept = None if model == "CMYK" or alpha else pixels
        name = "PSD packed" if packed else "PSD"
        cell = _cell(name, bits, model, "none", 1, alpha, data, kept, ".tif", IPTC_TAGS)
        if alpha:
            cell.alpha = files.levels(files.shape(), bits)
        yield cell


def _raw() -> Iterator[Cell]:
    for make, pattern in (("Canon", b"\0\1\1\2"), ("NIKON", b"\2\1\1\0"), ("SONY", b"\1\0\2\1")):
        data = files.dng_of(make, pattern)
        tags = ("EXIF:Artist", "EXIF:Make")
        yield _cell(f"DNG {make}", 12, "mosaic", "camera", 1, False, data, None, ".tif", tags)
    data = files.dng_of("Apple", linear=True)
    yield _cell("DNG Apple", 12, "linear raw", "camera", 1, False, data, None, ".tif")


def _refused() -> Iterator[Cell]:
    rgb = files.levels(files.picture(), 8)
    four = np.zeros((files.H, files.W, 4), np.float32)
    for name, data, words in (
        ("GIF", files.pillow(rgb, "GIF"), "a GIF"),
        ("BMP", files.pillow(rgb, "BMP"), "a BMP"),
        ("JP2", files.pillow(rgb, "JPEG2000"), "JPEG 2000"),
        ("PPM", files.pillow(rgb, "PPM"), "a PPM"),
        ("TIFF signed", files.tiff_of(rgb.astype(np.int16), photometric="rgb"), "signed"),
        ("TIFF complex", files.tiff_of(rgb.astype(np.complex64), photometric="rgb"), "complex"),
        ("TIFF float CMYK", files.tiff_of(four, photometric="separated"), "CMYK in floats"),
        ("TIFF 70 samples", files.tiff_of(np.zeros((9, 9, 70), np.uint8), photometric="minisblack",
                                          planarconfig="contig"), "70 samples"),
        ("MP4", b"\0\0\0\x18ftypisom" + bytes(64), "a video"),
        ("PDF", b"%PDF-1.7" + bytes(64), "a PDF"),
        ("XCF", b"gimp xcf v011" + bytes(64), "GIMP"),
        ("text", b"Dear diary, " * 8, "no photo"),
    ):  # fmt: skip
        yield _cell(name, "", "", "", "", False, data, None, "", refusal=words)


# ------------------------------------------------------------------ judging


def pixels_of(path: Path) -> Array:
    """The pixels of an exported file, (h, w, n) RGB with alpha, by another program."""
    if path.suffix == ".png":
        array = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
        assert array is not None
        if array.ndim == 3:
            order = [2, 1, 0, 3][: array.shape[2]]
            return array[..., order]
        return array[..., None]
    if path.suffix == ".webp":
        return imagecodecs.webp_decode(path.read_bytes())
    if path.suffix == ".jpg":
        with Image.open(path) as image:
            return np.atleast_3d(np.asarray(image))
    out = path.with_name(path.name + ".out.png")
    if path.suffix == ".tif":
        command = ["convert-im6.q16", f"{path}[0]", "-define", "png:preserve-colormap", "-define",
                   "png:exclude-chunks=gAMA,cHRM", str(out)]  # fmt: skip
    else:
        command = [{".avif": "avifdec", ".jxl": "djxl"}[path.suffix], str(path), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not out.exists():
        raise ValueError(done.stderr.strip()[-200:])
    return pixels_of(out)


def judge(cell: Cell, folder: Path) -> Path | None:
    """Open, export, and compare pixels; the export, or None where the file is refused."""
    source = folder / cell.name
    source.write_bytes(cell.data)
    try:
        photo = open_photo(source)
    except PhotoError as error:
        if not cell.refusal:
            cell.problems.append(f"refused: {error.title}")
        elif cell.refusal not in error.title or "damaged" in error.title:
            cell.problems.append(f"refused with other words: {error.title}")
        return None
    if cell.refusal:
        cell.problems.append("opened")
        return None
    export = folder / f"{cell.name}.export{cell.suffix}"
    options = ExportOptions(quality=100 if cell.suffix == ".jxl" else 95)
    save_photo(photo, photo.pixels, export, options)
    try:
        read = pixels_of(export)
    except ValueError as error:
        cell.problems.append(f"the other program: {error}")
        return export
    top = np.iinfo(photo.pixels.dtype).max
    colours = read[..., :3] if read.shape[2] >= 3 else np.repeat(read[..., :1], 3, 2)
    if colours.dtype != photo.pixels.dtype:
        if colours.dtype == np.uint8 and cell.suffix in LOSSY:
            colours, top = colours.astype(np.uint16), 255
        else:  # ImageMagick and djxl write 8 bits where nothing needs more
            scale = 257 if colours.dtype == np.uint8 else 1 / 257
            colours = np.rint(colours * scale).astype(photo.pixels.dtype)
    if colours.shape != photo.pixels.shape:
        cell.problems.append(f"{colours.shape} instead of {photo.pixels.shape}")
        return export
    bound, pixels = LOSSY.get(cell.suffix, 0.0), photo.pixels
    if cell.suffix == ".jxl" and photo.icc:  # converted to sRGB
        pixels, bound = srgb_uint8(photo.pixels, photo.icc).astype(np.uint16) * 257, 0.5
    difference = float(np.abs(colours.astype(float) - pixels).mean() * 255 / top)
    cell.difference = difference
    if difference > bound:
        cell.problems.append(f"pixels differ by {difference:.3f}")
    if cell.stored is not None:
        own = cell.stored.astype(float) * (255 / np.iinfo(cell.stored.dtype).max)
        mine = photo.pixels.astype(float) * (255 / np.iinfo(photo.pixels.dtype).max)
        lossy = cell.key[0] in ("JPEG", "AVIF")
        if float(np.abs(own - mine).mean()) > (LOSSY[".jpg"] if lossy else 0):
            cell.problems.append("opened with other pixels than were stored")
    elif cell.key[0].startswith("DNG"):
        _judge_raw(cell, srgb_uint8(photo.pixels, photo.icc))
    else:
        look = srgb_uint8(photo.pixels, photo.icc).astype(float)
        cell.difference = float(np.abs(look - files.picture() * 255).mean())
        if cell.difference > CONVERTED:
            cell.problems.append(f"looks {cell.difference:.2f} off")
    if cell.alpha is not None:
        own = None if photo.alpha is None else photo.alpha
        if own is None or (own != cell.alpha).any():
            cell.problems.append("another alpha was opened")
        elif read.shape[2] not in (2, 4):
            cell.problems.append("the alpha is gone")
    return export


def _judge_raw(cell: Cell, look: Array) -> None:
    small = np.asarray(cv2.resize(look, (files.W, files.H), interpolation=cv2.INTER_AREA), float)
    cell.difference = float(np.abs(small - files.picture() * 255)[4:-4, 4:-4].mean())
    if cell.difference > 12:  # another demosaicing and white balance, but no other picture
        cell.problems.append(f"looks {cell.difference:.1f} off")


def judge_metadata(judged: list[tuple[Cell, Path]], folder: Path) -> None:
    """Compare what ExifTool reads in sources and exports."""
    command = ["exiftool", "-json", "-G", "-struct", "-n", "-charset", "iptc=UTF8", "-q"]
    found: dict[str, dict[str, Any]] = {}
    for paths in ([folder / cell.name for cell, _ in judged], [path for _, path in judged]):
        done = subprocess.run([*command, *map(str, paths)], capture_output=True, check=False)
        for entry in json.loads(done.stdout):
            found[Path(entry["SourceFile"]).name] = entry
    for cell, path in judged:
        old, new = found[cell.name], found[path.name]
        for tag in cell.tags:
            if tag not in old:
                cell.problems.append(f"ExifTool does not see {tag} in the source")
            elif old[tag] != new.get(tag):
                cell.problems.append(f"{tag}: {old[tag]} became {new.get(tag)}")
        if new.get("EXIF:Orientation", 1) != 1:
            cell.problems.append("the export is marked as turned")
        if "compositeWithTrained" not in str(new.get("XMP:DigitalSourceType")):
            cell.problems.append("no AI mark")


# ------------------------------------------------------------------ the table


def run(chosen: Callable[[Cell], bool] = lambda cell: True) -> list[Cell]:
    """Judge the cells."""
    done: list[Cell] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judged: list[tuple[Cell, Path]] = []
        for cell in cells():
            if not chosen(cell):
                continue
            export = judge(cell, folder)
            if export is not None and export.exists():
                judged.append((cell, export))
            done.append(cell)
        if judged:
            judge_metadata(judged, folder)
    return done


def table(done: list[Cell]) -> str:
    """A row for each format, depth and colour model."""
    rows: dict[tuple[str, str, str, str], list[Cell]] = defaultdict(list)
    for cell in done:
        if not cell.refusal:
            rows[(*cell.key[:3], cell.suffix)].append(cell)
    lines = [
        "| file | bits | colours | profiles | orientations | alpha | export | cells | green "
        "| largest mean difference of 255 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (kind, bits, model, suffix), own in rows.items():
        parts = [sorted({cell.key[i] for cell in own}) for i in (3, 4, 5)]
        alphas = "with and without" if len(parts[2]) == 2 else "with" if parts[2][0] else "without"
        green = sum(not cell.problems for cell in own)
        most = max(cell.difference for cell in own)
        lines.append(
            f"| {kind} | {bits} | {model} | {', '.join(parts[0])} | {', '.join(parts[1])} "
            f"| {alphas} | {suffix} | {len(own)} | {green} | {most:.2f} |"
        )
    refused = [cell for cell in done if cell.refusal]
    lines += ["", "Refused by name: " + ", ".join(
        f"{cell.key[0]} (“{cell.refusal}”)" for cell in refused if not cell.problems
    ) + "."]  # fmt: skip
    wrong = [f"- {cell.name}: {'; '.join(cell.problems)}" for cell in done if cell.problems]
    total = len(done)
    lines += [
        "",
        f"{total} cells: {total - len(wrong)} green or refused by name, {len(wrong)} not.",
    ]
    return "\n".join([*lines, *wrong])


_START, _END = "<!-- matrix: python -m tests.benchmarks.formats_matrix --write -->", "<!-- end -->"


def main() -> None:
    """Print the table, and write it into docs/formats.md if asked."""
    parser = argparse.ArgumentParser(description="The matrix of photo formats.")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        packages = "libimage-exiftool-perl imagemagick libavif-bin libjxl-tools"
        parser.exit(2, f"missing: {', '.join(missing)}; apt-get install {packages}\n")
    text = table(run())
    print(text)
    if options.write:
        path = ROOT / "docs" / "formats.md"
        before, _, rest = path.read_text(encoding="utf-8").partition(_START)
        after = rest.partition(_END)[2]
        path.write_text(f"{before}{_START}\n\n{text}\n\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
