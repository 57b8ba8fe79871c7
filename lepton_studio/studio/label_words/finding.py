"""The words of each label in a project: as a run answers, or as people labelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any, Literal

import numpy as np

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.errors import Cancelled, StudioError
from lepton_studio.language import tr
from lepton_studio.progress import ShouldStop, never
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Label, LabelId, Labels, RunRecord, SampleId, Split
from lepton_studio.studio.certainty import LEVEL, fisher
from lepton_studio.studio.collecting import labels_now_and_then
from lepton_studio.studio.judging import merged_labels
from lepton_studio.studio.label_words.counting import Flags, Term, Terms, count_terms
from lepton_studio.studio.label_words.suspicious import Mark, Misled, Suspicions, misled
from lepton_studio.tasks import task_named

MOST_SAMPLES = 20_000
"""Of more samples so many are drawn, always the same."""
MOST_WORDS = 30
_UNTOLD = 10
"""Words that are listed where none is told beyond chance."""
_LONGEST, _MOST_CHARACTERS = 2000, 5_000_000
"""Characters that are counted of a text, and of all: of long texts fewer are drawn. Some seconds of a processor."""

By = Literal["answers", "labels"]
"""Whose labels the words are of: what the run answers, or what people gave."""


class NoLabelWords(StudioError):
    """There are no words to tell; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class LabelWord:
    """A word or phrase, `text` as it is written most often; "" for any of a kind (`kind` as in `units`).

    `hits` of the `n` samples with it have the label; `judged` are those of them on which the run was judged, `rest` the
    others (all of them where people's labels are counted). `z` orders; `p`: how likely such a share is by chance,
    corrected for all words and labels that were looked at. `labelled`: (by people with the label, labelled at all) of
    those with it.
    """

    text: str
    kind: int
    z: float
    p: float
    hits: int
    n: int
    judged: tuple[SampleId, ...]
    rest: tuple[SampleId, ...]
    labelled: tuple[int, int]
    marks: tuple[Mark, ...]
    misled: Misled | None

    @property
    def is_told(self) -> bool:
        """Whether it goes with the label beyond chance."""
        return self.p < LEVEL

    @property
    def is_suspicious(self) -> bool:
        """Whether it may have nothing to do with the label."""
        return self.is_told and bool(self.marks)


@dataclass(frozen=True, slots=True)
class WordsOfLabel:
    """The words of a label, the strongest first; where none is beyond chance, some that may be.

    It has `hits` of the `n` samples that were looked at, of `total` that there are. `parts`: how many of them lie in
    each split (None: in none). `run`: None for people's labels.
    """

    label: LabelId
    name: str
    by: By
    run: int | None
    hits: int
    n: int
    total: int
    parts: Mapping[Split | None, int]
    words: tuple[LabelWord, ...]


