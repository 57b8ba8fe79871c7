"""A display for each worker of the tests, and the app on it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.dev_script import load_dev_script
from tests.x11.display import x_display
from tests.x11.studio import OpenStudio, Studio, running_studio


@contextmanager
def own_display(folder: Path, *, width: int = 1400, height: int = 900) -> Iterator[str]:
    """A display of this size, as DISPLAY names it; the test is skipped where there can be none."""
    if missing := load_dev_script().missing_for_x_server():
        why = f"a real X server needs {', '.join(missing)}, which this machine lacks"
        if os.environ.get("CI") and sys.platform.startswith("linux"):
            pytest.fail(why)  # what is skipped there is seen by nobody
        pytest.skip(why)
    with x_display(folder / "display", width=width, height=height) as name:
        yield name


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The display that the tests of this process share."""
    with own_display(tmp_path_factory.mktemp("x")) as name:
        yield name


@pytest.fixture
def studio(display: str, tmp_path: Path) -> Iterator[OpenStudio]:
    """Opens the app; all that a test opened is ended with it."""
    with ExitStack() as stack:

        def start(project: Path | None = None, **variables: str) -> Studio:
            running = running_studio(project, display=display, folder=tmp_path / "app", variables=variables)
            return stack.enter_context(running)

        yield start
