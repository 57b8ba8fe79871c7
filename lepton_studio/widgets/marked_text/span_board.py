"""A text in which spans are marked: with the mouse and wholly by keys. What the tasks share that mark spans.

Knows labels by their ids and nothing of a task: it is given stretches and says those that the person made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.accessible import announce
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.label_picker import LabelPicker
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.marked_text import span_editing as editing
from lepton_studio.widgets.marked_text.by_identity import ByIdentity
from lepton_studio.widgets.marked_text.finding import Wanted
from lepton_studio.widgets.marked_text.mark_all_bar import MarkAllBar
from lepton_studio.widgets.marked_text.marks import TextArc, TextMark
from lepton_studio.widgets.marked_text.span_editing import Edge, Marked, Step, Stretch, Stretches
from lepton_studio.widgets.marked_text.span_keys import Command, command_of
from lepton_studio.widgets.marked_text.span_state import SpanState
from lepton_studio.widgets.marked_text.view import MarkedText
from lepton_studio.widgets.theme import CAPTION

_EDGES: dict[Command, tuple[Edge, Step]] = {
    "grow_start": ("start", "out"),
    "shrink_start": ("start", "in"),
    "grow_end": ("end", "out"),
    "shrink_end": ("end", "in"),
}
_HIGHEST_PICKER = 160
_ISOLATE, _ISOLATED = "\u2068", "\u2069"
"""Between them a text has the direction of its first letter, whatever stands around it (Unicode, UAX 9)."""
_QUOTED = 80


class SpanBoard(QWidget):
    """Offer it the keys with `take_key`; it keeps no focus itself."""

    edited = Signal(object)
    """The person changed the spans: the Stretches as they are now."""
    merged = Signal(int, int)
    """Two spans became one, before `edited`: the handle that stays, the handle that goes."""
    refused = Signal(object)
    """Other suggestions than before are refused: the frozenset of all that are."""
    everywhere_wanted = Signal(object, int)
    """Mark what is Wanted with this label in all texts."""

    def __init__(self, parent: QWidget | None = None, *, with_arcs: bool = False) -> None:
        super().__init__(parent)
        self.state = SpanState()
        self._labels: dict[int, LabelChoice] = {}
        self._label: int | None = None
        self._arcs: tuple[TextArc, ...] = ()
        self._marks = ByIdentity(self._mark)
        self._shown: tuple[Stretches, Stretches] = ((), ())
        self._pointed: tuple[bool, tuple[int, ...]] = (False, ())
        self._hint = ""
        self._refused: frozenset[Marked] = frozenset()
        self._pressed_on: int | None = None
        self.view = MarkedText(with_arcs=with_arcs)
        self.view.selection_changed.connect(self._leave_span)
        self.view.mark_clicked.connect(self._take_click)
        self.view.mark_resized.connect(self._resize)
        self.picker = LabelPicker()
        self.picker.pressed.connect(self.take_label)
        self.all_bar = MarkAllBar(self.view)
        self.all_bar.here_wanted.connect(self._mark_all)
        self.all_bar.everywhere_wanted.connect(self._ask_everywhere)
        self.all_bar.closed.connect(self._take_keys_back)
        self._says = words("", size=CAPTION, muted=True)
        self._says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        equal = button(tr("Mark all…"), role="link", tip=tr("Mark all occurrences (=)"))
        equal.clicked.connect(self.open_bar)
        self._units = button("", role="link", tip=tr("Move and select by words or by characters (Ctrl+T)"))
        self._units.clicked.connect(self._change_units)
        card = QFrame()
        card.setProperty("role", "card")
        says = row(self._says, equal, self._units, gap=16)
        says.setStretch(0, 1)
        inside = column(self.view, says, gap=8, margins=(24, 16, 16, 8))
        inside.setStretch(0, 1)
        card.setLayout(inside)
        layout = column(card, self.all_bar, self.picker, gap=12)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._say()

    # ---------------------------------------------------------------------------------------------- what it shows

    @property
    def spans(self) -> Stretches:
        """The person's own spans, in order."""
        return self.state.spans

    def set_labels(self, choices: Sequence[LabelChoice]) -> None:
        """The labels that spans may have."""
        self._labels = {one.id: one for one in choices}
        self.picker.set_choices(choices)
        self._label = self._label if self._label in self._labels else next(iter(self._labels), None)
        self._fit_picker()
        self._marks.forget()
        self._show()

    def show_text(self, text: str, spans: Iterable[Marked]) -> None:
        """Another text, or other spans of the same: then the cursor stays, and the span that was selected."""
        same = text == self.view.text
        if not same:
            self.view.set_text(text)
            self.all_bar.close_bar()
        self.state.show(spans, keep=same)
        self._refused = frozenset()
        self.picker.widen()
        self._show()

    def suggest(self, spans: Iterable[Marked]) -> None:
        """What a model suggests; what is marked already is left out."""
        before = self.state.suggested
        self._refused = frozenset()
        self.state.suggest(one for one in spans if one[2] in self._labels)
        if self.state.suggested != before:
            self._show()

    def needed_height(self, width: int) -> int:
        """The height of the whole text with the labels."""
        return self.view.needed_height(width - 40) + self.picker.needed_height(width) + 80

    def set_arcs(self, arcs: Sequence[TextArc]) -> None:
        """Arcs between spans, by their handles."""
        if tuple(arcs) != self._arcs:
            self._arcs = tuple(arcs)
            self.view.set_arcs(self._arcs)

    def set_hint(self, hint: str) -> None:
        """Words that stand in place of those about the selection; "" for none."""
        self._hint = hint
        self._say()

    def select_span(self, handle: int | None) -> None:
        """Select a span and put the cursor on its first unit; None: none."""
        span = editing.find(self.state.shown, handle)
        if span is not None:
            self.view.put_cursor(span.start)
        self.state.handle = handle
        self._show_selected()

    def add(self, wanted: Sequence[Marked]) -> None:
        """Mark several (start, end, label id) in one step."""
        before = self.spans
        self.state.add(wanted)
        self._took(before)

    # -------------------------------------------------------------------------------------------------------- keys

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key asks for; False, and nothing done, for one that means nothing here."""
        if type_label(self.picker, event):
            return True
        command = command_of(event)
        return self.view.take_key(event) if command is None else self._run(command)

    def take_label(self, label: int) -> None:
        """Mark what is selected with a label, or give it to the selected span."""
        self._label = label
        self.picker.widen()
        if not self.all_bar.isHidden():
            self._tell_bar()
            return
        before, span = self.spans, self.state.selected
        start, end = self.view.selection
        if span is None and end <= start:
            return
        self.state.mark(start, end, label=label)
        if span is None:
            marked = self.state.handle
            self.view.put_cursor(self._here)
            self.state.handle = marked
        self._took(before, follow=span is not None and span.handle < 0)

    def _run(self, command: Command) -> bool:
        """Do it; False where there is nothing to do it to, so that the key goes on to the page."""
        state, here, units, before = self.state, self._here, self.view.text_cursor.units, self.spans
        follow = False
        match command:
            case "next" | "previous":
                done = follow = state.step(here=here, back=command == "previous")
            case "next_suggestion" | "previous_suggestion":
                done = follow = state.step(here=here, back=command == "previous_suggestion", suggestions=True)
            case "around":
                done = state.go_around(here=here)
            case "grow_start" | "shrink_start" | "grow_end" | "shrink_end":
                done = state.move_edge(*_EDGES[command], here=here, units=units)
            case "split":
                done = state.split(here=here, units=units)
            case "merge":
                done = state.merge(here=here)
                if done and state.merged is not None:
                    self.merged.emit(*state.merged)
            case "remove":
                done = follow = state.remove()
            case "accept":
                done = follow = state.accept()
            case "accept_all":
                done = state.accept_all()
            case "leave":
                return self._leave()
            case "characters":
                self._change_units()
                return True
            case "mark_all":
                self.open_bar()
                return True
        if done:
            self._took(before, follow=follow)
        return done

    def _took(self, before: Stretches, *, follow: bool = False) -> None:
        """Show what was done; `follow` the selected span with the cursor."""
        if follow:
            self.select_span(self.state.handle)
        if (self.spans, self.state.suggested) != self._shown:
            self._show()
        else:
            self._show_selected()
        if self.spans != before:
            self.edited.emit(self.spans)
        refused = self.state.refused
        if refused != self._refused:
            self._refused = refused
            self.refused.emit(refused)

    def _leave(self) -> bool:
        """From a span to its words, from selected words to the cursor."""
        span = self.state.selected
        if span is not None:
            self.view.select(span.start, span.end)
        elif self.view.has_selection:
            self.view.put_cursor(self._here)
        else:
            return False
        return True

    def _change_units(self) -> None:
        self.view.set_by_character(not self.view.by_character)
        self._say()

    # --------------------------------------------------------------------------------------------- mark all equal

    def open_bar(self) -> None:
        """Ask what to mark, beginning with what is selected."""
        span = self.state.selected
        start, end = (span.start, span.end) if span is not None else self.view.selection
        self._label = span.label if span is not None else self._label
        self._tell_bar()
        self.all_bar.open_with(self.view.text[start:end])

    def _tell_bar(self) -> None:
        label = self._labels.get(self._label) if self._label is not None else None
        marked = {(one.start, one.end) for one in self.spans if one.label == self._label}
        self.all_bar.set_label(label.name if label is not None else "", marked=marked)

    def _mark_all(self, places: Sequence[tuple[int, int]]) -> None:
        if self._label is not None:
            self.add([(start, end, self._label) for start, end in places])

    def _ask_everywhere(self, wanted: Wanted) -> None:
        if self._label is not None:
            self.everywhere_wanted.emit(wanted, self._label)

    def _take_keys_back(self) -> None:
        (self.parentWidget() or self).setFocus()

    # ------------------------------------------------------------------------------------------------------ inside

    @property
    def _here(self) -> int:
        return self.view.text_cursor.head[0]

    def _leave_span(self) -> None:
        """The cursor moved: no span is selected any more. One that was pressed on may be meant by the click."""
        self._pressed_on = self.state.handle if self.view.text_cursor.is_pressed else None
        self.state.handle = None
        self._show_selected()

    def _take_click(self, handle: int) -> None:
        """A click in the text of the selected span takes the one around it."""
        nested = [one.handle for one in editing.covering(self.state.shown, self._here)]
        if self._pressed_on in nested:
            self.state.handle = self._pressed_on
            self.state.go_around(here=self._here)
            handle = handle if self.state.handle is None else self.state.handle
        self._pressed_on = None
        if handle in nested:
            self.state.handle = handle
            self._show_selected()
        else:
            self.select_span(handle)

    def _resize(self, handle: int, start: int, end: int) -> None:
        before = self.spans
        self.state.resize(handle, start=start, end=end)
        handle = self.state.handle if self.state.handle is not None else handle
        self.view.put_cursor(start)
        self.state.handle = handle
        self._took(before)

    def _show(self) -> None:
        self._shown = self.spans, self.state.suggested
        self.view.set_marks(self._marks.of(self.state.shown), arcs=self._arcs)
        self._show_selected()

    def _mark(self, span: Stretch) -> TextMark:
        label = self._labels.get(span.label)
        name, color = (label.short or label.name, label.color) if label else ("?", "#7f7f7f")
        return TextMark(span.start, span.end, color, name, "own" if span.handle >= 0 else "suggested", span.handle)

    def _show_selected(self) -> None:
        self.view.set_selected(self.state.handle)
        span = self.state.selected
        own = span is not None and span.handle >= 0
        labels = (span.label,) if span is not None else ()
        if (own, labels) != self._pointed:
            self._pointed = (own, labels)
            self.picker.mark(chosen=labels if own else (), suggested=() if own else labels)
        self._say()

    def _say(self) -> None:
        span = self.state.selected
        start, end = (span.start, span.end) if span is not None else self.view.selection
        label = self._labels.get(span.label) if span is not None else None
        quoted = " ".join(self.view.text[start : min(end, start + _QUOTED)].split())
        alone = f"{_ISOLATE}{quoted}{_ISOLATED}" if quoted else ""  # else the numbers run from right to left too
        about = (label.name if label is not None else "", alone, f"{start}–{end}")
        said = self._hint or "   ".join(part for part in about if part)
        if said != self._says.text():
            self._says.setText(said)
            announce(self._says, self._hint or ", ".join(part for part in (about[0], quoted) if part))
        self._units.setText(tr("by character") if self.view.by_character else tr("by word"))

    def _fit_picker(self) -> None:
        needed = self.picker.needed_height(max(320, self.width()))
        self.picker.setFixedHeight(max(44, min(_HIGHEST_PICKER, needed)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picker()


def type_label(picker: LabelPicker, event: QKeyEvent) -> bool:
    """Press the label of a key. With many labels a letter begins to narrow them; then Enter, digits, Backspace and
    Escape are the line's, which needs no focus for it. False for a key that is no label's.
    """
    if not picker.is_many:
        return picker.take_key(event)
    line, typed, key = picker.line, event.text(), event.key()
    if not typed or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    ends = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
    if not (typed.isalnum() or (line.text() and (ends or typed.isprintable()))):
        return False
    line.keyPressEvent(event)
    return event.isAccepted()
