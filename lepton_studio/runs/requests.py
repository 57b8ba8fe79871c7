"""What the window asks of the child, and takes back: a frozen dataclass for each request and each other command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

StopMode = Literal["keep", "discard", "leave"]
"""Stop and keep the best so far; stop and throw away; save a checkpoint and end, as of a pause or a window gone."""


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
class Explain:
    """Say which words of this row, a line as of `Predict`, speak for these labels and against them, by the model of
    this run folder; () for those that it gives the text, or the most probable one. For a task that marks texts,
    `marks`: values that have a single mark each; () for the first ones that the model makes.
    """

    id: int
    run: str
    row: Mapping[str, Any]
    labels: tuple[int, ...] = ()
    language: str = "en"
    marks: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Reword:
    """Replace about this share of the words of each text by similar ones, as the model of this run folder knows them;
    answered by a `Previewed`.
    """

    id: int
    run: str
    texts: tuple[str, ...]
    share: float
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Draft:
    """Write something for each row, as of `Predict`, with a base model (a job's `model`) that is not tuned.

    `instruction`: what it is told to do with each. `labels`: where `model` is a tuned model that knows no label, those
    that it is to choose from, as they stand in a job.
    """

    id: int
    task: str
    model: str
    instruction: str
    rows: tuple[Mapping[str, Any], ...]
    language: str = "en"
    labels: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class _OfTexts:
    """What each request about the instant model says: the texts are in the file `texts` of this folder
    (`lepton_studio.instant_files`), `encoder` (a job's `model`) reads them, `vectors` keeps what it made of them.
    """

    id: int
    folder: str
    texts: str
    encoder: str
    vectors: str


@dataclass(frozen=True, slots=True)
class _OfDecisions(_OfTexts):
    """And about the decisions in this folder. `kind` is as in `lepton_studio.quick.linear`; `labels` are their names,
    described, in the order that targets count them in.
    """

    kind: Literal["choice", "choices", "number"]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadOn(_OfTexts):
    """Go on reading for about so many seconds: count the texts' words, and see to it that `vectors` has their vectors,
    as `Embed` does. `first`: samples whose vectors are wanted first.
    """

    seconds: float
    first: tuple[int, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Refit(_OfDecisions):
    """Fit the instant model to the decisions, with what is read of the texts so far, from where it stood; `choose`:
    choose its settings anew before. `order` (`lepton_studio.quick.querying.AskOrder`): by what to choose the next
    `count` texts to ask about, 0 for as many as usual. `pace`: seconds that the person needs for a text and for each of
    its characters, () where that is not known.
    """

    choose: bool = False
    language: str = "en"
    order: str = "gain"
    count: int = 0
    pace: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LearnSpans(_OfTexts):
    """Read the units of texts for about so many seconds: those with decisions, `first`, and some to choose from. Then,
    where `fit`, fit the instant model of spans to the decisions that are read, from where it stood, its settings chosen
    anew before where `choose`; and say what it makes of `first`, and of what it would ask for. `labels`: their names,
    in the order that spans count them in.
    """

    labels: tuple[str, ...]
    first: tuple[int, ...] = ()
    seconds: float = 0.0
    fit: bool = True
    choose: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LookBeside(_OfDecisions):
    """Say what stands beside these samples, by the last `Refit` of the same folder, kind and labels. `outputs`: beside
    each sample the output of the layer that its words are to speak for, -1 for none.
    """

    samples: tuple[int, ...]
    outputs: tuple[int, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Suspect(_OfDecisions):
    """Judge each decision by an instant model that has not seen it."""

    language: str = "en"


@dataclass(frozen=True, slots=True)
class LayOut:
    """Place the texts that are named in this folder of an encoder (`lepton_studio.map_file`) on the map that is kept
    there; `anew`: all of them, wherever they stood.
    """

    id: int
    folder: str
    anew: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class LearnCurve(_OfDecisions):
    """Fit instant models to growing parts of the decisions, and tell how often each is right on others."""

    language: str = "en"


@dataclass(frozen=True, slots=True)
class Load:
    """Have this encoder (a job's `model`) in memory: whoever needs it next gets it at once. Nobody waits for it."""

    id: int
    encoder: str
    language: str = "en"


Request = (
    Run
    | Embed
    | Predict
    | Explain
    | Reword
    | Draft
    | ReadOn
    | Refit
    | LearnSpans
    | LookBeside
    | Suspect
    | LearnCurve
    | LayOut
    | Load
)


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


def stop_mode(wanted: Stop | Pause) -> StopMode:
    """As the child is told it."""
    if isinstance(wanted, Pause):
        return "leave"
    return "keep" if wanted.keep else "discard"
