"""A view of a report that is found beside the window, and only when a person looks at it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr

_LATE = 300
"""Milliseconds that what was shown may stay: an answer that comes sooner takes its place without a flicker."""


class AskedView(QWidget):
    """Emits `wanted()` where it is in view and has to be told. Who derives from it calls `is_told` once it was,
    overrides `show_nothing`, and begins with it.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_stale = True
        self._late = QTimer(self, singleShot=True, interval=_LATE)
        self._late.timeout.connect(self._empty)

    def forget(self, *, is_other: bool = True) -> None:
        """What is shown is no longer so: of another run or split (`is_other`), or by other labels."""
        self._is_stale = True
        if self.isVisible():
            self._ask(empty=is_other)
        elif is_other:
            self.show_nothing("")

    def is_told(self) -> None:
        """What is shown is so, until it is told to forget it."""
        self._is_stale = False
        self._late.stop()

    def could_not_be_told(self) -> None:
        """There was an error, of which a person was told."""
        self._late.stop()
        self.show_nothing("")

    def busy_words(self) -> str:
        """What is done until it is told."""
        return tr("Reading the predictions…")

    def show_nothing(self, said: str) -> None:
        """Show this sentence and no figures."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._ask(empty=True)

    def _ask(self, *, empty: bool) -> None:
        if empty:
            self._late.start()
        self.wanted.emit()

    def _empty(self) -> None:
        self.show_nothing(self.busy_words())
