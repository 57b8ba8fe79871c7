"""What the child keeps loaded from one request to the next: an encoder and a tuned model, one of each at most."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import nn

from lepton_studio.child.work import load_saved
from lepton_studio.contract.task import Task
from lepton_studio.heads.pooled import Pooled
from lepton_studio.models.built_in import built_in
from lepton_studio.runs.job import BUILT_IN_MODEL
from lepton_studio.runs.model_folder import encoder_in
from lepton_studio.runs.references import model_digest
from lepton_studio.tasks import all_tasks, load_part
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.learner import Learner
from lepton_studio.training.machine import Machine
from lepton_studio.training.models import Base, Encoder, find_folder, load_encoder, load_folder

T = TypeVar("T")

Signature = tuple[tuple[str, int, int], ...]
"""What tells whether a model's files are still those that were loaded: name, size and time of change of each."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    folder: Path
    signature: Signature
    model: T

    def is_of(self, folder: Path) -> bool:
        return self.folder == folder and self.signature == signature(folder)


def signature(folder: Path) -> Signature:
    """Of all files in the folder now."""
    files = ((one, one.stat()) for one in sorted(folder.rglob("*")) if one.is_file())
    return tuple((one.relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns) for one, stat in files)


class Warm:
    """Gives models by name or folder, from memory where the files are still those that were loaded. One thread.

    All raise ModelNotFound.
    """

    def __init__(self, machine: Machine) -> None:
        """Import and run what the first request needs, so that its answer comes at once."""
        self._machine = machine
        self._untouched: tuple[str, Encoder] | None = warm_up()
        """A name in jobs, and its encoder on the CPU, which nobody has changed."""
        self._reader: _Kept[Pooled] | None = None
        self._encoder: Encoder | None = None
        """That of the reader."""
        self._digest = self._name = ""
        self._tuned: _Kept[Any] | None = None
        self._untuned_name = ""
        """By which name what is kept in `_tuned` was asked for, where it is a base model as it is."""

    def encoder_to_tune(self, name: str) -> Encoder:
        """The encoder that a job names, on the CPU; the caller's to change."""
        return self._taken(name) or load_encoder(name)

    def reader(self, name: str) -> tuple[Pooled, str]:
        """The encoder that a job names, on the machine's device, for reading only, and the digest of its files."""
        if self._reader is not None and name == self._name and self._reader.is_of(self._reader.folder):
            return self._reader.model, self._digest
        folder = encoder_in(find_folder(name))
        if self._reader is None or not self._reader.is_of(folder):
            self._reader = None
            self._machine.free()
            kept = signature(folder)
            with ThreadPoolExecutor(1) as beside:
                digest = beside.submit(model_digest, folder)
                encoder = self._taken(name) or load_folder(folder)
                pooled = Pooled(encoder, outputs=1, max_length=encoder.max_length)
                pooled.model.to(self._machine.device)
                self._digest = digest.result()
            self._reader = _Kept(folder, kept, pooled)
            self._encoder = encoder
        self._name = name
        return self._reader.model, self._digest

    def tuned(self, task: Task[Any], folder: Path) -> Learner[Any]:
        """The learner of this task that was saved in the folder, on the machine's device."""
        if self._tuned is None or not self._tuned.is_of(folder):
            self._tuned, self._untuned_name = None, ""
            self._machine.free()
            kept = signature(folder)
            learner = load_saved(task, folder)
            learner.model.to(self._machine.device)
            self._tuned = _Kept(folder, kept, learner)
        found: Learner[Any] = self._tuned.model
        return found

    def untuned(self, task: Task[Any], name: str) -> Any:
        """The learner of a task whose models write (`heads.generation`), on a job's base model as it is."""
        folder = self._tuned.folder if self._tuned is not None and name == self._untuned_name else find_folder(name)
        if self._tuned is None or not self._tuned.is_of(folder) or self._tuned.model.task != task.id:
            self._tuned, self._untuned_name = None, name
            self._machine.free()
            kept = signature(folder)
            learner = load_part(task.learner).untuned(Base(name, task=task))
            learner.model.to(self._machine.device)
            self._tuned = _Kept(folder, kept, learner)
        return self._tuned.model

    def make_room(self, *, keep: str) -> None:
        """Let go of what reads: training needs the memory. A built-in encoder that it begins with (`keep`) stays."""
        reader, encoder = self._reader, self._encoder
        # Of other models it is not known what they keep from one text to the next.
        if reader is not None and encoder is not None and built_in(keep) is not None and keep == self._name:
            reader.model.model.eval().to("cpu")
            self._untouched = keep, encoder
        self._reader = self._tuned = self._encoder = None
        self._machine.free()

    def _taken(self, name: str) -> Encoder | None:
        """The one that is at hand, where it is this one; it is so no more, whichever it was."""
        given, self._untouched = self._untouched, None
        return given[1] if given is not None and given[0] == name else None


def warm_up() -> tuple[str, Encoder] | None:
    """Import and run what the first step needs, so that it comes at once; the built-in encoder for English, by its name
    in jobs, where it is there.

    torch loads whole packages when the first optimiser is made, and its kernels and threads start with their first use.
    """
    for task in all_tasks().values():
        load_part(task.learner)
    layer = nn.Linear(2, 2)
    for optimizer in (torch.optim.AdamW(layer.parameters(), fused=True), torch.optim.LBFGS(layer.parameters())):
        layer(torch.ones(2, 2)).sum().backward()
        optimizer.step(lambda: layer(torch.zeros(2, 2)).sum())  # type: ignore[no-untyped-call]
    with contextlib.suppress(ModelNotFound, OSError):  # the request that needs it will say what is wrong
        encoder = load_encoder(BUILT_IN_MODEL)
        tokens = torch.ones((2, 16), dtype=torch.int64)
        encoder.model(input_ids=tokens).last_hidden_state.sum().backward()
        encoder.model.zero_grad(set_to_none=True)
        return BUILT_IN_MODEL, encoder
    return None
