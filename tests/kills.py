"""Kills the real window at random moments, and looks at what is left.

    python -m tests.kills --kills 500 --seed 1 --folder /tmp/kills [--engine real]

One window after another starts on the same home folder, restores what the one before left
unsaved (it presses Return in the dialog), goes on editing, saving and exporting, and is killed
(SIGKILL): in the middle of a save, of an export, of an autosave, while it starts and restores, or
anywhere. Before each window goes on the folders are looked through. Checked after every kill:

- every project file, every exported photo and every journal can be read;
- the original photographs are byte for byte what they were;
- after the next start nothing is left that should not be there;
- what is recovered, by the saved projects or by the journal, is a state that the window had, at
  most two seconds older than the kill; and the window restores just that.

Each kill is a line of ``results.jsonl`` in the folder; a run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from editor.document.project import Project

MOMENTS = {"anywhere": 4, "save": 3, "export": 3, "autosave": 4, "start": 3, "restore": 2}
"""When to kill, and how often."""

_LOST = 2.0  # seconds of work that may be lost
_START = {"fake": 120.0, "real": 600.0}  # seconds until a window is up, at most, on busy cores
_BUSY = 240.0  # seconds for a moment that does not come, at most
_WORK = {"fake": 3.5, "real": 20.0}  # seconds of work before a kill anywhere, at most
_END: dict[str, Any] = {"event": "end"}
_PHOTO = Path(__file__).parents[1] / "resources" / "sample-portrait.jpg"


def fingerprint(project: Project) -> str:
    """Equal for projects that hold the same work, wherever their photograph lies."""
    from editor.document.project import save_project

    bare = replace(
        project,
        photo_path=None,
        photo_near=None,
        photo_sha256="0" * 64,
        photo_pixels="",
        photo_size=0,
    )
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as to:
        path = Path(to) / "project.sip"
        save_project(bare, path)
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


# ------------------------------------------------------------------ the parent


@dataclass
class State:
    """What a window said of itself: when (monotonic seconds), what, and whether it is unsaved."""

    time: float
    print: str
    unsaved: bool


@dataclass
class Window:
    """A window that runs, and what it said."""

    process: subprocess.Popen[str]
    lines: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue["dict[str, Any]"])
    said: list[dict[str, Any]] = field(default_factory=list["dict[str, Any]"])

    def listen(self) -> None:
        """Read to the end; in a thread of its own."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                self.lines.put(json.loads(line))
        self.lines.put(_END)

    def until(self, event: str, within: float) -> dict[str, Any]:
        """Wait for an event; all that is heard is noted."""
        end = time.monotonic() + within
        while self.said[-1:] != [_END]:
            try:
                line = self.lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return {"event": "timeout"}
            self.said.append(line)
            if line["event"] == event or line == _END:
                return line
        return _END

    def drain(self) -> None:
        """Note what is left to hear of a window that was killed."""
        while self.until("end", 10.0)["event"] not in ("end", "timeout"):
            pass


