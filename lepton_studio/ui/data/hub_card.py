"""A dataset of the Hub: which one, which of its configurations and splits; its first rows lead into the import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lepton_studio.errors import sentence_of
from lepton_studio.hub_datasets.wanted import Offer, Wanted, dataset_id
from lepton_studio.language import tr
from lepton_studio.studio.hub_rows import HubRows, offer_words
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work, WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import button, quiet, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import TITLE

T = TypeVar("T")


class HubCard(Overlay):
    """`chosen(HubRows)`: the first rows of what was chosen. Escape closes the card and ends what it asked for."""

    chosen = Signal(object)

    def __init__(self, host: QWidget, session: Session) -> None:
        super().__init__(host, width=520)
        self._session = session
        self._offer: Offer | None = None
        self._asking: Work | None = None
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("owner/name"))
        self.name.setAccessibleName(tr("Dataset"))
        self.name.textEdited.connect(lambda _text: self._forget())
        self.config, self.split = ChoiceBox(), ChoiceBox()
        self.config.setAccessibleName(tr("Configuration"))
        self.split.setAccessibleName(tr("Split"))
        self.config.activated.connect(lambda _row: self.look(self.config.currentData()))
        self.form = Form(gap=12)
        sentence = tr("The name of a dataset of Parquet, CSV or JSON files, or the address of its page.")
        self.form.add("name", tr("Dataset"), field=self.name, sentence=sentence)
        self.form.add("config", tr("Configuration"), field=self.config)
        self.form.add("split", tr("Split"), field=self.split)
        self._told = words("", muted=True, wrap=True)
        self.go = button("", role="primary")
        self.go.clicked.connect(self._go)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Import from the Hugging Face Hub"), size=TITLE, bold=True))
        self.card_layout.addWidget(self.form)
        self.card_layout.addWidget(self._told)
        self.card_layout.addLayout(row(None, self.cancel, self.go))
        self.closed.connect(self._stop)
        self._forget()

    def ask(self) -> None:
        """Ask which one."""
        self.open_over()
        self.name.setFocus()
        self.name.selectAll()

    def look(self, config: str = "") -> None:
        """Find out what the dataset offers in this configuration, "" for its own choice."""
        meant = dataset_id(self.name.text())
        self.form.show_error("name", "" if meant else tr("This is not the name of a dataset, such as owner/name."))
        if meant is None:
            return
        id, revision = meant
        connection = self._session.hub()

        def work(progress: WorkContext) -> Offer:
            from lepton_studio.hub_datasets.asking import look

            wanted = Wanted(id, config=config, revision=revision)
            return look(wanted, connection=connection, should_stop=progress.should_stop)

        def done(offer: Offer) -> None:
            if not self._is_newest(asked):
                return
            self._offer = offer
            with quiet(self.config), quiet(self.split):
                self.config.clear()
                for one in offer.configs:
                    self.config.addItem(one, one)
                self.config.setCurrentIndex(offer.configs.index(offer.config))
                self.split.clear()
                if len(offer.splits) > 1:
                    self.split.addItem(tr("All splits"), tuple(offer.splits))
                for split in offer.splits:
                    self.split.addItem(split, (split,))
            self._show(offer_words(offer))

        asked = self._ask(tr("Asking the Hugging Face Hub…"), work, done)

    def show_first_rows(self) -> None:
        """Have the first rows of what is chosen, and go on with them."""
        offer, splits = self._offer, self.split.currentData()
        connection = self._session.hub()
        assert offer is not None

        def work(progress: WorkContext) -> HubRows:
            from lepton_studio.studio.hub_import import first_rows

            seen, path = first_rows(offer, splits[0], connection=connection, should_stop=progress.should_stop)
            return HubRows(seen, (path,), tuple(splits))

        def done(rows: HubRows) -> None:
            if self._is_newest(asked):
                self.close_over()
                self.chosen.emit(rows)

        asked = self._ask(tr("Reading the first rows…"), work, done)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go.isEnabled():
            self.close_over() if self.focusWidget() is self.cancel else self._go()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        self.look() if self._offer is None else self.show_first_rows()

    def _ask(self, told: str, work: Callable[[WorkContext], T], done: Callable[[T], object]) -> Work:
        self._stop()

        def failed(error: Exception) -> None:
            if self._is_newest(asked):
                self._show("")
                self.form.show_error("name", sentence_of(error))

        self.form.show_error("name", "")
        self._told.setText(told)
        self._told.show()
        self.go.setEnabled(False)
        asked = self._asking = self._session.run_in_background(told, work, done, failed=failed, quiet=True)
        return asked

    def _is_newest(self, asked: Work) -> bool:
        return self._asking is asked

    def _stop(self) -> None:
        """Nobody waits for the last answer any more."""
        if self._asking is not None:
            self._asking.stop.set()
            self._asking = None
            self.go.setEnabled(True)

    def _forget(self) -> None:
        self._stop()
        self._offer = None
        self._show("")

    def _show(self, told: str) -> None:
        is_known = self._offer is not None
        self.form.show_row("config", is_known and self.config.count() > 1)
        self.form.show_row("split", is_known)
        self._told.setText(told)
        self._told.setVisible(bool(told))
        self.go.setText(tr("Show the first rows") if is_known else tr("Look it up"))
        self.go.setEnabled(True)
