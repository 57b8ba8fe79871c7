"""The Inspect page: how good a run is, where it errs, and the samples behind each number, put right in place."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QWidget

from lepton_studio.contract.editing import BulkEdit
from lepton_studio.language import tr
from lepton_studio.methods.families import family_of
from lepton_studio.methods.recipes import stored_recipe
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import PredictedSample, PredictionFilter, RunId, RunRecord, Split
from lepton_studio.runs.job import BadSetting
from lepton_studio.studio.explaining import why_not
from lepton_studio.studio.judging import Standing, moved_words, standing
from lepton_studio.ui.inspect.beside import groups_in, slices_of, tried_on, trust_of
from lepton_studio.ui.inspect.charts import Changed, ChartsPanel
from lepton_studio.ui.inspect.counted import CountedHere
from lepton_studio.ui.inspect.detail import WHY
from lepton_studio.ui.inspect.head import InspectHead
from lepton_studio.ui.inspect.list import PredictionsPanel
from lepton_studio.ui.inspect.report import RunReport, inspectable_runs, read_report, splits_with_report
from lepton_studio.ui.inspect.why_card import WhyCard
from lepton_studio.ui.label.bulk_card import BulkCard
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.layouts import column, line

if TYPE_CHECKING:
    from lepton_studio.studio.changed_texts.trying import Tried
    from lepton_studio.studio.trust import Share


class InspectPage(Page):
    """The report on the left, the predictions behind what was clicked on the right; see `PredictionsPanel` for keys."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        # Each part is born where it stays: a new parent would bring the style sheet to all that is in it once more.
        self._stack = QStackedWidget(self)
        self._whole = QWidget(self._stack)
        self._split = QSplitter(Qt.Orientation.Horizontal, self._whole)
        self._left = QWidget(self._split)
        self.head = InspectHead(session.task, parent=self._whole)
        self.charts = ChartsPanel(session.task, parent=self._left)
        self.predictions = PredictionsPanel(session, self._split)
        self.empty = EmptyState(
            "inspect",
            tr("Nothing to inspect yet"),
            sentence=tr(
                "Tune a model first. This page then shows what it gets right and wrong, and you can "
                "correct labels here."
            ),
            steps=[NextStep(tr("Go to Tune"), lambda: session.open_page("tune"))],
            parent=self._stack,
        )
        self._runs: list[RunRecord] = []
        self._report = Look(session, tr("Reading the report"))
        self._fixes = Look(session, tr("Counting samples"))
        self._slices = Look(session, tr("Comparing parts of the texts"), counts=True)
        self._trust = Look(session, tr("Checking the confidence"), counts=True)
        self._fairness = Look(session, tr("Comparing groups"), counts=True)
        self._tried: dict[tuple[Changed, RunId, Split], Tried] = {}
        self._trying: set[Changed] = set()
        self._counted = CountedHere(session)
        self._looks = 0
        self._lay_out()
        grey_if_only_read(
            session.project, self.head.again, self.predictions.detail.accept, self.predictions.detail.choose
        )
        self.head.run_chosen.connect(self._show_run)
        self.head.split_chosen.connect(self._show_split)
        self.head.again_asked.connect(self.tune_again)
        self.head.report_asked.connect(self._choose_report)
        self.charts.told.connect(lambda said: session.said.emit(said, False))
        self.charts.door_opened.connect(self.predictions.open_door)
        self.charts.slices_wanted.connect(self._show_slices)
        self.charts.trust_wanted.connect(self._show_trust)
        self.charts.fairness_wanted.connect(self._show_fairness)
        self.charts.swaps_asked.connect(self._try_swaps)
        self.charts.robustness_asked.connect(self._try_robustness)
        self.charts.words_wanted.connect(self._show_words)
        self.charts.samples_wanted.connect(session.show_samples)
        self.charts.share_kept.connect(self._keep_share)
        self.predictions.bulk_asked.connect(self._preview_bulk)
        self.predictions.why_asked.connect(self._show_why)

    # ------------------------------------------------------------------------------------------------------ page

    def refresh(self) -> None:
        """Read the runs; the one in view stays, else the newest is shown."""
        current = self.run()
        self._runs = inspectable_runs(self.session.project)
        self.head.show_runs(self._runs)
        self._stack.setCurrentIndex(1 if self._runs else 0)
        ids = [run.id for run in self._runs]
        if ids:
            same = current is not None and current.id in ids
            which = self.predictions.which if same else None
            self._show_run(current.id if current is not None and same else ids[0], which=which)

    def show_changes(self, changes: Changes) -> None:
        if changes.runs or changes.labels or changes.structure:
            if changes.labels:
                self._tried.clear()  # their answers have other names
            self.refresh()
            return
        self.predictions.show_changes(changes)
        self._show_fixes()
        self.charts.forget_labels()

    def show_predictions(self, run_id: RunId, which: PredictionFilter) -> None:
        """Bring these predictions into view."""
        if self.head.run_box.findData(run_id) < 0:
            self.refresh()
        if self.head.run_box.findData(run_id) >= 0:
            self._show_run(run_id, which=which)

    def deactivate(self) -> None:
        self.predictions.saving.is_done()
        super().deactivate()

    def run(self) -> RunRecord | None:
        """The run in view."""
        found = self.head.run_box.currentData()
        return next((run for run in self._runs if run.id == found), None)

    def actions_of_page(self) -> Sequence[Action]:
        panel = self.predictions

        def has_row() -> bool:
            return panel.table.current() is not None

        views = (
            ("report", tr("Report by label")),
            ("matrix", tr("Confusion matrix")),
            ("pairs", tr("Mix-ups")),
            ("errors", tr("Errors")),
            ("quality", tr("Quality of the predictions")),
            ("trust", tr("Whether to trust it")),
            ("slices", tr("Parts of the texts")),
            ("fairness", tr("Fairness to groups of people")),
            ("robustness", tr("Robustness to changed texts")),
            ("words", tr("Words of each label")),
        )
        edit = (
            Action("inspect.label", tr("Another label…"), panel.detail.open_choices, "/", "", has_row)
            if panel.by_key
            else Action("inspect.edit", tr("Edit sample"), panel.detail.edit, "F2", "", has_row)
        )
        why = Action("inspect.why", tr("Why?"), panel.ask_why, WHY, "", has_row)
        return (
            Action("inspect.again", tr("Tune again"), self.tune_again, "Ctrl+Return", "tune", lambda: bool(self._runs)),
            Action("inspect.save", tr("Save report…"), self._choose_report, "", "tune", lambda: bool(self._runs)),
            Action("inspect.accept", tr("Accept prediction"), panel.accept, "Return", "", has_row),
            edit,
            *(() if why_not(self.session.task) else (why,)),
            Action("inspect.all", tr("Show all predictions"), panel.show_all, "Escape", ""),
            *(self._view_action(view, title, place=place) for place, (view, title) in enumerate(views, 1)),
        )

    def _view_action(self, view: str, title: str, *, place: int) -> Action:
        charts = self.charts
        return Action(
            f"inspect.{view}",
            title,
            lambda: charts.show_view(view),
            f"Ctrl+Shift+{place % 10}",
            "view",
            lambda: view in charts.offered(),
        )

    # ------------------------------------------------------------------------------------------------ what is shown

    def _show_run(self, run_id: RunId, *, which: PredictionFilter | None = None) -> None:
        splits = splits_with_report(self.session.project, run_id)
        self.head.choose_run(run_id, splits=splits)
        wanted = None if which is None else which.split
        self._show_split(wanted if wanted in splits else splits[0], which=which)

    def _show_split(self, split: Split, *, which: PredictionFilter | None = None) -> None:
        run = self.run()
        if run is None:
            return

        def show(report: RunReport | None) -> None:
            if report is not None:
                self.head.show_report(report)
                self.charts.show_report(report)
                self._show_tried()
                self.predictions.show_report(report, dataclasses.replace(which or PredictionFilter(), split=split))
                self._show_fixes()

        self._report.ask(lambda project: read_report(project, run, split=split), show)

    def _show_fixes(self) -> None:
        run = self.run()
        self._judge(run)
        if run is None:
            self.head.show_fixes(0)
        else:
            self._fixes.ask(lambda project: project.fixes_since(run.id), self.head.show_fixes)

    def _judge(self, run: RunRecord | None) -> None:
        """Measure the split in view by the labels of today, beside the window; the newest look counts."""
        self._looks += 1
        look, split, task = self._looks, self.predictions.which.split or self.charts.split, self.session.task
        if run is None or split is None:
            return

        def show(found: Standing | None) -> None:
            if look == self._looks:
                self.head.show_moved("" if found is None else moved_words(found, task))

        self.session.run_in_background(
            tr("Scoring the run on the current labels"),
            lambda progress: standing(progress.project, run, split),
            show,
            quiet=True,
        )

    def _show_trust(self) -> None:
        """What the view of that name shows, found beside the window; the newest question counts."""
        run, split, view = self.run(), self.charts.split, self.charts.trust
        grey_if_only_read(self.session.project, view.keep, view.clear)
        if run is not None and split is not None:
            found = partial(trust_of, run=run, split=split)
            self._trust.ask(found, view.show_trust, failed=view.could_not_be_told)

    def _show_slices(self) -> None:
        run, split, view = self.run(), self.charts.split, self.charts.slices
        if run is not None and split is not None:
            found, show = partial(slices_of, run=run, split=split), partial(view.show_slices, split=split)
            self._slices.ask(found, show, failed=view.could_not_be_told)

    def _show_fairness(self) -> None:
        run, split, view = self.run(), self.charts.split, self.charts.fairness
        if run is not None and split is not None:
            found = partial(groups_in, run=run, split=split, field=view.field)
            self._fairness.ask(found, view.show_groups, failed=view.could_not_be_told)

    def _show_words(self) -> None:
        run = self.run()
        if run is not None:
            self._counted.show(run, self.charts.words)

    def _try_swaps(self) -> None:
        self._try("swaps")

    def _try_robustness(self) -> None:
        self._try("robustness")

    def _try(self, changed: Changed) -> None:
        """Let the model of the run in view read changed texts, beside the window."""
        run, split, children = self.run(), self.charts.split, self.session.child_owner
        if run is None or split is None:
            return

        def over() -> None:
            self._trying.discard(changed)
            self._show_tried()

        def show(found: Tried) -> None:
            self._tried[changed, run.id, split] = found
            over()

        self._trying.add(changed)
        self.session.run_in_background(
            tr("Reading changed texts"),
            lambda progress: tried_on(progress, run, split, changed, children=children),
            show,
            failed=lambda _error: over(),
        )

    def _show_tried(self) -> None:
        """What was found of the run and the split in view, minutes of work: it stays while another one is looked at."""
        run, split = self.run(), self.charts.split
        for changed, view in self.charts.changed_texts().items():
            found = None if run is None or split is None else self._tried.get((changed, run.id, split))
            view.show_state(found, is_busy=changed in self._trying)

    def _keep_share(self, share: Share | None) -> None:
        from lepton_studio.studio.trust import keep_share

        run = self.run()
        if run is not None and not self.session.refuses():
            self.session.run_in_background(
                tr("Keeping it with the model"),
                lambda progress: keep_share(progress.project, run, share),
                lambda _nothing: self._show_trust(),
                quiet=True,
            )

    def tune_again(self) -> None:
        """A new run with the model and the recipe of this one, on the labels as they are now."""
        run = self.run()
        if run is None:
            return
        task = self.session.task
        try:
            recipe = stored_recipe(run.recipe, task=task, family=family_of(run.model, task=task))
        except BadSetting as error:
            self.session.failed.emit(str(error))
            return
        self.session.start_run(model=run.model, recipe=recipe)
        self.session.open_page("tune")

    def save_report(self, run: RunRecord, target: Path) -> None:
        """The run's page as HTML or PDF, as the name says; in a thread."""

        def work(progress: WorkContext) -> None:
            from lepton_studio.studio.report_file import report_html, write_html
            from lepton_studio.ui.shared.report_pdf import write_pdf

            write = write_html if target.suffix.lower() == ".html" else write_pdf
            write(report_html(progress.project, run), target)

        self.session.run_in_background(
            tr("Writing the report"),
            work,
            lambda _nothing: self.session.said.emit(tr("Saved {file}.", file=target.name), False),
            can_cancel=False,
        )

    def _choose_report(self) -> None:
        run = self.run()
        if run is None:
            return
        suggested = f"{self.session.project.name} - {tr('run {number}', number=run.number)}.pdf"
        kinds = tr("PDF (*.pdf);;Web page (*.html)")
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("Save report"), suggested, kinds)
        if chosen:
            target = Path(chosen)
            known = target.suffix.lower() in (".pdf", ".html")
            self.save_report(run, target if known else target.with_name(target.name + ".pdf"))

    def _preview_bulk(self, edit: BulkEdit[Any]) -> None:
        if self.predictions.saving.is_done():
            BulkCard.over(self).preview(self.session, edit)

    def _show_why(self, shown: PredictedSample) -> None:
        run = self.run()
        if run is not None:
            WhyCard.over(self).open_on(self.session, shown.sample, run, shown.prediction.value)

    def _lay_out(self) -> None:
        self._left.setLayout(column(self.charts, margins=(24, 16, 16, 16)))
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._left)
        self._split.addWidget(self.predictions)
        self._split.setSizes([540, 600])
        page = column(self.head, line(), self._split, gap=0)
        page.setStretchFactor(self._split, 1)
        self._whole.setLayout(page)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._whole)
        self.setLayout(column(self._stack))
