"""How every table of the window looks and moves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView


def dress_table(table: QTableView, *, row: int, copies: bool = True) -> None:
    """Whole rows to choose, no frame, no grid, nothing to edit; Tab leads out of it, Ctrl+C copies what is chosen.

    `row`: the height of a row. `copies` False: the table copies by itself.
    """
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row)
    table.horizontalHeader().setHighlightSections(False)
    if copies:
        table.installEventFilter(_Copying(table))


class _Copying(QObject):
    """Ctrl+C puts the rows chosen on the clipboard, cells apart by tabs."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        wanted = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
        if not wanted or not isinstance(watched, QTableView):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        rows = sorted({index.row() for index in watched.selectedIndexes()})
        if rows:
            QGuiApplication.clipboard().setText("\n".join(_row_words(watched, row) for row in rows))
        return True


def _row_words(table: QTableView, row: int) -> str:
    model = table.model()
    cells = (
        model.index(row, column).data() for column in range(model.columnCount()) if not table.isColumnHidden(column)
    )
    return "\t".join(" ".join(str(cell or "").split()) for cell in cells)
