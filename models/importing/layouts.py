"""StyleGAN2 generators under other names and shapes → names and shapes of stylegan2-ada-pytorch.

What each implementation stores differently is only named here: kernels that are turned round,
transposed matrices, styles without their 1, filters with their gain.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from models.importing.arrays import as_float32, plain_array
from models.importing.bounded import MalformedError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from models.importing.arrays import Arrays

    Floats = NDArray[np.float32]
    Tensors = dict[str, Floats]
    Change = Callable[[Floats], Floats]

LARGEST = 1024
FILTER = np.outer((1, 3, 3, 1), (1, 3, 3, 1)).astype(np.float32) / 64


class Source:
    """A file's tensors by their names there, read when they are taken.

    Args:
        records: of the tensors, or arrays.
        arrays: reads the records.
    """

    def __init__(self, records: Mapping[str, object], arrays: Arrays) -> None:
        self._records = dict(records)
        self._arrays = arrays
        self._left = set(records)

    def __contains__(self, name: str) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def take(self, name: str) -> Floats:
        """A tensor as float32.

        Raises:
            MalformedError: it is missing or not what it says.
        """
        if name not in self._records:
            raise MalformedError(f"lacks its tensor {shown(name)}")
        self._left.discard(name)
        record = self._records[name]
        array = plain_array(record)
        try:
            return as_float32(self._arrays.array(record) if array is None else array)
        except MalformedError as error:
            raise MalformedError(f"{error} ({shown(name)})") from None

    def ignore(self, pattern: str) -> None:
        """Names that say nothing about the pictures."""
        self._left = {name for name in self._left if not re.fullmatch(pattern, name)}

    def finish(self) -> None:
        """Every tensor has been taken or ignored.

        Raises:
            MalformedError: others are there, so it is another network.
        """
        if self._left:
            some = ", ".join(shown(name) for name in sorted(self._left)[:3])
            raise MalformedError(f"holds tensors that no StyleGAN2 generator has ({some})")


def _same(x: Floats) -> Floats:
    return x


def _first(x: Floats) -> Floats:
    if not x.ndim or x.shape[0] != 1:
        raise MalformedError(f"holds a tensor of the shape {x.shape}, which should begin with 1")
    return x[0]


def _flat(x: Floats) -> Floats:
    return x.reshape(-1)


def _scalar(x: Floats) -> Floats:
    if x.size != 1:
        raise MalformedError(f"holds a tensor of the shape {x.shape} instead of one number")
    return x.reshape(())


def _image(x: Floats) -> Floats:
    if x.ndim != 4 or x.shape[:2] != (1, 1):
        raise MalformedError(f"holds noise of the shape {x.shape}")
    return x[0, 0]


def _transposed(x: Floats) -> Floats:
    return x.T


def _plus_one(x: Floats) -> Floats:
    return x + np.float32(1)


def _turned(x: Floats) -> Floats:
    """(o, i, h, w), both axes of the kernel the other way round."""
    return x[..., ::-1, ::-1]


def _from_tensorflow(x: Floats) -> Floats:
    """(h, w, i, o) → (o, i, h, w)."""
    if x.ndim != 4:
        raise MalformedError(f"holds a kernel of the shape {x.shape}")
    return x.transpose(3, 2, 0, 1)


def _sides(names: Iterator[str], pattern: str, side: Callable[[int], int]) -> list[int]:
    found = {side(int(m[1])) for name in names if (m := re.fullmatch(pattern, name))}
    sides = sorted(found)
    if sides != [8 << i for i in range(len(sides))] or not sides or sides[-1] > LARGEST:
        raise MalformedError("does not have blocks of 4 × 4 to at most 1024 × 1024 pixels")
    return [4, *sides]


def _convolutions(sides: list[int]) -> Iterator[tuple[str, int, int]]:
    """(name in ours, number elsewhere, side)."""
    yield "synthesis.b4.conv1", 0, 4
    for number, side in enumerate(sides[1:]):
        yield f"synthesis.b{side}.conv0", 2 * number + 1, side
        yield f"synthesis.b{side}.conv1", 2 * number + 2, side


def _take(source: Source, out: Tensors, ours: str, theirs: str, change: Change = _same) -> None:
    out[ours] = np.ascontiguousarray(change(source.take(theirs)))


def _take_if(source: Source, out: Tensors, ours: str, theirs: str, change: Change) -> None:
    if theirs in source:
        _take(source, out, ours, theirs, change)


def _fully_connected(source: Source, out: Tensors, pattern: str, change: Change = _same) -> None:
    """The mapping network's layers: ``pattern`` with {} for the number."""
    number = 0
    while f"{pattern.format(number)}weight" in source:
        theirs = pattern.format(number)
        _take(source, out, f"mapping.fc{number}.weight", f"{theirs}weight", change)
        _take(source, out, f"mapping.fc{number}.bias", f"{theirs}bias", _flat)
        number += 1
    if not number:
        raise MalformedError("has no mapping network")


