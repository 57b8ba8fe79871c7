"""Labelled samples like one that is explained: what people said of such texts, from vectors that are there already."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from lepton_studio.contract.task import BadAnnotation
from lepton_studio.language import tr, trn
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Sample, SampleId
from lepton_studio.studio.sample_vectors import SampleVectors
from lepton_studio.tasks import task_named

_MOST = 5


@dataclass(frozen=True, slots=True)
class Near:
    """A labelled sample, what it has in a few `words`, and the colour of its label ("" where it is not one). `cosine`:
    how like the other it is, by their vectors, the mean of all taken off.
    """

    sample: Sample
    words: str
    color: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The labelled samples most `near` to one, of the `n` that were compared; `why` there are none, a sentence."""

    near: tuple[Near, ...]
    n: int
    why: str = ""


def neighbours(project: Project, sample: SampleId, vectors: SampleVectors | None, *, most: int = _MOST) -> Neighbours:
    """The labelled samples most like this one by the vectors that are known. For a worker thread."""
    if vectors is None or not vectors.has(sample):
        return Neighbours((), 0, tr("Labelled samples like it are shown once the instant model has read the texts."))
    task = task_named(project.task_id)
    labelled = np.array(project.sample_ids(Filter(state="labelled")), np.int64)
    labelled = labelled[labelled != sample]
    compared = np.isin(vectors.samples, labelled) & (vectors.lengths > 0)
    labels = project.labels()
    color_of = {label.id: label.color for label in labels}
    found = []
    for one in vectors.nearest(sample, most=most, among=labelled):
        shown = project.sample(one.sample)
        try:
            value = task.parse(shown.value, labels)
        except BadAnnotation:
            continue
        ids = task.labels_in(value) if task.from_labels is not None else ()
        color = color_of.get(ids[0], "") if len(ids) == 1 else ""
        found.append(Near(shown, task.words(value, labels), color, one.cosine))
    if not found:
        return Neighbours((), 0, tr("No labelled sample can be compared with it yet."))
    return Neighbours(tuple(found), int(compared.sum()))


def neighbours_words(found: Neighbours) -> str:
    """Of how many these are the nearest, and what most of them have."""
    if not found.near:
        return found.why
    ((most, count),) = Counter(one.words for one in found.near).most_common(1)
    if count == 1:
        return trn(
            "Most like it, of {count:,} labelled sample:", "Most like it, of {count:,} labelled samples:", found.n
        )
    return trn(
        "Most like it, of {count:,} labelled sample ({same} of these {all} have “{label}”):",
        "Most like it, of {count:,} labelled samples ({same} of these {all} have “{label}”):",
        found.n,
        same=count,
        all=len(found.near),
        label=most,
    )


def neighbours_facts(found: Neighbours) -> dict[str, Any]:
    """For machines."""
    return {
        "compared": found.n,
        "samples": [
            {"sample": one.sample.id, "text": one.sample.text, "annotation": one.words, "cosine": one.cosine}
            for one in found.near
        ],
    }
