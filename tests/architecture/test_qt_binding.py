"""The Qt binding itself: a release that loses references kills the window after some thousand signals."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class _Emitter(QObject):
    happened = Signal(int)


def test_a_day_of_signals_does_not_abort_the_window() -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None a call and one to True an emit."""
    emitter = _Emitter()
    emitter.happened.connect(lambda _number: None)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(2000):
        emitter.setObjectName("x")
        emitter.happened.emit(number)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert all(abs(now - then) < 1000 for now, then in zip(after, before, strict=True))
