"""What people read about quality, strength, regions and waiting."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from editor.document.attributes import all_rows
from editor.document.face import FaceCrop
from editor.document.face_regions import PRESETS
from editor.document.history import Inversion, Portrait
from editor.document.style import StyleCode
from editor.engine.jobs import Progress
from editor.session.operations import Refining
from models.device import describe
from tests.fake_engine import LAYOUT, face_at
from widgets import words
from widgets.face_panel import FacePanel
from widgets.status import StatusStrip

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def portrait() -> Portrait:
    crop = FaceCrop.from_landmarks(face_at(100, 100, 80).landmarks, 64)
    code = StyleCode(LAYOUT, np.zeros(6, np.float32))
    return Portrait.of(crop, Inversion(code, 27.5, 0.31, 1.0, 10))


def test_no_region_is_called_like_a_slider() -> None:
    sliders = {row.label.casefold() for row in all_rows()}
    assert sliders.isdisjoint(words.region_title(name).casefold() for name in PRESETS)
    assert len({words.region_title(name) for name in PRESETS}) == len(PRESETS)


def test_quality_is_said_without_figures(portrait: Portrait) -> None:
    draft = replace(portrait, is_draft=True)
    said = [
        words.preview_quality(draft, improving=True),
        words.preview_quality(draft, improving=False),
        *(
            words.preview_quality(replace(portrait, identity_distance=d), improving=False)
            for d in (0.3, 0.5, 0.7, float("nan"))
        ),
    ]
    said.append(words.preview_quality(draft, improving=True, paused=True))
    assert said[0] == "Face preview, improving"
    assert len(set(said)) == len(said)
    assert not any(re.search(r"[0-9]|dB", text) for text in said)


def test_a_paused_preview_is_not_said_to_improve(qtbot: QtBot, portrait: Portrait) -> None:
    panel = FacePanel()
    qtbot.addWidget(panel)
    draft = replace(portrait, is_draft=True)
    panel.show_portrait(draft, inverting=True, settling=False, analysable=True)
    panel.show_refining(Refining(0.3, True, False))
    assert panel.quality.text() == "Face preview, paused"
    panel.show_portrait(draft, inverting=True, settling=False, analysable=True)
    assert panel.quality.text() == "Face preview, paused"
    panel.show_refining(Refining(0.4, False, False))
    assert panel.quality.text() == "Face preview, improving"
    panel.show_refining(Refining(0.4, True, False))
    panel.show_refining(None)
    panel.show_portrait(portrait, inverting=False, settling=False, analysable=True)
    assert "good" in panel.quality.text()


def test_strengths_rise() -> None:
    values = (0, 30, -60, 100)
    assert [words.strength(v) for v in values] == [
        "hardly visible", "visible", "strong", "very strong",
    ]  # fmt: skip
    changes = (0.001, 0.01, 0.03, 0.1)
    assert [words.visibility(c) for c in changes] == [words.strength(v) for v in values]


def test_the_time_left_counts_work_and_no_rest() -> None:
    now = [0.0]
    left = words.TimeLeft(lambda: now[0])
    told = left.of("an edit", 0)
    assert not told
    for step in range(1, 11):
        now[0] += 0.5
        told = left.of("an edit", step / 100)
    assert told == "about 45 s left"
    assert left.of("an edit", 0.1) == told, "told again"
    now[0] += 3600  # the user did something else
    assert left.of("an edit", 0.11) in ("about 1 min left", "about 50 s left", "about 55 s left")
    assert left.of("another", 0.0) == "", "another one begins anew"


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.6, "1 s"), (7.4, "7 s"), (33, "35 s"), (61, "1 min"), (200, "3 min")]
)
def test_the_time_left_is_rounded(seconds: float, told: str) -> None:
    now = [0.0]
    left = words.TimeLeft(lambda: now[0])
    last = left.of("", 0)
    for step in range(1, 501):
        now[0] += seconds / 500
        last = left.of("", step / 1000)
    assert last == f"about {told} left"


def test_waiting_is_one_word_with_a_time(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(words.TimeLeft.__init__, "__defaults__", (lambda: now[0],))
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show_progress(Progress("Reading the photo", 1, 3))
    assert strip.stage.text() == "Reading the photo", "three steps tell no time"
    for step in range(21):
        now[0] += 1
        strip.show_progress(Progress("Making the edit", step, 60))
    assert strip.stage.text() == "Making the edit · about 40 s left"
    for step in range(21):
        now[0] += 1
        strip.show_refining(Refining(step / 40, paused=False))
    assert strip.refining.text() == "Face preview, improving · about 20 s left"
    strip.show_refining(Refining(0.5, paused=True))
    assert strip.refining.text() == "Face preview, paused"


def test_one_thread_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    for count, text in ((1, "CPU, 1 thread"), (4, "CPU, 4 threads")):
        monkeypatch.setattr(torch, "get_num_threads", lambda count=count: count)
        assert describe(torch.device("cpu")) == text


@pytest.mark.parametrize(
    ("searched", "text"),
    [("rot", "Lippenröte"), ("RÖTE", "Lippenrote"), ("grosse", "Größe"), ("groß", "GROSSE")],
)
def test_searches_fold_case_dots_and_sharp_s(searched: str, text: str) -> None:
    assert words.folded(searched) in words.folded(text)
