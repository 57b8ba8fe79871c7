"""The rows of the last import that had problems: file, row, reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from lepton_studio.language import tr
from lepton_studio.project.sources import ImportProblem
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import TITLE

_SHOWN = 1000


class ProblemsCard(Overlay):
    """A table that can be copied as a whole."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=820)
        self._problems: Sequence[ImportProblem] = ()
        self._title = words("", size=TITLE, bold=True)
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(tr("Rows with problems"))
        self.table.setHorizontalHeaderLabels([tr("File"), tr("Row"), tr("Reason")])
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(0, 180)
        self.table.setColumnWidth(1, 72)
        self.table.setMinimumHeight(320)
        self._copy = button(tr("Copy the list"))
        self._copy.clicked.connect(self._copy_all)
        close = button(tr("Close"), role="primary")
        close.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(words(tr("All other rows were imported."), muted=True))
        self.card_layout.addWidget(self.table)
        self.card_layout.addLayout(row(None, self._copy, close))

    def open_with(self, problems: Sequence[ImportProblem]) -> None:
        """Show these problems, the first thousand of them."""
        self._problems = problems
        self._title.setText(tr("Rows with problems in the last import: {n}", n=amount(len(problems))))
        self.table.setRowCount(min(_SHOWN, len(problems)))
        for place, problem in enumerate(problems[:_SHOWN]):
            for column, cell in enumerate((Path(problem.source).name, amount(problem.row), problem.reason)):
                self.table.setItem(place, column, QTableWidgetItem(cell))
        self.open_over()

    def _copy_all(self) -> None:
        lines = [f"{one.source}\t{one.row}\t{one.reason}" for one in self._problems]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._copy.setText(tr("Copied"))
