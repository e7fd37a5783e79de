"""Copied edits as files: what is written is read again, and nothing else is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from editor.document.carrying import CopiedEdits, carried
from editor.document.edit_sets import EditPart, EditSet, read_edit_set, write_edit_set
from editor.document.face_regions import preset
from editor.document.photo import Photo
from editor.document.presets import PresetError
from editor.document.region import RegionError, RegionMask
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from pathlib import Path

HERE, THERE = landmarks_at(200, 200, 160), landmarks_at(150, 260, 120)
WIDTH, HEIGHT = 400, 420


def spot(x: int, y: int) -> RegionMask:
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[y - 8 : y + 8, x - 10 : x + 10] = 200
    return RegionMask.from_full(alpha)


def example() -> EditSet:
    smile = preset("smile", HERE, WIDTH, HEIGHT).feathered(6)
    parts = (
        (spot(170, 230), 1.0, (("skin_brightness", 30.0),)),
        (spot(235, 180), 0.5, (("eyes_open", -20.0), ("brow_height", 10.0))),
        (smile, 1.0, (("smile", 60.0),)),
    )
    return EditSet.of(CopiedEdits(parts, HERE, None, left_out=False))


def test_what_is_written_is_read_again(tmp_path: Path):
    made = example()
    path = tmp_path / "edits.json"
    write_edit_set(made, path)
    again = read_edit_set(path)
    assert again.digest == made.digest
    assert [part.region for part in again.parts] == [part.region for part in made.parts]
    assert again.parts[2].region == "smile"
    assert [(p.opacity, p.goals) for p in again.parts] == [(p.opacity, p.goals) for p in made.parts]
    np.testing.assert_array_equal(again.landmarks, HERE)


def test_several_brushed_regions_lie_where_the_other_face_has_what_they_cover():
    made, photo = example(), Photo(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    regions = [made.region(part, THERE, None, photo, 4) for part in made.parts]
    for place, region in ((0, regions[0]), (1, regions[1])):
        source = made.parts[place].region
        assert isinstance(source, RegionMask)
        wanted = carried(source, HERE, THERE, WIDTH, HEIGHT)
        assert region == wanted
        x, y, w, h = region.bounds
        assert np.abs(np.array([x + w / 2, y + h / 2]) - THERE.mean(0)).max() < 80
    assert int(regions[1].alpha.max()) == 200
    assert regions[2] == preset("smile", THERE, WIDTH, HEIGHT).feathered(4)


def test_what_lies_outside_the_photo_is_told():
    made, photo = example(), Photo(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    with pytest.raises(RegionError, match="outside this photo"):
        made.region(made.parts[0], landmarks_at(-3000, 100, 100), None, photo, 4)


def test_nothing_to_take_is_told():
    with pytest.raises(PresetError, match="no edits"):
        EditSet.of(CopiedEdits((), HERE, None, left_out=True))


GONE = object()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("landmarks", 67), GONE),
        (("landmarks", 0), [1, 2, 3]),
        (("landmarks", 0), ["a", 1]),
        (("parts",), []),
        (("parts", 0), 7),
        (("parts", 0, "goals"), GONE),
        (("parts", 0, "goals", "smile"), 1e9),
        (("parts", 0, "opacity"), 0),
        (("parts", 0, "opacity"), 2),
        (("parts", 0, "region"), "nose of a cat"),
        (("parts", 0, "region", "mask"), "!!!"),
        (("parts", 0, "region", "mask"), "AAAA"),
        (("parts", 0, "region", "x"), 10**9),
        (("parts", 0, "region", "width"), 10**9),
        (("parts", 0, "region", "width"), 0),
        (("version",), "new"),
    ],
)
def test_damage_is_told(place: tuple[str | int, ...], value: object, tmp_path: Path):
    path = tmp_path / "edits.json"
    write_edit_set(example(), path)
    content = json.loads(path.read_text())
    holder: Any = content
    for key in place[:-1]:
        holder = holder[key]
    if value is GONE:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    path.write_text(json.dumps(content))
    with pytest.raises(PresetError, match="damaged"):
        read_edit_set(path)


def test_other_files_and_newer_ones_are_told_apart(tmp_path: Path):
    path = tmp_path / "edits.json"
    path.write_text('{"format": "style-intervention preset"}')
    with pytest.raises(PresetError, match="holds no copied edits"):
        read_edit_set(path)
    write_edit_set(example(), path)
    path.write_text(path.read_text().replace('"version": 1', '"version": 3'))
    with pytest.raises(PresetError, match="newer"):
        read_edit_set(path)
    with pytest.raises(PresetError, match="does not exist"):
        read_edit_set(tmp_path / "none.json")


def test_the_digest_is_of_all_that_it_says():
    made = example()
    first, *others = made.parts
    other = EditSet((EditPart(first.region, 0.9, first.goals), *others), made.landmarks)
    assert made.digest == example().digest
    assert other.digest != made.digest
