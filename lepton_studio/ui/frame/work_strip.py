"""The strip at the bottom of the window for work that goes on beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from lepton_studio.ui.shared.background import SHOWN_AFTER, Background, Work
from lepton_studio.widgets.progress import ProgressStrip


class WorkStrip(ProgressStrip):
    """Shows the newest work that is not quiet. `moved(height)` is called when it takes or gives back room."""

    def __init__(self, *, moved: Callable[[int], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moved = moved
        self._work: Work | None = None
        self.cancelled.connect(self._stop)
        self.hide()

    def follow(self, background: Background) -> None:
        """Show the work of a session."""
        background.started.connect(self._show_work)
        background.progressed.connect(self._show_work)
        background.ended.connect(self._end)

    def forget(self) -> None:
        """The session is over."""
        self._work = None
        self._reveal()

    def _show_work(self, work: Work) -> None:
        if work.quiet:
            return
        if self._work is not work:
            self._work = work
            self.begin(work.title, can_cancel=work.can_cancel)
            QTimer.singleShot(round(SHOWN_AFTER * 1000), self, self._reveal)
        self.show_progress(work.done, work.total, seconds_left=work.seconds_left)
        if work.waits_for:
            self.amount.setText(work.waits_for)

    def _reveal(self) -> None:
        shown = self._work is not None
        self.setVisible(shown)
        self._moved(self.sizeHint().height() if shown else 0)

    def _end(self, work: Work) -> None:
        if work is self._work:
            self.forget()

    def _stop(self) -> None:
        if self._work is not None:
            self._work.stop.set()
