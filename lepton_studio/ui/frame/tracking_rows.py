"""Where each run is written to when it ends, in Preferences: MLflow, Weights & Biases. Both are off until chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from lepton_studio.language import tr
from lepton_studio.runs.trackers import HERE, OFFLINE, ONLINE, TRACKERS, why_not_there
from lepton_studio.settings import Settings
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import quiet
from lepton_studio.widgets.steady import ChoiceBox

_ELSEWHERE = "elsewhere"


class TrackingRows:
    """`chosen` gets fields of `Settings` with their new values. A program that is not installed cannot be chosen, and
    the sentence below says how to get it.
    """

    def __init__(self, form: Form, chosen: Callable[[dict[str, str]], object]) -> None:
        self._form, self._chosen = form, chosen
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
        about = tr("Writes the settings, curves, scores, label names and versions of each run when it ends; no texts.")
        for name, box in (("mlflow", self.mlflow), ("wandb", self.wandb)):
            why = why_not_there(name)
            form.add(name, TRACKERS[name], field=box, sentence=why or about)
            box.setEnabled(not why)
        form.add("mlflow_place", tr("Folder or address for MLflow"), field=self.place, behind="mlflow")
        self.mlflow.activated.connect(lambda _row: self._choose_mlflow())
        self.place.editingFinished.connect(self._take_place)
        self.wandb.activated.connect(lambda _row: chosen({"wandb": self.wandb.currentData()}))

    def show(self, settings: Settings) -> None:
        """Show what is in force."""
        is_elsewhere = settings.mlflow not in ("", HERE)
        with quiet(self.mlflow), quiet(self.wandb):
            self.mlflow.setCurrentIndex(self.mlflow.findData(_ELSEWHERE if is_elsewhere else settings.mlflow))
            self.wandb.setCurrentIndex(max(0, self.wandb.findData(settings.wandb)))
        self.place.setText(settings.mlflow if is_elsewhere else "")
        self._form.show_row("mlflow_place", is_elsewhere)

    def _choose_mlflow(self) -> None:
        value: str = self.mlflow.currentData()
        self._form.show_row("mlflow_place", value == _ELSEWHERE)
        if value == _ELSEWHERE:
            self.place.setFocus()
            self._take_place()
        else:
            self._chosen({"mlflow": value})

    def _take_place(self) -> None:
        """Nothing is written while no place is named."""
        if self.mlflow.currentData() == _ELSEWHERE:
            self._chosen({"mlflow": self.place.text().strip()})
