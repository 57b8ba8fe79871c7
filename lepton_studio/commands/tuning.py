"""`tune`, `report` and `compare`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused, say, table
from lepton_studio.commands.hub_models import bring
from lepton_studio.commands.projects import open_for_reading, open_for_writing
from lepton_studio.commands.starting import model_to_start_from
from lepton_studio.commands.trials import trial_line, trials_words
from lepton_studio.commands.trying import tried
from lepton_studio.commands.worth import before_facts, standing_facts, worth
from lepton_studio.language import language_in_use, tr, trn
from lepton_studio.words import split_name

if TYPE_CHECKING:
    from lepton_studio.contract.task import Report, Task
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import RunRecord, Split
    from lepton_studio.runs.events import Event, Stepped
    from lepton_studio.runs.job import Recipe, TrialKind
    from lepton_studio.runs.requests import Stop
    from lepton_studio.studio.trust import Trust

_STEPS_THAT_TELL = 5
"""Steps of a run after which its time can be told."""


def tune(options: Namespace) -> Answer:
    """Fine-tune a model on the labels of a project; Ctrl+C keeps the best so far, a second one throws the run away."""
    from lepton_studio.methods.recipes import check_readable
    from lepton_studio.project.records import SPLITS
    from lepton_studio.runs.job import BadSetting
    from lepton_studio.runs.model_folder import why_unusable
    from lepton_studio.studio import tuning
    from lepton_studio.studio.proposing import why_unfitting
    from lepton_studio.studio.scores_in_words import titled_scores
    from lepton_studio.tasks import task_named

    kind: TrialKind | None = "preview" if options.preview else "find_rate" if options.find_rate else None
    if options.resume is not None and kind is not None:
        raise Misused(tr("A resumed run has its texts and its learning rate; leave out --preview and --find-rate."))
    if options.resume is not None and (options.set or options.model or options.start):
        raise Misused(tr("A resumed run keeps its own model and recipe; leave out --model, --from and --set."))
    try:
        check_readable(dict(options.set))
    except BadSetting as wrong:
        raise Misused(str(wrong)) from wrong
    with open_for_writing(options.dir) as project, _stopping_by_keyboard() as should_stop:
        task = task_named(project.task_id)
        shown = _Shown(task)
        if options.resume is not None:
            tuning.left_runs(project)
            number = project.run_by_number(options.resume).id
            run, outcome = tuning.resume(project, number, on_events=shown.events, should_stop=should_stop)
        else:
            model = model_to_start_from(project, options.start, model=options.model) or _proposed(project)
            bring(model)
            if why := why_unusable(model) or why_unfitting(model, task=task):
                raise Refused(why)
            recipe = _recipe(project, dict(options.set), model=model)
            if kind is not None:
                return tried(project, kind, model=model, recipe=recipe)
            _check(project, recipe, model=model)
            _give_every_labelled_sample_a_split(project)
            run, outcome = tuning.tune(
                project, model=model, recipe=recipe, on_events=shown.events, should_stop=should_stop
            )
        shown.progress.done()
    scores = {split: dict(values) for split, values in run.scores.items()}
    facts = {
        "run": run.number,
        "status": run.status,
        "seconds": run.seconds,
        "steps": run.steps,
        "samples_per_second": run.samples_per_second,
        "scores": scores,
        "sentence": run.sentence,
    }
    if run.status in ("failed", "interrupted") or outcome.kind == "thrown_away":
        return Answer(facts, "", failure=outcome.text)
    lines = [f"{split_name(split)}: {titled_scores(scores[split], task)}" for split in SPLITS if split in scores]
    return Answer(facts, "\n".join([tr("Run {number}: {outcome}", number=run.number, outcome=outcome.text), *lines]))


def _proposed(project: Project) -> str:
    """The built-in model for the project's texts; says why where it is not the English one, which stands in for it
    where only that is here."""
    from lepton_studio.models.built_in import built_in
    from lepton_studio.models.places import is_installed
    from lepton_studio.runs.job import BUILT_IN_MODEL
    from lepton_studio.studio.proposing import proposal_for

    proposal = proposal_for(project)
    proposed, usual = built_in(proposal.model), built_in(BUILT_IN_MODEL)
    if proposed is not None and usual is not None and not is_installed(proposed) and is_installed(usual):
        say(
            tr(
                "{proposed} would fit these texts, but is not on this computer yet, so {usual} is used. To download "
                "it: lepton-studio models fetch {proposed}",
                proposed=proposed.name,
                usual=usual.name,
            )
        )
        return BUILT_IN_MODEL
    if proposal.model != BUILT_IN_MODEL:
        say(proposal.sentence)
    return proposal.model


def _recipe(project: Project, settings: Mapping[str, str], *, model: str) -> Recipe:
    """The balanced recipe with these settings. Raises Misused for one that does not apply to this task and model."""
    from lepton_studio.methods.families import family_of
    from lepton_studio.methods.recipes import adjusted
    from lepton_studio.runs.job import BadSetting
    from lepton_studio.studio.tuning import balanced_recipe
    from lepton_studio.tasks import task_named

    task = task_named(project.task_id)
    try:
        return adjusted(balanced_recipe(project, model=model), settings, task=task, family=family_of(model, task=task))
    except BadSetting as wrong:
        raise Misused(str(wrong)) from wrong


def _give_every_labelled_sample_a_split(project: Project) -> None:
    from lepton_studio.studio.tuning import give_splits

    if give_splits(project) is not None:
        counts = project.labelled_split_counts()
        say(
            tr(
                "Labelled samples without a split were distributed by label: {train} train, {validation} "
                "validation, {test} test.",
                train=counts["train"],
                validation=counts["validation"],
                test=counts["test"],
            )
        )


def _check(project: Project, recipe: Recipe, *, model: str) -> None:
    """Say what is doubtful before the start. Raises Refused when it cannot start."""
    from lepton_studio.studio.checking import check_before_tuning

    check = check_before_tuning(project, recipe, model=model)
    for finding in check.findings:
        if finding.level == "amber":
            say(finding.sentence)
    if not check.possible:
        raise Refused(" ".join(finding.sentence for finding in check.findings if finding.level == "red"))


class _Shown:
    """Draws the events of a run on stderr."""

    def __init__(self, task: Task[Any]) -> None:
        self.progress = ProgressLine("")
        self._task = task
        self._stage = ""
        self._told = False

    def events(self, events: Sequence[Event]) -> None:
        """Show a batch of events."""
        from lepton_studio.runs.events import Evaluated, Noted, Staged, Stepped, Tried
        from lepton_studio.studio.scores_in_words import titled_scores

        for event in events:
            match event:
                case Staged() if event.stage != self._stage:
                    self._stage = event.stage
                    say(f"{event.stage} …")
                case Stepped():
                    self.progress.show(
                        tr(
                            "step {step} / {total}, {rate:.0f} samples/s, {left:.0f} s left",
                            step=event.step,
                            total=event.total_steps,
                            rate=event.samples_per_second,
                            left=event.seconds_left,
                        )
                    )
                    self._tell_what_is_quicker(event)
                case Evaluated():
                    scores = titled_scores(event.scores, self._task)
                    say(f"  {tr('step {step}', step=event.step)}, {event.split}: {scores}")
                case Noted():
                    say(f"  {event.message}")
                case Tried(state="waiting" | "running"):
                    self._told = True  # who asks for a comparison knows that it takes its time
                case Tried() if event.state in ("measured", "dropped", "failed"):
                    say(trial_line(event))

    def _tell_what_is_quicker(self, event: Stepped) -> None:
        """Once, when the first steps have told how long it takes."""
        from lepton_studio.studio.checking import why_rather_quick

        if self._told or event.step < _STEPS_THAT_TELL:
            return
        self._told = True
        if why := why_rather_quick(event.seconds_left, self._task):
            say("  " + why + " " + tr("For that, press Ctrl+C twice and add --set methods=quick."))


@contextmanager
def _stopping_by_keyboard() -> Iterator[Any]:
    """A `should_stop` that Ctrl+C sets: once, keep the best so far; twice, throw away."""
    from lepton_studio.runs.requests import Stop

    asked: list[Stop] = []

    def pressed(_signal: int, _frame: object) -> None:
        asked.append(Stop(keep=not asked))
        say(
            tr("Stopping and keeping the best model so far. Press Ctrl+C again to discard it.")
            if asked[-1].keep
            else tr("Discarded.")
        )

    before = signal.signal(signal.SIGINT, pressed)
    try:
        yield lambda: asked[-1] if asked else None
    finally:
        signal.signal(signal.SIGINT, before)


def report(options: Namespace) -> Answer:
    """The report of a run: what it is worth, its scores, each class where the task has classes, the errors by kind."""
    from lepton_studio.contract.task import Report
    from lepton_studio.methods.recipes import method_ids, method_words
    from lepton_studio.studio.judging import judged_predictions, standing
    from lepton_studio.studio.slices import slices, slices_facts, slices_words
    from lepton_studio.studio.trials import trials_facts, trials_of
    from lepton_studio.studio.trust import trust, trust_facts, trust_words
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project:
        task = task_named(project.task_id)
        run, split = _run_with_report(project, number=options.run, split=options.split)
        found = Report.from_json(project.report(run.id, split))
        stands = None if split == "train" else standing(project, run, split)
        judged = None if split == "train" else judged_predictions(project, run, split)
        trusted = None if judged is None else trust(project, run, split, judged=judged)
        parts = None if judged is None else slices(project, run, split, judged=judged)
        if options.no_risk or options.risk is not None:
            trusted = _keep(project, run, trusted, risk=options.risk)
        compared = trials_of(project, run)
        if options.save is not None:
            _save_report(project, run, options.save)
    per_class = {
        row.label: {"precision": row.precision, "recall": row.recall, "f1": row.f1, "support": row.support}
        for row in found.per_class
    }
    averages = {
        row.label: {"precision": row.precision, "recall": row.recall, "f1": row.f1, "support": row.support}
        for row in found.averages
    }
    confusion = found.confusion and {
        "labels": list(found.confusion.labels),
        "matrix": [list(row) for row in found.confusion.matrix],
    }
    facts = {
        "run": run.number,
        "split": split,
        "methods": list(method_ids(run.recipe, task=task, model=run.model)),
        "n": found.n,
        **found.headline,
        "per_class": per_class,
        "averages": averages,
        "confusion": confusion,
        "errors": dict(found.errors),
        "baseline": found.baseline and dict(found.baseline.headline),
        "quick": found.quick and dict(found.quick.headline),
        **before_facts(found),
        "today": stands and standing_facts(stands),
        "trust": trusted and trust_facts(trusted),
        "parts": parts and slices_facts(parts),
        "comparison": compared and trials_facts(compared),
    }
    told = _as_text(found, task, run=run.number, split=split, moved=stands is not None and stands.is_moved)
    if method := method_words(run.recipe, task=task, model=run.model):
        told = "\n\n".join([told, tr("Method: {method}.", method=method)])
    sure = [] if trusted is None else [trust_words(trusted)]
    sure += [] if not parts else [slices_words(parts)]
    if compared is not None:
        told = "\n\n".join([told, trials_words(compared, task)])
    saved = [] if options.save is None else [tr("Report saved to {path}.", path=options.save)]
    return Answer(facts, "\n\n".join([*worth(stands, task), told, *sure, *saved]))


def _keep(project: Project, run: RunRecord, found: Trust | None, *, risk: float | None) -> Trust | None:
    """Keep with the run's model what it answers alone; what is known of it then. Raises Refused, OSError."""
    from lepton_studio.studio.trust import CannotKeep, keep_share, kept_words

    share = None if found is None else next((one for one in found.shares if one.risk == risk), None)
    if risk is not None and share is None:
        raise Refused(tr("There is nothing to tell this from."))
    try:
        keep_share(project, run, share)
    except CannotKeep as error:
        raise Refused(str(error)) from error
    return found and replace(found, kept=kept_words(project, run))


