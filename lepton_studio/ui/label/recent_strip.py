"""The last five decisions, so that a slip is seen at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.records import Label, LabelId, Sample, SampleId
from lepton_studio.ui.shared.wording import value_shown
from lepton_studio.widgets.chips import Chip
from lepton_studio.widgets.flow_layout import FlowLayout
from lepton_studio.widgets.layouts import row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import CAPTION

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RecentDecision:
    """One decision as the strip shows it; `color` is "" for a skipped sample."""

    sample: SampleId
    words: str
    color: str


class RecentStrip(QWidget):
    """Newest first. A click on one goes back to its sample."""

    sample_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: deque[SampleId] = deque(maxlen=4 * _SHOWN)
        self._shown: list[SampleId] = []
        self._known: dict[SampleId, RecentDecision | None] = {}
        self._last = words(tr("Last:"), size=CAPTION, muted=True)
        self._chips = [Chip("") for _ in range(_SHOWN)]
        line = QWidget()
        line.setFixedHeight(28)  # what does not fit wraps out of sight
        self._flow = FlowLayout(line, gap=6)
        for place, chip in enumerate(self._chips):
            chip.setCheckable(False)
            chip.setMaximumWidth(148)
            self._flow.addWidget(chip)
            chip.clicked.connect(lambda _on=False, one=place: self._want(one))
            chip.hide()
        self._last.hide()
        layout = row(self._last, line, gap=8)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def add(self, sample: SampleId) -> None:
        """A decision was made on this sample."""
        if sample in self._ids:
            self._ids.remove(sample)
        self._ids.appendleft(sample)
        self._known.pop(sample, None)

    def forget(self, samples: Collection[SampleId] | None = None) -> None:
        """What is known of these samples, or of all, may be true no more."""
        for sample in list(self._known) if samples is None else samples:
            self._known.pop(sample, None)

    def show_decisions(
        self, read: Callable[[SampleId], Sample], task: Task[object], labels: dict[LabelId, Label]
    ) -> None:
        """Show the decisions as they are now; those taken back are left out, and return when done again.

        `read` raises NoSuchSample.
        """
        shown: list[RecentDecision] = []
        for sample_id in self._ids:
            if len(shown) == _SHOWN:
                break
            if sample_id not in self._known:
                self._known[sample_id] = _read_decision(sample_id, read, task, labels)
            decision = self._known[sample_id]
            if decision is not None:
                shown.append(decision)
        self._shown = [decision.sample for decision in shown]
        self._last.setVisible(bool(shown))
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < len(shown))
            if place < len(shown):
                chip.set_words(shown[place].words, color=shown[place].color)
                set_tool_tip(chip, shown[place].words)

    def texts(self) -> list[str]:
        """What the strip says, newest first."""
        return [chip.text() for chip in self._chips if not chip.isHidden()]

    def _want(self, place: int) -> None:
        if place < len(self._shown):
            self.sample_wanted.emit(self._shown[place])


def _read_decision(
    sample: SampleId, read: Callable[[SampleId], Sample], task: Task[object], labels: dict[LabelId, Label]
) -> RecentDecision | None:
    try:
        return decision_of(read(sample), task, labels)
    except NoSuchSample:
        return None


def decision_of(sample: Sample, task: Task[object], labels: dict[LabelId, Label]) -> RecentDecision | None:
    """What was decided on a sample; None when nothing was."""
    if sample.value is not None:
        shown = value_shown(sample.value, task=task, labels=labels)
        return RecentDecision(sample.id, shown.words, shown.color)
    if sample.skipped:
        return RecentDecision(sample.id, tr("skipped"), "")
    return None
