"""References: other photographs, whose region, expression or person is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document import attributes
from editor.document.errors import EngineError, EngineFailure
from editor.document.goals import Reference
from editor.document.photo import make_pyramid, open_photo
from editor.engine.expression_jobs import ExpressionChange
from editor.engine.jobs import Finished, FoundPerson, Progress
from editor.engine.workspace import bad_request
from models.expression import SAME_REST, Expression
from models.faces.identity import SAME_PERSON, identity_distance

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from editor.engine.expression_jobs import CompareExpressions
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


def compare_expressions(workspace: Workspace, job: CompareExpressions) -> Iterator[Report]:
    """Finished(ExpressionChange).

    Raises:
        EngineFailure: the generator has no sliders of expressions.
        DlibProcessError: dlib could not say whether both are the same person.
    """
    yield Progress("Comparing expressions", 0, 1)
    fitted = workspace.directions.attributes
    units = {row.name: row.unit_sd for row in attributes.table() if row.name in fitted}
    picture, landmarks = workspace.aligned_crop(job.photo, job.crop), job.crop.landmarks_in_crop()
    own = _expression(workspace, picture, landmarks)
    same, other = False, job.reference
    if other is None:
        changes = own.to_neutral()
    else:
        identity = workspace.faces.identity
        if identity.is_known:
            here = identity.descriptor(picture, landmarks)
            there = identity.descriptor(other.picture, other.landmarks)
            same = identity_distance(here, there) < SAME_REST
        shown = _expression(workspace, other.picture, other.landmarks)
        changes = own.to(shown, same_person=same)
    values = tuple(
        (name, 100 * change / (units[name] * fitted[name].sd))
        for name, change in changes.items()
        if name in units
    )
    if not values:
        raise bad_request(
            "This generator has no sliders of expressions.", "Choose another one (menu File)."
        )
    yield Finished(ExpressionChange(values, same))


def _expression(
    workspace: Workspace, picture: NDArray[np.uint8], landmarks: NDArray[np.float64]
) -> Expression:
    mesh = workspace.faces.aligned_mesh(picture)
    return Expression.of(picture, landmarks, mesh, workspace.faces.blendshapes)
