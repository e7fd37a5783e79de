"""Small StyleGAN2 generators, and writers of every format that they are found in.

NVIDIA's classes are stood in for by stubs of the same names while a file is written; none of their
code is here or needed.
"""

from __future__ import annotations

import argparse
import io
import math
import pickle
import sys
import types
import warnings
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from numpy.typing import NDArray

W_DIM = 16
LAYERS = 3
Tensors = dict[str, torch.Tensor]


def channels(side: int) -> int:
    """Widths that differ, so that a wrong axis is noticed."""
    return min(256 // side, 12)


def random_network(seed: int = 0, resolution: int = 32) -> Tensors:
    """A generator as stylegan2-ada-pytorch names it, with values of the usual sizes."""
    random = torch.Generator().manual_seed(seed)

    def normal(*shape: int, scale: float = 1.0) -> torch.Tensor:
        return torch.randn(shape, generator=random) * scale

    row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    taps = torch.outer(row, row)
    out: Tensors = {}
    for i in range(LAYERS):
        out[f"mapping.fc{i}.weight"] = normal(W_DIM, W_DIM, scale=100)
        out[f"mapping.fc{i}.bias"] = normal(W_DIM, scale=10)
    out["mapping.w_avg"] = normal(W_DIM, scale=0.1)
    sides = [4 << i for i in range(resolution.bit_length() - 2)]
    for side in sides:
        name, width = f"synthesis.b{side}", channels(side)
        out[f"{name}.resample_filter"] = taps
        if side == 4:
            out[f"{name}.const"] = normal(width, 4, 4)
        for layer, inputs in (("conv0", channels(side // 2)), ("conv1", width)):
            if layer == "conv0" and side == 4:
                continue
            at = f"{name}.{layer}"
            out[f"{at}.weight"] = normal(width, inputs, 3, 3)
            out[f"{at}.bias"] = normal(width, scale=0.1)
            out[f"{at}.noise_strength"] = normal(scale=0.1)
            out[f"{at}.noise_const"] = normal(side, side)
            out[f"{at}.resample_filter"] = taps
            out[f"{at}.affine.weight"] = normal(inputs, W_DIM)
            out[f"{at}.affine.bias"] = 1 + normal(inputs, scale=0.1)
        out[f"{name}.torgb.weight"] = normal(3, width, 1, 1)
        out[f"{name}.torgb.bias"] = normal(3, scale=0.1)
        out[f"{name}.torgb.affine.weight"] = normal(width, W_DIM)
        out[f"{name}.torgb.affine.bias"] = 1 + normal(width, scale=0.1)
    return out


def picture(tensors: Tensors, z: torch.Tensor, clamp: float | None = None) -> torch.Tensor:
    """One picture by the StyleGAN2-ADA paper's arithmetic, literally: filters on stuffed zeros."""
    row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    kernel = torch.outer(row, row)

    def filtered(x: torch.Tensor, before: int, after: int) -> torch.Tensor:
        taps = (kernel * 4).expand(x.shape[1], 1, 4, 4)
        return F.conv2d(F.pad(x, (before, after, before, after)), taps, groups=x.shape[1])

    def bounded(x: torch.Tensor) -> torch.Tensor:
        return x if clamp is None else x.clamp(-clamp, clamp)

    w = z / (z.square().mean() + 1e-8).sqrt()
    for i in range(LAYERS):
        weight, bias = (tensors[f"mapping.fc{i}.{part}"] for part in ("weight", "bias"))
        w = F.leaky_relu(weight @ w * (0.01 / math.sqrt(len(w))) + bias * 0.01, 0.2) * math.sqrt(2)

    def style(name: str) -> torch.Tensor:
        return (
            tensors[f"{name}.affine.weight"] @ w / math.sqrt(len(w))
            + tensors[f"{name}.affine.bias"]
        )

    x = tensors["synthesis.b4.const"][None]
    image = torch.zeros(1, 3, 2, 2)
    side = 4
    while f"synthesis.b{side}.conv1.weight" in tensors:
        for layer in ("conv0", "conv1"):
            name = f"synthesis.b{side}.{layer}"
            if f"{name}.weight" not in tensors:
                continue
            weight = tensors[f"{name}.weight"] * style(name)[None, :, None, None]
            weight = weight / (weight.square().sum([1, 2, 3], keepdim=True) + 1e-8).sqrt()
            if layer == "conv0":
                x = filtered(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), 1, 1)
            else:
                x = F.conv2d(x, weight, padding=1)
            if f"{name}.noise_strength" in tensors:
                x = x + tensors[f"{name}.noise_const"] * tensors[f"{name}.noise_strength"]
            x = x + tensors[f"{name}.bias"][None, :, None, None]
            x = bounded(F.leaky_relu(x, 0.2) * math.sqrt(2))
        name = f"synthesis.b{side}.torgb"
        weight = (
            tensors[f"{name}.weight"] * (style(name) / math.sqrt(x.shape[1]))[None, :, None, None]
        )
        rgb = bounded(F.conv2d(x, weight) + tensors[f"{name}.bias"][None, :, None, None])
        stuffed = torch.zeros(1, 3, side, side)
        stuffed[:, :, ::2, ::2] = image
        image = rgb if side == 4 else filtered(stuffed, 2, 1) + rgb
        side *= 2
    return image


# NVIDIA's classes, in name only.


class Persistent:
    """Pickles as a call with the instance's attributes and its module's source."""

    def __init__(self, class_name: str, state: dict[str, Any]) -> None:
        self.class_name, self.state = class_name, state

    def __reduce__(self) -> tuple[Any, tuple[dict[str, Any]], None]:
        meta = {
            "type": "class",
            "version": 6,
            "module_src": SOURCE,
            "class_name": self.class_name,
            "state": self.state,
        }
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (meta,), None


SOURCE = "import os\nos.system('touch executed')\nraise SystemExit('this must never run')\n"


@contextmanager
def stub_modules() -> Generator[dict[str, Any]]:
    """NVIDIA's modules exist while the block runs; gives the classes in them."""

    def _reconstruct_persistent_obj(meta: dict[str, Any]) -> Any:
        raise AssertionError("a file's code would run")

    class EasyDict(dict[str, Any]):
        pass

    class Network:
        pass

    persistence = types.ModuleType("torch_utils.persistence")
    util = types.ModuleType("dnnlib.util")
    network = types.ModuleType("dnnlib.tflib.network")
    for module, thing in (
        (persistence, _reconstruct_persistent_obj), (util, EasyDict), (network, Network),
    ):  # fmt: skip
        thing.__module__, thing.__qualname__ = module.__name__, thing.__name__
        setattr(module, thing.__name__, thing)
    names = {
        "torch_utils": types.ModuleType("torch_utils"), "torch_utils.persistence": persistence,
        "dnnlib": types.ModuleType("dnnlib"), "dnnlib.util": util,
        "dnnlib.tflib": types.ModuleType("dnnlib.tflib"), "dnnlib.tflib.network": network,
    }  # fmt: skip
    sys.modules.update(names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield {"EasyDict": EasyDict, "Network": Network}
    finally:
        for name in names:
            del sys.modules[name]


_BUFFERS = ("resample_filter", "noise_const", "w_avg")


def module(tensors: Tensors, clamp: float | None = None, **changes: Any) -> Persistent:
    """The generator as nested persistent modules, with the attributes that theirs have.

    Args:
        tensors: by dotted names.
        clamp: of all layers.
        changes: of blocks' or layers' attributes, such as ``architecture`` or ``activation``.
    """

    def build(prefix: str, class_name: str) -> Persistent:
        own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
        children = list(dict.fromkeys(k.split(".")[0] for k in own if "." in k))
        state: dict[str, Any] = {
            "training": False,
            "_parameters": OrderedDict(
                (k, torch.nn.Parameter(v, requires_grad=False))
                for k, v in own.items()
                if "." not in k and k not in _BUFFERS
            ),
            "_buffers": OrderedDict((k, v) for k, v in own.items() if k in _BUFFERS),
            "_non_persistent_buffers_set": set[str](),
            "_backward_hooks": OrderedDict(),
            "_init_args": (),
        }
        if not own:
            state["_parameters"]["bias"] = None
        if class_name == "SynthesisBlock":
            state |= {"architecture": "skip", "use_fp16": False, "is_last": False}
        if class_name in ("SynthesisLayer", "ToRGBLayer"):
            state["conv_clamp"] = clamp
        if class_name == "SynthesisLayer":
            state |= {"activation": "lrelu", "act_gain": np.sqrt(np.float64(2)), "use_noise": True}
        if class_name == "FullyConnectedLayer":
            gain = 0.01 if prefix.startswith("mapping.") else 1
            state |= {"bias_gain": gain, "weight_gain": gain / np.sqrt(np.float64(W_DIM))}
        state |= {k: v for k, v in changes.items() if k in state}
        state["_modules"] = OrderedDict((k, build(f"{prefix}{k}.", _class_of(k))) for k in children)
        return Persistent(class_name, state)

    found = build("", "Generator")
    easy = sys.modules["dnnlib.util"].EasyDict
    synthesis = easy(conv_clamp=clamp, num_fp16_res=0)
    found.state["_init_kwargs"] = easy(z_dim=W_DIM, synthesis_kwargs=synthesis, c_dim=0)
    return found


def _class_of(name: str) -> str:
    if name.startswith("b") and name[1:].isdigit():
        return "SynthesisBlock"
    known = {"torgb": "ToRGBLayer", "mapping": "MappingNetwork", "synthesis": "SynthesisNetwork"}
    return known.get(name, "SynthesisLayer" if name.startswith("conv") else "FullyConnectedLayer")


def ada(tensors: Tensors, clamp: float | None = None, protocol: int = 4, **changes: Any) -> bytes:
    """stylegan2-ada-pytorch's network pickle; also that of the StyleGAN3 repository."""
    with stub_modules() as stubs:
        other = Persistent("Discriminator", {"_parameters": {"b": torch.zeros(3)}, "_modules": {}})
        training = stubs["EasyDict"](class_name="training.dataset", path="data/afhqcat.zip")
        generator = module(tensors, clamp, **changes)
        top = {"training_set_kwargs": dict(training), "G": generator, "D": other}
        averaged = module(tensors, clamp, **changes)
        return pickle.dumps(top | {"G_ema": averaged, "augment_pipe": None}, protocol)


def pti(tensors: Tensors, clamp: float | None = None, *, stit: bool = False) -> bytes:
    """A tuned generator, saved whole with ``torch.save``; with pivots and quads as STIT does."""
    with stub_modules():
        top: Any = module(tensors, clamp)
        if stit:
            quads = [np.zeros((4, 2))]
            top = {"generator": top, "pivots": torch.zeros(1, 8, W_DIM), "quads": quads}
        return saved(top)


def saved(value: object, *, legacy: bool = False) -> bytes:
    """``torch.save``, in today's or the older format."""
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def _numbered(sides: list[int]) -> Iterator[tuple[str, int, int]]:
    yield "synthesis.b4.conv1", 0, 4
    for j, side in enumerate(sides[1:]):
        yield f"synthesis.b{side}.conv0", 2 * j + 1, side
        yield f"synthesis.b{side}.conv1", 2 * j + 2, side


def _sides(tensors: Tensors) -> list[int]:
    return [4 << i for i in range(9) if f"synthesis.b{4 << i}.conv1.weight" in tensors]


def tensorflow(
    tensors: Tensors, clamp: float | None = None, version: int = 4, protocol: int = 4, **extra: Any
) -> bytes:
    """(G, D, Gs) of NVlabs/stylegan2 (version 4) or stylegan2-ada (5)."""

    def array(name: str) -> NDArray[np.float32]:
        return tensors[name].numpy()

    mapping: list[tuple[str, Any]] = []
    for i in range(LAYERS):
        mapping.append((f"Dense{i}/weight", array(f"mapping.fc{i}.weight").T.copy()))
        mapping.append((f"Dense{i}/bias", array(f"mapping.fc{i}.bias")))
    synthesis: list[tuple[str, Any]] = [("lod", np.float32(0))]
    for name, k, _ in _numbered(_sides(tensors)):
        synthesis.append((f"noise{k}", array(f"{name}.noise_const")[None, None]))
    synthesis.append(("4x4/Const/const", array("synthesis.b4.const")[None]))
    for side in _sides(tensors):
        for ours, theirs in (("conv0", "Conv0_up"), ("conv1", "Conv1"), ("torgb", "ToRGB")):
            name = f"synthesis.b{side}.{ours}"
            if f"{name}.weight" not in tensors:
                continue
            at = f"{side}x{side}/" + ("Conv" if side == 4 and ours == "conv1" else theirs)
            weight = array(f"{name}.weight").transpose(2, 3, 1, 0)
            weight = weight[::-1, ::-1] if ours == "conv0" else weight
            synthesis += [
                (f"{at}/weight", weight.copy()),
                (f"{at}/mod_weight", array(f"{name}.affine.weight").T.copy()),
                (f"{at}/mod_bias", array(f"{name}.affine.bias") - 1),
                (f"{at}/bias", array(f"{name}.bias")),
            ]
            if ours != "torgb":
                synthesis.append(
                    (f"{at}/noise_strength", np.float32(array(f"{name}.noise_strength")))
                )
    with stub_modules() as stubs:

        def network(function: str, variables: list[tuple[str, Any]], **state: Any) -> Any:
            made = stubs["Network"]()
            made.__dict__ |= {
                "version": version, "name": function, "static_kwargs": {}, "components": {},
                "build_module_src": SOURCE, "build_func_name": function, "variables": variables,
            } | state  # fmt: skip
            return made

        arguments = {"num_channels": 3, "resolution": _sides(tensors)[-1], "label_size": 0}
        arguments |= {} if clamp is None else {"conv_clamp": clamp}
        parts = {
            "mapping": network("G_mapping", mapping),
            "synthesis": network("G_synthesis_stylegan2", synthesis),
        }
        own = [("lod", np.float32(0)), ("dlatent_avg", array("mapping.w_avg"))]
        gs = network("G_main", own, components=parts, static_kwargs=arguments | extra)
        d = network("D_stylegan2", [("w", np.zeros(2, np.float32))])
        return pickle.dumps((network("G_main", []), d, gs), protocol)


def rosinality_tensors(tensors: Tensors, *, noises: bool = True) -> Tensors:
    """rosinality's names and shapes."""
    out: Tensors = OrderedDict()
    for i in range(LAYERS):
        for part in ("weight", "bias"):
            out[f"style.{i + 1}.{part}"] = tensors[f"mapping.fc{i}.{part}"]
    out["input.input"] = tensors["synthesis.b4.const"][None]
    taps = tensors["synthesis.b4.resample_filter"] * 4
    for name, k, _ in _numbered(_sides(tensors)):
        at = f"convs.{k - 1}" if k else "conv1"
        out[f"{at}.conv.weight"] = tensors[f"{name}.weight"][None]
        out[f"{at}.noise.weight"] = tensors[f"{name}.noise_strength"].reshape(1)
        out[f"{at}.activate.bias"] = tensors[f"{name}.bias"]
        if name.endswith("conv0"):
            out[f"{at}.conv.blur.kernel"] = taps
        if noises:
            out[f"noises.noise_{k}"] = tensors[f"{name}.noise_const"][None, None]
        for part in ("weight", "bias"):
            out[f"{at}.conv.modulation.{part}"] = tensors[f"{name}.affine.{part}"]
    for k, side in enumerate(_sides(tensors)):
        name, at = f"synthesis.b{side}.torgb", f"to_rgbs.{k - 1}" if k else "to_rgb1"
        out[f"{at}.conv.weight"] = tensors[f"{name}.weight"][None]
        out[f"{at}.bias"] = tensors[f"{name}.bias"].reshape(1, 3, 1, 1)
        if k:
            out[f"{at}.upsample.kernel"] = taps
        for part in ("weight", "bias"):
            out[f"{at}.conv.modulation.{part}"] = tensors[f"{name}.affine.{part}"]
    return out


def rosinality(tensors: Tensors, *, legacy: bool = False) -> bytes:
    """A converted file."""
    top = {"g_ema": rosinality_tensors(tensors), "latent_avg": tensors["mapping.w_avg"]}
    return saved(top, legacy=legacy)


def rosinality_training(tensors: Tensors) -> bytes:
    """A checkpoint of a training: options as a Namespace, optimiser, no mean of W."""
    theirs = rosinality_tensors(tensors, noises=False)
    return saved(
        {
            "g": {k: v + 1 for k, v in theirs.items()},
            "d": {"final_conv.0.weight": torch.zeros(2)},
            "g_ema": theirs,
            "g_optim": {"state": {0: {"step": 3, "exp_avg": torch.zeros(2)}}, "param_groups": []},
            "args": argparse.Namespace(size=32, path="data"),
            "ada_aug_p": 0.0,
        }
    )


def encoder4editing(tensors: Tensors) -> bytes:
    """A checkpoint of pSp, e4e or ReStyle: encoder and decoder, mean of W as rows."""
    names = {f"decoder.{k}": v for k, v in rosinality_tensors(tensors).items()}
    names["encoder.input_layer.0.weight"] = torch.zeros(4)
    return saved(
        {
            "state_dict": names,
            "latent_avg": tensors["mapping.w_avg"].repeat(8, 1),
            "opts": {"lr": 1},
        }
    )


def genforce(tensors: Tensors) -> bytes:
    """genforce's checkpoint."""
    out: Tensors = OrderedDict()
    for i in range(LAYERS):
        for part in ("weight", "bias"):
            out[f"mapping.dense{i}.{part}"] = tensors[f"mapping.fc{i}.{part}"]
    out["truncation.w_avg"] = tensors["mapping.w_avg"]
    out["synthesis.early_layer.const"] = tensors["synthesis.b4.const"][None]
    taps = tensors["synthesis.b4.resample_filter"][None, None] * 4
    out["synthesis.upsample.kernel"] = taps
    for name, k, _ in _numbered(_sides(tensors)):
        at, up = f"synthesis.layer{k}", name.endswith("conv0")
        weight = tensors[f"{name}.weight"]
        out[f"{at}.weight"] = weight.flip(2, 3) if up else weight
        out[f"{at}.style.weight"] = tensors[f"{name}.affine.weight"]
        out[f"{at}.style.bias"] = tensors[f"{name}.affine.bias"] - 1
        out[f"{at}.noise"] = tensors[f"{name}.noise_const"][None, None]
        out[f"{at}.noise_strength"] = tensors[f"{name}.noise_strength"]
        out[f"{at}.bias"] = tensors[f"{name}.bias"]
        if up:
            out[f"{at}.filter.kernel"] = taps
    for k, side in enumerate(_sides(tensors)):
        name, at = f"synthesis.b{side}.torgb", f"synthesis.output{k}"
        out[f"{at}.weight"] = tensors[f"{name}.weight"]
        out[f"{at}.bias"] = tensors[f"{name}.bias"]
        out[f"{at}.style.weight"] = tensors[f"{name}.affine.weight"]
        out[f"{at}.style.bias"] = tensors[f"{name}.affine.bias"] - 1
    old = {k: v + 1 for k, v in out.items()}
    return saved({"generator": old, "discriminator": {}, "generator_smooth": out})
