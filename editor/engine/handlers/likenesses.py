"""References: other photographs that a region can be made to look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document.errors import EngineError, EngineFailure
from editor.document.goals import Reference
from editor.document.photo import make_pyramid, open_photo
from editor.engine.jobs import Finished, Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.engine.jobs import OpenReference, Report
    from editor.engine.workspace import Workspace


def open_reference(workspace: Workspace, job: OpenReference) -> Iterator[Report]:
    """Finished(Reference).

    Raises:
        EngineFailure: there is no face in it.
        PhotoError: it cannot be read.
    """
    yield Progress("Reading the reference", 0, 2)
    photo = open_photo(job.path)
    yield Progress("Looking for its face", 1, 2)
    faces = workspace.find_faces(make_pyramid(photo))
    if not faces:
        raise EngineFailure(
            EngineError(
                "no_face",
                "No face was found in the reference.",
                "Choose a photo in which the face is larger, sharper or turned to the camera.",
            )
        )
    crop = workspace.crop_of(faces[0])
    picture, landmarks = workspace.aligned_crop(photo, crop), crop.landmarks_in_crop()
    picture.setflags(write=False)
    landmarks.setflags(write=False)
    yield Finished(Reference(job.path.name, picture, landmarks))
