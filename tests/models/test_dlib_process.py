"""dlib's deep networks in another process: same answers, and it may die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import dlib
import numpy as np
import pytest

from models.faces import dlib_process
from models.faces.detection import is_installed, model_file
from models.faces.dlib_process import DlibProcess, DlibProcessError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Picture = NDArray[np.uint8]

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
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=dlib_process.serve, args=(theirs,))
    process.start()
    theirs.close()
    assert ours.recv_bytes() == b"ready"
    ours.close()  # as when the program is killed
    process.join(30)
    assert process.exitcode == 0


def ended(process: DlibProcess) -> bool:
    """Whether it ends within ten seconds."""
    deadline = time.monotonic() + 10
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
