"""What the newest run says of the sample: the likeliest labels with their probabilities; Enter accepts the first."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Label, LabelId
from lepton_studio.ui.labelling.suggestions import Suggestion, Suggestions
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import BODY, CAPTION, colors, mixed, text_font

_ROW = 28


class ScoreRows(QWidget):
    """Up to three labels, each with a bar of its probability."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, str, float], ...] = ()

    def show_scores(self, rows: tuple[tuple[str, str, float], ...]) -> None:
        """(name, colour, probability) each."""
        self._rows = rows
        self.setAccessibleName("; ".join(f"{name} {score:.2f}" for name, _color, score in rows))
        self.setVisible(bool(rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _ROW * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (name, color, score) in enumerate(self._rows):
            top = place * _ROW
            bold = place == 0
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(palette.text, palette.window, 0.08))
            painter.drawRoundedRect(QRectF(0, top + _ROW - 7, self.width(), 3), 1.5, 1.5)
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(QRectF(0, top + _ROW - 7, max(3.0, self.width() * score), 3), 1.5, 1.5)
            painter.setPen(palette.text if bold else palette.muted)
            painter.setFont(text_font(BODY, bold=bold, tabular=True))
            box = QRectF(0, top, self.width(), _ROW - 8)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{score:.2f}")
            room = int(box.width()) - 40
            shown = QFontMetrics(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class SuggestionBox(QWidget):
    """Shows one sample's suggestion, or what to do so that there are some."""

    tune_wanted = Signal()

    def __init__(self, suggestions: Suggestions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggestions = suggestions
        self._title = words(tr("Suggestion"), bold=True)
        self._run = words("", size=CAPTION, muted=True)
        self._scores = ScoreRows()
        self._sentence = words("", size=CAPTION, muted=True, wrap=True)
        self.ask = button(tr("Suggest labels"), role="")
        self.ask.clicked.connect(suggestions.suggest_unlabelled)
        self._tune = button(tr("Go to Tune"), role="link")
        self._tune.clicked.connect(self.tune_wanted)
        self.setLayout(
            column(
                row(self._title, None, self._run), self._scores, self._sentence, row(self.ask, self._tune, None), gap=6
            )
        )
        self.show_suggestion(None, {}, unlabelled=0)

    def show_suggestion(self, suggestion: Suggestion | None, labels: dict[LabelId, Label], *, unlabelled: int) -> None:
        """`unlabelled`: how many samples could get a suggestion."""
        known = [(labels[one], score) for one, score in suggestion.scores if one in labels] if suggestion else []
        self._scores.show_scores(tuple((label.name, label.color, score) for label, score in known))
        run = self._suggestions.run
        self._run.setText("" if run is None else tr("run {number}", number=run))
        self._tune.setVisible(run is None)
        self.ask.setVisible(run is not None and not known and unlabelled > 0)
        self.ask.setEnabled(not self._suggestions.is_working)
        if known:
            self._sentence.setText(tr("Enter accepts."))
        elif run is None:
            self._sentence.setText(tr("Tune once, and the model suggests labels here."))
        elif unlabelled:
            self._sentence.setText(
                tr("The model has not read this sample yet. Let it read all {n} unlabelled ones.", n=f"{unlabelled:,}")
            )
        else:
            self._sentence.setText(tr("The model has not read this sample."))
