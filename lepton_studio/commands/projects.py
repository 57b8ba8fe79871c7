"""`new`, `import` and `status`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Misused, Progress, Refused, say, table
from lepton_studio.language import tr

if TYPE_CHECKING:
    from lepton_studio.formats import Guess
    from lepton_studio.project.project import Project
    from lepton_studio.project.records import RunRecord


def project_folder(named: Path) -> Path:
    """The project that a person means by `named`: the folder itself, or the one with ".lepton" after its name."""
    with_suffix = named.with_name(named.name + ".lepton")
    return with_suffix if not named.exists() and with_suffix.exists() else named


def open_for_reading(named: Path) -> Project:
    """Open a project without locking it, so that it works beside an open window. Raises ProjectError."""
    from lepton_studio.project.errors import ProjectTooOld
    from lepton_studio.project.project import Project

    folder = project_folder(named)
    try:
        return Project.open(folder, read_only=True)
    except ProjectTooOld:
        Project.open(folder).close()
        return Project.open(folder, read_only=True)


def new(options: Namespace) -> Answer:
    """Make a project."""
    from lepton_studio.project.project import Project
    from lepton_studio.tasks import all_tasks

    if options.task not in all_tasks():
        known = ", ".join(all_tasks())
        raise Misused(tr("There is no task {task}. The tasks are: {known}.", task=options.task, known=known))
    folder: Path = options.dir
    if folder.suffix != ".lepton":
        folder = folder.with_name(folder.name + ".lepton")
    with Project.create(folder, task=options.task, labels=options.label) as project:
        names = [label.name for label in project.labels()]
    return Answer(
        {"project": str(folder), "task": options.task, "labels": names},
        tr("Made {folder}.", folder=folder),
    )


def import_files(options: Namespace) -> Answer:
    """Bring files into a project."""
    from lepton_studio import formats
    from lepton_studio.project.project import Project
    from lepton_studio.studio import importing

    if options.format and options.format not in formats.all_formats():
        known = ", ".join(formats.all_formats())
        raise Misused(tr("There is no format {format}. The formats are: {known}.", format=options.format, known=known))
    with Project.open(project_folder(options.dir)) as project:
        if options.format:
            guesses: tuple[Guess, ...] = (formats.sniff(options.file, format=options.format),)
        else:
            guesses = formats.sniff_all(options.file)
        guesses = tuple(_as_told(guess, options) for guess in guesses)
        for notice in dict.fromkeys(one for guess in guesses for one in guess.notices):
            say(notice)
        progress = Progress(tr("reading"))
        result = importing.import_files(project, guesses, progress=progress)
        progress.done()
    problems = [{"file": one.source, "row": one.row, "reason": one.reason} for one in result.problems]
    listed = [f"  {one.source}:{one.row}  {one.reason}" for one in result.problems[:20]]
    if len(result.problems) > len(listed):
        listed.append(tr("  and {more} more (all of them with --json)", more=len(result.problems) - len(listed)))
    return Answer(
        {"added": result.added, "labelled": result.labelled, "skipped": result.skipped, "problems": problems},
        "\n".join([result.sentence(), *listed]),
    )


def _as_told(guess: Guess, options: Namespace) -> Guess:
    """The guess with the columns and the split that the person named."""
    from lepton_studio import formats

    named = {role: column for role in ("text", "label") if (column := getattr(options, role)) is not None}
    for column in named.values():
        if column not in guess.columns:
            raise Refused(
                tr(
                    "There is no column {column} in {file}. Its columns are: {columns}.",
                    column=column,
                    file=guess.paths[0].name,
                    columns=", ".join(guess.columns) or tr("none"),
                )
            )
    if named:
        more = tuple(column for column in guess.more_text if column not in named.values())
        label = None if guess.label == named.get("text") else guess.label
        text = None if guess.text == named.get("label") else guess.text
        guess = formats.refresh(replace(guess, **{"label": label, "text": text, "more_text": more, **named}))
    if guess.text is None:
        raise Refused(
            tr(
                "Which column of {file} is the text? Name it with --text; its columns are: {columns}.",
                file=guess.paths[0].name,
                columns=", ".join(guess.columns),
            )
        )
    return guess.with_split(options.split) if options.split else guess


def status(options: Namespace) -> Answer:
    """What is in a project."""
    with open_for_reading(options.dir) as project:
        names = {label.id: label.name for label in project.labels()}
        counts = {names[label]: count for label, count in project.label_counts().items()}
        splits: dict[str, int] = {split or "unassigned": count for split, count in project.split_counts().items()}
        numbers = project.statistics()
        runs = project.runs()
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
        }
        headline = tr(
            "{name} ({task}): {labelled} of {samples} samples labelled.",
            name=project.name,
            task=project.task_id,
            labelled=numbers.labelled,
            samples=numbers.samples,
        )
    parts = [headline, _counts(counts), _counts(splits), _runs(runs)]
    return Answer(facts, "\n\n".join(part for part in parts if part))


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


def _runs(runs: Sequence[RunRecord]) -> str:
    rows = [
        (tr("run {number}", number=run.number), run.status, f"{run.seconds or 0:.0f} s", *_best_scores(run))
        for run in runs
    ]
    return table([(tr("runs"), "", "", tr("accuracy"), tr("macro-F1")), *rows]) if rows else ""


def _best_scores(run: RunRecord) -> tuple[str, str]:
    """Accuracy and macro-F1 on the test split, else on validation; blank where the run has none."""
    scores = run.scores.get("test") or run.scores.get("validation") or {}
    accuracy, macro = (scores.get(name) for name in ("accuracy", "macro_f1"))
    return ("" if accuracy is None else f"{accuracy:.3f}", "" if macro is None else f"{macro:.3f}")
