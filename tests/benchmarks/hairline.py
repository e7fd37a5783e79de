"""What edits of hair change outside the hair.

    python -m tests.benchmarks.hairline SCENES INVERSIONS >OUT.csv

Of each scene that the jury kept (``jury.py``; INVERSIONS: what its edits began from), the mean
ΔE2000 between photograph and export, within the region (its mask above 8 of 255):
inside         on the class *hair*, the likeliest of each pixel of the parser's own map.
outside        on all else of the square that was parsed.
strands        share of the change outside where the editor itself shows hair (``FaceClasses``: the
               matte at half and more, at the photograph's own edges).
outside_shown  outside what the editor shows as hair.
"""

from __future__ import annotations

from pathlib import Path
from sys import argv, stderr
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from editor.document.face import FaceCrop
from editor.document.face_parts import CLASSES as SHOWN
from editor.document.face_parts import FaceClasses
from editor.document.history import Portrait
from editor.document.picture_limits import lab_of
from editor.engine.compositing.geometry import chain
from editor.engine.engine import Engine
from editor.engine.jobs import OpenProject
from resources.face_classes import CLASSES
from tests.benchmarks import jury, jury_scenes
from tests.benchmarks.jobs import result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from editor.document.face import FaceDetail
    from editor.engine.jobs import OpenedProject
    from tests.benchmarks.landing_measures import Scene

    Array = NDArray[np.float64]

_HUES = (-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63)  # height, times, degrees


def difference(one: NDArray[np.floating], other: NDArray[np.floating]) -> Array:
    """ΔE2000 of colours in CIELAB (…, 3); Sharma, Wu & Dalal, Color Res. Appl. 30 (2005)."""
    first, second = (np.moveaxis(p, -1, 0).astype(np.float64) for p in (one, other))
    seventh = ((np.hypot(*first[1:]) + np.hypot(*second[1:])) / 2) ** 7
    redder = 1.5 - np.sqrt(seventh / (seventh + 25.0**7)) / 2
    (c1, h1), (c2, h2) = (
        (np.hypot(a * redder, b), np.degrees(np.arctan2(b, a * redder)) % 360)
        for _, a, b in (first, second)
    )
    turn = (h2 - h1 + 180) % 360 - 180
    hue, light, chroma = h1 + turn / 2, (first[0] + second[0]) / 2, (c1 + c2) / 2
    waves = 1 + sum(by * np.cos(np.radians(n * hue + shift)) for by, n, shift in _HUES)
    lighter = (second[0] - first[0]) / (1 + 0.015 * (d := (light - 50) ** 2) / np.sqrt(20 + d))
    purer = (c2 - c1) / (1 + 0.045 * chroma)
    turned = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * waves)
    blue = np.sin(np.radians(60 * np.exp(-(((hue % 360 - 275) / 25) ** 2))))
    both = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * blue * purer * turned
    return np.asarray(np.sqrt(lighter**2 + purer**2 + turned**2 + both), np.float64)


def measured(scene: Scene, portrait: Portrait) -> dict[str, float]:
    """All figures of one edit, see above."""
    detail = cast("FaceDetail", portrait.detail)
    parsed = cast("NDArray[np.uint8]", detail.labels)
    height, width = scene.alpha.shape
    square = FaceCrop.from_landmarks(detail.crop.landmarks, len(parsed)).to_crop
    photo, size = chain(portrait.crop.to_photo, scene.to_crop), (width, height)
    flags, beyond = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, (255,)
    labels = cv2.warpAffine(parsed, chain(square, photo), size, flags=flags, borderValue=beyond)
    box = round(photo[0, 2]), round(photo[1, 2]), width, height
    shown = FaceClasses(portrait.crop.landmarks, detail).labels(box, 1.0) == SHOWN.index("hair")
    levels = (np.clip(np.rint(p), 0, 255).astype(np.uint8) for p in (scene.photo, scene.export))
    change = difference(*(lab_of(one) for one in levels))
    region = (scene.alpha > 8) & (np.asarray(labels) != beyond)
    outside = region & (np.asarray(labels) != CLASSES.index("hair"))
    return {
        "inside": float(change[region & ~outside].mean()),
        "outside": float(change[outside].mean()),
        "strands": float(change[outside & shown].sum() / change[outside].sum()),
        "outside_shown": float(change[region & ~shown].mean()),
    }


def main(scenes: Path, inversions: Path) -> None:
    """Command line: a CSV, and a summary beside it."""
    engine, portraits, rows = Engine.create("cpu"), dict[str, Portrait](), list[dict[str, float]]()
    for stem in jury.stems(scenes):
        photo = jury.parts_of(stem)[0]
        if photo not in portraits:
            opened = cast("OpenedProject", result(engine, OpenProject(inversions / f"{photo}.sip")))
            portraits[photo] = opened.project.portraits[0]
        rows.append(measured(jury_scenes.kept(stem), portraits[photo]))
        if len(rows) == 1:
            print("photo", "attribute", "value", *rows[0], sep=",")
        print(*jury.parts_of(stem), *(f"{figure:.4f}" for figure in rows[-1].values()), sep=",")
    for name in ("outside", "outside_shown"):
        found = np.array([row[name] for row in rows])
        told = f"{np.count_nonzero(found < 1)} of {len(found)}, median {np.median(found):.2f}"
        print(f"{name}: under 1 in {told}, worst {found.max():.2f}", file=stderr)


if __name__ == "__main__":
    main(*(Path(argument) for argument in argv[1:]))
