"""Likely label errors: every decision is judged by a model that has not seen it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lepton_studio.child.instant import Instant, rows_said
from lepton_studio.child.warm import Warm
from lepton_studio.instant_files import write_suspects
from lepton_studio.quick import instant
from lepton_studio.quick.suspects import FOLDS, doubts, held_out_of_all
from lepton_studio.runs.events import Finished, LastEvent, Stopped, Suspected
from lepton_studio.runs.requests import StopMode, Suspect
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Interrupted, Send, stop_at_any


def find_suspects(
    request: Suspect,
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
    if len(decided) >= FOLDS:
        names = pool.names(request.labels, texts) if request.kind == "choice" else None
        # Not the setting of the live model: when that was chosen, fewer texts may have been read.
        setting, _ = instant.choose(texts, decided, names=names)
        try:
            found = held_out_of_all(
                texts, decided, setting=setting, names=names, check=lambda: stop_at_any(should_stop)
            )
        except Interrupted:
            return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
        doubt, rival = doubts(found, decided.targets, kind=request.kind, error=setting.error)
        places = np.argsort(-doubt, kind="stable")
        places = places[rival[places] > 0.5]
        said = rows_said(pool.samples[decided.rows[places]], found[places], kind=request.kind)
        file = write_suspects(Path(request.folder), f"suspects-{request.id}", said, doubt[places])
    send(Suspected(file, len(decided)))
    return Finished(step=0, seconds=time.monotonic() - began)
