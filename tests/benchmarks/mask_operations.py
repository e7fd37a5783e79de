"""What masks and paint cost on a photo of 54 megapixels, and whether they keep the window waiting.

    python -m tests.benchmarks.mask_operations

Each operation runs in a thread of its own, as in the session; the main thread stands for the
window: it gives Python's lock away and takes it back as fast as it can, and its longest wait for it
is told. The last row is that of an idle machine: what the others have more than it is theirs.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from editor.document.brushed_region import BrushedRegion
from editor.document.carrying import on_the_other_side
from editor.document.face_regions import preset
from editor.document.paint import PaintLayer
from editor.document.region import RegionMask
from editor.document.stroke import BrushStroke
from tests.benchmarks.gui_gaps import CROP, SIZE
from tests.fake_engine import landmarks_at
from widgets.overlay import paint_layer, region_layer

if TYPE_CHECKING:
    from collections.abc import Callable

_REPEATS = 3


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that work takes in a thread, and the longest wait of this one meanwhile."""
    spent: list[float] = []

    def run() -> None:
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)

    thread = threading.Thread(target=run)
    longest, last = 0.0, time.perf_counter()
    thread.start()
    while thread.is_alive():
        time.sleep(0)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return spent[0], longest


def main() -> None:
    """Print the table."""
    width, height = SIZE
    landmarks = landmarks_at(width / 2, height / 2, CROP / 1.7)
    face = preset("face", landmarks, width, height)
    mouth = preset("mouth", landmarks, width, height)
    steps = np.random.default_rng(0).normal(6, 12, (200, 2))
    way = (np.cumsum(steps, axis=0) + np.array(SIZE) / 2).astype(np.float32)
    fine, broad = BrushStroke(way, 60, 0.6), BrushStroke(way, 400, 0.6)
    pressure = np.linspace(0.1, 1, 200, dtype=np.float32)
    pen = BrushStroke(way, 200, 0.6, pressure=pressure, to_opacity=True)
    eraser = BrushStroke(way, 200, 0.6, erase=True)
    paint = PaintLayer.empty(width, height).stamped(broad, (180, 40, 60))
    bounds = face.bounds
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ", end="")
    print(f"a region of {bounds[2]} × {bounds[3]} pixels")
    print("| operation | ms | longest wait of the window, ms |\n|---|---|---|")
    operations: tuple[tuple[str, Callable[[], object]], ...] = (
        ("preset", lambda: preset("face", landmarks, width, height)),
        ("stroke, radius 60", lambda: face.stamped(fine)),
        ("stroke, radius 400", lambda: face.stamped(broad)),
        ("stroke of a pen", lambda: face.stamped(pen)),
        ("eraser", lambda: face.stamped(eraser)),
        ("union", lambda: face.united(mouth)),
        ("mirror", lambda: on_the_other_side(face, landmarks)),
        ("feather", lambda: face.feathered(135)),
        ("digest", lambda: RegionMask(width, height, face.x, face.y, face.alpha).digest),
        ("paint stroke, radius 60", lambda: paint.stamped(fine, (20, 40, 160))),
        ("paint stroke, radius 400", lambda: paint.stamped(broad, (20, 40, 160))),
        ("paint eraser", lambda: paint.stamped(eraser, (0, 0, 0))),
        ("region for the screen", lambda: region_layer(BrushedRegion(face, 135.0))),
        ("paint for the screen", lambda: paint_layer(paint)),
        ("nothing", lambda: time.sleep(0.2)),
    )
    for name, work in operations:
        rows = np.array([measured(work) for _ in range(_REPEATS)]) * 1000
        print(f"| {name} | {rows[:, 0].min():.0f} | {rows[:, 1].min():.1f} |", flush=True)


if __name__ == "__main__":
    main()
