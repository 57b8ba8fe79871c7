"""The editor of relations: spans are marked as in the task of spans, and linked by arrows, with the mouse or by keys.

Try it: `python -m lepton_studio.tasks.relations.editor`.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.editing import BulkEdit
from lepton_studio.contract.span_values import Span, marked
from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.project.records import Label, Labels
from lepton_studio.tasks.relations.annotation import Linked
from lepton_studio.tasks.relations.linking import Linking, Ties, linked, next_tie, reach, retied, ties_of
from lepton_studio.tasks.relations.rules import RELATION, Rules, is_relation
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.label_picker import LabelPicker
from lepton_studio.widgets.layouts import column
from lepton_studio.widgets.marked_text import TextArc
from lepton_studio.widgets.marked_text.finding import BESIDE, Wanted
from lepton_studio.widgets.marked_text.span_board import SpanBoard, type_label
from lepton_studio.widgets.marked_text.span_editing import Marked, Stretches
from lepton_studio.widgets.marked_text.span_keys import span_keys

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RelationsEditor(EditorWidget):
    """See `lepton_studio.contract.editing.Editor`. The board marks the spans; arrows between them are made here.

    A tie is (head, tail, relation) by the handles of the board's spans. An arc's id is the place of its tie; those of
    suggested ties count down from -1.
    """

    accessible_role = QAccessible.Role.Document

    shows_text = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = Rules.of(())
        self._labels: dict[int, Label] = {}
        self._ties: Ties = ()
        self._suggested: Linked | None = None
        self._arc: int | None = None
        self._linking: Linking | None = None
        self._holds = False
        self.board = SpanBoard(with_arcs=True)
        self.board.edited.connect(self._take_spans)
        self.board.refused.connect(self._take_refusal)
        self.board.merged.connect(self._take_merge)
        self.board.everywhere_wanted.connect(self._ask_everywhere)
        self.board.view.mark_dragged.connect(self._drag)
        self.board.view.mark_clicked.connect(self._click)
        self.board.view.arc_clicked.connect(self._select_arc)
        self.picker = LabelPicker()
        self.picker.pressed.connect(self._take_relation)
        layout = column(self.board, self.picker, gap=8)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def takes_letters(self) -> bool:
        """Whether typed letters narrow the labels."""
        return self.board.picker.is_many or self.picker.is_many

    def set_labels(self, labels: Labels) -> None:
        """Labels of spans, and those of relations."""
        ordered = sorted(labels, key=lambda one: one.position)
        self._labels = {one.id: one for one in ordered}
        self._rules = Rules.of(ordered)
        self.board.set_labels([_choice(one) for one in ordered if not is_relation(one)])
        self.picker.set_choices([_choice(one) for one in ordered if is_relation(one)])
        self._fit_picker()
        self._show_arcs()

    def show_sample(self, input: Input, value: Linked | None) -> None:
        """Show another sample, or the same after it was changed elsewhere; then the cursor stays."""
        self._suggested, self._arc, self._linking = None, None, None
        self.board.set_hint("")
        self.board.set_arcs(())
        self.board.show_text(input.text, marked(value.spans) if value is not None else ())
        self._ties = ties_of(value, self.board.spans) if value is not None else ()
        self._show_arcs()

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint what was searched for."""
        self.board.view.mark_searched(words)

    def suggest(self, value: Linked | None) -> None:
        """Draw what is suggested, dashed."""
        self._suggested = value
        self.board.suggest(marked(value.spans) if value is not None else ())
        self._show_arcs()

    def keys(self) -> list[tuple[str, str]]:
        """The keys beside those of the labels."""
        return [
            (tr("relation key"), tr("link the selected span: press Tab to reach the other one, then Enter")),
            (">", tr("link now and choose the relation later; on a selected arrow: reverse it")),
            (";", tr("next arrow; a relation key changes it, Delete removes it")),
            *span_keys()[:7],
        ]

    def needed_height(self, width: int) -> int:
        """The height of the whole text with the labels."""
        return self.board.needed_height(width) + self.picker.needed_height(width) + 8

    # ------------------------------------------------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self._take_key(event))

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab steps through spans; where there are none it goes on to the next widget.
        return False if self.board.spans else super().focusNextPrevChild(next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picker()

    def _take_key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        wants_relation = self._linking is not None or self._arc is not None
        if (wants_relation or not self.picker.is_many) and type_label(self.picker, event):
            return True
        if self._linking is not None:
            return self._take_linking_key(event, self._linking)
        if event.key() in _ENTER and plain == Qt.KeyboardModifier.ControlModifier:
            return self._accept_all()
        if event.text() in (";", ":"):
            return self._step_arc(back=event.text() == ":")
        if self._arc is not None and not plain:
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                return self._remove_arc(self._arc)
            if event.text() == ">":
                return self._turn_arc(self._arc)
            if event.key() in _ENTER and self._arc < 0:
                return self._accept_arc(self._arc)
            if event.key() == Qt.Key.Key_Escape:
                self._select_arc(None)
                return True
        if event.text() == ">":
            return self._begin(None)
        taken = self.board.take_key(event)
        if taken and self._arc is not None:
            self._select_arc(None)
        return taken

    def _take_linking_key(self, event: QKeyEvent, linking: Linking) -> bool:
        """While an arrow is being made: Tab chooses its end, Enter makes it, Escape gives it up."""
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            back = event.key() == Qt.Key.Key_Backtab or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._go_on(linking.next_tail(self.board.spans, self._rules, back=back))
        elif event.key() in _ENTER:
            self._finish(linking)
        elif event.key() == Qt.Key.Key_Escape:
            self._end_linking()
            self.board.select_span(linking.head)
        else:
            return False
        return True

    # ----------------------------------------------------------------------------------------------- making arrows

    def _take_relation(self, relation: int) -> None:
        """A relation's key or button: the one that an arrow becomes, or begins with."""
        self.picker.widen()
        if self._linking is not None:
            self._finish(self._linking.as_relation(relation))
        elif self._arc is not None:
            self._relabel_arc(self._arc, relation)
        else:
            self._begin(relation)

    def _begin(self, relation: int | None) -> bool:
        span = self.board.state.selected
        if span is None or span.handle < 0:
            self.board.set_hint(tr("First select the span to link: press Tab or click it."))
            return True
        linking = Linking(span.handle, None, relation)
        self._go_on(linking.next_tail(self.board.spans, self._rules, back=False))
        return True

    def _go_on(self, linking: Linking) -> None:
        self._linking = linking
        self.board.select_span(linking.head if linking.tail is None else linking.tail)
        self.board.set_hint(linking.words(self.board.view.text, self.board.spans, self._rules, self._labels))

    def _finish(self, linking: Linking) -> None:
        relation = linking.only_relation(self.board.spans, self._rules)
        if linking.tail is None or relation is None:
            self._go_on(linking)
            return
        self._end_linking()
        ties = retied((*self._ties, (linking.head, linking.tail, relation)), self.board.spans, self._rules)
        if ties != self._ties:
            self._change(ties)
        self.board.select_span(linking.head)

    def _end_linking(self) -> None:
        self._linking = None
        self.board.set_hint("")

    def _drag(self, head: int, tail: int) -> None:
        if head >= 0 and tail >= 0:
            self._finish(Linking(head, tail, None))

    def _click(self, handle: int) -> None:
        if self._linking is not None and handle >= 0 and handle != self._linking.head:
            self._finish(self._linking.to(handle))
        elif self._linking is not None:
            self._end_linking()
        if self._arc is not None:
            self._select_arc(None)

    # --------------------------------------------------------------------------------------------- changing arrows

    def _select_arc(self, arc: int | None) -> None:
        self._arc = arc
        if arc is not None:
            self._end_linking()
            ties = (*self._ties, *self._suggested_ties())
            head, tail, relation = ties[arc if arc >= 0 else len(self._ties) - arc - 1]
            self.board.select_span(None)
            spans = {one.handle: one for one in (*self.board.spans, *self.board.state.open_suggestions)}
            start, end = reach(spans[head], spans[tail])
            self.board.view.reveal(start, end)
            texts = [self.board.view.text[spans[one].start : spans[one].end] for one in (head, tail)]
            self.board.set_hint(f"{texts[0]}   {self._labels[relation].name}   {texts[1]}")
            self.picker.mark(chosen=(relation,) if arc >= 0 else (), suggested=(relation,) if arc < 0 else ())
        else:
            self.board.set_hint("")
            self.picker.mark(chosen=(), suggested=())
        self.board.view.set_selected_arc(arc)

    def _step_arc(self, *, back: bool) -> bool:
        places = [*range(len(self._ties)), *(-1 - place for place in range(len(self._suggested_ties())))]
        span = self.board.state.selected
        arc = next_tie(self._ties, places, self._arc, of=span.handle if span is not None else None, back=back)
        if arc is not None:
            self._select_arc(arc)
        return arc is not None

    def _remove_arc(self, arc: int) -> bool:
        if arc >= 0:
            self._change(tuple(tie for place, tie in enumerate(self._ties) if place != arc))
        else:
            self._refuse_arc(arc)
        return True

    def _turn_arc(self, arc: int) -> bool:
        if arc >= 0:
            head, tail, relation = self._ties[arc]
            self._put(arc, (tail, head, relation))
        return True

    def _relabel_arc(self, arc: int, relation: int) -> None:
        if arc < 0:
            self._accept_arc(arc)
            arc = self._arc if self._arc is not None else -1
        if arc >= 0:
            head, tail, _old = self._ties[arc]
            self._put(arc, (head, tail, relation))

    def _put(self, arc: int, tie: tuple[int, int, int]) -> None:
        """Change an arrow where the rules allow it, and keep it selected."""
        spans = {one.handle: one.label for one in self.board.spans}
        if not self._rules.allows(tie[2], spans[tie[0]], spans[tie[1]]):
            self.board.set_hint(tr("{relation} cannot link these two spans.", relation=self._labels[tie[2]].name))
            return
        ties = retied((*self._ties[:arc], tie, *self._ties[arc + 1 :]), self.board.spans, self._rules)
        self._change(ties)
        turned = (tie[1], tie[0], tie[2])
        self._select_arc(ties.index(tie) if tie in ties else ties.index(turned))

    # ------------------------------------------------------------------------------------------------- suggestions

    def _suggested_ties(self) -> Ties:
        """Ties that are suggested and not made yet."""
        if self._suggested is None:
            return ()
        ties = ties_of(self._suggested, (*self.board.state.open_suggestions, *self.board.spans))
        return tuple(tie for tie in ties if tie not in self._ties and tie[2] in self._labels)

    def _accept_arc(self, arc: int) -> bool:
        """Make a suggested arrow one's own, with its spans."""
        head, tail, relation = self._suggested_ties()[-arc - 1]
        ends = [one for one in self.board.state.shown if one.handle in (head, tail)]
        wanted = linked(ends, ((head, tail, relation),), self._rules)
        self._add(wanted)
        (tie,) = ties_of(wanted, self.board.spans)
        self._select_arc(self._ties.index(tie) if tie in self._ties else None)
        return True

    def _refuse_arc(self, arc: int) -> None:
        """Suggest this arrow no more."""
        ends = (*self.board.state.open_suggestions, *self.board.spans)
        (gone,) = linked(ends, (self._suggested_ties()[-arc - 1],), self._rules).triples()
        if self._suggested is not None:
            left = (one for one in self._suggested.triples() if one != gone)
            self._suggested = Linked.of(self._suggested.spans, left)
            self._select_arc(None)
            self._show_arcs()
            self.refused.emit(self._suggested)

    def _take_refusal(self, refused: frozenset[Marked]) -> None:
        if self._suggested is not None:
            self.refused.emit(self._suggested.with_spans({Span(*one): None for one in refused}))

    def _accept_all(self) -> bool:
        """Make all that is suggested one's own."""
        wanted = self.board.state.open_suggestions
        if self._suggested is None or not (wanted or self._suggested_ties()):
            return False
        spans = {Span(one.start, one.end, one.label) for one in self.board.state.shown}
        self._add(Linked.of(spans, self._suggested.triples()))
        return True

    def _add(self, wanted: Linked) -> None:
        """Spans and links in one step."""
        self._holds = True
        self.board.add([(one.start, one.end, one.label) for one in wanted.spans])
        self._holds = False
        self._change(retied((*self._ties, *ties_of(wanted, self.board.spans)), self.board.spans, self._rules))

    # ------------------------------------------------------------------------------------------------------ inside

    def _take_spans(self, spans: Stretches) -> None:
        if not self._holds:
            self._change(retied(self._ties, spans, self._rules))

    def _take_merge(self, kept: int, gone: int) -> None:
        ends = {gone: kept}
        self._ties = tuple((ends.get(head, head), ends.get(tail, tail), label) for head, tail, label in self._ties)

    def _change(self, ties: Ties) -> None:
        self._ties, self._arc = ties, None
        self.board.set_hint("")
        self.picker.mark(chosen=(), suggested=())
        self._show_arcs()
        self.edited.emit(self.value())

    def value(self) -> Linked:
        """The spans and links that are shown."""
        return linked(self.board.spans, self._ties, self._rules)

    def _show_arcs(self) -> None:
        own = [self._arc_of(place, tie) for place, tie in enumerate(self._ties)]
        suggested = [self._arc_of(-1 - place, tie) for place, tie in enumerate(self._suggested_ties())]
        self.board.set_arcs([*own, *suggested])
        self.board.view.set_selected_arc(self._arc)

    def _arc_of(self, arc: int, tie: tuple[int, int, int]) -> TextArc:
        head, tail, relation = tie
        label = self._labels.get(relation)
        name, color = (label.name, label.color) if label is not None else ("?", "#7f7f7f")
        directed = self._rules.is_directed(relation)
        return TextArc(head, tail, color, name, directed, "own" if arc >= 0 else "suggested", arc)

    def _ask_everywhere(self, wanted: Wanted, label: int) -> None:
        self.bulk_wanted.emit(mark_everywhere(wanted, label=label, name=self._labels[label].name))

    def _fit_picker(self) -> None:
        self.picker.setVisible(bool(self._rules.relations))
        self.picker.setFixedHeight(max(44, min(120, self.picker.needed_height(max(320, self.width())))))


def mark_everywhere(wanted: Wanted, *, label: int, name: str) -> BulkEdit[Linked]:
    """Mark every place of every sample that is equal to what is wanted; links stay."""

    def change(input: Input, value: Linked | None) -> Linked | None:
        before = value or Linked()
        places = (Span(start, end, label) for start, end in wanted.places(input.text, seconds=BESIDE))
        after = Linked.of((*before.spans, *places), before.triples())
        return after if after.spans and after != value else None

    return BulkEdit(tr("Mark “{words}” as {label}", words=wanted.words, label=name), change, wanted.search())


def _choice(label: Label) -> LabelChoice:
    return LabelChoice(label.id, label.name, label.color, label.key, label.description)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.color import label_color
    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    editor = RelationsEditor()
    kinds = {"person": "", "company": "", "place": "", "works for": RELATION, "lives in": RELATION, "lies in": RELATION}
    labels = (
        Label(place, name, label_color(place), str(place + 1), "", place, {"kind": kind})
        for place, (name, kind) in enumerate(kinds.items())
    )
    editor.set_labels(tuple(labels))
    spans = (Span(0, 9, 0), Span(19, 32, 1), Span(36, 42, 2), Span(59, 65, 2))
    text = "Ada Lopez works at Northwind Ltd in Lisbon, and lives near Sintra."
    editor.show_sample(Input(text), Linked.of(spans, ((spans[0], spans[1], 3),)))
    editor.suggest(Linked.of(spans, ((spans[1], spans[2], 5), (spans[0], spans[3], 4))))
    editor.resize(900, 560)
    editor.show()
    editor.setFocus()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
