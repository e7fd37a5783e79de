"""Which pixel of a face is what: a network that sees the picture, the mesh and the person's mask.

The trunk is EfficientNet-Lite0's first eleven blocks (``models.perceptual``), trained on; what is
behind it joins its maps with *guides*, drawings of where the mesh expects each feature, so that
little is left to learn of eyes, lips and brows. Trained on labels of our own
(``models/training/parser.md``). What covers a face is the network's to say; which of its features
is where, the mesh's: the network's pixels are too coarse for lids and lips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from models.faces.face_classes import CONTOURS, IRISES, MIRRORED, OVAL
from models.faces.network_parts import frozen
from models.faces.person import load_person
from models.perceptual import STEM, EfficientNetLite, fold_batch_norms
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Array = NDArray[np.float64]
    Float = NDArray[np.float32]
    Picture = NDArray[np.uint8]

FILE = "face-parser.safetensors"
SHA256 = "98f92809994776387624d11aec397780b79e4bc4d3e7b4a6075a1246e983db8b"

SIDE = 384
"""Pixels of the square that the network sees; it answers at half of that."""

_FACE = tuple(CLASSES.index(name) for name in ("skin", *CONTOURS, "iris", "teeth"))
_SKIN, _IRIS, _MOUTH, _TEETH = map(CLASSES.index, ("skin", "iris", "mouth", "teeth"))
_GLASSES = CLASSES.index("glasses")
_EYES = [CLASSES.index("right eye"), CLASSES.index("left eye")]

GUIDES = len(CONTOURS) + 5  # contours, oval, irises, person, across and down
CLOSE_SIDE = 512
"""The same where glasses are: measured beside 384 and 640, see ``models/training/parser.md``."""

_STEP = 32  # pixels, of which the network takes a multiple
_A_PAIR = 5e-4  # of a crop: less is no pair of glasses
_STRIP = -0.75, 0.85  # of the distance of the eyes' outer corners, above and below them
_PERSON_SIDE = 256
_WIDTHS = (192, 128, 96, 48)  # at a 16th, an 8th, a quarter and half the side


class _Mixing(nn.Module):
    """A 1 × 1 convolution, then a depthwise one with its own on top of it."""

    def __init__(self, inputs: int, channels: int, kernel: int) -> None:
        super().__init__()
        self.join = nn.Conv2d(inputs, channels, 1)
        self.near = nn.Conv2d(channels, channels, kernel, padding=kernel // 2, groups=channels)
        self.mix = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.join(x))
        return y + F.relu(self.mix(self.near(y)))


class ParserNetwork(nn.Module):
    """A picture and its guides → the logits of each class."""

    def __init__(self, trunk: EfficientNetLite | None = None) -> None:
        """With a trunk of three maps whose batch norms are folded; None: untrained."""
        super().__init__()
        if trunk is None:
            trunk = EfficientNetLite(taps=3)
            fold_batch_norms(trunk)
        self.trunk = trunk
        quarter, eighth, sixteenth = trunk.channels
        a, b, c, d = _WIDTHS
        self.context = nn.Conv2d(sixteenth, a, 1)
        self.deep = _Mixing(sixteenth + GUIDES, a, 5)
        self.deeper = _Mixing(a, a, 5)
        self.at_eighth = _Mixing(a + eighth + GUIDES, b, 5)
        self.at_quarter = _Mixing(b + quarter + GUIDES, c, 5)
        self.finer = nn.Conv2d(c, d, 1)
        self.at_half = _Mixing(d + STEM + GUIDES, d, 3)
        self.classes = nn.Conv2d(d, len(CLASSES), 1)
        self.expected = nn.Conv2d(GUIDES, len(CLASSES), 1)  # what is small is where it should be

    def forward(self, pictures: Tensor, guides: Tensor) -> Tensor:
        """Logits.

        Args:
            pictures: (n, 3, s, s), sRGB in [−1, 1]; s a multiple of 32, ``SIDE`` as trained.
            guides: (n, ``GUIDES``, s / 2, s / 2), as ``guides`` draws them.

        Returns:
            (n, classes, s / 2, s / 2).
        """
        x = pictures.contiguous(memory_format=torch.channels_last)
        # Joined with maps that lie channel by channel, the others would be taken apart as well: an
        # eighth of the time (one thread; medians of 40: 86 and 93 ms).
        guides = guides.contiguous(memory_format=torch.channels_last)
        stem = self.trunk.stem(x)
        quarter, eighth, sixteenth = self.trunk.beyond(stem, 3)
        drawn = [guides]
        for _ in range(3):
            drawn.append(F.avg_pool2d(drawn[-1], 2))
        about = self.context(sixteenth.mean((2, 3), keepdim=True))
        y = self.deeper(self.deep(torch.cat([sixteenth, drawn[3]], 1)) + about)
        y = self.at_eighth(torch.cat([_twice(y), eighth, drawn[2]], 1))
        y = self.at_quarter(torch.cat([_twice(y), quarter, drawn[1]], 1))
        y = self.at_half(torch.cat([_twice(self.finer(y)), stem, drawn[0]], 1))
        return self.classes(y) + self.expected(drawn[0])


def _twice(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def guides(mesh: Array, person: Float, scale: float, side: int = SIDE // 2) -> Float:
    """What the network is shown of the mesh and the person's mask, (``GUIDES``, side, side).

    Args:
        mesh: (478, 2 or more), pixels of a square picture.
        person: (any, any) of that picture, in 0…1.
        scale: pixels of ``side`` for each of the picture's.
        side: of the drawings.
    """
    points = (mesh[:, :2] + 0.5) * scale - 0.5
    drawings = [_drawn(points, side, contour) for contour in CONTOURS.values()]
    drawings.append(_drawn(points, side, OVAL))
    drawings.append(_irises(points, side).astype(np.float32))
    drawings.append(np.asarray(cv2.resize(person, (side, side)), np.float32))
    right, left = points[[33, 133]].mean(0), points[[362, 263]].mean(0)
    middle, unit = (right + left) / 2, max(float(np.hypot(*(left - right))), 1.0)
    axes = np.array([left - right, [right[1] - left[1], left[0] - right[0]]]) / unit**2
    at = (np.indices((side, side))[::-1].reshape(2, -1).T - middle) @ axes.T
    drawings += list(np.clip(at.T.reshape(2, side, side) / 3, -1.5, 1.5).astype(np.float32))
    return np.stack(drawings)


def _drawn(points: Array, side: int, contour: tuple[int, ...]) -> Float:
    """1 inside a contour of the mesh."""
    mask = np.zeros((side, side), np.float32)
    cv2.fillPoly(mask, [np.round(points[list(contour)] * 16).astype(np.int32)], 1.0, shift=4)
    return mask


def mirror_image(drawn: Tensor) -> Tensor:
    """What ``guides`` (n, ``GUIDES``, h, w) draws of the mirror images of the same faces."""
    names = list(CONTOURS)
    sides = [names.index(CLASSES[MIRRORED[CLASSES.index(name)]]) for name in names]
    mirrored = drawn.flip(-1)[:, [*sides, *range(len(names), GUIDES)]]
    mirrored[:, -2] *= -1  # across
    return mirrored


def _irises(points: Array, side: int) -> Picture:
    """1 inside the mesh's irises, also where lids cover them."""
    mask = np.zeros((side, side), np.uint8)
    for ring in IRISES:
        centre = points[list(ring)].mean(0)
        radius = np.linalg.norm(points[list(ring)] - centre, axis=1).mean()
        at = round(centre[0] * 16), round(centre[1] * 16)
        cv2.circle(mask, at, max(1, round(radius * 16)), 1, -1, cv2.LINE_8, 4)
    return mask


