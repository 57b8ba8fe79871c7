"""The editor of question answering: the text, in which answers are marked, and the questions below it.

Try it: `python -m lepton_studio.tasks.question_answering.editor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.tasks.question_answering.annotation import Answer, Answers, Question
from lepton_studio.tasks.question_answering.asked import Asked, implied, in_words, suggested_for
from lepton_studio.widgets.color import label_color
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.layouts import button, column, row
from lepton_studio.widgets.line_field import LineField
from lepton_studio.widgets.marked_text import MarkedText, TextMark
from lepton_studio.widgets.question_list import QuestionLine, QuestionList

_DIGITS = 9
"""The badges of so many questions are keys."""
_ANSWERS = 1000
"""Marks are numbered by question and answer: more answers than this has no question."""


class AnswersEditor(EditorWidget):
    """See `lepton_studio.contract.editing.Editor`."""

    accessible_role = QAccessible.Role.Document

    shows_text = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._input = Input("")
        self._suggestion: Answers | None = None
        self.asked = Asked()
        self.view = MarkedText()
        self.view.mark_clicked.connect(lambda mark: self._go_to((abs(mark) - 1) // _ANSWERS))
        self.list = QuestionList()
        self.list.chosen.connect(self._go_to)
        self.line = LineField()
        self.line.setPlaceholderText(tr("Question about this text (Enter to save, Esc to cancel)"))
        self.line.setAccessibleName(tr("Question"))
        self.line.taken.connect(self._take_line)
        self.line.left.connect(self._leave_line)
        self.line.hide()
        self._is_new = True
        card = QFrame()
        card.setProperty("role", "card")
        card.setLayout(column(self.view, margins=(24, 16, 16, 16)))
        acts = (
            ("", self._mark),
            (tr("No answer  0"), self._say_none),
            (tr("New question  Q"), self._ask_new),
            (tr("Edit question  E"), self._ask_again),
            (tr("Remove question  -"), self._remove),
        )
        buttons = []
        for title, act in acts:
            made = button(title, role="link")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(act)
            buttons.append(made)
        self._mark_button = buttons[0]
        layout = column(card, self.list, self.line, row(*buttons, None, gap=12), gap=8)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._show()

    def show_sample(self, input: Input, value: Answers | None) -> None:
        """Show another sample, or the same after its value was changed elsewhere: then cursor and question stay."""
        same = input == self._input
        before = self.asked.current
        self._input = input
        if not same:
            self._leave_line()
            self.view.set_text(input.text)
            self._suggestion = None
        self.asked = Asked.of(input, value)
        if same and self.asked.questions and before >= 0:
            self.asked = self.asked.at(before)
        self._show()

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint what was searched for."""
        self.view.mark_searched(words)

    def suggest(self, value: Answers | None) -> None:
        """Show what a model would answer to the open questions, dashed in the text."""
        self._suggestion = value
        self._show()

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this editor."""
        return [
            (tr("1 to 9"), tr("mark the selection as the answer to that question, or unmark it")),
            ("M", tr("the same for the current question")),
            ("0", tr("mark that the text has no answer")),
            ("Tab", tr("next question; Shift+Tab: previous question")),
            ("Enter", tr("accept the suggestion and go to the next unanswered question")),
            ("Shift+Right", tr("extend the selection")),
            ("Q", tr("add a question")),
            ("E", tr("edit the question")),
            ("-", tr("remove the question")),
            ("Backspace", tr("remove the question's last answer")),
            ("Ctrl+T", tr("move by character or by word")),
        ]

    def needed_height(self, width: int) -> int:
        """The height of everything."""
        return self.view.needed_height(width - 42) + self.list.height_at(width) + 100

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self._take_key(event))

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab goes through the questions; with fewer than two it goes on to the next widget.
        return False if len(self.asked.questions) > 1 else super().focusNextPrevChild(next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # ------------------------------------------------------------------------------------------------------ keys

    def _take_key(self, event: QKeyEvent) -> bool:
        key, typed = event.key(), event.text().casefold()
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_T and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.view.set_by_character(not self.view.by_character)
            return True
        if modifiers:
            return self.view.take_key(event)
        acts = {"m": self._mark, "0": self._say_none, "q": self._ask_new, "e": self._ask_again, "-": self._remove}
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and len(self.asked.questions) > 1:
            back = key == Qt.Key.Key_Backtab or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._go_to((self.asked.current + (-1 if back else 1)) % len(self.asked.questions))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._accept()
        elif key == Qt.Key.Key_Backspace:
            return self._unmark()
        elif typed in acts:
            acts[typed]()
        elif typed.isdecimal() and int(typed) <= max(1, len(self.asked.questions)):
            self.asked = self.asked.at(int(typed) - 1)
            self._mark()
        else:
            return self.view.take_key(event)
        return True

    def _mark(self) -> None:
        start, end = self.view.selection
        if start < end:
            self._set(self.asked.mark(Answer(start, end, self._input.text[start:end])))

    def _unmark(self) -> bool:
        question = self.asked.question
        if question is None or question.is_open:
            return False
        self._set(self.asked.unmark())
        return True

    def _say_none(self) -> None:
        self._set(self.asked.no_answer())

    def _accept(self) -> bool:
        """Take the suggestion for the question, or go on to the next open one; False where the sample is done."""
        question = self.asked.question
        if question is None:
            return False
        suggested = suggested_for(question, self._suggestion)
        if suggested is not None:
            taken = replace(question, answers=suggested.answers, impossible=suggested.impossible)
            self._set(self.asked.change(taken).at_open())
            return True
        following = self.asked.at(self.asked.current + 1).at_open()
        if following.current == self.asked.current or not following.questions[following.current].is_open:
            return False
        self._go_to(following.current)
        return True

    def _remove(self) -> None:
        if self.asked.question is not None:
            self._set(self.asked.remove())

    # ------------------------------------------------------------------------------------------------ the line

    def _ask_new(self) -> None:
        self._open_line("", is_new=True)

    def _ask_again(self) -> None:
        question = self.asked.question
        self._open_line(question.question if question is not None else "", is_new=question is None)

    def _open_line(self, text: str, *, is_new: bool) -> None:
        self._is_new = is_new
        self.line.setText(text)
        self.line.show()
        self.line.setFocus()
        self.line.selectAll()

    def _take_line(self, text: str) -> None:
        self._leave_line()
        if text.strip():
            self._set(self.asked.add(text.strip()) if self._is_new else self.asked.reword(text.strip()))

    def _leave_line(self) -> None:
        had_focus = self.line.hasFocus()
        self.line.hide()
        if had_focus:
            self.setFocus()

    # -------------------------------------------------------------------------------------------------- showing

    def _set(self, asked: Asked) -> None:
        changed = asked.questions != self.asked.questions
        self.asked = asked
        self._show()
        if changed:
            self.edited.emit(asked.value(self._input))

    def _go_to(self, place: int) -> None:
        self.asked = self.asked.at(place)
        self._show()
        question = self.asked.question
        if question is not None:
            shown = suggested_for(question, self._suggestion) or question
            if shown.answers:
                self.view.reveal(shown.answers[0].start, shown.answers[0].end)

    def _show(self) -> None:
        lines, marks = [], []
        for place, question in enumerate(self.asked.questions):
            color = label_color(place)
            suggested = suggested_for(question, self._suggestion)
            said = in_words(question)
            if suggested is not None:
                said = tr("suggested: {answer}", answer=in_words(suggested))
            lines.append(QuestionLine(question.question, said, color, is_open=question.is_open))
            sign, shown = (1, question) if suggested is None else (-1, suggested)
            for number, answer in enumerate(shown.answers):
                mark = TextMark(
                    answer.start, answer.end, color, str(place + 1), id=sign * (1 + place * _ANSWERS + number)
                )
                marks.append(mark if sign > 0 else replace(mark, kind="suggested"))
        if not lines:
            lines.append(QuestionLine(implied().question, "", label_color(0), is_open=True))
        self.view.set_marks(marks)
        place = max(0, self.asked.current) + 1
        self._mark_button.setText(tr("Mark as answer  {key}", key=place if place <= _DIGITS else "M"))
        here = self.asked.current * _ANSWERS + 1
        self.view.set_selected(next((one.id for one in marks if abs(one.id) == here), None))
        self.list.show_lines(lines, current=max(0, self.asked.current))
        self._fit()

    def _fit(self) -> None:
        needed = self.list.height_at(max(200, self.width()))
        self.list.setFixedHeight(max(48, min(needed, round(self.height() * 0.4))))


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.project.marks import QUESTION
    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    editor = AnswersEditor()
    text = "Ada Lopez of Northwind Ltd wrote from Lisbon on 3 May. Northwind Ltd answered her on Friday."
    editor.show_sample(Input(text, {QUESTION: "Who wrote?\nFrom where?\nWhy?"}), None)
    editor.suggest(Answers((Question("From where?", (Answer(38, 44, "Lisbon"),)), Question("Why?", impossible=True))))
    editor.resize(900, 500)
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
