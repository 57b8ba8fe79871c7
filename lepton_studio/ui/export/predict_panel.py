"""Predictions on a new file: a file is chosen, how it is read is shown and can be changed, then its rows come back with
what the model says of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFrame, QWidget

from lepton_studio.formats import Guess, Row
from lepton_studio.language import tr, trn
from lepton_studio.project.records import RunId
from lepton_studio.ui.export.results_table import ResultsTable
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import button, column, quiet, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import CAPTION

if TYPE_CHECKING:
    from lepton_studio.studio.predict_file import PredictSummary

_SHOWN_TEXTS, _SHOWN_CHARACTERS = 3, 160
_WIDEST = 260


class PredictPanel(QWidget):
    """The form for one file, and below it the first predictions once they are there. `done()`: a file was predicted, or
    could not be."""

    done = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run: RunId | None = None
        self._guess: Guess | None = None
        self.output: Path | None = None
        self.text = ChoiceBox()
        self.table = ChoiceBox()
        self.kind = ChoiceBox()
        for suffix, named in (
            (".csv", tr("CSV, for any spreadsheet")), (".xlsx", tr("Excel")), (".tsv", tr("TSV")),
            (".jsonl", tr("JSON Lines, for programs")), (".parquet", tr("Parquet, for programs")),
        ):  # fmt: skip
            self.kind.addItem(named, suffix)
        self._text_title, self._table_title = words(tr("Text")), words(tr("Table"))
        kind_title = words(tr("Save as"))
        for title, box in ((self._text_title, self.text), (self._table_title, self.table), (kind_title, self.kind)):
            title.setBuddy(box)
            box.setAccessibleName(title.text())
            box.setMaximumWidth(_WIDEST)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.scores = QCheckBox(tr("Add a column with the score of each label"))
        if "label" not in session.task.label_kinds:  # never shown here: without a parent it would be a window
            self.scores.hide()
        choices = row(
            self._text_title, self.text, 8, self._table_title, self.table, 8,
            kind_title, self.kind, 8, self.scores, None,
        )  # fmt: skip
        self.sees = words("", size=CAPTION, muted=True, wrap=True)
        self.place = words("", size=CAPTION, muted=True)
        self._elsewhere = button(tr("Save elsewhere…"), role="link")
        self.start = button(tr("Predict"), role="primary")
        self._cancel = button(tr("Cancel"))
        self._title = words("", bold=True)
        self._asks = QWidget()
        self._asks.setLayout(
            column(
                self._title, self.sees, choices, row(self.start, self._cancel, 8, self.place, self._elsewhere, None),
            )
        )  # fmt: skip
        self._result = words("", muted=True, wrap=True)
        self._show_file = button(tr("Show the file"), role="link")
        self.results = ResultsTable()
        self._frame = QFrame()
        self._frame.setProperty("role", "card")
        self._frame.setLayout(column(self.results, margins=(1, 1, 1, 1)))
        told = row(self._result, self._show_file)
        told.setStretch(0, 1)
        content = column(self._asks, told, self._frame, None, gap=16)
        content.setStretch(2, 1)
        self.setLayout(content)
        self._connect()
        for widget in (self._asks, self._result, self._show_file, self._frame):
            widget.hide()

    def choose_file(self, run: RunId) -> None:
        """Ask for the file that this run's model is to read."""
        chosen, _kind = QFileDialog.getOpenFileName(self, tr("Predict on this file"))
        if chosen:
            self.open_file(Path(chosen), run=run)

    def open_file(self, source: Path, *, run: RunId) -> None:
        """Find out in a thread how the file is read, and show it."""
        task = self._session.task

        def guess(progress: WorkContext) -> Guess:
            from lepton_studio.studio.predict_file import guess_input

            return guess_input(source, task)

        def show(found: Guess) -> None:
            from lepton_studio.studio.predict_file import beside

            self._run, self._guess = run, found
            self._set_output(beside(source))
            self._show_guess()

        self._session.run_in_background(tr("Reading {file}", file=source.name), guess, show)

    def predict(self, source: Path, output: Path, *, run: RunId, guess: Guess | None = None) -> None:
        """Let the model of a run read a file, in a child; the table shows the first predictions."""
        scores, children = self.scores.isChecked(), self._session.child_owner

        def work(progress: WorkContext) -> PredictSummary:
            from lepton_studio.studio.predict_file import predict_file

            return predict_file(
                progress.project,
                run,
                input=source,
                output=output,
                guess=guess,
                scores=scores,
                children=children,
                progress=progress.show,
                should_stop=progress.should_stop,
                on_wait=progress.wait_for,
            )

        self.start.setEnabled(False)
        self._session.run_in_background(
            tr("Predicting {file}", file=source.name), work, self._show_predictions, failed=lambda _error: self._ended()
        )

    # ----------------------------------------------------------------------------------------------------- inside

    def _connect(self) -> None:
        self.text.activated.connect(lambda _row: self._change(text=self.text.currentData()))
        self.table.activated.connect(lambda _row: self._change(table=self.table.currentData()))
        self.kind.activated.connect(lambda _row: self._choose_kind())
        self._elsewhere.clicked.connect(self._choose_output)
        self.start.clicked.connect(self._start)
        self._cancel.clicked.connect(self._asks.hide)
        self._show_file.clicked.connect(self._open_folder)

    def _change(self, *, text: str | None = None, table: str | None = None) -> None:
        """Read the file otherwise, in a thread."""
        if self._guess is None:
            return
        changed = replace(self._guess, text=text) if text is not None else self._guess

        def again(_progress: WorkContext) -> Guess:
            from lepton_studio.formats import choose_table, refresh

            return choose_table(changed, table) if table is not None else refresh(changed)

        def show(found: Guess) -> None:
            self._guess = found
            self._show_guess()

        self._session.run_in_background(tr("Reading {file}", file=changed.paths[0].name), again, show, quiet=True)

    def _show_guess(self) -> None:
        guess = self._guess
        assert guess is not None
        self._title.setText(guess.paths[0].name)
        with quiet(self.text), quiet(self.table):
            self.text.clear()
            if guess.text not in guess.columns:
                self.text.addItem(tr("Choose a column"), None)
            for name in guess.columns:
                self.text.addItem(name, name)
            self.text.setCurrentIndex(max(0, self.text.findData(guess.text)))
            self.table.clear()
            self.table.addItems(list(guess.tables))
            for place, name in enumerate(guess.tables):
                self.table.setItemData(place, name)
            self.table.setCurrentText(guess.table)
        for widget in (self._text_title, self.text):
            widget.setVisible(bool(guess.columns))
        for widget in (self._table_title, self.table):
            widget.setVisible(len(guess.tables) > 1)
        texts = [" ".join(one.text.split()) for one in guess.preview if isinstance(one, Row)]
        shown = [f"“{text[:_SHOWN_CHARACTERS]}{'…' * (len(text) > _SHOWN_CHARACTERS)}”" for text in texts]
        self.sees.setText("\n".join(shown[:_SHOWN_TEXTS]))
        self.start.setEnabled(guess.text is not None or not guess.columns)
        self._asks.show()
        self.start.setFocus()

    def _set_output(self, output: Path) -> None:
        self.output = output
        with quiet(self.kind):
            self.kind.setCurrentIndex(max(0, self.kind.findData(output.suffix.lower())))
        source = self._guess.paths[0] if self._guess is not None else output
        is_beside = output.parent == source.parent
        self.place.setText(
            tr("Will be saved next to it as {file}", file=output.name)
            if is_beside
            else tr("Will be saved as {file}", file=output)
        )

    def _choose_kind(self) -> None:
        from lepton_studio.studio.predict_file import beside

        if self._guess is not None:
            self._set_output(beside(self._guess.paths[0], kind=self.kind.currentData()))

    def _choose_output(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("Save the predictions"), str(self.output))
        if chosen:
            output = Path(chosen)
            known = self.kind.findData(output.suffix.lower()) >= 0
            self._set_output(output if known else output.with_name(output.name + self.kind.currentData()))

    def _start(self) -> None:
        if self._guess is not None and self._run is not None and self.output is not None:
            self._asks.hide()
            self.predict(self._guess.paths[0], self.output, run=self._run, guess=self._guess)

    def _show_predictions(self, summary: PredictSummary) -> None:
        self.output = summary.output
        said = [
            trn(
                "Saved {file} with {count} prediction.",
                "Saved {file} with {count} predictions.",
                summary.texts,
                file=summary.output.name,
            )
        ]
        if without := summary.rows - summary.texts:
            said.append(
                trn(
                    "{count} row has no prediction: it is blank or could not be read.",
                    "{count} rows have no prediction: they are blank or could not be read.",
                    without,
                )
            )
        if summary.texts > len(summary.first):
            said.append(tr("Showing the first {n}.", n=amount(len(summary.first))))
        self._result.setText(" ".join((*said, *summary.notices)))
        self.results.show_predictions(summary.first)
        for widget in (self._result, self._show_file, self._frame):
            widget.show()
        self._ended()

    def _ended(self) -> None:
        self.start.setEnabled(True)
        self.done.emit()

    def _open_folder(self) -> None:
        if self.output is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.output.parent)))
