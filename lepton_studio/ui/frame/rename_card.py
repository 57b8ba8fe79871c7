"""Another name for the project: asked in the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.line_field import LineField
from lepton_studio.widgets.theme import TITLE

FORBIDDEN = '/\\:*?"<>|'
"""What the name of a folder cannot hold on every system."""


class RenameCard(Overlay):
    """Escape closes the card and changes nothing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=480)
        self._named: Callable[[str], object] = str
        self.name = LineField()
        self.name.setAccessibleName(tr("Project name"))
        self.name.taken.connect(lambda _text: self._answer())
        self.name.left.connect(self.close_over)
        self._wrong = words("", wrap=True)
        self._wrong.setProperty("tone", "bad")
        self._wrong.hide()
        self.rename = button(tr("Rename"), role="primary")
        self.rename.clicked.connect(self._answer)
        stay = button(tr("Cancel"), role="quiet")
        stay.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Rename the project"), size=TITLE, bold=True))
        self.card_layout.addWidget(words(tr("Its folder is renamed too."), wrap=True, muted=True))
        self.card_layout.addWidget(self.name)
        self.card_layout.addWidget(self._wrong)
        self.card_layout.addLayout(row(self.rename, None, stay))

    def ask(self, name: str, *, named: Callable[[str], object]) -> None:
        """Ask for another name than this; `named` is called with it."""
        self._named = named
        self._wrong.hide()
        self.name.setText(name)
        self.open_over()
        self.name.setFocus()
        self.name.selectAll()

    def _answer(self) -> None:
        name = self.name.text().strip()
        wrong = "" if name else tr("Enter a name for the project.")
        if any(letter in name for letter in FORBIDDEN):
            wrong = tr('A name cannot contain / \\ : * ? " < > |')
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        if not wrong:
            self.close_over()
            self._named(name)
