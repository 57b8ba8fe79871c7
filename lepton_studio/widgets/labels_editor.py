"""The frame of an editor whose values are labels of the whole text: all of them as buttons with keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.label_picker import LabelPicker


class LabelsEditor(EditorWidget):
    """The editor of a task (see `lepton_studio.contract.editing.Editor`) but for `press`, which changes the value.

    `buttons_of(value)` are the ids of the buttons that a value, or None, presses. `branches(names)` gives what stands
    above each name, and its own part. `always`: one more button, last.
    """

    def __init__(
        self,
        *,
        buttons_of: Callable[[Any], tuple[int, ...]],
        branches: Callable[[Sequence[str]], list[tuple[str, str]]],
        always: LabelChoice | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._value: Any = None
        self._suggestion: Any = None
        self._buttons_of = buttons_of
        self._branches = branches
        self._always = always
        self.picker = LabelPicker()
        self.picker.pressed.connect(self.press)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.picker)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def takes_letters(self) -> bool:
        """Whether typed letters narrow the labels, so that the page must keep its own letter keys to itself."""
        return self.picker.is_many

    def press(self, label: int) -> None:
        """A button was pressed."""
        raise NotImplementedError

    def set_labels(self, labels: Sequence[Any]) -> None:
        """The labels to choose from, with id, name, color, key, description and position."""
        ordered = sorted(labels, key=lambda one: one.position)
        places = self._branches([one.name for one in ordered])
        choices = [
            LabelChoice(one.id, one.name, one.color, one.key, one.description, group, short)
            for one, (group, short) in zip(ordered, places, strict=True)
        ]
        self.picker.set_choices(choices, always=self._always)
        self.setFocusProxy(self.picker.focus_target)

    def show_sample(self, input: object, value: Any) -> None:
        """Show another sample's value; the narrowing is taken back."""
        self._value = value
        self.picker.widen()
        self.mark()

    def suggest(self, value: Any) -> None:
        """Mark what a model suggests; None for nothing."""
        self._suggestion = value
        self.mark()

    def needed_height(self, width: int) -> int:
        """The height that shows every label at this width; the page may give less, then the labels scroll."""
        return self.picker.needed_height(width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.picker.take_key(event):
            event.ignore()

    def mark(self) -> None:
        """Show the value and what is suggested on the buttons."""
        self.picker.mark(chosen=self._buttons_of(self._value), suggested=self._buttons_of(self._suggestion))
