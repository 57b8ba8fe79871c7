"""The classification report: a row a class, bars in the cells, averages pinned below. Each number is a door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.cells import Cell, CellDelegate
from lepton_studio.widgets.door_table import ROW, SORT_ROLE, DoorTable
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.widgets.theme import SPACE

Index = QModelIndex | QPersistentModelIndex
Column = Literal["label", "precision", "recall", "f1", "support"]

COLUMNS: tuple[Column, ...] = ("label", "precision", "recall", "f1", "support")
_NAME, _SCORE, _SCORE_LEAST, _SUPPORT = 144, 88, 62, 88


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Scores in 0..1. `color` "#rrggbb" is the label's dot, "" for none; `average` rows stay below and are no doors."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    color: str = ""
    average: bool = False


def _per_cent(value: float) -> str:
    return tr("{number}%", number=f"{value * 100:.1f}")


class ReportTable(DoorTable):
    """Sorted by a click on a heading. Enter or a click emits `row_activated(label, column)` for class rows."""

    row_activated = Signal(str, str)

    def __init__(self, rows: Sequence[ReportRow] = (), *, parent: QWidget | None = None) -> None:
        self._model = _ReportModel()
        super().__init__(self._model, _AveragesLast(), name=tr("Scores per label"), parent=parent)
        self.setItemDelegate(_ScoreDelegate(self))
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(len(COLUMNS) - 1, _SUPPORT)
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[ReportRow]) -> None:
        """Show this report; the order of the rows is that of the person's sorting, theirs at first."""
        self._model.set_rows(rows)

    def rows(self) -> tuple[ReportRow, ...]:
        """The rows as they stand on the screen, from the top."""
        source = (self._sorted.mapToSource(self._sorted.index(row, 0)).row() for row in range(self._sorted.rowCount()))
        return tuple(self._model.rows[row] for row in source)

    def figures(self) -> list[dict[str, object]]:
        """What is shown, in its order; scores in 0..1."""
        return [{name: getattr(row, name) for name in COLUMNS} for row in self.rows()]

    def full_height(self) -> int:
        """The height, in pixels, at which nothing needs scrolling."""
        return ROW * len(self._model.rows) + self.horizontalHeader().sizeHint().height() + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        # The names come first: where it is narrow the scores move together, then the numbers of samples go.
        room = self.viewport().width() - _NAME
        self.setColumnHidden(len(COLUMNS) - 1, room < 3 * _SCORE_LEAST + _SUPPORT)
        room -= 0 if self.isColumnHidden(len(COLUMNS) - 1) else _SUPPORT
        for column in range(1, len(COLUMNS) - 1):
            self.setColumnWidth(column, max(_SCORE_LEAST, min(_SCORE, room // 3)))
        super().resizeEvent(event)

    def open_cell(self, row: int, column: int) -> None:
        shown = self._model.rows[row]
        if not shown.average:
            self.row_activated.emit(shown.label, COLUMNS[column])


class _ReportModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[ReportRow, ...] = ()

    def set_rows(self, rows: Sequence[ReportRow]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        value = getattr(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return value if column == "label" else f"{value:,}" if column == "support" else _per_cent(value)
        if role == SORT_ROLE:
            return value.casefold() if column == "label" else value
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.label}, {_titles()[column]}: {self.data(index)}"
        if role == Qt.ItemDataRole.ToolTipRole and not row.average:
            return tool_tip(_doors(row.label)[column])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _titles()[COLUMNS[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class _AveragesLast(QSortFilterProxyModel):
    """Sorts classes only: averages stay below in their own order, whichever way the arrow points."""

    def lessThan(self, left: Index, right: Index) -> bool:
        model = self.sourceModel()
        assert isinstance(model, _ReportModel)
        one, other = model.rows[left.row()], model.rows[right.row()]
        rising = self.sortOrder() == Qt.SortOrder.AscendingOrder
        if one.average or other.average:
            if one.average and other.average:
                return (left.row() < right.row()) == rising
            return other.average == rising
        first, second = model.data(left, SORT_ROLE), model.data(right, SORT_ROLE)
        return bool(first < second)  # type: ignore[operator]


class _ScoreDelegate(CellDelegate):
    size = QSize(72, ROW)

    def paint_cell(self, cell: Cell) -> None:
        model: _ReportModel = cell.model
        row, column = model.rows[cell.row], COLUMNS[cell.column]
        theme, box = cell.theme, cell.box
        if cell.is_current:
            cell.fill_if_selected()
        elif cell.is_hovered and not row.average:
            cell.painter.fillRect(box, theme.hover)
        cell.line_below()
        inner = cell.inner.adjusted(0, 0, 0, -3)
        if column == "label":
            cell.write_name(row.label, inner, color=row.color, ink=theme.muted if row.average else theme.text)
        else:
            if column != "support":
                self._bar(cell.painter, box, getattr(row, column), ink=theme.muted if row.average else theme.accent)
            quiet = row.average or (row.support == 0 and column != "support")
            cell.write(cell.text, inner, ink=theme.muted if quiet else theme.text, at_right=True, tabular=True)

    @staticmethod
    def _bar(painter: QPainter, box: QRectF, value: float, *, ink: QColor) -> None:
        track = QRectF(box.left() + SPACE * 2, box.bottom() - 6, box.width() - SPACE * 3, 3)
        faint = QColor(ink)
        faint.setAlphaF(0.14)
        painter.fillRect(track, faint)
        strong = QColor(ink)
        strong.setAlphaF(0.85)
        painter.fillRect(QRectF(track.left(), track.top(), track.width() * value, track.height()), strong)


def _titles() -> dict[Column, str]:
    return {
        "label": tr("Label"),
        "precision": tr("Precision"),
        "recall": tr("Recall"),
        "f1": tr("F1"),
        "support": tr("Annotated"),
    }


def _doors(label: str) -> dict[Column, str]:
    of_label = tr("Show the samples labelled {label}", label=label)
    return {
        "label": of_label,
        "precision": tr("Show the samples predicted as {label}", label=label),
        "recall": of_label,
        "f1": of_label,
        "support": of_label,
    }


def sample_report() -> ReportTable:
    """A report of invented numbers."""
    names = ("card stuck", "lost card", "refund", "a label with quite a long name indeed", "信用卡丢失")
    rows = [ReportRow(name, 0.99 - n / 9, 0.5 + n / 10, 0.7, 40 * n, "#0072b2") for n, name in enumerate(names)]
    return ReportTable([*rows, ReportRow("macro", 0.8, 0.75, 0.77, 400, average=True)])


if __name__ == "__main__":
    from lepton_studio.widgets.chart_style import show_alone

    show_alone(sample_report)
