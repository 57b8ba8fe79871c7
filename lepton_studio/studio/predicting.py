"""A tuned model over a new file: any format in, one JSON line per text out."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.formats import Guess, Problem, UnreadableFile, read, refresh, sniff
from lepton_studio.language import language_in_use, tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunId, RunRecord
from lepton_studio.runs.folder import RunFolder, read_json_lines, write_lines
from lepton_studio.runs.following import run_job
from lepton_studio.runs.job import Job
from lepton_studio.runs.process import ChildProcess
from lepton_studio.runs.wire import Event, Staged, Stop
from lepton_studio.studio.collecting import labels_of
from lepton_studio.studio.progress import Cancelled, Progress, ShouldStop, never, silent, watched
from lepton_studio.studio.tuning import run_folder, scratch_folder
from lepton_studio.tasks import task_named
from lepton_studio.tasks.base import BadAnnotation


class PredictionFailed(Exception):
    """The file could not be predicted; the text is a sentence for a person. Nothing was written."""


@dataclass(frozen=True, slots=True)
class PredictSummary:
    """How many texts were predicted, and the rows that could not be read."""

    run: RunRecord
    rows: int
    problems: tuple[Problem, ...]


def predict_file(
    project: Project,
    run_id: RunId | None = None,
    *,
    input: Path,
    output: Path,
    text: str | None = None,
    format: str | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    child: ChildProcess | None = None,
) -> PredictSummary:
    """Predict each text of `input` with a run's model (None: the newest that has one), in a child, in this thread.

    `text` names the column when the guess is not right. Each line of `output` is {"text", "label", "score", "scores":
    {label: probability}}, in the order of the rows; the file appears whole, in place of an older one. `progress` counts
    texts. Raises PredictionFailed, UnreadableFile, Cancelled, ProjectError.
    """
    run = _run_with_model(project, run_id)
    guess = _guess(input, text=text, format=format)
    folder = scratch_folder(project)
    try:
        problems: list[Problem] = []
        lines = watched(_input_lines(guess, problems), total=None, progress=progress, should_stop=should_stop)
        rows = write_lines(folder.data_file("input"), lines)
        if not rows:
            raise PredictionFailed(tr("{file} has no text to predict.", file=input.name))
        trained = run_folder(project, run)
        job = trained.job()
        folder.write_job(dataclasses.replace(job, kind="predict", model=str(trained.model), language=language_in_use()))
        _predict(folder, rows=rows, progress=progress, should_stop=should_stop, child=child)
        names = {label.id: label.name for label in project.labels()}
        write_lines(output, _output_lines(folder, job, names))
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)
    return PredictSummary(run, rows, tuple(problems))


def runs_with_model(project: Project) -> list[RunRecord]:
    """The runs whose model was kept, the newest first."""
    return [run for run in project.runs() if run.status != "running" and run_folder(project, run).model.is_dir()]


def _run_with_model(project: Project, run_id: RunId | None) -> RunRecord:
    found = runs_with_model(project)
    if run_id is not None:
        run = project.run(run_id)
        found = [one for one in found if one.id == run.id]
        if not found:
            raise PredictionFailed(tr("Run {number} kept no model. Choose a finished run.", number=run.number))
    if not found:
        raise PredictionFailed(tr("There is no tuned model yet. Tune one first."))
    return found[0]


def _guess(path: Path, *, text: str | None, format: str | None) -> Guess:
    guess = sniff([path], format=format) if format else sniff([path])
    if text is not None:
        if guess.columns and text not in guess.columns:
            raise PredictionFailed(
                tr(
                    '{file} has no column "{column}". It has: {columns}.',
                    file=path.name,
                    column=text,
                    columns=", ".join(guess.columns),
                )
            )
        guess = refresh(dataclasses.replace(guess, text=text))
    elif guess.columns and guess.text is None:
        raise UnreadableFile(tr("Say which column of {file} is the text.", file=path.name))
    return guess


def _input_lines(guess: Guess, problems: list[Problem]) -> Iterator[str]:
    number = 0
    for row in read(guess):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        number += 1
        yield json.dumps({"id": number, "text": row.text}) + "\n"


def _predict(
    folder: RunFolder, *, rows: int, progress: Progress, should_stop: ShouldStop, child: ChildProcess | None
) -> None:
    def tell(events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Staged) and event.stage == "predicting":
                progress(event.done, event.total or rows)

    outcome = run_job(
        folder,
        on_events=tell,
        should_stop=lambda: Stop(keep=False) if should_stop() else None,
        child=child,
    )
    if outcome.kind == "thrown_away":
        raise Cancelled
    if outcome.kind != "finished":
        raise PredictionFailed(outcome.sentence)


def _output_lines(folder: RunFolder, job: Job, names: Mapping[int, str]) -> Iterator[str]:
    """The two files of the job run in step; labels are called as the project calls them now."""
    task = task_named(job.task)
    labels = labels_of(job)
    called = {label.id: names.get(label.id, label.name) for label in labels}
    predicted = read_json_lines(folder.predictions_file)
    for row, line in zip(read_json_lines(folder.data_file("input")), predicted, strict=True):
        if row["id"] != line["id"]:
            raise PredictionFailed(tr("The predictions are not in the order of the texts."))
        try:
            chosen = task.labels_in(task.parse(line["value"], labels))
        except BadAnnotation as error:
            raise PredictionFailed(str(error)) from error
        said: dict[str, Any] = {
            "text": row["text"],
            "label": called[chosen[0]] if chosen else None,
            "score": line["score"],
            "scores": {called[int(label)]: score for label, score in line["scores"].items()},
        }
        yield json.dumps(said, ensure_ascii=False) + "\n"
