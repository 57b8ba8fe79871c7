"""Samples of a filter as a table, read page by page by key: never all rows."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    AS_ADDED,
    ORDERS_OF_PREDICTIONS,
    Filter,
    Label,
    LabelId,
    Order,
    OrderKey,
    PredictorId,
    Sample,
    SampleId,
    Suggestion,
)
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.ui.data.columns import Column, own_column, usual_columns
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.score_words import moment
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import ShownValue, amount, value_shown
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.words import split_name

if TYPE_CHECKING:
    from lepton_studio.studio.suggesting import Read

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
    said: ShownValue
    suggestion: Suggestion[Any] | None
    annotated: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A sample with what is shown beside it: what is said of it, and when it was annotated (ISO 8601, UTC) or ""."""

    sample: Sample
    suggestion: Suggestion[Any] | None
    annotated: str


class SamplesModel(QAbstractTableModel):
    """`columns` begin with the text; columns of the files are put behind as they are met. `fetchMore` reads on."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = session.project
        self._task = session.task
        self._waiting = session.writing.shown
        title = tr("Reading samples")
        self._first, self._more, self._again = (Look(session, title) for _ in range(3))
        self._labels: dict[LabelId, Label] = {}
        self._rows: list[SampleRow] = []
        self._complete = True
        self.filter = Filter()
        self.order = AS_ADDED
        self.by: PredictorId | None = None
        """Whose suggestions are shown: of what has said something, that which counts first."""
        self._read: Read | None = None
        self._know_predictor()
        self.columns: list[Column] = list(usual_columns(session.task, suggests=self.by is not None))

    def know_fields(self, names: Iterable[str]) -> None:
        """Put columns of the files behind the others."""
        known = {column.key for column in self.columns}
        new = [column for column in map(own_column, dict.fromkeys(names)) if column.key not in known]
        if new:
            self.beginInsertColumns(QModelIndex(), len(self.columns), len(self.columns) + len(new) - 1)
            self.columns += new
            self.endInsertColumns()

    @property
    def is_reading(self) -> bool:
        """Whether the first rows are still to come."""
        return self._first.is_reading

    def show_filter(self, which: Filter, *, order: Order = AS_ADDED, rows: int = _PAGE) -> None:
        """Start again with other samples, so many rows; where they are not found in a moment they come later."""
        self._know_predictor()
        if order.by is not None:  # that of what is shown, whose order it was when it was chosen
            order = self.order_by(order.key, descending=order.descending) or AS_ADDED
        self.filter, self.order = which, order
        self._labels = {label.id: label for label in self._project.labels()}
        self._read = None

        def take(page: list[_Found]) -> None:
            self._start(page, complete=len(page) < rows)

        ordered = replace(which, order=order)
        self._first.ask(lambda project: self._beside(project, project.samples(ordered, limit=rows)), take)
        if self.is_reading:
            self._start([], complete=True)

    def _start(self, page: list[_Found], *, complete: bool) -> None:
        self.beginResetModel()
        self._complete = complete
        self._rows = [self._row(found) for found in page]
        self.endResetModel()

    def show_again(self) -> None:
        """Read what is shown again, as far as it was read."""
        self.show_filter(self.filter, order=self.order, rows=max(_PAGE, min(len(self._rows), _KEPT)))

    def order_by(self, key: OrderKey, *, descending: bool, field: str | None = None) -> Order | None:
        """That order; None where nobody has said anything to order by."""
        if key not in ORDERS_OF_PREDICTIONS:
            return Order(key, descending, field=field or "")
        return None if self.by is None else Order(key, descending, self.by)

    def show_changes(self, changes: Changes) -> None:
        """Show what was touched as it is now: rows come and go as they fit the filter; start again after much."""
        touched = changes.samples
        reads_others = self.filter.state in ("duplicate", "leak")  # what a row is depends on further rows
        is_ordered = self.order != AS_ADDED  # the place of a row may be another now
        if (
            touched is None
            or changes.structure
            or changes.labels
            or len(touched) > _FEW
            or reads_others
            or is_ordered
            or self._again.is_reading
        ):
            seen = min(len(self._rows), _KEPT) if is_ordered else 0
            self.show_filter(self.filter, order=self.order, rows=max(_PAGE, seen))
            return
        ids = touched if self.filter.ids is None else touched & set(self.filter.ids)
        which = replace(self.filter, ids=tuple(ids))
        self._again.ask(
            lambda project: self._beside(project, project.samples(which, limit=_FEW)),
            lambda found: self._show_touched(touched, found),
        )

    def _show_touched(self, touched: Collection[SampleId], found: list[_Found]) -> None:
        """Of the samples that were touched these are still in the filter."""
        fits = {one.sample.id: one for one in found}
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
        for id, one in fits.items():
            if self._complete or id < last:
                place = bisect(self._rows, id, key=lambda row: row.sample.id)
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, self._row(one))
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
        if self._more.is_reading or self.is_reading:
            return
        which, order = self.filter, self.order
        after = self._rows[-1].sample.id if self._rows else None

        def take(page: list[_Found]) -> None:
            last = self._rows[-1].sample.id if self._rows else None
            if (self.filter, self.order, last) == (which, order, after):
                self._append(page)

        ordered = replace(which, order=order)
        self._more.ask(lambda project: self._beside(project, project.samples(ordered, after=after, limit=_PAGE)), take)

    def _append(self, page: list[_Found]) -> None:
        self._complete = len(page) < _PAGE
        if page:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(page) - 1)
            self._rows.extend(self._row(found) for found in page)
            self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:  # at the right is the mark of what is sorted by
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == COLOR_ROLE and column.key in ("value", "suggestion"):
            return row.color if column.key == "value" else row.said.color
        if role == Qt.ItemDataRole.ToolTipRole and column.key == "marks" and row.sample.note:
            return tool_tip(row.sample.note)
        return None

    def _cell(self, row: SampleRow, column: Column) -> str:
        if column.field is not None:
            return " ".join(row.sample.field(column.field)[:_SHOWN].split())
        cells = {
            "text": row.text,
            "value": row.value,
            "split": split_name(row.sample.split),
            "marks": row.marks,
            "added": amount(row.sample.id),
            "length": amount(len(row.sample.text)),
            "suggestion": row.said.words,
            "time": row.annotated,
            **_shares(row.suggestion),
        }
        return cells[column.key]

    def _know_predictor(self) -> None:
        self.by = next((one.id for one in self._project.predictors()), None)

    def _beside(self, project: Project, page: list[Sample]) -> list[_Found]:
        """What is shown beside these samples; may be called beside the window."""
        from lepton_studio.studio.suggesting import reader, suggestions_by  # what it needs is slow to import

        ids = [sample.id for sample in page]
        said: dict[SampleId, Suggestion[Any]] = {}
        if self.by is not None:
            self._read = self._read or reader(project)
            said = suggestions_by(project, self.by, ids, read=self._read)
        annotated = project.annotated_at(ids)
        return [_Found(sample, said.get(sample.id), annotated.get(sample.id, "")) for sample in page]

    def _row(self, found: _Found) -> SampleRow:
        sample = self._waiting(found.sample)
        shown = said = ShownValue("", "")
        if found.suggestion is not None:
            said = value_shown(self._task.dump(found.suggestion.value), task=self._task, labels=self._labels)
        if sample.begun is not None:
            shown = value_shown(sample.begun, task=self._task, labels=self._labels)
        marks = [tr("flagged")] if sample.flagged else []
        marks += [tr("skipped")] if sample.skipped else []
        marks += [tr("note")] if sample.note else []
        text = " ".join(sample.caption[: _SHOWN * 2].split())[:_SHOWN]
        when = moment(found.annotated) if found.annotated else ""
        return SampleRow(sample, text, shown.words, shown.color, ", ".join(marks), said, found.suggestion, when)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _shares(suggestion: Suggestion[Any] | None) -> dict[str, str]:
    """Score and margin as they are shown."""
    if suggestion is None:
        return {"score": "", "margin": ""}
    both = {"score": suggestion.score, "margin": suggestion.margin}
    return {key: "" if share is None else per_cent(share, digits=0) for key, share in both.items()}
