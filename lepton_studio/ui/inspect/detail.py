"""The sample of the current row in full, what the model thought of it, and the ways to put its annotation right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QSizePolicy, QWidget

from lepton_studio.contract.task import Input, Task
from lepton_studio.language import tr
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.records import PredictedSample, Sample, SampleId
from lepton_studio.studio.explaining import why_not
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.tasks import load_part
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.ui.inspect.model import PredictionsModel
from lepton_studio.ui.shared.editors import new_editor, new_viewer
from lepton_studio.widgets.choice_popup import Choice, ChoicePopup
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.sample_view import SampleView
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE

WHY = "Ctrl+E"
"""The key that shows which words count."""
_GUESSES = 3
_KEYS = 130
"""Characters of the keys of the labels, two lines of them: the rows above need the room."""
_EDITOR_LEAST = 168
_VIEWER_HEIGHT = 200


def is_one_label(task: Task[Any]) -> bool:
    """Whether a value is one label: then its key puts it right, and no editor is needed."""
    return task.from_labels is not None and bool(load_part(task.editor).one_press)


class DetailPanel(QWidget):
    """`accept_asked()`, `open_asked()` (on the Label page), `why_asked()`, `left()` when Escape leaves the editor.

    Where a value is one label: `label_chosen(id)`. Else the task's editor shows the sample: `corrected(sample, value)`,
    `bulk_asked(BulkEdit)`, and `finished()` to go on.
    """

    accept_asked = Signal()
    open_asked = Signal()
    why_asked = Signal()
    label_chosen = Signal(int)
    corrected = Signal(object, object)
    finished = Signal()
    bulk_asked = Signal(object)
    left = Signal()

    def __init__(self, model: PredictionsModel, *, by_key: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._by_key = by_key
        self._sample: Sample | None = None
        self._shown: SampleId | None = None
        self._value: Any = None
        self._input: Input | None = None
        self.editor = None if by_key else new_editor(model.task)
        self.viewer = None if self.editor is not None and self.editor.shows_text else new_viewer(model.task)
        self.text = SampleView(size=TITLE)
        self.text.setAccessibleName(tr("Text of the selected sample"))
        self.text.setFixedHeight(96)
        self.guesses = words(size=CAPTION, muted=True, wrap=True)
        self.says = words(size=BODY, wrap=by_key)
        self.accept = button(tr("Accept prediction"), tip=tr("Use the prediction as the annotation (Enter)"))
        self.accept.clicked.connect(self.accept_asked)
        self.choose = button(tr("Another label…"), tip=tr("Choose any label (/)"))
        self.choose.clicked.connect(self.open_choices)
        self.open = button(tr("Open"), role="quiet", tip=tr("Open this sample on the Label page"))
        self.open.clicked.connect(self.open_asked)
        self.why = button(tr("Why?"), tip=tr("Show which words count ({key})", key=key_name(WHY)))
        self.why.clicked.connect(self.why_asked)
        if why_not(model.task):
            self.why.hide()  # never shown from here: it has no place in the window yet
        self.keys = words(size=CAPTION, muted=True, wrap=True)
        self._lay_out()

    def set_small(self, small: bool) -> None:
        """Leave the room to the rows above: less of the text, and no keys."""
        self.text.setFixedHeight(56 if small else 96)
        self.keys.setVisible(self._by_key and not small)

    def show_sample(self, shown: PredictedSample | None) -> None:
        """Show a row; None for none."""
        if self._sample is not None and (shown is None or shown.sample.id != self._sample.id):
            self.flush()
        self.setVisible(shown is not None)
        if shown is None:
            self._sample = None
            return
        model = self._model
        gold, accepted = model.values.gold(shown.sample), model.values.acceptable(shown)
        self.accept.setEnabled(accepted is not None and accepted != gold)
        text = _text_of(shown.sample, model.task)
        if self.viewer is not None:
            self.text.setVisible(bool(text))
            if self._shown != shown.sample.id:
                self.viewer.show_input(model.input_of(shown.sample))
        self._shown = shown.sample.id
        if not self.text.isHidden():
            self.text.set_text(text)
        if self.editor is None:
            self._say_label(shown)
        else:
            self._say_errors(shown)
            self._show_in_editor(self.editor, shown, gold, accepted)

    def open_choices(self) -> None:
        """All labels in a list that narrows as one types."""
        choices = [Choice(label.id, label.name, label.color) for label in self._model.labels.values()]
        popup = ChoicePopup(choices, parent=self.choose, hint=tr("Type to find a label"))
        popup.chosen.connect(self._take)
        popup.open_below(self.choose)

    def edit(self) -> None:
        """Give the editor the keys."""
        if self.editor is not None:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def offer_key(self, event: QKeyEvent) -> None:
        """A plain key that the table has no use for: an editor that is all buttons takes it."""
        if self.editor is not None and not self.editor.shows_text:
            event.accept()
            self.editor.keyPressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What the editor has left: Enter goes on, Escape back to the rows.
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def _say_label(self, shown: PredictedSample) -> None:
        model, prediction = self._model, shown.prediction
        now, predicted = model.label_of(shown.sample), prediction.predicted
        label = model.name_of(now)
        if now == predicted:
            self.says.setText(tr("Labelled {label}, as predicted.", label=label))
        else:
            self.says.setText(
                tr("Labelled {label}, predicted {prediction}.", label=label, prediction=model.name_of(predicted))
            )
        self.guesses.setText(self._ranked(shown))
        keyed = [f"{label.key} {label.name}" for label in model.labels.values() if label.key]
        told = "   ".join(keyed)
        self.keys.setText(told if len(told) <= _KEYS else f"{told[:_KEYS].rpartition('   ')[0]} …")

    def _say_errors(self, shown: PredictedSample) -> None:
        errors = tr(", ").join(self._model.error_chips(shown)) or tr("right")
        self.says.setText(errors[0].upper() + errors[1:])
        set_tool_tip(self.says, self._ranked(shown))

    def _ranked(self, shown: PredictedSample) -> str:
        ranked = sorted(shown.prediction.scores.items(), key=lambda one: -one[1])[:_GUESSES]
        said = [f"{self._model.name_of(one)} {per_cent(score, digits=0)}" for one, score in ranked if score >= 0.005]
        return "  ·  ".join(said)

    def _show_in_editor(self, editor: EditorWidget, shown: PredictedSample, gold: Any, accepted: Any) -> None:
        """The sample with its value and the prediction; what the editor itself just gave is there already."""
        given = self._model.input_of(shown.sample)
        same = self._sample is not None and shown.sample.id == self._sample.id
        if not same or (given, gold) != (self._input, self._value):
            editor.set_labels(tuple(self._model.labels.values()))
            editor.show_sample(given, gold)
            editor.suggest(accepted)
        self._sample, self._input, self._value = shown.sample, given, gold

    def labels_changed(self) -> None:
        """The labels have other names or keys: show the sample anew."""
        self._input = None

    def flush(self) -> None:
        """Let the editor give what it still holds back (an editor that waits for a pause in typing)."""
        if self.editor is not None:
            self.editor.flush()

    def _take_edit(self, value: Any) -> None:
        if self._sample is not None:
            self._value = value
            self.corrected.emit(self._sample, value)

    def _take(self, label: object) -> None:
        if isinstance(label, int):
            self.label_chosen.emit(label)

    def _lay_out(self) -> None:
        editor = self.editor
        if editor is None:
            buttons = row(self.accept, self.choose, self.why, self.open, None)
            self.setLayout(column(self.text, self.says, self.guesses, buttons, self.keys, gap=8))
            self._lay_out_viewer()
            return
        editor.edited.connect(self._take_edit)
        editor.finished.connect(self.finished)
        editor.bulk_wanted.connect(self.bulk_asked)
        self._place = QScrollArea(self)  # an editor that needs more room than there is scrolls
        self._place.setFrameShape(QFrame.Shape.NoFrame)
        self._place.setWidgetResizable(True)
        self._place.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._place.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._place.setWidget(editor)
        self._place.setMinimumHeight(_EDITOR_LEAST if editor.shows_text else 44)
        for part in (self.keys, self.guesses, self.choose, *((self.text,) if editor.shows_text else ())):
            part.setParent(self)
            part.hide()
        self.says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # what is too long is cut
        head = row(self.says, self.accept, self.why, self.open)
        head.setStretch(0, 1)
        layout = column(head, self._place, gap=8, margins=(0, 8, 0, 0))
        if not editor.shows_text:
            layout.insertWidget(1, self.text)
        layout.setStretchFactor(self._place, 1)
        self.setLayout(layout)
        self._lay_out_viewer()

    def _lay_out_viewer(self) -> None:
        layout = self.layout()
        if self.viewer is not None and isinstance(layout, QBoxLayout):
            self.viewer.setFixedHeight(_VIEWER_HEIGHT)
            layout.insertWidget(layout.indexOf(self.text), self.viewer)


def _text_of(sample: Sample, task: Task[Any]) -> str:
    """What is to be read of a sample: its text, and the second one of a pair."""
    second = sample.fields.get(SECOND_TEXT, "") if SECOND_TEXT in task.reads else ""
    return f"{sample.text}\n\n{second}" if second else sample.text
