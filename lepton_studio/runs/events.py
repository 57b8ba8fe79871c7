"""What the child says to the window: a frozen dataclass for each event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Stage = Literal[
    "loading",
    "embedding",
    "probing",
    "pretraining",
    "rewriting",
    "training",
    "evaluating",
    "saving",
    "predicting",
    "explaining",
    "measuring",
    "placing",
    "racing",
]
TrialState = Literal["waiting", "running", "measured", "dropped", "failed", "taken"]
FailureKind = Literal["out_of_memory", "bad_data", "bad_recipe", "model_not_found", "no_space", "not_a_number", "bug"]


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
    """The request is in this stage; `done` of `total` where that is known (total 0: unknown), and how much longer that
    takes where that is (0: unknown).
    """

    stage: Stage
    done: int = 0
    total: int = 0
    seconds_left: float = 0.0


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
    """A sentence for the run's log, already in the person's language. `lasts`: it belongs to what is said of the run
    afterwards too.
    """

    message: str
    lasts: bool = False


@dataclass(frozen=True, slots=True)
class Tried(_Said):
    """How a trial stands: a contestant of a race, one setting of a search, one seed, or a run's own folds.

    `trial` names it in its run; `methods` are the ids of what it is tuned by (two that answer together, where there are
    two), `settings` what else is its own. `score` is the mean quality (0..1) of the `n` samples that it was judged on,
    with a 95 % interval and, over `done` of so many `folds`, the standard deviation of their means. `share` of the fit
    at work is done. `seconds`: all its fits so far. `why`: a sentence, in the person's language, of one that goes no
    further.
    """

    trial: str
    state: TrialState
    methods: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    done: int = 0
    folds: int = 1
    n: int = 0
    score: float = 0.0
    low: float = 0.0
    high: float = 1.0
    spread: float = 0.0
    seconds: float = 0.0
    share: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Estimated(_Said):
    """The answer of a "measure" job: what a run would take, from a few probe steps on the longest batches.

    `seconds` as the machine is now, `seconds_alone` where nothing else ran on it (0 for not known). `truncated` of
    `texts` are longer than `max_length` tokens; `cut_targets` of their targets are longer than what may be written.
    """

    seconds: float
    memory_mb: float
    samples_per_second: float
    steps: int
    truncated: int
    max_length: int
    texts: int = 0
    seconds_alone: float = 0.0
    cut_targets: int = 0


@dataclass(frozen=True, slots=True)
class Previewed(_Said):
    """The answer of a "preview" job: training texts, and what the methods of the recipe make of each. Of `Reword`: its
    texts, and these with other words. `note`: what else is to be known of it.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class RateFound(_Said):
    """The answer of a "find_rate" job: the smoothed loss at each learning rate, and the rate to use, 0 where that was
    not found.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    chosen: float


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
    vectors of some are there. Of `LearnSpans`: of the texts that it wants so many are read.
    """

    texts: int
    words: int
    vectors: int


@dataclass(frozen=True, slots=True)
class Refitted(_Said):
    """The answer of `Refit`, and of `LearnSpans`: what the instant model says lies in these files of the request's
    folder, "" for nothing.

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
class CurveLearnt(_Said):
    """The answer of `LearnCurve`: the curve lies in this file of the request's folder, "" where there are too few
    decisions.
    """

    curve: str


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
class Explained(_Said):
    """A part of the answer of `Explain`: which words speak for `label` (0 for the rating) and against it.

    `words` are (0 for the text, 1 for the second text; first code point; the last, exclusive), in their order, and
    `weights` what each adds to `said`: the log-odds of the label, the rating. `by` "gradients" the weights and
    `nothing`, what is said of a text without words, add up to `said`, but for `gap`; `by` "omission" each is what is
    lost where that word alone is left out. `agreement` is Spearman's rank correlation between the two over `compared`
    words; 0 words where there is only one of them.

    Of a mark in the text (`mark`, a value of the task that has it alone; `label` is 0 then) `said` are its log-odds, a
    word is left out by hiding it, and `change` makes it half as likely, or, where it is none, likelier than not.

    `has` tells whether the model gives the label, at probability `score`. `change`: places in `words` of those without
    which it `becomes` another value, at probability `becomes_score`, tried with all of them left out; () where `tried`
    words were left out in vain. `is_cut`: the text is longer than the model reads.
    """

    label: int
    by: Literal["gradients", "omission"]
    words: tuple[tuple[int, int, int], ...]
    weights: tuple[float, ...]
    said: float
    nothing: float = 0.0
    gap: float = 0.0
    agreement: float = 0.0
    compared: int = 0
    has: bool = True
    score: float = 0.0
    change: tuple[int, ...] = ()
    becomes: Any = None
    becomes_score: float = 0.0
    tried: int = 0
    is_cut: bool = False
    mark: Any = None


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
    | Tried
    | Estimated
    | Previewed
    | RateFound
    | Embedded
    | TextsRead
    | Refitted
    | Beside
    | Suspected
    | CurveLearnt
    | Predicted
    | Explained
    | Finished
    | Stopped
    | Failed
)
LastEvent = Finished | Stopped | Failed
