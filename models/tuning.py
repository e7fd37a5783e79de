"""Pivotal tuning in kilobytes: a low-rank change of a generator's weights that fits one photograph.

The generator is tuned around the code that inversion finds, so that the picture comes nearer to the
photograph while directions of style space go on working (Roich et al., *Pivotal Tuning for
Latent-based Editing of Real Images*, arXiv 2106.05744). Where they tune every weight, each 3 × 3
convolution here gets a product of two thin matrices (Hu et al., *LoRA*, arXiv 2106.09685): some
330 KB for portrait-256 in float16, which can lie in a project.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, cast

import torch

from models.layers import SynthesisLayer, ToRGB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from models.generator import Generator

RANK = 8
LOWEST = 16  # blocks from this resolution up; what the coarser ones would change, the code can


class Tuning:
    """A generator whose weights follow a few free tensors.

    Attributes:
        generator: a copy that shares every weight that is not tuned; call ``apply`` before each
            picture while the tensors change.
        tensors: by name, for example ``"b64.conv1.left"``. With the root mean square m of a layer's
            weights: convolution + m · left (outputs, rank) @ right (rank, inputs · 9); toRGB
            + m · weight; bias + bias.
    """

    def __init__(self, generator: Generator, tensors: Mapping[str, Tensor] | None = None) -> None:
        """Begin with no change, or with one that was found before.

        Raises:
            ValueError: names or shapes of ``tensors`` do not fit this generator.
        """
        self.generator = _sharing(generator)
        self._layers = dict(_tuned_layers(self.generator))
        self._weights = {name: layer.weight.detach() for name, layer in self._layers.items()}
        self._biases = {name: layer.bias.detach() for name, layer in self._layers.items()}
        self._sizes = {name: w.square().mean().sqrt() for name, w in self._weights.items()}
        start = self._no_change()
        if tensors is not None:
            _require(tensors, start)
            device = generator.mapping.w_avg.device
            start = {name: tensors[name].to(device, torch.float32) for name in start}
        self.tensors = start
        self.apply()

    def _no_change(self) -> dict[str, Tensor]:
        random = torch.Generator().manual_seed(0)
        tensors: dict[str, Tensor] = {}
        for name, weight in self._weights.items():
            outputs, inputs = weight.shape[0], weight[0].numel()
            if isinstance(self._layers[name], ToRGB):
                tensors[f"{name}.weight"] = torch.zeros_like(weight)
            else:
                rank = min(RANK, outputs, inputs)
                tensors[f"{name}.left"] = weight.new_zeros(outputs, rank)
                right = torch.randn(rank, inputs, generator=random)
                tensors[f"{name}.right"] = right.to(weight)
            tensors[f"{name}.bias"] = torch.zeros_like(self._biases[name])
        return tensors

    def apply(self) -> Generator:
        """Set the generator's weights to what the tensors say; gradients flow back to them."""
        for name, layer in self._layers.items():
            change = (
                self.tensors[f"{name}.weight"]
                if isinstance(layer, ToRGB)
                else self.tensors[f"{name}.left"] @ self.tensors[f"{name}.right"]
            )
            weight = self._weights[name]
            _set(layer, "weight", weight + self._sizes[name] * change.view_as(weight))
            _set(layer, "bias", self._biases[name] + self.tensors[f"{name}.bias"])
        return self.generator

    def size(self) -> Tensor:
        """How much is changed: mean squares of what starts at 0, summed over the layers."""
        return torch.stack(
            [t.square().mean() for name, t in self.tensors.items() if not name.endswith(".right")]
        ).sum()


def tuned(generator: Generator, tensors: Mapping[str, Tensor]) -> Generator:
    """A frozen copy of the generator with the change applied; unchanged weights are shared.

    Raises:
        ValueError: names or shapes of ``tensors`` do not fit this generator.
    """
    with torch.no_grad():
        return Tuning(generator, tensors).generator


def _tuned_layers(generator: Generator) -> Iterator[tuple[str, SynthesisLayer | ToRGB]]:
    for side, block in generator.blocks():
        if side >= LOWEST:
            for name, layer in block.named_children():
                yield f"b{side}.{name}", cast("SynthesisLayer | ToRGB", layer)


def _sharing(generator: Generator) -> Generator:
    """A copy of the module tree whose weights are its original's own tensors."""
    shared = {id(tensor): tensor for tensor in (*generator.parameters(), *generator.buffers())}
    return copy.deepcopy(generator, shared)


def _set(layer: SynthesisLayer | ToRGB, name: str, value: Tensor) -> None:
    """Put a computed tensor in a parameter's place."""
    if name in dict(layer.named_parameters(recurse=False)):
        delattr(layer, name)
    setattr(layer, name, value)


def _require(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    if tensors.keys() != wanted.keys():
        odd = sorted(tensors.keys() ^ wanted.keys())
        raise ValueError(f"the offset fits another generator: {odd[0]}")
    for name, tensor in wanted.items():
        if tensors[name].shape != tensor.shape:
            raise ValueError(
                f"{name} has shape {tuple(tensors[name].shape)}, not {tuple(tensor.shape)}"
            )