def _save_report(project: Project, run: RunRecord, target: Path) -> None:
    """The page of a run as HTML or PDF, as the name says. Raises Misused, OSError."""
    from lepton_studio.studio.report_file import report_html, write_html

    if target.suffix.lower() not in (".html", ".pdf"):
        raise Misused(tr("The name of {file} must end in .html or .pdf.", file=target.name))
    page = report_html(project, run)
    if target.suffix.lower() == ".html":
        write_html(page, target)
        return
    # Qt prints it, in a process of its own: the command line knows no Qt, and there may be no display.
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "LEPTON_LANGUAGE": language_in_use()}
    command = [sys.executable, "-m", "lepton_studio.ui.shared.report_pdf", str(target)]
    ended = subprocess.run(
        command, input=page, text=True, encoding="utf-8", env=environment, capture_output=True, check=False
    )
    if ended.returncode != 0:
        raise Refused(ended.stdout.strip() or tr("Cannot write the PDF."))


def compare(options: Namespace) -> Answer:
    """Two runs on the same samples and the labels of today."""
    from lepton_studio.methods.recipes import method_words
    from lepton_studio.studio.comparing import (
        compare_runs,
        conclusion_words,
        label_rows,
        left_out_words,
        probability_words,
        score_changes,
        shared_split,
    )
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project:
        task = task_named(project.task_id)
        first, second = (project.run_by_number(number) for number in (options.first, options.second))
        split = options.split or shared_split(first, second)
        found = None if split is None else compare_runs(project, first, second, split=split)
    if found is None:
        raise Refused(tr("These runs cannot be compared: they have no predictions for the same samples."))
    facts = {
        "first": first.number,
        "second": second.number,
        "split": found.split,
        "n": found.n,
        "conclusion": found.conclusion,
        "p": found.p,
        "probability": found.probability,
        "better": list(found.better),
        "worse": list(found.worse),
        "scores": [dict(one) for one in found.scores],
        "labels": {row.label: {"first": row.first, "second": row.second, "support": row.support}
                   for row in found.labels},
    }  # fmt: skip
    names = [tr("run {number}", number=one.number) for one in (first, second)]
    methods = [method_words(one.recipe, task=task, model=one.model) for one in (first, second)]
    tables = [table([("", *names, tr("change")), (tr("method"), *methods, ""), *score_changes(found, task)])]
    if found.labels:
        tables.append(table([(tr("F1 per label"), *names, tr("change"), tr("samples")), *label_rows(found)]))
    said = [one for one in (conclusion_words(found), probability_words(found), left_out_words(found)) if one]
    return Answer(facts, "\n\n".join(["\n".join(said), *tables]))


