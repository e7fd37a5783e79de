"""Style space S: the layout of its channels, codes (points) and deltas (sparse displacements).

S is the concatenation of every per-channel style vector that the affine layers of a StyleGAN2
generator produce for one image, in synthesis order, convolution and toRGB layers alike
(*Style Intervention*, arXiv 2011.09699; *StyleSpace*, arXiv 2011.12799).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class LayoutMismatchError(ValueError):
    """A code or delta belongs to another generator than the one it meets."""


@dataclass(frozen=True, slots=True)
class StyleLayout:
    """Which channels a style space has, and whose they are.

    Attributes:
        names: layer names in synthesis order, for example ``"b8.conv0"``.
        widths: channels of each layer.
        generator: SHA-256 of the generator's weights file, in hex.
    """

    names: tuple[str, ...]
    widths: tuple[int, ...]
    generator: str

    @property
    def channels(self) -> int:
        """Length of a style code: 4,864 for portrait-256."""
        return sum(self.widths)

    def require(self, other: StyleLayout) -> None:
        """Raise LayoutMismatchError unless ``other`` is this layout."""
        if other != self:
            raise LayoutMismatchError(
                f"style spaces differ: generator {other.generator[:12]} "
                f"({other.channels} channels) met {self.generator[:12]} ({self.channels} channels)"
            )


@dataclass(frozen=True, slots=True, eq=False)
class GeneratorOffset:
    """How a generator's weights were changed to fit one photograph (pivotal tuning).

    Attributes:
        tensors: by name, as ``models.tuning`` defines them; float16, finite, read-only.
        fingerprint: SHA-256 over names, shapes and values, in hex.
    """

    tensors: Mapping[str, NDArray[np.float16]]
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256()
        tensors: dict[str, NDArray[np.float16]] = {}
        for name in sorted(self.tensors):
            array = np.array(self.tensors[name], np.float16)
            if not np.isfinite(array).all():
                raise ValueError(f"{name} of a generator offset must be finite")
            array.setflags(write=False)
            digest.update(f"{name}{array.shape}".encode() + array.tobytes())
            tensors[name] = array
        object.__setattr__(self, "tensors", tensors)
        object.__setattr__(self, "fingerprint", digest.hexdigest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GeneratorOffset) and other.fingerprint == self.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)


@dataclass(frozen=True, slots=True, eq=False)
class StyleCode:
    """One point of style space.

    Attributes:
        layout: the space it lives in.
        values: float32, shape (channels,), finite, read-only.
        offset: what its picture needs the generator changed by; None for the generator as it is.
            Displacing the code keeps it.
    """

    layout: StyleLayout
    values: NDArray[np.float32]
    offset: GeneratorOffset | None = None

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, dtype=np.float32)
        if values.shape != (self.layout.channels,):
            raise ValueError(f"a code of {self.layout.channels} channels, got {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError("a style code must be finite")
        values = values.copy() if values.flags.writeable else values
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, StyleCode)
            and other.layout == self.layout
            and other.offset == self.offset
            and np.array_equal(other.values, self.values)
        )

    def __hash__(self) -> int:
        return hash((self.layout, self.values.tobytes(), self.offset))

    @property
    def fingerprint(self) -> str:
        """Of the values, in hex: what was found on one code belongs to no other."""
        return hashlib.sha256(self.values.tobytes()).hexdigest()[:16]

    def plus(self, delta: StyleDelta) -> StyleCode:
        """This code displaced by ``delta``.

        Raises:
            LayoutMismatchError: the delta belongs to another generator.
        """
        self.layout.require(delta.layout)
        values = self.values.copy()
        values[delta.channels] += delta.values
        return StyleCode(self.layout, values, self.offset)


@dataclass(frozen=True, slots=True, eq=False)
class StyleDelta:
    """A sparse displacement in style space: what one edit adds.

    Attributes:
        layout: the space it lives in.
        channels: int32, shape (n,), strictly increasing channel numbers, read-only.
        values: float32, shape (n,), what is added to each of them, finite, read-only.
    """

    layout: StyleLayout
    channels: NDArray[np.int32]
    values: NDArray[np.float32]

    def __post_init__(self) -> None:
        channels = np.array(self.channels, dtype=np.int32)
        values = np.array(self.values, dtype=np.float32)
        if channels.ndim != 1 or channels.shape != values.shape:
            raise ValueError(f"channels {channels.shape} and values {values.shape} must match")
        if channels.size and (
            channels[0] < 0
            or channels[-1] >= self.layout.channels
            or bool(np.any(np.diff(channels) <= 0))
        ):
            raise ValueError("channels must increase strictly and lie inside the layout")
        if not np.isfinite(values).all():
            raise ValueError("a style delta must be finite")
        for name, array in (("channels", channels), ("values", values)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, StyleDelta)
            and other.layout == self.layout
            and np.array_equal(other.channels, self.channels)
            and np.array_equal(other.values, self.values)
        )

    def __hash__(self) -> int:
        return hash((self.layout, self.channels.tobytes(), self.values.tobytes()))

    @classmethod
    def from_dense(cls, layout: StyleLayout, dense: NDArray[np.float32]) -> StyleDelta:
        """The non-zero channels of ``dense``, shape (channels,)."""
        channels = np.flatnonzero(dense)
        return cls(layout, channels.astype(np.int32), dense[channels])

    def dense(self) -> NDArray[np.float32]:
        """All channels, shape (layout.channels,), zero where nothing is added."""
        out = np.zeros(self.layout.channels, np.float32)
        out[self.channels] = self.values
        return out

    def scaled(self, factor: float) -> StyleDelta:
        """Every displacement times ``factor``."""
        return StyleDelta(self.layout, self.channels, self.values * np.float32(factor))
