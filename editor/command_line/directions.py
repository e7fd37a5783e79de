"""Options that choose a generator and directions of it: ``--generator`` and ``--directions``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from editor.command_line.running import TERMINAL, RefusedError, run
from editor.document.attributes import NEAREST, WITHDRAWN, WITHDRAWN_SINCE, succeeded
from editor.document.goals import Goal
from editor.engine.jobs import FindDirections
from foundation.spelling import did_you_mean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Container, Iterable, Sequence

    from editor.command_line.running import Runs, Watch
    from editor.document.style_sliders import StyleSlider
    from editor.engine.jobs import Discover, Discovery

NONE_FITTED = (
    "This generator has no fitted attributes. If it draws faces, fit them: main.py fit NAME. Or "
    "take its own directions: --directions sefa or ganspace, then --set sefa-1=50; or a file of "
    "directions that was made for it."
)
OWN: tuple[Literal["sefa", "ganspace", "published"], ...] = ("sefa", "ganspace", "published")
"""What needs no file."""

_COUNT = 24  # directions of one source


@dataclass(frozen=True, slots=True)
class NamedSlider:
    """A direction that ``--set`` may name.

    Attributes:
        origin: whose it is.
        slider: what it does.
    """

    origin: str
    slider: StyleSlider

    @property
    def id(self) -> str:
        """What edits call it."""
        return self.slider.id

    def goal(self, value: float) -> Goal:
        """It moved to ``value``."""
        return Goal(self.slider.id, value, self.slider.delta)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Both options."""
    parser.add_argument(
        "--generator",
        metavar="NAME",
        default="",
        help="one that `main.py generators` lists; the default one without it",
    )
    parser.add_argument(
        "--directions",
        metavar="sefa|ganspace|published|FILE",
        action="append",
        default=[],
        help="further things to set: what the generator varies most, channels that others have "
        "named in NVIDIA's FFHQ network, or a file of InterFaceGAN, e4e, GANSpace, SeFa or "
        "StyleSpace; `main.py attributes --directions …` lists them. What `main.py discover` "
        "found in a region needs no option: --set discovered-1=50",
    )


def key(name: str) -> str:
    """How a direction is found: "SeFa 1" as "sefa-1"."""
    return "-".join(name.replace("_", " ").replace("-", " ").lower().split())


def offered(goal: Goal, known: Container[str], watch: Watch) -> Goal:
    """A goal of what is offered no more as that of its successor, with a word."""
    ((later, _),) = succeeded(((goal.attribute, goal.value),), known)
    if later != goal.attribute:
        watch.notice(
            f"{goal.attribute} is no longer offered (since {WITHDRAWN_SINCE}): {later} takes its "
            "place"
        )
    return replace(goal, attribute=later)


def left_out(names: Iterable[str]) -> str:
    """What is said of sliders of a preset, or of copied edits, that are not there."""
    told = (
        f"{name} (no longer offered, since {WITHDRAWN_SINCE})" if name in WITHDRAWN else name
        for name in names
    )
    return f"left out, no such attribute: {', '.join(told)}"


def unknown(name: str, offered: Sequence[str]) -> str:
    """Why there is nothing of that name to set."""
    if not offered:
        return NONE_FITTED
    if name in WITHDRAWN:
        near = [one for one in NEAREST.get(name, ()) if one in offered]
        nearest = f"; {' and '.join(near)} come nearest" if near else ""
        return (
            f"The attribute {name!r} is no longer offered (since {WITHDRAWN_SINCE}), and nothing "
            f"takes its place{nearest}. Edits that were made with it stay as they are in projects."
        )
    meant = did_you_mean(name, offered)
    return f"There is no attribute named {name!r}.{meant} Choose one of: {', '.join(offered)}."


def found(engine: Runs, sources: Sequence[str], watch: Watch = TERMINAL) -> dict[str, NamedSlider]:
    """The directions of all sources, by ``key``; of equal names the later one gets a number.

    Raises:
        EngineFailure: a file holds none, is damaged, or belongs to another generator.
    """
    named: dict[str, NamedSlider] = {}
    for source in sources:
        known = source if source in OWN else Path(source)
        job = FindDirections(engine.info.generator_sha256, known, _COUNT)
        discovery = cast("Discovery", run(engine, job, watch=watch))
        for slider in discovery.sliders:
            name, number = key(slider.label), 2
            while name in named:
                name, number = f"{key(slider.label)}-{number}", number + 1
            named[name] = NamedSlider(discovery.origin, slider)
    return named


def discovered_name(number: int) -> str:
    """What ``--set`` calls the slider of that number, from 1, of those that a region has."""
    return f"discovered-{number}"


def discovered_number(name: str) -> int | None:
    """Which of the sliders that a region has is meant, from 1; None: none of them."""
    match = re.fullmatch(r"discovered-([1-9]\d?)", key(name))
    return int(match[1]) if match else None


def discovered_goal(engine: Runs, job: Discover, number: int, value: float, watch: Watch) -> Goal:
    """A slider that a region turns out to have, moved to ``value``.

    Raises:
        RefusedError: it has not so many.
        EngineFailure: the region does not touch the face.
    """
    found = cast("Discovery", run(engine, job, watch=watch)).sliders
    if number > len(found):
        raise RefusedError(
            f"{len(found)} things can change in this region, so there is no "
            f"{discovered_name(number)}. See: main.py discover PHOTO"
        )
    slider = found[number - 1]
    return Goal(slider.id, value, slider.delta)
