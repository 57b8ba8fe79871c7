"""Marking spans and linking them without a mouse: what is emitted is what was meant, to the code point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Input
from lepton_studio.project.records import Label, Labels
from lepton_studio.tasks.relations.annotation import Linked
from lepton_studio.tasks.relations.editor import RelationsEditor
from lepton_studio.tasks.spans.annotation import Spans, dump, parse
from lepton_studio.tasks.spans.editor import SpansEditor
from tests.ui.driving import application
from tests.widgets.test_marked_text import texts

KEY, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
TEXT = "Ada Lopez of Northwind Ltd wrote from Lisbon. Northwind Ltd answered; northwind ltd in LISBON did not."


def labels(*names: str, relations: tuple[str, ...] = (), **options: object) -> Labels:
    """Labels with ids from 11 and keys from 1; the options are those of the relations."""
    return tuple(
        Label(
            11 + place,
            name,
            "#0072b2",
            str(place + 1) if place < 9 else "",
            "",
            place,
            {"kind": "relation", **options} if name in relations else {},
        )
        for place, name in enumerate((*names, *relations))
    )


def shown(kind: type[Any]) -> Iterator[Any]:
    """An editor in an active window."""
    application()
    editor = kind()
    editor.resize(700, 500)
    editor.show()
    editor.activateWindow()
    QTest.qWaitForWindowActive(editor)
    editor.setFocus()
    editor.said = []
    editor.edited.connect(editor.said.append)
    yield editor
    editor.close()
    editor.deleteLater()


@pytest.fixture
def spans() -> Iterator[Any]:
    yield from shown(SpansEditor)


@pytest.fixture
def relations() -> Iterator[Any]:
    yield from shown(RelationsEditor)


def press(editor: Any, *keys: Any, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    """Press keys where the focus is; a text is typed."""
    for key in keys:
        target = QApplication.focusWidget() or editor
        if isinstance(key, str):
            QTest.keyClicks(target, key)
        else:
            QTest.keyClick(target, key, modifier)


def marked(editor: Any) -> list[str]:
    """What the last value marks, as "words/label id"."""
    text = editor.board.view.text
    return [f"{text[one.start : one.end]}/{one.label}" for one in editor.said[-1].spans]


@settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
@given(text=texts, data=st.data())
def test_characters_marked_by_keys_are_exactly_those_code_points(spans: Any, text: str, data: st.DataObject) -> None:
    spans.set_labels(labels("name"))
    spans.show_sample(Input(text), None)
    spans.board.view.set_by_character(True)
    spans.board.view.put_cursor(0)
    pieces = spans.board.view.column.pieces
    units = [unit for piece in pieces for unit in piece.character_units]
    if not units:
        return
    first = data.draw(st.integers(0, len(units) - 1))
    last = data.draw(st.integers(first, len(units) - 1))
    spans.said.clear()
    for place in range(last):  # arrows go as the text is read: forward is left in a text from the right
        key = KEY.Key_Left if pieces[pieces.place_of(units[place][0])].is_rtl else KEY.Key_Right
        press(spans, key, modifier=SHIFT if place >= first else Qt.KeyboardModifier.NoModifier)
    press(spans, "1")
    value = Spans((Span(units[first][0], units[last][1], 11),))
    assert spans.said == [value] and parse(dump(value), labels("name")) == value


def test_a_text_is_marked_corrected_and_left_by_keys_alone(spans: Any) -> None:
    spans.set_labels(labels("person", "company", "place"))
    spans.show_sample(Input(TEXT), None)
    press(spans, KEY.Key_Right, modifier=SHIFT)
    press(spans, "1", KEY.Key_Right)  # the label's key marks the selection, the cursor goes on after it
    press(spans, KEY.Key_Right, "2", "]")
    assert marked(spans) == ["Ada Lopez/11", "Northwind Ltd/12"]
    press(spans, "3", KEY.Key_Right, modifier=ALT)
    press(spans, "}", "[", "{", "2")
    assert marked(spans) == ["Ada Lopez/11", "Northwind Ltd/12"]
    press(spans, KEY.Key_Escape, "3")  # the same words once more, with another label
    assert marked(spans) == ["Ada Lopez/11", "Northwind Ltd/12", "Northwind Ltd/13"]
    press(spans, KEY.Key_Delete)
    press(spans, KEY.Key_Backtab, modifier=SHIFT)
    press(spans, KEY.Key_Right, "-")
    assert marked(spans) == ["Ada/11", "Lopez/11", "Northwind Ltd/12"]
    press(spans, KEY.Key_Tab, KEY.Key_Tab, "+")
    assert marked(spans) == ["Ada Lopez/11", "Northwind Ltd/12"]
    press(spans, KEY.Key_Tab, KEY.Key_Delete)
    assert marked(spans) == ["Ada Lopez/11"]
    spans.said.clear()
    kept = [KEY.Key_Return, KEY.Key_Space, KEY.Key_Delete, KEY.Key_Backspace, KEY.Key_F, KEY.Key_N, KEY.Key_Slash]
    press(spans, KEY.Key_Escape, KEY.Key_Escape, *kept)
    press(spans, KEY.Key_Left, KEY.Key_PageDown, modifier=CTRL)
    assert not spans.said, "keys of the page are left to it"


def test_suggestions_are_gone_through_with_enter_and_delete(spans: Any) -> None:
    spans.set_labels(labels("person", "company", "place"))
    spans.show_sample(Input(TEXT), Spans((Span(0, 9, 11),)))
    found = [Span(TEXT.index(word), TEXT.index(word) + len(word), 12) for word in ("Ada", "Northwind Ltd", "Lisbon")]
    spans.suggest(Spans((*found, Span(0, 9, 11))))
    press(spans, KEY.Key_Down, modifier=CTRL)
    press(spans, KEY.Key_Delete, KEY.Key_Return, "3")
    assert marked(spans) == ["Ada Lopez/11", "Northwind Ltd/12", "Lisbon/13"]
    spans.show_sample(Input(TEXT), None)
    spans.suggest(Spans(tuple(found)))
    press(spans, KEY.Key_Return, modifier=CTRL)
    assert marked(spans) == ["Ada/12", "Northwind Ltd/12", "Lisbon/12"]


def test_a_slow_pattern_is_told_of_in_the_bar_and_words_searched_for_are_tinted(spans: Any) -> None:
    text = "a" * 60_000 + " Northwind, northwind"
    spans.show_sample(Input(text), None)
    spans.mark_searched(["northwind"])
    tinted = [(60_001, 60_010), (60_012, 60_021)]
    assert spans.board.view.column.found == tinted
    press(spans, "=")
    bar = spans.board.all_bar
    QTest.mouseClick(bar.manner.button("pattern"), Qt.MouseButton.LeftButton)
    bar.line.setText("(a|aa)+$")
    assert "takes too long" in bar.count.text() and spans.board.view.column.found == []
    bar.close_bar()
    assert spans.board.view.column.found == tinted


def test_everything_equal_is_marked_here_or_in_every_sample(spans: Any) -> None:
    wanted: list[Any] = []
    spans.bulk_wanted.connect(wanted.append)
    spans.set_labels(labels("person", "company"))
    at = TEXT.index("Northwind Ltd")
    spans.show_sample(Input(TEXT), Spans((Span(at, at + 13, 12),)))
    press(spans, KEY.Key_Tab, "=")
    bar = spans.board.all_bar
    assert bar.count.text() == "2 in this text, 1 not marked yet"
    QTest.mouseClick(bar.manner.button("folded"), Qt.MouseButton.LeftButton)
    assert bar.count.text() == "3 in this text, 2 not marked yet"
    bar.line.setFocus()
    press(spans, KEY.Key_Return)
    assert marked(spans) == ["Northwind Ltd/12", "Northwind Ltd/12", "northwind ltd/12"]
    assert QApplication.focusWidget() is spans, "the keys are the text's again"
    press(spans, KEY.Key_Tab, "=", KEY.Key_Return, modifier=Qt.KeyboardModifier.NoModifier)
    press(spans, KEY.Key_Escape, KEY.Key_Tab, "=")
    press(spans, KEY.Key_Return, modifier=CTRL)
    (edit,) = wanted
    before = Spans((Span(0, 5, 11),))
    assert edit.change(Input("Hello NORTHWIND LTD."), before) == Spans((Span(0, 5, 11), Span(6, 19, 12)))
    assert edit.change(Input("nothing of it"), before) is None and edit.search == "Northwind Ltd"


def test_many_labels_are_narrowed_while_the_text_keeps_the_keys(spans: Any) -> None:
    spans.set_labels(labels(*(f"kind {one}{other}" for one in "abcdefgh" for other in "vwxyz")))
    spans.show_sample(Input(TEXT), None)
    assert spans.takes_letters
    press(spans, "kind gy", KEY.Key_Return)
    assert marked(spans) == ["Ada/44"]
    press(spans, KEY.Key_Right, "ki", KEY.Key_Escape, "1")
    assert marked(spans) == ["Ada/44", "Lopez/11"]


def test_the_same_text_shown_again_keeps_the_place(spans: Any) -> None:
    spans.set_labels(labels("person"))
    spans.show_sample(Input(TEXT), Spans((Span(0, 9, 11),)))
    press(spans, KEY.Key_Tab)
    spans.board.view.put_cursor(40)
    place = spans.board.view.selection
    spans.show_sample(Input(TEXT), None)
    assert spans.board.view.selection == place and not spans.said


def test_spans_are_linked_turned_and_unlinked_by_keys_alone(relations: Any) -> None:
    relations.set_labels(labels("person", "company", "place", relations=("works for", "near")))
    relations.show_sample(Input(TEXT), None)
    press(relations, KEY.Key_Right, modifier=SHIFT)
    press(relations, "1", KEY.Key_Right, KEY.Key_Right, "2", "]")
    press(relations, *[KEY.Key_Right] * 4, "3")
    press(relations, KEY.Key_Tab, "4", KEY.Key_Return)  # from Ada Lopez to the next span
    spans = [Span(0, 9, 11), Span(13, 26, 12), Span(38, 44, 13)]
    assert relations.said[-1] == Linked.of(spans, [(spans[0], spans[1], 14)])
    press(relations, ">", KEY.Key_Tab, "5")  # from Ada Lopez to the one after, then the relation
    assert relations.said[-1] == Linked.of(spans, [(spans[0], spans[1], 14), (spans[0], spans[2], 15)])
    press(relations, KEY.Key_Escape, KEY.Key_Escape, ";", ">")
    assert (spans[1], spans[0], 14) in relations.said[-1].triples()
    press(relations, "5", KEY.Key_Delete)
    assert relations.said[-1] == Linked.of(spans, [(spans[0], spans[2], 15)])
    press(relations, KEY.Key_Tab, KEY.Key_Delete)
    assert relations.said[-1] == Linked.of(spans[1:]), "a span takes its links along"


def test_only_allowed_pairs_can_be_linked_and_what_has_no_direction_has_no_head(relations: Any) -> None:
    pairs = [["person", "company"]]
    relations.set_labels(labels("person", "company", "place", relations=("knows",), pairs=pairs, directed=False))
    spans = [Span(0, 9, 11), Span(13, 26, 12), Span(38, 44, 13)]
    relations.show_sample(Input(TEXT), Linked.of(spans))
    press(relations, KEY.Key_Tab, KEY.Key_Tab, "4", KEY.Key_Tab, KEY.Key_Return)
    assert relations.said == [Linked.of(spans, [(spans[0], spans[1], 14)])], "said as it is read, from left to right"
    press(relations, KEY.Key_Tab, "4", KEY.Key_Return, KEY.Key_Escape)
    press(relations, KEY.Key_Tab, KEY.Key_Tab, "4", KEY.Key_Return)  # the link that is there already
    assert len(relations.said) == 1, "a place is linked with nothing"


def test_suggested_links_are_taken_with_their_spans(relations: Any) -> None:
    relations.set_labels(labels("person", "company", relations=("works for",)))
    spans = [Span(0, 9, 11), Span(13, 26, 12)]
    relations.show_sample(Input(TEXT), Linked.of(spans[:1]))
    relations.suggest(Linked.of(spans, [(spans[0], spans[1], 13)]))
    press(relations, ";", KEY.Key_Return)
    assert relations.said == [Linked.of(spans, [(spans[0], spans[1], 13)])]
    relations.show_sample(Input(TEXT), None)
    relations.suggest(relations.said.pop())
    press(relations, KEY.Key_Return, modifier=CTRL)
    assert relations.said == [Linked.of(spans, [(spans[0], spans[1], 13)])]


def test_a_suggested_link_is_refused_alone_or_with_its_span(relations: Any) -> None:
    left: list[Linked] = []
    relations.refused.connect(left.append)
    relations.set_labels(labels("person", "company", relations=("works for",)))
    spans = [Span(0, 9, 11), Span(13, 26, 12)]
    suggested = Linked.of(spans, [(spans[0], spans[1], 13)])
    relations.show_sample(Input(TEXT), None)
    relations.suggest(suggested)
    press(relations, ";", KEY.Key_Delete)
    assert left == [Linked.of(spans)]
    press(relations, KEY.Key_Return, modifier=CTRL)
    assert relations.said == [Linked.of(spans)], "a refused link is not accepted with the rest"
    relations.show_sample(Input(TEXT), None)
    relations.suggest(suggested)
    press(relations, KEY.Key_Down, modifier=CTRL)
    press(relations, KEY.Key_Delete)
    assert left[-1] == Linked.of(spans[1:])
