"""The model of a list whose rows are plain values that a delegate draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from lepton_studio.widgets.plain_text import tool_tip

Index = QModelIndex | QPersistentModelIndex


class Row(Protocol):
    """`title` is what the list is searched by; `in_words` what a screen reader says and the tip shows."""

    @property
    def title(self) -> str: ...

    @property
    def in_words(self) -> str: ...


R = TypeVar("R", bound=Row)


class RowModel(QAbstractListModel, Generic[R]):
    """`rows`: what is shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[R, ...] = ()

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.measure()
        self.endResetModel()

    def measure(self) -> None:
        """The scale of the rows, where they have one."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.in_words
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(row.in_words)
        return None
