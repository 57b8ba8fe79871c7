"""The sample that is being labelled: where it is from, its text, its note."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from lepton_studio.contract.task import Input
from lepton_studio.contract.turns import parse_turns
from lepton_studio.language import tr
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.records import Sample, SampleId
from lepton_studio.widgets.bubbles import Bubble, Bubbles
from lepton_studio.widgets.layouts import column, line, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.sample_view import SampleView
from lepton_studio.widgets.theme import CAPTION
from lepton_studio.widgets.viewer_widget import ViewerWidget
from lepton_studio.words import shortened, split_name

_REST = 600
"""Milliseconds without a key after which a note is kept."""
_FIELDS = 3
_LONGEST_FIELD = 40
_CONTEXT = "context"
"""The field with what was said before, where the text is a turn of a conversation."""
_TURNS, _CONTEXT_HEIGHT = 8, 132


class SampleCard(QFrame):
    """Emits `noted(sample id, text)` a moment after a note was typed, or at `flush_note`; `left` when the note line
    lets go of the keys.

    `head_only`: an editor shows the text, and the fields `reads`; here is only what stands above it. `viewer`: shows
    what is read beside the text, above it.
    """

    noted = Signal(int, str)
    left = Signal()

    def __init__(
        self,
        *,
        head_only: bool,
        reads: Collection[str] = (),
        viewer: ViewerWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.viewer = viewer
        self._head_only = head_only
        self._reads = frozenset(reads)
        self.view = SampleView()
        self.second = SampleView()
        self.second.setAccessibleName(tr("Second text"))
        self._second = QWidget()
        self._second.setLayout(column(line(), self.second, gap=12))
        self._second.hide()
        self.context = Bubbles(most=_CONTEXT_HEIGHT)
        self.context.setAccessibleName(tr("Earlier in the conversation"))
        self.context.hide()
        self._where = words("", size=CAPTION, muted=True)
        self._why = words("", size=CAPTION, muted=True)
        self._marks = words("", size=CAPTION, bold=True)
        self._marks.setProperty("tone", "warn")
        self._fields = words("", size=CAPTION, muted=True)
        self._fields.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # what is too long is cut
        self.note = QLineEdit()
        self.note.setPlaceholderText(tr("Note on this sample, saved as you type"))
        self.note.setAccessibleName(tr("Note"))
        self.note.installEventFilter(self)
        self.note.textEdited.connect(self._take_note)
        self._is_typed = False
        self.note.editingFinished.connect(self.flush_note)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REST)
        self._later.timeout.connect(self.flush_note)
        self._sample: SampleId | None = None
        self.note.hide()
        head = row(self._where, self._fields, self._why, self._marks, gap=16)
        head.setStretch(1, 1)
        if head_only:
            for part in (self.view, self._second):
                part.setParent(self)  # else it would be a window of its own
                part.hide()
            self.setLayout(column(head, self.note, self.context, gap=8))
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        else:
            self.setProperty("role", "card")
            texts = column(self.view, self._second, gap=12)
            texts.setStretch(0, 1)
            texts.setStretch(1, 1)
            if viewer is not None:
                texts.insertWidget(0, viewer, 3)
            layout = column(head, self.context, texts, self.note, gap=12, margins=(24, 16, 16, 16))
            layout.setStretch(2, 1)
            self.setLayout(layout)

    def show_sample(self, sample: Sample, given: Input, *, search: str, why: str = "") -> None:
        """Show a sample from the beginning of its text, with the words of the search marked. `given`: what is read of
        it. `why`: why it is this one that is asked for."""
        self._where.setText(tr("Sample {id} · {split}", id=sample.id, split=split_name(sample.split)))
        self._show_context(sample.fields.get(_CONTEXT, ""))
        told = {name: " ".join(value.split()) for name, value in sample.fields.items() if self._tells(name)}
        fields = [f"{name}: {value}" for name, value in told.items()]
        self._fields.setText("   ".join(shortened(part, _LONGEST_FIELD) for part in fields[:_FIELDS]))
        set_tool_tip(self._fields, "\n".join(fields))
        self._why.setText(why)
        marks = [tr("flagged")] if sample.flagged else []
        marks += [tr("skipped")] if sample.skipped else []
        self._marks.setText(" · ".join(marks))
        self._marks.setVisible(bool(marks))
        if not self._head_only:
            self._show_texts(sample, found=search.split())
            if self.viewer is not None:
                self.viewer.show_input(given)
                self.view.setVisible(bool(sample.text))
        self._show_note(sample)

    def needed_height(self) -> int:
        """The height that shows the whole text."""
        second = self.second.content_height() + 25 if self._second.isVisibleTo(self) else 0
        before = self.context.height() + 12 if self.context.isVisibleTo(self) else 0
        return self.view.content_height() + second + before + (120 if self.note.isVisibleTo(self) else 80)

    def scroll_by_key(self, event: QKeyEvent) -> bool:
        """Scroll the text, and the second one with it; False where an editor shows them, and for other keys."""
        if self._head_only:
            return False
        self.second.scroll_by_key(event)
        return self.view.scroll_by_key(event)

    def flush_note(self) -> None:
        """Emit now what was typed."""
        if self._is_typed and self._sample is not None:
            self._is_typed = False
            self._later.stop()
            self.noted.emit(self._sample, self.note.text().strip())

    def edit_note(self) -> None:
        """Open the note for writing."""
        self.note.show()
        self.note.setFocus()
        self.note.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = watched is self.note and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if pressed and cast(QKeyEvent, event).key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self._end()
            return True
        return super().eventFilter(watched, event)

    def _show_context(self, before: str) -> None:
        """The last turns before the text, scrolled to the newest."""
        turns = parse_turns(Input(before))[-_TURNS:] if before else ()
        self.context.show_turns([Bubble(one.role, one.content, False) for one in turns])
        self.context.setVisible(bool(turns))

    def _show_texts(self, sample: Sample, *, found: list[str]) -> None:
        second = sample.fields.get(SECOND_TEXT, "") if SECOND_TEXT in self._reads else ""
        self._second.setVisible(bool(second))
        for view, text in ((self.view, sample.text), (self.second, second)):
            if text != view.text:
                view.set_text(text)
            view.set_marks(found)

    def _tells(self, name: str) -> bool:
        """Whether a field stands in the head: those that the task reads are shown in full elsewhere."""
        return name not in self._reads and name != _CONTEXT

    def _take_note(self) -> None:
        self._is_typed = True
        self._later.start()

    def _show_note(self, sample: Sample) -> None:
        if sample.id != self._sample:
            self.flush_note()
            had_keys, self._sample = self.note.hasFocus(), sample.id
            self.note.setText(sample.note)
            self.note.setVisible(bool(sample.note))
            if had_keys:
                self.left.emit()
        elif not self.note.hasFocus() and not self._is_typed:
            self.note.setText(sample.note)
            self.note.setVisible(bool(sample.note))

    def _end(self) -> None:
        self.flush_note()
        self.left.emit()
        self.note.setVisible(bool(self.note.text().strip()))
