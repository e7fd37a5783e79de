"""What an attribute does to surface, which decides how it reaches the photograph."""

from __future__ import annotations

import re
from pathlib import Path

from editor.document import attributes


def test_recoloured_hair_keeps_its_strands_and_a_thinner_beard_shows_skin() -> None:
    hair = ["hair_brightness", "hair_warmth"]
    assert attributes.only_colours(hair)
    assert all(attributes.frayed([name]) for name in hair)
    assert not attributes.only_colours(["beard_density"])
    assert attributes.only_colours(["lip_redness"])
    assert not attributes.frayed(["lip_redness", "beard_density"])


def test_the_page_about_sliders_lists_those_that_are_offered() -> None:
    page = Path(__file__).parents[3].joinpath("docs/attributes.md").read_text("utf-8")
    rows = re.findall(r"^\| (\*withdrawn:\* )?[^|(]+\(`(\w+)`\) \|", page, re.MULTILINE)
    listed = {name for withdrawn, name in rows if not withdrawn}
    offered = {row.name for row in (*attributes.table(), *attributes.skin_table())}
    offered -= attributes.WITHDRAWN
    assert listed == offered
    assert {name for withdrawn, name in rows if withdrawn} == attributes.WITHDRAWN
    assert f"{len(offered)} sliders" in page
