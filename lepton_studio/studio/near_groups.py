"""Groups of texts that are nearly equal, to be labelled together: as contradictions are told, whatever is decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lepton_studio.errors import Cancelled
from lepton_studio.progress import ShouldStop, never
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.project.records import SampleId
from lepton_studio.studio.contradictions import (
    LIKE,
    MOST_SAMPLES,
    candidates,
    common_share,
    folded,
    grams,
    signature,
)
from lepton_studio.tasks import task_named

_EVERY = 500
_RUNS_KEPT = 4000


@dataclass(frozen=True, slots=True)
class NearGroups:
    """Among `compared` samples; each group ascending, the largest first. In each at least one has no annotation."""

    compared: int = 0
    groups: tuple[tuple[SampleId, ...], ...] = ()


def near_groups(
    project: Project, *, told: Callable[[int, int], object] = lambda _done, _all: None, should_stop: ShouldStop = never
) -> NearGroups:
    """Look through the first `MOST_SAMPLES` samples, some 0.1 ms each. Two texts that are not nearly equal stand in one
    group where a third is nearly equal to both. Raises Cancelled.
    """
    reads = SECOND_TEXT in task_named(project.task_id).reads
    by_text: dict[str, list[SampleId]] = {}
    open_samples: set[SampleId] = set()
    with project.snapshot():
        count = min(project.count(), MOST_SAMPLES)
        for done, sample in enumerate(project.all_rows()):
            if should_stop():
                raise Cancelled
            if done == count:
                break
            second = sample.fields.get(SECOND_TEXT, "") if reads else ""
            text = folded(f"{sample.text}\n{second}" if second else sample.text)
            if text:
                by_text.setdefault(text, []).append(sample.id)
            if sample.value is None and not sample.skipped:
                open_samples.add(sample.id)
            if not done % _EVERY:
                told(done, 2 * count)
    texts = list(by_text)
    groups = (
        sorted(id for place in group for id in by_text[texts[place]])
        for group in _joined(texts, told=lambda done: told(len(texts) + done, 2 * len(texts)), should_stop=should_stop)
    )
    found = [tuple(ids) for ids in groups if len(ids) > 1 and not open_samples.isdisjoint(ids)]
    return NearGroups(count, tuple(sorted(found, key=lambda one: (-len(one), one[0]))))


def _joined(texts: list[str], *, told: Callable[[int], object], should_stop: ShouldStop) -> list[list[int]]:
    """Places of texts that belong together, by union of the pairs that are nearly equal."""
    parent = list(range(len(texts)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    if len(texts) > 1:
        signatures = []
        for place, text in enumerate(texts):
            if should_stop():
                raise Cancelled
            signatures.append(signature(text))
            if not place % _EVERY:
                told(place)
        runs = lru_cache(_RUNS_KEPT)(lambda place: grams(texts[place]))
        for one, other in sorted(candidates(np.array(signatures))):
            if should_stop():
                raise Cancelled
            if root(one) != root(other) and common_share(runs(one), runs(other)) >= LIKE:
                parent[root(other)] = root(one)
    found: dict[int, list[int]] = {}
    for place in range(len(texts)):
        found.setdefault(root(place), []).append(place)
    return list(found.values())
