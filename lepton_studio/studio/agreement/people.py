"""Who agrees with whom in a project, by which measure, and on what they differ."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from lepton_studio.contract.task import Task
from lepton_studio.project.project import Project
from lepton_studio.project.records import RIGHT, LabelId, Labels, SampleId
from lepton_studio.studio.agreement.marks import characters, shared_marks
from lepton_studio.studio.agreement.measures import (
    Summed,
    alpha,
    alpha_of_numbers,
    cohen,
    fleiss,
    intervals,
    masi_distances,
    share,
)
from lepton_studio.studio.answering import agreed_on, answers_of, last_of_each
from lepton_studio.tasks import task_named

MeasureName = Literal[
    "alpha_nominal", "alpha_masi", "alpha_interval", "alpha_characters", "fleiss", "kappa", "f1", "likeness"
]
Said = Mapping[str, Any]
"""What each person says of one sample, as values of the task."""


@dataclass(frozen=True, slots=True)
class Score:
    """One measure on `n` samples with its 95 % interval; None where it has no value, as when all answers are equal."""

    measure: MeasureName
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people on the `score.n` samples that both of them labelled; `same`: on how many they say the same."""

    first: str
    second: str
    same: int
    score: Score


@dataclass(frozen=True, slots=True)
class Difference:
    """What one person says where the other says otherwise: a label or, of numbers, the number; "" for nothing.

    `kind` is the task's kind of error (`Task.kinds`), as if the first one were right.
    """

    first: str
    second: str
    kind: str
    first_says: str
    second_says: str
    samples: tuple[SampleId, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of all samples that at least two people labelled. `people`: how many samples each labelled, at all.

    `same`: on how many all who labelled it say the same. `overall` begins with the measure to look at. `labels`: the
    agreement on each label by itself, where there are any. `to_settle`: where people differ and nobody has settled it.
    """

    people: Mapping[str, int]
    samples: int
    same: int
    overall: tuple[Score, ...]
    pairs: tuple[Pair, ...]
    labels: Mapping[LabelId, Score]
    differences: tuple[Difference, ...]
    to_settle: tuple[SampleId, ...]


def agreement(project: Project, *, bulk: bool = False) -> Agreement:
    """How far people agree. Counted is what they decided on one sample at a time, by hand or by accepting a suggestion,
    before anything was settled; with `bulk` also what they labelled many at a time. For a worker thread.
    """
    task = task_named(project.task_id)
    people: Counter[str] = Counter()
    shared: dict[SampleId, Said] = {}
    unsettled: list[SampleId] = []
    for sample, answers in answers_of(project, task):
        last = last_of_each(answers)
        said = {one.who: one.value for one in last if bulk or one.origin != "bulk"}
        people.update(said.keys())
        if len(said) > 1:
            shared[sample] = said
        if len(last) > 1 and agreed_on(answers) is None:
            unsettled.append(sample)
    pairs = [pair for pair in combinations(sorted(people), 2) if _both(shared.values(), pair)]
    every = list(shared.values())
    return Agreement(
        people=dict(sorted(people.items())),
        samples=len(shared),
        same=sum(_are_same(list(said.values())) for said in every),
        overall=_overall(task, every, sorted(people), project=project, samples=list(shared)) if every else (),
        pairs=tuple(_pair(task, every, pair) for pair in pairs),
        labels=_by_label(task, every, project.labels()),
        differences=_differences(task, shared, project.labels()),
        to_settle=tuple(unsettled),
    )


def _both(every: Iterable[Said], pair: tuple[str, str]) -> list[Said]:
    return [{who: said[who] for who in pair} for said in every if pair[0] in said and pair[1] in said]


def _are_same(values: Sequence[Any]) -> bool:
    return all(value == values[0] for value in values)


def _score(measure: MeasureName, summed: Summed, n: int) -> Score:
    return _scores(measure, [summed], n)[0]


def _scores(measure: MeasureName, summed: Sequence[Summed], n: int) -> list[Score]:
    """Several on the same samples."""

    def or_none(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return [
        Score(measure, n, or_none(one.value), *map(or_none, ends))
        for one, ends in zip(summed, intervals(summed), strict=True)
    ]


def _overall(
    task: Task[Any], every: Sequence[Said], people: Sequence[str], *, project: Project, samples: Sequence[SampleId]
) -> tuple[Score, ...]:
    first = _main(task, every, people)
    if _has_marks(task):
        lengths = [len(project.sample(one).text) for one in samples]
        return first, _score("alpha_characters", characters(task, every, lengths), len(every))
    if task.linear == "choice" and len(people) > 2:
        counts, _values = _counts(task, every)
        whole = counts[counts.sum(axis=1) == len(people)]
        return (first, _score("fleiss", fleiss(whole), len(whole))) if len(whole) > 1 else (first,)
    return (first,)


def _main(task: Task[Any], every: Sequence[Said], people: Sequence[str]) -> Score:
    """The measure that fits what is decided in this task."""
    n = len(every)
    if _has_marks(task):
        return _score("f1", share(*shared_marks(task, every)), n)
    if task.linear == "number":
        return _score("alpha_interval", alpha_of_numbers(_numbers(task, every, people)), n)
    if not task.linear:
        return _score("likeness", _likeness(task, every), n)
    counts, values = _counts(task, every)
    if task.linear == "choices":
        return _score("alpha_masi", alpha(counts, distances=masi_distances(values)), n)
    return _score("alpha_nominal", alpha(counts), n)


def _pair(task: Task[Any], every: Sequence[Said], pair: tuple[str, str]) -> Pair:
    first, second = pair
    both = _both(every, pair)
    same = sum(said[first] == said[second] for said in both)
    if task.linear == "choice":
        places: dict[Any, int] = {}
        codes = [[places.setdefault(task.labels_in(said[who]), len(places)) for said in both] for who in pair]
        score = _score("kappa", cohen(*codes), len(both))
    else:
        score = _main(task, both, pair)
    return Pair(first, second, same, score)


def _by_label(task: Task[Any], every: Sequence[Said], labels: Labels) -> dict[LabelId, Score]:
    """Of each label that anybody gave: how far people agree on whether it holds; of marks their F1."""
    used = {label for said in every for value in said.values() for label in task.labels_in(value)}
    given = [one.id for one in labels if one.id in used]
    if _has_marks(task):
        shared = [share(*shared_marks(task, every, only=one)) for one in given]
        return dict(zip(given, _scores("f1", shared, len(every)), strict=True))
    if not given:
        return {}
    counts, values = _counts(task, every)
    found = []
    for label in given:
        holds = np.array([label in one for one in values])
        found.append(alpha(np.column_stack([counts[:, holds].sum(axis=1), counts[:, ~holds].sum(axis=1)])))
    return dict(zip(given, _scores("alpha_nominal", found, len(every)), strict=True))


def _differences(task: Task[Any], shared: Mapping[SampleId, Said], labels: Labels) -> tuple[Difference, ...]:
    """The commonest first. What the task does not count as an error is none."""
    names = {one.id: one.name for one in labels}

    def name(label: LabelId | None) -> str:
        return "" if label is None else names.get(label, "")

    found: dict[tuple[str, str, str, str, str], list[SampleId]] = defaultdict(list)
    for sample, said in shared.items():
        for first, second in combinations(sorted(said), 2):
            one, other = said[first], said[second]
            verdicts = set() if one == other else {it for it in task.compare(one, other) if it.kind != RIGHT}
            for it in verdicts:
                says = (name(it.gold), name(it.predicted))
                if task.linear == "number":
                    says = (task.words(one, labels), task.words(other, labels))
                found[first, second, it.kind, *says].append(sample)
    most = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Difference(*key, tuple(samples)) for key, samples in most)


def _has_marks(task: Task[Any]) -> bool:
    return "span" in task.label_kinds


def _counts(task: Task[Any], every: Sequence[Said]) -> tuple[np.ndarray, list[frozenset[int]]]:
    """(samples x values, the values as sets of labels): how many people gave it."""
    places: dict[Any, int] = {}
    cells = [
        (row, places.setdefault(task.labels_in(value), len(places)))
        for row, said in enumerate(every)
        for value in said.values()
    ]
    counts = np.zeros((len(every), len(places)))
    np.add.at(counts, tuple(np.array(cells).T), 1.0)
    return counts, [frozenset(labels) for labels in places]


def _numbers(task: Task[Any], every: Sequence[Said], people: Sequence[str]) -> np.ndarray:
    def number(value: Any) -> float:
        rating = task.to_marks(value, {}).rating
        return float("nan") if rating is None else rating

    return np.array([[number(said[who]) if who in said else float("nan") for who in people] for said in every])


def _likeness(task: Task[Any], every: Sequence[Said]) -> Summed:
    """The mean over pairs of how good one's answer would be were the other's the right one, both ways."""

    def alike(one: Any, other: Any) -> float:
        return (task.quality(one, other) + task.quality(other, one)) / 2

    parts = [sum(alike(*pair) for pair in combinations(said.values(), 2)) for said in every]
    wholes = [math.comb(len(said), 2) for said in every]
    return share(np.array(parts, dtype=np.float64), np.array(wholes, dtype=np.float64))
