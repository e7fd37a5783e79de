"""Labelled faces for the face parser, changed anew each time they are shown.

What a label map knows is used to change pictures as no camera would have to: another background,
hair, clothes or hats of another colour; besides tone, light, place, size, turn, blur, grain, JPEG,
and things before the face.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.faces.face_classes import MIRRORED, UNKNOWN
from models.faces.parser import SIDE, guides
from resources.face_classes import CLASSES
from resources.face_mesh import mirrored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Float = NDArray[np.float32]
    Labels = NDArray[np.uint8]
    Picture = NDArray[np.uint8]

_RECOLOURED = ("hair", "hat", "clothes")
_WORN = {"hat": 0.1, "beard": 0.06, "glasses": 0.06}  # how often, of those who wear none
_SPECTACLED = 0.12
_HOLDS = (10, 152, 127, 356, 33, 263, 168, 4)  # points of the mesh that things are held to
_NUMBERS = {name: number for number, name in enumerate(CLASSES)}
_FLESH = [_NUMBERS[name] for name in ("skin", "nose", "ears", "neck")]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A face with all that training needs of it.

    Attributes:
        picture: sRGB (s, s, 3).
        labels: (s, s).
        mesh: (478, 2), pixels.
        person: (256, 256), in 0…1.
    """

    picture: Picture
    labels: Labels
    mesh: Array
    person: Float

    @property
    def plain(self) -> tuple[Picture, Float, Labels]:
        """What the network is shown of it unchanged: picture, guides, labels at ``SIDE``."""
        scale = SIDE / len(self.picture)
        size = (SIDE, SIDE)
        small = cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA)
        labels = cv2.resize(self.labels, size, interpolation=cv2.INTER_NEAREST)
        return (
            np.asarray(small, np.uint8),
            guides(self.mesh, self.person, scale / 2),
            np.asarray(labels, np.uint8),
        )


