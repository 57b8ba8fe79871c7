"""The editor of texts that become others: the source and what is written for it, side by side.

Try it: `python -m lepton_studio.tasks.text_to_text.editor`.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import Input
from lepton_studio.tasks.written import Written
from lepton_studio.widgets.layouts import column, words
from lepton_studio.widgets.sample_view import SampleView
from lepton_studio.widgets.theme import CAPTION, TITLE
from lepton_studio.widgets.writing_pane import WritingPane

_NARROW = 640
"""Pixels; in less the source stands above what is written."""


class TextEditor(QWidget):
    """See `lepton_studio.tasks.editing.Editor`; it has `flush()` too."""

    edited = Signal(object)
    finished = Signal()

    shows_text = True
    one_press = False
    takes_letters = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._input: Input | None = None
        self._value: Written | None = None
        self.source = SampleView(size=TITLE)
        self.source.setAccessibleName(tr("Source"))
        self.pane = WritingPane(tr("What it becomes"))
        self.pane.written.connect(self._write)
        self.pane.done.connect(self.finished)
        left = QFrame()
        left.setProperty("role", "card")
        left.setLayout(
            column(words(tr("Source"), size=CAPTION, muted=True), self.source, gap=8, margins=(16, 12, 8, 12))
        )
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(16)
        self._layout.addWidget(left, 1)
        self._layout.addWidget(self.pane, 1)
        self.setFocusProxy(self.pane)

    def set_labels(self, labels: Labels) -> None:
        """Nothing: a text has no labels."""

    def show_sample(self, input: Input, value: Written | None) -> None:
        """Show another sample. What is being typed into the same one is left alone."""
        if (input, value) == (self._input, self._value):
            return
        if self._input != input:
            self.source.set_text(input.text)
        self._input, self._value = input, value
        self.pane.show_text(value.text if value is not None else "")

    def suggest(self, value: Written | None) -> None:
        """Show what a model wrote beside what is written."""
        self.pane.suggest(value.text if value is not None else "")

    def flush(self) -> None:
        """Emit now what was typed."""
        self.pane.field.flush()

    def keys(self) -> list[tuple[str, str]]:
        return [
            ("Ctrl+Enter", tr("Done, go to the next sample")),
            ("Enter", tr("Accept the suggestion while nothing is written")),
        ]

    def needed_height(self, width: int) -> int:
        return 400

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A letter that the page offers, while the field has not the focus.
        if not self.pane.take_letter(event):
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self._layout.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _write(self, text: str) -> None:
        others = self._value.others if self._value is not None else ()
        self._value = Written(text, others) if text.strip() else None
        self.edited.emit(self._value)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    editor = TextEditor()
    editor.show_sample(Input("ms hill: kettle broken, new one goes out tue"), None)
    editor.suggest(Written("Dear Ms Hill, we are sorry that your kettle arrived broken."))
    editor.edited.connect(print)
    editor.resize(900, 480)
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
