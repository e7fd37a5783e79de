"""What is larger than a project may be is not written, since it would never be opened again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document import project_limits
from editor.document.brushed_region import BrushedRegion
from editor.document.named_regions import MOST_PHOTOS
from editor.document.project import (
    Project,
    ProjectFace,
    TooLargeError,
    open_project,
    save_project,
)
from editor.document.project_reading import MOST_PIXELS
from editor.document.region import RegionMask
from tests.editor.document.project_examples import H, W, example

if TYPE_CHECKING:
    from pathlib import Path


def with_whole_regions(project: Project, count: int) -> Project:
    """With so many different regions of all of the photo."""
    regions: list[BrushedRegion] = []
    for number in range(count):
        alpha = np.full((H, W), 255, np.uint8)
        alpha[H // 2, number] = 1
        regions.append(BrushedRegion(RegionMask.from_full(alpha), 0.0, name=f"{number}"))
    return replace(project, unowned=ProjectFace(regions=tuple(regions)))


@pytest.mark.parametrize("check", [True, False])
def test_more_masks_than_are_read_are_not_written(
    check: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, path = example(tmp_path), tmp_path / "one.sip"
    monkeypatch.setattr(project_limits, "UNQUESTIONED", 100)
    save_project(with_whole_regions(project, 30), path, check=check)
    assert len(open_project(path)[0].unowned.regions) == 30
    with pytest.raises(TooLargeError, match="a project holds 48 times") as refused:
        save_project(with_whole_regions(project, 60), path, check=check)
    assert "Delete named regions" in refused.value.advice
    assert len(open_project(path)[0].unowned.regions) == 30, "the older file is untouched"


def test_a_name_too_many_values_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = example(tmp_path)
    for name, most in (("LARGEST_CONTENTS", 2_000), ("LARGEST_HEADER", 100), ("MOST_MEMBERS", 3)):
        with monkeypatch.context() as patch:
            patch.setattr(project_limits, name, most)
            with pytest.raises(TooLargeError, match="more edits and snapshots"):
                save_project(project, tmp_path / "one.sip", check=False)
    assert not (tmp_path / "one.sip").exists()


def test_what_a_hand_can_make_fits() -> None:
    """Noise over all of the largest photo, and as many named regions of it as one face has."""
    assert project_limits.LARGEST_IMAGE["regions"] > 1.1 * MOST_PIXELS
    for pixels in (12_000_000, 100_000_000, MOST_PIXELS):
        assert project_limits.most_pixels(pixels, 1) > MOST_PHOTOS * pixels
