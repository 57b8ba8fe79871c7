"""What an editor is before it says anything of its own: a widget with every part that a page may use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget


class EditorWidget(QWidget):
    """The base of the editors of tasks; what each part is for stands in `lepton_studio.contract.editing.Editor`.

    An editor overrides what it has to say. It must show a sample, and emit `edited` when the person decides.
    """

    accessible_role = QAccessible.Role.Form

    edited = Signal(object)
    finished = Signal()
    refused = Signal(object)
    bulk_wanted = Signal(object)

    shows_text: bool = False
    one_press: bool = False
    none_key: str = ""

    @property
    def takes_letters(self) -> bool:
        """Whether typed letters are its own now."""
        return False

    @property
    def scaled(self) -> Any:
        """Itself, where it is one for ratings."""
        return None

    @property
    def comparing(self) -> Any:
        """Itself, where it shows how similar samples were annotated."""
        return None

    def set_labels(self, labels: Any) -> None:
        """The project's labels."""

    def show_sample(self, input: Any, value: Any) -> None:
        """Show another sample, or the same after its value was changed elsewhere."""
        raise NotImplementedError

    def suggest(self, value: Any) -> None:
        """Show what is suggested; None for nothing."""

    def problem_with(self, value: Any) -> str:
        """Why this value cannot be kept; "" where it can."""
        return ""

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint these words in what is shown."""

    def flush(self) -> None:
        """Emit now what waits for a pause in typing."""

    def keys(self) -> list[tuple[str, str]]:
        """(key, what it does) of those that do not stand on a label."""
        return []

    def needed_height(self, width: int) -> int:
        """The height that shows everything at this width."""
        return self.sizeHint().height()
