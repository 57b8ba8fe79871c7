"""The Data page: what is in the project, the way in for files, and all samples as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QStackedLayout, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import AS_GIVEN, Filter, Sample
from lepton_studio.project.statistics import DuplicateGroup
from lepton_studio.ui.bulk.rule_actions import rule_actions
from lepton_studio.ui.data.overview import Overview, OverviewPanel, read_overview
from lepton_studio.ui.data.problems_card import ProblemsCard
from lepton_studio.ui.data.samples_table import SamplesTable
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.layouts import column

if TYPE_CHECKING:
    from lepton_studio.studio.hub_rows import HubRows
    from lepton_studio.ui.data.hub_card import HubCard
    from lepton_studio.ui.data.import_view import ImportView

_EMPTY, _FULL, _IMPORT = 0, 1, 2


class DataPage(Page):
    """Three views: nothing yet, the project, an import."""

    shows_samples = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._overview: Overview | None = None
        self._counting = self._count_again = False
        self._importing: ImportView | None = None
        self._hub_card: HubCard | None = None
        self.panel = OverviewPanel(has_labels=bool(session.task.label_kinds))
        self.panel.conflicts_wanted.connect(self._show_conflicts)
        self.panel.problems_wanted.connect(self._show_problems)
        self.table = SamplesTable(session)
        self.table.opened.connect(self._open_sample)
        self.panel.wanted.connect(self.table.show_filter)
        self.table.filter_changed.connect(lambda which: self.search_changed.emit(which.search))
        self.panel.import_wanted.connect(self.choose_files)
        self.panel.dataset_wanted.connect(self.choose_dataset)
        self._empty = EmptyState(
            "upload",
            tr("Import your texts"),
            sentence=tr(
                "Drop a CSV, Excel, JSON, Parquet or text file anywhere in this window. You see the first "
                "rows and choose which column is the text and which is the label."
            ),
            steps=[
                NextStep(tr("Choose files…"), self.choose_files),
                NextStep(tr("From the Hub…"), self.choose_dataset),
            ],
        )
        grey_if_only_read(session.project, self.panel.import_button, self.panel.dataset_button, *self._empty.buttons)
        full = QWidget()
        full.setLayout(column(self.panel, 8, self.table, gap=8, margins=(24, 16, 24, 24)))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(full)
        self._conflicts = Look(session, tr("Looking for duplicates"))
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(120)
        self._ask.timeout.connect(self._count)

    def refresh(self) -> None:
        if self.session.project.count() == 0:
            self._show(_EMPTY)
        else:
            self.table.show_filter(self.table.model.filter)
            self._show(_FULL)
            self._ask.start(0)

    def show_changes(self, changes: Changes) -> None:
        if changes.structure or self._stack.currentIndex() == _EMPTY:
            self.refresh()
        else:
            self.table.show_changes(changes)
            self._ask.start()

    def show_samples(self, which: Filter) -> None:
        """Show these samples in the table."""
        self.table.show_filter(which)

    @property
    def search_text(self) -> str:
        return self.table.model.filter.search

    def search(self, text: str) -> bool:
        self.table.show_filter(replace(self.table.model.filter, search=text))
        return True

    def actions_of_page(self) -> Sequence[Action]:
        title = tr("Label selected samples as…")
        chosen = Action("label_selected", title, self.table.choose_label, "L", "label", lambda: self.table.has_chosen)
        near = Action("near_groups", tr("Show nearly equal texts together"), self.show_near_groups, "", "label")
        return [chosen, near, *rule_actions(self.session, self)]

    def show_near_groups(self) -> None:
        """Show the samples that have a nearly equal one, group by group, to be labelled together."""
        from lepton_studio.studio.near_groups import NearGroups, near_groups

        def show(found: NearGroups) -> None:
            if not found.groups:
                self.session.said.emit(tr("No text that is not labelled is nearly equal to another one."), False)
                return
            ids = tuple(id for group in found.groups for id in group)
            self.table.show_filter(Filter(ids=ids, order=AS_GIVEN))
            said = trn(
                "{count} group of nearly equal texts, the largest first.",
                "{count} groups of nearly equal texts, the largest first.",
                len(found.groups),
            )
            self.session.said.emit(said, False)

        self.session.run_in_background(
            tr("Comparing texts"),
            lambda progress: near_groups(progress.project, told=progress, should_stop=progress.should_stop),
            show,
        )

    def import_files(self, files: Sequence[Path]) -> None:
        self._import_view().show_files(files)
        self._stack.setCurrentIndex(_IMPORT)

    def choose_dataset(self) -> None:
        """Ask for a dataset of the Hub to import."""
        from lepton_studio.ui.data.hub_card import HubCard

        if self._hub_card is None:
            self._hub_card = HubCard(self, self.session)
            self._hub_card.chosen.connect(self._import_dataset)
        self._hub_card.ask()

    @property
    def hub_card(self) -> HubCard | None:
        """The card that asks for a dataset of the Hub, once it was shown."""
        return self._hub_card

    def _import_dataset(self, rows: HubRows) -> None:
        self._import_view().show_dataset(rows)
        self._stack.setCurrentIndex(_IMPORT)

    def _import_view(self) -> ImportView:
        from lepton_studio.ui.data.import_view import ImportView

        if self._importing is None:
            self._importing = ImportView(self.session, self)
            self._importing.left.connect(self._leave_import)
            self._stack.addWidget(self._importing)
        return self._importing

    @property
    def import_view(self) -> ImportView | None:
        """The import view, once files have been shown in it."""
        return self._importing

    def choose_files(self) -> None:
        """Ask for files to import."""
        chosen, _kind = QFileDialog.getOpenFileNames(self, tr("Import files"))
        if chosen:
            self.import_files([Path(one) for one in chosen])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panel.set_room(plenty=self.height() >= 600)

    def _show(self, view: int) -> None:
        if self._stack.currentIndex() != _IMPORT:
            self._stack.setCurrentIndex(view)

    def _leave_import(self) -> None:
        self._stack.setCurrentIndex(_EMPTY if self.session.project.count() == 0 else _FULL)
        self.setFocus()

    def _open_sample(self, sample: Sample) -> None:
        self.session.show_samples(replace(self.table.model.filter))
        self.session.sample_requested.emit(sample.id)

    def _show_conflicts(self) -> None:
        def show(groups: list[DuplicateGroup]) -> None:
            self.table.show_together(Filter(ids=tuple(sorted(one for group in groups for one in group.samples))))

        self._conflicts.ask(lambda project: project.duplicate_groups(conflicts_only=True, limit=500), show)

    def _show_problems(self) -> None:
        if self._overview is not None:
            ProblemsCard.over(self).open_with(self._overview.problems)

    def _count(self) -> None:
        if not self.session.is_open:
            return
        if self._counting:
            self._count_again = True
            return
        self._counting = True
        self.session.run_in_background(
            tr("Counting samples"),
            lambda progress: read_overview(progress.project),
            self._take,
            failed=lambda _error: self._done(),
            quiet=True,
        )

    def _take(self, overview: Overview) -> None:
        self._overview = overview
        self.panel.show_overview(overview, self.session.project.labels())
        self._done()

    def _done(self) -> None:
        self._counting = False
        if self._count_again:
            self._count_again = False
            self._ask.start()
