"""What is to be done to photographs, and doing it: shared by ``edit`` and ``batch``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from editor.command_line import directions, expressions
from editor.command_line.records import edit_records
from editor.command_line.running import (
    TERMINAL,
    NoFaceError,
    RefusedError,
    UnchangedError,
    run,
)
from editor.command_line.standing import Standing
from editor.command_line.wording import own_words
from editor.document.attributes import succeeded
from editor.document.face_regions import PRESETS, feather_of, preset
from editor.document.goals import Dials, Goal
from editor.document.history import Inversion, Portrait
from editor.document.limits import within
from editor.document.photo_square import PhotoSquare
from editor.document.region import RegionError, RegionMask, from_image
from editor.engine.jobs import (
    Discover,
    FindPerson,
    Intervene,
    Intervention,
    Invert,
    OpenedPhoto,
    OpenPhoto,
    OpenReference,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from editor.command_line.running import Runs, Watch
    from editor.document.edit_sets import EditPart, EditSet
    from editor.document.face import DetectedFace
    from editor.document.goals import Reference
    from editor.document.photo import Photo
    from editor.document.presets import AttributePreset
    from editor.engine.jobs import FoundPerson

INVERSION_STEPS = 200
ANYWHERE = "face"  # the region of directions, which have no default of their own
WHOLE = ""  # with --square: all of it
COPIED = "copied region"  # as records call one that has no name


@dataclass(frozen=True, slots=True)
class Recipe:
    """Edits for any photograph.

    Attributes:
        goals: one edit each, after the preset.
        preset: slider values that the window saved.
        region: a region by name or a mask's file, for all edits; None: each one's own.
        match: another photo, whose region the last edit shall make this one look like.
        expression: another photo, whose expression the edit before shall copy, or a neutral one.
        faces: which one, 1 the largest; or all of them.
        person: a photo of the one whose face it is to be, instead of a number.
        edits: that were copied from a face, done first.
        square: of the photo, to be edited instead of a face, or the largest in its middle.
        draft: edits on the encoder's guess.
        dials: of the search.
        generator: its name, "" for the default one.
        directions: where further sliders come from.
    """

    goals: tuple[Goal, ...] = ()
    preset: AttributePreset | None = None
    region: str | None = None
    match: Path | None = None
    expression: Path | Literal["neutral"] | None = None
    faces: int | Literal["all"] = 1
    square: PhotoSquare | Literal["middle"] | None = None
    draft: bool = False
    dials: Dials = Dials()
    generator: str = ""
    directions: tuple[str, ...] = ()
    person: Path | None = None
    edits: EditSet | None = None

    @property
    def mask_file(self) -> Path | None:
        """The file of its region, unless that has a name."""
        return Path(self.region) if self.region and self.region not in PRESETS else None


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """One edit to make: goals or a likeness, in a region preset, a mask file or a copied region.

    The goal of a ``discovered`` one is that slider of those that the region turns out to have; the
    goals of an ``expression`` are what this face lacks of it, in the region "" their own ones.
    """

    region: str
    goals: tuple[Goal, ...]
    likeness: Reference | None = None
    copied: EditPart | None = None
    discovered: int | None = None
    expression: Reference | Literal["neutral"] | None = None
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe as one engine will do it.

    Attributes:
        recipe: the wish.
        edits: in their order, at least one.
        names: what ids of directions are called on the command line.
        person: whose face it is to be, if not a number's.
    """

    recipe: Recipe
    edits: tuple[PlannedEdit, ...]
    names: dict[str, str]
    person: Reference | None = None


@dataclass(frozen=True, slots=True)
class EditedFace:
    """One face with its edits.

    Attributes:
        number: 1 is the largest.
        portrait: the face and its history.
        inversion: beneath it.
        records: of its edits, for a report in JSON.
        left_out: why some of what was asked for was not done, or not as far; one sentence each.
    """

    number: int
    portrait: Portrait
    inversion: Inversion
    records: tuple[dict[str, object], ...]
    left_out: tuple[str, ...] = ()


