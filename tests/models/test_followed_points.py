"""FaceMesh with a gradient: the points that ``found`` gives, and a way to move them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

import resources
from models.faces.mesh import FaceMesh, aligned_frame


@pytest.fixture(scope="module")
def mesh() -> FaceMesh:
    return FaceMesh.load(torch.device("cpu"))


@pytest.mark.parametrize("side", [256, 200])
def test_points_with_a_gradient_are_the_points_without(mesh: FaceMesh, side: int) -> None:
    bgr = cv2.imread(str(resources.path("sample-portrait.jpg")))
    assert bgr is not None
    crop = np.ascontiguousarray(cv2.resize(bgr, (side, side), interpolation=cv2.INTER_AREA))
    crop = np.ascontiguousarray(crop[..., ::-1], np.uint8)
    (found,) = mesh.found([crop], [aligned_frame(side)], passes=1)
    picture = torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 255
    picture.requires_grad_()
    followed = mesh.followed(picture)
    assert followed.shape == (1, 478, 2)
    pixels = followed[0].detach().numpy() * side - 0.5  # from the first pixel's centre
    off = np.linalg.norm(pixels - found.points[:, :2], axis=1)
    assert off.max() < 0.006 * side
    (slope,) = torch.autograd.grad(followed[0, 61].sum(), picture)
    assert bool(torch.isfinite(slope).all())
    assert float(slope.abs().sum()) > 0
