"""From a run folder into the project: curves, scores, reports and predictions of a run that has ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lepton_studio.contract.task import BadAnnotation, Report, Task
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, Label, Labels, Prediction, RunId, RunRecord
from lepton_studio.runs.curves import metric_rows
from lepton_studio.runs.digests import keep_digests
from lepton_studio.runs.events import Noted, Stepped
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.job import Job
from lepton_studio.runs.outcome import Outcome
from lepton_studio.studio.checking import needs_two_labels
from lepton_studio.tasks import task_named


def collect_run(project: Project, run_id: RunId, outcome: Outcome) -> Changes:
    """Take in what the run left in its folder, and how it ended. Doing it twice changes nothing more.

    What is missing or cannot be read (the child was killed in mid-work) is left out; the run's status says so.
    """
    folder = RunFolder(project.run_folder(run_id))
    project.store_metrics(run_id, (row for event in folder.events() for row in metric_rows(event)))
    reports = _reports(folder) if outcome.kind != "thrown_away" else {}
    if reports:
        for split in SPLITS:
            if split in reports:
                project.store_report(run_id, split=split, report=reports[split].to_json())
        if folder.predictions_file.exists():
            project.store_predictions(run_id, predictions_of(folder))
    if outcome.kind != "thrown_away":
        keep_digests(folder)
    steps, lasting = 0, dict[str, None]()  # a run that was resumed may say a thing again
    for event in folder.events():
        if isinstance(event, Stepped):
            steps = max(steps, event.step)
        elif isinstance(event, Noted) and event.lasts:
            lasting[event.message] = None
    return project.update_run(
        run_id,
        status=outcome.status,
        seconds=outcome.seconds or None,
        steps=max(steps, outcome.step),
        samples_per_second=outcome.samples_per_second or None,
        scores=outcome.scores or {split: report.headline for split, report in reports.items()},
        sentence=" ".join(
            filter(
                None,
                (
                    outcome.text,
                    *lasting,
                    learned_nothing(reports, task_named(project.task_id), steps=max(steps, outcome.step)),
                ),
            )
        ),
    )


def learned_nothing(reports: Mapping[str, Report], task: Task[Any], *, steps: int) -> str:
    """A sentence where a model that gives each text one label is no better than always saying the commonest one, or "".

    Of a run that diverged the loss may be a number all the same, and its curve is then all that shows it.
    """
    report = reports.get("test") or reports.get("validation")
    if report is None or not needs_two_labels(task) or not report.n or "accuracy" not in report.headline:
        return ""
    commonest = max(report.per_class, key=lambda row: row.support, default=None)
    if commonest is None or report.headline["accuracy"] > commonest.support / report.n:
        return ""
    facts = {
        "share": report.headline["accuracy"],
        "n": report.n,
        "label": commonest.label,
        "most": commonest.support / report.n,
    }
    if not steps:  # fitted in one go
        return tr(
            "But it learned nothing: it is right on {share:.0%} of {n} texts that it had not seen, and always "
            "answering “{label}” would be right on {most:.0%}. More labelled samples may help.",
            **facts,
        )
    return tr(
        "But it learned nothing: it is right on {share:.0%} of {n} texts that it had not seen, and always "
        "answering “{label}” would be right on {most:.0%}. Half the learning rate, more epochs or more "
        "labelled samples may help.",
        **facts,
    )


def predictions_of(folder: RunFolder) -> Iterator[Prediction]:
    """The predictions that a tune job left, streamed, each compared with its gold value by the task.

    A line whose values the task cannot read is left out.
    """
    job = folder.job()
    task = task_named(job.task)
    labels = labels_of(job)
    for line in read_json_lines(folder.predictions_file):
        try:
            gold, predicted = task.parse(line["gold"], labels), task.parse(line["value"], labels)
        except BadAnnotation:
            continue
        accepted = task.accept(predicted)
        yield Prediction(
            sample=int(line["id"]),
            split=line["split"],
            value=line["value"],
            score=float(line["score"]),
            verdicts=task.compare(gold, predicted),
            quality=task.quality(gold, predicted),
            scores={int(label): float(score) for label, score in line["scores"].items()},
            accepted=None if accepted == predicted else task.dump(accepted),
        )


def labels_of(job: Job) -> Labels:
    """The labels as they were when the job was made, for reading its values."""
    return tuple(Label(one.id, one.name, "", "", "", position, one.options) for position, one in enumerate(job.labels))


def labels_then(project: Project, run: RunRecord) -> Labels:
    """The labels that the run learnt, as they were called; those of now where its folder is gone or damaged."""
    try:
        return labels_of(RunFolder(project.run_folder(run.id)).job())
    except (OSError, ValueError, KeyError, TypeError):
        return project.labels()


def labels_now_and_then(project: Project, run: RunRecord) -> Labels:
    """Those of the project, then those that only the run knew, then those that were merged or deleted at any time."""
    known = {label.id: label for label in project.former_labels()}
    known |= {label.id: label for label in labels_then(project, run)}
    now = project.labels()
    there = {label.id for label in now}
    return (*now, *(label for label in known.values() if label.id not in there))


def _reports(folder: RunFolder) -> Mapping[str, Report]:
    try:
        return {split: Report.from_json(stored) for split, stored in folder.report().items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
