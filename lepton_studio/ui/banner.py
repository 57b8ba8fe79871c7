"""One line below the header: something went wrong in the program itself, nothing is lost, here is a report."""

from __future__ import annotations

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
        self._sentence = words(
            tr("Something went wrong in Lepton Studio. Your labels are saved; you can go on working."), wrap=True
        )
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
        self.copy.setText(tr("Copy report"))
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self.copy.setText(tr("Copied"))
