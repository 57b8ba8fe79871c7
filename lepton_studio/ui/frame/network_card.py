"""Network and downloads: whether anything may be reached, where models come from and go to, and the access token."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from lepton_studio.hub.connection import USUAL_ADDRESS
from lepton_studio.hub.places import cache_folder
from lepton_studio.hub.requests import TokenSaid
from lepton_studio.hub_datasets.kept import clear, datasets_folder, size_of
from lepton_studio.language import tr
from lepton_studio.settings import Settings
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.hub_desk import HubDesk
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import button, quiet, row, words
from lepton_studio.widgets.theme import TITLE
from lepton_studio.words import memory


class NetworkCard(Overlay):
    """`chosen(dict)`: fields of `Settings` with their new values; each is taken at once. The token is no setting."""

    manual = "howto-offline"

    chosen = Signal(object)
    _counted = Signal(object)

    def __init__(self, host: QWidget, desk: HubDesk) -> None:
        super().__init__(host, width=520)
        self._desk = desk
        self._settings = Settings()
        self.form = Form(gap=12)
        self.offline = QCheckBox(tr("Offline mode"))
        self.folder = QLineEdit()
        choose = button(tr("Choose…"), name=tr("Choose the models folder"))
        choose.clicked.connect(self._choose_folder)
        self.datasets = QLineEdit()
        choose_datasets = button(tr("Choose…"), name=tr("Choose the datasets folder"))
        choose_datasets.clicked.connect(self._choose_datasets)
        self.clear_datasets = button(tr("Clear"), role="quiet", name=tr("Delete the downloaded datasets"))
        self.clear_datasets.clicked.connect(lambda: self._count_datasets(clears=True))
        self.mirror = QLineEdit()
        self.mirror.setPlaceholderText(USUAL_ADDRESS)
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = button(tr("Save"), name=tr("Save the access token"))
        self.remove = button(tr("Remove"), role="quiet", name=tr("Remove the access token"))
        self.token_says = words(muted=True, wrap=True)
        sentence = tr("Opens no network connection at all. What is on this computer still works.")
        self.form.add("offline", "", field=self.offline, sentence=sentence)
        self.offline.setAccessibleName(tr("Offline mode"))
        sentence = tr(
            "Models from the Hugging Face Hub are stored here. Other programs find them in the default folder."
        )
        self.form.add("models", tr("Models folder"), field=_beside(self.folder, choose), sentence=sentence)
        self.folder.setAccessibleName(tr("Models folder"))
        beside = _beside(self.datasets, choose_datasets, self.clear_datasets)
        sentence = tr("Datasets from the Hugging Face Hub are stored here. Projects keep what was imported from them.")
        self.form.add("datasets", tr("Datasets folder"), field=beside, sentence=sentence)
        self.datasets.setAccessibleName(tr("Datasets folder"))
        sentence = tr("Where models are downloaded from, for example https://hf-mirror.com.")
        self.form.add("mirror", tr("Hub address"), field=self.mirror, sentence=sentence)
        sentence = tr(
            "For models that need an account. It is kept in the system's keyring and sent only to the address above."
        )
        self.form.add("token", tr("Access token"), field=_beside(self.token, self.keep, self.remove), sentence=sentence)
        self.token.setAccessibleName(tr("Access token"))
        self.close_button = button(tr("Close"), role="primary")
        self.card_layout.addWidget(words(tr("Network and downloads"), size=TITLE, bold=True))
        self.card_layout.addWidget(self.form)
        self.card_layout.addWidget(self.token_says)
        self.card_layout.addLayout(row(None, self.close_button))
        self._connect()

    def open_with(self, settings: Settings) -> None:
        """Show what is in force."""
        with quiet(self.offline):
            self.offline.setChecked(settings.offline)
        self.folder.setText(settings.models)
        self.folder.setPlaceholderText(str(cache_folder()))
        self._settings = settings
        self.datasets.setText(settings.datasets)
        self.datasets.setPlaceholderText(str(datasets_folder(Settings())))
        self._count_datasets()
        self.mirror.setText(settings.hub_mirror)
        self.token.clear()
        for name in ("models", "datasets", "mirror"):
            self.form.show_error(name, "")
        self._show_token(TokenSaid())
        self.token_says.setText("")
        self._desk.ask_token(check=False)
        self.open_over()
        self.offline.setFocus()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Models folder"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)
            self._take_folder()

    def _choose_datasets(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Datasets folder"), self.datasets.text())
        if chosen:
            self.datasets.setText(chosen)
            self._take_datasets()

    def _take_folder(self) -> None:
        self._take("models", self.folder)

    def _take_datasets(self) -> None:
        if (folder := self._take("datasets", self.datasets)) is not None:
            self._settings = replace(self._settings, datasets=folder)
            self._count_datasets()

    def _take(self, name: str, field: QLineEdit) -> str | None:
        """The folder in this field, once it is there and taken."""
        folder = field.text().strip()
        is_there = not folder or Path(folder).expanduser().is_dir()
        self.form.show_error(name, "" if is_there else tr("The folder {folder} does not exist.", folder=folder))
        if not is_there:
            return None
        taken = str(Path(folder).expanduser()) if folder else ""
        self.chosen.emit({name: taken})
        return taken

    def _count_datasets(self, *, clears: bool = False) -> None:
        """Find out in a thread how much there is, after it was deleted if that is wanted."""
        folder = datasets_folder(self._settings)
        self.clear_datasets.setEnabled(False)

        def count() -> None:
            if clears:
                clear(folder)
            with suppress(RuntimeError):  # the window may be gone
                self._counted.emit(size_of(folder))

        threading.Thread(target=count, name="datasets-size", daemon=True).start()

    def _show_counted(self, size: int) -> None:
        self.clear_datasets.setEnabled(size > 0)
        self.clear_datasets.setText(tr("Clear {size}", size=memory(max(1, size / 1e6))) if size else tr("Clear"))

    def _take_mirror(self) -> None:
        address = _address(self.mirror.text().strip())
        wrong = tr("Enter an address such as https://hf-mirror.com.") if address is None else ""
        self.form.show_error("mirror", wrong)
        if address is not None:
            self.mirror.setText(address)
            self.chosen.emit({"hub_mirror": "" if address == USUAL_ADDRESS else address})

    def _keep(self) -> None:
        token = self.token.text().strip()
        if token:
            self.token_says.setText(tr("Checking the token…"))
            self._desk.keep_token(token)
            self.token.clear()

    def _remove(self) -> None:
        self._desk.keep_token("")

    def _show_token(self, said: TokenSaid) -> None:
        self.remove.setVisible(said.source in ("session", "keyring"))
        self.token.setPlaceholderText("" if not said.source else "••••••••")
        where = {
            "keyring": tr("The token is in the system's keyring."),
            "session": tr(
                "This system has no keyring, so the token is kept until you close Lepton Studio. The environment "
                "variable HF_TOKEN keeps one for good."
            ),
            "shared": tr("A token saved by Hugging Face's own tools, or in HF_TOKEN, is used."),
        }.get(said.source, "")
        owner = tr("Signed in as {name}.", name=said.owner) if said.owner else ""
        self.token_says.setText(" ".join(one for one in (owner, where) if one))

    def _take_failure(self, kind: str, sentence: str) -> None:
        if kind == "token":
            self.token_says.setText(sentence)

    def _connect(self) -> None:
        self.offline.toggled.connect(lambda on: self.chosen.emit({"offline": on}))
        self.folder.editingFinished.connect(self._take_folder)
        self.datasets.editingFinished.connect(self._take_datasets)
        self._counted.connect(self._show_counted)
        self.mirror.editingFinished.connect(self._take_mirror)
        self.token.returnPressed.connect(self._keep)
        self.keep.clicked.connect(self._keep)
        self.remove.clicked.connect(self._remove)
        self.close_button.clicked.connect(self.close_over)
        self._desk.token_said.connect(self._show_token)
        self._desk.failed.connect(self._take_failure)


def _address(typed: str) -> str | None:
    """What was typed as an address without a slash at the end; None where it is none."""
    address = typed if not typed or "://" in typed else f"https://{typed}"
    split = urlsplit(address)
    is_sound = not address or (split.scheme in ("http", "https") and bool(split.hostname) and " " not in address)
    return address.rstrip("/") if is_sound else None


def _beside(*parts: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(row(*parts))
    return holder
