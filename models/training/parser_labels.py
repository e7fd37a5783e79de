"""Label maps of the face parser as polygons: written by hand on top of the mesh, and frozen.

A *drawing* is what a person wrote of one picture: a list of shapes, each ``[what, points]``, in the
order in which they are painted; points are ``"x,y x,y …"`` in pixels of the picture at 512. What a
shape is:

    ``"hair"``      a polygon of that class, its border moved to the picture's own edge nearby
    ``"hair~0"``    the same with the border as written; ``~9``: looked for 9 pixels around
    ``"glasses/5"`` a stroke, 5 pixels wide, as written
    ``"skin!"``     over everything, the face's features too; else they lie on top
    ``"-left eye"`` the mesh's contour of that class is not painted (points are empty)
    ``"unknown!"``  nobody can say

First come clothes, neck and ears, then the mesh's oval as skin, then the other shapes, then the
mesh's nose, brows, eyes, irises, lips and mouth, then strokes and shapes with ``!``. Everything
else is background.

A *frozen* label map is its outlines alone, without the picture, the mesh or an edge finder; each is
a line of steps from corner to corner, a character or three for each number (``packed_line``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from models.faces.face_classes import CONTOURS, IRISES, OVAL, UNKNOWN
from resources.face_classes import CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Labels = NDArray[np.uint8]
    Mask = NDArray[np.bool_]
    Picture = NDArray[np.uint8]
    Shape = tuple[str, str]

SIDE = 512

_BENEATH = frozenset({"clothes", "neck", "ears"})
_SNAP = {"ears": 4, "neck": 5, "skin": 5, "glasses": 0, "unknown": 0, "background": 5}
_USUAL_SNAP = 7
_LEAST_OPEN = 0.08  # of the mouth's width: what opens less shows no teeth that one could tell
_CRUMB = 6  # pixels; a part that has fewer is not kept
_AROUND = 40  # pixels beside a shape that its edge is told from
_DIGITS = "".join(chr(n) for n in range(33, 127) if chr(n) not in '"\\')  # JSON has them plain
_SHORT = len(_DIGITS) // 2 - 1  # pixels; a step that is longer takes three characters
_FAR = len(_DIGITS) ** 2 // 2  # and must be shorter than this


def parsed(points: str) -> Array:
    """``"x,y x,y …"`` as (n, 2).

    Raises:
        ValueError: something else is written.
    """
    pairs = [[float(n) for n in pair.split(",")] for pair in points.split()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"“{points[:40]}” is no list of points")
    return np.array(pairs, np.float64).reshape(-1, 2)


def number(name: str) -> int:
    """The number of a class.

    Raises:
        ValueError: there is none of that name.
    """
    if name == "unknown":
        return UNKNOWN
    if name not in CLASSES:
        raise ValueError(f"there is no class “{name}”; known are {', '.join(CLASSES)}")
    return CLASSES.index(name)


def polygon(corners: Array) -> Mask:
    """The inside of one, (512, 512); its corners in pixels whose centres are whole numbers."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [np.round(corners[:, :2] * 16).astype(np.int32)], 1, shift=4)
    return mask > 0


def drawn(picture: Picture, mesh: Array, shapes: Sequence[Shape]) -> Labels:
    """The label map (512, 512) of a drawing.

    Args:
        picture: sRGB (512, 512, 3).
        mesh: (478, 2 or more), its pixels.
        shapes: as the module says.

    Raises:
        ValueError: a shape cannot be understood.
    """
    labels = np.zeros((SIDE, SIDE), np.uint8)
    oval = polygon(mesh[list(OVAL)])
    for what, points in shapes:
        if _name(what) in _BENEATH and not _is_last(what):
            _paint(labels, picture, what, points, oval)
    labels[oval | _forehead(mesh)] = number("skin")
    without = {what[1:] for what, _ in shapes if what.startswith("-")}
    last: list[Shape] = []
    for what, points in shapes:
        if what.startswith("-"):
            number(what[1:])
        elif _is_last(what):
            last.append((what.rstrip("!"), points))
        elif _name(what) not in _BENEATH:
            _paint(labels, picture, what, points)
    _fill_forehead(labels, mesh)
    _paint_features(labels, picture, mesh, without)
    for what, points in last:
        _paint(labels, picture, what, points)
    return labels


def _name(what: str) -> str:
    """The class of a shape."""
    return what.rstrip("!").partition("~")[0].partition("/")[0]


def _is_last(what: str) -> bool:
    """Whether a shape goes over everything."""
    return what.endswith("!") or "/" in what


