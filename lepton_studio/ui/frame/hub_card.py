"""From the Hub: search for a model, see what it is, download it, tune it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QWidget

from lepton_studio.hub.in_words import languages_in_words, size_in_words
from lepton_studio.hub.places import HubName, hub_name, snapshot_of
from lepton_studio.hub.requests import FoundModel, SearchModels
from lepton_studio.hub.usable import fitting, why_not_in_words
from lepton_studio.language import tr, trn
from lepton_studio.studio.hub_search import hub_languages, hub_tasks, is_for_reading, likely_language, search_for
from lepton_studio.ui.frame.hub_models import HubTable
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.hub_desk import Amount, HubDesk
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, column, line, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE, text_font

_WIDTH, _HEIGHT = 900, 250
_REST = 250
"""Milliseconds that a model must stay chosen until more is asked of it."""


class HubCard(Overlay):
    """Escape closes the card; a download goes on. `chosen(str)`: the model to tune. `settings_asked()`."""

    manual = "howto-which-model"

    chosen = Signal(str)
    settings_asked = Signal()

    def __init__(self, host: QWidget, desk: HubDesk) -> None:
        super().__init__(host, width=_WIDTH)
        self._desk = desk
        self._session: Session | None = None
        self._reads = False
        self._has_searched = False
        self._shown: FoundModel | None = None
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("Name, such as bert or owner/name"))
        self.words.setAccessibleName(tr("Model name"))
        self.words.setClearButtonEnabled(True)
        self.task = _choice(hub_tasks(), name=tr("Task"))
        self.language = _choice(hub_languages(), name=tr("Language"))
        self.search = button(tr("Search"))
        self.table = HubTable(height=_HEIGHT)
        self.says = words(size=BODY, muted=True, wrap=True)
        self.name = words(size=BODY, bold=True)
        self.facts = words(size=CAPTION, muted=True, wrap=True)
        self.warning = words(size=CAPTION, wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Download progress"))
        self.amount = words(size=CAPTION, muted=True)
        self.amount.setFont(text_font(CAPTION, tabular=True))
        self.cancel = button(tr("Cancel"), role="quiet", name=tr("Cancel the download"))
        self.get = button(tr("Download"), role="primary")
        self.use = button(tr("Use for tuning"), role="primary")
        self.delete = button(tr("Delete"), role="quiet")
        self._is_sure = False
        """The next press of Delete deletes."""
        self.close_button = button(tr("Close"))
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._progress = QWidget()
        self._lay_out()
        self._connect()
        self._show_model(None)
        self._show_download(None)

    def open_with(self, session: Session | None, *, model: str = "") -> None:
        """Show it, for the project that is open; `model`: what was typed elsewhere."""
        if session is not self._session:
            self._session = session
            self._reads = session is not None and is_for_reading(session.project)
            if session is not None:
                self._propose(session)
        if model:
            self.words.setText(model)
        self._say_state()
        if not self._has_searched:
            self._desk.look_around()
        self.open_over()
        self.words.setFocus()
        self.words.selectAll()

    def _propose(self, session: Session) -> None:
        """The task and the language of the project, until the person says otherwise."""
        asked = search_for(session.task, "")
        self.task.setCurrentIndex(max(0, self.task.findData(asked.task)))

        def show(code: str) -> None:
            if not self._has_searched:
                self.language.setCurrentIndex(max(0, self.language.findData(code)))

        session.run_in_background(
            tr("Looking at the texts"), lambda work: likely_language(work.project), show, quiet=True, is_awaited=False
        )

    def _search(self) -> None:
        if self._desk.is_offline:
            self._say_state()
            return
        asked = SearchModels(
            self.words.text().strip(), task=self.task.currentData(), language=self.language.currentData()
        )
        self._has_searched = True
        self.says.setText(tr("Searching…"))
        self.search.setEnabled(False)
        self._desk.search(asked)

    def _delete(self) -> None:
        """The first press says what it means, the second deletes."""
        if self._shown is None:
            return
        if not self._is_sure:
            self._is_sure = True
            self.delete.setText(tr("Delete for good"))
            self.says.setText(
                tr("Other programs that use {name} need it, too. Tuned models keep working.", name=self._shown.id)
            )
            return
        self.says.setText(tr("Deleted {models}.", models=self._shown.id))
        self._desk.delete(HubName(self._shown.id))

    def _take_kept(self, kept: list[FoundModel]) -> None:
        """Models that are here stand in the table until something was searched."""
        if self._has_searched:
            self._show_model(self.table.current())
        elif not kept:
            self.table.models.show_found([])
            self._show_model(None)
        else:
            self.table.models.show_found([fitting(one, reads=self._reads) for one in kept])
            said = trn(
                "{count} model from the Hub is on this computer.",
                "{count} models from the Hub are on this computer.",
                len(kept),
            )
            self.says.setText(f"{said} {self.says.text()}")

    def _take_found(self, found: list[FoundModel]) -> None:
        self.search.setEnabled(True)
        self.table.models.show_found([fitting(one, reads=self._reads) for one in found])
        self._show_model(None)
        if found:
            self.says.setText(
                trn("{count} model, most downloaded first.", "{count} models, most downloaded first.", len(found))
            )
            self.table.selectRow(0)
            self.table.setFocus()
        else:
            self.says.setText(tr("No model on the Hub matches. Try fewer words, another task or any language."))

    def _choose(self) -> None:
        one = self.table.current()
        self._show_model(one)
        if one is not None:
            self._rest.start()

    def _look(self) -> None:
        if self._shown is not None and not self._shown.is_exact and not self._desk.is_offline:
            self._desk.look(HubName(self._shown.id))

    def _take_look(self, one: FoundModel) -> None:
        if self._shown is not None and one.id == self._shown.id:
            self._show_model(fitting(one, reads=self._reads))

    def _show_model(self, one: FoundModel | None) -> None:
        self._shown = one
        self._is_sure = False
        self.delete.setText(tr("Delete"))
        for part in (self.name, self.facts, self.warning):
            part.setVisible(one is not None)
        if one is not None:
            self.name.setText(one.id)
            self.facts.setText(_facts(one))
            why = why_not_in_words(one.why_not, model_type=one.model_type)
            if not why and one.gated:
                why = tr(
                    "Its authors grant access on request: accept the terms at {page}, and enter your access token in "
                    "the settings.",
                    page=f"{self._desk.connection().address}/{one.id}",
                )
            self.warning.setText(why)
            self.warning.setVisible(bool(why))
        self._show_buttons()

    def _show_buttons(self) -> None:
        one = self._shown
        is_here = one is not None and _is_here(one)
        self.get.setVisible(not is_here)
        self.get.setEnabled(one is not None and not one.why_not and self._desk.downloads is None)
        self.use.setVisible(is_here)
        self.use.setEnabled(self._session is not None)
        self.delete.setVisible(is_here)
        self.delete.setEnabled(self._desk.downloads is None)

    def _get(self) -> None:
        if self._shown is not None:
            name = HubName(self._shown.id)
            self._desk.fetch(name)
            self._show_download(name)

    def _show_download(self, name: HubName | None) -> None:
        self._progress.setVisible(name is not None)
        self.bar.setRange(0, 0)
        self.amount.setText("" if name is None else tr("Connecting…"))
        self.cancel.setEnabled(True)
        self._show_buttons()

    def _show_amount(self, amount: Amount) -> None:
        self._progress.setVisible(True)
        self.bar.setRange(0, 1000)
        self.bar.setValue(amount.done * 1000 // max(1, amount.total))
        self.amount.setText(amount.words)

    def _take_fetched(self, name: HubName) -> None:
        self._show_download(None)
        self.says.setText(tr("{name} is on this computer now.", name=name.id))

    def _take_failure(self, kind: str, sentence: str) -> None:
        if kind == "token":
            return
        self.search.setEnabled(True)
        if kind == "download":
            self._show_download(None)
            self.says.setText(sentence or tr("Download cancelled. The next one continues where it stopped."))
        elif sentence:
            self.says.setText(sentence)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._desk.cancel_fetch()

    def _use(self) -> None:
        if self._shown is not None:
            self.close_over()
            self.chosen.emit(self._shown.id)

    def _say_state(self) -> None:
        is_offline = self._desk.is_offline
        self.search.setEnabled(not is_offline)
        if is_offline:
            self.says.setText(tr("Offline mode is on, so nothing can be searched or downloaded."))
        elif not self._has_searched:
            self.says.setText(tr("Nothing is sent before you press Search."))
        self._show_buttons()

    def _lay_out(self) -> None:
        settings = button(tr("Settings…"), role="quiet", name=tr("Hub settings"))
        settings.clicked.connect(self.settings_asked)
        self.words.setMinimumWidth(260)
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setLayout(column(self.table, margins=(1, 1, 1, 1)))
        self._progress.setLayout(row(self.bar, self.amount, self.cancel, gap=12))
        title = words(tr("Models from the Hugging Face Hub"), size=TITLE, bold=True)
        fields = row(self.words, self.task, self.language, self.search)
        fields.setStretch(0, 1)
        for part in (
            row(title, None, settings), fields, frame, self.says, column(self.name, self.facts, self.warning, gap=4),
            self._progress, line(), row(self.get, self.use, self.delete, None, self.close_button),
        ):  # fmt: skip
            if isinstance(part, QWidget):
                self.card_layout.addWidget(part)
            else:
                self.card_layout.addLayout(part)

    def _connect(self) -> None:
        self.words.returnPressed.connect(self._search)
        self.search.clicked.connect(self._search)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._choose())
        self._rest.timeout.connect(self._look)
        self.get.clicked.connect(self._get)
        self.use.clicked.connect(self._use)
        self.delete.clicked.connect(self._delete)
        self.cancel.clicked.connect(self._cancel)
        self.close_button.clicked.connect(self.close_over)
        self._desk.kept.connect(self._take_kept)
        self._desk.found.connect(self._take_found)
        self._desk.looked.connect(self._take_look)
        self._desk.progressed.connect(self._show_amount)
        self._desk.fetched.connect(self._take_fetched)
        self._desk.failed.connect(self._take_failure)


def _choice(options: tuple[tuple[str, str], ...], *, name: str) -> ChoiceBox:
    box = ChoiceBox()
    box.setAccessibleName(name)
    for value, title in options:
        box.addItem(title, value)
    return box


def _facts(one: FoundModel) -> str:
    """What is known of a model, in a line."""
    known = [
        tr("Download: {size}", size=size_in_words(one)) if one.size else "",
        tr("Licence: {licence}", licence=one.licence) if one.licence else tr("No licence stated"),
        tr("Languages: {languages}", languages=languages_in_words(one, most=8)) if one.languages else "",
        tr("{count} M parameters", count=f"{one.weights / 1e6:,.0f}") if one.weights else "",
        tr("Architecture: {name}", name=one.model_type) if one.model_type else "",
        tr("Last changed on {date}", date=one.changed) if one.changed else "",
        tr("Revision {revision}", revision=one.commit[:8]) if one.commit else "",
    ]
    return " · ".join(fact for fact in known if fact)


def _is_here(one: FoundModel) -> bool:
    name = hub_name(one.id)
    return name is not None and snapshot_of(name) is not None
