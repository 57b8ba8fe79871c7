"""The child at work: says that it is ready, waits for one job, does it, and says how it ended."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil
import torch
from torch import nn

from lepton_studio.child.channel import Channel, forget_after
from lepton_studio.child.measure import measure
from lepton_studio.child.orders import Orders
from lepton_studio.child.predict import predict
from lepton_studio.child.tune import tune
from lepton_studio.child.watchdog import watch
from lepton_studio.child.work import Work
from lepton_studio.files import Hold
from lepton_studio.language import tr, use_language
from lepton_studio.runs.checkpoints import newest_sound_checkpoint
from lepton_studio.runs.folder import RunFolder, write_process
from lepton_studio.runs.job import BUILT_IN_MODEL, Job
from lepton_studio.runs.wire import Failed, LastEvent, Ready
from lepton_studio.tasks import all_tasks, load_part
from lepton_studio.training.failures import BadData, ModelNotFound, failed
from lepton_studio.training.machine import find_machine, versions
from lepton_studio.training.models import Encoder, load_encoder


def serve(events: int) -> int:
    """Do one job that comes on stdin, sending events to this file descriptor; return the exit code."""
    channel = Channel(events)
    orders = Orders()
    machine = find_machine()
    warmed = warm_up()
    ready = Ready(os.getpid(), psutil.Process().create_time(), machine.name, versions())
    channel.send(ready)
    order = orders.first()
    if order is None:
        return 0
    folder = RunFolder(Path(order.folder))
    last: LastEvent
    held: Hold | None = None
    try:
        log_to(folder.log_file)
        held = _hold(folder)
        forget_later_events(folder, resume=order.resume)
        channel.open(folder)
        orders.watch(folder)
        channel.say_alive(orders.poll)
        write_process(folder)
        job = _job(folder)
        use_language(job.language)
        watch(orders, kind=job.kind, send=channel.send)
        work = Work(
            folder,
            job,
            machine,
            load_encoder=lambda name: warmed if warmed is not None and name == BUILT_IN_MODEL else load_encoder(name),
            send=channel.send,
            should_stop=orders.wish,
        )
        last = do_job(work, resume=order.resume)
    except Exception as error:  # whatever it is, the window hears of it in a sentence
        last = failed(error, step=channel.step)
    channel.send(last)
    channel.close()
    if held is not None:
        held.release()
    return 1 if isinstance(last, Failed) else 0


def do_job(work: Work, *, resume: bool) -> LastEvent:
    """The folder's job by its kind; returns the last event. Raises what `failures.failed` knows."""
    match work.job.kind:
        case "tune":
            return tune(work, resume=resume)
        case "measure":
            return measure(work)
        case "predict":
            return predict(work)
        case _:
            raise BadData(tr("This version of Lepton Studio knows no job of the kind {kind}.", kind=work.job.kind))


def warm_up() -> Encoder | None:
    """Import and run what the first step needs, so that it comes at once; the built-in encoder, where there is one.

    torch loads whole packages when the first optimiser is made, and its kernels and threads start with their first use.
    """
    for task in all_tasks().values():
        load_part(task.learner)
    layer = nn.Linear(2, 2)
    for optimizer in (torch.optim.AdamW(layer.parameters(), fused=True), torch.optim.LBFGS(layer.parameters())):
        layer(torch.ones(2, 2)).sum().backward()
        optimizer.step(lambda: layer(torch.zeros(2, 2)).sum())  # type: ignore[no-untyped-call]
    with contextlib.suppress(ModelNotFound, OSError):  # the job that needs it will say what is wrong
        encoder = load_encoder(BUILT_IN_MODEL)
        tokens = torch.ones((2, 16), dtype=torch.int64)
        encoder.model(input_ids=tokens).last_hidden_state.sum().backward()
        encoder.model.zero_grad(set_to_none=True)
        return encoder
    return None


def forget_later_events(folder: RunFolder, *, resume: bool) -> None:
    """Take out of events.jsonl what a resumed run will say again; all of it when the run starts from the beginning."""
    checkpoint = newest_sound_checkpoint(folder) if resume else None
    if checkpoint is None:
        folder.events_file.unlink(missing_ok=True)
    else:
        forget_after(folder, step=checkpoint.step)


def log_to(log: Path) -> None:
    """Let all that libraries print go to this file: it outlives the window, and a closed pipe ends no run."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    os.close(descriptor)


def _hold(folder: RunFolder) -> Hold:
    try:
        return Hold(folder.lock_file, seconds=5)
    except BlockingIOError as error:
        raise BadData(tr("Another process is at work on this run already.")) from error


def _job(folder: RunFolder) -> Job:
    try:
        return folder.job()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadData(tr("The run in {folder} cannot be read: {reason}", folder=folder.path, reason=error)) from error