@dataclass(frozen=True)
class CountedWords:
    """What was counted of a project: asked for the words of a label. `said` and `gold` hold flags [samples] by label
    id; `split` the split of each sample in the run's data.
    """

    by: By
    run: int | None
    labels: Labels
    samples: np.ndarray[Any, np.dtype[np.int64]]
    total: int
    split: tuple[Split | None, ...]
    is_labelled: Flags
    said: Mapping[LabelId, Flags]
    gold: Mapping[LabelId, Flags]
    terms: Terms
    kept: dict[tuple[LabelId, int], WordsOfLabel] = field(default_factory=dict, compare=False)

    @property
    def choices(self) -> Labels:
        """The labels that some samples have and others have not."""
        return tuple(one for one in self.labels if one.id in self.said and not self.said[one.id].all())

    @cached_property
    def _suspicions(self) -> Suspicions:
        return Suspicions(self.terms)

    def of(self, label: Label, *, most: int = MOST_WORDS) -> WordsOfLabel:
        """Its words; none where nothing or everything has the label."""
        if (label.id, most) not in self.kept:
            self.kept[label.id, most] = self._of(label, most)
        return self.kept[label.id, most]

    def _of(self, label: Label, most: int) -> WordsOfLabel:
        none = np.zeros(len(self.samples), np.bool_)
        has, gold = self.said.get(label.id, none), self.gold.get(label.id, none)
        chosen = self._chosen(label, has, most)
        looks = max(1, self.terms.count) * max(1, len(self.said))
        words = [self._word(one, marks, has, gold, looks, len(chosen)) for one, marks in chosen]
        told = tuple(one for one in words if one.is_told) or tuple(words[:_UNTOLD])
        parts: Counter[Split | None] = Counter(self.split)
        return WordsOfLabel(
            label.id, label.name, self.by, self.run, int(has.sum()), len(self.samples), self.total, dict(parts), told
        )

    def _chosen(self, label: Label, has: Flags, most: int) -> list[tuple[Term, tuple[Mark, ...]]]:
        """The strongest terms with their marks; without those that say nothing and are not suspicious either."""
        share = float(has.mean()) if len(has) else 0.0
        found: list[tuple[Term, tuple[Mark, ...]]] = []
        for one in self.terms.strongest(has, most=2 * most):
            marks = self._suspicions.marks(one, label=label.name, share=share)
            if not self._suspicions.is_empty(one) or (marks and not self._stands_by(one, found)):
                found.append((one, marks))
        return found[:most]

    def _stands_by(self, term: Term, others: Sequence[tuple[Term, object]]) -> bool:
        """Whether it stands in the texts of another one: the mark behind a signature."""
        return any(self.terms.is_alike(term.number, one.number) for one, _ in others)

    def _word(self, term: Term, marks: tuple[Mark, ...], has: Flags, gold: Flags, looks: int, listed: int) -> LabelWord:
        rows = self.terms.texts_of(term.number)
        flags = np.zeros(len(self.samples), np.bool_)
        flags[rows] = True
        total = int(has.sum())
        p = fisher(term.hits, term.n, other_hits=total - term.hits, other_n=len(self.samples) - term.n) * looks
        wrong = None
        if self.by == "answers":
            held_out = np.array([one in ("validation", "test") for one in self.split], np.bool_)
            otherwise = held_out & self.is_labelled & ~gold
            wrong = misled(flags, said=has, otherwise=otherwise, looks=listed)
        judged = np.array([self.by == "answers" and one is not None for one in self.split], np.bool_)
        hit = flags & has
        return LabelWord(
            self.terms.shown(term),
            term.kind,
            term.z,
            min(1.0, p),
            term.hits,
            term.n,
            tuple(self.samples[hit & judged].tolist()),
            tuple(self.samples[hit & ~judged].tolist()),
            (int((flags & gold).sum()), int((flags & self.is_labelled).sum())),
            (*marks, "misleads") if wrong is not None else marks,
            wrong,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What the window shows: the labels to choose from, the words of one of them, or `why` there are none."""

    labels: Labels
    found: WordsOfLabel | None
    why: str = ""


def shown_words(counted: CountedWords, label: LabelId | None) -> Shown:
    """The words of this label, or of the first one where it has none."""
    choices = counted.choices
    if not choices:
        return Shown((), None, tr("All of these samples have the same labels: there is nothing to tell apart."))
    chosen = next((one for one in choices if one.id == label), choices[0])
    return Shown(choices, counted.of(chosen))


def why_no_words(task: Task[Any]) -> str:
    """Why this task has no words of labels, a sentence; "" where it has."""
    if task.linear in ("choice", "choices"):
        return ""
    return tr("Words of labels can be told where labels are given to the whole text, and not for this task.")


def count_words(
    project: Project, run: RunRecord | None, *, by: By = "answers", should_stop: ShouldStop = never
) -> CountedWords:
    """Count the words of all samples that the run has read, or of all that people labelled. Blocks: some seconds for
    20,000 samples; call it in a worker, on a clone. Raises NoLabelWords, Cancelled.
    """
    task = task_named(project.task_id)
    if why := why_no_words(task):
        raise NoLabelWords(why)
    labels = project.labels() if run is None else labels_now_and_then(project, run)
    gold = _gold(project, task, labels)
    split: dict[SampleId, Split | None]
    if by == "answers" and run is not None:
        merged = merged_labels(project, labels)
        said, split = {}, {}
        for sample, given, part in project.labels_said(run.id):
            said[sample] = {merged.get(one) or one for one in given}
            split[sample] = part
    else:
        by, said = "labels", gold
        split = {sample: part for sample, _, part in project.decided(Filter(state="labelled"))}
    if not said:
        raise NoLabelWords(_nothing(run, by))
    ids = sorted(said)
    drawn = ids if len(ids) <= MOST_SAMPLES else sorted(Random(1).sample(ids, MOST_SAMPLES))
    samples, texts = [], []
    for one in project.all_rows(Filter(ids=tuple(drawn))):
        if should_stop():
            raise Cancelled
        read = task.input(one.text, one.fields)
        samples.append(one.id)
        texts.append([part[:_LONGEST] for part in (read.text, read.fields.get(SECOND_TEXT, "")) if part])
    length = sum(len(part) for parts in texts for part in parts)
    if length > _MOST_CHARACTERS:
        rows = sorted(Random(1).sample(range(len(samples)), len(samples) * _MOST_CHARACTERS // length))
        samples, texts = [samples[row] for row in rows], [texts[row] for row in rows]
    return CountedWords(
        by=by,
        run=None if by == "labels" or run is None else run.number,
        labels=labels,
        samples=np.array(samples, np.int64),
        total=len(ids),
        split=tuple(split.get(one) for one in samples),
        is_labelled=np.array([one in gold for one in samples], np.bool_),
        said=_flags([said[one] for one in samples]),
        gold=_flags([gold.get(one, set()) for one in samples]),
        terms=count_terms(texts, check=_check(should_stop)),
    )


def _check(should_stop: ShouldStop) -> Callable[[], None]:
    def check() -> None:
        if should_stop():
            raise Cancelled

    return check


def _gold(project: Project, task: Task[Any], labels: Labels) -> dict[SampleId, set[LabelId]]:
    """The labels of today of each labelled sample."""
    found: dict[SampleId, set[LabelId]] = {}
    for sample, stored, _ in project.decided(Filter(state="labelled")):
        try:
            found[sample] = set(task.labels_in(task.parse(stored, labels)))
        except BadAnnotation:
            continue
    return found


def _flags(of_samples: list[set[LabelId]]) -> dict[LabelId, Flags]:
    found: dict[LabelId, Flags] = {}
    for place, labels in enumerate(of_samples):
        for label in labels:
            if label not in found:
                found[label] = np.zeros(len(of_samples), np.bool_)
            found[label][place] = True
    return found


def _nothing(run: RunRecord | None, by: By) -> str:
    if by == "labels" or run is None:
        return tr("No sample is labelled yet.")
    return tr("Run {run} has no predictions.", run=run.number)
