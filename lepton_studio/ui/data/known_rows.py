"""What an import finds in the project already: rows that are there, and labels that only look alike; and what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from lepton_studio.language import tr
from lepton_studio.studio.import_result import Foreseen, twins_sentence
from lepton_studio.widgets.layouts import column, quiet, words
from lepton_studio.widgets.steady import ChoiceBox

_SHOWN_CHANGES = 5


class KnownRows(QWidget):
    """Two questions, each asked only where there is something to ask. Until a person chooses, nothing is updated and
    nothing merged. `rows` and `twins` say why it is asked; they stand where there is more room, beside the preview."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.again = ChoiceBox()
        self.again.setAccessibleName(tr("Rows already in the project"))
        self.again.addItem(tr("Add them again"), False)
        self.again.addItem(tr("Update their samples"), True)
        self.merge = QCheckBox(tr("Merge labels that look alike"))
        self.merge.setAccessibleName(self.merge.text())
        self._rows_title = words(tr("Rows already in the project"))
        self.rows = words("", muted=True, wrap=True)
        self.twins = words("", muted=True, wrap=True)
        self.setLayout(column(self._rows_title, self.again, self.merge, gap=8))
        self.show_foreseen(None)

    @property
    def update_known(self) -> bool:
        """Whether rows that are there already are to change their samples."""
        return bool(self.again.currentData())

    @property
    def merge_twins(self) -> bool:
        """Whether labels that look alike are to become one."""
        return self.merge.isChecked()

    def forget(self) -> None:
        """Before other files are looked at: no choice made, nothing to show."""
        with quiet(self.again), quiet(self.merge):
            self.again.setCurrentIndex(0)
            self.merge.setChecked(False)
        self.show_foreseen(None)

    def show_foreseen(self, foreseen: Foreseen | None) -> None:
        """Ask what is to be asked; what was chosen stays chosen. None: nothing is known yet."""
        if foreseen is not None:
            self.rows.setText("  ".join([foreseen.sentence(), "; ".join(foreseen.changes[:_SHOWN_CHANGES])]))
            self.twins.setText(twins_sentence(foreseen.twins))
        knows = foreseen is not None and foreseen.known > 0
        looks_alike = foreseen is not None and bool(foreseen.twins)
        for widget, shown in (
            (self._rows_title, knows), (self.again, knows), (self.rows, knows), (self.merge, looks_alike),
            (self.twins, looks_alike),
        ):  # fmt: skip
            widget.setVisible(shown)
        self.setVisible(knows or looks_alike)
