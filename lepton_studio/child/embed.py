"""Texts read by an encoder: the vector of each that has none yet is kept on the disk."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from lepton_studio.child.warm import Warm
from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Pooled
from lepton_studio.language import tr
from lepton_studio.progress import Progress, silent
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.events import Embedded, Finished, LastEvent, Staged, Stopped
from lepton_studio.runs.requests import Embed
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import outputs
from lepton_studio.training.learner import Batch
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Interrupted, Send, ShouldStop, stop_at_any
from lepton_studio.vectors import VectorWriter, encoder_folder, has_vectors, parted

_AT_ONCE = 512
"""So many texts are sorted by length together, and are on the disk together."""
_IN_CACHE = 1024
"""Tokens in a batch where a CPU multiplies bfloat16: what a core's cache holds is read 14 % faster than 4096."""


def embed_texts(request: Embed, *, warm: Warm, machine: Machine, send: Send, should_stop: ShouldStop) -> LastEvent:
    """Do the request; what was read before a stop stays. Raises what `failures.failed` knows."""
    began = time.monotonic()
    send(Staged("loading"))
    reader, digest = warm.reader(request.encoder)
    folder = encoder_vectors(Path(request.vectors), reader, digest)
    computed = 0

    def progress(done: int, _: int | None) -> None:
        send(Staged("embedding", computed + done, len(lacking)))
        stop_at_any(should_stop)

    try:
        with VectorWriter(folder) as writer:
            texts = list(dict.fromkeys(request.texts))
            lacking = [text for text, there in zip(texts, has_vectors(folder, texts), strict=True) if not there]
            for start in range(0, len(lacking), _AT_ONCE):
                some = lacking[start : start + _AT_ONCE]
                vectors = vectors_of([_given(text) for text in some], reader, machine=machine, progress=progress)
                writer.add(some, vectors.half().numpy())
                computed += len(some)
                send(Embedded(str(folder), len(request.texts), computed))
    except BlockingIOError as error:
        raise BadData(tr("Another process is reading these texts right now. Try again in a moment.")) from error
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
    if not lacking:
        send(Embedded(str(folder), len(request.texts), 0))
    seconds = time.monotonic() - began
    return Finished(step=0, seconds=seconds, samples_per_second=computed / seconds if seconds else 0.0)


def _given(kept: str) -> Input:
    text, second = parted(kept)
    return Input(text, {} if second is None else {SECOND_TEXT: second})


def encoder_vectors(vectors: Path, reader: Pooled, digest: str) -> Path:
    """Where the vectors that this encoder gives whole texts are kept, below `vectors`; `digest`: of its files."""
    return encoder_folder(vectors, encoder=f"{reader.made_by}-{digest[:32]}", width=reader.model.head.in_features)


def vectors_of(inputs: Sequence[Input], reader: Pooled, *, machine: Machine, progress: Progress = silent) -> Tensor:
    """[n, width], float32 on the CPU, in the order of the inputs."""
    found = torch.empty(len(inputs), reader.model.head.in_features)

    def read(batch: Batch) -> Tensor:
        return reader.model.embed(**batch.inputs).cpu()

    with machine.reading():
        for positions, vectors, _ in outputs(
            reader.encode(inputs),
            read,
            model=reader.model,
            collate=lambda some: reader.collate(some, targets=None, weight=float(len(some))),
            machine=machine,
            progress=progress,
            tokens=_IN_CACHE if machine.bf16 and machine.device.type == "cpu" else None,
        ):
            found[torch.tensor(positions)] = vectors
    return found
