"""Preferences: what holds for the app and not for a project. Each answer is taken at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from lepton_studio.language import LANGUAGES, tr
from lepton_studio.project.history import user_name
from lepton_studio.settings import Settings
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import button, quiet, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import TITLE

SCALES = (80, 90, 100, 110, 125, 150, 175, 200)
"""Per cent."""


class PreferencesCard(Overlay):
    """`chosen(dict)`: fields of `Settings` with their new values. `keys_asked()`, `network_asked()`,
    `trackers_asked()`.
    """

    chosen = Signal(object)
    keys_asked = Signal()
    network_asked = Signal()
    trackers_asked = Signal()

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=520)
        self.form = Form(gap=12)
        self.language = ChoiceBox()
        self.language.addItem(tr("System language"), "")
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.theme = ChoiceBox()
        for scheme, title in (
            ("system", tr('System appearance')), ("light", tr("Light")), ("dark", tr("Dark")),
        ):  # fmt: skip
            self.theme.addItem(title, scheme)
        self.scale = ChoiceBox()
        for scale in SCALES:
            self.scale.addItem(tr("{number}%", number=scale), scale)
        self.annotator = QLineEdit()
        self.annotator.setPlaceholderText(user_name())
        self.form.add("language", tr("Language"), field=self.language)
        self.form.add("theme", tr("Appearance"), field=self.theme)
        sentence = tr(
            "Scales the whole window after a restart, which keeps your place. Ctrl++ and Ctrl+- change the size of "
            "sample texts right away."
        )
        self.form.add("scale", tr("Interface size"), field=self.scale, sentence=sentence)
        sentence = tr("Shown next to your changes in the project history.")
        self.form.add("annotator", tr("Your name"), field=self.annotator, sentence=sentence)
        network = button(tr("Network and downloads…"))
        network.clicked.connect(self.network_asked)
        trackers = button(tr("Experiment trackers…"))
        trackers.clicked.connect(self.trackers_asked)
        keys = button(tr("Change shortcuts…"))
        keys.clicked.connect(self.keys_asked)
        self.close_button = button(tr("Close"), role="primary")
        self.close_button.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Preferences"), size=TITLE, bold=True))
        self.card_layout.addWidget(self.form)
        self.card_layout.addLayout(row(keys, network, None))
        self.card_layout.addLayout(row(trackers, None, self.close_button))
        self.language.activated.connect(lambda _row: self.chosen.emit({"language": self.language.currentData()}))
        self.theme.activated.connect(lambda _row: self.chosen.emit({"theme": self.theme.currentData()}))
        self.scale.activated.connect(lambda _row: self.chosen.emit({"scale": self.scale.currentData()}))
        self.annotator.editingFinished.connect(lambda: self.chosen.emit({"annotator": self.annotator.text().strip()}))

    def open_with(self, settings: Settings) -> None:
        """Show what is in force."""
        shown = ((self.language, settings.language), (self.theme, settings.theme), (self.scale, settings.scale))
        for box, value in shown:
            with quiet(box):
                box.setCurrentIndex(max(0, box.findData(value)))
        self.annotator.setText(settings.annotator)
        self.open_over()
        self.language.setFocus()
