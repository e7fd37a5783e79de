"""Opens damaged and hostile projects, presets and slider files by the ten thousand, and counts.

    python -m tests.hostile.fuzz_documents --cases 20000 --seed 0

Every case is made from the seed and its number, opened in a child process, and then used as the
editor uses it: regions of the faces, crops, codes. Nothing may crash, take ten seconds, show a
traceback, or take more than twice the memory that the largest sound project takes. A case that
does is kept, and the exit status is 1. ``--first`` runs a later slice of the same cases.
"""

from __future__ import annotations

import argparse
import collections
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from editor.document.face import FaceCrop
from editor.document.face_parts import FaceClasses
from editor.document.face_regions import preset
from editor.document.mask_operations import filled, grown, shrunk, smoothed
from editor.document.photo_source import PhotoNotFoundError
from editor.document.presets import read_preset
from editor.document.project import Project, find_photo, open_project
from editor.document.style_sliders import read_sliders
from foundation.errors import AdvisedError
from tests.hostile.documents import LARGE, Samples, bombs, damaged, special_files

SLOWEST = 10.0  # seconds
_SMALL = 1 << 20  # pixels: larger regions take longer in the background, by the pixel
_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


# ------------------------------------------------------------------ in the child


def outcome_of(path: Path) -> str:
    """Open a file as the editor would, and use what it holds."""
    try:
        match path.suffix:
            case ".preset":
                read_preset(path)
                return "opened"
            case ".sliders":
                read_sliders(path)
                return "opened"
            case _:
                return _outcome_of_project(path)
    except PhotoNotFoundError:
        return "photo missing"
    except AdvisedError as error:
        sentences = error.title.endswith(".") and error.advice.endswith(".")
        return "refused" if sentences else f"traceback: no advice in {error}"
    except MemoryError:
        return "out of memory"
    except Exception:  # noqa: BLE001 - what a user would see as a traceback
        return "traceback: " + traceback.format_exc().strip().replace("\n", " | ")


def _outcome_of_project(path: Path) -> str:
    project, inside = open_project(path)
    try:
        found = find_photo(project, path, inside)
    finally:
        use(project)
    told = project.missing or found.notes
    return "opened in part" if told else "opened"


def use(project: Project) -> None:
    """What a session does with a project before the networks see it."""
    width, height = project.width, project.height
    for number, face in enumerate(project.faces):
        if face.detected is not None:
            if not number:  # the grid of a face is the same work for each
                preset("teeth", face.detected.landmarks, width, height)
                box = (0, 0, min(width, 256), min(height, 256))
                FaceClasses(face.detected.landmarks, None).labels(box, 1.0)
            FaceCrop.from_landmarks(face.detected.landmarks, 256).bounds(width, height)
        for region in face.regions:
            region.mask.feathered(region.feather)
            if region.mask.alpha.size < _SMALL:  # as the buttons of the region panel do
                filled(shrunk(grown(smoothed(region.mask, 3), 5), 5))
    for portrait in project.portraits:
        portrait.history.current()
        portrait.crop.landmarks_in_crop()
        portrait.crop.coverage(width, height)
        portrait.crop.face_weight()
        for edit in portrait.history.applied[:2]:
            portrait.crop.mask_in_crop(edit.region.alpha, edit.region.x, edit.region.y)
            edit.delta.dense()


def _memory(name: str) -> int:
    """Bytes, as the kernel counts them."""
    for line in _STATUS.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) << 10
    return 0


def _measured(path: Path) -> tuple[str, float, int]:
    """Outcome, seconds, and bytes taken at most."""
    _RESET.write_text("5")
    before, began = _memory("VmRSS"), time.monotonic()
    outcome = outcome_of(path)
    return outcome, time.monotonic() - began, max(0, _memory("VmHWM") - before)


