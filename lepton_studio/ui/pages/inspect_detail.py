"""The sample of the current row in full, what the model thought of it, and the ways to put its label right."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import PredictedSample
from lepton_studio.ui.pages.inspect_model import PredictionsModel
from lepton_studio.ui.score_words import per_cent
from lepton_studio.widgets.choice_popup import Choice, ChoicePopup
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.sample_view import SampleView
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE

_GUESSES = 3


class DetailPanel(QWidget):
    """`accept_asked()`, `label_chosen(id)`, `open_asked()` (on the Label page)."""

    accept_asked = Signal()
    label_chosen = Signal(int)
    open_asked = Signal()

    def __init__(self, model: PredictionsModel, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.text = SampleView(size=TITLE)
        self.text.setAccessibleName(tr("Text of the chosen sample"))
        self.text.setFixedHeight(96)
        self.guesses = words(size=CAPTION, muted=True, wrap=True)
        self.says = words(size=BODY, wrap=True)
        self.accept = button(tr("Accept the prediction"), tip=tr("The prediction becomes the label (Enter)"))
        self.accept.clicked.connect(self.accept_asked)
        self.choose = button(tr("Another label…"), tip=tr("Choose any label (/)"))
        self.choose.clicked.connect(self.open_choices)
        self.open = button(tr("Open"), role="quiet", tip=tr("Open this sample on the Label page"))
        self.open.clicked.connect(self.open_asked)
        self.keys = words(size=CAPTION, muted=True, wrap=True)
        self.setLayout(
            column(
                self.text,
                self.says,
                self.guesses,
                row(self.accept, self.choose, self.open, None),
                self.keys,
                gap=8,
            )
        )

    def set_small(self, small: bool) -> None:
        """Leave the room to the rows above: less of the text, and no keys."""
        self.text.setFixedHeight(56 if small else 96)
        self.keys.setVisible(not small)

    def show_sample(self, shown: PredictedSample | None) -> None:
        """Show a row; None for none."""
        self.setVisible(shown is not None)
        if shown is None:
            return
        model, prediction = self._model, shown.prediction
        self.text.set_text(shown.sample.text)
        now, predicted = model.label_of(shown.sample), prediction.predicted
        label = model.name_of(now)
        if now == predicted:
            self.says.setText(tr("Labelled {label}, as predicted.", label=label))
        else:
            self.says.setText(
                tr("Labelled {label}, predicted {prediction}.", label=label, prediction=model.name_of(predicted))
            )
        ranked = sorted(prediction.scores.items(), key=lambda one: -one[1])[:_GUESSES]
        self.guesses.setText(
            "  ·  ".join(f"{model.name_of(one)} {per_cent(score, digits=0)}" for one, score in ranked if score >= 0.005)
        )
        self.accept.setEnabled(now != predicted and predicted in model.labels)
        keyed = [f"{label.key} {label.name}" for label in model.labels.values() if label.key]
        self.keys.setText("   ".join(keyed[:10]) + (" …" if len(keyed) > 10 else ""))

    def open_choices(self) -> None:
        """All labels in a list that narrows as one types."""
        choices = [Choice(label.id, label.name, label.color) for label in self._model.labels.values()]
        popup = ChoicePopup(choices, parent=self.choose, hint=tr("Type to find a label"))
        popup.chosen.connect(self._take)
        popup.open_below(self.choose)

    def _take(self, label: object) -> None:
        if isinstance(label, int):
            self.label_chosen.emit(label)
