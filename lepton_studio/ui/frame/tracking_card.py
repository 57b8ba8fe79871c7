"""Where each run is written to when it ends: MLflow, Weights & Biases. Both are off until chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.runs.trackers import HERE, OFFLINE, ONLINE, TRACKERS, why_not_there
from lepton_studio.settings import Settings
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import button, quiet, row, words
from lepton_studio.widgets.plain_text import menu_words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import TITLE

_ELSEWHERE = "elsewhere"


class TrackingCard(Overlay):
    """`chosen(dict)`: fields of `Settings` with their new values. A program that is not installed cannot be chosen, and
    the sentence below says how to get it.
    """

    chosen = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=520)
        self.form = Form(gap=12)
        self.mlflow, self.place, self.wandb = ChoiceBox(), QLineEdit(), ChoiceBox()
        for value, title in (
            ("", tr("Off")),
            (HERE, tr("In the project's folder (mlruns)")),
            (_ELSEWHERE, tr("In another folder or on a server")),
        ):
            self.mlflow.addItem(title, value)
        for value, title in (
            ("", tr("Off")),
            (OFFLINE, tr("Offline, in the run's folder")),
            (ONLINE, tr("Online, to the server that wandb knows")),
        ):
            self.wandb.addItem(title, value)
        self.place.setPlaceholderText("http://127.0.0.1:5000")
        for name, box in (("mlflow", self.mlflow), ("wandb", self.wandb)):
            why = why_not_there(name)
            self.form.add(name, menu_words(TRACKERS[name]), field=box, sentence=why)
            box.setAccessibleName(TRACKERS[name])
        self.form.add("place", tr("Folder or address for MLflow"), field=self.place, behind="mlflow")
        about = tr(
            "When a run ends, its settings, curves, scores, label names and versions are written there; no texts."
        )
        close = button(tr("Close"), role="primary")
        close.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Experiment trackers"), size=TITLE, bold=True))
        self.card_layout.addWidget(words(about, wrap=True))
        self.card_layout.addWidget(self.form)
        self.card_layout.addLayout(row(None, close))
        self.mlflow.activated.connect(lambda _row: self._choose_mlflow())
        self.place.editingFinished.connect(self._take_place)
        self.wandb.activated.connect(lambda _row: self.chosen.emit({"wandb": self.wandb.currentData()}))

    def open_with(self, settings: Settings) -> None:
        """Show what is in force."""
        is_elsewhere = settings.mlflow not in ("", HERE)
        with quiet(self.mlflow), quiet(self.wandb):
            self.mlflow.setCurrentIndex(self.mlflow.findData(_ELSEWHERE if is_elsewhere else settings.mlflow))
            self.wandb.setCurrentIndex(max(0, self.wandb.findData(settings.wandb)))
        for name, box, value in (("mlflow", self.mlflow, settings.mlflow), ("wandb", self.wandb, settings.wandb)):
            box.setEnabled(bool(value) or not why_not_there(name))  # what is on can be switched off
        self.place.setText(settings.mlflow if is_elsewhere else "")
        self.form.show_row("place", is_elsewhere)
        self.open_over()
        self.mlflow.setFocus()

    def _choose_mlflow(self) -> None:
        value: str = self.mlflow.currentData()
        self.form.show_row("place", value == _ELSEWHERE)
        if value == _ELSEWHERE:
            self.place.setFocus()
            self._take_place()
        else:
            self.chosen.emit({"mlflow": value})

    def _take_place(self) -> None:
        """Nothing is written while no place is named."""
        if self.mlflow.currentData() == _ELSEWHERE:
            self.chosen.emit({"mlflow": self.place.text().strip()})
