"""A generator that can draw what others of its configuration draw, from tensors that stay put."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from models.nests import copy_tensors

if TYPE_CHECKING:
    from models.generator import Generator


class StandIn:
    """What a CUDA graph draws with: it remembers where weights lie, not what they are.

    Attributes:
        generator: draws like the one that was followed last; only for ``synthesise``.
    """

    def __init__(self, generator: Generator) -> None:
        shared = {id(tensor): tensor for tensor in (*generator.parameters(), *generator.buffers())}
        self.generator = copy.deepcopy(generator, shared)
        self._own = [part.detach().clone() for part in generator.drawn_with()]
        self.generator.draw_with(self._own)
        self._followed = generator

    def follow(self, generator: Generator) -> None:
        """Draw like ``generator``, whose weights are frozen."""
        if generator is not self._followed:
            copy_tensors(self._own, generator.drawn_with())
            self._followed = generator
