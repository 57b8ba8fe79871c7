"""What a run must remember to go on as if it had never stopped, and how that is written whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import pickle
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.atomic import new_file, remove_partial
from lepton_studio.runs.checkpoints import all_checkpoints, checkpoint_file, newest_sound_checkpoint, sound_checkpoints
from lepton_studio.runs.folder import RunFolder

_VERSION = 1
_UNREADABLE = (
    OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError, ImportError,
    pickle.PickleError, AssertionError,
)  # fmt: skip
"""What torch raises for a file that is no checkpoint, whatever its zip file says."""
_WRAPPED = ".base_model.model."
"""In the names of what LoRA trained of a decoder, in checkpoints from before peft worked in place."""
_KEPT = 2
_SHARE = 0.02
"""Of the run's time, writing checkpoints may take so much (but for those on request)."""


@dataclass(slots=True)
class State:
    """Where a run is. `step`: optimiser steps done; `evaluated`: the step of the last evaluation (-1: none).

    `best_score` is compared as a tuple, larger is better. `waited`: evaluations since the best. `seconds`: of the whole
    job; `step_seconds` and `samples`: of training steps only. `micro_batch`: samples that fit into memory at once;
    `recomputes`: not even one did, see `Body.recompute`. `bad_steps`: losses in a row that were no number; `halved`:
    they were too many once, and the learning rate is half of what the recipe says since.
    """

    micro_batch: int
    step: int = 0
    evaluated: int = -1
    best_step: int = 0
    best_score: tuple[float, ...] = ()
    waited: int = 0
    seconds: float = 0.0
    step_seconds: float = 0.0
    samples: int = 0
    bad_steps: int = 0
    recomputes: bool = False
    halved: bool = False


Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Saved:
    """The content of a checkpoint."""

    state: State
    weights: Weights
    best: Weights | None
    optimizer: dict[str, Any]
    chance: dict[str, Any]
    methods: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the methods remember: `Body.state`."""
    first: bool = False
    """Of what the base model learns before it is tuned."""

    def put_back(self, *, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Give model, optimiser and random number generators the state they had."""
        put_weights(model, self.weights)
        optimizer.load_state_dict(self.optimizer)
        set_chance(self.chance)


class Checkpoints:
    """Saves and finds them in one run folder.

    `seconds`: how often one is due; less often where writing takes longer than 2 % of that. `first`: of what the base
    model learns before it is tuned. That is one file, before the first step of tuning.
    """

    def __init__(self, folder: RunFolder, *, seconds: float = 30.0, first: bool = False) -> None:
        self._folder = folder
        self._seconds = seconds
        self._first = first
        self._cost = 0.0
        self._last = time.monotonic()

    def before_tuning(self) -> Checkpoints:
        """The same folder's, of what the base model learns first."""
        return Checkpoints(self._folder, seconds=self._seconds, first=True)

    def due(self, *, evaluated: bool = False) -> bool:
        """Whether it is time for one; after an evaluation sooner."""
        cost = self._cost / _SHARE
        wait = max(cost / 5, self._seconds / 10) if evaluated else max(cost, self._seconds)
        return time.monotonic() - self._last >= wait

    def save(
        self,
        state: State,
        *,
        weights: Weights,
        best: Weights | None,
        optimizer: torch.optim.Optimizer,
        methods: Mapping[str, Any],
    ) -> None:
        """Write one and remove all but the newest two. Raises OSError when the disk is full; no part is left then."""
        began = time.monotonic()
        content = {
            "version": _VERSION,
            "state": dataclasses.asdict(state),
            "weights": {name: tensor.detach() for name, tensor in weights.items()},
            "best": None if best is None else dict(best),
            "optimizer": optimizer.state_dict(),
            "chance": chance(),
            "methods": dict(methods),
            **({"first": True} if self._first else {}),
        }
        _write(checkpoint_file(self._folder, 0 if self._first else state.step), content)
        for old in all_checkpoints(self._folder)[_KEPT:]:
            old.path.unlink(missing_ok=True)
        self._last = time.monotonic()
        self._cost = self._last - began

    def newest(self) -> Saved | None:
        """What the newest sound checkpoint holds; None when there is none.

        One that is torn or was written by another version is removed and the next older one taken.
        """
        for found in sound_checkpoints(self._folder):
            try:
                content = torch.load(found.path, map_location="cpu", weights_only=True)
                if content.pop("version") == _VERSION:
                    state = content.pop("state")
                    for weights in (content["weights"], content["best"] or {}):
                        for name in [one for one in weights if _WRAPPED in one]:
                            weights[name.replace(_WRAPPED, ".")] = weights.pop(name)
                    return Saved(State(**{**state, "best_score": tuple(state["best_score"])}), **content)
            except _UNREADABLE:
                pass
            with contextlib.suppress(OSError):  # where it may not be removed, it does not stand in the way either
                found.path.unlink()
        return None

    def newest_step(self) -> int:
        """The step of the newest sound checkpoint; 0 when there is none."""
        found = newest_sound_checkpoint(self._folder)
        return found.step if found is not None else 0

    def has_any(self) -> bool:
        """Whether there is a sound one, before the first step of tuning too."""
        return newest_sound_checkpoint(self._folder) is not None

    def clear(self) -> None:
        """Remove all: the run is over, or thrown away."""
        for one in all_checkpoints(self._folder):
            one.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._folder.checkpoints.rmdir()


def trainable(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that training changes, by name."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


def are_finite(weights: Weights) -> bool:
    """Whether each of them is a number."""
    return all(bool(torch.isfinite(weight).all()) for weight in weights.values())


def copy_weights(weights: Weights) -> dict[str, Tensor]:
    """A copy on the CPU that later steps do not touch."""
    return {name: weight.detach().to("cpu", copy=True) for name, weight in weights.items()}


@contextlib.contextmanager
def standing_in(weights: Weights, others: Weights) -> Iterator[None]:
    """While the block runs, the parameters `weights` have the values of `others`."""
    if others is weights:
        yield
        return
    own = {name: one.detach().clone() for name, one in weights.items()}
    _fill(weights, others)
    try:
        yield
    finally:
        _fill(weights, own)


@torch.no_grad()
def _fill(weights: Weights, values: Weights) -> None:
    for name, weight in weights.items():
        weight.copy_(values[name])


def put_weights(model: nn.Module, weights: Weights) -> None:
    """Overwrite the model's trainable parameters."""
    _fill(trainable(model), weights)


def chance() -> dict[str, Any]:
    """The state of each random number generator a step draws from; batches come from seed and epoch alone."""
    gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"cpu": torch.get_rng_state(), "cuda": gpu}


def set_chance(found: Mapping[str, Any]) -> None:
    """What `chance` gave, where the devices are the same."""
    torch.set_rng_state(found["cpu"])
    if found["cuda"] and len(found["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(found["cuda"])


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_partial(path.parent)
    # A path instead of a file would turn the system's error into a RuntimeError without its number.
    with new_file(path) as temporary, temporary.open("wb") as file:
        torch.save(content, file)
