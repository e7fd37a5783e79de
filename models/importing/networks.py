"""The StyleGAN2 generator in a file, wherever its format keeps it, or what the file is instead."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from models.importing import layouts, recognition
from models.importing.arrays import as_float32, is_array, plain_array
from models.importing.bounded import MalformedError, shown
from models.importing.modules import as_dict, module_of, tensorflow_network
from models.importing.recognition import OtherNetwork

if TYPE_CHECKING:
    from models.importing.arrays import Arrays
    from models.importing.bounded import Budget
    from models.importing.containers import Contents
    from models.importing.layouts import Floats, Tensors
    from models.importing.modules import Module, TensorFlowNetwork

LR_MULTIPLIER = 0.01  # of the mapping network, as our layers have it
OWN_FORMAT = "safetensors"
NVIDIA = (
    "Written by NVIDIA's code. NVIDIA's own networks and what was tuned from them are for "
    "non-commercial use only (Nvidia Source Code License-NC); of networks that were trained anew "
    "their makers say it."
)
UNKNOWN = (
    "Not stated in the file. Conversions of NVIDIA's networks and what was tuned from them are for "
    "non-commercial use only (Nvidia Source Code License-NC)."
)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A StyleGAN2 generator out of a file, not yet checked for completeness.

    Attributes:
        tensors: float32, as stylegan2-ada-pytorch names them.
        format: whose file it is.
        licence: what is known of it, one or two sentences.
        clamp: bound on activations.
        subject: what it was trained on, as far as the file says, or nothing.
        notes: what was missing and how it was replaced; sentences.
    """

    tensors: Tensors
    format: str
    licence: str
    clamp: float | None = None
    subject: str = ""
    notes: tuple[str, ...] = ()


def network_in(
    contents: Contents, budget: Budget, class_index: int | None = None
) -> Network | OtherNetwork:
    """The generator of a file.

    Args:
        contents: the file.
        budget: what reading it may still cost.
        class_index: which class a conditional generator shall draw.

    Raises:
        MalformedError: it is StyleGAN2's, but damaged or changed.
    """
    value, arrays = contents.value, contents.arrays
    if contents.kind in ("npy", "npz") or is_array(value):
        return recognition.LATENTS
    if contents.kind == "safetensors":
        return _own(contents)
    if isinstance(value, tuple):
        parts = cast("tuple[object, ...]", value)
        value = parts[2] if len(parts) == 3 else None  # G, D and Gs, the averaged one
    tensorflow = tensorflow_network(value, budget)
    if tensorflow is not None:
        return _tensorflow(tensorflow, arrays)
    module = module_of(value)
    if module is not None:
        return _module(module, "a tuned network (PTI)", arrays, budget, class_index)
    return _dictionary(as_dict(value), arrays, budget, class_index)


def _dictionary(
    top: dict[str, object], arrays: Arrays, budget: Budget, class_index: int | None
) -> Network | OtherNetwork:
    for key, kind in (
        ("G_ema", "stylegan2-ada-pytorch"),
        ("generator", "a tuned network (STIT)"),
        ("G", "stylegan2-ada-pytorch"),
    ):
        module = module_of(top.get(key))
        if module is not None:
            found = _module(module, kind, arrays, budget, class_index)
            if isinstance(found, Network):
                training = as_dict(top.get("training_set_kwargs"))
                return replace(found, subject=_last_part(training.get("path")))
            return found
    if "GAN" in top and "version" in top:
        return recognition.LUCIDRAINS
    mean = top.get("latent_avg")
    average = as_float32(arrays.array(mean)) if is_array(mean) else None
    for key in ("g_ema", "generator_smooth", "generator", "g", "state_dict", "params_ema"):
        records = _tensor_records(top.get(key))
        decoder = {
            name.removeprefix("decoder."): record
            for name, record in records.items()
            if name.startswith("decoder.")
        }
        for candidate in (records, decoder):
            if _layout(candidate):
                return _state_dict(candidate, arrays, average)
    records = _tensor_records(top)
    records.pop("latent_avg", None)
    if _layout(records):
        return _state_dict(records, arrays, average)
    for child in top.values():
        records |= _tensor_records(child)
        module = module_of(child)
        records |= module.tensors(budget) if module else {}
    return recognition.recognise(records) if records else recognition.UNKNOWN


