"""Where a face's mesh expects what a portrait consists of."""

from __future__ import annotations

MIRRORED: tuple[int, ...] = (0, 1, 2, 4, 3, 6, 5, *range(7, 19))
"""The number that each class has in the picture's mirror image."""

UNKNOWN = 255
"""In label maps: nobody can say."""

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The points of the mesh around the face, from the middle of the forehead."""

_NOSE = (
    168, 193, 245, 188, 174, 217, 126, 209, 129, 98, 97, 2, 326, 327, 358, 429, 355, 437, 399, 412,
    465, 417,
)  # fmt: skip
_OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
_OUTER_LOWER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
_INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_INNER_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)

CONTOURS: dict[str, tuple[int, ...]] = {
    "nose": _NOSE,
    "right brow": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    "left brow": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    "right eye": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    "left eye": (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    "upper lip": (*_OUTER_UPPER, *reversed(_INNER_UPPER)),
    "lower lip": (*_OUTER_LOWER, *reversed(_INNER_LOWER)),
    "mouth": (*_INNER_UPPER, *reversed(_INNER_LOWER[1:-1])),
}
"""Closed contours of the mesh by class, in the order in which they are painted."""

IRISES = ((469, 470, 471, 472), (474, 475, 476, 477))
"""Points of the mesh around the irises, the right one first."""
