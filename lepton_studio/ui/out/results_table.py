"""The first predictions of a file: text, label, probability."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import BODY, text_font

_SHOWN = 500


@dataclass(frozen=True, slots=True)
class FilePrediction:
    """One line of a file of predictions."""

    text: str
    label: str
    score: float


def first_predictions(path: Path) -> list[FilePrediction]:
    """The first lines of a file that `predict` wrote. Raises OSError."""
    with path.open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in itertools.islice(lines, _SHOWN)]
    return [FilePrediction(" ".join(one["text"][:600].split())[:300], one["label"], one["score"]) for one in found]


class ResultsTable(QTableWidget):
    """Rows in the order of the file; a click on a heading sorts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.setAccessibleName(tr("Predictions of the file"))
        self.setHorizontalHeaderLabels([tr("Text"), tr("Label"), tr("Confidence")])
        dress_table(self, row=32)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(1, 200)
        self.setColumnWidth(2, 110)

    def show_predictions(self, predictions: Sequence[FilePrediction]) -> None:
        """Show these."""
        self.setSortingEnabled(False)
        self.setRowCount(len(predictions))
        for place, one in enumerate(predictions):
            score = QTableWidgetItem(f"{one.score:.3f}")
            score.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            score.setFont(text_font(BODY, tabular=True))
            for column, item in enumerate((QTableWidgetItem(one.text), QTableWidgetItem(one.label), score)):
                self.setItem(place, column, item)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
