"""The contract of a task: what a task folder must say for the whole product to work with it.

A task folder `tasks/NAME/` defines `TASK = Task(...)` in its `__init__.py`; `all_tasks` finds it by walking the
package. The editor and the learner are named by string, so that the window never imports torch, nor the child Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from lepton_studio.contract.before import Before
from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.project.marks import MEDIA, Marks, media_digest
from lepton_studio.project.records import Labels, Scale, Verdict

V = TypeVar("V")

Family = Literal["encoder", "encoder_decoder", "decoder"]
"""What a model does: gives a vector for each token, writes an answer to what it reads, or goes on writing."""

WRITER_SETTINGS: Mapping[str, object] = {
    "epochs": 3, "batch_size": 8, "learning_rate": 1e-4, "dropout": 0.0, "label_smoothing": 0.0, "beams": 1,
}  # fmt: skip
"""What a decoder that can write already is tuned with (measured: `python -m tests.benchmarks models writer`)."""

WRITING_SETTINGS = ("max_new_tokens", "min_new_tokens", "beams", "length_penalty", "no_repeat")
"""Settings of the recipe that only tasks use whose answers are written."""

GENERATION_SETTINGS = ("label_smoothing", *WRITING_SETTINGS)
"""Those, and what the tasks use besides that choose labels of whole texts."""


class BadAnnotation(StudioError, ValueError):
    """A JSON value that is no annotation of this task; its text is a sentence for a person."""


class BadReport(StudioError, ValueError):
    """What is stored is no report; its text is a sentence for a person."""


class UnknownTask(StudioError, LookupError):
    """This version has no such task; its text is a sentence for a person."""


_ids_of_last: tuple[Labels, frozenset[int]] = ((), frozenset())


def ids_of(labels: Labels) -> frozenset[int]:
    """The ids of these labels; those of the last ones asked for are kept, as many samples are read with the same."""
    global _ids_of_last
    last, ids = _ids_of_last
    if last is not labels:
        ids = frozenset(label.id for label in labels)
        _ids_of_last = (labels, ids)
    return ids


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 (each 0..1) of one class; `support` is the number of gold annotations."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """`matrix[i][j]`: how many samples with gold `labels[i]` were predicted as `labels[j]`."""

    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]


PlainAnswer = Literal["lead", "nearest"]
"""What is written without a model: the text's own beginning, what was written for the most similar training sample."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a simpler model reaches on the samples of a report, learned from the same ones as the model; for models that
    write, the better of the `PlainAnswer`s (`by`).

    `headline` as in the report. It has no error in `right` samples; the model alone has none in `better`, the baseline
    alone in `worse`. For models that write, `quality` is the mean of `Task.quality`, and better is that of the model in
    `better` samples.
    """

    headline: Mapping[str, float]
    right: int
    better: int
    worse: int
    by: Literal["words"] | PlainAnswer = "words"
    quality: float = 0.0


_BASELINES, _BEFORE = ("baseline", "quick"), ("start", "old")
"""What a report may hold beside its own scores."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a task's `score` says of predictions.

    `headline`: score name -> value, as the task's `measures` say. `averages` are rows named "micro", "macro",
    "weighted". `errors`: kind of error -> how many verdicts. `baseline`: word statistics alone, and `quick`: the quick
    model, where those were fitted beside it. Of a run that goes on from another, `start`: that one on these samples,
    and `old`: both on the test samples of that one.
    """

    n: int
    headline: Mapping[str, float]
    per_class: tuple[ClassScore, ...] = ()
    averages: tuple[ClassScore, ...] = ()
    confusion: Confusion | None = None
    errors: Mapping[str, int] = field(default_factory=dict)
    baseline: Baseline | None = None
    quick: Baseline | None = None
    start: Before | None = None
    old: Before | None = None

    def to_json(self) -> dict[str, object]:
        """A JSON-able dict; `Report.from_json` reads it back."""

        def row(score: ClassScore) -> dict[str, object]:
            return {
                "label": score.label,
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
                "support": score.support,
            }

        return {
            "n": self.n,
            "headline": dict(self.headline),
            "per_class": [row(score) for score in self.per_class],
            "averages": [row(score) for score in self.averages],
            "confusion": self.confusion
            and {"labels": list(self.confusion.labels), "matrix": [list(line) for line in self.confusion.matrix]},
            "errors": dict(self.errors),
            **{name: asdict(one) for name in (*_BASELINES, *_BEFORE) if (one := getattr(self, name)) is not None},
        }

    @classmethod
    def from_json(cls, stored: object) -> Report:
        """The report that `to_json` wrote. Raises BadReport on anything else."""
        try:
            return cls._from_json(stored)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadReport(tr("Cannot read the report of this run: the stored data is damaged.")) from error

    @classmethod
    def _from_json(cls, stored: Any) -> Report:
        confusion = stored["confusion"]
        return cls(
            n=int(stored["n"]),
            headline={str(name): float(value) for name, value in stored["headline"].items()},
            per_class=tuple(ClassScore(**row) for row in stored["per_class"]),
            averages=tuple(ClassScore(**row) for row in stored["averages"]),
            confusion=confusion
            and Confusion(tuple(confusion["labels"]), tuple(tuple(line) for line in confusion["matrix"])),
            errors={str(kind): int(count) for kind, count in stored.get("errors", {}).items()},
            **_beside(stored),
        )


def _beside(stored: Any) -> dict[str, Any]:
    kinds: dict[str, type[Any]] = dict.fromkeys(_BASELINES, Baseline) | dict.fromkeys(_BEFORE, Before)
    return {name: kind(**stored[name]) for name, kind in kinds.items() if stored.get(name)}


@dataclass(frozen=True, slots=True)
class Input:
    """What a model and an editor read of a sample: its text, and those of its fields that `Task.reads` names.

    `media`: its file (a picture), called by the SHA-256 of its content; the text may be empty then.
    """

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    media: Path | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One score of a report's headline. `is_share`: it lies in 0..1 and is shown as per cent."""

    id: str
    title: str
    is_share: bool = True
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Part(Generic[V]):
    """One mark of a value, as a value of its own, and what it is called."""

    value: V
    words: str


