"""A dataset with its card: under which licence, and whether it goes to the Hub."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from lepton_studio.hub_datasets.wanted import dataset_id
from lepton_studio.language import tr
from lepton_studio.studio.dataset_export import Destination, licences
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import TITLE


class DatasetCard(Overlay):
    """`chosen(Destination)`: the folder is asked for next. Escape closes the card."""

    chosen = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=520)
        self.licence = ChoiceBox()
        self.licence.setAccessibleName(tr("Licence"))
        for licence, title in licences().items():
            self.licence.addItem(title, licence)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("owner/name"))
        self.name.setAccessibleName(tr("Name on the Hub"))
        self.public = QCheckBox(tr("Everybody may see it"))
        self.form = Form(gap=12)
        sentence = tr("Written into the card, for those who use the dataset.")
        self.form.add("licence", tr("Licence"), field=self.licence, sentence=sentence)
        sentence = tr("Leave it empty to save a folder on this computer only.")
        self.form.add("name", tr("Also upload to the Hugging Face Hub as"), field=self.name, sentence=sentence)
        self.form.add("public", "", field=self.public)
        self.name.textChanged.connect(lambda _text: self._show())
        self.go = button(tr("Choose a folder…"), role="primary")
        self.go.clicked.connect(self._go)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        sentence = tr("Parquet files for each split, and a README with the labels, splits, sizes and languages.")
        self.card_layout.addWidget(words(tr("Save as a dataset"), size=TITLE, bold=True))
        self.card_layout.addWidget(words(sentence, muted=True, wrap=True))
        self.card_layout.addWidget(self.form)
        self.card_layout.addLayout(row(None, self.cancel, self.go))
        self._show()

    def ask(self) -> None:
        """Ask how."""
        self.open_over()
        self.licence.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_over() if self.focusWidget() is self.cancel else self._go()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        self.form.show_row("public", bool(self.name.text().strip()))
        self.form.show_error("name", "")

    def _go(self) -> None:
        name = self.name.text().strip()
        meant = dataset_id(name) if name else None
        if name and (meant is None or "/" not in meant[0] or meant[1]):
            self.form.show_error("name", tr("{name} is not a name on the Hub, such as owner/name.", name=name))
            return
        self.close_over()
        self.chosen.emit(Destination(self.licence.currentData(), name, is_public=self.public.isChecked()))
