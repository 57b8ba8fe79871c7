"""The table of what was found on the Hub."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from lepton_studio.hub.in_words import languages_in_words, size_in_words
from lepton_studio.hub.requests import FoundModel
from lepton_studio.hub.usable import usable_in_words
from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.widgets.tables import dress_table

Index = QModelIndex | QPersistentModelIndex
_ROW = 30
_WIDTHS = (0, 110, 120, 130, 170)
_SIZE = 1


class HubModels(QAbstractTableModel):
    """Columns: name, size, licence, languages, whether it can be used here; what cannot stands in grey."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: list[FoundModel] = []

    def show_found(self, found: list[FoundModel]) -> None:
        """Show these in place of what there was."""
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.found)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(_WIDTHS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Model"), tr("Download"), tr("Licence"), tr("Languages"), tr("Usable here"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one = self.found[index.row()]
        cells = (
            one.id, size_in_words(one), one.licence, languages_in_words(one), usable_in_words(one),
        )  # fmt: skip
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(", ".join(one.languages) if index.column() == 3 else cells[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        view = self.parent()
        if role == Qt.ItemDataRole.ForegroundRole and one.why_not and isinstance(view, QWidget):
            return colors(view.palette()).muted
        return None


class HubTable(QTableView):
    """Shows `HubModels`; the name takes what room there is."""

    def __init__(self, *, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = HubModels(self)
        self.setModel(self.models)
        self.setAccessibleName(tr("Models on the Hub"))
        dress_table(self, row=_ROW)
        self.setFixedHeight(height)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place, width in enumerate(_WIDTHS[1:], start=1):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(place, width)

    def current(self) -> FoundModel | None:
        """The one that is chosen."""
        rows = {index.row() for index in self.selectedIndexes()}
        return self.models.found[min(rows)] if rows else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == _SIZE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
