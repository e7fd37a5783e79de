"""The matrix of photo formats: a slice of it, and slowly all of it."""

from __future__ import annotations

import shutil

import pytest

from tests.benchmarks.formats_matrix import TOOLS, Cell, cells, run, table

missing = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(missing),
    reason=f"{missing} read the exports: apt-get install libimage-exiftool-perl imagemagick "
    "libavif-bin libjxl-tools",
)


def problems(done: list[Cell]) -> dict[str, list[str]]:
    return {cell.name: cell.problems for cell in done if cell.problems}


def test_one_cell_of_each_kind_is_green():
    seen: set[tuple[str, ...]] = set()

    def first(cell: Cell) -> bool:
        kind = (cell.key[0].split()[0], cell.key[2])
        return not (kind in seen or seen.add(kind))

    done = run(first)
    assert problems(done) == {}
    assert len(done) > 20


@pytest.mark.slow
def test_every_cell_is_green_or_refused_by_name():
    done = run()
    assert problems(done) == {}
    assert len(done) == len(list(cells())) >= 200


def test_the_table_tells_what_is_wrong():
    right = Cell(("PNG", "8", "RGB", "none", "1", ""), "a.png", b"", None, ".png")
    wrong = Cell(("PNG", "8", "RGB", "none", "6", ""), "b.png", b"", None, ".png")
    wrong.problems.append("pixels differ by 3.000")
    text = table([right, wrong])
    assert "| PNG | 8 | RGB | none | 1, 6 | without | .png | 2 | 1 |" in text
    assert "2 cells: 1 green or refused by name, 1 not." in text
    assert "- b.png: pixels differ by 3.000" in text
