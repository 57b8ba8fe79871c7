"""Names down, sorts across, a count in each cell on a ground that grows with it. Each count is a door."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.cells import Cell, CellDelegate
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.color import mixed
from lepton_studio.widgets.door_table import ROW, SORT_ROLE, DoorTable
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.widgets.theme import CAPTION, SPACE, text_font

Index = QModelIndex | QPersistentModelIndex

_NAME, _COUNT = 76, 104


@dataclass(frozen=True, slots=True)
class CountRow:
    """`key` is what the signals name; one count for each column. `color` is "#rrggbb" of the dot, "" for none."""

    key: Hashable
    title: str
    counts: tuple[int, ...]
    color: str = ""


class CountTable(DoorTable):
    """Sorted by a click on a heading. Enter or a click emits `cell_activated(row key, column)`, for counts above 0."""

    cell_activated = Signal(object, int)

    def __init__(self, *, name: str, heading: str = "", parent: QWidget | None = None) -> None:
        self._model = _CountModel(heading or tr("Label"))
        super().__init__(self._model, QSortFilterProxyModel(), name=name, parent=parent)
        self.setItemDelegate(_CountDelegate(self))

    def show_counts(self, columns: Sequence[str], rows: Sequence[CountRow]) -> None:
        """Show these; `columns` are the headings of the counts."""
        self._model.set_counts(columns, rows)
        self._fit()

    def rows(self) -> tuple[CountRow, ...]:
        """The rows as given."""
        return self._model.rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """Share the width out; where columns are narrow their headings have two lines."""
        columns, heading = self._model.columns, self.horizontalHeader()
        metrics, padding = QFontMetricsF(text_font(CAPTION)), 3 * SPACE
        longest = max((metrics.horizontalAdvance(one) for one in columns), default=0.0) + padding
        longest_word = max((metrics.horizontalAdvance(one) for title in columns for one in title.split()), default=0.0)
        room = (self.viewport().width() - 2 * _NAME) / max(1, len(columns))
        width = round(max(longest_word + padding, min(_COUNT, room)))
        lines = 1 if longest <= width else 2
        heading.setFixedHeight(round(lines * metrics.height() + 2 * SPACE))
        for column in range(1, len(columns) + 1):
            self.setColumnWidth(column, width)
        self.setColumnWidth(0, max(_NAME, self.viewport().width() - len(columns) * width))

    def open_cell(self, row: int, column: int) -> None:
        shown = self._model.rows[row]
        if column > 0 and shown.counts[column - 1]:
            self.cell_activated.emit(shown.key, column - 1)


class _CountModel(QAbstractTableModel):
    def __init__(self, heading: str) -> None:
        super().__init__()
        self.heading = heading
        self.columns: tuple[str, ...] = ()
        self.rows: tuple[CountRow, ...] = ()
        self.largest = 1

    def set_counts(self, columns: Sequence[str], rows: Sequence[CountRow]) -> None:
        self.beginResetModel()
        self.columns, self.rows = tuple(columns), tuple(rows)
        self.largest = max([1, *(count for row in rows for count in row.counts)])
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.columns) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column() - 1
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title if column < 0 else f"{row.counts[column]:,}" if row.counts[column] else ""
        if role == SORT_ROLE:
            return row.title.casefold() if column < 0 else row.counts[column]
        said = row.title if column < 0 else f"{row.title}, {self.columns[column]}: {row.counts[column]:,}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return said
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(said)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        title = self.columns[section - 1] if section else self.heading
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return (side | Qt.AlignmentFlag.AlignVCenter).value | Qt.TextFlag.TextWordWrap.value
        return None


class _CountDelegate(CellDelegate):
    size = QSize(_COUNT, ROW)

    def paint_cell(self, cell: Cell) -> None:
        model: _CountModel = cell.model
        row, column = model.rows[cell.row], cell.column - 1
        theme, painter = cell.theme, cell.painter
        cell.line_below()
        if column < 0:
            cell.write_name(row.title, cell.inner, color=row.color, ink=theme.text)
        elif row.counts[column]:
            share = row.counts[column] / model.largest
            ground = cell.box.adjusted(2, 2, 0, -2)
            painter.fillRect(ground, mixed(chart_colors(cell.view.palette()).wrong, theme.window, 0.06 + 0.34 * share))
            if cell.is_hovered or cell.is_selected:
                painter.setPen(theme.accent if cell.is_current else theme.muted)
                painter.drawRect(ground.adjusted(0.5, 0.5, -0.5, -0.5))
            cell.write(f"{row.counts[column]:,}", cell.inner, ink=theme.text, at_right=True, tabular=True)


def sample_counts() -> CountTable:
    """Errors of invented labels."""
    table = CountTable(name="Errors")
    names = ("person", "place", "organisation", "a label with quite a long name indeed", "信用卡丢失")
    hues = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")
    rows = [CountRow(n, one, (12 >> n, n, 3 * n % 5, 7), hues[n]) for n, one in enumerate(names)]
    table.show_counts(("wrong boundaries", "wrong label", "missed", "invented"), rows)
    return table


if __name__ == "__main__":
    from lepton_studio.widgets.chart_style import show_alone

    show_alone(sample_counts)
