"""The window: rail, header, the page in view, and what lies over them. It holds at most one session."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QWidget

from lepton_studio.errors import has_sentence, sentence_of
from lepton_studio.language import tr
from lepton_studio.project.opening import is_older
from lepton_studio.project.records import Filter, PredictionFilter
from lepton_studio.settings import Settings, save_settings, user_folder
from lepton_studio.tasks import load_part
from lepton_studio.ui.frame.app_cards import AppCards
from lepton_studio.ui.frame.banner import FaultBanner, PlaceBanner
from lepton_studio.ui.frame.closing import ask_before_leaving, ask_before_losing, going_on
from lepton_studio.ui.frame.dropping import Dropping
from lepton_studio.ui.frame.header import Header
from lepton_studio.ui.frame.menus import Menus
from lepton_studio.ui.frame.pages import PAGES
from lepton_studio.ui.frame.presence import Presence
from lepton_studio.ui.frame.project_files import ProjectFiles
from lepton_studio.ui.frame.rail import Rail
from lepton_studio.ui.frame.remapped import with_keys
from lepton_studio.ui.frame.run_in_header import RunInHeader
from lepton_studio.ui.frame.window_actions import window_actions
from lepton_studio.ui.frame.window_place import restore_place, saved_place
from lepton_studio.ui.frame.work_strip import WorkStrip
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.held_out import HeldOutNotice
from lepton_studio.ui.shared.history_steps import Offer
from lepton_studio.ui.shared.page import Page, key_of
from lepton_studio.ui.shared.read_only import why_only_read, without_changes
from lepton_studio.ui.shared.remembering import Remembering
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.start.opening import OpenedProject, create_project, open_project, open_sample_project
from lepton_studio.widgets.focus_ring import moving_by_key
from lepton_studio.widgets.layouts import column, row
from lepton_studio.widgets.page_room import page_room
from lepton_studio.widgets.toast import Toast

if TYPE_CHECKING:
    from lepton_studio.ui.start.page import StartPage

_NARROW = 1080
"""Pixels; a window less wide shows the rail's icons alone."""


