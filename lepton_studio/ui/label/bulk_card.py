"""An edit of many samples, before it is done: how many samples it changes, and what becomes of the first few."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QProgressBar, QWidget

from lepton_studio.contract.editing import BulkEdit
from lepton_studio.language import tr, trn
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.label.bulk import BulkChanges, find_changes, write_changes
from lepton_studio.ui.shared.background import Work
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE
from lepton_studio.words import shortened

_LONGEST = 160
"""Characters of a value's words that stand in a row."""


class BulkCard(Overlay):
    """`preview(session, edit)` begins; Enter does it, Escape leaves everything as it is."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=640)
        self._session: Session | None = None
        self._edit: BulkEdit[Any] | None = None
        self._work: Work | None = None
        self._found = BulkChanges()
        self._title = words("", size=TITLE, bold=True, wrap=True)
        self.sentence = words("", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Samples searched"))
        self._rows = column(gap=12)
        self.also_unlabelled = QCheckBox()
        self.also_unlabelled.toggled.connect(lambda _on: self._show_found())
        self.do = button("", role="primary")
        self.do.clicked.connect(self._write)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        for part in (self.do, self.cancel, self.also_unlabelled):
            part.installEventFilter(self)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addWidget(self._bar)
        self.card_layout.addLayout(self._rows)
        self.card_layout.addWidget(self.also_unlabelled)
        self.card_layout.addLayout(row(None, self.cancel, self.do))
        self.closed.connect(self._stop)

    def preview(self, session: Session, edit: BulkEdit[Any]) -> None:
        """Look beside the window for what the edit would change, and show it."""
        self._stop()
        if session is not self._session:
            session.background.progressed.connect(self._show_progress)
        self._session, self._edit = session, edit
        self._found = BulkChanges()
        self._title.setText(edit.title)
        self.sentence.setText(tr("Searching the samples…"))
        self._bar.setRange(0, 0)
        self._bar.show()
        clear(self._rows)
        self.also_unlabelled.hide()
        self.do.hide()
        work = session.run_in_background(
            edit.title,
            lambda progress: find_changes(progress, task=session.task, edit=edit),
            lambda found: self._take(work, found),
            failed=lambda _error: self._fail(work),
            quiet=True,
        )
        self._work = work
        self.open_over()
        self.cancel.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.close_over()
            return True
        return super().eventFilter(watched, event)

    def _show_progress(self, work: Work) -> None:
        if work is self._work and work.total:
            self._bar.setRange(0, work.total)
            self._bar.setValue(work.done)
            self.sentence.setText(
                tr("Searching the samples: {n} of {all}", n=amount(work.done), all=amount(work.total))
            )

    def _fail(self, work: Work) -> None:
        if work is self._work:
            self.close_over()

    def _take(self, work: Work, found: BulkChanges) -> None:
        if work is not self._work:
            return
        self._work = None
        self._found = found
        self._bar.hide()
        self.also_unlabelled.setText(
            tr(
                "Include samples not labelled yet ({n}); they will count as labelled",
                n=amount(len(found.unlabelled)),
            )
        )
        self.also_unlabelled.setVisible(bool(found.unlabelled))
        self.also_unlabelled.setChecked(bool(found.unlabelled) and not found.labelled)
        self._show_found()
        (self.do if self.do.isEnabled() and not self.do.isHidden() else self.cancel).setFocus()

    def _show_found(self) -> None:
        also = self.also_unlabelled.isChecked()
        number = len(self._found.rows(also_unlabelled=also))
        nothing = not self._found.labelled and not self._found.unlabelled
        self.sentence.setText(
            tr("No samples will change.")
            if nothing
            else trn("{count} sample will change", "{count} samples will change", number)
        )
        clear(self._rows)
        examples = tuple(self._found.shown(also_unlabelled=also))
        for example in examples:
            where = tr("Sample {id} · {text}", id=example.sample, text=example.excerpt)
            changed = (example.before, example.after) if example.before else (example.after,)
            what = "  →  ".join(shortened(said, _LONGEST) for said in changed)
            self._rows.addLayout(column(words(where, size=CAPTION, muted=True), words(what, wrap=True), gap=2))
        if number > len(examples):
            self._rows.addWidget(words(tr("and {n} more", n=amount(number - len(examples))), size=CAPTION, muted=True))
        self.do.setText(tr("Apply"))
        self.do.setVisible(not nothing)
        self.do.setEnabled(number > 0)

    def _write(self) -> None:
        session, edit = self._session, self._edit
        rows = self._found.rows(also_unlabelled=self.also_unlabelled.isChecked())
        self.close_over()
        if session is not None and edit is not None and rows:
            session.perform_in_background(
                edit.title,
                lambda project: write_changes(project, rows, edit=edit),
                say=tr("{title}. Samples changed: {n}", title=edit.title, n=amount(len(rows))),
            )

    def _stop(self) -> None:
        if self._work is not None and self._session is not None:
            self._session.background.cancel(self._work)
            self._work = None
