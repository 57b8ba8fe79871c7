"""The editor of the toy task: a line that shows the stars, and the keys 1 to 5."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel

from lepton_studio.contract.task import Input
from lepton_studio.project.records import Labels


class StarsEditor(QLabel):
    edited = Signal(object)
    finished = Signal()
    bulk_wanted = Signal(object)
    shows_text = False
    one_press = True
    takes_letters = False

    def set_labels(self, labels: Labels) -> None:
        pass

    def show_sample(self, input: Input, value: int | None) -> None:
        self.setText("*" * (value or 0))

    def suggest(self, value: int | None) -> None:
        self.setToolTip("*" * (value or 0))

    def keys(self) -> list[tuple[str, str]]:
        return [("1 to 5", "the stars")]

    def needed_height(self, width: int) -> int:
        return 24

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in tuple("12345"):
            self.edited.emit(int(event.text()))
        else:
            event.ignore()
