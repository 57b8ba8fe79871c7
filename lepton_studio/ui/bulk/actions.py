"""What can be done to many samples at once, from any list; each is one step that can be undone."""

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
from lepton_studio.project.records import SPLITS, Filter, Split
from lepton_studio.studio.bulk import (
    BulkChoice,
    BulkPlan,
    BulkStep,
    Change,
    ChosenBy,
    accept_of_model,
    accept_suggestions,
    apply,
    bulk_choices,
    plan,
)
from lepton_studio.ui.bulk.step_card import BulkStepCard
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.read_only import grey_if_only_read
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
    """The samples that are chosen: those of a filter, how many they are, and who or what chose them."""

    which: Filter
    count: int
    by: ChosenBy = "hand"


class BulkActions:
    """Of one session; questions open over the window of `host`."""

    def __init__(self, session: Session, host: QWidget) -> None:
        self._session = session
        self._host = host

    def choices(self) -> list[BulkChoice]:
        """The values that many samples can be given."""
        return bulk_choices(self._session.task, self._session.project)

    def menu(self, chosen: Chosen, parent: QWidget) -> QMenu:
        """All of them, for what is chosen."""
        menu, project = QMenu(parent), self._session.project
        if choices := self.choices():
            labels = menu.addMenu(tr("Label as"))
            for choice in choices:
                labels.addAction(menu_words(choice.words), partial(self.give, chosen, choice))
            grey_if_only_read(project, labels.menuAction())
        if self._acceptance(chosen.which) is not None:
            grey_if_only_read(project, menu.addAction(tr("Accept suggestions"), partial(self.accept, chosen)))
        splits = menu.addMenu(tr("Move to split"))
        for split in SPLITS:
            splits.addAction(split_name(split), partial(self.move, chosen, split))
        menu.addSeparator()
        marks = (
            menu.addAction(tr("Skip"), partial(self.skip, chosen, True)),
            menu.addAction(tr("Do not skip"), partial(self.skip, chosen, False)),
            menu.addAction(tr("Flag"), partial(self.flag, chosen, True)),
            menu.addAction(tr("Remove flag"), partial(self.flag, chosen, False)),
        )
        menu.addSeparator()
        menu.addAction(tr("Copy"), partial(self.copy, chosen))
        removal = menu.addAction(tr("Remove from project"), partial(self.remove, chosen))
        grey_if_only_read(project, splits.menuAction(), *marks, removal)
        return menu

    def give(self, chosen: Chosen, choice: BulkChoice) -> None:
        """Give all of them one value."""
        self.run(choice.step(chosen.which, chosen.by), count=chosen.count)

    def accept(self, chosen: Chosen) -> None:
        """Give each of them what is suggested for it."""
        if step := self._acceptance(chosen.which):
            self.run(step, count=chosen.count)

    def run(self, step: BulkStep, *, count: int) -> None:
        """Find out beside the window what the step would change to so many samples, show it, and do it if the person
        says so. A few unlabelled samples that a person or a filter chose get their value at once.
        """
        self.run_made(step.title, lambda _progress: step, is_quiet=count < _AT_ONCE)

    def run_made(self, title: str, make: Callable[[WorkContext], BulkStep], *, is_quiet: bool = False) -> None:
        """As `run`, for a step that is made beside the window too."""
        session, task = self._session, self._session.task

        def write(step: BulkStep, changes: list[Change]) -> None:
            say = tr("{title}. Samples changed: {n}", title=step.title, n=amount(len(changes)))
            self._write(len(changes), lambda project: apply(project, step, changes), say=say)

        def done(found: tuple[BulkStep, BulkPlan]) -> None:
            step, planned = found
            if step.split is None and len(planned.changes) <= _UNASKED and planned.is_plain:
                write(step, planned.changes)
            else:
                BulkStepCard.over(self._host.window()).ask(step, planned, write=partial(write, step))

        def work(progress: WorkContext) -> tuple[BulkStep, BulkPlan]:
            step = make(progress)
            return step, plan(progress.project, step, task=task, progress=progress)

        session.run_in_background(title, work, done, quiet=is_quiet)

    def _acceptance(self, which: Filter) -> BulkStep | None:
        """To accept what the instant model says, else what counts first of what is stored; None where nothing is."""
        model = self._session.instant.of_whole_texts
        if model is not None:
            return accept_of_model(model, which)
        by = next(iter(self._session.project.predictors()), None)
        return None if by is None else accept_suggestions(which, by=by.id)

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
