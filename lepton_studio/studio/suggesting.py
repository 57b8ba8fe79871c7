"""What the newest run says of samples that nobody has annotated: predicted beside the window, kept in the run's folder.

`suggestions.jsonl`: a line {"sample", "value", "score", "scores": {label id: probability}} for each sample.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from lepton_studio.contract.task import BadAnnotation
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, RunId, SampleId
from lepton_studio.runs.folder import read_json_lines, write_lines
from lepton_studio.runs.process import ChildProcess
from lepton_studio.studio.predicting import predict_inputs, reader, runs_with_model
from lepton_studio.studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.studio.tuning import run_folder
from lepton_studio.tasks import task_named

V = TypeVar("V")

_UNLABELLED = Filter(state="unlabelled")
_BEST = 5
"""So many probabilities of a sample are kept: with many labels and samples, all would be a lot of memory."""


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[V]):
    """What a run says of a sample; `scores` holds the likeliest labels, the best first, where the task gives them."""

    sample: SampleId
    value: V
    score: float
    scores: Mapping[LabelId, float]


def newest_suggesting_run(project: Project) -> RunId | None:
    """The newest run that has a model or has predicted something; None before the first."""
    judged = [run for run in project.runs() if run.scores and run.status != "running"]
    return max((run.id for run in (*runs_with_model(project), *judged)), default=None)


def suggest(
    project: Project,
    run_id: RunId,
    *,
    filter: Filter = _UNLABELLED,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    child: ChildProcess | None = None,
) -> int:
    """Let the run's model read the samples of the filter; returns how many. Its suggestions take the place of earlier
    ones. Blocks; call it on a clone in a worker. Raises PredictionFailed, Cancelled, ProjectError.
    """
    task = task_named(project.task_id)
    inputs = ((sample.id, task.input(sample.text, sample.fields)) for sample in project.all_rows(filter))
    answers = predict_inputs(project, run_id, inputs, progress=progress, should_stop=should_stop, child=child)
    with closing(answers):
        lines = (
            json.dumps(
                {
                    "sample": answer.id,
                    "value": task.dump(answer.value),
                    "score": answer.score,
                    "scores": _best(answer.scores),
                }
            )
            + "\n"
            for answer in answers
            if answer.value is not None
        )
        return write_lines(_file(project, run_id), lines)


def read_suggestions(project: Project, run_id: RunId) -> Iterator[Suggestion[Any]]:
    """What the run says: first of the samples of its splits, then what `suggest` wrote, which is the newer.

    Without labels that were deleted since; a sample of which nothing is left is left out. Streamed.
    """
    folder = run_folder(project, project.run(run_id))
    task = task_named(project.task_id)
    read_value = reader(project, folder.job())
    for one in project.every_prediction(run_id):
        stored = one.value
        if stored is None and task.from_labels is not None and one.predicted is not None:
            stored = task.dump(task.from_labels([one.predicted]))  # of a run of an older version
        value = _value(stored, read_value)
        if value is not None:
            yield Suggestion(one.sample, value, one.score, _best(one.scores))
    file = _file(project, run_id)
    for line in read_json_lines(file) if file.exists() else ():
        value = _value(line.get("value"), read_value)
        if value is not None:
            scores = {int(label): float(score) for label, score in line["scores"].items()}
            yield Suggestion(int(line["sample"]), value, float(line["score"]), scores)


def _value(stored: object | None, read_value: Callable[[object], Any | None]) -> Any | None:
    """The value, None where there is none that the project can use now."""
    try:
        return None if stored is None else read_value(stored)
    except BadAnnotation:
        return None


def _file(project: Project, run_id: RunId) -> Path:
    return project.run_folder(run_id) / "suggestions.jsonl"


def _best(scores: Mapping[LabelId, float]) -> dict[LabelId, float]:
    return dict(sorted(scores.items(), key=lambda item: -item[1])[:_BEST])
