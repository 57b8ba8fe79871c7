"""The sample that is being labelled: where it is from, its text, its note."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Sample
from lepton_studio.ui.wording import split_name
from lepton_studio.widgets.layouts import column, row, words
from lepton_studio.widgets.sample_view import SampleView
from lepton_studio.widgets.theme import CAPTION


class SampleCard(QFrame):
    """Emits `noted(text)` when a note was written, `left` when the note line lets go of the keys."""

    noted = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.view = SampleView()
        self._where = words("", size=CAPTION, muted=True)
        self._marks = words("", size=CAPTION, bold=True)
        self._marks.setProperty("tone", "warn")
        self._fields = words("", size=CAPTION, muted=True)
        self.note = QLineEdit()
        self.note.setPlaceholderText(tr("A note on this sample, then Enter"))
        self.note.setAccessibleName(tr("Note"))
        self.note.installEventFilter(self)
        self.note.hide()
        self.setLayout(
            column(
                row(self._where, self._fields, None, self._marks, gap=16),
                self.view,
                self.note,
                gap=12,
                margins=(24, 16, 16, 16),
            )
        )

    def show_sample(self, sample: Sample, *, search: str) -> None:
        """Show a sample from the beginning of its text, with the words of the search marked."""
        self._where.setText(tr("Sample {id} · {split}", id=sample.id, split=split_name(sample.split)))
        fields = [f"{name}: {value}" for name, value in sample.fields.items() if value][:3]
        self._fields.setText("   ".join(part if len(part) <= 40 else part[:39] + "…" for part in fields))
        marks = [tr("flagged")] if sample.flagged else []
        marks += [tr("skipped")] if sample.skipped else []
        self._marks.setText(" · ".join(marks))
        if sample.text != self.view.text:
            self.view.set_text(sample.text)
        self.view.set_marks(search.split())
        if not self.note.hasFocus():
            self.note.setText(sample.note)
            self.note.setVisible(bool(sample.note))

    def needed_height(self) -> int:
        """The height that shows the whole text."""
        return self.view.content_height() + (120 if self.note.isVisibleTo(self) else 80)

    def edit_note(self) -> None:
        """Open the note for writing."""
        self.note.show()
        self.note.setFocus()
        self.note.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.note and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._end(keep=True)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._end(keep=False)
                return True
        return super().eventFilter(watched, event)

    def _end(self, *, keep: bool) -> None:
        text = self.note.text().strip()
        self.left.emit()  # the page takes the keys before the note is saved, so that the sample shown is fresh
        if keep:
            self.noted.emit(text)
        self.note.setVisible(bool(text) and keep)
