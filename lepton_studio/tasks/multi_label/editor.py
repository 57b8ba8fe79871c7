"""The editor of several labels a text: buttons that are switched on and off; Enter goes on.

Try it: `python -m lepton_studio.tasks.multi_label.editor`.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import Input
from lepton_studio.tasks.hierarchy import branches
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.label_picker import LabelPicker

_NONE = -1
"""The id of the button that says "none of them"; ids of labels are positive."""
_NONE_KEY, _TAKE_KEY = "0", "="


class ChoicesEditor(QWidget):
    """Labels as buttons with keys, each switched on or off by its own, and one for "none of them"."""

    edited = Signal(object)
    finished = Signal()
    bulk_wanted = Signal(object)
    shows_text = False
    one_press = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Choices | None = None
        self._suggestion: Choices | None = None
        self.picker = LabelPicker()
        self.picker.pressed.connect(self._switch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.picker)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def takes_letters(self) -> bool:
        """Whether typed letters narrow the labels, so that the page must keep its own letter keys to itself."""
        return self.picker.is_many

    def set_labels(self, labels: Labels) -> None:
        """The labels to choose from, in their order."""
        ordered = sorted(labels, key=lambda one: one.position)
        places = branches([one.name for one in ordered])
        self.picker.set_choices(
            [
                LabelChoice(one.id, one.name, one.color, one.key, one.description, group, short)
                for one, (group, short) in zip(ordered, places, strict=True)
            ],
            always=LabelChoice(_NONE, tr("None of them"), "#7f7f7f", _NONE_KEY, tr("No label holds for this text")),
        )
        self.setFocusProxy(self.picker.focus_target)

    def show_sample(self, input: Input, value: Choices | None) -> None:
        """Show another sample's value; the narrowing is taken back."""
        self._value = value
        self.picker.widen()
        self._mark()

    def suggest(self, value: Choices | None) -> None:
        """Mark what a model suggests; None for nothing."""
        self._suggestion = value
        self._mark()

    def keys(self) -> list[tuple[str, str]]:
        """Those that do not stand on a label."""
        return [(_NONE_KEY, tr("none of them")), (_TAKE_KEY, tr("take the suggestion, and go on from there"))]

    def needed_height(self, width: int) -> int:
        """The height that shows every label at this width; the page may give less, then the labels scroll."""
        return self.picker.needed_height(width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == _TAKE_KEY and self._suggestion is not None:
            self._set(self._suggestion)
        elif not self.picker.take_key(event):
            event.ignore()

    def _switch(self, label: int) -> None:
        self.picker.widen()
        before = set(self._value.labels) if self._value is not None else set()
        self._set(Choices() if label == _NONE else Choices(tuple(sorted(before ^ {label}))))

    def _set(self, value: Choices) -> None:
        self._value = value
        self._mark()
        self.edited.emit(value)

    def _mark(self) -> None:
        self.picker.mark(chosen=_buttons(self._value), suggested=_buttons(self._suggestion))


def _buttons(value: Choices | None) -> tuple[int, ...]:
    """The ids of the buttons that stand for a value."""
    return () if value is None else value.labels or (_NONE,)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.project.records import Label
    from lepton_studio.widgets.theme import apply_theme, label_color

    app = QApplication([])
    apply_theme(app)
    editor = ChoicesEditor()
    names = ("Card/Lost", "Card/Stuck", "Transfer/Late", "Transfer/Refused", "Praise")
    editor.set_labels(tuple(Label(i + 1, name, label_color(i), str(i + 1), "", i) for i, name in enumerate(names)))
    editor.show_sample(Input(""), Choices((1, 4)))
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
