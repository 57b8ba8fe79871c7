"""A tuned model at reading: over the data/input.jsonl of a job, in pieces so that it can be of any length, or over some
rows at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from lepton_studio.child.warm import Warm
from lepton_studio.child.words import LostWords
from lepton_studio.child.work import Work, cut_sentence, read_job
from lepton_studio.contract.task import Input, Task
from lepton_studio.heads.cross_encoder import asked_about
from lepton_studio.language import tr, trn
from lepton_studio.runs.events import Finished, LastEvent, Noted, Predicted, Staged, Stopped
from lepton_studio.runs.folder import RunFolder, write_lines
from lepton_studio.runs.job import JobLabel
from lepton_studio.runs.requests import Draft, Predict
from lepton_studio.tasks import task_named
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import decide
from lepton_studio.training.learner import Learner
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Interrupted, Send, ShouldStop, stop_at_any
from lepton_studio.training.snapshot import read_input, read_row

_AT_ONCE = 4096


def predict(work: Work) -> LastEvent:
    """Do the job; any wish to stop ends it with nothing written. Raises what `failures.failed` knows."""
    folder, task, send = work.folder, work.task, work.send
    send(Staged("loading"))
    learner = work.load_tuned(task, Path(work.job.model))
    total = sum(1 for _ in read_input(folder))
    lost = LostWords(Path(work.job.model))
    done = cut = 0

    def progress(of_piece: int, _: int | None) -> None:
        send(Staged("predicting", done + of_piece, total))
        stop_at_any(work.should_stop)

    def lines() -> Iterator[str]:
        nonlocal done, cut
        rows = read_input(folder)
        while piece := list(islice(rows, _AT_ONCE)):
            inputs = [input for _, input in piece]
            lost.add(inputs)
            examples = learner.encode(inputs)
            cut += len({one.sample for one in examples if one.truncated})
            decided = decide(inputs, examples, learner=learner, machine=work.machine, progress=progress)
            done += len(piece)
            for (sample, _), decision in zip(piece, decided.decisions, strict=True):
                value = task.dump(decision.value)
                row = {"id": sample, "value": value, "score": decision.score, "scores": decision.scores}
                yield json.dumps(row) + "\n"

    try:
        write_lines(folder.predictions_file, lines())
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=work.seconds)
    if cut:
        send(Noted(_cut(cut, total=total, length=learner.max_length)))
    if lost.count:
        send(Noted(_lost(lost)))
    seconds = work.seconds
    return Finished(step=0, seconds=seconds, samples_per_second=total / seconds if seconds else 0.0)


def predict_rows(request: Predict, *, warm: Warm, machine: Machine, send: Send, should_stop: ShouldStop) -> LastEvent:
    """What the model of a run folder says of the rows, one `Predicted` each, in their order.

    Raises what `failures.failed` knows.
    """
    folder = RunFolder(Path(request.run))
    task = task_named(read_job(folder).task)
    rows = [read_row(row, media=folder.media) for row in request.rows]
    learner = warm.tuned(task, folder.model)
    return _say_of(rows, learner, task=task, machine=machine, send=send, should_stop=should_stop)


def draft_rows(request: Draft, *, warm: Warm, machine: Machine, send: Send, should_stop: ShouldStop) -> LastEvent:
    """As `predict_rows`, by a base model that is told what to do, or by a model that was tuned with other labels; says
    so where it does not read a text to its end.
    """
    send(Staged("loading"))
    task = task_named(request.task)
    rows = [read_row(row, media=Path()) for row in request.rows]
    learner: Any
    if request.labels:
        labels = tuple(JobLabel(**one) for one in request.labels)
        learner = asked_about(warm.tuned(task, Path(request.model)), labels)
        if learner is None:
            raise BadData(tr("The model in {folder} cannot be asked about these labels.", folder=request.model))
    else:
        learner = warm.untuned(task, request.model)
        learner.instruction = request.instruction
    return _say_of(rows, learner, task=task, machine=machine, send=send, should_stop=should_stop, draft=True)


def _say_of(
    rows: Sequence[tuple[int, Input]],
    learner: Learner[Any],
    *,
    task: Task[Any],
    machine: Machine,
    send: Send,
    should_stop: ShouldStop,
    draft: bool = False,
) -> LastEvent:
    began = time.monotonic()
    inputs = [input for _, input in rows]

    def progress(done: int, total: int | None) -> None:
        send(Staged("predicting", done, total or 0))
        stop_at_any(should_stop)

    try:
        examples = learner.encode(inputs)
        cut = sum(example.truncated for example in examples)
        if draft and cut:
            send(Noted(cut_sentence(cut, total=len(rows), length=learner.max_length)))
        decided = decide(inputs, examples, learner=learner, machine=machine, progress=progress, draft=draft)
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
    for (sample, _), decision in zip(rows, decided.decisions, strict=True):
        send(Predicted(sample, task.dump(decision.value), decision.score, decision.scores))
    seconds = time.monotonic() - began
    return Finished(step=0, seconds=seconds, samples_per_second=len(rows) / seconds if seconds else 0.0)


def _cut(cut: int, *, total: int, length: int) -> str:
    return trn(
        "{count:,} of {total:,} texts is longer than the {length} tokens that this model reads. The rest of it was not "
        "read.",
        "{count:,} of {total:,} texts are longer than the {length} tokens that this model reads. The rest of them was "
        "not read.",
        cut,
        total=total,
        length=length,
    )


def _lost(lost: LostWords) -> str:
    return trn(
        "{count:,} of {total:,} texts has words that this model did not keep. Its prediction may be less accurate.",
        "{count:,} of {total:,} texts have words that this model did not keep. Their predictions may be less accurate.",
        lost.count,
        total=lost.total,
    )
