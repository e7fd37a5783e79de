"""Which errors say that memory has run out, or that the GPU is gone: libraries have many for both.

PyTorch raises its own type for its own allocator only. What cuBLAS, cuDNN and the driver could not
allocate, and the CPU's allocator, are plain RuntimeErrors that differ in their text. After some
errors (an illegal address, a failed assertion on the device) CUDA answers every later call with the
same error, until the process ends: they are *sticky*.
"""

from __future__ import annotations

from enum import Enum, auto

import cv2
import torch


class Fault(Enum):
    """What went wrong below the program."""

    MEMORY = auto()
    """The computer's memory has run out."""
    DEVICE_MEMORY = auto()
    """The GPU's has."""
    DEVICE_LOST = auto()
    """The GPU answers nothing in this process any more."""


_DEVICE_MEMORY = (
    "CUDA out of memory",
    "CUDA error: out of memory",
    "HIP out of memory",
    "MPS backend out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED",  # its workspace found no room
    "CUDNN_STATUS_ALLOC_FAILED",
    "ALLOCATION_FAILED",  # CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED and its like
    "CUDNN_STATUS_NOT_INITIALIZED",
    "CUSOLVER_STATUS_ALLOC_FAILED",
    "CUFFT_ALLOC_FAILED",
)
_MEMORY = ("DefaultCPUAllocator", "bad_alloc", "Insufficient memory")
_DEVICE_LOST = (
    "CUDA error",
    "HIP error",
    "CUDA driver error",
    "CUBLAS_STATUS_EXECUTION_FAILED",
    "CUBLAS_STATUS_INTERNAL_ERROR",
    "CUDNN_STATUS_EXECUTION_FAILED",
    "CUDNN_STATUS_INTERNAL_ERROR",
)


def fault_of(error: BaseException) -> Fault | None:
    """What an error says of memory and devices; None if it is about something else."""
    if isinstance(error, torch.OutOfMemoryError):
        return Fault.DEVICE_MEMORY
    if isinstance(error, MemoryError):
        return Fault.MEMORY
    if not isinstance(error, RuntimeError | cv2.error):
        return None
    text = str(error)
    for fault, signs in (
        (Fault.DEVICE_MEMORY, _DEVICE_MEMORY),
        (Fault.MEMORY, _MEMORY),
        (Fault.DEVICE_LOST, _DEVICE_LOST),
    ):
        if any(sign in text for sign in signs):
            return fault
    return None
