"""The editor of text classification: the labels as buttons; one press is one decision.

Try it: `python -m lepton_studio.tasks.text_classification.editor`.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import Input
from lepton_studio.tasks.hierarchy import branches
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.label_picker import LabelPicker


class ChoiceEditor(QWidget):
    """Labels as buttons with keys; with many labels a line narrows them and the first nine have the digits."""

    edited = Signal(object)
    finished = Signal()
    bulk_wanted = Signal(object)
    shows_text = False
    one_press = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Choice | None = None
        self._suggested: tuple[int, ...] = ()
        self.picker = LabelPicker()
        self.picker.pressed.connect(lambda label: self.edited.emit(Choice((label,))))
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
            ]
        )
        self.setFocusProxy(self.picker.focus_target)

    def show_sample(self, input: Input, value: Choice | None) -> None:
        """Show another sample's value; the narrowing is taken back."""
        self._value = value
        self.picker.widen()
        self._mark()

    def suggest(self, value: Choice | None) -> None:
        """Mark what a model suggests; None for nothing."""
        self._suggested = value.labels[:1] if value is not None else ()
        self._mark()

    def keys(self) -> list[tuple[str, str]]:
        """None beside those that stand on the labels."""
        return []

    def needed_height(self, width: int) -> int:
        """The height that shows every label at this width; the page may give less, then the labels scroll."""
        return self.picker.needed_height(width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.picker.take_key(event):
            event.ignore()

    def _mark(self) -> None:
        self.picker.mark(chosen=self._value.labels if self._value is not None else (), suggested=self._suggested)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.project.records import Label
    from lepton_studio.widgets.theme import apply_theme, label_color

    app = QApplication([])
    apply_theme(app)
    editor = ChoiceEditor()
    names = ("card stuck", "lost card", "refund", "top up", "exchange rate")
    editor.set_labels(tuple(Label(i, name, label_color(i), str(i + 1), "", i) for i, name in enumerate(names)))
    editor.edited.connect(lambda value: editor.show_sample(Input(""), value))
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
