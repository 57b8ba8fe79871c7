"""A built-in model that is to be fetched: one click."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.models.built_in import BuiltInModel
from lepton_studio.models.fetching import half_fetched
from lepton_studio.models.places import is_installed, own_folder
from lepton_studio.ui.shared.desk_row import DeskRow
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.words import memory


class FetchRow(DeskRow):
    """Seen while the model that it shows is not on this computer, or is on its way."""

    def __init__(self, desk: ModelDesk, parent: QWidget | None = None) -> None:
        self._built_in: BuiltInModel | None = None
        super().__init__(desk, cancel=tr("Cancel the download"), parent=parent)

    def show_model(self, model: BuiltInModel | None) -> None:
        """The model that is wanted; None for one that is not built in."""
        if model is not self._built_in:
            self.sentence.setText("")
        self._built_in = model
        self.show_state()

    def show_state(self) -> None:
        """Look where the model is, and what the desk does."""
        if self._built_in is not None:
            self.offer.setText(_offer(self._built_in))
            self.bar.setAccessibleName(tr("Downloading {model}", model=self._built_in.name))
        super().show_state()

    def wanted(self) -> tuple[str, bool]:
        model = self._built_in
        return ("", False) if model is None else (model.id, not is_installed(model))

    def begin(self) -> None:
        if self._built_in is not None:
            self.desk.fetch(self._built_in)


def _offer(model: BuiltInModel) -> str:
    begun = half_fetched(model, into=own_folder())
    if begun:
        return tr("Continue the download ({size} left)", size=memory(max(0, model.download - begun) / 1e6))
    return tr("Download the model ({size})", size=memory(model.download / 1e6))
