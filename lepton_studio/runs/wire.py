"""The wire between the window and the child: one frozen dataclass per event and command, one JSON line each.

Events go from the child to the window (its file descriptor for events, and `events.jsonl` in the run folder);
commands go from the window to the child's stdin. NaN and infinity are not JSON: they travel as null and come back as
None.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Stage = Literal["loading", "embedding", "probing", "training", "evaluating", "saving", "predicting", "measuring"]
FailureKind = Literal["out_of_memory", "bad_data", "model_not_found", "no_space", "not_a_number", "bug"]


@dataclass(frozen=True, slots=True)
class Ready:
    """The child has done its imports and waits for a job. `started`: process start time, seconds since the epoch."""

    pid: int
    started: float
    device: str
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Staged:
    """The job is in this stage; `done` of `total` where that is known (total 0: unknown)."""

    stage: Stage
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Stepped:
    """One optimiser step. `loss` is the training loss of its batch, `epoch` is fractional, memory is of the child."""

    step: int
    total_steps: int
    epoch: float
    loss: float | None
    learning_rate: float
    samples_per_second: float
    memory_mb: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Scores on a split after `step`. `scores`: name -> 0..1 (accuracy, macro_f1). `best`: the best validation so far.

    Step 0 is the linear probe, before any fine-tuning.
    """

    step: int
    epoch: float
    split: str
    loss: float | None
    scores: Mapping[str, float]
    best: bool = False


@dataclass(frozen=True, slots=True)
class Checkpointed:
    """A checkpoint from which the run can be resumed is on disk."""

    step: int


@dataclass(frozen=True, slots=True)
class Alive:
    """Sent every 2 s from a thread of its own: the child lives, and is at this step."""

    step: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence for the run's log, already in the person's language."""

    message: str


@dataclass(frozen=True, slots=True)
class Estimated:
    """The answer of a "measure" job: what a run would take, from a few probe steps on the longest batches.

    `seconds` as the machine is now, `seconds_alone` where nothing else ran on it (0 for not known). `truncated` of
    `texts` are longer than `max_length` tokens.
    """

    seconds: float
    memory_mb: float
    samples_per_second: float
    steps: int
    truncated: int
    max_length: int
    texts: int = 0
    seconds_alone: float = 0.0


@dataclass(frozen=True, slots=True)
class Finished:
    """Last event: the job is complete. `step` is the step of the kept model, `seconds` the time it took."""

    step: int
    seconds: float
    samples_per_second: float = 0.0
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Last event: stopped on request. `kept`: the best model so far was kept, evaluated and saved as in `Finished`.

    Not kept with a checkpoint on disk means that it can be resumed (stdin closed).
    """

    step: int
    kept: bool
    seconds: float
    samples_per_second: float = 0.0
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """Last event: the job could not go on. `detail` holds the traceback for the log, never for the screen."""

    kind: FailureKind
    message: str
    detail: str = ""
    step: int = 0


Event = Ready | Staged | Stepped | Evaluated | Checkpointed | Alive | Noted | Estimated | Finished | Stopped | Failed
LastEvent = Finished | Stopped | Failed


@dataclass(frozen=True, slots=True)
class Run:
    """Do the job of this folder (see runs.folder), from its newest sound checkpoint when `resume`."""

    folder: str
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop soon. `keep`: evaluate and save the best model so far; otherwise throw the run away."""

    keep: bool


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop soon with a checkpoint from which the run goes on later."""


@dataclass(frozen=True, slots=True)
class Detach:
    """Go on when stdin closes: the person chose "keep running without the window"."""


Order = Stop | Pause | Detach
"""What the window may want of a run at work."""
Command = Run | Order

_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind
    for kind in (
        Ready,
        Staged,
        Stepped,
        Evaluated,
        Checkpointed,
        Alive,
        Noted,
        Estimated,
        Finished,
        Stopped,
        Failed,
        Run,
        Stop,
        Pause,
        Detach,
    )
}


class BadLine(ValueError):
    """A line that is no event or command of this version."""


def encode(message: Event | Command) -> str:
    """The message as one JSON line, without the line end."""
    content = {"type": type(message).__name__.lower(), **dataclasses.asdict(message)}
    return json.dumps(_finite(content), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def decode(line: str) -> Event | Command:
    """The message of a line that `encode` wrote. Unknown fields of a newer version are ignored. Raises BadLine."""
    try:
        content = json.loads(line)
        kind = _KINDS[content.pop("type")]
        known = {one.name for one in dataclasses.fields(kind)}
        message: Event | Command = kind(**{name: value for name, value in content.items() if name in known})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLine(f"not an event: {line[:200]!r}") from error
    return message


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(one) for name, one in value.items()}
    return value
