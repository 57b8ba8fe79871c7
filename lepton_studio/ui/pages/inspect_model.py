"""The predictions of a run as a table model, read from the project a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    Label,
    LabelId,
    PredictedSample,
    PredictionFilter,
    PredictionOrder,
    RunId,
    Sample,
)
from lepton_studio.tasks.base import Task
from lepton_studio.ui.score_words import per_cent

Index = QModelIndex | QPersistentModelIndex

PAGE = 200
_AT_A_GLANCE = 50
"""Up to so many touched rows are read one by one; more, and all rows that are loaded."""
TEXT, LABEL, PREDICTION, CONFIDENCE = range(4)


class PredictionsModel(QAbstractTableModel):
    """Rows of one run, filter and order. `labels` are those of the project, by id."""

    def __init__(self, project: Project, *, task: Task[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._task = task
        self._run: RunId | None = None
        self._filter = PredictionFilter()
        self._order: PredictionOrder = "sample"
        self._count = 0
        self.rows: list[PredictedSample] = []
        self.labels: dict[LabelId, Label] = {}
        self.names: Mapping[LabelId, str] = {}

    def show(self, run: RunId | None, which: PredictionFilter, *, order: PredictionOrder) -> None:
        """Read the first page of these."""
        self.beginResetModel()
        self._run, self._filter, self._order = run, which, order
        self.labels = {label.id: label for label in self._project.labels()}
        self._count = 0 if run is None else self._project.prediction_count(run, which)
        self.rows = self._read(offset=0, limit=PAGE)
        self.endResetModel()

    def count(self) -> int:
        """How many rows there are, read or not."""
        return self._count

    def show_changes(self, changes: Changes) -> None:
        """Read the rows again that a write touched."""
        if changes.labels:
            self.labels = {label.id: label for label in self._project.labels()}
        touched = [row for row, shown in enumerate(self.rows) if changes.touches(shown.sample.id)]
        if len(touched) > _AT_A_GLANCE:
            self.rows[:] = self._read(offset=0, limit=len(self.rows)) or self.rows
        else:
            for row in touched:
                fresh = self._read(offset=row, limit=1)
                if fresh and fresh[0].sample.id == self.rows[row].sample.id:
                    self.rows[row] = fresh[0]
        if (touched or changes.labels) and self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, CONFIDENCE))

    def label_of(self, sample: Sample) -> LabelId | None:
        """The first label that the sample has now."""
        if sample.value is None:
            return None
        ids = self._task.labels_in(self._task.parse(sample.value, tuple(self.labels.values())))
        return ids[0] if ids else None

    def name_of(self, label: LabelId | None) -> str:
        """A label's name now; that of the run where the label is gone; a dash for none."""
        if label is None:
            return "–"
        known = self.labels.get(label)
        return known.name if known is not None else self.names.get(label, tr("(deleted label)"))

    def color_of(self, label: LabelId | None) -> str:
        """A label's colour, "" where it has none."""
        known = self.labels.get(label) if label is not None else None
        return "" if known is None else known.color

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else 4

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self.rows) < self._count

    def fetchMore(self, parent: Index) -> None:
        more = self._read(offset=len(self.rows), limit=PAGE)
        if not more:
            self._count = len(self.rows)
            return
        self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(more) - 1)
        self.rows.extend(more)
        self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole and column == TEXT:
            return row.sample.text[:600]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = self._text(row, column)
            if column == LABEL and row.fixed:
                return tr("{label}, fixed", label=text)
            if column == PREDICTION and self.label_of(row.sample) != row.prediction.predicted:
                return tr("{label}, wrong", label=text)
            return text
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (tr("Text"), tr("Label"), tr("Prediction"), tr("Sure"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == CONFIDENCE else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, row: PredictedSample, column: int) -> str:
        if column == TEXT:
            return " ".join(row.sample.text[:400].split())
        if column == LABEL:
            return self.name_of(self.label_of(row.sample))
        if column == PREDICTION:
            return self.name_of(row.prediction.predicted)
        return per_cent(row.prediction.score, digits=0)

    def _read(self, *, offset: int, limit: int) -> list[PredictedSample]:
        if self._run is None:
            return []
        return self._project.predictions(self._run, self._filter, order=self._order, offset=offset, limit=limit)
