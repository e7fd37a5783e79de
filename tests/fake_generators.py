"""What the fake engine says about generators and directions: as the real one, without networks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from editor.document.errors import EngineError
from editor.engine.fitting_jobs import FitBoundary, FitScorer
from editor.engine.generator_jobs import (
    FitAttributes,
    GeneratorOffer,
    RemoveGenerator,
    RenameGenerator,
)
from editor.engine.jobs import (
    Discovery,
    Failed,
    FindDirections,
    Finished,
    FittedAttributes,
    FittedDirection,
    GeneratorInfo,
    ImportGenerator,
    InspectGenerator,
    Progress,
)
from tests import fake_engine

CHANGES = (InspectGenerator, ImportGenerator, RenameGenerator, RemoveGenerator, FitAttributes)
Change = InspectGenerator | ImportGenerator | RenameGenerator | RemoveGenerator | FitAttributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.engine.jobs import Report
    from tests.fake_engine import FakeEngine


def sliders(engine: FakeEngine, job: FindDirections | FitBoundary | FitScorer) -> Iterator[Report]:
    """What looking for sliders for any picture answers."""
    if isinstance(job, FindDirections):
        yield from directions(engine, job)
        return
    for step in range(4):
        yield Progress("Looking at the pictures", step, 4)
        engine.step()
    folders = (job.having, job.lacking) if isinstance(job, FitBoundary) else ()
    empty = [folder for folder in folders if not (folder.is_dir() and any(folder.iterdir()))]
    if empty or (isinstance(job, FitScorer) and job.source.startswith("no")):
        title = f"There are no pictures in {empty[0].name}." if empty else "The scorer failed."
        yield Failed(EngineError("bad_request", title, "Choose another one."))
        return
    grey = np.full((16, 16, 3), 128, np.uint8)
    slider = replace(fake_engine.style_slider("fitted", 1, grey, 1.0), label=job.name or "score")
    normal = np.array([1, 0], np.float32)
    found = Discovery((slider,), 0.1, f"{slider.label} (90 %)", engine.info.generator_sha256)
    yield Finished(FittedDirection(found, normal, 2.0, 0 * normal, 0.9, 20))


def directions(engine: FakeEngine, job: FindDirections) -> Iterator[Report]:
    """What looking for directions answers."""
    yield Progress("Looking for directions", 0, 2)
    engine.step()
    if isinstance(job.source, Path):
        readable = job.source.is_file() and job.source.suffix in (".npy", ".pt", ".npz")
        if not readable:
            title = f"{job.source.name} holds no direction."
            yield Failed(EngineError("bad_request", title, "Choose a direction file."))
            return
        names, origin = [job.source.stem], job.source.name
    elif job.source == "published":
        title = "The published channels belong to NVIDIA's FFHQ network."
        yield Failed(EngineError("bad_request", title, "Find channels by Discover."))
        return
    else:
        origin = "SeFa" if job.source == "sefa" else "GANSpace"
        names = [f"{origin} {k + 1}" for k in range(job.count)]
    grey = np.full((16, 16, 3), 128, np.uint8)
    sliders = tuple(
        replace(
            fake_engine.style_slider(f"{origin}#{k}", k % fake_engine.LAYOUT.channels, grey, 1.0),
            label=name,
        )
        for k, name in enumerate(names)
    )
    yield Finished(Discovery(sliders, 0.1, origin, engine.info.generator_sha256))


def changed(engine: FakeEngine, job: Change) -> Iterator[Report]:
    """What changes among the generators answer."""
    if isinstance(job, InspectGenerator | ImportGenerator):
        yield from imported(engine, job)
        return
    if isinstance(job, FitAttributes):
        yield from fitted(engine, job)
        return
    yield Progress("Writing", 0, 1)
    engine.step()
    known = engine.info.generators
    made = next((one for one in known if one.sha256 == job.sha256 and one.source), None)
    if made is None:
        title = "This generator is not among your own."
        yield Failed(EngineError("bad_request", title, "Only those can be changed."))
        return
    if isinstance(job, RenameGenerator):
        if any(one.name == job.name for one in known) or not any(c.isalnum() for c in job.name):
            title = f"There is another generator named {job.name} already."
            yield Failed(EngineError("bad_request", title, "Choose another name."))
            return
        made = replace(made, name=job.name)
    kept = tuple(one for one in known if one.sha256 != job.sha256)
    is_gone = isinstance(job, RemoveGenerator)
    engine.info = replace(engine.info, generators=kept if is_gone else (*kept, made))
    yield Finished(replace(made, is_installed=not is_gone))


def fitted(engine: FakeEngine, job: FitAttributes) -> Iterator[Report]:
    """What fitting the named attributes answers: all but one hold; cats have no faces."""
    known = engine.info.generators
    made = next((one for one in known if one.sha256 == job.generator), None)
    if made is None:
        title = "This was made with another generator, which is not here."
        yield Failed(EngineError("model_missing", title, "Add it first."))
        return
    if not made.source or "cat" in made.source:
        title = f"{made.name} does not seem to draw faces, or has its attributes already."
        yield Failed(EngineError("bad_request", title, "Look for its directions instead."))
        return
    for step in range(1 if made.has_attributes else 6):
        yield Progress("Fitting the attributes", step, 6)
        engine.step()
    made = replace(made, has_attributes=True)
    kept = tuple(one for one in known if one.sha256 != made.sha256)
    engine.info = replace(engine.info, generators=(*kept, made))
    left_out = (("Gaze", "Samples that were held out tell it with r = 0.310; 0.5 is the least."),)
    yield Finished(FittedAttributes(made, fake_engine.ATTRIBUTES, left_out, job.samples or 1000))


def imported(engine: FakeEngine, job: InspectGenerator | ImportGenerator) -> Iterator[Report]:
    """What looking at and adding a generator answers."""
    for step in range(3):
        yield Progress("Reading the file", step, 4)
        engine.step()
    try:
        content = job.path.read_bytes()
    except OSError as error:
        title = f"{job.path.name} cannot be read ({error.strerror})."
        yield Failed(EngineError("bad_request", title, "Choose another file."))
        return
    is_known = content[:1] in (b"\x80", b"P") or content[8:9] == b"{"
    if not is_known or b"synthesis" not in content:
        title = f"{job.path.name} is no network that the editor knows."
        yield Failed(EngineError("bad_request", title, "Choose a StyleGAN2 generator."))
        return
    digest = hashlib.sha256(content).hexdigest()
    licence = "For non-commercial use only, as far as a fake can tell."
    if isinstance(job, InspectGenerator):
        offer = GeneratorOffer(job.path, digest, "fake", 64, 1000, licence, "", ())
        yield Finished(offer)
        return
    if job.source_sha256 not in ("", digest):
        title = f"{job.path.name} was changed since it was looked at."
        yield Failed(EngineError("bad_request", title, "Add the generator again."))
        return
    name = job.name or job.path.stem
    made = GeneratorInfo(name, digest, 64, licence, job.path.name)
    known = engine.info.generators
    if any(one.name == name and one.sha256 != digest for one in known):
        title = f"There is another generator named {name} already."
        yield Failed(EngineError("not_writable", title, "Choose another name."))
        return
    kept = tuple(one for one in known if one.sha256 != digest)
    engine.info = replace(engine.info, generators=(*kept, made))
    yield Finished(made)
