"""Waiting in the window's thread without standing still: for the few moments when nothing else can be done."""

from __future__ import annotations

import time
from threading import Thread

from PySide6.QtCore import QCoreApplication, QEventLoop

_ROUND = 20
"""Milliseconds from one look to the next."""


def wait_painting(thread: Thread, *, seconds: float | None = None) -> None:
    """Wait for the end of a thread; the window is painted meanwhile, and takes no keys and clicks."""
    until = None if seconds is None else time.monotonic() + seconds
    while thread.is_alive() and (until is None or time.monotonic() < until):
        if QCoreApplication.instance() is not None:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, _ROUND)
        thread.join(_ROUND / 1000)
