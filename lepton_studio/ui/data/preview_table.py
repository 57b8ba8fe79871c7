"""The first rows of a file as they would come in, and the rows that would not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.data.preview_rows import PreviewRow
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.tables import dress_table
from lepton_studio.words import split_name


class PreviewTable(QTableWidget):
    """Row number, text, value, split; a problem takes the place of the text, in the colour of a fault."""

    def __init__(self, *, value_title: str, wide: bool, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setAccessibleName(tr("First rows as they will be imported"))
        self.setHorizontalHeaderLabels([tr("Row"), tr("Text"), value_title, tr("Split")])
        dress_table(self, row=32)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        if wide:
            header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for place, width in ((0, 56), (2, 150), (3, 96)):
            self.setColumnWidth(place, width)

    def show_rows(self, rows: Sequence[PreviewRow]) -> None:
        """Show these rows."""
        palette = colors(self.palette())
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            split = split_name(row.split) if row.split else ""
            for column, cell in enumerate((f"{row.number:,}", row.text, row.value, split)):
                item = QTableWidgetItem(cell)
                if row.is_problem and column == 1:
                    item.setForeground(QBrush(palette.bad))
                elif column == 0:
                    item.setForeground(QBrush(palette.muted))
                elif column == 2:
                    set_tool_tip(item, cell)
                self.setItem(place, column, item)
        self.setColumnHidden(3, not any(row.split for row in rows))
