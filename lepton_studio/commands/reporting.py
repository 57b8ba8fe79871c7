"""`report` and `compare`."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_studio.commands.console import Answer, Misused, Refused, table
from lepton_studio.commands.projects import asked_runs, open_for_reading
from lepton_studio.commands.trials import trials_words
from lepton_studio.commands.worth import before_facts, standing_facts, worth
from lepton_studio.language import language_in_use, tr, trn
from lepton_studio.words import split_name

if TYPE_CHECKING:
    from lepton_studio.contract.task import Report, Task
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import RunRecord, Split
    from lepton_studio.studio.trust import Trust


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
        run, split = run_with_report(project, number=options.run, split=options.split)
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


def run_with_report(project: Project, *, number: int | None, split: Split | None) -> tuple[RunRecord, Split]:
    """The run and split to report: those named, else the newest run, and its test or else its validation split."""
    runs = asked_runs(project, number)
    splits: tuple[Split, ...] = (split,) if split else ("test", "validation")
    for run in runs:
        for one in splits:
            if project.report(run.id, one) is not None:
                return run, one
    raise Refused(tr("There is no report on {splits}.", splits=tr(" or ").join(splits)))


def _as_text(report: Report, task: Task[Any], *, run: int, split: Split, moved: bool) -> str:
    """As the run measured it; `moved`: the labels are others since."""
    from lepton_studio.studio.scores_in_words import average_name, per_cent, titled_scores

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
    named = [(row.label, row) for row in report.per_class]
    named += [(average_name(row.label), row) for row in report.averages]
    for name, row in named:
        rows.append((name, per_cent(row.precision), per_cent(row.recall), per_cent(row.f1), f"{row.support:,}"))
    errors = [(tr("errors"), "")]
    errors += [(tr(task.kinds.get(kind, kind)), f"{count:,}") for kind, count in report.errors.items()]
    tables = [table(one) for one in (rows, errors) if len(one) > 1]
    return "\n\n".join([title, *tables])
