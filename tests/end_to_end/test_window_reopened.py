"""What a window shows of a project that another one has saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.desktop import Desktop


def test_the_marked_row_and_the_lit_region_are_of_one_edit(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk, path = make(), tmp_path / "a.sip"
    desk.open(photo)
    session = desk.session
    for region, name in (("mouth", "smile"), ("eyes", "eyes_open"), ("brows", "brow_height")):
        session.regions.apply_preset(region)
        desk.until(lambda: not session.busy)
        session.sliders.commit_attribute(name, 40)
        desk.until(lambda: not session.busy)
    rows = desk.window.history_panel.list
    rows.itemClicked.emit(rows.item(2))
    desk.until(lambda: not session.busy)
    session.files.save_project(path)
    desk.until(lambda: session.project_path == path and not session.files.writing)
    other = make()
    other.window.open(path)
    other.until(lambda: other.session.portrait and not other.session.busy)
    rows = other.window.history_panel.list
    assert rows.currentRow() == 2
    assert other.session.region is not None
    assert session.region is not None
    assert other.session.region.mask == session.region.mask
    wanted = [f"In the region “{name}”" for name in ("mouth", "eyes", "brows")]
    other.until(lambda: [rows.tip_of(n).splitlines()[-1] for n in range(1, 4)] == wanted)


def test_a_search_ends_with_the_photo(
    make: Callable[..., Desktop], photo: Path, tmp_path: Path
) -> None:
    desk = make()
    desk.open(photo)
    rows = desk.window.edits.attributes.rows
    desk.window.edits.attributes.search.setText("smile")
    assert rows["eyes_open"].isHidden()
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    desk.window.open(other)
    desk.until(lambda: desk.session.photo and desk.session.photo.path == other)
    assert desk.window.edits.attributes.search.text() == ""
    assert not rows["eyes_open"].isHidden()
