"""How large the texts of samples are: one zoom for the application, which every view of a text follows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

LEAST, USUAL, MOST = 60, 100, 300
_STEP = 10


class Zoom(QObject):
    """`percent` of the usual size. GUI thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.percent = USUAL

    def choose(self, percent: int) -> int:
        """Show texts in this size, or the nearest that there is; which it is now."""
        before, self.percent = self.percent, max(LEAST, min(MOST, percent))
        if self.percent != before:
            self.changed.emit()
        return self.percent

    def step(self, steps: int) -> int:
        """Larger by so many steps, or smaller; the size in per cent now."""
        return self.choose((round(self.percent / _STEP) + steps) * _STEP)

    def size(self, pixels: int) -> int:
        """A size of type under this zoom."""
        return max(1, round(pixels * self.percent / 100))


def zoom_of_texts() -> Zoom:
    """The application's; made on first use."""
    app = QApplication.instance()
    found = None if app is None else app.findChild(Zoom)
    return found if found is not None else Zoom(app)