class Changing:
    """Examples as no photograph showed them; the same seed gives the same ones."""

    def __init__(
        self, backgrounds: Sequence[Picture], seed: int, donors: Sequence[Example] = ()
    ) -> None:
        """Args tell what others give to a picture.

        Args:
            backgrounds: pictures that pieces are taken of, to put behind and before faces.
            seed: of all that is drawn.
            donors: whose hats, glasses and beards the faces may wear.
        """
        self._backgrounds, self._donors = backgrounds, donors
        self._random = np.random.default_rng(seed)

    def example(self, example: Example) -> tuple[Picture, Float, Labels]:
        """Picture (``SIDE``, ``SIDE``, 3), guides and labels of an example, changed."""
        picture, labels = example.picture.astype(np.float32), example.labels
        for name, share in _WORN.items():
            if not (labels == _NUMBERS[name]).any() and self._happens(share):
                picture, labels = self._worn(picture, labels, example.mesh, name)
        if not (labels == _NUMBERS["glasses"]).any() and self._happens(_SPECTACLED):
            picture, labels = spectacled(self._random, picture, labels, example.mesh)
        if self._happens(0.35):
            picture = self._elsewhere(picture, labels)
        for name in _RECOLOURED:
            if self._happens(0.4):
                picture = self._recoloured(picture, labels == _NUMBERS[name], self._cloth())
        if self._happens(0.25):
            picture = self._recoloured(picture, np.isin(labels, _FLESH), self._skin())
        seen, labels, mesh, person = self._moved(picture, labels, example.mesh, example.person)
        if self._happens(0.2):
            seen, labels = self._hidden(seen, labels)
        seen = self._shot(seen)
        mesh = mesh + self._random.normal(0, 0.6, (1, 2)) + self._random.normal(0, 0.4, (478, 2))
        if self._happens(0.1):
            person = np.full_like(person, 0.5)
        return seen, guides(mesh, person, 0.5), labels

    def _happens(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _piece(self, side: int) -> Float:
        """A square of some other picture, enlarged, blurred or turned about."""
        other = self._backgrounds[int(self._random.integers(len(self._backgrounds)))]
        small = int(self._random.integers(len(other) // 5, len(other) // 2))
        x, y = self._random.integers(0, len(other) - small, 2)
        piece = np.rot90(other[y : y + small, x : x + small], int(self._random.integers(4)))
        large = np.asarray(cv2.resize(np.ascontiguousarray(piece), (side, side)), np.float32)
        if self._happens(0.6):
            large = np.asarray(cv2.GaussianBlur(large, (0, 0), side / 40), np.float32)
        return large

    def _worn(self, picture: Float, labels: Labels, mesh: Array, name: str) -> tuple[Float, Labels]:
        """With what another one wears, moved to where this face's mesh has it."""
        number, side = _NUMBERS[name], len(picture)
        donors = [donor for donor in self._donors if (donor.labels == number).sum() > 300]
        if not donors:
            return picture, labels
        donor = donors[int(self._random.integers(len(donors)))]
        rows = np.column_stack([donor.mesh[_HOLDS, :2], np.ones(len(_HOLDS))])
        matrix = np.linalg.lstsq(rows, mesh[_HOLDS, :2], rcond=None)[0].T

        def moved(values: Float) -> Float:
            warped = cv2.warpAffine(values, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
            return np.asarray(warped, np.float32)

        mask = moved((donor.labels == number).astype(np.float32))
        other = moved(donor.picture.astype(np.float32))
        skin, theirs = labels == _NUMBERS["skin"], donor.labels == _NUMBERS["skin"]
        if skin.any() and theirs.any():  # in this picture's light
            tone = (picture[skin].mean(0) + 8) / (donor.picture[theirs].mean(0) + 8)
            other = other * np.clip(tone, 0.6, 1.6) if name == "beard" else other * tone.mean()
        soft = cv2.GaussianBlur(mask, (0, 0), 0.8 if name == "glasses" else 1.5)[..., None]
        labels = labels.copy()
        labels[mask > 0.5] = number
        return np.asarray(picture + soft * (other - picture), np.float32), labels

    def _elsewhere(self, picture: Float, labels: Labels) -> Float:
        """Before another background; where nobody knows, both are mixed."""
        side = len(picture)
        if self._happens(0.3):
            behind = np.empty_like(picture)
            behind[...] = self._random.uniform(0, 255, 3)
        else:
            behind = self._piece(side)
        share = np.where(labels == 0, 1, np.where(labels == UNKNOWN, 0.5, 0)).astype(np.float32)
        share = cv2.GaussianBlur(share, (0, 0), float(self._random.uniform(0.6, 1.6)))[..., None]
        return np.asarray(picture + share * (behind - picture), np.float32)

    def _cloth(self) -> Float:
        """A colour (3,) in Lab, as hair and cloth have it: any, but mostly nearly grey, or warm."""
        goal = np.array([self._random.uniform(8, 90), *self._random.normal(0, 14, 2)], np.float32)
        if self._happens(0.6):
            goal[1:] = self._random.uniform([-2, -2], [14, 30])
        return goal

    def _skin(self) -> Float:
        """A colour (3,) in Lab, as skin has it."""
        return self._random.uniform([20, 6, 6], [82, 20, 30]).astype(np.float32)

    def _recoloured(self, picture: Float, where: NDArray[np.bool_], goal: Float) -> Float:
        """Another mean lightness and colour, and contrast to it, where something is."""
        if where.sum() < 200:
            return picture
        lab = cv2.cvtColor(np.clip(picture, 0, 255) / np.float32(255), cv2.COLOR_RGB2LAB)
        mean = lab[where].mean(0)
        gain = float(np.clip((goal[0] + 10) / (mean[0] + 10), 0.5, 2.5))
        other = (lab - mean) * np.array([gain, 1, 1], np.float32) + goal
        other[..., 0] = np.clip(other[..., 0], 0, 100)
        rgb = np.asarray(cv2.cvtColor(other.astype(np.float32), cv2.COLOR_LAB2RGB), np.float32)
        share = cv2.GaussianBlur(where.astype(np.float32), (0, 0), 1.2)[..., None]
        return np.asarray(picture + share * (np.nan_to_num(rgb) * 255 - picture), np.float32)

    def _moved(
        self, picture: Float, labels: Labels, mesh: Array, person: Float
    ) -> tuple[Float, Labels, Array, Float]:
        """Turned, scaled, moved and mirrored, at ``SIDE``; what lies outside is unknown."""
        side = len(picture)
        turn = float(np.clip(self._random.normal(0, 8), -30, 30))
        scale = SIDE / side * float(np.exp(self._random.normal(0, 0.13)))
        matrix = np.asarray(cv2.getRotationMatrix2D((side / 2 - 0.5,) * 2, turn, scale))
        matrix[:, 2] += (SIDE - side) / 2 + self._random.normal(0, 0.04 * SIDE, 2)
        if self._happens(0.5):
            matrix = np.array([[-1.0, 0, 0], [0, 1, 0]]) @ np.vstack([matrix, [0, 0, 1]])
            matrix[0, 2] += SIDE - 1
            flip = True
        else:
            flip = False
        size = (SIDE, SIDE)
        if scale < 0.8:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 / scale), np.float32)
        seen = cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        there = cv2.warpAffine(
            labels, matrix, size, flags=cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_CONSTANT, borderValue=(UNKNOWN,),
        )  # fmt: skip
        grown = np.asarray(cv2.resize(person, (side, side)), np.float32)
        who = cv2.warpAffine(grown, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        points = mesh[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        if flip:
            points = points[mirrored()]
            table = np.full(256, UNKNOWN, np.uint8)
            table[: len(MIRRORED)] = MIRRORED
            there = table[np.asarray(there, np.uint8)]
        return (
            np.asarray(seen, np.float32), np.asarray(there, np.uint8), points,
            np.asarray(who, np.float32),
        )  # fmt: skip

    def _hidden(self, picture: Float, labels: Labels) -> tuple[Float, Labels]:
        """Something before the face: it is background."""
        mask = np.zeros((SIDE, SIDE), np.uint8)
        middle = self._random.uniform(0.1 * SIDE, 0.9 * SIDE, 2)
        angles = np.sort(self._random.uniform(0, 2 * np.pi, 9))
        radii = self._random.uniform(0.05, 0.22) * SIDE * self._random.uniform(0.6, 1.3, 9)
        corners = middle + np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
        cv2.fillPoly(mask, [corners.astype(np.int32)], 1)
        mask = cv2.medianBlur(mask, 15)
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)[..., None]
        piece = self._piece(SIDE)
        labels = labels.copy()
        labels[mask > 0] = 0
        return np.asarray(picture + soft * (piece - picture), np.float32), labels

    def _shot(self, picture: Float) -> Picture:
        """Under another light, by another camera, stored another way."""
        random = self._random
        x = np.clip(picture, 0, 255) / 255
        x = x ** np.float32(np.exp(random.normal(0, 0.25)))
        x *= np.exp(random.normal(0, 0.07, 3)).astype(np.float32)
        if self._happens(0.3):  # light from one side
            across = np.linspace(-1, 1, SIDE, dtype=np.float32)
            a, b = random.normal(0, 0.25, 2).astype(np.float32)
            x *= np.exp(a * across[None, :, None] + b * across[:, None, None])
        grey = x.mean(2, keepdims=True)
        colourful = 0.0 if self._happens(0.06) else float(np.exp(random.normal(0, 0.25)))
        x = grey + (x - grey) * np.float32(colourful)
        x = (x - 0.5) * np.float32(np.exp(random.normal(0, 0.15))) + 0.5
        x += np.float32(random.normal(0, 0.04))
        if self._happens(0.3):
            soft = float(random.uniform(0.4, 2.0))
            x = np.asarray(cv2.GaussianBlur(x, (0, 0), soft), np.float32)
        if self._happens(0.3):
            x = x + random.normal(0, random.uniform(0.005, 0.04), x.shape).astype(np.float32)
        shown = np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8)
        if self._happens(0.4):
            quality = int(random.integers(25, 95))
            _, coded = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])
            shown = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
        return shown


