"""What a check of the project found."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.studio.project_check import ProjectCheck
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import TITLE


class CheckCard(Overlay):
    """Escape closes the card."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._title = words("", size=TITLE, bold=True, wrap=True)
        self.rows = column(gap=8)
        self.close_button = button(tr("Close"), role="primary")
        self.close_button.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        self.card_layout.addLayout(self.rows)
        self.card_layout.addLayout(row(None, self.close_button))

    def show_findings(self, check: ProjectCheck) -> None:
        """Show the sentences of a check."""
        clear(self.rows)
        self._title.setText(tr("The project is sound") if check.is_sound else tr("The project is damaged"))
        for sentence in (check.summary(), *check.findings):
            self.rows.addWidget(words(sentence, wrap=True))
        self.open_over()
        self.close_button.setFocus()
