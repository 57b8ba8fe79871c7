"""Whether a run serves groups of people alike: its answers and its errors, group by group, for a field that is named.

Each group is compared with all the others by Fisher's exact test, held to all that were looked at by Holm's correction;
the interval of a difference is that of Newcombe (1998). Rates are called as in fairlearn: a selection rate is how often
an answer is given; missed and invented answers are its false negatives and false positives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lepton_studio.contract.task import Task
from lepton_studio.errors import StudioError
from lepton_studio.language import tr, trn
from lepton_studio.project.marks import MEDIA
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, RunRecord, SampleId, Split
from lepton_studio.studio.certainty import LEVEL, Interval, fisher, holm, newcombe, wilson
from lepton_studio.studio.collecting import labels_now_and_then
from lepton_studio.studio.judging import Judged, JudgedPrediction, judged_predictions
from lepton_studio.studio.slices import LEAST, grouping
from lepton_studio.tasks import task_named

_MOST_NUMBERS = 6
"""A field of more numbers than this is cut in four: an age of its own is no group."""

Flags = NDArray[np.bool_]

Outcome = Literal["wrong", "selected", "missed", "invented"]
"""What is counted of a group: texts with an error; those that got a label, lack one that they have, or got one that
they do not have."""


class NoGroups(StudioError):
    """The field does not tell groups apart; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `n` texts."""

    hits: int
    n: int

    @property
    def share(self) -> float:
        """0..1; 0 of none."""
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self) -> Interval:
        """Its 95 % interval."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True, slots=True)
class Difference:
    """How often the `outcome` falls to a group, beside all the others together.

    `label`: which one it is about, None for any error. `low` to `high`: the 95 % interval of the difference of the two
    shares. `p`: how likely so large a difference is by chance, after the correction; 1 where it `is_few`. `labelled`:
    how often people gave the label to the group and to the others, for "selected". `rows`: the places of the hits.
    """

    group: str
    outcome: Outcome
    label: int | None
    here: Rate
    elsewhere: Rate
    low: float
    high: float
    p: float
    rows: tuple[int, ...]
    labelled: tuple[Rate, Rate] | None = None

    @property
    def value(self) -> float:
        """Share of the group minus that of the others."""
        return self.here.share - self.elsewhere.share

    @property
    def is_few(self) -> bool:
        """Whether there are too few texts on either side to tell."""
        return min(self.here.n, self.elsewhere.n) < LEAST

    @property
    def differs(self) -> bool:
        """Whether the group differs from the others beyond chance."""
        return self.p < LEVEL


@dataclass(frozen=True, slots=True)
class Fairness:
    """A run on a split, by the groups of a field and the labels of today.

    `groups`: name -> texts. `differences` with label ids; those beyond chance first, the largest before. `without`:
    texts that say nothing of the field. `samples`: of each difference those behind its hits.
    """

    field: str
    split: Split
    names: Mapping[LabelId, str]
    groups: Mapping[str, int]
    without: int
    differences: tuple[Difference, ...]
    samples: tuple[tuple[SampleId, ...], ...]

    @property
    def n(self) -> int:
        """Texts of all groups."""
        return sum(self.groups.values())

    def gap(self, outcome: Outcome, label: int | None = None) -> float | None:
        """The largest share of a group minus the smallest (fairlearn's difference between groups); None for none."""
        shares = []
        for one in self.differences:
            if (one.outcome, one.label) == (outcome, label):
                shares += [one.here.share, one.elsewhere.share] if len(self.groups) == 2 else [one.here.share]
        return max(shares) - min(shares) if shares else None


