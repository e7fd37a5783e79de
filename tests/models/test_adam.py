"""Adam is torch's, without what the first optimiser of a program imports."""

from __future__ import annotations

import subprocess
import sys

import torch
from torch import Tensor

from models.adam import Adam, Group

ALONE = """
import sys, torch
from models.adam import Adam, Group
x = torch.ones(3, requires_grad=True)
Adam([Group([x], 0.1)], (0.9, 0.99)).step(x.square().sum())
assert float(x[0].detach()) < 1
sys.exit("torch._dynamo" in sys.modules)
"""


def test_steps_are_torchs_bit_for_bit() -> None:
    generator = torch.Generator().manual_seed(3)
    start = [torch.randn(shape, generator=generator) for shape in ((4, 5), (7,), (1, 3))]
    wanted = [torch.randn(t.shape, generator=generator) for t in start]
    ours, theirs = ([t.clone().requires_grad_() for t in start] for _ in range(2))

    def loss(tensors: list[Tensor]) -> Tensor:
        parts = [(t - w).pow(4).mean() for t, w in zip(tensors, wanted, strict=True)]
        return parts[0] + 3 * parts[1]  # the third has no gradient

    adam = Adam([Group(ours[:2], 0.05), Group(ours[2:], 0.01)], (0.85, 0.98))
    reference = torch.optim.Adam(
        [{"params": theirs[:2], "lr": 0.05}, {"params": theirs[2:], "lr": 0.01}], betas=(0.85, 0.98)
    )
    for step in range(12):
        adam.groups[0].rate = reference.param_groups[0]["lr"] = 0.05 / (1 + step)
        adam.step(loss(ours))
        reference.zero_grad()
        loss(theirs).backward()
        reference.step()
        for a, b in zip(ours, theirs, strict=True):
            assert torch.equal(a, b)
    assert not torch.equal(ours[0].detach(), start[0])
    assert torch.equal(ours[2].detach(), start[2])


def test_a_first_step_imports_no_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
