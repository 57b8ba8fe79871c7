"""What the newest run, or the word list, says of the sample: labels with their probabilities, and the value in words
where labels do not say it whole; Enter accepts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.models.built_in import WRITER
from lepton_studio.project.records import Label, LabelId, Suggestion
from lepton_studio.studio.instant.other import other_label
from lepton_studio.studio.scores_in_words import per_cent, predictor_name
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.ui.label.suggestions import Suggestions
from lepton_studio.widgets.color import colors, mixed
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import BODY, CAPTION, text_font
from lepton_studio.words import shortened

_ROW, _ROWS = 28, 3
_MOST_WORDS = 220
"""Characters; a longer value is cut in the box, the editor shows it in full."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A label with its probability; `chosen`: it is part of what is suggested."""

    name: str
    color: str
    score: float
    chosen: bool


class ScoreRows(QWidget):
    """A few labels, each with a bar of its probability."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ScoreRow, ...] = ()

    def show_scores(self, rows: tuple[ScoreRow, ...]) -> None:
        """Show these, in their order."""
        self._rows = rows
        self.setAccessibleName("; ".join(f"{row.name} {per_cent(row.score, digits=0)}" for row in rows))
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
        for place, shown in enumerate(self._rows):
            top = place * _ROW
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(palette.text, palette.window, 0.08))
            painter.drawRoundedRect(QRectF(0, top + _ROW - 7, self.width(), 3), 1.5, 1.5)
            painter.setBrush(QColor(shown.color))
            painter.drawRoundedRect(QRectF(0, top + _ROW - 7, max(3.0, self.width() * shown.score), 3), 1.5, 1.5)
            painter.setPen(palette.text if shown.chosen else palette.muted)
            painter.setFont(text_font(BODY, bold=shown.chosen, tabular=True))
            box = QRectF(0, top, self.width(), _ROW - 8)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, per_cent(shown.score, digits=0)
            )
            room = int(box.width()) - 52
            name = QFontMetrics(painter.font()).elidedText(shown.name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


class SuggestionBox(QWidget):
    """Shows one sample's suggestion, or what to do so that there are some."""

    tune_wanted = Signal()
    word_list_wanted = Signal()

    def __init__(self, suggestions: Suggestions, *, task: Task[object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggestions = suggestions
        self._task = task
        self._title = words(tr("Suggestion"), bold=True)
        self._origin = words("", size=CAPTION, muted=True)
        self._scores = ScoreRows()
        self.value = words("", wrap=True)
        self._sentence = words("", size=CAPTION, muted=True, wrap=True)
        self.ask = button(tr("Suggest"), tip=tr("Get suggestions for all unlabelled samples"))
        self.ask.clicked.connect(suggestions.suggest_unlabelled)
        self.instruction = QLineEdit(suggestions.sources.settings.instruction or task.drafts)
        self.instruction.setAccessibleName(tr("What the model is told"))
        set_tool_tip(self.instruction, tr("What the model is told to do with each sample"))
        self.draft = button(tr("Write drafts"), tip=tr("Let {model} write, untuned", model=WRITER.name))
        self.draft.clicked.connect(self._write_drafts)
        self._tune = button(tr("Go to Tune"), role="link")
        self._tune.clicked.connect(self.tune_wanted)
        self._word_list = button(tr("Use a word list…"), role="link")
        self._word_list.clicked.connect(self.word_list_wanted)
        self.setLayout(
            column(
                row(self._title, None, self._origin),
                self._scores,
                self.value,
                self._sentence,
                self.instruction,
                row(self.ask, self.draft, self._tune, self._word_list, None),
                gap=6,
            )
        )
        self.show_suggestion(None, {}, unlabelled=0)

    @property
    def writing(self) -> tuple[QWidget, ...]:
        """The controls that lead to new suggestions in the project."""
        return self.ask, self.draft, self.instruction, self._word_list

    def show_suggestion(
        self,
        suggestion: Suggestion[Any] | None,
        labels: Mapping[LabelId, Label],
        *,
        unlabelled: int,
        goes_on: bool = False,
        is_blind: bool = False,
        is_hidden: bool = False,
    ) -> None:
        """`unlabelled`: how many samples could get a suggestion. `goes_on`: Enter goes on, as the person has said
        something, if only a part of it. `is_blind`: nothing is to be suggested here; `is_hidden`: to see how much
        suggestions sway."""
        rows = self._rows(suggestion, labels) if suggestion is not None else ()
        self._scores.show_scores(rows)
        said = ""
        if suggestion is not None and not (rows and self._task.from_labels):
            said = shortened(self._task.words(suggestion.value, tuple(labels.values())), _MOST_WORDS)
        self.value.setText(said)
        self.value.setVisible(bool(said))
        self._show_origin(suggestion, with_score=not rows)
        nothing = suggestion is None and not is_blind
        has_run = self._suggestions.run is not None
        self._tune.setVisible(nothing and not has_run)
        self._word_list.setVisible(
            nothing and not has_run and self._task.patterns is not None and self._suggestions.word_list is None
        )
        self.ask.setVisible(nothing and self._suggestions.has_model and unlabelled > 0)
        self.ask.setEnabled(not self._suggestions.is_working)
        may_draft = nothing and not has_run and self._suggestions.may_draft and unlabelled > 0
        for one in (self.instruction, self.draft):
            one.setVisible(may_draft)
            one.setEnabled(not self._suggestions.is_working)
        if is_hidden:
            self._sentence.setText(
                tr("The suggestion is hidden here until you have answered, to see how far suggestions sway you.")
            )
        elif is_blind:
            self._sentence.setText(tr("Your answer comes first here, with no suggestion: it is to test the model."))
        elif not nothing and goes_on:
            self._sentence.setText(tr("Press {key} to replace yours with it.", key=key_name("Ctrl+Shift+Return")))
        elif suggestion is not None and self._suggestions.is_unlike_all(suggestion.sample):
            self._sentence.setText(
                tr("Unlike anything labelled so far. Press Enter to accept if the label fits.")
                if self._task.linear != "choice" or other_label(tuple(labels.values())) is not None
                else tr("Unlike anything labelled so far. If no label fits, add one named “other”.")
            )
        elif not nothing:
            self._sentence.setText(tr("Press Enter to accept."))
        elif may_draft and self._suggestions.is_working:
            self._sentence.setText(tr("{model} is writing drafts…", model=WRITER.name))
        elif may_draft:
            self._sentence.setText(
                tr("Before there is a tuned model, {model} can write drafts in English to correct.", model=WRITER.name)
            )
        elif self._suggestions.is_reading:
            self._sentence.setText(tr("Suggestions appear as soon as this text has been read."))
        elif not has_run and self._suggestions.word_list is None:
            self._sentence.setText(tr("Tune a model to get suggestions here."))
        elif not has_run:
            self._sentence.setText(tr("Nothing in the word list matches this sample."))
        elif unlabelled and self._suggestions.has_model:
            self._sentence.setText(
                tr(
                    "The model has not read this sample yet. Suggest for all unlabelled samples ({n})?",
                    n=f"{unlabelled:,}",
                )
            )
        else:
            self._sentence.setText(tr("The model has not read this sample."))

    def _write_drafts(self) -> None:
        self._suggestions.draft(self.instruction.text())

    def _rows(self, suggestion: Suggestion[Any], labels: Mapping[LabelId, Label]) -> tuple[ScoreRow, ...]:
        chosen = self._task.labels_in(suggestion.value)
        return tuple(
            ScoreRow(labels[one].name, labels[one].color, score, one in chosen)
            for one, score in list(suggestion.scores.items())[:_ROWS]
            if one in labels
        )

    def _show_origin(self, suggestion: Suggestion[Any] | None, *, with_score: bool) -> None:
        run = self._suggestions.run
        said, tip = "" if run is None else tr("run {number}", number=run), ""
        if suggestion is not None:
            said, tip = predictor_name(suggestion.predictor), tr("Where the suggestion comes from, and its confidence")
            if suggestion.is_old:
                said = tr("{predictor} (older)", predictor=said)
                tip = tr("Run {number} is newer and has not read this sample yet.", number=run)
            if suggestion.score is not None and with_score:
                said = f"{said} · {per_cent(suggestion.score, digits=0)}"
        self._origin.setText(said)
        set_tool_tip(self._origin, tip)
