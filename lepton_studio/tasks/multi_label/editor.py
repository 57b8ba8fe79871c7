"""The editor of several labels a text: buttons that are switched on and off; Enter goes on.

Try it: `python -m lepton_studio.tasks.multi_label.editor`.
"""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.hierarchy import branches
from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.widgets.label_bar import LabelChoice
from lepton_studio.widgets.labels_editor import LabelsEditor

_NONE = -1
"""The id of the button that says "none of them"; ids of labels are positive."""
_NONE_KEY, _TAKE_KEY = "0", "="


class ChoicesEditor(LabelsEditor):
    """Each label is switched on or off by its own button and key; one more says "none of them"."""

    none_key = _NONE_KEY

    def __init__(self, parent: QWidget | None = None) -> None:
        none = LabelChoice(_NONE, tr("None of them"), "#7f7f7f", _NONE_KEY, tr("No label applies to this text"))
        super().__init__(buttons_of=_buttons, branches=branches, always=none, parent=parent)

    def press(self, label: int) -> None:
        self.picker.widen()
        before = set(self._value.labels) if self._value is not None else set()
        self._set(Choices() if label == _NONE else Choices(tuple(sorted(before ^ {label}))))

    def keys(self) -> list[tuple[str, str]]:
        return [(_NONE_KEY, tr("none of them")), (_TAKE_KEY, tr("accept the suggestion, then edit it"))]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == _TAKE_KEY and self._suggestion is not None:
            self._set(self._suggestion)
        else:
            super().keyPressEvent(event)

    def _set(self, value: Choices) -> None:
        self._value = value
        self.mark()
        self.edited.emit(value)


def _buttons(value: Choices | None) -> tuple[int, ...]:
    """The ids of the buttons that stand for a value."""
    return () if value is None else value.labels or (_NONE,)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.project.records import Label
    from lepton_studio.widgets.color import label_color
    from lepton_studio.widgets.theme import apply_theme

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
