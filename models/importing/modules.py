"""Networks in inert records: NVIDIA's persistent modules, PyTorch's own, and TensorFlow's.

NVIDIA's classes pickle as a call with one dict: the source of their module, which their loader
executes and this one ignores, the class's name, and the instance's attributes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from models.importing.bounded import MalformedError
from models.importing.pickles import Name, Record

if TYPE_CHECKING:
    from models.importing.bounded import Budget

DEEPEST = 32

_PERSISTENT = Name("torch_utils.persistence", "_reconstruct_persistent_obj")
_TENSORFLOW = Name("dnnlib.tflib.network", "Network")


@dataclass(frozen=True, slots=True)
class Module:
    """A PyTorch module as its record says.

    Attributes:
        class_name: of its class, as text.
        attributes: of the instance.
    """

    class_name: str
    attributes: dict[str, object]

    @property
    def children(self) -> dict[str, Module]:
        """Its own modules, by name."""
        listed = as_dict(self.attributes.get("_modules"))
        found = {name: module_of(value) for name, value in listed.items()}
        return {name: module for name, module in found.items() if module is not None}

    def child(self, path: str) -> Module | None:
        """A module further down, by its dotted path."""
        module: Module | None = self
        for name in path.split("."):
            module = module.children.get(name) if module else None
        return module

    def tensors(self, budget: Budget) -> dict[str, object]:
        """Its state dict: dotted names and the records of parameters and buffers.

        Raises:
            MalformedError: it contains itself, or more than any network.
        """
        found: dict[str, object] = {}
        waiting: list[tuple[str, Module, int]] = [("", self, 0)]
        while waiting:
            prefix, module, depth = waiting.pop()
            budget.step()
            if depth > DEEPEST or len(prefix) > 512:
                raise MalformedError("holds modules inside one another without end")
            for kind in ("_parameters", "_buffers"):
                for name, value in as_dict(module.attributes.get(kind)).items():
                    budget.step()
                    if value is not None:
                        found[prefix + name] = value
            waiting += [
                (f"{prefix}{name}.", child, depth + 1) for name, child in module.children.items()
            ]
        return found


@dataclass(frozen=True, slots=True)
class TensorFlowNetwork:
    """One of NVIDIA's TensorFlow networks.

    Attributes:
        version: of its format: 4 is StyleGAN2's, 5 StyleGAN2-ADA's, earlier ones StyleGAN1's.
        function: that builds it, as text.
        arguments: of that function.
        variables: records of its own and its parts' variables; the parts' names go before.
    """

    version: int
    function: str
    arguments: dict[str, object]
    variables: dict[str, object]


def as_dict(value: object) -> dict[str, object]:
    """The entries of a dict, or of a record that has some, whose keys are text; else none."""
    if isinstance(value, Record):
        value = value.entries
    if not isinstance(value, dict):
        return {}
    return {k: v for k, v in cast("dict[object, object]", value).items() if isinstance(k, str)}


def module_of(value: object) -> Module | None:
    """The module of a record, or None when it is none."""
    if not isinstance(value, Record):
        return None
    if value.function == _PERSISTENT:
        meta = as_dict(value.arguments[0]) if value.arguments else {}
        name = meta.get("class_name")
        return Module(name if isinstance(name, str) else "", as_dict(meta.get("state")))
    attributes = as_dict(value.state)
    return Module(value.function.name, attributes) if "_modules" in attributes else None


def tensorflow_network(value: object, budget: Budget) -> TensorFlowNetwork | None:
    """The TensorFlow network of a record, or None when it is none.

    Raises:
        MalformedError: it contains itself.
    """
    if not isinstance(value, Record) or value.function != _TENSORFLOW:
        return None
    state = as_dict(value.state)
    variables: dict[str, object] = {}
    waiting: list[tuple[str, dict[str, object], int]] = [("", state, 0)]
    while waiting:
        prefix, part, depth = waiting.pop()
        budget.step()
        if depth > 2:
            raise MalformedError("holds networks inside one another without end")
        own = part.get("variables")
        for pair in cast("list[object]", own) if isinstance(own, list) else []:
            budget.step()
            if not isinstance(pair, tuple) or len(cast("tuple[object, ...]", pair)) != 2:
                raise MalformedError("holds a variable that has no name")
            name, tensor = cast("tuple[object, object]", pair)
            if not isinstance(name, str):
                raise MalformedError("holds a variable that has no name")
            variables[prefix + name] = tensor
        for name, child in as_dict(part.get("components")).items():
            if isinstance(child, Record):
                waiting.append((f"{prefix}{name}/", as_dict(child.state), depth + 1))
    version, function = state.get("version"), state.get("build_func_name")
    return TensorFlowNetwork(
        version if isinstance(version, int) else 0,
        function if isinstance(function, str) else "",
        as_dict(state.get("static_kwargs")),
        variables,
    )