def fairness(project: Project, run: RunRecord, split: Split, *, field: str, judged: Judged | None = None) -> Fairness:
    """The groups of `field` in a split. For a worker thread. `judged`: see `trust`. Raises NoGroups."""
    task = task_named(project.task_id)
    rows = (judged or judged_predictions(project, run, split)).rows
    values = _values(project, rows, field=field)
    group_of = grouping(values, most_numbers=_MOST_NUMBERS)
    if not any(values):
        raise NoGroups(_no_field(project, rows, task, field=field))
    if group_of is None:
        raise NoGroups(
            tr(
                "“{field}” has {count:,} different values, too many to be groups.",
                field=field,
                count=len(set(values) - {""}),
            )
        )
    groups = [group_of(value) for value in values]
    if len(set(groups) - {""}) < 2:
        raise NoGroups(tr("All of these samples have the same “{field}”: there is nothing to compare.", field=field))
    gold, said = _labels_of(rows, task, by=lambda one: one.gold), _labels_of(rows, task, by=lambda one: one.predicted)
    there = sorted(set().union(*gold, *said))
    found = compare_groups(
        groups,
        wrong=np.array([not one.is_right(task) for one in rows], dtype=np.bool_),
        gold=_flags(gold, there),
        said=_flags(said, there),
    )
    names = {label.id: label.name for label in labels_now_and_then(project, run)}
    return Fairness(
        field,
        split,
        names,
        {name: groups.count(name) for name in sorted(set(groups) - {""})},
        groups.count(""),
        tuple(replace(one, label=None if one.label is None else there[one.label]) for one in found),
        tuple(tuple(sorted(rows[place].sample for place in one.rows)) for one in found),
    )


@dataclass(frozen=True, slots=True)
class Groups:
    """What the window shows: the `fields` that tell groups apart, the one that is shown, what is found of it, or `why`
    nothing is: a sentence.
    """

    fields: tuple[str, ...]
    field: str
    found: Fairness | None
    why: str = ""


def groups_of(project: Project, run: RunRecord, split: Split, *, field: str) -> Groups:
    """The groups of this field, or of the first one that has some where it is "". For a worker thread."""
    judged = judged_predictions(project, run, split)
    fields = fields_with_groups(project, run, split, judged=judged)
    field = field if field in fields else fields[0] if fields else ""
    if not field:
        return Groups((), "", None, no_fields())
    try:
        return Groups(fields, field, fairness(project, run, split, field=field, judged=judged))
    except NoGroups as why:
        return Groups(fields, field, None, str(why))


def fields_with_groups(
    project: Project, run: RunRecord, split: Split, *, judged: Judged | None = None
) -> tuple[str, ...]:
    """The fields that tell at least two groups of a split apart. For a worker thread."""
    rows = (judged or judged_predictions(project, run, split)).rows
    return _fields(project, rows, task_named(project.task_id))


def compare_groups(groups: Sequence[str], *, wrong: Flags, gold: Flags, said: Flags) -> tuple[Difference, ...]:
    """What differs between the groups; `groups` names that of each text, "" for none, which then does not count.

    `wrong` (n,); `gold` and `said` (n, labels): which labels a text has and got. Those of two groups are each other's
    others: then the one is told that has more of it. Those beyond chance first, the largest difference before.
    """
    there = sorted(set(groups) - {""})
    place = {name: number for number, name in enumerate(there)}
    numbers = np.array([place.get(one, -1) for one in groups], dtype=np.int64)
    sides = {name: (numbers == place[name], (numbers >= 0) & (numbers != place[name])) for name in there}
    found = []
    for outcome, label, hit, of in _outcomes(wrong, gold, said):
        looks = []
        for name, (inside, outside) in sides.items():
            labelled = None
            if outcome == "selected" and label is not None:
                labelled = (_rate(gold[:, label], inside), _rate(gold[:, label], outside))
            looks.append(_difference(name, outcome, label, hit & of, inside & of, outside & of, labelled))
        if len(there) == 2:
            looks = [max(looks, key=lambda one: one.value)]
        found += looks
    told = [look for look, one in enumerate(found) if not one.is_few]
    for look, p in zip(told, holm([found[look].p for look in told]), strict=True):
        found[look] = replace(found[look], p=p)
    return tuple(sorted(found, key=lambda one: (not one.differs, one.is_few, -abs(one.value))))


