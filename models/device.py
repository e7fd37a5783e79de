"""Which device the networks run on, and with which packages."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import torch

from foundation.errors import AdvisedError

DeviceChoice = str
"""``"auto"``, ``"cuda"``, ``"cuda:N"`` (N from 0) or ``"cpu"``."""

_BFLOAT16 = "avx512_bf16", "amx_tile"


class DeviceError(AdvisedError):
    """The device that was asked for is not there."""


def choose_device(choice: DeviceChoice) -> torch.device:
    """CUDA when it is present and ``choice`` allows it, else the CPU.

    Raises:
        DeviceError: CUDA was asked for, and PyTorch sees no such device.
    """
    if choice == "cpu":
        return torch.device("cpu")
    kind, _, number = choice.partition(":")
    if kind == "cuda" and number:
        if int(number) >= torch.cuda.device_count():
            raise DeviceError(
                f"PyTorch sees {torch.cuda.device_count()} CUDA devices, so there is no {choice}.",
                "Count them from cuda:0, or use cpu.",
            )
        return torch.device(choice)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if choice == "cuda":
        raise DeviceError(
            "PyTorch sees no CUDA device.",
            "Use --device cpu, or install a CUDA build of PyTorch and a driver.",
        )
    return torch.device("cpu")


def halves_well(device: torch.device) -> bool:
    """Whether bfloat16 saves time there: on CPUs that multiply it themselves (AVX-512 BF16, AMX).

    Elsewhere a CPU converts it back and forth and takes longer; what a GPU gains, its graphs have.
    """
    if device.type != "cpu":
        return False
    asked = (getattr(torch.cpu, f"_is_{name}_supported", None) for name in _BFLOAT16)
    return any(known is not None and known() for known in asked)


def describe(device: torch.device) -> str:
    """For people: ``"NVIDIA H100 80GB HBM3"`` or ``"CPU, 2 threads"``."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    count = torch.get_num_threads()
    return f"CPU, {count} thread{'s' * (count != 1)}"


def package_versions() -> dict[str, str]:
    """Of Python and of the packages that figures depend on; "unknown" where one has no metadata."""
    names = ("torch", "PySide6-Essentials", "numpy", "opencv-python-headless", "dlib-bin", "pillow")
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
