"""The errors of a run: how many of each kind, and of each kind and label. Every number is a door."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.records import LabelId, PredictionFilter
from lepton_studio.ui.inspect.model import kind_title
from lepton_studio.ui.inspect.report import RunReport
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.count_table import CountRow, CountTable
from lepton_studio.widgets.layouts import column


class ErrorsView(QWidget):
    """Emits `door_opened(PredictionFilter)`. A door leads to the samples that hold such an error, each once."""

    door_opened = Signal(object)

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._shown: RunReport | None = None
        self._kinds: tuple[str, ...] = ()
        self._by_predicted: frozenset[str] = frozenset()
        self.kinds = BarRows(name=tr("Errors by kind"), parent=self)
        self.kinds.row_clicked.connect(self._open_kind)
        self.table = CountTable(name=tr("Errors by label and kind"), parent=self)
        self.table.cell_activated.connect(self._open_cell)
        self.setLayout(column(self.kinds, self.table, None, gap=16))

    def show_report(self, shown: RunReport) -> None:
        """Show the errors of a report."""
        self._shown = shown
        totals: dict[str, int] = dict.fromkeys(self._task.kinds, 0)
        for (kind, _gold, _predicted), count in shown.errors.items():
            totals[kind] = totals.get(kind, 0) + count
        self._kinds = tuple(totals)
        self._by_predicted = frozenset(
            kind for kind in totals if all(gold is None for one, gold, _ in shown.errors if one == kind)
        )
        ink = chart_colors(self.palette()).wrong.name()
        self.kinds.show_rows([BarRow(kind, kind_title(self._task, kind), totals[kind], ink) for kind in totals])
        self.kinds.setFixedHeight(self.kinds.full_height())
        rows = self._rows(shown)
        self.table.show_counts([kind_title(self._task, kind) for kind in self._kinds], rows)
        self.table.setVisible(bool(rows))

    def is_tall(self) -> bool:
        """Whether there are labels to list."""
        return bool(self.table.rows())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self.show_report(self._shown)

    def _rows(self, shown: RunReport) -> list[CountRow]:
        """A row for each label with errors: the gold label's, or the predicted one's where no gold label stands."""
        counts: dict[LabelId, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for (kind, gold, predicted), count in shown.errors.items():
            label = predicted if kind in self._by_predicted else gold
            if label is not None:
                counts[label][kind] += count
        return [
            CountRow(label.id, label.name, tuple(counts[label.id][kind] for kind in self._kinds), label.color)
            for label in shown.every_label
            if label.id in counts
        ]

    def _open_kind(self, kind: object) -> None:
        if self._shown is not None and isinstance(kind, str):
            self.door_opened.emit(PredictionFilter(self._shown.split, kind=kind))

    def _open_cell(self, label: object, place: int) -> None:
        if self._shown is None or not isinstance(label, int):
            return
        kind = self._kinds[place]
        invented = kind in self._by_predicted
        which = PredictionFilter(self._shown.split, kind=kind)
        self.door_opened.emit(replace(which, predicted=label) if invented else replace(which, gold=label))
