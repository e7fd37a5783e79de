"""Several regions of one face in a project that is old, damaged or hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from editor.document.brushed_region import BrushedRegion
from editor.document.face import DetectedFace
from editor.document.named_regions import MOST_REGIONS, RegionList
from editor.document.project import Project, ProjectFace, open_project, save_project
from tests.editor.document.project_examples import H, W, points, put, region, with_json

if TYPE_CHECKING:
    from pathlib import Path

FIRST: list[str | int] = ["faces", 0, "regions", 0]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """“Cheek”, “Jaw” and one without a name, which is in hand."""
    regions = (
        BrushedRegion(region(1), 3.0, "a", "Cheek"),
        BrushedRegion(region(2), 0.0, "b", "Jaw"),
        BrushedRegion(region(3), 0.0, "c"),
    )
    face = ProjectFace(DetectedFace.at(points(), "hand"), None, regions, 2)
    save_project(Project(None, "", W, H, faces=(face,)), tmp_path / "a.sip")
    return tmp_path / "a.sip"


def changed(path: Path, way: list[str | int], value: object) -> tuple[ProjectFace, str]:
    """The face of a project with another value in its JSON, and what is missing then."""

    def change(contents: dict[str, Any]) -> None:
        put(contents, way, value)

    path.write_bytes(with_json(path.read_bytes(), change))
    project, _ = open_project(path)
    return project.faces[0], " ".join(project.missing)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "b"), ("id", ""), ("id", "x" * 81), ("name", "x" * 81), ("name", "a\0b"),
        ("feather", 1e9), ("feather", -1),
        ("mask", {"image": "regions/none.png", "x": 0, "y": 0}),
    ],
)  # fmt: skip
def test_a_damaged_region_costs_itself_and_the_one_in_hand_stays_it(
    saved: Path, key: str, value: object
) -> None:
    face, told = changed(saved, [*FIRST, key], value)
    assert "brushed region" in told
    if (key, value) == ("id", "b"):  # the second of them is the one that is left out
        assert [one.name for one in face.regions] == ["Cheek", ""]
    else:
        assert [one.name for one in face.regions] == ["Jaw", ""]
    assert face.regions[face.region].id == "c"


def test_names_come_plain(saved: Path) -> None:
    face, told = changed(saved, [*FIRST, "name"], "  two\n lines\t")
    assert face.regions[0].name == "two lines"
    assert not told


def test_a_face_with_more_regions_than_there_can_be_is_left_out(saved: Path) -> None:
    one = {"name": "A", "feather": 0, "mask": {"image": None, "x": 0, "y": 0}}

    def change(contents: dict[str, Any]) -> None:
        many = [one | {"id": f"r{n}"} for n in range(MOST_REGIONS + 2)]
        put(contents, ["faces", 0, "regions"], many)

    saved.write_bytes(with_json(saved.read_bytes(), change))
    project, _ = open_project(saved)
    assert not project.faces
    assert f"at most {MOST_REGIONS + 1}" in " ".join(project.missing)


def test_a_project_of_one_unnamed_region_is_what_it_was(tmp_path: Path) -> None:
    alone = BrushedRegion(region(), 3.0, "a")
    assert RegionList.of(alone, (alone,)).all == (alone,)
    assert RegionList.of(alone, (alone,)).named == ()
