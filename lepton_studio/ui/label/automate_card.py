"""Let the model do the rest: how much it can label at the risk that a person accepts, before it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import CAPTION, TITLE

if TYPE_CHECKING:
    from lepton_studio.studio.instant.automation import Plan
    from lepton_studio.studio.instant.model import InstantModel
    from lepton_studio.widgets.risk_curve import RiskCurve

_USUAL = 0.05


class AutomateCard(Overlay):
    """`ask(session)` begins; nothing is labelled unless the person says so."""

    manual = "howto-label-faster"

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._session: Session | None = None
        self._labelled: Callable[[int, int], object] = lambda _entry, _count: None
        self._work: Work | None = None
        self._found: tuple[Plan, InstantModel] | None = None
        self._curve: RiskCurve | None = None
        self.risk = ChoiceBox()
        self.risk.setAccessibleName(tr("How much may be wrong"))
        self.risk.currentIndexChanged.connect(lambda _place: self._show())
        self.sentence = words("", wrap=True)
        self.do = button("", role="primary")
        self.do.clicked.connect(self._label)
        self._note = words(
            tr("Every further check uses the same test samples, so it has to meet a stricter standard."),
            size=CAPTION,
            muted=True,
            wrap=True,
        )
        self._note.hide()
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Let the model label the rest"), size=TITLE, bold=True))
        self.card_layout.addLayout(row(self.risk, None))
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addWidget(self._note)
        self.card_layout.addLayout(row(None, self.cancel, self.do))

    def ask(self, session: Session, *, labelled: Callable[[int, int], object]) -> None:
        """Find out beside the window what it can label, and say it. `labelled`: told in which step of the history how
        many samples were labelled.
        """
        self._labelled = labelled
        self._session = session
        self._plan()
        self.open_over()
        self.cancel.setFocus()

    def _plan(self) -> None:
        from lepton_studio.studio.instant.automation import RISKS, plan

        if not self.risk.count():
            for one in RISKS:
                self.risk.addItem(tr("At most {risk} wrong", risk=per_cent(one, digits=0)), one)
            self.risk.setCurrentIndex(RISKS.index(_USUAL))
        session, self._found = self._session, None
        self.do.hide()
        if session is None:
            return
        model = session.instant.of_whole_texts
        self.sentence.setText(tr("Checking what the model is sure of…"))
        work = session.run_in_background(
            tr("Checking what the model is sure of"),
            lambda progress: plan(progress.project, model),
            lambda found: self._take(work, found, model),
            failed=lambda _error: self.close_over(),
            quiet=True,
        )
        self._work = work

    def _take(self, work: Work, found: Plan, model: InstantModel | None) -> None:
        if work is not self._work or model is None:
            return
        from lepton_studio.widgets.risk_curve import RiskCurve, RiskPoint

        self._found = found, model
        if found.measured and self._curve is None:
            self._curve = RiskCurve(
                across=tr("samples the model labels"),
                name=tr("How many samples the model can label, and how many of them may be wrong"),
            )
            self._curve.chosen.connect(self._choose)
            self.card_layout.insertWidget(2, self._curve)
        if self._curve is not None:
            points = [RiskPoint(one.risk, len(one.taken), one.proof.bound) for one in found.offers if one.taken]
            self._curve.show_curve(points, found.measured, total=found.unlabelled)
            self._curve.setVisible(bool(found.measured))
        self._note.setVisible(bool(found.measured))
        self._show()

    def _choose(self, risk: float) -> None:
        self.risk.setCurrentIndex(self.risk.findData(risk))

    def _show(self) -> None:
        from lepton_studio.studio.instant.automation import offer_sentence

        if self._found is None:
            return
        found, risk = self._found[0], float(self.risk.currentData())
        self.sentence.setText(offer_sentence(found, risk))
        if self._curve is not None:
            self._curve.select(risk)
        count = len(found.at(risk).taken)
        self.do.setText(trn("Label {count} sample", "Label {count} samples", count))
        self.do.setVisible(count > 0)

    def _label(self) -> None:
        from lepton_studio.studio.instant.automation import apply

        session, found = self._session, self._found
        self.close_over()
        if session is None or found is None:
            return
        (plan, model), risk = found, float(self.risk.currentData())

        def done(changes: Changes | None) -> None:
            if changes is not None:
                session.changed.emit(changes)
                self._labelled(changes.position, len(plan.at(risk).taken))

        session.perform_in_background(
            tr("Let the model label the rest"), lambda project: apply(project, plan, model, risk=risk), done=done
        )
