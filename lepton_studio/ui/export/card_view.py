"""The model card of a run over the page: to read, with what the person adds to it, and to save."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QStackedWidget, QWidget

from lepton_studio.language import tr
from lepton_studio.project.card_notes import CardNotes
from lepton_studio.project.records import RunId
from lepton_studio.studio.pages import Page, as_markdown
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.plain_text import MarkdownView
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE, text_font

_HEIGHT = 480


class CardView(Overlay):
    """`open_on(session, run)` begins, to read. What is written is kept when the person goes on to read or to save, and
    when it closes.
    """

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=820)
        self._session: Session | None = None
        self._asked = 0
        self._run: RunId = 0
        self.page = MarkdownView()
        self.page.setAccessibleName(tr("Model card"))
        self.page.setFont(text_font(BODY))
        self.use, self.limits = QPlainTextEdit(), QPlainTextEdit()
        self.form = Form(gap=16)
        self.form.add(
            "use", tr("Intended use"), field=self.use,
            sentence=tr("What the models of this project are for, who uses them, and what they are not for."),
        )  # fmt: skip
        self.form.add(
            "limits", tr("Further limits"), field=self.limits,
            sentence=tr("What you know of their limits, and the figures do not tell."),
        )  # fmt: skip
        for field in (self.use, self.limits):
            field.setTabChangesFocus(True)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(_HEIGHT)
        self._stack.addWidget(self.page)
        self._stack.addWidget(self.form)
        self.switch = button("", role="quiet")
        self.switch.clicked.connect(lambda: self._show(not self.is_writing))
        self.save = button(tr("Save…"))
        self.save.clicked.connect(self._choose_path)
        self.done = button(tr("Close"), role="primary")
        self.done.clicked.connect(self.close_over)
        self._hint = words("", size=CAPTION, muted=True, wrap=True)
        self.card_layout.addLayout(row(words(tr("Model card"), size=TITLE, bold=True), None, self.switch))
        self.card_layout.addWidget(self._stack)
        below = row(self._hint, self.save, self.done)
        below.setStretch(0, 1)
        self.card_layout.addLayout(below)
        self.closed.connect(self._keep)

    @property
    def is_writing(self) -> bool:
        """Whether it is open to write."""
        return self._stack.currentWidget() is self.form

    def open_on(self, session: Session, run: RunId) -> None:
        """Show the card of this run."""
        self._session, self._run = session, run
        notes = session.project.card_notes()
        self.use.setPlainText(notes.use)
        self.limits.setPlainText(notes.limits)
        self.switch.setVisible(not session.project.read_only)
        self.page.clear()
        self._show(False)
        self.open_over()
        self.page.setFocus()

    def save_card(self, target: Path) -> None:
        """As Markdown or HTML, as the name says; in a thread."""
        session, run = self._session, self._run
        if session is None:
            return
        self._keep()

        def work(progress: WorkContext) -> None:
            from lepton_studio.studio.model_card import model_card, write_card

            write_card(model_card(progress.project, progress.project.run(run)), target)

        session.run_in_background(
            tr("Writing the model card"),
            work,
            lambda _nothing: session.said.emit(tr("Saved {file}.", file=target.name), False),
            can_cancel=False,
        )

    def _show(self, is_writing: bool) -> None:
        self._keep()
        if not is_writing:
            self._read()
        self._stack.setCurrentWidget(self.form if is_writing else self.page)
        self.switch.setText(tr("Read") if is_writing else tr("Add your own words"))
        self._hint.setText(
            tr("Kept for every run of this project. Lines that begin with “- ” become a list.")
            if is_writing
            else tr("Written from what is known of this run. An exported model brings its card along.")
        )
        (self.use if is_writing else self.page).setFocus()

    def _read(self) -> None:
        """Beside the window: the data of a run may be large. The newest question counts."""
        session, run = self._session, self._run
        self._asked += 1
        asked = self._asked

        def work(progress: WorkContext) -> Page:
            from lepton_studio.studio.model_card import model_card

            return model_card(progress.project, progress.project.run(run))

        def show(page: Page) -> None:
            if asked == self._asked:
                self.page.show_markdown(as_markdown(page))

        if session is not None:
            session.run_in_background(tr("Writing the model card"), work, show, quiet=True)

    def _keep(self) -> None:
        """Save what was written, where it is another text."""
        session, notes = self._session, CardNotes(self.use.toPlainText(), self.limits.toPlainText())
        if session is None or session.project.read_only or notes == session.project.card_notes():
            return
        session.perform(lambda project: project.set_card_notes(notes))

    def _choose_path(self) -> None:
        session = self._session
        if session is None:
            return
        number = session.project.run(self._run).number
        suggested = f"{session.project.name} - {tr('model card of run {number}', number=number)}.html"
        kinds = tr("Web page (*.html);;Markdown (*.md)")
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("Save the model card"), suggested, kinds)
        if chosen:
            target = Path(chosen)
            is_known = target.suffix.lower() in (".html", ".md")
            self.save_card(target if is_known else target.with_name(target.name + ".html"))
