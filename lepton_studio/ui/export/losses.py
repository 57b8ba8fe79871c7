"""What a file out does not hold: said before it is written, counted afterwards, each line with a sample to see."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from lepton_studio.formats.base import Loss
from lepton_studio.language import tr
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import BODY, CAPTION


class LossReport(QWidget):
    """`sample_wanted(id)` for an example of a loss."""

    sample_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.says = words("", size=BODY, wrap=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.setLayout(column(self.says, self._lines, gap=4))

    def expect(self, lacks: Sequence[str]) -> None:
        """Before the file is written: these parts would be left out."""
        clear(self._lines)
        if lacks:
            self._say(tr("This format leaves out: {parts}.", parts=tr(", ").join(lacks)), tone="warn")
        else:
            self._say(tr("This format keeps everything."), tone="")

    def show_result(self, sentence: str, losses: Sequence[Loss]) -> None:
        """After the file is written: what is not in it, and how often."""
        clear(self._lines)
        self._say(f"{sentence} {tr('Left out:')}" if losses else f"{sentence} {tr('Nothing was left out.')}", tone="")
        for loss in losses:
            self._lines.addLayout(self._line(loss))

    def _line(self, loss: Loss) -> QVBoxLayout:
        said = words(tr("{count} × {what}", count=amount(loss.count), what=loss.what), size=CAPTION)
        see = button(tr("Show one"), role="link", name=tr("Show a sample: {what}", what=loss.what))
        example = loss.example
        if example is None:
            return column(said)
        see.clicked.connect(lambda: self.sample_wanted.emit(example))
        return column(row(said, see, None))

    def _say(self, sentence: str, *, tone: str) -> None:
        _set_tone(self.says, tone)
        self.says.setText(sentence)


def _set_tone(label: QLabel, tone: str) -> None:
    label.setProperty("tone", tone)
    label.setProperty("muted", not tone)
    label.style().unpolish(label)
    label.style().polish(label)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
