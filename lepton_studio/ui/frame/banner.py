"""Lines below the header: something went wrong in the program itself, here is a report; where the project lies."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import button, row, words


class FaultBanner(QFrame):
    """Hidden until `show_report`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = ""
        self.says_saved = True
        """Whether what the person did is kept; the banner says so only then."""
        self._sentence = words("", wrap=True)
        self._sentence.setProperty("tone", "bad")
        self.copy = button(tr("Copy report"), role="quiet")
        self.copy.clicked.connect(self._copy)
        close = IconButton("close", tr("Close"))
        close.clicked.connect(self.hide)
        layout = row(self._sentence, self.copy, close, margins=(24, 4, 16, 4))
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.hide()

    def show_report(self, report: str) -> None:
        """Offer this report."""
        self._report = report
        self._sentence.setText(
            tr("Something went wrong in Lepton Studio. Your labels are saved; you can keep working.")
            if self.says_saved
            else tr("Something went wrong in Lepton Studio. Your last changes may not be saved.")
        )
        self.copy.setText(tr("Copy report"))
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self.copy.setText(tr("Copied"))


class PlaceBanner(QFrame):
    """Says that the project cannot be written to where it lies, and what can be done. Hidden until `say`."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = words("", wrap=True)
        self.act = button("", role="primary")
        self.act.clicked.connect(self.asked)
        layout = row(self.sentence, self.act, margins=(24, 6, 24, 6), gap=16)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.hide()

    def say(self, sentence: str, *, action: str, tone: str = "") -> None:
        """Show the sentence, with a button for what can be done about it."""
        self.sentence.setText(sentence)
        self.sentence.setAccessibleName(sentence)
        self.sentence.setProperty("tone", tone)
        self.sentence.style().polish(self.sentence)
        self.act.setText(action)
        self.act.setAccessibleName(action)
        self.show()
