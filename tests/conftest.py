"""Settings that must be in place before Qt loads, and a check for what tests leave running."""

import gc
import os
import sys
from collections.abc import Generator, Iterator

import numpy as np
import pytest
from hypothesis import settings

# One commit, one answer (with the seeds below): what must not keep a sound change from landing is
# looked for by hand (-m search, or --hypothesis-profile=search with any test).
settings.register_profile("steady", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile("steady")

_TESTS_AT_A_LOOK = 20

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in main.py, before torch loads
if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):  # they share the cores
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // int(workers))))


def pytest_collection() -> None:
    """Importing makes half a million objects and hardly any garbage to look for."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported stays: neither the collector nor the check below looks at it again."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """As in the window, no other thread destroys what is left of Qt's (session/garbage.py)."""
    result = yield
    gc.collect(0 if gc.get_count()[1] < _TESTS_AT_A_LOOK else 2)
    return result


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> object:
    """pytest-qt's, with more patience."""
    del qapp
    from tests.patient_bot import PatientBot

    return PatientBot(request)


def _seed() -> None:
    np.random.seed(0)  # noqa: NPY002 - of those that draw from no generator of their own
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


@pytest.fixture(autouse=True, scope="module")
def one_seed_a_file() -> None:
    """For what a file's fixtures draw."""
    _seed()


@pytest.fixture(autouse=True)
def one_seed_a_test() -> None:
    """A test draws the same numbers whichever ran before it."""
    _seed()


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a Qt test that leaves a thread running or a timer ticking."""
    yield
    if "qtbot" not in request.fixturenames:
        return
    import shiboken6
    from PySide6.QtCore import QThread, QTimer

    left = [
        thing
        for thing in shiboken6.getAllValidWrappers()  # a thousandth of what gc.get_objects() has
        if (isinstance(thing, QThread) and thing.isRunning())
        or (isinstance(thing, QTimer) and thing.isActive() and thing.interval())  # 0: the next turn
    ]
    assert not left, f"left running: {[(thing, thing.parent()) for thing in left]}"
