"""A page of CoNLL-2003 marked by a script that posts keys only, and how many presses that takes for each span."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from lepton_studio.app import make_application
from lepton_studio.contract.span_values import Span, in_order
from lepton_studio.contract.task import Input
from lepton_studio.project.records import Label
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.widgets.color import label_color
from lepton_studio.widgets.theme import apply_theme
from tests.benchmarks.figure import Figure

_PAGE = 400
"""Words: a printed page."""
_FILE = Path(__file__).parents[4] / "shared" / "data" / "conll2003" / "eng.testb"
_NAMES = ("LOC", "MISC", "ORG", "PER")
# Seconds for a key, for pointing at something, for pressing or releasing the button (Card, Moran and Newell, "The
# Keystroke-Level Model", CACM 23(7), 1980: an average typist).
_KEY, _POINT, _BUTTON = 0.28, 1.1, 0.1
_MOVES = (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End)
_SHIFT, _NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


@dataclass
class Keyboard:
    """Posts keys to a widget and counts them; a key with Shift is one press."""

    widget: Any
    presses: int = 0

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = _NONE) -> None:
        self.presses += 1
        QTest.keyClick(self.widget, key, modifier)


def keyboard() -> list[Figure]:
    """The way to a span is the shortest by arrows, Home and End, as a practised person takes it."""
    app = make_application(language="en")
    apply_theme(app, scheme="light")
    text, gold = page(_FILE)
    editor: Any = load_part(task_named("spans").editor)()
    editor.set_labels(tuple(Label(n, name, label_color(n), str(n + 1), "", n) for n, name in enumerate(_NAMES)))
    said: list[Spans] = []
    editor.edited.connect(said.append)
    editor.resize(1000, 760)
    editor.show()
    try:
        editor.show_sample(Input(text), None)
        keys = Keyboard(editor)
        for span in gold.spans:
            _mark(keys, editor, span)
        right = len(set(gold.spans) & set(said[-1].spans))
        wrong = len(set(gold.spans) ^ set(said[-1].spans))
    finally:
        editor.close()
        editor.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    words, count = len(text.split()), len(gold.spans)
    # With the mouse: a click on a word, or a drag over several, then a click on the label.
    several = sum(len(text[one.start : one.end].split()) > 1 for one in gold.spans)
    mouse, by_keys = 2 * (_POINT + 2 * _BUTTON), keys.presses / count * _KEY
    return [
        Figure("page of CoNLL by keys: spans marked as they should be", 100 * right / count, "%", ">= 100",
               note=f"{count} spans in {words} words, {wrong} wrong or too many"),
        Figure("page of CoNLL by keys: presses for each span", keys.presses / count, "",
               note=f"the mouse way: 2 (a click on a word, {several} times a drag, then a click on the label)"),
        Figure("page of CoNLL by keys: hands' time for each span", by_keys, "s",
               note=f"the mouse way: {mouse:.1f} s; both by the keystroke-level model, the same thinking left out"),
    ]  # fmt: skip


def _mark(keys: Keyboard, editor: Any, span: Span) -> None:
    cursor = editor.board.view.text_cursor
    while cursor.head[0] != span.start:
        for key in _way(editor, span.start):
            keys.press(key)  # a way is planned anew where up or down led elsewhere: they keep their column
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                break
    while editor.board.view.selection[1] < span.end:
        keys.press(Qt.Key.Key_Right, _SHIFT)
    keys.press(Qt.Key(Qt.Key.Key_1 + span.label))


def _way(editor: Any, goal: int) -> list[Qt.Key]:
    """The fewest keys from the cursor to the token that begins at `goal`; the cursor stays where it is."""
    cursor = editor.board.view.text_cursor
    here = cursor.head
    ways: dict[tuple[int, int], list[Qt.Key]] = {here: []}
    open_ = deque([here])
    while open_:
        unit = open_.popleft()
        if unit[0] == goal:
            break
        for key in _MOVES:
            cursor.put(unit[0])
            cursor.move_by_key(key, _NONE, page=500)
            if cursor.head not in ways:
                ways[cursor.head] = [*ways[unit], key]
                open_.append(cursor.head)
    cursor.put(here[0])
    return next(way for unit, way in ways.items() if unit[0] == goal)


def page(file: Path) -> tuple[str, Spans]:
    """The first sentences of a CoNLL-2003 file, one a line, words with a space between; their spans (IOB1)."""
    text, spans, open_span = "", [], None
    for row in file.read_text("utf-8").splitlines():
        cells = row.split()
        if not cells or cells[0] == "-DOCSTART-":
            if len(text.split()) > _PAGE:
                break
            text, open_span = (text if not text or text.endswith("\n") else text + "\n"), None
            continue
        text += " " if text and not text.endswith("\n") else ""
        start, tag = len(text), cells[-1]
        text += cells[0]
        if tag == "O":
            open_span = None
        elif tag[0] == "I" and open_span is not None and open_span.label == _NAMES.index(tag[2:]):
            spans[-1] = open_span = Span(open_span.start, len(text), open_span.label)
        else:
            open_span = Span(start, len(text), _NAMES.index(tag[2:]))
            spans.append(open_span)
    return text, Spans(in_order(spans))


FIGURES = [keyboard]
