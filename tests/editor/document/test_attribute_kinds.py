"""What an attribute does to surface, which decides how it reaches the photograph."""

from __future__ import annotations

from editor.document import attributes


def test_recoloured_hair_keeps_its_strands_and_a_thinner_beard_shows_skin() -> None:
    hair = ["hair_brightness", "hair_warmth"]
    assert attributes.only_colours(hair)
    assert all(attributes.frayed([name]) for name in hair)
    assert not attributes.only_colours(["beard_density"])
    assert attributes.only_colours(["lip_redness"])
    assert not attributes.frayed(["lip_redness", "beard_density"])
