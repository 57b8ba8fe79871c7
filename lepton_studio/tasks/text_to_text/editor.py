"""The editor of texts that become others: the source and what is written for it, side by side.

Try it: `python -m lepton_studio.tasks.text_to_text.editor`.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Input
from lepton_studio.contract.written import Written, rewritten, text_of
from lepton_studio.language import tr
from lepton_studio.widgets.sample_view import SampleView
from lepton_studio.widgets.theme import TITLE
from lepton_studio.widgets.writing_editor import WritingEditor


class TextEditor(WritingEditor):
    """See `lepton_studio.contract.editing.Editor`; it has `flush()` too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        source = SampleView(size=TITLE)
        source.setAccessibleName(tr("Source"))
        super().__init__(
            source,
            heading=tr("Source"),
            title=tr("Target"),
            text_of=text_of,
            rewritten=rewritten,
            beside=True,
            parent=parent,
        )
        self.source = source

    def show_source(self, input: Input) -> None:
        self.source.set_text(input.text)

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint what the person searches for."""
        self.source.set_marks(words)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    editor = TextEditor()
    editor.show_sample(Input("ms hill: kettle broken, new one goes out tue"), None)
    editor.suggest(Written("Dear Ms Hill, we are sorry that your kettle arrived broken."))
    editor.edited.connect(print)
    editor.resize(900, 480)
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
