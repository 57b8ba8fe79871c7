"""Where a run is worse than elsewhere: its errors by fields of the file, by length and by language.

Many parts are looked at, so each is held to a stricter standard: Fisher's exact test of a part against all the rest,
and the step-down correction of Holm (1979) over all that were looked at: were the run equally good everywhere, it would
name any part at all in at most one of twenty runs.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from lepton_studio.language import tr, trn
from lepton_studio.project.marks import MEDIA
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, RunRecord, Sample, SampleId, Split
from lepton_studio.studio.certainty import LEVEL, Interval, fisher, holm, wilson
from lepton_studio.studio.judging import Judged, judged_predictions
from lepton_studio.studio.languages import language_of
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.tasks import task_named

LEAST = 10
"""Samples: of a smaller part, or with fewer outside it, nothing can be told."""
_MOST_VALUES = 30
"""A field with more values than this is no kind of text; where they are numbers it is cut in four."""
_QUARTERS = 4
_SHOWN = 3

LENGTH, LANGUAGE = "\0length", "\0language"
"""Kinds of parts that are not fields of the file."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Samples that have `value` in the field `kind`; `wrong` of the `n` have an error, elsewhere the share `elsewhere`.

    `p`: how likely so large a difference is by chance, after the correction.
    """

    kind: str
    value: str
    samples: tuple[SampleId, ...]
    n: int
    wrong: int
    interval: Interval
    elsewhere: float
    p: float

    @property
    def share(self) -> float:
        """What is wrong of it."""
        return self.wrong / self.n

    @property
    def is_worse(self) -> bool:
        """Whether it is worse than the rest beyond chance."""
        return self.p < LEVEL and self.share > self.elsewhere

    @property
    def name(self) -> str:
        """As people call it: "channel: letter"."""
        titles = {LENGTH: tr("characters"), LANGUAGE: tr("language")}
        value = tr(self.value) if self.kind == LANGUAGE else self.value
        return tr("{field}: {value}", field=titles.get(self.kind, self.kind), value=value)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sample of a split: what is known of it, and whether the run has an error there."""

    sample: SampleId
    text: str
    fields: Mapping[str, str]
    wrong: bool


def slices(project: Project, run: RunRecord, split: Split, *, judged: Judged | None = None) -> tuple[Slice, ...]:
    """The parts of a split, the worst first, by the labels of today. For a worker thread. `judged`: see `trust`."""
    task = task_named(project.task_id)
    rows = (judged or judged_predictions(project, run, split)).rows
    wrong = {one.sample: not one.is_right(task) for one in rows}
    samples: Iterator[Sample] = project.all_rows(Filter(ids=tuple(wrong)))
    apart = {MEDIA, *task.reads}
    return find_slices(
        [
            Judgement(
                one.id,
                one.text,
                {name: value for name, value in one.fields.items() if name not in apart},
                wrong[one.id],
            )
            for one in samples
        ]
    )


def find_slices(rows: Sequence[Judgement]) -> tuple[Slice, ...]:
    """The parts in which at least LEAST samples lie, and as many outside; those that are worse first, then by share."""
    parts: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
    for kind, value_of in _kinds(rows):
        for row in rows:
            if value := value_of(row):
                parts[kind, value].append(row)
    errors = sum(row.wrong for row in rows)
    found = []
    for (kind, value), inside in parts.items():
        n, hits = len(inside), sum(row.wrong for row in inside)
        rest = len(rows) - n
        if n < LEAST or rest < LEAST:
            continue
        p = fisher(hits, n, other_hits=errors - hits, other_n=rest)
        found.append(
            Slice(
                kind,
                value,
                tuple(sorted(row.sample for row in inside)),
                n,
                hits,
                wilson(hits, n),
                (errors - hits) / rest,
                p,
            )
        )
    held = [replace(one, p=p) for one, p in zip(found, holm([one.p for one in found]), strict=True)]
    return tuple(sorted(held, key=lambda one: (not one.is_worse, -one.share, one.kind, one.value)))