def spectacled(
    random: np.random.Generator, picture: Float, labels: Labels, mesh: Array
) -> tuple[Float, Labels]:
    """A face with glasses of some make drawn upon it: rims, a bridge, temples, or sunglasses."""
    side = len(picture)
    right, left = mesh[[33, 133], :2].mean(0), mesh[[362, 263], :2].mean(0)
    along = left - right
    unit = max(float(np.hypot(*along)), 4.0)
    along = along / unit
    down = np.array([-along[1], along[0]])
    half = random.uniform(0.34, 0.47) * unit
    high = half * random.uniform(0.55, 1.0)
    power, lower = 2 / random.uniform(2, 5), random.uniform(-0.02, 0.12) * unit
    width = math.exp(random.uniform(math.log(0.012), math.log(0.09))) * unit
    turn = np.asarray(np.linspace(0, 2 * np.pi, 49)[:-1], np.float64)
    across, up = np.cos(turn), np.sin(turn)
    ring = np.column_stack([np.sign(across) * np.abs(across) ** power * half,
                            np.sign(up) * np.abs(up) ** power * high])  # fmt: skip
    rims, glass = np.zeros((2, side, side), np.uint8)

    def line(points: Array, thickness: float, closed: bool = False) -> None:
        path = np.round(points * 16).astype(np.int32)
        cv2.polylines(rims, [path], closed, 255, max(1, round(thickness)), cv2.LINE_AA, 4)

    wide = max(float(random.uniform(0.0, 0.05)) * unit, half + 0.06 * unit - unit / 2)
    rimless = random.random() < 0.15
    for sign, eye in ((-1, right), (1, left)):
        middle = eye + along * (sign * wide) + down * lower
        lens: Array = middle + ring @ np.stack([along, down])
        outline = np.asarray(np.round(lens * 16), np.int32)
        cv2.fillPoly(glass, [outline], 255, cv2.LINE_AA, 4)
        if rimless:
            line(lens[24:], width)
        else:
            line(lens, width, closed=True)
        hinge = middle + along * (sign * half) - down * (high * random.uniform(0.2, 0.6))
        if random.random() < 0.85:
            line(np.stack([hinge, mesh[127 if sign < 0 else 356, :2]]), width * 0.9)
    inner = [eye + along * (-s * (half - wide)) for s, eye in ((-1, right), (1, left))]
    drop = down * (lower - high * random.uniform(0.1, 0.5))
    line(np.stack([inner[0] + drop, (inner[0] + inner[1]) / 2 + drop - down * 0.03 * unit,
                   inner[1] + drop]), width)  # fmt: skip
    dark = random.random() < 0.65
    colour = random.uniform(0, 55, 3) if dark else random.uniform(20, 220) + random.normal(0, 35, 3)
    frame = np.asarray(cv2.GaussianBlur(rims.astype(np.float32), (0, 0), 0.5), np.float32)[
        ..., None
    ]
    frame /= 255
    tinted, through = random.random() < 0.25, 1.0
    above, below = (float(share) for share in random.uniform(0.75, 1.3, 2))
    light = np.linspace(above, below, side, dtype=np.float32)[:, None, None]
    beneath = np.roll(frame, round(0.03 * unit), 0)
    blurred = cv2.GaussianBlur(beneath, (0, 0), 0.02 * unit + 0.5)
    shade = np.asarray(blurred, np.float32)[..., None]
    worn = picture * (1 - np.float32(random.uniform(0, 0.4)) * shade)
    lenses = glass[..., None].astype(np.float32) / 255
    if tinted:
        through = float(random.uniform(0.0, 0.12))
        worn = worn + lenses * np.float32(1 - through) * (
            random.uniform(0, 60, 3).astype(np.float32) * light**2 - worn
        )
    else:  # what a clear lens mirrors
        glare = np.float32(max(0.0, random.normal(0, 0.1)))
        worn = worn + lenses * glare * (np.float32(255) - worn)
    painted = np.clip(colour, 0, 255).astype(np.float32) * light
    worn = worn + frame * (painted - worn)
    labels = labels.copy()
    seen = frame[..., 0] > 0.5
    labels[seen | ((glass > 127) if tinted else False)] = _NUMBERS["glasses"]
    return np.asarray(worn, np.float32), labels
