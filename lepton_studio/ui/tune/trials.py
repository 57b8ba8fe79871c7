"""The trials of the run in view: a row for each, with its score and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.runs.events import Tried
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.studio.trials import best_first, score_title, trial_note, trial_title
from lepton_studio.widgets.layouts import column, words
from lepton_studio.widgets.score_rows import ScoreRow, ScoreRows
from lepton_studio.widgets.theme import BODY, CAPTION


class TrialsPanel(QWidget):
    """Hidden while there are none."""

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = words(tr("Comparison"), size=BODY, bold=True)
        said = tr("{score}, cross-validated, with 95% intervals", score=score_title(task))
        self._basis = words(said, size=CAPTION, muted=True, wrap=True)
        self.rows = ScoreRows(name=tr("Comparison"))
        self.setLayout(column(self._heading, self._basis, self.rows, None, gap=4))
        self.hide()

    def show_trials(self, trials: Mapping[str, Tried]) -> None:
        """Show them, the one that was taken and the better ones first."""
        self.rows.show_rows([_row(one) for one in best_first(trials.values())])
        self.setVisible(bool(trials))


def _row(one: Tried) -> ScoreRow:
    return ScoreRow(
        trial_title(one),
        one.score if one.n else None,
        one.low,
        one.high,
        said=per_cent(one.score, digits=0) if one.n else "",
        note=trial_note(one),
        tip=one.why,
        is_out=one.state in ("dropped", "failed"),
        is_first=one.state == "taken",
        share=one.share if one.state == "running" else 0.0,
    )
