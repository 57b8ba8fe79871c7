"""The left side of the Tune page: the choices, the check before the start, the estimate, and Start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.records import RunRecord
from lepton_studio.runs.events import Estimated
from lepton_studio.settings import load_settings
from lepton_studio.studio.checking import Check, check_before_tuning, findings_of
from lepton_studio.studio.proposing import Proposal, proposal_for
from lepton_studio.studio.splitting import set_aside_validation
from lepton_studio.ui.shared.page import POINTED_AT
from lepton_studio.ui.shared.read_only import why_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.check import CheckPanel
from lepton_studio.ui.tune.recipe import RecipePanel
from lepton_studio.ui.tune.settings import SettingsPanel
from lepton_studio.ui.tune.trying import TryPanel
from lepton_studio.widgets.layouts import button, column, line, words
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE

WIDTH = 340
CALM_MS = 1200
"""The estimate waits until nothing was changed for so long."""


class StartPanel(QWidget):
    """Looks at the labels beside the window after each change; tries a few steps once the choices have settled.

    Emits `checked()` after each look.
    """

    checked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._scroll = QScrollArea(self)
        self._inner = QWidget(self._scroll.viewport())
        self.choices = RecipePanel(session.task, desk=session.models, parent=self._inner)
        self.check = CheckPanel(parent=self._inner)
        self.check.why_only_read = why_only_read(session.project)
        self.start = button(tr("Start"), role="primary", tip=tr("Start tuning (Ctrl+Enter)"))
        self.reason = words(size=CAPTION, muted=True, wrap=True)
        self._checked: Check | None = None
        self._is_asked = False
        """A start was asked for while the labels were looked at for the first time."""
        self._looks = 0
        self._measured: object = None
        self._fetched_for = ""
        """The model that is fetched so that a run can start with it."""
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MS)
        self._calm.timeout.connect(self._measure)
        self._lay_out()
        self.start.setObjectName(POINTED_AT)
        self.start.clicked.connect(self.start_run)
        self.choices.changed.connect(self._take_choices)
        self.choices.hub_asked.connect(session.hub_requested)
        self.choices.settings_made.connect(self._offer_trials)
        session.model_chosen.connect(self.choices.choose_model)
        session.model_fetched.connect(lambda _model: self._take_fetched())
        self.choices.models_asked.connect(session.models_requested)
        session.models.began.connect(self.show_state)
        session.models.ended.connect(self._end_fetch)
        self.check.show_asked.connect(session.show_samples)
        self.check.remedy_asked.connect(self._mend)
        session.estimated.connect(self._show_estimate)
        session.measure_ended.connect(self._end_measure)

    def _offer_trials(self, settings: SettingsPanel) -> None:
        settings.show_trials(TryPanel(self._session, self.choices, parent=settings))
        settings.methods.projects = self._other_projects

    def _other_projects(self) -> list[str]:
        """Those that were open lately and are there."""
        own = self._session.project.folder.resolve()
        return [one for one in load_settings().recent if Path(one) != own and Path(one).is_dir()]

    def show_choices_of(self, run: RunRecord) -> None:
        """Begin with the choices of an earlier run."""
        self.choices.choose_stored(model=run.model, recipe=run.recipe)

    def start_run(self) -> None:
        """Start with the choices made, where nothing stands against it; the model is fetched before.

        While the labels are looked at for the first time the start is kept until that is known.
        """
        if self._checked is None and self.may_ask():
            self._is_asked = True
            self.show_state()
            return
        recipe, model = self.choices.recipe(), self.choices.base_model()
        if recipe is None or not self.may_start():
            return
        missing = self.choices.model_to_fetch()
        if missing is None:
            self._session.start_run(model=model, recipe=recipe)
        else:
            self._fetched_for = missing.id
            self._session.models.fetch(missing)

    def may_start(self) -> bool:
        """Whether nothing stands against a start."""
        return not self.why_not()

    def may_ask(self) -> bool:
        """Whether a start does something: now, or as soon as the labels are looked at."""
        return not self._why_not_chosen() and (self._checked is None or self.may_start())

    def is_possible(self) -> bool:
        """Whether the labels, as last looked at, allow a start."""
        return self._checked is not None and self._checked.possible

    def why_not(self) -> str:
        """What stands against a start, in a sentence; "" for nothing."""
        against = self._why_not_chosen()
        if against:
            return against
        if self._checked is None:
            return tr("Starts as soon as the labels are checked.") if self._is_asked else tr("Checking the labels…")
        return next((one.sentence for one in self._checked.findings if one.level == "red"), "")

    def _why_not_chosen(self) -> str:
        if self._session.scheduler.is_preparing:
            return tr("The run is being prepared.")
        if self.choices.recipe() is None:
            return tr("A setting under “More settings” is not valid.")
        if not self.choices.base_model():
            return tr("Enter the folder or ID of the base model.")
        if self.choices.model_to_fetch() is not None and self._session.models.is_busy:
            return tr("The model is being downloaded.")
        return ""

    def show_state(self) -> None:
        """Bring the Start button up to date."""
        why = self.why_not()
        runs = self._session.scheduler
        before = len(runs.queued_runs) + (runs.active_run is not None)
        self.start.setText(tr("Add to queue") if before else tr("Start"))
        if self.choices.model_to_fetch() is not None:
            self.start.setText(tr("Download the model and start"))
        self.start.setEnabled(self.may_ask() and not self._is_asked)
        if not before:
            usual = tr("Ctrl+Enter starts. You can keep labelling meanwhile.")
        else:
            usual = trn(
                "Starts after {count} other run, with the current labels.",
                "Starts after {count} other runs, with the current labels.",
                before,
            )
        self.reason.setText(why or usual)

    def check_again(self) -> None:
        """Look at the labels, in a thread; the newest look counts."""
        self.show_state()
        recipe, model = self.choices.recipe(), self.choices.base_model()
        if recipe is None:
            return
        self._looks += 1
        look = self._looks
        self._session.run_in_background(
            tr("Checking the labels"),
            lambda progress: (
                check_before_tuning(progress.project, recipe, model=model),
                proposal_for(progress.project),
            ),
            lambda found: self._take_look(*found) if look == self._looks else None,
            quiet=True,
        )

    def _take_fetched(self) -> None:
        self.choices.show_what_is_here()
        self.check_again()

    def _end_fetch(self, model: str, _sentence: str, is_done: bool) -> None:
        wanted, self._fetched_for = self._fetched_for, ""
        self.choices.show_what_is_here()
        self.check_again()
        if is_done and model == wanted == self.choices.base_model():
            self.start_run()

    def rest(self) -> None:
        """The page goes out of view: try no steps, and start nothing unseen."""
        self._calm.stop()
        self._is_asked = False

    def _take_choices(self) -> None:
        self._is_asked = False  # it was asked for with other choices
        self._measured = None  # the estimate was of other choices, and so is one that is still on its way
        self._calm.stop()  # the labels and the model are looked at first
        self.check.show_estimate(())
        self.check_again()

    def _take_look(self, check: Check, proposal: Proposal) -> None:
        looks, is_asked = self._looks, self._is_asked
        self.choices.propose(proposal)
        if looks == self._looks:
            self._show_check(check)
        else:  # another model was chosen, and another look is on its way: nobody asked to download that model
            self._is_asked = is_asked and self.choices.model_to_fetch() is None
            self.show_state()

    def _show_check(self, check: Check) -> None:
        self._checked = check
        is_asked, self._is_asked = self._is_asked, False
        self.check.show_check(check)
        self.show_state()
        self._calm.start()
        self.checked.emit()
        if is_asked:
            self.start_run()

    def _measure(self) -> None:
        recipe, model = self.choices.recipe(), self.choices.base_model()
        if (
            recipe is None
            or self.why_not()
            or not self.isVisible()
            or self._session.scheduler.trial.is_going_on
            or self._session.scheduler.is_busy
        ):
            return
        if self.choices.model_to_fetch() is not None:
            self.check.show_estimate(())
            self.check.say(tr("Time and memory can be estimated once the model is on this computer."))
            return
        wanted = (model, recipe, None if self._checked is None else self._checked.counts)
        if wanted != self._measured:
            self._measured = wanted
            self.check.show_estimate(())
            self.check.say(tr("Trying a few steps to estimate time and memory…"))
            self._session.measure(model=model, recipe=recipe)

    def _show_estimate(self, estimate: Estimated) -> None:
        if self.choices.recipe() is None or self._measured is None:
            return
        found = findings_of(estimate, self._session.task)
        quicker = next((one.sentence for one in found if one.remedy == "use_quick"), "")
        if not (quicker and self.choices.propose_quick(quicker)):  # else that is estimated next
            self.check.show_estimate(found)
            self.check.say("")

    def _end_measure(self, sentence: str) -> None:
        self.check.say(tr("No estimate: {reason}", reason=sentence) if sentence else "")
        if self.isVisible():
            self._calm.start()  # the choices may have changed meanwhile

    def _mend(self, remedy: str) -> None:
        if remedy == "use_quick":
            self.choices.choose_method("quick")
        elif remedy == "set_aside_validation":
            self._session.perform_in_background(
                tr("Setting samples aside for validation"),
                set_aside_validation,
                say=tr("One in ten labelled samples is now set aside for validation."),
            )

    def _lay_out(self) -> None:
        heading = words(tr("Training data"), size=BODY, bold=True)
        self._inner.setLayout(column(self.choices, line(), heading, self.check, None, gap=16, margins=(24, 0, 16, 16)))
        scroll = self._scroll
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inner)
        title = words(tr("Tune"), size=TITLE, bold=True)
        foot = column(self.start, self.reason, gap=8, margins=(24, 12, 16, 16))
        self.setLayout(column(column(title, margins=(24, 24, 16, 16)), scroll, line(), foot, gap=0))
        self.setFixedWidth(WIDTH)
