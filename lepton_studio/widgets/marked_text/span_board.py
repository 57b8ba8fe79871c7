"""A text in which spans are marked: with the mouse and wholly by keys. What the tasks share that mark spans.

Knows labels by their ids and nothing of a task: it is given stretches and says those that the person made of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.label_picker import LabelPicker
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.marked_text import span_editing as editing
from lepton_studio.widgets.marked_text.finding import Wanted
from lepton_studio.widgets.marked_text.mark_all_bar import MarkAllBar
from lepton_studio.widgets.marked_text.marks import TextArc, TextMark
from lepton_studio.widgets.marked_text.span_editing import Edge, Step, Stretch, Stretches
from lepton_studio.widgets.marked_text.span_keys import Command, command_of
from lepton_studio.widgets.marked_text.view import MarkedText
from lepton_studio.widgets.theme import CAPTION

_EDGES: dict[Command, tuple[Edge, Step]] = {
    "grow_start": ("start", "out"),
    "shrink_start": ("start", "in"),
    "grow_end": ("end", "out"),
    "shrink_end": ("end", "in"),
}


class SpanBoard(QWidget):
    """Offer it the keys with `take_key`; it keeps no focus itself. Suggestions have handles below 0."""

    edited = Signal(object)
    """The person changed the spans: the Stretches as they are now."""
    everywhere_wanted = Signal(object, int)
    """Mark what is wanted (Wanted) with this label in all texts."""

    def __init__(self, parent: QWidget | None = None, *, with_arcs: bool = False) -> None:
        super().__init__(parent)
        self.spans: Stretches = ()
        self.suggested: Stretches = ()
        self._labels: dict[int, LabelChoice] = {}
        self._arcs: tuple[TextArc, ...] = ()
        self._selected: int | None = None
        self._left: int | None = None
        self._label: int | None = None
        self.view = MarkedText(with_arcs=with_arcs)
        self.view.selection_changed.connect(self._leave_span)
        self.view.mark_clicked.connect(self._take_click)
        self.picker = LabelPicker()
        self.picker.pressed.connect(self.take_label)
        self.all_bar = MarkAllBar()
        self.all_bar.changed.connect(self._preview)
        self.all_bar.here.connect(self._mark_all)
        self.all_bar.everywhere.connect(self._ask_everywhere)
        self.all_bar.left.connect(self.close_bar)
        self._says = words("", size=CAPTION, muted=True)
        self._says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._equal = button(tr("Mark equal…"), role="link", tip=tr("Mark everything equal (=)"))
        self._equal.clicked.connect(self.open_bar)
        self._units = button("", role="link", tip=tr("Move and select by words or by characters (Ctrl+T)"))
        self._units.clicked.connect(lambda: self._run("characters"))
        card = QFrame()
        card.setProperty("role", "card")
        says = row(self._says, self._equal, self._units, gap=16)
        says.setStretch(0, 1)
        inside = column(self.view, says, gap=8, margins=(24, 16, 16, 8))
        inside.setStretch(0, 1)
        card.setLayout(inside)
        layout = column(card, self.all_bar, self.picker, gap=12)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._say()

    # ---------------------------------------------------------------------------------------------- what it shows

    def set_labels(self, choices: Sequence[LabelChoice]) -> None:
        """The labels that spans may have."""
        self._labels = {one.id: one for one in choices}
        self.picker.set_choices(choices)
        self._label = self._label if self._label in self._labels else next(iter(self._labels), None)
        self._fit_picker()
        self._show()

    def show_text(self, text: str, spans: Stretches) -> None:
        """Another text, or other spans of the same: then the cursor stays, and the span that was selected."""
        selected = self.selected_span
        if text != self.view.text:
            selected = None
            self.view.set_text(text)
            self.close_bar()
        self.spans, self.suggested = spans, ()
        self.picker.widen()
        same = selected and next(
            (one for one in spans if (one.start, one.end, one.label) == (selected.start, selected.end, selected.label)),
            None,
        )
        self._selected = same.handle if same else None
        self._show()

    def suggest(self, spans: Stretches) -> None:
        """What a model suggests; what is marked already is left out."""
        self.suggested = tuple(replace(one, handle=-1 - place) for place, one in enumerate(spans))
        if self._selected is not None and self._selected < 0:
            self._selected = None
        self._show()

    def set_arcs(self, arcs: Sequence[TextArc]) -> None:
        """Arcs between spans, by their handles."""
        self._arcs = tuple(arcs)
        self.view.set_arcs(self._arcs)

    @property
    def selected_span(self) -> Stretch | None:
        """The span, own or suggested, that is selected."""
        return editing.find(self.spans, self._selected) or editing.find(self._open_suggestions(), self._selected)

    def select_span(self, handle: int | None) -> None:
        """Select a span and put the cursor on its first unit; None: none."""
        span = editing.find((*self.spans, *self.suggested), handle)
        if span is not None:
            self.view.put_cursor(span.start)
        self._selected = handle
        self._show_selected()

    # -------------------------------------------------------------------------------------------------------- keys

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key asks for; False, and nothing done, for one that means nothing here."""
        if self._type_label(event) or (not self.picker.is_many and self.picker.take_key(event)):
            return True
        command = command_of(event)
        if command is not None:
            return self._run(command)
        return self.view.take_key(event)

    def take_label(self, label: int) -> None:
        """Mark what is selected with a label, or give it to the selected span."""
        self._label = label
        self.picker.widen()
        if self.all_bar.isVisible():
            self._preview(self.all_bar.wanted)
            return
        span = self.selected_span
        start, end = self.view.selection
        if span is not None and span.handle >= 0:
            self._change(editing.relabel(self.spans, span.handle, label=label), select=span.handle)
        elif span is not None:
            self._take(replace(span, label=label))
        elif end > start:
            spans, made = editing.add(self.spans, start, end, label=label)
            self.view.put_cursor(self.view.text_cursor.head[0])
            self._change(spans, select=made.handle)

    def _type_label(self, event: QKeyEvent) -> bool:
        """With many labels a letter begins to narrow them; then Enter, digits, Backspace and Escape are the line's."""
        line, typed = self.picker.line, event.text()
        if not self.picker.is_many or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        of_line = typed.isprintable() or event.key() in (
            Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape,
        )  # fmt: skip
        if not (typed and (typed.isalnum() or (line.text() and of_line))):
            return False
        line.keyPressEvent(event)
        return event.isAccepted()

    def _run(self, command: Command) -> bool:
        """Do it; False where there is nothing to do it to, so that the key goes on to the page."""
        match command:
            case "next" | "previous":
                return self._step(self.spans, back=command == "previous")
            case "next_suggestion" | "previous_suggestion":
                return self._step(self._open_suggestions(), back=command == "previous_suggestion")
            case "around":
                found = editing.around((*self.spans, *self._open_suggestions()), self._selected, position=self._here)
                self._selected = found.handle if found is not None else self._selected
                self._show_selected()
                return found is not None
            case "grow_start" | "shrink_start" | "grow_end" | "shrink_end":
                return self._move_edge(*_EDGES[command])
            case "split":
                return self._split()
            case "merge":
                return self._merge()
            case "remove":
                return self._remove()
            case "leave":
                return self._leave()
            case "characters":
                self.view.set_by_character(not self.view.by_character)
                self._say()
                return True
            case "accept":
                span = self.selected_span
                if span is None or span.handle >= 0:
                    return False
                self._take(span)
                return True
            case "accept_all":
                return self._accept_all()
            case "mark_all":
                self.open_bar()
                return True

    # ------------------------------------------------------------------------------------------------- what is done

    def _step(self, spans: Stretches, *, back: bool) -> bool:
        found = editing.next_of(spans, self.selected_span, position=self._here, back=back)
        if found is not None:
            self.select_span(found.handle)
        return found is not None

    def _move_edge(self, edge: Edge, step: Step) -> bool:
        span = self._own_span()
        if span is None:
            return False
        units = self.view.text_cursor.units
        self._change(editing.move_edge(self.spans, span.handle, edge=edge, step=step, units=units), select=span.handle)
        return True

    def _split(self) -> bool:
        span = self._own_span()
        if span is None:
            return False
        spans, second = editing.split(
            self.spans, span.handle, at=self.view.text_cursor.head[0], units=self.view.text_cursor.units
        )
        if second is not None:
            self._change(spans, select=second.handle)
        return True

    def _merge(self) -> bool:
        span = self._own_span()
        if span is None:
            return False
        spans, gone = editing.merge(self.spans, span.handle)
        if gone is not None:
            self._change(spans, select=span.handle)
        return True

    def _remove(self) -> bool:
        span = self.selected_span
        if span is None:
            return False
        if span.handle >= 0:
            self._change(editing.remove(self.spans, span.handle), select=None)
            return True
        rest = self._open_suggestions()
        self.suggested = editing.remove(self.suggested, span.handle)
        self._go_on(rest, span)
        return True

    def _leave(self) -> bool:
        """From a span to its words, from selected words to the cursor."""
        span = self.selected_span
        if span is not None:
            self._selected = None
            self.view.select(span.start, span.end)
            self._show_selected()
        elif self.view.has_selection:
            self.view.put_cursor(self.view.text_cursor.head[0])
        else:
            return False
        return True

    def _take(self, suggestion: Stretch) -> None:
        """Make a suggestion one's own, and go on with the next."""
        rest = self._open_suggestions()
        spans, _made = editing.add(self.spans, suggestion.start, suggestion.end, label=suggestion.label)
        self.suggested = editing.remove(self.suggested, suggestion.handle)
        self._selected = None
        self._change(spans, select=None)
        self._go_on(rest, editing.find(rest, suggestion.handle))

    def _go_on(self, rest: Stretches, done: Stretch | None) -> None:
        after = editing.next_of(rest, done, position=self._here) if len(rest) > 1 else None
        self.select_span(after.handle if after is not None else None)
        self._show()

    def _accept_all(self) -> bool:
        rest = self._open_suggestions()
        spans = self.spans
        for one in rest:
            spans, _made = editing.add(spans, one.start, one.end, label=one.label)
        if rest:
            self.suggested = ()
            self._change(spans, select=None)
        return bool(rest)

    def _own_span(self) -> Stretch | None:
        """The span to work on: the selected one (a suggestion becomes one's own), else the innermost at the cursor."""
        span = self.selected_span
        if span is not None and span.handle < 0:
            self.suggested = editing.remove(self.suggested, span.handle)
            spans, made = editing.add(self.spans, span.start, span.end, label=span.label)
            self._change(spans, select=made.handle)
            return made
        return span or next(iter(editing.covering(self.spans, self._here)), None)

    def _change(self, spans: Stretches, *, select: int | None) -> None:
        changed = spans != self.spans
        self.spans, self._selected = spans, select
        self._show()
        if changed:
            self.edited.emit(spans)

    # --------------------------------------------------------------------------------------------- mark all equal

    def open_bar(self) -> None:
        """Ask what to mark, beginning with what is selected."""
        span = self.selected_span
        start, end = (span.start, span.end) if span is not None else self.view.selection
        self._label = span.label if span is not None else self._label
        self.all_bar.open_with(self.view.text[start:end])

    def close_bar(self) -> None:
        """Mark nothing, and give the keys back to the text."""
        if not self.all_bar.isHidden():
            self.all_bar.hide()
            self.view.set_found(())
            holder = self.parentWidget() or self
            holder.setFocus()

    def _preview(self, wanted: Wanted) -> None:
        places = wanted.places(self.view.text)
        self.view.set_found(places)
        label = self._labels.get(self._label) if self._label is not None else None
        self.all_bar.say(label=label.name if label else "", found=len(places), new=len(self._new(places)))

    def _new(self, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        marked = {(one.start, one.end) for one in self.spans if one.label == self._label}
        return [place for place in places if place not in marked]

    def _mark_all(self, wanted: Wanted) -> None:
        spans = self.spans
        for start, end in wanted.places(self.view.text) if self._label is not None else ():
            spans, _made = editing.add(spans, start, end, label=self._label or 0)
        self.close_bar()
        self._change(spans, select=None)

    def _ask_everywhere(self, wanted: Wanted) -> None:
        if self._label is not None and wanted.words.strip() and not wanted.problem():
            self.close_bar()
            self.everywhere_wanted.emit(wanted, self._label)

    # ------------------------------------------------------------------------------------------------------ inside

    @property
    def _here(self) -> int:
        return self.view.text_cursor.head[0]

    def _open_suggestions(self) -> Stretches:
        marked = {(one.start, one.end, one.label) for one in self.spans}
        return editing.in_order(
            one for one in self.suggested if (one.start, one.end, one.label) not in marked and one.label in self._labels
        )

    def _leave_span(self) -> None:
        self._left = self._selected if self.view.text_cursor.is_pressed else None
        self._selected = None
        self._show_selected()

    def _take_click(self, handle: int) -> None:
        """A second click on a selected span takes the one around it."""
        if handle == self._left or self._left in {one.handle for one in editing.covering(self.spans, self._here)}:
            found = editing.around(self.spans, self._left, position=self._here)
            handle = found.handle if found is not None else handle
        self._left = None
        span = editing.find((*self.spans, *self.suggested), handle)
        if span is not None and not span.start <= self._here < span.end:
            self.view.put_cursor(span.start)
        self._selected = handle
        self._show_selected()

    def _show(self) -> None:
        marks = [self._mark(one) for one in (*self.spans, *self._open_suggestions())]
        self.view.set_marks(marks)
        if self._arcs:
            self.view.set_arcs(self._arcs)
        self._show_selected()

    def _mark(self, span: Stretch) -> TextMark:
        label = self._labels.get(span.label)
        name, color = (label.short or label.name, label.color) if label else ("?", "#7f7f7f")
        return TextMark(span.start, span.end, color, name, "own" if span.handle >= 0 else "suggested", span.handle)

    def _show_selected(self) -> None:
        self.view.set_selected(self._selected)
        span = self.selected_span
        chosen = (span.label,) if span is not None and span.handle >= 0 else ()
        self.picker.mark(chosen=chosen, suggested=(span.label,) if span is not None and span.handle < 0 else ())
        self._say()

    def _say(self) -> None:
        span = self.selected_span
        start, end = (span.start, span.end) if span is not None else self.view.selection
        label = self._labels.get(span.label) if span is not None else None
        quoted = " ".join(self.view.text[start : min(end, start + 80)].split())
        where = f"{start}–{end}"
        self._says.setText("   ".join(part for part in (label.name if label else "", quoted, where) if part))
        self._units.setText(tr("by character") if self.view.by_character else tr("by word"))

    def _fit_picker(self) -> None:
        most = 160
        self.picker.setFixedHeight(max(44, min(most, self.picker.needed_height(max(320, self.width())))))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit_picker()
