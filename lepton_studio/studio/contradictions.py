"""Contradictions: texts that are equal, or nearly so, and labelled in different ways.

Texts are equal but for white space, case, punctuation and the numbers in them, or nearly equal: four of five of their
runs of three characters are common to both (Jaccard). Candidates for that are found by MinHash in bands (Broder 1997,
https://doi.org/10.1109/SEQUEN.1997.666900; Leskovec et al., "Mining of Massive Datasets", chapter 3): of two texts as
like as that 99.7 % share a band. So do two of three pairs that have half of their runs in common; their signatures as a
whole tell most of those, and the runs themselves the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.contract.task import Task
from lepton_studio.errors import Cancelled
from lepton_studio.progress import ShouldStop, never
from lepton_studio.project.connection import to_json
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.project.records import Sample, SampleId
from lepton_studio.tasks import task_named

LIKE = 0.8
"""From so many common runs on (of all runs of both) two texts are nearly equal."""
MOST_SAMPLES = 200_000
"""Labelled ones that are compared for being nearly equal; of more the first. Equal ones are found among all."""
_GRAM, _BANDS, _ROWS = 3, 8, 3
_CHARACTERS = 20_000
"""Of a text, for its runs of characters."""
_MOST_OF_A_BAND = 40
"""Texts that share a band and are all compared with each other; in a larger band each with as many that follow."""
_LEAST_SHARED = 13
"""Of the 24 places of a signature: texts that are like as `LIKE` share fewer in one of 1,000 pairs."""
_RUNS_KEPT = 4000
_MIX = np.uint64(0x9E3779B97F4A7C15)
_CHANCE = np.random.default_rng(20261129)
_FACTORS = _CHANCE.integers(1, 1 << 63, (_BANDS * _ROWS, 1), np.uint64) | np.uint64(1)
_ADDED = _CHANCE.integers(1, 1 << 63, (_BANDS * _ROWS, 1), np.uint64)
_OTHER_THAN_WORDS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two samples that say nearly the same and have different values. `likeness`: 0 to 1, 1 where they are equal but
    for white space, case, punctuation and numbers.
    """

    first: SampleId
    second: SampleId
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Contradictions:
    """The pairs, the most alike first, each sample in one of them at most; among so many labelled ones `compared`."""

    compared: int = 0
    pairs: tuple[Contradiction, ...] = ()


def can_contradict(task: Task[Any]) -> bool:
    """Whether two values for one text are one too many: of what is written freely several may be right."""
    return bool(task.linear or task.label_kinds)


def contradictions(
    project: Project, *, told: Callable[[int, int], object] = lambda _done, _all: None, should_stop: ShouldStop = never
) -> Contradictions:
    """Look through all that is labelled, but for what a person looked at and kept. Raises Cancelled.

    Where a value holds more than labels of the whole text (spans), only texts equal to the last character are compared.
    """
    task = task_named(project.task_id)
    if not can_contradict(task):
        return Contradictions()
    found = _Texts(is_exact=not task.linear, reads=SECOND_TEXT in task.reads)
    with project.snapshot():
        count = sum(project.labelled_split_counts().values())
        for done, sample in enumerate(project.labelled_rows()):
            if should_stop():
                raise Cancelled
            found.add(sample)
            if not done % 500:
                told(done, count)
        kept = _Kept.of(project)
        equal = list(found.equal_pairs())
        near = list(_near(found, project, should_stop=should_stop)) if task.linear else []
    near.sort(key=lambda one: -one.likeness)
    return Contradictions(found.count, tuple(_each_once([*equal, *near], kept=kept)))


def folded(text: str) -> str:
    """The text without what makes no difference: white space, case, punctuation, which number it is."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_OTHER_THAN_WORDS.sub(" ", _NUMBER.sub("0", plain)).split()) or " ".join(plain.split())


def likeness(first: str, second: str) -> float:
    """How much of all runs of three characters two folded texts have in common, 0 to 1."""
    return common_share(grams(first), grams(second))


def common_share(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """How much of the runs of both (ascending) is common to them."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / max(1, len(one) + len(other) - common)


