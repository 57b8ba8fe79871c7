"""How far one is, and how much more it takes: the score, the learning curve, a forecast, and the time it took."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.label.instant_words import instant_words
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE

if TYPE_CHECKING:
    from lepton_studio.project.active_time import Worked
    from lepton_studio.studio.instant.outlook import Outlook
    from lepton_studio.widgets.learning_curve import LearningCurveChart


class ProgressCard(Overlay):
    """`ask(session)` shows what is known at once, and finds out the rest beside the window."""

    manual = "howto-few-labels"

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._session: Session | None = None
        self._chart: LearningCurveChart | None = None
        self._names: dict[int, str] = {}
        self.score = words("", wrap=True)
        self._explained = words("", size=CAPTION, muted=True, wrap=True)
        self.hint = words("", bold=True, wrap=True)
        self.ahead = words("", wrap=True)
        self.worked = words("", size=CAPTION, muted=True, wrap=True)
        self.close_button = button(tr("Close"), role="primary")
        self.close_button.clicked.connect(self.close_over)
        self.closed.connect(self._leave)
        self.card_layout.addWidget(words(tr("How much more?"), size=TITLE, bold=True))
        self.card_layout.addWidget(self.score)
        self.card_layout.addWidget(self._explained)
        self.card_layout.addWidget(self.ahead)
        self.card_layout.addWidget(self.hint)
        self.card_layout.addWidget(self.worked)
        self.card_layout.addLayout(row(None, self.close_button))

    def ask(self, session: Session) -> None:
        """Show it, and measure the learning curve anew."""
        if self._session is not session:
            session.instant.changed.connect(self._show)
        self._session = session
        self._names = {label.id: label.name for label in session.project.labels()}
        session.run_in_background(
            tr("Reading how long you worked"),
            lambda progress: progress.project.sessions(),
            self._show_worked,
            quiet=True,
            is_awaited=False,
        )
        if session.instant.finds_suspects:
            session.instant.look_ahead()
        self._show()
        self.open_over()
        self.close_button.setFocus()

    # ------------------------------------------------------------------------------------------------------- inside

    def _leave(self) -> None:
        if self._session is not None and self._session.is_open:
            self._session.instant.look_ahead(wanted=False)

    def _show(self) -> None:
        from lepton_studio.studio.instant.outlook import gaining_sentence, outlook_sentences, stop_hint

        session = self._session
        if session is None:
            return
        instant = session.instant
        said, explained = instant_words(instant)
        self._explained.setText(explained)
        self._explained.setVisible(bool(said and explained) and said != explained)
        self.score.setText(said or tr("There are too few labels for a score."))
        self.score.setVisible(instant.can_be)
        outlook = instant.outlook
        self.hint.setVisible(outlook is not None and outlook.is_near_end)
        if outlook is None:
            self.ahead.setText(tr("Measuring what more labels bring…") if instant.finds_suspects else "")
            return
        sentences = list(outlook_sentences(outlook))
        if outlook.gaining is not None and outlook.gaining.label in self._names:
            sentences.append(gaining_sentence(outlook.gaining, self._names[outlook.gaining.label]))
        self.ahead.setText("\n".join(sentences))
        self.hint.setText(stop_hint())
        self._show_curve(outlook)

    def _show_curve(self, outlook: Outlook) -> None:
        from lepton_studio.widgets.learning_curve import CurvePoint, LearningCurveChart

        if self._chart is None:
            self._chart = LearningCurveChart()
            self.card_layout.insertWidget(3, self._chart)
        measured = [CurvePoint(one.labels, one.share, one.interval.low, one.interval.high) for one in outlook.curve]
        ahead = []
        if outlook.forecasts and measured:
            now = outlook.now
            ahead = [CurvePoint(outlook.decisions, now, now, now)]
            ahead += [
                CurvePoint(outlook.decisions + one.more, now + one.gain, now + one.low, now + one.high)
                for one in outlook.forecasts
            ]
        self._chart.show_curve(measured, ahead)
        self._chart.setVisible(len(measured) > 1)

    def _show_worked(self, sessions: list[Worked]) -> None:
        from lepton_studio.studio.instant.worked import worked_sentences

        today = datetime.now().astimezone().date()
        self.worked.setText("\n".join(worked_sentences(sessions, today=today)))
