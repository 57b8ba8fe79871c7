"""The learning curve of a project: how good the instant model is with a part of the decisions."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lepton_studio.child.instant import Instant
from lepton_studio.child.warm import Warm
from lepton_studio.instant_files import write_curve
from lepton_studio.quick.curve import FOLDS, learning_curve
from lepton_studio.runs.events import CurveLearnt, Finished, LastEvent, Stopped
from lepton_studio.runs.requests import LearnCurve, StopMode
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Interrupted, Send, stop_at_any


def learn_curve(
    request: LearnCurve,
    *,
    kept: Instant,
    machine: Machine,
    warm: Warm,
    send: Send,
    should_stop: Callable[[], StopMode | None],
) -> LastEvent:
    """Do the request. Raises what `failures.failed` knows."""
    began = time.monotonic()
    pool = kept.pool_of(request, warm=warm, machine=machine)
    decided, texts = pool.decided(request.kind, outputs=len(request.labels) or 1), pool.texts()
    file = ""
    if len(decided) > FOLDS:
        names = pool.names(request.labels, texts) if request.kind == "choice" else None
        try:
            found = learning_curve(texts, decided, names=names, check=lambda: stop_at_any(should_stop))
        except Interrupted:
            return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
        samples = pool.samples[found.rows]
        file = write_curve(
            Path(request.folder), f"curve-{request.id}", sizes=found.sizes, samples=samples, right=found.right
        )
    send(CurveLearnt(file))
    return Finished(step=0, seconds=time.monotonic() - began)
