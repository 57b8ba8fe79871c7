"""What can be tried before a run: how the chosen methods change texts, and which learning rate to use."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.methods import all_methods
from lepton_studio.runs.events import Previewed, RateFound
from lepton_studio.runs.job import TrialKind
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.recipe import RecipePanel
from lepton_studio.widgets.layouts import button, clear, column, words
from lepton_studio.widgets.sparkline import Sparkline
from lepton_studio.widgets.theme import BODY, CAPTION

_SHOWN = 3
"""Texts of a preview: the command line shows ten."""
_RATE = "learning_rate"


class TryPanel(QWidget):
    """Two links, and what came of the one that was pressed last.

    A trial waits until the estimate that goes on has stopped. What it said goes when the choices change.
    """

    def __init__(self, session: Session, choices: RecipePanel, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._choices = session, choices
        self._wanted: TrialKind | None = None
        """Asked for, and not begun yet."""
        self.preview = button(tr("Preview the changed texts"), role="link")
        self.preview.clicked.connect(lambda: self._ask("preview"))
        self.find_rate = button(tr("Find a learning rate"), role="link")
        self.find_rate.clicked.connect(lambda: self._ask("find_rate"))
        self.said = words(size=CAPTION, muted=True, wrap=True)
        self.curve = Sparkline()
        self.curve.setFixedHeight(80)
        self.use = button("", role="link")
        self.use.clicked.connect(self._use)
        self.texts = QVBoxLayout()
        self.texts.setSpacing(8)
        self._rate = 0.0
        self.setLayout(column(self.preview, self.find_rate, self.said, self.texts, self.curve, self.use, gap=4))
        choices.changed.connect(self.forget)
        session.scheduler.trial.answered.connect(self.show_answer)
        session.scheduler.trial.unanswered.connect(self._end)
        session.measure_ended.connect(lambda _sentence: self._begin())
        self.forget()

    def forget(self) -> None:
        """The choices are others now."""
        clear(self.texts)
        self._say("")
        for one in (self.curve, self.use):
            one.hide()
        self._dress()

    def show_answer(self, answer: Previewed | RateFound) -> None:
        """What came of a trial."""
        self.forget()
        if isinstance(answer, Previewed):
            pairs = [one for one in zip(answer.before, answer.after, strict=True) if one[0] != one[1]]
            for before, after in pairs[:_SHOWN]:
                was = words(before, size=CAPTION, muted=True, wrap=True)
                self.texts.addLayout(column(was, words(after, size=BODY, wrap=True), gap=0))
            self._say(answer.note if pairs or answer.note else tr("None of the texts that were tried has changed."))
            return
        self._rate = answer.chosen
        self.curve.show_values(answer.losses)
        self.curve.show()
        self.use.setText(tr("Use {rate}", rate=f"{answer.chosen:g}"))
        self.use.setVisible(bool(answer.chosen))
        self._say(
            tr(
                "The loss while the learning rate rises from {first} to {last}. It is smallest at {best}; half of that "
                "is safe.",
                first=f"{answer.rates[0]:.0e}",
                last=f"{answer.rates[-1]:.0e}",
                best=f"{2 * answer.chosen:g}",
            )
            if answer.chosen
            else tr("The loss does not fall at any learning rate, so none can be named. Keep that of the recipe.")
        )

    def _ask(self, kind: TrialKind) -> None:
        runs = self._session.scheduler
        if runs.is_busy:
            self._say(tr("A run is at work. Try this when it has ended."))
            return
        self.forget()
        self._wanted = kind
        self._say(tr("Trying…"))
        if runs.trial.is_going_on:
            runs.trial.stop()
        else:
            self._begin()

    def _begin(self) -> None:
        kind, self._wanted = self._wanted, None
        recipe, model = self._choices.recipe(), self._choices.base_model()
        if kind is None:
            return
        if recipe is None or not model or self._choices.model_to_fetch() is not None:
            self._say(tr("This needs a base model that is on this computer, and settings that are valid."))
            return
        self._session.scheduler.try_out(kind, model=model, recipe=recipe)

    def _end(self, sentence: str) -> None:
        if sentence:
            self.forget()
            self._say(sentence)

    def _use(self) -> None:
        field = self._choices.settings.fields.get(_RATE)
        if isinstance(field, QLineEdit):
            field.setText(f"{self._rate:g}")

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def _dress(self) -> None:
        recipe, methods = self._choices.recipe(), all_methods()
        chosen = [methods[one] for one in recipe.methods if one in methods] if recipe is not None else []
        self.preview.setVisible(any(one.changes_texts for one in chosen))
        self.find_rate.setVisible(not any(one.at_once and not one.on_pairs for one in chosen))
