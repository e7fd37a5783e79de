"""dlib's deep networks in another process: same answers, and it may die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import dlib
import numpy as np
import pytest

from models.faces import dlib_process
from models.faces.detection import is_installed, model_file
from models.faces.dlib_process import DlibProcess, DlibProcessError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

ROOT = Path(__file__).parents[2]
DESCRIPTOR = "dlib_face_recognition_resnet_model_v1.dat"
DETECTOR = "mmod_human_face_detector.dat"
pytestmark = pytest.mark.skipif(
    not is_installed(DESCRIPTOR), reason="face-recognition-models is not installed"
)


@pytest.fixture(scope="module")
def asked() -> Iterator[DlibProcess]:
    process = DlibProcess()
    yield process
    process.close()


@pytest.fixture(scope="module")
def picture() -> Picture:
    return np.random.default_rng(5).integers(0, 256, (200, 240, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def landmarks() -> Array:
    return np.random.default_rng(6).uniform(40, 160, (68, 2))


def test_it_says_what_dlib_says_here(
    asked: DlibProcess, picture: Picture, landmarks: Array
) -> None:
    low, high = landmarks.min(0), landmarks.max(0)
    box = dlib.rectangle(*(int(v) for v in (*low, *high)))
    points = [dlib.point(round(x), round(y)) for x, y in landmarks]
    network = dlib.face_recognition_model_v1(model_file(DESCRIPTOR))
    here = network.compute_face_descriptor(picture, dlib.full_object_detection(box, points))
    strided = np.ascontiguousarray(picture[:, ::-1])[:, ::-1]
    there = asked.descriptor(model_file(DESCRIPTOR), strided, landmarks)
    np.testing.assert_allclose(there, np.array(here), atol=1e-6)
    assert there.shape == (128,)
    assert asked.pid not in (None, os.getpid())


def test_boxes_are_dlibs(asked: DlibProcess) -> None:
    grey = np.full((160, 160, 3), 128, np.uint8)
    assert asked.boxes(model_file(DETECTOR), grey) == []


def test_a_killed_process_is_started_again(
    asked: DlibProcess, picture: Picture, landmarks: Array
) -> None:
    before = asked.descriptor(model_file(DESCRIPTOR), picture, landmarks)
    pid = asked.pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    after = asked.descriptor(model_file(DESCRIPTOR), picture, landmarks)
    np.testing.assert_array_equal(after, before)
    assert asked.pid != pid


def test_weights_that_are_none_are_named_and_the_process_lives(
    asked: DlibProcess, picture: Picture, landmarks: Array, tmp_path: Path
) -> None:
    broken = tmp_path / "weights.dat"
    broken.write_bytes(b"no network")
    with pytest.raises(DlibProcessError, match="dlib refused"):
        asked.descriptor(str(broken), picture, landmarks)
    assert asked.descriptor(model_file(DESCRIPTOR), picture, landmarks).shape == (128,)


def test_two_threads_get_their_own_answers(
    asked: DlibProcess, picture: Picture, landmarks: Array
) -> None:
    wanted = [
        asked.descriptor(model_file(DESCRIPTOR), shown, landmarks)
        for shown in (picture, 255 - picture)
    ]
    got: dict[int, list[Array]] = {0: [], 1: []}

    def ask(which: int) -> None:
        for _ in range(4):
            shown = picture if which == 0 else 255 - picture
            got[which].append(asked.descriptor(model_file(DESCRIPTOR), shown, landmarks))

    threads = [threading.Thread(target=ask, args=(k,)) for k in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for which, answers in got.items():
        assert len(answers) == 4
        for answer in answers:
            np.testing.assert_array_equal(answer, wanted[which])


def test_it_ends_when_nobody_holds_the_pipe() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "models.faces.dlib_process"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.read(13) == b"\0\0\0\0\0\0\0\5ready"
    process.stdin.close()  # as when the program is killed
    assert process.wait(30) == 0
    process.stdout.close()


def test_a_script_without_a_guard_and_a_daemonic_process_can_ask(tmp_path: Path) -> None:
    """As the workers of Dask are; multiprocessing would run the script anew, and refuse them."""
    script = tmp_path / "asks.py"
    script.write_text(
        "import multiprocessing, numpy as np\n"
        "from models.faces.detection import model_file\n"
        "from models.faces.dlib_process import DLIB, DlibProcess\n"
        "def ask(close=True):\n"
        "    points = np.random.default_rng(6).uniform(40, 160, (68, 2))\n"
        "    grey = np.full((200, 240, 3), 120, np.uint8)\n"
        f"    print(DLIB.descriptor(model_file({DESCRIPTOR!r}), grey, points).shape, flush=True)\n"
        "    if close: DLIB.close()\n"
        "ask()\n"
        "worker = multiprocessing.get_context('fork').Process(target=ask, daemon=True)\n"
        "worker.start()\n"
        "worker.join(60)\n"
        "DLIB = DlibProcess()\n"
        "ask(close=False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.split("\n")[:3] == ["(128,)"] * 3, done.stderr
    assert "ResourceWarning" not in done.stderr, "the process went with the script"


def test_pictures_that_are_not_what_they_say_are_refused_and_it_lives() -> None:
    asked = DlibProcess()
    flat = np.zeros((10, 10), np.uint8)
    with pytest.raises(DlibProcessError, match="a picture of"):
        asked.boxes(model_file(DETECTOR), flat)
    assert asked.boxes(model_file(DETECTOR), np.full((160, 160, 3), 128, np.uint8)) == []
    asked.close()
    assert asked.pid is None


def ended(process: DlibProcess) -> bool:
    """Whether it ends within ten seconds."""
    deadline = time.monotonic() + 60
    while process.pid is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    return process.pid is None


def test_no_answer_is_an_error_with_a_next_step(
    monkeypatch: pytest.MonkeyPatch, picture: Picture, landmarks: Array
) -> None:
    process = DlibProcess()
    process.descriptor(model_file(DESCRIPTOR), picture, landmarks)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(dlib_process, "_ANSWER", 0.2)
    with pytest.raises(DlibProcessError, match="Try again"):
        process.descriptor(model_file(DESCRIPTOR), picture, landmarks)
    assert ended(process)
