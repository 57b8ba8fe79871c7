"""The first predictions of a file: text, what is said of it in a few words, how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from lepton_studio.language import tr
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import BODY, text_font

if TYPE_CHECKING:
    from lepton_studio.studio.predict_file import InWords

_TEXT, _WORDS = 300, 300
"""Characters of a text and of a prediction that stand in a row."""
_WIDTH, _WORDS_WIDTH = 110, 240


class ResultsTable(QTableWidget):
    """Rows in the order of the file; a click on a heading sorts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.setAccessibleName(tr("Predictions for the file"))
        self.setHorizontalHeaderLabels([tr("Text"), tr("Prediction")])
        confidence = QTableWidgetItem(tr("Confidence"))
        confidence.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setHorizontalHeaderItem(2, confidence)
        dress_table(self, row=32)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(1, _WORDS_WIDTH)
        self.setColumnWidth(2, _WIDTH)

    def show_predictions(self, predictions: Sequence[InWords]) -> None:
        """Show these."""
        self.setSortingEnabled(False)
        self.setRowCount(len(predictions))
        for place, one in enumerate(predictions):
            score = QTableWidgetItem(per_cent(one.score))
            score.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            score.setFont(text_font(BODY, tabular=True))
            said = QTableWidgetItem(one.words[:_WORDS] or "–")
            set_tool_tip(said, one.words[:2000])
            text = QTableWidgetItem(" ".join(one.text[: 2 * _TEXT].split())[:_TEXT])
            for column, item in enumerate((text, said, score)):
                self.setItem(place, column, item)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)  # by nothing yet: the order of the file
