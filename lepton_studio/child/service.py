"""The child at work: says that it is ready, does what it is asked one after another, and says how each ended."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from lepton_studio.child.beside import look_beside
from lepton_studio.child.channel import Channel, forget_after
from lepton_studio.child.curve import learn_curve
from lepton_studio.child.embed import embed_texts
from lepton_studio.child.find_rate import find_rate
from lepton_studio.child.instant import Instant, read_on, refit
from lepton_studio.child.lay_out import lay_texts_out
from lepton_studio.child.measure import measure
from lepton_studio.child.orders import Orders
from lepton_studio.child.predict import draft_rows, predict, predict_rows
from lepton_studio.child.preview import preview
from lepton_studio.child.robustness import similar_words
from lepton_studio.child.spans import learn_spans
from lepton_studio.child.suspects import find_suspects
from lepton_studio.child.trackers import track_elsewhere
from lepton_studio.child.tracking import track
from lepton_studio.child.tune import tune
from lepton_studio.child.warm import Warm
from lepton_studio.child.watchdog import watch
from lepton_studio.child.why.answering import explain_row
from lepton_studio.child.work import Work, read_job
from lepton_studio.files import Hold
from lepton_studio.language import tr, use_language
from lepton_studio.runs.checkpoints import newest_sound_checkpoint
from lepton_studio.runs.events import Failed, Finished, LastEvent, Ready, Stopped
from lepton_studio.runs.folder import RunFolder, write_process
from lepton_studio.runs.job import Job
from lepton_studio.runs.requests import (
    Draft,
    Embed,
    Explain,
    LayOut,
    LearnCurve,
    LearnSpans,
    Load,
    LookBeside,
    Predict,
    ReadOn,
    Refit,
    Request,
    Reword,
    Run,
    StopMode,
    Suspect,
)
from lepton_studio.runs.wire import WIRE, BadLine
from lepton_studio.training.failures import BadData, failed
from lepton_studio.training.machine import Machine, find_machine, use_threads, versions


def serve(events: int) -> int:
    """Do what comes on stdin, sending events to this file descriptor, until the window has gone or a run that ends the
    process is done; return the exit code."""
    channel = Channel(events)
    orders = Orders(
        on_dropped=lambda id: channel.send(Stopped(step=0, kept=False, seconds=0.0, of=id)),
        on_bad_line=lambda error: _refuse(error, channel=channel),
    )
    machine = find_machine()
    warm, instant = Warm(machine), Instant()
    channel.send(
        Ready(
            os.getpid(),
            psutil.Process().create_time(),
            machine.name,
            versions(),
            host=platform.node(),
            wire=WIRE,
        )
    )
    channel.say_alive(orders.poll)
    watch(orders, send=channel.send)
    last: LastEvent | None = None
    while (request := orders.next()) is not None:
        last = do(request, channel=channel, orders=orders, machine=machine, warm=warm, instant=instant)
        if isinstance(request, Run) and not request.stay:
            break
    orders.drop_waiting()
    channel.close()
    return 1 if isinstance(last, Failed) else 0


def do(
    request: Request, *, channel: Channel, orders: Orders, machine: Machine, warm: Warm, instant: Instant
) -> LastEvent:
    """One request, to its last event, which is sent and returned."""

    def should_stop() -> StopMode | None:
        use_threads()  # a child that is to give way may have fewer processors now than a moment ago
        return orders.stop_mode()

    channel.begin(request.id)
    last: LastEvent
    with contextlib.ExitStack() as held:
        try:
            should_stop()
            if not isinstance(request, Run):  # a run's job says it
                use_language(request.language)
            match request:
                case Run():
                    folder, job = held.enter_context(_at_work_in(request, channel=channel, orders=orders))
                    work = Work(
                        folder,
                        job,
                        machine,
                        load_encoder=warm.encoder_to_tune,
                        send=channel.send,
                        should_stop=should_stop,
                        load_tuned=warm.tuned,
                    )
                    if job.kind != "predict":
                        warm.make_room(keep=job.model)
                    last = do_job(work, resume=request.resume)
                case Predict():
                    last = predict_rows(request, warm=warm, machine=machine, send=channel.send, should_stop=should_stop)
                case Explain():
                    last = explain_row(request, warm=warm, machine=machine, send=channel.send, should_stop=should_stop)
                case Reword():
                    last = similar_words(request, send=channel.send, should_stop=should_stop)
                case Draft():
                    last = draft_rows(request, warm=warm, machine=machine, send=channel.send, should_stop=should_stop)
                case Embed():
                    last = embed_texts(request, warm=warm, machine=machine, send=channel.send, should_stop=should_stop)
                case ReadOn():
                    last = read_on(request, kept=instant, warm=warm, machine=machine, send=channel.send)
                case Refit():
                    last = refit(request, kept=instant, warm=warm, machine=machine, send=channel.send)
                case LearnSpans():
                    last = learn_spans(
                        request,
                        kept=instant.spans,
                        warm=warm,
                        machine=machine,
                        send=channel.send,
                        should_stop=should_stop,
                    )
                case LookBeside():
                    last = look_beside(request, kept=instant, warm=warm, machine=machine, send=channel.send)
                case Suspect():
                    last = find_suspects(
                        request,
                        kept=instant,
                        warm=warm,
                        machine=machine,
                        send=channel.send,
                        should_stop=should_stop,
                    )
                case LayOut():
                    last = lay_texts_out(request, send=channel.send, should_stop=should_stop)
                case LearnCurve():
                    last = learn_curve(
                        request,
                        kept=instant,
                        warm=warm,
                        machine=machine,
                        send=channel.send,
                        should_stop=should_stop,
                    )
                case Load():
                    began = time.monotonic()
                    warm.reader(request.encoder)
                    last = Finished(step=0, seconds=time.monotonic() - began)
        except Exception as error:  # whatever it is, the window hears of it in a sentence
            last = failed(error, step=channel.step)
        channel.finish(last, release=held.close)
    return last


def do_job(work: Work, *, resume: bool) -> LastEvent:
    """The folder's job by its kind; returns the last event. Raises what `failures.failed` knows."""
    match work.job.kind:
        case "tune":
            try:
                return tune(work, resume=resume)
            finally:
                track(work.folder)
                track_elsewhere(work.folder, work.job, send=work.send)
        case "measure":
            return measure(work)
        case "preview":
            return preview(work)
        case "find_rate":
            return find_rate(work)
        case "predict":
            return predict(work)
        case _:
            raise BadData(
                tr("This version of Lepton Studio does not support jobs of the kind {kind}.", kind=work.job.kind)
            )


