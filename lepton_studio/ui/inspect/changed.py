"""What changed texts do to a run's answers: tried when a person asks for it, as the model reads every text anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.records import PredictionFilter
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.count_table import CountRow, CountTable
from lepton_studio.widgets.door_table import ROW
from lepton_studio.widgets.layouts import button, column, row, words

if TYPE_CHECKING:
    from lepton_studio.studio.changed_texts.trying import Effect, Tried

_EXAMPLES = 3


class ChangedTexts(QWidget):
    """Emits `asked()` where it is to be tried, `door_opened(PredictionFilter)`: the samples whose answers changed.

    `about`: a sentence of what will be done; `ask`: the button's words.
    """

    asked = Signal()
    door_opened = Signal(object)

    def __init__(self, *, about: str, ask: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Tried | None = None
        self._about = about
        self.says = words(about, wrap=True)
        self.ask = button(ask)
        self.ask.clicked.connect(self._try)
        self.table = CountTable(name=tr("Answers that change"), heading=tr("Change"), parent=self)
        self.table.cell_activated.connect(self._open)
        self.examples = words("", wrap=True, muted=True)
        self.setLayout(column(self.says, row(self.ask, None), self.table, self.examples, None, gap=12))
        self.show_state(None, is_busy=False)

    def show_state(self, found: Tried | None, *, is_busy: bool) -> None:
        """What is known of the run and the split in view; `is_busy`: texts are being read, of whichever."""
        self.ask.setEnabled(not is_busy)
        if found is not None:
            self.show_tried(found)
            return
        self._found = None
        self.says.setText(self._about)
        for part in (self.table, self.examples):
            part.setVisible(False)

    def show_tried(self, found: Tried) -> None:
        """Show what came of it."""
        from lepton_studio.studio.changed_texts.words import change_title, tried_words

        if found is self._found:
            return
        self._found = found
        self.says.setText(tried_words(found).replace("\n", "\n\n"))
        ink = chart_colors(self.table.palette()).wrong.name()
        self.table.show_counts(
            [tr("changed answers")],
            [
                CountRow(place, _row_words(one, change_title(one.change)), (one.moved,), ink if _harms(one) else "")
                for place, one in enumerate(found.effects)
            ],
        )
        self.table.setFixedHeight(self.table.horizontalHeader().height() + len(found.effects) * ROW + 2)
        self.table.setVisible(True)
        self._show_examples(found.effects)

    def _try(self) -> None:
        self.ask.setEnabled(False)
        self.asked.emit()

    def _show_examples(self, effects: Sequence[Effect]) -> None:
        from lepton_studio.studio.changed_texts.words import example_words

        shown = [example_words(each) for one in effects for each in one.examples[:_EXAMPLES]]
        self.examples.setText("\n\n".join(shown))
        self.examples.setVisible(bool(shown))

    def _open(self, place: object, _column: int) -> None:
        if isinstance(place, int) and self._found is not None:
            effect = self._found.effects[place]
            self._show_examples([effect])
            self.door_opened.emit(PredictionFilter(split=self._found.split, samples=effect.samples))


def _harms(one: Effect) -> bool:
    from lepton_studio.studio.certainty import LEVEL

    return one.p < LEVEL and one.after < one.before


def _row_words(one: Effect, title: str) -> str:
    return trn("{title} – {count:,} text", "{title} – {count:,} texts", one.n, title=title)


class RobustnessView(QScrollArea):
    """Whether the answers stay where texts are changed a little."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts = ChangedTexts(
            about=tr(
                "Do the answers stay where a text is mistyped, in capitals, in slightly other words, or has one more "
                "sentence? The model reads up to 300 texts as they are and changed."
            ),
            ask=tr("Try changed texts"),
        )
        scrolled(self, self.texts)


def scrolled(area: QScrollArea, inside: QWidget) -> None:
    """Let what may be long scroll, on the window's own ground."""
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inside.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
