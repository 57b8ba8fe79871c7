"""What all tests share: the real data sets, and a guard against what a test leaves behind."""

from __future__ import annotations

import gc
import os
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QThread
from shiboken6 import delete, isValid

from lepton_studio.models.built_in import MULTILINGUAL, WRITER
from lepton_studio.models.places import is_installed
from tests.forked_children import ADDRESS, forking, nursery

ROOT = Path(__file__).resolve().parent.parent

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Looking for them among all objects after each test took a sixth of the suite's time.
_started: weakref.WeakSet[QThread] = weakref.WeakSet()
# Nothing here is about time: a machine may be busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
if "PYTEST_XDIST_WORKER" in os.environ:
    # Tests side by side: threads of several models that wait for each other by spinning slow all of them down.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # The whole suite says the same of the same commit; a file that is run by itself looks for new cases.
    settings.register_profile("fixed", settings.get_profile("untimed"), derandomize=True)
    settings.load_profile("fixed")


def pytest_collection_finish() -> None:
    """Take what the modules of the tests made out of what is looked through for garbage; know which threads begin."""
    gc.collect()
    gc.freeze()
    start = QThread.start

    def start_and_tell(thread: QThread, *priority: Any) -> None:
        _started.add(thread)
        start(thread, *priority)

    QThread.start = start_and_tell  # type: ignore[assignment, method-assign]


@pytest.fixture(scope="session", autouse=True)
def _children_fork() -> Iterator[None]:
    """See `tests.forked_children`."""
    if sys.platform != "linux":
        yield
        return
    is_whole = "PYTEST_XDIST_WORKER" in os.environ
    with nursery(at_once=is_whole) as address, forking(), pytest.MonkeyPatch.context() as patch:
        patch.setenv(ADDRESS, address)
        yield


@pytest.fixture
def children_start_as_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """They do not fork, those of the command line neither."""
    monkeypatch.delenv(ADDRESS, raising=False)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets beside the checkout; tests that need one are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not on this machine ({folder})")
    return folder


@pytest.fixture(scope="session")
def multilingual() -> str:
    """The name of the multilingual encoder; tests that need it are skipped where set-up could not fetch it."""
    if not is_installed(MULTILINGUAL):
        pytest.skip("the multilingual encoder is not on this machine: python3 packaging/dev.py setup")
    return MULTILINGUAL.id


@pytest.fixture(scope="session")
def built_in_writer() -> str:
    """The name of the built-in writer; tests that need it are skipped where set-up could not fetch it."""
    if not is_installed(WRITER):
        pytest.skip("the built-in writer is not on this machine: python3 packaging/dev.py setup")
    return WRITER.id


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, logs and the sample project of the tests are their own, never the person's; the words are English."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEPTON_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("LEPTON_LANGUAGE", "en")
        yield


@pytest.fixture(autouse=True)
def nothing_of_the_window_is_left_behind() -> Iterator[None]:
    """Fail the test that leaves a thread running or a window alive: else the next one fails for it, elsewhere."""
    yield
    if not (_running_threads() or _windows()):
        return
    gc.collect()  # a window that only a reference cycle holds is garbage, not a leak
    left = [*_running_threads(), *_windows()]
    names = ", ".join(f"{type(one).__name__} {one.objectName()!r}" for one in left)
    for one in left:
        _end(one)
    assert not left, f"this test left behind: {names}"


def _running_threads() -> list[Any]:
    """The QThreads that were started and are still at work."""
    return [one for one in _started if isValid(one) and one.isRunning()]


def _windows() -> list[Any]:
    """The top-level widgets that are still alive, shown or not."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    app: Any = None if widgets is None else widgets.QApplication.instance()
    if widgets is None or not isinstance(app, widgets.QApplication):
        return []
    app.sendPostedEvents(None, 52)  # QEvent.DeferredDelete: what was promised to be deleted is
    return [one for one in app.topLevelWidgets() if one.parent() is None and one.objectName() != "qtooltip_label"]


def _end(left: Any) -> None:
    """Stop it, so that only the test that left it fails."""
    if hasattr(left, "requestInterruption"):
        left.requestInterruption()
        left.quit()
        left.wait(5000)
    else:
        delete(left)