@dataclass(frozen=True)
class Task(Generic[V]):
    """One kind of work on texts. `V` is its annotation value: a frozen dataclass, a tuple or a str.

    parse(json, labels) -> V              raises BadAnnotation with a sentence
    dump(V) -> json                       `parse(dump(v), labels) == v`
    labels_in(V) -> label ids             for counts and filters
    is_done(V)                            -> whether nothing of it is left open; None: a value always is. One
                                          that is not done is kept as a draft: its sample is still to label, and it is
                                          not counted, tuned on or exported
    scale_of({rating: how many})          -> the Scale of these ratings, slips left out; for a task whose values are
                                          ratings. A rating that does not stand on it cannot be given
    relabel(V, {old id: new id or None})  -> V, or None when nothing is left (merge and delete of labels)
    from_marks(Marks, {name: label id})   -> the value that a file's marks stand for; None: it says nothing of it
    to_marks(V, {label id: name})         -> Marks, for files out; `from_marks(to_marks(v)) == v`
    words(V, labels)                      -> the value in a few words on one line, for tables
    accepted(V)                           -> the value to keep where a person accepts what a model says (a rating on
                                          the scale); None: it is kept as it is
    compare(gold, predicted)              -> a Verdict for everything that is right or wrong; none at all is right too
    quality(gold, predicted)              -> 0..1, 1 for a perfect prediction. Where `right` is "", what `score` says of
                                          this one text by the main measure: its mean is shown under that title
    score(gold, predicted, labels)        -> Report; pure Python, used by both processes
    editor                                "lepton_studio.tasks.NAME.editor:Class", see lepton_studio.contract.editing
    learner                               "lepton_studio.tasks.NAME.learner:Class", see lepton_studio.training.learner
    measures                              what the headline of its reports holds, in the order to show
    best                                  the id of the measure that chooses the best weights and ranks runs
    kinds                                 kind of error -> its title; the kinds that `compare` uses beside RIGHT
    right                                 a sentence with {right} and {n}, "Right on {right} of {n} texts", where the
                                          share of samples without an error says best how good a model is; else ""
    reads                                 fields of a sample that its model and its editor read beside the text; with
                                          MEDIA among them its file, and a sample with a file needs no text
    viewer                                "lepton_studio.tasks.NAME.viewer:Class", which shows what is read of a sample
                                          beside the text, see lepton_studio.contract.editing.Viewer; "" for none
    wants                                 what columns of a table it can use: "label", "second_text", "question",
                                          "answer", "target", "rating", "spans", "turns", "media"; "several_labels"
                                          where a text may have more than one
    label_kinds                           the kinds of labels it has ("label"; "span" and "relation"); () for none.
                                          A label's kind is `label.options["kind"]`, the first one where that is not set
    empty                                 the value that says "there is nothing here", where the task has one
    settings                              settings of the recipe that differ from its defaults
    decoder_settings                      those that differ once more for a decoder: it can write already
    hidden_settings                       settings of the recipe that mean nothing here
    linear                                what one linear layer says of a whole text, where its value is no more than
                                          that: one of several labels, any of them, or a number; "" for others
    tagged                                whether its values are spans alone, most of them side by side: the instant
                                          model marks them
    parts(V, text, labels)                -> each mark of a value of this text by itself, for a task whose models mark
                                          something in it: why one is there can be told; None for others
    families                              what its learner makes of base models; of a model of no such kind, the first
    usual_methods                         the tuning method for the weights where a recipe names none, by the kind of
                                          model; "full" where nothing is said
    from_labels(label ids) -> V           for a task whose whole value is labels; None for others
    from_bare_text                        a value holds something given (marked spans); reports say also, as
                                          "strict_NAME", how well the value is found from the bare text
    patterns(path, labels) -> function    reads a dictionary or pattern file; the function suggests a value or None
    drafts                                what a model that is not tuned is told to do with a text, in English, where
                                          its models write; "" where such a model has nothing to say
    sample                                its sample project: a file of resources/samples, "" for none
    """

    id: str
    title: str
    summary: str
    parse: Callable[[object, Labels], V]
    dump: Callable[[V], object]
    labels_in: Callable[[V], tuple[int, ...]]
    relabel: Callable[[V, Mapping[int, int | None]], V | None]
    from_marks: Callable[[Marks, Mapping[str, int]], V | None]
    to_marks: Callable[[V, Mapping[int, str]], Marks]
    words: Callable[[V, Labels], str]
    compare: Callable[[V, V], tuple[Verdict, ...]]
    quality: Callable[[V, V], float]
    score: Callable[[Sequence[V], Sequence[V], Labels], Report]
    editor: str
    learner: str
    measures: tuple[Measure, ...]
    best: str
    kinds: Mapping[str, str] = field(default_factory=dict)
    accepted: Callable[[V], V] | None = None
    is_done: Callable[[V], bool] | None = None
    scale_of: Callable[[Mapping[float, int]], Scale] | None = None
    right: str = ""
    reads: tuple[str, ...] = ()
    viewer: str = ""
    wants: tuple[str, ...] = ("label",)
    label_kinds: tuple[str, ...] = ("label",)
    empty: V | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    decoder_settings: Mapping[str, object] = field(default_factory=dict)
    hidden_settings: tuple[str, ...] = ()
    linear: Literal["", "choice", "choices", "number"] = ""
    tagged: bool = False
    parts: Callable[[V, str, Labels], Sequence[Part[V]]] | None = None
    families: tuple[Family, ...] = ("encoder",)
    usual_methods: Mapping[Family, tuple[str, ...]] = field(default_factory=dict)
    from_labels: Callable[[Sequence[int]], V] | None = None
    from_bare_text: bool = False
    patterns: Callable[[Path, Labels], Callable[[Input], V | None]] | None = None
    drafts: str = ""
    sample: str = ""

    def input(self, text: str, fields: Mapping[str, str], *, media: Path | None = None) -> Input:
        """What the model reads of a sample; `media`: the folder in which its file would be, where that is needed."""
        digest = media_digest(fields) if media is not None and MEDIA in self.reads else ""
        read = {name: fields[name] for name in self.reads if name != MEDIA and fields.get(name)}
        return Input(text, read, media / digest if media is not None and digest else None)

    def settings_for(self, family: Family | None) -> Mapping[str, object]:
        """The settings of the recipe that differ from its defaults, for what is made of a model; None: not known."""
        return {**self.settings, **self.decoder_settings} if family == "decoder" else self.settings

    @property
    def has_one_label(self) -> bool:
        """Whether every text has one label: its labels exclude each other."""
        return "label" in self.label_kinds and self.empty is None

    def accept(self, value: V) -> V:
        """What is kept where a person accepts this prediction."""
        return value if self.accepted is None else self.accepted(value)

    @property
    def learns_at_once(self) -> bool:
        """Whether there is an instant model for it."""
        return bool(self.linear) or self.tagged

    def done(self, value: V) -> bool:
        """Whether nothing of the value is left open."""
        return self.is_done is None or self.is_done(value)

    def measure(self, name: str) -> Measure:
        """The measure with this id; "strict_NAME" too. A name of another version is a share called as it is."""
        found = {one.id: one for one in self.measures}
        return found.get(name) or Measure(name, name)