class MainWindow(QMainWindow):
    """Composition only: what a part can do stands in its own module."""

    project_opened = Signal()

    def __init__(self, settings: Settings, *, save: Callable[[Settings], None] = save_settings) -> None:
        super().__init__()
        self.remembering = Remembering(settings, save=save, said=self._say_later)
        self.session: Session | None = None
        self._pages: dict[str, Page] = {}
        self._current: Page | None = None
        self._search_text = ""
        self._left: Path | None = None  # the project that was open before, and its page
        self.left_page = "label"
        self.setWindowTitle("Lepton Studio")

        self.header = Header()
        self.rail = Rail(PAGES)
        self.banner = FaultBanner()
        self.place_banner = PlaceBanner()
        self.stack = QStackedWidget()
        self._start_page: StartPage | None = None
        frame = QWidget()
        self.toast = Toast(frame)
        self.strip = WorkStrip(moved=self.toast.keep_above)
        frame.setLayout(
            row(
                self.rail,
                column(self.header, self.place_banner, self.banner, page_room(self.stack), self.strip, gap=0),
                gap=0,
            )  # the rail is full height
        )
        self.setCentralWidget(frame)
        self.files = ProjectFiles(self, over=self)
        self.dropping = Dropping(self, over=self)
        self.presence = Presence(self, over=self)
        self.run_in_header = RunInHeader(self)
        self.menus = Menus(self, told=lambda why: self.toast.say(why))
        self.cards = AppCards(self)
        self._connect()
        self._show_project_parts(False)
        restore_place(self, settings.geometry)

    # ---------------------------------------------------------------------------------------------- projects

    def open_project(self, folder: Path, *, page: str = "label") -> bool:
        """Open a project in place of the one that is open; say why where that cannot be."""
        if is_older(folder):
            said = tr(
                "Updating “{name}” to the current version. A large project can take a few minutes.", name=folder.stem
            )
            self.toast.say(said, seconds=3600)
        opened = open_project(folder)
        self.toast.hide()
        return self._take(opened, page=page)

    def create_project(self, folder: Path, task: str, labels: tuple[str, ...], files: tuple[Path, ...] = ()) -> bool:
        """Make a project and open it on its Data page, with the import of these files."""
        opened = self._take(create_project(folder, task=task, labels=labels), page="data")
        if opened and files:
            self.import_files(list(files))
        return opened

    def open_sample(self, task: str = "text_classification", *, texts: str = "") -> bool:
        """Open the sample project of a task, made on first use; of the first task, that with these texts."""
        return self._take(open_sample_project(user_folder(), task=task, texts=texts), page="label")

    def show_start_page(self) -> None:
        """Leave the project that is open and show the start page."""
        if self.leave_project(self.show_start_page):
            self._show_start()

    def forget_project(self, folder: Path) -> None:
        """Take a project out of the list of recent ones."""
        self.remember(self.settings.without_recent(folder))

    def _take(self, opened: OpenedProject, *, page: str) -> bool:
        if opened.project is None:
            if self.session is None:
                self._show_start()
            self.files.say_not_opened(opened)
            return False
        folder = opened.project.folder
        if not self.leave_project(lambda: self.open_project(folder, page=page)):
            opened.project.close()
            return False
        session = Session(opened.project, self, settings=self.settings)
        session.hub = self.cards.hub.connection
        session.settings_chosen.connect(lambda chosen: self.remember(dataclasses.replace(self.settings, **chosen)))
        self.session = session
        self._follow(session)
        self.header.show_project(opened.project.name)
        is_read = f" ({tr('Read-only')})" if opened.project.read_only else ""
        self.setWindowTitle(f"{opened.project.name}{is_read} · Lepton Studio")
        self.remember(self.settings.with_recent(opened.project.folder))
        self.project_opened.emit()
        self._show_project_parts(True)
        self._show_history()
        self.files.follow(session)
        try:
            self.open_page(page)
        except Exception as error:  # a damaged project is open all the same: it can be checked, and left
            if not has_sentence(error):
                raise
            self.toast.say(sentence_of(error), seconds=10)
        if said := opened.project.caught_up.sentence():
            self.toast.say(said, seconds=20)
        QTimer.singleShot(0, session.scheduler.look_for_left_runs)
        return True

    def leave_project(self, go_on: Callable[[], object], *, keep_running: bool | None = None) -> bool:
        """Close the project. False while something goes on: the person is asked; `go_on` is called after the answer."""
        session = self.session
        if session is None:
            return True
        if session.keeping.refused and not session.keeping.may_lose:
            ask_before_losing(self, go_on, save=self.files.save_elsewhere)
            return False
        if keep_running is None and (what := going_on(session)) is not None:
            ask_before_leaving(self, what, go_on)
            return False
        self.cards.end_tour()
        if self._current is not None:
            self._current.deactivate()
        self._left = session.project.folder
        self.left_page = self.page_id or "label"
        self.session, self._current = None, None
        for page in self._pages.values():
            self.stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._search_text = ""
        self.header.search.set_search("", anyway=True)
        session.close(keep_running=bool(keep_running))
        session.deleteLater()
        self.strip.forget()
        self._show_project_parts(False)
        return True

    def _follow(self, session: Session) -> None:
        for told in (session.changed, session.settled):
            told.connect(lambda _changes: self._show_history())
        session.said.connect(self._say)
        HeldOutNotice(session)
        session.offered.connect(self._offer)
        session.history_requested.connect(self.show_history)
        session.failed.connect(lambda sentence: self.toast.say(sentence, seconds=10))
        session.samples_requested.connect(self._show_samples)
        session.sample_requested.connect(self._show_sample)
        session.predictions_requested.connect(self._show_predictions)
        session.page_requested.connect(self.open_page)
        session.hub_requested.connect(self.cards.show_hub)
        session.models_requested.connect(self.cards.show_models)
        self.run_in_header.follow(session)
        self.strip.follow(session.background)
        session.fault_found.connect(self._raise)

    # ------------------------------------------------------------------------------------------------- pages

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.remembering.settings

    @property
    def page(self) -> Page | None:
        """The page in view."""
        return self._current

    @property
    def page_id(self) -> str:
        """The id of the page in view; "" on the start page."""
        return next((id for id, page in self._pages.items() if page is self._current), "")

    def open_page(self, page_id: str) -> None:
        """Bring a page into view; it is built on its first time."""
        if self.session is None:
            return
        page = self._pages.get(page_id)
        if page is None:
            entry = next(one for one in PAGES if one.id == page_id)
            page = cast(Page, load_part(entry.path)(self.session, self.stack))
            page.setAccessibleName(tr(entry.title))
            page.search_changed.connect(self._show_search)
            self._pages[page_id] = page
            self.stack.addWidget(page)
        if page is not self._current:
            if self._current is not None:
                self._current.deactivate()
            self._current = page
            self.stack.setCurrentWidget(page)
            self.rail.show_current(page_id)
            self.show_actions()
        searched = self._search_text
        page.activate()
        if page.shows_samples and page.search_text != searched:  # what is searched is searched on the next page too
            page.search(searched)
        self._show_search(searched)

    def all_actions(self) -> list[Action]:
        """The table: the page's actions first, then the window's; under the person's keys."""
        return with_keys(self.usual_actions(), self.settings.keys)

    def usual_actions(self) -> list[Action]:
        """The same with the keys that they come with."""
        own = list(self._current.actions_of_page()) if self._current is not None else []
        every = [*own, *self._own_actions()]
        return every if self.session is None else without_changes(every, self.session.project)

    def _own_actions(self) -> list[Action]:
        return window_actions(self, files=self.files, cards=self.cards)

    def show_actions(self) -> None:
        """Make the menus and the keys anew."""
        self.menus.show_actions(self.all_actions())

    def _show_start(self) -> None:
        from lepton_studio.ui.start.page import start_page_of

        if self._start_page is None:
            self._start_page = start_page_of(self)
            self.stack.addWidget(self._start_page)
        self._start_page.show_recent(self.settings.recent)
        self._start_page.show_left(self._left if self._left is not None and self._left.is_dir() else None)
        self.stack.setCurrentWidget(self._start_page)
        self.setWindowTitle("Lepton Studio")
        self._start_page.form.name.setFocus()
        self.show_actions()

    def _show_samples(self, which: Filter) -> None:
        self.open_page("label")
        self._pages["label"].show_samples(which)

    def _show_sample(self, sample: int) -> None:
        self.open_page("label")
        self._pages["label"].go_to_sample(sample)

    def _show_predictions(self, run_id: int, which: PredictionFilter) -> None:
        self.open_page("inspect")
        self._pages["inspect"].show_predictions(run_id, which)  # type: ignore[attr-defined]

    # ---------------------------------------------------------------------------------------------- commands

    def undo(self, *, sure: bool = False) -> None:
        """Take the last change back; a large one is asked about, unless the person is `sure`."""
        if self.session is not None and self._current is not None:
            self._current.flush()
            self.session.steps.undo(sure=sure)

    def redo(self) -> None:
        if self.session is not None and self._current is not None:
            self._current.flush()
            self.session.steps.redo()

    def show_history(self) -> None:
        """All changes, to go back and forth to any of them."""
        from lepton_studio.ui.frame.history_card import HistoryCard

        if self.session is not None and self._current is not None:
            self._current.flush()
            HistoryCard.over(self.toast.host).open_with(self.session)

    def focus_search(self) -> None:
        self.header.search.setFocus()
        self.header.search.selectAll()

    def show_palette(self) -> None:
        from lepton_studio.ui.frame.command_palette import CommandPalette

        CommandPalette.over(self.toast.host).open_with(self.all_actions())

    def show_keys(self) -> None:
        from lepton_studio.ui.frame.key_page import KeyPage

        of_page = self._current.keys_of_page() if self._current is not None else ()
        KeyPage.over(self.toast.host).open_with(self.all_actions(), keys=of_page)

    def choose_files(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileNames(self, tr("Import files"))
        if chosen:
            self.import_files([Path(one) for one in chosen])

    def take_files(self, files: list[Path]) -> None:
        """Have the start page make a project of these files."""
        if self._start_page is not None:
            self._start_page.take_files(files)

    def import_files(self, files: list[Path]) -> None:
        """Show these files in the import view."""
        if self.session is not None and not self.session.refuses():
            self.open_page("data")
            self._pages["data"].import_files(files)

    # ----------------------------------------------------------------------------------------- what is shown

    def show_fault(self, report: str) -> None:
        """A fault of ours: the banner with its report."""
        self.banner.show_report(report)

    def _say_later(self, sentence: str) -> None:
        QTimer.singleShot(0, self, lambda: self.toast.say(sentence, seconds=10))

    def _say(self, sentence: str, undoable: bool) -> None:
        if undoable:
            self.toast.say(sentence, action=tr("Undo"), run=lambda: self.undo(sure=True))
        else:
            self.toast.say(sentence, seconds=4)

    def _offer(self, offer: Offer) -> None:
        self.toast.say(offer.sentence, action=offer.action, run=offer.run, seconds=offer.seconds)

    def _show_history(self) -> None:
        if self.session is not None and not self.session.project.read_only:
            self.header.show_history(self.session.project.undo_name(), self.session.project.redo_name())
        elif self.session is not None:
            self.header.show_history(None, None, why_not=why_only_read(self.session.project))

    def _show_search(self, text: str) -> None:
        self._search_text = text
        self.header.search.set_search(text)

    def _search(self, text: str) -> None:
        self._search_text = text
        if self._current is not None and not self._current.search(text):
            self.open_page("label")
            self._pages["label"].search(text)

    def _raise(self, error: Exception) -> None:
        raise error  # into the excepthook: log, banner, report

    def _show_project_parts(self, shown: bool) -> None:
        self.rail.setVisible(shown)
        self.place_banner.setVisible(False)
        self.header.setVisible(shown)

    def remember(self, settings: Settings) -> None:
        """Use these settings from now on."""
        self.remembering.keep(settings)
        if self.session is not None:
            self.session.settings = settings
        if self._start_page is not None:
            self._start_page.show_recent(settings.recent)

    # ------------------------------------------------------------------------------------------------ events

    def _connect(self) -> None:
        self.rail.chosen.connect(self.open_page)
        self.header.searched.connect(self._search)
        self.header.search_left.connect(lambda: self._current and self._current.setFocus())
        self.header.undo_asked.connect(lambda: self.undo())
        self.header.redo_asked.connect(self.redo)

    def focusNextPrevChild(self, next: bool) -> bool:
        with moving_by_key():
            return super().focusNextPrevChild(next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rail.set_narrow(self.width() < _NARROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._current is not None and self.focusWidget() is None and self._current.run_plain_key(event):
            return
        for action in with_keys(self._own_actions(), self.settings.keys):
            if action.plain_key and QKeySequence(action.shortcut) == key_of(event) and action.enabled():
                action.run()
                return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.leave_project(self.close):
            event.ignore()
            return
        self.cards.close()
        self.remember(dataclasses.replace(self.settings, geometry=saved_place(self)))
        super().closeEvent(event)
