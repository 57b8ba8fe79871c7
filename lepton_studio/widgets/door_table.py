"""A table of numbers in which each cell is a door: what the tables of scores and of errors have in common."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from lepton_studio.widgets.tables import dress_table

ROW = 30
SORT_ROLE = Qt.ItemDataRole.UserRole
_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class DoorTable(QTableView):
    """Sorted by a click on a heading, with SORT_ROLE. A click, Enter and Space call `open_cell`."""

    def __init__(
        self, model: QAbstractItemModel, sorted: QSortFilterProxyModel, *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._sorted = sorted
        for part in (model, sorted):
            part.setParent(self)
        sorted.setSortRole(SORT_ROLE)
        sorted.setSourceModel(model)
        self.setModel(sorted)
        dress_table(self, row=ROW)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setStyleSheet("QTableView, QHeaderView, QHeaderView::section { background: palette(window); }")
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setMouseTracking(True)
        heading = self.horizontalHeader()
        heading.setSectionsClickable(True)
        heading.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(self._open)

    def open_cell(self, row: int, column: int) -> None:
        """The person wants to see what a cell counts; `row` is that of the model, whatever the order shown."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        self.open_cell(self._sorted.mapToSource(index).row(), index.column())
