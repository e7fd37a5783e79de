"""The jury: scenes kept without loss, blind sheets, judgements, and measures that see faults."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.benchmarks import jury, jury_measures, jury_scenes
from tests.benchmarks.jury import Judgement
from tests.benchmarks.landing_measures import Scene
from tests.fake_engine import landmarks_at

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Float = NDArray[np.float32]

SIDE = 400


@pytest.fixture
def scene() -> Scene:
    """Skin with a little grain, a face's landmarks, and a region about the mouth; no edit."""
    grain = np.random.default_rng(3).normal(0, 1.5, (SIDE, SIDE, 1))
    photo = np.array([190, 150, 130]) + grain
    photo[:, :40] -= 60  # a contour
    photo = np.clip(np.rint(photo), 0, 255).astype(np.float32)
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(alpha, (200, 275), (150, 90), 0, 0, 360, 255, -1)
    alpha[200:350, 20:70] = 255
    to_crop = np.array([[0.5, 0, 0], [0, 0.5, 0]])
    return Scene(photo, photo.copy(), alpha, to_crop, landmarks_at(200, 190, 300.0))


def edited(scene: Scene, change: Float) -> Scene:
    export = np.clip(np.rint(scene.photo + change), 0, 255).astype(np.float32)
    inside = scene.alpha[..., None] > 0
    return replace(scene, export=np.where(inside, export, scene.photo))


def figures(scene: Scene) -> dict[str, float]:
    place = jury_measures.Place(scene)
    return {name: measure(place) for name, measure in jury_measures.MEASURES.items()}


def waves(period: float, levels: float) -> Float:
    rows = np.mgrid[:SIDE, :SIDE][0]
    return (levels * np.sin(2 * np.pi * rows / period))[..., None].astype(np.float32)


def blot(levels: tuple[float, float, float]) -> Float:
    spot = np.zeros((SIDE, SIDE), np.float32)
    spot[250:290, 230:280] = 1
    return cv2.GaussianBlur(spot, (0, 0), 6)[..., None] * np.array(levels, np.float32)


def test_an_edit_that_changes_nothing_has_no_fault(scene: Scene) -> None:
    assert figures(scene) == dict.fromkeys(jury_measures.MEASURES, 0.0) | {
        "smear": pytest.approx(0, abs=1e-3)
    }


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("ripples", waves(5, 6)),
        ("blotches", blot((-40, -40, -40))),
        ("cast", blot((0, 40, -10))),
    ],
)
def test_each_measure_sees_its_fault_and_more_of_it_as_more(
    scene: Scene, name: str, fault: Float
) -> None:
    weak, strong = (figures(edited(scene, share * fault))[name] for share in (0.4, 1))
    assert 0 < weak < strong


def test_a_contour_that_moved_is_no_doubled_one(scene: Scene) -> None:
    moved, twice = scene.photo.copy(), scene.photo.copy()
    moved[:, 34:40] = moved[:, 41:47]
    twice[:, 46:52] -= 60
    inside = scene.alpha[..., None] > 0
    found = [
        figures(replace(scene, export=np.where(inside, picture, scene.photo)))["doubled"]
        for picture in (moved, twice)
    ]
    assert found[1] > 2 * found[0] + 1


def test_skin_without_its_grain_is_smeared(scene: Scene) -> None:
    flat = np.asarray(cv2.GaussianBlur(scene.photo, (0, 0), 3), np.float32)
    assert figures(replace(scene, export=flat))["smear"] > 0.3


def test_a_bar_between_the_lips_is_worse_than_teeth_with_gaps(scene: Scene) -> None:
    x, y, w, h = cv2.boundingRect(scene.points[60:68].astype(np.int32))
    bar = scene.photo.copy()
    bar[y : y + h, x : x + w] = (225, 220, 205)
    gaps = bar.copy()
    gaps[y : y + h, x : x + w : 12] = (120, 90, 80)
    gaps[y : y + h, x + 1 : x + w : 12] = (120, 90, 80)
    one, real = (figures(replace(scene, export=picture))["teeth"] for picture in (bar, gaps))
    assert one > 0.3
    assert real < one / 2


def test_patches_of_another_kind_are_stranger_than_those_of_the_same(scene: Scene) -> None:
    place = jury_measures.Place(scene)
    own = jury_measures.patches(place.before, place.weight)
    striped = jury_measures.Place(edited(scene, waves(5, 25)))
    strange = jury_measures.patches(striped.after, striped.weight)
    assert jury_measures.strangeness(own, own, [own]) == 0
    assert jury_measures.strangeness(strange, own, [own]) > 0.1
    assert np.isnan(jury_measures.strangeness(own, own, []))


