"""The models that come with the app: which are on this computer, how big and how fast they are; fetch, add, delete."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit, QScrollArea, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.models.brought_gguf import Kept, kept
from lepton_studio.models.built_in import BuiltInModel
from lepton_studio.models.here import ModelHere, models_here
from lepton_studio.models.package_index import MIRRORS
from lepton_studio.project.records import RunRecord
from lepton_studio.studio.model_speed import Speed, known_speeds, speed_in_words
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.fetch_row import FetchRow
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, clear, column, line, quiet, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE
from lepton_studio.words import memory

_WIDTH, _HEIGHT = 640, 380
_OWN = "own"


class ModelsCard(Overlay):
    """Escape closes the card; a download goes on. `chosen(dict)`: fields of `Settings` with their new values."""

    manual = "howto-which-model"

    chosen = Signal(object)
    hub_asked = Signal()

    def __init__(self, host: QWidget, desk: ModelDesk) -> None:
        super().__init__(host, width=_WIDTH)
        self.desk = desk
        self._session: Session | None = None
        self._asked = ""
        """The model whose deletion is to be confirmed."""
        self.rows: dict[str, ModelRow] = {}
        self._list = column(gap=12)
        self._kept = column(gap=12)
        self.kept_rows: dict[str, KeptRow] = {}
        self.says = words(size=BODY, wrap=True)
        self.mirror = ChoiceBox()
        self.mirror.setAccessibleName(tr("Download from"))
        self.mirror.addItem(tr("Same as pip (usually pypi.org)"), "")
        for one in MIRRORS:
            self.mirror.addItem(one.name, one.url)
        self.mirror.addItem(tr("Another address"), _OWN)
        self.address = QLineEdit()
        self.address.setAccessibleName(tr("Address of a package index"))
        self.address.setPlaceholderText("https://…/simple")
        self.address.setMinimumWidth(250)
        self.add = button(tr("Add from a folder…"), tip=tr("Packages or files that another computer has downloaded"))
        self.hub = button(tr("Models from the Hub…"))
        self.close_button = button(tr("Close"), role="primary")
        self._lay_out()
        self._connect()

    def open_with(self, session: Session | None, *, mirror: str) -> None:
        """Show what is here now. `session`: the project whose runs may need a model; `mirror` as in the settings."""
        self._session = session
        self.says.setText("")
        with quiet(self.mirror):
            place = self.mirror.findData(mirror)
            self.mirror.setCurrentIndex(self.mirror.count() - 1 if place < 0 else place)
        self.address.setText(mirror if place < 0 else "")
        self.address.setVisible(place < 0)
        self.show_models()
        self.open_over()
        self.close_button.setFocus()

    def show_models(self) -> None:
        """Look at the disk and show a row for each."""
        speeds, found = known_speeds(), models_here()
        if not self.rows:
            clear(self._list)
            for one in found:
                made = ModelRow(one.model, self.desk)
                made.measure.clicked.connect(lambda _on=False, one=one.model: self.desk.measure(one))
                made.delete.clicked.connect(lambda _on=False, one=one.model: self._ask_delete(one))
                self.rows[one.model.id] = made
                self._list.addWidget(made)
            self._list.addLayout(self._kept)
            self._list.addStretch(1)
        for one in found:
            self.rows[one.model.id].show_model(one, speeds)
            self.rows[one.model.id].show_buttons(is_asked=self._asked == one.model.id)
        clear(self._kept)
        self.kept_rows = {one.name: KeptRow(one) for one in kept()}
        for name, shown in self.kept_rows.items():
            shown.delete.setText(tr("Delete for good") if self._asked == name else tr("Delete"))
            shown.delete.setEnabled(not self.desk.is_busy)
            shown.delete.clicked.connect(lambda _on=False, name=name: self._ask_forget(name))
            self._kept.addWidget(shown)

    def _ask_delete(self, model: BuiltInModel) -> None:
        """The first press says what depends on it, the second deletes."""
        if self._asked == model.id:
            self._asked = ""
            self.desk.delete(model)
            return
        self._asked = model.id
        self.says.setText(_what_needs(model, self._session))
        self.show_models()

    def _ask_forget(self, name: str) -> None:
        """The same for one that was made of a GGUF file."""
        if self._asked == name:
            self._asked = ""
            self.desk.forget(name)
            return
        self._asked = name
        self.says.setText(
            tr("Tuned models keep working without {model}. Its GGUF file stays and can be prepared again.", model=name)
        )
        self.show_models()

    def _take_end(self, _model: str, sentence: str, _is_done: bool) -> None:
        self._asked = ""
        self.says.setText(sentence)
        self.show_models()

    def _begin(self) -> None:
        self._asked = ""
        self.says.setText(tr("{doing}…", doing=self.desk.doing))
        self.show_models()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder with models"))
        if chosen:
            self.desk.add(Path(chosen))

    def _choose_mirror(self) -> None:
        is_own = self.mirror.currentData() == _OWN
        self.address.setVisible(is_own)
        if is_own:
            self.address.setFocus()
        else:
            self.chosen.emit({"mirror": self.mirror.currentData()})

    def _take_address(self) -> None:
        address = self.address.text().strip()
        if address and not address.startswith(("https://", "http://", "file://")):
            self.says.setText(tr("The address of a package index begins with https:// and usually ends with /simple."))
            return
        self.says.setText("")
        self.chosen.emit({"mirror": address})

    def _lay_out(self) -> None:
        holder = QWidget()
        holder.setLayout(self._list)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        scroll.setAccessibleName(tr("Models"))
        scroll.setMinimumHeight(_HEIGHT)
        sentence = tr("These models come with Lepton Studio. Once downloaded, they need no network.")
        self.card_layout.addWidget(words(tr("Models"), size=TITLE, bold=True))
        self.card_layout.addWidget(words(sentence, wrap=True, muted=True))
        self.card_layout.addWidget(scroll)
        self.card_layout.addWidget(self.says)
        self.card_layout.addWidget(line())
        where = row(words(tr("Download from")), self.mirror, self.address, None)
        where.setStretch(2, 1)
        self.card_layout.addLayout(where)
        self.card_layout.addLayout(row(self.add, self.hub, None, self.close_button))

    def _connect(self) -> None:
        self.mirror.activated.connect(lambda _row: self._choose_mirror())
        self.address.editingFinished.connect(self._take_address)
        self.add.clicked.connect(self._choose_folder)
        self.hub.clicked.connect(self.hub_asked)
        self.close_button.clicked.connect(self.close_over)
        self.desk.began.connect(self._begin)
        self.desk.ended.connect(self._take_end)


class ModelRow(QWidget):
    """One model: what it is, what it takes, and what can be done with it."""

    def __init__(self, model: BuiltInModel, desk: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model = model
        self._is_here = self._is_begun = False
        self.name = words(model.name, size=BODY, bold=True)
        self.state = words(size=CAPTION, muted=True)
        self.facts = words(_facts(model), size=CAPTION, muted=True, wrap=True)
        self.speed = words(size=CAPTION, muted=True, wrap=True)
        self.measure = button(tr("Measure"), role="quiet", name=tr("Measure {model}", model=model.name))
        self.delete = button(tr("Delete"), role="quiet", name=tr("Delete {model}", model=model.name))
        self.fetch = FetchRow(desk)
        head = row(self.name, self.state, None, self.measure, self.delete)
        self.setLayout(column(head, self.facts, self.speed, self.fetch, gap=2))

    def show_model(self, here: ModelHere, speeds: Mapping[str, Speed]) -> None:
        """As it is now."""
        self._is_here, self._is_begun = here.is_here, bool(here.begun)
        self.state.setText(_state(here))
        speed = speeds.get(here.model.id)
        self.speed.setText(speed_in_words(speed) if speed is not None else "")
        self.speed.setVisible(speed is not None)
        self.fetch.show_model(here.model)

    def show_buttons(self, *, is_asked: bool) -> None:
        """`is_asked`: the next press of Delete deletes."""
        self.delete.setText(tr("Delete for good") if is_asked else tr("Delete"))
        self.measure.setVisible(self._is_here)
        self.delete.setVisible(self._is_here or self._is_begun)
        for one in (self.measure, self.delete):
            one.setEnabled(not self._desk.is_busy)


class KeptRow(QWidget):
    """One that was made of a GGUF file."""

    def __init__(self, here: Kept, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delete = button(tr("Delete"), role="quiet", name=tr("Delete {model}", model=here.name))
        state = words(tr("{size} on this computer", size=memory(here.size / 1e6)), size=CAPTION, muted=True)
        said = words(tr("From a GGUF file: {folder}", folder=here.folder), size=CAPTION, muted=True, wrap=True)
        self.setLayout(column(row(words(here.name, size=BODY, bold=True), state, None, self.delete), said, gap=2))


def _facts(model: BuiltInModel) -> str:
    return tr(
        "{purpose} {languages}, {count} M parameters, {licence} licence.",
        purpose=tr(model.purpose),
        languages=tr(model.languages),
        count=round(model.weights / 1e6),
        licence=model.licence,
    )


def _state(here: ModelHere) -> str:
    if here.is_here:
        return tr("{size} on this computer", size=memory(here.size / 1e6))
    if here.begun:
        return tr("{size} downloaded so far", size=memory(here.begun / 1e6))
    return tr("not on this computer")


def _what_needs(model: BuiltInModel, session: Session | None) -> str:
    """What a person loses with it."""
    waiting = [] if session is None else [run for run in session.project.runs() if _waits_for(run, model)]
    always = tr(
        "Tuned models keep working without {model}. New runs, suggestions and the quick model of projects that use it "
        "need it, and offer to download it again.",
        model=model.name,
    )
    if not waiting:
        return always
    runs = trn("Run {numbers} of this project still needs it.", "Runs {numbers} of this project still need it.",
               len(waiting), numbers=", ".join(str(run.number) for run in waiting))  # fmt: skip
    return f"{runs} {always}"


def _waits_for(run: RunRecord, model: BuiltInModel) -> bool:
    return run.model == model.id and run.status in ("queued", "interrupted", "running")
