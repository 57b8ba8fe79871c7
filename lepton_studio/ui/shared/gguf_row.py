"""A GGUF file that was named as a model: one click makes a folder of it that can be tuned."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.models.brought_gguf import gguf_at, made_of
from lepton_studio.models.model_config import UnusableModel
from lepton_studio.ui.shared.desk_row import DeskRow
from lepton_studio.ui.shared.model_desk import ModelDesk


class GgufRow(DeskRow):
    """Seen while such a file is named that has no folder yet. `ready(str)`: the folder is there."""

    ready = Signal(str)

    def __init__(self, desk: ModelDesk, parent: QWidget | None = None) -> None:
        self._file: Path | None = None
        self._named = ""
        super().__init__(
            desk,
            cancel=tr("Cancel preparing the model"),
            note=tr("A GGUF file is prepared once. Its weights are then written out in full."),
            parent=parent,
        )
        self.offer.setText(tr("Prepare"))
        self.bar.setAccessibleName(tr("Preparing the model"))

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
        self.show_state()
        made = None if file is None else made_of(file)
        return "" if made is None else str(made)

    def wanted(self) -> tuple[str, bool]:
        return ("", False) if self._file is None else (str(self._file), True)

    def begin(self) -> None:
        if self._file is not None:
            self.desk.prepare(self._file)

    def arrived(self) -> None:
        if self._file is not None and (made := made_of(self._file)) is not None:
            self.ready.emit(str(made))
