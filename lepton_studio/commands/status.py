"""`status`: what is in a project, and how long people worked on it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lepton_studio.commands.console import Answer, table
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.language import tr, trn
from lepton_studio.words import clock, split_name

if TYPE_CHECKING:
    from lepton_studio.contract.task import Task
    from lepton_studio.project.active_time import Worked
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import RunId, RunRecord, Split
    from lepton_studio.studio.judging import Standing


def status(options: Namespace) -> Answer:
    """What is in a project."""
    from lepton_studio.studio.instant.worked import worked_sentences
    from lepton_studio.studio.judging import Standings
    from lepton_studio.studio.tuning import as_it_stands
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project:
        task = task_named(project.task_id)
        names = {label.id: label.name for label in project.labels()}
        counts = {names[label]: count for label, count in project.label_counts().items()}
        splits: dict[str, int] = {split or "unassigned": count for split, count in project.split_counts().items()}
        numbers = project.statistics()
        runs = [as_it_stands(project, run) for run in project.runs()]
        standings = Standings().of(project, runs)
        said, sessions = _said(project), project.sessions()
        facts = {
            "project": project.name,
            "task": project.task_id,
            "samples": numbers.samples,
            "labelled": numbers.labelled,
            "skipped": numbers.skipped,
            "flagged": numbers.flagged,
            "duplicates": numbers.duplicates,
            "leaks": numbers.leaks,
            "conflicts": numbers.conflicts,
            "labels": counts,
            "splits": splits,
            "runs": [run_facts(run) for run in runs],
            "suggestions": [facts for _name, facts in said],
            "active_time": _time_facts(sessions),
        }
        headline = trn(
            "{name} ({task}): {labelled} of {count} sample labelled.",
            "{name} ({task}): {labelled} of {count} samples labelled.",
            numbers.samples,
            name=project.name,
            task=tr(task.title),
            labelled=numbers.labelled,
        )
    worked = "\n".join(worked_sentences(sessions, today=datetime.now().astimezone().date()))
    parts = [headline, _counts(counts), _counts(splits), _runs(runs, standings, task), _suggestions(said), worked]
    return Answer(facts, "\n\n".join(part for part in parts if part))


def _said(project: Project) -> list[tuple[str, dict[str, object]]]:
    """(who, facts) of each that has said something of samples, the newest run first."""
    from lepton_studio.project.records import Filter, Suggested
    from lepton_studio.studio.scores_in_words import predictor_name

    found: list[tuple[str, dict[str, object]]] = []
    for one in project.predictors():
        waiting = project.count(Filter(state="unlabelled", suggested=Suggested(one.id)))
        disagrees = project.count(Filter(suggested=Suggested(one.id, disagrees=True)))
        facts = {"samples": project.suggestion_count(one.id), "unlabelled": waiting, "disagrees": disagrees}
        kind = {"kind": one.kind, "run": one.id if one.kind == "run" else None, "name": one.name}
        found.append((predictor_name(one), {**kind, **facts}))
    return found


def _time_facts(sessions: Sequence[Worked]) -> dict[str, object]:
    """How long people were at work, without pauses: in all, by day, and each stretch of work."""
    from lepton_studio.project.active_time import by_day, together
    from lepton_studio.studio.instant.worked import seconds_a_label

    def facts(worked: Worked | None) -> dict[str, object]:
        found = (0.0, 0) if worked is None else (round(worked.seconds, 1), worked.labels)
        return {"seconds": found[0], "labels": found[1]}

    return {
        **facts(together(sessions)),
        "seconds_a_label": seconds_a_label(sessions),
        "days": {str(day): facts(one) for day, one in by_day(sessions).items()},
        "sessions": [
            {"began": one.began.isoformat(), "ended": one.ended.isoformat(), **facts(one)} for one in sessions
        ],
    }


def _suggestions(said: Sequence[tuple[str, Mapping[str, object]]]) -> str:
    if not said:
        return ""
    rows = [(tr("suggestions"), tr("unlabelled samples"), tr("differs from the annotation"))]
    rows += [(name, f"{facts['unlabelled']:,}", f"{facts['disagrees']:,}") for name, facts in said]
    return table(rows)


def run_facts(run: RunRecord) -> dict[str, object]:
    """A run as --json shows it."""
    return {
        "run": run.number,
        "status": run.status,
        "model": run.model,
        "created": run.created,
        "seconds": run.seconds,
        "steps": run.steps,
        "samples_per_second": run.samples_per_second,
        "counts": dict(run.counts),
        "recipe": dict(run.recipe),
        "scores": {split: dict(scores) for split, scores in run.scores.items()},
        "sentence": run.sentence,
    }


def _counts(counts: dict[str, int]) -> str:
    return table([(name, f"{count:,}") for name, count in counts.items()]) if counts else ""


def _runs(runs: Sequence[RunRecord], standings: Mapping[tuple[RunId, Split], Standing], task: Task[Any]) -> str:
    """A line a run: its best score on the test split, else on validation, and what the newest one is worth."""
    from lepton_studio.studio.baselines import baseline_words
    from lepton_studio.studio.judging import JUDGED, caution, lead_sentence, moved_score, moved_words
    from lepton_studio.studio.scores_in_words import measure_title, run_score, status_words

    if not runs:
        return ""
    rows = [(tr("runs"), "", "", measure_title(task.measure(task.best)), "")]
    said: list[str] = []
    for run in runs:
        split = next((one for one in JUDGED if one in run.scores), None)
        stands = None if split is None else standings.get((run.id, split))
        score = "" if split is None else run_score(run, task, split=split)
        if stands is not None:
            score = moved_score(stands, task)
            where = trn("{split}, {count:,} text", "{split}, {count:,} texts", stands.n, split=split_name(stands.split))
            told = [one for one in (moved_words(stands, task),) if one]
            if not said:
                told = [lead_sentence(stands, task) + tr("."), caution(stands), baseline_words(stands), *told]
            if any(told):
                title = tr("Run {number}: {outcome}", number=run.number, outcome=" ".join(one for one in told if one))
                said.append(title)
        else:
            where = "" if split is None else split_name(split)
        number, took = tr("run {number}", number=run.number), clock(run.seconds or 0)
        rows.append((number, status_words(run.status), took, score, where))
    return "\n".join([table(rows), *said])
