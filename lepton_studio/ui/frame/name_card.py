"""Asks for a name, in the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.line_field import LineField
from lepton_studio.widgets.theme import TITLE


class NameCard(Overlay):
    """`ask(...)`; Enter takes the name, Escape changes nothing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=480)
        self._named: Callable[[str], object] = str
        self._taken: frozenset[str] = frozenset()
        self._title = words("", size=TITLE, bold=True, wrap=True)
        self.name = LineField()
        self.name.setAccessibleName(tr("Name"))
        self.name.textChanged.connect(lambda _text: self._show_taken())
        self.name.taken.connect(lambda _text: self._answer())
        self.name.left.connect(self.close_over)
        self.note = words("", wrap=True, muted=True)
        self.do = button(tr("Save"), role="primary")
        self.do.clicked.connect(self._answer)
        cancel = button(tr("Cancel"), role="quiet")
        cancel.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(self.name)
        self.card_layout.addWidget(self.note)
        self.card_layout.addLayout(row(None, cancel, self.do))

    def ask(self, title: str, *, taken: frozenset[str], named: Callable[[str], object], name: str = "") -> None:
        """`named` is called with the name. `taken` are names whose thing it would replace."""
        self._named, self._taken = named, taken
        self._title.setText(title)
        self.name.setText(name)
        self._show_taken()
        self.open_over()
        self.name.setFocus()
        self.name.selectAll()

    def _show_taken(self) -> None:
        name = self.name.text().strip()
        self.note.setText(tr("“{name}” exists already and will be replaced.", name=name))
        self.note.setVisible(name in self._taken)
        self.do.setEnabled(bool(name))

    def _answer(self) -> None:
        name = self.name.text().strip()
        if name:
            self.close_over()
            self._named(name)