def _run_with_report(project: Project, *, number: int | None, split: Split | None) -> tuple[RunRecord, Split]:
    """The run and split to report: those named, else the newest run, and its test or else its validation split."""
    runs = [project.run_by_number(number)] if number is not None else project.runs()
    splits: tuple[Split, ...] = (split,) if split else ("test", "validation")
    for run in runs:
        for one in splits:
            if project.report(run.id, one) is not None:
                return run, one
    if not runs:
        raise Refused(tr("This project has no runs yet. Start one with: lepton-studio tune {dir}", dir=project.folder))
    raise Refused(tr("There is no report on {splits}.", splits=tr(" or ").join(splits)))


def _as_text(report: Report, task: Task[Any], *, run: int, split: Split, moved: bool) -> str:
    """As the run measured it; `moved`: the labels are others since."""
    from lepton_studio.studio.scores_in_words import per_cent, titled_scores

    headline = titled_scores(report.headline, task)
    where = {"run": run, "split": split_name(split), "headline": headline}
    title = trn(
        "Run {run} on {split} ({count:,} sample): {headline}",
        "Run {run} on {split} ({count:,} samples): {headline}",
        report.n,
        **where,
    )
    if moved:
        title = trn(
            "Run {run} on {split} ({count:,} sample, with its label at that time): {headline}",
            "Run {run} on {split} ({count:,} samples, with their labels at that time): {headline}",
            report.n,
            **where,
        )
    rows = [("", tr("precision"), tr("recall"), tr("F1"), tr("support"))]
    for row in (*report.per_class, *report.averages):
        rows.append((row.label, per_cent(row.precision), per_cent(row.recall), per_cent(row.f1), f"{row.support:,}"))
    errors = [(tr("errors"), "")]
    errors += [(tr(task.kinds.get(kind, kind)), f"{count:,}") for kind, count in report.errors.items()]
    tables = [table(one) for one in (rows, errors) if len(one) > 1]
    return "\n\n".join([title, *tables])
