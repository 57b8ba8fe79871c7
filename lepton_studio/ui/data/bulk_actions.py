"""What can be done to many samples of the table at once; each is one step that can be undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, Filter, Label, Split
from lepton_studio.ui.data.bulk_label_card import BulkLabelCard
from lepton_studio.ui.data.bulk_labels import Decision, LabelPlan, plan_label, takes_several_labels
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount, value_shown, value_title
from lepton_studio.widgets.plain_text import menu_words
from lepton_studio.words import split_name

_AT_ONCE = 500
"""So many samples are changed while the window waits."""
_UNASKED = 20
"""So many samples get a label without a question, where nothing is overwritten."""
_MOST_COPIED = 100_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """The samples that are chosen: those of a filter, and how many they are."""

    which: Filter
    count: int


class BulkActions:
    """Of one session; questions open over the window of `host`."""

    def __init__(self, session: Session, host: QWidget) -> None:
        self._session = session
        self._host = host

    def menu(self, chosen: Chosen, parent: QWidget) -> QMenu:
        """All of them, for what is chosen."""
        menu = QMenu(parent)
        if self._session.task.from_labels is not None:
            labels = menu.addMenu(tr("Label as"))
            for label in self._session.project.labels():
                labels.addAction(menu_words(label.name), partial(self.label, chosen, label))
        splits = menu.addMenu(tr("Move to split"))
        for split in SPLITS:
            splits.addAction(split_name(split), partial(self.move, chosen, split))
        menu.addSeparator()
        menu.addAction(tr("Skip"), partial(self.skip, chosen, True))
        menu.addAction(tr("Do not skip"), partial(self.skip, chosen, False))
        menu.addAction(tr("Flag"), partial(self.flag, chosen, True))
        menu.addAction(tr("Remove flag"), partial(self.flag, chosen, False))
        menu.addSeparator()
        menu.addAction(tr("Copy"), partial(self.copy, chosen))
        menu.addAction(tr("Remove from project"), partial(self.remove, chosen))
        return menu

    def label(self, chosen: Chosen, label: Label) -> None:
        """Give all of them one label; what a person labelled otherwise stays, unless they say so."""
        session, task = self._session, self._session.task
        adds = takes_several_labels(task)

        def write(rows: list[Decision]) -> None:
            say = tr("Labelled “{label}”: {n}", n=amount(len(rows)), label=label.name)
            self._write(len(rows), lambda project: project.annotate_many(rows, name=say), say=say)

        def done(plan: LabelPlan) -> None:
            if len(plan.new) <= _UNASKED and plan.new and not plan.changed and not plan.by_hand:
                write(plan.new)
            else:
                BulkLabelCard.over(self._host.window()).ask(plan, label=label.name, adds=adds, write=write)

        def work(progress: WorkContext) -> LabelPlan:
            return plan_label(progress, chosen.which, task=task, label=label.id)

        session.run_in_background(tr("Label as “{label}”", label=label.name), work, done, quiet=chosen.count < _AT_ONCE)

    def move(self, chosen: Chosen, split: Split) -> None:
        """Move all of them to one split."""
        say = tr("Moved to {split}: {n}", n=amount(chosen.count), split=split_name(split))
        self._write(chosen.count, lambda one: one.set_split(one.sample_ids(chosen.which), split), say=say)

    def skip(self, chosen: Chosen, skipped: bool) -> None:
        """Put all of them aside, or take that back."""
        say = (
            tr("Skipped: {n}", n=amount(chosen.count))
            if skipped
            else tr("No longer skipped: {n}", n=amount(chosen.count))
        )
        self._write(chosen.count, lambda one: one.skip_many(one.sample_ids(chosen.which), skipped), say=say)

    def flag(self, chosen: Chosen, flagged: bool) -> None:
        """Flag all of them, or take the flags off."""
        say = (
            tr("Flagged: {n}", n=amount(chosen.count)) if flagged else tr("Flags removed: {n}", n=amount(chosen.count))
        )
        self._write(chosen.count, lambda one: one.flag_many(one.sample_ids(chosen.which), flagged), say=say)

    def remove(self, chosen: Chosen) -> None:
        """Take all of them out of the project."""
        say = trn("{count} sample removed from the project.", "{count} samples removed from the project.", chosen.count)
        self._write(chosen.count, lambda one: one.remove_samples(one.sample_ids(chosen.which)), say=say)

    def remove_copies(self) -> None:
        """Of each text that stands in the project more than once take all out but one, in one step."""
        session = self._session

        def done(ids: tuple[int, ...]) -> None:
            if ids:
                self.remove(Chosen(Filter(ids=ids), len(ids)))
            else:
                session.said.emit(
                    tr("The duplicates that are left have different annotations. Resolve those first."), False
                )

        session.run_in_background(
            tr("Looking for duplicates"), lambda progress: progress.project.further_copies(), done, quiet=True
        )

    def copy(self, chosen: Chosen) -> None:
        """Put all of them on the clipboard as a table: text, annotation, split, note."""
        task = self._session.task

        def work(progress: WorkContext) -> str:
            labels = {label.id: label for label in progress.project.labels()}
            written = io.StringIO()
            rows = csv.writer(written, delimiter="\t", lineterminator="\n")
            rows.writerow((tr("Text"), value_title(task), tr("Split"), tr("Note")))
            for done, sample in enumerate(progress.project.all_rows(chosen.which)):
                progress(done, chosen.count)
                if done == _MOST_COPIED:
                    break
                value = "" if sample.value is None else value_shown(sample.value, task=task, labels=labels).words
                rows.writerow((sample.caption, value, split_name(sample.split) if sample.split else "", sample.note))
            return written.getvalue()

        def done(table: str) -> None:
            QGuiApplication.clipboard().setText(table)
            if chosen.count > _MOST_COPIED:
                self._session.said.emit(
                    tr("Copied the first {n}. To get all of them, use Export.", n=amount(_MOST_COPIED)), False
                )
            else:
                said = trn("{count} sample copied.", "{count} samples copied.", chosen.count)
                self._session.said.emit(said, False)

        self._session.run_in_background(tr("Copying"), work, done, quiet=chosen.count < _AT_ONCE)

    def _write(self, count: int, write: Callable[[Project], Changes | None], *, say: str) -> None:
        if count <= _AT_ONCE:
            self._session.perform(write, say=say)
        else:
            self._session.perform_in_background(say, write, say=say)
