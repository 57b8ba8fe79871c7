"""The text view that spans are marked in: exact in every script, quick in every length, arcs that keep apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.widgets.color import colors, contrast, label_color
from lepton_studio.widgets.marked_text import MarkedText, TextArc, TextMark
from lepton_studio.widgets.marked_text.painting import name_colors
from lepton_studio.widgets.marked_text.pieces import cut
from lepton_studio.widgets.theme import Scheme, apply_theme
from tests.ui.driving import application

BITS = (
    "a", "word", " ", "\u00a0", "\t", "👍", "👩‍👩‍👧", "👍🏽", "🇩🇪", "e\u0301", "ﬁ", "ß", "北京", "，", "ไทย", "नमस्ते",
    "مرحبا", "لا", "שלום", "\u202e", "\u200b", "12", "\r\n", "\n", "\r", "\u2028", "\u2029", "\x00", "\x85", "한국",
    "𝒳",
)  # fmt: skip
texts = st.lists(st.sampled_from(BITS), max_size=40).map("".join)
by_example = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def view() -> Iterator[MarkedText]:
    """A view, shown offscreen."""
    application()
    made = MarkedText(with_arcs=True)
    made.resize(520, 320)
    made.show()
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()


@given(texts)
def test_code_points_and_qts_units_stand_for_each_other_in_every_piece(text: str) -> None:
    pieces = cut(text)
    assert [one.start for one in pieces] == [0, *(one.after for one in pieces[:-1])] and pieces[-1].after == len(text)
    for piece in pieces:
        for position in range(piece.start, piece.end + 1):
            units = len(text[piece.start : position].encode("utf-16-le")) // 2
            assert piece.units_at(position) == units and piece.position_at(units) == position
        tiles = [*itertools.chain.from_iterable(range(*unit) for unit in piece.character_units)]
        assert tiles == list(range(piece.start, piece.after)), "every code point is in one character"


@by_example
@given(text=texts, data=st.data())
def test_what_is_clicked_is_what_stands_there(view: MarkedText, text: str, data: st.DataObject) -> None:
    assume(not ("\u202e" in text and "नमस्ते" in text))  # turned round, a conjunct's click may hit its neighbour
    view.set_text(text)
    for start, end in (unit for piece in cut(text) for unit in piece.character_units if unit[0] < piece.end):
        for rect in view.rects(start, end):
            if rect.width() > 1:
                assert start <= view.position_at(rect.center()) < end, (text[start:end], rect)
    marks = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=8))
    ranges = [sorted(one) for one in marks if len(set(one)) == 2]
    view.set_marks([TextMark(start, end, "#0072b2", "a name", id=n) for n, (start, end) in enumerate(ranges)])
    view.grab()


def test_a_drag_snaps_to_words_and_with_alt_to_characters(view: MarkedText) -> None:
    text = "See 👩‍👩‍👧 Northwind Ltd, e\u0301te\u0301"
    view.set_text(text)
    at = text.index("Northwind")

    def drag(first: int, last: int, modifier: Qt.KeyboardModifier) -> tuple[int, int]:
        ends = [view.rects(place, place + 1)[0].center() for place in (first, last)]
        send(view, QEvent.Type.MouseButtonPress, ends[0], modifier)
        send(view, QEvent.Type.MouseMove, ends[1], modifier)
        send(view, QEvent.Type.MouseButtonRelease, ends[1], modifier)
        return view.selection

    assert drag(at + 2, at + 11, Qt.KeyboardModifier.NoModifier) == (at, at + 13)
    assert drag(at + 11, at + 2, Qt.KeyboardModifier.NoModifier) == (at, at + 13)
    assert drag(at + 2, at + 4, Qt.KeyboardModifier.AltModifier) == (at + 2, at + 5)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.rects(at, at + 1)[0].center().toPoint())
    assert view.selection == (at, at + 9) and view.has_selection


def test_the_edges_of_the_selected_mark_are_dragged(view: MarkedText) -> None:
    resized: list[tuple[int, int, int]] = []
    view.mark_resized.connect(lambda *said: resized.append(said))
    for text, word, to in (
        ("See Northwind Ltd, Lisbon", "Northwind", "Ltd"),
        ("قال الرئيس باراك أوباما", "باراك", "أوباما"),
    ):
        at, goal = text.index(word), text.index(to)
        view.set_text(text)
        view.set_marks([TextMark(at, at + len(word), "#0072b2", "name", id=3)])
        view.set_selected(3)
        (rect,) = view.rects(at, at + len(word))
        edge = QPointF(rect.left() if view.reads_from_right(at) else rect.right(), rect.center().y())
        send(view, QEvent.Type.MouseButtonPress, edge, Qt.KeyboardModifier.NoModifier)
        there = view.rects(goal + 1, goal + 2)[0].center()
        send(view, QEvent.Type.MouseMove, there, Qt.KeyboardModifier.NoModifier)
        send(view, QEvent.Type.MouseButtonRelease, there, Qt.KeyboardModifier.NoModifier)
        assert resized.pop() == (3, at, goal + len(to))


def test_a_click_says_which_of_nested_marks_is_meant(view: MarkedText) -> None:
    view.set_text("the European Union's committee")
    view.set_marks([TextMark(4, 30, "#009e73", "group", id=1), TextMark(4, 18, "#0072b2", "organisation", id=2)])
    clicked: list[int] = []
    view.mark_clicked.connect(clicked.append)
    points = [view.rects(6, 7)[0].center(), view.rects(25, 26)[0].center()]
    for point in (*points, view.bar_rect(1).center(), view.bar_rect(2).center()):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert clicked == [2, 1, 1, 2]


def test_a_long_text_is_laid_out_only_where_it_is_seen(view: MarkedText) -> None:
    text = "\n".join(f"Paragraph {n} of a long text that goes on and on, 👍 as such texts do." for n in range(4000))
    view.set_text(text)
    marks = [
        TextMark(place, place + 9, "#0072b2", "part", id=n) for n, place in enumerate(range(0, len(text) - 9, 130))
    ]
    view.set_marks(marks)
    view.grab()
    column = view.column
    assert len(column._laid) < 60
    end = text.rindex("Paragraph")
    view.put_cursor(end)
    assert view.viewport().rect().contains(view.rects(end, end + 9)[0].toRect()), "what the cursor goes to is in view"
    bar = view.verticalScrollBar()
    seen = view.position_at(QPointF(5, 100))
    for _ in range(30):
        bar.setValue(bar.value() - 60)
        before, seen = seen, view.position_at(QPointF(5, 100))
        assert before - 400 < seen <= before, "scrolling up never jumps, though heights were guessed"
    assert len(column._laid) < 200


def test_arcs_keep_apart_and_leave_each_name_free(view: MarkedText) -> None:
    text = "John Smith joined Acme Corp in 1999 and moved to Paris with Mary. She was born in London, he was not."
    view.set_text(text)
    words = ("John Smith", "Acme Corp", "1999", "Paris", "Mary", "London")
    view.set_marks([TextMark(text.index(w), text.index(w) + len(w), "#0072b2", w, id=n) for n, w in enumerate(words)])
    pairs = [(0, 1), (1, 0), (0, 3), (2, 0), (4, 5), (0, 4), (3, 5)]
    view.set_arcs([TextArc(head, tail, label_color(n), f"relation {n}", id=n) for n, (head, tail) in enumerate(pairs)])
    view.grab()
    routes = view._routes(0.0, 2000.0)
    assert [one.arc.id for one in routes] == list(range(7))
    boxes = [one.name_box for one in routes]
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].intersects(pair[1])]
    flat = [(line, one.arc.id) for one in routes for line in _horizontals(one.path)]
    for (one, first), (other, second) in itertools.combinations(flat, 2):
        same = abs(one[0] - other[0]) < 3 and first != second
        assert not (same and one[1] < other[2] and other[1] < one[2]), (first, second)
    clicked: list[int] = []
    view.arc_clicked.connect(clicked.append)
    for box in boxes:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert clicked == list(range(7))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_name_and_every_marked_word_can_be_read(scheme: Scheme) -> None:
    app = application()
    try:
        apply_theme(app, scheme=scheme)
        palette = colors(app.palette())
        for place in range(24):
            for ink, ground in name_colors(label_color(place), palette):
                assert contrast(QColor(ink), QColor(ground)) >= 4.5, (scheme, place)
    finally:
        apply_theme(app, scheme="light")


def _horizontals(path: object) -> list[tuple[float, float, float]]:
    """(y, left, right) of the level parts of a path."""
    points = [path.elementAt(n) for n in range(path.elementCount())]  # type: ignore[attr-defined]
    return [
        (one.y, min(one.x, other.x), max(one.x, other.x))
        for one, other in itertools.pairwise(points)
        if one.y == other.y and abs(one.x - other.x) > 1
    ]


def send(view: MarkedText, kind: QEvent.Type, point: QPointF, modifier: Qt.KeyboardModifier) -> None:
    """A mouse event with the button held, which QTest's moves leave out."""
    port = view.viewport()
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    there = QPointF(port.mapToGlobal(QPoint(0, 0))) + point
    QApplication.sendEvent(port, QMouseEvent(kind, point, there, button, held, modifier))
