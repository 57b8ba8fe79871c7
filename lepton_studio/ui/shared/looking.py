"""Reading for the screen: at once where it takes a moment, else beside the window."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from lepton_studio.project.errors import ReadingEnded
from lepton_studio.project.project import Project
from lepton_studio.ui.shared.background import Work, WorkContext

if TYPE_CHECKING:
    from lepton_studio.ui.shared.session import Session

_WORK = 0.025
"""Seconds of a processor that the window's thread gives to it; half of what it may stand still."""
PATIENCE = 0.2
"""Seconds that it waits at most, for a disk or for other programs that keep the machine busy."""

T = TypeVar("T")


class Look:
    """One place of the window that shows what was read. The newest question counts: older ones are dropped.

    `counts`: it reckons with what it read, which nothing ends in time, so that it is always done beside the window.
    """

    def __init__(self, session: Session, title: str, *, counts: bool = False) -> None:
        self._session = session
        self._title = title
        self._counts = counts
        self._asked = 0
        self._work: Work | None = None

    @property
    def is_reading(self) -> bool:
        """Whether the answer to the newest question is still to come."""
        return self._work is not None

    def ask(
        self,
        read: Callable[[Project], T],
        show: Callable[[T], object],
        *,
        failed: Callable[[], object] = lambda: None,
    ) -> None:
        """`show` what `read` finds. It only reads, as it is begun anew beside the window where it takes longer.

        `show` comes before this returns, or later in the window's thread, or never: where something else was asked, or
        where it `failed`, which a person is told.
        """
        self._asked += 1
        asked = self._asked
        if self._work is not None:
            self._session.background.cancel(self._work)
            self._work = None
        if not self._counts:
            try:
                with self._session.project.ended_when(_takes_long()):
                    answer = read(self._session.project)
            except ReadingEnded:
                pass
            else:
                show(answer)
                return

        def work(progress: WorkContext) -> T:
            with progress.project.ended_when(progress.should_stop):
                return read(progress.project)

        def done(answer: T) -> None:
            if asked == self._asked:
                self._work = None
                show(answer)

        def not_read(_error: Exception) -> None:
            if asked == self._asked:
                self._work = None
                failed()

        self._work = self._session.run_in_background(
            self._title, work, done, failed=not_read, quiet=True, is_awaited=False
        )


def _takes_long() -> Callable[[], bool]:
    """Whether more time has gone by than the window has."""
    work, wait = time.thread_time() + _WORK, time.monotonic() + PATIENCE
    return lambda: time.thread_time() > work or time.monotonic() > wait
