"""Samples of a filter as a table, read page by page by key: never all rows."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import AS_ADDED, Filter, Label, LabelId, Order, Sample, SampleId
from lepton_studio.ui.data.columns import Column, own_column, usual_columns
from lepton_studio.ui.shared.wording import ShownValue, amount, value_shown
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.words import split_name

Index = QModelIndex | QPersistentModelIndex
_PAGE = 100
_FEW = 200
"""Of a change of more samples the table is read again."""
_KEPT = 500
"""So many rows at most are read again at once, so that the one in view is still there."""
_SHOWN = 300
"""Characters of a text that a row shows at most."""

COLOR_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One row as it is shown."""

    sample: Sample
    text: str
    value: str
    color: str
    marks: str


class SamplesModel(QAbstractTableModel):
    """`columns` begin with the text; columns of the files are put behind as they are met. `fetchMore` reads on."""

    def __init__(self, project: Project, task: Task[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._task = task
        self._labels: dict[LabelId, Label] = {}
        self._rows: list[SampleRow] = []
        self._complete = True
        self.filter = Filter()
        self.order = AS_ADDED
        self.columns: list[Column] = list(usual_columns(task))

    def know_fields(self, names: Iterable[str]) -> None:
        """Put columns of the files behind the others."""
        known = {column.key for column in self.columns}
        new = [column for column in map(own_column, dict.fromkeys(names)) if column.key not in known]
        if new:
            self.beginInsertColumns(QModelIndex(), len(self.columns), len(self.columns) + len(new) - 1)
            self.columns += new
            self.endInsertColumns()

    def show_filter(self, which: Filter, *, order: Order = AS_ADDED) -> None:
        """Start again with other samples."""
        self.beginResetModel()
        self.filter, self.order = which, order
        self._labels = {label.id: label for label in self._project.labels()}
        self._rows = []
        self._complete = False
        self._read_page()
        self.endResetModel()

    def show_changes(self, changes: Changes) -> None:
        """Show what was touched as it is now: rows come and go as they fit the filter; start again after much."""
        touched = changes.samples
        reads_others = self.filter.state in ("duplicate", "leak")  # what a row is depends on further rows
        is_ordered = self.order != AS_ADDED  # the place of a row may be another now
        if touched is None or changes.structure or changes.labels or len(touched) > _FEW or reads_others or is_ordered:
            seen = min(len(self._rows), _KEPT)
            self.show_filter(self.filter, order=self.order)
            while is_ordered and len(self._rows) < seen and not self._complete:
                self.fetchMore(QModelIndex())
            return
        ids = touched if self.filter.ids is None else touched & set(self.filter.ids)
        fits = {one.id: one for one in self._project.samples(replace(self.filter, ids=tuple(ids)), limit=_FEW)}
        for place in reversed(range(len(self._rows))):
            id = self._rows[place].sample.id
            if id in fits:
                self._rows[place] = self._row(fits.pop(id))
                self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))
            elif id in touched:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()
        last = self._rows[-1].sample.id if self._rows else 0
        for id, sample in fits.items():
            if self._complete or id < last:
                place = bisect(self._rows, id, key=lambda row: row.sample.id)
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, self._row(sample))
                self.endInsertRows()
        if not self._complete and len(self._rows) < _PAGE:
            self.fetchMore(QModelIndex())

    def place_of(self, sample: SampleId) -> int | None:
        """The row of a sample, None where none is read."""
        return next((place for place, row in enumerate(self._rows) if row.sample.id == sample), None)

    def sample_at(self, row: int) -> Sample:
        """The sample of a row."""
        return self._rows[row].sample

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.columns)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete

    def fetchMore(self, parent: Index) -> None:
        after = self._rows[-1].sample.id if self._rows else None
        page = self._project.samples(replace(self.filter, order=self.order), after=after, limit=_PAGE)
        self._complete = len(page) < _PAGE
        if page:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(page) - 1)
            self._rows.extend(self._row(sample) for sample in page)
            self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(row, column)
        if role == COLOR_ROLE and column.key == "value":
            return row.color
        if role == Qt.ItemDataRole.ToolTipRole and column.key == "marks" and row.sample.note:
            return tool_tip(row.sample.note)
        return None

    def _cell(self, row: SampleRow, column: Column) -> str:
        if column.field is not None:
            return " ".join(row.sample.fields.get(column.field, "")[:_SHOWN].split())
        cells = {
            "text": row.text,
            "value": row.value,
            "split": split_name(row.sample.split),
            "marks": row.marks,
            "added": amount(row.sample.id),
            "length": amount(len(row.sample.text)),
        }
        return cells[column.key]

    def _read_page(self) -> None:
        page = self._project.samples(replace(self.filter, order=self.order), limit=_PAGE)
        self._complete = len(page) < _PAGE
        self._rows = [self._row(sample) for sample in page]

    def _row(self, sample: Sample) -> SampleRow:
        shown = ShownValue("", "")
        if sample.begun is not None:
            shown = value_shown(sample.begun, task=self._task, labels=self._labels)
        marks = [tr("flagged")] if sample.flagged else []
        marks += [tr("skipped")] if sample.skipped else []
        marks += [tr("note")] if sample.note else []
        text = " ".join(sample.text[: _SHOWN * 2].split())[:_SHOWN]
        return SampleRow(sample, text, shown.words, shown.color, ", ".join(marks))