class Kills:
    """The folders that all windows share, and what was found in them.

    Attributes:
        home, work: of the user: settings and data; photos, projects and exports.
    """

    def __init__(self, folder: Path, engine: str, seed: int) -> None:
        self.folder = folder
        self.home, self.work = folder / "home", folder / "work"
        self.engine = engine
        self.seed = seed
        self.results = folder / "results.jsonl"
        for made in (self.home, self.work):
            made.mkdir(parents=True, exist_ok=True)
        for name in ("one.jpg", "two.jpg"):
            if not (self.work / name).exists():
                shutil.copyfile(_PHOTO, self.work / name)
        stderr = folder / "stderr.txt"
        self.read = len(stderr.read_text("utf-8", "replace")) if stderr.exists() else 0
        self.originals = hashlib.sha256(_PHOTO.read_bytes()).hexdigest()
        self.states: list[State] = []
        done = self.rows()
        if done:
            self.states = [State(*state) for state in done[-1]["states"]]

    def rows(self) -> list[dict[str, Any]]:
        """What was found so far, kill by kill."""
        if not self.results.exists():
            return []
        return [json.loads(line) for line in self.results.read_text("utf-8").splitlines()]

    def start(self, number: int) -> Window:
        """Start the next window; it waits for ``go`` once it has restored what there was."""
        environment = os.environ | {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "QT_QPA_PLATFORM": "offscreen",
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "tests.kills", "--window", "--engine", self.engine]
        command += ["--folder", str(self.work), "--seed", str(self.seed * 1_000_003 + number)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "stderr.txt").open("a"),
            text=True,
            env=environment,
        )
        window = Window(process)
        threading.Thread(target=window.listen, daemon=True).start()
        return window

    def kill(self, number: int) -> dict[str, Any]:
        """Let a window restore and work, kill it at some moment, and look at what is left."""
        chance = random.Random(self.seed * 7919 + number)
        moment = chance.choices(list(MOMENTS), list(MOMENTS.values()))[0]
        faults: list[str] = []
        expected = self.journal_print()
        if expected:
            shutil.copyfile(self.journals()[-1], self.folder / "kept.sip")
        window = self.start(number)
        restored = "no"
        if moment == "start":
            time.sleep(chance.uniform(0.2, 2.5))
        elif moment == "restore" and expected:
            window.until("restoring", _START[self.engine])
            time.sleep(chance.uniform(0.0, 0.3))
        else:
            ready = window.until("ready", _START[self.engine])
            if ready["event"] != "ready":
                faults.append(f"the window did not get ready: {ready}")
            else:
                restored = "yes" if expected else "nothing"
                if expected != ready["restored"]:
                    faults.append(f"restored {ready['restored']}, kept was {expected}")
                    for name in ("kept", "restored"):  # to look at
                        shutil.move(
                            self.folder / f"{name}.sip", self.folder / f"{name}-{number}.sip"
                        )
                faults += self.leftovers(ready["journal"])
            assert window.process.stdin is not None
            try:
                window.process.stdin.write("go\n")
                window.process.stdin.flush()
            except BrokenPipeError:
                faults.append("the window ended by itself")
            if moment in ("save", "export", "autosave"):
                window.until(moment, _BUSY)
                time.sleep(chance.uniform(0.0, 0.06 if moment != "export" else 0.15))
            else:
                time.sleep(chance.uniform(0.0, _WORK[self.engine]))
        killed = time.monotonic()
        window.process.send_signal(signal.SIGKILL)
        code = window.process.wait(30)
        window.drain()
        if code != -signal.SIGKILL:
            faults.append(f"the window ended by itself with {code}")
        for line in window.said:
            if line["event"] == "state":
                self.states.append(State(line["time"], line["print"], line["unsaved"]))
            elif line["event"] == "fault":
                faults.append(line["text"])
        faults += self.tracebacks()
        lost = self.lost(killed, faults)
        self.files(faults)
        self.states = self.settled()
        return {
            "number": number,
            "moment": moment,
            "restored": restored,
            "lost": round(lost, 3),
            "changes": sum(line["event"] == "state" for line in window.said),
            "faults": faults,
            "said": window.said if faults else [],
            "killed": killed,
            "states": [[s.time, s.print, s.unsaved] for s in self.states],
        }

    def tracebacks(self) -> list[str]:
        """Errors that the window did not expect."""
        text = (self.folder / "stderr.txt").read_text("utf-8", "replace")
        new, self.read = text[self.read :], len(text)
        return [f"an error that nobody caught: {new[-600:]}"] if "Traceback" in new else []

    # ---------------------------------------------------------------- what is left

    @property
    def recovery(self) -> Path:
        """The journals' folder."""
        found = sorted((self.home / "data").glob("**/recovery"))
        return found[0] if found else self.home / "data" / "recovery"

    def journals(self) -> list[Path]:
        """Those that hold work, the newest last."""
        return sorted(self.recovery.glob("*/project.sip"), key=lambda p: p.stat().st_mtime)

    def journal_print(self) -> str:
        """Of the newest journal; "" without one."""
        from editor.document.project import open_project

        journals = self.journals()
        return fingerprint(open_project(journals[-1])[0]) if journals else ""

    def lost(self, killed: float, faults: list[str]) -> float:
        """Seconds of work that no file holds any more."""
        from editor.document.project import ProjectError, open_project

        prints: set[str] = set()
        for path in (*self.recovery.glob("*/project.sip"), *self.work.glob("*.sip")):
            try:
                prints.add(fingerprint(open_project(path)[0]))
            except ProjectError as error:
                faults.append(f"{path.name} cannot be read: {error}")
        for later in range(len(self.states), 0, -1):
            state = self.states[later - 1]
            if state.print in prints or not state.unsaved:
                lost = 0.0 if later == len(self.states) else killed - self.states[later].time
                if lost > _LOST:
                    faults.append(f"{lost:.2f} s of work are lost")
                return lost
        if self.states and killed - self.states[0].time > _LOST:
            faults.append("no state of the window is kept")
        return 0.0

    def settled(self) -> list[State]:
        """What the next window has to restore: what is kept now is the state to go on from."""
        journal = self.journal_print()
        return [State(0.0, journal, unsaved=True)] if journal else []

    def files(self, faults: list[str]) -> None:
        """Originals, and exported photos."""
        from PIL import Image

        for path in self.work.iterdir():
            if path.name in ("one.jpg", "two.jpg"):
                if hashlib.sha256(path.read_bytes()).hexdigest() != self.originals:
                    faults.append(f"the original {path.name} is harmed")
            elif path.suffix in (".jpg", ".png", ".tif"):
                try:
                    with Image.open(path) as image:
                        image.load()
                except OSError as error:
                    faults.append(f"the export {path.name} cannot be read: {error}")

    def leftovers(self, journal: str) -> list[str]:
        """Files that no window should leave, once the next one has started."""
        allowed = {self.recovery / "lock", self.recovery / journal}
        found: list[str] = []
        for path in (*self.work.iterdir(), *self.recovery.iterdir()):
            name = path.name
            if path.parent == self.work:
                fine = name in ("one.jpg", "two.jpg") or name.startswith(("project-", "export-"))
            else:
                fine = path in allowed
            if not fine or name.endswith(".tmp"):
                found.append(f"left over: {path.relative_to(self.folder)}")
        for path in (*self.folder.rglob(".*.tmp"), *self.folder.rglob("*.note")):
            found.append(f"left over: {path.relative_to(self.folder)}")
        return found