def check_filter(found: Floats, gain: float = 1.0) -> None:
    """The resampling filter is [1, 3, 3, 1] along both axes, times ``gain``.

    Raises:
        MalformedError: it is another.
    """
    if found.shape[-2:] != (4, 4) or not np.allclose(found, FILTER * gain, atol=1e-4):
        raise MalformedError("resamples with another filter than [1, 3, 3, 1]")


def ada(source: Source) -> Tensors:
    """stylegan2-ada-pytorch's and the StyleGAN3 repository's StyleGAN2."""
    sides = _sides(iter(source), r"synthesis\.b(\d{1,4})\.conv0\.weight", _same_side)
    out: Tensors = {}
    for name in source:
        if name.endswith(".resample_filter"):
            check_filter(source.take(name))
        elif re.fullmatch(
            r"mapping\.((fc\d{1,2}|embed)\.(weight|bias)|w_avg)", name
        ) or re.fullmatch(
            rf"synthesis\.b({'|'.join(map(str, sides))})\.(const|(conv0|conv1|torgb)\."
            r"(weight|bias|noise_strength|noise_const|affine\.(weight|bias)))",
            name,
        ):
            _take(source, out, name, name)
    source.finish()
    return out


def one_class(tensors: Tensors, index: int) -> Tensors:
    """A conditional generator as an unconditional one of a single class; nothing is lost by it.

    The label's embedding, normalised, stands behind z at the first layer of the mapping network, so
    for one label it is part of that layer's bias. The mean of W over all classes goes.
    """
    embedding, first = tensors["mapping.embed.weight"], tensors["mapping.fc0.weight"]
    width, classes = embedding.shape if embedding.ndim == 2 else (0, 0)
    bias, offset = tensors.get("mapping.embed.bias"), tensors["mapping.fc0.bias"]
    z_dim = first.shape[-1] - width
    if bias is None or bias.shape != (width,) or first.ndim != 2 or z_dim < 1:
        raise MalformedError("has labels that do not fit its mapping network")
    label = embedding[:, index] / np.sqrt(classes) + bias
    label = label / np.sqrt(np.mean(label**2) + 1e-8)
    left = {k: v for k, v in tensors.items() if not re.match(r"mapping\.(embed|w_avg)", k)}
    share = np.sqrt(np.float32(z_dim / (z_dim + width)))  # layers scale by their inputs' number
    return left | {
        "mapping.fc0.weight": np.ascontiguousarray(first[:, :z_dim] * share),
        "mapping.fc0.bias": offset + first[:, z_dim:] @ label / np.float32(np.sqrt(z_dim + width)),
    }


def _same_side(side: int) -> int:
    return side


def tensorflow(source: Source) -> Tensors:
    """NVlabs/stylegan2 and stylegan2-ada: convolutions that enlarge are stored turned round."""
    sides = _sides(iter(source), r"synthesis/(\d{1,4})x\1/Conv0_up/weight", _same_side)
    out: Tensors = {}
    source.ignore(r"(.*/)?lod")
    _take(source, out, "mapping.w_avg", "dlatent_avg")
    _fully_connected(source, out, "mapping/Dense{}/", _transposed)
    _take(source, out, "synthesis.b4.const", "synthesis/4x4/Const/const", _first)
    for ours, number, side in _convolutions(sides):
        kind = "Conv" if side == 4 else "Conv0_up" if ours.endswith("conv0") else "Conv1"
        theirs = f"synthesis/{side}x{side}/{kind}"
        up = kind == "Conv0_up"
        _take(
            source, out, f"{ours}.weight", f"{theirs}/weight",
            lambda x, up=up: _turned(_from_tensorflow(x)) if up else _from_tensorflow(x),
        )  # fmt: skip
        _take_if(source, out, f"{ours}.noise_const", f"synthesis/noise{number}", _image)
        _take_if(source, out, f"{ours}.noise_strength", f"{theirs}/noise_strength", _scalar)
        _tensorflow_style(source, out, ours, theirs)
    for side in sides:
        ours, theirs = f"synthesis.b{side}.torgb", f"synthesis/{side}x{side}/ToRGB"
        _take(source, out, f"{ours}.weight", f"{theirs}/weight", _from_tensorflow)
        _tensorflow_style(source, out, ours, theirs)
    source.finish()
    return out


