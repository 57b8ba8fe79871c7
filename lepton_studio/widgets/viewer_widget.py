"""What a viewer is: a widget that shows what is read of a sample beside its text, or in place of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget


class ViewerWidget(QWidget):
    """The base of the viewers of tasks; see `lepton_studio.contract.editing.Viewer`."""

    def show_input(self, input: Any) -> None:
        """Show another sample."""
        raise NotImplementedError