def table(rows: list[dict[str, Any]]) -> str:
    """What was found, by the moment of the kill."""
    lines = [
        "| killed while | kills | restored | states | work lost: median, worst | faults |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for moment in (*MOMENTS, "all"):
        some = [row for row in rows if moment in (row["moment"], "all")]
        if not some:
            continue
        lost = sorted(row["lost"] for row in some)
        restored = Counter(row["restored"] for row in some)["yes"]
        changes, faults = sum(row["changes"] for row in some), sum(bool(r["faults"]) for r in some)
        lines.append(
            f"| {moment} | {len(some)} | {restored} | {changes} | {lost[len(lost) // 2]:.2f} s, "
            f"{lost[-1]:.2f} s | {faults} |"
        )
    return "\n".join(lines)


# ------------------------------------------------------------------ the window


def run_window(engine: str, folder: Path, seed: int) -> int:
    """The real window with a robot in it; ends by being killed."""
    import main
    from tests.kills_robot import start_robot

    return main.open_window(main.parser().parse_args([]), start_robot(engine, folder, seed))


def say(event: str, to: TextIO = sys.stdout, **more: object) -> None:
    """One line to the parent."""
    to.write(json.dumps({"event": event, **more}) + "\n")
    to.flush()


def run(arguments: argparse.Namespace) -> int:
    """Kill as often as asked; the exit code says whether anything was found."""
    kills = Kills(arguments.folder, arguments.engine, arguments.seed)
    rows = kills.rows()
    for number in range(len(rows), arguments.kills):
        row = kills.kill(number)
        rows.append(row)
        with kills.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        told = "; ".join(row["faults"])
        print(f"{number + 1:4d} {row['moment']:9s} {row['lost']:5.2f} s  {told}", flush=True)
    print(table(rows))
    return int(any(row["faults"] for row in rows))


def parser() -> argparse.ArgumentParser:
    """What the script understands."""
    arguments = argparse.ArgumentParser(description="Kill the window at random moments.")
    arguments.add_argument("--kills", type=int, default=5)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--engine", choices=("fake", "real"), default="fake")
    arguments.add_argument("--window", action="store_true", help=argparse.SUPPRESS)
    return arguments


if __name__ == "__main__":
    options = parser().parse_args()
    if options.window:
        sys.exit(run_window(options.engine, options.folder, options.seed))
    sys.exit(run(options))
