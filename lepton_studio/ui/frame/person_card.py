"""Who labels now: another person takes over in the same window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.line_field import LineField
from lepton_studio.widgets.theme import TITLE

_MOST = 8
"""Names that are offered; any other can be typed."""


class PersonCard(Overlay):
    """Escape closes it and leaves everything as it is."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=420)
        self._chosen: Callable[[str], object] = str
        self.people = column(gap=6)
        self.name = LineField()
        self.name.setAccessibleName(tr("Your name"))
        self.name.setPlaceholderText(tr("Your name"))
        self.name.taken.connect(self._choose)
        self.name.left.connect(self.close_over)
        self.take = button(tr("Label as this person"), role="primary")
        self.take.clicked.connect(lambda: self._choose(self.name.text()))
        cancel = button(tr("Cancel"), role="quiet")
        cancel.clicked.connect(self.close_over)
        self._why = words("", wrap=True, muted=True)
        self.card_layout.addWidget(words(tr("Who is labelling?"), size=TITLE, bold=True))
        self.card_layout.addWidget(self._why)
        self.card_layout.addLayout(self.people)
        self.card_layout.addWidget(self.name)
        self.card_layout.addLayout(row(self.take, None, cancel))

    def ask(self, now: str, *, known: Sequence[str], chosen: Callable[[str], object], why: str = "") -> None:
        """`now` labels at present, `known` did before; `chosen` is called with the name of who goes on. `why` it is
        asked, where the person did not ask for it.
        """
        self._why.setText(why or tr("Everything you label from now on is kept under this name."))
        self._chosen = chosen
        clear(self.people)
        for name in [one for one in known if one != now][:_MOST]:
            one = button(name)
            one.clicked.connect(lambda _on=False, name=name: self._choose(name))
            self.people.addWidget(one)
        self.name.setText(now)
        self.open_over()
        self.name.setFocus()
        self.name.selectAll()

    def _choose(self, name: str) -> None:
        if name.strip():
            self.close_over()
            self._chosen(name.strip())