def test_scenes_are_kept_without_loss_and_read_by_their_names(scene: Scene, tmp_path: Path) -> None:
    worse = edited(scene, waves(5, 6))
    jury_scenes.keep(worse, tmp_path / "photo_x.1_smile-57")
    (stem,) = jury.stems(tmp_path)
    assert jury.parts_of(stem) == ("photo_x.1", "smile", -57.0)
    assert jury.parts_of(tmp_path / "a-b_eye_size+60") == ("a-b", "eye_size", 60.0)
    again = jury_scenes.kept(stem)
    for name in ("photo", "export", "alpha", "to_crop", "points"):
        np.testing.assert_array_equal(getattr(again, name), getattr(worse, name))
    assert jury_scenes.digest(again) == jury_scenes.digest(worse) != jury_scenes.digest(scene)


def test_sheets_tell_numbers_only_and_answers_become_judgements(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes, judgements = tmp_path / "scenes", tmp_path / "judgements.csv"
    scenes.mkdir()
    faults = {"photo1_smile+60": 0.0, "photo1_smile-60": 9.0, "photo2_smile+60": 8.0}
    for name, levels in faults.items():
        jury_scenes.keep(edited(scene, waves(5, levels)), scenes / name)
    line = [str(tmp_path), "--out", str(tmp_path), "--look-only", "--judgements", str(judgements)]
    jury.main(line)
    with Image.open(tmp_path / "sheet001.png") as sheet:
        assert sheet.width > 2 * SIDE
    with (tmp_path / "key.csv").open(encoding="utf-8", newline="") as file:
        key = list(csv.DictReader(file))
    assert [row["number"] for row in key] == ["1", "2", "3"]
    answers = [
        (row["number"], int(row["photo"] == "photo1" and row["value"] == "60.0")) for row in key
    ]
    text = "number,accepted,faults,note\n" + "".join(
        f"{number},{accepted},{'' if accepted else 'ripples'},\n" for number, accepted in answers
    )
    (tmp_path / "answers.csv").write_text(text, encoding="utf-8")
    jury.main(line)
    assert (tmp_path / "answers.csv").read_text(encoding="utf-8") == text, "never overwritten"
    jury.main([*line, "--judge"])
    kept = jury.read(judgements)
    assert [(j.photo, j.value, j.accepted, j.faults) for j in kept] == [
        ("photo1", -60.0, False, "ripples"),
        ("photo1", 60.0, True, ""),
        ("photo2", 60.0, False, "ripples"),
    ]
    told = capsys.readouterr().out
    assert "1 of 3 edits accepted." in told
    assert "| smile +60 | 1 of 2 | ripples 1 |" in told
    assert "| ripples | 1.00 |" in told
    assert (tmp_path / "measures.csv").is_file()


@pytest.mark.parametrize("line", ["9,1,,", "1,yes,,", "1,0,ugly,"])
def test_an_answer_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    key = "number,photo,attribute,value,seen\n1,photo1,smile,60.0,abc\n"
    (tmp_path / "key.csv").write_text(key, encoding="utf-8")
    (tmp_path / "answers.csv").write_text(f"number,accepted,faults,note\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match=r"no answer|no such fault"):
        jury.answered(tmp_path)


def test_the_last_judgement_of_the_same_pixels_holds(tmp_path: Path) -> None:
    first = Judgement("p", "smile", 60.0, "a", True)
    other = Judgement("p", "smile", 60.0, "b", True)
    jury.write([first, other, replace(first, accepted=False, faults="bar")], tmp_path / "j.csv")
    assert [(j.seen, j.accepted) for j in jury.read(tmp_path / "j.csv")] == [
        ("a", False),
        ("b", True),
    ]


def test_separation_and_repetition_tell_what_agrees() -> None:
    accepted = [True, True, False, False]
    assert jury.separation([1, 2, 3, 4], accepted) == 1
    assert jury.separation([4, 3, 2, 1], accepted) == 0
    assert jury.separation([1, 1, 1, 1], accepted) == 0.5
    assert np.isnan(jury.separation([1, 2], [True, True]))
    random = np.random.default_rng(1)
    good = random.random(40) < 0.5
    table = np.c_[np.where(good, 0, 3) + random.normal(0, 0.3, 40), random.normal(0, 1, 40)]
    said = jury.repeated(table, good, [f"{k % 5}" for k in range(40)])
    assert (said == good).mean() > 0.95
    noise = random.normal(0, 1, (40, 2))
    assert (jury.repeated(noise, good, [f"{k % 5}" for k in range(40)]) == good).mean() < 0.8


def test_the_judgements_that_are_kept_can_be_read() -> None:
    assert all(one.faults or one.accepted for one in jury.read(jury.JUDGEMENTS))
