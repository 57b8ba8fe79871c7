"""How often the person gives the same answer again, and how often to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.records import Filter
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import TITLE

if TYPE_CHECKING:
    from lepton_studio.studio.self_agreement import SelfAgreement
    from lepton_studio.ui.label.asking_again import AskingAgain


class SelfAgreementCard(Overlay):
    """`open_on(session, again)` begins. `samples_wanted(Filter)`: those that were answered differently."""

    manual = "howto-label-errors"

    samples_wanted = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._again: AskingAgain | None = None
        self._found: SelfAgreement | None = None
        self.share = ChoiceBox()
        self.share.setAccessibleName(tr("How often to ask again"))
        self.share.currentIndexChanged.connect(self._choose)
        self.sentence = words("", wrap=True)
        self.kappa = words("", wrap=True)
        self.differing = button("", role="quiet")
        self.differing.clicked.connect(self._show_differing)
        close = button(tr("Close"), role="primary")
        close.clicked.connect(self.close_over)
        explained = tr(
            "Texts that you labelled some time ago come again, among the others and without their label. "
            "The first answer stays. How often the second one is the same shows how clear the labels are."
        )
        self.card_layout.addWidget(words(tr("Self-agreement"), size=TITLE, bold=True))
        self.card_layout.addWidget(words(explained, wrap=True, muted=True))
        self.card_layout.addLayout(row(self.share, None))
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addWidget(self.kappa)
        self.card_layout.addLayout(row(self.differing, None, close))

    def open_on(self, session: Session, again: AskingAgain) -> None:
        """Compare the answers beside the window, and show what came of it."""
        from lepton_studio.studio.self_agreement import SHARES, self_agreement

        self._again = None  # filling it is no choice
        self.share.clear()
        for one in SHARES:
            often = (
                tr("Repeat {share} of questions", share=per_cent(one, digits=0))
                if one
                else tr("Never repeat a question")
            )
            self.share.addItem(often, one)
        self.share.setCurrentIndex(max(0, self.share.findData(again.share)))
        self._again = again
        self.sentence.setText(tr("Comparing the answers…"))
        self.kappa.setText("")
        self.differing.hide()
        session.run_in_background(
            tr("Comparing the answers"), lambda progress: self_agreement(progress.project), self._take, quiet=True
        )
        self.open_over()
        self.share.setFocus()

    def _take(self, found: SelfAgreement) -> None:
        from lepton_studio.studio.self_agreement import kappa_sentence, self_agreement_sentence

        self._found = found
        self.sentence.setText(self_agreement_sentence(found) or tr("Nothing was asked again yet."))
        self.kappa.setText(kappa_sentence(found) if found.n else "")
        count = len(found.differing)
        self.differing.setText(trn("Show {count} different answer", "Show {count} different answers", count))
        self.differing.setVisible(bool(count))

    def _choose(self, _place: int) -> None:
        if self._again is not None:
            self._again.ask(float(self.share.currentData()))

    def _show_differing(self) -> None:
        found = self._found
        if found is not None:
            self.close_over()
            self.samples_wanted.emit(Filter(ids=found.differing))
