"""The numbers that matter, in large type: a caption, the number, a note below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from lepton_studio.widgets.fitting_row import FittingRow
from lepton_studio.widgets.layouts import column, row, words
from lepton_studio.widgets.theme import CAPTION, SAMPLE, text_font

NOTHING = "–"


class Figures(QWidget):
    """A row of figures by id, given as (id, caption); the last ones are left out where there is no room."""

    def __init__(self, figures: Sequence[tuple[str, str]], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._captions = {name: words(caption, size=CAPTION, muted=True) for name, caption in figures}
        self._values = {name: words(NOTHING, size=SAMPLE, bold=True) for name, _ in figures}
        self._notes = {name: words("", size=CAPTION, muted=True) for name, _ in figures}
        for value in self._values.values():
            value.setFont(text_font(SAMPLE, bold=True, tabular=True))
        cells = [QWidget() for _ in figures]
        for cell, (name, _) in zip(cells, figures, strict=True):
            cell.setLayout(column(self._captions[name], self._values[name], self._notes[name], gap=2))
        fitting = FittingRow(*cells, None, optional=cells[:0:-1], gap=32)
        self.setLayout(row(fitting))

    def show_figure(self, name: str, value: str, *, note: str = "") -> None:
        """Show one figure; "" stands for not known yet."""
        self._values[name].setText(value or NOTHING)
        self._notes[name].setText(note)
        self._values[name].setAccessibleName(f"{self._captions[name].text()} {value} {note}".strip())

    def set_caption(self, name: str, caption: str) -> None:
        """Name a figure anew."""
        self._captions[name].setText(caption)

    def value(self, name: str) -> str:
        """What is shown now."""
        return self._values[name].text()

    def note(self, name: str) -> str:
        """The words below a figure."""
        return self._notes[name].text()

    def clear(self) -> None:
        """Forget all figures."""
        for name in self._values:
            self.show_figure(name, "")
