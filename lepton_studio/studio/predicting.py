"""A tuned model over texts, in a child."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Generic, TypeVar

from lepton_studio.contract.task import BadAnnotation, Input
from lepton_studio.errors import Cancelled, StudioError
from lepton_studio.language import language_in_use, tr
from lepton_studio.progress import Progress, ShouldStop, never, silent, watched
from lepton_studio.project.project import Project
from lepton_studio.project.records import LabelId, RunId, RunRecord
from lepton_studio.runs.children.owner import Children, borrowed
from lepton_studio.runs.children.slots import Need
from lepton_studio.runs.digests import damaged_files
from lepton_studio.runs.events import Event, Noted, Predicted, Staged
from lepton_studio.runs.folder import RunFolder, read_json_lines, write_lines
from lepton_studio.runs.job import Job
from lepton_studio.runs.monitoring import run_job
from lepton_studio.runs.process import ChildProcess
from lepton_studio.runs.requests import Predict, Stop
from lepton_studio.studio.asking import NotAnswered, ask, pieces
from lepton_studio.studio.collecting import labels_of
from lepton_studio.studio.data_lines import data_line
from lepton_studio.studio.incoming_media import copied_media
from lepton_studio.studio.scratch import scratch_folder
from lepton_studio.studio.tuning import run_folder
from lepton_studio.tasks import task_named

V = TypeVar("V")

_AT_ONCE = 128
"""Inputs of one request of `predict_live`: a person waits for the first answers."""


class PredictionFailed(StudioError):
    """The file could not be predicted; the text is a sentence for a person. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[V]):
    """What a model says of the input that came with this id. `value` None: what it says are labels deleted since."""

    id: int
    input: Input
    value: V | None
    score: float
    scores: Mapping[LabelId, float]


def predict_inputs(
    project: Project,
    run_id: RunId | None,
    inputs: Iterable[tuple[int, Input]],
    *,
    need: Callable[[Path], Need],
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
    on_notice: Callable[[str], object] = lambda _sentence: None,
) -> Generator[Answer[Any], None, None]:
    """What a run's model says of each (id, input), in their order; all is predicted before the first answer comes.

    `need` says what the child is for, given the model's folder; it is borrowed of `children`, and `on_wait` is told why
    there is none yet, `on_notice` what a person should know of the predictions. Close it (`contextlib.closing`) where
    it is not read to its end. Raises PredictionFailed, Cancelled, ProjectError, CouldNotStart, and what `inputs` raise.
    """
    trained = trained_folder(project, run_id)
    folder = scratch_folder(project)
    try:
        given = watched(inputs, total=None, progress=progress, should_stop=should_stop)
        own, kept = folder.path / "media", project.media_folder
        rows = write_lines(folder.data_file("input"), (_input_line(id, one, own=own, kept=kept) for id, one in given))
        if rows:
            job = trained.job()
            asked = dataclasses.replace(job, kind="predict", model=str(trained.model), language=language_in_use())
            folder.write_job(asked)
            with borrowed(children, need(trained.model), should_stop=should_stop, on_wait=on_wait) as child:
                _predict(
                    folder, rows=rows, progress=progress, should_stop=should_stop, on_notice=on_notice, child=child
                )
            yield from _answers(folder, reader(project, job))
    finally:
        folder.discard()


