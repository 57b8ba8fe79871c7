"""The wire between the window and the child, version 2: a frozen dataclass a message, one JSON line each.

The window asks (`Request`, with an id of its own choice) and may take it back (`Cancel`); the child does one request
after another and says `of` which each event is. A request ends with exactly one last event. Events go to the child's
file descriptor for events and, of a run, to `events.jsonl` in its folder; commands come on the child's stdin. NaN and
infinity are not JSON: they travel as null.

Version 1 knew one job a process: its events say no `of` (0 here), its stops no id. Run folders still hold both.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_type_hints

import msgspec

WIRE = 2
"""The version that this program speaks."""

Stage = Literal["loading", "embedding", "probing", "training", "evaluating", "saving", "predicting", "measuring"]
FailureKind = Literal["out_of_memory", "bad_data", "bad_recipe", "model_not_found", "no_space", "not_a_number", "bug"]
StopMode = Literal["keep", "discard", "leave"]
"""Stop and keep the best so far; stop and throw away; save a checkpoint and end, as of a pause or a window gone."""


# ------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """`of`: the id of the request; 0 for what is of none in particular, and in lines of version 1."""

    of: int = 0


@dataclass(frozen=True, slots=True)
class Ready(_Said):
    """The child has done its imports and waits for requests. `started`: process start time, seconds since the epoch."""

    pid: int
    started: float
    device: str
    versions: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    wire: int = 1


@dataclass(frozen=True, slots=True)
class Staged(_Said):
    """The request is in this stage; `done` of `total` where that is known (total 0: unknown)."""

    stage: Stage
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Stepped(_Said):
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
class Evaluated(_Said):
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
class Checkpointed(_Said):
    """A checkpoint from which the run can be resumed is on disk."""

    step: int


@dataclass(frozen=True, slots=True)
class Alive(_Said):
    """Sent every 2 s from a thread of its own while there is work: the child lives, and is at this step."""

    step: int


@dataclass(frozen=True, slots=True)
class Noted(_Said):
    """A sentence for the run's log, already in the person's language."""

    message: str


@dataclass(frozen=True, slots=True)
class Estimated(_Said):
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
class Embedded(_Said):
    """The answer of `Embed`: all texts have a vector in this folder (`lepton_studio.vectors`), `computed` of them new.

    It comes again as the work goes on; what is said to be there can be read at once.
    """

    folder: str
    texts: int
    computed: int


@dataclass(frozen=True, slots=True)
class TextsRead(_Said):
    """The answer of `ReadOn`, and a part of that of `Refit`: of so many texts the words of some are counted, and the
    vectors of some are there.
    """

    texts: int
    words: int
    vectors: int


@dataclass(frozen=True, slots=True)
class Refitted(_Said):
    """The answer of `Refit`: what the instant model says lies in these files of the request's folder, "" for nothing.

    `chosen_on`: its settings were chosen on so many decisions, 0 for not yet. `error`: the standard error of a number.
    `asked`: what to ask the person about next, the best first: samples and, beside them in `why`, what speaks for each
    (`lepton_studio.quick.querying.Why`). `audit`: the next ones that chance chose before any model did.
    """

    said: str
    held_out: str = ""
    chosen_on: int = 0
    error: float = 0.0
    asked: tuple[int, ...] = ()
    why: tuple[str, ...] = ()
    audit: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside(_Said):
    """A part of the answer of `LookBeside`: what stands beside one sample. `near`: the decided samples most like it,
    the nearest first, and their `cosines`; `words` of its text that speak for the output that was asked for, the
    strongest first.
    """

    sample: int
    near: tuple[int, ...] = ()
    cosines: tuple[float, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspected(_Said):
    """The answer of `Suspect`: so many decisions were `judged`; those that are likely wrong lie in this file of the
    request's folder, "" for nothing.
    """

    suspects: str
    judged: int


@dataclass(frozen=True, slots=True)
class Predicted(_Said):
    """What the model says of one row of `Predict`: the task's JSON value, how sure it is, label id -> probability.

    Of a row of `Draft`, what it writes.
    """

    sample: int
    value: Any
    score: float
    scores: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished(_Said):
    """Last event: the request is done. `step` is the step of the kept model, `seconds` the time it took."""

    step: int
    seconds: float
    samples_per_second: float = 0.0
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stopped(_Said):
    """Last event: stopped on request. `kept`: the best model so far was kept, evaluated and saved as in `Finished`.

    Not kept with a checkpoint on disk means that it can be resumed (stdin closed).
    """

    step: int
    kept: bool
    seconds: float
    samples_per_second: float = 0.0
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed(_Said):
    """Last event: the request could not go on. `detail` holds the traceback for the log, never for the screen."""

    kind: FailureKind
    message: str
    detail: str = ""
    step: int = 0


Event = (
    Ready
    | Staged
    | Stepped
    | Evaluated
    | Checkpointed
    | Alive
    | Noted
    | Estimated
    | Embedded
    | TextsRead
    | Refitted
    | Beside
    | Suspected
    | Predicted
    | Finished
    | Stopped
    | Failed
)
LastEvent = Finished | Stopped | Failed


# ----------------------------------------------------------------------------------------------------- requests


@dataclass(frozen=True, slots=True)
class Run:
    """Do the job of this folder (see runs.folder), from its newest sound checkpoint when `resume`.

    The child ends after it, so that the system has all memory back, unless it is to `stay` for more.
    """

    id: int
    folder: str
    resume: bool = False
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Embed:
    """See to it that the vectors kept under the folder `vectors` have these texts, read by this encoder.

    `encoder` is a job's `model`. Ask for some thousand texts at a time: other requests get in between.
    """

    id: int
    encoder: str
    vectors: str
    texts: tuple[str, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Predict:
    """Say of each row, a line as in data/input.jsonl, what the model of this run folder makes of it."""

    id: int
    run: str
    rows: tuple[Mapping[str, Any], ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Draft:
    """Write something for each row, as of `Predict`, with a base model (a job's `model`) that is not tuned.

    `instruction`: what it is told to do with each.
    """

    id: int
    task: str
    model: str
    instruction: str
    rows: tuple[Mapping[str, Any], ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ReadOn:
    """Go on reading the texts in the file `texts` of this folder (`lepton_studio.instant_files`) for about so many
    seconds: count their words, and see to it that `vectors` has their vectors, as `Embed` does. `first`: samples whose
    vectors are wanted first.
    """

    id: int
    folder: str
    texts: str
    encoder: str
    vectors: str
    seconds: float
    first: tuple[int, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Refit:
    """Fit the instant model to the decisions in this folder, with what is read of the texts so far, from where it
    stood; `choose`: choose its settings anew before. `kind` is as in `lepton_studio.quick.linear`; `labels` are their
    names, described, in the order that targets count them in.
    """

    id: int
    folder: str
    texts: str
    encoder: str
    vectors: str
    kind: Literal["choice", "choices", "number"]
    labels: tuple[str, ...] = ()
    choose: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LookBeside:
    """Say what stands beside these samples, by the last `Refit` of the same folder, kind and labels. `outputs`: beside
    each sample the output of the layer that its words are to speak for, -1 for none.
    """

    id: int
    folder: str
    texts: str
    encoder: str
    vectors: str
    kind: Literal["choice", "choices", "number"]
    labels: tuple[str, ...]
    samples: tuple[int, ...]
    outputs: tuple[int, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Suspect:
    """Judge each decision in this folder by an instant model that has not seen it. The fields are those of `Refit`."""

    id: int
    folder: str
    texts: str
    encoder: str
    vectors: str
    kind: Literal["choice", "choices", "number"]
    labels: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Load:
    """Have this encoder (a job's `model`) in memory: whoever needs it next gets it at once. Nobody waits for it."""

    id: int
    encoder: str
    language: str = "en"


Request = Run | Embed | Predict | Draft | ReadOn | Refit | LookBeside | Suspect | Load


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop this request, at work or still waiting, soon; nothing where it has ended. Id 0: the one at work."""

    id: int
    how: StopMode = "discard"


@dataclass(frozen=True, slots=True)
class Detach:
    """Go on when stdin closes: the person chose "keep running without the window"."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What a person may want of a run, and a line of its control file: stop soon and `keep` the best model, or not."""

    keep: bool


@dataclass(frozen=True, slots=True)
class Pause:
    """As `Stop`: stop soon with a checkpoint from which the run goes on later."""


Command = Request | Cancel | Detach | Stop | Pause

_KINDS: dict[str, type[Any]] = {kind.__name__.lower(): kind for kind in (*Event.__args__, *Command.__args__)}


def stop_mode(wanted: Stop | Pause) -> StopMode:
    """As the child is told it."""
    if isinstance(wanted, Pause):
        return "leave"
    return "keep" if wanted.keep else "discard"


def encode(message: Event | Command) -> str:
    """The message as one JSON line, without the line end."""
    content = {"type": type(message).__name__.lower(), **dataclasses.asdict(message)}
    return json.dumps(_finite(content), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


class BadLine(ValueError):
    """A line that is no message of this version; the text, for the log, says what is wrong with it.

    `of`: the id of the request that it was to make, where that can be read; else 0. `is_message`: it says of itself
    that it is one, and so is no stray print.
    """

    def __init__(self, what: str, *, line: str | bytes, of: int = 0, is_message: bool = False) -> None:
        super().__init__(f"{what}: {line[:200]!r}")
        self.of = of
        self.is_message = is_message


def decode(line: str | bytes) -> Event | Command:
    """The message of a line that `encode` wrote, every field of the type that it is declared with.

    A number that was not finite comes back as None or NaN, or is left out of `scores`. Unknown fields of a newer
    version are ignored. Raises BadLine.
    """
    try:
        content = msgspec.json.decode(line)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise BadLine(f"no JSON ({error})", line=line) from error
    name = content.get("type") if isinstance(content, dict) else None
    if not isinstance(name, str):
        raise BadLine("a line that says no type", line=line)
    id = content.get("id")
    of = id if isinstance(id, int) else 0
    kind = _KINDS.get(name)
    if kind is None:
        raise BadLine(f"the type {name!r} is not known", line=line, of=of, is_message=True)
    try:
        message: Event | Command = msgspec.convert(_with_numbers(content, kind), kind, str_keys=True)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise BadLine(f"{name}: {error}", line=line, of=of, is_message=True) from error
    return message


@functools.cache
def _numbers(kind: type[Any]) -> frozenset[str]:
    """The fields that must be a number."""
    return frozenset(name for name, hint in get_type_hints(kind).items() if hint is float)


def _with_numbers(content: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Nulls of numbers that were not finite: NaN where one must stand; a score that is no number is none."""
    for name in _numbers(kind):  # type: ignore[arg-type] # WORKAROUND mypy: a class is hashable
        if name in content and content[name] is None:
            content[name] = math.nan
    if "scores" in content:
        content["scores"] = _without_null(content["scores"])
    return content


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_null(one) for name, one in value.items() if one is not None}
    return value


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
