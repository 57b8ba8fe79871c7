"""The map of a project's texts: laid out once, and gone on with where texts have come."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from lepton_studio.map_file import load_array, read_map, wanted_file, write_map
from lepton_studio.quick.layout import STEPS, lay_out, place_among
from lepton_studio.runs.events import Finished, LastEvent, Staged, Stopped
from lepton_studio.runs.requests import LayOut, StopMode
from lepton_studio.training.signals import Interrupted, Send, stop_at_any
from lepton_studio.vectors import KEY, map_vectors

MOST = 100_000
"""So many texts are laid out, drawn by chance; the others are placed among them."""
_GROWN = 2
"""A map is laid out anew where so many times as many texts are wanted as stand on it."""


def lay_texts_out(request: LayOut, *, send: Send, should_stop: Callable[[], StopMode | None]) -> LastEvent:
    """Do the request. Raises what `failures.failed` knows."""
    began = time.monotonic()

    def told(done: int) -> None:
        send(Staged("placing", done, STEPS))
        stop_at_any(should_stop)

    folder = Path(request.folder)
    wanted = np.unique(load_array(wanted_file(folder), KEY))
    mapped = map_vectors(folder, wanted)
    there = np.flatnonzero(mapped.there)
    keys = wanted[there]
    places, stand = read_map(folder, keys)
    try:
        told(0)
        if request.anew or len(keys) >= _GROWN * max(1, int(stand.sum())):
            stand = np.zeros(len(keys), bool)
            stand[np.random.default_rng(0).permutation(len(keys))[:MOST]] = True
            vectors = mapped.read(there[stand])
            places[stand] = lay_out(vectors, threads=torch.get_num_threads(), told=told)
        if not stand.all():
            told(STEPS)
            places[~stand] = place_among(mapped.read(there[~stand]), of=mapped.read(there[stand]), places=places[stand])
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
    write_map(folder, keys, places)
    return Finished(step=0, seconds=time.monotonic() - began)
