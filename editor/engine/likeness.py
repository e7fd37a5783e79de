"""Pictures that a region is to look like: another face's region, or colours painted on the photo.

The generator's picture of a face is never quite the photograph, and what reaches the photograph is
the *change* between two renders (``compositing``). So the picture to reach is the render of
the face with its edits plus what is missing in the photograph with them: ``G(s) + (wanted −
photograph)``. A head that was turned lies elsewhere in both than it was photographed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from editor.document.colour import srgb_decoded, srgb_encoded
from editor.document.face_regions import preset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.face import FaceCrop
    from editor.document.goals import Reference
    from editor.document.paint import PaintLayer

    Float = NDArray[np.float32]
    Points = NDArray[np.float64]

_GRID = 64  # the warp is smooth: it is solved on a coarse grid
_STIFFNESS = 1e-3  # landmarks are a pixel or two off; the spline need not meet them exactly
_GAIN = 2.0  # at most, when a reference's light is brought to the photo's
_TEXTURE = 1.2  # pixels of the crop: finer than that, the reference says nothing


def of_reference(
    render: Float, seen: NDArray[np.uint8], landmarks: Points, reference: Reference
) -> tuple[Float, Float]:
    """The reference's face laid over this one, landmark on landmark, in this photo's light.

    Args:
        render: (r, r, 3) sRGB in [0, 1], what the generator makes of the face.
        seen: (r, r, 3) sRGB, the crop of the photograph with its edits.
        landmarks: (68, 2) in crop pixels, of that.
        reference: the other face, its crop of the same size r.

    Returns:
        picture: (r, r, 3) sRGB, about [0, 1].
        coverage: (r, r) in [0, 1], 1 where the reference reaches.
    """
    size = len(seen)
    picture = np.asarray(reference.picture, np.float32) / np.float32(255)
    x, y = _spline(landmarks, reference.landmarks * (size / len(picture)), size)
    if len(picture) != size:
        picture = np.asarray(cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA))
    warped = np.asarray(
        cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101), np.float32
    )
    photo = np.asarray(seen, np.float32) / np.float32(255)
    skin = preset("skin", landmarks, size, size).full() > 128
    if skin.any():
        ours, theirs = (srgb_decoded(face)[skin].mean(0) for face in (photo, warped))
        gain = np.clip(ours / (theirs + 1e-4), 1 / _GAIN, _GAIN).astype(np.float32)
        warped = srgb_encoded(np.clip(srgb_decoded(warped) * gain, 0, 1))
    inside = (x > -0.5) & (x < size - 0.5) & (y > -0.5) & (y < size - 0.5)
    missing = cv2.GaussianBlur(warped - photo, (0, 0), _TEXTURE)
    return np.asarray(render + missing, np.float32), inside.astype(np.float32)


def of_paint(
    render: Float, seen: NDArray[np.uint8], crop: FaceCrop, layer: PaintLayer
) -> tuple[Float, Float]:
    """The painted colours as the crop sees them.

    Args:
        render: (r, r, 3) sRGB in [0, 1], what the generator makes of the face.
        seen: (r, r, 3) sRGB, the crop of the photograph with its edits.
        crop: where the face is.
        layer: the strokes.

    Returns:
        picture: (r, r, 3) sRGB, about [0, 1].
        coverage: (r, r) in [0, 1], how opaque the paint is.
    """
    coverage = crop.mask_in_crop(np.ascontiguousarray(layer.pixels[..., 3]), layer.x, layer.y)
    # Each colour weighted by its own opacity, so that the blank around a stroke does not tint it.
    colours = [
        crop.mask_in_crop(
            np.rint(layer.pixels[..., c] * (layer.pixels[..., 3] / 255)).astype(np.uint8),
            layer.x,
            layer.y,
        )
        for c in range(3)
    ]
    paint = np.stack(colours, -1) / np.maximum(coverage, 1e-3)[..., None]
    photo = np.asarray(seen, np.float32) / np.float32(255)
    return np.asarray(render + np.clip(paint, 0, 1) - photo, np.float32), coverage


def _spline(here: Points, there: Points, size: int) -> tuple[Float, Float]:
    """Where each crop pixel lies in the other crop: a thin-plate spline through the landmarks.

    The crop's border stays where it is (both crops are aligned).
    """
    edge = np.array([(i, j) for i in (0, 0.5, 1) for j in (0, 0.5, 1) if (i, j) != (0.5, 0.5)])
    border = edge * (size - 1)
    points = np.concatenate([here, border]) / size
    targets = np.concatenate([there, border]) / size

    def kernel(a: Points, b: Points) -> Points:
        squared = ((a[:, None] - b[None]) ** 2).sum(-1)
        return squared * np.log(squared + 1e-12)

    n = len(points)
    affine = np.column_stack([np.ones(n), points])
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = kernel(points, points) + _STIFFNESS * np.eye(n)
    system[:n, n:], system[n:, :n] = affine, affine.T
    weights = np.linalg.solve(system, np.concatenate([targets, np.zeros((3, 2))]))
    at = (np.indices((_GRID, _GRID)).reshape(2, -1)[::-1].T + 0.5) / _GRID - 0.5 / size
    mapped = (
        kernel(at, points) @ weights[:n] + np.column_stack([np.ones(len(at)), at]) @ weights[n:]
    )
    grid = (mapped * size).reshape(_GRID, _GRID, 2).astype(np.float32)
    full = np.asarray(cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)
    return np.ascontiguousarray(full[..., 0]), np.ascontiguousarray(full[..., 1])
