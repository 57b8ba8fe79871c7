"""The editors in which a text is written: nothing typed is lost, nothing given is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QBoxLayout

from lepton_studio.contract.task import Input
from lepton_studio.contract.written import Written
from lepton_studio.tasks.dialogue.editor import ReplyEditor
from lepton_studio.tasks.text_to_text.editor import TextEditor
from lepton_studio.widgets.color import colors

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
FIRST, SECOND = Input("customer: my card is lost"), Input("customer: my bank card got lost again")


@pytest.fixture(params=[TextEditor, ReplyEditor])
def editor(request: pytest.FixtureRequest) -> Iterator[Any]:
    QApplication.instance() or QApplication([])
    made = request.param()
    made.resize(900, 700)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def emitted_by(editor: Any) -> list[Written | None]:
    found: list[Written | None] = []
    editor.edited.connect(found.append)
    return found


def test_what_is_being_typed_stays_when_the_page_shows_the_same_sample_again(editor: Any) -> None:
    found = emitted_by(editor)
    editor.show_sample(FIRST, Written("old", ("other",)))
    QTest.keyClicks(editor.pane.field, "x")
    editor.show_sample(FIRST, Written("old", ("other",)))
    editor.flush()
    assert found == [Written("oldx", ("other",))], "who writes goes on at the end"
    editor.flush()
    assert len(found) == 1


def test_a_text_taken_out_is_no_annotation(editor: Any) -> None:
    found = emitted_by(editor)
    editor.show_sample(FIRST, Written("x"))
    QTest.keyClick(editor.pane.field, Qt.Key.Key_Backspace)
    editor.flush()
    assert found == [None]


def test_ctrl_enter_saves_and_is_done_and_enter_is_a_new_line(editor: Any) -> None:
    found, done = emitted_by(editor), []
    editor.finished.connect(lambda: done.append(found[-1]))
    editor.show_sample(FIRST, None)
    QTest.keyClicks(editor.pane.field, "a")
    QTest.keyClick(editor.pane.field, Qt.Key.Key_Return)
    QTest.keyClicks(editor.pane.field, "b")
    QTest.keyClick(editor.pane.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert done == [Written("a\nb")]


def test_a_suggestion_is_compared_and_taken_with_a_click(editor: Any) -> None:
    found = emitted_by(editor)
    editor.show_sample(FIRST, Written("We are sorry."))
    editor.suggest(Written("We are very sorry."))
    assert [piece.text for piece in editor.pane.difference.shown if piece.kind == "added"] == ["very "]
    editor.pane.take.click()
    assert found == [Written("We are very sorry.")]
    assert not editor.pane.take.isVisible()
    editor.suggest(None)
    assert not editor.pane.difference.isVisible()


def test_a_suggestion_is_taken_by_key_and_changed_there(editor: Any) -> None:
    found = emitted_by(editor)
    editor.show_sample(FIRST, None)
    editor.suggest(Written("We are sorry."))
    editor.pane.field.setFocus()
    QTest.keyClick(editor.pane.field, Qt.Key.Key_Return, CONTROL_SHIFT)
    QTest.keyClicks(editor.pane.field, "!")
    editor.flush()
    assert found == [Written("We are sorry."), Written("We are sorry.!")]
    editor.pane.field.undo()
    editor.pane.field.undo()
    assert editor.pane.field.text == ""


def test_a_long_source_is_scrolled_without_leaving_the_text(editor: Any) -> None:
    editor.show_sample(Input("\n".join(f"customer: line {n}" for n in range(200))), None)
    bar = (editor.source if isinstance(editor, TextEditor) else editor.turns).verticalScrollBar()
    while not bar.maximum():
        QApplication.processEvents()
    bar.setValue(0)
    for key, moved in ((Qt.Key.Key_PageDown, True), (Qt.Key.Key_PageUp, False)):
        QTest.keyClick(editor.pane.field, key, Qt.KeyboardModifier.AltModifier)
        assert (bar.value() > 0) == moved
    assert editor.pane.field.text == ""


def test_the_words_that_a_person_searches_for_are_tinted_in_the_source(editor: Any) -> None:
    def tinted() -> int:
        QApplication.processEvents()
        image, mark = editor.grab().toImage(), colors(editor.palette()).mark.rgb()
        return sum(image.pixel(x, y) == mark for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))

    editor.show_sample(Input("customer: my <b>CARD</b> & my\n  card"), None)
    assert tinted() == 0
    editor.mark_searched(["card"])
    twice = tinted()
    editor.mark_searched(["<b"])
    assert 0 < tinted() < twice
    editor.mark_searched([])
    assert tinted() == 0


def test_in_a_low_panel_five_lines_of_the_text_are_seen(editor: Any) -> None:
    editor.show_sample(FIRST, Written("We are sorry."))
    editor.suggest(Written("We are very sorry."))
    editor.resize(560, 270)
    QApplication.processEvents()
    seen, line = editor.pane.field.viewport().height(), editor.pane.field.fontMetrics().lineSpacing()
    assert editor.minimumSizeHint().height() <= 270 and seen >= 5 * line


def test_a_narrow_window_puts_the_source_above() -> None:
    QApplication.instance() or QApplication([])
    editor = TextEditor()
    editor.show()
    editor.resize(900, 500)
    layout = editor.layout()
    assert isinstance(layout, QBoxLayout) and layout.direction() == QBoxLayout.Direction.LeftToRight
    editor.resize(500, 500)
    assert layout.direction() == QBoxLayout.Direction.TopToBottom
    editor.close()
    editor.deleteLater()


def test_the_reply_to_a_similar_conversation_stands_beside_and_can_be_used() -> None:
    QApplication.instance() or QApplication([])
    editor = ReplyEditor()
    editor.show()
    found = emitted_by(editor)
    editor.set_answered(editor.index_answered(()))
    editor.show_sample(FIRST, None)
    assert not editor.similar.isVisible()
    editor.keep_answered([(FIRST, Written("Blocked."))])
    editor.show_sample(SECOND, None)
    assert editor.similar.isVisible() and editor.similar.text() == "Blocked."
    pairs = [(Input("lost my bank card"), Written("A new card is on its way."))]
    editor.set_answered(editor.index_answered(pairs))
    assert editor.similar.text() == "A new card is on its way."
    QTest.keyClick(editor.pane.field, Qt.Key.Key_S, CONTROL_SHIFT)
    assert found[-1] == Written("A new card is on its way.")
    editor.close()
    editor.deleteLater()
