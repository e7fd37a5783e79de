"""Which way a channel does what it is said to do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from editor.document.photo_square import PhotoSquare
from models import channel_signs
from models.generator import Generator
from models.importing.directions import PublishedChannels
from models.unsupervised import sampled_statistics

MEASURE = "skin_brightness"


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.tiny(seed=2, resolution=32).requires_grad_(requires_grad=False)


def landmarks(crop: np.ndarray) -> np.ndarray:
    """A face that fills the crop: what is measured is colour."""
    return PhotoSquare(0, 0, crop.shape[0]).face.landmarks


def test_a_sign_is_measured_on_samples(generator: Generator) -> None:
    codes = channel_signs.samples(generator, sampled_statistics(generator, 500))
    assert codes.shape == (channel_signs.COUNT, generator.num_styles)
    s = codes.clone().requires_grad_()
    generator.synthesise(s).mean().backward()
    assert s.grad is not None
    brighter = s.grad.mean(0)
    brighter = 0.3 * brighter / brighter.abs().max()
    for step, wanted in ((brighter, 1), (-brighter, -1), (0 * brighter, 0)):
        assert channel_signs.sign(generator, codes, step, MEASURE, landmarks) == wanted


def test_what_is_not_measurable_has_no_sign(generator: Generator) -> None:
    codes = channel_signs.samples(generator, sampled_statistics(generator, 500))
    step = torch.ones(generator.num_styles)

    def nowhere(crop: np.ndarray) -> np.ndarray:
        return np.full((68, 2), crop.shape[0] / 2)

    assert channel_signs.sign(generator, codes, step, "gaze", nowhere) == 0


@pytest.mark.parametrize(
    ("differences", "wanted"),
    [
        ([1.0, 1.1, 0.9, 1.0, 1.2], 1),
        ([-1.0, -1.1, -0.9, -1.0, -1.2], -1),
        ([1.0, -1.1, 0.9, -1.0, 1.2, 0.8, -0.7, 1.0], 0),
        ([1.0, 1.0, 1.0], 0),  # too few
        ([0.0] * 8, 0),
        ([], 0),
    ],
)
def test_samples_must_agree(differences: list[float], wanted: int) -> None:
    assert channel_signs.agreed(differences) == wanted


def test_channels_with_a_known_sign_make_one_slider() -> None:
    row = PublishedChannels("bangs", ("3_1", "6_2", "6_3"), "hairline", lowers=True)
    steps = torch.eye(3)
    ((label, step),) = channel_signs.named(row, steps, [-1, 0, 1])
    assert label == "bangs"
    assert step.tolist() == [-1, 0, 1]


def test_without_a_sign_each_channel_is_for_itself_and_says_so() -> None:
    several = PublishedChannels("glasses", ("3_1", "6_2"))
    found = channel_signs.named(several, torch.eye(2), [])
    assert [label for label, _ in found] == ["glasses 3_1 (+ or −)", "glasses 6_2 (+ or −)"]
    assert [step.tolist() for _, step in found] == [[1, 0], [0, 1]]
    one = PublishedChannels("earrings", ("8_81",), "smile")
    assert channel_signs.named(one, torch.eye(1), [0])[0][0] == "earrings (+ or −)"