def work(folder: Path, seed: int, most: int) -> None:
    """Answer case numbers from standard input; negative ones are files made beforehand."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_memory("VmSize") + most, resource.RLIM_INFINITY))
    samples = Samples(
        folder,
        *(
            tuple(path.read_bytes() for path in sorted((folder / kind).iterdir()))
            for kind in ("projects", "presets", "sliders")
        ),
        largest=b"",
    )
    print("ready", flush=True)
    for line in sys.stdin:
        name = line.strip()
        damage = "made"
        if name.isdigit():
            kind, damage, data = damaged(int(name), seed, samples)
            path = folder / f"case.{kind}"
            path.write_bytes(data)
        else:
            path = Path(name)
        outcome, seconds, taken = _measured(path)
        print(f"{path.suffix}\t{damage}\t{seconds:.3f}\t{taken}\t{outcome}", flush=True)


# ------------------------------------------------------------------ in the parent


@dataclass(slots=True)
class Child:
    """A process that opens files, begun anew when it dies."""

    folder: Path
    seed: int
    most: int
    _process: subprocess.Popen[str] | None = None
    _lines: queue.Queue[str] = field(default_factory=queue.Queue[str])

    def ask(self, name: str, patience: float = SLOWEST) -> tuple[str, str, float, int, str]:
        """Suffix, damage, seconds, bytes and outcome of a case, by its number or path."""
        process = self._process or self._begin()
        assert process.stdin is not None
        began = time.monotonic()
        try:
            process.stdin.write(name + "\n")
            process.stdin.flush()
            line = self._lines.get(timeout=patience)
        except (queue.Empty, BrokenPipeError):
            line = ""
        if line:
            suffix, damage, seconds, taken, outcome = line.rstrip("\n").split("\t", 4)
            return suffix, damage, float(seconds), int(taken), outcome
        hung = process.poll() is None
        process.kill()
        process.wait()
        self._process = None
        return "", "", time.monotonic() - began, 0, "hang" if hung else "crash"

    def _begin(self) -> subprocess.Popen[str]:
        self._lines = lines = queue.Queue[str]()
        arguments = ["--work", str(self.folder), "--seed", str(self.seed), "--most", str(self.most)]
        process = self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.fuzz_documents", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
            env=os.environ | {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
        )

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                lines.put(line)
            lines.put("")

        threading.Thread(target=read, daemon=True).start()
        assert lines.get() == "ready\n"
        return process

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def main(arguments: list[str] | None = None) -> int:
    """Run the cases and print how they ended; 1 when one did what none may do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("hostile-documents"))
    parser.add_argument("--most", type=int, default=4 << 30, help="bytes a child may map")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.work is not None:
        work(given.work, given.seed, given.most)
        return 0
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        return _run(Path(name), given)


def _run(folder: Path, given: argparse.Namespace) -> int:
    samples = Samples.made(folder)
    for kind in ("projects", "presets", "sliders"):
        (folder / kind).mkdir()
        for number, data in enumerate(getattr(samples, kind)):
            (folder / kind / str(number)).write_bytes(data)
    made = folder / "made"
    made.mkdir()
    (made / "photo.png").write_bytes((folder / "photo.png").read_bytes())
    sound = made / "largest sound.sip"
    sound.write_bytes(samples.largest)
    named = special_files(made)
    for number, (what, data) in enumerate(bombs(samples).items()):
        path = made / f"{number:02} {''.join(c if c.isalnum() else ' ' for c in what)}.sip"
        path.write_bytes(data)
        named.append(path)
    child = Child(folder, given.seed, given.most)
    try:
        *_, taken, outcome = child.ask(str(sound), 120.0)
        assert outcome == "opened", outcome
        budget = 2 * taken
        print(f"the largest sound project ({LARGE[0]} × {LARGE[1]}) takes {taken >> 20} MB")
        cases = [str(path) for path in named]
        cases += [str(n) for n in range(given.first, given.first + given.cases)]
        return _count(child, cases, budget, folder, given)
    finally:
        child.close()


def _count(
    child: Child, cases: list[str], budget: int, folder: Path, given: argparse.Namespace
) -> int:
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    slowest, most, bad = (0.0, ""), (0, ""), 0
    for number, case in enumerate(cases, 1):
        if number % 500 == 0:
            print(f"{number} of {len(cases)}", file=sys.stderr, flush=True)
        suffix, damage, seconds, taken, outcome = child.ask(case)
        if outcome == "hang":  # other work on the machine counts too: once more, alone
            suffix, damage, seconds, taken, outcome = child.ask(case)
        kind = outcome.partition(":")[0]
        if kind not in ("crash", "hang") and taken > budget:
            kind = "too much memory"
        counts[suffix or Path(case).suffix or "?", kind] += 1
        slowest, most = max(slowest, (seconds, case)), max(most, (taken, case))
        if kind in ("crash", "hang", "traceback", "too much memory", "out of memory"):
            bad += 1
            print(f"{case} ({damage}): {kind}, {seconds:.1f} s, {taken >> 20} MB, {outcome}")
            if case.isdigit():
                given.keep.mkdir(exist_ok=True)
                for path in folder.glob("case.*"):
                    kept = given.keep / f"{given.seed}-{case}{path.suffix}"
                    kept.write_bytes(path.read_bytes())
    print(f"{len(cases)} files, seed {given.seed}, from case {given.first}")
    for (suffix, kind), count in sorted(counts.items()):
        print(f"{suffix:9} {kind:16} {count:6}")
    print(f"slowest: {slowest[0]:.2f} s ({Path(slowest[1]).name}); most memory: "
          f"{most[0] >> 20} MB ({Path(most[1]).name}) of {budget >> 20} MB")  # fmt: skip
    print(f"{bad} crashed, hung, showed a traceback or took too much memory")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
