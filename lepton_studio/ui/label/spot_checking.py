"""A spot check on the Label page: samples that the model labelled are asked about as if they had no label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.records import BY_GAIN, Filter, Sample
from lepton_studio.studio.instant.asking import CHECKED, Asked
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import TITLE

if TYPE_CHECKING:
    from lepton_studio.studio.instant.spot_check import SpotCheck, SpotChecked


class SpotChecking(QObject):
    """`wanted(Filter)`: the samples to work through. `offer` begins; once all are answered a card says the result."""

    wanted = Signal(object)

    def __init__(self, session: Session, host: QWidget) -> None:
        super().__init__(host)
        self._session, self._host = session, host
        self.check: SpotCheck | None = None

    def offer(self, entry: int, count: int) -> None:
        """Say how many samples the model labelled in this step, and offer to check some."""
        card = SpotCheckCard.over(self._host)
        card.offer(count, check=lambda: self.begin(entry))

    def begin(self, entry: int | None = None) -> None:
        """Draw some of what was labelled in this step, or in the newest one, and ask about them."""
        from lepton_studio.studio.instant.spot_check import draw

        self._session.run_in_background(
            tr("Drawing samples to check"), lambda progress: draw(progress.project, entry), self._take, quiet=True
        )

    def shown(self, sample: Sample) -> Sample:
        """The sample as it is asked about: without what the model said, until it is answered."""
        is_open = self.check is not None and sample.id in self.check.said and sample.origin == "bulk"
        return replace(sample, value=None, origin=None) if is_open else sample

    @property
    def asked(self) -> Sequence[Asked]:
        """What is to be asked, in this order."""
        return () if self.check is None else [Asked(one, CHECKED) for one in self.check.said]

    def look(self, which: Filter) -> None:
        """A sample is done with, among these: the result is said once none is left."""
        check = self.check
        if check is not None and which.ids == tuple(check.said) and self._is_done(check):
            self.check = None
            self.wanted.emit(Filter(state="unlabelled", order=BY_GAIN))
            self._judge(check)

    # ------------------------------------------------------------------------------------------------------- inside

    def _take(self, check: SpotCheck | None) -> None:
        if check is None:
            self._session.said.emit(tr("There is nothing here that the model labelled."), False)
        elif self._is_done(check):
            self._judge(check)
        else:
            self.check = check
            self.wanted.emit(Filter(ids=tuple(check.said), order=BY_GAIN))

    def _is_done(self, check: SpotCheck) -> bool:
        samples = [self._session.sample(one) for one in check.said]
        return all(one.origin != "bulk" or one.skipped for one in samples)

    def _judge(self, check: SpotCheck) -> None:
        from lepton_studio.studio.instant.spot_check import checked

        card = SpotCheckCard.over(self._host)
        self._session.run_in_background(
            tr("Comparing the answers"),
            lambda progress: checked(progress.project, check),
            lambda found: card.show_result(found, withdraw=lambda: self._withdraw(check)),
            quiet=True,
        )

    def _withdraw(self, check: SpotCheck) -> None:
        from lepton_studio.studio.instant.spot_check import withdraw

        self._session.perform_in_background(
            tr("Take back what the model labelled"),
            lambda project: withdraw(project, check.entry),
            say=tr("The model's labels were taken back. Your own stay."),
        )


class SpotCheckCard(Overlay):
    """Offers a spot check, and says later what came of it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=520)
        self._run: Callable[[], object] = self.close_over
        self.title = words("", size=TITLE, bold=True, wrap=True)
        self.sentence = words("", wrap=True)
        self.do = button("", role="primary")
        self.do.clicked.connect(self._do)
        self.leave = button("", role="quiet")
        self.leave.clicked.connect(self.close_over)
        self.card_layout.addWidget(self.title)
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addLayout(row(None, self.leave, self.do))

    def offer(self, count: int, *, check: Callable[[], object]) -> None:
        """So many samples were labelled; `check` begins to check some."""
        from lepton_studio.studio.instant.spot_check import DRAWN

        some = min(DRAWN, count)
        self.title.setText(trn("{count} sample is labelled now.", "{count} samples are labelled now.", count))
        self.sentence.setText(
            tr("Check {n} of them, drawn at random? You answer without seeing what the model said.", n=some)
        )
        self._show(tr("Check {n} samples", n=some), check, leave=tr("Not now"))

    def show_result(self, found: SpotChecked, *, withdraw: Callable[[], object]) -> None:
        """What came of it; where it is worse than promised, `withdraw` takes the labels back."""
        from lepton_studio.studio.instant.spot_check import advice, checked_sentence

        self.title.setText(checked_sentence(found))
        self.sentence.setText(advice(found))
        if found.is_above:
            self._show(tr("Take the labels back"), withdraw, leave=tr("Keep the labels"))
        else:
            self._show(tr("Close"), lambda: None, leave="")

    def _show(self, do: str, run: Callable[[], object], *, leave: str) -> None:
        self._run = run
        self.do.setText(do)
        self.leave.setText(leave)
        self.leave.setVisible(bool(leave))
        self.open_over()
        (self.leave if leave else self.do).setFocus()

    def _do(self) -> None:
        self.close_over()
        self._run()
