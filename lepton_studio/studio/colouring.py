"""What the points of the map are coloured by: labels, what the instant model suggests, splits, right and wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, Filter, Label, PredictionFilter, RunId
from lepton_studio.studio.instant.model import InstantModel
from lepton_studio.words import split_name

RIGHT_COLOR, WRONG_COLOR = "#0072b2", "#d55e00"
_SPLIT_COLORS = ("#0072b2", "#e69f00", "#009e73")
_MANY_COLOR = "#7f7f7f"

Codes = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Group:
    """Points of one colour, "#rrggbb"; "" for those of which nothing is known, which stand back."""

    title: str
    color: str


@dataclass(frozen=True)
class Colouring:
    """Of each point the place of its group: `codes` [n]."""

    groups: tuple[Group, ...]
    codes: Codes

    @property
    def counts(self) -> list[int]:
        """How many points each group has."""
        return [int(count) for count in np.bincount(self.codes, minlength=len(self.groups))]


def by_label(project: Project, samples: NDArray[np.int64], task: Task[Any]) -> Colouring:
    """By the label that each sample has; for a task without labels of whole texts, whether it is labelled."""
    none = Group(tr("Not labelled"), "")
    labels = project.labels()
    if not task.label_kinds:
        labelled = _in(samples, project.sample_ids(Filter(state="labelled")))
        return Colouring((Group(tr("Labelled"), RIGHT_COLOR), none), np.where(labelled, 0, 1).astype(np.int16))
    groups = [*_groups(labels), Group(tr("Several labels"), _MANY_COLOR), Group(tr("No label"), "#a0a0a0"), none]
    codes = np.full(len(samples), len(groups) - 1, np.int16)
    place_of = {label.id: place for place, label in enumerate(labels)}
    ids, found = [], []
    for sample, stored, _origin in project.annotations(Filter(state="labelled")):
        own = set(task.labels_in(task.parse(stored, labels)))
        ids.append(sample)
        found.append(place_of[min(own)] if len(own) == 1 else len(labels) + (not own))
    at = np.minimum(np.searchsorted(samples, ids), max(0, len(samples) - 1))
    if ids and len(samples):
        here = samples[at] == ids
        codes[at[here]] = np.array(found, np.int16)[here]
    return _without_empty(Colouring(tuple(groups), codes), keep=len(labels))


def by_suggestion(model: InstantModel, samples: NDArray[np.int64], labels: Sequence[Label]) -> Colouring:
    """By the label that the instant model finds likeliest."""
    by_id = {label.id: label for label in labels}
    named = [by_id[id] for id in model.labels if id in by_id]
    groups = [*_groups(named), Group(tr("No suggestion"), "")]
    place_of = np.array([named.index(by_id[id]) if id in by_id else len(named) for id in model.labels] or [0])
    codes = np.full(len(samples), len(named), np.int16)
    said = model.said[model.said["labels"][:, 0] >= 0]
    if len(said):
        at = np.minimum(np.searchsorted(said["sample"], samples), len(said) - 1)
        here = said["sample"][at] == samples
        codes[here] = place_of[said["labels"][at[here], 0]]
    return Colouring(tuple(groups), codes)


def by_split(project: Project, samples: NDArray[np.int64]) -> Colouring:
    """By the part of the data that each sample is in."""
    codes = np.full(len(samples), len(SPLITS), np.int16)
    for place, split in enumerate(SPLITS):
        codes[_in(samples, project.sample_ids(Filter(split=split)))] = place
    groups = [Group(split_name(split), color) for split, color in zip(SPLITS, _SPLIT_COLORS, strict=True)]
    return Colouring((*groups, Group(tr("In no split"), "")), codes)


def by_verdict(project: Project, samples: NDArray[np.int64], run: RunId) -> Colouring:
    """By whether the run was right."""
    codes = np.full(len(samples), 2, np.int16)
    for place, correct in enumerate((True, False)):
        codes[_in(samples, project.prediction_ids(run, PredictionFilter(correct=correct)))] = place
    groups = (Group(tr("Right"), RIGHT_COLOR), Group(tr("Wrong"), WRONG_COLOR), Group(tr("Not predicted"), ""))
    return Colouring(groups, codes)


def _groups(labels: Sequence[Label]) -> Iterator[Group]:
    return (Group(label.name, label.color) for label in labels)


def _in(samples: NDArray[np.int64], ids: Sequence[int]) -> NDArray[np.bool_]:
    return np.isin(samples, np.array(ids, np.int64), assume_unique=True)


def _without_empty(found: Colouring, *, keep: int) -> Colouring:
    """Without the groups behind the first that nobody is in."""
    counts = found.counts
    stay = [place for place in range(len(counts)) if place < keep or counts[place]]
    new = np.zeros(len(counts), np.int16)
    new[stay] = np.arange(len(stay))
    return Colouring(tuple(found.groups[place] for place in stay), new[found.codes])
