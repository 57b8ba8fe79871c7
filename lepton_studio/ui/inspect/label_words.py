"""The words of each label over all samples, the samples behind each, and which words are suspicious."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Filter, LabelId, PredictionFilter
from lepton_studio.ui.inspect.asked_view import AskedView
from lepton_studio.ui.inspect.changed import scrolled
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.count_table import CountRow, CountTable
from lepton_studio.widgets.door_table import ROW
from lepton_studio.widgets.layouts import column, row, words
from lepton_studio.widgets.steady import ChoiceBox

if TYPE_CHECKING:
    from lepton_studio.studio.label_words.finding import By, LabelWord, Shown, WordsOfLabel


_SHORT = 30
"""Characters of a phrase in a row."""


class LabelWordsView(AskedView):
    """Emits `door_opened(PredictionFilter)`: the predictions behind a count; `samples_wanted(Filter)`: samples that
    the run was not judged on.
    """

    door_opened = Signal(object)
    samples_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: WordsOfLabel | None = None
        self.label_box = ChoiceBox()
        self.label_box.setAccessibleName(tr("Label"))
        self.label_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.label_box.setMinimumContentsLength(14)
        self.by_box = ChoiceBox()
        self.by_box.setAccessibleName(tr("Whose labels"))
        self.by_box.addItem(tr("as the run answers"), "answers")
        self.by_box.addItem(tr("as people labelled"), "labels")
        for box in (self.label_box, self.by_box):
            box.activated.connect(lambda _row: self.wanted.emit())
        self.basis = words("", wrap=True, muted=True)
        self.says = words(self.busy_words(), wrap=True)
        self.table = CountTable(name=tr("Words of the label"), heading=tr("Word"), parent=self)
        self.table.cell_activated.connect(self._open)
        self.table.hide()
        inside, area = QWidget(), QScrollArea(self)
        boxes = row(words(tr("Words for")), self.label_box, self.by_box, None)
        inside.setLayout(column(boxes, self.basis, self.says, self.table, None, gap=12))
        scrolled(area, inside)
        self.setLayout(column(area))

    @property
    def label(self) -> LabelId | None:
        """The label chosen; None before there is one."""
        found: LabelId | None = self.label_box.currentData()
        return found

    @property
    def by(self) -> By:
        """Whose labels are looked at."""
        found: By = self.by_box.currentData()
        return found

    def say(self, why: str) -> None:
        """There is nothing to show, for this reason."""
        self._found = None
        self.is_told()
        self.show_nothing(why)

    def busy_words(self) -> str:
        return tr("Counting words…")

    def show_nothing(self, said: str) -> None:
        self.says.setText(said)
        self.basis.setText("")
        self.table.hide()

    def show_words(self, shown: Shown) -> None:
        """Show what was found for the label that was asked for."""
        from lepton_studio.studio.label_words.in_words import basis_words, told_words

        self._found = found = shown.found
        self.label_box.clear()
        for label in shown.labels:
            self.label_box.addItem(label.name, label.id)
        if found is None:
            self.say(shown.why)
            return
        self.is_told()
        self.label_box.setCurrentIndex(self.label_box.findData(found.label))
        self.basis.setText(basis_words(found))
        self.says.setText(told_words(found).replace("\n", "\n\n"))
        ink = chart_colors(self.palette()).wrong.name()
        rows = [
            CountRow(place, _title(one), self._counts(one), ink if one.is_suspicious else "")
            for place, one in enumerate(found.words)
        ]
        self.table.show_counts(self._columns(), rows)
        self.table.setFixedHeight(self.table.horizontalHeader().height() + len(rows) * ROW + 2)
        self.table.setVisible(bool(rows))

    def _columns(self) -> list[str]:
        if self._found is None or self._found.run is None:
            return [tr("samples")]
        return [tr("in the splits"), tr("unlabelled")]

    def _counts(self, one: LabelWord) -> tuple[int, ...]:
        if self._found is None or self._found.run is None:
            return (len(one.rest),)
        return len(one.judged), len(one.rest)

    def _open(self, place: object, column: int) -> None:
        if not isinstance(place, int) or self._found is None:
            return
        one = self._found.words[place]
        if self._found.run is not None and column == 0:
            self.door_opened.emit(PredictionFilter(samples=one.judged))
        else:
            self.samples_wanted.emit(Filter(ids=one.rest))


def _title(one: LabelWord) -> str:
    from lepton_studio.studio.label_words.in_words import mark_words, word_title

    said = tr("{word} – {hits} of {n}", word=word_title(one, most=_SHORT), hits=f"{one.hits:,}", n=f"{one.n:,}")
    marks = mark_words(one)
    return f"{said} – {marks}" if marks else said
