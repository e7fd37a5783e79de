"""The command line speaks of its own options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from editor.command_line.running import Notes, run
from editor.command_line.wording import OWN_WORDS, own_words
from editor.document.errors import EngineError, EngineFailure
from editor.engine.jobs import Exported, Failed, Finished, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor.command_line.running import Runs
    from editor.engine.jobs import Job, Report

ROOT = Path(__file__).parents[2]


class Says:
    """An engine that reports that, whatever is asked."""

    def __init__(self, *reports: Report) -> None:
        self._reports = reports

    def run(self, job: Job | None) -> Iterator[Report]:
        del job
        yield from self._reports


def ran(*reports: Report) -> tuple[object, list[str]]:
    notes = Notes()
    job = cast("Job", None)
    return run(cast("Runs", Says(*reports)), job, watch=notes), notes.texts


@pytest.mark.parametrize("said", OWN_WORDS)
def test_the_window_s_words_are_the_engine_s_still_and_not_the_command_line_s(said: str) -> None:
    folders = (ROOT / "editor" / "engine", ROOT / "editor" / "document")
    sources = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    sources = re.sub(r'"\s*\n\s*"', "", sources)  # texts of several lines
    assert said in sources, "what is replaced is said"
    own = own_words(said)
    for word in ("→", "menu", "preview", "Brush", "brush", "window", "button", "Export again"):
        assert word not in own


def test_what_is_exported_of_a_draft_speaks_of_the_option() -> None:
    note = "The preview was still a draft. Export again once it is improved."
    result, _ = ran(Finished(Exported(Path("a.png"), True, ("Kept.", note))))
    assert isinstance(result, Exported)
    assert result.notes[0] == "Kept."
    assert "without --draft" in result.notes[1]


def test_errors_and_notices_speak_of_options() -> None:
    error = EngineError("bad_request", "No.", "Brush over the face, or choose a region preset.")
    with pytest.raises(EngineFailure) as raised:
        ran(Failed(error))
    assert raised.value.error.advice == "Name another --region or --face."
    told = Notice("So it is. Choose another one (menu File).")
    assert ran(told, Finished(None))[1] == ["So it is. Choose another one with --generator."]
