"""The left side of the Inspect page: report, confusions, most frequent mix-ups, confidence. Every number is a door."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import PredictionFilter
from lepton_studio.ui.pages.inspect_numbers import mix_ups
from lepton_studio.ui.pages.inspect_report import KnownLabel, RunReport
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.confusion_matrix import ConfusionMatrix
from lepton_studio.widgets.histogram import Histogram
from lepton_studio.widgets.layouts import column, line
from lepton_studio.widgets.report_table import ReportTable
from lepton_studio.widgets.segments import Segments

VIEWS = ("report", "matrix", "pairs")


class ChartsPanel(QWidget):
    """Emits `door_opened(PredictionFilter)`; the filter names the split of the report."""

    door_opened = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: RunReport | None = None
        titles = (tr("Labels"), tr("Confusions"), tr("Mix-ups"))
        self.views = Segments(list(zip(VIEWS, titles, strict=True)), name=tr("What the report shows"))
        self.report = ReportTable()
        self._matrix: ConfusionMatrix | None = None
        self._matrix_place = QWidget()
        self._matrix_place.setLayout(column())
        self.pairs = BarRows(name=tr("Labels that are mixed up most"))
        self.histogram = Histogram(title=tr("How sure it was"))
        self.histogram.setFixedHeight(168)
        self._stack = QStackedWidget()
        for view in (self.report, self._matrix_place, self.pairs):
            self._stack.addWidget(view)
        self.views.chosen.connect(self.show_view)
        self.report.row_activated.connect(self._open_row)
        self.pairs.row_clicked.connect(lambda key: self._open_cell(*key))
        self.histogram.bin_clicked.connect(self._open_bin)
        self._below = QWidget()
        self._below.setLayout(column(line(), self.histogram, gap=12))
        self.setLayout(column(self.views, self._stack, self._below, gap=12))

    def show_report(self, shown: RunReport) -> None:
        """Show a report."""
        self._shown = shown
        self.report.show_rows(shown.rows())
        self.histogram.show_bins(shown.bins)
        confusion = shown.report.confusion
        if confusion is None:
            return
        self._show_matrix()
        self.pairs.show_rows(
            [
                BarRow(
                    (one.gold, one.predicted),
                    f"{shown.labels[one.gold].name} → {shown.labels[one.predicted].name}",
                    one.count,
                    shown.labels[one.gold].color,
                )
                for one in mix_ups(confusion.matrix)[:200]
            ]
        )

    @property
    def matrix(self) -> ConfusionMatrix:
        """The confusions; made when they are first wanted, as that takes a third of the time the page opens in."""
        if self._matrix is None:
            self._matrix = ConfusionMatrix()
            self._matrix.cell_clicked.connect(self._open_cell)
            layout = self._matrix_place.layout()
            assert layout is not None
            layout.addWidget(self._matrix)
            self._show_matrix()
        return self._matrix

    def _show_matrix(self) -> None:
        confusion = None if self._shown is None else self._shown.report.confusion
        if self._matrix is not None and self._shown is not None and confusion is not None:
            self._matrix.show_matrix([label.name for label in self._shown.labels], confusion.matrix)

    def show_view(self, view: str) -> None:
        """Bring one of the VIEWS to the front; the matrix takes all the room."""
        self._below.setVisible(view != "matrix")
        self.views.choose(view)
        if view == "matrix":
            self.matrix.show()
        self._stack.setCurrentIndex(VIEWS.index(view))

    def _open_row(self, name: str, column: str) -> None:
        shown = self._shown
        label = None if shown is None else shown.label_named(name)
        if shown is None or label is None or label.id is None:
            return
        if column == "precision":
            self.door_opened.emit(PredictionFilter(split=shown.split, predicted=label.id))
        else:
            self.door_opened.emit(PredictionFilter(split=shown.split, gold=label.id))

    def _open_cell(self, row: int, column: int) -> None:
        shown = self._shown
        if shown is None:
            return
        gold, predicted = shown.labels[row], shown.labels[column]
        if _known(gold) and _known(predicted):
            self.door_opened.emit(PredictionFilter(split=shown.split, gold=gold.id, predicted=predicted.id))

    def _open_bin(self, low: float, high: float, correct: bool | None) -> None:
        if self._shown is not None:
            which = PredictionFilter(split=self._shown.split, score_from=low, score_to=high, correct=correct)
            self.door_opened.emit(which)


def _known(label: KnownLabel) -> bool:
    return label.id is not None