@contextlib.contextmanager
def _at_work_in(request: Run, *, channel: Channel, orders: Orders) -> Iterator[tuple[RunFolder, Job]]:
    """Hold the folder, log into it, and obey its control file."""
    folder = RunFolder(Path(request.folder))
    with logging_to(folder.log_file):
        hold = _hold(folder)
        try:
            forget_later_events(folder, resume=request.resume)
            channel.open(folder)
            orders.watch(folder)
            write_process(folder)
            job = read_job(folder)
            if request.resume and not folder.has_its_model():
                raise BadData(
                    tr("The model in {folder} has changed since this run began. Start a new run.", folder=job.model)
                )
            use_language(job.language)
            orders.trains = job.kind == "tune"
            yield folder, job
        finally:
            hold.release()


def forget_later_events(folder: RunFolder, *, resume: bool) -> None:
    """Take out of events.jsonl what a resumed run will say again; all of it when the run starts from the beginning."""
    checkpoint = newest_sound_checkpoint(folder) if resume else None
    if checkpoint is None:
        folder.events_file.unlink(missing_ok=True)
    else:
        forget_after(folder, step=checkpoint.step)


@contextlib.contextmanager
def logging_to(log: Path) -> Iterator[None]:
    """Let all that libraries print go to this file: it outlives the window, and a closed pipe ends no run."""
    before = os.dup(2)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    os.close(descriptor)
    try:
        yield
    finally:
        for standard in (1, 2):
            os.dup2(before, standard)
        os.close(before)


def _refuse(error: BadLine, *, channel: Channel) -> None:
    """A request that cannot be read is answered, where its id can: nobody shall wait for it."""
    if error.of:
        message = tr("This version of Lepton Studio does not understand this request.")
        channel.send(Failed("bug", message, str(error), of=error.of))


def _hold(folder: RunFolder) -> Hold:
    try:
        return Hold(folder.lock_file, seconds=5)
    except BlockingIOError as error:
        raise BadData(tr("Another process is already working on this run.")) from error
