"""The 478 points of a face in a photograph: two passes, the eyes level, many faces at once.

A frame is the square that the network sees: float64 (2, 3), from fractions of its side, 0…1 across
and down, to pixels of the photograph, in which the *centre* of pixel (column i, row j) is (i, j).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from models.faces.mesh_network import POINTS, load_face_mesh
from models.faces.mesh_shape import LEFT_EYE, RIGHT_EYE, eye_distance
from models.replays import Replays
from resources.face_mesh import mirrored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.faces.mesh_network import FaceMeshNetwork

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

SIDE = 256
_ROOM = 1.5  # sides of the square that the points span, as the network was trained
_BATCH = 16
_REPLAYED = 2  # squares at once on a GPU: a face and its mirror image, one graph for all faces
# Where the second pass looks, medians over 310 portraits: in sides of an FFHQ-aligned crop, and in
# distances between the eyes, from between them.
_ALIGNED_CENTRE, _ALIGNED_SIDE = (0.503, 0.593), 0.983
_DOWN, _ROUND_EYES = 0.45, 3.87


@dataclass(frozen=True, slots=True, eq=False)
class FoundMesh:
    """The points of one face, and what speaks for and against them.

    Attributes:
        points: (478, 3), pixels of the photograph; z in the same unit, less is nearer.
        frame: (2, 3), the square that they were seen in.
        score: how likely the square shows a face, 0…1.
        drift: between the last two passes, root mean square in eye distances; infinite after one.
        asymmetry: between the square's points and its mirror image's, likewise.
    """

    points: Array
    frame: Array
    score: float
    drift: float
    asymmetry: float


def frame_at(centre: tuple[float, float], side: float, tilt: float = 0.0) -> Array:
    """A frame by its middle, the length of its side in pixels, and its turn in radians.

    ``tilt`` is that of the line from the person's right eye to the left one: positive is clockwise
    as the picture is seen.
    """
    cos, sin = side * math.cos(tilt), side * math.sin(tilt)
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([linear, np.array(centre) - linear @ [0.5, 0.5]])


def aligned_frame(side: int) -> Array:
    """The frame of the face in an FFHQ-aligned crop of that side."""
    (x, y), length = _ALIGNED_CENTRE, _ALIGNED_SIDE * side
    return frame_at((x * side - 0.5, y * side - 0.5), length)


def frame_of_landmarks(landmarks: Array) -> Array:
    """The frame of a face of which 68 landmarks (68, 2) in iBUG's order are known."""
    right, left = landmarks[36:42].mean(0), landmarks[42:48].mean(0)
    (x, y), (across, down) = (right + left) / 2, left - right
    centre = (x - _DOWN * down, y + _DOWN * across)
    return frame_at(centre, _ROUND_EYES * math.hypot(across, down), math.atan2(down, across))


def frame_of_points(points: Array) -> Array:
    """The frame of the next pass: about the points (478, 2 or more), eyes level."""
    right, left = points[RIGHT_EYE[0], :2], points[LEFT_EYE[1], :2]
    tilt = math.atan2(left[1] - right[1], left[0] - right[0])
    turn = np.array([[math.cos(tilt), -math.sin(tilt)], [math.sin(tilt), math.cos(tilt)]])
    level = points[:, :2] @ turn
    low, high = level.min(0), level.max(0)
    x, y = turn @ ((low + high) / 2)
    return frame_at((x, y), _ROOM * float((high - low).max()), tilt)


