"""A view of a report that is found beside the window, and only when a person looks at it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget


class AskedView(QWidget):
    """Emits `wanted()` where it is in view and has to be told. Who derives from it calls `is_told` once it was."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_stale = True

    def forget(self) -> None:
        """Another run, or other labels: what is shown is no longer so."""
        self._is_stale = True
        if self.isVisible():
            self.wanted.emit()

    def is_told(self) -> None:
        """What is shown is so, until it is told to forget it."""
        self._is_stale = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.wanted.emit()
