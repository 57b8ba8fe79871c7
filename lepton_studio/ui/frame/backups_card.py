"""The backups of the project: each can be opened as a project of its own, beside the one that is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.copies import Backup
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE


class BackupsCard(Overlay):
    """Escape closes the card."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=520)
        self.rows = column(gap=2)
        self._none = words(tr("No backups yet. One is made every ten minutes while you work."), wrap=True)
        self.close_button = button(tr("Close"))
        self.close_button.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Backups"), size=TITLE, bold=True))
        sentence = tr("A backup opens as a separate project next to this one. This project is not changed.")
        self.card_layout.addWidget(words(sentence, wrap=True, muted=True))
        self.card_layout.addLayout(self.rows)
        self.card_layout.addWidget(self._none)
        self.card_layout.addLayout(row(None, self.close_button))

    def show_backups(self, found: Sequence[Backup], *, chosen: Callable[[Backup], object]) -> None:
        """List them; `chosen` is called with the one to open."""
        clear(self.rows)
        for one in found:
            title = f"{one.at:%Y-%m-%d %H:%M}"
            open_it = button(tr("Open"), role="quiet", name=tr("Open the backup of {time}", time=title))
            open_it.clicked.connect(lambda _on=False, one=one: self._open(one, chosen))
            size = words(f"{one.size / 1e6:.1f} MB", size=CAPTION, muted=True)
            self.rows.addLayout(row(words(title), size, None, open_it))
        self._none.setVisible(not found)
        self.open_over()
        self.close_button.setFocus()

    def _open(self, backup: Backup, chosen: Callable[[Backup], object]) -> None:
        self.close_over()
        chosen(backup)