def _paint(
    labels: Labels, picture: Picture, what: str, points: str, oval: Mask | None = None
) -> None:
    """Paint one shape over what is there; the oval, if given, is no other thing beside it."""
    corners = parsed(points)
    if "/" in what:
        name, width = what.split("/")
        mask = np.zeros((SIDE, SIDE), np.uint8)
        path = np.round(corners * 16).astype(np.int32)
        cv2.polylines(mask, [path], False, 1, int(width), shift=4)
        labels[mask > 0] = number(name)
        return
    name, _, written = what.partition("~")
    reach = int(written) if written else _SNAP.get(name, _USUAL_SNAP)
    inside = polygon(corners)
    if reach and inside.any():
        # What lies under the face is skin like it, or covered by it: no edge is looked for there.
        whole = inside if oval is None else inside | oval
        near = cv2.dilate(inside.astype(np.uint8), _disc(reach)) > 0
        inside = _at_edges(picture, whole, reach) & near
    labels[inside] = number(name)


def _disc(radius: int) -> NDArray[np.uint8]:
    size = (2 * radius + 1, 2 * radius + 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size), np.uint8)


def _forehead(mesh: Array) -> Mask:
    """Where a forehead may go on above the mesh, which ends in its middle."""
    right, left, top, nose = (mesh[k, :2] for k in (127, 356, 10, 168))
    across, up = (left - right) / 2, 1.25 * (top - nose) + nose - (left + right) / 2
    turn = np.linspace(0, np.pi, 26)[:, None]
    return polygon((left + right) / 2 + np.cos(turn) * across + np.sin(turn) * up)


def _fill_forehead(labels: Labels, mesh: Array) -> None:
    """What is left over between the face and the hair, and closed in by them, is skin."""
    left_over = np.asarray(labels == 0, np.uint8)
    _, labelled = cv2.connectedComponents(left_over)
    parts = np.asarray(labelled, np.int32)
    open_ones = {0, *np.unique([parts[0], parts[-1], parts[:, 0], parts[:, -1]]).tolist()}
    for part in range(int(parts.max()) + 1):
        rows = np.nonzero(parts == part)[0]
        if part not in open_ones and (rows.min() + rows.max()) / 2 < mesh[1, 1]:  # the nose's tip
            labels[parts == part] = number("skin")


def _at_edges(picture: Picture, inside: Mask, reach: int) -> Mask:
    """A shape whose border went to the picture's edge nearby: GrabCut (Rother et al. 2004)."""
    kernel = _disc(reach)
    solid = inside.astype(np.uint8)
    padded = cv2.copyMakeBorder(solid, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    low = cv2.erode(padded, kernel)[reach:-reach, reach:-reach]
    high = cv2.dilate(solid, kernel)
    rows, columns = np.nonzero(high)
    top, bottom = max(0, rows.min() - _AROUND) & ~1, min(SIDE, rows.max() + _AROUND) & ~1
    left, right = max(0, columns.min() - _AROUND) & ~1, min(SIDE, columns.max() + _AROUND) & ~1
    part = (slice(top, bottom), slice(left, right))
    mask = np.where(high[part] > 0, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    mask[(solid[part] > 0) & (high[part] > 0)] = cv2.GC_PR_FGD
    mask[low[part] > 0] = cv2.GC_FGD
    mask = np.ascontiguousarray(mask[::2, ::2])  # half the size: a quarter of the time
    if not (mask == cv2.GC_BGD).any() or not (mask == cv2.GC_FGD).any():
        return inside  # too thin, or all there is
    half = cv2.resize(picture[part], mask.shape[::-1], interpolation=cv2.INTER_AREA)
    cv2.setRNGSeed(0)
    bgr, models = np.ascontiguousarray(half[..., ::-1]), (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.grabCut(bgr, mask, (0, 0, 1, 1), *models, 2, cv2.GC_INIT_WITH_MASK)
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.float32)
    large = np.asarray(cv2.resize(found, (int(right - left), int(bottom - top))), np.float32)
    result = np.zeros_like(solid)
    result[part] = large > 0.5
    # Neither crumbs nor pinholes: both come of single pixels' colours.
    return np.asarray(cv2.medianBlur(result, 5)) > 0


def _paint_features(labels: Labels, picture: Picture, mesh: Array, without: set[str]) -> None:
    """Paint what the mesh knows, on top."""
    for name, contour in CONTOURS.items():
        if name in without:
            continue
        labels[polygon(mesh[list(contour)])] = number(name)
    for eye, ring in zip(("right eye", "left eye"), IRISES, strict=True):
        if "iris" in without or eye in without:
            continue
        centre = mesh[list(ring), :2].mean(0)
        radius = np.linalg.norm(mesh[list(ring), :2] - centre, axis=1).mean()
        disc = np.zeros((SIDE, SIDE), np.uint8)
        at = (round(centre[0] * 16), round(centre[1] * 16))
        cv2.circle(disc, at, round(radius * 16), 1, -1, shift=4)
        labels[(disc > 0) & (labels == number(eye))] = number("iris")
    if "teeth" not in without:
        _paint_teeth(labels, picture, mesh)


def _paint_teeth(labels: Labels, picture: Picture, mesh: Array) -> None:
    """What is light and pale between the lips."""
    inside = labels == number("mouth")
    width = float(np.hypot(*(mesh[78, :2] - mesh[308, :2])))
    opening = float(np.hypot(*(mesh[13, :2] - mesh[14, :2])))
    if opening < _LEAST_OPEN * width or inside.sum() < 60:
        return
    scaled = picture.astype(np.float32) / np.float32(255)
    lab = np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB), np.float32)
    pale = lab[..., 0] - np.float32(1.5) * np.abs(lab[..., 1])
    paleness = np.asarray(cv2.GaussianBlur(pale, (0, 0), 0.7), np.float32)
    values = np.clip(paleness[inside] + 60, 0, 160)
    threshold, _ = cv2.threshold(
        (values * 1.5).astype(np.uint8)[None], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU
    )
    light = inside & ((paleness + 60) * 1.5 > threshold)
    face = polygon(mesh[list(OVAL)])
    if lab[..., 0][light].mean() > lab[..., 0][face].mean() * 0.8:
        labels[light] = number("teeth")


