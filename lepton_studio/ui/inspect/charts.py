"""The left side of the Inspect page: labels, confusions, errors, quality, confidence. Every number is a door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.records import PredictionFilter, Split
from lepton_studio.ui.inspect.errors import ErrorsView
from lepton_studio.ui.inspect.numbers import mix_ups
from lepton_studio.ui.inspect.report import KnownLabel, RunReport
from lepton_studio.ui.shared.chart_menu import offer_chart
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.confusion_matrix import ConfusionMatrix
from lepton_studio.widgets.histogram import Histogram
from lepton_studio.widgets.layouts import column, line
from lepton_studio.widgets.report_table import ReportTable
from lepton_studio.widgets.segments import Segments

if TYPE_CHECKING:
    from lepton_studio.ui.inspect.changed import ChangedTexts, RobustnessView
    from lepton_studio.ui.inspect.fairness import FairnessView
    from lepton_studio.ui.inspect.label_words import LabelWordsView
    from lepton_studio.ui.inspect.slices import SlicesView
    from lepton_studio.ui.inspect.trust import TrustView

Changed = Literal["robustness", "swaps"]
"""What texts are changed for."""

_LEAST = 88
VIEWS = ("report", "matrix", "pairs", "errors", "quality", "trust", "slices", "fairness", "robustness", "words")
_TALL = ("matrix", "trust", "slices", "fairness", "robustness", "words")
"""Those that take all the room, and are made when they are wanted."""


class ChartsPanel(QWidget):
    """Emits `door_opened(PredictionFilter)`; the filter names the split of the report."""

    door_opened = Signal(object)
    told = Signal(str)
    """A sentence: a chart was copied or saved, or could not be."""
    trust_wanted = Signal()
    """See `TrustView.wanted`."""
    share_kept = Signal(object)
    """See `TrustView.kept`."""
    slices_wanted = Signal()
    """See `SlicesView.wanted`."""
    fairness_wanted = Signal()
    """See `FairnessView.wanted`."""
    swaps_asked = Signal()
    robustness_asked = Signal()
    """See `ChangedTexts.asked`."""
    words_wanted = Signal()
    samples_wanted = Signal(object)
    """See `LabelWordsView`."""

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._shown: RunReport | None = None
        first = (tr("Labels"), tr("Confusions"), tr("Mix-ups"), tr("Errors"), tr("Quality"))
        titles = (*first, tr("Trust"), tr("Parts"), tr("Fairness"), tr("Robustness"), tr("Words"))
        self.views = Segments(list(zip(VIEWS, titles, strict=True)), name=tr("What the report shows"), parent=self)
        self._stack = stack = QStackedWidget(self)
        stack.setMinimumHeight(_LEAST)  # of its own: a tall view in the back takes no room
        self._below = QWidget(self)
        self.report = ReportTable(parent=stack)
        self._matrix: ConfusionMatrix | None = None
        self._matrix_place = QWidget(stack)
        self._matrix_place.setLayout(column())
        self.pairs = BarRows(name=tr("Labels mixed up most often"), parent=stack)
        self.errors = ErrorsView(task, parent=stack)
        name = tr("Quality of the predictions")
        self.quality = Histogram(title=tr("Prediction quality"), says=_good, name=name, parent=stack)
        name = tr("Confidence of the predictions")
        self.histogram = Histogram(title=tr("Confidence"), says=_sure, name=name, parent=self._below)
        self.histogram.setFixedHeight(168)
        self._trust: TrustView | None = None
        self._trust_place = QWidget(stack)
        self._trust_place.setLayout(column())
        self._slices: SlicesView | None = None
        self._slices_place = QWidget(stack)
        self._slices_place.setLayout(column())
        self._fairness: FairnessView | None = None
        self._fairness_place = QWidget(stack)
        self._fairness_place.setLayout(column())
        self._robustness: RobustnessView | None = None
        self._robustness_place = QWidget(stack)
        self._robustness_place.setLayout(column())
        self._words: LabelWordsView | None = None
        self._words_place = QWidget(stack)
        self._words_place.setLayout(column())
        late = (self._trust_place, self._slices_place, self._fairness_place, self._robustness_place, self._words_place)
        for view in (self.report, self._matrix_place, self.pairs, self.errors, self.quality, *late):
            self._stack.addWidget(view)
        self.views.chosen.connect(self.show_view)
        self.report.row_activated.connect(self._open_row)
        self.pairs.row_clicked.connect(lambda key: self._open_cell(*key))
        self.errors.door_opened.connect(self.door_opened)
        self.histogram.bin_clicked.connect(self._open_sure)
        self.quality.bin_clicked.connect(self._open_quality)
        for chart, file in (
            (self.report, "scores"),
            (self.pairs, "mix-ups"),
            (self.quality, "quality"),
            (self.histogram, "confidence"),
        ):
            offer_chart(chart, chart, name=file, say=self.told.emit)
        self._below.setLayout(column(line(), self.histogram, gap=12))
        self.setLayout(column(self.views, self._stack, self._below, gap=12))

    def show_report(self, shown: RunReport) -> None:
        """Show a report, in the views that make sense for it."""
        before, self._shown = self._shown, shown
        is_other = before is None or (before.run.id, before.split) != (shown.run.id, shown.split)
        self.report.show_rows(shown.rows())
        self.errors.show_report(shown)
        self.histogram.show_bins(shown.sure)
        self.quality.show_bins(shown.quality)
        self._forget(is_other=is_other)
        self._show_matrix()
        self.pairs.show_rows(_pairs(shown))
        offered = self.offered()
        for view in VIEWS:
            self.views.button(view).setVisible(view in offered)
        self.views.setVisible(len(offered) > 1)
        if self.views.choice() not in offered:
            self.show_view(offered[0])

    def forget_labels(self) -> None:
        """Some samples have other labels now: what is told by the labels of today is told anew."""
        self._forget(is_other=False)

    def changed_texts(self) -> dict[Changed, ChangedTexts]:
        """The places for what changed texts do, of those that were wanted so far."""
        found: dict[Changed, ChangedTexts] = {}
        if self._robustness is not None:
            found["robustness"] = self._robustness.texts
        if self._fairness is not None:
            found["swaps"] = self._fairness.swaps
        return found

    @property
    def split(self) -> Split | None:
        """The split of the report in view."""
        return None if self._shown is None else self._shown.split

    def offered(self) -> tuple[str, ...]:
        """The views that the report in view has something for."""
        shown = self._shown
        if shown is None:
            return VIEWS[:1]
        confused = shown.report.confusion is not None
        has = {
            "report": bool(shown.report.per_class),
            "matrix": confused,
            "pairs": confused,
            "errors": len(self._task.kinds) > 1,
            "quality": len(self._task.kinds) > 1 or not confused,
            "trust": bool(self._task.right),
            "slices": bool(self._task.right or self._task.kinds),
            "fairness": bool(self._task.right or self._task.kinds),
            "robustness": bool(self._task.linear),
            "words": self._task.linear in ("choice", "choices"),
        }
        return tuple(view for view in VIEWS if has[view])

    @property
    def matrix(self) -> ConfusionMatrix:
        """The confusions; made when they are first wanted, as that takes a third of the time the page opens in."""
        if self._matrix is None:
            self._matrix = ConfusionMatrix()
            self._matrix.cell_clicked.connect(self._open_cell)
            offer_chart(self._matrix, self._matrix, name="confusions", say=self.told.emit)
            _put(self._matrix, self._matrix_place)
            self._show_matrix()
        return self._matrix

    @property
    def trust(self) -> TrustView:
        """Whether to trust it; made when it is first wanted."""
        if self._trust is None:
            from lepton_studio.ui.inspect.trust import TrustView

            self._trust = TrustView()
            self._trust.door_opened.connect(self.door_opened)
            self._trust.told.connect(self.told)
            self._trust.wanted.connect(self.trust_wanted)
            self._trust.kept.connect(self.share_kept)
            _put(self._trust, self._trust_place)
        return self._trust

    @property
    def slices(self) -> SlicesView:
        """Parts of the texts; made when they are first wanted."""
        if self._slices is None:
            from lepton_studio.ui.inspect.slices import SlicesView

            self._slices = SlicesView()
            self._slices.door_opened.connect(self.door_opened)
            self._slices.wanted.connect(self.slices_wanted)
            _put(self._slices, self._slices_place)
        return self._slices

    @property
    def fairness(self) -> FairnessView:
        """Groups of people; made when it is first wanted."""
        if self._fairness is None:
            from lepton_studio.ui.inspect.fairness import FairnessView

            self._fairness = FairnessView(swaps=bool(self._task.linear))
            self._fairness.door_opened.connect(self.door_opened)
            self._fairness.wanted.connect(self.fairness_wanted)
            self._fairness.swaps.asked.connect(self.swaps_asked)
            _put(self._fairness, self._fairness_place)
        return self._fairness

    @property
    def robustness(self) -> RobustnessView:
        """Changed texts; made when they are first wanted."""
        if self._robustness is None:
            from lepton_studio.ui.inspect.changed import RobustnessView

            self._robustness = RobustnessView()
            self._robustness.texts.door_opened.connect(self.door_opened)
            self._robustness.texts.asked.connect(self.robustness_asked)
            _put(self._robustness, self._robustness_place)
        return self._robustness

    @property
    def words(self) -> LabelWordsView:
        """The words of each label; made when they are first wanted."""
        if self._words is None:
            from lepton_studio.ui.inspect.label_words import LabelWordsView

            self._words = LabelWordsView()
            self._words.door_opened.connect(self.door_opened)
            self._words.samples_wanted.connect(self.samples_wanted)
            self._words.wanted.connect(self.words_wanted)
            _put(self._words, self._words_place)
        return self._words

    def _forget(self, *, is_other: bool) -> None:
        for late in (self._trust, self._slices, self._fairness, self._words):
            if late is not None:
                late.forget(is_other=is_other)

    def _show_matrix(self) -> None:
        confusion = None if self._shown is None else self._shown.report.confusion
        if self._matrix is not None and self._shown is not None and confusion is not None:
            self._matrix.show_matrix([label.name for label in self._shown.labels], confusion.matrix)

    def show_view(self, view: str) -> None:
        """Bring one of the offered VIEWS to the front; those that are tall take all the room."""
        if view not in self.offered():
            return
        self._below.setVisible(view not in _TALL and not (view == "errors" and self.errors.is_tall()))
        self.views.choose(view)
        if view in _TALL:
            getattr(self, view).show()
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

    def _open_sure(self, low: float, high: float, correct: bool | None) -> None:
        if self._shown is not None:
            which = PredictionFilter(split=self._shown.split, score_from=low, score_to=high, correct=correct)
            self.door_opened.emit(which)

    def _open_quality(self, low: float, high: float, correct: bool | None) -> None:
        if self._shown is not None:
            which = PredictionFilter(split=self._shown.split, quality_from=low, quality_to=high, correct=correct)
            self.door_opened.emit(which)


def _put(view: QWidget, place: QWidget) -> None:
    layout = place.layout()
    assert layout is not None
    layout.addWidget(view)


def _pairs(shown: RunReport) -> list[BarRow]:
    confusion = shown.report.confusion
    return [
        BarRow(
            (one.gold, one.predicted),
            f"{shown.labels[one.gold].name} → {shown.labels[one.predicted].name}",
            one.count,
            shown.labels[one.gold].color,
        )
        for one in (() if confusion is None else mix_ups(confusion.matrix)[:200])
    ]


def _known(label: KnownLabel) -> bool:
    return label.id is not None


def _sure(low: int, high: int) -> str:
    return tr("{low}–{high}% confidence", low=low, high=high)


def _good(low: int, high: int) -> str:
    return tr("quality {low}–{high}%", low=low, high=high)
