"""The editor of conversations: the turns as bubbles, the next reply below them.

Try it: `python -m lepton_studio.tasks.dialogue.editor`.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import Input
from lepton_studio.tasks.dialogue.retrieval import Answered
from lepton_studio.tasks.turns import parse_turns, reply_role
from lepton_studio.tasks.written import Written
from lepton_studio.widgets.bubbles import Bubble, Bubbles
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION
from lepton_studio.widgets.writing_pane import WritingPane

_MOST_SHOWN = 400
"""Characters of the reply to a similar conversation."""


class ReplyEditor(QWidget):
    """See `lepton_studio.tasks.editing.Editor`; it has `flush()` and `set_answered()` too."""

    edited = Signal(object)
    finished = Signal()

    shows_text = True
    one_press = False
    takes_letters = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._input: Input | None = None
        self._value: Written | None = None
        self._answered = Answered()
        self._reply = ""
        self.turns = Bubbles()
        self.pane = WritingPane(tr("The next reply"))
        self.pane.written.connect(self._write)
        self.pane.done.connect(self.finished)
        self._similar_head = words(tr("Reply to the most similar conversation"), size=CAPTION, muted=True)
        self.similar = words("", wrap=True)
        self.use_similar = button(tr("Use it"), role="quiet", tip=tr("Put this reply in place of yours"))
        self.use_similar.clicked.connect(lambda: self.pane.field.write(self._reply))
        self._nearest = QWidget()
        self._nearest.setLayout(
            column(row(self._similar_head, None, self.use_similar), self.similar, gap=4, margins=(0, 0, 0, 0))
        )
        self._nearest.hide()
        card = QFrame()
        card.setProperty("role", "card")
        card.setLayout(column(self.turns, margins=(16, 12, 8, 12)))
        layout = column(card, self.pane, self._nearest, gap=12)
        layout.setStretch(0, 3)
        layout.setStretch(1, 2)
        self.setLayout(layout)
        self.setFocusProxy(self.pane)

    def set_labels(self, labels: Labels) -> None:
        """Nothing: a reply has no labels."""

    @staticmethod
    def index_answered(pairs: Iterable[tuple[Input, Written]]) -> Answered:
        """What `set_answered` takes, of the conversations that have a reply. Beside the window: it takes a while."""
        return Answered((input.text, value.text) for input, value in pairs)

    def set_answered(self, answered: Answered) -> None:
        """The conversations of the project that have a reply: the most similar one is shown beside each sample."""
        self._answered = answered
        self._show_nearest()

    def show_sample(self, input: Input, value: Written | None) -> None:
        """Show another sample. What is being typed into the same one is left alone."""
        if (input, value) == (self._input, self._value):
            return
        if self._input != input:
            self._keep()
            turns = parse_turns(input)
            answering = reply_role(turns)
            self.turns.show_turns([Bubble(one.role, one.content, one.role == answering) for one in turns])
        self._input, self._value = input, value
        self.pane.show_text(value.text if value is not None else "")
        self._show_nearest()

    def suggest(self, value: Written | None) -> None:
        """Show what a model would reply beside what is written."""
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
        return 480

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A letter that the page offers, while the field has not the focus.
        if not self.pane.take_letter(event):
            event.ignore()

    def _write(self, text: str) -> None:
        others = self._value.others if self._value is not None else ()
        self._value = Written(text, others) if text.strip() else None
        self.edited.emit(self._value)

    def _keep(self) -> None:
        """The reply to the sample that is left is one to learn from."""
        if self._input is not None and self._value is not None:
            self._answered.add(self._input.text, self._value.text)

    def _show_nearest(self) -> None:
        own = self._value.text if self._value is not None else None
        found = self._answered.nearest(self._input.text, but=own) if self._input is not None else None
        self._nearest.setVisible(found is not None)
        if found is not None:
            text, self._reply = found
            line = " ".join(self._reply.split())
            self.similar.setText(line if len(line) <= _MOST_SHOWN else line[:_MOST_SHOWN] + " …")
            self._nearest.setToolTip(text)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    editor = ReplyEditor()
    answered = [(Input("customer: my card was swallowed"), Written("We will send you a new card today."))]
    editor.set_answered(editor.index_answered(answered))
    editor.show_sample(Input("customer: Hello\nagent: How can I help?\ncustomer: My card is broken."), None)
    editor.suggest(Written("I am sorry to hear that. We will send you a new card."))
    editor.edited.connect(print)
    editor.resize(760, 700)
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
