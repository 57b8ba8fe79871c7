"""Two ticked runs held against each other: the conclusion, what changed for each label, and the samples behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.project.records import PredictionFilter, RunRecord
from lepton_studio.studio.comparing import (
    Comparison,
    conclusion_words,
    label_rows,
    left_out_words,
    probability_words,
    score_changes,
)
from lepton_studio.ui.shared.score_words import setting_words
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import BODY, CAPTION, text_font

Index = QModelIndex | QPersistentModelIndex
WIDTH = 384
_ROW = 28
_WIDTHS = (0, 80, 80, 58, 66)


class ComparePanel(QWidget):
    """Shows a `Comparison`. `samples_asked(run id, PredictionFilter)`: the samples that became better or worse."""

    samples_asked = Signal(int, object)

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._shown: Comparison | None = None
        self.title = words(size=BODY, bold=True)
        self.how = words(size=CAPTION, muted=True, wrap=True)
        self.conclusion = words(size=BODY, wrap=True)
        self.left_out = words(size=CAPTION, muted=True, wrap=True)
        self.better = button("", role="link", tip=tr("Show these samples with the predictions of the later run"))
        self.worse = button("", role="link", tip=tr("Show these samples with the predictions of the later run"))
        self.better.clicked.connect(lambda: self._ask(better=True))
        self.worse.clicked.connect(lambda: self._ask(better=False))
        self.table = _ChangesTable()
        content = column(
            self.title, self.how, self.conclusion, self.left_out, row(self.better, self.worse, None), self.table, gap=8
        )
        content.setStretchFactor(self.table, 1)
        self.setLayout(content)
        self.setMinimumWidth(WIDTH)

    def begin(self, first: RunRecord, second: RunRecord) -> None:
        """Two runs are being compared."""
        self._shown = None
        self.title.setText(tr("Run {second} compared with run {first}", second=second.number, first=first.number))
        settings = [(run.number, setting_words(run, self._task)) for run in (first, second)]
        lines = [tr("Run {number}: {settings}", number=number, settings=said) for number, said in settings if said]
        self.how.setText("\n".join(lines))
        self.how.setVisible(bool(lines))
        self.conclusion.setText(tr("Comparing…"))
        for part in (self.left_out, self.better, self.worse, self.table):
            part.hide()

    def show_comparison(self, found: Comparison | None) -> None:
        """What came of it; None where there is nothing that both answered."""
        self._shown = found
        if found is None:
            self.conclusion.setText(tr("These runs cannot be compared: they have no predictions for the same samples."))
            return
        self.conclusion.setText(conclusion_words(found))
        self.left_out.setText("\n".join(filter(None, (probability_words(found), left_out_words(found)))))
        self.left_out.show()
        self.better.setText(trn("{count} sample better", "{count} samples better", len(found.better)))
        self.worse.setText(trn("{count} sample worse", "{count} samples worse", len(found.worse)))
        for door, samples in ((self.better, found.better), (self.worse, found.worse)):
            door.setAccessibleName(door.text())
            door.setEnabled(bool(samples))
            door.show()
        self.table.show_rows(found, self._task)
        self.table.show()

    def _ask(self, *, better: bool) -> None:
        found = self._shown
        if found is not None:
            samples = found.better if better else found.worse
            self.samples_asked.emit(found.second.id, PredictionFilter(found.split, samples=samples))


class _ChangesTable(QTableView):
    """The scores of both runs, then F1 of each label, the largest change first."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Changes per label"))
        self.changes = _ChangesModel(self)
        self.setModel(self.changes)
        dress_table(self, row=_ROW)
        self.setFont(text_font(CAPTION, tabular=True))
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setStyleSheet("QTableView, QHeaderView, QHeaderView::section { background: palette(window); }")
        heading = self.horizontalHeader()
        heading.setMinimumSectionSize(24)
        heading.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heading.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place, width in enumerate(_WIDTHS):
            self.setColumnWidth(place, width)

    def show_rows(self, found: Comparison, task: Task[Any]) -> None:
        """Show a comparison."""
        scores = [(*one, f"{found.n:,}") for one in score_changes(found, task)]
        labels = [(tr("F1: {label}", label=name), *rest) for name, *rest in label_rows(found)]
        names = [tr("run {number}", number=one.number) for one in (found.first, found.second)]
        self.changes.set_rows(["", *names, tr("change"), tr("samples")], [*scores, *labels])
        for place, width in list(enumerate(_WIDTHS))[1:]:  # as wide as its heading, in every language
            self.setColumnWidth(place, max(width, self.horizontalHeader().sectionSizeHint(place)))


class _ChangesModel(QAbstractTableModel):
    def __init__(self, parent: _ChangesTable) -> None:
        super().__init__(parent)
        self._view = parent
        self.headings: list[str] = [""] * 5
        self.rows: list[tuple[str, ...]] = []

    def set_rows(self, headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        self.beginResetModel()
        self.headings, self.rows = list(headings), list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        said, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return said[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(said[0])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{said[0]}, {self.headings[column]}: {said[column]}" if column else said[0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            theme = colors(self._view.palette())
            if column == 3 and said[3][:1] in "+-":
                return theme.good if said[3].startswith("+") else theme.bad
            return theme.text if column in (0, 3) else theme.muted
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.headings[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
