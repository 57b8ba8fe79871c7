"""A change of the label set, before it is done: what it touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import TITLE

_FIELD = 120


class LabelChangeCard(Overlay):
    """`ask` shows what would change; Enter does it, Escape leaves everything as it is."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._run: Callable[[str], object] = lambda _typed: None
        self.title = words("", size=TITLE, bold=True, wrap=True)
        self.sentences: list[str] = []
        self._lines = column(gap=6)
        self.field = QPlainTextEdit()
        self.field.setFixedHeight(_FIELD)
        self.field.setTabChangesFocus(True)
        self.do = button("", role="primary")
        self.do.clicked.connect(self._do)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        self.card_layout.addWidget(self.title)
        self.card_layout.addLayout(self._lines)
        self.card_layout.addWidget(self.field)
        self.card_layout.addLayout(row(None, self.cancel, self.do))

    def ask(
        self, title: str, *, sentences: Sequence[str], do: str, run: Callable[[str], object], field: str = ""
    ) -> None:
        """`field`: what is to be typed, one line for each; `run` gets what was."""
        self._run = run
        self.sentences = list(sentences)
        self.title.setText(title)
        clear(self._lines)
        for sentence in sentences:
            self._lines.addWidget(words(sentence, wrap=True))
        self.field.setVisible(bool(field))
        self.field.setPlainText("")
        self.field.setPlaceholderText(field)
        self.field.setAccessibleName(field)
        self.do.setText(do)
        self.open_over()
        (self.field if field else self.do).setFocus(Qt.FocusReason.OtherFocusReason)

    def _do(self) -> None:
        typed = self.field.toPlainText()
        self.close_over()
        self._run(typed)
