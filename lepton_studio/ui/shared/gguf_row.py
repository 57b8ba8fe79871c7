"""A GGUF file that was named as a model: one click makes a folder of it that can be tuned."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from lepton_studio.language import tr
from lepton_studio.models.brought_gguf import gguf_at, made_of
from lepton_studio.models.model_config import UnusableModel
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, text_font


class GgufRow(QWidget):
    """Seen while such a file is named that has no folder yet. `ready(str)`: the folder is there."""

    ready = Signal(str)

    def __init__(self, desk: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._file: Path | None = None
        self._named = ""
        self.says = words(tr("A GGUF file is prepared once. Its weights are then written out in full."), size=CAPTION,
                          muted=True, wrap=True)  # fmt: skip
        self.prepare = button(tr("Prepare"))
        self.prepare.clicked.connect(self._prepare)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Preparing the model"))
        self.amount = words(size=CAPTION, muted=True)
        self.amount.setFont(text_font(CAPTION, tabular=True))
        self.cancel = button(tr("Cancel"), role="quiet", name=tr("Cancel preparing the model"))
        self.cancel.clicked.connect(self._cancel)
        self.sentence = words(size=CAPTION, wrap=True)
        self.sentence.setProperty("tone", "bad")
        self._going_on = QWidget()
        self._going_on.setLayout(column(self.bar, row(self.amount, None, self.cancel), gap=4))
        self.setLayout(column(row(self.prepare, None), self.says, self._going_on, self.sentence, gap=4))
        desk.began.connect(self._show_state)
        desk.progressed.connect(self._show_progress)
        desk.ended.connect(self._end)
        self._show_state()

    def show_named(self, model: str) -> str:
        """What a person names as a folder; the folder where it is a GGUF file that is prepared already, else ""."""
        said = ""
        try:
            file = gguf_at(model) if model else None
        except UnusableModel as error:
            file, said = None, str(error)
        if model != self._named:
            self.sentence.setText(said)
        self._named, self._file = model, file
        self._show_state()
        made = None if file is None else made_of(file)
        return "" if made is None else str(made)

    def _show_state(self) -> None:
        is_coming = self._file is not None and self._desk.model == str(self._file)
        self.prepare.setVisible(self._file is not None and not is_coming)
        self.prepare.setEnabled(not self._desk.is_busy)
        self.says.setVisible(self._file is not None and not is_coming and not self.sentence.text())
        self._going_on.setVisible(is_coming)
        self.sentence.setVisible(bool(self.sentence.text()) and not is_coming)
        self.setVisible(self._file is not None or bool(self.sentence.text()))

    def _prepare(self) -> None:
        if self._file is not None:
            self.sentence.setText("")
            self.cancel.setEnabled(True)
            self.bar.setRange(0, 0)
            self.amount.setText("")
            self._desk.prepare(self._file)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._desk.cancel()

    def _show_progress(self, done: int, total: int, said: str) -> None:
        if self._file is not None and self._desk.model == str(self._file):
            self.bar.setRange(0, 1000 if total else 0)
            self.bar.setValue(done * 1000 // total if total else 0)
            self.amount.setText(said)

    def _end(self, model: str, sentence: str, is_done: bool) -> None:
        if self._file is not None and model == str(self._file):
            self.sentence.setText("" if is_done else sentence)
            if is_done and (made := made_of(self._file)) is not None:
                self.ready.emit(str(made))
        self._show_state()