def _kinds(rows: Sequence[Judgement]) -> Iterator[tuple[str, Callable[[Judgement], str]]]:
    """What the samples can be told apart by, with what says the value of each; "" for none."""
    names = Counter(name for row in rows for name, value in row.fields.items() if value.strip())
    for name in sorted(names):
        if part := grouping([row.fields.get(name, "") for row in rows]):
            yield name, lambda row, name=name, part=part: part(row.fields.get(name, ""))  # type: ignore[misc]
    lengths = _quarters([float(len(row.text)) for row in rows])
    yield LENGTH, lambda row: lengths(float(len(row.text)))
    yield LANGUAGE, lambda row: language_of(row.text)


def grouping(values: Sequence[str], *, most_numbers: int = _MOST_VALUES) -> Callable[[str], str] | None:
    """Says to which part of a field's values one belongs, "" for none; None where there are too many to be parts.

    Numbers are cut in four where there are more than `most_numbers` of them.
    """
    there = {value.strip() for value in values} - {""}
    if len(there) > min(most_numbers, _MOST_VALUES) and None not in [_number(value) for value in there]:
        cut = _quarters([one for one in map(_number, values) if one is not None])
        return lambda value: cut(_number(value))
    return str.strip if len(there) <= _MOST_VALUES else None


def _number(value: str) -> float | None:
    try:
        found = float(value.strip().replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _quarters(values: Sequence[float]) -> Callable[[float | None], str]:
    """Says in which quarter of the values one lies, as "12–40"; "" where they are not to be told apart."""
    ordered = sorted(values)
    cuts = [ordered[len(ordered) * place // _QUARTERS] for place in range(_QUARTERS)] if ordered else []
    edges = sorted(set(cuts))
    if len(edges) < 2:
        return lambda _value: ""
    ends = [*edges, ordered[-1]]
    said = {low: _range(low, high, is_last=high == ordered[-1]) for low, high in pairwise(ends)}

    def of(value: float | None) -> str:
        return "" if value is None else said[max((one for one in edges if one <= value), default=edges[0])]

    return of


def _range(low: float, high: float, *, is_last: bool) -> str:
    if low == high:
        return f"{low:,g}"
    if is_last:
        return f"{low:,g}–{high:,g}"
    return tr("{low} to under {high}", low=f"{low:,g}", high=f"{high:,g}")


# ------------------------------------------------------------------------------------------------------- in words


def slices_words(found: Sequence[Slice]) -> str:
    """Which parts are worse beyond chance, or that none is."""
    worse = [one for one in found if one.is_worse]
    if not found:
        return tr("There are too few samples to compare parts of them.")
    if not worse:
        return trn(
            "No part stands out: of {count} that was compared with the rest, none is worse beyond chance.",
            "No part stands out: of {count} that were compared with the rest, none is worse beyond chance.",
            len(found),
        )
    said = [
        tr(
            "{part} ({wrong} of {n} wrong, elsewhere {share})",
            part=one.name,
            wrong=f"{one.wrong:,}",
            n=f"{one.n:,}",
            share=per_cent(one.elsewhere, digits=0),
        )
        for one in worse[:_SHOWN]
    ]
    more = tr("; and {count} more", count=len(worse) - _SHOWN) if len(worse) > _SHOWN else ""
    return tr("Worse than elsewhere, beyond chance: {parts}.", parts="; ".join(said) + more)


def slices_facts(found: Sequence[Slice]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "field": {LENGTH: "(characters)", LANGUAGE: "(language)"}.get(one.kind, one.kind),
            "value": one.value,
            "n": one.n,
            "wrong": one.wrong,
            "interval": [one.interval.low, one.interval.high],
            "elsewhere": one.elsewhere,
            "p": one.p,
            "worse": one.is_worse,
        }
        for one in found
    ]
