"""How many samples a search finds: among those that the chips leave, and in the whole project."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Filter
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import CAPTION


class FoundLine(QWidget):
    """Nothing where nothing is searched. `all_wanted`: the person wants all that was found; `counted`: it is known."""

    all_wanted = Signal()
    counted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked = 0
        self.elsewhere = 0
        """How many the search finds that the chips leave out."""
        self.here = words("", size=CAPTION, muted=True)
        self.all = button("", role="link")
        self.all.clicked.connect(self.all_wanted)
        self.setLayout(row(self.here, self.all, gap=8))
        self.all.hide()

    def count(self, which: Filter) -> None:
        """Count beside the window what this filter finds, and its search without the rest of it."""
        self._asked += 1
        asked = self._asked
        if not which.search:
            self._show(None, (0, 0))
            return

        def work(progress: WorkContext) -> tuple[int, int]:
            return progress.project.count(which), progress.project.count(Filter(search=which.search))

        def done(found: tuple[int, int]) -> None:
            if asked == self._asked:
                self._show(which, found)

        self._session.run_in_background(tr("Counting samples"), work, done, quiet=True)

    def _show(self, which: Filter | None, found: tuple[int, int]) -> None:
        here, everywhere = found
        self.elsewhere = everywhere - here
        self.here.setText("" if which is None else tr("Found: {n}", n=amount(here)))
        self.all.setText(tr("{n} in total", n=amount(everywhere)))
        self.all.setVisible(self.elsewhere > 0)
        if which is not None:
            self.counted.emit()
