"""An application, a window that is gone after the test, and waiting: for tests of charts and their pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.widgets.theme import apply_theme

W = TypeVar("W", bound=QWidget)

_REST = 0.003
"""Seconds between two looks: `processEvents` comes back at once where nothing is to be done, and who asks all the time
takes a processor from the child that it waits for."""


def application() -> QApplication:
    """The application of this process, in the light theme."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([])
    apply_theme(app, scheme="light")
    return app


def wait_until(condition: Callable[[], object], *, seconds: float = 20.0) -> None:
    """Run the event loop until `condition()` holds; fail after `seconds`."""
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not condition():
        assert not deadline.hasExpired(), "the condition never held"
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(_REST)


@contextmanager
def shown(widget: W, *, width: int = 700, height: int = 520) -> Iterator[W]:
    """The widget in a window of this size; deleted at the end."""
    widget.resize(width, height)
    widget.show()
    wait_until(widget.isVisible)
    QApplication.processEvents()
    try:
        yield widget
    finally:
        widget.close()
        shiboken6.delete(widget)
        QApplication.processEvents()