def planned(engine: Runs, recipe: Recipe, watch: Watch = TERMINAL) -> Plan:
    """The edits that this engine will make, in order.

    Raises:
        RefusedError: it has no such attribute, or nothing is left to do.
        EngineFailure: directions or the reference cannot be read.
    """
    known = {row.name: row for row in engine.info.attributes}
    found = directions.found(engine, recipe.directions, watch)
    wished: list[PlannedEdit] = []
    for goal in (directions.offered(goal, known, watch) for goal in recipe.goals):
        row, slider = known.get(goal.attribute), found.get(directions.key(goal.attribute))
        if row is not None:
            wished.append(PlannedEdit(recipe.region or row.region, (goal,)))
        elif slider is not None:
            wished.append(PlannedEdit(region_of(recipe), (slider.goal(goal.value),)))
        elif (number := directions.discovered_number(goal.attribute)) is not None:
            wished.append(PlannedEdit(region_of(recipe), (goal,), discovered=number))
        else:
            raise RefusedError(directions.unknown(goal.attribute, [*known, *found]))
    edits: list[PlannedEdit] = []
    if recipe.edits is not None:
        edits += _copied(recipe, recipe.edits, known, watch)
    if recipe.preset is not None:
        usable, unknown = recipe.preset.limited_to(known)
        if unknown:
            watch.notice(directions.left_out(unknown))
        for part in usable.parts if usable else ():
            goals = tuple(Goal(name, value) for name, value in part.goals)
            edits.append(PlannedEdit(recipe.region or part.region, goals, opacity=part.opacity))
    edits += wished
    if recipe.expression is not None:
        asked = expressions.asked(engine, recipe.expression, watch)
        edits.append(PlannedEdit(recipe.region or "", (), expression=asked))
    if recipe.match and recipe.region:
        reference = cast("Reference", run(engine, OpenReference(recipe.match), watch=watch))
        edits.append(PlannedEdit(recipe.region, (), reference))
    if not edits:
        raise RefusedError("Nothing is left to do. Choose another preset.")
    person = None
    if recipe.person is not None:
        person = cast("Reference", run(engine, OpenReference(recipe.person), watch=watch))
    names = {slider.id: name for name, slider in found.items()}
    return Plan(recipe, tuple(edits), names, person)


def region_of(recipe: Recipe) -> str:
    """Of an edit that has no region of its own."""
    return recipe.region or (WHOLE if recipe.square is not None else ANYWHERE)


def _copied(
    recipe: Recipe, edits: EditSet, known: Container[str], watch: Watch
) -> Iterator[PlannedEdit]:
    """Of a set, what this engine knows."""
    unknown: dict[str, None] = {}
    for part in edits.parts:
        asked = succeeded(part.goals, known)
        unknown |= {name: None for name, _ in asked if name not in known}
        goals = tuple(Goal(name, value) for name, value in asked if name in known)
        if not goals:
            continue
        if recipe.region is not None:
            yield PlannedEdit(recipe.region, goals, opacity=part.opacity)
        else:
            name = part.region if isinstance(part.region, str) else COPIED
            yield PlannedEdit(name, goals, copied=part, opacity=part.opacity)
    if unknown:
        watch.notice(directions.left_out(unknown))


def opened(
    engine: Runs, path: Path, watch: Watch = TERMINAL, *, face_needed: bool = True
) -> OpenedPhoto:
    """A photograph with its faces.

    Raises:
        EngineFailure: it cannot be read.
        NoFaceError: it has no face, and one is needed.
    """
    job = OpenPhoto(path, engine.info.generator_sha256)
    found = cast("OpenedPhoto", run(engine, job, watch=watch))
    if face_needed and not found.faces:
        raise NoFaceError(
            f"No face was found in {path.name}. Use a photo in which the face looks towards the "
            "camera and is at least 40 pixels wide."
        )
    return found


def edited(
    engine: Runs, plan: Plan, found: OpenedPhoto, watch: Watch = TERMINAL
) -> tuple[EditedFace, ...]:
    """The chosen faces of a photograph with every edit of the plan that they can carry.

    ``watch`` is told at the end what they cannot.

    Raises:
        RefusedError: there is no such face.
        UnchangedError: they can carry none.
        NoFaceError: the person is not there.
        EngineFailure, RegionError: an edit cannot be made.
    """
    photo, recipe = found.photo, plan.recipe
    if plan.person is not None:
        chosen = [_face_of(engine, plan.person, found, watch)]
    else:
        chosen = chosen_of(recipe, found)
    done: list[EditedFace] = []
    for number, face in chosen:
        others = [one.portrait for one in done]
        done.append(_edited_face(engine, plan, photo, (number, face), others, watch))
    whys = dict.fromkeys(why for one in done for why in one.left_out)
    if not any(one.portrait.history.edits for one in done):
        raise UnchangedError(whys)
    for why in whys:
        watch.notice(why)
    return tuple(done)


def chosen_of(recipe: Recipe, found: OpenedPhoto) -> list[tuple[int, DetectedFace]]:
    """The faces of a photo that a recipe means, by number, or the square.

    Raises:
        RefusedError: there is none such.
    """
    photo = found.photo
    if recipe.square is not None:
        return [(1, square_of(recipe.square, photo).face)]
    if recipe.faces == "all":
        return list(enumerate(found.faces, 1))
    if 1 <= recipe.faces <= len(found.faces):
        return [(recipe.faces, found.faces[recipe.faces - 1])]
    raise RefusedError(
        f"There is no face {recipe.faces}: {len(found.faces)} found. See: main.py faces "
        f"{photo.path}"
    )


