"""Why a run says of a sample what it says: its words with their weights, for any label, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal

from lepton_studio.contract.task import Input, Part, Task
from lepton_studio.errors import StudioError
from lepton_studio.language import language_in_use, tr, trn
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.project.records import LabelId, Labels, RunId, RunRecord, SampleId
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.events import Event, Explained, Staged
from lepton_studio.runs.requests import Explain
from lepton_studio.studio.asking import NotAnswered, ask
from lepton_studio.studio.collecting import labels_then
from lepton_studio.studio.data_lines import data_line
from lepton_studio.studio.needs import need_of_explanation
from lepton_studio.studio.predicting import run_with_model, trained_folder
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.tasks import task_named
from lepton_studio.words import shortened

_LONGEST = 24
"""Characters of a word in a sentence."""
_NAMED = 8
"""So many words are named in a sentence."""
_LOW = 0.5
"""A rank agreement below it is told as a doubt."""
_GAP = 0.1
"""So is a gap beyond this share of what the words add."""
_LITTLE = 0.2
"""And that all words add less than this share of what is said."""


class NotExplained(StudioError):
    """There is no telling why; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text (`part` 0) or of the second text (1), from `start` to `end` (exclusive) in code points, and
    what it adds to the log-odds of the label, or to the rating.
    """

    part: int
    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Change:
    """The fewest strongest `words` without which the model `says` something else, with this `score`."""

    words: tuple[Word, ...]
    says: str
    score: float


@dataclass(frozen=True, slots=True)
class Why:
    """The words of a sample, in their order, for one label (None: for the rating, or for a mark in the text) by one
    run. `mark`: the value of the mark alone, and `name` what it is called; None where a whole text is explained.

    `has`: the model gives the label; `score`: its probability, or how sure the rating is. The rest is as in
    `lepton_studio.runs.events.Explained`.
    """

    sample: SampleId
    run: int
    label: LabelId | None
    name: str
    words: tuple[Word, ...]
    by: Literal["gradients", "omission"]
    said: float
    nothing: float
    gap: float
    agreement: float
    compared: int
    has: bool
    score: float
    change: Change | None
    tried: int
    is_cut: bool
    mark: object = None

    @property
    def ranked(self) -> list[Word]:
        """The strongest first."""
        return sorted(self.words, key=lambda one: -abs(one.weight))


def why_not(task: Task[Any]) -> str:
    """Why no prediction of this task can be explained, a sentence; "" where they can."""
    if task.linear or task.parts is not None:
        return ""
    return tr("Which words count can be told of labels, ratings and marks in a text, and not of what is written.")


def explain(
    project: Project,
    run_id: RunId | None,
    sample: SampleId,
    *,
    labels: Sequence[LabelId] = (),
    marks: Sequence[object] = (),
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> list[Why]:
    """For each of these labels, () for those that the run's model gives the text; for a task that marks texts, for each
    of these `marks` (values of one mark, as JSON), () for the first that the model makes. Blocks; call it on a clone in
    a worker. Raises NotExplained, PredictionFailed, Cancelled, ProjectError, CouldNotStart.
    """
    task = task_named(project.task_id)
    if why := why_not(task):
        raise NotExplained(why)
    run = run_with_model(project, run_id)
    folder = trained_folder(project, run.id)
    shown = project.sample(sample)
    given = task.input(shown.text, shown.fields)
    if not given.text.strip():
        raise NotExplained(tr("Sample {sample} has no text.", sample=sample))
    said: list[Explained] = []

    def take(event: Event) -> None:
        if isinstance(event, Explained):
            said.append(event)
        elif isinstance(event, Staged):
            progress(event.done, event.total or None)

    request = Explain(0, str(folder.path), data_line(sample, given), tuple(labels), language_in_use(), tuple(marks))
    with (
        nullcontext(children) if children is not None else Children() as owner,
        owner.borrow(need_of_explanation(folder.model), should_stop=should_stop, on_wait=on_wait) as child,
    ):
        try:
            ask(child, request, on_event=take, should_stop=should_stop)
        except NotAnswered as error:
            raise NotExplained(str(error)) from error
    known = known_labels(project, run)
    return [_why(one, given, task=task, labels=known, sample=sample, run=run.number) for one in said]


def known_labels(project: Project, run: RunRecord) -> Labels:
    """The labels that a run gives, as they are called today, or were when they were deleted."""
    today = {label.id: label for label in project.labels()}
    return tuple(today.get(label.id, label) for label in labels_then(project, run))


def parts_of(task: Task[Any], value: object, text: str, labels: Labels) -> Sequence[Part[Any]]:
    """The marks of a value as JSON, each by itself; none of a task that explains whole texts."""
    return () if task.parts is None else task.parts(task.parse(value, labels), text, labels)


def title_words(why: Why) -> str:
    """Which label is explained, and whether the model gives it."""
    if why.label is None and why.mark is None:
        return tr("The rating is {rating}.", rating=f"{why.said:.4g}")
    said = {"label": why.name, "score": per_cent(why.score, digits=0)}
    return tr("{label}, predicted: {score}", **said) if why.has else tr("{label}, not predicted: {score}", **said)


def change_words(why: Why) -> str:
    """What would change what the model says, a sentence; "" of a text without words."""
    if not why.words:
        return ""
    if why.change is None:
        if not why.tried:
            return tr("No word speaks for it.") if why.has else tr("No word speaks against it.")
        if why.mark is not None:
            return trn(
                "Without the strongest word the mark is nearly as likely.",
                "Without the {count} strongest words the mark is nearly as likely.",
                why.tried,
            )
        return trn(
            "Without the strongest word the model says the same.",
            "Without the {count} strongest words the model says the same.",
            why.tried,
        )
    if why.mark is not None:
        return tr(
            "Without {words} the model gives this mark {score}.",
            words=_named(why.change.words),
            score=per_cent(why.change.score, digits=0),
        )
    return tr(
        "Without {words} the model says: {answer} ({score}).",
        words=_named(why.change.words),
        answer=why.change.says or tr("nothing"),
        score=per_cent(why.change.score, digits=0),
    )


def _named(found: Sequence[Word]) -> str:
    left_out = [tr("“{word}”", word=shortened(one.text, _LONGEST)) for one in found]
    if more := len(left_out) - _NAMED:
        left_out = left_out if more <= 1 else [*left_out[:_NAMED], trn("{count} more word", "{count} more words", more)]
    return tr(", ").join(left_out)


def how_words(why: Why) -> str:
    """What the weights are."""
    if why.mark is not None:
        return tr("Each figure: what the word adds to the log-odds of the mark (integrated gradients).")
    if why.by == "omission":
        if why.label is None:
            return tr("Each figure: what the rating loses where the word is left out.")
        return tr("Each figure: what the log-odds of the label lose where the word is left out.")
    if why.label is None:
        return tr("Each figure: what the word adds to the rating (integrated gradients).")
    return tr("Each figure: what the word adds to the log-odds of the label (integrated gradients).")


def doubt_words(why: Why) -> list[str]:
    """What a person should know of how far the weights can be trusted: sentences, the check first."""
    said = []
    if why.compared:
        checked = trn(
            "Leaving out {count} word, one at a time, gives the same order to {agreement} (rank correlation).",
            "Leaving out {count} words, one at a time, gives the same order to {agreement} (rank correlation).",
            why.compared,
            agreement=f"{why.agreement:.2f}",
        )
        said.append(f"{checked} {tr('Read these weights with care.')}" if why.agreement < _LOW else checked)
    added = abs(why.said - why.nothing)
    if why.mark is not None and added < _LITTLE * abs(why.said):
        said.append(
            tr(
                "All words together add little here: the model goes by something else, such as the labels of linked "
                "spans."
            )
        )
    if why.by == "gradients" and why.gap > _GAP * added:
        said.append(
            tr(
                "The weights lack {gap} of the {added} that all words add: they are rough.",
                gap=f"{why.gap:.2f}",
                added=f"{added:.2f}",
            )
        )
    if why.is_cut:
        said.append(tr("The text is longer than this model reads: the words behind that have no weight."))
    return said


def why_facts(why: Why) -> dict[str, object]:
    """For machines."""
    change = why.change and {
        "words": [one.text for one in why.change.words],
        "becomes": why.change.says,
        "score": why.change.score,
    }
    return {
        "label": why.name,
        **({} if why.mark is None else {"mark": why.mark}),
        "predicted": why.has,
        "score": why.score,
        "by": why.by,
        "words": [
            {"text": one.text, "part": one.part, "start": one.start, "end": one.end, "weight": one.weight}
            for one in why.words
        ],
        "said": why.said,
        "nothing": why.nothing if why.by == "gradients" else None,
        "gap": why.gap if why.by == "gradients" else None,
        "agreement": why.agreement if why.compared else None,
        "compared": why.compared,
        "change": change,
        "tried": why.tried,
        "cut": why.is_cut,
    }


def _why(one: Explained, given: Input, *, task: Task[Any], labels: Labels, sample: SampleId, run: int) -> Why:
    parts = (given.text, given.fields.get(SECOND_TEXT, ""))
    words = tuple(
        Word(part, start, end, parts[part][start:end], weight)
        for (part, start, end), weight in zip(one.words, one.weights, strict=True)
    )
    change = None
    if one.change and one.mark is None:
        becomes = task.words(task.accept(task.parse(one.becomes, labels)), labels)
        change = Change(tuple(words[at] for at in one.change), becomes, one.becomes_score)
    elif one.change:
        change = Change(tuple(words[at] for at in one.change), "", one.becomes_score)
    name = next((label.name for label in labels if label.id == one.label), "")
    if one.mark is not None:
        (part,) = parts_of(task, one.mark, given.text, labels)[:1]
        name = part.words
    return Why(
        sample=sample,
        run=run,
        label=one.label or None,
        name=name,
        words=words,
        by=one.by,
        said=one.said,
        nothing=one.nothing,
        gap=one.gap,
        agreement=one.agreement,
        compared=one.compared,
        has=one.has,
        score=one.score,
        change=change,
        tried=one.tried,
        is_cut=one.is_cut,
        mark=one.mark,
    )
