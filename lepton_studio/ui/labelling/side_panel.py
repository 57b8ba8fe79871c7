"""The side of the Label page: how far one is, the suggestion, the labels, the keys most needed."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.labelling.counts import Counts
from lepton_studio.ui.labelling.labels_panel import LabelsPanel
from lepton_studio.ui.labelling.suggestion_box import SuggestionBox
from lepton_studio.ui.labelling.suggestions import Suggestions
from lepton_studio.ui.session import Session
from lepton_studio.ui.wording import amount
from lepton_studio.widgets.layouts import column, line, words
from lepton_studio.widgets.theme import CAPTION, text_font

_WIDTH = 248
_THOUSANDTHS = 1000


class SidePanel(QWidget):
    """`box` and `labels` are its two larger parts."""

    def __init__(self, session: Session, suggestions: Suggestions, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self.box = SuggestionBox(suggestions)
        self.labels = LabelsPanel(session)
        self._amount = words("", size=CAPTION, muted=True)
        self._amount.setFont(text_font(CAPTION, tabular=True))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _THOUSANDTHS)
        self._bar.setAccessibleName(tr("Share of the samples labelled"))
        self._keys = words("", size=CAPTION, muted=True)
        self.setLayout(
            column(
                column(self._amount, self._bar, gap=6),
                12,
                line(),
                8,
                self.box,
                8,
                line(),
                8,
                self.labels,
                8,
                self._keys,
                gap=4,
                margins=(0, 6, 0, 0),
            )
        )

    def show_keys(self, *, flag: str, note: str) -> None:
        """Remind of the keys most needed; those of flag and note differ where letters narrow the labels."""
        first = tr("Enter accept   Space skip   Backspace back")
        second = tr("{flag} flag   {note} note   / search   ? all keys", flag=flag, note=note)
        self._keys.setText(f"{first}\n{second}")

    def show_progress(self, counts: Counts) -> None:
        """How many of all samples are labelled."""
        self._amount.setText(tr("{n} of {all} labelled", n=amount(counts.labelled), all=amount(counts.samples)))
        self._bar.setValue(counts.labelled * _THOUSANDTHS // max(1, counts.samples))
