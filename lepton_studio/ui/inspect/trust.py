"""Can it be trusted: whether the model is as often right as it says, and what it can be left to answer alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import PredictionFilter
from lepton_studio.ui.inspect.asked_view import AskedView
from lepton_studio.ui.shared.chart_menu import offer_chart
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.reliability_chart import ReliabilityChart, ReliabilityPoint
from lepton_studio.widgets.risk_curve import RiskCurve, RiskPoint

if TYPE_CHECKING:
    from lepton_studio.studio.trust import Share, Trust

_USUAL = 0.05


class TrustView(AskedView):
    """Emits `door_opened(PredictionFilter)`, `told(sentence)`."""

    door_opened = Signal(object)
    told = Signal(str)
    kept = Signal(object)
    """What the model is to answer alone from now on, a `Share`; None for everything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Trust | None = None
        self._risk = _USUAL
        self.chart = ReliabilityChart()
        self.chart.point_clicked.connect(self._open_range)
        offer_chart(self.chart, self.chart, name="reliability", say=self.told.emit)
        self.says = words("", wrap=True)
        self.curve = RiskCurve(across=tr("predictions it makes alone"), name=tr("What it can answer alone"))
        self.curve.chosen.connect(self._choose)
        self.share = words("", wrap=True)
        self._alone = words(tr("What it can answer alone"), bold=True)
        self._sure = words(tr("Confidence"), bold=True)
        self.keep = button(
            tr("Mark the rest in predictions"),
            tip=tr("Kept with the model: what it is less sure of is marked as unsure"),
        )
        self.keep.clicked.connect(lambda: self.kept.emit(self._share()))
        self.clear = button(tr("Mark nothing"), role="quiet")
        self.clear.clicked.connect(lambda: self.kept.emit(None))
        self.says_kept = words("", wrap=True, muted=True)
        inside = QWidget()
        inside.setLayout(
            column(
                self._sure,
                self.chart,
                self.says,
                8,
                self._alone,
                self.share,
                self.curve,
                self.says_kept,
                row(self.keep, self.clear, None),
                None,
                gap=8,
            )
        )
        scrolled = QScrollArea(self)
        scrolled.setWidget(inside)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside.setAutoFillBackground(False)
        scrolled.viewport().setAutoFillBackground(False)
        self.setLayout(column(scrolled))
        self.show_nothing("")

    def show_trust(self, found: Trust | None) -> None:
        """Show what is known; None for nothing."""
        from lepton_studio.studio.trust import reliability_words

        self.is_told()
        if found is None:
            self.show_nothing(tr("There is nothing to tell this from."))
            return
        self._found, known = found, found.reliability
        _show((self._sure, self.chart, self.says), known is not None)
        if known is not None:
            self.chart.show_points(
                [
                    ReliabilityPoint(one.low, one.high, one.said, one.right, one.n, one.interval.low, one.interval.high)
                    for one in known.bins
                ]
            )
            self.says.setText(reliability_words(known))
        _show((self._alone, self.curve, self.keep), True)
        _show((self.says_kept, self.clear), bool(found.kept))
        points = [RiskPoint(one.risk, one.n, one.bound) for one in found.shares if one.threshold is not None]
        self.curve.show_curve(points, found.curve, total=found.n)
        self.says_kept.setText(found.kept)
        shown = [one.risk for one in points]
        self._choose(self._risk if self._risk in shown or not shown else shown[0])

    def show_nothing(self, said: str) -> None:
        self._found = None
        _show((self._sure, self.chart, self.says, self._alone, self.curve), False)
        _show((self.says_kept, self.keep, self.clear), False)
        self.share.setText(said)

    def _choose(self, risk: float) -> None:
        from lepton_studio.studio.trust import share_words

        self._risk = risk
        self.curve.select(risk)
        share = self._share()
        if share is not None and self._found is not None:
            usual = [one for one in self._found.shares if one.risk == _USUAL and one.threshold is None]
            told = [*usual, *(one for one in [share] if one not in usual)]
            self.share.setText("\n".join(map(share_words, told)))
            self.keep.setEnabled(share.threshold is not None)

    def _share(self) -> Share | None:
        return None if self._found is None else next(one for one in self._found.shares if one.risk == self._risk)

    def _open_range(self, low: float, high: float) -> None:
        if self._found is not None:
            self.door_opened.emit(PredictionFilter(split=self._found.split, score_from=low, score_to=high))


def _show(parts: Sequence[QWidget], shown: bool) -> None:
    for part in parts:
        part.setVisible(shown)
