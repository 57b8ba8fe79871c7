"""Answers are marked by keys alone, question after question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.contract.task import Input
from lepton_studio.project.marks import QUESTION
from lepton_studio.tasks.question_answering.annotation import Answer, Answers, Question
from lepton_studio.tasks.question_answering.editor import AnswersEditor

TEXT = "🙂 Ada wrote from مدينة فاس on 3 May."
INPUT = Input(TEXT, {QUESTION: "Who?\nFrom where?\nWhy?"})
SHIFT = Qt.KeyboardModifier.ShiftModifier


def at(words: str) -> Answer:
    start = TEXT.index(words)
    return Answer(start, start + len(words), words)


@pytest.fixture
def editor() -> Iterator[AnswersEditor]:
    app = QApplication.instance() or QApplication([])
    made = AnswersEditor()
    made.resize(700, 400)
    made.show()
    made.activateWindow()
    app.processEvents()
    made.setFocus()
    yield made
    made.close()
    made.deleteLater()


def press(editor: AnswersEditor, *keys: Qt.Key, shift: bool = False) -> None:
    for key in keys:
        QTest.keyClick(editor, key, SHIFT if shift else Qt.KeyboardModifier.NoModifier)


def test_a_sample_is_done_without_the_mouse(editor: AnswersEditor) -> None:
    seen: list[Answers | None] = []
    editor.edited.connect(seen.append)
    editor.show_sample(INPUT, None)
    editor.suggest(Answers((Question("From where?", (at("مدينة"),)), Question("Why?", impossible=True))))
    press(editor, Qt.Key.Key_Right, Qt.Key.Key_1)  # from the emoji to the name
    assert seen[-1] == Answers((Question("Who?", (at("Ada"),)), Question("From where?"), Question("Why?")))
    press(editor, *[Qt.Key.Key_Right] * 3)
    press(editor, Qt.Key.Key_Right, shift=True)
    press(editor, Qt.Key.Key_2)  # the number on the question's badge
    assert editor.asked.current == 1
    assert seen[-1] is not None and seen[-1].questions[1].answers == (at("مدينة فاس"),)
    press(editor, Qt.Key.Key_Return, Qt.Key.Key_Return)  # to the open question, and what is suggested for it
    assert seen[-1] == Answers(
        (
            Question("Who?", (at("Ada"),)),
            Question("From where?", (at("مدينة فاس"),)),
            Question("Why?", impossible=True),
        )
    )
    count = len(seen)
    press(editor, Qt.Key.Key_Return)  # nothing is open: this one is the page's
    assert len(seen) == count


def test_what_was_marked_by_mistake_is_taken_back(editor: AnswersEditor) -> None:
    seen: list[Answers | None] = []
    editor.edited.connect(seen.append)
    editor.show_sample(INPUT, None)
    press(editor, Qt.Key.Key_1, Qt.Key.Key_1)  # the same again unmarks it
    assert seen[-1] is None  # nothing was decided, and the questions are those of the file
    press(editor, Qt.Key.Key_0, Qt.Key.Key_Backspace)
    assert seen[-1] is None


def test_questions_are_asked_edited_and_removed(editor: AnswersEditor) -> None:
    seen: list[Answers | None] = []
    editor.edited.connect(seen.append)
    editor.show_sample(Input(TEXT), None)
    press(editor, Qt.Key.Key_Q)
    QTest.keyClicks(editor.line, "When? ")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    press(editor, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_1, Qt.Key.Key_E)
    QTest.keyClicks(editor.line, "Which month?")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert seen[-1] == Answers((Question("Which month?", (at("May"),)),))
    press(editor, Qt.Key.Key_Minus)
    assert seen[-1] is None
