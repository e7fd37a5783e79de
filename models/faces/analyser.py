"""What the program asks of faces: where they are, their points in an aligned crop, who they are."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from models.faces.blendshapes import load_blendshapes
from models.faces.detection import FaceDetector
from models.faces.finder import FaceFinder
from models.faces.identity import Identity
from models.faces.mesh import FaceMesh, aligned_frame, frame_of_points
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from models.faces.blendshapes import BlendshapeNetwork
    from models.faces.finder import FoundFace

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]


_REMEMBERED = 4  # pictures


class FaceAnalyser:
    """FaceMesh V2 where dlib's detectors see a face, or where the alignment puts one.

    Attributes:
        mesh: the network, loaded.
        identity: dlib's descriptor, if it is installed.
    """

    def __init__(self, device: torch.device | None = None) -> None:
        """Load the mesh, on the CPU with None.

        Raises:
            CheckpointError: its weights are missing or damaged.
        """
        self.mesh = FaceMesh.load(device or torch.device("cpu"))
        self.identity = Identity()
        self._aligned: OrderedDict[bytes, Array] = OrderedDict()
        self._detector = FaceDetector()
        self._finder = FaceFinder(self.mesh, self._detector)

    @cached_property
    def blendshapes(self) -> BlendshapeNetwork:
        """What tells expressions of a mesh, loaded when first asked for; on the CPU.

        Raises:
            CheckpointError: its weights are missing or damaged.
        """
        return load_blendshapes(torch.device("cpu"))

    def detect(self, picture: Picture) -> list[FoundFace]:
        """Faces of an sRGB picture (H, W, 3), largest first; empty when there is none."""
        return self._finder.detect(picture)

    def aligned_mesh(self, crop: Picture) -> Array:
        """The mesh (478, 3) of an FFHQ-aligned crop (s, s, 3), in crop pixels.

        No detection: the face is looked for where the alignment puts it, so two renders of one
        face differ by the face alone. An edit is measured against the same picture several times:
        the last few are remembered.
        """
        key = hashlib.blake2b(crop.tobytes(), digest_size=16).digest()
        found = self._aligned.get(key)
        if found is None:
            found = self.mesh.found([crop], [aligned_frame(crop.shape[0])])[0].points
            self._aligned[key] = found
            while len(self._aligned) > _REMEMBERED:
                self._aligned.popitem(last=False)
        return found.copy()

    def meshes_near(self, crops: Sequence[Picture], like: Picture) -> list[Array]:
        """The meshes of aligned crops that differ little from ``like``: looked for where that lies.

        Once each and not twice, as ``aligned_mesh`` does: two thirds of the time.
        """
        frame = frame_of_points(self.aligned_mesh(like))
        return [one.points for one in self.mesh.found(crops, [frame] * len(crops), passes=1)]

    def aligned_landmarks(self, crop: Picture) -> Array:
        """Landmarks (68, 2), iBUG order, of an FFHQ-aligned crop, in crop pixels."""
        return ibug_landmarks(self.aligned_mesh(crop))

    def has_face(self, crop: Picture) -> bool:
        """Whether dlib's detector sees a face in an aligned crop."""
        return self._detector.sees_face(crop)
