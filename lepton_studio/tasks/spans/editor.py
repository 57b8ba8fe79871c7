"""The editor of spans: the text, in which passages are marked with the mouse or by keys, and the labels below it.

Try it: `python -m lepton_studio.tasks.spans.editor`.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.editing import BulkEdit
from lepton_studio.contract.span_values import Span, in_order, marked
from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.layouts import column
from lepton_studio.widgets.marked_text.by_identity import ByIdentity
from lepton_studio.widgets.marked_text.finding import BESIDE, Wanted
from lepton_studio.widgets.marked_text.span_board import SpanBoard
from lepton_studio.widgets.marked_text.span_editing import Marked, Stretch, Stretches
from lepton_studio.widgets.marked_text.span_keys import span_keys


class SpansEditor(EditorWidget):
    """See `lepton_studio.contract.editing.Editor`. The board does the marking; this makes values of it."""

    accessible_role = QAccessible.Role.Document

    shows_text = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[int, str] = {}
        self._spans: ByIdentity[Stretch, Span] = ByIdentity(lambda one: Span(one.start, one.end, one.label))
        self.board = SpanBoard()
        self._suggested = Spans()
        self.board.edited.connect(self._take)
        self.board.refused.connect(self._take_refusal)
        self.board.everywhere_wanted.connect(self._ask_everywhere)
        self.setLayout(column(self.board))
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def takes_letters(self) -> bool:
        """Whether typed letters narrow the labels."""
        return self.board.picker.is_many

    def set_labels(self, labels: Labels) -> None:
        """The labels that spans may have."""
        ordered = sorted(labels, key=lambda one: one.position)
        self._names = {one.id: one.name for one in ordered}
        self.board.set_labels([LabelChoice(one.id, one.name, one.color, one.key, one.description) for one in ordered])

    def show_sample(self, input: Input, value: Spans | None) -> None:
        """Show another sample, or the same after its spans were changed elsewhere; then the cursor stays."""
        self.board.show_text(input.text, marked(value.spans) if value is not None else ())

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint what was searched for."""
        self.board.view.mark_searched(words)

    def suggest(self, value: Spans | None) -> None:
        """Draw what is suggested, dashed."""
        self._suggested = value or Spans()
        self.board.suggest(marked(self._suggested.spans))

    def keys(self) -> list[tuple[str, str]]:
        """The keys beside those of the labels."""
        return span_keys()

    def needed_height(self, width: int) -> int:
        """The height of the whole text with the labels."""
        return self.board.needed_height(width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.board.take_key(event))

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab steps through spans; where there are none it goes on to the next widget, as Ctrl+Tab always does.
        return False if self.board.spans else super().focusNextPrevChild(next)

    def _take(self, spans: Stretches) -> None:
        self.edited.emit(Spans(self._spans.of(spans)))  # stretches are in the order of spans, each once

    def _take_refusal(self, refused: frozenset[Marked]) -> None:
        left = (one for one in self._suggested.spans if (one.start, one.end, one.label) not in refused)
        self.refused.emit(Spans(tuple(left)))

    def _ask_everywhere(self, wanted: Wanted, label: int) -> None:
        self.bulk_wanted.emit(mark_everywhere(wanted, label=label, name=self._names[label]))


def mark_everywhere(wanted: Wanted, *, label: int, name: str) -> BulkEdit[Spans]:
    """Mark every place of every sample that is equal to what is wanted."""

    def change(input: Input, value: Spans | None) -> Spans | None:
        places = wanted.places(input.text, seconds=BESIDE)
        before = value.spans if value is not None else ()
        after = Spans(in_order((*before, *(Span(start, end, label) for start, end in places))))
        return after if places and after != value else None

    return BulkEdit(tr("Mark “{words}” as {label}", words=wanted.words, label=name), change, wanted.search())


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.project.records import Label
    from lepton_studio.widgets.color import label_color
    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    editor = SpansEditor()
    names = ("person", "company", "place", "date")
    editor.set_labels(tuple(Label(i, name, label_color(i), str(i + 1), "", i) for i, name in enumerate(names)))
    text = "Ada Lopez of Northwind Ltd wrote from Lisbon on 3 May. Northwind Ltd answered her on Friday."
    editor.show_sample(Input(text), Spans((Span(0, 9, 0),)))
    editor.suggest(Spans((Span(13, 26, 1), Span(38, 44, 2))))
    editor.resize(900, 500)
    editor.show()
    editor.setFocus()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
