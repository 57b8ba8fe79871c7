"""The editor of conversations: the turns as bubbles, the next reply below them.

Try it: `python -m lepton_studio.tasks.dialogue.editor`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.retrieval import Answered
from lepton_studio.contract.task import Input
from lepton_studio.contract.turns import parse_turns, reply_role
from lepton_studio.contract.written import Written, rewritten, text_of
from lepton_studio.language import tr
from lepton_studio.widgets.bubbles import Bubble, Bubbles
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import CAPTION
from lepton_studio.widgets.writing_editor import CONTROL_SHIFT, WritingEditor
from lepton_studio.words import on_one_line

_MOST_SHOWN = 400
"""Characters of the reply to a similar conversation."""


class ReplyEditor(WritingEditor):
    """See `lepton_studio.contract.editing.Editor`; it is one of those that compare."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._answered: Answered | None = None
        self._reply = ""
        self.similar = words("", wrap=True)
        self.use_similar = button(tr("Use it"), role="quiet", tip=tr("Replace your reply with this one"))
        self._nearest = QWidget()
        head = words(tr("Reply to the most similar conversation"), size=CAPTION, muted=True)
        self._nearest.setLayout(column(row(head, None, self.use_similar), self.similar, gap=4))
        self._nearest.hide()
        turns = Bubbles()
        super().__init__(
            turns,
            title=tr("The next reply"),
            text_of=text_of,
            rewritten=rewritten,
            below=self._nearest,
            parent=parent,
        )
        self.turns = turns
        self.use_similar.clicked.connect(self._use_similar)

    @property
    def comparing(self) -> ReplyEditor:
        return self

    @staticmethod
    def index_answered(pairs: Iterable[tuple[Input, Written]]) -> Answered:
        """What `set_answered` takes, of the conversations that have a reply. Beside the window: it takes a while."""
        return Answered((input.text, value.text) for input, value in pairs)

    def set_answered(self, answered: Answered) -> None:
        """The conversations of the project that have a reply: the most similar one is shown beside each sample."""
        self._answered = answered
        self._show_nearest()

    def keep_answered(self, pairs: Iterable[tuple[Input, Written | None]]) -> None:
        """Some of them have another reply now, or none any more."""
        if self._answered is None:
            return
        is_news = False
        for input, value in pairs:
            self._answered.add(input.text, None if value is None else value.text)
            is_news = is_news or value is None or input != self._input
        if is_news:  # what is being written here is none
            self._show_nearest()

    def show_source(self, input: Input) -> None:
        turns = parse_turns(input)
        answering = reply_role(turns)
        self.turns.show_turns([Bubble(one.role, one.content, one.role == answering) for one in turns])

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint what the person searches for."""
        self.turns.mark_searched(words)

    def show_sample(self, input: Input, value: Written | None) -> None:
        """Show another sample. What is being typed into the same one is left alone."""
        super().show_sample(input, value)
        self._show_nearest()

    def keys(self) -> list[tuple[str, str]]:
        *others, scroll = super().keys()
        return [*others, ("Ctrl+Shift+S", tr("Use the reply to the most similar conversation")), scroll]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_S and event.modifiers() == CONTROL_SHIFT and not self._nearest.isHidden():
            self._use_similar()
        else:
            super().keyPressEvent(event)

    def _use_similar(self) -> None:
        self.pane.take_text(self._reply)

    def _show_nearest(self) -> None:
        found = None
        if self._answered is not None and self._input is not None:
            own = self._value.text if self._value is not None else None
            found = self._answered.nearest(self._input.text, but=own)
        self._nearest.setVisible(found is not None)
        if found is not None:
            text, self._reply = found
            self.similar.setText(on_one_line(self._reply, _MOST_SHOWN))
            set_tool_tip(self._nearest, text)


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