def _tensor_records(value: object) -> dict[str, object]:
    return {name: record for name, record in as_dict(value).items() if is_array(record)}


def _last_part(path: object) -> str:
    """The name of a data set's file, as its path in the file says."""
    if not isinstance(path, str) or not path:
        return ""
    return shown(re.split(r"[/\\]", path.rstrip("/\\"))[-1].removesuffix(".zip"))


def _layout(names: dict[str, object]) -> str:
    for sign, layout in (
        ("synthesis.b4.const", "ada"),
        ("input.input", "rosinality"),
        ("synthesis.early_layer.const", "genforce"),
    ):
        if sign in names:
            other = recognition.recognise(names)
            return "" if other in (recognition.STYLEGAN1, recognition.STYLEGAN3) else layout
    return ""


def _state_dict(
    records: dict[str, object], arrays: Arrays, average: Floats | None
) -> Network | OtherNetwork:
    source = layouts.Source(records, arrays)
    match _layout(records):
        case "rosinality":
            if any(".iwt." in name or ".dwt." in name for name in records):
                return recognition.recognise(records)
            return Network(layouts.rosinality(source, average), "rosinality", UNKNOWN)
        case "genforce":
            if "mapping.label_weight" in records:
                return recognition.CONDITIONAL
            return Network(layouts.genforce(source), "genforce", UNKNOWN)
        case _:
            if "mapping.embed.weight" in records:
                return recognition.CONDITIONAL
            note = "The file does not say whether activations are clamped; they are not."
            tensors = layouts.ada(source)
            return Network(tensors, "stylegan2-ada-pytorch (tensors)", NVIDIA, notes=(note,))


def _own(contents: Contents) -> Network | OtherNetwork:
    records = dict(cast("dict[str, object]", contents.value))
    facts = contents.facts
    average = plain_array(records.pop("latent_avg", None))
    if not _layout(records):
        return recognition.recognise(records)
    mean = None if average is None else as_float32(average)
    found = _state_dict(records, contents.arrays, mean)
    if not isinstance(found, Network) or "conv_clamp" not in facts:
        return found
    clamp = facts["conv_clamp"]
    factor = _plain_number(facts.get("mapping_lr_multiplier", str(LR_MULTIPLIER)))
    return Network(
        _with_multiplier(found.tensors, factor),
        OWN_FORMAT,
        UNKNOWN,
        _clamp(None if clamp == "none" else _plain_number(clamp), contents.arrays),
    )


def _plain_number(text: str) -> float:
    try:
        return float(text[:32])
    except ValueError:
        raise MalformedError(f"says {shown(text)!r} where a number should be") from None