def _difference(
    name: str,
    outcome: Outcome,
    label: int | None,
    hit: Flags,
    inside: Flags,
    outside: Flags,
    labelled: tuple[Rate, Rate] | None,
) -> Difference:
    here, there = _rate(hit, inside), _rate(hit, outside)
    low, high = newcombe(here.hits, here.n, other_hits=there.hits, other_n=there.n)
    rows = tuple(int(place) for place in np.flatnonzero(hit & inside))
    found = Difference(name, outcome, label, here, there, low, high, 1.0, rows, labelled)
    if found.is_few:
        return found
    return replace(found, p=fisher(here.hits, here.n, other_hits=there.hits, other_n=there.n))


def _rate(hit: Flags, among: Flags) -> Rate:
    return Rate(int((hit & among).sum()), int(among.sum()))


def _outcomes(wrong: Flags, gold: Flags, said: Flags) -> Iterator[tuple[Outcome, int | None, Flags, Flags]]:
    """(outcome, label, which texts it falls to, of which). Of two labels that exclude each other one look says what the
    other would say again.
    """
    every = np.ones(len(wrong), dtype=np.bool_)
    yield "wrong", None, wrong, every
    count = gold.shape[1]
    is_either_or = count == 2 and bool((gold.sum(1) == 1).all() and (said.sum(1) == 1).all())
    for label in range(count):
        has, got = gold[:, label], said[:, label]
        if not (is_either_or and label):
            yield "selected", label, got, every
        yield "missed", label, ~got, has
        if not is_either_or:
            yield "invented", label, got, ~has


def _values(project: Project, rows: Sequence[JudgedPrediction], *, field: str) -> list[str]:
    of_sample = {
        one.id: one.fields.get(field, "").strip()
        for one in project.all_rows(Filter(ids=tuple(row.sample for row in rows)))
    }
    return [of_sample.get(one.sample, "") for one in rows]


def _labels_of(rows: Sequence[JudgedPrediction], task: Task[Any], *, by: Any) -> list[set[LabelId]]:
    """The labels of each text; none where a value is more than labels of the whole text."""
    if task.linear not in ("choice", "choices"):
        return [set() for _ in rows]
    return [set(task.labels_in(by(one))) for one in rows]


def _flags(of_rows: Sequence[set[LabelId]], labels: Sequence[LabelId]) -> Flags:
    flags = np.array([[label in one for label in labels] for one in of_rows], dtype=np.bool_)
    return flags.reshape(len(of_rows), len(labels))


def _fields(project: Project, rows: Sequence[JudgedPrediction], task: Task[Any]) -> tuple[str, ...]:
    values: dict[str, list[str]] = {}
    for one in project.all_rows(Filter(ids=tuple(row.sample for row in rows))):
        for name, value in one.fields.items():
            if name not in (MEDIA, *task.reads) and value.strip():
                values.setdefault(name, []).append(value)
    found = []
    for name in sorted(values):
        group_of = grouping(values[name], most_numbers=_MOST_NUMBERS)
        if group_of is not None and len({group_of(value) for value in values[name]} - {""}) > 1:
            found.append(name)
    return tuple(found)


def _no_field(project: Project, rows: Sequence[JudgedPrediction], task: Task[Any], *, field: str) -> str:
    if not rows:
        return tr("There is nothing to tell this from.")
    fields = _fields(project, rows, task)
    if not fields:
        return no_fields()
    named = tr(", ").join(fields)
    return trn(
        "These samples have no field “{field}”. This one tells groups apart: {fields}.",
        "These samples have no field “{field}”. These tell groups apart: {fields}.",
        len(fields),
        field=field,
        fields=named,
    )


def no_fields() -> str:
    """A sentence: nothing tells groups apart."""
    return tr("These samples have no field that tells groups apart. Fields come in with an import: its other columns.")
