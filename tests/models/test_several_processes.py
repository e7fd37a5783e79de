"""One training in two processes, and one function in several: the same as in one."""

from __future__ import annotations

import multiprocessing
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
import torch.distributed as dist

from models.checkpoints import CheckpointError
from models.training import adversarial, checkpoints, parallel, sample_faces, train_generator
from models.training.adversarial import GeneratorTraining
from tests.models.test_detail import CPU, FINE, portraits, untrained_features

if TYPE_CHECKING:
    from collections.abc import Iterator

RECIPE = replace(FINE, frozen_below=0, teach_kimg=0.0, augment_kimg=0.05, hair_window=4.0)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _train(rank: int, port: int, folder: str) -> None:
    torch.set_num_threads(1)
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    dist.init_process_group("gloo", rank=rank, world_size=2)
    adversarial.load_efficientnet_lite = untrained_features
    whole, fine = portraits(64), portraits(128)
    training = GeneratorTraining(RECIPE, CPU, compiled=False, portraits=6)
    training.begin(whole, fine)
    torch.manual_seed(100 + rank)
    for _ in range(3):
        training.step(whole, fine)
    state = {
        f"{name}.{key}": tensor.contiguous()
        for name, module in training.modules().items()
        for key, tensor in module.state_dict().items()
    }
    about = {"images": str(training.images)}
    checkpoints.write_tensors(Path(folder) / f"{rank}.safetensors", state, about)
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_train_one_generator(tmp_path: Path) -> None:
    spawned, port = multiprocessing.get_context("spawn"), _free_port()
    both = [spawned.Process(target=_train, args=(rank, port, str(tmp_path))) for rank in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
        assert process.exitcode == 0
    (first, about), (second, _) = (
        checkpoints.read_tensors(tmp_path / f"{rank}.safetensors") for rank in range(2)
    )
    # each keeps banks of what it drew itself, and codes of the portraits that it rebuilt
    own = {"matching", "window_matching", "rebuilding"}
    shared = {name for name in first if name.partition(".")[0] not in own}
    assert {name.partition(".")[0] for name in shared} == {
        "generator", "average", "discriminator", "augmentation", "patch_discriminator",
        "patch_augmentation",
    }  # fmt: skip
    differing = {name for name in shared if not torch.equal(first[name], second[name])}
    assert not differing
    assert int(about["images"]) == 2 * 3 * RECIPE.batch, "pictures of both count"
    assert not torch.equal(first["matching.made"], second["matching.made"]), "of different latents"


def test_a_process_that_sees_one_gpu_takes_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("LOCAL_RANK", "1")
    for seen, number in ((2, 1), (1, 0)):
        monkeypatch.setattr(torch.cuda, "device_count", lambda seen=seen: seen)
        device = train_generator._device()  # pyright: ignore[reportPrivateUsage]
        assert device == torch.device("cuda", number)


def _refused(item: int) -> int:
    if item == 3:
        raise CheckpointError("Three is missing.", "Take another.")
    return item * item


def test_results_come_in_order_and_items_are_drawn_as_needed() -> None:
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for item in range(40, 80):
            drawn.append(item)
            yield item

    with parallel.processes(2) as pool:
        results = parallel.mapped(pool, _refused, items(), 2)
        assert next(results) == 1600
        assert len(drawn) < 20
        assert list(results) == [item * item for item in range(41, 80)]
        with pytest.raises(CheckpointError, match="missing") as caught:
            list(parallel.mapped(pool, _refused, range(5), 2))
    assert caught.value.advice == "Take another."


@pytest.mark.slow
def test_samples_are_the_same_however_many_processes_look(tmp_path: Path) -> None:
    for processes in (1, 2):
        sample_faces.main(
            ["--count", "3", "--out", str(tmp_path / str(processes)), "--processes", str(processes)]
        )
    alone, together = (np.load(tmp_path / f"{n}.npz", allow_pickle=False) for n in (1, 2))
    with alone, together:
        for name in ("w", "has_face", "ends"):
            np.testing.assert_array_equal(alone[name], together[name])
        np.testing.assert_allclose(alone["landmarks"], together["landmarks"], atol=0.01)
    streams = [(tmp_path / f"{n}.jpgs").read_bytes() for n in (1, 2)]
    assert streams[0] == streams[1]
