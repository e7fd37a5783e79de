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

from models.layers import SynthesisLayer, ToRGB, replace_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from models.generator import Generator

RANK = 8
LOWEST = 16  # blocks from this resolution up; what the coarser ones would change, the code can


class Tuning:
    """A generator whose weights follow a few free tensors.

    Attributes:
        generator: a copy that shares every weight that is not tuned; ``apply`` sets the others.
    """

    def __init__(self, generator: Generator) -> None:
        """Begin with no change."""
        self.generator = _sharing(generator)
        self._layers = dict(_tuned_layers(self.generator))
        self._weights = {name: layer.weight.detach() for name, layer in self._layers.items()}
        self._biases = {name: layer.bias.detach() for name, layer in self._layers.items()}
        self._sizes = {name: w.square().mean().sqrt() for name, w in self._weights.items()}

    def no_change(self) -> dict[str, Tensor]:
        """Where a search begins.

        By name, for example ``"b64.conv1.left"``. With the root mean square m of a layer's weights:
        convolution + m · left (outputs, rank) @ right (rank, inputs · 9); toRGB + m · weight; bias
        + bias.
        """
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

    def apply(self, tensors: Mapping[str, Tensor]) -> Generator:
        """Set the generator's weights to what the tensors say; gradients flow back to them."""
        for name, layer in self._layers.items():
            change = (
                tensors[f"{name}.weight"]
                if isinstance(layer, ToRGB)
                else tensors[f"{name}.left"] @ tensors[f"{name}.right"]
            )
            weight = self._weights[name]
            tuned = weight + self._sizes[name] * change.view_as(weight)
            replace_parameter(layer, "weight", tuned)
            replace_parameter(layer, "bias", self._biases[name] + tensors[f"{name}.bias"])
        return self.generator


def size_of_change(tensors: Mapping[str, Tensor]) -> Tensor:
    """How much is changed: mean squares of what starts at 0, summed over the layers."""
    return torch.stack(
        [t.square().mean() for name, t in tensors.items() if not name.endswith(".right")]
    ).sum()


def tuned(generator: Generator, tensors: Mapping[str, Tensor]) -> Generator:
    """A frozen copy of the generator with a change applied; unchanged weights are shared.

    Raises:
        ValueError: names or shapes of ``tensors`` do not fit this generator.
    """
    with torch.no_grad():
        tuning, device = Tuning(generator), generator.mapping.w_avg.device
        wanted = tuning.no_change()
        _require(tensors, wanted)
        return tuning.apply({name: tensors[name].to(device, torch.float32) for name in wanted})


def _tuned_layers(generator: Generator) -> Iterator[tuple[str, SynthesisLayer | ToRGB]]:
    for side, block in generator.blocks():
        if side >= LOWEST:
            for name, layer in block.named_children():
                yield f"b{side}.{name}", cast("SynthesisLayer | ToRGB", layer)


def _sharing(generator: Generator) -> Generator:
    """A copy of the module tree whose weights are its original's own tensors."""
    shared = {id(tensor): tensor for tensor in (*generator.parameters(), *generator.buffers())}
    return copy.deepcopy(generator, shared)


def _require(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    if tensors.keys() != wanted.keys():
        odd = sorted(tensors.keys() ^ wanted.keys())
        raise ValueError(f"the offset fits another generator: {odd[0]}")
    for name, tensor in wanted.items():
        if tensors[name].shape != tensor.shape:
            raise ValueError(
                f"{name} has shape {tuple(tensors[name].shape)}, not {tuple(tensor.shape)}"
            )
