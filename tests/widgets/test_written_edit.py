"""The field for a text that a person writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.widgets.written_edit import WrittenEdit

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def field() -> Iterator[WrittenEdit]:
    QApplication.instance() or QApplication([])
    made = WrittenEdit()
    made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.mark.parametrize(
    "text", ["a\u00a0b", "a\u2028b", "a\r\nb", "x\u2029y", "e\u0301 👩\u200d🔬", "\ufdd0x", "\x0b\x85", "end \n"]
)
def test_a_text_nobody_changed_is_the_same_to_the_last_character(field: WrittenEdit, text: str) -> None:
    said: list[str] = []
    field.written.connect(said.append)
    field.set_text(text)
    field.flush()
    assert field.text == text and not said


def test_special_characters_survive_a_change_beside_them(field: WrittenEdit) -> None:
    for text in ("a\u00a0b\u2028c", "a\r\nb"):
        field.set_text(text)
        field.moveCursor(field.textCursor().MoveOperation.End)
        QTest.keyClicks(field, "z")
        assert field.text == text + "z"


def test_the_first_letter_is_saved_at_once_and_the_rest_in_a_pause(field: WrittenEdit) -> None:
    said: list[str] = []
    field.written.connect(said.append)
    QTest.keyClicks(field, "a")
    QTest.qWait(0)
    assert said == ["a"]
    QTest.keyClicks(field, "bc")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "d")
    assert said == ["a"]
    done: list[None] = []
    field.done.connect(lambda: done.append(None))
    QTest.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert said == ["a", "abc\nd"] and done == [None]


def test_while_empty_it_leaves_enter_and_space_to_the_page_and_keeps_backspace(field: WrittenEdit) -> None:
    for key, is_left in ((Qt.Key.Key_Return, True), (Qt.Key.Key_Space, True), (Qt.Key.Key_Backspace, False)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.accept()
        QApplication.sendEvent(field, event)
        assert event.isAccepted() != is_left
        QTest.keyClick(field, key)
    assert field.text == ""


def test_a_suggestion_taken_is_one_step_back(field: WrittenEdit) -> None:
    said: list[str] = []
    field.set_text("mine")
    field.written.connect(said.append)
    field.write("theirs")
    field.undo()
    field.flush()
    assert said == ["theirs", "mine"]
