"""What an attribute does to surface, which decides how it reaches the photograph."""

from __future__ import annotations

import re
from pathlib import Path

from editor.document import attributes


def test_hair_beards_lips_and_teeth_change_by_tone_and_stay_where_they_are() -> None:
    for name in ("hair_brightness", "hair_warmth", "beard_density", "lip_redness", "lip_darkness"):
        assert attributes.only_colours([name])
        assert attributes.toned([name])
    assert attributes.toned(["teeth_whiteness"])
    assert not attributes.toned(["skin_warmth", "eye_brightness"])


def test_lips_teeth_and_beards_change_by_tone_where_they_are_and_hair_anywhere() -> None:
    names = ["beard_density", "skin_warmth", "lip_redness", "lip_darkness"]
    assert attributes.tone_regions(names) == ("beard", "lips")
    assert attributes.tone_regions(["teeth_whiteness"]) == ("teeth",)
    assert not attributes.tone_regions(["lip_redness", "hair_warmth"])
    assert not attributes.tone_regions(["skin_warmth", "b8.conv0 #3"])


def test_hair_and_beards_keep_their_hue_and_pale_lips_end_at_skin() -> None:
    assert attributes.keeps([("lip_redness", -60)]) == "skin"
    for name, kept in (("beard_density", "beard"), ("teeth_whiteness", "white")):
        assert attributes.keeps([(name, -60), ("smile", 0)]) == kept
        assert attributes.keeps([(name, 60)]) == kept
    for goals in (
        [("lip_redness", 60)], [("hair_warmth", -60), ("smile", 20)], [("b8.conv0 #3", -60)], [],
        [("lip_redness", -60), ("lip_darkness", -20)],
    ):  # fmt: skip
        assert not attributes.keeps(goals)


def test_light_on_hair_goes_by_strands_and_several_of_its_goals_dye_it() -> None:
    for value in (-60, 60):
        assert attributes.keeps([("hair_brightness", value)]) == "strands"
        assert attributes.keeps([("hair_warmth", value)]) == "dye"
        assert attributes.keeps([("hair_warmth", value), ("hair_brightness", 20)]) == "dye"
    assert attributes.hair_asked([("hair_warmth", -30), ("hair_brightness", 40)]) == 0.5
    assert attributes.hair_asked([("hair_warmth", 100), ("hair_brightness", 100)]) == 1
    assert attributes.of_hair(["smile", "hair_warmth"])
    assert not attributes.of_hair(["smile", "beard_density"])


def test_only_what_is_age_alone_keeps_the_hue_of_wide_patches() -> None:
    assert attributes.plain(["apparent_age"])
    assert not attributes.plain(["apparent_age", "skin_redness"])
    assert not attributes.plain(["skin_redness"])
    assert not attributes.plain(["b8.conv0 #3"])


def test_colours_of_lips_alone_end_at_the_photos_lips() -> None:
    assert attributes.of_lips(["lip_redness", "lip_darkness"])
    assert not attributes.of_lips(["lip_redness", "hair_brightness"])
    assert not attributes.of_lips(["smile"])


def test_a_jaw_becomes_narrower_less_far_than_wider() -> None:
    assert attributes.bends([("jaw_width", -60)]) < attributes.bends([("jaw_width", 60)])
    closed = [attributes.bends([("smile", value)], closed=True) for value in (-60, 60)]
    assert closed[0] == attributes.bends([("smile", 60)]) < closed[1]


def test_the_page_about_sliders_lists_those_that_are_offered() -> None:
    page = Path(__file__).parents[3].joinpath("docs/attributes.md").read_text("utf-8")
    rows = re.findall(r"^\| (\*withdrawn:\* )?[^|(]+\(`(\w+)`\) \|", page, re.MULTILINE)
    listed = {name for withdrawn, name in rows if not withdrawn}
    offered = {row.name for row in (*attributes.table(), *attributes.skin_table())}
    offered -= attributes.WITHDRAWN
    assert listed == offered
    assert {name for withdrawn, name in rows if withdrawn} == attributes.WITHDRAWN
    assert f"{len(offered)} sliders" in page


def test_age_alone_is_seen_in_the_photos_own_lines() -> None:
    assert attributes.aged([("apparent_age", -60), ("smile", 0)]) == -60
    assert not attributes.aged([("apparent_age", -60), ("smile", 20)])
    assert not attributes.aged([("smile", 20)])
    assert not attributes.aged([])


def test_what_reaches_a_photograph_in_different_ways_is_made_one_after_the_other() -> None:
    """In one picture of the generator a turn was drawn beside a colour, a nose made a smile."""

    def parts(*names: str) -> tuple[tuple[str, ...], ...]:
        return attributes.parts([(name, 40.0) for name in names])

    for colour in ("lip_redness", "skin_warmth", "teeth_whiteness", "hair_brightness"):
        assert parts("head_turn", colour) == ((colour,), ("head_turn",))
    assert parts("head_turn", "nose_width") == (("nose_width",), ("head_turn",))
    assert parts("smile", "skin_brightness") == (("skin_brightness",), ("smile",))
    assert parts("head_nod", "head_turn") == (("head_nod", "head_turn"),)
    assert parts("smile", "eyes_open", "brow_height") == (("smile", "eyes_open", "brow_height"),)
    assert parts("jaw_width", "nose_width", "b8.conv0 #3", "apparent_age", "smooth_skin") == (
        ("smooth_skin",), ("b8.conv0 #3",), ("apparent_age",), ("nose_width",), ("jaw_width",),
    )  # fmt: skip
    assert attributes.parts([("head_turn", 40.0), ("lip_redness", 0.0)]) == (("head_turn",),)


def test_light_and_brows_take_only_light_and_are_made_one_after_the_other() -> None:
    """They were drawn, and with others in one picture they still are."""
    names = {"light_from_left": "light", "under_eye_darkness": "shade", "brow_darkness": "brows"}
    for name, kept in names.items():
        assert attributes.keeps([(name, -60), ("smile", 0)]) == kept
        assert attributes.shades([(name, 30)])
        assert attributes.light_asked([(name, -60)]) == -0.6
    assert not attributes.shades([(name, 30) for name in names])
    assert len(attributes.parts([(name, 30) for name in (*names, "eye_brightness")])) == 4


def test_every_slider_has_its_place_in_an_edit() -> None:
    for row in attributes.all_rows():
        assert attributes.parts([(row.name, 1.0)]) == ((row.name,),)


def test_smaller_eyes_go_farther_than_larger_ones() -> None:
    """The renders change them less: that eyes were smaller nobody saw of eight people."""
    smaller, larger = (attributes.bends([("eye_size", value)]) for value in (-60, 60))
    assert smaller > 1.3 * larger
    assert attributes.bends([("eye_slant", -60)]) == attributes.bends([("eye_slant", 60)])
