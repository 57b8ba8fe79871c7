"""Something that several connections to one project hold together, and that goes when the last lets go."""

from __future__ import annotations

from threading import Lock as Mutex
from typing import Self


class SharedHold:
    """Held once from the start. Any thread may share and release."""

    def __init__(self) -> None:
        self._holders = 1
        self._mutex = Mutex()

    def share(self) -> Self:
        """One holder more."""
        with self._mutex:
            self._holders += 1
        return self

    def release(self) -> None:
        """One holder less; the last one lets go."""
        with self._mutex:
            self._holders -= 1
            if self._holders == 0:
                self._let_go()

    def _let_go(self) -> None:
        raise NotImplementedError
