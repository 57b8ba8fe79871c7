"""The editor of text classification: the labels as buttons; one press is one decision.

Try it: `python -m lepton_studio.tasks.text_classification.editor`.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from lepton_studio.contract.hierarchy import branches
from lepton_studio.contract.task import Input
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.widgets.labels_editor import LabelsEditor


class ChoiceEditor(LabelsEditor):
    """With many labels a line narrows them and the first nine have the digits."""

    one_press = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(buttons_of=_buttons, branches=branches, parent=parent)

    def press(self, label: int) -> None:
        self.edited.emit(Choice((label,)))


def _buttons(value: Choice | None) -> tuple[int, ...]:
    return () if value is None else value.labels


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.project.records import Label
    from lepton_studio.widgets.color import label_color
    from lepton_studio.widgets.theme import apply_theme

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
