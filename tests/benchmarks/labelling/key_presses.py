"""In the window's process: when keys were pressed, and when the next sample was painted."""

from __future__ import annotations

import time
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget


class KeyPresses(QObject):
    """Watches the Label page of `window`. Moments are in seconds on the monotonic clock, which is the X server's too:
    what an event waited for before this process took it counts.
    """

    def __init__(self, window: Any, app: QApplication) -> None:
        super().__init__(app)
        self._window = window
        self._waiting: list[tuple[float, int | None]] = []
        self._painted: list[float] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(watched, QWindow):
            self._waiting.append((cast(QKeyEvent, event).timestamp() / 1000, self._shown))
        is_paint = event.type() == QEvent.Type.Paint and isinstance(watched, QWidget)
        if is_paint and self._waiting and self._window.page.work.isAncestorOf(watched):
            QTimer.singleShot(0, self, self._note_painted)  # once all that is to be painted is
        return False

    def delays(self) -> list[float]:
        """Milliseconds from each press to the next sample, as painted."""
        return [1000 * one for one in self._painted]

    @property
    def _shown(self) -> int | None:
        current = self._window.page.queue.current
        return None if current is None else int(current.id)

    def _note_painted(self) -> None:
        now, shown = time.monotonic(), self._shown
        self._painted += [now - at for at, before in self._waiting if before != shown]
        self._waiting = [one for one in self._waiting if one[1] == shown]
