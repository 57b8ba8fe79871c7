"""Suggestions: what a model says of samples that nobody has annotated. Read by a tuned model, kept in the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from lepton_studio.contract.task import BadAnnotation, Input, Task
from lepton_studio.progress import Progress, ShouldStop, never, silent, watched
from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    Filter,
    LabelId,
    NewSuggestion,
    PredictorId,
    RunId,
    SampleId,
    Suggested,
    Suggestion,
)
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.folder import read_json_lines
from lepton_studio.studio.needs import need_of_suggestions
from lepton_studio.studio.predicting import Answer, predict_live, runs_with_model
from lepton_studio.tasks import task_named

V = TypeVar("V")

_NO_SCORES: Mapping[LabelId, float] = MappingProxyType({})

Read = Callable[[object], Any | None]

UNLABELLED = Filter(state="unlabelled")
_BEST = 5
"""So many probabilities of a sample are kept: with many labels and samples, all would be a lot."""
_OLD_FILE = "suggestions.jsonl"
"""Where versions before the fourth schema kept them, in the folder of a run."""


def newest_suggesting_run(project: Project) -> RunId | None:
    """The newest run that has a model or has predicted something; None before the first."""
    judged = [run for run in project.runs() if run.scores and run.status != "running"]
    return max((run.id for run in (*runs_with_model(project), *judged)), default=None)


def suggest(
    project: Project,
    run_id: RunId,
    *,
    filter: Filter = UNLABELLED,
    at_most: int | None = None,
    is_awaited: bool = True,
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> int:
    """Let the run's model read the samples of the filter of which it has said nothing yet, in their order; returns how
    many. `is_awaited`: as of `need_of_suggestions`. Blocks; call it on a clone in a worker. Raises PredictionFailed,
    Cancelled, ProjectError, CouldNotStart; what was said before stays.
    """
    task = task_named(project.task_id)
    unread = replace(filter, suggested=Suggested(run_id, there=False))
    left = project.count(unread)
    total = left if at_most is None else min(left, at_most)
    samples = islice(project.all_rows(unread), at_most)
    media = project.media_folder
    inputs = ((sample.id, task.input(sample.text, sample.fields, media=media)) for sample in samples)
    live = predict_live(
        project,
        run_id,
        inputs,
        need=partial(need_of_suggestions, is_awaited=is_awaited),
        children=children,
        progress=lambda done, _: progress(done, total),
        should_stop=should_stop,
        on_wait=on_wait,
    )
    stored = 0
    with closing(live):
        for answers in live:
            said = [_of_answer(answer, task) for answer in answers if answer.value is not None]
            stored += project.store_suggestions(run_id, said)
    return stored


def suggest_words(
    project: Project,
    find: Callable[[Input], Any | None] | None,
    *,
    at_most: int | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> int:
    """Look a word list up in the unlabelled samples, in place of what the one before it said; how many it finds
    something in. None: there is no word list any more. Blocks; call it on a clone in a worker. Raises Cancelled.
    """
    task, by = task_named(project.task_id), project.enter_predictor("word_list").id
    project.forget_predictor(by)
    if find is None:
        return 0
    samples = watched(
        islice(project.all_rows(UNLABELLED), at_most), total=at_most, progress=progress, should_stop=should_stop
    )
    found = ((sample.id, find(task.input(sample.text, sample.fields))) for sample in samples)
    said = (new_suggestion(task, id, value) for id, value in found if value is not None)
    first = next(said, None)
    if first is None:
        return 0
    return project.store_suggestions(project.enter_predictor("word_list").id, chain([first], said))


def new_suggestion(
    task: Task[V],
    sample: SampleId,
    value: V,
    *,
    score: float | None = None,
    scores: Mapping[LabelId, float] = _NO_SCORES,
) -> NewSuggestion:
    """What is said of a sample in the task's own value, on its way into the project."""
    stored, accepted = task.dump(value), task.dump(task.accept(value))
    return NewSuggestion(
        sample=sample,
        value=stored,
        labels=tuple(task.labels_in(value)),
        score=score,
        scores=_best(scores),
        accepted=None if accepted == stored else accepted,
    )


