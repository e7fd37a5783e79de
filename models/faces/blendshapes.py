"""52 coefficients of an expression, of the mesh's points alone: smile, jaw, lids, gaze, brows.

Google's ``face_blendshapes`` of MediaPipe's Face Landmarker (Apache License 2.0; model card
"Blendshape V2"), an MLP-Mixer (Tolstikhin et al., arXiv 2105.01601) in plain PyTorch with their
weights, converted by ``models.training.convert_faces``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from models.faces.network_parts import frozen

if TYPE_CHECKING:
    from torch import Tensor

FILE = "face-blendshapes.safetensors"
SHA256 = "22676cf305ae0765df2750394f9cd6fb0073abee0e64562a962f0590a9014d20"

# Which points it sees, and what its numbers are called: mediapipe's face_blendshapes_graph.cc.
READ = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65,
    66, 67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136,
    144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172,
    173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283,
    284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324,
    332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385,
    386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472,
    473, 474, 475, 476, 477,
)  # fmt: skip
"""The points of the mesh that the network sees."""

NAMES = (
    "neutral", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft",
    "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft",
    "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight",
    "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft",
    "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen",
    "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft",
    "mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight", "mouthRollLower",
    "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft", "mouthSmileRight",
    "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight",
)  # fmt: skip
"""What the coefficients are called, in ARKit's words; left and right are the person's own."""

_TOKENS, _WIDTH, _BLOCKS = 96, 64, 4
_SCALE = 0.5
_EPSILON = 1e-6


def _perceptron(width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width))


class _Mixer(nn.Module):
    """Mixes the tokens of each channel, then the channels of each token."""

    def __init__(self) -> None:
        super().__init__()
        self.token_norm = nn.LayerNorm(_WIDTH, _EPSILON, bias=False)
        self.token_mix = _perceptron(_TOKENS + 1, 384)
        self.channel_norm = nn.LayerNorm(_WIDTH, _EPSILON, bias=False)
        self.channel_mix = _perceptron(_WIDTH, 256)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.token_mix(self.token_norm(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channel_mix(self.channel_norm(x))


class BlendshapeNetwork(nn.Module):
    """Points of a mesh → coefficients."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = nn.Parameter(torch.zeros(1, 1, _WIDTH))
        self.fold = nn.Linear(len(READ), _TOKENS)
        self.embed = nn.Linear(2, _WIDTH)
        self.mixers = nn.Sequential(*(_Mixer() for _ in range(_BLOCKS)))
        self.head = nn.Linear(_WIDTH, len(NAMES))

    def forward(self, points: Tensor) -> Tensor:
        """What the network says of faces, wherever they lie and however large they are.

        Args:
            points: (n, 478, 2 or 3) in any pixels, y down; the eyes should be level.

        Returns:
            (n, 52) in 0…1, in the order of ``NAMES``.
        """
        seen = points[:, READ, :2]
        seen = seen - seen.mean(1, keepdim=True)
        size = (seen * seen).sum(2, keepdim=True).sqrt().mean(1, keepdim=True)
        seen = seen * (_SCALE / size)
        tokens = self.embed(self.fold(seen.transpose(1, 2)).transpose(1, 2))
        x = self.mixers(torch.cat([self.answer.expand(len(tokens), -1, -1), tokens], 1))
        return self.head(x[:, 0]).sigmoid()


def load_blendshapes(device: torch.device) -> BlendshapeNetwork:
    """The network as it ships.

    Raises:
        CheckpointError: the weights are missing or damaged.
    """
    return frozen(BlendshapeNetwork(), FILE, SHA256, device)