def _tensorflow_style(source: Source, out: Tensors, ours: str, theirs: str) -> None:
    _take(source, out, f"{ours}.affine.weight", f"{theirs}/mod_weight", _transposed)
    _take(source, out, f"{ours}.affine.bias", f"{theirs}/mod_bias", _plus_one)
    _take(source, out, f"{ours}.bias", f"{theirs}/bias")


def rosinality(source: Source, mean: Floats | None) -> Tensors:
    """rosinality/stylegan2-pytorch; ``mean`` is its latent_avg: (w,), (1, w) or (n, w)."""
    highest = _sides(iter(source), r"to_rgbs\.(\d)\.conv\.weight", lambda j: 8 << j)
    out: Tensors = {}
    if mean is not None and mean.ndim:
        out["mapping.w_avg"] = np.ascontiguousarray(mean.reshape(-1, mean.shape[-1])[0])
    for number in range(32):  # style.0 normalises and has no tensors
        theirs = f"style.{number + 1}"
        if f"{theirs}.weight" not in source:
            break
        _take(source, out, f"mapping.fc{number}.weight", f"{theirs}.weight")
        _take(source, out, f"mapping.fc{number}.bias", f"{theirs}.bias")
    _take(source, out, "synthesis.b4.const", "input.input", _first)
    for ours, number, _ in _convolutions(highest):
        theirs = f"convs.{number - 1}" if number else "conv1"
        _take(source, out, f"{ours}.weight", f"{theirs}.conv.weight", _first)
        _take(source, out, f"{ours}.noise_strength", f"{theirs}.noise.weight", _scalar)
        _take(source, out, f"{ours}.bias", f"{theirs}.activate.bias", _flat)
        _take_if(source, out, f"{ours}.noise_const", f"noises.noise_{number}", _image)
        _rosinality_style(source, out, ours, theirs)
    for k, side in enumerate(highest):
        ours, theirs = f"synthesis.b{side}.torgb", f"to_rgbs.{k - 1}" if k else "to_rgb1"
        _take(source, out, f"{ours}.weight", f"{theirs}.conv.weight", _first)
        _take(source, out, f"{ours}.bias", f"{theirs}.bias", _flat)
        _rosinality_style(source, out, ours, theirs)
    _filters(source, r".*\.(blur|upsample)\.kernel")
    source.finish()
    return out


def _rosinality_style(source: Source, out: Tensors, ours: str, theirs: str) -> None:
    for part in ("weight", "bias"):
        _take(source, out, f"{ours}.affine.{part}", f"{theirs}.conv.modulation.{part}")


def genforce(source: Source) -> Tensors:
    """genforce: kernels that enlarge are turned round, styles lack their 1."""
    sides = _sides(iter(source), r"synthesis\.output([1-9])\.weight", lambda n: 4 << n)
    out: Tensors = {}
    source.ignore(r"synthesis\.lod")
    _fully_connected(source, out, "mapping.dense{}.")
    _take(source, out, "mapping.w_avg", "truncation.w_avg", _flat)
    _take(source, out, "synthesis.b4.const", "synthesis.early_layer.const", _first)
    for ours, number, _ in _convolutions(sides):
        theirs = f"synthesis.layer{number}"
        turned = _turned if ours.endswith("conv0") else _same
        _take(source, out, f"{ours}.weight", f"{theirs}.weight", turned)
        _take_if(source, out, f"{ours}.noise_const", f"{theirs}.noise", _image)
        _take_if(source, out, f"{ours}.noise_strength", f"{theirs}.noise_strength", _scalar)
        _genforce_style(source, out, ours, theirs)
    for k, side in enumerate(sides):
        ours, theirs = f"synthesis.b{side}.torgb", f"synthesis.output{k}"
        _take(source, out, f"{ours}.weight", f"{theirs}.weight")
        _genforce_style(source, out, ours, theirs)
    _filters(source, r"synthesis\.(layer\d+\.filter|upsample)\.kernel")
    source.finish()
    return out


def _genforce_style(source: Source, out: Tensors, ours: str, theirs: str) -> None:
    _take(source, out, f"{ours}.affine.weight", f"{theirs}.style.weight")
    _take(source, out, f"{ours}.affine.bias", f"{theirs}.style.bias", _plus_one)
    _take(source, out, f"{ours}.bias", f"{theirs}.bias")


def _filters(source: Source, pattern: str) -> None:
    for name in source:
        if re.fullmatch(pattern, name):
            check_filter(source.take(name), 4.0)
