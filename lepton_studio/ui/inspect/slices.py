"""Where a run is worse than elsewhere: parts of the texts, their errors, and the samples behind each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.records import PredictionFilter, Split
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.ui.inspect.asked_view import AskedView
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.count_table import CountRow, CountTable
from lepton_studio.widgets.layouts import column, words

if TYPE_CHECKING:
    from lepton_studio.studio.slices import Slice


class SlicesView(AskedView):
    """Emits `door_opened(PredictionFilter)`: the errors of a part."""

    door_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: tuple[Slice, ...] = ()
        self._split: Split = "test"
        self.says = words("", wrap=True)
        self.says.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.table = CountTable(name=tr("Errors by part of the texts"), heading=tr("Part"), parent=self)
        self.table.cell_activated.connect(self._open)
        self.setLayout(column(self.says, self.table, gap=12))
        self.show_nothing("")

    def show_slices(self, found: Sequence[Slice], *, split: Split) -> None:
        """Show these, in their order."""
        from lepton_studio.studio.slices import slices_words

        self._found, self._split = tuple(found), split
        self.is_told()
        self.says.setText(slices_words(self._found))
        ink = chart_colors(self.palette()).wrong.name()
        rows = [
            CountRow(place, _words(one), (one.wrong,), ink if one.is_worse else "")
            for place, one in enumerate(self._found)
        ]
        self.table.show_counts([tr("wrong")], rows)
        self.table.setVisible(bool(rows))

    def show_nothing(self, said: str) -> None:
        self._found = ()
        self.says.setText(said)
        self.table.setVisible(False)

    def _open(self, place: object, _column: int) -> None:
        if isinstance(place, int):
            which = PredictionFilter(split=self._split, samples=self._found[place].samples, correct=False)
            self.door_opened.emit(which)


def _words(one: Slice) -> str:
    share = per_cent(one.share, digits=0)
    return trn(
        "{part} – {share} of {count} wrong", "{part} – {share} of {count:,} wrong", one.n, part=one.name, share=share
    )
