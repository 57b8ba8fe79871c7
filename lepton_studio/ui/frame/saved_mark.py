"""The mark beside the project's name: whether the last thing done is kept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.shared.keeping import Kept
from lepton_studio.widgets.plain_text import PlainLabel, set_tool_tip
from lepton_studio.widgets.theme import CAPTION, set_type


class SavedMark(PlainLabel):
    """Says "Saved", "Not saved" or "Read only"; the tool tip says since when, and where."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        set_type(self, CAPTION, muted=True)

    def show_state(self, state: Kept, *, at: datetime | None, folder: Path) -> None:
        """Show the state; `at` is when something was written last."""
        kept = state in ("saved", "read_only")
        text = {"saved": tr("✓ Saved"), "read_only": tr("Read-only")}.get(state, tr("Not saved"))
        tip = tr("All changes are saved automatically in {folder}.", folder=folder)
        if state == "read_only":
            tip = tr("{folder} is read-only.", folder=folder)
        elif not kept:
            tip = tr("The last change could not be saved in {folder}.", folder=folder)
        elif at is not None:
            tip = tr(
                "All changes are saved automatically in {folder}. Last change: {time}.",
                folder=folder,
                time=f"{at:%H:%M}",
            )
        self.setText(text)
        self.setAccessibleName(text)
        set_tool_tip(self, tip)
        if self.property("tone") != ("" if kept else "bad"):
            self.setProperty("tone", "" if kept else "bad")
            self.style().polish(self)
