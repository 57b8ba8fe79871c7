"""The ledger of runs: a row each with its score and the shape of its curve; tick two to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.records import RunId, RunRecord, Split
from lepton_studio.studio.judging import Standing, lead_sentence, moved_score, moved_words
from lepton_studio.studio.scores_in_words import ending_words, measure_title, run_score, status_words
from lepton_studio.ui.shared.score_words import moment, setting_words
from lepton_studio.widgets.cells import Cell, CellDelegate
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.color import Colors
from lepton_studio.widgets.plain_text import tool_tip
from lepton_studio.widgets.sparkline import paint_sparkline
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import BODY, SPACE, text_font
from lepton_studio.words import clock

Index = QModelIndex | QPersistentModelIndex

ROW = 32
COMPARE, NUMBER, STATUS, TEST, SCORE, SHAPE, WHEN, TOOK, SAMPLES = range(9)
_RIGHT = (SCORE, TEST, TOOK, SAMPLES)
_WIDTHS = {COMPARE: 36, NUMBER: 76, SCORE: 72, TEST: 72, SHAPE: 96, WHEN: 96, TOOK: 84, SAMPLES: 92}
_SPLITS: dict[int, Split] = {TEST: "test", SCORE: "validation"}
_STATUS_WIDTH, _WIDEST, _LONG_NAME = 96, 168, 12
_LEFT_OUT = (SAMPLES, TOOK, WHEN, SHAPE, SCORE)


class RunsTable(QTableView):
    """Space ticks a run for the comparison, Enter inspects it, Delete asks to remove it."""

    compared_changed = Signal()
    current_changed = Signal()
    inspect_asked = Signal()
    delete_asked = Signal()

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Runs"))
        self._model = _RunsModel(task, self)
        self._model.ticked.connect(self.compared_changed)
        self.setModel(self._model)
        self.setItemDelegate(_RunDelegate(self))
        self.setStyleSheet("QTableView, QHeaderView, QHeaderView::section { background: palette(window); }")
        dress_table(self, row=ROW)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        heading = self.horizontalHeader()
        heading.setMinimumSectionSize(24)
        heading.setTextElideMode(Qt.TextElideMode.ElideRight)
        heading.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heading.setSectionResizeMode(STATUS, QHeaderView.ResizeMode.Stretch)
        self._widths = dict(_WIDTHS)
        self._fit_scores()
        self.selectionModel().currentRowChanged.connect(lambda *_: self.current_changed.emit())
        self.clicked.connect(self._tick)
        self.doubleClicked.connect(lambda _index: self.inspect_asked.emit())

    def show_runs(self, runs: Sequence[RunRecord]) -> None:
        """Show these, newest first; what is current and ticked stays so."""
        current = self.current_run()
        self._model.set_runs(runs)
        self.choose(current.id if current is not None else runs[0].id if runs else None)

    def show_standings(self, standings: Mapping[tuple[RunId, Split], Standing]) -> None:
        """How runs stand on the labels of today."""
        self._model.standings = standings
        self._fit_scores()
        self.viewport().update()

    def show_shapes(self, shapes: Mapping[RunId, Sequence[float | None]]) -> None:
        """The validation scores of runs, for their sparklines."""
        self._model.shapes = dict(shapes)
        self.viewport().update()

    def choose(self, run_id: RunId | None) -> None:
        """Make a run the current one, without a signal."""
        rows = [row for row, run in enumerate(self._model.runs) if run.id == run_id]
        model = self.selectionModel()
        model.blockSignals(True)
        if rows:
            self.selectRow(rows[0])
        else:
            self.clearSelection()
        model.blockSignals(False)
        self.viewport().update()

    def current_run(self) -> RunRecord | None:
        """The run of the current row."""
        row = self.currentIndex().row()
        return self._model.runs[row] if 0 <= row < len(self._model.runs) else None

    def compared(self) -> tuple[RunRecord, ...]:
        """The runs that are ticked, newest first."""
        return tuple(run for run in self._model.runs if run.id in self._model.compared)

    def compare(self, run_id: RunId, ticked: bool = True) -> None:
        """Tick a run or take its tick away."""
        self._model.tick(run_id, ticked)

    def _fit_scores(self) -> None:
        """A measure may have a long name, and a score be told twice."""
        model, metrics = self._model, QFontMetrics(text_font(BODY, tabular=True))
        for column in (SCORE, TEST):
            said = [model.headings[column], *(model.text(run, column) for run in model.runs)]
            needed = max(metrics.horizontalAdvance(one) for one in said) + 3 * SPACE
            self._widths[column] = min(_WIDEST, max(needed, _WIDTHS[column]))
        for column, width in self._widths.items():
            self.setColumnWidth(column, width)
        self._leave_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._leave_out()
        super().resizeEvent(event)

    def _leave_out(self) -> None:
        """Hide what there is no room for."""
        left = self.viewport().width() - _STATUS_WIDTH - sum(self._widths.values())
        for column in _LEFT_OUT:  # where there is no room for all
            self.setColumnHidden(column, left < 0)
            left += self._widths[column] if left < 0 else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        run, key = self.current_run(), event.key()
        if run is not None and key == Qt.Key.Key_Space:
            self._model.tick(run.id, run.id not in self._model.compared)
        elif run is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.inspect_asked.emit()
        elif run is not None and key == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)

    def _tick(self, index: QModelIndex) -> None:
        if index.column() == COMPARE:
            run = self._model.runs[index.row()]
            self._model.tick(run.id, run.id not in self._model.compared)


class _RunsModel(QAbstractTableModel):
    ticked = Signal()

    def __init__(self, task: Task[Any], parent: QWidget) -> None:
        super().__init__(parent)
        self.task = task
        self.headings = _headings(measure_title(task.measure(task.best)))
        self.runs: tuple[RunRecord, ...] = ()
        self.compared: set[RunId] = set()
        self.shapes: dict[RunId, Sequence[float | None]] = {}
        self.standings: Mapping[tuple[RunId, Split], Standing] = {}

    def set_runs(self, runs: Sequence[RunRecord]) -> None:
        self.beginResetModel()
        self.runs = tuple(runs)
        self.compared &= {run.id for run in runs}
        self.endResetModel()

    def tick(self, run_id: RunId, ticked: bool) -> None:
        if ticked != (run_id in self.compared):
            self.compared ^= {run_id}
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, 0))
            self.ticked.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run, column = self.runs[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(run, column)
        if role == Qt.ItemDataRole.CheckStateRole and column == COMPARE:
            return Qt.CheckState.Checked if run.id in self.compared else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            stands = self.standing(run, column)
            said = (
                ending_words(run),
                "" if stands is None else self._standing_words(stands),
                setting_words(run, self.task),
            )
            return tool_tip("\n".join(one for one in said if one))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if column == COMPARE:
                return tr("Run {number}, compared", number=run.number) if run.id in self.compared else ""
            stands = self.standing(run, column)
            moved = "" if stands is None else moved_words(stands, self.task)
            return f"{self.headings[column]}: {self.text(run, column)}. {moved}".removesuffix(". ")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headings[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self.headings[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _standing_words(self, one: Standing) -> str:
        return "\n".join(said for said in (lead_sentence(one, self.task), moved_words(one, self.task)) if said)

    def standing(self, run: RunRecord, column: int) -> Standing | None:
        """How the run stands today on the split of a column; None for other columns, and while that is not known."""
        return self.standings.get((run.id, _SPLITS[column])) if column in _SPLITS else None

    def text(self, run: RunRecord, column: int) -> str:
        """What stands in a cell."""
        if column == NUMBER:
            return f"{run.number}"
        if column == STATUS:
            return status_words(run.status)
        if column in (SCORE, TEST):
            stands = self.standing(run, column)
            if stands is not None:
                return moved_score(stands, self.task)
            return run_score(run, self.task, split=_SPLITS[column]) or "–"
        if column == WHEN:
            return moment(run.created)
        if column == TOOK:
            return "–" if run.seconds is None else clock(run.seconds)
        if column == SAMPLES:
            return f"{run.counts.get('train', sum(run.counts.values())):,}"
        return ""


class _RunDelegate(CellDelegate):
    size = QSize(40, ROW)

    def paint_cell(self, cell: Cell) -> None:
        model: _RunsModel = cell.model
        run, column, box = model.runs[cell.row], cell.column, cell.box
        ink = chart_colors(cell.view.palette()).run(run.number)
        cell.fill_if_selected()
        cell.line_below()
        if column == COMPARE:
            _paint_tick(cell.painter, box, cell.theme, on=run.id in model.compared)
        elif column == SHAPE:
            shape = box.adjusted(SPACE, 4, -SPACE, -4)
            paint_sparkline(cell.painter, shape, model.shapes.get(run.id, ()), color=ink)
        else:
            inner = cell.inner
            if column == NUMBER:
                cell.dot(box.adjusted(4, 0, 0, 0), ink)
                inner.adjust(12, 0, 0, 0)
            cell.write(
                model.text(run, column),
                inner,
                ink=_ink(run, column, cell.theme),
                at_right=column in _RIGHT,
                tabular=True,
            )


def _paint_tick(painter: QPainter, box: QRectF, theme: Colors, *, on: bool) -> None:
    square = QRectF(box.center().x() - 7, box.center().y() - 7, 14, 14)
    painter.setPen(theme.accent if on else theme.muted)
    painter.setBrush(theme.accent if on else QColor(Qt.GlobalColor.transparent))
    painter.drawRoundedRect(square, 3, 3)
    if on:
        pen = painter.pen()
        pen.setColor(theme.on_accent)
        pen.setWidthF(1.8)
        painter.setPen(pen)
        x, y = square.left(), square.top()
        for one, other in (((3.5, 7.5), (6, 10)), ((6, 10), (10.5, 4.5))):
            painter.drawLine(round(x + one[0]), round(y + one[1]), round(x + other[0]), round(y + other[1]))


def _ink(run: RunRecord, column: int, theme: Colors) -> QColor:
    if column == STATUS:
        return {"failed": theme.bad, "interrupted": theme.warn, "running": theme.accent}.get(run.status, theme.text)
    return theme.text if column in (NUMBER, TEST) else theme.muted


def _headings(best: str) -> tuple[str, ...]:
    return (
        "",
        tr("Run"),
        tr("Status"),
        best if len(best) > _LONG_NAME else tr("{score}, test", score=best),
        tr("validation"),
        "",
        tr("When"),
        tr("Duration"),
        tr("Trained on"),
    )
