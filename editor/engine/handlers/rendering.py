"""The edited photograph for the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.engine.compositing.fold import displayed, folding
from editor.engine.compositing.geometry import Level
from editor.engine.jobs import TILE_SIDE, Finished, Progress, Tile
from editor.engine.previews import FINAL_SIDE
from editor.engine.workspace import bad_request

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from editor.engine.compositing.renders import State
    from editor.engine.jobs import Render, RenderTile, Report
    from editor.engine.workspace import Workspace


def render(workspace: Workspace, job: Render) -> Iterator[Report]:
    """Finished(Patch | None)."""
    edits = workspace.rendered_edits(job.portraits)
    yield Finished(workspace.patch(job.photo, edits, FINAL_SIDE))


def render_tile(workspace: Workspace, job: RenderTile) -> Iterator[Report]:
    """Finished(Tile).

    Raises:
        EngineFailure: there is no such tile.
    """
    level = Level(max(0, job.level))
    columns, rows = level.size(job.photo)
    x, y = job.column * TILE_SIDE, job.row * TILE_SIDE
    if job.level < 0 or not (0 <= x < columns and 0 <= y < rows):
        raise bad_request(
            f"There is no tile {job.column}, {job.row} at level {job.level}.",
            "Ask for one inside the photo.",
        )
    edits = workspace.rendered_edits(job.portraits)
    steps = folding(job.photo, edits, level, workspace.folding)
    state = yield from _reported(steps, len(edits))
    box = (x, y, min(TILE_SIDE, columns - x), min(TILE_SIDE, rows - y))
    pixels = displayed(job.photo, state, level, box)
    yield Finished(Tile(job.level, job.column, job.row, pixels))


def _reported(
    steps: Generator[int, None, State | None], count: int
) -> Generator[Report, None, State | None]:
    """Progress before each edit, so that the job can be cancelled there."""
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            return end.value
        yield Progress("Drawing the edits", done, count)
