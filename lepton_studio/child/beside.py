"""What stands beside a sample while a person labels it: the decided ones most like it, and the words that count."""

from __future__ import annotations

import time

import numpy as np

from lepton_studio.child.instant import Instant
from lepton_studio.child.warm import Warm
from lepton_studio.quick.beside import nearest, speaking
from lepton_studio.runs.events import Beside, Finished, LastEvent
from lepton_studio.runs.requests import LookBeside
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Send

_NEAR, _WORDS = 5, 6


def look_beside(request: LookBeside, *, kept: Instant, warm: Warm, machine: Machine, send: Send) -> LastEvent:
    """Do the request. Raises what `failures.failed` knows."""
    began = time.monotonic()
    pool = kept.pool_of(request, warm=warm, machine=machine)
    pool.embed_first(request.samples)
    layer = pool.fitted_for(request).layer
    mean = pool.texts().mean if pool.mean is None else pool.mean  # that of a moment ago does
    decided = pool.decided(request.kind, outputs=len(request.labels) or 1).rows
    here = np.array(request.samples, np.int64)
    here = here[np.isin(here, pool.samples)]
    places = pool.places(here)
    found = nearest(pool.vectors, mean, of=places, among=decided[pool.there[decided]], most=_NEAR)
    output_of = dict(zip(request.samples, request.outputs, strict=True))
    for sample, place, near in zip(here.tolist(), places.tolist(), found, strict=True):
        words: list[str] = []
        if layer is not None and output_of[sample] >= 0:
            words = speaking(
                pool.rows[place],
                words=pool.words,
                layer=layer,
                kind=request.kind,
                output=output_of[sample],
                most=_WORDS,
            )
        near = near if pool.there[place] else []
        samples = pool.samples[[at for at, _ in near]].tolist()
        send(Beside(sample, tuple(samples), tuple(cosine for _, cosine in near), tuple(words)))
    return Finished(step=0, seconds=time.monotonic() - began)