def reader(project: Project) -> Read:
    """Reads what is stored of a suggestion with the labels of today; None where nothing of it can be used now.

    Make another one after the labels have changed.
    """
    task, labels, gone = task_named(project.task_id), project.labels(), project.former_labels()
    without: dict[int, int | None] = {label.id: None for label in gone}
    known = (*labels, *gone)

    def read(stored: object) -> Any | None:
        try:
            value = task.parse(stored, known)
        except BadAnnotation:
            return None
        return task.relabel(value, without) if without else value

    return read


def suggestion_for(project: Project, sample: SampleId, *, read: Read, newest: RunId | None) -> Suggestion[Any] | None:
    """What counts first of that which models say of a sample and can be used: the word list is asked as it is now.

    `newest` is the newest run that can suggest: what an earlier one said is marked as old.
    """
    by_models = (one for one in project.suggestions_of(sample) if one.predictor.kind != "word_list")
    return next(_usable(by_models, project, read=read, newest=newest), None)


def suggestions_for(
    project: Project, sample: SampleId, *, read: Read, newest: RunId | None
) -> tuple[Suggestion[Any], ...]:
    """As `suggestion_for`, all that can be used of what models say: of runs the first one's only."""
    by_models = (one for one in project.suggestions_of(sample) if one.predictor.kind != "word_list")
    found = tuple(_usable(by_models, project, read=read, newest=newest))
    runs = [one for one in found if one.predictor.kind == "run"]
    return tuple(one for one in found if one.predictor.kind != "run" or one is runs[0])


def suggestions_by(
    project: Project, predictor: PredictorId, samples: Iterable[SampleId], *, read: Read
) -> dict[SampleId, Suggestion[Any]]:
    """What one predictor says of some samples, as far as that can be used."""
    found = _usable(project.said_of(samples, by=predictor), project, read=read, newest=None)
    return {one.sample: one for one in found}


def bring_in_old_suggestions(project: Project) -> int:
    """What older versions kept in files comes into the project, and the files go; returns how many they are."""
    return sum(_bring_in(project, run.id, project.runs_folder / run.folder / _OLD_FILE) for run in project.runs())


def _bring_in(project: Project, run: RunId, file: Path) -> int:
    try:
        count = project.store_suggestions(run, _of_file(project, file), at=int(file.stat().st_mtime))
        file.unlink(missing_ok=True)
    except OSError:
        return 0  # there is none, or it cannot be read now: it is looked for again the next time
    return count


def _of_file(project: Project, file: Path) -> Iterator[NewSuggestion]:
    task, known = task_named(project.task_id), (*project.labels(), *project.former_labels())
    for line in read_json_lines(file):
        try:
            value = task.parse(line["value"], known)
            scores = {int(label): float(score) for label, score in line["scores"].items()}
            yield new_suggestion(task, int(line["sample"]), value, score=float(line["score"]), scores=scores)
        except (BadAnnotation, KeyError, TypeError, ValueError, AttributeError):
            continue  # what cannot be read was no suggestion before either


def _usable(
    said: Iterable[Suggestion[object]], project: Project, *, read: Read, newest: RunId | None
) -> Iterator[Suggestion[Any]]:
    task = task_named(project.task_id)
    for one in said:
        stored = one.value
        if stored is None and task.from_labels is not None and one.labels:
            stored = task.dump(task.from_labels(one.labels))  # of a run of an older version
        value = None if stored is None else read(stored)
        if value is not None:
            is_old = newest is not None and one.predictor.kind == "run" and one.predictor.id < newest
            yield replace(one, value=value, scores=_best(one.scores), is_old=is_old)


def _of_answer(answer: Answer[Any], task: Task[Any]) -> NewSuggestion:
    return new_suggestion(task, answer.id, answer.value, score=answer.score, scores=answer.scores)


def _best(scores: Mapping[LabelId, float]) -> dict[LabelId, float]:
    return dict(sorted(scores.items(), key=lambda item: -item[1])[:_BEST])