def features(mesh: Array, side: int) -> NDArray[np.uint8]:
    """What the mesh's contours say: numbers of classes (side, side), 0 outside of all.

    Args:
        mesh: (478, 2 or more), pixels of a square of that side.
        side: of the square.
    """
    points = mesh[:, :2]
    found = np.zeros((side, side), np.uint8)
    for name, contour in CONTOURS.items():
        corners = np.round(points[list(contour)] * 16).astype(np.int32)
        cv2.fillPoly(found, [corners], CLASSES.index(name), shift=4)
    found[(_irises(points, side) > 0) & np.isin(found, _EYES)] = _IRIS
    return found


def with_features(shares: Float, mesh: Array) -> Float:
    """Shares (classes, s, s) whose features lie where a mesh (478, 2 or more) has them, in place.

    What is not covered by anything is skin, or the feature that the mesh has there; what is teeth
    within the lips, the shares say.
    """
    number = features(mesh, shares.shape[1])
    number[number == 0] = _SKIN
    open_mouth = number == _MOUTH
    mouth, teeth = shares[_MOUTH][open_mouth], shares[_TEETH][open_mouth]
    bare = np.zeros_like(shares[0])
    for part in _FACE:
        bare += shares[part]
        shares[part] = 0
    np.put_along_axis(shares, number[None].astype(np.int64), bare[None], 0)
    shares[_TEETH][open_mouth] = bare[open_mouth] * teeth / np.maximum(mouth + teeth, 1e-6)
    shares[_MOUTH][open_mouth] -= shares[_TEETH][open_mouth]
    return shares


def as_network_sees(crop: Picture, side: int = SIDE) -> Tensor:
    """A square picture (s, s, 3) as ``ParserNetwork`` takes it, (1, 3, ``side``, ``side``)."""
    flag = cv2.INTER_AREA if len(crop) > side else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(crop, (side, side), interpolation=flag), np.uint8)
    return torch.from_numpy(small).permute(2, 0, 1)[None].float() / 127.5 - 1


