"""A model that is to be fetched: one click, how far it is, Cancel, and what went wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from lepton_studio.language import tr
from lepton_studio.models.built_in import BuiltInModel
from lepton_studio.models.fetching import half_fetched
from lepton_studio.models.places import is_installed, own_folder
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, text_font
from lepton_studio.words import memory


class FetchRow(QWidget):
    """Seen while the model that it shows is not on this computer, or is on its way."""

    def __init__(self, desk: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model: BuiltInModel | None = None
        self.fetch = button("")
        self.fetch.clicked.connect(self._fetch)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.amount = words(size=CAPTION, muted=True)
        self.amount.setFont(text_font(CAPTION, tabular=True))
        self.cancel = button(tr("Cancel"), role="quiet", name=tr("Cancel the download"))
        self.cancel.clicked.connect(self._cancel)
        self.sentence = words(size=CAPTION, wrap=True)
        self.sentence.setProperty("tone", "bad")
        self._going_on = QWidget()
        self._going_on.setLayout(column(self.bar, row(self.amount, None, self.cancel), gap=4))
        self.setLayout(column(row(self.fetch, None), self._going_on, self.sentence, gap=4))
        desk.began.connect(self.show_state)
        desk.progressed.connect(self._show_progress)
        desk.ended.connect(self._end)
        self.show_model(None)

    def show_model(self, model: BuiltInModel | None) -> None:
        """The model that is wanted; None for one that is not built in."""
        if model is not self._model:
            self.sentence.setText("")
        self._model = model
        self.show_state()

    def show_state(self) -> None:
        """Look where the model is, and what the desk does."""
        model = self._model
        is_wanted = model is not None and not is_installed(model)
        is_coming = model is not None and self._desk.model == model.id
        self.setVisible(is_wanted or is_coming)
        self._going_on.setVisible(is_coming)
        self.fetch.setVisible(is_wanted and not is_coming)
        self.fetch.setEnabled(not self._desk.is_busy)
        self.sentence.setVisible(bool(self.sentence.text()) and not is_coming)
        if model is not None:
            self.fetch.setText(_offer(model))
            self.bar.setAccessibleName(tr("Downloading {model}", model=model.name))

    def _fetch(self) -> None:
        if self._model is not None:
            self.sentence.setText("")
            self.cancel.setEnabled(True)
            self.bar.setRange(0, 0)
            self.amount.setText("")
            self._desk.fetch(self._model)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._desk.cancel()

    def _show_progress(self, done: int, total: int, said: str) -> None:
        if self._model is not None and self._desk.model == self._model.id:
            self.bar.setRange(0, 1000 if total else 0)
            self.bar.setValue(done * 1000 // total if total else 0)
            self.amount.setText(said)

    def _end(self, model: str, sentence: str, is_done: bool) -> None:
        if self._model is not None and model == self._model.id and not is_done:
            self.sentence.setText(sentence)
        self.show_state()


def _offer(model: BuiltInModel) -> str:
    begun = half_fetched(model, into=own_folder())
    if begun:
        return tr("Continue the download ({size} left)", size=memory(max(0, model.download - begun) / 1e6))
    return tr("Download the model ({size})", size=memory(model.download / 1e6))
