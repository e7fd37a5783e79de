"""Discovery: what can change in a region of a face as it is."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import numpy as np

from editor.document.style import StyleDelta
from editor.document.style_sliders import StyleSlider
from editor.engine import discovery, naming
from editor.engine.jobs import Discovery, Finished, Progress
from editor.engine.tensors import to_picture, to_uint8
from resources.face_mesh import ibug_landmarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from editor.document.style import StyleCode, StyleLayout
    from editor.engine.discovery import Found
    from editor.engine.jobs import Discover, Report
    from editor.engine.naming import Name
    from editor.engine.workspace import Workspace


def discover(workspace: Workspace, job: Discover) -> Iterator[Report]:
    """Finished(Discovery).

    Raises:
        EngineFailure: the region does not touch the face.
    """
    began, stage = time.monotonic(), "Looking for what can change here"
    portrait, statistics = job.portraits[job.active], workspace.directions.statistics
    code = portrait.history.current()
    key = (portrait.crop, code, job.region.digest, job.count)
    sliders = workspace.discovered.get(key)
    if sliders is None:
        s = workspace.code_tensor(code)
        mask = workspace.crop_mask(portrait.crop, job.region)
        generator = workspace.generator_of(code)
        scene = generator, statistics, s, mask
        yield Progress(stage, 0, 4)
        channels = discovery.candidates(*scene, replays=workspace.replays)
        yield Progress(stage, 1, 4)
        deltas = discovery.choose(*scene, channels, count=job.count)
        yield Progress(stage, 2, 4)
        found = discovery.pictured(generator, s, mask, deltas)
        yield Progress(stage, 3, 4)
        box = _thumbnail_box(mask[0, 0].cpu().numpy())
        called = _names(workspace, code, found)
        sliders = tuple(
            _style_slider(workspace.layout, one, name, box)
            for one, name in zip(found, called, strict=True)
        )
        workspace.discovered.keep(key, sliders)
    yield Finished(Discovery(sliders, time.monotonic() - began))


def _names(workspace: Workspace, code: StyleCode, found: Sequence[Found]) -> list[Name]:
    """What they are called, by what their pictures show."""
    ends = [(to_uint8(to_picture(f.low[None])), to_uint8(to_picture(f.high[None]))) for f in found]
    face = to_uint8(workspace.reconstruction(code))
    meshes = workspace.faces.meshes_near([picture for pair in ends for picture in pair], face)
    points = [ibug_landmarks(mesh) for mesh in meshes]
    pairs = list(zip(points[::2], points[1::2], strict=True))
    units = {name: row.sd for name, row in workspace.directions.attributes.items()}
    return naming.names(ends, pairs, units)


def _style_slider(
    layout: StyleLayout, found: Found, name: Name, box: tuple[slice, slice]
) -> StyleSlider:
    dense, ends = found.delta.cpu().numpy(), (found.low, found.high)
    if name.flipped:
        dense, ends = -dense, ends[::-1]
    delta = StyleDelta.from_dense(layout, dense)
    digest = hashlib.sha256(delta.channels.tobytes() + delta.values.tobytes()).hexdigest()
    thumbnails = [to_uint8(to_picture(p[None])[box]) for p in ends]
    for thumbnail in thumbnails:
        thumbnail.setflags(write=False)
    id = "style:" + digest[:16]
    return StyleSlider(id, name.text, delta, found.locality, found.visibility, *thumbnails)


def _thumbnail_box(mask: NDArray[np.float32]) -> tuple[slice, slice]:
    """Rows and columns of a thumbnail: the mask's box with a margin, at least a quarter."""
    spans: list[slice] = []
    for axis in (1, 0):
        at = np.flatnonzero(mask.max(axis) > 0.02)
        middle, reach = (at[0] + at[-1]) / 2, max((at[-1] - at[0]) * 0.65, len(mask) / 8)
        low = int(np.clip(middle - reach, 0, len(mask)))
        spans.append(slice(low, int(np.clip(middle + reach, low + 1, len(mask)))))
    return spans[0], spans[1]
