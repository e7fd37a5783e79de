"""References: other photographs, whose region or person is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document.errors import EngineError, EngineFailure
from editor.document.goals import Reference
from editor.document.photo import make_pyramid, open_photo
from editor.engine.jobs import Finished, FoundPerson, Progress
from models.faces.identity import SAME_PERSON, identity_distance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.engine.jobs import FindPerson, OpenReference, Report
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


def find_person(workspace: Workspace, job: FindPerson) -> Iterator[Report]:
    """Finished(FoundPerson).

    Raises:
        EngineFailure: the network that tells people apart is not installed.
        DlibProcessError: it could not be asked.
    """
    identity = workspace.faces.identity
    if not identity.is_known:
        raise EngineFailure(
            EngineError(
                "model_missing",
                "The network that tells people apart is not installed.",
                "Install it with “pip install face-recognition-models”; read THIRD-PARTY.md first.",
            )
        )
    wanted = identity.descriptor(job.person.picture, job.person.landmarks)
    distances: list[float] = []
    for number, face in enumerate(job.faces):
        yield Progress("Looking for the person", number, len(job.faces))
        crop = workspace.crop_of(face)
        picture = workspace.aligned_crop(job.photo, crop)
        own = identity.descriptor(picture, crop.landmarks_in_crop())
        distances.append(identity_distance(wanted, own))
    nearest = min(range(len(distances)), key=distances.__getitem__, default=None)
    if nearest is not None and distances[nearest] >= SAME_PERSON:
        nearest = None
    yield Finished(FoundPerson(nearest, tuple(distances)))