def square_of(wanted: PhotoSquare | Literal["middle"], photo: Photo) -> PhotoSquare:
    """A square of a photo, where it lies in it.

    Raises:
        RefusedError: it reaches beyond.
    """
    if wanted == "middle":
        return PhotoSquare.middle(photo.width, photo.height)
    if not wanted.lies_in(photo.width, photo.height):
        raise RefusedError(
            f"The square {wanted.x},{wanted.y},{wanted.side} reaches beyond the photo, which has "
            f"{photo.width} × {photo.height} pixels. Choose another with --square-at X,Y,SIDE."
        )
    return wanted


def _face_of(
    engine: Runs, person: Reference, found: OpenedPhoto, watch: Watch
) -> tuple[int, DetectedFace]:
    """The person's face, and its number from 1."""
    job = FindPerson(found.photo, found.faces, person)
    there = cast("FoundPerson", run(engine, job, watch=watch))
    if there.number is None:
        name = found.photo.path.name if found.photo.path else "the photo"
        raise NoFaceError(f"The person of {person.name} was not found in {name}.")
    return there.number + 1, found.faces[there.number]


def _edited_face(
    engine: Runs,
    plan: Plan,
    photo: Photo,
    chosen: tuple[int, DetectedFace],
    others: Sequence[Portrait],
    watch: Watch,
) -> EditedFace:
    recipe, (number, face) = plan.recipe, chosen
    inversion, portrait = inverted(engine, recipe, photo, face, watch)
    records: list[dict[str, object]] = []
    left_out: list[str] = []
    standing = Standing()
    for wanted in plan.edits:
        named = wanted.region in PRESETS  # of other regions the user says
        limited = partial(
            within, landmarks=portrait.landmarks, detail=portrait.detail if named else None
        )
        at_hand = partial(_region_of, recipe, wanted, portrait, face.default_feather, photo)
        edit, whys = wanted, ()
        try:
            if wanted.expression is not None:
                surface = expressions.Surface(engine, photo, portrait, face.default_feather)
                mask = at_hand() if wanted.region else None
                goals, whys, region = surface.lacking(wanted.expression, mask, watch)
                edit = replace(edit, region=edit.region or expressions.USUAL)
            elif wanted.discovered is not None:  # its name is another one in every region
                goals, region = wanted.goals, at_hand()
            else:
                edits = portrait.history.applied
                goals, whys, region = standing.changes(wanted.goals, edits, limited, at_hand)
        except RegionError as error:
            if not named:  # the user's mask, or one of the face whose edits were copied
                raise
            goals, whys, region = (), (str(error),), None  # no teeth between these lips, no hair
        left_out += map(own_words, whys)
        if region is None or (edit.expression is not None and not goals):
            continue
        edit = replace(edit, goals=goals)
        portraits, goals = (*others, portrait), edit.goals
        if edit.discovered is not None:
            begun = (*others, Portrait.of(portrait.crop, inversion))  # as `discover` lists them
            search = Discover(photo, begun, len(others), region)
            value = goals[0].value
            goals = (directions.discovered_goal(engine, search, edit.discovered, value, watch),)
        job = Intervene(
            photo, portraits, len(others), region, goals, recipe.dials, edit.likeness,
            opacity=edit.opacity,
        )  # fmt: skip
        made = cast("Intervention", run(engine, job, watch=watch))
        done = replace(made.edit, opacity=edit.opacity)
        portrait = portrait.with_history(portrait.history.push(done))
        records += edit_records(edit, made.report, plan.names)
    return EditedFace(number, portrait, inversion, tuple(records), tuple(left_out))


def inverted(
    engine: Runs, recipe: Recipe, photo: Photo, face: DetectedFace, watch: Watch = TERMINAL
) -> tuple[Inversion, Portrait]:
    """A face as the generator knows it, without edits.

    Raises:
        EngineFailure: it is too small.
    """
    crop, seed = engine.crop_of(face), recipe.dials.seed
    invert = Invert(photo, crop, INVERSION_STEPS, seed, engine.info.generator_sha256)
    inversion = cast("Inversion", run(engine, invert, draft=recipe.draft, watch=watch))
    return inversion, Portrait.of(crop, inversion)


def _region_of(
    recipe: Recipe, edit: PlannedEdit, portrait: Portrait, feather: float, photo: Photo
) -> RegionMask:
    if edit.copied is not None and recipe.edits is not None:
        here = portrait.landmarks, portrait.detail, photo, feather
        return recipe.edits.region(edit.copied, *here)
    return region_named(edit.region, portrait, feather, photo)


def region_named(name: str, portrait: Portrait, feather: float, photo: Photo) -> RegionMask:
    """A preset or the whole crop with the default soft edge, or a mask file as it is."""
    if name == WHOLE:
        x, y, width, height = portrait.crop.bounds(photo.width, photo.height)
        alpha = np.zeros((photo.height, photo.width), np.uint8)
        alpha[y : y + height, x : x + width] = 255
        return RegionMask.from_full(alpha).feathered(feather)
    if name in PRESETS:
        mask = preset(name, portrait.landmarks, photo.width, photo.height, portrait.detail)
        return mask.feathered(feather_of(name, feather))
    return from_image(Path(name), photo.width, photo.height)
