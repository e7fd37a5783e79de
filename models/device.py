"""Which device the networks run on."""

from __future__ import annotations

from typing import Literal

import torch

from foundation.errors import AdvisedError

DeviceChoice = Literal["auto", "cuda", "cpu"]


class DeviceError(AdvisedError):
    """The device that was asked for is not there."""


def choose_device(choice: DeviceChoice) -> torch.device:
    """CUDA when it is present and ``choice`` allows it, else the CPU.

    Raises:
        DeviceError: ``"cuda"`` was asked for and PyTorch sees no CUDA device.
    """
    if choice == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda")
    if choice == "cuda":
        raise DeviceError(
            "PyTorch sees no CUDA device.",
            "Use --device cpu, or install a CUDA build of PyTorch and a driver.",
        )
    return torch.device("cpu")


def describe(device: torch.device) -> str:
    """For people: ``"NVIDIA H100 80GB HBM3"`` or ``"CPU, 2 threads"``."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"
