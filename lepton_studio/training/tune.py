"""The "tune" job: read the snapshot, fit the head, train, and leave model, predictions and report in the run folder."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from lepton_studio.language import tr
from lepton_studio.project.records import SPLITS
from lepton_studio.runs.folder import RunFolder, write_lines, write_whole
from lepton_studio.runs.job import Job
from lepton_studio.runs.wire import Evaluated, Finished, LastEvent, Noted, Staged, Stopped
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.channel import Send
from lepton_studio.training.checkpoints import Checkpoints
from lepton_studio.training.failures import BadData, NotANumber
from lepton_studio.training.inference import Decided, Progress, decide, embed, score_split
from lepton_studio.training.learner import Example, Learner
from lepton_studio.training.loop import Trained, train
from lepton_studio.training.machine import Machine
from lepton_studio.training.models import Encoder
from lepton_studio.training.orders import Interrupted, ShouldStop, stop_now
from lepton_studio.training.snapshot import Samples, project_labels, read_split

LoadEncoder = Callable[[str], Encoder]


def tune(
    folder: RunFolder,
    job: Job,
    *,
    resume: bool,
    machine: Machine,
    load_encoder: LoadEncoder,
    send: Send,
    should_stop: ShouldStop,
) -> LastEvent:
    """Do the job; returns its last event. Raises what `failures.failed` knows."""
    began = time.monotonic()
    checkpoints = Checkpoints(folder, seconds=float(os.environ.get("LEPTON_CHECKPOINT_SECONDS", "30")))
    try:
        return _tune(
            folder,
            job,
            resume=resume,
            machine=machine,
            load_encoder=load_encoder,
            checkpoints=checkpoints,
            began=began,
            send=send,
            should_stop=should_stop,
        )
    except Interrupted as interrupted:
        if interrupted.wish == "discard":
            _throw_away(folder, checkpoints)
        newest = checkpoints.newest()
        return Stopped(step=newest.state.step if newest else 0, kept=False, seconds=time.monotonic() - began)


def _tune(
    folder: RunFolder,
    job: Job,
    *,
    resume: bool,
    machine: Machine,
    load_encoder: LoadEncoder,
    checkpoints: Checkpoints,
    began: float,
    send: Send,
    should_stop: ShouldStop,
) -> LastEvent:
    send(Staged("loading"))
    task = task_named(job.task)
    labels = project_labels(job)
    torch.manual_seed(job.recipe.seed)
    learner: Learner[Any] = load_part(task.learner).start(load_encoder(job.model), labels=job.labels, recipe=job.recipe)
    splits = [read_split(folder, name, task=task, labels=labels, learner=learner) for name in SPLITS]
    training, validation, test = splits
    check_samples(training)
    _note_truncated(splits, learner=learner, send=send)
    if not validation.ids:
        send(
            Noted(
                tr("There are no validation samples: the model of the last step is kept, without a check on the way.")
            )
        )
    stop_now(should_stop)
    learner.prepare(training.examples)
    learner.model.to(machine.device)

    resume_from = checkpoints.newest() if resume else None
    if resume_from is None:
        if resume:
            send(Noted(tr("No checkpoint of this run can be read: it starts from the beginning.")))
        checkpoints.clear()
        if job.recipe.probe:
            _fit_head(learner, training, validation, machine=machine, send=send, should_stop=should_stop)
    else:
        send(Noted(tr("Going on from step {step}.", step=resume_from.state.step)))

    def score(gold: Sequence[Any], predicted: Sequence[Any]) -> Any:
        return task.score(gold, predicted, labels)

    send(Staged("training"))
    trained = train(
        job,
        learner,
        train=training,
        validation=validation,
        score=score,
        machine=machine,
        checkpoints=checkpoints,
        resume_from=resume_from,
        began=began,
        send=send,
        should_stop=should_stop,
    )
    before = trained.seconds - (time.monotonic() - began)
    if trained.ending == "not_a_number" and not trained.is_best:
        raise NotANumber(
            tr("The loss stopped being a number, and there was no model to keep. Try a lower learning rate.")
        )

    save_model(folder, learner, send=send)
    decided = {}
    progress = _final_progress(trained, splits, send=send, should_stop=should_stop)
    for split in splits:
        if split.ids:
            decided[split.split] = decide(split.examples, learner=learner, machine=machine, progress=progress)
    send(Staged("saving"))
    reports = {
        split.split: score_split(decided[split.split], split.values, score=score) for split in splits if split.ids
    }
    rows = (row for split in splits if split.ids for row in _rows(split, decided[split.split], dump=task.dump))
    write_lines(folder.predictions_file, rows)
    write_whole(folder.report_file, json.dumps({name: report.to_json() for name, report in reports.items()}))
    if test.ids:
        epoch = trained.step / max(1, -(-len(training.ids) // job.recipe.batch_size))
        scores = reports["test"].headline
        send(Evaluated(trained.step, epoch, "test", decided["test"].loss, scores))
    checkpoints.clear()
    if trained.ending == "not_a_number":
        raise NotANumber(
            tr(
                "The loss stopped being a number at step {step}. The best model so far, of step {best}, was kept. "
                "Try a lower learning rate.",
                step=trained.last_step,
                best=trained.step,
            )
        )
    scores_by_split = {name: dict(report.headline) for name, report in reports.items()}
    seconds = before + time.monotonic() - began
    if trained.ending == "kept":
        return Stopped(
            step=trained.step,
            kept=True,
            seconds=seconds,
            samples_per_second=trained.samples_per_second,
            scores=scores_by_split,
        )
    return Finished(trained.step, seconds, trained.samples_per_second, scores_by_split)


def check_samples(training: Samples[Any]) -> None:
    """Raise BadData where there is nothing to learn."""
    if not training.ids:
        raise BadData(tr("There is no labelled sample to train on."))
    if len({example.target for example in training.examples}) < 2:
        raise BadData(tr("All training samples have the same label; a model needs samples of at least two."))


def _note_truncated(splits: Sequence[Samples[Any]], *, learner: Learner[Any], send: Send) -> None:
    total = sum(len(split.ids) for split in splits)
    cut = sum(example.truncated for split in splits for example in split.examples)
    if cut:
        sentence = "{count} of {total} texts are longer than {length} tokens; what stands behind is not read."
        send(Noted(tr(sentence, count=cut, total=total, length=learner.max_length)))


def _fit_head(
    learner: Learner[Any],
    training: Samples[Any],
    validation: Samples[Any],
    *,
    machine: Machine,
    send: Send,
    should_stop: ShouldStop,
) -> None:
    total = len(training.ids) + len(validation.ids)
    embedded = 0

    def embed_some(examples: Sequence[Example]) -> torch.Tensor:
        nonlocal embedded

        def progress(done: int, _: int) -> None:
            send(Staged("embedding", embedded + done, total))
            stop_now(should_stop)

        features = embed(examples, learner=learner, machine=machine, progress=progress)
        embedded += len(examples)
        if embedded == total:
            send(Staged("probing"))
        return features

    learner.fit_head(training.examples, validation.examples, embed=embed_some)
    stop_now(should_stop)


def save_model(folder: RunFolder, learner: Learner[Any], *, send: Send) -> None:
    """Write model/ so that it appears whole: beside its place first, every file synced."""
    send(Staged("saving"))
    temporary = folder.path / ".model.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        learner.save(temporary)
        for path in temporary.rglob("*"):
            if path.is_file():
                _sync(path)
        shutil.rmtree(folder.model, ignore_errors=True)
        temporary.rename(folder.model)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _final_progress(
    trained: Trained, splits: Sequence[Samples[Any]], *, send: Send, should_stop: ShouldStop
) -> Progress:
    """Progress over all splits together. A window that goes now finds a checkpoint of the end of training later."""
    total = sum(len(split.ids) for split in splits)
    done_before = 0

    def progress(done: int, of: int) -> None:
        nonlocal done_before
        send(Staged("evaluating", done_before + done, total))
        if done == of:
            done_before += of
        wish = should_stop()
        if wish == "leave" and trained.ending == "complete":
            trained.save_checkpoint()
            raise Interrupted(wish)
        if wish == "discard":
            raise Interrupted(wish)

    return progress


def _rows(split: Samples[Any], decided: Decided[Any], *, dump: Callable[[Any], object]) -> Sequence[str]:
    return [
        json.dumps(
            {
                "id": sample,
                "split": split.split,
                "value": dump(decision.value),
                "gold": dump(gold),
                "score": decision.score,
                "scores": decision.scores,
            }
        )
        + "\n"
        for sample, gold, decision in zip(split.ids, split.values, decided.decisions, strict=True)
    ]


def _throw_away(folder: RunFolder, checkpoints: Checkpoints) -> None:
    checkpoints.clear()
    shutil.rmtree(folder.model, ignore_errors=True)
    for path in (folder.predictions_file, folder.report_file):
        path.unlink(missing_ok=True)
