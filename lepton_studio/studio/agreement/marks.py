"""What people marked in the same texts, mark by mark and character by character."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_studio.contract.task import Task
from lepton_studio.project.records import LabelId
from lepton_studio.studio.agreement.measures import Array, Summed, alpha

if TYPE_CHECKING:
    from lepton_studio.studio.agreement.people import Said

Mark = tuple[object, ...]
"""A span as (start, end, label), a relation as two such spans and its label; labels by id."""


def marks_of(task: Task[Any], value: Any) -> frozenset[Mark]:
    """All spans and relations of a value."""
    found = task.to_marks(value, _Ids())
    spans = [(one.start, one.end, one.label) for one in found.spans or ()]
    return frozenset([*spans, *((spans[one.head], spans[one.tail], one.label) for one in found.relations or ())])


def shared_marks(task: Task[Any], every: Sequence[Said], *, only: LabelId | None = None) -> tuple[Array, Array]:
    """(2 |A and B|, |A| + |B|) of each sample, summed over all pairs of people; of one label, or of all."""
    parts, wholes = np.zeros(len(every)), np.zeros(len(every))
    for row, said in enumerate(every):
        marked = [
            frozenset(mark for mark in marks_of(task, value) if only is None or mark[-1] == str(only))
            for value in said.values()
        ]
        for one, other in combinations(marked, 2):
            parts[row] += 2 * len(one & other)
            wholes[row] += len(one) + len(other)
    return parts, wholes


def characters(task: Task[Any], every: Sequence[Said], lengths: Sequence[int]) -> Summed:
    """Krippendorff's alpha over the characters of the texts, which have these lengths, nominal: what a person says of a
    character is the set of labels that cover it, which may be none.
    """
    values: dict[frozenset[str], int] = {}
    cells: list[dict[int, int]] = []
    stretches: list[float] = []
    groups: list[int] = []
    for group, (said, length) in enumerate(zip(every, lengths, strict=True)):
        spans = [task.to_marks(value, _Ids()).spans or () for value in said.values()]
        ends = sorted({0, length, *(end for marked in spans for one in marked for end in (one.start, one.end))})
        for start, end in pairwise(ends):
            counted: dict[int, int] = {}
            for marked in spans:
                labels = frozenset(one.label for one in marked if one.start <= start and end <= one.end)
                place = values.setdefault(labels, len(values))
                counted[place] = counted.get(place, 0) + 1
            cells.append(counted)
            stretches.append(float(end - start))
            groups.append(group)
    counts = np.zeros((len(cells), len(values)))
    for row, counted in enumerate(cells):
        for place, count in counted.items():
            counts[row, place] = count
    return alpha(counts, lengths=np.array(stretches), groups=np.array(groups))


class _Ids(dict[int, str]):
    """Each label is called by its id."""

    def __missing__(self, label: int) -> str:
        return str(label)
