"""The predictions of a run as a table model, read from the project a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Input, Task
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
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.plain_text import tool_tip

Index = QModelIndex | QPersistentModelIndex

PAGE = 200
TEXT, LABEL, PREDICTION, ERRORS, QUALITY, CONFIDENCE = range(6)
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Found:
    """The predictions of a run that a filter holds, in an order: how many, and the first page."""

    run: RunId
    which: PredictionFilter
    order: PredictionOrder
    count: int
    rows: Sequence[PredictedSample] = ()

    def page(self, project: Project, *, offset: int) -> list[PredictedSample]:
        """Those from `offset` on."""
        return project.predictions(self.run, self.which, order=self.order, offset=offset, limit=PAGE)


def read_found(project: Project, run: RunId, which: PredictionFilter, *, order: PredictionOrder) -> Found:
    """Count them, and read the first page."""
    found = Found(run, which, order, project.prediction_count(run, which))
    return replace(found, rows=found.page(project, offset=0))


class PredictionsModel(QAbstractTableModel):
    """Rows of one run, filter and order. `labels` are those of the project, by id."""

    def __init__(self, session: Session, *, task: Task[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = session.project
        self._more = Look(session, tr("Reading predictions"))
        self._again = Look(session, tr("Reading predictions"))
        self.task = task
        self._found: Found | None = None
        self._count = 0
        self._then: Labels = ()
        self.values = PredictedValues(task)
        self.rows: list[PredictedSample] = []
        self.labels: dict[LabelId, Label] = {}

    def input_of(self, sample: Sample) -> Input:
        """What is read of a sample, with its file."""
        return self.task.input(sample.text, sample.fields, media=self._project.media_folder)

    def show(self, found: Found, *, then: Labels = ()) -> None:
        """Show these. `then`: labels of the run, among them those that the project has no more."""
        self.beginResetModel()
        self._found, self._then = found, then
        self._read_labels()
        self._count, self.rows = found.count, list(found.rows)
        self.endResetModel()

    def count(self) -> int:
        """How many rows there are, read or not."""
        return self._count

    def show_changes(self, changes: Changes) -> None:
        """Read the rows again that a write touched."""
        if changes.labels:
            self._read_labels()
        touched = tuple(shown.sample.id for shown in self.rows if changes.touches(shown.sample.id))
        if touched and self._found is not None:
            run, which = self._found.run, PredictionFilter(samples=touched)
            self._again.ask(lambda project: project.predictions(run, which, limit=len(touched)), self._take_again)
        if changes.labels:
            self._repaint()

    def _take_again(self, fresh: list[PredictedSample]) -> None:
        by_id = {shown.sample.id: shown for shown in fresh}
        self.rows[:] = [by_id.get(shown.sample.id, shown) for shown in self.rows]
        self._repaint()

    def _repaint(self) -> None:
        if self.rows:
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
        found, offset = self._found, len(self.rows)
        if found is None or self._more.is_reading:
            return

        def take(more: list[PredictedSample]) -> None:
            if found is self._found and offset == len(self.rows):
                self._append(more)

        self._more.ask(lambda project: found.page(project, offset=offset), take)

    def _append(self, more: list[PredictedSample]) -> None:
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
            whole = {TEXT: row.sample.caption[:600], ERRORS: self._text(row, ERRORS)}
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
            return (tr("Text"), gold, tr("Prediction"), tr("Errors"), tr("Quality"), tr("Confidence"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section in (QUALITY, CONFIDENCE)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, row: PredictedSample, column: int) -> str:
        if column == TEXT:
            return " ".join(row.sample.caption[:400].split())
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


def kind_title(task: Task[Any], kind: str) -> str:
    """A kind of error for people; one of another version is called as it is."""
    return tr(task.kinds.get(kind, kind))


def error_words(task: Task[Any], kind: str, count: int) -> str:
    """A kind of error with its count, where it is more than one."""
    title = kind_title(task, kind)
    return title if count == 1 else tr("{count} × {kind}", count=count, kind=title)