@dataclass(frozen=True, slots=True, eq=False)
class ParsedFace:
    """What each pixel of an aligned crop is.

    Attributes:
        shares: float32 (classes, s, s), in 0…1, 1 in sum: how likely each class is.
    """

    shares: Float

    @property
    def labels(self) -> NDArray[np.uint8]:
        """(s, s), the likeliest class's number."""
        return self.shares.argmax(0).astype(np.uint8)

    def share(self, name: str) -> Float:
        """(s, s), how likely the class of that name is."""
        return self.shares[CLASSES.index(name)]


class FaceParser:
    """Tells the parts of faces in aligned crops."""

    def __init__(self, device: torch.device, network: ParserNetwork | None = None) -> None:
        """Load the network, unless another is given, and the person's mask.

        Raises:
            CheckpointError: weights are missing or damaged.
        """
        self._device, self._network = device, network or load_parser(device)
        self._person = load_person(device)

    def person(self, crop: Picture) -> Float:
        """How likely each pixel of a crop (s, s, 3) is a person: (256, 256) in 0…1."""
        return person_of(self._person, crop, self._device)

    def of(self, crop: Picture, mesh: Array) -> ParsedFace:
        """The parts of the face in a crop.

        Args:
            crop: sRGB (s, s, 3), FFHQ-aligned.
            mesh: (478, 2 or more), crop pixels.
        """
        return ParsedFace(with_features(self.seen(crop, mesh), mesh))

    def seen(self, crop: Picture, mesh: Array) -> Float:
        """What the network says of picture and mirror image, without mesh: ``ParsedFace.shares``.

        Where it sees glasses it looks again about the eyes, more closely: a rim of metal is hardly
        one of its pixels wide.

        Arguments as for ``of``.
        """
        person, side = self.person(crop), len(crop)
        shares = self._looked_at(crop, mesh, person, SIDE, slice(0, side))
        worn = shares[_GLASSES]
        if (worn > 0.5).mean() > _A_PAIR:
            rows = _about_eyes(mesh, side)
            found = self._looked_at(crop, mesh, person, CLOSE_SIDE, rows)[_GLASSES]
            others = (1 - found) / np.maximum(1 - worn[rows], 1e-6)
            shares[:, rows] *= others
            worn[rows] = found
        return shares

    def _looked_at(
        self, crop: Picture, mesh: Array, person: Float, closely: int, rows: slice
    ) -> Float:
        """Shares (classes, rows, s) of some rows of a crop that is seen ``closely`` pixels wide."""
        side, half = len(crop), closely // 2
        first = rows.start * closely // side // _STEP * _STEP
        last = min(closely, -(-rows.stop * closely // side // _STEP) * _STEP)
        guide = torch.from_numpy(guides(mesh, person, half / side, half))[None]
        with torch.inference_mode():
            picture = as_network_sees(crop, closely)[:, :, first:last].to(self._device)
            guide = guide[:, :, first // 2 : last // 2].to(self._device)
            both = torch.cat([picture, picture.flip(-1)]), torch.cat([guide, mirror_image(guide)])
            one, other = self._network(*both).softmax(1)  # before they are enlarged: a seventh
            shares = (one + other.flip(-1)[list(MIRRORED)])[None] / 2
            top, bottom = (round(row * side / closely) for row in (first, last))
            size = bottom - top, side
            large = F.interpolate(shares, size, mode="bilinear", align_corners=False)
        return large[0, :, rows.start - top : rows.stop - top].float().cpu().numpy()


def _about_eyes(mesh: Array, side: int) -> slice:
    """The rows of a crop where glasses are."""
    eyes = mesh[[33, 133, 362, 263], :2]
    middle, unit = float(eyes[:, 1].mean()), float(np.hypot(*(eyes[0] - eyes[3])))
    first, last = (round(middle + share * unit) for share in _STRIP)
    return slice(max(0, first), min(side, max(last, first + 1)))


def person_of(network: nn.Module, crop: Picture, device: torch.device) -> Float:
    """What ``models.faces.person`` says of a crop (s, s, 3), (256, 256) in 0…1."""
    size = (_PERSON_SIDE, _PERSON_SIDE)
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
    with torch.inference_mode():
        seen = torch.from_numpy(small).to(device).permute(2, 0, 1)[None].float() / 255
        return network(seen)[0, 0].float().cpu().numpy()


def load_parser(device: torch.device) -> ParserNetwork:
    """The network as it ships.

    Raises:
        CheckpointError: the weights are missing or damaged.
    """
    return frozen(ParserNetwork(), FILE, SHA256, device)
