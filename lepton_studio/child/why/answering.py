"""The answer to `Explain`: the words of one row, by the model of a run."""

from __future__ import annotations

import time
from pathlib import Path

from lepton_studio.child.warm import Warm
from lepton_studio.child.why.explain import Explainer
from lepton_studio.child.why.marks import MarkExplainer
from lepton_studio.child.work import labels_of, read_job
from lepton_studio.runs.events import Finished, LastEvent, Staged, Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.requests import Explain
from lepton_studio.tasks import task_named
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Interrupted, Send, ShouldStop, stop_at_any
from lepton_studio.training.snapshot import read_row


def explain_row(request: Explain, *, warm: Warm, machine: Machine, send: Send, should_stop: ShouldStop) -> LastEvent:
    """Do the request. Raises what `failures.failed` knows."""
    began = time.monotonic()
    folder = RunFolder(Path(request.run))
    job = read_job(folder)
    task = task_named(job.task)
    _, given = read_row(request.row, media=folder.media)
    send(Staged("loading"))

    def progress(done: int, total: int | None) -> None:
        send(Staged("explaining", done, total or 0))
        stop_at_any(should_stop)

    learner = warm.tuned(task, folder.model)
    try:
        if task.parts is None:
            found = Explainer(learner, task, machine, progress).explain(given, request.labels)
        else:
            found = MarkExplainer(learner, task, machine, labels_of(job), progress).explain(given, request.marks)
        for one in found:
            send(one)
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
    return Finished(step=0, seconds=time.monotonic() - began)
