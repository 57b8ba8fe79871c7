"""Has the listed runs measured again by the labels of today, beside the window, one look at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from lepton_studio.language import tr
from lepton_studio.project.records import RunId, RunRecord, Split
from lepton_studio.studio.comparing import Comparison, compare_runs, shared_split
from lepton_studio.studio.judging import JUDGED, Standing, Standings
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session


@dataclass(frozen=True, slots=True)
class _Judged:
    standings: Mapping[tuple[RunId, Split], Standing]
    pair: tuple[RunRecord, RunRecord] | None
    comparison: Comparison | None


class Judge(QObject):
    """`judged()` when `standings` are others; `compared(Comparison or None)` for the pair that was asked for last."""

    judged = Signal()
    compared = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known = Standings()
        self.standings: Mapping[tuple[RunId, Split], Standing] = {}
        self._pair: tuple[RunRecord, RunRecord] | None = None
        self._at_work = self._again = False

    def look(self, ticked: Sequence[RunRecord] = ()) -> None:
        """Measure every run again whose labels changed, and compare two ticked ones."""
        self._pair = self.pair(ticked)
        if self._at_work:
            self._again = True
            return
        self._at_work, pair = True, self._pair
        self._session.run_in_background(
            tr("Scoring the runs on the current labels"),
            lambda progress: self._judge(progress, pair),
            self._take,
            failed=lambda _error: self._rest(),
            quiet=True,
        )

    def of(self, run: RunRecord) -> dict[Split, Standing]:
        """What is known of a run, by split."""
        return {split: self.standings[run.id, split] for split in JUDGED if (run.id, split) in self.standings}

    @staticmethod
    def pair(ticked: Sequence[RunRecord]) -> tuple[RunRecord, RunRecord] | None:
        """The earlier and the later of two ticked runs; None for any other number of them."""
        if len(ticked) != 2:
            return None
        first, second = sorted(ticked, key=lambda run: run.number)
        return first, second

    def _judge(self, progress: WorkContext, pair: tuple[RunRecord, RunRecord] | None) -> _Judged:
        """In a thread of its own, never two at a time."""
        project = progress.project
        comparison = None
        if pair is not None and (split := shared_split(*pair)) is not None:
            comparison = compare_runs(project, *pair, split=split)
        standings = self._known.of(project, project.runs(), should_stop=progress.should_stop)
        return _Judged(standings, pair, comparison)

    def _take(self, found: _Judged) -> None:
        self.standings = found.standings
        self.judged.emit()
        if found.pair is not None and found.pair == self._pair:
            self.compared.emit(found.comparison)
        self._rest()

    def _rest(self) -> None:
        self._at_work = False
        if self._again:
            self._again = False
            self.look(self._pair or ())
