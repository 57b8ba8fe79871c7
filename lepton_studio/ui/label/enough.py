"""How much more to label, and when to let the model do the rest: the two cards, and the spot check that follows."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from lepton_studio.ui.label.automate_card import AutomateCard
from lepton_studio.ui.label.progress_card import ProgressCard
from lepton_studio.ui.label.side_panel import SidePanel
from lepton_studio.ui.label.spot_checking import SpotChecking
from lepton_studio.ui.shared.session import Session


class Enough(QObject):
    """Its cards lie over `page`."""

    def __init__(self, session: Session, page: QWidget, *, side: SidePanel, spot_check: SpotChecking) -> None:
        super().__init__(page)
        self._session, self._page, self._spot_check = session, page, spot_check
        side.progress_wanted.connect(self.show_progress)

    def show_progress(self) -> None:
        """How far one is, and how much more it takes."""
        ProgressCard.over(self._page).ask(self._session)

    def check(self) -> None:
        """Check some of what the model labelled last."""
        self._spot_check.begin()

    def automate(self) -> None:
        """How much the model can label; once it has, some of that is checked."""
        AutomateCard.over(self._page).ask(self._session, labelled=self._spot_check.offer)
