"""Whether a run serves groups of people alike: the groups of a field that the person names, and texts about the other
gender.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import PredictionFilter
from lepton_studio.ui.inspect.asked_view import AskedView
from lepton_studio.ui.inspect.changed import ChangedTexts, scrolled
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.count_table import CountRow, CountTable
from lepton_studio.widgets.layouts import column, line, row, words
from lepton_studio.widgets.steady import ChoiceBox

if TYPE_CHECKING:
    from lepton_studio.studio.fairness import Difference, Fairness, Groups

_TABLE = 240
_ROWS = 200
"""Of the table: a field of thirty values and many labels would make thousands."""


class FairnessView(AskedView):
    """Emits `door_opened(PredictionFilter)`: the samples behind a count. `swaps`: whether texts can be changed."""

    door_opened = Signal(object)

    def __init__(self, *, swaps: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Fairness | None = None
        self.box = ChoiceBox()
        self.box.setAccessibleName(tr("Field"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.activated.connect(lambda _row: self.wanted.emit())
        self._title = words(tr("Groups by"))
        self.says = words("", wrap=True)
        self.table = CountTable(name=tr("Groups of the field"), heading=tr("Group"), parent=self)
        self.table.setMinimumHeight(_TABLE)
        self.table.cell_activated.connect(self._open)
        self.swaps = ChangedTexts(
            about=tr(
                "Do the answers stay where a text speaks of a woman in place of a man? The model reads up to 300 texts "
                "as they are, and with pronouns and first names of the other gender (English and Chinese)."
            ),
            ask=tr("Try swapped pronouns and names"),
            parent=self,
        )
        self.swaps.setVisible(swaps)
        self.swaps.door_opened.connect(self.door_opened)
        inside, area = QWidget(), QScrollArea(self)
        below = (line(), self.swaps) if swaps else ()
        inside.setLayout(column(row(self._title, self.box, None), self.says, self.table, *below, None, gap=12))
        scrolled(area, inside)
        self.setLayout(column(area))
        for part in (self._title, self.box):  # until there is something to choose from
            part.setVisible(False)
        self.show_nothing("")

    @property
    def field(self) -> str:
        """The field chosen; "" before there is one."""
        return self.box.currentData() or ""

    def show_groups(self, groups: Groups) -> None:
        """Show what was found of the field that was asked for, or why nothing was."""
        from lepton_studio.studio.fairness_words import fairness_words

        self.is_told()
        self._found = found = groups.found
        self.box.clear()
        for name in groups.fields:
            self.box.addItem(name, name)
        self.box.setCurrentIndex(self.box.findData(groups.field))
        for part in (self._title, self.box):
            part.setVisible(bool(groups.fields))
        self.says.setText(groups.why if found is None else fairness_words(found).replace("\n", "\n\n"))
        self.table.setVisible(found is not None)
        if found is not None:
            ink = chart_colors(self.palette()).wrong.name()
            rows = [
                CountRow(place, _words(one, found), (one.here.hits,), ink if one.differs else "")
                for place, one in enumerate(found.differences[:_ROWS])
            ]
            self.table.show_counts([tr("samples")], rows)

    def show_nothing(self, said: str) -> None:
        self._found = None
        self.says.setText(said)
        self.table.setVisible(False)

    def _open(self, place: object, _column: int) -> None:
        if isinstance(place, int) and self._found is not None:
            self.door_opened.emit(PredictionFilter(split=self._found.split, samples=self._found.samples[place]))


def _words(one: Difference, found: Fairness) -> str:
    from lepton_studio.studio.fairness_words import outcome_title, verdict_words
    from lepton_studio.studio.scores_in_words import per_cent

    said = tr(
        "{group}: {what} {here} of {n}, others {elsewhere} of {others}",
        group=one.group,
        what=outcome_title(one, found),
        here=per_cent(one.here.share, digits=0),
        n=f"{one.here.n:,}",
        elsewhere=per_cent(one.elsewhere.share, digits=0),
        others=f"{one.elsewhere.n:,}",
    )
    return f"{said} – {verdict_words(one)}" if one.differs or one.is_few else said