# ------------------------------------------------------------------ frozen


def contours(mask: Mask, mode: int) -> list[NDArray[np.int32]]:
    """OpenCV's contours of a mask, every pixel of them, each (n, 1, 2)."""
    found = cv2.findContours(mask.astype(np.uint8), mode, cv2.CHAIN_APPROX_NONE)
    return [np.asarray(contour, np.int32) for contour in cast("Sequence[Any]", found[0])]


def packed_line(corners: NDArray[np.int32]) -> str:
    """Whole pixels (n, 2) as their steps, the first one from 0, 0.

    A step of up to 45 is one character, any other one three.
    """
    steps = np.diff(corners, axis=0, prepend=np.zeros((1, 2), np.int32))
    text: list[str] = []
    for step in steps.ravel().tolist():
        if abs(step) <= _SHORT:
            text.append(_DIGITS[step + _SHORT])
        else:
            high, low = divmod(step + _FAR, len(_DIGITS))
            text += _DIGITS[-1], _DIGITS[high], _DIGITS[low]
    return "".join(text)


def unpacked_line(text: str) -> NDArray[np.int32]:
    """What ``packed_line`` was given.

    Raises:
        ValueError: something else is written.
    """
    try:
        digits = iter([_DIGITS.index(character) for character in text])
        steps = [
            next(digits) * len(_DIGITS) + next(digits) - _FAR if one > 2 * _SHORT else one - _SHORT
            for one in digits
        ]
        return np.cumsum(np.array(steps, np.int32).reshape(-1, 2), axis=0, dtype=np.int32)
    except (ValueError, StopIteration) as error:
        raise ValueError(f"“{text[:40]}” is no line of steps") from error


def outlines(labels: Labels) -> list[Shape]:
    """A label map as outlines, larger ones first: ``[class, points]``."""
    found: list[tuple[float, str, str]] = []
    values: list[int] = np.unique(labels).tolist()
    for value in values:
        name = "unknown" if value == UNKNOWN else CLASSES[value]
        for contour in contours(labels == value, cv2.RETR_EXTERNAL):
            filled = np.zeros((SIDE, SIDE), np.uint8)
            cv2.drawContours(filled, [contour], -1, 1, -1)
            area = float(filled.sum())
            if area < _CRUMB:
                continue
            corners = np.asarray(cv2.approxPolyDP(contour, 0.7, True), np.int32)[:, 0]
            found.append((area, name, packed_line(corners)))
    found.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    return [(name, points) for _, name, points in found]


def frozen(shapes: Sequence[Shape]) -> Labels:
    """The label map (512, 512) of outlines; what none of them covers is as its nearest neighbour.

    Raises:
        ValueError: a shape cannot be understood.
    """
    labels = np.zeros((SIDE, SIDE), np.uint8)
    covered = np.zeros((SIDE, SIDE), np.uint8)
    for name, points in shapes:
        corners = unpacked_line(points)
        cv2.fillPoly(labels, [corners], number(name))
        cv2.fillPoly(covered, [corners], 1)
    if covered.all() or not covered.any():
        return labels
    _, numbers = cv2.distanceTransformWithLabels(
        1 - covered, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.asarray(numbers, np.int32)
    values = np.zeros(int(nearest.max()) + 1, np.uint8)
    values[nearest[covered > 0]] = labels[covered > 0]
    return values[nearest]
