"""Style space in other tools' words: channel lists, statistics of S, StyleCLIP's dictionary.

StyleSpace and StyleCLIP count style vectors in the order of synthesis with toRGB among them, so
"12_479" is channel 479 of the 13th; StyleCLIP's dictionary leaves toRGB out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from models.checkpoints import CheckpointError
from models.importing.arrays import as_float32, plain_array
from models.importing.bounded import MalformedError, shown
from models.importing.directions import (
    LatentDirection,
    known_files,
    published_channels,
)
from models.importing.imported import STYLEGAN2_FFHQ
from models.importing.reading import opened

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.importing.directions import PublishedChannels, Target

    Floats = NDArray[np.float32]

LARGEST_LIST = 1 << 20
MOST_CHANNELS = 10_000
CLIP_WIDTH = 512


@dataclass(frozen=True, slots=True, eq=False)
class ClipDictionary:
    """StyleCLIP's fs3: what each channel of S does to CLIP's embedding of the picture.

    Attributes:
        effects: (channels of S, 512), rows of length 1, zero for toRGB and what was not computed.
        fitted_to: networks that it belongs to; "" when unknown.
    """

    effects: Floats
    fitted_to: str = ""

    def direction(self, text: Floats, sd: Floats, threshold: float) -> Floats:
        """StyleCLIP's global direction, Δs for one unit (arXiv 2103.17249, section 6).

        Args:
            text: (512,), target's minus neutral text's CLIP embedding, each of length 1.
            sd: (channels,), standard deviations of S.
            threshold: β; channels whose effect agrees less stay; 0.08 to 0.4.

        Raises:
            ValueError: no channel agrees as much.
        """
        agreement = self.effects @ (text / np.linalg.norm(text))
        kept = np.where(np.abs(agreement) >= threshold, agreement, 0)
        largest = float(np.abs(kept).max())
        if largest == 0:
            raise ValueError(f"no channel agrees by {threshold:g}; choose a smaller threshold")
        return as_float32(kept / largest * sd)


def read_style_statistics(path: Path, target: Target) -> tuple[Floats, Floats]:
    """Means and standard deviations of S: StyleCLIP's ``S_mean_std``, or the same as ``.npz``.

    Returns:
        mean, sd: (channels,).

    Raises:
        CheckpointError: it is none, damaged, or another generator's.
    """
    with opened(path) as file:
        file.refuse_programs()
        target.check_lineage(file.name, known_files().get(file.sha256, ""))
        value, arrays = file.contents.value, file.contents.arrays
        if file.contents.kind == "npz":
            named = cast("dict[str, Floats]", value)
            if not {"mean", "std"} <= named.keys():
                raise MalformedError("holds no statistics of S (mean and std)")
            mean, sd = (as_float32(named[k]).reshape(-1) for k in ("mean", "std"))
            _check_sizes([len(mean)], [sum(width for _, width in target.styles)])
        else:
            pair = cast("list[object]", value) if isinstance(value, list | tuple) else []
            if len(pair) != 2 or not all(isinstance(part, list) for part in pair):
                raise MalformedError("holds no statistics of S (two lists of arrays)")
            halves: list[Floats] = []
            for part in cast("list[list[object]]", pair):
                vectors = [as_float32(arrays.array(v)).reshape(-1) for v in part[:100]]
                _check_sizes([len(v) for v in vectors], [width for _, width in target.styles])
                halves.append(np.concatenate(vectors))
            mean, sd = halves
        if (sd < 1e-6).any():
            raise MalformedError("holds standard deviations that are none")
        off = float(np.median(np.abs(mean - target.s_mean) / sd))
        if off > 0.3:  # of the same network it is a few thousandths, of a descendant little more
            raise MalformedError(
                f"was measured on another generator: its means of S lie {off:.1f} standard "
                "deviations from this one's"
            )
    return mean, sd


def _check_sizes(found: list[int], wanted: list[int]) -> None:
    if found != wanted:
        raise MalformedError(
            f"belongs to a generator with another style space ({len(found)} vectors, {sum(found)} "
            f"channels; this one has {len(wanted)} and {sum(wanted)})"
        )


def read_clip_dictionary(path: Path, target: Target) -> ClipDictionary:
    """StyleCLIP's ``fs3.npy``: a row for each convolution's channel, from the first on.

    Raises:
        CheckpointError: it is none, damaged, or another generator's.
    """
    with opened(path) as file:
        fitted_to = known_files().get(file.sha256, "")
        target.check_lineage(file.name, fitted_to)
        rows = plain_array(file.contents.value)
        if rows is None or rows.ndim != 2 or rows.shape[1] != CLIP_WIDTH:
            raise MalformedError("is no StyleCLIP dictionary (rows of 512 numbers)")
        convolutions = [w for name, w in target.styles if not name.endswith("torgb")]
        known = np.cumsum(convolutions).tolist()
        if len(rows) not in known:
            raise MalformedError(
                f"belongs to a generator with another style space ({len(rows)} rows; this one has "
                f"{known[-1]} channels in its convolutions)"
            )
        given = as_float32(rows)
        norms = np.linalg.norm(given, axis=1)
        if norms.max() > 1.01:
            raise MalformedError("is no StyleCLIP dictionary (rows of length 1)")
    effects = np.zeros((sum(w for _, w in target.styles), CLIP_WIDTH), np.float32)
    at = read = 0
    for name, width in target.styles:
        if not name.endswith("torgb"):
            if read < len(given):
                effects[at : at + width] = given[read : read + width]
            read += width
        at += width
    return ClipDictionary(effects, fitted_to)


def read_channel_list(path: Path, target: Target, sd: Floats) -> tuple[LatentDirection, ...]:
    """A text file of channels: lines of ``12_479 black hair``, several with commas between.

    ``#`` begins a comment; a minus before a channel turns it round.

    Args:
        path: the file.
        target: the generator to steer.
        sd: (channels,) of S; one unit of a slider is that much.

    Raises:
        CheckpointError: it is none, or names channels that this generator does not have.
    """
    try:
        if path.stat().st_size > LARGEST_LIST:
            raise CheckpointError(f"{shown(path.name)} is no list of channels.", "It is too long.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(
            f"{shown(path.name)} cannot be read as text.", "Choose a list such as “12_479 hair”."
        ) from error
    found: list[LatentDirection] = []
    for number, line in enumerate(text.splitlines()[:MOST_CHANNELS], 1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        match = re.fullmatch(
            r"(-?\d{1,2}_\d{1,4}(?:[ ,;]+-?\d{1,2}_\d{1,4})*)[ ,;:\t]*(.*)", content
        )
        if match is None:
            raise CheckpointError(
                f"Line {number} of {shown(path.name)} names no channel.",
                "Write lines such as “12_479 black hair”.",
            )
        channels = re.findall(r"-?\d+_\d+", match[1])
        try:
            step = channel_step(channels, target, sd)
        except ValueError as error:
            raise CheckpointError(
                f"Line {number} of {shown(path.name)}: {error}.",
                "The list belongs to a generator of another size.",
            ) from None
        name = shown(match[2]) or match[1]
        found.append(_of_channels(name, step, ""))
    if not found:
        raise CheckpointError(
            f"{shown(path.name)} names no channel.", "Write lines such as “12_479 black hair”."
        )
    return tuple(found)


def channel_step(channels: list[str] | tuple[str, ...], target: Target, sd: Floats) -> Floats:
    """Δs, (channels,), for one standard deviation of each of these, such as "12_479" or "-6_501".

    Raises:
        ValueError: the generator does not have one of them.
    """
    starts = np.cumsum([0, *(width for _, width in target.styles)])
    step = np.zeros(int(starts[-1]), np.float32)
    for text in channels:
        layer, channel = (int(n) for n in text.lstrip("-").split("_"))
        if layer >= len(target.styles) or channel >= target.styles[layer][1]:
            raise ValueError(f"this generator has no channel {text.lstrip('-')}")
        at = int(starts[layer]) + channel
        step[at] = sd[at] * (-1 if text.startswith("-") else 1)
    return step


def published_steps(target: Target, sd: Floats) -> tuple[tuple[PublishedChannels, Floats], ...]:
    """Channels of NVIDIA's FFHQ network that others have named; what sign does what, is not known.

    Returns:
        each with Δs, (its channels, all channels), for one standard deviation of each of its own.

    Raises:
        CheckpointError: the generator is not known to descend from it, or has other widths.
    """
    if target.lineage != STYLEGAN2_FFHQ:
        whose = target.lineage or "of unknown origin"
        raise CheckpointError(
            "The published channels belong to NVIDIA's FFHQ network (config-f of 1024 pixels) and "
            f"its descendants; this generator is {whose}.",
            "In this generator, find channels by brushing a region and choosing Discover.",
        )
    try:
        return tuple(
            (row, np.stack([channel_step([channel], target, sd) for channel in row.channels]))
            for row in published_channels()
        )
    except ValueError as error:
        raise CheckpointError(
            f"The published channels do not fit: {error}.", "It is no config-f network."
        ) from None


def _of_channels(name: str, step: Floats, fitted_to: str) -> LatentDirection:
    return LatentDirection(
        name, "S", step, "one standard deviation of each channel", float(np.linalg.norm(step)),
        (0, len(step)), "StyleSpace", fitted_to,
    )  # fmt: skip