def predict_live(
    project: Project,
    run_id: RunId | None,
    inputs: Iterable[tuple[int, Input]],
    *,
    need: Callable[[Path], Need],
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> Generator[list[Answer[Any]], None, None]:
    """As `predict_inputs`, of samples of the project, some answers after another: the first come at once.

    `progress` counts inputs.
    """
    trained = trained_folder(project, run_id)
    asked = pieces(inputs, size=_AT_ONCE)
    first = next(asked, ())
    if not first:
        return
    read_value, done = reader(project, trained.job()), 0
    with nullcontext(children) if children is not None else Children() as owner:
        for some in chain([first], asked):
            said: list[Event] = []
            hear = partial(_hear, into=said, progress=progress, done=done, size=len(some))
            rows = tuple(data_line(id, one) for id, one in some)
            # Borrowed anew for each piece: the instant model gets between, for which a person may wait too.
            told = _nobody if done else on_wait
            with owner.borrow(need(trained.model), should_stop=should_stop, on_wait=told) as child:
                try:
                    request = Predict(0, str(trained.path), rows, language_in_use())
                    ask(child, request, on_event=hear, should_stop=should_stop)
                except NotAnswered as error:
                    raise PredictionFailed(str(error)) from error
            answers = (event for event in said if isinstance(event, Predicted))
            yield [
                _answer(id, one, answer.value, read_value, score=answer.score, scores=answer.scores)
                for (id, one), answer in zip(some, answers, strict=True)
            ]
            done += len(some)
            progress(done, None)


def _hear(event: Event, *, into: list[Event], progress: Progress, done: int, size: int) -> None:
    """Keep what a child says; how far it is, it tells in windows of texts, of which long ones have several."""
    into.append(event)
    if isinstance(event, Staged) and event.total:
        progress(done + size * event.done // event.total, None)


def _nobody(_sentence: str) -> None:
    """Nobody need hear of a wait as short as these."""


def runs_with_model(project: Project) -> list[RunRecord]:
    """The runs whose model was kept, the newest first."""
    return [run for run in project.runs() if run.status != "running" and run_folder(project, run).model.is_dir()]


def run_with_model(project: Project, run_id: RunId | None) -> RunRecord:
    """This run, or the newest that has a model. Raises PredictionFailed where there is none."""
    found = runs_with_model(project)
    if run_id is not None:
        run = project.run(run_id)
        found = [one for one in found if one.id == run.id]
        if not found:
            raise PredictionFailed(tr("Run {number} has no model. Choose a finished run.", number=run.number))
    if not found:
        raise PredictionFailed(tr("There is no tuned model yet. Tune one first."))
    return found[0]


def reader(project: Project, job: Job) -> Callable[[object], Any | None]:
    """Reads a value of a run, without the labels that were deleted since; None where nothing of it is left.

    The function raises BadAnnotation.
    """
    task, labels = task_named(job.task), labels_of(job)
    there = {label.id for label in project.labels()}
    gone: dict[int, int | None] = {label.id: None for label in labels if label.id not in there}

    def read_value(stored: object) -> Any | None:
        value = task.parse(stored, labels)
        return task.relabel(value, gone) if gone else value

    return read_value


def _input_line(id: int, input: Input, *, own: Path, kept: Path) -> str:
    """A line of the job; a file that is not `kept` in the project is copied to the job's `own`."""
    if input.media is not None and input.media.parent != kept:
        input = dataclasses.replace(input, media=copied_media(input.media, into=own))
    return json.dumps(data_line(id, input)) + "\n"


def trained_folder(project: Project, run_id: RunId | None) -> RunFolder:
    """The folder of `run_with_model`. Damaged weights predict without a word, only something else: they raise
    PredictionFailed."""
    run = run_with_model(project, run_id)
    trained = run_folder(project, run)
    if damaged := damaged_files(trained):
        raise PredictionFailed(
            tr(
                "The model of run {number} is damaged (changed since it was saved: {files}). Tune again, "
                "or restore it from a copy.",
                number=run.number,
                files=damaged[0],
            )
        )
    return trained


def _predict(
    folder: RunFolder,
    *,
    rows: int,
    progress: Progress,
    should_stop: ShouldStop,
    on_notice: Callable[[str], object],
    child: ChildProcess,
) -> None:
    def tell(events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Staged) and event.stage == "predicting":
                progress(event.done, event.total or rows)
            elif isinstance(event, Noted):
                on_notice(event.message)

    outcome = run_job(
        folder,
        on_events=tell,
        should_stop=lambda: Stop(keep=False) if should_stop() else None,
        child=child,
        stay=True,
    )
    if outcome.kind == "thrown_away":
        raise Cancelled
    if outcome.kind != "finished":
        raise PredictionFailed(outcome.sentence)


def _answers(folder: RunFolder, read_value: Callable[[object], Any | None]) -> Iterator[Answer[Any]]:
    """The two files of the job, run through in step."""
    predicted = read_json_lines(folder.predictions_file)
    for row, line in zip(read_json_lines(folder.data_file("input")), predicted, strict=True):
        if row["id"] != line["id"]:
            raise PredictionFailed(tr("The predictions are not in the same order as the texts."))
        scores = {int(label): float(score) for label, score in line["scores"].items()}
        given = Input(row["text"], row.get("fields", {}))
        yield _answer(row["id"], given, line["value"], read_value, score=line["score"], scores=scores)


def _answer(
    id: int,
    given: Input,
    stored: object,
    read_value: Callable[[object], Any | None],
    *,
    score: float,
    scores: Mapping[LabelId, float],
) -> Answer[Any]:
    try:
        return Answer(id, given, read_value(stored), score, scores)
    except BadAnnotation as error:
        raise PredictionFailed(str(error)) from error
