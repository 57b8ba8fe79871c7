"""The window's way to the Hub: a search, a look, a download at a time, each in a thread; nothing unless it is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal

from lepton_studio.errors import Cancelled, has_sentence, sentence_of
from lepton_studio.hub import asking
from lepton_studio.hub.connection import Connection, connection_of
from lepton_studio.hub.failures import HubFailure
from lepton_studio.hub.in_words import amount_in_words
from lepton_studio.hub.places import HubName, delete_model
from lepton_studio.hub.requests import Fetched, FoundModel, SearchModels
from lepton_studio.progress import Pace
from lepton_studio.settings import Settings
from lepton_studio.stopping import ended_by
from lepton_studio.studio.hub_search import models_here

Kind = Literal["here", "search", "look", "download", "token"]


@dataclass(frozen=True, slots=True)
class Amount:
    """How far a download is: bytes, and the same in words with the time that is left."""

    done: int
    total: int
    words: str


@dataclass(eq=False)
class _Work:
    kind: Kind
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class HubDesk(QObject):
    """One for the window. Of each kind of work one goes on at a time: a newer one takes the place of the older.

    Signals: `kept(list[FoundModel])` of those that are on this computer, `found(list[FoundModel])`,
    `looked(FoundModel)`, `progressed(Amount)`, `fetched(HubName)`, `token_said(TokenSaid)`; `failed(Kind, str)` with a
    sentence, "" where the person cancelled.
    """

    kept = Signal(object)
    found = Signal(object)
    looked = Signal(object)
    progressed = Signal(object)
    fetched = Signal(object)
    token_said = Signal(object)
    failed = Signal(str, str)
    fault_found = Signal(object)
    _ended = Signal(object, object, object, object)
    _amount = Signal(object, object)

    def __init__(self, settings: Callable[[], Settings], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._works: dict[Kind, _Work] = {}
        self._token = ""
        """Kept until the window is closed, where the system has no keyring."""
        self.downloads: HubName | None = None
        """What is being downloaded."""
        queued = Qt.ConnectionType.QueuedConnection
        self._ended.connect(self._hand_over, queued)
        self._amount.connect(self._show_amount, queued)

    @property
    def is_offline(self) -> bool:
        """Nothing is asked."""
        return self.connection().is_offline

    @property
    def is_idle(self) -> bool:
        """Nothing goes on."""
        return not self._works

    def connection(self) -> Connection:
        """As the settings are now."""
        return connection_of(self._settings(), token=self._token)

    def search(self, asked: SearchModels) -> None:
        """Look for models; `found` or `failed` follows."""
        self._begin("search", lambda hub: asking.search(asked, connection=hub), self.found.emit)

    def look_around(self) -> None:
        """Which models of the Hub are on this computer; `kept` follows. Asks nobody."""
        self._begin("here", lambda _hub: models_here(), self.kept.emit)

    def delete(self, name: HubName) -> None:
        """Remove a model from this computer; `kept` follows."""

        def work(_hub: Connection) -> list[FoundModel]:
            delete_model(name.id)
            return models_here()

        self._begin("here", work, self.kept.emit)

    def look(self, name: HubName) -> None:
        """Ask for all that is known of one; `looked` or `failed` follows."""
        self._begin("look", lambda hub: asking.describe(name, connection=hub), self.looked.emit)

    def fetch(self, name: HubName) -> None:
        """Download it; `progressed`, then `fetched` or `failed` follow."""
        self.downloads = name
        work = _Work("download")
        pace = Pace()

        def tell(one: Fetched) -> None:
            self._amount.emit(work, Amount(one.done, one.total, amount_in_words(name.id, one, pace=pace)))

        def done(_ready: object) -> None:
            self.downloads = None
            self.fetched.emit(name)

        self._begin("download", lambda hub: asking.fetch(name, connection=hub, progress=tell), done, work=work)

    def cancel_fetch(self) -> None:
        """End the download; what has come stays for the next attempt."""
        if (work := self._works.get("download")) is not None:
            work.stop.set()

    def ask_token(self, *, check: bool) -> None:
        """Where the token comes from, and with `check` whose it is; `token_said` or `failed` follows."""
        self._begin("token", lambda hub: asking.about_token(check=check, connection=hub), self.token_said.emit)

    def keep_token(self, token: str) -> None:
        """Keep a token (none for "") in the keyring, or for this session where there is no keyring."""
        self._token = ""

        def keep(hub: Connection) -> object:
            try:
                asking.keep_token(token, connection=hub)
            except HubFailure as failure:
                if failure.reason != "no_keyring":
                    raise
                self._token = token  # the next connection has it
            return asking.about_token(check=bool(token) and not hub.is_offline, connection=self.connection())

        self._begin("token", keep, self.token_said.emit)

    def close(self) -> None:
        """End all work and wait for its threads."""
        works, self._works = list(self._works.values()), {}
        for work in works:
            work.stop.set()
        for work in works:
            if work.thread is not None:
                work.thread.join()

    def _begin(
        self,
        kind: Kind,
        function: Callable[[Connection], Any],
        done: Callable[[Any], object],
        *,
        work: _Work | None = None,
    ) -> None:
        if (older := self._works.get(kind)) is not None:
            older.stop.set()
        work = work or _Work(kind)
        hub = self.connection()
        self._works[kind] = work

        def check() -> None:
            if work.stop.is_set():
                raise Cancelled

        def body() -> None:
            answer, error = None, None
            try:
                with ended_by(check):
                    answer = function(hub)
            except Exception as raised:
                error = raised
            self._ended.emit(work, answer, error, done)

        work.thread = threading.Thread(target=body, name=f"hub {kind}", daemon=True)
        work.thread.start()

    def _show_amount(self, work: _Work, amount: Amount) -> None:
        if self._works.get(work.kind) is work:
            self.progressed.emit(amount)

    def _hand_over(self, work: _Work, answer: object, error: Exception | None, done: Callable[[Any], object]) -> None:
        if work.thread is not None:
            work.thread.join()
        if self._works.get(work.kind) is not work:
            return
        del self._works[work.kind]
        if error is None:
            done(answer)
            return
        if work.kind == "download":
            self.downloads = None
        is_foreseen = isinstance(error, Cancelled) or has_sentence(error)
        self.failed.emit(work.kind, "" if isinstance(error, Cancelled) else sentence_of(error) if is_foreseen else "")
        if not is_foreseen:
            self.fault_found.emit(error)
