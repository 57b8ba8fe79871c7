"""The predictions of a run as a table model, read from the project a page at a time."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    Label,
    LabelId,
    Labels,
    PredictedSample,
    PredictionFilter,
    PredictionOrder,
    RunId,
    Sample,
)
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.ui.inspect.values import PredictedValues, Reading
from lepton_studio.widgets.plain_text import tool_tip

Index = QModelIndex | QPersistentModelIndex

PAGE = 200
_AT_A_GLANCE = 50
"""Up to so many touched rows are read one by one; more, and all rows that are loaded."""
TEXT, LABEL, PREDICTION, ERRORS, QUALITY, CONFIDENCE = range(6)
NOTHING = "–"


class PredictionsModel(QAbstractTableModel):
    """Rows of one run, filter and order. `labels` are those of the project, by id."""

    def __init__(self, project: Project, *, task: Task[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.task = task
        self._run: RunId | None = None
        self._filter = PredictionFilter()
        self._order: PredictionOrder = "sample"
        self._count = 0
        self._then: Labels = ()
        self.values = PredictedValues(task)
        self.rows: list[PredictedSample] = []
        self.labels: dict[LabelId, Label] = {}

    def show(self, run: RunId | None, which: PredictionFilter, *, order: PredictionOrder, then: Labels = ()) -> None:
        """Read the first page of these. `then`: labels of the run, among them those that the project has no more."""
        self.beginResetModel()
        self._run, self._filter, self._order, self._then = run, which, order, then
        self._read_labels()
        self._count = 0 if run is None else self._project.prediction_count(run, which)
        self.rows = self._read(offset=0, limit=PAGE)
        self.endResetModel()

    def count(self) -> int:
        """How many rows there are, read or not."""
        return self._count

    def show_changes(self, changes: Changes) -> None:
        """Read the rows again that a write touched."""
        if changes.labels:
            self._read_labels()
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

    def reading(self, row: PredictedSample) -> Reading:
        """A row in words."""
        return self.values.of(row)

    def error_chips(self, row: PredictedSample) -> list[str]:
        """What is wrong with a prediction now, a few words each."""
        return [error_words(self.task, kind, count) for kind, count in self.reading(row).errors]

    def label_of(self, sample: Sample) -> LabelId | None:
        """The first label that the sample has now."""
        value = self.values.gold(sample)
        ids = () if value is None else self.task.labels_in(value)
        return ids[0] if ids else None

    def name_of(self, label: LabelId | None) -> str:
        """A label's name now; that of the run where the label is gone; a dash for none."""
        if label is None:
            return NOTHING
        known = self.labels.get(label) or next((one for one in self._then if one.id == label), None)
        return tr("(deleted label)") if known is None else known.name

    def color_of(self, label: LabelId | None) -> str:
        """A label's colour, "" where it has none."""
        known = self.labels.get(label) if label is not None else None
        return "" if known is None else known.color

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else CONFIDENCE + 1

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
        if role == Qt.ItemDataRole.ToolTipRole:
            whole = {TEXT: row.sample.text[:600], ERRORS: self._text(row, ERRORS)}
            return tool_tip(whole.get(column) or self._long(row, column) or "")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = self._text(row, column)
            if column == LABEL and row.fixed:
                return tr("{label}, fixed", label=text)
            if column == PREDICTION and self.reading(row).errors:
                return tr("{label}, wrong", label=text)
            return text
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            gold = tr("Label") if self.task.from_labels is not None else tr("Annotation")
            return (tr("Text"), gold, tr("Prediction"), tr("Errors"), tr("Quality"), tr("Sure"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section in (QUALITY, CONFIDENCE)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, row: PredictedSample, column: int) -> str:
        if column == TEXT:
            return " ".join(row.sample.text[:400].split())
        if column == LABEL:
            return self.reading(row).gold or NOTHING
        if column == PREDICTION:
            return self.reading(row).predicted or NOTHING
        if column == ERRORS:
            return tr(", ").join(self.error_chips(row))
        return per_cent(row.prediction.quality if column == QUALITY else row.prediction.score, digits=0)

    def _long(self, row: PredictedSample, column: int) -> str | None:
        """A value in full, where its cell may be too narrow."""
        return self._text(row, column)[:600] if column in (LABEL, PREDICTION) else None

    def _read_labels(self) -> None:
        now = self._project.labels()
        self.labels = {label.id: label for label in now}
        gone = tuple(label for label in self._then if label.id not in self.labels)
        self.values.set_labels(now, every_label=(*now, *gone))

    def _read(self, *, offset: int, limit: int) -> list[PredictedSample]:
        if self._run is None:
            return []
        return self._project.predictions(self._run, self._filter, order=self._order, offset=offset, limit=limit)


def kind_title(task: Task[Any], kind: str) -> str:
    """A kind of error for people; one of another version is called as it is."""
    return tr(task.kinds.get(kind, kind))


def error_words(task: Task[Any], kind: str, count: int) -> str:
    """A kind of error with its count, where it is more than one."""
    title = kind_title(task, kind)
    return title if count == 1 else tr("{count} × {kind}", count=count, kind=title)