def _module(
    module: Module, kind: str, arrays: Arrays, budget: Budget, class_index: int | None
) -> Network | OtherNetwork:
    """One of NVIDIA's modules, as its own attributes describe it; else its keywords do."""
    records = module.tensors(budget)
    if _layout(records) != "ada":
        decoder = module.child("decoder")  # an e4e or ReStyle network saved whole
        if decoder is not None:
            return _state_dict(_tensor_records(decoder.tensors(budget)), arrays, None)
        if _layout(records):
            return _state_dict(records, arrays, None)
        return recognition.recognise(records)
    keywords = as_dict(module.attributes.get("_init_kwargs"))
    keywords = keywords | as_dict(keywords.get("synthesis_kwargs"))
    synthesis = module.child("synthesis")
    blocks = [b for n, b in synthesis.children.items() if n.startswith("b")] if synthesis else []
    layers = [(n, layer) for block in blocks for n, layer in block.children.items()]
    convolutions = [layer for n, layer in layers if n.startswith("conv")]

    def said(part: Module, name: str, usual: object) -> object:
        return part.attributes.get(name, keywords.get(name, usual))

    # Compared, not collected in sets: a hostile file's values may have no hash, or no end.
    if any(said(block, "architecture", "skip") != "skip" for block in blocks):
        return recognition.NOT_SKIP
    if any(said(layer, "activation", "lrelu") != "lrelu" for layer in convolutions):
        raise MalformedError("has another activation than StyleGAN2's leaky ReLU")
    usual = 256 if "fused_modconv_default" in keywords else None  # StyleGAN3's repository
    clamps = {_clamp(said(layer, "conv_clamp", usual), arrays) for _, layer in layers}
    if len(clamps) > 1:
        raise MalformedError("clamps its layers in different ways")
    clamp = clamps.pop() if clamps else None
    first = module.child("mapping.fc0")
    factor = arrays.number(first.attributes.get("bias_gain", LR_MULTIPLIER)) if first else None
    tensors = layouts.ada(layouts.Source(records, arrays))
    tensors = _with_multiplier(tensors, factor)
    notes: tuple[str, ...] = ()
    if "mapping.embed.weight" in tensors:
        classes = tensors["mapping.embed.weight"].shape[-1]
        if class_index is None or not 0 <= class_index < classes:
            advice = f"Import it again and say which of its classes to draw, 0 to {classes - 1}."
            return OtherNetwork(recognition.CONDITIONAL.name, advice)
        tensors = layouts.one_class(tensors, class_index)
        notes = (f"It draws class {class_index} of {classes}.",)
    return Network(tensors, kind, NVIDIA, clamp, notes=notes)


def _clamp(value: object, arrays: Arrays) -> float | None:
    """The bound on activations that a file says, or that there is none."""
    clamp = arrays.number(value)
    if value is not None and not (clamp is not None and 0 < clamp < 1e6):
        raise MalformedError("clamps its layers to nothing sensible")
    return clamp


def _with_multiplier(tensors: Tensors, factor: float | None) -> Tensors:
    """The mapping network's weights as they would be stored for our ``LR_MULTIPLIER``."""
    if factor is None or not 1e-6 < factor < 1e6:
        raise MalformedError("scales its mapping network by nothing sensible")
    if factor == LR_MULTIPLIER:
        return tensors
    scale = np.float32(factor / LR_MULTIPLIER)
    return {
        name: tensor * scale if name.startswith("mapping.fc") else tensor
        for name, tensor in tensors.items()
    }


def _tensorflow(network: TensorFlowNetwork, arrays: Arrays) -> Network | OtherNetwork:
    names, arguments = network.variables, network.arguments
    if network.version not in (4, 5) or network.function in ("G_style", "G_paper"):
        return recognition.STYLEGAN1
    if network.function.startswith("D_"):
        return recognition.DISCRIMINATOR
    if arguments.get("synthesis_func", "G_synthesis_stylegan2") != "G_synthesis_stylegan2" or any(
        "ToRGB_lod" in name for name in names
    ):
        return recognition.REVISED_STYLEGAN1
    if arrays.number(arguments.get("label_size", 0)) != 0:
        return recognition.CONDITIONAL
    if arguments.get("architecture", "skip") != "skip":
        return recognition.NOT_SKIP
    kernel = arguments.get("resample_kernel", [1, 3, 3, 1])
    if not isinstance(kernel, list) or [arrays.number(v) for v in cast("list[object]", kernel)] != [
        1, 3, 3, 1,
    ]:  # fmt: skip
        raise MalformedError("resamples with another filter than [1, 3, 3, 1]")
    for name, usual in (
        ("nonlinearity", "lrelu"),
        ("mapping_nonlinearity", "lrelu"),
        ("normalize_latents", True),
    ):
        if arguments.get(name, usual) != usual:
            raise MalformedError(f"was built with another {name} than StyleGAN2's")
    factor = arrays.number(arguments.get("mapping_lrmul", LR_MULTIPLIER))
    tensors = layouts.tensorflow(layouts.Source(names, arrays))
    return Network(
        _with_multiplier(tensors, factor),
        "StyleGAN2 for TensorFlow" if network.version == 4 else "StyleGAN2-ADA for TensorFlow",
        NVIDIA,
        _clamp(arguments.get("conv_clamp"), arrays),
    )
