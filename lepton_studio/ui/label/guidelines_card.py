"""The guidelines of the project: a page of Markdown to read and to write, with the labels and their examples below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from lepton_studio.language import tr
from lepton_studio.studio.guidelines import guidelines_text
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.plain_text import MarkdownView
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE, text_font

_HEIGHT = 460


class GuidelinesCard(Overlay):
    """`open_on(session)` begins, to read; to write where nothing is written yet. What is written is kept when the
    person goes on to read it, and when the card closes.
    """

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=760)
        self._session: Session | None = None
        self.page = MarkdownView()
        self.page.setAccessibleName(tr("Guidelines"))
        self.page.setFont(text_font(BODY + 1))
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(tr("Guidelines, as Markdown"))
        self.field.setTabChangesFocus(True)
        self.field.setPlaceholderText(
            tr("# What the texts are\n\nWho wrote them and why.\n\n- If in doubt between two labels, …")
        )
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(_HEIGHT)
        self._stack.addWidget(self.page)
        self._stack.addWidget(self.field)
        self.switch = button("", role="quiet")
        self.switch.clicked.connect(lambda: self._show(not self.is_writing))
        self.done = button(tr("Close"), role="primary")
        self.done.clicked.connect(self.close_over)
        self._hint = words("", size=CAPTION, muted=True, wrap=True)
        self.card_layout.addLayout(row(words(tr("Guidelines"), size=TITLE, bold=True), None, self.switch))
        self.card_layout.addWidget(self._stack)
        below = row(self._hint, self.done)
        below.setStretch(0, 1)
        self.card_layout.addLayout(below)
        self.closed.connect(self._keep)

    @property
    def is_writing(self) -> bool:
        """Whether the page is open to write."""
        return self._stack.currentWidget() is self.field

    def open_on(self, session: Session) -> None:
        """Show the guidelines of this project."""
        self._session = session
        written = session.project.guidelines()
        self.field.setPlainText(written)
        self.switch.setVisible(not session.project.read_only)
        self._show(not written and not session.project.read_only)
        self.open_over()
        (self.field if self.is_writing else self.page).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.close_over()
        else:
            super().keyPressEvent(event)

    def _show(self, is_writing: bool) -> None:
        session = self._session
        if session is None:
            return
        self._keep()
        if not is_writing:
            labels = session.project.labels()
            shown = guidelines_text(self.field.toPlainText(), labels)
            self.page.show_markdown(shown or tr("There are no guidelines yet."))
        self._stack.setCurrentWidget(self.field if is_writing else self.page)
        self.switch.setText(tr("Read") if is_writing else tr("Edit"))
        self._hint.setText(
            tr("Markdown. What you write is saved.")
            if is_writing
            else tr("Label descriptions and examples are added automatically.")
        )
        (self.field if is_writing else self.page).setFocus()

    def _keep(self) -> None:
        """Save what was written, where it is another text."""
        session, text = self._session, self.field.toPlainText()
        if session is None or session.project.read_only or text == session.project.guidelines():
            return
        session.perform(lambda project: project.set_guidelines(text))
