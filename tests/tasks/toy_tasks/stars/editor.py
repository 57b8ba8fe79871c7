"""The editor of the toy task: a line that shows the stars, and the keys 1 to 5."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel

from lepton_studio.project.records import Labels


class StarsEditor(QLabel):
    edited = Signal(object)
    takes_letters = False

    def set_labels(self, labels: Labels) -> None:
        pass

    def show_value(self, value: int | None) -> None:
        self.setText("*" * (value or 0))

    def suggest(self, value: int | None) -> None:
        self.setToolTip("*" * (value or 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in tuple("12345"):
            self.edited.emit(int(event.text()))
        else:
            event.ignore()