def grams(text: str) -> NDArray[np.uint64]:
    """The different runs of three characters of a folded text, as numbers, ascending."""
    codes = np.frombuffer(f" {text[:_CHARACTERS]} ".encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    mixed = np.zeros(max(1, len(codes) - _GRAM + 1), np.uint64)
    for place in range(min(_GRAM, len(codes))):
        mixed = (mixed + codes[place : place + len(mixed)]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def signature(text: str) -> NDArray[np.uint64]:
    """The smallest of its runs in so many random orders; two texts share each with the odds of their likeness."""
    return np.asarray(np.min((grams(text)[None, :] * _FACTORS + _ADDED) >> np.uint64(16), axis=1))


def bands(signatures: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """[n, bands] of [n, bands x rows]: nearly equal texts have one of these in common at least."""
    mixed = np.zeros((len(signatures), _BANDS), np.uint64)
    for place in range(_ROWS):
        mixed = (mixed ^ signatures[:, place::_ROWS]) * _MIX
    return mixed


@dataclass
class _Texts:
    """Labelled samples by what they say (the folded text) and by value."""

    is_exact: bool
    reads: bool
    """Whether a second text belongs to it."""
    count: int = 0
    by_text: dict[str, dict[str, list[SampleId]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, sample: Sample) -> None:
        text = self.plain(sample)
        if text:
            self.count += 1
            self.by_text[text].setdefault(to_json(sample.value), []).append(sample.id)

    def plain(self, sample: Sample) -> str:
        second = sample.fields.get(SECOND_TEXT, "") if self.reads else ""
        whole = f"{sample.text}\n{second}" if second else sample.text
        return whole if self.is_exact else folded(whole)

    def equal_pairs(self) -> Iterator[Contradiction]:
        """What stands against the most common value of its text, which that is told from as long as there is one."""
        for by_value in self.by_text.values():
            if len(by_value) > 1:
                groups = sorted(by_value.values(), key=len, reverse=True)
                rarer = [sample for group in groups[1:] for sample in group]
                for place, sample in enumerate(rarer):
                    usual = groups[0][place % len(groups[0])]
                    yield Contradiction(min(usual, sample), max(usual, sample))


def _near(texts: _Texts, project: Project, *, should_stop: ShouldStop) -> Iterator[Contradiction]:
    """Pairs of texts that are nearly equal and not equal, by the most common value of each."""
    usual = [max(by_value.items(), key=lambda one: len(one[1])) for by_value in texts.by_text.values()]
    signatures = np.empty((min(len(usual), MOST_SAMPLES), _BANDS * _ROWS), np.uint64)
    for place, text in enumerate(islice(texts.by_text, len(signatures))):
        if should_stop():
            raise Cancelled
        signatures[place] = signature(text)
    values = [value for value, _samples in usual]
    runs = lru_cache(_RUNS_KEPT)(lambda sample: grams(texts.plain(project.sample(sample))))
    for one, other in sorted(candidates(signatures, values)):
        if should_stop():
            raise Cancelled
        first, second = sorted((usual[one][1][0], usual[other][1][0]))
        alike = common_share(runs(first), runs(second))
        if alike >= LIKE:
            yield Contradiction(first, second, min(alike, 0.999))  # equal ones are others


def candidates(signatures: NDArray[np.uint64], values: Sequence[object] | None = None) -> set[tuple[int, int]]:
    """Places of texts that share a band, and half of their signatures, and, where there are `values`, have different
    ones. `signatures`: one by row.
    """
    values = range(len(signatures)) if values is None else values
    found: set[tuple[int, int]] = set()
    for band in bands(signatures).T:
        order = np.argsort(band, kind="stable")
        edges = np.flatnonzero(np.diff(band[order])) + 1
        for group in np.split(order, edges):
            if len(group) > 1:
                found.update(_differing(group.tolist(), values))
    pairs = np.array(sorted(found), np.int64).reshape(-1, 2)
    shared = (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).sum(axis=1)
    return set(map(tuple, pairs[shared >= _LEAST_SHARED].tolist()))


def _differing(group: list[int], values: Sequence[object]) -> Iterator[tuple[int, int]]:
    if len({values[one] for one in group}) == 1:
        return
    if len(group) <= _MOST_OF_A_BAND:
        yield from ((one, other) for one, other in combinations(group, 2) if values[one] != values[other])
        return
    for place, one in enumerate(group):
        others = (other for other in group[place + 1 :] if values[other] != values[one])
        yield from ((one, other) for other in islice(others, _MOST_OF_A_BAND))


@dataclass(frozen=True)
class _Kept:
    """Pairs that a person looked at and kept: by the value that each had then."""

    pairs: Mapping[frozenset[SampleId], Mapping[SampleId, str]]
    project: Project

    @classmethod
    def of(cls, project: Project) -> _Kept:
        looks: dict[int, dict[SampleId, str]] = defaultdict(dict)
        for one in project.reviews("contradiction"):
            looks[one.entry][one.sample] = to_json(one.after)
        return cls({frozenset(look): look for look in looks.values()}, project)

    def holds(self, one: Contradiction) -> bool:
        then = self.pairs.get(frozenset((one.first, one.second)))
        return then is not None and all(to_json(self.project.sample(id).value) == value for id, value in then.items())


def _each_once(found: Iterable[Contradiction], *, kept: _Kept) -> Iterator[Contradiction]:
    """Each sample in one pair: once that is settled, what it is told in the others may be settled too."""
    shown: set[SampleId] = set()
    for one in found:
        if one.first not in shown and one.second not in shown and not kept.holds(one):
            shown.update((one.first, one.second))
            yield one