class FaceMesh:
    """FaceMesh V2 for photographs."""

    def __init__(self, network: FaceMeshNetwork, device: torch.device) -> None:
        self._network, self._device = network, device
        self._replays = Replays.on(device)

    @classmethod
    def load(cls, device: torch.device) -> FaceMesh:
        """With the weights that ship.

        Raises:
            CheckpointError: they are missing or damaged.
        """
        return cls(load_face_mesh(device), device)

    def found(
        self, pictures: Sequence[Picture], frames: Sequence[Array], passes: int = 2
    ) -> list[FoundMesh]:
        """The points of faces: the mean of what the last square and its mirror image give.

        Args:
            pictures: sRGB (h, w, 3), one for each face; the same one again for its other faces.
            frames: where each face is, roughly; one tilted by more than 30° should be turned.
            passes: how often to look; each time but the first where the last one's points were.
        """
        seen = [frame.astype(np.float64) for frame in frames]
        points: list[Array] = []
        for _ in range(passes - 1):
            crops = [square(p, f, SIDE) for p, f in zip(pictures, seen, strict=True)]
            answers, _scores = self._answers(crops)
            points = [_placed(answer, f) for answer, f in zip(answers, seen, strict=True)]
            seen = [frame_of_points(p) for p in points]
        crops = [square(p, f, SIDE) for p, f in zip(pictures, seen, strict=True)]
        answers, scores = self._answers([*crops, *(np.fliplr(crop) for crop in crops)])
        found: list[FoundMesh] = []
        for number, frame in enumerate(seen):
            direct, mirror = answers[number], answers[len(seen) + number][mirrored()]
            mirror[:, 0] = 1 - mirror[:, 0]
            last = _placed((direct + mirror) / 2, frame)
            eyes = max(eye_distance(last), 1e-6)
            drift = _rms(last - points[number]) / eyes if points else math.inf
            asymmetry = _rms(direct - mirror) * math.hypot(frame[0, 0], frame[1, 0]) / eyes
            score = float(scores[number] + scores[len(seen) + number]) / 2
            found.append(FoundMesh(last, frame, score, drift, asymmetry))
        return found

    def scores(self, picture: Picture, frames: Sequence[Array]) -> Array:
        """How likely each of these squares of a picture shows a face, 0…1, (n,); one look."""
        return self._answers([square(picture, frame, SIDE) for frame in frames])[1]

    def followed(self, pictures: Tensor) -> Tensor:
        """The points of FFHQ-aligned pictures, with a gradient: one pass, both ways round.

        Args:
            pictures: (n, 3, r, r), sRGB in 0…1.

        Returns:
            (n, 478, 2), in sides of the pictures, from their upper left corner.
        """
        side = pictures.shape[-1]
        frame = torch.from_numpy(aligned_frame(side)).to(pictures)
        linear, corner = frame[:, :2] / side, (frame[:, 2:] + 0.5) / side
        middle = 2 * (corner + linear.sum(1, keepdim=True) / 2) - 1
        theta = torch.cat([linear, middle], 1).expand(len(pictures), -1, -1)
        shape = [len(pictures), 3, SIDE, SIDE]
        grid = F.affine_grid(theta, shape, align_corners=False)
        crops = F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
        places, _ = self._network(torch.cat([crops, crops.flip(3)]))
        direct, mirror = (places[..., :2] / SIDE).chunk(2)
        mirror = mirror[:, torch.from_numpy(mirrored().copy()).to(mirror.device)]
        mirror = torch.stack([1 - mirror[..., 0], mirror[..., 1]], -1)
        return (direct + mirror) / 2 @ linear.T + corner[:, 0]

    def _answers(self, crops: Sequence[Picture]) -> tuple[Array, Array]:
        """Points (n, 478, 3) in fractions of the crops, and scores (n,)."""
        points, scores = [np.empty((0, POINTS, 3))], [np.empty(0)]
        together = _REPLAYED if self._device.type == "cuda" else _BATCH
        with torch.no_grad():
            for first in range(0, len(crops), together):
                batch = torch.from_numpy(np.stack(crops[first : first + together]))
                seen = batch.to(self._device).permute(0, 3, 1, 2).float() / 255
                places, logits = self._replays.run(_looked_at, None, self._network, seen, ())
                points.append(places.double().cpu().numpy() / SIDE)
                scores.append(logits.double().sigmoid().cpu().numpy())
        return np.concatenate(points), np.concatenate(scores)


def _looked_at(
    _: None, network: FaceMeshNetwork, seen: Tensor, __: tuple[()]
) -> tuple[Tensor, Tensor]:
    return network(seen)


def _placed(answer: Array, frame: Array) -> Array:
    """Points (478, 3) in fractions of a frame, in the photograph."""
    side = math.hypot(frame[0, 0], frame[1, 0])
    return np.column_stack([answer[:, :2] @ frame[:, :2].T + frame[:, 2], answer[:, 2] * side])


def _rms(offsets: Array) -> float:
    """Root mean square length of (n, 2 or more) in the picture's plane."""
    return float(np.sqrt((offsets[:, :2] ** 2).sum(1).mean()))


def square(picture: Picture, frame: Array, side: int) -> Picture:
    """What lies in a frame, (side, side, 3); shrunk without aliasing, its edges go on outwards."""
    matrix = np.column_stack([frame[:, :2] / side, frame[:, 2]])
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5]
    height, width = picture.shape[:2]
    corners = np.array([[0, 0, side, side], [0, side, 0, side]])
    quad = matrix[:, :2] @ corners + matrix[:, 2:]
    low = np.floor(quad.min(1) - 4).astype(int).clip(0, [width - 1, height - 1])
    high = np.ceil(quad.max(1) + 4).astype(int).clip(low + 1, [width, height])
    near = picture[low[1] : high[1], low[0] : high[0]]
    matrix[:, 2] -= low
    times = math.floor(math.hypot(matrix[0, 0], matrix[1, 0]))
    if times > 1:
        size = (max(1, near.shape[1] // times), max(1, near.shape[0] // times))
        factor = np.array(size) / near.shape[1::-1]
        near = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
        matrix = factor[:, None] * matrix
        matrix[:, 2] += 0.5 * factor - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(near, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.uint8)
