"""A line that shows the rating, and the keys 1 to 5."""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent

from lepton_studio.contract.task import Input
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.layouts import column
from lepton_studio.widgets.plain_text import PlainLabel


class StarsEditor(EditorWidget):
    one_press = True

    def __init__(self) -> None:
        super().__init__()
        self.line = PlainLabel()
        self.setLayout(column(self.line))

    def show_sample(self, input: Input, value: int | None) -> None:
        self.line.setText("*" * (value or 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in tuple("12345"):
            self.edited.emit(int(event.text()))
        else:
            event.ignore()
